"""With which standing a thing is said: asserted, denied, alleged, prospective, or as a norm.

Cues have a scope: they count in the clause of the statement and, except for a few, only before it. A
negation inside the statement's own words belongs to it ("not free and fair") and denies nothing.
"""

from __future__ import annotations

import re

from plebiscope.model.report import Standing

_CLAUSE = re.compile(
    r"[;:]|\s[–—-]\s|—|,\s(?:and|but|while|although|though|whereas|as|because|so|or|which|who|where)\s|\s(?:but|"
    r"because|while|although|whereas)\s"
)
_NEGATED = re.compile(
    r"\b(?:not(?! only)|never(?! before)|no(?! longer| doubt)|n't|without|none of|nobody|neither|nor)\b"
    r"(?:[\s\"'(),]{1,3}[\w'-]{1,30}){0,5}[\s\"'(),]{0,3}$|n't(?:[\s\"'(),]{1,3}[\w'-]{1,30}){0,5}[\s\"'(),]{0,3}$"
)
_DENIED = re.compile(
    r"(?<!were )(?<!was )(?<!been )(?<!being )\b(?:den(?:y|ies|ied|ying)|refut(?:e|es|ed|ing)|"
    r"(?:reject|dismiss)(?:s|es|ed|ing)?(?:\W+[\w'-]{1,30}){0,3}\W+(?:claims?|allegations?|accusations?|reports?|"
    r"suggestions?|charges)|no (?:evidence|proof|sign|signs|indication|truth))\b"
)
_UNFOUNDED = re.compile(
    r"\b(?:(?:is|are|was|were|as) (?:false|untrue|baseless|unfounded|fake news|lies|a lie)|never happened|"
    r"did not happen)\b"
)
_NORM = re.compile(
    r"\b(?:should|must|ought to|needs? to|(?:call(?:s|ed|ing)?) (?:on|upon|for)|urg(?:e|es|ed|ing)|recommend\w*|"
    r"requires?|shall|(?:have|has) (?:a|the) (?:right|duty) to|entitled to|to (?:ensure|guarantee|establish))\b"
)
_PROSPECTIVE = re.compile(
    r"\b(?:will|would|could|might|may(?! \d)|going to|set to|about to|plan(?:s|ned|ning)? to|likely to|"
    r"(?:is|are|was|were) expected to|intend\w* to|due to (?:be|begin|take|hold)|scheduled to|threaten(?:s|ed)? to|"
    r"to be held|prepar(?:e|es|ed|ing) to|ready to)\b"
)
_ALLEGED_BEFORE = re.compile(
    r"\b(?:claim(?:s|ed|ing)?|alleg(?:e|es|ing|ation|ations)|accus(?:e|es|ed|ing|ation|ations)|"
    r"(?:un(?:confirmed|verified) )?(?:reports?|complaints?|rumou?rs?|suspicions?|suspected|evidence that may)"
    r"(?: of| that| about)|is said to|are said to|was said to|were said to|heard (?:that|of)|appear(?:s|ed)? to|"
    r"seem(?:s|ed)? to|said they (?:feared|suspected)|whether)\b"
)
_ALLEGED_ANYWHERE = re.compile(
    r"\b(?:alleged|allegedly|reportedly|supposedly|purportedly|suspected|(?:without|no) (?:any )?evidence)\b"
)
_SUPPOSED = re.compile(
    r"\b(?:to prevent|prevents?|preventing|to avoid|avoiding|guard(?:s|ing)? against|safeguards? against|"
    r"protect(?:s|ion)? (?:\w+ ){0,3}(?:against|from)|to deter|deterring|to combat|combating|free (?:of|from)|"
    r"whether|in case|unless)\b(?:[\s\"'(),]{1,3}[\w'-]{1,30}){0,6}[\s\"'(),]{0,3}$"
)


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Find the clause around a half-open range of a sentence in lower case."""
    first, last = 0, len(text)
    for mark in _CLAUSE.finditer(text):
        if mark.end() <= start:
            first = mark.end()
        elif mark.start() >= end:
            last = mark.start()
            break
    return first, last


def supposed(text: str, start: int, end: int) -> bool:
    """Tell whether a thing is only guarded against or asked about ("to prevent ...", "whether ...")."""
    first, _ = clause(text, start, end)
    return bool(_SUPPOSED.search(text[first:start]))


def negated(text: str, start: int, end: int) -> bool:
    """Tell whether a negation stands just before a thing, in its clause."""
    first, _ = clause(text, start, end)
    return bool(_NEGATED.search(text[first:start]))


def standing(text: str, start: int, end: int, *, hedged: bool = False) -> Standing:
    """Say with which standing a thing is reported.

    Parameters
    ----------
    text
        The sentence, cleaned and in lower case.
    start, end
        Half-open range of the thing in it.
    hedged
        The report keeps its distance from the speaker (they *claim*, they *accuse*).
    """
    first, last = clause(text, start, end)
    before, whole, behind = text[first:start], text[first:last], text[end:last]
    if negated(text, start, end) or _DENIED.search(before) or _UNFOUNDED.search(behind):
        return "denied"
    if _NORM.search(before):
        return "norm"
    if _PROSPECTIVE.search(before) or _PROSPECTIVE.search(text[start:end]):
        return "prospective"
    if hedged or _ALLEGED_BEFORE.search(before) or _ALLEGED_ANYWHERE.search(whole):
        return "alleged"
    return "asserted"
