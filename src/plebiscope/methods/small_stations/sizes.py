"""How far a station is from the others of its place, how small it is there, and the difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.resampling import left_out

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def standardised(values: Floats, place: Ints) -> Floats:
    """Return how far each station is from the others of its place, in their standard deviations.

    Parameters
    ----------
    values
        Shape (n,).
    place
        Neighbourhood of each, numbered from 0, each with three stations or more, shape (n,).

    Returns
    -------
    ndarray of float64, shape (n,)
        Not a number where the others are all the same.
    """
    away = values - (np.bincount(place, values) / np.bincount(place))[place]
    others = np.bincount(place)[place] - 1.0
    total, square = np.bincount(place, away)[place] - away, np.bincount(place, away**2)[place] - away**2
    mean = total / others
    variance = (square - others * mean**2) / (others - 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (away - mean) / np.sqrt(np.where(variance > 1e-14, variance, np.nan))
    return np.asarray(found, dtype=np.float64)


def smallness(sizes: Ints, place: Ints, part: int) -> Floats:
    """Return how far each station belongs to the smallest part of its place: 0, 1, or in between for ties.

    Parameters
    ----------
    sizes, place
        Size and neighbourhood of each station, shape (n,).
    part
        Per cent.
    """
    order = np.lexsort((sizes, place))
    count = np.bincount(place)
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    wanted = -(-part * count // 100)
    inside = np.clip(wanted[place[order]] - (np.arange(len(order)) - begin[place[order]]), 0, 1)
    # Stations of one size in one place share what falls to them.
    first = np.append(True, (np.diff(place[order]) != 0) | (np.diff(sizes[order]) != 0))
    block = np.cumsum(first) - 1
    found = np.empty(len(order))
    found[order] = (np.bincount(block, inside) / np.bincount(block))[block]
    return found


def difference(z: Floats, weight: Floats) -> float:
    """Return the mean of the small less that of the others; stations without a ``z`` do not count."""
    known = np.isfinite(z)
    z, weight = z[known], weight[known]
    small, large = float(weight.sum()), float((1.0 - weight).sum())
    return float(weight @ z) / max(small, 1e-300) - float((1.0 - weight) @ z) / max(large, 1e-300)


def leaving_out(z: Floats, weight: Floats, areas: Ints) -> Floats:
    """Return the difference without each area in turn; empty where it then cannot be formed, or one is all.

    Parameters
    ----------
    z, weight
        See :func:`difference`; shape (n,).
    areas
        Area of each station, shape (n,).
    """
    known = np.isfinite(z)
    area = np.unique(areas[known], return_inverse=True)[1]
    small, others = weight[known], 1.0 - weight[known]
    sums = (np.bincount(area, part) for part in (small * z[known], small, others * z[known], others))
    of_small, smalls, of_others, rest = (part.sum() - part for part in sums)
    if min(smalls.min(initial=1.0), rest.min(initial=1.0)) < 1e-9:
        return np.empty(0)
    return np.asarray(of_small / smalls - of_others / rest, dtype=np.float64)


def dealt_out(z: Floats, weight: Floats, place: Ints) -> float:
    """Return the difference in standard deviations of what it is with sizes dealt out anew in each place."""
    known = np.isfinite(z)
    z, weight = z[known], weight[known]
    place = np.unique(place[known], return_inverse=True)[1]
    count = np.bincount(place)
    small, large = float(weight.sum()), float((1.0 - weight).sum())
    if small <= 0.0 or large <= 0.0:
        return 0.0
    score = weight / small - (1.0 - weight) / large
    means = [np.bincount(place, part) / count for part in (score, z)]
    pairs = zip((score, z), means, strict=True)
    spreads = [np.bincount(place, (part - mean[place]) ** 2) for part, mean in pairs]
    variance = float(np.sum(spreads[0] * spreads[1] / np.maximum(count - 1, 1)))
    expected = float(np.sum(count * means[0] * means[1]))
    return (float(score @ z) - expected) / variance**0.5 if variance > 0.0 else 0.0


def with_interval(
    z: Floats, weight: Floats, areas: Ints, coverage: float
) -> tuple[float, tuple[float, float] | tuple[None, None], float | None]:
    """Return the difference, its interval from leaving out each area in turn, and the coverage of that.

    Parameters
    ----------
    z, weight, areas
        See :func:`leaving_out`.
    coverage
        As a probability; null comes back with no ends, where no interval can be formed.
    """
    value, without = difference(z, weight), leaving_out(z, weight, areas)
    if not len(without):
        return value, (None, None), None
    known = np.isfinite(z)
    area = np.unique(areas[known], return_inverse=True)[1]
    small = np.bincount(area, weight[known]).astype(np.float64)
    return value, left_out(without, value, coverage, small), coverage
