"""The picture: the share of each option in the sample beside the official one."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.evidence import chart
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.wording import written


def shares_beside(head: Measurement, shares: Sequence[Measurement], source: str, called: str) -> Figure:
    """Draw the share of each option in the sample with its interval, beside the official one.

    Parameters
    ----------
    head, shares
        The answers of the lead and of each share.
    source
        Whose sample it is.
    called
        What the official share is, in words: announced, or that of a part.
    """
    rows, told = [], []
    for one in shares:
        size, official = one.effect, one.expected or 0.0
        if size is None:
            continue
        value, low, high = (official + (end or 0.0) for end in (size.value, size.low, size.high))
        ends = {"sample": value, "low": low, "high": high, "official": official}
        rows.append({"option": one.option, **{name: round(end, 3) for name, end in ends.items()}})
        told.append(
            f"“{one.option}” {written(value, '.2f')} ({written(low, '.2f')} to {written(high, '.2f')}), "
            f"officially {written(official, '.2f')}"
        )
    x, y = chart.free("sample", "Share of the votes, per cent"), chart.category("option", labelLimit=200)
    layers = [
        chart.layer("rule", "expected", {"y": y, **chart.span("x", x)}),
        chart.layer("point", "observed", {"y": y, "x": x}, filled=True, size=70),
        chart.layer("tick", "reference", {"y": y, "x": {**x, "field": "official"}}),
    ]
    return Figure(
        id=f"{head.id}/shares",
        finding=head.id,
        title=f"The sample of “{source}” beside the {called}",
        caption=f"Share in the sample (point) with its interval (line), and the {called} (tick), "
        f"in per cent: {'; '.join(told)}.",
        alt=f"For each option a point with a line, and a tick. {'; '.join(told)}.",
        vega_lite=chart.picture(layers, rows, width=420, height={"step": 30}),
    )
