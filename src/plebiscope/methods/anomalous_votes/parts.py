"""Where the votes of the estimate with a ratio for each area lie, and how exact any part of them is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.located import located, smallest_areas
from plebiscope.kernels.density import binned_sums
from plebiscope.kernels.turnout_core import Core, ratios_by_area
from plebiscope.model.affected import LeftOut, Located
from plebiscope.model.method import Subject

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GROUPS = 20
"""Groups of the smallest areas that are left out in turn, at most."""


@dataclass(frozen=True)
class Sorted:
    """The stations as the estimate sees them, each shape (n,)."""

    bins: Ints
    """Bin of turnout."""
    areas: Ints
    """Number of the area that has a ratio of its own."""
    votes: Ints
    others: Ints

    def kept(self, which: NDArray[np.bool_]) -> Sorted:
        """Return some of the stations."""
        return Sorted(self.bins[which], self.areas[which], self.votes[which], self.others[which])

    def ratios(self, core: Core, n_areas: int) -> Floats:
        """Votes per other ballot in a core for every area, shape (n_areas,)."""
        leader, others = (
            binned_sums(self.bins, self.areas, counts, n_areas) for counts in (self.votes, self.others)
        )
        return ratios_by_area(leader, others, core)

    def above(self, core: Core, ratios: Floats) -> Floats:
        """Anomalous votes of each station, shape (n,)."""
        beyond = self.votes - ratios[self.areas] * self.others
        return np.asarray(np.where(self.bins >= core.high, beyond, 0.0))


def parts(subject: Subject, rows: Ints, stations: Sorted, cores: list[Core]) -> Located | str:
    """Divide the estimate with a ratio for each area among the smallest areas.

    Parameters
    ----------
    subject
        The vote.
    rows
        Row numbers of the stations in the returns' table, shape (n,).
    stations
        The same stations.
    cores
        Admissible cores, the main one first.

    Returns
    -------
    Located or str
        Every core is a choice; what is left out tells of the main one.
    """
    n_areas = int(stations.areas.max(initial=0)) + 1
    choices = [stations.above(core, stations.ratios(core, n_areas)) for core in cores]
    found = located(subject, rows, np.stack(choices))
    if isinstance(found, str):
        return found
    place = smallest_areas(subject, rows)
    group = _groups(place, stations)
    without = []
    for number in range(int(group.max()) + 1):
        ratios = stations.kept(group[place] != number).ratios(cores[0], n_areas)
        without.append(np.bincount(place, stations.above(cores[0], ratios), len(group)))
    cast = np.bincount(place, stations.votes, len(group)).astype(np.float64)
    return replace(found, left_out=LeftOut(group, np.stack(without), cast))


def _groups(place: Ints, stations: Sorted) -> Ints:
    """Deal the smallest areas out to groups, those of one area and of like size to different ones.

    Returns
    -------
    ndarray of int64, shape (m,)
    """
    first = np.unique(place, return_index=True)[1]
    cast = np.bincount(place, stations.votes + stations.others)
    votes = np.bincount(place, stations.votes)
    # Sorted by figures alone, so that neither names nor the order of rows matter.
    whole = np.bincount(stations.areas, stations.votes + stations.others)[stations.areas[first]]
    order = np.lexsort((votes, cast, stations.areas[first], whole))
    group = np.empty(len(first), dtype=np.int64)
    group[order] = np.arange(len(first)) % min(GROUPS, len(first))
    return group
