"""The files of a dossier: the data, the page made from them, the table of stations, and texts of reports.

They belong together, so they are written into a fresh folder first and put in place when all of them are
whole: who reads meanwhile, and who is left with a run that was cut, has the dossier before or the one after.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import shutil
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.draw import draw
from plebiscope.dossier.page.rendering import render, render_power
from plebiscope.dossier.sight.picture import figure
from plebiscope.dossier.stored import load, to_json
from plebiscope.model.errors import InputError
from plebiscope.model.power import Matrix
from plebiscope.model.report import Report

DATA = "dossier.json"
PAGE = "dossier.html"
STATIONS = "stations.parquet"
TEXTS = "report-texts"
POWER = "power"
_UNSAFE = re.compile(r"[^\w.() -]")
_BEFORE = ".before"
_LETTERS = 4
"""Bytes by which fresh folders are told apart, two letters each in their names."""
_LONGEST_NAME = 200
"""Bytes of a name as UTF-8, without its ending and a number; file systems take 255."""


def write(dossier: Dossier, stations: pl.DataFrame | None, folder: str | Path) -> tuple[Path, ...]:
    """Write a dossier into a folder, which is made if it does not exist.

    What an earlier dossier left there and this one lacks, its table and its texts of reports, is removed.

    Parameters
    ----------
    dossier
        The dossier.
    stations
        See :func:`plebiscope.dossier.stations.stations_table`; null or empty where no station was released,
        and then an older file of that name is removed, because it belongs to another dossier.
    folder
        Where to.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    folder = Path(folder)
    page = render(dossier)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = folder.resolve()
        old = {place / PAGE, place / DATA, place / STATIONS, *_unchanged(_texts_before(place))}
        with _fresh(place) as fresh:
            files = [fresh / PAGE, fresh / DATA]
            (fresh / DATA).write_text(to_json(dossier), encoding="utf-8", newline="\n")
            (fresh / PAGE).write_text(page, encoding="utf-8", newline="\n")
            if stations is not None and stations.height:
                stations.write_parquet(fresh / STATIONS, compression="zstd")
                files.append(fresh / STATIONS)
            files += _write_texts(dossier.conduct.reports if dossier.conduct else (), fresh / TEXTS)
            written = [file.relative_to(fresh) for file in files]
            _put(fresh, place, written, old)
    except OSError as error:
        raise _unwritable("the dossier", error, folder) from None
    return tuple(folder / file for file in written)


def mend(folder: Path) -> None:
    """Clear away what a run left that was cut while it wrote a dossier, and put back the old one if need be.

    Only for who knows that nobody else writes into this folder now.
    """
    # Nothing but what was named here: hidden folders of others, and of a dossier "a.b" beside "a", stay.
    named = re.compile(rf"\.{re.escape(folder.name)}\.[0-9a-f]{{{2 * _LETTERS}}}({re.escape(_BEFORE)})?")
    with contextlib.suppress(OSError):
        for left in sorted(one for one in folder.parent.iterdir() if named.fullmatch(one.name)):
            if left.name.endswith(_BEFORE) and not folder.exists():
                left.rename(folder)
            else:
                shutil.rmtree(left)


@contextlib.contextmanager
def _fresh(folder: Path) -> Iterator[Path]:
    """Make an empty folder beside this one, or in it where that is not allowed; what is left of it goes."""
    name = f".{folder.name}.{secrets.token_hex(_LETTERS)}"
    fresh = folder.with_name(name)
    try:
        fresh.mkdir()
    except OSError:
        fresh = folder / name
        fresh.mkdir()
    try:
        shutil.copymode(folder, fresh)
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _put(fresh: Path, folder: Path, written: Collection[Path], old: Collection[Path]) -> None:
    """Put what was written in place of the old.

    A folder that holds nothing but a dossier is swapped as a whole. Where it holds other things, or may not
    be moved, or somebody stands in it, files are put in one by one, each whole.
    """
    if fresh.parent == folder.parent and _only(folder, old) and not Path.cwd().is_relative_to(folder):
        before = fresh.with_name(fresh.name + _BEFORE)
        with contextlib.suppress(OSError):
            folder.rename(before)
        if before.exists():
            try:
                fresh.rename(folder)
            except OSError:
                before.rename(folder)
                raise
            shutil.rmtree(before, ignore_errors=True)
            return
    for file in written:
        (folder / file).parent.mkdir(exist_ok=True)
        (fresh / file).replace(folder / file)
    for path in set(old) - {folder / file for file in written}:
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        (folder / TEXTS).rmdir()


def _only(folder: Path, known: Collection[Path]) -> bool:
    return all(path in known or (path.is_dir() and not path.is_symlink()) for path in folder.rglob("*"))


def write_power(matrix: Matrix, called: str, folder: Path) -> tuple[Path, ...]:
    """Write what a table could have shown: the data, a page and the picture on it.

    Parameters
    ----------
    matrix
        The matrix of power.
    called
        Name of the vote.
    folder
        Where to; it is made if it does not exist.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    texts = {".json": matrix.model_dump_json(indent=1) + "\n", ".html": render_power(matrix, called)}
    picture = figure(matrix)
    drawing = draw(picture, POWER) if picture is not None else None
    if drawing is not None:
        texts[".svg"] = drawing + "\n"
    files = [folder / f"{POWER}{ending}" for ending in texts]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, texts.values(), strict=True):
            file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable("the matrix", error, folder) from None
    return tuple(files)


def write_texts(reports: Iterable[Report], folder: Path) -> tuple[Path, ...]:
    """Write the texts that were taken out of files which are no plain text, where there are any.

    Offsets of statements are code points of these texts, whose SHA-256 the dossier holds. A dossier that was
    read from its JSON has none of them.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    try:
        return _write_texts(reports, folder)
    except OSError as error:
        raise _unwritable("the text of a report", error, folder) from None


def _write_texts(reports: Iterable[Report], folder: Path) -> tuple[Path, ...]:
    files = {path: report for path, report in _places(reports, folder).items() if report.text}
    for path, report in files.items():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(report.text.encode("utf-8", "surrogatepass"))
    return tuple(files)


def text_files(dossier: Dossier, folder: Path) -> dict[str, str]:
    """Return the texts of reports that lie beside a dossier and are what it says, by path of the report.

    Parameters
    ----------
    folder
        The folder of the dossier.
    """
    found = {}
    for path, report in _places(dossier.conduct.reports if dossier.conduct else (), folder / TEXTS).items():
        content = path.read_bytes() if path.is_file() else b""
        if report.text_sha256 and hashlib.sha256(content).hexdigest() == report.text_sha256:
            found[report.path] = content.decode("utf-8", "surrogatepass")
    return found


def _places(reports: Iterable[Report], folder: Path) -> dict[Path, Report]:
    """Give each report that is no plain text a file, which no other has on any file system."""
    places: dict[Path, Report] = {}
    taken: set[str] = set()
    for report in reports:
        if report.format not in (None, "text"):
            whole = _UNSAFE.sub("_", unicodedata.normalize("NFC", report.path)).encode("utf-8")
            plain = shown = whole[-_LONGEST_NAME:].decode("utf-8", "ignore")
            number = 2
            while shown.casefold() in taken:
                shown, number = f"{plain} {number}", number + 1
            taken.add(shown.casefold())
            places[folder / f"{shown}.txt"] = report
    return places


def _texts_before(folder: Path) -> Mapping[Path, str]:
    """Say which texts the dossier that lies in a folder put there, each with its SHA-256."""
    try:
        conduct = load(folder / DATA).conduct
    except InputError:
        return {}
    places = _places(conduct.reports if conduct else (), folder / TEXTS)
    return {path: report.text_sha256 for path, report in places.items() if report.text_sha256}


def _unchanged(texts: Mapping[Path, str]) -> set[Path]:
    """Return those texts that are still what was written; what somebody else put in their place is theirs."""
    return {
        path
        for path, digest in texts.items()
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
    }


def _unwritable(what: str, error: OSError, folder: Path) -> InputError:
    return InputError(
        f"{what} cannot be written: {error.strerror or error}",
        where=str(folder),
        expected="a folder that can be written to",
        todo="choose another one with --out or --texts",
    )
