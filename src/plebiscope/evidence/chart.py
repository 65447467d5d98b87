"""Parts of pictures as Vega-Lite data: axes, layers and whole specifications. Nothing is drawn here.

A method composes a picture from layers, and a layer from a mark, a named style (see
:class:`plebiscope.model.figure.Figure`) and its axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH = 640
"""Width of a plot, in pixels."""

Part = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]


def number(field: str, title: str, **more: Any) -> Part:
    """Return an axis of numbers; ``more`` is Vega-Lite's (``scale``, ``axis``)."""
    return {"field": field, "type": "quantitative", "title": title, **more}


def free(field: str, title: str, **scale: Any) -> Part:
    """Return an axis of numbers that need not begin at 0."""
    return number(field, title, scale={"zero": False, **scale})


def per_cent(field: str, title: str) -> Part:
    """Return an axis from 0 to 100."""
    return number(field, title, scale={"domain": [0, 100]})


def category(field: str, title: str | None = None, **axis: Any) -> Part:
    """Return an axis of names in the order of the data; ``axis`` is Vega-Lite's (``labelLimit``)."""
    return {"field": field, "type": "nominal", "title": title, "sort": None, "axis": axis}


def span(channel: str, axis: Part, low: str = "low", high: str = "high") -> Part:
    """Return the encoding of something that reaches from one field to another along ``x`` or ``y``."""
    return {channel: {**axis, "field": low}, f"{channel}2": {"field": high}}


def layer(
    mark: str,
    style: str,
    encoding: Part,
    values: Rows | None = None,
    *,
    where: Any = None,
    **more: Any,
) -> Part:
    """Return one layer.

    Parameters
    ----------
    mark
        ``line``, ``bar``, ``area``, ``rect``, ``rule``, ``point``, ``tick`` or ``text``.
    style
        One of the styles that the drawing room knows.
    encoding
        Axes by channel.
    values
        The layer's own rows; by default those of the whole picture.
    where
        Filter: only rows for which it holds are drawn.
    more
        Further properties of the mark.
    """
    found: Part = {"mark": {"type": mark, "style": style, **more}, "encoding": encoding}
    if values is not None:
        found["data"] = {"values": list(values)}
    if where is not None:
        found["transform"] = [{"filter": where}]
    return found


def label(field: str, style: str, encoding: Part, values: Rows | None = None, **more: Any) -> Part:
    """Return a layer that writes what stands in a field at the place of each row."""
    return layer("text", style, {**encoding, "text": {"field": field, "type": "nominal"}}, values, **more)


def named_points(encoding: Part, values: Rows, field: str, **more: Any) -> list[Part]:
    """Return large points with what stands in a field beside them; by default above."""
    return [
        layer("point", "outlier", encoding, values, filled=True, size=80),
        label(field, "outlier", encoding, values, **(more or {"dy": -12})),
    ]


def plot(layers: Sequence[Part], *, height: int | Part = 220, width: int = WIDTH, **more: Any) -> Part:
    """Return layers on the same axes; ``more`` is Vega-Lite's (``transform``)."""
    return {"width": width, "height": height, **more, "layer": list(layers)}


def picture(layers: Sequence[Part], values: Rows = (), **more: Any) -> Part:
    """Return a whole picture of one plot; ``values`` are rows that several layers share."""
    data = {"data": {"values": list(values)}} if values else {}
    return {"$schema": SCHEMA, **data, **plot(layers, **more)}


def panels(plots: Sequence[Part], values: Rows) -> Part:
    """Return a whole picture of several plots, one below the other."""
    return {"$schema": SCHEMA, "data": {"values": list(values)}, "vconcat": list(plots)}
