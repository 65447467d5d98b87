"""Rows that sum other rows: told by arithmetic wherever arithmetic can tell, by words only where it cannot.

A level whose rows add up to those of a finer one; a row without its finest key that equals the rows below
it; a row equal, in every column, to a block of rows around it; a row that calls itself a total and has no
place of its own.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.arithmetic import block_sums
from plebiscope.intake.columns import Column, Table
from plebiscope.intake.keys import Keys
from plebiscope.intake.vocabulary import row_mark

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def find(table: Table, keys: Keys, counts: Ints, open_rows: Bools, notes: list[str]) -> Bools:
    """Find the rows that sum others.

    Parameters
    ----------
    counts
        Shape (n, k): counts that do not follow from one another, missing ones as zero.
    open_rows
        Rows that may be sums, shape (n,).
    notes
        What a reader must know is added here.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    left = open_rows.copy()

    def take(rows: set[int]) -> None:
        left[list(rows)] = False

    if np.count_nonzero(left) >= 3:
        for column in table.columns:
            few = not column.counts and 2 <= column.distinct <= 12
            if few and (column.place not in keys.places or column.role):
                take(_by_level(column, counts, np.flatnonzero(left), notes))
        take(_by_blank_key(keys, counts, np.flatnonzero(left), notes))
        take(_by_blocks(table, counts, np.flatnonzero(left)))
    take(_by_label(table, keys, counts, np.flatnonzero(left)))
    return open_rows & ~left


def _by_level(column: Column, counts: Ints, rows: Ints, notes: list[str]) -> set[int]:
    """Find the coarser levels of a table that mixes levels: their rows add up to those of the finest one."""
    labels = column.cells.gather(rows)
    sums: dict[str, tuple[int, Ints]] = {}
    for label in labels.drop_nulls().unique(maintain_order=True).to_list():
        here = rows[(labels == label).fill_null(value=False).to_numpy()]
        sums[label] = (len(here), counts[here].sum(axis=0))
    if len(sums) < 2:
        return set()
    finest = max(sums, key=lambda label: sums[label][0])
    size, total = sums[finest]
    named = column.role == "level"
    tolerance = 0.02 if named else 0.0005
    coarse = []
    for label, (number, values) in sums.items():
        if label == finest or number >= size or not values.any():
            continue
        near = np.abs(values - total) <= tolerance * np.maximum(total, 1)
        if near.all() or (named and near.mean() > 0.7):
            coarse.append(label)
    if not coarse:
        return set()
    notes.append(
        f"The column {column.name!r} mixes levels that sum one another; the finest, {finest!r}, was kept."
    )
    return {int(i) for i in rows[labels.is_in(coarse).fill_null(value=False).to_numpy()]}


def _blank(column: Column) -> Bools:
    """Tell where a key says nothing: empty, or nothing but zeros."""
    empty = column.cells.is_null() | column.cells.str.contains(r"^[0\s.-]*$")
    return empty.fill_null(value=True).to_numpy()


def _by_blank_key(keys: Keys, counts: Ints, rows: Ints, notes: list[str]) -> set[int]:
    """Find rows whose finest key is blank and whose figures are the sum of the rows below them."""
    path = keys.path
    found: set[int] = set()
    blank = {c.place: _blank(c) for c in path}
    size = counts.sum(axis=1)
    for depth in range(len(path) - 1, -1, -1):
        finest, above = path[depth], path[:depth]
        here = np.array([i for i in rows if i not in found], dtype=np.int64)
        empty = here[blank[finest.place][here]]
        if not 0 < len(empty) < len(here):
            continue
        detail = here[~blank[finest.place][here]]
        by_depth: dict[tuple[int, ...], list[int]] = {}
        for i in map(int, empty):
            by_depth.setdefault(tuple(c.place for c in above if not blank[c.place][i]), []).append(i)
        frame = pl.DataFrame({str(c.place): c.cells for c in above} | {"size": pl.Series(size)})
        for known, members in by_depth.items():
            below, number = _below(frame, detail, members, [str(place) for place in known])
            # A row with nothing below it is no sum: votes from abroad, say, which have no station. And a
            # station called 0 may equal the only other one.
            nameless = [finest.cells[i] is None for i in members]
            sums = [
                i
                for i, n, silent in zip(members, number, nameless, strict=True)
                if n and (silent or number.max() > 1)
            ]
            equal = {i for i, total in zip(members, below, strict=True) if size[i] == total} & set(sums)
            if sums and len(equal) >= 0.6 * len(sums):
                found |= set(sums)
                if odd := len(sums) - len(equal):
                    missing = f"Sums without {finest.name!r} that differ from the rows below them"
                    notes.append(f"{missing}, set aside: {odd:,}.")
            else:
                found |= {i for i in equal if size[i]}
    return found


def _below(frame: pl.DataFrame, detail: Ints, members: list[int], names: list[str]) -> tuple[Ints, Ints]:
    """Add up the rows that share the known keys of each of some rows: their size and their number."""
    if not names:
        rows = frame[detail.tolist()]
        total, number = int(rows["size"].sum()), rows.height
        return np.full(len(members), total), np.full(len(members), number)
    sums = (
        frame[detail.tolist()].group_by(names).agg(pl.col("size").sum().alias("below"), pl.len().alias("n"))
    )
    joined = frame[members].join(sums, on=names, how="left", maintain_order="left", nulls_equal=True)
    joined = joined.with_columns(pl.col("below", "n").fill_null(0).cast(pl.Int64))
    return joined["below"].to_numpy(), joined["n"].to_numpy()


def _by_blocks(table: Table, counts: Ints, rows: Ints) -> set[int]:
    """Find rows that equal the sum of a block of rows around them."""
    codes = [c for c in table.columns if not c.counts or c.coded or c.role in ("code", "sequence")]
    missing = {c.place: c.cells.is_null().to_numpy() for c in codes}
    mostly = [c for c in codes if missing[c.place][rows].mean() < 0.1]
    found: set[int] = set()
    for row, first, last in block_sums(counts[rows]):
        block = rows[first : last + 1]
        # Rows below the level of the table lack a code that every row of that level has.
        finer = any(missing[c.place][block].all() and not missing[c.place][rows[row]] for c in mostly)
        found |= {int(i) for i in block} if finer else {int(rows[row])}
    return found


def _by_label(table: Table, keys: Keys, counts: Ints, rows: Ints) -> set[int]:
    """Find rows that call themselves totals.

    A place may be called so too: it is believed of a row only where no finer key gives it a place of its own.
    """
    found: set[int] = set()
    if not len(rows):
        return found
    path = keys.path
    others = [c for c in table.columns if not c.counts and c not in path and c.role not in ("url", "address")]
    size = counts.sum(axis=1)
    for column in (*path, *others):
        finer = path[path.index(column) + 1 :] if column in path else path[-1:]
        texts = column.cells.gather(rows)
        totals = [text for text in texts.drop_nulls().unique().to_list() if row_mark(text) == "total"]
        hits = rows[texts.is_in(totals).fill_null(value=False).to_numpy()] if totals else rows[:0]
        if len(hits) > 0.5 * len(rows):
            continue
        silent = np.logical_and.reduce([np.ones(table.height, dtype=bool), *map(_blank, finer)])
        for i in map(int, hits):
            bare = row_mark(str(column.cells[i]), whole=True) == "total"
            if silent[i] and (bare or finer or size[i] > np.quantile(size[rows], 0.95)):
                found.add(i)
    return found
