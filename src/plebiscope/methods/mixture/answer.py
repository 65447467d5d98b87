"""What the mixture found of one option, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from plebiscope.kernels.class_fit import Fit
from plebiscope.kernels.class_law import Floats, Grid
from plebiscope.kernels.class_stations import Stations
from plebiscope.kernels.class_totals import Totals
from plebiscope.methods.mixture import unseen
from plebiscope.methods.mixture.predicted import predicted
from plebiscope.model.finding import Assumption, Effect
from plebiscope.model.method import checked, effect
from plebiscope.model.wording import counted, per_cent, written

_FURTHEST = 0.025
"""p at which the table lies further from a mean vote drawn from the fitted account than any vote drawn."""
_CORRELATION, _CORNER = 0.05, 1.0
"""How far the table may differ from votes drawn: correlation, and per cent of stations near 100 per cent."""
_WITHOUT = 1.0
"""Per cent of stations without abstainers up to which they are few; clean votes have 0.05 at most (13 of the
25,188 of Poland 2007 that can be asked)."""
_A_KIND = 0.01
"""Part of all stations from which on one kind of spread is spoken of by itself."""
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
    odds: float
    limit: float
    level: float
    grid: Grid
    districts: str
    largest: int
    without: int
    """Stations without abstainers, which were left out: neither account can say anything of them."""

    @property
    def told(self) -> bool:
        """Whether a number is told."""
        return self.factor > self.limit

    @cached_property
    def ends(self) -> tuple[Floats, Floats]:
        """Ends of the intervals of the totals; where no number is told, what either account leads to.

        That is nought by the account of places alone, and an upper end by the other: a range over both, which
        holds the truth if one of them is right, and no interval that would hold it in so many of 100 votes.
        """
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
        return effect(name, times * value, unit, ends, self.level if self.told else None)

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
        needed = float(expit(self.factor - np.log(self.odds)))
        return (
            checked(
                "places in one district are alike",
                mean <= self.largest,
                f"{self.districts}, {mean:,.0f} {self.rows_are} in a mean one",
            ),
            checked(
                f"few {self.rows_are} are without abstainers",
                100.0 * self.without <= _WITHOUT * (self.without + len(self.stations)),
                f"{self.without:,} of {self.without + len(self.stations):,}, and these are left out",
            ),
            self._alike(rng),
            checked(
                "the answer does not hang on the prior probability",
                not 0.1 <= needed <= 0.9,
                f"odds of {self.odds:,.0f} to 1 for the account with added ballots are reached with a prior "
                f"probability of places alone up to {per_cent(100.0 * needed)}; taken is "
                f"{per_cent(100.0 * self.prior, '.0f')}",
            ),
            Assumption(
                name="the natural spread of places does not take in added ballots",
                state="doubtful",
                how=unseen.held() + (f"; here, {self._beyond}" if self._beyond else ""),
            ),
        )

    def _alike(self, rng: np.random.Generator) -> Assumption:
        """Compare the table with votes drawn from the account that is told."""
        fit = self.classes if self.told else self.natural
        found = predicted(self.fitted_to, fit, self.grid, rng)
        (seen, expected), (corner, filled) = found.correlation, found.near
        return checked(
            "votes drawn from the fitted account look like the table",
            found.p > _FURTHEST and abs(seen - expected) <= _CORRELATION and abs(corner - filled) <= _CORNER,
            f"cells of turnout by share: {per_cent(found.apart)} of {self.rows_are} lie in other cells than "
            f"in a mean vote drawn, by chance {per_cent(found.by_chance)} (p {found.p:.3f}); correlation of "
            f"turnout and share inside districts {written(seen, '.2f')} (drawn {written(expected, '.2f')}); "
            f"{self.rows_are} with both above 90 % {per_cent(corner)} (drawn {per_cent(filled)})",
        )

    @cached_property
    def _beyond(self) -> str:
        """Say which natural stations lie where added ballots would put them; empty where few do.

        Seen from the kind of spread at the lowest turnout, of those with a fifth of all stations.
        """
        law = self.natural.parameters
        parts = law.parts
        sizes = np.exp(parts[:, 5]) / np.exp(parts[:, 5]).sum()
        base = parts[min(np.flatnonzero(sizes >= min(0.2, sizes.max())), key=lambda at: float(parts[at, 3]))]
        further = (parts[:, 3] > base[3]) & (parts[:, 4] > base[4])
        part = float(sizes[further].sum())
        if part < _A_KIND:
            return ""
        off = sizes[further] @ parts[further, 3:5] / part
        ends = [100.0 * expit(law.centres.mean(axis=0) + one) for one in (off, base[3:5])]
        there, here = (f"{per_cent(end[0])} and {per_cent(end[1])}" for end in ends)
        return (
            f"this account calls natural {per_cent(100.0 * part, '.0f')} of {self.rows_are} that lie at "
            f"higher turnout and a higher share than others of their district (about {there}, against "
            f"{here}), be it that they differ so or that ballots were added"
        )

    @property
    def _left_out(self) -> str:
        """Say which stations were left out because nobody abstained there; empty where none was."""
        if not self.without:
            return ""
        were = "was" if self.without == 1 else "were"
        return (
            f" Left out {were} {counted(self.without, self.rows_are)} where nobody abstained: of these "
            f"neither account says anything."
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
            most = f"at most {high[2]:,.0f} {self.rows_are} ({per_cent(share)})"
            beyond = f" And {self._beyond}." if self._beyond else ""
            return (
                f"An account {account} is not improved enough by {self.rows_are} to which ballots were added "
                f"({weight}). That does not say that there are none: by the account that has them they would "
                f"be {most}, but that holds only if added ballots do not pass for places that differ, and "
                f"{unseen.larger()}.{beyond}{self._left_out}"
            )
        value, share = self.totals.value, 100.0 * self.totals.value[2] / len(self.stations)
        return (
            f"An account {account} is improved by {self.rows_are} to which ballots were added "
            f"({weight}). By the account that has them they would be {value[2]:,.0f} "
            f"({per_cent(share)}; {low[2]:,.0f} to {high[2]:,.0f}), with {value[3]:,.0f} votes added "
            f"({low[3]:,.0f} to {high[3]:,.0f}) and {value[4]:,.0f} moved ({low[4]:,.0f} to {high[4]:,.0f})."
            + self._left_out
        )
