"""What a measurement is weighed with, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plebiscope.model.case import Contest
from plebiscope.model.finding import Beside, FalseAlarm, Grade, Limit, Measurement, Place
from plebiscope.model.method import Method


@dataclass(frozen=True, slots=True)
class Weighing:
    """A measurement, with everything that its grade and its sentence depend on."""

    measurement: Measurement
    method: Method
    contest: Contest
    log10_q: float | None = None
    """Base-ten logarithm of p after correction; null where there is no p."""
    tests: int = 1
    """How many contest-level tests, with a p, the dossier holds."""
    log10_q_above: float | None = None
    """Of an area: base-ten logarithm of q of the same question put to the whole contest."""
    besides: tuple[str, ...] = ()
    """Ids of the reference votes that are this vote or were held with it: no yardstick for it."""
    sums: Mapping[str, int] = field(default_factory=dict)
    """Sums of the columns of the table."""
    simulated: Limit | str = ""
    """What the method would have noticed in simulated votes; or why that is not known."""
    answered: bool = False
    """Whether the method answered anything about this contest."""
    rows: int | None = None
    """Number of rows of the table; null where there is none."""

    @property
    def whole(self) -> bool:
        """Whether it is about the contest, not an area of it."""
        return self.measurement.scope.level == "contest"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A grade, and the sentences that the policy puts after the facts."""

    grade: Grade | None
    words: str = ""
    false_alarm: FalseAlarm | None = None
    limit: Limit | None = None
    """What would have been noticed, where that follows from reference or simulated votes and not from the
    table."""
    place: Place | None = None
    beside: Beside | None = None
    """Where an estimate lies beside reference votes, if that decides."""
