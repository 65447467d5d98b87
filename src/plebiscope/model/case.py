"""The case: what is under scrutiny, and the plan by which it is examined."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from plebiscope.model.base import Record

Kind = Literal["referendum", "presidential", "parliamentary", "local", "other"]
Role = Literal["results", "totals", "report", "copies", "state", "review"]
CopyKind = Literal["protocols", "ballots", "tally", "sample"]
"""``protocols``: copies of what stations wrote down; ``ballots``: voters' photographs, counted, so that only
some ballots are in them; ``tally``: a count of one's own beside the official one; ``sample``: the same at
stations that were drawn by chance."""
Publishable = Literal[
    "returns", "station", "options", "areas", "totals",
    "registered", "received", "issued", "unused", "cast", "valid", "invalid",
]  # fmt: skip
"""What may be published on a vote: results at all, by station, for each option, areas, totals, counts."""


Count = Annotated[int, Field(ge=0, le=10**12)]
"""A number of voters or ballots."""
Share = Annotated[Decimal, Field(ge=0, le=1000, max_digits=20)]
"""Per cent, with the decimals that were announced."""


class Quorum(Record):
    """How many must take part for a vote to count."""

    per_cent: Decimal = Field(gt=0, le=100)
    of: Literal["registered"] = "registered"
    counts: Literal["issued", "cast", "valid"] = "cast"
    """What is held against it: in some laws only valid ballots take part."""
    more_than: bool = True
    """Whether it must be exceeded; false where reaching it is enough."""


class Threshold(Record):
    """What share of something an option needs: another majority, or an approval quorum."""

    per_cent: Decimal = Field(gt=0, le=100)
    of: Literal["registered", "cast", "valid"] = "valid"
    option: str | None = None
    """The option that needs it; null for the leading one."""
    more_than: bool = True
    """Whether it must be exceeded; false where reaching it is enough."""


MARKED = "marks"
"""In place of a column: stations are grouped by whether they are electronic, postal, abroad or special."""


class Comparison(Record):
    """Which group of stations is compared with which, and how stations came into it."""

    group: str
    """The group that is looked at."""
    against: str | None = None
    """The group that it is compared with; null for all other stations."""
    by_lot: bool = False
    """Whether chance decided which stations are in it."""
    as_by_lot: str | None = Field(default=None, min_length=1, max_length=300, pattern=r"\S")
    """Where it did not: why the choice is held to be as good as chance (every tenth station of a list), in a
    few words that the dossier quotes; null where nobody holds that."""
    lost: str | None = None
    """The group of those that were drawn too and left it (observers who were sent away); null where there are
    none, or it is not known."""
    within: tuple[str, ...] = ()
    """Area columns inside which the lot was drawn, or inside which stations are compared."""

    @property
    def designed(self) -> bool:
        """Whether chance, or what the case holds for as good, decided which stations are in the group."""
        return self.by_lot or self.as_by_lot is not None

    @field_validator("within", mode="before")
    @classmethod
    def _one_or_several(cls, said: object) -> object:
        """Take a single column for a list of one."""
        return (said,) if isinstance(said, str) else said


class Contest(Record):
    """One vote: a question put to an electorate, with its options."""

    id: str
    """Short name used as a key everywhere in the dossier."""
    name: str
    kind: Kind = "other"
    date: dt.date | None = None
    """Day of the vote, or its last day."""
    country: str | None = None
    question: str | None = None
    options: tuple[str, ...] = ()
    """Options as printed in the results; empty until the results are read."""
    favoured: str | None = None
    """The option that the organisers wanted; by default the leading one."""
    quorum: Quorum | None = None
    """Null where the case says of none."""
    threshold: tuple[Threshold, ...] = ()
    """What an option needs beside the most votes; empty where the case says of nothing."""
    groups: str | dict[str, tuple[str, ...]] | None = None
    """Groups of stations (observed, with a machine): the column that tells them, the stations of each, or
    :data:`MARKED`."""
    comparison: Comparison | None = None
    """Which groups are compared; by default the smaller of two, as not drawn by lot."""
    reported: str | None = None
    """The column that says when a station was reported, or its number in the order."""
    late_as_by_lot: str | None = Field(default=None, min_length=1, max_length=300, pattern=r"\S")
    """Why it is held to be as good as chance which stations of a place report late, in a few words that the
    dossier quotes; null where nobody holds that."""
    pairs: tuple[str, ...] = ()
    """Ids of contests that were held at the same stations: the first round, or the vote that was repeated."""
    unpublished: tuple[Publishable, ...] = ()
    """What is known never to have been published. Of anything else that is missing it is only known that it
    is not part of this case."""

    @field_validator("pairs", mode="before")
    @classmethod
    def _one_id_or_several(cls, said: object) -> object:
        """Take a single id for a list of one."""
        return (said,) if isinstance(said, str) else said

    @field_validator("threshold", mode="before")
    @classmethod
    def _one_or_several(cls, said: object) -> object:
        """Take a single table for a list of one."""
        return (said,) if isinstance(said, dict) else said


class Rounded(Record):
    """A count that was given in round figures: "1.2m" is 1,200,000 rounded to 100,000."""

    count: Count
    unit: Count = Field(gt=1)
    """What it is rounded to."""

    @property
    def bounds(self) -> tuple[int, int]:
        """The smallest and largest count that are this when rounded, or when further digits are cut off."""
        return max(0, self.count - self.unit // 2), self.count + self.unit - 1


class Totals(Record):
    """Announced totals from one source. Sources may disagree: each is kept.

    Percentages are decimals, not floats: whether ``51.2`` or ``51.20`` was announced is evidence.
    """

    contest: str
    source: str
    """Who announced it and where it was read."""
    definition: str | None = None
    """What the count is a count of, if the source says so (``papers counted``, ``papers verified``)."""
    date: dt.date | None = None
    """Day on which it was announced."""
    bulletin: int | None = Field(default=None, ge=1)
    """Its number, where it is one of several announcements of a count that was still going on."""
    registered: Count | None = None
    cast: Count | None = None
    valid: Count | None = None
    invalid: Count | None = None
    votes: dict[str, Count] = {}
    """Votes for each option for which a count was announced."""
    shares: dict[str, Share] = {}
    """Per cent for each option, with the decimals that were announced."""
    turnout: Share | None = None
    """Per cent, with the decimals that were announced."""
    rounded: dict[Literal["registered", "cast", "valid", "invalid"], Rounded] = {}
    """Counts that were given in round figures only; no method takes them for exact."""
    place: str | None = None
    """The part of the country it speaks of; null for the whole vote."""
    report: str | None = None
    """Path of the report that states it; null where it was handed in as an announcement."""
    note: str | None = None


class Provenance(Record):
    """Where copies come from, and what they are copies of."""

    source: str = Field(min_length=1)
    """Whose copies they are."""
    kind: CopyKind = "protocols"
    strata: tuple[str, ...] = ()
    """Of a sample: area columns of the results inside which it was drawn; empty for the whole country."""

    @field_validator("strata", mode="before")
    @classmethod
    def _one_or_several(cls, said: object) -> object:
        """Take a single column for a list of one."""
        return (said,) if isinstance(said, str) else said

    drawn: tuple[str, ...] = ()
    """Of a sample: every station that was drawn, with areas in front where it takes that; empty where each of
    them has a tally."""

    @model_validator(mode="after")
    def _only_samples_are_drawn(self) -> Self:
        """Refuse strata and stations drawn of what was not drawn."""
        if (self.strata or self.drawn) and self.kind != "sample":
            raise ValueError('strata and stations drawn are those of a sample: kind = "sample"')
        return self


class Source(Record):
    """A file that the case rests on."""

    path: str
    """As given, relative to the case folder; never an absolute path in a dossier."""
    role: Role
    contest: str | None = None
    """The contest it belongs to; null for a report on the whole case."""
    copies: Provenance | None = None
    """Of copies: whose they are, and of what; null for every other source."""
    reported: dt.datetime | None = None
    """Of an earlier state of the count: when it stood so; null for every other source."""


class Plan(Record):
    """Which questions are put, with which parameters. Written before looking, it is a pre-registration."""

    methods: tuple[str, ...] | None = None
    """Method ids; null means every method in the catalogue."""
    params: dict[str, dict[str, Any]] = {}
    """Parameters that differ from a method's defaults, by method id."""
    seed: int = Field(default=20200701, ge=0)
    """Seed of every random draw."""
    published: dt.date | None = None
    """Day on which the reports were published, where they do not say so themselves."""
    mapping: dict[str, Any] = {}
    """How columns are to be understood where the user has said so (see ``plebiscope read``)."""


class Case(Record):
    """One or several contests held together, their sources and the plan."""

    name: str
    contests: tuple[Contest, ...]
    sources: tuple[Source, ...] = ()
    totals: tuple[Totals, ...] = ()
    """Totals written in the case file itself; those in totals files are read later."""
    plan: Plan = Plan()

    @property
    def digest(self) -> str:
        """SHA-256 of the case as written, before any result was read."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
