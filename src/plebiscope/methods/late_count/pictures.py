"""The two pictures: what is left as places get smaller, and the lead beyond places as it added up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from plebiscope.evidence import chart
from plebiscope.methods.late_count.count import Count
from plebiscope.methods.late_count.places import Floats, Places
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import part, written


def levels(count: Count, places: Places, found: Measurement, predicted: Mapping[str, float]) -> Figure:
    """Draw the lead of the early count, the leads predicted with areas of each size, and the final lead."""
    early, final = places.now()
    leads = {f"count at {count.moment(count.cut)}": early}
    leads |= {f"predicted by {name}": value for name, value in predicted.items()}
    leads["in the end"] = final
    rows = [
        {"what": what, "lead": round(lead, 3), "seen": not what.startswith("predicted by ")}
        for what, lead in leads.items()
    ]
    x, y = chart.free("lead", "Lead, in percentage points"), chart.category("what", labelLimit=260)
    told = "; ".join(f"{what} {written(lead, '.2f')}" for what, lead in leads.items())
    left = final - list(predicted.values())[-1]
    layers = [
        chart.layer("rule", "reference", {"x": x}, [rows[-1]]),
        # All of them first, so that they stand in their order; what was counted is drawn over it.
        chart.layer("point", "expected", {"x": x, "y": y}, filled=True, size=70),
        chart.layer("point", "observed", {"x": x, "y": y}, where="datum.seen", filled=True, size=90),
    ]
    return Figure(
        id=f"{found.id}/levels",
        finding=found.id,
        title=f"Lead as the early count predicts it: {written(left, '+.2f')} points are left in the end",
        caption=f"Lead of {count.who}: of the early count, as predicted for the end from early stations of "
        f"the same area, and in the end (line): {told}.",
        alt=f"A row for each lead, from the early count to the end, in percentage points. {told}.",
        vega_lite=chart.picture(layers, rows, width=400, height={"step": 26}),
    )


def path(count: Count, found: Measurement, reported: Floats, seen: Floats, drawn: Floats) -> Figure:
    """Draw the lead beyond places as it added up, with what order by chance gives.

    Parameters
    ----------
    count, found
        The count, and the answer that the picture belongs to.
    reported
        Per cent of the stations that were reported, shape (k,).
    seen
        The lead so far, in points, shape (k,).
    drawn
        The same for orders drawn by chance, shape (draws, k).
    """
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    rows = [
        {"reported": round(at, 2), "lead": round(lead, 4), "low": round(least, 4), "high": round(most, 4)}
        for at, lead, least, most in zip(
            reported.tolist(), seen.tolist(), low.tolist(), high.tolist(), strict=True
        )
    ]
    x = chart.number("reported", "Stations reported, per cent")
    y = chart.free("lead", "Lead beyond places so far, percentage points")
    outside, farthest = int(((seen < low) | (seen > high)).sum()), float(seen[np.argmax(np.abs(seen))])
    layers = [
        chart.layer("area", "band", {"x": x, **chart.span("y", y)}),
        chart.layer("line", "observed", {"x": x, "y": y}),
    ]
    return Figure(
        id=f"{found.id}/path",
        finding=found.id,
        title=f"Lead beyond places in the order of reporting: at most {written(farthest, '+.3f')} points",
        caption=f"Lead of {count.who} beyond that of each place, added up in the order of reporting, in "
        "points of the final lead. The band holds 95 of 100 orders drawn by chance inside places, at each "
        "moment.",
        alt=f"A line over the share of stations reported, farthest from 0 at {written(farthest, '+.3f')} "
        f"points, and a band from {written(float(low.min()), '.3f')} to "
        f"{written(float(high.max()), '.3f')}. The line leaves the band at "
        f"{part(100.0 * outside / len(rows))} of the moments.",
        vega_lite=chart.picture(layers, rows),
    )
