"""A method: one question put to a vote, and the evidence it brings back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.beside import Beside, Copies, State
from plebiscope.model.case import Contest, Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement, Null, Scope, Tier
from plebiscope.model.returns import Returns, Selection


@dataclass(frozen=True)
class Subject:
    """What a method may look at: one contest with everything that this case holds on it."""

    contest: Contest
    """With options and favoured option filled in where returns exist."""
    returns: Returns | None
    totals: tuple[Totals, ...]
    copies: tuple[Copies, ...] = ()
    """Second records of its stations, one entry for each source."""
    beside: tuple[Beside, ...] = ()
    """Later contests of the case that were held on the same day; a pair is told to the first of the two."""
    states: tuple[State, ...] = ()
    """Earlier states of the count, the earliest first."""
    pairs: tuple[Beside, ...] = ()
    """Contests that the case says were held at the same stations: a first round, a vote that was repeated."""

    @property
    def favoured(self) -> str | None:
        """The option examined first: the one the organisers wanted, else the leader."""
        if self.contest.favoured is not None:
            return self.contest.favoured
        return self.returns.leader if self.returns is not None else None

    @property
    def examined(self) -> tuple[str, ...]:
        """The options whose share is tested: the favoured one first, and in a two-option vote both."""
        if self.returns is None or self.favoured is None:
            return ()
        others = [option for option in self.returns.options if option != self.favoured]
        return (self.favoured, *others) if len(others) == 1 else (self.favoured,)

    @property
    def results(self) -> Returns:
        """The returns, for a method that needs them.

        Raises
        ------
        LookupError
            If there are none; ask :func:`lacking` first.
        """
        if self.returns is None:
            raise LookupError(f"no results by station or area are part of this case for {self.contest.name}")
        return self.returns

    @property
    def rows_are(self) -> str:
        """What one row of the returns is, in the plural."""
        return "stations" if self.results.level == "station" else "counting areas"

    def possible(self, option: str, of: str = "cast", *, marked: bool = False) -> Selection:
        """Pick the stations whose turnout and share of an option can be computed and are at most 1.

        Parameters
        ----------
        option
            Numerator of the share.
        of
            Denominator of the share, ``cast`` or ``valid``.
        marked
            Keep electronic, postal, abroad and special rows too.
        """
        found = self.results.select("registered", "cast", of, option, marked=marked)
        known = (found["registered"] > 0) & (found["cast"] > 0) & (found[of] > 0)
        found = found.keep(known, "nobody registered or nobody voted")
        within = (found["cast"] <= found["registered"]) & (found[option] <= found[of])
        return found.keep(within & (found[option] >= 0), "figures impossible")

    def areas(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
        """Group stations by the main area, areas numbered by name whatever the order of rows.

        Returns
        -------
        codes : ndarray of int64, shape (len(rows),)
            Index into ``names`` for each row.
        names : list of str
            In alphabetical order; one nameless area where there are none to compare.
        """
        if self.results.main_area is None:
            return np.zeros(len(rows), dtype=np.int64), [""]
        codes, names = self.results.area_of(self.results.main_area, rows)
        order = sorted(range(len(names)), key=names.__getitem__)
        return np.argsort(order)[codes], [names[place] for place in order]

    def large_areas(
        self, rows: NDArray[np.int64], least: int, column: str | None = None
    ) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Go through the areas that hold at least so many of the rows, with the places of those.

        Parameters
        ----------
        rows
            Row numbers in the returns' table, shape (n,).
        least
            Fewest rows of an area.
        column
            Area column; by default the main one.
        """
        column = column or self.results.main_area
        if column is None:
            return
        codes, names = self.results.area_of(column, rows)
        order = np.argsort(codes, kind="stable")
        bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
        for code, area in enumerate(names):
            members = order[bounds[code] : bounds[code + 1]]
            if len(members) >= least:
                yield area, members


@dataclass(frozen=True, slots=True)
class StationScore:
    """How much one station stands out in one method, and why in a few words."""

    row: int
    """Row number in the returns' table."""
    bits: float
    """Surprise of this station under the method's fair vote; a guide to where to look, not a test."""
    reason: str
    area: str | None = None
    """Area, other than the main one, whose finding this station belongs to."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a method brings back."""

    measurements: tuple[Measurement, ...]
    """The contest-level answer first, then further quantities, options and areas."""
    figures: tuple[Figure, ...] = ()
    stations: tuple[StationScore, ...] = ()


@dataclass(frozen=True)
class Method:
    """One question put to the returns or totals.

    Attributes
    ----------
    needs
        What the case must hold: each entry is a quantity, ``options``, ``totals``, ``returns``,
        ``areas``, ``station`` (rows are stations, not areas), ``copies``, ``sample`` (copies of stations
        drawn by chance), ``group`` (groups of stations), ``pairs`` (another contest at the same stations) or
        ``reported`` (when stations were reported), or a tuple of which one suffices.
    measure
        ``measure(subject, params, rng)``: the method itself. ``rng`` is the only source of randomness.
    """

    id: str
    title: str
    question: str
    tier: Tier
    null: Null
    needs: tuple[str | tuple[str, ...], ...]
    tail: str
    """``upper``, ``lower``, ``two-sided`` or ``none``: which departures count, declared beforehand."""
    params: type
    measure: Callable[[Subject, Any, np.random.Generator], Evidence]
    references: tuple[str, ...]
    """Keys of the bibliography."""
    innocent: tuple[str, ...]
    blind: tuple[str, ...]
    """What it cannot see."""
    assumes: str = ""
    """Of a method of tier B or C that estimates how many votes were affected: what that number assumes, in a
    few plain words that go on after "it assumes that"."""
    no_votes: str = ""
    """Of a method of tier B or C that does not: why not, as a clause."""
    arithmetic: bool = False
    """Whether the answers only restate the figures, so that there is nothing to test."""
    slow: bool = False
    """Whether it takes more than a tenth of a second of processor time on 3,000 stations
    (``benchmarks/methods.py`` measures it): then fewer simulated votes are put to it. Declared, not timed at
    work, so that the same call gives the same everywhere."""
    spares: Callable[[Subject, Any], NDArray[np.bool_]] | None = None
    """Of a method that compares stations by a design: ``spares(subject, params)`` tells at which rows, shape
    (rows,), what it looks for could not be done, because somebody watched there or they had reported before.
    Simulated votes in which it is asked what it sees leave these out; null where nothing is spared."""
    longest: float = 0.0
    """How long it takes on a large table, where the longest of all takes 1; 0 where it is less than a tenth.
    Two processes share what is not 0, the longest first."""

    def answer(
        self,
        subject: Subject,
        quantity: str,
        *,
        slug: str | None = None,
        option: str | None = None,
        area: str | None = None,
        **filled: Any,
    ) -> Measurement:
        """Return a measurement of this method.

        Parameters
        ----------
        subject
            The vote that was asked.
        quantity, option, area
            What was measured, of which option and where; they make up the id.
        slug
            Stands for the quantity in the id, where that is a phrase or is asked several times.
        filled
            What was measured.
        """
        parts = (subject.contest.id, self.id, slug or quantity, option, area)
        return Measurement(
            id="/".join(part for part in parts if part is not None),
            method=self.id,
            contest=subject.contest.id,
            scope=Scope() if area is None else Scope(level="area", area=area),
            quantity=quantity,
            option=option,
            innocent=self.innocent,
            **filled,
        )

    def untestable(self, subject: Subject, quantity: str, reason: str, **named: Any) -> Measurement:
        """Return the answer that the question cannot be answered, with the reason."""
        return self.answer(subject, quantity, status="not testable", reason=reason, **named)


def by_option(subject: Subject, examine: Callable[[str], tuple[Measurement, Sequence[Figure]]]) -> Evidence:
    """Examine each option, and keep the pictures of the first.

    Between two options each is the other's counterpart, so that the second picture would tell the same again.
    """
    found = [examine(option) for option in subject.examined]
    figures = found[0][1] if found else ()
    return Evidence(tuple(measurement for measurement, _ in found), tuple(figures))


def effect(
    name: str,
    value: float | None,
    unit: str,
    ends: tuple[float | None, float | None] = (None, None),
    level: float | None = None,
) -> Effect:
    """Return an effect; ``ends`` are those of its interval, or of its range where ``level`` is null."""
    return Effect(name=name, value=value, low=ends[0], high=ends[1], unit=unit, level=level)


def checked(name: str, holds: bool, how: str) -> Assumption:
    """Return an assumption that was checked on the table: it holds, or it is doubtful."""
    return Assumption(name=name, state="holds" if holds else "doubtful", how=how)


def too_few(selection: Selection, least: int, rows_are: str) -> str | None:
    """Say that fewer stations are left than a test needs, and why they were left out; else null."""
    if len(selection) >= least:
        return None
    dropped = "; ".join(f"{count:,} {reason}" for reason, count in selection.dropped.items())
    return f"{least} {rows_are} are needed, and {len(selection):,} are left (left out: {dropped or 'none'})"


def lacking(method: Method, subject: Subject) -> tuple[str, ...]:
    """Name what a method needs and this vote does not offer; empty if it can be asked."""
    offered: set[str] = set()
    if subject.returns is not None:
        offered |= {"returns", *subject.returns.quantities}
        if subject.returns.options:
            offered.add("options")
        if subject.returns.main_area is not None:
            offered.add("areas")
        if subject.returns.level == "station":
            offered.add("station")
        offered.update({"group", "reported"}.intersection(subject.returns.extras))
    if subject.totals:
        offered.add("totals")
    if subject.copies:
        offered.add("copies")
    if any(copies.kind == "sample" for copies in subject.copies):
        offered.add("sample")
    if subject.pairs:
        offered.add("pairs")
    lacks = []
    for need in method.needs:
        either = (need,) if isinstance(need, str) else need
        if not offered.intersection(either):
            lacks.append(" or ".join(either))
    return tuple(lacks)


def surprise(log10_p: float) -> float:
    """Turn a base-ten logarithm of p into bits of surprise."""
    return float(max(0.0, -log10_p / np.log10(2.0)))


def where_to_look(
    n: int,
    head: Measurement,
    areas: Sequence[tuple[Measurement, NDArray[np.int64]]],
    level: float,
) -> NDArray[np.bool_]:
    """Tell which stations may be named: those of areas that stand out or, where none does, of the contest.

    Parameters
    ----------
    n
        Number of stations.
    head
        The answer for the contest; where its p is not below the level either, no station may be named.
    areas
        The answers for areas, each with the places of its stations.
    level
        The level of p; for areas it is divided by their number.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    found = np.zeros(n, dtype=bool)
    for measurement, members in areas:
        if measurement.p is not None and measurement.p * len(areas) < level:
            found[members] = True
    if not found.any() and head.p is not None and head.p < level:
        found[:] = True
    return found


def most_surprising(
    rows: NDArray[np.int64],
    bits: NDArray[np.float64],
    most: int,
    reason: Callable[[int], str],
    area: Callable[[int], str | None] = lambda at: None,
) -> tuple[StationScore, ...]:
    """Name the stations that stand out, the largest surprise first, ties in their original order.

    Parameters
    ----------
    rows
        Row numbers in the returns' table, shape (n,).
    bits
        Surprise of each station, shape (n,); those with none are not named.
    most
        Stations named at most.
    reason
        Says why in a few words, of a station given by its place in the arrays.
    area
        Names the area, other than the main one, whose finding the station belongs to.
    """
    ranked = np.argsort(-bits, kind="stable")[: min(most, int(np.count_nonzero(bits > 0.0)))].tolist()
    return tuple(StationScore(int(rows[at]), float(bits[at]), reason(at), area(at)) for at in ranked)
