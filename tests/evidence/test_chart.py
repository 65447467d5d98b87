"""Parts of pictures compose to Vega-Lite that the drawing room can draw."""

from __future__ import annotations

from plebiscope.dossier.draw import draw
from plebiscope.evidence import chart
from plebiscope.model.figure import Figure

ROWS = [{"name": "b", "n": 3, "low": 1, "high": 4}, {"name": "a", "n": 1, "low": 0, "high": 2}]


def drawn(spec: chart.Part) -> str:
    svg = draw(Figure(id="f", finding="x", title="t", caption="c", alt="a", vega_lite=spec), "p")
    assert svg is not None
    return svg


def test_names_stand_in_the_order_of_the_data() -> None:
    encoding = {"x": chart.number("n", "stations"), "y": chart.category("name", labelLimit=100)}
    svg = drawn(chart.picture([chart.layer("bar", "observed", encoding)], ROWS))
    assert 0 < svg.index(">b<") < svg.index(">a<")


def test_a_span_reaches_from_one_field_to_another() -> None:
    assert chart.span("y", chart.number("n", "stations")) == {
        "y": {"field": "low", "type": "quantitative", "title": "stations"},
        "y2": {"field": "high"},
    }


def test_a_layer_takes_the_rows_of_the_picture_unless_it_has_its_own() -> None:
    x = {"x": chart.number("n", "stations")}
    shared, own = chart.layer("point", "observed", x), chart.layer("rule", "reference", x, [{"n": 2}])
    spec = chart.picture([shared, own], ROWS)
    assert spec["data"] == {"values": ROWS}
    assert "data" not in spec["layer"][0]
    assert spec["layer"][1]["data"] == {"values": [{"n": 2}]}
    assert "data" not in chart.picture([own])


def test_labels_and_filters_are_drawn() -> None:
    places = {"x": chart.per_cent("n", "per cent"), "y": chart.free("high", "stations", nice=False)}
    layers = [
        chart.layer("point", "outlier", places, where="datum.n > 2"),
        chart.label("name", "outlier", places, [ROWS[1]], dy=-8),
    ]
    svg = drawn(chart.panels([chart.plot(layers, height=100), chart.plot(layers[1:])], ROWS))
    assert svg.count(">a<") == 2
    assert ">b<" not in svg
