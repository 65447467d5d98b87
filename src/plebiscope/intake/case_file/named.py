"""The files that a case file names, each of them inside its own folder."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from plebiscope.intake.encoding import decode
from plebiscope.intake.sniff import read_bytes
from plebiscope.model.case import Provenance, Role, Source
from plebiscope.model.errors import InputError


@dataclass(frozen=True)
class Named:
    """The files that were named so far, each as a source of the case."""

    folder: Path
    """Folder of the case file."""
    where: str
    """What the case file is called in complaints."""
    sources: list[Source] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    """Path of each source."""

    def add(
        self,
        name: Any,
        role: Role,
        contest: str | None = None,
        *,
        reported: dt.datetime | None = None,
        copies: Provenance | None = None,
    ) -> None:
        """Add a file, with what it is to the case.

        Raises
        ------
        InputError
            If it lies outside the folder, or is not there.
        """
        shown, target = inside(self.folder, name, self.where)
        source = Source(path=shown, role=role, contest=contest, reported=reported, copies=copies)
        self.sources.append(source)
        self.files.append(target)


def inside(folder: Path, name: Any, where: str) -> tuple[str, Path]:
    """Resolve a path named in a case file; it must stay inside the case's folder."""
    text = str(name)
    pure = PurePosixPath(text.replace("\\", "/"))
    try:
        target = (folder / Path(*pure.parts)).resolve() if not pure.is_absolute() else Path(text)
        there = target.is_file()
    except (OSError, ValueError):
        raise InputError(
            f"no file can be called {text[:60]!r}", where=where, expected="a file in the folder of the case"
        ) from None
    if pure.is_absolute() or re.match(r"^[A-Za-z]:", text) or not target.is_relative_to(folder.resolve()):
        raise InputError(
            f"the case holds a path that leads outside its folder: {text!r}",
            where=where,
            expected="a file in the folder of the case",
            todo="copy the file there, or name it on the command line instead",
        )
    if not there:
        raise InputError(
            f"the case file names a file that is not there: {text!r}",
            where=where,
            todo="check the spelling; paths are relative to the case file",
        )
    return str(pure), target


def names(entries: Any, what: str, where: str) -> list[str]:
    """Check a list of files; one file alone may stand without brackets."""
    given = entries if isinstance(entries, list) else [entries]
    if not all(isinstance(name, str) for name in given):
        raise InputError(
            f"`{what}` is no list of files", where=where, expected=f'{what} = ["one.csv", "other.csv"]'
        )
    return given


def listed(folder: Path, name: str, where: str) -> list[str]:
    """Read a list of stations, one a line; what follows ``#`` at the start of a line is a comment.

    Raises
    ------
    InputError
        If the file lies outside the folder of the case, is not there or names no station.
    """
    text, _ = decode(read_bytes(inside(folder, name, where)[1]))
    lines = [line.strip() for line in text.splitlines()]
    stations = [line for line in lines if line and not line.startswith("#")]
    if not stations:
        raise InputError(
            f"the list of stations {name!r} is empty", where=where, expected="one station a line"
        )
    return stations
