"""A copy of the dossier of a case is made in which names are masked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from plebiscope.mask import Wanted, write
from plebiscope.mask import mask as masked_copy
from plebiscope.mask.write import KEY as KEY_FILE
from plebiscope.web.folders import DOSSIER, KEY, MASKED


def mask(folder: Path, given: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """Make a masked copy beside the dossier of a case, and say what was masked.

    Parameters
    ----------
    given
        ``stations``, ``speakers`` and, by default not, ``persons``; ``names``, a list of lists of ways to
        write a name; ``key``, whether what each pseudonym stands for is written, into a folder of its own.
    """
    say(step="looking for names")
    listed = tuple(tuple(names) for names in given["names"])
    wanted = Wanted(given["stations"], given["speakers"], given.get("persons", False), listed)
    copy = masked_copy(folder / DOSSIER, wanted)
    say(step="writing the copy")
    # An older key would tell other names than this copy means.
    (folder / KEY / KEY_FILE).unlink(missing_ok=True)
    write(copy, folder / MASKED, folder / KEY if given["key"] else None)
    return {"still_named": list(copy.still_named)}
