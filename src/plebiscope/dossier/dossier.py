"""The dossier as data: ``dossier.json``, schema 1. Page and terminal are functions of it alone.

Key names are a contract with readers of the file. What goes beyond the contract has a default, so that a
dossier written before it existed can still be drawn: ``case.plan``, ``case.simulated``, ``methods``,
``weighing``, ``contests.unpublished``, ``contests.quorum``, ``contests.threshold``, ``contests.pairs``,
``returns.used``, ``returns.extras``, ``returns.duplicates``, ``returns.notes``, ``columns.*.derived``,
``returns.file_columns``, ``totals.definition``, ``totals.date``, ``totals.bulletin``, ``totals.note``,
``totals.announced``, ``stations_to_inspect.line``, ``findings.place``, ``reading.parts``,
``conduct.reports.read``, ``.why_unread``, ``.format``, ``.author``, ``.text_sha256`` and ``.notes``,
``conduct.reports.sentences.boilerplate``, ``against``, ``how_many`` and ``masked``.

Nothing in it depends on the clock except ``made.seconds``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field

from plebiscope.dossier.against import Against
from plebiscope.dossier.likeness import FairWorlds
from plebiscope.dossier.magnitude.records import HowMany
from plebiscope.dossier.reading.one_word import Figures
from plebiscope.model.base import Record
from plebiscope.model.case import Case, Kind, Plan, Publishable, Quorum, Role, Rounded, Threshold
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Finding, Null, Tier
from plebiscope.model.power import Matrix
from plebiscope.model.report import Conduct
from plebiscope.model.returns import FileColumn


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
    file_columns: tuple[FileColumn, ...] = ()
    """Every column of the files, and what became of it."""
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
    rounded: dict[str, Rounded] = {}
    """Counts that were given in round figures only."""
    place: str | None = None
    """The part of the country it speaks of; null for the whole vote."""
    report: str | None = None
    """Path of the report that states it; null where it was handed in as an announcement."""


class BesideTable(Record):
    """What a report states, set beside what the table gives."""

    figure: int
    """Index in ``conduct.figures``."""
    contest: str | None = None
    """Null where it cannot be told which contest of the case is meant."""
    place: str | None = None
    """The area of the table, as it is called there; null for the whole of it, or where there is none."""
    rows: int = 0
    """Rows of the table that belong to it."""
    table: float | None = None
    """What they give: per cent, voters or ballots."""
    of: str | None = None
    """What the table's percentage is of: of what was tried, that which comes closest."""
    agrees: bool | None = None
    """Whether they are the same within the rounding of the report; null where nothing can be compared."""
    sentence: str


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


class Reading(Record):
    """What the case is said to show: figures and conduct in a word each, and plain sentences."""

    figures: Figures
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


class Masked(Record):
    """What was masked in a copy that is to be shared."""

    stations: int = 0
    speakers: int = 0
    persons: int = 0
    names: int = 0
    """How many of each have a pseudonym: persons are whoever else the reports seem to name, names are those
    that somebody listed."""
    unnamed: int = 0
    """Speakers left as they are: without a name, or a country or place that speaks."""
    left_out: tuple[str, ...] = ()
    """What could lead back to the names, and is not in the copy."""
    sentences: tuple[str, ...]
    """What must be said of the copy, each safe to quote alone."""


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
    power: Matrix | None = None
    """What this table could have shown: simulated for it, or read off curves for tables of its size."""
    against: tuple[Against, ...] = ()
    how_many: tuple[HowMany, ...] = ()
    """The estimates of votes affected of all methods side by side, and which may be told as a number."""
    fair: tuple[FairWorlds, ...] = ()
    """How far fair worlds look like each vote that was published by station."""
    stated: tuple[BesideTable, ...] = ()
    """The figures that reports state, each set beside the table where that can be done."""
    reading: Reading
    made: Made
    masked: Masked | None = None
    """Null unless this is a copy in which names were masked; it cannot be made again from its sources."""
    methods: tuple[MethodRecord, ...] = ()
    weighing: WeighingRecord = WeighingRecord()
