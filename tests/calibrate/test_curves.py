"""What is read off curves of other tables: between two sizes, and not beyond the smallest."""

from __future__ import annotations

import pytest

from plebiscope import catalogue
from plebiscope.calibrate import curves
from plebiscope.calibrate.curve import FEWEST
from plebiscope.calibrate.curves import Row
from plebiscope.worlds.papers import COPIED
from plebiscope.worlds.tamper import MECHANISMS

METHODS = [catalogue.load(name) for name in ("straddle", "shape")]


def row(stations: int, dose: float | None, version: str = "tight", **changed) -> Row:
    parts = {
        "stations": stations,
        "worlds": 40,
        "version": version,
        "mechanism": "targets",
        "method": "straddle",
        "dose": dose,
        "low": None if dose is None else dose / 2,
        "high": None if dose is None else dose * 2,
        "at_most": False,
        "whole": False,
        "lost": None,
        "touched": dose,
        "votes": None if dose is None else dose / 10,
    }
    return Row(**{**parts, **changed})


@pytest.fixture
def known(monkeypatch):
    def use(*rows: Row) -> None:
        monkeypatch.setattr(curves, "shipped", lambda: rows)

    return use


def read_off(stations: int):
    return curves.matrix("vote", stations, 1000 * stations, METHODS, MECHANISMS)


def test_between_two_sizes_all_scales_are_logarithmic(known):
    known(row(1000, 0.1), row(10_000, 0.01))
    cell = read_off(3162).cells[0]
    assert cell.dose == pytest.approx(10**-1.5, rel=1e-3)
    assert cell.low == pytest.approx(cell.dose / 2)
    assert cell.stations == pytest.approx(3162 * cell.dose, rel=1e-3)
    assert cell.votes == pytest.approx(3_162_000 * cell.dose / 10, rel=1e-3)


def test_where_sight_is_lost_at_one_size_it_counts_as_lost(known):
    known(row(1000, 0.1, lost=0.5), row(10_000, 0.01))
    assert read_off(3162).cells[0].lost == 0.5
    known(row(1000, 0.1, lost=1.0), row(10_000, 0.01, lost=0.1))
    assert read_off(3162).cells[0].lost == pytest.approx(10**-0.5, rel=1e-3)


def test_where_it_is_lost_before_it_is_reached_nothing_is_claimed(known):
    known(row(1000, 0.1, lost=0.02), row(10_000, 0.1))
    cell = read_off(3162).cells[0]
    assert (cell.dose, cell.stations, cell.lost) == (None, None, None)


def test_too_few_worlds_give_no_curve(known):
    known(row(1000, 0.1), row(3000, 0.001, worlds=FEWEST - 1))
    assert read_off(3000).cells[0].dose == pytest.approx(0.1)
    known(row(1000, 0.1, worlds=FEWEST - 1))
    assert read_off(1000) is None


def test_the_shipped_curves_rest_on_enough_worlds():
    assert {one.stations for one in curves.shipped()} >= {1000, 3000, 10000}
    assert all(one.worlds >= FEWEST for one in curves.shipped())


def test_beyond_the_largest_size_that_one_stands(known):
    known(row(1000, 0.1), row(10_000, 0.01))
    assert read_off(50_000).cells[0].dose == pytest.approx(0.01)
    assert read_off(50_000).like == "10,000"


def test_below_the_smallest_size_nothing_is_said(known):
    known(row(1000, 0.1))
    assert read_off(999) is None
    assert read_off(1000).cells[0].dose == pytest.approx(0.1)


def test_what_one_of_the_two_sizes_does_not_show_is_not_promised(known):
    known(row(1000, None), row(10_000, 0.01))
    matrix = read_off(3000)
    assert matrix.cells[0].dose is None
    assert matrix.blind == ("targets",)


def test_only_methods_that_can_be_asked_are_in_it(known):
    known(row(1000, 0.1), row(1000, 0.05, method="integer-percentages"))
    matrix = read_off(1000)
    assert matrix.methods == ("straddle",)
    assert matrix.first == {"targets": {"tight": "straddle"}}
    assert matrix.how == "table"


def test_rows_come_back_from_the_file_as_they_went(known):
    rows = (row(1000, 0.1, at_most=True), row(1000, None, "loose", whole=True))
    assert curves.read(curves.write(rows)) == rows


def test_the_shipped_curves_know_methods_and_mechanisms_that_exist():
    rows = curves.shipped()
    assert {one.method for one in rows} <= set(catalogue.modules())
    assert {one.mechanism for one in rows} <= set(MECHANISMS)
    assert {one.version for one in rows} == {"tight", "loose"}
    assert all(one.dose is None or 0 < one.dose <= 1 for one in rows)
    assert {"integer-percentages", "identical-results"} <= {one.method for one in rows if one.dose}


def test_copies_are_told_of_only_where_there_are_as_many_as_on_the_curves(known):
    known(row(1000, 0.1), row(1000, 0.05, method="copies", mechanism="rewritten"))
    methods = [*METHODS, catalogue.load("copies")]

    def of(copies: float):
        return curves.matrix("vote", 1000, 1_000_000, methods, MECHANISMS, copies)

    assert of(COPIED).methods == ("straddle", "copies")
    few = of(COPIED / 2)
    assert few.methods == ("straddle",)
    assert "there are fewer" in few.left_out["copies"]


def test_mechanisms_that_the_curves_do_not_know_are_named(known):
    known(row(1000, 0.1))
    matrix = read_off(1000)
    assert "rewritten" not in {*matrix.mechanisms, *matrix.blind}
    assert "do not know" in matrix.left_out["rewritten"]
    assert not {"targets", "typos"} & {*matrix.left_out}


def test_the_shipped_curves_know_every_mechanism_that_is_no_mishap():
    real = {name for name, one in MECHANISMS.items() if one.kind != "control"}
    assert {one.mechanism for one in curves.shipped()} == real
