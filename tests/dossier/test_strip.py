"""The strip of reference votes: nobody is left out, nothing runs out of the picture, words for those who need them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.dossier.strip import axis, strip
from plebiscope.dossier.yardstick import rank, standing
from plebiscope.model.finding import Place

SVG = "{http://www.w3.org/2000/svg}"
finite = st.floats(-1e6, 1e6).map(lambda value: round(value, 6))


def place(value: float, *values: float, unit: str = "per cent") -> Place:
    votes = {f"Vote {number}": (one,) for number, one in enumerate(values)}
    return Place(figure="votes left over", unit=unit, value=value, votes=votes, on="some votes")


def drawn(found: Place) -> ElementTree.Element:
    return ElementTree.fromstring(str(strip(found, standing(found))))


@given(finite, st.lists(finite, min_size=5, max_size=30), st.booleans())
def test_every_vote_has_its_ring_inside_the_picture(value, values, by_chance) -> None:
    if by_chance:
        found = place(-abs(value), *(-abs(one) for one in values), unit="log10 p")
    else:
        found = place(value, *values)
    svg = drawn(found)
    width, height = (float(part) for part in svg.attrib["viewBox"].split()[2:])
    rings = svg.findall("circle")
    assert len(rings) == len(values)
    for ring in rings:
        assert 0 < float(ring.attrib["cx"]) < width
        assert 0 < float(ring.attrib["cy"]) < height
    (here,) = [path for path in svg.findall("path") if path.attrib.get("class") == "here"]
    assert 0 < float(re.findall(r"-?[\d.]+", here.attrib["d"])[0]) < width


def test_the_order_on_the_axis_is_that_of_the_figures() -> None:
    for unit, values in (("per cent", (-12.0, 0.5, 23.5)), ("log10 p", (-200.0, -3.0, -0.1))):
        rings = drawn(place(values[0], *values, unit=unit)).findall("circle")
        across = {(ring.findtext("title") or "")[:6]: float(ring.attrib["cx"]) for ring in rings}
        assert across["Vote 0"] < across["Vote 1"] < across["Vote 2"]


def test_it_says_in_words_what_it_shows() -> None:
    found = place(49.0, 1.0, 2.0, 3.0)
    svg = drawn(found)
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == standing(found)
    assert "lay between 1 and 3" in standing(found)
    assert axis(found) == "votes left over, per cent"
    assert "further left" in axis(place(-1.0, -2.0, unit="log10 p"))


@pytest.mark.parametrize(
    ("value", "words"),
    [(9.0, "above all of them"), (0.0, "below all of them"), (2.5, "above 2 and below 1 of them")],
)
def test_the_rank_in_words(value: float, words: str) -> None:
    assert rank(place(value, 1.0, 2.0, 3.0)) == words


def test_a_vote_with_one_option_above_and_one_below_is_on_both_sides() -> None:
    votes = {"Vote 0": (1.0,), "Vote 1": (2.0, 9.0), "Vote 2": (4.0,)}
    found = Place(figure="votes left over", unit="per cent", value=5.0, votes=votes, on="3 votes")
    assert rank(found, "3 votes") == "above 2 of 3 votes; 1 lies on both sides"
    assert (
        rank(found.model_copy(update={"value": 3.0})) == "above 1 and below 1 of them; 1 lies on both sides"
    )
    assert rank(found.model_copy(update={"value": 4.0})).endswith(
        "; 1 lies on both sides; 1 is level with it"
    )


def test_what_is_the_same_everywhere_is_told_once() -> None:
    assert "gave p = 1; here it is 1.0 × 10⁻⁹, below all of them" in standing(
        place(-9.0, 0, 0, unit="log10 p")
    )
    assert "was 2\N{NO-BREAK SPACE}%; here it is 3" in standing(place(3.0, 2.0, 2.0))


def test_no_rank_among_equals() -> None:
    assert rank(place(1.0, 1.0, 1.0)) == "among them"
    assert drawn(place(1.0, 1.0, 1.0)) is not None


def test_hostile_names_are_text() -> None:
    found = Place(figure="<b>x", unit="", value=1.0, votes={"<script>": (1.0, 2.0)}, on="votes")
    assert "<script" not in str(strip(found, "<i>said"))
    assert "<i>" not in str(strip(found, "<i>said"))
