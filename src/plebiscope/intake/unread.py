"""Why a column was not read, and the line of a mapping that has it read.

A reader of results who does not find a column again must be able to tell a decision from an oversight.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from plebiscope.intake.columns import Column
from plebiscope.intake.keys import is_talk
from plebiscope.intake.long import Long
from plebiscope.intake.meaning import COUNT_ROLES
from plebiscope.intake.scales import WORDS
from plebiscope.intake.understanding import Understanding, Use, names
from plebiscope.model.returns import QUANTITIES

_GROUPS = 20
"""Most labels of a column that may tell groups of stations."""
_PLACES = ("station", "area", "place", "constituency", "code", "name")
_SPEAKS = {
    "address": "an address",
    "contest": "the vote that a record is of",
    "date": "a day or an hour",
    "label": "the name of an option",
    "latitude": "a place on the map",
    "level": "the kind of area",
    "longitude": "a place on the map",
    "option": "an option",
    "other": "something that is not asked about here",
    "part": "a part of another column",
    "question": "the question that was put",
    "round": "a round of voting",
    "sequence": "a number in a list",
    "status": "the state of a count, or a remark",
    "url": "the address of a page",
    "votes": "votes, but not for which option",
    "winner": "who won",
    **WORDS,
}
"""What headers are about, by role."""


def reason(column: Column, understood: Understanding | None = None) -> Use:
    """Say why a column was not read.

    Parameters
    ----------
    understood
        What the columns beside it were understood to be; None where it was left out before that was asked,
        when records were put together.
    """
    wide = understood is not None
    role = column.role
    if understood is not None and column.place in understood.ignored:
        return Use((), "the mapping says that it is to be ignored")
    if not column.distinct:
        return Use((), "it is empty")
    if role == "percent":
        return Use((), "it holds percentages or fractions; shares are computed from counts")
    if column.runs_on:
        return Use((), "it only numbers the rows")
    option = "options" if wide and column.counts and role not in _PLACES else ""
    group = "group" if column.distinct <= _GROUPS else ""
    if column.distinct == 1:
        return Use((), "it says one and the same in every row, so it tells no rows apart", option or "areas")
    if role in QUANTITIES:
        return Use((), _preferred(column, str(role), understood), str(role) if option else "")
    if role in _SPEAKS:
        can_be = "reported" if role == "date" else option if role not in COUNT_ROLES else ""
        can_be = can_be or ("" if column.counts else group)
        return Use((), f"its header speaks of {_SPEAKS[str(role)]}, and no quantity asks for it", can_be)
    if option:
        return Use((), "its header was not recognised, and no sum shows it to be votes for an option", option)
    if is_talk(column):
        return Use((), "it holds running text or addresses of pages")
    speaks = "its header speaks of a place" if role in _PLACES else "its header was not recognised"
    return Use((), f"{speaks}, and what it says does not lie in the areas", group or "areas")


def _preferred(column: Column, role: str, understood: Understanding | None) -> str:
    """Say why a column that speaks of a quantity is not it."""
    speaks = f"its header speaks of {WORDS[role]}"
    if understood is None:
        return f"{speaks}, but it is not the same in all records of a station"
    choice = understood.quantities.get(role)
    if choice is None:
        return f"{speaks}, but the figures beside it do not bear that out"
    taken = names(choice.columns)
    return f"{speaks}, which {'were computed from' if choice.derived else 'were taken from'} {taken}"


def of_long(table: Long) -> dict[int, Use]:
    """Say what became of the columns that a long table names its options and counts its votes by."""
    label = f"what {table.label.name!r} says tells the options"
    found = {c.place: Use((), f"it says no more than {table.label.name!r}") for c in table.others}
    found |= {c.place: Use(("names of the options",), label) for c in table.label.made_of}
    return found | {table.votes.place: Use(("votes for the options",), "a row for each station and option")}


def line(column: str, can_be: str, areas: Sequence[str]) -> str:
    """Write the line of a mapping that has a column read.

    Parameters
    ----------
    column
        Its header.
    can_be
        What it can be said to be; nothing is written where that is empty.
    areas
        Headers of the areas that were found, which the line must name too.
    """
    name = json.dumps(column, ensure_ascii=False)
    if can_be == "areas":
        return f"[columns], areas = {json.dumps([column, *areas], ensure_ascii=False)}"
    if can_be == "options":
        return f"[columns.options], {name} = {name}"
    if can_be in QUANTITIES:
        return f"[columns], {can_be} = {name}"
    return f"{can_be} = {name}" if can_be else ""
