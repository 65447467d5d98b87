"""Rows of one station by way of voting, and in all, become one row per station.

A canvass lists each precinct on election day, by mail and in total. Which row is the total is told by
arithmetic; where there is none, the rows are added; the voters on the list are the same in each row.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.vocabulary import row_mark

_LIKE = 0.95
"""Share of stations in which a pattern must hold to be one."""
_LABELS = 8
"""Most ways of voting that a table tells apart."""
_NAMES = ("station", "area", "code", "name", "constituency", "place")


def fold(table: Table) -> tuple[Table, list[str]]:
    """Fold a table in which each station comes once for each label of a column.

    Returns
    -------
    table, notes
        As it was where there is no such column; else each row remembers those it was made of.
    """
    counts = [
        c
        for c in table.columns
        if c.counts and c.largest and not (c.coded or c.runs_on or c.role in (*_NAMES, "sequence"))
    ]
    if not counts or table.members is not None:
        return table, []
    for column in table.columns:
        if column.counts or not 2 <= column.distinct <= _LABELS or column.cells.null_count():
            continue
        frame = _complete(table, column, counts)
        if frame is None:
            continue
        whole = next(
            (label for label in column.cells.unique().sort() if _is_whole(frame, label, counts)), None
        )
        if whole is not None:
            note = f"{column.name!r} gives each station in parts and in all; the rows {whole!r} were taken."
            return _folded(table, column, frame.sort(pl.col("way") != whole, "row"), {}), [note]
        if _same_voters(frame, column, counts):
            note = f"{column.name!r} gives each station by way of voting; the rows were added, voters once."
            sums = {c.place: "max" if c.role == "registered" else "sum" for c in counts}
            return _folded(table, column, frame, sums), [note]
    return table, []


def _complete(table: Table, column: Column, counts: list[Column]) -> pl.DataFrame | None:
    """Return the rows with the name of their station, if each station has (nearly) each label, and once."""
    taken = {column.place, *(c.place for c in counts)}
    names = [
        c
        for c in table.columns
        if c.place not in taken and c.numbers.kind in ("text", "count") and not c.runs_on and c.distinct > 1
    ]
    if not names:
        return None
    frame = pl.DataFrame({f"k{c.place}": c.cells for c in names} | {"way": column.cells})
    key = pl.concat_str([pl.col(f"k{c.place}").fill_null("\0") for c in names], separator="\1")
    frame = frame.select(key.alias("key"), "way").with_row_index("row")
    stations = frame["key"].n_unique()
    full = stations * column.distinct
    if (
        stations < 2
        or not 0.9 * full <= frame.height <= full
        or frame.select("key", "way").n_unique() < frame.height
    ):
        return None
    return frame.with_columns(pl.Series(f"c{c.place}", c.whole) for c in counts)


def _is_whole(frame: pl.DataFrame, label: str, counts: list[Column]) -> bool:
    """Tell whether one label holds, in each count, the sum of the others, or what stands in each of them."""
    names = [f"c{c.place}" for c in counts]
    rest = frame.filter(pl.col("way") != label).group_by("key").agg(
        *[pl.col(n).sum().alias(f"{n}sum") for n in names],
        *[pl.col(n).min().alias(f"{n}min") for n in names],
        *[pl.col(n).max().alias(f"{n}max") for n in names],
        *[(pl.col(n) > 0).sum().alias(f"{n}some") for n in names],
    )  # fmt: skip
    both = frame.filter(pl.col("way") == label).join(rest, on="key")
    if both.height < _LIKE * frame["key"].n_unique():
        return False
    fits, moved = [], []
    for n in names:
        summed = pl.col(n) == pl.col(f"{n}sum")
        again = (pl.col(n) == pl.col(f"{n}min")) & (pl.col(n) == pl.col(f"{n}max"))
        fits.append(summed | again | (pl.col(f"{n}max") == 0))
        moved.append(summed & (pl.col(n) > 0) & (pl.col(f"{n}some") > 1))
    share = both.select(
        pl.all_horizontal(fits).mean().alias("fits"), pl.any_horizontal(moved).mean().alias("moved")
    )
    return bool(share["fits"][0] > _LIKE and share["moved"][0] > 0.5)


def _same_voters(frame: pl.DataFrame, column: Column, counts: list[Column]) -> bool:
    """Tell whether the labels are ways of voting, and the voters on the list the same under each."""
    voters = next((f"c{c.place}" for c in counts if c.role == "registered"), None)
    if voters is None or not any(row_mark(text) not in (None, "total") for text in column.cells.unique()):
        return False
    same = frame.group_by("key").agg(pl.col(voters).n_unique() == 1)[voters].mean()
    return isinstance(same, float) and same > _LIKE


def _folded(table: Table, column: Column, frame: pl.DataFrame, sums: dict[int, str]) -> Table:
    """Keep the first row of each station; ``sums`` says which counts are added up, and how."""
    added = [getattr(pl.col(f"c{place}"), how)().alias(f"s{place}") for place, how in sums.items()]
    stations = frame.group_by("key", maintain_order=True).agg(pl.col("row"), *added)
    stations = stations.with_columns(pl.col("row").list.first().alias("first")).sort("first")
    kept = table.keep(np.isin(np.arange(table.height), stations["first"].to_numpy()))
    columns = []
    for c in kept.columns:
        if c.place in sums:
            values = stations[f"s{c.place}"].cast(pl.Int64)
            c = replace(
                c, cells=values.cast(pl.String), numbers=replace(c.numbers, values=values, wrong=None)
            )
        if c.place != column.place:
            columns.append(c)
    members = [sorted(rows) for rows in stations["row"].to_list()]
    return replace(
        kept,
        columns=tuple(columns),
        members=members,
        records=np.array([len(rows) for rows in members], np.int64),
    )
