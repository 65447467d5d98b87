"""The stations of a dossier as pictures that are linked: what is chosen in one is marked in all.

Bins are counted here, so that a table of a hundred thousand stations sends the browser some thousand
rectangles and never its points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.dossier.write import STATIONS
from plebiscope.model.errors import InputError
from plebiscope.model.returns import QUANTITIES

CELL = 2
"""Width of a cell of the fingerprint, in points."""
GRID = 100
"""Steps of the map, along its longer side."""
TOOTH = 5
"""Teeth of the comb in one point of turnout or share."""
PLACES = ("longitude", "latitude")
ROW = "row of the table"
"""Name of the column that numbers the stations; no results file has one of this name."""
LISTED = 100
"""Stations of a choice that are listed."""
_CHOSEN = "chosen of the table"
_ADDED = (ROW, _CHOSEN, "turnout %", "share %")
"""Columns that are put beside those of the table; one of the table that is called so gives way."""
_KEPT = {"contest", "station", "mark", "line", "score", "reasons", "group", "reported", *PLACES}
_TYPES: Mapping[str, pl.DataType] = {
    "contest": pl.String(), "station": pl.String(), "mark": pl.String(), "line": pl.Int64(),
    "score": pl.Float64(), "reasons": pl.List(pl.String()),
    **dict.fromkeys(PLACES, pl.Float64()), **dict.fromkeys(QUANTITIES, pl.Int64()),
}  # fmt: skip
_MOST = 10**12
"""Largest count that can be meant."""
_ROWS = 5_000_000
"""Most stations of a table; a small file can claim any number."""


@dataclass(frozen=True)
class Choice:
    """What somebody chose: limits of turnout and share in per cent, an area, a part of a station's name."""

    turnout: tuple[float, float] = (0.0, 100.0)
    share: tuple[float, float] = (0.0, 100.0)
    areas: Mapping[str, str] = field(default_factory=dict)
    named: str = ""
    least_score: float = 0.0

    @property
    def everything(self) -> bool:
        """Whether nothing was chosen."""
        return self == Choice()


@dataclass(frozen=True)
class Vote:
    """The stations of one contest, with turnout and share of one option.

    Attributes
    ----------
    table
        The rows of the table of stations.
    turnout, share
        In per cent, not a number where it cannot be computed, shape (n,).
    option, options, areas
        The option of the share, all options, and the columns that name areas, from large to small.
    of
        Canonical names: numerator of turnout and denominator of share; empty where there is none.
    """

    table: pl.DataFrame
    turnout: NDArray[np.float64]
    share: NDArray[np.float64]
    option: str
    options: tuple[str, ...]
    areas: tuple[str, ...]
    of: tuple[str, str]

    def chosen(self, choice: Choice) -> NDArray[np.bool_]:
        """Tell which stations a choice takes in, shape (n,)."""
        wanted = np.ones(self.table.height, dtype=bool)
        for values, (low, high) in ((self.turnout, choice.turnout), (self.share, choice.share)):
            if (low, high) != (0.0, 100.0):
                with np.errstate(invalid="ignore"):
                    wanted &= (values >= low) & (values <= high)
        for column, area in choice.areas.items():
            if column in self.areas:
                wanted &= self.table[column].fill_null("").to_numpy() == area
        if choice.named:
            text = pl.concat_str([pl.col(c).fill_null("") for c in (*self.areas, "station")], separator=" ")
            found = self.table.select(
                text.str.to_lowercase().str.contains(choice.named.lower(), literal=True)
            ).to_series()
            wanted &= found.to_numpy()
        if choice.least_score > 0:
            wanted &= self.table["score"].to_numpy() >= choice.least_score
        return wanted

    def sums(self, wanted: NDArray[np.bool_]) -> dict[str, int | float | None]:
        """Add the stations of a choice up: stations, registered, votes, turnout and share in per cent."""
        rows = self.table.filter(pl.Series(wanted))
        numerator, denominator = self.of
        turnout = ratio(rows, numerator, "registered") if numerator else None
        return {
            "stations": rows.height,
            "registered": int(rows["registered"].sum()) if "registered" in rows.columns else None,
            "votes": int(rows[self.option].sum()) if self.option else None,
            "turnout": turnout,
            "share": ratio(rows, self.option, denominator) if self.option and denominator else None,
        }

    def cells(self, wanted: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
        """Count the stations of each cell of the fingerprint, and those of the choice among them.

        Returns
        -------
        list of (column, row, stations, chosen)
            Of cells that hold any.
        """
        known = np.isfinite(self.turnout) & np.isfinite(self.share)
        known &= (self.turnout <= 100) & (self.share <= 100)
        size = 100 // CELL
        x = np.minimum(self.turnout[known] // CELL, size - 1).astype(np.int64)
        y = np.minimum(self.share[known] // CELL, size - 1).astype(np.int64)
        counts = np.bincount(x * size + y, minlength=size * size)
        mine = np.bincount((x * size + y)[wanted[known]], minlength=size * size)
        here = np.flatnonzero(counts)
        return [(int(k // size), int(k % size), int(counts[k]), int(mine[k])) for k in here]

    def comb(self, of: str, wanted: NDArray[np.bool_]) -> tuple[list[int], list[int]]:
        """Count stations by turnout or share in fine steps, all and those of the choice.

        Steps are centred on whole percentages, so that what lies right at one stands out as a tooth.
        """
        values = self.turnout if of == "turnout" else self.share
        known = np.isfinite(values) & (values >= 0) & (values <= 100)
        step = np.floor(values[known] * TOOTH + 0.5).astype(np.int64)
        size = 100 * TOOTH + 1
        mine = step[wanted[known]]
        return np.bincount(step, minlength=size).tolist(), np.bincount(mine, minlength=size).tolist()

    def by_area(self, column: str, wanted: NDArray[np.bool_]) -> list[dict[str, object]]:
        """Add up each area: stations, chosen ones, turnout and share, by name."""
        if column not in self.areas:
            return []
        numerator, denominator = self.of
        sums = [pl.len().alias("stations"), pl.col(_CHOSEN).sum().alias("chosen")]
        if numerator:
            both = pl.col(numerator).is_not_null() & pl.col("registered").is_not_null()
            sums.append(_percent(numerator, "registered", both).alias("turnout"))
        if self.option and denominator:
            both = pl.col(self.option).is_not_null() & pl.col(denominator).is_not_null()
            sums.append(_percent(self.option, denominator, both).alias("share"))
        named = pl.col(column).fill_null("").alias("area")
        table = self.table.with_columns(pl.Series(_CHOSEN, wanted))
        return table.group_by(named).agg(sums).sort("area").to_dicts()

    def places(self, wanted: NDArray[np.bool_]) -> list[tuple[float, float, int, int]]:
        """Count stations by place on a grid of :data:`GRID` steps: longitude, latitude, all, chosen."""
        if not set(PLACES) <= set(self.table.columns):
            return []
        x, y = (self.table[name].cast(pl.Float64).to_numpy() for name in PLACES)
        # Beyond the globe they are no degrees, and nothing to draw.
        with np.errstate(invalid="ignore"):
            known = (np.abs(x) <= 360) & (np.abs(y) <= 360)
        if not known.any():
            return []
        x, y, mine = x[known], y[known], wanted[known]
        step = max(np.ptp(x), np.ptp(y), 1e-6) / GRID
        size = GRID + 2  # rounding may put the last one past the end
        cell = ((x - x.min()) // step * size + (y - y.min()) // step).astype(np.int64)
        counts, chosen = np.bincount(cell), np.bincount(cell, weights=mine).astype(int)
        return [
            (
                float(k // size * step + x.min()),
                float(k % size * step + y.min()),
                int(counts[k]),
                int(chosen[k]),
            )
            for k in np.flatnonzero(counts)
        ]

    def listed(self, wanted: NDArray[np.bool_], most: int = LISTED) -> pl.DataFrame:
        """Return the stations of a choice that stand out most, with its row, turnout and share."""
        rows = self.full().filter(pl.Series(wanted))
        return rows.sort(["score", ROW], descending=[True, False]).head(most)

    def full(self) -> pl.DataFrame:
        """Return the table with :data:`ROW`, ``turnout %`` and ``share %`` beside it."""
        percents = {"turnout %": self.turnout, "share %": self.share}
        return self.table.with_row_index(ROW).with_columns(
            pl.Series(name, values, nan_to_null=True).round(3) for name, values in percents.items()
        )


def _percent(part: str, whole: str, known: pl.Expr) -> pl.Expr:
    total = pl.col(whole).filter(known).sum()
    return pl.when(total > 0).then(100 * pl.col(part).filter(known).sum() / total)


def ratio(rows: pl.DataFrame, part: str, whole: str) -> float | None:
    """Return the sum of one column in per cent of that of another, over rows that have both."""
    found = rows.select(_percent(part, whole, pl.col(part).is_not_null() & pl.col(whole).is_not_null()))
    value = found.item()
    return None if value is None else float(value)


def vote(dossier: Path, contest: str, options: Sequence[str], option: str | None) -> Vote:
    """Return the stations of one contest of a case.

    Parameters
    ----------
    dossier
        Its ``dossier.json``, beside which the table of stations lies.
    contest, options
        Id of the contest, and the options as the dossier names them.
    option
        Option whose share is shown; by default the first.

    Raises
    ------
    InputError
        If no station of this contest was published, or the table is not one that plebiscope wrote.
    """
    path = dossier.with_name(STATIONS)
    if not path.exists():
        raise InputError(
            "no station was published in this case, so there is nothing to explore", todo="read the dossier"
        )
    table = _table(path, path.stat().st_mtime_ns).filter(pl.col("contest") == contest)
    known = tuple(name for name in options if name in table.columns and table[name].dtype.is_integer())
    if not table.height:
        raise InputError("no station of this contest was published", todo="choose another contest")
    chosen = option if option in known else (known[0] if known else "")
    columns = set(table.columns)
    numerator = next((n for n in ("cast", "issued") if {n, "registered"} <= columns and _any(table, n)), "")
    denominator = next((n for n in ("valid", "cast") if n in columns and _any(table, n)), "")
    nothing = np.full(table.height, np.nan)
    areas = tuple(name for name in area_columns(table) if _any(table, name))
    return Vote(
        table,
        _percents(table, numerator, "registered") if numerator else nothing,
        _percents(table, chosen, denominator) if chosen and denominator else nothing,
        chosen,
        known,
        areas,
        (numerator, denominator),
    )


def stations_of(dossier: Path) -> pl.DataFrame | None:
    """Return the stations of all contests of a case; null where none was published.

    Parameters
    ----------
    dossier
        Its ``dossier.json``, beside which the table lies.

    Raises
    ------
    InputError
        If the table is not one that plebiscope wrote.
    """
    path = dossier.with_name(STATIONS)
    return _table(path, path.stat().st_mtime_ns) if path.exists() else None


def area_columns(table: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns of a table of stations that name areas, from large to small."""
    return tuple(
        name
        for name, kind in table.schema.items()
        if kind == pl.String and name not in _KEPT and name not in QUANTITIES
    )


def _any(table: pl.DataFrame, name: str) -> bool:
    return table[name].null_count() < table.height


def _percents(table: pl.DataFrame, part: str, whole: str) -> NDArray[np.float64]:
    value = pl.when(pl.col(whole) > 0).then(100 * pl.col(part) / pl.col(whole))
    return table.select(value.cast(pl.Float64)).to_series().fill_null(float("nan")).to_numpy()


@lru_cache(maxsize=4)
def _table(path: Path, changed: int) -> pl.DataFrame:
    """Read a table of stations; the time of its last change makes an old one be forgotten.

    Raises
    ------
    InputError
        If it is not a table that plebiscope wrote.
    """
    try:
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
        if rows > _ROWS:
            raise _foreign(f"it has {rows:,} rows")
        return _checked(pl.read_parquet(path))
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise _foreign(str(error).partition("\n")[0][:200]) from None


def _checked(table: pl.DataFrame) -> pl.DataFrame:
    """See that a table has the columns of a table of stations; those that may be missing are put in empty."""
    missing = [name for name in ("contest", "score") if name not in table.columns]
    if missing:
        raise _foreign(f"it has no column {missing[0]!r}")
    # An area may be called like anything that is worked out here.
    table = table.drop(_ADDED, strict=False).with_columns(
        pl.lit(None, kind).alias(name)
        for name, kind in _TYPES.items()
        if name in ("station", "reasons") and name not in table.columns
    )
    for name, kind in table.schema.items():
        wanted = _TYPES.get(name)
        empty = kind == pl.Null
        if wanted is None:
            fit = not kind.is_nested() and kind not in (pl.Object, pl.Binary)
        elif wanted == pl.Float64:
            fit = kind.is_numeric() or empty
        else:
            fit = empty or kind == wanted or (kind.is_integer() and wanted == pl.Int64)
        if not fit:
            raise _foreign(f"its column {name!r} holds something else ({kind})")
    counts = [name for name, kind in table.schema.items() if kind.is_integer()]
    largest = table.select(pl.max_horizontal(pl.col(counts).abs().max(), pl.lit(0))).item() if counts else 0
    if largest > _MOST:
        raise _foreign("it holds counts that cannot be meant")
    kinds: dict[str, pl.DataType] = dict.fromkeys(counts, pl.Int64())
    kinds |= {name: kind for name, kind in _TYPES.items() if name in table.columns}
    table = table.with_columns(pl.col(name).cast(kind) for name, kind in kinds.items())
    return table.with_columns(pl.col("score").fill_nan(0).fill_null(0))


def _foreign(why: str) -> InputError:
    return InputError(
        f"the table of stations is not one that plebiscope wrote: {why}",
        where=STATIONS,
        todo="examine the case again",
    )
