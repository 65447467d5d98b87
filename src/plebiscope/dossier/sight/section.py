"""What a page needs to show a matrix of power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plebiscope.dossier.draw import Drawing
from plebiscope.dossier.sight.lines import Line, lines
from plebiscope.dossier.sight.notes import notes
from plebiscope.dossier.sight.noticed import sentences
from plebiscope.dossier.sight.picture import PLACE
from plebiscope.model.power import Matrix


@dataclass(frozen=True, slots=True)
class Section:
    """What a page needs to show a matrix."""

    matrix: Matrix
    lines: list[Line]
    sentences: list[str]
    drawings: list[Drawing]
    notes: list[str]
    """How it was computed, and what is not in it."""


def section(matrix: Matrix, subject: str, drawn: Mapping[str, list[Drawing]]) -> Section:
    """Put together what a page needs.

    Parameters
    ----------
    matrix
        The matrix of power.
    subject
        What it is about: the contest.
    drawn
        Pictures by the id under which they stand.
    """
    return Section(matrix, lines(matrix), sentences(matrix, subject), drawn.get(PLACE, []), notes(matrix))
