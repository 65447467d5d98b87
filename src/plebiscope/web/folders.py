"""Cases are folders on disk, readable without plebiscope.

No text of a request becomes a path: a case or a file is looked for among the names that the folder holds,
and a new name is made of letters, digits and a few signs.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from plebiscope.dossier.write import DATA, PAGE, STATIONS
from plebiscope.intake.case_file import REVIEWS
from plebiscope.intake.cases import LITTER
from plebiscope.model.errors import InputError

DOSSIER = "dossier"
"""Folder of a case in which its dossier lies."""
_KEPT = ".workbench"
_PRINTING = "printing"
MASKED = "masked"
"""Folder of a case in which the copy of its dossier lies that has no names."""
KEY = "masked-key"
"""Folder of a case in which it says what the pseudonyms of that copy stand for, if anybody has asked."""
REMOVED = "removed"
"""Folder of a case into which files go that were taken out of it."""
APART = (_KEPT, REMOVED, MASKED, KEY)
"""Folders of a case that are no part of what is archived of it."""
_OWN = 0o700
"""Folders are made so that no other user of the machine sees what is in them: reports name witnesses."""
WRITTEN = ("case.toml", *REVIEWS)
"""Files of a case that the workbench itself writes."""
_LONGEST = 100
"""Bytes of a name; file systems take 255, and endings are added."""
_SIGNS = re.compile(r"[^\w.() +-]")
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def safe_name(text: str, otherwise: str) -> str:
    """Make a name for a file or folder of what somebody has typed or a browser says.

    Parameters
    ----------
    text
        The name as given; a path is cut to its last part.
    otherwise
        What it is called where nothing is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    name = re.sub(r"\s+", " ", _SIGNS.sub("_", last)).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = name, "", ""
    room = _LONGEST - len((dot + ending).encode())
    name = stem.encode()[:room].decode("utf-8", "ignore").strip(" .") + dot + ending
    name = name if name.strip("._ ") else otherwise
    return f"_{name}" if _RESERVED.match(name) or name.startswith(("-", "~")) else name


@dataclass(frozen=True)
class CaseFolder:
    """The folder of one case."""

    path: Path

    @property
    def name(self) -> str:
        """Its name, under which it is asked for."""
        return self.path.name

    def refuse_links(self) -> None:
        """Refuse a folder in which what the workbench writes would land elsewhere.

        Raises
        ------
        InputError
            If it holds such a link.
        """
        folders = [self.path / name for name in (_KEPT, REMOVED, DOSSIER, MASKED, KEY)]
        written = [*folders, *(self.path / name for name in WRITTEN)]
        real = [p for p in folders if p.is_dir() and not p.is_symlink()]
        # What the workbench keeps for itself lies flat; a browser that prints may make links further down.
        inside = [p for one in real for p in (one.iterdir() if one.name == _KEPT else one.rglob("*"))]
        link = next((p for p in (*written, *inside) if p.is_symlink()), None)
        if link is not None:
            raise InputError(
                "a link lies where the workbench writes, so nothing is done with this case",
                where=link.name,
                expected="plain files and folders",
                todo="remove the link from the folder of the case",
            )

    @property
    def files(self) -> list[Path]:
        """What was put into it, by name: results, totals, reports, the case file, a review."""
        return sorted(
            (
                p
                for p in self.path.iterdir()
                if p.is_file() and not p.is_symlink() and not p.name.startswith(LITTER)
            ),
            key=lambda p: p.name,
        )

    def file(self, name: str) -> Path | None:
        """Return the file called so, if there is one."""
        return next((path for path in self.files if path.name == name), None)

    @property
    def dossier(self) -> Path | None:
        """Return its ``dossier.json``, if it was examined; what a link leads to is none of this case."""
        made = self.path / DOSSIER / DATA
        page, table = made.with_name(PAGE), made.with_name(STATIONS)
        if any(path.is_symlink() for path in (made.parent, made, page, table)):
            return None
        return made if made.is_file() and page.is_file() else None

    def add(self, name: str, content: BinaryIO) -> Path:
        """Put a file into it, under a name of its own.

        Raises
        ------
        InputError
            If the disk refuses.
        """
        wanted = safe_name(name, "file")
        taken = {path.name.casefold() for path in self.path.iterdir()} | {REMOVED, DOSSIER, MASKED, KEY}
        stem, dot, ending = wanted.rpartition(".")
        stem, dot, ending = (stem, dot, ending) if dot else (wanted, "", "")
        number, given = 2, wanted
        while given.casefold() in taken:
            given, number = f"{stem} {number}{dot}{ending}", number + 1
        target = self.path / given
        with _said(target), open(target, "xb", opener=_for_nobody_else) as file:
            shutil.copyfileobj(content, file, 1 << 20)
        return target

    def remember(self, what: str, found: dict[str, Any]) -> None:
        """Keep something that the workbench worked out, apart from what people put there."""
        place = self.path / _KEPT / f"{what}.json"
        with _said(place):
            place.parent.mkdir(_OWN, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=place.parent, encoding="utf-8", delete=False) as file:
                json.dump(found, file, ensure_ascii=False)
            Path(file.name).replace(place)

    def remembered(self, what: str) -> dict[str, Any] | None:
        """Return what was kept under a name; null if nothing was, or it is damaged."""
        try:
            found = json.loads((self.path / _KEPT / f"{what}.json").read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def kept(self, name: str) -> Path:
        """Return where the workbench keeps a file for itself; the folder is made if need be."""
        place = self.path / _KEPT / name
        with _said(place):
            place.parent.mkdir(_OWN, exist_ok=True)
        return place

    def printing(self) -> Path:
        """Return a new empty folder for what is needed while a page is printed.

        Raises
        ------
        InputError
            If the disk refuses.
        """
        self.clear_printing()
        place = self.kept(_PRINTING)
        with _said(place):
            place.mkdir(_OWN, exist_ok=True)
        return place

    def clear_printing(self) -> None:
        """Remove what printing has left: the page with all names, and what the browser kept of it."""
        kept = self.path / _KEPT
        if not kept.is_symlink():
            shutil.rmtree(kept / _PRINTING, ignore_errors=True)

    def aside(self) -> CaseFolder:
        """Return the folder into which files go that are taken out; it is made if need be."""
        place = self.path / REMOVED
        with _said(place):
            place.mkdir(_OWN, exist_ok=True)
        return CaseFolder(place)


@dataclass(frozen=True)
class Cases:
    """The folder that holds the folders of all cases."""

    root: Path

    def all(self) -> list[CaseFolder]:
        """Return every case, the one touched last first."""
        if not self.root.is_dir():
            return []
        inside = [p for p in self.root.iterdir() if _shown(p) and p.is_dir()]
        return [CaseFolder(p) for p in sorted(inside, key=lambda p: (-p.stat().st_mtime, p.name))]

    def find(self, name: str) -> CaseFolder | None:
        """Return the case called so, if there is one."""
        return next((case for case in self.all() if case.name == name), None)

    def new(self, called: str) -> CaseFolder:
        """Make an empty case.

        Raises
        ------
        InputError
            If the disk refuses.
        """
        wanted = safe_name(called, "case").replace(".", "_")
        taken = {p.name.casefold() for p in self.root.iterdir()} if self.root.is_dir() else set()
        number, given = 2, wanted
        while given.casefold() in taken:
            given, number = f"{wanted} {number}", number + 1
        with _said(self.root / given):
            self.root.mkdir(_OWN, parents=True, exist_ok=True)
            (self.root / given).mkdir(_OWN)
        return CaseFolder(self.root / given)

    def copy(self, files: Iterable[Path], called: str) -> CaseFolder:
        """Make a case of files that lie elsewhere on this machine, the bundled example for instance."""
        made = self.new(called)
        for path in files:
            with path.open("rb") as content:
                made.add(path.name, content)
        return made


def _shown(path: Path) -> bool:
    """Tell what people have put there from links, litter, and names that cannot be written on a page."""
    if path.is_symlink() or path.name.startswith((".", "~$")):
        return False
    return not any(0xD800 <= ord(letter) <= 0xDFFF or ord(letter) < 32 for letter in path.name)


def _for_nobody_else(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def _said(place: Path) -> Iterator[None]:
    """Turn what the disk refuses into a message that says what to do."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror or error})",
            where=place.name,
            todo="make room, or start the workbench with another --cases folder",
        ) from None
