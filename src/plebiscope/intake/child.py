"""Takes workbooks and Parquet files apart, as a program of its own.

Their readers are written in Rust. What a damaged or hostile file can make them do (panic, ask for all the
memory there is, abort) ends this program and not ours. It is started by :mod:`plebiscope.intake.books`,
reads the file from standard input, and writes to standard output one line of JSON, which gives the name and
size of each table or what went wrong, and behind it the tables as Arrow frames of text.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

import polars as pl

MEMORY = 6 << 30
"""Bytes that a file may make its reader ask for."""


def main(kind: str) -> None:
    """Read a file of this kind (``workbook`` or ``parquet``) and write its tables."""
    _limit_memory()
    data = sys.stdin.buffer.read()
    try:
        tables = _workbook(data) if kind == "workbook" else [("", _parquet(data))]
        blobs = []
        for _, frame in tables:
            blob = io.BytesIO()
            frame.write_ipc(blob)
            blobs.append(blob.getvalue())
        head: object = [[name, len(blob)] for (name, _), blob in zip(tables, blobs, strict=True)]
    except BaseException as error:
        head, blobs = {"error": str(error).strip().splitlines()[:1] or [type(error).__name__]}, []
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(blobs))


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _workbook(data: bytes) -> list[tuple[str, pl.DataFrame]]:
    """Read every sheet that has cells in it and is not hidden from those who open the file."""
    import fastexcel

    book = fastexcel.read_excel(data)
    found = []
    for name in book.sheet_names:
        sheet = book.load_sheet(name, header_row=None, dtypes="string")
        if sheet.visible == "veryhidden" or not sheet.total_height:
            continue
        frame = sheet.to_polars()
        if frame.width:
            found.append((name, frame.select(pl.all().cast(pl.String))))
    return found


def _parquet(data: bytes) -> pl.DataFrame:
    columns = []
    for column in pl.read_parquet(io.BytesIO(data)).get_columns():
        if column.dtype.is_nested():
            column = column.map_elements(str, return_dtype=pl.String)
        elif column.dtype.is_float():
            whole = column.cast(pl.Int64, strict=False)
            same = (whole == column).fill_null(value=True).all()
            column = whole if same else column
        elif column.dtype == pl.Binary:
            column = column.cast(pl.String, strict=False)
        columns.append(column.cast(pl.String))
    return pl.DataFrame(columns)


if __name__ == "__main__":
    main(sys.argv[1])
