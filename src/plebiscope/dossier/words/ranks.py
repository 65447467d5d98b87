"""The order of grades."""

from __future__ import annotations

from collections.abc import Mapping

from plebiscope.model.finding import Grade

_RANK: Mapping[Grade | None, int] = {
    "contradiction": 0,
    "strong": 1,
    "notable": 2,
    "display": 3,
    "none": 4,
    None: 5,
}


def rank(grade: Grade | None) -> int:
    """Return the place of a grade in the order in which findings are shown, contradictions first."""
    return _RANK[grade]
