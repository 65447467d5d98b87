"""Which columns of two tables may say the same, and what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.matching.alike import around, header, normal, without_accents
from plebiscope.intake.meaning import COUNT_ROLES

NEARLY = 0.9
"""Share of rows that must find their counterpart."""
_SEEN = 0.2
"""The same for a pair of columns that are called alike, so that a message can speak of them."""
_PAIRS = 14
"""Most pairs of columns that are tried."""
_KEYS = frozenset(["station", "area", "code", "name", "place", "constituency"])
_NO_KEYS = COUNT_ROLES | {"votes", "percent", "longitude", "latitude", "url", "date", "winner", "address"}

HEADER, MEANING, VALUES = 2, 1, 0


@dataclass(frozen=True)
class Side:
    """One of the two tables.

    Attributes
    ----------
    name
        Name of its file or sheet.
    counted
        Places of the columns that are counts, which are no keys.
    """

    name: str
    table: Table
    counted: frozenset[int]
    known: dict[int, pl.Series] = field(default_factory=dict, repr=False, compare=False)
    """Columns in the form in which they are compared, once that was asked for."""

    def normal(self, column: Column) -> pl.Series:
        """Return the cells of a column in the form in which they are compared."""
        if column.place not in self.known:
            self.known[column.place] = normal(column.cells)
        return self.known[column.place]

    @property
    def candidates(self) -> list[Column]:
        """The columns that may say which row is meant."""
        return [
            c
            for c in self.table.columns
            if c.place not in self.counted
            and c.numbers.kind in ("count", "text")
            and c.role not in _NO_KEYS
            and c.distinct > 0
            and c.cells.null_count() < 0.5 * self.table.height
        ]


@dataclass(frozen=True)
class Pair:
    """A column of each table that may say the same.

    Attributes
    ----------
    evidence
        :data:`HEADER`, :data:`MEANING` or :data:`VALUES`: what the two have in common.
    """

    base: Column
    other: Column
    evidence: int

    @property
    def said(self) -> str:
        """The pair in words."""
        same = self.base.name == self.other.name
        return repr(self.base.name) if same else f"{self.base.name!r} = {self.other.name!r}"


def paired(base: Side, other: Side, once: bool) -> list[Pair]:
    """List the pairs of columns whose values are much the same, those with more evidence first."""
    found: list[tuple[int, float, Pair]] = []
    tallies = {c.place: _tally(other.normal(c)) for c in other.candidates}
    for mine in base.candidates:
        counts = _tally(base.normal(mine))
        for theirs in other.candidates:
            evidence = _evidence(mine, theirs)
            inside, back, alike = _overlap(counts, tallies[theirs.place])
            met = min(inside, back) if once else inside
            if evidence == VALUES:
                # Small numbers meet everywhere: they must come as often in one table as in the other.
                met = min(met, alike) if once else met * (theirs.distinct > 2)
            least = NEARLY if evidence == VALUES else _SEEN
            if (
                met >= least
                and (mine.distinct > 1 or evidence == HEADER)
                and not numbers_rows(mine, theirs)
                and not _worded_apart(mine, theirs, evidence)
            ):
                found.append((evidence, alike, Pair(mine, theirs, evidence)))
    found.sort(key=lambda item: (-item[0], -item[1], item[2].base.place, item[2].other.place))
    return [pair for *_, pair in found[:_PAIRS]]


def numbers_rows(mine: Column, theirs: Column) -> bool:
    """Tell columns that number the rows of each file, and may do so anew, from numbers of stations."""
    return mine.runs_on and theirs.runs_on and "station" not in (mine.role, theirs.role)


def _worded_apart(mine: Column, theirs: Column, evidence: int) -> bool:
    """Tell numbers in other words, Ward 1 and Region 1, and numbered names from columns that count rows."""
    words = [around(without_accents(c.cells.unique().str.to_lowercase())) or ("", "") for c in (mine, theirs)]
    counting = evidence == VALUES and (mine.runs_on or theirs.runs_on)
    return words[0] != words[1] and (all(map(any, words)) or counting)


def _evidence(mine: Column, theirs: Column) -> int:
    if header(mine) and header(mine) == header(theirs):
        return HEADER
    if mine.role is None or mine.role != theirs.role or mine.role not in _KEYS:
        return VALUES
    same = mine.role == "station" or mine.meanings[0].concepts == theirs.meanings[0].concepts
    return MEANING if same else VALUES


def _tally(cells: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({"value": cells}).drop_nulls()
    return frame.group_by("value").agg(pl.len().cast(pl.Int64).alias("count"))


def _overlap(mine: pl.DataFrame, theirs: pl.DataFrame) -> tuple[float, float, float]:
    """Return which shares of the rows of each have a value of the other, and how alike their numbers are."""
    both = mine.join(theirs, on="value", suffix="_other")
    n, k = int(mine["count"].sum()), int(theirs["count"].sum())
    least = both.select(pl.min_horizontal("count", "count_other").sum()).item()
    mine_met, theirs_met = int(both["count"].sum()), int(both["count_other"].sum())
    return mine_met / max(1, n), theirs_met / max(1, k), least / max(1, n, k)
