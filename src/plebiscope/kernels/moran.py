"""Whether places near one another have values alike: Moran's I, of all places and of each.

Every place is held against the mean of its k nearest. Under the null values are exchanged at random between
the places of one area, so that what areas have in common shows nothing. A place's own value is exchanged with
the others', and may come to lie next to it; with thirty places or more to an area that makes no difference
that 500 exchanges could show.

References
----------
Moran (1950), Biometrika 37, 17-23; Anselin (1995), Geographical Analysis 27, 93-115 (the local form, and
exchanges).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moran:
    """What was observed, and how often exchanges gave as much.

    Attributes
    ----------
    value
        Moran's I: near 1 where neighbours are alike, near 0 where they are not.
    expected
        Its mean over the exchanges.
    p
        Chance of a value as far out, to either side: ``2 (1 + r) / (R + 1)`` of the side with fewer.
    local
        Value of each place times the mean of its nearest, in units of the variance, shape (n,).
    local_p
        The same chance for each, shape (n,).
    """

    value: float
    expected: float
    p: float
    local: Floats
    local_p: Floats


def on_sphere(longitude: Floats, latitude: Floats) -> Floats:
    """Return places as points of a sphere of radius 1, shape (n, 3), from degrees."""
    east, north = np.radians(longitude), np.radians(latitude)
    level = np.cos(north)
    return np.column_stack([level * np.cos(east), level * np.sin(east), np.sin(north)])


def nearest(points: Floats, k: int) -> Ints:
    """Return the k nearest other places of each, shape (n, k); n must exceed k."""
    _, found = cKDTree(points).query(points, k + 1)
    own = np.arange(len(points))[:, None]
    # Where several places are one point, the place itself need not come first, nor at all.
    others = np.where(
        (found == own).any(axis=1)[:, None], found, np.concatenate([own, found[:, :-1]], axis=1)
    )
    return np.asarray(others[others != own].reshape(len(points), k), dtype=np.int64)


def moran(values: Floats, near: Ints, area: Ints, draws: int, rng: np.random.Generator) -> Moran:
    """Compute Moran's I and its law under exchange within areas.

    Parameters
    ----------
    values
        Shape (n,), not all the same.
    near
        Nearest places of each, shape (n, k).
    area
        Area of each place, shape (n,).
    draws
        Number of exchanges.
    rng
        Source of randomness.
    """
    z = (values - values.mean()) / values.std()
    local = z * z[near].mean(axis=1)
    order = np.argsort(area, kind="stable")
    above, below = np.zeros(len(z), dtype=np.int64), np.zeros(len(z), dtype=np.int64)
    whole = np.empty(draws)
    for draw in range(draws):
        exchanged = np.empty_like(z)
        exchanged[order] = z[order[np.lexsort((rng.random(len(z)), area[order]))]]
        around = exchanged[near].mean(axis=1)
        whole[draw] = float((exchanged * around).mean())
        each = z * around
        above += each >= local
        below += each <= local
    value = float(local.mean())
    p = _two_sided(np.array((whole >= value).sum()), np.array((whole <= value).sum()), draws)
    return Moran(value, float(whole.mean()), float(p), local, _two_sided(above, below, draws))


def _two_sided(above: Ints, below: Ints, draws: int) -> Floats:
    return np.asarray(np.minimum(2.0 * (1.0 + np.minimum(above, below)) / (draws + 1.0), 1.0))
