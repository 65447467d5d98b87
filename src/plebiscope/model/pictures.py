"""Pictures that several methods draw of their answers."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.model import chart
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import counted, none_of, written

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
