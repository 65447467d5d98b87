"""A sentence as the rules see it: its words, the notions named in it, and whom its pronouns stand for.

A fact is often told over two sentences: "The observers arrived at noon. They were told to leave." So a
pronoun stands for the persons whom the sentence before names first.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from plebiscope.conduct import codebook
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.lexicon import Token, tokens
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.scanned import Scanned

_PRONOUNS = frozenset(("they", "them", "he", "she", "him", "her", "both"))
_WALLS = frozenset(("but", "while", "although", "though", "whereas", "because"))
"""Before these words something begins that is told apart."""


@dataclass
class Reading:
    """A sentence with the words and the notions found in it."""

    passage: Passage
    lowered: str
    cased: str
    words: list[Token]
    scanned: Scanned
    hits: dict[str, dict[int, tuple[int, ...]]]
    walls: list[int] = field(init=False)

    def __post_init__(self) -> None:
        # "All but" parts nothing: it says "nearly".
        self.walls = [
            at
            for at, token in enumerate(self.words)
            if token.word in _WALLS and not (at and self.words[at - 1].word == "all")
        ]

    def range_of(self, start: int, end: int) -> tuple[int, int]:
        """Carry a half-open range of words over to letters of the sentence."""
        return self.words[start].start, self.words[end - 1].end

    def holds(self, notion: str, first: int = 0, last: int | None = None) -> bool:
        """Tell whether a notion is named in a half-open range of letters."""
        if notion not in self.hits:
            phrases = codebook.load().phrases
            if notion not in phrases.conditions:
                return False
            self.hits[notion] = phrases.seek(notion, self.scanned, self.hits)
        last = len(self.lowered) if last is None else last
        return any(
            first < self.words[end - 1].end and self.words[at].start < last
            for at, ends in self.hits[notion].items()
            for end in ends
        )


def readings(cleaned: Cleaned, passages: Sequence[Passage]) -> list[Reading]:
    """Read every sentence of a report.

    Returns
    -------
    list of Reading
        One for each passage, in their order.
    """
    lowered = cleaned.lowered
    found = [_read(cleaned, lowered, passage) for passage in passages]
    _carry(found)
    return found


def _read(cleaned: Cleaned, lowered: str, passage: Passage) -> Reading:
    cased = cleaned.text[passage.start : passage.end]
    words = tokens(cased)
    phrases = codebook.load().phrases
    scanned = phrases.scan(words)
    return Reading(
        passage, lowered[passage.start : passage.end], cased, words, scanned, phrases.find(scanned)
    )


def _carry(read: Sequence[Reading]) -> None:
    """Let pronouns stand for the persons whom the sentence before names first."""
    persons = codebook.load().persons
    for before, one in itertools.pairwise(read):
        if one.passage.paragraph - before.passage.paragraph > 1:
            continue
        at = next((at for at, token in enumerate(one.words) if token.word in _PRONOUNS), None)
        if at is None or any(place < at for name in persons for place in one.hits.get(name, ())):
            continue
        first = min((place for name in persons for place in before.hits.get(name, ())), default=None)
        for name in persons:
            if first is not None and first in before.hits.get(name, ()):
                own = one.hits.setdefault(name, {})
                own[at] = (*own.get(at, ()), at + 1)
