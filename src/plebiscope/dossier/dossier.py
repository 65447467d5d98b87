"""The dossier as data: ``dossier.json``, schema 1. Page and terminal are functions of it alone.

Key names are a contract with readers of the file. What goes beyond the contract has a default, so that a
dossier written before it existed can still be drawn: ``case.plan``, ``case.simulated``, ``methods``,
``weighing``, ``contests.unpublished``, ``contests.quorum``, ``contests.threshold``, ``contests.pairs``,
``returns.used``, ``returns.extras``, ``returns.duplicates``, ``returns.notes``, ``columns.*.derived``,
``totals.definition``, ``totals.date``, ``totals.bulletin``, ``totals.note``, ``totals.announced``,
``stations_to_inspect.line``, ``findings.place``, ``reading.parts``,
``conduct.reports.read`` and ``against``.

Nothing in it depends on the clock except ``made.seconds``.
"""

from __future__ import annotations

import datetime as dt
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from plebiscope.calibrate.multiplicity import Family
from plebiscope.catalogue import bibliography
from plebiscope.dossier import reading
from plebiscope.dossier import stations as places
from plebiscope.dossier.against import Against, against, drawn, in_words
from plebiscope.dossier.text import plain
from plebiscope.dossier.weigh import Answer, weigh
from plebiscope.model.base import Record
from plebiscope.model.case import Case, Kind, Plan, Publishable, Quorum, Role, Threshold, Totals
from plebiscope.model.errors import InputError
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Finding, Null, Tier
from plebiscope.model.method import Method, Subject
from plebiscope.model.report import Conduct
from plebiscope.model.returns import QUANTITIES, Returns
from plebiscope.version import __version__

QUARANTINE_ROWS = 200
"""How many quarantined records are printed; all are counted."""
INSPECTED = 500
"""How many stations are listed at most; every one is in ``stations.parquet``."""
_QUARANTINE_TEXT = 500


class ContestRecord(Record):
    """One vote under scrutiny."""

    id: str
    name: str
    kind: Kind = "other"
    date: dt.date | None = None
    country: str | None = None
    question: str | None = None
    options: tuple[str, ...] = ()
    favoured: str | None = None
    quorum: Quorum | None = None
    threshold: tuple[Threshold, ...] = ()
    pairs: tuple[str, ...] = ()
    """Contests that the case says were held at the same stations."""
    unpublished: tuple[Publishable, ...] = ()
    """What the case file says was never published; anything else missing is merely not part of the case."""


class CaseRecord(Record):
    """What is under scrutiny, and the plan by which it was examined."""

    name: str
    digest: str
    """SHA-256 of the case as written, before any result was read."""
    contests: tuple[ContestRecord, ...]
    plan: Plan = Plan()
    simulated: bool = False
    """True for a vote that did not happen."""
    written: Case | None = None
    """The case as it was written or inferred, from which the dossier can be made again; its SHA-256 is
    ``digest``."""
    mappings: dict[str, dict[str, Any]] = {}
    """How the case file says columns are to be understood, by contest."""


class Input(Record):
    """A file that was read."""

    path: str
    """Relative to the case, or the bare name."""
    role: Role
    contest: str | None = None
    sha256: str
    bytes: int = Field(ge=0)
    format: str
    encoding: str | None = None


class Release(Record):
    """How much of a contest was released."""

    contest: str
    level: Literal["station", "area", "totals", "none"]
    published: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    sentence: str


class Column(Record):
    """Where a canonical column comes from."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    headers: tuple[str, ...] = Field(alias="from")
    why: str
    derived: bool = False
    """True when it was computed from published columns."""


class QuarantineRow(Record):
    """A record that could not be used."""

    line: int
    reason: str
    text: str


class ReturnsRecord(Record):
    """What became of every record of the results of one contest."""

    contest: str
    records: int
    stations: int
    used: int = 0
    """Records that went into stations; in long tables many make one."""
    marked: dict[str, int] = {}
    aggregates: int = 0
    furniture: int = 0
    quarantined: int = 0
    quarantine: dict[str, int] = {}
    """Number of quarantined records by reason."""
    quarantine_rows: tuple[QuarantineRow, ...] = ()
    duplicates: int = 0
    others: int = 0
    """Records of other votes in the same files, left out as the mapping says."""
    digest: str
    """SHA-256 of the canonical table, whatever file it came from."""
    sums: dict[str, int] = {}
    columns: dict[str, Column] = {}
    extras: tuple[str, ...] = ()
    """Further columns kept: where it lies, its group, when it was reported."""
    notes: tuple[str, ...] = ()


class Announced(Record):
    """Percentages as strings, because the decimals that were announced are evidence."""

    shares: dict[str, str] = {}
    turnout: str | None = None


class TotalsRecord(Record):
    """Announced totals from one source."""

    contest: str
    source: str
    registered: int | None = None
    cast: int | None = None
    valid: int | None = None
    invalid: int | None = None
    votes: dict[str, int] = {}
    shares: dict[str, float] = {}
    turnout: float | None = None
    announced: Announced = Announced()
    definition: str | None = None
    date: dt.date | None = None
    bulletin: int | None = None
    note: str | None = None


class StationToInspect(Record):
    """A station (or an area, where results stop there) at which somebody should look, and why."""

    contest: str
    station: str | None
    areas: dict[str, str | None] = {}
    score: float
    """Bits of surprise, summed over methods."""
    reasons: tuple[str, ...]
    line: int | None = None
    """Line of its record in the results file."""


class Reference(Record):
    """A work that a method rests on."""

    text: str
    link: str | None = None


class MethodRecord(Record):
    """A question that was put, and what must be known about how it is answered."""

    id: str
    title: str
    question: str
    tier: Tier
    null: Null
    tail: str
    needs: tuple[str, ...] = ()
    innocent: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()
    """What it cannot see."""
    references: tuple[Reference, ...] = ()


class FamilyRecord(Record):
    """Questions that were corrected together."""

    name: str
    rule: str
    size: int
    opened: bool


class WeighingRecord(Record):
    """How many questions with a p were asked."""

    questions: int = 0
    families: tuple[FamilyRecord, ...] = ()


class Power(Record):
    """What this table could have shown."""

    methods: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    cells: tuple[dict[str, Any], ...] = ()


class Reading(Record):
    """What the case is said to show: figures and conduct in a word each, and plain sentences."""

    figures: reading.Figures
    conduct: str
    sentences: tuple[str, ...]
    parts: dict[str, int] = {}
    """Headings, in order, and how many of the sentences belong under each."""


class Made(Record):
    """How the dossier was made."""

    seed: int
    seconds: float
    python: str
    libraries: dict[str, str] = {}


class Dossier(Record):
    """Everything that is said about a case."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    version: Literal[1] = Field(default=1, alias="schema")
    plebiscope: str
    case: CaseRecord
    inputs: tuple[Input, ...] = ()
    release: tuple[Release, ...] = ()
    returns: tuple[ReturnsRecord, ...] = ()
    totals: tuple[TotalsRecord, ...] = ()
    findings: tuple[Finding, ...] = ()
    figures: tuple[Figure, ...] = ()
    stations_to_inspect: tuple[StationToInspect, ...] = ()
    conduct: Conduct | None = None
    power: Power | None = None
    against: tuple[Against, ...] = ()
    reading: Reading
    made: Made
    methods: tuple[MethodRecord, ...] = ()
    weighing: WeighingRecord = WeighingRecord()


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
    """
    contests = [subject.contest for subject in subjects]
    tables = {s.contest.id: s.returns.digest for s in subjects if s.returns is not None}
    weighed = weigh(answers, contests, tables)
    methods = {answer.method.id: answer.method for answer in answers}
    releases = tuple(_release(subject, answers) for subject in subjects)
    held = against(contests, weighed.findings, methods)
    called = {contest.id: contest for contest in contests}
    parts = reading.parts(
        case.name,
        contests,
        weighed.findings,
        conduct,
        {release.contest: release.sentence for release in releases},
        {method.id: method.question for method in methods.values()},
        {method.id: method.title for method in methods.values()},
        weighed.families,
        {one.contest: in_words(one, called[one.contest]) for one in held},
    )
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
        figures=(*_figures(answers), *drawn(held)),
        stations_to_inspect=tuple(_stations(subjects, answers, weighed.findings)),
        conduct=conduct,
        against=held,
        reading=Reading(
            figures=reading.figures_word(weighed.findings),
            conduct=reading.conduct_word(conduct),
            sentences=tuple(sentence for part in parts for sentence in part.sentences),
            parts={part.heading: len(part.sentences) for part in parts},
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


def to_json(dossier: Dossier) -> str:
    """Write the canonical JSON: keys in the order of the schema, one record a line, null or finite.

    Two runs with the same inputs give the same text, apart from ``made.seconds``.
    """
    parts = []
    for key, value in dossier.model_dump(mode="json", by_alias=True).items():
        if isinstance(value, list) and value:
            body = "[\n" + ",\n".join(_compact(item) for item in value) + "\n]"
        else:
            body = _compact(value)
        parts.append(f"{_compact(key)}: {body}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def from_json(text: str, *, where: str | None = None) -> Dossier:
    """Read a dossier back, also one that an older version wrote.

    Raises
    ------
    InputError
        If it is not a dossier of schema 1.
    """
    try:
        return Dossier.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file as a whole"
        raise InputError(
            f"not a dossier that this version can read: {place}: {first['msg']}",
            where=where,
            expected="dossier.json, schema 1, as written by `plebiscope examine`",
            todo="make the dossier again from its sources, or use the version of plebiscope that wrote it",
        ) from None


def load(path: Path) -> Dossier:
    """Read ``dossier.json`` from a file.

    Raises
    ------
    InputError
        If the file is missing, unreadable or not a dossier.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", where=str(path), expected="a dossier.json", todo="check the path"
        ) from None
    return from_json(text, where=str(path))


def differences(one: Dossier, other: Dossier) -> list[str]:
    """Name everything in which two dossiers differ, apart from the time they took and the versions used.

    Returns
    -------
    list of str
        Each as ``place: this, that``, the place as keys and positions joined by dots.
    """
    first, second = (made.model_dump(mode="json", by_alias=True) for made in (one, other))
    for made in (first, second):
        made["plebiscope"] = None
        made["made"] = {"seed": made["made"]["seed"]}
    return list(_differences(first, second, ""))


def other_versions(one: Dossier, other: Dossier) -> list[str]:
    """Name the versions that differ, as ``made with Python 3.11.7, here 3.12.1``."""
    first, second = (
        {"plebiscope": d.plebiscope, "Python": d.made.python, **d.made.libraries} for d in (one, other)
    )
    return [
        f"made with {name} {first.get(name, 'not named')}, here {second.get(name, 'none')}"
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of ``dossier.json`` as the code has it; a copy of it is shipped."""
    made = Dossier.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plebiscope dossier, schema 1",
        **{key: value for key, value in made.items() if key != "title"},
    }


def published_schema() -> dict[str, Any]:
    """Return the JSON Schema that is shipped with the package."""
    text = resources.files("plebiscope.dossier").joinpath("schema-1.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _differences(one: Any, other: Any, place: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from _differences(one.get(key), other.get(key), f"{place}.{key}" if place else key)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{place}: {len(one)} entries, {len(other)} entries"
        for position, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from _differences(left, right, f"{place}.{position}")
    elif one != other:
        yield f"{place}: {plain(_compact(one), 80)}, {plain(_compact(other), 80)}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _seen(subject: Subject) -> dict[str, Any]:
    """Fill in options and favoured option from the results, where the case does not name them."""
    seen: dict[str, Any] = {"favoured": subject.favoured}
    if not subject.contest.options and subject.returns is not None:
        seen["options"] = subject.returns.options
    return seen


def _release(subject: Subject, answers: Sequence[Answer]) -> Release:
    returns = subject.returns
    # Copies are nobody's to release.
    closed = [
        answer for answer in answers if answer.contest == subject.contest.id and {*answer.lacks} - {"copies"}
    ]
    titles = [answer.method.title for answer in closed]
    published: list[str] = []
    lacking: list[str] = ["station"]
    level: Literal["station", "area", "totals", "none"] = "totals" if subject.totals else "none"
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
    lacking += [] if subject.totals else ["totals"]
    sentence = reading.release_sentence(
        level, rows, published, lacking, len(subject.totals), titles, subject.contest.unpublished
    )
    if returns is not None and returns.areas:
        published.append("areas")
    if subject.totals:
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
