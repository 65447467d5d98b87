"""What is told of another vote is only suggested, and what is told of a club's vote is left out."""

from __future__ import annotations

import datetime as dt

import pytest

from plebiscope.conduct import code
from plebiscope.model.report import Report

DAY = dt.date(2031, 9, 15)


def strengths(text: str, published: dt.date | None = DAY) -> set[str]:
    record = code([Report(path="r", published=published, text=text)])
    return {one.strength for one in record.statements}


@pytest.mark.parametrize(
    "text",
    [
        "In the referendum of 1998 soldiers stood inside the polling stations.",
        "The historian told the guests how voters had been marched to the polls.",
        "Ballot stuffing marred the presidential election in neighbouring Osk.",
        "Last year voters were threatened in the north before the election.",
        "Three years ago the ballots were burned after the vote.",
        "In the novel armed men carry the ballot box from door to door on the day of the vote.",
        "The army rehearsed with actors how a polling station is attacked by gunmen during the election.",
        "By contrast, the vote in Osk was described as rigged and boxes were stuffed with ballots.",
        "The museum shows pictures of the vote. They tell of ballot boxes that were guarded by soldiers.",
        "Twenty-five years ago, soldiers stood inside the polling stations.",
        "He spoke of his father's rule, when ballots were stuffed in every polling station.",
        "Ballots were burned at polling stations after the disputed election of 1998.",
        "Are soldiers standing inside the polling stations?",
    ],
)
def test_another_time_or_place_is_only_suggested(text: str) -> None:
    assert strengths(text) <= {"suggested"}


@pytest.mark.parametrize(
    "text",
    [
        "Soldiers stood inside the polling stations.",
        "In September 2031 soldiers stood inside the polling stations.",
        "Since 1998 soldiers have stood inside the polling stations on the day of every election.",
        "As in 1998, soldiers stood inside the polling stations.",
        "Observers noted ballot box stuffing of the kind recorded, as in previous elections, in Gostel.",
        "There was more ballot box stuffing than in previous elections.",
        "The party, which won the election of 1998, was banned from the vote.",
        "Voters were turned away, though they had voted in 1998.",
        "Officials stuffed ballot boxes, which breaks the Election Act of 1998.",
        "Jon Bresker voted in 1998. They stuffed the ballot boxes in Gostel on Sunday, observers said.",
        "The museum shows pictures of the vote. In Gostel soldiers stood inside the polling stations.",
    ],
)
def test_this_vote_is_told_firmly(text: str) -> None:
    assert "firm" in strengths(text)


def test_without_a_day_the_latest_year_of_the_text_counts() -> None:
    text = "The vote of May 2031 was calm. In 1998 soldiers stood inside the polling stations."
    record = code([Report(path="r", text=text)])
    assert {one.strength for one in record.statements if one.code == "C01"} == {"suggested"}


@pytest.mark.parametrize(
    "text",
    [
        "The shareholders called the vote on the merger a sham.",
        "Fans were bussed to the vote on the new captain and called it a farce.",
        "The jury contest was rigged, viewers of the televised vote complained.",
    ],
)
def test_a_private_vote_says_nothing(text: str) -> None:
    assert strengths(text) == set()


def test_a_club_in_a_sentence_on_a_public_vote_hides_nothing() -> None:
    assert "firm" in strengths("Soldiers stood inside the polling station in the football club of Bresk.")
