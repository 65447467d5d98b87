"""Where a sentence or picture comes from."""

from __future__ import annotations

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.text import name


def source_line(dossier: Dossier) -> str:
    """Return the line that says where a sentence or picture comes from, wherever it is pasted."""
    kind = (
        "simulated, this vote did not happen"
        if dossier.case.simulated
        else f"case {dossier.case.digest[:12]}"
    )
    digest = f", case {dossier.case.digest[:12]}" if dossier.case.simulated else ""
    masked = ", names masked" if dossier.masked is not None else ""
    return f"plebiscope {dossier.plebiscope}, {name(dossier.case.name)}, {kind}{digest}{masked}"
