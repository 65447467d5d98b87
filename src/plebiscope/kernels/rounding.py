"""What a rounded percentage allows, and whether counts were computed from one; all in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage as it was printed.

    Attributes
    ----------
    value
        Per cent.
    decimals
        Number of decimals printed.
    """

    value: Fraction
    decimals: int

    @classmethod
    def read(cls, printed: Decimal) -> Percent:
        """Take over a decimal number with the decimals that it has."""
        exponent = printed.as_tuple().exponent
        return cls(Fraction(printed), max(0, -exponent) if isinstance(exponent, int) else 0)

    @property
    def half_unit(self) -> Fraction:
        """Half a unit of the last decimal, in per cent."""
        return Fraction(1, 2 * 10**self.decimals)

    def fits(self, count: int, base: int) -> bool:
        """Tell whether ``count`` of ``base`` is this when rounded; a tie may go either way."""
        return abs(Fraction(100 * count, base) - self.value) <= self.half_unit

    def fits_cut_off(self, count: int, base: int) -> bool:
        """Tell whether ``count`` of ``base`` is this when further decimals are cut off."""
        return 0 <= Fraction(100 * count, base) - self.value < 2 * self.half_unit

    def bases(self, count: int) -> tuple[int, int | None] | None:
        """Find the bases of which ``count`` is this when rounded.

        Returns
        -------
        tuple of int, or None
            Smallest and largest base (None for no upper limit); None if there is no base.
        """
        low_percent, high_percent = self.value - self.half_unit, self.value + self.half_unit
        if count == 0:
            return (1, None) if low_percent <= 0 else None
        low = max(1, math.ceil(100 * count / high_percent))
        if low_percent <= 0:
            return low, None
        high = math.floor(100 * count / low_percent)
        return (low, high) if low <= high else None

    def counts(self, base: int) -> tuple[int, int]:
        """Find the smallest and largest count that is this of ``base`` when rounded.

        The smallest exceeds the largest where no whole number is.
        """
        low = math.ceil(base * (self.value - self.half_unit) / 100)
        high = math.floor(base * (self.value + self.half_unit) / 100)
        return max(0, low), high

    def counts_cut_off(self, base: int) -> tuple[int, int]:
        """Find the smallest and largest count of ``base`` that is this when rounded, or when cut off."""
        low, _ = self.counts(base)
        return low, max(self.counts(base)[1], math.ceil(base * (self.value + 2 * self.half_unit) / 100) - 1)


def together(percents: Sequence[Percent], base: int) -> tuple[int, int] | None:
    """Find the fewest and most votes of a base that rounded percentages stand for together.

    Returns
    -------
    tuple of int, or None
        None where one of them is that of no whole number of votes, so that the set cannot be of this base.
    """
    ranges = [(low, min(high, base)) for low, high in (percent.counts(base) for percent in percents)]
    if any(low > high for low, high in ranges):
        return None
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)


def common_bases(
    pairs: Sequence[tuple[int, Percent]], low: int, high: int | None
) -> tuple[int, int | None] | None:
    """Find the bases of which every count is its percentage when rounded.

    Parameters
    ----------
    pairs : sequence of (int, Percent)
    low, high : int
        Bounds of the base; no upper one where ``high`` is None.

    Returns
    -------
    tuple of int, or None
        Smallest and largest base (None for no upper limit); None if there is no base.
    """
    for count, percent in pairs:
        asked = percent.bases(count)
        if asked is None:
            return None
        low = max(low, asked[0])
        high = min((end for end in (high, asked[1]) if end is not None), default=None)
    return (low, high) if high is None or low <= high else None


SMALL = 5
"""Steps from which counts lie in their rounding cells independently of one another."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """How close counts lie to those that a percentage with few decimals would give.

    Attributes
    ----------
    base, decimals
        Total and decimals in per cent.
    residuals
        Count less the nearest multiple of the step, for each count, in votes; from ``-step/2`` to ``step/2``.
    free
        Which counts are free to lie anywhere in their cells.
    log10_p
        Chance that all free counts lie as close, as a logarithm to base ten.
    log10_least
        The smallest value that ``log10_p`` could have taken.
    """

    base: int
    decimals: int
    residuals: tuple[Fraction, ...]
    free: tuple[bool, ...]
    log10_p: float
    log10_least: float

    @property
    def step(self) -> Fraction:
        """Votes between counts that neighbouring percentages give."""
        return Fraction(self.base, 10 ** (self.decimals + 2))

    @property
    def distance(self) -> Fraction:
        """Largest distance of a free count, in votes."""
        return max(abs(d) for d, free in zip(self.residuals, self.free, strict=True) if free)


def lattice(values: Sequence[int], base: int, decimals: int) -> Lattice | None:
    """Measure how close counts lie to counts computed from rounded percentages of a base.

    Given the rounded percentages, a count that was counted lies anywhere in its rounding cell with equal
    chance (the step is a small part of the base). With ``T`` the largest distance, the chance is the product
    over free counts of the number of whole numbers within ``T`` of the multiple, divided by the step.
    Counts that would be rounded to nothing are not free: they lie close to 0 because they are small. Of the
    others and what is left of the base, one follows from the rest: what is left, or where that would be
    rounded to nothing the smallest, which is the one usually obtained as a remainder. Options of hardly any
    votes have about as many each, so that where one lies close to a multiple the others do too: all free
    counts of fewer than :data:`SMALL` steps count as one.

    Parameters
    ----------
    values : sequence of int
        Announced counts.
    base : int
        Total that they are held against.
    decimals : int
        Decimals of the percentages, in per cent.

    Returns
    -------
    Lattice or None
        None where no count is free, where the counts exceed the base, or where the step is at most one vote.
    """
    step = Fraction(base, 10 ** (decimals + 2))
    if not values or base <= 0 or sum(values) > base or step <= 1:
        return None
    points = [step * round(Fraction(value) / step) for value in values]
    free = [point > 0 for point in points]
    if any(free) and 2 * (base - sum(values)) <= step:
        free[min((i for i, one in enumerate(free) if one), key=lambda i: (values[i], -i))] = False
    if not any(free):
        return None
    residuals = tuple(value - point for value, point in zip(values, points, strict=True))
    distance = max(abs(d) for d, one in zip(residuals, free, strict=True) if one)
    large: list[float] = []
    small: list[float] = []
    for point, one in zip(points, free, strict=True):
        if one:
            within = math.floor(point + distance) - math.ceil(point - distance) + 1
            (small if point < SMALL * step else large).append(min(0.0, math.log10(within / step)))
    log10_p = sum(large) + min(small, default=0.0)
    counted = len(large) + bool(small)
    return Lattice(base, decimals, residuals, tuple(free), log10_p, -counted * math.log10(step))
