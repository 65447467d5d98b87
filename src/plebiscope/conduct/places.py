"""Where words stand that somebody else points to: a reviewer, or a plug-in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plebiscope.conduct.clean import Cleaned, clean
from plebiscope.conduct.passage import Passage


class Place(NamedTuple):
    """Words inside one distinct sentence."""

    sentence: int
    start: int
    end: int
    """Half-open range of the cleaned text."""


def at_offsets(cleaned: Cleaned, passages: Sequence[Passage], start: int, end: int) -> Place | None:
    """Find the words at a half-open range of the original text, blanks at both ends left out.

    Returns
    -------
    Place or None
        Null where there are no words, or they are not inside one distinct sentence.
    """
    first, last = bisect_right(cleaned.ends, start), bisect_left(cleaned.starts, end)
    while first < last and cleaned.text[first].isspace():
        first += 1
    while first < last and cleaned.text[last - 1].isspace():
        last -= 1
    if not any(letter.isalnum() for letter in cleaned.text[first:last]):
        return None
    index = _holding(passages, first)
    return Place(index, first, last) if index >= 0 and last <= passages[index].end else None


def of_words(words: str, cleaned: Cleaned, passages: Sequence[Passage]) -> Iterator[Place]:
    """Find words in the distinct sentences of a text, whatever blanks and marks they are written with."""
    sought = " ".join(clean(words).text.split())
    text = cleaned.text.replace("\n", " ")
    at = text.find(sought) if sought else -1
    while at >= 0:
        index = _holding(passages, at)
        if index >= 0 and at + len(sought) <= passages[index].end:
            yield Place(index, at, at + len(sought))
        at = text.find(sought, at + len(sought))


def _holding(passages: Sequence[Passage], at: int) -> int:
    """Find the last sentence that begins at a letter or before it."""
    return bisect_right(passages, at, key=lambda passage: passage.start) - 1
