"""Shares from a sample of stations: the ratio estimator of a stratified sample drawn without replacement."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


_DUST = 1e-9
"""Part of the largest station below which stations do not differ."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of totals, estimated from a sample.

    Attributes
    ----------
    value, error
        The ratio, and its standard error.
    free
        Degrees of freedom of the error (Satterthwaite); infinite where the whole country was in the sample.
    """

    value: float
    error: float
    free: float

    def interval(self, level: float) -> tuple[float, float]:
        """Return the ends of the interval that covers the truth with a chance of ``level``."""
        reach = self.error * float(stdtrit(self.free, (1.0 + level) / 2.0)) if self.error > 0.0 else 0.0
        return self.value - reach, self.value + reach

    def p(self, truth: float) -> float:
        """Return the two-sided p of a true ratio."""
        if self.error == 0.0:
            return float(self.value == truth)
        return min(1.0, 2.0 * float(stdtr(self.free, -abs(self.value - truth) / self.error)))


def estimate(part: Floats, whole: Floats, strata: Ints, sizes: Floats) -> Ratio | None:
    """Estimate the ratio of two totals from a sample of stations.

    Parameters
    ----------
    part, whole
        What is counted at each sampled station, and what it is a part of, shape (n,).
    strata
        Stratum of each sampled station, numbered from 0, shape (n,).
    sizes
        Stations of each stratum, infinite where that is not known, shape (strata,). Strata without a sampled
        station are left out.

    Returns
    -------
    Ratio or None
        Null where there are fewer than two stations or nothing was counted, or where no stratum has two
        sampled stations and one more could have been drawn of one stratum only: nothing tells how its
        stations scatter.

    Notes
    -----
    Cochran (1977), Sampling Techniques, sections 6.11, 5.4 and 5A.12. The error of strata with one sampled
    station is taken from all of them together, which is rather too large than too small; a single one is put
    together with the stratum in which fewest are sampled beside it.

    Examples
    --------
    Two of ten stations, with 30 and 50 of 100 votes:

    >>> found = estimate(np.array([30.0, 50]), np.full(2, 100.0), np.zeros(2, int), np.array([10.0]))
    >>> found.value, round(found.error, 4)
    (0.4, 0.0894)
    """
    drawn = np.bincount(strata, minlength=len(sizes)).astype(np.float64)
    known = drawn > 0
    weight = np.divide(sizes, drawn, out=np.zeros_like(drawn), where=known)
    if not np.isfinite(sizes[known]).all():
        weight = np.ones_like(weight)
    total = float(weight[strata] @ whole)
    if len(part) < 2 or total <= 0.0:
        return None
    value = float(weight[strata] @ part) / total
    rest = part - value * whole
    # Strata of which one station was drawn are put together, so that something can be said of how they
    # scatter. One that has no other station adds no error.
    alone = (drawn == 1) & (sizes > 1.0)
    if np.count_nonzero(alone) == 1:
        if not (drawn > 1).any():
            return None
        alone[np.argmin(np.where(drawn > 1, drawn, np.inf))] = True
    joined = np.where(alone[strata], -1, strata)
    labels, groups = np.unique(joined, return_inverse=True)
    inside = np.bincount(groups).astype(np.float64)
    mean = np.bincount(groups, rest) / inside
    off = rest - mean[groups]
    # Stations that are all alike differ by what the machine rounds, which would pass for an exact answer.
    off[np.abs(off) < _DUST * float(whole.max())] = 0.0
    squares = np.bincount(groups, off**2) / np.maximum(inside - 1.0, 1.0)
    scale = np.zeros(len(labels))
    np.add.at(scale, groups, weight[strata] ** 2 * _left(drawn, sizes)[strata])
    parts = scale * squares
    variance = float(parts.sum())
    if variance <= 0.0:
        return Ratio(value, 0.0, math.inf)
    free = variance**2 / float((parts**2 / np.maximum(inside - 1.0, 1.0)).sum())
    return Ratio(value, math.sqrt(variance) / total, free)


def _left(drawn: Floats, sizes: Floats) -> Floats:
    """Return the part of each stratum that is not in the sample."""
    return np.where(np.isfinite(sizes), 1.0 - drawn / np.where(sizes > 0.0, sizes, np.inf), 1.0)


def allocated(sizes: Ints, stations: int, least: int = 2) -> Ints:
    """Share out a sample over strata by their size, with at least so many in each, where there are.

    >>> allocated(np.array([10, 50, 940]), 100)
    array([ 2,  5, 94])
    """
    wanted = np.rint(stations * sizes / sizes.sum()).astype(np.int64)
    return np.asarray(np.minimum(np.maximum(least, wanted), sizes))


def design_error(part: Floats, whole: Floats, strata: Ints, drawn: Ints) -> float:
    """Return the standard error that a sample would have, from the figures of every station.

    Parameters
    ----------
    part, whole, strata
        As for :func:`estimate`, of all stations of the country.
    drawn
        Stations to be drawn in each stratum, shape (strata,).
    """
    sizes = np.bincount(strata, minlength=len(drawn)).astype(np.float64)
    rest = part - whole * (part.sum() / whole.sum())
    mean = np.bincount(strata, rest, minlength=len(drawn)) / np.maximum(sizes, 1.0)
    squares = np.bincount(strata, (rest - mean[strata]) ** 2, minlength=len(drawn))
    spread = squares / np.maximum(sizes - 1.0, 1.0)
    variance = (sizes**2 * (1.0 - drawn / np.maximum(sizes, 1.0)) * spread / np.maximum(drawn, 1)).sum()
    return float(np.sqrt(variance) / whole.sum())


def stations_needed(part: Floats, whole: Floats, strata: Ints, error: float) -> int:
    """Return how many stations must be drawn, shared out by size, for a standard error.

    It follows from how stations scatter inside strata, not from the number of ballots: ballots of one station
    are far more alike than ballots drawn one by one.
    """
    sizes = np.bincount(strata)
    low, high = 1, len(part)
    while low < high:
        middle = (low + high) // 2
        if design_error(part, whole, strata, allocated(sizes, middle)) <= error:
            high = middle
        else:
            low = middle + 1
    return low
