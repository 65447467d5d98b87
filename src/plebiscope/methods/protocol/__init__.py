"""The arithmetic of the records: do the published counts of each station agree with one another?

Question
--------
Are there stations whose figures cannot all be true?

Statistic
---------
For every relation between counts that were *published* (a column computed from others is never tested
against its own parts): the number of stations that depart from it, in which direction, by how many ballots,
and in how many areas they lie. The relations are:

* no count is negative;
* ballots cast are not more than ballots issued; issued and unused ones not more than ballots received;
* valid and invalid ballots together are the ballots cast; the votes together are the valid ballots, and no
  option has more votes than there are valid ballots;
* ballots cast or issued are not more than registered voters (turnout over 100 per cent).

Where the contest's country and kind tell which form was filled in (``forms.toml``), its own control
relations take the place of these, and are quoted. Each relation also says how often departing rows share an
area, against chance; all together give the rate of errors. Where votes do not add up and undoing one slip
(two neighbouring digits exchanged, or one misread) in just one figure would mend it, the slip is a gain or a
loss for the leading option: an exact sign test of these is the one probability here. Of other votes of the
case held on the same day, station by station: ballots in the boxes of both against those issued for both, the
two registers, and the ballots issued.

Stations that share their name with another, and stations with the very same figures as another one of their
area, are counted too. A summary of all relations stands first.

Fair vote
---------
None is needed: it is arithmetic. Four kinds of departure are kept apart. *Impossible*: more came out than
went in, or the parts exceed the whole, so the figures cannot all be true; only this is a contradiction.
*Short of a whole*: parts that do not add up may lack one that is not in the table; such rows are counted and
named. *Left over*: ballots that are issued and not in the box were carried away; they are counted only. *More
than registered*: happens wherever people may vote who are not on the list; it is always shown with its size,
and could be a contradiction only if the list was closed, which the figures do not say. A whole of 0 with
parts above 0 is taken as not reported, said, and named. Slips are innocent if they help either side alike.
Of two votes at one station only more ballots in all boxes than were issued for both is impossible; registers
that differ, and voters who took one ballot only, are shown where they are not the rule.

Assumptions
-----------
* The columns mean what the relation supposes. Checked in each area with 20 rows or more, elsewhere on the
  whole table: where more than half of the rows depart in the same direction, or more than a tenth fall short
  of a whole, the columns do not mean that there (a table that leaves out small lists, ballots that carry
  several votes). Such rows are named and not counted as departures.
* A relation that holds in every row may hold because the counting system refuses forms that break it; then
  it says nothing about the vote, and the answer says so. Perfect arithmetic is itself a datum only where
  forms are filled in by hand: there, areas that err in no form are compared with the rate of the others.

Innocent causes
---------------
Slips of the pen and of the keyboard, rows shifted in copying, ballots carried home, ballots dropped into the
box of another vote held on the same day, voters added to the list on the day, officials who vote where they
work.

Blind spots
-----------
Figures that agree with one another because they were made to. Anything that is not in the table.

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

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.evidence import chart, signed
from plebiscope.evidence.slips import gains
from plebiscope.methods.protocol import control
from plebiscope.methods.protocol.control import Form, Relation, choose, clustering, judge
from plebiscope.methods.protocol.together import held_together
from plebiscope.model.beside import Beside
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Method, StationScore, Subject, effect, most_surprising
from plebiscope.model.wording import capital, counted, noun, so_many_have, written

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
    identical_from: int = 100
    """Ballots from which stations with the very same figures are counted: smaller ones agree by chance."""
    identical_columns: int = 5
    """Published counts needed for that: two or three agree by chance in stations of any size."""
    one_ballot_only: float = 0.1
    """Share of ballots by which those of another vote on the day may differ before a row is named."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    limit_level: float = 0.05
    """Size of the two-sided test whose detection limit is given, as a probability."""
    most_stations: int = 2000
    """Stations named at most."""


_TOO_MANY = "ballots too many"


@cache
def _forms() -> tuple[Form, ...]:
    """Load the forms that are known, the one that fits every record first."""
    text = resources.files("plebiscope.methods.protocol").joinpath("forms.toml").read_text("utf-8")
    return control.forms(tomllib.loads(text)["form"])


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Check every relation between published counts, contradictions first; ``rng`` is not used."""
    checks = _Checks(subject, params)
    checks.negative()
    for relation in checks.form.relations:
        checks.relation(relation)
    checks.errors()
    checks.slips()
    checks.missing()
    checks.duplicates()
    checks.identical()
    checks.summary()
    for beside in subject.beside:
        checks.together(beside)
    found = sorted(checks.measurements, key=lambda measurement: not measurement.contradiction)
    return Evidence(tuple(found), _figures(found, subject), checks.scores())


class _Checks:
    """One pass over one table: collects measurements and the stations to inspect."""

    def __init__(self, subject: Subject, params: Params) -> None:
        returns = subject.results
        self.subject, self.returns, self.params, self.rows_are = subject, returns, params, subject.rows_are
        self.all_rows = counted(len(returns), self.rows_are)
        self.measurements: list[Measurement] = []
        self.form = choose(_forms(), subject.contest, returns.published)
        self.departing = np.zeros(len(returns), dtype=bool)
        self.columns = [*returns.published, *returns.options]
        self.published = set(returns.published)
        table = returns.table
        self.known = {name: table[name].is_not_null().to_numpy() for name in self.columns}
        self.values = {name: table[name].fill_null(0).to_numpy().astype(np.int64) for name in self.columns}
        self.unmarked = returns.ordinary
        self.areas, _ = subject.areas(np.arange(len(returns), dtype=np.int64))
        if returns.options:
            votes = np.stack([self.values[option] for option in returns.options])
            whole = np.all([self.known[option] for option in returns.options], axis=0)
            self.values |= {"options": votes.sum(axis=0), "largest option": votes.max(axis=0)}
            self.known |= {"options": whole, "largest option": whole}
            self.published |= {"options", "largest option"}
        self.bits = np.zeros(len(returns))
        self.reasons: dict[int, list[str]] = {}
        self.misfits: tuple[Relation, Integers] | None = None
        """The rows whose votes do not add up, and the relation that says so."""

    def _add(self, slug: str, quantity: str, **filled: Any) -> None:
        params = {**asdict(self.params), "form": self.form.id, "law": self.form.law}
        self.measurements.append(METHOD.answer(self.subject, quantity, slug=slug, params=params, **filled))

    def _count(self, slug: str, quantity: str, count: int, name: str, words: str, **more: Any) -> None:
        """Add a measurement that counts rows of the whole table."""
        size = effect(name, float(count), self.rows_are)
        filled = {"n": len(self.returns), "observed": float(count), "effect": size, "statement": words}
        self._add(slug, quantity, describes=count > 0, **filled | more)

    def _inspect(self, rows: Integers, sizes: Integers, reasons: Iterable[str], certain: bool) -> None:
        bits = np.log2(1.0 + np.abs(sizes)) + (IMPOSSIBLE_BITS if certain else 0.0)
        self.bits[rows] = np.maximum(self.bits[rows], bits)
        for row, reason in zip(rows.tolist(), reasons, strict=True):
            self.reasons.setdefault(row, []).append(reason)

    def scores(self) -> tuple[StationScore, ...]:
        """List the stations that depart, the gravest first."""
        rows = np.arange(len(self.returns))
        return most_surprising(
            rows, self.bits, self.params.most_stations, lambda row: "; ".join(self.reasons[row])
        )

    def _where(self, rows: Integers) -> str:
        """In how many areas rows lie, in words; empty without areas, or for a single row."""
        if self.returns.main_area is None or len(rows) < 2:
            return ""
        here, all_areas = len(np.unique(self.areas[rows])), len(np.unique(self.areas))
        return f" They lie in {here} of {all_areas} areas ({self.returns.main_area})."

    def negative(self) -> None:
        """Look for counts below zero."""
        below = {name: np.flatnonzero(self.values[name] < 0) for name in self.columns}
        for name, found in below.items():
            sizes = self.values[name][found]
            self._inspect(found, sizes, (f"{noun(name)} {written(size)}" for size in sizes.tolist()), True)
        rows = np.unique(np.concatenate([*below.values(), np.empty(0, dtype=np.int64)]))
        columns = ", ".join(f"{noun(name)} ({len(found):,})" for name, found in below.items() if len(found))
        words = f"No count is negative in any of {self.all_rows}."
        if len(rows):
            words = f"In {len(rows):,} of {self.all_rows} a count is negative: {columns}.{self._where(rows)}"
        graded: dict[str, Any] = {"expected": 0.0, "contradiction": len(rows) > 0}
        self._count("negative", "negative counts", len(rows), "negative counts", words, **graded)

    def relation(self, relation: Relation) -> None:
        """Check one relation, if all its columns were published and no sharper relation stands for it."""
        names = relation.columns
        if not self.published.issuperset(names) or self.published.intersection(relation.unless):
            return
        possible = relation.kind == "register"
        known = np.all([self.known[name] for name in names], axis=0) & (self.unmarked | (not possible))
        parts, of_whole = relation.parts, relation.whole
        left = np.sum([self.values[name] for name in relation.left], axis=0)
        right = (
            np.full_like(left, relation.right)
            if isinstance(relation.right, int)
            else self.values[relation.right]
        )
        unreported = known & (right == 0) & (left > 0) & (not possible)
        empty, rows = np.flatnonzero(unreported), np.flatnonzero(known & ~unreported)
        reasons = (f"{of_whole} 0, {parts} {count:,}" for count in left[empty].tolist())
        self._inspect(empty, left[empty], reasons, False)
        quantity = f"{parts} against {of_whole}"
        if not len(rows):
            if len(empty):
                reason = f"the number of {of_whole} is given as 0 wherever there are {parts}"
                self._add(relation.id, quantity, status="not testable", reason=reason)
            return
        left, right = left[rows], right[rows]
        difference = left - right
        found = judge(difference, self.areas[rows], relation.kind, self.params)
        for flags, certain in ((found.above, not possible), (found.below, False)):
            reasons = (
                f"{parts} {a:,}, {of_whole} {b:,}: {abs(a - b):,} {'more' if a > b else 'fewer'}"
                for a, b in zip(left[flags].tolist(), right[flags].tolist(), strict=True)
            )
            self._inspect(rows[flags], difference[flags], reasons, certain)
        count = int((found.above | found.below).sum())
        over, short = int(difference[found.above].sum()), int(-difference[found.below].sum())
        base, per_cent = max(int(right.sum()), 1), f"per cent of {of_whole}"
        effects = [
            effect(relation.above, float(over), "ballots"),
            effect("ballots concerned", 100.0 * (over + short) / base, per_cent),
            effect(_TOO_MANY, 100.0 * over / base, per_cent),
            effect(f"{parts} equal to {of_whole}", float((difference == 0).sum()), self.rows_are),
        ]
        left_over = (difference < 0) & ~found.elsewise
        if relation.below:
            effects.append(effect(relation.below, float(-difference[left_over].sum()), "ballots"))
            effects.append(effect(relation.below, float(left_over.sum()), self.rows_are))
        seen, expected = clustering(found.above | found.below, self.areas[rows])
        if expected > 0.0 and self.returns.main_area is not None:
            name = "pairs of such rows in one area, for each that chance would put there"
            effects.append(effect(name, seen / expected, "pairs"))
        if not possible:
            self.departing[rows] |= found.above | found.below
        if relation.kind == "whole" and "options" in relation.left:
            # Where falling short is the rule, only the errors of one direction would be left.
            apart = np.isin(self.areas[rows], self.areas[rows][found.elsewise])
            self.misfits = relation, rows[(found.above | found.below) & ~apart]
        headline = effect(relation.above, float(found.above.sum()), self.rows_are)
        if relation.kind == "whole":
            headline = effect(f"{parts} differ from {of_whole}", float(count), self.rows_are)
        words = control.told(
            relation, left, right, found, self.rows_are, lambda flags: self._where(rows[flags])
        )
        if len(empty):
            words += (
                f" In {counted(len(empty), self.rows_are)} besides, the number of {of_whole} is given as 0 "
                f"although there are {parts}: taken as not reported."
            )
        self._add(
            relation.id,
            quantity,
            n=len(rows),
            observed=float(count),
            expected=0.0,
            contradiction=bool(found.above.any()) and not possible,
            unexplained=count > 0,
            effect=headline,
            effects=tuple(effects),
            assumptions=control.assumptions(relation, difference, found, self.form.handwritten),
            statement=words,
        )

    def errors(self) -> None:
        """Say in what part of the records some relation does not hold, and how that differs between areas."""
        rows = np.flatnonzero(self.unmarked)
        area = self.returns.main_area or ""
        fields = control.error_rate(
            self.departing[rows], self.areas[rows], area, self.form.handwritten, self.rows_are
        )
        if fields is not None:
            self._add("errors", "rate of errors", **fields)

    def slips(self) -> None:
        """Say whom errors of addition help, where one slip of the pen in one figure would explain them."""
        if self.misfits is None or not len(self.misfits[1]):
            return
        relation, rows = self.misfits
        favoured, sums = self.subject.favoured, self.returns.sums
        rival = max(
            (one for one in self.returns.options if one != favoured), key=sums.__getitem__, default=None
        )
        names = [*relation.left]
        if "options" in names:
            names[names.index("options") : names.index("options") + 1] = self.returns.options
        moved = gains(
            np.stack([self.values[name][rows] for name in names]),
            self.values[str(relation.right)][rows],
            [1 if name == favoured else -1 if name == rival else 0 for name in names],
        )
        fields = signed.one_way(
            moved,
            self.areas[rows],
            of=self.rows_are,
            towards="favour it",
            what="slips that mostly favour one option",
            coverage=self.params.coverage,
            level=self.params.limit_level,
        )
        quantity = "direction of slips"
        if isinstance(fields, str):
            self._add("slips", quantity, status="not testable", reason=fields)
            return
        up, n = int((moved > 0).sum()), int((moved != 0).sum())
        words = (
            f"Of {counted(len(rows), self.rows_are)} whose votes do not add up, {n:,} would if one slip of "
            "the pen in the votes for a leading option were undone. These slips make the lead of "
            f"“{favoured}” over “{rival}” larger in {up:,} and smaller in {n - up:,}, by "
            f"{written(int(moved.sum()), '+,')} votes in all."
        )
        self._add("slips", quantity, statement=words, **fields)

    def together(self, beside: Beside) -> None:
        """Hold the records against those of another vote at the same stations on the same day."""
        for found in held_together(self.returns, beside, self.params.one_ballot_only, self.rows_are):
            self._inspect(found.rows, found.sizes, found.reasons, found.certain)
            self._add(f"with/{beside.contest.id}/{found.slug}", found.quantity, **found.fields)

    def missing(self) -> None:
        """Count published figures that are missing."""
        lacking = {name: ~self.known[name] for name in self.columns}
        rows = int(np.any(list(lacking.values()), axis=0).sum()) if lacking else 0
        names = ", ".join(f"{noun(name)} ({flags.sum():,})" for name, flags in lacking.items() if flags.any())
        words = f"No count is missing in any of {self.all_rows}."
        if rows:
            words = f"In {rows:,} of {self.all_rows} a count is missing that others report: {names}."
        self._count("missing", "missing counts", rows, f"{self.rows_are} with a missing count", words)

    def duplicates(self) -> None:
        """Report stations that share their name and areas with another one."""
        count = self.returns.accounting.duplicates
        words = f"{so_many_have(count, self.all_rows)} the same name and areas as an earlier one."
        if count:
            words += " All are kept in every sum."
        self._count("duplicates", "repeated names", count, f"{self.rows_are} named twice", words)

    def identical(self) -> None:
        """Count stations with the very same figures as another one of their area."""
        columns, least = self.columns, self.params.identical_from
        size = next((name for name in ("cast", "issued", "valid", "options") if name in self.values), None)
        if size is None or len(columns) < self.params.identical_columns:
            return
        complete = np.all([self.known[name] for name in columns], axis=0)
        rows = np.flatnonzero(complete & (self.values[size] >= least))
        if not len(rows):
            return
        figures = {str(place): self.values[name][rows] for place, name in enumerate(columns)}
        count = int(pl.DataFrame({"area": self.areas[rows], **figures}).is_duplicated().sum())
        large = f"{counted(len(rows), self.rows_are)} with {least} ballots or more"
        words = (
            f"{so_many_have(count, large)} the same {len(columns)} counts as another one of the same area."
        )
        if count:
            words += " How many chance alone would give is not worked out here."
        name = f"{self.rows_are} with the same figures"
        self._count("identical", "identical figures", count, name, words, n=len(rows))

    def summary(self) -> None:
        """Say of all relations together how many hold, as the first answer."""
        compared = _relations(self.measurements)
        departed = [found for found in compared if found.observed]
        if len(compared) < 2:
            return
        of_form = f" of {self.form.name}" if self.form.law else " between counts"
        words = f"Of {len(compared)} relations{of_form} that could be checked in {self.all_rows}, "
        if departed:
            words += f"{len(departed)} {'does' if len(departed) == 1 else 'do'} not hold everywhere: "
            words += "; ".join(
                f"{one.effect.name} in {counted(int(one.observed or 0), self.rows_are)}"
                for one in departed
                if one.effect is not None
            )
        else:
            applies = all(one.state == "holds" for found in compared for one in found.assumptions[:1])
            words += "each holds everywhere" + ("" if applies else " where it applies")
        # What is impossible in all relations is as small as in the one where it is largest.
        impossible = [found for found in departed if found.contradiction]
        sizes = [one.value or 0.0 for found in impossible for one in found.effects if one.name == _TOO_MANY]
        self._add(
            "summary",
            "all relations",
            n=len(self.returns),
            observed=float(len(departed)),
            contradiction=bool(impossible),
            unexplained=bool(departed),
            effect=effect("relations that do not hold everywhere", float(len(departed)), "relations"),
            effects=(effect(_TOO_MANY, max(sizes), "per cent"),) if len(sizes) == len(impossible) > 0 else (),
            statement=f"{words}.",
        )
        self.measurements.insert(0, self.measurements.pop())


def _relations(found: Iterable[Measurement]) -> list[Measurement]:
    """Keep the relations that were checked: those of which every departure is one too many."""
    return [measurement for measurement in found if measurement.expected == 0.0]


def _figures(found: list[Measurement], subject: Subject) -> tuple[Figure, ...]:
    """Draw the relations that stations depart from; nothing where there are none."""
    compared = _relations(found)
    departed = [one for one in compared if one.observed and one.effect is not None]
    if not departed:
        return ()
    values = [
        {"relation": one.effect.name, "stations": one.observed, "label": f"{one.observed:,.0f} of {one.n:,}"}
        for one in departed
        if one.effect is not None
    ]
    unit = capital(subject.rows_are)
    x = chart.number("stations", unit, axis={"tickMinStep": 1})
    encoding = {"x": x, "y": chart.category("relation", labelLimit=320)}
    layers = [
        chart.layer("bar", "outlier", encoding),
        chart.label("label", "observed", encoding, align="left", dx=4),
    ]
    figure = Figure(
        id=f"{subject.contest.id}/protocol/departures",
        finding=departed[0].id,
        title=f"Of {counted(len(compared), 'relations')} that could be checked, {len(values)} "
        f"{'does' if len(values) == 1 else 'do'} not hold everywhere",
        caption=f"{unit} whose counts depart from a relation, of those in which it could be checked.",
        alt="Bars by relation. " + "; ".join(f"{one['relation']}: {one['label']}" for one in values) + ".",
        vega_lite=chart.picture(layers, values, width=340, height=28 * len(values)),
    )
    return (figure,)


METHOD = Method(
    id="protocol",
    title="Arithmetic of the records",
    question="Are there stations whose figures cannot all be true?",
    tier="A",
    null="none",
    needs=("returns",),
    tail="two-sided",
    params=Params,
    measure=measure,
    references=("callen2015",),
    innocent=(
        "Slips of the pen and of the keyboard, rows shifted in copying.",
        "Ballots dropped into the box of another vote held on the same day.",
        "Voters added to the list on the day, officials who vote where they work.",
    ),
    blind=(
        "figures that agree with one another because they were made to",
        "anything that is not in the table",
    ),
)
