"""Stations without a vote: the classical law, against enumeration, and as the bound it is used for."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.kernels import occupancy


def enumerated(weights, votes):
    """Go through every way in which votes can fall, and add up the chances by number of empty cells."""
    chance = np.zeros(len(weights) + 1)
    for fall in itertools.product(range(len(weights)), repeat=votes):
        chance[len(weights) - len(set(fall))] += math.prod(weights[cell] for cell in fall)
    return chance


@pytest.mark.parametrize(("cells", "votes"), [(1, 3), (2, 1), (3, 4), (4, 6), (5, 3)])
def test_law_is_that_of_every_way_to_fall(cells, votes):
    assert occupancy.law(cells, votes) == pytest.approx(enumerated([1 / cells] * cells, votes), abs=1e-12)


@pytest.mark.parametrize(("cells", "votes"), [(69, 97), (52, 50), (20, 18)])
def test_law_agrees_with_inclusion_and_exclusion(cells, votes):
    law = occupancy.law(cells, votes)
    for empty in range(cells // 3, cells):
        # In whole numbers, because the terms cancel.
        ways = math.comb(cells, empty) * sum(
            (-1) ** j * math.comb(cells - empty, j) * (cells - empty - j) ** votes
            for j in range(cells - empty + 1)
        )
        assert law[empty] == pytest.approx(ways / cells**votes, rel=1e-9, abs=1e-300)


@given(st.integers(2, 60), st.integers(1, 200))
def test_moments_are_those_of_the_law(cells, votes):
    law, empty = occupancy.law(cells, votes), np.arange(cells + 1)
    mean, variance = occupancy.moments(np.array([cells]), np.array([votes]))
    assert law.sum() == pytest.approx(1.0)
    assert mean[0] == pytest.approx(law @ empty, abs=1e-9)
    assert variance[0] == pytest.approx(law @ empty**2 - (law @ empty) ** 2, abs=1e-7)


@given(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=4), st.integers(1, 5))
def test_unequal_stations_are_empty_more_often(weights, votes):
    whole = sum(weights)
    unequal = enumerated([weight / whole for weight in weights], votes)
    equal = occupancy.law(len(weights), votes)
    assert np.all(np.cumsum(unequal) <= np.cumsum(equal) + 1e-9)
