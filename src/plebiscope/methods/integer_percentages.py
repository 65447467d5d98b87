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
option's count is ``Bin(B, L/B)``, both at the station's own observed rate. With ``q_i`` the chance that such
a count lies at a whole percentage, ``S`` is Poisson-binomial: its mean, variance and upper tail are
computed, not simulated. The effect is the excess ``S - sum q_i``. If a fraction ``f`` of stations was
written from whole percentages the expected excess is ``f (n - sum q_i)``; the interval of the excess and of
``f`` inverts the exact test. ``f`` is a lower limit on written results: one decimal, a target in between or
"at least" a target escape.

Two further nulls stand beside it. *Given the filters*: the chance that a count lies at a whole percentage
and passes the filters, divided by the chance that it passes them. *Locally smooth*: the share of whole
percentages among all counts within one point of the observed one, weighed down to nothing towards the ends
of that window, which asks of the law of counts nothing but smoothness. The same count at nine placebo
offsets, 0.1 to 0.9 point above a whole percentage, shows what the comparison gives where nobody aims.

Stations to inspect are stations at a whole percentage. They are named only where the contest or an area has
an excess (its own p below 0.05, for areas divided by their number): first those in such areas, then the
others, within each group by ``-log2`` of the chance of the station's own coincidence, 2,000 at most.

Assumptions
-----------
* The law of a station's count is smooth over one point. It is not where shares are close to 0 or 1 or
  where n is so large that a binomial is narrower than a point. Checked: share of stations with a rate
  between 1 and 99 % and a binomial standard deviation of at least half a point.
* Nothing hangs on the binomial law. Checked: the excess under the locally smooth null differs by at most
  half a standard deviation. In fair votes it differs by 0.2 to 0.3 of one; at stations with a few hundred
  voters the window holds few counts, and this null, which then follows the data closely, is too cautious.
* The filters do not make the excess. Checked: the excess given the filters is not smaller.
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
Figures invented as counts, with decimals, or to pass a mark rather than to meet it.

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
>>> chance, _ = integer_ratios.chance_at_integer(came, voters)
>>> round(float(chance[0]), 3)
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

from plebiscope.kernels import integer_ratios, poisson_binomial
from plebiscope.model import chart
from plebiscope.model.excess import against_chance, excess
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
    too_few,
)
from plebiscope.model.ratio import CountRatio, ballots_of, ratio_columns
from plebiscope.model.returns import Selection
from plebiscope.model.wording import capital, counted, few, none_of, noun, per_cent, so_many_have, written

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_AREAS_DRAWN = 60


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
    window: Literal["tapered", "uniform"] = "tapered"
    """Weights of the locally smooth null within one point of the observed count; no unit."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    limit_level: float = 0.05
    """Size of the one-sided test whose detection limit is given, as a probability."""
    listing_level: float = 0.05
    """Stations are named where p is below this, as a probability."""
    listed: int = 2000
    """Most stations named, in stations."""


@dataclass(frozen=True)
class Ratio(CountRatio):
    """Turnout, or the share of an option, at every station used."""

    low: int
    """Lowest rate that the filters kept, in per cent."""
    high: int
    """Highest rate that the filters kept, in per cent."""


@dataclass(frozen=True)
class Comparison:
    """Who lies at a whole percentage, and the chance of it under the three nulls; arrays of shape (n,)."""

    quantity: str
    """``turnout``, ``share`` or ``either``."""
    option: str | None
    label: str
    hits: Bools
    plain: Floats
    kept: Floats
    local: Floats

    @property
    def sd(self) -> float:
        """Standard deviation of the number of hits."""
        return math.sqrt(poisson_binomial.moments(self.plain)[1])

    def of(self, members: Ints | slice) -> Comparison:
        """Return the part that concerns some of the stations."""
        hits, plain, kept, local = self.hits, self.plain, self.kept, self.local
        return replace(
            self, hits=hits[members], plain=plain[members], kept=kept[members], local=local[members]
        )

    def either(self, other: Comparison) -> Comparison:
        """Join two independent draws: at a whole percentage in at least one of them."""
        chances = (
            1.0 - (1.0 - one) * (1.0 - two)
            for one, two in ((self.plain, other.plain), (self.kept, other.kept), (self.local, other.local))
        )
        label = f"{self.label} or a {other.label}"
        return Comparison("either", None, label, self.hits | other.hits, *chances)


def compare(ratio: Ratio, window: str) -> tuple[Comparison, Floats]:
    """Compute the three nulls for one ratio.

    Parameters
    ----------
    ratio
        Counts of n stations.
    window
        Weights of the locally smooth null, ``tapered`` or ``uniform``.

    Returns
    -------
    Comparison
    ndarray of float64, shape (n, 10)
        Chance to lie at each placebo offset under the locally smooth null.
    """
    k, n = ratio.successes, ratio.trials
    least, most = -(-ratio.low * n // 100), ratio.high * n // 100
    plain, kept = integer_ratios.chance_at_integer(k, n, least=least, most=most)
    local, by_tenth = integer_ratios.local_chances(k, n, tapered=window == "tapered")
    hits = integer_ratios.at_integer(k, n)
    return Comparison(ratio.quantity, ratio.option, ratio.label, hits, plain, kept, local), by_tenth


def placebo_scores(ratio: Ratio, by_tenth: Floats) -> Floats:
    """Return how many standard deviations the stations at each of the ten offsets exceed expectation.

    Parameters
    ----------
    ratio
        Counts of n stations.
    by_tenth
        Chance to lie at each offset, shape (n, 10); see :func:`compare`.

    Returns
    -------
    ndarray of float64, shape (10,)
    """
    bins = integer_ratios.tenth_of_point(ratio.successes, ratio.trials) % 10
    seen = np.bincount(bins, minlength=10)
    variance = np.sum(by_tenth * (1.0 - by_tenth), axis=0)
    difference = seen - by_tenth.sum(axis=0)
    scores: Floats = np.divide(difference, np.sqrt(variance), out=np.zeros(10), where=variance > 0.0)
    return scores


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
    def electorate(self) -> tuple[Ints, str]:
        """What stations weigh: registered voters, or ballots where registers are not given."""
        first = self.ratios[0]
        return first.trials, "registered voters" if first.quantity == "turnout" else "ballots"


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Count stations at whole percentages and compare with the exact law; ``rng`` is not used."""
    examined = subject.examined or (None,)
    used = _use(subject, params, examined[0])
    if used.untestable is not None:
        return Evidence((METHOD.untestable(subject, "either", used.untestable),))

    compared = [compare(one, params.window) for one in used.ratios]
    comparisons = questions = [comparison for comparison, _ in compared]
    if len(comparisons) == 2:
        questions = [comparisons[0].either(comparisons[1]), *comparisons]
    found = [_answer(used, question) for question in questions]
    for option in examined[1:]:
        # The other one of two is examined at the stations where it has a share.
        other = _use(subject, params, option)
        if other.untestable is None:
            found.append(_answer(other, compare(other.ratios[-1], params.window)[0]))
        else:
            found.append(METHOD.untestable(subject, "share", other.untestable, option=option))
    found += [METHOD.untestable(subject, quantity, why) for quantity, why in used.missing.items()]
    areas = [
        (_answer(used, questions[0], area, members), members)
        for area, members in subject.large_areas(used.stations.rows, params.least_stations)
    ]
    by_area = [measurement for measurement, _ in areas]
    figures = [
        _comb(found[0], used.ratios, subject.rows_are),
        _placebo(found[0], used.ratios, [by_tenth for _, by_tenth in compared], params),
        *([_by_area(found[0], by_area, subject.rows_are)] if len(areas) > 1 else []),
    ]
    scores = _scores(used, found[0], comparisons, areas)
    return Evidence((*found, *by_area), tuple(figures), scores)


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
        part.plain,
        int(part.hits.sum()),
        ballots_of(used.ratios)[members],
        of=rows_are,
        mechanism="results written from whole percentages",
        coverage=params.coverage,
        level=params.limit_level,
    )
    n, seen, expected = answer["n"], answer["observed"], answer["expected"]
    effects = [_fraction(answer["effect"], n - expected, rows_are)]
    by_chance = ""
    more: dict[str, Any] = {"assumptions": (_agreement(part),)}
    if area is None:
        by_chance = " by chance, given the size and rate of each"
        effects = [
            excess(part.kept, seen, params.coverage, rows_are, " given the filters"),
            excess(part.local, seen, params.coverage, rows_are, " if counts are locally smooth"),
            *effects,
            _weighed(used, part),
        ]
        filters = {"ratio": question.label, "left_out": dict(used.stations.dropped)}
        more = {"assumptions": _assumptions(used, part), "params": {**asdict(params), **filters}}
    return METHOD.answer(
        used.subject,
        question.quantity,
        option=question.option,
        area=area,
        null="exact",
        **answer,
        effects=tuple(effects),
        statement=f"{so_many_have(seen, f'{n:,} {rows_are}')} a {question.label} within 0.05 points of a "
        f"whole percentage; {few(expected)} would be expected{by_chance}.",
        **more,
    )


def _weighed(used: _Used, comparison: Comparison) -> Effect:
    """Weigh the excess by the electorate of each station."""
    weights, unit = used.electorate
    mean, variance = poisson_binomial.moments(comparison.plain, weights.astype(np.float64))
    surplus = float(weights[comparison.hits].sum()) - mean
    level = used.params.coverage
    margin = float(-special.ndtri((1.0 - level) / 2.0)) * math.sqrt(variance)
    ends = (surplus - margin, surplus + margin)
    return effect(f"excess of {unit} there", surplus, unit, ends, level)


def _fraction(excess: Effect, room: float, rows_are: str) -> Effect:
    """Turn the excess into the fraction of stations that would have been written from a whole percentage."""
    low, value, high = (
        100.0 * max(0.0, end or 0.0) / room if room > 0.0 else 0.0
        for end in (excess.low, excess.value, excess.high)
    )
    name = f"{rows_are} written from a whole percentage, if that is the cause"
    return effect(name, value, f"per cent of {rows_are}", (low, high), excess.level)


def _agreement(comparison: Comparison) -> Assumption:
    """Compare the excess under the binomial null with that under the locally smooth one."""
    apart = float(comparison.plain.sum() - comparison.local.sum())
    relative = abs(apart) / comparison.sd if comparison.sd > 0.0 else 0.0
    return checked(
        "the result does not depend on the binomial law",
        relative <= 0.5,
        f"with no law but local smoothness the excess differs by {written(apart, '+,.1f')}, {relative:.2f} "
        "standard deviations",
    )


def _assumptions(used: _Used, comparison: Comparison) -> tuple[Assumption, ...]:
    """Check on this table what the null takes for granted."""
    difference = float(comparison.plain.sum() - comparison.kept.sum())
    filtered = difference / comparison.sd if comparison.sd > 0.0 else 0.0
    weights, unit = used.electorate
    round_ones = float(np.mean(weights % 100 == 0))
    rows_are, forced = used.subject.rows_are, int(np.count_nonzero(comparison.plain >= 1.0))
    checks = [
        _smooth([one for one in used.ratios if comparison.quantity in ("either", one.quantity)], rows_are),
        _agreement(comparison),
        checked(
            "leaving stations out does not make the excess",
            filtered >= -0.5,
            f"given the filters the excess differs by {written(filtered, '+.2f')} standard deviations",
        ),
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


def _scores(
    used: _Used,
    head: Measurement,
    comparisons: Sequence[Comparison],
    areas: Sequence[tuple[Measurement, Ints]],
) -> tuple[StationScore, ...]:
    """Name stations at a whole percentage where there are too many of them; see *Statistic*."""
    level = used.params.listing_level
    bits = np.zeros(len(used.stations))
    for comparison in comparisons:
        bits[comparison.hits] -= np.log2(comparison.plain[comparison.hits])
    preferred = np.zeros(len(bits), dtype=bool)
    for measurement, members in areas:
        if measurement.p is not None and measurement.p * len(areas) < level:
            preferred[members] = True
    # Where areas stand out, they are where to look; where none does, the whole contest is.
    whole = not preferred.any() and head.p is not None and head.p < level
    bits[~(preferred | whole)] = 0.0

    def reason(at: int) -> str:
        pairs = zip(used.ratios, comparisons, strict=True)
        return "; ".join(_reason(one, at) for one, comparison in pairs if comparison.hits[at])

    return most_surprising(used.stations.rows, bits, used.params.listed, reason)


def _reason(ratio: Ratio, at: int) -> str:
    k, n = int(ratio.successes[at]), int(ratio.trials[at])
    target = round(100 * k / n)
    exactly = "exactly " if 100 * k == target * n else ""
    return f"{ratio.name} {exactly}{per_cent(target)} ({k:,} of {n:,})"


def _comb(head: Measurement, ratios: Sequence[Ratio], rows_are: str) -> Figure:
    """Draw the stations per tenth of a point with what would be expected."""
    rows: list[dict[str, Any]] = []
    panels, words = [], []
    count = chart.number("stations", capital(rows_are))
    above = "round(10 * datum.per_cent) % 10 == 0 && datum.stations > datum.high"
    for one in ratios:
        found = integer_ratios.comb(one.successes, one.trials, one.low, one.high)
        seen, mean, left, right = found.seen, found.mean, found.left, found.right
        window = np.arange(10 * left, 10 * right + 1)
        low, high = mean - found.reach, mean + found.reach
        rows += [
            {
                "ratio": one.label,
                "per_cent": round(int(b) / 10, 1),
                "stations": int(seen[b]),
                "expected": round(float(mean[b]), 1),
                "low": round(max(0.0, float(low[b])), 1),
                "high": round(float(high[b]), 1),
            }
            for b in window
        ]
        whole = window[window % 10 == 0]
        beyond = whole[seen[whole] > high[whole]]
        tallest = beyond[np.argsort(mean[beyond] - seen[beyond], kind="stable")][:5]
        listed = (f"{per_cent(b // 10, 'd')} ({seen[b]:,}, {few(mean[b])} expected)" for b in tallest)
        words.append(
            f"{capital(one.label)} from {left} to {per_cent(right, 'd')}, whole percentages above the band: "
            f"{none_of(len(beyond), str(len(whole)))}"
            + (", most of all " + ", ".join(listed) if len(tallest) else "")
        )
        domain = {"domain": [left, right], "nice": False}
        layers = [
            chart.layer("area", "band", chart.span("y", count)),
            chart.layer("line", "expected", {"y": {**count, "field": "expected"}}),
            chart.layer("line", "observed", {"y": count}, strokeWidth=1),
            chart.layer("point", "outlier", {"y": count}, where=above),
        ]
        x = chart.number("per_cent", f"{capital(one.label)}, per cent", scale=domain)
        only = [{"filter": {"field": "ratio", "equal": one.label}}]
        panels.append(chart.plot(layers, height=180, transform=only, encoding={"x": x}))
    return Figure(
        id=f"{head.id}/comb",
        finding=head.id,
        title=f"At a whole percentage: {head.observed:,.0f} of {head.n:,} {rows_are}; "
        f"{few(head.expected or 0.0)} expected",
        caption=f"Number of {rows_are} in bins of 0.1 point (line) and what is expected from the size and "
        "rate of each, with three standard deviations to either side (band). Points: whole percentages above "
        f"the band. {'. '.join(words)}.",
        alt=f"Line of the number of {rows_are} per 0.1 point, one panel for each ratio, over a smooth band "
        f"of what is expected. {'. '.join(words)}.",
        vega_lite=chart.panels(panels, rows),
    )


def _placebo(
    head: Measurement, ratios: Sequence[Ratio], by_tenth: Sequence[Floats], params: Params
) -> Figure:
    """Draw the same count at the nine offsets where nobody aims."""
    rows: list[dict[str, Any]] = []
    panels, words, short = [], [], []
    y = chart.number("deviations", "Standard deviations")
    lines = chart.layer("rule", "reference", {"y": y}, [{"deviations": line} for line in (-3, 0, 3)])
    for one, chances in zip(ratios, by_tenth, strict=True):
        first, *others = scores = placebo_scores(one, chances).tolist()
        rows += [
            {"ratio": one.label, "offset": round(tenth / 10, 1), "deviations": round(score, 2)}
            for tenth, score in enumerate(scores)
        ]
        at_zero, least, most = (written(score, "+.1f") for score in (first, min(others), max(others)))
        short.append(f"{one.quantity} {at_zero} at 0, at most {most} elsewhere")
        words.append(
            f"{capital(one.label)}: {at_zero} at whole percentages, between {least} and {most} at the nine "
            "other offsets"
        )
        x = chart.category("offset", f"{capital(one.label)}: points above a whole percentage", labelAngle=0)
        only = {"field": "ratio", "equal": one.label}
        panels.append(
            chart.plot([chart.layer("bar", "observed", {"x": x, "y": y}, where=only), lines], height=140)
        )
    return Figure(
        id=f"{head.id}/placebo",
        finding=head.id,
        title=f"Standard deviations by offset from a whole percentage: {'; '.join(short)}",
        caption="How many lie 0, 0.1, ... 0.9 point above a whole percentage, in standard deviations from "
        f"what is expected if counts are locally smooth ({params.window} window). In a fair vote the ten "
        f"offsets are alike; lines at plus and minus three. {'. '.join(words)}.",
        alt=f"Ten bars for each ratio, one per offset. {'. '.join(words)}.",
        vega_lite=chart.panels(panels, rows),
    )


def _by_area(head: Measurement, areas: Sequence[Measurement], rows_are: str) -> Figure:
    """Draw the excess of every area with its interval, the largest on top."""
    effects = [(str(found.scope.area), found.effect) for found in areas if found.effect is not None]
    ranked = sorted(
        ((area, size.low or 0.0, size.value or 0.0, size.high or 0.0) for area, size in effects),
        key=lambda row: -row[2],
    )
    above = sum(low > 0.0 for _, low, _, _ in ranked)
    below = sum(high < 0.0 for *_, high in ranked)
    largest = ", ".join(f"{area} ({written(value, '+,.1f')})" for area, _, value, _ in ranked[:3])
    summary = (
        f"The interval lies above zero in {none_of(above, counted(len(ranked), 'areas'))} and below zero in "
        f"{below or 'none'}. Largest: {largest}."
    )
    shown = ranked
    if len(ranked) > _AREAS_DRAWN:
        shown = [*ranked[: _AREAS_DRAWN - 10], *ranked[-10:]]
        summary += f" Shown are the {_AREAS_DRAWN - 10} largest and the 10 smallest."
    rows = [
        {"area": area, "excess": round(value, 1), "low": round(low, 1), "high": round(high, 1)}
        for area, low, value, high in shown
    ]
    x, y = chart.number("excess", f"Excess of {rows_are}"), chart.category("area", labelLimit=260)
    layers = [
        chart.layer("rule", "reference", {"x": x}, [{"excess": 0}]),
        chart.layer("rule", "expected", {"y": y, **chart.span("x", x)}),
        chart.layer("point", "observed", {"y": y, "x": x}),
    ]
    return Figure(
        id=f"{head.id}/areas",
        finding=head.id,
        title=f"The excess lies above zero in {none_of(above, counted(len(ranked), 'areas'))}",
        caption=f"Observed minus expected number of {rows_are} (point) with its interval (line). {summary}",
        alt=f"One point with a line for each area, sorted by excess. {summary}",
        vega_lite=chart.picture(layers, rows, width=400, height={"step": 14}),
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
)
