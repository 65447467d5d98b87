"""How many votes: the estimates of all methods side by side, and which of them may be told as a number.

Methods do not know one another, so it is here that their estimates meet. Rules:

- An estimate identified by a design (*tier B*) may be told as a number only where what it rests on is *named*
  (notable or strong): its own answer or, for votes carried over from a group or from early stations, one of
  the comparisons that they are made of. So no fair vote has a number more often than a name.
  Its range must leave out nought, in whole votes; and no assumption of it may fail on this table, or how
  exact it is be unknown. Of a sample only the lead is told: the share of each option says the same again.
- An estimate that depends on a model (*tier C*) may be told as a number only for the areas that fail a test
  of tier A, those that are hard to fail without invented figures. Its part there has a range of its own: what
  the method leaves open, and how far the part rests on a few places; without that, no number is told.
  Geography gives such estimates too, and areas that fail are no random sample of a country. So the range is
  widened, in as many votes as the option has there, by the lowest and the highest that the same estimate gave
  in parts of reference votes that were no random sample (:mod:`plebiscope.dossier.magnitude_there`), and
  the number is told only where all of that is above nought. The areas must hold a third of the option's
  votes, as those parts did. An assumption that fails forbids it there too, and so does a headline of the same
  answer whose range holds nought: what may be nothing at all has no number. Only very large departures can
  have one by this rule. How often one is told of simulated votes, and how often its range holds the truth,
  stands in ``docs/estimates.md``.
- Nothing else is told as a number: not in the reading, not on the terminal, not in the title of the picture.

An area fails where an answer of tier A for that area is named (contradiction, strong or notable, after
correction for all areas looked at). Where a name stands in several columns of areas, the stations meant are
those that bear it in all of them, the smaller part.

Beside each estimate stands its range on the reference votes that are held to be clean, in as many votes as
that would be here. It is *inside* where the two ranges meet. What that means for grades is in
:mod:`plebiscope.dossier.words`: inside, an estimate of tier C is graded none; outside, notable at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plebiscope.calibrate import parts, reference
from plebiscope.dossier.magnitude_there import There, made_of_whole_areas, part_there
from plebiscope.dossier.weigh import Answer
from plebiscope.dossier.words.sizes import holds_nought
from plebiscope.model.affected import Affected
from plebiscope.model.base import Record
from plebiscope.model.finding import Effect, Finding, Tier
from plebiscope.model.method import Method, Subject
from plebiscope.model.returns import Returns
from plebiscope.model.wording import listed

LEAST_PART = parts.LEAST
"""Part of the option's votes that the failing areas hold, at least, where an estimate is told for them."""

COUNTED = ("votes", "ballots")
"""Units of effects that estimate votes."""

_NAMED = {"contradiction", "strong", "notable"}
_GRADES: Mapping[str | None, str] = {None: "not testable", "display": "shown, not judged"}
"""Grades that are told by another word than their own."""
_NO_ASSUMPTION = "its method does not say"
_BASES: Mapping[str, str | None] = {
    "per cent of the option's votes": None,
    "per cent of ballots cast": "cast",
}
"""Units in which estimates are compared, and the column that they are a part of; null: the option's own."""

Bools = NDArray[np.bool_]


class CleanRange(Record):
    """What the same estimate came to on reference votes that are held to be clean."""

    low: float
    high: float
    unit: str
    low_votes: float | None = None
    high_votes: float | None = None
    """In as many votes as that would be here."""
    votes: int
    """Number of reference votes."""
    on: str


class Estimate(Record):
    """How many votes one answer says were affected."""

    finding: str
    method: str
    title: str
    option: str | None = None
    name: str
    than: str = ""
    """Of a design: what the number is held against, going on after "more votes than"."""
    counts: Literal["votes", "ballots", "votes of the lead"]
    tier: Tier
    value: float
    low: float | None = None
    high: float | None = None
    level: float | None = None
    """Coverage of the interval; null where it is a range over assumptions."""
    share: float | None = None
    share_low: float | None = None
    share_high: float | None = None
    """The same in per cent of the valid votes."""
    assumes: str
    """Goes on after "it assumes that"."""
    doubtful: tuple[str, ...] = ()
    """What its answer takes for granted and holds for doubtful here."""
    clean: CleanRange | None = None
    """Null where reference votes have no such estimate."""
    inside: bool | None = None
    """Whether its range meets that of the reference votes; null where those are too few to tell."""
    there: There | None = None
    """Null where no area fails, where a design identifies the whole, or where it cannot be divided."""
    nowhere: str | None = None
    """Why it cannot be divided among areas."""
    told: Literal["whole", "there"] | None = None
    """What of it may be told as a number."""
    why: str
    """Why, or why not."""


class FailingArea(Record):
    """An area that fails a test of tier A."""

    area: str
    methods: tuple[str, ...]
    stations: int = Field(ge=0)
    """Rows of the table that belong to it; 0 where its name is not found there."""


class NoNumber(Record):
    """A method that was asked and tells no number of votes."""

    method: str
    title: str
    why: str


class HowMany(Record):
    """The estimates of one contest, and what may be told of them."""

    contest: str
    valid: int | None = None
    """Valid votes of the table."""
    failing: tuple[FailingArea, ...] = ()
    valid_there: int | None = None
    """Valid votes in the failing areas together."""
    estimates: tuple[Estimate, ...] = ()
    others: tuple[NoNumber, ...] = ()


def how_many(
    subjects: Sequence[Subject], answers: Sequence[Answer], findings: Sequence[Finding]
) -> tuple[HowMany, ...]:
    """Set the estimates of votes affected side by side, contest by contest.

    Parameters
    ----------
    subjects
        The contests.
    answers
        What every method brought back.
    findings
        The same, weighed.

    Returns
    -------
    tuple of HowMany
        One for each contest, also where nothing was estimated.
    """
    by_id = {finding.id: finding for finding in findings}
    made = []
    for subject in subjects:
        own = [answer for answer in answers if answer.contest == subject.contest.id]
        known = [finding for finding in findings if finding.contest == subject.contest.id]
        failing, inside = failing_areas(subject.returns, known)
        valid = _valid(subject.returns)
        besides = reference.own(
            subject.contest, subject.returns.digest if subject.returns is not None else None
        )
        estimates = [
            _estimate(by_id[measurement.id], affected, answer.method, subject, known, valid, besides, inside)
            for answer in own
            for measurement in answer.evidence.measurements
            for affected in measurement.affected
            if measurement.status == "tested"
        ]
        made.append(
            HowMany(
                contest=subject.contest.id,
                valid=valid,
                failing=failing,
                valid_there=_valid(subject.returns, inside),
                estimates=tuple(estimates),
                others=tuple(_no_numbers(own, {one.method for one in estimates})),
            )
        )
    return tuple(made)


def _no_numbers(answers: Sequence[Answer], telling: set[str]) -> Iterator[NoNumber]:
    for answer in answers:
        method = answer.method
        asked = any(one.status == "tested" for one in answer.evidence.measurements)
        if asked and method.tier in {"B", "C"} and method.id not in telling:
            why = method.no_votes or "no estimate of votes came of it here"
            yield NoNumber(method=method.id, title=method.title, why=why)


def failing_areas(
    returns: Returns | None, findings: Iterable[Finding]
) -> tuple[tuple[FailingArea, ...], Bools | None]:
    """Name the areas that fail a test of tier A, and tell which rows of the table lie in any of them."""
    methods: dict[str, list[str]] = {}
    for finding in findings:
        area = finding.scope.area
        if finding.tier == "A" and finding.grade in _NAMED and area is not None:
            methods.setdefault(area, []).append(finding.method)
    if returns is None:
        return (), None
    bearing = _rows_of(returns, set(methods))
    inside = np.zeros(len(returns), dtype=bool)
    failing = []
    for area, by in sorted(methods.items()):
        rows = bearing[area]
        inside |= rows
        named = tuple(dict.fromkeys(by))
        failing.append(FailingArea(area=area, methods=named, stations=int(np.count_nonzero(rows))))
    return tuple(failing), inside if inside.any() else None


def _rows_of(returns: Returns, wanted: set[str]) -> dict[str, Bools]:
    """Tell which rows each area name means: those that bear it in every column in which it stands."""
    rows = np.arange(len(returns), dtype=np.int64)
    found: dict[str, Bools] = {}
    for column in returns.areas if wanted else ():
        for codes, names in (returns.area_of(column, rows), returns.places(column)):
            for code, name in enumerate(names):
                if name not in wanted:
                    continue
                bearing = np.asarray(codes == code)
                found[name] = found[name] & bearing if name in found else bearing
    return {name: found.get(name, np.zeros(len(returns), dtype=bool)) for name in wanted}


def _valid(returns: Returns | None, inside: Bools | None = None) -> int | None:
    """Count the valid votes of a table, or of some of its rows."""
    if returns is None or not returns.options:
        return None
    names = ["valid"] if "valid" in returns.quantities else list(returns.options)
    if inside is None:
        return sum(returns.sums[name] for name in names)
    return sum(int(returns.table[name].fill_null(0).to_numpy()[inside].sum()) for name in names)


def _estimate(
    finding: Finding,
    affected: Affected,
    method: Method,
    subject: Subject,
    known: Sequence[Finding],
    valid: int | None,
    besides: tuple[str, ...],
    inside: Bools | None,
) -> Estimate:
    effects = [one for one in (finding.effect, *finding.effects) if one is not None]
    size = next(one for one in effects if one.name == affected.name and one.unit in COUNTED)
    value = size.value or 0.0
    clean, meets = _clean(finding, affected.name, subject, besides)
    there = nowhere = None
    if isinstance(affected.where, str):
        nowhere = affected.where
    elif inside is not None and method.tier == "C":
        usual = parts.allowance(
            method.id, affected.name, besides, whole_areas=made_of_whole_areas(subject.results, inside)
        )
        there = part_there(affected.where, inside, usual, _cast(finding, clean, subject.results, inside))
    told: Literal["whole", "there"] | None
    if method.tier == "B":
        told, why = _by_design(finding, affected, size, known)
    else:
        told, why = _by_model(finding, there, nowhere, any_failing=inside is not None)
    counts: Literal["votes", "ballots", "votes of the lead"] = "votes"
    if affected.lead:
        counts = "votes of the lead"
    elif finding.option is None or size.unit == "ballots":
        counts = "ballots"
    shares = [
        100.0 * end / valid if end is not None and valid else None for end in (value, size.low, size.high)
    ]
    return Estimate(
        finding=finding.id,
        method=method.id,
        title=method.title,
        option=finding.option,
        name=affected.name,
        than=affected.than,
        counts=counts,
        tier=method.tier,
        value=value,
        low=size.low,
        high=size.high,
        level=size.level,
        share=shares[0],
        share_low=shares[1],
        share_high=shares[2],
        assumes=method.assumes or _NO_ASSUMPTION,
        doubtful=_doubtful(finding),
        clean=clean,
        inside=meets,
        there=there,
        nowhere=nowhere,
        told=told,
        why=why,
    )


def _clean(
    finding: Finding, name: str, subject: Subject, besides: tuple[str, ...]
) -> tuple[CleanRange | None, bool | None]:
    """Find what the estimate came to on reference votes, and whether it is inside."""
    spans = (span for span in reference.spans(finding, besides) if span.effect.name == name)
    span = next((one.clean for one in spans if one.unit in _BASES), None)
    if span is None:
        return None, None
    sums = subject.returns.sums if subject.returns is not None else {}
    whole = sums.get(_BASES[span.unit] or finding.option or "")
    ends = [None if whole is None else end / 100.0 * whole for end in (span.lowest, span.highest)]
    found = CleanRange(
        low=span.lowest,
        high=span.highest,
        unit=span.unit,
        low_votes=ends[0],
        high_votes=ends[1],
        votes=span.n,
        on=span.on,
    )
    if span.n < reference.FEWEST:
        return found, None
    return found, span.inside


def _cast(
    finding: Finding, clean: CleanRange | None, returns: Returns, inside: Bools
) -> tuple[float, float] | None:
    """Count the votes that the estimate is compared with: in the failing areas, and in all."""
    column = None if clean is None else _BASES[clean.unit] or finding.option
    if column is None or column not in returns.columns:
        return None
    counts = returns.table[column].fill_null(0).to_numpy()
    return float(counts[inside].sum()), float(counts.sum())


def _by_design(
    finding: Finding, affected: Affected, size: Effect, known: Sequence[Finding]
) -> tuple[Literal["whole"] | None, str]:
    """Say whether an estimate that a design identifies may be told, and why."""
    rests_on = [
        one
        for one in known
        if one.method == finding.method
        and one.scope.level == "contest"
        and one.quantity in affected.rests_on
        and one.option in {None, finding.option}
    ]
    graded = rests_on if affected.rests_on else [finding]
    grades = listed([f"{one.quantity}: {_GRADES.get(one.grade, one.grade)}" for one in graded])
    doubtful = _doubtful(finding)
    if failed := _failed(finding):
        return None, failed
    if affected.withheld:
        return None, affected.withheld
    if size.low is None or size.high is None:
        return None, "how exact it is, is not known"
    if not any(one.grade in _NAMED for one in graded):
        return None, f"what it rests on is not graded notable or strong ({grades or 'not asked'})"
    if round(size.low) <= 0 <= round(size.high):
        return None, "its range holds 0, so that it may be nothing at all"
    less = (
        f", if this holds, which is doubtful here: {'; '.join(f'“{name}”' for name in doubtful)}"
        if doubtful
        else ""
    )
    return "whole", f"a design identifies it, and what it rests on is named ({grades}){less}"


def _failed(finding: Finding) -> str:
    """Say which assumption fails here; empty where none does."""
    failed = next((one.name for one in finding.assumptions if one.state == "fails"), None)
    return "" if failed is None else f"an assumption fails here: {failed}"


def _doubtful(finding: Finding) -> tuple[str, ...]:
    return tuple(one.name for one in finding.assumptions if one.state == "doubtful")


def _by_model(
    finding: Finding, there: There | None, nowhere: str | None, *, any_failing: bool
) -> tuple[Literal["there"] | None, str]:
    """Say whether an estimate that depends on a model may be told for the failing areas, and why."""
    if failed := _failed(finding):
        return None, failed
    if finding.tier != "C":
        return None, "it is no estimate"
    if not any_failing:
        why = "no area fails a test of tier A"
    elif finding.effect is not None and holds_nought(finding.effect):
        why = "the range of its answer as a whole holds 0, so that it may be nothing at all"
    elif there is None:
        why = nowhere or "its method does not say where it lies"
    elif there.low is None or there.high is None:
        why = "how exact its part in the areas that fail is, is not known"
    elif there.high <= 0.0:
        why = "it finds no votes too many in the areas that fail"
    elif there.widened_low is None or there.of is None:
        why = "what parts of reference votes give by geography alone is not known"
    elif there.widened_low <= 0.0:
        why = "parts of reference votes give as much by geography alone as its part in the areas that fail"
    elif there.of < LEAST_PART:
        why = "the areas that fail hold too few votes: what so small a part gives by geography is not known"
    else:
        return "there", "it depends on a model, and is told for the areas that fail a test of tier A only"
    return None, f"it depends on a model, and {why}"
