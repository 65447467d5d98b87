"""What the words of a sentence say beside the rules: doubts about a match, and suggestions of their own.

A rule that fires in a sentence whose words speak against its code is doubtful, and only suggests. A sentence
whose words speak for a code of which no rule fired is suggested for it: a person should read it. Where the
rules have found several codes in a report, words that speak loudly are as good as a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plebiscope.conduct import codebook, likely
from plebiscope.conduct.codebook import Rule
from plebiscope.conduct.elsewhere import private_vote
from plebiscope.conduct.lexicon import Token
from plebiscope.conduct.likely import NAME, NUMBER, Weighing
from plebiscope.conduct.matching import Match, negated_within, trimmed
from plebiscope.conduct.reading import Reading
from plebiscope.conduct.standing import clause, standing, supposed

LOW = 0.02
"""Chance below which a firm match is only suggested. By weights learnt without the report in question: on 26
reports whose wordings no rule had been mended for, the F1 of codes per report rises from 0.831 to about 0.85
at any level from 0.02 to 0.05. Where the rules had been made to fit, more true matches than false ones go, so
that the lowest of these levels is kept."""
HIGH = 0.9
"""Chance above which words alone suggest a code. On the same reports statements in place rise from 0.65 to
0.70 by this, and somewhat fewer than half of what words alone suggest is told there; from 0.8 on it is a
third."""
CERTAIN = 0.95
"""Chance above which words alone make a statement firm, if the report is told to be of such things
(:data:`COMPANY`). On 20 reports of which neither rules nor weights knew anything, 20 of 24 such statements
were told there, and the F1 of codes per report rose from 0.846 to 0.858."""
COMPANY = 3
"""Codes that rules must have found in a report before its words alone can make a statement firm: in 120 real
articles on other things, words as loud as that stood in 39 sentences, and hardly one told of its code; 27 of
them in articles in which rules had found fewer codes than this."""
WORDS = ".words: "
"""In the name of the rule of such a suggestion; behind it stand the words that weighed most."""
_AROUND = 8
"""Words on each side of a match that are read beside its whole sentence."""
FEWEST = 5
"""Words of the shortest sentence in which words alone suggest: each of a few words has too large a share."""
_SHOWN = 3
_LONGEST = 80
"""Letters of the name of a rule; the page shows no more."""


def by_words(rule: str) -> bool:
    """Tell by the name of its rule whether a statement is suggested by words alone."""
    return WORDS in rule


def around(words: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """Give the words at a half-open range of letters, and some on each side."""
    held = [at for at, word in enumerate(words) if start < word.end and word.start < end]
    return words[max(0, held[0] - _AROUND) : held[-1] + 1 + _AROUND] if held else ()


@dataclass(frozen=True)
class Wording:
    """The sentences of a report, with the chance of each code in each of them."""

    read: Sequence[Reading]

    @cached_property
    def _chances(self) -> NDArray[np.float64]:
        return likely.load().chances([one.words for one in self.read])

    def doubts(self, match: Match) -> bool:
        """Tell whether the words of the sentence, and those around a match, speak against what was found."""
        table = likely.load()
        column = table.codes.index(match.code.id)
        if self._chances[match.sentence, column] >= LOW:
            return False
        one = self.read[match.sentence]
        start, end = match.start - one.passage.start, match.end - one.passage.start
        # A long sentence tells of many things, and each has a small share in its words.
        return bool(table.chances([around(one.words, start, end)])[0, column] < LOW)

    def certain(self, match: Match) -> bool:
        """Tell whether a match was suggested by words alone, and by words that speak loudly."""
        column = likely.load().codes.index(match.code.id)
        return by_words(match.rule.id) and bool(self._chances[match.sentence, column] > CERTAIN)

    def suggestions(self, found: Sequence[Match]) -> Iterator[Match]:
        """Give what words alone suggest, where no rule of the code has fired in the sentence.

        Parameters
        ----------
        found
            The matches of rules, and what plug-ins proposed.
        """
        if not any(one.holds("vote") for one in self.read):
            return
        taken = {(match.sentence, match.code.id) for match in found}
        codes = likely.load().codes
        for place, column in np.argwhere(self._chances > HIGH).tolist():
            one = self.read[place]
            if (place, codes[column]) in taken or len(one.words) < FEWEST or private_vote(one):
                continue
            match = _match(one, place, codes[column])
            if match is not None:
                yield match


def _match(one: Reading, place: int, named: str) -> Match | None:
    """Find the clause that holds the words which weigh most, unless it only supposes or denies a praise."""
    code = codebook.load().codes[named]
    _, weighing = likely.load().weighing(one.words, named)
    first, last = trimmed(
        one.lowered, *clause(one.lowered, *one.range_of(weighing[0].start, weighing[0].end))
    )
    chosen = _chosen(one, weighing, first, last)
    own = {at for term in chosen for at in range(term.start, term.end)}
    start, end = one.range_of(min(own), max(own) + 1)
    if supposed(one.lowered, start, end):
        return None
    negated = negated_within(one, own, min(own), max(own) + 1)
    if code.kind == "positive" and (negated or standing(one.lowered, start, end) in ("denied", "norm")):
        return None
    at = one.passage.start
    return Match(
        code,
        Rule(id=_named(named, one, chosen), strength="suggested"),
        place,
        at + min(first, start),
        at + max(last, end),
        negated,
        core=(at + start, at + end),
    )


def _chosen(one: Reading, weighing: Sequence[Weighing], first: int, last: int) -> list[Weighing]:
    """Choose the terms of a clause that weigh most, none inside another."""
    chosen: list[Weighing] = []
    for term in weighing:
        start, end = one.range_of(term.start, term.end)
        inside = first <= start and end <= last and term.adds > 0
        if inside and not any(term.start < other.end and other.start < term.end for other in chosen):
            chosen.append(term)
        if len(chosen) == _SHOWN:
            break
    return chosen or [weighing[0]]


def _named(code: str, one: Reading, chosen: Sequence[Weighing]) -> str:
    """Name the words that weighed as the text has them, except for names and figures, which are masked."""
    name = f"{code}{WORDS}"
    for number, term in enumerate(chosen):
        kinds = term.term.split(" ")
        spoken = [one.words[at].word for at in (term.start, term.end - 1)][: len(kinds)]
        shown = " ".join(
            kind if kind in (NAME, NUMBER) else word for kind, word in zip(kinds, spoken, strict=True)
        )
        longer = f"{name}{', ' if number else ''}{shown}"
        if number and len(longer) > _LONGEST:
            break
        name = longer
    return name[:_LONGEST]
