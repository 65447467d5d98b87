"""The results of a case are read, and told as they were understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from plebiscope import canonical
from plebiscope.intake import cases
from plebiscope.intake import mapping as mappings
from plebiscope.intake.case_file import Found
from plebiscope.intake.preview import preview
from plebiscope.intake.read import read
from plebiscope.model.case import Contest
from plebiscope.model.errors import InputError
from plebiscope.web.sums import arithmetic

SHOWN = 12
"""Rows of a table that are shown."""


def understand(folder: Path, given: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """Read the results of a case, and tell how each column and record was understood.

    Parameters
    ----------
    given
        ``mappings``: what somebody says about the columns of a contest, by its id, before it is saved.
    """
    found = cases.gather([folder])
    tried: Mapping[str, Any] = given.get("mappings") or {}
    return {
        "case": {"name": found.case.name, "digest": found.case.digest, "inferred": found.inferred},
        "contests": [_contest(found, contest, tried, say) for contest in found.case.contests],
        "reports": [source.path for source in found.case.sources if source.role == "report"],
        "totals": [source.path for source in found.case.sources if source.role == "totals"],
    }


def _contest(
    found: Found, contest: Contest, tried: Mapping[str, Any], say: Callable[..., None]
) -> dict[str, Any]:
    paths = [
        path for source, path in found.placed if (source.role, source.contest) == ("results", contest.id)
    ]
    told: dict[str, Any] = {
        "id": contest.id,
        "name": contest.name,
        "favoured": contest.favoured,
        "files": [path.name for path in paths],
        "tables": [],
        "reading": None,
        "refused": None,
    }
    if not paths:
        return told
    say(step=f"reading {', '.join(told['files'])}")
    said = tried.get(contest.id) or found.mappings.get(contest.id) or found.case.plan.mapping or None
    told["mapping"] = said
    try:
        told["tables"] = [
            {
                "file": one.file,
                "sheet": one.sheet,
                "headers": one.headers,
                "rows": one.rows,
                "lines": one.lines,
                "records": one.records,
            }
            for one in preview(paths)
        ]
        read_one = read(paths, contest.id, mappings.from_dict(said, "mapping") if said else None)
    except InputError as error:
        told["refused"] = {
            "met": error.met,
            "where": error.where,
            "expected": error.expected,
            "todo": error.todo,
        }
        return told
    told["reading"] = canonical.as_json(read_one)
    told["sums"] = arithmetic(read_one.returns)
    table = read_one.returns.table.head(SHOWN)
    told["rows"] = {
        "columns": table.columns,
        "cells": [[None if c is None else str(c) for c in r] for r in table.rows()],
    }
    told["as_written"] = mappings.write(read_one.returns, None, read_one.join, read_one.said)
    return told
