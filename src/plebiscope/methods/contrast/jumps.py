"""How far stations lie from what their own past predicts, which of them jumped, and whether these gather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from plebiscope.methods.contrast.asking import Flags, Floats, Ints

_NORMAL = 0.6744897501960817
"""Median distance from the middle of a normal law, in standard deviations."""
_HUBER = 1.345
"""Standard deviations from which a station pulls less (Huber 1964): 95 % as exact as least squares on a
normal law."""
_ROUNDS = 30
_ENOUGH = 1e-8


def double_mad(figures: Floats) -> Floats:
    """Return how far figures lie from their median, in median absolute deviations of their own side.

    The side is told by the figure, whatever the order; figures at the median count for both sides. A figure
    whose side has no width lies infinitely far. What is not known stays so.

    Parameters
    ----------
    figures
        Shape (n,); not a number where it is not known.

    Returns
    -------
    ndarray of float64, shape (n,)
        Below the median negative.

    Examples
    --------
    The median is 5; of figures up to it the deviations are 4, 1 and 0, from it on 0, 2 and 20:

    >>> double_mad(np.array([25.0, 4, 7, 1, 5])).tolist()
    [10.0, -1.0, 1.0, -4.0, 0.0]
    """
    known = figures[~np.isnan(figures)]
    if not len(known):
        return np.full(len(figures), np.nan)
    off = figures - np.median(known)
    left, right = np.median(-off[off <= 0.0]), np.median(off[off >= 0.0])
    width = np.where(off < 0.0, left, right)
    far = np.copysign(np.full(len(off), np.inf), off)
    return np.where(off == 0.0, 0.0, np.divide(off, width, out=far, where=width > 0.0))


@dataclass(frozen=True, slots=True)
class Predicted:
    """What the past predicts; arrays of shape (n,).

    Attributes
    ----------
    figures
        The figure of each station that the others' pasts and its own predict.
    off
        The figure less that, over its standard deviation by chance and natural spread.
    pulled
        How far the pull of the slopes towards 0 moves what is predicted, in the unit of the figures.
    """

    figures: Floats
    off: Floats
    pulled: Floats


def predict(
    figures: Floats, chance: Floats, past: Floats, past_chance: Floats, groups: Ints, ridge: float
) -> Predicted:
    """Predict figures from past ones, each station by the others (its own pull on the line is taken out).

    A straight line in all past figures, the same everywhere but for the middle of each group; stations that
    lie far from it pull less (Huber), and all slopes a little towards 0, so that past figures that go
    together do no harm.

    Parameters
    ----------
    figures, chance
        And their variance by chance, shape (n,).
    past, past_chance
        The same of past figures, shape (n, k).
    groups
        Inside which all is compared, numbered from 0, shape (n,).
    ridge
        How many stations the pull towards 0 counts for.
    """
    moved = past - _middle(past, groups)
    width = np.maximum(moved.std(axis=0), 1e-12)
    x, middle = (
        np.column_stack([moved / width, np.ones(len(figures))]),
        _middle(figures[:, None], groups)[:, 0],
    )
    y, variance = figures - middle, np.ones(len(figures))
    penalty = np.diag([*np.full(past.shape[1], ridge), 0.0])
    for _ in range(2):
        slopes, left, pulled = _huber(x, y, 1.0 / variance, penalty)
        left = left - _middle(left[:, None], groups)[:, 0]
        noise = chance + past_chance @ (slopes[:-1] / width) ** 2
        variance = noise + _natural(left, noise)
    return Predicted(figures - left, left / np.sqrt(variance), pulled)


def _huber(x: Floats, y: Floats, weight: Floats, penalty: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the slopes, and what each station is off a line through the others, their weights being kept.

    The last is the part of that which the penalty makes, of a line on which all lie.
    """
    weight = weight / weight.mean()
    pull, slopes = np.ones_like(y), np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        weighted = x * (weight * pull)[:, None]
        inverse = np.linalg.pinv(x.T @ weighted + penalty)
        last, slopes = slopes, inverse @ (weighted.T @ y)
        off = y - x @ slopes
        scaled = np.abs(off) * np.sqrt(weight)
        spread = float(np.median(scaled)) / _NORMAL
        pull = np.minimum(1.0, _HUBER * spread / np.maximum(scaled, 1e-300)) if spread > 0.0 else pull
        if np.abs(slopes - last).max() < _ENOUGH:
            break
    own = np.einsum("ij,jk,ik->i", x * (weight * pull)[:, None], inverse, x)
    alone = np.maximum(1.0 - own, _ENOUGH)
    return slopes, off / alone, (x @ (inverse @ (penalty @ slopes))) / alone


def _natural(off: Floats, noise: Floats) -> float:
    """Return the variance beside chance with which the middle station is as far off as a normal law says."""

    def excess(variance: float) -> float:
        return float(np.median(off**2 / (noise + variance))) - _NORMAL**2

    if excess(0.0) <= 0.0:
        return 0.0
    return float(brentq(excess, 0.0, float(np.max(off**2)) / _NORMAL**2))


def _middle(figures: Floats, groups: Ints) -> Floats:
    """Return for each station the medians of its group, shape (n, k)."""
    found = np.empty_like(figures)
    order = np.argsort(groups, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        found[members] = np.median(figures[members], axis=0)
    return found


@dataclass(frozen=True, slots=True)
class Gathered:
    """Whether stations that jumped the same way share areas.

    Attributes
    ----------
    pairs, expected
        Pairs of stations in one area that jumped the same way, and how many chance puts there.
    p
        ``(1 + draws with as many) / (1 + draws)``.
    areas
        Number of areas.
    """

    pairs: int
    expected: float
    p: float
    areas: int


def gather(jumped: Ints, areas: Ints, strata: Ints, draws: int, rng: np.random.Generator) -> Gathered | None:
    """Ask whether stations that jumped gather in areas, dealing them out again inside strata.

    Parameters
    ----------
    jumped
        1 for up, -1 for down, 0 for neither, shape (n,).
    areas, strata
        Of each station, numbered from 0, shape (n,): stations of one stratum are as likely to have jumped.
    draws
        Number of times.
    rng
        Source of randomness.

    Returns
    -------
    Gathered or None
        None where no stratum reaches into two areas.

    Examples
    --------
    Two of four stations jumped, both in the first of two areas of two. Of the six pairs of stations two share
    an area, so that chance puts a third of a pair there:

    >>> ones = np.array([1, 1, 0, 0])
    >>> zeros, rng = np.zeros(4, dtype=np.int64), np.random.default_rng(1)
    >>> found = gather(ones, np.array([0, 0, 1, 1]), zeros, 99, rng)
    >>> found.pairs, round(found.expected, 3)
    (1, 0.333)
    """
    count = int(areas.max()) + 1
    pairs = expected = 0.0
    for way in (1, -1):
        pairs += _pairs(np.bincount(areas[jumped == way], minlength=count))
        expected += _expected(jumped == way, areas, strata)
    if not np.any(np.bincount(np.unique(np.column_stack([strata, areas]), axis=0)[:, 0]) > 1):
        return None
    free = np.flatnonzero(np.isin(strata, strata[jumped != 0]))
    order, inside = free[np.argsort(strata[free], kind="stable")], strata[free]
    as_many = 0
    for _ in range(draws):
        dealt = jumped[free[np.argsort(inside + rng.random(len(free)))]]
        drawn = sum(_pairs(np.bincount(areas[order[dealt == way]], minlength=count)) for way in (1, -1))
        as_many += drawn >= pairs
    return Gathered(int(pairs), expected, (1 + as_many) / (1 + draws), count)


def _pairs(stations: Ints) -> float:
    return float((stations * (stations - 1)).sum()) / 2.0


def _expected(jumped: Flags, areas: Ints, strata: Ints) -> float:
    """Return how many pairs share an area if those that jumped are dealt out inside their stratum."""
    sizes = np.bincount(strata).astype(np.float64)
    drawn = np.bincount(strata[jumped], minlength=len(sizes))
    cells, stations = np.unique(np.column_stack([strata, areas]), axis=0, return_counts=True)
    stratum, area = cells.T
    part = (drawn / np.maximum(1.0, sizes))[stratum]
    mean = stations * part
    # Of two stations of one stratum the second is drawn from the rest.
    again = np.maximum(0.0, drawn - 1.0) / np.maximum(1.0, sizes - 1.0)
    inside = stations * (stations - 1.0) * part * again[stratum]
    whole = np.bincount(area, mean)
    return float((whole**2).sum() - (mean**2).sum() + inside.sum()) / 2.0
