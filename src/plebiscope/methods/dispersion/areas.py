"""The areas of one question: which are tested, how far their stations lie apart, and which stand out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.ratio import CountRatio
from plebiscope.kernels import dispersion
from plebiscope.kernels.multiplicity import benjamini_hochberg
from plebiscope.model.method import Subject

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TEN = math.log(10.0)


@dataclass(frozen=True)
class Params:
    """Which stations and areas are compared, and how they are sorted."""

    turnout: tuple[str, ...] = ("cast",)
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the shares: the first of these quantities that the returns have."""
    least_registered: int = 50
    """Smallest station used, in registered voters (in ballots where registers are not given)."""
    most_registered: int = 5999
    """Largest station used, likewise; larger ones are not polling stations as others are."""
    least_stations: int = 8
    """Fewest stations of an area, in stations."""
    least_cell: float = 5.0
    """Least expected number of the rarer outcome at the mean station of an area, in votes."""
    exact_below: float = 0.001
    """The exact p is computed where that of the chi-square law is below this, as a probability."""
    most_exact: int = 200
    """Most areas for which it is computed, for each question, in areas."""
    level: float = 0.05
    """Level of the rule by which areas are reported, and of the limit of detection, as a probability."""
    power: float = 0.8
    """Chance with which the limit of detection would have been noticed, as a probability."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    least_run: int = 6
    """Fewest consecutive stations that are looked at apart, in stations."""
    listed: int = 2000
    """Most stations named, in stations."""


@dataclass(frozen=True)
class Ratio(CountRatio):
    """Turnout or share at n stations that lie in areas; arrays of shape (n,)."""

    rows: Ints
    """Row numbers in the returns' table."""
    codes: Ints
    """Area of each station."""


@dataclass(frozen=True)
class Tested:
    """The areas of one question that were tested; arrays of shape (areas,)."""

    areas: Ints
    stations: Ints
    trials: Ints
    rate: Floats
    x2: Floats
    log_p: Floats
    """Natural logarithm of p."""
    exact: Bools
    """Whether p is exact; else it is that of the chi-square law."""
    named: Bools
    """Whether the area stands out among those tested."""

    @property
    def phi(self) -> Floats:
        """Dispersion, in units of that of counting alone."""
        return self.x2 / (self.stations - 1)

    @property
    def whole(self) -> float:
        """Natural logarithm of p of all areas together, by Simes."""
        return TEN * float(np.min(benjamini_hochberg(self.log_p / TEN), initial=0.0))


def compare(ratio: Ratio, areas: int, params: Params) -> Tested:
    """Test every area that is large enough.

    Parameters
    ----------
    ratio
        Counts of n stations with their areas.
    areas
        Number of areas, tested or not.
    params
        See :class:`Params`.
    """
    k, n = ratio.successes, ratio.trials
    x2, k_sum, n_sum = dispersion.pearson(k, n, ratio.codes, areas)
    stations = np.bincount(ratio.codes, minlength=areas)
    wide = (stations >= max(2, params.least_stations)) & (k_sum > 0) & (k_sum < n_sum)
    used = np.flatnonzero(wide & (np.minimum(k_sum, n_sum - k_sum) >= params.least_cell * stations))
    log_p = dispersion.log_chi_square(x2[used], (stations[used] - 1).astype(np.float64))
    order = np.argsort(ratio.codes, kind="stable")
    bounds = np.searchsorted(ratio.codes[order], np.arange(areas + 1))
    exact = np.zeros(len(used), dtype=bool)
    wanted = log_p < math.log(params.exact_below)
    # Whatever is named is named by its exact p; computing that can shift who is named, so look again.
    while np.any(wanted & ~exact):
        for place in np.flatnonzero(wanted & ~exact)[np.argsort(log_p[wanted & ~exact], kind="stable")]:
            if exact.sum() < params.most_exact:
                members = order[bounds[used[place]] : bounds[used[place] + 1]]
                log_p[place] = dispersion.lower_tail(k[members], n[members]).log_p
                exact[place] = True
        wanted = named_at(log_p, params.level) & (exact.sum() < params.most_exact)
    rate = np.divide(k_sum[used], n_sum[used])
    named = named_at(log_p, params.level)
    return Tested(used, stations[used], n_sum[used].astype(np.int64), rate, x2[used], log_p, exact, named)


def named_at(log_p: Floats, level: float) -> Bools:
    """Tell which hypotheses the rule of Benjamini and Hochberg rejects.

    Parameters
    ----------
    log_p
        Natural logarithms of p, shape (n,).
    level
        Expected part of wrong rejections, as a probability.
    """
    return np.asarray(benjamini_hochberg(log_p / TEN) <= math.log10(level))


@dataclass(frozen=True)
class Question:
    """One question with its answer for every area."""

    subject: Subject
    params: Params
    column: str
    """The area column."""
    names: Sequence[str]
    """Name of each area."""
    ratio: Ratio
    tested: Tested
    left_out: dict[str, int]

    @property
    def places(self) -> Ints:
        """The areas that stand out, by place among those tested, the smallest p first."""
        named = np.flatnonzero(self.tested.named)
        return named[np.lexsort((self.tested.areas[named], self.tested.log_p[named]))]

    def members(self, place: int) -> Ints:
        """Return the stations of an area, in the order of their numbers."""
        found = np.flatnonzero(self.ratio.codes == self.tested.areas[place])
        table = self.subject.results.table
        labels = table["station"].gather(self.ratio.rows[found]).fill_null("").to_list()
        keys = [
            ([int(part) for part in re.findall(r"\d{1,18}", label)], label, int(n), int(k))
            for label, n, k in zip(labels, self.ratio.trials[found], self.ratio.successes[found], strict=True)
        ]
        return found[sorted(range(len(found)), key=keys.__getitem__)]

    def name(self, place: int) -> str:
        """Return the name of an area."""
        return self.names[int(self.tested.areas[place])]
