"""Partners for stations that chance did not choose, and what unseen bias would explain a difference."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, linear_sum_assignment
from scipy.special import ndtri

from plebiscope.methods.contrast.asking import Flags, Floats, Ints

_AT_ONCE = 400
"""Stations of a stratum that are matched at a time; a larger stratum is cut by its first trait."""


def partners(traits: Floats, chosen: Flags, strata: Ints) -> tuple[Ints, Ints]:
    """Give each station of the group the partner of its stratum that is most like it, each partner once.

    Parameters
    ----------
    traits
        What stations should be alike in, the most important first, shape (n, k).
    chosen, strata
        Who is in the group, and the stratum of each, shape (n,).

    Returns
    -------
    own, other : ndarray of int64
        Places of the stations of the group that found a partner, and of the partners.

    Notes
    -----
    The sum of squared distances is smallest, each trait in standard deviations.
    """
    scale = traits.std(axis=0)
    scaled = traits / np.where(scale > 0.0, scale, 1.0)
    order = np.lexsort([scaled[:, 0], strata])
    bounds = np.flatnonzero(np.diff(strata[order])) + 1
    own, other = [], []
    for members in np.split(order, bounds):
        for part in np.array_split(members, -(-len(members) // _AT_ONCE)):
            mine, theirs = part[chosen[part]], part[~chosen[part]]
            apart = ((scaled[mine][:, None, :] - scaled[theirs][None, :, :]) ** 2).sum(axis=2)
            left, right = linear_sum_assignment(apart)
            own.append(mine[left])
            other.append(theirs[right])
    return np.concatenate(own), np.concatenate(other)


def e_value(group: float, others: float) -> float | None:
    """Return how strongly something unseen must go with the group, and with the figure, to explain all.

    Of a rate and what it leaves, as turnout and abstention, it is the smaller, so that it does not hang on
    which of the two is told.

    Parameters
    ----------
    group, others
        A rate in the group and among others that are like it, in per cent.

    Returns
    -------
    float or None
        As a ratio of risks; null where a rate is 0 or 100, so that no ratio can be formed.

    Notes
    -----
    VanderWeele and Ding (2017): ``r + sqrt(r (r - 1))`` of the ratio ``r`` above 1.

    Examples
    --------
    Their example, of a ratio of 3.9 between rare outcomes, is the larger here:

    >>> round(_of_ratio(3.9), 2)
    7.26
    >>> round(e_value(62.0, 60.0), 2) == round(e_value(38.0, 40.0), 2) == round(_of_ratio(62.0 / 60.0), 2)
    True
    """
    if not (0.0 < group < 100.0 and 0.0 < others < 100.0):
        return None
    return min(_of_ratio(group / others), _of_ratio((100.0 - group) / (100.0 - others)))


def _of_ratio(ratio: float) -> float:
    """Return the E-value of a ratio of risks."""
    larger = max(ratio, 1.0 / ratio)
    return float(larger + np.sqrt(larger * (larger - 1.0)))


def gamma(differences: Floats, level: float) -> float | None:
    """Return how much likelier one of two partners may be in the group before chance explains a difference.

    Parameters
    ----------
    differences
        Station of the group less partner, shape (n,).
    level
        Size of the two-sided test, as a probability.

    Returns
    -------
    float or None
        Null where chance explains it even if both are equally likely.

    Notes
    -----
    Signed ranks with the largest chance of a positive sign, Gamma / (1 + Gamma), by the normal law: Rosenbaum
    (2002), Observational Studies, section 4.3.
    """
    differences = differences[differences != 0.0]
    if not len(differences):
        return None
    # Not above: it takes longer to import than all methods together.
    from scipy.stats import rankdata

    ranks = rankdata(np.abs(differences))
    positive = float(ranks[differences > 0.0].sum())
    seen = max(positive, float(ranks.sum()) - positive)
    far = -float(ndtri(level / 2.0))

    def beyond(odds: float) -> float:
        chance = odds / (1.0 + odds)
        return float(seen - chance * ranks.sum() - far * np.sqrt(chance * (1.0 - chance) * (ranks**2).sum()))

    if beyond(1.0) <= 0.0:
        return None
    most = 1e6
    return most if beyond(most) > 0.0 else float(brentq(beyond, 1.0, most))
