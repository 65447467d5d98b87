"""Where the notions of the codebook stand in a sentence: all their phrases are sought at once.

A phrase is tried only where its rarest word stands, and beside it the word that the phrase has there. One
that has no word beside it is tried only where the sentence has its second rarest word too. Few words are most
of a text, so of every written word it is remembered which phrases those are.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from plebiscope.conduct.bounds import bounds
from plebiscope.conduct.lexicon import WALL, Lexicon, Token
from plebiscope.conduct.phrases import Step, Word, parsed, variants

_ANY = 2000
"""As the word of how many phrases something counts that many words are: any number, any with a capital."""
_REMEMBERED = 1 << 17
"""Words of which something is remembered, at most: a hostile text does not fill the memory."""

_Commonness = dict[int, tuple[int, int]]
"""Of each word, by its number, what tells whether it is rarer than another."""
Mentions = dict[int, tuple[int, ...]]
"""Where a notion begins (index of a word), in their order, and where it ends (behind the last word)."""


class _Place(NamedTuple):
    """A step of a phrase, with the number of its word or with its notion."""

    number: int | None
    notion: str | None
    passes: int | None


@dataclass(frozen=True, slots=True, eq=False)
class _Phrase:
    """A phrase of a notion; compared by identity, so that it is quick to look up.

    Attributes
    ----------
    notion
        Whose phrase it is.
    places
        Its steps.
    rarest
        Numbers of its two rarest words, or of as many as it has, the rarest first.
    lead
        How many words before its rarest it begins, where that is always the same.
    names
        Notions that it names.
    """

    notion: str
    places: tuple[_Place, ...]
    rarest: tuple[int, ...]
    lead: int | None
    names: frozenset[str]


class _Sought(NamedTuple):
    """Phrases with the number of another word each: they are tried only where that one stands."""

    before: list[tuple[int, _Phrase]]
    behind: list[tuple[int, _Phrase]]
    anywhere: list[tuple[int, _Phrase]]


class _Known(NamedTuple):
    """What is remembered of a written word.

    Attributes
    ----------
    numbers
        For which words of phrases it may stand.
    wanted
        Those of them of which it matters whether a sentence has them anywhere.
    alone
        Notions that it names alone.
    sought
        Phrases of which it may be the rarest word.
    """

    numbers: frozenset[int]
    wanted: frozenset[int]
    alone: list[str]
    sought: _Sought


class Scanned:
    """A sentence as phrases see it."""

    def __init__(self, sentence: Sequence[Token], known: Sequence[_Known]) -> None:
        self._known = known
        # Behind the last word stands a wall, and no word; before the first stands no word either.
        self._numbers = [*(word.numbers for word in known), frozenset[int]()]
        self._breaks = [*(token.break_before for token in sentence), WALL]
        self.bounds = bounds(sentence)

    @cached_property
    def present(self) -> frozenset[int]:
        """Numbers of the words that it has, of which that matters."""
        return frozenset().union(*(word.wanted for word in self._known))

    def alone(self) -> defaultdict[str, Mentions]:
        """Give the notions that single words name."""
        found: defaultdict[str, Mentions] = defaultdict(dict)
        for at, word in enumerate(self._known):
            for notion in word.alone:
                found[notion][at] = (at + 1,)
        return found

    def likely(self) -> defaultdict[str, dict[_Phrase, list[int]]]:
        """Give the phrases to be tried, by their notion, with where the rarest word of each stands."""
        found: defaultdict[str, dict[_Phrase, list[int]]] = defaultdict(dict)
        numbers, present = self._numbers, self.present
        for at, word in enumerate(self._known):
            for sought, there in (
                (word.sought.before, numbers[at - 1]),
                (word.sought.behind, numbers[at + 1]),
                (word.sought.anywhere, present),
            ):
                for number, phrase in sought:
                    if number in there:
                        found[phrase.notion].setdefault(phrase, []).append(at)
        return found

    def met(
        self, phrase: _Phrase, found: Mapping[str, Mentions], rarest: Sequence[int] = ()
    ) -> list[tuple[int, Collection[int]]]:
        """Give where a phrase begins, each with where it may end.

        Parameters
        ----------
        phrase
            What is sought.
        found
            Mentions of all notions that it names.
        rarest
            Where its rarest word stands, if that is known.
        """
        number, notion, _ = phrase.places[0]
        begins: Iterable[int]
        if rarest and phrase.lead is not None:
            begins = [at - phrase.lead for at in rarest if at >= phrase.lead]
        elif notion is not None:
            begins = found[notion]
        else:
            begins = [at for at, numbers in enumerate(self._numbers) if number in numbers]
        return [(at, ends) for at in begins if (ends := self._ends(phrase, at, found))]

    def _ends(self, phrase: _Phrase, at: int, found: Mapping[str, Mentions]) -> Collection[int]:
        """Give every end of a phrase that begins at a word."""
        number, notion, _ = phrase.places[0]
        reached: Collection[int]
        if notion is not None:
            reached = found[notion].get(at, ())
        else:
            reached = (at + 1,) if number in self._numbers[at] else ()
        for number, notion, passes in phrase.places[1:]:
            if passes is None:
                behind: Collection[int] = [at for at in reached if not self._breaks[at]]
            else:
                behind = self._passing(reached, passes)
            if notion is None:
                reached = {at + 1 for at in behind if number in self._numbers[at]}
            else:
                named = found[notion]
                reached = {end for at in behind for end in named.get(at, ())}
            if not reached:
                break
        return reached

    def _passing(self, reached: Iterable[int], passes: int) -> set[int]:
        """Give the words to which one comes by passing over some others, none of them behind a wall."""
        places: set[int] = set()
        says, closes, joins = self.bounds
        for first in reached:
            for at in range(first, first + passes + 1):
                if self._breaks[at] == WALL or first > closes.get(at, first):
                    break
                if at == first and at in joins:
                    break
                places.add(at)
                if at in says:
                    break
        return places


@dataclass
class Phrases:
    """All phrases of the codebook.

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
    _order: list[str] = field(init=False)
    _rank: dict[str, int] = field(init=False)
    _lexicon: Lexicon = field(init=False, default_factory=Lexicon)
    _asked: dict[str, list[_Phrase]] = field(init=False, default_factory=dict)
    _alone: defaultdict[int, list[str]] = field(init=False)
    _by_rarest: defaultdict[int, _Sought] = field(init=False)
    _by_notion: defaultdict[str, list[_Phrase]] = field(init=False)
    _wanted: set[int] = field(init=False, default_factory=set)
    _known: dict[str, _Known] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        written = {name: list(_written_out(listed)) for name, listed in self.notions.items()}
        self._order = _behind_what_they_name(written)
        self._rank = {name: rank for rank, name in enumerate(self._order)}
        self._alone, self._by_notion = defaultdict(list), defaultdict(list)
        self._by_rarest = defaultdict(lambda: _Sought([], [], []))
        commonness = self._commonness(
            step for listed in written.values() for steps in listed for step in steps
        )
        for name in self._order:
            phrases = [self._phrase(name, steps, commonness) for steps in written[name]]
            if name in self.conditions:
                self._asked[name] = phrases
                self._wanted.update(*(phrase.rarest for phrase in phrases))
            else:
                for phrase in phrases:
                    self._file(phrase, commonness)

    def _commonness(self, steps: Iterable[Step]) -> _Commonness:
        """Put numbers to all words, and tell the rare from the common.

        What many phrases ask for ("the", "vote") is taken for common: no text is needed to know it.
        """
        words = Counter(step.place for step in steps if isinstance(step.place, Word))
        asked: Counter[str] = Counter()
        for word, times in words.items():
            asked.update(dict.fromkeys(word.listed, times))
        return {
            number: (sum(asked[one] for one in word.listed) + _ANY * (word.number + word.capital), number)
            for number, word in ((self._lexicon.number(word), word) for word in words)
        }

    def _phrase(self, notion: str, steps: Sequence[Step], commonness: _Commonness) -> _Phrase:
        """Put numbers to a phrase."""
        places = tuple(
            _Place(None, step.place, step.passes)
            if isinstance(step.place, str)
            else _Place(self._lexicon.number(step.place), None, step.passes)
            for step in steps
        )
        numbers = {place.number for place in places if place.number is not None}
        rarest = sorted(numbers, key=commonness.__getitem__)[:2]
        lead = None
        if rarest:
            before = list(itertools.takewhile(lambda place: place.number != rarest[0], places))
            if all(place.number is not None for place in before) and all(
                place.passes is None for place in places[: len(before) + 1]
            ):
                lead = len(before)
        names = frozenset(place.notion for place in places if place.notion is not None)
        return _Phrase(notion, places, tuple(rarest), lead, names)

    def _file(self, phrase: _Phrase, commonness: _Commonness) -> None:
        """Put a phrase where it is looked for."""
        places, (number, notion, _) = phrase.places, phrase.places[0]
        if len(places) == 1 and number is not None:
            self._alone[number].append(phrase.notion)
        elif phrase.rarest:
            sought = self._by_rarest[phrase.rarest[0]]
            at = [place.number for place in places].index(phrase.rarest[0])
            before = places[at - 1].number if at and places[at].passes is None else None
            behind = places[at + 1].number if at + 1 < len(places) and places[at + 1].passes is None else None
            if before is not None and (behind is None or commonness[before] < commonness[behind]):
                sought.before.append((before, phrase))
            elif behind is not None:
                sought.behind.append((behind, phrase))
            else:
                sought.anywhere.append((phrase.rarest[-1], phrase))
                self._wanted.add(phrase.rarest[-1])
        elif notion is not None:
            self._by_notion[notion].append(phrase)

    def scan(self, sentence: Sequence[Token]) -> Scanned:
        """Read a sentence for :meth:`find` and :meth:`seek`."""
        return Scanned(sentence, [self._remembered(token) for token in sentence])

    def _remembered(self, token: Token) -> _Known:
        known = self._known.get(token.written)
        if known is None:
            numbers = self._lexicon.of(token)
            sought = [self._by_rarest[number] for number in self._by_rarest.keys() & numbers]
            known = _Known(
                numbers,
                numbers & self._wanted,
                [notion for number in numbers for notion in self._alone.get(number, ())],
                _Sought(
                    [pair for one in sought for pair in one.before],
                    [pair for one in sought for pair in one.behind],
                    [pair for one in sought for pair in one.anywhere],
                ),
            )
            if len(self._known) < _REMEMBERED:
                self._known[token.written] = known
        return known

    def find(self, scanned: Scanned) -> dict[str, Mentions]:
        """Find every notion in a sentence; each stands behind those that its phrases name."""
        found = scanned.alone()
        waiting = scanned.likely()
        # What is nothing but notions waits until its first is found.
        for name in self._by_notion.keys() & found.keys():
            for phrase in self._by_notion[name]:
                waiting[phrase.notion][phrase] = []
        ranks = [self._rank[name] for name in waiting]
        heapq.heapify(ranks)
        while ranks:
            name = self._order[heapq.heappop(ranks)]
            met = [
                one
                for phrase, at in waiting[name].items()
                if phrase.names <= found.keys()
                for one in scanned.met(phrase, found, at)
            ]
            if not met:
                continue
            found[name] = _joined(found.get(name, {}), met)
            for phrase in self._by_notion.get(name, ()):
                if phrase.notion not in waiting:
                    heapq.heappush(ranks, self._rank[phrase.notion])
                waiting[phrase.notion][phrase] = []
        return {name: found[name] for name in sorted(found, key=self._rank.__getitem__)}

    def seek(self, name: str, scanned: Scanned, found: Mapping[str, Mentions]) -> Mentions:
        """Find one of the ``conditions`` in a sentence whose other notions are found."""
        likely = [phrase for phrase in self._asked[name] if scanned.present.issuperset(phrase.rarest)]
        met = [one for phrase in likely if phrase.names <= found.keys() for one in scanned.met(phrase, found)]
        return _joined({}, met)


def _joined(mentions: Mentions, more: Iterable[tuple[int, Collection[int]]]) -> Mentions:
    """Add to mentions of a notion others of it."""
    joined = dict(mentions)
    for at, ends in more:
        joined[at] = tuple(sorted({*joined.get(at, ()), *ends}))
    return {at: joined[at] for at in sorted(joined)}


def _written_out(phrases: Iterable[str]) -> Iterator[tuple[Step, ...]]:
    """Read the phrases of a notion; those of a single word are one phrase, of any of these words."""
    single = Word()
    for variant in dict.fromkeys(variant for phrase in phrases for variant in variants(phrase)):
        steps = parsed(variant)
        if len(steps) == 1 and isinstance(steps[0].place, Word):
            single |= steps[0].place
        else:
            yield steps
    if single != Word():
        yield (Step(single, None),)


def _behind_what_they_name(written: Mapping[str, Iterable[Sequence[Step]]]) -> list[str]:
    """Put every notion behind those that its phrases name."""
    order: list[str] = []
    done: set[str] = set()
    path: set[str] = set()

    def visit(name: str) -> None:
        if name in done:
            return
        if name in path:
            raise ValueError(f"the notion {name!r} names itself in a circle")
        path.add(name)
        named = {step.place for steps in written[name] for step in steps if isinstance(step.place, str)}
        for other in sorted(named):
            visit(other)
        path.remove(name)
        done.add(name)
        order.append(name)

    for name in written:
        visit(name)
    return order
