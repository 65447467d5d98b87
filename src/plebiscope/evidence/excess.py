"""How many stations more than their chances make likely: what a measurement says of such a number."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.noticed import POWER
from plebiscope.kernels import poisson_binomial
from plebiscope.model import size
from plebiscope.model.finding import Effect, Limit, Noticing
from plebiscope.model.method import surprise
from plebiscope.model.wording import counted, few

Floats = NDArray[np.float64]


def excess(chances: Floats, seen: int, coverage: float, of: str, given: str = "") -> Effect:
    """Return the number of stations seen above the expected one, with the interval of the exact test.

    Parameters
    ----------
    chances
        Chance of each station under the null, shape (n,).
    seen
        Number of stations seen.
    coverage
        Of the interval, as a probability.
    of
        What the rows are, in the plural.
    given
        What is added to the name of the effect.
    """
    low, high = poisson_binomial.shift_interval(chances, seen, coverage)
    value = seen - float(chances.sum())
    return Effect(name=f"excess{given}", value=value, low=low, high=high, unit=of, level=coverage)


def against_chance(
    chances: Floats,
    seen: int,
    ballots: NDArray[np.int64],
    *,
    of: str,
    mechanism: str,
    coverage: float,
    level: float,
    hit: float = 1.0,
) -> dict[str, Any]:
    """Return the fields of a measurement that compares a number of stations with their chances.

    Parameters
    ----------
    chances, seen, of, coverage
        As for :func:`excess`.
    ballots
        Ballots of each station, shape (n,).
    mechanism, level, hit
        As for :func:`noticed`.
    """
    expected = float(chances.sum())
    log10_p = min(0.0, poisson_binomial.log_upper_tail(chances, seen) / math.log(10.0))
    return {
        "n": len(chances),
        "observed": seen,
        "expected": expected,
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": excess(chances, seen, coverage, of),
        "noticing": noticed(
            chances,
            level,
            float(ballots.mean()),
            of=of,
            mechanism=mechanism,
            least=size.least(of, len(chances)),
            hit=hit,
        ),
    }


def noticed(
    chances: Floats,
    level: float,
    ballots: float,
    *,
    of: str,
    mechanism: str,
    least: float = 0.0,
    hit: float = 1.0,
    among: float = 1.0,
) -> Noticing:
    """Return what tells how many stations have to be made to count, or why none are enough.

    Parameters
    ----------
    chances, of
        As for :func:`excess`.
    level
        Size of the one-sided test, as a probability.
    ballots
        Mean ballots of a station.
    mechanism
        What would make a station count, whether or not it would have anyway.
    least
        Smallest excess that matters: the test notices, and the excess seen is no smaller.
    hit
        Chance with which a station to which that is done then counts.
    among
        Of how many such tests the smallest p counts.
    """
    asked = partial(
        _least_added, chances, ballots, of=of, mechanism=mechanism, least=least, hit=hit, among=among
    )
    return Noticing(asked, level)


def _least_added(
    chances: Floats,
    ballots: float,
    level: float,
    *,
    of: str,
    mechanism: str,
    least: float,
    hit: float,
    among: float,
) -> Limit | str:
    """Say how many stations have to be made to count, or why none are enough."""
    n, expected = len(chances), float(chances.sum())
    critical = poisson_binomial.critical(chances, level / among)
    matter = math.ceil(round(expected + least, 9))
    found = poisson_binomial.least_added(chances, max(critical, matter), POWER, hit)
    if found is None:
        anyway = f"{few(expected)} of {counted(n, of)} would be so anyway"
        return f"{anyway}, and even all of them would not be too many"
    dose, power = found
    return Limit(
        mechanism=mechanism,
        dose=dose,
        unit=of,
        stations=dose if of == "stations" else None,
        votes=dose * ballots,
        floor=math.ceil(round(least, 9)) if matter > critical else None,
        power=min(power, 1.0 - 1e-9),
        how="analytic",
    )
