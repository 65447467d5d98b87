"""Intervals for what is only known to lie between two bounds, each of which chance moves."""

from __future__ import annotations

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri


def covering(low: float, high: float, errors: tuple[float, float], level: float) -> tuple[float, float]:
    """Return the interval that covers what lies between two estimated bounds.

    Where the bounds are far apart, only one of them can be missed, so that each is widened by the quantile of
    a one-sided interval; where they meet, by that of a two-sided one.

    Parameters
    ----------
    low, high
        The bounds as estimated; ``low`` is at most ``high``.
    errors
        Standard error of each.
    level
        Chance with which anything between the true bounds is covered, at least.

    Notes
    -----
    Imbens and Manski (2004), Econometrica 72, 1845-1857, equations 6 and 7.

    Examples
    --------
    Bounds that meet, and bounds ten standard errors apart:

    >>> [round(end, 3) for end in covering(0.0, 0.0, (1.0, 1.0), 0.95)]
    [-1.96, 1.96]
    >>> [round(end, 3) for end in covering(0.0, 10.0, (1.0, 1.0), 0.95)]
    [-1.645, 11.645]
    """
    most = max(errors)
    if most <= 0.0:
        return low, high
    apart = (high - low) / most
    reach = brentq(
        lambda far: float(ndtr(far + apart) - ndtr(-far)) - level,
        0.0,
        -float(ndtri((1.0 - level) / 2.0)) + 1e-9,
    )
    return low - reach * errors[0], high + reach * errors[1]
