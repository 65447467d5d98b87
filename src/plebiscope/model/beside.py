"""What lies beside the official results: copies of them, and other votes held at the same stations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.case import Contest, CopyKind
from plebiscope.model.returns import Returns


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


@dataclass(frozen=True)
class Beside:
    """Another contest of the same case, and the row in this contest's results of each of its stations."""

    contest: Contest
    returns: Returns
    match: Match
