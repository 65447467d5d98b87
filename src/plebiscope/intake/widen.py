"""Long tables become one row per station, and each row remembers the records it was made of.

What a label stands for (an option, the blank ballots, the voters on the list) is then read from its words and
weighed by arithmetic just as a header is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from plebiscope.intake import apart, vocabulary
from plebiscope.intake.columns import Column, Table, settle_no
from plebiscope.intake.long import LIKE, MAX_OPTIONS, Long, is_quantity, keys_of
from plebiscope.intake.mapping import find
from plebiscope.intake.meaning import COUNT_ROLES, meanings
from plebiscope.intake.numbers import Numbers
from plebiscope.model.errors import InputError

_AGAIN = 0.2
"""Above this share of records that name the same station and option as another, the keys are wrong."""


@dataclass(frozen=True)
class Widened:
    """A long table with one row per station.

    Attributes
    ----------
    unused
        Rows of the long table that went nowhere, with the reason.
    others
        Number of rows that are of other votes.
    notes
        What a reader must know.
    """

    table: Table
    unused: dict[int, str]
    others: int
    notes: tuple[str, ...]


def widen(
    table: Table,
    long: Long,
    contest: tuple[str, str] | None,
    codes: dict[str, str],
    wanted: Sequence[Column] = (),
    places: Sequence[Column] = (),
) -> Widened:
    """Turn a long table into one row per station.

    Parameters
    ----------
    contest
        Column that tells votes apart, and the vote that is meant.
    codes
        What coded labels stand for.
    wanted
        Further columns to keep; they are null where the records of a station do not agree.
    places
        Columns that the user has said to name stations or areas.

    Raises
    ------
    InputError
        If the table holds several contests and none was named.
    """
    keep, labels = _one_contest(table, long.label.cells, contest)
    others = int(np.count_nonzero(~keep))
    unused: dict[int, str] = {}
    labels = _kinds(table, long, labels, keep)
    for i in map(int, np.flatnonzero(labels.is_null().to_numpy() & keep)):
        unused[i] = "no option is named"
    wrong = long.votes.numbers.wrong
    if wrong is not None:
        for i in map(int, np.flatnonzero(wrong.is_not_null().to_numpy() & keep)):
            unused[i] = str(wrong[i])
    again = _again(table, keep)
    keep[list(again | unused)] = False
    keys, per_station = _stations(table, long, labels, keep, places)
    counted, doubled = _second_counts(keys, labels, keep, again)
    keep[counted] = True
    unused = {row: reason for row, reason in again.items() if not keep[row]} | unused
    notes = (
        (f"Places with several records for one option, which were added: {doubled:,}.",) if doubled else ()
    )
    more = [column for column in dict.fromkeys(wanted) if column not in (*keys, *per_station)]
    frame = (
        pl.DataFrame(
            {f"k{c.place}": c.cells for c in keys}
            | {f"q{c.place}": c.numbers.values for c in per_station}
            | {f"m{c.place}": c.cells for c in more}
            | {"label": labels, "votes": long.votes.numbers.values, "line": pl.Series(table.lines)}
        )
        .with_row_index("row")
        .filter(pl.Series(keep))
    )
    names = [f"k{c.place}" for c in keys]
    frame = frame.with_columns(
        pl.concat_str([pl.col(k).fill_null("\0") for k in names], separator="\1").alias("key")
    )
    stations = frame.group_by("key", maintain_order=True).agg(
        pl.col(names).first(),
        *[pl.col(f"q{c.place}").max() for c in per_station],
        *[
            pl.when(pl.col(f"m{c.place}").n_unique() == 1)
            .then(pl.col(f"m{c.place}").first())
            .alias(f"m{c.place}")
            for c in more
        ],
        pl.col("line").first(),
        pl.col("row").alias("rows"),
        pl.len().alias("records"),
    )
    order = frame["label"].unique(maintain_order=True).to_list()
    if len(order) > MAX_OPTIONS:
        raise InputError(
            f"the column {long.label.name!r} holds {len(order):,} different options",
            expected=f"at most {MAX_OPTIONS}",
            todo="name the right column in a mapping file",
        )
    votes = frame.group_by("key", "label").agg(
        pl.when(pl.col("votes").is_not_null().any()).then(pl.col("votes").sum()).alias("votes")
    )
    wide = votes.pivot(on="label", index="key", values="votes")
    joined = stations.join(wide, on="key", how="left", maintain_order="left")
    return Widened(_as_table(table, joined, keys, per_station, more, order, codes), unused, others, notes)


def _second_counts(
    keys: list[Column], labels: pl.Series, keep: np.ndarray, again: dict[int, str]
) -> tuple[list[int], int]:
    """Tell a second count in one place from a record that was copied.

    Where a place was counted twice (before the day and on it), small parties have the same votes both times.

    Returns
    -------
    rows, places
        Rows among those that repeat another word for word that are counts of their own, and how many places
        have several.
    """
    frame = pl.DataFrame({f"k{c.place}": c.cells for c in keys})
    names = frame.columns
    frame = frame.with_columns(labels.alias("label"), row=pl.int_range(frame.height, dtype=pl.Int64))
    here = frame.filter(pl.Series(keep))
    twice = here.filter(here.select([*names, "label"]).is_duplicated()).select(names).unique()
    if not twice.height:
        return [], 0
    same = frame[list(again)].join(twice, on=names, how="semi", nulls_equal=True)
    return same["row"].to_list(), twice.height


def _stations(
    table: Table, long: Long, labels: pl.Series, keep: np.ndarray, places: Sequence[Column]
) -> tuple[list[Column], list[Column]]:
    """Find the columns that tell stations apart, and those that repeat a quantity of the station.

    Raises
    ------
    InputError
        If the records of one station belong to several votes, or nobody can tell which records are of one
        station.
    """
    keys = keys_of(table, long)
    keys += [c for c in places if c not in (*keys, long.label, long.votes)]
    taken = {c.place for c in (*keys, long.label, long.votes, *long.others)}
    quantities = [c for c in table.columns if c.counts and c.place not in taken and c.role in COUNT_ROLES]
    hidden = taken | {c.place for c in quantities}
    more = apart.complete(table, keys, keep, hidden, labels)
    voters = next((c.numbers.values for c in quantities if c.role == "registered"), None)
    apart.refuse_several_votes(keys, more, voters, keep)
    keys += more
    frame = pl.DataFrame(
        {f"k{c.place}": c.cells for c in keys} | {f"q{c.place}": c.numbers.values for c in quantities}
        | {"label": labels}
    ).filter(pl.Series(keep))  # fmt: skip
    names = [f"k{c.place}" for c in keys]
    again = 1 - frame.select([*names, "label"]).n_unique() / max(1, frame.height)
    if again > _AGAIN:
        raise InputError(
            f"{100 * again:.0f} % of the records name a place and {long.label.name!r} that another record "
            "names too, and no column tells them apart",
            expected="one record for each station and option",
            todo="say in a mapping file which columns tell stations apart: "
            '[columns], station = ["...", "..."]',
        )
    groups = frame.group_by(names).agg(pl.col(f"q{c.place}").drop_nulls().n_unique() for c in quantities)
    return keys, [c for c in quantities if (groups[f"q{c.place}"] <= 1).to_numpy().mean() > LIKE]


def _kinds(table: Table, long: Long, labels: pl.Series, keep: np.ndarray) -> pl.Series:
    """Label the records that name no option by the column that says what votes they hold (blank, null)."""
    silent = labels.is_null() & pl.Series(keep)
    if not silent.any():
        return labels
    for column in table.columns:
        if column.counts or column is long.label or not 2 <= column.distinct <= 20:
            continue
        kinds = column.cells.filter(silent).unique().to_list()
        if all(kind is not None and is_quantity(kind, table.tongues) for kind in kinds):
            return pl.select(pl.when(silent).then(column.cells).otherwise(labels)).to_series()
    return labels


def _again(table: Table, keep: np.ndarray) -> dict[int, str]:
    """Find records that repeat an earlier one word for word: added, they would count twice."""
    rows = np.flatnonzero(keep)
    frame = pl.DataFrame({str(c.place): c.cells for c in table.columns if not c.runs_on})[rows.tolist()]
    twice = rows[frame.is_duplicated().to_numpy()]
    first: dict[tuple[object, ...], int] = {}
    found: dict[int, str] = {}
    for i, cells in zip(map(int, twice), frame.filter(frame.is_duplicated()).rows(), strict=True):
        if cells in first:
            found[i] = f"repeats line {int(table.lines[first[cells]])} word for word"
        first.setdefault(cells, i)
    return found


def _one_contest(
    table: Table, labels: pl.Series, contest: tuple[str, str] | None
) -> tuple[np.ndarray, pl.Series]:
    """Keep the records of one vote.

    Under the heading of a vote some files give quantities ("Registered voters"): they belong to every vote,
    and their heading is their label.
    """
    everything = np.ones(table.height, dtype=bool)
    if contest is not None:
        column = find(table, contest[0])
        wanted = of_contest(table, *contest)
    else:
        chosen = _contest_column(table)
        if chosen is None:
            return everything, labels
        column, wanted = chosen, everything
    common = [t for t in column.cells.drop_nulls().unique().to_list() if is_quantity(t, table.tongues)]
    shared = column.cells.is_in(common).fill_null(value=False).to_numpy()
    votes = column.cells.filter(pl.Series(~shared)).drop_nulls()
    if contest is None and votes.n_unique() > 1:
        raise apart.which_vote(column, ~shared)
    named = pl.select(pl.when(pl.Series(shared)).then(column.cells).otherwise(labels)).to_series()
    return wanted | shared, named


def of_contest(table: Table, header: str, value: str) -> np.ndarray:
    """Tell which rows belong to the vote that the user has named.

    Raises
    ------
    InputError
        If there is no such column, or none of its rows belongs to that vote.
    """
    column = find(table, header)
    wanted = (column.cells == value).fill_null(value=False).to_numpy()
    if not wanted.any():
        raise InputError(
            f"no record has {value!r} in {column.name!r}",
            expected=", ".join(repr(t) for t in column.cells.drop_nulls().unique().sort().to_list()[:20]),
        )
    return wanted.copy()


def _contest_column(table: Table) -> Column | None:
    most = max(60, table.height // 50)
    return next((c for c in table.columns if c.role == "contest" and 1 < c.distinct <= most), None)


def _as_table(
    table: Table,
    joined: pl.DataFrame,
    keys: list[Column],
    per_station: list[Column],
    more: list[Column],
    order: list[str],
    codes: dict[str, str],
) -> Table:
    columns: list[Column] = []
    for column in keys:
        cells = joined[f"k{column.place}"]
        columns.append(replace(column, cells=cells, numbers=_same_kind(column, cells)))
    for column in per_station:
        values = joined[f"q{column.place}"]
        columns.append(replace(column, cells=values.cast(pl.String), numbers=Numbers("count", values, None)))
    for column in more:
        cells = joined[f"m{column.place}"]
        columns.append(replace(column, cells=cells, numbers=_same_kind(column, cells)))
    shown = [codes.get(label, label) for label in order]
    tongues = tuple(dict.fromkeys([*vocabulary.tongues(shown), *table.tongues]))
    first = len(table.columns)
    for place, (label, name) in enumerate(zip(order, shown, strict=True), start=first):
        values = joined[label]
        numbers = Numbers("count", values, None)
        columns.append(
            Column(place, name, True, values.cast(pl.String), numbers, meanings(name, tongues), name)
        )
    return Table(
        settle_no(tuple(columns)),
        joined["line"].to_numpy().astype(np.int64),
        joined["records"].to_numpy().astype(np.int64),
        tongues,
        joined["rows"].to_list(),
        frozenset(range(first, first + len(order))),
    )


def _same_kind(column: Column, cells: pl.Series) -> Numbers:
    if not column.counts:
        return Numbers(column.numbers.kind, pl.Series([None] * len(cells), dtype=pl.Int64), None)
    return Numbers("count", cells.cast(pl.Int64, strict=False), None)
