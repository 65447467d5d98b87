"""The law of a sum of independent events that each have a chance of their own.

The number S of stations at which something happens, where station i has chance q_i, is Poisson-binomial.
Its upper tail is computed exactly up to a few thousand stations and by the saddlepoint of Lugannani and
Rice beyond, always as a natural logarithm, so that nothing underflows.

References
----------
Hong (2013), Computational Statistics & Data Analysis 59, 41-51, https://doi.org/10.1016/j.csda.2012.10.006
(the exact law); Lugannani and Rice (1980), Advances in Applied Probability 12, 475-490,
https://doi.org/10.2307/1426607, with the lattice form of Daniels (1987), International Statistical Review
55, 37-48, https://doi.org/10.2307/1403269 (the saddlepoint).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

EXACT_UP_TO = 3000
"""Events up to which the tail is computed exactly; beyond, the saddlepoint errs by less than 1e-4 of it."""

_IMPOSSIBLE = 1e-280
_FEW = 200
"""Events up to which limits are computed from the exact law."""
_STEEPEST = 600.0
"""Largest exponent of a tilt."""
_DIRECT = 33
"""Length of a polynomial from which its product by Fourier transform is faster than by hand."""


def moments(chances: Floats, weights: Floats | None = None) -> tuple[float, float]:
    """Return mean and variance of the (weighted) number of events.

    Parameters
    ----------
    chances
        Chance of each event, shape (n,).
    weights
        What each event counts for, shape (n,); one each by default.
    """
    w = np.ones_like(chances) if weights is None else weights
    spread = chances * (1.0 - chances)
    return float(np.sum(w * chances)), float(np.sum(w**2 * spread))


def pmf(chances: Floats) -> Floats:
    """Return P(S = 0), ..., P(S = n), by multiplying the events' polynomials two by two.

    The error is about 1e-16 of the largest term: right for the body, useless for far tails, which
    :func:`log_upper_tail` reaches by tilting the law until the tail is its body.

    Parameters
    ----------
    chances
        Chance of each event, shape (n,).

    Returns
    -------
    ndarray of float64, shape (n + 1,)
    """
    n = len(chances)
    rows = 1 << max(0, (n - 1).bit_length())
    certain_no = np.zeros(rows - n)
    q = np.concatenate([chances, certain_no])
    table = np.stack([1.0 - q, q], axis=1)
    while len(table) > 1:
        one, other = table[0::2], table[1::2]
        size = table.shape[1]
        longer = 2 * size - 1
        if size <= _DIRECT:
            table = np.zeros((len(one), longer))
            for shift in range(size):
                table[:, shift : shift + size] += one[:, shift : shift + 1] * other
        else:
            padded = 1 << (longer - 1).bit_length()
            product = np.fft.rfft(one, padded, axis=1) * np.fft.rfft(other, padded, axis=1)
            table = np.fft.irfft(product, padded, axis=1)[:, :longer]
    law: Floats = np.maximum(table[0, : n + 1], 0.0)
    return law


def log_upper_tail(chances: Floats, count: float, *, exact_up_to: int = EXACT_UP_TO) -> float:
    """Return ln P(S >= count).

    Events that are certain or impossible are taken out first, so that they cannot disturb the
    approximation; chances below 1e-280 count as impossible.

    Parameters
    ----------
    chances
        Chance of each event, shape (n,).
    count
        Number of events seen.
    exact_up_to
        Number of open events up to which the exact law is used; 0 always takes the saddlepoint.
    """
    q = chances[(chances >= _IMPOSSIBLE) & (chances < 1.0)]
    needed, n = math.ceil(count) - int(np.count_nonzero(chances >= 1.0)), len(q)
    if needed <= 0:
        return 0.0
    if needed > float(np.sum(q)):
        return _far_tail(q, needed, n <= exact_up_to)
    # P(S >= needed) = 1 - P(at least n - needed + 1 events fail to happen).
    return _log_of_rest(_far_tail(1.0 - q, n - needed + 1, n <= exact_up_to))


def log_lower_tail(chances: Floats, count: float, *, exact_up_to: int = EXACT_UP_TO) -> float:
    """Return ln P(S <= count); see :func:`log_upper_tail`."""
    return log_upper_tail(1.0 - chances, len(chances) - math.floor(count), exact_up_to=exact_up_to)


def log_weighted_tail(chances: Floats, total: float, weights: Floats | None = None) -> tuple[float, float]:
    """Return ln P(W >= total) for the weight W of the events that happen, and Chernoff's bound on it.

    The first is the saddlepoint of Lugannani and Rice for a continuous law, because sums of unequal weights
    are as good as continuous; the second is never exceeded.

    Parameters
    ----------
    chances
        Chance of each event, shape (n,).
    total
        Weight of the events seen.
    weights
        What each event counts for, shape (n,), none negative; one each by default.
    """
    w = np.ones_like(chances) if weights is None else weights
    loose = (chances >= _IMPOSSIBLE) & (chances < 1.0) & (w > 0.0)
    needed = total - float(w[chances >= 1.0].sum())
    q, w = chances[loose], w[loose]
    if not len(q) or needed <= 0.0:
        return 0.0, 0.0
    everything = float(np.sum(np.log(q)))
    unit = float(w.mean())
    w = w / unit
    needed /= unit
    if needed >= len(q) * (1.0 - 1e-9):
        return everything, everything
    mean, sd = float(np.sum(w * q)), math.sqrt(float(np.sum(w * w * q * (1.0 - q))))
    if abs(needed - mean) < 0.01 * sd:
        # At the mean the formula is 0/0; there the normal law with its skewness is as good.
        skewness = float(np.sum(w * w * w * q * (1.0 - q) * (1.0 - 2.0 * q))) / sd**3
        return _log_near_mean((needed - mean) / sd, skewness), 0.0
    t, tilted = _solve_weighted(q, w, needed, (needed - mean) / sd**2)
    cumulant = float(np.sum(np.log1p(q * np.expm1(np.minimum(t * w, _STEEPEST)))))
    gain = max(t * needed - cumulant, 0.0)
    bound = max(-gain, everything) if t > 0.0 else 0.0
    spread = math.sqrt(float(np.sum(w * w * tilted * (1.0 - tilted))))
    tail = _lugannani_rice(math.copysign(math.sqrt(2.0 * gain), t), t * spread)
    # That everything happens is part of the tail.
    return max(min(tail, bound), everything), bound


def shifted(chances: Floats, shift: float) -> Floats:
    """Return chances whose expected number of events is larger by ``shift``.

    Upwards every event gets the same chance of being forced to happen, q + f (1 - q), as if a fraction
    f of the stations were written that way; downwards the same chance of being prevented, q (1 - g).
    Certain and impossible events stay as they are.

    Parameters
    ----------
    chances
        Chance of each event, shape (n,).
    shift
        Expected number of events added, in events; may be negative.
    """
    loose = (chances > 0.0) & (chances < 1.0)
    q = chances[loose]
    mean = float(np.sum(q))
    moved = chances.copy()
    if shift >= 0.0:
        moved[loose] = q + min(1.0, shift / (len(q) - mean)) * (1.0 - q) if len(q) else q
    else:
        moved[loose] = q * max(0.0, 1.0 + shift / mean)
    return moved


def shift_interval(chances: Floats, count: int, level: float, *, exact_up_to: int = 0) -> tuple[float, float]:
    """Return the interval of expected excesses that the observed number of events does not reject.

    The test is inverted: the lower end is the shift under which as many events or more have the
    probability (1 - level) / 2, the upper end the one under which as few or fewer have it.

    Parameters
    ----------
    chances
        Chance of each event under the null, shape (n,).
    count
        Number of events seen.
    level
        Coverage, for example 0.95.
    exact_up_to
        As in :func:`log_upper_tail`. The saddlepoint is the default, because an interval needs no tail
        beyond its own level.

    Returns
    -------
    tuple of float
        Lower and upper end, in events above the expected number.
    """
    certain = int(np.count_nonzero(chances >= 1.0))
    q = chances[(chances > 0.0) & (chances < 1.0)]
    seen, n, mean = count - certain, len(q), float(np.sum(q))
    reach = float(-special.ndtri((1.0 - level) / 2.0))
    least, most = -mean, n - mean
    sd = math.sqrt(float(np.sum(q * (1.0 - q))))

    def end(side: int, start: float) -> float:
        tail = log_upper_tail if side < 0 else log_lower_tail

        def distance(shift: float) -> float:
            log_p = tail(shifted(q, shift), seen, exact_up_to=exact_up_to)
            return side * (float(-special.ndtri_exp(min(log_p, -1e-300))) - reach)

        return _root(distance, start, max(sd, 1.0), least, most)

    low = least if seen <= 0 else end(-1, seen - mean - reach * sd)
    high = most if seen >= n else end(+1, seen - mean + reach * sd)
    return low, high


def critical(chances: Floats, level: float) -> int:
    """Return the smallest number of events that a one-sided test rejects.

    Parameters
    ----------
    chances
        Chance of each event under the null, shape (n,).
    level
        Size of the test, below one half.

    Returns
    -------
    int
        One more than there are events where even all of them are not too many.
    """
    mean, variance = moments(chances)

    def small(count: int) -> bool:
        return log_upper_tail(chances, count, exact_up_to=_FEW) <= math.log(level)

    # The normal law says where to begin; from there it is a step or two.
    count = math.ceil(mean - float(special.ndtri(level)) * math.sqrt(variance))
    while small(count):
        count -= 1
    while not small(count):
        count += 1
    return count


def least_added(chances: Floats, count: int, power: float, hit: float = 1.0) -> tuple[int, float] | None:
    """Return how many events have to be made to happen, any of them, to reach a number likely enough.

    The others keep their chances. Of those made to happen some would have happened anyway.

    Parameters
    ----------
    chances
        Chance of each event under the null, shape (n,).
    count
        Number to be reached, at least 1.
    power
        The chance of that.
    hit
        Chance with which an event that is to be made to happen does; with the others it never does.

    Returns
    -------
    tuple of (int, float) or None
        The fewest, at least one, and the chance that they reach it; null where there are not so many events.
    """
    n = len(chances)
    if count > n:
        return None

    def reached(added: int) -> float:
        left = chances * (1.0 - added / n)
        if hit >= 1.0:
            return math.exp(log_upper_tail(left, count - added, exact_up_to=_FEW))
        # Which ones, and how many of them, is left to chance.
        return math.exp(log_upper_tail(left + hit * added / n, count, exact_up_to=_FEW))

    # So many are enough by themselves; the normal law says where to begin.
    low, high = 0, count if hit >= 1.0 else n
    if hit < 1.0 and reached(n) < power:
        return None
    mean, variance = moments(chances)
    wanted = count - 0.5 - mean + float(special.ndtri(power)) * math.sqrt(variance)
    at, step = min(max(1, round(wanted / max(hit - mean / n, 1e-9))), high), 1
    while high - low > 1:
        if reached(at) >= power:
            high, at = at, at - step
        else:
            low, at = at, at + step
        step *= 2
        at = at if low < at < high else (low + high) // 2
    return high, reached(high)


def _far_tail(q: Floats, needed: int, exact: bool) -> float:
    """Return ln P(S >= needed) where ``needed`` lies above the mean and every chance is open."""
    n = len(q)
    if needed >= n:
        return float(np.sum(np.log(q))) if needed == n else -math.inf
    if not exact:
        return _saddlepoint(q, needed)
    # Tilt the law until the number seen is its mean: the tail becomes the body.
    t = _solve(q, needed)
    body = pmf(_tilt(q, t))[needed:]
    more = np.arange(n - needed + 1)
    return float(_cumulants(q, t)[0] - t * needed + np.log(np.sum(body * np.exp(-t * more))))


def _lugannani_rice(w: float, u: float) -> float:
    """Return ln of 1 - Phi(w) + phi(w) (1 / u - 1 / w), without loss where it is small."""
    log_density = -w * w / 2.0 - 0.5 * math.log(2.0 * math.pi)
    mills = math.sqrt(math.pi / 2.0) * float(special.erfcx(w / math.sqrt(2.0)))
    factor = mills + 1.0 / u - 1.0 / w
    # Far below the mean the tail is everything, and rounding may leave less than nothing of the rest.
    return min(0.0, log_density + math.log(factor)) if factor > 0.0 else 0.0


def _log_near_mean(z: float, skewness: float) -> float:
    """Return ln P above z standard deviations from the normal law with its skewness, for z close to 0."""
    density = math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi)
    return math.log(float(special.ndtr(-z)) + skewness / 6.0 * (z * z - 1.0) * density)


def _saddlepoint(q: Floats, needed: int) -> float:
    """Return ln P(S >= needed), ``needed`` above the mean, after Lugannani and Rice, in the lattice form."""
    t = _solve(q, needed)
    cumulant, mean, variance, third = _cumulants(q, t)
    if t * math.sqrt(variance) < 1e-4:
        # At the mean the formula is 0/0; there the normal law with its skewness is as good.
        return _log_near_mean((needed - 0.5 - mean) / math.sqrt(variance), third / variance**1.5)
    w = math.sqrt(2.0 * (t * needed - cumulant))
    return _lugannani_rice(w, -math.expm1(-t) * math.sqrt(variance))


def _cumulants(q: Floats, t: float) -> tuple[float, float, float, float]:
    """Return ln E exp(t S) and the first three cumulants of the law tilted by t >= 0."""
    tilted = _tilt(q, t)
    spread = tilted * (1.0 - tilted)
    # ln(1 - q + q exp(t)), in the form that keeps its digits for small t or does not overflow for large.
    grown = np.log1p(q * math.expm1(t)) if t < 30.0 else t + np.log(q + (1.0 - q) * math.exp(-t))
    return (
        float(np.sum(grown)),
        float(np.sum(tilted)),
        float(np.sum(spread)),
        float(np.sum(spread * (1.0 - 2.0 * tilted))),
    )


def _tilt(q: Floats, t: float) -> Floats:
    """Return the chances tilted by t >= 0."""
    return np.asarray(q / (q + (1.0 - q) * math.exp(-t)), dtype=np.float64)


def _solve(q: Floats, needed: int) -> float:
    """Return the tilt t >= 0 under which the expected number is ``needed``, which lies above the mean."""
    low, high, t = 0.0, math.inf, 0.0
    for _ in range(200):
        tilted = _tilt(q, t)
        expected = float(np.sum(tilted))
        slope = float(np.sum(tilted * (1.0 - tilted)))
        if abs(expected - needed) <= 1e-10 * max(1.0, math.sqrt(slope)):
            break
        if expected < needed:
            low = t
        else:
            high = t
        # Newton on the logarithm of the sum, which stays close to linear in t however far the tail is;
        # where that leaves the bracket, halve it, or go further out while it has no upper end.
        following = t - math.log(expected / needed) * expected / slope if slope > 0.0 else high
        if not low < following < high:
            following = (low + high) / 2.0 if math.isfinite(high) else 2.0 * t + 1.0
        if following in (low, high):
            break
        t = following
    return t


def _solve_weighted(q: Floats, w: Floats, needed: float, t: float) -> tuple[float, Floats]:
    """Return the tilt, sought from t, that makes ``needed`` the expected weight, and the tilted chances."""
    low, high = (0.0, math.inf) if t > 0.0 else (-math.inf, 0.0)
    rest = 1.0 - q
    while True:
        odds = q * np.exp(np.minimum(t * w, _STEEPEST))
        tilted = odds / (rest + odds)
        expected = w * tilted
        apart, slope = float(np.sum(expected)) - needed, float(np.sum(expected * (w - expected)))
        # What the tilt is off by enters the tail nearly squared.
        if abs(apart) <= 1e-8 * math.sqrt(slope):
            return t, tilted
        low, high = (t, high) if apart < 0.0 else (low, t)
        following = t - apart / slope if slope > 0.0 else math.nan
        if not low < following < high:
            following = (low + high) / 2.0 if math.isfinite(low + high) else 2.0 * t
        if following in (low, high):
            return t, tilted
        t = following


def _root(distance: Callable[[float], float], start: float, unit: float, least: float, most: float) -> float:
    """Return where a rising function is zero, to a ten-thousandth of ``unit``.

    The secant, begun with the slope 1/unit; a step that leaves the bracket found so far halves it.
    """
    low, high = least, most
    at = min(max(start, least), most)
    slope = 1.0 / unit
    before: tuple[float, float] | None = None
    for _ in range(200):
        here = distance(at)
        low, high = (low, at) if here > 0.0 else (at, high)
        if before is not None and math.isfinite(here) and here != before[1]:
            slope = (here - before[1]) / (at - before[0])
        before = (at, here) if math.isfinite(here) else None
        following = at - here / slope if slope > 0.0 and math.isfinite(here) else math.nan
        if not low < following < high:
            following = (low + high) / 2.0
        if abs(following - at) <= 1e-4 * unit:
            return following
        at = following
    return at


def _log_of_rest(log_p: float) -> float:
    """Return ln(1 - p) from ln p."""
    return math.log1p(-math.exp(log_p)) if log_p < 0.0 else -math.inf
