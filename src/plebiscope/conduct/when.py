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
from plebiscope.conduct.language import either
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.setting import elsewhere, frames
from plebiscope.conduct.standing import clause

_VOTING = either("dates", "vote")
_OF_VOTE_BEFORE = re.compile(
    rf"\b(?:{_VOTING})(?:\s(?:was|were|is|are|be|to be|took place|takes place|held|scheduled|set|due|planned|"
    rf"slated|called))*\s(?:on|for|of|from|between)?\s?(?:the\s)?$"
)
_OF_VOTE_AFTER = re.compile(
    rf"^(?:'s)?\s(?:(?!(?:before|after|during|ahead|about|on|in|of|and|that|said|to)\b)[\w'-]+\s){{0,3}}?(?:{_VOTING})\b"
    rf"|^,?\s(?:[\w'-]+\s){{1,4}}?(?:went to the polls|held\s(?:\w+\s){{0,4}}?(?:{_VOTING})\b)"
)
_NUMERIC = re.compile(r"(?<![\d./])(\d{1,2})/(\d{1,2})/(?:\d{4}|\d\d)(?![\d/])")
_LOOK_BACK = 3
"""Sentences before its own in which the day is sought that "the previous evening" is counted from."""
# Only a limit: "ahead of the vote on Sunday" is not on Sunday.
_BOUND = re.compile(
    r"\b(?:until|till|ahead of|before|prior to|(?:run|leading|build)[- ]?up to|following|after)\s(?:the\s)?"
    r"(?:[\w'-]+\s){0,3}?(?:(?:on|of|in)\s)?(?:the\s)?$"
)
_UNTIL = re.compile(r"(?:until|till|before|after)\b")
_COUNTED = re.compile(
    r"\b(?:that|same|previous|before|next|following|after|earlier|later|the event|the ceremony)\b"
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
        first, last = clause(sentence, start, end)
        scored: list[tuple[bool, int, Dated]] = []
        for date in found:
            a, b = date.start, date.end
            own = start <= a and b <= end
            near = (first <= a and b <= last) or frames(sentence, a, b)
            if _BOUND.search(sentence, 0, a) or _UNTIL.match(date.words) or not (own or near):
                continue
            if own or is_speech or not elsewhere(sentence, (a, b), (start, end), cues):
                scored.append((not own, max(a - end, start - b), date))
        return min(scored, key=lambda one: one[:2], default=(True, 0, None))[2]

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
