"""How many stations more than their chances make likely: what a measurement says of such a number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels import poisson_binomial
from plebiscope.model.finding import Effect, Limit
from plebiscope.model.method import surprise

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
    least: float = 0.0,
) -> dict[str, Any]:
    """Return the fields of a measurement that compares a number of stations with their chances.

    Parameters
    ----------
    chances
        Chance of each station under the null, shape (n,).
    seen
        Number of stations seen.
    ballots
        Ballots of each station, shape (n,).
    of
        What the rows are, in the plural.
    mechanism
        What would raise the number. The limit is the excess that would be noticed as ``dose``, and as
        ``stations`` and ``votes`` where it has to happen for that, by chance among those already seen too.
    coverage
        Of the interval, as a probability.
    level
        Size of the one-sided test whose detection limit is given, as a probability.
    least
        Smallest detection limit, in stations; above it, it is three standard deviations.
    """
    expected, variance = poisson_binomial.moments(chances)
    log10_p = min(0.0, poisson_binomial.log_upper_tail(chances, seen) / math.log(10.0))
    dose = max(3.0 * math.sqrt(variance), least)
    power = poisson_binomial.power(chances, dose, level)
    # Of the stations that something is done to, some would have been among those seen anyway.
    reached = dose / max(1.0 - expected / len(chances), 1e-9)
    return {
        "n": len(chances),
        "observed": seen,
        "expected": expected,
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": excess(chances, seen, coverage, of),
        "limit": Limit(
            mechanism=mechanism,
            dose=dose if of == "stations" else reached,
            unit=of,
            stations=reached if of == "stations" else None,
            votes=reached * float(ballots.mean()),
            power=min(max(power, 1e-9), 1.0 - 1e-9),
            how="analytic",
        ),
    }
