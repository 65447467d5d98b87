"""Groups drawn again, each as often as another, and groups left out in turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from plebiscope.kernels.resampling import draw_again, interval, left_out


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
