"""Where the notions of the codebook stand in a sentence: all their phrases are sought at once.

A phrase is tried only where its rarest word stands, and beside it the word that the phrase has there. One
that has no word beside it is tried only where the sentence has its second rarest word too. Few words are most
of a text, so of every written word it is remembered which phrases those are.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from plebiscope.conduct.lexicon import Lexicon, Token
from plebiscope.conduct.phrases import Step, Word, parsed, variants
from plebiscope.conduct.scanned import Known, Mentions, Phrase, Place, Scanned, Sought

_ANY = 2000
"""As the word of how many phrases something counts that many words are: any number, any with a capital."""
_REMEMBERED = 1 << 17
"""Words of which something is remembered, at most: a hostile text does not fill the memory."""

_Commonness = dict[int, tuple[int, int]]
"""Of each word, by its number, what tells whether it is rarer than another."""


class _Filed(NamedTuple):
    """Phrases with the same rarest word, by the word right before it, right behind it, or anywhere."""

    before: defaultdict[int, list[Phrase]]
    behind: defaultdict[int, list[Phrase]]
    anywhere: defaultdict[int, list[Phrase]]


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
    _wider: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict)
    _asked: dict[str, list[Phrase]] = field(init=False, default_factory=dict)
    _alone: defaultdict[int, list[str]] = field(init=False)
    _by_rarest: defaultdict[int, _Filed] = field(init=False)
    _by_notion: defaultdict[str, list[Phrase]] = field(init=False)
    _wanted: set[int] = field(init=False, default_factory=set)
    _known: dict[str, Known] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        written = {name: list(_written_out(listed)) for name, listed in self.notions.items()}
        self._order = _behind_what_they_name(written)
        self._rank = {name: rank for rank, name in enumerate(self._order)}
        self._widen(written)
        self._alone, self._by_notion = defaultdict(list), defaultdict(list)
        self._by_rarest = defaultdict(lambda: _Filed(defaultdict(list), defaultdict(list), defaultdict(list)))
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

    def _widen(self, written: Mapping[str, Sequence[Sequence[Step]]]) -> None:
        """Say of each notion which others stand wherever it stands: it is a phrase of theirs by itself."""
        naming: defaultdict[str, list[str]] = defaultdict(list)
        for name in self._order:
            for (place, _), *rest in written[name]:
                if isinstance(place, str) and not rest and name not in self.conditions:
                    naming[place].append(name)
        for name in reversed(self._order):
            wider = (other for direct in naming[name] for other in self._wider[direct])
            self._wider[name] = tuple(dict.fromkeys((name, *wider)))

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

    def _phrase(self, notion: str, steps: Sequence[Step], commonness: _Commonness) -> Phrase:
        """Put numbers to a phrase."""
        places = tuple(
            Place(None, step.place, step.passes)
            if isinstance(step.place, str)
            else Place(self._lexicon.number(step.place), None, step.passes)
            for step in steps
        )
        numbers = [place.number for place in places]
        words = tuple(number for number in numbers if number is not None)
        names = frozenset(place.notion for place in places if place.notion is not None)
        rarest = sorted(set(words), key=commonness.__getitem__)[:2]
        first = numbers.index(rarest[0]) if rarest else 0
        followed = [place.passes is None for place in places]
        lead = first if rarest and None not in numbers[:first] and all(followed[: first + 1]) else None
        together = () if names or not all(followed) else words
        return Phrase(notion, self._wider[notion], places, together, tuple(rarest), lead, names)

    def _file(self, phrase: Phrase, commonness: _Commonness) -> None:
        """Put a phrase where it is looked for."""
        places, (number, notion, _) = phrase.places, phrase.places[0]
        if len(places) == 1 and number is not None:
            self._alone[number] += phrase.wider
        elif phrase.rarest:
            filed = self._by_rarest[phrase.rarest[0]]
            at = [place.number for place in places].index(phrase.rarest[0])
            before = places[at - 1].number if at and places[at].passes is None else None
            behind = places[at + 1].number if at + 1 < len(places) and places[at + 1].passes is None else None
            if before is not None and (behind is None or commonness[before] < commonness[behind]):
                filed.before[before].append(phrase)
            elif behind is not None:
                filed.behind[behind].append(phrase)
            else:
                filed.anywhere[phrase.rarest[-1]].append(phrase)
                self._wanted.add(phrase.rarest[-1])
        elif notion is not None and len(places) > 1:
            self._by_notion[notion].append(phrase)

    def scan(self, sentence: Sequence[Token]) -> Scanned:
        """Read a sentence for :meth:`find` and :meth:`seek`."""
        return Scanned(sentence, [self._remembered(token) for token in sentence])

    def _remembered(self, token: Token) -> Known:
        known = self._known.get(token.written)
        if known is None:
            numbers = self._lexicon.of(token)
            filed = [self._by_rarest[number] for number in self._by_rarest.keys() & numbers]
            known = Known(
                numbers,
                numbers & self._wanted,
                tuple(notion for number in numbers for notion in self._alone.get(number, ())),
                _together(one.before for one in filed),
                _together(one.behind for one in filed),
                _together(one.anywhere for one in filed),
            )
            if len(self._known) < _REMEMBERED:
                self._known[token.written] = known
        return known

    def find(self, scanned: Scanned) -> dict[str, Mentions]:
        """Find every notion in a sentence; each stands behind those that its phrases name."""
        found = scanned.alone()
        grown: set[str] = set()
        gapped: dict[Phrase, list[int]] = {}
        waiting: dict[int, dict[Phrase, list[int]]] = {}
        for phrase, at in scanned.likely():
            if phrase.words:
                begin = at - (phrase.lead or 0)
                if scanned.follow(phrase.words, begin):
                    _add(found, phrase, begin, (begin + len(phrase.words),))
                    grown.update(phrase.wider)
            elif phrase.names:
                waiting.setdefault(self._rank[phrase.notion], {}).setdefault(phrase, []).append(at)
            else:
                gapped.setdefault(phrase, []).append(at)
        for phrase, rarest in gapped.items():
            for at, ends in scanned.met(phrase, found, rarest):
                _add(found, phrase, at, ends)
                grown.update(phrase.wider)
        grown |= self._find_named(scanned, found, waiting)
        for name in grown:
            found[name] = _sorted(found[name])
        return {name: found[name] for name in sorted(found, key=self._rank.__getitem__)}

    def _find_named(
        self,
        scanned: Scanned,
        found: defaultdict[str, Mentions],
        waiting: dict[int, dict[Phrase, list[int]]],
    ) -> set[str]:
        """Find the phrases that name notions, in the order of the notions; tell which of these have grown."""
        grown: set[str] = set()
        known = set(found)
        # What is nothing but notions waits until its first is found.
        for name in self._by_notion.keys() & known:
            for phrase in self._by_notion[name]:
                waiting.setdefault(self._rank[phrase.notion], {})[phrase] = []
        ranks = list(waiting)
        heapq.heapify(ranks)
        while ranks:
            rank = heapq.heappop(ranks)
            name = self._order[rank]
            for phrase, rarest in waiting[rank].items():
                if phrase.names <= known:
                    for at, ends in scanned.met(phrase, found, rarest):
                        _add(found, phrase, at, ends)
                        grown.update(phrase.wider)
            if name not in grown:
                continue
            known.update(self._wider[name])
            for phrase in (one for wider in self._wider[name] for one in self._by_notion.get(wider, ())):
                following = self._rank[phrase.notion]
                if following not in waiting:
                    heapq.heappush(ranks, following)
                    waiting[following] = {}
                waiting[following][phrase] = []
        return grown

    def seek(self, name: str, scanned: Scanned, found: Mapping[str, Mentions]) -> Mentions:
        """Find one of the ``conditions`` in a sentence whose other notions are found."""
        likely = [phrase for phrase in self._asked[name] if scanned.present.issuperset(phrase.rarest)]
        met: defaultdict[str, Mentions] = defaultdict(dict)
        for phrase in likely:
            if phrase.names <= found.keys():
                for at, ends in scanned.met(phrase, found):
                    _add(met, phrase, at, ends)
        return _sorted(met[name])


def _together(filed: Iterable[Mapping[int, Sequence[Phrase]]]) -> Sought:
    """Put together the phrases of several rarest words."""
    found: dict[int, list[Phrase]] = {}
    for phrases in filed:
        for number, listed in phrases.items():
            found[number] = [*found.get(number, ()), *listed]
    return Sought(frozenset(found), found)


def _add(found: defaultdict[str, Mentions], phrase: Phrase, at: int, ends: Iterable[int]) -> None:
    """Add to the mentions of the notions of a phrase another one, for the time being in any order."""
    for name in phrase.wider:
        mentions = found[name]
        mentions[at] = (*mentions.get(at, ()), *ends)


def _sorted(mentions: Mentions) -> Mentions:
    """Put mentions into their order, each once."""
    return {at: ends if len(ends) == 1 else tuple(sorted({*ends})) for at, ends in sorted(mentions.items())}


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
