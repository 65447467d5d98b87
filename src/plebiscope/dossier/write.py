"""The three files of a dossier: the data, the page made from them, and the table of stations."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from plebiscope.dossier.dossier import Dossier, to_json
from plebiscope.dossier.page import render
from plebiscope.model.errors import InputError

DATA = "dossier.json"
PAGE = "dossier.html"
STATIONS = "stations.parquet"


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
        raise InputError(
            f"the dossier cannot be written: {error.strerror or error}",
            where=str(folder),
            expected="a folder that can be written to",
            todo="choose another one with --out",
        ) from None
    return tuple(files)
