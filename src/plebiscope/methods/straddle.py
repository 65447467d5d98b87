"""Counts that just reach a round percentage, against counts that just miss it.

Question
--------
Do more stations report a turnout, or a share of the favoured option, that just reaches a round percentage
than one that just misses it, as they would if figures were written down or lifted to make a mark?

Statistic
---------
A station's count ``k`` of ``n`` just reaches ``m`` per cent if it is the smallest count with
``100 k >= m n``, and just misses it if it is the largest with ``100 k < m n``: one ballot apart, decided in
whole numbers. The marks ``m`` are the multiples of 5 (the headline) or of 1 between 0 and 100. ``A``
stations just reach a mark, ``B`` just miss one; a count that does both is left out. The effect is ``A / B``.
Turnout is ballots cast over registered voters, the share is of ballots cast. Used are stations with at least
100 registered voters and 100 ballots, at least one vote for the option, and a turnout and a share of at most
99 %; rows marked electronic, postal, abroad or special are left out. A filter that looks at the count can
keep one side of a mark and drop the other; such counts are left out too, and the ratio with them is given
beside the answer.

In a vote with two options the share of the other one is the same question in a mirror: where one just
reaches 70 %, the other just misses 30 % or meets it exactly, invalid ballots aside. A result lifted for one
side therefore shows as a ratio *below* 1 for the other, and two tests would count one thing twice. Only
the favoured option is tested; the ratio of the other one stands beside it, without a test.

Fair vote
---------
If the law of a count is level from one count to the next, ``A`` given ``A + B`` is ``Bin(A + B, 1/2)``,
whatever the law is otherwise: no binomial, no dispersion, no share of an area is assumed. It is not quite
level: where more stations lie above a mark than below it, the next count is a little more probable. That
slope is estimated by the same comparison at marks moved 0.2 to 0.8 point to either side, where nobody aims;
where it makes a ratio above 1, that ratio takes the place of 1 in the binomial, and p is the mean over the
error with which it is known. Upper tails are computed exactly, as logarithms; the interval of ``A / B`` is
that of Clopper and Pearson. That figures are lifted to
a mark, not kept below it, was declared beforehand: only a ratio above 1 counts.

Areas are asked the same, each with its own slope. Stations are named only where the contest or an area has an
excess (as for whole percentages), by ``-log2`` of the chance that a count lies just there: one in
``5 n / 100``.

Assumptions
-----------
* The law is level across a mark, or as steep at moved marks. It fails where the slope alone would explain the
  ratio, as among very high turnouts. The ratio with the slope divided out stands beside the answer. Where
  figures are lifted a little beyond a mark, moved marks show a ratio below 1, and dividing it out makes more
  of the effect; then p is not helped by it.
* The law is wide against a point. Where nearly all results lie within a few points, it bends between a mark
  and the moved marks. Checked: the spread of the results. In simulated fair votes with a leader at 98 %, p
  for marks 1 % apart was below 0.05 in 5 to 7 of 100.
* Marks leave room. In a box of fewer than 300 ballots a point is fewer than three counts. Checked: part of
  the stations where one count both reaches a mark and misses the next.
* Results are not copies of one another, rows are stations. Both are checked.
* The question was not put because of the answer. It was: the test was devised after looking at the moved
  marks of Russian votes up to 2024, so for those votes its p is exploratory. It was then run unchanged on
  votes of other countries (between -2.3 and 1.6 standard deviations), which is the evidence for its size.

Innocent causes
---------------
Staff who stop counting late comers, or go and fetch voters, once a round figure is made. Rewards for
turnout. A law so steep at a mark that one ballot matters, as in small boxes with much the same turnout.

Blind spots
-----------
Figures lifted well past a mark or to no mark; added, moved or destroyed ballots; pressure on voters.

References
----------
Kobak, Shpilkin and Pshenichnikov (2016) on the peaks; Clopper and Pearson (1934) on the interval.

Example
-------
Of 1,000 voters 850 came, and of 999 there came 849: 85 % just reached, and (84.98 %) missed by a vote.

>>> import numpy as np
>>> from plebiscope.kernels import straddle
>>> reached, missed = straddle.sides(np.array([850, 849]), np.array([1000, 999]), 5)
>>> reached.tolist(), missed.tolist()
([True, False], [False, True])
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.evidence import chart
from plebiscope.evidence.noticed import POWER
from plebiscope.evidence.pictures import by_area
from plebiscope.evidence.ratio import Columns, CountRatio, ballots_of, differing, ratio_columns
from plebiscope.kernels import straddle
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Limit, Measurement, Noticing, State
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
from plebiscope.model.wording import capital, counted, noun, per_cent, so_many_have

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_TIMES = "times as many"


_WIDE = 4.0
"""Points that the middle half of the results must cover for their law to count as straight beside a mark."""


@dataclass(frozen=True)
class Params:
    """What counts as a station, a turnout, a share and a mark."""

    turnout: tuple[str, ...] = ("cast", "issued")
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    steps: tuple[int, ...] = (5, 1)
    """Distances of the marks, in per cent, each a divisor of 100; areas are asked about the first."""
    least_registered: int = 100
    """Smallest station used, in registered voters."""
    least_ballots: int = 100
    """Smallest station used, in ballots."""
    least_votes: int = 1
    """Fewest votes for the option, in votes."""
    most: int = 99
    """Highest turnout and highest share used, in per cent."""
    given_filters: bool = True
    """Leave out a count whose counterpart on the other side of the mark a filter would have dropped."""
    moves: tuple[int, ...] = (*range(-8, -1), *range(2, 9))
    """Moved marks from which the slope is estimated, in tenths of a point."""
    least_stations: int = 50
    """Fewest stations with which a contest or an area is tested, in stations."""
    least_decisive: int = 10
    """Fewest stations next to a mark with which anything is tested, in stations."""
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
    """Turnout or share at every station used, and the counts that the filters keep; arrays of shape (n,)."""

    least: int
    most: Ints

    def sides(self, step: int, given_filters: bool, tenths: int = 0) -> tuple[Bools, Bools]:
        """Tell which stations just reach a mark, and which just miss one."""
        if not given_filters:
            return straddle.sides(self.successes, self.trials, step, tenths=tenths)
        return straddle.sides(
            self.successes, self.trials, step, tenths=tenths, least=self.least, most=self.most
        )


@dataclass(frozen=True)
class _Used:
    """The stations used and their ratios: turnout, and the share of the favoured option."""

    subject: Subject
    params: Params
    stations: Selection
    ratios: Sequence[Ratio]


@dataclass(frozen=True)
class _Marks:
    """What lies beside the marks of one distance, and beside moved ones; arrays of shape (n,)."""

    ratio: Ratio
    step: int
    reached: Bools
    missed: Bools
    above: Ints
    """How many moved marks a count just reaches, and how many it just misses."""
    below: Ints

    @classmethod
    def of(cls, ratio: Ratio, step: int, params: Params) -> _Marks:
        """Look at every station."""
        least, most = (ratio.least, ratio.most) if params.given_filters else (None, None)
        k, n, moves = ratio.successes, ratio.trials, params.moves
        # Where the filter cuts off a mark, or what lies beside it, the mark is no comparison when moved.
        highest = min(99, params.most - math.ceil(max(moves) / 10)) if params.given_filters else 99
        moved = straddle.beside_moved(k, n, step, moves, least=least, most=most, highest=highest)
        return cls(ratio, step, *ratio.sides(step, params.given_filters), *moved)

    def among(self, members: Ints) -> _Marks:
        """Keep some stations."""
        return _Marks(
            self.ratio,
            self.step,
            self.reached[members],
            self.missed[members],
            self.above[members],
            self.below[members],
        )

    @property
    def counts(self) -> tuple[int, int]:
        """Number of stations that just reach, and just miss, a mark."""
        return int(np.count_nonzero(self.reached)), int(np.count_nonzero(self.missed))

    @cached_property
    def slope(self) -> straddle.Slope:
        """The two sides of moved marks."""
        return straddle.slope(self.above, self.below)

    @property
    def fair(self) -> float:
        """Ratio of a fair vote: 1, or that of the slope where it is larger."""
        return max(1.0, self.slope.ratio or 1.0)


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare stations on the two sides of every mark; ``rng`` is not used."""
    columns, missing = ratio_columns(subject, params.turnout, params.share, subject.favoured)
    unformed = [METHOD.untestable(subject, quantity, reason) for quantity, reason in missing.items()]
    if not columns:
        return Evidence(tuple(unformed))
    used = _use(subject, params, columns)
    reason = too_few(used.stations, params.least_stations, subject.rows_are)
    if reason is not None:
        return Evidence((METHOD.untestable(subject, columns[0].quantity, reason),))

    whole, by_place, figures, places = [], [], [], []
    surprises = np.zeros(len(used.stations))
    areas = list(subject.large_areas(used.stations.rows, params.least_stations))
    for one in used.ratios:
        for step in params.steps:
            marks = _Marks.of(one, step, params)
            head = _answer(used, marks)
            whole.append(head)
            if step != params.steps[0]:
                continue
            found = [(_answer(used, marks, *area), area[1]) for area in areas]
            tested = [(answer, members) for answer, members in found if answer.status == "tested"]
            by_place += [answer for answer, _ in tested]
            named = marks.reached & where_to_look(len(surprises), head, tested, params.listing_level)
            places.append(named)
            surprises[named] += np.log2(step * one.trials[named] / 100.0)
            if head.status == "tested":
                figures.append(_by_move(head, used, one, step))
                figures += [_areas(head, [answer for answer, _ in tested])] if len(tested) > 1 else []

    def why(at: int) -> str:
        pairs = zip(used.ratios, places, strict=True)
        return "; ".join(_reason(one, params.steps[0], at) for one, named in pairs if named[at])

    scores: tuple[StationScore, ...] = most_surprising(
        used.stations.rows, np.maximum(surprises, 0.0), params.listed, why
    )
    return Evidence((*whole, *unformed, *by_place), tuple(figures), scores)


def _use(subject: Subject, params: Params, columns: Sequence[Columns]) -> _Used:
    """Select the stations and form turnout and share as far as the returns have them."""
    stations = subject.results.select(
        *dict.fromkeys(name for one in columns for name in (one.denominator, one.numerator))
    )
    least = {"registered": params.least_registered}
    for one in columns:
        for name in (one.denominator, one.numerator):
            if name == one.option:
                least[name] = params.least_votes
            elif name != "registered":
                least[name] = max(1, params.least_ballots)
    for name, count in least.items():
        if name in stations.counts:
            stations = stations.keep(stations[name] >= count, f"with fewer than {count} {noun(name)}")
    for one in columns:
        within = 100 * stations[one.numerator] <= params.most * stations[one.denominator]
        stations = stations.keep(within, f"with a {one.quantity} above {params.most} %")
    ratios = []
    for one in columns:
        k, n = stations[one.numerator], stations[one.denominator]
        bounds = least[one.numerator], params.most * n // 100
        ratios.append(Ratio(one.quantity, one.option, one.label, k, n, *bounds))
    return _Used(subject, params, stations, ratios)


def _answer(used: _Used, every: _Marks, area: str | None = None, members: Ints | None = None) -> Measurement:
    """Answer the question on one ratio and one distance of marks, for the contest or for an area."""
    params, rows_are, ratio, step = used.params, used.subject.rows_are, every.ratio, every.step
    quantity = slug = ratio.quantity
    if step != params.steps[0]:
        quantity, slug = f"{ratio.quantity}, marks {step} % apart", f"{ratio.quantity}-by-{step}"
    named: dict[str, Any] = {"slug": slug, "option": ratio.option, "area": area}
    marks = every if members is None else every.among(members)
    a, b = marks.counts
    if a + b < params.least_decisive:
        reason = (
            f"{params.least_decisive} {rows_are} next to a multiple of {step} % are needed, and there "
            f"are {a + b or 'none'}"
        )
        return METHOD.untestable(used.subject, quantity, reason, **named)
    chance = marks.fair / (1.0 + marks.fair)
    log10_p = straddle.log_tail_beside(a, b, marks.slope) / math.log(10.0)
    size = _times("just reached to just missed", a, b, params.coverage)
    more: dict[str, Any] = {"assumptions": (_level(marks.slope, size),)}
    if area is None:
        more = {
            "effects": _effects(used, marks),
            "assumptions": _assumptions(used, marks, size),
            "params": {**asdict(params), "ratio": ratio.label, "left_out": dict(used.stations.dropped)},
        }
    ballots = ballots_of(used.ratios)
    statement = (
        f"{so_many_have(a, f'{len(marks.reached):,} {rows_are}')} a {ratio.label} that just reaches a "
        f"multiple of {step} %, and in {f'{b:,}' if b else 'none'} it just misses one, by one ballot or less."
    )
    if marks.fair > 1.0:
        statement += (
            f" Beside moved marks, where nobody aims, {marks.fair:.3f} times as many just reach as just miss "
            "one; p is the chance given that ratio and its error."
        )
    mean = float((ballots if members is None else ballots[members]).mean())
    return METHOD.answer(
        used.subject,
        quantity,
        **named,
        n=a + b,
        observed=a,
        expected=(a + b) * chance,
        null="exact",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=size,
        noticing=Noticing(partial(_limit, marks, mean, rows_are), params.limit_level),
        statement=statement,
        **more,
    )


def _times(name: str, a: int, b: int, coverage: float) -> Effect:
    """Return how many times as many stations are on the upper side."""
    low, high = straddle.chance_interval(a, b, coverage)
    ends = low / (1.0 - low) if b else None, high / (1.0 - high) if b else None
    return effect(name, a / b if b else None, _TIMES, ends, coverage)


def _effects(used: _Used, marks: _Marks) -> tuple[Effect, ...]:
    """Say the same in stations, with the slope divided out, with other filters, and for the other option."""
    params, rows_are, ratio, step = used.params, used.subject.rows_are, marks.ratio, marks.step
    a, b = marks.counts
    low, high = straddle.chance_interval(a, b, params.coverage)
    ends = (2.0 * low - 1.0) * (a + b), (2.0 * high - 1.0) * (a + b)
    found = [
        effect("just reached less just missed", a - b, rows_are, ends, params.coverage),
        effect("standard deviations", (a - b) / math.sqrt(a + b), ""),
    ]
    slope = marks.slope
    if slope.ratio is not None and slope.error is not None and a and b:
        reach = float(-special.ndtri((1.0 - params.coverage) / 2.0))
        margin = math.exp(reach * math.hypot(math.sqrt(1.0 / a + 1.0 / b), slope.error))
        value = a / b / slope.ratio
        around = value / margin, value * margin
        found.append(effect("ratio with the slope divided out", value, _TIMES, around, params.coverage))
    others = _counts(ratio.sides(step, not params.given_filters))
    how = "without regard to the filters" if params.given_filters else "given the filters"
    found.append(_times(f"ratio {how}", *others, params.coverage))
    for option in used.subject.examined[1:] if ratio.option is not None else ():
        votes = used.subject.results.table[option].gather(used.stations.rows).fill_null(-1).to_numpy()
        known = votes >= 0
        k, n = votes[known], ratio.trials[known]
        mirrored = straddle.sides(k, n, step, least=n - ratio.most[known], most=n - ratio.least)
        name = f"ratio for the share of “{option}”, the mirror"
        found.append(_times(name, *_counts(mirrored), params.coverage))
    return tuple(found)


def _counts(sides: tuple[Bools, Bools]) -> tuple[int, int]:
    """Count the stations on either side."""
    return int(np.count_nonzero(sides[0])), int(np.count_nonzero(sides[1]))


def _assumptions(used: _Used, marks: _Marks, size: Effect) -> tuple[Assumption, ...]:
    """Check on this table what the comparison takes for granted."""
    rows_are, ratio, step = used.subject.rows_are, marks.ratio, marks.step
    narrow = float(np.mean(step * ratio.trials < 200))
    low, high = np.percentile(100.0 * ratio.successes / ratio.trials, [25, 75])
    checks = [
        _level(marks.slope, size),
        checked(
            "the law is wide against a point",
            bool(high - low >= _WIDE),
            f"the middle half of {rows_are} lies between {per_cent(low)} and {per_cent(high)}; with a leader "
            "at 98 %, p for marks 1 % apart was below 0.05 in 5 to 7 of 100 simulated fair votes",
        ),
        checked(
            "marks leave room",
            narrow <= 0.5,
            f"in {per_cent(100 * narrow)} of {rows_are} {step} % are fewer than two counts, so that a count "
            "can both reach a mark and miss the next, and is left out",
        ),
        differing([ratio], [marks.reached | marks.missed], rows_are),
    ]
    if used.subject.results.level != "station":
        how = "rows are areas; figures written station by station disappear in their sums"
        checks.append(checked("rows are stations", False, how))
    return tuple(checks)


def _level(slope: straddle.Slope, size: Effect) -> Assumption:
    """Check that the slope of the law does not make the ratio."""
    name = "the law is level across a mark"
    if slope.ratio is None or slope.error is None:
        return Assumption(name=name, state="unknown", how="no count lies next to a moved mark")
    above = size.low is not None and size.low > 1.0
    explained = above and size.low is not None and size.low <= slope.ratio
    state: State = "fails" if explained else "holds" if abs(math.log(slope.ratio)) <= 0.05 else "doubtful"
    how = (
        f"at marks moved 0.2 to 0.8 point {slope.ratio:.4f} times as many just reach as just miss "
        f"(standard error {slope.ratio * slope.error:.4f}; {slope.reached:,} against {slope.missed:,})"
    )
    return Assumption(name=name, state=state, how=how)


def _limit(marks: _Marks, ballots: float, rows_are: str, level: float) -> Limit | str:
    """Say how many results lifted from below would have been seen.

    They come from anywhere, so that they add to those next to a mark.
    """
    n, chance = sum(marks.counts), marks.fair / (1.0 + marks.fair)

    def power(dose: int) -> float:
        return straddle.power(n, dose, level, chance)

    # The normal law says where to begin; from there it is a step or two.
    reach = float(special.ndtri(1.0 - level) + special.ndtri(POWER))
    dose = max(1, round(reach * math.sqrt(n * chance / (1.0 - chance))))
    while power(dose) < POWER:
        dose += 1
    while dose > 1 and power(dose - 1) >= POWER:
        dose -= 1
    if dose > len(marks.reached):
        return f"it would take more than the {counted(len(marks.reached), rows_are)} there are"
    return Limit(
        mechanism=f"results lifted to just reach a multiple of {marks.step} %",
        dose=dose,
        unit=rows_are,
        stations=dose if rows_are == "stations" else None,
        votes=dose * ballots,
        share=dose / len(marks.reached),  # of an area, of which the answer rests on few
        power=min(power(dose), 1.0 - 1e-9),
        how="analytic",
    )


def _reason(ratio: Ratio, step: int, at: int) -> str:
    """Say which mark a station just reaches."""
    k, n = int(ratio.successes[at]), int(ratio.trials[at])
    mark = 100 * k // (n * step) * step
    return f"{ratio.name} just reaches {per_cent(mark, 'd')} ({k:,} of {n:,})"


def _by_move(head: Measurement, used: _Used, ratio: Ratio, step: int) -> Figure:
    """Draw the ratio at the marks and at marks moved by up to 0.9 point."""
    rows = []
    for tenths in range(-9, 10):
        sides = ratio.sides(step, used.params.given_filters, tenths)
        size = _times("", *_counts(sides), used.params.coverage)
        if size.value is not None and size.low is not None and size.high is not None:
            shown = {"ratio": size.value, "low": size.low, "high": size.high}
            rows.append({"moved": tenths / 10, **{key: round(value, 3) for key, value in shown.items()}})
    there = [row["ratio"] for row in rows if abs(row["moved"]) >= 0.2]
    at_marks = next((f"{row['ratio']:.2f}" for row in rows if row["moved"] == 0.0), "not to be had")
    elsewhere = f"between {min(there):.2f} and {max(there):.2f}" if there else "not to be had"
    summary = f"At the marks the ratio is {at_marks}; at marks moved 0.2 point or more it is {elsewhere}."
    x = chart.number("moved", "Points by which the marks are moved", scale={"domain": [-1, 1]})
    y = chart.free("ratio", "Just reached to just missed")
    layers = [
        chart.layer("rule", "reference", {"y": y}, [{"ratio": 1}]),
        chart.layer("rule", "expected", {"x": x, **chart.span("y", y)}),
        chart.layer("point", "observed", {"x": x, "y": y}, filled=True, size=40),
    ]
    return Figure(
        id=f"{head.id}/moved",
        finding=head.id,
        title=f"{capital(ratio.name)}: {at_marks} times as many just reach a multiple of {step} % as just "
        "miss it",
        caption=f"{capital(ratio.label)}: {used.subject.rows_are} that just reach a mark over those that "
        f"just miss it (points), with intervals (lines), at the multiples of {step} % and at marks moved by "
        "up to 0.9 point, where nobody aims. In a fair vote all are near 1. In a small box a move of less "
        f"than a ballot changes nothing, so that what happens at the marks shows next to them too. {summary}",
        alt=f"Nineteen points with lines around the level 1, one for each move of the marks. {summary}",
        vega_lite=chart.picture(layers, rows),
    )


def _areas(head: Measurement, areas: Sequence[Measurement]) -> Figure:
    """Draw the ratio of every area."""
    return by_area(
        head,
        areas,
        what="ratio",
        axis="Just reached to just missed",
        caption="How many times as many just reach a mark as just miss it",
        neutral=1.0,
        form=".2f",
    )


METHOD = Method(
    id="straddle",
    title="Marks just reached and just missed",
    question="Do more stations just reach a round percentage of turnout or share than just miss it?",
    tier="A",
    null="exact",
    needs=("returns", ("options", "registered")),
    tail="upper",
    params=Params,
    measure=measure,
    references=("kobak2016", "clopper1934"),
    innocent=(
        "Staff who fetch voters, or stop counting late comers, once a round figure is made.",
        "Rewards for reaching a round turnout.",
    ),
    blind=(
        "Figures lifted well past a mark, or to no mark.",
        "Added, moved or destroyed ballots, and pressure on voters.",
    ),
)
