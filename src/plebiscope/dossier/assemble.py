"""A dossier is put together from what was read and measured: weighed, ordered, and told in the reading."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any, Literal

from plebiscope.calibrate.multiplicity import Family
from plebiscope.catalogue import bibliography
from plebiscope.dossier import stations as places
from plebiscope.dossier.against import against, drawn, in_words
from plebiscope.dossier.dossier import (
    Announced,
    BesideTable,
    CaseRecord,
    Column,
    ContestRecord,
    Dossier,
    FamilyRecord,
    Input,
    Made,
    MethodRecord,
    QuarantineRow,
    Reading,
    Reference,
    Release,
    ReturnsRecord,
    StationToInspect,
    TotalsRecord,
    WeighingRecord,
)
from plebiscope.dossier.likeness import FairWorlds
from plebiscope.dossier.magnitude.estimating import how_many
from plebiscope.dossier.magnitude.picture import figure as how_many_figure
from plebiscope.dossier.magnitude.sentences import sentences as how_many_sentences
from plebiscope.dossier.reading.one_word import conduct_word, figures_word
from plebiscope.dossier.reading.parts import parts
from plebiscope.dossier.reading.released import release_sentence
from plebiscope.dossier.sight.limit import limit
from plebiscope.dossier.sight.noticed import blind
from plebiscope.dossier.sight.picture import figure as sight_figure
from plebiscope.dossier.text import name
from plebiscope.dossier.weigh import Answer, weigh
from plebiscope.model.case import Case, Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Finding, Limit
from plebiscope.model.method import Method, Subject
from plebiscope.model.power import Matrix
from plebiscope.model.report import Conduct
from plebiscope.model.returns import QUANTITIES, Returns
from plebiscope.version import __version__

QUARANTINE_ROWS = 200
"""How many quarantined records are printed; all are counted."""


INSPECTED = 500
"""How many stations are listed at most; every one is in ``stations.parquet``."""


_QUARANTINE_TEXT = 500


def assemble(
    case: Case,
    *,
    subjects: Sequence[Subject],
    answers: Sequence[Answer],
    inputs: Sequence[Input] = (),
    conduct: Conduct | None = None,
    made: Made,
    simulated: bool | None = None,
    mappings: Mapping[str, dict[str, Any]] | None = None,
    stated: Sequence[BesideTable] = (),
    fair: Sequence[FairWorlds] = (),
    power: Matrix | None = None,
) -> Dossier:
    """Put a dossier together from what was read and measured.

    Parameters
    ----------
    case
        The case as written; its digest is printed everywhere.
    subjects
        Each contest with its returns and totals, in the order of the case.
    answers
        What every method brought back from every contest, including those that could not be asked
        (:func:`plebiscope.dossier.weigh.not_testable`) and those that stopped with an error
        (:func:`plebiscope.dossier.weigh.failed`).
    inputs
        The files that were read.
    conduct
        The conduct record; null where no report was given.
    made
        See :func:`making`.
    simulated
        Whether the vote is invented; by default, whether the name of the case says so.
    mappings
        How the case file says columns are to be understood, by contest.
    stated
        The figures of the reports beside the table.
    fair
        How far fair worlds look like each vote.
    power
        What the table of a contest could have shown; null where that is not known.
    """
    contests = [subject.contest for subject in subjects]
    tables = {s.contest.id: s.returns.digest for s in subjects if s.returns is not None}
    sums = {s.contest.id: s.returns.sums for s in subjects if s.returns is not None}
    rows = {s.contest.id: len(s.returns) for s in subjects if s.returns is not None}
    weighed = weigh(answers, contests, tables, sums, _limits(subjects, answers, power), rows)
    methods = {answer.method.id: answer.method for answer in answers}
    releases = tuple(_release(subject, answers) for subject in subjects)
    sized = how_many(subjects, answers, weighed.findings)
    untold = {(one.finding, one.name) for made in sized for one in made.estimates if one.told != "whole"}
    held = against(contests, weighed.findings, methods, untold)
    called = {contest.id: contest for contest in contests}
    told = parts(
        case.name,
        contests,
        weighed.findings,
        conduct,
        {release.contest: release.sentence for release in releases},
        {method.id: method.question for method in methods.values()},
        {method.id: method.title for method in methods.values()},
        weighed.families,
        {one.contest: in_words(one, called[one.contest]) for one in held},
        {power.contest: blind(power, name(called[power.contest].name))} if power is not None else {},
        {one.contest: how_many_sentences(one, called[one.contest].name) for one in sized if one.estimates},
    )
    pictures = [sight_figure(power) if power is not None else None, *map(how_many_figure, sized)]
    return Dossier(
        plebiscope=__version__,
        case=CaseRecord(
            name=case.name,
            digest=case.digest,
            contests=tuple(
                ContestRecord(
                    **{key: getattr(subject.contest, key) for key in ContestRecord.model_fields}
                    | _seen(subject)
                )
                for subject in subjects
            ),
            plan=case.plan,
            simulated="simulated" in case.name.lower() if simulated is None else simulated,
            written=case,
            mappings=dict(mappings or {}),
        ),
        inputs=tuple(inputs),
        release=releases,
        returns=tuple(_returns(subject.returns) for subject in subjects if subject.returns is not None),
        totals=tuple(_totals(totals) for subject in subjects for totals in subject.totals),
        findings=weighed.findings,
        figures=(*_figures(answers), *drawn(held), *(one for one in pictures if one is not None)),
        stations_to_inspect=tuple(_stations(subjects, answers, weighed.findings)),
        conduct=conduct,
        power=power,
        against=held,
        how_many=sized,
        fair=tuple(fair),
        stated=tuple(stated),
        reading=Reading(
            figures=figures_word(weighed.findings),
            conduct=conduct_word(conduct),
            sentences=tuple(sentence for part in told for sentence in part.sentences),
            parts={part.heading: len(part.sentences) for part in told},
        ),
        made=made,
        methods=tuple(_method(method) for method in methods.values()),
        weighing=_weighing(weighed.questions, weighed.families),
    )


def making(seed: int, seconds: float) -> Made:
    """Record how a dossier is being made.

    Parameters
    ----------
    seed
        Seed of every random draw.
    seconds
        Time taken, rounded to hundredths; the only entry that differs between two equal runs.
    """
    names = ("numpy", "polars", "pydantic", "scipy", "vl-convert-python")
    return Made(
        seed=seed,
        seconds=round(seconds, 2),
        python=platform.python_version(),
        libraries={name: metadata.version(name) for name in names},
    )


def _limits(
    subjects: Sequence[Subject], answers: Sequence[Answer], power: Matrix | None
) -> dict[tuple[str, str], Limit | str]:
    """Say for each contest and method what it would have noticed, or why that is not known."""
    found: dict[tuple[str, str], Limit | str] = {}
    for answer in answers:
        at = answer.contest, answer.method.id
        if power is not None and power.contest == answer.contest:
            found[at] = limit(power, answer.method.id)
            continue
        subject = next(one for one in subjects if one.contest.id == answer.contest)
        if subject.returns is None or subject.returns.level != "station":
            found[at] = "votes are simulated on stations, and this one was not published by station"
        elif power is not None:
            found[at] = "votes are simulated for one contest of a case, and this is another"
        else:
            found[at] = (
                "no votes like this one were simulated (`plebiscope power` does), and the shipped curves do "
                "not reach to such a table"
            )
    return found


def _seen(subject: Subject) -> dict[str, Any]:
    """Fill in options and favoured option from the results, where the case does not name them."""
    seen: dict[str, Any] = {"favoured": subject.favoured}
    if not subject.contest.options and subject.returns is not None:
        seen["options"] = subject.returns.options
    return seen


def _release(subject: Subject, answers: Sequence[Answer]) -> Release:
    returns = subject.returns
    # Copies are nobody's to release.
    closed_for = {
        answer.method.title: lacks
        for answer in answers
        if answer.contest == subject.contest.id
        and (lacks := [one for one in answer.lacks if one != "copies"])
    }
    published: list[str] = []
    lacking: list[str] = ["station"]
    # What a report states was not handed in as an announcement.
    announced = [totals for totals in subject.totals if totals.report is None]
    level: Literal["station", "area", "totals", "none"] = "totals" if announced else "none"
    if returns is not None:
        level = returns.level
        published = [*returns.published, *(["options"] if returns.options else [])]
        lacking = [] if level == "station" else ["station"]
        lacking += [name for name in QUANTITIES if name not in returns.quantities]
        lacking += [] if returns.options else ["options"]
        if not returns.areas:
            lacking.append("areas")
        rows = returns.table.height
    else:
        rows = 0
    lacking += [] if announced else ["totals"]
    sentence = release_sentence(
        level, rows, published, lacking, len(announced), closed_for, subject.contest.unpublished
    )
    if returns is not None and returns.areas:
        published.append("areas")
    if announced:
        published.append("totals")
    return Release(
        contest=subject.contest.id,
        level=level,
        published=tuple(published),
        missing=tuple(lacking),
        sentence=sentence,
    )


def _returns(returns: Returns) -> ReturnsRecord:
    accounting = returns.accounting
    reasons: dict[str, int] = {}
    for row in accounting.quarantine:
        reasons[row.reason] = reasons.get(row.reason, 0) + 1
    return ReturnsRecord(
        contest=returns.contest,
        records=accounting.records,
        stations=len(returns),
        used=accounting.used,
        marked=returns.marked,
        aggregates=accounting.aggregates,
        furniture=accounting.furniture,
        quarantined=len(accounting.quarantine),
        quarantine=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        quarantine_rows=tuple(
            QuarantineRow(line=row.line, reason=row.reason, text=row.text[:_QUARANTINE_TEXT])
            for row in accounting.quarantine[:QUARANTINE_ROWS]
        ),
        duplicates=accounting.duplicates,
        others=accounting.others,
        digest=returns.digest,
        sums=returns.sums,
        columns={
            name: Column(headers=origin.headers, why=origin.why, derived=origin.derived)
            for name, origin in returns.columns.items()
        },
        file_columns=accounting.columns,
        extras=returns.extras,
        notes=returns.notes,
    )


def _totals(totals: Totals) -> TotalsRecord:
    return TotalsRecord(
        **{
            key: getattr(totals, key)
            for key in ("contest", "source", "registered", "cast", "valid", "invalid", "votes")
        },
        shares={option: float(share) for option, share in totals.shares.items()},
        turnout=None if totals.turnout is None else float(totals.turnout),
        announced=Announced(
            shares={option: str(share) for option, share in totals.shares.items()},
            turnout=None if totals.turnout is None else str(totals.turnout),
        ),
        definition=totals.definition,
        date=totals.date,
        bulletin=totals.bulletin,
        note=totals.note,
        rounded={str(name): one for name, one in totals.rounded.items()},
        place=totals.place,
        report=totals.report,
    )


def _figures(answers: Sequence[Answer]) -> list[Figure]:
    """Collect the figures; one that names no finding of its method belongs to the first."""
    figures = []
    for answer in answers:
        known = [measurement.id for measurement in answer.evidence.measurements]
        for figure in answer.evidence.figures:
            belongs = figure.finding in known or not known
            figures.append(figure if belongs else figure.model_copy(update={"finding": known[0]}))
    return figures


def _stations(
    subjects: Sequence[Subject], answers: Sequence[Answer], findings: Sequence[Finding]
) -> list[StationToInspect]:
    first = places.contradicted(answers)
    found = places.found(answers, findings, subjects)
    returns = {subject.contest.id: subject.returns for subject in subjects}
    listed = []
    for contest, row, score, reasons in places.inspect(found, first, INSPECTED):
        table = returns[contest]
        if table is None:
            continue
        record = table.table.row(row, named=True)
        listed.append(
            StationToInspect(
                contest=contest,
                station=record["station"],
                areas={area: record[area] for area in table.areas},
                score=score,
                reasons=reasons,
                line=record["line"],
            )
        )
    return listed


def _method(method: Method) -> MethodRecord:
    references = []
    for key in method.references:
        entry = bibliography()[key]
        link = f"https://doi.org/{entry['doi']}" if "doi" in entry else entry.get("url")
        references.append(Reference(text=entry["text"], link=link))
    return MethodRecord(
        id=method.id,
        title=method.title,
        question=method.question,
        tier=method.tier,
        null=method.null,
        tail=method.tail,
        needs=tuple(need if isinstance(need, str) else " or ".join(need) for need in method.needs),
        innocent=method.innocent,
        blind=method.blind,
        references=tuple(references),
    )


def _weighing(questions: int, families: Sequence[Family]) -> WeighingRecord:
    return WeighingRecord(
        questions=questions,
        families=tuple(
            FamilyRecord(name=family.name, rule=family.rule, size=family.size, opened=family.opened)
            for family in families
        ),
    )
