"""What the user has said about a file: a mapping, and how one is written out to be edited.

A mapping is a TOML file, or the table ``[mapping]`` of a case file::

    sheet = "Results"                  # sheet of a workbook, or file in an archive
    header = 3                         # line on which the header stands
    join = ["Code", ["Nr", "No."]]     # columns by which two files belong together; both names if they differ
    group = "Machine"                  # column that tells groups of stations
    reported = "Received at"           # column that says when, or as which, a station was reported

    [columns]                          # canonical name = header, or list of headers that are added
    registered = "Voters on the list"
    issued = ["Issued early", "Issued on the day"]
    station = "Precinct"               # or a list: names that only together tell stations apart
    areas = ["Region", "District"]     # from large to small
    options = ["Yes", "No"]            # or a table: option = header

    [contest]                          # in a file that holds several votes: the one that is meant
    column = "office"
    value = "President"

    [where]                            # the same by several columns, or by a column of numbers
    election_year = 2017
    voting_type = "Party"              # or a list of values that are all meant

    [codes]                            # what coded headers or codes in a long table stand for
    9001 = "registered voters"

A header may also be named by its place: ``"#4"`` is the fourth column.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from plebiscope.intake.columns import Column, Table
from plebiscope.intake.toml_text import parsed
from plebiscope.model.errors import InputError
from plebiscope.model.returns import QUANTITIES, Returns

_TOP = {"sheet", "header", "columns", "contest", "where", "codes", "join", "group", "reported"}
_COLUMNS = {*QUANTITIES, "station", "areas", "options", "ignore"}


@dataclass(frozen=True)
class Mapping:
    """A checked mapping; everything is optional."""

    sheet: str | None = None
    header: int | None = None
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Canonical quantity, ``station``, ``areas`` or ``ignore`` -> headers."""
    options: dict[str, str] = field(default_factory=dict)
    """Option as it is to be shown -> header."""
    contest: tuple[str, str] | None = None
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Header -> values that its cells must have; records with others are of other votes."""
    codes: dict[str, str] = field(default_factory=dict)
    join: tuple[tuple[str, ...], ...] = ()
    """Key columns by which several files belong together, each by the names it has in them."""
    group: str | None = None
    """Header of the column that tells groups of stations."""
    reported: str | None = None
    """Header of the column that says when a station was reported, or its number in the order."""

    @property
    def extras(self) -> dict[str, str]:
        """Further columns to keep, by the name under which they are kept."""
        named = {"group": self.group, "reported": self.reported}
        return {name: header for name, header in named.items() if header is not None}


def find(table: Table, header: str) -> Column:
    """Find a column by header or place.

    Raises
    ------
    InputError
        If there is none, naming those that there are.
    """
    found = place([(c.place, c.name) for c in table.columns], header)
    return next(c for c in table.columns if c.place == found)


def knows(table: Table, header: str) -> bool:
    """Tell whether a table has a column of this header or place."""
    try:
        find(table, header)
    except InputError:
        return False
    return True


def place(headers: Sequence[tuple[int, str]], header: str) -> int:
    """Find the place of a column among headers, each with its place.

    Raises
    ------
    InputError
        If there is none, naming those that there are.
    """
    wanted = header.strip()
    for place, name in headers:
        if wanted in (name, f"#{place + 1}"):
            return place
    folded = [place for place, name in headers if name.casefold() == wanted.casefold()]
    if len(folded) == 1:
        return folded[0]
    names = ", ".join(repr(name) for _, name in headers[:40])
    raise InputError(
        f"the mapping names a column {header!r} that is not in the table",
        expected=f"one of {names}",
        todo='copy the header exactly, or give its place as "#4"',
    )


def load(text: str, where: str) -> dict[str, Any]:
    """Read a mapping file and check it; what comes back is its content, ready for :func:`from_dict`.

    Raises
    ------
    InputError
        If it is no TOML or says something that cannot be followed.
    """
    raw = parsed(text, where, "write one to edit with `plebiscope read FILE --write OUT`", float)
    from_dict(raw, where)
    return raw


def from_dict(raw: dict[str, Any], where: str) -> Mapping:
    """Check a mapping given as a dictionary; see :func:`load`."""

    def bad(what: str, expected: str) -> InputError:
        return InputError(what, where=where, expected=expected)

    unknown = set(raw) - _TOP
    if unknown:
        raise bad(f"the mapping has unknown entries: {', '.join(sorted(unknown))}", ", ".join(sorted(_TOP)))
    columns = raw.get("columns", {})
    if not isinstance(columns, dict):
        raise bad("[columns] is not a table", "canonical name = header")
    unknown = set(columns) - _COLUMNS
    if unknown:
        raise bad(f"[columns] has unknown names: {', '.join(sorted(unknown))}", ", ".join(sorted(_COLUMNS)))
    options: dict[str, str] = {}
    given = columns.get("options", {})
    if isinstance(given, dict):
        options = {str(k): str(v) for k, v in given.items()}
    elif isinstance(given, list):
        options = {str(v): str(v) for v in given}
    else:
        raise bad("options is neither a list nor a table", 'options = ["Yes", "No"]')
    chosen: dict[str, tuple[str, ...]] = {}
    for name, value in columns.items():
        if name == "options":
            continue
        items = value if isinstance(value, list) else [value]
        empty = not items and name not in ("areas", "ignore")  # there may be none
        if empty or not all(isinstance(item, str) for item in items):
            raise bad(f"{name} is not a header or a list of headers", f'{name} = "Header"')
        chosen[name] = tuple(items)
    header = raw.get("header")
    if header is not None and (not isinstance(header, int) or header < 1):
        raise bad("header is not a line number", "header = 1")
    contest = raw.get("contest")
    pair = None
    if contest is not None:
        if not isinstance(contest, dict) or not {"column", "value"} <= set(contest):
            raise bad("[contest] needs column and value", 'column = "office" and value = "President"')
        pair = (str(contest["column"]), str(contest["value"]))
    filters = raw.get("where", {})
    if not isinstance(filters, dict):
        raise bad("[where] is not a table", 'header = "value", or a list of values')
    meant = {str(k): tuple(map(str, v if isinstance(v, list) else [v])) for k, v in filters.items()}
    codes = raw.get("codes", {})
    if not isinstance(codes, dict):
        raise bad("[codes] is not a table", 'code = "what it stands for"')
    sheet = raw.get("sheet")
    return Mapping(
        sheet=None if sheet is None else str(sheet),
        header=header,
        columns=chosen,
        options=options,
        contest=pair,
        where=meant,
        codes={str(k): str(v) for k, v in codes.items()},
        join=_key(raw.get("join", []), where),
        group=_header(raw, "group", where),
        reported=_header(raw, "reported", where),
    )


def _header(raw: dict[str, Any], name: str, where: str) -> str | None:
    said = raw.get(name)
    if said is not None and not isinstance(said, str):
        raise InputError(f"{name} is not a header", where=where, expected=f'{name} = "Header"')
    return said


def _key(said: Any, where: str) -> tuple[tuple[str, ...], ...]:
    """Check the columns by which files are joined."""
    items = [said] if isinstance(said, str) else said
    key = [[item] if isinstance(item, str) else item for item in items] if isinstance(items, list) else [[]]
    if not all(isinstance(names, list) and names and all(isinstance(n, str) for n in names) for names in key):
        raise InputError(
            "join is not a list of headers",
            where=where,
            expected='join = ["Code", "Station"], or join = [["Code here", "Code there"], "Station"]',
        )
    return tuple(tuple(names) for names in key)


def write(
    returns: Returns, sheet: str | None, join: Sequence[Sequence[str]] = (), said: Mapping | None = None
) -> str:
    """Write how a table was understood as a mapping file that can be edited and given back.

    Parameters
    ----------
    sheet
        Sheet or file in an archive, where there were several.
    join
        Columns by which several files were joined, each by its names.
    said
        What the user had said: which of several votes is meant is written down again.
    """

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    def one_or_list(headers: Sequence[str]) -> str:
        listed = ", ".join(map(quoted, headers))
        return listed if len(headers) == 1 else f"[{listed}]"

    lines = [
        "# How this file was understood. Edit what is wrong and pass the file back with --mapping.",
        "# A list of headers means that the columns are added.",
    ]
    if sheet:
        lines.append(f"sheet = {quoted(sheet)}")
    if join:
        key = [names[0] if len(names) == 1 else list(names) for names in join]
        lines.append(f"join = {json.dumps(key, ensure_ascii=False)}")
    lines += [
        f"{name} = {quoted(returns.columns[name].headers[0])}"
        for name in ("group", "reported")
        if name in returns.extras and returns.columns[name].headers
    ]
    lines.append("\n[columns]")
    station = returns.columns.get("station")
    if station:
        lines.append(f"station = {one_or_list(station.headers)}")
    areas = [returns.columns[name].headers[0] for name in returns.areas]
    lines.append(f"areas = [{', '.join(map(quoted, areas))}]")
    for name in returns.quantities:
        origin = returns.columns[name]
        if origin.derived:
            lines.append(f"# {name}: not published; {origin.why}")
        else:
            lines.append(f"{name} = {one_or_list(origin.headers)}")
    lines.append("\n[columns.options]")
    lines += [
        f"{quoted(option)} = {quoted(returns.columns[option].headers[0])}" for option in returns.options
    ]
    if said is not None and said.contest is not None:
        lines += ["\n[contest]", f"column = {quoted(said.contest[0])}", f"value = {quoted(said.contest[1])}"]
    if said is not None and said.where:
        lines.append("\n[where]")
        lines += [
            f"{quoted(name)} = [{', '.join(map(quoted, values))}]" for name, values in said.where.items()
        ]
    return "\n".join(lines) + "\n"
