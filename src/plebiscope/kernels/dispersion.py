"""How far several counts out of several numbers of trials lie apart, and the chance that they lie so close.

Given their total K, counts k_i out of n_i trials with one common chance are a multivariate hypergeometric
split of K; nothing is unknown. How far they lie apart is Pearson's X2, the sum of
(k_i - n_i p)^2 / (n_i p (1 - p)) with p = K / N, where N is the sum of the n_i. :func:`lower_tail` computes
P(X2 <= observed) under that law, far below where the chi-square law ends (:func:`log_chi_square` serves to
sort out which groups are worth it). Two ways lead there, and they agree where both are open.

*Table*: counts are added one by one in a table over (their sum, X2 in small steps). Sums and X2 that can no
longer end at K within the observed X2 are never formed, so that the table is the smaller the closer the
counts lie together. Rounding X2 to steps is the only error, and the chances at X2 plus and minus all that
rounding can amount to are bounds.

*Transform*: where a table would be too large, X2 has so many values that it is as good as continuous, and the
tail is the inverse of Laplace's transform E exp(-s X2). That is exact at every s, because it is one
coefficient of a product, taken by Fourier's transform; and it dies out where X2 is as good as continuous.

References
----------
Baglivo, Olivier and Pagano (1992), Journal of the American Statistical Association 87, 464-469,
https://doi.org/10.1080/01621459.1992.10475227 (exact conditional tests by Fourier transforms); Abate and
Whitt (1992), Queueing Systems 10, 5-88, https://doi.org/10.1007/BF01158520 (inversion of transforms).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WORK = 4_000_000
"""Additions that a first table may cost; a few milliseconds."""

_MORE_WORK = 10
"""How many times that a second table may cost, where the transform does not die out."""
_CLOSE = 0.01
"""Difference of the logarithms of two bounds that are one number for print."""
_FEWEST_STEPS = 4
"""Steps of X2 in a table, for each count, below which there is no use in it."""
_MOST_STEPS = 200_000
_TIE = 1e-9
"""Relative difference of X2 that is no difference."""
_REACH = 9.0
"""Standard deviations beyond which a tilted law is left out; its chance there is below 1e-18."""
_SMALL = 1e-5
"""Terms of the inversion, relative to the largest, that end it."""
_MOST_TERMS = 200
"""Terms after which the inversion is given up: X2 has too few values to be as good as continuous."""
_DAMPING = 20.0
"""Logarithm by which the tail is damped before it comes round again in the inversion."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Natural logarithm of the chance that counts lie at least as close together as observed.

    Attributes
    ----------
    log_p
        Of the chance.
    log_low, log_high
        Of bounds that hold for certain: those of the table; or the chance of the observed counts alone and
        Chernoff's bound.
    """

    log_p: float
    log_low: float
    log_high: float


def pearson(successes: Ints, trials: Ints, codes: Ints, groups: int) -> tuple[Floats, Floats, Floats]:
    """Return Pearson's X2 of each group, its total of successes and its total of trials.

    Parameters
    ----------
    successes, trials
        Counts and what they are out of, at least 1, shape (n,).
    codes
        Group of each count, from 0, shape (n,).
    groups
        Number of groups.

    Returns
    -------
    x2, successes, trials : ndarray of float64, shape (groups,)
        X2 is 0 where a group has no successes or no failures, and where it is empty.
    """
    k_sum, n_sum = (np.bincount(codes, one.astype(np.float64), groups) for one in (successes, trials))
    mean = np.divide(k_sum, n_sum, out=np.zeros(groups), where=n_sum > 0)
    spread = mean * (1.0 - mean)
    squares = np.bincount(codes, (successes - trials * mean[codes]) ** 2 / trials, groups)
    x2 = np.divide(squares, spread, out=np.zeros(groups), where=spread > 0.0)
    return x2, np.asarray(k_sum, dtype=np.float64), np.asarray(n_sum, dtype=np.float64)


def log_chi_square(x2: Floats, df: Floats) -> Floats:
    """Return the natural logarithm of the lower tail of the chi-square law, which does not underflow.

    Parameters
    ----------
    x2, df
        Values and degrees of freedom, at least 1, shape (n,).
    """
    half, at = df / 2.0, np.maximum(x2 / 2.0, 1e-300)
    tail = special.gammainc(half, at)
    # Where that underflows, x2 is so small that a few terms of the series are all there is.
    series = np.ones_like(at)
    term = np.ones_like(at)
    for place in range(1, 60):
        term = term * np.minimum(at, half) / (half + place)
        series += term
    far = half * np.log(at) - at - special.gammaln(half + 1.0) + np.log(series)
    return np.asarray(np.where(tail > 1e-280, np.log(np.maximum(tail, 1e-280)), far))


def lower_tail(successes: Ints, trials: Ints) -> Tail:
    """Return the chance that counts with this total lie as close together as these, or closer.

    Of a table the upper bound is taken: counts rounded from one percentage can tie exactly with others, and
    what ties belongs. By a transform X2 has too many values for that to matter. Where neither way is open,
    which no vote has shown yet, Chernoff's bound has to do.

    Parameters
    ----------
    successes, trials
        Counts and what they are out of, shape (n,), at least two, with a success and a failure among them.
    """
    table = by_table(successes, trials)
    if table is None or table.log_high - table.log_low > _CLOSE:
        transform = by_transform(successes, trials)
        if transform is not None:
            return transform
        table = by_table(successes, trials, _MORE_WORK * WORK) or _Group.of(successes, trials).bounds
    return replace(table, log_p=table.log_high)


def by_table(successes: Ints, trials: Ints, work: int = WORK) -> Tail | None:
    """Return the chance from a table over sum and X2.

    Parameters
    ----------
    successes, trials
        As in :func:`lower_tail`.
    work
        Additions that the table may cost.

    Returns
    -------
    Tail or None
        None where that much work leaves too few steps of X2.
    """
    group = _Group.of(successes, trials)
    least, most = group.candidates
    first, last = _sums_within_reach(group, least, most)
    cells = float(np.sum((most - least + 1.0) * (last - first + 1.0)))
    steps = int(min(_MOST_STEPS, work / cells))
    n = len(group.trials)
    if steps < _FEWEST_STEPS * n:
        return None

    # Of equal numbers of trials, X2 has values one step apart: then there is nothing to round.
    lattice = group.equal and round(group.excess * float(group.variance[0])) <= steps
    step = 1.0 / float(group.variance[0]) if lattice else group.excess / steps
    room, slack, log_scale = steps + n, 0.0, group.log_scale
    start, table = 0, np.ones((1, 1))
    for place in range(n):
        counts = np.arange(least[place], most[place] + 1)
        excess = group.added(counts, np.full(len(counts), place))
        columns = np.rint(excess / step).astype(np.int64)
        fits = columns <= room
        counts, columns = counts[fits], columns[fits]
        slack += float(np.max(np.abs(excess[fits] - columns * step)))
        weights = np.exp(group.log_weights(counts, np.full(len(counts), place)))
        begin, width = int(first[place]), min(room + 1, table.shape[1] + int(columns.max()))
        longer = np.zeros((int(last[place]) - begin + 1, width))
        for count, column, weight in zip(counts, columns, weights, strict=True):
            shift = start + int(count) - begin
            low, high = max(0, shift), min(len(longer), shift + len(table))
            kept = min(table.shape[1], width - column)
            if low < high:
                part = table[low - shift : high - shift, :kept]
                longer[low:high, column : column + kept] += weight * part
        largest = float(longer.max())
        table, start = longer / largest, begin
        log_scale += math.log(largest)
    # The observed counts, and the same ones exchanged between equal numbers of trials, always belong.
    row, ties = table[0], math.exp(group.log_ties - log_scale)
    own = int(np.rint(group.added(group.successes) / step).sum())
    row[own] = max(0.0, row[own] - ties)
    law = np.concatenate([[0.0], np.cumsum(row)])

    def log_chance(at: float) -> float:
        # Values rounded to a step lie up to half a step to either side of it.
        inside = ties + float(np.interp(at / step + 0.5, np.arange(len(law)), law))
        return min(0.0, math.log(inside) + log_scale)

    slack += _TIE * group.x2 + step / 2.0
    if lattice:
        exact = log_chance(group.excess + step / 2.0)
        return Tail(exact, exact, exact)
    return Tail(*(log_chance(group.excess + shift) for shift in (0.0, -slack, slack)))


def by_transform(successes: Ints, trials: Ints) -> Tail | None:
    """Return the chance by inversion of Laplace's transform of X2.

    Parameters
    ----------
    successes, trials
        As in :func:`lower_tail`.

    Returns
    -------
    Tail or None
        None where the transform does not die out, because X2 has few values.
    """
    group = _Group.of(successes, trials)
    # Above one period of X2 the tail comes round again, damped by the tilt.
    guess = log_chi_square(np.array([group.x2]), np.array([len(trials) - 1.0]))[0]
    pace = 2.0 * math.pi * group.tilt / (_DAMPING - float(guess))
    total, largest, quiet = 0.0, 0.0, 0
    for term in group.transform(pace):
        total += term.real if largest > 0.0 else 0.5 * term.real
        largest = max(largest, abs(term))
        quiet = quiet + 1 if abs(term) < _SMALL * largest else 0
        if quiet == 3 and total > 0.0:
            # An inversion takes half of what lies right at X2.
            log_p = np.logaddexp(
                math.log(total * pace / math.pi) + group.log_unit, group.log_ties - math.log(2.0)
            )
            bounds = group.bounds
            return replace(bounds, log_p=min(max(float(log_p), bounds.log_low), bounds.log_high))
    return None


@dataclass(frozen=True)
class _Group:
    """Counts in an order of their own, with the moments of their binomial laws; arrays of shape (n,)."""

    successes: Ints
    trials: Ints
    mean: Floats
    variance: Floats
    nearest: Ints
    """The whole number nearest the mean."""
    log_odds: float
    x2: float

    @classmethod
    def of(cls, successes: Ints, trials: Ints) -> _Group:
        """Sort the counts, so that the same ones give the same number to the last digit in any order."""
        order = np.lexsort((successes, trials))
        k, n = successes[order], trials[order]
        total, whole = int(k.sum()), int(n.sum())
        mean = n.astype(np.float64) * (total / whole)
        variance = mean * (1.0 - total / whole)
        x2 = float(np.sum((k - mean) ** 2 / variance))
        nearest = np.rint(mean).astype(np.int64)
        return cls(k, n, mean, variance, nearest, math.log(total / (whole - total)), x2)

    @cached_property
    def tolerance(self) -> float:
        """Difference of X2 that is no difference."""
        return _TIE * self.x2 + 1e-12

    @cached_property
    def equal(self) -> bool:
        """Whether all are out of the same number of trials."""
        return bool(self.trials[0] == self.trials[-1])

    def added(self, counts: Ints, members: slice | Ints = slice(None)) -> Floats:
        """Return what counts add to X2 above the least that they could, up to a constant in the sum.

        Of equal numbers of trials, deviations may be taken from any number, since their sum is given.
        """
        mean, near, variance = self.mean[members], self.nearest[members], self.variance[members]
        if self.equal:
            return np.asarray((counts - near) ** 2 / variance)
        return np.asarray(((counts - mean) ** 2 - (near - mean) ** 2) / variance)

    @cached_property
    def excess(self) -> float:
        """What the observed counts add to X2 above the least that each could."""
        return float(self.added(self.successes).sum()) + self.tolerance

    @cached_property
    def candidates(self) -> tuple[Ints, Ints]:
        """Smallest and largest count of each that is possible within the observed X2."""
        whole = float(self.variance.sum())
        # Deviations add to 0: one of them, with those that make up for it, adds at least this much to X2.
        reach = np.sqrt((self.x2 + self.tolerance) * self.variance * (whole - self.variance) / whole)
        if not self.equal:
            # Neither can one of them add more than all together.
            most_added = self.excess * self.variance + (self.nearest - self.mean) ** 2
            reach = np.minimum(reach, np.sqrt(most_added))
        least = np.maximum(np.ceil(self.mean - reach), 0.0).astype(np.int64)
        most = np.minimum(np.floor(self.mean + reach), self.trials).astype(np.int64)
        return np.minimum(least, self.successes), np.maximum(most, self.successes)

    @cached_property
    def log_ties(self) -> float:
        """Logarithm of the chance of the observed counts, in any order among equal numbers of trials."""
        _, equal = np.unique(self.trials, return_counts=True)
        _, same = np.unique(np.stack([self.trials, self.successes]), axis=1, return_counts=True)
        orders = float(special.gammaln(equal + 1.0).sum() - special.gammaln(same + 1.0).sum())
        return float(self.log_weights(self.successes).sum()) + self.log_scale + orders

    @cached_property
    def log_scale(self) -> float:
        """Logarithm of what makes a product of weights a chance, given the total."""
        ways = float(np.sum(_log_choose(self.trials, self.nearest)))
        rest = self.successes.sum() - self.nearest.sum()
        all_ways = float(_log_choose(self.trials.sum(), self.successes.sum()))
        return ways - all_ways - float(rest) * self.log_odds

    def log_weights(self, counts: Ints, members: slice | Ints = slice(None)) -> Floats:
        """Return ln of the binomial chance of given counts, over that of the counts nearest the mean.

        Parameters
        ----------
        counts
            Shape (m,), or (n, m) for several counts of each.
        members
            To which of the n they belong.
        """
        n, at = self.trials[members], self.nearest[members]
        if counts.ndim == 2:
            n, at = n[:, None], at[:, None]
        return _log_choose(n, counts) - _log_choose(n, at) + (counts - at) * self.log_odds

    @cached_property
    def tilt(self) -> float:
        """Where on the real line the integrand is smallest, by the chi-square law: right enough for any."""
        x2 = max(self.x2, 1e-9)
        return max((len(self.trials) + 1.0) / (2.0 * x2) - 0.5, 0.5 / x2)

    @cached_property
    def bounds(self) -> Tail:
        """Bounds that hold for any law: the chance of the observed counts, and Chernoff's."""
        first = next(self.transform(0.0)).real * self.tilt
        high = math.log(first) + self.tilt * self.tolerance + self.log_unit if first > 0.0 else 0.0
        high = max(self.log_ties, min(0.0, high))
        return Tail(high, self.log_ties, high)

    @cached_property
    def tilted(self) -> tuple[Ints, Floats, Floats, Floats]:
        """What tilting leaves of each law.

        Returns
        -------
        offsets : shape (m,)
            Counts, from the one nearest the mean.
        distances, weights : shape (n, m)
            What they add to X2, and their chances after tilting.
        sizes : shape (n,)
            What the weights were divided by.
        """
        narrow = 1.0 + 2.0 * self.tilt
        width = math.ceil(_REACH * math.sqrt(float(self.variance.max()) / narrow)) + 1
        offsets = np.arange(-width, width + 1)
        counts = self.nearest[:, None] + offsets
        distances = (counts - self.mean[:, None]) ** 2 / self.variance[:, None]
        weights = np.exp(self.log_weights(counts) - self.tilt * distances)
        sizes = weights.sum(axis=1)
        return offsets, distances, weights / sizes[:, None], sizes

    @cached_property
    def log_unit(self) -> float:
        """Logarithm of what the terms of the transform are in units of."""
        return float(np.sum(np.log(self.tilted[3]))) + self.log_scale + self.tilt * self.x2

    def transform(self, pace: float) -> Iterator[complex]:
        """Yield exp(s X2) E exp(-s X2) / s at s = tilt + i w for w = 0, pace, ..., in its unit."""
        offsets, distances, chances, _ = self.tilted
        weights, step = chances.astype(np.complex128), np.exp(-1j * pace * distances)
        whole, narrow = float(self.variance.sum()), 1.0 + 2.0 * self.tilt
        rest = int(self.successes.sum() - self.nearest.sum())
        # The sum is one coefficient of a product; the next that it is mixed up with has hardly a chance.
        period = 2 * math.ceil(0.75 * _REACH * math.sqrt(whole / narrow)) + 1
        half = np.arange(period // 2 + 1)
        for place in range(_MOST_TERMS):
            s = complex(self.tilt, place * pace)
            # Beyond these frequencies there is nothing left of the product. Either sign is needed, because
            # weights are complex.
            reach = _REACH * abs(1.0 + 2.0 * s) / math.sqrt(narrow * whole)
            some = half[: math.ceil(reach * period / (2.0 * math.pi)) + 2]
            frequencies = 2.0 * math.pi / period * np.concatenate([some, -some[1:]])
            # Not a product of matrices: spread over threads, one so small takes a hundred times as long.
            each = np.einsum("ij,jk->ik", weights, np.exp(1j * np.outer(offsets, frequencies)))
            value = np.sum(np.prod(each, axis=0) * np.exp(-1j * rest * frequencies)) / period
            yield complex(value * np.exp(1j * s.imag * self.x2) / s)
            weights *= step


def _sums_within_reach(group: _Group, least: Ints, most: Ints) -> tuple[Ints, Ints]:
    """Return the smallest and largest sum of the first counts from which the total can be reached."""
    whole, before = float(group.variance.sum()), np.cumsum(group.variance)
    drift = np.sqrt((group.x2 + group.tolerance) * before * np.maximum(whole - before, 0.0) / whole)
    middle, total = np.cumsum(group.mean), int(group.successes.sum())
    low, high, own = np.cumsum(least), np.cumsum(most), np.cumsum(group.successes)
    first = np.maximum(np.ceil(middle - drift).astype(np.int64), np.maximum(low, total - (high[-1] - high)))
    last = np.minimum(np.floor(middle + drift).astype(np.int64), np.minimum(high, total - (low[-1] - low)))
    return np.minimum(first, own), np.maximum(last, own)


def _log_choose(n: Ints, k: Ints) -> Floats:
    """Return ln of the binomial coefficient, minus infinity where it is 0."""
    inside = (k >= 0) & (k <= n)
    at = np.where(inside, k, 0)
    ways = special.gammaln(n + 1.0) - special.gammaln(at + 1.0) - special.gammaln(n - at + 1.0)
    return np.where(inside, ways, -np.inf)
