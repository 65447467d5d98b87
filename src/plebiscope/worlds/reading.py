"""What counts say of the shares behind them, also where they are small.

Of a large count the logit is a measurement, with an error that is known. Of a small one it is not: nobody
among thirty voters is one in a hundred as well as one in a thousand. Such a count is read as all the logits
it stands for. That more than x of n voters are drawn is as likely as that a beta law with x + 1 and n - x
lies below the share (the duality of binomial and beta law). So a count bounds the rank of its station from
both sides, and goes by what part of the stretch between lies below a middle, or inside a quantile: the
transformation of Rosenblatt (1952, https://doi.org/10.1214/aoms/1177729394) with the lots that it draws at
steps averaged out. Where the model is right, such ranks are even in the mean whatever the size of the
stations. The logit of a beta law has known cumulants; three of them are used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, expit, ndtr, polygamma

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

COARSE = 30
"""A count with fewer people on either side is read as all the logits it stands for."""


@dataclass(frozen=True)
class Law:
    """What a count says of the logit behind it: mean, variance and third cumulant, shape (n,) each."""

    mean: Floats
    variance: Floats
    third: Floats

    def at(self, places: NDArray[np.generic]) -> Law:
        """Return those of some places."""
        return Law(self.mean[places], self.variance[places], self.third[places])


@dataclass(frozen=True)
class Reading:
    """What was measured at places, on the scale of logits.

    Attributes
    ----------
    values, variance
        The logit, and the variance that drawing voters one by one gives it; shape (n,).
    coarse
        Places whose logit is no measurement, because their count is small; shape (n,).
    people
        How many were counted there; zero for places that are not coarse; shape (n,).
    low, middle, high
        What a count of one less half a person, of itself, and of half a person more says; of places that are
        not coarse the same three times.
    """

    values: Floats
    variance: Floats
    coarse: Flags
    people: Integers
    low: Law
    middle: Law
    high: Law

    def less(self, shift: Floats) -> Reading:
        """Return the same with something taken from the logits, shape (n,)."""
        low, middle, high = (
            replace(law, mean=law.mean - shift) for law in (self.low, self.middle, self.high)
        )
        return replace(self, values=self.values - shift, low=low, middle=middle, high=high)

    def noise(self, middle: Floats) -> Floats:
        """Return the variance that drawing gives where the logits lie about a middle, shape (n,).

        A small count cannot tell its own variance: nobody among three is nearly no news.
        """
        rate = expit(middle)
        drawn = np.maximum(self.people * rate * (1.0 - rate), 1e-9)
        return np.where(self.coarse, 1.0 / drawn, self.variance)


def measured(values: Floats, variance: Floats) -> Reading:
    """Read figures that are measured well, with the variance with which they are; shape (n,) each."""
    law, nobody = Law(values, variance, np.zeros_like(values)), np.zeros(len(values), dtype=np.int64)
    return Reading(values, variance, nobody > 0, nobody, law, law, law)


def counted(part: Integers, whole: Integers) -> Reading:
    """Read counts.

    Parameters
    ----------
    part, whole
        Shape (n,); ``part`` is at most ``whole``.
    """
    plain = measured(*logits(part, whole))
    coarse = np.minimum(part, whole - part) < COARSE
    if not coarse.any():
        return plain
    inside, outside = part[coarse], (whole - part)[coarse]

    def law(lower: float, upper: float) -> Law:
        """Of the logit of a beta law; where one of its numbers is zero, it lies at infinity."""
        (one, first), (other, second) = _gamma(inside, lower), _gamma(outside, upper)
        found = Law(plain.values.copy(), plain.variance.copy(), np.zeros(len(part)))
        found.mean[coarse] = one[0] - other[0]
        found.variance[coarse] = one[1] + other[1]
        found.third[coarse] = one[2] - other[2]
        found.mean[coarse] = np.where(first, -np.inf, np.where(second, np.inf, found.mean[coarse]))
        return found

    people = np.where(coarse, whole, 0)
    return Reading(*logits(part, whole), coarse, people, law(0.0, 1.0), law(0.5, 0.5), law(1.0, 0.0))


def _gamma(count: Integers, more: float) -> tuple[Floats, Flags]:
    """Return cumulants of the logarithm of a gamma law, shape (3, n), and where it has no shape at all."""
    known, place = np.unique(count, return_inverse=True)
    shape = known + more
    nothing = shape <= 0.0
    shape[nothing] = 1.0
    return np.stack([digamma(shape), polygamma(1, shape), polygamma(2, shape)])[:, place], nothing[place]


def logits(part: Integers, whole: Integers) -> tuple[Floats, Floats]:
    """Turn counts into logits.

    Parameters
    ----------
    part, whole
        Shape (n,); ``part`` is at most ``whole``.

    Returns
    -------
    logit, variance : ndarray of float, shape (n,)
        With half a person added to either side (Haldane 1956), and the variance that drawing voters one by
        one gives it.
    """
    inside, outside = part + 0.5, whole - part + 0.5
    return np.log(inside / outside), 1.0 / inside + 1.0 / outside


class Above:
    """How likely logits lie above a bound, to the first order of Edgeworth, for one bound after the other.

    Parameters
    ----------
    law
        Of the logits.
    more, skew
        What else they depart by: added to the variance and to the third cumulant.
    """

    def __init__(self, law: Law, more: Floats | float, skew: Floats | float = 0.0) -> None:
        self._mean = law.mean
        self._width = np.sqrt(law.variance + more)
        self._third = law.third + skew
        self._skewed = bool(np.any(self._third))
        self._cube = 6.0 * self._width**3 if self._skewed else self._width

    def __call__(self, bound: Floats) -> Floats:
        """Return the chances to lie above a bound, shape (n,)."""
        far = np.clip((bound - self._mean) / self._width, -40.0, 40.0)
        likely = np.asarray(ndtr(-far))
        if self._skewed:
            bend = np.exp(-far * far / 2.0) * (far * far - 1.0) / np.sqrt(2.0 * np.pi)
            likely = np.clip(likely + bend * self._third / self._cube, 0.0, 1.0)
        return likely


def part(low: Floats, high: Floats, start: float, end: float) -> Floats:
    """Return what part of each stretch lies from ``start`` to ``end``; of a bare point, whether it does.

    Parameters
    ----------
    low, high
        Ends of the stretches, shape (n,).
    """
    long = high - low
    some = np.minimum(high, end) - np.maximum(low, start)
    middle = (low + high) / 2.0
    return np.where(
        long > 1e-9,
        np.clip(some, 0.0, None) / np.maximum(long, 1e-9),
        (start <= middle) & (middle <= end),
    )
