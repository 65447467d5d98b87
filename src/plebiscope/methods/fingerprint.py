"""The vote as one picture: turnout against share, and what lies in its far corner.

Question
--------
How do turnout and the share of an option lie together over the stations, and how much of the vote sits where
both are nearly complete?

Statistic
---------
Each station is a point: turnout ``T = cast / registered`` and share ``P = votes / valid`` (of ballots
cast where valid ballots are not known; the answer says which). The fingerprint is the histogram of these
points on cells of one per cent centred on whole per cents, weighted by registered voters. The corner is
``T > 0.9`` and ``P > 0.9``, compared in whole numbers; its mass is given as a share of stations, of
registered voters and of the option's votes. The cumulative curve is the share of the option's votes in
stations with turnout up to ``t``; the slope of its last decile is the share of votes above 90 per cent
turnout, per point of turnout.

Fair vote
---------
There is none: the fingerprint is shown, not tested. Clean votes differ widely in where their points lie.
Whole areas are drawn again to show how far the mass of the corner rests on a few of them.

Assumptions
-----------
* Turnout and share mean the same in every station. Stations that are marked (electronic, postal, abroad,
  special) and stations with more ballots than voters are left out and counted.
* Enough areas for drawing them again (20).

Innocent causes
---------------
Villages and communities that vote as one. Small stations, hospitals, ships and barracks, where everybody
votes. Stations whose list of voters was drawn up on the day.

Blind spots
-----------
What is disturbed away from the corner. Why a point lies where it lies: the same corner is reached by added
ballots, by invented figures, by pressure and by genuine unanimity.

References
----------
Klimek, Yegorov, Hanel and Thurner (2012), doi:10.1073/pnas.1210722109; Kobak, Shpilkin and Pshenichnikov
(2016), doi:10.1214/16-AOAS904.

Example
-------
>>> import numpy as np
>>> registered, cast = np.array([100, 100, 100]), np.array([95, 90, 60])
>>> valid, votes = np.array([95, 90, 60]), np.array([90, 89, 20])
>>> in_corner(registered, cast, valid, votes, 90).tolist()
[True, False, False]
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.density import PERCENT_BINS, percent_bins
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, Subject

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Params:
    """Parameters of the fingerprint."""

    corner: int = 90
    """Per cent of turnout and of share above which a station lies in the corner."""
    share_of: tuple[str, ...] = ("valid", "cast")
    """Denominator of the share: the first of these that is known."""
    replicates: int = 400
    """How often the areas are drawn again."""
    level: float = 0.95
    """Coverage of the intervals over areas drawn again."""
    fewest_areas: int = 20
    """Areas needed for intervals that can be relied on."""
    most_cells: int = 2000
    """Cells drawn at most; above it, cells of two per cent are drawn instead of one."""
    most_areas: int = 40
    """Areas drawn at most."""


def in_corner(
    registered: Integers, cast: Integers, ballots: Integers, votes: Integers, corner: int
) -> NDArray[np.bool_]:
    """Tell which stations have turnout and share above ``corner`` per cent, in whole-number arithmetic.

    Parameters
    ----------
    registered, cast, ballots, votes : ndarray of int64, shape (n,)
        ``ballots`` is the denominator of the share.
    corner : int
        Per cent.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    return (100 * cast > corner * registered) & (100 * votes > corner * ballots)


def cells(registered: Integers, cast: Integers, ballots: Integers, votes: Integers, width: int) -> Floats:
    """Sum registered voters on cells of turnout and share.

    Parameters
    ----------
    registered, cast, ballots, votes : ndarray of int64, shape (n,)
    width : int
        Side of a cell in per cent; cells are centred on multiples of it.

    Returns
    -------
    ndarray of float64, shape (100 // width + 1, 100 // width + 1)
        Indexed by turnout, then share.
    """
    turnout = (200 * cast + width * registered) // (2 * width * registered)
    share = (200 * votes + width * ballots) // (2 * width * ballots)
    side = 100 // width + 1
    return np.bincount(turnout * side + share, registered, side * side).reshape(side, side).astype(np.float64)


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Describe the fingerprint for each examined option; see the module's page.

    Parameters
    ----------
    subject : Subject
        With returns that have registered, cast and options.
    params : Params
    rng : numpy.random.Generator
        For drawing areas again.

    Returns
    -------
    Evidence
        One measurement per examined option, and the pictures of the first.
    """
    described = [_describe(subject, option, params, rng) for option in subject.examined]
    # In a vote between two options the second picture is the first one upside down.
    figures = described[0][1] if described else []
    return Evidence(tuple(measurement for measurement, _ in described), tuple(figures))


def _describe(
    subject: Subject, option: str, params: Params, rng: np.random.Generator
) -> tuple[Measurement, list[Figure]]:
    returns = subject.returns
    assert returns is not None  # noqa: S101 - `needs` asks for returns
    denominator = next(name for name in params.share_of if name in returns.quantities)
    picked = returns.select("registered", "cast", denominator, option)
    picked = picked.keep(
        (picked["registered"] > 0) & (picked["cast"] > 0) & (picked[denominator] > 0),
        "nobody registered or nobody voted",
    )
    possible = (picked["cast"] <= picked["registered"]) & (picked[option] <= picked[denominator])
    picked = picked.keep(possible & (picked[option] >= 0), "figures impossible")
    base = Measurement(
        id=f"{subject.contest.id}/fingerprint/corner/{option}",
        method="fingerprint",
        contest=subject.contest.id,
        quantity="corner",
        option=option,
        n=len(picked),
        innocent=METHOD.innocent,
        params={**asdict(params), "share_of": denominator, "dropped": dict(picked.dropped)},
    )
    rows_are = "stations" if returns.level == "station" else "counting areas"
    if len(picked) == 0:
        reason = f"no {rows_are} with registered voters and ballots can be used"
        return base.model_copy(update={"status": "not testable", "reason": reason}), []

    registered, cast = picked["registered"], picked["cast"]
    ballots, votes = picked[denominator], picked[option]
    corner = in_corner(registered, cast, ballots, votes, params.corner)
    areas, names = np.zeros(len(picked), dtype=np.int64), [""]
    if returns.main_area is not None:
        areas, names = returns.area_of(returns.main_area, picked.rows)
    order = sorted(range(len(names)), key=names.__getitem__)  # the same draws whatever the order of rows
    weights = {rows_are: np.ones_like(votes), "registered voters": registered, "the option's votes": votes}
    sums = {
        name: np.stack(
            [np.bincount(areas, weight * corner, len(names)), np.bincount(areas, weight, len(names))]
        ).astype(np.float64)[:, order]
        for name, weight in weights.items()
    }
    draws = None
    if len(names) > 1:
        draws = rng.multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=params.replicates)
    mass = {name: _share(pair, draws, params.level) for name, pair in sums.items()}
    effects = [
        Effect(
            name=f"mass of the corner, {name}",
            value=value,
            low=low,
            high=high,
            unit=f"per cent of {name}",
            level=params.level if low is not None else None,
        )
        for name, (value, low, high) in mass.items()
    ]
    late = (100 * cast > params.corner * registered) * votes
    decile = 100.0 * float(late.sum()) / max(float(votes.sum()), 1.0) / (100 - params.corner)
    effects.append(
        Effect(
            name=f"slope of the cumulative curve above {params.corner} per cent turnout",
            value=decile,
            unit="per cent of the option's votes per point of turnout",
        )
    )
    within, all_stations = sums[rows_are]
    by_area = [
        (names[place], 100.0 * float(inside) / float(total), int(total))
        for place, inside, total in zip(order, within, all_stations, strict=True)
        if total > 0
    ]
    by_area.sort(key=lambda area: (-area[1], area[0]))
    middle = float(np.median([share for _, share, _ in by_area]))
    if len(names) > 1:
        effects.append(
            Effect(
                name="mass of the corner in the middle area, with the lowest and the highest",
                value=middle,
                low=by_area[-1][1],
                high=by_area[0][1],
                unit=f"per cent of {rows_are}",
            )
        )
    voted = mass["the option's votes"][0]
    among = "ballots cast" if denominator == "cast" else f"{denominator} ballots"
    text = (
        f"In {int(corner.sum()):,} of {len(picked):,} {rows_are} ({mass[rows_are][0]:.1f} per cent) both "
        f"turnout and the share of “{option}” among {among} exceed {params.corner} per cent; "
        f"they hold {mass['registered voters'][0]:.1f} per cent of the registered voters and "
        f"{voted:.1f} per cent of the votes for it."
    )
    if len(names) > 1 and corner.any():
        with_any = sum(1 for _, share, _ in by_area if share > 0.0)
        text += (
            f" They lie in {with_any} of {len(by_area)} areas ({returns.main_area}) and make up "
            f"{by_area[-1][1]:.1f} to {by_area[0][1]:.1f} per cent of an area's {rows_are}, {middle:.1f} in "
            f"the middle area."
        )
    filled = base.model_copy(
        update={
            "observed": mass[rows_are][0],
            "effect": effects[0],
            "effects": tuple(effects[1:]),
            "assumptions": (
                Assumption(
                    name="enough areas to draw them again",
                    state="holds" if len(names) >= params.fewest_areas else "doubtful",
                    how=f"{len(names)} areas ({returns.main_area})"
                    if len(names) > 1
                    else "no areas to compare",
                ),
                Assumption(
                    name="rows are single stations",
                    state="holds" if returns.level == "station" else "fails",
                    how=f"the finest rows published are {rows_are}",
                ),
            ),
            "statement": text,
        }
    )
    figures = [
        _map(filled, (registered, cast, ballots, votes), params, mass),
        _margin(filled, percent_bins(cast, registered), votes, cast - votes),
        _cumulative(filled, percent_bins(cast, registered), votes, cast - votes, params, decile),
    ]
    if len(names) > 1 and corner.any():
        figures.append(_by_area(filled, by_area, mass[rows_are][0], params, rows_are))
    return filled, figures


def _share(pair: Floats, draws: Integers | None, level: float) -> tuple[float, float | None, float | None]:
    """Per cent inside, and its interval over areas drawn again."""
    inside, total = pair
    value = 100.0 * float(inside.sum()) / max(float(total.sum()), 1.0)
    if draws is None:
        return value, None, None
    drawn = 100.0 * (draws @ inside) / np.maximum(draws @ total, 1.0)
    low, high = np.quantile(drawn, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return value, float(low), float(high)


_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def _axis(field: str, title: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, **more}


def _percent(field: str, title: str) -> dict[str, Any]:
    return _axis(field, title, scale={"domain": [0, 100]})


def _map(
    measurement: Measurement,
    counts: tuple[Integers, Integers, Integers, Integers],
    params: Params,
    mass: dict[str, tuple[float, float | None, float | None]],
) -> Figure:
    """Draw the fingerprint: registered voters by turnout and share."""
    width, voters = 1, cells(*counts, 1)
    if np.count_nonzero(voters) > params.most_cells:
        width, voters = 2, cells(*counts, 2)
    filled = np.argwhere(voters > 0)
    values = [
        {"turnout": int(i) * width, "share": int(j) * width, "voters": int(voters[i, j])} for i, j in filled
    ]
    highest = np.unravel_index(int(np.argmax(voters)), voters.shape)
    top_turnout, top_share = int(highest[0]) * width, int(highest[1]) * width
    option, inside = measurement.option, mass["registered voters"][0]
    x = _percent("turnout", "Turnout, per cent")
    y = _percent("share", f"Share of “{option}”, per cent")
    half = width / 2
    edges = [
        {"calculate": f"datum.{name} {sign} {half}", "as": f"{name}_{side}"}
        for name in ("turnout", "share")
        for side, sign in (("from", "-"), ("to", "+"))
    ]
    layers = [
        {
            "data": {"values": values},
            "transform": edges,
            "mark": {"type": "rect", "clip": True},
            "encoding": {
                "x": {**x, "field": "turnout_from"},
                "x2": {"field": "turnout_to"},
                "y": {**y, "field": "share_from"},
                "y2": {"field": "share_to"},
                "color": _axis("voters", "Registered voters", scale={"type": "sqrt"}),
            },
        },
        {
            "data": {"values": [{"turnout": params.corner, "share": params.corner, "end": 100}]},
            "mark": {"type": "rule", "style": "outlier"},
            "encoding": {"x": x, "y": y, "y2": {"field": "end"}},
        },
        {
            "data": {"values": [{"turnout": params.corner, "share": params.corner, "end": 100}]},
            "mark": {"type": "rule", "style": "outlier"},
            "encoding": {"x": x, "x2": {"field": "end"}, "y": y},
        },
    ]
    return Figure(
        id=f"{measurement.id}/map",
        finding=measurement.id,
        title=f"Fingerprint: {inside:.1f} per cent of registered voters lie in the far corner",
        caption=f"Registered voters by turnout and share of “{option}”, cells of {width} per cent, on a "
        f"square-root scale. The corner above {params.corner} per cent on both axes is marked.",
        alt=f"Heat map of turnout against share over {len(values):,} filled cells. The fullest cell lies at "
        f"{top_turnout} per cent turnout and {top_share} per cent share. {inside:.1f} per cent of registered "
        f"voters lie where both exceed {params.corner} per cent.",
        vega_lite={"$schema": _SCHEMA, "width": 640, "height": 480, "layer": layers},
    )


def _margin(measurement: Measurement, bins: Integers, votes: Integers, others: Integers) -> Figure:
    """Draw votes for the option and other ballots by turnout."""
    option_at = np.bincount(bins, votes, PERCENT_BINS)
    others_at = np.bincount(bins, others, PERCENT_BINS)
    values = [
        {"turnout": at, "option": int(option_at[at]), "others": int(others_at[at])}
        for at in range(PERCENT_BINS)
    ]
    option_top, others_top = int(np.argmax(option_at)), int(np.argmax(others_at))
    x = _percent("turnout", "Turnout, per cent")
    title = "Ballots per point of turnout"
    lines = (
        ("option", "observed", option_top, f"“{measurement.option}”", -8),
        ("others", "reference", others_top, "other ballots", 20),
    )
    layers: list[dict[str, Any]] = []
    for field, style, top, name, shift in lines:
        layers.append(
            {
                "mark": {"type": "line", "style": style, "interpolate": "step-after"},
                "encoding": {"x": x, "y": _axis(field, title)},
            }
        )
        layers.append(
            {
                "data": {"values": [{"turnout": top, "ballots": values[top][field], "name": name}]},
                "mark": {
                    "type": "text",
                    "style": style,
                    "dy": shift,
                    "align": "right" if top > 50 else "left",
                },
                "encoding": {
                    "x": x,
                    "y": _axis("ballots", title),
                    "text": {"field": "name", "type": "nominal"},
                },
            }
        )
    return Figure(
        id=f"{measurement.id}/margin",
        finding=measurement.id,
        title=f"Votes for “{measurement.option}” peak at {option_top} % turnout, others at {others_top} %",
        caption="Votes for the option and all other ballots, invalid ones included, per point of turnout.",
        alt=f"Two stepped lines over turnout. Votes for {measurement.option} peak at {option_top} per cent "
        f"with {values[option_top]['option']:,}; other ballots peak at {others_top} per cent with "
        f"{values[others_top]['others']:,}.",
        vega_lite={
            "$schema": _SCHEMA,
            "width": 640,
            "height": 220,
            "data": {"values": values},
            "layer": layers,
        },
    )


def _cumulative(
    measurement: Measurement, bins: Integers, votes: Integers, others: Integers, params: Params, decile: float
) -> Figure:
    """Draw the cumulative curves of the option's votes and of other ballots over turnout."""
    curves = {
        name: 100.0 * np.cumsum(np.bincount(bins, weight, PERCENT_BINS)) / max(float(weight.sum()), 1.0)
        for name, weight in (("option", votes), ("others", others))
    }
    # Bin t holds turnouts from t up to, not including, t + 1, so its sum is reached at t + 1.
    values = [
        {"turnout": min(at + 1, 100), **{name: round(float(curve[at]), 2) for name, curve in curves.items()}}
        for at in range(PERCENT_BINS)
    ]
    half = {name: int(np.searchsorted(curve, 50.0)) for name, curve in curves.items()}
    x = _percent("turnout", "Turnout up to, per cent")
    y = "Per cent of its ballots"
    layers = [
        {"mark": {"type": "line", "style": style}, "encoding": {"x": x, "y": _axis(name, y)}}
        for name, style in (("option", "observed"), ("others", "reference"))
    ]
    late = decile * (100 - params.corner)
    return Figure(
        id=f"{measurement.id}/cumulative",
        finding=measurement.id,
        title=f"{late:.1f} per cent of the votes for “{measurement.option}” come from above "
        f"{params.corner} % turnout",
        caption=f"Cumulative share of the votes for “{measurement.option}” (strong line) and of other "
        "ballots over turnout. A curve that still rises steeply at the right end has much of its vote where "
        "everybody voted.",
        alt=f"Two rising curves. Half of the votes for {measurement.option} are reached at {half['option']} "
        f"per cent turnout, half of the other ballots at {half['others']} per cent; {late:.1f} per cent of "
        f"the votes lie above {params.corner} per cent.",
        vega_lite={
            "$schema": _SCHEMA,
            "width": 640,
            "height": 220,
            "data": {"values": values},
            "layer": layers,
        },
    )


def _by_area(
    measurement: Measurement,
    by_area: list[tuple[str, float, int]],
    overall: float,
    params: Params,
    rows_are: str,
) -> Figure:
    """Draw the areas with most of their stations in the corner."""
    shown = by_area[: params.most_areas]
    values = [
        {"area": name, "mass": round(share, 1), "rank": rank} for rank, (name, share, _) in enumerate(shown)
    ]
    x = _axis("mass", f"Per cent of {rows_are} in the corner", scale={"domainMin": 0})
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": values},
            "mark": {"type": "bar", "style": "observed"},
            "encoding": {
                "x": x,
                "y": {
                    "field": "area",
                    "type": "nominal",
                    "title": None,
                    "sort": {"field": "rank", "order": "ascending"},
                    "axis": {"labelLimit": 220},
                },
            },
        },
        {
            "data": {"values": [{"mass": round(overall, 1)}]},
            "mark": {"type": "rule", "style": "reference"},
            "encoding": {"x": x},
        },
    ]
    first = "; ".join(f"{name} {share:.1f}" for name, share, _ in shown[:3])
    return Figure(
        id=f"{measurement.id}/areas",
        finding=measurement.id,
        title=f"The corner by area: {by_area[-1][1]:.1f} to {by_area[0][1]:.1f} per cent of {rows_are}",
        caption=f"Share of {rows_are} with turnout and share of “{measurement.option}” above {params.corner} "
        f"per cent, {len(shown)} of {len(by_area)} areas with most of them; upright line: all {rows_are} "
        f"({overall:.1f}).",
        alt=f"Bars by area, longest first: {first}. All {rows_are} together: {overall:.1f} per cent.",
        vega_lite={"$schema": _SCHEMA, "width": 460, "height": 16 * len(shown), "layer": layers},
    )


METHOD = Method(
    id="fingerprint",
    title="Fingerprint: turnout against share",
    question="How do turnout and share lie together, and how much of the vote is near 100 % in both?",
    tier="D",
    null="none",
    needs=("returns", "registered", "cast", "options"),
    tail="none",
    params=Params,
    measure=measure,
    references=("klimek2012", "kobak2016"),
    innocent=(
        "Villages and communities that vote as one.",
        "Small stations, hospitals, ships and barracks, where everybody votes.",
        "Stations whose list of voters was drawn up on the day.",
    ),
    blind=(
        "what is disturbed away from the corner",
        "why a station lies where it lies: added ballots, invented figures, pressure and genuine unanimity "
        "reach the same corner",
    ),
)
