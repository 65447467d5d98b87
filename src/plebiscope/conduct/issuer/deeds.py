"""Who does something in saying so, "the mission regrets ...", or speaks as of today."""

from __future__ import annotations

import re

from plebiscope.conduct.issuer.patterns import NAME, PERFORMING, SENTENCE, SHORT
from plebiscope.conduct.issuer.statement import Statement, initials
from plebiscope.conduct.language import either

_CALLED = r"called (?:on|for)|condemned|urged|welcomed|denounced|deplored|expressed|commended|demanded"
_PERFORMED = re.compile(
    rf"(?P<name>{NAME}|[Tt]he (?:{either('people', 'issuers')})\b)"
    rf"{SHORT}(?:,\swhich\s[^,.;]{{3,90}},)?"
    r"(?:\s(?:also|strongly|further|therefore|again|\w+ly|and its \w+)){0,2}"
    rf"{PERFORMING.pattern}"
)
_SAID_TODAY = re.compile(
    rf",[\"']?\s(?:(?:[a-z]+\s){{0,2}}(?:observers|monitors)\s(?:from|of)\s)?(?:the\s)?(?P<name>{NAME})"
    rf"{SHORT}\s(?:said|says)\s"
    r"(?:today|in a (?:[a-z]+\s)?(?:statement|report)(?: released)? today)\b"
)
# Several bodies in one voice: ", the international observers concluded in a statement released today".
_SAID_TOGETHER = re.compile(
    r",\s(?:the\s)?(?P<name>(?:[a-z]+\s)?(?:observers|monitors))"
    r"(?:\s(?:from|of)\s[^,.;:]{3,120}?\sand the\s[^,.;:]{3,120}?)?\s(?:said|concluded|found|noted)\s"
    r"(?:today|in (?:a|their) (?:[a-z]+\s){0,2}(?:statement|report)(?: released)? today)\b"
)
_TODAY = re.compile(
    rf"(?P<name>{NAME}){SHORT}(?:\stoday\s(?:{_CALLED})|\s(?:{_CALLED})[^.;]{{3,300}}\btoday\b)"
)
_LEAD = 2000
"""Letters at the head of a text in which whoever speaks today is sought."""


def in_title(statement: Statement, title: str) -> list[tuple[str, int]]:
    """Name the bodies that do something in the title, with their points."""
    return [(name, 2) for name in _acting(statement, title.replace(" Its ", " its "), None)]


def today(statement: Statement) -> list[tuple[str, int]]:
    """Name who speaks at the head as of today, with the points: one body, or several together."""
    found: list[tuple[str, int]] = []
    first = _SAID_TODAY.search(statement.text, 0, statement.lead)
    if first and statement.is_body(first["name"]):
        found.append((first["name"], 3 if statement.text.count(first["name"]) < 3 else 4))
    lead = (0, min(statement.lead, _LEAD))
    together = _SAID_TOGETHER.search(statement.text, *lead)
    if together:
        return [*found, (together["name"], 7)]
    one = _TODAY.search(statement.text, *lead)
    if one is None or not statement.is_body(one["name"]):
        return found
    short = initials(one["name"].removeprefix("The "))
    told = len(short) > 2 and re.search(rf"\btold {re.escape(short)}\b", statement.text)
    return [*found, (one["name"], 4 if told else 1)]


def in_sentences(statement: Statement) -> list[tuple[str, int]]:
    """Name the bodies that do something in the sentences, with more points where these come first."""
    said = statement.said(statement.passages)
    lead = next((place for place, line in enumerate(said) if SENTENCE.search(line)), 0)
    return [
        (name, 3 if place < lead + 2 else 1)
        for place, line in enumerate(said)
        for name in _acting(statement, line, place)
    ]


def _acting(statement: Statement, line: str, place: int | None) -> list[str]:
    """Name the bodies that do something in saying so, in the sentence at ``place`` or in the title."""
    if not PERFORMING.search(line[:400]):
        return []
    start = statement.passages[place].start if place is not None else 0
    return [
        found["name"]
        for found in _PERFORMED.finditer(line[:400])
        if statement.is_body(found["name"])
        and not (place is not None and statement.quoted(place, start + found.start(), start + found.end()))
    ]
