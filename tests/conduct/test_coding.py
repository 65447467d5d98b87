"""Whole reports: what is found, what is left alone, and that the record can be trusted to the letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.conduct import code
from plebiscope.model.report import Conduct, Report, Statement

DAY = dt.date(2031, 9, 15)


def coded(text: str, published: dt.date | None = DAY, body: int = 0) -> Conduct:
    return code([Report(path="report.txt", published=published, text=text, body=body)])


def codes(text: str) -> set[str]:
    return {statement.code for statement in coded(text).statements}


def only(text: str, wanted: str) -> Statement:
    (statement,) = [one for one in coded(text).statements if one.code == wanted]
    return statement


class TestTraps:
    """What looks like conduct and is none."""

    @pytest.mark.parametrize(
        ("text", "not_these"),
        [
            (
                "Before the vote he threatened the use of nuclear weapons against the neighbours.",
                {"C04", "C12"},
            ),
            ("Ahead of the speech on the referendum, checkpoints were set up in the Great Square.", {"C01"}),
            ("Troops escort villagers to vote in the fake ballots.", {"C30"}),
            ("Volunteers canvass door-to-door for the referendum.", {"C07"}),
            ("The party of the mayor was forced into a run-off.", {"C02"}),
            ("Transparent ballot boxes were bought to make the vote safer.", {"C08", "C09"}),
            ("People vote in glass boxes.", {"C09"}),
            ("The council called for free and fair elections.", {"P01", "C23"}),
            ("It was the opposite of free and fair elections.", {"P01"}),
            ("People voted all day and went home.", {"C24", "C25"}),
            ("The army drafted thousands of men a week after the vote.", {"C02"}),
            ("A pipeline burst after two explosions; the vote had been counted.", {"C12"}),
            ("Students occupied the hall of the university after the election.", {"C11"}),
            ("Facial recognition was tried at the gates on election day.", {"C34"}),
            ("New lists are meant to prevent multiple voting.", {"C29"}),
        ],
    )
    def test_left_alone(self, text: str, not_these: set[str]) -> None:
        assert not codes(text) & not_these

    def test_a_text_about_no_vote_gives_nothing(self) -> None:
        text = "Armed soldiers went from door to door at gunpoint. The occupied region is calm and peaceful."
        assert coded(text).statements == ()

    def test_silence_on_observers_is_no_finding(self) -> None:
        assert not codes("Armed men carried the ballot box from door to door.") & {"C24", "C25"}


class TestStatements:
    def test_words_rule_and_obligation_are_given(self) -> None:
        text = "On Sunday armed men carried the ballot box from door to door in Keldale."
        one = only(text, "C07")
        assert one.verbatim == text[one.start : one.end] == "carried the ballot box from door to door"
        assert one.rule == "C07.box-from-door-to-door"
        assert "I.3.2.a.vi" in one.obligation
        assert (one.severity, one.strength, one.status, one.when) == (2, "firm", "asserted", "2031-09-14")

    def test_a_denial_is_kept_and_never_counted(self) -> None:
        record = coded("“Nobody was forced to vote,” said Governor Petar Hollin.")
        (one,) = record.statements
        assert (one.code, one.status, one.speaker, one.mode) == ("C02", "denied", "Petar Hollin", "direct")
        assert record.support == ()
        assert record.timeline == ()

    def test_a_vow_is_made_although_it_speaks_of_the_future(self) -> None:
        one = only("The allies have vowed that they will never recognise the results of the vote.", "C34")
        assert (one.status, one.speaker) == ("asserted", "The allies")

    def test_a_verdict_has_its_speaker(self) -> None:
        one = only("The opposition leader Jon Bresker called the vote a sham on Monday.", "C23")
        assert (one.speaker, one.when) == ("Jon Bresker", None)

    def test_a_caption_printed_three_times_is_one_statement(self) -> None:
        caption = "Officials with a glass ballot box go into a house in Keldale"
        record = coded("\n\n".join([caption, caption.replace(" in", "  in"), "Nothing else.", caption]))
        (one,) = [found for found in record.statements if found.code == "C08"]
        assert one.copies == 3
        assert record.reports[0].copies_folded == 2

    def test_a_quotation_keeps_its_closing_mark(self) -> None:
        one = only("The allies condemned the vote as a “sham”.", "C23")
        assert one.verbatim == "condemned the vote as a “sham”"
        assert one.mode == "mixed"

    def test_offsets_hold_behind_metadata_and_odd_line_ends(self) -> None:
        head = "---\r\ndate: 2031-09-15\r\n---\r\n"
        text = head + "Voters waited.\r\n\r\n>\r\n\r\nThe elec\u00adtion was\u00a0 a  sham, she said.\r\n"
        record = coded(text, body=len(head))
        assert [text[one.start : one.end] for one in record.reports[0].sentences] == [
            "Voters waited.",
            "The elec\u00adtion was\u00a0 a  sham, she said.",
        ]
        (one,) = record.statements
        assert text[one.start : one.end] == one.verbatim == "elec\u00adtion was\u00a0 a  sham"


class TestRecord:
    def test_it_is_the_same_twice_and_holds_no_text(self) -> None:
        text = "The vote was a sham. Armed men took the ballot box from door to door on Sunday."
        first, second = coded(text).model_dump_json(), coded(text).model_dump_json()
        assert first == second
        assert Conduct.model_validate_json(first).model_dump_json() == first
        assert '"text":"The vote was a sham."' in first
        assert "body" not in first

    def test_reports_and_statements_keep_their_order(self) -> None:
        reports = [
            Report(
                path=name,
                published=DAY,
                text=f"{name} wrote that the vote was a sham. It was not free and fair.",
            )
            for name in ("b.txt", "a.txt")
        ]
        record = code(reports)
        assert [one.report for one in record.statements] == ["b.txt", "b.txt", "a.txt", "a.txt"]
        assert [one.sentence for one in record.statements] == [0, 1, 0, 1]

    def test_reports_of_one_name_are_told_apart(self) -> None:
        report = Report(path="a.txt", text="The vote was a sham.")
        record = code([report, report])
        assert [one.path for one in record.reports] == ["a.txt", "a.txt (2)"]
        assert {one.report for one in record.statements} == {"a.txt", "a.txt (2)"}

    def test_no_report_no_record(self) -> None:
        assert code([]) == Conduct(reports=(), statements=())


PIECES = st.sampled_from(
    [
        "Armed men ", "took the ballot box ", "from door to door ", "at gunpoint ",
        "said Ana Torvik", ". ", ".\n\n", "“", "”", "’", "'", '"', ", ", "the vote was a sham",
        " not free and fair", "\u00a0", "\u00ad", "\u200b", ">\n", "on Thursday ",
        "occupied Bresk ", "she said ", "the results ", "never recognise ", "&amp;", "…", "(", ")",
        "-",
    ]
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def taken_for_english() -> Iterator[None]:
    """These texts are no prose; what is tested is what the rules do with them."""
    with patch("plebiscope.conduct.coding.is_english", return_value=True):
        yield


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_every_word_that_is_quoted_stands_where_it_is_said_to(text: str) -> None:
    record = coded(text)
    report = record.reports[0]
    at = 0
    for sentence in report.sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        assert at <= sentence.start
        at = sentence.end
    for one in record.statements:
        assert text[one.start : one.end] == one.verbatim
        sentence = report.sentences[one.sentence]
        assert sentence.start <= one.start < one.end <= sentence.end
        assert one.copies == sentence.copies


HOSTILE = {
    "one word": "vote",
    "one line": "vote sham armed ",
    "marks": "‘",
    "marks and blanks": "\" ' ",
    "stops": ".",
    "negations in marks": "vote was not '’´ ",
    "dashes": "- ",
    "invisible": "\u200b",
    "ampersands": "&",
    "initials": "A.B. ",
    "names": "Bresker, ",
    "speech": '"vote sham election," said he. ',
    "right to left": "\u202evote\u202c ",
    "rules": "-----",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(60)
def test_hostile_text_takes_time_in_proportion(unit: str) -> None:
    """In proportion, a few seconds; with the square of the length, minutes."""
    text = unit * (400_000 // len(unit))
    for sentence in coded(text).reports[0].sentences:
        assert text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize(
    ("text", "code", "speaker", "status"),
    [
        (
            "Before the election the guards warned that they would beat anyone who voted.",
            "C04",
            None,
            "asserted",
        ),
        (
            "Ana Torvik said that teachers in Gostel had been told they would lose their jobs unless they voted.",
            "C05",
            "Ana Torvik",
            "asserted",
        ),
        (
            "The chairman of the election board, Jon Bresker, said that nobody was beaten at the polls.",
            "C12",
            "Jon Bresker",
            "denied",
        ),
    ],
)
def test_a_threat_is_told_by_the_report_and_nobody_denies(
    text: str, code: str, speaker: str | None, status: str
) -> None:
    statement = only(text, code)
    assert (statement.speaker, statement.status) == (speaker, status)
