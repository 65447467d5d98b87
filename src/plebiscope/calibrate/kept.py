"""Signals of worlds kept in a folder of the user, so that a run that was cut off goes on where it stopped.

One file holds the worlds of one table, favoured option, seed and state of the code: a line of JSON each,
added as they are done. A line that cannot be read, such as the last of a run that was cut off, is passed
over and its world made again. Beside them lie the finished matrices, which ``examine`` looks up. The folder
keeps the files that were written last, a fixed number of them, and no file grows beyond a fixed size.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from plebiscope.calibrate.jobs import Job, Outcome
from plebiscope.calibrate.signals import Fault, Heard, Signal
from plebiscope.model.power import Matrix

FILES = 24
"""Files kept of each kind."""
MOST_BYTES = 256 * 2**20
"""Size beyond which a file of worlds is not added to."""
WORLDS, MATRIX = ".jsonl", ".json"

World = tuple[str, str | None, float, int]


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
        self.damaged = 0
        self._ended = True
        self._bytes = 0
        if path is None or not path.is_file():
            return
        text = path.read_bytes()
        self._bytes, self._ended = len(text), text[-1:] in {b"", b"\n"}
        for line in text.splitlines():
            try:
                world, outcome = _from_json(json.loads(line))
            except (ValueError, KeyError, TypeError, IndexError):
                self.damaged += 1
                continue
            self.outcomes[world] = _joined(self.outcomes.get(world), outcome)

    def add(self, done: Sequence[tuple[Job, Outcome]]) -> None:
        """Remember worlds, and write them into the file while there is room."""
        lines = b"".join(_to_json(job, outcome) for job, outcome in done)
        for job, outcome in done:
            self.outcomes[job.world] = _joined(self.outcomes.get(job.world), outcome)
        if self._path is None or self._bytes + len(lines) > MOST_BYTES:
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
        return Job(*job.world, left) if left else None  # type: ignore[arg-type]


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


def best_matrix(where: Path, prefix: str) -> Matrix | None:
    """Return the fullest matrix that was kept for a table; null where there is none.

    Parameters
    ----------
    where
        The folder.
    prefix
        What the names of its files begin with.
    """
    found = []
    for path in sorted(where.glob(f"{prefix}*{MATRIX}")):
        with suppress(OSError, ValueError):
            matrix = Matrix.model_validate_json(path.read_text("utf-8"))
            worlds = matrix.settings.worlds if matrix.settings else 0
            found.append((len(matrix.cells), worlds, path.name, matrix))
    return max(found, key=lambda one: one[:3])[3] if found else None


def _joined(one: Outcome | None, other: Outcome) -> Outcome:
    """Put together what different methods said of the same world."""
    if one is None or one.fault is not None:
        return other
    return Outcome(other.stations, other.votes, {**one.heard, **other.heard}, other.fault)


def _to_json(job: Job, outcome: Outcome) -> bytes:
    record = {
        "world": job.world,
        "done": [outcome.stations, outcome.votes],
        "heard": {name: _said(heard) for name, heard in outcome.heard.items()},
        "fault": outcome.fault,
    }
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def _said(heard: Heard) -> Any:
    if isinstance(heard, Signal):
        return [heard.log10_q, heard.contradictions, heard.estimate]
    return heard.what if isinstance(heard, Fault) else None


def _from_json(record: Mapping[str, Any]) -> tuple[World, Outcome]:
    version, mechanism, prevalence, number = record["world"]
    stations, votes = record["done"]
    heard = {str(name): _heard(said) for name, said in record["heard"].items()}
    world = (str(version), mechanism, float(prevalence), int(number))
    return world, Outcome(int(stations), int(votes), heard, record["fault"])


def _heard(said: Any) -> Heard:
    if said is None:
        return None
    if isinstance(said, str):
        return Fault(said)
    log10_q, contradictions, estimate = said
    return Signal(log10_q, int(contradictions), estimate)


def sources(texts: Iterable[bytes]) -> str:
    """Return a digest of code, given as texts in a fixed order."""
    whole = hashlib.sha256()
    for text in texts:
        whole.update(hashlib.sha256(text).digest())
    return whole.hexdigest()[:20]
