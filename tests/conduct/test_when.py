"""Dates are resolved against the day of publication, and only where no guess is needed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct.when import dates

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
THURSDAY = dt.date(2022, 9, 29)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("on thursday ministers met", "2022-09-29"),
        ("they met on monday", "2022-09-26"),
        ("they met last thursday", "2022-09-22"),
        ("they will meet next monday", "2022-10-03"),
        ("the ceremony will be held on friday", "2022-09-30"),
        ("today", "2022-09-29"),
        ("yesterday", "2022-09-28"),
        ("tomorrow", "2022-09-30"),
        ("two weeks ago", "2022-09-15"),
        ("three days ago", "2022-09-26"),
        ("in recent days", "2022-09-22/2022-09-29"),
        ("last week", "2022-09-19/2022-09-25"),
        ("this month", "2022-09-01/2022-09-30"),
        ("on 27 september 2022", "2022-09-27"),
        ("on september 27, 2022", "2022-09-27"),
        ("on september 27th", "2022-09-27"),
        ("on 2 january", "2023-01-02"),
        ("in february 2024", "2024-02-01/2024-02-29"),
        ("on 2022-09-23", "2022-09-23"),
    ],
)
def test_a_date_against_a_thursday(text: str, when: str) -> None:
    assert [found.when for found in dates(text, THURSDAY)] == [when]


@pytest.mark.parametrize(
    "text", ["they may march in may", "on 31 february 2022", "a week later", "the second vote", "2022"]
)
def test_no_date_where_there_is_none(text: str) -> None:
    assert dates(text, THURSDAY) == []


def test_without_a_day_of_publication_only_full_dates_count() -> None:
    found = dates("on thursday, tomorrow, 2 weeks ago and on 27 september 2022 and on 3 may", None)
    assert [one.when for one in found] == ["2022-09-27"]


def test_an_offset_points_at_the_words_of_the_date() -> None:
    text = "the vote of 27 september 2022 was held"
    (found,) = dates(text, None)
    assert text[found.start : found.end] == "27 september 2022"


@given(
    st.dates(),
    st.sampled_from(["tomorrow", "yesterday", "last month", "next week", "in recent days", "monday"]),
)
def test_any_day_of_publication_gives_a_day_or_none(day: dt.date, words: str) -> None:
    for found in dates(words, day):
        first, _, last = found.when.partition("/")
        assert dt.date.fromisoformat(first) <= dt.date.fromisoformat(last or first)
        assert abs((dt.date.fromisoformat(first) - day).days) <= 62


@given(st.dates(min_value=dt.date(2, 1, 1), max_value=dt.date(9998, 1, 1)))
def test_a_weekday_is_at_most_six_days_back(day: dt.date) -> None:
    for number, name in enumerate(DAYS):
        (found,) = dates(f"they voted on {name}", day)
        back = (day - dt.date.fromisoformat(found.when)).days
        assert 0 <= back <= 6
        assert dt.date.fromisoformat(found.when).weekday() == number
