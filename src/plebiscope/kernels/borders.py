"""Whether values jump where one area ends and the next begins, against lines drawn at random.

Next to a border are the places of either side that have one of the other side among their nearest. The
difference of the two means is held against the same places cut by straight lines of random direction into
parts as large: where values only change from place to place, the border is one line among others.

References
----------
Keele and Titiunik (2015), Political Analysis 23, 127-155 (borders as designs, and what they take for
granted).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_AT_ONCE = 250
"""Lines drawn at once, which bounds the memory."""


def borders(near: Ints, area: Ints, outer: Ints, least: int) -> list[tuple[Ints, Ints]]:
    """Find the places next to each border.

    Parameters
    ----------
    near
        Nearest places of each, shape (n, k).
    area
        Area of each place, from 0, shape (n,).
    outer
        Larger area of each; only borders inside one count.
    least
        Fewest places on each side.

    Returns
    -------
    list of (ndarray, ndarray)
        The places on the two sides of each border, in the order of the areas.
    """
    own = np.repeat(np.arange(len(area)), near.shape[1])
    other = near.ravel()
    across = (area[own] != area[other]) & (outer[own] == outer[other])
    own, other = own[across], other[across]
    if not len(own):
        return []
    areas = int(area.max()) + 1
    sides = area[own] * areas + area[other]
    members = {
        int(side): np.unique(own[sides == side]) for side in np.unique(sides) if side % areas != side // areas
    }
    found = []
    for side, places in members.items():
        back = members.get(side % areas * areas + side // areas)
        if side // areas < side % areas and back is not None and min(len(places), len(back)) >= least:
            found.append((places, back))
    return found


def contrasts(
    values: Floats,
    points: Floats,
    both: Sequence[tuple[Ints, Ints]],
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Return the differences across borders, and those across lines of random direction.

    Parameters
    ----------
    values, points
        Value and point, (n, 3), of each place.
    both
        Of :func:`borders`.
    draws
        Number of lines for each border.
    rng
        Source of randomness.

    Returns
    -------
    seen : ndarray of float64, shape (borders,)
        Size of the difference of the two means.
    drawn : ndarray of float64, shape (draws, borders)
    """
    seen = np.array([abs(values[one].mean() - values[other].mean()) for one, other in both])
    drawn = np.empty((draws, len(both)))
    for at, (one, other) in enumerate(both):
        places = np.concatenate([one, other])
        here, count = values[places], len(one)
        centred = points[places] - points[places].mean(axis=0)
        for begin in range(0, draws, _AT_ONCE):
            directions = rng.standard_normal((min(_AT_ONCE, draws - begin), 3))
            ranked = here[np.argsort(directions @ centred.T, axis=1, kind="stable")]
            apart = ranked[:, :count].mean(axis=1) - ranked[:, count:].mean(axis=1)
            drawn[begin : begin + len(apart), at] = np.abs(apart)
    return seen, drawn
