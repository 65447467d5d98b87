"""What page and terminal show beside the statements: the timeline, what differs, the stated figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plebiscope.dossier.dossier import BesideTable
from plebiscope.dossier.text import name
from plebiscope.model.report import Conduct, Contradiction, Moment, StatedFigure
from plebiscope.model.wording import QUANTITIES, counted, per_cent

_SIDES = {
    "denied": ("Said", "Denied"),
    "praised": ("Faulted", "Praised"),
    "figures": ("One figure", "Another"),
}
_KEPT_APART = {
    "partial": "before the count was complete",
    "own count": "of somebody’s own count",
    "poll": "of a poll",
    "forecast": "expected, wanted or required",
    "another vote": "of another vote",
    "preliminary": "preliminary",
}
_MOST = 6
"""How many statements of one side are shown; the rest are counted."""


@dataclass(frozen=True)
class Side:
    """One side of a contradiction: what it is called, and its words with who says them."""

    heading: str
    words: tuple[tuple[str, str], ...]
    more: int


def sides(conduct: Conduct, one: Contradiction) -> tuple[Side, Side]:
    """Give both sides of a contradiction in their own words."""
    headings = _SIDES[one.kind]
    return _side(conduct, one, headings[0], one.one), _side(conduct, one, headings[1], one.other)


def _side(conduct: Conduct, one: Contradiction, heading: str, indices: tuple[int, ...]) -> Side:
    words = []
    for index in indices[:_MOST]:
        said = conduct.figures[index] if one.kind == "figures" else conduct.statements[index]
        text = figure(said) if isinstance(said, StatedFigure) else said.verbatim
        words.append(
            (text, f"{name(said.speaker) if said.speaker else 'its own voice'}, {name(said.report)}")
        )
    return Side(heading, tuple(words), len(indices) - len(words))


def figure(said: StatedFigure) -> str:
    """Write a stated figure: what it is of, how much, for whom and where."""
    what = said.kind if said.kind != "count" else QUANTITIES.get(said.of or "", "votes")
    bound = "" if said.bound == "as written" else f"{said.bound} "
    number = f"{int(said.value):,}" if said.kind == "count" else per_cent(said.value, "")
    option = f" for “{name(said.option)}”" if said.option else ""
    place = f" in {name(said.place)}" if said.place else ""
    return f"{what} {bound}{number}{option}{place}"


def standing(said: StatedFigure) -> str:
    """Say what a stated figure rests on, and how it is told; empty for a plain result."""
    told = "" if said.status in ("asserted", "prospective", "norm") else said.status
    return ", ".join(filter(None, (_KEPT_APART.get(said.basis, ""), told)))


def compared(stated: Sequence[BesideTable], figures: Sequence[StatedFigure]) -> dict[int, str]:
    """Give what came of setting a figure beside the table, by its number and without itself."""
    # Behind the name of the report, which may hold a semicolon too.
    return {
        one.figure: one.sentence.removeprefix(figures[one.figure].report).split("; ", 1)[-1] for one in stated
    }


def day(moment: Moment) -> str:
    """Write the day of an event and how many days after the vote it was."""
    when = " to ".join(moment.when.split("/"))
    if moment.days is None:
        return when
    if moment.days == 0:
        return f"{when}, on the day of the vote"
    return f"{when}, {counted(abs(moment.days), 'days')} {'after' if moment.days > 0 else 'before'} the vote"
