"""Options with a vote at nearly every station."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from scipy import special

from plebiscope.evidence import chart
from plebiscope.evidence.noticed import POWER
from plebiscope.kernels import occupancy
from plebiscope.methods.identical_results.asking import (
    Asked,
    Found,
    Ints,
    likelihood,
)
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Assumption, Limit, Measurement, Noticing, State
from plebiscope.model.method import (
    effect,
)
from plebiscope.model.wording import capital, counted, few, part


@dataclass(frozen=True)
class _Scarce:
    """An option in a commission, with the stations that have no vote for it."""

    log10_p: float
    zeros: int
    expected: float
    stations: int
    votes: int
    log10_loyal: float
    """The same after one vote was taken away wherever there was one."""
    option: str
    area: str
    counts: Ints

    def explained(self, pairs: int, level: float) -> bool:
        """Tell whether a loyal voter at each station leaves what is seen, the worst of so many pairs."""
        return self.log10_loyal + math.log10(pairs) > math.log10(level)


def count(asked: Asked, found: Found) -> None:
    """Compare the number of stations without a vote for an option with the law of occupancy."""
    subject, params = asked.subject, asked.params
    tested, found_scarce, stations = 0, [], 0
    typical: list[tuple[float, int, int]] = []
    for option in subject.results.options:
        kept = subject.results.select(option)
        kept = kept.keep(kept[option] >= 0, "with a negative count")
        codes, names = asked.commission_of(kept.rows)
        votes, zeros = (
            np.bincount(codes, weight, minlength=len(names)).astype(np.int64)
            for weight in (kept[option], kept[option] == 0)
        )
        sizes = np.bincount(codes, minlength=len(names))
        mean, variance = occupancy.moments(np.maximum(sizes, 2), votes)
        open_to_test = (sizes >= params.least_area) & (votes > 0) & (mean >= params.least_zeros)
        tested += int(np.count_nonzero(open_to_test))
        stations = max(stations, len(kept))
        typical += zip(mean[open_to_test], sizes[open_to_test], votes[open_to_test], strict=True)
        few_zeros = open_to_test & (mean - zeros > 3.0 * np.sqrt(variance))
        found_scarce += [
            _scarce(option, names[code], kept[option][codes == code], float(mean[code]))
            for code in np.flatnonzero(few_zeros).tolist()
        ]
    if not tested:
        reason = (
            f"no option has so few votes in an area of {params.least_area} {asked.rows_are} or more that "
            f"{params.least_zeros:g} of them must be expected to have none"
        )
        found.heads.append(asked.method.untestable(subject, "zeros", reason))
        return
    found_scarce.sort(key=lambda one: (one.log10_p, -one.stations, -one.votes, one.option, one.area))
    level, several = params.limit_level, len(found_scarce)
    head: dict[str, Any] = {
        "n": stations,
        "null": "exact",
        "noticing": Noticing(partial(_zeros_limit, asked, typical, tested), level),
        "params": {**asdict(params), "areas": asked.commissions},
    }
    pairs = f"{tested:,} pairs of an option and an area in which zeros can be expected"
    if not found_scarce:
        words = f"In none of {pairs} are there markedly fewer {asked.rows_are} without a vote than by chance."
        found.heads.append(asked.method.answer(subject, "zeros", **head, **likelihood(0.0), statement=words))
        return
    # The most unlikely one that a loyal voter at each station does not explain, else the most unlikely.
    unlikely = (one for one in found_scarce if one.log10_p + math.log10(tested) < math.log10(level))
    top = next((one for one in unlikely if not one.explained(several, level)), found_scarce[0])
    filled = _zeros_answer(asked, top, several, tested, f"{asked.rows_are} of one area") | head
    left = "" if top is found_scarce[0] else " that one loyal voter at each station does not explain"
    filled["statement"] = f"The most unlikely of {pairs}{left}: {filled['statement']}"
    whole = top.log10_p + math.log10(tested)
    found.heads.append(asked.method.answer(subject, "zeros", **filled, **likelihood(whole)))
    found.figures.append(_zeros_figure(found.heads[-1], top, asked.rows_are))
    named = {place: one.log10_p for place, one in enumerate(found_scarce) if one.area}
    for place in asked.worst(named):
        one = found_scarce[place]
        found.areas.append(
            asked.method.answer(
                subject,
                "zeros",
                slug=f"zeros/{one.option}",
                area=one.area,
                **_zeros_answer(asked, one, several, 1, asked.rows_are),
                **likelihood(one.log10_p),
                n=one.stations,
                null="exact",
                among=tested,
            )
        )


def _scarce(option: str, area: str, counts: Ints, expected: float) -> _Scarce:
    """Compute the probability of as few stations without a vote, as it is and without a loyal vote each."""

    def log10_few(held: Ints) -> float:
        zeros, votes = int(np.count_nonzero(held == 0)), int(held.sum())
        chance = occupancy.law(len(held), votes)[: zeros + 1].sum()
        return math.log10(min(1.0, max(float(chance), 1e-300)))

    zeros = int(np.count_nonzero(counts == 0))
    loyal = log10_few(np.maximum(counts - 1, 0))
    return _Scarce(
        log10_few(counts), zeros, expected, len(counts), int(counts.sum()), loyal, option, area, counts
    )


def _zeros_answer(asked: Asked, one: _Scarce, pairs: int, tested: int, unit: str) -> dict[str, Any]:
    """Return what is said of one option in one commission."""
    outside = (1.0 - asked.params.coverage) / 2.0
    low = special.betaincinv(one.zeros, one.stations - one.zeros + 1, outside) if one.zeros else 0.0
    high = special.betaincinv(one.zeros + 1, one.stations - one.zeros, 1.0 - outside)
    ends = (one.expected - float(high) * one.stations, one.expected - float(low) * one.stations)
    where = f" of “{one.area}”" if one.area else ""
    none = f"{one.zeros:,} of them {'are' if one.zeros > 1 else 'is'}" if one.zeros else "none of them is"
    state: State = "fails" if one.explained(pairs, asked.params.limit_level) else "holds"
    if one.log10_p + math.log10(tested) >= math.log10(asked.params.limit_level):
        state = "unknown"  # there is no deficit to explain
    return {
        "observed": one.zeros,
        "expected": one.expected,
        "effect": effect(
            "stations without a vote that are missing",
            one.expected - one.zeros,
            unit,
            ends,
            asked.params.coverage,
        ),
        "assumptions": (
            Assumption(
                name="the deficit is more than one loyal voter at each station leaves",
                state=state,
                how="with one vote taken away wherever there is one, as few without a vote have a "
                f"probability of {part(100 * 10**one.log10_loyal)}",
            ),
        ),
        "statement": f"“{one.option}” has {counted(one.votes, 'votes')} at {one.stations:,} {asked.rows_are}"
        f"{where}, and {none} without a vote for it; at least {few(one.expected)} would be expected.",
    }


def _zeros_limit(
    asked: Asked, typical: Sequence[tuple[float, int, int]], tested: int, level: float
) -> Limit | str:
    """Return how many zeros have to be missing where as many as usual are expected."""
    mean, cells, votes = sorted(typical)[len(typical) // 2]
    lower = np.cumsum(occupancy.law(int(cells), int(votes)))
    noticed = int(np.searchsorted(lower, level / tested)) - 1
    where = f"{counted(int(cells), asked.rows_are)} of which {few(float(mean))} would have none"
    if noticed < 0:
        return f"among {where} chance alone can leave so few"
    most = int(np.searchsorted(lower, POWER))  # so many have none by chance, or fewer
    dose = float(max(1, most - noticed))
    return Limit(
        mechanism=f"votes for a small option written to {asked.rows_are} that had none, among {where},",
        dose=dose,
        unit=f"{asked.rows_are} of one area",
        stations=dose if asked.rows_are == "stations" else None,
        power=min(float(lower[most]), 1.0 - 1e-9),
        how="analytic",
    )


def _zeros_figure(head: Measurement, one: _Scarce, rows_are: str) -> Figure:
    """Draw how many stations have 0, 1, 2 ... votes, and what equal chances give."""
    most = min(int(one.counts.max()) + 1, 15)
    seen = np.bincount(np.minimum(one.counts, most), minlength=most + 1)
    share = 1.0 / one.stations
    votes = np.arange(most + 1)
    log = special.gammaln(one.votes + 1.0) - special.gammaln(votes + 1.0)
    log += -special.gammaln(np.maximum(one.votes - votes, 0) + 1.0)
    log += votes * math.log(share) + (one.votes - votes) * math.log1p(-share)
    mean = one.stations * np.exp(log)
    mean[-1] = one.stations - mean[:-1].sum()
    names = [f"{count}" for count in votes[:-1]] + [f"{most} or more"]
    rows: list[dict[str, Any]] = [
        {"votes": name, "stations": int(count), "expected": round(float(value), 1)}
        for name, count, value in zip(names, seen, mean, strict=True)
    ]
    words = "; ".join(f"{row['votes']}: {row['stations']} ({few(row['expected'])} expected)" for row in rows)
    y = chart.number("stations", capital(rows_are))
    layers = [
        chart.layer("tick", "expected", {"y": {**y, "field": "expected"}}, orient="horizontal"),
        chart.layer("point", "observed", {"y": y}, filled=True, size=60),
    ]
    where = f" of “{one.area}”" if one.area else ""
    return Figure(
        id=f"{head.id}/counts",
        finding=head.id,
        title=f"{counted(one.zeros, rows_are)}{where} without a vote for “{one.option}”, "
        f"{few(one.expected)} or more expected",
        caption=f"{capital(rows_are)}{where} by their votes for “{one.option}” (points), and what "
        f"{one.votes:,} votes give that fall to any of them alike (lines). {words}.",
        alt=f"Points for {rows_are} with 0, 1, 2 and more votes, each with a line for what is expected. "
        f"{words}.",
        vega_lite=chart.picture(layers, rows, encoding={"x": chart.category("votes", "Votes", labelAngle=0)}),
    )
