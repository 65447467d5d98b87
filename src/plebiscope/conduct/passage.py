"""A sentence of a report, as a place in its cleaned text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A distinct sentence, where its first copy stands in the cleaned text."""

    start: int
    end: int
    """Half-open range of the cleaned text, in code points."""
    paragraph: int
    caption: bool
    """A line of its own without a final stop: a headline, a caption, a list item."""
    copies: int = 1
    boilerplate: bool = False
    """Of the page and not of the report: see :mod:`plebiscope.conduct.boilerplate`."""
