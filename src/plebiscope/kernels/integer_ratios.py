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

from plebiscope.kernels import poisson_binomial
from plebiscope.kernels.multiplicity import holm

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PARTS = 20
"""The half-width h of the neighbourhood of a whole percentage is 1/PARTS points: 0.05."""

_LARGE = 20_000
"""Trials beyond which counts are not added up one by one."""

_CHUNK = 1024
"""Stations computed at a time."""

_CELLS = 1 << 16
"""Counts computed at a time where every count within reach is needed."""

_NEXT_TO_IMPOSSIBLE = 1e-12
_LOG_LEAST = -1e6


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


@dataclass(frozen=True, slots=True)
class AtInteger:
    """The chance of each of n stations to lie at a whole percentage, in all and one by one.

    Attributes
    ----------
    plain
        Without regard to any filter, shape (n,).
    kept
        Given that the filter keeps the count, shape (n,); the same values where there is no filter.
    passed
        Chance that the filter keeps the count, shape (n,).
    percents, masses
        The parts of ``kept``: whole percentages, and the chance of a station to lie there, each of shape
        (m,). Parts that are next to impossible are left out.
    """

    plain: Floats
    kept: Floats
    passed: Floats
    percents: NDArray[np.int16]
    masses: Floats


def chance_at_integer(
    successes: Ints,
    trials: Ints,
    *,
    least: Ints | None = None,
    most: Ints | None = None,
    reach: float = 9.0,
) -> AtInteger:
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
    """
    first, last = _window(successes, trials, reach)
    floor = np.zeros_like(trials) if least is None else least
    ceiling = trials if most is None else most
    cut = (floor > first) | (ceiling < last)
    plain, passed = np.empty(len(trials)), np.ones(len(trials))
    percents, masses = [np.empty(0, dtype=np.int16)], [np.empty(0)]

    def store(percent: Ints, mass: Floats, wanted: Bools) -> None:
        possible = wanted & (mass > _NEXT_TO_IMPOSSIBLE)
        percents.append(percent[possible].astype(np.int16))
        masses.append(mass[possible])

    for part in _parts(trials):
        station, percent, mass = _at_integer(successes[part], trials[part], first[part], last[part])
        plain[part] = np.bincount(station, mass, len(part))
        store(percent, mass, ~cut[part][station])
    # Rounding may lift the chance of a certain event a hair above one.
    np.minimum(plain, 1.0, out=plain)
    kept = plain.copy()
    touched = np.flatnonzero(cut)
    for of in _parts(trials[touched]):
        part = touched[of]
        k, n, low, high = successes[part], trials[part], floor[part], ceiling[part]
        passed[part] = _between(low, high, n, k / n)
        ends = np.maximum(first[part], low), np.minimum(last[part], high)
        station, percent, mass = _at_integer(k, n, *ends)
        mass /= passed[part][station]
        kept[part] = np.minimum(np.bincount(station, mass, len(part)), 1.0)
        store(percent, mass, np.ones(len(mass), dtype=bool))
    return AtInteger(plain, kept, passed, np.concatenate(percents), np.concatenate(masses))


def local_chances(
    successes: Ints,
    trials: Ints,
    *,
    tapered: bool = True,
    least: Ints | None = None,
    most: Ints | None = None,
) -> tuple[Floats, Floats]:
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
    least, most
        Smallest and largest count that a filter keeps, shape (n,), at which the window ends; none by default.

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

    def scaled(counts: Ints) -> Ints:
        return np.where(coarse, counts * 19_000 // np.maximum(trials, 1), counts)

    k, n = scaled(successes), np.where(coarse, 19_000, trials)
    half = np.maximum(1, np.rint(n / 100).astype(np.int64))
    first = np.maximum(k - half, 0 if least is None else scaled(least))
    last = np.minimum(k + half, n if most is None else scaled(most))
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


def chance_by_tenth(
    successes: Ints,
    trials: Ints,
    left: int = 0,
    right: int = 100,
    *,
    passed: Floats | None = None,
    reach: float = 4.0,
) -> tuple[Floats, Floats]:
    """Return the expected comb: the number of stations in each bin of :func:`tenth_of_point`.

    Counts are Bin(trials, successes / trials) and independent; the number of stations in a bin is then
    Poisson-binomial. With four standard deviations the chances are right to 1e-4, enough for a picture.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    left, right
        Of which bins, in whole per cent.
    passed
        Chance that a filter keeps the count, shape (n,), given which the chances are; bins that it empties
        are for the caller to leave out. One by default.
    reach
        Standard deviations around the observed count that are summed over, and five counts more.

    Returns
    -------
    mean, variance : ndarray of float64, shape (10 * (right - left) + 1,)
    """
    mean, squares = np.zeros(10 * (right - left) + 1), np.zeros(10 * (right - left) + 1)
    for part, table in _tenths(successes, trials, 10 * left, 10 * right, reach):
        if passed is not None:
            table /= passed[part][:, None]
        mean += table.sum(axis=0)
        squares += np.einsum("ij,ij->j", table, table)
    return mean, mean - squares


@dataclass(frozen=True, slots=True)
class Comb:
    """Stations per tenth of a point from ``left`` to ``right`` per cent, with what is expected.

    Attributes
    ----------
    left, right
        Where to look, in whole per cent.
    seen, mean, reach
        Number of stations in each bin of :func:`tenth_of_point`, the expected number and three standard
        deviations of it, shape (10 * (right - left) + 1,).
    """

    left: int
    right: int
    seen: Ints
    mean: Floats
    reach: Floats


def comb(successes: Ints, trials: Ints, whole: AtInteger, low: int, high: int) -> Comb:
    """Count the stations in every tenth of a point, in the forty points most worth looking at.

    Of all windows of forty points from ``low`` to ``high`` it is the one with most stations too many at whole
    percentages; where fewer than ten are, the one that holds most stations. A point more on either side, so
    that no peak stands on its edge.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    whole
        What :func:`chance_at_integer` says of them.
    low, high
        Lowest and highest rate in use, in per cent.
    """
    bins = np.bincount(tenth_of_point(successes, trials), minlength=1001)
    mean = np.bincount(whole.percents, whole.masses, 101)
    variance = mean - np.bincount(whole.percents, whole.masses**2, 101)
    surplus = np.maximum(0.0, bins[::10] - mean - 3.0 * np.sqrt(np.maximum(variance, 0.0)))
    starts = np.arange(low, max(low, high - 40) + 1)
    by_window = [
        np.array([values[step * at : step * (at + 40) + 1].sum() for at in starts])
        for values, step in ((surplus, 1), (bins, 10))
    ]
    start = int(starts[np.argmax(by_window[0] if by_window[0].max() >= 10.0 else by_window[1])])
    left, right = max(0, start - 1), min(100, start + 41)
    shown = np.arange(10 * left, 10 * right + 1)
    expected, spread = chance_by_tenth(successes, trials, left, right, passed=whole.passed)
    used = (shown >= 10 * low) & (shown <= 10 * high)
    expected, spread = np.where(used, expected, 0.0), np.where(used, np.maximum(spread, 0.0), 0.0)
    return Comb(left, right, bins[shown], expected, 3.0 * np.sqrt(spread))


@dataclass(frozen=True, slots=True)
class Peaks:
    """Single whole percentages, each against the stations within half a point of it.

    Attributes
    ----------
    marks
        The whole percentages, in per cent, shape (m,).
    seen
        Number of stations there, shape (m,).
    chances
        For each of them, the chance to lie there of every station within half a point.
    log10_p
        Base-ten logarithm of the upper tail, corrected by Holm for all of them, shape (m,).
    """

    marks: Ints
    seen: Ints
    chances: tuple[Floats, ...]
    log10_p: Floats

    @property
    def mean(self) -> Floats:
        """Expected number of stations at each."""
        return np.array([one.sum() for one in self.chances])

    @property
    def near(self) -> Ints:
        """Number of stations within half a point of each."""
        return np.array([len(one) for one in self.chances])

    def named(self, level: float) -> list[int]:
        """Return the places of those whose corrected p is below a level, the largest excess first."""
        order = np.argsort(self.mean - self.seen, kind="stable")
        return [int(place) for place in order if self.log10_p[place] < np.log10(level)]


def peaks(successes: Ints, trials: Ints, marks: Ints, *, least: Ints, most: Ints) -> Peaks:
    """Test single whole percentages.

    Given that a count lies within half a point of a whole percentage, all counts that do so are taken to be
    equally likely. A slope of the law cancels, and its height does not matter: a binomial law with the
    observed rate would smooth the peak of a narrow law away and find too many stations there.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    marks
        The whole percentages, in per cent, shape (m,).
    least, most
        Smallest and largest count that a filter keeps, shape (n,), with the observed count between them.
    """
    mark = nearest_integer(successes, trials)
    wide = -(-(2 * mark - 1) * trials // 200), -(-(2 * mark + 1) * trials // 200) - 1
    room, there = (
        np.minimum(last, most) - np.maximum(first, least) + 1
        for first, last in (wide, _neighbourhood(mark, trials))
    )
    chance = np.clip(there, 0, room) / room
    order = np.argsort(mark, kind="stable")
    bounds = np.searchsorted(mark[order], np.stack([marks, marks + 1]))
    chances = tuple(chance[order[low:high]] for low, high in bounds.T)
    seen = np.bincount(mark[at_integer(successes, trials)], minlength=101)[marks]
    log_p = [
        poisson_binomial.log_upper_tail(one, count) if count > one.sum() else 0.0
        for one, count in zip(chances, seen.tolist(), strict=True)
    ]
    return Peaks(marks, seen, chances, holm(np.maximum(log_p, _LOG_LEAST) / np.log(10.0)))


def nearest_integer(successes: Ints, trials: Ints) -> Ints:
    """Return the nearest whole percentage of each ratio, the upper one of two.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    nearest: Ints = (200 * successes + trials) // (2 * trials)
    return nearest


def placebo_scores(successes: Ints, trials: Ints, by_tenth: Floats) -> Floats:
    """Return how many standard deviations the stations at each of the ten offsets exceed expectation.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    by_tenth
        Chance to lie at each offset, shape (n, 10); see :func:`local_chances`.

    Returns
    -------
    ndarray of float64, shape (10,)
    """
    seen = np.bincount(tenth_of_point(successes, trials) % 10, minlength=10)
    variance = np.sum(by_tenth * (1.0 - by_tenth), axis=0)
    difference = seen - by_tenth.sum(axis=0)
    scores: Floats = np.divide(difference, np.sqrt(variance), out=np.zeros(10), where=variance > 0.0)
    return scores


def _tenths(
    successes: Ints, trials: Ints, begin: int, end: int, reach: float
) -> Iterator[tuple[Ints, Floats]]:
    """Go through the stations, some at a time, with their chances to lie in the bins ``begin`` to ``end``."""
    first, last = _window(successes, trials, reach)
    there = (tenth_of_point(last, trials) >= begin) & (tenth_of_point(first, trials) <= end)
    large = np.flatnonzero(there & (trials > _LARGE))
    for start in range(0, len(large), _CHUNK):
        part = large[start : start + _CHUNK]
        n, k = trials[part], successes[part]
        bins = np.arange(begin, end + 2)
        least = _least_of_bin(bins, n[:, None])
        below = special.bdtr(np.clip(least - 1, 0, n[:, None]), n[:, None], (k / n)[:, None])
        yield part, np.diff(np.where(least > 0, below, 0.0), axis=1)
    # Stations with windows of like width, so that a block of them is next to a rectangle.
    small = np.flatnonzero(there & (trials <= _LARGE))
    width = np.maximum(successes - first, last - successes)[small]
    order = np.argsort(width, kind="stable")
    small, width = small[order], width[order]
    start = 0
    while start < len(small):
        stop = start + max(1, _CELLS // (2 * int(width[start]) + 1))
        part = small[start:stop]
        mass = _masses_around(successes[part], trials[part], int(width[start:stop][-1]))
        reached = mass.shape[1] // 2
        count = successes[part][:, None] + np.arange(-float(reached), reached + 1.0)
        # The bin is (2000 count + n) // 2 n; the quotient of a tie is a float, so that none goes astray.
        of = np.floor(1000 * count / trials[part][:, None] + 0.5).astype(np.int64) - (begin - 1)
        np.clip(of, 0, end - begin + 2, out=of)
        of += np.arange(len(part))[:, None] * (end - begin + 3)
        chances = np.bincount(of.ravel(), mass.ravel(), len(part) * (end - begin + 3)).astype(np.float64)
        yield part, chances.reshape(len(part), -1)[:, 1:-1]
        start = stop


def _masses_around(successes: Ints, trials: Ints, width: int) -> Floats:
    """Return the binomial mass at every count within ``width`` of the observed one, shape (n, 2 width + 1).

    From the observed count outwards each mass is the one before it times a ratio of whole numbers, which is
    much quicker than an exponential for each.
    """
    log_factorial = _log_factorials()
    k, n = successes[:, None].astype(np.float64), trials[:, None].astype(np.float64)
    log_mass = log_factorial[trials] - log_factorial[successes] - log_factorial[trials - successes]
    middle = np.exp(log_mass[:, None] + special.xlogy(k, k / n) + special.xlog1py(n - k, -k / n))
    step = np.arange(1.0, width + 1.0)
    # A count of none or of all is certain under its own rate: then there is nothing on either side.
    up = np.maximum(n - k + 1.0 - step, 0.0) / (k + step) * (k / np.maximum(n - k, 1.0))
    down = np.maximum(k + 1.0 - step, 0.0) / (n - k + step) * ((n - k) / np.maximum(k, 1.0))
    up[:, :1] *= middle
    down[:, :1] *= middle
    return np.hstack([np.cumprod(down, axis=1)[:, ::-1], middle, np.cumprod(up, axis=1)])


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


def _at_integer(successes: Ints, trials: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the binomial mass at whole percentages from ``first`` to ``last``, of each station of a part.

    Returns
    -------
    station, percent, mass
        Place of the station in the part, whole percentage, and the mass next to it, one after another.
    """
    station, percent = _ranges((100 * first) // trials, (100 * last) // trials + 1)
    below, above = _neighbourhood(percent, trials[station])
    below, above = np.maximum(below, first[station]), np.minimum(above, last[station])
    return station, percent, _mass(station, below, above, successes, trials)


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
