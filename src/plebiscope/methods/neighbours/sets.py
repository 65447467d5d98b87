"""Who is a station's neighbour, what its neighbours make likely, and how far neighbours differ by nature."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.ratio import Columns, CountRatio
from plebiscope.kernels import neighbours
from plebiscope.model.method import Subject
from plebiscope.model.returns import Selection
from plebiscope.model.wording import noun

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


_DIGITS = 5
"""Digits with which correlations of clean votes are kept."""


@dataclass(frozen=True)
class Params:
    """Which stations are neighbours, and what counts as far."""

    turnout: tuple[str, ...] = ("cast", "valid")
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the shares: the first of these quantities that the returns have."""
    least_registered: int = 100
    """Smallest station used, in registered voters (in ballots where registers are not given)."""
    side_by_side: float = 8.0
    """Areas of so many stations on average, or fewer, are places where stations stand side by side."""
    least_others: int = 4
    """Fewest other stations of a larger area that are neighbours enough, in stations."""
    least_stations: int = 100
    """Fewest stations by which it is measured how far neighbours differ, in stations."""
    middle: float = 0.5
    """Part of the stations, those nearest their neighbours, by which it is measured."""
    mark: float = 0.001
    """A station counts as far from its neighbours where the chance to be so is below this."""
    far: float = 5.0
    """A pair counts as far apart beyond so many standard deviations."""
    least_alike: int = 400
    """Fewest stations (or places where some stand side by side) that are told apart from others by the number
    of neighbours, by their rate or by size, in stations."""
    least_area: int = 8
    """Fewest stations (or places where some stand side by side) of an area in which far ones can gather."""
    exact_below: float = 0.05
    """The exact chance of an area is computed where its bound is below this, as a probability."""
    most_exact: int = 150
    """Largest area for which it is computed, in stations; for larger ones the bound is told."""
    level: float = 0.05
    """Level of the rule by which areas are reported, as a probability."""
    reported: int = 20
    """Most areas reported for each question, in areas."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    listed: int = 2000
    """Most stations named, in stations."""
    nearest: int = 8
    """Nearest places on the ground that a place is compared with, in places."""
    least_places: int = 30
    """Fewest places with coordinates, and of an area whose places are exchanged, in places."""
    draws: int = 499
    """Random exchanges of places."""
    lines: int = 4999
    """Lines of random direction for each border."""
    local_level: float = 0.01
    """A place stands out on the ground where the chance of its local value is at most this."""
    least_border: int = 5
    """Fewest places on each side of a border, in places."""


@dataclass(frozen=True)
class Level:
    """One kind of neighbourhood: the stations of one area column that have no closer neighbours."""

    column: str
    close: bool
    """Whether stations stand side by side: few to an area."""
    stations: int
    here: float
    """Intraclass correlation measured on this table."""
    natural: float
    """That of clean votes: of the middle country."""
    clean: tuple[float, float]
    """The smallest and the largest of clean votes."""
    clean_votes: int
    """How many clean votes there are."""

    @property
    def correlation(self) -> float:
        """The one that is used: the larger, so that less stands out."""
        return max(self.here, self.natural)

    @property
    def beyond(self) -> bool:
        """Whether neighbours differ more here than in any clean vote."""
        return round(self.here, _DIGITS) > self.clean[1]


@dataclass(frozen=True)
class Judged(CountRatio):
    """Turnout or share at n stations, each with the law that its neighbours predict; arrays of shape (n,)."""

    rows: Ints
    """Row numbers in the returns' table."""
    place: Ints
    """Area in which a station's neighbours are, numbered within its level."""
    level: Ints
    """Index into ``levels``."""
    levels: tuple[Level, ...]
    mean: Floats
    correlation: Floats
    """Of the predicted law: that inside areas, and what is not known of the mean."""
    log_p: Floats
    """Natural logarithm of the chance to lie so far out, to either side; of two that have only each other
    the larger of theirs."""
    z: Floats
    outlying: Floats
    """How far a station lies from the median of its neighbours, in standard deviations of logits."""
    middle: Floats
    """Rate of that median."""
    information: Floats
    """Variance of a count at that rate."""
    once: Bools
    """False for one of two stations that have only each other: they count as one."""
    left_out: dict[str, int]

    def far(self, mark: float) -> Bools:
        """Tell which stations lie far from their neighbours."""
        return np.asarray(self.log_p < math.log(mark))

    @cached_property
    def surplus(self) -> Floats:
        """Votes (or ballots) above those that the neighbours' rate would give."""
        return np.asarray(self.successes - self.trials * self.mean)


@cache
def _clean(quantity: str, *, close: bool) -> dict[str, list[float]]:
    """Return the intraclass correlations of votes held to be clean, by country."""
    text = resources.files("plebiscope.methods.neighbours").joinpath("natural.csv").read_text("utf-8")
    kind = "side by side" if close else "area"
    found: dict[str, list[float]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["quantity"] == quantity and row["kind"] == kind:
            found.setdefault(row["country"], []).append(float(row["correlation"]))
    return found


def natural(quantity: str, *, close: bool) -> float:
    """Return the intraclass correlation in the middle one of the countries whose votes are held to be clean.

    Parameters
    ----------
    quantity
        ``turnout`` or ``share``.
    close
        Between stations side by side, or between those of a larger area.
    """
    return float(np.median([np.median(values) for values in _clean(quantity, close=close).values()]))


def choose(subject: Subject, params: Params, one: Columns) -> Selection:
    """Select the stations whose counts are possible and which are large enough."""
    known = subject.results.quantities
    size = "registered" if "registered" in known else one.denominator
    found = subject.results.select(*dict.fromkeys((size, one.denominator, one.numerator)))
    found = found.keep(found[one.denominator] > 0, f"with no {noun(one.denominator)}")
    possible = (found[one.numerator] >= 0) & (found[one.numerator] <= found[one.denominator])
    found = found.keep(possible, "with an impossible count")
    least = params.least_registered
    return found.keep(found[size] >= least, f"with fewer than {least} {noun(size)}")


def judge(subject: Subject, params: Params, one: Columns, stations: Selection) -> Judged | None:
    """Hold every station against the closest neighbours that it has.

    Areas are tried from the smallest to the largest; a station is held against the others of the first in
    which it has enough.

    Returns
    -------
    Judged or None
        None where hardly any station has neighbours.
    """
    k, n = stations[one.numerator], stations[one.denominator]
    size = len(stations)
    place, level = np.zeros(size, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    law = np.zeros((7, size))
    once = np.ones(size, dtype=bool)
    levels: list[Level] = []
    for column in reversed(subject.results.areas):
        codes = subject.results.places(column)[0][stations.rows]
        # Stations without an area are each alone.
        codes = np.where(codes < 0, int(codes.max(initial=0)) + 1 + np.arange(size), codes)
        codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
        together = np.bincount(codes)[codes]
        close = is_close(codes, params)
        chosen = np.flatnonzero((level < 0) & (together > (1 if close else params.least_others)))
        if len(chosen) < params.least_stations:
            continue
        here = neighbours.correlation(k, n, codes, params.middle, chosen)
        clean = [value for values in _clean(one.quantity, close=close).values() for value in values]
        usual, ends = natural(one.quantity, close=close), (min(clean), max(clean))
        found = Level(column, close, len(chosen), here, usual, ends, len(clean))
        mean, spread = neighbours.predict(k, n, codes, found.correlation)
        law[:, chosen] = (
            mean[chosen],
            spread[chosen],
            *neighbours.chance(k[chosen], n[chosen], mean[chosen], spread[chosen]),
            *neighbours.outlying(k, n, codes, chosen),
        )
        level[chosen], place[chosen] = len(levels), codes[chosen]
        both = (together[chosen] == 2) & (np.bincount(codes[chosen])[codes[chosen]] == 2)
        _count_pairs_once(chosen[both], codes, law[2], once)
        levels.append(found)
    kept = stations.keep(level >= 0, "without enough neighbours in any area")
    known = level >= 0
    if not levels:
        return None
    return Judged(
        quantity=one.quantity,
        option=one.option,
        label=one.label,
        successes=k[known],
        trials=n[known],
        rows=kept.rows,
        place=place[known],
        level=level[known],
        levels=tuple(levels),
        mean=law[0, known],
        correlation=law[1, known],
        log_p=law[2, known],
        z=law[3, known],
        outlying=law[4, known],
        middle=law[5, known],
        information=law[6, known],
        once=once[known],
        left_out=dict(kept.dropped),
    )


def is_close(codes: Ints, params: Params) -> bool:
    """Whether an area column puts few stations together, as buildings, sections and quarters do."""
    return len(codes) <= params.side_by_side * (int(codes.max(initial=-1)) + 1)


def _count_pairs_once(members: Ints, codes: Ints, log_p: Floats, once: Bools) -> None:
    """Give both of a pair that have only each other the larger of their chances, and count one of them."""
    ordered = members[np.argsort(codes[members], kind="stable")]
    first, second = ordered[::2], ordered[1::2]
    log_p[first] = log_p[second] = np.maximum(log_p[first], log_p[second])
    once[second] = False


def pairs(judged: Judged, labels: Sequence[str]) -> tuple[Ints, Ints, Floats]:
    """Put stations that stand side by side in pairs, in the order of their labels, each in one pair at most.

    Parameters
    ----------
    judged
        The stations.
    labels
        Name of each.

    Returns
    -------
    first, second : ndarray of int64, shape (pairs,)
        The stations of each pair.
    distance : ndarray of float64, shape (pairs,)
        Their difference, in standard deviations of a pair that has one mean.
    """
    at = [place for place, one in enumerate(judged.levels) if one.close]
    inside = np.flatnonzero(np.isin(judged.level, at))
    # The order of rows must not matter, so that equal labels are told apart by their counts.
    names = np.unique(np.array(labels, dtype=str)[inside], return_inverse=True)[1]
    k, n = judged.successes, judged.trials
    ranked = inside[np.lexsort((k[inside], n[inside], names, judged.place[inside], judged.level[inside]))]
    key = judged.level[ranked] * (int(judged.place.max(initial=0)) + 1) + judged.place[ranked]
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    nth = np.arange(len(key)) - np.repeat(begins, np.diff(np.append(begins, len(key))))
    starts = np.flatnonzero((nth[:-1] % 2 == 0) & (key[1:] == key[:-1]))
    first, second = ranked[starts], ranked[starts + 1]
    r = np.array([one.correlation for one in judged.levels])[judged.level[first]]
    weights = [1.0 / (r + (1.0 - r) / n[side]) for side in (first, second)]
    told = weights[0] * k[first] / n[first] + weights[1] * k[second] / n[second]
    mean = (told + 0.5) / (weights[0] + weights[1] + 1.0)
    variance = mean * (1.0 - mean) * (1.0 / weights[0] + 1.0 / weights[1])
    return first, second, (k[first] / n[first] - k[second] / n[second]) / np.sqrt(variance)
