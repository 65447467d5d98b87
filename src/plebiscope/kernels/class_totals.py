"""How many stations and votes a fitted mixture of classes comes to, with intervals.

Given the parameters, the counts of a station tell the chance of each class and the votes that were added and
moved; the totals are sums over stations. Their error has three parts: that of the parameters (the inverse of
the summed squares of scores, centres of districts eliminated), that of the centres, and that of each station
given both; what the grid of rates can be off by is added. Numbers of stations are told as the law has them
(its shares times the number of stations), so that their error holds the chance by which stations came to be
of a class.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

from plebiscope.kernels.class_fit import Fit, blocks, climb, rough
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.kernels.class_mixture import expected, look
from plebiscope.kernels.class_stations import Stations

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP = 1e-3
_GRID = 0.03
"""What the grid of rates can be off by, as a part of each total; it is added to the error. Totals move by
less than that where each cell is halved (root mean square over six totals, three points of the law and eight
votes at each)."""
_NOTED = 3000
"""Stations on which derivatives of totals are taken, about."""


@dataclass(frozen=True)
class Totals:
    """Stations of the class *some*, of *most*, of both; votes added, votes moved, both.

    Attributes
    ----------
    value, error
        Shape (6,).
    most
        What each cannot exceed: the stations, the votes; shape (6,).
    """

    value: Floats
    error: Floats
    most: Floats

    @cached_property
    def shapes(self) -> tuple[Floats, Floats]:
        """Both shapes of a beta law of each as a part of what it cannot exceed, by its mean and error.

        The first shape is at least 1. Of a class without stations the scores tell next to nothing, so that
        its error comes out many times the total. But before looking every size of a class is as likely, so
        that where none is seen its law falls from nought on, like an exponential one.
        """
        part = np.clip(self.value / self.most, 1e-12, 1.0 - 1e-6)
        width = np.maximum(self.error / self.most, 1e-15)
        size = np.maximum(part * (1.0 - part) / width**2 - 1.0, 1.0 / part)
        return np.asarray(part * size), np.asarray((1.0 - part) * size)

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return the middle of that law; shape (6,) each. It ends before all stations, or all votes."""
        low, high = (self.most * betaincinv(*self.shapes, 0.5 + way * level / 2.0) for way in (-1.0, 1.0))
        return np.minimum(low, self.value), np.maximum(high, self.value)

    def at_most(self, level: float) -> Floats:
        """Return the upper end of an interval that begins at nought, normal as it is; shape (6,)."""
        high = self.value + float(ndtri(0.5 + level / 2.0)) * self.error
        return np.asarray(np.minimum(high, np.maximum(self.most, self.value)))


def some_districts(stations: Stations, about: int) -> tuple[Stations, Ints]:
    """Take every so many districts, so that about so many stations are left; with a single one, stations.

    Returns
    -------
    chosen : Stations
    districts : ndarray of int64
        Number of each district that is left.
    """
    if len(stations) <= about:
        return stations, np.arange(stations.districts)
    if stations.districts == 1:
        keep = np.unique(np.linspace(0, len(stations) - 1, about).astype(np.int64))
        kept = np.zeros(1, dtype=np.int64)
    else:
        kept = np.unique(np.arange(0, stations.districts, len(stations) / about).astype(np.int64))
        keep = np.flatnonzero(np.isin(stations.district, kept))
    district = np.searchsorted(kept, stations.district[keep])
    chosen = Stations(stations.away[keep], stations.others[keep], stations.votes[keep], district)
    return chosen, kept


def spread_out(stations: Stations, fit: Fit, kept: Ints, grid: Grid, *, rounds: int) -> Fit:
    """Apply a mixture fitted to some districts to all: their centres are found, nothing else moves."""
    parameters = fit.parameters
    # Medians lie off the centres of the first part, and the more so the less a district tells.
    seen = np.column_stack([np.ones(stations.districts), stations.medians])
    centres = seen @ np.linalg.lstsq(seen[kept], parameters.centres, rcond=None)[0]
    unsure = rough(stations, parameters.parts, parameters.spread)
    centres[kept], unsure[kept] = parameters.centres, parameters.unsure
    whole = replace(parameters, centres=centres, unsure=unsure)
    return climb(stations, whole, grid, rounds=rounds, close=1.0, hold=True)


def totals(fitted_to: Stations, fit: Fit, stations: Stations, whole: Fit, grid: Grid) -> Totals:
    """Add up what the mixture says of all stations.

    Parameters
    ----------
    fitted_to, fit
        The stations that the mixture was fitted to, and how.
    stations, whole
        All stations, and the same mixture with the centres of all their districts.
    """
    value, alone = whole.passed.expected.sum(axis=0), whole.passed.variance.sum(axis=0)
    value[:2] = len(stations) * whole.parameters.classes[1:]
    noted, kept = some_districts(stations, _NOTED)
    times = len(stations) / len(noted)
    law = whole.parameters
    there = replace(law, centres=law.centres[kept], unsure=law.unsure[kept])
    here = look(noted, there, grid)
    found = blocks(noted, Fit(there, here, 0.0))
    by_values = np.column_stack(
        [
            _changed(noted, there, grid, here.expected, values=at).sum(axis=0)
            for at in range(len(there.values))
        ]
    )
    by_centre = np.stack(
        [noted.by_district(_changed(noted, there, grid, here.expected, centre=at)) for at in (0, 1)], axis=1
    )  # (districts, 2, 4)
    solved = np.linalg.solve(found.inner, by_centre)
    by_centre[:, :, :2], solved[:, :, :2], alone[:2] = 0.0, 0.0, 0.0
    gradient = times * (by_values - np.einsum("mip,mit->tp", found.cross, solved))
    gradient[:2] = len(stations) * _class_slopes(there)
    covariance = gradient @ np.linalg.solve(blocks(fitted_to, fit).reduced(), gradient.T)
    covariance += times * np.einsum("mit,miu->tu", by_centre, solved)
    both = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, 1]])
    square = np.einsum("at,tu,au->a", both, covariance + np.diag(alone), both)
    errors = np.sqrt(square + (_GRID * (both @ value)) ** 2)
    most = np.repeat([float(len(stations)), float(stations.votes.sum())], 3)
    return Totals(both @ value, errors, most)


def _class_slopes(parameters: Parameters) -> Floats:
    """Differentiate the sizes of both classes by the values, shape (2, parameters)."""
    slopes, classes = np.zeros((2, len(parameters.values))), parameters.classes[1:]
    left = 1.0 - classes / parameters.classes[0]
    slopes[:, -4:-2] = (np.diag(classes) - np.outer(classes, classes)) * left
    return slopes


def _changed(
    stations: Stations,
    parameters: Parameters,
    grid: Grid,
    before: Floats,
    *,
    values: int | None = None,
    centre: int | None = None,
) -> Floats:
    """Differentiate what is expected of each station by one value, or by one coordinate of the centres."""
    moved = parameters.values.copy(), parameters.centres.copy()
    if values is not None:
        moved[0][values] += _STEP
    if centre is not None:
        moved[1][:, centre] += _STEP
    there = expected(stations, replace(parameters, values=moved[0], centres=moved[1]), grid)
    return np.asarray((there - before) / _STEP)
