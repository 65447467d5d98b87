"""The beta-binomial law: counts that vary more between stations than independent voters would.

A station's own rate is drawn from a beta law with mean m and intraclass correlation r; given it the count is
binomial. The variance of a count of n is ``n m (1 - m) (1 + (n - 1) r)``.

References
----------
Skellam (1948), Journal of the Royal Statistical Society B 10, 257-261 (the law); Ridout, Demétrio and Firth
(1999), Biometrics 55, 137-148, https://doi.org/10.1111/j.0006-341X.1999.00137.x (the analysis-of-variance
estimator of the intraclass correlation).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_LEAST_CORRELATION = 1e-9
"""Below this intraclass correlation the law is the binomial to nine digits, and is computed as this."""

_LARGE = 10_000
"""Trials beyond which counts are not added up one by one."""


def fit_rest(successes: Ints, trials: Ints, group: Ints) -> tuple[Floats, Floats]:
    """Fit mean and intraclass correlation to the other stations of each station's group.

    The correlation is the analysis-of-variance estimator, cut off at 0; both are functions of five sums
    per group, from which the station's own part is taken away. The mean has half a success and half a
    failure added, so that a rest without any is not taken for certain.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    group
        Group of each station, numbered from 0, shape (n,).

    Returns
    -------
    mean, correlation : ndarray of float64, shape (n,)
        Not a number where fewer than two other stations are left.
    """
    k, n = successes.astype(np.float64), trials.astype(np.float64)

    def rest(values: Floats) -> Floats:
        total: Floats = np.bincount(group, values)[group] - values
        return total

    count, tried, done = rest(np.ones_like(n)), rest(n), rest(k)
    size = np.where(count >= 2, count, np.nan)
    mean = (done + 0.5) / (tried + 1.0)
    # Sums of squares between and within the other stations, and their mean squares.
    squares = rest(k * k / n)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = (squares - done * done / tried) / (size - 1.0)
        within = (done - squares) / (tried - size)
        typical = (tried - rest(n * n) / tried) / (size - 1.0)
        correlation = (between - within) / (between + (typical - 1.0) * within)
    flat = np.isfinite(size) & ~np.isfinite(correlation)  # every ballot of the rest is the same
    correlation = np.where(flat, 0.0, correlation)
    return np.where(np.isfinite(size), mean, np.nan), np.clip(correlation, 0.0, 1.0 - 1e-9)


def log_pmf(count: Floats, trials: Floats, mean: Floats, correlation: Floats) -> Floats:
    """Return ln P(X = count); arrays broadcast.

    Parameters
    ----------
    count, trials
        Whole numbers, 0 <= count <= trials.
    mean
        Mean rate, strictly between 0 and 1.
    correlation
        Intraclass correlation, from 0 to below 1.
    """
    choose = -np.log1p(trials) - special.betaln(trials - count + 1.0, count + 1.0)
    near = correlation < _LEAST_CORRELATION
    strength = (1.0 - correlation) / np.where(near, 1.0, correlation)
    a, b = mean * strength, (1.0 - mean) * strength
    spread = special.betaln(count + a, trials - count + b) - special.betaln(a, b)
    plain = count * np.log(mean) + (trials - count) * np.log1p(-mean)
    return np.asarray(choose + np.where(near, plain, spread), dtype=np.float64)


def log_upper_tail(count: Ints, trials: Ints, mean: Floats, correlation: Floats) -> Floats:
    """Return ln P(X >= count), by adding up the law from its upper end.

    Made for counts near the number of trials: the time it takes is the number of trials above the count.
    With more than 10,000 trials the law of the rate is taken for that of 10,000 with the same variance (or
    the binomial one, where that is larger); the tail then errs by a few per cent of itself.

    Parameters
    ----------
    count, trials
        Whole numbers, shape (n,).
    mean
        Mean rate, strictly between 0 and 1, shape (n,).
    correlation
        Intraclass correlation, from 0 to below 1, shape (n,).

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    coarse = trials > _LARGE
    if coarse.any():
        many = np.maximum(trials, 2)
        variance = (1.0 + (many - 1.0) * correlation) / many
        matched = np.maximum((_LARGE * variance - 1.0) / (_LARGE - 1.0), 0.0)
        correlation = np.where(coarse, matched, correlation)
        count = np.where(coarse, -(-count * _LARGE // many), count)
        trials = np.minimum(trials, _LARGE)
    steps = np.clip(trials - np.maximum(count, 0), -1, None)
    order = np.argsort(-steps, kind="stable")
    steps = steps[order]
    n, m, r = (values[order].astype(np.float64) for values in (trials, mean, correlation))
    # Ratio of one term to the one above, with the parameters of the beta law scaled by r: that form
    # also holds in the binomial limit r = 0.
    a, b = m * (1.0 - r), (1.0 - m) * (1.0 - r)
    term, total = np.ones(len(n)), np.ones(len(n))
    scale = log_pmf(n, n, m, r)
    active = int(np.count_nonzero(steps > 0))
    done = 0
    while active:
        part = slice(0, active)
        x = n[part] - done
        term[part] *= x * (b[part] + done * r[part]) / ((done + 1.0) * (a[part] + (x - 1.0) * r[part]))
        total[part] += term[part]
        large = total[part] > 1e200
        if large.any():
            scale[part][large] += np.log(total[part][large])
            term[part][large] /= total[part][large]
            total[part][large] = 1.0
        done += 1
        active = int(np.searchsorted(-steps, -done, side="left"))
    tail = np.where(steps < 0, -np.inf, np.minimum(scale + np.log(total), 0.0))
    out = np.empty_like(tail)
    out[order] = tail
    return out
