"""Text from files cannot act."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.dossier.text import ended, plain, without_name
from plebiscope.model.wording import listed, plain_cell


@given(st.text(), st.integers(1, 50))
def test_plain_text_is_one_short_line_without_control_or_direction_marks(text: str, limit: int) -> None:
    line = plain(text, limit)
    assert len(line) <= limit
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in line)
    assert not any(
        unicodedata.bidirectional(letter) in {"LRE", "RLE", "LRO", "RLO", "PDF"} for letter in line
    )
    assert not any(unicodedata.bidirectional(letter) in {"LRI", "RLI", "FSI", "PDI"} for letter in line)
    line.encode("utf-8")


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Zs", "Zl", "Zp"]))
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert plain(text[:200], 10_000) == text[:200]


def test_a_cut_is_marked() -> None:
    assert plain("x" * 5000, 10) == "x" * 9 + "…"
    assert plain("a " * 5000, 11) == "a a a a a…"


def test_a_name_of_five_thousand_letters_does_not_push_the_rest_of_the_sentence_out() -> None:
    assert plain(f"The option {'x' * 5000} leads.").endswith("… leads.")


@pytest.mark.parametrize("cell", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert plain_cell(cell) == "'" + cell


def test_other_cells_stay() -> None:
    assert [plain_cell(cell) for cell in ("Station 4", "", None)] == ["Station 4", "", ""]


def test_lists_and_full_stops() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == [
        "",
        "a",
        "a and b",
        "a, b or c",
    ]
    assert [ended("a"), ended("a."), ended("a?"), ended(" a "), ended("")] == ["a.", "a.", "a?", "a.", ""]


def test_a_sentence_is_kept_whole_where_it_does_not_begin_with_the_name_of_the_vote() -> None:
    assert without_name("Nothing was found.", "The vote") == "Nothing was found."
    assert without_name("The voters: many.", "The vote") == "The voters: many."
    assert without_name("The vote: ", "The vote") == "The vote: "
    assert without_name("The vote: nothing.", None) == "The vote: nothing."
    assert without_name("The vote, “Nord”: three.", "The vote") == "“Nord”: three."
