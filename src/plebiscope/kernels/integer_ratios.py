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

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PARTS = 20
"""The half-width h of the neighbourhood of a whole percentage is 1/PARTS points: .05."""

_LONGEST_TABLE = 1_000_000
"""Longest table of factorials kept in memory, in entries."""

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


def nearest_integer(successes: Ints, trials: Ints) -> Ints:
    """Return the whole percentage next to each ratio, halves upwards, shape (n,)."""
    nearest: Ints = (200 * successes + trials) // (2 * trials)
    return nearest


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
    n = len(trials)
    plain, kept = np.empty(n), np.empty(n)
    first, last = _window(successes, trials, reach)
    floor = np.zeros_like(trials) if least is None else least
    ceiling = trials if most is None else most
    log_factorial = _log_factorials(int(trials.max(initial=0)))
    for part in _chunks(n):
        station, count = _integer_counts(trials[part], first[part], last[part])
        mass = _binomial(count, successes[part], trials[part], station, log_factorial)
        size = part.stop - part.start
        plain[part] = np.bincount(station, mass, size)
        inside = (count >= floor[part][station]) & (count <= ceiling[part][station])
        kept[part] = np.bincount(station, mass * inside, size)
    touched = (floor > first) | (ceiling < last)
    rate = successes[touched] / np.maximum(trials[touched], 1)
    passing = special.bdtr(ceiling[touched], trials[touched], rate)
    lowest = floor[touched]
    passing -= np.where(lowest > 0, special.bdtr(np.maximum(lowest - 1, 0), trials[touched], rate), 0.0)
    kept[touched] /= passing
    # Rounding may lift the chance of a certain event a hair above one.
    return np.minimum(plain, 1.0), np.minimum(kept, 1.0)


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
        Chance to lie in the bin 0, .1, ..., .9 point above a whole percentage; see
        :func:`tenth_of_point`.
    """
    n = len(trials)
    half = np.maximum(1, np.rint(trials / 100).astype(np.int64))
    first, last = np.maximum(successes - half, 0), np.minimum(successes + half, trials)
    whole, by_tenth = np.empty(n), np.empty((n, 10))
    for part in _chunks(n):
        station, count = _ranges(first[part], last[part])
        size = part.stop - part.start
        of = trials[part][station]
        if tapered:
            away = np.abs(count - successes[part][station])
            mass = np.maximum(1.0 - 100.0 * away / of, 0.0)
        else:
            mass = np.ones(len(count))
        mass /= np.bincount(station, mass, size)[station]
        whole[part] = np.bincount(station, mass * at_integer(count, of), size)
        cell = station * 10 + tenth_of_point(count, of) % 10
        by_tenth[part] = np.bincount(cell, mass, size * 10).reshape(size, 10)
    return whole, by_tenth


def tenth_of_point(successes: Ints, trials: Ints) -> Ints:
    """Return the bin of width .1 point, centred on a multiple of .1 point, in which each ratio lies.

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
    log_factorial = _log_factorials(int(trials.max(initial=0)))
    mean, variance = np.zeros(1001), np.zeros(1001)
    for part in _chunks(len(trials)):
        station, count = _ranges(first[part], last[part])
        mass = _binomial(count, successes[part], trials[part], station, log_factorial)
        key = station * 1001 + tenth_of_point(count, trials[part][station])
        # Counts of a station come in ascending order: a bin starts where the key changes.
        heads = np.flatnonzero(np.diff(key, prepend=-1))
        chance = np.add.reduceat(mass, heads)
        bins = key[heads] % 1001
        mean += np.bincount(bins, chance, 1001)
        variance += np.bincount(bins, chance * (1.0 - chance), 1001)
    return mean, variance


def _window(successes: Ints, trials: Ints, reach: float) -> tuple[Ints, Ints]:
    """Return the smallest and largest count within ``reach`` standard deviations and five counts."""
    spread = np.sqrt(successes * (trials - successes) / np.maximum(trials, 1))
    half = np.ceil(reach * spread + 5.0).astype(np.int64)
    return np.maximum(successes - half, 0), np.minimum(successes + half, trials)


def _chunks(n: int) -> list[slice]:
    """Divide n stations into parts whose intermediate arrays stay in the processor's cache."""
    return [slice(start, min(start + _CHUNK, n)) for start in range(0, n, _CHUNK)]


def _log_factorials(top: int) -> Callable[[Ints], Floats]:
    """Return the function x -> ln x! for x up to ``top``, from a table where that is not too long."""
    if top > _LONGEST_TABLE:
        return lambda x: np.asarray(special.gammaln(x + 1.0), dtype=np.float64)
    table = np.asarray(special.gammaln(np.arange(1.0, top + 2.0)), dtype=np.float64)
    return lambda x: table[x]


def _neighbourhood(percent: Ints, trials: Ints) -> tuple[Ints, Ints]:
    """Return the smallest and the largest count at a whole percentage; smallest > largest if none is."""
    below = -((-trials * (PARTS * percent - 1)) // (100 * PARTS))
    above = (trials * (PARTS * percent + 1)) // (100 * PARTS)
    return below, above


def _ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Write out the whole numbers first..last of each row: row numbers and values, one after another."""
    lengths = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return rows, np.arange(len(rows)) - begins[rows] + first[rows]


def _integer_counts(trials: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return every count of first..last that lies at a whole percentage: station numbers and counts."""
    station, percent = _ranges((100 * first) // trials, (100 * last) // trials + 1)
    below, above = _neighbourhood(percent, trials[station])
    below, above = np.maximum(below, first[station]), np.minimum(above, last[station])
    which, count = _ranges(below, above)
    return station[which], count


def _binomial(
    count: Ints, successes: Ints, trials: Ints, station: Ints, log_factorial: Callable[[Ints], Floats]
) -> Floats:
    """Return the binomial mass of each count at its station's own observed rate."""
    rate = successes / np.maximum(trials, 1)
    certain = (successes == 0) | (successes == trials)
    inner = np.where(certain, 0.5, rate)
    odds = np.log(inner) - np.log1p(-inner)
    base = log_factorial(trials) + trials * np.log1p(-inner)
    arranged = log_factorial(count) + log_factorial(trials[station] - count)
    mass: Floats = np.exp(base[station] + count * odds[station] - arranged)
    if certain.any():
        mass = np.where(certain[station], count == successes[station], mass)
    return mass
