"""Counts against those of their neighbours: what others make likely, and how far they differ by nature.

Station i of a group has a rate of its own with mean m and intraclass correlation r (see
:mod:`plebiscope.kernels.beta_binomial`), so that the variance of its proportion is m (1 - m) c_i with
``c_i = r + (1 - r) / n_i``. The mean is not known; the others of the group tell it, each with the weight
``1 / c_j``, and the variance of what they tell is ``m (1 - m) / sum 1 / c_j``. Added to r, that is the
correlation of a beta-binomial law which predicts the station's count.

A mean follows whoever lies far out, so that where one station does, all its neighbours seem to. Where
stations are only put in order, :func:`outlying` holds each against the median of the others instead, on the
scale of logits, where a spread means the same at any rate.

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
_QUARTILE = float(special.ndtri(0.75)) ** 2
"""Half of the squares of a normal deviate lie below this."""
_WIDEST = 100.0
"""Up to this, a variance of logits is looked for."""
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


def outlying(
    successes: Ints, trials: Ints, group: Ints, members: Ints | slice = slice(None)
) -> tuple[Floats, Floats, Floats]:
    """Return how far stations lie from the median of the others of their group, on the scale of logits.

    The variance of a difference is that of counting, known from the trials and the others' rate, and that
    of stations, which is chosen so that half of the members lie as near as half of a normal law. The median
    of j others has ``pi / (2 j + pi - 2)`` times the variance of one: so it is for one, nearly for three or
    more of an odd number, and a little less for an even number.

    Parameters
    ----------
    successes, trials, group
        As in :func:`predict`.
    members
        Stations that are asked about, each with another one in its group.

    Returns
    -------
    distance : ndarray of float64, shape (members,)
        In standard deviations, positive above the others.
    rate : ndarray of float64, shape (members,)
        Of the others, between 0 and 1.
    information : ndarray of float64, shape (members,)
        Variance of the count at that rate by counting alone: the larger, the more a station tells.
    """
    logit = np.log((successes + 0.5) / (trials - successes + 0.5))
    middle = others_median(logit, group)
    rate = special.expit(middle)
    information = trials * rate * (1.0 - rate)
    counting = 1.0 / (information + 0.5)
    others = np.maximum(np.bincount(group)[group] - 1, 1)
    part = np.pi / (2.0 * others + np.pi - 2.0)
    theirs = (np.bincount(group, counting)[group] - counting) / others
    known, stretch = (counting + part * theirs)[members], (1.0 + part)[members]
    apart = (logit - middle)[members]

    def excess(variance: float) -> float:
        return float(np.median(apart**2 / (known + stretch * variance))) - _QUARTILE

    variance = 0.0
    if excess(0.0) > 0.0:
        variance = float(brentq(excess, 0.0, _WIDEST)) if excess(_WIDEST) < 0.0 else _WIDEST
    return apart / np.sqrt(known + stretch * variance), rate[members], information[members]


def others_median(values: Floats, group: Ints) -> Floats:
    """Return the median of the others of its group for each value, its own where it is alone; shape (n,)."""
    order = np.lexsort((values, group))
    ranked, inside = values[order], group[order]
    sizes = np.bincount(group)
    begins = (np.cumsum(sizes) - sizes)[inside]
    place = np.arange(len(values)) - begins
    others = sizes[inside] - 1

    def other(nth: Ints) -> Floats:
        """Return the nth of the others: whoever is asked about is passed over."""
        return np.asarray(ranked[begins + np.where(others > 0, nth + (nth >= place), 0)])

    found = np.empty(len(values))
    found[order] = (other(np.maximum(others - 1, 0) // 2) + other(others // 2)) / 2.0
    return found


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
