"""What every difference between the groups says of itself, and when it cannot be told."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from scipy.special import stdtrit

from plebiscope.evidence.noticed import POWER, least_apart
from plebiscope.methods.contrast.asking import POINTS, Flags, Ints
from plebiscope.methods.contrast.difference import Difference
from plebiscope.methods.contrast.stations import Groups
from plebiscope.model import size
from plebiscope.model.finding import Limit, Noticing
from plebiscope.model.method import effect, surprise
from plebiscope.model.wording import written


def nothing_beside(groups: Groups, drawn: Flags) -> str:
    """Say why no area has stations of both groups.

    Parameters
    ----------
    groups
        What is compared.
    drawn
        Of each station that has the figures: whether it is in the group, shape (n,).
    """
    where = f" ({groups.within[-1]})" if groups.within else ""
    name, against = groups.comparison.group, groups.comparison.against
    sides = [(f"the group “{name}”", True, groups.drawn)]
    others = f"the group “{against}”" if against else "those that are not in it"
    sides.append((others, False, ~groups.drawn))
    for words, side, every in sides:
        if np.any(drawn == side):
            continue
        if np.any(every & groups.meant):
            return f"no station of {words} has such figures, or all have impossible ones"
        if np.any(every & ~groups.returns.ordinary):
            return (
                f"all stations of {words} are of a special kind (electronic, postal, abroad and the like), "
                "which are compared only where `comparison` names their group"
            )
        return f"no station is of {words}" if side or against else f"all stations are of {sides[0][0]}"
    return f"no area{where} has stations of the group “{name}” and others with such figures"


def too_few(found: Difference | None, groups: Groups, drawn: Flags) -> str | None:
    """Say why there is no difference to tell; null where there is.

    Parameters
    ----------
    found, groups
        The difference, and what is compared.
    drawn
        Of each station that has the figures: whether it is in the group, shape (n,).
    """
    where = f" ({groups.within[-1]})" if groups.within else ""
    if found is None:
        return nothing_beside(groups, drawn)
    least = groups.params.least
    if min(found.chosen, found.n - found.chosen) < least:
        return (
            f"{least} stations of each group are needed in areas{where} that have both, and there are "
            f"{found.chosen:,} and {found.n - found.chosen:,}"
        )
    return None


def ends(found: Difference, groups: Groups) -> tuple[float, float]:
    """Return the interval of a difference."""
    reach = float(stdtrit(found.free, (1.0 + groups.params.coverage) / 2.0)) * found.expected_error
    return found.value - reach, found.value + reach


def in_points(found: Difference, groups: Groups) -> str:
    """Write a difference with its interval."""
    low, high = ends(found, groups)
    return f"{written(found.value, '+.1f')} points ({written(low, '.1f')} to {written(high, '.1f')})"


def tested(found: Difference, groups: Groups, what: str, whole: Ints | None) -> dict[str, Any]:
    """Return the fields of an answer that every difference has.

    Parameters
    ----------
    found
        The difference.
    groups
        What is compared.
    what
        The figure that differs.
    whole
        What the figure is a part of at each station of the group, shape (n,); null where it is the stations.
    """
    coverage, log10_p = groups.params.coverage, (found.log_p or 0.0) / math.log(10.0)
    return {
        "n": found.n,
        "observed": found.value,
        "expected": 0.0,
        "null": "exact" if found.exact else "conditional",
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": effect(
            f"{what}, {groups.side} less others", found.value, POINTS, ends(found, groups), coverage
        ),
        "noticing": Noticing(partial(_limit, found, what, whole), groups.params.level),
    }


def _limit(found: Difference, what: str, whole: Ints | None, level: float) -> Limit | str:
    """Return the smallest difference that would be noticed, or why none would."""
    if 2.0 * found.least_p > level:
        # The most extreme draw alone would have to come up, which no theory of averages tells the chance of.
        return (
            "the group could be drawn in so few ways that the smallest p there can be is "
            f"{found.least_p:.2g}, and {level:.2g} or less is asked for"
        )
    least, error = size.least(POINTS, found.n), found.expected_error
    dose = least_apart(error, least, level=level, free=found.free)
    stations = dose / 100.0 * found.chosen
    return Limit(
        mechanism=f"a difference in {what}",
        dose=dose,
        unit=POINTS,
        stations=stations if whole is None else None,
        votes=None if whole is None else stations * float(whole.mean()),
        floor=least if dose > least_apart(error, level=level, free=found.free) else None,
        power=POWER,
        how="analytic",
    )
