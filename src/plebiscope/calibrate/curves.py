"""What tables of other sizes could have shown, where nobody simulated votes like this one.

``curves.csv`` is made by ``benchmarks/make_curves.py`` on invented clean votes of several sizes. What is read
off between two sizes is the power of a method on such a vote, not on this table: a table whose districts are
less alike, or whose stations are smaller, can show more or less. Below the smallest size nothing is said;
above the largest that one stands, which is careful, because more stations show a smaller share.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import resources

from plebiscope.calibrate.curve import FEWEST
from plebiscope.calibrate.matrix import summarised
from plebiscope.model.method import Method
from plebiscope.model.power import Cell, Matrix
from plebiscope.worlds.papers import COPIED
from plebiscope.worlds.tamper.mechanism import Mechanism

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """What one method sees of one mechanism on a table of one size.

    Attributes
    ----------
    stations, worlds
        Of the table, and simulated votes at each prevalence.
    dose, low, high
        Prevalence that is seen 80 times in 100, and its interval; null where none is.
    at_most, whole
        Whether the dose is a bound only; whether the mechanism concerns the vote as a whole.
    lost
        Prevalence from which on it is not seen any more; null where there is none.
    touched, votes
        At the dose: stations at which anything was done for each station, and votes published otherwise than
        they were cast for each ballot cast.
    """

    stations: int
    worlds: int
    version: str
    mechanism: str
    method: str
    dose: float | None
    low: float | None
    high: float | None
    at_most: bool
    whole: bool
    lost: float | None
    touched: float | None
    votes: float | None


def rows(matrix: Matrix, ballots: int) -> list[Row]:
    """Turn a matrix into rows.

    Parameters
    ----------
    matrix
        Of a table of one size.
    ballots
        Ballots cast in it.
    """
    settings = matrix.settings
    if settings is None:
        return []
    return [
        Row(
            stations=settings.stations,
            worlds=settings.worlds,
            version=cell.version,
            mechanism=cell.mechanism,
            method=cell.method,
            dose=_short(cell.dose),
            low=_short(cell.low),
            high=_short(cell.high),
            at_most=cell.at_most,
            whole=cell.whole,
            lost=_short(cell.lost),
            touched=_short(None if cell.stations is None else cell.stations / settings.stations),
            votes=_short(None if cell.votes is None else cell.votes / ballots),
        )
        for cell in matrix.cells
    ]


def write(found: Iterable[Row]) -> str:
    """Write rows as CSV, by size."""
    text = io.StringIO()
    table = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    table.writeheader()
    for row in sorted(found, key=lambda row: row.stations):
        table.writerow({name: int(v) if isinstance(v, bool) else v for name, v in asdict(row).items()})
    return text.getvalue()


def read(text: str) -> tuple[Row, ...]:
    """Read rows from CSV."""
    return tuple(
        Row(
            stations=int(row["stations"]),
            worlds=int(row["worlds"]),
            version=row["version"],
            mechanism=row["mechanism"],
            method=row["method"],
            dose=_number(row["dose"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            at_most=row["at_most"] == "1",
            whole=row["whole"] == "1",
            lost=_number(row["lost"]),
            touched=_number(row["touched"]),
            votes=_number(row["votes"]),
        )
        for row in csv.DictReader(io.StringIO(text))
    )


@cache
def shipped() -> tuple[Row, ...]:
    """Return the rows that come with the package."""
    return read(resources.files("plebiscope.calibrate").joinpath("curves.csv").read_text("utf-8"))


def matrix(
    contest: str,
    stations: int,
    ballots: int,
    methods: Sequence[Method],
    mechanisms: Mapping[str, Mechanism],
    copies: float = 0.0,
) -> Matrix | None:
    """Read what a table of a size could have shown off the shipped curves.

    Parameters
    ----------
    contest
        Its id.
    stations, ballots
        Ordinary stations of the table, and ballots cast in them.
    methods
        Those that can be asked of it.
    mechanisms
        By id; what the curves do not know is left out.
    copies
        Share of its stations of which the case has copies; the curves are those of
        :data:`plebiscope.worlds.papers.COPIED`, and say nothing of fewer.

    Returns
    -------
    Matrix or None
        Null where the table is smaller than the smallest of the curves.
    """
    known = [row for row in shipped() if row.worlds >= FEWEST]
    sizes = sorted({row.stations for row in known})
    if not sizes or stations < sizes[0]:
        return None
    by_cell: dict[tuple[str, str, str], dict[int, Row]] = {}
    for row in known:
        by_cell.setdefault((row.version, row.mechanism, row.method), {})[row.stations] = row
    few = copies < COPIED
    titles = {method.id: method for method in methods if not (few and "copies" in method.needs)}
    cells = tuple(
        _between(found, stations, ballots)
        for (_, mechanism, method), found in by_cell.items()
        if method in titles and mechanism in mechanisms and min(found) <= stations
    )
    if not cells:
        return None
    asked = {cell.method for cell in cells}
    tried = {cell.mechanism for cell in cells}
    unknown = [name for name in titles if name not in asked]
    unknown += [name for name, one in mechanisms.items() if name not in tried and one.kind != "control"]
    left_out = dict.fromkeys(unknown, "the shipped curves do not know it")
    left_out |= {
        method.id: f"the shipped curves are those of copies of {100 * COPIED:.0f} % of the stations, and "
        "here there are fewer"
        for method in methods
        if method.id not in titles
    }
    return summarised(
        cells,
        titles,
        mechanisms,
        contest=contest,
        left_out=left_out,
        how="table",
        stations=stations,
        like=", ".join(f"{size:,}" for size in _around(sizes, stations)),
    )


def _around(sizes: Sequence[int], stations: int) -> tuple[int, ...]:
    """Return the sizes between which a table lies; the largest one beyond it, one where it is met."""
    low = max(size for size in sizes if size <= stations)
    high = min((size for size in sizes if size >= stations), default=low)
    return (low,) if low == high else (low, high)


def _between(found: Mapping[int, Row], stations: int, ballots: int) -> Cell:
    """Read a cell off between the two sizes around it, all scales being logarithmic."""
    around = _around(sorted(found), stations)
    low, high = found[around[0]], found[around[-1]]
    part = 0.0
    if len(around) == 2:
        part = math.log(stations / around[0]) / math.log(around[1] / around[0])

    def mixed(one: float | None, other: float | None) -> float | None:
        if one is None or other is None or min(one, other) <= 0.0:
            return None
        return math.exp((1 - part) * math.log(one) + part * math.log(other))

    touched, votes = mixed(low.touched, high.touched), mixed(low.votes, high.votes)
    dose = mixed(low.dose, high.dose)
    # Lost at one size only counts as lost: so much less is claimed.
    lost = mixed(low.lost, high.lost) or low.lost or high.lost
    if dose is not None and lost is not None and lost <= dose:
        dose = None
    if dose is None:
        return Cell(method=low.method, mechanism=low.mechanism, version=low.version, whole=low.whole)
    return Cell(
        method=low.method,
        mechanism=low.mechanism,
        version=low.version,
        dose=dose,
        low=mixed(low.low, high.low),
        high=mixed(low.high, high.high),
        at_most=low.at_most or high.at_most,
        lost=lost,
        whole=low.whole,
        stations=None if touched is None else touched * stations,
        votes=None if votes is None else votes * ballots,
    )


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def _number(text: str) -> float | None:
    return float(text) if text else None
