"""Groups drawn again with replacement, to see how far a figure rests on a few of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw_again(groups: int, replicates: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw as many groups as there are, with replacement.

    Parameters
    ----------
    groups, replicates
        Number of groups and of draws.
    rng
        Source of randomness.

    Returns
    -------
    ndarray of int64, shape (replicates, groups)
        How often each group was drawn.
    """
    return rng.multinomial(groups, np.full(groups, 1.0 / groups), size=replicates)


def interval(drawn: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return the ends between which the middle part ``level`` of the figures drawn lies."""
    outside = (1.0 - level) / 2.0
    low, high = np.quantile(drawn, [outside, 1.0 - outside])
    return float(low), float(high)
