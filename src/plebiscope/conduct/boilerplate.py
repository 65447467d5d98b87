"""Which sentences of a text belong to the page it was printed on, and not to the report.

By-lines, credits, share buttons, appeals to subscribe, lists of other articles and what readers wrote below
the text stand in every scraped report. None of it is the report's word on how a vote was held, and the names
in it are of people who say nothing there. Such sentences are kept, counted and shown as what they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from plebiscope.conduct.language import either, words
from plebiscope.conduct.passage import Passage

_LONGEST = 400
"""Letters of the longest sentence that is judged by how it begins."""
_LIST = 20
"""Most lines of a list of other articles."""
_NAME = r"[^\W\d_a-z][\w'.-]*(?:\s(?:(?:de|da|del|la|al|bin|van|von|der)\s)?[^\W\d_a-z][\w'.-]*){1,3}"
_ROLE = (
    r"(?:[\w-]+\s){0,4}(?:reporter|correspondent|editor|journalist|columnist|writer|contributor|producer"
    r"|freelancer|bureau chief|photographer)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_BY_LINE = re.compile(
    r"\(?(?:By|BY|Story by|Words by|Text by|Author:|Authors:)\s"
    rf"(?!{_WEEKDAY})(?:(?:the|our)\s)?(?:{_NAME}|{_ROLE})"
    r"(?:[\s,|/·•–—()&-]{1,4}(?:[^\W_a-z][\w@.:+/'-]*|in|for|at|of|the|and|reporters?|correspondents?|editors?"
    r"|staff|writers?|bureau|chief|min|read|updated|am|pm)){0,14}+\W{0,3}"
)
_ABOUT_AUTHOR = re.compile(
    rf"{_NAME}(?:,\s[^,.]{{2,60}},)?\s(?:is|are|has been)\s(?:an?\s|the\s)?{_ROLE}s?\b"
    r"(?=.*\b(?:for|at|with|of|based in|covering|who covers)\b)"
    r"(?!.*\b(?:arrest|detain|accus|jail|kill|beat|attack|threat))[^.]{0,160}\.?"
)
_CREDIT = re.compile(
    rf"\(?(?:{_NAME}|[A-Z][\w-]+(?:\s[A-Z][\w-]+)?)\s?/\s?(?:[A-Z][\w.-]*\s?){{1,4}}"
    r"(?:/\s?[\w .-]{2,40})?\)?"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE_LINE = re.compile(
    r"(?:(?:first )?(?:published|posted|updated|last updated|date)\b[\s:]*(?:on |at )?)?"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[.,]{0,2}\s)?"
    rf"(?:\d{{4}}-\d\d-\d\d|\d\d?(?:st|nd|rd|th)?\s{_MONTH},?\s\d{{4}}"
    rf"|{_MONTH}\s\d\d?(?:st|nd|rd|th)?,?\s\d{{4}}|\d\d?[./]\d\d?[./]\d{{4}})"
    r"(?:[\s,|·•–—T-]|\d{1,2}[:.]\d\d(?:[:.]\d\d)?|[ap]\.?m\.?|gmt|utc|at|[a-z]{1,3}s?t\b|[+]\d{1,4}"
    r"|\d+ min(?:ute)?s? read|updated)*+",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+|@\w{2,30}|(?:#\w+\s?)+")
_COMMENTS = re.compile(r"\d{1,6} comments?|comments? \(\d{1,6}\)?", re.IGNORECASE)
_AROUND = " \n\"'()[]:.!»>|*-–—•·"
_BEFORE = " \n([*|>»•·–—-"
"""Marks before a line; a quotation mark is none, for what follows it is somebody's word."""
_NUMBERS = re.compile(r"^[\d.,k ]+|[\d.,k ]+$", re.IGNORECASE)


def marked(text: str, passages: Sequence[Passage]) -> Iterator[Passage]:
    """Mark the sentences of a cleaned text that are boilerplate."""
    in_paragraph = Counter(passage.paragraph for passage in passages)
    listing = 0
    for number, passage in enumerate(passages):
        sentence = text[passage.start : passage.end]
        word = sentence.strip(_AROUND).casefold() if len(sentence) <= _LONGEST else ""
        alone = in_paragraph[passage.paragraph] == 1
        if alone and 2 * passage.start > len(text) and _opens_replies(word):
            yield from (replace(one, boilerplate=True) for one in passages[number:])
            return
        if alone and word in words("boilerplate", "lists"):
            listing = _LIST
        elif listing and passage.caption:
            listing -= 1
        else:
            listing = 0
            if not (word and _is_boilerplate(sentence.strip(), word, alone=alone)):
                yield passage
                continue
        yield replace(passage, boilerplate=True)


def _opens_replies(word: str) -> bool:
    return word in words("boilerplate", "replies") or bool(_COMMENTS.fullmatch(word))


def _is_boilerplate(sentence: str, word: str, *, alone: bool) -> bool:
    if _starts().match(sentence.lstrip(_BEFORE)) or _ADDRESS.fullmatch(sentence):
        return True
    if _ABOUT_AUTHOR.fullmatch(sentence) or _CREDIT.fullmatch(sentence):
        return True
    return alone and (
        _NUMBERS.sub("", word).strip(_AROUND) in words("boilerplate", "lines")
        or bool(_BY_LINE.fullmatch(sentence))
        or bool(_DATE_LINE.fullmatch(word))
    )


@cache
def _starts() -> re.Pattern[str]:
    return re.compile(rf"(?:{either('boilerplate', 'starts')})(?!\w)", re.IGNORECASE)
