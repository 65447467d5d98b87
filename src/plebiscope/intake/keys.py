"""Which columns say where a row was counted: the station and the areas around it, from large to small."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.vocabulary import read, split
from plebiscope.model.returns import Level

_KINDS = 5
"""Most labels of a column that tells kinds of rows, not areas."""


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
    kinds
        Columns of a few kinds of rows (town or country, ordinary or mobile), which are no areas.
    """

    level: Level
    station: Column | None
    areas: tuple[Column, ...]
    twins: tuple[Column, ...]
    why: dict[int, str]
    kinds: tuple[Column, ...] = ()

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
            if wordy or column.coded or column.in_runs:
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
        elif role is None and wordy and not is_talk(column):
            spots.append(column)
            why[column.place] = "it holds names"
    twins: list[Column] = []
    kept = _without_twins(spots, station, twins, table.tongues)
    kept = _nested(kept, why)
    apart = _Apart(kept, station)
    twins += [c for c in kept if apart.says_the_station(c)]
    kept = [c for c in kept if c not in twins]
    kept = apart.in_order([c for c in kept if not apart.is_kind(c, n)])
    kinds = tuple(c for c in spots if c not in kept and c not in twins and _few_names(c))
    level: Level = "station" if station is not None else "area"
    return Keys(level, station, tuple(kept), tuple(twins), why, kinds)


def _is_count(column: Column, n: int) -> bool:
    """Tell a number of stations from the number of a station: the former is small and repeats."""
    meaning = next((m for m in column.meanings if m.role == "other"), None)
    if meaning is None or not column.counts:
        return False
    return column.distinct < n / 4


def _station(candidates: list[Column], columns: list[Column], n: int) -> Column | None:
    """Choose the column that tells rows apart within the areas; of several that do, a name before a code.

    Where it takes two (a centre and the number of a table in it), it is the number, or the later one.
    """
    if len(candidates) < 2:
        return next(iter(candidates), None)
    areas = [
        c
        for c in columns
        if c.role in ("area", "place", "constituency") and 2 <= c.distinct < 0.9 * n and not c.runs_on
        if c.numbers.kind == "text" or c.coded or c.in_runs
    ]
    frame = pl.DataFrame({str(c.place): c.cells for c in (*areas, *candidates)}).unique()
    within = [str(c.place) for c in areas]
    told = {c.place: frame.select([*within, str(c.place)]).n_unique() for c in candidates}
    most = max(told.values())
    able = [c for c in candidates if told[c.place] >= 0.99 * most]
    best = max(able, key=lambda c: (c.numbers.kind == "text", round(_strength(c), 2), -c.place))
    rest = [
        c
        for c in candidates
        if c not in able and frame.select([*within, str(best.place), str(c.place)]).n_unique() > 1.05 * most
    ]
    return max((best, *rest), key=lambda c: (c.numbers.kind != "text", c.place)) if rest else best


def _strength(column: Column) -> float:
    """Return how clearly a header speaks of a polling station."""
    return max((m.strength for m in column.meanings if m.role == "station"), default=0.0)


def is_talk(column: Column) -> bool:
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
    for word in split(column.name, tongues):
        concepts = {c for code in tongues for c in read(word, code).concepts}
        if not concepts & {"code", "name", "number"}:
            kept.append(word)
    return tuple(kept) or (f"column {column.place}",)


def _same(code: Column, name: Column, names: list[Column]) -> bool:
    """Tell whether, within the larger areas, each code stands for one name and each name for one code."""
    larger = [c for c in names if c.distinct < name.distinct]
    frame = pl.DataFrame({"code": code.cells, "name": name.cells} | {str(c.place): c.cells for c in larger})
    frame = frame.drop_nulls(["code", "name"]).unique()
    if not frame.height:
        return False
    codes = frame["code"].n_unique()
    if frame.select("code", "name").n_unique() <= codes * 1.02 + 1:
        return frame.drop("code").n_unique() >= 0.8 * codes
    if not larger or code.role in ("area", "place", "constituency"):
        return False
    by_code, by_name = frame.drop("name").n_unique(), frame.drop("code").n_unique()
    return codes < by_code and frame.height <= 1.02 * min(by_code, by_name)


def _nested(spots: list[Column], why: dict[int, str]) -> list[Column]:
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


def _few_names(column: Column) -> bool:
    return column.numbers.kind == "text" and column.distinct <= _KINDS


class _Apart:
    """How the labels of areas lie within one another, counted over the different rows of labels."""

    def __init__(self, areas: list[Column], station: Column | None) -> None:
        self.areas = areas
        self.station = station
        columns = [*areas, *([station] if station is not None else [])]
        self.frame = pl.DataFrame({str(c.place): c.cells for c in columns}).unique()
        self._known: dict[tuple[int, ...], int] = {}

    def different(self, *columns: Column) -> int:
        """Count the different labels in some columns together, over rows that have them all."""
        places = tuple(sorted({c.place for c in columns}))
        if places not in self._known:
            names = [str(place) for place in places]
            self._known[places] = self.frame.select(names).drop_nulls().n_unique()
        return self._known[places]

    def says_the_station(self, column: Column) -> bool:
        """Tell a column that names no area but each station once more."""
        if self.station is None or column.role in ("area", "place", "constituency"):
            return False
        areas = [c for c in self.areas if c.role in ("area", "place", "constituency")]
        stations = self.different(*areas, self.station)
        return (
            self.different(*areas, column) >= 0.98 * stations
            and self.different(*areas, column, self.station) <= 1.02 * stations
        )

    def lies_in(self, fine: Column, coarse: Column) -> bool:
        """Tell whether each fine label has hardly more than one coarse label, and more so than the reverse.

        A village may bear the name of another in the next county; a number that starts again in each
        larger area lies in no column of numbers or names beside it.
        """
        pairs = self.different(fine, coarse)
        many, few = pairs / max(1, self.different(fine)), pairs / max(1, self.different(coarse))
        return many <= 1.5 and few > 1.5 * many

    def is_kind(self, column: Column, n: int) -> bool:
        """Tell a few labels that come again in every area: town and country, ordinary and mobile."""
        if not _few_names(column):
            return False
        others = [c for c in self.areas if c is not column and c.numbers.kind == "text"]
        others = [c for c in others if column.distinct < c.distinct <= n / 2]
        crossed = [c for c in others if self.different(column, c) > 1.3 * c.distinct]
        inside = [c for c in others if self.lies_in(c, column)]
        return bool(crossed) and (not inside or column.role not in ("area", "place", "constituency"))

    def in_order(self, areas: list[Column]) -> list[Column]:
        """Return the areas from large to small: as they lie in one another, else as the file has them."""
        above = {c.place: {o.place for o in areas if o is not c and self.lies_in(c, o)} for c in areas}
        left = sorted(areas, key=lambda c: c.place)
        ordered: list[Column] = []
        while left:
            waiting = {c.place for c in left}
            column = next((c for c in left if not above[c.place] & waiting), left[0])
            ordered.append(column)
            left.remove(column)
        return ordered


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
