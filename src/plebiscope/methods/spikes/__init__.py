"""Ratios that more stations report than a smooth curve and the coarseness of counts make likely.

Question
--------
Does any turnout or share, whole percentage or not, occur at more stations than the curve around it allows?

Statistic
---------
Turnout and the share of an option are put into bins of a tenth of a point centred on 0, 0.1, ... 100 per
cent, in whole numbers. ``S_m`` is the number of stations in bin ``m``. Tested are the 999 bins between 0
and 100 per cent, which are the business of other methods. The answer is the number of stations beyond what
is expected in the bins that rise above the band. Its interval is a bound for all 999 bins at once, because
the counts choose which bins are looked at, and it ends at the stations that lie there. So it is wide: in
simulated votes in which 2 and 5 of 100 stations were written from round percentages
(``benchmarks/spikes_coverage.py``) it held the truth in 22 of the 22 and 100 of the 100 that had a peak.

Beside it stands one test of *simple fractions*: how many stations lie in a bin that holds a fraction with a
denominator up to 20 (a half, three quarters, 17/20)? One question for the whole family of fractions, so that
nothing is lost to asking about each. It is not asked where the ratio of all stations is below 5 or above 95
per cent.

Fair vote
---------
Rozenas's: rates of stations follow a smooth law, a mixture of a few beta laws fitted to this table (maximum
likelihood, the number by Schwarz's criterion, no random start). Given its count, each station reports again:
its second count, with the same number of ballots, follows a mixture of beta-binomial laws. The chance
``r_im`` that station i reports bin m again is a sum over counts, computed and not drawn, and so are mean
``sum r_im`` and variance ``sum r_im (1 - r_im)`` of the stations in each bin. Ratios that small numbers of
ballots make common are in it.

Whatever the ``r_im``, the chance of so many stations is at most that of the binomial law with the same mean
(Hoeffding). A second bound looks only at stations within one point of the bin, each with its chance to be in
the bin given that it is near, so that no peak follows from a curve that the mixture fits badly. The larger of
the two is the p of a bin, 999 times the smallest (Bonferroni) that of the curve, and the band is the number
of stations that is exceeded anywhere in at most 5 of 100 fair votes. Nothing depends on a number of draws.
The original takes the largest of 1,000 draws in each bin as the band, which a fair vote exceeds in one bin of
its 1,001 on average.

The original draws turnout again too, before the share. That blurs the numbers of ballots, which are known.
For the highest peak of the share it is computed as well, so that figures of the original can be compared.

Regions of 200 stations or more are asked the same with the law of the whole vote; named are those with p
below 0.05, and all that were asked count in the correction.

Assumptions
-----------
* Rates follow a smooth law over a tenth of a point. Checked: spread of the middle half of ``(S_m - mean) /
  sd`` over bins, which is near 1 where the law fits.
* Stations are independent given their rates. Results that are copies of one another break that.
* Stations of up to 20,000 ballots; with more, a bin holds many counts. Larger ones are left out and counted.

Innocent causes
---------------
A clerk who sends a percentage from which the count is worked out. One result published for several stations.
A place whose stations serve one institution. In none of the reference votes that nobody doubts was there a
peak above the band. Ratios of small stations need no other cause, since they are in the law.

Blind spots
-----------
Peaks at 0 and at 100 per cent; peaks wider than a point; invented figures that do not repeat a ratio; added
or moved ballots. Whole percentages one and all are seen better by `integer-percentages`, which adds them up.

References
----------
Rozenas (2017), whose law this is; Hoeffding (1956) for the bound. Of Rozenas's stored example, Canada 2011
(0.0389 per cent of stations at one share, 28.0 per cent), the figure is reproduced with his mixtures.

Example
-------
Two thousand stations of 300 ballots report what a smooth law brings; then forty more report exactly 47 per
cent.

>>> import numpy as np
>>> from plebiscope.kernels import beta_mixture, poisson_binomial
>>> rng = np.random.default_rng(0)
>>> ballots = np.full(2040, 300)
>>> votes = rng.binomial(300, rng.beta(30, 30, 2040))
>>> def chance(votes):
...     law = beta_mixture.fit(votes, ballots)
...     sums = bins.add_up(votes, ballots, np.zeros(2040, dtype=np.int64), 1, law, 10)
...     return math.exp(bins.smallest(sums.log_p()[0]))
>>> chance(votes) > 0.05
True
>>> votes[2000:] = 141
>>> chance(votes) < 0.001
True
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.excess import against_chance
from plebiscope.evidence.noticed import POWER, hitting
from plebiscope.evidence.ratio import ratio_columns
from plebiscope.kernels import beta_mixture, poisson_binomial
from plebiscope.kernels.beta_mixture import Mixture
from plebiscope.methods.spikes import bins, drawn_again
from plebiscope.methods.spikes.asking import Asked, Curve, Params, ask
from plebiscope.methods.spikes.bins import FIRST, LAST
from plebiscope.methods.spikes.picture import curves
from plebiscope.model import size
from plebiscope.model.finding import Assumption, Effect, Limit, Measurement, Noticing
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
from plebiscope.model.wording import few, listed, none_of, per_cent

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_LN10 = math.log(10.0)
_TESTED = LAST - FIRST + 1
_MIDDLE_HALF = 1.349
"""Standard deviations that the middle half of a normal law spans."""
_WIDTH = 0.001
"""Width of a bin, as a share."""


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare the curves of turnout and share with what is expected; ``rng`` is not used."""
    examined = subject.examined or (None,)
    columns, missing = ratio_columns(subject, params.turnout, params.share, examined[0])
    columns = sorted(columns, key=lambda one: one.quantity)  # the share first
    for option in examined[1:]:
        columns += [
            one for one in ratio_columns(subject, (), params.share, option)[0] if one.option == option
        ]
    asked, found = [], []
    for one in columns:
        ready = ask(subject, params, one)
        if isinstance(ready, str):
            found.append(METHOD.untestable(subject, f"{one.quantity} peaks", ready, option=one.option))
        else:
            asked.append(ready)
    laws = {one.ratio.quantity: one.law for one in asked if one.ratio.option in (None, examined[0])}
    heads = [_peaks(one, laws) for one in asked]
    areas = [_areas(one) for one in asked]
    found = [*heads, *found, *(_fractions(one) for one in asked)]
    found += [METHOD.untestable(subject, f"{name} peaks", why) for name, why in missing.items()]
    shown = [
        (head, one) for head, one in zip(heads, asked, strict=True) if one.ratio.option in (None, examined[0])
    ]
    figures = [curves(shown)] if shown else []
    by_place = [answer for place in areas for answer in place[0]]
    return Evidence((*found, *by_place), tuple(figures), _scores(heads, asked, areas, params))


def _peaks(asked: Asked, laws: dict[str, Mixture]) -> Measurement:
    """Answer for the whole contest."""
    whole, params = asked.whole.sums, asked.params
    answer = _answer(asked, asked.whole, 0)
    sizes = [*answer["effects"]]
    known = {"turnout", "share"} <= set(laws) and asked.law is laws["share"]
    above = np.flatnonzero(asked.whole.above[0])
    if known and len(above):
        sizes += _as_drawn(asked, laws, int(above[np.argmax((whole.seen - whole.mean)[0][above])]))
    return METHOD.answer(
        asked.subject,
        f"{asked.ratio.quantity} peaks",
        option=asked.ratio.option,
        **answer | {"effects": tuple(sizes)},
        noticing=Noticing(partial(_limit, asked), asked.params.level),
        assumptions=_assumed(asked),
        params={
            **asdict(params),
            "ratio": asked.ratio.label,
            "mixture": [
                [round(float(value), 4) for value in part]
                for part in (asked.law.first, asked.law.second, asked.law.weights)
            ],
            "left_out": dict(asked.stations.dropped),
        },
    )


def _assumed(asked: Asked) -> tuple[Assumption, ...]:
    """Say what every answer rests on; the curve is that of the whole contest, in areas too."""
    whole, rows_are = asked.whole.sums, asked.subject.rows_are
    standardised = (whole.seen - whole.mean)[0] / np.sqrt(np.maximum(whole.variance, 1e-12))
    full = whole.mean[0] >= 5.0
    full[:FIRST] = full[LAST + 1 :] = False
    middle = np.quantile(standardised[full], [0.25, 0.75]) if full.sum() >= 20 else None
    spread = None if middle is None else float(middle[1] - middle[0]) / _MIDDLE_HALF
    fits = checked(
        "the mixture of beta laws fits the curve",
        spread is not None and spread <= 1.2,
        f"over {int(full.sum())} bins that expect five {rows_are} or more, the middle half of seen less "
        f"expected has a spread of {spread:.2f} standard deviations"
        if spread is not None
        else f"too few bins expect five {rows_are} or more",
    )
    alone = Assumption(
        name="one result is not published for several stations",
        state="unknown",
        how="the curve counts each by itself; copies are looked for by a question of their own",
    )
    return fits, alone


def _limit(asked: Asked, level: float) -> Limit | str:
    """Say how many stations written to one ratio rise above the band, in the bin that takes the most."""
    whole, tested, rows_are = asked.whole.sums, slice(FIRST, LAST + 1), asked.subject.rows_are
    mean, n = whole.mean[0][tested], round(float(whole.size[0, 0]))
    least = size.least(rows_are, n)
    above = np.floor(whole.band(level)[0][tested]) + 1.0
    needed = np.maximum(above, np.ceil(np.round(mean + least, 9)))
    worst = int(np.argmax(needed - mean + np.sqrt(mean)))
    chances = np.full(n, min(1.0, float(mean[worst]) / n))
    hit = hitting(asked.ratio.trials, _WIDTH)
    found = poisson_binomial.least_added(chances, int(needed[worst]), POWER, hit)
    if found is None:
        return f"even all {n:,} {rows_are} at one ratio would not be too many"
    dose, power = found
    return Limit(
        mechanism="one and the same ratio written at many places",
        dose=dose,
        unit=rows_are,
        stations=dose if rows_are == "stations" else None,
        votes=dose * float(asked.ratio.trials.mean()) if asked.ratio.option is not None else None,
        floor=math.ceil(round(least, 9)) if needed[worst] > above[worst] else None,
        power=min(power, 1.0 - 1e-9),
        how="analytic",
    )


def _answer(asked: Asked, curve: Curve, group: int) -> dict[str, Any]:
    """Return the fields of an answer that a contest and an area have in common."""
    rows_are, params, sums = asked.subject.rows_are, asked.params, curve.sums
    log_p = curve.log_p[group]
    log10_p = bins.smallest(log_p) / _LN10
    seen, mean, n = sums.seen[group], sums.mean[group], int(sums.size[group, 0])
    size, above = peaks_of(curve, group, params, rows_are)
    told = [_told(at, seen, mean, rows_are) for at in above[:5].tolist()]
    highest = FIRST + int(np.argmin(log_p[FIRST : LAST + 1]))
    label = asked.ratio.label
    statement = (
        f"In {none_of(len(above), f'{_TESTED} bins')} of a tenth of a point lie more of {n:,} {rows_are} "
        f"than the band around a smooth curve allows, by their {label}"
    )
    if told:
        most = "most unlikely " if len(above) > len(told) else ""
        statement += f": {most}{listed(told)}."
        if size.low is not None and size.value is not None:
            statement += (
                f" Of the {seen[above].sum():,.0f} {rows_are} there, {size.value:,.0f} are beyond those "
                f"expected; at least {size.low:,.0f} by bounds that hold in all {_TESTED} bins at once with "
                f"a chance of {per_cent(100.0 * params.coverage, 'g')}, which makes them wide."
            )
    else:
        statement += f"; next to it comes {_told(highest, seen, mean, rows_are)}."
    return {
        "n": n,
        "observed": float(len(above)),
        "expected": 0.0,
        "null": "conditional",
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "effect": size,
        "effects": (effect("bins above the band", float(len(above)), "bins of a tenth of a point"),),
        "statement": statement,
    }


def peaks_of(curve: Curve, group: int, params: Params, rows_are: str) -> tuple[Effect, Ints]:
    """Count the stations beyond those expected in the bins above the band; these come most unlikely first.

    The interval is no narrower than to hold in every one of the tested bins at once, because it was the
    counts that chose the bins; and there cannot be more than lie there.
    """
    # Not above: it takes longer to import than all methods together.
    from scipy import stats

    above = np.flatnonzero(curve.above[group])
    above = above[np.argsort(curve.log_p[group][above], kind="stable")]
    seen, mean = curve.sums.seen[group][above], curve.sums.mean[group][above]
    ends: tuple[float | None, float | None] = (None, None)
    if len(above):
        outside = (1.0 - params.coverage) / _TESTED / 2.0
        low = stats.chi2.ppf(outside, 2.0 * seen) / 2.0 - mean
        high = stats.chi2.ppf(1.0 - outside, 2.0 * seen + 2.0) / 2.0 - mean
        ends = float(np.maximum(low, 0.0).sum()), float(np.minimum(high, seen).sum())
    name = f"{rows_are} at peaks, beyond those expected there"
    value = float((seen - mean).sum())
    return effect(name, value, rows_are, ends, params.coverage if len(above) else None), above


def _told(at: int, seen: Floats, mean: Floats, rows_are: str) -> str:
    return f"{per_cent(at / 10)} ({seen[at]:,.0f} {rows_are}, {few(float(mean[at]))} expected)"


def _as_drawn(asked: Asked, laws: dict[str, Mixture], at: int) -> list[Effect]:
    """Say how far a peak of the share exceeds what Rozenas's rule expects there."""
    subject, ratio = asked.subject, asked.ratio
    turnout, _ = ratio_columns(subject, asked.params.turnout, (), None)
    picked = subject.results.select(turnout[0].denominator, turnout[0].numerator, marked=True)
    rows = np.full(len(subject.results), -1, dtype=np.int64)
    rows[picked.rows] = np.arange(len(picked))
    place = rows[asked.stations.rows]
    known = place >= 0
    registered, cast = picked[turnout[0].denominator][place], picked[turnout[0].numerator][place]
    # Turnout is drawn again among the ballots that the share is of.
    known &= (ratio.trials <= cast) & (cast <= registered) & (registered <= beta_mixture.MOST)
    if not known.any():
        return []
    chances = drawn_again.chances(
        registered[known], ratio.trials[known], ratio.successes[known], at, laws["turnout"], laws["share"]
    )
    excess = float(np.count_nonzero(asked.bin[known] == at)) - float(chances.sum())
    name = "excess at the largest peak, turnout drawn again too (Rozenas)"
    return [effect(name, 100.0 * excess / int(known.sum()), f"per cent of {subject.rows_are}")]


def _fractions(asked: Asked) -> Measurement:
    """Count the stations at simple fractions."""
    ratio, params, rows_are = asked.ratio, asked.params, asked.subject.rows_are
    quantity, whole = (
        f"{ratio.quantity} at simple fractions",
        100.0 * ratio.successes.sum() / ratio.trials.sum(),
    )
    if not bins.OUTERMOST <= whole <= 100.0 - bins.OUTERMOST:
        reason = f"the {ratio.name} of all {rows_are} is {per_cent(whole)}, beyond the last simple fraction"
        return METHOD.untestable(asked.subject, quantity, reason, option=ratio.option)
    seen = int(np.count_nonzero(bins.simple_fractions()[asked.bin]))
    answer = against_chance(
        asked.whole.sums.simple,
        seen,
        ratio.trials,
        of=rows_are,
        mechanism="results written from simple fractions",
        coverage=params.coverage,
        level=params.level,
        hit=hitting(ratio.trials, _WIDTH),
    )
    return METHOD.answer(
        asked.subject,
        quantity,
        option=ratio.option,
        null="conditional",
        **answer,
        assumptions=_assumed(asked),
        statement=f"{seen:,} of {answer['n']:,} {rows_are} have a {ratio.label} within a twentieth of a "
        f"point of a fraction with a denominator up to {bins.LARGEST}; {few(answer['expected'])} would be "
        "expected.",
        params=asdict(params),
    )


def _areas(asked: Asked) -> tuple[list[Measurement], list[int]]:
    """Answer for the areas whose own p is below the level; return their numbers too."""
    sizes = asked.by_area.sums.size[:, 0]
    large = np.flatnonzero(sizes >= asked.params.least_area)
    if len(asked.names) < 2 or not len(large):
        return [], []
    log_p = asked.by_area.log_p
    named = [int(at) for at in large if bins.smallest(log_p[at]) < math.log(asked.params.level)]
    made = [
        METHOD.answer(
            asked.subject,
            f"{asked.ratio.quantity} peaks",
            option=asked.ratio.option,
            area=asked.names[at],
            among=len(large),
            **_answer(asked, asked.by_area, at),
            assumptions=_assumed(asked),
        )
        for at in named
    ]
    return made, named


def _scores(
    heads: Sequence[Measurement],
    asked: Sequence[Asked],
    areas: Sequence[tuple[list[Measurement], list[int]]],
    params: Params,
) -> tuple[StationScore, ...]:
    """Name the stations at peaks of the contest, or of an area, that stand out."""
    best: dict[int, tuple[float, str]] = {}
    for head, one, (answers, named) in zip(heads, asked, areas, strict=True):
        at = one.bin
        found = np.zeros(len(at), dtype=bool)
        if head.p is not None and head.p < params.level:
            found |= one.whole.above[0][at]
        for answer, place in zip(answers, named, strict=True):
            if answer.p is not None and answer.p * (answer.among or 1) < params.level:
                found |= (one.codes == place) & one.by_area.above[place][at]
        for place in np.flatnonzero(found).tolist():
            row, surprising = (
                int(one.stations.rows[place]),
                -math.log2(max(float(one.whole.sums.own[place]), 1e-12)),
            )
            k, n = int(one.ratio.successes[place]), int(one.ratio.trials[place])
            reason = f"{one.ratio.name} {per_cent(100 * k / n, '.2f')} ({k:,} of {n:,}), at a peak"
            best[row] = max(best.get(row, (0.0, "")), (surprising, reason))
    rows = np.array(sorted(best), dtype=np.int64)
    bits = np.array([best[row][0] for row in rows.tolist()])
    return most_surprising(rows, bits, params.listed, lambda place: best[int(rows[place])][1])


METHOD = Method(
    id="spikes",
    title="Peaks in the curves of turnout and share",
    question="Does any turnout or share occur at more stations than the curve around it allows?",
    tier="C",
    null="conditional",
    needs=("returns", "station", ("registered", "options")),
    tail="upper",
    params=Params,
    measure=measure,
    references=("rozenas2017", "hoeffding1956"),
    no_votes="it counts stations that share a ratio; what they would have reported otherwise is not known",
    innocent=(
        "A clerk sent a percentage, from which the count was worked out.",
        "One result was published for several stations.",
    ),
    blind=(
        "peaks at 0 and at 100 %, and peaks wider than a point",
        "invented figures that do not repeat a ratio",
        "added, moved or destroyed ballots, and pressure on voters",
    ),
    slow=True,
    longest=0.7,
)
