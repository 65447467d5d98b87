"""What stands in brackets, so that it can be stepped over."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.tokens import Token

OPENED, CLOSED = "([", ")]"


def opening(found: Sequence[Token], at: int, floor: int) -> int:
    """Give the index of the bracket that opens what is closed at ``at``."""
    while at > floor and found[at].low not in OPENED:
        at -= 1
    return at
