"""What tells rows apart that bear the same names: a number nobody explained, or another question.

Rows of one table that share the names of their station and areas are either several stations, whose number
stands in a column that was not understood, or one station in several votes. The figures decide: the same
voters on the list under every value mean several votes. Where they cannot decide, the user is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.keys import Keys, station_sized
from plebiscope.intake.meaning import COUNT_ROLES
from plebiscope.intake.understanding import Understanding, names
from plebiscope.intake.vocabulary import row_mark
from plebiscope.model.errors import InputError

_FEW = 0.02
"""Share of rows that may bear the names of another by mistake."""
_VOTES = 20
"""Most votes that one file holds side by side."""
_NO_NAME = COUNT_ROLES | {
    "votes",
    "option",
    "percent",
    "longitude",
    "latitude",
    "url",
    "date",
    "winner",
    "mark",
}


@dataclass(frozen=True)
class _Names:
    """The rows in question and what they are called; ``label`` tells options apart in a long table."""

    frame: pl.DataFrame
    path: list[str]
    label: list[str]

    def twice(self, *more: str) -> float:
        """Return the share of rows that bear the names of another."""
        return 1 - self.frame.select([*self.path, *self.label, *more]).n_unique() / max(1, self.frame.height)

    def labels_each(self, *more: str) -> float:
        """Return how many different labels a group has on average."""
        pairs = self.frame.select([*self.path, *self.label, *more]).n_unique()
        return pairs / max(1, self.frame.select([*self.path, *more]).n_unique())


def complete(
    table: Table,
    path: list[Column],
    rows: NDArray[np.bool_],
    exclude: set[int],
    label: pl.Series | None = None,
) -> list[Column]:
    """Find the columns without which rows bear the same names.

    Parameters
    ----------
    path
        The columns that name rows so far.
    rows
        The rows that count, shape (n,).
    exclude
        Places of columns that are something else.
    label
        In a long table, the label of each row: one station has each label once.

    Returns
    -------
    list of Column
        Empty where nothing is missing, or nothing helps.
    """
    pool = {str(c.place): c for c in table.columns if c.place not in exclude and _may_name(c)}
    for column in path:
        pool.pop(str(column.place), None)
    cells = {str(c.place): c.cells for c in (*path, *pool.values())}
    frame = pl.DataFrame(cells | ({} if label is None else {"label": label})).filter(pl.Series(rows))
    known = _Names(frame, [str(c.place) for c in path], [] if label is None else ["label"])
    chosen: list[str] = []
    left = known.twice()
    before = known.labels_each()
    while left > _FEW and pool and len(chosen) < 3:
        able = {
            place: round(known.twice(*chosen, place), 2)
            for place, column in pool.items()
            if (not column.counts or column.coded or _numbers(known, chosen, column))
            and (label is None or known.labels_each(*chosen, place) >= before / 2)
        }
        if not able:
            return []
        best = min(able, key=lambda place: (able[place], pool[place].distinct))
        if able[best] > 0.8 * left:
            return []
        left = known.twice(*chosen, best)
        chosen.append(best)
        pool.pop(best)
    return [c for c in table.columns if str(c.place) in chosen] if left <= 0.05 else []


def _may_name(column: Column) -> bool:
    if column.role in _NO_NAME or column.numbers.kind in ("decimal", "percent") or column.distinct < 2:
        return False
    if column.cells.null_count() > len(column.cells) / 2:
        return False
    # Ballots cast early and on the day are parts of one station, not stations.
    ways = column.distinct <= 8 and any(
        row_mark(text) not in (None, "total") for text in column.cells.drop_nulls().unique().to_list()
    )
    return not ways


def _numbers(known: _Names, chosen: list[str], column: Column) -> bool:
    """Tell a column that numbers stations from counts: within an area hardly a number is left out."""
    place = str(column.place)
    frame = known.frame.select([*known.path, *chosen], value=pl.col(place).cast(pl.Int64, strict=False))
    groups = frame.drop_nulls("value").group_by([*known.path, *chosen]).agg(
        pl.col("value").n_unique().alias("different"),
        (pl.col("value").max() - pl.col("value").min() + 1).alias("span"),
    ).filter(pl.col("different") > 1)  # fmt: skip
    if not groups.height:
        return False
    return bool((groups["span"] <= 1.5 * groups["different"]).mean() > 0.8)  # type: ignore[operator]


def refuse_several_votes(
    path: list[Column], more: list[Column], voters: pl.Series | None, rows: NDArray[np.bool_]
) -> None:
    """Ask which vote is meant where a column that tells rows apart names votes.

    Under each of its values come the same places with the same voters.

    Parameters
    ----------
    path, more
        What names the rows, and what :func:`complete` found.
    voters
        Registered voters of each row, if they are known.

    Raises
    ------
    InputError
        Naming the votes.
    """
    for column in more:
        if column.distinct > _VOTES or column.role in ("station", "area", "code"):
            continue
        if voters is None:
            if column.role in ("question", "contest", "round"):
                raise which_vote(column, rows)
            continue
        others = [c for c in (*path, *more) if c is not column]
        frame = pl.DataFrame({str(c.place): c.cells for c in others} | {"voters": voters})
        groups = frame.filter(pl.Series(rows)).group_by([str(c.place) for c in others])
        counted = groups.agg(pl.len(), pl.col("voters").n_unique()).filter(pl.col("len") > 1)
        if counted.height and (counted["voters"] == 1).mean() > 0.9:  # type: ignore[operator]
            raise which_vote(column, rows)


def which_vote(column: Column, rows: NDArray[np.bool_]) -> InputError:
    """Ask which of the votes that a column names is meant."""
    cells = column.cells.filter(pl.Series(rows)).drop_nulls()
    several = cells.value_counts(sort=True).rows()[:12]
    return InputError(
        f"the file holds {cells.n_unique()} votes, told apart by its column {column.name!r}",
        expected="one vote, or a mapping that names the one that is meant: "
        + "; ".join(f"{name} ({count:,} records)" for name, count in several),
        todo=f'pass a file with [contest], column = "{column.name}", value = "..." as --mapping',
    )


def settle(table: Table, found: Keys, understood: Understanding) -> Keys:
    """Complete the names of the rows of a wide table, or ask which vote is meant.

    Raises
    ------
    InputError
        If the rows of one station belong to several votes.
    """
    path = [*found.path, *found.twins]
    used = [c for choice in (*understood.quantities.values(), *understood.options.values())
            for c in choice.columns]  # fmt: skip
    rows = np.logical_or.reduce([np.zeros(table.height, dtype=bool), *(c.known for c in used)])
    named = np.logical_and.reduce([rows, *(c.cells.is_not_null().to_numpy() for c in path)])
    if not path or named.sum() < 0.5 * rows.sum():
        return found
    more = complete(table, path, named, understood.used())
    if not more:
        return found
    choice = understood.quantities.get("registered")
    voters = None if choice is None else pl.Series(choice.values())
    refuse_several_votes(path, more, voters, named)
    why = dict(found.why)
    for column in more:
        why[column.place] = "without it several rows bear the same names"
    if found.station is None and not station_sized(table):
        return replace(found, areas=(*found.areas, *more), why=why)
    fine = [c for c in more if c.distinct > 10]
    areas = found.areas
    if found.station is not None and fine:
        areas = (*areas, found.station)
        parts = more
    else:
        parts = [*([found.station] if found.station is not None else []), *more]
    station = parts[0] if len(parts) == 1 else joined(parts)
    why[station.place] = (
        f"{names(parts)}: without {'them' if len(parts) > 1 else 'it'} several rows bear the same names"
    )
    return replace(found, level="station", station=station, areas=areas, why=why)


def joined(columns: list[Column]) -> Column:
    """Put the parts of a name together, with a space between."""
    cells = pl.DataFrame({str(c.place): c.cells for c in columns}).select(
        pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).alias("name")
    )["name"]
    return replace(columns[0], name=" ".join(c.name for c in columns), cells=cells)
