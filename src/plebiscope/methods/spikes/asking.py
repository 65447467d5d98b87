"""What is asked: the stations, one ratio with its law, and what is seen and expected in every bin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.ratio import Columns, CountRatio
from plebiscope.kernels import beta_mixture
from plebiscope.kernels.beta_mixture import Mixture
from plebiscope.methods.spikes import bins
from plebiscope.methods.spikes.bins import Sums
from plebiscope.model.method import Subject, too_few
from plebiscope.model.returns import Selection

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Params:
    """Which stations are looked at, and how closely."""

    turnout: tuple[str, ...] = ("cast", "issued")
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share, likewise."""
    least_stations: int = 50
    """Fewest stations with which anything is tested, in stations."""
    least_area: int = 200
    """Fewest stations of an area that is asked, in stations."""
    components: int = 4
    """Beta laws of a mixture at most."""
    near: int = 10
    """How far a station may be from a bin to be near it, in tenths of a point."""
    level: float = 0.05
    """Chance that the band is exceeded anywhere; also the level at which areas and stations are named."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability, for all bins together."""
    listed: int = 2000
    """Stations named at most."""


@dataclass(frozen=True)
class Curve:
    """Sums over the stations of g groups, with the p of each bin and whether it rises above the band."""

    sums: Sums
    log_p: Floats
    """Natural logarithm, shape (g, 1001)."""
    above: Bools
    """Shape (g, 1001)."""

    @classmethod
    def of(cls, sums: Sums, level: float) -> Curve:
        """Look at every bin of every group."""
        log_p = sums.log_p()
        return cls(sums, log_p, sums.beyond(level, log_p))


@dataclass(frozen=True)
class Asked:
    """One ratio with what is seen and expected of it; ``places`` are the areas that were asked."""

    subject: Subject
    params: Params
    stations: Selection
    ratio: CountRatio
    law: Mixture
    codes: Ints
    """Area of each station, shape (n,)."""
    names: Sequence[str]
    whole: Curve
    """Of the whole contest: one group."""
    by_area: Curve

    @property
    def bin(self) -> Ints:
        """Bin of each station, shape (n,)."""
        return beta_mixture.bin_of(self.ratio.successes, self.ratio.trials)


def ask(subject: Subject, params: Params, column: Columns) -> Asked | str:
    """Select stations and add up, or say why that cannot be."""
    part, whole = column.numerator, column.denominator
    stations = subject.results.select(whole, part)
    stations = stations.keep(stations[whole] > 0, f"without {whole}")
    possible = (stations[part] >= 0) & (stations[part] <= stations[whole])
    stations = stations.keep(possible, "figures impossible")
    stations = stations.keep(
        stations[whole] <= beta_mixture.MOST, f"with more than {beta_mixture.MOST:,} {whole}"
    )
    reason = too_few(stations, max(1, params.least_stations), subject.rows_are)
    if reason is not None:
        return reason
    k, n = stations[part], stations[whole]
    ratio = CountRatio(column.quantity, column.option, column.label, k, n)
    law = beta_mixture.fit(k, n, params.components)
    codes, names = subject.areas(stations.rows)
    sums = bins.add_up(k, n, codes, len(names), law, params.near)
    curves = (Curve.of(part, params.level) for part in (sums.whole(), sums))
    return Asked(subject, params, stations, ratio, law, codes, names, *curves)
