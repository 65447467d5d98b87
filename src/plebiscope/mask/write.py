"""The files of a masked copy; the key to its pseudonyms only if asked, and elsewhere."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from plebiscope.dossier import write as dossier_files
from plebiscope.dossier.stored import load
from plebiscope.mask.masking import Copy
from plebiscope.model.errors import InputError
from plebiscope.model.wording import plain_cell

KEY = "key.csv"
_MINE = {dossier_files.DATA, dossier_files.PAGE, dossier_files.STATIONS, dossier_files.TEXTS}


def write(copy: Copy, folder: Path, key: Path | None = None) -> tuple[Path, ...]:
    """Write a masked copy into a folder of its own.

    Parameters
    ----------
    copy
        The copy.
    folder
        Empty, or with an earlier masked copy, whose place it takes.
    key
        Another folder, for the list of what each pseudonym stands for; by default none is written.

    Returns
    -------
    tuple of Path
        The files of the copy, and the key.

    Raises
    ------
    InputError
        If the folder holds anything else, the key would lie with the copy, or the disk refuses.
    """
    check(folder, key)
    files = dossier_files.write(copy.dossier, copy.table, folder)
    if key is None:
        return files
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["pseudonym", "name"])
    table.writerows([plain_cell(cell) for cell in row] for row in copy.key)
    try:
        key.mkdir(parents=True, exist_ok=True)
        place = key / KEY
        place.touch(mode=0o600)
        place.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise InputError(f"the key cannot be written: {error.strerror or error}", where=str(key)) from None
    return (*files, place)


def check(folder: Path, key: Path | None) -> None:
    """Refuse folders in which a name could be shared by mistake.

    Raises
    ------
    InputError
        If the folder holds anything but a masked copy, or the key would lie with the copy.
    """
    inside = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if inside and not (inside <= _MINE and _is_copy(folder / dossier_files.DATA)):
        raise InputError(
            "the folder is not empty, and what lies there could be shared with the copy",
            where=str(folder),
            expected="an empty folder, or one with an earlier masked copy and nothing else",
        )
    if key is not None:
        there, here = key.resolve(), folder.resolve()
        if there == here or here in there.parents:
            raise InputError(
                "the key must not lie with the copy", where=str(key), todo="choose another folder for it"
            )


def _is_copy(data: Path) -> bool:
    try:
        return load(data).masked is not None
    except InputError:
        return False
