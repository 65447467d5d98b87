"""How a share changes with turnout: a logistic line through counts, with or without a level for each area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.resampling import effective

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_STEPS = 50
_FINE = 1e-10


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope in logits, with its standard error from the differences between clusters.

    Attributes
    ----------
    value, error
        The error is null where no cluster can be left out: there is one, or the others do not vary in x.
    free
        Degrees of freedom of the error: clusters, as many of one weight as they count for, less one.
    """

    value: float
    error: float | None
    free: float

    def interval(self, level: float) -> tuple[float, float] | None:
        """Return the ends of the interval by Student's law; null without an error."""
        from scipy.special import stdtrit

        if self.error is None:
            return None
        half = float(stdtrit(self.free, (1.0 + level) / 2.0)) * self.error
        return self.value - half, self.value + half


def logit_slope(x: Floats, successes: Ints, trials: Ints, levels: Ints, clusters: Ints) -> Slope | None:
    """Fit ``logit P(success) = level of the area + slope x`` to binomial counts by maximum likelihood.

    The weights of the iteration are binomial; the standard error is not, but that of leaving out each cluster
    in turn, which holds whatever the law of counts inside them. What a cluster moves the slope by is found in
    one step of the same iteration, from the slope of all.

    Parameters
    ----------
    x
        Explanatory variable, shape (n,).
    successes, trials
        Counts, ``0 <= successes <= trials``, ``trials`` positive, shape (n,).
    levels
        Which stations share a level, numbered from 0, shape (n,); all 0 for one line through all.
    clusters
        Which stations may depend on each other, numbered from 0, shape (n,); none in two levels.

    Returns
    -------
    Slope or None
        None where x does not vary inside a level or the likelihood has no maximum.

    Notes
    -----
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 4; Bell and McCaffrey (2002), Survey
    Methodology 28, 169-181 (why the sandwich is too small where clusters are few, and leaving out is not).
    """
    total = np.bincount(levels, trials)
    won = np.bincount(levels, successes)
    # An area where all or none succeed has no finite level and says nothing about the slope.
    open_ = ((won > 0) & (won < total))[levels]
    x, successes, trials, clusters = x[open_], successes[open_], trials[open_], clusters[open_]
    levels = np.unique(levels[open_], return_inverse=True)[1]
    if not len(x):
        return None
    height = np.log(np.bincount(levels, successes) / np.bincount(levels, trials - successes))
    slope = 0.0
    for _ in range(_STEPS):
        linear = height[levels] + slope * x
        fitted = 1.0 / (1.0 + np.exp(-np.clip(linear, -30.0, 30.0)))
        weight = trials * fitted * (1.0 - fitted)
        working = linear + (successes - trials * fitted) / weight
        mass = np.bincount(levels, weight)
        mean_x = np.bincount(levels, weight * x) / mass
        mean_y = np.bincount(levels, weight * working) / mass
        away = x - mean_x[levels]
        bread = float(np.sum(weight * away**2))
        if bread <= _FINE * float(np.sum(weight)):
            return None
        before, slope = slope, float(np.sum(weight * away * working)) / bread
        height = mean_y - slope * mean_x
        if not np.isfinite(slope):
            return None
        if abs(slope - before) <= _FINE * (1.0 + abs(slope)):
            break
    else:
        return None
    first, clusters = np.unique(clusters, return_index=True, return_inverse=True)[1:]
    rest, pulled = successes - trials * fitted, weight * away
    parts = (weight, pulled, pulled * away, rest, away * rest)
    own, along, spread, over, pull = (np.bincount(clusters, part) for part in parts)
    # What is left of the level of each cluster; where it was all of it, its height goes with it.
    left = mass[levels[first]] - own
    others = left > _FINE * own
    left = np.where(others, left, np.inf)
    without = bread - spread - along**2 / left
    count = len(first)
    if count < 2 or without.min() <= _FINE * bread:
        return Slope(slope, None, 0.0)
    moved = (pull + along * over / left) / without
    error = float(np.sqrt((count - 1) / count * np.sum(moved**2)))
    return Slope(slope, error, max(1.0, effective(spread) - 1.0))


def line(x: Floats, y: Floats) -> float | None:
    """Return the slope of the line of least squares through points; null if x is constant.

    Parameters
    ----------
    x, y
        Points, shape (n,).
    """
    away = x - x.mean()
    spread = float(away @ away)
    return float(away @ y) / spread if spread > 0.0 else None
