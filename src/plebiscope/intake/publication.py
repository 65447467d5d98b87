"""The day on which a report came out and who wrote it, as its head says in words.

Only what is written as such is taken: a line that says "Published", a by-line, a line that is nothing but a
date, a dateline with its year. A date in a sentence is the date of something else. The day on which a file
was made is not the day on which its text came out, and is never taken for it.
"""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_DATE = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s)?(?:"
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?!\d)"
    rf"|(?P<day2>\d\d?){_ORDINAL}[\s-](?:of\s)?(?P<name>{_MONTH}),?[\s-](?P<year2>\d{{4}})(?!\d)"
    rf"|(?P<name3>{_MONTH})\s(?P<day3>\d\d?){_ORDINAL},?\s(?P<year3>\d{{4}})(?!\d)"
    r"|(?P<day4>\d\d?)(?P<mark>[./])(?P<month4>\d\d?)(?P=mark)(?P<year4>\d{4})(?!\d))"
)
_DAY = re.compile(_DATE, re.IGNORECASE)
_CLOCK = (
    r"(?:[\s,|·•–—-]|\bat\b|\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?![.\d])|\b[ap]\.?m\b\.?|\([A-Z]{2,4}\)|\b(?:GMT|UTC|[A-Z]{1,3}S?T)\b"
    r"|[+]\d{1,4}(?::\d\d)?|\b\d+ min(?:ute)?s? read\b){0,12}+"
)
_LABELLED = re.compile(
    r"(?:first )?(?P<label>published|posted|issued|released|publication date|date published"
    r"|date of publication|date|updated|last updated|last modified|modified)(?: on| at|:|\s){0,6}"
    rf"(?:{_CLOCK}){_DATE}",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){{0,2}},\s)?{_DATE}{_CLOCK}", re.IGNORECASE)
_DATELINE = re.compile(
    rf"[A-Z][\w.'’/-]*(?:[\s,][\s]?[A-Z][\w.'’/-]*){{0,4}},?\s{_DATE}\s?(?:\([^()]{{2,40}}\)\s?)?[–—:-]+\s",
    re.IGNORECASE,
)
_PART = r"(?!(?:IN|FOR|AT|AND|IS|THE|OF)\b)[^\W\d_a-z][\w'’-]*"
_NAME = rf"{_PART}(?:\s(?:(?:de|da|del|la|al|bin|van|von|der)\s)?{_PART}\.?){{1,3}}"
_BY = re.compile(
    r"(?:by|BY|By|Written by|Story by|Words by|Author:|Authors:)\s"
    rf"(?P<names>{_NAME}(?:(?:,\s|\s(?:and|&)\s){_NAME}){{0,4}}?)"
    r"(?=\s*(?:$|[,|·•–—/(-]|(?i:\b(?:in|for|at)\b)|\d))"
)
_OPENING = ("by", "published", "published:", "posted", "posted:", "updated:", "date:", "author:")
_LINES = 30
_LETTERS = 6_000
"""Lines and letters of the head of a report in which these are sought."""
_LONGEST = 160
"""Letters of a line that may be a by-line; a dateline stands at the head of a longer one."""
_MARKS = " \t>|*_#•·\u200b\ufeff"


def day(said: str | None) -> dt.date | None:
    """Read a date that stands alone or begins a text; null where it is none, or not given to the day."""
    found = _DAY.match(said.strip()) if said else None
    return _date(found) if found else None


def head_of(text: str, start: int = 0) -> tuple[dt.date | None, str | None]:
    """Read the head of a report for the day on which it came out and its author.

    Parameters
    ----------
    start
        Where the body begins, in code points.

    Returns
    -------
    published, author
        Null where the head does not say.
    """
    labelled = updated = by_line = bare = None
    author = None
    for line in _lines(text[start : start + _LETTERS]):
        whole = " ".join(line[:400].split())
        dateline = _DATELINE.match(whole)
        if len(line) > _LONGEST:
            bare = bare or (_date(dateline) if dateline else None)
            continue
        if author is None and (by := _BY.match(whole)):
            author = by["names"]
            found = _DAY.search(whole, by.end())
            by_line = by_line or (_date(found) if found else None)
        elif said := _LABELLED.match(whole):
            if said["label"].lower().endswith(("updated", "modified")):
                updated = updated or _date(said)
            else:
                labelled = labelled or _date(said)
        elif (alone := _BARE.fullmatch(whole) or dateline) is not None:
            bare = bare or _date(alone)
    return labelled or by_line or bare or updated, author


def _lines(head: str) -> list[str]:
    """Give the first lines that are not empty; a word that opens a line of its own is put before the next."""
    lines: list[str] = []
    opened = ""
    for line in filter(None, (line.strip(_MARKS) for line in head.splitlines())):
        if line.lower() in _OPENING:
            opened = line + " "
        else:
            lines.append(opened + line)
            opened = ""
    return lines[:_LINES]


def _date(found: re.Match[str]) -> dt.date | None:
    name = found["name"] or found["name3"]
    written = found["month"] or found["month4"]
    month = int(written) if written else 1 + _MONTHS.index(name[:3].lower())
    number = int(found["day"] or found["day2"] or found["day3"] or found["day4"])
    year = int(found["year"] or found["year2"] or found["year3"] or found["year4"])
    if found["mark"] == "/" and number != month and max(number, month) <= 12:
        return None  # nobody can say which of the two is the month
    if found["mark"] == "/" and month > 12:
        number, month = month, number
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None
