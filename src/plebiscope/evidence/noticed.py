"""The smallest departure that a test notices often enough to be told: 80 times in 100."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

POWER = 0.8
"""Chance with which what is told as a limit is noticed."""
_AS_NORMAL = 1000.0
"""Degrees of freedom from which Student's law is taken for the normal one."""


def least_apart(error: float, least: float = 0.0, *, level: float = 0.05, free: float = _AS_NORMAL) -> float:
    """Return the smallest difference that a two-sided test notices, and that is seen as one that matters.

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
        reach, more = special.stdtrit(free, [1.0 - level / 2.0, POWER]).tolist()
        errors = float(special.nctdtrinc(free, 1.0 - POWER, reach))
    else:
        reach, more = special.ndtri([1.0 - level / 2.0, POWER]).tolist()
        errors = reach + more
    least_seen: float = max(errors * error, least + more * error)
    return least_seen


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
