"""What fair votes would look like here: said in words that are true of the figures, drawn for everybody."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from plebiscope.dossier.likeness import FairWorlds, Likeness, Range, sections, summary


def figure(name: str, observed: float, outside: tuple[str, ...] = ()) -> Likeness:
    return Likeness(
        id=name,
        figure=name,
        unit="per cent",
        observed=observed,
        tight=Range(low=1.0, middle=2.0, high=3.0),
        loose=Range(low=0.0, middle=2.0, high=4.0),
        outside=outside,
    )


def worlds(*figures: Likeness) -> FairWorlds:
    return FairWorlds(contest="marenna", option="Yes", worlds=60, figures=figures)


def test_a_vote_inside_all_bands_is_not_said_to_be_fair():
    said = summary(worlds(figure("turnout", 2.0), figure("share", 2.5)))
    assert "all of 2" in said
    assert "no proof" in said


def test_figures_outside_are_named_by_how_far():
    said = summary(
        worlds(
            figure("turnout", 3.5, ("tight",)),
            figure("share", 9.0, ("tight", "loose")),
            figure("invalid", 2.0),
        )
    )
    assert "one lies outside both ranges (share)" in said
    assert "one lies outside one of the two ranges, or between them (turnout)" in said
    assert "nothing is concluded from them alone" in said
    assert "fraud" not in said


def test_stations_that_are_in_no_figure_are_counted():
    left = worlds(figure("turnout", 2.0)).model_copy(update={"left_out": 80})
    assert "80 stations are in none of the figures: their own are missing or cannot be true." in summary(left)


@pytest.mark.parametrize("observed", [-50.0, 0.0, 2.0, 1e6])
def test_the_picture_keeps_inside_its_frame_and_says_what_it_shows(observed):
    (section,) = sections([worlds(figure("<b>turnout</b>", observed))], {"marenna": "Marenna <i>"})
    (line,) = section.lines
    svg = ElementTree.fromstring(str(line.picture))
    assert "tight fair votes 1.00 to 3.00" in svg.attrib["aria-label"]
    across = [float(x) for path in svg for x in re.findall(r"[MH]([\d.-]+)", path.attrib["d"])]
    assert all(0 <= x <= 260 for x in across)
    assert "<b>" not in str(line.picture)


def test_bands_of_no_width_are_still_drawn():
    flat = Range(low=0.0, middle=0.0, high=0.0)
    one = Likeness(id="x", figure="x", unit="", observed=0.0, tight=flat, loose=flat)
    (section,) = sections([worlds(one)], {})
    assert section.contest == "marenna"
    assert 'd="M8.0' in str(section.lines[0].picture)


def test_a_figure_between_the_two_versions_is_not_called_outside_both():
    between = Likeness(
        id="x",
        figure="x",
        unit="",
        observed=2.0,
        tight=Range(low=0.0, middle=0.5, high=1.0),
        loose=Range(low=3.0, middle=4.0, high=5.0),
        outside=("tight", "loose"),
    )
    (section,) = sections([worlds(between)], {})
    assert section.lines[0].said == "between the two"
    assert "outside both" not in section.summary


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [(-0.019, "percentage points", "−0.02"), (-0.001, "percentage points", "0.00"), (1.0, "stations", "1"),
     (1234.0, "stations", "1,234"), (56.4, "per cent", "56.40")],
)  # fmt: skip
def test_figures_of_a_line_are_written_alike(value, unit, written):
    one = figure("turnout", value).model_copy(update={"unit": unit})
    (section,) = sections([worlds(one)], {})
    assert section.lines[0].observed == written
