"""Rows of one station by way of voting, and in all, become one row per station.

A canvass lists each precinct on election day, by mail and in total. Which row is the total is told by
arithmetic; where there is none, the rows are added. What stands in every row of a station, as the voters on
its list do, is counted once; voters that add up are voters of several places, and those rows stay apart.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.numbers import Numbers
from plebiscope.intake.vocabulary import row_mark

_LIKE = 0.95
"""Share of stations in which a pattern must hold to be one."""
_LABELS = 8
"""Most ways of voting that a table tells apart."""
_NAMES = ("station", "area", "code", "name", "constituency", "place", "level")


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
    voters = [c for c in counts if c.role == "registered"]
    if len(counts) - len(voters) < 2 or table.members is not None:
        return table, []
    for column in table.columns:
        few = not column.counts and 2 <= column.distinct <= _LABELS and not column.cells.null_count()
        frame = _complete(table, column, counts) if few and column.role not in _NAMES else None
        if frame is None:
            continue
        again = {c.place for c in counts if _stands_again(frame, c)}
        if any(c.place not in again for c in voters) or len(again) == len(counts):
            continue
        labels = column.cells.unique().sort()
        marks = {row_mark(text) for text in labels} - {None}
        whole = next((label for label in labels if _is_whole(frame, label, counts, again)), None)
        if (whole is None and not (voters and marks - {"total"})) or not (voters or marks):
            continue
        folded, apart = _folded(table, column, counts, again, frame, whole)
        taken = f"the rows {whole!r} were taken" if whole is not None else "the rows were added"
        note = f"{column.name!r} gives each station in parts; {taken}, and what stands in every row once."
        if apart:
            note += f" Stations without such a row, whose parts were added: {apart:,}."
        return folded, [note]
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
    once = frame.select("key", "way").n_unique() == frame.height
    if stations < 2 or not 0.9 * full <= frame.height <= full or not once:
        return None
    return frame.with_columns(c.numbers.values.alias(f"c{c.place}") for c in counts)


def _stands_again(frame: pl.DataFrame, column: Column) -> bool:
    """Tell whether a count is the same in all rows of a station."""
    name = f"c{column.place}"
    same = frame.group_by("key").agg(
        (pl.col(name).drop_nulls().n_unique() == 1).alias("same"), (pl.col(name).max() > 0).alias("some")
    )
    share = same.filter("some")["same"].mean()
    return isinstance(share, float) and share > _LIKE


def _is_whole(frame: pl.DataFrame, label: str, counts: list[Column], again: set[int]) -> bool:
    """Tell whether one label holds, in each count that is not the same everywhere, the sum of the others."""
    names = [f"c{c.place}" for c in counts if c.place not in again]
    rest = frame.filter(pl.col("way") != label).group_by("key").agg(
        *[pl.col(n).sum().alias(f"{n}sum") for n in names],
        *[(pl.col(n) > 0).sum().alias(f"{n}some") for n in names],
    )  # fmt: skip
    both = frame.filter((pl.col("way") == label) & pl.any_horizontal(pl.col(n) > 0 for n in names))
    both = both.join(rest, on="key")
    if not names or both.height < _LIKE * frame["key"].n_unique():
        return False
    fits = pl.all_horizontal(pl.col(n).fill_null(0) == pl.col(f"{n}sum") for n in names)
    moved = pl.any_horizontal((pl.col(n) > 0) & (pl.col(f"{n}some") > 1) for n in names)
    share = both.select(fits.mean().alias("fits"), moved.mean().alias("moved"))
    return bool(share["fits"][0] > _LIKE and share["moved"][0] > 0.5)


def _folded(
    table: Table,
    column: Column,
    counts: list[Column],
    again: set[int],
    frame: pl.DataFrame,
    whole: str | None,
) -> tuple[Table, int]:
    """Make one row of each station; return with it how many stations lack the row of the whole."""
    known = pl.any_horizontal(pl.col(f"c{c.place}") > 0 for c in counts if c.place not in again)
    frame = frame.with_columns(
        ((pl.col("way") == (whole or "")) & known).fill_null(value=False).alias("is_whole")
    )
    frame = frame.with_columns(
        (
            c.numbers.wrong
            if c.numbers.wrong is not None
            else pl.Series([None] * table.height, dtype=pl.String)
        ).alias(f"w{c.place}")
        for c in counts
    )
    frame = frame.with_columns(pl.col("is_whole").any().over("key").alias("has_whole"))
    used = frame.filter(pl.col("is_whole") | ~pl.col("has_whole") & (pl.col("way") != (whole or "")))
    # A station of which nothing but the row of the whole is left, and that says nothing.
    used = pl.concat([used, frame.join(used, on="key", how="anti")])
    made = []
    for c in counts:
        value = pl.col(f"c{c.place}")
        # A sum of which a part is not known is not known.
        total = value.max() if c.place in again else pl.when(value.is_not_null().all()).then(value.sum())
        made += [total.alias(f"c{c.place}"), pl.col(f"w{c.place}").drop_nulls().first().alias(f"w{c.place}")]
    rows = (
        frame.sort("row").group_by("key", maintain_order=True).agg("row", pl.col("row").min().alias("first"))
    )
    stations = rows.join(used.group_by("key").agg(*made), on="key", how="left", maintain_order="left").sort(
        "first"
    )
    kept = table.keep(np.isin(np.arange(table.height), stations["first"].to_numpy()))
    fresh = {
        c.place: Numbers("count", stations[f"c{c.place}"].cast(pl.Int64), stations[f"w{c.place}"])
        for c in counts
    }
    columns = tuple(
        replace(c, cells=fresh[c.place].values.cast(pl.String), numbers=fresh[c.place])
        if c.place in fresh
        else c
        for c in kept.columns
        if c.place != column.place
    )
    members = [sorted(row) for row in stations["row"].to_list()]
    records = np.array([len(row) for row in members], dtype=np.int64)
    lacking = frame.filter(~pl.col("has_whole"))["key"].n_unique() if whole is not None else 0
    return replace(kept, columns=columns, members=members, records=records), lacking
