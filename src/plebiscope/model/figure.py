"""A picture as data: Vega-Lite, a caption and a text alternative. Drawing it is somebody else's work."""

from __future__ import annotations

from typing import Any

from plebiscope.model.base import Record


class Figure(Record):
    """One picture that carries one argument.

    ``vega_lite`` holds marks, encodings and inline data, and no colours: it names the styles
    ``observed``, ``expected``, ``band``, ``reference`` and ``outlier``, which the drawing room sets for
    screen, dark screen and print.
    """

    id: str
    finding: str
    """Id of the finding that it belongs to."""
    title: str
    """The argument in a few words, with its number."""
    caption: str
    alt: str
    """What a person who cannot see it needs to know: axes, shape, numbers."""
    vega_lite: dict[str, Any]
