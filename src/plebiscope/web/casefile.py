"""What pages write into the case file of a case, and how files of a case get into it and out again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plebiscope.intake import cases
from plebiscope.intake.case_file import REVIEWS, is_case, is_review
from plebiscope.intake.case_writing import case_text, changed
from plebiscope.intake.encoding import decode
from plebiscope.intake.toml_text import parsed
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
    before = content(case)
    text = decode(before)[0] if before is not None else case_text(cases.gather([case.path]))
    replace(case, changed(text, **entries).encode())


def replace(case: CaseFolder, content: bytes | None) -> None:
    """Put this in place of the case file; null takes it away."""
    path = case.path / NAME
    if content is None:
        path.unlink(missing_ok=True)
        return
    with tempfile.NamedTemporaryFile(dir=case.path, prefix=f".{NAME}.", delete=False) as aside:
        aside.write(content)
    if path.exists():
        shutil.copymode(path, aside.name)
    Path(aside.name).replace(path)


def content(case: CaseFolder) -> bytes | None:
    """Return the case file as it is; null where there is none."""
    path = case.path / NAME
    return path.read_bytes() if path.is_file() else None


def _read(before: bytes) -> tuple[dict[str, Any], str]:
    """Read the case file as a table and as a text.

    Raises
    ------
    InputError
        If it is damaged.
    """
    text, _ = decode(before)
    said = parsed(text, NAME)
    contests = said.get("contest")
    if not isinstance(contests, list) or not all(isinstance(one, dict) for one in contests):
        raise InputError("the case has no contest", where=NAME, expected="at least one [[contest]]")
    return said, text


def put_in(case: CaseFolder, paths: Iterable[Path]) -> None:
    """Name new files in the case file, where there is one; without one, all files of the folder count.

    Files that it names already, reviews and case files are left alone.

    Raises
    ------
    InputError
        If it cannot be said to which of several contests results belong.
    """
    before = content(case)
    if before is None:
        return
    said, text = _read(before)
    own = {NAME, *REVIEWS}
    new = [p for p in paths if p.name not in own and f'"{p.name}"' not in text and not is_review(p)]
    roles = {path.name: cases.role_of(path) for path in new if not _is_case(path)}
    results = [name for name, role in roles.items() if role == "results"]
    contests = said["contest"]
    if results and len(contests) > 1:
        raise InputError(
            "the case has several contests, and it is not said to which this file belongs",
            where=results[0],
            todo=f"write its name under `results` of a [[contest]] in {NAME}",
        )
    top = {}
    for key, role in (("reports", "report"), ("totals", "totals")):
        mine = [name for name, found in roles.items() if found == role]
        if mine:
            top[key] = [*_listed(said.get(key, [])), *mine]
    lists = {}
    if results:
        lists[str(contests[0].get("id", "contest-1"))] = {
            "results": [*_listed(contests[0].get("results", [])), *results]
        }
    if top or lists:
        save(case, top=top, contests=lists)


def _is_case(path: Path) -> bool:
    return path.suffix.lower() == ".toml" and is_case(path)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def take_out(case: CaseFolder, name: str) -> None:
    """Take a file out of the case file, where it is named in a plain list."""
    before = content(case)
    if before is None or name == NAME:
        return
    said, _ = _read(before)
    top = {
        key: [one for one in _listed(said[key]) if one != name]
        for key in ("reports", "totals")
        if key in said
    }
    lists: dict[str, dict[str, Any]] = {}
    for number, contest in enumerate(said["contest"], 1):
        listed = contest.get("results", [])
        if isinstance(listed, list) and name in listed:
            mine = str(contest.get("id", f"contest-{number}"))
            lists[mine] = {"results": [one for one in listed if one != name]}
    save(case, top={key: value or None for key, value in top.items()}, contests=lists)
