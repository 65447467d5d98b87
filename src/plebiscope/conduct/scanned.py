"""A sentence as phrases see it: which of the words that they ask for stand where, and where they are met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from plebiscope.conduct.bounds import bounds
from plebiscope.conduct.lexicon import WALL, Token

Mentions = dict[int, tuple[int, ...]]
"""Where a notion begins (index of a word), in their order, and where it ends (behind the last word)."""


class Place(NamedTuple):
    """A step of a phrase, with the number of its word or with its notion."""

    number: int | None
    notion: str | None
    passes: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A phrase of a notion; compared by identity, so that it is quick to look up.

    Attributes
    ----------
    notion
        Whose phrase it is.
    wider
        This notion and all of which it is a phrase by itself: where it stands, they stand.
    places
        Its steps.
    words
        Numbers of its words, where it is nothing but words that follow each other.
    rarest
        Numbers of its two rarest words, or of as many as it has, the rarest first.
    lead
        How many words before its rarest it begins, where that is always the same.
    names
        Notions that it names.
    """

    notion: str
    wider: tuple[str, ...]
    places: tuple[Place, ...]
    words: tuple[int, ...]
    rarest: tuple[int, ...]
    lead: int | None
    names: frozenset[str]


class Sought(NamedTuple):
    """Phrases by the number of one of their words; they are tried only where that one stands."""

    words: frozenset[int]
    phrases: dict[int, list[Phrase]]


class Known(NamedTuple):
    """What is remembered of a written word.

    Attributes
    ----------
    numbers
        For which words of phrases it may stand.
    wanted
        Those of them of which it matters whether a sentence has them anywhere.
    alone
        Notions that it names alone.
    before, behind, anywhere
        Phrases of which it may be the rarest word, by the word that each has right before it, right behind
        it, or anywhere.
    """

    numbers: frozenset[int]
    wanted: frozenset[int]
    alone: tuple[str, ...]
    before: Sought
    behind: Sought
    anywhere: Sought


class Scanned:
    """A sentence as phrases see it."""

    def __init__(self, sentence: Sequence[Token], known: Sequence[Known]) -> None:
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
            ends = (at + 1,)
            for notion in word.alone:
                found[notion][at] = ends
        return found

    def likely(self) -> Iterator[tuple[Phrase, int]]:
        """Give the phrases to be tried, each with where its rarest word stands."""
        numbers, present = self._numbers, self.present
        for at, word in enumerate(self._known):
            for (words, phrases), there in (
                (word.before, numbers[at - 1]),
                (word.behind, numbers[at + 1]),
                (word.anywhere, present),
            ):
                if words:
                    for number in words & there:
                        for phrase in phrases[number]:
                            yield phrase, at

    def follow(self, words: Sequence[int], at: int) -> bool:
        """Tell whether some words stand one behind the other from a place on, if there is such a place."""
        if at < 0:
            return False
        behind = at
        for number in words:
            if number not in self._numbers[behind]:
                return False
            behind += 1
        return not any(self._breaks[at + 1 : behind])

    def met(
        self, phrase: Phrase, found: Mapping[str, Mentions], rarest: Sequence[int] = ()
    ) -> Iterable[tuple[int, Iterable[int]]]:
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
        if notion is not None:
            begins = found[notion]
        elif rarest and phrase.lead is not None:
            begins = [at - phrase.lead for at in rarest if at >= phrase.lead]
        else:
            begins = [at for at, numbers in enumerate(self._numbers) if number in numbers]
        return [(at, ends) for at in begins if (ends := self._ends(phrase, at, found))]

    def _ends(self, phrase: Phrase, at: int, found: Mapping[str, Mentions]) -> Collection[int]:
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
