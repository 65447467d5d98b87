"""Two further estimates of the same votes: over the participation of the others, and by invalid ballots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.density import PERCENT_BINS, percent_bins
from plebiscope.kernels.resampling import draw_again, interval
from plebiscope.kernels.turnout_core import Core, each_area
from plebiscope.methods.anomalous_votes.cores import Ends, Floats, Params, find_peaks, intervals

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Over:
    """The vote over the participation of the others, in bins of one per cent of registered voters."""

    leader: Floats
    """Votes for the option, shape (101,)."""
    others: Floats
    """Other ballots, shape (101,)."""
    cores: list[tuple[int, int]]
    """Intervals that hold a peak, the one with most registered voters first."""
    ratios: list[float]
    """Votes for the option per other ballot in the middle of each."""

    @property
    def votes(self) -> list[float]:
        """Estimate of each core: what the option has beyond the ratio, over all stations."""
        return [float(self.leader.sum() - ratio * self.others.sum()) for ratio in self.ratios]


def over_others(votes: Ints, others: Ints, registered: Ints, params: Params) -> Over:
    """Estimate with the part of the registered voters who cast another ballot in place of turnout.

    Ballots added for the option do not move a station along this axis, wherever and however many they are. So
    every station counts, not only those above a core; and of a core the middle is taken (half of the other
    ballots were cast where the ratio is larger), which stays where it is as long as fewer than half of the
    core were added to.

    Parameters
    ----------
    votes, others, registered : ndarray of int64, shape (n,)
        Votes for the option, other ballots and registered voters of each station.
    params : Params
        ``widths`` of the cores, and what is a peak.
    """
    bins = percent_bins(others, registered)
    of = [np.bincount(bins, what, PERCENT_BINS) for what in (votes, others, registered, np.ones_like(votes))]
    leader, rest, voters, stations = (sums.astype(np.float64) for sums in of)
    # A station without any other ballot has no ratio, so that no core begins at nought.
    found = find_peaks(voters, stations, 1, PERCENT_BINS - 1, params)
    cores = intervals(found, params, lowest=1)
    cores.sort(key=lambda ends: -float(voters[slice(*ends)].sum()))
    ratio = votes / np.maximum(others, 1)
    order = np.argsort(ratio, kind="stable")
    order = order[others[order] > 0]
    ratio, weight, at = ratio[order], others[order], bins[order]
    middles = []
    for low, high in cores:
        inside = (at >= low) & (at < high)
        below = np.cumsum(weight[inside])
        middles.append(float(ratio[inside][np.searchsorted(below, below[-1] / 2.0)]))
    return Over(leader, rest, cores, middles)


@dataclass(frozen=True)
class Diluted:
    """Ballots that were added, as the invalid ones tell."""

    ballots: list[float]
    """Estimate of each admissible core, in their order."""
    again: Ends | None
    """Interval over all cores with areas drawn again; null with one area."""

    @property
    def ends(self) -> Ends:
        """The interval, where there is one; else the range over the cores."""
        return self.again or (min(self.ballots), max(self.ballots))


def diluted(
    valid: Floats, invalid: Floats, cores: Sequence[Core], params: Params, rng: np.random.Generator
) -> Diluted | None:
    """Estimate the ballots added above a core from the invalid ballots that they do not bring with them.

    Parameters
    ----------
    valid, invalid : ndarray of float64, shape (areas, 101)
        Ballots by area and bin of turnout.
    cores : sequence of Core
        Admissible cores. In each, an area has a rate of invalid ballots of its own, drawn to that of all.
    params : Params
    rng : numpy.random.Generator

    Returns
    -------
    Diluted or None
        None where a core holds too few invalid ballots.
    """
    if min(invalid[:, core.low : core.high].sum() for core in cores) < params.fewest_invalid:
        return None
    added = np.stack([each_area(valid, invalid, core) for core in cores], axis=1)
    ballots = added.sum(axis=0).tolist()
    if len(added) < 2:
        return Diluted(ballots, None)
    drawn = draw_again(len(added), params.replicates, rng).astype(np.float64) @ added
    low = interval(drawn.min(axis=1), params.level)[0]
    high = interval(drawn.max(axis=1), params.level)[1]
    return Diluted(ballots, (min(low, *ballots), max(high, *ballots)))
