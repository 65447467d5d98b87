"""By which columns the rows of two tables belong together: the values decide, the headers help.

Values are compared as a person would: numbers without the zeros in front of them, names without regard to
capitals, spaces and the ways in which one letter can be encoded. Looked for is the smallest set of pairs of
columns that tells the rows of one table apart and is met in nearly all rows. Where two sets would put the
rows together differently, nobody can tell which is meant, and the user is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.meaning import COUNT_ROLES
from plebiscope.intake.vocabulary import words
from plebiscope.model.errors import InputError

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEARLY = 0.9
"""Share of rows that must find their counterpart."""
_TOLD = 0.5
"""The same where the user has named the columns."""
_SEEN = 0.2
"""The same for a pair of columns that are called alike, so that a message can speak of them."""
_APART = 0.99
"""Share of rows that a key must tell apart."""
_LIKE = 0.8
"""Share of rows in which columns that are called alike and hold the same values must agree."""
_MOST = 5
"""Most columns in a key."""
_PAIRS = 14
"""Most pairs of columns that are tried."""
_KEYS = frozenset(["station", "area", "code", "name", "place", "constituency"])
_NO_KEYS = COUNT_ROLES | {"votes", "percent", "longitude", "latitude", "url", "date", "winner", "address"}

_NUMBERED = r"^(\D*?)(\d+)(\D*)$"
"""A name with one number in it."""
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
"""Letters that are written without their strokes where there are only plain ones."""

HEADER, MEANING, VALUES = 2, 1, 0


@dataclass(frozen=True)
class Side:
    """One of the two tables.

    Attributes
    ----------
    name
        Name of its file or sheet.
    counted
        Places of the columns that are counts, which are no keys.
    """

    name: str
    table: Table
    counted: frozenset[int]
    known: dict[int, pl.Series] = field(default_factory=dict, repr=False, compare=False)
    """Columns in the form in which they are compared, once that was asked for."""

    def normal(self, column: Column) -> pl.Series:
        """Return the cells of a column in the form in which they are compared."""
        if column.place not in self.known:
            self.known[column.place] = normal(column.cells)
        return self.known[column.place]

    @property
    def candidates(self) -> list[Column]:
        """The columns that may say which row is meant."""
        return [
            c
            for c in self.table.columns
            if c.place not in self.counted
            and c.numbers.kind in ("count", "text")
            and c.role not in _NO_KEYS
            and c.distinct > 0
            and c.cells.null_count() < 0.5 * self.table.height
        ]


@dataclass(frozen=True)
class Pair:
    """A column of each table that may say the same.

    Attributes
    ----------
    evidence
        :data:`HEADER`, :data:`MEANING` or :data:`VALUES`: what the two have in common.
    """

    base: Column
    other: Column
    evidence: int

    @property
    def said(self) -> str:
        """The pair in words."""
        same = self.base.name == self.other.name
        return repr(self.base.name) if same else f"{self.base.name!r} = {self.other.name!r}"


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


def normal(cells: pl.Series) -> pl.Series:
    """Return texts in the form in which they are compared.

    Accents, and words that stand around the number in every row, are left out where names stay different.
    """
    name = cells.name or "cells"
    known = cells.rename(name).to_frame()
    made = (
        pl.col(name)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all("ß", "ss", literal=True)
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.replace(r"^0+(\d)", "$1")
        .str.replace(r"^(\d+)[.,]0+$", "$1")
    )
    few = known.unique().with_columns(made.alias("normal"))
    plain = _bare(few["normal"])
    few = few.with_columns(plain.alias("normal"))
    return known.join(few, on=name, how="left", maintain_order="left", nulls_equal=True)["normal"]


def _bare(names: pl.Series) -> pl.Series:
    """Leave out accents, and what surrounds the only number of each name, if names that differ still do."""
    plain = _without_accents(names)
    plain = plain if plain.n_unique() == names.n_unique() else names
    if _around(plain) in (None, ("", "")):
        return plain
    numbers = plain.str.extract(_NUMBERED, 2).str.replace(r"^0+(\d)", "$1")
    return numbers if numbers.n_unique() == plain.n_unique() else plain


def _without_accents(names: pl.Series) -> pl.Series:
    bare = names.str.normalize("NFKD").str.replace_all(r"[\u0300-\u036f]", "").str.normalize("NFKC")
    return bare.str.replace_many(_LETTERS)


def _around(names: pl.Series) -> tuple[str, str] | None:
    """Return what stands before and behind the only number of a name, if it is the same in all names."""
    parts = names.drop_nulls().to_frame("name").select(
        before=pl.col("name").str.extract(_NUMBERED, 1), behind=pl.col("name").str.extract(_NUMBERED, 3)
    )  # fmt: skip
    found = parts.unique().rows()
    return found[0] if len(found) == 1 and None not in found[0] else None


def header(column: Column) -> str:
    """Return a header in the form in which headers are compared."""
    return " ".join(words(column.name)) if column.headed else ""


def find(base: Side, other: Side, once: bool) -> Match:
    """Find the key by which two tables belong together.

    Parameters
    ----------
    once
        True where a row of the other table can belong to one row of the base only, because it holds counts.

    Raises
    ------
    InputError
        If there is no such key, or several that do not mean the same.
    """
    pairs = _pairs(base, other, once)
    coded = _Coded(base, other, pairs)
    for least in (HEADER, MEANING, VALUES):
        able = [i for i, pair in enumerate(pairs) if pair.evidence >= least]
        if not able:
            continue
        matches: list[Match] = []
        for chosen in _sets(able, pairs, coded, once):
            if matches and len(chosen) > len(matches[0].pairs):
                break
            if coded.tells_apart(chosen, once):
                match = _match(coded, tuple(pairs[i] for i in chosen), chosen, once)
                matches += [match] if _consistent(base, other, match, pairs) else []
        if matches:
            return _only(base, other, matches)
    raise _no_key(base, other, pairs, once)


def told(base: Side, other: Side, wanted: Sequence[Sequence[str]], once: bool) -> Match:
    """Match two tables by the columns that the user has named; each may bear one name in each file.

    Raises
    ------
    InputError
        If a column is not there, or the columns do not tell rows apart, or hardly a row finds another.
    """
    pairs = tuple(Pair(_named(base, names), _named(other, names), HEADER) for names in wanted)
    coded = _Coded(base, other, pairs)
    every = tuple(range(len(pairs)))
    met = max(coded.shares(every))
    match = _match(coded, pairs, every, once)
    if not coded.tells_apart(every, once):
        raise InputError(
            f"the columns named by `join` do not tell rows apart ({match.said})",
            where=f"{base.name} and {other.name}",
            expected="columns that together name each row once" + (" in both files" if once else ""),
            todo="name more columns",
        )
    if met < _TOLD:
        raise InputError(
            f"by the columns named by `join` only {100 * met:.0f} % of the rows find another ({match.said})",
            where=f"{base.name} and {other.name}",
            expected="columns with the same values in both files",
        )
    return match


def _named(side: Side, names: Sequence[str]) -> Column:
    for name in names:
        for column in side.table.columns:
            if column.name.casefold() == name.strip().casefold():
                return column
    known = ", ".join(repr(c.name) for c in side.table.columns[:40])
    raise InputError(
        f"`join` names {' or '.join(map(repr, names))}, and no column is called so",
        where=side.name,
        expected=f"one of {known}",
        todo='where the headers differ, give both: join = [["header here", "header there"]]',
    )


def _pairs(base: Side, other: Side, once: bool) -> list[Pair]:
    """List the pairs of columns whose values are much the same, those with more evidence first."""
    found: list[tuple[int, float, Pair]] = []
    tallies = {c.place: _tally(other.normal(c)) for c in other.candidates}
    for mine in base.candidates:
        counts = _tally(base.normal(mine))
        for theirs in other.candidates:
            evidence = _evidence(mine, theirs)
            inside, back, alike = _overlap(counts, tallies[theirs.place])
            met = min(inside, back) if once else inside
            if evidence == VALUES:
                # Small numbers meet everywhere: they must come as often in one table as in the other.
                met = min(met, alike) if once else met * (theirs.distinct > 2)
            least = NEARLY if evidence == VALUES else _SEEN
            if (
                met >= least
                and (mine.distinct > 1 or evidence == HEADER)
                and not _numbers_rows(mine, theirs)
                and not _worded_apart(mine, theirs, evidence)
            ):
                found.append((evidence, alike, Pair(mine, theirs, evidence)))
    found.sort(key=lambda item: (-item[0], -item[1], item[2].base.place, item[2].other.place))
    return [pair for *_, pair in found[:_PAIRS]]


def _numbers_rows(mine: Column, theirs: Column) -> bool:
    """Tell columns that number the rows of each file, and may do so anew, from numbers of stations."""
    return mine.runs_on and theirs.runs_on and "station" not in (mine.role, theirs.role)


def _worded_apart(mine: Column, theirs: Column, evidence: int) -> bool:
    """Tell numbers in other words, Ward 1 and Region 1, and numbered names from columns that count rows."""
    words = [
        _around(_without_accents(c.cells.unique().str.to_lowercase())) or ("", "") for c in (mine, theirs)
    ]
    counting = evidence == VALUES and (mine.runs_on or theirs.runs_on)
    return words[0] != words[1] and (all(map(any, words)) or counting)


def _evidence(mine: Column, theirs: Column) -> int:
    if header(mine) and header(mine) == header(theirs):
        return HEADER
    if mine.role is None or mine.role != theirs.role or mine.role not in _KEYS:
        return VALUES
    same = mine.role == "station" or mine.meanings[0].concepts == theirs.meanings[0].concepts
    return MEANING if same else VALUES


def _tally(cells: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({"value": cells}).drop_nulls()
    return frame.group_by("value").agg(pl.len().cast(pl.Int64).alias("count"))


def _overlap(mine: pl.DataFrame, theirs: pl.DataFrame) -> tuple[float, float, float]:
    """Return which shares of the rows of each have a value of the other, and how alike their numbers are."""
    both = mine.join(theirs, on="value", suffix="_other")
    n, k = int(mine["count"].sum()), int(theirs["count"].sum())
    least = both.select(pl.min_horizontal("count", "count_other").sum()).item()
    mine_met, theirs_met = int(both["count"].sum()), int(both["count_other"].sum())
    return mine_met / max(1, n), theirs_met / max(1, k), least / max(1, n, k)


class _Coded:
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
        return all(self.apart(chosen, base) >= _APART for base in ((False, True) if once else (False,)))


def _sets(able: list[int], pairs: Sequence[Pair], coded: _Coded, once: bool) -> Iterator[tuple[int, ...]]:
    """Go through the sets of pairs that are met in enough rows, the smaller first; no column is in twice."""
    kept: set[tuple[int, ...]] = set()
    for size in range(1, min(_MOST, len(able)) + 1):
        fresh: set[tuple[int, ...]] = set()
        for chosen in combinations(able, size):
            twice = any(
                pairs[i].base is pairs[k].base or pairs[i].other is pairs[k].other
                for i, k in combinations(chosen, 2)
            )
            # What is met too seldom with fewer columns is met no more often with more.
            if twice or (size > 1 and any(part not in kept for part in combinations(chosen, size - 1))):
                continue
            if coded.met(chosen, once) >= NEARLY:
                yield chosen
                fresh.add(chosen)
        kept = fresh
        if not kept:
            return


def _match(coded: _Coded, pairs: tuple[Pair, ...], chosen: tuple[int, ...], once: bool) -> Match:
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


def _claimed(coded: _Coded, names: list[str], rows: Ints) -> dict[int, str]:
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


def _consistent(base: Side, other: Side, match: Match, pairs: Sequence[Pair]) -> bool:
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


def _only(base: Side, other: Side, matches: list[Match]) -> Match:
    """Choose between keys of one size: the one with more evidence, if those that remain mean the same."""

    def rank(match: Match) -> tuple[int, int]:
        numbering = sum(pair.base.runs_on and pair.base.role is None for pair in match.pairs)
        return -numbering, sum(pair.evidence for pair in match.pairs)

    best = max(map(rank, matches))
    left = [match for match in matches if rank(match) == best]
    first = min(left, key=lambda match: (-int((match.rows >= 0).sum()), match.said))
    for match in left:
        both = (match.rows >= 0) & (first.rows >= 0)
        if (match.rows != first.rows)[both].mean() > 1 - _APART:
            raise InputError(
                f"the rows can be put together by {first.said} or by {match.said}, with different results",
                where=f"{base.name} and {other.name}",
                expected="one key",
                todo=f"say which columns name the rows: {_example(first)} in a mapping file, or in the case",
            )
    return first


def _example(match: Match) -> str:
    quoted = [
        f'"{p.base.name}"' if p.base.name == p.other.name else f'["{p.base.name}", "{p.other.name}"]'
        for p in match.pairs
    ]
    return f"join = [{', '.join(quoted)}]"


def _no_key(base: Side, other: Side, pairs: Sequence[Pair], once: bool) -> InputError:
    where = f"{base.name} and {other.name}"
    todo = 'name the columns that both have, join = ["..."], in a mapping file, or join the files yourself'
    expected = "columns that name each row once in both files, with the same values"
    if not pairs:
        same = [
            (c, o) for c in base.candidates for o in other.candidates if header(c) and header(c) == header(o)
        ]
        running = [repr(mine.name) for mine, theirs in same if _numbers_rows(mine, theirs)]
        shared = [repr(mine.name) for mine, theirs in same if repr(mine.name) not in running]
        if shared:
            trouble = f"the columns {', '.join(shared[:6])} hold different values"
        elif running:
            trouble = f"{', '.join(running)} may number the rows of each file anew"
        else:
            trouble = "no column of one holds the values of a column of the other"
        trouble = f"nothing tells which rows of these files belong together: {trouble}"
        return InputError(trouble, where=where, expected=expected, todo=todo)
    coded = _Coded(base, other, pairs)
    every = _one_for_each_column(pairs)
    said = " and ".join(pairs[i].said for i in every)
    met = coded.met(every, once)
    here, there = coded.apart(every, base=True), coded.apart(every, base=False)
    if met < NEARLY:
        here, there = coded.shares(every)
        trouble = (
            f"by {said} {100 * here:.0f} % of the rows of {base.name} are met in {other.name}, and "
            f"{100 * there:.0f} % of the rows of {other.name} in {base.name}"
        )
    elif there < _APART and (here < _APART or not once):
        trouble = f"even by {said} several rows bear the same names"
    else:
        fine, coarse = (base, other) if here < _APART else (other, base)
        trouble = (
            f"by {said} a row of {coarse.name} would be used for several rows of {fine.name}, and its counts "
            "several times"
        )
    return InputError(trouble, where=where, expected=expected, todo=todo)


def _one_for_each_column(pairs: Sequence[Pair]) -> tuple[int, ...]:
    """Choose of the pairs those with most evidence, so that no column is in two."""
    chosen: list[int] = []
    for i, pair in enumerate(pairs):
        if not any(pair.base is pairs[k].base or pair.other is pairs[k].other for k in chosen):
            chosen.append(i)
    return tuple(chosen)
