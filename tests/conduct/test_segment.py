"""Sentences are found although quotation marks are mangled, and copies are counted once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct.clean import clean
from plebiscope.conduct.segment import fold, sentences


def split(text: str) -> list[str]:
    cleaned = clean(text)
    return [cleaned.text[one.start : one.end] for one in sentences(cleaned)]


def folded(text: str) -> list[tuple[str, int]]:
    cleaned = clean(text)
    return [(cleaned.text[one.start : one.end], one.copies) for one in fold(cleaned, sentences(cleaned))]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One came. Two went. Three stayed.", 3),
        ("“This is no vote,” Marrant said. “And it is no peace. It is a diktat. Nobody is free.’", 4),
        ("‘Is this a vote?’ Marrant asked. Nobody answered.", 2),
        ("Mr. Hollin and Dr. Sand met Gov. Torvik at 5 p.m. on Jan. 3 in St. Bresk.", 1),
        ("J. R. Bresker of the U.S. mission spoke. He left.", 2),
        ("The U.S. They left it.", 2),
        ("It won 3.5 per cent. Nobody else won 0.2.", 2),
        ("He waited... Then he left!", 2),
        ("See no. 5 of the list. There is no. Is there?", 3),
        ("A headline without a stop\n\nThen a sentence.", 2),
        ("A caption\nA caption\nA caption", 3),
        ("The board said on Sunday\nthat all was well.", 1),
        ("First:\n- a box\n- a booth\n- a list", 4),
        ("...\n\n***\n\n–", 0),
        ("", 0),
    ],
)
def test_how_many_sentences(text: str, count: int) -> None:
    assert len(split(text)) == count, split(text)


def test_a_hard_wrapped_paragraph_is_put_together() -> None:
    text = (
        "The members of the board of Gostel carried the box through\n"
        "Keldale on the second day and came to the houses of the\n"
        "elderly, where Ana Torvik saw them. She said nothing."
    )
    assert len(split(text)) == 2


def test_a_sentence_without_end_is_cut() -> None:
    pieces = split("vote " * 5000)
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= 2000


class TestFolding:
    def test_copies_with_other_marks_hyphens_and_blanks_are_one(self) -> None:
        text = (
            "Banners that read 'Gostel, Bresk - Marenna!'  hang beside the hall\n\n"
            "Banners that read ‘Gostel, Bresk – Marenna!’ hang beside the hall\n\n"
            "Banners that read 'Gostel, Bresk - Marenna!' hang beside the hall (file)"
        )
        assert [copies for _, copies in folded(text)] == [3]

    def test_copies_are_found_far_apart(self) -> None:
        caption = "Officials with a box go into a house in Keldale."
        filler = "\n\n".join(
            f"Village {word} has a well and a mill." for word in ("ash", "birch", "cedar", "elm")
        )
        assert (caption, 2) in folded(f"{caption}\n\n{filler}\n\n{caption}")

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            (
                "Observers were sent away from 12 stations in Gostel before the count.",
                "Observers were sent away from 13 stations in Gostel before the count.",
            ),
            (
                "The voters of Keldale were free to see the count that evening.",
                "The voters of Keldale were not free to see the count that evening.",
            ),
            ("He left.", "She left."),
        ],
    )
    def test_what_says_another_thing_is_no_copy(self, one: str, two: str) -> None:
        assert [copies for _, copies in folded(f"{one}\n\n{two}")] == [1, 1]


@given(st.text(alphabet="ab. \n\"'’“”!?(),A1-", max_size=200))
def test_sentences_are_in_order_apart_and_trimmed(text: str) -> None:
    cleaned = clean(text)
    found = sentences(cleaned)
    at = 0
    for one in found:
        assert at <= one.start < one.end <= len(cleaned.text)
        piece = cleaned.text[one.start : one.end]
        assert piece == piece.strip()
        at = one.end
    words = sum(letter.isalnum() for letter in cleaned.text)
    assert words == sum(letter.isalnum() for one in found for letter in cleaned.text[one.start : one.end])


@given(
    st.lists(st.sampled_from(["The box came at noon.", "A guard stood there.", "Nobody voted."]), max_size=12)
)
def test_folding_loses_no_copy(lines: list[str]) -> None:
    found = folded("\n\n".join(lines))
    assert sum(copies for _, copies in found) == len(lines)
    assert [text for text, _ in found] == list(dict.fromkeys(lines))
