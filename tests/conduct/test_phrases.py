"""The language of phrases: how one is written out and read, and what cannot be read."""

from __future__ import annotations

import pytest

from plebiscope.conduct.phrases import Step, Word, parsed, variants


@pytest.mark.parametrize(
    ("phrase", "written"),
    [
        ("a/b c", ["a/b c"]),
        ("not (been) allowed", ["not been allowed", "not allowed"]),
        ("one-sided/biased press", ["one sided press", "biased press"]),
        ("sent (far away/off)", ["sent far away", "sent off", "sent"]),
        ("told ..4 (leave)", ["told ..4 leave"]),
        ("told ..4 him (a lot)", ["told ..4 him a lot", "told ..4 him"]),
        ("<clerk>/teller (..2) left", ["<clerk> ..2 left", "teller ..2 left"]),
        ("the board's 4G", ["the board 4 G"]),
    ],
)
def test_a_phrase_written_out(phrase: str, written: list[str]) -> None:
    assert sorted(variants(phrase)) == sorted(written)


def test_a_phrase_read() -> None:
    vote, numbered = Word(bases=frozenset({"vote"})), Word(number=True, exact=frozenset({"a"}))
    assert parsed("vote .. ..2 #/=a <clerk>") == (Step(vote, None), Step(numbered, 5), Step("clerk", None))


@pytest.mark.parametrize("phrase", ["", ".. vote", "vote ..", "vote <", "()", "vote (a", "/"])
def test_what_cannot_be_read(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase"):
        [parsed(variant) for variant in variants(phrase)]


def test_too_many_variants() -> None:
    with pytest.raises(ValueError, match="too many"):
        variants(" ".join(f"word{number} (a)" for number in range(12)))
