"""Graded by design: an estimate that a design identifies and no p belongs to (tier B)."""

from __future__ import annotations

from plebiscope.dossier.words.hindrances import failed_assumption
from plebiscope.dossier.words.sizes import holds_nought
from plebiscope.dossier.words.weighing import Judgement
from plebiscope.model.finding import Measurement


def by_design(measurement: Measurement) -> Judgement:
    """Grade an estimate that a design identifies and no chance belongs to, by its interval."""
    one = measurement.effect
    if one is None or one.low is None or one.high is None:
        return Judgement("none", "How exact this estimate may be is not known, so nothing rests on it.")
    if holds_nought(one):
        # Before any assumption: one that fails can only take away from what was found, and nothing was.
        return Judgement(
            "none", "That may be no difference at all, and it may be anything up to the ends of the interval."
        )
    failed = failed_assumption(measurement)
    if failed is not None:
        return failed
    return Judgement(
        "display",
        "This is an estimate, shown and not judged: it is as good as its assumptions, and does not show who "
        "or what caused the difference.",
    )
