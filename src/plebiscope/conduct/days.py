"""What dates are made of: days and intervals with their words, what is counted from what, which year."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from plebiscope.conduct.language import either, inflected

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DASH = r"\s?[-–—/]\s?"

_FUTURE = re.compile(rf"\b(?:{either('dates', 'future')})\b")
_AT_ONCE_FUTURE = re.compile(r",?\s(?:(?!that\b|who\b)[\w'-]+\s){0,4}?(?:will|is to|are to|shall)\b")
_SAID = re.compile(rf"\b(?:{inflected('speech', 'say')})\b")
_JUST_SAID = re.compile(rf"\b(?:{inflected('speech', 'say')})(?:\s(?:late|early|earlier|on))*\s$")
_PAST = re.compile(r"\b(?:was|were|had|did|been|\w{2,20}ed|held|took|went|came|saw|met|got|left|lost|won)\b")
_BETWEEN = re.compile(rf"\s(?:to|until|till|through)\s(?:on\s)?|{DASH}")
_AND_BETWEEN = re.compile(r"\bbetween\s(?:on\s)?$")
_SINCE = re.compile(r"\bsince\b")
_SINCE_BEFORE = re.compile(r"\bsince\s(?:the\s)?$")
_OF_VOTE = re.compile(rf"\b(?:{either('dates', 'vote')})\b")
_FAR = 5
"""Times as far as the nearest day of that name that a past vote may lie away."""
_PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}

Span = tuple[dt.date, dt.date]
"""First and last day."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date found in a sentence.

    Attributes
    ----------
    start, end
        Half-open range of its words.
    when
        An ISO date, or two with a slash for an interval whose days are both included.
    rule
        How the words were resolved, in words.
    words
        Those that say when, in lower case.
    """

    start: int
    end: int
    when: str
    rule: str
    words: str

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date.fromisoformat(self.when[:10])

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return dt.date.fromisoformat(self.when[-10:])


@dataclass(frozen=True, slots=True)
class Days:
    """What relative dates are counted from.

    Attributes
    ----------
    published
        Day on which the report came out; without it only dates with a year can be resolved.
    voted
        First and last day of the vote, if they are known.
    before
        First and last day named last before the sentence ("the day before").
    day_first
        Whether the report writes 5/6 for the fifth of June; null where it is not known.
    """

    published: dt.date | None = None
    voted: Span | None = None
    before: Span | None = None
    day_first: bool | None = None


def joined(text: str, found: Sequence[Dated]) -> list[Dated]:
    """Make one interval of two dates between which stands "to", or "and" behind "between"."""
    joined: list[Dated] = []
    for one in found:
        before = joined[-1] if joined else None
        between = text[before.end : one.start] if before else ""
        lead = text[max(0, before.start - 9) : before.start] if before else ""
        to = _BETWEEN.fullmatch(between) or (between.strip() == "and" and _AND_BETWEEN.search(lead))
        if before is None or not to:
            joined.append(one)
            continue
        last = one.last
        if one.rule.startswith("weekday") and before.rule.startswith("weekday"):
            last = back(-((last - before.first).days % 7), before.first)
        if before.first < last:
            joined[-1] = dated(text, before.start, one.end, before.first, last, before.rule)
        else:
            joined.append(one)
    return joined


def lasting(text: str, found: Sequence[Dated], days: Days) -> list[Dated]:
    """Make what goes on since a day an interval up to the day of publication."""
    return [
        dated(
            text, one.start, one.end, one.first, days.published, f"{one.rule}; from then on up to publication"
        )
        if days.published
        and _SINCE.search(text, max(0, one.start - 12), one.start + 6)
        and one.first < days.published
        else one
        for one in found
    ]


def dated(text: str, start: int, end: int, first: dt.date, last: dt.date, rule: str) -> Dated:
    """Make a date of its words in a sentence and its first and last day."""
    when = first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
    return Dated(start, end, when, rule, text[start:end])


def one_day(day: dt.date) -> Span:
    """Give a day as an interval."""
    return day, day


def back(days: int, start: dt.date) -> dt.date:
    """Count days back from one; a negative number counts on."""
    return start - dt.timedelta(days=days)


def whole_month(year: int, month: int, part: str | None = None) -> Span:
    """Give a month, or its ``early`` (1 to 10), ``mid`` (11 to 20) or ``late`` part."""
    length = calendar.monthrange(year, month)[1]
    first, last = _PARTS[part] if part else (1, 31)
    return dt.date(year, month, first), dt.date(year, month, min(last, length))


def months_on(start: dt.date, step: int) -> tuple[int, int]:
    """Count months on from a day: year and month."""
    total = start.year * 12 + start.month - 1 + step
    return total // 12, total % 12 + 1


def ahead(text: str, start: int, end: int) -> bool:
    """Tell whether words beside a date put it in the future."""
    after = _AT_ONCE_FUTURE.match(text, end) if text[:start].strip() in ("", "on", "and on") else None
    if after and _SAID.search(after[0]):
        after = None
    before = text[max(0, start - 90) : start]
    return bool(after or (_FUTURE.search(before) and not _JUST_SAID.search(before)))


def year_of(month: int, day: int, match: re.Match[str], published: dt.date) -> dt.date | None:
    """Give a date without a year the year that its weekday, its tense or its nearness tells.

    Parameters
    ----------
    month, day
        As written.
    match
        The words of the date in the sentence; a group ``named`` is the weekday beside it.
    published
        Day on which the report came out.
    """
    near = (published.year - 1, published.year, published.year + 1)
    candidates = [dt.date(year, month, day) for year in near if day <= calendar.monthrange(year, month)[1]]
    named = match.groupdict().get("named")
    if named:
        candidates = [one for one in candidates if WEEKDAYS[one.weekday()] == named] or candidates
    since = match[0].startswith("since") or _SINCE_BEFORE.search(match.string, 0, match.start())
    if since or (not ahead(match.string, match.start(), match.end()) and _PAST.search(match.string)):
        over = [one for one in candidates if one <= published + dt.timedelta(days=1)]
        nearest = min((abs(one - published) for one in candidates), default=dt.timedelta())
        # "The vote of 2 October was announced": the vote may be ahead, if it is far nearer than last year's.
        far = _OF_VOTE.search(match.string[max(0, match.start() - 30) : match.end() + 40]) and over
        if not (far and published - max(over) > _FAR * nearest):
            candidates = over or candidates
    return min(candidates, key=lambda one: abs(one - published), default=None)
