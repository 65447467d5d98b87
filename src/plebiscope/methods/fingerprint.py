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
Each of the largest areas is left out in turn to show how far the mass of the corner rests on a few of them
(the jackknife, on the scale of logits, with Student's law); where nothing lies in the corner, or everything,
that says nothing, and no interval is given. Areas of unlike size count for fewer, one of six tenths and all
others together for less than three.

Assumptions
-----------
* Turnout and share mean the same in every station. Stations that are marked (electronic, postal, abroad,
  special) and stations with more ballots than voters are left out and counted.
* Each area is a sample of its own of how much lies in the corner. In simulated votes with 2 to 40 areas, of
  one size or one of them with 60 per cent of the stations, the interval held the mean over all such votes in
  90 or more of 100. (Drawing areas again, as is common, held it in 43 to 93.) Where less than 5 per cent of
  the stations lie in the corner, it held it in as few as 81: single areas may hold most of it, and where none
  of these is in the table, the interval lies too low. Then the assumption is doubtful.

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

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence import chart
from plebiscope.kernels.density import PERCENT_BINS, percent_bins
from plebiscope.kernels.resampling import share_left_out
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Measurement
from plebiscope.model.method import Evidence, Method, Subject, by_option, checked, effect
from plebiscope.model.wording import noun, part, per_cent

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Params:
    """Parameters of the fingerprint."""

    corner: int = 90
    """Per cent of turnout and of share above which a station lies in the corner."""
    share_of: tuple[str, ...] = ("valid", "cast")
    """Denominator of the share: the first of these that is known."""
    level: float = 0.95
    """Coverage of the intervals, as a probability."""
    rare: int = 5
    """Part of the stations in the corner below which the intervals may be too low, in per cent."""
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
    """Describe the fingerprint for each examined option; ``rng`` is not used."""
    return by_option(subject, lambda option: _describe(subject, option, params))


def _describe(subject: Subject, option: str, params: Params) -> tuple[Measurement, list[Figure]]:
    denominator = next(name for name in params.share_of if name in subject.results.quantities)
    picked, rows_are = subject.possible(option, denominator), subject.rows_are
    said = {**asdict(params), "share_of": denominator, "dropped": dict(picked.dropped)}
    if len(picked) == 0:
        reason = f"no {rows_are} with registered voters and ballots can be used"
        return METHOD.untestable(subject, "corner", reason, option=option, n=0, params=said), []

    registered, cast = picked["registered"], picked["cast"]
    ballots, votes = picked[denominator], picked[option]
    corner = in_corner(registered, cast, ballots, votes, params.corner)
    areas, names = subject.areas(picked.rows)
    compared = len(names) > 1
    weights = {rows_are: np.ones_like(votes), "registered voters": registered, "the option's votes": votes}
    sums, effects = {}, []
    for name, weight in weights.items():
        sums[name] = inside, total = [
            np.bincount(areas, values, len(names)).astype(np.float64) for values in (weight * corner, weight)
        ]
        mass = 100.0 * float(inside.sum()) / max(float(total.sum()), 1.0)
        said_of = (f"mass of the corner, {name}", mass, f"per cent of {name}")
        ends = share_left_out(inside, total, float(weight.mean()), params.level)
        if ends is None:
            effects.append(effect(*said_of))
        else:
            effects.append(effect(*said_of, (100.0 * ends[0], 100.0 * ends[1]), params.level))
    of_rows, of_voters, of_votes = (found.value or 0.0 for found in effects)
    late = (100 * cast > params.corner * registered) * votes
    decile = 100.0 * float(late.sum()) / max(float(votes.sum()), 1.0) / (100 - params.corner)
    name = f"slope of the cumulative curve above {params.corner} per cent turnout"
    effects.append(effect(name, decile, "per cent of the option's votes per point of turnout"))
    both = f"both turnout and the share of “{option}” (of {noun(denominator)})"
    all_rows, above = f"{len(picked):,} {rows_are}", f"above {per_cent(params.corner, 'd')}"
    statement = f"In none of {all_rows} are {both} {above}."
    if corner.any():
        statement = (
            f"In {int(corner.sum()):,} of {all_rows} {both} are {above}: {part(of_rows)} of {rows_are}, with "
            f"{part(of_voters)} of registered voters and {part(of_votes)} of the votes for it."
        )
    by_area = [
        (name, 100.0 * float(inside) / float(total))
        for name, inside, total in zip(names, *sums[rows_are], strict=True)
        if total > 0
    ]
    by_area.sort(key=lambda area: (-area[1], area[0]))
    lowest, highest = by_area[-1][1], by_area[0][1]
    if compared and corner.any():
        middle = float(np.median([share for _, share in by_area]))
        name = "mass of the corner in the middle area, with the lowest and the highest"
        effects.append(effect(name, middle, f"per cent of {rows_are}", (lowest, highest)))
        reached = sum(share > 0.0 for _, share in by_area)
        statement += (
            f" There are such {rows_are} in {reached} of {len(by_area)} areas ({subject.results.main_area}): "
            f"{lowest:.1f} to {part(highest)} of an area's {rows_are}, {part(middle)} in the middle area."
        )
    filled = METHOD.answer(
        subject,
        "corner",
        option=option,
        n=len(picked),
        observed=of_rows,
        effect=effects[0],
        effects=tuple(effects[1:]),
        assumptions=(
            *([_sampled(subject, of_rows, len(names), params)] if effects[0].level is not None else []),
            Assumption(
                name="rows are single stations",
                state="holds" if subject.results.level == "station" else "fails",
                how=f"rows are {rows_are}",
            ),
        ),
        statement=statement,
        params=said,
    )
    turnout = percent_bins(cast, registered)
    votes_at = np.bincount(turnout, votes, PERCENT_BINS).astype(np.float64)
    others_at = np.bincount(turnout, cast - votes, PERCENT_BINS).astype(np.float64)
    figures = [
        _map(filled, (registered, cast, ballots, votes), params, of_voters),
        _margin(filled, votes_at, others_at),
        _cumulative(filled, votes_at, others_at, params, decile),
    ]
    if compared and corner.any():
        figures.append(_by_area(filled, by_area, of_rows, params, rows_are))
    return filled, figures


def _sampled(subject: Subject, mass: float, areas: int, params: Params) -> Assumption:
    """Say how far the intervals can be relied on, by what they held in simulated votes."""
    least = "90" if mass >= params.rare else "81"
    much = "more" if mass >= params.rare else "less"
    return checked(
        "each area is a sample of its own of how much lies in the corner",
        mass >= params.rare,
        f"{areas} areas ({subject.results.main_area}); in simulated votes with {much} than "
        f"{per_cent(params.rare, 'd')} in the corner the interval held the mean in {least} or more of 100",
    )


def _map(
    found: Measurement, counts: tuple[Integers, Integers, Integers, Integers], params: Params, inside: float
) -> Figure:
    """Draw the fingerprint: registered voters by turnout and share."""
    width, voters = 1, cells(*counts, 1)
    if np.count_nonzero(voters) > params.most_cells:
        width, voters = 2, cells(*counts, 2)
    values = [
        {"turnout": int(i) * width, "share": int(j) * width, "voters": int(voters[i, j])}
        for i, j in np.argwhere(voters > 0)
    ]
    top = max(values, key=lambda cell: cell["voters"])
    x = chart.per_cent("turnout", "Turnout, per cent")
    y = chart.per_cent("share", f"Share of “{found.option}”, per cent")
    edges = [
        {"calculate": f"datum.{name} {sign} {width / 2}", "as": f"{name}_{side}"}
        for name in ("turnout", "share")
        for side, sign in (("from", "-"), ("to", "+"))
    ]
    places = {
        **chart.span("x", x, "turnout_from", "turnout_to"),
        **chart.span("y", y, "share_from", "share_to"),
        "color": chart.number("voters", "Registered voters", scale={"type": "sqrt"}),
    }
    corner, end = [{"turnout": params.corner, "share": params.corner, "end": 100}], {"field": "end"}
    layers = [
        {**chart.layer("rect", "observed", places, values, clip=True), "transform": edges},
        chart.layer("rule", "outlier", {"x": x, "y": y, "y2": end}, corner),
        chart.layer("rule", "outlier", {"x": x, "x2": end, "y": y}, corner),
    ]
    return Figure(
        id=f"{found.id}/map",
        finding=found.id,
        title=f"Fingerprint: {part(inside)} of registered voters in the far corner",
        caption=f"Registered voters by turnout and share of “{found.option}”, in cells of "
        f"{per_cent(width, 'd')}, on a square-root scale. The corner above {per_cent(params.corner, 'd')} on "
        "both axes is marked.",
        alt=f"Heat map of turnout against share over {len(values):,} filled cells. The fullest cell lies at "
        f"{per_cent(top['turnout'], 'd')} turnout and {per_cent(top['share'], 'd')} share; "
        f"{part(inside)} of registered voters are where both are above {per_cent(params.corner, 'd')}.",
        vega_lite=chart.picture(layers, height=480),
    )


def _margin(found: Measurement, option_at: Floats, others_at: Floats) -> Figure:
    """Draw votes for the option and other ballots by turnout."""
    values = [
        {"turnout": at, "option": int(option), "others": int(others)}
        for at, (option, others) in enumerate(zip(option_at, others_at, strict=True))
    ]
    option_top, others_top = int(np.argmax(option_at)), int(np.argmax(others_at))
    x, title = chart.per_cent("turnout", "Turnout, per cent"), "Ballots per point of turnout"
    layers = []
    for field, style, top, name, shift in (
        ("option", "observed", option_top, f"“{found.option}”", -8),
        ("others", "reference", others_top, "other ballots", 20),
    ):
        peak = [{"turnout": top, "ballots": values[top][field], "name": name}]
        side = "right" if top > 50 else "left"
        where = {"x": x, "y": chart.number("ballots", title)}
        layers += [
            chart.layer("line", style, {"x": x, "y": chart.number(field, title)}, interpolate="step-after"),
            chart.label("name", style, where, peak, dy=shift, align=side),
        ]
    return Figure(
        id=f"{found.id}/margin",
        finding=found.id,
        title=f"Votes for “{found.option}” peak at {per_cent(option_top, 'd')} turnout, other ballots at "
        f"{per_cent(others_top, 'd')}",
        caption="Votes for the option and all other ballots, invalid ones included, per point of turnout.",
        alt=f"Two stepped lines over turnout. Votes for {found.option} peak at {per_cent(option_top, 'd')} "
        f"with {values[option_top]['option']:,}; other ballots peak at {per_cent(others_top, 'd')} with "
        f"{values[others_top]['others']:,}.",
        vega_lite=chart.picture(layers, values),
    )


def _cumulative(
    found: Measurement, option_at: Floats, others_at: Floats, params: Params, decile: float
) -> Figure:
    """Draw the cumulative curves of the option's votes and of other ballots over turnout."""
    option, others = (
        100.0 * np.cumsum(part) / max(float(part.sum()), 1.0) for part in (option_at, others_at)
    )
    # Bin t holds turnouts from t up to, not including, t + 1, so its sum is reached at t + 1.
    values = [
        {
            "turnout": min(at + 1, 100),
            "option": round(float(option[at]), 2),
            "others": round(float(others[at]), 2),
        }
        for at in range(PERCENT_BINS)
    ]
    half_option, half_others = int(np.searchsorted(option, 50.0)), int(np.searchsorted(others, 50.0))
    x, y = chart.per_cent("turnout", "Turnout up to, per cent"), "Per cent of its ballots"
    layers = [
        chart.layer("line", style, {"x": x, "y": chart.number(name, y)})
        for name, style in (("option", "observed"), ("others", "reference"))
    ]
    late = decile * (100 - params.corner)
    return Figure(
        id=f"{found.id}/cumulative",
        finding=found.id,
        title=f"{per_cent(late)} of the votes for “{found.option}” come from above "
        f"{per_cent(params.corner, 'd')} turnout",
        caption=f"Cumulative share of the votes for “{found.option}” (strong line) and of other ballots over "
        "turnout. A curve that still rises steeply at the right end has much of its vote where everybody "
        "voted.",
        alt=f"Two rising curves. Half of the votes for {found.option} are reached at "
        f"{per_cent(half_option, 'd')} turnout, half of the other ballots at {per_cent(half_others, 'd')}; "
        f"{per_cent(late)} of the votes come from above {per_cent(params.corner, 'd')}.",
        vega_lite=chart.picture(layers, values),
    )


def _by_area(
    found: Measurement, by_area: list[tuple[str, float]], overall: float, params: Params, rows_are: str
) -> Figure:
    """Draw the areas with most of their stations in the corner."""
    shown = by_area[: params.most_areas]
    values = [{"area": name, "mass": round(share, 1)} for name, share in shown]
    x = chart.number("mass", f"Per cent of {rows_are} in the corner", scale={"domainMin": 0})
    layers = [
        chart.layer("bar", "observed", {"x": x, "y": chart.category("area", labelLimit=220)}, values),
        chart.layer("rule", "reference", {"x": x}, [{"mass": round(overall, 1)}]),
    ]
    first = "; ".join(f"{name} {per_cent(share)}" for name, share in shown[:3])
    which = f"all {len(shown)}" if len(shown) == len(by_area) else f"the first {len(shown)} of {len(by_area)}"
    return Figure(
        id=f"{found.id}/areas",
        finding=found.id,
        title=f"The corner by area: {by_area[-1][1]:.1f} to {per_cent(by_area[0][1])} of {rows_are}",
        caption=f"Part of the {rows_are} with turnout and share of “{found.option}” above "
        f"{per_cent(params.corner, 'd')}: {which} areas, largest first. Upright line: all {rows_are} "
        f"({per_cent(overall)}).",
        alt=f"Bars by area, longest first: {first}. All {rows_are} together: {per_cent(overall)}.",
        vega_lite=chart.picture(layers, width=460, height=16 * len(shown)),
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
