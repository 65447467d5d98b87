"""The long work that pages ask for; each task gets the folder of a case, and says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from plebiscope import study
from plebiscope.web.folders import DOSSIER

Say = Callable[..., None]


def examine(folder: Path, given: dict[str, Any], say: Say) -> dict[str, Any]:
    """Examine a case, and write its dossier into its folder."""
    examined = study.examine(folder, progress=lambda step: say(step=step), **given)
    say(step="writing the dossier")
    study.write(examined, folder / DOSSIER)
    return {"remarks": list(examined.remarks)}
