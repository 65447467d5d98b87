"""Stations of an area that gather at one percentage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from scipy import special

from plebiscope.evidence import chart
from plebiscope.evidence.noticed import POWER, hitting
from plebiscope.kernels import poisson_binomial, windows
from plebiscope.methods.identical_results.asking import (
    LOG10,
    Asked,
    Bools,
    Found,
    Ints,
    Ratio,
    likelihood,
    once,
    share_of,
)
from plebiscope.model import size
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Limit, Measurement, Noticing
from plebiscope.model.method import (
    StationScore,
    checked,
    effect,
    too_few,
)
from plebiscope.model.wording import capital, counted, few, listed, none_of, per_cent

_PLACES_NAMED = 5


def search(asked: Asked, ratio: Ratio, found: Found) -> None:
    """Search every window of every area for more stations than chance puts there."""
    params, subject, k, n = asked.params, asked.subject, ratio.successes, ratio.trials
    quantity, option = f"{ratio.quantity}-cluster", ratio.option
    reason = too_few(ratio.stations, params.least_stations, asked.rows_are)
    if reason is not None:
        found.heads.append(asked.method.untestable(subject, quantity, reason, option=option))
        return
    # By name, so that areas that are alike come in one order whatever the order of rows.
    large = dict(subject.large_areas(ratio.stations.rows, params.least_stations))
    places: list[tuple[str | None, Ints]] = [(name, large[name]) for name in sorted(large)]
    places = places or [(None, np.arange(len(n)))]
    looked = windows.windows_looked_at(params.reaches)
    tries = [
        windows.strongest(k[who], n[who], params.reaches, params.around, params.tries) for _, who in places
    ]
    candidates = {place: window for place, (window, _) in enumerate(tries) if window is not None}
    log10_p = {place: window.log_p / LOG10 + math.log10(looked) for place, window in candidates.items()}
    busiest = float(np.median([most for _, most in tries]))
    head: dict[str, Any] = {
        "n": sum(len(who) for _, who in places),
        "null": "conditional",
        "noticing": Noticing(
            partial(_cluster_limit, asked, ratio, busiest, places), asked.params.limit_level
        ),
        "assumptions": (_one_by_one(asked, ratio, places), once(asked)),
        "params": {**asdict(params), "ratio": ratio.label, "left_out": dict(ratio.stations.dropped)},
    }
    scope = f"{looked:,} windows" + (f" in each of {len(places):,} areas" if len(places) > 1 else "")
    if not candidates:
        words = f"Of {scope}, none holds markedly more {asked.rows_are} than the {ratio.quantity} beside it."
        head |= likelihood(0.0)
        found.heads.append(asked.method.answer(subject, quantity, option=option, **head, statement=words))
        return
    best = min(candidates, key=lambda at: (candidates[at].log_p, -candidates[at].seen, candidates[at].centre))
    window, (area, members) = candidates[best], places[best]
    where = f" of “{area}”" if area is not None and len(places) > 1 else ""
    answer = _cluster_answer(
        asked, ratio, window, members, f"{asked.rows_are} of one area" if where else asked.rows_are
    )
    answer |= head | likelihood(log10_p[best] + math.log10(len(places)))
    statement = f"The most unlikely of {scope}{', that' + where if where else ''}: {answer.pop('statement')}"
    found.heads.append(asked.method.answer(subject, quantity, option=option, **answer, statement=statement))
    found.figures.append(_histogram(found.heads[-1], ratio, window, members, where, asked.rows_are))
    for at in asked.worst({at: p for at, p in log10_p.items() if places[at][0] is not None}):
        window, (area, members) = candidates[at], places[at]
        answer = _cluster_answer(asked, ratio, window, members, asked.rows_are) | likelihood(log10_p[at])
        answer |= {"among": len(places), "n": len(members), "assumptions": head["assumptions"]}
        found.areas.append(asked.method.answer(subject, quantity, option=option, area=area, **answer))
        near = members[window.around]
        hits = windows.inside(k[near], n[near], window.centre, window.reach)
        for station, chance in zip(near[hits].tolist(), window.chances[hits].tolist(), strict=True):
            others = f"with {window.seen - 1:,} others of its area in {_span(window)}"
            words = f"{share_of(ratio, station)}: {others}"
            row = int(ratio.stations.rows[station])
            found.scores.append(StationScore(row, max(0.0, -math.log2(chance)), words))


def _span(window: windows.Window) -> str:
    """Write from where to where a window reaches."""
    low, high = max(0, window.centre - window.reach), min(windows.UNITS, window.centre + window.reach)
    return f"{low / 100:.2f} to {per_cent(high / 100, '.2f')}"


def _cluster_answer(
    asked: Asked, ratio: Ratio, window: windows.Window, members: Ints, unit: str
) -> dict[str, Any]:
    """Return what is said of one window of one area."""
    k, n = ratio.successes[members], ratio.trials[members]
    hits = windows.inside(k, n, window.centre, window.reach)
    ballots, there = ratio.ballots[members], int(ratio.ballots[members][hits].sum())
    ends = poisson_binomial.shift_interval(window.chances, window.seen, asked.params.coverage)
    low, high = (end * window.per_shift for end in ends)
    expected = window.seen - window.added
    statement = (
        f"{window.seen:,} of {counted(len(k), asked.rows_are)} have a {ratio.label} of {_span(window)}; "
        f"by the {len(window.around) - window.seen:,} others within {asked.params.around / 100:g} "
        f"{'point' if asked.params.around == 100 else 'points'} of it, {few(expected)} would be expected. "
        f"Ballots cast there: {there:,}, {per_cent(100 * there / max(1, int(ballots.sum())))} of all in the "
        f"area.{_by_commission(asked, ratio.stations.rows[members], hits)}"
    )
    return {
        "null": "conditional",
        "observed": window.seen,
        "expected": expected,
        "effect": effect(
            "stations beyond expectation", window.added, unit, (low, high), asked.params.coverage
        ),
        "effects": (
            effect("ballots there", there, "ballots"),
            effect("lower end of the window", (window.centre - window.reach) / 100, "per cent"),
            effect("upper end of the window", (window.centre + window.reach) / 100, "per cent"),
        ),
        "statement": statement,
    }


def _by_commission(asked: Asked, rows: Ints, hits: Bools) -> str:
    """Say in which finer areas the stations of a window lie, the most of them first."""
    if asked.commissions is None or asked.commissions == asked.subject.results.main_area:
        return ""
    codes, names = asked.commission_of(rows)
    seen, sizes = np.bincount(codes[hits], minlength=len(names)), np.bincount(codes, minlength=len(names))
    several = np.flatnonzero(seen > 1).tolist()
    ranked = sorted(several, key=lambda code: (-int(seen[code]), names[code]))[:_PLACES_NAMED]
    parts = [f"“{names[code]}” {seen[code]} of {sizes[code]}" for code in ranked]
    return f" Most of them: {listed(parts)}." if parts else ""


def _cluster_limit(
    asked: Asked, ratio: Ratio, busiest: float, places: Sequence[tuple[str | None, Ints]], level: float
) -> Limit | str:
    """Return how many stations at one percentage would be noticed where an area has most stations."""
    # Not above: it takes longer to import than all methods together.
    from scipy import stats

    reach = sorted(asked.params.reaches)[len(asked.params.reaches) // 2]
    mean, areas = max(busiest * reach / asked.params.around, 1e-9), len(places)
    each = level / (windows.windows_looked_at(asked.params.reaches) * areas)
    rows_are = asked.rows_are
    where = f"{rows_are} of one area" if areas > 1 else rows_are
    least = size.least(where, sum(len(who) for _, who in places))
    seen = np.arange(1, int(mean + 12.0 * math.sqrt(mean)) + 40)
    critical, matter = (
        int(seen[special.pdtrc(seen - 1, mean) <= each][0]),
        math.ceil(round(mean + least, 9)),
    )
    needed, largest = max(critical, matter), max(len(who) for _, who in places)
    # A small station, written to whole votes, can miss the window on either side.
    hit = hitting(ratio.trials, 2.0 * reach / windows.UNITS)
    dose, power = 0, 0.0
    while power < POWER and dose < largest:
        dose += 1
        hits = np.arange(dose + 1)  # that many are added to a Poisson number
        reached = np.where(hits < needed, special.pdtrc(np.maximum(needed - hits - 1, 0), mean), 1.0)
        power = float(stats.binom.pmf(hits, dose, hit) @ reached)
    if power < POWER:
        return f"no area has as many {rows_are} as it would take"
    return Limit(
        mechanism=f"{where} written to one {ratio.quantity} within {2 * reach / 100:g} points",
        dose=float(dose),
        unit=where,
        stations=float(dose) if rows_are == "stations" else None,
        votes=dose * float(ratio.ballots.mean()),
        floor=math.ceil(round(least, 9)) if matter > critical else None,
        power=min(power, 0.999),
        how="analytic",
    )


def _one_by_one(asked: Asked, ratio: Ratio, places: Sequence[tuple[str | None, Ints]]) -> Assumption:
    """Check on this table that counts vary as those of voters who decide by themselves."""
    below, tested = 0, 0
    for _, who in places:
        k, n = ratio.successes[who], ratio.trials[who].astype(np.float64)
        rate = float(k.sum() / n.sum())
        if 0.0 < rate < 1.0:
            tested += 1
            below += bool(np.mean((k - n * rate) ** 2 / (n * rate * (1.0 - rate))) < 1.0)
    return checked(
        "voters decide by themselves",
        below == 0,
        f"areas in which the {ratio.quantity} varies less between {asked.rows_are} than the binomial law "
        f"makes it: {none_of(below, f'{tested:,}')}",
    )


def _histogram(
    head: Measurement, ratio: Ratio, window: windows.Window, members: Ints, where: str, rows_are: str
) -> Figure:
    """Draw the stations of an area by tenths of a point about the window, and what is beside each."""
    k, n = ratio.successes[members], ratio.trials[members]
    step, around, span = 10, 100, 1000
    centres = np.arange(window.centre % step, windows.UNITS + 1, step)
    centres = centres[np.abs(centres - window.centre) <= span]
    bins = (windows.UNITS * k // n - int(centres[0]) + step // 2) // step
    seen = np.bincount(bins[(bins >= 0) & (bins < len(centres))], minlength=len(centres))
    # Within a point, what lies neither in the window nor in the tenth itself, per tenth that is left.
    outside = ~windows.inside(k, n, window.centre, window.reach)
    low, high = np.maximum(centres - around, 0), np.minimum(centres + around, windows.UNITS)
    taken = np.minimum(high, window.centre + window.reach) - np.maximum(low, window.centre - window.reach)
    own = np.abs(centres - window.centre) > window.reach
    beside = windows.scan(k[outside], n[outside], around)[centres] - np.where(own, seen, 0)
    tenths = (high - low - np.maximum(taken, 0)) / step - own
    expected = np.maximum(beside, 0) / tenths
    rows = [
        {
            "low": (centre - step / 2) / 100,
            "high": (centre + step / 2) / 100,
            "middle": centre / 100,
            "none": 0,
            "stations": int(count),
            "expected": round(float(mean), 2),
            "inside": bool(abs(centre - window.centre) < max(window.reach, step // 2)),
        }
        for centre, count, mean in zip(centres.tolist(), seen, expected, strict=True)
    ]
    stands_out = "the window" if 2 * window.reach >= step else "the tenth that holds the window"
    x, y = chart.free("low", f"{capital(ratio.label)}, per cent"), chart.number("stations", capital(rows_are))
    bars = {**chart.span("x", x), **chart.span("y", y, "none", "stations")}
    layers = [
        chart.layer("bar", "observed", bars, where="!datum.inside"),
        chart.layer("bar", "outlier", bars, where="datum.inside"),
        chart.layer("line", "expected", {"x": {**x, "field": "middle"}, "y": {**y, "field": "expected"}}),
    ]
    return Figure(
        id=f"{head.id}/histogram",
        finding=head.id,
        title=f"{capital(ratio.name)}: {window.seen:,} {rows_are}{where} from {_span(window)}",
        caption=f"{capital(rows_are)}{where} by tenths of a point (bars; {stands_out} stands out) and the "
        f"mean of the tenths within one point outside the window (line). {window.seen:,} lie in the window, "
        f"where {few(window.seen - window.added)} would be expected.",
        alt=f"Histogram of the {ratio.label}{where}, ten points to either side of "
        f"{per_cent(window.centre / 100, '.2f')}. The window from {_span(window)} holds {window.seen:,} "
        f"{rows_are}; its neighbours make {few(window.seen - window.added)} likely.",
        vega_lite=chart.picture(layers, rows),
    )
