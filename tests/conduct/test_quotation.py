"""Quoted words are found although the marks cannot be trusted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct.quotation import quotations


def quoted(text: str) -> list[str]:
    return [text[one.start : one.end] for one in quotations(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('"All is well," he said.', ["All is well,"]),
        ("\"It is no vote,' he said.", ["It is no vote,"]),
        ("'It is no vote,\" he said.", ["It is no vote,"]),
        ("The board's box and the voters' list.", []),
        ("They called the vote a 'sham' and left.", ["sham"]),
        ('"One," she said. "Two."', ["One,", "Two."]),
        ("\"It was 'a farce' to me,\" she said.", ["It was 'a farce' to me,"]),
        ('"It goes on to the end', ["It goes on to the end"]),
        ("'The voters' names were read,' she said.", ["The voters' names were read,"]),
        ("He is 6' tall and weighs 90.", []),
        ("", []),
    ],
)
def test_what_is_quoted(text: str, inside: list[str]) -> None:
    assert quoted(text) == inside


@given(st.text(alphabet="ab s.,!\"'1", max_size=80))
def test_quotations_are_in_order_and_apart(text: str) -> None:
    at = 0
    for one in quotations(text, 0, len(text)):
        assert at <= one.start <= one.end <= len(text)
        at = one.end
