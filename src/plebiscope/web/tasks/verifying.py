"""A dossier is made again from its sources and compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from plebiscope import study
from plebiscope.dossier.write import DATA
from plebiscope.web.folders import DOSSIER


def verify(folder: Path, given: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """Make the dossier of a case again, and name the places in which the two differ."""
    found = study.verify(folder / DOSSIER / DATA, [folder], lambda step: say(step=step))
    return {"differences": [str(one) for one in found.differences], "remarks": list(found.remarks)}
