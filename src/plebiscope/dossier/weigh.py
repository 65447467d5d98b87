"""From answers to findings: corrected for the number of questions, graded, put into words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace

from plebiscope.calibrate.fair import covered, rejected
from plebiscope.calibrate.multiplicity import Family, correct, log10_of
from plebiscope.calibrate.reference import own
from plebiscope.catalogue import cite
from plebiscope.dossier.limits import beyond, told_in_full
from plebiscope.dossier.words.grading import judge
from plebiscope.dossier.words.sentences import sentence
from plebiscope.dossier.words.unanswered import failure, missing
from plebiscope.dossier.words.weighing import Weighing
from plebiscope.model.case import Contest
from plebiscope.model.finding import FairCoverage, FairRate, Finding, Limit, Measurement
from plebiscope.model.method import Evidence, Method
from plebiscope.model.returns import QUANTITIES, Returns


@dataclass(frozen=True, slots=True)
class Answer:
    """What one method brought back from one contest."""

    method: Method
    contest: str
    """Id of the contest."""
    evidence: Evidence
    lacks: tuple[str, ...] = ()
    """What the method needs and the case does not hold."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The findings, in the order of the answers, and the families in which they were corrected."""

    findings: tuple[Finding, ...]
    families: tuple[Family, ...]
    questions: int
    """How many questions with a p were asked."""


def not_testable(
    method: Method,
    contest: str,
    lacks: Sequence[str],
    unpublished: Sequence[str] = (),
    returns: Returns | None = None,
) -> Answer:
    """Return the answer of a method that cannot be asked.

    Parameters
    ----------
    method, contest
        The method, and the id of the contest.
    lacks
        What :func:`plebiscope.model.method.lacking` returned.
    unpublished
        What is known never to have been published.
    returns
        The table, which may have columns of what is lacking that were not read.
    """
    figures = {"options", *QUANTITIES}.intersection(part for lack in lacks for part in lack.split(" or "))
    unread = returns.unread(*figures) if returns is not None else ()
    answer = _unanswered(method, contest, "not testable", missing(lacks, unpublished, unread))
    return replace(answer, lacks=tuple(lacks))


def failed(method: Method, contest: str, error: BaseException) -> Answer:
    """Return the answer of a method that stopped with an error; the dossier comes out all the same."""
    return _unanswered(method, contest, "failed", failure(error))


def weigh(
    answers: Sequence[Answer],
    contests: Sequence[Contest],
    tables: Mapping[str, str] | None = None,
    sums: Mapping[str, Mapping[str, int]] | None = None,
    limits: Mapping[tuple[str, str], Limit | str] | None = None,
    rows: Mapping[str, int] | None = None,
) -> Weighed:
    """Weigh every measurement of every answer.

    Parameters
    ----------
    answers
        Answers of all methods on all contests; correction and grading need all of them at once.
    contests
        The contests that they are about.
    tables
        Digest of the table of returns, by contest id: it tells a vote that is its own reference vote.
    sums
        Sums of the columns of the table, by contest id.
    limits
        What each method would have noticed in simulated votes, or why that is not known, by contest and
        method: for answers that have no limit of their own.
    rows
        Number of rows of the table, by contest id.
    """
    besides = {contest.id: own(contest, (tables or {}).get(contest.id)) for contest in contests}
    by_id = {contest.id: contest for contest in contests}
    measurements = [measurement for answer in answers for measurement in answer.evidence.measurements]
    uncounted = {answer.method.id for answer in answers if answer.method.tier == "D"}
    models = {answer.method.id for answer in answers if answer.method.tier == "C"}
    correction = correct(measurements, uncounted=uncounted, models=models)
    tests = next((family.size for family in correction.families if family.name == "contests"), 0)
    above = {
        (m.contest, m.method, m.quantity, m.option): correction.log10_q.get(m.id)
        for m in measurements
        if m.scope.level == "contest"
    }
    answered = {(m.contest, m.method) for m in measurements if m.status == "tested"}
    findings = []
    for answer in answers:
        citation = cite(answer.method.references)
        for measured in answer.evidence.measurements:
            measurement = _with_limit(measured, correction.level.get(measured.id))
            log10_q = correction.log10_q.get(measurement.id)
            whole = measurement.scope.level == "contest"
            question = measurement.contest, measurement.method, measurement.quantity, measurement.option
            behind = None if whole else above.get(question)
            weighing = Weighing(
                measurement,
                answer.method,
                by_id[answer.contest],
                log10_q,
                tests,
                behind,
                besides[answer.contest],
                (sums or {}).get(answer.contest, {}),
                (limits or {}).get((answer.contest, answer.method.id), ""),
                (answer.contest, answer.method.id) in answered,
                (rows or {}).get(answer.contest),
            )
            if measurement.limit is not None:
                whole_limit = told_in_full(measurement.limit, measurement, weighing.sums, weighing.rows)
                too_many = beyond(whole_limit, weighing.rows)
                in_full = {"limit": None, "no_limit": too_many} if too_many else {"limit": whole_limit}
                measurement = measurement.model_copy(update=in_full)
                weighing = replace(weighing, measurement=measurement)
            judgement = judge(weighing)
            fields = {key: getattr(measurement, key) for key in Measurement.model_fields} | {"noticing": None}
            fields["limit"] = judgement.limit or measurement.limit
            if measurement.log10_p is not None and measurement.bits is None:
                fields["bits"] = -measurement.log10_p / math.log10(2.0)
            findings.append(
                Finding(
                    **fields,
                    tier=answer.method.tier,
                    q=correction.q(measurement.id),
                    false_alarm=judgement.false_alarm,
                    on_fair_votes=_on_fair_votes(measurement, answer.method),
                    intervals_on_fair_votes=_covered(measurement, answer.method),
                    place=judgement.place,
                    beside=judgement.beside,
                    grade=judgement.grade,
                    sentence=sentence(weighing, judgement),
                    reference=citation,
                )
            )
    return Weighed(tuple(findings), correction.families, correction.questions)


def _with_limit(measured: Measurement, level: float | None) -> Measurement:
    """Fill in what would have been noticed at the level that correction leaves, or by itself."""
    try:
        return measured.with_limit(level)
    except Exception as error:
        # A fault in what a method would have noticed must not cost the dossier, nor its answer.
        return measured.model_copy(update={"no_limit": f"it could not be worked out ({failure(error)})"})


def _on_fair_votes(measurement: Measurement, method: Method) -> FairRate | None:
    """Look up how often the question rejected simulated fair votes, with the same parameters."""
    level = measurement.scope.level
    if level == "station" or log10_of(measurement) is None or not _as_usual(measurement, method):
        return None
    return rejected(method.id, measurement.quantity, level, by_lot=_by_lot(measurement))


def _covered(measurement: Measurement, method: Method) -> tuple[FairCoverage, ...]:
    """Look up how often the intervals of an answer on the whole vote held the truth in simulated ones."""
    if measurement.scope.level != "contest" or not _as_usual(measurement, method):
        return ()
    by_lot = _by_lot(measurement)
    sizes = [one for one in (measurement.effect, *measurement.effects) if one is not None]
    found = (covered(method.id, measurement.quantity, one, by_lot=by_lot) for one in sizes)
    return tuple(one for one in found if one is not None)


def _as_usual(measurement: Measurement, method: Method) -> bool:
    usual = method.params()
    known = [field.name for field in fields(usual)] if is_dataclass(usual) else []
    return all(measurement.params.get(name, getattr(usual, name)) == getattr(usual, name) for name in known)


def _by_lot(measurement: Measurement) -> bool:
    return bool(measurement.params.get("by_lot", True))


def _unanswered(method: Method, contest: str, status: str, reason: str) -> Answer:
    measurement = Measurement(
        id=f"{contest}/{method.id}",
        method=method.id,
        contest=contest,
        quantity=method.id,
        status=status,
        reason=reason,
        innocent=(),
    )
    return Answer(method, contest, Evidence((measurement,)))
