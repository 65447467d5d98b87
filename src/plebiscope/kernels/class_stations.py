"""Stations of which the mixture of classes is asked, and what stands behind their counts at given rates.

The law is described in :mod:`plebiscope.kernels.class_law`; nothing here hangs on its parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from plebiscope.kernels.class_law import Floats, Grid, Ints


class Room:
    """Arrays to write to, kept between passes: to ask for memory takes longer than to work on it."""

    def __init__(self) -> None:
        self._held: dict[str, Floats] = {}

    def take(self, name: str, like: Floats) -> Floats:
        """Return an array of the shape of another one, with whatever is in it."""
        held = self._held.get(name)
        if held is None or held.size < like.size:
            held = self._held[name] = np.empty(like.size)
        return held[: like.size].reshape(like.shape)


@dataclass(frozen=True)
class Stations:
    """Counts of stations, sorted by district.

    Attributes
    ----------
    away, others, votes
        Registered voters who cast no ballot, ballots that are not for the option, votes for it; shape (n,).
    district
        Numbered from 0, in rising order, none empty; shape (n,).
    """

    away: Floats
    others: Floats
    votes: Floats
    district: Ints

    @classmethod
    def counted(cls, away: Ints, others: Ints, votes: Ints, district: Ints) -> Stations:
        """Take whole numbers."""
        return cls(away.astype(np.float64), others.astype(np.float64), votes.astype(np.float64), district)

    def __len__(self) -> int:
        return len(self.district)

    @cached_property
    def first(self) -> Ints:
        """Place of the first station of each district."""
        return np.flatnonzero(np.diff(self.district, prepend=-1))

    @property
    def districts(self) -> int:
        """Number of districts."""
        return len(self.first)

    @cached_property
    def kept(self) -> dict[tuple[Grid, bool], list[Behind]]:
        """What passes over these stations have in common, by the grid and whether it is the natural cell."""
        return {}

    @cached_property
    def room(self) -> Room:
        """Where passes over these stations are worked out, one at a time."""
        return Room()

    @cached_property
    def rates(self) -> tuple[Floats, Floats, Floats]:
        """Registered voters, and the shares of abstainers and other ballots, none of them quite 0 or 1."""
        registered = self.away + self.others + self.votes + 1.5
        return registered, (self.away + 0.5) / registered, (self.others + 0.5) / registered

    @cached_property
    def natural(self) -> tuple[Floats, Floats]:
        """Logits of turnout and of the option's share, as counted."""
        _, away, others = self.rates
        return np.log(1.0 / away - 1.0), np.log((1.0 - away) / others - 1.0)

    @cached_property
    def medians(self) -> Floats:
        """Medians of both in each district, shape (districts, 2)."""
        size = np.diff(np.append(self.first, len(self)))
        orders = [np.lexsort((values, self.district)) for values in self.natural]
        places = self.first + (size - 1) // 2
        return np.column_stack([v[o][places] for v, o in zip(self.natural, orders, strict=True)])

    @cached_property
    def around(self) -> tuple[Floats, Floats]:
        """Abstainers and other ballots where the medians of the district lie, as shares of those registered.

        The error of a count is that of a count there: were it taken from the count itself, densities would
        not add up to one.
        """
        turnout, share = expit(self.medians[self.district]).T
        return 1.0 - turnout, turnout * (1.0 - share)

    def by_district(self, values: Floats) -> Floats:
        """Sum over each district; shape (n, ...) becomes (districts, ...)."""
        return np.asarray(np.add.reduceat(values, self.first, axis=0))


@dataclass(frozen=True)
class Behind:
    """What stands behind the counts of some stations at each cell of the grid.

    Turnout hangs on the rate of adding alone, so that what belongs to it has one row for each of these a
    rates and not for each cell. Stations run along the last axis.

    Attributes
    ----------
    counts
        Abstainers and other ballots, shape (n,) each.
    turnout, variance, covariance
        Logit of the natural turnout; its variance by counting, and its covariance with the logit of the
        share; shape (a, n).
    share, variance_of_share
        The same of the share, shape (cells, n).
    base
        Minus the logarithm of the natural votes, minus infinity where a cell cannot be, shape (cells, n).
    """

    counts: tuple[Floats, Floats]
    turnout: Floats
    variance: Floats
    covariance: Floats
    share: Floats
    variance_of_share: Floats
    base: Floats


def behind(stations: Stations, grid: Grid) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return what stands behind the counts at each cell of the grid, all of shape (n, cells).

    Natural logits of turnout and share; the variances and covariance of the counts on that scale (turnout,
    both, share); minus the logarithm of the natural votes, minus infinity where a cell cannot be.
    """
    found, u = behind_some(stations, slice(None), grid, plain=False), grid.pairs[0]
    turnout, variance, covariance = found.turnout[u], found.variance[u], found.covariance[u]
    return turnout.T, found.share.T, variance.T, covariance.T, found.variance_of_share.T, found.base.T


def behind_some(stations: Stations, part: slice, grid: Grid, *, plain: bool) -> Behind:
    """Compute what does not hang on parameters, for some stations."""
    registered, away, others = (one[part] for one in stations.rates)
    around_away, around_others = (one[part] for one in stations.around)
    (kept_u, inside_u), (kept_w, inside_w) = (
        tuple(one[: 1 if plain else None, None] for one in rate.cells) for rate in (grid.added, grid.moved)
    )
    u, w = (index[: 1 if plain else None] for index in grid.pairs)
    away0, others0 = away / kept_u, others / kept_w
    fits = away0 < 1.0 - 1e-6
    away0 = np.where(fits, away0, 0.5)
    votes0 = (1.0 - away0)[u] - others0[w]
    possible = fits[u] & (votes0 > 1e-6)
    log_votes0 = np.log(np.where(possible, votes0, 0.25))

    # Variance of the logarithms of both counts; then of the two logits, by their derivatives.
    turnout0 = 1.0 - around_away
    ahead = 1.0 / (turnout0 - around_others)
    va = (1.0 / (around_away * kept_u) - 1.0) / registered + inside_u
    vo = (1.0 / (around_others * kept_w) - 1.0) / registered + inside_w
    one, two, three, both = 1.0 / turnout0, around_away * ahead, turnout0 * ahead, -1.0 / registered
    return Behind(
        counts=(stations.away[part], stations.others[part]),
        turnout=np.log(1.0 / away0 - 1.0),
        variance=va * (one * one),
        covariance=va * (two * one) + both * ahead,
        share=log_votes0 - np.log(others0)[w],
        variance_of_share=(vo * (three * three))[w] + (va * (two * two) + 2.0 * both * two * three)[u],
        base=np.where(possible, -log_votes0, -np.inf),
    )
