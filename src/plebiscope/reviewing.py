"""Reports are coded beside the file in which people review them; the file gains a line for what is new.

A review file is the only file of the user that plebiscope ever writes to, and only where it is named by hand:
what stands in it stays, byte for byte, and new lines come behind it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from plebiscope.conduct import code
from plebiscope.conduct.review import rows
from plebiscope.conduct.review_file import ReviewFile, decided, extended, is_toml, read_lines
from plebiscope.conduct.review_line import Line
from plebiscope.intake.encoding import decode
from plebiscope.intake.sniff import read_bytes
from plebiscope.model.errors import InputError
from plebiscope.model.report import Conduct, Held, Report
from plebiscope.model.wording import counted

_LARGEST = 50_000_000
"""Bytes of the largest review file; a line has some five hundred."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def coded(
    reports: Sequence[Report],
    review: Path | None = None,
    *,
    extend: bool = False,
    proposers: Sequence[str] = (),
    held: Held | None = None,
) -> tuple[Conduct, tuple[str, ...]]:
    """Code reports, apply the decisions of a review file, and write down what is still to be decided.

    Parameters
    ----------
    reports
        As :func:`plebiscope.intake.reports.read_report` returns them.
    review
        The review file, CSV or TOML.
    extend
        Whether lines are added to it for statements that it lacks; it is made if it does not exist.
    proposers
        Names of plug-ins that are asked for words to look at.
    held
        Country and day of the vote, if they are known.

    Returns
    -------
    Conduct, remarks
        The record, and what a person should know of review and plug-ins, a sentence each.

    Raises
    ------
    InputError
        If the review file cannot be read, meant or written, or there is no such plug-in.
    """
    if review is None:
        record = code(reports, proposers=proposers, held=held)
        return record, tuple(_remarks(record))
    fresh = extend and not review.exists()
    text, encoding, digest = ("", "", "") if fresh else _read(review)
    file = ReviewFile(review.name, digest, read_lines(text, review.name), extends=extend)
    record = code(reports, file, proposers, held)
    added = []
    if extend:
        lines = rows(record, file.lines)
        after = extended(text, review.name, lines)
        if after != text:
            data = after.encode(
                encoding or ("utf-8" if is_toml(review.name) else "utf-8-sig"), errors="replace"
            )
            _write(review, data)
            digest = hashlib.sha256(data).hexdigest()
            added.append(f"{review.name}: {counted(len(lines), 'lines')} added, for a person to decide on")
        if record.review is not None:
            record = record.model_copy(update={"review": record.review.model_copy(update={"sha256": digest})})
    return record, (*added, *_remarks(record))


def decisions(path: Path) -> list[Line]:
    """Return what people have decided so far; nothing where the file is not there yet.

    Raises
    ------
    InputError
        If it is damaged.
    """
    return read_lines(_read(path)[0], path.name) if path.exists() else []


def with_lines(path: Path, record: Conduct) -> None:
    """Add a line to a review file for each statement that it lacks; it is made if it does not exist.

    Raises
    ------
    InputError
        If it cannot be read or written.
    """
    text, encoding, _ = _read(path) if path.exists() else ("", "", "")
    _save(path, text, extended(text, path.name, rows(record, read_lines(text, path.name))), encoding)


def decide(path: Path, statement: str, cells: Mapping[str, str]) -> None:
    """Write a decision on a statement into a review file.

    Parameters
    ----------
    path
        The review file.
    statement
        Key of the statement.
    cells
        As for :func:`plebiscope.conduct.review_file.decided`.

    Raises
    ------
    InputError
        If it has no line for the statement, or what it would then say cannot be meant.
    """
    text, encoding, _ = _read(path)
    _save(path, text, decided(text, path.name, statement, cells), encoding)


def add(path: Path, cells: Mapping[str, str]) -> None:
    """Add a statement that the coder missed to a review file.

    Raises
    ------
    InputError
        If its words or its code are missing, or it was added already.
    """
    text, encoding, _ = _read(path) if path.exists() else ("", "", "")
    made = extended(text, path.name, [{**cells, "decision": "add"}])
    read_lines(made, path.name)
    _save(path, text, made, encoding)


def _save(path: Path, before: str, after: str, encoding: str) -> None:
    if after != before:
        own = "utf-8" if is_toml(path.name) else "utf-8-sig"
        try:
            data = after.encode(encoding or own)
        except UnicodeEncodeError:
            # The encoding of a spreadsheet lacks letters that somebody has typed.
            data = after.encode(own, errors="replace")
        _write(path, data)


def _read(path: Path) -> tuple[str, str, str]:
    """Read a review file: its text, its encoding and its SHA-256."""
    if path.is_file() and path.stat().st_size > _LARGEST:
        raise InputError(
            "the review file is too large", where=path.name, expected=f"at most {_LARGEST:,} bytes"
        )
    if path.is_file() and not path.stat().st_size:
        return "", "", hashlib.sha256(b"").hexdigest()
    data = read_bytes(path)
    if data.startswith(_WORKBOOKS):
        raise InputError(
            "this is a workbook", where=path.name, expected="a CSV file", todo="save it as CSV (UTF-8)"
        )
    text, encoding = decode(data)
    if not encoding.startswith("utf"):
        # What a spreadsheet saves without asking.
        with contextlib.suppress(UnicodeDecodeError):
            text, encoding = data.decode("cp1252"), "cp1252"
    return text, encoding, hashlib.sha256(data).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Put the new content in the place of the old at once, so that no decision is lost if it fails."""
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            if path.exists():
                Path(name).chmod(path.stat().st_mode)
            else:
                # As open to others as the folder that it lies in.
                Path(name).chmod(0o600 | (path.parent.stat().st_mode & 0o044))
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            f"the review file cannot be written ({error.strerror or error})",
            where=str(path),
            todo="close it in the spreadsheet, or choose another place",
        ) from None


def _remarks(record: Conduct) -> list[str]:
    """Name the decisions that fit nothing and the plug-ins that failed."""
    said = []
    if record.review is not None:
        said += [
            f"{record.review.path}, line {one.line}: this decision fits no statement: {one.why}"
            for one in record.review.unmatched
        ]
    for proposer in record.proposers:
        said += [f"the plug-in {proposer.name} failed: {failure}" for failure in proposer.failures]
    return said
