"""Groups drawn again: what a sum over one of two groups would be, had chance drawn them otherwise.

Inside each stratum every choice of as many members is held to be equally likely, and nothing else is assumed.
Where the choices can be counted, the law is exact. Else it is the saddlepoint approximation of the law of the
sum given the sizes of the groups: for strata of up to 64 with their exact generating function (elementary
symmetric polynomials), for larger ones with the saddlepoint of a sum of independent draws given its size.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import log_ndtr

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

COUNTED = 100_000
"""Most choices that are counted one by one."""
_SMALL = 64
"""Members of a stratum up to which its generating function is exact."""
_NEAR = 0.02
"""Standard deviations from the mean within which the normal law is used: the saddlepoint divides by 0."""
_STEP = 0.02
"""Step of the numerical derivatives, where the sum has a standard deviation of 1: the next terms are below
a thousandth of its skewness and kurtosis, and what subtracting loses is far smaller."""
_FLAT = 1e-6
"""Variance of a tilted sum, below which what is left of it is lost in rounding."""
_FAR = 512.0
"""Tilt beyond which the sum is held to be the largest that there is."""


@dataclass(frozen=True, slots=True)
class Tail:
    """How unusual a sum is among all choices.

    Attributes
    ----------
    log_p
        Natural logarithm of twice the chance of a sum at least as far out on the same side; at most 0.
    z
        Standard deviations from the mean of all choices.
    exact
        Whether all choices were counted.
    """

    log_p: float
    z: float
    exact: bool


def moments(values: Floats, chosen: Flags, strata: Ints) -> tuple[float, float]:
    """Return mean and variance of the sum over the chosen, had they been drawn inside each stratum.

    Parameters
    ----------
    values
        Shape (n,).
    chosen
        Who is in the group, shape (n,).
    strata
        Stratum of each, numbered from 0, shape (n,).

    Examples
    --------
    One of 1, 2 and 6 is drawn: the mean is 3, the variance 14 / 3.

    >>> mean, variance = moments(np.array([1.0, 2.0, 6.0]), np.array([False, False, True]), np.zeros(3, int))
    >>> round(mean, 6), round(3 * variance, 6)
    (3.0, 14.0)
    """
    size = np.bincount(strata)
    drawn = np.bincount(strata, chosen)
    mean = np.bincount(strata, values) / np.maximum(size, 1)
    squares = np.bincount(strata, (values - mean[strata]) ** 2)
    variance = drawn * (size - drawn) * squares / np.maximum(size * (size - 1), 1)
    return float(drawn @ mean), float(variance.sum())


def tail(values: Floats, chosen: Flags, strata: Ints) -> Tail | None:
    """Return how unusual the sum over the chosen is, had they been drawn inside each stratum.

    Parameters
    ----------
    values, chosen, strata
        As for :func:`moments`.

    Returns
    -------
    Tail or None
        Null where every choice gives the same sum.

    Notes
    -----
    Robinson (1982), Journal of the Royal Statistical Society B 44, 91-101 (permutation tests);
    Barndorff-Nielsen (1986), Biometrika 73, 307-322 (the form of the tail). It is made for sums that can take
    many values; of marks, :func:`marked` counts.

    Examples
    --------
    The largest two of four: one choice of six, doubled.

    >>> found = tail(np.array([1.0, 2, 3, 4]), np.array([False, False, True, True]), np.zeros(4, int))
    >>> round(math.exp(found.log_p), 6), found.exact
    (0.333333, True)
    """
    mean, variance = moments(values, chosen, strata)
    centre = np.bincount(strata, values) / np.maximum(np.bincount(strata), 1)
    scale = float(np.abs(values - centre[strata]).max(initial=0.0))
    if variance <= (1e-9 * scale) ** 2:
        return None
    deviation = math.sqrt(variance)
    z = (float(values[chosen].sum()) - mean) / deviation
    groups = _groups((values - centre[strata]) / deviation, chosen, strata)
    if sum(math.log(math.comb(len(members), drawn)) for members, drawn in groups) <= math.log(COUNTED):
        return Tail(_counted(groups, z), z, exact=True)
    if abs(z) < _NEAR:
        return Tail(min(0.0, math.log(2.0) + float(log_ndtr(-abs(z)))), z, exact=False)
    upper = groups if z > 0 else [(-members, drawn) for members, drawn in groups]
    end = _end(upper, abs(z))
    log_upper = _Law(upper).log_upper(abs(z)) if end is None else end
    return Tail(min(0.0, math.log(2.0) + log_upper), z, exact=end is not None)


def marked(marks: Flags, chosen: Flags, strata: Ints) -> Tail | None:
    """Return how unusual it is that so many of the chosen bear a mark, had they been drawn in each stratum.

    The number is a sum of hypergeometric ones, whose law is added up. Of so few values the approximation of
    :func:`tail` can be off by a factor of a few.

    Parameters
    ----------
    marks, chosen, strata
        Who bears the mark, who is in the group, and the stratum of each, shape (n,).

    Returns
    -------
    Tail or None
        Null where every choice gives the same number.

    Examples
    --------
    Both marks of four fall on the two that are chosen: one choice of six, doubled.

    >>> found = marked(np.arange(4) < 2, np.arange(4) < 2, np.zeros(4, int))
    >>> round(math.exp(found.log_p), 6), found.exact
    (0.333333, True)
    """
    from scipy.stats import hypergeom

    mean, variance = moments(marks.astype(np.float64), chosen, strata)
    if variance <= 0.0:
        return None
    law, least = np.ones(1), 0
    counts = zip(*(np.bincount(strata, one) for one in (np.ones(len(marks)), marks, chosen)), strict=True)
    for size, bearing, drawn in (tuple(map(int, one)) for one in counts):
        low, high = max(0, bearing + drawn - size), min(bearing, drawn)
        law = np.convolve(law, hypergeom.pmf(np.arange(low, high + 1), size, bearing, drawn))
        least += low
    seen = int((marks & chosen).sum())
    as_far = law[seen - least :] if seen > mean else law[: seen - least + 1]
    z = (seen - mean) / math.sqrt(variance)
    return Tail(min(0.0, math.log(2.0 * max(float(as_far.sum()), 1e-300))), z, exact=True)


def _groups(values: Floats, chosen: Flags, strata: Ints) -> list[tuple[Floats, int]]:
    """List the strata in which something can be drawn: their values, and how many are drawn.

    As the values of a stratum sum to 0, drawing the others is the same as drawing their negatives: so the
    smaller group is drawn.
    """
    order = np.argsort(strata, kind="stable")
    ends = np.cumsum(np.bincount(strata))
    found = []
    for members in np.split(order, ends[:-1]):
        own, drawn = values[members], int(chosen[members].sum())
        if 0 < drawn < len(own) and np.ptp(own) > 0.0:
            found.append((own, drawn) if 2 * drawn <= len(own) else (-own, len(own) - drawn))
    return found


def _counted(groups: list[tuple[Floats, int]], z: float) -> float:
    """Return the logarithm of the doubled tail by going through every choice."""
    sums = np.zeros(1)
    for members, drawn in groups:
        own = np.array([sum(one) for one in itertools.combinations(members.tolist(), drawn)])
        sums = np.add.outer(sums, own).ravel()
    as_far = np.count_nonzero(sums >= z - 1e-9) if z > 0 else np.count_nonzero(sums <= z + 1e-9)
    return min(0.0, math.log(2.0 * max(1, int(as_far)) / len(sums)))


def _end(groups: list[tuple[Floats, int]], z: float) -> float | None:
    """Return the logarithm of the chance of the largest sum there is, where that is what was seen; else null.

    Only choices of the largest members give it. Beyond there is nothing, so that no tilt leads there.
    """
    largest = log_chance = 0.0
    for members, drawn in groups:
        own = np.sort(members)[::-1]
        border = own[drawn - 1]
        alike = np.abs(own - border) <= 1e-12 * max(1.0, float(np.abs(own).max()))
        largest += float(own[:drawn].sum())
        among, wanted = int(alike.sum()), int(alike[:drawn].sum())
        log_chance += math.log(math.comb(among, wanted)) - math.log(math.comb(len(own), drawn))
    return log_chance if z >= largest - 1e-9 * max(1.0, largest) else None


class _Law:
    """The law of a sum with mean 0 and standard deviation 1, by its cumulant generating function.

    A tilted draw of some members of a stratum is a set of independent draws, given how many there are. Their
    level is chosen so that as many are expected, and the chance of just so many is counted or approximated.
    """

    def __init__(self, groups: list[tuple[Floats, int]]) -> None:
        sizes = np.array([len(members) for members, _ in groups])
        self.values = np.concatenate([members for members, _ in groups])
        self.codes = np.repeat(np.arange(len(groups)), sizes)
        self.drawn = np.array([drawn for _, drawn in groups], dtype=np.int64)
        self.small = np.flatnonzero(sizes <= _SMALL)
        begins = np.cumsum(sizes) - sizes
        width = int(sizes[self.small].max(initial=0))
        # Where the members of each small stratum stand, the missing ones at the place behind the last.
        places = begins[self.small][:, None] + np.arange(width)
        self.places = np.where(np.arange(width) < sizes[self.small][:, None], places, len(self.values))
        self.start = np.log(self.drawn / (sizes - self.drawn))
        self.at_zero = 0.0
        self.at_zero = self.cumulant(0.0)

    def cumulant(self, tilt: float) -> float:
        """Return the logarithm of the generating function."""
        level, chances = self._level(tilt)
        spread = np.bincount(self.codes, chances * (1.0 - chances))
        just_so = np.minimum(0.0, -0.5 * np.log(2.0 * math.pi * np.maximum(spread, 1e-300)))
        if len(self.small):
            just_so[self.small] = self._counted(chances)
        alone = np.bincount(self.codes, np.logaddexp(0.0, level[self.codes] + tilt * self.values))
        return float((alone - level * self.drawn + just_so).sum()) - self.at_zero

    def _level(self, tilt: float) -> tuple[Floats, Floats]:
        """Find the level of each stratum at which as many members are expected as are drawn."""
        tilted = tilt * self.values
        ends = float(np.abs(tilted).max()) + np.abs(self.start) + 1.0
        low, high, level = -ends, ends, self.start.copy()
        for _ in range(100):
            chances = 1.0 / (1.0 + np.exp(-np.clip(level[self.codes] + tilted, -700.0, 700.0)))
            short = self.drawn - np.bincount(self.codes, chances)
            low, high = np.where(short > 0.0, level, low), np.where(short > 0.0, high, level)
            spread = np.bincount(self.codes, chances * (1.0 - chances))
            moved = level + short / np.maximum(spread, 1e-300)
            moved = np.where((moved > low) & (moved < high), moved, (low + high) / 2.0)
            if np.abs(moved - level).max() < 1e-11:
                break
            level = moved
        return level, chances

    def _counted(self, chances: Floats) -> Floats:
        """Return the logarithm of the chance of just so many members, for each small stratum."""
        own = np.append(chances, 0.0)[self.places]
        drawn = self.drawn[self.small]
        law = np.zeros((len(own), int(drawn.max()) + 1))
        law[:, 0] = 1.0
        for chance in own.T[:, :, None]:
            law[:, 1:] += chance * (law[:, :-1] - law[:, 1:])
            law[:, :1] *= 1.0 - chance
        return np.log(np.maximum(law[np.arange(len(own)), drawn], 1e-300))

    def _slope(self, tilt: float) -> float:
        return (self.cumulant(tilt + _STEP) - self.cumulant(tilt - _STEP)) / (2.0 * _STEP)

    def log_upper(self, x: float) -> float:
        """Return the logarithm of the chance of a sum of at least ``x``, which is above 0."""
        high = 1.0
        while high < _FAR and self._slope(high) < x:
            high *= 2.0
        if high >= _FAR:
            return min(0.0, self.cumulant(_FAR) - _FAR * x)
        tilt = brentq(lambda t: self._slope(t) - x, 0.0, high, xtol=1e-9)
        here = self.cumulant(tilt)
        bend = (self.cumulant(tilt + _STEP) - 2.0 * here + self.cumulant(tilt - _STEP)) / _STEP**2
        bound = min(0.0, float(here - tilt * x))
        if bend < _FLAT or bound > -_FLAT:
            # Next to the largest sum nothing is left to approximate with; what is above the chance still is.
            return bound
        root = math.sqrt(-2.0 * bound)
        return float(log_ndtr(-(root + math.log(tilt * math.sqrt(bend) / root) / root)))
