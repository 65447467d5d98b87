"""Dossiers become a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plebiscope.compare.cautions import cautions
from plebiscope.compare.findings import questions
from plebiscope.compare.joining import Join, join
from plebiscope.compare.record import Comparison
from plebiscope.compare.sides import Read, read
from plebiscope.dossier.explored import CELL, TOOTH
from plebiscope.dossier.text import name
from plebiscope.model.errors import InputError
from plebiscope.version import __version__

MOST = 4
"""Votes that are put side by side at most."""


@dataclass(frozen=True)
class Chosen:
    """A dossier that takes part: the file or its folder, and which contest and option of it."""

    path: Path
    contest: str | None = None
    option: str | None = None


@dataclass(frozen=True)
class Compared:
    """A comparison, and the tables of joined stations that belong to it."""

    record: Comparison
    joins: tuple[Join, ...]


def compare(chosen: Sequence[Chosen], area: str | None = None) -> Compared:
    """Put votes side by side, by their dates where all are known, else as they were given.

    Parameters
    ----------
    chosen
        Two to :data:`MOST` votes.
    area
        Column by which the areas of joined stations are listed.

    Raises
    ------
    InputError
        If they are too few or too many, or one cannot be read.
    """
    if not 2 <= len(chosen) <= MOST:
        raise InputError(
            f"{len(chosen)} {'vote was' if len(chosen) == 1 else 'votes were'} given to compare",
            expected=f"two to {MOST}",
        )
    reads = [read(one.path, one.contest, one.option) for one in chosen]
    days = [one.side.date for one in reads]
    if all(days):
        reads.sort(key=lambda one: str(one.side.date))
    reads = _told_apart(reads)
    joins = tuple(join((reads[at], reads[at + 1]), (at, at + 1), area) for at in range(len(reads) - 1))
    record = Comparison(
        plebiscope=__version__,
        cell=CELL,
        tooth=TOOTH,
        votes=tuple(one.side for one in reads),
        cautions=cautions(reads),
        questions=questions(reads),
        joined=tuple(one.record for one in joins),
    )
    return Compared(record, joins)


def _told_apart(reads: Sequence[Read]) -> list[Read]:
    """Give votes of the same name that of their case too, or else their day, or else a number."""
    names = [one.side.name for one in reads]
    for more in (
        [name(one.side.case) for one in reads],
        [str(one.side.date or "") for one in reads],
        [str(at) for at in range(1, len(reads) + 1)],
    ):
        if len(set(more)) > 1:
            names = [
                f"{one}, {added}" if names.count(one) > 1 and added else one
                for one, added in zip(names, more, strict=True)
            ]
    return [
        replace(one, side=one.side.model_copy(update={"name": called}))
        for one, called in zip(reads, names, strict=True)
    ]
