"""The smallest departure that a test notices often enough to be told: 80 times in 100."""

from __future__ import annotations

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
