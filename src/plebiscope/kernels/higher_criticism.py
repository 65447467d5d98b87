"""Whether some of many p are smaller than chance makes them, without saying which: higher criticism, exactly.

Of m sorted p each of the smaller half is asked how likely it is that the k-th smallest of m uniform ones is
as small; the statistic is the smallest of these chances. Higher criticism as first proposed measures the same
by normal deviates, so that the very smallest p outweighs any number of small ones; by exact chances every k
counts alike. The law of the statistic is exact too: it stays above a value as long as every p_k stays above
a bound, which is asked of one order statistic after the other. The chances of first passing a bound are
added, so that a small p is as exact as a large one.

References
----------
Donoho and Jin (2004), Annals of Statistics 32, 962-994 (higher criticism); Berk and Jones (1979),
Zeitschrift für Wahrscheinlichkeitstheorie 47, 47-59 (exact chances); Noé (1972), Annals of Mathematical
Statistics 43, 58-64 (laws of order statistics between bounds, by recursion).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_LEAST = 1e-300
"""Smallest chance that is told."""


def statistic(p: Floats) -> float:
    """Return the natural logarithm of the statistic of m p between 0 and 1, shape (m,), m at least 1."""
    k = _ranks(len(p))
    chances = special.betainc(k, len(p) - k + 1.0, np.sort(p)[: len(k)])
    return math.log(max(float(np.min(chances)), _LEAST))


def log_chance(value: float, m: int) -> float:
    """Return the natural logarithm of the chance that m independent uniform p give such a value or less.

    Parameters
    ----------
    value
        Of :func:`statistic`.
    m
        Number of p, at least 1.
    """
    ranks = _ranks(m)
    bounds = special.betaincinv(ranks, m - ranks + 1.0, math.exp(value))
    most = len(bounds)
    counts = np.arange(most)
    factorials = special.gammaln(np.arange(m + 1) + 1.0)
    below = np.zeros(most)
    """Chances that j p lie below the bound, none of the bounds being passed so far."""
    below[0] = 1.0
    passed, last = 0.0, 0.0
    for k, bound in enumerate(bounds.tolist(), start=1):
        # Of the p above the last bound, each lies below this one with the same chance.
        step = (bound - last) / (1.0 - last)
        last = bound
        before, more = counts[: max(1, k - 1)], counts[:k]
        left = m - before
        passed += float(below[before] @ special.betainc(k - before, left - k + before + 1.0, step))
        law = _binomial(more[:, None] - before, left, step, factorials)
        below[:k] = law @ below[before]
    # So far out that a double cannot hold it, the two are one.
    return math.log(min(1.0, passed)) if passed > _LEAST else log_bound(value, m)


def log_bound(value: float, m: int) -> float:
    """Return a bound of :func:`log_chance`: that of the values asked about, each by itself."""
    return min(0.0, value + math.log(len(_ranks(m))))


def _ranks(m: int) -> Ints:
    """Return the places of the smaller half, from 1."""
    return np.arange(1, max(1, m // 2) + 1)


def _binomial(k: Ints, n: Ints, p: float, factorials: Floats) -> Floats:
    """Return the binomial chance of each count, 0 where it is below 0; given logarithms of all factorials."""
    at = np.maximum(k, 0)
    choose = factorials[n] - factorials[at] - factorials[n - at]
    log = choose + special.xlogy(at, p) + special.xlog1py(n - at, -p)
    return np.where(k >= 0, np.exp(log), 0.0)
