"""Dates are resolved against the day of publication, and only where no guess is needed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct.dates import dates
from plebiscope.conduct.days import Days

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
THURSDAY = Days(dt.date(2022, 9, 29))
VOTE = Days(dt.date(2022, 9, 29), voted=(dt.date(2022, 9, 23), dt.date(2022, 9, 27)))


def resolved(text: str, days: Days = THURSDAY) -> list[str]:
    return [found.when for found in dates(text, days)]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("on thursday ministers met", "2022-09-29"),
        ("they met on monday", "2022-09-26"),
        ("they met last thursday", "2022-09-22"),
        ("they voted last sunday", "2022-09-25"),
        ("they will meet next monday", "2022-10-03"),
        ("the ceremony will be held on friday", "2022-09-30"),
        ("on friday the board will meet", "2022-09-30"),
        ("on tuesday they said that results will come", "2022-09-27"),
        ("today", "2022-09-29"),
        ("yesterday", "2022-09-28"),
        ("the day before yesterday", "2022-09-27"),
        ("tomorrow", "2022-09-30"),
        ("overnight", "2022-09-28/2022-09-29"),
        ("two weeks ago", "2022-09-15"),
        ("three days ago", "2022-09-26"),
        ("two years ago", "2020-01-01/2020-12-31"),
        ("in recent days", "2022-09-21/2022-09-29"),
        ("in the past five days", "2022-09-24/2022-09-29"),
        ("over the weekend", "2022-09-24/2022-09-25"),
        ("last weekend", "2022-09-24/2022-09-25"),
        ("it will be held this weekend", "2022-10-01/2022-10-02"),
        ("last week", "2022-09-19/2022-09-25"),
        ("earlier this week", "2022-09-26/2022-09-29"),
        ("this month", "2022-09-01/2022-09-30"),
        ("earlier this month", "2022-09-01/2022-09-29"),
        ("on 27 september 2022", "2022-09-27"),
        ("on the 27th of september", "2022-09-27"),
        ("on september 27, 2022", "2022-09-27"),
        ("on september 27th", "2022-09-27"),
        ("on sept. 27", "2022-09-27"),
        ("on friday, september 23", "2022-09-23"),
        ("on 2 january", "2023-01-02"),
        ("stations were closed on 15 april", "2022-04-15"),
        ("ballots were thrown out on november 7", "2021-11-07"),
        ("the vote is set for november 7", "2022-11-07"),
        ("in february 2024", "2024-02-01/2024-02-29"),
        ("on 2022-09-23", "2022-09-23"),
        ("2022-09-23/2022-09-27", "2022-09-23/2022-09-27"),
        ("on 23.09.2022", "2022-09-23"),
        ("on 23/9/2022", "2022-09-23"),
        ("on 9/23/22", "2022-09-23"),
        ("on 23-27 september", "2022-09-23/2022-09-27"),
        ("from 23 to 27 september 2022 they voted", "2022-09-23/2022-09-27"),
        ("between 23 and 27 september", "2022-09-23/2022-09-27"),
        ("on september 23–27", "2022-09-23/2022-09-27"),
        ("on 26 and 27 september", "2022-09-26/2022-09-27"),
        ("from 28 august to 3 september", "2022-08-28/2022-09-03"),
        ("from friday to tuesday", "2022-09-23/2022-09-27"),
        ("by early march", "2023-03-01/2023-03-10"),
        ("in mid-august", "2022-08-11/2022-08-20"),
        ("since august", "2022-08-01/2022-09-29"),
        ("since 24 february", "2022-02-24/2022-09-29"),
        ("from april to june", "2022-04-01/2022-06-30"),
        ("last november", "2021-11-01/2021-11-30"),
        ("in 2017", "2017-01-01/2017-12-31"),
    ],
)  # fmt: skip
def test_a_date_against_a_thursday(text: str, when: str) -> None:
    assert resolved(text) == [when]


@pytest.mark.parametrize(
    "text",
    [
        "this may be late",
        "they march on the town hall",
        "on 31 february 2022",
        "a week later",
        "the previous evening",
        "on election day",
        "the second vote",
        "2022",
        "on 5/6/2022",
        "the law of 2017",
    ],
)
def test_no_date_where_there_is_none_or_only_a_guess(text: str) -> None:
    assert resolved(text) == []


def test_a_month_after_a_verb_of_its_spelling() -> None:
    assert resolved("they may march in may") == ["2022-05-01/2022-05-31"]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("on election day", "2022-09-23/2022-09-27"),
        ("two days before the vote", "2022-09-21"),
        ("on the eve of the referendum", "2022-09-22"),
        ("the day after the vote", "2022-09-28"),
        ("a week after the election", "2022-10-04"),
    ],
)
def test_days_counted_from_the_vote(text: str, when: str) -> None:
    assert resolved(text, VOTE) == [when]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("that evening", "2022-09-20"),
        ("the previous evening", "2022-09-19"),
        ("the following day", "2022-09-21"),
        ("two days later", "2022-09-22"),
        ("a week earlier", "2022-09-13"),
        ("at the ceremony", "2022-09-20"),
    ],
)
def test_days_counted_from_the_one_named_before(text: str, when: str) -> None:
    day = dt.date(2022, 9, 20)
    assert resolved(text, Days(THURSDAY.published, before=(day, day))) == [when]


def test_the_day_named_before_may_stand_in_the_same_sentence() -> None:
    text = "polls opened on sunday, but boxes had come the previous evening"
    assert resolved(text) == ["2022-09-25", "2022-09-24"]


@pytest.mark.parametrize(("day_first", "when"), [(True, "2022-06-05"), (False, "2022-05-06")])
def test_the_order_of_day_and_month_is_the_reports(day_first: bool, when: str) -> None:
    assert resolved("on 5/6/2022", Days(THURSDAY.published, day_first=day_first)) == [when]


def test_without_a_day_of_publication_only_full_dates_count() -> None:
    text = "on thursday, tomorrow, 2 weeks ago and on 27 september 2022 and on 3 may"
    assert resolved(text, Days()) == ["2022-09-27"]


def test_two_days_that_are_not_neighbours_are_no_interval() -> None:
    assert resolved("on 3 and 17 september") == ["2022-09-17"]


def test_an_offset_points_at_the_words_of_the_date() -> None:
    text = "the vote of 27 september 2022 was held"
    (found,) = dates(text, Days())
    assert text[found.start : found.end] == found.words == "27 september 2022"


@given(
    st.dates(),
    st.sampled_from(
        ["tomorrow", "yesterday", "last month", "next week", "in recent days", "monday", "in may"]
    ),
)
def test_any_day_of_publication_gives_a_day_or_none(day: dt.date, words: str) -> None:
    for found in dates(words, Days(day)):
        assert found.first <= found.last
        assert abs((found.first - day).days) <= 366


@given(st.dates(min_value=dt.date(2, 1, 1), max_value=dt.date(9998, 1, 1)))
def test_a_weekday_is_at_most_six_days_back(day: dt.date) -> None:
    for number, name in enumerate(DAYS):
        (found,) = dates(f"they voted on {name}", Days(day))
        assert 0 <= (day - found.first).days <= 6
        assert found.first.weekday() == number


@pytest.mark.parametrize(
    "text",
    [
        "monday " * 300,
        "1/" * 1000,
        "on 3 and 4 may, " * 130,
        "from " * 400,
        "last " * 400,
        "a " * 1000,
        "9" * 2000,
    ],
)
def test_hostile_sentences_come_to_an_end(text: str) -> None:
    for found in dates(text, THURSDAY):
        assert found.first <= found.last
