"""Why a question has no answer: what it needs is not there, or its method stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from plebiscope.dossier.text import plain
from plebiscope.model.returns import FileColumn
from plebiscope.model.wording import QUANTITIES, listed

NEEDS: Mapping[str, str] = {
    "returns": "results by polling station or area",
    "station": "results by polling station",
    "options": "votes for each option",
    "areas": "the areas that stations belong to",
    "totals": "announced totals",
    "group": "groups of stations to compare",
    "pairs": "another vote that was held at the same stations",
    "sample": "a sample of stations that somebody else counted",
    "reported": "the time or the order in which stations were reported",
    "copies": "copies of the protocols or another second record of the stations",
    **QUANTITIES,
}
"""What methods need, in words."""
_NAMED = 3
"""Columns that were not read and are named."""
_ONE = {"pairs", "sample", "reported", "copies"}
"""Those of them that are, or end with, a thing in the singular."""


def missing(lacks: Iterable[str], unpublished: Iterable[str] = (), unread: Sequence[FileColumn] = ()) -> str:
    """Say what is missing, as the reason of a finding that is not testable.

    Parameters
    ----------
    lacks
        What :func:`plebiscope.model.method.lacking` returned.
    unpublished
        What is known never to have been published. Of anything else it is only said that it is not here: it
        may have been published and not handed in.
    unread
        Columns of the table that may be what is lacking and were not read: then it may well be here.
    """
    never = set(unpublished)
    lacks = ["returns"] if "returns" in (lacks := list(lacks)) else lacks
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for lack in lacks:
        kinds[never.issuperset(lack.split(" or "))].append(lack)
    said = []
    if kinds[True]:
        said.append(f"{needed(kinds[True])} {'was' if _is_one(kinds[True]) else 'were'} never published")
    if kinds[False]:
        parts = {part for lack in kinds[False] for part in lack.split(" or ")}
        said.append(
            f"{needed(kinds[False])} {'is' if _is_one(kinds[False]) else 'are'} not part of this case"
            f"{_as_read([one for one in unread if one.can_be in parts])}"
        )
    return listed(said)


def _as_read(columns: Sequence[FileColumn]) -> str:
    """Name the columns that may be what is lacking, say why they were not read, and what has them read."""
    if not columns:
        return ""
    named = [f"“{plain(one.name, 60)}”" for one in columns[:_NAMED]]
    told = [f"{named[0]} was not read, because {columns[0].why}"]
    for name, column in zip(named[1:], columns[1:], strict=False):
        same = column.why == columns[0].why
        told.append(f"{name} likewise" if same else f"{name} was not, because {column.why}")
    if len(columns) > _NAMED:
        told.append(f"and {len(columns) - _NAMED:,} more")
    todo, line = "", next((one for one in columns if one.todo), None)
    if line is not None:
        name, words = plain(line.name, 60), plain(line.todo, 150)
        todo = f"; if “{name}” holds them, the line {words} of a mapping has it read"
    return f" as it was read ({'; '.join(told)}{todo})"


def needed(lacks: Sequence[str]) -> str:
    """Name what methods need and a case lacks, in words."""
    return listed(" or ".join(NEEDS.get(part, part) for part in lack.split(" or ")) for lack in lacks)


def _is_one(lacks: Sequence[str]) -> bool:
    """Whether the verb behind what is lacking is in the singular: it goes with the last of alternatives."""
    return len(lacks) == 1 and lacks[0].split(" or ")[-1] in _ONE


def failure(error: BaseException) -> str:
    """Say why a method failed, as the reason of a finding."""
    return plain(f"{type(error).__name__}: {error}", 300).rstrip(": ")
