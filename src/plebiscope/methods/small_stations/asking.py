"""The stations that are asked, each in its neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plebiscope.methods.small_stations.sizes import Floats, Ints, smallness, standardised
from plebiscope.model.method import Subject, too_few
from plebiscope.model.returns import Selection

UNIT = "standard deviations of a neighbourhood"


@dataclass(frozen=True)
class Params:
    """Which stations are small, and among which."""

    part: int = 30
    """Part of a neighbourhood that is small, in per cent of its stations."""
    parts: tuple[int, ...] = (10, 20, 30, 40, 50)
    """Parts for which the difference is drawn, in per cent."""
    least_area: int = 20
    """Fewest stations of a neighbourhood, in stations."""
    least_registered: int = 100
    """Smallest station used, in registered voters."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    fewest_areas: int = 2
    """Areas needed for intervals that can be relied on, in areas."""


@dataclass(frozen=True)
class Used:
    """The stations in neighbourhoods that are large enough, with what is asked; arrays of shape (n,)."""

    subject: Subject
    params: Params
    stations: Selection
    option: str
    base: str
    column: str
    place: Ints
    weight: Floats
    """How far each station is small."""
    turnout: Floats
    share: Floats
    """Both standardised; not a number where the others of a neighbourhood all have the same."""

    def constant(self, z: Floats) -> bool:
        """Whether a figure cannot be set against others anywhere, because these all have the same."""
        return int(np.isfinite(z).sum()) < 2

    @property
    def rates(self) -> dict[str, Floats]:
        """The standardised shares of what else is in the box: every other option, and invalid ballots."""
        of = self.stations[self.base]
        names = [name for name in self.stations.counts if name in self.subject.results.options]
        names += ["invalid"] * ("invalid" in self.stations.counts)
        return {
            name: standardised(self.stations[name] / of, self.place) for name in names if name != self.option
        }


def use(subject: Subject, params: Params) -> Used | str:
    """Select stations and standardise them, or say why that cannot be."""
    returns, option = subject.results, subject.favoured
    base = next((name for name in params.share if name in returns.quantities), None)
    column = returns.finest_area(params.least_area)
    if base is None or option is None:
        return "no share can be formed, because votes or ballots are not part of this case"
    if column is None:
        return f"no area of the table puts {params.least_area} {subject.rows_are} together"
    # Options without a vote at some place, and invalid ballots, are looked at where all are known.
    others = [name for name in returns.options if name != option and returns.table[name].null_count() == 0]
    largest = sorted(others, key=lambda name: (-returns.sums[name], name))[:3]
    invalid = ["invalid"] if "invalid" in returns.quantities and base == "cast" else []
    invalid = [name for name in invalid if returns.table[name].null_count() == 0]
    wanted = dict.fromkeys(["registered", "cast", base, option, *largest, *invalid])
    stations = returns.select(*wanted)
    enough = stations["registered"] >= max(1, params.least_registered)
    stations = stations.keep(enough, f"with fewer than {params.least_registered} registered voters")
    stations = stations.keep((stations["cast"] > 0) & (stations[base] > 0), "nobody voted")
    possible = (stations["cast"] <= stations["registered"]) & (stations[option] >= 0)
    stations = stations.keep(possible & (stations[option] <= stations[base]), "figures impossible")
    place = returns.places(column)[0][stations.rows]
    stations, place = stations.keep(place >= 0, "without an area"), place[place >= 0]
    large = np.bincount(place, minlength=1)[place] >= max(3, params.least_area)
    stations = stations.keep(large, f"in areas with fewer than {params.least_area} {subject.rows_are}")
    reason = too_few(stations, max(3, params.least_area), subject.rows_are)
    if reason is not None:
        return reason
    place = np.unique(place[large], return_inverse=True)[1]
    turnout = standardised(stations["cast"] / stations["registered"], place)
    share = standardised(stations[option] / stations[base], place)
    weight = smallness(stations["registered"], place, params.part)
    if not 0.0 < float(weight.mean()) < 1.0 or float(weight.max() - weight.min()) <= 0.0:
        return f"the {subject.rows_are} of each area are of one size"
    return Used(subject, params, stations, option, base, column, place, weight, turnout, share)
