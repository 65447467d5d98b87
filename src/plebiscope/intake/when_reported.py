"""When stations were reported: cells become moments, or numbers in an order.

Authorities write moments in many ways. One way must fit the whole column; where both day and month could come
first, the way is taken by which the reports lie closer together.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from plebiscope.intake.columns import Column
from plebiscope.model.errors import InputError

_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d")
_TIMES = ("%H:%M:%S%.f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_BARE = ("%Y%m%d%H%M%S", "%Y%m%d%H%M")
_MOST_WRONG = 0.05
"""Share of cells that may be no moment, though the column is one of moments."""


def moments(column: Column) -> pl.Series:
    """Read a column as moments, or as numbers in the order of reporting.

    Returns
    -------
    polars.Series
        ``Datetime`` in the clock of the file (of Greenwich, where the file says how far it is off), or
        ``Int64`` where the file gives numbers; null where a cell says nothing that can be read.

    Raises
    ------
    InputError
        If the cells are neither, or say the time but not the day.
    """
    cells = column.cells
    written = cells.drop_nulls().str.replace("T", " ", literal=True).str.strip_chars()
    if not len(written):
        raise _unread(column, "nothing")
    best: tuple[float, float, pl.Series] | None = None
    for way in _ways():
        if not len(written.head(50).str.to_datetime(way, strict=False).drop_nulls()):
            continue
        found = cells.str.replace("T", " ", literal=True).str.strip_chars()
        found = found.str.to_datetime(way, strict=False, time_unit="us")
        if way.endswith("%z"):
            found = found.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        known = found.drop_nulls()
        span = float(np.ptp(known.to_physical().to_numpy()))
        rank = (-round(len(known) / len(written), 2), span, found)
        if best is None or rank[:2] < best[:2]:
            best = rank
    if best is not None and -best[0] >= 1 - _MOST_WRONG:
        return best[2]
    if column.counts:
        return column.numbers.values
    epoch = cells.str.contains(r"^1\d{9}(?:\d{3})?$")
    if epoch.drop_nulls().all():
        seconds = cells.cast(pl.Int64) // (1000 if written.str.len_chars().max() == 13 else 1)
        return pl.from_epoch(seconds).cast(pl.Datetime("us"))
    example = repr(written[0])
    if written.str.contains(r"^\d{1,2}[:.]\d{2}").all():
        raise _unread(column, f"times without a day ({example}), which say no order across midnight")
    raise _unread(column, f"{example}, for instance")


def _ways() -> list[str]:
    found = []
    for zone in ("", "%z", " %z"):
        for time in _TIMES:
            # Where it is 9 p.m., the month comes first.
            days = sorted(_DAYS, key=lambda day: day != "%m/%d/%Y") if "%p" in time else _DAYS
            found += [f"{day} {time}{zone}" for day in days]
    return [*found, *_BARE]


def _unread(column: Column, what: str) -> InputError:
    return InputError(
        f"the column {column.name!r} is said to tell when stations were reported, and holds {what}",
        expected="moments like 2030-01-02 21:40:05, or whole numbers in the order of reporting",
        todo="write them so, or leave `reported` out",
    )
