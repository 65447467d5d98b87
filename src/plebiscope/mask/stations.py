"""Stations get pseudonyms in an order drawn by lot: no number, and no place in the file, tells one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import SystemRandom
from typing import Any

import polars as pl

from plebiscope.dossier.dossier import Dossier
from plebiscope.mask.finding import NUMBER, SOMEBODY, Finder, Form
from plebiscope.mask.tokens import keys, tokens

Place = tuple[str | None, ...]
"""The areas of a station, from large to small, and its name."""
_LETTERS = 2
"""Names with fewer letters are no names in a text, only behind a word for a station."""
_NUMBER = frozenset({"no", "nr", "n", "number", "num"})
_LIKE_OURS = re.compile(r"(?i)station\W*\d+")
FEW = 5
"""Stations of an area below which its name nearly is theirs."""
_LEAST = 4
"""Digits of a pseudonym."""


@dataclass(frozen=True)
class Stations:
    """The pseudonym of each station."""

    of: Mapping[Place, str]
    areas: tuple[str, ...]
    """Columns that say where a station lies."""

    @property
    def sparse(self) -> int:
        """Number of areas that hold so few stations that they nearly name them."""
        held = [
            Counter(place[: depth + 1] for place in self.of if place[depth] is not None)
            for depth in range(len(self.areas))
        ]
        return sum(count < FEW for areas in held for count in areas.values())

    def called(self, row: Mapping[str, Any]) -> str | None:
        """Return the pseudonym of the station of a row, null where it names none."""
        if row.get("station") is None:
            return None
        return self.of.get(_place(row, self.areas))

    def teach(self, finder: Finder) -> None:
        """Let a finder know every name that a station has."""
        by_name: dict[str, set[str]] = {}
        by_number: dict[str, set[str]] = {}
        for place, new in self.of.items():
            name = place[-1] or ""
            by_name.setdefault(name, set()).add(new)
            numbers = [token.key for token in tokens(name) if token.number]
            if len(numbers) == 1:
                by_number.setdefault(numbers[0], set()).add(new)
        for name, known in by_name.items():
            parts = keys(name)
            if _tells(parts):
                finder.add(name, Form(_only(known), capital=len(parts) == 1))
            # "School No. 7" is "School №7", too.
            bare = tuple(
                part
                for part, after in zip(parts, (*parts[1:], ""), strict=True)
                if part not in _NUMBER or not after.isdigit()
            )
            if bare != parts and _tells(bare):
                finder.add(bare, Form(_only(known)))
            # Copies and reports name stations that the table does not have.
            for some in {parts, bare}:
                if _tells(some) and sum(part.isdigit() for part in some) == 1:
                    finder.add([NUMBER if part.isdigit() else part for part in some], Form(SOMEBODY))
        finder.numbers |= {number: _only(known) for number, known in by_number.items()}


def _tells(parts: Sequence[str]) -> bool:
    return sum(len(part) for part in parts if not part.isdigit()) >= _LETTERS


def _only(known: set[str]) -> str:
    return next(iter(known)) if len(known) == 1 else SOMEBODY


def _place(row: Mapping[str, Any], areas: Sequence[str]) -> Place:
    return (*(row.get(area) for area in areas), row.get("station"))


def draw(dossier: Dossier, table: pl.DataFrame | None, areas: Sequence[str]) -> Stations:
    """Give every station of a dossier a pseudonym, in an order drawn by lot.

    Parameters
    ----------
    dossier, table
        The dossier, and its table of stations.
    areas
        Columns of the table that say where a station lies.
    """
    places: dict[Place, None] = {}
    if table is not None and "station" in table.columns:
        named = table.filter(pl.col("station").is_not_null()).select(*areas, "station").unique()
        places |= dict.fromkeys(named.iter_rows())
    for one in dossier.stations_to_inspect:
        if one.station is not None:
            places.setdefault(_place({**one.areas, "station": one.station}, areas))
    drawn = list(places)
    SystemRandom().shuffle(drawn)
    word = "Station M" if any(_LIKE_OURS.search(place[-1] or "") for place in drawn) else "Station "
    width = max(_LEAST, len(str(len(drawn))))
    return Stations(
        {place: f"{word}{number:0{width}d}" for number, place in enumerate(drawn, 1)}, tuple(areas)
    )


def masked_table(
    table: pl.DataFrame, stations: Stations, text: Mapping[str, str], dropped: Iterable[str]
) -> pl.DataFrame:
    """Return the table with pseudonyms, in their order, and without what leads back to the file.

    Parameters
    ----------
    text
        What takes the place of each other text in the table.
    dropped
        Columns that are left out.
    """
    names = [stations.called(row) for row in table.select(*stations.areas, "station").iter_rows(named=True)]
    kept = table.with_columns(pl.Series("station", names, pl.String)).drop(dropped, strict=False)
    return replaced(kept, text, {"station"}).sort("contest", "station", nulls_last=True)


def replaced(table: pl.DataFrame, text: Mapping[str, str], but: set[str]) -> pl.DataFrame:
    """Return a table with other texts in its cells and headers."""
    columns = [
        pl.col(name).replace(text)
        if kind == pl.String
        else pl.col(name).list.eval(pl.element().replace(text))
        for name, kind in table.schema.items()
        if name not in but and kind in (pl.String, pl.List(pl.String))
    ]
    return table.with_columns(columns).rename({name: text.get(name, name) for name in table.columns})
