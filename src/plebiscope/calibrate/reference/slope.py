"""How a share changes with turnout in reference votes."""

from __future__ import annotations

from plebiscope.calibrate.reference import figures
from plebiscope.calibrate.reference.vote import counted_by_id, votes

_SLOPE = "slope over all"
"""Name of the effect of ``shape`` that says how a share changes with turnout."""


def slopes(standing: str, besides: tuple[str, ...] = ()) -> tuple[float, float, int]:
    """Return the flattest and the steepest change of a share with turnout, and on how many votes.

    Logit of an option's share per ten points of turnout, over all stations or counting areas of a vote.

    Parameters
    ----------
    standing
        Of which votes: ``clean`` or ``disputed``.
    besides
        Ids of votes to leave out.
    """
    found: dict[str, list[float]] = {}
    for row in figures.rows().get("shape", ()):
        if row.effect == _SLOPE and row.value is not None:
            found.setdefault(row.vote, []).append(row.value)
    for vote in votes():
        listed = [one["slope"] for one in vote.listed if "slope" in one]
        if listed:
            found.setdefault(vote.id, listed)
    asked = {id for id, vote in counted_by_id(besides).items() if vote.standing == standing}
    values = [slope for vote, slopes in found.items() if vote in asked for slope in slopes]
    return min(values), max(values), len(asked & found.keys())
