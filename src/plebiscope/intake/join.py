"""Several files of one vote become one table: turnout in one, votes in another, names of areas in a third.

One of them is the list of stations: the one with the registered voters, else the one that says most. The
others are laid beside it, row by row, by the columns that :mod:`plebiscope.intake.matching` finds. What two
files both state is compared, and taken from the list of stations. A file without counts explains codes: one
of its rows may serve many stations, and where its codes lie within one another, each level gets a column.
"""

from __future__ import annotations

from collections.abc import Mapping as Known
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake import gather, keys, matching
from plebiscope.intake.columns import Column, settle_no, unused
from plebiscope.intake.draft import Draft, shape, understand
from plebiscope.intake.gather import Pile
from plebiscope.intake.mapping import Mapping
from plebiscope.intake.matching import Match, Side
from plebiscope.intake.quantities import weigh
from plebiscope.intake.rows import sort_out
from plebiscope.intake.understanding import Choice, Use, names
from plebiscope.model.errors import InputError

Ints = NDArray[np.int64]

_SAME = 0.98
"""Share of rows in which two columns must say the same to be one."""
_MISTAKES = 0.1
"""Share of rows in which a part may exceed the whole by mistake."""
_PLACES = ("station", "area", "code", "name", "place", "constituency", "longitude", "latitude")
"""Roles of columns that explain a code."""
KEY = "key of the join"
_NOTHING = r"^0*$"
"""A code that says nothing: the level is not meant."""


@dataclass(frozen=True)
class Half:
    """One of the files, understood as far as it can be alone."""

    pile: Pile
    draft: Draft

    @property
    def name(self) -> str:
        """Name of its first sheet or file."""
        return gather.name_of(self.pile.sheet)

    @property
    def counts(self) -> bool:
        """True where it counts something; else it only explains codes."""
        return bool(self.draft.understood.quantities or self.draft.understood.options)

    @property
    def rank(self) -> tuple[object, ...]:
        """The list of stations comes first: whatever the order in which files are given."""
        understood = self.draft.understood
        return (
            not self.counts,
            "registered" not in understood.quantities,
            *(-n for n in self.draft.weight),
            sorted(self.pile.layout.names),
        )

    def has(self, key: Sequence[Sequence[str]]) -> bool:
        """Tell whether it has every column of a key, by one of its names."""
        names = {column.name.casefold() for column in self.draft.table.columns}
        return all(any(name.strip().casefold() in names for name in group) for group in key)

    def side(self) -> Side:
        """Return it as one of the two tables that are matched."""
        return Side(self.name, self.draft.table, frozenset(self.draft.understood.used()))


@dataclass(frozen=True)
class Partner:
    """The records of a file that was joined to another.

    Attributes
    ----------
    rows
        Rows of its table that serve each row of the joined table, -1 for none, shape (n, k).
    aggregate
        Rows of its table that sum others and serve no row.
    quarantine
        Rows of its table that serve no row, with the reason.
    places
        Places in the joined table of each column of its own that was laid beside it.
    spent
        What became of its other columns, by their place.
    """

    half: Half
    rows: Ints
    aggregate: frozenset[int]
    quarantine: dict[int, str]
    places: Known[int, Sequence[int]]
    spent: Known[int, Use]


@dataclass(frozen=True)
class Joined:
    """Several files as one table: the base with its records, the others beside it, and the keys."""

    pile: Pile
    draft: Draft
    partners: tuple[Partner, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    """Each key column by its names: one where all files call it alike."""


def alone(pile: Pile, mapping: Mapping, legend: dict[str, str]) -> Half:
    """Understand a file as far as it can be alone: it may hold no votes, or no counts at all.

    Raises
    ------
    InputError
        If it holds no table.
    """
    names = {name.casefold() for name in pile.layout.names}
    wide = any(header.casefold() in names for header in mapping.options.values())
    fitting = replace(
        mapping,
        columns={},
        options=mapping.options if wide else {},
        where={header: values for header, values in mapping.where.items() if header.casefold() in names},
        group=mapping.group if mapping.group and mapping.group.casefold() in names else None,
        reported=mapping.reported if mapping.reported and mapping.reported.casefold() in names else None,
        contest=mapping.contest if mapping.contest and mapping.contest[0].casefold() in names else None,
    )
    shaped = shape(pile.sheet, pile.layout, fitting, legend)
    kept = {header.casefold() for header in mapping.extras.values()}
    understood = weigh(shaped.table, {c.place for c in shaped.table.columns if c.name.casefold() in kept})
    named = keys.find(shaped.table, exclude=frozenset(understood.used()))
    return Half(pile, shaped.drafted(pile.sheet, named, understood))


def refuse_rivals(halves: Sequence[Half]) -> None:
    """Refuse to join files of which two hold votes: nobody has said that they are of one vote.

    Raises
    ------
    InputError
        If two hold votes for options.
    """
    holding = [half for half in halves if half.draft.understood.options]
    if len(holding) > 1:
        raise gather.refuse_different(holding[0].pile, holding[0].draft, holding[1].draft)


def join(halves: Sequence[Half], mapping: Mapping) -> Joined:
    """Join files of one vote.

    Parameters
    ----------
    halves
        Two or more files; their order does not matter.
    mapping
        What the user has said; ``mapping.join`` names the key.

    Raises
    ------
    InputError
        If nothing tells which rows belong together, or several keys do so differently, or what comes out
        holds no votes.
    """
    base, *others = sorted(halves, key=lambda half: half.rank)
    notes, partners = list(base.draft.notes), list[Partner]()
    named: dict[str, tuple[str, ...]] = {}
    current, stated = base.side(), dict(base.draft.understood.quantities)
    explained: frozenset[int] = frozenset()
    for other in others:
        side = other.side()
        if mapping.join:
            match = matching.told(current, side, mapping.join, other.counts)
        else:
            match = matching.find(current, side, other.counts)
        for pair in match.pairs:
            known = named.get(pair.base.name, (pair.base.name,))
            named[pair.base.name] = tuple(dict.fromkeys([*known, pair.other.name]))
        laid = _Laid(current, side, match, other)
        if not mapping.join:
            laid.refuse_contradictions(stated)
        laid.compare(stated)
        served = laid.lay()
        partners.append(_served(base, other, served, laid))
        notes += [_in_words(base, other, match, partners[-1]), *other.draft.notes, *laid.notes]
        current = Side(current.name, laid.table, current.counted | laid.counted, current.known)
        stated = laid.stated(other) | stated
        explained |= laid.explained
    named_so, understood = understand(current.table, mapping)
    codes = [c for c in named_so.areas if c.place in explained]
    if codes and "areas" not in mapping.columns:
        areas = tuple(c for c in named_so.areas if c not in codes)
        named_so = replace(named_so, areas=areas, twins=(*named_so.twins, *codes))
    draft = replace(base.draft, table=current.table, keys=named_so, understood=understood, notes=notes)
    return Joined(base.pile, draft, tuple(partners), tuple(named.values()))


class _Laid:
    """The columns of one file laid beside the table so far."""

    def __init__(self, current: Side, side: Side, match: Match, other: Half) -> None:
        self.current, self.side, self.match, self.other = current, side, match, other
        self.table = current.table
        self.notes: list[str] = []
        use = Use((KEY,), f"the files are joined by {match.said}")
        self.spent = {pair.other.place: use for pair in match.pairs}
        """What became of columns that are not laid beside the table, by their place."""
        self.placed: dict[int, Column] = {}
        """The new column by the place of the old one."""
        self.places: dict[int, list[int]] = {}
        """The places of all new columns by that of the old one."""
        self.explained: frozenset[int] = frozenset()
        """Places of codes for each of which a name was found."""

    @property
    def counted(self) -> frozenset[int]:
        """Places of the new columns that are counts."""
        return frozenset(c.place for place, c in self.placed.items() if place in self.side.counted)

    def stated(self, other: Half) -> dict[str, Choice]:
        """Return the quantities of the file in terms of the new columns."""
        return {
            name: replace(choice, columns=tuple(self.placed[c.place] for c in choice.columns))
            for name, choice in other.draft.understood.quantities.items()
            if all(c.place in self.placed for c in choice.columns)
        }

    def refuse_contradictions(self, stated: Known[str, Choice]) -> None:
        """Refuse rows put together that cannot be of one station: more ballots in one file than voters there.

        Raises
        ------
        InputError
            If that is so in more rows than mistakes explain.
        """
        theirs = self.other.draft.understood.quantities
        for whole, part in combinations(("registered", "issued", "cast", "valid"), 2):
            for here, there, sign in ((whole, part, 1), (part, whole, -1)):
                if here not in stated or there not in theirs:
                    continue
                gaps, known = self._differences(stated[here], theirs[there])
                beyond = int((sign * gaps < 0).sum())
                if beyond > _MISTAKES * known:
                    raise InputError(
                        f"put together by {self.match.said}, {part} exceeds {whole} in {beyond:,} of "
                        f"{known:,} rows: these do not seem to be the same stations",
                        where=f"{self.current.name} and {self.side.name}",
                        expected="two files of one vote with the same stations",
                        todo="if they are, name the key: join = [...] in a mapping file, or in the case",
                    )

    def compare(self, stated: Known[str, Choice]) -> None:
        """Leave out what is stated already, and note how often the two differ."""
        for name, theirs in self.other.draft.understood.quantities.items():
            if theirs.derived or name not in stated or stated[name].derived:
                continue
            found = {
                known: self._differences(mine, theirs) for known, mine in stated.items() if not mine.derived
            }
            shares = {known: 1 - len(gaps) / max(1, n) for known, (gaps, n) in found.items()}
            # A count that is called "total" there may be the valid votes here.
            best = max(shares, key=lambda known: shares[known])
            same = best if shares[name] < matching.NEARLY <= shares[best] else name
            self._leave(theirs.columns, stated[same].columns)
            self._note(same, stated[same].columns, theirs.columns, *found[same])
        for column in self.side.table.columns:
            if column.place in self.spent:
                continue
            twin = self._twin(column)
            if twin is None:
                continue
            self._leave([column], [twin])
            if twin.runs_on and column.runs_on:
                continue
            if twin.counts and column.counts:
                gaps, known = self._differences(Choice((twin,), ""), Choice((column,), ""))
                if len(gaps) or column.place in self.side.counted:
                    self._note(column.name, (twin,), (column,), gaps, known)
            else:
                alike, rows = matching.agreement(self.current, self.side, self.match, twin, column)
                if alike < rows:
                    here = self.current.name
                    self.notes.append(
                        f"{self.side.name} spells {column.name!r} otherwise in {rows - alike:,} of {rows:,} "
                        f"rows; it is taken from {here}."
                    )

    def _leave(self, columns: Sequence[Column], instead: Sequence[Column]) -> None:
        """Leave columns out because the table so far states the same."""
        use = Use((), f"{names(instead)} of {self.current.name} states the same, and was taken")
        self.spent |= {c.place: use for c in columns if c.place not in self.spent}

    def _twin(self, column: Column) -> Column | None:
        """Find the column of the table so far that says the same: by its header, or word for word."""
        if column.distinct == 0:
            return None
        header = matching.header(column)
        for mine in self.current.table.columns:
            # "No." numbers the rows, "No" are votes.
            counted = mine.place in self.current.counted, column.place in self.side.counted
            if mine.distinct and counted[0] == counted[1] and matching.header(mine) == header != "":
                return mine
        if column.numbers.kind != "text" or column.distinct < 2:
            return None
        for mine in self.current.table.columns:
            if mine.numbers.kind == "text" and abs(mine.distinct - column.distinct) <= 0.1 * column.distinct:
                same, known = matching.agreement(self.current, self.side, self.match, mine, column)
                if known and same >= _SAME * known:
                    return mine
        return None

    def _differences(self, mine: Choice, theirs: Choice) -> tuple[Ints, int]:
        """Return the differences where there are any, and the number of rows in which both are known."""
        rows = self.match.rows
        known = mine.known() & (rows >= 0) & theirs.known()[rows]
        gaps = (mine.values() - theirs.values()[rows])[known]
        return gaps[gaps != 0], int(known.sum())

    def _note(
        self, what: str, mine: Sequence[Column], theirs: Sequence[Column], gaps: Ints, known: int
    ) -> None:
        here, there = " + ".join(repr(c.name) for c in mine), " + ".join(repr(c.name) for c in theirs)
        said = f"{self.current.name} and {self.side.name} both state {what} ({here} and {there}): "
        if not len(gaps):
            self.notes.append(said + f"the same in all {known:,} rows.")
            return
        self.notes.append(
            said + f"they differ in {len(gaps):,} of {known:,} rows, by {int(np.abs(gaps).sum()):,} taken "
            f"together; those of {self.current.name} were used."
        )

    def lay(self) -> Ints:
        """Lay the columns that are left beside the table; return the rows of the file behind each row."""
        columns = [c for c in self.side.table.columns if c.place not in self.spent]
        if self.other.counts:
            self._add([(c, c.name, self.match.rows) for c in columns])
            return self.match.rows[:, None]
        columns = [c for c in columns if c.distinct and (c.numbers.kind == "text" or c.role in _PLACES)]
        levels = _levels(self.current, self.side, self.match)
        if len(levels) > 1:
            self.explained = frozenset(pair.base.place for pair in self.match.pairs)
        self._add(
            [
                (c, f"{c.name} ({code})" if len(levels) > 1 else c.name, rows)
                for c in columns
                for code, rows in levels
            ]
        )
        return np.stack([self.match.rows, *(rows for _, rows in levels)], axis=1)

    def _add(self, fresh: Sequence[tuple[Column, str, Ints]]) -> None:
        table, theirs = self.table, self.side.table
        taken = {c.name for c in table.columns}
        place = max(c.place for c in table.columns) + 1
        made: list[Column] = []
        labels: set[int] = set()
        for column, name, rows in fresh:
            # A row from the end would be taken for -1.
            wanted = pl.select(pl.when(pl.Series(rows) >= 0).then(pl.Series(rows))).to_series()
            made.append(column.take(wanted, place, unused(name, taken)))
            self.placed[column.place] = made[-1]
            self.places.setdefault(column.place, []).append(place)
            if column.place in theirs.labels:
                labels.add(place)
            place += 1
        members = table.members
        if members is None and theirs.members is not None:
            members = [[i] for i in range(table.height)]
        self.table = replace(
            table,
            columns=settle_no((*table.columns, *made)),
            tongues=tuple(dict.fromkeys([*table.tongues, *theirs.tongues])),
            members=members,
            labels=table.labels | labels,
        )


def _levels(current: Side, side: Side, match: Match) -> list[tuple[str, Ints]]:
    """Return for each level of codes its name and the rows of the file that explain it, from large to small.

    Where the file explains larger areas in rows whose finer codes are zeros, every level is looked up.
    """
    full = [(match.pairs[-1].base.name, match.rows)]
    if len(match.pairs) < 2:
        return full
    pairs = sorted(match.pairs, key=lambda pair: pair.base.place)
    theirs = pl.DataFrame({str(i): side.normal(pair.other) for i, pair in enumerate(pairs)})
    mine = pl.DataFrame({str(i): current.normal(pair.base) for i, pair in enumerate(pairs)})
    names = theirs.columns
    if not theirs.select(pl.col(names[-1]).str.contains(_NOTHING).any()).item():
        return full
    numbered = theirs.with_row_index("row").unique(names, keep="none")
    silent = mine.select(pl.all().str.contains(_NOTHING).fill_null(value=True))
    complete = ~silent[names[-1]].to_numpy()
    found: list[tuple[str, Ints]] = []
    for depth, pair in enumerate(pairs, start=1):
        ancestor = mine.with_columns(pl.lit("0").alias(name) for name in names[depth:])
        looked = ancestor.join(numbered, on=names, how="left", maintain_order="left")["row"]
        # A row without codes from here on sums others, and lies in no area of this level.
        above = silent.select(pl.all_horizontal(names[depth - 1 :])).to_series().to_numpy()
        rows = np.where(above, -1, looked.cast(pl.Int64).fill_null(-1).to_numpy())
        if found:
            coarser = found[-1][1]
            if (coarser == rows)[complete & (coarser >= 0)].all():
                found.pop()
        if (rows[complete] >= 0).any():
            found.append((pair.base.name, rows))
    return found or full


def _served(base: Half, other: Half, rows: Ints, laid: _Laid) -> Partner:
    """Say what becomes of the records of a file that serve no row of the base."""
    table = other.draft.table
    idle = np.ones(table.height, dtype=bool)
    idle[np.unique(rows[rows >= 0])] = False
    reasons = {i: reason for i, reason in laid.match.spare.items() if idle[i]}
    idle[list(reasons)] = False
    aggregate: frozenset[int] = frozenset()
    if idle.any() and other.counts:
        outcome = sort_out(table, other.draft.keys, other.draft.understood)
        aggregate = frozenset(map(int, np.flatnonzero(idle & outcome.aggregate)))
        reasons |= {i: reason for i, reason in outcome.quarantine.items() if idle[i]}
        idle[[*aggregate, *reasons]] = False
    reasons |= {int(i): f"no row in {base.name} has this key" for i in np.flatnonzero(idle)}
    return Partner(other, rows, aggregate, reasons, laid.places, laid.spent)


def _in_words(base: Half, other: Half, match: Match, partner: Partner) -> str:
    n, k = base.draft.table.height, other.draft.table.height
    met = int((partner.rows >= 0).any(axis=1).sum())
    if not other.counts:
        return (
            f"{other.name} explains the names or codes of {base.name}: joined by {match.said}; {met:,} of "
            f"{n:,} rows found a record, {len(partner.quarantine):,} of its {k:,} records no row."
        )
    lost = len(partner.quarantine) + len(partner.aggregate)
    return (
        f"{other.name} was joined to {base.name} by {match.said}: {met:,} of {n:,} rows found their record, "
        f"{lost:,} of its {k:,} records no row."
    )
