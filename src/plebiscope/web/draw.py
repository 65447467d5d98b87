"""Pictures of the workbench, drawn from bins as plain SVG.

Colours are the classes of the style sheet; :func:`alone` puts them in, for a picture that is saved. What was
chosen is told by colour and by a hatched ground or an outline, so that it is seen in grey too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from plebiscope.dossier.draw import COLOURS
from plebiscope.dossier.explored import CELL, TOOTH
from plebiscope.dossier.text import plain

SIDE = 400
"""Side of the fingerprint, in pixels."""
WIDE, HIGH = 900, 150
"""Size of a comb, in pixels."""
EDGE = 46
"""Room for axes, in pixels."""
_LETTERS = 110
"""Most letters of a line of text."""
_LINES = 40
"""Most lines below a picture that is saved."""


def fingerprint(
    cells: Sequence[tuple[int, int, int, int]],
    titles: tuple[str, str],
    box: tuple[float, ...] | None,
    most: float | None = None,
) -> Markup:
    """Draw how many stations have which turnout and share.

    Parameters
    ----------
    cells
        Column, row, stations and chosen stations of each cell.
    titles
        Of the two axes.
    box
        Limits of the choice in per cent: turnout from, to, share from, to; null where there are none.
    most
        Stations of the darkest cell; by default those of the fullest.
    """
    scale = SIDE / 100
    most = most or max((n for *_, n, _ in cells), default=1)
    marks = []
    for x, y, n, chosen in cells:
        where = f'x="{x * CELL * scale:g}" y="{SIDE - (y + 1) * CELL * scale:g}"'
        size = f'width="{CELL * scale:g}" height="{CELL * scale:g}"'
        marks.append(f'<rect class="all" {where} {size} opacity="{shade(n, most)}"/>')
        if chosen:
            marks.append(f'<rect class="mine" {where} {size} opacity="{shade(chosen, most)}"/>')
    if box is not None:
        low, high, bottom, top = (value * scale for value in box)
        marks.append(
            f'<rect class="box" x="{low:g}" y="{SIDE - top:g}" width="{high - low:g}" height="{top - bottom:g}"/>'
        )
    axes = "".join(
        f'<g class="axis"><line x1="{at * scale:g}" x2="{at * scale:g}" y1="0" y2="{SIDE}"/>'
        f'<line x1="0" x2="{SIDE}" y1="{at * scale:g}" y2="{at * scale:g}"/>'
        f'<text x="{at * scale:g}" y="{SIDE + 17}" text-anchor="middle">{at}</text>'
        f'<text x="-7" y="{SIDE - at * scale + 4:g}" text-anchor="end">{at}</text></g>'
        for at in range(0, 101, 20)
    )
    names = (
        f'<text class="title" x="{SIDE / 2:g}" y="{SIDE + 37}" text-anchor="middle">{_text(titles[0])}</text>'
        f'<text class="title" x="0" y="-10">{_text(titles[1])}</text>'
    )
    return framed(
        SIDE + EDGE + 12,
        SIDE + EDGE + 24,
        f'<g transform="translate({EDGE} 24)">{axes}{"".join(marks)}{names}</g>',
    )


def comb(counts: tuple[Sequence[int], Sequence[int]], title: str) -> Markup:
    """Draw how many stations have each turnout or share, in fifths of a point.

    The choice stands in front, as high as the whole, so that its teeth are seen however small it is.
    """
    everything, chosen = counts
    low, high = _extent(everything)
    most = max(*everything, 1)
    room = WIDE - EDGE - 12

    def path(values: Sequence[int], top: int) -> str:
        steps = [
            f"{(place / TOOTH - low) / (high - low) * room:.1f} {HIGH - HIGH * value / top:.1f}"
            for place, value in enumerate(values)
            if low <= place / TOOTH <= high
        ]
        return f"M0 {HIGH}L" + "L".join(steps) + f"L{room} {HIGH}Z"

    every = 1 if high - low <= 25 else 5 if high - low <= 60 else 10
    ticks = "".join(
        f'<text x="{(at - low) / (high - low) * room:g}" y="{HIGH + 17}" text-anchor="middle">{at}</text>'
        for at in range(int(low), int(high) + 1)
        if at % every == 0
    )
    part = 0 < sum(chosen) < sum(everything)
    front = f'<path class="mine" d="{path(chosen, max(chosen))}"/>' if part else ""
    return framed(
        WIDE,
        HIGH + EDGE + 18,
        f'<g transform="translate({EDGE} 18)"><path class="all" d="{path(everything, most)}"/>{front}'
        f'<g class="axis"><line x1="0" x2="{room}" y1="{HIGH}" y2="{HIGH}"/>{ticks}'
        f'<text x="-7" y="10" text-anchor="end">{most:,}</text><text x="-7" y="{HIGH}" text-anchor="end">0</text></g>'
        f'<text class="title" x="{room / 2:g}" y="{HIGH + 37}" text-anchor="middle">{_text(title)}</text></g>',
    )


def places(found: Sequence[tuple[float, float, int, int]]) -> Markup:
    """Draw where the stations lie, the chosen ones as rings on top."""
    xs, ys = [x for x, *_ in found], [y for _, y, *_ in found]
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    narrow = max(math.cos(math.radians((min(ys) + max(ys)) / 2)), 0.05)
    extent = max((max(xs) - min(xs)) * narrow, max(ys) - min(ys), 1e-6)
    most = max(n for *_, n, _ in found)
    marks = []
    for x, y, n, chosen in found:
        cx = (x - min(xs)) * narrow / extent * SIDE
        cy = SIDE - (y - min(ys)) / extent * SIDE
        radius = 2 + 4 * math.sqrt(n / most)
        marks.append(f'<circle class="all" cx="{cx:.1f}" cy="{cy:.1f}" r="{radius:.1f}" opacity="0.5"/>')
        if chosen:
            marks.append(f'<circle class="ring" cx="{cx:.1f}" cy="{cy:.1f}" r="{radius + 1:.1f}"/>')
    return framed(SIDE + 24, SIDE + 24, f'<g transform="translate(12 12)">{"".join(marks)}</g>')


def alone(svg: Markup, lines: Sequence[str]) -> str:
    """Make a picture that stands by itself: its colours put in, and what may be said about it below.

    Parameters
    ----------
    lines
        What stands below it, a line each.
    """
    colour = {name: light for name, (light, _) in COLOURS.items()}
    style = (
        f"text{{font:12px Helvetica,Arial,sans-serif;fill:{colour['label']}}}"
        f".title{{fill:{colour['ink']}}}.axis line{{stroke:{colour['grid']}}}"
        f".all{{fill:{colour['observed']}}}.mine{{fill:{colour['outlier']}}}"
        f".box,.ring{{fill:none;stroke:{colour['outlier']};stroke-width:1.5}}"
    )
    head, _, rest = str(svg).partition(">")
    width, height = (float(head.split(f'{name}="')[1].split('"')[0]) for name in ("width", "height"))
    lines = [plain(line, _LETTERS) for line in lines[:_LINES]]
    told = "".join(
        f'<text x="12" y="{height + 16 + 16 * number:g}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    full = height + 24 + 16 * len(lines)
    wide = max(width, 12 + 6.6 * max(map(len, lines), default=0))
    inner = rest.removesuffix("</svg>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{full:g}" viewBox="0 0 {wide:g} {full:g}">'
        f'<style>{style}</style><rect width="100%" height="100%" fill="#ffffff"/>{inner}{told}</svg>'
    )


def _text(text: str) -> Markup:
    return escape(plain(text, _LETTERS))


def framed(width: float, height: float, inner: str) -> Markup:
    """Put a drawing together; every text in it must have been escaped."""
    return Markup(  # noqa: S704 - see above
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" aria-hidden="true">{inner}</svg>'
    )


def shade(n: int, most: float) -> str:
    """Turn a number of stations into an opacity; the root keeps thin parts visible beside the bulk."""
    return f"{0.12 + 0.88 * math.sqrt(n / most):.2f}"


def _extent(counts: Sequence[int]) -> tuple[int, int]:
    """Find the whole percentages between which nearly all stations lie."""
    here = [place / TOOTH for place, n in enumerate(counts) if n]
    if not here:
        return 0, 100
    return max(0, math.floor(min(here)) - 1), min(
        100, max(math.ceil(max(here)) + 1, math.floor(min(here)) + 4)
    )
