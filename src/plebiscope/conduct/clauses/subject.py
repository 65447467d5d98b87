"""Who does what a verb says, as a stretch of the words of a sentence."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 40
"""Words of a subject, beyond which none is sought."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who does what a verb says: indices of the first word and behind the last."""

    first: int
    last: int
    shared: bool = False
    """True for the second of two verbs with one subject ("left early and said")."""
    outer: int = 0
    """Index of the first word of the whole, with what stands before a name or between commas."""
