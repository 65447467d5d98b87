"""Where rules of the codebook fire: sentence by sentence, with what the sentences beside it lend.

A fact is often told over two sentences: "The observers arrived at noon. They were told to leave." So a
pronoun stands for the persons whom the sentence before names first, and a rule may ask for words in the
sentences beside its own (``near``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plebiscope.conduct import codebook
from plebiscope.conduct.clean import Cleaned
from plebiscope.conduct.codebook import Code, Rule, compiled
from plebiscope.conduct.elsewhere import private_vote
from plebiscope.conduct.phrases import Token, together, tokens
from plebiscope.conduct.segment import Passage
from plebiscope.conduct.standing import clause, standing, supposed

_OPENING = re.compile(r"""(?<!\w)["'](?=\w)""")
_CLOSING = re.compile(r"""(?<=[\w.,!?])["'](?!\w)""")
_MARKS = ('"', "'")
_PRONOUNS = frozenset(("they", "them", "he", "she", "him", "her", "both"))
_WALLS = frozenset(("but", "while", "although", "though", "whereas", "because"))
"""Before these words something begins that is told apart."""
_ABOUT = 0.3
"""Share of the sentences that name voting from which a report is about a vote, in its other sentences too."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fired: which, in which sentence, and where in the cleaned text (half-open)."""

    code: Code
    rule: Rule
    sentence: int
    start: int
    end: int


@dataclass
class _Read:
    """A sentence with the words and the notions found in it."""

    passage: Passage
    lowered: str
    cased: str
    words: list[Token]
    hits: dict[str, dict[int, tuple[int, ...]]]
    walls: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.walls = [at for at, token in enumerate(self.words) if token.word in _WALLS]

    def range_of(self, start: int, end: int) -> tuple[int, int]:
        """Carry a half-open range of words over to letters of the sentence."""
        return self.words[start].start, self.words[end - 1].end

    def holds(self, notion: str, first: int = 0, last: int | None = None) -> bool:
        """Tell whether a notion is named in a half-open range of letters."""
        last = len(self.lowered) if last is None else last
        return any(
            first < self.words[end - 1].end and self.words[at].start < last
            for at, ends in self.hits.get(notion, {}).items()
            for end in ends
        )


def matches(cleaned: Cleaned, passages: Sequence[Passage]) -> Iterator[Match]:
    """Find every place where a rule of the codebook fires, sentence by sentence."""
    book = codebook.load()
    lowered = cleaned.lowered
    read = [_read(cleaned, lowered, passage) for passage in passages]
    _carry(read)
    vote = compiled("{vote}")
    votes = [bool(vote.search(one.lowered)) for one in read]
    anywhere = any(votes)
    throughout = sum(votes) >= max(2, _ABOUT * len(votes))
    # A pattern that finds nothing in the whole text finds nothing in a sentence of it.
    tried = [
        (code, rule)
        for code, rule in book.rules
        if rule.pattern and rule.search.search(cleaned.text if rule.cased else lowered)
    ]
    for index, one in enumerate(read):
        if private_vote(one.lowered):
            continue
        near = throughout or any(votes[max(0, index - 1) : index + 2])
        for code, rule in [*tried, *book.starting(one.hits)]:
            if (rule.context == "near" and not near) or (rule.context == "report" and not anywhere):
                continue
            if rule.near and not any(
                other.holds(f"{rule.id}.near") for other in read[max(0, index - 1) : index + 2]
            ):
                continue
            for start, end in _found(rule, one):
                if _fits(code, rule, one, start, end):
                    first, last = _trimmed(one.lowered, start, end)
                    yield Match(code, rule, index, one.passage.start + first, one.passage.start + last)


def _read(cleaned: Cleaned, lowered: str, passage: Passage) -> _Read:
    cased = cleaned.text[passage.start : passage.end]
    words = tokens(cased)
    return _Read(
        passage, lowered[passage.start : passage.end], cased, words, codebook.load().phrases.find(words)
    )


def _carry(read: Sequence[_Read]) -> None:
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


def _found(rule: Rule, one: _Read) -> Iterator[tuple[int, int]]:
    """Give the half-open ranges of letters in which a rule's words stand."""
    if rule.pattern:
        for found in rule.search.finditer(one.cased if rule.cased else one.lowered):
            yield found.span()
        return
    if rule.phrases:
        for at, ends in one.hits.get(f"{rule.id}.0", {}).items():
            yield one.range_of(at, max(ends))
        return
    slots: list[Mapping[int, tuple[int, ...]]] = [one.hits.get(name, {}) for name in rule.slots]
    if all(slots):
        for first, last in together(
            one.words, slots, within=rule.within, ordered=rule.ordered, walls=() if rule.wide else one.walls
        ):
            yield one.range_of(first, last)


def _fits(code: Code, rule: Rule, one: _Read, start: int, end: int) -> bool:
    """Check the conditions of a rule around a match in one sentence."""
    sentence = one.lowered
    if rule.pattern:
        if rule.needs and not compiled("|".join(rule.needs)).search(sentence):
            return False
        if rule.excused and compiled("|".join(rule.excused)).search(sentence):
            return False
        if rule.unless:
            first, last = clause(sentence, start, end)
            if compiled("|".join(rule.unless)).search(sentence, first, last):
                return False
    else:
        if rule.needs and not one.holds(f"{rule.id}.needs"):
            return False
        if rule.excused and one.holds(f"{rule.id}.excused"):
            return False
        if rule.unless and one.holds(f"{rule.id}.unless", *clause(sentence, start, end)):
            return False
    if rule.performed:
        return True
    if supposed(sentence, start, end):
        return False
    # A praise that is negated is no denial of a fact; whatever it is, it is no praise.
    return not (code.kind == "positive" and standing(sentence, start, end) in ("denied", "norm"))


def _trimmed(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Leave out blanks and marks at both ends, except the mark that closes a quotation opened inside."""
    while start < end and sentence[start] in " \n\"',(":
        start += 1
    while end > start and sentence[end - 1] in " \n\"',(":
        end -= 1
    opened = len(_OPENING.findall(sentence, start, end)) - len(_CLOSING.findall(sentence, start, end))
    if opened > 0 and sentence[end : end + 1] in _MARKS:
        end += 1
    return start, end
