"""What an estimate came to on reference votes: the range that it is judged against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from plebiscope.calibrate.reference import figures
from plebiscope.calibrate.reference.vote import FEWEST, Vote, counted_by_id, described, in_words
from plebiscope.calibrate.table import Row
from plebiscope.model.finding import Effect, FalseAlarm, Measurement
from plebiscope.model.size import comparable


@dataclass(frozen=True, slots=True)
class Span:
    """What one estimate came to on reference votes, with ranges: on clean ones, if these are enough."""

    effect: Effect
    """The same estimate on the vote under examination."""
    value: float
    """The estimate, in the unit below, and the ends of its interval."""
    low: float
    high: float
    unit: str
    ranges: Mapping[str, tuple[tuple[float, float], ...]]
    """Lowest and highest of each option, by name of the reference vote."""
    values: Mapping[str, tuple[float, ...]]
    """The estimates themselves, in the same order."""
    on: str
    clean: Span | None = None
    """The same on the clean votes alone, where disputed ones are among these; null where none is clean."""
    disputed: Span | None = None
    """The same on the disputed votes alone; null where there are none."""

    @property
    def n(self) -> int:
        """Number of reference votes."""
        return len(self.ranges)

    @property
    def lowest(self) -> float:
        """Return the smallest that a reference vote gave."""
        return min(low for ends in self.ranges.values() for low, _ in ends)

    @property
    def highest(self) -> float:
        """Return the largest that a reference vote gave."""
        return max(high for ends in self.ranges.values() for _, high in ends)

    @property
    def least(self) -> float:
        """Return the smallest estimate of a reference vote, whatever its range."""
        return min(value for values in self.values.values() for value in values)

    @property
    def most(self) -> float:
        """Return the largest estimate of a reference vote, whatever its range."""
        return max(value for values in self.values.values() for value in values)

    @property
    def inside(self) -> bool:
        """Whether the interval of the estimate meets the range of these votes."""
        return self.low <= self.highest and self.high >= self.lowest

    def alarm(self, tail: str) -> FalseAlarm:
        """Say how many of these votes lie wholly outside the range of all the others.

        Parameters
        ----------
        tail
            Which departures count: below the others only where this is not ``upper``.
        """
        outside = 0
        for vote, ends in self.ranges.items():
            others = [end for name, pairs in self.ranges.items() if name != vote for end in pairs]
            lowest = min((low for low, _ in others), default=-np.inf)
            highest = max((high for _, high in others), default=np.inf)
            outside += any(low > highest or (tail != "upper" and high < lowest) for low, high in ends)
        return FalseAlarm(rate=outside / self.n, n=self.n, on=self.on)


def spans(measurement: Measurement, besides: tuple[str, ...] = ()) -> tuple[Span, ...]:
    """Return what each estimate of an answer came to on reference votes, the headline first.

    On the clean ones where these are at least ``FEWEST``, else on these and the disputed ones.

    Parameters
    ----------
    measurement
        The answer. For an area there are none: areas differ more than whole votes do.
    besides
        Ids of votes to leave out.
    """
    if measurement.scope.level != "contest":
        return ()
    made = []
    kept = counted_by_id(besides)
    for effect in (measurement.effect, *measurement.effects):
        if effect is None or effect.value is None:
            continue
        here = comparable(effect.value, effect.unit, measurement.n)
        if here is None:
            continue
        ranges: dict[str, list[tuple[float, float]]] = {}
        values: dict[str, list[float]] = {}
        for row in figures.same(measurement, besides):
            ends = _ends(row, effect.name, here[1])
            if ends is not None:
                low, value, high = ends
                ranges.setdefault(row.vote, []).append((low, high))
                values.setdefault(row.vote, []).append(value)
        if not ranges:
            continue
        lower, upper = (comparable(end, effect.unit, measurement.n) for end in _interval(effect))
        both = Span(
            effect=effect,
            value=here[0],
            low=lower[0] if lower else here[0],
            high=upper[0] if upper else here[0],
            unit=here[1],
            ranges={kept[vote].name: tuple(ends) for vote, ends in ranges.items()},
            values={kept[vote].name: tuple(found) for vote, found in values.items()},
            on=in_words([kept[vote] for vote in ranges], besides),
        )
        clean, disputed = (
            _those(both, [kept[vote] for vote in ranges if kept[vote].standing == standing], besides)
            for standing in ("clean", "disputed")
        )
        enough = clean is not None and clean.n >= FEWEST
        made.append(replace(clean if clean and enough else both, clean=clean, disputed=disputed))
    return tuple(made)


def yardstick(measurement: Measurement, besides: tuple[str, ...] = ()) -> Span | None:
    """Return what an answer is judged against: the first of its estimates that votes can be compared by.

    Returns
    -------
    Span or None
        None where no reference vote has that very estimate, whatever others it has.
    """
    for effect in (measurement.effect, *measurement.effects):
        if effect is not None and comparable(effect.value or 0.0, effect.unit, measurement.n) is not None:
            return next(
                (span for span in spans(measurement, besides) if span.effect.name == effect.name), None
            )
    return None


def silent(measurement: Measurement, besides: tuple[str, ...] = ()) -> str | None:
    """Describe the reference votes that the same was asked of; null where none was."""
    asked = {row.vote for row in figures.same(measurement, besides) if row.answers}
    return described(sorted(asked), besides) if asked else None


def _those(span: Span, used: Sequence[Vote], besides: tuple[str, ...]) -> Span | None:
    """Return what an estimate came to on some of the votes; null where these are none."""
    if not used:
        return None
    ranges = {vote.name: span.ranges[vote.name] for vote in used}
    values = {vote.name: span.values[vote.name] for vote in used}
    return replace(span, ranges=ranges, values=values, on=in_words(used, besides))


def _ends(row: Row, name: str, unit: str) -> tuple[float, float, float] | None:
    """Return a row's figure between the ends of its range, if it is the one that is named."""
    if row.effect != name or row.value is None:
        return None
    itself = comparable(row.value, row.unit, row.n)
    if itself is None or itself[1] != unit:
        return None
    known = [
        figure
        for end in (row.value, row.low, row.high)
        if end is not None and (figure := comparable(end, row.unit, row.n)) is not None
    ]
    values = [value for value, of in known if of == unit]
    return min(values), itself[0], max(values)


def _interval(effect: Effect) -> tuple[float, float]:
    ends = [end for end in (effect.low, effect.value, effect.high) if end is not None]
    return min(ends), max(ends)
