"""The returns: one row per station, whole numbers under canonical names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

QUANTITIES = ("registered", "received", "issued", "unused", "cast", "valid", "invalid")
"""Canonical count columns, in the order in which they are written.

``registered`` voters on the list; ``received`` ballots given to the station; ``issued`` ballots handed
to voters; ``unused`` ballots cancelled or left over; ``cast`` ballots found in the box (valid and
invalid); ``valid``; ``invalid`` (spoilt, blank, void).
"""

MARKS = ("electronic", "postal", "abroad", "special")
"""Stations that are kept in every sum and left out of station-level tests by default.

``special`` stands for stations without a fixed electorate (ships, hospitals, prisons, the military).
"""

Level = Literal["station", "area"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a canonical column comes from, and why it was so understood."""

    headers: tuple[str, ...]
    why: str
    derived: bool = False
    """True when it was not published but computed from columns that were."""


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file, and what became of it."""

    place: int
    """Its place in the file, from 1."""
    name: str
    """What a mapping calls it: its header, or its place as ``#4``."""
    read_as: tuple[str, ...]
    """The canonical columns made of it, or what else it was used for; empty where it was not read."""
    why: str
    todo: str = ""
    """The line of a mapping that has it read, where there is one."""
    file: str = ""
    """The file or sheet that it stands in, where several were joined."""
    can_be: str = ""
    """What that line has it read as: a quantity, ``options``, ``areas``; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be used: which one, why, and what it said."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Accounting:
    """Every record and every column that went in, on the way out.

    ``used + aggregates + furniture + others + len(quarantine) == records`` always holds; in a wide table
    ``used`` is the number of stations, in a long one several records make a station.
    """

    records: int
    used: int
    aggregates: int
    furniture: int
    quarantine: tuple[Quarantined, ...] = ()
    duplicates: int = 0
    """Stations that share their key (areas and station) with an earlier one; kept, and reported."""
    others: int = 0
    """Records of other votes in the same file, left out because the user has named the one that is meant."""
    columns: tuple[FileColumn, ...] = ()
    """Every column, in the order in which the files have them."""

    def __post_init__(self) -> None:
        found = self.used + self.aggregates + self.furniture + self.others + len(self.quarantine)
        if found != self.records:
            raise AssertionError(
                f"accounting broken: {self.records} records in, {found} out "
                f"({self.used} used, {self.aggregates} aggregates, {self.furniture} furniture, "
                f"{self.others} of other votes, {len(self.quarantine)} quarantined)"
            )


@dataclass(frozen=True, slots=True)
class Selection:
    """The stations that a method may use, as bare arrays of whole numbers.

    Attributes
    ----------
    rows
        Row numbers in :attr:`Returns.table`, shape (n,).
    counts
        One int64 array of shape (n,) per requested column.
    dropped
        How many stations were left out, by reason.
    """

    rows: NDArray[np.int64]
    counts: Mapping[str, NDArray[np.int64]]
    dropped: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        return self.counts[name]

    def keep(self, wanted: NDArray[np.bool_], reason: str) -> Selection:
        """Return the selection without the stations where ``wanted`` is false, counted under ``reason``."""
        lost = int(len(self) - np.count_nonzero(wanted))
        dropped = dict(self.dropped)
        if lost:
            dropped[reason] = dropped.get(reason, 0) + lost
        return Selection(
            self.rows[wanted], {name: values[wanted] for name, values in self.counts.items()}, dropped
        )


@dataclass(frozen=True)
class Returns:
    """The published results of one contest, one row per station (or area, where no finer were released).

    Attributes
    ----------
    contest
        Id of the contest.
    level
        ``station`` where a row is one ballot box, table, precinct or polling station; ``area`` where the
        finest rows published are municipalities or counting areas.
    table
        Columns: ``station`` (text, null where an area is the row), one text column per name in ``areas``,
        the published or derived :data:`QUANTITIES` (Int64, null where missing), one Int64 column per
        option, ``mark`` (text from :data:`MARKS` or null), ``line`` (Int64, line of the record in its
        file) and optional extras named in ``extras``.
    areas
        Names of the area columns, from large to small.
    options
        Names of the option columns, as printed.
    extras
        Further columns kept: ``longitude``, ``latitude``; ``group`` (text: which group of stations it is in,
        as the case says, null where none is said); ``reported`` (when it was reported, a ``Datetime``, or an
        ``Int64`` number in the order; null where it is not known or, between states of a count, later than
        the last).
    """

    contest: str
    level: Level
    table: pl.DataFrame
    areas: tuple[str, ...]
    options: tuple[str, ...]
    columns: Mapping[str, Origin]
    accounting: Accounting
    extras: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """What a reader must know about how the file was understood, one sentence each."""

    def __len__(self) -> int:
        return self.table.height

    @property
    def quantities(self) -> tuple[str, ...]:
        """The canonical count columns that this table has, published or derived."""
        return tuple(name for name in QUANTITIES if name in self.columns)

    @property
    def published(self) -> tuple[str, ...]:
        """The canonical count columns that were published, not derived."""
        return tuple(name for name in self.quantities if not self.columns[name].derived)

    @cached_property
    def sums(self) -> dict[str, int]:
        """Total of each quantity and option over all stations, marked ones included."""
        names = [*self.quantities, *self.options]
        if not names:
            return {}
        row = self.table.select(pl.col(names).sum()).row(0)
        return {name: int(value) for name, value in zip(names, row, strict=True)}

    def unread(self, *wanted: str) -> tuple[FileColumn, ...]:
        """Return the columns of the file that may be these quantities, or ``options``, and were not read.

        So a reader is not told that figures are missing where they are there and were not understood.
        """
        columns = self.accounting.columns
        return tuple(one for one in columns if not one.read_as and one.can_be in wanted)

    @property
    def leader(self) -> str | None:
        """The option with most votes; the first in the table on a tie; null without options."""
        if not self.options:
            return None
        return max(self.options, key=lambda option: self.sums[option])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical table; the same whatever the file format, row order or line numbers."""
        names = ["station", *self.areas, *self.quantities, *self.options, "mark"]
        body = self.table.select(names).sort(names, nulls_last=True).write_csv()
        return hashlib.sha256(body.encode()).hexdigest()

    def select(self, *names: str, marked: bool = False) -> Selection:
        """Pick the stations for which all of the named counts are known.

        Parameters
        ----------
        names
            Quantities or options.
        marked
            Keep electronic, postal, abroad and special rows too. Polling stations abroad that have a name and
            voters of their own are stations like others, and are kept in any case.

        Returns
        -------
        Selection
            With the number of stations left out, by reason.

        Raises
        ------
        KeyError
            If a column is not in the table; ask :attr:`quantities` first.
        """
        missing = [name for name in names if name not in self.columns]
        if missing:
            raise KeyError(f"not in these returns: {', '.join(missing)}")
        rows = np.arange(self.table.height, dtype=np.int64)
        keep = np.ones(self.table.height, dtype=bool)
        dropped: dict[str, int] = {}
        if not marked:
            left_out = self.table["mark"].filter(pl.Series(~self.ordinary)).value_counts().sort("mark")
            dropped |= {f"marked {mark}": int(count) for mark, count in left_out.iter_rows()}
            keep &= self.ordinary
        for name in names:
            known = self.table[name].is_not_null().to_numpy()
            lost = int(np.count_nonzero(keep & ~known))
            if lost:
                dropped[f"{name} missing"] = lost
            keep &= known
        rows = rows[keep]
        counts = {name: self.table[name].gather(rows).to_numpy().astype(np.int64) for name in names}
        return Selection(rows, counts, dropped)

    @cached_property
    def ordinary(self) -> NDArray[np.bool_]:
        """Rows that are polling stations in the ordinary sense, shape (n,): no pooled or special count.

        Rows that are marked are not, but for stations abroad with a name and voters of their own: who votes
        in an embassy votes in a room with a list and a box.
        """
        mark, station = self.table["mark"], self.table["station"]
        housed = (mark == "abroad") & station.is_not_null()
        if "registered" in self.quantities:
            housed &= (self.table["registered"] > 0).fill_null(value=False)
        return (mark.is_null() | housed.fill_null(value=False)).to_numpy()

    @cached_property
    def marked(self) -> dict[str, int]:
        """Number of stations by mark."""
        counts = self.table["mark"].drop_nulls().value_counts().sort("mark")
        return {str(mark): int(count) for mark, count in counts.iter_rows()}

    def area_of(self, column: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
        """Group stations by an area column.

        Returns
        -------
        codes : ndarray of int64, shape (len(rows),)
            Index into ``names`` for each row.
        names : list of str
            Area names in the order of their first appearance in the table; a missing name is ``(none)``.
        """
        series = self.table[column].fill_null("(none)")
        names = series.unique(maintain_order=True).to_list()
        codes = series.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int64)
        return codes[rows], names

    @cached_property
    def main_area(self) -> str | None:
        """The area column by which places are compared: the coarsest with at least five areas.

        A column in which one area holds more than four fifths of the stations (a country among countries
        where votes were cast abroad) gives way to a finer one. Null where no area column has two areas of
        two stations each, so that nothing can be compared.
        """
        sizes = {name: self.table[name].n_unique() for name in self.areas}
        useful = [name for name in self.areas if 2 <= sizes[name] <= self.table.height / 2]
        wide = [name for name in useful if sizes[name] >= 5]
        even = [name for name in wide if self._largest_area(name) <= 0.8 * self.table.height]
        return next(iter(even or wide or useful), None)

    def finest_area(self, least: int) -> str | None:
        """Return the finest area column that still puts half of the stations together with ``least`` or more.

        That is, as a rule, the commission that counts or collects: below it, stations are too few to compare.
        Null where there is none.
        """
        for name in reversed(self.areas):
            codes, names = self.places(name)
            sizes = np.bincount(codes[codes >= 0])
            if sizes[sizes >= least].sum() >= self.table.height / 2 and len(names) > 1:
                return name
        return None

    def places(self, column: str) -> tuple[NDArray[np.int64], list[str]]:
        """Tell the areas of a column apart, by the larger ones before it where several have one name.

        Returns
        -------
        codes : ndarray of int64, shape (stations,)
            Index into ``names`` for each row of the table; minus one for stations without an area.
        names : list of str
            In alphabetical order, with the larger areas before them where the name is not the only one.
        """
        there = self.table[column].is_not_null().to_numpy()
        rows = np.flatnonzero(there)
        whole, found = np.zeros(len(rows), dtype=np.int64), []
        for level in self.areas[: self.areas.index(column) + 1]:
            codes, names = self.area_of(level, rows)
            whole = np.unique(whole * len(names) + codes, return_inverse=True)[1]
            found.append((codes, names))
        _, first = np.unique(whole, return_index=True)
        codes, names = found[-1]
        repeated = np.bincount(codes[first], minlength=len(names)) > 1
        labels = [
            " / ".join(names[codes[row]] for codes, names in (found if repeated[codes[row]] else found[-1:]))
            for row in first
        ]
        order = np.array(sorted(range(len(labels)), key=labels.__getitem__), dtype=np.int64)
        placed = np.full(len(there), -1, dtype=np.int64)
        placed[rows] = np.argsort(order)[whole]
        return placed, [labels[place] for place in order]

    def _largest_area(self, column: str) -> int:
        """Count the stations of the largest area in a column."""
        return int(self.table.group_by(column).len()["len"].to_numpy().max(initial=0))
