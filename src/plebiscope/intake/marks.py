"""Electronic, postal, abroad and special rows: kept in every sum, and marked.

A word is not enough. A village may be called Posta and a polling place stand in a hospital; an area abroad
holds ordinary stations. What is marked has besides its label no place of its own, or no voters of its own,
or stands under the same label in several places.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.keys import Keys
from plebiscope.intake.understanding import Understanding
from plebiscope.intake.vocabulary import row_mark, words
from plebiscope.model.returns import MARKS

Bools = NDArray[np.bool_]
_PSEUDO = 20_000
"""No polling place serves more voters than this; a larger one at station level is a pooled count."""


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
    if keys.level == "station" and voters is not None and station.any():
        _pooled(voters.values(), station, marks, notes)
        _voterless(without_voters & voters.known(), understood, station, marks, notes)
    return marks


def _by_label(column: Column, marks: list[str | None], station: Bools, believed: Bools) -> None:
    """Mark rows by the label of one column where it is to be believed."""
    found = {
        text: mark
        for text in column.cells.drop_nulls().unique().to_list()
        if (mark := text if text in MARKS else row_mark(text)) not in (None, "total")
    }
    if not found:
        return
    hits = column.cells.is_in(list(found)).fill_null(value=False).to_numpy()
    for i in map(int, np.flatnonzero(hits & station & believed)):
        marks[i] = marks[i] or found[str(column.cells[i])]


def _repeated(column: Column) -> Bools:
    """Tell where a label says nothing but what it marks, in several words or in several places.

    "Vote par correspondance" and "Postal votes 3" do; "Posta" is a village, and a label that goes on speaks
    of a place. Only those abroad are told by a part of the label, if there are several: no two villages
    are.
    """
    marked: dict[str, str] = {}
    for text in column.cells.drop_nulls().unique().to_list():
        mark = row_mark(text)
        bare = " ".join(word for word in words(text) if not word.isdigit())
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
    fresh = [int(i) for i in pooled if marks[int(i)] is None]
    if not fresh or len(pooled) >= 0.01 * np.count_nonzero(station):
        return
    mark = "electronic" if "electronic" in marks else "special"
    for i in fresh:
        marks[i] = mark
    notes.append(
        f"Stations with more than {most:,} voters, more than a polling place can serve, kept and marked "
        f"{mark!r}: {len(fresh):,}."
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
