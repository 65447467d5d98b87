"""The review file: one line for each statement, in which people write what they decide.

It is a table for a spreadsheet (CSV) or a list of ``[[decision]]`` tables (TOML) with the same names. What
the coder found stands in the first columns, the decision and what is to be changed in the others::

    decision      accept, reject or correct; add for a statement that the coder missed
    new_code, new_speaker, new_standing, new_when, new_where
    note, reviewer, date

A spreadsheet writes a file its own way when it saves it: other delimiters, other dates, another encoding.
Nothing here depends on these: a line is known by the key in ``statement``, which no spreadsheet takes for a
number, and dates are understood as spreadsheets print them unless that could mean two days.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from plebiscope.conduct import codebook
from plebiscope.model.errors import InputError
from plebiscope.model.report import Standing
from plebiscope.model.wording import counted, listed, plain_cell

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
_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*decision[ \t]*\]\]", re.MULTILINE)
_FORMULA = re.compile(r"'[=+\-@\t\r]")
_HEAD = """\
# What people decide on the statements that were found. Write accept, reject or correct as `decision`;
# with correct, what is new: new_code, new_speaker, new_standing, new_when or new_where. For a statement that
# was missed, add a [[decision]] with decision = "add", report, words (as they stand there) and code.
"""
_SPREAD = "save it from the spreadsheet as CSV (UTF-8)"


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
    code, speaker, standing
        As the line shows them: what the reviewer had before their eyes. Null where the cell is empty.
    new
        What is to be changed, by name (``code``, ``speaker``, ``standing``, ``when``, ``where``); a null
        speaker is the report itself, a null day or place none.
    """

    number: int
    verb: Verb | None
    statement: str | None
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


@dataclass(frozen=True)
class ReviewFile:
    """A review file that was read."""

    name: str
    sha256: str
    lines: Sequence[Line]


def read_lines(text: str, name: str) -> list[Line]:
    """Read a review file.

    Parameters
    ----------
    text
        Its content.
    name
        Its name, which tells TOML from CSV and stands in every complaint.

    Raises
    ------
    InputError
        If it is damaged, or a line of it cannot be meant, with the number of the line.
    """
    if "\ufffd" in text:
        at = text.count("\n", 0, text.index("\ufffd")) + 1
        raise InputError(
            "the file is damaged: letters in it cannot be read",
            where=f"{name}, line {at}",
            expected="a text in UTF-8",
            todo=_SPREAD,
        )
    rows = _toml_rows(text, name) if is_toml(name) else _csv_rows(text, name)
    lines = [_line(number, row, f"{name}, line {number}") for number, row in rows]
    _check_once(lines, name)
    return lines


def extended(text: str, name: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Add lines to a review file; what stands in it stays as it is.

    Parameters
    ----------
    text
        Its content; empty for a file that is new.
    name
        Its name.
    rows
        Cells by the name of their column, as in :data:`COLUMNS`.
    """
    if is_toml(name):
        return _with_tables(text, name, rows)
    if not text.strip():
        return _written(COLUMNS, ",", [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows])
    if not rows:
        return text
    delimiter = _delimiter(text)
    first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = [cell.strip().casefold() for cell in first]
    return text + ("" if text.endswith(("\n", "\r")) else "\r\n") + _written(header, delimiter, rows)


def is_toml(name: str) -> bool:
    """Tell which kind of review file it is; whatever is not TOML is read as a table."""
    return name.lower().endswith(".toml")


# ---------------------------------------------------------------------------------------- from and to a table


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    if "\0" in text:
        raise InputError("this is no table of text", where=name, expected="a CSV file", todo=_SPREAD)
    if not text.strip():
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    header: list[str] | None = None
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            where = f"{name}, line {number}"
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(cells, where)
                continue
            if any(cell.strip() for cell in cells[len(header) :]):
                raise InputError(
                    f"the line has {counted(len(cells), 'cells')}, and the header {len(header)}",
                    where=where,
                    expected="as many as the header, or fewer",
                    todo=f"put cells that hold the delimiter between quotation marks, or {_SPREAD}",
                )
            yield (
                number,
                {
                    column: _plain(cell)
                    for column, cell in zip(header, cells, strict=False)
                    if column in COLUMNS
                },
            )
    except csv.Error as error:
        raise InputError(
            f"the table is damaged ({error})",
            where=f"{name}, line {before + 1}",
            expected="every quotation mark that is opened to be closed",
            todo=_SPREAD,
        ) from None


def _delimiter(text: str) -> str:
    return max(",;\t", key=io.StringIO(text, newline=None).readline().count)


def _header(cells: Sequence[str], where: str) -> list[str]:
    header = [cell.strip().casefold() for cell in cells]
    twice = [column for column in COLUMNS if header.count(column) > 1]
    if twice:
        raise InputError(f"two columns are called {twice[0]!r}", where=where, expected="each column once")
    if "decision" not in header or not {"statement", "words"} & set(header):
        raise InputError(
            "this is not the header of a review file",
            where=where,
            expected="a column `decision`, and `statement` or `words`",
            todo="let `plebiscope conduct REPORT --review NEW.csv` write one",
        )
    return header


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if _FORMULA.match(cell) else cell


def _written(header: Sequence[str], delimiter: str, rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([plain_cell(row.get(column, "")) for column in header] for row in rows)
    return out.getvalue()


# ---------------------------------------------------------------------------------------- from and to TOML


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is no valid TOML ({error})", where=name) from None


def _toml_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    raw = _toml(text, name)
    tables = raw.get("decision", [])
    if set(raw) - {"decision"} or not isinstance(tables, list):
        raise InputError(
            f"unknown entries: {listed(sorted(set(raw) - {'decision'})) or 'decision'}",
            where=name,
            expected="tables [[decision]] and nothing else",
        )
    places = [text.count("\n", 0, found.start()) + 1 for found in _TABLE.finditer(text)]
    for position, table in enumerate(tables):
        number = places[position] if len(places) == len(tables) else position + 1
        if not isinstance(table, dict) or set(table) - set(COLUMNS):
            unknown = sorted(set(table) - set(COLUMNS)) if isinstance(table, dict) else [str(table)]
            raise InputError(
                f"unknown entries: {listed(unknown)}",
                where=f"{name}, line {number}",
                expected=", ".join(COLUMNS),
            )
        yield number, {key: str(value).strip() for key, value in table.items()}


def _with_tables(text: str, name: str, rows: Sequence[Mapping[str, str]]) -> str:
    tables = [
        "[[decision]]\n" + "".join(f"{column} = {_quoted(row.get(column, ''))}\n" for column in COLUMNS)
        for row in rows
    ]
    if text.strip() and not rows:
        return text
    made = "\n".join([(text if text.strip() else _HEAD).rstrip("\n") + "\n", *tables])
    # A list in square brackets cannot be continued by tables.
    _toml(made, name)
    return made


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


# ---------------------------------------------------------------------------------------- one line


def _line(number: int, row: Mapping[str, str], where: str) -> Line:
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
    return day(value, where) if name == "when" else value


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


def _check_once(lines: Sequence[Line], name: str) -> None:
    """See that nobody decides twice on the same words."""
    known: dict[object, Line] = {}
    for line in lines:
        if line.verb is None:
            continue
        added = (line.report, line.words, line.start, line.new.get("code"))
        earlier = known.setdefault(line.statement or added, line)
        if earlier is line:
            continue
        same = (earlier.verb, earlier.new) == (line.verb, line.new)
        raise InputError(
            f"this statement is decided on already in line {earlier.number}"
            + (", and in the same way" if same else f", and otherwise: {earlier.verb}, and here {line.verb}"),
            where=f"{name}, line {line.number}",
            expected="one decision for each statement",
            todo="keep one of the two lines; a second opinion goes into the note",
        )
