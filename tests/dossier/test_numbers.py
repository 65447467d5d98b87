"""Numbers as people read them."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.dossier import numbers
from plebiscope.dossier.numbers import digits, effect_in_words, large, number, odds, with_unit
from plebiscope.model.finding import Effect


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(numbers).failed == 0


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "", "–"),
        (107_999_611, "", "107,999,611"),
        (3681.62, "stations", "3,682"),
        (-29.4, "stations", "−29"),
        (4.26, "stations", "4.26"),
        (0.5, "", "0.5"),
        (0.0004, "", "4.0 × 10⁻⁴"),
        (-0.0, "", "0"),
        (-3.7e-13, "stations", "0"),
        (-3.7e-13, "", "−3.7 × 10⁻¹³"),
        (0.4, "votes", "0.4"),
        (-0.0079, "stations", "−0.01"),
        (-3.0e-17, "per cent of stations", "0"),
        (6.5e-4, "per cent", "0.001"),
        (-5.7e-5, "per cent of pairs", "0"),
        (0.0123, "percentage points", "0.012"),
        (0.0004, "votes for each further ballot", "4.0 × 10⁻⁴"),
        (93.11, "per cent", "93.11"),
        (999.96, "", "1,000.0"),
    ],
)
def test_digits_that_a_number_carries(value, unit, shown) -> None:
    assert number(value, unit) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(999_999.4, "999,999"), (7_752_639, "7.75 million"), (-15_106_412, "−15.1 million"), (12, "12")],
)
def test_large_counts_in_a_sentence(value, shown) -> None:
    assert large(value) == shown


def test_units() -> None:
    assert (
        with_unit(12.4, "per cent of the leader's votes") == "12.4\N{NO-BREAK SPACE}% of the leader's votes"
    )
    assert with_unit(7_752_639, "votes") == "7.75 million votes"
    assert with_unit(1, "stations") == "1 station"
    assert with_unit(-1, "registered voters") == "−1 registered voter"
    assert with_unit(1.4, "stations") == "1.4 stations"
    assert with_unit(-7.11, "percentage points") == "−7.11 percentage points"


def test_an_interval_says_its_coverage_and_a_range_over_assumptions_that_it_has_none() -> None:
    effect = Effect(name="excess", value=412, low=363, high=459, unit="stations", level=0.95)
    assert effect_in_words(effect) == "412 stations (95\N{NO-BREAK SPACE}% interval 363 to 459)"
    span = effect.model_copy(update={"level": None})
    assert effect_in_words(span) == "412 stations (363 to 459, a range over assumptions)"
    assert effect_in_words(Effect(name="excess", value=None, unit="votes")) == "not estimated"


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (1.0, "nearly all"),
        (0.5, "about 5 in 10"),
        (0.25, "about 1 in 4"),
        (0.031, "about 1 in 32"),
        (9.88e-9, "about 1 in 100 million"),
        (1.2e-7, "about 1 in 8.3 million"),
        (1e-9, "about 1 in 1 thousand million"),
        (1e-13, "fewer than 1 in a million million"),
    ],
)
def test_odds(p, words) -> None:
    assert odds(math.log10(p)) == words


@given(st.floats(-5000, 0))
def test_digits_give_the_probability_back(log10_p: float) -> None:
    shown = digits(log10_p)
    if "×" in shown:
        mantissa, _, exponent = shown.partition(" × 10")
        plain = exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        assert math.log10(float(mantissa)) + int(plain) == pytest.approx(log10_p, abs=0.03)
    else:
        assert float(shown) == pytest.approx(10**log10_p, rel=0.01)


@given(st.floats(-11.9, -0.6))
def test_odds_have_two_digits(log10_p: float) -> None:
    words = odds(log10_p).removeprefix("about 1 in ")
    for name, size in (("thousand million", 1e9), ("million", 1e6)):
        if words.endswith(name):
            one_in = float(words.removesuffix(name).replace(",", "")) * size
            break
    else:
        one_in = float(words.replace(",", ""))
    assert one_in * 10**log10_p == pytest.approx(1, rel=0.13 if one_in < 10 else 0.055)
