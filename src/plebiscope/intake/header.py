"""Where the header is, what it says for each column, and which lines are furniture.

A header may stand anywhere in the first thirty lines or so, below titles; it may run over several lines, be
broken by a line of national totals, carry group headings over several columns, and stand again inside the
data. It is told from data by contrast: in columns that hold numbers further down, a header holds words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.intake import vocabulary
from plebiscope.intake.grid import Sheet
from plebiscope.intake.meaning import meanings
from plebiscope.intake.numbers import is_missing, looks_numeric

_DEPTH = 60
"""How many records at the top are looked at for titles and headers."""

Row = Sequence[str | None]


@dataclass(frozen=True)
class Layout:
    """The grid after its header was found.

    Attributes
    ----------
    names
        One header per column; ``""`` where the column has none.
    groups
        The heading over a group of columns to which the column belongs; ``""`` where there is none.
    labels
        What stands over the column alone, below the group's heading.
    body
        True for records that may be data, shape (n,).
    furniture
        Reason per record that is furniture: ``title``, ``header``, ``blank`` ...
    header_lines
        Lines of the file on which the header stands; empty where the format carries names itself, and where
        the file has no header.
    found
        False where no header was found and columns have only their places.
    titles
        What the lines above the header say.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    labels: tuple[str, ...]
    body: NDArray[np.bool_]
    furniture: dict[int, str]
    header_lines: tuple[int, ...]
    found: bool
    titles: tuple[str, ...] = ()


def find(sheet: Sheet, header_line: int | None = None) -> Layout:
    """Find the header of a grid.

    Parameters
    ----------
    header_line
        Line of the header where the user has named it.
    """
    n = sheet.cells.height
    body = np.ones(n, dtype=bool)
    furniture: dict[int, str] = {}
    blank = sheet.cells.select(pl.all_horizontal(pl.all().is_null())).to_series().to_numpy()
    furniture |= dict.fromkeys(map(int, np.flatnonzero(blank)), "blank")
    body &= ~blank
    if sheet.names is not None:
        return Layout(sheet.names, ("",) * len(sheet.names), sheet.names, body, furniture, (), found=True)
    head = sheet.cells.head(_DEPTH).rows()
    numeric = _numeric_columns(sheet, blank)
    if header_line is not None:
        chosen = [i for i in range(len(head)) if int(sheet.lines[i]) == header_line]
        pieces = chosen or [0]
        titles = [i for i in range(pieces[0]) if not blank[i]]
    else:
        pieces, titles = _pieces(head, numeric, blank[: len(head)])
    furniture |= dict.fromkeys(titles, "title") | dict.fromkeys(pieces, "header")
    first = (max(pieces) + 1) if pieces else 0
    for i in range(min(first + 2, len(head))):
        if not blank[i] and _numbers_the_columns(head[i]):
            furniture[i] = "column numbers"
    groups, labels = _join([head[i] for i in pieces], sheet.cells.width)
    furniture |= dict.fromkeys(_repeats(sheet, head, pieces, furniture), "repeated header")
    furniture |= dict.fromkeys(_repeated_titles(sheet, head, titles, furniture), "repeated title")
    body[list(furniture)] = False
    said = tuple(
        text
        for i in titles
        for text in [" ".join(cell for cell in head[i] if cell)]
        if text and len(text) < 300
    )
    lines = tuple(int(sheet.lines[i]) for i in pieces)
    names = _told_apart(groups, labels)
    return Layout(names, groups, labels, body, furniture, lines, found=bool(pieces), titles=said)


def _numeric_columns(sheet: Sheet, blank: NDArray[np.bool_]) -> list[int]:
    """Name the columns that mostly hold numbers in the body of the file."""
    rows = np.flatnonzero(~blank)
    if not len(rows):
        return []
    deep = rows[min(len(rows) // 3, 40) :]
    picked = deep[:: max(1, len(deep) // 200)][:200]
    found = []
    for name in sheet.cells.columns:
        cells = sheet.cells[name].gather(picked).to_list()
        judged = [verdict for cell in cells if (verdict := looks_numeric(cell)) is not None]
        if judged and sum(judged) >= 0.7 * len(judged):
            found.append(int(name))
    return found


def _numbers_the_columns(row: Row) -> bool:
    """Tell a line that only numbers the columns (1, 2, 3, ...) from data."""
    cells = [cell for cell in row if cell is not None]
    values = [int(cell) for cell in cells if cell.isascii() and cell.isdigit() and len(cell) < 4]
    few = len(cells) < 4 or len(values) < len(cells) - 1
    if few and (len(values) < 8 or len(values) < 0.6 * len(cells)):
        return False
    return values[0] <= 2 and all(b - a == 1 for a, b in pairwise(values))


def _is_data(row: Row, numeric: list[int], usual: float) -> bool:
    """Tell a line of data: it holds numbers where the body does, and about as many as usual."""
    verdicts = [
        verdict
        for column in numeric
        if column < len(row) and (verdict := looks_numeric(row[column])) is not None
    ]
    return (
        len(verdicts) >= max(1.0, 0.4 * usual)
        and sum(verdicts) >= 0.6 * len(verdicts)
        and not _numbers_the_columns(row)
    )


def _usual_fill(head: Sequence[Row], numeric: list[int]) -> float:
    """Return how many numbers a line of the body usually has (the middle of the lower lines seen)."""
    lower = head[len(head) // 3 :]
    fills = sorted(sum(bool(looks_numeric(row[c])) for c in numeric if c < len(row)) for row in lower)
    return float(fills[len(fills) // 2]) if fills else 0.0


def _known(row: Row) -> float:
    """Share of a line's cells that the header vocabulary can read."""
    cells = [cell for cell in row if cell and not is_missing(cell)]
    if not cells:
        return 0.0
    tongues = vocabulary.tongues(cells)
    return sum(1 for cell in cells if _understood(cell, tongues)) / len(cells)


def _understood(cell: str, tongues: tuple[str, ...]) -> bool:
    found = meanings(cell, tongues)
    return bool(found) and found[0].strength > 0.4


def _pieces(head: Sequence[Row], numeric: list[int], blank: NDArray[np.bool_]) -> tuple[list[int], list[int]]:
    """Split the lines at the top into those of the header and those of the title."""
    if not numeric:
        # Nothing numeric anywhere: the header can only be told by its words.
        scores = [
            (_known(row) * min(1.0, sum(c is not None for c in row) / 3), -i)
            for i, row in enumerate(head[:30])
        ]
        best = max(scores, default=(0.0, 0))
        return ([-best[1]], list(range(-best[1]))) if best[0] > 0.3 else ([], [])
    usual_fill = _usual_fill(head, numeric)
    data = [i for i, row in enumerate(head) if not blank[i] and _is_data(row, numeric, usual_fill)]
    first = min(data[0] if data else len(head), _below_whole_header(head, numeric, blank))
    above = [i for i in range(first) if not blank[i]]
    filled = {i: sum(cell is not None for cell in head[i]) for i in above}
    usual = Counter(sum(cell is not None for cell in head[i]) for i in data).most_common(1)
    width = usual[0][0] if usual else max(filled.values(), default=1)
    pieces = [
        i
        for i in above
        if not _numbers_the_columns(head[i])
        and (
            sum(1 for c in numeric if c < len(head[i]) and head[i][c] and not looks_numeric(head[i][c])) >= 2
            or filled[i] >= max(2, 0.6 * width)
            or (filled[i] >= 2 and _known(head[i]) >= 0.5)
            or (width <= 3 and filled[i] >= 1 and _known(head[i]) >= 0.5)
        )
    ]
    # A sparse line is part of a header only if it stands on one: a group heading, not a title.
    pieces = [
        i
        for k, i in enumerate(pieces)
        if filled[i] >= 0.5 * width
        or (k + 1 < len(pieces) and pieces[k + 1] == i + 1)
        or k + 1 == len(pieces)
    ]
    # A first line of spreadsheet export names (X, X.1, ...) or of one title cell repeated says nothing.
    while len(pieces) > 1 and _empty_talk(head[pieces[0]]):
        pieces.pop(0)
    # Lines of the header that stand below a line of totals.
    if pieces and first + 6 < len(head):
        for i in range(first + 1, min(first + 5, len(head))):
            row = head[i]
            cells = [cell for cell in row if cell]
            silent = not any(looks_numeric(row[c]) for c in numeric if c < len(row))
            if not blank[i] and silent and len(cells) >= 2 and _known(row) >= 0.6:
                pieces.append(i)
    if not pieces and above and filled[above[-1]] >= 2:
        pieces = [above[-1]]
    titles = [i for i in above if i not in pieces and not _numbers_the_columns(head[i])]
    # What stands between two lines of the header or below it, and above the data, is furniture as well.
    return sorted(pieces), titles


def _below_whole_header(head: Sequence[Row], numeric: list[int], blank: NDArray[np.bool_]) -> int:
    """Return the first line with a count below one that heads every column: it is data, however sparse."""
    whole = False
    for i, row in enumerate(head):
        numbered = any(looks_numeric(row[c]) for c in numeric if c < len(row))
        if whole and numbered and not _numbers_the_columns(row):
            return i
        whole = whole or (
            not blank[i]
            and len(row) > 3
            and all(cell and not looks_numeric(cell) for cell in row)
            and len(set(row)) == len(row)
            and _known(row) >= 0.5
        )
    return len(head)


_NUMBER = re.compile(r"[0-9]+")
_BROKEN = re.compile(r"(\w)-\s*\n\s*([a-z\u00e0-\u017f])")
"""A word broken over two lines of one cell."""
_EXPORT_NAME = re.compile(r"^(?:X|V|Unnamed|Column|Field|\.{3})[ _.:]*\d*$", re.IGNORECASE)


def _empty_talk(row: Row) -> bool:
    cells = [cell for cell in row if cell and not is_missing(cell)]
    return bool(cells) and sum(bool(_EXPORT_NAME.match(cell)) for cell in cells) >= 0.6 * len(cells)


def _join(rows: list[Row], width: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Join the lines of a header, column by column: the headings of groups, and what stands below them."""
    groups: list[list[str]] = [[] for _ in range(width)]
    labels: list[list[str]] = [[] for _ in range(width)]
    lines = [
        [
            None if cell is None or _says_nothing(cell, row) else cell
            for cell in (*row, *([None] * width))[:width]
        ]
        for row in rows
    ]
    for k, line in enumerate(lines):
        below = [any(lower[i] for lower in lines[k + 1 :]) for i in range(width)]
        for i, (cell, heading) in enumerate(zip(line, _headings(line, below), strict=True)):
            if heading and heading not in groups[i]:
                groups[i].append(heading)
            elif cell and not heading and cell not in labels[i]:
                labels[i].append(_BROKEN.sub(r"\1\2", cell))
    return tuple(map(_sentence, groups)), tuple(map(_sentence, labels))


def _says_nothing(cell: str, row: Row) -> bool:
    """Tell a sign for an empty cell from a header: "Null" are ballots, "ND" is a party, if it stands once."""
    if cell.casefold() in ("nan", "none", "#n/a"):
        return True
    return is_missing(cell) and (row.count(cell) > 1 or not any(map(str.isalpha, cell)))


def _headings(line: list[str | None], below: list[bool]) -> list[str | None]:
    """Carry the heading of a group over its columns: those to its right that have labels of their own."""
    headings: list[str | None] = [None] * len(line)
    start = 0
    while start < len(line):
        end = start + 1
        if line[start] and below[start]:
            while end < len(line) and below[end] and line[end] in (None, line[start]):
                end += 1
            if end > start + 1:
                headings[start:end] = [line[start]] * (end - start)
        start = end
    return headings


def _sentence(parts: list[str]) -> str:
    """Put the lines of one header behind one another; a word broken at a hyphen is made whole."""
    text = ""
    for part in parts:
        text = text[:-1] + part if text.endswith("-") and part[:1].islower() else f"{text} {part}"
    return " ".join(text.split())


def _told_apart(groups: tuple[str, ...], labels: tuple[str, ...]) -> tuple[str, ...]:
    """Name each column by its own label, with the heading of its group in front where that is needed."""
    often = Counter(labels)
    return tuple(
        f"{group} {label}".strip() if often[label] > 1 or not label else label
        for group, label in zip(groups, labels, strict=True)
    )


def _repeats(sheet: Sheet, head: Sequence[Row], pieces: list[int], furniture: dict[int, str]) -> list[int]:
    """Find the lines inside the data that say the header again."""
    found: set[int] = set()
    for piece in pieces:
        labels = [(str(i), cell) for i, cell in enumerate(head[piece]) if cell and not looks_numeric(cell)]
        if len(labels) < 2:
            continue
        same = sheet.cells.select(
            pl.sum_horizontal((pl.col(column) == cell).fill_null(value=False) for column, cell in labels)
        ).to_series()
        hits = (same >= max(2, 0.7 * len(labels))).to_numpy()
        found |= {int(i) for i in np.flatnonzero(hits) if int(i) not in furniture}
    return sorted(found)


def _unnumbered(cells: pl.Expr) -> pl.Expr:
    """Leave numbers out of lines: page 2 of 18 is page 1 of 18."""
    return cells.str.replace_all(_NUMBER.pattern, "#")


def _repeated_titles(
    sheet: Sheet, head: Sequence[Row], titles: list[int], furniture: dict[int, str]
) -> list[int]:
    """Find the lines inside the data that say a title again (the head of every printed page)."""
    found: list[int] = []
    for title in titles:
        filled = [(str(i), cell) for i, cell in enumerate(head[title]) if cell]
        if not filled or len(filled) > 3:
            continue
        empty = [name for name in sheet.cells.columns if name not in {column for column, _ in filled}]
        same = sheet.cells.select(
            pl.all_horizontal(
                *(
                    (_unnumbered(pl.col(column)) == _NUMBER.sub("#", cell)).fill_null(value=False)
                    for column, cell in filled
                ),
                *(pl.col(name).is_null() for name in empty),
            )
        ).to_series()
        found.extend(int(i) for i in np.flatnonzero(same.to_numpy()) if int(i) not in furniture)
    return found
