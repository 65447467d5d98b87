"""How many stations have no vote for an option, if each vote falls to any of them by itself.

With equal chances for all stations the number of stations without one is smallest, in distribution: any
difference between stations, in size or in support, makes more of them empty. So the law of equal chances
bounds the probability of few empty stations, whatever the differences are.

References
----------
Marshall, Olkin and Arnold (2011), Inequalities: Theory of Majorization and Its Applications, 2nd edition,
https://doi.org/10.1007/978-0-387-68276-1 (the number of distinct outcomes falls as chances grow unequal; the
result is Wong and Yue's of 1973).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def moments(cells: NDArray[np.int64], votes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return mean and variance of the number of empty cells, for arrays of cells (2 or more) and votes."""
    m, x = cells.astype(np.float64), votes.astype(np.float64)
    one, two = (
        np.exp(x * np.log1p(-1.0 / m)),
        np.where(m > 2, np.exp(x * np.log1p(-2.0 / np.maximum(m, 3))), 0.0),
    )
    mean = m * one
    return mean, np.maximum(m * one + m * (m - 1.0) * two - mean**2, 0.0)


def law(cells: int, votes: int) -> Floats:
    """Return P(0 empty), ..., P(all empty) for votes that fall to equal cells, shape (cells + 1,).

    Each vote falls to an occupied cell or to an empty one; all terms are positive, so that the smallest
    probabilities keep their digits.
    """
    occupied = np.arange(cells + 1) / cells
    chance = np.zeros(cells + 1)
    chance[0] = 1.0
    for _ in range(votes):
        entered = chance[:-1] * (1.0 - occupied[:-1])
        chance *= occupied
        chance[1:] += entered
    return chance[::-1]
