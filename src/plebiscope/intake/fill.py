"""Names of areas that are printed only where they change, as merged cells come out of a spreadsheet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.numbers import parse
from plebiscope.intake.vocabulary import row_mark

_STOP = "\0"
_LIKE = 0.95
"""Share of rows in which a pattern must hold to be one."""


def carry_down(table: Table) -> tuple[Table, list[str]]:
    """Carry names of areas down to the rows below them.

    A column is carried down where each of its values differs from the one before, and where the rows that
    have a value are otherwise like those that have none: rows that sum others have a name and no station.
    Such a sum heads the rows below it if these add up to it; then its name is theirs too.

    Returns
    -------
    table, notes
        One sentence on the columns that were carried down.
    """
    # Notes below the table have no counts and are no rows of an area.
    counted = np.zeros(table.height, dtype=bool)
    for column in table.columns:
        counted |= column.known & (column.counts and not column.coded)
    rows = np.flatnonzero(counted)
    filled = {c.place: c.cells.is_not_null().to_numpy() for c in table.columns}
    here = {place: mask[rows] for place, mask in filled.items()}
    size = _largest(table)[rows]
    printed = [c for c in table.columns if _printed_on_change(c, rows, here) or _heads_blocks(c, rows, size)]
    if not printed:
        return table, []
    # Cells merged over the same rows say the same of them, though the larger area may come twice running.
    printed += [
        c
        for c in table.columns
        if c not in printed
        and _names_areas(c)
        and any(np.array_equal(here[c.place], here[other.place]) for other in printed)
    ]
    stop = ~counted
    once = _counted_once(table, rows, here, printed)
    carried: dict[int, Column] = {}
    for column in sorted(printed, key=lambda c: np.count_nonzero(filled[c.place])):
        carried[column.place] = _carried(column, stop)
        # Where a larger area begins, a smaller one that is not named is not known.
        stop |= filled[column.place]
    names = ", ".join(repr(c.name) for c in printed)
    note = f"{names}: printed only where it changes, and carried down to the rows below."
    notes = [note]
    if once:
        told = ", ".join(repr(c.name) for c in once)
        notes.append(f"{told}: printed once for all the rows of an area, so not known of each; left out.")
        nothing = pl.Series([None] * table.height, dtype=pl.String)
        carried |= {c.place: replace(c, cells=nothing, numbers=parse(nothing)) for c in once}
    return replace(table, columns=tuple(carried.get(c.place, c) for c in table.columns)), notes


def _counted_once(
    table: Table, rows: NDArray[np.intp], filled: dict[int, NDArray[np.bool_]], printed: list[Column]
) -> list[Column]:
    """Find counts that stand beside the names of areas only: voters of a centre of several stations.

    Where the other counts are there in every row, those rows are no sums of others.
    """
    once = [
        c
        for c in table.columns
        if c.counts
        and c not in printed
        and any(np.array_equal(filled[c.place], filled[p.place]) for p in printed)
    ]
    others = [c for c in table.columns if c.counts and c not in once and c not in printed]
    whole = [c for c in others if filled[c.place].mean() > _LIKE and not c.coded and not c.runs_on]
    return once if len(whole) > 1 and len(rows) else []


def _carried(column: Column, stop: NDArray[np.bool_]) -> Column:
    """Carry a column down, but not to rows where it stops."""
    stopped = pl.Series(stop) & column.cells.is_null()
    cells = pl.select(pl.when(stopped).then(pl.lit(_STOP)).otherwise(column.cells)).to_series().forward_fill()
    cells = cells.replace(_STOP, None)
    return replace(column, cells=cells, numbers=parse(cells))


def _printed_on_change(column: Column, rows: NDArray[np.intp], filled: dict[int, NDArray[np.bool_]]) -> bool:
    """Tell whether a column is empty where it would repeat itself; ``filled`` is of the rows with counts."""
    named = filled[column.place]
    if not len(named) or not named[0] or named.mean() > 0.6 or not _names_areas(column):
        return False
    if column.role == "station" and np.mean(named[1:] & named[:-1]) > 1 - _LIKE:
        return False  # stations one after the other, and rows between them that are none
    values = column.cells.gather(rows.tolist()).drop_nulls().to_numpy()
    if len(values) < 2 or np.mean(values[1:] == values[:-1]) > 1 - _LIKE:
        return False
    own_kind = np.array([row_mark(str(text)) is not None for text in values], dtype=bool)
    ordinary = np.flatnonzero(named)[~own_kind]
    others = [mask for place, mask in filled.items() if place != column.place and mask[~named].mean() > _LIKE]
    few = max(1.0, (1 - _LIKE) * len(ordinary))
    return bool(others) and all(np.count_nonzero(~mask[ordinary]) <= few for mask in others)


def _largest(table: Table) -> NDArray[np.int64]:
    """Return the column of counts with the largest sum: voters or ballots."""
    counts = [c.whole for c in table.columns if c.counts and not c.coded and not c.runs_on]
    return max(counts, key=lambda values: int(values.sum()), default=np.zeros(table.height, np.int64))


def _heads_blocks(column: Column, rows: NDArray[np.intp], size: NDArray[np.int64]) -> bool:
    """Tell whether the rows that have a name are the sums of the rows below them, down to the next name.

    Where those rows hold sums of a smaller kind too, each voter comes twice or three times.
    """
    if column.cells.null_count() < 0.4 * len(column.cells):
        return False
    labels = column.cells.gather(rows.tolist()).to_list()
    heads = np.array([i for i, text in enumerate(labels) if text is not None], dtype=np.intp)
    if len(heads) < 2 or heads[0] > 2 or len(heads) > 0.6 * len(rows) or not _names_areas(column):
        return False
    running = np.concatenate([[0], np.cumsum(size)])
    below = running[np.append(heads[1:], len(size))] - running[heads + 1]
    own = np.maximum(size[heads], 1)
    fits = (below % own == 0) & (below >= own) & (below <= 3 * own)
    placed = [row_mark(str(labels[i])) != "total" for i in heads]
    return bool(fits[placed].mean() > 0.8) if any(placed) else False


def _names_areas(column: Column) -> bool:
    wordy = column.numbers.kind == "text" or column.coded
    named = column.role in ("area", "place", "constituency", "code", "name", "station")
    return named or (column.role is None and wordy and column.place == 0)
