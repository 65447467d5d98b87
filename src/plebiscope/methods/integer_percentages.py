"""Stations whose turnout or share lies at a whole percentage, against what their own counts make likely.

Question
--------
Do more stations than chance allows report a turnout or a share of the favoured option right at a whole
percentage, as they would if figures were written down from a percentage agreed beforehand?

Statistic
---------
A count ``k`` out of ``n`` lies at a whole percentage if ``|100 k/n - m| <= .05`` for some whole ``m``,
decided in whole numbers: ``20 |100 k - m n| <= n``. ``S`` is the number of stations for which the turnout,
the share, or ``either`` of them does. Turnout is ballots issued over registered voters, or ballots cast
where issued ballots were not published; the share is of ballots cast, else of valid ballots. Both choices are
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
offsets, .1 to .9 point above a whole percentage, shows what the comparison gives where nobody aims.

Stations to inspect are stations at a whole percentage. They are named only where the contest or an area has
an excess (its own p below .05, for areas divided by their number): first those in such areas, then the
others, within each group by ``-log2`` of the chance of the station's own coincidence, 2,000 at most.

Assumptions
-----------
* The law of a station's count is smooth over one point. It is not where shares are close to 0 or 1 or
  where n is so large that a binomial is narrower than a point. Checked: share of stations with a rate
  between 1 and 99 % and a binomial standard deviation of at least half a point.
* Nothing hangs on the binomial law. Checked: the excess under the locally smooth null differs by at most
  half a standard deviation. In fair votes it differs by .2 to .3 of one; at stations with a few hundred
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
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.kernels import integer_ratios, poisson_binomial
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Limit, Measurement, Scope, State
from plebiscope.model.method import Evidence, Method, StationScore, Subject, surprise
from plebiscope.model.returns import Selection

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ID = "integer-percentages"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_AREAS_DRAWN = 60


@dataclass(frozen=True)
class Params:
    """What counts as a station, a turnout and a share."""

    turnout: tuple[str, ...] = ("issued", "cast")
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    least_registered: int = 100
    """Smallest station used, in registered voters (in ballots where registers were not published)."""
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
class Ratio:
    """One count out of another at every station used: turnout, or the share of an option; shape (n,)."""

    quantity: str
    option: str | None
    label: str
    successes: Ints
    trials: Ints
    low: int
    """Lowest rate that the filters kept, in per cent."""
    high: int
    """Highest rate that the filters kept, in per cent."""


@dataclass(frozen=True)
class Comparison:
    """Who lies at a whole percentage, and the chance of it under the three nulls; arrays of shape (n,)."""

    hits: Bools
    plain: Floats
    kept: Floats
    local: Floats

    def of(self, members: Bools | Ints) -> Comparison:
        """Return the part that concerns some of the stations."""
        return Comparison(self.hits[members], self.plain[members], self.kept[members], self.local[members])

    def either(self, other: Comparison) -> Comparison:
        """Join two independent draws: at a whole percentage in at least one of them."""
        return Comparison(
            self.hits | other.hits,
            1.0 - (1.0 - self.plain) * (1.0 - other.plain),
            1.0 - (1.0 - self.kept) * (1.0 - other.kept),
            1.0 - (1.0 - self.local) * (1.0 - other.local),
        )


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
    return Comparison(integer_ratios.at_integer(k, n), plain, kept, local), by_tenth


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Count stations at whole percentages and compare with the exact law; ``rng`` is not used."""
    if subject.returns is None:
        return Evidence((_untestable(subject, "either", None, "no results were published"),))
    examined = subject.examined or (None,)
    context = _context(subject, params, examined[0])
    reason = context.untestable
    if reason is not None:
        return Evidence((_untestable(subject, "either", None, reason),))

    compared = [compare(ratio, params.window) for ratio in context.ratios]
    comparisons = [comparison for comparison, _ in compared]
    questions = [
        _Question(ratio.quantity, ratio.option, ratio.label, comparison)
        for ratio, comparison in zip(context.ratios, comparisons, strict=True)
    ]
    if len(questions) == 2:
        label = " or ".join(question.label for question in questions)
        questions.insert(0, _Question("either", None, label, comparisons[0].either(comparisons[1])))
    measurements = [_contest(context, question) for question in questions]
    measurements += [_other(_context(subject, params, option)) for option in examined[1:]]
    measurements += [_untestable(subject, quantity, None, why) for quantity, why in context.missing.items()]

    areas = _areas(context, questions[0])
    head = measurements[0]
    figures = [
        _comb(head, context.ratios),
        _placebo(head, context.ratios, [by_tenth for _, by_tenth in compared], params),
    ]
    if areas:
        figures.append(_by_area(head, [measurement for measurement, _ in areas]))
    scores = _scores(context, head, comparisons, areas)
    return Evidence((*measurements, *(measurement for measurement, _ in areas)), tuple(figures), scores)


@dataclass(frozen=True)
class _Question:
    """What is asked of the stations of one context."""

    quantity: str
    option: str | None
    label: str
    comparison: Comparison


@dataclass(frozen=True)
class _Context:
    """The stations used and their ratios: turnout, and the share of one option."""

    subject: Subject
    params: Params
    option: str | None
    stations: Selection
    ratios: Sequence[Ratio]
    missing: Mapping[str, str]
    """Ratios that cannot be formed, with the reason."""

    @property
    def untestable(self) -> str | None:
        """Why nothing can be tested, or null."""
        if not self.ratios:
            return "; ".join(self.missing.values())
        if len(self.stations) < self.params.least_stations:
            return (
                f"only {len(self.stations):,} stations are left and {self.params.least_stations} are needed "
                f"(left out: {_left_out(self.stations.dropped)})"
            )
        return None

    @property
    def electorate(self) -> tuple[Ints, str]:
        """What stations weigh: registered voters, or ballots where registers were not published."""
        ratio = self.ratios[0]
        return ratio.trials, "registered voters" if ratio.quantity == "turnout" else "ballots"

    @property
    def ballots(self) -> Ints:
        """Ballots of each station."""
        ratio = self.ratios[-1]
        return ratio.trials if ratio.quantity == "share" else ratio.successes


def _context(subject: Subject, params: Params, option: str | None) -> _Context:
    """Select stations and form turnout and the share of an option, as far as they were published."""
    returns = subject.returns
    offered = returns.quantities if returns is not None else ()
    numerator = next((name for name in params.turnout if name in offered), None)
    base = next((name for name in params.share if name in offered), None)
    missing = {}
    if numerator is None or "registered" not in offered:
        numerator = None
        missing["turnout"] = "turnout cannot be formed, because its counts were not published"
    if option is None or base is None:
        option = base = None
        missing["share"] = "no share can be formed, because its counts were not published"
    names = [name for name in ("registered" if numerator else None, numerator, base, option) if name]
    if returns is None or not names:
        empty = Selection(np.empty(0, dtype=np.int64), {}, {})
        return _Context(subject, params, option, empty, (), missing)

    stations = returns.select(*dict.fromkeys(names))
    if base is not None:
        stations = stations.keep(stations[base] > 0, f"with no ballots {base}")
    size, noun = ("registered", "registered voters") if numerator else (str(base), "ballots")
    smallest = max(1, params.least_registered)
    stations = stations.keep(stations[size] >= smallest, f"with fewer than {smallest} {noun}")
    if numerator is not None:
        below = 100 * stations[numerator] <= params.most_turnout * stations["registered"]
        stations = stations.keep(below, f"with a turnout above {params.most_turnout} %")
    low, high = 0, params.most_share
    words = f"with a share above {high} %"
    if option != subject.favoured:
        low, high = 100 - params.most_share, 100
        words = f"with a share below {low} %"
    if base is not None and option is not None:
        votes, ballots = 100 * stations[option], stations[base]
        stations = stations.keep((votes >= low * ballots) & (votes <= high * ballots), words)

    ratios = []
    if numerator is not None:
        label, n = f"turnout ({numerator} / registered)", stations["registered"]
        ratios.append(Ratio("turnout", None, label, stations[numerator], n, 0, params.most_turnout))
    if base is not None and option is not None:
        label, n = f"share of “{option}” (of {base})", stations[base]
        ratios.append(Ratio("share", option, label, stations[option], n, low, high))
    return _Context(subject, params, option, stations, ratios, missing)


def _other(context: _Context) -> Measurement:
    """Answer the question on the share of the other option of two, at the stations where it has one."""
    reason = context.untestable
    if reason is not None:
        return _untestable(context.subject, "share", context.option, reason)
    ratio = context.ratios[-1]
    comparison, _ = compare(ratio, context.params.window)
    return _contest(context, _Question(ratio.quantity, ratio.option, ratio.label, comparison))


def _identify(subject: Subject, *parts: str | None) -> str:
    return "/".join([subject.contest.id, ID, *(part for part in parts if part is not None)])


def _untestable(subject: Subject, quantity: str, option: str | None, reason: str) -> Measurement:
    return Measurement(
        id=_identify(subject, quantity, option),
        method=ID,
        contest=subject.contest.id,
        quantity=quantity,
        option=option,
        status="not testable",
        reason=reason,
        innocent=INNOCENT,
    )


def _left_out(dropped: Mapping[str, int]) -> str:
    return "; ".join(f"{count:,} {reason}" for reason, count in dropped.items()) or "none left out"


def _tail(chances: Floats, seen: int) -> dict[str, Any]:
    """Return p, its base-ten logarithm and bits for the upper tail."""
    log10_p = min(0.0, poisson_binomial.log_upper_tail(chances, seen) / math.log(10.0))
    return {"p": 10.0**log10_p, "log10_p": log10_p, "bits": surprise(log10_p)}


def _excess(chances: Floats, seen: int, params: Params, name: str) -> Effect:
    low, high = poisson_binomial.shift_interval(chances, seen, params.coverage)
    value = seen - float(chances.sum())
    return Effect(name=name, value=value, low=low, high=high, unit="stations", level=params.coverage)


def _fraction(excess: Effect, comparison: Comparison) -> Effect:
    """Turn the excess into the fraction of stations that were written from a whole percentage."""
    room = len(comparison.hits) - float(comparison.plain.sum())

    def part(value: float | None) -> float:
        return 100.0 * max(0.0, value or 0.0) / room if room > 0.0 else 0.0

    return Effect(
        name="stations written from a whole percentage",
        value=part(excess.value),
        low=part(excess.low),
        high=part(excess.high),
        unit="per cent of stations",
        level=excess.level,
    )


def _agreement(comparison: Comparison) -> Assumption:
    """Compare the excess under the binomial null with that under the locally smooth one."""
    sd = math.sqrt(poisson_binomial.moments(comparison.plain)[1])
    apart = float(comparison.plain.sum() - comparison.local.sum())
    relative = abs(apart) / sd if sd > 0.0 else 0.0
    return Assumption(
        name="the result does not depend on the binomial law",
        state="holds" if relative <= 0.5 else "doubtful",
        how=(
            f"with no law but local smoothness the excess is {apart:+,.1f} stations different, "
            f"{relative:.2f} standard deviations"
        ),
    )


def _limit(context: _Context, comparison: Comparison, members: Ints | None) -> Limit:
    dose = 3.0 * math.sqrt(poisson_binomial.moments(comparison.plain)[1])
    ballots = context.ballots if members is None else context.ballots[members]
    power = poisson_binomial.power(comparison.plain, dose, context.params.limit_level)
    return Limit(
        mechanism="results written from whole percentages",
        dose=dose,
        unit="stations",
        stations=dose,
        votes=dose * float(ballots.mean()),
        power=min(max(power, 1e-9), 1.0 - 1e-9),
        how="analytic",
    )


def _contest(context: _Context, question: _Question) -> Measurement:
    """Answer one question for the whole contest."""
    params, comparison = context.params, question.comparison
    n, seen = len(comparison.hits), int(comparison.hits.sum())
    expected = float(comparison.plain.sum())
    excess = _excess(comparison.plain, seen, params, "excess of stations")
    weights, unit = context.electorate
    weighed_mean, weighed_variance, _ = poisson_binomial.moments(comparison.plain, weights.astype(np.float64))
    surplus = float(weights[comparison.hits].sum()) - weighed_mean
    margin = float(-special.ndtri((1.0 - params.coverage) / 2.0)) * math.sqrt(weighed_variance)
    return Measurement(
        id=_identify(context.subject, question.quantity, question.option),
        method=ID,
        contest=context.subject.contest.id,
        quantity=question.quantity,
        option=question.option,
        n=n,
        observed=seen,
        expected=expected,
        null="exact",
        **_tail(comparison.plain, seen),
        effect=excess,
        effects=(
            _excess(comparison.kept, seen, params, "excess given the filters"),
            _excess(comparison.local, seen, params, "excess if counts are locally smooth"),
            _fraction(excess, comparison),
            Effect(
                name=f"excess of {unit} at these stations",
                value=surplus,
                low=surplus - margin,
                high=surplus + margin,
                unit=unit,
                level=params.coverage,
            ),
        ),
        limit=_limit(context, comparison, None),
        assumptions=_assumptions(context, question),
        statement=(
            f"At {seen:,} of {n:,} stations {question.label} lies within 0.05 points of a whole percentage; "
            f"{expected:,.1f} would be expected by chance, given the size and rate of each station."
        ),
        innocent=INNOCENT,
        params={
            **{
                key: list(value) if isinstance(value, tuple) else value
                for key, value in asdict(params).items()
            },
            "ratio": question.label,
            "left_out": dict(context.stations.dropped),
        },
    )


def _assumptions(context: _Context, question: _Question) -> tuple[Assumption, ...]:
    """Check on this table what the null takes for granted."""
    comparison = question.comparison
    sd = math.sqrt(poisson_binomial.moments(comparison.plain)[1])
    filtered = float(comparison.plain.sum() - comparison.kept.sum()) / sd if sd > 0.0 else 0.0
    used = [ratio for ratio in context.ratios if question.quantity in ("either", ratio.quantity)]
    checks = [
        _smooth(used),
        _agreement(comparison),
        Assumption(
            name="leaving stations out does not make the excess",
            state="holds" if filtered >= -0.5 else "doubtful",
            how=f"given the filters the excess is {filtered:+.2f} standard deviations different",
        ),
    ]
    weights, unit = context.electorate
    round_ones = float(np.mean(weights % 100 == 0))
    forced = int(np.count_nonzero(comparison.plain >= 1.0))
    checks.append(
        Assumption(
            name="registers are not round themselves",
            state="holds" if round_ones <= 0.02 else "doubtful",
            how=(
                f"{100 * round_ones:.2f} % of stations have a number of {unit} divisible by 100 (1 % by "
                f"chance); at {forced:,} stations a whole percentage is forced by arithmetic, and that is in "
                "the expected number"
            ),
        )
    )
    returns = context.subject.returns
    if returns is not None and returns.level != "station":
        checks.append(
            Assumption(
                name="rows are stations",
                state="doubtful",
                how="rows are areas; figures written station by station disappear in their sums",
            )
        )
    return tuple(checks)


def _smooth(ratios: Sequence[Ratio]) -> Assumption:
    """Check that counts spread over a point; judged by the ratio for which fewest do."""
    parts, worst = [], 1.0
    for ratio in ratios:
        k, n = ratio.successes, ratio.trials
        inside = (100 * k >= n) & (100 * k <= 99 * n)
        spread = 100.0 * np.sqrt(k * (n - k) / n) / n
        good = float(np.mean(inside & (spread >= 0.5)))
        worst = min(worst, good)
        large = int(np.count_nonzero(n > 10_000))
        parts.append(
            f"{ratio.label}: at {100 * good:.1f} % of stations the rate is between 1 and 99 % and its "
            f"standard deviation at least half a point; {large:,} stations have more than 10,000 voters or "
            "ballots"
        )
    state: State = "holds" if worst >= 0.9 else "doubtful" if worst >= 0.5 else "fails"
    return Assumption(name="counts are spread over more than a point", state=state, how="; ".join(parts))


def _areas(context: _Context, question: _Question) -> list[tuple[Measurement, Ints]]:
    """Answer the first question for every area with enough stations, with the stations of each."""
    returns = context.subject.returns
    if returns is None or returns.main_area is None:
        return []
    codes, names = returns.area_of(returns.main_area, context.stations.rows)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    found = []
    for code, area in enumerate(names):
        members = order[bounds[code] : bounds[code + 1]]
        if len(members) < context.params.least_stations:
            continue
        part = question.comparison.of(members)
        seen, expected = int(part.hits.sum()), float(part.plain.sum())
        excess = _excess(part.plain, seen, context.params, "excess of stations")
        measurement = Measurement(
            id=_identify(context.subject, question.quantity, question.option, area),
            method=ID,
            contest=context.subject.contest.id,
            scope=Scope(level="area", area=area),
            quantity=question.quantity,
            option=question.option,
            n=len(members),
            observed=seen,
            expected=expected,
            null="exact",
            **_tail(part.plain, seen),
            effect=excess,
            effects=(_fraction(excess, part),),
            limit=_limit(context, part, members),
            assumptions=(_agreement(part),),
            statement=(
                f"At {seen:,} of {len(members):,} stations {question.label} lies within 0.05 points of a "
                f"whole percentage; {expected:,.1f} would be expected."
            ),
            innocent=INNOCENT,
        )
        found.append((measurement, members))
    return found


def _scores(
    context: _Context,
    head: Measurement,
    comparisons: Sequence[Comparison],
    areas: Sequence[tuple[Measurement, Ints]],
) -> tuple[StationScore, ...]:
    """Name stations at a whole percentage where there are too many of them; see *Statistic*."""
    level = context.params.listing_level
    bits = np.zeros(len(context.stations))
    for comparison in comparisons:
        bits[comparison.hits] -= np.log2(comparison.plain[comparison.hits])
    preferred = np.zeros(len(bits), dtype=bool)
    for measurement, members in areas:
        if measurement.p is not None and measurement.p * len(areas) < level:
            preferred[members] = True
    # Where areas stand out, they are where to look; where none does, the whole contest is.
    whole = not preferred.any() and head.p is not None and head.p < level
    candidates = np.flatnonzero((bits > 0.0) & (preferred | whole))
    ranking = np.argsort(-bits[candidates], kind="stable")[: context.params.listed]
    scores = []
    for index in candidates[ranking]:
        reasons = [
            _reason(ratio, int(index))
            for ratio, comparison in zip(context.ratios, comparisons, strict=True)
            if comparison.hits[index]
        ]
        scores.append(StationScore(int(context.stations.rows[index]), float(bits[index]), "; ".join(reasons)))
    return tuple(scores)


def _reason(ratio: Ratio, index: int) -> str:
    k, n = int(ratio.successes[index]), int(ratio.trials[index])
    target = round(100 * k / n)
    name = "turnout" if ratio.option is None else f"share of “{ratio.option}”"
    exactly = "exactly " if 100 * k == target * n else ""
    return f"{name} {exactly}{target}.0 % ({k:,} of {n:,})"


def _comb(head: Measurement, ratios: Sequence[Ratio]) -> Figure:
    """Draw the stations per tenth of a point with what would be expected."""
    rows: list[dict[str, Any]] = []
    panels, words = [], []
    for ratio in ratios:
        mean, variance = integer_ratios.chance_by_tenth(ratio.successes, ratio.trials)
        reach = 3.0 * np.sqrt(variance)
        seen = np.bincount(integer_ratios.tenth_of_point(ratio.successes, ratio.trials), minlength=1001)
        # Of all windows of forty points between the filters, the one with most stations too many at whole
        # percentages; where none are too many, the one that holds most stations.
        tenths = np.arange(len(seen))
        surplus = np.where(tenths % 10 == 0, np.maximum(0.0, seen - mean - reach), 0.0)
        sums = np.concatenate([[0.0], np.cumsum(surplus + 1e-9 * seen)])
        starts = np.arange(10 * ratio.low, max(10 * ratio.low, 10 * ratio.high - 400) + 1, 10)
        start = int(starts[np.argmax(sums[starts + 401] - sums[starts])])
        # A point more on either side, so that no peak stands on the edge of the picture.
        left, right = max(0, start - 10), min(1000, start + 410)
        window = np.arange(left, right + 1)
        rows += [
            {
                "ratio": ratio.label,
                "per_cent": round(int(b) / 10, 1),
                "stations": int(seen[b]),
                "expected": round(float(mean[b]), 1),
                "low": round(max(0.0, float(mean[b] - reach[b])), 1),
                "high": round(float(mean[b] + reach[b]), 1),
            }
            for b in window
        ]
        whole = window[window % 10 == 0]
        beyond = whole[seen[whole] > mean[whole] + reach[whole]]
        tallest = beyond[np.argsort(mean[beyond] - seen[beyond], kind="stable")][:5]
        sentence = (
            f"{ratio.label} from {left // 10} to {right // 10} %: {len(beyond)} of {len(whole)} whole "
            "percentages stand above the band"
        )
        if len(tallest):
            sentence += ", most of all " + ", ".join(
                f"{b // 10} % ({seen[b]:,} stations, {mean[b]:,.0f} expected)" for b in tallest
            )
        words.append(sentence)
        panels.append(_comb_panel(ratio.label, left // 10, right // 10))
    return Figure(
        id=f"{head.id}/comb",
        finding=head.id,
        title=(
            f"{head.observed:,.0f} of {head.n:,} stations lie at a whole percentage; "
            f"{head.expected:,.0f} expected"
        ),
        caption=(
            "Number of stations in bins of 0.1 point (line) and what is expected from each station's own "
            "size and rate, with three standard deviations to either side (band). Points: whole percentages "
            f"above the band. {'; '.join(words)}."
        ),
        alt=(
            "Line of the number of stations per 0.1 per cent, one panel for each ratio, over a smooth band "
            f"of what is expected. {'; '.join(words)}."
        ),
        vega_lite={"$schema": _SCHEMA, "data": {"values": rows}, "vconcat": panels},
    )


def _comb_panel(label: str, left: int, right: int) -> dict[str, Any]:
    def count(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "title": "stations"}

    whole_and_above = "round(10 * datum.per_cent) % 10 == 0 && datum.stations > datum.high"
    return {
        "width": 640,
        "height": 180,
        "transform": [{"filter": {"field": "ratio", "equal": label}}],
        "encoding": {
            "x": {
                "field": "per_cent",
                "type": "quantitative",
                "title": f"{label}, per cent",
                "scale": {"domain": [left, right], "nice": False},
            }
        },
        "layer": [
            {
                "mark": {"type": "area", "style": "band"},
                "encoding": {"y": count("low"), "y2": {"field": "high"}},
            },
            {"mark": {"type": "line", "style": "expected"}, "encoding": {"y": count("expected")}},
            {
                "mark": {"type": "line", "style": "observed", "strokeWidth": 1},
                "encoding": {"y": count("stations")},
            },
            {
                "transform": [{"filter": whole_and_above}],
                "mark": {"type": "point", "style": "outlier"},
                "encoding": {"y": count("stations")},
            },
        ],
    }


def _placebo(
    head: Measurement, ratios: Sequence[Ratio], by_tenth: Sequence[Floats], params: Params
) -> Figure:
    """Draw the same count at the nine offsets where nobody aims."""
    rows, words, short = [], [], []
    for ratio, chances in zip(ratios, by_tenth, strict=True):
        scores = placebo_scores(ratio, chances)
        rows += [
            {"ratio": ratio.label, "offset": round(tenth / 10, 1), "deviations": round(float(score), 2)}
            for tenth, score in enumerate(scores)
        ]
        others = scores[1:]
        short.append(f"{ratio.quantity} {scores[0]:+.1f} at 0, at most {others.max():+.1f} elsewhere")
        words.append(
            f"{ratio.label}: {scores[0]:+.1f} at whole percentages, between {others.min():+.1f} and "
            f"{others.max():+.1f} at the nine other offsets"
        )
    return Figure(
        id=f"{head.id}/placebo",
        finding=head.id,
        title=f"Standard deviations by offset from a whole percentage: {'; '.join(short)}",
        caption=(
            "Stations that lie 0, 0.1, ... 0.9 point above a whole percentage, in standard deviations from "
            f"what is expected if counts are locally smooth ({params.window} window). In a fair vote the ten "
            f"offsets are alike; lines at plus and minus three. {'; '.join(words)}."
        ),
        alt=f"Ten bars for each ratio, one per offset. {'; '.join(words)}.",
        vega_lite={
            "$schema": _SCHEMA,
            "data": {"values": rows},
            "vconcat": [_placebo_panel(ratio.label) for ratio in ratios],
        },
    )


def _placebo_panel(label: str) -> dict[str, Any]:
    x = {
        "field": "offset",
        "type": "ordinal",
        "title": f"{label}: points above a whole percentage",
        "axis": {"labelAngle": 0},
    }
    y = {"field": "deviations", "type": "quantitative", "title": "standard deviations"}
    return {
        "width": 640,
        "height": 140,
        "layer": [
            {
                "transform": [{"filter": {"field": "ratio", "equal": label}}],
                "mark": {"type": "bar", "style": "observed"},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": [{"deviations": line} for line in (-3, 0, 3)]},
                "mark": {"type": "rule", "style": "reference"},
                "encoding": {"y": y},
            },
        ],
    }


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


def _by_area(head: Measurement, areas: Sequence[Measurement]) -> Figure:
    """Draw the excess of every area with its interval, the largest on top."""
    ranked = sorted(
        ((str(found.scope.area), _span(found.effect)) for found in areas), key=lambda row: -row[1][1]
    )
    above = sum(low > 0.0 for _, (low, _, _) in ranked)
    below = sum(high < 0.0 for _, (_, _, high) in ranked)
    largest = ", ".join(f"{area} ({excess:+,.1f})" for area, (_, excess, _) in ranked[:3])
    summary = (
        f"The interval lies above zero in {above} and below zero in {below} of {len(ranked)} areas. "
        f"Largest: {largest}."
    )
    shown = ranked
    if len(ranked) > _AREAS_DRAWN:
        shown = [*ranked[: _AREAS_DRAWN - 10], *ranked[-10:]]
        summary += f" Shown are the {_AREAS_DRAWN - 10} largest and the 10 smallest."
    rows = [
        {"area": area, "excess": round(excess, 1), "low": round(low, 1), "high": round(high, 1)}
        for area, (low, excess, high) in shown
    ]
    y = {
        "field": "area",
        "type": "nominal",
        "sort": {"field": "excess", "order": "descending"},
        "title": None,
        "axis": {"labelLimit": 260},
    }

    def excess(field: str) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "title": "excess of stations"}

    return Figure(
        id=f"{head.id}/areas",
        finding=head.id,
        title=f"The excess lies above zero in {above} of {len(ranked)} areas",
        caption=f"Observed minus expected number of stations (point) with its interval (line). {summary}",
        alt=f"One point with a line for each area, sorted by excess. {summary}",
        vega_lite={
            "$schema": _SCHEMA,
            "data": {"values": rows},
            "width": 400,
            "height": {"step": 14},
            "layer": [
                {
                    "data": {"values": [{"excess": 0}]},
                    "mark": {"type": "rule", "style": "reference"},
                    "encoding": {"x": excess("excess")},
                },
                {
                    "mark": {"type": "rule", "style": "expected"},
                    "encoding": {"y": y, "x": excess("low"), "x2": {"field": "high"}},
                },
                {
                    "mark": {"type": "point", "style": "observed"},
                    "encoding": {"y": y, "x": excess("excess")},
                },
            ],
        },
    )


def _span(effect: Effect | None) -> tuple[float, float, float]:
    """Return lower end, value and upper end of an effect that has all three."""
    ends = (None, None, None) if effect is None else (effect.low, effect.value, effect.high)
    low, value, high = (0.0 if end is None else end for end in ends)
    return low, value, high


INNOCENT = (
    "Clerks who report a percentage and let the count be computed from it.",
    "Registers of voters drawn up in round numbers.",
)

METHOD = Method(
    id=ID,
    title="Whole percentages",
    question=("Do more stations than chance allows report a turnout or a share right at a whole percentage?"),
    tier="A",
    null="exact",
    needs=("returns", ("options", "registered")),
    tail="upper",
    params=Params,
    measure=measure,
    references=("kobak2016", "kobak2018", "rozenas2017", "hong2013"),
    innocent=INNOCENT,
    blind=(
        "Added, moved or destroyed ballots, and pressure on voters.",
        "Figures invented as counts, with decimals, or to pass a mark rather than to meet it.",
    ),
)
