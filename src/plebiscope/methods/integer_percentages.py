"""Stations whose turnout or share lies at a whole percentage, against what their own counts make likely.

Question
--------
Do more stations than chance allows report a turnout or a share of the favoured option right at a whole
percentage, as they would if figures were written down from a percentage agreed beforehand?

Statistic
---------
A count ``k`` out of ``n`` lies at a whole percentage if ``|100 k/n - m| <= 0.05`` for some whole ``m``,
decided in whole numbers: ``20 |100 k - m n| <= n``. ``S`` is the number of stations for which the turnout,
the share, or ``either`` of them does. Turnout is ballots issued over registered voters, or ballots cast
where issued ballots are not given; the share is of ballots cast, else of valid ballots. Both choices are
parameters and are printed with the result. Used are stations with at least 100 registered voters, a turnout
and a share of the favoured option of at most 99 %; rows marked as electronic, postal, abroad or special are
left out. In a vote with two options the share of the other one is examined too, where it is at least 1 %.

Fair vote
---------
Given its number of registered voters a station's turnout count is ``Bin(N, G/N)``, given its ballots the
option's count is ``Bin(B, L/B)``, both at the station's own observed rate, and both given that the filters
above kept the count: a filter that looks at the outcome belongs in the null. With ``q_i`` the chance that
such a count lies at a whole percentage, ``S`` is Poisson-binomial: its mean, variance and upper tail are
computed, not simulated, by a tilted Fourier transform up to 3,000 stations and by the saddlepoint beyond.
The effect is the excess ``S - sum q_i``. If a fraction ``f`` of stations was written from whole percentages
the expected excess is ``f (n - sum q_i)``; the interval of the excess and of ``f`` inverts the exact test.
``f`` is a lower limit on written results: one decimal, a target in between or "at least" a target escape.

Two further nulls stand beside it. *Without regard to the filters*: what the literature simulates, so that
its figures can be compared. *Locally smooth*: the share of whole percentages among all counts within one
point of the observed one, weighed down to nothing towards the ends of that window, which asks of the law of
counts nothing but smoothness. The same count at nine placebo offsets, 0.1 to 0.9 point above a whole
percentage, shows what the comparison gives where nobody aims.

The excess is also weighed by registered voters, ballots and votes for the option, with a p from the
saddlepoint of the weighted sum and Chernoff's bound, which p never exceeds. And each whole percentage from 50
to 99 is tested by itself: of the stations within half a point of it, how many lie within 0.05 points, if all
counts within half a point are equally likely? (The binomial null would not do here: it smooths the top of a
narrow law away, and finds a peak where most stations lie.) The answer is the one with the smallest p,
corrected by Holm for all fifty, and the excess at 70, 75, 80, 85, 90 and 95 per cent stands beside it with an
interval for Poisson counts, which is a little too wide.

Stations to inspect are stations at a whole percentage. They are named only where the contest or an area has
an excess (its own p below 0.05, for areas divided by their number): first those in such areas, then the
others, within each group by ``-log2`` of the chance of the station's own coincidence, 2,000 at most.

Assumptions
-----------
* The law of a station's count is smooth over one point. It is not where shares are close to 0 or 1 or
  where n is so large that a binomial is narrower than a point. Checked: share of stations with a rate
  between 1 and 99 % and a binomial standard deviation of at least half a point.
  Where every station lies within two points of a filter, the null given the filters expects too few by up
  to one standard deviation (simulated); the locally smooth null stands beside it. Of shares, the excess
  without regard to the filters, which stands there too, needs them more: with a leader at 98 % its interval
  held zero in 82 to 94 of 100 simulated fair votes.
* Nothing hangs on the binomial law. Checked: the excess under the locally smooth null differs by at most
  half a standard deviation. In fair votes it differs by 0.2 to 0.3 of one; at stations with a few hundred
  voters the window holds few counts, and this null, which then follows the data closely, is too cautious.
* Results are not copies of one another. Checked: part of the stations at a whole percentage that have the
  commonest pair of counts.
* Registers are not themselves round. Checked: share of registers divisible by 100. The test is conditional
  on n, so that round registers and small electorates, where whole percentages are common by arithmetic,
  are in the null; but a register that was itself written down is a different matter.
* Rows are stations. On areas, only figures invented for the whole area can be seen.

Innocent causes
---------------
Clerks who transmit a percentage and let the count be computed from it. Registers drawn up in round numbers.
Coarse ratios of small electorates are no cause: they are in the null (Rozenas 2017 raised them). In votes
held to be clean the excess has lain between -1.9 and 2.5 standard deviations, a little wider than by chance
alone: an excess below four standard deviations proves nothing by itself.

Blind spots
-----------
Added, moved or destroyed ballots, pressure on voters and everything else that leaves counts counted.
Figures invented as counts, with decimals, or to pass a mark rather than to meet it. The excess is no count
of stations that were written: those that chance would have put at a whole percentage anyway are not in it. In
simulated votes it came to two thirds of the stations written from round percentages, and its interval held
their number only while they were few (`docs/estimates.md`).

References
----------
Kobak, Shpilkin and Pshenichnikov (2016, 2018), who found the pattern and simulated the null that is
computed here; Rozenas (2017) on coarse ratios; Hong (2013) on the exact law.

Example
-------
Of 1,000 voters exactly 850 came, 85 %: a whole percentage. How likely was that, had every voter come with
that chance? (A tenth of all counts lie at a whole percentage.)

>>> import numpy as np
>>> from plebiscope.kernels import integer_ratios
>>> came, voters = np.array([850]), np.array([1000])
>>> bool(integer_ratios.at_integer(came, voters)[0])
True
>>> round(float(integer_ratios.chance_at_integer(came, voters).plain[0]), 3)
0.1
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.evidence import pictures
from plebiscope.evidence.excess import against_chance, excess, noticed
from plebiscope.evidence.ratio import CountRatio, ballots_of, differing, ratio_columns
from plebiscope.kernels import integer_ratios, poisson_binomial
from plebiscope.model import size
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement, State
from plebiscope.model.method import (
    Evidence,
    Method,
    StationScore,
    Subject,
    checked,
    effect,
    most_surprising,
    surprise,
    too_few,
    where_to_look,
)
from plebiscope.model.returns import Selection
from plebiscope.model.wording import counted, few, none_of, noun, per_cent, so_many_have, written

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_LN10 = math.log(10.0)


@dataclass(frozen=True)
class Params:
    """What counts as a station, a turnout and a share."""

    turnout: tuple[str, ...] = ("issued", "cast")
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    least_registered: int = 100
    """Smallest station used, in registered voters (in ballots where registers are not given)."""
    most_turnout: int = 99
    """Highest turnout used, in per cent."""
    most_share: int = 99
    """Highest share of the favoured option used, in per cent; the other option mirrors it."""
    least_stations: int = 50
    """Fewest stations with which a contest or an area is tested, in stations."""
    given_filters: bool = True
    """Whether the null is given the filters; else it is without regard to them, as in the literature."""
    peaks: tuple[int, int] = (50, 99)
    """Lowest and highest whole percentage that is tested by itself, in per cent."""
    named_peaks: tuple[int, ...] = (70, 75, 80, 85, 90, 95)
    """Whole percentages at which the excess is given in any case, in per cent."""
    window: Literal["tapered", "uniform"] = "tapered"
    """Weights of the locally smooth null within one point of the observed count; no unit."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    limit_level: float = 0.05
    """Size of the one-sided test whose detection limit is given, as a probability."""
    listing_level: float = 0.05
    """Stations, and single whole percentages, are named where p is below this, as a probability."""
    listed: int = 2000
    """Most stations named, in stations."""


@dataclass(frozen=True)
class Ratio(CountRatio):
    """Turnout, or the share of an option, at every station used."""

    low: int
    """Lowest rate that the filters kept, in per cent."""
    high: int
    """Highest rate that the filters kept, in per cent."""

    @property
    def least(self) -> Ints:
        """Smallest count that the filters keep, shape (n,)."""
        return -(-self.low * self.trials // 100)

    @property
    def most(self) -> Ints:
        """Largest count that the filters keep, shape (n,)."""
        return self.high * self.trials // 100


@dataclass(frozen=True)
class Comparison:
    """Who lies at a whole percentage, and the chance of it under the three nulls; arrays of shape (n,)."""

    quantity: str
    """``turnout``, ``share`` or ``either``."""
    option: str | None
    label: str
    hits: Bools
    null: Floats
    """The chances that are tested against: given the filters, unless the parameters say otherwise."""
    beside: Floats
    """The other ones."""
    local: Floats

    @property
    def sd(self) -> float:
        """Standard deviation of the number of hits."""
        return math.sqrt(poisson_binomial.moments(self.null)[1])

    def of(self, members: Ints | slice) -> Comparison:
        """Return the part that concerns some of the stations."""
        return replace(
            self,
            hits=self.hits[members],
            null=self.null[members],
            beside=self.beside[members],
            local=self.local[members],
        )

    def either(self, other: Comparison) -> Comparison:
        """Join two independent draws: at a whole percentage in at least one of them."""
        pairs = (self.null, other.null), (self.beside, other.beside), (self.local, other.local)
        chances = (1.0 - (1.0 - one) * (1.0 - two) for one, two in pairs)
        label = f"{self.label} or a {other.label}"
        return Comparison("either", None, label, self.hits | other.hits, *chances)


@dataclass(frozen=True)
class Compared:
    """One ratio with its nulls, in all and in parts."""

    ratio: Ratio
    comparison: Comparison
    whole: integer_ratios.AtInteger
    by_tenth: Floats
    """Chance to lie at each placebo offset under the locally smooth null, shape (n, 10)."""


def compare(ratio: Ratio, params: Params) -> Compared:
    """Compute the three nulls for one ratio."""
    k, n, least, most = ratio.successes, ratio.trials, ratio.least, ratio.most
    whole = integer_ratios.chance_at_integer(k, n, least=least, most=most)
    tapered, given = params.window == "tapered", params.given_filters
    ends = {"least": least, "most": most} if given else {}
    local, by_tenth = integer_ratios.local_chances(k, n, tapered=tapered, **ends)
    nulls = (whole.kept, whole.plain) if given else (whole.plain, whole.kept)
    hits = integer_ratios.at_integer(k, n)
    comparison = Comparison(ratio.quantity, ratio.option, ratio.label, hits, *nulls, local)
    return Compared(ratio, comparison, whole, by_tenth)


@dataclass(frozen=True)
class _Used:
    """The stations used and their ratios: turnout, and the share of one option."""

    subject: Subject
    params: Params
    stations: Selection
    ratios: Sequence[Ratio]
    untestable: str | None
    """Why nothing can be tested, or null."""
    missing: Mapping[str, str]
    """Ratios that cannot be formed, with the reason."""

    @property
    def weights(self) -> Mapping[str, tuple[Ints, str]]:
        """What stations weigh, and the unit: voters, ballots and votes, as far as they are known."""
        first, last = self.ratios[0], self.ratios[-1]
        found = {}
        if first.quantity == "turnout":
            found = {"registered voters": (first.trials, "registered voters")}
        found["ballots"] = (ballots_of([first]), "ballots")
        if last.option is not None:
            found[noun(last.option)] = (last.successes, "votes")
        return found


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Count stations at whole percentages and compare with the exact law; ``rng`` is not used."""
    examined = subject.examined or (None,)
    used = _use(subject, params, examined[0])
    if used.untestable is not None:
        return Evidence((METHOD.untestable(subject, "either", used.untestable),))

    compared = [compare(one, params) for one in used.ratios]
    comparisons = questions = [one.comparison for one in compared]
    if len(comparisons) == 2:
        questions = [comparisons[0].either(comparisons[1]), *comparisons]
    found = [_answer(used, question) for question in questions]
    for option in examined[1:]:
        # The other one of two is examined at the stations where it has a share.
        other = _use(subject, params, option)
        if other.untestable is None:
            found.append(_answer(other, compare(other.ratios[-1], params).comparison))
        else:
            found.append(METHOD.untestable(subject, "share", other.untestable, option=option))
    combs = [
        integer_ratios.comb(one.ratio.successes, one.ratio.trials, one.whole, one.ratio.low, one.ratio.high)
        for one in compared
    ]
    low, high = params.peaks
    singles = [
        integer_ratios.peaks(
            one.successes, one.trials, np.arange(low, high + 1), least=one.least, most=one.most
        )
        for one in used.ratios
    ]
    found += [_single(used, *each) for each in zip(used.ratios, singles, strict=True)]
    found += [METHOD.untestable(subject, quantity, why) for quantity, why in used.missing.items()]
    areas = [
        (_answer(used, questions[0], area, members), members)
        for area, members in subject.large_areas(used.stations.rows, params.least_stations)
    ]
    by_place = [measurement for measurement, _ in areas]
    figures = [
        pictures.comb(found[0], used.ratios, singles, combs, subject.rows_are, params.listing_level),
        pictures.placebo(found[0], used.ratios, [one.by_tenth for one in compared], params.window),
        *([_areas(found[0], by_place, subject.rows_are)] if len(areas) > 1 else []),
    ]
    scores = _scores(used, found[0], comparisons, areas)
    return Evidence((*found, *by_place), tuple(figures), scores)


def _use(subject: Subject, params: Params, option: str | None) -> _Used:
    """Select stations and form turnout and the share of an option, as far as the returns have them."""
    columns, missing = ratio_columns(subject, params.turnout, params.share, option)
    stations = subject.results.select(*(name for one in columns for name in (one.denominator, one.numerator)))
    for one in columns:
        if one.option is not None:
            stations = stations.keep(stations[one.denominator] > 0, f"with no {noun(one.denominator)}")
    for one in columns:
        stations = stations.keep(stations[one.numerator] >= 0, "with a negative count")
    if columns:
        size, least = columns[0], max(1, params.least_registered)
        too_small = f"with fewer than {least} {noun(size.denominator)}"
        stations = stations.keep(stations[size.denominator] >= least, too_small)
    limits = {"turnout": (0, params.most_turnout), "share": (0, params.most_share)}
    if option != subject.favoured:  # the filter of the other one mirrors that of the favoured one
        limits["share"] = (100 - params.most_share, 100)
    for one in columns:
        low, high = limits[one.quantity]
        rate, of = 100 * stations[one.numerator], stations[one.denominator]
        words = f"with a {one.quantity} " + (f"below {low} %" if low else f"above {high} %")
        stations = stations.keep((rate >= low * of) & (rate <= high * of), words)
    ratios = []
    for one in columns:
        k, n = stations[one.numerator], stations[one.denominator]
        ratios.append(Ratio(one.quantity, one.option, one.label, k, n, *limits[one.quantity]))
    reason = (
        too_few(stations, params.least_stations, subject.rows_are) if ratios else "; ".join(missing.values())
    )
    return _Used(subject, params, stations, ratios, reason, missing)


def _answer(
    used: _Used, question: Comparison, area: str | None = None, members: Ints | slice = slice(None)
) -> Measurement:
    """Answer one question for the contest, or for some of its stations as those of an area."""
    params, part, rows_are = used.params, question.of(members), used.subject.rows_are
    answer = against_chance(
        part.null,
        int(part.hits.sum()),
        ballots_of(used.ratios)[members],
        of=rows_are,
        mechanism="results written from whole percentages",
        coverage=params.coverage,
        level=params.limit_level,
    )
    n, seen, expected = answer["n"], answer["observed"], answer["expected"]
    fraction = _fraction(answer["effect"], n - expected, rows_are)
    by_chance = f"{few(expected)} would be expected"
    more: dict[str, Any] = {"effects": (fraction,), "assumptions": (_agreement(part),)}
    if area is None:
        other = float(part.beside.sum())
        given, without = ("and the filters", "without regard to the filters, as in the literature")
        if not params.given_filters:
            given, without = ("without regard to the filters", "given the filters")
        by_chance = (
            f"given the size and rate of each {given}, {by_chance} by chance ({without}, {few(other)})"
        )
        filters = {"ratio": question.label, "left_out": dict(used.stations.dropped)}
        more = {
            "effects": (fraction, *_effects(used, part, seen)),
            "assumptions": _assumptions(used, part),
            "params": {**asdict(params), **filters},
        }
    return METHOD.answer(
        used.subject,
        question.quantity,
        option=question.option,
        area=area,
        null="exact",
        **answer,
        statement=f"{so_many_have(seen, f'{n:,} {rows_are}')} a {question.label} within 0.05 points of a "
        f"whole percentage; {by_chance}.",
        **more,
    )


def _effects(used: _Used, comparison: Comparison, seen: int) -> list[Effect]:
    """Say how large the excess is under the other nulls, in standard deviations, and in voters and votes."""
    rows_are, level = used.subject.rows_are, used.params.coverage
    name = "without regard to the filters" if used.params.given_filters else "given the filters"
    expected, variance = poisson_binomial.moments(comparison.beside)
    other = (seen - expected) / math.sqrt(variance) if variance > 0.0 else 0.0
    own = (seen - float(comparison.null.sum())) / comparison.sd if comparison.sd > 0.0 else 0.0
    found = [
        excess(comparison.beside, seen, level, rows_are, f" {name}"),
        effect(f"expected {name}", expected, rows_are),
        excess(comparison.local, seen, level, rows_are, " if counts are locally smooth"),
        effect("standard deviations", own, ""),
        effect(f"standard deviations {name}", other, ""),
        effect(
            "log10 p at most (Chernoff)",
            poisson_binomial.log_weighted_tail(comparison.null, seen)[1] / _LN10,
            "",
        ),
    ]
    reach = float(-special.ndtri((1.0 - level) / 2.0))
    for what, (weights, unit) in used.weights.items():
        w = weights.astype(np.float64)
        mean, variance = poisson_binomial.moments(comparison.null, w)
        total = float(w[comparison.hits].sum())
        margin = reach * math.sqrt(variance)
        ends = (total - mean - margin, total - mean + margin)
        log_p, bound = poisson_binomial.log_weighted_tail(comparison.null, total, w)
        found += [
            effect(f"excess of {what} there", total - mean, unit, ends, level),
            effect(f"log10 p of the excess of {what}", log_p / _LN10, ""),
            effect(f"log10 p of the excess of {what} at most (Chernoff)", bound / _LN10, ""),
        ]
    return found


def _fraction(excess: Effect, room: float, rows_are: str) -> Effect:
    """Turn the excess into the fraction of stations that would have been written from a whole percentage."""
    low, value, high = (
        100.0 * max(0.0, end or 0.0) / room if room > 0.0 else 0.0
        for end in (excess.low, excess.value, excess.high)
    )
    name = f"{rows_are} written from whole percentages, at least, if that is the cause"
    return effect(name, value, f"per cent of {rows_are}", (low, high), excess.level)


def _agreement(comparison: Comparison) -> Assumption:
    """Compare the excess under the binomial null with that under the locally smooth one."""
    apart = float(comparison.null.sum() - comparison.local.sum())
    relative = abs(apart) / comparison.sd if comparison.sd > 0.0 else 0.0
    return checked(
        "the result does not depend on the binomial law",
        relative <= 0.5,
        f"with no law but local smoothness the excess differs by {written(apart, '+,.1f')}, {relative:.2f} "
        "standard deviations",
    )


def _assumptions(used: _Used, comparison: Comparison) -> tuple[Assumption, ...]:
    """Check on this table what the null takes for granted."""
    (weights, unit), rows_are = next(iter(used.weights.values())), used.subject.rows_are
    round_ones, forced = float(np.mean(weights % 100 == 0)), int(np.count_nonzero(comparison.null >= 1.0))
    ratios = [one for one in used.ratios if comparison.quantity in ("either", one.quantity)]
    checks = [
        _smooth(ratios, rows_are),
        _agreement(comparison),
        differing(ratios, [integer_ratios.at_integer(one.successes, one.trials) for one in ratios], rows_are),
        checked(
            "registers are not round themselves",
            round_ones <= 0.02,
            f"in {per_cent(100 * round_ones, '.2f')} of {rows_are} the number of {unit} is divisible by 100 "
            f"({per_cent(1, 'd')} by chance)"
            + (
                f"; where a whole percentage is forced by arithmetic ({forced:,}), it is expected"
                if forced
                else ""
            ),
        ),
    ]
    if used.subject.results.level != "station":
        how = "rows are areas; figures written station by station disappear in their sums"
        checks.append(checked("rows are stations", False, how))
    return tuple(checks)


def _smooth(ratios: Sequence[Ratio], rows_are: str) -> Assumption:
    """Check that counts spread over a point; judged by the ratio for which fewest do."""
    parts, worst = [], 1.0
    for one in ratios:
        k, n = one.successes, one.trials
        inside = (100 * k >= n) & (100 * k <= 99 * n)
        spread = 100.0 * np.sqrt(k * (n - k) / n) / n
        good = float(np.mean(inside & (spread >= 0.5)))
        worst = min(worst, good)
        large = int(np.count_nonzero(n > 10_000))
        parts.append(
            f"{one.label}: in {per_cent(100 * good)} of {rows_are} the rate is between 1 and "
            f"{per_cent(99, 'd')} and its standard deviation at least half a point; more than 10,000 voters "
            f"or ballots in {none_of(large, 'them')}"
        )
    state: State = "holds" if worst >= 0.9 else "doubtful" if worst >= 0.5 else "fails"
    return Assumption(name="counts are spread over more than a point", state=state, how="; ".join(parts))


def _single(used: _Used, ratio: Ratio, found: integer_ratios.Peaks) -> Measurement:
    """Answer whether any single whole percentage has too many stations."""
    params, rows_are = used.params, used.subject.rows_are
    low, high = params.peaks
    quantity = f"{ratio.quantity}, single percentages"
    name = {"slug": f"{ratio.quantity}-single", "option": ratio.option}
    within = int(found.near.sum())
    if within < params.least_stations:
        reason = (
            f"{params.least_stations} {rows_are} with a {ratio.quantity} from {low} to {high} % are needed, "
            f"and {within:,} are left"
        )
        return METHOD.untestable(used.subject, quantity, reason, **name)
    top = int(np.lexsort((found.mean - found.seen, found.log10_p, found.near == 0))[0])
    first = int(found.marks[top])
    chances = found.chances[top]
    there = integer_ratios.at_integer(ratio.successes, ratio.trials)
    there &= integer_ratios.nearest_integer(ratio.successes, ratio.trials) == first
    log10_p = float(found.log10_p[top])
    others = [place for place in found.named(params.listing_level) if place != top]
    listed_marks = [place for place in range(len(found.marks)) if found.marks[place] in params.named_peaks]
    beside = [*listed_marks, *(place for place in others[:8] if place not in listed_marks)]
    more = ""
    if others:
        kept = ", ".join(per_cent(int(found.marks[place]), "d") for place in others[:8])
        more = f" Also above expectation after that correction: {kept}"
        more += f" and {len(others) - 8} more." if len(others) > 8 else "."
    return METHOD.answer(
        used.subject,
        quantity,
        **name,
        n=int(found.near[top]),
        observed=int(found.seen[top]),
        expected=float(found.mean[top]),
        null="conditional",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=_peak(found, top, params.coverage, rows_are),
        effects=tuple(_peak(found, place, params.coverage, rows_are) for place in beside),
        noticing=noticed(
            chances,
            params.limit_level,
            float(ballots_of(used.ratios).mean()),
            of=rows_are,
            mechanism=f"results written as {per_cent(first, 'd')}",
            least=size.least(rows_are, int(found.near[top])),
            among=len(found.marks),
        ),
        assumptions=(differing([ratio], [there], rows_are),),
        params={**asdict(params), "ratio": ratio.label, "left_out": dict(used.stations.dropped)},
        statement=f"Of all whole percentages from {low} to {high}, {per_cent(first, 'd')} stands out most: "
        f"of {counted(int(found.near[top]), rows_are)} with a {ratio.label} within half a point of it, "
        f"{found.seen[top]:,} {'lies' if found.seen[top] == 1 else 'lie'} within 0.05 points; "
        f"{few(found.mean[top])} would be expected. The p is corrected for all {len(found.marks)} "
        f"percentages.{more}",
    )


def _peak(found: integer_ratios.Peaks, place: int, coverage: float, rows_are: str) -> Effect:
    """Return the excess at one whole percentage, with the interval for a Poisson count."""
    seen, mean, outside = int(found.seen[place]), float(found.mean[place]), (1.0 - coverage) / 2.0
    low = float(special.gammaincinv(seen, outside)) if seen else 0.0
    high = float(special.gammaincinv(seen + 1, 1.0 - outside))
    return effect(
        f"excess at {found.marks[place]} %", seen - mean, rows_are, (low - mean, high - mean), coverage
    )


def _scores(
    used: _Used,
    head: Measurement,
    comparisons: Sequence[Comparison],
    areas: Sequence[tuple[Measurement, Ints]],
) -> tuple[StationScore, ...]:
    """Name stations at a whole percentage where there are too many of them; see *Statistic*."""
    bits = np.zeros(len(used.stations))
    for comparison in comparisons:
        bits[comparison.hits] -= np.log2(comparison.null[comparison.hits])
    bits[~where_to_look(len(bits), head, areas, used.params.listing_level)] = 0.0

    def reason(at: int) -> str:
        pairs = zip(used.ratios, comparisons, strict=True)
        return "; ".join(_reason(one, at) for one, comparison in pairs if comparison.hits[at])

    return most_surprising(used.stations.rows, bits, used.params.listed, reason)


def _reason(ratio: Ratio, at: int) -> str:
    k, n = int(ratio.successes[at]), int(ratio.trials[at])
    target = round(100 * k / n)
    exactly = "exactly " if 100 * k == target * n else ""
    return f"{ratio.name} {exactly}{per_cent(target)} ({k:,} of {n:,})"


def _areas(head: Measurement, areas: Sequence[Measurement], rows_are: str) -> Figure:
    """Draw the excess of every area."""
    return pictures.by_area(
        head,
        areas,
        what="excess",
        axis=f"Excess of {rows_are}",
        caption=f"Observed minus expected number of {rows_are}",
        neutral=0.0,
        form="+,.1f",
    )


METHOD = Method(
    id="integer-percentages",
    title="Whole percentages",
    question="Do more stations than chance allows report a turnout or a share right at a whole percentage?",
    tier="A",
    null="exact",
    needs=("returns", ("options", "registered")),
    tail="upper",
    params=Params,
    measure=measure,
    references=("kobak2016", "kobak2018", "rozenas2017", "hong2013"),
    innocent=(
        "Clerks who report a percentage and let the count be computed from it.",
        "Registers of voters drawn up in round numbers.",
    ),
    blind=(
        "Added, moved or destroyed ballots, and pressure on voters.",
        "Figures invented as counts, with decimals, or to pass a mark rather than to meet it.",
    ),
    longest=0.15,
)
