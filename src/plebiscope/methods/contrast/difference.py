"""The mean of a group less that of other stations of the same strata, and how far chance moves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from plebiscope.kernels import reassignment
from plebiscope.methods.contrast.asking import Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of a group less that of the others of the same strata.

    Attributes
    ----------
    value, error
        In the unit of the figures; the error is its standard deviation over all draws of the group.
    log_p, exact
        Natural logarithm of the two-sided p, and whether every draw was counted; null where all are alike.
    free
        Degrees of freedom of the error: few stations, or few of a stratum, tell it less exactly.
    least_p
        The smallest p that any figures could have: with few ways to draw the group none is unlikely.
    n, chosen, mean
        Stations in strata that have both, how many of them are in the group, and the mean of these.
    """

    value: float
    error: float
    log_p: float | None
    exact: bool
    free: float
    least_p: float
    n: int
    chosen: int
    mean: float

    @property
    def p(self) -> float | None:
        """The chance of a difference at least as large."""
        return None if self.log_p is None else math.exp(self.log_p)

    @property
    def expected_error(self) -> float:
        """The error as its square would be on average; over draws of the very same figures it is smaller."""
        return self.error * math.sqrt((self.free + 1.0) / self.free)

    @property
    def z(self) -> float:
        """The difference in standard errors."""
        return self.value / self.error if self.error > 0.0 else 0.0


def difference(figures: Floats, chosen: Flags, strata: Ints) -> Difference | None:
    """Compare a group with the others, stratum by stratum, each weighted by its members of the group.

    Parameters
    ----------
    figures, chosen, strata
        A figure of each station, whether it is in the group, and its stratum, each of shape (n,).

    Returns
    -------
    Difference or None
        Null where no stratum has both.
    """
    strata = np.unique(strata, return_inverse=True)[1]
    size, drawn = np.bincount(strata), np.bincount(strata, chosen)
    open_ = ((drawn > 0) & (drawn < size))[strata]
    figures, chosen, strata = figures[open_], chosen[open_], np.unique(strata[open_], return_inverse=True)[1]
    if not len(figures):
        return None
    size, drawn = np.bincount(strata), np.bincount(strata, chosen)
    weight = (size / (size - drawn) / drawn.sum())[strata]

    def values(of: Floats) -> Floats:
        return np.asarray((of - (np.bincount(strata, of) / size)[strata]) * weight)

    own = values(figures)
    value = float(own[chosen].sum())
    # If the group differs by a constant, draws without it tell how far chance moves the difference.
    error = math.sqrt(reassignment.moments(values(figures - value * chosen), chosen, strata)[1])
    tail = reassignment.tail(own, chosen, strata)
    log_p, exact = (None, False) if tail is None else (tail.log_p, tail.exact)
    ways = float((special.gammaln(size + 1.0) - special.gammaln(drawn + 1.0)).sum())
    ways -= float(special.gammaln(size - drawn + 1.0).sum())
    least_p = min(1.0, 2.0 * math.exp(-ways))
    return Difference(
        value=value,
        error=error,
        log_p=log_p,
        exact=exact,
        free=max(1.0, len(figures) - len(size) - 1.0),
        least_p=least_p,
        n=len(figures),
        chosen=int(chosen.sum()),
        mean=float(figures[chosen].mean()),
    )
