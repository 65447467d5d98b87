"""Where an answer stands among the same answers on reference votes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.calibrate.reference import figures
from plebiscope.calibrate.reference.ranges import Span, spans
from plebiscope.calibrate.reference.vote import counted_by_id, in_words, votes
from plebiscope.calibrate.table import Row
from plebiscope.model.finding import Measurement, Place
from plebiscope.model.size import comparable

SHOWN = 5
"""A place among fewer reference votes than this is not told."""
CHANCE = "log10 p"
"""Unit of a place that is told by p."""


def place(measurement: Measurement, besides: tuple[str, ...] = ()) -> Place | None:
    """Say where an answer for a contest stands among the same answers on reference votes.

    By its p where it has one, else by its first effect that votes of any size can be compared by; all options
    of a reference vote count, because which one was examined is not what distinguishes votes.

    Returns
    -------
    Place or None
        None for areas, and where too few reference votes have the same figure.
    """
    if measurement.status != "tested" or measurement.scope.level != "contest":
        return None
    here = log10_of(measurement)
    if here is None:
        span = next((span for span in spans(measurement, besides) if _votes_of(span) >= SHOWN), None)
        if span is None:
            return None
        found = _by_vote(measurement, besides, lambda row: _figure(row, span))
        on = in_words([vote for vote in votes() if vote.name in found], besides)
        figure = {"figure": span.effect.name, "unit": span.unit, "value": span.value}
        return Place(**figure, votes=found, disputed=_disputed(found), on=on)
    found = _by_vote(measurement, besides, lambda row: row.log10_p)
    if len(found) < SHOWN:
        return None
    on = in_words([vote for vote in votes() if vote.name in found], besides)
    return Place(figure="p", unit=CHANCE, value=here, votes=found, disputed=_disputed(found), on=on)


def _votes_of(span: Span) -> int:
    """Count the clean and the disputed votes that have an estimate."""
    return sum(one.n for one in (span.clean, span.disputed) if one is not None)


def _disputed(names: Iterable[str]) -> tuple[str, ...]:
    """Return which of these reference votes are disputed."""
    disputed = {vote.name for vote in votes() if vote.standing == "disputed"}
    return tuple(name for name in names if name in disputed)


def _figure(row: Row, span: Span) -> float | None:
    if row.effect != span.effect.name or row.value is None:
        return None
    found = comparable(row.value, row.unit, row.n)
    return found[0] if found is not None and found[1] == span.unit else None


def _by_vote(
    measurement: Measurement, besides: tuple[str, ...], figure: Callable[[Row], float | None]
) -> dict[str, tuple[float, ...]]:
    kept = counted_by_id(besides)
    found: dict[str, list[float]] = {}
    for row in figures.same(measurement, besides):
        value = figure(row)
        if value is not None:
            found.setdefault(kept[row.vote].name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}
