"""The smallest departure that a test notices often enough to be told: 80 times in 100."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

POWER = 0.8
"""Chance with which what is told as a limit is noticed."""
_AS_NORMAL = 1000.0
"""Degrees of freedom from which Student's law is taken for the normal one."""
_QUANTILES = 200


def least_apart(error: float, least: float = 0.0, *, level: float = 0.05, free: float = _AS_NORMAL) -> float:
    """Return the smallest difference that a two-sided test notices, and that is seen as one that matters.

    An error of few degrees of freedom may be too small by chance, and a multiple of it then too small to be
    noticed: the multiple is such that over all errors that there could be it is noticed often enough.

    Parameters
    ----------
    error
        Standard error of the difference.
    least
        Smallest difference that matters.
    level
        Size of the test, as a probability.
    free
        Degrees of freedom of the error.
    """
    if free < _AS_NORMAL:
        errors, more = _multiple(level, free), float(special.stdtrit(free, POWER))
    else:
        reach, more = special.ndtri([1.0 - level / 2.0, POWER]).tolist()
        errors = reach + more
    least_seen: float = max(errors * error, least + more * error)
    return least_seen


@cache
def _multiple(level: float, free: float) -> float:
    """Return how many estimated errors a difference must have."""
    reach = float(special.stdtrit(free, 1.0 - level / 2.0))
    # Estimated over true error, as it may turn out when the limit is told and when the test is made.
    beyond = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    turned_out = np.sqrt(special.chdtri(free, beyond) / free)

    def lacking(errors: float) -> float:
        return float(special.ndtr(errors * turned_out[:, None] - reach * turned_out).mean()) - POWER

    return float(optimize.brentq(lacking, 0.0, 1e6))


def hitting(trials: NDArray[np.int64], width: float) -> float:
    """Return which share of stations come to lie in a window when they are written from its middle.

    Counts are whole: a small station misses a narrow window on either side.

    Parameters
    ----------
    trials
        What the ratio of each station is of, shape (n,).
    width
        Width of the window, as a share.
    """
    return float(np.mean(np.minimum(1.0, width * trials)))
