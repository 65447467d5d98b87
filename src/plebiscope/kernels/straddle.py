"""Counts that just reach a threshold, and counts that just miss it.

A threshold is a percentage, ``step``, ``2 step``, ... below 100, or such a one moved by some tenths of a
point. A count k of n just reaches a threshold of t per cent if ``100 k >= t n`` and ``100 (k - 1) < t n``; it
just misses it if ``100 k < t n`` and ``100 (k + 1) >= t n``. All of that is decided in whole numbers. If the
law of the count is level from one count to the next, both are equally likely, whatever else that law may be.

References
----------
Clopper and Pearson (1934), Biometrika 26, 404-413, https://doi.org/10.1093/biomet/26.4.404 (the interval).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def sides(
    successes: Ints,
    trials: Ints,
    step: int,
    *,
    tenths: int = 0,
    least: Ints | int | None = None,
    most: Ints | None = None,
    highest: int = 99,
) -> tuple[Bools, Bools]:
    """Tell which counts just reach, and which just miss, a multiple of some per cent.

    A count that just reaches one threshold and just misses the next belongs to neither side.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    step
        Distance of the thresholds, in per cent; a divisor of 100.
    tenths
        By how much the thresholds are moved, in tenths of a point.
    least, most
        Smallest and largest count that a filter on the count itself keeps, shape (n,). A count whose
        counterpart on the other side would not have been kept belongs to neither side. None by default.
    highest
        Highest threshold, in per cent, before it is moved.

    Returns
    -------
    reached, missed : ndarray of bool, shape (n,)
    """
    width = 10 * step * trials
    rate = 1000 * successes - tenths * trials
    last = highest // step
    # The highest threshold that is reached, and the lowest that is not; 0 and 100 per cent are none.
    below = np.minimum(rate // width, last)
    above = np.maximum(below, 0) + 1
    reached = (below >= 1) & (rate - below * width < 1000)
    missed = (rate < above * width) & (above <= last) & (above * width - rate <= 1000)
    both = reached & missed
    reached &= ~both
    missed &= ~both
    if least is not None:
        reached &= successes > least
    if most is not None:
        missed &= successes < most
    return reached, missed


@dataclass(frozen=True, slots=True)
class Slope:
    """What the comparison gives at thresholds where nobody aims.

    Attributes
    ----------
    reached, missed
        Number of counts on either side, over all thresholds.
    ratio, error
        Estimate of the first over the second, and the standard error of its logarithm; null without counts.
    """

    reached: int
    missed: int
    ratio: float | None
    error: float | None


def beside_moved(
    successes: Ints,
    trials: Ints,
    step: int,
    tenths: Iterable[int],
    *,
    least: Ints | int | None = None,
    most: Ints | None = None,
    highest: int = 99,
) -> tuple[Ints, Ints]:
    """Count how many moved thresholds each count just reaches, and just misses.

    Parameters
    ----------
    successes, trials, step
        As in :func:`sides`.
    tenths
        The moves, in tenths of a point.
    least, most, highest
        As in :func:`sides`. A threshold at which the filter leaves nothing must not be the highest: moved
        down, it would be among those that the others are held against.

    Returns
    -------
    reached, missed : ndarray of int64, shape (n,)
    """
    above = np.zeros(len(trials), dtype=np.int64)
    below = np.zeros(len(trials), dtype=np.int64)
    for move in tenths:
        reached, missed = sides(successes, trials, step, tenths=move, least=least, most=most, highest=highest)
        above += reached
        below += missed
    return above, below


def slope(above: Ints, below: Ints) -> Slope:
    """Compare the two sides at moved thresholds, where only the slope of the law can set them apart.

    A station may lie next to several of these thresholds, so that the error is taken over stations.

    Parameters
    ----------
    above, below
        From :func:`beside_moved`, shape (n,).
    """
    a, b = int(above.sum()), int(below.sum())
    if a == 0 or b == 0:
        return Slope(a, b, None, None)
    # The logarithm of a / b is 2 (a - b) / (a + b) to second order.
    error = 2.0 * math.sqrt(float(np.sum((above - below) ** 2))) / (a + b)
    return Slope(a, b, a / b, error)


def log_upper_tail(reached: int, missed: int, chance: float = 0.5) -> float:
    """Return ln P(X >= reached) for X ~ Bin(reached + missed, chance), however small it is."""
    n = reached + missed
    if reached <= n * chance:
        return math.log(float(special.bdtrc(reached - 1, n, chance))) if reached else 0.0
    k = np.arange(reached, n + 1)
    terms = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    terms += k * math.log(chance) + (n - k) * math.log1p(-chance)
    return min(0.0, float(special.logsumexp(terms)))


def log_tail_beside(reached: int, missed: int, slope: Slope) -> float:
    """Return ln p that more counts than the slope allows just reach a threshold.

    The slope that makes a ratio above 1 is known with an error only, so that p is the mean over that error
    (nine points of Gauss and Hermite, of the logarithm of the ratio). Where it makes none above 1, the law is
    taken to be level.

    Parameters
    ----------
    reached, missed
        Number of counts on either side.
    slope
        From moved thresholds.
    """
    if slope.ratio is None or slope.error is None or slope.ratio <= 1.0:
        return log_upper_tail(reached, missed)
    points, weights = np.polynomial.hermite_e.hermegauss(9)
    ratios = slope.ratio * np.exp(slope.error * points)
    tails = [log_upper_tail(reached, missed, float(ratio / (1.0 + ratio))) for ratio in ratios]
    return min(0.0, float(special.logsumexp(tails, b=weights / weights.sum())))


def chance_interval(reached: int, missed: int, level: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson for the chance to be on the upper side."""
    a, b, outside = reached, missed, (1.0 - level) / 2.0
    low = float(special.betaincinv(a, b + 1, outside)) if a else 0.0
    high = float(special.betaincinv(a + 1, b, 1.0 - outside)) if b else 1.0
    return low, high


def power(n: int, more: int, level: float, chance: float = 0.5) -> float:
    """Return how often the one-sided test notices that counts were put on the upper side from elsewhere.

    Parameters
    ----------
    n
        Counts on both sides together, before.
    more
        Counts put there.
    level
        Size of the test.
    chance
        Chance of each of the others to be on the upper side, by which the test is made.
    """

    def rejects(count: int) -> bool:
        return bool(special.bdtrc(count - 1.0, n + more, chance) <= level)

    critical = bisect_left(range(n + more + 1), True, key=rejects)
    return float(special.bdtrc(critical - more - 1.0, n, chance)) if critical > more else 1.0
