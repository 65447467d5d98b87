"""Stations without results: whether being drawn went with that, and what they leave open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plebiscope.kernels.identified import covering
from plebiscope.methods.contrast.asking import APART, POINTS, Flags, Floats, Ints
from plebiscope.methods.contrast.difference import difference
from plebiscope.model.finding import Assumption, Effect, State
from plebiscope.model.method import effect
from plebiscope.model.wording import counted, written

_FEW = 0.05
"""Share of stations without results from which it is doubtful that they do not matter."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What stations without results leave open.

    Attributes
    ----------
    drawn, others, n
        Stations without results that were drawn, and that were not; and all that are compared.
    low, high
        Difference if they had whatever figures make it least, and largest.
    ends
        Interval of what lies between.
    p
        The chance of a difference as large, were these figures such that the groups differ least.
    apart
        Standard errors by which the shares of stations with results differ.
    """

    drawn: int
    others: int
    n: int
    low: float
    high: float
    ends: tuple[float, float]
    coverage: float
    p: float
    apart: float

    def effects(self) -> tuple[Effect, ...]:
        """Return the bounds, their interval, and the chance."""
        what = "bounds whatever figures stations without results have"
        return (
            effect(what, None, POINTS, (self.low, self.high)),
            effect(f"{what}, with chance", None, POINTS, self.ends, self.coverage),
            effect("p were these such that the groups differ least", self.p, "probability"),
        )

    @property
    def words(self) -> str:
        """Tell the bounds."""
        lack = "has" if self.drawn + self.others == 1 else "have"
        return (
            f" {counted(self.drawn + self.others, 'stations')} {lack} no such figures ({self.drawn:,} of the "
            f"group); whatever they were, the difference lies between {written(self.low, '.1f')} and "
            f"{written(self.high, '.1f')} points ({written(self.ends[0], '.1f')} to "
            f"{written(self.ends[1], '.1f')} with chance)."
        )

    def assumption(self) -> Assumption:
        """Say whether stations without results can matter."""
        state: State = "unknown" if self.drawn + self.others <= _FEW * self.n else "doubtful"
        if abs(self.apart) > APART:
            state = "fails"
        if self.ends[0] > 0.0 or self.ends[1] < 0.0:
            # Nothing that they could be takes the difference away.
            state = "holds"
        return Assumption(
            name="stations without results are like the others of their group",
            state=state,
            how=f"{self.drawn + self.others:,} of {self.n:,} have none; shares of stations with results, "
            f"group less others: {written(self.apart, '+.1f')} standard errors",
        )


def unknown(figures: Floats, drawn: Flags, strata: Ints, coverage: float) -> Unknown | None:
    """Bound a difference of figures in per cent of which some are not known.

    Parameters
    ----------
    figures
        In per cent, not a number where it is not known, shape (n,).
    drawn, strata
        Who was drawn, and the stratum of each, shape (n,).
    coverage
        Of the interval, as a probability.

    Returns
    -------
    Unknown or None
        Null where all are known, or no stratum has both.

    Notes
    -----
    Horowitz and Manski (2000), Journal of the American Statistical Association 95, 77-84: every unknown
    figure is taken to be 0 or 100, in the group and among the others the opposite ones.
    """
    lacking = np.isnan(figures)
    if not lacking.any():
        return None
    least, most = (
        difference(np.where(lacking, np.where(drawn, own, 100.0 - own), figures), drawn, strata)
        for own in (0.0, 100.0)
    )
    known = difference(np.where(lacking, 0.0, 100.0), drawn, strata)
    if least is None or most is None or known is None:
        return None
    nearest = least if abs(least.value) < abs(most.value) else most
    return Unknown(
        drawn=int((lacking & drawn).sum()),
        others=int((lacking & ~drawn).sum()),
        n=len(figures),
        low=least.value,
        high=most.value,
        ends=covering(least.value, most.value, (least.error, most.error), coverage),
        coverage=coverage,
        p=1.0 if least.value <= 0.0 <= most.value or nearest.p is None else nearest.p,
        apart=known.z,
    )
