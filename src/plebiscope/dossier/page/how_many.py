"""What the page shows of how many votes: sentences, picture, tables, and which areas fail."""

from __future__ import annotations

from dataclasses import dataclass

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.draw import Drawing
from plebiscope.dossier.magnitude.picture import PLACE
from plebiscope.dossier.magnitude.records import Estimate, HowMany
from plebiscope.dossier.magnitude.sentences import reason, sentences
from plebiscope.dossier.magnitude.table import assumptions
from plebiscope.dossier.text import name
from plebiscope.dossier.view.drawings import drawings
from plebiscope.model.wording import counted, listed

_NAMED = 12
"""Failing areas that are named; all are in the file."""


@dataclass(frozen=True, slots=True)
class Section:
    """What is shown of one contest."""

    called: str
    sentences: list[str]
    drawings: list[Drawing]
    estimates: tuple[Estimate, ...]
    assumptions: list[tuple[str, str]]
    failing: str
    """Which areas fail a test of tier A, in a sentence; empty where none does."""


def sections(dossier: Dossier) -> tuple[list[Section], list[str]]:
    """Return the contests with estimates, and what is said of those without, in one sentence together."""
    called = {contest.id: contest.name for contest in dossier.case.contests}
    pictures = [figure for figure in dossier.figures if figure.finding.startswith(f"{PLACE}/")]
    drawn = drawings(pictures, "votes-")
    shown = [
        Section(
            called=called[made.contest],
            sentences=sentences(made, called[made.contest]),
            drawings=drawn.get(f"{PLACE}/{made.contest}", []),
            estimates=made.estimates,
            assumptions=assumptions(made),
            failing=_failing(made),
        )
        for made in dossier.how_many
        if made.estimates
    ]
    without = [made for made in dossier.how_many if not made.estimates]
    if not without:
        return shown, []
    names = listed([name(called[made.contest]) for made in without])
    return shown, [f"{names}: how many votes are concerned cannot be stated, because {reason(without[0])}."]


def _failing(made: HowMany) -> str:
    """Name the areas that fail, the largest first."""
    areas = sorted((one for one in made.failing if one.stations), key=lambda one: (-one.stations, one.area))
    if not areas:
        return ""
    named = [f"{name(one.area)} ({listed(one.methods)})" for one in areas[:_NAMED]]
    more = [f"{len(areas) - _NAMED:,} more"] if len(areas) > _NAMED else []
    fail = "fails" if len(areas) == 1 else "fail"
    return (
        f"{counted(len(areas), 'areas')} {fail} a test of tier A (hard to explain without invented figures): "
        f"{listed([*named, *more])}."
    )
