"""Differences for and against an option: whether they point one way more often, or further, than coins do."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.noticed import POWER
from plebiscope.kernels import signs
from plebiscope.model.finding import Assumption, Limit, Noticing, State
from plebiscope.model.method import effect, surprise

Ints = NDArray[np.int64]

STEPS = 200_000_000
"""Additions that the law of a sum may take: about a second."""


def one_way(
    effects: Ints, areas: Ints, *, of: str, towards: str, what: str, coverage: float, level: float
) -> str | dict[str, Any]:
    """Return the fields of a measurement that counts how many differences favour an option.

    Parameters
    ----------
    effects
        Effect of each difference on the lead of an option, shape (n,); those without one are left out.
    areas
        Area of each, shape (n,).
    of
        What the rows are, in the plural.
    towards
        What a difference above 0 does (``favour “YES”``).
    what
        What would make them point one way; the limit is given for it.
    coverage
        Of the interval, as a probability.
    level
        Size of the two-sided test whose detection limit is given, as a probability.

    Returns
    -------
    dict, or str
        A reason where there are too few.
    """
    moved = effects != 0
    effects, areas = effects[moved], areas[moved]
    n, least = len(effects), signs.least_differences(level)
    if n < least:
        return (
            f"{least} differences that change the lead are needed before chance could not explain their "
            f"direction, and there are {n or 'none'}"
        )
    up = int((effects > 0).sum())
    log10_p = signs.log_sign_tail(up, n) / math.log(10.0)
    low, high = signs.sign_interval(up, n, coverage)
    sums = np.zeros(int(areas.max()) + 1, dtype=np.int64)
    np.add.at(sums, areas, effects)
    sums = sums[np.unique(areas)]
    there, places = int((sums > 0).sum()), int((sums != 0).sum())
    state: State = "unknown" if places < least else "holds"
    if places >= least and log10_p * math.log(10.0) <= math.log(level) < signs.log_sign_tail(there, places):
        state = "doubtful"
    return {
        "n": n,
        "observed": float(up),
        "expected": n / 2.0,
        "null": "exact",
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": effect(
            f"{of} whose differences {towards}, beyond half of them",
            up - n / 2.0,
            of,
            (n * (low - 0.5), n * (high - 0.5)),
            coverage,
        ),
        "noticing": Noticing(partial(_one_way_noticed, n, of, what), level),
        "assumptions": (
            Assumption(
                name="each difference is an error of its own",
                state=state,
                how=f"summed by area, they {towards} in {there} of {places} areas",
            ),
        ),
    }


def _one_way_noticed(n: int, of: str, what: str, level: float) -> Limit | str:
    """Say how many differences beyond half of them have to point one way, or why none are enough."""
    least = signs.least_differences(level)
    if n < least:
        return f"{least} differences that change the lead are needed, and there are {n}"
    dose = n * (signs.sign_limit(n, level, POWER) - 0.5)
    return Limit(
        mechanism=what,
        dose=dose,
        unit=of,
        stations=dose if of == "stations" else None,
        power=POWER,
        how="analytic",
    )


def one_sum(effects: Ints, *, towards: str) -> str | dict[str, Any]:
    """Return the fields of a measurement of the sum of differences whose signs may be chance.

    Parameters
    ----------
    effects
        Effect of each difference on the lead of an option, shape (n,); those without one are left out.
    towards
        What a sum above 0 does.

    Returns
    -------
    dict, or str
        A reason where the exact law would take too long.
    """
    effects = effects[effects != 0]
    sizes, total = np.abs(effects), int(effects.sum())
    if signs.flip_steps(sizes) > STEPS:
        return (
            "the exact law of so large a sum would take too long; the number of differences is tested instead"
        )
    log10_p = signs.log_flip_tail(sizes, total) / math.log(10.0)
    return {
        "n": len(effects),
        "observed": float(total),
        "expected": 0.0,
        "null": "exact",
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": effect(f"sum of the differences, {towards}", float(total), "votes"),
    }
