"""A review file as people and their spreadsheets leave it."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct.review_file import extended, read_lines
from plebiscope.conduct.review_line import COLUMNS, Line
from plebiscope.model.errors import InputError

ROW = {"report": "report.txt", "code": "C23", "words": "sham", "statement": "s0-1", "speaker": "Jon Bresker"}


def table(*rows: dict[str, str], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def complaint(text: str, name: str = "review.csv") -> InputError:
    with pytest.raises(InputError) as met:
        read_lines(text, name)
    return met.value


def only(row: dict[str, str]) -> Line:
    (line,) = read_lines(table(row), "review.csv")
    return line


@pytest.mark.parametrize("name", ["review.csv", "review.toml"])
@given(cell=st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=40))
def test_what_is_written_is_read_back(name: str, cell: str) -> None:
    (line,) = read_lines(extended("", name, [{**ROW, "words": cell, "speaker": cell}]), name)
    assert (line.statement, line.verb) == ("s0-1", None)
    if "\ufffd" not in cell:
        assert (line.words or "", line.speaker or "") == (cell, cell)


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)"])
def test_no_cell_is_a_formula_and_none_is_changed_by_that(cell: str) -> None:
    text = extended("", "review.csv", [{**ROW, "words": cell}])
    written = next(csv.DictReader(io.StringIO(text, newline="")))["words"]
    assert written == "'" + cell
    assert read_lines(text, "review.csv")[0].words == cell


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_what_stands_in_a_file_stays_as_it_is(delimiter: str, end: str) -> None:
    text = table({**ROW, "decision": "accept", "note": 'He said "no"; twice'}, delimiter=delimiter)
    text = text.replace("\r\n", end).rstrip()
    more = extended(text, "review.csv", [{**ROW, "statement": "s0-2"}])
    assert more.startswith(text)
    assert [line.statement for line in read_lines(more, "review.csv")] == ["s0-1", "s0-2"]


@pytest.mark.parametrize(
    ("blank", "delimiter"), [("\n", ","), ("\r\n", ";"), ("  \n", ","), (";;;\n\n", ";"), (",,\n", ",")]
)
def test_a_line_without_cells_before_the_header_changes_nothing(blank: str, delimiter: str) -> None:
    text = blank + table({**ROW, "decision": "accept"}, delimiter=delimiter)
    more = extended(text, "review.csv", [{**ROW, "statement": "s0-2"}])
    assert more.startswith(text)
    assert [line.statement for line in read_lines(more, "review.csv")] == ["s0-1", "s0-2"]


def test_columns_may_be_in_another_order_and_of_the_readers_own() -> None:
    text = "Desk,statement,Decision,words\nforeign,s0-1,accept,sham\n"
    more = extended(text, "review.csv", [{**ROW, "statement": "s0-2"}])
    first, second = read_lines(more, "review.csv")
    assert (first.verb, first.words) == ("accept", "sham")
    assert (second.verb, second.statement, second.words) == (None, "s0-2", "sham")


def test_toml_is_extended_too() -> None:
    text = '# ours\n[[decision]]\nstatement = "s0-1"\ndecision = "reject"\n'
    more = extended(text, "review.toml", [{**ROW, "statement": "s0-2", "note": 'a "b" \\ \u200b'}])
    assert more.startswith(text)
    first, second = read_lines(more, "review.toml")
    assert (first.verb, first.number, second.statement) == ("reject", 2, "s0-2")
    assert second.note == 'a "b" \\ \u200b'


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"decision": "perhaps"}, "'perhaps' is no decision"),
        ({"decision": "correct", "new_code": "C99"}, "there is no code 'C99'"),
        ({"decision": "correct", "new_standing": "true"}, "'true' is no standing"),
        ({"decision": "correct", "new_when": "soon"}, "'soon' is no day"),
        ({"decision": "correct", "new_where": "; ;"}, "'; ;' names no place"),
        ({"decision": "correct", "new_when": "03/04/2031"}, "could be two days"),
        ({"decision": "correct"}, "nothing new is filled in"),
        ({"decision": "accept", "new_code": "C01"}, "new_code is filled in, but the decision is accept"),
        ({"decision": "reject", "new_speaker": "x"}, "new_speaker is filled in, but the decision is reject"),
        ({"new_code": "C01"}, "new_code is filled in, but the decision is empty"),
        ({"decision": "accept", "statement": ""}, "without the key of a statement"),
        ({"decision": "add", "words": ""}, "without its words"),
        ({"decision": "add", "code": ""}, "without its code"),
        ({"decision": "add", "start": "here"}, "'here' is no offset"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_line(row: dict[str, str], said: str) -> None:
    met = complaint(table({**ROW, "statement": "s0-0"}, {**ROW, **row}))
    assert said in met.met
    assert met.where == "review.csv, line 3"


def test_nobody_decides_twice() -> None:
    accept, reject = {**ROW, "decision": "accept"}, {**ROW, "decision": "reject"}
    assert "in line 2, and in the same way" in complaint(table(accept, accept)).met
    met = complaint(table(accept, ROW, reject))
    assert "in line 2, and otherwise: accept, and here reject" in met.met
    assert met.where == "review.csv, line 4"
    add = {**ROW, "decision": "add"}
    assert "in line 2" in complaint(table(add, add)).met
    assert len(read_lines(table(add, {**add, "code": "C01"}), "review.csv")) == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('decision,statement\naccept,"s0\n', 2, "damaged"),
        ('decision,statement\n,s0\naccept,"s0"1\n', 3, "damaged"),
        ("decision,statement\n,s0,\naccept,s0-1,x\n", 3, "3 cells, and the header 2"),
        ("decision,decision,statement\n", 1, "two columns are called 'decision'"),
        ("code,statement\nC01,s0\n", 1, "not the header of a review file"),
        ("decision,statement\naccept,s0\ufffd\n", 2, "damaged"),
        ("decision,statement\n,s0\n\n\nmaybe,s1\n", 5, "'maybe' is no decision"),
        ('decision,statement,note\n,s0,"two\nlines"\nmaybe,s1,\n', 4, "'maybe' is no decision"),
    ],
)
def test_a_damaged_file_says_where(text: str, line: int, said: str) -> None:
    met = complaint(text)
    assert said in met.met
    assert met.where == f"review.csv, line {line}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[decision]\n", "line 1"),
        ('x = 1\n[[decision]]\ndecision = ""\n', "unknown entries: x"),
        ('[[decision]]\ncolour = "red"\n', "unknown entries: colour"),
        ("decision = 3\n", "unknown entries"),
        ("[[decision]]\nnote" + ".a" * 3000 + " = 1\n", "`note` is no text"),
    ],
)
def test_toml_that_is_none(text: str, said: str) -> None:
    assert said in complaint(text, "review.toml").met


def test_a_list_that_tables_cannot_continue_is_refused() -> None:
    text = 'decision = [{statement = "s0", decision = "accept"}]\n'
    assert read_lines(text, "review.toml")[0].verb == "accept"
    with pytest.raises(InputError, match="no valid TOML"):
        extended(text, "review.toml", [ROW])


@pytest.mark.parametrize("name", ["review.csv", "review.toml"])
@given(
    text=st.text(max_size=200),
    head=st.sampled_from(["", "decision,statement\n", "[[decision]]\nwords = ", '"']),
)
def test_no_text_brings_it_down(name: str, text: str, head: str) -> None:
    with contextlib.suppress(InputError):
        read_lines(head + text, name)


@pytest.mark.parametrize("name", ["review.csv", "review.toml"])
@pytest.mark.parametrize(
    "text",
    [
        "decision," * 1_000_000,
        '"' * 10_000_000,
        " " * 10_000_000 + "x",
        "decision = " + "[" * 100_000,
        "decision = " + "9" * 1_000_000,
        "decision,statement\n" + "x" * 10_000_000,
        "decision,statement\n" + ",\n" * 300_000,
    ],
    ids=["wide", "quotes", "blanks", "nested", "digits", "long", "empty"],
)
def test_files_made_to_hurt_end_in_a_message_or_in_nothing(name: str, text: str) -> None:
    with contextlib.suppress(InputError):
        assert not [line for line in read_lines(text, name) if line.verb]


def test_the_report_itself_and_nothing_can_be_said() -> None:
    new = {"new_speaker": "The report itself", "new_when": "none", "new_where": "None"}
    assert only({**ROW, "decision": "correct", **new}).new == {"speaker": None, "when": None, "where": None}


def test_places_are_read_without_what_stands_between_them() -> None:
    line = only({**ROW, "decision": "correct", "new_where": " ; Gostel;; Marrant district ;"})
    assert line.new == {"where": "Gostel; Marrant district"}
