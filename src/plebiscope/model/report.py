"""A report on how the vote was held, and the statements found in it."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, model_validator

from plebiscope.model.base import Record

Mode = Literal["narration", "direct", "indirect", "mixed"]
Standing = Literal["asserted", "denied", "alleged", "prospective", "norm"]
Strength = Literal["firm", "suggested"]
Outcome = Literal["accepted", "corrected", "rejected", "added"]
"""What became of a statement on review; ``added`` is one that a person found and the coder did not."""

Basis = Literal["result", "preliminary", "partial", "own count", "poll", "forecast", "another vote"]
"""What a stated figure rests on. Only a result, or a preliminary one, is an announced total of this vote:
``partial`` is a count or turnout before the end, ``own count`` that of observers, in a sample or in some
places, ``forecast`` what was expected, wanted or required."""


NOT_ENGLISH = "it is not in English, and only English is read"
"""Why a report was not read, where nothing else is said."""


class Sentence(Record):
    """A distinct sentence of a report; printed again, it is counted, not repeated."""

    text: str
    """Verbatim: ``original[start:end]``."""
    start: int = Field(ge=0)
    """Offset in code points of the untouched original."""
    end: int = Field(ge=0)
    copies: int = Field(default=1, ge=1)
    boilerplate: bool = False
    """By-lines, credits, appeals to subscribe, lists of other articles: of the page, not of the report. No
    rule was tried on it."""


class Report(Record):
    """A text on how the vote was held, with its original untouched."""

    path: str
    format: Literal["text", "page", "pdf", "docx"] | None = "text"
    """What the file is, null where it could not be read; of everything but a text, offsets point into the
    text taken out of it."""
    published: dt.date | None = None
    """Day on which it came out."""
    author: str | None = None
    """Who wrote it, as its by-line or its metadata say."""
    text_sha256: str | None = None
    """SHA-256 of the text that offsets point into, as UTF-8; where the file is no text, that text lies beside
    the dossier."""
    notes: tuple[str, ...] = ()
    """What was left out in reading the file, and what else a reader must know of it."""
    text: str = Field(default="", repr=False, exclude=True)
    """The original, code point by code point, or what was taken out of it; every offset points into it. Not
    written to JSON."""
    body: int = Field(default=0, ge=0, exclude=True)
    """Offset at which the body begins, behind a metadata block at the head of the text."""
    sentences: tuple[Sentence, ...] = ()
    copies_folded: int = 0
    """Sentences that were printed again and are not counted twice."""
    read: bool = True
    """False where the text is not English or the file could not be read: no rule was tried on it, and nothing
    follows from its silence."""
    why_unread: str | None = None
    """Why it was not read; null where it was, and in older dossiers, which meant :data:`NOT_ENGLISH`."""
    agency: str | None = None
    """The news agency that its dateline or a credit line names: its own voice is then that agency's."""
    copy_of: str | None = None
    """Path of an earlier report with which it shares half of its text or more: both are one report."""

    @model_validator(mode="before")
    @classmethod
    def _with_digest(cls, given: Any) -> Any:
        """Make the digest of the text, where there is one."""
        if not isinstance(given, dict) or not given.get("text"):
            return given
        return given | {
            "text_sha256": hashlib.sha256(given["text"].encode("utf-8", "surrogatepass")).hexdigest()
        }


class Held(Record):
    """What a case says of the vote that its reports are about."""

    country: str | None = None
    day: dt.date | None = None
    """Day of the vote, or its last day."""


class Place(Record):
    """A place that a report names."""

    written: str
    """As the report has it."""
    name: str
    """As the gazetteer spells it, the kind of place behind it ("Kharkiv region"); else as written."""
    country: str | None = None
    """Two letters of ISO 3166-1; null where it is not known or several countries have such a place."""
    start: int | None = Field(default=None, ge=0)
    """Offset in code points of the untouched original; null where a reviewer named the place."""
    end: int | None = Field(default=None, ge=0)

    def __str__(self) -> str:
        """Name it with its country, and as the report writes it where that is another name."""
        country = f" ({self.country})" if self.country else ""
        return f"{self.name}{country}" + ("" if self.written == self.name else f", written {self.written}")


class Coded(Record):
    """What the coder says of words that a reviewer has judged otherwise."""

    code: str
    speaker: str | None = None
    inferred: bool = False
    status: Standing = "asserted"
    when: str | None = None
    where: tuple[Place, ...] = ()
    strength: Strength = "firm"


class Judgement(Record):
    """Who decided on a statement, and why."""

    line: int
    """Line of the review file."""
    reviewer: str | None = None
    date: str | None = None
    """As written there."""
    note: str | None = None
    coder: Coded | None = None
    """What the coder says, where the reviewer says otherwise."""


class Statement(Record):
    """A reported fact that touches an obligation, in its own words."""

    code: str
    name: str
    obligation: str
    severity: int = Field(ge=0, le=4)
    verbatim: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    sentence: int
    """Index of the sentence in its report."""
    report: str
    """Path of the report."""
    copies: int = Field(default=1, ge=1)
    speaker: str | None = None
    """Who says so; null for the report's own voice."""
    inferred: bool = False
    """The speaker stands in another sentence; a suggestion until a person confirms it."""
    mode: Mode = "narration"
    status: Standing = "asserted"
    when: str | None = None
    """Day of the fact, or two days with a slash for an interval; null where the report does not say."""
    when_rule: str | None = None
    """The words that say when, and how they were resolved; null where a reviewer said when."""
    where: tuple[Place, ...] = ()
    """Where it happened, as far as its clause says; where it was said counts only if saying is the fact."""
    rule: str
    """Name of the rule that fired: anyone can look it up in the codebook. ``C25.words: ...`` where words
    alone suggest it, with those that weigh most; ``proposed:NAME`` where a plug-in proposed the words,
    ``review`` where a reviewer added them."""
    strength: Strength = "firm"
    review: Outcome | None = None
    """What a person decided on reading it; null until then. What was rejected is kept and not counted."""
    judgement: Judgement | None = None
    """Who decided so, and why; null until then."""

    @property
    def suggestion(self) -> bool:
        """Whether a person should confirm it: the wording only suggests it, or the speaker is inferred."""
        return self.strength == "suggested" or self.inferred


class StatedFigure(Record):
    """A turnout, a share of the vote or a count that a report states, as a total that somebody announced."""

    kind: Literal["turnout", "share", "count"]
    of: Literal["registered", "cast", "valid", "invalid", "votes"] | None = None
    """What a count counts: voters on the list, ballots cast, valid, invalid, or votes for an option."""
    value: Decimal
    """Per cent, or how many; with the decimals that were written."""
    unit: Decimal
    """What it is rounded to: 0.1 for "87.5 per cent", 100000 for "1.2m"."""
    bound: Literal["as written", "about", "more than", "less than"] = "as written"
    basis: Basis = "result"
    option: str | None = None
    """Whose share or votes, as written; null where the sentence does not say."""
    place: str | None = None
    """Where, as written; null where the sentence names no place."""
    contest: str | None = None
    """Which vote, as far as the sentence says: "second round", "parliamentary election"."""
    speaker: str | None = None
    """Who says so; null for the report's own voice."""
    mode: Mode = "narration"
    status: Standing = "asserted"
    agency: str | None = None
    """News agency that the sentence names as its source."""
    verbatim: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    sentence: int
    report: str


class Support(Record):
    """How independently a fact is reported."""

    code: str
    speakers: int
    reports: int
    independent: int
    """Most voices of which no two share a speaker, a report or an agency; a sentence that several reports
    share is in the first of them."""
    agencies: tuple[str, ...] = ()
    """News agencies that are named as having reported it; one agency is one source in however many papers."""
    with_suggestions: int | None = None
    """What ``independent`` would be if all suggestions held; the other counts leave them out. Null in a
    dossier of a version that counted them in."""


class Moment(Record):
    """An event on the timeline of the vote, and the sentence that tells of it first."""

    when: str
    """Day, or two days with a slash for an interval."""
    what: str
    """The event, and the words that tell of it."""
    statement: int | None = None
    """Index of a statement in the same words; null where no rule of the codebook speaks of it."""
    event: Literal["vote", "result", "ceremony", "enactment"] | None = None
    """The vote itself; the announcement of its result; a signing, an inauguration; what was put in force.
    Null in dossiers of older versions, whose timeline held every dated statement."""
    held: bool = True
    """False where it was only announced when the report was written."""
    announced: str | None = None
    """Of what was announced: on which day, as far as the report says, else the day of publication."""
    days: int | None = None
    """Days from the last day of the vote to its first day; null where the day of the vote is not known."""
    sentences: int = 1
    """How many sentences of all reports tell of it."""
    report: str = ""
    sentence: int = 0
    start: int = Field(default=0, ge=0)
    end: int = Field(default=0, ge=0)


class Contradiction(Record):
    """What one side says and another side does not bear out; which is right is not said."""

    kind: Literal["denied", "praised", "figures"]
    """The same thing told by one and denied by another; praised by one and faulted by another; or given in
    different figures."""
    about: str
    """What it is about, in a few words."""
    one: tuple[int, ...]
    """Those who say it; indices of statements, or of figures."""
    other: tuple[int, ...]
    """Those who deny it, praise it, or give another figure."""
    told: str
    """Whether place and day are the same, or cannot be compared."""


class Unmatched(Record):
    """A decision of a reviewer that fits no statement of this run."""

    line: int
    decision: str
    why: str
    report: str | None = None
    words: str | None = None
    code: str | None = None
    reviewer: str | None = None
    date: str | None = None
    note: str | None = None


class Review(Record):
    """The file in which people decided on statements."""

    path: str
    sha256: str
    decisions: int
    """Lines of it that hold a decision."""
    unmatched: tuple[Unmatched, ...] = ()


class Proposer(Record):
    """A plug-in that was asked for words to look at, and what became of its proposals."""

    name: str
    package: str | None = None
    version: str | None = None
    offered: int = 0
    kept: int = 0
    left_out: dict[str, int] = {}
    """Number of proposals that were not kept, by reason."""
    failures: tuple[str, ...] = ()
    """Where it failed, a sentence each."""


class Conduct(Record):
    """The conduct record: what was reported on how the vote was held."""

    reports: tuple[Report, ...]
    statements: tuple[Statement, ...]
    support: tuple[Support, ...] = ()
    timeline: tuple[Moment, ...] = ()
    figures: tuple[StatedFigure, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    review: Review | None = None
    """Null where no review file was given."""
    proposers: tuple[Proposer, ...] = ()
    """Plug-ins that were asked; empty unless somebody asked for one."""
