"""Delimited text, taken apart: any delimiter, quoting and line end."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake.grid import Sheet, clean, grid_of, refuse_size
from plebiscope.model.returns import Quarantined

_DELIMITERS = (",", ";", "\t", "|", "^", "~", "¦", "\x1f")
_SPAN = 20
"""A quoted cell that runs over more lines than this was not closed."""
_RUNAWAYS = 25
"""After so many cells that were not closed, quotation marks are taken as ordinary characters."""
_BATCH = 20_000
"""Lines that are taken apart at one time."""


def lines_of(text: str) -> list[str]:
    """Split a text into lines, whatever ends them."""
    text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def delimited(name: str, lines: list[str], encoding: str) -> Sheet:
    """Take the lines of a delimited text apart.

    Raises
    ------
    InputError
        If it has more records or columns than any results.
    """
    delimiter, quote = _dialect(lines)
    words = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}.get(delimiter, repr(delimiter))
    kind = f"text, {words} between cells"
    refuse_size(name, len(lines), 0)
    quoted = _quoted(lines, delimiter, quote)
    if quoted is None:
        broken: list[Quarantined] = []
        rows = _records(lines, delimiter, quote, broken)
        return grid_of(name, rows, broken, encoding=encoding, format=kind)
    frames, widths = [], []
    for start in range(0, len(lines), _BATCH):
        batch = lines[start : start + _BATCH]
        apart = {i - start: row for i, row in quoted.items() if 0 <= i - start < len(batch)}
        frame, width = _columns(name, batch, delimiter, apart)
        frames.append(frame)
        widths.append(width)
    cells = pl.concat(frames, how="diagonal")
    cells = cells.select(str(i) for i in range(cells.width))
    numbers = np.arange(1, len(lines) + 1)
    return Sheet(name, cells, numbers, np.concatenate(widths), encoding=encoding, format=kind)


def _columns(
    name: str, lines: list[str], delimiter: str, apart: dict[int, list[str]]
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Take lines apart at every delimiter, but for those that were taken apart already."""
    pieces = pl.Series(["" if i in apart else line for i, line in enumerate(lines)], dtype=pl.String)
    pieces = pieces.str.split(delimiter)
    widths = pieces.list.len().to_numpy().astype(np.int64)
    widths[[i for i, line in enumerate(lines) if not line]] = 0
    widths[list(apart)] = [len(row) for row in apart.values()]
    width = max(1, int(widths.max()))
    refuse_size(name, len(lines), width)
    columns = [pieces.list.get(i, null_on_oob=True) for i in range(width)]
    if apart:
        for i, column in enumerate(columns):
            cells = [row[i] if i < len(row) else None for row in apart.values()]
            columns[i] = column.scatter(list(apart), pl.Series(cells, dtype=pl.String))
    return clean(pl.DataFrame({str(i): column for i, column in enumerate(columns)})), widths


def _quoted(lines: list[str], delimiter: str, quote: str | None) -> dict[int, list[str]] | None:
    """Take apart the lines that have quotation marks, by number; None where a cell may run over lines."""
    marked = [i for i, line in enumerate(lines) if quote in line] if quote else []
    if not lines or len(marked) > 0.2 * len(lines) or any(lines[i].count(quote or "") % 2 for i in marked):
        return None
    try:
        rows = list(csv.reader([lines[i] + "\n" for i in marked], delimiter=delimiter, quotechar=quote))
    except csv.Error:
        return None
    if len(rows) != len(marked) or any("\n" in cell for row in rows for cell in row):
        return None
    return dict(zip(marked, rows, strict=True))


def _records(
    lines: list[str], delimiter: str, quote: str | None, broken: list[Quarantined]
) -> Iterator[tuple[int, list[str]]]:
    """Yield the records and their lines; a cell that is never closed costs one line, not the file."""
    start, runaways, total = 0, 0, len(lines)
    while start < total:
        reader = csv.reader(
            (line + "\n" for line in lines[start:]) if start else (line + "\n" for line in lines),
            delimiter=delimiter,
            quotechar=quote,
            quoting=csv.QUOTE_MINIMAL if quote and runaways < _RUNAWAYS else csv.QUOTE_NONE,
        )
        before = 0
        restart = None
        while True:
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error:
                restart = start + before
                break
            after = reader.line_num
            if after - before > _SPAN:
                restart = start + before
                break
            yield start + before + 1, row
            before = after
        if restart is None:
            return
        broken.append(
            Quarantined(restart + 1, "a quotation mark is opened and never closed", lines[restart][:500])
        )
        runaways += 1
        start = restart + 1


def _dialect(lines: list[str]) -> tuple[str, str | None]:
    """Choose delimiter and quotation mark: those under which most records have one same, large width."""
    sample = [line for line in lines[:600] if line.strip()]
    if sample and sample[0].lower().startswith("sep=") and len(sample[0]) == 5:
        return sample[0][4], '"'
    quote: str | None = '"'
    if sum(line.count("'") for line in sample) > 4 * max(1, sum(line.count('"') for line in sample)):
        edges = sum(line.startswith("'") + line.rstrip().endswith("'") for line in sample)
        if edges > len(sample):
            quote = "'"
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        if not any(delimiter in line for line in sample):
            continue
        widths = [len(row) for _, row in _records(sample, delimiter, quote, [])]
        width, count = Counter(w for w in widths if w > 0).most_common(1)[0] if any(widths) else (1, 0)
        if width < 2:
            # A long title block can outnumber a short table: judge by the widest frequent record.
            wide = Counter(w for w in widths if w > 1).most_common(1)
            width, count = wide[0] if wide else (1, 0)
        score = (count / max(1, len(widths))) ** 2 * min(width, 60)
        if width >= 2 and score > best_score:
            best, best_score = delimiter, score
    return best, quote
