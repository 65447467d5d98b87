"""The readable copy of a text never loses where a letter stood."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct.clean import clean

PIECES = st.sampled_from(
    [
        "vote", "Bresk", "élu", "elec\u00adtion", "\u200bbox", "&amp;", "&eacute;lan", "&#8220;",
        "12", "’", "“", "”", "„", "«", "»", "''", "``", "…", "ﬁ", "—", "â€œ", "â€™", " ", "  ",
        "\u00a0", "\n", "\r\n", "\n\n", "\n>\n", ">", "* ", "- ", "•", "\u202e", "\ufeff", "\t",
        "-", ".", "!", "&", "&;", "#", "\x0b", "İ", "😀",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60)


@pytest.mark.parametrize(
    ("original", "cleaned"),
    [
        ("One.\n\n>\n\nTwo.", "One.\n\nTwo."),
        ("the elec\u00adtion\u200b day", "the election day"),
        ("a\u00a0 \t b", "a b"),
        ("“sham’", "\"sham'"),
        ("«sham» „sham‟", '"sham" "sham"'),
        ("``sham''", '"sham"'),
        ("theyâ€™re â€œfreeâ€\x9d", 'they\'re "free"'),
        ("the board&#8217;s &amp; others&hellip;", "the board's & others..."),
        ("* one\n* two", "one\n\ntwo"),
        ("a line\nthat goes on", "a line\nthat goes on"),
        ("end\r\nstart", "end\nstart"),
        ("> quoted\n> mail", "quoted\nmail"),
        ("\ufeffHead\n=====\nBody", "Head\n\nBody"),
    ],
)
def test_a_scraped_text_becomes_readable(original: str, cleaned: str) -> None:
    assert clean(original).text == cleaned


@given(TEXTS)
def test_every_word_maps_back_to_itself(original: str) -> None:
    copy = clean(original)
    for word in re.finditer(r"\w+", copy.text):
        start, end = copy.span(*word.span())
        assert clean(original[start:end]).text.strip("_- ") == word[0].strip("_")


@given(TEXTS)
def test_the_map_is_in_order_and_inside_the_original(original: str) -> None:
    copy = clean(original)
    assert len(copy.text) == len(copy.starts) == len(copy.ends) == len(copy.lowered)
    for at in range(len(copy.text)):
        assert 0 <= copy.starts[at] < copy.ends[at] <= len(original)
        assert at == 0 or copy.starts[at - 1] <= copy.starts[at]


@given(TEXTS)
def test_no_letter_of_the_original_is_lost(original: str) -> None:
    copy = clean(original)
    kept = {place for start, end in zip(copy.starts, copy.ends, strict=True) for place in range(start, end)}
    assert all(place in kept for place, letter in enumerate(original) if letter.isalnum())


def test_what_stands_before_the_body_is_not_read() -> None:
    original = "---\ndate: 2022-09-29\n---\nBody."
    copy = clean(original, original.index("Body"))
    assert copy.text == "Body."
    assert copy.span(0, 4) == (original.index("Body"), original.index("Body") + 4)
