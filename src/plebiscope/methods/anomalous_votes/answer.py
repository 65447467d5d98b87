"""What was found of one option, and how it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from plebiscope.kernels.turnout_core import Core, Curves, explain_away, with_slope
from plebiscope.methods.anomalous_votes.companions import Diluted, Over
from plebiscope.methods.anomalous_votes.cores import Ends, Params
from plebiscope.model.affected import Affected, Located
from plebiscope.model.finding import Assumption, Effect
from plebiscope.model.method import checked, effect
from plebiscope.model.wording import listed, per_cent, written

NAME = "anomalous votes"
ANY = f"{NAME}, any core and slope"
_EVERY = f"{NAME}, every admissible core with areas drawn again"
_AUTOMATIC = f"{NAME}, automatic core"
_LOCAL = f"{NAME}, a ratio for each area"
_OVER = f"{NAME}, over the participation of the others"
_DILUTED = f"{NAME}, by the invalid ballots"
_UNDIVIDED = "it takes one ratio for all areas, so that its part in some of them is geography too"


@dataclass(frozen=True)
class Answer:
    """Everything that was computed for one option."""

    option: str
    whose: str
    """Whose votes percentages are of: the leader's, or the option's."""
    curves: Curves
    cores: list[Core]
    automatic: Core
    found: list[int]
    centre: tuple[float, float] | None
    local: list[float]
    """Estimate of every admissible core with a ratio for each area; empty where there is one area."""
    redrawn: tuple[Ends, Ends] | None
    over: Over
    diluted: Diluted | None
    no_invalid: str
    """Why invalid ballots tell nothing, where they do not."""
    areas: str
    enough_areas: bool
    params: Params

    @property
    def unit(self) -> str:
        """Unit of percentages."""
        return f"per cent of {self.whose}"

    @property
    def main(self) -> Core:
        """The admissible core with most registered voters."""
        return self.cores[0]

    @property
    def votes(self) -> list[float]:
        """Estimate of every admissible core, that of the main one first."""
        return [core.votes for core in self.cores]

    @cached_property
    def any(self) -> Ends:
        """Lowest and highest estimate over the admissible cores and slopes of the share."""
        flattest, steepest = self.params.slopes
        return (
            min(with_slope(self.curves, core, steepest) for core in self.cores),
            max(with_slope(self.curves, core, flattest) for core in self.cores),
        )

    @property
    def total(self) -> float:
        """Votes for the option."""
        return float(self.curves.leader.sum())

    @property
    def mode(self) -> int:
        """Highest bin of the other ballots."""
        return self.automatic.low + self.params.automatic

    @property
    def locked(self) -> bool:
        """Whether the automatic core sits on a bulk that the admissible ones leave out."""
        return not any(core.low <= self.mode < core.high for core in self.cores)

    @property
    def span(self) -> str:
        """Where the admissible cores lie, in words."""
        lowest = min(core.low for core in self.cores)
        return f"{lowest} to {per_cent(max(core.high for core in self.cores), 'd')}"

    def percent(self, votes: float) -> float:
        """Votes in per cent of all votes for the option."""
        return 100.0 * votes / self.total if self.total else 0.0

    def percents(self, votes: Sequence[float]) -> Ends:
        """Lowest and highest of several estimates, in per cent of all votes for the option."""
        return self.percent(min(votes)), self.percent(max(votes))

    @cached_property
    def ways(self) -> list[tuple[str, float, Ends]]:
        """Every way of estimating that there is here, with its estimate and its ends, in votes."""
        ends = min(self.votes), max(self.votes)
        found = [("any core and slope", self.main.votes, self.any), ("any core", self.main.votes, ends)]
        if self.local:
            found.append(("a ratio for each area", self.local[0], (min(self.local), max(self.local))))
        if self.over.votes:
            over = self.over.votes
            found.append(("over the participation of the others", over[0], (min(over), max(over))))
        if self.diluted is not None:
            found.append(("by the invalid ballots", self.diluted.ballots[0], self.diluted.ends))
        automatic = self.automatic.votes
        return [*found, ("automatic core", automatic, (automatic, automatic))]

    def effects(self) -> tuple[Effect, ...]:
        """Return the effects, the headline first; with a range, they are those of every admissible core."""
        cast = float((self.curves.leader + self.curves.others).sum())
        rests = [cast - votes for votes in self.votes]
        turnouts = [100.0 * rest / float(self.curves.voters.sum()) for rest in rests]
        shares = [
            100.0 * (self.total - votes) / rest if rest > 0.0 else 0.0
            for votes, rest in zip(self.votes, rests, strict=True)
        ]
        slopes = [explain_away(self.curves, core) for core in self.cores]
        known = [slope for slope in slopes if slope is not None]
        again, level = ((None, None), None) if self.redrawn is None else (self.redrawn[0], self.params.level)
        automatic = self.automatic.votes
        found = [
            effect(ANY, self.main.votes, "votes", self.any),
            *self._both(NAME, self.votes),
            effect(ANY, self.percent(self.main.votes), self.unit, self.percents(self.any)),
            effect(_AUTOMATIC, automatic, "votes", again, level),
            effect(_AUTOMATIC, self.percent(automatic), self.unit),
            effect("turnout without them", turnouts[0], "per cent", _ends(turnouts)),
            effect("share of ballots without them", shares[0], "per cent", _ends(shares)),
            effect("explain-away slope", slopes[0], "logit of share per 10 points of turnout", _ends(known)),
        ]
        if self.local:
            found += self._both(_LOCAL, self.local)
        if self.over.votes:
            found += self._both(_OVER, self.over.votes)
        if self.diluted is not None:
            level = self.params.level if self.diluted.again else None
            added, ends = self.diluted.ballots[0], self.diluted.ends
            found.append(effect(_DILUTED, added, "ballots", ends, level))
            found.append(effect(_DILUTED, self.percent(added), self.unit, self.percents(ends), level))
        if self.redrawn is not None:
            found.append(effect(_EVERY, self.main.votes, "votes", self.redrawn[1], self.params.level))
        if self.centre is not None:
            for axis, value in zip(("turnout", "share"), self.centre, strict=True):
                found.append(effect(f"centre of the densest half: {axis}", value, "per cent"))
        return tuple(found)

    def affected(self, where: Located | str) -> tuple[Affected, ...]:
        """Return what estimates votes; ``where`` are the parts of that with a ratio for each area."""
        found = [Affected(name, _UNDIVIDED) for name in (ANY, NAME, _AUTOMATIC)]
        if self.local:
            found.append(Affected(_LOCAL, where))
        if self.over.votes:
            found.append(Affected(_OVER, _UNDIVIDED))
        if self.diluted is not None:
            found.append(Affected(_DILUTED, "it is told for all areas together"))
        return tuple(found)

    def _both(self, name: str, votes: Sequence[float]) -> tuple[Effect, Effect]:
        """Return estimates as a range of votes, and in per cent."""
        return (
            effect(name, votes[0], "votes", _ends(votes)),
            effect(name, self.percent(votes[0]), self.unit, self.percents(votes)),
        )

    def assumptions(self) -> tuple[Assumption, ...]:
        """Say what must hold, and whether it does here."""
        low, high = self.percents(self.votes)
        slope = explain_away(self.curves, self.main)
        return (
            checked(
                "the stations have one bulk",
                len(self.found) == 1,
                "peaks of the other ballots over turnout: "
                + ", ".join(per_cent(at, "d") for at in self.found),
            ),
            checked(
                "the automatic core lies on the undisturbed bulk",
                not self.locked and self.mode <= self.curves.median,
                f"highest bin of the other ballots {per_cent(self.mode, 'd')}, median turnout of registered "
                f"voters {per_cent(self.curves.median, 'd')}",
            ),
            checked(
                "the admissible cores agree",
                high - low <= self.params.agreement,
                f"the estimates of {len(self.cores)} cores span {per_cent(high - low)} of {self.whose}",
            ),
            Assumption(
                name="the share does not rise with turnout of itself",
                state="unknown",
                how="no slope of share on turnout accounts for the estimate"
                if slope is None
                else f"explained away by a slope of {written(slope, '.2f')} per 10 points of turnout",
            ),
            self._over_agrees(),
            self._diluted_agrees(),
            Assumption(
                name="where nothing was done, the estimate is zero but for chance",
                state="doubtful",
                how="with areas drawn again, the interval over every admissible core held zero in 19 to 99 "
                "of 100 simulated fair votes, by the kind of vote, instead of 95; the range over cores and "
                "slopes reached zero in 99 to 100 of 100",
            ),
            Assumption(
                name="enough areas to draw them again",
                state="holds" if self.enough_areas else "doubtful" if self.redrawn else "unknown",
                how=self.areas,
            ),
        )

    def _over_agrees(self) -> Assumption:
        name = "turnout and the participation of the others give the same"
        if not self.over.votes:
            how = "the participation of the others has no bulk that could serve as a yardstick"
            return Assumption(name=name, state="unknown", how=how)
        here = self.percents(self.votes)
        other = self.percents(self.over.votes)
        how = f"{_between(here)} by turnout, {_between(other)} by the others, of {self.whose}"
        return checked(name, _apart(here, other) <= self.params.agreement, how)

    def _diluted_agrees(self) -> Assumption:
        name = "the invalid ballots tell of as many added ballots"
        if self.diluted is None or self.main.votes <= 0.0:
            how = self.no_invalid or "the option falls short at higher turnout: none were added for it"
            return Assumption(name=name, state="unknown", how=how)
        here = self.percents([*self.votes, *self.local])
        other = self.percents(self.diluted.ends)
        how = f"{_between(here)} by the votes, {_between(other)} by the invalid ballots, of {self.whose}"
        return checked(name, _apart(here, other) <= self.params.agreement, how)

    def statement(self) -> str:
        """Tell what was found, the range over cores and slopes first."""
        flattest, steepest = (written(slope, ".2f") for slope in self.params.slopes)
        short = ", where less than nothing is a shortfall" if self.any[0] < 0.0 else ""
        text = (
            f"Of the {self.total:,.0f} votes for “{self.option}”, {self._counted(self.any)} have no "
            f"counterpart among the other ballots at higher turnout{short}. That is the range over "
            f"{len(self.cores)} admissible yardsticks ({self.span} turnout) and over shares that change with "
            f"turnout of themselves as much as in votes held to be clean, by {flattest} to {steepest} (logit "
            f"per 10 points). If the share did not change at all, it would be "
            f"{self._counted((min(self.votes), max(self.votes)))}. "
        )
        if len(self.cores) > 1:
            width = min(core.high - core.low for core in self.cores)
            narrow = sorted(
                (core for core in self.cores if core.high - core.low == width), key=lambda one: one.low
            )[:2]
            told = (
                f"{core.low} to {per_cent(core.high, 'd')} gives {written(core.votes, ',.0f')}"
                for core in narrow
            )
            text += f"Of the narrowest yardsticks, {listed(told)}. "
        text += f"The automatic rule gives {written(self.automatic.votes, ',.0f')} votes."
        if self.locked and self.mode > self.curves.median and self.main.votes > self.automatic.votes:
            text += (
                f" That rule breaks down if the lower bulk is the undisturbed one: its yardstick, the "
                f"highest peak of the other ballots at {per_cent(self.mode, 'd')} turnout, lies above the "
                f"median turnout of registered voters ({per_cent(self.curves.median, 'd')}), and most of "
                f"what is to be measured is taken for granted."
            )
        return text + self._companions()

    def _companions(self) -> str:
        """Tell what the other two ways come to."""
        text = ""
        if self.over.votes:
            ends = min(self.over.votes), max(self.over.votes)
            text += (
                f" Over the part of registered voters who cast another ballot, which added ballots do not "
                f"change, it is {self._counted(ends)}."
            )
        if self.diluted is not None and self.main.votes > 0.0:
            agrees = self._diluted_agrees().state == "holds"
            text += (
                f" Added ballots would also leave a smaller part of invalid ones: by these, "
                f"{self._counted(self.diluted.ends)} were added, which "
                f"{'agrees' if agrees else 'does not agree'} with the votes."
            )
        return text

    def _counted(self, ends: Ends) -> str:
        low, high = ends
        votes = f"{written(low, ',.0f')} to {written(high, ',.0f')}"
        return f"{votes} ({_between((self.percent(low), self.percent(high)))})"


def _between(percents: Ends) -> str:
    return f"{written(percents[0], ',.1f')} to {per_cent(percents[1])}"


def _apart(one: Ends, other: Ends) -> float:
    """How far two ranges lie from each other; nought where they overlap."""
    return max(0.0, one[0] - other[1], other[0] - one[1])


def _ends(values: Sequence[float]) -> tuple[float | None, float | None]:
    return min(values, default=None), max(values, default=None)
