"""Whether stations that lie far from their neighbours gather in some areas: commissions, districts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.kernels import higher_criticism
from plebiscope.kernels.multiplicity import benjamini_hochberg
from plebiscope.methods.neighbours.sets import Bools, Floats, Ints, Judged, Params
from plebiscope.model.returns import Returns

TEN = math.log(10.0)

_KINDS, _SIZES = 8, 4
"""Most groups by the number of neighbours, and by their rate; and by size."""
_TINY = -30.0
"""Natural logarithm of a chance below which the chance that one of several is as small is their sum."""


@dataclass(frozen=True)
class Gathered:
    """The areas of one question; arrays of shape (areas,), in the order of their names."""

    column: str
    names: Sequence[str]
    """Name of every area, tested or not."""
    area: Ints
    """Area of each station, minus one without; shape (stations,)."""
    tested: Ints
    """Which areas were tested."""
    stations: Ints
    far: Ints
    """Stations far from their neighbours, pairs counted once."""
    part: float
    """Part of all stations in these areas that are far."""
    log_p: Floats
    """Natural logarithm of p, or of a bound where that is not small."""
    level: float

    @property
    def log10_whole(self) -> float:
        """Base-ten logarithm of p that far stations gather nowhere, by Simes."""
        return float(np.min(benjamini_hochberg(self.log_p / TEN), initial=0.0))

    @property
    def named(self) -> Ints:
        """Places in ``tested`` of the areas that stand out, the smallest p first."""
        out = np.flatnonzero(benjamini_hochberg(self.log_p / TEN) <= math.log10(self.level))
        return out[np.lexsort((self.tested[out], self.log_p[out]))]

    @property
    def inside(self) -> Bools:
        """Which stations are in areas that stand out, shape (stations,)."""
        return np.isin(self.area, self.tested[self.named])


def gather(judged: Judged, returns: Returns, params: Params) -> Gathered | None:
    """Compare the stations of each area with all others.

    What counts is not how unlikely a station is under its law, which has shorter tails than stations have,
    but the rank of its distance among stations like it, with as many neighbours, a like rate and a like size:
    ranks fall on areas by chance wherever far stations do not gather. Of stations side by side, each of which
    is measured by the others, the farthest counts.

    Returns
    -------
    Gathered or None
        None where no column puts half of the stations together with enough others.
    """
    unit, like, far_out = _units(judged, params)
    found = _column(returns, judged.rows, unit, params)
    if found is None:
        return None
    column, codes, names = found
    sizes = np.bincount(codes[unit][codes[unit] >= 0], minlength=len(names))
    counted = (codes >= 0) & (sizes[codes] >= params.least_area)
    inside = counted[unit]
    unit, rank = unit[inside], _ranks(like[inside], far_out[inside])
    order = np.argsort(codes[unit], kind="stable")
    bounds = np.searchsorted(codes[unit][order], np.arange(len(names) + 1))
    tested = np.flatnonzero(np.diff(bounds) > 0)
    log_p = np.zeros(len(tested))
    for at, area in enumerate(tested.tolist()):
        members = order[bounds[area] : bounds[area + 1]]
        value = higher_criticism.statistic(rank[members])
        log_p[at] = higher_criticism.log_bound(value, len(members))
        if log_p[at] < math.log(params.exact_below) and len(members) <= params.most_exact:
            log_p[at] = higher_criticism.log_chance(value, len(members))
    counted &= judged.once
    far = judged.far(params.mark) & counted
    return Gathered(
        column,
        names,
        codes,
        tested,
        np.bincount(codes[counted], minlength=len(names))[tested],
        np.bincount(codes[far], minlength=len(names))[tested],
        int(far.sum()) / max(1, int(counted.sum())),
        log_p,
        params.level,
    )


def _column(
    returns: Returns, rows: Ints, unit: Ints, params: Params
) -> tuple[str, Ints, Sequence[str]] | None:
    """Choose the finest areas that put half of the units together with enough others.

    Returns
    -------
    column, codes, names
        The column, and the area of each station.
    """
    for column in reversed(returns.areas):
        codes, names = returns.places(column)
        codes = codes[rows]
        sizes = np.bincount(codes[unit][codes[unit] >= 0])
        if len(names) > 1 and sizes[sizes >= params.least_area].sum() >= len(unit) / 2:
            return column, codes, names
    return None


def _units(judged: Judged, params: Params) -> tuple[Ints, Ints, Floats]:
    """Choose one station of each place side by side and every other station, and say which are alike.

    Returns
    -------
    unit, like, far : ndarray, shape (units,)
        The stations, the group of those like it, and how far each lies out.
    """
    close = np.array([one.close for one in judged.levels])[judged.level]
    place = judged.level * (int(judged.place.max(initial=0)) + 1) + judged.place
    place = np.unique(place, return_inverse=True)[1].astype(np.int64)
    together = np.bincount(place)[place]
    # The farthest of many lies farther out than the farthest of few; two that have only each other are one.
    among = np.where(close & (together > 2), together, 1)
    log_p = math.log(2.0) + special.log_ndtr(-np.abs(judged.outlying))
    rest = np.log1p(-np.minimum(np.exp(np.maximum(log_p, _TINY)), 1.0 - 1e-12))
    far = -np.where(log_p < _TINY, log_p + np.log(among), np.log(-np.expm1(among * rest)))
    order = np.lexsort((~judged.once, -far, place))
    first = np.append(True, place[order][1:] != place[order][:-1])[: len(order)]
    unit = np.sort(order[first | ~close[order]])
    like = np.unique(judged.level[unit], return_inverse=True)[1].astype(np.int64)
    least = params.least_alike
    like = _split(like, np.where(close, together, 0)[unit], least, _KINDS)
    like = _split(like, judged.middle[unit], 2 * least, _KINDS)
    like = _split(like, judged.information[unit], least, _SIZES)
    return unit, like, np.asarray(far[unit])


def _split(like: Ints, of: NDArray[np.number[Any]], least: int, most: int) -> Ints:
    """Divide every group by the size of a figure into up to so many, each of so many stations or more."""
    found = np.zeros_like(like)
    for group in range(int(like.max(initial=-1)) + 1):
        members = np.flatnonzero(like == group)
        parts = int(np.clip(len(members) // least, 1, most))
        edges = np.quantile(of[members], np.arange(1, parts) / parts)
        found[members] = np.searchsorted(edges, of[members], side="right")
    return np.asarray(np.unique(like * most + found, return_inverse=True)[1], dtype=np.int64)


def _ranks(like: Ints, far: Floats) -> Floats:
    """Return the part of its group that lies as far out or farther, for each."""
    order = np.lexsort((-far, like))
    counts = np.bincount(like)
    begins = (np.cumsum(counts) - counts)[like[order]]
    # Of equals each counts all: the last of them tells their rank.
    last = np.append((like[order][1:] != like[order][:-1]) | (far[order][1:] != far[order][:-1]), True)
    ends = np.flatnonzero(last)[np.cumsum(last) - last]
    rank = np.empty(len(far))
    rank[order] = (ends + 1 - begins) / counts[like[order]]
    return rank
