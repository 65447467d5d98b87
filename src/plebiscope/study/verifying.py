"""Whether a dossier comes out again from its sources."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plebiscope.dossier import dossier as paper
from plebiscope.dossier.differences import differences, other_versions
from plebiscope.dossier.page.rendering import render
from plebiscope.dossier.stored import load
from plebiscope.dossier.write import DATA, PAGE, STATIONS
from plebiscope.intake.case_file import Found
from plebiscope.intake.sniff import MAX_BYTES
from plebiscope.model.case import Case
from plebiscope.model.errors import InputError
from plebiscope.study.gathering import example
from plebiscope.study.road import run
from plebiscope.study.telling import Progress

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Verified:
    """What making a dossier again showed."""

    differences: tuple[str, ...]
    """One line for each place that differs, in the data, on the page or in the table of stations."""
    remarks: tuple[str, ...]
    """Versions other than those the dossier was made with, and what was therefore not compared."""


def verify(
    path: str | Path, sources: Sequence[str | Path] = (), progress: Progress | None = None
) -> Verified:
    """Make a dossier again from its sources and compare.

    Parameters
    ----------
    path
        The ``dossier.json``. Page and table are compared too where they lie beside it.
    sources
        Files or folders in which the sources lie; by default the folder of the dossier, the one above it, the
        current one and, for a simulated vote, the bundled example.

    Returns
    -------
    Verified
        Without differences where the same comes out, apart from the time it took and the versions used.

    Raises
    ------
    InputError
        If the dossier is none, or a source is missing or not the same file.
    """
    path = Path(path)
    old = load(path)
    if old.masked is not None:
        raise InputError(
            "this is a copy in which names were masked, so it does not come out again from its sources",
            where=str(path),
            expected="the dossier that the copy was made from",
            todo="ask whoever made the copy to verify their own; both have the same case digest, unless the "
            "copy says that it was left out",
        )
    folders = [Path(p) for p in sources] or [path.parent, path.parent.parent, Path.cwd()]
    if old.case.simulated and not sources:
        folders.append(example())
    case = old.case.written
    if case is None:
        raise InputError(
            "the dossier does not hold the case as it was written",
            where=str(path),
            expected="a dossier made by this version or a later one",
            todo="make the dossier again with `plebiscope examine`",
        )
    found = Found(
        case,
        tuple(_same_file(entry, folders) for entry in _entries(case, old.inputs, path)),
        dict(old.case.mappings),
        inferred=True,
        simulated=old.case.simulated,
        review=next((_same_file(one, folders) for one in old.inputs if one.role == "review"), None),
        proposers=tuple(one.name for one in old.conduct.proposers) if old.conduct else (),
    )
    simulated = old.power if old.power is not None and old.power.how == "simulated" else None
    new = run(found, progress, simulated=simulated)
    remarks = other_versions(old, new.dossier)
    if simulated is not None:
        remarks.append("what votes simulated to look like the table showed is taken from the dossier")
    differ = differences(old, new.dossier)
    if path.name == DATA:
        if (path.parent / STATIONS).is_file() and not _same_table(path.parent / STATIONS, new.stations):
            differ.append(f"{STATIONS}: not the table that comes out")
        if (path.parent / PAGE).is_file():
            if remarks:
                remarks.append(f"{PAGE} was not compared, because other versions may draw it otherwise")
            elif (path.parent / PAGE).read_bytes() != render(old).encode():
                differ.append(f"{PAGE}: not the page that {DATA} gives")
    return Verified(tuple(differ), tuple(remarks))


def _same_table(path: Path, table: pl.DataFrame) -> bool:
    import polars as pl

    try:
        return pl.read_parquet(path).equals(table)
    except (OSError, pl.exceptions.PolarsError):
        return False


def _entries(case: Case, inputs: Sequence[paper.Input], path: Path) -> list[paper.Input]:
    """Find the entry of each source; where several have the same name, they come in the same order."""
    left: dict[tuple[str, str, str | None], list[paper.Input]] = {}
    for entry in inputs:
        left.setdefault((entry.path, entry.role, entry.contest), []).append(entry)
    entries = []
    for source in case.sources:
        same = left.get((source.path, source.role, source.contest))
        if not same:
            raise InputError(
                f"the dossier does not say from which file {source.path} was read",
                where=str(path),
                expected="an entry under `inputs` for each source of the case",
            )
        entries.append(same.pop(0))
    return entries


def _same_file(entry: paper.Input, folders: Sequence[Path]) -> Path:
    met = []
    for folder in folders:
        places = [folder] if folder.is_file() else [folder / entry.path, folder / Path(entry.path).name]
        for place in places:
            if not place.is_file() or place.stat().st_size > MAX_BYTES:
                continue
            if hashlib.sha256(place.read_bytes()).hexdigest() == entry.sha256:
                return place
            met.append(str(place))
    if met:
        raise InputError(
            f"{entry.path} is not the file that the dossier was made from",
            where=met[0],
            expected=f"a file with SHA-256 {entry.sha256}",
        )
    raise InputError(
        f"the source {entry.path} was not found",
        expected=f"a file with SHA-256 {entry.sha256}",
        todo="say where the sources lie with --sources FOLDER",
    )
