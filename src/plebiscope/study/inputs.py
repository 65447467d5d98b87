"""From which files a dossier was made, to the byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from plebiscope.dossier import dossier as paper
from plebiscope.intake import read as reading
from plebiscope.model.case import Source


def of_file(path: Path, shown: str, role: str, contest: str | None, kind: str) -> paper.Input:
    """Describe a file, which is called as it is shown."""
    data = path.read_bytes()
    return paper.Input.model_validate(
        {
            "path": shown,
            "role": role,
            "contest": contest,
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "format": kind,
        }
    )


def of_table(sources: Sequence[Source], read_one: reading.Reading) -> Iterator[paper.Input]:
    """Describe the files from which one table was read."""
    for source, file in zip(sources, read_one.files, strict=True):
        yield paper.Input(
            path=source.path,
            role=source.role,
            contest=source.contest,
            sha256=file.sha256,
            bytes=file.bytes,
            format=file.format,
            encoding=file.encoding or None,
        )
