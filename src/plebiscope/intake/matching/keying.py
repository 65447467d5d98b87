"""Which rows of two tables a key puts together, and whether they then agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.matching.pairing import HEADER, Pair, Side

Ints = NDArray[np.int64]

APART = 0.99
"""Share of rows that a key must tell apart."""
_LIKE = 0.8
"""Share of rows in which columns that are called alike and hold the same values must agree."""


@dataclass(frozen=True)
class Match:
    """Which row of the other table belongs to each row of the base.

    Attributes
    ----------
    rows
        Row of the other table, -1 where there is none, shape (n,).
    spare
        Rows of the other table that can be used for none, because others have the same key, with the reason.
    """

    pairs: tuple[Pair, ...]
    rows: Ints
    spare: dict[int, str]

    @property
    def said(self) -> str:
        """The key in words."""
        return " and ".join(pair.said for pair in self.pairs)


class Coded:
    """The values of the pairs as numbers, equal where the values are, so that sets can be tried fast."""

    def __init__(self, base: Side, other: Side, pairs: Sequence[Pair]) -> None:
        self.base, self.other = base, other
        mine: dict[str, pl.Series] = {}
        theirs: dict[str, pl.Series] = {}
        for i, pair in enumerate(pairs):
            n = base.table.height
            both = pl.concat([base.normal(pair.base).rename("v"), other.normal(pair.other).rename("v")])
            codes = both.cast(pl.Categorical).to_physical()
            mine[str(i)], theirs[str(i)] = codes[:n], codes[n:]
        self.mine, self.theirs = pl.DataFrame(mine), pl.DataFrame(theirs)

    def shares(self, chosen: tuple[int, ...]) -> tuple[float, float]:
        """Return the shares of rows of the base, and of the other table, that find one in the other."""
        names = [str(i) for i in chosen]
        mine, theirs = self.mine.select(names).drop_nulls(), self.theirs.select(names).drop_nulls()
        here = mine.join(theirs.unique(), on=names, how="semi").height / max(1, self.mine.height)
        there = theirs.join(mine.unique(), on=names, how="semi").height / max(1, self.theirs.height)
        return here, there

    def met(self, chosen: tuple[int, ...], once: bool) -> float:
        """Return the share of rows that find one in the other table; of both tables, where each is once."""
        here, there = self.shares(chosen)
        return min(here, there) if once else here

    def apart(self, chosen: tuple[int, ...], base: bool) -> float:
        """Return how well the key tells apart the rows of the base or of the other table."""
        known = (self.mine if base else self.theirs).select(str(i) for i in chosen).drop_nulls()
        return known.n_unique() / max(1, known.height)

    def tells_apart(self, chosen: tuple[int, ...], once: bool) -> bool:
        """Tell whether the key tells apart the rows of the other table; of both, where each is once."""
        return all(self.apart(chosen, base) >= APART for base in ((False, True) if once else (False,)))


def matched(coded: Coded, pairs: tuple[Pair, ...], chosen: tuple[int, ...], once: bool) -> Match:
    """Put rows together by the pairs that were chosen."""
    names = [str(i) for i in chosen]
    theirs = coded.theirs.select(names).with_row_index("row").drop_nulls()
    spare: dict[int, str] = {}
    twice = theirs.filter(pl.struct(names).is_duplicated())
    if twice.height:
        spare = _again(coded.other.table, twice, names)
        theirs = theirs.filter(~pl.col("row").is_in(list(spare)))
    found = coded.mine.select(names).join(theirs, on=names, how="left", maintain_order="left")
    rows = found["row"].cast(pl.Int64).fill_null(-1).to_numpy().copy()
    if once:
        spare |= _claimed(coded, names, rows)
    return Match(tuple(sorted(pairs, key=lambda pair: pair.base.place)), rows, spare)


def _claimed(coded: Coded, names: list[str], rows: Ints) -> dict[int, str]:
    """Take away counts from rows of the base that have one key and differ: nobody knows whose they are.

    Rows that repeat one word for word keep theirs, so that they can be told to be repeated.
    """
    mine = coded.mine.select(names).with_row_index("row").drop_nulls()
    twice = mine.filter(pl.struct(names).is_duplicated())
    if not twice.height:
        return {}
    spare: dict[int, str] = {}
    for i, reason in _again(coded.base.table, twice, names).items():
        if "word for word" not in reason and rows[i] >= 0:
            spare[int(rows[i])] = f"several rows of {coded.base.name} have this key"
            rows[i] = -1
    return spare


def _again(table: Table, twice: pl.DataFrame, names: list[str]) -> dict[int, str]:
    """Say of rows with one key which cannot be used: those that repeat one word for word, or else all."""
    spare: dict[int, str] = {}
    whole = pl.DataFrame({str(c.place): c.cells for c in table.columns if not c.runs_on})
    for _, group in twice.group_by(names, maintain_order=True):
        first, *rest = group["row"].to_list()
        line = int(table.lines[first])
        if whole[[first, *rest]].n_unique() == 1:
            spare |= dict.fromkeys(rest, f"repeats line {line} word for word")
        else:
            other = int(table.lines[rest[0]])
            spare[first] = f"has the same key as line {other}, and other figures"
            spare |= dict.fromkeys(rest, f"has the same key as line {line}, and other figures")
    return spare


def agreement(base: Side, other: Side, match: Match, mine: Column, theirs: Column) -> tuple[int, int]:
    """Count the rows in which two columns say the same, and those in which both say something."""
    rows = pl.Series(match.rows).replace(-1, None)
    here, there = base.normal(mine), other.normal(theirs).gather(rows)
    both = here.is_not_null() & there.is_not_null()
    return int((both & (here == there).fill_null(value=False)).sum()), int(both.sum())


def consistent(base: Side, other: Side, match: Match, pairs: Sequence[Pair]) -> bool:
    """Tell whether rows that were put together agree in other columns that both tables have."""
    for pair in pairs:
        if pair.evidence == HEADER and pair not in match.pairs and pair.base.distinct > 1:
            same, known = agreement(base, other, match, pair.base, pair.other)
            if known and same < _LIKE * known:
                return False
    registered = [
        next((c for c in side.table.columns if c.role == "registered" and c.place in side.counted), None)
        for side in (base, other)
    ]
    mine, theirs = registered
    if mine is None or theirs is None or max(mine.distinct, theirs.distinct) < 10:
        return True
    same, known = agreement(base, other, match, mine, theirs)
    return not known or same >= 0.3 * known
