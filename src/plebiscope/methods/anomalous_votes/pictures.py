"""The pictures: by turnout, every way of asking at once, by core, by slope, by the others."""

from __future__ import annotations

import numpy as np

from plebiscope.evidence import chart
from plebiscope.kernels.density import PERCENT_BINS
from plebiscope.kernels.turnout_core import estimate, explain_away, with_slope
from plebiscope.methods.anomalous_votes.answer import Answer
from plebiscope.methods.anomalous_votes.cores import Ends
from plebiscope.model.figure import Figure
from plebiscope.model.wording import per_cent, written


def draw(finding: str, answer: Answer) -> list[Figure]:
    """Draw every picture that there is something for."""
    pictures = (by_turnout, by_way, by_core, by_slope, by_others)
    return [figure for one in pictures if (figure := one(finding, answer)) is not None]


def by_turnout(finding: str, answer: Answer) -> Figure:
    """Votes for the option, other ballots, and the other ballots scaled in the core."""
    curves, main = answer.curves, answer.main
    lines = {
        "observed": (np.round(curves.leader), f"votes for “{answer.option}”"),
        "reference": (np.round(curves.others), "other ballots"),
        "expected": (np.round(main.ratio * curves.others), "other ballots scaled"),
    }
    rows = [
        {"turnout": at, **{style: int(values[at]) for style, (values, _) in lines.items()}}
        for at in range(PERCENT_BINS)
    ]
    x = chart.free("turnout", "Turnout, per cent of registered voters", domain=[0, 100])
    count, shaded = "Ballots per point of turnout", [{"from": main.low, "to": main.high}]
    layers = [chart.layer("rect", "band", chart.span("x", x, "from", "to"), shaded)]
    labels, peaks_at = [], {}
    for style, (values, name) in lines.items():
        # Each name stands at the peak of its own line, the option's at its peak above the core.
        at = peaks_at[style] = int(np.argmax(values))
        if style == "observed" and main.high < PERCENT_BINS:
            at = main.high + int(np.argmax(curves.leader[main.high :]))
        y = chart.free(style, count)
        layers.append(chart.layer("line", style, {"x": x, "y": y}))
        place = [{"turnout": at, "ballots": int(values[at]), "name": name}]
        side = "right" if style == "observed" or at > 80 else "left"
        above = 18 if style == "reference" else -8
        where = {"x": x, "y": {**y, "field": "ballots"}}
        labels.append(chart.label("name", style, where, place, align=side, dy=above))
    return Figure(
        id=f"{finding}/curves",
        finding=finding,
        title=f"{written(answer.any[0], ',.0f')} to {written(answer.any[1], ',.0f')} votes for "
        f"“{answer.option}” without a counterpart",
        caption=f"Ballots by turnout. In the core ({main.low} to {per_cent(main.high, 'd')}, shaded) there "
        f"are {main.ratio:.2f} votes for the option per other ballot; the other ballots times that number "
        "show where the votes would lie if the ratio held everywhere. What the votes exceed them by above "
        "the core is the estimate; it is negative where they fall short. The range in the title is that over "
        "all admissible cores, and over shares that change with turnout of themselves as in clean votes.",
        alt="Three lines over turnout from 0 to 100. Other ballots peak at "
        f"{per_cent(peaks_at['reference'], 'd')}; votes for {answer.option} peak at "
        f"{per_cent(int(np.argmax(curves.leader)), 'd')}. Above {per_cent(main.high, 'd')} the votes exceed "
        f"the scaled other ballots by {written(main.votes, ',.0f')} in all.",
        vega_lite=chart.picture([*layers, *labels], rows, height=300),
    )


def by_core(finding: str, answer: Answer) -> Figure:
    """Draw the estimate as a function of the core."""
    curves, (first, last) = answer.curves, answer.params.span
    width = sum(answer.params.widths) // 2
    enough = 0.005 * curves.others.sum()  # below one ballot in two hundred the ratio is noise
    rows = [
        {
            "core": low + width / 2,
            "estimate": round(
                answer.percent(answer.cut(estimate(curves.leader, curves.others, low, low + width)[1])), 2
            ),
        }
        for low in range(first, last + 2 - width)
        if curves.others[low : low + width].sum() >= enough
    ]
    bars = [
        {
            "from": core.low,
            "to": core.high,
            "estimate": round(answer.percent(answer.cut(core.votes)), 2),
            "votes": round(answer.cut(core.votes)),
        }
        for core in answer.cores
    ]
    automatic, ends = answer.percent(answer.by_rule), answer.ends(answer.votes)
    point = [{"core": answer.mode + 0.5, "estimate": round(automatic, 2), "name": "automatic"}]
    x = chart.free("core", "Turnout in the core, per cent", domain=[0, 100])
    y = chart.free("estimate", f"Estimate, {answer.unit}")
    layers = [
        chart.layer("rule", "reference", {"x": x}, [{"core": curves.median}]),
        chart.layer("line", "expected", {"x": x, "y": y}, rows),
        chart.layer("rule", "observed", {**chart.span("x", x, "from", "to"), "y": y}, bars),
        chart.layer("point", "outlier", {"x": x, "y": y}, point, filled=True),
        chart.label("name", "outlier", {"x": x, "y": y}, point, dy=-10),
    ]
    return Figure(
        id=f"{finding}/cores",
        finding=finding,
        title=f"The choice of the core decides: {_between(ends, answer)} over the admissible ones",
        caption=f"Estimate for every core {width} points wide (line), for the {len(bars)} admissible cores "
        "(bars, as wide as the core) and for the automatic core (point). Upright line: median turnout "
        f"of registered voters, {per_cent(curves.median, 'd')}.",
        alt=f"Estimate against the turnout in the core, in {answer.unit}. Admissible cores ({answer.span}) "
        f"give {_between(ends, answer)}; the automatic core at {per_cent(answer.mode, 'd')} gives "
        f"{per_cent(automatic)}.",
        vega_lite=chart.picture(layers, height=260),
    )


def by_slope(finding: str, answer: Answer) -> Figure:
    """Draw what remains if the share rises with turnout of itself."""
    slope = explain_away(answer.curves, answer.main)
    furthest = max(*map(abs, answer.params.slopes), abs(slope or 0.0)) + 0.15
    rows = []
    for at in np.linspace(-furthest, furthest, 41).tolist():
        each = [answer.cut(with_slope(answer.curves, core, at)) for core in answer.cores]
        votes = [round(answer.percent(one), 2) for one in each]
        rows.append({"slope": round(at, 3), "estimate": votes[0], "from": min(votes), "to": max(votes)})
    x = chart.free("slope", "Rise of the share with turnout, logit per 10 points", nice=False)
    y = chart.free("estimate", f"Estimate, {answer.unit}")
    flattest, steepest = answer.params.slopes
    band = [{"from": flattest, "to": steepest}]
    layers = [
        chart.layer("rect", "band", chart.span("x", x, "from", "to"), band),
        chart.layer("rule", "reference", {"y": y}, [{"estimate": 0}]),
        chart.layer("area", "expected", {"x": x, **chart.span("y", y, "from", "to")}, opacity=0.4),
        chart.layer("line", "observed", {"x": x, "y": y}),
    ]
    needed = "No change of the share with turnout explains the estimate away"
    if slope is not None:
        needed = (
            "The estimate is explained away if the share itself changes with turnout by "
            f"{written(slope, '.2f')} (logit per 10 points)"
        )
    return Figure(
        id=f"{finding}/slope",
        finding=finding,
        title=needed,
        caption="Estimate if the odds of the option rise with turnout of themselves, for the core with most "
        "voters (line) and all admissible cores (area). Shaded: the slopes of votes held to be clean, "
        f"{written(flattest, '.2f')} to {written(steepest, '.2f')}; over these the estimate goes from "
        f"{_between(answer.any, answer)}.",
        alt=f"A falling curve: {per_cent(answer.percent(answer.main.votes))} of "
        f"{answer.whose} at slope 0. {needed}.",
        vega_lite=chart.picture(layers, rows),
    )


def by_way(finding: str, answer: Answer) -> Figure:
    """Set every way of estimating beside the others."""
    rows = [
        {
            "way": way,
            "estimate": round(answer.percent(votes), 2),
            "from": round(answer.percent(low), 2),
            "to": round(answer.percent(high), 2),
        }
        for way, votes, (low, high) in answer.ways
    ]
    x = chart.free("estimate", f"Estimate, {answer.unit}")
    y = chart.category("way", labelLimit=240)
    layers = [
        chart.layer("rule", "reference", {"x": x}, [{"estimate": 0}]),
        chart.layer("rule", "observed", {**chart.span("x", x, "from", "to"), "y": y}),
        chart.layer("point", "observed", {"x": x, "y": y}, filled=True),
    ]
    told = "; ".join(f"{way}: {_between(ends, answer)}" for way, _, ends in answer.ways[:-1])
    return Figure(
        id=f"{finding}/ways",
        finding=finding,
        title=f"{len(rows)} ways to ask come to {_between(_widest(answer), answer)} of {answer.whose}",
        caption="Lines: from the lowest to the highest over the admissible cores; in the first, over slopes "
        "of the share too, and by the invalid ballots with areas drawn again. Points: the core with most "
        "registered voters. Where the ways lie far apart, the answer rests on what each takes for granted.",
        alt=f"One line for each way of estimating, in {answer.unit}. {told}; automatic core: "
        f"{per_cent(answer.percent(answer.by_rule))}.",
        vega_lite=chart.picture(layers, rows, height=36 * len(rows)),
    )


def _widest(answer: Answer) -> Ends:
    ends = [ends for *_, ends in answer.ways]
    return min(low for low, _ in ends), max(high for _, high in ends)


def by_others(finding: str, answer: Answer) -> Figure | None:
    """Draw votes and other ballots over the participation of the others; nothing where that has no bulk."""
    over, votes = answer.over, answer.over_votes
    if not votes:
        return None
    (low, high), ratio = over.cores[0], over.ratios[0]
    lines = {
        "observed": (np.round(over.leader), f"votes for “{answer.option}”"),
        "expected": (np.round(ratio * over.others), "other ballots scaled"),
    }
    # Up to where all but one in a thousand ballots were cast: the axis is long and mostly empty.
    cast = np.cumsum(over.leader + over.others)
    last = max(high, int(np.searchsorted(cast, 0.999 * cast[-1]))) + 1
    rows = [
        {"others": at, **{style: int(values[at]) for style, (values, _) in lines.items()}}
        for at in range(min(last + 1, PERCENT_BINS))
    ]
    x = chart.free("others", "Other ballots, per cent of registered voters", nice=False)
    layers = [chart.layer("rect", "band", chart.span("x", x, "from", "to"), [{"from": low, "to": high}])]
    for style, (values, name) in lines.items():
        y = chart.free(style, "Ballots per point of the others' participation")
        layers.append(chart.layer("line", style, {"x": x, "y": y}))
        # The name of the votes stands left of their peak, that of the others right of theirs.
        at = int(np.argmax(values[:last]))
        side = {"align": "right", "dx": -6} if style == "observed" else {"align": "left", "dx": 10}
        place = [{"others": at, "ballots": int(values[at]), "name": name}]
        layers.append(chart.label("name", style, {"x": x, "y": {**y, "field": "ballots"}}, place, **side))
    beyond = votes[0]
    return Figure(
        id=f"{finding}/others",
        finding=finding,
        title=f"Beside the others' participation, {_between(answer.ends(votes), answer)} of "
        f"{answer.whose} stand above the middle of the bulk",
        caption="Votes for the option and scaled other ballots, by the part of registered voters who cast "
        "another ballot, which ballots added for the option do not change. In the core "
        f"({low} to {per_cent(high, 'd')}, shaded) half of the other ballots were cast where there are more "
        f"than {ratio:.2f} votes for the option to each. Where shares differ from place to place, "
        "strongholds of the option lie to the left and push the votes up there, in fair votes too.",
        alt=f"Two lines over the participation of the others. All over, the votes exceed the scaled other "
        f"ballots by {written(beyond, ',.0f')}, {per_cent(answer.percent(beyond))} of {answer.whose}.",
        vega_lite=chart.picture(layers, rows, height=260),
    )


def _between(ends: Ends, answer: Answer) -> str:
    """Write votes as percentages of the option's."""
    low, high = answer.percents(ends)
    return f"{written(low, ',.1f')} to {per_cent(high)}"
