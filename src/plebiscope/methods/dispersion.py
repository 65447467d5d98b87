"""Results inside one area that lie closer together than counting allows.

Question
--------
Is there an area, a commission say, whose stations report percentages so nearly alike that voters counted one
by one would hardly have produced them?

Statistic
---------
For every area with at least eight stations: Pearson's ``X2``, the sum over stations of
``(k - n p)^2 / (n p (1 - p))`` with ``p`` the rate of the whole area, and the dispersion
``phi = X2 / (stations - 1)``. Counting alone makes ``phi`` about 1; figures written down from one percentage
leave only the rounding to whole votes, about ``1 / (12 n p (1 - p))``. It is computed for turnout (ballots
cast of registered voters) and for the share of every option (of ballots cast, else of valid ballots); where
two options share all of it, asking about one of them asks about both. Areas are those of the finest column
that still puts half of the stations together with eight or more; stations have 50 to 5,999 registered voters
and no more valid ballots than those; an area is used where the rarer of the two outcomes is expected five
times or more at a station, on average. These are parameters and are printed with the result.

Fair vote
---------
Only the lower tail is used. Neighbourhoods, organisation, sympathies and pressure all make stations differ
*more*; nothing of that has to be modelled, and the comparison errs on the side of silence. The null is
counting and nothing else: given the area's total, its votes fall on the ballots of its stations as if
shuffled, a multivariate hypergeometric law without unknowns. ``p`` is the chance of an ``X2`` as small or
smaller, by the chi-square law where that is above 0.001 and exactly below, where the chi-square law can be
wrong by a factor of a hundred. The contest is answered by the test of Simes over its areas, no two of which
have a station in common; the areas that the rule of Benjamini and Hochberg names at 5 % are reported one by
one (it counts the areas, and not how many options were asked about, which the dossier's q does). Where
consecutive stations of such an area lie much closer together still, they are told, with the chance corrected
for the number of such runs.

Assumptions
-----------
* Votes are counted where they are cast. If ballots of several stations are mixed before they are counted, or
  voters are spread over stations so as to balance them, stations may come out more alike than by chance. The
  table does not say; the median dispersion of all areas says how far stations differ here as a rule.
* Each station reports a figure of its own. If one figure for the area was apportioned among stations, as some
  laws want for ballots that arrive by post, all stations show one percentage. Checked: stations with the very
  same counts.
* Counts are large enough for the chi-square law to sort out areas. Checked: smallest expected count.

Innocent causes
---------------
A total of the area that was apportioned to stations by rule. Boxes emptied together and counted in equal
lots. Voters assigned to stations so that each is a copy of the whole.

Blind spots
-----------
Areas where only a part of the stations was written, since the others differ enough to hide them. Figures with
differences invented along with them. Anything that leaves votes to be counted: added, moved and bought votes.

References
----------
Pearson's statistic and its lower tail as a sign of figures adjusted to expectation: Fisher (1936), on Mendel.
Simes (1986) for the contest as a whole. Baglivo, Olivier and Pagano (1992) on exact conditional tests by
transforms.

Example
-------
Eight stations with 93 % each, rounded to whole votes, where chance makes differences of about one point:

>>> import numpy as np
>>> from plebiscope.kernels import dispersion
>>> ballots = np.array([412, 655, 731, 508, 893, 377, 620, 549])
>>> votes = np.round(0.93 * ballots).astype(np.int64)
>>> x2, _, _ = dispersion.pearson(votes, ballots, np.zeros(8, dtype=np.int64), 1)
>>> bool(x2[0] / 7 < 0.01)
True
>>> f"{np.exp(dispersion.lower_tail(votes, ballots).log_p):.1e}"
'1.4e-08'
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.kernels import dispersion
from plebiscope.model import chart
from plebiscope.model.excess import excess
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Limit, Measurement, State
from plebiscope.model.method import (
    Evidence,
    Method,
    StationScore,
    Subject,
    checked,
    effect,
    most_surprising,
    surprise,
)
from plebiscope.model.ratio import Columns, CountRatio, ratio_columns
from plebiscope.model.wording import capital, counted, few, listed, none_of, noun, per_cent, written

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_TEN = math.log(10.0)
_DRAWN = 900
_STRIPS = 5
_TICKS = 150
_NAMED = 5


@dataclass(frozen=True)
class Params:
    """Which stations and areas are compared, and how they are sorted."""

    turnout: tuple[str, ...] = ("cast",)
    """Numerator of turnout: the first of these quantities that the returns have."""
    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the shares: the first of these quantities that the returns have."""
    least_registered: int = 50
    """Smallest station used, in registered voters (in ballots where registers are not given)."""
    most_registered: int = 5999
    """Largest station used, likewise; larger ones are not polling stations as others are."""
    least_stations: int = 8
    """Fewest stations of an area, in stations."""
    least_cell: float = 5.0
    """Least expected number of the rarer outcome at the mean station of an area, in votes."""
    exact_below: float = 0.001
    """The exact p is computed where that of the chi-square law is below this, as a probability."""
    most_exact: int = 200
    """Most areas for which it is computed, for each question, in areas."""
    level: float = 0.05
    """Level of the rule by which areas are reported, and of the limit of detection, as a probability."""
    power: float = 0.8
    """Chance with which the limit of detection would have been noticed, as a probability."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    least_run: int = 6
    """Fewest consecutive stations that are looked at apart, in stations."""
    listed: int = 2000
    """Most stations named, in stations."""


@dataclass(frozen=True)
class Ratio(CountRatio):
    """Turnout or share at n stations that lie in areas; arrays of shape (n,)."""

    rows: Ints
    """Row numbers in the returns' table."""
    codes: Ints
    """Area of each station."""


@dataclass(frozen=True)
class Tested:
    """The areas of one question that were tested; arrays of shape (areas,)."""

    areas: Ints
    stations: Ints
    trials: Ints
    rate: Floats
    x2: Floats
    log_p: Floats
    """Natural logarithm of p."""
    exact: Bools
    """Whether p is exact; else it is that of the chi-square law."""
    named: Bools
    """Whether the area stands out among those tested."""

    @property
    def phi(self) -> Floats:
        """Dispersion, in units of that of counting alone."""
        return self.x2 / (self.stations - 1)

    @property
    def whole(self) -> float:
        """Natural logarithm of p of all areas together, by Simes."""
        return float(np.min(_stepped(self.log_p), initial=0.0))


def compare(ratio: Ratio, areas: int, params: Params) -> Tested:
    """Test every area that is large enough.

    Parameters
    ----------
    ratio
        Counts of n stations with their areas.
    areas
        Number of areas, tested or not.
    params
        See :class:`Params`.
    """
    k, n = ratio.successes, ratio.trials
    x2, k_sum, n_sum = dispersion.pearson(k, n, ratio.codes, areas)
    stations = np.bincount(ratio.codes, minlength=areas)
    wide = (stations >= max(2, params.least_stations)) & (k_sum > 0) & (k_sum < n_sum)
    used = np.flatnonzero(wide & (np.minimum(k_sum, n_sum - k_sum) >= params.least_cell * stations))
    log_p = dispersion.log_chi_square(x2[used], (stations[used] - 1).astype(np.float64))
    order = np.argsort(ratio.codes, kind="stable")
    bounds = np.searchsorted(ratio.codes[order], np.arange(areas + 1))
    exact = np.zeros(len(used), dtype=bool)
    wanted = log_p < math.log(params.exact_below)
    # Whatever is named is named by its exact p; computing that can shift who is named, so look again.
    while np.any(wanted & ~exact):
        for place in np.flatnonzero(wanted & ~exact)[np.argsort(log_p[wanted & ~exact], kind="stable")]:
            if exact.sum() < params.most_exact:
                members = order[bounds[used[place]] : bounds[used[place] + 1]]
                log_p[place] = dispersion.lower_tail(k[members], n[members]).log_p
                exact[place] = True
        wanted = named_at(log_p, params.level) & (exact.sum() < params.most_exact)
    rate = np.divide(k_sum[used], n_sum[used])
    named = named_at(log_p, params.level)
    return Tested(used, stations[used], n_sum[used].astype(np.int64), rate, x2[used], log_p, exact, named)


def named_at(log_p: Floats, level: float) -> Bools:
    """Tell which hypotheses the rule of Benjamini and Hochberg rejects.

    Parameters
    ----------
    log_p
        Natural logarithms of p, shape (n,).
    level
        Expected part of wrong rejections, as a probability.
    """
    return _stepped(log_p) <= math.log(level)


def _stepped(log_p: Floats) -> Floats:
    """Return the logarithms adjusted by the step-up rule, in the order given."""
    order = np.argsort(log_p, kind="stable")
    adjusted = np.empty_like(log_p)
    grown = log_p[order] + np.log(len(log_p) / np.arange(1, len(log_p) + 1))
    adjusted[order] = np.minimum.accumulate(grown[::-1])[::-1]
    return adjusted


@dataclass(frozen=True)
class _Question:
    """One question with its answer for every area."""

    subject: Subject
    params: Params
    column: str
    """The area column."""
    names: Sequence[str]
    """Name of each area."""
    ratio: Ratio
    tested: Tested
    left_out: dict[str, int]

    @property
    def places(self) -> Ints:
        """The areas that stand out, by place among those tested, the smallest p first."""
        named = np.flatnonzero(self.tested.named)
        return named[np.lexsort((self.tested.areas[named], self.tested.log_p[named]))]

    def members(self, place: int) -> Ints:
        """Return the stations of an area, in the order of their numbers."""
        if place not in self._members:
            self._members[place] = self._in_order(place)
        return self._members[place]

    @cached_property
    def _members(self) -> dict[int, Ints]:
        """Stations of areas that were asked for already."""
        return {}

    def _in_order(self, place: int) -> Ints:
        found = np.flatnonzero(self.ratio.codes == self.tested.areas[place])
        table = self.subject.results.table
        labels = table["station"].gather(self.ratio.rows[found]).fill_null("").to_list()
        keys = [
            ([int(part) for part in re.findall(r"\d{1,18}", label)], label, int(n), int(k))
            for label, n, k in zip(labels, self.ratio.trials[found], self.ratio.successes[found], strict=True)
        ]
        return found[sorted(range(len(found)), key=keys.__getitem__)]

    def name(self, place: int) -> str:
        """Return the name of an area."""
        return self.names[int(self.tested.areas[place])]


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare the dispersion inside every area with that of counting alone; ``rng`` is not used."""
    columns, missing = ratio_columns(subject, params.turnout, params.share, subject.favoured)
    column = subject.results.finest_area(params.least_stations)
    if column is None or not columns:
        reason = "; ".join(missing.values())
        if column is None:
            reason = (
                f"no column of areas puts half of the {subject.rows_are} together with "
                f"{params.least_stations - 1} others or more"
            )
        return Evidence((METHOD.untestable(subject, "turnout" if columns else "share", reason),))
    codes, names = subject.results.places(column)
    found: list[Measurement] = []
    below: list[Measurement] = []
    asked: list[_Question] = []
    enough = params.least_cell * params.least_stations
    for one in _all_columns(subject, columns):
        if one not in columns and subject.results.sums[one.numerator] < enough:
            continue
        ratio, left_out = _ratio(subject, params, one, codes)
        if any(_is_rest(ratio, other.ratio) for other in asked):
            continue  # what is left of the other option's ballots, station by station
        tested = compare(ratio, len(names), params)
        if not len(tested.areas):
            if one in columns:
                reason = _none_large_enough(subject, params, one, ratio, column)
                found.append(METHOD.untestable(subject, one.quantity, reason, option=one.option))
            continue
        question = _Question(subject, params, column, names, ratio, tested, left_out)
        asked.append(question)
        found.append(_whole(question))
        below += [_area(question, place) for place in question.places.tolist()]
    found += [METHOD.untestable(subject, quantity, why) for quantity, why in missing.items()]
    return Evidence((*found, *below), tuple(_figures(asked)), _scores(asked, params))


def _all_columns(subject: Subject, columns: Sequence[Columns]) -> Iterator[Columns]:
    """Go through turnout, the share of the favoured option, and those of all others."""
    yield from columns
    for one in columns:
        if one.option is not None:
            for option in subject.results.options:
                if option != one.option:
                    yield Columns("share", option, option, one.denominator)


def _ratio(subject: Subject, params: Params, one: Columns, codes: Ints) -> tuple[Ratio, dict[str, int]]:
    """Select the stations of one question."""
    known = subject.results.quantities
    size = "registered" if "registered" in known else one.denominator
    more = ("valid",) if "valid" in known else ()
    stations = subject.results.select(*dict.fromkeys((size, one.denominator, one.numerator, *more)))
    k, n = stations[one.numerator], stations[one.denominator]
    wanted = {
        f"with no {noun(one.denominator)}": n > 0,
        "with an impossible count": (k >= 0) & (k <= n),
        f"with fewer than {params.least_registered} {noun(size)}": stations[size] >= params.least_registered,
        f"with more than {params.most_registered:,} {noun(size)}": stations[size] <= params.most_registered,
        f"without an area ({subject.results.areas[-1]})": codes[stations.rows] >= 0,
    }
    if more and size == "registered":
        wanted["with more valid ballots than registered voters"] = stations["valid"] <= stations[size]
    kept = np.ones(len(stations), dtype=bool)
    dropped = dict(stations.dropped)
    for reason, good in wanted.items():
        lost = int(np.count_nonzero(kept & ~good))
        if lost:
            dropped[reason] = lost
        kept &= good
    rows = stations.rows[kept]
    return Ratio(one.quantity, one.option, one.label, k[kept], n[kept], rows, codes[rows]), dropped


def _is_rest(ratio: Ratio, other: Ratio) -> bool:
    """Whether the two counts make up the trials at every station, so that the question is the same."""
    same = len(ratio.rows) == len(other.rows) and np.array_equal(ratio.rows, other.rows)
    return bool(
        same
        and np.array_equal(ratio.trials, other.trials)
        and np.array_equal(ratio.successes + other.successes, ratio.trials)
    )


def _none_large_enough(subject: Subject, params: Params, one: Columns, ratio: Ratio, column: str) -> str:
    """Say why no area can be tested."""
    largest = int(np.bincount(ratio.codes).max(initial=0))
    return (
        f"no area ({column}) has {params.least_stations} {subject.rows_are} or more with, on average, "
        f"{params.least_cell:g} {noun(one.numerator)} expected and as many that are not; after selection "
        f"{counted(len(ratio.rows), subject.rows_are)} are left, at most {largest:,} in one area"
    )


def _whole(question: _Question) -> Measurement:
    """Answer one question for the contest."""
    params, tested, ratio = question.params, question.tested, question.ratio
    places, rows_are = question.places, question.subject.rows_are
    log10_p = min(0.0, tested.whole / _TEN)
    chances = np.full(len(tested.areas), params.exact_below)
    seen = int(np.count_nonzero(tested.log_p <= math.log(params.exact_below)))
    usual = float(np.median(tested.phi))
    inside = np.isin(ratio.codes, tested.areas[places])
    ballots = int(ratio.trials[inside].sum())
    areas = counted(len(tested.areas), "areas")
    where = ""
    if len(places):
        names = [f"“{question.name(place)}”" for place in places[:_NAMED].tolist()]
        more = [f"{len(places) - _NAMED} more"] if len(places) > _NAMED else []
        where = (
            f" At {per_cent(100.0 * params.level, 'g')} the rule of Benjamini and Hochberg names among them: "
            f"{listed(names + more)}."
        )
    return METHOD.answer(
        question.subject,
        ratio.quantity,
        option=ratio.option,
        n=int(tested.stations.sum()),
        observed=seen,
        expected=float(chances.sum()),
        null="conditional",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=effect("areas that stand out", len(places), "areas"),
        effects=(
            excess(chances, seen, params.coverage, "areas"),
            effect(f"{rows_are} there", int(np.count_nonzero(inside)), rows_are),
            effect(f"{_trials(ratio)} there", ballots, _trials(ratio)),
            effect("dispersion in the median area", usual, "times that of counting"),
        ),
        limit=_limit(question),
        assumptions=_assumptions(question),
        statement=f"In {none_of(seen, areas)} ({question.column}) the {ratio.label} differs as little "
        f"between {rows_are} as counting alone makes it in one of {round(1.0 / params.exact_below):,}; "
        f"{few(float(chances.sum()))} such areas would be expected, or fewer. In the median area the "
        f"differences have {written(usual, '.3g')} times the variance that counting alone gives.{where}",
        params={
            **asdict(params),
            "ratio": ratio.label,
            "area": question.column,
            "areas": len(tested.areas),
            "exact": int(tested.exact.sum()),
            "left_out": question.left_out,
        },
    )


def _trials(ratio: Ratio) -> str:
    return "registered voters" if ratio.quantity == "turnout" else "ballots"


def _area(question: _Question, place: int) -> Measurement:
    """Report one area that stands out."""
    params, tested, ratio, subject = question.params, question.tested, question.ratio, question.subject
    members = question.members(place)
    k, n = ratio.successes[members], ratio.trials[members]
    per_station, x2, df = 100.0 * k / n, float(tested.x2[place]), len(members) - 1
    phi, tails = x2 / df, np.array([1.0 + params.coverage, 1.0 - params.coverage]) / 2.0
    low, high = (x2 / (2.0 * special.gammaincinv(df / 2.0, tails))).tolist()
    log10_p = min(0.0, float(tested.log_p[place]) / _TEN)
    shown = _decimals(per_station)
    ends = per_cent(per_station.min(), shown), per_cent(per_station.max(), shown)
    return METHOD.answer(
        subject,
        ratio.quantity,
        option=ratio.option,
        area=question.name(place),
        among=len(tested.areas),
        n=len(members),
        observed=phi,
        expected=1.0,
        null="exact" if tested.exact[place] else "conditional",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=effect("dispersion", phi, "times that of counting", (low, high), params.coverage),
        effects=(
            effect(f"{subject.rows_are} there", len(members), subject.rows_are),
            effect(f"{_trials(ratio)} there", int(n.sum()), _trials(ratio)),
            effect(
                "distance between the lowest and the highest", float(np.ptp(per_station)), "percentage points"
            ),
        ),
        assumptions=(_own_figures(k, n, subject.rows_are),),
        statement=f"At {counted(len(members), subject.rows_are)} the {ratio.label} lies between "
        f"{ends[0]} and {ends[1]}. These differences have {written(phi, '.2g')} times the variance that "
        f"counting alone gives; in the median area here it is "
        f"{written(float(np.median(tested.phi)), '.3g')} times." + _run(question, members, log10_p),
    )


def _decimals(per_station: Floats) -> str:
    """Print percentages with as many decimals as their range needs, one to three."""
    spread = float(np.ptp(per_station))
    return ".1f" if spread >= 1.0 else ".2f" if spread >= 0.02 else ".3f"


def _run(question: _Question, members: Ints, log10_p: float) -> str:
    """Tell of consecutive stations that lie much closer together still than the area as a whole."""
    k, n = question.ratio.successes[members], question.ratio.trials[members]
    size, least = len(members), question.params.least_run
    squares, k_sum, n_sum = (np.concatenate([[0.0], np.cumsum(one)]) for one in (k * (k / n), k, n))
    first, last = np.triu_indices(size + 1, least)
    whole = (first == 0) & (last == size)
    first, last = first[~whole], last[~whole]
    total, trials = k_sum[last] - k_sum[first], n_sum[last] - n_sum[first]
    inner = (total > 0.0) & (total < trials)
    first, last, total, trials = (one[inner] for one in (first, last, total, trials))
    if not len(first):
        return ""
    x2 = np.maximum(squares[last] - squares[first] - total**2 / trials, 0.0) / (
        total / trials * (1.0 - total / trials)
    )
    screened = dispersion.log_chi_square(x2, last - first - 1.0)
    best = int(np.argmin(screened))
    run = slice(int(first[best]), int(last[best]))
    much = log10_p + math.log10(question.params.exact_below) - math.log10(len(first))
    table, rows = question.subject.results.table, question.ratio.rows[members[run]]
    labels = [table["station"][int(row)] for row in (rows[0], rows[-1])]
    # The chi-square law errs by two orders at most: where that cannot help, the exact chance is not needed.
    if screened[best] / _TEN > much + 2.0 or None in labels:
        return ""
    log10_run = dispersion.lower_tail(k[run], n[run]).log_p / _TEN
    if log10_run > much:
        return ""
    per_station = 100.0 * k[run] / n[run]
    shown = _decimals(per_station)
    return (
        f" Closer still lie {len(rows)} that follow each other, “{labels[0]}” to “{labels[1]}”: "
        f"{per_cent(per_station.min(), shown)} to {per_cent(per_station.max(), shown)}, chance "
        f"10{_raised(log10_run + math.log10(len(first)))} after correction for {len(first):,} such runs."
    )


def _raised(exponent: float) -> str:
    """Write an exponent, rounded up."""
    return str(math.ceil(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _own_figures(k: Ints, n: Ints, rows_are: str) -> Assumption:
    """Check that figures were not apportioned, by stations with the very same counts."""
    size = np.unique(n, return_counts=True)[1]
    both = np.unique(np.stack([k, n]), axis=1, return_counts=True)[1]
    same_size, same = (int(one[one > 1].sum()) for one in (size, both))
    state: State = "holds"
    if 2 * same_size >= len(k):
        state = "fails" if 2 * same >= len(k) else "doubtful"
    return Assumption(
        name=f"{rows_are} report figures of their own, not an apportioned one",
        state=state,
        how=f"of {counted(len(k), rows_are)} {same_size:,} share the number that the percentage is of with "
        f"another one, {same:,} both counts",
    )


def _assumptions(question: _Question) -> tuple[Assumption, ...]:
    """Check on this table what the null takes for granted."""
    tested, ratio = question.tested, question.ratio
    rows_are = question.subject.rows_are
    cells = np.minimum(tested.rate, 1.0 - tested.rate)[
        np.searchsorted(tested.areas, ratio.codes, "left").clip(0, len(tested.areas) - 1)
    ]
    inside = np.isin(ratio.codes, tested.areas)
    small = float(np.mean((cells * ratio.trials)[inside] < question.params.least_cell))
    usual = float(np.median(tested.phi))
    checks = [
        checked(
            "counts are large enough to sort out areas",
            small <= 0.2,
            f"fewer than {question.params.least_cell:g} of the rarer outcome are expected at "
            f"{per_cent(100.0 * small)} of {rows_are}; where p is small it does not rest on this",
        ),
        Assumption(
            name="votes are counted where they are cast, and stations are no copies of the whole",
            state="holds" if usual >= 1.5 else "unknown",
            how=f"differences have {written(usual, '.3g')} times the variance of counting in the median of "
            f"{counted(len(tested.areas), 'areas')}; below 1.5 the table does not say",
        ),
    ]
    places = question.places
    if len(places):
        each = [
            _own_figures(ratio.successes[members], ratio.trials[members], rows_are)
            for members in (question.members(place) for place in places.tolist())
        ]
        failing, rows = sum(one.state == "fails" for one in each), len(each)
        checks.append(
            Assumption(
                name=each[0].name,
                state="fails" if failing == rows else "doubtful" if failing else "holds",
                how=f"in {failing:,} of {counted(rows, 'areas')} that stand out half of the {rows_are} have "
                "both counts in common with another one",
            )
        )
    return tuple(checks)


def _limit(question: _Question) -> Limit | None:
    """Say how many stations of an ordinary area had to be written from one percentage to be noticed.

    The rest of the area differs as areas do here; what was written keeps the rounding to whole votes.
    """
    params, tested, ratio = question.params, question.tested, question.ratio
    rows_are = question.subject.rows_are
    size = int(np.median(tested.stations))
    rate, trials = float(np.median(tested.rate)), float(np.median(ratio.trials))
    rounding = 1.0 / (12.0 * trials * rate * (1.0 - rate))
    usual = max(1.0, float(np.median(tested.phi)))
    critical = 2.0 * float(special.gammaincinv((size - 1) / 2.0, params.level / len(tested.areas)))
    rest = np.arange(size - 1)  # of the stations, so many are not written
    room = np.maximum(critical - (size - rest) * rounding, 0.0) / usual
    chance = np.where(rest > 0, special.gammainc(np.maximum(rest, 1) / 2.0, room / 2.0), room > 0.0)
    enough = np.flatnonzero(chance >= params.power)
    if not len(enough):
        return None
    dose = size - int(enough[-1])
    per_station = trials if ratio.quantity == "share" else trials * rate
    return Limit(
        mechanism=f"results written from one percentage in an area of {counted(size, rows_are)}",
        dose=dose,
        unit=rows_are,
        stations=dose if rows_are == "stations" else None,
        votes=dose * per_station,
        power=min(float(chance[enough[-1]]), 1.0 - 1e-9),
        how="analytic",
    )


def _scores(asked: Sequence[_Question], params: Params) -> tuple[StationScore, ...]:
    """Name the stations of areas that stand out, by how near each comes to the percentage of its area."""
    best: dict[int, tuple[float, str, str]] = {}
    for question in asked:
        ratio, tested = question.ratio, question.tested
        for place in question.places.tolist():
            members = question.members(place)
            k, n = ratio.successes[members], ratio.trials[members]
            whole = per_cent(100.0 * tested.rate[place], ".2f")
            bits = _nearness(k, n).tolist()
            for at, row in enumerate(ratio.rows[members].tolist()):
                if row not in best or bits[at] > best[row][0]:
                    own = per_cent(100.0 * k[at] / n[at], ".2f")
                    reason = f"{ratio.name} {own} ({k[at]:,} of {n[at]:,}); {whole} in its area, "
                    reason += f"whose {len(k)} {question.subject.rows_are} differ less than counting allows"
                    best[row] = bits[at], reason, question.name(place)
    rows = np.array(sorted(best), dtype=np.int64)
    named = [best[row] for row in rows.tolist()]
    bits = np.array([one[0] for one in named])
    return most_surprising(rows, bits, params.listed, lambda at: named[at][1], lambda at: named[at][2])


def _nearness(k: Ints, n: Ints) -> Floats:
    """Return the surprise, in bits, that a count comes so near to the percentage of all."""
    total, whole = int(k.sum()), int(n.sum())
    bits = np.zeros(len(k))
    for place, (count, trials) in enumerate(zip(k.tolist(), n.tolist(), strict=True)):
        mean = trials * total / whole
        distance = abs(count - mean) + 1e-9
        near = np.arange(max(0, math.ceil(mean - distance)), min(trials, math.floor(mean + distance)) + 1)
        ways = [
            special.gammaln(of + 1.0) - special.gammaln(some + 1.0) - special.gammaln(of - some + 1.0)
            for of, some in ((trials, near), (whole - trials, total - near), (whole, total))
        ]
        bits[place] = -min(0.0, float(special.logsumexp(ways[0] + ways[1] - ways[2]))) / math.log(2.0)
    return bits


def _figures(asked: Sequence[_Question]) -> Iterator[Figure]:
    """Draw turnout and one option: the one with the smallest p, the favoured one where all are alike."""
    for quantity in ("turnout", "share"):
        of = [question for question in asked if question.ratio.quantity == quantity]
        if of:
            chosen = min(of, key=lambda question: question.tested.whole)
            yield _all_areas(chosen)
            if len(chosen.places):
                yield _strips(chosen)


def _finding(question: _Question) -> str:
    parts = (question.subject.contest.id, METHOD.id, question.ratio.quantity, question.ratio.option)
    return "/".join(part for part in parts if part is not None)


def _all_areas(question: _Question) -> Figure:
    """Draw the dispersion of every area over its number of stations, with the edge of what counting gives."""
    tested, params = question.tested, question.params
    phi = np.maximum(tested.phi, 1e-4)
    rest = np.flatnonzero(~tested.named)
    rest = rest[np.argsort(phi[rest], kind="stable")]
    # The lowest are what matters; of the others, evenly many.
    kept = np.unique(np.linspace(0, max(0, len(rest) - 1), _DRAWN).astype(np.int64)) if len(rest) else rest
    drawn = np.union1d(rest[kept], rest[: _DRAWN // 9])
    rows = [{"stations": int(tested.stations[at]), "phi": float(f"{phi[at]:.3g}")} for at in drawn.tolist()]
    marked = [
        {"stations": int(tested.stations[at]), "phi": float(f"{phi[at]:.3g}"), "area": question.name(at)}
        for at in question.places[:_DRAWN].tolist()
    ]
    sizes = np.unique(np.geomspace(tested.stations.min(), tested.stations.max() + 1, 40).astype(np.int64))
    edge = 2.0 * special.gammaincinv((sizes - 1) / 2.0, params.exact_below) / (sizes - 1)
    limits = [
        {"stations": int(size), "phi": float(f"{value:.3g}")} for size, value in zip(sizes, edge, strict=True)
    ]
    rows_are = capital(question.subject.rows_are)
    x = chart.number("stations", f"{rows_are} in the area", scale={"type": "log", "nice": False})
    y = chart.number("phi", "Dispersion (counting alone: 1)", scale={"type": "log"})
    layers = [
        chart.layer("point", "observed", {"x": x, "y": y}, rows, size=9, opacity=0.5),
        chart.layer("rule", "reference", {"y": y}, [{"phi": 1}]),
        chart.layer("line", "expected", {"x": x, "y": y}, limits),
        chart.layer("point", "outlier", {"x": x, "y": y}, marked, filled=True, size=45),
    ]
    usual, lowest = float(np.median(tested.phi)), float(tested.phi.min())
    summary = (
        f"The median is {written(usual, '.3g')} and the smallest {written(lowest, '.2g')}; "
        f"{counted(len(marked), 'areas')} stand out"
        + (f", first “{marked[0]['area']}”." if marked else ".")
        + (f" Of {len(rest):,} others {len(rows):,} are drawn." if len(rows) < len(rest) else "")
    )
    below = f"1 in {round(1.0 / params.exact_below):,}"
    return Figure(
        id=f"{_finding(question)}/areas",
        finding=_finding(question),
        title=f"{capital(question.ratio.label)}: {counted(len(marked), 'areas')} of {len(tested.areas):,} "
        "differ less inside than counting allows",
        caption=f"Dispersion of each area ({question.column}) over its number of "
        f"{question.subject.rows_are}, both on logarithmic scales. Counting alone gives 1 (dashed) and falls "
        f"below the line in {below}. {summary}",
        alt=f"A cloud of points mostly above 1, a line below which counting alone puts {below}. {summary}",
        vega_lite=chart.picture(layers, height=300),
    )


def _strips(question: _Question) -> Figure:
    """Draw the stations of areas that stand out, each with those of an ordinary area of the same size."""
    tested, ratio, rows_are = question.tested, question.ratio, question.subject.rows_are
    others = np.flatnonzero(~tested.named)
    labels, words = [], []
    ticks: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for place in question.places[:_STRIPS].tolist():
        pair = [place]
        if len(others):
            unlike = np.abs(np.log(tested.stations[others] / tested.stations[place]))
            unlike += np.abs(tested.rate[others] - tested.rate[place])
            pair.append(int(others[np.argmin(unlike)]))
        for at in pair:
            members = question.members(at)
            values = 100.0 * ratio.successes[members] / ratio.trials[members]
            labels.append(f"{question.name(at)} ({len(members):,})")
            ends = (per_cent(end, _decimals(values)) for end in (values.min(), values.max()))
            words.append(f"{labels[-1]}: {' to '.join(ends)}")
            drawn = [{"area": labels[-1], "rate": round(float(value), 3)} for value in values[:_TICKS]]
            ticks[bool(tested.named[at])] += drawn
    x = chart.free("rate", f"{capital(ratio.label)}, per cent")
    encoding = {"x": x, "y": {**chart.category("area", labelLimit=230), "sort": list(dict.fromkeys(labels))}}
    layers = [
        chart.layer("tick", "observed", encoding, ticks[False]),
        chart.layer("tick", "outlier", encoding, ticks[True]),
    ]
    return Figure(
        id=f"{_finding(question)}/stations",
        finding=_finding(question),
        title=f"Hardly a difference between {rows_are}: {words[0]}",
        caption=f"One tick for each of the {rows_are} of areas that stand out, and below them those of an "
        f"area of nearly the same size and rate that does not. {'; '.join(words)}.",
        alt="Pairs of strips of ticks, the first of each close together, the second spread. "
        f"{'; '.join(words)}.",
        vega_lite=chart.picture(layers, width=400, height={"step": 24}),
    )


METHOD = Method(
    id="dispersion",
    title="Results more alike than counting allows",
    question="Do the stations of some area report percentages that lie closer together than counting allows?",
    tier="A",
    null="conditional",
    needs=("returns", "areas", ("options", "registered")),
    tail="lower",
    params=Params,
    measure=measure,
    references=("fisher1936", "simes1986", "baglivo1992"),
    innocent=(
        "A total of the area that was apportioned to stations by rule.",
        "Boxes that were emptied together and counted in equal lots.",
        "Voters assigned to stations so that each is a copy of the whole.",
    ),
    blind=(
        "Areas where only a part of the stations was written down.",
        "Figures invented together with the differences between them.",
        "Added, moved and bought votes, and pressure on voters.",
    ),
)
