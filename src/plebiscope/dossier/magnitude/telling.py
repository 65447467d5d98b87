"""Which estimates may be told as a number, and why or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from plebiscope.calibrate import parts
from plebiscope.dossier.magnitude.records import NAMED, There
from plebiscope.dossier.words.sizes import holds_nought
from plebiscope.model.affected import Affected
from plebiscope.model.finding import Effect, Finding
from plebiscope.model.wording import listed

LEAST_PART = parts.LEAST
"""Part of the option's votes that the failing areas hold, at least, where an estimate is told for them."""

_GRADES: Mapping[str | None, str] = {None: "not testable", "display": "shown, not judged"}
"""Grades that are told by another word than their own."""


def by_design(
    finding: Finding, affected: Affected, size: Effect, known: Sequence[Finding]
) -> tuple[Literal["whole"] | None, str]:
    """Say whether an estimate that a design identifies may be told, and why."""
    rests_on = [
        one
        for one in known
        if one.method == finding.method
        and one.scope.level == "contest"
        and one.quantity in affected.rests_on
        and one.option in {None, finding.option}
    ]
    graded = rests_on if affected.rests_on else [finding]
    grades = listed([f"{one.quantity}: {_GRADES.get(one.grade, one.grade)}" for one in graded])
    doubtful = doubts(finding)
    if failed := _failed(finding):
        return None, failed
    if affected.withheld:
        return None, affected.withheld
    if size.low is None or size.high is None:
        return None, "how exact it is, is not known"
    if not any(one.grade in NAMED for one in graded):
        return None, f"what it rests on is not graded notable or strong ({grades or 'not asked'})"
    if round(size.low) <= 0 <= round(size.high):
        return None, "its range holds 0, so that it may be nothing at all"
    less = (
        f", if this holds, which is doubtful here: {'; '.join(f'“{name}”' for name in doubtful)}"
        if doubtful
        else ""
    )
    return "whole", f"a design identifies it, and what it rests on is named ({grades}){less}"


def by_model(
    finding: Finding, there: There | None, nowhere: str | None, *, any_failing: bool
) -> tuple[Literal["there"] | None, str]:
    """Say whether an estimate that depends on a model may be told for the failing areas, and why."""
    if failed := _failed(finding):
        return None, failed
    if finding.tier != "C":
        return None, "it is no estimate"
    if not any_failing:
        why = "no area fails a test of tier A"
    elif finding.effect is not None and holds_nought(finding.effect):
        why = "the range of its answer as a whole holds 0, so that it may be nothing at all"
    elif there is None:
        why = nowhere or "its method does not say where it lies"
    elif there.low is None or there.high is None:
        why = "how exact its part in the areas that fail is, is not known"
    elif there.high <= 0.0:
        why = "it finds no votes too many in the areas that fail"
    elif there.widened_low is None or there.of is None:
        why = "what parts of reference votes give by geography alone is not known"
    elif there.widened_low <= 0.0:
        why = "parts of reference votes give as much by geography alone as its part in the areas that fail"
    elif there.of < LEAST_PART:
        why = "the areas that fail hold too few votes: what so small a part gives by geography is not known"
    else:
        return "there", "it depends on a model, and is told for the areas that fail a test of tier A only"
    return None, f"it depends on a model, and {why}"


def _failed(finding: Finding) -> str:
    """Say which assumption fails here; empty where none does."""
    failed = next((one.name for one in finding.assumptions if one.state == "fails"), None)
    return "" if failed is None else f"an assumption fails here: {failed}"


def doubts(finding: Finding) -> tuple[str, ...]:
    """Name what an answer takes for granted and holds for doubtful here."""
    return tuple(one.name for one in finding.assumptions if one.state == "doubtful")
