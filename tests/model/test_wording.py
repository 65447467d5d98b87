"""Numbers and nouns in sentences: minus signs, one and many, none in words."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.model import wording


def test_the_examples_run() -> None:
    assert doctest.testmod(wording).failed == 0


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_what_is_written_reads_back_and_never_is_minus_nothing(value: float, decimals: int) -> None:
    text = wording.written(value, f",.{decimals}f")
    assert "-" not in text
    back = float(text.replace(",", "").replace("\N{MINUS SIGN}", "-"))
    assert back == round(value, decimals)
    assert text.startswith("\N{MINUS SIGN}") == (back < 0)


def test_per_cent_cannot_be_parted_from_its_number() -> None:
    assert wording.per_cent(-1.25) == "\N{MINUS SIGN}1.2\N{NO-BREAK SPACE}%"
    assert wording.per_cent(98, "d") == "98\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(("expected", "said"), [(0.0, "under 0.1"), (0.1, "0.1"), (1234.56, "1,234.6")])
def test_less_than_a_tenth_is_said_to_be_less(expected: float, said: str) -> None:
    assert wording.few(expected) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0.0, "0.0"), (0.04, "under 0.1"), (0.05, "0.1"), (12.34, "12.3")]
)
def test_a_small_part_is_not_nothing(value: float, said: str) -> None:
    assert wording.part(value) == f"{said}\N{NO-BREAK SPACE}%"


def test_none_is_said_in_words() -> None:
    assert wording.none_of(0, "5 stations") == "none of 5 stations"
    assert wording.none_of(1200, "5,000 stations") == "1,200 of 5,000 stations"


def test_a_capital_leaves_the_rest_as_it_is() -> None:
    assert wording.capital("share of “YES”") == "Share of “YES”"
    assert wording.capital("") == ""
