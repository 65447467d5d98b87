"""How probable it is that a count gives a percentage next to a whole number.

A count x out of n lies at a whole percentage if ``|100 x / n - m| <= h`` points for some whole m, with h
a twentieth of a point. Every such comparison is made in whole numbers, because ratios like 1,000/3 or
halves at n = 2,000 flip when floats are compared. The chance that a binomial count with n trials and the
observed success rate does so is a sum over a few counts around the observed one, computed for a hundred
thousand stations at a time.

References
----------
Kobak, Shpilkin and Pshenichnikov (2016), Annals of Applied Statistics 10, 54-73,
https://doi.org/10.1214/16-AOAS904, who simulated this law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PARTS = 20
"""The half-width h of the neighbourhood of a whole percentage is 1/PARTS points: 0.05."""

_LARGE = 20_000
"""Trials beyond which counts are not added up one by one."""

_CHUNK = 1024
"""Stations computed at a time."""


def at_integer(successes: Ints, trials: Ints) -> Bools:
    """Tell which ratios lie at a whole percentage, both ends of the neighbourhood included.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    past = (100 * successes) % trials
    hit: Bools = PARTS * np.minimum(past, trials - past) <= trials
    return hit


def chance_at_integer(
    successes: Ints,
    trials: Ints,
    *,
    least: Ints | None = None,
    most: Ints | None = None,
    reach: float = 9.0,
) -> tuple[Floats, Floats]:
    """Return the chance that a binomial count lies at a whole percentage.

    The count is Bin(trials, successes / trials). Where stations were left out by looking at the count
    itself, the law is that of a count which passed the same filter: P(at integer and kept) / P(kept).

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    least, most
        Smallest and largest count that the filter keeps, shape (n,), with the observed count between them;
        none by default.
    reach
        Standard deviations around the observed count that are summed over, and five counts more.

    Returns
    -------
    plain : ndarray of float64, shape (n,)
        Without regard to the filter.
    kept : ndarray of float64, shape (n,)
        Given that the filter keeps the count; the same array values where there is no filter.
    """
    plain = np.empty(len(trials))
    first, last = _window(successes, trials, reach)
    for part in _parts(trials):
        plain[part] = _sum_at_integer(successes[part], trials[part], first[part], last[part])
    # Rounding may lift the chance of a certain event a hair above one.
    np.minimum(plain, 1.0, out=plain)

    floor = np.zeros_like(trials) if least is None else least
    ceiling = trials if most is None else most
    kept = plain.copy()
    touched = np.flatnonzero((floor > first) | (ceiling < last))
    for of in _parts(trials[touched]):
        part = touched[of]
        k, n, low, high = successes[part], trials[part], floor[part], ceiling[part]
        hits = _sum_at_integer(k, n, np.maximum(first[part], low), np.minimum(last[part], high))
        kept[part] = np.minimum(hits / _between(low, high, n, k / n), 1.0)
    return plain, kept


def local_chances(successes: Ints, trials: Ints, *, tapered: bool = True) -> tuple[Floats, Floats]:
    """Return how many of the counts within one point of the observed one lie at a whole percentage.

    If the law of the count is smooth over a point, whatever else it is, these shares are the chances of a
    whole percentage given that the count lies in the window: neither more nor less dispersion than
    binomial matters.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    tapered
        Weigh the counts of the window down to nothing at its ends, which is the average over all windows
        one point wide that hold the observed count. With equal weights the window of a count that lies at
        a whole percentage holds both neighbouring whole percentages in full, so that too many are
        expected exactly where there are too many.

    Returns
    -------
    at_integer : ndarray of float64, shape (n,)
        Chance to lie at a whole percentage, both ends included.
    by_tenth : ndarray of float64, shape (n, 10)
        Chance to lie in the bin 0, 0.1, ..., 0.9 point above a whole percentage; see
        :func:`tenth_of_point`.
    """
    # With so many trials the window is as good as continuous, and 19,000 stand for all of them: a tenth of
    # a point is then exactly 19 counts, none of which lies on an edge.
    coarse = trials > _LARGE
    k = np.where(coarse, successes * 19_000 // np.maximum(trials, 1), successes)
    n = np.where(coarse, 19_000, trials)
    half = np.maximum(1, np.rint(n / 100).astype(np.int64))
    first, last = np.maximum(k - half, 0), np.minimum(k + half, n)
    whole, by_tenth = np.empty(len(n)), np.empty((len(n), 10))
    for part in _parts(n):
        station, count = _ranges(first[part], last[part])
        of = n[part][station]
        mass = np.ones(len(count))
        if tapered:
            mass = np.maximum(1.0 - 100.0 * np.abs(count - k[part][station]) / of, 0.0)
        mass /= np.bincount(station, mass, len(part))[station]
        whole[part] = np.bincount(station, mass * at_integer(count, of), len(part))
        cell = station * 10 + tenth_of_point(count, of) % 10
        by_tenth[part] = np.bincount(cell, mass, len(part) * 10).reshape(len(part), 10)
    return whole, by_tenth


def tenth_of_point(successes: Ints, trials: Ints) -> Ints:
    """Return the bin of width 0.1 point, centred on a multiple of 0.1 point, in which each ratio lies.

    Bins are numbered 0 to 1000 and take in their lower end, so that they divide the circle of offsets
    from a whole percentage; :func:`at_integer` takes in both ends.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    bins: Ints = (2000 * successes + trials) // (2 * trials)
    return bins


def chance_by_tenth(successes: Ints, trials: Ints, *, reach: float = 5.0) -> tuple[Floats, Floats]:
    """Return the expected comb: the number of stations in each bin of :func:`tenth_of_point`.

    Counts are Bin(trials, successes / trials) and independent; the number of stations in a bin is then
    Poisson-binomial. With five standard deviations the chances are right to 1e-6, enough for a picture.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    reach
        Standard deviations around the observed count that are summed over, and five counts more.

    Returns
    -------
    mean, variance : ndarray of float64, shape (1001,)
    """
    first, last = _window(successes, trials, reach)
    mean, variance = np.zeros(1001), np.zeros(1001)
    for part in _parts(trials):
        k, n = successes[part], trials[part]
        station, bins = _ranges(tenth_of_point(first[part], n), tenth_of_point(last[part], n))
        low = _least_of_bin(bins, n[station])
        high = _least_of_bin(bins + 1, n[station]) - 1
        low, high = np.maximum(low, first[part][station]), np.minimum(high, last[part][station])
        chance = _mass(station, low, high, k, n)
        mean += np.bincount(bins, chance, 1001)
        variance += np.bincount(bins, chance * (1.0 - chance), 1001)
    return mean, variance


@dataclass(frozen=True, slots=True)
class Comb:
    """Stations per tenth of a point, with what is expected; arrays of shape (1001,).

    Attributes
    ----------
    seen, mean, reach
        Number of stations in each bin of :func:`tenth_of_point`, the expected number and three standard
        deviations of it.
    left, right
        Where to look, in whole per cent.
    """

    seen: Ints
    mean: Floats
    reach: Floats
    left: int
    right: int


def comb(successes: Ints, trials: Ints, low: int, high: int) -> Comb:
    """Count the stations in every tenth of a point and find the forty points most worth looking at.

    Of all windows of forty points from ``low`` to ``high`` it is the one with most stations too many at whole
    percentages; where fewer than ten are, the one that holds most stations. A point more on either side, so
    that no peak stands on its edge.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    low, high
        Lowest and highest rate in use, in per cent.
    """
    mean, variance = chance_by_tenth(successes, trials)
    reach = 3.0 * np.sqrt(variance)
    seen = np.bincount(tenth_of_point(successes, trials), minlength=1001)
    surplus = np.where(np.arange(1001) % 10 == 0, np.maximum(0.0, seen - mean - reach), 0.0)
    starts = np.arange(10 * low, max(10 * low, 10 * high - 400) + 1, 10)
    by_window = [
        sums[starts + 401] - sums[starts] for sums in (np.insert(np.cumsum(x), 0, 0) for x in (surplus, seen))
    ]
    start = int(starts[np.argmax(by_window[0] if by_window[0].max() >= 10.0 else by_window[1])])
    return Comb(seen, mean, reach, max(0, start // 10 - 1), min(100, start // 10 + 41))


def _window(successes: Ints, trials: Ints, reach: float) -> tuple[Ints, Ints]:
    """Return the smallest and largest count within ``reach`` standard deviations and five counts."""
    spread = np.sqrt(successes * (trials - successes) / np.maximum(trials, 1))
    half = np.ceil(reach * spread + 5.0).astype(np.int64)
    return np.maximum(successes - half, 0), np.minimum(successes + half, trials)


def _parts(trials: Ints) -> Iterator[Ints]:
    """Divide stations into parts that are all small or all large, and fit the processor's cache."""
    for members in (np.flatnonzero(trials <= _LARGE), np.flatnonzero(trials > _LARGE)):
        for start in range(0, len(members), _CHUNK):
            yield members[start : start + _CHUNK]


@cache
def _log_factorials() -> Floats:
    """Return ln 0!, ..., ln _LARGE!."""
    return np.asarray(special.gammaln(np.arange(1.0, _LARGE + 2.0)), dtype=np.float64)


def _neighbourhood(percent: Ints, trials: Ints) -> tuple[Ints, Ints]:
    """Return the smallest and the largest count at a whole percentage; smallest > largest if none is."""
    below = -((-trials * (PARTS * percent - 1)) // (100 * PARTS))
    above = (trials * (PARTS * percent + 1)) // (100 * PARTS)
    return below, above


def _least_of_bin(bins: Ints, trials: Ints) -> Ints:
    """Return the smallest count that lies in a bin of :func:`tenth_of_point` or above it."""
    least: Ints = -((-trials * (2 * bins - 1)) // 2000)
    return least


def _ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Write out the whole numbers first..last of each row: row numbers and values, one after another."""
    lengths = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return rows, np.arange(len(rows)) - begins[rows] + first[rows]


def _sum_at_integer(successes: Ints, trials: Ints, first: Ints, last: Ints) -> Floats:
    """Return the binomial mass at whole percentages from ``first`` to ``last``, of each station of a part."""
    station, percent = _ranges((100 * first) // trials, (100 * last) // trials + 1)
    below, above = _neighbourhood(percent, trials[station])
    below, above = np.maximum(below, first[station]), np.minimum(above, last[station])
    mass = _mass(station, below, above, successes, trials)
    return np.bincount(station, mass, len(trials)).astype(np.float64)


def _mass(station: Ints, first: Ints, last: Ints, successes: Ints, trials: Ints) -> Floats:
    """Return P(first <= X <= last) for intervals of counts of the stations of a part.

    Counts of small stations are added up one by one; those of large ones are too many, and their
    distribution function, an incomplete beta function, is as exact.
    """
    rate = successes / trials
    if len(trials) and trials[0] > _LARGE:
        return np.where(last < first, 0.0, _between(first, last, trials[station], rate[station]))
    interval, count = _ranges(first, last)
    of = station[interval]
    certain = (successes == 0) | (successes == trials)
    inner = np.where(certain, 0.5, rate)
    odds = np.log(inner) - np.log1p(-inner)
    log_factorial = _log_factorials()
    base = log_factorial[trials] + trials * np.log1p(-inner)
    mass = np.exp(base[of] + count * odds[of] - log_factorial[count] - log_factorial[trials[of] - count])
    if certain.any():
        mass = np.where(certain[of], count == successes[of], mass)
    return np.bincount(interval, mass, len(station)).astype(np.float64)


def _between(first: Ints, last: Ints, trials: Ints, rate: Floats) -> Floats:
    """Return P(first <= X <= last) from the binomial distribution function."""
    above = special.bdtr(np.maximum(last, 0), trials, rate)
    below = np.where(first > 0, special.bdtr(np.maximum(first - 1, 0), trials, rate), 0.0)
    return np.asarray(above - below, dtype=np.float64)
