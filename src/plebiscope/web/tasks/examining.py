"""A case is examined, and its dossier written into its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from plebiscope import study
from plebiscope.dossier.weigh import Answer
from plebiscope.dossier.write import mend
from plebiscope.web.folders import DOSSIER


def examine(folder: Path, given: dict[str, Any], say: Callable[..., None]) -> dict[str, Any]:
    """Examine a case, and write its dossier into its folder."""
    mend(folder / DOSSIER)
    examined = study.examine(
        folder, progress=lambda step: say(step=step), heard=lambda answer: say(answer=_told(answer)), **given
    )
    say(step="writing the dossier")
    study.write(examined, folder / DOSSIER)
    return {"remarks": list(examined.remarks)}


def _told(answer: Answer) -> dict[str, Any]:
    """Say in one line what a method brought back; what it means is weighed at the end."""
    head = answer.evidence.measurements[0]
    return {
        "method": answer.method.title,
        "contest": answer.contest,
        "status": head.status,
        "said": head.statement or head.reason or "",
    }
