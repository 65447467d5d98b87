"""How far apart places are that belong together, and their middle, so that a minority cannot move either.

Two stations of one district differ because their voters do and because each voter is drawn. What is left of
their difference without the drawing is the spread between them. It is read off differences of pairs, never
off distances from a mean: a pair needs no centre, so that nothing is lost in small districts, and of the
pairs only a quantile is used, which figures written by a minority of stations hardly touch (Rousseeuw and
Croux 1993, https://doi.org/10.1080/01621459.1993.10476408, for the estimate from quantiles of pairs).
Small counts stand on both sides of a quantile, by parts (:mod:`plebiscope.worlds.reading`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from plebiscope.worlds.reading import Above, Flags, Floats, Integers, Reading, part

MIDDLE, OUTER = 0.5, 0.8
"""Quantiles of the differences by which a spread is read: of the middle, and of the tails."""
FEW = 100
"""Up to so many places, every one is paired with every other of its area."""
FAR = 4.0
"""A place so many standard deviations from the middle of its area does not belong to the core."""
WIDEST = 8.0
"""No spread of logits is wider."""
STEEPEST = 3.0
"""No slope of small counts is steeper."""
BARE = 5
"""A count among fewer people says nothing of a spread."""
MANY = 20_000
"""Of more pairs with small counts so many are read, evenly chosen; their spread errs by a hundredth."""
HALVINGS = 16
"""Of a range of logits, until the middle of an area is known to a thousandth."""


class _Rough:
    """Pairs in which a count is small, each taken both ways: the rank of one place seen from the other.

    ``weight`` says for how many pairs each stands.
    """

    def __init__(self, reading: Reading, chosen: Pairs) -> None:
        all_of = len(chosen)
        chosen = chosen.only(slice(None, None, -(-all_of // MANY) or 1))
        self.weight = all_of / max(len(chosen), 1)
        one = np.concatenate([chosen.one, chosen.other])
        other = np.concatenate([chosen.other, chosen.one])
        self.one, self.other = one, other
        self._low, self._high = reading.low.at(one), reading.high.at(one)
        self._beside = reading.middle.at(other)

    def ranks(self, deviation: float) -> Callable[[Floats | float], tuple[Floats, Floats]]:
        """Return what tells from where to where the rank of each reaches.

        It is given what is taken from its own logit: one shift after the other, while the deviation stays.
        """
        beside, more = self._beside, 2.0 * deviation**2 + self._beside.variance
        lower, upper = (Above(law, more, -beside.third) for law in (self._low, self._high))

        def reach(shift: Floats | float) -> tuple[Floats, Floats]:
            low = lower(beside.mean + shift)
            return low, np.maximum(low, upper(beside.mean + shift))

        return reach


@dataclass(frozen=True)
class Pairs:
    """Pairs of places that lie in one area: places in the arrays, shape (m,) each."""

    one: Integers
    other: Integers

    def __len__(self) -> int:
        return len(self.one)

    def only(self, wanted: Flags | slice) -> Pairs:
        """Return some of the pairs; shape of ``wanted``: (m,)."""
        return Pairs(self.one[wanted], self.other[wanted])

    def within(self, core: Flags) -> Pairs:
        """Return the pairs of which both places belong to the core; shape of ``core``: (n,)."""
        return self.only(core[self.one] & core[self.other])


def pairs(area: Integers, order: NDArray[np.generic]) -> Pairs:
    """Pair places that lie in one area, each with the next two in an order, or with all where they are few.

    Parameters
    ----------
    area
        Number of the area of each place, shape (n,).
    order
        What neighbours are alike in (such as size), shape (n,).
    """
    ranked = np.lexsort((order, area))
    steps = range(1, len(ranked) if len(ranked) <= FEW else 3)
    found = [(ranked[:-step], ranked[step:]) for step in steps]
    together = [(a[area[a] == area[b]], b[area[a] == area[b]]) for a, b in found]
    nothing = np.zeros(0, dtype=np.int64)
    return Pairs(
        np.concatenate([nothing, *(a for a, _ in together)]),
        np.concatenate([nothing, *(b for _, b in together)]),
    )


def spread(reading: Reading, chosen: Pairs, quantile: float = MIDDLE) -> float:
    """Return the standard deviation between places, without what drawing adds.

    Solves for the deviation at which as many standardised differences as the quantile says lie where a
    normal law has so many.

    Parameters
    ----------
    reading
        What was measured at each place.
    chosen
        Pairs of places.
    quantile
        Of the absolute differences.

    Returns
    -------
    float
        Zero where drawing alone accounts for all of it, or where there are fewer than three pairs.
    """
    # Not above: whoever only reads a dossier would wait for it.
    from scipy.optimize import brentq

    chosen = chosen.within(~reading.coarse | (reading.people >= BARE))
    if len(chosen) < 3:
        return 0.0
    few = reading.coarse[chosen.one] | reading.coarse[chosen.other]
    rough, smooth = _Rough(reading, chosen.only(few)), chosen.only(~few)
    apart = np.abs(reading.values[smooth.one] - reading.values[smooth.other])
    noise = reading.variance[smooth.one] + reading.variance[smooth.other]
    wanted = float(ndtri(0.5 + quantile / 2))

    def excess(deviation: float) -> float:
        inside = float(np.count_nonzero(apart <= wanted * np.sqrt(2.0 * deviation**2 + noise)))
        if few.any():
            ranks = rough.ranks(deviation)(0.0)
            inside += float(part(*ranks, 0.5 - quantile / 2, 0.5 + quantile / 2).sum()) / 2.0 * rough.weight
        return quantile - inside / len(chosen)

    if excess(0.0) <= 0.0:
        return 0.0
    return float(brentq(excess, 0.0, WIDEST, xtol=1e-4)) if excess(WIDEST) < 0.0 else WIDEST


def core(reading: Reading, area: Integers, deviation: float) -> Flags:
    """Tell which places lie near the middle of their area, shape (n,).

    A spread read first from all pairs, and then again from those within the core, is freed of most of what
    invented figures add to it.

    Parameters
    ----------
    reading
        What was measured at each place.
    area
        Number of the area of each place, shape (n,).
    deviation
        As :func:`spread` gave it for all pairs.
    """
    middle = centres(reading, area, int(area.max(initial=-1)) + 1, deviation)[0]
    apart = np.abs(reading.values - middle[area])
    return np.asarray(apart <= FAR * np.sqrt(deviation**2 + reading.variance))


def together(first: Reading, second: Reading, chosen: Pairs, spreads: tuple[float, float]) -> float:
    """Return the correlation of two quantities between places, from the signs of pair differences.

    Kendall's tau of the pairs, turned into a correlation by Greiner's relation (the sine of tau quarter
    turns), and then freed from the noise of drawing, which hides a part of it.

    Parameters
    ----------
    first, second
        What was measured of each quantity.
    chosen
        Pairs of places.
    spreads
        Of the first and of the second quantity, as :func:`spread` gives them.

    Returns
    -------
    float
        Between -0.95 and 0.95; zero where either spread is zero.
    """
    if min(spreads) <= 0.0 or len(chosen) < 3:
        return 0.0
    both = first, second
    signs = [np.sign(one.values[chosen.one] - one.values[chosen.other]) for one in both]
    seen = np.sin(np.pi / 2 * float(np.mean(signs[0] * signs[1])))
    for one, deviation in zip(both, spreads, strict=True):
        noise = float(np.median(one.variance[chosen.one] + one.variance[chosen.other]))
        seen *= np.sqrt(1.0 + noise / (2.0 * deviation**2))
    return float(np.clip(seen, -0.95, 0.95))


def slope(reading: Reading, along: Floats, chosen: Pairs) -> float:
    """Return the median slope of pairs, each weighing as much as the two lie apart (Theil and Sen).

    Parameters
    ----------
    reading
        What was measured at each place.
    along
        What it may rise with, shape (n,).
    chosen
        Pairs of places.
    """
    # Not above: whoever only reads a dossier would wait for it.
    from scipy.optimize import brentq

    chosen = chosen.only(np.abs(along[chosen.one] - along[chosen.other]) > 0.05)
    if len(chosen) < 10:
        return 0.0
    run = along[chosen.one] - along[chosen.other]
    each, weight = (reading.values[chosen.one] - reading.values[chosen.other]) / run, np.abs(run)
    few = reading.coarse[chosen.one] | reading.coarse[chosen.other]
    if not few.any():
        ranked = np.argsort(each, kind="stable")
        reached = np.cumsum(weight[ranked])
        return float(each[ranked][np.searchsorted(reached, reached[-1] / 2)])
    # The weighted median balances the pairs that rise more steeply against the others; small counts stand
    # on both sides by parts.
    rough, deviation = _Rough(reading, chosen.only(few)), spread(reading, chosen)
    across, ranks = along[rough.one] - along[rough.other], rough.ranks(deviation)

    def steeper(one: float) -> float:
        parts = part(*ranks(one * across), 0.5, 2.0) - 0.5
        plain = weight[~few] * np.sign(each[~few] - one)
        return float((across * parts).sum() / 2.0 * rough.weight + plain.sum() / 2.0)

    if steeper(-STEEPEST) <= 0.0 or steeper(STEEPEST) >= 0.0:
        return 0.0
    return float(brentq(steeper, -STEEPEST, STEEPEST, xtol=1e-4))


def centres(reading: Reading, area: Integers, count: int, deviation: float = 0.0) -> tuple[Floats, Integers]:
    """Return the median of each area, and how many places it rests on.

    Parameters
    ----------
    reading
        What was measured at each place.
    area
        Number of the area of each place from zero, shape (n,).
    count
        Number of areas.
    deviation
        Between places; it matters where counts are small alone.

    Returns
    -------
    middle : ndarray of float, shape (count,)
    size : ndarray of int, shape (count,)
    """
    values = reading.values
    size = np.bincount(area, minlength=count)
    ranked = values[np.lexsort((values, area))]
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    low, high = start + np.maximum(size - 1, 0) // 2, start + size // 2
    top = len(values) - 1
    middle = (ranked[np.minimum(low, top)] + ranked[np.minimum(high, top)]) / 2
    middle = np.where(size > 0, middle, 0.0)
    few = np.bincount(area[reading.coarse], minlength=count) > 0
    if few.any():
        middle = np.where(few, _balanced(reading, area, middle, few, deviation), middle)
    return middle, size


def _balanced(reading: Reading, area: Integers, start: Floats, few: Flags, deviation: float) -> Floats:
    """Return the logit of each area of which half of what its counts stand for lies above, by halving."""
    here = few[area]
    own, count = area[here], len(start)
    coarse = reading.coarse[here]
    small, large = np.flatnonzero(coarse), np.flatnonzero(~coarse)
    low, high = (Above(law.at(here).at(small), deviation**2) for law in (reading.low, reading.high))
    # A large count is a bare point: what bounds it from one side does so from the other.
    point = Above(reading.middle.at(here).at(large), deviation**2)
    parts = np.zeros(len(own))
    size = np.maximum(np.bincount(own, minlength=count), 1)
    middle, step = start, WIDEST
    for _ in range(HALVINGS):
        own_middle = middle[own]
        least = low(own_middle[small])
        parts[small] = part(least, np.maximum(least, high(own_middle[small])), 0.5, 2.0)
        parts[large] = point(own_middle[large]) >= 0.5
        beyond = np.bincount(own, parts, minlength=count) / size
        step /= 2.0
        middle = middle + step * np.sign(np.round(beyond - 0.5, 9))
    return middle
