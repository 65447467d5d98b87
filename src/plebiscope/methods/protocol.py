"""The arithmetic of the records: do the published counts of each station agree with one another?

Question
--------
Are there stations, or totals, whose published figures cannot all be true?

Statistic
---------
For every relation between counts that were *published* (a column computed from others is never tested
against its own parts): the number of stations that depart from it, in which direction, by how many ballots,
and in how many areas they lie. The relations are:

* no count is negative;
* ballots cast are not more than ballots issued; issued and unused ones not more than ballots received;
* valid and invalid ballots together are the ballots cast; the votes together are the valid ballots, and no
  option has more votes than there are valid ballots;
* ballots cast or issued are not more than registered voters (turnout over 100 per cent);
* the sum of the table does not exceed an announced total.

Stations that share their name with another, and stations with the very same figures as another one of their
area, are counted too.

Fair vote
---------
None is needed: it is arithmetic. Four kinds of departure are kept apart. *Impossible*: more came out than
went in, or the parts exceed the whole, so the figures cannot all be true; only this is a contradiction.
*Short of a whole*: parts that do not add up may lack one that is not in the table; such rows are counted and
named. *Left over*: ballots that are issued and not in the box were carried away; they are counted only. *More
than registered*: happens wherever people may vote who are not on the list; it is always shown with its size,
and could be a contradiction only if the list was closed, which the figures do not say. A whole of 0 with
parts above 0 is taken as not reported, said, and named.

Assumptions
-----------
* The columns mean what the relation supposes. Checked in each area with 20 rows or more, elsewhere on the
  whole table: where more than half of the rows depart in the same direction, or more than a tenth fall short
  of a whole, the columns do not mean that there (a table that leaves out small lists, ballots that carry
  several votes). Such rows are named and not counted as departures.
* A relation that holds in every row may hold because the counting system refuses forms that break it; then
  it says nothing about the vote, and the answer says so.

Innocent causes
---------------
Slips of the pen and of the keyboard, rows shifted in copying, ballots carried home, ballots dropped into the
box of another vote held on the same day, voters added to the list on the day, officials who vote where they
work. Announced totals that belong to an earlier state of the count.

Blind spots
-----------
Figures that agree with one another because they were made to. Anything that was not published.

References
----------
Callen and Long (2015), doi:10.1257/aer.20120427, on errors in the tallying of forms.

Example
-------
>>> import numpy as np
>>> found = judge(np.array([0, 0, 3, -1]), np.zeros(4, dtype=np.int64), "whole", Params())
>>> found.above.tolist(), found.below.tolist()
([False, False, True, False], [False, False, False, True])
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.model.case import Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, StationScore, Subject
from plebiscope.model.returns import Returns

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

IMPOSSIBLE_BITS = 30.0
"""Given to a station whose figures cannot all be true, before the size of the difference; it has no
probability, and this puts it above what chance produces in a table of any size."""


@dataclass(frozen=True)
class Params:
    """Parameters of the checks."""

    fewest_rows: int = 20
    """Rows an area needs before its own rows decide what its columns mean."""
    other_meaning: float = 0.5
    """Share of rows departing in one direction above which the columns do not mean what is supposed."""
    not_covered: float = 0.1
    """Share of rows falling short of a whole above which the parts listed do not cover it."""
    revision: float = 0.001
    """Excess of the table over an announced total, as a share of it, that later corrections explain."""
    identical_from: int = 100
    """Ballots from which stations with the very same figures are counted: smaller ones agree by chance."""
    identical_columns: int = 5
    """Published counts needed for that: two or three agree by chance in stations of any size."""
    most_stations: int = 2000
    """Stations named at most."""


@dataclass(frozen=True, slots=True)
class Relation:
    """``sum(left) <= right`` or, for a whole and its parts, ``sum(left) == right``.

    Attributes
    ----------
    id
        Short name, used in the id of the finding.
    left
        Columns summed; ``options`` stands for all options, ``largest option`` for the one with most votes.
    right
        The column they are held against.
    kind
        ``whole``: the left side makes up the right one. ``stock``: what is left over is ordinary.
        ``register``: an excess is possible where people vote who are not on the list.
    above, below
        What a departure in that direction is, in words; ``below`` is empty where nothing follows from it.
        Only ``above`` can be impossible: what is below may not be in the table.
    unless
        Quantities that, if published, make a sharper relation take its place.
    """

    id: str
    left: tuple[str, ...]
    right: str
    kind: Literal["whole", "stock", "register"]
    above: str
    below: str = ""
    unless: tuple[str, ...] = ()


RELATIONS = (
    Relation(
        "cast-issued",
        ("cast",),
        "issued",
        "stock",
        "more ballots cast than issued",
        "ballots issued but not cast",
    ),
    Relation(
        "issued-received",
        ("issued", "unused"),
        "received",
        "stock",
        "more ballots issued and unused than received",
        "ballots received that are neither issued nor unused",
    ),
    Relation(
        "issued-received",
        ("issued",),
        "received",
        "stock",
        "more ballots issued than received",
        unless=("unused",),
    ),
    Relation(
        "cast-received",
        ("cast",),
        "received",
        "stock",
        "more ballots cast than received",
        unless=("issued",),
    ),
    Relation(
        "valid-invalid-cast",
        ("valid", "invalid"),
        "cast",
        "whole",
        "more valid and invalid ballots than ballots cast",
        "ballots cast that are neither valid nor invalid",
    ),
    Relation(
        "options-valid",
        ("options",),
        "valid",
        "whole",
        "more votes than valid ballots",
        "valid ballots without a vote for an option listed",
    ),
    Relation(
        "options-invalid-cast",
        ("options", "invalid"),
        "cast",
        "whole",
        "more votes and invalid ballots than ballots cast",
        "ballots cast that are neither invalid nor a vote for an option listed",
        unless=("valid",),
    ),
    Relation(
        "options-cast",
        ("options",),
        "cast",
        "stock",
        "more votes than ballots cast",
        unless=("valid", "invalid"),
    ),
    Relation(
        "option-valid",
        ("largest option",),
        "valid",
        "stock",
        "more votes for one option than valid ballots",
    ),
    Relation(
        "cast-registered",
        ("cast",),
        "registered",
        "register",
        "more ballots cast than registered voters",
    ),
    Relation(
        "valid-registered",
        ("valid",),
        "registered",
        "register",
        "more valid ballots than registered voters",
        unless=("cast",),
    ),
    Relation(
        "issued-registered",
        ("issued",),
        "registered",
        "register",
        "more ballots issued than registered voters",
    ),
)


_SAID = {"options": "votes", "largest option": "votes for one option"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """Which rows depart from a relation, each array of shape (n,).

    Attributes
    ----------
    above, below
        Departures that count, by direction.
    elsewise
        Departures in areas where the columns do not mean what the relation supposes.
    """

    above: Flags
    below: Flags
    elsewise: Flags


def judge(difference: Integers, areas: Integers, kind: str, params: Params) -> Judgement:
    """Decide which differences count, area by area.

    Parameters
    ----------
    difference : ndarray of int64, shape (n,)
        Left side minus right side.
    areas : ndarray of int64, shape (n,)
        Area of each row, numbered from 0.
    kind : str
        See :class:`Relation`; only a ``whole`` can be fallen short of.
    params : Params

    Returns
    -------
    Judgement
    """
    small = difference.size < params.fewest_rows
    limits = {1: params.other_meaning, -1: params.other_meaning if small else params.not_covered}
    if kind == "register":
        limits[1] = 1.0
    counted, elsewise = {}, np.zeros(difference.size, dtype=bool)
    for sign, limit in limits.items():
        departs = np.sign(difference) == sign
        if sign < 0 and kind != "whole":
            departs = np.zeros_like(departs)
        rows = np.bincount(areas)
        share = np.bincount(areas, departs) / np.maximum(rows, 1)
        share = np.where(rows >= params.fewest_rows, share, departs.mean() if departs.size else 0.0)
        other = departs & (share > limit)[areas]
        counted[sign], elsewise = departs & ~other, elsewise | other
    return Judgement(counted[1], counted[-1], elsewise)


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Check every relation between published counts; see the module's page.

    Parameters
    ----------
    subject : Subject
        With returns; announced totals are compared where there are any.
    params : Params
    rng : numpy.random.Generator
        Not used: nothing is drawn.

    Returns
    -------
    Evidence
        One measurement per relation, contradictions first, and the stations that depart.
    """
    returns = subject.returns
    assert returns is not None  # noqa: S101 - `needs` asks for returns
    checks = _Checks(returns, subject.contest.id, params)
    checks.negative()
    for relation in RELATIONS:
        checks.relation(relation)
    checks.missing()
    checks.duplicates()
    checks.identical()
    for number, totals in enumerate(subject.totals, start=1):
        checks.totals(number, totals)
    found = sorted(checks.measurements, key=lambda measurement: not measurement.contradiction)
    figure = _figure(found)
    return Evidence(tuple(found), (figure,) if figure is not None else (), checks.scores())


class _Checks:
    """One pass over one table: collects measurements and the stations to inspect."""

    def __init__(self, returns: Returns, contest: str, params: Params) -> None:
        self.returns, self.contest, self.params = returns, contest, params
        self.measurements: list[Measurement] = []
        self.rows_are = "stations" if returns.level == "station" else "counting areas"
        self.all_rows = f"{len(returns):,} {self.rows_are}"
        self.published = set(returns.published)
        self.known = {name: returns.table[name].is_not_null().to_numpy() for name in self._columns}
        self.values = {
            name: returns.table[name].fill_null(0).to_numpy().astype(np.int64) for name in self._columns
        }
        self.unmarked = returns.table["mark"].is_null().to_numpy()
        self.areas = np.zeros(len(returns), dtype=np.int64)
        if returns.main_area is not None:
            self.areas, _ = returns.area_of(returns.main_area, np.arange(len(returns), dtype=np.int64))
        if returns.options:
            votes = np.stack([self.values[option] for option in returns.options])
            whole = np.all([self.known[option] for option in returns.options], axis=0)
            self.values |= {"options": votes.sum(axis=0), "largest option": votes.max(axis=0)}
            self.known |= {"options": whole, "largest option": whole}
            self.published |= {"options", "largest option"}
        self._bits = np.zeros(len(returns))
        self._reasons: dict[int, list[str]] = {}

    @property
    def _columns(self) -> list[str]:
        return [*self.returns.published, *self.returns.options]

    def _add(self, slug: str, quantity: str, **filled: Any) -> None:
        self.measurements.append(
            Measurement(
                id=f"{self.contest}/protocol/{slug}",
                method="protocol",
                contest=self.contest,
                quantity=quantity,
                innocent=METHOD.innocent,
                params=asdict(self.params),
                **filled,
            )
        )

    def _inspect(self, rows: Integers, sizes: Integers, certain: bool, reasons: list[str]) -> None:
        bits = np.log2(1.0 + np.abs(sizes)) + (IMPOSSIBLE_BITS if certain else 0.0)
        self._bits[rows] = np.maximum(self._bits[rows], bits)
        for row, reason in zip(rows.tolist(), reasons, strict=True):
            self._reasons.setdefault(row, []).append(reason)

    def scores(self) -> tuple[StationScore, ...]:
        """List the stations that depart, the gravest first."""
        rows = sorted(self._reasons, key=lambda row: (-self._bits[row], row))[: self.params.most_stations]
        return tuple(StationScore(row, float(self._bits[row]), "; ".join(self._reasons[row])) for row in rows)

    def _where(self, rows: Integers) -> str:
        """In how many areas rows lie, in words; empty without areas."""
        if self.returns.main_area is None:
            return ""
        here, all_areas = len(np.unique(self.areas[rows])), len(np.unique(self.areas))
        return f" They lie in {here} of {all_areas} areas ({self.returns.main_area})."

    def negative(self) -> None:
        """Look for counts below zero."""
        below = {name: np.flatnonzero(self.values[name] < 0) for name in self._columns}
        rows = np.unique(np.concatenate([*below.values(), np.empty(0, dtype=np.int64)]))
        for name, found in below.items():
            sizes = self.values[name][found]
            self._inspect(found, sizes, True, [f"{name} is {size:,}" for size in sizes.tolist()])
        columns = ", ".join(f"{name} ({len(found)})" for name, found in below.items() if len(found))
        self._add(
            "negative",
            "negative counts",
            n=len(self.returns),
            observed=float(len(rows)),
            expected=0.0,
            contradiction=bool(len(rows)),
            effect=Effect(name="negative counts", value=float(len(rows)), unit=self.rows_are),
            statement=f"{len(rows):,} of {self.all_rows} have a negative count: {columns}.{self._where(rows)}"
            if len(rows)
            else f"None of {self.all_rows} reports a negative count.",
        )

    def relation(self, relation: Relation) -> None:
        """Check one relation, if all its columns were published and no sharper relation stands for it."""
        if not {*relation.left, relation.right} <= self.published or self.published & set(relation.unless):
            return
        known = np.all([self.known[name] for name in (*relation.left, relation.right)], axis=0)
        if relation.kind == "register":
            known &= self.unmarked
        parts = " + ".join(_SAID.get(name, name) for name in relation.left)
        all_left = np.sum([self.values[name] for name in relation.left], axis=0)
        all_right = self.values[relation.right]
        unreported = known & (all_right == 0) & (all_left > 0) & (relation.kind != "register")
        rows = np.flatnonzero(known & ~unreported).astype(np.int64)
        empty = np.flatnonzero(unreported)
        reasons = [f"{relation.right} 0, {parts} {count:,}" for count in all_left[empty].tolist()]
        self._inspect(empty, all_left[empty], False, reasons)
        quantity = f"{parts} against {relation.right}"
        if not len(rows):
            if len(empty):
                reason = f"{relation.right} is given as 0 wherever {parts} is not"
                self._add(relation.id, quantity, status="not testable", reason=reason)
            return
        left, right = all_left[rows], all_right[rows]
        difference = left - right
        found = judge(difference, self.areas[rows], relation.kind, self.params)
        departs = found.above | found.below
        possible = relation.kind == "register"
        for flags, certain in ((found.above, not possible), (found.below, False)):
            reasons = [
                f"{parts} {a:,}, {relation.right} {b:,}: {abs(a - b):,} {'more' if a > b else 'fewer'}"
                for a, b in zip(left[flags].tolist(), right[flags].tolist(), strict=True)
            ]
            self._inspect(rows[flags], difference[flags], certain, reasons)
        count = int(departs.sum())
        over, short = int(difference[found.above].sum()), int(-difference[found.below].sum())
        base = max(int(right.sum()), 1)
        concerned, too_many = 100.0 * (over + short) / base, 100.0 * over / base
        effects = [
            Effect(name=relation.above, value=float(over), unit="ballots"),
            Effect(name="ballots concerned", value=concerned, unit=f"per cent of {relation.right}"),
            Effect(name="ballots too many", value=too_many, unit=f"per cent of {relation.right}"),
        ]
        if relation.kind == "whole":
            effects.append(Effect(name=relation.below, value=float(short), unit="ballots"))
        equal = float((difference == 0).sum())
        effects.append(Effect(name=f"{parts} equal to {relation.right}", value=equal, unit=self.rows_are))
        if count:
            largest = int(np.abs(difference[departs]).max())
            effects.append(Effect(name="largest difference", value=float(largest), unit="ballots"))
        if self.returns.main_area is not None:
            areas = len(np.unique(self.areas[rows[departs]]))
            effects.append(Effect(name="areas concerned", value=float(areas), unit="areas"))
        left_over = (difference < 0) & ~found.elsewise
        if relation.kind == "stock" and relation.below:
            lost = -int(difference[left_over].sum())
            effects += [
                Effect(name=relation.below, value=float(lost), unit="ballots"),
                Effect(name=relation.below, value=float(left_over.sum()), unit=self.rows_are),
            ]
        self._add(
            relation.id,
            quantity,
            n=len(rows),
            observed=float(count),
            expected=0.0,
            contradiction=bool(found.above.any()) and not possible,
            unexplained=count > 0,
            effect=Effect(name=relation.above, value=float(found.above.sum()), unit=self.rows_are)
            if relation.kind != "whole"
            else Effect(name=f"{parts} differ from {relation.right}", value=float(count), unit=self.rows_are),
            effects=tuple(effects),
            assumptions=_assumptions(relation, difference, found),
            statement=self._words(relation, rows, left, right, found) + _not_reported(relation, empty, parts),
        )

    def _words(
        self, relation: Relation, rows: Integers, left: Integers, right: Integers, found: Judgement
    ) -> str:
        difference = left - right
        of = f"of {len(rows):,} {self.rows_are}"
        sentences = []
        for flags, words in ((found.above, relation.above), (found.below, relation.below)):
            if flags.any():
                sizes = np.abs(difference[flags])
                sentences.append(
                    f"In {int(flags.sum()):,} {of}: {words}, by {int(sizes.sum()):,} in all and by "
                    f"{int(sizes.max()):,} at most in one.{self._where(rows[flags])}"
                )
        if found.below.any():
            sentences.append("Such a shortfall may be something that is not in the table.")
        if relation.kind == "register" and found.above.any():
            empty = int((found.above & (right == 0)).sum())
            double = int((found.above & (right > 0) & (left >= 2 * right)).sum())
            sentences.append(
                f"In {double:,} of them they are at least twice the registered voters, and {empty:,} have no "
                "registered voter at all. Whether that is possible depends on whether people may vote who "
                "are not on the list."
            )
        if not sentences:
            none = f"In none {of}: {relation.above}"
            covered = relation.kind == "whole" and not (found.elsewise & (difference < 0)).any()
            sentences.append(none + (f", or {relation.below}." if covered else "."))
        if relation.kind == "stock" and relation.below:
            left_over = (difference < 0) & ~found.elsewise
            if left_over.any():
                sentences.append(
                    f"{-int(difference[left_over].sum()):,} {relation.below} in {int(left_over.sum()):,} "
                    f"{self.rows_are}: that has ordinary causes and is not counted as a departure."
                )
        if found.elsewise.any():
            short = int((found.elsewise & (difference < 0)).sum())
            over = int(found.elsewise.sum()) - short
            if short:
                sentences.append(
                    f"In {short:,} {of}, where this is the rule, there are {relation.below}: what is listed "
                    "does not cover everything there, so the relation says nothing about them."
                )
            if over:
                sentences.append(
                    f"In {over:,} {of}, where this is the rule, there are {relation.above}: the columns do "
                    "not mean there what the relation supposes."
                )
        return " ".join(sentences)

    def missing(self) -> None:
        """Count published figures that are missing."""
        lacking = {name: int((~self.known[name]).sum()) for name in self._columns}
        rows = int((~np.all([self.known[name] for name in self._columns], axis=0)).sum()) if lacking else 0
        names = ", ".join(f"{name} ({count:,})" for name, count in lacking.items() if count)
        self._add(
            "missing",
            "missing counts",
            n=len(self.returns),
            observed=float(rows),
            effect=Effect(name="stations with a missing count", value=float(rows), unit=self.rows_are),
            statement=f"In {rows:,} of {self.all_rows} a count is missing that others report: {names}."
            if rows
            else f"No published count is missing in any of {self.all_rows}.",
        )

    def duplicates(self) -> None:
        """Report stations that share their name and areas with another one."""
        count = self.returns.accounting.duplicates
        self._add(
            "duplicates",
            "duplicated stations",
            n=len(self.returns),
            observed=float(count),
            effect=Effect(name="stations named twice", value=float(count), unit=self.rows_are),
            statement=f"{count:,} of {self.all_rows} share name and areas with an earlier one; they are "
            "kept in every sum."
            if count
            else f"No two of {self.all_rows} share their name and areas.",
        )

    def identical(self) -> None:
        """Count stations with the very same figures as another one of their area."""
        columns = self._columns
        size = next((name for name in ("cast", "issued", "valid", "options") if name in self.values), None)
        if size is None or len(columns) < self.params.identical_columns:
            return
        complete = np.all([self.known[name] for name in columns], axis=0)
        rows = np.flatnonzero(complete & (self.values[size] >= self.params.identical_from))
        if not len(rows):
            return
        key = pl.DataFrame(
            {"area": self.areas[rows], **{str(i): self.values[n][rows] for i, n in enumerate(columns)}}
        )
        count = int(key.is_duplicated().sum())
        self._add(
            "identical",
            "identical figures",
            n=len(rows),
            observed=float(count),
            effect=Effect(name="stations with the same figures", value=float(count), unit=self.rows_are),
            statement=f"{count:,} of {len(rows):,} {self.rows_are} with {self.params.identical_from} ballots "
            f"or more agree with another one of their area in all {len(columns)} published counts. How many "
            "chance alone would give is not worked out here.",
        )

    def totals(self, number: int, totals: Totals) -> None:
        """Hold the sum of the table against one announcement of totals."""
        announced: dict[str, int] = {
            name: value
            for name in ("registered", "cast", "valid", "invalid")
            if (value := getattr(totals, name)) is not None and name in self.published
        }
        options = {option.strip().casefold(): option for option in self.returns.options}
        for name, votes in totals.votes.items():
            if name.strip().casefold() in options:
                announced[options[name.strip().casefold()]] = votes
        if not announced:
            return
        sums = {name: int(self.values[name].sum()) for name in announced}
        gaps = {name: sums[name] - announced[name] for name in announced}
        # Lists change until the day, and another definition or repeated rows explain an excess.
        excess = [
            name
            for name, gap in gaps.items()
            if gap > self.params.revision * announced[name] and name != "registered"
        ]
        explained = totals.definition is not None or self.returns.accounting.duplicates > 0
        table = "; ".join(
            f"{name} {sums[name]:,} in the table, {announced[name]:,} announced"
            + (f" ({gaps[name]:+,})" if gaps[name] else "")
            for name in announced
        )
        differ = [name for name in gaps if gaps[name]]
        if not differ:
            remark = "The table adds up to what was announced."
        elif excess and not explained:
            remark = (
                f"The stations published hold more than was announced for the whole ({', '.join(excess)}): "
                "the two cannot both be complete and true."
            )
        elif excess:
            remark = "The stations published hold more than was announced; " + (
                f"what was announced counts something else ({totals.definition})."
                if totals.definition is not None
                else "stations are named twice in the table."
            )
        elif any(gap < 0 for gap in gaps.values()):
            remark = "What is missing in the table may lie in stations that were not published or not read."
        else:
            remark = "The differences are of the size of corrections between a first and a final count."
        self._add(
            f"totals/{number}",
            "table against announced totals",
            n=len(announced),
            observed=float(len(differ)),
            contradiction=bool(excess) and not explained,
            effect=Effect(
                name="largest difference between table and announcement",
                value=float(max(gaps.values(), key=abs)),
                unit="ballots" if max(gaps, key=lambda name: abs(gaps[name])) != "registered" else "voters",
            ),
            effects=tuple(
                Effect(name=f"{name}, table less announcement", value=float(gap), unit="ballots")
                for name, gap in gaps.items()
            ),
            statement=f"Sum of {self.all_rows} against the totals announced by "
            f"{totals.source}: {table}. {remark}",
        )


def _not_reported(relation: Relation, rows: Integers, parts: str) -> str:
    if not len(rows):
        return ""
    return f" In {len(rows):,} more {relation.right} is given as 0, {parts} is not: taken as not reported."


def _assumptions(relation: Relation, difference: Integers, found: Judgement) -> tuple[Assumption, ...]:
    elsewise = int(found.elsewise.sum())
    meaning = Assumption(
        name="the columns mean what the relation supposes",
        state="fails" if elsewise == difference.size else "doubtful" if elsewise else "holds",
        how=f"{elsewise:,} of {difference.size:,} rows depart where departing is the rule",
    )
    if not difference.any() or (relation.kind != "whole" and not (difference > 0).any()):
        return (
            meaning,
            Assumption(
                name="a form that breaks the relation could have been published",
                state="unknown",
                how=f"it holds in all {difference.size:,} rows; where the counting system refuses "
                "other forms, that says nothing about the vote",
            ),
        )
    return (meaning,)


def _figure(found: list[Measurement]) -> Figure | None:
    """Draw the relations that stations depart from; None where there are none."""
    compared = [measurement for measurement in found if measurement.expected is not None]
    shown = [measurement for measurement in compared if measurement.observed]
    checked = len(compared)
    if not shown:
        return None
    values = [
        {
            "relation": measurement.effect.name,
            "stations": int(measurement.observed or 0),
            "label": f"{int(measurement.observed or 0):,} of {measurement.n:,}",
            "rank": rank,
        }
        for rank, measurement in enumerate(shown)
        if measurement.effect is not None
    ]
    unit = shown[0].effect.unit if shown[0].effect is not None else "stations"
    y = {
        "field": "relation",
        "type": "nominal",
        "title": None,
        "sort": {"field": "rank", "order": "ascending"},
        "axis": {"labelLimit": 320},
    }
    x = {"field": "stations", "type": "quantitative", "title": unit.capitalize(), "axis": {"tickMinStep": 1}}
    layers = [
        {"mark": {"type": "bar", "style": "outlier"}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "text", "style": "observed", "align": "left", "dx": 4},
            "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
        },
    ]
    listed = "; ".join(f"{value['relation']}: {value['label']}" for value in values)
    contest = shown[0].contest
    return Figure(
        id=f"{contest}/protocol/departures",
        finding=shown[0].id,
        title=f"{unit.capitalize()} depart from {len(shown)} of {checked} relations that were checked",
        caption=f"{unit.capitalize()} whose published counts depart from a relation, of those in which it "
        "could be checked.",
        alt=f"Bars by relation. {listed}.",
        vega_lite={
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            "width": 340,
            "height": 28 * len(shown),
            "data": {"values": values},
            "layer": layers,
        },
    )


METHOD = Method(
    id="protocol",
    title="Arithmetic of the records",
    question="Are there stations, or totals, whose published figures cannot all be true?",
    tier="A",
    null="none",
    needs=("returns",),
    tail="none",
    params=Params,
    measure=measure,
    references=("callen2015",),
    innocent=(
        "Slips of the pen and of the keyboard, rows shifted in copying.",
        "Ballots dropped into the box of another vote held on the same day.",
        "Voters added to the list on the day, officials who vote where they work.",
        "Announced totals that belong to another state of the count.",
    ),
    blind=(
        "figures that agree with one another because they were made to",
        "anything that was not published",
    ),
)
