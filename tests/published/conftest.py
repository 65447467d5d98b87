"""Reference tables read without the intake, so that a fault there cannot hide a fault in a method."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from plebiscope.model.returns import Accounting, Origin, Returns

SHARED = Path(__file__).parents[3] / "shared"


@cache
def _russia(year: int) -> Returns:
    archive = zipfile.ZipFile(SHARED / "data" / "russia" / f"{year}.csv.zip")
    raw = pl.read_csv(io.BytesIO(archive.read(archive.namelist()[0])), infer_schema=False)
    heads = raw.columns

    def total(*parts: str) -> pl.Expr:
        found = [
            h for h in heads if all(part in h.lower() for part in parts) and "открепител" not in h.lower()
        ]
        assert found, parts
        return pl.sum_horizontal(pl.col(h).cast(pl.Int64) for h in found)

    first_option = next(
        i
        for i, h in enumerate(heads)
        if h == "ДА" or (i and heads[i - 1].startswith("Число") and "Число" not in h)
    )
    last = heads.index("url")
    options = heads[first_option:last]
    table = raw.select(
        station=pl.col("uik"),
        region=pl.col("region"),
        tik=pl.col("region") + " / " + pl.col("tik").fill_null(""),
        registered=total("включенных в спис")
        if any("включенных в спис" in h for h in heads)
        else total("внесенных в спис"),
        issued=total("бюллетеней", "выданных"),
        cast=total("бюллетеней", "ящика"),
        invalid=total("недействительных"),
        **{o: pl.col(o).cast(pl.Int64) for o in options},
    ).with_columns(
        valid=pl.col("cast") - pl.col("invalid"),
        mark=pl.when(pl.col("station").is_null() | (pl.col("registered") > 100_000))
        .then(pl.lit("electronic"))
        .otherwise(pl.lit(None, pl.String))
        if year == 2021
        else pl.lit(None, pl.String),
        line=pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
    )
    counts = ["registered", "issued", "cast", "valid", "invalid", *options]
    n = table.height
    return Returns(
        contest=f"russia-{year}",
        level="station",
        table=table,
        areas=("region", "tik"),
        options=tuple(options),
        columns={c: Origin((c,), "read for the test") for c in counts},
        accounting=Accounting(records=n, used=n, aggregates=0, furniture=0),
    )


@pytest.fixture(scope="session")
def russia(shared: Path) -> Callable[[int], Returns]:
    """``russia(2020)``: the returns of a Russian national vote, 2004 to 2021 (the nine years beside us)."""
    return _russia
