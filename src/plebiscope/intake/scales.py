"""The scales on which columns are weighed: which columns make up which.

All sums among the columns of counts are found first, by arithmetic alone, from the smallest total upwards:
a column that is part of one total is not tried again as part of a larger one, so that the sums form a tree
(options below the valid ballots, valid and invalid ones below those in the box). What the branches are
called is another matter (:mod:`plebiscope.intake.quantities`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.intake.arithmetic import Identity, members_of
from plebiscope.intake.columns import Column, Table
from plebiscope.intake.meaning import COUNT_ROLES

Ints = NDArray[np.int64]
_SAMPLE = 2000
"""Rows on which sums are tried; their rate is then counted on all rows."""
_RARE = 12
"""Rows added to the sample for each column, where it is largest: what is rarely used is not overlooked."""
_EXACT = 0.9
"""Share of rows in which a sum must hold for its members to belong to no larger one."""
_MOST = 500
"""Most columns among which sums are looked for."""

LOST = ("invalid", "blank", "contested", "spoilt")
"""Roles of ballots that were in the box and went to no option."""
WAYS = (
    frozenset({"mobile", "fixed"}),
    frozenset({"early", "premises", "outside", "postal", "electronic", "abroad", "proxy"}),
    frozenset({"male", "female"}),
    frozenset({"objection"}),
)
"""Ways in which a quantity is split into parts."""
WORDS = {
    "registered": "voters on the list",
    "received": "ballots received",
    "issued": "ballots issued",
    "unused": "ballots unused or cancelled",
    "cast": "ballots in the box",
    "voted": "voters who voted",
    "valid": "valid ballots",
    "invalid": "invalid ballots",
    "blank": "blank ballots",
    "total": "a total",
    "contested": "contested ballots",
    "spoilt": "spoilt ballots",
    "abstention": "voters who stayed away",
}


@dataclass(frozen=True)
class Reading:
    """One way to read a quantity: a column, or columns that are added, and what speaks for it."""

    columns: tuple[Column, ...]
    why: str

    def __contains__(self, column: Column) -> bool:
        return any(c.place == column.place for c in self.columns)

    @property
    def places(self) -> frozenset[int]:
        """Places of the columns."""
        return frozenset(c.place for c in self.columns)


@dataclass(frozen=True)
class Sum:
    """A total that was found to be the sum of other columns."""

    total: Reading
    members: tuple[Column, ...]
    identity: Identity

    @property
    def places(self) -> frozenset[int]:
        """Places of the members."""
        return frozenset(c.place for c in self.members)


class Scales:
    """A table's columns of counts, their roles by their headers, and the sums among them.

    Parameters
    ----------
    ignored
        Places of columns that are not to be counted.
    roles
        Roles that the user has given, by place; they win over the headers.

    Attributes
    ----------
    counting
        The columns of counts.
    with_percentage
        Places of columns beside which a column of percentages carries the same name.
    sums
        The sums found, the smallest totals first.
    """

    def __init__(self, table: Table, ignored: set[int], roles: dict[int, str] | None = None) -> None:
        given = roles or {}
        # Zeros in front mark a code, unless the file writes its counts that way too.
        padded = any(c.coded and c.role in (COUNT_ROLES | {"votes", "option"}) for c in table.columns)
        self.counting = [
            c
            for c in table.columns
            if c.counts
            and c.place not in ignored
            and (c.place in given or (not c.runs_on and (padded or not c.coded)))
        ]
        self.roles = {c.place: given.get(c.place, c.role) for c in self.counting}
        self.given = frozenset(given)
        self.with_percentage = _with_percentage(table)
        self.rows = _sample(self.counting, table.height)
        self._sampled = {c.place: c.whole[self.rows] for c in self.counting}
        self.sums = self._sums()

    def role(self, column: Column) -> str | None:
        """Return what a column's header says it is."""
        return self.roles.get(column.place)

    def at(self, *columns: Column) -> Ints:
        """Return the sum of columns on the sampled rows, shape (r,)."""
        total = np.zeros(len(self.rows), np.int64)
        for column in columns:
            total = total + self._sampled[column.place]
        return total

    def having(self, *roles: str) -> list[Column]:
        """List the columns with one of these roles."""
        return [c for c in self.counting if self.roles[c.place] in roles]

    def strength(self, column: Column, role: str) -> float:
        """Return how clearly a header speaks of a role."""
        if column.place in self.given:
            return float(self.role(column) == role)
        return next((m.strength for m in column.meanings if m.role == role), 0.0)

    def parts(self, column: Column) -> frozenset[str]:
        """Return which part of its quantity a column is, if its header says so."""
        if column.place in self.given:
            return frozenset()
        role = self.role(column)
        return next((m.parts for m in column.meanings if m.role == role), frozenset())

    def readings(self, *roles: str) -> list[Reading]:
        """List the ways in which a quantity may be read: each whole column, and each sum of parts."""
        found: list[Reading] = []
        for role in roles:
            columns = self.having(role)
            wholes = sorted((c for c in columns if not self.parts(c)), key=lambda c: -self.strength(c, role))
            found.extend(Reading((c,), f"the header speaks of {WORDS[role]}") for c in wholes)
            for ways in WAYS:
                group = tuple(c for c in columns if self.parts(c) & ways)
                if len(group) > 1 and (len({self.parts(c) for c in group}) > 1 or ways == WAYS[3]):
                    found.append(Reading(group, f"the sum of the parts of {WORDS[role]}"))
            if not wholes and len(columns) == 1 and self.parts(columns[0]) <= WAYS[1] - {"early", "outside"}:
                found.append(Reading((columns[0],), f"the header speaks of {WORDS[role]}"))
        return found

    def sums_of(self, reading: Reading) -> list[Sum]:
        """List the sums that a reading was found to be."""
        return [s for s in self.sums if s.total.places == reading.places]

    def whole(self, reading: Reading) -> Reading:
        """Return the one column that is the sum of a reading's parts, if there is one."""
        wholes = (s.total for s in self.sums if s.places == reading.places and len(s.total.columns) == 1)
        return next(wholes, reading)

    def rate(self, found: Sum) -> float:
        """Count on all rows in how many of them a sum holds, of those that can tell.

        Where a figure is missing and the others do not add up, nothing is told; where they do it stands for
        zero.
        """
        total = np.sum([c.whole for c in found.total.columns], axis=0)
        parts = np.sum([c.whole for c in found.members], axis=0)
        known = np.stack([c.known for c in (*found.total.columns, *found.members)]).all(axis=0)
        return _share((total == parts)[((total != 0) | (parts != 0)) & (known | (total == parts))])

    def _sums(self) -> list[Sum]:
        if not len(self.rows):
            return []
        size = {c.place: int(self.at(c).sum()) for c in self.counting}
        largest = max(size.values(), default=0)
        largest_first = sorted((c for c in self.counting if size[c.place]), key=lambda c: -size[c.place])
        live = sorted(largest_first[:_MOST], key=lambda c: c.place)
        known = {r.places: r for r in self.readings(*WORDS)}
        for column in live:
            if 10 * size[column.place] >= largest:
                known.setdefault(
                    frozenset([column.place]), Reading((column,), "its header says nothing clear")
                )
        found: list[Sum] = []
        absorbed: dict[int, int] = {}
        ascending = sorted(known.values(), key=lambda r: (sum(size[p] for p in r.places), len(r.columns)))
        for reading in ascending:
            values = self.at(*reading.columns)
            whole = int(values.sum())
            pool = [
                c
                for c in live
                if c not in reading
                # Ballots issued and ballots in the box may be one and the same number everywhere.
                and absorbed.get(c.place, whole) == whole
                and _share(self.at(c) <= values) >= 0.95
                and _share(self.at(c) == values) < 0.9
            ]
            inside: set[int] = set()
            while (
                one := self._one_sum(reading, values, [c for c in pool if c.place not in inside])
            ) is not None:
                # Votes add up by option and again by the way they were cast: what was found is set aside.
                found.append(one)
                inside |= one.places
                if len(reading.columns) == 1 and one.identity.rate >= _EXACT:
                    absorbed |= dict.fromkeys(one.places, whole)
        return found

    def _one_sum(self, reading: Reading, values: Ints, pool: list[Column]) -> Sum | None:
        free = [c for c in pool if self.role(c) not in COUNT_ROLES or self.role(c) in LOST]
        for candidates in (pool, free) if len(free) < len(pool) else (pool,):
            if candidates:
                identity = members_of(values, np.stack([self.at(c) for c in candidates], axis=1))
                if identity.holds and len(identity.members) > 1:
                    return Sum(reading, tuple(candidates[i] for i in identity.members), identity)
        return None


def _with_percentage(table: Table) -> set[int]:
    """Find the counts beside which a column of percentages has the same name: votes of some kind."""
    names = sorted((c for c in table.columns if c.counts and c.headed), key=lambda c: -len(c.name))
    found: set[int] = set()
    for percentages in table.columns:
        if percentages.numbers.kind in ("percent", "decimal"):
            name = percentages.name
            mine = (c for c in names if name != c.name and (name.startswith(c.name) or name.endswith(c.name)))
            found |= {c.place for c in [next(mine, None)] if c is not None}
    return found


def _sample(columns: list[Column], n: int) -> NDArray[np.int64]:
    """Choose rows spread over the table, and those in which each column is largest."""
    spread = np.unique(np.linspace(0, max(0, n - 1), min(n, _SAMPLE)).astype(np.int64))
    if n > _SAMPLE:
        rare = [np.argpartition(c.whole, -_RARE)[-_RARE:] for c in columns[:_MOST]]
        spread = np.unique(np.concatenate([spread, *rare])).astype(np.int64)
    # A record with a wrong count will be quarantined; it says nothing about what adds up.
    sound = np.ones(n, dtype=bool)
    for column in columns:
        if column.numbers.wrong is not None:
            sound &= column.numbers.wrong.is_null().to_numpy()
    kept = spread[sound[spread]]
    kept = kept if 2 * len(kept) > len(spread) else spread
    return _complete(columns, kept)


def _complete(columns: list[Column], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Leave out rows that lack a figure: a missing count is no zero, and says nothing about what adds up.

    Where half of the rows or more lack one, or a column is nowhere else, empty cells rather stand for zero.
    """
    known = np.ones(len(rows), dtype=bool)
    for column in columns:
        if column.numbers.values.null_count():
            known &= column.known[rows]
    if known.all() or 2 * np.count_nonzero(known) <= len(rows):
        return rows
    lost = any(c.whole[rows].any() and not c.whole[rows[known]].any() for c in columns)
    return rows if lost else rows[known]


def _share(condition: NDArray[np.bool_]) -> float:
    return float(np.mean(condition)) if len(condition) else 0.0
