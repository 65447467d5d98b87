"""Takes workbooks, Parquet files, R data, web pages, documents and 7z archives apart, as its own program.

What a damaged or hostile file can make their readers do (panic, ask for all the memory there is, never
end) ends this program and not ours. It is started by :mod:`plebiscope.intake.outside`, reads the file from
standard input, and writes to standard output one line of JSON, which gives the name and size of each piece
or what went wrong, and behind it the pieces: tables as Arrow frames of text, members of an archive as they
are, and of a document its text and the facts of its file.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import sys
from collections.abc import Iterable
from types import ModuleType

import polars as pl

MEMORY = 6 << 30
"""Bytes that a file may make its reader ask for."""
LINKS = 100_000
"""Longest chain of objects of R; every name in a workspace is one link of it."""


def main(kind: str, limit: int, most: int) -> None:
    """Read a file of this kind and write its pieces, ``most`` of them at most, and ``limit`` bytes in all."""
    _limit_memory()
    data = sys.stdin.buffer.read()
    head: object
    try:
        pieces = _pieces(kind, data, limit, most)
        head = [[name, len(blob)] for name, blob in pieces]
    except BaseException as error:
        # Whatever is wrong with the file, even a panic of a library, is told to whoever asked.
        said = str(error).strip().splitlines()[:1]
        head, pieces = {"error": said or [_SILENT.get(type(error), type(error).__name__)]}, []
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(blob for _, blob in pieces))


_SILENT: dict[type[BaseException], str] = {
    MemoryError: "it asks for more memory than any results need",
    AssertionError: "it is damaged",
}
"""What is meant by errors that say nothing themselves."""


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on every system

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _pieces(kind: str, data: bytes, limit: int, most: int) -> list[tuple[str, bytes]]:
    if kind == "7z":
        from plebiscope.intake.seven import members

        return members(data, limit, most)
    if kind in ("pdf", "docx"):
        return _document(kind, data, limit)
    if kind == "rdata":
        _without_its_front("rdata")
        from plebiscope.intake.rdata_frames import frames

        sys.setrecursionlimit(LINKS)
        return _blobs(frames(data, most), limit)
    if kind == "page":
        from plebiscope.intake.web_tables import tables as tables_of_page

        return _blobs(tables_of_page(data.decode(), most), limit)
    tables = _workbook(data) if kind == "workbook" else [("", pl.read_parquet(io.BytesIO(data)))]
    return _blobs(tables, limit)


def _without_its_front(name: str) -> None:
    """Let modules of a package be imported without what the package imports for all its users.

    That of ``rdata`` brings pandas and xarray, which take longer to import than most files to read, and of
    which nothing is needed here.
    """
    found = importlib.util.find_spec(name)
    if found is not None and found.submodule_search_locations is not None:
        package = ModuleType(name)
        package.__path__ = list(found.submodule_search_locations)
        sys.modules[name] = package


def _document(kind: str, data: bytes, limit: int) -> list[tuple[str, bytes]]:
    from plebiscope.intake.pdf_text import text_of_pdf
    from plebiscope.intake.word_text import text_of_document

    text, facts = (text_of_pdf if kind == "pdf" else text_of_document)(data, limit)
    # Half of a letter beyond the basic plane, which a damaged font may give, is no text.
    return [("text", text.encode("utf-8", "replace")), ("facts", json.dumps(facts).encode())]


def _blobs(tables: Iterable[tuple[str, pl.DataFrame]], limit: int) -> list[tuple[str, bytes]]:
    """Write tables as text; a few bytes of a file can stand for a long text in every row."""
    found = []
    for name, table in tables:
        frame = pl.DataFrame([_text(column) for column in table.get_columns()])
        limit -= sum(map(_length, frame.get_columns()))
        if limit < 0:
            raise ValueError("it unpacks to more than any results")
        blob = io.BytesIO()
        frame.write_ipc(blob)
        found.append((name, blob.getvalue()))
    return found


def _length(column: pl.Series) -> int:
    return int(column.str.len_bytes().cast(pl.Int64).sum())


def _text(column: pl.Series) -> pl.Series:
    """Write the cells of a column as one would type them."""
    if column.dtype == pl.String:
        return column
    if column.dtype.is_nested():
        column = column.map_elements(str, return_dtype=pl.String)
    elif column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        same = (whole == column).fill_null(value=True).all()
        column = whole if same else column
    elif column.dtype == pl.Binary:
        column = column.cast(pl.String, strict=False)
    return column.cast(pl.String)


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
            found.append((name, frame))
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
