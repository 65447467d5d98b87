"""Whole pictures: of areas, for any method, and of whole percentages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart
from plebiscope.evidence.ratio import CountRatio
from plebiscope.kernels import integer_ratios
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import capital, counted, few, none_of, per_cent, written

_AREAS_DRAWN = 60


def by_area(
    head: Measurement,
    areas: Sequence[Measurement],
    *,
    what: str,
    axis: str,
    caption: str,
    neutral: float,
    form: str,
) -> Figure:
    """Draw the effect of every area with its interval, the largest on top.

    Parameters
    ----------
    head
        The answer for the contest.
    areas
        The answers for areas; those whose effect has no two-sided interval are not drawn.
    what
        What the effect is, in a word.
    axis
        The same with its unit, as the title of the axis.
    caption
        What a point is.
    neutral
        The value at which there is nothing to see.
    form
        Format in which values are written.
    """
    ranked = sorted(
        (
            (str(found.scope.area), size.low, size.value, size.high)
            for found in areas
            if (size := found.effect) is not None
            and size.value is not None
            and size.low is not None
            and size.high is not None
        ),
        key=lambda row: (-row[2], row[0]),
    )
    above = sum(low > neutral for _, low, _, _ in ranked)
    below = sum(high < neutral for *_, high in ranked)
    largest = ", ".join(f"{area} ({written(value, form)})" for area, _, value, _ in ranked[:3])
    summary = (
        f"The interval lies above {neutral:g} in {none_of(above, counted(len(ranked), 'areas'))} and below "
        f"{neutral:g} in {below or 'none'}. Largest: {largest}."
    )
    shown = ranked
    if len(ranked) > _AREAS_DRAWN:
        shown = [*ranked[: _AREAS_DRAWN - 10], *ranked[-10:]]
        summary += f" Shown are the {_AREAS_DRAWN - 10} largest and the 10 smallest."
    rows = [
        {"area": area, "value": round(value, 3), "low": round(low, 3), "high": round(high, 3)}
        for area, low, value, high in shown
    ]
    x, y = chart.number("value", axis), chart.category("area", labelLimit=260)
    layers = [
        chart.layer("rule", "reference", {"x": x}, [{"value": neutral}]),
        chart.layer("rule", "expected", {"y": y, **chart.span("x", x)}),
        chart.layer("point", "observed", {"y": y, "x": x}),
    ]
    return Figure(
        id=f"{head.id}/areas",
        finding=head.id,
        title=f"The {what} lies above {neutral:g} in {none_of(above, counted(len(ranked), 'areas'))}",
        caption=f"{caption} (point) with its interval (line). {summary}",
        alt=f"One point with a line for each area, sorted by {what}. {summary}",
        vega_lite=chart.picture(layers, rows, width=400, height={"step": 14}),
    )


def comb(
    head: Measurement,
    ratios: Sequence[CountRatio],
    singles: Sequence[integer_ratios.Peaks],
    combs: Sequence[integer_ratios.Comb],
    rows_are: str,
    level: float,
) -> Figure:
    """Draw the stations per tenth of a point with what would be expected.

    Parameters
    ----------
    head
        The answer that it belongs to.
    ratios
        What is drawn, one panel for each.
    singles, combs
        The whole percentages tested one by one, and the bins, for each ratio.
    rows_are
        What the rows are, in the plural.
    level
        Whole percentages are marked where their corrected p is below it.
    """
    rows: list[dict[str, Any]] = []
    panels, words = [], []
    count = chart.number("stations", capital(rows_are))
    for one, single, found in zip(ratios, singles, combs, strict=True):
        left, right, low, high = found.left, found.right, found.mean - found.reach, found.mean + found.reach
        named = {10 * int(single.marks[at]): int(single.marks[at]) for at in single.named(level)}
        rows += [
            {
                "ratio": one.label,
                "per_cent": round(b / 10, 1),
                "stations": int(found.seen[at]),
                "expected": round(float(found.mean[at]), 1),
                "low": round(max(0.0, float(low[at])), 1),
                "high": round(float(high[at]), 1),
                **({"peak": f"{named[b]} %"} if b in named else {}),
            }
            for at, b in enumerate(range(10 * left, 10 * right + 1))
        ]
        tallest = ", ".join(
            f"{per_cent(int(single.marks[at]), 'd')} ({single.seen[at]:,}, {few(single.mean[at])} expected)"
            for at in single.named(level)[:5]
        )
        words.append(
            f"{capital(one.label)} from {left} to {per_cent(right, 'd')}; above expectation after "
            f"correction: {none_of(len(named), f'{len(single.marks)} whole percentages')}"
            + (f", most of all {tallest}" if tallest else "")
        )
        domain = {"domain": [left, right], "nice": False}
        layers = [
            chart.layer("area", "band", chart.span("y", count)),
            chart.layer("line", "expected", {"y": {**count, "field": "expected"}}),
            chart.layer("line", "observed", {"y": count}, strokeWidth=1),
            chart.layer("point", "outlier", {"y": count}, where="isValid(datum.peak)"),
        ]
        x = chart.number("per_cent", f"{capital(one.label)}, per cent", scale=domain)
        only = [{"filter": {"field": "ratio", "equal": one.label}}]
        panels.append(chart.plot(layers, height=180, transform=only, encoding={"x": x}))
    return Figure(
        id=f"{head.id}/comb",
        finding=head.id,
        title=f"At a whole percentage: {head.observed:,.0f} of {head.n:,} {rows_are}; "
        f"{few(head.expected or 0.0)} expected",
        caption=f"Number of {rows_are} in bins of 0.1 point (line) and what is expected from the size and "
        "rate of each, with three standard deviations to either side (band). Points: whole percentages that "
        f"exceed their own expectation after correction for all of them. {'. '.join(words)}.",
        alt=f"Line of the number of {rows_are} per 0.1 point, one panel for each ratio, over a smooth band "
        f"of what is expected. {'. '.join(words)}.",
        vega_lite=chart.panels(panels, rows),
    )


def placebo(
    head: Measurement, ratios: Sequence[CountRatio], by_tenth: Sequence[NDArray[np.float64]], window: str
) -> Figure:
    """Draw how many lie at a whole percentage, and at the nine offsets where nobody aims.

    Parameters
    ----------
    head
        The answer that it belongs to.
    ratios
        What is drawn, one panel for each.
    by_tenth
        Chance of each of the n stations to lie at each offset, shape (n, 10), for each ratio.
    window
        Which window these chances were computed with.
    """
    rows: list[dict[str, Any]] = []
    panels, words, short = [], [], []
    y = chart.number("deviations", "Standard deviations")
    lines = chart.layer("rule", "reference", {"y": y}, [{"deviations": line} for line in (-3, 0, 3)])
    for ratio, chances in zip(ratios, by_tenth, strict=True):
        first, *others = scores = integer_ratios.placebo_scores(
            ratio.successes, ratio.trials, chances
        ).tolist()
        rows += [
            {"ratio": ratio.label, "offset": round(tenth / 10, 1), "deviations": round(score, 2)}
            for tenth, score in enumerate(scores)
        ]
        at_zero, least, most = (written(score, "+.1f") for score in (first, min(others), max(others)))
        short.append(f"{ratio.quantity} {at_zero} at 0, at most {most} elsewhere")
        words.append(
            f"{capital(ratio.label)}: {at_zero} at whole percentages, between {least} and {most} at the nine "
            "other offsets"
        )
        x = chart.category("offset", f"{capital(ratio.label)}: points above a whole percentage", labelAngle=0)
        only = {"field": "ratio", "equal": ratio.label}
        panels.append(
            chart.plot([chart.layer("bar", "observed", {"x": x, "y": y}, where=only), lines], height=140)
        )
    return Figure(
        id=f"{head.id}/placebo",
        finding=head.id,
        title=f"Standard deviations by offset from a whole percentage: {'; '.join(short)}",
        caption="How many lie 0, 0.1, ... 0.9 point above a whole percentage, in standard deviations from "
        f"what is expected if counts are locally smooth ({window} window). In a fair vote the ten "
        f"offsets are alike; lines at plus and minus three. {'. '.join(words)}.",
        alt=f"Ten bars for each ratio, one per offset. {'. '.join(words)}.",
        vega_lite=chart.panels(panels, rows),
    )
