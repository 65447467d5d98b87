"""Who is told how the work goes on."""

from __future__ import annotations

from collections.abc import Callable

from plebiscope.dossier import weigh

Progress = Callable[[str], None]
"""Called with a few words at the beginning of each step."""
Heard = Callable[[weigh.Answer], None]
"""Called with the answer of each method as it comes."""


def nobody(step: str) -> None:
    """Keep it to oneself."""
