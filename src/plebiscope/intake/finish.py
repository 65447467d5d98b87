"""A table that was understood becomes returns, with every record accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake import keys, rows
from plebiscope.intake.account import account
from plebiscope.intake.columns import Column
from plebiscope.intake.draft import Draft
from plebiscope.intake.gather import CODE
from plebiscope.intake.join import Joined
from plebiscope.intake.understanding import Choice
from plebiscope.intake.when_reported import moments
from plebiscope.model.errors import InputError
from plebiscope.model.returns import QUANTITIES, Origin, Returns

Bools = NDArray[np.bool_]
_RESERVED = {
    *("station", "mark", "line", "contest", "score", "reasons"),
    *("longitude", "latitude", "group", "reported"),
    *QUANTITIES,
}
_SHOWN = 8
"""Most columns that a note lists."""
_SAID = {
    "group": "said to tell groups of stations",
    "reported": "said to tell when, or as which, a station was reported",
}


def finish(joined: Joined, contest: str) -> Returns:
    """Make returns.

    Raises
    ------
    InputError
        If no row is a station.
    """
    draft = joined.draft
    understood, named = draft.understood, draft.keys
    outcome = rows.sort_out(draft.table, named, understood)
    if not outcome.station.any():
        reasons = Counter(outcome.quarantine.values()).most_common(3)
        raise InputError(
            "no row could be used as a station",
            where=draft.sheet.name,
            expected="rows of counts; " + "; ".join(f"{n:,} rows: {reason}" for reason, n in reasons),
        )
    zeros, summed = _blank_is_zero(draft, outcome.station)
    kept = draft.table.keep(outcome.station)
    by_place = {c.place: c for c in kept.columns}
    n = kept.height
    data: dict[str, pl.Series] = {"station": pl.Series([None] * n, dtype=pl.String)}
    origins: dict[str, Origin] = {}
    made_of: dict[str, Sequence[Column]] = {}
    if named.station is not None:
        data["station"] = named.station.cells.filter(pl.Series(outcome.station))
        made_of["station"] = named.station.made_of
        told = tuple(c.name for c in named.station.made_of)
        origins["station"] = Origin(told, named.why.get(named.station.place, ""))
    areas = _areas(named, by_place, data, origins)
    made_of |= {name: column.made_of for name, column in zip(areas, named.areas, strict=True)}
    for name in QUANTITIES:
        choice = understood.quantities.get(name)
        if choice is not None:
            blank = zeros if name in ("invalid", "valid") else None
            if choice.derived and not choice.signs:
                blank = summed
            data[name] = _counts(choice, outcome.station, blank)
            origins[name], made_of[name] = _origin(choice), choice.columns
    options = []
    for name, choice in understood.options.items():
        shown = _free(name, data, "option")
        data[shown] = _counts(choice, outcome.station, zeros)
        origins[shown], made_of[shown] = _origin(choice), choice.columns
        options.append(shown)
    located = _coordinates(kept.columns, data)
    extras = tuple(located)
    made_of |= {name: (column,) for name, column in located.items()}
    for name, column in understood.extras.items():
        column = by_place[column.place]
        data[name] = moments(column) if name == "reported" else column.cells
        origins[name], made_of[name] = Origin((column.name,), _SAID[name]), (column,)
        extras = (*extras, name)
    data["mark"] = pl.Series(outcome.marks, dtype=pl.String).filter(pl.Series(outcome.station))
    data["line"] = pl.Series(kept.lines)
    table = pl.DataFrame(data)
    notes = [*draft.notes, *understood.notes, *outcome.notes, *_remarks(draft, zeros, table, options)]
    return Returns(
        contest=contest,
        level=named.level,
        table=table,
        areas=areas,
        options=tuple(options),
        columns=origins,
        accounting=account(joined, outcome, origins, made_of),
        extras=extras,
        notes=tuple(dict.fromkeys(notes)),
    )


def _areas(
    named: keys.Keys, by_place: Mapping[int, Column], data: dict[str, pl.Series], origins: dict[str, Origin]
) -> tuple[str, ...]:
    found = []
    columns = tuple(by_place[c.place] for c in named.areas)
    for column, labels in zip(columns, keys.labels(columns), strict=True):
        name = _free(column.name, data, "area")
        data[name] = labels
        origins[name] = Origin((column.name,), named.why.get(column.place, "it names an area"))
        found.append(name)
    return tuple(found)


def _free(name: str, taken: Mapping[str, pl.Series], kind: str) -> str:
    """Return a name that is no canonical one and not taken yet."""
    shown = f"{name} ({kind})" if name in _RESERVED else name
    number = 2
    while shown in taken:
        shown = f"{name} ({kind} {number})"
        number += 1
    return shown


def _origin(choice: Choice) -> Origin:
    return Origin(tuple(c.name for c in choice.columns), choice.why, choice.derived)


def _counts(choice: Choice, station: Bools, zeros: Bools | None) -> pl.Series:
    """Return a quantity for the stations; ``zeros`` says where an empty cell stands for zero."""
    known = choice.known()
    if zeros is not None:
        known = known | zeros
    values = choice.values()
    # A derived quantity below zero shows that its parts contradict each other; it is no count.
    wanted = pl.when(pl.Series((known & (values >= 0))[station])).then(pl.Series(values[station]))
    return pl.select(wanted.otherwise(None)).to_series()


def _coordinates(columns: tuple[Column, ...], data: dict[str, pl.Series]) -> dict[str, Column]:
    found = {}
    for column in columns:
        role = column.role
        if role in ("longitude", "latitude") and role not in data:
            values = column.numbers.decimals
            data[role] = column.numbers.values.cast(pl.Float64) if values is None else values
            found[role] = column
    return found


def _blank_is_zero(draft: Draft, station: Bools) -> tuple[Bools | None, Bools | None]:
    """Tell where an empty cell stands for zero: with zeros the parts add up in the rows that have one.

    In a table made of records a missing record is a zero: authorities leave them out.

    Returns
    -------
    zeros : ndarray of bool, shape (n,), or None
        Rows with votes for some option; None where an empty cell is a missing count.
    summed : ndarray of bool, shape (n,), or None
        Rows in which the sum of the options is known, whatever is left blank: those with votes for some
        option or, where a published total shows that an empty cell is a missing count, those that add up.
    """
    options = list(draft.understood.options.values())
    if not options:
        return None, None
    invalid = draft.understood.quantities.get("invalid")
    lost = [invalid] if invalid is not None and not invalid.derived else []
    parts = [column for choice in (*options, *lost) for column in choice.columns]
    known = np.stack([column.known for column in parts]).all(axis=0)
    said: Bools = np.asarray(np.stack([choice.known() for choice in options]).any(axis=0), dtype=bool)
    partial = station & said & ~known
    if not partial.any():
        return None, said
    votes = np.sum([choice.values() for choice in options], axis=0)
    for name, more in (("cast", lost), ("valid", [])):
        anchor = draft.understood.quantities.get(name)
        if anchor is None or anchor.derived or (name == "cast" and not lost):
            continue
        fits = votes + sum(choice.values() for choice in more) == anchor.values()
        if fits[partial].mean() > 0.9:
            return said, said
        every = np.stack([choice.known() for choice in options]).all(axis=0)
        return None, said & (every | (fits & anchor.known()))
    return said if draft.table.members is not None else None, said


def _remarks(draft: Draft, zeros: Bools | None, table: pl.DataFrame, options: list[str]) -> list[str]:
    found = []
    if zeros is not None and draft.table.members is None:
        found.append("Empty cells of options stand for zero: with zeros the parts add up.")
    silent = table.select(pl.all_horizontal(pl.col(options).is_null()).sum()).item() if options else 0
    if silent:
        found.append(f"Stations without any votes published, kept with missing counts: {silent:,}.")
    counts = [*(name for name in QUANTITIES if name in draft.understood.quantities), *options]
    blank = {name: table[name].null_count() for name in counts}
    lacking = [f"{name!r} {count:,}" for name, count in blank.items() if silent < count < table.height]
    if lacking:
        more = f" and {len(lacking) - _SHOWN:,} more" if len(lacking) > _SHOWN else ""
        found.append(
            "Stations at which a count is missing, kept and left out where it is needed: "
            f"{', '.join(lacking[:_SHOWN])}{more}."
        )
    if draft.sheet.encoding.endswith("(damaged)"):
        found.append("Some bytes of the file are damaged; letters that could not be read show as \ufffd.")
    codes = [name for name in options if CODE.match(name)]
    if len(codes) > max(1, 0.6 * len(options)):
        found.append(
            f"The options are printed as codes ({', '.join(codes[:3])} ...) and no legend was found; name "
            "them under [codes] in a mapping file."
        )
    if not draft.keys.path:
        found.append("No column names a station or an area; rows are known by their line only.")
    return found
