"""Differences that may point either way: if each sign is a fair coin, how likely are so many of one sign?

Two exact laws. The *sign test* counts signs: binomial with one half. The *flip test* keeps the sizes and
flips the signs: the sum over all ``2**n`` choices of sign, by adding up the law one difference at a time.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln, logsumexp

Ints = NDArray[np.int64]


def log_sign_tail(one_way: int, n: int) -> float:
    """Return the natural logarithm of the two-sided p of the sign test.

    Parameters
    ----------
    one_way
        Differences that point one way.
    n
        Differences in all.

    Examples
    --------
    >>> round(math.exp(log_sign_tail(10, 10)) * 2**9, 6)
    1.0
    """
    most = max(one_way, n - one_way)
    if 2 * most == n:
        return 0.0
    counts = np.arange(most, n + 1)
    log_pmf = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1) - n * math.log(2.0)
    return min(0.0, float(logsumexp(log_pmf)) + math.log(2.0))


def least_differences(level: float) -> int:
    """Return the fewest differences whose signs, if all alike, have a two-sided p of at most a level."""
    return math.ceil(1.0 - math.log2(level))


def sign_interval(one_way: int, n: int, coverage: float) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of the chance that a difference points one way."""
    outside = (1.0 - coverage) / 2.0
    low = float(betaincinv(one_way, n - one_way + 1, outside)) if one_way else 0.0
    high = float(betaincinv(one_way + 1, n - one_way, 1.0 - outside)) if one_way < n else 1.0
    return low, high


def sign_limit(n: int, level: float, power: float) -> float:
    """Return the chance to point one way at which the sign test notices it with the given power.

    Parameters
    ----------
    n
        Differences in all, at least :func:`least_differences`.
    level
        Size of the two-sided test.
    power
        Chance to be noticed.
    """
    critical = next(count for count in range(n // 2 + 1, n + 1) if log_sign_tail(count, n) <= math.log(level))
    return float(betaincinv(critical, n - critical + 1, power))


def flip_steps(sizes: Ints) -> int:
    """Return how many additions the flip test takes."""
    return len(sizes) * (int(sizes.sum()) // max(1, int(np.gcd.reduce(sizes, initial=0))))


def log_flip_tail(sizes: Ints, total: int) -> float:
    """Return the natural logarithm of the two-sided p of a sum whose signs are fair coins.

    The law is added up under tilted coins, which make the sum seen likely, and is then weighted back: so the
    far tail is as exact as the middle.

    Parameters
    ----------
    sizes : ndarray of int64, shape (n,)
        Sizes of the differences, above 0; :func:`flip_steps` says how long it takes.
    total
        Sum seen, with its signs.

    Examples
    --------
    Of the eight sums of 1, 2 and 4 with signs, 7 and -7 are as large as 7.

    >>> round(math.exp(log_flip_tail(np.array([1, 2, 4]), 7)), 6)
    0.25
    """
    unit = int(np.gcd.reduce(sizes, initial=0))
    if total == 0 or unit == 0:
        return 0.0
    steps = sizes // unit
    whole = int(steps.sum())
    reached = (whole + abs(total) // unit) // 2
    if reached >= whole:
        return min(0.0, (1 - len(steps)) * math.log(2.0))
    tilt = _tilt(steps, reached)
    chances = 1.0 / (1.0 + np.exp(-tilt * steps))
    law = np.zeros(whole + 1)
    law[0] = 1.0
    top = 0
    for step, chance in zip(steps.tolist(), chances.tolist(), strict=True):
        moved = law[: top + 1] * chance
        law[: top + 1] *= 1.0 - chance
        top += step
        law[step : top + 1] += moved
    back = np.exp(-tilt * np.arange(whole - reached + 1))
    log_tail = math.log(float(law[reached:] @ back))
    log_tail += float(np.logaddexp(0.0, tilt * steps).sum()) - tilt * reached - len(steps) * math.log(2.0)
    return min(0.0, log_tail + math.log(2.0))


def _tilt(steps: Ints, reached: int) -> float:
    """Find the tilt under which the sum of the steps that point up is expected to be the one reached."""
    low, high = 0.0, 1.0
    while float((steps / (1.0 + np.exp(-high * steps))).sum()) < reached and high < 64.0:
        high *= 2.0
    for _ in range(60):
        middle = (low + high) / 2.0
        under = float((steps / (1.0 + np.exp(-middle * steps))).sum()) < reached
        low, high = (middle, high) if under else (low, middle)
    return (low + high) / 2.0
