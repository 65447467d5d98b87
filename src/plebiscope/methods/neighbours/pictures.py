"""The pictures: how far stations lie from their neighbours, the areas where far ones gather, and a map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import special

from plebiscope.evidence import chart
from plebiscope.methods.neighbours.answers import Question
from plebiscope.methods.neighbours.gathered import Gathered
from plebiscope.methods.neighbours.sets import Ints
from plebiscope.model.figure import Figure
from plebiscope.model.wording import capital, counted

_STEP = 0.5
_END = 8.0
_STRIPS = 8
_TICKS = 200


def figures(question: Question, finding: str) -> Iterator[Figure]:
    """Draw one question; ``finding`` is the id of its answer for the contest."""
    yield _distances(question, finding)
    if question.gathered is not None and len(question.gathered.named):
        yield _strips(question, question.gathered, finding)


def _distances(question: Question, finding: str) -> Figure:
    """Draw how many stations lie how far from their neighbours, and how many would be expected."""
    judged, rows_are = question.judged, question.rows_are
    z = np.clip(judged.z[judged.once], -_END, _END)
    edges = np.arange(-_END, _END + _STEP / 2, _STEP)
    seen, _ = np.histogram(z, edges)
    outer = np.concatenate([[-np.inf], edges[1:-1], [np.inf]])
    expected = len(z) * np.diff(special.ndtr(outer))
    middle = (edges[:-1] + edges[1:]) / 2.0
    rows = [
        {"distance": float(at), "stations": int(count)}
        for at, count in zip(middle, seen.tolist(), strict=True)
        if count
    ]
    line = [
        {"distance": float(at), "stations": float(f"{count:.3g}")}
        for at, count in zip(middle, expected.tolist(), strict=True)
        if count >= 0.5
    ]
    scale = {"domain": [-_END, _END], "nice": False}
    x = chart.number("distance", "Standard deviations from the neighbours", scale=scale)
    y = chart.number("stations", capital(rows_are), scale={"type": "log"})
    layers = [
        chart.layer("line", "expected", {"x": x, "y": y}, line),
        chart.layer("point", "observed", {"x": x, "y": y}, rows, filled=True, size=30),
    ]
    far = judged.far(question.params.mark) & judged.once
    above = int((far & (judged.z > 0.0)).sum())
    summary = (
        f"Of {counted(len(z), rows_are)} {int(far.sum()):,} lie far from their neighbours "
        f"(one in {round(1.0 / question.params.mark):,} expected), {above:,} of them above."
    )
    return Figure(
        id=f"{finding}/distances",
        finding=finding,
        title=f"{capital(judged.label)}: {int(far.sum()):,} of {len(z):,} {rows_are} lie far from their "
        "neighbours",
        caption=f"Number of {rows_are} by their distance from what their neighbours make likely (points), "
        "and what would be expected if all differed as most do (line), on a logarithmic scale; those beyond "
        f"eight stand at the ends. Clean votes have long tails too. {summary}",
        alt=f"Points along a bell-shaped line in the middle and above it at both ends. {summary}",
        vega_lite=chart.picture(layers, height=260),
    )


def _strips(question: Question, found: Gathered, finding: str) -> Figure:
    """Draw the stations of the areas where far ones gather."""
    judged, rows_are = question.judged, question.rows_are
    far = judged.far(question.params.mark)
    labels: list[str] = []
    words: list[str] = []
    ticks: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for at in found.named[:_STRIPS].tolist():
        members = np.flatnonzero(found.area == found.tested[at])
        values = 100.0 * judged.successes[members] / judged.trials[members]
        labels.append(f"{found.names[int(found.tested[at])]} ({len(members):,})")
        words.append(f"{labels[-1]}: {counted(int(far[members].sum()), rows_are)} far from the others")
        # The far ones are what matters; of the others, evenly many.
        near = members[~far[members]]
        near = near[np.argsort(judged.z[near], kind="stable")]
        kept = near[_evenly(len(near), _TICKS)]
        shown = np.concatenate([kept, members[far[members]][:_TICKS]])
        rate = dict(zip(members.tolist(), values.tolist(), strict=True))
        for one in shown.tolist():
            ticks[bool(far[one])].append({"area": labels[-1], "rate": round(rate[one], 2)})
    x = chart.free("rate", f"{capital(judged.label)}, per cent")
    encoding = {"x": x, "y": {**chart.category("area", labelLimit=230), "sort": labels}}
    layers = [
        chart.layer("tick", "observed", encoding, ticks[False]),
        chart.layer("tick", "outlier", encoding, ticks[True]),
    ]
    return Figure(
        id=f"{finding}/gathered",
        finding=finding,
        title=f"{capital(judged.label)}: {counted(len(found.named), 'areas')} where {rows_are} lie "
        "farther from their neighbours than by chance",
        caption=f"One tick for each of the {rows_are} of the areas ({found.column}) that stand out "
        f"most; those far from their neighbours are marked. {'; '.join(words)}.",
        alt=f"One strip of ticks for each area, with some ticks away from the rest. {'; '.join(words)}.",
        vega_lite=chart.picture(layers, width=400, height={"step": 24}),
    )


def _evenly(count: int, most: int) -> Ints:
    """Return evenly many places of so many."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def ground_map(
    question: Question, finding: str, places: list[dict[str, Any]], alike: int, whole: int
) -> Figure:
    """Draw places on the ground: those among neighbours that are alike stand out.

    Parameters
    ----------
    question, finding
        The question, and the id of the answer that the map belongs to.
    places
        Longitude, latitude and whether a place stands out (``apart``), each.
    alike, whole
        Number of places that stand out, and of all.
    """
    x = chart.free("longitude", "Longitude")
    y = chart.free("latitude", "Latitude")
    apart = [{key: row[key] for key in ("longitude", "latitude")} for row in places if row["apart"]]
    rest = [{key: row[key] for key in ("longitude", "latitude")} for row in places if not row["apart"]]
    layers = [
        chart.layer("point", "observed", {"x": x, "y": y}, rest, size=6, opacity=0.5),
        chart.layer("point", "outlier", {"x": x, "y": y}, apart, filled=True, size=16),
    ]
    summary = f"{alike:,} of {whole:,} places stand out; {len(places):,} are drawn."
    label = question.judged.label
    return Figure(
        id=f"{finding}/map",
        finding=finding,
        title=f"{capital(label)}: {alike:,} places lie among others that are like or unlike them",
        caption="Places by longitude and latitude; marked are those that are more like the nearest places, "
        f"or less, than exchanges within their area leave one in a hundred, by their {label}. {summary}",
        alt=f"A map of points; those that stand out are marked. {summary}",
        vega_lite=chart.picture(layers, height=460, width=420),
    )
