"""Votes for one option that have no counterpart among the other ballots as turnout rises.

Question
--------
Where more people voted, did only one option gain? If so, by how many votes, and how much does the answer
depend on the stations that are taken as the yardstick?

Statistic
---------
Stations are put into bins of one per cent of turnout, ``t = floor(100 cast / registered)``. In bin ``t``
stand ``L(t)`` votes for the option and ``O(t) = cast - L`` other ballots, invalid ones included. A core is
an interval of turnout ``[low, high)``; there ``k = sum L / sum O``. The anomalous votes are::

    A = sum over t >= high of  L(t) - k O(t)

a signed sum: bins in which the option falls short count against it. If ballots for the option were added to
an otherwise even vote, ``A`` is their number. If votes were moved to it, each moved vote counts ``1 + k``
times. The number follows from the core, so what is reported is the *set of admissible cores*:

* intervals of 2 to 6 whole per cent that contain a peak of ``O(t)``. The other ballots show where the bulk
  of stations lies, because ballots added for the option do not raise them;
* of the peaks, those not above the median turnout of registered voters, or the lowest one if all lie above:
  added ballots move stations only towards higher turnout, so of two bulks the lower is the undisturbed one.

The headline is the range of ``A`` over all admissible cores; its value is that of the admissible core with
most registered voters. Beside it stand the automatic core (the highest bin of ``O(t)`` with two bins on
either side, summed over all bins above the highest one), the centre of the densest half of the electorate in
turnout and share, the turnout and share that remain without ``A``, the sum over areas if each has a ratio of
its own (drawn towards that of all by a random-effects model, most where its core is small), and the
explain-away slope: the ``g`` for which ``A`` is zero if the odds of the option rise by ``exp(g)`` for every
ten points of turnout.

Fair vote
---------
There is none that could be computed: how a share goes with turnout is a matter of geography, so the method
returns no p. The yardstick is what the very same estimates give on reference votes
(:mod:`plebiscope.calibrate.reference`). Whole areas are drawn again to show how far the answer rests on a few
of them; every draw selects its peaks and cores anew.

Assumptions
-----------
* One bulk of stations is undisturbed. Checked: number of peaks; whether the automatic core lies above the
  median turnout; how far the admissible cores agree. Where more than half of the electorate lies off the
  undisturbed bulk, the automatic core and the densest half lock onto the disturbed one.
* Without interference the share does not rise with turnout. It cannot be checked on the returns of one
  vote; the explain-away slope says how far it would have to be wrong. In simulated fair votes, in which the
  share goes with turnout as it does in the table that they imitate, the widest interval (every admissible
  core with areas drawn again) held zero in 23 to 98 of 100 votes of one kind, instead of 95.
* Enough areas for drawing them again (20).

Innocent causes
---------------
Places that turn out more may differ: rural against urban, old against young, strongholds with a strong
campaign. A boycott by one side empties the other stations. Stations without a fixed electorate.

Blind spots
-----------
Votes moved from one option to another without a change in turnout. Votes added evenly everywhere. Votes
removed. A vote disturbed everywhere has no undisturbed bulk. Who was pressed to vote, and how. As an estimate
of votes added it fails: in simulated votes whose shares go with turnout as in a clean vote, it finds votes
where none were added, and its range seldom holds their number (`docs/estimates.md`).

References
----------
The picture is Sobyanin and Sukhovolsky's (Democracy limited by falsifications, Moscow 1995), the estimate
Shpilkin's (Troitsky Variant 40, 2009); Myagkov, Ordeshook and Shakin (2009), doi:10.1017/CBO9780511626807;
Kobak, Shpilkin and Pshenichnikov (2016), doi:10.1214/16-AOAS904. Centre of the densest half: Rousseeuw and
Van Driessen (1999), doi:10.1080/00401706.1999.10485670.

Example
-------
>>> import numpy as np
>>> others = np.zeros(101)
>>> others[40:61] = 1000.0
>>> leader = others.copy()
>>> leader[80] = 5000.0
>>> ratio, votes = estimate(leader, others, 48, 52)
>>> float(ratio), float(votes)
(1.0, 5000.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from plebiscope.evidence import chart
from plebiscope.kernels.density import (
    PERCENT_BINS,
    binned_sums,
    minimum_covariance_centre,
    peaks,
    percent_bins,
)
from plebiscope.kernels.resampling import draw_again, interval
from plebiscope.kernels.turnout_core import (
    Core,
    Curves,
    by_area,
    estimate,
    explain_away,
    take_core,
    with_slope,
)
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.model.method import Evidence, Method, Subject, by_option, checked, effect
from plebiscope.model.wording import listed, per_cent, written

_STEEP = 0.35
"""Slope, in logits per ten points of turnout, up to which the estimate is drawn in any case."""


@dataclass(frozen=True)
class Params:
    """Parameters of the estimate."""

    widths: tuple[int, int] = (2, 6)
    """Narrowest and widest admissible core, in whole per cent of turnout."""
    span: tuple[int, int] = (5, 98)
    """Bins of turnout in which a peak may lie, in per cent: outside lie empty and sealed stations."""
    automatic: int = 2
    """Bins of one per cent on either side of the highest one that form the automatic core."""
    height: float = 0.1
    """Height of a peak as a share of the highest peak, at least."""
    prominence: float = 0.1
    """Depth of the dip that parts a peak from higher ground, as a share of the peak, at least."""
    noise: float = 2.0
    """The same depth in relative standard errors (one over the root of the stations under the peak)."""
    replicates: int = 200
    """How often the areas are drawn again."""
    level: float = 0.95
    """Coverage of the intervals over areas drawn again."""
    fewest_stations: int = 200
    """Stations needed: with fewer, bins of one per cent are too empty."""
    fewest_areas: int = 20
    """Areas needed for intervals that can be relied on."""
    agreement: float = 5.0
    """Width of the range over admissible cores up to which they agree, in per cent of the option's votes."""
    marked: bool = False
    """Use electronic, postal, foreign and special stations too."""


def automatic_core(curves: Curves, params: Params) -> Core:
    """Take the highest bin of the other ballots and its neighbours; sum over all bins above the highest."""
    first, last = params.span
    mode = first + int(np.argmax(curves.others[first : last + 1]))
    return take_core(curves, max(0, mode - params.automatic), mode + params.automatic + 1, mode + 1)


def bulks(curves: Curves, params: Params) -> list[int]:
    """Find the peaks of the other ballots, from low turnout to high."""
    first, last = params.span
    limits = {"height": params.height, "prominence": params.prominence, "noise": params.noise}
    return peaks(curves.others, curves.stations, first=first, last=last, **limits)


def admissible_cores(curves: Curves, params: Params) -> list[Core]:
    """List every admissible core with its estimate, the one with most registered voters first."""
    found = bulks(curves, params)
    lower = [peak for peak in found if peak <= curves.median] or found[:1]
    intervals = {
        (low, low + width)
        for peak in lower
        for width in range(params.widths[0], params.widths[1] + 1)
        for low in range(max(0, peak - width + 1), min(peak, PERCENT_BINS - width) + 1)
    }
    return sorted((take_core(curves, *ends) for ends in sorted(intervals)), key=lambda one: -one.voters)


def redraw(
    by_area: Curves, params: Params, rng: np.random.Generator
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Draw whole areas again and select the cores anew each time.

    Parameters
    ----------
    by_area : Curves
        Sums by area and bin, each of shape (areas, 101).
    params : Params
    rng : numpy.random.Generator

    Returns
    -------
    tuple of intervals, or None
        Of the automatic estimate, and of all admissible cores together; None with fewer than two areas or if
        hardly any draw has a peak.
    """
    areas = by_area.leader.shape[0]
    if areas < 2:
        return None
    draws = draw_again(areas, params.replicates, rng).astype(np.float64)
    summed = [draws @ sums for sums in (by_area.leader, by_area.others, by_area.voters, by_area.stations)]
    estimates = []
    for rows in zip(*summed, strict=True):
        curves = Curves(*rows)
        votes = [core.votes for core in admissible_cores(curves, params)]
        if votes:
            estimates.append((automatic_core(curves, params).votes, min(votes), max(votes)))
    if len(estimates) < params.replicates / 2:
        return None
    automatic, lowest, highest = (interval(drawn, params.level) for drawn in np.array(estimates).T)
    return automatic, (lowest[0], highest[1])


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Estimate the anomalous votes for each examined option; ``rng`` draws areas again.

    There are no station scores, because a sum over stations accuses none.
    """
    return by_option(subject, lambda option: _examine(subject, option, params, rng))


def _examine(
    subject: Subject, option: str, params: Params, rng: np.random.Generator
) -> tuple[Measurement, list[Figure]]:
    returns, picked = subject.results, subject.possible(option, marked=params.marked)
    said: dict[str, Any] = {"n": len(picked), "params": {**asdict(params), "dropped": dict(picked.dropped)}}
    if len(picked) < params.fewest_stations:
        reason = (
            f"bins of one per cent of turnout need at least {params.fewest_stations:,} stations, and "
            f"{len(picked):,} can be used"
        )
        return METHOD.untestable(subject, "votes", reason, option=option, **said), []

    areas, names = subject.areas(picked.rows)
    registered, cast, votes = picked["registered"], picked["cast"], picked[option]
    bins = percent_bins(cast, registered)
    counted = (votes, cast - votes, registered, np.ones_like(cast))
    apart = Curves(*(binned_sums(bins, areas, values, len(names)) for values in counted))
    curves = Curves(*(binned_sums(bins, np.zeros_like(bins), values, 1)[0] for values in counted))
    cores = admissible_cores(curves, params)
    if not cores:
        reason = "the ballots for other options form no peak over turnout that could serve as a yardstick"
        return METHOD.untestable(subject, "votes", reason, option=option, **said), []

    centre = None
    if option == subject.favoured:
        order = np.lexsort((votes, cast, registered))  # the same rounding whatever the order of rows
        registered, cast, votes = registered[order], cast[order], votes[order]
        centre = minimum_covariance_centre(
            100.0 * cast / registered, 100.0 * votes / cast, registered.astype(np.float64)
        )
    answer = _Answer(
        option=option,
        unit=f"per cent of the {'leader' if option == returns.leader else 'option'}'s votes",
        curves=curves,
        cores=cores,
        automatic=automatic_core(curves, params),
        found=bulks(curves, params),
        centre=centre,
        local=[by_area(apart.leader, apart.others, core) for core in cores] if len(names) > 1 else [],
        redrawn=redraw(apart, params, rng),
        areas=f"{len(names)} areas ({returns.main_area})" if returns.main_area else "no areas to compare",
        enough_areas=len(names) >= params.fewest_areas,
        params=params,
    )
    headline, *effects = answer.effects()
    filled = METHOD.answer(
        subject,
        "votes",
        option=option,
        observed=headline.value,
        expected=0.0,
        effect=headline,
        effects=tuple(effects),
        assumptions=answer.assumptions(),
        statement=answer.statement(),
        **said,
    )
    return filled, [draw(filled.id, answer) for draw in (_curves_figure, _cores_figure, _slope_figure)]


@dataclass(frozen=True)
class _Answer:
    """Everything that was computed for one option, and how it is told."""

    option: str
    unit: str
    curves: Curves
    cores: list[Core]
    automatic: Core
    found: list[int]
    centre: tuple[float, float] | None
    local: list[float]
    """Estimate of every admissible core with a ratio for each area; empty where there is one area."""
    redrawn: tuple[tuple[float, float], tuple[float, float]] | None
    areas: str
    enough_areas: bool
    params: Params

    @property
    def main(self) -> Core:
        return self.cores[0]

    @property
    def votes(self) -> list[float]:
        """Estimate of every admissible core, that of the main one first."""
        return [core.votes for core in self.cores]

    @property
    def total(self) -> float:
        return float(self.curves.leader.sum())

    @property
    def mode(self) -> int:
        """Highest bin of the other ballots."""
        return self.automatic.low + self.params.automatic

    @property
    def locked(self) -> bool:
        """Whether the automatic core sits on a bulk that the admissible ones leave out."""
        return not any(core.low <= self.mode < core.high for core in self.cores)

    @property
    def span(self) -> str:
        lowest = min(core.low for core in self.cores)
        return f"{lowest} to {per_cent(max(core.high for core in self.cores), 'd')}"

    def percent(self, votes: float) -> float:
        """Votes in per cent of all votes for the option."""
        return 100.0 * votes / self.total if self.total else 0.0

    @property
    def percents(self) -> tuple[float, float]:
        """Lowest and highest estimate in per cent of all votes for the option."""
        return self.percent(min(self.votes)), self.percent(max(self.votes))

    @property
    def range(self) -> str:
        """The same in words, without what it is a percentage of."""
        low, high = self.percents
        return f"{written(low, ',.1f')} to {per_cent(high)}"

    def effects(self) -> tuple[Effect, ...]:
        """Return the effects, the headline first; with a range, they are those of every admissible core."""
        cast = float((self.curves.leader + self.curves.others).sum())
        rests = [cast - votes for votes in self.votes]
        turnouts = [100.0 * rest / float(self.curves.voters.sum()) for rest in rests]
        shares = [
            100.0 * (self.total - votes) / rest if rest > 0.0 else 0.0
            for votes, rest in zip(self.votes, rests, strict=True)
        ]
        slopes = [explain_away(self.curves, core) for core in self.cores]
        known = [slope for slope in slopes if slope is not None]
        name, percents = "anomalous votes", [self.percent(votes) for votes in self.votes]
        automatic, main = self.automatic.votes, self.votes[0]
        again, level = ((None, None), None) if self.redrawn is None else (self.redrawn[0], self.params.level)
        found = [
            effect(name, main, "votes", _ends(self.votes)),
            effect(name, percents[0], self.unit, _ends(percents)),
            effect(f"{name}, automatic core", automatic, "votes", again, level),
            effect(f"{name}, automatic core", self.percent(automatic), self.unit),
            effect("turnout without them", turnouts[0], "per cent", _ends(turnouts)),
            effect("share of ballots without them", shares[0], "per cent", _ends(shares)),
            effect("explain-away slope", slopes[0], "logit of share per 10 points of turnout", _ends(known)),
        ]
        if self.local:
            percents = [self.percent(votes) for votes in self.local]
            near = f"{name}, a ratio for each area"
            found.append(effect(near, self.local[0], "votes", _ends(self.local)))
            found.append(effect(near, percents[0], self.unit, _ends(percents)))
        if self.redrawn is not None:
            every = f"{name}, every admissible core with areas drawn again"
            found.append(effect(every, main, "votes", self.redrawn[1], level))
        if self.centre is not None:
            for axis, value in zip(("turnout", "share"), self.centre, strict=True):
                found.append(effect(f"centre of the densest half: {axis}", value, "per cent"))
        return tuple(found)

    def assumptions(self) -> tuple[Assumption, ...]:
        low, high = self.percents
        slope = explain_away(self.curves, self.main)
        return (
            checked(
                "the stations have one bulk",
                len(self.found) == 1,
                "peaks of the other ballots over turnout: "
                + ", ".join(per_cent(at, "d") for at in self.found),
            ),
            checked(
                "the automatic core lies on the undisturbed bulk",
                not self.locked and self.mode <= self.curves.median,
                f"highest bin of the other ballots {per_cent(self.mode, 'd')}, median turnout of registered "
                f"voters {per_cent(self.curves.median, 'd')}",
            ),
            checked(
                "the admissible cores agree",
                high - low <= self.params.agreement,
                f"the estimates of {len(self.cores)} cores span {per_cent(high - low)} of "
                f"{self.unit.removeprefix('per cent of ')}",
            ),
            Assumption(
                name="the share does not rise with turnout of itself",
                state="unknown",
                how="no slope of share on turnout accounts for the estimate"
                if slope is None
                else f"explained away by a slope of {written(slope, '.2f')} per 10 points of turnout",
            ),
            Assumption(
                name="where nothing was done, the estimate is zero but for chance",
                state="doubtful",
                how="with areas drawn again, the interval over every admissible core held zero in 23 to 98 "
                "of 100 simulated fair votes, by the kind of vote, instead of 95",
            ),
            Assumption(
                name="enough areas to draw them again",
                state="holds" if self.enough_areas else "doubtful" if self.redrawn else "unknown",
                how=self.areas,
            ),
        )

    def statement(self) -> str:
        low, high = min(self.votes), max(self.votes)
        little, much = self.percents
        fewer = f"between {high:,.0f} votes fewer and {-low:,.0f} votes more"
        parts = f"{much:.1f} fewer to {per_cent(-little)} more"
        if low >= 0.0:
            fewer, parts = f"{low:,.0f} to {high:,.0f} votes fewer", f"{little:.1f} to {per_cent(much)}"
        elif high <= 0.0:
            fewer, parts = f"{-high:,.0f} to {-low:,.0f} votes more", f"{-much:.1f} to {per_cent(-little)}"
        text = (
            f"If the ratio of votes for “{self.option}” to other ballots in the bulk of stations "
            f"({self.span} turnout) held at higher turnout too, the option would have {fewer} than its "
            f"{self.total:,.0f} ({parts} of {self.unit.removeprefix('per cent of ')}, over {len(self.cores)} "
            f"admissible choices of that bulk). "
        )
        if len(self.cores) > 1:
            width = min(core.high - core.low for core in self.cores)
            narrow = sorted(
                (core for core in self.cores if core.high - core.low == width), key=lambda one: one.low
            )[:2]
            told = (
                f"{core.low} to {per_cent(core.high, 'd')} gives {written(core.votes, ',.0f')}"
                for core in narrow
            )
            text += f"Of the narrowest choices, {listed(told)}. "
        text += f"The automatic rule gives {written(self.automatic.votes, ',.0f')} votes."
        if self.locked and self.mode > self.curves.median and self.main.votes > self.automatic.votes:
            text += (
                f" That rule breaks down if the lower bulk is the undisturbed one: its yardstick, the "
                f"highest peak of the other ballots at {per_cent(self.mode, 'd')} turnout, lies above the "
                f"median turnout of registered voters ({per_cent(self.curves.median, 'd')}), and most of "
                f"what is to be measured is taken for granted."
            )
        return text


def _ends(values: Sequence[float]) -> tuple[float | None, float | None]:
    return min(values, default=None), max(values, default=None)


def _curves_figure(finding: str, answer: _Answer) -> Figure:
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
        title=f"{written(min(answer.votes), ',.0f')} to {written(max(answer.votes), ',.0f')} votes for "
        f"“{answer.option}” without a counterpart",
        caption=f"Ballots by turnout. In the core ({main.low} to {per_cent(main.high, 'd')}, shaded) there "
        f"are {main.ratio:.2f} votes for the option per other ballot; the other ballots times that number "
        "show where the votes would lie if the ratio held everywhere. What the votes exceed them by above "
        "the core is the estimate; it is negative where they fall short.",
        alt="Three lines over turnout from 0 to 100. Other ballots peak at "
        f"{per_cent(peaks_at['reference'], 'd')}; votes for {answer.option} peak at "
        f"{per_cent(int(np.argmax(curves.leader)), 'd')}. Above {per_cent(main.high, 'd')} the votes exceed "
        f"the scaled other ballots by {written(main.votes, ',.0f')} in all.",
        vega_lite=chart.picture([*layers, *labels], rows, height=300),
    )


def _cores_figure(finding: str, answer: _Answer) -> Figure:
    """Draw the estimate as a function of the core."""
    curves, (first, last) = answer.curves, answer.params.span
    width = sum(answer.params.widths) // 2
    enough = 0.005 * curves.others.sum()  # below one ballot in two hundred the ratio is noise
    rows = [
        {
            "core": low + width / 2,
            "estimate": round(answer.percent(estimate(curves.leader, curves.others, low, low + width)[1]), 2),
        }
        for low in range(first, last + 2 - width)
        if curves.others[low : low + width].sum() >= enough
    ]
    bars = [
        {
            "from": core.low,
            "to": core.high,
            "estimate": round(answer.percent(core.votes), 2),
            "votes": round(core.votes),
        }
        for core in answer.cores
    ]
    automatic = answer.percent(answer.automatic.votes)
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
        title=f"The choice of the core decides: {answer.range} over the admissible ones",
        caption=f"Estimate for every core {width} points wide (line), for the {len(bars)} admissible cores "
        "(bars, as wide as the core) and for the automatic core (point). Upright line: median turnout "
        f"of registered voters, {per_cent(curves.median, 'd')}.",
        alt=f"Estimate against the turnout in the core, in {answer.unit}. Admissible cores ({answer.span}) "
        f"give {answer.range}; the automatic core at {per_cent(answer.mode, 'd')} gives "
        f"{per_cent(automatic)}.",
        vega_lite=chart.picture(layers, height=260),
    )


def _slope_figure(finding: str, answer: _Answer) -> Figure:
    """Draw what remains if the share rises with turnout of itself."""
    slope = explain_away(answer.curves, answer.main)
    furthest = max(_STEEP, abs(slope or 0.0)) + 0.15
    rows = []
    for at in np.linspace(-furthest, furthest, 41).tolist():
        votes = [round(answer.percent(with_slope(answer.curves, core, at)), 2) for core in answer.cores]
        rows.append({"slope": round(at, 3), "estimate": votes[0], "from": min(votes), "to": max(votes)})
    x = chart.free("slope", "Rise of the share with turnout, logit per 10 points", nice=False)
    y = chart.free("estimate", f"Estimate, {answer.unit}")
    layers = [
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
        "voters (line) and all admissible cores (area).",
        alt=f"A falling curve: {per_cent(answer.percent(answer.main.votes))} of "
        f"{answer.unit.removeprefix('per cent of ')} at slope 0. {needed}.",
        vega_lite=chart.picture(layers, rows),
    )


METHOD = Method(
    id="anomalous-votes",
    title="Votes without a counterpart as turnout rises",
    question="Where more people voted, did only one option gain, and by how many votes?",
    tier="C",
    null="none",
    needs=("returns", "station", "registered", "cast", "options"),
    tail="upper",
    params=Params,
    measure=measure,
    references=("myagkov2009", "kobak2016", "rousseeuw1999"),
    innocent=(
        "Places with higher turnout also favour the option (rural, older, strongholds).",
        "A boycott or weak campaign of the other side empties the other stations.",
        "Stations without a fixed electorate.",
    ),
    blind=(
        "votes moved from one option to another at unchanged turnout",
        "votes added evenly everywhere, or votes removed",
        "pressure on voters",
        "a vote that was disturbed everywhere, so that no undisturbed bulk is left",
    ),
    slow=True,
)
