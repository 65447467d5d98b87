"""Whom a statement in the first person names: as it begins, where it is signed, or as a release quotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from plebiscope.conduct.issuer.patterns import BODY_WORD, DOCUMENT, NAME, SHORT, is_heading
from plebiscope.conduct.issuer.statement import Statement
from plebiscope.conduct.language import either

# "(Gostel) - Since March ...": how rights organisations date what they release.
_RELEASED = re.compile(r"\([A-Z][\w .,'-]{1,40}\)\s?[–—-]")
_SAID = re.compile(rf"(?P<name>{NAME}){SHORT}\s(?:said|says|found|learned)\b")
# "The Watch placed 900 observers in Gostel", "the Watch followed voting": whoever begins so reports.
_WATCHED = re.compile(
    rf"(?:The\s)?(?:\"(?P<quoted>[A-Z][^\"]{{2,40}})\"\s(?:{either('people', 'issuers')})|(?P<name>{NAME}))"
    rf"{SHORT}\s(?:has\s|have\s)?"
    r"(?:(?:placed|posted|deployed|sent|had|fielded|stationed|trained|mobili[sz]ed|accredited)\s[^.;]{0,30}?"
    r"\b(?:observers|monitors|volunteers|lawyers|members|people|teams|watchers)\b"
    r"|(?:followed|observed|monitored|watched)\s(?:the\s)?(?:[a-z]+\s)?"
    r"(?:voting|vote|poll|polling|elections?|referendum|count)\b"
    r"|spoken\sto\s\d|came\sto\s[A-Z]\w+\sat\sthe\sinvitation)"
)
# "..., the Watch says." at the head of a text that goes on in the first person.
_SAYS = re.compile(rf",\s(?:the\s)?(?P<name>{NAME})\s(?:says|said|finds|found)\.$")
_AT_HEAD = re.compile(rf"(?:The\s)?(?P<name>{NAME}){SHORT}\s[a-z]")
_FOOT = 3
"""Sentences at the end of a text among which the name of whoever signs is sought."""


def first_named(statement: Statement, headings: Sequence[str]) -> list[tuple[str, int]]:
    """Name the body that a statement in the first person begins with, or that a release quotes most."""
    found: list[tuple[str, int]] = []
    body = statement.said([one for one in statement.opening if not one.caption])
    if not body:
        return found
    if statement.own_voice():
        if any(DOCUMENT.search(line) for line in headings):
            first = _AT_HEAD.match(body[0])
            if first and statement.is_body(first["name"]):
                found.append((first["name"], 3))
            found += [(name, 3) for name in _signed(statement)]
        watched, says = _WATCHED.match(body[0]), _SAYS.search(body[0])
        name = (watched["quoted"] or watched["name"]) if watched else ""
        if watched and (watched["quoted"] or " " in name or statement.is_body(name)):
            found.append((name, 4))
        if says and statement.is_body(says["name"]):
            found.append((says["name"], 4))
    if any(_RELEASED.match(line) for line in body[:2]):
        said = [one["name"] for one in _SAID.finditer(statement.text)]
        found += [(name, 4) for name, _ in Counter(filter(statement.is_body, said)).most_common(1)]
    return found


def _signed(statement: Statement) -> list[str]:
    """Name the body that signs below a statement: the council of the movement "Keldale"."""
    foot = statement.said(statement.passages[-_FOOT:])
    for line in (line for block in foot for line in block.split("\n")):
        if is_heading(line) and BODY_WORD.search(line):
            name = re.fullmatch(r"(?:The\s)?[^\"]{3,90}\"(?P<quoted>[A-Z][^\"]{2,40})\"", line)
            if name:
                return [name["quoted"]]
            whole = re.fullmatch(rf"(?:The\s)?(?P<name>{NAME}){SHORT}", line)
            if whole and " " in whole["name"] and statement.is_body(whole["name"]):
                return [whole["name"]]
    return []
