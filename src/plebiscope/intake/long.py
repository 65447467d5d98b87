"""Long tables, a row per station and option, become one row per station.

Each row remembers the records it was made of. What a label stands for (an option, the blank ballots, the
voters on the list) is then read from its words and weighed by arithmetic just as a header is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from plebiscope.intake import apart, vocabulary
from plebiscope.intake import keys as key_columns
from plebiscope.intake.arithmetic import members_of
from plebiscope.intake.columns import Column, Table, settle_no
from plebiscope.intake.mapping import find
from plebiscope.intake.meaning import COUNT_ROLES, meanings
from plebiscope.intake.numbers import Numbers
from plebiscope.model.errors import InputError

MAX_OPTIONS = 600
_CIRCLE = 60
"""Most options that are told by going round and round, without a header that says so."""
_AGAIN = 0.2
"""Above this share of records that name the same station and option as another, the keys are wrong."""
_LIKE = 0.9
"""Share of stations in which a quantity must be the same in all records to be one of the station."""


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
        if any(_is_quantity(text, table.tongues) for text in label.cells.drop_nulls().unique().head(_CIRCLE)):
            turns = 1.0  # a text that names the voters on the list is no area, however the rows are sorted
        wordy = label.numbers.kind == "text" and label.role in (None, "name", "area")
        if not wordy or not 2 <= label.distinct <= _CIRCLE or not isinstance(turns, float) or turns < 0.8:
            continue
        others = tuple(c for c in table.columns if c not in (label, value) and _determined(c, label))
        found = Long(label, value, others)
        names = {str(c.place): c.cells for c in _keys(table, found)}
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
        rest = [c for c in rest if (c.whole <= value.whole).mean() > _LIKE]
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
    return label.numbers.kind != "text" or bool(texts.str.contains(_CODE).to_numpy().mean() > _LIKE)


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
    keys = _keys(table, long)
    if not keys:
        return False
    frame = pl.DataFrame({str(i): c.cells for i, c in enumerate(keys)} | {"label": long.label.cells})
    groups = frame.select(pl.exclude("label")).n_unique()
    pairs = frame.n_unique()
    return groups < 0.75 * table.height and pairs > 1.3 * groups


def _keys(table: Table, long: Long) -> list[Column]:
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


@dataclass(frozen=True)
class Widened:
    """A long table with one row per station.

    Attributes
    ----------
    unused
        Rows of the long table that went nowhere, with the reason.
    others
        Number of rows that are of other votes.
    notes
        What a reader must know.
    """

    table: Table
    unused: dict[int, str]
    others: int
    notes: tuple[str, ...]


def widen(
    table: Table,
    long: Long,
    contest: tuple[str, str] | None,
    codes: dict[str, str],
    wanted: Sequence[Column] = (),
) -> Widened:
    """Turn a long table into one row per station.

    Parameters
    ----------
    contest
        Column that tells votes apart, and the vote that is meant.
    codes
        What coded labels stand for.
    wanted
        Further columns to keep; they are null where the records of a station do not agree.

    Raises
    ------
    InputError
        If the table holds several contests and none was named.
    """
    keep, labels = _one_contest(table, long.label.cells, contest)
    others = int(np.count_nonzero(~keep))
    unused: dict[int, str] = {}
    labels = _kinds(table, long, labels, keep)
    for i in map(int, np.flatnonzero(labels.is_null().to_numpy() & keep)):
        unused[i] = "no option is named"
    wrong = long.votes.numbers.wrong
    if wrong is not None:
        for i in map(int, np.flatnonzero(wrong.is_not_null().to_numpy() & keep)):
            unused[i] = str(wrong[i])
    again = _again(table, keep)
    keep[list(again | unused)] = False
    keys, per_station = _stations(table, long, labels, keep)
    counted, doubled = _second_counts(keys, labels, keep, again)
    keep[counted] = True
    unused = {row: reason for row, reason in again.items() if not keep[row]} | unused
    notes = (
        (f"Places with several records for one option, which were added: {doubled:,}.",) if doubled else ()
    )
    more = [column for column in wanted if column not in (*keys, *per_station)]
    frame = (
        pl.DataFrame(
            {f"k{c.place}": c.cells for c in keys}
            | {f"q{c.place}": c.numbers.values for c in per_station}
            | {f"m{c.place}": c.cells for c in more}
            | {"label": labels, "votes": long.votes.numbers.values, "line": pl.Series(table.lines)}
        )
        .with_row_index("row")
        .filter(pl.Series(keep))
    )
    names = [f"k{c.place}" for c in keys]
    frame = frame.with_columns(
        pl.concat_str([pl.col(k).fill_null("\0") for k in names], separator="\1").alias("key")
    )
    stations = frame.group_by("key", maintain_order=True).agg(
        pl.col(names).first(),
        *[pl.col(f"q{c.place}").max() for c in per_station],
        *[
            pl.when(pl.col(f"m{c.place}").n_unique() == 1)
            .then(pl.col(f"m{c.place}").first())
            .alias(f"m{c.place}")
            for c in more
        ],
        pl.col("line").first(),
        pl.col("row").alias("rows"),
        pl.len().alias("records"),
    )
    order = frame["label"].unique(maintain_order=True).to_list()
    if len(order) > MAX_OPTIONS:
        raise InputError(
            f"the column {long.label.name!r} holds {len(order):,} different options",
            expected=f"at most {MAX_OPTIONS}",
            todo="name the right column in a mapping file",
        )
    votes = frame.group_by("key", "label").agg(
        pl.when(pl.col("votes").is_not_null().any()).then(pl.col("votes").sum()).alias("votes")
    )
    wide = votes.pivot(on="label", index="key", values="votes")
    joined = stations.join(wide, on="key", how="left", maintain_order="left")
    return Widened(_as_table(table, joined, keys, per_station, more, order, codes), unused, others, notes)


def _second_counts(
    keys: list[Column], labels: pl.Series, keep: np.ndarray, again: dict[int, str]
) -> tuple[list[int], int]:
    """Tell a second count in one place from a record that was copied.

    Where a place was counted twice (before the day and on it), small parties have the same votes both times.

    Returns
    -------
    rows, places
        Rows among those that repeat another word for word that are counts of their own, and how many places
        have several.
    """
    frame = pl.DataFrame({f"k{c.place}": c.cells for c in keys})
    names = frame.columns
    frame = frame.with_columns(labels.alias("label"), row=pl.int_range(frame.height, dtype=pl.Int64))
    here = frame.filter(pl.Series(keep))
    twice = here.filter(here.select([*names, "label"]).is_duplicated()).select(names).unique()
    if not twice.height:
        return [], 0
    same = frame[list(again)].join(twice, on=names, how="semi", nulls_equal=True)
    return same["row"].to_list(), twice.height


def _stations(
    table: Table, long: Long, labels: pl.Series, keep: np.ndarray
) -> tuple[list[Column], list[Column]]:
    """Find the columns that tell stations apart, and those that repeat a quantity of the station.

    Raises
    ------
    InputError
        If the records of one station belong to several votes, or nobody can tell which records are of one
        station.
    """
    keys = _keys(table, long)
    taken = {c.place for c in (*keys, long.label, long.votes, *long.others)}
    quantities = [c for c in table.columns if c.counts and c.place not in taken and c.role in COUNT_ROLES]
    hidden = taken | {c.place for c in quantities}
    more = apart.complete(table, keys, keep, hidden, labels)
    voters = next((c.numbers.values for c in quantities if c.role == "registered"), None)
    apart.refuse_several_votes(keys, more, voters, keep)
    keys += more
    frame = pl.DataFrame(
        {f"k{c.place}": c.cells for c in keys} | {f"q{c.place}": c.numbers.values for c in quantities}
        | {"label": labels}
    ).filter(pl.Series(keep))  # fmt: skip
    names = [f"k{c.place}" for c in keys]
    again = 1 - frame.select([*names, "label"]).n_unique() / max(1, frame.height)
    if again > _AGAIN:
        raise InputError(
            f"{100 * again:.0f} % of the records name a place and {long.label.name!r} that another record "
            "names too, and no column tells them apart",
            expected="one record for each station and option",
            todo="say in a mapping file which columns tell stations apart: "
            '[columns], station = ["...", "..."]',
        )
    groups = frame.group_by(names).agg(pl.col(f"q{c.place}").drop_nulls().n_unique() for c in quantities)
    return keys, [c for c in quantities if (groups[f"q{c.place}"] <= 1).to_numpy().mean() > _LIKE]


def _kinds(table: Table, long: Long, labels: pl.Series, keep: np.ndarray) -> pl.Series:
    """Label the records that name no option by the column that says what votes they hold (blank, null)."""
    silent = labels.is_null() & pl.Series(keep)
    if not silent.any():
        return labels
    for column in table.columns:
        if column.counts or column is long.label or not 2 <= column.distinct <= 20:
            continue
        kinds = column.cells.filter(silent).unique().to_list()
        if all(kind is not None and _is_quantity(kind, table.tongues) for kind in kinds):
            return pl.select(pl.when(silent).then(column.cells).otherwise(labels)).to_series()
    return labels


def _again(table: Table, keep: np.ndarray) -> dict[int, str]:
    """Find records that repeat an earlier one word for word: added, they would count twice."""
    rows = np.flatnonzero(keep)
    frame = pl.DataFrame({str(c.place): c.cells for c in table.columns if not c.runs_on})[rows.tolist()]
    twice = rows[frame.is_duplicated().to_numpy()]
    first: dict[tuple[object, ...], int] = {}
    found: dict[int, str] = {}
    for i, cells in zip(map(int, twice), frame.filter(frame.is_duplicated()).rows(), strict=True):
        if cells in first:
            found[i] = f"repeats line {int(table.lines[first[cells]])} word for word"
        first.setdefault(cells, i)
    return found


def _one_contest(
    table: Table, labels: pl.Series, contest: tuple[str, str] | None
) -> tuple[np.ndarray, pl.Series]:
    """Keep the records of one vote.

    Under the heading of a vote some files give quantities ("Registered voters"): they belong to every vote,
    and their heading is their label.
    """
    everything = np.ones(table.height, dtype=bool)
    if contest is not None:
        column = find(table, contest[0])
        wanted = of_contest(table, *contest)
    else:
        chosen = _contest_column(table)
        if chosen is None:
            return everything, labels
        column, wanted = chosen, everything
    common = [t for t in column.cells.drop_nulls().unique().to_list() if _is_quantity(t, table.tongues)]
    shared = column.cells.is_in(common).fill_null(value=False).to_numpy()
    votes = column.cells.filter(pl.Series(~shared)).drop_nulls()
    if contest is None and votes.n_unique() > 1:
        raise apart.which_vote(column, ~shared)
    named = pl.select(pl.when(pl.Series(shared)).then(column.cells).otherwise(labels)).to_series()
    return wanted | shared, named


def of_contest(table: Table, header: str, value: str) -> np.ndarray:
    """Tell which rows belong to the vote that the user has named.

    Raises
    ------
    InputError
        If there is no such column, or none of its rows belongs to that vote.
    """
    column = find(table, header)
    wanted = (column.cells == value).fill_null(value=False).to_numpy()
    if not wanted.any():
        raise InputError(
            f"no record has {value!r} in {column.name!r}",
            expected=", ".join(repr(t) for t in column.cells.drop_nulls().unique().sort().to_list()[:20]),
        )
    return wanted.copy()


def _contest_column(table: Table) -> Column | None:
    most = max(60, table.height // 50)
    return next((c for c in table.columns if c.role == "contest" and 1 < c.distinct <= most), None)


def _is_quantity(text: str, tongues: tuple[str, ...]) -> bool:
    return any(m.role in COUNT_ROLES and m.strength > 0.8 for m in meanings(text, tongues)[:1])


def _as_table(
    table: Table,
    joined: pl.DataFrame,
    keys: list[Column],
    per_station: list[Column],
    more: list[Column],
    order: list[str],
    codes: dict[str, str],
) -> Table:
    columns: list[Column] = []
    for column in keys:
        cells = joined[f"k{column.place}"]
        columns.append(replace(column, cells=cells, numbers=_same_kind(column, cells)))
    for column in per_station:
        values = joined[f"q{column.place}"]
        columns.append(replace(column, cells=values.cast(pl.String), numbers=Numbers("count", values, None)))
    for column in more:
        cells = joined[f"m{column.place}"]
        columns.append(replace(column, cells=cells, numbers=_same_kind(column, cells)))
    shown = [codes.get(label, label) for label in order]
    tongues = tuple(dict.fromkeys([*vocabulary.tongues(shown), *table.tongues]))
    first = len(table.columns)
    for place, (label, name) in enumerate(zip(order, shown, strict=True), start=first):
        values = joined[label]
        numbers = Numbers("count", values, None)
        columns.append(
            Column(place, name, True, values.cast(pl.String), numbers, meanings(name, tongues), name)
        )
    return Table(
        settle_no(tuple(columns)),
        joined["line"].to_numpy().astype(np.int64),
        joined["records"].to_numpy().astype(np.int64),
        tongues,
        joined["rows"].to_list(),
        frozenset(range(first, first + len(order))),
    )


def _same_kind(column: Column, cells: pl.Series) -> Numbers:
    if not column.counts:
        return Numbers(column.numbers.kind, pl.Series([None] * len(cells), dtype=pl.Int64), None)
    return Numbers("count", cells.cast(pl.Int64, strict=False), None)
