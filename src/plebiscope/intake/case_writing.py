"""Writes a case file: from what was inferred of bare files, and changed later without touching the rest.

What a person has written into a case file, comments included, stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from plebiscope.intake.case_file import Found
from plebiscope.intake.toml_text import parsed
from plebiscope.model.case import Contest, Source
from plebiscope.model.errors import InputError

_WHERE = "case.toml"
_SAID = ("kind", "date", "country", "question", "favoured")


def case_text(found: Found) -> str:
    """Write the case file of a case that was inferred from bare files.

    Parameters
    ----------
    found
        The case; its files lie in one folder.

    Returns
    -------
    str
        A case file that, read in that folder, gives the same contests with the same files.
    """
    case = found.case
    document = tomlkit.document()
    document.add(tomlkit.comment("Written by the workbench; change it as you like."))
    document.add("name", tomlkit.item(case.name))
    for name, role in (("reports", "report"), ("totals", "totals")):
        paths = [source.path for source in case.sources if source.role == role and not source.contest]
        if paths:
            document.add(name, tomlkit.item(paths))
    listed = tomlkit.aot()
    for contest in case.contests:
        listed.append(_contest(contest, case.sources))
    document.add("contest", listed)
    text = tomlkit.dumps(document)
    plan = case.plan.model_dump(exclude_defaults=True, exclude={"mapping"})
    return changed(text, plan=plan) if plan else text


def _contest(contest: Contest, sources: Sequence[Source]) -> Table:
    table = tomlkit.table()
    table.add("id", contest.id)
    table.add("name", contest.name)
    for name in _SAID:
        value = getattr(contest, name)
        if value is not None and (name, value) != ("kind", "other"):
            table.add(name, value)
    results = [source.path for source in sources if (source.contest, source.role) == (contest.id, "results")]
    table.add("results", results)
    return table


def changed(
    text: str,
    *,
    plan: Mapping[str, Any] | None = None,
    contests: Mapping[str, Mapping[str, Any]] | None = None,
    top: Mapping[str, Any] | None = None,
) -> str:
    """Change entries of a case file, and leave everything else in it as it stands.

    Parameters
    ----------
    text
        The case file.
    plan
        Entries of ``[plan]``; null takes an entry out.
    contests
        Entries of contests, by their id; null takes an entry out.
    top
        Entries of the case itself (``name``, ``reports``).

    Raises
    ------
    InputError
        If it is no TOML, has no contest of that id, or is written in a way in which it cannot be changed.
    """
    parsed(text, _WHERE)
    try:
        made = _changed(tomlkit.parse(text), plan or {}, contests or {}, top or {})
        parsed(made, _WHERE)
    except (TOMLKitError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise InputError(
            f"this cannot be changed without harm to the rest ({error})",
            where=_WHERE,
            todo="change the file by hand in an editor",
        ) from None
    return made


def _changed(
    document: tomlkit.TOMLDocument,
    plan: Mapping[str, Any],
    contests: Mapping[str, Mapping[str, Any]],
    top: Mapping[str, Any],
) -> str:
    _put(document, top)
    listed = document.get("contest")
    known = [table for table in listed if isinstance(table, Mapping)] if isinstance(listed, list) else []
    for name, entries in contests.items():
        mine = [
            table
            for number, table in enumerate(known, 1)
            if str(table.get("id", f"contest-{number}")) == name
        ]
        if not mine:
            raise InputError(f"the case has no contest {name!r}", where=_WHERE)
        _put(mine[0], entries)
    if plan:
        if "plan" not in document:
            document.add("plan", tomlkit.table())
        _put(document["plan"], plan)
    return tomlkit.dumps(document)


def _put(table: Any, entries: Mapping[str, Any]) -> None:
    for name, value in entries.items():
        if value is None:
            table.pop(name, None)
        else:
            # What stands in braces can hold nothing that begins on a line of its own.
            inline = isinstance(table, InlineTable)
            table[name] = _inline(_plain(value)) if inline else tomlkit.item(_plain(value))


def _inline(value: Any) -> Any:
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        for name, item in value.items():
            table.append(name, _inline(item))
        return table
    return tomlkit.item(value)


def _plain(value: Any) -> Any:
    """Turn what models hold into what TOML has."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value
