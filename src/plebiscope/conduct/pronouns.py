"""For whom a pronoun stands: "he", "she", "it", "they" are whoever fits and spoke or was named last.

Whom a sentence is about and who speaks in it are looked up in what is known of the sentences so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from plebiscope.conduct.language import words
from plebiscope.conduct.mentions import Mentions
from plebiscope.conduct.names import titled
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.reach import Cue
from plebiscope.conduct.subjects import speaks

UNNAMED = "unnamed speaker"
"""Speaker of words that are plainly somebody's but whose name was not found."""

_GENDERS = {"he": "male", "she": "female"}
LOOK_BACK = 8
"""Sentences before its own in which the person is sought whom a pronoun stands for."""


@dataclass(frozen=True, slots=True)
class Said:
    """A word of saying with its speaker put into a name."""

    cue: Cue
    speaker: str
    inferred: bool
    place: tuple[int, int]


@dataclass
class Pronouns:
    """The pronouns of one report.

    Parameters
    ----------
    text, passages, mentions
        The cleaned text, its distinct sentences, and who is named in it.
    topics
        What each sentence is about and where that stands, as far as it is read.
    said
        Who says something in each sentence, as far as it is read.
    """

    text: str
    passages: Sequence[Passage]
    mentions: Mentions
    topics: Sequence[tuple[str, tuple[int, int]] | None]
    said: Sequence[Sequence[Said]]
    _gender: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._gender = dict(self.mentions.genders)

    def antecedent(self, index: int, pronoun: str, before: int) -> str | None:
        """Find whom a pronoun stands for: sentence by sentence back, a speaker before a person named."""
        fitting = [name for name in self._candidates(index, pronoun, before) if self.fits(name, pronoun)]
        gender = _GENDERS.get(pronoun)
        if gender is None:
            return fitting[0] if fitting else UNNAMED
        if not fitting:
            # A name alone, a pseudonym: "Halyna", 61, said. She ...
            fitting = [name for name in self._candidates(index, pronoun, before) if self._bare_name(name)]
        name = fitting[0] if fitting else UNNAMED
        if name != UNNAMED:
            self._gender[name] = gender
        return name

    def _candidates(self, index: int, pronoun: str, before: int) -> Iterator[str]:
        """Name those for whom a pronoun may stand, the likeliest first."""
        own = self.topics[index] if index < len(self.topics) else None
        if own and own[1][1] < before:
            between = self.text[own[1][1] : before]
            if (
                ":" in between
                or f" {pronoun} " in between
                or (pronoun in ("it", "they") and between.count(" ") > 2)
            ):
                yield own[0]
        for other in range(index - 1, max(-1, index - 1 - LOOK_BACK), -1):
            passage = self.passages[other]
            if passage.caption:
                continue
            yield from self._speakers(other)
            about = self.topics[other]
            if about:
                yield about[0]
            if own and own[1][1] < before:
                yield own[0]
                own = None
            if pronoun in _GENDERS:
                yield from filter(self.mentions.people.__contains__, self.mentions.persons[other])
        if own and own[1][1] < before:
            yield own[0]

    def _speakers(self, index: int) -> list[str]:
        """Name those who say something in a sentence: the last first, but those last who are told of."""
        here = self.said[index]

        def told(said: Said) -> bool:
            return any(
                first <= said.cue.start < last
                for other in here
                if other is not said
                for first, last in other.cue.scopes
            )

        return [said.speaker for said in sorted(here, key=told)]

    def _bare_name(self, name: str) -> bool:
        return name.isalpha() and name.istitle() and not speaks(name) and name not in self.mentions.short

    def fits(self, name: str, pronoun: str) -> bool:
        """Tell whether a pronoun may stand for a speaker: a person, a group, a body."""
        if name == UNNAMED:
            return False
        gender = _GENDERS.get(pronoun)
        unnamed = not name[:1].isupper() or name.split()[0].lower() in words("people", "determiners")
        last = name.split()[-1].lower()
        person = titled(name) if unnamed else name in self.mentions.people or titled(name)
        person = person and last not in words("people", "kinds")
        if gender:
            return person and self._gender.get(name, gender) == gender
        if pronoun == "they":
            return not person or last.endswith("s")
        if pronoun == "it":
            return (
                not person and not (last.endswith("s") and unnamed) and last not in ("people", "women", "men")
            )
        return True
