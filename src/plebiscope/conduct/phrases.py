"""The language in which the codebook writes what it looks for: phrases of words, not patterns of letters.

A phrase is words in their order, as one would say it: ``refuse entry`` is met by "was refused entry" and by
"refusing entry". Between blanks stand:

- ``word``: the word in any form that comes from it; a form is only itself ("barred", not "bars");
- ``=word``: exactly so; ``word*``: any word that begins so; ``^Word``: so, with its capital; ``^*``: any word
  with a capital, as names have;
- ``a/b/c``: any of them; ``(a/b c)``: any of them, or nothing (but not nothing behind a gap at the end);
- ``#``: a number, in figures or in words up to twelve;
- ``..``: up to three words, ``..7``: up to seven;
- ``<name>``: a notion, that is a named list of phrases.

A hyphen in a word is a blank: ``one-sided/biased`` is "one sided" or "biased".

Words that follow each other may have quotation marks, hyphens or brackets between them, but no comma, and
what ``..`` passes over may hold commas, but no semicolon, colon, dash or stop.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from plebiscope.conduct.forms import bases, spelling

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:'[^\W_]+)*|[%$€£]")
_ELEMENT = re.compile(
    r"\.\.(?P<gap>\d*)|<(?P<notion>[a-z0-9.-]+)>|\((?P<optional>[^()\s]+)\)|(?P<words>[^\s()<>]+)"
)
_HYPHEN = re.compile(r"(?<=[\w#])-(?=[\w#])(?![^<]*>)")
_PART = re.compile(r"\((?P<group>[^()]+)\)|(?P<words>[^\s]+)")
_OPEN_ENDS = re.compile(r"^(?:\.\.\d*\s*)+|(?:\s*\.\.\d*)+$")
# A text is read without its possessives, and figures apart from letters; so are phrases. "(..3)" is a gap.
_AS_READ = (
    (re.compile(r"(?<=\w)'s\b|(?<=s)'(?=[\s/)]|$)"), ""),
    (re.compile(r"(?<=\d)(?=[A-Za-z])|(?<=#)(?=%)"), "-"),
    (re.compile(r"\(\.\.(\d*)\)"), r"..\1"),
)
_IDLE_END = re.compile(r"(\.\.\d*)\s*\(([^()<>]*)\)\s*$")
_VARIANTS = 256
_NUMBERS = frozenset(
    (
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "dozen",
        "dozens",
    )
)
_WALL, _COMMA = 2, 1
_GAP = 3
_REMEMBERED = 1 << 17
"""Words whose phrases are remembered at most, so that a hostile text does not fill the memory."""
_NEAREST = 12
"""Mentions of one notion in a sentence that are tried at most; what has more is a list, or hostile."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence: in lower case, as written, and its half-open range in the sentence."""

    word: str
    written: str
    start: int
    end: int
    break_before: int
    """What stands before it: 0 nothing that parts, 1 a comma, 2 a semicolon, a colon, a dash or a stop."""


def tokens(text: str) -> list[Token]:
    """Split a sentence of a cleaned text into words; "board's" is "board", "didn't" stays whole."""
    found: list[Token] = []
    at = 0
    for word in _TOKEN.finditer(text):
        between = text[at : word.start()]
        wall = _COMMA if "," in between else 0
        if any(mark in between for mark in ";:—–.!?") or " - " in between:
            wall = _WALL
        written = word[0]
        plain = written[:-2] if written.endswith(("'s", "'S")) else written
        found.append(Token(plain.lower(), plain, word.start(), word.end(), wall))
        at = word.end()
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    """One place of a phrase that a single word fills."""

    bases: frozenset[str]
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    cased: frozenset[str]
    number: bool
    capital: bool
    optional: bool

    @property
    def other_than_forms(self) -> bool:
        """Whether it is met by something that its listed forms do not tell."""
        return bool(self.prefixes or self.cased or self.number or self.capital)

    def lacking(self, present: frozenset[str]) -> bool:
        """Tell whether none of some words and their bases can be it."""
        return not self.other_than_forms and self.bases.isdisjoint(present) and self.exact.isdisjoint(present)

    def meets(self, token: Token) -> bool:
        word = token.word
        return (
            not self.bases.isdisjoint(bases(word))
            or word in self.exact
            or (bool(self.prefixes) and word.startswith(self.prefixes))
            or token.written in self.cased
            or (self.number and (word[0].isdigit() or word in _NUMBERS))
            or (self.capital and token.written[0].isupper())
        )


@dataclass(frozen=True, slots=True)
class _Gap:
    most: int


@dataclass(frozen=True, slots=True)
class _Notion:
    name: str


_Element = _Words | _Gap | _Notion


@dataclass(frozen=True, eq=False)
class _Phrase:
    """A phrase of a notion; compared by identity, so that it is quick to look up."""

    notion: str
    elements: tuple[_Element, ...]

    def begins(self, token: Token) -> bool:
        """Tell whether a word may be its first."""
        first = self.elements[0]
        return isinstance(first, _Words) and first.meets(token)

    @cached_property
    def single(self) -> bool:
        """Whether it is one word: whoever begins it, ends it."""
        return len(self.elements) == 1 and isinstance(self.elements[0], _Words)

    @cached_property
    def wanted(self) -> tuple[frozenset[str], ...]:
        """Sets of words of each of which a sentence must have one; who lacks them is passed over at once."""
        return tuple(
            element.bases | element.exact
            for element in self.elements[1:]
            if isinstance(element, _Words) and not (element.optional or element.other_than_forms)
        )


class _Starting:
    """Phrases that may begin with one word, found by another word that each of them wants."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self._always: list[_Phrase] = []
        self._by_wanted: defaultdict[str, list[_Phrase]] = defaultdict(list)
        for phrase in dict.fromkeys(phrases):
            if phrase.wanted:
                for word in min(phrase.wanted, key=len):
                    self._by_wanted[word].append(phrase)
            else:
                self._always.append(phrase)

    def among(self, present: frozenset[str]) -> list[_Phrase]:
        """Give those whose wanted words are all present."""
        if not self._by_wanted:
            return self._always
        likely = dict.fromkeys(
            phrase for word in self._by_wanted.keys() & present for phrase in self._by_wanted[word]
        )
        return [
            *self._always,
            *(one for one in likely if not any(wanted.isdisjoint(present) for wanted in one.wanted)),
        ]


def variants(phrase: str) -> list[str]:
    """Write a phrase out wherever an alternative has several words or is a notion.

    Raises
    ------
    ValueError
        If it has more than 256 of them, or a bracket has no other.
    """
    for pattern, plain in _AS_READ:
        phrase = pattern.sub(plain, phrase)
    # Behind a gap at the end, what "may be missing" would leave nothing to look for: there it is wanted.
    phrase = _IDLE_END.sub(lambda end: f"{end[1]} {end[2].replace(' ', '-')}", phrase)
    found = [""]
    at = 0
    for part in _PART.finditer(phrase):
        if phrase[at : part.start()].strip() or (part["words"] and set(part["words"]) & set("()")):
            raise ValueError(f"the phrase {phrase!r} cannot be read")
        at = part.end()
        group = part["group"]
        if group is None:
            listed = part["words"].split("/")
            simple = [word for word in listed if not (_HYPHEN.search(word) or word.startswith("<"))]
            long = [_HYPHEN.sub(" ", word) for word in listed if word not in simple]
            written = ["/".join(simple), *long] if simple else long
        elif found == [""] or any(mark in group for mark in " -<"):
            written = ["", *(_HYPHEN.sub(" ", word) for word in group.split("/"))]
        else:
            written = [f"({group})"]
        found = [f"{before} {one}".strip() for before in found for one in written]
        if len(found) > _VARIANTS:
            raise ValueError(f"the phrase {phrase!r} has too many alternatives of several words")
    if phrase[at:].strip() or not any(found):
        raise ValueError(f"the phrase {phrase!r} cannot be read")
    if len(found) > 1:
        # Where an end may be missing, what was passed over on the way to it is missing too.
        found = [_OPEN_ENDS.sub("", one) for one in found]
    return [one for one in found if one]


@cache
def parsed(phrase: str) -> tuple[_Element, ...]:
    """Read a phrase.

    Raises
    ------
    ValueError
        If it is empty, holds a mark that the language does not know, or begins or ends with what may be
        missing.
    """
    found: list[_Element] = []
    at = 0
    for element in _ELEMENT.finditer(phrase):
        if phrase[at : element.start()].strip():
            raise ValueError(f"in the phrase {phrase!r}, {phrase[at : element.start()]!r} cannot be read")
        at = element.end()
        if element["gap"] is not None:
            found.append(_Gap(int(element["gap"] or _GAP)))
        elif element["notion"]:
            found.append(_Notion(element["notion"]))
        else:
            found.append(_words(element["words"] or element["optional"], bool(element["optional"])))
    if phrase[at:].strip() or not found:
        raise ValueError(f"the phrase {phrase!r} cannot be read")
    first, last = found[0], found[-1]
    if isinstance(first, _Gap) or isinstance(last, _Gap) or (isinstance(first, _Words) and first.optional):
        raise ValueError(f"the phrase {phrase!r} begins or ends with what may be missing")
    return tuple(found)


def _words(written: str, optional: bool) -> _Words:
    plain: set[str] = set()
    exact: set[str] = set()
    cased: set[str] = set()
    prefixes: list[str] = []
    number = capital = False
    for word in written.split("/"):
        if word == "^*":
            capital = True
        elif not word.strip("=^*"):
            raise ValueError(f"{written!r} names no word")
        elif word == "#":
            number = True
        elif word.startswith("^"):
            cased.add(word[1:])
        elif word.startswith("="):
            exact.add(word[1:])
        elif word.endswith("*"):
            prefixes.append(word[:-1])
        else:
            plain.add(spelling(word.lower()))
    return _Words(
        frozenset(plain), frozenset(exact), tuple(prefixes), frozenset(cased), number, capital, optional
    )


Hits = Mapping[str, Mapping[int, tuple[int, ...]]]
"""For each notion, where it begins (index of a word) and where it ends (behind the last word)."""


@dataclass
class Phrases:
    """All phrases of the codebook, found in a sentence in one pass.

    Parameters
    ----------
    notions
        Named lists of phrases.

    Raises
    ------
    KeyError
        If a phrase names a notion that does not exist.
    ValueError
        If a phrase cannot be read, or notions name each other in a circle.
    """

    notions: Mapping[str, Sequence[str]]
    conditions: frozenset[str] = frozenset()
    """Notions that are sought only where somebody asks for them (see :meth:`seek`)."""
    _order: list[str] = field(init=False, default_factory=list)
    _by_base: dict[str, list[_Phrase]] = field(init=False)
    _by_prefix: dict[str, list[_Phrase]] = field(init=False)
    _by_notion: dict[str, list[_Phrase]] = field(init=False)
    _odd: list[_Phrase] = field(init=False, default_factory=list)
    _asked: dict[str, list[_Phrase]] = field(init=False, default_factory=dict)
    _first: dict[str, _Starting] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_base, self._by_prefix = defaultdict(list), defaultdict(list)
        self._by_notion = defaultdict(list)
        self._sort()
        for name in self._order:
            if name in self.conditions:
                continue
            for written in itertools.chain.from_iterable(map(variants, self.notions[name])):
                phrase = _Phrase(name, parsed(written))
                first = phrase.elements[0]
                if isinstance(first, _Notion):
                    self._by_notion[first.name].append(phrase)
                elif isinstance(first, _Words):
                    for base in first.bases | first.exact:
                        self._by_base[base].append(phrase)
                    for prefix in first.prefixes:
                        self._by_prefix[prefix].append(phrase)
                    if first.cased or first.number or first.capital:
                        self._odd.append(phrase)

    def _sort(self) -> None:
        """Put every notion behind those it names."""
        needs = {
            name: {
                element.name
                for phrase in itertools.chain.from_iterable(map(variants, listed))
                for element in parsed(phrase)
                if isinstance(element, _Notion)
            }
            for name, listed in self.notions.items()
        }
        done: set[str] = set()
        path: set[str] = set()

        def visit(name: str) -> None:
            if name in done:
                return
            if name in path:
                raise ValueError(f"the notion {name!r} names itself in a circle")
            path.add(name)
            for other in sorted(needs[name]):
                visit(other)
            path.remove(name)
            done.add(name)
            self._order.append(name)

        for name in needs:
            visit(name)
        self._rank = {name: rank for rank, name in enumerate(self._order)}

    def find(self, sentence: Sequence[Token]) -> dict[str, dict[int, tuple[int, ...]]]:
        """Find every notion in a sentence."""
        present = frozenset().union(
            *(bases(token.word) for token in sentence), (one.word for one in sentence)
        )
        waiting: defaultdict[str, list[tuple[int, _Phrase]]] = defaultdict(list)
        possible: dict[str, list[_Phrase]] = {}
        for at, token in enumerate(sentence):
            starting = possible.get(token.written)
            if starting is None:
                starting = possible[token.written] = self._starting(token).among(present)
            for phrase in starting:
                waiting[phrase.notion].append((at, phrase))
        found: dict[str, dict[int, tuple[int, ...]]] = {}
        # Every notion behind those it names: what begins with one waits until that one is found.
        ranks = [self._rank[name] for name in waiting]
        heapq.heapify(ranks)
        while ranks:
            name = self._order[heapq.heappop(ranks)]
            here: defaultdict[int, set[int]] = defaultdict(set)
            for at, phrase in waiting[name]:
                if phrase.single:
                    here[at].add(at + 1)
                else:
                    here[at].update(_ends(sentence, phrase.elements, 0, at, found))
            kept = {at: tuple(sorted(here[at])) for at in sorted(here) if here[at]}
            if not kept:
                continue
            found[name] = kept
            for phrase in self._by_notion.get(name, ()):
                if not any(one.isdisjoint(present) for one in phrase.wanted):
                    if phrase.notion not in waiting:
                        heapq.heappush(ranks, self._rank[phrase.notion])
                    waiting[phrase.notion] += [(at, phrase) for at in kept]
        return found

    def seek(self, name: str, sentence: Sequence[Token], found: Hits) -> dict[int, tuple[int, ...]]:
        """Find one of the ``conditions`` in a sentence whose other notions are found."""
        phrases = self._asked.get(name)
        if phrases is None:
            listed = itertools.chain.from_iterable(map(variants, self.notions[name]))
            phrases = self._asked[name] = [_Phrase(name, parsed(written)) for written in listed]
        present = frozenset().union(
            *(bases(token.word) for token in sentence), (one.word for one in sentence)
        )
        here: defaultdict[int, set[int]] = defaultdict(set)
        for phrase in phrases:
            first = phrase.elements[0]
            if any(one.isdisjoint(present) for one in phrase.wanted):
                continue
            if isinstance(first, _Words) and first.lacking(present):
                continue
            if isinstance(first, _Notion):
                starts: Iterable[int] = found.get(first.name, ())
            else:
                starts = [at for at, token in enumerate(sentence) if phrase.begins(token)]
            for at in starts:
                here[at].update(_ends(sentence, phrase.elements, 0, at, found))
        return {at: tuple(sorted(here[at])) for at in sorted(here) if here[at]}

    def _starting(self, token: Token) -> _Starting:
        """Give the phrases that may begin with a word; remembered, since few words are most of a text."""
        known = self._first.get(token.written)
        if known is None:
            word = token.word
            own = [phrase for base in {*bases(word), word} for phrase in self._by_base.get(base, ())]
            own += [
                phrase for end in range(1, len(word) + 1) for phrase in self._by_prefix.get(word[:end], ())
            ]
            known = _Starting(phrase for phrase in (*own, *self._odd) if phrase.begins(token))
            if len(self._first) < _REMEMBERED:
                self._first[token.written] = known
        return known


def _ends(
    sentence: Sequence[Token],
    elements: Sequence[_Element],
    place: int,
    at: int,
    found: Hits,
    crossed: int = 0,
) -> Iterator[int]:
    """Give every end of a phrase whose element ``place`` is sought at word ``at``."""
    if place == len(elements):
        yield at
        return
    element = elements[place]
    if isinstance(element, _Gap):
        for passed in range(element.most + 1):
            if passed and (
                at + passed - 1 >= len(sentence) or (sentence[at + passed - 1].break_before >= _WALL)
            ):
                return
            yield from _ends(sentence, elements, place + 1, at + passed, found, _COMMA)
        return
    if isinstance(element, _Words) and element.optional:
        yield from _ends(sentence, elements, place + 1, at, found, crossed)
    if at >= len(sentence) or (place and sentence[at].break_before > crossed):
        return
    if isinstance(element, _Words):
        if element.meets(sentence[at]):
            yield from _ends(sentence, elements, place + 1, at + 1, found)
    else:
        for end in found.get(element.name, {}).get(at, ()):
            yield from _ends(sentence, elements, place + 1, end, found)


def together(
    sentence: Sequence[Token],
    slots: Sequence[Mapping[int, tuple[int, ...]]],
    *,
    within: int,
    ordered: bool,
    walls: Iterable[int],
) -> Iterator[tuple[int, int]]:
    """Find where mentions of several notions stand together.

    Parameters
    ----------
    sentence
        Its words.
    slots
        For each notion its mentions, begin to ends.
    within
        Most words between two mentions that follow each other.
    ordered
        Whether they must follow each other in the order of the slots.
    walls
        Words (by index) before which something begins that is told apart: none of a set lies on both sides.

    Yields
    ------
    tuple of int
        Half-open ranges of words, the narrowest for each mention of the first notion.
    """
    parted = sorted(walls)
    chosen = [[(at, max(ends)) for at, ends in list(slot.items())[:_NEAREST]] for slot in slots]

    def grow(placed: list[tuple[int, int]], rest: list[list[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
        if not rest:
            yield placed[0][0] if ordered else min(a for a, _ in placed), max(b for _, b in placed)
            return
        for start, end in rest[0]:
            if any(start < b and a < end for a, b in placed):
                continue
            if ordered:
                last = placed[-1][1]
                if start < last or start - last > within:
                    continue
            elif min(max(start - b, a - end) for a, b in placed) > within:
                continue
            yield from grow([*placed, (start, end)], rest[1:])

    for first in chosen[0]:
        fitting = [
            (start, end)
            for start, end in grow([first], chosen[1:])
            if not any(start < wall < end for wall in parted)
            and not any(sentence[at].break_before >= _WALL for at in range(start + 1, end))
        ]
        if fitting:
            yield min(fitting, key=lambda span: span[1] - span[0])
