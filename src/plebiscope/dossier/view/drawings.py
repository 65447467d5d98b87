"""Pictures, drawn while there is room for them on one page."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from plebiscope.dossier.draw import Drawing, draw_all
from plebiscope.dossier.text import plain
from plebiscope.model.figure import Figure

PICTURES = 2_200_000
"""Bytes of drawings on one page; further pictures are told in words, so that the page stays below 3 MB."""


def drawings(figures: Sequence[Figure], prefix: str = "") -> dict[str, list[Drawing]]:
    """Draw figures while there is room for them, by the id of the finding that they belong to.

    Parameters
    ----------
    figures
        The pictures as data.
    prefix
        Put before every id in the drawings, where a page has several lots of them.
    """
    drawn: dict[str, list[Drawing]] = {}
    left = PICTURES
    svgs = draw_all((figure, f"{prefix}d{place}") for place, figure in enumerate(figures))
    for place, (figure, svg) in enumerate(zip(figures, svgs, strict=True)):
        if svg is not None and len(svg) > left:
            svg = None
        left -= len(svg or "")
        if svg is not None:
            label = escape(plain(figure.alt))
            svg = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
        # Written anew by draw_all with known elements and attributes only, every text in it escaped.
        shown = None if svg is None else Markup(svg)  # noqa: S704 - see the line above
        drawing = Drawing(f"{prefix}fig-{place}", figure, shown)
        drawn.setdefault(figure.finding, []).append(drawing)
    return drawn
