"""The late count against the early count of the same places.

Question
--------
Do stations that were reported late differ from stations of the same place that were reported early?

Statistic
---------
Stations are *early* if they stood in an earlier state of the count that the case holds, or were among the
first four fifths to be reported where it holds the time of each report; else *late*. The lead is that of the
favoured option over its nearest rival, in points of the votes for all options, by the final figures.

* *Prediction.* Late stations are given the early lead of their own place; where it has no early station, that
  of the next larger area that has. The final lead less the lead so predicted is what place does not explain.
  Beside it: the same with larger areas only, so that one sees how far it matters what is called a place.
* *Contrast.* Only in places that have both: late lead less early lead, weighted by the late votes.
* *Change.* The lead of each station beyond that of its place, added up in the order of reporting; the largest
  distance from 0, and when it is reached.
* *Same hour.* As the contrast, but a late station is compared only with early ones of its place that were
  reported in the same hour of the day, where the case holds the time of each report. What an hour has in
  common, of stations in the country that report at night for instance, cancels out.

Intervals leave out each place in turn; that of the prediction, where more than 200 places have late stations,
draws whole places again instead. An estimate at an arbitrary moment of the count without regard to place is
not given: when a station reports depends on where it lies, and so do its votes.

Fair vote
---------
Inside a place it is chance which stations report late, as if they had been drawn. The p of the contrast
counts every such draw or, where they are too many, approximates their law. So does that of the same hour, for
which it need be chance only among the stations that one place reports in one hour. That of the change comes
from drawing the order inside places again, ``(1 + as large) / (1 + draws)``. The prediction has no p: of
places without an early station nothing is known but the area around them, so it is an estimate.

Assumptions
-----------
* Chance, or what is as good, decided which stations of a place report late. Nobody draws that: so no number
  of votes is told from it, unless the case says why it is as good as chance (``late_as_by_lot``), which stays
  doubtful and is quoted.
* Late stations of a place are like its early ones. Checked: whether they have as many registered voters,
  and numbers as high. Where these differ by more than three standard deviations, this fails, and what is
  found is shown and not judged: where small stations reported first, the late count differed from the early
  one in 12 to 100 of 100 simulated fair votes, by how size goes with the vote, the lead drifted in 8 to 100,
  and what is found beyond the early stations, or between early and late, had an interval that held zero in 0
  to 98 of 100.
* Stations without a time of report are like the others. Told: how many are left out.
* The early figures were not changed later. Checked, where an earlier state holds figures of its own.
* Of the same hour: early and late stations of a place and an hour are alike. Checked in the same way. In a
  count of one night only the hour in which late begins has both, and a drift inside that hour counts too:
  where small stations reported first, these differed in 0 to 18 of 100 simulated fair votes, and the interval
  held zero in 86 to 100.
* Places are small enough. Checked: how many of the late votes lie in places with an early station.

Innocent causes
---------------
Voters are spread over the rooms of a building by the alphabet, age or street, and rooms with the last numbers
report last. Rooms with long queues or many ballots report later. Far stations of a wide place report late and
vote otherwise. A disputed sheet takes longer.

Blind spots
-----------
Anything done to early and late stations of a place alike, or to all stations of places without an early one.
Anything done before the first state of the count.

References
----------
Idrobo, Kronick and Rodriguez (2022) (why reporting time misleads, and Bolivia 2019).

Example
-------
One place has an early and a late station with leads of 10 and 30 of 100 votes, another only an early one
with a lead of 0. The final lead is 13.3 points, the one predicted 6.7; late is 20 above early.

>>> import numpy as np
>>> early = np.array([True, False, True])
>>> places = Places(np.array([10.0, 30, 0]), np.full(3, 100.0), early, levels=(np.array([0, 0, 1]),))
>>> whole = np.ones((1, 2))
>>> round(float(places.beyond(whole)[0]), 1), round(float(places.contrast(whole)[0]), 1)
(6.7, 20.0)
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl

from plebiscope.methods.late_count import pictures
from plebiscope.methods.late_count.checks import alike, as_drawn, near, scores, unchanged, untold
from plebiscope.methods.late_count.count import Count, Params
from plebiscope.methods.late_count.hours import POINTS, STEADY, by_chance, by_hour, interval, untimed
from plebiscope.methods.late_count.places import Flags, Places
from plebiscope.model.affected import Affected
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Effect, Measurement
from plebiscope.model.method import Evidence, Method, StationScore, Subject, effect, surprise
from plebiscope.model.wording import capital, counted, listed, per_cent, written

_IN_VOTES = "the same in votes of lead"
_SHIFT = 0.5
"""Shift of the lead, in points, from which it is said which part of it place explains."""
_DRAWN = 200
"""Most points of the picture of the change."""


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Compare late stations with early ones of the same place."""
    reason = _closed(subject, params)
    if reason is not None:
        return Evidence((METHOD.untestable(subject, "prediction", reason),))
    count = Count(subject, params)
    places = count.places(count.cut)
    reason = _too_little(count, places)
    if reason is not None:
        return Evidence((METHOD.untestable(subject, "prediction", reason),))
    predicted = {name: _predicted(count.places(count.cut, at)) for at, name in enumerate(count.names)}
    prediction = _prediction(count, places, predicted, rng)
    contrast = _contrast(count, places)
    change, drawn = _change(count, places, rng)
    same_hour = _same_hour(count, places)
    named: tuple[StationScore, ...] = ()
    if contrast.p is not None and contrast.p < params.named_below:
        named = scores(count, places)
    figures = (pictures.levels(count, places, prediction, predicted), *drawn)
    return Evidence((prediction, contrast, change, same_hour), figures, named)


def early(subject: Subject, params: Params) -> Flags:
    """Tell which rows had been reported when late begins, so that nothing is done there later; (rows,)."""
    found = np.zeros(len(subject.results), dtype=bool)
    if "reported" in subject.results.extras and _closed(subject, params) is None:
        count = Count(subject, params)
        found[count.picked.rows] = count.order <= count.cut
    return found


def _closed(subject: Subject, params: Params) -> str | None:
    """Say why the question cannot be put at all."""
    results = subject.results
    if subject.favoured is None or not any(results.sums[name] for name in results.options):
        return "no option has votes"
    if not results.areas:
        return "the results name no areas, so that early and late stations of one place cannot be told"
    unknown = [name for name in params.levels if name not in results.areas]
    if unknown:
        return f"no area column is called {unknown[0]!r}; there are {listed(results.areas)}"
    return None


def _too_little(count: Count, places: Places) -> str | None:
    """Say why too few stations can be compared."""
    rows_are = count.subject.rows_are
    if count.cut < 0 or not (count.order > count.cut).any():
        return f"no moment of the count parts early {rows_are} from late ones"
    with_both, least = int(places.both.sum()), max(2, count.params.least_places)
    if with_both < least:
        return (
            f"{least} places with early and late {rows_are} are needed, and there are {with_both or 'none'}"
        )
    return None


def _answer(count: Count, quantity: str, **filled: Any) -> Measurement:
    cut: dict[str, Any] = {"early_until": count.moment(count.cut), "place": count.names[-1]}
    cut["left_out"] = dict(count.picked.dropped)
    return METHOD.answer(count.subject, quantity, params={**asdict(count.params), **cut}, **filled)


def _beyond(places: Places) -> float:
    """Return what place does not explain of the final lead, in points."""
    return float(places.beyond(np.ones((1, places.n)))[0])


def _predicted(places: Places) -> float:
    """Return the final lead as early stations predict it, in points."""
    return places.now()[1] - _beyond(places)


def _prediction(
    count: Count, places: Places, predicted: dict[str, float], rng: np.random.Generator
) -> Measurement:
    params, rows_are, value = count.params, count.subject.rows_are, _beyond(places)
    low, high = places.interval(value, params.replicates, params.coverage, rng)
    early, final = places.now()
    per_point = float(places.votes.sum()) / 100.0
    late_lead, late_votes = float(places.late_lead.sum()), max(1.0, float(places.late_votes.sum()))
    late, shift, explained = int((~places.early).sum()), final - early, final - value - early
    words = (
        f"{capital(count.when(count.cut))} the count held {int(places.early.sum()):,} of "
        f"{counted(len(places.early), rows_are)}, with a lead of {count.who} of {written(early, '.2f')} "
        f"points; in the end it was {written(final, '.2f')}. Had the {counted(late, 'late ' + rows_are)} "
        f"voted like the early ones of the same place ({count.names[-1]}), or of the area around it where it "
        f"has none, it would have been {written(final - value, '.2f')}."
    )
    if count.without_time:
        words += f" Left out for want of a time: {count.without_time:,} {rows_are}."
    if abs(shift) >= _SHIFT and 0.0 <= explained / shift <= 1.0:
        words += f" So place explains {per_cent(100.0 * explained / shift, '.0f')} of the shift."
    words += (
        f" What place does not explain is {written(value, '+.2f')} points of the final lead "
        f"({written(low, '.2f')} to {written(high, '.2f')})."
    )
    ends = low * per_point, high * per_point
    of_late = 100.0 * late_lead / late_votes
    beside = 100.0 * value * per_point / late_votes
    return _answer(
        count,
        "prediction",
        n=len(places.early),
        observed=final,
        expected=final - value,
        effect=effect("final lead beyond what place explains", value, POINTS, (low, high), params.coverage),
        effects=(
            effect(_IN_VOTES, value * per_point, "votes", ends, params.coverage),
            effect("lead of the early count", early, POINTS),
            effect("final lead", final, POINTS),
            effect("lead of late stations", of_late, POINTS),
            effect("lead of late stations as predicted", of_late - beside, POINTS),
            *(effect(f"final lead as predicted by {name}", lead, POINTS) for name, lead in predicted.items()),
            *_after_later_states(count),
        ),
        affected=(
            Affected(
                _IN_VOTES,
                "a place is judged by the places around it",
                lead=True,
                than=f"if late {rows_are} had voted like the early ones of the same place or area",
                rests_on=("contrast",),
            ),
        ),
        assumptions=(
            as_drawn(count, "fails"),
            *unchanged(count),
            *untold(count),
            alike(count, places),
            near(places),
        ),
        statement=words,
    )


def _after_later_states(count: Count) -> list[Effect]:
    """Return what place does not explain of what came after the further states of the count."""
    later = range(1, len(count.moments)) if count.subject.states else ()
    return [
        effect(f"beyond what place explains, after {count.moment(at)}", _beyond(count.places(at)), POINTS)
        for at in later
    ]


def _contrast(count: Count, places: Places) -> Measurement:
    params, chance = count.params, by_chance(places, "place")
    if chance is None:
        return METHOD.untestable(count.subject, "contrast", "all stations of each place have the same lead")
    value = float(places.contrast(np.ones((1, places.n)))[0])
    low, high = places.contrast_interval(params.coverage)
    votes, there = float(places.late_votes[places.both].sum()), int(places.both.sum())
    return _answer(
        count,
        "contrast",
        **chance,
        observed=value,
        effect=effect("late lead less early lead inside places", value, POINTS, (low, high), params.coverage),
        effects=(
            effect("votes of late stations there", votes, "votes cast late"),
            effect("places with early and late stations", float(there), "places"),
            *_as_first_told(count),
        ),
        assumptions=(as_drawn(count, "doubtful"), *unchanged(count), *untold(count), alike(count, places)),
        statement=f"In the {counted(there, 'places')} ({count.names[-1]}) with early and late "
        f"{count.subject.rows_are}, the lead of {count.who} in the late ones differs from that in the early "
        f"ones by {written(value, '+.2f')} points ({written(low, '.2f')} to {written(high, '.2f')}), on "
        f"{votes:,.0f} late votes.",
    )


def _same_hour(count: Count, places: Places) -> Measurement:
    """Compare late stations with early ones of the same place and the same hour of the day."""
    params, rows_are, quantity = count.params, count.subject.rows_are, "same hour"
    reason = untimed(count)
    if reason is not None:
        return METHOD.untestable(count.subject, quantity, reason)
    cells, place = by_hour(count, places)
    there = len(np.unique(place[cells.both]))
    if there < max(2, params.least_places):
        reason = (
            f"{max(2, params.least_places)} places with early and late {rows_are} of the same hour are "
            f"needed, and there are {there or 'none'}"
        )
        return METHOD.untestable(count.subject, quantity, reason)
    chance = by_chance(cells, "place and hour")
    if chance is None:
        reason = "all stations of each place and hour have the same lead"
        return METHOD.untestable(count.subject, quantity, reason)
    value = float(cells.contrast(np.ones((1, cells.n)))[0])
    low, high = interval(cells, place, params.coverage)
    both, votes = int(cells.both.sum()), float(cells.late_votes[cells.both].sum())
    return _answer(
        count,
        quantity,
        **chance,
        observed=value,
        effect=effect(
            "late lead less early lead, same place and hour", value, POINTS, (low, high), params.coverage
        ),
        effects=(
            effect("votes of late stations there", votes, "votes cast late"),
            effect("hours of places with early and late stations", float(both), "hours of places"),
            effect("places with such hours", float(there), "places"),
            effect("stations that take part", float(chance["n"]), "stations"),
        ),
        assumptions=(as_drawn(count, "doubtful"), STEADY, *untold(count), alike(count, cells)),
        statement=f"Where one place ({count.names[-1]}) reported early and late {rows_are} in the same hour "
        f"of the day, the lead of {count.who} in the late ones differs from that in the early ones by "
        f"{written(value, '+.2f')} points ({written(low, '.2f')} to {written(high, '.2f')}): "
        f"{counted(chance['n'], rows_are)} in {counted(both, 'hours')} of {counted(there, 'places')}, with "
        f"{votes:,.0f} late votes. The other stations take no part.",
    )


def _as_first_told(count: Count) -> list[Effect]:
    """Return the contrast with the figures of early stations as the first state of the count gave them."""
    options = count.subject.results.options
    if not count.subject.states or not set(options) <= set(count.subject.states[0].returns.options):
        return []
    first = count.subject.states[0]
    own, there = first.match.pairs
    at = np.full(len(count.subject.results), -1, dtype=np.int64)
    at[there] = own
    told = at[count.picked.rows]
    figures = {name: first.returns.table[name].cast(pl.Float64).to_numpy()[told] for name in options}
    known = (told >= 0) & ~np.any([np.isnan(values) for values in figures.values()], axis=0)
    votes = np.where(known, np.sum(list(figures.values()), axis=0), count.votes)
    lead = figures[count.leader] - (figures[count.rival] if count.rival is not None else 0.0)
    places = Places(np.where(known, lead, count.lead), votes, count.order <= count.cut, count.levels)
    value = float(places.contrast(np.ones((1, places.n)))[0])
    return [effect("the same by early figures as first told", value, POINTS)]


def _change(count: Count, places: Places, rng: np.random.Generator) -> tuple[Measurement, tuple[Figure, ...]]:
    """Find the moment after which stations differ most from what their places gave before."""
    beyond, open_ = places.within()[1], count.spread(places)
    order, code, values = count.order[open_], places.code[open_], beyond[open_]
    known, moments = np.unique(order, return_inverse=True)
    if len(known) < 3:
        reason = "the order of reporting is known in two parts only, which the contrast compares"
        return METHOD.untestable(count.subject, "change", reason), ()
    per_point = 100.0 / float(places.votes.sum())
    path = np.bincount(moments, values).cumsum()[:-1] * per_point
    peak = int(np.argmax(np.abs(path)))
    by_place = np.argsort(code, kind="stable")
    shown = np.unique(np.linspace(0, len(path) - 1, min(_DRAWN, len(path))).astype(np.int64))
    farthest = np.empty(count.params.permutations)
    drawn = np.empty((count.params.permutations, len(shown)))
    permuted = np.empty_like(values)
    for at in range(count.params.permutations):
        permuted[by_place] = values[np.argsort(code + rng.random(len(code)))]
        one = np.bincount(moments, permuted).cumsum()[:-1] * per_point
        farthest[at], drawn[at] = np.abs(one).max(), one[shown]
    as_far = int((farthest >= abs(path[peak]) - 1e-12).sum())
    log10_p = math.log10((1 + as_far) / (1 + count.params.permutations))
    added = -float(path[peak])
    found = _answer(
        count,
        "change",
        n=int(open_.sum()),
        observed=abs(added),
        null="simulated",
        p=10.0**log10_p,
        log10_p=log10_p,
        bits=surprise(log10_p),
        effect=effect("lead beyond places after the largest change", added, POINTS),
        assumptions=(as_drawn(count, "doubtful"), *untold(count), alike(count, places)),
        statement=f"The lead of {count.who} beyond that of each place, added up in the order of reporting, "
        f"is farthest from 0 {count.when(int(known[peak]))}: {count.subject.rows_are} reported later "
        f"add {written(added, '+.3f')} points to the final lead, compared with their places.",
    )
    reported = 100.0 * np.bincount(moments).cumsum()[shown] / len(moments)
    return found, (pictures.path(count, found, reported, path[shown], drawn),)


METHOD = Method(
    id="late-count",
    title="Late count against early count",
    question="Do stations reported late differ from those of the same place that were reported early?",
    tier="B",
    null="conditional",
    needs=("options", "reported"),
    tail="two-sided",
    params=Params,
    measure=measure,
    spares=early,
    references=("idrobo2022",),
    assumes="late stations vote like early ones of the same place",
    innocent=(
        "Voters are spread over the rooms of a building by alphabet, age or street, and the last rooms "
        "report last.",
        "Rooms with long queues or many ballots report later.",
        "In a wide place the far stations report late, and vote otherwise.",
        "A disputed tally sheet takes longer.",
    ),
    blind=(
        "what was done to early and late stations of a place alike",
        "places where no station was early",
        "anything before the first state of the count",
    ),
)
