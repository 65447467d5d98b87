"""The pictures of the mixture, as data."""

from __future__ import annotations

import numpy as np

from plebiscope.evidence import chart
from plebiscope.methods.mixture import unseen
from plebiscope.methods.mixture.answer import Answer
from plebiscope.model.figure import Figure
from plebiscope.model.wording import per_cent, written

_CELL = 4
"""Width of a cell of the cloud, in per cent: at most 26 by 26 of them."""
_POINTS = 80


def cloud(finding: str, answer: Answer) -> Figure:
    """Draw the chance of the further classes over turnout and share."""
    stations, expected = answer.stations, answer.whole.passed.expected
    cast = stations.others + stations.votes
    turnout = np.floor(100.0 * cast / (cast + stations.away) / _CELL).astype(np.int64)
    share = np.floor(100.0 * stations.votes / cast / _CELL).astype(np.int64)
    side = 100 // _CELL + 1
    cell = turnout * side + share
    count = np.bincount(cell, minlength=side * side)
    found = np.bincount(cell, expected[:, 0] + expected[:, 1], side * side)
    rows = [
        {
            "turnout": int(at // side) * _CELL,
            "turnout_to": int(at // side + 1) * _CELL,
            "share": int(at % side) * _CELL,
            "share_to": int(at % side + 1) * _CELL,
            "stations": int(count[at]),
            "added": round(float(found[at]), 2),
        }
        for at in np.flatnonzero(count)
    ]
    top = max(rows, key=lambda row: (row["added"], row["turnout"]))
    x = chart.per_cent("turnout", "Turnout, per cent")
    y = chart.per_cent("share", f"Share of “{answer.option}”, per cent")
    spans = {**chart.span("x", x, "turnout", "turnout_to"), **chart.span("y", y, "share", "share_to")}
    shade = chart.number("stations", "All", scale={"type": "sqrt"})
    middle = [
        {**row, "turnout": row["turnout"] + _CELL / 2, "share": row["share"] + _CELL / 2}
        for row in rows
        if row["added"] >= 0.5
    ]
    size = chart.number("added", "Look added", scale={"range": [4, 200]})
    layers = [chart.layer("rect", "observed", {**spans, "color": shade}, rows, clip=True)]
    if middle:
        layers.append(chart.layer("point", "outlier", {"x": x, "y": y, "size": size}, middle))
    likely = (
        f"The fitted classes expect {found.sum():,.0f} {answer.rows_are} in which ballots look "
        f"added, most of "
        f"them at {per_cent(top['turnout'], 'd')} turnout and {per_cent(top['share'], 'd')} share"
    )
    told = (
        "" if answer.told else " They do not improve on the natural account enough for a number to be told."
    )
    return Figure(
        id=f"{finding}/cloud",
        finding=finding,
        title=f"Where {answer.rows_are} would lie in which ballots look added",
        caption=f"{answer.rows_are.capitalize()} by turnout and share, in cells of "
        f"{per_cent(_CELL, 'd')} (shade), "
        f"and how many in each cell the fitted classes put down to added ballots (points, from half "
        f"of one up). "
        f"{likely}.{told}",
        alt=f"Map of turnout against share with {len(rows):,} filled cells and {len(middle):,} points. "
        f"{likely}.{told}",
        vega_lite=chart.picture(layers, height=420),
    )


def posterior(finding: str, answer: Answer) -> Figure:
    """Draw what is known of the share of stations: a mass at nought and a density above it."""
    n = len(answer.stations)
    value, error = float(answer.totals.value[2]), float(answer.totals.error[2])
    value, width = max(value, 1e-6), max(error / max(value, 1e-6), 1e-3)
    low, high = value * np.exp(-3.0 * width), min(value * np.exp(3.0 * min(width, 2.0)), float(n))
    at = np.linspace(low, max(high, low * 1.01), _POINTS)
    density = np.exp(-0.5 * (np.log(at / value) / width) ** 2) / (width * at)
    shape = (1.0 - answer.nothing) * density / density.max()
    rows = [
        {"share": round(100.0 * float(one) / n, 5), "density": round(float(tall), 5)}
        for one, tall in zip(at, shape, strict=True)
    ]
    spike = [
        {
            "share": 0.0,
            "density": 0.0,
            "to": round(answer.nothing, 5),
            "name": f"none: {answer.nothing:.3f}",
        }
    ]
    prior = [{"share": 0.0, "density": answer.prior, "name": "before looking"}]
    x = chart.free("share", f"{answer.rows_are.capitalize()} in which ballots look added, per cent")
    y = chart.number(
        "density", "Probability of none; density of any, times its probability", scale={"domain": [0, 1]}
    )
    layers = [
        chart.layer("line", "expected", {"x": x, "y": y}, rows),
        chart.layer("rule", "observed", {"x": x, "y": y, "y2": {"field": "to"}}, spike, strokeWidth=4),
        chart.layer("point", "reference", {"x": x, "y": y}, prior, filled=True, size=60),
        chart.label("name", "observed", {"x": x, "y": {**y, "field": "to"}}, spike, align="left", dx=8, dy=6),
    ]
    words = (
        f"Under this account the probability that there are none goes from {answer.prior:.2f} before looking "
        f"to {answer.nothing:.3f} "
        f"(log Bayes factor {written(answer.factor, '.1f')}). If there are any, they are under it "
        f"{per_cent(100.0 * value / n, '.2f')} of {answer.rows_are}. Added ballots can pass for places that "
        f"differ: {unseen.held()}"
    )
    return Figure(
        id=f"{finding}/posterior",
        finding=finding,
        title=f"None at all: {answer.nothing:.3f} likely by this account, {answer.prior:.2f} before looking",
        caption=f"Upright line: probability that ballots look added nowhere; point: the same before "
        f"looking. Curve: "
        f"what the share would be otherwise, scaled to its probability. {words}.",
        alt=f"An upright line at nought and a curve beside it. {words}.",
        vega_lite=chart.picture(layers, height=260),
    )
