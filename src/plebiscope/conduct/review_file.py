"""The review file: one line for each statement, in which people write what they decide.

It is a table for a spreadsheet (CSV) or a list of ``[[decision]]`` tables (TOML) with the same names. What
the coder found stands in the first columns, the decision and what is to be changed in the others::

    decision      accept, reject or correct; add for a statement that the coder missed
    new_code, new_speaker, new_standing, new_when, new_where
    note, reviewer, date

A spreadsheet writes a file its own way when it saves it: other delimiters, other dates, another encoding.
Nothing here depends on these: a line is known by the key in ``statement``, which no spreadsheet takes for a
number. What a line can mean is in :mod:`plebiscope.conduct.review_line`.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit

from plebiscope.conduct.review_line import COLUMNS, Line, line_of
from plebiscope.model.errors import InputError
from plebiscope.model.wording import counted, listed, plain_cell

_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*decision[ \t]*\]\]", re.MULTILINE)
_FORMULA = re.compile(r"'[=+\-@\t\r]")
_HEAD = """\
# What people decide on the statements that were found. Write accept, reject or correct as `decision`;
# with correct, what is new: new_code, new_speaker, new_standing, new_when or new_where. For a statement that
# was missed, add a [[decision]] with decision = "add", report, words (as they stand there) and code.
"""
_SPREAD = "save it from the spreadsheet as CSV (UTF-8)"


@dataclass(frozen=True)
class ReviewFile:
    """A review file that was read.

    Attributes
    ----------
    name, sha256, lines
        Its name, the SHA-256 of its content, and its lines.
    extends
        Whether lines are added to it for what it lacks in this run.
    """

    name: str
    sha256: str
    lines: Sequence[Line]
    extends: bool = False


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
    lines = [line_of(number, row, f"{name}, line {number}") for number, row in rows]
    _check_once(lines, name)
    return lines


def extended(text: str, name: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Add lines to a review file; what stands in it stays as it is.

    Where a line holds a decision for which the header lacks a column, the header gains it.

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
    text = _widened(text, [row for row in rows if row.get("decision")])
    delimiter = _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(
        ([cell.strip().casefold() for cell in cells] for cells in lines if any(map(str.strip, cells))), []
    )
    return text + ("" if text.endswith(("\n", "\r")) else "\r\n") + _written(header, delimiter, rows)


def decided(text: str, name: str, statement: str, cells: Mapping[str, str]) -> str:
    """Write what a person decides into the line of a statement; every other line stays byte for byte.

    Only a header that lacks a column for what is decided gains it.

    Parameters
    ----------
    text, name
        Content and name of the file.
    statement
        Key of the statement.
    cells
        Cells by the name of their column; an empty one takes back what stood there.

    Raises
    ------
    InputError
        If the file has no line for it, or what it would then say cannot be meant.
    """
    changed = _table_changed if is_toml(name) else _row_changed
    made = changed(text, name, statement, cells)
    if made is None:
        raise InputError(
            "the review file has no line for this statement",
            where=name,
            todo="let it be read again, so that the line is added",
        )
    read_lines(made, name)
    return made


def _widened(text: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Give the header of a table the columns that it lacks for what these rows hold."""
    delimiter = _delimiter(text)
    physical = list(io.StringIO(text, newline=""))
    reader = csv.reader(physical, delimiter=delimiter)
    before = 0
    for cells in reader:
        first, before = before, reader.line_num
        if any(cell.strip() for cell in cells):
            known = {cell.strip().casefold() for cell in cells}
            lacking = [
                column for column in COLUMNS if column not in known and any(row.get(column) for row in rows)
            ]
            head = "".join(physical[first:before])
            bare = head.rstrip("\r\n")
            new = "".join(delimiter + column for column in lacking)
            return "".join([*physical[:first], bare, new, head[len(bare) :], *physical[before:]])
    return text


def _row_changed(text: str, name: str, statement: str, cells: Mapping[str, str]) -> str | None:
    read_lines(text, name)  # so that damage is told as it always is
    text = _widened(text, [cells])
    delimiter = _delimiter(text)
    physical = list(io.StringIO(text, newline=""))
    reader = csv.reader(physical, delimiter=delimiter, strict=True)
    header: list[str] | None = None
    before = 0
    for row in reader:
        first, before = before, reader.line_num
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = [cell.strip().casefold() for cell in row]
            continue
        found = dict(zip(header, map(_plain, row), strict=False))
        if found.get("statement") == statement:
            # What stands in columns that are not ours stays too.
            full = [*row, *[""] * (len(header) - len(row))]
            new = [
                plain_cell(cells[column]) if column in cells else full[at] for at, column in enumerate(header)
            ]
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=delimiter).writerow(new)
            return "".join([*physical[:first], out.getvalue(), *physical[before:]])
    return None


def _table_changed(text: str, name: str, statement: str, cells: Mapping[str, str]) -> str | None:
    _toml(text, name)
    document = tomlkit.parse(text)
    for table in document.get("decision", []):
        if table.get("statement") == statement:
            for column, cell in cells.items():
                table[column] = cell
            return tomlkit.dumps(document)
    return None


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
    lines = io.StringIO(text, newline=None)
    return max(",;\t", key=next((line for line in lines if line.strip(" ,;\t\n")), "").count)


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
        odd = next((key for key, value in table.items() if isinstance(value, (dict, list))), None)
        if odd is not None:
            raise InputError(f"`{odd}` is no text", where=f"{name}, line {number}", expected=f'{odd} = "..."')
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


def _check_once(lines: Sequence[Line], name: str) -> None:
    """See that nobody decides twice on the same words."""
    known: dict[object, Line] = {}
    for line in lines:
        if line.verb is None:
            continue
        added = (line.report, line.text, line.words, line.start, line.new.get("code"))
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
