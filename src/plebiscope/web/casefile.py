"""What pages write into the case file of a case, and how files of a case get into it and out again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plebiscope.intake import cases
from plebiscope.intake.case_file import REVIEWS
from plebiscope.intake.case_writing import case_text, changed
from plebiscope.model.errors import InputError
from plebiscope.web.folders import CaseFolder

NAME = "case.toml"


def save(case: CaseFolder, **entries: Any) -> None:
    """Write something into the case file; one is made of the files where there is none.

    Parameters
    ----------
    entries
        As for :func:`plebiscope.intake.case_writing.changed`.

    Raises
    ------
    InputError
        If the files make no case, or the case file is damaged.
    """
    path = case.path / NAME
    text = path.read_text("utf-8") if path.is_file() else case_text(cases.gather([case.path]))
    replace(case, changed(text, **entries).encode())


def replace(case: CaseFolder, content: bytes | None) -> None:
    """Put this in place of the case file; null takes it away."""
    path = case.path / NAME
    if content is None:
        path.unlink(missing_ok=True)
        return
    aside = path.with_name(f".{NAME}.new")
    aside.write_bytes(content)
    aside.replace(path)


def content(case: CaseFolder) -> bytes | None:
    """Return the case file as it is; null where there is none."""
    path = case.path / NAME
    return path.read_bytes() if path.is_file() else None


def put_in(case: CaseFolder, paths: Iterable[Path]) -> None:
    """Name new files in the case file, where there is one; without one, all files of the folder count.

    Raises
    ------
    InputError
        If it cannot be said to which of several contests results belong.
    """
    before = content(case)
    if before is None:
        return
    said = tomllib.loads(before.decode("utf-8"))
    contests = said["contest"]
    for path in paths:
        if path.name == NAME or path.name in REVIEWS:
            continue
        role = cases.role_of(path)
        if role != "results":
            key = "reports" if role == "report" else "totals"
            said[key] = [*said.get(key, []), path.name]
            save(case, top={key: said[key]})
            continue
        if len(contests) > 1:
            raise InputError(
                "the case has several contests, and it is not said to which this file belongs",
                where=path.name,
                todo=f"write its name under `results` of a [[contest]] in {NAME}",
            )
        listed = contests[0].get("results", [])
        contests[0]["results"] = [*(listed if isinstance(listed, list) else [listed]), path.name]
        mine = str(contests[0].get("id", "contest-1"))
        save(case, contests={mine: {"results": contests[0]["results"]}})


def take_out(case: CaseFolder, name: str) -> None:
    """Take a file out of the case file, where it is named in a plain list."""
    before = content(case)
    if before is None or name == NAME:
        return
    said = tomllib.loads(before.decode("utf-8"))
    top = {key: [one for one in said[key] if one != name] for key in ("reports", "totals") if key in said}
    lists: dict[str, dict[str, Any]] = {}
    for number, contest in enumerate(said["contest"], 1):
        listed = contest.get("results", [])
        if isinstance(listed, list) and name in listed:
            mine = str(contest.get("id", f"contest-{number}"))
            lists[mine] = {"results": [one for one in listed if one != name]}
    save(case, top={key: value or None for key, value in top.items()}, contests=lists)
