"""Votes drawn from an account show where it does not look like the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import fit_natural
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.kernels.class_stations import Stations
from plebiscope.methods.mixture.predicted import predicted

GRID = Grid(0.1, 0.7)


def drawn(seed, stations=900):
    rng = np.random.default_rng(seed)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    law = Parameters.known(
        np.array([np.log(0.3), 0.2, np.log(0.3)]),
        middle + spread * rng.standard_normal((30, 2)),
        middle,
        spread,
    )
    district = np.sort(np.arange(stations) % 30)
    return draw(rng, rng.integers(150, 2500, stations), district, law, GRID)[0]


def fitted(stations):
    return fit_natural(stations, GRID, most=1, rounds=60, close=0.05)[0][0]


def test_a_vote_drawn_from_the_law_is_seldom_further_off_than_all_that_are_drawn_again():
    found = [predicted(one, fitted(one), GRID, np.random.default_rng(1)) for one in map(drawn, range(40))]
    p = np.array([one.p for one in found])
    assert (p >= 1 / 40).all()
    assert (p <= 1 / 40).sum() <= 4  # at most one of 40 is expected: parameters were fitted to the table
    assert np.mean([one.apart - one.by_chance for one in found]) < 0.5


def test_cells_tell_what_correlation_and_corner_do_not():
    # Half of the stations lie at one share, half at another: no part of the law alone looks so.
    table = drawn(3)
    rng = np.random.default_rng(5)
    cast = table.others + table.votes
    votes = np.round(cast * np.where(rng.random(len(table)) < 0.5, 0.3, 0.7))
    two = Stations(table.away, cast - votes, votes, table.district)
    found = predicted(two, fitted(two), GRID, np.random.default_rng(1))
    assert found.correlation[0] == pytest.approx(found.correlation[1], abs=0.05)
    assert found.near[0] == pytest.approx(found.near[1], abs=1.0)
    assert found.p == 1 / 40
    assert found.apart > 3.0 * found.by_chance


def test_an_account_that_is_off_is_seen():
    table = drawn(4)
    fit = fitted(table)
    wide = replace(
        fit, parameters=replace(fit.parameters, values=fit.parameters.values + np.array([0.4, 0.0, 0.0]))
    )
    assert predicted(table, fit, GRID, np.random.default_rng(2)).p > 1 / 40
    assert predicted(table, wide, GRID, np.random.default_rng(2)).p == 1 / 40
