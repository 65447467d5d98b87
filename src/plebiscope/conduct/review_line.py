"""One line of a review file: what a person decides on one statement, understood as it can be meant.

Spreadsheets print days their own way; a day is understood as they print it unless that could mean two.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from plebiscope.conduct import codebook
from plebiscope.model.errors import InputError
from plebiscope.model.report import Standing
from plebiscope.model.wording import listed

COLUMNS = (
    "report", "code", "name", "words", "sentence", "speaker", "standing", "strength", "when", "where",
    "decision", "new_code", "new_speaker", "new_standing", "new_when", "new_where", "note", "reviewer",
    "date", "rule", "start", "end", "statement",
)  # fmt: skip
"""Columns of a review file, in their order; a file may have others, which are left alone."""
REPORT_ITSELF = "the report itself"
"""What stands for the report's own voice."""
INFERRED = "speaker inferred"
"""What stands beside the strength where the speaker is inferred from another sentence."""

Verb = Literal["accept", "correct", "reject", "add"]

_VERBS: Mapping[str, Verb] = {
    "accept": "accept", "accepted": "accept", "confirm": "accept", "confirmed": "accept",
    "correct": "correct", "corrected": "correct", "reject": "reject", "rejected": "reject",
    "add": "add", "added": "add",
}  # fmt: skip
_NEW = tuple(name for name in COLUMNS if name.startswith("new_"))
_NOBODY = frozenset((REPORT_ITSELF, "report", "the report", "itself", "the report's own voice", "none"))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"\d{4}(?:-\d\d){0,2}", re.ASCII)
_IN_NUMBERS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)", re.ASCII)
_IN_WORDS = re.compile(r"(\d{1,2})[ .-]+([A-Za-z]{3,9})[ .,-]+(\d{4}|\d\d)", re.ASCII)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})[ .-]+(\d{1,2})[ ,-]+(\d{4}|\d\d)", re.ASCII)


@dataclass(frozen=True)
class Line:
    """What a person wrote about one statement.

    Attributes
    ----------
    number
        Line of the file; in TOML, that of its ``[[decision]]``.
    verb
        Null where nothing was decided.
    statement
        Key of the statement, null in a line that adds one.
    text
        Beginning of the SHA-256 of the text that was read, from the key; null where the line has none.
    code, speaker, standing
        As the line shows them: what the reviewer had before their eyes. Null where the cell is empty.
    new
        What is to be changed, by name (``code``, ``speaker``, ``standing``, ``when``, ``where``); a null
        speaker is the report itself, a null day or place none.
    """

    number: int
    verb: Verb | None
    statement: str | None
    text: str | None
    report: str | None
    words: str | None
    start: int | None
    end: int | None
    rule: str | None
    code: str | None
    speaker: str | None
    standing: str | None
    new: Mapping[str, str | None]
    note: str | None
    reviewer: str | None
    date: str | None


def line_of(number: int, row: Mapping[str, str], where: str) -> Line:
    """Understand a line.

    Parameters
    ----------
    number
        Which line of the file it is.
    row
        Its cells by the name of their column, without blanks around them.
    where
        File and line, for complaints.

    Raises
    ------
    InputError
        If it cannot be meant.
    """
    verb = _verb(row.get("decision", ""), where)
    asked = {name.removeprefix("new_"): row[name] for name in _NEW if row.get(name)}
    if asked and verb in (None, "accept", "reject"):
        raise InputError(
            f"new_{next(iter(asked))} is filled in, but the decision is {verb or 'empty'}",
            where=where,
            expected="`correct` as the decision, or nothing to be changed",
        )
    if verb == "add":
        shown = ("code", "speaker", "standing", "when", "where")
        asked = {name: row[name] for name in shown if row.get(name)} | asked
        missing = [name for name in ("words", "code") if not (row.get(name) or asked.get(name))]
        if missing:
            raise InputError(
                f"a statement is added without its {missing[0]}",
                where=where,
                expected="the words of the report, and a code; `start` too if they stand there twice",
            )
    elif verb == "correct" and not asked:
        raise InputError(
            "the decision is `correct`, and nothing new is filled in",
            where=where,
            expected="something in " + listed(_NEW, "or"),
        )
    elif verb and not row.get("statement"):
        raise InputError(
            "a decision without the key of a statement",
            where=where,
            expected="the cell `statement` as it was written, or `add` for what the coder missed",
        )
    return Line(
        number=number,
        verb=verb,
        statement=row.get("statement") if verb != "add" else None,
        text=row.get("statement", "").partition("-")[0].removeprefix("s") or None,
        report=row.get("report") or None,
        words=row.get("words") or None,
        start=_offset(row.get("start"), where) if verb else None,
        end=_offset(row.get("end"), where) if verb else None,
        rule=row.get("rule") or None,
        code=_code(row["code"], where) if verb and row.get("code") else None,
        speaker=row.get("speaker") or None,
        standing=_standing(row["standing"], where) if verb and row.get("standing") else None,
        new={name: _new(name, value, where) for name, value in asked.items()},
        note=row.get("note") or None,
        reviewer=row.get("reviewer") or None,
        date=row.get("date") or None,
    )


def _verb(cell: str, where: str) -> Verb | None:
    if not cell:
        return None
    verb = _VERBS.get(cell.casefold())
    if verb is None:
        raise InputError(
            f"{cell[:60]!r} is no decision", where=where, expected="accept, reject, correct, add, or nothing"
        )
    return verb


def _new(name: str, value: str, where: str) -> str | None:
    if name == "code":
        return _code(value, where)
    if name == "standing":
        return _standing(value, where)
    if name == "speaker":
        return None if value.casefold() in _NOBODY else value
    if value.casefold() == "none":
        return None
    if name == "when":
        return day(value, where)
    places = [part.strip() for part in value.split(";") if any(letter.isalnum() for letter in part)]
    if not places:
        raise InputError(
            f"{value[:40]!r} names no place",
            where=where,
            expected="a place, or several with a semicolon between them, or none",
        )
    return "; ".join(places)


def _code(value: str, where: str) -> str:
    code = value.upper()
    if code not in codebook.load().codes:
        raise InputError(
            f"there is no code {value[:40]!r}", where=where, expected=", ".join(codebook.load().codes)
        )
    return code


def _standing(value: str, where: str) -> Standing:
    standing = value.casefold()
    if standing not in get_args(Standing):
        raise InputError(
            f"{value[:40]!r} is no standing", where=where, expected=", ".join(get_args(Standing))
        )
    return cast("Standing", standing)


def _offset(value: str | None, where: str) -> int | None:
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", value):
        raise InputError(
            f"{value[:40]!r} is no offset", where=where, expected="the number of letters before it"
        )
    return int(value)


def day(value: str, where: str) -> str:
    """Read a day, a month, a year or two of them with a slash, as ISO or as a spreadsheet prints a day.

    Raises
    ------
    InputError
        If it is none, or could be two days.
    """
    parts = value.split("/")
    if len(parts) <= 2 and all(_ISO.fullmatch(part) for part in parts) and all(map(_real, parts)):
        return value
    found = _IN_NUMBERS.fullmatch(value)
    named = _IN_WORDS.fullmatch(value)
    month_first = _MONTH_FIRST.fullmatch(value)
    possible: set[str] = set()
    if found:
        first, second, year = int(found[1]), int(found[3]), found[4]
        possible = {_iso(year, second, first)} | ({_iso(year, first, second)} if found[2] != "." else set())
    elif named:
        possible = {_iso(named[3], _month(named[2]), int(named[1]))}
    elif month_first:
        possible = {_iso(month_first[3], _month(month_first[1]), int(month_first[2]))}
    possible.discard("")
    if len(possible) != 1:
        raise InputError(
            f"{value[:40]!r} {'could be two days' if possible else 'is no day'}",
            where=where,
            expected="a day like 2031-09-14 or 14 Sep 2031; two with a slash are from one to the other",
        )
    return possible.pop()


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1 if name[:3].lower() in _MONTHS else 0


def _iso(year: str, month: int, day: int) -> str:
    try:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day).isoformat()
    except ValueError:
        return ""


def _real(part: str) -> bool:
    pieces = [*map(int, part.split("-")), 1, 1]
    return bool(_iso(f"{pieces[0]:04d}", pieces[1], pieces[2]))
