"""Tables of a web page, as grids of cells: election portals hand them out, often called workbooks.

Every ``<table>`` is one grid, a table inside another too. A cell that spans others stands in the first of
them and leaves the rest empty, as merged cells come out of a workbook. Runs in the program of
:mod:`plebiscope.intake.child`, because Python's parser can take hours over a page made to harm it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import polars as pl

WIDEST = 3000
"""Most cells of a row."""
MOST_CELLS = 20_000_000
"""Most cells of a page: results of 100,000 stations have a tenth of that."""
DEEPEST = 50
"""Most tables inside one another."""
_SPAN = 1000
_BLANKS = re.compile(r"[ \t\r\n\f]++")
_UNSEEN = frozenset(("script", "style", "template", "select", "button"))
_BREAKS = frozenset(("br", "p", "div", "li", "hr"))
_SIMPLE_NUMBER = re.compile(r"\s*+(\d{1,5})")


class _Grid:
    """A table that is being read."""

    def __init__(self) -> None:
        self.rows: list[list[str | None]] = []
        self.covered: dict[int, int] = {}
        """Columns that a cell above spans, and the first row below it."""
        self.heading: str | None = None
        self.place = self.open_at = 0
        """Where the next cell stands, and where the open one does."""
        self.text: list[str] | None = None
        """Pieces of the cell that is open, if one is."""

    def begin_row(self) -> None:
        self.end_cell()
        self.rows.append([])
        self.place = 0

    def begin_cell(self, across: int, down: int) -> int:
        """Open a cell, and return by how many cells the row grew."""
        self.end_cell()
        if not self.rows:
            self.begin_row()
        row, here = self.rows[-1], len(self.rows) - 1
        while self.covered.get(self.place, 0) > here:
            self.place += 1
        before = len(row)
        row.extend([None] * (self.place + across - before))
        if len(row) > WIDEST:
            raise ValueError(f"a row of a table has more than {WIDEST:,} cells")
        if down > 1:
            self.covered |= dict.fromkeys(range(self.place, self.place + across), here + down)
        self.open_at = self.place
        self.place += across
        self.text = []
        return len(row) - before

    def end_cell(self) -> None:
        if self.text is not None:
            lines = (_BLANKS.sub(" ", line).strip() for line in "".join(self.text).split("\0"))
            self.rows[-1][self.open_at] = "\n".join(filter(None, lines)) or None
            self.text = None


class _Page(HTMLParser):
    """Collects the tables of a page; whatever is not closed ends where the next of its kind begins."""

    def __init__(self, most: int) -> None:
        super().__init__(convert_charrefs=True)
        self.most = most
        self.cells = 0
        self.begun: list[_Grid] = []
        self.open: list[_Grid] = []
        self.unseen: str | None = None
        self.caption: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen = self.unseen or tag
        elif tag == "table":
            self._table()
        elif not self.open:
            return
        elif tag == "tr":
            self._end_caption()
            self.unseen = None
            self.open[-1].begin_row()
            self._count(1)
        elif tag in ("td", "th"):
            self._end_caption()
            self.unseen = None
            said = dict(attrs)
            across = min(max(1, _number(said.get("colspan"), 1)), _SPAN)
            down = _number(said.get("rowspan"), 1)
            self._count(self.open[-1].begin_cell(across, down or MOST_CELLS))
        elif tag == "caption" and not self.open[-1].rows:
            self.caption = []
        elif tag in _BREAKS:
            self._say("\0")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in ("td", "th", *_UNSEEN):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.unseen:
            self.unseen = None
        elif not self.open:
            return
        elif tag == "table":
            self._end_caption()
            self.open.pop().end_cell()
        elif tag in ("td", "th", "tr"):
            self.open[-1].end_cell()
        elif tag == "caption":
            self._end_caption()
        elif tag in _BREAKS:
            self._say("\0")

    def handle_data(self, data: str) -> None:
        if self.unseen is None:
            self._say(data.replace("\0", ""))

    def close(self) -> None:
        super().close()
        for grid in self.open:
            grid.end_cell()

    def _table(self) -> None:
        self._end_caption()
        if len(self.open) >= DEEPEST:
            raise ValueError(f"more than {DEEPEST} tables stand inside one another")
        if len(self.begun) >= self.most:
            raise ValueError(f"it holds more than {self.most:,} tables")
        grid = _Grid()
        self.open.append(grid)
        self.begun.append(grid)

    def _say(self, text: str) -> None:
        if self.caption is not None:
            self.caption.append(text)
        elif self.open and self.open[-1].text is not None:
            self.open[-1].text.append(text)

    def _end_caption(self) -> None:
        if self.caption is not None:
            said = _BLANKS.sub(" ", "".join(self.caption).replace("\0", " ")).strip()
            self.caption = None
            self.open[-1].heading = said or None

    def _count(self, more: int) -> None:
        self.cells += more
        if self.cells > MOST_CELLS:
            raise ValueError(f"its tables have more than {MOST_CELLS:,} cells")


def _number(said: str | None, otherwise: int) -> int:
    found = _SIMPLE_NUMBER.match(said or "")
    return int(found[1]) if found else otherwise


def tables(text: str, most: int) -> list[tuple[str, pl.DataFrame]]:
    """Read every table of a page that has at least two rows and two columns with something in them.

    What is smaller lays out the page. Tables are named by their number on the page, if there are several.

    Raises
    ------
    ValueError
        If there are more than ``most`` tables, or more cells than any results have.
    """
    page = _Page(most)
    page.feed(text)
    page.close()
    found = [(number, _frame(grid)) for number, grid in enumerate(page.begun, start=1)]
    kept = [(number, frame) for number, frame in found if frame is not None]
    return [(str(number) if len(kept) > 1 else "", frame) for number, frame in kept]


def _frame(grid: _Grid) -> pl.DataFrame | None:
    width = max(map(len, grid.rows), default=0)
    if len(grid.rows) * width > MOST_CELLS:
        raise ValueError(f"a table is {width:,} cells wide and {len(grid.rows):,} rows long")
    told = [row for row in grid.rows if any(row)]
    if len(told) < 2 or sum(any(column) for column in _columns(told, width)) < 2:
        return None
    # What stands above the table has a row of its own in a workbook.
    columns = _columns([[grid.heading], *grid.rows] if grid.heading else grid.rows, width)
    return pl.DataFrame([pl.Series(str(i), column, pl.String) for i, column in enumerate(columns)])


def _columns(rows: list[list[str | None]], width: int) -> list[tuple[str | None, ...]]:
    return list(zip(*((*row, *[None] * (width - len(row))) for row in rows), strict=True))
