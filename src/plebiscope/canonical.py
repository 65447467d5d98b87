"""A results file as it was understood: told as JSON, written under canonical names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from plebiscope.intake import mapping as mappings
from plebiscope.intake.read import Reading
from plebiscope.model.errors import InputError
from plebiscope.model.wording import plain_cell


def mapping_path(path: Path) -> Path:
    """Return where the mapping of a written table lies."""
    return path.with_name(path.stem + ".mapping.toml")


def write_table(found: Reading, path: Path) -> None:
    """Write a table under its canonical names, and beside it the mapping by which it is read so again.

    Raises
    ------
    InputError
        If the place cannot be written to, or its suffix is neither ``.parquet`` nor ``.csv``.
    """
    sheet = None
    if not found.join and (", sheet " in found.sheet or ":" in found.sheet):
        sheet = found.sheet.rpartition(", sheet ")[2].rpartition(":")[2]
    write_frame(found.returns.table, path)
    with writing(path):
        mapping_path(path).write_text(
            mappings.write(found.returns, sheet, found.join, found.said), encoding="utf-8"
        )


def write_frame(table: pl.DataFrame, path: Path) -> None:
    """Write a table of stations, in CSV without anything that a spreadsheet takes for a formula.

    Raises
    ------
    InputError
        If the place cannot be written to, or its suffix is neither ``.parquet`` nor ``.csv``.
    """
    if path.suffix.lower() not in (".parquet", ".csv"):
        raise InputError(
            f"{path.suffix or 'no suffix'} is no format that can be written",
            where=str(path),
            expected="a name that ends in .parquet or .csv",
        )
    with writing(path):
        if path.suffix.lower() == ".parquet":
            table.write_parquet(path)
            return
        texts = [name for name, kind in table.schema.items() if kind == pl.String]
        safe = table.with_columns(
            pl.col(name).map_elements(plain_cell, return_dtype=pl.String) for name in texts
        )
        safe.rename({name: plain_cell(name) for name in safe.columns}).write_csv(path)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a message that says what to do."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror or error})", where=str(path), todo="choose another place"
        ) from None


def as_json(found: Reading) -> dict[str, Any]:
    """Say how a table was understood, in the words of the dossier."""
    returns, accounting = found.returns, found.returns.accounting
    reasons: dict[str, int] = {}
    for entry in accounting.quarantine:
        reasons[entry.reason] = reasons.get(entry.reason, 0) + 1
    return {
        "files": [
            {
                "path": f.path.name,
                "sha256": f.sha256,
                "bytes": f.bytes,
                "format": f.format,
                "encoding": f.encoding,
            }
            for f in found.files
        ],
        "sheet": found.sheet,
        "unused": list(found.unused),
        "titles": list(found.titles),
        "level": returns.level,
        "records": accounting.records,
        "stations": len(returns),
        "used": accounting.used,
        "marked": returns.marked,
        "aggregates": accounting.aggregates,
        "furniture": accounting.furniture,
        "others": accounting.others,
        "quarantined": len(accounting.quarantine),
        "quarantine": dict(sorted(reasons.items(), key=lambda item: -item[1])),
        "quarantine_rows": [
            {"line": q.line, "reason": q.reason, "text": q.text} for q in accounting.quarantine[:200]
        ],
        "duplicates": accounting.duplicates,
        "digest": returns.digest,
        "areas": list(returns.areas),
        "options": list(returns.options),
        "sums": returns.sums,
        "columns": {
            name: {"from": list(origin.headers), "why": origin.why, "derived": origin.derived}
            for name, origin in returns.columns.items()
        },
        "file_columns": [dataclasses.asdict(column) for column in accounting.columns],
        "checks": [{"identity": words, "holds": rate} for words, rate in found.checks],
        "notes": list(returns.notes),
    }
