"""The key by which two tables belong together, found or as the user has named it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from plebiscope.intake.columns import Column
from plebiscope.intake.matching.keying import APART, Coded, Match, consistent, matched
from plebiscope.intake.matching.pairing import HEADER, MEANING, NEARLY, VALUES, Pair, Side, paired
from plebiscope.intake.matching.refusing import no_key
from plebiscope.model.errors import InputError

_TOLD = 0.5
"""Share of rows that must find their counterpart where the user has named the columns."""
_MOST = 5
"""Most columns in a key."""


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
    pairs = paired(base, other, once)
    coded = Coded(base, other, pairs)
    for least in (HEADER, MEANING, VALUES):
        able = [i for i, pair in enumerate(pairs) if pair.evidence >= least]
        if not able:
            continue
        matches: list[Match] = []
        for chosen in _sets(able, pairs, coded, once):
            if matches and len(chosen) > len(matches[0].pairs):
                break
            if coded.tells_apart(chosen, once):
                match = matched(coded, tuple(pairs[i] for i in chosen), chosen, once)
                matches += [match] if consistent(base, other, match, pairs) else []
        if matches:
            return _only(base, other, matches)
    raise no_key(base, other, pairs, once)


def told(base: Side, other: Side, wanted: Sequence[Sequence[str]], once: bool) -> Match:
    """Match two tables by the columns that the user has named; each may bear one name in each file.

    Raises
    ------
    InputError
        If a column is not there, or the columns do not tell rows apart, or hardly a row finds another.
    """
    pairs = tuple(Pair(_named(base, names), _named(other, names), HEADER) for names in wanted)
    coded = Coded(base, other, pairs)
    every = tuple(range(len(pairs)))
    met = max(coded.shares(every))
    match = matched(coded, pairs, every, once)
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


def _sets(able: list[int], pairs: Sequence[Pair], coded: Coded, once: bool) -> Iterator[tuple[int, ...]]:
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
        if (match.rows != first.rows)[both].mean() > 1 - APART:
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
