"""The words of a sentence and their kinds, by closed lists, capitals and place: no parser and no model."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from plebiscope.conduct.language import either, verbs, words

# The first line is what the second would give for a plain word or a comma, told sooner: most are such.
_TOKEN = re.compile(
    r"[A-Za-z]++(?![\w&/'.-])|,"
    rf"|(?=\S)(?i:n't\b|'s\b|'(?:d|ll|ve|re|m)\b|(?:[A-Z]\.){{2,}}|(?:{either('sentences', 'titles')})\."
    r"|\d[\d.,:]*\d|[^\W_](?:[\w&/-]|\.(?=\w)|'(?=[^\Ws]|s\w))*|--|\S)"
)
_PRONOUNS = frozenset(["he", "she", "it", "they", "we", "i", "you", "who"])
_BEFORE_IS = frozenset(["he", "she", "it", "that", "there", "what", "who"])
"""Behind these, "'s" is a verb."""
_JOINING = frozenset(["and", "or", "&", "nor"])
_CLAUSAL = frozenset(["but", "yet", "so", "then"])


class Token(NamedTuple):
    """A word or mark of a sentence: half-open range of the cleaned text, in lower case, and its kind."""

    start: int
    end: int
    low: str
    kind: str
    """One of ``det prep pron aux adv join sub cap num time poss word comma quote mark``."""


_QUALIFYING = frozenset(["various", "local", "independent", "international"])
"""Before a noun they count as determiners, but in a name they are part of it."""
_LY_NOUNS = frozenset(
    ["family", "elderly", "ally", "assembly", "reply", "supply", "rally", "anomaly", "monopoly"]
)


@cache
def _kinds() -> dict[str, str]:
    kinds = dict.fromkeys(words("speech", "adverbs"), "adv")
    kinds |= dict.fromkeys(words("speech", "auxiliaries"), "aux")
    kinds |= dict.fromkeys(words("speech", "prepositions"), "prep")
    kinds |= dict.fromkeys(words("speech", "subordinators"), "sub")
    kinds |= dict.fromkeys(words("people", "determiners"), "det")
    kinds |= dict.fromkeys(_PRONOUNS, "pron")
    kinds |= dict.fromkeys(_JOINING | _CLAUSAL, "join")
    kinds |= {"that": "sub", "'s": "poss", "n't": "aux", ",": "comma", '"': "quote", "'": "quote"}
    return kinds


def tokens(text: str, start: int, end: int) -> list[Token]:
    """Split a half-open range of a cleaned text into words and marks."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text, start, end):
        written = match[0]
        low, kind = _kind(written)
        if kind == "poss":
            kind = "aux" if found and found[-1].low in _BEFORE_IS else kind
        elif low == "'" and found and found[-1].low.endswith("s"):
            kind = _mark_behind_s(text, match.start(), found[-1])
        elif (
            low in _QUALIFYING
            and written[0].isupper()
            and (found or text[match.end() + 1 : match.end() + 2].isupper())
        ):
            kind = "cap"
        found.append(Token(*match.span(), low, kind))
    kinds = [one.kind for one in found]
    found = _of_headline(found, kinds)
    return _unquoted(found) if "quote" in kinds else found


@lru_cache(maxsize=1 << 14)
def _kind(written: str) -> tuple[str, str]:
    """Give a word in lower case, and of which kind it is as far as itself can tell."""
    low = written.lower()
    if low in words("speech", "times") and written[0].isupper():
        return low, "time"
    if low in _kinds() and (not written.isupper() or len(written) == 1 or low in _PRONOUNS):
        return low, _kinds()[low]
    if written[0].isupper() or (written[:3] in ("al-", "el-") and written[3:4].isupper()):
        return low, "cap"
    if written[0].isdigit():
        return low, "num"
    if not written[0].isalnum():
        return low, "mark"
    return low, "adv" if low.endswith("ly") and len(low) > 4 and low not in _LY_NOUNS else "word"


def _of_headline(found: list[Token], kinds: list[str]) -> list[Token]:
    """Tell the verbs of a headline in which every word bears a capital: "Board Confirms All Is Well"."""
    capitals = kinds.count("cap")
    spoken = capitals + kinds.count("word") + kinds.count("adv")
    if spoken < 4 or 4 * capitals < 3 * spoken:
        return found
    known = {
        form
        for name in ("say", "say-that", "judge")
        for form, base in verbs("speech", name).items()
        if form != base
    }
    return [one._replace(kind="word") if one.kind == "cap" and one.low in known else one for one in found]


def _unquoted(found: list[Token]) -> list[Token]:
    """Leave out the marks around a name: "Halyna", 61, said."""
    kept: list[Token] = []
    at = 0
    while at < len(found):
        if found[at].kind == "quote":
            stop = next(
                (place for place in range(at + 1, min(at + 4, len(found))) if found[place].kind != "cap"), at
            )
            if stop > at + 1 and found[stop].kind == "quote":
                kept += found[at + 1 : stop]
                at = stop + 1
                continue
        kept.append(found[at])
        at += 1
    return kept


def _mark_behind_s(text: str, at: int, before: Token) -> str:
    """Tell the apostrophe of a plural ("the voters' names") from a quotation mark."""
    return "poss" if before.end == at and text[at + 1 : at + 2] == " " else "quote"
