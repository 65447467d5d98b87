"""The yardsticks: the automatic core, the admissible ones, and what they give with areas drawn again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.density import PERCENT_BINS, peaks
from plebiscope.kernels.resampling import draw_again, interval
from plebiscope.kernels.turnout_core import Core, Curves, take_core

Floats = NDArray[np.float64]
Ends = tuple[float, float]


@dataclass(frozen=True)
class Params:
    """Parameters of the estimate."""

    widths: tuple[int, int] = (2, 6)
    """Narrowest and widest admissible core, in whole per cent of turnout, or of the others' participation."""
    span: tuple[int, int] = (5, 98)
    """Bins of turnout in which a peak may lie, in per cent: outside lie empty and sealed stations."""
    automatic: int = 2
    """Bins of one per cent on either side of the highest one that form the automatic core."""
    height: float = 0.1
    """Height of a peak as a share of the highest peak, at least."""
    prominence: float = 0.1
    """Depth of the dip that parts a peak from higher ground, as a share of the peak, at least."""
    noise: float = 2.0
    """The same depth in relative standard errors (one over the root of the stations under the peak)."""
    slopes: tuple[float, float] = (-0.33, 0.34)
    """How far the share may fall or rise with turnout of itself, in logits per ten points of turnout: the
    flattest and the steepest line through all stations that was seen in votes held to be clean."""
    fewest_invalid: int = 100
    """Invalid ballots needed in the core for the check by invalid ballots."""
    replicates: int = 200
    """How often the areas are drawn again."""
    level: float = 0.95
    """Coverage of the intervals over areas drawn again."""
    fewest_stations: int = 200
    """Stations needed: with fewer, bins of one per cent are too empty."""
    fewest_areas: int = 20
    """Areas needed for intervals that can be relied on."""
    agreement: float = 5.0
    """Distance up to which two estimates agree at most, and width of the range up to which the cores do, in
    per cent of the option's votes."""
    marked: bool = False
    """Use electronic, postal, foreign and special stations too."""


def automatic_core(curves: Curves, params: Params) -> Core:
    """Take the highest bin of the other ballots and its neighbours; sum over all bins above the highest."""
    first, last = params.span
    mode = first + int(np.argmax(curves.others[first : last + 1]))
    return take_core(curves, max(0, mode - params.automatic), mode + params.automatic + 1, mode + 1)


def bulks(curves: Curves, params: Params) -> list[int]:
    """Find the peaks of the other ballots, from low turnout to high."""
    first, last = params.span
    return find_peaks(curves.others, curves.stations, first, last, params)


def find_peaks(curve: Floats, stations: Floats, first: int, last: int, params: Params) -> list[int]:
    """Find the peaks of a curve over one-per-cent bins between two of them."""
    limits = {"height": params.height, "prominence": params.prominence, "noise": params.noise}
    return peaks(curve, stations, first=first, last=last, **limits)


def intervals(at: list[int], params: Params, lowest: int = 0) -> list[tuple[int, int]]:
    """List the intervals of whole per cent that hold a peak, in order; none begins below ``lowest``."""
    narrow, wide = params.widths
    return sorted(
        {
            (low, low + width)
            for peak in at
            for width in range(narrow, wide + 1)
            for low in range(max(lowest, peak - width + 1), min(peak, PERCENT_BINS - width) + 1)
        }
    )


def admissible_cores(curves: Curves, params: Params) -> list[Core]:
    """List every admissible core with its estimate, the one with most registered voters first."""
    found = bulks(curves, params)
    lower = [peak for peak in found if peak <= curves.median] or found[:1]
    cores = [take_core(curves, *ends) for ends in intervals(lower, params)]
    return sorted(cores, key=lambda one: -one.voters)


def redraw(by_area: Curves, params: Params, rng: np.random.Generator) -> tuple[Ends, Ends] | None:
    """Draw whole areas again and select the cores anew each time.

    Parameters
    ----------
    by_area : Curves
        Sums by area and bin, each of shape (areas, 101).
    params : Params
    rng : numpy.random.Generator

    Returns
    -------
    tuple of intervals, or None
        Of the automatic estimate, and of all admissible cores together; None with fewer than two areas or if
        hardly any draw has a peak.
    """
    areas = by_area.leader.shape[0]
    if areas < 2:
        return None
    draws = draw_again(areas, params.replicates, rng).astype(np.float64)
    summed = [draws @ sums for sums in (by_area.leader, by_area.others, by_area.voters, by_area.stations)]
    estimates = []
    for rows in zip(*summed, strict=True):
        curves = Curves(*rows)
        votes = [core.votes for core in admissible_cores(curves, params)]
        if votes:
            estimates.append((automatic_core(curves, params).votes, min(votes), max(votes)))
    if len(estimates) < params.replicates / 2:
        return None
    automatic, lowest, highest = (interval(drawn, params.level) for drawn in np.array(estimates).T)
    return automatic, (lowest[0], highest[1])
