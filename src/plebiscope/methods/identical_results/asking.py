"""What the parts of the method share: its parameters, the vote that is asked, what is found on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.ratio import Columns, CountRatio
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import (
    Method,
    StationScore,
    Subject,
    checked,
    surprise,
)
from plebiscope.model.returns import Selection
from plebiscope.model.wording import none_of, noun, per_cent

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LOG10 = math.log(10.0)


@dataclass(frozen=True)
class Params:
    """What counts as the same, and where it is looked for."""

    turnout: tuple[str, ...] = ("issued", "cast")
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    reaches: tuple[int, ...] = (1, 5, 25)
    """Half widths of the windows, in hundredths of a percentage point."""
    around: int = 100
    """Half width of a window's neighbourhood, in hundredths of a percentage point."""
    tries: int = 3
    """Windows of each width and area whose probability is computed exactly, in windows."""
    least_stations: int = 50
    """Fewest stations of an area that is searched for clusters, in stations."""
    least_area: int = 10
    """Fewest stations of a commission, in stations."""
    rare: float = 1e-3
    """Records count as copies within a commission where the best chance of their counts is below this."""
    rare_anywhere: float = 1e-8
    """The same across the contest, as a probability."""
    least_zeros: float = 3.0
    """Fewest stations without a vote that must be expected for zeros to be tested, in stations."""
    reported: float = 0.01
    """Areas are reported where their own p is below this, as a probability."""
    most_reported: int = 60
    """Most areas reported for one question, in areas."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    limit_level: float = 0.05
    """Size of the one-sided test whose detection limit is given, as a probability."""
    listed: int = 2000
    """Most stations named, in stations."""


@dataclass(frozen=True)
class Ratio(CountRatio):
    """Turnout or share at the stations where it can be formed."""

    stations: Selection

    @property
    def ballots(self) -> Ints:
        """Ballots of each station."""
        return self.successes if self.option is None else self.trials


@dataclass
class Found:
    """What is collected on the way: answers for the contest, then for areas; pictures; stations."""

    heads: list[Measurement] = field(default_factory=list)
    areas: list[Measurement] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    scores: list[StationScore] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """The vote and how it is examined."""

    method: Method
    subject: Subject
    params: Params
    commissions: str | None
    """The finest area column that puts enough stations together, if there is one."""

    @property
    def rows_are(self) -> str:
        """What one row is, in the plural."""
        return self.subject.rows_are

    def commission_of(self, rows: Ints) -> tuple[Ints, list[str]]:
        """Group stations by commission; one nameless commission where there are none."""
        codes, names = self._by_commission
        return codes[rows], names

    @cached_property
    def _by_commission(self) -> tuple[Ints, list[str]]:
        """Commission of every row of the table, numbered by name whatever the order of rows."""
        rows = np.arange(len(self.subject.results), dtype=np.int64)
        if self.commissions is None:
            return np.zeros_like(rows), [""]
        codes, names = self.subject.results.area_of(self.commissions, rows)
        ranked = sorted(range(len(names)), key=names.__getitem__)
        place = np.empty(len(names), dtype=np.int64)
        place[ranked] = np.arange(len(names))
        return place[codes], [names[code] for code in ranked]

    def worst(self, log10_p: Mapping[int, float]) -> list[int]:
        """Return the places of the areas that are reported, smallest p first."""
        known = [at for at, value in log10_p.items() if value < math.log10(self.params.reported)]
        return sorted(known, key=lambda at: log10_p[at])[: self.params.most_reported]

    def only_finer(self, area: str) -> str | None:
        """Return the name of a commission for a station's score, none where it is a main area."""
        return None if self.commissions == self.subject.results.main_area else area


def form(asked: Asked, column: Columns) -> Ratio:
    """Form a ratio at every station where that is possible."""
    stations = asked.subject.results.select(column.numerator, column.denominator)
    part, whole = noun(column.numerator), noun(column.denominator)
    stations = stations.keep(stations[column.denominator] > 0, f"with no {whole}")
    stations = stations.keep(stations[column.numerator] >= 0, "with a negative count")
    within = stations[column.numerator] <= stations[column.denominator]
    stations = stations.keep(within, f"with more {part} than {whole}")
    k, n = stations[column.numerator], stations[column.denominator]
    return Ratio(column.quantity, column.option, column.label, k, n, stations)


def likelihood(log10_p: float) -> dict[str, Any]:
    """Return the fields of a measurement that say how likely it was."""
    log10_p = min(0.0, log10_p)
    return {"p": 10.0**log10_p, "log10_p": log10_p, "bits": surprise(log10_p)}


def share_of(ratio: Ratio, at: int) -> str:
    """Write the ratio of a station with its counts."""
    k, n = int(ratio.successes[at]), int(ratio.trials[at])
    return f"{ratio.name} {per_cent(100 * k / n, '.2f')} ({k:,} of {n:,})"


def once(asked: Asked) -> Assumption:
    """Check that no station is listed twice."""
    twice = asked.subject.results.accounting.duplicates
    return checked(
        "each station is there once",
        twice == 0,
        f"{none_of(twice, f'{len(asked.subject.results):,} {asked.rows_are}')} with the name and area of an "
        "earlier one",
    )
