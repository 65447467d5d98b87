"""When: dates and relative dates in a sentence, resolved against the day of publication.

A weekday that is the day of publication's own is that day, not one a week away; "in recent days" is an
interval. What cannot be resolved without guessing is left out.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"a": 1, "an": 1}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = "|".join(_DAYS)
_COUNT = rf"\d{{1,2}}|{'|'.join(_NUMBERS)}"
_DATE = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}-\d\d-\d\d)"
    rf"|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH})\b\.?(?:,?\s(?P<year>\d{{4}}))?)"
    rf"|(?:(?P<month2>{_MONTH})\b\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<year2>\d{{4}}))?)"
    rf"|(?:(?P<month3>{_MONTH})\s(?P<year3>\d{{4}}))"
    rf"|(?P<near>today|tonight|this (?:morning|afternoon|evening)|yesterday|last night|tomorrow)"
    rf"|(?:(?P<which>last|next|this|on)\s)?(?P<weekday>{_DAY})"
    rf"|(?P<count>{_COUNT})\s(?P<unit>day|week|month)s?\s(?P<side>ago|earlier)"
    rf"|(?P<span>last|past|this|next)\s(?P<length>week|month)"
    rf"|in (?:the )?(?:recent|last few|past few) (?P<recent>days|weeks))\b"
)
_FUTURE = re.compile(r"\b(?:will|would|shall|going to|is to|are to|due|set to|next|coming)\b")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date found in a sentence.

    Attributes
    ----------
    start, end
        Half-open range of its words.
    when
        An ISO date, or two with a slash for an interval whose days are both included.
    """

    start: int
    end: int
    when: str


def dates(text: str, published: dt.date | None) -> list[Dated]:
    """Find the dates of a sentence.

    Parameters
    ----------
    text
        The sentence, cleaned and in lower case.
    published
        Day on which the report came out; without it only dates with a year can be resolved.
    """
    found = []
    for match in _DATE.finditer(text):
        try:
            when = _resolve(match, text, published)
        except OverflowError:
            when = None  # before the first or after the last day of the calendar
        if when:
            found.append(Dated(match.start(), match.end(), when))
    return found


def _resolve(match: re.Match[str], text: str, published: dt.date | None) -> str | None:
    part = match.groupdict()
    if part["iso"]:
        return _day(*map(int, part["iso"].split("-")))
    for suffix in ("", "2"):
        if part[f"month{suffix}"]:
            month, day = _MONTHS[part[f"month{suffix}"]], int(part[f"day{suffix}"])
            if part[f"year{suffix}"]:
                return _day(int(part[f"year{suffix}"]), month, day)
            return _closest(month, day, published, text) if published else None
    if part["month3"]:
        return _whole_month(int(part["year3"]), _MONTHS[part["month3"]])
    if published is None:
        return None
    if part["near"]:
        shift = {"yesterday": -1, "last night": -1, "tomorrow": 1}.get(part["near"], 0)
        return (published + dt.timedelta(days=shift)).isoformat()
    if part["weekday"]:
        return _weekday(_DAYS.index(part["weekday"]), part["which"], published, text, match.start())
    if part["count"]:
        number = int(part["count"]) if part["count"].isdigit() else _NUMBERS[part["count"]]
        days = {"day": 1, "week": 7, "month": 30}[part["unit"]] * number
        return (published - dt.timedelta(days=days)).isoformat() if part["side"] == "ago" else None
    if part["span"]:
        return _stretch(part["span"], part["length"], published)
    first = published - dt.timedelta(days=7 if part["recent"] == "days" else 30)
    return f"{first.isoformat()}/{published.isoformat()}"


def _weekday(number: int, which: str | None, published: dt.date, text: str, at: int) -> str:
    back = (published.weekday() - number) % 7
    if which == "next":
        shift = 7 - back
    elif which == "last":
        shift = -(back or 7)
    elif back and _FUTURE.search(text[:at]):
        shift = 7 - back
    else:
        shift = -back
    return (published + dt.timedelta(days=shift)).isoformat()


def _stretch(which: str, length: str, published: dt.date) -> str | None:
    if which == "past":
        first = published - dt.timedelta(days=7 if length == "week" else 30)
        return f"{first.isoformat()}/{published.isoformat()}"
    step = {"last": -1, "this": 0, "next": 1}[which]
    if length == "week":
        monday = published + dt.timedelta(days=7 * step - published.weekday())
        return f"{monday.isoformat()}/{(monday + dt.timedelta(days=6)).isoformat()}"
    months = published.year * 12 + published.month - 1 + step
    return _whole_month(months // 12, months % 12 + 1)


def _whole_month(year: int, month: int) -> str | None:
    first = _day(year, month, 1)
    if first is None:
        return None
    return f"{first}/{_day(year, month, calendar.monthrange(year, month)[1])}"


def _closest(month: int, day: int, published: dt.date, text: str) -> str | None:
    """Give a date without a year the year that brings it closest to the day of publication."""
    years = (published.year - 1, published.year, published.year + 1)
    days = [dt.date.fromisoformat(found) for year in years if (found := _day(year, month, day))]
    return min(days, key=lambda found: abs(found - published)).isoformat() if days else None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
