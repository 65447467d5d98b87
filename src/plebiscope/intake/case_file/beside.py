"""The tables beside the results: earlier states of the count, and copies of what stations signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plebiscope.intake import totals as announced
from plebiscope.intake.case_file.named import listed
from plebiscope.model.case import Provenance
from plebiscope.model.errors import InputError

_STATES = {"file", "files", "time"}
_COPIES = {"file", "files", "source", "kind", "mapping", "strata", "drawn"}


def states(entries: Any, where: str) -> Iterator[tuple[dt.datetime, list[Any]]]:
    """Check each ``[[contest.states]]``: the files of an earlier state of the count, and its time."""
    seen: list[dt.datetime] = []
    for entry in entries if isinstance(entries, list) else [entries]:
        if not _is_table(entry, _STATES):
            raise InputError(
                "earlier states of a count are given as tables [[contest.states]], each with file and time",
                where=where,
                expected="`file` (or `files`, parts of one table) and `time`",
            )
        when = entry.get("time")
        if not isinstance(when, dt.datetime) or when in seen:
            raise InputError(
                "two states of the count have the same time" if when in seen
                else f"the time of a state of the count is {when!r}",
                where=where,
                expected="a day and a time, without quotation marks: time = 2030-01-02T00:00:00",
            )  # fmt: skip
        if when.tzinfo is not None:
            try:
                when = when.astimezone(dt.UTC).replace(tzinfo=None)
            except OverflowError:
                raise InputError(f"the time of a state of the count is {when}", where=where) from None
        seen.append(when)
        yield when, _files(entry, where)


def copies(entries: Any, folder: Path, where: str) -> Iterator[tuple[Provenance, list[Any], Any]]:
    """Check each ``[[contest.copies]]``: whose copies of what, the files they are in, and their mapping."""
    seen: set[str] = set()
    for entry in entries if isinstance(entries, list) else [entries]:
        if not _is_table(entry, _COPIES):
            raise InputError(
                "copies are given as tables [[contest.copies]] with a file each",
                where=where,
                expected="`file` (or `files`, parts of one table), `source`, `kind`; `mapping` and, of a "
                "sample, `strata` if need be",
            )
        drawn = {"drawn": entry["drawn"]} if "drawn" in entry else {}
        if isinstance(entry.get("drawn"), str):
            drawn = {"drawn": listed(folder, entry["drawn"], where)}
        try:
            provenance = Provenance.model_validate(
                {key: entry[key] for key in ("source", "kind", "strata") if key in entry} | drawn
            )
        except ValidationError as error:
            raise InputError(announced.first_complaint(error), where=where) from None
        names = _files(entry, where)
        if provenance.source in seen:
            raise InputError(
                f"two copies have the source {provenance.source!r}",
                where=where,
                expected="one table for each source, with all its `files`",
            )
        seen.add(provenance.source)
        yield provenance, names, entry.get("mapping")


def _is_table(entry: Any, known: set[str]) -> bool:
    """Tell a table that says where its files are, and nothing that nobody has asked for."""
    return isinstance(entry, dict) and set(entry) <= known and ("file" in entry) != ("files" in entry)


def _files(entry: dict[str, Any], where: str) -> list[Any]:
    names = entry.get("files", [entry.get("file")])
    if not isinstance(names, list) or not names:
        raise InputError("`files` is no list of files", where=where, expected="names of files in this folder")
    return names
