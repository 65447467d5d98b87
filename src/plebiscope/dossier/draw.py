"""Pictures: Vega-Lite data become SVG that is safe to embed, small, and right when pasted alone.

The drawing is made in the light colours below, as plain attributes, so that a picture saved from the page is
an ordinary SVG file. On a dark screen the page's style sheet maps each of these colours to its dark
counterpart (:func:`dark_rules`). Heat maps have one hue whose opacity carries the number, which works on any
ground and in grey print.

Colours are the colour-blind safe ones of Okabe and Ito: blue for what was observed, vermilion for what stands
out; what is expected is grey, so that they differ on a grey printer too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from plebiscope.dossier.text import plain
from plebiscope.model.figure import Figure

WIDTH = 640
"""Width of a plot that does not say how wide it is, in pixels."""
_LONGEST_VALUE, _LINES = 60, 8
"""Letters of a line of a label, and lines, which are parted by strokes."""
_LONGEST_TEXT = 2000
_LONGEST_FILE = 600_000

COLOURS: Mapping[str, tuple[str, str]] = {
    "ink": ("#222426", "#e8e6e1"),
    "label": ("#55595e", "#b4b2ac"),
    "line": ("#8b8f94", "#7d8187"),
    "grid": ("#e4e4e0", "#34383d"),
    "observed": ("#0072b2", "#58b4e8"),
    "expected": ("#4a4d50", "#cfccc4"),
    "band": ("#9a9da1", "#93979d"),
    "reference": ("#777b80", "#a3a19b"),
    "outlier": ("#d55e00", "#ff9440"),
}
"""Each colour on a light and on a dark ground."""

_LIGHT = {name: light for name, (light, _) in COLOURS.items()}
_FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
_HUE = ("rgba(0,114,178,0.14)", "rgba(0,114,178,1)")  # the blue of what was observed

THEME: Mapping[str, Any] = {
    "aria": False,
    "background": None,
    "font": _FONT,
    "padding": 4,
    "view": {"stroke": None, "continuousWidth": WIDTH, "discreteWidth": WIDTH},
    "mark": {"color": _LIGHT["observed"], "tooltip": None},
    "style": {
        "observed": {"color": _LIGHT["observed"]},
        "expected": {"color": _LIGHT["expected"], "strokeWidth": 1.5},
        "band": {"color": _LIGHT["band"], "opacity": 0.32},
        "reference": {"color": _LIGHT["reference"], "strokeWidth": 1, "strokeDash": [4, 3]},
        "outlier": {"color": _LIGHT["outlier"]},
    },
    "axis": {
        "labelColor": _LIGHT["label"],
        "labelFontSize": 12,
        "labelLimit": 200,
        "labelOverlap": True,
        "titleColor": _LIGHT["ink"],
        "titleFontSize": 12.5,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "titleLimit": WIDTH,
        "domainColor": _LIGHT["line"],
        "tickColor": _LIGHT["line"],
        "gridColor": _LIGHT["grid"],
    },
    "header": {"labelColor": _LIGHT["ink"], "titleColor": _LIGHT["ink"], "labelFontSize": 12},
    "legend": {
        "labelColor": _LIGHT["label"],
        "labelFontSize": 12,
        "labelLimit": 200,
        "titleColor": _LIGHT["ink"],
        "titleFontSize": 12,
        "titleLimit": 200,
        "titleFontWeight": "normal",
        "gradientThickness": 10,
    },
    "title": {
        "color": _LIGHT["ink"],
        "fontSize": 13,
        "fontWeight": "normal",
        "anchor": "start",
        "limit": WIDTH,
    },
    "text": {"fontSize": 12, "limit": 400},
    "range": {
        "category": [_LIGHT[name] for name in ("observed", "outlier", "expected", "reference")],
        "heatmap": list(_HUE),
        "ramp": list(_HUE),
        "ordinal": list(_HUE),
    },
}
"""What the named styles look like."""

_TAGS = {
    "svg",
    "g",
    "path",
    "rect",
    "line",
    "circle",
    "text",
    "tspan",
    "defs",
    "clipPath",
    "linearGradient",
    "stop",
}
_GEOMETRY = {
    "d",
    "transform",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "dx",
    "dy",
    "width",
    "height",
}
_INHERITED = {
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-opacity",
    "font-size",
    "font-weight",
    "font-style",
    "text-anchor",
}
_OTHERS = {"opacity", "id", "clip-path", "offset", "stop-color", "stop-opacity", "viewBox", "gradientUnits"}
_ALLOWED = _GEOMETRY | _INHERITED | _OTHERS
_DEFAULTS = {"opacity": "1", "stroke-width": "1", "fill-opacity": "1", "stroke-opacity": "1"}
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-\d+)?")
_RGBA = re.compile(r"rgba?\((\d+), ?(\d+), ?(\d+)(?:, ?([\d.]+))?\)")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure, drawn or to be told in words."""

    anchor: str
    figure: Figure
    svg: Markup | None


_ELSEWHERE = {"url", "sequence"}
"""Data that is fetched, or made up by rule in any amount."""
_MADE_UP = re.compile(r"\bsequence\s*\(")
_SIZES = ("width", "height", "step", "steps", "maxbins", "tickCount")
_LARGEST = 4000
"""Most pixels, steps and ticks; the drawing library makes as many as it is told, for hours."""
_LOCAL = re.compile(r"url\(#([\w-]+)\)")


def draw(figure: Figure, prefix: str) -> str | None:
    """Draw a figure as an SVG element.

    Parameters
    ----------
    figure
        The picture as data.
    prefix
        Put before every id in the drawing, so that several can stand on one page.

    Returns
    -------
    str or None
        The element, without script, style, link or outside reference; None where it cannot be drawn, so that
        the text alternative has to do.
    """
    return _safe(_drawn(figure), prefix)


def draw_all(figures: Iterable[tuple[Figure, str]]) -> Iterator[str | None]:
    """Draw figures as :func:`draw` does, each with its prefix; one is drawn while another is written anew."""
    from concurrent.futures import ThreadPoolExecutor

    # The drawing library, which draws one at a time, lets other threads of Python run meanwhile.
    thread = ThreadPoolExecutor(1)
    try:
        begun = [(thread.submit(_drawn, figure), prefix) for figure, prefix in figures]
        for drawn, prefix in begun:
            yield _safe(drawn.result(), prefix)
    finally:
        thread.shutdown(cancel_futures=True)


def _drawn(figure: Figure) -> str | None:
    """Return a picture as the drawing library writes it."""
    import vl_convert

    try:
        spec = {"width": WIDTH, **_cleaned(figure.vega_lite)}
        drawn: str = vl_convert.vegalite_to_svg(spec, config=dict(THEME), allowed_base_urls=[])
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the drawing library is no Exception
        return None
    return drawn


def _safe(drawn: str | None, prefix: str) -> str | None:
    """Write a picture anew, if it was drawn and is not too large."""
    if drawn is None:
        return None
    try:
        svg = _rewritten(ElementTree.fromstring(drawn), prefix)  # noqa: S314 - written by vl_convert
    except Exception:
        return None
    return svg if len(svg) <= _LONGEST_FILE else None


def dark_rules(scope: str) -> str:
    """Return the style rules that map the colours of drawings to their counterparts on a dark ground.

    Parameters
    ----------
    scope
        Selector of the drawings.
    """
    return "".join(
        f'{scope} [{attribute}="{light}"]{{{attribute}:{dark}}}'
        for light, dark in COLOURS.values()
        for attribute in ("fill", "stroke", "stop-color")
    )


def _cleaned(value: Any, *, data: bool = False) -> Any:
    """Return a specification in which every text is fit to be shown and short; inline data more so.

    Raises
    ------
    ValueError
        If something is to be read from elsewhere, be it this machine, or made by a rule.
    """
    if isinstance(value, str):
        if not data and _MADE_UP.search(value):
            raise ValueError("a picture may only show inline data")
        if not data:
            return plain(value, _LONGEST_TEXT)
        return "|".join(plain(line, _LONGEST_VALUE) for line in value.split("|", _LINES - 1))
    if isinstance(value, Mapping):
        if not _ELSEWHERE.isdisjoint(value):
            raise ValueError("a picture may only show inline data")
        if any(isinstance(value.get(key), float | int) and value[key] > _LARGEST for key in _SIZES):
            raise ValueError("a picture may not be larger than a wall")
        return {str(key): _cleaned(item, data=data or key == "values") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item, data=data) for item in value]
    return value


def _rewritten(root: ElementTree.Element, prefix: str) -> str:
    """Write an SVG tree anew, with known elements and attributes only."""
    # The library numbers ids over all drawings it ever made; here they count from one, in each drawing.
    found = [element.get("id") for element in root.iter() if element.get("id")]
    ids = {one: f"{prefix}-{place}" for place, one in enumerate(found, 1)}
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    inner = "".join(_element(child, _opaque(child.attrib), ids, {}) for child in root)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family={quoteattr(_FONT)}>{inner}</svg>'
    )


def _element(
    element: ElementTree.Element,
    given: Mapping[str, str],
    ids: Mapping[str | None, str],
    inherited: Mapping[str, str],
) -> str:
    """Write an element; ``given`` are its attributes, opaque."""
    tag = element.tag.rpartition("}")[2]
    if tag not in _TAGS or element.get("display") == "none" or _invisible(tag, element):
        return ""
    kept = {
        name: _value(name, value, ids)
        for name, value in given.items()
        if name in _ALLOWED and _DEFAULTS.get(name) != value
    }
    attributes = {name: value for name, value in kept.items() if inherited.get(name) != value}
    children = [(child, _opaque(child.attrib)) for child in element]
    if tag == "g" and len(children) > 1:
        # What all children share is said once.
        for name in sorted(_INHERITED - kept.keys()):
            value = children[0][1].get(name)
            if value and _DEFAULTS.get(name) != value and all(own.get(name) == value for _, own in children):
                attributes[name] = value
    known = {**inherited, **{name: value for name, value in attributes.items() if name in _INHERITED}}
    inner = escape(element.text or "") + "".join(_element(child, own, ids, known) for child, own in children)
    if tag in {"g", "defs"} and not inner:
        return ""
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>"


def _opaque(attributes: Mapping[str, str]) -> dict[str, str]:
    """Write a translucent colour as colour and opacity, which every reader of SVG knows."""
    found = dict(attributes)
    for name in ("fill", "stroke", "stop-color"):
        match = _RGBA.fullmatch(found.get(name, ""))
        if match:
            red, green, blue = (int(part) for part in match.groups()[:3])
            found[name] = f"#{red:02x}{green:02x}{blue:02x}"
            found[f"{name.removesuffix('-color')}-opacity"] = match[4] or "1"
    return found


def _invisible(tag: str, element: ElementTree.Element) -> bool:
    """Whether it is a background or foreground that paints nothing."""
    paints = any(element.get(name, "none") not in {"none", "transparent"} for name in ("fill", "stroke"))
    ground = element.get("class") in {"background", "foreground"} and not paints
    return tag == "path" and (ground or not element.get("d"))


def _value(name: str, value: str, ids: Mapping[str | None, str]) -> str:
    if name == "id":
        return ids[value]
    if name in _GEOMETRY:
        return _NUMBER.sub(lambda match: f"{float(match.group()):.2f}".rstrip("0").rstrip("."), value)
    return _LOCAL.sub(lambda match: f"url(#{ids.get(match[1], 'none')})", value)
