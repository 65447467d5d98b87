"""What each row is: a station, a sum of others, a record that cannot be used, or furniture.

Rows that sum other rows are set aside by arithmetic wherever arithmetic can tell (a row equal, in every
column, to the sum of a block around it; a level whose rows add up to those of another), and by words only where
it cannot. Nothing is dropped: each row leaves with a reason, and the reasons are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.arithmetic import block_sums
from plebiscope.intake.columns import Column, Table
from plebiscope.intake.keys import Keys
from plebiscope.intake.quantities import Understanding
from plebiscope.intake.vocabulary import row_mark

Bools = NDArray[np.bool_]
_PSEUDO = 20_000
"""No polling place serves more voters than this; a larger one at station level is a pooled count."""


@dataclass
class Sorted:
    """What became of each row of a table.

    Attributes
    ----------
    station, aggregate, furniture
        Disjoint masks, shape (n,); the rest is in ``quarantine``.
    quarantine
        Reason by row.
    marks
        Mark per row (None for an ordinary station).
    duplicates
        Stations that share their whole key with an earlier one but not their figures.
    """

    station: Bools
    aggregate: Bools
    furniture: Bools
    quarantine: dict[int, str] = field(default_factory=dict)
    marks: list[str | None] = field(default_factory=list)
    duplicates: int = 0
    notes: list[str] = field(default_factory=list)


def sort_out(table: Table, keys: Keys, understood: Understanding) -> Sorted:
    """Say of every row what it is."""
    n = table.height
    done = np.zeros(n, dtype=bool)
    result = Sorted(np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.zeros(n, dtype=bool))
    used = _used(understood)
    known = np.zeros(n, dtype=bool)
    for column in used:
        known |= column.known
    wrong: dict[int, str] = {}
    for column in used:
        if column.numbers.wrong is None:
            continue
        bad = column.numbers.wrong.is_not_null().to_numpy()
        for i in np.flatnonzero(bad):
            wrong.setdefault(int(i), f"{column.numbers.wrong[int(i)]} ({column.name})")
    filled = _filled(table)
    for i in np.flatnonzero(~known):
        row = int(i)
        if filled[row] <= 2 and (row not in wrong or filled[row] == 1):
            result.furniture[row] = True
        else:
            result.quarantine[row] = wrong.get(row, "no counts")
        done[row] = True
    for row, reason in wrong.items():
        if not done[row]:
            result.quarantine[row] = reason
            done[row] = True
    counts = np.stack([c.whole for c in used], axis=1) if used else np.zeros((n, 0), np.int64)
    for i in _aggregates(table, keys, counts, ~done, result):
        result.aggregate[i] = True
        done[i] = True
    if keys.level == "area":
        empty = ~done & (counts.sum(axis=1) == 0)
        for i in np.flatnonzero(empty):
            result.quarantine[int(i)] = "every count is zero: no area of voters"
        done |= empty
    _repeated(table, keys, done, result)
    for row in result.quarantine:
        done[row] = True
    result.station = ~done
    result.marks = _marks(table, keys, understood, result)
    return result


def _used(understood: Understanding) -> list[Column]:
    seen: dict[int, Column] = {}
    for choice in (*understood.quantities.values(), *understood.options.values()):
        for column in choice.columns:
            seen.setdefault(column.place, column)
    return list(seen.values())


def _filled(table: Table) -> NDArray[np.int64]:
    total = np.zeros(table.height, np.int64)
    for column in table.columns:
        total += column.cells.is_not_null().to_numpy()
    return total


# ---------------------------------------------------------------------------------------- sums of other rows


def _aggregates(
    table: Table, keys: Keys, counts: NDArray[np.int64], open_rows: Bools, result: Sorted
) -> set[int]:
    found: set[int] = set()
    rows = np.flatnonzero(open_rows)
    if len(rows) < 3:
        return _by_label(table, keys, counts, rows)
    for column in table.columns:
        if (
            not column.counts
            and 2 <= column.distinct <= 12
            and (column.place not in keys.places or column.role)
        ):
            found |= _by_level(column, counts, rows, result)
    rows = np.array([i for i in rows if i not in found], dtype=np.int64)
    found |= _by_blank_key(table, keys, counts, rows, result)
    rows = np.array([i for i in rows if i not in found], dtype=np.int64)
    found |= _by_blocks(table, keys, counts, rows)
    rows = np.array([i for i in rows if i not in found], dtype=np.int64)
    found |= _by_label(table, keys, counts, rows)
    return found


def _by_level(column: Column, counts: NDArray[np.int64], rows: NDArray[np.int64], result: Sorted) -> set[int]:
    """Set aside the levels of a table that mixes levels: their rows add up to those of the finest one."""
    labels = column.cells.gather(rows)
    sums: dict[str, tuple[int, NDArray[np.int64]]] = {}
    for label in labels.drop_nulls().unique(maintain_order=True).to_list():
        here = rows[(labels == label).fill_null(value=False).to_numpy()]
        sums[label] = (len(here), counts[here].sum(axis=0))
    finest = max(sums, key=lambda label: sums[label][0])
    size, total = sums[finest]
    tolerance = 0.02 if column.role == "level" else 0.0005
    coarse = []
    for label, (number, values) in sums.items():
        if label == finest or number >= size or not values.any():
            continue
        gap = np.abs(values - total) <= tolerance * np.maximum(total, 1)
        if gap.all() or (column.role == "level" and gap.mean() > 0.7):
            coarse.append(label)
    if coarse:
        result.notes.append(
            f"The column {column.name!r} mixes levels that sum one another; the finest, {finest!r}, was kept."
        )
    wanted = (
        labels.is_in(coarse).fill_null(value=False).to_numpy() if coarse else np.zeros(len(rows), dtype=bool)
    )
    return {int(i) for i in rows[wanted]}


def _blank(column: Column) -> Bools:
    """Tell where a key says nothing: empty, or nothing but zeros."""
    return (
        (column.cells.is_null() | column.cells.str.contains(r"^[0\s.-]*$")).fill_null(value=True).to_numpy()
    )


def _by_blank_key(
    table: Table, keys: Keys, counts: NDArray[np.int64], rows: NDArray[np.int64], result: Sorted
) -> set[int]:
    """Set aside rows whose finest key is blank and whose figures are the sum of the rows below them."""
    path = [*keys.areas, *([keys.station] if keys.station is not None else [])]
    found: set[int] = set()
    if len(path) < 1 or not counts.shape[1]:
        return found
    blank = {c.place: _blank(c) for c in path}
    size = counts.sum(axis=1)
    for depth in range(len(path) - 1, -1, -1):
        finest = path[depth]
        here = np.array([i for i in rows if i not in found], dtype=np.int64)
        empty = here[blank[finest.place][here]]
        if not 0 < len(empty) < len(here):
            continue
        detail = here[~blank[finest.place][here]]
        above = path[:depth]
        signatures: dict[tuple[int, ...], list[int]] = {}
        for i in empty:
            signature = tuple(c.place for c in above if not blank[c.place][i])
            signatures.setdefault(signature, []).append(int(i))
        frame = pl.DataFrame({str(c.place): c.cells for c in above} | {"size": pl.Series(size)})
        for signature, members in signatures.items():
            names = [str(place) for place in signature]
            sums = (
                frame[detail.tolist()].group_by(names).agg(pl.col("size").sum().alias("below"))
                if names
                else None
            )
            these = frame[members]
            if sums is None:
                below = pl.Series([int(size[detail].sum())] * len(members))
            else:
                below = these.join(sums, on=names, how="left", maintain_order="left", nulls_equal=True)[
                    "below"
                ]
            own = size[members]
            same = (pl.Series(own) == below).fill_null(value=False).to_numpy()
            if same.mean() >= 0.6:
                found |= set(members)
                odd = int((~same).sum())
                if odd:
                    result.notes.append(
                        f"{odd:,} rows without {finest.name!r} are sums that do not equal the rows below them."
                    )
            else:
                found |= {row for row, equal in zip(members, same, strict=True) if equal and size[row] > 0}
    return found


def _by_blocks(table: Table, keys: Keys, counts: NDArray[np.int64], rows: NDArray[np.int64]) -> set[int]:
    """Set aside rows that equal the sum of a block of rows around them."""
    found: set[int] = set()
    if not len(rows):
        return found
    here = counts[rows]
    codes = [c for c in table.columns if not c.counts or c.coded or c.role in ("code", "sequence")]
    missing = {c.place: c.cells.is_null().to_numpy() for c in codes}
    mostly = [c for c in codes if missing[c.place][rows].mean() < 0.1]
    for row, first, last in block_sums(here):
        block = rows[first : last + 1]
        # Tiny stations add up to their neighbours by chance; sums that are told by arithmetic alone are large.
        telling = len(np.unique(here[row][here[row] > 0]))
        if here[row].max() < 100 or telling < 2 or (telling < 3 and last - first < 2):
            continue
        # Rows below the level of the table lack a code that every row of that level has.
        finer = any(missing[c.place][block].all() and not missing[c.place][rows[row]] for c in mostly)
        found |= {int(i) for i in block} if finer else {int(rows[row])}
    return found


def _by_label(table: Table, keys: Keys, counts: NDArray[np.int64], rows: NDArray[np.int64]) -> set[int]:
    """Set aside rows that call themselves totals."""
    named: set[int] = set()
    if not len(rows):
        return named
    path = [*keys.areas, *([keys.station] if keys.station is not None else [])]
    finest = path[-1] if path else None
    size = counts.sum(axis=1)
    large = float(np.quantile(size[rows], 0.99))
    others = [c for c in table.columns if not c.counts and c not in path and c.role not in ("url", "address")]
    for column in (*path, *others):
        if column.counts:
            continue
        texts = column.cells.gather(rows)
        totals = [t for t in texts.drop_nulls().unique().to_list() if row_mark(t) == "total"]
        if not totals:
            continue
        hits = rows[texts.is_in(totals).fill_null(value=False).to_numpy()]
        if len(hits) > 0.5 * len(rows):
            continue
        for i in hits:
            # A place may be called "Total ...": only a bare label, a row without a place of its own, or an
            # outstandingly large one is believed without arithmetic.
            text = str(column.cells[int(i)])
            if (
                row_mark(text, whole=True) == "total"
                or size[i] > large
                or (finest is not None and finest is not column and finest.cells[int(i)] is None)
            ):
                named.add(int(i))
    return named


# ---------------------------------------------------------------------------------------- repeats and marks


def _repeated(table: Table, keys: Keys, done: Bools, result: Sorted) -> None:
    """Quarantine records that repeat an earlier one word for word; count keys that come twice."""
    path = [*keys.areas, *keys.twins, *([keys.station] if keys.station is not None else [])]
    rows = np.flatnonzero(~done)
    if not path or len(rows) < 2:
        return
    key = pl.DataFrame({str(c.place): c.cells for c in path})[rows.tolist()]
    twice = key.is_duplicated().to_numpy()
    if not twice.any():
        return
    again = rows[twice]
    whole = pl.DataFrame({str(c.place): c.cells for c in table.columns if not c.runs_on})[again.tolist()]
    first: dict[tuple[object, ...], int] = {}
    seen_keys: set[tuple[object, ...]] = set()
    key_rows = key.filter(pl.Series(twice)).rows()
    for i, cells, name in zip(again, whole.rows(), key_rows, strict=True):
        if cells in first:
            result.quarantine[int(i)] = f"repeats line {int(table.lines[first[cells]])} word for word"
            continue
        first[cells] = int(i)
        if name in seen_keys:
            result.duplicates += 1
        seen_keys.add(name)


def _marks(table: Table, keys: Keys, understood: Understanding, result: Sorted) -> list[str | None]:
    marks: list[str | None] = [None] * table.height
    station = keys.station
    nameless = (
        station.cells.is_null().to_numpy() if station is not None else np.ones(table.height, dtype=bool)
    )
    explicit = [c for c in table.columns if c.role == "mark" and not c.counts]
    for column in (*keys.areas, *explicit, *([station] if station is not None else [])):
        if column.counts:
            continue
        found = {
            text: mark
            for text in column.cells.drop_nulls().unique().to_list()
            if (mark := row_mark(text)) not in (None, "total")
            or text in ("electronic", "postal", "abroad", "special")
        }
        if not found:
            continue
        at_station = column is station
        for i in np.flatnonzero(column.cells.is_in(list(found)).fill_null(value=False).to_numpy()):
            text = str(column.cells[int(i)])
            mark = found[text] or text
            # An area abroad holds ordinary stations; only a row without a station of its own is a pooled one.
            if mark == "abroad" and not (at_station or nameless[i] or column in explicit):
                continue
            # Polling places stand in post offices and beside embassies: a long name is the name of a place.
            if at_station and mark in ("postal", "abroad") and len(text.split()) > 5:
                continue
            marks[int(i)] = marks[int(i)] or mark
    _mark_pooled(table, keys, understood, result, marks)
    return marks


def _mark_pooled(
    table: Table, keys: Keys, understood: Understanding, result: Sorted, marks: list[str | None]
) -> None:
    """Mark rows that no polling place can be: far more voters than any other, or votes without voters."""
    registered = understood.quantities.get("registered")
    if keys.level != "station" or registered is None or not result.station.any():
        return
    voters = registered.values()
    usual = float(np.quantile(voters[result.station], 0.99))
    pooled = np.flatnonzero(result.station & (voters > max(_PSEUDO, 10 * usual)))
    if 0 < len(pooled) < 0.01 * result.station.sum():
        mark = "electronic" if "electronic" in marks else "special"
        fresh = [int(i) for i in pooled if marks[int(i)] is None]
        for i in fresh:
            marks[i] = mark
        if fresh:
            result.notes.append(
                f"{len(fresh):,} rows have more than {max(_PSEUDO, int(10 * usual)):,} voters each, more than a polling "
                f"place can serve; they are kept and marked {mark!r}."
            )
    cast = understood.quantities.get("cast") or understood.quantities.get("valid")
    if cast is None or registered.derived:
        return
    without = result.station & (voters == 0) & registered.known() & (cast.values() > 0)
    if without.sum() > 0.01 * result.station.sum():
        fresh = [int(i) for i in np.flatnonzero(without) if marks[int(i)] is None]
        for i in fresh:
            marks[i] = "postal"
        result.notes.append(
            f"{len(fresh):,} rows hold votes but no voters, as counts of postal votes do; they are kept and marked "
            "'postal'."
        )
