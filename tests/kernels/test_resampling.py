"""Groups drawn again, each as often as another, and groups left out in turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from plebiscope.kernels.resampling import draw_again, effective, interval, left_out, share_left_out

ROUNDS = 2000
ERROR = 4 * math.sqrt(0.95 * 0.05 / ROUNDS)
"""Four standard errors of a coverage of 95 % by simulation."""


def test_every_draw_has_as_many_groups_as_there_are() -> None:
    drawn = draw_again(7, 4000, np.random.default_rng(1))
    assert drawn.shape == (4000, 7)
    assert (drawn.sum(axis=1) == 7).all()
    # Each group is Bin(7, 1/7) a draw: mean 1, variance 6/7; four standard errors of the mean.
    assert drawn.mean(axis=0) == pytest.approx(1.0, abs=4 * math.sqrt(6 / 7 / 4000))


def test_the_interval_holds_its_part_of_what_was_drawn() -> None:
    low, high = interval(np.arange(1001.0), 0.95)
    assert (low, high) == (pytest.approx(25.0), pytest.approx(975.0))


def test_leaving_out_each_of_a_mean_is_students_interval() -> None:
    values = np.random.default_rng(2).normal(3.0, 2.0, 9)
    without = (values.sum() - values) / 8
    known = stats.ttest_1samp(values, 0.0).confidence_interval(0.9)
    assert left_out(without, values.mean(), 0.9) == pytest.approx((known.low, known.high))


def test_leaving_out_holds_what_it_promises_for_a_ratio_of_few_groups() -> None:
    rng = np.random.default_rng(3)
    held, rounds = 0, 4000
    for _ in range(rounds):
        size = rng.uniform(50, 150, 8)
        part = size * rng.normal(0.4, 0.05, 8)
        low, high = left_out((part.sum() - part) / (size.sum() - size), float(part.sum() / size.sum()), 0.95)
        held += low <= 0.4 <= high
    # Binomial: four standard errors.
    assert held / rounds == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / rounds))


def test_groups_of_one_weight_count_for_all_of_them() -> None:
    assert effective(np.full(9, 3.0)) == pytest.approx(9.0)
    assert effective(np.array([5, 0, 0])) == pytest.approx(1.0)
    assert effective(np.zeros(4)) == 0.0


def mean_held(weight: np.ndarray, rng: np.random.Generator, *, weighed: bool) -> float:
    """Return how often the interval of a weighted mean of groups that differ holds the truth, which is 0."""
    held = 0
    for _ in range(ROUNDS):
        each = rng.standard_normal(len(weight))
        value = float(weight @ each / weight.sum())
        without = (weight @ each - weight * each) / (weight.sum() - weight)
        low, high = left_out(without, value, 0.95, weight if weighed else None)
        held += low <= 0.0 <= high
    return held / ROUNDS


def test_groups_of_unlike_sizes_have_fewer_degrees_of_freedom() -> None:
    rng = np.random.default_rng(6)
    unlike = np.exp(rng.normal(0.0, 0.7, 8))
    assert mean_held(unlike, rng, weighed=True) == pytest.approx(0.95, abs=ERROR + 0.01)
    # Seven tenths in two groups: as many degrees of freedom as groups less one are far too many.
    two_large = np.array([0.35, 0.35, *[0.3 / 18] * 18])
    assert mean_held(two_large, rng, weighed=False) < 0.88
    assert mean_held(two_large, rng, weighed=True) == pytest.approx(0.95, abs=ERROR + 0.01)
    # Six tenths in one: the interval is wider than need be.
    one_large = np.array([0.6, *[0.4 / 7] * 7])
    assert mean_held(one_large, rng, weighed=True) > 0.95 - ERROR


@pytest.mark.parametrize("groups", [3, 6, 20])
def test_the_interval_of_a_share_that_few_groups_have_holds_nearly_what_it_promises(groups: int) -> None:
    """Some 5 per cent, of which one group has 1 and another 30; groups drawn again hold it in 66 to 87 of 100."""
    rng = np.random.default_rng(groups)

    def shares(count: int) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(3.5 - 1.2 * rng.standard_normal(count)))

    truth, whole, held = float(shares(400_000).mean()), np.full(groups, 60.0), 0
    for _ in range(ROUNDS):
        ends = share_left_out(rng.binomial(60, shares(groups)).astype(float), whole, 1.0, 0.95)
        # Where no group has any, there is no interval; it would be one that does not hold the truth.
        held += ends is not None and ends[0] <= truth <= ends[1]
    assert held / ROUNDS > 0.92 - ERROR


def test_the_interval_of_a_share_holds_it_and_stays_between_nought_and_one() -> None:
    part, whole = np.array([0.0, 0.0, 3.0, 0.0]), np.array([900.0, 40.0, 60.0, 0.0])
    low, high = share_left_out(part, whole, 1.0, 0.95)
    assert 0.0 < low < 0.003 < high < 1.0


@pytest.mark.parametrize(
    ("part", "whole"),
    [([3.0], [9.0]), ([3.0, 0.0], [9.0, 0.0]), ([0.0, 0.0], [9.0, 9.0]), ([9.0, 9.0], [9.0, 9.0])],
)
def test_one_group_or_a_share_of_all_or_nothing_has_no_interval(
    part: list[float], whole: list[float]
) -> None:
    assert share_left_out(np.array(part), np.array(whole), 1.0, 0.95) is None
