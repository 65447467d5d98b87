"""Two votes at the same stations: what changed, and whether the share changed where turnout did."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr

from plebiscope.kernels.resampling import ratio_left_out
from plebiscope.methods.contrast import pictures
from plebiscope.methods.contrast.asking import POINTS, Asked, Flags, Floats, Ints, Params
from plebiscope.model.beside import Beside
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Method, StationScore, Subject, effect, most_surprising, surprise
from plebiscope.model.wording import counted, none_of, written

_SPAN = 10.0
"""Points of turnout over which the slope is told."""
_LEAST_CHANGE = 1e-9
_OTHER = 1.2
"""How many times as large a register is from which it may be that of other voters."""
_MANY = 0.05
"""Share of such stations from which it is doubtful that stations are the same."""


class Slope(NamedTuple):
    """A slope, and the ends of its interval by leaving out each area in turn."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from the other vote to this one at stations that held both; arrays of shape (n,).

    Attributes
    ----------
    rows
        Row of the results.
    voters
        Registered voters, the mean of both votes.
    grown
        Registered voters of this vote over those of the other.
    turnout, share
        Change of turnout, and of the option's share of the ballots, in points.
    gained, others
        Change of the option's votes and of all other ballots, in per cent of registered voters.
    areas
        Area of each station, numbered from 0.
    """

    rows: Ints
    voters: Floats
    grown: Floats
    turnout: Floats
    share: Floats
    gained: Floats
    others: Floats
    areas: Ints

    def inside(self, figures: Floats, *, weighted: bool = True) -> Floats:
        """Return figures less their mean over the area."""
        weight = self.voters if weighted else np.ones_like(self.voters)
        mean = np.bincount(self.areas, figures * weight) / np.bincount(self.areas, weight)
        return np.asarray(figures - mean[self.areas])

    def summed(self, figures: Floats) -> Floats:
        """Add figures up by what is left out in turn: areas or, where there is one, its stations."""
        if self.areas.max() == 0:
            return figures
        return np.asarray(np.bincount(self.areas, figures), dtype=np.float64)

    def slope(self, figures: Floats, coverage: float) -> Slope | None:
        """Return how much figures change with turnout inside areas; null where turnout does not differ."""
        x, y = self.inside(self.turnout), self.inside(figures)
        products, squares = self.summed(self.voters * x * y), self.summed(self.voters * x * x)
        whole = float(squares.sum())
        if whole <= _LEAST_CHANGE or whole - squares.max() <= _LEAST_CHANGE * whole:
            return None
        return Slope(float(products.sum()) / whole, *ratio_left_out(products, squares, coverage))


def ask(method: Method, subject: Subject, params: Params, other: Beside, rng: np.random.Generator) -> Asked:
    """Compare this vote with another one at the same stations."""
    before = other.contest.name
    changes = _changes(subject, params, other)
    slug = f"pair/{other.contest.id}"
    if isinstance(changes, str):
        return Asked([method.untestable(subject, "change of turnout", changes, slug=f"{slug}/turnout")])
    if len(changes.rows) < params.least:
        reason = (
            f"{params.least} stations with both votes are needed, and there are {len(changes.rows) or 'none'}"
        )
        return Asked([method.untestable(subject, "change of turnout", reason, slug=f"{slug}/turnout")])
    gradient = _gradient(method, subject, params, changes, before, slug, rng)
    answers = [gradient, _level(method, subject, params, changes, before, slug)]
    answers.sort(key=lambda answer: answer.status != "tested")
    if gradient.p is None:
        return Asked(answers)
    turnout, share = changes.inside(changes.turnout), changes.inside(changes.share)
    drawn = pictures.changes(gradient, turnout, share, before, params.drawn)
    named: tuple[StationScore, ...] = ()
    if gradient.p < params.level:
        named = _scores(subject, changes, before, params)
    return Asked(answers, [drawn], named)


def _changes(subject: Subject, params: Params, other: Beside) -> Changes | str:
    """Lay the two votes beside each other."""
    returns, there = subject.results, other.returns
    option = subject.favoured
    numerator = next(
        (name for name in params.turnout if name in returns.quantities and name in there.quantities), None
    )
    if "registered" not in returns.quantities or "registered" not in there.quantities or numerator is None:
        return "registered voters and ballots of both votes are needed, and are not part of this case"
    if option is None or option not in there.options:
        return f"“{option}” was no option in {other.contest.name}" if option else "no option has votes"
    own, rows = other.match.pairs
    ordinary = returns.ordinary[rows] & there.ordinary[own]
    own, rows = own[ordinary], rows[ordinary]
    names = ("registered", numerator, option)
    now, then = (
        [table[name].gather(at).cast(float).to_numpy() for name in names]
        for table, at in ((returns.table, rows), (there.table, own))
    )
    known = ~np.isnan(np.array([*now, *then])).any(axis=0)
    known &= _possible(*now) & _possible(*then)
    now, then = [values[known] for values in now], [values[known] for values in then]
    area = returns.finest_area(2)
    codes = returns.places(area)[0][rows[known]] if area else np.zeros(int(known.sum()), dtype=np.int64)
    rates = [
        (100.0 * ballots / voters, 100.0 * votes / ballots, 100.0 * votes / voters)
        for voters, ballots, votes in (now, then)
    ]
    turnout, share, gained = (a - b for a, b in zip(*rates, strict=True))
    return Changes(
        rows=rows[known],
        voters=(now[0] + then[0]) / 2.0,
        grown=now[0] / then[0],
        turnout=turnout,
        share=share,
        gained=gained,
        others=turnout - gained,
        areas=np.unique(codes, return_inverse=True)[1],
    )


def _possible(voters: Floats, ballots: Floats, votes: Floats) -> Flags:
    return (voters > 0) & (ballots > 0) & (ballots <= voters) & (votes >= 0) & (votes <= ballots)


def _gradient(
    method: Method,
    subject: Subject,
    params: Params,
    changes: Changes,
    before: str,
    slug: str,
    rng: np.random.Generator,
) -> Measurement:
    """Ask whether the share changed where turnout changed, inside areas."""
    option, size, areas = str(subject.favoured), len(changes.rows), int(changes.areas.max()) + 1
    slope = changes.slope(changes.share, params.coverage)
    if slope is None:
        reason = "turnout changed alike at all stations of each area, or at all but those of one"
        return method.untestable(subject, "gradient", reason, slug=f"{slug}/gradient", option=option)
    value, low, high = (_SPAN * one for one in slope)
    x, y = changes.inside(changes.turnout, weighted=False), changes.inside(changes.share, weighted=False)
    seen, by_area = abs(float(x @ y)), np.argsort(changes.areas, kind="stable")
    shuffled, as_far = np.empty(size), 0
    for _ in range(params.permutations):
        shuffled[by_area] = y[np.argsort(changes.areas + rng.random(size))]
        as_far += abs(float(x @ shuffled)) >= seen - _LEAST_CHANGE
    log10_p = math.log10((1 + as_far) / (1 + params.permutations))
    gains = {}
    for name, figures in ((f"“{option}”", changes.gained), ("all others", changes.others)):
        one = changes.slope(figures, params.coverage)
        if one is not None:
            what = f"votes for {name}, for each further voter"
            gains[name] = effect(what, one.value, "votes a voter", (one.low, one.high), params.coverage)
    told = " and ".join(f"{name} {written(found.value or 0.0, '+.2f')}" for name, found in gains.items())
    return method.answer(
        subject,
        "gradient",
        slug=f"{slug}/gradient",
        option=option,
        n=size,
        observed=value,
        expected=0.0,
        null="simulated",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=effect(
            f"change of the share of “{option}” for 10 points more turnout",
            value, POINTS, (low, high), params.coverage,
        ),
        effects=tuple(gains.values()),
        assumptions=(
            Assumption(
                name="whom another vote brings to the polls does not go with whom they choose",
                state="fails",
                how="nobody drew who came to which vote; pairs of undoubted votes show such slopes too, "
                "simulated fair ones in 24 to 100 of 100",
            ),
        ),
        statement=f"Between “{before}” and this vote, at {counted(size, 'stations')} in "
        f"{counted(areas, 'areas')}, the share of “{option}” changed by {written(value, '+.2f')} points "
        f"({written(low, '.2f')} to {written(high, '.2f')}) for each 10 points by which turnout rose more "
        f"than elsewhere in the area. For each further voter, {told} votes.",
        params={**asdict(params), "with": before},
    )  # fmt: skip


def _level(
    method: Method,
    subject: Subject,
    params: Params,
    changes: Changes,
    before: str,
    slug: str,
) -> Measurement:
    """Tell how turnout and votes changed on the whole: an estimate, since two votes may differ."""
    option = str(subject.favoured)
    voters = changes.summed(changes.voters)

    def mean(figures: Floats) -> tuple[float, tuple[float, float]]:
        sums = changes.summed(figures * changes.voters)
        return float(sums.sum() / voters.sum()), ratio_left_out(sums, voters, params.coverage)

    named = {
        "turnout": mean(changes.turnout),
        f"votes for “{option}”": mean(changes.gained),
        "all other ballots": mean(changes.others),
    }
    told = "; ".join(
        f"{name} {written(value, '+.2f')} ({written(low, '.2f')} to {written(high, '.2f')})"
        for name, (value, (low, high)) in named.items()
    )
    effects = [
        effect(f"change of {name}, per cent of registered voters", value, POINTS, ends, params.coverage)
        for name, (value, ends) in named.items()
    ]
    return method.answer(
        subject,
        "change of turnout",
        slug=f"{slug}/turnout",
        n=len(changes.rows),
        observed=named["turnout"][0],
        effect=effects[0],
        effects=tuple(effects[1:]),
        assumptions=(_same_stations(changes),),
        statement=f"From “{before}” to this vote, at {counted(len(changes.rows), 'stations')} with both, in "
        f"per cent of registered voters: {told}. Two votes may differ for any reason.",
        params={**asdict(params), "with": before},
    )


def _same_stations(changes: Changes) -> Assumption:
    """Say whether stations of one name have as many voters in both votes, as the same ones have."""
    other = int(np.count_nonzero(np.abs(np.log(changes.grown)) > math.log(_OTHER)))
    return Assumption(
        name="stations of one name are the same in both votes, with the same voters",
        state="doubtful" if other > _MANY * len(changes.grown) else "unknown",
        how=f"at {none_of(other, counted(len(changes.grown), 'stations'))} the registers differ by more than "
        f"{_OTHER - 1.0:.0%}; who is on them the table does not say",
    )


def _scores(subject: Subject, changes: Changes, before: str, params: Params) -> tuple[StationScore, ...]:
    """Name stations whose votes for the option changed most against those of their area."""
    option = str(subject.favoured)
    scaled = changes.inside(changes.gained) * np.sqrt(changes.voters)
    spread = float(np.median(np.abs(scaled))) / 0.6745
    z = np.abs(scaled) / max(spread, _LEAST_CHANGE)
    bits = np.maximum(0.0, -(log_ndtr(-z) + math.log(2.0)) / math.log(2.0))

    def reason(at: int) -> str:
        return (
            f"against “{before}”: turnout {written(float(changes.turnout[at]), '+.1f')} points, “{option}” "
            f"{written(float(changes.gained[at]), '+.1f')} and all others "
            f"{written(float(changes.others[at]), '+.1f')} per cent of registered voters"
        )

    return most_surprising(changes.rows, bits, params.listed, reason)
