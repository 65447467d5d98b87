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
from plebiscope.model.size import least
from plebiscope.model.wording import listed, per_cent, written

NAME = "anomalous votes"
ANY = f"{NAME}, any core and slope"
_EVERY = f"{NAME}, every admissible core with areas drawn again"
_AUTOMATIC = f"{NAME}, automatic core"
_LOCAL = f"{NAME}, a ratio for each area"
_OVER = f"{NAME}, over the participation of the others"
_DILUTED = f"{NAME}, by the invalid ballots"
_UNDIVIDED = "it takes one ratio for all areas, so that its part in some of them is geography too"


_AGREES = {
    "holds": "agrees with the votes",
    "doubtful": "hardly agrees with the votes",
    "fails": "does not agree with the votes",
    "unknown": "leaves too much open to agree with the votes or not",
}


@dataclass(frozen=True)
class Answer:
    """Everything that was computed for one option."""

    option: str
    favoured: bool
    """Whether it is the option that the contest is examined for; the invalid ballots are told beside it."""
    whose: str
    """Whose votes percentages are of: the leader's, or the option's."""
    curves: Curves
    cores: list[Core]
    automatic: Core
    found: list[int]
    centre: tuple[float, float] | None
    by_area: list[float]
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
        """Lowest and highest estimate over the admissible cores and slopes, cut at what is possible."""
        return self.possible(self._any)

    @cached_property
    def _any(self) -> Ends:
        """The same as the slopes have it: no slope knows how many voters there are."""
        flattest, steepest = self.params.slopes
        return (
            min(with_slope(self.curves, core, steepest) for core in self.cores),
            max(with_slope(self.curves, core, flattest) for core in self.cores),
        )

    @property
    def total(self) -> float:
        """Votes for the option: more cannot have been added for it."""
        return float(self.curves.leader.sum())

    @cached_property
    def away(self) -> float:
        """Registered voters who cast no ballot: more votes cannot be lacking."""
        curves = self.curves
        return float(curves.voters.sum() - curves.leader.sum() - curves.others.sum())

    def possible(self, ends: Ends) -> Ends:
        """Cut a range at what is possible."""
        return self.cut(ends[0]), self.cut(ends[1])

    def cut(self, votes: float) -> float:
        """Cut an estimate at what is possible."""
        return min(max(votes, -self.away), self.total)

    def is_possible(self, votes: float) -> bool:
        """Whether an estimate is possible: as many votes are there, or as many voters stayed away."""
        return -self.away - 0.5 <= votes <= self.total + 0.5

    @property
    def fits(self) -> bool:
        """Whether the model fits the option: what would be without the anomalous votes is possible."""
        return self.is_possible(self.main.votes)

    @property
    def local(self) -> list[float]:
        """Estimates with a ratio for each area; empty where there are none that are possible."""
        return self.by_area if self.by_area and self.is_possible(self.by_area[0]) else []

    @property
    def over_votes(self) -> list[float]:
        """Estimates over the participation of the others; empty where there are none that are possible."""
        return self.over.votes if self.over.votes and self.is_possible(self.over.votes[0]) else []

    @property
    def added(self) -> Diluted | None:
        """What the invalid ballots tell, if it can be about this option."""
        # They tell of ballots, for whatever option. Beside the one examined they stand as they are; beside
        # another only if that one gained, and nowhere if they are more than its votes.
        found = self.diluted if self.favoured or self.main.votes > 0.0 else None
        return found if found is not None and self.is_possible(found.ballots[0]) else None

    @property
    def by_rule(self) -> float:
        """Estimate of the automatic core, cut at what is possible."""
        return self.cut(self.automatic.votes)

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

    def ends(self, votes: Sequence[float]) -> Ends:
        """Lowest and highest of several estimates, cut at what is possible."""
        return self.possible((min(votes), max(votes)))

    @cached_property
    def ways(self) -> list[tuple[str, float, Ends]]:
        """Every way of estimating that there is here, with its estimate and its ends, in votes."""
        ends = self.ends(self.votes)
        found = [("any core and slope", self.main.votes, self.any), ("any core", self.main.votes, ends)]
        if self.local:
            found.append(("a ratio for each area", self.local[0], self.ends(self.local)))
        if over := self.over_votes:
            found.append(("over the participation of the others", over[0], self.ends(over)))
        if (added := self.added) is not None:
            found.append(("by the invalid ballots", added.ballots[0], self.possible(added.ends)))
        automatic = self.by_rule
        return [*found, ("automatic core", automatic, (automatic, automatic))]

    def effects(self) -> tuple[Effect, ...]:
        """Return the effects, the headline first; with a range, they are those of every admissible core.

        None where the model does not fit the option.
        """
        if not self.fits:
            return ()
        cast = float((self.curves.leader + self.curves.others).sum())
        every = [self.cut(votes) for votes in self.votes]
        rests = [cast - votes for votes in every]
        turnouts = [100.0 * rest / float(self.curves.voters.sum()) for rest in rests]
        shares = [
            100.0 * (self.total - votes) / rest if rest > 0.0 else 0.0
            for votes, rest in zip(every, rests, strict=True)
        ]
        slopes = [explain_away(self.curves, core) for core in self.cores]
        known = [slope for slope in slopes if slope is not None]
        again: tuple[float, float] | tuple[None, None] = (None, None)
        level = None
        if self.redrawn is not None:
            again, level = self.possible(self.redrawn[0]), self.params.level
        automatic = self.by_rule
        found = [
            effect(ANY, self.main.votes, "votes", self.any),
            *self._both(NAME, every),
            effect(ANY, self.percent(self.main.votes), self.unit, self.percents(self.any)),
            effect(_AUTOMATIC, automatic, "votes", again, level),
            effect(_AUTOMATIC, self.percent(automatic), self.unit),
            effect("turnout without them", turnouts[0], "per cent", _ends(turnouts)),
            effect("share of ballots without them", shares[0], "per cent", _ends(shares)),
            effect("explain-away slope", slopes[0], "logit of share per 10 points of turnout", _ends(known)),
        ]
        if self.local:
            found += self._both(_LOCAL, self.local)
        if self.over_votes:
            found += self._both(_OVER, self.over_votes)
        if (diluted := self.added) is not None:
            level = self.params.level if diluted.again else None
            added, ends = diluted.ballots[0], self.possible(diluted.ends)
            found.append(effect(_DILUTED, added, "ballots", ends, level))
            found.append(effect(_DILUTED, self.percent(added), self.unit, self.percents(ends), level))
        if self.redrawn is not None:
            ends = self.possible(self.redrawn[1])
            found.append(effect(_EVERY, self.main.votes, "votes", ends, self.params.level))
        if self.centre is not None:
            for axis, value in zip(("turnout", "share"), self.centre, strict=True):
                found.append(effect(f"centre of the densest half: {axis}", value, "per cent"))
        return tuple(found)

    def affected(self, where: Located | str) -> tuple[Affected, ...]:
        """Return what estimates votes; ``where`` are the parts of that with a ratio for each area."""
        if not self.fits:
            return ()
        found = [Affected(name, _UNDIVIDED) for name in (ANY, NAME, _AUTOMATIC)]
        if self.local:
            found.append(Affected(_LOCAL, where))
        if self.over_votes:
            found.append(Affected(_OVER, _UNDIVIDED))
        if self.added is not None:
            found.append(Affected(_DILUTED, "it is told for all areas together"))
        return tuple(found)

    def _both(self, name: str, votes: Sequence[float]) -> tuple[Effect, Effect]:
        """Return estimates as a range of votes, and in per cent."""
        return (
            effect(name, votes[0], "votes", self.ends(votes)),
            effect(name, self.percent(votes[0]), self.unit, self.percents(self.ends(votes))),
        )

    def assumptions(self) -> tuple[Assumption, ...]:
        """Say what must hold, and whether it does here."""
        low, high = self.percents(self.votes)
        if not self.fits:
            return (self._is_possible(),)
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
            self._is_possible(),
            *([self._local_agrees()] if self.local else []),
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

    def _is_possible(self) -> Assumption:
        lowest = min(self._any[0], *self.votes) if self.fits else self.main.votes
        lacking, away = (written(votes, ",.0f") for votes in (max(-lowest, 0.0), self.away))
        where = "over all cores and slopes" if self.fits else "by the main core"
        how = f"at most {lacking} votes would be lacking {where}; {away} registered voters cast no ballot"
        return Assumption(
            name="what would be without the anomalous votes is possible",
            state="fails" if not self.fits else "holds" if self.is_possible(lowest) else "doubtful",
            how=how,
        )

    def _local_agrees(self) -> Assumption:
        name = "one ratio for all areas and one for each give the same"
        other = self.local[0], self.ends(self.local)
        return self._agree(name, "with one ratio", self.votes, "with one for each area", other)

    def _over_agrees(self) -> Assumption:
        name = "turnout and the participation of the others give the same"
        if not self.over.votes:
            how = "the participation of the others has no bulk that could serve as a yardstick"
            return Assumption(name=name, state="unknown", how=how)
        if not self.over_votes:
            how = "by the others more votes would be lacking than registered voters cast no ballot"
            return Assumption(name=name, state="unknown", how=how)
        other = self.over_votes[0], self.ends(self.over_votes)
        return self._agree(name, "by turnout", self.votes, "by the others", other)

    def _diluted_agrees(self) -> Assumption:
        name = "the invalid ballots tell of as many added ballots"
        how = self.no_invalid
        if not how and self.main.votes <= 0.0:
            how = "the option falls short at higher turnout: there are no added votes that they could confirm"
        if not how and self.added is None:
            how = "they tell of more ballots than the option has votes, so that not all were added for it"
        if how or self.diluted is None:
            return Assumption(name=name, state="unknown", how=how)
        here = [*self.votes, *self.local]
        other = self.diluted.ballots[0], self.diluted.ends
        return self._agree(name, "by the votes", here, "by the invalid ballots", other)

    def _agree(
        self, name: str, by: str, votes: Sequence[float], otherwise: str, second: tuple[float, Ends]
    ) -> Assumption:
        """Say whether two ways of asking give the same, as far as either could say otherwise.

        They do not where their ranges lie apart; it is doubtful where neither range holds the estimate of the
        other. ``second`` is what the other way gives: its estimate and its ends, in votes.
        """
        first, estimate = self.percent(self.main.votes), self.percent(self.cut(second[0]))
        here, other = self.percents(self.ends(votes)), self.percents(self.possible(second[1]))
        how = f"{_between(here)} {by}, {_between(other)} {otherwise}, of {self.whose}"
        size, allowed = abs(first), self.params.agreement
        # A small estimate is missed by less: a quarter of it, but nothing below what matters at all.
        close = max(least(self.unit, None), min(allowed, size / 4.0))
        if _apart(here, other) > close:
            return Assumption(name=name, state="fails", how=how)
        if min(_apart((first, first), other), _apart((estimate, estimate), here)) > close:
            estimates = f"{written(first, ',.1f')} and {per_cent(estimate)}"
            how += f"; neither holds the estimate of the other ({estimates})"
            return Assumption(name=name, state="doubtful", how=how)
        # What is wider than the estimate itself could not tell it from none, nor from twice as much.
        open_ = max(high - low for low, high in (here, other))
        if open_ > max(allowed, size):
            how += f"; a range of {per_cent(open_)} leaves too much open to tell"
            return Assumption(name=name, state="unknown", how=how)
        return Assumption(name=name, state="holds", how=how)

    def statement(self) -> str:
        """Tell what was found, the range over cores and slopes first."""
        if not self.fits:
            return self._misfit()
        flattest, steepest = (written(slope, ".2f") for slope in self.params.slopes)
        short = ", where less than nothing is a shortfall" if self.any[0] < 0.0 else ""
        if self.any[0] > self._any[0]:
            short += f", cut off at the {written(self.away, ',.0f')} registered voters who cast no ballot"
        text = (
            f"Of the {self.total:,.0f} votes for “{self.option}”, {self._counted(self.any)} have no "
            f"counterpart among the other ballots at higher turnout{short}. That is the range over "
            f"{len(self.cores)} admissible yardsticks ({self.span} turnout) and over shares that change with "
            f"turnout of themselves as much as in votes held to be clean, by {flattest} to {steepest} (logit "
            f"per 10 points). If the share did not change at all, it would be "
            f"{self._counted(self.ends(self.votes))}. "
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
        text += f"The automatic rule gives {written(self.by_rule, ',.0f')} votes."
        if self.locked and self.mode > self.curves.median and self.main.votes > self.by_rule:
            text += (
                f" That rule breaks down if the lower bulk is the undisturbed one: its yardstick, the "
                f"highest peak of the other ballots at {per_cent(self.mode, 'd')} turnout, lies above the "
                f"median turnout of registered voters ({per_cent(self.curves.median, 'd')}), and most of "
                f"what is to be measured is taken for granted."
            )
        return text + self._companions()

    def _misfit(self) -> str:
        """Tell that there is no estimate, because it would be impossible."""
        lacking, away = (written(votes, ",.0f") for votes in (-self.main.votes, self.away))
        return (
            f"No number is told of “{self.option}”, because the estimate would be impossible: at higher "
            f"turnout its votes fall short of their ratio to the other ballots in the core ({self.span} "
            f"turnout) by {lacking}, and no more than {away} registered voters cast no ballot."
        )

    def _companions(self) -> str:
        """Tell what the other two ways come to."""
        text = ""
        if self.over_votes:
            ends = self.ends(self.over_votes)
            text += (
                f" Over the part of registered voters who cast another ballot, which added ballots do not "
                f"change, it is {self._counted(ends)}."
            )
        if self.added is not None and self.main.votes > 0.0:
            agrees = _AGREES[self._diluted_agrees().state]
            text += (
                f" Added ballots would also leave a smaller part of invalid ones: by these, "
                f"{self._counted(self.possible(self.added.ends))} were added, which {agrees}."
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
