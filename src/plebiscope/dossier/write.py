"""The files of a dossier: the data, the page made from them, the table of stations, and texts of reports."""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from plebiscope.dossier.dossier import Dossier, load, to_json
from plebiscope.dossier.draw import draw
from plebiscope.dossier.page import render, render_power
from plebiscope.dossier.sight import figure
from plebiscope.model.errors import InputError
from plebiscope.model.power import Matrix
from plebiscope.model.report import Report

DATA = "dossier.json"
PAGE = "dossier.html"
STATIONS = "stations.parquet"
TEXTS = "report-texts"
POWER = "power"
_UNSAFE = re.compile(r"[^\w.() -]")
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
    old = _texts_before(folder)
    files = [folder / PAGE, folder / DATA]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DATA).write_text(to_json(dossier), encoding="utf-8", newline="\n")
        (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")
        if stations is not None and stations.height:
            stations.write_parquet(folder / STATIONS, compression="zstd")
            files.append(folder / STATIONS)
        else:
            (folder / STATIONS).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable("the dossier", error, folder) from None
    texts = write_texts(dossier.conduct.reports if dossier.conduct else (), folder / TEXTS)
    _remove({path: digest for path, digest in old.items() if path not in texts})
    return (*files, *texts)


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
    files = {path: report for path, report in _places(reports, folder).items() if report.text}
    for path, report in files.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(report.text.encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise _unwritable("the text of a report", error, folder) from None
    return tuple(files)


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


def _remove(texts: Mapping[Path, str]) -> None:
    """Remove texts that are still what was written; what somebody else put in their place stays."""
    with contextlib.suppress(OSError):
        for path, digest in texts.items():
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
                path.unlink()
        for folder in {path.parent for path in texts}:
            folder.rmdir()


def _unwritable(what: str, error: OSError, folder: Path) -> InputError:
    return InputError(
        f"{what} cannot be written: {error.strerror or error}",
        where=str(folder),
        expected="a folder that can be written to",
        todo="choose another one with --out or --texts",
    )
