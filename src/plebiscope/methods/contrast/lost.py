"""Stations that were drawn and left the group: between what the difference lies for those that stayed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from plebiscope.kernels.identified import covering
from plebiscope.methods.contrast.asking import POINTS, Flags, Floats, Ints
from plebiscope.model.finding import Effect
from plebiscope.model.method import effect
from plebiscope.model.wording import counted, written


@dataclass(frozen=True, slots=True)
class Lost:
    """What stations that left the group leave open for those that stayed.

    Attributes
    ----------
    stayed, gone
        Stations that were drawn and stayed, and that were drawn and left.
    low, high
        Bounds of the difference for those that stayed.
    errors
        Standard error of each bound.
    """

    stayed: int
    gone: int
    low: float
    high: float
    errors: tuple[float, float]

    def effects(self, coverage: float) -> tuple[Effect, Effect]:
        """Return the bounds, and the interval of what lies between."""
        what = "bounds for those that stayed"
        return (
            effect(what, None, POINTS, (self.low, self.high)),
            effect(f"{what}, with chance", None, POINTS, self.ends(coverage), coverage),
        )

    def ends(self, coverage: float) -> tuple[float, float]:
        """Return the interval of what lies between the bounds."""
        return covering(self.low, self.high, self.errors, coverage)

    def words(self, coverage: float) -> str:
        """Tell the bounds."""
        low, high = self.ends(coverage)
        return (
            f" For the {counted(self.stayed, 'stations')} that stayed, it lies between "
            f"{written(self.low, '.1f')} and {written(self.high, '.1f')} points ({written(low, '.1f')} to "
            f"{written(high, '.1f')} with chance): the one end is right if those stayed that had the highest "
            f"figures anyway, the other if they had the lowest."
        )


def bounds(figures: Floats, drawn: Flags, seen: Flags, strata: Ints) -> Lost | None:
    """Bound the difference of those that stayed, however leaving goes with the figures.

    Had the other stations been drawn, as large a part of them would have stayed. Nobody knows which; so they
    are taken to be those with the highest figures, and then those with the lowest.

    Parameters
    ----------
    figures
        A figure of each station, shape (n,); what it is where it is not seen, does not matter.
    drawn
        Whether it was drawn, shape (n,).
    seen
        Of those that were drawn: whether it stayed and has a figure; of the others: whether it has one.
    strata
        Inside which the lot was drawn, shape (n,).

    Returns
    -------
    Lost or None
        None where no stratum has both; where none stayed, or fewer than two of the others are seen; and
        where a smaller part of the others has figures than of those that were drawn, since then it is not
        those that were drawn of which some are missing.

    Notes
    -----
    Lee (2009), Review of Economic Studies 76, 1071-1102, with the trimmed side being the one that was not
    drawn. Figures are taken less the mean of the others of their stratum, and the others weighted so that
    strata count as among those drawn. A mean takes part of the scatter away, which is given back. The errors
    follow from how far each station moves a bound, by way of the mean of those that stayed, of the part that
    stayed, of the border of what is trimmed (Lee, proposition 3) and of the means of strata.
    """
    strata = np.unique(strata, return_inverse=True)[1]
    count_drawn, count_others = np.bincount(strata, drawn), np.bincount(strata, ~drawn)
    open_ = ((count_others > 0) & (count_drawn > 0))[strata]
    figures, drawn, seen, strata = figures[open_], drawn[open_], seen[open_], strata[open_]
    weight = (count_drawn / np.maximum(count_others, 1))[strata] * ~drawn
    own, rest = drawn & seen, ~drawn & seen
    if not own.any() or rest.sum() < 2:
        return None
    stay, known = float(own.sum() / drawn.sum()), float(weight[rest].sum() / weight.sum())
    part = stay / known
    if part > 1.0 + 1e-12:
        return None
    figures = np.where(seen, figures, 0.0)
    # Of one station nothing is known about how stations scatter: such strata are taken together.
    alone = np.bincount(strata, rest) < 2
    cell = np.unique(np.where(alone[strata], -1, strata), return_inverse=True)[1]
    held, heavy = np.bincount(cell, rest), np.bincount(cell, weight * rest)
    everywhere = np.full(len(heavy), float((figures * weight)[rest].sum() / weight[rest].sum()))
    mean = np.divide(np.bincount(cell, figures * weight * rest), heavy, out=everywhere, where=heavy > 0)
    away = np.where(seen, figures - mean[cell], 0.0)
    away[rest] *= np.sqrt(held / np.maximum(held - 1.0, 1.0))[cell[rest]]
    here, shares = float(away[own].mean()), np.bincount(cell, own) / own.sum()

    def end(sign: float) -> tuple[float, float]:
        """Return the bound where the others that would have stayed have the largest figures times sign."""
        values = sign * away
        order = np.flatnonzero(rest)[np.argsort(-values[rest], kind="stable")]
        upto, total = np.cumsum(weight[order]), float(weight[rest].sum())
        taken = np.zeros(len(values))
        taken[order] = np.clip(part * total - (upto - weight[order]), 0.0, weight[order])
        border = float(values[order[min(int(np.searchsorted(upto, part * total)), len(order) - 1)]])
        trimmed = float(values @ taken / taken.sum())
        slope = (trimmed - border) / part
        moved = np.where(own, (values - sign * here) / own.sum(), 0.0)
        moved += np.where(drawn, slope * (seen - stay) / (drawn.sum() * known), 0.0)
        moved -= slope * stay / known**2 * weight * (seen - known) / weight.sum()
        above = np.maximum(values - border, 0.0) - part * (trimmed - border)
        moved -= np.where(rest, weight * above / (total * part), 0.0)
        # What moves the mean of a stratum moves those that stayed, and the others as far as they are taken.
        left = shares - np.bincount(cell, taken) / taken.sum()
        moved -= np.where(rest, left[cell] * weight * values / np.maximum(heavy[cell], 1e-300), 0.0)
        variance = sum(
            float((moved[side] ** 2).sum()) * side.sum() / max(1, side.sum() - 1) for side in (drawn, ~drawn)
        )
        return here - sign * trimmed, math.sqrt(variance)

    (low, low_error), (high, high_error) = end(1.0), end(-1.0)
    return Lost(int(own.sum()), int(drawn.sum() - own.sum()), low, high, (low_error, high_error))
