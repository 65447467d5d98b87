"""The excess over chances agrees with the exact law, counted out for a few stations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import binom

from plebiscope.evidence.excess import against_chance, noticed

CHANCES = np.array([0.1, 0.2, 0.5, 0.05, 0.3])
BALLOTS = np.array([100, 200, 300, 400, 500])


def test_p_is_the_chance_of_as_many_stations_or_more() -> None:
    found = against_chance(CHANCES, 3, BALLOTS, of="stations", mechanism="raised", coverage=0.95, level=0.05)
    tail = sum(
        np.prod(np.where(which, CHANCES, 1 - CHANCES))
        for which in itertools.product([True, False], repeat=5)
        if sum(which) >= 3
    )
    assert found["p"] == pytest.approx(tail)
    assert 2.0 ** -found["bits"] == pytest.approx(tail)
    assert (found["n"], found["observed"], found["expected"]) == (5, 3, pytest.approx(1.15))
    assert found["effect"].value == pytest.approx(1.85)
    assert (found["effect"].name, found["effect"].unit) == ("excess", "stations")
    assert found["effect"].low < 1.85 < found["effect"].high


def test_the_limit_is_the_fewest_stations_that_are_noticed_often_enough() -> None:
    chances = np.full(600, 0.1)
    limit = noticed(chances, 0.05, 300.0, of="stations", mechanism="raised").at(0.05)["limit"]
    critical = int(binom.isf(0.05, 600, 0.1)) + 1

    def power(written: int) -> float:
        return float(binom.sf(critical - written - 1, 600 - written, 0.1))

    assert power(int(limit.dose) - 1) < 0.8 <= limit.power
    # Which stations are written is not known, so that those seen anyway vary a little more.
    assert limit.power == pytest.approx(power(int(limit.dose)), abs=0.01)
    assert (limit.stations, limit.votes, limit.floor) == (limit.dose, limit.dose * 300.0, None)


def test_the_limit_is_no_smaller_than_what_matters() -> None:
    found = against_chance(
        np.full(4000, 1e-6), 0, np.full(4000, 300), of="stations", mechanism="x", coverage=0.95, level=0.05
    )
    limit = found["noticing"].at(0.05)["limit"]
    # A quarter of one per cent of 4,000 stations, where a few would have been noticed.
    assert (limit.stations, limit.floor) == (11, 10)


def test_there_is_no_limit_where_all_stations_are_so_anyway() -> None:
    full = np.full(2500, 1.0 - 1e-13)
    found = against_chance(
        full, 2500, np.full(2500, 600), of="stations", mechanism="x", coverage=0.95, level=0.05
    )
    noticed_there = found["noticing"].at(0.05)
    assert noticed_there["limit"] is None
    assert "2,500.0 of 2,500 stations would be so anyway" in noticed_there["no_limit"]


def test_areas_are_not_called_stations() -> None:
    chances, ballots = np.tile(CHANCES, 30), np.tile(BALLOTS, 30)
    found = against_chance(
        chances, 1, ballots, of="counting areas", mechanism="raised", coverage=0.95, level=0.05
    )
    limit = found["noticing"].at(0.05)["limit"]
    assert found["effect"].unit == limit.unit == "counting areas"
    assert limit.stations is None
    # What is told in the place of stations is as many rows as the votes are of.
    assert limit.votes == pytest.approx(limit.dose * 300)
