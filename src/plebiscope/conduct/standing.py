"""With which standing a thing is said: asserted, denied, alleged, prospective, or as a norm.

Cues have a scope: they count in the clause of the statement and, except for a few, only before it. A
negation inside the statement's own words belongs to it ("not free and fair") and denies nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from plebiscope.model.report import Standing

# Words between a cue and a thing. Possessive, so that there is one way only to read them.
_WORDS = r"(?:[\s\"'(),]{1,3}+\w[\w'-]{0,29}+)"
_WORD = re.compile(r"\w+")
_CLAUSE = re.compile(
    r"[;:]|\s(?:after|since|when|once)\s|\s[–—-]\s|—|\s(?:but|because|while|although|whereas)\s"
    # "They were not beaten, they were bought", but not "the vote, she said, would ..."
    r"|,\s(?=(?:they|he|she|it|we|you)\s(?!sa(?:id|ys?)\b|add|told|wrote))"
    r"|\sas (?=(?:the|it|they|there|he|she)\s)"
    r"|,\s(?:and|but|while|although|though|whereas|as|because|so|or|which|who|where)\s"
)
# "The No campaign", "who voted No" and "box No. 1" negate nothing.
_NO = r"(?<!the )(?<!\ba )(?<!vote )(?<!voted )(?<!voting )no(?! longer| doubt| campaign|\. ?\d)"
_NEGATED = re.compile(
    r"(?:\b(?:not(?! only)|never(?! before)|"
    rf"{_NO}|without|none of|nobody|neither|nor)\b|n't\b)"
    rf"{_WORDS}{{0,5}}[\s\"'(),]{{0,3}}$"
    rf"|\b(?:{_NO}|not a single)(?:\s\w[\w'-]{{0,29}}+){{0,2}}\s$"
)
# "Those who did not come were dismissed": it is the coming that is denied.
_OF_OTHERS = re.compile(
    r"\b(?:who|whoever|that)\s(?:\w+\s){0,2}?(?:\w+n't|not|never)\s(?:(?!that\b)\w+\s){0,4}?"
    r"(?:would|will|could|can|was|were|is|are|had|has|have|got|lost|refused|rejected)\b"
)
_DENIED = re.compile(
    r"(?<!were )(?<!was )(?<!been )(?<!being )\b(?:den(?:y|ies|ied|ying)|refut(?:e|es|ed|ing)"
    rf"|(?:(?:reject|dismiss)(?:s|es|ed|ing)?|thr[eo]w(?:s|ing|n)? out|laugh(?:s|ed)? off){_WORDS}{{0,5}}"
    r"[\s\"'(),]{1,3}(?:claims?|allegations?|accusations?|reports?|suggestions?|charges|(?:law)?suits?|"
    r"complaints?|rumou?rs?|petitions?|stories)"
    r"|(?:no|nor(?: \w+){1,3} any|n't(?: \w+){1,2} any|not(?: \w+){1,2} any|not (?:a single|one)) (?:\w+ )?"
    r"(?:evidence|proof|signs?|indications?|truth|complaints?|reports?|cases?|incidents?|instances?|hint|trace)"
    r"|(?:refute|debunk|disprove)[sd]?)\b"
)
_UNFOUNDED = re.compile(
    r"\b(?:(?:is|are|was|were|as|be|to be|been|proved|proven) (?:entirely |completely |simply )?"
    r"(?:false|untrue|baseless|unfounded|groundless|without (?:basis|foundation|merit)|invented|fabricated|"
    r"fake news|lies|a lie|debunked|disproved)|never happened|did not happen)\b"
)
# Whoever looked into it may stand in a clause of its own: ", which found no case".
_NOTHING_FOUND = re.compile(
    r"^(?:(?!\b(?:but|while|although|though)\b)[^;:]){0,120}?"
    r"\bf(?:ound|inds?|inding) (?:no|not a single|not one|nothing|none)\b"
)
_NORM = re.compile(
    r"\b(?:(?:should|must)(?:n't)?|ought to|needs? to|shall|call(?:s|ed|ing)? (?:on|upon|for)|"
    r"urg(?:e|es|ed|ing)|recommend\w*|requires?|(?:have|has) (?:a|the) (?:right|duty) to|entitled to|"
    r"to (?:ensure|guarantee|establish))\b"
)
_PROSPECTIVE = re.compile(
    r"\b(?:(?<!free )(?<!who )(?<!how )(?<!what )(?:will(?! of\b)|won't|'ll)|"
    r"(?<!who )(?<!how )(?:would(?! not (?:let|allow|admit))|wouldn't(?! (?:let|allow|admit)))|"
    r"'d(?= (?:not |never )?(?:be|get|lose|take|recogni[sz]e|accept)\b)|"
    r"could(?! not\b| be (?:heard|seen|felt|wiped|washed|rubbed)|"
    r" (?:only )?(?:see|hear|read|watch|look|say|tell|add|choose|pick|take|walk|enter|copy|stand|hold)\b)|"
    r"might|may(?! \d| not\b)|going to|set to|about to|plan(?:s|ned|ning)? to|likely to|"
    r"ready to|(?:is|are|was|were) expected to|intend\w* to|due to (?:be|begin|take|hold)|scheduled to|"
    r"threaten(?:s|ed)? to|(?:is|are|was|were|yet) to be held|prepar(?:e|es|ed|ing) to)\b"
)
_UTTERED = re.compile(
    r"\b(?:(?:was|were|been|being|is|are) (?:\w+ly |also )?"
    r"(?:told|warned|informed|reminded|given to understand)|"
    r"(?:warn|threaten|hint|remind)(?:s|ed|ing)?|vow(?:s|ed|ing)?|(?:been|were|was|are|is) saying|"
    r"(?:told|tell|tells|telling) (?:the )?(?:them|him|her|families|voters|people|workers|teachers|villagers|"
    r"residents|employees|staff|students|pensioners|parents|tenants|soldiers))\b"
)
_PERHAPS = re.compile(
    r"\b(?:maybe|perhaps|possibly|(?:can ?not|can't|could not|couldn't) (?:ensure|guarantee|rule out))\b"
)
_ALLEGED_BEFORE = re.compile(
    r"\b(?:claim(?:s|ed(?! by)|ing)?|alleg(?:e|es|ing|ation|ations)|accus(?:e|es|ed|ing|ation|ations)|"
    r"(?:(?<!in its )(?<!in their )(?<!in a )reports?|complaints?|rumou?rs?|suspicions?|suspected|"
    r"evidence that may)(?: of| that| about)|"
    r"(?:is|are|was|were) said to|heard (?:that|of)|appear(?:s|ed)? to|seem(?:s|ed)? to|"
    r"said they (?:feared|suspected)|whether)\b"
)
_SAID_TO = re.compile(
    r"\b(?:is|are|was|were) (?:said|alleged|reported|believed|rumou?red) to\b|\bsuspected of\b"
)
_ALLEGEDLY = re.compile(r"\b(?:allegedly|reportedly|(?:without|no) (?:any )?evidence)\b")
_ALLEGED_THING = re.compile(
    rf"\b(?:alleged|supposed|suspected|purported|supposedly|purportedly){_WORDS}{{0,3}}[\s\"'(),]{{0,3}}$"
)
# Right behind a thing: "the signing will be held", "voting in camps is to begin".
_TO_COME = re.compile(
    r"^(?:\s(?:of|on|in|to|for|between)(?:\s\w{1,30}+){1,4}?){0,2}(?:,[^,]{1,60},)?[\"')]{0,2}\s"
    r"(?:will|won't|would|wouldn't|(?:is|are|was|were) (?:to|set to|due to|expected to|scheduled|planned))\b"
)
# What is guarded against, asked about, practised, punished or only imagined is not told.
_SUPPOSED = re.compile(
    r"\b(?:to prevent|prevents?|preventing|to avoid|avoiding|guard(?:s|ing)? against|safeguards? against|"
    r"protect(?:s|ion)? (?:\w{1,20} ){0,3}(?:against|from)|to deter|deterring|to combat|combating|"
    r"to (?:spot|detect|recogni[sz]e|uncover|punish|prosecute|outlaw|forbid|ban|rule out|check for|look for)|"
    r"(?:ban|bans|outlaws?|forbids?|prohibits?|punish(?:es)?|criminali[sz]es?|against the law|"
    r"(?:a crime|an offen[cs]e|illegal|forbidden|prohibited) to)|penalt(?:y|ies) for|"
    r"jok(?:e|es|ed|ing) (?:that|about)|"
    rf"free (?:of|from)|whether|in case|unless)\b{_WORDS}{{0,6}}[\s\"'(),]{{0,3}}$"
    # "if" reaches to the comma; "many, if not all" and "as if" suppose nothing.
    r"|(?<!even )(?<!as )\bif(?! not\b| any\b| anything\b)"
    r"(?:[\s\"'()]{1,3}\w[\w'-]{0,29}+){0,9}[\s\"'()]{0,3}$"
)
# "Whether the vote, called ten days ago, is lawful": what stands between commas is told.
_ASIDE = re.compile(r",\s(?:\w{2,20}ed|held|drawn|made|set)\b")
# "Were soldiers to come, ...", "Had the box been moved, ...", "Should votes be bought, ...".
_INVERTED = re.compile(
    r"^[\s\"'(]{0,3}(?:(?:were|had|should)\s[^,;:]{1,90}|(?:suppose|imagine|assume)\s[^;:]{1,90})$"
)
# To say that one "would not take part" is to refuse: it is done in saying so.
_REFUSED = re.compile(r"\b(?:would|will)\s$")
_REFUSED_THING = re.compile(
    r"(?:(?:(?:would|will) )?not|wo(?:uld)?n't) (?:concede|take part|participate|be part of|contest)\b"
)
_NOT_ACCEPTED = re.compile(
    r"(?:\bnot|n't|\bnever|\b(?:refus(?:es|ed|ing)|declin(?:es|ed|ing)) to)"
    r"\s(?:accept|recogni[sz]e|acknowledge|concede)(?:ed|d)?\s(?:\w{1,20}\s){0,2}$"
)
_RESULT = re.compile(r"(?:results?|outcomes?|figures?|tally|defeat)\b")
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where)\b")


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Find the clause around a half-open range of a sentence in lower case."""
    first, last = 0, len(text)
    for opening, closing in _joints(text):
        if opening < start:
            first = min(closing, start)
        elif opening >= end:
            last = opening
            break
    return first, last


@lru_cache(maxsize=1 << 8)
def _joints(text: str) -> tuple[tuple[int, int], ...]:
    """Give the ranges of what parts clauses; remembered, for a sentence is asked again and again."""
    return tuple(mark.span() for mark in _CLAUSE.finditer(text))


def supposed(text: str, start: int, end: int) -> bool:
    """Tell whether a thing is only guarded against, asked about or imagined ("whether ...", "if ...")."""
    first, _ = clause(text, start, end)
    if _ASIDE.match(text, max(0, start - 2)):
        return False
    return bool(_SUPPOSED.search(text[first:start]) or _INVERTED.search(text[:start]))


def negated(text: str, start: int, end: int) -> bool:
    """Tell whether a negation stands just before a thing, in its clause."""
    first, _ = clause(text, start, end)
    word = _WORD.match(text, start)
    reach = word.end() if word else start
    return bool(_NEGATED.search(text[first:start])) and not _OF_OTHERS.search(text, first, reach)


def standing(text: str, start: int, end: int, *, hedged: bool = False, threatens: bool = False) -> Standing:
    """Say with which standing a thing is reported.

    Parameters
    ----------
    text
        The sentence, cleaned and in lower case.
    start, end
        Half-open range of the thing in it.
    hedged
        The report keeps its distance from the speaker (they *claim*, they *accuse*).
    threatens
        The thing may be a threat, which is made in being uttered: "families were told they would be moved".
    """
    first, last = clause(text, start, end)
    before, own, behind = text[first:start], text[start:end], text[end:last]
    if _governs(_NORM, text, first, start):
        return "norm"
    if _PERHAPS.search(before):
        return "prospective"
    if _NOT_ACCEPTED.search(before) and _RESULT.match(own):
        return "asserted"
    if negated(text, start, end) or _DENIED.search(before):
        return "denied"
    if _UNFOUNDED.search(behind) or _NOTHING_FOUND.search(text[end:]):
        return "denied"
    if _REFUSED_THING.match(own) and (not own.startswith("not") or _REFUSED.search(before)):
        return "asserted"
    uttered = threatens and bool(_UTTERED.search(text, 0, end))
    if not uttered and (
        _governs(_PROSPECTIVE, text, first, start) or _PROSPECTIVE.search(own) or _TO_COME.search(behind)
    ):
        return "prospective"
    if hedged or _ALLEGED_BEFORE.search(before) or _ALLEGED_THING.search(before):
        return "alleged"
    if _SAID_TO.search(own):
        return "alleged"
    return "alleged" if _ALLEGEDLY.search(text, first, last) else "asserted"


def _governs(cue: re.Pattern[str], text: str, first: int, start: int) -> bool:
    """Tell whether a cue in a clause reaches the thing at ``start``: no relative clause lies between."""
    return any(
        not _RELATIVE.search(text, found.end(), start)
        for found in cue.finditer(text, first)
        if found.end() <= start
    )
