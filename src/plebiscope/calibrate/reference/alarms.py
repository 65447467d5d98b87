"""How often a question named a reference vote, and what such a rate is worth."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

from plebiscope.calibrate.reference import figures
from plebiscope.calibrate.reference.vote import FEWEST, counted_by_id, in_words
from plebiscope.calibrate.table import Row
from plebiscope.kernels.multiplicity import holm
from plebiscope.model.finding import FalseAlarm
from plebiscope.model.size import matters

SMALL = 0.05
"""The largest rate of false alarms, as seen, that is called small."""

Level = Literal["contest", "area"]


@cache
def false_alarm(
    method: str, quantity: str, level: float, besides: tuple[str, ...] = (), where: Level = "contest"
) -> FalseAlarm | None:
    """Say how often a question named a reference vote, or any area in one, at a level of q.

    Parameters
    ----------
    method, quantity
        The question: method id, and what it asks about.
    level
        The level of q at which a vote counts as named. For areas 0.05 or 0.001.
    besides
        Ids of votes to leave out.
    where
        Whether the answer for the contest is meant, or those for areas.

    Returns
    -------
    FalseAlarm or None
        None where the question has not been put to reference votes, or gave no p there.
    """
    kept = counted_by_id(besides)
    by_vote: dict[str, list[Row]] = {}
    for row in figures.rows().get(method, ()):
        asked = row.log10_p if where == "contest" else row.areas
        if row.vote in kept and row.answers and row.quantity == quantity and asked is not None:
            by_vote.setdefault(row.vote, []).append(row)
    if not by_vote:
        return None
    if where == "area":
        column = {0.05: "notable", 0.001: "strong"}[level]
        named = sum(any(getattr(row, column) for row in rows) for rows in by_vote.values())
    else:
        named = sum(_is_named(rows, level) for rows in by_vote.values())
    on = in_words([kept[vote] for vote in by_vote], besides, "; any area counts" * (where == "area"))
    return FalseAlarm(rate=named / len(by_vote), n=len(by_vote), on=on)


def _is_named(rows: list[Row], level: float) -> bool:
    log10_q = holm([row.log10_p or 0.0 for row in rows])
    return any(
        q < np.log10(level) and not row.fails and matters(row.value, row.unit, row.n)
        for q, row in zip(log10_q, rows, strict=True)
    )


def small(alarm: FalseAlarm | None) -> bool:
    """Whether a rate of false alarms is known from enough votes, and small."""
    return alarm is not None and alarm.n >= FEWEST and alarm.rate <= SMALL


def too_common(alarm: FalseAlarm | None) -> bool:
    """Whether false alarms were seen too often, be it on few votes."""
    return alarm is not None and alarm.rate > SMALL


def at_most(alarm: FalseAlarm) -> float:
    """Return the upper end of the one-sided 95 % interval (Clopper and Pearson) for a rate of false alarms.

    None of 14 still allows a rate of 19 %.
    """
    count = round(alarm.rate * alarm.n)
    from scipy.special import betaincinv

    return 1.0 if count == alarm.n else float(betaincinv(count + 1, alarm.n - count, 0.95))
