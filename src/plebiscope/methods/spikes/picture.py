"""The picture: stations per tenth of a point, with what is expected and the band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from plebiscope.evidence import chart
from plebiscope.kernels.beta_mixture import PARTS
from plebiscope.methods.spikes.asking import Asked
from plebiscope.methods.spikes.bins import FIRST, LAST
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import capital, chance, none_of


def curves(shown: Sequence[tuple[Measurement, Asked]]) -> Figure:
    """Draw the stations per tenth of a point with what would be expected and the band."""
    head, first = shown[0]
    rows_are = first.subject.rows_are
    values: list[dict[str, Any]] = []
    panels, words = [], []
    count = chart.number("seen", f"{capital(rows_are)} per tenth of a point")
    for answer, one in shown:
        whole = one.whole.sums
        seen, mean, band = whole.seen[0], whole.mean[0], whole.band(one.params.level)[0]
        above = one.whole.above[0]
        drawn = np.flatnonzero((mean >= 0.05) | above)
        drawn = drawn[(drawn >= FIRST) & (drawn <= LAST)]
        values += [
            {
                "of": one.ratio.quantity,
                "at": at / 10,
                "seen": int(seen[at]),
                "mean": round(float(mean[at]), 1),
                "band": int(band[at]),
                **({"peak": 1} if above[at] else {}),
            }
            for at in drawn.tolist()
        ]
        words.append(answer.statement.rstrip("."))
        layers = [
            chart.layer("area", "band", chart.span("y", count, "mean", "band")),
            chart.layer("line", "expected", {"y": {**count, "field": "mean"}}),
            chart.layer("line", "observed", {"y": count}, strokeWidth=1),
            chart.layer("point", "outlier", {"y": count}, where="isValid(datum.peak)"),
        ]
        ends = (
            [float(drawn.min(initial=PARTS)) / 10, float(drawn.max(initial=0)) / 10]
            if len(drawn)
            else [0, 100]
        )
        x = chart.number("at", f"{capital(one.ratio.label)}, per cent", scale={"domain": ends, "nice": False})
        only = [{"filter": {"field": "of", "equal": one.ratio.quantity}}]
        panels.append(chart.plot(layers, height=180, transform=only, encoding={"x": x}))
    peaks = sum(int(answer.observed or 0) for answer, _ in shown)
    tails = "; ".join(
        f"{one.ratio.quantity}: p at most {chance(answer.log10_p or 0.0)}" for answer, one in shown
    )
    return Figure(
        id=f"{head.id}/curves",
        finding=head.id,
        title=f"Peaks above the band: {none_of(peaks, f'{(LAST - FIRST + 1) * len(shown):,} bins')}",
        caption=f"Number of {rows_are} in bins of a tenth of a point (line), what would be expected if all "
        f"reported again (smooth line), and the band that a fair vote exceeds anywhere at most "
        f"{100 * first.params.level:g} times in 100. Points: bins above it. {capital(tails)}.",
        alt=f"Line of the number of {rows_are} by tenth of a point, one panel for each ratio, with a band "
        f"above a smooth curve. {'. '.join(words)}.",
        vega_lite=chart.panels(panels, values),
    )
