"""Which stations of two tables are called the same, and whether they look like the same place.

Stations are joined by what they are called and by nothing else: never by their figures. Whether names that
are the same name the same place is then checked by the size of the lists of voters, beside what pairs
put together by lot would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.dossier.explored import Vote

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = tuple[tuple[str, str], ...]
"""Pairs of columns, as the earlier and the later table call them."""

EVERY = 0.9
"""Part of the numbered names of a table before which the same word stands, so that it says nothing."""
RATIO = 1.5
"""Two lists of voters are alike where neither is longer than the other by more than this factor."""


@dataclass(frozen=True)
class Match:
    """Pairs of stations that are called the same.

    Attributes
    ----------
    by
        The columns that were compared.
    before, after
        Rows of the two tables that make a pair, shape (n,).
    twice
        Rows of each table whose name stands more than once, in either.
    alike
        Whether the lists of voters of a pair are alike, shape (n,); false where one is not known.
    checked
        Whether both are known, shape (n,).
    by_chance
        Share of alike ones among all pairs that could be made of these stations; null where none is checked.
    """

    by: Columns
    before: Ints
    after: Ints
    twice: tuple[Ints, Ints]
    alike: NDArray[np.bool_]
    checked: NDArray[np.bool_]
    by_chance: float | None

    @property
    def worth(self) -> float:
        """Pairs that look like the same place, beyond those that would do so by chance."""
        if self.by_chance is None:
            return float(len(self.before))
        return float(self.alike.sum()) - self.by_chance * float(self.checked.sum())


def match(before: Vote, after: Vote) -> Match | None:
    """Join two tables by the columns by which most pairs look like the same place.

    Null where they have no columns in common that name a station.
    """
    candidates = _candidates(before, after)
    wanted = sorted({pair for columns in candidates for pair in columns})
    names = tuple(
        vote.table.select(_plain(vote.table, pair[side]).alias("\x1f".join(pair)) for pair in wanted)
        for side, vote in enumerate((before, after))
    )
    sizes = _size(before), _size(after)
    found = [_by((names[0], names[1]), sizes, columns) for columns in candidates]
    # Of two ways that are worth the same, the one that asks for more to agree comes first.
    return max(found, key=lambda one: (one.worth, len(one.by)), default=None)


def shared_areas(before: Vote, after: Vote) -> Columns:
    """Pair the area columns of two tables: by what they are called, else by their order from the smallest."""
    theirs = {name.casefold(): name for name in after.areas}
    same = tuple((name, theirs[name.casefold()]) for name in before.areas if name.casefold() in theirs)
    if same:
        return same
    return tuple(zip(reversed(before.areas), reversed(after.areas), strict=False))[::-1]


def _candidates(before: Vote, after: Vote) -> list[Columns]:
    areas = shared_areas(before, after)
    named = all(vote.table["station"].null_count() < vote.table.height for vote in (before, after))
    last: Columns = (("station", "station"),) if named else ()
    # A level between may have been renamed while numbers run on inside the larger one.
    several = [
        *(areas[start:] for start in range(len(areas) + 1)),
        *((one,) for one in areas),
        *combinations(areas, 2),
    ]
    return list(dict.fromkeys((*some, *last) for some in several if some or last))


def _by(names: tuple[pl.DataFrame, pl.DataFrame], sizes: tuple[Floats, Floats], columns: Columns) -> Match:
    tables = [
        table.select(
            pl.concat_str(["\x1f".join(pair) for pair in columns], separator="\x1f").alias("key")
        ).with_row_index("row")
        for table in names
    ]
    alone = [table.filter(pl.col("key").is_not_null() & pl.col("key").is_unique()) for table in tables]
    repeated = [
        table.filter(pl.col("key").is_not_null() & pl.col("key").is_duplicated())["key"].unique()
        for table in tables
    ]
    # A name that stands once here and twice there is no pair either.
    first, second = (
        table.filter(~pl.col("key").is_in(others.implode()))
        for table, others in zip(alone, reversed(repeated), strict=True)
    )
    twice = tuple(
        table.filter(pl.col("key").is_in(pl.concat(repeated).unique().implode()))["row"]
        .to_numpy()
        .astype(np.int64)
        for table in tables
    )
    pairs = first.join(second, on="key", suffix="_after").sort("row")
    rows, others = (pairs[name].to_numpy().astype(np.int64) for name in ("row", "row_after"))
    here, there = sizes[0][rows], sizes[1][others]
    checked = (here > 0) & (there > 0)
    alike = checked & (there <= RATIO * here) & (here <= RATIO * there)
    return Match(
        columns,
        rows,
        others,
        (twice[0], twice[1]),
        alike,
        checked,
        _chance(here[checked], there[checked]),
    )


def same(name: pl.Expr) -> pl.Expr:
    """Write names so that those that differ in capitals, blanks or leading noughts only are the same."""
    text = name.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars(" ")
    return text.str.replace(r"^0+(\d)", "${1}")


def _plain(table: pl.DataFrame, column: str) -> pl.Expr:
    """Write a column of names as :func:`same` does, and without the word that stands before every number."""
    text = same(pl.col(column))
    words = table.select(text.alias("name")).filter(pl.col("name").str.contains(r"\d"))["name"]
    before = words.str.extract(r"^(\D+)\d", 1).drop_nulls().value_counts(sort=True).head(1)
    if not before.height or before["count"][0] < EVERY * words.len():
        return text
    return text.str.strip_prefix(before["name"][0]).str.replace(r"^0+(\d)", "${1}")


def _size(vote: Vote) -> Floats:
    if "registered" not in vote.table.columns:
        return np.full(vote.table.height, np.nan)
    return vote.table["registered"].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _chance(before: Floats, after: Floats) -> float | None:
    """Return the share of alike ones among all pairs of a station here and a station there, exactly."""
    if not len(before):
        return None
    ordered = np.sort(after)
    low = np.searchsorted(ordered, before / RATIO, "left")
    high = np.searchsorted(ordered, before * RATIO, "right")
    return float((high - low).sum() / (len(before) * len(after)))
