"""Whose share a figure is, and of which place, by the words beside it."""

from __future__ import annotations

import re

from plebiscope.conduct.language import words
from plebiscope.conduct.names import CAPITAL, NAME_AT_END

_KINDS = r"(?:region|district|province|republic|county|oblast|area|city|state|department|municipality|ward|constituency|island|governorate|canton)"
_PLACE_NAME = rf"(?:{CAPITAL}(?:[ -](?:(?:of|and|de|la|del|el|al|upon|on)[ -](?:the )?)?{CAPITAL}){{0,3}})(?:\s{_KINDS})?"
_PLACED = re.compile(
    rf"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Aa]t|[Ff]or|[Oo]f)\s(?:the\s(?:\w+\s)?(?:{_KINDS}\sof\s)?)?(?P<name>{_PLACE_NAME})(?!'s|\w)"
)
_UNNAMED = re.compile(
    r"\b(?:in|across|at|throughout)\s(?P<name>(?:one|a|an|this|that|the|some|his|her|their|its)\s(?:\w+\s){0,2}?"
    r"(?:polling stations?|stations?|precincts?|village|school|district|ward|county|region|province|city|town|township|capital|"
    r"countryside|villages|cities|suburbs?|neighbou?rhoods?|embass\w+|consulates?|prisons?|hospitals?|barracks))\b"
)
_SAID = re.compile(r"\b(?:said|says|told|reported|speaking|announced|meeting|conference)\b[^,;]{0,30}$")
_NOT_NAMES = words("people", "not-names")
_BREAK = re.compile(r"[,;:()]|\s[—–-]\s")
_TO_DO = re.compile(
    r"[^,;]{0,20}\bto (?:join|leave|stay|remain|accept|adopt|approve|reject|become|secede|unite|reunite|keep|change)\b"
)

_AFTER = (
    re.compile(
        r"^(?:\s(?:of|among)\s(?:the\s|all\s|those\s)?[^,;.%]{0,45}?)?\s(?:had\s|have\s|has\s|were\s|was\s|who\s)?"
        r"(?:voted\s|voting\s|cast\s(?:their\s|a\s)?(?:ballots?|votes?)\s|came\sout\s|turned\sout\s|came\sdown\s|opted\s|votes?\s|people\s|voters\s|were\s|went\s)*"
        r"(?P<option>in favou?r\sof\s[^,;.%()]{2,60}|in favou?r\b|for\s[^,;.%()]{2,60}|against\b(?:\s[^,;.%()]{2,60})?"
        r"|to\s(?:join|leave|stay|remain|accept|adopt|approve|reject|become|secede|unite|reunite|keep|change)\b[^,;.%()]{0,50}"
        r"|to\s[\"']?(?:yes|no)\b[\"']?|[\"']?(?:yes|no)\b[\"']?)",
        re.I,
    ),
    re.compile(
        r"^(?:\s(?:of|among)\s[^,;.%]{0,45}?)?\s(?:had\s|have\s|has\s)?(?:backed|supported|approved|endorsed|chose|chosen|picked|favou?red|rejected|opposed)\s"
        r"(?P<option>[^,;.%()]{2,60})"
    ),
)
_LEAD = re.compile(
    r"^(?:for|to|in favou?r of)\s(?!join|leave|stay|remain|accept|adopt|approve|reject|become|secede|unite|reunite|keep|change)",
    re.I,
)
_CUT = re.compile(
    r"\s(?:in|on|at|with|after|while|when|who|which|that|according|as|and\s(?:\d|against)|from|by|compared|to\s(?:his|her|their|its)|said|says|when)\b.*$|\s[–—-]\s.*$"
)
_RIVAL = re.compile(
    r"\bto\s(?P<name>(?:his|her|the|their)\s[^,;%']{2,30}?|"
    + CAPITAL
    + r"(?:\s"
    + CAPITAL
    + r"){0,3})(?:'s?)\s(?:\w+\s)?$"
)
_GIVEN = re.compile(
    rf"\b(?:gave|give[ns]?|giving|credited|awarded|handed|put)\s(?:the\s)?(?P<name>{CAPITAL}(?:\s{CAPITAL}){{0,3}})\b"
)
_YES_NO = re.compile(
    r"[\"']?\b(?P<name>yes|no)\b[\"']?(?:\s(?:vote|side|camp|option|share))?(?:\s\w+){0,2}:?\s*$", re.I
)
_VERB = re.compile(
    r",?\s(?:has\s|had\s|have\s|was\s|is\s|were\s|who\s|also\s|reportedly\s)*(?:won|wins?|winning|receiv\w+|got|gets|took|takes|taking|secur\w+|poll(?:ed|ing)|garner\w+|gain\w+|scor\w+|obtain\w+|"
    r"attract\w+|captur\w+|claim\w+|re-?elected|(?:came|finished|placed)\s(?:\w+\s)?(?:first|second|third|fourth|last)|awarded|declared|has|had|have|on|with)\b"
)
# "the Harbour List, which has ruled for years, took".
_ASIDE = re.compile(
    rf"(?:^|[.;]\s)(?P<name>(?:The\s)?{CAPITAL}(?:\s{CAPITAL}){{0,3}}),\s(?:which|who|whose|led|headed)\b[^;]{{2,90}}$"
)
_GROUP = re.compile(rf"(?:{CAPITAL}\s){{1,4}}(?:party|bloc|alliance|list|camp|coalition|movement)$")


def place_of(cased: str, before: int, start: int, end: int, after: int) -> str | None:
    """Name the place of a figure: behind it up to the next comma, else at the head of what stands before it.

    Parameters
    ----------
    cased
        The sentence as written.
    before, start, end, after
        Where the words that belong to the figure begin, where it begins and ends, and where they end.
    """
    behind = cased[end:after]
    cut = _BREAK.search(behind)
    behind = behind[: cut.start()] if cut else behind
    if not _TO_DO.match(behind):
        for one in _PLACED.finditer(behind):
            preposition = one[0].split()[0].lower()
            if _is_place(one["name"]) and (preposition != "of" or one.start() <= 1) and preposition != "for":
                return one["name"]
    ahead = cased[before:start]
    for one in reversed([*_PLACED.finditer(ahead)]):
        near = not _BREAK.search(ahead, one.end()) or (before == 0 and one.start() == 0)
        said = _SAID.search(ahead[: one.start()]) or one[0].lower().startswith("of ")
        if near and not said and _is_place(one["name"]):
            return one["name"]
    unnamed = _UNNAMED.search(behind) or _UNNAMED.search(ahead)
    return unnamed["name"] if unnamed else None


def _is_place(name: str) -> bool:
    return name.split()[0] not in _NOT_NAMES and "'" not in name


def option_after(cased: str) -> str | None:
    """Name what a share was for by the words behind it: "in favour", "for Ilse Marrant", "to join Keldale"."""
    for pattern in _AFTER:
        found = pattern.match(cased)
        if found:
            option = _CUT.sub("", _LEAD.sub("", found["option"])).strip(" \"'")
            return option or None
    return None


def option_before(cased: str) -> str | None:
    """Name whose share it is by the words before it: "Ilse Marrant won with", "gave Jon Bresker", "Yes:"."""
    near = cased[-160:]
    for pattern in (_YES_NO, _RIVAL, _GIVEN):
        found = pattern.search(near)
        if found:
            return found["name"].strip(" \"'")
    verbs = list(_VERB.finditer(near))
    for verb in verbs:
        subject = near[: verb.start()].rstrip(" ,")
        aside = _ASIDE.search(subject)
        if aside:
            return aside["name"]
        breaks = list(re.finditer(r"[;:,]\s|\b(?:and|but|while|after|announced|that|said)\s", subject))
        for at in (breaks[-1].end() if breaks else 0,):
            name = subject[at:].rsplit("'s ", 1)[-1].strip(" \"'")
            group = _GROUP.search(name)
            if group:
                return group[0]
            head = re.match(rf"(?:the\s|The\s)?({CAPITAL}(?:\s{CAPITAL}){{0,4}})(?=\sof\b|$)", name)
            named = head or NAME_AT_END.search(name)
            if named:
                found_name = named[0]
                if found_name.split()[0] not in _NOT_NAMES or len(found_name.split()) > 1:
                    return found_name
    return None
