"""The pictures: differences between groups, changes between two votes, and this vote beside its past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plebiscope.evidence import chart
from plebiscope.methods.contrast.asking import Flags, Floats
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import capital, counted, written


def differences(answers: Sequence[Measurement], group: str) -> Figure:
    """Draw each difference between the groups with its interval."""
    rows = [
        {
            "what": one.name.rsplit(", ", 1)[0],
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


def past(
    found: Measurement, what: str, predicted: Floats, observed: Floats, jumped: Flags, before: str, most: int
) -> Figure:
    """Draw each station's figure against what its past predicts, with those that jumped marked.

    Parameters
    ----------
    found
        The answer that the picture belongs to.
    what
        Name of the figure.
    predicted, observed
        In per cent, shape (n,).
    jumped
        Which stations are marked, shape (n,).
    before
        Name of the other vote.
    most
        Stations drawn at most of the marked ones, and of the others.
    """
    values = []
    for places in (np.flatnonzero(~jumped), np.flatnonzero(jumped)):
        step = max(1, -(-len(places) // most))
        values.append(
            [
                {"predicted": round(float(predicted[at]), 1), "observed": round(float(observed[at]), 1)}
                for at in places[::step].tolist()
            ]
        )
    ends = [round(float(pick(predicted)), 1) for pick in (np.min, np.max)]
    span = f"from {written(ends[0], '.1f')} to {written(ends[1], '.1f')} per cent"
    line = [{"predicted": end, "observed": end} for end in ends]
    encoding = {
        "x": chart.free("predicted", f"{capital(what)} predicted from the past, per cent"),
        "y": chart.free("observed", "In this vote, per cent"),
    }
    shown = len(values[0]) + len(values[1])
    drawn = "" if shown == len(observed) else f" Drawn are {shown:,} of {len(observed):,}."
    told = f"{counted(int(jumped.sum()), 'stations')} of {len(observed):,} far off"
    beside = f"{capital(what)} beside what “{before}” predicts"
    return Figure(
        id=f"{found.id}/past",
        finding=found.id,
        title=f"{beside}: {told}",
        caption=f"One point a station, those far off marked; on the line the prediction is right.{drawn}",
        alt=f"{beside}, {span}, around a line of equal figures. {told}.",
        vega_lite=chart.picture(
            [
                chart.layer("point", "observed", encoding, values[0]),
                chart.layer("line", "expected", encoding, line),
                chart.layer("point", "outlier", encoding, values[1]),
            ],
            height=320,
            width=420,
        ),
    )
