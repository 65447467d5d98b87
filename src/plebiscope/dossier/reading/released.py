"""Which figures the case holds, which it does not, and what cannot be tested for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plebiscope.dossier.text import lowered
from plebiscope.dossier.words.unanswered import NEEDS, needed
from plebiscope.model.wording import counted, listed


def release_sentence(
    level: str,
    rows: int,
    held: Sequence[str],
    lacking: Sequence[str],
    sources: int,
    closed_for: Mapping[str, Sequence[str]],
    unpublished: Sequence[str] = (),
) -> str:
    """Say which figures the case holds, which it does not, and what follows.

    Parameters
    ----------
    level
        ``station``, ``area``, ``totals`` or ``none``.
    rows
        Number of stations or areas.
    held, lacking
        What is and is not part of the case: quantities and ``options``, ``areas``, ``station``, ``returns``.
    sources
        Number of announced totals.
    closed_for
        Titles of the methods that cannot be asked, each with what it lacks. Nobody need have been able to
        publish that: groups of stations, for instance.
    unpublished
        What is known never to have been published. Nothing else may be said not to have been.
    """
    parts = []
    if level in {"station", "area"}:
        columns = listed([NEEDS[key] for key in held])
        kind = counted(rows, "polling stations" if level == "station" else "areas")
        parts.append(f"the results of {kind}" + (f" ({columns})" if columns else ""))
    if sources:
        parts.append(f"announced totals from {counted(sources, 'sources')}")
    said = f"This case holds {listed(parts, 'and also') or 'no figures'}."
    closed = level in {"totals", "none"}
    if closed and "returns" in unpublished:
        return (
            f"{said} {NEEDS['returns'].capitalize()} were never published; so nothing that rests on stations "
            f"can be tested, and nobody outside can check whether the totals are what was counted."
        )
    if lacking:
        said += f" Not part of it: {listed([NEEDS[key] for key in lacking], 'or')}"
        said += "; so nothing that rests on stations can be tested here." if closed else "."
    if closed_for and not closed:
        by_need: dict[str, list[str]] = {}
        for title, lacks in closed_for.items():
            by_need.setdefault(needed(lacks), []).append(lowered(title))
        wanting = [f"{listed(titles)} for want of {needs}" for needs, titles in by_need.items()]
        said += f" Cannot be tested here: {'; '.join(wanting)}."
    never = [key for key in lacking if key in unpublished]
    return said + (f" Never published: {listed([NEEDS[key] for key in never])}." if never else "")
