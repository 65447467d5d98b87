"""Where notions stand together."""

from __future__ import annotations

import pytest

from plebiscope.conduct.lexicon import tokens
from plebiscope.conduct.matching import together
from plebiscope.conduct.notions import Phrases


@pytest.mark.parametrize(
    ("sentence", "within", "ordered", "spans"),
    [
        ("guards expelled observers", 3, False, ["expelled observers"]),
        ("observers were expelled", 3, False, ["observers were expelled"]),
        ("expelled were observers", 3, True, []),
        ("observers of the old and the new party were expelled", 3, False, []),
        ("observers came: expelled", 5, False, []),
        ("observers came but one was expelled", 8, False, []),
    ],
)
def test_notions_together(sentence: str, within: int, ordered: bool, spans: list[str]) -> None:
    words = tokens(sentence)
    phrases = Phrases({"observers": ["observer"], "out": ["expel"]})
    hits = phrases.find(phrases.scan(words))
    walls = [at for at, token in enumerate(words) if token.word == "but"]
    met = together(words, [hits["observers"], hits["out"]], within=within, ordered=ordered, walls=walls)
    assert [sentence[words[a].start : words[b - 1].end] for a, b in met] == spans
