"""What a method says about a vote, and what may be said of it after it was weighed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from pydantic import Field, InstanceOf

from plebiscope.model.affected import Affected
from plebiscope.model.base import Record

Tier = Literal["A", "B", "C", "D"]
"""A: hard to explain without invented figures; B: identified by a design; C: depends on a model;
D: shown, never counted."""
Grade = Literal["none", "notable", "strong", "contradiction", "display"]
Status = Literal["tested", "not testable", "failed"]
Null = Literal["exact", "conditional", "simulated", "none"]
State = Literal["holds", "doubtful", "fails", "unknown"]


class Scope(Record):
    """The part of the vote that a finding speaks of."""

    level: Literal["contest", "area", "station"] = "contest"
    area: str | None = None
    """Name of the area or station, spelled as in the file."""


class Effect(Record):
    """How large something is, in units that a person can picture."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    unit: str
    """``stations``, ``votes``, ``percentage points``, ``per cent of the leader's votes`` ..."""
    level: float | None = Field(default=None, gt=0, lt=1)
    """Coverage of the interval from ``low`` to ``high``; null where it is a range over assumptions."""


class Assumption(Record):
    """Something that must hold for the finding to mean what it says, and whether it does here."""

    name: str
    state: State
    how: str
    """How it was checked on this very table, with the figure."""


class Limit(Record):
    """The smallest departure that would have been seen: what ``none`` is worth."""

    mechanism: str
    dose: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    """Ends of the 90 % interval of the dose from simulation; null where they are not known or it is exact."""
    lost: float | None = None
    """Dose, in the same unit, from which on it would not be seen any more; null where there is none."""
    stations: float | None = None
    votes: float | None = None
    """Of an analytic limit, the ballots of the stations concerned; else votes published otherwise than
    cast."""
    share: float | None = Field(default=None, ge=0, le=1)
    """The same as a share of the stations, or counting areas, of the table, or of the area looked at; null
    where it is no number of them."""
    floor: float | None = None
    """Smallest effect that matters, in its unit, where that and not chance sets the limit; else null."""
    power: float = Field(gt=0, lt=1)
    """Chance that it is noticed; of ``range`` a half by definition, since no test was tried."""
    how: Literal["analytic", "simulated", "table", "range"]
    """Worked out; from votes simulated on this table; from curves of an invented country; the end of what
    reference votes gave."""
    level: float | None = Field(default=None, gt=0, lt=1)
    """The largest p with which the test would be named: what correction for all tests of the dossier leaves
    it of 0.05. Null where the limit is that of the test by itself."""


@dataclass(frozen=True, slots=True)
class Noticing:
    """What a test notices at any level: at which it has to is known when all questions are counted.

    It is worked out when it is asked for, which for a table of many areas takes as long as the tests.
    """

    tell: Callable[[float], Limit | str] = field(compare=False, repr=False)
    """Tells for a level the smallest departure that is noticed often enough, or why none is."""
    level: float = 0.05
    """The largest p with which the test by itself, with no other beside it, would be named."""

    def at(self, level: float) -> dict[str, Any]:
        """Return the fields of a measurement that say what is noticed at a level."""
        found = self.tell(level)
        if isinstance(found, str):
            return {"limit": None, "no_limit": found}
        return {"limit": found.model_copy(update={"level": level}), "no_limit": ""}


@dataclass(frozen=True, slots=True)
class Beside:
    """Where an estimate that depends on a model lies beside the same estimate on reference votes."""

    where: Literal["within", "below", "outside"]
    words: str
    """What it came to, here and there."""
    why: str = ""
    """Why it is not graded, where it lies outside."""


class FalseAlarm(Record):
    """How often the method, graded by the same rule, cried wolf on votes whose figures nobody calls invented.

    Some of them are held to be clean, some disputed on other grounds; ``on`` says how many of each.
    """

    rate: float = Field(ge=0, le=1)
    n: int = Field(gt=0)
    on: str


class FairRate(Record):
    """How often the same question rejected simulated fair votes, at 5 % and before any correction."""

    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    """Smallest and largest share over the kinds of vote and both versions of what fair looks like."""
    n: int = Field(gt=0)
    """Simulated fair votes."""
    doubtful: tuple[str, ...] = ()
    """Kinds of vote in which the share is larger than the promise allows, each with its version."""
    few: tuple[str, ...] = ()
    """Other kinds of vote, of which too few were asked to tell a promise kept from one that is not."""


class FairCoverage(Record):
    """How often the same interval held the truth in simulated fair votes."""

    effect: str
    """Name of the estimate whose interval it is."""
    level: float | None
    """What the interval promises; null where it is a range that promises no share."""
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    """Smallest and largest share over the kinds of vote and both versions of what fair looks like."""
    n: int = Field(gt=0)
    """Simulated fair votes."""
    truth: Literal["nought", "mean"]
    """What was held: nought, because nothing was done; or the mean over all fair votes of the same kind, from
    which one vote may differ by where its areas happen to lie."""
    doubtful: tuple[str, ...] = ()
    """Kinds of vote in which it held the truth less often than the promise allows, each with its version."""
    few: tuple[str, ...] = ()
    """Other kinds of vote, of which too few were asked to tell a promise kept from one that is not."""


class Place(Record):
    """Where an answer stands among the same answers on reference votes."""

    figure: str
    """What is compared: ``p``, or the name of an effect."""
    unit: str
    """``log10 p``, or the unit of the effect; stations are told in per cent of those tested."""
    value: float
    votes: dict[str, tuple[float, ...]]
    """By name of the reference vote, a figure for each option that was examined there."""
    disputed: tuple[str, ...] = ()
    """Names of those that are disputed, on grounds other than invented figures; the others are held to be
    clean."""
    on: str

    @property
    def low(self) -> float:
        """Return the smallest figure of a reference vote."""
        return min(min(values) for values in self.votes.values())

    @property
    def high(self) -> float:
        """Return the largest figure of a reference vote."""
        return max(max(values) for values in self.votes.values())

    @property
    def below(self) -> int:
        """Number of reference votes of which every figure is smaller."""
        return sum(max(values) < self.value for values in self.votes.values())

    @property
    def above(self) -> int:
        """Number of reference votes of which every figure is larger."""
        return sum(min(values) > self.value for values in self.votes.values())


class Measurement(Record):
    """One answer to one method's question, before anyone weighs it.

    A method fills in what it measured; ``q``, ``false_alarm``, ``grade`` and ``sentence`` belong to
    :class:`Finding`, because they depend on everything else that was measured.
    """

    id: str
    """``contest/method/quantity[/option][/area]``, unique in the dossier."""
    method: str
    contest: str
    scope: Scope = Scope()
    quantity: str
    option: str | None = None
    status: Status = "tested"
    reason: str | None = None
    """Why it is not testable or failed."""
    n: int | None = Field(default=None, ge=0)
    """Number of stations (or announced figures) that the answer rests on."""
    observed: float | None = None
    expected: float | None = None
    null: Null = "none"
    p: float | None = Field(default=None, ge=0, le=1)
    log10_p: float | None = Field(default=None, le=0)
    bits: float | None = Field(default=None, ge=0)
    """Surprise: minus the binary logarithm of p."""
    effect: Effect | None = None
    effects: tuple[Effect, ...] = ()
    limit: Limit | None = None
    no_limit: str = Field(default="", exclude=True)
    """Why nothing would be noticed often enough, of whatever size. Not written to JSON: what is said is."""
    noticing: InstanceOf[Noticing] | None = Field(default=None, exclude=True)
    """What tells its limit at any level; a method leaves the limit itself open (:meth:`with_limit`). Not
    written to JSON: what follows from it is the limit."""
    assumptions: tuple[Assumption, ...] = ()
    contradiction: bool = False
    """True for figures that cannot all be true; the only judgement a method may pass, since it is
    arithmetic."""
    unexplained: bool = Field(default=False, exclude=True)
    """True for figures that can be true together and yet need an explanation (more ballots than voters on the
    list). Not written to JSON: what follows from it is the grade."""
    describes: bool = Field(default=False, exclude=True)
    """True for figures without a p that break no rule, and yet differ, are missing or only say what is there:
    of them it may not be said that whatever is wrong would have been named. Not written to JSON: what
    follows from it is the sentence."""
    among: int | None = Field(default=None, exclude=True)
    """Of an area: to how many areas the question was put, where only those with the smallest p are reported;
    null where all are. Correction counts them all. Not written to JSON: what follows from it is q."""
    affected: tuple[InstanceOf[Affected], ...] = Field(default=(), exclude=True)
    """Of its effects in votes or ballots, those that estimate how many were affected. Not written to JSON:
    what follows from it is how many votes are told (:mod:`plebiscope.dossier.magnitude`)."""
    statement: str = ""
    """What was measured, in one or two plain sentences with the numbers; no judgement."""
    innocent: tuple[str, ...] = ()
    """Explanations without wrongdoing that remain."""
    params: dict[str, Any] = {}

    def with_limit(self, level: float | None = None) -> Self:
        """Return it with its limit, or why it has none, filled in.

        Parameters
        ----------
        level
            The largest p with which it would be named; by default that of the test by itself, as where a
            method is asked alone.
        """
        if self.noticing is None:
            return self
        return self.model_copy(update=self.noticing.at(self.noticing.level if level is None else level))


class Finding(Measurement):
    """A measurement, weighed: corrected for the number of questions asked, graded, put into words."""

    tier: Tier
    q: float | None = Field(default=None, ge=0, le=1)
    false_alarm: FalseAlarm | None = None
    on_fair_votes: FairRate | None = None
    """Beside the false alarms on reference votes, those on simulated votes; null where there is no p."""
    intervals_on_fair_votes: tuple[FairCoverage, ...] = ()
    """How often the intervals of its estimates held the truth in simulated votes, where that is known."""
    place: Place | None = None
    grade: Grade | None = None
    sentence: str
    """What may be said: safe to quote alone."""
    reference: str = ""
    beside: InstanceOf[Beside] | None = Field(default=None, exclude=True)
    """Where it lies beside reference votes, if that and no chance decides. Not written to JSON: what follows
    from it is the sentence, and what the reading says of it."""
