"""Whose a date or a place is in a sentence: the fact's, that of speaking, or of somebody only described.

"The board said in Gostel on Monday that boxes were carried off" says where and when it was said. "In Gostel,
boxes were carried off, and voters sent home" sets the scene for all its clauses. Sentences are in lower case
here, and ranges are half-open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plebiscope.conduct.language import inflected

Ranges = Sequence[tuple[int, int]]

_REACH = 90
"""Letters behind a word of saying in which the day and the place of speaking are sought."""
# Between a word of saying and the date or place of speaking stand only those who were told and the occasion.
_TOLD = r"(?:\s(?:the\s|a\s)?[\w'-]+(?:\s[\w'-]+){0,3}?)?"
_OCCASION = (
    r"(?:,?\s(?:in|at|during|after|through|by|to)\s(?:an?|the|his|her|its|their)\s(?:[\w'-]+\s){0,3}?"
    r"(?:conference|briefing|interview|statement|speech|address|meeting|session|rally|report|post|summit|"
    r"video|letter|message|phone|telephone|call|hearing|debate|event))?"
)
_MOMENT = (
    r"(?:,?\s(?:on|late|early|earlier|last|this|late on|early on)?\s?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|tonight|week|month|morning|evening|night)"
    r"(?:\s(?:morning|afternoon|evening|night))?)?"
)
_PLACE = r"(?:,?\s(?:in|at|from|outside|near)\s(?:the\s)?[\w'.-]+(?:\s[\w'.-]+)?)?"
_SAID_AT = (
    rf"(?:{_OCCASION}{_MOMENT}|{_MOMENT}{_OCCASION}){_PLACE},?\s?"
    r"(?:(?:late|early|earlier|on|in|at|from|outside|near|back in|late on|early on)\s)?(?:the\s)?"
)
_SPOKEN = re.compile(_SAID_AT)
_TOLD_AT = re.compile(_TOLD + _SAID_AT)
_TELLING = re.compile(r"\b(?:told|tells?|telling|addressed|addressing|spoke to|speaking to)$")
_JUDGING = re.compile(rf"\b(?:{inflected('speech', 'judge')})$")
_JUDGED = re.compile(r"(?:(?!\bthat\b)[^,;:\"]){0,60}")
_DAY = re.compile(r"(?:on\s)?(?:last\s|next\s)?(?:\w+day\b|today|yesterday|\d)")
_SAYING = re.compile(rf"\b(?=\w+ing\b)(?:{inflected('speech', 'say')})\s(?:that|it|he|she|they)\b")
_OF_WHOM = re.compile(r"\b(?:who|who's|whose|whom)\b")
_RELATIVE = re.compile(r"\b(?:that|which|who|whom|whose)\s(?:[^,;:]|,(?=\d))*$")
# "In Gostel, residents told us, boxes ...": who says so stands between commas, and the place is the fact's.
_ASIDE = re.compile(r",\s[^,;:]{1,90},")
_HEAD = re.compile(
    r"[\s\"'(]*(?:(?:and|but|yet|late|early|earlier)\s)?"
    r"(?:(?P<at>on|in|at|near|across|outside|inside)\s|(?:since|by|over|from)\s)?(?:(?:the|metro|[a-z]+ern)\s)*"
)
_ITS_OWN = re.compile(r"(?:on|in)\s")


def frames(sentence: str, start: int, end: int) -> bool:
    """Tell a date or a place that opens a sentence: it holds for all its clauses.

    Parameters
    ----------
    sentence
        In lower case.
    start, end
        Range of the date or the place in it.
    """
    head = _HEAD.fullmatch(sentence, 0, start)
    if head is None:
        return False
    return sentence[end : end + 1] == "," or bool(head["at"] or _ITS_OWN.match(sentence, start))


def elsewhere(sentence: str, place: tuple[int, int], fact: tuple[int, int], said: Ranges) -> bool:
    """Tell a date or a place that is not the fact's although it stands in the clause of the fact.

    Parameters
    ----------
    sentence
        In lower case.
    place, fact
        Ranges of the date or the place and of the fact in it.
    said
        Ranges of the words of saying with who says.
    """
    (start, end), (first, last) = place, fact
    told = [cue for cue in said if not _ASIDE.fullmatch(sentence, *_widened(sentence, *cue))]
    if spoken_at(sentence, start, end, told):
        return True
    if any((end <= one and other <= first) or (last <= one and other <= start) for one, other in told):
        return True
    if _DAY.match(sentence, start, end) and _judged_on(sentence, start, told):
        return True
    between = sentence[end:first] if end <= first else sentence[last:start]
    if _OF_WHOM.search(between):
        return True
    described = bool(_RELATIVE.search(sentence, 0, start)) and "," in between
    return end <= first and (described or bool(_SAYING.search(between)))


def spoken_at(sentence: str, start: int, end: int, said: Ranges) -> bool:
    """Tell the date or place of speaking ("said on Thursday", "today condemned") from that of a fact.

    Parameters
    ----------
    sentence
        In lower case.
    start, end
        Range of the date or the place in it, without its preposition.
    said
        Ranges of the words of saying with who says.
    """
    for first, last in said:
        if first <= start and end <= last:
            return True
        between = _TOLD_AT if _TELLING.search(sentence, first, last) else _SPOKEN
        if last <= start and start - last < _REACH and between.fullmatch(sentence, last, start):
            return True
        gap = sentence[end:first] if end <= first else ""
        if gap == " " or (gap == ", " and _HEAD.fullmatch(sentence, 0, start)):
            return True
    return False


def _judged_on(sentence: str, start: int, said: Ranges) -> bool:
    """Tell the day of a judgement: "called the vote a sham on Monday" says when it was called so."""
    return any(
        last <= start and _JUDGING.search(sentence, first, last) and _JUDGED.fullmatch(sentence, last, start)
        for first, last in said
    )


def _widened(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Widen words of saying to the commas around them."""
    begin, stop = sentence.rfind(",", max(0, start - _REACH), start), sentence.find(",", end, end + _REACH)
    return max(begin, 0), stop + 1 if stop >= 0 else end
