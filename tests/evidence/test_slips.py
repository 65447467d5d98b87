"""Slips of the pen are told from other differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.evidence.slips import (
    EXCHANGED,
    LENGTH,
    ONE_DIGIT,
    OTHER,
    SHIFTED,
    SWAPPED,
    gains,
    only_slip,
    record_slip,
    slip,
)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (1234, 1324, EXCHANGED),
        (12, 21, EXCHANGED),
        (0, 7, ONE_DIGIT),
        (450, 350, ONE_DIGIT),
        (45, 450, LENGTH),
        (105, 15, LENGTH),
        (123, 321, OTHER),
        (120, 95, OTHER),
        (-5, 5, OTHER),
    ],
)
def test_two_numbers(one: int, other: int, kind: str) -> None:
    assert slip(one, other) == slip(other, one) == kind


@given(st.integers(10, 99_999), st.data())
def test_exchanging_two_digits_is_recognised(number: int, data: st.DataObject) -> None:
    digits = list(str(number))
    at = data.draw(st.integers(0, len(digits) - 2))
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    other = "".join(digits)
    if int(other) != number and other[0] != "0":
        assert slip(number, int(other)) == EXCHANGED
        assert (number - int(other)) % 9 == 0


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ([500, 300, 20], [300, 500, 20], SWAPPED),
        ([500, 300, 20, 9], [9, 500, 300, 20], SHIFTED),
        ([9, 500, 300, 20], [500, 300, 20, 0], SHIFTED),
        ([500, 300, 20], [501, 300, 20], None),
        ([500, 300, 20], [301, 500, 20], None),
        ([1, 2, 3], [2, 3, 4], None),
        ([2, 1], [1, 2], None),
        ([500, None, 20], [20, 300, 500], SWAPPED),
        ([500, 300], [500, 300], None),
    ],
)
def test_two_records(one: list[int | None], other: list[int | None], kind: str | None) -> None:
    assert record_slip(one, other) == kind


@pytest.mark.parametrize(
    ("parts", "whole", "place"),
    [
        ([154, 90], 235, 0),  # 145 and 90
        ([154, 90], 244, None),  # they add up
        ([145, 90], 253, 2),  # 235, as the sum
        ([145, 90], 532, None),  # no figure is one slip away
        ([300, 200], 600, None),  # any of the three can have been misread
    ],
)
def test_the_only_slip_that_explains_a_sum(parts: list[int], whole: int, place: int | None) -> None:
    assert only_slip(parts, whole) == place


def test_gains_of_slips_are_signed() -> None:
    parts = np.array([[154, 145, 90], [90, 90, 154]])
    whole = np.array([235, 253, 235])
    assert gains(parts, whole, [1, -1]).tolist() == [9, 0, -9]
    assert gains(parts, whole, [0, 0]).tolist() == [0, 0, 0]
