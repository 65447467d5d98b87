"""Long tables, a row per station and option: which column holds the votes, which the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from plebiscope.intake import apart
from plebiscope.intake import keys as key_columns
from plebiscope.intake.arithmetic import members_of
from plebiscope.intake.columns import Column, Table
from plebiscope.intake.meaning import COUNT_ROLES, meanings

MAX_OPTIONS = 600


LIKE = 0.9
"""Share of stations in which a quantity must be the same in all records to be one of the station."""
_CIRCLE = 60
"""Most options that are told by going round and round, without a header that says so."""


@dataclass(frozen=True)
class Long:
    """Where a long table keeps its labels and its votes."""

    label: Column
    votes: Column
    others: tuple[Column, ...]
    """Further label columns (a party beside a candidate), which are not keys."""


def recognise(table: Table) -> Long | None:
    """Tell a long table: a column of labels that repeat within each station, and one column of votes."""
    counting = [c for c in table.columns if c.counts and not c.runs_on]
    votes = [c for c in counting if c.role in ("votes", "total", "cast", "valid") or c.means("votes")]
    plain = [c for c in counting if c.role is None and not c.coded]
    if not votes and len(plain) == 1:
        votes = plain
    if not votes:
        return None
    labels = [
        c
        for c in table.columns
        if (c.role == "label" or (c.role == "option" and not c.counts))
        and 2 <= c.distinct <= MAX_OPTIONS
        and c not in votes
    ]
    if not labels:
        return _silent(table, votes, counting)
    label = _label(labels)
    persons = [c for c in table.columns if c.role in ("name", None) and c.numbers.kind == "text"]
    finest = max(labels, key=lambda c: c.distinct)
    named = [c for c in persons if c.distinct > 1 and _determined(c, finest)]
    unnamed = not _of_candidates(label) and (finest.distinct > label.distinct or _of_candidates(finest))
    if named and (unnamed or _is_code(label)):
        label = apart.joined(named)
    if _of_candidates(finest):
        label = max((c for c in labels if _spans(table, c, finest)), key=_length, default=label)
    elsewhere = ("label", "winner", "percent", "name", "code", "sequence", "option", None)
    others = tuple(
        c
        for c in table.columns
        if c is not label
        and (c.role in elsewhere[:3] or (c.role in elsewhere and c.distinct > 1 and _determined(c, label)))
    )
    value = _value(table, label, others, votes, counting)
    found = None if value is None else Long(label, value, others)
    return found if found is not None and _repeats(table, found) else None


def _silent(table: Table, votes: list[Column], counting: list[Column]) -> Long | None:
    """Recognise a long table by its figures alone: one column of votes, and texts that go round and round.

    From row to row the text changes, and each station has nearly all of the texts once.
    """
    value = next((c for c in votes if c.role == "votes"), None)
    if value is None or len([c for c in counting if c.role in ("option", "votes", "registered")]) > 1:
        return None
    best: tuple[tuple[float, bool, int], Long] | None = None
    for label in table.columns:
        texts = label.cells.fill_null("")
        turns = (texts != texts.shift()).fill_null(value=False).mean()
        if any(is_quantity(text, table.tongues) for text in label.cells.drop_nulls().unique().head(_CIRCLE)):
            turns = 1.0  # a text that names the voters on the list is no area, however the rows are sorted
        wordy = label.numbers.kind == "text" and label.role in (None, "name", "area")
        if not wordy or not 2 <= label.distinct <= _CIRCLE or not isinstance(turns, float) or turns < 0.8:
            continue
        others = tuple(c for c in table.columns if c not in (label, value) and _determined(c, label))
        found = Long(label, value, others)
        names = {str(c.place): c.cells for c in keys_of(table, found)}
        groups = pl.DataFrame(names).n_unique() if names else table.height
        pairs = pl.DataFrame(names | {"label": label.cells}).n_unique()
        full = pairs / (groups * label.distinct)
        if groups < 0.75 * table.height and pairs > 0.98 * table.height and full > 0.6:
            # A candidate stands after the party, and its column is not called an area.
            rank = (round(full, 1), label.role != "area", label.place)
            best = max(filter(None, (best, (rank, found))), key=lambda item: item[0])
    return None if best is None else best[1]


def _value(
    table: Table, label: Column, others: tuple[Column, ...], votes: list[Column], counting: list[Column]
) -> Column | None:
    """Choose the column of votes; None where several columns hold votes, as in a table that is wide.

    Votes may be listed again by the way in which they were cast: the column that is the sum is meant.
    """
    explicit = [c for c in counting if c.role == "option" or (c.role is None and c.headed and not c.coded)]
    first = next((c for c in votes if c.role == "votes"), votes[0])
    parts = [c for c in explicit if c is not first and c is not label and c not in others and c.largest]
    if len(parts) < 2:
        return first
    for value in (first, *(c for c in votes if c is not first)):
        rest = [c for c in counting if c is not value and c is not label and c.distinct > 1]
        rest = [c for c in rest if (c.whole <= value.whole).mean() > LIKE]
        if len(rest) > 1:
            ways = np.stack([c.whole for c in rest], axis=1)
            told = ways.any(axis=1)  # voters on the list are not listed by the way in which they voted
            spoken = any(m.parts for c in rest for m in c.meanings)  # parties add up to the votes as well
            if spoken and members_of(value.whole[told], ways[told]).holds:
                return value
    return None


def _spans(table: Table, party: Column, person: Column) -> bool:
    """Tell whether candidates stand in one area each, and what they stand for is met in many."""
    if party.numbers.kind != "text" or _of_candidates(party) or 2 * party.distinct > person.distinct:
        return False
    for area in table.columns:
        if area.role in ("area", "constituency", "place", "code") and 8 <= area.distinct <= table.height / 4:
            met = [
                pl.DataFrame({"a": area.cells, "l": c.cells}).n_unique() / (area.distinct * c.distinct)
                for c in (person, party)
            ]
            if met[0] < 0.2 and met[1] > 3 * met[0]:
                return True
    return False


def _length(column: Column) -> float:
    mean = column.cells.str.len_chars().mean()
    return mean if isinstance(mean, float) else 0.0


_CODE = r"^\W*[\p{L}]{0,4}[-_ .]?\d+\W*$"


def _is_code(label: Column) -> bool:
    """Tell labels that are numbers or codes from names."""
    texts = label.cells.drop_nulls().unique()
    return label.numbers.kind != "text" or bool(texts.str.contains(_CODE).to_numpy().mean() > LIKE)


def _determined(column: Column, label: Column) -> bool:
    """Tell whether a column says no more than the label: it is the same wherever the label is."""
    pairs = pl.DataFrame({"label": label.cells, "own": column.cells}).drop_nulls("label")
    return pairs.n_unique() <= 1.02 * label.distinct


def _of_candidates(column: Column) -> bool:
    return any(m.role == "label" and "candidate" in m.concepts for m in column.meanings)


def _label(labels: list[Column]) -> Column:
    """Choose the column that names the options: candidates before parties, names before codes, the finest."""

    def rank(column: Column) -> tuple[bool, bool, int, float]:
        enough = column.distinct >= 0.6 * max(c.distinct for c in labels)
        return (
            enough and column.numbers.kind == "text",
            enough and _of_candidates(column),
            column.distinct,
            _length(column),
        )

    return max(labels, key=rank)


def _repeats(table: Table, long: Long) -> bool:
    keys = keys_of(table, long)
    if not keys:
        return False
    frame = pl.DataFrame({str(i): c.cells for i, c in enumerate(keys)} | {"label": long.label.cells})
    groups = frame.select(pl.exclude("label")).n_unique()
    pairs = frame.n_unique()
    return groups < 0.75 * table.height and pairs > 1.3 * groups


def keys_of(table: Table, long: Long) -> list[Column]:
    """Return the columns that say which station a row is of."""
    hidden = frozenset(c.place for c in (long.label, long.votes, *long.others))
    found = key_columns.find(table, exclude=hidden)
    chosen = [*found.areas, *found.twins, *([found.station] if found.station else [])]
    rest = [
        c
        for c in table.columns
        if c.place not in hidden
        and c not in chosen
        and (c.role in ("station", "area", "code") or c.coded)
        and c.distinct > 0
    ]
    return [*chosen, *rest]


def is_quantity(text: str, tongues: tuple[str, ...]) -> bool:
    """Tell a label that names a count (voters, blank ballots) from one that names an option."""
    return any(m.role in COUNT_ROLES and m.strength > 0.8 for m in meanings(text, tongues)[:1])
