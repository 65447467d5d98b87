"""Digits of counts: what they are, what Benford's law expects, and what a smooth law of counts does.

References
----------
Benford (1938), Proceedings of the American Philosophical Society 78, 551-572 (the law of first digits, from
which the one of second digits follows).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BENFORD_SECOND: Floats = np.log10(1.0 + 1.0 / (10.0 * np.arange(1, 10)[:, None] + np.arange(10))).sum(axis=0)
"""Chances of the second digits 0 to 9 under Benford's law."""

_GRID = 1000
"""Cells of the density of rates."""
_CLASSES, _CLASS = 10, 2000
"""Size classes at most, and stations of a class at least: small stations vote otherwise than large ones."""


def second_digit(counts: Ints) -> Ints:
    """Return the second significant digit of each count.

    Parameters
    ----------
    counts
        Counts of at least 10, shape (n,).

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    leading = counts.copy()
    while np.any(leading >= 100):
        leading = np.where(leading >= 100, leading // 10, leading)
    digits: Ints = leading % 10
    return digits


def whole_per_cent(part: Ints, whole: Ints) -> Ints:
    """Round rates to whole per cent, halves to the even number, never above 100.

    Parameters
    ----------
    part, whole
        Counts, ``whole`` positive, shape (n,).

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    down, rest = np.divmod(100 * part, whole)
    up = (2 * rest > whole) | ((2 * rest == whole) & (down % 2 == 1))
    rounded: Ints = np.minimum(down + up, 100)
    return rounded


def rate_density(part: Ints, whole: Ints) -> Floats:
    """Estimate the density of the rates ``part / whole`` on a grid of a tenth of a point.

    The Gaussian kernel is as wide as the rule of thumb asks, and its standard deviation at least that of a
    quarter of ten counts of the median station: that and the different sizes of stations keep a pattern in
    last digits from being taken for the shape. Rates are reflected at 0 and 1.

    Parameters
    ----------
    part, whole
        Counts with ``0 <= part <= whole``, ``whole`` positive, shape (n,), n at least 2.

    Returns
    -------
    ndarray of float64, shape (1001,)
        Positive values, up to a common factor.
    """
    rates = part / whole
    seen = np.bincount(np.rint(rates * _GRID).astype(np.int64), minlength=_GRID + 1).astype(np.float64)
    width = max(1.06 * float(rates.std()) * len(rates) ** -0.2, 2.5 / float(np.median(whole)))
    reach = np.arange(-_GRID, _GRID + 1) / _GRID
    kernel = np.exp(-0.5 * (reach / width) ** 2)
    mirrored = np.concatenate([seen[:0:-1], seen, seen[-2::-1]])
    smooth = np.convolve(mirrored, kernel, mode="same")[_GRID : 2 * _GRID + 1]
    density: Floats = np.maximum(smooth, 1e-12 * smooth.max())
    return density


def last_digit_chances(part: Ints, whole: Ints, block: int = 10, every: int = 1) -> Floats:
    """Return the chance of endings of a count, given all its digits but the last ones.

    Within the block of ten (or a hundred) counts in which it lies, a count has the chances that the smooth
    density of rates among stations of like size gives; nothing is assumed of how a count came about.

    Parameters
    ----------
    part, whole
        Counts with ``0 <= part <= whole``, ``whole`` positive, shape (n,), n at least 2.
    block
        10 for the last digit, 100 for the last two.
    every
        Endings returned: 0 and every so many after it.

    Returns
    -------
    ndarray of float64, shape (n, ceil(block / every))
    """
    order = np.argsort(whole, kind="stable")
    classes = np.array_split(order, min(_CLASSES, max(1, len(part) // _CLASS)))
    chances = np.empty((len(part), len(range(0, block, every))))
    for members in classes:
        k, n = part[members], whole[members]
        chances[members] = _within_blocks(rate_density(k, n), k, n, block)[:, ::every]
    return chances


def _within_blocks(density: Floats, part: Ints, whole: Ints, block: int) -> Floats:
    counts = (part - part % block)[:, None] + np.arange(block)
    at = np.minimum(counts / whole[:, None], 1.0) * _GRID
    below = np.minimum(at.astype(np.int64), _GRID - 1)
    weight = density[below] + (at - below) * np.diff(density)[below]
    weight[counts > whole[:, None]] = 0.0
    chances: Floats = weight / weight.sum(axis=1, keepdims=True)
    return chances
