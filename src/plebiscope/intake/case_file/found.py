"""A case with the places of its files, as it goes down the road."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plebiscope.model.case import Case, Source


@dataclass(frozen=True)
class Found:
    """A case, and where each of its sources lies.

    Attributes
    ----------
    files
        Path of each source, in the order of ``case.sources``.
    mappings
        What the user has said about the columns, by contest; about those of copies, by contest and whose
        they are (:func:`copies_key`).
    inferred
        True where no case file was given.
    """

    case: Case
    files: tuple[Path, ...]
    mappings: dict[str, dict[str, Any]]
    inferred: bool
    simulated: bool | None = None
    repeated: tuple[str, ...] = ()
    """Names of files given twice, by content; they are used once."""
    review: Path | None = None
    """File with what people decided on statements. It is no source of the case, whose digest stays as it was
    before anybody read the reports."""
    extends: bool = False
    """True where it was named by hand: lines are added to it for statements that it lacks."""
    proposers: tuple[str, ...] = ()
    """Names of plug-ins that are asked for words to look at."""

    @property
    def placed(self) -> list[tuple[Source, Path]]:
        """Each source with the path at which it lies."""
        return list(zip(self.case.sources, self.files, strict=True))


def copies_key(contest: str, source: str) -> str:
    """Return the key of what the user has said about the columns of copies."""
    return f"{contest}/copies/{source}"
