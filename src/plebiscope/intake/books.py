"""Workbooks, Parquet files, R data and web pages become grids of text."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import polars as pl

from plebiscope.intake.encoding import decode_page
from plebiscope.intake.grid import Sheet, clean, refuse_size
from plebiscope.intake.outside import take_apart
from plebiscope.intake.sniff import DAMAGED, MAX_BYTES, MAX_MEMBERS, Part, limited
from plebiscope.model.errors import InputError


def workbook(part: Part) -> list[Sheet]:
    """Read every sheet of a workbook that has cells in it.

    Raises
    ------
    InputError
        If it is damaged, locked or empty.
    """
    if part.data.startswith(b"PK"):
        _check_unpacked(part)
    found = [_sheet(f"{part.name}, sheet {name}", frame, "workbook") for name, frame in _taken_apart(part)]
    if not found:
        raise InputError("the workbook has no sheet with cells in it", where=part.name)
    return found


def parquet(part: Part) -> Sheet:
    """Read a Parquet file.

    Raises
    ------
    InputError
        If it is damaged.
    """
    if part.data[-4:] != b"PAR1":
        raise InputError("the Parquet file ends early", where=part.name, todo="fetch the file again")
    [(_, frame)] = _taken_apart(part)
    names = tuple(frame.columns)
    return replace(_sheet(part.name, frame, "Parquet"), names=names)


def rdata(part: Part) -> list[Sheet]:
    """Read every data frame of an R data file, each under its place among the objects.

    Raises
    ------
    InputError
        If it is damaged or holds no data frame.
    """
    return [
        replace(
            _sheet(f"{part.name}, sheet {name}" if name else part.name, frame, "R data"),
            names=tuple(frame.columns),
        )
        for name, frame in _taken_apart(part)
    ]


def page(part: Part) -> list[Sheet]:
    """Read every table of a web page.

    Raises
    ------
    InputError
        If there is none, or its parser comes to grief over the page.
    """
    text, encoding = decode_page(part.data)
    written = replace(part, data=text.encode("utf-8", "replace"))
    found = [
        replace(
            _sheet(f"{part.name}, sheet {name}" if name else part.name, frame, "web page"), encoding=encoding
        )
        for name, frame in _taken_apart(written)
    ]
    if not found:
        raise InputError("this is a web page without a table of several rows and columns", where=part.name)
    return found


def _check_unpacked(part: Part) -> None:
    """Refuse a workbook that is damaged, or unpacks to more than we are ready to hold."""
    budget = MAX_BYTES
    try:
        archive = zipfile.ZipFile(io.BytesIO(part.data))
        for info in archive.infolist():
            with archive.open(info) as stream:
                budget -= len(limited(stream, part.name, budget))
    except DAMAGED as error:
        raise InputError(f"the workbook is damaged or locked ({error})", where=part.name) from None


def _taken_apart(part: Part) -> list[tuple[str, pl.DataFrame]]:
    pieces = take_apart(part.format, part.data, part.name, MAX_BYTES, MAX_MEMBERS)
    return [(name, pl.read_ipc(blob)) for name, blob in pieces]


def _sheet(name: str, frame: pl.DataFrame, kind: str) -> Sheet:
    refuse_size(name, frame.height, frame.width)
    cells = frame.rename({old: str(i) for i, old in enumerate(frame.columns)})
    n = cells.height
    return Sheet(name, clean(cells), np.arange(1, n + 1), np.full(n, cells.width), format=kind)
