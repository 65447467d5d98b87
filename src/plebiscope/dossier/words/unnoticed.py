"""What would have been noticed, so that all below it can have gone unseen."""

from __future__ import annotations

from plebiscope.calibrate import reference
from plebiscope.dossier.limits import beyond, limit, told_in_full
from plebiscope.dossier.text import lowered
from plebiscope.dossier.words.weighing import Weighing
from plebiscope.model.finding import Limit
from plebiscope.model.size import ROWS


def missed(weighing: Weighing) -> tuple[Limit | None, str]:
    """Return what would have been noticed, where that is told by simulated votes, and say it in any case."""
    own, simulated = weighing.measurement.limit, weighing.simulated
    if own is not None or weighing.measurement.no_limit:
        return None, limit(own, none=weighing.measurement.no_limit)
    if not weighing.whole:
        return None, limit(None, "it is worked out for the vote as a whole only")
    if isinstance(simulated, Limit):
        found = told_in_full(simulated, weighing.measurement, weighing.sums, weighing.rows)
        too_many = beyond(found, weighing.rows)
        return (None, limit(None, none=too_many)) if too_many else (found, limit(found))
    return None, limit(None, simulated)


def limit_by_range(weighing: Weighing, span: reference.Span) -> Limit:
    """Return the size that just leaves the range of reference votes; half of such votes end above it."""
    mechanism = lowered(weighing.method.title)
    unit = span.unit if span.effect.unit in ROWS else span.effect.unit
    votes = stations = None
    if unit in {f"per cent of {rows}" for rows in ROWS}:
        stations = span.highest / 100.0 * (weighing.measurement.n or 0) if unit.endswith("stations") else None
    if unit.startswith("per cent of "):
        option = weighing.measurement.option or weighing.contest.favoured or ""
        whole = weighing.sums.get(option if unit.endswith(" votes") else "cast")
        votes = None if whole is None else span.highest / 100.0 * whole
    found = Limit(
        mechanism=mechanism,
        dose=span.highest,
        unit=unit,
        stations=stations,
        votes=votes,
        power=0.5,
        how="range",
    )
    return told_in_full(found, weighing.measurement, weighing.sums, weighing.rows)
