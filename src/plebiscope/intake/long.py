"""Tables that are not one row per station: long ones (a row per station and option) and repeated blocks.

Both are turned into one row per station; each row remembers how many records it was made of. What a label
stands for (an option, the blank ballots, the voters on the list) is then read from its words and weighed by
arithmetic just as a header is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from plebiscope.intake import keys as key_columns
from plebiscope.intake import vocabulary
from plebiscope.intake.columns import Column, Table, settle_no
from plebiscope.intake.mapping import Mapping
from plebiscope.intake.meaning import COUNT_ROLES, meanings
from plebiscope.intake.numbers import Numbers, looks_numeric
from plebiscope.model.errors import InputError

MAX_OPTIONS = 600


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
    explicit = [c for c in counting if c.role == "option" or (c.role is None and c.headed and not c.coded)]
    if not votes and len(plain) == 1:
        votes = plain
    labels = [c for c in table.columns if c.role == "label" or (c.role == "option" and not c.counts)]
    if not votes or not labels or len([c for c in explicit if c not in votes]) >= 3:
        return None
    labels = [c for c in labels if 2 <= c.distinct <= MAX_OPTIONS and c not in votes]
    if not labels:
        return None
    value = next((c for c in votes if c.role == "votes"), votes[0])
    # The finest label is the option; a party beside it has fewer different texts, a code says the same.
    label = max(labels, key=lambda c: (c.distinct, c.numbers.kind == "text"))
    texts = [c for c in labels if c.numbers.kind == "text"]
    if texts:
        wordy = max(texts, key=lambda c: c.distinct)
        if wordy.distinct >= 0.6 * label.distinct:
            label = wordy
    others = tuple(c for c in table.columns if c is not label and c.role in ("label", "winner", "percent"))
    found = Long(label, value, others)
    return found if _repeats(table, found) else None


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


def widen(table: Table, long: Long, mapping: Mapping) -> tuple[Table, dict[int, str]]:
    """Turn a long table into one row per station.

    Returns
    -------
    table, unused
        ``unused`` names the rows of the long table that went nowhere (row -> reason): they belong to
        another contest, or their label is missing.

    Raises
    ------
    InputError
        If the table holds several contests and none was named.
    """
    keep, unused = _one_contest(table, mapping)
    labels = long.label.cells
    for i in np.flatnonzero(labels.is_null().to_numpy() & keep):
        unused[int(i)] = "no option is named"
        keep[i] = False
    if long.votes.numbers.wrong is not None:
        for i in np.flatnonzero(long.votes.numbers.wrong.is_not_null().to_numpy() & keep):
            unused[int(i)] = str(long.votes.numbers.wrong[int(i)])
            keep[i] = False
    keys = _keys(table, long)
    per_station = [
        c
        for c in table.columns
        if c.counts
        and c.place not in {k.place for k in keys}
        and c is not long.votes
        and c is not long.label
        and c.role in COUNT_ROLES
    ]
    frame = pl.DataFrame(
        {f"k{c.place}": c.cells for c in keys}
        | {f"q{c.place}": c.numbers.values for c in per_station}
        | {"label": labels, "votes": long.votes.numbers.values, "line": pl.Series(table.lines)}
    ).filter(pl.Series(keep))
    names = [f"k{c.place}" for c in keys]
    frame = frame.with_columns(
        pl.concat_str([pl.col(k).fill_null("\0") for k in names], separator="\1").alias("key")
    )
    stations = frame.group_by("key", maintain_order=True).agg(
        pl.col(names).first(),
        *[pl.col(f"q{c.place}").max() for c in per_station],
        pl.col("line").first(),
        pl.col("line").alias("lines"),
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
    return _as_table(table, joined, keys, per_station, order, mapping), unused


def _one_contest(table: Table, mapping: Mapping) -> tuple[np.ndarray, dict[int, str]]:
    keep = np.ones(table.height, dtype=bool)
    if mapping.contest is not None:
        column = mapping.find(table, mapping.contest[0])
        wanted = (column.cells == mapping.contest[1]).fill_null(value=False).to_numpy()
        if not wanted.any():
            raise InputError(
                f"no record has {mapping.contest[1]!r} in {column.name!r}",
                expected=", ".join(repr(t) for t in column.cells.drop_nulls().unique().sort().to_list()[:20]),
            )
        return wanted.copy(), {int(i): "belongs to another contest" for i in np.flatnonzero(~wanted)}
    for column in table.columns:
        if column.role == "contest" and 1 < column.distinct <= max(60, table.height // 50):
            several = column.cells.drop_nulls().value_counts(sort=True).rows()[:12]
            raise InputError(
                f"the file holds {column.distinct} votes, told apart by its column {column.name!r}",
                expected="one vote, or a mapping that names the one that is meant: "
                + "; ".join(f"{name} ({count:,} records)" for name, count in several),
                todo=f'write a file with [contest], column = "{column.name}", value = "..." and pass it with --mapping',
            )
    return keep, {}


def _as_table(
    table: Table,
    joined: pl.DataFrame,
    keys: list[Column],
    per_station: list[Column],
    order: list[str],
    mapping: Mapping,
) -> Table:
    columns: list[Column] = []
    for column in keys:
        cells = joined[f"k{column.place}"]
        columns.append(
            Column(
                column.place, column.name, column.headed, cells, _same_kind(column, cells), column.meanings
            )
        )
    for column in per_station:
        values = joined[f"q{column.place}"]
        columns.append(
            Column(
                column.place,
                column.name,
                column.headed,
                values.cast(pl.String),
                Numbers("count", values, None),
                column.meanings,
            )
        )
    place = len(table.columns)
    shown = [mapping.codes.get(label, label) for label in order]
    tongues = tuple(dict.fromkeys([*vocabulary.tongues(shown), *table.tongues]))
    for label, name in zip(order, shown, strict=True):
        values = joined[label] if label in joined.columns else joined["label"]
        columns.append(
            Column(
                place,
                name,
                True,
                values.cast(pl.String),
                Numbers("count", values, None),
                meanings(name, tongues),
            )
        )
        place += 1
    return Table(
        settle_no(tuple(columns)),
        joined["line"].to_numpy().astype(np.int64),
        joined["records"].to_numpy().astype(np.int64),
        tongues,
        joined["lines"].to_list(),
    )


def _same_kind(column: Column, cells: pl.Series) -> Numbers:
    if not column.counts:
        return Numbers(column.numbers.kind, pl.Series([None] * len(cells), dtype=pl.Int64), None)
    return Numbers("count", cells.cast(pl.Int64, strict=False), None)


# ---------------------------------------------------------------------------------------- repeated blocks

_NUMBERED = re.compile(r"^(.*?\D)[ ._-]*(\d{1,3})$")


def unroll(names: tuple[str, ...], cells: pl.DataFrame) -> tuple[tuple[str, ...], pl.DataFrame] | None:
    """Turn blocks of columns repeated along the row (name, votes, name, votes, ...) into a column per name.

    Returns None where there are no such blocks.
    """
    blocks = _unnamed_blocks(names, cells) or _numbered_blocks(names, cells)
    if blocks is None:
        return None
    base, groups = blocks
    pieces = []
    for label_columns, votes in groups:
        label = pl.concat_str([pl.col(str(c)) for c in label_columns], separator=" ", ignore_nulls=True)
        piece = cells.select(label.alias("label"), pl.col(str(votes)).alias("votes")).with_row_index("row")
        pieces.append(piece.filter(pl.col("label").is_not_null() & (pl.col("label") != "")))
    long = pl.concat(pieces)
    order = long["label"].unique(maintain_order=True).to_list()
    if not 1 < len(order) <= MAX_OPTIONS:
        return None
    wide = long.unique(["row", "label"], keep="first", maintain_order=True).pivot(
        on="label", index="row", values="votes"
    )
    frame = (
        cells.select(pl.col(str(i)) for i in base)
        .with_row_index("row")
        .join(wide, on="row", how="left", maintain_order="left")
        .drop("row")
    )
    new_names = (*(names[i] for i in base), *order)
    frame = frame.select(*(str(i) for i in base), *order)
    return new_names, frame.rename(dict(zip(frame.columns, map(str, range(frame.width)), strict=True)))


def _kind(cells: pl.DataFrame, i: int) -> bool | None:
    """Tell whether a column holds numbers (True), words (False) or nothing (None)."""
    sample = cells[str(i)].drop_nulls().head(200).to_list()
    verdicts = [v for text in sample if (v := looks_numeric(text)) is not None]
    return sum(verdicts) > 0.8 * len(verdicts) if verdicts else None


def _split(columns: list[int], names: tuple[str, ...], cells: pl.DataFrame) -> tuple[list[int], int] | None:
    """Tell a block's label columns (words) from its votes (the first column of whole numbers named so)."""
    tongues = vocabulary.tongues([n for n in names if n])
    votes = [
        i
        for i in columns
        if names[i] and any(m.role in ("votes", "total", "cast") for m in meanings(names[i], tongues)[:1])
    ]
    votes = [i for i in votes if _kind(cells, i)]
    named = [
        i
        for i in columns
        if _kind(cells, i) is False
        and any(m.role in ("name", "label", "option") for m in meanings(names[i], tongues))
    ]
    labels = named or [i for i in columns if _kind(cells, i) is False]
    return (labels, votes[0]) if labels and votes else None


def _unnamed_blocks(
    names: tuple[str, ...], cells: pl.DataFrame
) -> tuple[list[int], list[tuple[list[int], int]]] | None:
    """Find blocks of which only the first has headers; the columns after it have none."""
    width = len(names)
    last = max((i for i in range(width) if names[i]), default=-1)
    extra = width - last - 1
    if extra < 2:
        return None
    for size in range(2, min(15, last + 1)):
        if extra % size:
            continue
        block = list(range(last - size + 1, last + 1))
        found = _split(block, names, cells)
        if found is None:
            continue
        kinds = [_kind(cells, i) for i in block]
        following = [_kind(cells, i) for i in range(last + 1, last + 1 + size)]
        if any(a is not None and b is not None and a != b for a, b in zip(kinds, following, strict=True)):
            continue
        labels, votes = found
        groups = [([i + step for i in labels], votes + step) for step in range(0, extra + size, size)]
        return list(range(last - size + 1)), groups
    return None


def _numbered_blocks(
    names: tuple[str, ...], cells: pl.DataFrame
) -> tuple[list[int], list[tuple[list[int], int]]] | None:
    """Find blocks whose headers carry a running number: Name 1, Votes 1, Name 2, Votes 2, ..."""
    groups: dict[int, dict[str, int]] = {}
    for i, name in enumerate(names):
        match = _NUMBERED.match(name)
        if match:
            groups.setdefault(int(match.group(2)), {})[match.group(1).strip()] = i
    if len(groups) < 2:
        return None
    first = groups[min(groups)]
    same = {number: block for number, block in groups.items() if set(block) == set(first)}
    if len(same) < 2 or len(first) < 2:
        return None
    renamed = list(names)
    for base, i in first.items():
        renamed[i] = base
    found = _split(list(first.values()), tuple(renamed), cells)
    if found is None:
        return None
    bases = {i: base for base, i in first.items()}
    labels = [bases[i] for i in found[0]]
    votes = bases[found[1]]
    inside = {i for block in same.values() for i in block.values()}
    rest = [i for i in range(len(names)) if i not in inside]
    return rest, [([block[base] for base in labels], block[votes]) for _, block in sorted(same.items())]
