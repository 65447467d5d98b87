"""Drawings: safe to embed, small, and told in words where they cannot be made."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.draw import COLOURS, THEME, dark_rules, draw
from plebiscope.model.figure import Figure

TAGS = {
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


def figure(**spec: Any) -> Figure:
    return Figure(id="f", finding="x", title="t", caption="c", alt="a", vega_lite=spec)


def bars(values: list[str], **more: Any) -> Figure:
    return figure(
        data={"values": [{"name": name, "n": i + 1} for i, name in enumerate(values)]},
        mark={"type": "bar", "style": "observed"},
        encoding={"x": {"field": "n", "type": "quantitative"}, "y": {"field": "name", "type": "nominal"}},
        **more,
    )


def tags(svg: str) -> set[str]:
    return {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}


def test_figures_of_a_dossier_are_drawn(dossier: Dossier) -> None:
    assert len(dossier.figures) == 5
    for one in dossier.figures:
        svg = draw(one, "p")
        assert svg is not None
        assert tags(svg) <= TAGS
        assert len(svg) < 150_000
        assert "aria-" not in svg


HOSTILE = [
    "<script>alert(1)</script>",
    "]]>",
    "\"'><img src=x onerror=alert(1)>",
    "&lt;b&gt; &amp;",
    "\u202etxt",
    "\x00\x08\x1b[31m",
    "{{7*7}} ${alert(1)} datum['x']",
    "x" * 5000,
    "javascript:alert(1)",
]


def test_no_text_from_a_file_can_act() -> None:
    svg = draw(bars(HOSTILE, title=" ".join(HOSTILE)), "p")
    assert svg is not None
    assert tags(svg) <= TAGS
    assert "<script" not in svg
    assert "<img" not in svg
    assert "x" * 61 not in svg
    attributes = {name for element in ElementTree.fromstring(svg).iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name or name == "style"]
    shown = " ".join(ElementTree.fromstring(svg).itertext())
    assert "<script>alert(1)</script>" in shown


@pytest.mark.parametrize(
    "spec",
    [
        {"mark": 7},
        {},
        {"data": {"url": "https://example.org/data.csv"}, "mark": "bar", "encoding": {"x": {"field": "a"}}},
        {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}, "width": 10**7},
        {"data": {"sequence": {"start": 0, "stop": 10**9}}, "mark": "bar", "encoding": {"x": {"field": "a"}}},
        {
            "data": {"values": [{"a": 1}]},
            "transform": [{"calculate": "sequence(0, 1e9)", "as": "a"}],
            "mark": "bar",
            "encoding": {"x": {"field": "a"}},
        },
        {"data": {"url": "file:///etc/hostname"}, "mark": "bar", "encoding": {"x": {"field": "a"}}},
    ],
)
def test_what_cannot_be_drawn_or_would_fetch_something_is_none(spec: dict[str, Any]) -> None:
    assert draw(figure(**spec), "p") is None


def test_pictures_and_links_in_a_specification_are_dropped() -> None:
    spec = {
        "data": {"values": [{"u": "https://example.org/a.png", "x": 1}]},
        "mark": {"type": "image", "width": 20, "height": 20},
        "encoding": {
            "url": {"field": "u"},
            "x": {"field": "x", "type": "quantitative"},
            "href": {"field": "u"},
        },
    }
    svg = draw(figure(**spec), "p")
    assert svg is None or "example.org" not in svg


def test_several_drawings_can_stand_on_one_page() -> None:
    heat = figure(
        data={"values": [{"x": i % 5, "y": i // 5, "n": i} for i in range(25)]},
        mark="rect",
        encoding={
            "x": {"field": "x", "type": "ordinal"},
            "y": {"field": "y", "type": "ordinal"},
            "color": {"field": "n", "type": "quantitative"},
        },
    )
    first, second = draw(heat, "p1"), draw(heat, "p2")
    assert first is not None
    assert second is not None
    ids = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"url\(#([^)]+)\)", first)) <= ids[0]


def test_a_heat_map_is_one_hue_in_many_opacities() -> None:
    heat = figure(
        data={"values": [{"x": i, "n": i} for i in range(10)]},
        mark="rect",
        encoding={"x": {"field": "x", "type": "ordinal"}, "color": {"field": "n", "type": "quantitative"}},
    )
    svg = draw(heat, "p")
    assert svg is not None
    assert "rgb" not in svg
    assert set(re.findall(r'stop-color="([^"]+)"', svg)) == {COLOURS["observed"][0]}
    assert len(set(re.findall(r'fill-opacity="([^"]+)"', svg))) >= 8


def test_every_colour_has_a_counterpart_on_a_dark_ground(dossier: Dossier) -> None:
    rules = dark_rules(".canvas")
    for one in dossier.figures:
        svg = draw(one, "p") or ""
        for colour in set(re.findall(r'(?:fill|stroke|stop-color)="(#[0-9a-f]{6})"', svg)):
            assert f'="{colour}"' in rules


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["observed", "expected", "reference", "outlier"])
def test_marks_stand_out_on_both_grounds(name: str) -> None:
    light, dark = COLOURS[name]
    assert contrast(light, "#fdfcf9") >= 3
    assert contrast(dark, "#16181b") >= 3


@pytest.mark.parametrize("name", ["ink", "label"])
def test_letters_can_be_read_on_both_grounds(name: str) -> None:
    light, dark = COLOURS[name]
    assert contrast(light, "#fdfcf9") >= 4.5
    assert contrast(dark, "#16181b") >= 4.5


def test_every_named_style_has_a_look() -> None:
    assert set(THEME["style"]) == {"observed", "expected", "band", "reference", "outlier"}
