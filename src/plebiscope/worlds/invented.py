"""A country that does not exist: stations, districts and regions to vote in where no table is given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from plebiscope.model.returns import QUANTITIES, Accounting, Origin, Returns
from plebiscope.worlds import clean
from plebiscope.worlds.fair import Fair, Layer, Mix
from plebiscope.worlds.ground import Ground, ground
from plebiscope.worlds.layers import STATION

MOST = 1_000_000
"""No invented country has more stations."""
MOST_OPTIONS = 40
"""No invented vote has more options."""
_COLUMNS = ("station", "Region", "District", "mark", "line")


@dataclass(frozen=True)
class Country:
    """What an invented country looks like.

    Attributes
    ----------
    turnout, share
        In the middle, as parts of one: of the registered voters, and of the valid votes.
    registered
        Median of voters per station, and the standard deviation of its logarithm.
    invalid
        Rate in the middle.
    like
        Clean vote whose spreads are taken, see :func:`plebiscope.worlds.clean.vote`.
    """

    stations: int = 3000
    regions: int = 8
    districts: int = 60
    options: tuple[str, ...] = ("Yes", "No")
    turnout: float = 0.6
    share: float = 0.55
    registered: tuple[float, float] = field(default=(900.0, 0.55))
    invalid: float = 0.015
    like: str = "poland-2007"

    def __post_init__(self) -> None:
        if not 1 <= self.regions <= self.districts <= self.stations <= MOST:
            raise ValueError(
                f"an invented country has regions, at least as many districts, and as many stations, "
                f"{MOST:,} at most; asked for were {self.regions:,}, {self.districts:,} and {self.stations:,}"
            )
        if not (0 < self.turnout < 1 and 0 < self.share < 1 and 0 <= self.invalid < 1):
            raise ValueError("turnout, share and invalid are parts of one: 0.6 is sixty per cent")
        if not (1 <= self.registered[0] <= 100_000 and 0 <= self.registered[1] <= 2):
            raise ValueError(
                "registered holds the median of voters per station, 1 to 100,000, and its spread, 0 to 2"
            )
        named = {option.strip() for option in self.options}
        if not 2 <= len(self.options) <= MOST_OPTIONS or len(named) != len(self.options) or "" in named:
            raise ValueError(f"a vote needs two options or more, {MOST_OPTIONS} at most, each named once")
        taken = named & {*_COLUMNS, *QUANTITIES}
        if taken:
            raise ValueError(f"an option cannot be called {', '.join(sorted(taken))}: a column is called so")


def invent(country: Country, rng: np.random.Generator) -> Fair:
    """Invent a country, and say what a fair vote looks like in it.

    Parameters
    ----------
    country
        What it looks like.
    rng
        Draws how many voters each station has, and which district it lies in.
    """
    median, width = country.registered
    registered = np.maximum(np.round(median * np.exp(width * rng.standard_normal(country.stations))), 20)
    registered = registered.astype(np.int64)
    district = rng.integers(0, country.districts, country.stations)
    district[: country.districts] = np.arange(country.districts)
    district = np.sort(district)
    region = district * country.regions // country.districts
    cast = np.round(registered * country.turnout).astype(np.int64)
    valid = np.round(cast * (1 - country.invalid)).astype(np.int64)
    first = np.round(valid * country.share).astype(np.int64)
    rest = np.arange(len(country.options) - 1, 0, -1)
    others = (valid - first)[:, None] * rest // rest.sum()
    others[:, 0] += valid - first - others.sum(axis=1)
    votes = np.column_stack([first, others])
    here = _ground(country, {"Region": region, "District": district}, registered, cast, votes)
    return _fair(here, country)


def _ground(
    country: Country,
    areas: dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]],
    registered: np.ndarray[tuple[int], np.dtype[np.int64]],
    cast: np.ndarray[tuple[int], np.dtype[np.int64]],
    votes: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> Ground:
    valid = votes.sum(axis=1)
    columns = {
        "registered": registered,
        "issued": cast,
        "cast": cast,
        "valid": valid,
        "invalid": cast - valid,
        **{option: votes[:, place] for place, option in enumerate(country.options)},
    }
    count = len(registered)
    table = pl.DataFrame(
        {
            "station": [f"No. {number}" for number in range(1, count + 1)],
            **{name: [f"{name} {code + 1}" for code in codes] for name, codes in areas.items()},
            **columns,
            "mark": pl.Series([None] * count, dtype=pl.String),
            "line": np.arange(2, count + 2),
        }
    )
    origin = {name: Origin((name,), "invented") for name in ("station", *areas, *columns)}
    returns = Returns(
        "vote", "station", table, tuple(areas), country.options, origin, Accounting(count, count, 0, 0)
    )
    return ground(returns, country.options[0])


def _fair(here: Ground, country: Country) -> Fair:
    others = len(country.options) - 1
    base = Fair(
        ground=here,
        version="tight",
        turnout=_logit(country.turnout),
        share=_logit(country.share),
        size=(0.0, 0.0),
        layers=tuple(Layer(name, 0.0, 0.0, 0.0) for name in (*here.areas, STATION)),
        invalid=(_logit(country.invalid), 0.3) if country.invalid > 0 else None,
        kept=0.0003,
        mix=Mix(
            np.zeros(len(here), dtype=np.int64),
            np.arange(others, 0, -1)[None, :] / (others * (others + 1) / 2),
            30.0,
        ),
    )
    return clean.like(base, country.like)


def _logit(part: float) -> float:
    return float(np.log(part / (1 - part)))
