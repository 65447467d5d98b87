"""The digits of counts: what they show in the literature, and a last-digit test that conditions on the rest.

Question
--------
Do the digits of ballots cast and of votes fall as the literature on invented figures expects of counts, and
are last digits as even as the other digits of the same counts make likely?

Statistic
---------
Of ballots cast, and of the votes for the favoured option, at ordinary stations:

* the mean *second digit* of counts of at least 10, beside 4.187, the mean under Benford's law;
* the share of *percentages* (turnout, or the option's share, rounded to whole per cent, 100 at most) that are
  multiples of five, beside one fifth; a station without voters or ballots has none and counts as a no;
* the *last digit*: number of counts of at least 100 that end in each digit, and in two equal digits. Beside
  it stand the mean last digit of all counts (4.5) and the share that end in 0 or 5 (one fifth), as tool
  kits print them, and the chi-square of the ten digits.

Fair vote
---------
Only last digits get a null. A count of at least 100 is compared with the other counts of its own ten
(250 to 259): given that it lies there, its last digit has the chances that a smooth density of rates gives.
The density is estimated from all stations of like size, in ten classes at most, and so smoothly that it does
not follow the digits. No law of how a count came about is assumed, sizes and caps of stations are in
the null, and the limit of 100 falls between two tens. The number of counts that end in a digit is then
Poisson-binomial; p is that of the most deviating digit, two-sided, times ten. For the last two digits the
same is done with the other counts of the same hundred.

The first two statistics get none, because theirs does not hold: stations are drawn up to be of like size, so
that counts do not spread over powers of ten as Benford's law needs, and a density that slopes shifts the
second digit. In clean national votes its mean lies tens of standard errors from Benford's, to either side
(Canada 2011 +14 for ballots and -21 for the winner, Mexico 2012 +39 and -46, Turkey 2014 -45), while in
Russia 2021 it passes. Of 190 tests on German states 51 failed (Breunig and Goerres 2011); Deckert, Myagkov
and Ordeshook (2011) found it no better than a toss of a coin. So it is shown because it will be asked for,
and never counted.

Assumptions
-----------
* The density of rates is smooth over ten counts, and over a hundred for the last two digits. Checked: the
  median station is at least twice as large as the smallest count looked at.
* Little rests on that density. Where all stations are of one size and nearly all of their voters come, every
  count lies within a few votes of the others, and a smooth density cannot be told from preferred digits.
  Checked: by how many standard deviations it moves what is expected away from one tenth. It fails above one.
* Enough counts reach 100. Checked.

Innocent causes
---------------
Stations drawn up to one size. Counts rounded by clerks. Stations with a list of exactly so many names.

Blind spots
-----------
Figures invented by a machine, by percentages, or by a person who knows the test. Added or moved ballots.

References
----------
Beber and Scacco (2012) on last digits and why counts under 100 must go; Hicken and Mebane (2017), the guide
to the tests of the tool kits; Deckert, Myagkov and Ordeshook (2011) and Breunig and Goerres (2011) on how
they fail.

Example
-------
Of 1,000 stations with some 300 votes each every tenth ends in 7; a person who writes 7 more often is seen.

>>> import numpy as np
>>> from plebiscope.kernels import digits
>>> votes, ballots = np.array([257, 311, 298]), np.array([500, 520, 505])
>>> chances = digits.last_digit_chances(votes, ballots)
>>> chances.shape, bool(np.all(np.abs(chances - 0.1) < 0.02))
((3, 10), True)
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart
from plebiscope.evidence.excess import excess, noticed
from plebiscope.kernels import digits, poisson_binomial
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement, Noticing, State
from plebiscope.model.method import Evidence, Method, Subject, checked, effect, surprise
from plebiscope.model.wording import capital, counted, noun, per_cent, written

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Params:
    """Which counts are looked at."""

    share: tuple[str, ...] = ("cast", "valid")
    """Denominator of the share: the first of these quantities that the returns have."""
    least_second: int = 10
    """Smallest count with a second digit, in votes."""
    least_last: int = 100
    """Smallest count whose last digit is looked at, in votes; a multiple of 100."""
    least_stations: int = 200
    """Fewest counts with which last digits are tested, in stations."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    limit_level: float = 0.05
    """Size of the two-sided test of ten digits whose detection limit is given, as a probability."""


@dataclass(frozen=True)
class Counted:
    """A count at every station, and what it is a part of; arrays of shape (n,)."""

    label: str
    option: str | None
    rate: str
    """What the percentage is, in words."""
    part: Ints
    whole: Ints


@dataclass(frozen=True)
class Statistics:
    """The numbers that tool kits print, of one count at n stations."""

    n: int
    second_digit: float | None
    last_digit: float
    ends_in_0_or_5: float
    per_cent_0_or_5: float
    seconds: int
    """Number of counts with a second digit."""


def statistics(part: Ints, whole: Ints, least_second: int = 10) -> Statistics:
    """Compute the numbers that tool kits print.

    Parameters
    ----------
    part, whole
        Counts, shape (n,), n at least 1; stations without voters count in last digits and are no multiple of
        five.
    least_second
        Smallest count with a second digit.
    """
    long = part[part >= least_second]
    some = whole > 0
    fives = np.zeros(len(part), dtype=np.bool_)
    fives[some] = digits.whole_per_cent(part[some], whole[some]) % 5 == 0
    return Statistics(
        n=len(part),
        second_digit=float(digits.second_digit(long).mean()) if len(long) else None,
        last_digit=float((part % 10).mean()),
        ends_in_0_or_5=float((part % 5 == 0).mean()),
        per_cent_0_or_5=float(fives.mean()),
        seconds=len(long),
    )


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Look at the digits of ballots cast and of the favoured option's votes; ``rng`` is not used."""
    counts, missing = _counts(subject, params)
    if not counts:
        return Evidence((METHOD.untestable(subject, "last digit", missing),))
    found: list[Measurement] = []
    figures: list[Figure] = []
    for one in counts:
        summary = statistics(one.part, one.whole, params.least_second)
        last, pairs, drawn = _last(subject, params, one, summary)
        found += [
            last,
            *pairs,
            *_second(subject, params, one, summary),
            _fives(subject, params, one, summary),
        ]
        figures += drawn
    return Evidence(tuple(found), tuple(figures))


def _counts(subject: Subject, params: Params) -> tuple[list[Counted], str]:
    """Return the counts that can be looked at, and why there are none."""
    known, found = subject.results.quantities, []
    if {"registered", "cast"} <= set(known):
        chosen = subject.results.select("registered", "cast")
        found.append(Counted("ballots cast", None, "turnout", chosen["cast"], chosen["registered"]))
    base = next((name for name in params.share if name in known), None)
    option = subject.favoured
    if base is not None and option is not None:
        chosen = subject.results.select(base, option)
        rate = f"share of “{option}”"
        found.append(Counted(f"votes for “{option}”", option, rate, chosen[option], chosen[base]))
    kept = []
    for one in found:
        sound = (one.part >= 0) & (one.whole >= 0)
        if sound.any():
            kept.append(replace(one, part=one.part[sound], whole=one.whole[sound]))
    lacking = "no station has counts" if found else "neither ballots of voters nor votes of ballots are known"
    return kept, f"{lacking} in this case"


def _second(subject: Subject, params: Params, one: Counted, summary: Statistics) -> list[Measurement]:
    """Return the mean second digit beside that of Benford's law."""
    if summary.second_digit is None:
        return []
    place = np.arange(10)
    mean = float(digits.BENFORD_SECOND @ place)
    spread = math.sqrt(float(digits.BENFORD_SECOND @ place**2) - mean**2)
    error = spread / math.sqrt(summary.seconds)
    difference = summary.second_digit - mean
    half = _reach(params.coverage) * error
    return [
        METHOD.answer(
            subject,
            "second digit",
            option=one.option,
            n=summary.seconds,
            observed=summary.second_digit,
            expected=mean,
            effect=effect(
                "difference of the mean second digit from Benford's law",
                difference,
                "digits",
                (difference - half, difference + half),
                params.coverage,
            ),
            effects=(effect("the same in standard errors", difference / error, "standard errors"),),
            statement=f"the second digits of {counted(summary.seconds, 'counts')} of {one.label} have the "
            f"mean {summary.second_digit:.3f}; Benford's law gives {mean:.3f}, and stations of like size "
            f"need not follow it.",
            params=asdict(params),
        )
    ]


def _fives(subject: Subject, params: Params, one: Counted, summary: Statistics) -> Measurement:
    """Return the share of percentages that are multiples of five."""
    part = 100.0 * summary.per_cent_0_or_5
    half = _reach(params.coverage) * 100.0 * math.sqrt(0.2 * 0.8 / summary.n)
    return METHOD.answer(
        subject,
        "percentages",
        option=one.option,
        n=summary.n,
        observed=summary.per_cent_0_or_5,
        expected=0.2,
        effect=effect(
            "percentages that are multiples of five, above one fifth",
            part - 20.0,
            "percentage points",
            (part - 20.0 - half, part - 20.0 + half),
            params.coverage,
        ),
        statement=f"of {counted(summary.n, subject.rows_are)} {per_cent(part)} have a {one.rate} that rounds "
        f"to a multiple of five per cent; every fifth whole number is one.",
        params=asdict(params),
    )


def _last(
    subject: Subject, params: Params, one: Counted, summary: Statistics
) -> tuple[Measurement, list[Measurement], list[Figure]]:
    """Test the last digit and the last two against the other counts of the same ten and hundred."""
    sound = (one.part <= one.whole) & (one.whole > 0)
    part, whole = one.part[sound], one.whole[sound]
    large = part >= params.least_last
    printed = (
        effect("mean last digit of all counts", summary.last_digit, "digits"),
        effect("counts that end in 0 or 5", 100.0 * summary.ends_in_0_or_5, "per cent of counts"),
    )
    if np.count_nonzero(large) < params.least_stations:
        reason = (
            f"{params.least_stations} counts of {one.label} of at least {params.least_last} are needed, and "
            f"there are {np.count_nonzero(large):,}"
        )
        return METHOD.untestable(subject, "last digit", reason, option=one.option), [], []
    # The density is that of all stations: among those with 100 votes or more it would end in a step.
    chances = digits.last_digit_chances(part, whole)[large]
    twins = digits.last_digit_chances(part, whole, 100, every=11).sum(axis=1)[large]
    part, whole = part[large], whole[large]
    ends = part % 10
    seen = np.bincount(ends, minlength=10)
    expected, spread = chances.sum(axis=0), np.sqrt(np.sum(chances * (1.0 - chances), axis=0))
    worst = int(np.argmax(np.abs(seen - expected) / np.maximum(spread, 1e-9)))
    log_p = _two_sided(chances[:, worst], int(seen[worst])) + math.log(10.0)
    fives = excess(chances[:, 0] + chances[:, 5], int(seen[0] + seen[5]), params.coverage, "counts")
    fine = checked(
        "counts are fine enough for a density of rates",
        float(np.median(whole)) >= 2 * params.least_last,
        f"the median station has {np.median(whole):,.0f} {noun_of(one)}",
    )
    # Wide enough for all ten digits together, and so for the one that was picked.
    wide = 1.0 - (1.0 - params.coverage) / 10.0
    picked = excess(chances[:, worst], int(seen[worst]), wide, "counts", f" of counts that end in {worst}")
    head = METHOD.answer(
        subject,
        "last digit",
        option=one.option,
        n=len(part),
        observed=int(seen[worst]),
        expected=float(expected[worst]),
        null="conditional",
        **_probability(log_p),
        effect=picked.model_copy(update={"level": params.coverage}),
        effects=(
            fives.model_copy(update={"name": "excess of counts that end in 0 or 5"}),
            effect(
                "chi-square of the ten digits, 9 degrees of freedom", _chi_square(seen, chances), "chi-square"
            ),
            *printed,
        ),
        noticing=_noticing(subject, params, chances[:, worst], part, 10),
        assumptions=(fine, _rests(chances)),
        statement=f"of {len(part):,} counts of {one.label} of at least {params.least_last}, {seen[worst]:,} "
        f"end in {worst}, the digit that deviates most; {expected[worst]:,.1f} would be expected from the "
        f"other counts of the same ten.",
        params=asdict(params),
    )
    same = int(np.count_nonzero(ends == part // 10 % 10))
    pair = METHOD.answer(
        subject,
        "last two digits",
        option=one.option,
        n=len(part),
        observed=same,
        expected=float(twins.sum()),
        null="conditional",
        **_probability(_two_sided(twins, same)),
        effect=excess(twins, same, params.coverage, "counts", " of counts that end in two equal digits"),
        noticing=_noticing(subject, params, twins, part, 1),
        assumptions=(fine, _rests(twins[:, None])),
        statement=f"of {len(part):,} counts of {one.label} of at least {params.least_last}, {same:,} end in "
        f"two equal digits; {twins.sum():,.1f} would be expected from the other counts of the same hundred.",
        params=asdict(params),
    )
    return head, [pair], [_figure(head, one, seen, expected, spread)]


def noun_of(one: Counted) -> str:
    """Say what a count is a part of."""
    return noun("registered") if one.option is None else "ballots"


def _reach(coverage: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + coverage / 2.0))


def _two_sided(chances: Floats, seen: int) -> float:
    """Return ln p of a number of events, twice the smaller tail."""
    above = poisson_binomial.log_upper_tail(chances, seen)
    below = poisson_binomial.log_lower_tail(chances, seen)
    return min(above, below) + math.log(2.0)


def _probability(log_p: float) -> dict[str, Any]:
    log10_p = min(0.0, log_p / math.log(10.0))
    return {"p": 10.0**log10_p, "log10_p": log10_p, "bits": surprise(log10_p)}


def _chi_square(seen: Ints, chances: Floats) -> float:
    """Return the chi-square of ten numbers whose sum is fixed, with their covariance under the null."""
    difference = (seen - chances.sum(axis=0))[:9]
    covariance = np.diag(chances.sum(axis=0)) - chances.T @ chances
    return float(difference @ np.linalg.pinv(covariance[:9, :9]) @ difference)


def _rests(chances: Floats) -> Assumption:
    """Say how far the density moves what is expected of an ending, in standard deviations of one tenth."""
    n = len(chances)
    moved = float(np.max(np.abs(chances.sum(axis=0) - 0.1 * n))) / math.sqrt(0.09 * n)
    state: State = "holds" if moved <= 0.5 else "doubtful" if moved <= 1.0 else "fails"
    how = f"it moves what is expected away from one tenth by {moved:.2f} standard deviations at most"
    return Assumption(name="little rests on the density of rates", state=state, how=how)


def _noticing(subject: Subject, params: Params, chances: Floats, part: Ints, tests: int) -> Noticing:
    """Tell at how many stations one preferred ending would have been seen; both tails are looked at."""
    return noticed(
        chances,
        params.limit_level,
        float(part.mean()),
        of=subject.rows_are,
        mechanism="counts written with one preferred ending",
        among=2.0 * tests,
    )


def _figure(head: Measurement, one: Counted, seen: Ints, expected: Floats, spread: Floats) -> Figure:
    """Draw how many counts end in each digit, over what is expected."""
    rows = [
        {
            "digit": str(place),
            "counts": int(seen[place]),
            "expected": round(float(expected[place]), 1),
            "low": round(float(expected[place] - 3.0 * spread[place]), 1),
            "high": round(float(expected[place] + 3.0 * spread[place]), 1),
        }
        for place in range(10)
    ]
    words = ", ".join(f"{row['digit']}: {row['counts']:,}" for row in rows)
    y = chart.free("counts", "Counts")
    layers = [
        chart.layer("bar", "band", chart.span("y", y)),
        chart.layer("tick", "expected", {"y": {**y, "field": "expected"}}, orient="horizontal"),
        chart.layer("point", "observed", {"y": y}, filled=True, size=60),
    ]
    return Figure(
        id=f"{head.id}/digits",
        finding=head.id,
        title=f"{capital(one.label)}: how many counts end in each digit",
        caption=f"Counts by last digit (points), what the other counts of the same ten make "
        f"likely (line) and three standard deviations to either side (band). Last digits {words}.",
        alt=f"Ten points, one for each last digit from 0 to 9, over their expected range. {words}; "
        f"{written(expected.mean(), ',.1f')} expected on average.",
        vega_lite=chart.picture(
            layers, rows, encoding={"x": chart.category("digit", "Last digit", labelAngle=0)}
        ),
    )


METHOD = Method(
    id="digits",
    title="Digits of counts",
    question="Do the digits of counts fall as they do where nobody chose them?",
    tier="D",
    null="conditional",
    needs=("returns", ("registered", "options")),
    tail="two-sided",
    params=Params,
    measure=measure,
    references=("beber2012", "hicken2017", "deckert2011", "breunig2011"),
    innocent=(
        "Stations drawn up to be of like size, which alone breaks Benford's law.",
        "Clerks who round counts, and lists with a fixed number of names.",
    ),
    blind=(
        "Figures invented by percentages or by somebody who knows the test.",
        "Added or moved ballots, and everything else that leaves counts counted.",
    ),
)
