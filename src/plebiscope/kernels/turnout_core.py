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
