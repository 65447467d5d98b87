"""What forbids to grade what was found: an assumption that fails, or a difference too small to matter."""

from __future__ import annotations

from plebiscope.dossier.text import plain
from plebiscope.dossier.words.sizes import matters_here
from plebiscope.dossier.words.unnoticed import missed
from plebiscope.dossier.words.weighing import Judgement, Weighing
from plebiscope.model.finding import Measurement


def hindrance(weighing: Weighing, comparison: str) -> Judgement | None:
    """Return the judgement where something was found and yet may not be graded; else null."""
    measurement = weighing.measurement
    failed = failed_assumption(measurement)
    if failed is not None:
        return failed
    if not matters_here(measurement):
        least, unseen = missed(weighing)
        return Judgement(
            "none", f"{comparison} But the difference is too small to matter. {unseen}", limit=least
        )
    return None


def failed_assumption(measurement: Measurement) -> Judgement | None:
    """Return the judgement where an assumption of the method fails on this table; else null."""
    failed = [assumption for assumption in measurement.assumptions if assumption.state == "fails"]
    if not failed:
        return None
    return Judgement(
        "display",
        f"This is shown, not judged, because an assumption of the method fails here: "
        f"{plain(failed[0].name, 200)} ({plain(failed[0].how, 300).rstrip('.')}).",
    )
