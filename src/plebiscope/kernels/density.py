"""Where counts lie: sums by one-per-cent bins, the peaks of a curve, the centre of the densest half."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PERCENT_BINS = 101
"""Bins 0, 1, ... 100 per cent; the last one holds exactly 100 per cent."""

_TRIANGLE = np.array([1.0, 2.0, 3.0, 2.0, 1.0])


def percent_bins(part: Integers, whole: Integers) -> Integers:
    """Assign each station to its whole per cent, rounded down, in whole-number arithmetic.

    Parameters
    ----------
    part, whole : ndarray of int64, shape (n,)
        Counts with ``0 <= part <= whole`` and ``whole > 0``.

    Returns
    -------
    ndarray of int64, shape (n,)
        ``floor(100 part / whole)``, 0 to 100.

    Raises
    ------
    ValueError
        If a part is negative or larger than its whole.
    """
    if np.any(part < 0) or np.any(part > whole) or np.any(whole <= 0):
        raise ValueError("every part must lie between 0 and its whole, and every whole must be positive")
    return np.asarray(100 * part // whole, dtype=np.int64)


def binned_sums(bins: Integers, groups: Integers, values: Integers, n_groups: int) -> Floats:
    """Sum values by group and one-per-cent bin.

    Parameters
    ----------
    bins, groups, values : ndarray of int64, shape (n,)
        Bin (0 to 100), group (0 to ``n_groups - 1``) and value of each station.
    n_groups : int
        Number of groups.

    Returns
    -------
    ndarray of float64, shape (n_groups, 101)
    """
    flat = np.bincount(groups * PERCENT_BINS + bins, values, n_groups * PERCENT_BINS)
    return np.asarray(flat.reshape(n_groups, PERCENT_BINS), dtype=np.float64)


def smooth(curve: Floats) -> Floats:
    """Average each bin with two neighbours on either side, weights 1 2 3 2 1.

    Wide enough to bridge the surplus of stations at round percentages, narrow enough to keep two bulks
    apart. Outside the bins the curve is zero.
    """
    return np.convolve(curve, _TRIANGLE / _TRIANGLE.sum(), mode="same")


def peaks(
    curve: Floats, stations: Floats, *, first: int, last: int, height: float, prominence: float, noise: float
) -> list[int]:
    """Find the peaks of a curve over one-per-cent bins, after smoothing.

    A peak is higher than everything within five bins, reaches ``height`` of the highest, and is parted
    from any higher ground by a dip of at least ``prominence`` of its own height, and of at least
    ``noise / sqrt(stations under it)``, which is about what chance alone can dig.

    Parameters
    ----------
    curve : ndarray of float64, shape (101,)
    stations : ndarray of float64, shape (101,)
        Number of stations in each bin.
    first, last : int
        Bins in which a peak may lie.
    height, prominence : float
        Shares of the highest peak and of the peak itself.
    noise : float
        Number of relative standard errors that a dip must exceed.

    Returns
    -------
    list of int
        Bins of the peaks, from low to high; empty where the curve is zero.
    """
    level = smooth(curve)
    under = np.convolve(stations, np.ones(_TRIANGLE.size), mode="same")
    reach = _TRIANGLE.size
    top = level[first : last + 1].max()
    found = []
    for bin_ in range(first, last + 1):
        here = level[bin_]
        if here <= 0.0 or here < height * top:
            continue
        left, right = level[max(0, bin_ - reach) : bin_], level[bin_ + 1 : bin_ + reach + 1]
        if (left.size and left.max() >= here) or (right.size and right.max() > here):
            continue
        dip = (
            1.0
            - max(
                _lowest_before_higher(level[:bin_][::-1], here),
                _lowest_before_higher(level[bin_ + 1 :], here),
            )
            / here
        )
        if dip >= max(prominence, noise / np.sqrt(max(under[bin_], 1.0))):
            found.append(bin_)
    return found


def _lowest_before_higher(path: Floats, here: float) -> float:
    """Lowest point on the way to higher ground; zero where there is none, since outside is zero."""
    higher = np.flatnonzero(path > here)
    return float(path[: higher[0]].min(initial=here)) if higher.size else 0.0


def minimum_covariance_centre(x: Floats, y: Floats, weights: Floats) -> tuple[float, float]:
    """Centre of the half of all weight that lies closest together (minimum covariance determinant).

    Concentration steps keep the nearest points until half of the weight is reached. They start from the
    neighbourhoods of a regular grid, so no random draw is needed, and run first on points gathered in
    cells of one unit with their exact moments; the three best then go on with the single points. The
    raw centre is returned, without reweighting.

    Parameters
    ----------
    x, y, weights : ndarray of float64, shape (n,)
        Points in per cent (0 to 100) and their positive weights.

    Returns
    -------
    tuple of float
        Weighted centre (x, y) in per cent.

    Notes
    -----
    Rousseeuw and Van Driessen (1999), doi:10.1080/00401706.1999.10485670, with weights. Several local
    optima are the rule; the smallest determinant among all starts wins.
    """
    half = weights.sum() / 2.0
    points = np.stack([weights, weights * x, weights * y, weights * x * x, weights * x * y, weights * y * y])
    cell = np.minimum(x, 100.0).astype(np.int64) * PERCENT_BINS + np.minimum(y, 100.0).astype(np.int64)
    cells = [np.bincount(cell, row, PERCENT_BINS**2) for row in points]
    gathered: Floats = np.stack(cells).astype(np.float64)[:, cells[0] > 0.0]

    centres = np.arange(5.0, 100.0, 10.0)
    ends = []
    for start_x in centres:
        for start_y in centres:
            nearness = _squared(gathered, start_x, start_y)
            seed = _moments(gathered, nearness, half / 25.0)
            if _determinant(seed) > 0.0:
                ends.append(_concentrate(gathered, seed, half))
    if not ends:
        overall = points.sum(axis=1)
        return float(overall[1] / overall[0]), float(overall[2] / overall[0])
    ends.sort(key=_determinant)
    distinct: list[Floats] = []
    for end in ends:
        if all(not np.allclose(end, other, rtol=1e-9, atol=1e-9) for other in distinct):
            distinct.append(end)
    best = min((_concentrate(points, end, half) for end in distinct[:3]), key=_determinant)
    return float(best[0]), float(best[1])


def _squared(points: Floats, x: float, y: float) -> Floats:
    distance: Floats = (points[1] / points[0] - x) ** 2 + (points[2] / points[0] - y) ** 2
    return distance


def _moments(points: Floats, distance: Floats, weight: float) -> Floats:
    """Mean of x and y, variance of x, covariance, variance of y of the nearest points up to a weight.

    At least three points are taken, because fewer have no area.
    """
    order = np.argsort(distance, kind="stable")
    taken = max(3, int(np.searchsorted(np.cumsum(points[0][order]), weight)) + 1)
    total = points[:, order[:taken]].sum(axis=1)
    mean_x, mean_y = total[1] / total[0], total[2] / total[0]
    return np.array(
        [
            mean_x,
            mean_y,
            total[3] / total[0] - mean_x**2,
            total[4] / total[0] - mean_x * mean_y,
            total[5] / total[0] - mean_y**2,
        ]
    )


def _determinant(moments: Floats) -> float:
    return float(moments[2] * moments[4] - moments[3] ** 2)


def _concentrate(points: Floats, seed: Floats, half: float) -> Floats:
    """Repeat concentration steps from a seed until the determinant stops shrinking."""
    x, y = points[1] / points[0], points[2] / points[0]
    moments, best = seed, np.inf
    while _determinant(moments) > 0.0:
        from_x, from_y = x - moments[0], y - moments[1]
        distance = moments[4] * from_x**2 - 2.0 * moments[3] * from_x * from_y + moments[2] * from_y**2
        closer = _moments(points, distance, half)
        if _determinant(closer) >= best * (1.0 - 1e-12):
            break
        moments, best = closer, _determinant(closer)
    return moments
