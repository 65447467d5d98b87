"""The standardised fingerprint, and the difference by how many stations are called small."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plebiscope.evidence import chart
from plebiscope.methods.small_stations.asking import Used
from plebiscope.methods.small_stations.sizes import difference, smallness
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import listed, per_cent, written

_CELL, _FAR = 0.25, 4.0
"""Side of a cell of the picture, and how far it reaches, in standard deviations."""


def _centres(used: Used) -> list[tuple[str, float, float]]:
    """Return where small and large stations lie on average."""
    found = []
    for name, weight in (("small", used.weight), ("large", 1.0 - used.weight)):
        means = []
        for z in (used.turnout, used.share):
            known = np.isfinite(z)
            means.append(float(weight[known] @ z[known]) / max(float(weight[known].sum()), 1e-300))
        found.append((name, means[0], means[1]))
    return found


def fingerprint(used: Used, heads: Sequence[Measurement]) -> Figure | None:
    """Draw the standardised fingerprint, with the centres of small and large stations, where both vary."""
    if any(head.status != "tested" for head in heads):
        return None
    known = (np.abs(used.turnout) < _FAR) & (np.abs(used.share) < _FAR)
    cells, counts = np.unique(
        np.floor(np.stack([used.turnout[known], used.share[known]]) / _CELL), axis=1, return_counts=True
    )
    values = [
        {
            "x": float(i) * _CELL,
            "x2": float(i + 1) * _CELL,
            "y": float(j) * _CELL,
            "y2": float(j + 1) * _CELL,
            "stations": int(count),
        }
        for (i, j), count in zip(cells.T.tolist(), counts.tolist(), strict=True)
    ]
    centres = _centres(used)
    points = [{"x": round(x, 3), "y": round(y, 3), "name": name} for name, x, y in centres]
    scale = {"domain": [-_FAR, _FAR]}
    x = chart.number("x", "Turnout, in standard deviations of the others of its area", scale=scale)
    y = chart.number("y", f"Share of “{used.option}”, likewise", scale=scale)
    across = {**chart.span("x", x, "x", "x2"), **chart.span("y", y, "y", "y2")}
    colour = {"color": chart.number("stations", "Stations", scale={"type": "sqrt"})}
    layers = [
        chart.layer("rect", "observed", {**across, **colour}, values),
        *chart.named_points({"x": x, "y": y}, points, "name"),
    ]
    told = "; ".join(f"{name} at {written(a, '+.2f')} and {written(b, '+.2f')}" for name, a, b in centres)
    turnout, share = (written(head.observed or 0.0, "+.2f") for head in heads)
    left = len(known) - int(known.sum())
    return Figure(
        id=f"{heads[0].id}/fingerprint",
        finding=heads[0].id,
        title=f"Small less large stations: {turnout} in turnout, {share} in share",
        caption=f"Every station against the others of its area ({used.column}): turnout to the right, share "
        f"of “{used.option}” upwards, in their standard deviations; darker cells hold more. Points: mean of "
        f"the {per_cent(used.params.part, 'd')} smallest and of the others ({told}). Not drawn: {left:,} "
        "further out.",
        alt=f"Heat map of {len(values):,} cells around zero, turnout against share, both standardised. Mean "
        f"of {told}.",
        vega_lite=chart.picture(layers, height=420),
    )


def by_part(used: Used, heads: Sequence[Measurement]) -> Figure | None:
    """Draw the difference by the part of stations that is called small, for what can be answered."""
    lines = [
        (head, z, style)
        for head, z, style in zip(heads, (used.turnout, used.share), ("observed", "expected"), strict=True)
        if head.status == "tested"
    ]
    if not lines:
        return None
    rows = []
    for part in used.params.parts:
        weight = smallness(used.stations["registered"], used.place, part)
        rows.append({"part": part} | {h.quantity: round(difference(z, weight), 3) for h, z, _ in lines})
    x = chart.number("part", "Smallest stations of each area, per cent", scale={"zero": False})
    title = "Small less large, standard deviations"
    layers = [chart.layer("rule", "reference", {"y": chart.number("zero", title)}, [{"zero": 0}])]
    for head, _, style in lines:
        name = head.quantity
        y = chart.number(name, title)
        layers += [
            chart.layer("line", style, {"x": x, "y": y}),
            chart.label("name", style, {"x": x, "y": y}, [{**rows[-1], "name": name}], dy=-8, align="right"),
        ]
    names = listed([head.quantity for head, *_ in lines])
    told = "; ".join(
        f"{row['part']} %: {listed([written(row[head.quantity], '+.2f') for head, *_ in lines])}"
        for row in rows
    )
    first = lines[0][0].id
    return Figure(
        id=f"{first}/parts",
        finding=first,
        title="The difference by how many stations are called small",
        caption=f"Mean of the small less that of the others, for {names} (the share is that of "
        f"“{used.option}”), by the part of each area's stations that is called small.",
        alt=f"{'Two lines' if len(lines) > 1 else 'One line'}. {names.capitalize()} by part: {told}.",
        vega_lite=chart.picture(layers, rows),
    )


EVERY = (fingerprint, by_part)
"""The pictures that may be drawn."""
