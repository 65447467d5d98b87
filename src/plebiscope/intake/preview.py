"""What stands in a results file before anybody says what it means: tables, headers, first rows.

A person who is to say which column is which needs to see them, above all where plebiscope could not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from plebiscope.intake import header, sniff
from plebiscope.intake.gather import name_of
from plebiscope.intake.sheets import sheets
from plebiscope.intake.turn import upright


@dataclass(frozen=True)
class Preview:
    """The head of one table."""

    file: str
    sheet: str
    """Its name in a workbook or archive, as a mapping can name it."""
    headers: tuple[str, ...]
    """One for each column; empty where the column has none, and then its place (``#4``) names it."""
    rows: tuple[tuple[str | None, ...], ...]
    """The first records below the header, as they stand in the file."""
    lines: tuple[int, ...]
    """Line of each of these rows."""
    records: int
    """Records of the table in all."""


def preview(paths: Sequence[Path], rows: int = 8, columns: int = 300) -> list[Preview]:
    """Return the head of every table in some files.

    Parameters
    ----------
    paths
        Results files.
    rows, columns
        How much is shown at most.

    Raises
    ------
    InputError
        If a file cannot be opened, or holds no table.
    """
    found = []
    for path in paths:
        for part in sniff.parts(path):
            for lying in sheets(part):
                sheet = upright(lying)
                layout = header.find(sheet)
                here = np.flatnonzero(layout.body)[:rows]
                cells = sheet.cells[here.tolist()][:, :columns]
                found.append(
                    Preview(
                        file=path.name,
                        sheet=name_of(sheet),
                        headers=tuple(layout.names[:columns]),
                        rows=tuple(cells.rows()),
                        lines=tuple(int(line) for line in sheet.lines[here]),
                        records=sheet.records,
                    )
                )
    return found
