"""A cleaned text becomes sentences, and what was printed again is counted once.

Quotation marks cannot be trusted in scraped text (opened with one mark, closed with another, or not at
all), so sentences are never found by pairing them: a sentence ends at a stop that is no abbreviation,
and at the end of a paragraph. Lines without a stop (headlines, captions) are sentences of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from plebiscope.conduct.boilerplate import marked
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.language import abbreviated, words
from plebiscope.conduct.passage import Passage

_STOP = re.compile(
    r"""(?<![.!?])(?P<stop>[.!?]++)(?P<close>["')\]]{0,3})\s++(?=["'(\[]{0,3}[A-Z0-9À-ÖØ-ÞĀ-ŽА-Я])"""
)
_ENDS = re.compile(r"""[.!?:]["')\]]*$""")
_WORDS = re.compile(r"\w+")
_SPEECH_FOLLOWS = re.compile(
    r"(?:[A-Z][\w'.-]{0,30}\s){1,5}(?:said|says|asked|asks|added|adds|wrote|writes|shouted|told|tells)\b"
)
_STARTERS = words("sentences", "starters")
_INITIALS = re.compile(r"(?:^|[\s(\"'])(?:[A-Za-z]\.){2,}$")
_INITIAL = re.compile(r"(?:^|[\s.(\"'])[A-Z]\.$")
# A line that ends with one of these goes on in the next.
_OPEN_END = re.compile(
    r"(?:,|-|\b(?:a|an|the|of|to|in|on|at|by|for|with|from|and|or|but|that|which|who|whose|his|her|its|their|"
    r"is|are|was|were|be|been|has|have|had|will|would|not|as|than|into|under|over|between|against))$",
    re.IGNORECASE,
)
_NEGATIONS = words("sentences", "negations")
_LONGEST = 2000
"""Letters after which a sentence without a stop is cut: no reader would call it a sentence."""
_ALIKE = 93.0
"""Score of ``rapidfuzz.fuzz.token_sort_ratio`` from which two sentences are copies; measured on captions
printed again with other marks, hyphens and blanks."""
_CANDIDATES = 200
"""How many earlier sentences are compared at most, the latest first: it bounds the time on hostile input."""


def sentences(cleaned: Cleaned) -> list[Passage]:
    """Split a cleaned text into sentences, copies included.

    Returns
    -------
    list of Passage
        In the order of the text; each holds at least one letter or digit.
    """
    found: list[Passage] = []
    for paragraph, (start, end) in enumerate(_paragraphs(cleaned.text)):
        pieces = [piece for piece in _pieces(cleaned.text, start, end) if _WORDS.search(cleaned.text, *piece)]
        for first, last in pieces:
            caption = len(pieces) == 1 and not _ENDS.search(cleaned.text[max(first, last - 8) : last])
            found.append(Passage(first, last, paragraph, caption))
    return list(marked(cleaned.text, found))


def fold(cleaned: Cleaned, passages: Sequence[Passage]) -> list[Passage]:
    """Keep the first copy of every sentence and count the others; boilerplate is no copy of a sentence."""
    kept: list[Passage] = []
    copies: list[int] = []
    known = {False: Copies(), True: Copies()}
    places: dict[bool, list[int]] = {False: [], True: []}
    for passage in passages:
        kind = places[passage.boilerplate]
        twin = known[passage.boilerplate].add(cleaned.text[passage.start : passage.end])
        if twin == len(kind):
            kind.append(len(kept))
            kept.append(passage)
            copies.append(1)
        else:
            copies[kind[twin]] += 1
    return [replace(one, copies=number) for one, number in zip(kept, copies, strict=True)]


class Copies:
    """Sentences met so far; tells of each new one whether it is a copy.

    Two sentences are copies if they have the same words, or nearly (see ``_ALIKE``) and the same numbers
    and negations: "12 stations" is no copy of "13 stations".
    """

    def __init__(self) -> None:
        self._plain: list[str] = []
        self._guards: list[tuple[list[str], list[str]]] = []
        self._exact: dict[str, int] = {}
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, sentence: str) -> int:
        """Give a new sentence the number of those before it, and a copy that of the one it repeats."""
        from rapidfuzz import fuzz

        spoken = _WORDS.findall(sentence.casefold())
        text = " ".join(spoken)
        if text in self._exact:
            return self._exact[text]
        guard = (
            sorted(word for word in spoken if not word.isalpha() and any(map(str.isdigit, word))),
            sorted(word for word in spoken if word in _NEGATIONS),
        )
        marks = sorted(set(spoken), key=lambda word: (-len(word), word))[:3]
        if len(spoken) >= 5:
            near = sorted({i for mark in marks for i in self._by_word[mark][-_CANDIDATES:]}, reverse=True)
            for index in near[:_CANDIDATES]:
                if self._guards[index] == guard and fuzz.token_sort_ratio(
                    text, self._plain[index], score_cutoff=_ALIKE
                ):
                    self._exact[text] = index
                    return index
        number = len(self._plain)
        self._exact[text] = number
        for mark in marks:
            self._by_word[mark].append(number)
        self._plain.append(text)
        self._guards.append(guard)
        return number


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Find the half-open ranges of the paragraphs; a line that was only wrapped does not end one."""
    found = []
    at = 0
    for block in text.split("\n\n"):
        lines = block.split("\n")
        width = max(map(len, lines))
        start = at
        for number, line in enumerate(lines):
            at += len(line)
            last = number + 1 == len(lines)
            if last or not _wrapped(line, lines[number + 1], width if len(lines) > 2 else 0):
                found.append((start, at))
                start = at + 1
            at += 1
        at += 1
    return [(start, end) for start, end in found if start < end]


def _wrapped(line: str, following: str, width: int) -> bool:
    """Tell whether a line end is only typography.

    ``width`` is the longest line of the block, or 0 where there are too few to judge by it: in a wrapped
    block a line ends because the next word would not have fitted.
    """
    line = line.rstrip()
    if not line or not following or line == following.rstrip() or _ENDS.search(line[-8:]):
        return False
    if following[0].islower() or _OPEN_END.search(line[-12:]):
        return True
    word = following.split(" ", 1)[0]
    return 40 <= width <= 120 and len(line) + 1 + len(word) > width and line.split(" ", 1)[0] != word


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    at = start
    for stop in _STOP.finditer(text, start, end):
        if stop.start() < at or not _ends_sentence(text, at, stop, end):
            continue
        found += _cut(text, at, stop.end("close"))
        at = stop.end()
    if at < end:
        found += _cut(text, at, end)
    return found


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    if stop["stop"] != ".":
        return not (stop["close"] and _SPEECH_FOLLOWS.match(text, stop.end(), end))
    before = text[max(start, stop.start() - 24) : stop.end("stop")]
    word = before[:-1].split()[-1].lstrip("\"'([") if before[:-1].split() else ""
    following = re.match(r"[\"'(\[]*([\w'-]*)", text[stop.end() : stop.end() + 24])
    next_word = following[1] if following else ""
    if _INITIALS.search(before) and not abbreviated(word, next_word):
        return next_word.lower() in _STARTERS
    return not (_INITIAL.search(before) or abbreviated(word, next_word))


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Trim blanks and cut what is far too long at a blank."""
    found = []
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST:
        blank = text.rfind(" ", start + 1, start + _LONGEST)
        middle = blank if blank > start else start + _LONGEST
        found.append((start, middle))
        start = middle + 1 if blank > start else middle
    if start < end:
        found.append((start, end))
    return found
