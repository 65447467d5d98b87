"""Higher criticism: its exact law against simulation, closed forms, and its bound."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plebiscope.kernels import higher_criticism


def test_of_one_p_it_is_that_p():
    for p in (0.9, 0.03, 1e-9):
        value = higher_criticism.statistic(np.array([p]))
        assert math.exp(value) == pytest.approx(p)
        assert math.exp(higher_criticism.log_chance(value, 1)) == pytest.approx(p)


def test_of_three_p_it_is_that_of_the_smallest():
    value = higher_criticism.statistic(np.array([0.8, 0.2, 0.5]))
    assert math.exp(value) == pytest.approx(1 - 0.8**3)
    assert higher_criticism.log_chance(value, 3) == pytest.approx(value)


@pytest.mark.parametrize("m", [4, 11, 60])
def test_the_law_is_that_of_simulated_p(m):
    rng = np.random.default_rng(m)
    drawn = np.array([higher_criticism.statistic(rng.random(m)) for _ in range(4000)])
    for level in (0.5, 0.1, 0.02):
        value = float(np.quantile(drawn, level))
        # The level of a simulated quantile is known to within its own error.
        error = math.sqrt(level * (1 - level) / 4000)
        assert math.exp(higher_criticism.log_chance(value, m)) == pytest.approx(level, abs=4 * error)


@pytest.mark.parametrize("m", [5, 40, 150])
def test_the_bound_lies_above_and_near(m):
    for value in (-3.0, -10.0, -80.0, -690.0):
        chance, bound = higher_criticism.log_chance(value, m), higher_criticism.log_bound(value, m)
        assert value - 1e-9 <= chance <= bound + 1e-9
        assert bound - chance < math.log(max(1, m // 2)) + 1e-9


def test_several_small_p_count_more_than_the_smallest_of_them_alone():
    p = np.linspace(0.05, 1.0, 40)
    one, many = p.copy(), p.copy()
    one[0] = 0.002
    many[:8] = np.linspace(0.002, 0.016, 8)
    assert higher_criticism.statistic(many) < higher_criticism.statistic(one) - 5
