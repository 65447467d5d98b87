"""The language of phrases: how one is written out and read, and what cannot be read."""

from __future__ import annotations

import re

import pytest

from plebiscope.conduct import codebook
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


_SAYING_NOTHING = frozenset(
    (
        "of", "to", "in", "at", "on", "by", "for", "from", "with", "the", "a", "an", "not", "and", "or", "that",
        "be", "was", "were", "is", "are", "been", "had", "have", "has", "against", "their", "his", "her", "its",
        "than", "as", "each",
    )
)  # fmt: skip
_LAST = re.compile(r"(?<!\.\.)(?<!\.\.\d) \((?P<listed>[^()]*)\)$")
_SIDE_BY_SIDE = re.compile(r"\([^()]*\) (?:\.\.\d* )?\([^()]*\)")


def shrinks(phrase: str) -> bool:
    """Tell whether brackets side by side leave one word only, or the last bracket leaves "of" or "not"."""
    if _SIDE_BY_SIDE.search(phrase) and any(len(variant.split()) == 1 for variant in variants(phrase)):
        return True
    last = _LAST.search(phrase)
    if last is None or set(re.split(r"[/ -]", last["listed"])) <= _SAYING_NOTHING | {"#"}:
        return False
    return any(
        set(variant.split()[-1].split("/")) <= _SAYING_NOTHING for variant in variants(phrase[: last.start()])
    )


@pytest.mark.parametrize(
    ("phrase", "shrinking"),
    [
        ("legitimacy of (the) (vote)", True),
        ("not (been) (shown)", True),
        ("forced to (leave)", True),
        ("shots (were) (fired)", True),
        ("full (of)", False),
        ("told ..4 (leave)", False),
        ("not (been) shown", False),
    ],
)
def test_what_shrinks(phrase: str, shrinking: bool) -> None:
    assert shrinks(phrase) is shrinking


def test_no_phrase_of_the_codebook_shrinks_to_what_says_nothing() -> None:
    notions = codebook.load().phrases.notions
    assert not [(name, phrase) for name, listed in notions.items() for phrase in listed if shrinks(phrase)]
