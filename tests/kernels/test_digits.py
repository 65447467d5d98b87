"""Digits of counts: Benford's constants, rounding without floats, and chances that hold on smooth laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.kernels import digits

counts = st.lists(st.integers(10, 10**9), min_size=1, max_size=30)


def test_second_digits_of_benford_have_the_printed_chances():
    # Mebane's table, printed in Hicken and Mebane (2017): .11968 .11389 ... .08500, mean 4.18739.
    printed = [0.11968, 0.11389, 0.10882, 0.10433, 0.10031, 0.09668, 0.09337, 0.09035, 0.08757, 0.08500]
    assert pytest.approx(printed, abs=5e-6) == digits.BENFORD_SECOND
    assert float(digits.BENFORD_SECOND @ np.arange(10)) == pytest.approx(4.18739, abs=5e-6)


@given(counts)
def test_second_digit_is_the_second_letter(values):
    assert digits.second_digit(np.array(values)).tolist() == [int(str(value)[1]) for value in values]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 3000)), min_size=1, max_size=30))
def test_whole_per_cent_rounds_halves_to_even(pairs):
    from fractions import Fraction

    part, whole = (np.array(column) for column in zip(*pairs, strict=True))
    expected = [min(100, round(Fraction(100 * k, n))) for k, n in pairs]
    assert digits.whole_per_cent(part, whole).tolist() == expected


def test_chances_are_those_of_the_block_and_stop_at_the_whole():
    part, whole = np.array([47, 213, 148]), np.array([50, 400, 300])
    chances = digits.last_digit_chances(part, whole)
    assert chances.sum(axis=1) == pytest.approx(np.ones(3))
    assert np.count_nonzero(chances[0]) == 10  # 40 ... 49 of 50
    assert np.count_nonzero(digits.last_digit_chances(np.array([43, 1, 9]), np.array([45, 5, 10]))[0]) == 6
    twins = digits.last_digit_chances(part, whole, 100, every=11)
    assert twins.shape == (3, 10)
    assert twins == pytest.approx(digits.last_digit_chances(part, whole, 100)[:, ::11])


@pytest.mark.parametrize("size", ["one", "many"])
def test_digits_of_smooth_counts_deviate_as_chance_has_it(size):
    # 40 votes of 4,000 stations, shares about 0.4 (so that 100 votes lie on a steep slope of the density),
    # stations of one size or of many. The mean chi-square of 9 degrees of freedom is 9 with standard error
    # sqrt(18 / 40) = 0.67; within four of them. No bias of a digit beyond four standard errors either.
    rng = np.random.default_rng(5)
    values, scores = [], []
    for _ in range(40):
        whole = np.full(4000, 320) if size == "one" else rng.integers(150, 900, 4000)
        part = rng.binomial(whole, rng.beta(8, 12, 4000))
        large = part >= 100
        chances = digits.last_digit_chances(part, whole)[large]
        seen = np.bincount(part[large] % 10, minlength=10)
        difference = seen - chances.sum(axis=0)
        covariance = np.diag(chances.sum(axis=0)) - chances.T @ chances
        values.append(difference[:9] @ np.linalg.solve(covariance[:9, :9], difference[:9]))
        scores.append(difference / np.sqrt(np.diag(covariance)))
    assert np.mean(values) == pytest.approx(9.0, abs=4 * np.sqrt(18 / 40))
    assert np.abs(np.mean(scores, axis=0)).max() < 4 / np.sqrt(40)
