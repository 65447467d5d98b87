"""Groups drawn again: every draw has as many as there are, each as often as another."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plebiscope.kernels.resampling import draw_again, interval


def test_every_draw_has_as_many_groups_as_there_are() -> None:
    drawn = draw_again(7, 4000, np.random.default_rng(1))
    assert drawn.shape == (4000, 7)
    assert (drawn.sum(axis=1) == 7).all()
    # Each group is Bin(7, 1/7) a draw: mean 1, variance 6/7; four standard errors of the mean.
    assert drawn.mean(axis=0) == pytest.approx(1.0, abs=4 * math.sqrt(6 / 7 / 4000))


def test_the_interval_holds_its_part_of_what_was_drawn() -> None:
    low, high = interval(np.arange(1001.0), 0.95)
    assert (low, high) == (pytest.approx(25.0), pytest.approx(975.0))
