"""Dates and relative dates in a sentence, resolved to a day or an interval, each with its words and its rule.

A weekday that is the day of publication's own is that day, not one a week away; "in recent days" is an
interval. What cannot be resolved without guessing is left out: "5/6/2022" where nothing tells day from month,
"the day before" where no day was named.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache

from plebiscope.conduct.days import (
    DASH,
    WEEKDAYS,
    Dated,
    Days,
    Span,
    ahead,
    back,
    dated,
    joined,
    lasting,
    months_on,
    one_day,
    whole_month,
    year_of,
)
from plebiscope.conduct.language import either, table

_MONTHS = {name: number for number, names in enumerate(table("months").values(), 1) for name in names}
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAY = "|".join(WEEKDAYS)
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_COUNT = rf"\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_TO = rf"(?:\s(?:to|until|till|through|and)\s(?:the\s)?|{DASH})"
_LED = rf"(?:(?P<named>{_DAY}),?\s(?:the\s)?)?"
_VOTING = either("dates", "vote")

_NEAR_WEEK = 8
"""Days before publication that "in recent days" covers: up to about a week before it."""
_NEAR_MONTH = 30
_FEW = {"day": _NEAR_WEEK, "week": _NEAR_MONTH, "month": 180, "year": 5 * 365}
_LONG_AGO = 12 * 150
"""Months that "ago" may reach back; more is no date of a report's fact."""

_Found = tuple[Span, str] | None


def dates(text: str, days: Days) -> list[Dated]:
    """Find the dates of a sentence, in their order.

    Parameters
    ----------
    text
        The sentence, cleaned and in lower case.
    days
        What relative dates are counted from.
    """
    found: list[Dated] = []
    for match, resolve in _written(text):
        try:
            resolved = resolve(match, days, found)
        except (ValueError, OverflowError):
            resolved = None  # the 31st of February, or a day beyond the calendar
        if resolved:
            (first, last), rule = resolved
            found.append(dated(text, *match.span(), first, last, rule))
    return lasting(text, joined(text, sorted(found, key=lambda one: one.start)), days)


@lru_cache(maxsize=1 << 10)
def _written(text: str) -> tuple[tuple[re.Match[str], _Rule], ...]:
    """Find what is written as a date, and by which rule.

    Remembered, because a report is read twice: for the day of the vote, and then for what is counted from it.
    """
    found: list[tuple[re.Match[str], _Rule]] = []
    for pattern, resolve in _RULES if _ANY.search(text) else ():
        found += [
            (match, resolve)
            for match in pattern.finditer(text)
            if not any(match.start() < other.end() and other.start() < match.end() for other, _ in found)
        ]
    return tuple(found)


def _full(match: re.Match[str], days: Days, day: str, month: str, year: str | None) -> dt.date | None:
    if year:
        return dt.date(int(year), _MONTHS[month.rstrip(".")], int(day))
    if days.published is None:
        return None
    return year_of(_MONTHS[month.rstrip(".")], int(day), match, days.published)


def _said_year(year: str | None) -> str:
    return "as written" if year else "as written, year from the day of publication"


# ------------------------------------------------------------------------------------------------------ rules


def _iso(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    return one_day(dt.date.fromisoformat(match[0])), "as written"


def _numeric(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    year += 2000 if year < 100 else 0
    day_first = (
        True if one > 12 or match["mark"] == "." else False if two > 12 else one == two or days.day_first
    )
    if day_first is None:
        return None
    day, month = (one, two) if day_first else (two, one)
    return one_day(dt.date(year, month, day)), f"as written, {'day' if day_first else 'month'} first"


def _range(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    part = match.groupdict()
    last = _full(match, days, part["last"], part["month"], part["year"])
    if last is None:
        return None
    first = last.replace(day=int(part["first"]))
    between = match.string[: match.start()].endswith("between ")
    if part["and"] and not between and (last - first).days != 1:
        return one_day(last), _said_year(part["year"])  # "on 3 and 17 May": two days, not two weeks
    return ((first, last), _said_year(part["year"])) if first <= last else None


def _day_month(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    day = _full(match, days, match["day"], match["month"], match["year"])
    return (one_day(day), _said_year(match["year"])) if day else None


def _month_only(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    said = match.groupdict()
    month, which = _MONTHS[said["month"].rstrip(".")], said.get("which")
    part = (said.get("part") or "").strip("- ") or None
    if said.get("year"):
        return whole_month(int(said["year"]), month, part), "as written"
    published = days.published
    if published is None:
        return None
    if which == "last":
        year = published.year - (month >= published.month)
    elif which == "next":
        year = published.year + (month <= published.month)
    elif which == "this":
        year = published.year
    else:
        near = year_of(month, 15, match, published)
        # The month of publication itself is neither over nor ahead.
        year = published.year if near is None or month == published.month else near.year
    return whole_month(year, month, part), "month, year from the day of publication"


def _month_range(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    last, rule = _month_only(match, days, found) or (None, "")
    if last is None:
        return None
    first = _MONTHS[match["first"].rstrip(".")]
    return (whole_month(last[0].year - (first > last[0].month), first)[0], last[1]), rule


def _year_only(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    year = int(match["year"])
    return (dt.date(year, 1, 1), dt.date(year, 12, 31)), "as written"


def _near(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    if days.published is None:
        return None
    shift = {
        "yesterday": -1,
        "last night": -1,
        "the day before yesterday": -2,
        "tomorrow": 1,
        "the day after tomorrow": 2,
    }.get(match[0], 0)
    if match[0] == "overnight":
        return (back(1, days.published), days.published), "the night before the day of publication"
    sign = f" {'+' if shift > 0 else '-'} {abs(shift)}" if shift else ""
    return one_day(back(-shift, days.published)), f"day of publication{sign}"


def _weekday(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    if days.published is None:
        return None
    behind = (days.published.weekday() - WEEKDAYS.index(match["weekday"])) % 7
    if match["which"] == "next":
        shift, rule = 7 - behind, "weekday, the next after the day of publication"
    elif match["which"] == "last":
        shift, rule = -(behind or 7), "weekday, the last before the day of publication"
    elif behind and ahead(match.string, match.start(), match.end()):
        shift, rule = 7 - behind, "weekday, the next from the day of publication on"
    else:
        shift, rule = -behind, "weekday, the last up to the day of publication"
    return one_day(back(-shift, days.published)), rule


def _number(said: str) -> int:
    return int(said) if said.isdigit() else _NUMBERS[said]


def _since_then(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    """Resolve "two weeks ago", and "two weeks later" from the day named last."""
    number, unit, side = _number(match["count"]), match["unit"], match["side"]
    start = days.published if side == "ago" else _edge(days, found, later=side == "later")
    if start is None:
        return None
    step = -number if side != "later" else number
    base = "the day of publication" if side == "ago" else "the day named before"
    rule = f"{base} {'+' if step > 0 else '-'} {number} {unit}{'s' if number > 1 else ''}"
    if unit in ("day", "week"):
        return one_day(back(-step * (7 if unit == "week" else 1), start)), rule
    if number > _LONG_AGO:
        return None
    if unit == "month":
        return whole_month(*months_on(start, step)), rule
    return (dt.date(start.year + step, 1, 1), dt.date(start.year + step, 12, 31)), rule


def _some_ago(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    if days.published is None:
        return None
    return (back(_FEW[match["unit"]], days.published), days.published), f"vague: some {match['unit']}s"


def _stretch(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    if days.published is None:
        return None
    now, which, unit = days.published, match["which"], match["unit"]
    within = (match["within"] or "").strip()
    if which == "past":
        return (back({"week": 7, "month": 30, "year": 365}[unit], now), now), f"the {unit} up to publication"
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "week":
        monday = back(now.weekday() - 7 * step, now)
        span = monday, back(-6, monday)
    elif unit == "month":
        span = whole_month(*months_on(now, step))
    else:
        span = dt.date(now.year + step, 1, 1), dt.date(now.year + step, 12, 31)
    if within == "earlier" and step == 0:
        span = span[0], now
    elif within == "later" and step == 0:
        span = now, span[1]
    return span, f"calendar {unit} of the day of publication{f' {step:+d}' if step else ''}"


def _weekend(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    if days.published is None:
        return None
    now, which = days.published, match["which"]
    coming = which == "next" or (
        which not in ("last", "past")
        and (ahead(match.string, match.start(), match.end()) or (which == "this" and now.weekday() in (3, 4)))
    )
    if coming:
        saturday = back(now.weekday() - 5, now) if now.weekday() < 5 else now
    else:
        behind = (now.weekday() - 5) % 7
        saturday = back(behind + 7 if which == "last" and behind < 2 else behind, now)
    return (saturday, back(-1, saturday)), "Saturday and Sunday " + ("to come" if coming else "past")


def _vague(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    if days.published is None:
        return None
    unit = match["unit"]
    length = _FEW[unit]
    if match["count"]:
        length = _number(match["count"]) * {"day": 1, "week": 7, "month": 30, "year": 365}[unit]
    if match["side"] in ("coming", "next"):
        return (days.published, back(-length, days.published)), f"vague: {length} days from publication on"
    return (back(length, days.published), days.published), f"vague: up to {length} days before publication"


def _vote_day(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    return (days.voted, "day of the vote") if days.voted else None


def _from_vote(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    if days.voted is None:
        return None
    part = match.groupdict()
    later = part["side"] in ("after", "following")
    number = 1 if part["count"] is None else _number(part["count"])
    number *= 7 if part["unit"] == "week" else 1
    start = days.voted[1] if later else days.voted[0]
    return one_day(
        back(-number if later else number, start)
    ), f"day of the vote {'+' if later else '-'} {number}"


def _anaphor(match: re.Match[str], days: Days, found: list[Dated]) -> _Found:
    """Resolve what is counted from the day named last: "that day", "the previous evening"."""
    part = match.groupdict()
    step = -1 if part["back"] else 1 if part["on"] else 0
    base = _edge(days, [one for one in found if one.start < match.start()], later=step >= 0)
    if base is None:
        return None
    return one_day(back(-step, base)), "the day named before" + (f" {step:+d}" if step else "")


def _edge(days: Days, found: list[Dated], *, later: bool) -> dt.date | None:
    """Give the day named last, of an interval its nearer end; a stretch of more than a week is no day."""
    if found:
        near = max(found, key=lambda one: one.start)
        span = near.first, near.last
    elif days.before:
        span = days.before
    else:
        return None
    return span[later] if (span[1] - span[0]).days <= 7 else None


_Rule = Callable[[re.Match[str], Days, list[Dated]], _Found]
_UNITS = r"(?P<unit>day|week|month|year)s?"
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?![\w%])"), resolve)
    for pattern, resolve in (
        (r"\d{4}-\d\d-\d\d", _iso),
        (
            rf"(?P<one>\d{{1,2}})(?P<mark>[./])(?P<two>\d{{1,2}})(?P=mark)(?P<year>{_YEAR}|\d\d)(?![./]\d)",
            _numeric,
        ),
        (
            rf"{_LED}(?P<first>\d{{1,2}}){_TH}(?:(?P<and>,?\sand\s)|{_TO})(?P<last>\d{{1,2}}){_TH}"
            rf"\s(?:of\s)?(?P<month>{_MONTH})(?:,?\s(?P<year>{_YEAR}))?",
            _range,
        ),
        (
            rf"{_LED}(?P<month>{_MONTH})\s(?P<first>\d{{1,2}}){_TH}(?:(?P<and>,?\sand\s)|{_TO})"
            rf"(?P<last>\d{{1,2}}){_TH}(?!\d)(?:,?\s(?P<year>{_YEAR}))?",
            _range,
        ),
        (
            rf"{_LED}(?P<day>\d{{1,2}}){_TH}\s(?:of\s)?(?P<month>{_MONTH})(?:,?\s(?P<year>{_YEAR}))?",
            _day_month,
        ),
        (
            rf"{_LED}(?P<month>{_MONTH})\s(?P<day>\d{{1,2}}){_TH}(?![\d:]|\sper\b|\.\d)(?:,?\s(?P<year>{_YEAR}))?",
            _day_month,
        ),
        (
            rf"(?:from|between)\s(?P<first>{_MONTH})\s(?:to|until|till|and|through)\s(?P<month>{_MONTH})"
            rf"(?:,?\s(?P<year>{_YEAR}))?(?!\s\d)",
            _month_range,
        ),
        (
            rf"(?:in|since|by|until|till|during|from|of|before|after|(?P<which>last|next|this(?!\smay\b)))\s"
            rf"(?P<part>early\s|late\s|mid[-\s])?"
            rf"(?P<month>{_MONTH})(?:,?\s(?:of\s)?(?P<year>{_YEAR}))?(?!\s\d)",
            _month_only,
        ),
        (rf"(?P<part>early\s|late\s|mid[-\s])?(?P<month>{_MONTH}),?\s(?P<year>{_YEAR})", _month_only),
        (rf"(?P<part>early\s|late\s|mid[-\s])(?P<month>{_MONTH})", _month_only),
        (
            rf"(?:in|since|during|by|until|from|through)\s(?P<year>{_YEAR})(?!\s(?:voters|people|polling|stations))",
            _year_only,
        ),
        (
            r"(?:the day (?:before yesterday|after tomorrow)|today|tonight|"
            r"this (?:morning|afternoon|evening)|yesterday|last night|overnight|tomorrow)",
            _near,
        ),
        (
            rf"(?:the\sday|(?P<count>{_COUNT})\s(?:day|(?P<unit>week))s?)\s"
            rf"(?P<side>before|after|following|ahead of)\s"
            rf"(?:the\s|polling\s|this\s)?(?:[\w'-]+\s){{0,2}}?(?:{_VOTING}|day)|"
            rf"(?:on\s)?(?:the\s)?eve of (?:the\s)?(?:[\w'-]+\s){{0,2}}?(?:{_VOTING})",
            _from_vote,
        ),
        (
            rf"(?:(?:election|polling|voting|referendum)[-\s](?:day|night)|the day of the (?:{_VOTING}))",
            _vote_day,
        ),
        (rf"(?:on\s)?(?:(?P<which>last|next|this)\s)?(?P<weekday>{_DAY})", _weekday),
        (rf"(?P<count>{_COUNT})\s{_UNITS}\s(?P<side>ago|earlier|later)", _since_then),
        (rf"(?:several|a few|some)\s{_UNITS}\sago", _some_ago),
        (
            r"(?:(?:over|at|during|on)\s(?:the\s)?)?(?:(?P<which>last|this|next|past)\s)?weekend",
            _weekend,
        ),
        (
            r"(?P<within>earlier\s|later\s)?(?P<which>last|past|this|next)\s(?P<unit>week|month|year)",
            _stretch,
        ),
        (
            rf"(?:in|over|during|for|within)\s(?:the\s|these\s)?(?P<side>recent|last|past|coming|next)\s"
            rf"(?:few\s|several\s|(?P<count>{_COUNT})\s)?{_UNITS}",
            _vague,
        ),
        (
            r"(?:(?:that|the same) (?:day|morning|afternoon|evening|night)|"
            r"the (?P<back>previous (?:day|evening|night|morning|afternoon)|(?:day|evening|night) before)|"
            r"the (?P<on>(?:next|following) (?:day|morning|evening)|day after)|"
            r"(?:at|during) the (?:event|ceremony))",
            _anaphor,
        ),
    )
)
_ANY = re.compile(
    rf"\d|\b(?:{_MONTH}|{_DAY}|today|tonight|this|yesterday|overnight|tomorrow|next|last|past|eve|days?|weeks?|"
    r"months?|years?|weekend|(?:that|same|previous) \w+|the (?:night|evening) before|"
    r"the (?:event|ceremony))\b"
)
