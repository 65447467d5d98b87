"""Thresholds, power curves and where they are crossed: the bare statistics of power."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.resampling import draw_again

Floats = NDArray[np.float64]

POWER = 0.8
"""The chance with which a mechanism is to be seen."""
FEWEST = 20
"""Worlds at each prevalence below which no dose is told: with fewer, even a method that saw a mechanism every
time could have a power well below :data:`POWER`."""
FALSE_ALARMS = 0.05
"""Share of fair worlds that may lie above a threshold."""
DOUBT = 0.02
"""A step is left before all its worlds were drawn where the chance of so one-sided a count is below this."""
AGAIN = 200
"""How often worlds are drawn again for the error of a dose."""
COVERAGE = 0.9
"""Of the interval of a dose."""


def threshold(fair: Floats, least: float = -np.inf) -> float:
    """Return the smallest alarm that at most one fair world in twenty exceeds.

    Parameters
    ----------
    fair
        Alarms in fair worlds, shape (n,).
    least
        The threshold is never below this.
    """
    ranked = np.sort(fair)[::-1]
    return max(float(ranked[int(FALSE_ALARMS * len(ranked))]), least)


def clear(detected: int, worlds: int) -> bool:
    """Whether so many detections tell that the power is not :data:`POWER`, above or below."""
    # Not above: whoever only reads a dossier would wait for it.
    from scipy.stats import binom

    if worlds == 0:
        return False
    above, below = binom.sf(detected - 1, worlds, POWER), binom.cdf(detected, worlds, POWER)
    return bool(min(above, below) < DOUBT)


def wanted(seen: Mapping[int, tuple[int, int]], steps: int, worlds: int) -> tuple[int, ...]:
    """Name the steps of prevalence at which more worlds are needed to place where the power is reached.

    First the middle and the largest; where neither is seen, one between them, because some departures are
    seen in a part of the stations and not in all. Then the gap between what is seen and what is not is
    halved until it is one step, and so is the gap above what is seen where sight is lost again. Where an end
    of the lower gap is not clear, its other neighbour is tried as well, for the error.

    Parameters
    ----------
    seen
        Detections and worlds so far, by step, 0 the smallest.
    steps
        Number of steps.
    worlds
        Worlds drawn at a step at most.

    Returns
    -------
    tuple of int
        Empty where nothing more is needed.
    """

    def known(step: int) -> bool:
        detected, drawn = seen.get(step, (0, 0))
        return drawn >= worlds or clear(detected, drawn)

    def reached(step: int) -> bool:
        detected, drawn = seen[step]
        return detected >= POWER * drawn

    top, middle = steps - 1, steps // 2
    first = tuple(step for step in dict.fromkeys((middle, top)) if not known(step))
    if first:
        return first
    above = [step for step in seen if known(step) and reached(step)]
    if not above:
        between = (middle + top + 1) // 2
        return () if known(between) else (between,)
    high, last = min(above), max(above)
    low = max((step for step in seen if step < high and known(step)), default=-1)
    lost = min((step for step in seen if step > last and known(step)), default=last + 1)
    gaps = [((one + other) // 2) for one, other in ((low, high), (last, lost)) if other - one > 1]
    if gaps:
        return tuple(dict.fromkeys(gaps))
    beside = []
    if low > 0 and not clear(*seen[low]):
        beside.append(low - 1)
    if high < top and not clear(*seen[high]):
        beside.append(high + 1)
    return tuple(step for step in beside if not known(step))


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a power curve reaches :data:`POWER`.

    Attributes
    ----------
    dose
        The prevalence; null where it is not reached.
    at_most
        Whether it is reached at the smallest of several prevalences tried: the dose is an upper bound.
    lost
        The prevalence above from which on it is not reached any more; null where there is none.
    """

    dose: float | None
    at_most: bool = False
    lost: float | None = None


def crossing(prevalence: Sequence[float], detected: Floats, worlds: Floats) -> Crossing:
    """Find where the power is reached, and where it is lost again.

    Reached on the best rising curve up to the peak of the detections, lost on the best falling one after it.

    Parameters
    ----------
    prevalence
        Increasing, shape (k,).
    detected, worlds
        Detections and worlds at each, shape (k,).
    """
    # Not above: whoever only reads a dossier would wait for it.
    from scipy.optimize import isotonic_regression

    rate = detected / worlds
    if not len(rate) or rate.max() < POWER:
        return Crossing(None)
    peak = int(np.argmax(rate))
    fitted = isotonic_regression(rate[: peak + 1], weights=worlds[: peak + 1]).x
    high = int(np.argmax(fitted >= POWER))
    falling = isotonic_regression(rate[peak:], weights=worlds[peak:], increasing=False).x
    lost = None
    if falling[-1] < POWER:
        first = int(np.argmax(falling < POWER))  # never the peak, which is above
        ends = prevalence[peak + first - 1 : peak + first + 1]
        lost = _on_the_way(ends, falling[first - 1 : first + 1])
    if lost is not None and lost <= prevalence[high]:
        return Crossing(None)  # only touched, at one prevalence
    if high == 0:
        return Crossing(prevalence[0], at_most=len(prevalence) > 1, lost=lost)
    return Crossing(_on_the_way(prevalence[high - 1 : high + 1], fitted[high - 1 : high + 1]), lost=lost)


def _on_the_way(ends: Sequence[float], rates: Floats) -> float:
    """Return where the power is passed between two prevalences, in the logarithm of prevalence."""
    part = (POWER - rates[0]) / (rates[1] - rates[0])
    return float(ends[0] * (ends[1] / ends[0]) ** part)


def error(
    prevalence: Sequence[float], found: Sequence[NDArray[np.bool_]], rng: np.random.Generator
) -> tuple[float | None, float | None]:
    """Return the ends of the interval of a dose, from drawing the worlds again.

    The same worlds stand behind every prevalence, and are drawn again together. What is left out is that the
    thresholds are estimates too.

    Parameters
    ----------
    prevalence
        Increasing, shape (k,).
    found
        Whether each world was seen at each prevalence, shapes (worlds there,).
    rng
        Source of randomness.

    Returns
    -------
    low, high : float or None
        Null where that end lies beyond what was tried, or one prevalence was.
    """
    if len(found) < 2:
        return None, None
    most = max(len(one) for one in found)
    doses: list[tuple[float, bool]] = []
    for times in draw_again(most, AGAIN, rng):
        worlds = np.array([times[: len(one)].sum() for one in found], dtype=float)
        detected = np.array([times[: len(one)][one].sum() for one in found], dtype=float)
        some = worlds > 0
        kept = [at for at, any_left in zip(prevalence, some, strict=True) if any_left]
        place = crossing(kept, detected[some], worlds[some])
        doses.append((np.inf if place.dose is None else place.dose, place.at_most))
    doses.sort(key=lambda one: one[0])
    outside = round(AGAIN * (1.0 - COVERAGE) / 2.0)
    (low, bound), (high, _) = doses[outside], doses[-1 - outside]
    # Where every world changes sides from one prevalence to the next, all between them is possible.
    jumps = [
        (before, at)
        for before, at, one, other in zip(prevalence, prevalence[1:], found, found[1:], strict=False)
        if before <= low <= high <= at
        and clear(int(one.sum()), len(one))
        and clear(int(other.sum()), len(other))
    ]
    low, high = jumps[0] if jumps else (low, high)
    return (None if bound else float(low)), (float(high) if np.isfinite(high) else None)


def between(dose: float, prevalence: Sequence[float], sizes: Sequence[float]) -> float:
    """Read a size that grows with prevalence off at a dose, on logarithmic scales.

    Parameters
    ----------
    dose
        Within the range of ``prevalence``.
    prevalence, sizes
        Increasing, shape (k,).
    """
    return float(np.expm1(np.interp(np.log(dose), np.log(prevalence), np.log1p(sizes))))
