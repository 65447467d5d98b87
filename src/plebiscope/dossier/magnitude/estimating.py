"""The estimates of all methods, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from plebiscope.calibrate import parts, reference
from plebiscope.dossier.magnitude.failing import Bools, failing_areas
from plebiscope.dossier.magnitude.records import COUNTED, CleanRange, Estimate, HowMany, NoNumber
from plebiscope.dossier.magnitude.telling import by_design, by_model, doubts
from plebiscope.dossier.magnitude.there import made_of_whole_areas, part_there
from plebiscope.dossier.weigh import Answer
from plebiscope.model.affected import Affected
from plebiscope.model.finding import Finding
from plebiscope.model.method import Method, Subject
from plebiscope.model.returns import Returns

_NO_ASSUMPTION = "its method does not say"
_BASES: Mapping[str, str | None] = {
    "per cent of the option's votes": None,
    "per cent of ballots cast": "cast",
}
"""Units in which estimates are compared, and the column that they are a part of; null: the option's own."""


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
        told, why = by_design(finding, affected, size, known)
    else:
        told, why = by_model(finding, there, nowhere, any_failing=inside is not None)
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
        doubtful=doubts(finding),
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
