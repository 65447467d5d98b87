"""When: the dates of a report, sentence by sentence, and which of them is the date of a fact.

A date stands for the fact if it is in the fact's own words or in its clause, and is not the day on which
somebody spoke ("said on Thursday"). Where no date stands there, none is filled in: a sentence does not
inherit the day of the one before it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from plebiscope.conduct.dates import dates
from plebiscope.conduct.days import Dated, Days, Span
from plebiscope.conduct.language import either, inflected
from plebiscope.conduct.segment import Passage
from plebiscope.conduct.standing import clause

_VOTING = either("dates", "vote")
_OF_VOTE_BEFORE = re.compile(
    rf"\b(?:{_VOTING})(?:\s(?:was|were|is|are|be|to be|took place|takes place|held|scheduled|set|due|planned|"
    rf"slated|called))*\s(?:on|for|of|from|between)?\s?(?:the\s)?$"
)
_OF_VOTE_AFTER = re.compile(
    rf"^(?:'s)?\s(?:(?!(?:before|after|ahead|about|on|in|and|that|said|to)\b)[\w'-]+\s){{0,3}}?(?:{_VOTING})\b"
    rf"|^,?\s(?:[\w'-]+\s){{1,4}}?(?:went to the polls|held\s(?:\w+\s){{0,4}}?(?:{_VOTING})\b)"
)
_NUMERIC = re.compile(r"(?<![\d./])(\d{1,2})/(\d{1,2})/(?:\d{4}|\d\d)(?![\d/])")
_LOOK_BACK = 3
"""Sentences before its own in which the day is sought that "the previous evening" is counted from."""

_REACH = 90
"""Letters behind a word of saying in which the day and the place of speaking are sought."""
# Between a word of saying and the date or place of speaking stand only those who were told and the occasion.
_TOLD = r"(?:\s(?:the\s|a\s)?[\w'-]+(?:\s[\w'-]+){0,3}?)?"
_OCCASION = (
    r"(?:,?\s(?:in|at|during|after|through|by)\s(?:an?|the|his|her|its|their)\s(?:[\w'-]+\s){0,3}?"
    r"(?:conference|briefing|interview|statement|speech|address|meeting|session|rally|report|post|summit|"
    r"video|letter|message|phone|telephone|call|hearing|debate|event))?"
)
_MOMENT = (
    r"(?:,?\s(?:on|late|early|earlier|last|this|late on|early on)?\s?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|tonight|week|month|morning|evening|night)(?:\s(?:morning|afternoon|evening|night))?)?"
)
_PLACE_OF_IT = r"(?:,?\s(?:in|at|from|outside|near)\s(?:the\s)?[\w'.-]+(?:\s[\w'.-]+)?)?"
_SAID_AT = (
    rf"(?:{_OCCASION}{_MOMENT}|{_MOMENT}{_OCCASION}){_PLACE_OF_IT},?\s?"
    r"(?:(?:late|early|earlier|on|in|at|from|outside|near|back in|late on|early on)\s)?(?:the\s)?"
)
_SPOKEN = re.compile(_SAID_AT)
_TOLD_AT = re.compile(_TOLD + _SAID_AT)
_JUDGING = re.compile(rf"\b(?:{inflected('speech', 'judge')})$")
_JUDGED = re.compile(r"(?:(?!\bthat\b)[^,;:\"]){0,60}")
# Only a limit: "ahead of the vote on Sunday" is not on Sunday.
_BOUND = re.compile(
    r"\b(?:ahead of|before|prior to|(?:run|leading|build)[- ]?up to|following|after)\s(?:the\s)?"
    r"(?:[\w'-]+\s){0,3}?(?:(?:on|of)\s)?(?:the\s)?$"
)
_TELLING = re.compile(r"\b(?:told|tells?|telling|addressed|addressing|spoke to|speaking to)$")
# "On Sunday, boxes were carried off, and voters ...": such a date or place holds for the whole sentence.
_AT_HEAD = re.compile(
    r"[\s\"'(]*(?:(?:and|but|late|early|earlier)\s)?(?:(?:on|in|at|since|by|over|from|near|across)\s)?(?:the\s)?"
)


@dataclass
class When:
    """The dates of one report.

    Parameters
    ----------
    lowered
        The cleaned text in lower case.
    passages
        Its distinct sentences, in order.
    published
        Day on which the report came out; without it only dates with a year are resolved.
    voted
        First and last day of the vote where the case says them; else the report's own words are searched.
    """

    lowered: str
    passages: Sequence[Passage]
    published: dt.date | None
    voted: Span | None = None
    _known: dict[int, list[Dated]] = field(default_factory=dict, init=False)

    def dates(self, index: int) -> list[Dated]:
        """Find the dates of a sentence; their offsets count from its start."""
        if index not in self._known:
            passage = self.passages[index]
            text = self.lowered[passage.start : passage.end]
            voted = self._vote if "day" in text or "night" in text or "eve" in text else None
            self._known[index] = dates(
                text, Days(self.published, voted, self._before(index, text), self._day_first)
            )
        return self._known[index]

    def of_fact(
        self,
        index: int,
        start: int,
        end: int,
        said: Sequence[tuple[int, int]],
        *,
        is_speech: bool = False,
    ) -> Dated | None:
        """Find the date of a fact.

        Parameters
        ----------
        index
            The sentence that tells it.
        start, end
            Half-open range of the fact in the cleaned text.
        said
            Ranges of the cleaned text that hold words of saying and who says.
        is_speech
            The fact is that somebody said it ("condemned the vote"): then the day of speaking is its day.

        Returns
        -------
        Dated or None
            The date in the fact's own words, else the nearest in its clause; offsets count from the start of
            the sentence.
        """
        passage = self.passages[index]
        sentence = self.lowered[passage.start : passage.end]
        start, end = start - passage.start, end - passage.start
        cues = [(first - passage.start, last - passage.start) for first, last in said]
        found = self.dates(index)
        own = [date for date in found if start <= date.start and date.end <= end]
        if own:
            return own[0]
        first, last = clause(sentence, start, end)
        beside = [
            date
            for date in found
            if ((first <= date.start and date.end <= last) or frames(sentence, date.start, date.end))
            and not _BOUND.search(sentence, 0, date.start)
            and (is_speech or not _spoken_on(sentence, date, start, cues))
        ]
        return min(beside, key=lambda date: max(date.start - end, start - date.end), default=None)

    def _before(self, index: int, text: str) -> Span | None:
        """Give the last day named in the sentences before, for what is counted from it."""
        if not _COUNTED.search(text):
            return None
        for other in range(index - 1, max(-1, index - 1 - _LOOK_BACK), -1):
            if self.passages[index].paragraph - self.passages[other].paragraph > 1:
                return None
            found = self.dates(other)
            if found:
                return found[-1].first, found[-1].last
        return None

    @cached_property
    def _vote(self) -> Span | None:
        """First and last day of the vote: as the case has them, else as most of the report's mentions say."""
        if self.voted or self.published is None:
            return self.voted
        named: Counter[Span] = Counter()
        for passage in self.passages:
            text = self.lowered[passage.start : passage.end]
            for date in dates(text, Days(self.published, day_first=self._day_first)):
                short = (date.last - date.first).days <= 7
                near = abs(date.last - self.published).days <= 366
                if short and near and not date.rule.startswith("vague"):
                    beside = _OF_VOTE_BEFORE.search(text, 0, date.start) or _OF_VOTE_AFTER.match(
                        text[date.end :]
                    )
                    named[date.first, date.last] += bool(beside)
        (best, times), second = (
            (*named.most_common(1), ((self.published, self.published), 0))[0],
            named.most_common(2)[1:],
        )
        return best if times and (not second or second[0][1] < times) else None

    @cached_property
    def _day_first(self) -> bool | None:
        """Tell from the dates in figures that can be read one way only which of the two is the day."""
        pairs = [(int(found[1]), int(found[2])) for found in _NUMERIC.finditer(self.lowered)]
        day, month = any(one > 12 for one, _ in pairs), any(two > 12 for _, two in pairs)
        return day if day != month else None


_COUNTED = re.compile(
    r"\b(?:that|same|previous|before|next|following|after|earlier|later|the event|the ceremony)\b"
)


def _spoken_on(sentence: str, date: Dated, fact: int, said: Sequence[tuple[int, int]]) -> bool:
    """Tell the day of speaking: "called the vote a sham on Monday", "on Monday they sued, saying ..."."""
    judged = any(
        _JUDGING.search(sentence, first, last) and _JUDGED.fullmatch(sentence, last, date.start)
        for first, last in said
        if last <= date.start
    )
    between = any(date.end <= first and last <= fact for first, last in said)
    return judged or between or spoken_at(sentence, date.start, date.end, said)


def frames(sentence: str, start: int, end: int) -> bool:
    """Tell a date or a place that opens a sentence, up to a comma: it holds for all its clauses.

    Parameters
    ----------
    sentence
        In lower case.
    start, end
        Half-open range of the date or the place in it.
    """
    return sentence[end : end + 1] == "," and bool(_AT_HEAD.fullmatch(sentence, 0, start))


def spoken_at(sentence: str, start: int, end: int, said: Sequence[tuple[int, int]]) -> bool:
    """Tell the date or place of speaking ("said on Thursday", "today condemned") from that of a fact.

    Parameters
    ----------
    sentence
        In lower case.
    start, end
        Half-open range of the date or the place in it, without its preposition.
    said
        Ranges of the words of saying with who says, in the same sentence.
    """
    for first, last in said:
        if first <= start and end <= last:
            return True
        between = _TOLD_AT if _TELLING.search(sentence, first, last) else _SPOKEN
        if last <= start and start - last < _REACH and between.fullmatch(sentence, last, start):
            return True
        if end <= first and (
            sentence[end:first] == " "
            or (sentence[end:first] == ", " and _AT_HEAD.fullmatch(sentence, 0, start))
        ):
            return True
    return False
