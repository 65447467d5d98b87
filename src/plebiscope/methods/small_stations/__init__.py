"""The small stations of a neighbourhood against its larger ones, in turnout and in share.

Question
--------
Do the smallest stations of each neighbourhood report higher turnout, and more votes for the favoured option,
than the larger ones next to them, and more so than in votes that nobody doubts?

Statistic
---------
The *standardised fingerprint* sets every station against the others of its neighbourhood: ``z`` is its
turnout (or share) less the mean of theirs, in their standard deviations. A neighbourhood is the finest area
that puts 20 stations together, as a rule what one commission counts. Differences between regions, be they of
language or of wealth, are out of it.

Small are the 30 per cent of each neighbourhood with fewest registered voters; stations of one size at that
border are counted in part. The answer is the mean ``z`` of the small less that of the others, for turnout and
for the share, with an interval from leaving out each of the largest areas in turn (the jackknife, Student's
law). Beside it stand

* the same for every other option and for the share of invalid ballots: where small stations are merely
  different, these differ too;
* where the case tells groups of stations apart (`groups`: town and country, say), the same among stations of
  one group and neighbourhood: what such kinds of place explain is out of it;
* where the case holds another vote at the same stations (`pairs`), the difference less the same there, and
  for the share that less the one of the largest other option: what small places always do is out of it, and
  of this also what moved all options alike;
* how many standard deviations it is away from zero if sizes are dealt out anew inside each neighbourhood.
  Mean and variance of that are exact. It is the yardstick of *no effect of size at all*, which hardly any
  vote meets;
* the correlation of the two ``z`` over all stations.

Fair vote
---------
There is none that could be computed: size goes with town and country, and these vote differently. In clean
votes of Mexico the small stations were .18 to .38 standard deviations higher in turnout, in Russia .36 to
.78. So there is no p; the yardstick is what the very same figures are on reference votes.

Assumptions
-----------
* Small and large stations of one neighbourhood serve people who vote alike. It cannot be checked on the
  returns, unless the case tells kinds of place apart.
* Beside another vote: small and large stations would differ alike in both.
* For the correlation: inside a neighbourhood turnout and share do not go together of themselves. It cannot be
  checked on the returns of one vote; on reference votes it lay between -.52 and .28.
* Neighbourhoods are small enough that stations inside one are alike. Checked: stations in the middle one.
* Enough areas for the interval (2), each a sample of its own of how small and large stations differ. In
  simulated fair votes with 2 to 40 of them, of one size or one with 60 per cent of the stations, it held the
  mean over all such votes in 92 or more of 100. With 2 or 3 it is so wide that it says little.

Innocent causes
---------------
Villages beside towns: they turn out more and vote for tradition. Institutions with small stations of their
own, where everybody votes. Small stations that were opened for a loyal district.

Blind spots
-----------
What is done to small and large stations alike, or to whole neighbourhoods. Pressure on voters in small
places, which this measure shows best, leaves every count true: it does not tell added ballots from voters who
were made to come.

References
----------
Jimenez, Hidalgo and Klimek (2017), who set small stations against large; Klimek, Jimenez, Hidalgo,
Hinteregger and Thurner (2018) on Turkey.

Example
-------
Ten stations with 100 to 1,000 voters; the three smallest have a turnout that is higher by ten points.

>>> import numpy as np
>>> sizes = np.arange(100, 1100, 100)
>>> turnout = np.array([0.6, 0.61, 0.59, 0.5, 0.51, 0.49, 0.5, 0.52, 0.48, 0.5])
>>> place = np.zeros(10, dtype=np.int64)
>>> z, weight = standardised(turnout, place), smallness(sizes, place, 30)
>>> weight.tolist()
[1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
>>> round(difference(z, weight), 1)
2.4
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from plebiscope.methods.small_stations import other_vote, pictures
from plebiscope.methods.small_stations.alike import inside_groups
from plebiscope.methods.small_stations.asking import UNIT, Params, Used, use
from plebiscope.methods.small_stations.sizes import (
    Floats,
    Ints,
    dealt_out,
    difference,
    leaving_out,
    smallness,
    standardised,
    with_interval,
)
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Evidence, Method, Subject, checked, effect
from plebiscope.model.wording import noun, per_cent, written

__all__ = [
    "METHOD",
    "Params",
    "dealt_out",
    "difference",
    "leaving_out",
    "measure",
    "smallness",
    "standardised",
]


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Set small stations against large ones; ``rng`` is not used."""
    used = use(subject, params)
    if isinstance(used, str):
        return Evidence((METHOD.untestable(subject, "turnout", used, option=subject.favoured),))
    areas, _ = subject.areas(used.stations.rows)
    heads = [
        _answer(used, "turnout", None, used.turnout, areas),
        _answer(used, "share", used.option, used.share, areas),
    ]
    beside = [answer for other in subject.pairs for answer in other_vote.ask(METHOD, used, other, areas)]
    figures = tuple(figure for draw in pictures.EVERY if (figure := draw(used, heads)) is not None)
    return Evidence((*heads, _together(used), *beside), figures)


def _answer(used: Used, quantity: str, option: str | None, z: Floats, areas: Ints) -> Measurement:
    """Answer for turnout or share."""
    params, rows_are = used.params, used.subject.rows_are
    label = "turnout" if option is None else f"share of “{option}” (of {noun(used.base)})"
    if used.constant(z):
        why = f"the {label} is the same at all {rows_are} of each area ({used.column})"
        return METHOD.untestable(used.subject, quantity, why, option=option)
    value, ends, level = with_interval(z, used.weight, areas, params.coverage)
    away, without = dealt_out(z, used.weight, used.place), leaving_out(z, used.weight, areas)
    dealt = "the same, in standard deviations of sizes dealt out anew"
    effects = [effect(dealt, away, "standard deviations")]
    beside = ""
    part, whole = ("cast", "registered") if option is None else (option, used.base)
    like = inside_groups(used, used.stations[part] / used.stations[whole], areas)
    alike = ""
    if like is not None:
        effects.append(like[0])
        alike = written(like[0].value or 0.0, "+.2f")
        beside += f" Among stations of one group it is {alike}"
        beside += f" ({like[1]:,} of no known group, or of too few, left out)." if like[1] else "."
    if option is not None:
        others = {name: difference(rate, used.weight) for name, rate in used.rates.items()}
        effects += [effect(f"the same for {noun(name)}", one, UNIT) for name, one in others.items()]
        told = ", ".join(f"{written(one, '+.2f')} for {noun(name)}" for name, one in others.items())
        beside += f" For comparison: {told}." if told else ""
    return METHOD.answer(
        used.subject,
        quantity,
        option=option,
        n=len(z),
        observed=value,
        effect=effect("small less large, standardised", value, UNIT, ends, level),
        effects=tuple(effects),
        assumptions=(
            Assumption(
                name="small and large stations of one neighbourhood serve people who vote alike",
                state="unknown",
                how="the table does not say what kind of place a station is in"
                if like is None
                else f"among stations of one group, as the case tells them apart, the difference is {alike}",
            ),
            _are_small(used),
            checked(
                "enough areas for the interval",
                len(without) >= params.fewest_areas,
                f"{len(without) or 'no'} areas ({used.subject.results.main_area})",
            ),
        ),
        statement=f"the {per_cent(params.part, 'd')} of {rows_are} with fewest voters in each of "
        f"{int(used.place.max()) + 1:,} areas ({used.column}) have a {label} that is "
        f"{written(value, '+.2f')} standard deviations from that of the larger ones beside them.{beside}",
        params={**asdict(params), "area": used.column, "left_out": dict(used.stations.dropped)},
    )


def _are_small(used: Used) -> Assumption:
    """Check that neighbourhoods are what they are called."""
    sizes = np.bincount(used.place)
    how = f"{len(sizes):,} areas ({used.column}) with {np.median(sizes):.0f} {used.subject.rows_are} in the "
    return checked("neighbourhoods are small", float(np.median(sizes)) <= 150.0, f"{how}middle one")


def _together(used: Used) -> Measurement:
    """Return the correlation of the two over all stations."""
    known = np.isfinite(used.turnout) & np.isfinite(used.share)
    turnout, share = used.turnout[known], used.share[known]
    spread = float(turnout.std() * share.std()) if known.any() else 0.0
    if spread <= 1e-12:
        why = f"turnout or share is the same at all {used.subject.rows_are} of each area ({used.column})"
        return METHOD.untestable(used.subject, "together", why, option=used.option)
    value = float(np.mean((turnout - turnout.mean()) * (share - share.mean()))) / spread
    return METHOD.answer(
        used.subject,
        "together",
        option=used.option,
        n=int(known.sum()),
        observed=value,
        effect=effect("correlation of standardised turnout and share", min(1.0, max(-1.0, value)), ""),
        assumptions=(
            Assumption(
                name="without interference turnout and share do not go together inside a neighbourhood",
                state="unknown",
                how="the table does not say why they do; a place whose people turn out more may favour one "
                "option",
            ),
            _are_small(used),
        ),
        statement=f"inside neighbourhoods, turnout and the share of “{used.option}” have a correlation of "
        f"{written(value, '.2f')}.",
        params=asdict(used.params),
    )


METHOD = Method(
    id="small-stations",
    title="Small stations against large ones of the same place",
    question="Do the smallest stations of a place differ in turnout and share from its larger ones?",
    tier="C",
    null="none",
    needs=("returns", "station", "registered", "cast", "options", "areas"),
    tail="upper",
    params=Params,
    measure=measure,
    references=("jimenez2017", "klimek2018"),
    no_votes="it compares small stations with large ones on a scale of spreads, not of votes",
    innocent=(
        "Villages beside towns turn out more and vote for tradition.",
        "A campaign that went to villages in one of two votes.",
        "Institutions with small stations of their own, where everybody votes.",
    ),
    blind=(
        "what is done to small and large stations alike, or to whole neighbourhoods",
        "added ballots and voters who were made to come look the same here",
    ),
)
