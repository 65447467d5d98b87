"""Many questions of one kind at once.

References
----------
Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Benjamini and Hochberg (1995), Journal of the Royal
Statistical Society B 57, 289-300, doi:10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(log10_p: ArrayLike, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Adjust by Holm's step-down rule.

    Parameters
    ----------
    log10_p : array_like, shape (n,)
        Base-ten logarithms of p.
    weights : array_like, shape (n,), optional
        Positive; how the level is divided among the questions (Holm 1979, section 4). Equal ones, the
        default, give the rule as it is commonly known.

    Returns
    -------
    ndarray, shape (n,)
        Base-ten logarithms of the adjusted values, in the order given, at most 0.
    """
    values = np.asarray(log10_p, dtype=float)
    own = np.ones(values.size) if weights is None else np.asarray(weights, dtype=float)
    weighed = values - np.log10(own)
    order = np.argsort(weighed, kind="stable")
    remaining = np.cumsum(own[order][::-1])[::-1]
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(weighed[order] + np.log10(remaining)), 0.0)
    return adjusted


def needed(log10_p: ArrayLike, weights: ArrayLike | None = None, *, level: float) -> NDArray[np.float64]:
    """Return how small each p must be for Holm's rule to reject it, given all others.

    Parameters
    ----------
    log10_p, weights : array_like, shape (n,)
        As for :func:`holm`.
    level
        At which the rule is kept, as a probability.

    Returns
    -------
    ndarray, shape (n,)
        The largest p that are rejected, as probabilities.
    """
    values = np.asarray(log10_p, dtype=float)
    own = np.ones(values.size) if weights is None else np.asarray(weights, dtype=float)
    largest = np.empty_like(values)
    for place in range(values.size):
        # Those that are rejected although this one is not leave it their part of the level.
        others = np.where(np.arange(values.size) == place, 0.0, values)
        kept = ~(holm(others, own) < np.log10(level))
        kept[place] = True
        largest[place] = level * (own[place] / own[kept].sum())
    return largest


def benjamini_hochberg(log10_p: ArrayLike, among: int | None = None) -> NDArray[np.float64]:
    """Adjust by the step-up rule of Benjamini and Hochberg.

    Parameters
    ----------
    log10_p : array_like, shape (n,)
        Base-ten logarithms of p.
    among
        How many were looked at, where only the smallest p are given; the others count as 1.

    Returns
    -------
    ndarray, shape (n,)
        Base-ten logarithms of the adjusted values, in the order given, at most 0.
    """
    values = np.asarray(log10_p, dtype=float)
    order = np.argsort(values, kind="stable")
    rank = np.arange(1, values.size + 1)
    stepped = values[order] + np.log10(max(among or 0, values.size) / rank)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 0.0)
    return adjusted
