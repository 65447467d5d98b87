"""Stations in a row that have the same rounded percentage."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np
import polars as pl

from plebiscope.evidence.noticed import POWER
from plebiscope.kernels import coincidence, windows
from plebiscope.methods.identical_results.asking import (
    LOG10,
    Asked,
    Bools,
    Found,
    Ints,
    Params,
    Ratio,
    likelihood,
    share_of,
)
from plebiscope.model.finding import Limit, Noticing
from plebiscope.model.method import (
    StationScore,
    checked,
    effect,
    too_few,
)
from plebiscope.model.returns import Selection
from plebiscope.model.wording import counted, part, per_cent

_ROUNDINGS = {1000: "a tenth of a point", 100: "whole per cent"}
_PLACES = 300
"""Places at which a run is tried, for its limit."""
_LONGEST = 100
"""Longest run tried."""


def follow(asked: Asked, ratio: Ratio, found: Found) -> None:
    """Find the least likely run of equal rounded percentages in the order of station numbers."""
    subject, params = asked.subject, asked.params
    quantity, option = f"{ratio.quantity}-runs", ratio.option
    numbers, reason = _numbers(asked, ratio.stations)
    if reason is not None:
        found.heads.append(asked.method.untestable(subject, quantity, reason, option=option))
        return
    codes, names = asked.commission_of(ratio.stations.rows)
    order = np.lexsort((numbers, codes))
    k, n, codes, numbers = ratio.successes[order], ratio.trials[order], codes[order], numbers[order]
    follows = np.zeros(len(k), dtype=bool)
    follows[1:] = (codes[1:] == codes[:-1]) & (numbers[1:] > numbers[:-1]) & (numbers[:-1] >= 0)
    by_rounding = {steps: coincidence.runs(k, n, codes, follows, steps) for steps in _ROUNDINGS}
    by_rank = attrgetter("rank")
    runs = {
        code: min((best[code] for best, _ in by_rounding.values()), key=by_rank)
        for code in np.unique(codes).tolist()
    }
    sizes, looked = np.bincount(codes), np.unique(codes[follows]).tolist()
    if not looked:
        reason = f"no two {asked.rows_are} of an area have numbers that follow one another"
        found.heads.append(asked.method.untestable(subject, quantity, reason, option=option))
        return

    def answer(run: coincidence.Run, beginnings: int) -> dict[str, Any]:
        held, place = codes == codes[run.first], names[codes[run.first]]
        rounded = windows.rounded(k[held], n[held], run.steps)
        in_any_order = min(1.0, coincidence.run_in_any_order(rounded, run.length))
        where = f" of “{place}”" if place else ""
        by_order = (
            f"These are all {asked.rows_are} there, so that their order adds nothing."
            if run.length == len(rounded)
            else f"In any other order of the {counted(len(rounded), asked.rows_are)} there, so long a run "
            f"has a probability of {part(100 * in_any_order)} at most."
        )
        statement = (
            f"{run.length:,} {asked.rows_are} in a row{where}, numbers {numbers[run.first]} to "
            f"{numbers[run.places][-1]}, have a {ratio.label} of {_rounded(run)}, rounded to "
            f"{_ROUNDINGS[run.steps]}. {by_order}"
        )
        if run.length == 1:
            statement = f"No two {asked.rows_are} in a row have the same {ratio.label}, rounded to a whole."
        return {
            "null": "conditional",
            "observed": run.length,
            "effect": effect("length of the run", run.length, "stations in a row"),
            "effects": (effect("probability of such a run in any other order", in_any_order, "at most"),),
            "statement": statement,
            **likelihood(run.log_chance / LOG10 + math.log10(len(_ROUNDINGS) * beginnings)),
        }

    found.heads.append(
        asked.method.answer(
            subject,
            quantity,
            option=option,
            **answer(min(runs.values(), key=by_rank), len(k)),
            n=len(k),
            noticing=Noticing(partial(_run_limit, asked, ratio, k, n, follows), asked.params.limit_level),
            assumptions=(
                checked(
                    "stations are numbered",
                    bool(np.all(numbers >= 0)),
                    f"{np.count_nonzero(numbers >= 0):,} of {counted(len(k), asked.rows_are)} have a number",
                ),
            ),
            params={**asdict(params), "ratio": ratio.label, "areas": asked.commissions},
        )
    )
    answers = {code: answer(runs[code], int(sizes[code])) for code in _candidates(runs, sizes, params)}
    for code in asked.worst({code: answers[code]["log10_p"] for code in answers if names[code]}):
        run, area = runs[code], names[code]
        more = {"n": int(sizes[code]), "among": len(looked)}
        found.areas.append(
            asked.method.answer(subject, quantity, option=option, area=area, **(answers[code] | more))
        )
        bits = np.append(-by_rounding[run.steps][1][run.places] / math.log(2.0), 0.0)
        for at, own in enumerate((bits[:-1] + bits[1:]).tolist()):  # with the one before and the one after
            words = (
                f"{share_of(ratio, int(order[run.first + at]))}: in a run of {run.length} at {_rounded(run)}"
            )
            row = int(ratio.stations.rows[order[run.first + at]])
            found.scores.append(StationScore(row, own, words, asked.only_finer(area)))


def _candidates(runs: Mapping[int, coincidence.Run], sizes: Ints, params: Params) -> Iterator[int]:
    """Go through the commissions whose run may be worth reporting."""
    for code, run in runs.items():
        if run.log_chance + math.log(len(_ROUNDINGS) * sizes[code]) < math.log(params.reported):
            yield code


def _rounded(run: coincidence.Run) -> str:
    """Write the share of a run with the decimals that it was rounded to."""
    return per_cent(100 * run.cell / run.steps, ".1f" if run.steps > 100 else ".0f")


def _numbers(asked: Asked, stations: Selection) -> tuple[Ints, str | None]:
    """Return the numbers of stations, -1 where there is none, and why they cannot be put in order."""
    none = np.zeros(0, dtype=np.int64)
    if asked.subject.results.level != "station":
        return none, f"rows are {asked.rows_are}, which have no station numbers"
    reason = too_few(stations, asked.params.least_area, asked.rows_are)
    if reason is not None:
        return none, reason
    names = asked.subject.results.table["station"].gather(stations.rows).to_frame("name")
    found = names.select(
        before=pl.col("name").str.extract(r"^(\D*)\d{1,17}\D*$"),
        number=pl.col("name").str.extract(r"^\D*(\d{1,17})\D*$").cast(pl.Int64),
    )
    known = found["number"].is_not_null()
    # Names that merely hold a number differ in what stands before it.
    if known.sum() < 0.9 * len(stations) or found["before"].n_unique() > 2 + len(stations) // 100:
        return none, "stations are named, not numbered, so that there is no order to follow"
    return found["number"].fill_null(-1).to_numpy().astype(np.int64), None


def _run_limit(asked: Asked, ratio: Ratio, k: Ints, n: Ints, follows: Bools, level: float) -> Limit | str:
    """Return how long a run has to be to be noticed at most places where there could be one.

    It is tried: stations are written to the ratio of the first of them, rounded to whole votes.
    """
    each = math.log(level / (len(k) * len(_ROUNDINGS)))
    row = np.cumsum(~follows)

    def power(length: int) -> float:
        starts = np.flatnonzero(row[length - 1 :] == row[: len(row) - length + 1])
        if not len(starts):
            return 0.0
        starts = starts[np.linspace(0, len(starts) - 1, min(_PLACES, len(starts))).astype(np.int64)]
        at = starts[:, None] + np.arange(length)
        written = np.rint(n[at] * (k[starts] / n[starts])[:, None]).astype(np.int64)
        noticed = np.zeros(len(starts), dtype=bool)
        for steps in _ROUNDINGS:
            # What is noticed by one rounding needs no other.
            left = np.flatnonzero(~noticed)
            place = np.repeat(np.arange(len(left)), length)
            later = np.arange(len(place)) % length > 0
            best, _ = coincidence.runs(written[left].ravel(), n[at[left]].ravel(), place, later, steps)
            noticed[left] = [best[one].log_chance <= each for one in range(len(left))]
        return float(np.mean(noticed))

    longest = min(_LONGEST, int(np.unique(row, return_counts=True)[1].max()))
    low, high, found = 1, 2, 0.0
    while high <= longest and (found := power(high)) < POWER:
        low, high = high, min(2 * high, longest) if high < longest else longest + 1
    if found < POWER:
        return (
            f"chance alone can make {asked.rows_are} of this size agree for as long as their numbers follow "
            "one another"
        )
    while high - low > 1:
        middle = (low + high) // 2
        tried = power(middle)
        if tried >= POWER:
            high, found = middle, tried
        else:
            low = middle
    return Limit(
        mechanism=f"neighbouring {asked.rows_are} written to one {ratio.quantity}",
        dose=high,
        unit=f"{asked.rows_are} in a row",
        stations=high if asked.rows_are == "stations" else None,
        votes=high * float(ratio.ballots.mean()),
        power=min(found, 0.999),
        how="analytic",
    )
