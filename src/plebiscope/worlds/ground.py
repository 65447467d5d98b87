"""The ground on which a world stands, the counts that were drawn there, and what was done to them.

A world is three things: a :class:`Ground` (stations, sizes, areas), the fair :class:`Counts` drawn on it, and
the counts after everything that was done (:class:`Deed`). The truth needs no book-keeping of its own: it is
the difference between the two counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.model.case import Contest, Totals
from plebiscope.model.method import Subject
from plebiscope.model.returns import QUANTITIES, Returns

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNKNOWN_TURNOUT = 0.6
"""Turnout that stands in where nobody published how many were registered; such voters are never shown."""


@dataclass(frozen=True)
class Counts:
    """What stations wrote down, as bare whole numbers.

    Attributes
    ----------
    registered, issued, cast
        Voters on the list, ballots handed out by the marks on the list, ballots found in the box; shape (n,).
    votes
        Votes for each option, shape (n, k); the favoured option is the first column.
    """

    registered: Integers
    issued: Integers
    cast: Integers
    votes: Integers

    def __len__(self) -> int:
        return len(self.cast)

    @cached_property
    def valid(self) -> Integers:
        """Valid ballots, shape (n,)."""
        return np.asarray(self.votes.sum(axis=1), dtype=np.int64)

    @property
    def invalid(self) -> Integers:
        """Invalid ballots, shape (n,)."""
        return self.cast - self.valid

    @property
    def favoured(self) -> Integers:
        """Votes for the favoured option, shape (n,)."""
        return self.votes[:, 0]

    def but(self, **changed: Integers) -> Counts:
        """Return the same counts with some replaced."""
        return dataclasses.replace(self, **changed)

    @property
    def possible(self) -> Flags:
        """Stations whose figures can be those of a count: none negative, no more votes than ballots; (n,)."""
        negative = (self.votes < 0).any(axis=1) | (self.invalid < 0) | (self.cast < 0)
        return ~negative & (self.cast <= self.registered)


@dataclass(frozen=True)
class Ground:
    """Where a vote is held: its stations, how many voters each has, and the areas they lie in.

    Attributes
    ----------
    returns
        The table that worlds imitate; their tables have its columns and its rows in its order.
    rows
        Rows of the table that are ordinary stations with known figures, shape (n,). The others (electronic,
        postal, without figures) stand in every world as they stand in the table, but for :attr:`impossible`.
    options
        Options with the favoured one first.
    counts
        The figures of the table itself in these rows, what was not published filled in (see
        :data:`UNKNOWN_TURNOUT`).
    """

    returns: Returns
    rows: Integers
    options: tuple[str, ...]
    counts: Counts

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def areas(self) -> Mapping[str, Integers]:
        """Number of the area of each station by area column, from large to small, shape (n,) each.

        Areas of one name in two larger areas are two. Only columns that tell stations apart and still put
        several together: at least two areas, and at most half as many areas as stations.
        """
        found: dict[str, Integers] = {}
        for name in self.returns.areas:
            codes = self.returns.places(name)[0][self.rows]
            codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
            if 2 <= codes.max(initial=0) + 1 <= len(codes) / 2:
                found[name] = codes
        return found

    @property
    def district(self) -> Integers:
        """Number of the finest area that holds five stations or more in the mean, shape (n,); else zeros."""
        fine = [codes for codes in self.areas.values() if len(codes) >= 5 * (codes.max() + 1)]
        return fine[-1] if fine else np.zeros(len(self), dtype=np.int64)

    @property
    def has_registered(self) -> bool:
        """Whether it was published how many were registered, so that turnout is known."""
        return "registered" in self.returns.quantities

    @cached_property
    def impossible(self) -> Integers:
        """Rows that are not imitated because their figures cannot all be true, shape (m,).

        They stand without figures in every world: what is wrong in the table may not be wrong in a fair vote.
        """
        columns = self.returns.table.columns
        figure = {name: pl.col(name) for name in QUANTITIES if name in columns}
        votes = pl.sum_horizontal(*self.options) if self.options else pl.lit(0)
        wrong = [pl.col(name) < 0 for name in (*figure, *self.options)]
        # What may not be more than what; only ordinary stations have a list of all their voters.
        above = [("cast", "issued"), ("valid", "cast"), ("invalid", "cast"), ("issued", "received")]
        wrong += [figure[part] > figure[whole] for part, whole in above if {part, whole} <= figure.keys()]
        wrong += [votes > figure[whole] for whole in ("valid", "cast") if whole in figure]
        if {"valid", "invalid", "cast"} <= figure.keys():
            wrong.append(figure["valid"] + figure["invalid"] != figure["cast"])
        if "registered" in figure:
            listed = [figure[part] > figure["registered"] for part in ("issued", "cast") if part in figure]
            listed.append(votes > figure["registered"])
            wrong.append(pl.lit(pl.Series(self.returns.ordinary)) & pl.any_horizontal(listed))
        found = (
            self.returns.table.select(pl.any_horizontal(wrong).fill_null(value=False)).to_series().to_numpy()
        )
        found = found.copy()
        found[self.rows] = False
        return np.flatnonzero(found)

    @cached_property
    def _bare(self) -> pl.DataFrame:
        """The table without figures in the rows that cannot be."""
        table = self.returns.table
        if not len(self.impossible):
            return table
        names = [name for name in QUANTITIES if name in table.columns]
        return table.with_columns(
            table[name].clone().scatter(self.impossible, None) for name in (*names, *self.options)
        )

    def table(self, counts: Counts) -> Returns:
        """Write counts into the table that they were drawn for: its columns, its marks, its gaps.

        Parameters
        ----------
        counts
            Of the stations in ``rows``.
        """
        table = self._bare
        known = ("registered", "issued", "cast", "valid", "invalid")
        columns = {name: getattr(counts, name) for name in known if name in table.columns}
        columns |= {option: counts.votes[:, place] for place, option in enumerate(self.options)}
        if "received" in table.columns and "unused" in table.columns:
            received = np.maximum(table["received"].gather(self.rows).fill_null(0).to_numpy(), counts.issued)
            columns |= {"received": received, "unused": received - counts.issued}
        written = [table[name].clone().scatter(self.rows, values) for name, values in columns.items()]
        return dataclasses.replace(self.returns, table=table.with_columns(written))


def ground(returns: Returns, favoured: str | None = None) -> Ground:
    """Take the ground of a published table.

    Parameters
    ----------
    returns
        With options and at least one of ``cast`` and ``valid``.
    favoured
        The option that the organisers wanted; by default the leading one.

    Raises
    ------
    LookupError
        If the table has no options, or no station has figures.
    """
    if not returns.options:
        raise LookupError("worlds need votes for options")
    first = favoured if favoured is not None else returns.leader
    options = tuple(sorted(returns.options, key=lambda option: option != first))
    wanted = [name for name in ("registered", "cast", "valid") if name in returns.quantities]
    found = returns.select(*wanted, *options)
    votes = np.column_stack([found[option] for option in options])
    cast = found["cast"] if "cast" in wanted else (found["valid"] if "valid" in wanted else votes.sum(axis=1))
    registered = (
        found["registered"] if "registered" in wanted else np.ceil(cast / UNKNOWN_TURNOUT).astype(np.int64)
    )
    usable = (registered > 0) & (cast >= votes.sum(axis=1)) & (cast <= registered) & (votes >= 0).all(axis=1)
    if not usable.any():
        raise LookupError("no station has figures that can be imitated")
    counts = Counts(registered[usable], cast[usable], cast[usable], votes[usable])
    return Ground(returns, found.rows[usable], options, counts)


@dataclass(frozen=True)
class Deed:
    """What one mechanism did to a world.

    Attributes
    ----------
    mechanism
        Its id, as in :data:`plebiscope.worlds.tamper.MECHANISMS`.
    stations
        Where it was done, shape (n,).
    before, after
        The counts on which it worked, and what it left.
    after_forms
        Whether it was done when the stations had counted and signed, so that their forms, and copies of them,
        say what stood before.
    """

    mechanism: str
    stations: Flags
    before: Counts
    after: Counts
    after_forms: bool = False


@dataclass(frozen=True)
class World:
    """A vote that did not happen, with the truth about it.

    Attributes
    ----------
    fair
        The counts as voters cast them.
    deeds
        What was done to them, in the order in which it was done; empty in a fair world.
    totals
        What was announced, where that is not the sum of the stations.
    """

    ground: Ground
    fair: Counts
    deeds: tuple[Deed, ...] = ()
    totals: tuple[Totals, ...] = ()

    @property
    def counts(self) -> Counts:
        """The counts as they were published."""
        return self.deeds[-1].after if self.deeds else self.fair

    @property
    def forms(self) -> Counts:
        """The counts as the stations signed them: before the first deed that came after."""
        return next((deed.before for deed in self.deeds if deed.after_forms), self.counts)

    @property
    def rewritten(self) -> bool:
        """Whether anything was done after the forms were signed to the counts that are published."""
        return any(deed.after_forms for deed in self.deeds)

    @property
    def touched(self) -> Flags:
        """Stations at which anything was done, shape (n,)."""
        found = np.zeros(len(self.fair), dtype=bool)
        for deed in self.deeds:
            found |= deed.stations
        return found

    @property
    def added(self) -> Integers:
        """Votes for the favoured option that its voters did not cast, shape (n,)."""
        return self.counts.favoured - self.fair.favoured

    def returns(self) -> Returns:
        """Return the published table of this world."""
        return self.ground.table(self.counts)

    def subject(self, contest: Contest) -> Subject:
        """Return what methods look at: the contest with this world's table and announcements."""
        named = contest.model_copy(
            update={"options": self.ground.returns.options, "favoured": self.ground.options[0]}
        )
        return Subject(named, self.returns(), self.totals or (self.announced(),))

    def announced(self) -> Totals:
        """Return the totals that the published table adds up to: what an honest announcement says."""
        returns = self.returns()
        names = [name for name in ("registered", "cast", "valid", "invalid") if name in returns.quantities]
        return Totals(
            contest=returns.contest,
            source="the sum of the stations (simulated)",
            votes={option: returns.sums[option] for option in self.ground.options},
            **{name: returns.sums[name] for name in names},
        )
