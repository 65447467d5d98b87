"""A decision is applied to the statement it was made on, and to no other words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.conduct import code, coding
from plebiscope.conduct.review import rows
from plebiscope.conduct.review_file import ReviewFile, extended, read_lines
from plebiscope.model.errors import InputError
from plebiscope.model.report import Conduct, Report, Statement

TEXT = (
    "On Sunday armed soldiers stood beside the ballot boxes in Gostel during the referendum. "
    "Soldiers also stood beside the ballot boxes in Bresk.\n\n"
    "Jon Bresker called the vote a sham.\n\n"
    "“We all came late,” Ana Torvik said. “People voted at gunpoint.”\n\n"
    "Clerks read the names of those who stayed at home aloud in Gostel."
)
Change = Mapping[str, str]


def reports(text: str = TEXT, path: str = "report.txt") -> list[Report]:
    return [Report(path=path, text=text)]


def sheet(record: Conduct) -> list[dict[str, str]]:
    """The review file of a record, line by line as a person sees it."""
    text = extended("", "review.csv", rows(record, []))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def file_of(lines: list[dict[str, str]]) -> ReviewFile:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(key for line in lines for key in line)))
    writer.writeheader()
    writer.writerows(lines)
    return ReviewFile("review.csv", "0" * 64, read_lines(out.getvalue(), "review.csv"))


def reviewed(
    changes: Mapping[str, Change], *more: Change, text: str = TEXT, now: str | None = None
) -> Conduct:
    """Review the statements of some codes, add lines, and code the text (or what it has become) again."""
    lines = sheet(code(reports(text)))
    for line in lines:
        line.update(changes.get(line["code"], {}))
    return code(reports(now or text), file_of([*lines, *map(dict, more)]))


def of(record: Conduct, wanted: str) -> list[Statement]:
    return [one for one in record.statements if one.code == wanted]


def test_every_statement_has_a_line_and_no_line_decides_anything() -> None:
    record = code(reports())
    lines = sheet(record)
    assert [line["code"] for line in lines] == [one.code for one in record.statements]
    assert len({line["statement"] for line in lines}) == len(lines) >= 4
    assert reviewed({}).statements == record.statements
    assert reviewed({}).support == record.support


def test_accepted_corrected_and_rejected() -> None:
    who = {"reviewer": "M. Keld", "date": "2031-09-20", "note": "heard the recording"}
    record = reviewed(
        {
            "C01": {"decision": "accept", **who},
            "C23": {"decision": "Reject", **who},
            "C02": {"decision": "correct", "new_speaker": "Petar Hollin", "new_when": "2031-09-14", **who},
        }
    )
    plain = code(reports())
    for one in of(record, "C01"):
        assert (one.review, one.judgement.reviewer, one.judgement.coder) == ("accepted", "M. Keld", None)
    (rejected,) = of(record, "C23")
    assert rejected.review == "rejected"
    assert "C23" in {one.code for one in plain.support}
    assert "C23" not in {one.code for one in record.support}
    (corrected,) = of(record, "C02")
    (before,) = of(plain, "C02")
    assert (corrected.review, corrected.speaker, corrected.when) == (
        "corrected",
        "Petar Hollin",
        "2031-09-14",
    )
    assert corrected.judgement.coder.speaker == before.speaker == "Ana Torvik"
    assert corrected.judgement.note == "heard the recording"
    assert record.review.decisions == len(of(record, "C01")) + 2
    assert record.review.unmatched == ()


def test_a_corrected_code_brings_its_own_name_severity_and_obligation() -> None:
    record = reviewed({"C02": {"decision": "correct", "new_code": "C04", "new_standing": "alleged"}})
    (one,) = of(record, "C04")
    assert not of(record, "C02")
    known = code(reports("Masked men threatened voters at the polling station in Gostel on referendum day."))
    (model,) = of(known, "C04")
    assert (one.name, one.severity, one.obligation) == (model.name, model.severity, model.obligation)
    assert (one.status, one.judgement.coder.code) == ("alleged", "C02")


def test_a_reviewer_names_several_places_behind_semicolons() -> None:
    record = reviewed({"C02": {"decision": "correct", "new_where": "Gostel; Marrant district"}})
    (one,) = of(record, "C02")
    (before,) = of(code(reports()), "C02")
    assert [place.name for place in one.where] == ["Gostel", "Marrant district"]
    assert all(place.start is None for place in one.where)
    assert one.judgement.coder.where == before.where


def test_the_report_itself_can_be_the_speaker() -> None:
    record = reviewed({"C23": {"decision": "correct", "new_speaker": "the report itself"}})
    (one,) = of(record, "C23")
    assert (one.speaker, one.mode, one.judgement.coder.speaker) == (None, "narration", "Jon Bresker")


def test_a_confirmed_suggestion_is_firm_and_counts() -> None:
    before = {one.code: one for one in code(reports()).support}
    assert of(code(reports()), "C02")[0].inferred
    after = reviewed({"C02": {"decision": "accept"}})
    (one,) = of(after, "C02")
    assert (one.review, one.strength, one.inferred) == ("accepted", "firm", False)
    assert one.judgement.coder.inferred
    assert {one.code: one for one in after.support}["C02"].speakers == before["C02"].speakers == 1


def test_what_is_only_suggested_is_counted_apart_until_it_is_confirmed() -> None:
    # Told of another vote, so only suggested, whatever the rules of the codebook become.
    text = "At the last referendum, two years ago, people in Bresk voted at gunpoint."
    plain = code(reports(text))
    assert {one.strength for one in plain.statements} == {"suggested"}
    (support,) = plain.support
    assert (support.independent, support.with_suggestions) == (0, 1)
    (support,) = reviewed({support.code: {"decision": "accept"}}, text=text).support
    assert (support.independent, support.with_suggestions) == (1, 1)


class TestAChangedReport:
    def test_takes_no_decision_to_other_words(self) -> None:
        now = TEXT.replace("Jon Bresker called", "On Monday Jon Bresker called")
        record = reviewed({"C23": {"decision": "reject"}, "C01": {"decision": "accept"}}, now=now)
        assert all(one.review is None for one in record.statements)
        lines = sheet(code(reports()))
        assert len(record.review.unmatched) == sum(line["code"] in ("C23", "C01") for line in lines)
        assert {one.why for one in record.review.unmatched} == {
            "the text of the report is not the one that was reviewed"
        }

    def test_under_another_name_it_is_the_same(self) -> None:
        lines = sheet(code(reports()))
        for line in lines:
            line["decision"] = "accept"
        record = code(reports(path="archive/other.txt"), file_of(lines))
        assert {one.review for one in record.statements} == {"accepted"}

    def test_a_report_that_is_not_there(self) -> None:
        lines = sheet(code(reports()))
        lines[0]["decision"] = "reject"
        record = code(reports("It rained in Bresk on the day of the vote.", "other.txt"), file_of(lines))
        assert [one.why for one in record.review.unmatched] == ["its report is not part of this run"]


@settings(max_examples=25)
@given(at=st.integers(0, len(TEXT)), cut=st.integers(0, 40), put=st.text("a. \n“”x", max_size=5))
def test_no_edit_of_a_report_moves_a_decision(at: int, cut: int, put: str) -> None:
    now = TEXT[:at] + put + TEXT[at + cut :]
    record = reviewed({one: {"decision": "accept"} for one in ("C01", "C02", "C23")}, now=now)
    decided = [one for one in record.statements if one.review]
    assert bool(decided) == (now == TEXT)
    assert len(record.review.unmatched) + len(decided) == record.review.decisions


def test_a_rule_that_no_longer_fires_leaves_its_decision_unmatched(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = sheet(code(reports()))
    for line in lines:
        line["decision"] = "accept"
    kept: Callable = coding.matches
    monkeypatch.setattr(coding, "matches", lambda read: (m for m in kept(read) if m.code.id != "C23"))
    record = code(reports(), file_of(lines))
    (left,) = record.review.unmatched
    assert left.code == "C23"
    assert "sham" in left.words
    assert left.why == "the coder no longer finds this statement in the report"


def test_what_was_accepted_stands_where_the_coder_now_says_otherwise() -> None:
    lines = sheet(code(reports()))
    (line,) = [line for line in lines if line["code"] == "C23"]
    line |= {"decision": "accept", "speaker": "Jon Bresker of Gostel", "standing": "alleged"}
    (one,) = of(code(reports(), file_of(lines)), "C23")
    assert (one.speaker, one.status, one.review) == ("Jon Bresker of Gostel", "alleged", "corrected")
    assert (one.judgement.coder.speaker, one.judgement.coder.status) == ("Jon Bresker", "asserted")


class TestAdded:
    LINE = {"report": "report.txt", "decision": "add", "code": "C04", "reviewer": "M. Keld"}
    WORDS = "read the names of those who stayed at home aloud"

    def test_by_its_words(self) -> None:
        record = reviewed({}, {**self.LINE, "words": self.WORDS})
        (one,) = of(record, "C04")
        assert TEXT[one.start : one.end] == one.verbatim == self.WORDS
        assert record.reports[0].sentences[one.sentence].text.startswith("Clerks")
        assert (one.review, one.rule, one.strength) == ("added", "review", "firm")
        assert (one.speaker, one.status, one.mode) == (None, "asserted", "narration")
        assert "C04" in {one.code for one in record.support}

    def test_own_code_finds_the_voice_unless_the_reviewer_names_it(self) -> None:
        words = {**self.LINE, "words": "We all came late"}
        (one,) = of(reviewed({}, words), "C04")
        assert (one.speaker, one.mode) == ("Ana Torvik", "direct")
        (one,) = of(reviewed({}, {**words, "speaker": "the guards", "standing": "denied"}), "C04")
        assert (one.speaker, one.status) == ("the guards", "denied")

    def test_words_may_be_written_with_other_marks_and_breaks(self) -> None:
        text = "Guards\u00a0took the voters’\nphones away in Gostel during the referendum."
        line = {**self.LINE, "words": "took the voters' phones"}
        (one,) = of(reviewed({}, line, text=text), "C04")
        assert one.verbatim == "took the voters’\nphones"

    def test_words_that_stand_there_twice_need_their_place(self) -> None:
        words = "stood beside the ballot boxes in"
        record = reviewed({}, {**self.LINE, "words": words})
        (left,) = record.review.unmatched
        assert left.why.startswith("the words stand in the report 2 times")
        at = TEXT.rindex(words)
        (one,) = of(reviewed({}, {**self.LINE, "words": words, "start": str(at)}), "C04")
        assert one.start == at

    @pytest.mark.parametrize("words", ["nobody wrote this", "in Bresk. Jon Bresker", "—"])
    def test_words_that_are_not_there_are_listed(self, words: str) -> None:
        record = reviewed({}, {**self.LINE, "words": words})
        assert not of(record, "C04")
        (left,) = record.review.unmatched
        assert (left.words, left.reviewer) == (words, "M. Keld")
        assert left.why == "the words do not stand in one sentence of the report"

    def test_what_the_coder_finds_too_is_not_counted_twice(self) -> None:
        line = {**self.LINE, "code": "C23", "words": "a sham"}
        (one,) = of(reviewed({}, line), "C23")
        assert (one.review, one.rule) == ("accepted", of(code(reports()), "C23")[0].rule)
        with pytest.raises(InputError, match="have the code C23 by line"):
            reviewed({"C23": {"decision": "accept"}}, line)
        first, second = of(reviewed({"C23": {"decision": "reject"}}, line), "C23")
        assert {first.review, second.review} == {"added", "rejected"}

    def test_to_a_report_in_another_language(self) -> None:
        text = "Am Sonntag standen bewaffnete Soldaten neben den Urnen in Gostel. Die Wahl war nicht frei, und das Volk wusste es."
        (empty,) = sheet(code(reports(text)))
        assert (empty["report"], empty["words"], empty["decision"]) == ("report.txt", "", "")
        line = {**empty, **self.LINE, "code": "C01", "words": "standen bewaffnete Soldaten neben den Urnen"}
        record = code(reports(text), file_of([line]))
        assert not record.reports[0].read
        assert [(one.code, one.review) for one in record.statements] == [("C01", "added")]

    def test_a_report_is_known_by_its_name_and_told_apart_by_its_path(self) -> None:
        line = {**self.LINE, "words": self.WORDS, "statement": ""}
        one, other = reports(path="a/report.txt"), reports(TEXT + " It rained.", "b/report.txt")
        lines = sheet(code([*one, *other]))

        def added(*more: Change) -> list[str]:
            record = code([*one, *other], file_of([*lines, *map(dict, more)]))
            return [found.report for found in of(record, "C04")]

        assert added(line) == []
        assert added({**line, "report": "b/report.txt"}) == ["b/report.txt"]
        its_key = next(one["statement"] for one in lines if one["report"] == "a/report.txt")
        assert added({**line, "statement": its_key}) == ["a/report.txt"]

    def test_to_the_text_that_was_read_and_to_no_other(self) -> None:
        line = {**self.LINE, "words": self.WORDS}
        record = reviewed({}, line, now="An editor's note.\n\n" + TEXT)
        assert not of(record, "C04")
        (left,) = record.review.unmatched
        assert left.why == "the text of the report is not the one that was reviewed"

    def test_two_reports_that_change_their_names_keep_what_was_added(self) -> None:
        other = TEXT.replace("Gostel", "Marrant")
        lines = sheet(code([*reports(path="a.txt"), *reports(other, "b.txt")]))
        line = {**self.LINE, "words": self.WORDS, "report": "a.txt"}
        record = code([*reports(path="b.txt"), *reports(other, "a.txt")], file_of([*lines, line]))
        (one,) = of(record, "C04")
        assert one.report == "b.txt"

    def test_to_a_text_that_nothing_names_is_asked_back(self) -> None:
        line = {**self.LINE, "words": self.WORDS}
        record = code(reports(), file_of([line]))
        (left,) = record.review.unmatched
        assert left.why.startswith("the file knows no text of a report of that name")
        (its_key,) = [
            word.strip("`") for word in left.why.split() if word.startswith("`s") and "statement" not in word
        ]
        record = code(reports(), file_of([{**line, "statement": its_key}]))
        assert [one.review for one in of(record, "C04")] == ["added"]

    def test_to_a_report_that_has_had_several_texts_is_asked_back(self) -> None:
        now = TEXT + " It rained."
        lines = [*sheet(code(reports())), *sheet(code(reports(now)))]
        line = {**self.LINE, "words": self.WORDS}
        record = code(reports(now), file_of([*lines, line]))
        assert not of(record, "C04")
        assert "several texts" in record.review.unmatched[0].why
        record = code(reports(now), file_of([*lines, {**line, "statement": lines[-1]["statement"]}]))
        assert len(of(record, "C04")) == 1


def test_a_line_whose_words_were_changed_is_refused() -> None:
    lines = sheet(code(reports()))
    lines[1] |= {"decision": "accept", "words": "other words"}
    with pytest.raises(InputError) as met:
        code(reports(), file_of(lines))
    assert met.value.where == "review.csv, line 3"
    assert "other words" in met.value.met


def test_what_has_a_line_gets_no_second_one() -> None:
    record = code(reports())
    text = extended("", "review.csv", rows(record, []))
    assert rows(record, read_lines(text, "review.csv")) == []
    two = code([*reports(), *reports("The vote was a sham.", "b.txt")])
    more = rows(two, read_lines(text, "review.csv"))
    assert [line["report"] for line in more] == ["b.txt"]
    assert extended(text, "review.csv", more).startswith(text)


def test_one_text_given_twice_is_reviewed_once() -> None:
    both = [*reports(path="a.txt"), *reports(path="b.txt")]
    lines = sheet(code(both))
    assert {line["report"] for line in lines} == {"a.txt"}
    for line in lines:
        line["decision"] = "reject"
    assert {one.review for one in code(both, file_of(lines)).statements} == {"rejected"}
