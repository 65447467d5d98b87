"""The running text of a PDF: its lines put together again, without what belongs to the pages.

A PDF holds lines at places, no paragraphs. Running heads and page numbers stand between the halves of a
sentence, words are torn at line ends, footnotes follow wherever the page ends. Lines are taken in the order
in which :mod:`pypdf` gives them, which is that of the columns in nearly all files; their size and place tell
headings, notes and paragraphs apart.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PageObject

MAX_PAGES = 2_000
LOCKED = "it is locked with a password, or in a way that is not read"
NO_TEXT = "its pages are pictures and hold no text"
NO_LETTERS = "its fonts do not say for which letters their shapes stand"

_EDGE = 3
"""Lines at the head and foot of a page among which furniture is sought."""
_FEW_PAGES = 4
_FURNITURE = 0.3
"""Share of the pages on which a running head stands: those of left and of right pages differ."""
_NUMBER = re.compile(
    r"\W{0,4}(?:page\s{1,3})?(?:\d{1,4}|[ivxl]{1,7})(?:\s{0,3}(?:of|/|\|)\s{0,3}\d{1,4})?\W{0,4}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d++")
_NOTE = 0.93
"""Size of a footnote against that of the text, at most."""
_NOTE_MARK = re.compile(r"[\d*†‡§]")
_RAISED = 0.8
"""Size of the number of a note in the text against that of its line, at most."""
_OTHER_SIZE = 0.08
_GAP = 1.35
"""Distance of two lines, against the usual one of the document, from which a paragraph ends between them."""
_FULL = 0.85
"""Length of a line, against those around it, below which it ends a paragraph if it also ends a sentence."""
_SHORT = 0.6
"""Length below which it does so anyway, if the next begins with a capital: a heading, a row of a table."""
_AROUND = 6
_STOP = re.compile(r"[.!?:;][\"'”’)\]]{0,3}\d{0,3}$")
_ITEM = re.compile(r"[•▪‣◦●■–—*-]\s|\(?(?:[a-z]|[ivx]{1,4}|\d{1,3})[.)]\s+[A-Z\"“]")
_TORN = re.compile(r"(?P<head>[^\W\d_]{2,})(?P<mark>[-\u00ad\u2010])$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HEAD_OF_LINE = re.compile(r"[^\W\d_]+")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\xa0": " ", "\0": None}
)
_BLANKS = re.compile(r"\s++")
_UNKNOWN = re.compile(r"[\ufffd\ue000-\uf8ff\x01-\x08\x0e-\x1f]|\(cid:\d+\)|/g\d+")
_MOST_UNKNOWN = 0.2


@dataclass
class Line:
    """A line of a page."""

    text: str
    size: float
    """Size of most of its letters."""
    height: float | None = None
    """Where it stands above the foot of the page; null where that is not known."""


@dataclass
class _Page:
    """Gathers the lines of a page piece by piece, as the reader comes upon them."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[tuple[str, float]] = field(default_factory=list)
    height: float | None = None

    def see(self, text: str, current: Sequence[float], matrix: Sequence[float], _: Any, size: float) -> None:
        """Take the next piece of text; the reader calls this."""
        scale = abs(matrix[3] * current[3]) or abs(matrix[1] * current[2]) or 1.0
        for number, piece in enumerate(text.split("\n")):
            if number:
                self.end_line()
            if piece.strip():
                self.pieces.append((piece, size * scale))
                if self.height is None:
                    self.height = matrix[4] * current[1] + matrix[5] * current[3] + current[5]
            elif piece:
                self.pieces.append((" ", 0.0))

    def end_line(self) -> None:
        """Finish a line, without the numbers of notes that are raised above it."""
        letters: Counter[float] = Counter()
        for piece, size in self.pieces:
            letters[round(size, 1)] += len(piece.strip())
        size = letters.most_common(1)[0][0] if letters else 0.0
        kept = [
            piece
            for number, (piece, own) in enumerate(self.pieces)
            if not (number and piece.strip().isdigit() and own <= _RAISED * size)
        ]
        text = _BLANKS.sub(" ", "".join(kept).translate(_LIGATURES)).strip()
        self.lines.append(Line(text, size, self.height))
        self.pieces, self.height = [], None


def text_of_pdf(data: bytes, limit: int) -> tuple[str, dict[str, Any]]:
    """Read the running text of a PDF.

    Parameters
    ----------
    limit
        Most letters that may come out.

    Returns
    -------
    text, facts
        Paragraphs are separated by an empty line. ``facts`` holds ``pages``, their number; ``empty``, the
        numbers of those without text; and ``made``, the day on which the file was made, where it says so.

    Raises
    ------
    ValueError
        If it is locked, has no text, or goes beyond the limits; what else can go wrong is of the library's
        making.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(data))
        # Without a password to open it, a file may still be locked against changes.
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError(LOCKED)
    except (DependencyError, NotImplementedError):
        raise ValueError(LOCKED) from None
    if len(reader.pages) > MAX_PAGES:
        raise ValueError(f"it has {len(reader.pages):,} pages, at most {MAX_PAGES:,} are read")
    pages: list[list[Line]] = []
    for page in reader.pages:
        pages.append(_lines(page))
        limit -= sum(len(line.text) for line in pages[-1])
        if limit < 0:
            raise ValueError("it holds more text than any report")
    empty = [number for number, page in enumerate(pages, start=1) if not any(line.text for line in page)]
    if len(empty) == len(pages):
        raise ValueError(NO_TEXT)
    text = running_text(pages)
    unknown = sum(len(found[0]) for found in _UNKNOWN.finditer(text))
    if unknown > _MOST_UNKNOWN * len(text):
        raise ValueError(NO_LETTERS)
    return text, {"pages": len(pages), "empty": empty, "made": _made(reader.metadata)}


def _lines(page: PageObject) -> list[Line]:
    seen = _Page()
    page.extract_text(visitor_text=seen.see)
    seen.end_line()
    return seen.lines


def _made(metadata: Any) -> str | None:
    try:
        made = metadata.creation_date if metadata else None
    except ValueError:
        return None
    return made.date().isoformat() if made else None


def running_text(pages: Sequence[Sequence[Line]]) -> str:
    """Put the lines of pages together to paragraphs, separated by an empty line."""
    kept = _without_furniture(pages)
    sizes = Counter[float]()
    for line in (line for page in kept for line in page):
        sizes[line.size] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    gap = _usual_gap(kept, usual)
    known = Counter(word.casefold() for page in kept for line in page for word in _WORD.findall(line.text))
    paragraphs: list[str] = []
    waiting: list[str] = []
    open_lines: list[str] = []

    def close() -> None:
        if open_lines:
            paragraphs.append(_joined(open_lines, known))
            open_lines.clear()
        paragraphs.extend(waiting)
        waiting.clear()

    before: Line | None = None
    for page in kept:
        body, notes = _notes_apart(page, usual)
        for number, line in enumerate(body):
            around = [len(other.text) for other in body[max(0, number - _AROUND) : number + _AROUND]]
            if not line.text:
                before = None
                continue
            if before is None or not _goes_on(before, line, max(around), gap if number else None):
                close()
            open_lines.append(line.text)
            before = line
        # A sentence may go on behind the notes, on the next page: they wait for its end.
        waiting += _paragraphs_of(notes, known)
    close()
    return "\n\n".join(paragraphs)


def _without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Leave out page numbers, and what stands at the head or foot of many pages."""
    edges = [_edges(page) for page in pages]
    on_pages = Counter(shape for page in edges for shape in {_shape(line) for line in page})
    few = len(pages) <= _FEW_PAGES
    least = max(2, len(pages) // 2 + 1) if few else max(3, round(_FURNITURE * len(pages)))
    return [
        [
            line
            for line in page
            if not any(line is one for one in edge)
            or (on_pages[_shape(line)] < least and not _NUMBER.fullmatch(line.text))
        ]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _edges(page: Sequence[Line]) -> list[Line]:
    told = [line for line in page if line.text]
    return told[:_EDGE] + told[max(_EDGE, len(told) - _EDGE) :]


def _shape(line: Line) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def _usual_gap(pages: Iterable[Sequence[Line]], size: float) -> float | None:
    gaps = [
        gap
        for page in pages
        for one, other in pairwise(page)
        if one.size == other.size == size and (gap := _gap(one, other)) is not None
    ]
    return median(gaps) if gaps else None


def _gap(one: Line, other: Line) -> float | None:
    """Measure how far below a line the next one stands; null where it does not, as in the next column."""
    if one.height is None or other.height is None:
        return None
    gap = one.height - other.height
    return gap if gap > 0 else None


def _notes_apart(page: Sequence[Line], usual: float) -> tuple[list[Line], list[Line]]:
    """Part a page into its text and the notes at its foot, which are smaller and begin with a mark."""
    start = len(page)
    while start and (not page[start - 1].text or page[start - 1].size <= _NOTE * usual):
        start -= 1
    while start < len(page) and not _NOTE_MARK.match(page[start].text):
        start += 1
    return list(page[:start]), list(page[start:])


def _paragraphs_of(lines: Sequence[Line], known: Counter[str]) -> Iterator[str]:
    """Put notes together, each from its mark to the next."""
    gathered: list[str] = []
    for line in lines:
        if _NOTE_MARK.match(line.text) and gathered:
            yield _joined(gathered, known)
            gathered = []
        if line.text:
            gathered.append(line.text)
    if gathered:
        yield _joined(gathered, known)


def _goes_on(before: Line, line: Line, width: int, usual_gap: float | None) -> bool:
    """Tell whether a paragraph goes on from one line to the next.

    ``usual_gap`` is null at the head of a page, where distances say nothing.
    """
    if _TORN.search(before.text) and line.text[0].islower():
        return True
    if abs(before.size - line.size) > _OTHER_SIZE * max(before.size, line.size) or _ITEM.match(line.text):
        return False
    gap = _gap(before, line)
    if usual_gap is not None and gap is not None and gap > _GAP * usual_gap:
        return False
    if line.text[0].islower():
        return True
    if _STOP.search(before.text):
        return len(before.text) >= _FULL * width
    return len(before.text) >= _SHORT * width


def _joined(lines: Sequence[str], known: Counter[str]) -> str:
    """Join the lines of a paragraph, and the words that were torn at their ends."""
    pieces = [lines[0]]
    for line in lines[1:]:
        before = pieces[-1]
        torn = _TORN.search(before)
        tail = _HEAD_OF_LINE.match(line)
        if torn and tail and line[0].islower():
            whole = torn["head"] + tail[0]
            kept = f"{torn['head']}-{tail[0]}".casefold()
            compound = known[kept] or (before[: torn.start()].endswith("-") and not known[whole.casefold()])
            if torn["mark"] == "\u00ad" or not compound:
                pieces[-1] = before[:-1]
            pieces.append(line)
        elif torn and torn["mark"] == "-" and line[:1].isalnum():
            pieces.append(line)
        else:
            pieces += [" ", line]
    return "".join(pieces)
