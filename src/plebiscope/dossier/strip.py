"""A strip of dots: where an answer stands among the same answers on reference votes.

Rings are the reference votes that are held to be clean, small triangles those that are disputed, one for each
option examined there; the diamond is this vote. Shapes differ, so that no colour is needed, and everything is
drawn in the colour of the text, light or dark.
"""

from __future__ import annotations

import math
from collections import Counter

from markupsafe import Markup

from plebiscope.calibrate.reference import CHANCE
from plebiscope.dossier.numbers import digits, number
from plebiscope.dossier.text import plain
from plebiscope.model.finding import Place

_WIDTH, _MARGIN, _BASE = 420.0, 30.0, 46.0
"""Width of the picture, blank at either side, and height of the axis, in pixels."""
_RING, _HIGHEST = 3.6, 5
"""Radius of a ring, and how many stand on each other before they overlap."""
_LEAST = 46.0
"""Fewest pixels between two labels of the axis."""
_CHANCES = (0, -1, -2, -3, -6, -9, -12, -25, -50, -100, -200, -400, -1000, -3000, -10000)
"""Base-ten logarithms of p that may be labelled; as many are as have room."""


def strip(place: Place, said: str) -> Markup:
    """Draw where an answer stands.

    Parameters
    ----------
    place
        The answer, and those of the reference votes.
    said
        What the picture shows, in words: its text alternative.

    Returns
    -------
    Markup
        An SVG element.
    """
    by_chance = place.unit == CHANCE
    everyone = [value for values in place.votes.values() for value in values]
    spots = [_spread(value, by_chance) for value in (*everyone, place.value)]
    low, high = min(spots), max(spots)
    room = (_WIDTH - 2 * _MARGIN) / ((high - low) or 1.0)

    def across(value: float) -> float:
        return _MARGIN + (_spread(value, by_chance) - low) * room

    rings, levels = [], Counter[int]()
    for vote, values in sorted(place.votes.items()):
        for value in values:
            x = across(value)
            column = round(x / (2 * _RING))
            level = min(levels[column], _HIGHEST - 1)
            levels[column] += 1
            y = _BASE - _RING - 2.5 - 2 * _RING * level
            standing = ", disputed" if vote in place.disputed else ""
            told = Markup("<title>{}{}: {}</title>").format(
                plain(vote, 120), standing, _label(value, place.unit)
            )
            if vote in place.disputed:
                triangle = Markup('<path class="doubt" d="M{:.1f} {:.1f}h{}l-{} -{}z">{}</path>')
                rings.append(triangle.format(x - _RING, y + _RING, 2 * _RING, _RING, 2 * _RING, told))
            else:
                ring = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}">{}</circle>')
                rings.append(ring.format(x, y, _RING, told))
    here = across(place.value)
    diamond = Markup('<path class="here" d="M{:.1f} {:.1f}l6 -8l-6 -8l-6 8z"/>').format(here, _BASE - 1.0)
    stem = Markup('<path class="stem" d="M{:.1f} {:.1f}V12"/>').format(here, _BASE - 17.0)
    ends = min(max(here, 70.0), _WIDTH - 70.0)  # the label must stay inside
    name = Markup('<text class="mine" x="{:.1f}" y="9">this vote: {}</text>').format(
        ends, _label(place.value, place.unit)
    )
    ticks = _chances(min([*everyone, place.value])) if by_chance else _steps(low, high)
    marks, taken = [], -math.inf
    for value in sorted(ticks, key=across):
        x = across(value)
        if not _MARGIN - 0.5 <= x <= _WIDTH - _MARGIN + 0.5 or x - taken < _LEAST:
            continue
        taken = x
        marks.append(
            Markup('<path d="M{:.1f} {}v4"/><text x="{:.1f}" y="{}">{}</text>').format(
                x, _BASE, x, _BASE + 16, _label(value, place.unit).removeprefix("1.0 × ")
            )
        )
    line = Markup('<path d="M{} {}H{}"/>').format(_MARGIN - 6, _BASE, _WIDTH - _MARGIN + 6)
    parts = Markup("").join([line, *marks, *rings, stem, diamond, name])
    return Markup('<svg class="strip" viewBox="0 0 {:.0f} 66" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, plain(said, 900), parts
    )


def axis(place: Place) -> str:
    """Say what the axis shows."""
    if place.unit == CHANCE:
        return "p, the less likely in a fair vote the further left"
    return f"{plain(place.figure, 120)}, {plain(place.unit, 120)}" if place.unit else plain(place.figure, 120)


def _spread(value: float, by_chance: bool) -> float:
    """Return where a figure stands; a p about as normal deviates do, so that small ones leave room."""
    return -math.sqrt(max(0.0, -value)) if by_chance else value


def _label(value: float, unit: str) -> str:
    return digits(min(value, 0.0)) if unit == CHANCE else number(value, unit)


def _chances(smallest: float) -> list[float]:
    return [float(power) for power in _CHANCES if power >= smallest]


def _steps(low: float, high: float) -> list[float]:
    """Return round figures from low to high."""
    width = (high - low) or 1.0
    step = 10.0 ** math.floor(math.log10(width / 2.0))
    step *= next(factor for factor in (1, 2, 5, 10) if width / (step * factor) <= 6)
    return [step * count for count in range(math.ceil(low / step), math.floor(high / step) + 1)]
