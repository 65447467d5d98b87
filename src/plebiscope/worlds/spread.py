"""How far apart places are that belong together, measured so that a minority cannot move it.

Two stations of one district differ because their voters do and because each voter is drawn. What is left of
their difference without the drawing is the spread between them. It is read off differences of pairs, never
off distances from a mean: a pair needs no centre, so that nothing is lost in small districts, and of the
pairs only a quantile is used, which figures written by a minority of stations hardly touch (Rousseeuw and
Croux 1993, https://doi.org/10.1080/01621459.1993.10476408, for the estimate from quantiles of pairs).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MIDDLE, OUTER = 0.5, 0.8
"""Quantiles of the differences by which a spread is read: of the middle, and of the tails."""
FEW = 100
"""Up to so many places, every one is paired with every other of its area."""
FAR = 4.0
"""A place so many standard deviations from the middle of its area does not belong to the core."""
WIDEST = 8.0
"""No spread of logits is wider."""


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


@dataclass(frozen=True)
class Pairs:
    """Pairs of places that lie in one area: places in the arrays, shape (m,) each."""

    one: Integers
    other: Integers

    def __len__(self) -> int:
        return len(self.one)

    def within(self, core: NDArray[np.bool_]) -> Pairs:
        """Return the pairs of which both places belong to the core; shape of ``core``: (n,)."""
        kept = core[self.one] & core[self.other]
        return Pairs(self.one[kept], self.other[kept])


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


def spread(values: Floats, variance: Floats, chosen: Pairs, quantile: float = MIDDLE) -> float:
    """Return the standard deviation between places, without what drawing adds.

    Solves for the deviation at which the quantile of the standardised differences is that of a normal law.

    Parameters
    ----------
    values, variance
        What was measured at each place, and the variance with which; shape (n,).
    chosen
        Pairs of places.
    quantile
        Of the absolute differences.

    Returns
    -------
    float
        Zero where drawing alone accounts for all of it, or where there are fewer than three pairs.
    """
    if len(chosen) < 3:
        return 0.0
    apart = np.abs(values[chosen.one] - values[chosen.other])
    noise = variance[chosen.one] + variance[chosen.other]
    wanted = float(ndtri(0.5 + quantile / 2))

    def excess(deviation: float) -> float:
        return float(np.quantile(apart / np.sqrt(2.0 * deviation**2 + noise), quantile)) - wanted

    if excess(0.0) <= 0.0:
        return 0.0
    return float(brentq(excess, 0.0, WIDEST, xtol=1e-4)) if excess(WIDEST) < 0.0 else WIDEST


def core(values: Floats, variance: Floats, area: Integers, deviation: float) -> NDArray[np.bool_]:
    """Tell which places lie near the middle of their area, shape (n,).

    A spread read first from all pairs, and then again from those within the core, is freed of most of what
    invented figures add to it.

    Parameters
    ----------
    values, variance
        As for :func:`spread`, shape (n,).
    area
        Number of the area of each place, shape (n,).
    deviation
        As :func:`spread` gave it for all pairs.
    """
    middle = centres(values, area, int(area.max(initial=-1)) + 1)[0]
    return np.asarray(np.abs(values - middle[area]) <= FAR * np.sqrt(deviation**2 + variance))


def together(
    first: tuple[Floats, Floats], second: tuple[Floats, Floats], chosen: Pairs, spreads: tuple[float, float]
) -> float:
    """Return the correlation of two quantities between places, from the signs of pair differences.

    Kendall's tau of the pairs, turned into a correlation by Greiner's relation (the sine of tau quarter
    turns), and then freed from the noise of drawing, which hides a part of it.

    Parameters
    ----------
    first, second
        Values and variances of each quantity, shape (n,) each.
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
    signs = [np.sign(values[chosen.one] - values[chosen.other]) for values, _ in (first, second)]
    seen = np.sin(np.pi / 2 * float(np.mean(signs[0] * signs[1])))
    for (_, variance), deviation in zip((first, second), spreads, strict=True):
        noise = float(np.median(variance[chosen.one] + variance[chosen.other]))
        seen *= np.sqrt(1.0 + noise / (2.0 * deviation**2))
    return float(np.clip(seen, -0.95, 0.95))


def slope(values: Floats, along: Floats, chosen: Pairs) -> float:
    """Return the median slope of pairs, each weighing as much as the two lie apart (Theil and Sen).

    Parameters
    ----------
    values, along
        Shape (n,).
    chosen
        Pairs of places.
    """
    rise, run = values[chosen.one] - values[chosen.other], along[chosen.one] - along[chosen.other]
    usable = np.abs(run) > 0.05
    if np.count_nonzero(usable) < 10:
        return 0.0
    each, weight = rise[usable] / run[usable], np.abs(run[usable])
    ranked = np.argsort(each, kind="stable")
    reached = np.cumsum(weight[ranked])
    return float(each[ranked][np.searchsorted(reached, reached[-1] / 2)])


def centres(values: Floats, area: Integers, count: int) -> tuple[Floats, Integers]:
    """Return the median of each area, and how many places it rests on.

    Parameters
    ----------
    values, area
        Shape (n,); areas are numbered from zero.
    count
        Number of areas.

    Returns
    -------
    middle : ndarray of float, shape (count,)
    size : ndarray of int, shape (count,)
    """
    size = np.bincount(area, minlength=count)
    ranked = values[np.lexsort((values, area))]
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    low, high = start + np.maximum(size - 1, 0) // 2, start + size // 2
    top = len(values) - 1
    middle = (ranked[np.minimum(low, top)] + ranked[np.minimum(high, top)]) / 2
    return np.where(size > 0, middle, 0.0), size
