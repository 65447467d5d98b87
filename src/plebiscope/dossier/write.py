"""The files of a dossier: the data, the page made from them, the table of stations, and texts of reports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from plebiscope.dossier.dossier import Dossier, to_json
from plebiscope.dossier.page import render
from plebiscope.model.errors import InputError
from plebiscope.model.report import Report

DATA = "dossier.json"
PAGE = "dossier.html"
STATIONS = "stations.parquet"
TEXTS = "report-texts"
_UNSAFE = re.compile(r"[^\w.() -]")
_LONGEST_NAME = 200


def write(dossier: Dossier, stations: pl.DataFrame | None, folder: str | Path) -> tuple[Path, ...]:
    """Write a dossier into a folder, which is made if it does not exist.

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
    reports = dossier.conduct.reports if dossier.conduct else ()
    return (*files, *write_texts(reports, folder / TEXTS))


def write_texts(reports: Iterable[Report], folder: Path) -> tuple[Path, ...]:
    """Write the texts that were taken out of files which are no plain text, where there are any.

    Offsets of statements are code points of these texts, whose SHA-256 the dossier holds. A dossier that was
    read from its JSON has none of them.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    files: list[Path] = []
    for report in reports:
        if report.text and report.format != "text":
            plain = _UNSAFE.sub("_", report.path)[-_LONGEST_NAME:]
            path = folder / f"{plain}.txt"
            if path in files:
                path = folder / f"{plain} {len(files) + 1}.txt"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(report.text.encode("utf-8", "surrogatepass"))
            except OSError as error:
                raise _unwritable("the text of a report", error, folder) from None
            files.append(path)
    return tuple(files)


def _unwritable(what: str, error: OSError, folder: Path) -> InputError:
    return InputError(
        f"{what} cannot be written: {error.strerror or error}",
        where=str(folder),
        expected="a folder that can be written to",
        todo="choose another one with --out or --texts",
    )
