"""Whether a sentence tells of this vote at all: not of another year's, another country's, a film's, a club's.

A fact about another vote counts only if the report brings it as evidence on this one, and a rule cannot see
that. So what is told of another time or place is only suggested, and what is told of a vote among members of
a club, of shareholders or of an audience is left out. A place, a book or an exercise is another for the whole
sentence; a time only for its clause, or where it opens the sentence: "he was, as a candidate in 2012, well
known, and has been arrested".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plebiscope.conduct.reading import Reading
from plebiscope.conduct.setting import frames
from plebiscope.conduct.standing import clause

_YEAR = re.compile(r"(?<![\d.,:/-])(?:1[89]|20)\d\d(?![\d%:/-]|,\d|\.\d)")
# "since 2014" reaches to the present, "as in 2014" compares this vote with that one.
_NOT_WHEN = re.compile(
    r"(?:\b(?:since|from|until|till|like|unlike|as in|than in|compared (?:with|to)|resolution|law|"
    r"born in|died in)(?: the| that| of| those of)?|\d [-–]|[-–])\s?$"
)
# "Less visible than in previous elections", "similar activity as recorded in previous elections".
_COMPARED = re.compile(
    r"\b(?:than|like|unlike|beyond|similar to|compared (?:with|to)|"
    r"as (?:in|at|during|recorded|noted|seen|observed))(?:\s[\w'-]+){0,3}\s$"
)
# "The 2018 Act", "the Copenhagen Document of 1990": laws hold for this vote too.
_A_LAW = re.compile(
    r"\s(?:[\w'-]+\s){0,3}?(?:act|law|laws|code|document|agreement|constitution|convention|treaty|accords?|decree|"
    r"census)\b"
)
_OF_A_LAW = re.compile(
    r"\b(?:act|law|code|document|agreement|constitution|convention|treaty|accords?|decree|census)"
    r" (?:of|from|in) $"
)
_GOES_ON = re.compile(r"""["'(]{0,2}(?:its?|they|their|there|then|he|she|his|her|those|these|that)\b""")
# "His father's rule, when thousands were jailed": the clause behind is of that time.
_WHEN = re.compile(r"[\s\w'-]{0,30},?\s(?:when|in which|during which|at which)\s")
# "Bresker, a candidate in 2027, was arrested": a time that only tells who somebody is.
_AFTER = re.compile(r"\s(?:after|before|during) (?:[\w'-]+\s){0,5}$")
_OPENS = re.compile(r"[^,;:]{0,30}$")
_INSERTED = re.compile(r",\s(?!(?:in|on|at|during|before|after)\s)[^,;:]{1,90},")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What of a sentence is told of another vote.

    Attributes
    ----------
    throughout
        All of it.
    times
        Half-open ranges of letters in which another time is named.
    """

    throughout: bool
    times: tuple[tuple[int, int], ...]

    def holds(self, sentence: str, start: int, end: int) -> bool:
        """Tell whether what stands at a half-open range of the sentence is told of another vote."""
        if self.throughout:
            return True
        first, last = clause(sentence, start, end)
        aside = [found.span() for found in _INSERTED.finditer(sentence)]
        for one, other in self.times:
            opens = sentence[other : other + 1] == "," and _OPENS.match(sentence[:one])
            if opens or frames(sentence, one, other):
                return True
            if any(a < one and other < b and not (a <= start and end <= b) for a, b in aside):
                continue
            if first < other and one < last:
                return True
            after = _AFTER.search(sentence, 0, one)
            if after and end <= after.start() + 1 and last >= after.start():
                return True
            reached = _WHEN.match(sentence, other)
            if reached and other <= start and reached.end() >= first:
                return True
        return False


def another_vote(read: Sequence[Reading], published: dt.date | None) -> list[Elsewhere]:
    """Tell of each sentence what of it is about another vote, or none that was ever held.

    Parameters
    ----------
    read
        All sentences of the report.
    published
        Day on which the report came out; without it, the latest year that the text names stands for it.
    """
    years = [int(found[0]) for found in _YEAR.finditer("\n".join(one.lowered for one in read))]
    current = published.year if published else max(years, default=0)
    found: list[Elsewhere] = []
    for index, one in enumerate(read):
        throughout = one.holds("another-vote")
        before = read[index - 1] if index else None
        if (
            before
            and not throughout
            and found[-1].throughout
            and one.passage.paragraph - before.passage.paragraph <= 1
        ):
            throughout = bool(_GOES_ON.match(one.lowered))
        found.append(Elsewhere(throughout, tuple(_times(one, current))))
    return found


def _times(one: Reading, current: int) -> Iterator[tuple[int, int]]:
    """Find where another time is named, and this vote is not set beside it."""
    for at, ends in one.hits.get("another-time", {}).items():
        start, end = one.range_of(at, max(ends))
        if not _COMPARED.search(one.lowered, max(0, start - 60), start):
            yield start, end
    yield from _long_ago(one.lowered, current)


def private_vote(sentence: Reading) -> bool:
    """Tell a vote in a club, a company, a contest or a show: no word of public votes stands beside it."""
    return sentence.holds("private-vote") and not sentence.holds("public-vote")


def _long_ago(sentence: str, current: int) -> Iterator[tuple[int, int]]:
    """Find years two or more before the current one, where a sentence names no later year."""
    named = [
        found
        for found in _YEAR.finditer(sentence)
        if not _NOT_WHEN.search(sentence[max(0, found.start() - 24) : found.start()])
        and not _A_LAW.match(sentence, found.end())
        and not _OF_A_LAW.search(sentence[max(0, found.start() - 24) : found.start()])
    ]
    if named and max(int(found[0]) for found in named) < current - 1:
        yield from (found.span() for found in named)
