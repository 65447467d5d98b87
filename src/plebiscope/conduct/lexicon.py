"""The words of a sentence, and for which of the words that phrases ask for each of them may stand.

Every word that a phrase asks for ("vote" in any form, "a or the", a number) gets a number of its own, so that
looking for phrases is comparing numbers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from plebiscope.conduct.forms import apart, bases
from plebiscope.conduct.language import abbreviated
from plebiscope.conduct.phrases import Word

# The first line is what the second would give for a plain word, told sooner: most are such.
_TOKEN = re.compile(
    r"(?![Pp][Ee][Rr]\b)[A-Za-z]++(?![\w'.])"
    r"|\d+(?:[.,]\d+)*|(?i:per[ -]cent)\b|(?:[A-Z]\.){2,}|(?i:[ap]\.m)\b|[^\W_]+(?:'[^\W_]+)*|[%$€£]"
)
_PARTING = re.compile(r"[;:—–.!?]| - ")
FIGURES = frozenset(
    (
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "dozen", "dozens",
    )
)  # fmt: skip
WALL, COMMA = 2, 1


class Token(NamedTuple):
    """A word of a sentence: in lower case, as written, and its half-open range in the sentence."""

    word: str
    written: str
    start: int
    end: int
    break_before: int
    """What stands before it: 0 nothing that parts, 1 a comma, 2 a semicolon, a colon, a dash or a stop."""


def tokens(text: str) -> list[Token]:
    """Split a sentence of a cleaned text into words.

    "Board's" is "board", "U.S." is "US", and "%" is "percent" as "per cent" is; "didn't" is "did" and "not",
    and both of them have the range of the whole, so that no words are cut where a statement begins.
    """
    found: list[Token] = []
    at = 0
    for word in _TOKEN.finditer(text):
        start, end = word.span()
        between = text[at:start]
        parting = 0
        if between != " ":
            parting = _parting(between, found[-1].written if found else "", word[0])
            if not parting and between[:1] == "." and found[-1].word == "no":
                # "No. 5" negates nothing.
                found[-1] = found[-1]._replace(word="number", written="number")
        for plain in apart(word[0]):
            found.append(Token(plain.lower(), plain, start, end, parting))
            parting = 0
        at = end
    return found


def _parting(between: str, before: str, behind: str) -> int:
    """Say what stands between two words; the stop of an abbreviation parts nothing ("Mr. Marrant")."""
    first = 1 if between[:1] == "." and (len(before) == 1 or abbreviated(before, behind)) else 0
    if _PARTING.search(between, first):
        return WALL
    return COMMA if "," in between else 0


class Lexicon:
    """The words that phrases ask for, by number."""

    def __init__(self) -> None:
        self._numbers: dict[Word, int] = {}
        self._by_base: defaultdict[str, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_prefix: defaultdict[str, list[int]] = defaultdict(list)
        self._by_written: defaultdict[str, list[int]] = defaultdict(list)
        self._figures: list[int] = []
        self._capitals: list[int] = []

    def number(self, asked: Word) -> int:
        """Give the number of a word that a phrase asks for; the first time, a new one."""
        known = self._numbers.get(asked)
        if known is not None:
            return known
        number = self._numbers[asked] = len(self._numbers)
        for listed, index in (
            (asked.bases, self._by_base),
            (asked.exact, self._by_word),
            (asked.prefixes, self._by_prefix),
            (asked.cased, self._by_written),
        ):
            for one in listed:
                index[one].append(number)
        self._figures += [number] if asked.number else []
        self._capitals += [number] if asked.capital else []
        return number

    def of(self, token: Token) -> frozenset[int]:
        """Give the numbers of all for which a word of a text may stand."""
        word, written = token.word, token.written
        found = {*self._by_word.get(word, ()), *self._by_written.get(written, ())}
        for base in bases(word):
            found.update(self._by_base.get(base, ()))
        for end in range(1, len(word) + 1):
            found.update(self._by_prefix.get(word[:end], ()))
        if word[0].isdigit() or word in FIGURES:
            found.update(self._figures)
        if written[0].isupper():
            found.update(self._capitals)
        return frozenset(found)
