"""Tables as grids of text, whatever the format they come in.

What comes out is the same for every format: a frame of text cells (null where a cell was empty), the line
of each record, and how many cells it had. Numbers are read later, by the column, when it is known what the
column is.
"""

from __future__ import annotations

from plebiscope.intake.books import page, parquet, rdata, workbook
from plebiscope.intake.delimited import delimited, lines_of
from plebiscope.intake.encoding import decode
from plebiscope.intake.grid import Sheet
from plebiscope.intake.records import objects
from plebiscope.intake.sniff import Part


def sheets(part: Part) -> list[Sheet]:
    """Read every grid of a part.

    Raises
    ------
    InputError
        If it cannot be taken apart.
    """
    if part.format == "workbook":
        return workbook(part)
    if part.format == "parquet":
        return [parquet(part)]
    if part.format == "rdata":
        return rdata(part)
    if part.format == "page":
        return page(part)
    text, encoding = decode(part.data)
    if part.format == "json":
        return [objects(part, text, encoding)]
    lines = lines_of(text)
    del text  # the lines hold it a second time
    return [delimited(part.name, lines, encoding)]
