"""When a report came out and who wrote it is read from its head, where it says so and nowhere else."""

from __future__ import annotations

import datetime as dt

import pytest

from plebiscope.intake.publication import day, head_of

SEPTEMBER = dt.date(2031, 9, 25)


@pytest.mark.parametrize(
    "said",
    [
        "2031-09-25", "2031-09-25T08:00:00+02:00", "25 September 2031", "25th of September 2031", "Sept. 25, 2031",
        "September 25th, 2031", "Thursday, September 25, 2031", "Thu 25 Sep 2031", "25.09.2031", "25/09/2031", "09/25/2031",
        "25-Sep-2031",
    ],
)  # fmt: skip
def test_days_are_read_in_many_spellings(said: str) -> None:
    assert day(said) == SEPTEMBER


@pytest.mark.parametrize("said", ["", None, "2031", "2031-09", "September 2031", "05/06/2031", "2031-13-25", "31 February 2031", "soon", "32/09/2031"])  # fmt: skip
def test_what_is_not_given_to_the_day_or_could_be_two_is_not_guessed(said: str | None) -> None:
    assert day(said) is None


HEADS = [
    "Published 25 September 2031",
    "Published: September 25, 2031 at 10:04 am",
    "PUBLISHED:\n| 10:20 EST, 25 September 2031",
    "First published on Thursday 25 September 2031 14.05 BST",
    "Posted on 2031-09-25",
    "Thursday, September 25, 2031",
    "* 25 September 2031 | 4 min read",
    "Gostel, 25 September 2031",
    "GOSTEL, Sept 25, 2031 (Marrant Press) - The vote was held in the rain, and few came, it was said on Thursday by those who stood at the doors of the schools in which it took place.",
    "Gostel, 25 September 2031 – The observers of the vote publish today what they saw at the stations, and what they were not let see, in the three districts.",
    "By Ilse Bresker, The Marrant Post | September 25, 2031",
    "Updated 25 September 2031",
]


@pytest.mark.parametrize("head", HEADS)
def test_the_head_says_when_it_came_out(head: str) -> None:
    assert head_of(f"A vote in Gostel\n\n{head}\n\nPeople voted on 7 June 2030.\n")[0] == SEPTEMBER


def test_a_metadata_block_is_passed_over() -> None:
    text = "Published 1 May 2030\nPublished 25 September 2031\n"
    assert head_of(text, text.index("\n"))[0] == SEPTEMBER


def test_the_first_day_goes_before_that_of_a_change() -> None:
    assert head_of("Updated: 27 September 2031\nPublished: 25 September 2031\n")[0] == SEPTEMBER


@pytest.mark.parametrize(
    "text",
    [
        "People voted on 25 September 2031 in Gostel.",
        "The referendum of 25 September 2031",
        "25 September 2031 was the day of the vote.",
        "Published reports of 25 September 2031 tell of armed men.",
        "GOSTEL, Sept 25 (Marrant Press) - People voted.",
        "word\n" * 40 + "Published 25 September 2031",
    ],
)
def test_another_date_is_not_taken_for_it(text: str) -> None:
    assert head_of(text)[0] is None


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Ilse Bresker", "Ilse Bresker"),
        ("BY ILSE BRESKER IN GOSTEL", "ILSE BRESKER"),
        ("By\nIlse Bresker", "Ilse Bresker"),
        ("By Ilse Bresker and Jon Ostra, The Marrant Post", "Ilse Bresker and Jon Ostra"),
        ("Written by Ilse van Ostra | 25 September 2031", "Ilse van Ostra"),
        ("By evening the boxes were full.", None),
        ("By the time Ilse Bresker came, the boxes were full.", None),
        ("She was driven there by Jon Ostra", None),
    ],
)
def test_a_by_line_names_who_wrote_it(line: str, author: str | None) -> None:
    assert head_of(f"A vote in Gostel\n{line}\nPeople voted.")[1] == author


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["By Ilse ", "a, ", "Published ", "at ", "1:", "- ", "Sept 25, ", "A.-"])
def test_hostile_heads_take_no_time(unit: str) -> None:
    for length in (150, 5_000):
        head_of(unit * (length // len(unit)) + "\n" + "Published " + unit * (120 // len(unit)))
