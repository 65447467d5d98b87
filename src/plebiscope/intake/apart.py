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
from plebiscope.intake.keys import Keys
from plebiscope.intake.meaning import COUNT_ROLES
from plebiscope.intake.understanding import Understanding, names
from plebiscope.intake.vocabulary import row_mark
from plebiscope.model.errors import InputError

_FEW = 0.02
"""Share of rows that may bear the names of another by mistake."""
_VOTES = 20
"""Most votes that one file holds side by side."""
_NO_STATION = 10_000
"""No polling station has so many voters that half of all could have more."""
_BY_SIZE = "No header speaks of polling stations; the rows were taken for such because of their size."
_VALUE = "value of "
"""Before the place of a column, the name of its cells as numbers."""
_VOTE = ("question", "contest", "round")
"""Roles of columns that name votes."""
_PLACE = ("station", "area", "code", "name", "place", "constituency")
"""Roles of columns that name places, whether or not they are needed to tell rows apart."""
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
    cells |= {_VALUE + str(c.place): c.numbers.values for c in pool.values()}
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
    # Ballots cast early and on the day, men and all voters, are parts of one station, not stations.
    texts = column.cells.drop_nulls().unique().to_list() if column.distinct <= 8 else []
    return not any(row_mark(text) not in (None, "total") or row_mark(text, whole=True) for text in texts)


def _numbers(known: _Names, chosen: list[str], column: Column) -> bool:
    """Tell a column that numbers stations from counts: within an area hardly a number is left out."""
    place = str(column.place)
    frame = known.frame.select([*known.path, *chosen], value=_VALUE + place)
    number = frame.drop_nulls("value")
    for within in ([*known.path, *chosen], *([name] for name in known.path)):
        groups = number.group_by(within).agg(
            pl.len().alias("rows"),
            pl.col("value").n_unique().alias("different"),
            (pl.col("value").max() - pl.col("value").min() + 1).alias("span"),
        ).filter(pl.col("rows") > 1)  # fmt: skip
        dense = (pl.col("span") <= 1.5 * pl.col("different")) & (pl.col("different") > 1)
        once = pl.col("different") > 0.9 * pl.col("rows")
        if groups.height and groups.select((dense & (once | (len(within) > 1))).mean()).item() > 0.8:
            return True
    return False


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
            if column.role in _VOTE:
                raise which_vote(column, rows)
            continue
        others = [c for c in (*path, *more) if c is not column]
        frame = pl.DataFrame({str(c.place): c.cells for c in others} | {"voters": voters})
        groups = frame.filter(pl.Series(rows)).group_by([str(c.place) for c in others])
        # Between two rounds a list of voters changes by a few names.
        same = pl.col("voters").max() - pl.col("voters").min() <= 0.03 * pl.col("voters").max()
        each = groups.agg(pl.len(), same.alias("same"))
        counted = each.filter(pl.col("len") > 1)
        if column.role in _VOTE and counted.height > 0.9 * each.height:
            raise which_vote(column, rows)
        if counted.height > 1 and counted["same"].fill_null(value=False).to_numpy().mean() > 0.9:
            raise which_vote(column, rows)


def refuse_namesakes(table: Table, found: Keys, understood: Understanding) -> None:
    """Ask what tells rows apart where most stations come several times, each time with other figures.

    Raises
    ------
    InputError
        Naming the columns of few values that may tell.
    """
    if found.station is None:
        return
    rows = _counted(table, understood)
    cells = {str(c.place): c.cells for c in (*table.columns, *found.path, *found.twins)}  # a joined name last
    frame = pl.DataFrame(cells).filter(pl.Series(rows)).unique()
    stations = frame.select([str(c.place) for c in (*found.path, *found.twins)]).n_unique()
    few = [c for c in table.columns if 1 < c.distinct <= _VOTES and c not in (*found.path, *found.twins)]
    if stations > frame.height / 2 or not few:
        return
    raise InputError(
        f"{frame.height:,} records name only {stations:,} different stations ({names(found.path)})",
        expected=f"one record for each station; in question: {names(few)}",
        todo="pass only the records of one kind (the totals, if they are ways of voting), or say in a "
        'mapping file which columns tell stations apart: [columns], station = ["...", "..."]',
    )


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


def _counted(table: Table, understood: Understanding) -> NDArray[np.bool_]:
    """Tell which rows hold some count."""
    used = [c for choice in (*understood.quantities.values(), *understood.options.values())
            for c in choice.columns]  # fmt: skip
    rows: NDArray[np.bool_] = np.logical_or.reduce(
        [np.zeros(table.height, dtype=bool), *(c.known for c in used)]
    )
    return rows


def settle(table: Table, found: Keys, understood: Understanding) -> Keys:
    """Complete the names of the rows of a wide table, or ask which vote is meant.

    Raises
    ------
    InputError
        If the rows of one station belong to several votes.
    """
    path = [*found.path, *found.twins]
    rows = _counted(table, understood)
    named = np.logical_and.reduce([rows, *(c.cells.is_not_null().to_numpy() for c in path)])
    if not path and station_sized(_sizes(understood, rows)):
        understood.notes.append(_BY_SIZE)
        return replace(found, level="station")
    if not path or named.sum() < 0.5 * rows.sum():
        return found
    choice = understood.quantities.get("registered")
    voters = None if choice is None else pl.Series(choice.values())
    stacked = [c for c in path if c.role in _VOTE and 1 < c.distinct <= _VOTES]
    if voters is None and stacked:
        refuse_several_votes([c for c in path if c is not stacked[0]], stacked[:1], None, named)
    if voters is not None:
        stacked = [c for c in table.columns if c.role in _VOTE and 1 < c.distinct <= _VOTES]
        places = [c for c in table.columns if c.role in _PLACE and c.distinct < 0.9 * table.height]
        refuse_several_votes(places, stacked[:1], voters, named)
    more = complete(table, path, named, understood.used())
    sizes = _sizes(understood, named & _no_totals([*found.path, *more]))
    if not more:
        sized = _of_size(found, sizes, named)
        if sized.level == "station" and found.level == "area":
            understood.notes.append(_BY_SIZE)
        return sized
    refuse_several_votes(path, more, voters, named)
    why = dict(found.why)
    for column in more:
        why[column.place] = "without it several rows bear the same names"
    if found.station is None and not station_sized(sizes):
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
    named_so = replace(found, level="station", station=station, areas=areas, why=why)
    return _of_size(named_so, sizes, named)


def _of_size(found: Keys, sizes: NDArray[np.int64], rows: NDArray[np.bool_]) -> Keys:
    """Settle by the size of the rows whether they are polling stations or areas, whatever they are called."""
    if found.station is not None:
        if len(sizes) and np.median(sizes) > _NO_STATION:
            why = dict(found.why)
            why[found.station.place] = (
                f"half of the rows have more than {_NO_STATION:,} voters, more than a polling station serves"
            )
            return replace(found, level="area", station=None, areas=(*found.areas, found.station), why=why)
        return found
    if not found.areas or not station_sized(sizes):
        return found
    *larger, finest = found.areas
    told = finest.cells.filter(pl.Series(rows)).n_unique() > 0.98 * np.count_nonzero(rows)
    if not told or _names_an_area(finest):
        return found
    why = dict(found.why)
    why[finest.place] = "it tells every row apart, and the rows are of the size of polling stations"
    return replace(found, level="station", station=finest, areas=tuple(larger), why=why)


def _names_an_area(column: Column) -> bool:
    """Tell a header that speaks of an area, and not just of a place that may be a building."""
    return column.role == "constituency" or (
        column.role == "area"
        and not any({*m.concepts} - {"name", "code"} == {"place"} for m in column.meanings)
    )


def _no_totals(path: list[Column]) -> NDArray[np.bool_]:
    """Tell the rows that every column names, and none calls a total."""
    named = np.ones(len(path[0].cells), dtype=bool)
    for column in path:
        texts = column.cells.drop_nulls().unique().to_list()
        totals = [text for text in texts if row_mark(text) == "total"]
        named &= (column.cells.is_not_null() & ~column.cells.is_in(totals).fill_null(value=True)).to_numpy()
    return named


def _sizes(understood: Understanding, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many voters each row has that has any, or how many votes where voters were not published."""
    for name in ("registered", "cast", "valid"):
        if name in understood.quantities:
            counts = understood.quantities[name].values()
            break
    else:
        counts = np.sum([choice.values() for choice in understood.options.values()], axis=0, dtype=np.int64)
    counts = np.where(rows, counts, 0)
    return np.asarray(counts[counts > 0], dtype=np.int64)


def station_sized(sizes: NDArray[np.int64]) -> bool:
    """Tell rows of the size of polling stations from areas: stations are small, and none is a giant.

    Areas follow a long-tailed law (a village beside a capital); polling stations are cut to a size.
    """
    if not len(sizes):
        return False
    middle, top = np.median(sizes), np.quantile(sizes, 0.995)
    return bool(middle < 3000 and top < max(20 * middle, 2000))


def joined(columns: list[Column]) -> Column:
    """Put the parts of a name together, with a space between."""
    cells = pl.DataFrame({str(c.place): c.cells for c in columns}).select(
        pl.concat_str(pl.all(), separator=" ", ignore_nulls=True).alias("name")
    )["name"]
    name = " ".join(c.name for c in columns)
    return replace(columns[0], name=name, cells=cells, parts=tuple(columns))
