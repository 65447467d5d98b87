"""Where what is told of one subject ends inside a sentence."""

from __future__ import annotations

import pytest

from plebiscope.conduct.bounds import bounds
from plebiscope.conduct.lexicon import tokens
from plebiscope.conduct.matching import together
from plebiscope.conduct.notions import Phrases

NOTIONS = {"observers": ["observer"], "out": ["expel"], "across": ["observer ..9 expel"]}


@pytest.mark.parametrize(
    ("sentence", "reached"),
    [
        ("Observers of the north said the mayor had been expelled.", False),
        ("Observers said on Sunday that the mayor had been expelled.", False),
        ("Observers said they had been expelled.", True),
        ("Observers were, said the head of their mission, expelled.", True),
        ("The observers who can say how many were expelled are few.", True),
        ("Bresker, who led the observers, was expelled.", False),
        ("The observers, who came from Gostel, were expelled.", True),
        ("He thanked the observers, and was expelled.", False),
        ("The observers came late, and were expelled.", True),
    ],
)
def test_what_is_told_of_another_subject_is_not_reached(sentence: str, reached: bool) -> None:
    words = tokens(sentence)
    phrases = Phrases(NOTIONS)
    scanned = phrases.scan(words)
    assert ("across" in phrases.find(scanned)) == reached


@pytest.mark.parametrize(
    ("sentence", "met"),
    [
        ("Observers of the north said the mayor had been expelled.", 0),
        ("Bresker, who led the observers, was expelled.", 0),
        ("The observers, who came from Gostel, were expelled.", 1),
    ],
)
def test_notions_do_not_stand_together_over_a_bound(sentence: str, met: int) -> None:
    words = tokens(sentence)
    phrases = Phrases(NOTIONS)
    hits = phrases.find(phrases.scan(words))
    slots = [hits["observers"], hits["out"]]
    found = list(together(words, slots, within=9, ordered=False, walls=(), bounds=bounds(words)))
    assert len(found) == met
