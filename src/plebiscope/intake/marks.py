"""Electronic, postal, abroad and special rows: kept in every sum, and marked.

A word is not enough. A village may be called Posta and a polling place stand in a hospital. What is marked
has besides its label no place of its own, or no voters of its own, or stands under the same label in several
places. Only stations abroad may have numbers and voters like any other: they are told by the area they are
in, where its whole name says so and other areas stand beside it.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.keys import Keys
from plebiscope.intake.understanding import Understanding
from plebiscope.intake.vocabulary import continent_names, plain, row_mark, words
from plebiscope.model.returns import MARKS

Bools = NDArray[np.bool_]
_COUNTRIES = 12
"""Fewest countries in a column that names those of voters abroad; a union of countries has fewer."""
_AREAS = 4_000
"""Most labels of a column that tells areas abroad from those at home."""
_PSEUDO = 20_000
"""No polling place serves more voters than this; a larger one at station level is a pooled count."""
_BESIDE = 4
"""Fewest other areas beside one abroad, or beside the continents."""
_HOME = 0.8
"""Least share of the rows in the country whose vote it is, where others are listed beside it."""


def find(
    table: Table, keys: Keys, understood: Understanding, station: Bools, notes: list[str]
) -> list[str | None]:
    """Mark the rows that are stations only in name.

    Parameters
    ----------
    station
        Rows that were kept, shape (n,).
    notes
        What a reader must know is added here.

    Returns
    -------
    list
        One of :data:`~plebiscope.model.returns.MARKS` or None, per row.
    """
    marks: list[str | None] = [None] * table.height
    voters = understood.quantities.get("registered")
    without_voters = (
        voters.values() == 0
        if voters is not None and not voters.derived
        else np.zeros(table.height, dtype=bool)
    )
    for column in table.columns:
        if column.role == "mark" and not column.counts:
            _by_label(column, marks, station, np.ones(table.height, dtype=bool))
    for column in keys.kinds:
        _by_label(column, marks, station, _whole(column))
    for depth, column in enumerate(keys.path):
        if column.counts:
            continue
        finer = keys.path[depth + 1 :]
        placeless = np.logical_and.reduce(
            [np.ones(table.height, dtype=bool), *(c.cells.is_null().to_numpy() for c in finer)]
        )
        if finer and keys.level == "station":
            _by_label(column, marks, station, placeless | without_voters)
        else:
            _by_label(column, marks, station, without_voters | _repeated(column))
        if finer:
            for i in map(int, np.flatnonzero(_abroad(column) & station)):
                marks[i] = marks[i] or "abroad"
    for column in _names(table, keys):
        _by_label(column, marks, station, without_voters | _whole(column, several_words=True))
    if keys.level == "station" and voters is not None and station.any():
        _pooled(voters.values(), station, marks, notes)
        _voterless(without_voters & voters.known(), understood, station, marks, notes)
    return marks


def _names(table: Table, keys: Keys) -> list[Column]:
    """Return the columns that name polling places, other than the finest key."""
    return [
        c
        for c in table.columns
        if c.numbers.kind == "text" and c not in keys.path[-1:]
        if c.role == "station" or c in keys.twins
    ]


def _mark(text: str) -> str | None:
    """Say what a label marks, but no total; a number in it does not change what it says."""
    mark = text if text in MARKS else row_mark(text) or row_mark(_bare(text), whole=True)
    return None if mark == "total" else mark


def _bare(text: str) -> str:
    return " ".join(word for word in words(text) if word.isalnum() and not word.isdigit())


def _by_label(column: Column, marks: list[str | None], station: Bools, believed: Bools) -> None:
    """Mark rows by the label of one column where it is to be believed."""
    if not (believed & station).any():
        return
    found = {
        text: mark
        for text in column.cells.drop_nulls().unique().to_list()
        if (mark := _mark(text)) is not None
    }
    if not found:
        return
    hits = column.cells.is_in(list(found)).fill_null(value=False).to_numpy()
    for i in map(int, np.flatnonzero(hits & station & believed)):
        marks[i] = marks[i] or found[str(column.cells[i])]


def _whole(column: Column, several_words: bool = False) -> Bools:
    """Tell where the whole label says what kind of row this is; one word may name a place."""
    said = [
        text
        for text in column.cells.drop_nulls().unique().to_list()
        if (mark := row_mark(_bare(text), whole=True)) not in (None, "total")
        and (not several_words or (" " in _bare(text) and mark != "special"))
    ]
    return column.cells.is_in(said).fill_null(value=False).to_numpy()


def _abroad(column: Column) -> Bools:
    """Tell the rows of areas abroad: so called, or continents, beside areas that are neither.

    Of countries, all are abroad but the one in which nearly all rows are. What has a few rows only is a
    building (an embassy, say), and no area.
    """
    if 10 * column.distinct > len(column.cells) or column.distinct > _AREAS:
        return np.zeros(len(column.cells), dtype=bool)
    concepts = {c for m in column.meanings if m.role == "area" for c in m.concepts}
    texts = column.cells.drop_nulls().unique().to_list()
    said = [text for text in texts if row_mark(_bare(text), whole=True) == "abroad"]
    continents = [text for text in texts if plain(_bare(text)) in continent_names()]
    if len(continents) > 1:
        said += continents
    rest = len(texts) - len(said)
    if "country" in concepts and len(texts) > _COUNTRIES:
        home, rows = column.cells.drop_nulls().value_counts(sort=True).row(0)
        if rows > _HOME * len(column.cells):
            said = [text for text in texts if text != home]
    elif rest < _BESIDE:
        said = []
    return column.cells.is_in(said).fill_null(value=False).to_numpy()


def _repeated(column: Column) -> Bools:
    """Tell where a label says nothing but what it marks, in several words or in several places.

    "Vote par correspondance" and "Postal votes 3" do; "Posta" is a village, and a label that goes on speaks
    of a place. Only those abroad are told by a part of the label, if there are several: no two villages
    are.
    """
    marked: dict[str, str] = {}
    for text in column.cells.drop_nulls().unique().to_list():
        mark = row_mark(text)
        bare = _bare(text)
        if mark == "abroad" or (mark in ("postal", "electronic") and row_mark(bare, whole=True) == mark):
            marked[text] = bare
    often = (
        Counter(marked[text] for text in column.cells.to_list() if text in marked) if marked else Counter()
    )
    abroad = sum(count for bare, count in often.items() if row_mark(bare) == "abroad")
    plain = [
        text
        for text, bare in marked.items()
        if often[bare] > 1
        or (row_mark(bare, whole=True) is not None and (" " in bare or row_mark(bare) == "abroad"))
        or (abroad > 1 and row_mark(bare) == "abroad")
    ]
    return column.cells.is_in(plain).fill_null(value=False).to_numpy()


def _pooled(voters: NDArray[np.int64], station: Bools, marks: list[str | None], notes: list[str]) -> None:
    """Mark rows that no polling place can be: far more voters than any other."""
    most = max(_PSEUDO, int(10 * np.quantile(voters[station], 0.99)))
    pooled = np.flatnonzero(station & (voters > most))
    fresh = [int(i) for i in pooled if marks[int(i)] in (None, "abroad")]
    if not fresh or len(pooled) >= 0.01 * np.count_nonzero(station):
        return
    mark = "electronic" if "electronic" in marks else "special"
    for i in fresh:
        marks[i] = mark if marks[i] is None else "special"
    notes.append(
        f"Stations with more than {most:,} voters, more than a polling place can serve, kept and marked "
        f"{' and '.join(repr(m) for m in dict.fromkeys(marks[i] for i in fresh))}: {len(fresh):,}."
    )


def _voterless(
    nobody: Bools, understood: Understanding, station: Bools, marks: list[str | None], notes: list[str]
) -> None:
    """Mark rows with votes but no voters, where they are no exception: counts of postal votes."""
    cast = understood.quantities.get("cast") or understood.quantities.get("valid")
    if cast is None:
        return
    without = station & nobody & (cast.values() > 0)
    if np.count_nonzero(without) <= 0.01 * np.count_nonzero(station):
        return
    fresh = [int(i) for i in np.flatnonzero(without) if marks[int(i)] is None]
    for i in fresh:
        marks[i] = "postal"
    if fresh:
        notes.append(
            f"Stations with votes but no voters, as counts of postal votes have, kept and marked 'postal': "
            f"{len(fresh):,}."
        )
