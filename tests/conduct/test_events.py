"""The timeline: events of the vote, their days, and how many days after it they were."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from plebiscope.conduct import code
from plebiscope.intake.reports import read_report
from plebiscope.model.report import Held, Moment, Report

TUESDAY = dt.date(2031, 9, 16)


def moments(
    *texts: str, voted: dt.date | None = None, published: dt.date | None = TUESDAY
) -> tuple[Moment, ...]:
    reports = [Report(path=f"{n}.txt", text=text, published=published) for n, text in enumerate(texts)]
    return code(reports, held=Held(day=voted)).timeline


@pytest.mark.parametrize(
    ("sentence", "event", "when", "held"),
    [
        ("The referendum in Gostel was held on Sunday.", "vote", "2031-09-14", True),
        ("On Sunday the people of Gostel went to the polls.", "vote", "2031-09-14", True),
        ("Gostel held a referendum from 12 to 14 September 2031.", "vote", "2031-09-12/2031-09-14", True),
        ("The referendum will be held on Sunday.", "vote", "2031-09-21", False),
        ("The result of the vote was announced on Monday.", "result", "2031-09-15", True),
        ("On Monday the commission declared Ilse Marrant the winner of the election.", "result", "2031-09-15", True),
        ("After the vote there will be a signing ceremony in the hall on Friday.", "ceremony", "2031-09-19", False),
        ("After the vote Ilse Marrant was sworn in yesterday.", "ceremony", "2031-09-15", True),
    ],
)  # fmt: skip
def test_an_event_and_its_day(sentence: str, event: str, when: str, held: bool) -> None:
    found = [one for one in moments(sentence) if one.event == event]
    assert [(one.when, one.held) for one in found] == [(when, held)]
    assert sentence[found[0].start : found[0].end]


def test_days_are_counted_from_the_last_day_of_the_vote() -> None:
    text = (
        "The referendum was held on Saturday and Sunday. The result of the vote was announced on Monday. "
        "The law on the union was signed today, after the vote."
    )
    found = moments(text)
    assert [(one.event, one.days) for one in found if one.event != "vote"] == [
        ("result", 1),
        ("enactment", 2),
    ]
    assert [text[one.start : one.end] for one in found][-1] == "law on the union was signed"


def test_the_case_knows_the_day_of_the_vote() -> None:
    text = "There will be a signing ceremony tomorrow, the spokesman said today of the vote."
    (found,) = moments(text, voted=dt.date(2031, 9, 14))
    assert (found.when, found.days, found.announced) == ("2031-09-17", 3, "2031-09-16")
    assert moments(text)[0].days is None


def test_an_event_that_several_tell_of_is_one() -> None:
    (found,) = moments(
        "The referendum in Gostel was held on Sunday, said the board.",
        "It was on Sunday that the people of the town of Gostel went to the polls.",
    )
    assert (found.sentences, found.report) == (2, "0.txt")


def test_a_denied_vote_is_no_event() -> None:
    assert moments("In the villages of the north no referendum was held on Sunday.") == ()


def test_a_law_of_another_year_is_none_of_its_consequences() -> None:
    text = "The referendum was held on Sunday. The law on the vote was signed on 3 May 2029."
    assert [one.event for one in moments(text)] == ["vote"]


def test_without_a_day_there_is_no_event() -> None:
    assert moments("The referendum in Gostel was held, and the result was announced.", published=None) == ()


@pytest.mark.shared
def test_of_the_founding_report(shared: Path) -> None:
    """The annexation was announced two days after the vote for the third; the days are the gold's."""
    (path,) = shared.glob("seed/*.txt")
    report = read_report(path, published=dt.date(2022, 9, 29))
    found = code([report], held=Held(day=dt.date(2022, 9, 27))).timeline
    assert {one.event for one in found} == {"ceremony", "enactment"}
    assert {(one.when, one.days, one.announced, one.held) for one in found} == {
        ("2022-09-30", 3, "2022-09-29", False)
    }
