"""Workbooks and Parquet files become grids of text."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from plebiscope.intake.grid import Sheet, clean, refuse_size
from plebiscope.intake.sniff import DAMAGED, MAX_BYTES, Part, limited
from plebiscope.model.errors import InputError

_CHILD = Path(__file__).with_name("child.py")
_PATIENCE = 300
"""Seconds after which a reader is not waited for any longer."""


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
    """Have a file taken apart by a program of its own, which may come to grief over it."""
    problem = "its reader broke down over it"
    try:
        done = subprocess.run(  # noqa: S603  # our own program; the file goes in as bytes
            [sys.executable, "-P", str(_CHILD), part.format],
            input=part.data,
            capture_output=True,
            timeout=_PATIENCE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
        )
        head, _, body = done.stdout.partition(b"\n")
        said = json.loads(head) if done.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        said, body = {}, b""
    if isinstance(said, list):
        tables, at = [], 0
        for name, size in said:
            tables.append((name, pl.read_ipc(body[at : at + size])))
            at += size
        return tables
    problem = str(said.get("error", [problem])[0])[:200]
    raise InputError(
        f"the {'workbook' if part.format == 'workbook' else 'Parquet file'} cannot be read ({problem})",
        where=part.name,
        todo="open it in a program that can, and save it again or export CSV",
    )


def _sheet(name: str, frame: pl.DataFrame, kind: str) -> Sheet:
    refuse_size(name, frame.height, frame.width)
    cells = frame.rename({old: str(i) for i, old in enumerate(frame.columns)})
    n = cells.height
    return Sheet(name, clean(cells), np.arange(1, n + 1), np.full(n, cells.width), format=kind)
