"""The comparison as data: what is written as ``comparison.json``, and what every page of it is made from."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from plebiscope.model.base import Record
from plebiscope.model.finding import Effect, Grade, Limit, Status

Cell = tuple[int, int, int]
"""Column, row, and number of stations."""


class Side(Record):
    """One vote of the comparison, as its dossier tells it."""

    name: str
    """Of the contest; with that of its case, or a number, where two are called the same."""
    case: str
    contest: str
    digest: str
    """SHA-256 of the case."""
    table: str | None = None
    """SHA-256 of the canonical table of results; null where there is none."""
    plebiscope: str
    date: dt.date | None = None
    country: str | None = None
    simulated: bool = False
    masked: bool = False
    """Whether it is a copy in which names were masked."""
    level: Literal["station", "area", "totals", "none"]
    rows: int = 0
    """Stations, or areas where results stop there."""
    set_aside: int = 0
    """Records of the results that could not be used."""
    missing: tuple[str, ...] = ()
    """What was not part of the case."""
    options: tuple[str, ...] = ()
    option: str | None = None
    """The option whose share is shown."""
    registered: int | None = None
    turnout: float | None = None
    """Per cent."""
    turnout_of: str | None = None
    """Ballots that turnout counts: ``cast`` or ``issued``; null where it was only announced."""
    shares: dict[str, float] = {}
    """Per cent by option, the largest first."""
    share_of: str | None = None
    """Ballots that shares are of: ``valid`` or ``cast``; null where they were only announced."""
    figures: str
    conduct: str
    """What the reading of the dossier says of figures and conduct."""
    cells: tuple[Cell, ...] = ()
    """The fingerprint: turnout and share in steps of ``cell``."""
    turnouts: tuple[int, ...] = ()
    """The comb of turnout: stations in steps of one ``tooth``-th of a point from 0 to 100."""
    teeth: tuple[int, ...] = ()
    """The same of the share."""


class Range(Record):
    """What the same answer gave on reference votes."""

    figure: str
    unit: str
    value: float
    low: float
    high: float
    votes: int


class Answer(Record):
    """What one dossier answers to a question."""

    finding: str
    """Its id in that dossier."""
    status: Status
    grade: Grade | None = None
    reason: str | None = None
    n: int | None = None
    effect: Effect | None = None
    range: Range | None = None
    limit: Limit | None = None
    sentence: str
    areas: int = 0
    """Findings of the same question on areas or stations."""
    named: int = 0
    """Those of them that are graded."""


class Question(Record):
    """One question put to every vote, with the answer of each; null where it was not put."""

    method: str
    title: str
    quantity: str
    option: str | None = None
    """Null where it speaks of no option, or of the one that is shown of each vote."""
    answers: tuple[Answer | None, ...]


class Caution(Record):
    """Something that stands between the votes, so that a difference may mean nothing."""

    kind: str
    sentence: str


class Station(Record):
    """A station before and after."""

    before: str | None
    after: str | None
    areas: dict[str, str | None] = {}
    """Where it lies, by the names of the later vote."""
    registered: tuple[int | None, int | None]
    turnout: tuple[float | None, float | None]
    share: tuple[float | None, float | None]
    """Per cent, before and after."""


class Area(Record):
    """The joined stations of one area, before and after."""

    name: str
    joined: int
    left_before: int
    left_after: int
    turnout: tuple[float | None, float | None]
    share: tuple[float | None, float | None]


class Left(Record):
    """A station that is joined with none, and why."""

    side: Literal["before", "after"]
    station: str | None
    areas: dict[str, str | None] = {}
    why: Literal["no partner", "not unique"]


class Changes(Record):
    """Change of turnout and of the share, counted in square cells around nought."""

    reach: float
    """Points on either side of nought that are shown."""
    step: float
    """Width of a cell, in points."""
    cells: tuple[Cell, ...]
    """Change of turnout, change of share, stations; counted from minus ``reach``."""
    beyond: int
    """Stations that changed by more than is shown."""
    unknown: int
    """Stations of which the change is not known."""


class Joined(Record):
    """The same stations before and after."""

    before: int
    after: int
    """Which two votes, as numbers of ``votes``."""
    by: tuple[tuple[str, str], ...] = ()
    """Columns that were joined, as each table calls them."""
    stations: tuple[int, int]
    joined: int = 0
    checked: int = 0
    """Joined pairs of which both lists of voters are known."""
    alike: int = 0
    """Those of them whose lists differ by no more than ``ratio``."""
    ratio: float
    by_chance: float | None = None
    """Share of pairs that would be alike if stations were paired by lot."""
    trusted: bool = True
    """False where by this check the same name mostly does not name the same place."""
    used: int = 0
    """Pairs taken for the same place; everything below speaks of these."""
    left: tuple[int, int] = (0, 0)
    turnout: tuple[float | None, float | None] = (None, None)
    share: tuple[float | None, float | None] = (None, None)
    changes: Changes | None = None
    most: tuple[Station, ...] = ()
    """Those whose change lies farthest from that of all of them together."""
    small: int = 0
    """Stations with too few voters to be among them."""
    by_area: tuple[Area, ...] = ()
    more_areas: int = 0
    """Areas that are not listed; their stations are in the file beside the page."""
    area: str | None = None
    """The column that areas are listed by, as the later table calls it."""
    areas: tuple[str, ...] = ()
    """All that they could be listed by."""
    left_over: tuple[Left, ...] = ()
    """The first of those left over; all of them are in the file beside the page."""
    sentences: tuple[str, ...]


class Comparison(Record):
    """Two or more votes side by side."""

    comparison: Literal[1] = 1
    plebiscope: str
    cell: int = Field(gt=0)
    """Width of a cell of the fingerprints, in points."""
    tooth: int = Field(gt=0)
    """Steps of a comb in one point."""
    votes: tuple[Side, ...]
    cautions: tuple[Caution, ...]
    questions: tuple[Question, ...]
    joined: tuple[Joined, ...]
    """Each vote with the one that follows it."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What may be said of the comparison as a whole, in the order of the page."""
        return (
            *(one.sentence for one in self.cautions),
            *(sentence for one in self.joined for sentence in one.sentences),
        )
