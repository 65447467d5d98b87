"""The date of a fact: in its own words or its clause, and never the day on which somebody spoke."""

from __future__ import annotations

import datetime as dt

import pytest

from plebiscope.conduct import code
from plebiscope.conduct.clean import clean
from plebiscope.conduct.segment import sentences
from plebiscope.conduct.setting import spoken_at
from plebiscope.conduct.when import When
from plebiscope.model.report import Held, Report

THURSDAY = dt.date(2022, 9, 29)


def read(text: str, published: dt.date | None = THURSDAY) -> When:
    cleaned = clean(text)
    return When(cleaned.lowered, sentences(cleaned), published)


def of(text: str, fact: str, said: str = "") -> str | None:
    """When a fact of a one-sentence text happened; ``said`` are its words of saying."""
    at = text.lower().index(fact)
    cues = [(text.lower().index(said), text.lower().index(said) + len(said))] if said else []
    found = read(text).of_fact(0, at, at + len(fact), cues)
    return found.when if found else None


@pytest.mark.parametrize(
    ("text", "fact", "said", "when"),
    [
        ("Boxes were carried off on Sunday.", "carried off", "", "2022-09-25"),
        ("Boxes were carried off on Sunday, the board said on Monday.", "carried off", "the board said", "2022-09-25"),
        ("The board said on Monday that boxes were carried off.", "carried off", "the board said", None),
        ("The board said in Gostel on Monday that boxes were carried off.", "carried off", "the board said", None),
        ("On Monday, the board said boxes were carried off.", "carried off", "the board said", None),
        ("The board said boxes were carried off on Sunday.", "carried off", "the board said", "2022-09-25"),
        ("He told reporters at a briefing on Monday: boxes were carried off.", "carried off", "he told", None),
        ("Boxes were carried off ahead of the vote on Sunday.", "carried off", "", None),
        ("On Monday the party sued, saying that boxes were carried off.", "carried off", "saying", None),
        ("In Osk, a town that counted 7,000 votes on Sunday, boxes were carried off.", "carried off", "", None),
        ("On Sunday, the board said, boxes were carried off.", "carried off", "the board said", "2022-09-25"),
        ("Boxes were carried off, and on Sunday the mayor left.", "carried off", "", None),
        ("On Sunday, boxes were carried off, and voters were sent home.", "sent home", "", "2022-09-25"),
    ],
)  # fmt: skip
def test_the_date_of_a_fact(text: str, fact: str, said: str, when: str | None) -> None:
    assert of(text, fact, said) == when


def test_where_the_fact_is_that_it_was_said_the_day_of_speaking_is_its_day() -> None:
    text = "The ministers said on Monday that they condemn the vote."
    found = read(text).of_fact(0, 38, 55, [(0, 18)], is_speech=True)
    assert found is not None
    assert found.when == "2022-09-26"


@pytest.mark.parametrize(
    "told",
    [
        "Gostel held elections on 18 September. On election day the lists were missing.",
        "On September 18, Gostel held snap parliamentary elections. On election day the lists were missing.",
        "The referendum was held on Sunday 18 September. Lists were missing on polling day.",
        "Nobody voted in the hills. In the 18 September election, on election day, nobody could.",
    ],
)
def test_the_day_of_the_vote_is_read_from_the_report(told: str) -> None:
    when = read(told)
    assert when.dates(1)[-1].when == "2022-09-18"


def test_two_days_of_votes_are_as_good_as_none() -> None:
    told = (
        "The election was held on 18 September. The election was held on 4 July. On election day it rained."
    )
    assert read(told).dates(2) == []


def test_the_day_of_the_vote_that_the_case_gives_counts() -> None:
    cleaned = clean("On election day it rained.")
    day = dt.date(2022, 9, 11)
    (found,) = When(cleaned.lowered, sentences(cleaned), THURSDAY, (day, day)).dates(0)
    assert found.when == "2022-09-11"


def test_a_day_is_counted_from_the_sentence_before() -> None:
    when = read("Polls opened in Gostel on 18 September. The boxes had come the previous evening.")
    assert [one.when for one in when.dates(1)] == ["2022-09-17"]


def test_a_day_far_above_is_no_day_to_count_from() -> None:
    when = read(
        "Polls opened on 18 September.\n\nIt rained.\n\nIt snowed.\n\nBoxes came the previous evening."
    )
    assert when.dates(3) == []


def test_other_dates_of_the_report_tell_day_from_month() -> None:
    when = read("Lists were shown on 05/06/2022. They were closed on 25/06/2022.")
    assert [one.when for one in when.dates(0)] == ["2022-06-05"]


def test_what_stands_between_a_word_of_saying_and_the_fact_is_no_place_of_speaking() -> None:
    sentence = "the mayor said voters in gostel were sent home"
    at = sentence.index("gostel")
    assert not spoken_at(sentence, at, at + 6, [(0, 14)])


def test_a_date_of_a_record_shows_its_words_and_its_rule() -> None:
    text = "The election was held in Marrant. Soldiers stood inside the polling stations on Sunday."
    record = code([Report(path="report.txt", published=THURSDAY, text=text)])
    (one,) = [statement for statement in record.statements if statement.when]
    assert one.when == "2022-09-25"
    assert one.when_rule is not None
    assert one.when_rule.startswith("“on Sunday”")


def test_the_case_says_when_election_day_was_and_which_of_two_places_is_meant() -> None:
    text = "The vote took place. On election day soldiers stood inside the polling stations in Valencia."
    report = Report(path="report.txt", published=THURSDAY, text=text)
    (plain,) = code([report]).statements
    (told,) = code([report], held=Held(country="Spain", day=dt.date(2022, 9, 18))).statements
    assert (plain.when, [place.country for place in plain.where]) == (None, [None])
    assert (told.when, [place.country for place in told.where]) == ("2022-09-18", ["ES"])
