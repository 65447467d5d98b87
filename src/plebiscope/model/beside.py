"""What lies beside the official results: copies, earlier states, other votes held at the same stations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.case import Contest, CopyKind
from plebiscope.model.returns import QUANTITIES, Returns

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Match:
    """Which row of the official results is the same station as each row of another table.

    Attributes
    ----------
    rows
        Row of the official results, shape (n,); -1 where there is none.
    without
        Rows of the other table that have none, by the reason.
    by
        What rows were matched by, in words.
    """

    rows: NDArray[np.int64]
    without: Mapping[str, NDArray[np.int64]]
    by: str

    @property
    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows that are one station: in the other table, and in the official results."""
        own = np.flatnonzero(self.rows >= 0)
        return own, self.rows[own]


@dataclass(frozen=True)
class Copies:
    """A second record of some of the stations, and the official row of each."""

    source: str
    """Whose copies they are."""
    kind: CopyKind
    returns: Returns
    """Options are named as in the official results where it is plain which is which."""
    match: Match
    strata: tuple[str, ...] = ()
    """Of a sample: area columns of the official results inside which it was drawn."""
    silent: tuple[int, ...] = ()
    """Of a sample: official rows of stations that were drawn and have no tally."""
    undrawn: tuple[int, ...] = ()
    """Of a sample: official rows of stations that have a tally and, by the list of those drawn, were not."""


@dataclass(frozen=True)
class Beside:
    """Another contest of the same case, and the row in this contest's results of each of its stations."""

    contest: Contest
    returns: Returns
    match: Match


@dataclass(frozen=True)
class State:
    """The count as it stood before its end, and the final row of each of its stations."""

    reported: dt.datetime
    """When it stood so."""
    returns: Returns
    """Options are named as in the final results where it is plain which is which."""
    match: Match


@dataclass(frozen=True)
class Pairs:
    """One source's copies and their official rows, figure by figure; arrays of shape (n,).

    Attributes
    ----------
    copies
        The copies, with all of their rows.
    there
        Official row of each copy that has one.
    official, copied
        Figures by column, for the columns that both tables have.
    both
        Where both give the figure.
    """

    copies: Copies
    there: Integers
    official: dict[str, Integers]
    copied: dict[str, Integers]
    both: dict[str, Flags]

    @property
    def columns(self) -> list[str]:
        """The figures that can be compared."""
        return list(self.both)

    def difference(self, column: str) -> Integers:
        """Official less copy, 0 where either is not given."""
        return np.where(self.both[column], self.official[column] - self.copied[column], 0)

    @cached_property
    def differing(self) -> Integers:
        """Places of the stations where any figure differs."""
        return np.flatnonzero(np.any([self.difference(name) != 0 for name in self.columns], axis=0))

    @cached_property
    def compared(self) -> int:
        """Number of stations where any figure is given by both."""
        return int(np.any(list(self.both.values()), axis=0).sum()) if self.both else 0


def pair(returns: Returns, copies: Copies) -> Pairs:
    """Lay copies beside their official rows; what the copies' table only derives is not compared."""
    own_table = copies.returns
    own, there = copies.match.pairs
    names = [
        *(name for name in returns.options if name in own_table.options),
        *(name for name in QUANTITIES if name in returns.quantities and name in own_table.published),
    ]
    official, copied, both = {}, {}, {}
    for name in names:
        theirs, mine = returns.table[name].gather(there), own_table.table[name].gather(own)
        official[name] = theirs.fill_null(0).to_numpy().astype(np.int64)
        copied[name] = mine.fill_null(0).to_numpy().astype(np.int64)
        both[name] = (theirs.is_not_null() & mine.is_not_null()).to_numpy()
    return Pairs(copies, there, official, copied, both)
