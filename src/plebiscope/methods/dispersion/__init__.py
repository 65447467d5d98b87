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
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

import numpy as np
from scipy import special

from plebiscope.evidence.excess import excess
from plebiscope.evidence.ratio import Columns, ratio_columns
from plebiscope.kernels import dispersion
from plebiscope.methods.dispersion.areas import TEN, Floats, Ints, Params, Question, Ratio, compare
from plebiscope.methods.dispersion.pictures import decimals, figures
from plebiscope.model.finding import Assumption, Limit, Measurement, Noticing, State
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
from plebiscope.model.wording import counted, few, listed, none_of, noun, per_cent, written

_NAMED = 5


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
    heads: list[Measurement] = []
    found: list[Measurement] = []
    below: list[Measurement] = []
    asked: list[Question] = []
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
        question = Question(subject, params, column, names, ratio, tested, left_out)
        asked.append(question)
        heads.append(_whole(question))
        below += [_area(question, place) for place in question.places.tolist()]
    found += [METHOD.untestable(subject, quantity, why) for quantity, why in missing.items()]
    pictures = figures([(question, head.id) for question, head in zip(asked, heads, strict=True)])
    return Evidence((*heads, *found, *below), tuple(pictures), _scores(asked, params))


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


def _whole(question: Question) -> Measurement:
    """Answer one question for the contest."""
    params, tested, ratio = question.params, question.tested, question.ratio
    places, rows_are = question.places, question.subject.rows_are
    log10_p = min(0.0, tested.whole / TEN)
    chances = np.full(len(tested.areas), params.exact_below)
    seen = int(np.count_nonzero(tested.log_p <= math.log(params.exact_below)))
    usual = float(np.median(tested.phi))
    inside = np.isin(ratio.codes, tested.areas[places])
    ballots = int(ratio.trials[inside].sum())
    areas = counted(len(tested.areas), "areas")
    differs = f"the {ratio.label} differs" if seen else f"does the {ratio.label} differ"
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
        noticing=Noticing(partial(_limit, question), question.params.level),
        assumptions=_assumptions(question),
        statement=f"In {none_of(seen, areas)} ({question.column}) {differs} as little "
        f"between {rows_are} as counting alone makes it in one of {round(1.0 / params.exact_below):,}; "
        f"{few(float(chances.sum()))} such areas would be expected at most. In the median area the "
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


def _area(question: Question, place: int) -> Measurement:
    """Report one area that stands out."""
    params, tested, ratio, subject = question.params, question.tested, question.ratio, question.subject
    members = question.members(place)
    k, n = ratio.successes[members], ratio.trials[members]
    per_station, x2, df = 100.0 * k / n, float(tested.x2[place]), len(members) - 1
    phi, tails = x2 / df, np.array([1.0 + params.coverage, 1.0 - params.coverage]) / 2.0
    low, high = (x2 / (2.0 * special.gammaincinv(df / 2.0, tails))).tolist()
    log10_p = min(0.0, float(tested.log_p[place]) / TEN)
    shown = decimals(per_station)
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


def _run(question: Question, members: Ints, log10_p: float) -> str:
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
    if screened[best] / TEN > much + 2.0 or None in labels:
        return ""
    log10_run = dispersion.lower_tail(k[run], n[run]).log_p / TEN
    if log10_run > much:
        return ""
    per_station = 100.0 * k[run] / n[run]
    shown = decimals(per_station)
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


def _assumptions(question: Question) -> tuple[Assumption, ...]:
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


def _limit(question: Question, level: float) -> Limit | str:
    """Say how many stations of an ordinary area had to be written from one percentage to be noticed.

    The rest of the area differs as areas do here; what was written keeps the rounding to whole votes.
    """
    params, tested, ratio = question.params, question.tested, question.ratio
    rows_are = question.subject.rows_are
    size = int(np.median(tested.stations))
    rate, trials = float(np.median(tested.rate)), float(np.median(ratio.trials))
    rounding = 1.0 / (12.0 * trials * rate * (1.0 - rate))
    usual = max(1.0, float(np.median(tested.phi)))
    critical = 2.0 * float(special.gammaincinv((size - 1) / 2.0, level / len(tested.areas)))
    rest = np.arange(size - 1)  # of the stations, so many are not written
    room = np.maximum(critical - (size - rest) * rounding, 0.0) / usual
    chance = np.where(rest > 0, special.gammainc(np.maximum(rest, 1) / 2.0, room / 2.0), room > 0.0)
    enough = np.flatnonzero(chance >= params.power)
    if not len(enough):
        return (
            f"in an area of {counted(size, rows_are)} even all of them, written from one percentage, differ "
            "by rounding alone as much as counting allows"
        )
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


def _scores(asked: Sequence[Question], params: Params) -> tuple[StationScore, ...]:
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
