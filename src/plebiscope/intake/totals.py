"""Announced totals: a table of announcements (CSV) or the ``[[totals]]`` of a TOML file.

Sources that say different things are kept apart; rows that complete one another are one announcement.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plebiscope.intake import vocabulary
from plebiscope.intake.encoding import decode
from plebiscope.intake.meaning import meanings
from plebiscope.intake.sniff import read_bytes
from plebiscope.intake.toml_text import parsed
from plebiscope.model.case import Totals
from plebiscope.model.errors import InputError

_COUNTS = {
    "registered": "registered",
    "ballots_cast": "cast",
    "cast": "cast",
    "valid": "valid",
    "invalid": "invalid",
}
_COLUMNS = (
    "case_id, registered, ballots_cast, valid, invalid, option, votes, pct_announced, turnout_announced, "
    "source"
)


def is_totals(text: str) -> bool:
    """Tell a table of announced totals from a table of results by its header."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    cells = {cell.strip().strip('"').lower() for cell in first.split(",")}
    return {"option", "source"} <= cells and bool(cells & {"votes", "pct_announced"})


def read(path: Path) -> tuple[Totals, ...]:
    """Read announced totals.

    Raises
    ------
    InputError
        If the file is no table of announcements, or a number in it is none.
    """
    text, _ = decode(read_bytes(path))
    if path.suffix.lower() == ".toml":
        return from_toml(text, path.name)
    if not is_totals(text):
        raise InputError(
            "this is no table of announced totals",
            where=path.name,
            expected=f"a CSV with the columns {_COLUMNS}",
            todo="or write [[totals]] in a TOML file (see `plebiscope new`)",
        )
    return from_csv(text, path.name)


def from_toml(text: str, where: str, contest: str | None = None) -> tuple[Totals, ...]:
    """Read ``[[totals]]`` from TOML; decimals are kept as they were announced."""
    entries = parsed(text, where).get("totals")
    if not isinstance(entries, list) or not entries:
        raise InputError("no announced totals in it", where=where, expected="at least one [[totals]] table")
    return tuple(from_dict(entry, where, contest) for entry in entries)


def from_dict(entry: Any, where: str, contest: str | None = None) -> Totals:
    """Check one announcement."""
    if not isinstance(entry, dict):
        raise InputError(
            "an announcement is no table", where=where, expected="[[totals]] with source and numbers"
        )
    fields = dict(entry)
    fields.setdefault("contest", contest or "vote")
    fields.setdefault("source", "source not named")
    try:
        return Totals.model_validate(fields)
    except ValidationError as error:
        raise InputError(
            first_complaint(error),
            where=where,
            expected="source, date, bulletin, definition, registered, cast, valid, invalid, votes, shares, "
            "turnout",
        ) from None


def first_complaint(error: ValidationError) -> str:
    """Say in one sentence what the first thing wrong with a TOML table is."""
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg'][0].lower()}{first['msg'][1:]}" + (
        f" (found {first['input']!r:.80})" if not isinstance(first["input"], dict) else ""
    )


def from_csv(text: str, where: str) -> tuple[Totals, ...]:
    """Read a table of announcements, one row per contest, source and option."""
    reader = csv.DictReader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")))
    drafts: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(reader, start=2):
        cells = {
            str(k).strip().lower(): (v or "").strip() for k, v in row.items() if k and isinstance(v, str)
        }
        if not any(cells.values()):
            continue
        place = f"{where}, line {number}"
        said: dict[str, Any] = {"votes": {}, "shares": {}}
        for column, name in _COUNTS.items():
            if cells.get(column):
                said[name] = _count(cells[column], place, column)
        option = cells.get("option", "")
        if option and cells.get("votes"):
            said["votes"][option] = _count(cells["votes"], place, "votes")
        if option and cells.get("pct_announced"):
            said["shares"][option] = _share(cells["pct_announced"], place, "pct_announced")
        if cells.get("turnout_announced"):
            said["turnout"] = _share(cells["turnout_announced"], place, "turnout_announced")
        if cells.get("definition"):
            said["definition"] = cells["definition"]
        if cells.get("date"):
            said["date"] = _day(cells["date"], place)
        if cells.get("bulletin"):
            said["bulletin"] = _count(cells["bulletin"], place, "bulletin")
        said["sources"] = [part for part in cells.get("source", "").split(" + ") if part]
        said["notes"] = [cells["note"]] if cells.get("note") else []
        _merge(drafts.setdefault(cells.get("case_id") or "vote", []), said)
    if not drafts:
        raise InputError("no announcement in the table", where=where, expected="at least one row")
    found = []
    for contest, announcements in drafts.items():
        for draft in announcements:
            sources, notes = draft.pop("sources"), draft.pop("notes")
            draft["source"] = " + ".join(dict.fromkeys(sources)) or "source not named"
            draft["note"] = "; ".join(dict.fromkeys(notes)) or None
            found.append(from_dict(draft, where, contest))
    return tuple(found)


def _merge(drafts: list[dict[str, Any]], said: dict[str, Any]) -> None:
    """Add a row to the first announcement that it does not contradict."""
    single = ("registered", "cast", "valid", "invalid", "turnout", "definition", "date", "bulletin")
    for draft in drafts:
        clash = any(key in said and key in draft and draft[key] != said[key] for key in single) or any(
            draft[table].get(option, value) != value
            for table in ("votes", "shares")
            for option, value in said[table].items()
        )
        if not clash:
            draft.update({key: said[key] for key in single if key in said})
            for key in ("votes", "shares"):
                draft[key] |= said[key]
            for key in ("sources", "notes"):
                draft[key] += said[key]
            return
    drafts.append(said)


def _count(text: str, where: str, column: str) -> int:
    digits = re.sub(r"[ ,.'’\u00a0\u202f](?=\d{3}(?:\D|$))", "", text)
    if not digits.isdigit() or not digits.isascii() or len(digits) > 12:
        raise InputError(
            f"{column} is {text[:60]!r}", where=where, expected="a whole number of voters or ballots"
        )
    return int(digits)


def _day(text: str, where: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"date is {text[:60]!r}", where=where, expected="year-month-day, like 2022-09-29"
        ) from None


def _share(text: str, where: str, column: str) -> Decimal:
    try:
        value = Decimal(text.rstrip("% ").replace(",", "."))
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= 1000:
        raise InputError(
            f"{column} is {text[:60]!r}", where=where, expected="a percentage as announced, like 51.20"
        )
    return value


def align(totals: Totals, options: Sequence[str]) -> Totals:
    """Name the options of an announcement as the results do, where it is plain which is which.

    ``yes`` in an announcement is the option of the results whose header means yes in any language.
    """
    names = same_names({*totals.votes, *totals.shares}, options)

    def renamed(table: Mapping[str, Any]) -> dict[str, Any]:
        return {names.get(name, name): value for name, value in table.items()}

    return totals.model_copy(update={"votes": renamed(totals.votes), "shares": renamed(totals.shares)})


def same_names(named: Iterable[str], options: Sequence[str]) -> dict[str, str]:
    """Say which option of the results each name means, where that is plain; nothing where two mean the same.

    >>> same_names(["yes", "Blank"], ["ДА", "НЕТ"])
    {'yes': 'ДА'}
    """
    answers = {option: answer for option in options if (answer := _answer(option)) is not None}
    folded = {vocabulary.plain(option): option for option in options}
    names: dict[str, str] = {}
    for name in named:
        same = folded.get(vocabulary.plain(name))
        meant = [option for option, answer in answers.items() if answer == _answer(name) is not None]
        if same is not None:
            names[name] = same
        elif len(meant) == 1:
            names[name] = meant[0]
    return names if len(set(names.values())) == len(names) else {}


def _answer(name: str) -> str | None:
    """Say whether a name means yes or no."""
    for code in vocabulary.tongues([name]):
        for meaning in meanings(name, (code,)):
            if meaning.role == "option":
                found = {"yes", "no"} & set(meaning.concepts)
                if len(found) == 1:
                    return next(iter(found))
    return None
