"""On which votes methods were tried, and whether these are enough to tell anything."""

from __future__ import annotations

from plebiscope.calibrate.curve import FEWEST, POWER
from plebiscope.model.power import Matrix
from plebiscope.model.wording import counted, listed


def too_few(matrix: Matrix) -> str:
    """Say that so few worlds tell no dose; empty where they are enough."""
    worlds = matrix.settings.worlds if matrix.settings is not None else FEWEST
    if worlds >= FEWEST:
        return ""
    return (
        f"only {counted(worlds, 'votes')} were simulated for each mechanism and share of stations, and fewer "
        f"than {FEWEST} cannot tell what is seen in {100 * POWER:.0f} of 100"
    )


def votes_of(matrix: Matrix) -> str:
    """Call the votes what they are: an invented country's, or such as look like this table."""
    if matrix.how == "table":
        sizes = listed(matrix.like.split(", "), "to")
        return f"simulated votes of an invented country with {sizes} stations"
    return "votes simulated to look like this table"
