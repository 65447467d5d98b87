"""The excess over chances agrees with the exact law, counted out for a few stations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from plebiscope.evidence.excess import against_chance

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


def test_the_limit_is_three_standard_deviations_and_at_least_what_is_asked() -> None:
    sd = np.sqrt(np.sum(CHANCES * (1 - CHANCES)))
    for least in (0.0, 4.0):
        limit = against_chance(
            CHANCES, 1, BALLOTS, of="stations", mechanism="raised", coverage=0.95, level=0.05, least=least
        )["limit"]
        assert limit.dose == pytest.approx(max(3 * sd, least))
        # Written anywhere, so many stations raise the expected number by the dose: some were seen anyway.
        assert limit.stations * (1 - CHANCES.mean()) == pytest.approx(limit.dose)
        assert limit.votes == pytest.approx(limit.stations * 300)


def test_areas_are_not_called_stations() -> None:
    found = against_chance(
        CHANCES, 1, BALLOTS, of="counting areas", mechanism="raised", coverage=0.95, level=0.05
    )
    assert found["effect"].unit == found["limit"].unit == "counting areas"
    assert found["limit"].stations is None
    # What is told in the place of stations is as many rows as the votes are of.
    assert found["limit"].votes == pytest.approx(found["limit"].dose * 300)
