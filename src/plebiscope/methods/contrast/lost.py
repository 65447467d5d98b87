"""Stations that were drawn and left the group: between what the difference lies for those that stayed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plebiscope.methods.contrast.asking import POINTS, Flags, Floats, Ints
from plebiscope.methods.contrast.difference import difference
from plebiscope.model.finding import Assumption, Effect
from plebiscope.model.method import effect
from plebiscope.model.wording import counted, written


@dataclass(frozen=True, slots=True)
class Lost:
    """What stations that left the group leave open.

    Attributes
    ----------
    kept, gone
        Stations that were drawn and stayed, and that were drawn and left.
    low, high
        Bounds of the difference for those that stayed.
    drawn
        Difference of all that were drawn.
    """

    kept: int
    gone: int
    low: float
    high: float
    drawn: float

    def effects(self) -> tuple[Effect, Effect]:
        """Return the bounds, and the difference of all that were drawn."""
        return (
            effect("bounds for those that stayed", None, POINTS, (self.low, self.high)),
            effect("all that were drawn less others", self.drawn, POINTS),
        )

    @property
    def _between(self) -> str:
        return f"{written(self.low, '.1f')} and {written(self.high, '.1f')} points"

    @property
    def words(self) -> str:
        """Tell both."""
        return (
            f" {counted(self.gone, 'stations')} that were drawn left the group; if those that stayed are the "
            f"ones with the highest or the lowest figures anyway, the difference lies between "
            f"{self._between}. For all that were drawn it is {written(self.drawn, '+.1f')} points."
        )

    def assumption(self) -> Assumption:
        """Say that who stays may go with what is measured."""
        return Assumption(
            name="the stations that left the group are like those that stayed",
            state="doubtful",
            how=f"{self.gone:,} of {self.kept + self.gone:,} that were drawn left it; whichever these are, "
            f"the difference lies between {self._between}",
        )


def bounds(figures: Floats, kept: Flags, gone: Flags, strata: Ints) -> Lost | None:
    """Bound the difference of those that stayed, however leaving goes with the figures.

    Had the other stations been drawn, as large a part of them would have stayed. Nobody knows which; so they
    are taken to be those with the highest figures, and then those with the lowest.

    Parameters
    ----------
    figures
        A figure of each station, shape (n,).
    kept, gone
        Whether it was drawn and stayed, or was drawn and left, shape (n,).
    strata
        Inside which the lot was drawn, shape (n,).

    Returns
    -------
    Lost or None
        None where no stratum has others beside those that were drawn, or none stayed.

    Notes
    -----
    Lee (2009), Review of Economic Studies 76, 1071-1102, with the trimmed side being the one that was not
    drawn, since official figures exist of every station. Figures are taken less the mean of the others of
    their stratum, and the others weighted so that strata count as among those drawn.
    """
    strata = np.unique(strata, return_inverse=True)[1]
    drawn = kept | gone
    others = np.bincount(strata, ~drawn)
    assigned = np.bincount(strata, drawn)
    open_ = ((others > 0) & (assigned > 0))[strata]
    figures, strata = figures[open_], strata[open_]
    kept, gone, drawn = kept[open_], gone[open_], drawn[open_]
    whole = difference(figures, drawn, strata)
    if whole is None or not kept.any():
        return None
    mean = np.bincount(strata, figures * ~drawn, len(others)) / np.maximum(others, 1)
    away = figures - mean[strata]
    order = np.argsort(away[~drawn], kind="stable")
    rest = away[~drawn][order]
    weight = (assigned / np.maximum(others, 1))[strata][~drawn][order]
    part = float(kept.sum() / drawn.sum())
    here = float(away[kept].mean())
    low, high = _lowest(rest, weight, part), -_lowest(-rest[::-1], weight[::-1], part)
    return Lost(int(kept.sum()), int(gone.sum()), here - high, here - low, whole.value)


def _lowest(values: Floats, weight: Floats, part: float) -> float:
    """Return the mean of the lowest part of sorted values; that at the border counts as far as it belongs."""
    end = np.cumsum(weight)
    taken = np.clip(part * end[-1] - (end - weight), 0.0, weight)
    return float(values @ taken / taken.sum())
