"""The pictures of the areas: how far stations lie apart, and those of the areas that stand out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.evidence import chart
from plebiscope.methods.dispersion.areas import Question
from plebiscope.model.figure import Figure
from plebiscope.model.wording import capital, counted, none_of, per_cent, written

_DRAWN = 900
_STRIPS = 5
_TICKS = 150


def decimals(per_station: NDArray[np.float64]) -> str:
    """Print percentages with as many decimals as their range needs, one to three."""
    spread = float(np.ptp(per_station))
    return ".1f" if spread >= 1.0 else ".2f" if spread >= 0.02 else ".3f"


def figures(asked: Sequence[tuple[Question, str]]) -> Iterator[Figure]:
    """Draw turnout and one option: the one with the smallest p, the favoured one where all are alike.

    Parameters
    ----------
    asked
        The questions, each with the id of its finding.
    """
    for quantity in ("turnout", "share"):
        of = [one for one in asked if one[0].ratio.quantity == quantity]
        if of:
            chosen, finding = min(of, key=lambda one: one[0].tested.whole)
            yield _all_areas(chosen, finding)
            if len(chosen.places):
                yield _strips(chosen, finding)


def _all_areas(question: Question, finding: str) -> Figure:
    """Draw the dispersion of every area over its number of stations, with the edge of what counting gives."""
    tested, params = question.tested, question.params
    phi = np.maximum(tested.phi, 1e-4)
    rest = np.flatnonzero(~tested.named)
    rest = rest[np.argsort(phi[rest], kind="stable")]
    # The lowest are what matters; of the others, evenly many.
    kept = np.unique(np.linspace(0, max(0, len(rest) - 1), _DRAWN).astype(np.int64)) if len(rest) else rest
    drawn = np.union1d(rest[kept], rest[: _DRAWN // 9])
    rows = [{"stations": int(tested.stations[at]), "phi": float(f"{phi[at]:.3g}")} for at in drawn.tolist()]
    marked = [
        {"stations": int(tested.stations[at]), "phi": float(f"{phi[at]:.3g}"), "area": question.name(at)}
        for at in question.places[:_DRAWN].tolist()
    ]
    sizes = np.unique(np.geomspace(tested.stations.min(), tested.stations.max() + 1, 40).astype(np.int64))
    edge = 2.0 * special.gammaincinv((sizes - 1) / 2.0, params.exact_below) / (sizes - 1)
    limits = [
        {"stations": int(size), "phi": float(f"{value:.3g}")} for size, value in zip(sizes, edge, strict=True)
    ]
    rows_are = capital(question.subject.rows_are)
    x = chart.number("stations", f"{rows_are} in the area", scale={"type": "log", "nice": False})
    y = chart.number("phi", "Dispersion (counting alone: 1)", scale={"type": "log"})
    layers = [
        chart.layer("point", "observed", {"x": x, "y": y}, rows, size=9, opacity=0.5),
        chart.layer("rule", "reference", {"y": y}, [{"phi": 1}]),
        chart.layer("line", "expected", {"x": x, "y": y}, limits),
        chart.layer("point", "outlier", {"x": x, "y": y}, marked, filled=True, size=45),
    ]
    several, so_many = len(marked) > 1, none_of(len(marked), counted(len(tested.areas), "areas"))
    usual, lowest = float(np.median(tested.phi)), float(tested.phi.min())
    summary = (
        f"The median is {written(usual, '.3g')} and the smallest {written(lowest, '.2g')}; "
        f"{so_many} {'stand' if several else 'stands'} out"
        + (f", first “{marked[0]['area']}”." if marked else ".")
        + (f" Of {len(rest):,} others {len(rows):,} are drawn." if len(rows) < len(rest) else "")
    )
    below = f"1 in {round(1.0 / params.exact_below):,}"
    return Figure(
        id=f"{finding}/areas",
        finding=finding,
        title=f"{capital(question.ratio.label)}: {so_many} "
        f"{'differ' if several else 'differs'} less inside than counting allows",
        caption=f"Dispersion of each area ({question.column}) over its number of "
        f"{question.subject.rows_are}, both on logarithmic scales. Counting alone gives 1 (dashed) and falls "
        f"below the line in {below}. {summary}",
        alt=f"A cloud of points mostly above 1, a line below which counting alone puts {below}. {summary}",
        vega_lite=chart.picture(layers, height=300),
    )


def _strips(question: Question, finding: str) -> Figure:
    """Draw the stations of areas that stand out, each with those of an ordinary area of the same size."""
    tested, ratio, rows_are = question.tested, question.ratio, question.subject.rows_are
    others = np.flatnonzero(~tested.named)
    labels, words = [], []
    ticks: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for place in question.places[:_STRIPS].tolist():
        pair = [place]
        if len(others):
            unlike = np.abs(np.log(tested.stations[others] / tested.stations[place]))
            unlike += np.abs(tested.rate[others] - tested.rate[place])
            pair.append(int(others[np.argmin(unlike)]))
        for at in pair:
            members = question.members(at)
            values = 100.0 * ratio.successes[members] / ratio.trials[members]
            labels.append(f"{question.name(at)} ({len(members):,})")
            ends = (per_cent(end, decimals(values)) for end in (values.min(), values.max()))
            words.append(f"{labels[-1]}: {' to '.join(ends)}")
            drawn = [{"area": labels[-1], "rate": round(float(value), 3)} for value in values[:_TICKS]]
            ticks[bool(tested.named[at])] += drawn
    x = chart.free("rate", f"{capital(ratio.label)}, per cent")
    encoding = {"x": x, "y": {**chart.category("area", labelLimit=230), "sort": list(dict.fromkeys(labels))}}
    layers = [
        chart.layer("tick", "observed", encoding, ticks[False]),
        chart.layer("tick", "outlier", encoding, ticks[True]),
    ]
    return Figure(
        id=f"{finding}/stations",
        finding=finding,
        title=f"Hardly a difference between {rows_are}: {words[0]}",
        caption=f"One tick for each of the {rows_are} of areas that stand out, and below them those of an "
        f"area of nearly the same size and rate that does not. {'; '.join(words)}.",
        alt="Pairs of strips of ticks, the first of each close together, the second spread. "
        f"{'; '.join(words)}.",
        vega_lite=chart.picture(layers, width=400, height={"step": 24}),
    )
