"""Looking up in the shipped table what a question or an interval gave on fair votes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

from plebiscope.calibrate.fair.row import BESIDE, Row, parse
from plebiscope.calibrate.fair.truth import general, is_nought
from plebiscope.model.finding import Effect, FairCoverage, FairRate


@cache
def rejected(
    method: str, quantity: str, level: Literal["contest", "area"] = "contest", *, by_lot: bool = True
) -> FairRate | None:
    """Return how often a question rejected fair votes, from the shipped table; null where it has no p.

    Parameters
    ----------
    method, quantity
        The question, with the parameters that are usual for it; options are taken together.
    level
        Whether it was put to the contest or to areas.
    by_lot
        Of groups of stations: whether chance decided which stations are in the group.
    """
    kind = "test" if level == "contest" else "areas"
    asked = method, quantity if by_lot else quantity + BESIDE.get(method, ""), kind
    known = (row for row in shipped() if row.rate is not None)
    rows = [row for row in known if (row.method, row.quantity, row.kind) == asked]
    if not rows:
        return None
    rates = [row.rate or 0.0 for row in rows]
    doubtful, few = _where(rows)
    return FairRate(low=min(rates), high=max(rates), n=_votes(rows), doubtful=doubtful, few=few)


def covered(method: str, quantity: str, effect: Effect, *, by_lot: bool = True) -> FairCoverage | None:
    """Return how often an interval held the truth in fair votes, from the shipped table; null if not known.

    Parameters
    ----------
    method, quantity
        The answer that the estimate belongs to, with the parameters that are usual for it.
    effect
        The estimate; options are taken together.
    by_lot
        Of groups of stations: whether chance decided which stations are in the group.
    """
    asked = method, quantity if by_lot else quantity + BESIDE.get(method, ""), general(effect.name)
    rows = [
        row
        for row in _intervals().get(asked, ())
        if row.unit == effect.unit and row.rate is not None and row.level == effect.level
    ]
    if not rows:
        return None
    rates = [row.rate or 0.0 for row in rows]
    doubtful, few = _where(rows)
    return FairCoverage(
        effect=effect.name,
        level=effect.level,
        low=min(rates),
        high=max(rates),
        n=_votes(rows),
        truth="nought" if is_nought(general(effect.name)) else "mean",
        doubtful=doubtful,
        few=few,
    )


@cache
def _intervals() -> dict[tuple[str, str, str], list[Row]]:
    """Return the lines on intervals by method, quantity and effect: each is looked up for every area."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in shipped():
        if row.kind == "interval":
            found.setdefault((row.method, row.quantity, row.effect), []).append(row)
    return found


def _where(rows: Sequence[Row]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the kinds of vote in which a promise is doubtful, and the others in which too few were asked."""
    doubtful = dict.fromkeys(f"{row.ground}, {row.version}" for row in rows if row.verdict == "doubtful")
    few = dict.fromkeys(f"{row.ground}, {row.version}" for row in rows if row.verdict == "too few to tell")
    return tuple(doubtful), tuple(place for place in few if place not in doubtful)


def _votes(rows: Sequence[Row]) -> int:
    """Count the fair votes of some lines: of lines on the same votes, those of the longest."""
    worlds: dict[tuple[str, str], int] = {}
    for row in rows:
        place = row.ground, row.version
        worlds[place] = max(row.worlds, worlds.get(place, 0))
    return sum(worlds.values())


@cache
def shipped() -> tuple[Row, ...]:
    """Return the table that is shipped with the package."""
    return parse(resources.files("plebiscope.calibrate").joinpath("fair.csv").read_text("utf-8"))
