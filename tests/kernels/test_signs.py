"""The laws of signs against every choice of signs written out, and against scipy's binomial test."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from plebiscope.kernels import signs


@pytest.mark.parametrize(("up", "n"), [(0, 1), (3, 3), (5, 10), (9, 12), (40, 100), (700, 1000)])
def test_sign_test_is_the_binomial_test(up: int, n: int) -> None:
    assert math.exp(signs.log_sign_tail(up, n)) == pytest.approx(binomtest(up, n).pvalue, rel=1e-9)


def test_sign_test_goes_on_where_floats_end() -> None:
    assert signs.log_sign_tail(5000, 5000) == pytest.approx(-4999 * math.log(2), rel=1e-12)


@pytest.mark.parametrize(("level", "least"), [(0.05, 6), (0.01, 8), (0.5, 2)])
def test_least_differences_are_those_that_can_reach_a_level(level: float, least: int) -> None:
    assert signs.least_differences(level) == least
    assert binomtest(least, least).pvalue <= level < binomtest(least - 1, least - 1).pvalue


@pytest.mark.parametrize(("up", "n"), [(0, 7), (7, 7), (4, 11), (60, 100)])
def test_interval_is_that_of_clopper_and_pearson(up: int, n: int) -> None:
    found = binomtest(up, n).proportion_ci(0.95, "exact")
    assert signs.sign_interval(up, n, 0.95) == pytest.approx((found.low, found.high), abs=1e-12)


@pytest.mark.parametrize("n", [6, 20, 301])
def test_at_the_limit_the_test_has_its_power(n: int) -> None:
    chance = signs.sign_limit(n, 0.05, 0.8)
    rejecting = [count for count in range(n // 2 + 1, n + 1) if binomtest(count, n).pvalue <= 0.05]
    assert binom.sf(min(rejecting) - 1, n, chance) == pytest.approx(0.8, abs=1e-9)


def by_hand(sizes: list[int], total: int) -> float:
    sums = [sum(signs) for signs in itertools.product(*((-size, size) for size in sizes))]
    return sum(abs(one) >= abs(total) for one in sums) / len(sums)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=9), st.data())
def test_flip_test_is_the_share_of_all_choices_of_sign(sizes: list[int], data: st.DataObject) -> None:
    chosen = [size * data.draw(st.sampled_from([-1, 1])) for size in sizes]
    found = math.exp(signs.log_flip_tail(np.array(sizes), sum(chosen)))
    assert found == pytest.approx(by_hand(sizes, sum(chosen)), rel=1e-9)


def test_flip_test_of_equal_sizes_is_the_sign_test() -> None:
    for up in (500, 540, 700, 990):
        log_p = signs.log_flip_tail(np.full(1000, 17), 17 * (2 * up - 1000))
        assert log_p == pytest.approx(signs.log_sign_tail(up, 1000), rel=1e-9, abs=1e-12)


def test_flip_test_does_not_mind_the_unit() -> None:
    sizes = np.array([3, 5, 8, 13, 21])
    assert signs.log_flip_tail(sizes * 100_000, 2_400_000) == pytest.approx(signs.log_flip_tail(sizes, 24))
    assert signs.flip_steps(sizes * 100_000) == signs.flip_steps(sizes)


def test_nothing_is_no_evidence() -> None:
    assert signs.log_flip_tail(np.array([], dtype=np.int64), 0) == 0.0
    assert signs.flip_steps(np.array([], dtype=np.int64)) == 0
