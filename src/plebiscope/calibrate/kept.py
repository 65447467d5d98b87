"""Signals of worlds kept in a folder of the user, so that a run that was cut off goes on where it stopped.

One file holds the worlds of one table, favoured option, seed and state of the code: a line of JSON each,
added as they are done. Nothing in it is taken on trust: a line that is damaged, such as the last of a run
that was cut off, or that belongs to another file is passed over, counted and told, and its world made again.
A method that stopped with an error is not kept, because the error may lie in the machine (no memory left) and
not in the method. Beside the worlds lie the finished matrices, which ``examine`` looks up. The folder keeps
the files that were written last, a fixed number of them, and no file grows beyond a fixed size.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plebiscope.calibrate.jobs import Job, Outcome
from plebiscope.calibrate.signals import Fault, Heard, Signal
from plebiscope.model.power import Matrix
from plebiscope.worlds.fair import Version

FILES = 24
"""Files kept of each kind."""
MOST_BYTES = 256 * 2**20
"""Size beyond which a file of worlds is neither added to nor read."""
MOST_OF_A_MATRIX = 64 * 2**20
"""Size beyond which a file is no matrix."""
WORLDS, MATRIX = ".jsonl", ".json"

World = tuple[Version, str | None, float, int, str | None]
Count = Annotated[int, Field(ge=0, le=10**12)]
Said = tuple[
    Annotated[float, Field(le=0.0)] | None, Count, Annotated[float, Field(allow_inf_nan=False)] | None
]
"""The base-ten logarithm of q, contradictions, and the estimate of a signal."""


class _Line(BaseModel):
    """One line of a file of worlds, as it must be."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    of: str
    """Name of the file that it was written into."""
    world: tuple[Version, str | None, Annotated[float, Field(ge=0.0, le=1.0)], Count, str | None]
    done: tuple[Count, Count]
    heard: dict[str, Said | None]


def folder() -> Path:
    """Return the user's folder for what can be made again: that of the XDG base directories."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "plebiscope"


def digest(*parts: Any) -> str:
    """Return a short digest of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:20]


class Kept:
    """The worlds of one file: what is in it, and adding to it."""

    def __init__(self, path: Path | None) -> None:
        """Read the file, if there is one.

        Parameters
        ----------
        path
            Of the file; it and its folder are made when the first world is added. Without one, worlds are
            remembered and nothing is written.
        """
        self._path = path
        self.outcomes: dict[World, Outcome] = {}
        self.passed_over = 0
        """Lines that are damaged, or not of this file."""
        self.unread: str | None = None
        """Why the whole file is not read; else null."""
        self._ended = True
        self._bytes = 0
        try:
            if path is None or not path.is_file():
                return
            self._bytes = path.stat().st_size
            if self._bytes > MOST_BYTES:
                self.unread = "it is larger than such a file can be"
                return
            text = path.read_bytes()
        except OSError as error:
            self.unread = type(error).__name__
            return
        self._ended = text[-1:] in {b"", b"\n"}
        for line in text.splitlines():
            found = _from_json(line, path.stem)
            if found is None:
                self.passed_over += 1
            else:
                world, outcome = found
                self.outcomes[world] = _joined(self.outcomes.get(world), outcome)

    def add(self, done: Sequence[tuple[Job, Outcome]]) -> None:
        """Remember worlds, and write what was heard in them into the file while there is room."""
        for job, outcome in done:
            self.outcomes[job.world] = _joined(self.outcomes.get(job.world), outcome)
        if self._path is None or self.unread is not None:
            return
        lines = b"".join(
            _to_json(self._path.stem, job, outcome) for job, outcome in done if outcome.fault is None
        )
        if self._bytes + len(lines) > MOST_BYTES:
            return
        # What is kept saves time; a disk that is full or cannot be written to must not cost the result.
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(lines if self._ended else b"\n" + lines)
            self._bytes += len(lines)
            self._ended = True

    def missing(self, job: Job) -> Job | None:
        """Return the part of a job that is not known yet; null where all of it is."""
        outcome = self.outcomes.get(job.world)
        if outcome is None:
            return job
        if outcome.fault is not None:
            return None
        left = tuple(name for name in job.methods if name not in outcome.heard)
        return dataclasses.replace(job, methods=left) if left else None


def keep_matrix(path: Path, matrix: Matrix) -> None:
    """Write a matrix beside the worlds, and let go of the files that were used longest ago."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(matrix.model_dump_json(), encoding="utf-8")
        new.replace(path)
        for kind in (WORLDS, MATRIX):
            old = sorted(path.parent.glob(f"power-*{kind}"), key=lambda file: -file.stat().st_mtime)
            for file in old[FILES:]:
                file.unlink(missing_ok=True)


def matrices(where: Path, prefix: str) -> Iterator[tuple[str, Matrix | None]]:
    """Read the matrices that were kept for a table.

    Parameters
    ----------
    where
        The folder.
    prefix
        What the names of its files begin with.

    Yields
    ------
    name, matrix
        The name of the file; the matrix is null where the file holds none.
    """
    for path in sorted(where.glob(f"{prefix}*{MATRIX}")):
        try:
            whole = path.stat().st_size <= MOST_OF_A_MATRIX
            text = path.read_bytes() if whole else b""
            yield path.name, Matrix.model_validate_json(text, strict=True)
        except (OSError, ValueError, RecursionError):
            yield path.name, None


def _joined(one: Outcome | None, other: Outcome) -> Outcome:
    """Put together what different methods said of the same world."""
    if one is None or one.fault is not None:
        return other
    return Outcome(other.stations, other.votes, {**one.heard, **other.heard}, other.fault)


def _to_json(of: str, job: Job, outcome: Outcome) -> bytes:
    record = {
        "of": of,
        "world": job.world,
        "done": [outcome.stations, outcome.votes],
        "heard": {
            name: [heard.log10_q, heard.contradictions, heard.estimate] if heard is not None else None
            for name, heard in outcome.heard.items()
            if not isinstance(heard, Fault)
        },
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def _from_json(text: bytes, of: str) -> tuple[World, Outcome] | None:
    """Read a line; null where it is none, or not of this file."""
    try:
        line = _Line.model_validate_json(text)
    except (ValidationError, RecursionError):
        return None
    if line.of != of:
        return None
    heard: Mapping[str, Heard] = {
        name: None if said is None else Signal(*said) for name, said in line.heard.items()
    }
    return line.world, Outcome(*line.done, heard)


def sources(texts: Iterable[bytes]) -> str:
    """Return a digest of code, given as texts in a fixed order."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()[:20]
