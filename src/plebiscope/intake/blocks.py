"""Blocks of columns repeated along the row (name, votes, name, votes, ...) become a column per name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from plebiscope.intake import vocabulary
from plebiscope.intake.header import Layout
from plebiscope.intake.long import MAX_OPTIONS
from plebiscope.intake.meaning import meanings
from plebiscope.intake.numbers import looks_numeric, parse
from plebiscope.intake.understanding import Use
from plebiscope.model.errors import InputError

_NUMBERED = re.compile(r"^(.*?\D)[ ._-]*(\d{1,3})$")


@dataclass(frozen=True)
class Blocks:
    """Blocks of columns repeated along the row: what stands before them, and the first block's columns.

    Attributes
    ----------
    base
        Columns outside the blocks.
    labels
        Ways to name an option, the best first: columns of the first block whose texts are joined.
    votes
        Column of votes in the first block.
    steps
        For each block, where the column of the first block lies in it.
    """

    base: list[int]
    labels: list[list[int]]
    votes: int
    steps: list[dict[int, int]]


@dataclass(frozen=True)
class Unrolled:
    """A grid without blocks of columns.

    Attributes
    ----------
    base
        Place in the grid as it was of each column that stood outside the blocks; these come first.
    inner
        Places of the new columns, one for each name.
    spent
        What became of the columns in the blocks, by their place in the grid as it was.
    """

    layout: Layout
    cells: pl.DataFrame
    base: Sequence[int]
    inner: frozenset[int] = frozenset()
    spent: dict[int, Use] = field(default_factory=dict)


def unroll(layout: Layout, cells: pl.DataFrame) -> Unrolled:
    """Turn blocks of columns repeated along the row (name, votes, name, votes, ...) into a column per name.

    A grid without such blocks stays as it was.

    Raises
    ------
    InputError
        If the blocks name too many options.
    """
    names = layout.names
    blocks = _unnamed_blocks(names, cells) or _numbered_blocks(names, cells)
    if blocks is None:
        return Unrolled(layout, cells, range(cells.width))
    for labels in blocks.labels:
        long = _stacked(blocks, labels, cells)
        order = long["label"].unique(maintain_order=True).to_list()
        if 1 < len(order) <= MAX_OPTIONS:
            break
    else:
        raise InputError(
            f"the repeated blocks of columns name {len(order):,} different options",
            expected=f"2 to {MAX_OPTIONS}",
            todo="pass one constituency, or a table of votes by party",
        )
    # A label may be a number, and so are the names of the columns here.
    named = long.with_columns(pl.concat_str(pl.lit("o"), "label").alias("label"))
    wide = named.pivot(on="label", index="row", values="votes")
    frame = (
        cells.select(pl.col(str(i)) for i in blocks.base)
        .with_row_index("row")
        .join(wide, on="row", how="left", maintain_order="left")
        .drop("row")
    )
    frame = frame.select(*(str(i) for i in blocks.base), *(f"o{label}" for label in order))
    frame = frame.rename(dict(zip(frame.columns, map(str, range(frame.width)), strict=True)))
    unrolled = replace(
        layout,
        names=(*(names[i] for i in blocks.base), *order),
        groups=(*(layout.groups[i] for i in blocks.base), *("" for _ in order)),
        labels=(*(layout.labels[i] for i in blocks.base), *order),
    )
    inner = frozenset(range(len(blocks.base), frame.width))
    return Unrolled(unrolled, frame, blocks.base, inner, _spent(blocks, labels))


def _spent(blocks: Blocks, labels: list[int]) -> dict[int, Use]:
    """Say what became of each column in the blocks."""
    found = {}
    for step in blocks.steps:
        for first, place in step.items():
            if first == blocks.votes:
                found[place] = Use(("votes for the options",), "one of several columns of votes in a row")
            elif first in labels:
                found[place] = Use(("names of the options",), "it stands beside a column of votes")
            else:
                found[place] = Use((), "where columns come again along the row, names and votes are read")
    return found


def _stacked(blocks: Blocks, labels: list[int], cells: pl.DataFrame) -> pl.DataFrame:
    """Lay the blocks below one another: columns ``row``, ``label``, ``votes``."""
    pieces = []
    for step in blocks.steps:
        label = pl.concat_str([pl.col(str(step[i])) for i in labels], separator=" ", ignore_nulls=True)
        piece = cells.select(label.alias("label"), pl.col(str(step[blocks.votes])).alias("votes"))
        pieces.append(piece.with_row_index("row").filter(pl.col("label").fill_null("") != ""))
    long = pl.concat(pieces)
    if not long.select("row", "label").is_duplicated().any():
        return long
    # Two candidates of one party stand in two blocks of one row: their votes are added.
    counted = long.with_columns(parse(long["votes"]).values.alias("votes"))
    added = counted.group_by("row", "label", maintain_order=True).agg(pl.col("votes").sum())
    return added.with_columns(pl.col("votes").cast(pl.String))


def _kind(cells: pl.DataFrame, i: int) -> bool | None:
    """Tell whether a column holds numbers (True), words (False) or nothing (None)."""
    sample = cells[str(i)].drop_nulls().head(200).to_list()
    verdicts = [v for text in sample if (v := looks_numeric(text)) is not None]
    return sum(verdicts) > 0.8 * len(verdicts) if verdicts else None


def _split(
    columns: list[int], names: tuple[str, ...], cells: pl.DataFrame
) -> tuple[list[list[int]], int] | None:
    """Tell a block's label columns (words) from its votes (the first column of whole numbers named so)."""
    tongues = vocabulary.tongues([n for n in names if n])
    roles = {i: m[0].role for i in columns if names[i] and (m := meanings(names[i], tongues))}
    votes = [i for i in columns if roles.get(i) in ("votes", "total", "cast") and _kind(cells, i)]
    words = [i for i in columns if _kind(cells, i) is False]
    persons = [i for i in words if roles.get(i) == "name"]
    labels = [persons] * bool(persons) + [[i] for i in words]
    return (labels, votes[0]) if labels and votes else None


def _unnamed_blocks(names: tuple[str, ...], cells: pl.DataFrame) -> Blocks | None:
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
        steps = [{i: i + step for i in block} for step in range(0, extra + size, size)]
        return Blocks(list(range(last - size + 1)), *found, steps)
    return None


def _numbered_blocks(names: tuple[str, ...], cells: pl.DataFrame) -> Blocks | None:
    """Find blocks whose headers carry a running number: Name 1, Votes 1, Name 2, Votes 2, ..."""
    numbered: dict[int, dict[str, int]] = {}
    for i, name in enumerate(names):
        match = _NUMBERED.match(name)
        if match:
            numbered.setdefault(int(match.group(2)), {})[match.group(1).strip()] = i
    if len(numbered) < 2:
        return None
    first = numbered[min(numbered)]
    same = [block for _, block in sorted(numbered.items()) if set(block) == set(first)]
    if len(same) < 2 or len(first) < 2:
        return None
    renamed = list(names)
    for base, i in first.items():
        renamed[i] = base
    found = _split(list(first.values()), tuple(renamed), cells)
    if found is None:
        return None
    inside = {i for block in same for i in block.values()}
    steps = [{i: block[base] for base, i in first.items()} for block in same]
    return Blocks([i for i in range(len(names)) if i not in inside], *found, steps)
