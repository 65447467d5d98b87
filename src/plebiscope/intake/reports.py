"""Reports on how a vote was held become text: plain text, Markdown or a web page, with the day they came out.

The text is kept code point by code point as it was decoded (without a byte-order mark), because every
statement found in it is quoted by its offsets. Of a web page the visible text is kept, and the offsets point
into that. Sentences are not looked for here: that is the coder's work.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping
from pathlib import Path

from plebiscope.intake.encoding import decode, decode_page, said_by_page
from plebiscope.intake.sniff import read_bytes
from plebiscope.model.errors import InputError
from plebiscope.model.report import Report

MAX_REPORT_BYTES = 5_000_000
"""Largest report that is read. A book of 900 pages has some two million letters."""

_EXPECTED = "a report as plain text, Markdown or HTML"
_OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"%PDF",
        "this is a PDF, which is not read yet",
        "save its text as a .txt file (pdftotext does it) and pass that",
    ),
    (
        b"PK\x03\x04",
        "this is a Word document or another archive, which is not read yet",
        "save its text as a .txt or .html file and pass that",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "this is an old Office document, which is not read yet",
        "save its text as a .txt or .html file and pass that",
    ),
    (
        b"{\\rtf",
        "this is an RTF document, which is not read yet",
        "save its text as a .txt file and pass that",
    ),
    (b"\x89PNG", "this is an image", "type its text into a .txt file and pass that"),
    (b"\xff\xd8\xff", "this is an image", "type its text into a .txt file and pass that"),
    (b"GIF8", "this is an image", "type its text into a .txt file and pass that"),
)
_WEB_SUFFIXES = (".html", ".htm", ".xhtml")
_WEB_HEAD = re.compile(rb"\s*+(?:<!--.{0,2000}?-->\s*+)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)

_BLOCK = re.compile(r"---[ \t]*(?:\r\n|\r|\n)")
_BLOCK_LINE = re.compile(r"(?P<key>[A-Za-z][\w -]{0,40}):[ \t]*(?P<value>.*)|\s*|[#\s-].*")
_BLOCK_LINES = 100
_DATE_KEYS = ("published", "date", "publication_date", "publication-date", "pubdate")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_DATE_FORMATS = ("%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%d %b %Y", "%b %d, %Y")


_HEAD_LENGTH = 200_000
"""Letters at the head of a page in which its day of publication is sought."""
_DATED = "article:published_time|datePublished|date|pubdate|dc.date"
_PUBLISHED = re.compile(
    rf"""<meta\b[^<>]{{0,200}}?["'](?:{_DATED})["'][^<>]{{0,200}}?content\s?=\s?["']([^"'<>]{{4,40}})"""
    r"""|<time\b[^<>]{0,200}?datetime\s?=\s?["']([^"'<>]{4,40})""",
    re.I,
)
_UNSEEN = (
    "head", "script", "style", "noscript", "template", "svg", "iframe", "object", "select", "button", "nav",
    "footer", "aside",
)  # fmt: skip
_BLOCKS = frozenset(
    (
        "address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt",
        "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li",
        "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "ul",
    )
)  # fmt: skip
_CELLS = frozenset(("table", "tr", "td", "th", "caption"))
_COUNT = re.compile(r"\d[\d\s.,'’]{0,20}+")
_FEWEST_COUNTS = 12
"""Fewest numbers of a table of results: four stations, each with its voters and the votes for and against."""
_TAG = re.compile(r"<(?:/?(?P<name>[A-Za-z][\w:-]{0,30}+)[^<>]{0,20000}+|[!?][^<>]{0,20000}+)>")
_BLANKS = re.compile(r"\s++")
_AROUND_BREAK = re.compile(r" ?(\n++)[ \n]*+")
_LONG_NUMBER = re.compile(r"&#\d{8,}+;?")
"""Python refuses to turn a number of thousands of digits into a letter."""


def read_report(path: Path, published: dt.date | None = None) -> Report:
    """Read a report on how a vote was held.

    Parameters
    ----------
    path
        A text, Markdown or HTML file.
    published
        Day on which it came out, used where the report does not say so itself (in a metadata block between
        two lines ``---`` at its head, or in the metadata of a web page).

    Returns
    -------
    Report
        With its text and without sentences; ``path`` is as given, or the bare name of an absolute path.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, or no text.
    """
    if path.is_file() and path.stat().st_size > MAX_REPORT_BYTES:
        raise InputError(
            f"the file has {path.stat().st_size:,} bytes",
            where=path.name,
            expected=f"a report of at most {MAX_REPORT_BYTES:,} bytes",
            todo="pass the part that tells how the vote was held",
        )
    data = read_bytes(path)
    for magic, met, todo in _OTHER_KINDS:
        if data.startswith(magic):
            raise InputError(met, where=path.name, expected=_EXPECTED, todo=todo)
    shown = path.name if path.is_absolute() else path.as_posix()
    web = path.suffix.lower() in _WEB_SUFFIXES or bool(_WEB_HEAD.match(data))
    source = _decoded(data, web)
    if _no_text(source):
        raise InputError("this is a binary file, not a text", where=path.name, expected=_EXPECTED)
    if web:
        text, said = text_of_page(source)
        body = 0
    else:
        text = source
        body, facts = _head(text)
        said = next((facts[key] for key in _DATE_KEYS if key in facts), None)
    if not any(letter.isalnum() for letter in text[body:]):
        raise InputError("the report holds no words", where=path.name, expected=_EXPECTED)
    return Report(path=shown, published=_day(said) or published, text=text, body=body)


def text_of_page(source: str) -> tuple[str, str | None]:
    """Keep the visible text of a web page.

    Scripts, styles, page furniture that says so (``nav``, ``footer``, ``aside``), comments and the head are
    left out and never run. A tag is found without regard to what stands before it, so the
    time is linear in the length: Python's own parser takes hours for a megabyte of unclosed comments.

    Returns
    -------
    text, published
        Paragraphs are separated by an empty line. ``published`` is the date in the page's metadata, as it
        is written there.
    """
    published = next(
        (found[1] or found[2] for found in _PUBLISHED.finditer(source[:_HEAD_LENGTH])),
        None,
    )
    source = _visible(source)
    pieces: list[str] = []
    at = 0
    for tag in _TAG.finditer(source):
        pieces.append(_plain(source[at : tag.start()]))
        name = (tag["name"] or "").lower()
        pieces.append("\n" if name == "br" else "\n\n" if name in _BLOCKS else "")
        at = tag.end()
    pieces.append(_plain(source[at:]))
    return _AROUND_BREAK.sub(_break, "".join(pieces)).strip(), published


def holds_counts(data: bytes) -> bool:
    """Tell a web page whose tables hold most of its text, and in them counts: results, and no report.

    Linear in the length, like :func:`text_of_page`.
    """
    source = _visible(decode_page(data[:MAX_REPORT_BYTES])[0])
    cells: list[list[str]] = []
    inside = outside = depth = at = 0
    for tag in _TAG.finditer(source):
        text = _plain(source[at : tag.start()]).strip()
        at = tag.end()
        if depth:
            inside += len(text)
            cells[-1].append(text)
        else:
            outside += len(text)
        name = (tag["name"] or "").lower()
        if name == "table":
            depth = max(0, depth + (-1 if tag[0].startswith("</") else 1))
        if name in _CELLS:
            cells.append([])
    outside += len(_plain(source[at:]).strip())
    told = list(filter(None, map("".join, cells)))
    numbers = sum(bool(_COUNT.fullmatch(cell)) for cell in told)
    return inside > outside and numbers >= _FEWEST_COUNTS and 3 * numbers >= len(told)


def _visible(source: str) -> str:
    """Leave out the comments of a web page and what those who open it do not see or did not come for."""
    source = _without(source, "<!--", "-->")
    for name in _UNSEEN:
        source = _without(source, f"<{name}", f"</{name}")
    return source


def _without(source: str, opening: str, closing: str) -> str:
    """Cut out each stretch from ``opening`` to the end of the tag ``closing``, an unclosed one to the end."""
    lowered = source.lower()
    if len(lowered) != len(source):
        # A few letters grow when lowered (Turkish İ); tags are plain ASCII.
        lowered = "".join(letter.lower() if letter.isascii() else letter for letter in source)
    kept: list[str] = []
    at = 0
    while (start := lowered.find(opening, at)) >= 0:
        behind = lowered[start + len(opening) : start + len(opening) + 1]
        if opening != "<!--" and (behind.isalnum() or behind in "-_:"):
            kept.append(source[at : start + len(opening)])
            at = start + len(opening)
            continue
        kept.append(source[at:start])
        end = lowered.find(closing, start + len(opening))
        if end >= 0 and opening != "<!--":
            end = lowered.find(">", end)
        if end < 0:
            return "".join(kept)
        at = end + (len(closing) if opening == "<!--" else 1)
    kept.append(source[at:])
    return "".join(kept)


def _plain(piece: str) -> str:
    return _BLANKS.sub(" ", html.unescape(_LONG_NUMBER.sub("\ufffd", piece)))


def _break(found: re.Match[str]) -> str:
    return "\n\n" if found[0].count("\n") > 1 else "\n"


def _decoded(data: bytes, web: bool) -> str:
    """Turn the bytes of a report into text."""
    text, encoding = decode(data)
    if encoding.startswith("utf"):
        return text
    named = said_by_page(data) if web else None
    if named:
        return data.decode(named, errors="replace")
    beyond = sum(byte > 0x7F for byte in data)
    # Where nearly all letters are ASCII, the others are quotation marks, dashes and the accents of names.
    return data.decode("cp1252", errors="replace") if beyond * 10 < len(data) else text


def _no_text(text: str) -> bool:
    """Tell a file that is no text in any encoding by its control characters."""
    sample = text[:65536]
    control = sum(letter < " " and letter not in "\t\n\r\x0b\x0c\x1a\x1c\x1d\x1e\x1f" for letter in sample)
    return "\0" in sample or control > max(4, len(sample) // 200)


def _head(text: str) -> tuple[int, Mapping[str, str]]:
    """Read a metadata block between two lines ``---`` at the head of a text.

    Returns
    -------
    body, facts
        Where the body begins, and the facts by their keys in lower case; 0 and none without such a block.
    """
    opening = _BLOCK.match(text)
    if opening is None:
        return 0, {}
    facts: dict[str, str] = {}
    at = opening.end()
    for line in text[at : at + 20000].splitlines(keepends=True)[:_BLOCK_LINES]:
        if line.rstrip() == "---":
            return at + len(line), facts
        fact = _BLOCK_LINE.fullmatch(line.rstrip("\r\n"))
        if fact is None:
            return 0, {}
        if fact["key"]:
            facts.setdefault(fact["key"].strip().lower(), fact["value"].strip().strip("\"'"))
        at += len(line)
    return 0, {}


def _day(said: str | None) -> dt.date | None:
    """Read the day of publication; null where it is not given to the day."""
    if not said:
        return None
    iso = _ISO_DATE.match(said.strip())
    try:
        if iso:
            return dt.date(int(iso[1]), int(iso[2]), int(iso[3]))
        for form in _DATE_FORMATS:
            try:
                return dt.datetime.strptime(said.strip(), form).date()
            except ValueError:
                continue
    except ValueError:
        pass
    return None
