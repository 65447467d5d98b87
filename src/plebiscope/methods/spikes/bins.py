"""How many stations fall into each bin of a ratio, and how many would be expected there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.kernels.beta_mixture import BINS, PARTS, Mixture, again, bin_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FIRST, LAST = 1, PARTS - 1
"""Bins that are tested: all but 0 and 100 per cent."""
LARGEST = 20
"""Largest denominator of a simple fraction."""
OUTERMOST = 100.0 / LARGEST
"""Smallest simple fraction, in per cent."""


@cache
def simple_fractions() -> NDArray[np.bool_]:
    """Tell which bins hold a fraction with a denominator up to 20, but for 0 and 1; shape (1001,)."""
    held = np.zeros(BINS, dtype=bool)
    for denominator in range(2, LARGEST + 1):
        numerators = np.arange(1, denominator)
        held[bin_of(numerators, np.full_like(numerators, denominator))] = True
    return held


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the stations of each of g groups, by bin, each of shape (g, 1001).

    Attributes
    ----------
    seen, mean
        Stations seen, and expected when each reports again.
    near, near_mean
        Stations seen in the bin or near it, and how many of these would be expected in the bin itself.
    variance
        Variance of the number of all stations that report a bin again, shape (1001,).
    simple
        Chance of each station to report a simple fraction again, shape (n,).
    own
        Chance of each station to report the bin again that it is in, shape (n,).
    """

    seen: Floats
    mean: Floats
    near: Floats
    near_mean: Floats
    variance: Floats
    simple: Floats
    own: Floats

    @property
    def size(self) -> Floats:
        """Stations of each group, shape (g, 1)."""
        return np.asarray(self.seen.sum(axis=1, keepdims=True))

    def whole(self) -> Sums:
        """Return the sums over all groups."""
        parts = (self.seen, self.mean, self.near, self.near_mean)
        seen, mean, near, near_mean = (part.sum(axis=0, keepdims=True) for part in parts)
        return Sums(seen, mean, near, near_mean, self.variance, self.simple, self.own)

    def log_p(self) -> Floats:
        """Bound ln of the chance of as many stations in each bin, shape (g, 1001).

        The larger of two: given all stations of the group, and given the stations near the bin.
        """
        return np.maximum(
            log_bound(self.seen, self.size, self.mean), log_bound(self.seen, self.near, self.near_mean)
        )

    def beyond(self, level: float, log_p: Floats) -> NDArray[np.bool_]:
        """Tell which bins of each group rise above its band, given what :meth:`log_p` returns."""
        above = log_p <= math.log(level / (LAST - FIRST + 1))
        above[:, :FIRST] = above[:, LAST + 1 :] = False
        return np.asarray(above, dtype=bool)

    def band(self, level: float) -> Floats:
        """Return the number of stations that no bin exceeds but with this chance, shape (g, 1001)."""
        # Not above: it takes longer to import than all methods together.
        from scipy import stats

        each = level / (LAST - FIRST + 1)

        def least(size: Floats, mean: Floats) -> Floats:
            rate = np.clip(mean / np.maximum(size, 1.0), 0.0, 1.0)
            found: Floats = np.maximum(stats.binom.isf(each, size, rate), mean)
            return found

        return np.maximum(least(self.size, self.mean), least(self.near, self.near_mean))


def log_bound(seen: Floats, size: Floats, mean: Floats) -> Floats:
    """Bound ln of the chance that as many of so many independent stations fall into a bin.

    Whatever the chance of each, the tail of their number is at most the binomial one with the same mean, as
    soon as it lies one above the mean (Hoeffding 1956, doi:10.1214/aoms/1177728178). Where that is too small
    for a float, it is bounded by a geometric series.

    Parameters
    ----------
    seen, size, mean
        Stations in the bin, of all, and expected in the bin; they broadcast.
    """
    seen, size, mean = np.broadcast_arrays(seen, size, mean)
    rate = np.clip(mean / np.maximum(size, 1.0), 0.0, 1.0 - 1e-12)
    tail = special.betainc(np.maximum(seen, 1.0), np.maximum(size - seen, 0.0) + 1.0, rate)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (size - seen) * rate / ((seen + 1.0) * (1.0 - rate))
        choose = (
            special.gammaln(size + 1.0) - special.gammaln(seen + 1.0) - special.gammaln(size - seen + 1.0)
        )
        first = choose + special.xlogy(seen, rate) + special.xlog1py(size - seen, -rate)
        log_tail = np.where(tail > 1e-280, np.log(tail), first - np.log1p(-ratio))
    above = (seen >= mean + 1.0) & (mean > 0.0)
    return np.where(above, np.minimum(log_tail, 0.0), 0.0)


def add_up(successes: Ints, trials: Ints, groups: Ints, count: int, mixture: Mixture, reach: int) -> Sums:
    """Add up what is seen and what would be expected.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials from 1 to 20,000.
    groups
        Group of each station, numbered from 0, shape (n,).
    count
        Number of groups.
    mixture
        Law of the rates.
    reach
        Bins to either side that are near a bin.
    """
    own_bin = bin_of(successes, trials)
    mean, near_mean, square = np.zeros(count * BINS), np.zeros(count * BINS), np.zeros(BINS)
    simple, own = np.zeros(len(trials)), np.zeros(len(trials))
    fractions = simple_fractions().astype(np.float64)
    offsets = np.arange(-2 * reach, 2 * reach + 1)
    for rows in again(successes, trials, mixture):
        at, chances = rows.stations, rows.chances
        # Nothing lies beyond the last bin, so that what would be put there is nothing.
        bins = rows.low[:, None] + np.arange(chances.shape[1])
        np.minimum(bins, BINS - 1, out=bins)
        square += np.bincount(bins.ravel(), (chances * chances).ravel(), BINS)
        simple[at] = np.einsum("ij,ij->i", chances, fractions[bins])
        bins += groups[at][:, None] * BINS
        mean += np.bincount(bins.ravel(), chances.ravel(), len(mean))
        # The bins around the observed one, then each as a part of those within reach of it.
        place = (own_bin[at] - rows.low)[:, None] + offsets
        inside = (place >= 0) & (place < chances.shape[1])
        around = np.where(inside, np.take_along_axis(chances, np.where(inside, place, 0), axis=1), 0.0)
        own[at] = around[:, 2 * reach]
        up_to = np.cumsum(np.pad(around, ((0, 0), (1, 0))), axis=1)
        window = up_to[:, 2 * reach + 1 :] - up_to[:, : 2 * reach + 1]
        part = around[:, reach : 3 * reach + 1] / np.maximum(window, 1e-300)
        centre = own_bin[at][:, None] + offsets[reach : 3 * reach + 1]
        known = (centre >= 0) & (centre < BINS)
        near_mean += np.bincount(
            np.where(known, groups[at][:, None] * BINS + centre, 0).ravel(),
            np.where(known, part, 0.0).ravel(),
            len(mean),
        )
    seen = np.bincount(groups * BINS + own_bin, minlength=count * BINS).reshape(count, BINS)
    up_to = np.cumsum(np.pad(seen, ((0, 0), (reach + 1, reach))), axis=1)
    near = up_to[:, 2 * reach + 1 :] - up_to[:, : -2 * reach - 1]
    shape = (count, BINS)
    mean = mean.reshape(shape)
    return Sums(
        seen=seen.astype(np.float64),
        mean=mean,
        near=near.astype(np.float64),
        near_mean=near_mean.reshape(shape),
        variance=np.maximum(mean.sum(axis=0) - square, 0.0),
        simple=np.minimum(simple, 1.0),
        own=own,
    )


def smallest(log_p: Floats) -> float:
    """Return ln of the chance that any of the bins holds so many stations, at most (Bonferroni)."""
    return min(0.0, float(log_p[FIRST : LAST + 1].min()) + math.log(LAST - FIRST + 1))
