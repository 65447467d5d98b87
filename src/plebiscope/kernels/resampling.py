"""Groups drawn again, or left out in turn, to see how far a figure rests on a few of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 2_000_000
"""Numbers that are drawn at a time, so that a hundred thousand groups fit into memory."""


def draw_again(groups: int, replicates: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw as many groups as there are, with replacement.

    Parameters
    ----------
    groups, replicates
        Number of groups and of draws.
    rng
        Source of randomness.

    Returns
    -------
    ndarray of int64, shape (replicates, groups)
        How often each group was drawn.
    """
    return rng.multinomial(groups, np.full(groups, 1.0 / groups), size=replicates)


def interval(drawn: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return the ends between which the middle part ``level`` of the figures drawn lies."""
    outside = (1.0 - level) / 2.0
    low, high = np.quantile(drawn, [outside, 1.0 - outside])
    return float(low), float(high)


def left_out(without: NDArray[np.float64], value: float, level: float) -> tuple[float, float]:
    """Return the interval of a figure from leaving out each group in turn (the jackknife).

    Where groups are few, drawing them again gives too narrow an interval: it scatters too little, by the
    root of one part in as many as there are groups, and takes the law of many groups for that of few. Here
    the ends are those of Student's law with one degree of freedom fewer than groups.

    Parameters
    ----------
    without
        The figure without each group, shape (groups,); two groups or more.
    value
        The figure of all groups.
    level
        Coverage, as a probability.
    """
    from scipy.special import stdtrit

    groups = len(without)
    spread = float(np.sqrt((groups - 1) / groups * np.sum((without - value) ** 2)))
    half = float(stdtrit(groups - 1, (1.0 + level) / 2.0)) * spread
    return value - half, value + half


def again(
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    groups: int,
    replicates: int,
    level: float,
    value: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Return the interval of a figure by drawing groups again, a few draws at a time.

    Parameters
    ----------
    statistic
        Takes how often each group counts, shape (k, groups), and returns the figure of each draw, shape (k,).
    groups, replicates
        Number of groups and of draws.
    level
        Coverage, as a probability.
    value
        The figure of the groups as they are; the interval is widened to hold it.
    rng
        Source of randomness.
    """
    at_once = max(1, _AT_ONCE // max(1, groups))
    drawn = [
        statistic(draw_again(groups, min(at_once, replicates - done), rng).astype(np.float64))
        for done in range(0, replicates, at_once)
    ]
    low, high = interval(np.concatenate(drawn), level)
    return min(low, value), max(high, value)
