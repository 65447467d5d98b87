"""Which columns say where a row was counted: the station and the areas around it, from large to small."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.vocabulary import read, words
from plebiscope.model.returns import Level

_FINE = ("station",)
_AREA = ("area", "code", "name", "country", "region", "place", "constituency")


@dataclass(frozen=True)
class Keys:
    """How rows are named.

    Attributes
    ----------
    station
        The column that names stations; None where rows are areas.
    areas
        Columns of areas, from large to small.
    twins
        Codes that say the same as a name in ``areas`` or ``station``, and are not shown.
    why
        Reason by place of the column.
    """

    level: Level
    station: Column | None
    areas: tuple[Column, ...]
    twins: tuple[Column, ...]
    why: dict[int, str]

    @property
    def path(self) -> tuple[Column, ...]:
        """The areas from large to small, and the station."""
        return (*self.areas, self.station) if self.station is not None else self.areas

    @property
    def places(self) -> set[int]:
        """Places of all key columns."""
        return {c.place for c in (*self.path, *self.twins)}


def find(
    table: Table,
    station: Column | None = None,
    areas: tuple[Column, ...] | None = None,
    exclude: frozenset[int] = frozenset(),
) -> Keys:
    """Find the columns that name stations and areas.

    Parameters
    ----------
    station, areas
        What the user has said; it is taken as said.
    exclude
        Places of columns that are something else.
    """
    why: dict[int, str] = {}
    n = max(1, table.height)
    columns = [c for c in table.columns if c.place not in exclude and c.distinct > 0]
    candidates = [c for c in columns if c.role == "station" and not _is_count(c, n)]
    if station is None:
        station = _station(candidates, columns, n)
        if station is not None:
            why[station.place] = "its header speaks of a polling station and it tells rows apart best"
    else:
        why[station.place] = "named by the mapping"
    others = [c for c in candidates if station is None or c.place != station.place]
    if areas is not None:
        for column in areas:
            why[column.place] = "named by the mapping"
        return Keys("station" if station is not None else "area", station, areas, tuple(others), why)
    spots: list[Column] = []
    for column in columns:
        if station is not None and column.place == station.place:
            continue
        role = column.role
        wordy = column.numbers.kind == "text"
        if column.distinct < 2 or column.runs_on:
            continue
        if column in others:
            spots.append(column)
            why[column.place] = "its header speaks of a polling place"
        elif role in ("area", "place", "constituency") and (wordy or column.coded or column.in_runs):
            spots.append(column)
            why[column.place] = "its header speaks of an area"
        elif role in ("code", "name") and (
            wordy or column.coded or column.distinct < n / 2 or role == "name"
        ):
            spots.append(column)
            why[column.place] = "its header speaks of a name or code"
        elif role is None and column.coded:
            spots.append(column)
            why[column.place] = "its cells are codes of one width"
        elif role is None and wordy and not _talk(column):
            spots.append(column)
            why[column.place] = "it holds names"
    twins: list[Column] = []
    kept = _without_twins(spots, station, twins, table.tongues)
    kept = _nested(kept, n, why)
    if station is None and kept:
        finest = max(kept, key=lambda c: c.distinct)
        if finest.distinct > 0.98 * n and not _names_an_area(finest) and station_sized(table):
            station = finest
            kept = [c for c in kept if c.place != finest.place]
            why[finest.place] = "it tells every row apart, and the rows are of the size of polling stations"
    kept.sort(key=lambda c: (c.distinct, c.place))
    level: Level = "station" if station is not None else "area"
    return Keys(level, station, tuple(kept), tuple(twins), why)


def _is_count(column: Column, n: int) -> bool:
    """Tell a number of stations from the number of a station: the former is small and repeats."""
    meaning = next((m for m in column.meanings if m.role == "other"), None)
    if meaning is None or not column.counts:
        return False
    return column.distinct < n / 4


def _station(candidates: list[Column], columns: list[Column], n: int) -> Column | None:
    if not candidates:
        return None

    def told_apart(column: Column) -> float:
        return column.distinct / n

    def rank(column: Column) -> tuple[float, bool, int]:
        # Several columns may speak of stations (centre, table): the finest is the one whose numbers start
        # again in each of the others; among equals a name is better than a code.
        inner = sum(
            1
            for other in candidates
            if other.place != column.place and _within(other, column) and not _within(column, other)
        )
        return (inner + told_apart(column) / 2, column.numbers.kind == "text", column.place)

    return max(candidates, key=rank)


def _within(coarse: Column, fine: Column) -> bool:
    """Tell whether rows with one coarse label have several fine ones."""
    pairs = pl.DataFrame({"a": coarse.cells, "b": fine.cells}).n_unique()
    return pairs > 1.05 * coarse.cells.n_unique()


def _talk(column: Column) -> bool:
    """Tell running text, addresses of pages and the like from names of places."""
    sample = column.cells.drop_nulls().head(500)
    if not len(sample):
        return True
    lengths = sample.str.len_chars()
    links = sample.str.contains(r"^(?:https?://|www\.)").mean()
    mean = lengths.mean()
    return bool((isinstance(links, float) and links > 0.3) or (isinstance(mean, float) and mean > 120))


def _without_twins(
    spots: list[Column], station: Column | None, twins: list[Column], tongues: tuple[str, ...]
) -> list[Column]:
    """Leave out codes that say the same as a name beside them."""
    names = [c for c in (*spots, station) if c is not None and c.numbers.kind == "text" and c.role != "code"]
    kept: list[Column] = []
    for column in spots:
        codelike = column.numbers.kind != "text" or column.role == "code"
        others = [name for name in names if name.place != column.place] if codelike else []
        twin = any(_stem(column, tongues) == _stem(o, tongues) or _same(column, o, names) for o in others)
        (twins if twin else kept).append(column)
    return kept


def _stem(column: Column, tongues: tuple[str, ...]) -> tuple[str, ...]:
    """Return a header's words without those for code and name: the thing that is coded or named."""
    if not column.headed:
        return (f"column {column.place}",)
    kept = []
    for word in words(column.name):
        concepts = {c for code in tongues for c in read(word, code).concepts}
        if not concepts & {"code", "name", "number"}:
            kept.append(word)
    return tuple(kept) or (f"column {column.place}",)


def _same(code: Column, name: Column, names: list[Column]) -> bool:
    """Tell whether each code stands for one name, and each name within its larger areas for one code."""
    larger = [c for c in names if c.distinct < name.distinct]
    frame = pl.DataFrame({"code": code.cells, "name": name.cells} | {str(c.place): c.cells for c in larger})
    frame = frame.drop_nulls(["code", "name"])
    codes = frame["code"].n_unique()
    if not frame.height or frame.select("code", "name").n_unique() > codes * 1.02 + 1:
        return False
    return frame.drop("code").n_unique() >= 0.8 * codes


def _nested(spots: list[Column], n: int, why: dict[int, str]) -> list[Column]:
    """Keep what can be an area: something that lies within the coarser areas, not a remark on the row.

    Columns whose header says that they are areas are kept anyway.
    """
    sure = [c for c in spots if c.role in ("area", "place", "constituency", "station")]
    kept = list(sure)
    for column in spots:
        if column in sure:
            continue
        coarser = [c for c in sure if c.distinct < column.distinct]
        inside = all(
            pl.DataFrame({"a": column.cells, "b": c.cells}).n_unique() <= 1.3 * column.cells.n_unique()
            for c in coarser
        )
        if coarser and not inside:
            why.pop(column.place, None)
            continue
        if not coarser and sure and column.distinct < 5 and column.role is None:
            why.pop(column.place, None)
            continue
        kept.append(column)
    return kept


def _names_an_area(column: Column) -> bool:
    return column.role in ("area", "constituency")


def station_sized(table: Table) -> bool:
    """Tell rows of the size of polling stations from areas: stations are small, and none is a giant.

    Areas follow a long-tailed law (a village beside a capital); polling stations are cut to a size.
    """
    counts = [
        c for c in table.columns if c.counts and c.role in ("registered", "cast", "valid", "voted", "total")
    ]
    if not counts:
        return False
    largest = pl.DataFrame({str(c.place): c.numbers.values for c in counts}).max_horizontal().drop_nulls()
    middle, top = largest.median(), largest.quantile(0.999)
    return (
        isinstance(middle, float)
        and isinstance(top, float)
        and middle < 3000
        and top < max(20 * middle, 2000)
    )


def labels(areas: tuple[Column, ...]) -> list[pl.Series]:
    """Return one text column per area level, spelled as in the file.

    A label that occurs under several larger areas gets the larger area in front, so that two different places
    are never taken for one.
    """
    made: list[pl.Series] = []
    for column in areas:
        series = column.cells.cast(pl.String)
        if made:
            frame = pl.DataFrame({"up": made[-1], "own": series})
            several = frame.drop_nulls("own").unique().group_by("own").len().filter(pl.col("len") > 1)["own"]
            if len(several):
                ambiguous = pl.col("own").is_in(several.implode()) & pl.col("up").is_not_null()
                longer = pl.col("up") + " / " + pl.col("own")
                series = frame.select(pl.when(ambiguous).then(longer).otherwise(pl.col("own")).alias("own"))[
                    "own"
                ]
        made.append(series)
    return made
