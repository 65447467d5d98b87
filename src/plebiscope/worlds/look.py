"""Where fair worlds do not look like the vote that they were fitted to.

A fair world is only as good as its likeness. So the same plain figures are taken from the table and from
fair worlds of both versions, and where the table lies outside what they give, that is said: either the vote
was not fair, or fair looks different here than the worlds assume. No p-value is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.worlds.fair import VERSIONS, Version, fit
from plebiscope.worlds.ground import Counts, Ground, Integers

Floats = NDArray[np.float64]

_PER_CENT, _POINTS, _STATIONS = "per cent", "percentage points", "stations"

WORLDS = 60
"""Fair worlds of each version."""
EDGES = (0.025, 0.5, 0.975)
"""Quantiles that make a band: its ends, and its middle."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One plain figure that a vote has.

    Attributes
    ----------
    turnout
        Whether it needs to be known how many were registered.
    take
        ``take(counts, district)`` gives the figure; it may be NaN where there is none.
    """

    id: str
    title: str
    unit: str
    turnout: bool
    take: Callable[[Counts, Integers], float]


@dataclass(frozen=True, slots=True)
class Band:
    """What fair worlds of one version give: 95 in 100 lie between ``low`` and ``high``."""

    low: float
    middle: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a figure lies inside."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Look:
    """One figure of the vote, and what fair worlds give."""

    trait: Trait
    observed: float
    bands: Mapping[Version, Band]

    @property
    def outside(self) -> tuple[Version, ...]:
        """The versions of the fair world that do not look like this."""
        return tuple(version for version, band in self.bands.items() if not band.holds(self.observed))


def look(ground: Ground, seed: int, worlds: int = WORLDS) -> tuple[Look, ...]:
    """Compare a table with fair worlds fitted to it.

    Parameters
    ----------
    ground
        Of the table.
    seed
        Of every draw.
    worlds
        Fair worlds of each version.

    Returns
    -------
    tuple of Look
        Without the figures that this table does not have.
    """
    district = ground.district
    traits = [trait for trait in TRAITS if ground.has_registered or not trait.turnout]
    observed = {trait.id: trait.take(ground.counts, district) for trait in traits}
    traits = [trait for trait in traits if np.isfinite(observed[trait.id])]
    bands: dict[str, dict[Version, Band]] = {trait.id: {} for trait in traits}
    for place, version in enumerate(VERSIONS):
        model = fit(ground, version)
        seeds = (np.random.SeedSequence(seed, spawn_key=(place, number)) for number in range(worlds))
        # One world at a time: a large table leaves no room for all of them.
        drawn = (model.draw(np.random.default_rng(one)) for one in seeds)
        values = np.array([[trait.take(counts, district) for trait in traits] for counts in drawn])
        for trait, taken in zip(traits, values.T, strict=True):
            low, middle, high = map(float, np.nanquantile(taken, EDGES))
            if trait.unit == _STATIONS:
                low, middle, high = np.floor(low), np.round(middle), np.ceil(high)
            bands[trait.id][version] = Band(float(low), float(middle), float(high))
    return tuple(Look(trait, observed[trait.id], bands[trait.id]) for trait in traits)


def _turnout(counts: Counts) -> Floats:
    return 100.0 * counts.cast / np.maximum(counts.registered, 1)


def _share(counts: Counts) -> Floats:
    return 100.0 * counts.favoured / np.maximum(counts.valid, 1)


def _within(values: Floats, district: Integers) -> Floats:
    """Return values less the mean of their district."""
    size = np.maximum(np.bincount(district), 1)
    return values - (np.bincount(district, values) / size)[district]


def _spread(of: Callable[[Counts], Floats]) -> Callable[[Counts, Integers], float]:
    return lambda counts, district: float(np.std(_within(of(counts), district)))


def _between(of: Callable[[Counts], Floats]) -> Callable[[Counts, Integers], float]:
    def take(counts: Counts, district: Integers) -> float:
        size = np.bincount(district)
        if np.count_nonzero(size) < 3:
            return float("nan")
        return float(np.std((np.bincount(district, of(counts)) / np.maximum(size, 1))[size > 0]))

    return take


def _near_all(of: Callable[[Counts], Floats]) -> Callable[[Counts, Integers], float]:
    return lambda counts, district: float(np.count_nonzero(of(counts) >= 95.0))


def _tail(of: Callable[[Counts], Floats]) -> Callable[[Counts, Integers], float]:
    """Stations far above their district: more than three times the middle distance from it."""

    def take(counts: Counts, district: Integers) -> float:
        apart = _within(of(counts), district)
        return float(np.count_nonzero(apart > 3.0 * 1.4826 * np.median(np.abs(apart))))

    return take


def _correlation(counts: Counts, district: Integers) -> float:
    one, other = _within(_turnout(counts), district), _within(_share(counts), district)
    if one.std() == 0 or other.std() == 0:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _small(of: Callable[[Counts], Floats]) -> Callable[[Counts, Integers], float]:
    def take(counts: Counts, district: Integers) -> float:
        low, high = np.quantile(counts.registered, [1 / 3, 2 / 3])
        if low >= high:
            return float("nan")
        values = of(counts)
        return float(values[counts.registered <= low].mean() - values[counts.registered >= high].mean())

    return take


def _sum(part: str, whole: str) -> Callable[[Counts, Integers], float]:
    return lambda counts, district: float(
        100.0 * getattr(counts, part).sum() / max(int(getattr(counts, whole).sum()), 1)
    )


_STATION, _DISTRICT = "usual distance of a station from its district", "of a district from all others"
_SMALL = "smallest third of the stations less the largest"
TRAITS = (
    Trait("turnout", "turnout", _PER_CENT, True, _sum("cast", "registered")),
    Trait("share", "share", _PER_CENT, False, _sum("favoured", "valid")),
    Trait("turnout-inside", f"turnout: {_STATION}", _POINTS, True, _spread(_turnout)),
    Trait("share-inside", f"share: {_STATION}", _POINTS, False, _spread(_share)),
    Trait("turnout-between", f"turnout: usual distance {_DISTRICT}", _POINTS, True, _between(_turnout)),
    Trait("share-between", f"share: usual distance {_DISTRICT}", _POINTS, False, _between(_share)),
    Trait(
        "together",
        "how closely the share goes with turnout inside districts",
        "1 at most, 0 if not at all",
        True,
        _correlation,
    ),
    Trait("turnout-far", "turnout far above that of the district", _STATIONS, True, _tail(_turnout)),
    Trait("share-far", "share far above that of the district", _STATIONS, False, _tail(_share)),
    Trait("turnout-all", "turnout of 95 per cent or more", _STATIONS, True, _near_all(_turnout)),
    Trait("share-all", "share of 95 per cent or more", _STATIONS, False, _near_all(_share)),
    Trait("turnout-small", f"turnout: {_SMALL}", _POINTS, True, _small(_turnout)),
    Trait("share-small", f"share: {_SMALL}", _POINTS, True, _small(_share)),
    Trait("invalid", "invalid ballots", "per cent of ballots", False, _sum("invalid", "cast")),
)
"""What is compared, in this order; the share is that of the favoured option, stations count each as one."""
