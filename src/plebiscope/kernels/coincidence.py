"""Stations that repeat one another: runs of equal values, and records equal in every count.

Both are bounded without any law of the differences between stations: whatever the rates of a station are, the
chance that it gives exactly some counts is at most their chance at the rates that fit them best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.kernels import windows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Run:
    """Stations in a row with the same rounded share; one that differs from its neighbours is a run of one."""

    log_chance: float
    """ln of the largest chance that all stations after the first agree with it."""
    steps: int
    """Steps of rounding to the whole."""
    cell: int
    """The share that they are rounded to, in steps."""
    first: int
    """Place of the first station."""
    length: int

    @property
    def rank(self) -> tuple[float, int, int, int]:
        """Sorts runs by how unlikely they are; the longer first where that is equal."""
        return self.log_chance, -self.length, self.steps, self.cell

    @property
    def places(self) -> slice:
        """Where its stations are."""
        return slice(self.first, self.first + self.length)


def runs(
    successes: Ints, trials: Ints, sequence: Ints, follows: Bools, steps: int
) -> tuple[dict[int, Run], Floats]:
    """Find the least likely run of equal rounded shares in every sequence of stations.

    Given the first station of a run, each following one agrees with it with a chance of at most
    ``max P(K rounds to the same)`` over all rates. The product of the inverse chances along a run is a
    supermartingale, so that with n stations to begin at the probability of a run whose chances multiply to c
    is at most ``n c`` (Ville's inequality), however long one looks.

    Parameters
    ----------
    successes, trials
        Counts in the order of the stations, shape (n,), trials at least 1.
    sequence
        Number of the sequence that each belongs to, shape (n,).
    follows
        Whether a station comes after the one before it in the same sequence, shape (n,).
    steps
        Steps of rounding to the whole: 100 for whole percentages, 1000 for tenths.

    Returns
    -------
    runs : dict of int to Run
        By sequence.
    log_chance : ndarray of float64, shape (n,)
        ln of the largest chance to agree with the station before; 0 where it does not.
    """
    cell = windows.rounded(successes, trials, steps)
    agrees = follows.copy()
    agrees[1:] &= cell[1:] == cell[:-1]
    agrees[:1] = False
    at = np.flatnonzero(agrees)
    log_chance = np.zeros(len(cell))
    chance = windows.chance_at_most(trials[at], *windows.counts_rounding_to(cell[at], trials[at], steps))
    log_chance[at] = np.log(chance)
    number, first = np.cumsum(~agrees) - 1, np.flatnonzero(~agrees)
    length = np.bincount(number, minlength=len(first))
    total = np.bincount(number, log_chance, minlength=len(first))
    order = np.lexsort((first, cell[first], -length, total, sequence[first]))
    kept = order[np.unique(sequence[first][order], return_index=True)[1]]
    best = {
        int(sequence[first[one]]): Run(
            float(total[one]), steps, int(cell[first[one]]), int(first[one]), int(length[one])
        )
        for one in kept.tolist()
    }
    return best, log_chance


def run_in_any_order(values: Ints, length: int) -> float:
    """Return how many runs of at least a length are expected if the values came in any order.

    It is an upper bound of the probability of such a run, and equal to it where there can be one at most.

    Parameters
    ----------
    values
        The values of a sequence, shape (n,).
    length
        Of a run, at least 1.
    """
    n, held = len(values), np.unique(values, return_counts=True)[1]
    m = held[held >= length].astype(np.float64)

    def all_equal(places: int, free: int) -> Floats:
        """Return P(``length`` given places hold the value, and the others of ``places`` do not)."""
        chosen = special.gammaln(n - places + 1.0) - special.gammaln(
            np.maximum(n - places - m + length, 0) + 1
        )
        log = chosen - special.gammaln(m - length + 1.0)
        log -= special.gammaln(n + 1.0) - special.gammaln(m + 1.0) - special.gammaln(n - m + 1.0)
        return np.where(n - m >= free, np.exp(log), 0.0)

    # A run begins at the first place, or at a later one whose predecessor has another value.
    at_first = all_equal(length, 0)
    later = all_equal(length + 1, 1) * (n - length) if n > length else np.zeros(len(m))
    return float(np.sum(at_first + later))


def log_best_chance(whole: Ints, parts: Sequence[Ints]) -> Floats:
    """Return ln of the chance of the counts of a multinomial law at the rates that fit them best.

    Parameters
    ----------
    whole
        Number of trials, shape (n,).
    parts
        Counts of every class, each of shape (n,), adding up to the whole.
    """

    def term(count: Ints) -> Floats:
        size = count.astype(np.float64)
        return np.asarray(special.xlogy(size, size) - special.gammaln(size + 1.0))

    log = -term(whole)
    for part in parts:
        log = log + term(part)
    return np.minimum(log, 0.0)


def repeat_chances(group: Ints, chance: Floats) -> Floats:
    """Return the largest chance of each record to repeat another one of its group.

    With the best chances of the records as given, a record repeats a given earlier one with at most the
    chance of that one. Each pair is counted half for either, so that the order does not matter.

    Parameters
    ----------
    group
        Shape (n,); only records of one group can be equal.
    chance
        Best chance of each record, shape (n,).
    """
    total = np.bincount(group, chance)[group] if len(group) else np.zeros(0)
    return np.minimum((total - chance) / 2.0, 1.0)


def equal_records(group: Ints, columns: Sequence[Ints]) -> Ints:
    """Give each set of records that are equal in every column a number, and -1 to the others.

    Parameters
    ----------
    group
        Only records of one group are compared, shape (n,).
    columns
        Each of shape (n,).

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    members = np.arange(len(group))
    code = np.unique(group, return_inverse=True)[1]
    for column in (None, *columns):
        if column is not None:
            values, within = np.unique(column[members], return_inverse=True)
            code = np.unique(code * len(values) + within, return_inverse=True)[1]
        several = np.bincount(code)[code] > 1 if len(code) else np.zeros(0, dtype=bool)
        members, code = members[several], code[several]
    sets = np.full(len(group), -1)
    sets[members] = np.unique(code, return_inverse=True)[1]
    return sets
