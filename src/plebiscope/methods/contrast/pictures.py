"""The two pictures: differences between groups with their intervals, and changes between two votes."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.evidence import chart
from plebiscope.methods.contrast.asking import Floats
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import counted, written


def differences(answers: Sequence[Measurement], group: str) -> Figure:
    """Draw each difference between the groups with its interval."""
    rows = [
        {
            "what": one.name.removesuffix(", group less others"),
            "value": one.value,
            "low": one.low,
            "high": one.high,
        }
        for one in (answer.effect for answer in answers)
        if one is not None
    ]
    for row in rows:
        row |= {key: round(float(row[key] or 0.0), 3) for key in ("value", "low", "high")}
    x, y = (
        chart.number("value", "Group less others, percentage points"),
        chart.category("what", labelLimit=420),
    )
    told = "; ".join(
        f"{row['what']} {written(float(row['value'] or 0), '+.1f')} "
        f"({written(float(row['low'] or 0), '.1f')} to {written(float(row['high'] or 0), '.1f')})"
        for row in rows
    )
    layers = [
        chart.layer("rule", "reference", {"x": x}, [{"value": 0.0}]),
        chart.layer("rule", "expected", {"y": y, **chart.span("x", x)}),
        chart.layer("point", "observed", {"y": y, "x": x}, filled=True, size=70),
    ]
    return Figure(
        id=f"{answers[0].id}/differences",
        finding=answers[0].id,
        title=f"The group “{group}” less other stations of its areas",
        caption="Mean over the group less mean over the others, area by area (point), with its interval "
        f"(line): {told}.",
        alt=f"One point with a line for each figure that is compared, beside a line at 0. {told}.",
        vega_lite=chart.picture(layers, rows, width=400, height={"step": 28}),
    )


def changes(found: Measurement, turnout: Floats, share: Floats, before: str, most: int) -> Figure:
    """Draw the change of the share against the change of turnout, station by station, both less their area.

    Parameters
    ----------
    found
        The answer that the picture belongs to.
    turnout, share
        Changes less those of the area, in points, shape (n,).
    before
        Name of the other vote.
    most
        Stations drawn at most.
    """
    step = max(1, -(-len(turnout) // most))
    values = [
        {"turnout": round(x, 2), "share": round(y, 2)}
        for x, y in zip(turnout[::step].tolist(), share[::step].tolist(), strict=True)
    ]
    slope = (found.observed or 0.0) / 10.0
    ends = [float(turnout.min()), float(turnout.max())]
    line = [{"turnout": round(end, 2), "share": round(slope * end, 2)} for end in ends]
    encoding = {
        "x": chart.free("turnout", "Change of turnout, less that of the area, points"),
        "y": chart.free("share", "Change of the share, less that of the area, points"),
    }
    drawn = "" if step == 1 else f" Drawn are {len(values):,} of {len(turnout):,}."
    told = f"{written(found.observed or 0.0, '+.2f')} points for 10 points of turnout"
    return Figure(
        id=f"{found.id}/changes",
        finding=found.id,
        title=f"Where turnout rose, the share of “{found.option}” changed by {told}",
        caption=f"Change from “{before}”, one point a station, both less the mean change of its area; the "
        f"line is the slope inside areas.{drawn}",
        alt=f"Change of the share of “{found.option}” against change of turnout at "
        f"{counted(len(turnout), 'stations')}, turnout from {written(ends[0], '.1f')} to "
        f"{written(ends[1], '.1f')} points. A line rises by {told}.",
        vega_lite=chart.picture(
            [
                chart.layer("point", "observed", encoding, values),
                chart.layer("line", "expected", encoding, line),
            ],
            height=320,
            width=420,
        ),
    )
