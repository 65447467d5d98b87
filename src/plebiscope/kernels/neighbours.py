"""Counts against those of their neighbours: what others make likely, and how far they differ by nature.

Station i of a group has a rate of its own with mean m and intraclass correlation r (see
:mod:`plebiscope.kernels.beta_binomial`), so that the variance of its proportion is m (1 - m) c_i with
``c_i = r + (1 - r) / n_i``. The mean is not known; the others of the group tell it, each with the weight
``1 / c_j``, and the variance of what they tell is ``m (1 - m) / sum 1 / c_j``. Added to r, that is the
correlation of a beta-binomial law which predicts the station's count.

References
----------
Kleinman (1973), Journal of the American Statistical Association 68, 46-54 (proportions with extraneous
variance, and their weights).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import brentq

from plebiscope.kernels import beta_binomial

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SMALLEST, _LARGEST = 1e-8, 0.9
"""Between these, an intraclass correlation is looked for."""
_NOTHING = 1e-16
"""A term of a sum, relative to the sum, that adds nothing."""
_EXACT_BELOW = 0.1
"""Chances that are smaller than this by an approximation are summed term by term."""


def predict(successes: Ints, trials: Ints, group: Ints, correlation: float) -> tuple[Floats, Floats]:
    """Return the law that the others of its group predict for each count.

    The mean has half a success and half a failure added, so that others without any are not certain.

    Parameters
    ----------
    successes, trials
        Counts, and what they are out of, at least 1, shape (n,).
    group
        Group of each, numbered from 0, shape (n,).
    correlation
        Intraclass correlation inside groups, from 0 to below 1.

    Returns
    -------
    mean, correlation : ndarray of float64, shape (n,)
        Of the beta-binomial law.
    """
    weight = 1.0 / (correlation + (1.0 - correlation) / trials)
    told = weight * (successes / trials)

    def rest(values: Floats) -> Floats:
        return np.maximum(np.bincount(group, values)[group] - values, 0.0)

    known = rest(weight) + 1.0
    mean = np.minimum(rest(told), known - 1.0) + 0.5
    return mean / known, np.minimum(correlation + (1.0 - correlation) / known, 1.0 - 1e-9)


def distance(successes: Ints, trials: Ints, mean: Floats, correlation: Floats) -> Floats:
    """Return how far each proportion lies from its mean, in standard deviations of its law, shape (n,)."""
    variance = mean * (1.0 - mean) * (correlation + (1.0 - correlation) / trials)
    return np.asarray((successes / trials - mean) / np.sqrt(variance))


def correlation(
    successes: Ints, trials: Ints, group: Ints, middle: float, members: Ints | slice = slice(None)
) -> float:
    """Estimate the intraclass correlation from the stations that lie nearest their neighbours.

    It is the one with which the middle part of the stations lies as far out as that part of a normal law:
    stations further out do not move it, as long as they are no more than the rest.

    Parameters
    ----------
    successes, trials, group
        As in :func:`predict`.
    middle
        The part, between 0 and 1.
    members
        Stations by which it is estimated, each with another one in its group.

    Returns
    -------
    float
        0 where the stations differ no more than by counting.
    """
    edge = float(special.ndtri(0.5 + middle / 2.0))

    def excess(log_r: float) -> float:
        law = predict(successes, trials, group, float(np.exp(log_r)))
        far = np.abs(distance(successes, trials, *law)[members])
        return float(np.quantile(far, middle)) - edge

    low, high = np.log(_SMALLEST), np.log(_LARGEST)
    if excess(low) <= 0.0:
        return 0.0
    if excess(high) >= 0.0:
        return _LARGEST
    return float(np.exp(brentq(excess, low, high, xtol=1e-4)))


def chance(successes: Ints, trials: Ints, mean: Floats, correlation: Floats) -> tuple[Floats, Floats]:
    """Return how likely a count as far out as the one observed is, to either side.

    Twice the smaller tail, the count included: summed term by term where it is small, else by the beta law of
    the same mean and variance, half a count to the side, which errs by less than 0.01.

    Parameters
    ----------
    successes, trials
        Counts, and what they are out of, at least 1, shape (n,).
    mean, correlation
        Of the beta-binomial law of each, see :func:`predict`.

    Returns
    -------
    log_p : ndarray of float64, shape (n,)
        Natural logarithm of the chance.
    z : ndarray of float64, shape (n,)
        The place of the count in its law, half of its own chance counted, as a deviate of the normal law.
    """
    strength = 1.0 / (correlation + (1.0 - correlation) / trials) - 1.0
    a, b = mean * np.maximum(strength, 1e-9), (1.0 - mean) * np.maximum(strength, 1e-9)

    def below(count: Floats) -> Floats:
        return np.asarray(special.betainc(a, b, np.clip(count / trials, 0.0, 1.0)))

    rate = successes.astype(np.float64)
    low, high = below(rate + 0.5), 1.0 - below(rate - 0.5)
    z = special.ndtri(np.clip(below(rate), 1e-12, 1.0 - 1e-12))
    upper = high < low
    log_p = np.log(np.clip(2.0 * np.minimum(low, high), 1e-300, 1.0))
    for side, tail in ((True, high), (False, low)):
        at = np.flatnonzero((upper == side) & (tail < _EXACT_BELOW))
        # The lower tail is the upper tail of what is left.
        count = successes[at] if side else trials[at] - successes[at]
        law = (mean[at] if side else 1.0 - mean[at]), correlation[at]
        log_own = beta_binomial.log_pmf(count.astype(np.float64), trials[at].astype(np.float64), *law)
        log_tail = _log_upper_tail(count, trials[at], *law, log_own)
        half = np.minimum(np.exp(np.minimum(log_own - log_tail, 0.0)) / 2.0, 0.5)
        log_p[at] = np.minimum(np.log(2.0) + log_tail, 0.0)
        z[at] = special.ndtri_exp(log_tail + np.log1p(-half)) * (-1.0 if side else 1.0)
    return log_p, z


def _log_upper_tail(count: Ints, trials: Ints, mean: Floats, correlation: Floats, log_own: Floats) -> Floats:
    """Return ln P(X >= count), added up from the count outwards until nothing more is added.

    That ends early for a law with one peak, which falls from there on; for others the whole tail is summed.
    """
    peaked = np.minimum(mean, 1.0 - mean) * (1.0 - correlation) >= correlation
    found = np.empty(len(count))
    other = ~peaked
    found[other] = beta_binomial.log_upper_tail(count[other], trials[other], mean[other], correlation[other])
    x, n, r = (values[peaked].astype(np.float64) for values in (count, trials, correlation))
    a, b = mean[peaked] * (1.0 - r), (1.0 - mean[peaked]) * (1.0 - r)
    total, at = np.ones(len(x)), np.flatnonzero(x < n)
    term, x = total[at], x[at]
    while len(at):
        term = term * (n[at] - x) * (a[at] + x * r[at]) / ((x + 1.0) * (b[at] + (n[at] - x - 1.0) * r[at]))
        total[at] += term
        x = x + 1.0
        more = (term > _NOTHING * total[at]) & (x < n[at])
        at, term, x = at[more], term[more], x[more]
    found[peaked] = np.minimum(log_own[peaked] + np.log(total), 0.0)
    return found
