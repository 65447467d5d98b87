"""How a share changes with turnout: a logistic line through counts, with or without a level for each area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_STEPS = 50
_FINE = 1e-10


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope in logits, with its standard error from the differences between clusters."""

    value: float
    error: float | None
    """Null where there are fewer than two clusters."""


def logit_slope(x: Floats, successes: Ints, trials: Ints, levels: Ints, clusters: Ints) -> Slope | None:
    """Fit ``logit P(success) = level of the area + slope x`` to binomial counts by maximum likelihood.

    The weights of the iteration are binomial; the standard error is not, but the sandwich over clusters,
    which holds whatever the law of counts inside them.

    Parameters
    ----------
    x
        Explanatory variable, shape (n,).
    successes, trials
        Counts, ``0 <= successes <= trials``, ``trials`` positive, shape (n,).
    levels
        Which stations share a level, numbered from 0, shape (n,); all 0 for one line through all.
    clusters
        Which stations may depend on each other, numbered from 0, shape (n,).

    Returns
    -------
    Slope or None
        None where x does not vary inside a level or the likelihood has no maximum.

    Notes
    -----
    McCullagh and Nelder (1989), Generalized Linear Models, chapter 4; Liang and Zeger (1986), Biometrika 73,
    13-22, doi:10.1093/biomet/73.1.13 (the sandwich).
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
    pull = np.bincount(clusters, away * (successes - trials * fitted))
    count = int(np.count_nonzero(np.bincount(clusters)))
    if count < 2:
        return Slope(slope, None)
    return Slope(slope, float(np.sqrt(count / (count - 1) * np.sum(pull**2)) / bread))


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
