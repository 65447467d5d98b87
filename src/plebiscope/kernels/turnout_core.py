"""What one option has beyond its ratio to the other ballots in a core, over one-per-cent bins of turnout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.density import PERCENT_BINS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Core:
    """A turnout interval taken as the yardstick, and what it gives.

    Attributes
    ----------
    low, high
        Whole per cent of turnout: ``low <= t < high``.
    ratio
        Votes for the option per other ballot in the core.
    voters
        Registered voters in the core.
    votes
        Anomalous votes above the core.
    """

    low: int
    high: int
    ratio: float
    voters: float
    votes: float


@dataclass(frozen=True, slots=True)
class Curves:
    """Sums by one-per-cent bin of turnout, each of shape (101,)."""

    leader: Floats
    others: Floats
    voters: Floats
    stations: Floats

    @property
    def median(self) -> int:
        """Bin that holds the median turnout of registered voters."""
        return int(np.searchsorted(np.cumsum(self.voters), self.voters.sum() / 2.0))


def estimate(
    leader: Floats, others: Floats, low: int, high: int, start: int | None = None
) -> tuple[float, float]:
    """Compute the ratio in a core and the anomalous votes above it.

    Parameters
    ----------
    leader, others : ndarray of float64, shape (101,)
        Votes for the option and other ballots by bin of turnout.
    low, high : int
        Core: bins ``low`` to ``high - 1``.
    start : int, optional
        First bin of the sum; ``high`` by default.

    Returns
    -------
    tuple of float
        Votes per other ballot in the core, and anomalous votes.

    Raises
    ------
    ValueError
        If the core holds no other ballots.
    """
    below = others[low:high].sum()
    if below <= 0.0:
        raise ValueError("the core holds no ballots for other options")
    ratio = float(leader[low:high].sum() / below)
    start = high if start is None else start
    return ratio, float(leader[start:].sum() - ratio * others[start:].sum())


def take_core(curves: Curves, low: int, high: int, start: int | None = None) -> Core:
    """Take an interval of turnout as the core; see :func:`estimate`."""
    ratio, votes = estimate(curves.leader, curves.others, low, high, start)
    return Core(low, high, ratio, float(curves.voters[low:high].sum()), votes)


def ratios_by_area(leader: Floats, others: Floats, core: Core) -> Floats:
    """Votes per other ballot in a core for every area, drawn towards the ratio of all areas.

    The logit of the option's part of the ballots in the core is normal between areas, with the variance of
    DerSimonian and Laird; an area's own error is that of ballots drawn one by one, widened so that the areas
    differ from their neighbours in turnout no more than that.

    Parameters
    ----------
    leader, others : ndarray of float64, shape (areas, 101)
        Votes for the option and other ballots by area and bin.
    core : Core
        Of the whole vote.

    Returns
    -------
    ndarray of float64, shape (areas,)
    """
    inside = slice(core.low, core.high)
    won, lost = leader[:, inside].sum(axis=1), others[:, inside].sum(axis=1)
    logit = np.log((won + 0.5) / (lost + 0.5))
    # Two bins of one area differ by more than the drawing of ballots: that is how well a ratio is known.
    parts, rest = leader[:, inside] + 0.5, others[:, inside] + 0.5
    seen = (leader + others)[:, inside] >= 50.0
    apart = np.where(seen, (np.log(parts / rest) - logit[:, None]) ** 2 / (1.0 / parts + 1.0 / rest), 0.0)
    wider = max(1.0, float(apart.sum()) / max(float(np.maximum(seen.sum(axis=1) - 1, 0).sum()), 1.0))
    error = wider * (1.0 / (won + 0.5) + 1.0 / (lost + 0.5))
    there = won + lost > 0.0
    weight = np.where(there, 1.0 / error, 0.0)
    mean = float(weight @ logit) / max(float(weight.sum()), 1e-300)
    spread = float(weight @ (logit - mean) ** 2) - (np.count_nonzero(there) - 1)
    scale = float(weight.sum() - (weight @ weight) / max(float(weight.sum()), 1e-300))
    between = max(spread / scale, 0.0) if scale > 0.0 else 0.0
    weight = np.where(there, 1.0 / (error + between), 0.0)
    mean = float(weight @ logit) / max(float(weight.sum()), 1e-300)
    drawn = np.where(there, between / (error + between), 0.0)
    return np.asarray(np.exp(mean + drawn * (logit - mean)))


def each_area(leader: Floats, others: Floats, core: Core) -> Floats:
    """Anomalous votes of each area above a core, if each has a ratio of its own (:func:`ratios_by_area`).

    Returns
    -------
    ndarray of float64, shape (areas,)
    """
    above, ratio = slice(core.high, None), ratios_by_area(leader, others, core)
    return np.asarray(leader[:, above].sum(axis=1) - ratio * others[:, above].sum(axis=1))


def with_slope(curves: Curves, core: Core, slope: float) -> float:
    """Anomalous votes if the odds of the option rise by ``exp(slope)`` per ten points of turnout."""
    above = np.arange(core.high, PERCENT_BINS)
    centre = (core.low + core.high) / 2.0
    expected = core.ratio * np.exp(slope * (above + 0.5 - centre) / 10.0) * curves.others[above]
    return float(curves.leader[above].sum() - expected.sum())


def explain_away(curves: Curves, core: Core) -> float | None:
    """Find the slope per ten points of turnout that leaves no anomalous votes; None outside -5 to 5."""
    low, high = -5.0, 5.0
    if with_slope(curves, core, low) <= 0.0 or with_slope(curves, core, high) >= 0.0:
        return None
    while high - low > 1e-6:
        middle = (low + high) / 2.0
        if with_slope(curves, core, middle) > 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
