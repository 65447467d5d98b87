"""Pictures of several votes on the same axes, and of how stations changed from one to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from plebiscope.compare.record import Changes, Side
from plebiscope.dossier.explored import TOOTH
from plebiscope.model.wording import written
from plebiscope.web.draw import EDGE, SIDE, fingerprint, framed, shade

WIDE, HIGH = 560, 110
"""Size of a comb, in pixels."""


def fingerprints(sides: Sequence[Side], titles: Sequence[tuple[str, str]]) -> list[Markup | None]:
    """Draw turnout and share of each vote; the same shade is the same part of the stations in all."""
    parts = [max((n for *_, n in side.cells), default=0) / max(_counted(side), 1) for side in sides]
    return [
        fingerprint([(x, y, n, 0) for x, y, n in side.cells], title, None, max(parts) * _counted(side))
        if side.cells
        else None
        for side, title in zip(sides, titles, strict=True)
    ]


def combs(counts: Sequence[Sequence[int]], titles: Sequence[str]) -> list[Markup | None]:
    """Draw how many stations have each turnout or share, each vote on the same two axes.

    Heights are parts of the stations of that vote.
    """
    here = [place / TOOTH for one in counts for place, n in enumerate(one) if n]
    low, high = (max(0, math.floor(min(here))), min(100, math.ceil(max(here)))) if here else (0, 100)
    high, low = (high, low) if high > low else (low + 1, max(low - 1, 0))
    most = max((max(one) / sum(one) for one in counts if sum(one)), default=1.0)
    return [
        _comb(one, title, low, high, most) if sum(one) else None
        for one, title in zip(counts, titles, strict=True)
    ]


def _comb(counts: Sequence[int], title: str, low: int, high: int, most: float) -> Markup:
    room, whole = WIDE - EDGE - 12, sum(counts)
    steps = [
        f"{(place / TOOTH - low) / (high - low) * room:.1f} {HIGH - HIGH * n / whole / most:.1f}"
        for place, n in enumerate(counts)
        if low <= place / TOOTH <= high
    ]
    every = 1 if high - low <= 15 else 5 if high - low <= 60 else 10
    ticks = "".join(
        f'<text x="{(at - low) / (high - low) * room:g}" y="{HIGH + 17}" text-anchor="middle">{at}</text>'
        for at in range(low, high + 1)
        if at % every == 0
    )
    return framed(
        WIDE,
        HIGH + EDGE + 18,
        f'<g transform="translate({EDGE} 18)">'
        f'<path class="all" d="M0 {HIGH}L{"L".join(steps)}L{room} {HIGH}Z"/>'
        f'<g class="axis"><line x1="0" x2="{room}" y1="{HIGH}" y2="{HIGH}"/>{ticks}'
        f'<text x="-7" y="10" text-anchor="end">{100 * most:.2g}&#160;%</text>'
        f'<text x="-7" y="{HIGH}" text-anchor="end">0</text></g>'
        f'<text class="title" x="{room / 2:g}" y="{HIGH + 37}" text-anchor="middle">{escape(title)}</text></g>',
    )


def changes(found: Changes, titles: tuple[str, str]) -> Markup:
    """Draw how many stations changed by how much, in points of turnout and of the share."""
    most = max((n for *_, n in found.cells), default=1)
    scale = SIDE / (2 * found.reach)
    width = found.step * scale
    marks = "".join(
        f'<rect class="all" x="{x * width:g}" y="{SIDE - (y + 1) * width:g}" width="{width:g}" '
        f'height="{width:g}" opacity="{shade(n, most)}"/>'
        for x, y, n in found.cells
    )
    every = next(one for one in (1, 2, 5, 10, 25) if found.reach <= 5 * one)
    last = int(found.reach // every)
    axes = ""
    for step in range(-last, last + 1):
        at, name = (step * every + found.reach) * scale, written(step * every, "+") if step else "0"
        kind = "axis" if step else "nought"
        axes += (
            f'<g class="{kind}"><line x1="{at:g}" x2="{at:g}" y1="0" y2="{SIDE}"/>'
            f'<line x1="0" x2="{SIDE}" y1="{SIDE - at:g}" y2="{SIDE - at:g}"/>'
            f'<text x="{at:g}" y="{SIDE + 17}" text-anchor="middle">{name}</text>'
            f'<text x="-7" y="{SIDE - at + 4:g}" text-anchor="end">{name}</text></g>'
        )
    names = (
        f'<text class="title" x="{SIDE / 2:g}" y="{SIDE + 37}" text-anchor="middle">{escape(titles[0])}</text>'
        f'<text class="title" x="{-EDGE + 4}" y="-10">{escape(titles[1])}</text>'
    )
    return framed(
        SIDE + EDGE + 24,
        SIDE + EDGE + 24,
        f'<g transform="translate({EDGE} 24)">{axes}{marks}{names}</g>',
    )


def _counted(side: Side) -> int:
    return sum(n for *_, n in side.cells)
