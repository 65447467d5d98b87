"""What a table could have shown, in words and in a picture."""

from __future__ import annotations

import re

import pytest

from plebiscope.dossier import limits
from plebiscope.dossier.draw import draw
from plebiscope.dossier.page.rendering import render_power
from plebiscope.dossier.sight.doses import NOT_SPARED, dose
from plebiscope.dossier.sight.limit import limit
from plebiscope.dossier.sight.lines import lines
from plebiscope.dossier.sight.notes import notes
from plebiscope.dossier.sight.noticed import sentences
from plebiscope.dossier.sight.picture import figure
from plebiscope.dossier.write import write_power
from plebiscope.model.errors import InputError
from plebiscope.model.finding import Limit
from plebiscope.model.power import Cell, Matrix, Settings, Threshold


def cell(method: str, mechanism: str, version: str, dose: float | None = None, **more) -> Cell:
    size = {} if dose is None else {"stations": 1000 * dose, "votes": 100_000 * dose}
    return Cell(method=method, mechanism=mechanism, version=version, dose=dose, **size, **more)


def both(method: str, mechanism: str, tight: float | None, loose: float | None, **more) -> list[Cell]:
    return [cell(method, mechanism, "tight", tight, **more), cell(method, mechanism, "loose", loose, **more)]


CELLS = (
    *both("combs", "targets", 0.02, 0.03, low=0.01, high=0.05),
    *both("shapes", "targets", 0.01, 0.01),
    *both("combs", "stuffing", None, None),
    *both("shapes", "stuffing", 0.2, 0.3),
    *both("combs", "switching", None, None),
    *both("shapes", "switching", None, None),
    *both("combs", "carousel", 0.5, None),
    *both("shapes", "carousel", None, None),
    *both("combs", "totals", 1.0, 1.0, whole=True),
    *both("combs", "typos", 0.001, 0.001, at_most=True),
)
MATRIX = Matrix(
    contest="vote",
    methods=("combs", "shapes"),
    mechanisms=("targets", "stuffing", "switching", "carousel", "totals", "typos"),
    cells=CELLS,
    thresholds=(
        Threshold(
            method="combs", version="tight", kind="p", value=2.0, own=False, rate=0.05, own_rate=0.1, n=200
        ),
    ),
    titles={
        "combs": "Whole percentages",
        "shapes": "Shape",
        "targets": "Protocols written",
        "stuffing": "Ballots stuffed",
        "switching": "Votes moved",
        "carousel": "Carousel",
        "totals": "Totals changed",
        "typos": "Slips",
    },
    tiers={"combs": "A", "shapes": "D"},
    kinds={"typos": "control"},
    left_out={"slow-one": "it takes 300 ms a vote"},
    faults={"combs: ValueError: no": 1},
    stations=1000,
    settings=Settings(
        table="0" * 64,
        favoured="Yes",
        stations=1000,
        seed=1,
        worlds=40,
        fair_worlds=200,
        prevalences=(0.001, 1.0),
        power=0.8,
        plebiscope="0",
        code="1",
    ),
)
TABLE = MATRIX.model_copy(update={"how": "table", "settings": None, "like": "1,000, 3,000"})


def test_a_method_that_is_judged_comes_before_one_that_is_only_shown():
    by_mechanism = {line.mechanism: line for line in lines(MATRIX)}
    assert (by_mechanism["targets"].method, by_mechanism["targets"].judged) == ("Whole percentages", True)
    assert by_mechanism["targets"].harder.dose == 0.03
    assert (by_mechanism["stuffing"].method, by_mechanism["stuffing"].judged) == ("Shape", False)
    assert by_mechanism["switching"].method is None
    assert by_mechanism["carousel"].harder is None
    assert by_mechanism["typos"].control


def test_every_mechanism_is_told_once_and_honest_mishaps_are_not():
    first, only, never, depends = sentences(MATRIX, "Vote")
    assert (
        "protocols written from 3.0\N{NO-BREAK SPACE}% of the stations on (1.0\N{NO-BREAK SPACE}% to "
        "5.0\N{NO-BREAK SPACE}%; 30 stations, 3,000 votes" in first
    )
    assert "totals changed (100,000 votes" in first
    assert "ballots stuffed" in only
    assert "never judged" in only
    assert "votes moved" in never
    assert "none notices" in never
    for said in (only, never):
        assert f"of the {len(MATRIX.methods)} methods that were tried on votes simulated" in said
    assert "carousel" in depends
    assert not any("slips" in sentence.lower() for sentence in (first, only, never, depends))


def test_a_method_whose_design_spares_stations_is_told_with_them_in_shares_of_all():
    """Seen in half of the tenth that is open: a twentieth of all, less than the eighth of the other method."""
    made = only(
        *both("combs", "stuffing", 0.5, 0.5, open_part=0.1), *both("shapes", "stuffing", 0.125, 0.125)
    )
    made = made.model_copy(update={"tiers": {}, "stations": 600, "settings": None})
    (line,) = lines(made)
    assert (line.method, line.spared) == ("Whole percentages", True)
    assert line.harder.dose == pytest.approx(0.05)
    (said,) = sentences(made, "Vote")
    assert "ballots stuffed from 5.0\N{NO-BREAK SPACE}% of the stations on" in said
    assert NOT_SPARED in said
    assert limit(made, "combs").stations == pytest.approx(500)
    assert NOT_SPARED in limit(made, "combs").mechanism
    (other,) = lines(only(*both("shapes", "stuffing", 0.125, 0.125)))
    assert not other.spared


def only(*cells: Cell) -> Matrix:
    return MATRIX.model_copy(
        update={"cells": cells, "mechanisms": tuple(dict.fromkeys(c.mechanism for c in cells))}
    )


def test_where_sight_is_lost_again_the_sentence_and_the_limit_say_so():
    matrix = only(*both("combs", "targets", 0.02, 0.03, lost=0.5), *both("shapes", "targets", None, None))
    first = sentences(matrix, "Vote")[0]
    assert "between 3.0\N{NO-BREAK SPACE}% and 50\N{NO-BREAK SPACE}% of the stations" in first
    found = limit(matrix, "combs")
    assert (found.stations, found.lost) == (30, pytest.approx(500))
    assert "no longer from 500 stations on" in limits.limit(found)
    assert "smaller, larger, or of another kind" in limits.limit(found)


def test_what_is_lost_earlier_in_one_version_is_lost():
    tight, loose = (
        cell("combs", "targets", v, 0.1, lost=lost) for v, lost in (("tight", 0.9), ("loose", 0.3))
    )
    assert lines(only(tight, loose))[0].until == 0.3


def test_what_one_version_sees_where_the_other_has_lost_it_is_not_seen_whatever_fair_is():
    apart = [cell("combs", "targets", "tight", 0.01, lost=0.1), cell("combs", "targets", "loose", 0.2)]
    (line,) = lines(only(*apart))
    assert line.harder is None
    assert "noticed none" in limit(only(*apart), "combs")
    assert "depends on" in " ".join(sentences(only(*apart), "Vote"))


def test_where_another_method_goes_on_seeing_it_nothing_is_lost():
    lost, going_on = both("combs", "targets", 0.01, 0.01, lost=0.2), both("other", "targets", 0.1, 0.1)
    matrix = only(*lost, *going_on).model_copy(update={"methods": ("combs", "other")})
    assert lines(matrix)[0].until is None
    assert "from 1.0\N{NO-BREAK SPACE}% of the stations on" in sentences(matrix, "Vote")[0]
    gap = [*lost, *both("other", "targets", 0.3, 0.3)]
    assert lines(matrix.model_copy(update={"cells": tuple(gap)}))[0].until == 0.2
    shown = matrix.model_copy(update={"tiers": {"other": "D"}})
    assert lines(shown)[0].until == 0.2


def test_too_few_simulated_votes_tell_nothing_and_that_is_said():
    few = MATRIX.model_copy(update={"settings": MATRIX.settings.model_copy(update={"worlds": 19})})
    assert lines(few) == []
    assert figure(few) is None
    (said,) = sentences(few, "Vote")
    for text in (said, limit(few, "combs")):
        assert "only 19 votes were simulated" in text


def test_what_is_read_off_other_tables_says_so():
    assert all(
        "an invented country with 1,000 to 3,000 stations" in one for one in sentences(TABLE, "Vote")[:3]
    )
    assert "1,000 to 3,000 stations" in notes(TABLE)[0]
    assert "invented country" in figure(TABLE).caption


def test_no_accusing_word():
    texts = [*sentences(MATRIX, "Vote"), *notes(MATRIX), figure(MATRIX).alt]
    assert not re.search(r"fraud|rigg|falsif|suspicious", " ".join(texts), re.IGNORECASE)


def test_the_limit_of_a_method_is_what_it_notices_at_the_fewest_votes_whatever_fair_is():
    assert limit(MATRIX, "combs") == Limit(
        mechanism="protocols written",
        dose=30,
        unit="stations",
        low=10,
        high=50,
        stations=30,
        votes=3000,
        power=0.8,
        how="simulated",
    )
    assert limit(TABLE, "combs").how == "table"
    assert "90 % interval: 10 to 50 stations" in limits.limit(limit(MATRIX, "combs"))


def test_a_method_without_a_limit_says_why():
    assert "300 ms" in limit(MATRIX, "slow-one")
    nothing = MATRIX.model_copy(update={"mechanisms": ("switching",)})
    assert "none of the mechanisms" in limit(nothing, "combs")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "not seen"),
        (cell("m", "x", "tight"), "not seen"),
        (cell("m", "x", "tight", 1.0, whole=True), "seen"),
        (cell("m", "x", "tight", 0.001, at_most=True), "0.1\N{NO-BREAK SPACE}% or less"),
        (
            cell("m", "x", "tight", 0.05, low=0.02, high=None, lost=0.5),
            "5.0\N{NO-BREAK SPACE}% (at least 2.0\N{NO-BREAK SPACE}%), not from 50\N{NO-BREAK SPACE}% on",
        ),
    ],
)
def test_a_dose_is_told_with_its_error(found, said):
    assert dose(found) == said


def test_the_picture_can_be_drawn_and_holds_every_number():
    drawn = figure(MATRIX)
    svg = draw(drawn, "p")
    assert svg is not None
    for text in ("Targets", "Protocols written", "Combs", ">3<", ">20<", ">seen<", "≤0.1"):
        assert text in svg or text == "Targets"
    assert "Whole percentages" in drawn.caption or "whole percentages" in drawn.caption


def test_nothing_to_draw_is_no_picture():
    assert figure(Matrix()) is None
    assert sentences(Matrix(), "Vote") == []


def test_the_page_of_its_own_shows_names_as_text(tmp_path):
    page = render_power(MATRIX, "<b>Vote</b>")
    assert "<b>Vote" not in page
    assert "<svg" in page
    assert "went wrong" in page
    files = write_power(MATRIX, "Vote", tmp_path / "new")
    assert [file.name for file in files] == ["power.json", "power.html", "power.svg"]
    assert Matrix.model_validate_json(files[0].read_text("utf-8")) == MATRIX


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError):
        write_power(MATRIX, "Vote", tmp_path / "file")
