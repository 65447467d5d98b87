"""Where phrases are met: what they ask for, at which words, and behind which others."""

from __future__ import annotations

import pytest

from plebiscope.conduct.lexicon import tokens
from plebiscope.conduct.notions import Phrases


def found(phrase: str, sentence: str, **notions: list[str]) -> list[str]:
    words = tokens(sentence)
    phrases = Phrases({**notions, "sought": [phrase]})
    hits = phrases.find(phrases.scan(words)).get("sought", {})
    return [sentence[words[at].start : words[end - 1].end] for at, ends in hits.items() for end in ends]


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


def test_notions_in_a_circle() -> None:
    with pytest.raises(ValueError, match="circle"):
        Phrases({"a": ["<b>"], "b": ["<a> x"]})


def test_a_notion_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        Phrases({"a": ["<b>"]})


def test_a_notion_that_is_another_is_as_long() -> None:
    notions = {"box": ["ballot box"], "carried": ["<box>"]}
    assert found("<carried>", "The ballot box came.", **notions) == ["ballot box"]


@pytest.mark.parametrize(
    ("phrase", "sentence", "met"),
    [
        ("vote ..2 vote", "vote after vote after vote", ["vote after vote", "vote after vote"]),
        ("the the vote", "the the the vote", ["the the vote"]),
        ("of .. urn the", "of a broken urn the", ["of a broken urn the"]),
        ("# #", "in 2019 two came", ["2019 two"]),
        ("<who> .. <what>", "a clerk took the urns", ["clerk took the urns"]),
        ("the <who> .. fled", "the clerk of it fled", ["the clerk of it fled"]),
        ("seen <who> the <what>", "seen clerk the urn", ["seen clerk the urn"]),
        ("<who>", "the head clerk", ["head clerk", "clerk"]),
        ("to ..2 the ..1 urn", "to and the, the urn", ["to and the, the urn"]),
        ("urn", "", []),
        ("the urn", "urn the", []),
    ],
)
def test_whatever_its_rarest_word(phrase: str, sentence: str, met: list[str]) -> None:
    # The words that many other phrases ask for are taken for common, wherever they stand in a phrase.
    others = {"other": [f"the {word} of # the" for word in ("wall", "road", "tower", "the")]}
    notions = {"who": ["clerk", "head clerk"], "what": ["urn", "box"], **others}
    assert sorted(found(phrase, sentence, **notions)) == sorted(met)


def test_a_condition_is_only_found_where_it_is_sought() -> None:
    phrases = Phrases({"place": ["school"], "far": ["far .. <place>"]}, frozenset({"far"}))
    scanned = phrases.scan(tokens("Far from any school."))
    hits = phrases.find(scanned)
    assert list(hits) == ["place"]
    assert phrases.seek("far", scanned, hits) == {0: (4,)}


def test_notions_stand_behind_those_they_name() -> None:
    phrases = Phrases({"c": ["<b> came"], "b": ["old <a>", "<a>"], "a": ["clerk"]})
    assert list(phrases.find(phrases.scan(tokens("An old clerk came.")))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("phrase", "sentence", "met"),
    [
        ("marrant term", "Mr. Marrant's term began.", ["Marrant's term"]),
        ("votes ..4 mr marrant", "The votes went to Mr. Marrant.", ["votes went to Mr. Marrant"]),
        ("came ..4 vote", "They came at 7 a.m. to vote.", ["came at 7 a.m. to vote"]),
        ("box ..4 seal", "Box No. 1 had no seal.", ["Box No. 1 had no seal"]),
        ("turnout ..2 3.5", "Turnout rose by 3.5.", ["Turnout rose by 3.5"]),
        ("no #", "Box No. 1 had no seal.", []),
        ("^US embassy", "The U.S. embassy said so.", ["U.S. embassy"]),
        ("vote ..3 count", "They vote etc. and count.", ["vote etc. and count"]),
        ("vote ..3 marrant", 'He said "I vote." Marrant left.', []),
    ],
)
def test_the_stop_of_an_abbreviation_parts_nothing(phrase: str, sentence: str, met: list[str]) -> None:
    assert found(phrase, sentence) == met


@pytest.mark.parametrize(
    ("phrase", "sentence", "met"),
    [
        ("not vote", "They didn't vote, and she wouldn't.", ["didn't vote"]),
        ("did not vote", "They didn't vote.", ["didn't vote"]),
        ("can not vote", "She cannot vote; he can't vote.", ["cannot vote", "can't vote"]),
        ("cannot/won't vote", "They can not vote, will not vote.", ["can not vote", "will not vote"]),
        ("they have ..1 told", "They've been told.", ["They've been told"]),
        ("# percent", "12 per cent, 12 per-cent, 12% and 12 percent", ["12 per cent", "12 per-cent", "12%", "12 percent"]),
        ("#% of", "97 per cent of them", ["97 per cent of"]),
    ],
)  # fmt: skip
def test_what_is_written_short_is_read_in_full(phrase: str, sentence: str, met: list[str]) -> None:
    assert found(phrase, sentence) == met
