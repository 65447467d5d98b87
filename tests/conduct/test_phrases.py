"""The language of phrases: what is met, what is not, what cannot be read, and that it takes its time only once."""

from __future__ import annotations

import pytest

from plebiscope.conduct.forms import bases
from plebiscope.conduct.phrases import Phrases, together, tokens


def found(phrase: str, sentence: str, **notions: list[str]) -> list[str]:
    words = tokens(sentence)
    hits = Phrases({**notions, "sought": [phrase]}).find(words).get("sought", {})
    return [sentence[words[at].start : words[end - 1].end] for at, ends in hits.items() for end in ends]


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("refuse", ["refuse", "refuses", "refused", "refusing"]),
        ("deny", ["denies", "denied", "denying"]),
        ("bar", ["bars", "barred", "barring"]),
        ("take", ["took", "taken", "taking"]),
        ("woman", ["women"]),
        ("die", ["dying", "died"]),
        ("organise", ["organized", "organizing", "organises"]),
        ("labour", ["labor", "labours"]),
        ("centre", ["center", "centres"]),
    ],
)
def test_a_base_is_met_by_its_forms(base: str, forms: list[str]) -> None:
    for form in forms:
        assert bases(form) & bases(base), form


def test_a_form_is_only_itself() -> None:
    assert found("barred", "They were barred.") == ["barred"]
    assert found("barred", "They bar the door.") == []


@pytest.mark.parametrize(
    ("phrase", "sentence", "met"),
    [
        ("refuse entry", "Two of them were refused entry.", ["refused entry"]),
        ("refuse entry", "They refused, entry was free.", []),
        ("=vote", "They voted by vote.", ["vote"]),
        ("intimidat*", "An intimidatory tone.", ["intimidatory"]),
        ("occupied ^*", "In occupied Marenna the school was occupied.", ["occupied Marenna"]),
        ("^May be", "May came. In May be quick. It may be.", ["May be"]),
        ("turn/send away", "Voters sent away, others turned back.", ["sent away"]),
        ("not (been) allowed", "had not been allowed, not allowed", ["not been allowed", "not allowed"]),
        ("# voters", "12,400 voters and three voters", ["12,400 voters", "three voters"]),
        ("told .. leave", "was told by a guard to leave", []),
        ("told ..4 leave", "was told by a guard to leave", ["told by a guard to leave"]),
        ("told .. leave", "told, it seems, to leave", ["told, it seems, to leave"]),
        ("told .. leave", "was told; to leave", []),
        ("door-to-door", "from door to door", ["door to door"]),
        ("the board", "the board's chair", ["the board's"]),
        ("box (of)", "a box of rice", ["box", "box of"]),
        ("told .. (leave/go home)", "told him to wait, told her to go home", ["told her to go home"]),
        ("somebody else's ballot", "with somebody else's ballot", ["somebody else's ballot"]),
        ("cut (the) 4G/phone network", "they cut the 4G network", ["cut the 4G network"]),
        ("kept (..2) out", "kept them out", ["kept them out"]),
        ("(the/one) vote", "the vote", ["the vote", "vote"]),
        ("one-sided/biased press", "one-sided press, biased press", ["biased press", "one-sided press"]),
        ("vote (at all/ever)", "to vote at all", ["vote", "vote at all"]),
    ],
)
def test_what_is_met(phrase: str, sentence: str, met: list[str]) -> None:
    assert sorted(found(phrase, sentence)) == sorted(met)


def test_notions_may_stand_in_phrases_and_in_notions() -> None:
    notions = {"clerk": ["clerk", "registrar"], "staff": ["<clerk>", "teller"]}
    assert found("bribe .. <staff>", "They bribed an old registrar.", **notions) == [
        "bribed an old registrar"
    ]


@pytest.mark.parametrize("phrase", ["", ".. vote", "vote ..", "vote <", "()", "vote (a", "/"])
def test_what_cannot_be_read(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|names no word"):
        Phrases({"sought": [phrase]})


def test_notions_in_a_circle() -> None:
    with pytest.raises(ValueError, match="circle"):
        Phrases({"a": ["<b>"], "b": ["<a> x"]})


def test_a_notion_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        Phrases({"a": ["<b>"]})


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
    hits = Phrases({"observers": ["observer"], "out": ["expel"]}).find(words)
    walls = [at for at, token in enumerate(words) if token.word == "but"]
    met = together(words, [hits["observers"], hits["out"]], within=within, ordered=ordered, walls=walls)
    assert [sentence[words[a].start : words[b - 1].end] for a, b in met] == spans


def test_a_notion_that_is_another_is_as_long() -> None:
    notions = {"box": ["ballot box"], "carried": ["<box>"]}
    assert found("<carried>", "The ballot box came.", **notions) == ["ballot box"]
