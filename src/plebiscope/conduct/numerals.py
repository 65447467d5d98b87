"""Numbers as reports write them: "97.51 %", "ninety-seven per cent", "1.2m", "two and a half million"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from plebiscope.conduct.patterns import pattern

Bound = Literal["as written", "about", "more than", "less than"]

_ONES = {
    word: number
    for number, word in enumerate(
        (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
        ),
        start=1,
    )
}  # fmt: skip
_TENS = {
    word: 10 * number
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
_TIMES = {
    "k": 1000,
    "thousand": 1000,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "billion": 10**9,
}
_SPELLED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(list(_ONES)[:9])}))?|{'|'.join(reversed(_ONES))})"
_PERCENT = re.compile(
    rf"(?<![\w.,])(?P<number>\d{{1,3}}(?:[.,]\d{{1,3}})?|{_SPELLED}|a hundred)[ -]?"
    r"(?:%|per ?cent\b|pct\b)(?!\s?-?(?:age )?points?\b)"
)
_COUNT = re.compile(
    rf"(?<![\w.,$€£])(?:(?P<digits>\d{{1,3}}(?:[, ]\d{{3}})+|\d{{4,9}})(?![\w,.]?\d)"
    rf"|(?P<some>\d{{1,4}}(?:\.\d{{1,3}})?|{_SPELLED}(?: and a half)?|an?|half a)[ -]?"
    r"(?P<times>k|m|mn|bn|thousand|million|billion)\b)"
)
# A number that is one end of a range is no figure.
_RANGE_BEFORE = re.compile(
    r"\b(?:between|from)\s(?:\w+\s)?[\d.,]+(?:\s?%|\s?per ?cent)?\sand\s$|\d\s?(?:[-–—]|to|or)\s?$"
)
_LISTED = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d+)?,? (?:and|or) $")
_RANGE_AFTER = re.compile(r"\s?(?:[-–—]|or)\s?\d")
_MOVE = 120
"""Letters before a number in which it is told from what something came to it."""
_BETWEEN = re.compile(r"\bbetween\s$")
_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "about",
        re.compile(
            r"\b(?:just|slightly|a little|a shade|somewhat) (?:over|under|above|below|more than|less than) $"
        ),
    ),
    (
        "about",
        re.compile(
            r"\b(?:about|around|roughly|some|approximately|almost|nearly|near|nearer|close to|"
            r"closer to|perhaps|an estimated|estimated at) $"
        ),
    ),
    (
        "more than",
        re.compile(
            r"\b(?:more than|over|at least|above|in excess of|exceed(?:ed|ing|s)|surpass(?:ed|ing|es)|"
            r"upwards of|no less than|topped) $"
        ),
    ),
    (
        "less than",
        re.compile(r"\b(?:less than|fewer than|under|below|up to|at most|no more than|not even) $"),
    ),
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a sentence.

    Attributes
    ----------
    start, end
        Half-open range of its words, the sign for per cent included.
    value
        Per cent, or how many.
    unit
        What it is rounded to.
    bound
        What the words before it make of it.
    """

    start: int
    end: int
    value: Decimal
    unit: Decimal
    bound: Bound


def percentages(sentence: str) -> Iterator[Numeral]:
    """Find the percentages of a sentence in lower case; ranges and percentage points are left out."""
    for found in _PERCENT.finditer(sentence):
        number = found["number"]
        value = Decimal(number.replace(",", ".")) if number[0].isdigit() else Decimal(_spelled(number))
        exponent = value.as_tuple().exponent
        unit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
        if value <= 1000 and not _range(sentence, found):
            yield Numeral(found.start(), found.end(), value, unit, _bound(sentence, found.start()))


def counts(sentence: str) -> Iterator[Numeral]:
    """Find the numbers of a sentence in lower case that can count voters: a thousand or more."""
    for found in _COUNT.finditer(sentence):
        if _range(sentence, found):
            continue
        if found["digits"]:
            value = Decimal(re.sub(r"\D", "", found["digits"]))
            noughts = len(found["digits"]) - len(found["digits"].rstrip("0, "))
            zeros = found["digits"][len(found["digits"]) - noughts :].count("0")
            # A count that ends in two noughts or more was rounded, as a rule; nothing is lost by thinking so.
            unit = Decimal(10**zeros if zeros > 1 else 1)
        else:
            number, times = found["some"], _TIMES[found["times"]]
            many = Decimal(number) if number[0].isdigit() else _some(number)
            exponent = many.as_tuple().exponent
            value = Decimal(int(many * times))
            unit = Decimal(int(Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) * times))
        if 1000 <= value <= 10**10:
            yield Numeral(found.start(), found.end(), value, unit, _bound(sentence, found.start()))


def moved_to(sentence: str, start: int) -> int | None:
    """Say where the words begin that tell from what something came to a number: "fell from 70 to".

    Parameters
    ----------
    sentence
        In lower case.
    start
        Where the number begins.

    Returns
    -------
    int or None
        Null where the number is none that something came to.
    """
    first = max(0, start - _MOVE)
    found = pattern("figures", "figures", "moved-to").search(sentence[first:start])
    return first + found.start() if found else None


def _range(sentence: str, found: re.Match[str]) -> bool:
    before = sentence[max(0, found.start() - 40) : found.start()]
    if found.re is _PERCENT and moved_to(sentence, found.start()) is not None:
        return bool(_RANGE_AFTER.match(sentence, found.end()))
    return bool(
        _RANGE_BEFORE.search(before)
        or _BETWEEN.search(before)
        or (found.re is _PERCENT and _LISTED.search(before))
        or _RANGE_AFTER.match(sentence, found.end())
    )


def _bound(sentence: str, start: int) -> Bound:
    before = sentence[max(0, start - 40) : start]
    before = re.sub(r"\b(?:an|a|the|of|only|just|mere|record) $", "", before)
    return next((bound for bound, cue in _BOUNDS if cue.search(before)), "as written")


def _some(number: str) -> Decimal:
    if number in ("a", "an"):
        return Decimal(1)
    if number == "half a":
        return Decimal("0.5")
    half = number.endswith(" and a half")
    return Decimal(_spelled(number.removesuffix(" and a half"))) + (Decimal("0.5") if half else 0)


def _spelled(number: str) -> int:
    if number == "a hundred":
        return 100
    return sum(_ONES.get(word, 0) + _TENS.get(word, 0) for word in re.split(r"[- ]", number))
