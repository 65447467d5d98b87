"""Stated figures: what is picked up as an announced total, with which words, and what is not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from plebiscope.conduct import code
from plebiscope.conduct.figures import in_sentence
from plebiscope.intake.reports import read_report
from plebiscope.model.report import Report, StatedFigure

Told = tuple[str, str, str | None, str | None]
DAY = dt.date(2031, 9, 16)


def told(sentence: str) -> list[Told]:
    """Give kind, number, option and place of what is taken for an announced result."""
    return [
        (one.of or one.kind, str(one.number.value), one.option, one.place)
        for one in in_sentence(sentence, sentence.lower(), DAY)
        if one.basis in ("result", "preliminary")
    ]


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("Turnout was 97 per cent in Gostel.", [("turnout", "97", None, "Gostel")]),
        ("The commission reported a 97 percent turnout in Gostel.", [("turnout", "97", None, "Gostel")]),
        ("A turnout of 87.5 %, the commission said, was a record.", [("turnout", "87.5", None, None)]),
        ("Turnout in the Keldale region stood at 61,3%.", [("turnout", "61.3", None, "Keldale region")]),
        ("Turnout exceeded 90 per cent.", [("turnout", "90", None, None)]),
        ("Turnout rose to 61 per cent.", [("turnout", "61", None, None)]),
        ("Ninety-seven per cent of registered voters took part.", [("turnout", "97", None, None)]),
        ("In Bresk, 85.4 per cent of the electorate had voted.", [("turnout", "85.4", None, "Bresk")]),
        ("99.2% voted in favour, Tass reported.", [("share", "99.2", "in favour", None)]),
        ("Some 96.7 per cent of voters backed union with Keldale.", [("share", "96.7", "union with Keldale", None)]),
        ("Ilse Marrant won 58 per cent of the vote.", [("share", "58", "Ilse Marrant", None)]),
        ("Ilse Marrant was re-elected with 80.1 per cent of the votes.", [("share", "80.1", "Ilse Marrant", None)]),
        (
            "Marrant has 58% of the vote to Bresker's 35%.",
            [("share", "58", "Marrant", None), ("share", "35", "Bresker", None)],
        ),
        ("The board gave Jon Bresker 9.9 per cent of the vote.", [("share", "9.9", "Jon Bresker", None)]),
        ("Yes: 99.23 %, the vote ended.", [("share", "99.23", "Yes", None)]),
        ("Officials gave 90% to yes, on a turnout of 43%.", [("share", "90", "yes", None), ("turnout", "43", None, None)]),
        (
            "Marenna voted by 55% to 45% to stay in the union.",
            [("share", "55", "to stay", None), ("share", "45", None, None)],
        ),
        (
            "Turnout was 97.5 per cent in Gostel, 94.1 per cent in Marrant and 85 per cent in Bresk.",
            [("turnout", "97.5", None, "Gostel"), ("turnout", "94.1", None, "Marrant"), ("turnout", "85", None, "Bresk")],
        ),
        (
            "In Gostel 99 per cent voted to join Keldale, and in Marrant 98 per cent.",
            [("share", "99", "to join Keldale", "Gostel"), ("share", "98", "to join Keldale", "Marrant")],
        ),
        ("Nationwide, 1.2m of 1.5m voters cast ballots.", [("cast", "1200000", None, None), ("registered", "1500000", None, None)]),
        ("A total of 2,131,207 people voted.", [("cast", "2131207", None, None)]),
        ("There were 50,785 invalid ballots.", [("invalid", "50785", None, None)]),
        ("Ilse Marrant received 6,408,844 votes.", [("votes", "6408844", "Ilse Marrant", None)]),
        ("Some 430,268 voted for the union.", [("votes", "430268", "the union", None)]),
        ("The list holds 15.8 million eligible voters.", [("registered", "15800000", None, None)]),
        (
            "The board claimed that 90 per cent of the 2.26 million people who took part had backed the union.",
            [("share", "90", "the union", None)],
        ),
        ("Of those, 71% of the votes cast were in favour.", [("share", "71", "in favour", None)]),
        ("The son of Ilse Marrant has won the election with 60 per cent of the vote.", [("share", "60", None, None)]),
        ("In Bresk 14,812 people were first said to have voted.", [("cast", "14812", None, "Bresk")]),
        ("A provisional count put turnout at 70.1 per cent.", [("turnout", "70.1", None, None)]),
        ("Turnout fell from 70 to 60 per cent.", [("turnout", "60", None, None)]),
        ("Turnout in Gostel fell from 70 per cent to 60 per cent.", [("turnout", "60", None, "Gostel")]),
        ("Turnout dropped to 60 per cent in Bresk.", [("turnout", "60", None, "Bresk")]),
        ("Turnout was up from 48 percent in 2018 to 52 percent.", [("turnout", "52", None, None)]),
        ("Turnout rose sharply from 48 to 52.5 percent in the vote of 2031.", [("turnout", "52.5", None, None)]),
        ("Turnout, which had dropped from 70% at the last election to 60%, was low.", [("turnout", "60", None, None)]),
        ("Turnout fell by 10 per cent to 60 per cent.", [("turnout", "60", None, None)]),
        (
            "Turnout slipped from 62 to 60 per cent, and Ilse Marrant won 58 per cent of the vote.",
            [("turnout", "60", None, None), ("share", "58", "Ilse Marrant", None)],
        ),
    ],
)  # fmt: skip
def test_what_is_picked_up(sentence: str, figures: list[Told]) -> None:
    assert told(sentence) == figures


@pytest.mark.parametrize(
    "sentence",
    [
        "In 14 % of stations observers saw voters who were watched.",
        "Of the polling stations, 44 per cent opened late, and voters left.",
        "In 6 per cent of stations somebody entered the booth with the voter.",
        "With 83.9 per cent of the tables processed, the vote was still open.",
        "The party won 55 per cent of the seats after the vote.",
        "The army holds 60% of the Bresk area, where no vote was held.",
        "Turnout fell by 5 per cent.",
        "Turnout ranged from 40 to 60 per cent.",
        "Turnout was from 40 to 60 per cent.",
        "Officials expect turnout to fall from 70 to 60 per cent.",
        "Her share of airtime fell from 58 per cent to 41 per cent before the vote.",
        "In 2027, turnout had fallen from 70 to 60 per cent.",
        "Turnout was five percentage points lower.",
        "The vote needs a turnout of 50 per cent to be valid.",
        "The barrier for parties is 5 per cent of the vote.",
        "A swing of 4 per cent would have changed the election.",
        "Marrant led by 12 per cent after the vote.",
        "The election was held while prices rose 11.3 per cent.",
        "The number of polling places was cut by 85 percent before the vote.",
        "State television gave the incumbent 83 per cent of prime-time news before the vote.",
        "Of the names that were struck off, 44 percent were of people from the hills who had the vote.",
        "Among the ballots set aside, 54 percent came from the harbour.",
        "Requests for the box rose to 9.1 per cent of those who voted.",
        "Turnout was between 60 and 70 per cent.",
        "Turnouts of 70, 75 and 85 per cent were too frequent.",
        "The assembly took 143 votes to 5; 1,200 votes were found in a cellar.",
        "Some 17,000 votes were added that no voter cast.",
        "He won by a margin of 12,500 votes.",
        "Of 10,985 polling stations 9,870 had voters in them.",
        "Some 1,200 of 1,500 voters interviewed said so.",
        "About 45,000 people were awaiting trial when the vote was held.",
        "No candidate other than these two received more than one per cent of the vote.",
        "Parties must get at least 15 percent of the vote for a seat.",
        "A rival trailing by less than 0.5 percent of the votes may ask for a recount.",
        "She lost the election in 2024 with 5,000 euros in debt.",
    ],
)
def test_what_is_no_result(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "basis"),
    [
        ("An exit poll gave Ilse Marrant 61 per cent of the vote.", "poll"),
        ("Opinion polls had put Ilse Marrant on course for 61 per cent of the vote.", "poll"),
        ("Officials expect a turnout of 70 per cent.", "forecast"),
        ("The target is a turnout of 70 per cent.", "forecast"),
        ("By noon turnout was 31 per cent.", "partial"),
        ("With 80 per cent of ballots counted, Marrant had won 61 per cent of the vote.", "partial"),
        ("Turnout was 44 per cent in 2027.", "another vote"),
        ("At the last election turnout was 44 per cent.", "another vote"),
        ("In 2027, turnout was 44 per cent.", "another vote"),
        ("Turnout is thought to be about 25 per cent.", "own count"),
        ("A parallel count gave Marrant 48 per cent of the vote.", "own count"),
        (
            "In the polling stations where observers watched, Marrant won 48 per cent of the vote.",
            "own count",
        ),
    ],
)
def test_what_is_kept_apart(sentence: str, basis: str) -> None:
    assert [one.basis for one in in_sentence(sentence, sentence.lower(), DAY)] == [basis]


@pytest.mark.parametrize(
    "sentence",
    [
        "Turnout fell from 70 per cent to 60 per cent.",
        "Turnout was down from 70 per cent in 2027 to 60 per cent.",
        "Turnout has dropped from 70% four years ago to 60%.",
    ],
)
def test_what_a_turnout_was_is_of_another_vote(sentence: str) -> None:
    found = in_sentence(sentence, sentence.lower(), DAY)
    assert [(one.kind, one.number.value, one.basis) for one in found] == [
        ("turnout", 70, "another vote"),
        ("turnout", 60, "result"),
    ]


def test_the_vote_before_stands_beside_this_one() -> None:
    sentence = "Turnout was 61 per cent, up from 55 per cent in 2027."
    assert [(one.number.value, one.basis) for one in in_sentence(sentence, sentence.lower(), DAY)] == [
        (61, "result"),
        (55, "another vote"),
    ]
    sentence = "Turnout was 49.4%, two points up on the previous contest, in December 2028."
    assert [one.basis for one in in_sentence(sentence, sentence.lower(), DAY)] == ["result"]


def coded(text: str) -> list[StatedFigure]:
    return list(code([Report(path="r.txt", text=text, published=DAY)]).figures)


def test_a_figure_has_its_words_its_speaker_and_its_place_in_the_text() -> None:
    text = "Voting ended.\n\nTurnout in Gostel was 97.51 per cent, the Board said. It rained."
    (found,) = coded(text)
    assert text[found.start : found.end] == found.verbatim == "97.51 per cent"
    assert (found.speaker, found.place, found.sentence) == ("the Board", "Gostel", 1)
    assert (found.value, found.unit) == (Decimal("97.51"), Decimal("0.01"))


def test_roundness_is_kept() -> None:
    (found,) = coded("About 1.20 million people voted in the referendum.")
    assert (found.value, found.unit, found.bound) == (1_200_000, 10_000, "about")
    (found,) = coded("More than 2,130,000 people voted in the referendum.")
    assert (found.unit, found.bound) == (10_000, "more than")


def test_what_one_voice_says_twice_is_one_figure() -> None:
    assert (
        len(
            coded(
                "That turnout was 61 per cent in Gostel is what the board said of the vote.\n\nIn the vote the turnout in Gostel was 61 per cent, and the hall was empty."
            )
        )
        == 1
    )


def test_a_figure_that_is_called_false_is_denied() -> None:
    (found,) = coded("In one township turnout in the vote reached 781 per cent. False. It was another state.")
    assert found.status == "denied"


def test_the_agency_is_named() -> None:
    (found,) = coded("In the referendum 99.2 per cent voted in favour, Tass reported.")
    assert found.agency == "TASS"


@pytest.mark.parametrize("unit", ["9", "9,", "9 % ", "1,000 ", "turnout ", "of the ", "in Gostel ", "won "])
def test_a_line_without_end_ends(unit: str) -> None:
    coded(f"The vote: {unit * 20000}")


OF_THE_DEVELOPMENT_REPORTS = {
    "dm_syria2014": [
        (620, "share", "90", "result"),
        (1076, "share", "88.7", "result"),
        (1783, "cast", "11600000", "result"),
        (1803, "registered", "15800000", "result"),
    ],
    "eco_belarus2020": [
        (853, "share", "70", "own count"),
        (933, "share", "80", "result"),
        (1952, "share", "9.9", "result"),
    ],
}
"""Every turnout, share and count of this vote that they state, read by a person: where it stands, what it is."""


@pytest.mark.shared
def test_of_the_development_reports(shared: Path) -> None:
    for path in sorted([*shared.glob("seed/*.txt"), *shared.glob("conduct/dev/*.txt")]):
        found = code([read_report(path)]).figures
        assert [
            (one.start, one.of or one.kind, str(one.value), one.basis) for one in found
        ] == OF_THE_DEVELOPMENT_REPORTS.get(path.stem, [])
