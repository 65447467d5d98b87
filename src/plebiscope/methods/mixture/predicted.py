"""Whether votes drawn from a fitted account look like the table: where stations lie in turnout and share.

Stations are counted in cells of turnout by share. The table and each vote drawn for the same stations are
held against the mean of them all, so that none is privileged, and p is the part of all of them that lie at
least as far from that mean as the table does. A large table differs from any law by more than chance; so how
many stations would have to lie in another cell is told as well, and so is how many it would be by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import Fit
from plebiscope.kernels.class_law import Floats, Grid
from plebiscope.kernels.class_stations import Stations

_DRAWS = 39
"""Votes drawn from the fitted account: p can be as small as 1 in 40."""
_ENDS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
"""Ends of the cells, of turnout as of share; narrower near 1, where added ballots end."""


@dataclass(frozen=True)
class Predicted:
    """The table beside votes drawn from an account.

    Attributes
    ----------
    p
        Part of the table and the votes drawn that lie at least as far from their mean as the table.
    apart, by_chance
        Per cent of stations that lie in other cells than those of the mean vote drawn: of the table, and of
        a mean vote drawn.
    correlation, near
        Of turnout and share inside districts, and per cent of stations in which both exceed 90 %: in the
        table, and in the mean of votes drawn.
    """

    p: float
    apart: float
    by_chance: float
    correlation: tuple[float, float]
    near: tuple[float, float]


def predicted(table: Stations, fit: Fit, grid: Grid, rng: np.random.Generator) -> Predicted:
    """Draw votes from a fitted account for the stations of a table, and compare."""
    registered = (table.away + table.others + table.votes).astype(np.int64)
    drawn = [draw(rng, registered, table.district, fit.parameters, grid)[0] for _ in range(_DRAWS)]
    counts = np.array([_cells(one) for one in (table, *drawn)])
    far = ((counts - counts.mean(axis=0)) ** 2 / (counts.mean(axis=0) + 0.5)).sum(axis=1)
    # Each vote drawn is left out of the mean that it is compared with, as the table is.
    others = (counts[1:].sum(axis=0) - counts[1:]) / (_DRAWS - 1)
    apart = np.abs(np.vstack([counts[:1] - counts[1:].mean(axis=0), counts[1:] - others])).sum(axis=1)
    apart *= 50.0 / len(table)
    seen, looks = _look_of(table), np.mean([_look_of(one) for one in drawn], axis=0)
    return Predicted(
        p=float(np.mean(far >= far[0])),
        apart=float(apart[0]),
        by_chance=float(apart[1:].mean()),
        correlation=(seen[0], float(looks[0])),
        near=(seen[1], float(looks[1])),
    )


def _rates(stations: Stations) -> tuple[Floats, Floats]:
    """Return turnout and share."""
    cast = stations.others + stations.votes
    return cast / np.maximum(cast + stations.away, 1.0), stations.votes / np.maximum(cast, 1.0)


def _cells(stations: Stations) -> Floats:
    """Count stations in cells of turnout by share."""
    side = len(_ENDS) + 1
    turnout, share = (np.searchsorted(_ENDS, rate, side="right") for rate in _rates(stations))
    return np.bincount(turnout * side + share, minlength=side * side).astype(np.float64)


def _look_of(stations: Stations) -> tuple[float, float]:
    """Return the correlation of turnout and share inside districts, and per cent of stations near 100 %."""
    turnout, share = _rates(stations)
    size = stations.by_district(np.ones_like(turnout))
    off = [one - (stations.by_district(one) / size)[stations.district] for one in (turnout, share)]
    square = float(np.sqrt((off[0] ** 2).sum() * (off[1] ** 2).sum()))
    together = float((off[0] * off[1]).sum()) / square if square > 0.0 else 0.0
    return together, 100.0 * float(np.mean((turnout > 0.9) & (share > 0.9)))
