"""What each row is: a station, a sum of others, a record that cannot be used, or furniture.

Nothing is dropped: each row leaves with a reason, and the reasons are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake import aggregates, marks
from plebiscope.intake.columns import Column, Table
from plebiscope.intake.keys import Keys
from plebiscope.intake.understanding import Understanding

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Sorted:
    """What became of each row of a table.

    Attributes
    ----------
    station, aggregate, furniture
        Disjoint masks, shape (n,); the rest is in ``quarantine``.
    quarantine
        Reason by row.
    marks
        Mark per row (None for an ordinary station).
    duplicates
        Stations that share their whole key with an earlier one but not their figures.
    """

    station: Bools
    aggregate: Bools
    furniture: Bools
    quarantine: dict[int, str]
    marks: Sequence[str | None]
    duplicates: int
    notes: Sequence[str]


def sort_out(table: Table, keys: Keys, understood: Understanding) -> Sorted:
    """Say of every row what it is."""
    notes: list[str] = []
    used = {c.place: c for choice in (*understood.quantities.values(), *understood.options.values())
            for c in choice.columns}  # fmt: skip
    wrong = _wrong(used.values())
    known = np.logical_or.reduce([np.zeros(table.height, dtype=bool), *(c.known for c in used.values())])
    filled = np.sum([c.cells.is_not_null().to_numpy() for c in table.columns], axis=0)
    furniture = ~known & (filled <= 2)
    furniture[[i for i in wrong if filled[i] > 1]] = False
    quarantine = {int(i): "no counts" for i in np.flatnonzero(~known & ~furniture)}
    quarantine |= {i: reason for i, reason in wrong.items() if not furniture[i]}
    left = ~furniture
    left[list(quarantine)] = False
    aggregate = aggregates.find(table, keys, _independent(understood), left, notes)
    left &= ~aggregate
    if keys.level == "area":
        votes = np.sum([c.whole for c in used.values()], axis=0)
        empty = left & (votes == 0)
        quarantine |= {int(i): "every count is zero: no area of voters" for i in np.flatnonzero(empty)}
        left &= ~empty
    again, duplicates = _repeated(table, keys, np.flatnonzero(left))
    quarantine |= again
    left[list(again)] = False
    found = marks.find(table, keys, understood, left, notes)
    return Sorted(left, aggregate, furniture, quarantine, found, duplicates, notes)


def _wrong(columns: Iterable[Column]) -> dict[int, str]:
    """Name the first cell of each row that is no usable count."""
    found: dict[int, str] = {}
    for column in columns:
        wrong = column.numbers.wrong
        if wrong is not None:
            for i in map(int, np.flatnonzero(wrong.is_not_null().to_numpy())):
                found.setdefault(i, f"{wrong[i]} ({column.name})")
    return found


def _independent(understood: Understanding) -> NDArray[np.int64]:
    """Stack the counts that do not follow from one another, shape (n, k)."""
    chosen = list(understood.options.values())
    names = ("registered", "received", "invalid") if chosen else tuple(understood.quantities)
    chosen += [c for name in names if (c := understood.quantities.get(name)) is not None and not c.derived]
    return np.stack([choice.values() for choice in chosen], axis=1)


def _repeated(table: Table, keys: Keys, rows: NDArray[np.int64]) -> tuple[dict[int, str], int]:
    """Find records that repeat an earlier one word for word, and count keys that come twice."""
    path = [*keys.path, *keys.twins, *keys.kinds]
    if not path or len(rows) < 2:
        return {}, 0
    key = pl.DataFrame({str(c.place): c.cells for c in path})[rows.tolist()]
    twice = key.is_duplicated().to_numpy()
    again: dict[int, str] = {}
    seen: dict[tuple[object, ...], int] = {}
    named: set[tuple[object, ...]] = set()
    duplicates = 0
    whole = pl.DataFrame({str(c.place): c.cells for c in table.columns if not c.runs_on})[
        rows[twice].tolist()
    ]
    names = key.filter(pl.Series(twice)).rows()
    for i, cells, name in zip(map(int, rows[twice]), whole.rows(), names, strict=True):
        if cells in seen:
            again[i] = f"repeats line {int(table.lines[seen[cells]])} word for word"
            continue
        seen[cells] = i
        duplicates += name in named
        named.add(name)
    return again, duplicates
