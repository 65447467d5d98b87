"""A grid of text: every cell as it was written, every record with the line it stood on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.model.errors import InputError
from plebiscope.model.returns import Quarantined

MAX_COLUMNS = 3000
MAX_RECORDS = 6_000_000
_BATCH = 20_000


@dataclass(frozen=True)
class Sheet:
    """One grid of cells.

    Attributes
    ----------
    cells
        Text columns ``0``, ``1``, ... in the order of the file; null where a cell was empty.
    lines
        Line (or spreadsheet row) on which each record begins, counted from 1, shape (n,).
    widths
        Number of cells each record had, shape (n,).
    names
        Column names where the format carries them outside the grid (Parquet, JSON lines); else None.
    broken
        Records that could not be taken apart at all.
    encoding, format
        How it was read, in words for a person.
    """

    name: str
    cells: pl.DataFrame
    lines: NDArray[np.int64]
    widths: NDArray[np.int64]
    names: tuple[str, ...] | None = None
    broken: tuple[Quarantined, ...] = ()
    encoding: str = ""
    format: str = ""

    @property
    def records(self) -> int:
        """Number of records that went in, the broken ones included."""
        return self.cells.height + len(self.broken)


def refuse_size(name: str, records: int, columns: int) -> None:
    """Refuse what is larger than any results.

    Raises
    ------
    InputError
        If there are too many records or columns.
    """
    if records > MAX_RECORDS:
        raise InputError(f"more than {MAX_RECORDS:,} records", where=name, expected="one vote's results")
    if columns > MAX_COLUMNS:
        raise InputError(f"a record has {columns:,} cells", where=name, expected=f"at most {MAX_COLUMNS:,}")


def clean(cells: pl.DataFrame) -> pl.DataFrame:
    """Strip the cells of a frame of text; empty ones become null."""
    return cells.with_columns(pl.all().str.strip_chars().replace("", None))


def grid_of(
    name: str, rows: Iterator[tuple[int, Sequence[str | None]]], broken: list[Quarantined], **more: Any
) -> Sheet:
    """Gather records, each with its line, into columns, batch by batch, so that few objects live at a time.

    Raises
    ------
    InputError
        If there are too many records or columns.
    """
    frames: list[pl.DataFrame] = []
    lines: list[int] = []
    widths: list[int] = []
    batch: list[Sequence[str | None]] = []

    def flush() -> None:
        if not batch:
            return
        width = max(1, *map(len, batch))
        refuse_size(name, len(lines), width)
        columns = zip(*((*row, *[None] * (width - len(row))) for row in batch), strict=True)
        frames.append(
            pl.DataFrame({str(i): pl.Series(column, dtype=pl.String) for i, column in enumerate(columns)})
        )
        batch.clear()

    for line, row in rows:
        lines.append(line)
        widths.append(len(row))
        batch.append(row)
        if len(batch) >= _BATCH:
            flush()
    flush()
    cells = pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema={"0": pl.String})
    cells = cells.select(str(i) for i in range(cells.width))
    return Sheet(
        name,
        clean(cells),
        np.array(lines, np.int64),
        np.array(widths, np.int64),
        broken=tuple(broken),
        **more,
    )
