"""What the mixture found of one option, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import Fit
from plebiscope.kernels.class_law import Floats, Grid
from plebiscope.kernels.class_mixture import Stations
from plebiscope.kernels.class_totals import Totals
from plebiscope.methods.mixture import unseen
from plebiscope.model.finding import Assumption, Effect
from plebiscope.model.method import checked, effect
from plebiscope.model.wording import per_cent, written

_DRAWS = 5
"""Votes drawn from the fitted account for comparison with the table."""
_CORRELATION, _CORNER = 0.05, 1.0
"""How far the table may differ from them: correlation, and per cent of stations."""
_HEAD = "stations in which ballots look added"
BOTH = "votes there that look added or moved"
"""The effect that counts the votes of both kinds."""
ALONE = "posterior probability of the account of places alone against that with added ballots"
"""The effect that compares the two accounts; neither says that no ballot was added."""


@dataclass(frozen=True)
class Answer:
    """Everything that was computed for one option."""

    option: str
    unit: str
    rows_are: str
    stations: Stations
    fitted_to: Stations
    natural: Fit
    classes: Fit
    whole: Fit
    totals: Totals
    factor: float
    """Log Bayes factor for the further classes."""
    nothing: float
    """Posterior probability of the account of places alone."""
    prior: float
    limit: float
    level: float
    grid: Grid
    districts: str
    largest: int

    @property
    def told(self) -> bool:
        """Whether a number is told."""
        return self.factor > self.limit

    @cached_property
    def ends(self) -> tuple[Floats, Floats]:
        """Ends of the intervals of the totals, nought and the upper one where no number is told."""
        if self.told:
            return self.totals.interval(self.level)
        return np.zeros(6), self.totals.at_most(self.level)

    @cached_property
    def head(self) -> Effect:
        """The stations of both classes."""
        return self._total(_HEAD, 2, "stations", 1.0)

    def _total(self, name: str, at: int, unit: str, times: float) -> Effect:
        value = float(self.totals.value[at]) if self.told else 0.0
        ends = (times * float(self.ends[0][at]), times * float(self.ends[1][at]))
        return effect(name, times * value, unit, ends, self.level)

    def effects(self) -> tuple[Effect, ...]:
        """Return all but the headline."""
        per = 100.0 / max(float(self.stations.votes.sum()), 1.0)
        values = self.classes.parameters.values
        first = self.classes.parameters.parts[0]
        found = [
            effect("log Bayes factor", self.factor, ""),
            effect(ALONE, self.nothing, ""),
            self._total(BOTH, 5, "votes", 1.0),
            self._total(BOTH, 5, self.unit, per),
            self._total("stations, some of the abstainers", 0, "stations", 1.0),
            self._total("stations, most of the abstainers", 1, "stations", 1.0),
            self._total("votes that look added", 3, "votes", 1.0),
            self._total("votes that look moved", 4, "votes", 1.0),
        ]
        if self.told:
            rates = (self.grid.added, values[-2]), (self.grid.moved, values[-1])
            for (rate, mean), name in zip(rates, ("abstainers added", "other ballots moved"), strict=True):
                value = 100.0 * (rate.low + (rate.bound - rate.low) * float(expit(mean)))
                found.append(effect(f"mean part of {name}, where it is some", value, "per cent"))
        found.append(
            effect("natural slope of the share on turnout, main part", float(first[1]), "logit per logit")
        )
        return tuple(found)

    def assumptions(self, rng: np.random.Generator) -> tuple[Assumption, ...]:
        """Check what can be checked; ``rng`` draws votes from the fitted account."""
        mean = len(self.stations) / self.stations.districts
        needed = float(expit(self.factor - np.log(100.0)))
        return (
            checked(
                "places in one district are alike",
                mean <= self.largest,
                f"{self.districts}, {mean:,.0f} {self.rows_are} in a mean one",
            ),
            self._alike(rng),
            checked(
                "the answer does not hang on the prior probability",
                not 0.1 <= needed <= 0.9,
                f"odds of 100 to 1 for the account with added ballots are reached with a prior probability "
                f"of places alone up to {per_cent(100.0 * needed)}; taken is "
                f"{per_cent(100.0 * self.prior, '.0f')}",
            ),
            Assumption(
                name="the natural spread of places does not take in added ballots",
                state="doubtful",
                how=unseen.held(),
            ),
        )

    def _alike(self, rng: np.random.Generator) -> Assumption:
        """Compare the table with votes drawn from the account that is told."""
        fit, table = self.classes if self.told else self.natural, self.fitted_to
        registered = (table.away + table.others + table.votes).astype(np.int64)
        drawn = [
            _look_of(draw(rng, registered, table.district, fit.parameters, self.grid)[0])
            for _ in range(_DRAWS)
        ]
        (seen, corner), (expected, filled) = _look_of(table), np.mean(drawn, axis=0)
        return checked(
            "votes drawn from the fitted account look like the table",
            abs(seen - expected) <= _CORRELATION and abs(corner - filled) <= _CORNER,
            f"correlation of turnout and share inside districts {written(seen, '.2f')} (drawn "
            f"{written(expected, '.2f')}); {self.rows_are} with both above 90 % {per_cent(corner)} (drawn "
            f"{per_cent(filled)})",
        )

    def statement(self) -> str:
        """Say what was found, in plain words."""
        low, high = self.ends
        weight = (
            f"it makes the counts likelier by a factor of which the logarithm, the log Bayes factor, is "
            f"{written(self.factor, '.1f')}; a number is told above {written(self.limit, '.1f')}"
        )
        parts = self.natural.parameters.count
        kinds = f"{parts} {'kind' if parts == 1 else 'kinds'} of spread"
        account = (
            f"in which turnout and share of “{self.option}” differ between {self.rows_are} of one district "
            f"({self.districts}; {kinds})"
        )
        if not self.told:
            share = 100.0 * high[2] / len(self.stations)
            return (
                f"An account {account} is not improved enough by {self.rows_are} to which ballots were added "
                f"({weight}). That does not say that there are none: by the account that has them they would "
                f"be at most {high[2]:,.0f} {self.rows_are} ({per_cent(share)}), and {unseen.larger()}."
            )
        value, share = self.totals.value, 100.0 * self.totals.value[2] / len(self.stations)
        return (
            f"An account {account} is improved by {self.rows_are} to which ballots were added "
            f"({weight}). By the account that has them they would be {value[2]:,.0f} "
            f"({per_cent(share)}; {low[2]:,.0f} to {high[2]:,.0f}), with {value[3]:,.0f} votes added "
            f"({low[3]:,.0f} to {high[3]:,.0f}) and {value[4]:,.0f} moved ({low[4]:,.0f} to {high[4]:,.0f})."
        )


def _look_of(stations: Stations) -> tuple[float, float]:
    """Return the correlation of turnout and share inside districts, and per cent of stations near 100 %."""
    cast = stations.others + stations.votes
    turnout = cast / np.maximum(cast + stations.away, 1.0)
    share = stations.votes / np.maximum(cast, 1.0)
    size = stations.by_district(np.ones_like(turnout))
    off = [one - (stations.by_district(one) / size)[stations.district] for one in (turnout, share)]
    square = float(np.sqrt((off[0] ** 2).sum() * (off[1] ** 2).sum()))
    together = float((off[0] * off[1]).sum()) / square if square > 0.0 else 0.0
    return together, 100.0 * float(np.mean((turnout > 0.9) & (share > 0.9)))
