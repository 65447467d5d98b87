"""Reports on how a vote was held become text: plain text, Markdown, a web page, a PDF or a Word document.

The text is kept code point by code point as it was decoded (without a byte-order mark), because every
statement found in it is quoted by its offsets. Of a file that is no plain text the running text is taken
out, and offsets point into that: it is kept beside the dossier, and its SHA-256 in it. Sentences are not
looked for here: that is the coder's work.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from plebiscope.intake.encoding import decode, said_by_page
from plebiscope.intake.outside import take_apart
from plebiscope.intake.publication import day, head_of
from plebiscope.intake.sniff import read_bytes
from plebiscope.intake.web_text import text_of_page
from plebiscope.model.errors import InputError
from plebiscope.model.report import Report

MAX_REPORT_BYTES = 5_000_000
"""Largest text that is read. A book of 900 pages has some two million letters."""
MAX_DOCUMENT_BYTES = 100_000_000
"""Largest PDF or Word document; most of it is pictures."""
SUFFIXES = frozenset(
    (".txt", ".text", ".md", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".docm", ".doc", ".odt", ".rtf")
)
"""Names that reports go by; what cannot be read is told so, and not passed over."""

_EXPECTED = "a report as plain text, Markdown, HTML, PDF or .docx"
_OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"PK\x03\x04",
        "this is an archive or a document of another kind than Word's",
        "save its text as .docx or .txt, or unpack it, and pass that",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "this is an old Office document or one locked with a password, which is not read",
        "open it, save it without a password as .docx or .txt, and pass that",
    ),
    (
        b"{\\rtf",
        "this is an RTF document, which is not read",
        "save it as .docx or .txt and pass that",
    ),
    (b"\x89PNG", "this is an image", "type its text into a .txt file and pass that"),
    (b"\xff\xd8\xff", "this is an image", "type its text into a .txt file and pass that"),
    (b"GIF8", "this is an image", "type its text into a .txt file and pass that"),
)
_WEB_SUFFIXES = (".html", ".htm", ".xhtml")
_WEB_HEAD = re.compile(rb"\s*+(?:<!--.{0,2000}?-->\s*+)?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_PDF_WITHIN = 1024
"""Bytes at the head of a PDF among which its mark may stand, behind those of a mail or a server."""
_PDF_ENDS = (b"startxref", b"%%EOF")
_PDF_END_WITHIN = 2048
_WORD_PART = b"word/"

_BLOCK = re.compile(r"---[ \t]*(?:\r\n|\r|\n)")
_BLOCK_LINE = re.compile(r"(?P<key>[A-Za-z][\w -]{0,40}):[ \t]*(?P<value>.*)|\s*|[#\s-].*")
_BLOCK_LINES = 100
_DATE_KEYS = ("published", "date", "publication_date", "publication-date", "pubdate")
_AUTHOR_KEYS = ("author", "authors", "by")
_MANY_PAGES = 12


@dataclass(frozen=True, slots=True)
class _Told:
    """A text, and what the file says of it."""

    text: str
    body: int = 0
    published: dt.date | None = None
    author: str | None = None
    notes: tuple[str, ...] = ()


def read_report(path: Path, published: dt.date | None = None) -> Report:
    """Read a report on how a vote was held.

    Parameters
    ----------
    path
        A text, Markdown, HTML, PDF or Word (``.docx``) file; what it is, is told by its content.
    published
        Day on which it came out, used where the report does not say so itself: in a metadata block between
        two lines ``---`` at its head, in the metadata of a web page, or in words at its head. The day on
        which a PDF or Word file was made is not that day; it is given in a note.

    Returns
    -------
    Report
        With its text and without sentences; ``path`` is as given, or the bare name of an absolute path.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, locked, damaged, or holds no text.
    """
    data = read_bytes(path)
    kind = _kind(path, data)
    most = MAX_DOCUMENT_BYTES if kind in ("pdf", "docx") else MAX_REPORT_BYTES
    if len(data) > most:
        raise InputError(
            f"the file has {len(data):,} bytes",
            where=path.name,
            expected=f"a report of at most {most:,} bytes",
            todo="pass the part that tells how the vote was held",
        )
    if kind == "text":
        told = _plain_text(path, data)
    elif kind == "page":
        told = _page(path, data)
    else:
        told = _document(path, data, kind)
    if not any(letter.isalnum() for letter in told.text[told.body :]):
        raise InputError("the report holds no words", where=path.name, expected=_EXPECTED)
    said, author = head_of(told.text, told.body)
    return Report(
        path=path.name if path.is_absolute() else path.as_posix(),
        format=kind,
        published=told.published or said or published,
        author=told.author or author,
        text=told.text,
        body=told.body,
        notes=told.notes,
    )


def read_reports(
    paths: Sequence[tuple[Path, str]], published: dt.date | None = None, *, needed: bool = True
) -> list[Report]:
    """Read several reports; one that cannot be read does not stop the others.

    Parameters
    ----------
    paths
        Each with the name that it is shown under.
    published
        See :func:`read_report`.
    needed
        At least one must be read.

    Returns
    -------
    list of Report
        In the order of ``paths``; those that could not be read say why.

    Raises
    ------
    InputError
        If a file is missing, or none could be read though one is needed.
    """
    found: list[Report] = []
    refused: list[InputError] = []
    for path, shown in paths:
        try:
            found.append(read_report(path, published).model_copy(update={"path": shown}))
        except InputError as error:
            if not path.is_file():
                raise
            refused.append(error)
            why = error.met + (f"; {error.todo}" if error.todo else "")
            found.append(Report(path=shown, format=None, read=False, why_unread=why))
    if needed and refused and len(refused) == len(found):
        raise refused[0]
    return found


def _kind(path: Path, data: bytes) -> Literal["text", "page", "pdf", "docx"]:
    if _is_pdf(data):
        return "pdf"
    if data.startswith(b"PK\x03\x04") and _WORD_PART in data:
        return "docx"
    for magic, met, todo in _OTHER_KINDS:
        if data.startswith(magic):
            raise InputError(met, where=path.name, expected=_EXPECTED, todo=todo)
    return "page" if path.suffix.lower() in _WEB_SUFFIXES or _WEB_HEAD.match(data) else "text"


def _is_pdf(data: bytes) -> bool:
    """Tell a PDF from a text that speaks of one: behind other bytes its mark counts in what is no text."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return True
    ended = any(mark in data[-_PDF_END_WITHIN:] for mark in _PDF_ENDS)
    return b"%PDF-" in data[:_PDF_WITHIN] and (ended or b"\0" in data)


def _plain_text(path: Path, data: bytes) -> _Told:
    text = _decoded(path, data, web=False)
    body, facts = _head(text)
    said = next((facts[key] for key in _DATE_KEYS if key in facts), None)
    author = next((facts[key] for key in _AUTHOR_KEYS if facts.get(key)), None)
    return _Told(text, body, day(said), author)


def _page(path: Path, data: bytes) -> _Told:
    found = text_of_page(_decoded(path, data, web=True))
    notes: tuple[str, ...] = ()
    if found.left_out:
        words = f"{found.left_out:,} words of menus, comments, banners, hidden parts or other articles"
        notes = (f"left out: some {words}",)
    return _Told(found.text, 0, day(found.published), found.author, notes)


def _document(path: Path, data: bytes, kind: Literal["pdf", "docx"]) -> _Told:
    try:
        pieces = dict(take_apart(kind, data, path.name, MAX_REPORT_BYTES, 1))
    except InputError as error:
        raise InputError(error.met, where=error.where, expected=_EXPECTED, todo=error.todo) from None
    text = pieces["text"].decode()
    facts = json.loads(pieces["facts"])
    letters = sum(letter.isalpha() for letter in text)
    if sum(letter.isdigit() for letter in text) > letters:
        raise InputError(
            "its text is mostly figures, not a report",
            where=path.name,
            expected=_EXPECTED,
            todo="tables in documents are not read: where they hold results, export them to CSV or xlsx",
        )
    notes = []
    if facts.get("empty"):
        notes.append(f"pages without text, perhaps pictures, are not read: {_numbers(facts['empty'])}")
    if facts["made"]:
        notes.append(f"the file was made on {facts['made']}, which need not be the day on which it came out")
    return _Told(text, notes=tuple(notes))


def _numbers(pages: Sequence[int]) -> str:
    more = f" and {len(pages) - _MANY_PAGES:,} more" if len(pages) > _MANY_PAGES else ""
    return ", ".join(map(str, pages[:_MANY_PAGES])) + more


def _decoded(path: Path, data: bytes, *, web: bool) -> str:
    """Turn the bytes of a report into text."""
    text = _in_its_encoding(data, web=web)
    if _no_text(text):
        raise InputError("this is a binary file, not a text", where=path.name, expected=_EXPECTED)
    return text


def _in_its_encoding(data: bytes, *, web: bool) -> str:
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
