"""Places within places: how far areas of each level lie apart, read from the stations upward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plebiscope.worlds.reading import Integers, Reading, measured
from plebiscope.worlds.spread import Pairs, centres, core, pairs, spread, together

STATION = "station"
"""Name of the finest layer."""


@dataclass(frozen=True, slots=True)
class Level:
    """How a version reads spreads: by which quantile of the differences, divided by what."""

    quantile: float
    stretch: float

    def read(self, reading: Reading, area: Integers, chosen: Pairs) -> float:
        """Return the scale of the effects of one layer, places and pairs in the areas given."""
        found = spread(reading, chosen, self.quantile)
        if self.stretch == 1.0:
            near = chosen.within(core(reading, area, found))
            found = spread(reading, near, self.quantile)
        return found / self.stretch


@dataclass(frozen=True, slots=True)
class Peeled:
    """One level: its places, and how far they lie apart within the next larger one.

    Attributes
    ----------
    name
        Area column, or ``station``.
    readings
        What was measured of each quantity at its places.
    chosen
        Pairs of its places.
    scales
        Of the effects, by quantity.
    raw
        The same as standard deviations between places.
    """

    name: str
    readings: Sequence[Reading]
    chosen: Pairs
    scales: tuple[float, ...]
    raw: tuple[float, ...]

    def correlation(self, one: int, other: int) -> float:
        """Return how closely two of the quantities go together there."""
        spreads = self.raw[one], self.raw[other]
        return together(self.readings[one], self.readings[other], self.chosen, spreads)


def peeled(
    areas: Mapping[str, Integers],
    size: Integers,
    readings: Sequence[Reading],
    level: Level,
    known: Sequence[bool],
) -> Iterator[Peeled]:
    """Take spreads apart from the stations upward: each level once what lies below it is known.

    Parameters
    ----------
    areas
        Number of the area of each station by area column, from large to small, shape (n,) each.
    size
        Of the stations: neighbours in it are compared; shape (n,).
    readings
        Quantities, of the stations.
    level
        How spreads are read.
    known
        Whether each quantity was published; what was not does not differ.

    Yields
    ------
    Peeled
        From ``station`` to the largest areas.
    """
    home = np.arange(len(size))
    order: Integers = size
    above = [np.zeros(len(size), dtype=np.int64), *areas.values()]
    for name, parent in zip(reversed([*areas, STATION]), reversed(above), strict=True):
        # ``home`` numbers the places of this level by station; each is taken where it is first met.
        first = np.unique(home, return_index=True)[1]
        of = parent[first]
        chosen = pairs(of, order)
        scales = tuple(
            level.read(one, of, chosen) if there else 0.0 for one, there in zip(readings, known, strict=True)
        )
        raw = tuple(scale * level.stretch for scale in scales)
        yield Peeled(name, readings, chosen, scales, raw)
        readings = [upward(one, of, deviation) for one, deviation in zip(readings, raw, strict=True)]
        home = parent
        order = np.arange(len(readings[0].values))


def upward(reading: Reading, area: Integers, deviation: float) -> Reading:
    """Return the middle of each area, and the variance with which it is known."""
    count = int(area.max(initial=-1)) + 1
    middle, size = centres(reading, area, count, deviation)
    # A median errs by the density of its places in their middle; for one or two places it is the mean.
    dense = 1.0 / np.sqrt(deviation**2 + reading.noise(middle[area]))
    each = np.maximum(size, 1) / np.maximum(np.bincount(area, dense, minlength=count), 1e-9) ** 2
    return measured(middle, each * np.where(size > 2, np.pi / 2, 1.0))
