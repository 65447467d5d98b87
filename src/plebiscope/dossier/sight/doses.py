"""The share of the stations from which on a mechanism is seen, in words."""

from __future__ import annotations

from plebiscope.model.power import Cell
from plebiscope.model.wording import per_cent

NOT_SPARED = "done only at stations that its design does not spare"


def dose(cell: Cell | None) -> str:
    """Say from which share of the stations on a mechanism is seen, with its error."""
    if cell is None or cell.dose is None:
        return "not seen"
    if cell.whole:
        return "seen"
    lost = f", not from {share(cell.lost)} on" if cell.lost is not None else ""
    if cell.at_most and (cell.high is None or cell.high <= cell.dose):
        return f"{share(cell.dose)} or less{lost}"
    return f"{share(cell.dose)}{' or less' if cell.at_most else ''} ({interval(cell)}){lost}"


def interval(cell: Cell) -> str:
    """Write the interval of a dose."""
    low, high = (None if end is None else share(end) for end in (cell.low, cell.high))
    if low is not None and high is not None:
        return f"{low} to {high}"
    if high is not None:
        return f"at most {high}"
    return "no interval is known" if low is None else f"at least {low}"


def share(part: float) -> str:
    """Write a share of stations in per cent, with two digits."""
    return per_cent(100.0 * part, ",.2f" if part < 0.001 else ",.1f" if part < 0.0995 else ",.0f")
