"""Workbooks and Parquet files become grids of text."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import polars as pl

from plebiscope.intake.grid import Sheet, clean, refuse_size
from plebiscope.intake.sniff import MAX_BYTES, Part, limited
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
    import fastexcel

    found: list[Sheet] = []
    try:
        book = fastexcel.read_excel(part.data)
        for sheet_name in book.sheet_names:
            raw = book.load_sheet(sheet_name, header_row=None, dtypes="string")
            if getattr(raw, "visible", "visible") == "veryhidden" or not raw.total_height:
                continue
            frame = raw.to_polars()
            if not frame.width:
                continue
            found.append(_from_frame(f"{part.name}, sheet {sheet_name}", frame, "workbook"))
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, InputError)):
            raise
        # The reader is written in Rust; on a damaged file it may panic, which is no ordinary Exception.
        raise InputError(
            f"the workbook cannot be read ({str(error).splitlines()[0][:200] if str(error) else 'damaged'})",
            where=part.name,
            todo="open it in a spreadsheet program and save it again, or export CSV",
        ) from None
    if not found:
        raise InputError("the workbook has no sheet with cells in it", where=part.name)
    return found


def _check_unpacked(part: Part) -> None:
    """Refuse a workbook that unpacks to more than we are ready to hold."""
    budget = MAX_BYTES
    try:
        archive = zipfile.ZipFile(io.BytesIO(part.data))
        for info in archive.infolist():
            with archive.open(info) as stream:
                budget -= len(limited(stream, part.name, budget))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError) as error:
        raise InputError(f"the workbook is damaged or locked ({error})", where=part.name) from None


def _from_frame(name: str, frame: pl.DataFrame, kind: str) -> Sheet:
    refuse_size(name, frame.height, frame.width)
    frame.columns = [str(i) for i in range(frame.width)]
    n = frame.height
    return Sheet(
        name=name,
        cells=clean(frame.select(pl.all().cast(pl.String))),
        lines=np.arange(1, n + 1),
        widths=np.full(n, frame.width),
        format=kind,
    )


def parquet(part: Part) -> Sheet:
    """Read a Parquet file.

    Raises
    ------
    InputError
        If it is damaged.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(part.data))
        names = tuple(frame.columns)
        columns = []
        for column in frame.get_columns():
            if column.dtype.is_nested():
                column = column.map_elements(str, return_dtype=pl.String)
            elif column.dtype.is_float():
                whole = column.cast(pl.Int64, strict=False)
                same = (whole == column).fill_null(value=True).all()
                column = whole if same else column
            elif column.dtype == pl.Binary:
                column = column.cast(pl.String, strict=False)
            columns.append(column.cast(pl.String))
        sheet = _from_frame(part.name, pl.DataFrame(columns), "Parquet")
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, InputError)):
            raise
        raise InputError(
            f"the Parquet file cannot be read ({str(error).splitlines()[0][:200] if str(error) else 'damaged'})",
            where=part.name,
        ) from None
    return replace(sheet, names=names)
