"""What one method notices first."""

from __future__ import annotations

from plebiscope.calibrate.curve import POWER
from plebiscope.dossier.sight.doses import NOT_SPARED
from plebiscope.dossier.sight.tried import too_few, votes_of
from plebiscope.dossier.sight.versions import VERSIONS, by_version, harder_of, seen_in_both
from plebiscope.dossier.text import lowered, plain
from plebiscope.model.finding import Limit
from plebiscope.model.power import Matrix


def limit(matrix: Matrix, method: str) -> Limit | str:
    """Return what a method notices first, or say why it has no limit.

    Parameters
    ----------
    matrix
        The matrix of power.
    method
        Its id.
    """
    if method not in matrix.methods:
        why = matrix.left_out.get(method)
        return f"it was not asked about simulated votes{f' ({plain(why, 200)})' if why else ''}"
    if why := too_few(matrix):
        return why
    real = (name for name in matrix.mechanisms if matrix.kinds.get(name) != "control")
    by_mechanism = [by_version(matrix, method, name) for name in real]
    harder = [(cell, seen_in_both(cells)) for cells in by_mechanism if (cell := harder_of(cells)) is not None]
    if not harder:
        return f"in {votes_of(matrix)} it noticed none of the mechanisms that were tried"
    cell, span = min(harder, key=lambda one: one[0].votes or 0.0)
    dose = cell.votes if cell.whole else cell.stations
    # The share of stations that is asked for and the stations touched go together.
    scale = None if cell.whole or dose is None or cell.dose is None else dose / cell.dose
    ends = cell.low, cell.high, span[1] if span is not None else None
    low, high, end = (None if at is None or scale is None else scale * at for at in ends)
    done = lowered(matrix.titles.get(cell.mechanism, cell.mechanism))
    spared = any(matrix.open_part(method, cell.mechanism, one) < 1.0 for one in VERSIONS)
    return Limit(
        mechanism=f"{done}, {NOT_SPARED}," if spared else done,
        dose=dose,
        unit="votes" if cell.whole else "stations",
        low=low,
        high=high,
        lost=end,
        stations=None if cell.whole else cell.stations,
        votes=cell.votes,
        power=POWER,
        how=matrix.how,
    )
