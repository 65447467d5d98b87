"""The estimates of votes affected of a contest, as the dossier holds them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plebiscope.model.base import Record
from plebiscope.model.finding import Tier

COUNTED = ("votes", "ballots")
"""Units of effects that estimate votes."""
NAMED = {"contradiction", "strong", "notable"}
"""Grades of what is named."""


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


class There(Record):
    """The part of an estimate that lies in the areas that fail a test of tier A."""

    value: float
    low: float | None = None
    high: float | None = None
    """Its range: what the method leaves open, and how far the part rests on a few places; null where that is
    not known."""
    clean_low: float | None = None
    clean_high: float | None = None
    """What the same estimate gave in parts of reference votes not drawn by lot, in per cent of the option's
    votes there; null where that is not known."""
    clean_on: str = ""
    """On which votes."""
    widened_low: float | None = None
    widened_high: float | None = None
    """Its range, and in addition what those parts gave: what may be told, if anything."""
    part: float | None = None
    """Part of the whole estimate; null where that is not above nought."""
    of: float | None = None
    """Part of the option's votes (or of the ballots) that was cast there."""


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
