"""The files of a comparison: the data, a page, and what was joined and left over of each two votes."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from plebiscope.compare.comparing import Compared
from plebiscope.model.errors import InputError
from plebiscope.model.wording import plain_cell

DATA = "comparison.json"
PAGE = "comparison.html"


def to_json(compared: Compared) -> str:
    """Write the comparison as data; the same dossiers give the same text."""
    return compared.record.model_dump_json(indent=1) + "\n"


def tables(compared: Compared) -> dict[str, pl.DataFrame]:
    """Return the tables to take away, by the name of their file without its ending."""
    found = {}
    for join in compared.joins:
        pair = f"{join.record.before + 1}-{join.record.after + 1}"
        if join.pairs.width:
            found[f"joined-{pair}"] = join.pairs
            found[f"left-over-{pair}"] = join.left
    return found


def as_csv(table: pl.DataFrame) -> bytes:
    """Write a table of which no cell is taken for a formula by a spreadsheet."""
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    table = table.with_columns(
        pl.col(name).map_elements(plain_cell, return_dtype=pl.String) for name in texts
    )
    file = io.BytesIO()
    table.rename({name: plain_cell(name) for name in table.columns}).write_csv(file, float_precision=4)
    return file.getvalue()


def write(compared: Compared, page: str, folder: Path) -> tuple[Path, ...]:
    """Write a comparison into a folder, which is made if need be.

    Parameters
    ----------
    page
        The page made from the data.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    contents = {PAGE: page.encode(), DATA: to_json(compared).encode()}
    contents |= {f"{name}.csv": as_csv(table) for name, table in tables(compared).items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise InputError(
            f"the comparison cannot be written: {error.strerror or error}",
            where=str(folder),
            todo="choose another folder with --out",
        ) from None
    return tuple(folder / name for name in contents)
