"""The pictures of the mixture, as data."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

from plebiscope.evidence import chart
from plebiscope.methods.mixture import unseen
from plebiscope.methods.mixture.answer import Answer
from plebiscope.model.figure import Figure
from plebiscope.model.wording import per_cent, written

_CELL = 4
"""Width of a cell of the cloud, in per cent: at most 26 by 26 of them."""
_POINTS = 80


def cloud(finding: str, answer: Answer) -> Figure:
    """Draw where the further classes would lie over turnout and share."""
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
        f"By the account with added ballots they would be {found.sum():,.0f} {answer.rows_are}; the cell "
        f"that holds most begins at {per_cent(top['turnout'], 'd')} turnout and "
        f"{per_cent(top['share'], 'd')} share"
    )
    told = (
        ""
        if answer.told
        else " It improves too little on an account of places alone for a number to be told."
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
    """Draw how the two accounts compare: a mass at nought for places alone, a density for the other."""
    n = len(answer.stations)
    value = float(answer.totals.value[2])
    one, other = (float(shape[2]) for shape in answer.totals.shapes)
    low, high = betaincinv(one, other, [0.002, 0.998])
    at = np.linspace(low, max(high, low + 1e-9), _POINTS)
    logs = (one - 1.0) * np.log(at) + (other - 1.0) * np.log1p(-at)
    density = np.exp(logs - logs.max())
    shape = (1.0 - answer.nothing) * density
    likely = _likely(answer.nothing)
    rows = [
        {"share": round(100.0 * float(part), 5), "density": round(float(tall), 5)}
        for part, tall in zip(at, shape, strict=True)
    ]
    spike = [
        {
            "share": 0.0,
            "density": 0.0,
            "to": round(answer.nothing, 5),
            "name": f"places alone: {likely}",
        }
    ]
    prior = [{"share": 0.0, "density": answer.prior, "name": "before looking"}]
    x = chart.free("share", f"{answer.rows_are.capitalize()} in which ballots look added, per cent")
    y = chart.number(
        "density",
        "Probability of places alone; density of the share, times that of the other account",
        scale={"domain": [0, 1]},
    )
    layers = [
        chart.layer("line", "expected", {"x": x, "y": y}, rows),
        chart.layer("rule", "observed", {"x": x, "y": y, "y2": {"field": "to"}}, spike, strokeWidth=4),
        chart.layer("point", "reference", {"x": x, "y": y}, prior, filled=True, size=60),
        chart.label("name", "observed", {"x": x, "y": {**y, "field": "to"}}, spike, align="left", dx=8, dy=6),
    ]
    words = (
        f"Of the two accounts compared, that of places alone goes from {answer.prior:.2f} before looking to "
        f"{likely} (log Bayes factor {written(answer.factor, '.1f')}). In the other, ballots look added in "
        f"{per_cent(100.0 * value / n, '.2f')} of {answer.rows_are}. Neither says that there are none: added "
        f"ballots can pass for places that differ, and {unseen.held()}"
    )
    title = "An account of places alone does not suffice"
    if not answer.told:
        title = "Nothing told: an account of places alone suffices"
        if answer.factor > 0.0:
            title = "Nothing told: added ballots improve too little on an account of places alone"
    return Figure(
        id=f"{finding}/posterior",
        finding=finding,
        title=title,
        caption=f"Upright line: probability of the account of places alone; point: the same before looking. "
        f"Curve: what the share of {answer.rows_are} would be by the other account, scaled to its "
        f"probability. {words}.",
        alt=f"An upright line at nought and a curve beside it. {words}.",
        vega_lite=chart.picture(layers, height=260),
    )


def _likely(probability: float) -> str:
    """Write a probability so that none looks certain."""
    if probability < 0.001:
        return "less than 0.001"
    return "more than 0.999" if probability > 0.999 else f"{probability:.3f}"
