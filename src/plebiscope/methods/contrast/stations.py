"""Which stations are compared, and what is known of how they came into the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from plebiscope.evidence.ratio import Columns
from plebiscope.methods.contrast.asking import Flags, Floats, Ints, Params
from plebiscope.model.case import MARKED, Comparison
from plebiscope.model.finding import Assumption
from plebiscope.model.method import Subject


@dataclass(frozen=True, slots=True)
class Rows:
    """Stations of both groups with the two counts of a ratio, arrays of shape (n,)."""

    rows: Ints
    drawn: Flags
    """In the group, or drawn for it."""
    lost: Flags
    """Drawn for it, and left it."""
    strata: Ints
    part: Ints
    whole: Ints

    @property
    def figures(self) -> Floats:
        """The ratio of each station, in per cent."""
        return np.asarray(100.0 * self.part / self.whole)


class Groups:
    """Which stations of a vote are compared: all that were drawn, whether or not they left the group later.

    Attributes
    ----------
    drawn, lost, meant
        Stations in the group or drawn for it, those of them that left it, and all that are compared, each of
        shape (n,) over the rows of the results.
    strata
        Area of each row inside which stations are compared, shape (n,).
    """

    def __init__(self, subject: Subject, params: Params, comparison: Comparison) -> None:
        self.subject, self.params, self.comparison = subject, params, comparison
        self.returns = subject.results
        group = self.returns.table["group"]
        kept = (group == comparison.group).fill_null(value=False).to_numpy()
        # An empty name is that of no group: there blanks are null.
        self.lost: Flags = (group == (comparison.lost or "")).fill_null(value=False).to_numpy()
        self.drawn: Flags = kept | self.lost
        if comparison.against is None:
            others = ~self.drawn & self.returns.ordinary
        else:
            others = (group == comparison.against).fill_null(value=False).to_numpy()
        self.meant: Flags = self.drawn | np.asarray(others, dtype=bool)
        # Of a group that the case names every row is meant, electronic voting and the like too.
        if subject.contest.comparison is None and subject.contest.groups != MARKED:
            self.meant = self.meant & self.returns.ordinary
        self.within = comparison.within or self._by_default()
        self.strata: Ints = (
            self.returns.places(self.within[-1])[0]
            if self.within
            else np.zeros(len(self.returns), dtype=np.int64)
        )

    def _by_default(self) -> tuple[str, ...]:
        """Compare inside the smallest useful areas, or in the whole country where a lot decided there."""
        finest = None if self.comparison.designed else self.returns.finest_area(2)
        return () if finest is None else (finest,)

    @property
    def side(self) -> str:
        """The side that is compared, in the names of effects."""
        return "all that were drawn" if self.lost.any() else "group"

    @property
    def others(self) -> str:
        """What the group is compared with, in words."""
        against = self.comparison.against
        where = f" of the same areas ({self.within[-1]})" if self.within else ""
        return (f"those of the group “{against}”" if against else "other stations") + where

    @property
    def special(self) -> dict[str, int]:
        """How many of the stations that are compared are of a special kind, by their mark."""
        marks = self.returns.table["mark"].filter(pl.Series(self.meant & ~self.returns.ordinary))
        return {str(mark): int(n) for mark, n in marks.value_counts().sort("mark").iter_rows()}

    @property
    def how_chosen(self) -> str:
        """Say how stations came into the group, and what became of those that left it."""
        if self.comparison.by_lot:
            words = "Chance decided which stations are in it."
        elif self.comparison.as_by_lot is not None:
            words = (
                "Chance did not decide which stations are in it; the case holds it for as good as that: "
                f"“{self.comparison.as_by_lot}”."
            )
        else:
            return "The case does not say that chance decided which stations are in it."
        return words

    def design(self) -> Assumption:
        """Say whether chance, or what the case holds for as good, decided which stations are in the group."""
        name = "chance, or what is as good, decided which stations are in the group"
        if self.comparison.by_lot:
            return Assumption(name=name, state="holds", how="by lot, as the case says")
        if self.comparison.as_by_lot is not None:
            how = f"not by lot; as good as that, as the case says: “{self.comparison.as_by_lot}”"
            return Assumption(name=name, state="doubtful", how=how)
        how = (
            "the case does not say so; whatever else sets these stations apart can have made the difference, "
            "as in 0 to 100 of 100 simulated fair votes whose group was the largest stations"
        )
        return Assumption(name=name, state="fails", how=how)

    def rows(self, columns: Columns) -> Rows:
        """Pick the stations of both groups whose ratio is known."""
        known, part, whole = self._counts(columns)
        at = np.flatnonzero(self.meant & known & (whole > 0))
        return Rows(at, self.drawn[at], self.lost[at], self.strata[at], part[at], whole[at])

    def without(self, columns: Sequence[Columns]) -> Flags:
        """Tell which stations of both groups lack a count of any of these ratios, or have impossible ones."""
        found = np.zeros(len(self.returns), dtype=bool)
        for one in columns:
            found |= self.meant & ~self._counts(one)[0]
        return found

    def _counts(self, columns: Columns) -> tuple[Flags, Ints, Ints]:
        """Return whether both counts are known and possible, and the counts, each of shape (n,)."""
        table = self.returns.table
        part, whole = (
            table[name].fill_null(-1).to_numpy().astype(np.int64)
            for name in (columns.numerator, columns.denominator)
        )
        return (part >= 0) & (part <= whole), part, whole
