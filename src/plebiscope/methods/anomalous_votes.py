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
either side, summed over all bins above the highest one), the centre of the densest half of the electorate
in turnout and share, the turnout and share that remain without ``A``, and the explain-away slope: the ``g``
for which ``A`` is zero if the odds of the option rise by ``exp(g)`` for every ten points of turnout.

Fair vote
---------
There is none that could be computed: how a share goes with turnout is a matter of geography. The yardstick
is what the automatic rule gives on votes whose counts are held to be clean (`CLEAN_ESTIMATES`), where
geography alone produced up to a fifth of the winner's votes, and the slopes of share on turnout seen there
(`CLEAN_SLOPES`). The method therefore returns no p. Whole areas are drawn again to show how far the answer
rests on a few of them; every draw selects its peaks and cores anew.

Assumptions
-----------
* One bulk of stations is undisturbed. Checked: number of peaks; whether the automatic core lies above the
  median turnout; how far the admissible cores agree. Where more than half of the electorate lies off the
  undisturbed bulk, the automatic core and the densest half lock onto the disturbed one.
* Without interference the share does not rise with turnout. It cannot be checked on the returns of one
  vote; the explain-away slope says how far it would have to be wrong.
* Enough areas for drawing them again (20).

Innocent causes
---------------
Places that turn out more may differ: rural against urban, old against young, strongholds with a strong
campaign. A boycott by one side empties the other stations. Stations without a fixed electorate.

Blind spots
-----------
Votes moved from one option to another without a change in turnout. Votes added evenly everywhere. Votes
removed. A vote disturbed everywhere has no undisturbed bulk. Who was pressed to vote, and how.

References
----------
Sobyanin and Sukhovolsky (1995); Shpilkin (2009); Myagkov, Ordeshook and Shakin (2009); Rousseeuw and Van
Driessen (1999) for the centre of the densest half.

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

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.kernels.density import (
    PERCENT_BINS,
    binned_sums,
    minimum_covariance_centre,
    peaks,
    percent_bins,
)
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Effect, Limit, Measurement
from plebiscope.model.method import Evidence, Method, Subject

Floats = NDArray[np.float64]

CLEAN_ESTIMATES = {
    "Canada 2011": 0.4,
    "Mexico 2012, PRI": 0.3,
    "Mexico 2012, PRD": -3.4,
    "Mexico 2012, PAN": 4.1,
    "Mexico 2006, PAN": 5.2,
    "Mexico 2006, PRD": 2.5,
    "Mexico 2006, PRI": -8.3,
    "Taiwan 2018, question 10": 0.3,
    "Taiwan 2018, question 16": 0.2,
    "Taiwan 2021, question 17": 5.2,
    "Taiwan 2022": -0.5,
    "Turkey 2014": 1.1,
    "Georgia 2016": 1.8,
    "Bolivia 2019": 8.9,
    "Venezuela 2024, tally sheets kept by the opposition": -8.3,
    "Serbia 2020": 8.9,
    "Poland 2007, PO": 15.7,
    "Poland 2007, PiS": -6.7,
    "Ukraine 2004, repeated second round": 19.1,
}
"""Automatic estimate in per cent of the option's votes where the count is held to be clean, or where what
is disputed is something else. Own computations from public station data; no set is proved clean."""

CLEAN_SLOPES = {
    "Canada 2011": 0.048,
    "Mexico 2012, PRI": -0.027,
    "Mexico 2012, PRD": 0.010,
    "Mexico 2012, PAN": 0.043,
    "Mexico 2006, PAN": 0.123,
    "Mexico 2006, PRD": 0.058,
    "Mexico 2006, PRI": -0.208,
    "Taiwan 2018, question 10": -0.036,
    "Taiwan 2018, question 16": 0.005,
    "Taiwan 2021, question 17": 0.041,
    "Taiwan 2022": -0.017,
    "Turkey 2014": 0.116,
    "Georgia 2016": 0.121,
    "Bolivia 2019": -0.045,
    "Venezuela 2024, tally sheets kept by the opposition": -0.327,
    "Serbia 2020": 0.126,
    "Poland 2007, PO": 0.343,
    "Poland 2007, PiS": -0.106,
    "Ukraine 2004, repeated second round": 0.187,
}
"""Slope of the logit of share on turnout, per ten points of turnout, in the same votes."""


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


@dataclass(frozen=True, slots=True)
class Core:
    """A turnout interval taken as the yardstick, and what it gives.

    Attributes
    ----------
    low, high
        Whole per cent of turnout: ``low <= t < high``.
    ratio
        Votes for the option per other ballot in the core.
    voters
        Registered voters in the core.
    votes
        Anomalous votes above the core.
    """

    low: int
    high: int
    ratio: float
    voters: float
    votes: float

    @property
    def words(self) -> str:
        """The interval for a reader, in per cent."""
        return f"{self.low} to {self.high} %"


@dataclass(frozen=True, slots=True)
class Curves:
    """Sums by one-per-cent bin of turnout, each of shape (101,)."""

    leader: Floats
    others: Floats
    voters: Floats
    stations: Floats

    @property
    def median(self) -> int:
        """Bin that holds the median turnout of registered voters."""
        return int(np.searchsorted(np.cumsum(self.voters), self.voters.sum() / 2.0))


def estimate(leader: Floats, others: Floats, low: int, high: int, start: int | None = None) -> tuple[float, float]:
    """Compute the ratio in a core and the anomalous votes above it.

    Parameters
    ----------
    leader, others : ndarray of float64, shape (101,)
        Votes for the option and other ballots by bin of turnout.
    low, high : int
        Core: bins ``low`` to ``high - 1``.
    start : int, optional
        First bin of the sum; ``high`` by default.

    Returns
    -------
    tuple of float
        Votes per other ballot in the core, and anomalous votes.

    Raises
    ------
    ValueError
        If the core holds no other ballots.
    """
    below = others[low:high].sum()
    if below <= 0.0:
        raise ValueError("the core holds no ballots for other options")
    ratio = float(leader[low:high].sum() / below)
    start = high if start is None else start
    return ratio, float(leader[start:].sum() - ratio * others[start:].sum())


def automatic_core(curves: Curves, params: Params) -> Core:
    """Take the highest bin of the other ballots and its neighbours; sum over all bins above the highest."""
    first, last = params.span
    mode = first + int(np.argmax(curves.others[first : last + 1]))
    low, high = max(0, mode - params.automatic), mode + params.automatic + 1
    ratio, votes = estimate(curves.leader, curves.others, low, high, mode + 1)
    return Core(low, high, ratio, float(curves.voters[low:high].sum()), votes)


def bulks(curves: Curves, params: Params) -> list[int]:
    """Find the peaks of the other ballots, from low turnout to high."""
    return peaks(
        curves.others,
        curves.stations,
        first=params.span[0],
        last=params.span[1],
        height=params.height,
        prominence=params.prominence,
        noise=params.noise,
    )


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
    cores = [
        Core(low, high, ratio, float(curves.voters[low:high].sum()), votes)
        for low, high in sorted(intervals)
        for ratio, votes in [estimate(curves.leader, curves.others, low, high)]
    ]
    return sorted(cores, key=lambda core: -core.voters)


def with_slope(curves: Curves, core: Core, slope: float) -> float:
    """Anomalous votes if the odds of the option rise by ``exp(slope)`` per ten points of turnout."""
    above = np.arange(core.high, PERCENT_BINS)
    centre = (core.low + core.high) / 2.0
    expected = core.ratio * np.exp(slope * (above + 0.5 - centre) / 10.0) * curves.others[above]
    return float(curves.leader[above].sum() - expected.sum())


def explain_away(curves: Curves, core: Core) -> float | None:
    """Find the slope per ten points of turnout that leaves no anomalous votes; None outside -5 to 5."""
    low, high = -5.0, 5.0
    if with_slope(curves, core, low) <= 0.0 or with_slope(curves, core, high) >= 0.0:
        return None
    while high - low > 1e-6:
        middle = (low + high) / 2.0
        if with_slope(curves, core, middle) > 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Estimates over areas drawn again: the automatic one, the lowest and highest over admissible cores."""

    automatic: tuple[float, float]
    cores: tuple[float, float]
    replicates: int


def redraw(by_area: Curves, params: Params, rng: np.random.Generator) -> Redrawn | None:
    """Draw whole areas again and select the cores anew each time.

    Parameters
    ----------
    by_area : Curves
        Sums by area and bin, each of shape (areas, 101).
    params : Params
    rng : numpy.random.Generator

    Returns
    -------
    Redrawn or None
        None with fewer than two areas or if hardly any draw has a peak.
    """
    areas = by_area.leader.shape[0]
    if areas < 2:
        return None
    draws = rng.multinomial(areas, np.full(areas, 1.0 / areas), size=params.replicates).astype(np.float64)
    summed = [draws @ sums for sums in (by_area.leader, by_area.others, by_area.voters, by_area.stations)]
    automatic, lowest, highest = [], [], []
    for rows in zip(*summed, strict=True):
        curves = Curves(*rows)
        cores = admissible_cores(curves, params)
        if not cores:
            continue
        automatic.append(automatic_core(curves, params).votes)
        lowest.append(min(core.votes for core in cores))
        highest.append(max(core.votes for core in cores))
    if len(automatic) < params.replicates / 2:
        return None
    outside = (1.0 - params.level) / 2.0
    return Redrawn(
        (float(np.quantile(automatic, outside)), float(np.quantile(automatic, 1.0 - outside))),
        (float(np.quantile(lowest, outside)), float(np.quantile(highest, 1.0 - outside))),
        len(automatic),
    )


def measure(subject: Subject, params: Params, rng: np.random.Generator) -> Evidence:
    """Estimate the anomalous votes for each examined option; see the module's page.

    Parameters
    ----------
    subject : Subject
        With returns by station, registered, cast and options.
    params : Params
    rng : numpy.random.Generator
        For drawing areas again.

    Returns
    -------
    Evidence
        One measurement per examined option; no station scores, because a sum over stations accuses none.
    """
    measurements, figures = [], []
    for option in subject.examined:
        measurement, pictures = _examine(subject, option, params, rng)
        measurements.append(measurement)
        figures.extend(pictures)
    return Evidence(tuple(measurements), tuple(figures))


def _examine(
    subject: Subject, option: str, params: Params, rng: np.random.Generator
) -> tuple[Measurement, list[Figure]]:
    returns = subject.returns
    assert returns is not None  # noqa: S101 - `needs` asks for returns
    base = Measurement(
        id=f"{subject.contest.id}/anomalous-votes/votes/{option}",
        method="anomalous-votes",
        contest=subject.contest.id,
        quantity="votes",
        option=option,
        innocent=METHOD.innocent,
    )
    picked = returns.select("registered", "cast", option, marked=params.marked)
    registered, cast, votes = picked["registered"], picked["cast"], picked[option]
    picked = picked.keep((cast > 0) & (registered > 0), "nobody registered or nobody voted")
    registered, cast, votes = picked["registered"], picked["cast"], picked[option]
    picked = picked.keep((cast <= registered) & (votes >= 0) & (votes <= cast), "figures impossible")
    registered, cast, votes = picked["registered"], picked["cast"], picked[option]
    base = base.model_copy(
        update={"n": len(picked), "params": {**_plain(params), "dropped": dict(picked.dropped)}}
    )
    if len(picked) < params.fewest_stations:
        reason = (
            f"only {len(picked):,} stations can be used; bins of one per cent of turnout need at least "
            f"{params.fewest_stations:,}"
        )
        return base.model_copy(update={"status": "not testable", "reason": reason}), []

    areas = np.zeros(len(picked), dtype=np.int64)
    names = [""]
    if returns.main_area is not None:
        codes, names = returns.area_of(returns.main_area, picked.rows)
        # Areas are numbered by name, so that the order of rows cannot change which area a draw means.
        rank = np.empty(len(names), dtype=np.int64)
        rank[np.argsort(np.array(names, dtype=object), kind="stable")] = np.arange(len(names))
        areas = rank[codes]
    bins = percent_bins(cast, registered)
    by_area = Curves(
        *(
            binned_sums(bins, areas, values, len(names))
            for values in (votes, cast - votes, registered, np.ones_like(cast))
        )
    )
    curves = Curves(*(sums.sum(axis=0) for sums in (by_area.leader, by_area.others, by_area.voters, by_area.stations)))
    cores = admissible_cores(curves, params)
    if not cores:
        reason = "the ballots for other options form no peak over turnout that could serve as a yardstick"
        return base.model_copy(update={"status": "not testable", "reason": reason}), []

    order = np.lexsort((votes, cast, registered))  # the same sums whatever the order of rows
    centre = minimum_covariance_centre(
        100.0 * cast[order] / registered[order], 100.0 * votes[order] / cast[order], registered[order].astype(np.float64)
    )
    redrawn = redraw(by_area, params, rng)
    answer = _Answer(
        option=option,
        unit="per cent of the leader's votes" if option == returns.leader else "per cent of the option's votes",
        curves=curves,
        cores=cores,
        automatic=automatic_core(curves, params),
        found=bulks(curves, params),
        centre=centre,
        redrawn=redrawn,
        areas=len(names) if returns.main_area is not None else 0,
        area_word=returns.main_area,
        params=params,
    )
    filled = base.model_copy(
        update={
            "observed": answer.main.votes,
            "expected": 0.0,
            "effect": answer.effect,
            "effects": answer.effects,
            "limit": answer.limit,
            "assumptions": answer.assumptions,
            "statement": answer.statement,
        }
    )
    return filled, _figures(filled.id, answer)


@dataclass(frozen=True)
class _Answer:
    """Everything that was computed for one option, and how it is told."""

    option: str
    unit: str
    curves: Curves
    cores: list[Core]
    automatic: Core
    found: list[int]
    centre: tuple[float, float]
    redrawn: Redrawn | None
    areas: int
    area_word: str | None
    params: Params

    @property
    def main(self) -> Core:
        return self.cores[0]

    @property
    def low(self) -> float:
        return min(core.votes for core in self.cores)

    @property
    def high(self) -> float:
        return max(core.votes for core in self.cores)

    @property
    def total(self) -> float:
        return float(self.curves.leader.sum())

    def percent(self, votes: float) -> float:
        """Votes in per cent of all votes for the option."""
        return 100.0 * votes / self.total if self.total else 0.0

    @property
    def others_peak_above_median(self) -> bool:
        return self.automatic.low + self.params.automatic > self.curves.median

    @property
    def locked(self) -> bool:
        """The automatic core sits on a bulk that the admissible ones leave out."""
        mode = self.automatic.low + self.params.automatic
        return not any(core.low <= mode < core.high for core in self.cores)

    @property
    def effect(self) -> Effect:
        return Effect(name="anomalous votes", value=self.main.votes, low=self.low, high=self.high, unit="votes")

    @property
    def effects(self) -> tuple[Effect, ...]:
        curves, main = self.curves, self.main
        cast = float((curves.leader + curves.others).sum())
        voters = float(curves.voters.sum())
        slopes = [explain_away(curves, core) for core in self.cores]
        known = [slope for slope in slopes if slope is not None]
        flattest, steepest = min(CLEAN_SLOPES.values()), max(CLEAN_SLOPES.values())
        automatic = self.redrawn.automatic if self.redrawn is not None else (None, None)
        level = self.params.level if self.redrawn is not None else None

        def without(votes: float) -> tuple[float, float]:
            rest = cast - votes
            return 100.0 * rest / voters, 100.0 * (self.total - votes) / rest if rest > 0.0 else 0.0

        turnouts, shares = zip(*(without(core.votes) for core in self.cores), strict=True)
        turnout, share = without(main.votes)
        effects = [
            Effect(
                name="anomalous votes",
                value=self.percent(main.votes),
                low=self.percent(self.low),
                high=self.percent(self.high),
                unit=self.unit,
            ),
            Effect(
                name="anomalous votes, automatic core",
                value=self.automatic.votes,
                low=automatic[0],
                high=automatic[1],
                unit="votes",
                level=level,
            ),
            Effect(
                name="anomalous votes, automatic core", value=self.percent(self.automatic.votes), unit=self.unit
            ),
            Effect(
                name="anomalous votes, with every slope of share on turnout seen in clean votes",
                value=main.votes,
                low=min(with_slope(curves, core, steepest) for core in self.cores),
                high=max(with_slope(curves, core, flattest) for core in self.cores),
                unit="votes",
            ),
            Effect(name="turnout without them", value=turnout, low=min(turnouts), high=max(turnouts), unit="per cent"),
            Effect(name="share of ballots without them", value=share, low=min(shares), high=max(shares), unit="per cent"),
            Effect(
                name="explain-away slope",
                value=slopes[0],
                low=min(known, default=None),
                high=max(known, default=None),
                unit="logit of share per 10 points of turnout",
            ),
            Effect(name="centre of the densest half: turnout", value=self.centre[0], unit="per cent"),
            Effect(name="centre of the densest half: share", value=self.centre[1], unit="per cent"),
        ]
        if self.redrawn is not None:
            effects.append(
                Effect(
                    name="anomalous votes, every admissible core with areas drawn again",
                    value=main.votes,
                    low=self.redrawn.cores[0],
                    high=self.redrawn.cores[1],
                    unit="votes",
                    level=self.params.level,
                )
            )
        return tuple(effects)

    @property
    def limit(self) -> Limit:
        largest = max(CLEAN_ESTIMATES.values())
        return Limit(
            mechanism="ballots added for one option where turnout is high",
            dose=largest,
            unit=self.unit,
            votes=largest / 100.0 * self.total,
            # An addition of just this size ends above the clean range about as often as below it.
            power=0.5,
            how="table",
        )

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        curves = self.curves
        mode = self.automatic.low + self.params.automatic
        peaks_at = ", ".join(f"{peak} %" for peak in self.found)
        width = self.percent(self.high) - self.percent(self.low)
        slope = explain_away(curves, self.main)
        steepest = max(CLEAN_SLOPES.values())
        return (
            Assumption(
                name="the stations have one bulk",
                state="holds" if len(self.found) == 1 else "doubtful",
                how=f"peaks of the other ballots over turnout: {peaks_at}",
            ),
            Assumption(
                name="the automatic core lies on the undisturbed bulk",
                state="fails" if self.locked else "doubtful" if self.others_peak_above_median else "holds",
                how=f"highest bin of the other ballots {mode} %, median turnout of registered voters "
                f"{curves.median} %",
            ),
            Assumption(
                name="the admissible cores agree",
                state="holds" if width <= self.params.agreement else "doubtful",
                how=f"{len(self.cores)} cores; their estimates span {width:.1f} per cent of the option's votes",
            ),
            Assumption(
                name="the share does not rise with turnout of itself",
                state="unknown",
                how="no slope of share on turnout accounts for the estimate"
                if slope is None
                else f"explained away by a slope of {slope:.2f} per 10 points of turnout; the steepest in "
                f"{len(CLEAN_SLOPES)} clean results is {steepest:.2f}",
            ),
            Assumption(
                name="enough areas to draw them again",
                state="holds" if self.areas >= self.params.fewest_areas else "doubtful" if self.areas >= 2 else "fails",
                how=f"{self.areas} areas ({self.area_word})" if self.areas else "no area column can be used",
            ),
        )

    @property
    def statement(self) -> str:
        low, high = min(CLEAN_ESTIMATES.values()), max(CLEAN_ESTIMATES.values())
        text = (
            f"If the ratio of votes for “{self.option}” to other ballots in the bulk of stations "
            f"({_span(self.cores)} turnout) held at higher turnout too, {_between(self.low, self.high)} of its "
            f"{self.total:,.0f} votes would be missing a counterpart "
            f"({self.percent(self.low):.1f} to {self.percent(self.high):.1f} per cent), over "
            f"{len(self.cores)} admissible cores. Geography alone gave {low:.1f} to {high:.1f} per cent in "
            f"{len(CLEAN_ESTIMATES)} results held to be clean."
        )
        if self.locked:
            mode = self.automatic.low + self.params.automatic
            text += (
                f" The automatic rule gives only {self.automatic.votes:,.0f}: it takes the highest peak of the "
                f"other ballots, at {mode} %, as the yardstick, which lies above the median turnout of "
                f"registered voters ({self.curves.median} %), so that most of what is to be measured is taken "
                f"for granted."
            )
        else:
            text += f" The automatic rule gives {self.automatic.votes:,.0f}."
        return text


def _between(low: float, high: float) -> str:
    return f"between {low:,.0f} and {high:,.0f}"


def _span(cores: list[Core]) -> str:
    return f"{min(core.low for core in cores)} to {max(core.high for core in cores)} %"


def _plain(params: Params) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in params.__dataclass_fields__
        for value in [getattr(params, name)]
    }
