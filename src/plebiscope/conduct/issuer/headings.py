"""What the heading of a text says of its issuer: the publisher, the title, lines that are no sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from plebiscope.conduct.issuer.patterns import ANY_NAME, DOCUMENT, NAME, PERFORMING, SHORT, is_heading
from plebiscope.conduct.issuer.statement import Statement
from plebiscope.conduct.names import bare

_FACT = re.compile(r"^(?P<key>[\w -]{2,20}):\s*(?P<value>.+)$", re.MULTILINE)
_PUBLISHERS = frozenset(
    ["publisher", "organisation", "organization", "issuer", "issued by", "body", "author"]
)
_LABEL = re.compile(rf"(?P<name>{NAME}){SHORT}:\s")
_IN_TITLE = re.compile(PERFORMING.pattern, re.IGNORECASE)
_CONTEST = re.compile(r"'?s?\s(?:[Ee]lections?|[Vv]otes?|[Pp]olls?)\b")
_HEAD_OF = re.compile(
    r"^(?:\w+\s)?(?:[Hh]ead|[Cc]hair\w*|[Dd]irector|[Ll]eader|[Pp]resident|Secretary-General) of\s(?:the\s)?"
)
_QUOTED_NAME = re.compile(r"\s?\"(?P<name>[A-Z][^\"]{2,40})\"")
_SAID_BY = re.compile(rf"\b(?:of|by|from)\s(?:the\s)?(?P<name>{NAME})")
_WHICH = (
    r"(?:preliminary|interim|final|first|second|third|joint|press|media|public|post-election|pre-election|"
    r"election[ -]day|annual|special|short|official)"
)
_WHICH_AT_END = re.compile(rf"(?:\s{_WHICH})+$", re.IGNORECASE)
_STATED = (
    r"(?:statement|communiqu[eé]|declaration|(?:press|news) release|findings|bulletin|"
    r"(?<=preliminary )report|(?<=interim )report|(?<=final )report)"
)
# "Preliminary statement", "Statement of the Lowland Watch": the heading of a document, not of news.
_PAPER = re.compile(rf"(?:{_WHICH}\s){{0,3}}{_STATED}\b", re.IGNORECASE)
_PAPER_OF = re.compile(rf"(?:\s(?:of|by|from)|\s[^.;:]{{3,90}}\s(?:by|from))\s(?:the\s)?(?P<name>{NAME})$")
# "Lowland Watch preliminary statement on the vote", "Lowland Watch - press release".
_BEFORE_PAPER = re.compile(
    rf"{SHORT}(?:'s?)?(?:,?\s[–—-])?\s(?:{_WHICH}\s){{0,3}}{_STATED}"
    r"(?=$|[,(]|\s(?:on|for|of|[(–—-]))",
    re.IGNORECASE,
)


def facts_of(head: str) -> dict[str, str]:
    """Read the metadata block that stood before a text, by keys in small letters."""
    return {
        found["key"].strip().lower(): found["value"].strip(" \"'") for found in _FACT.finditer(head[:5000])
    }


def headings_of(statement: Statement, title: str) -> list[str]:
    """Give the title and the lines at the head of a text that are no sentences."""
    lines = [line for block in statement.said(statement.opening) for line in block.split("\n")]
    return [line for line in (title, *filter(is_heading, lines)) if line]


def publishers(statement: Statement, facts: Mapping[str, str]) -> list[str]:
    """Name the bodies that the metadata block names as publishers."""
    return [value for key, value in facts.items() if key in _PUBLISHERS and statement.is_body(value)]


def label_of(statement: Statement, title: str) -> tuple[str, int] | None:
    """Name whom a title has before a colon, with the points: "Lowland Watch: first findings"."""
    label = _LABEL.match(title)
    if label is None:
        return None
    name, paper = label["name"], DOCUMENT.search(title, label.end())
    if not statement.is_body(name) and (not paper or statement.is_where(name)):
        return None
    return name, 4 if paper else 1


def named(statement: Statement, headings: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Name the bodies that headings name, with their points."""
    for line in headings:
        for found in ANY_NAME.finditer(line):
            if _CONTEST.match(line, found.end()):
                continue
            # "Lowland Watch Calls for a Recount": in a title the deed has its capital too.
            before = _IN_TITLE.split(found[0], maxsplit=1)[0]
            name, *rest = DOCUMENT.split(_HEAD_OF.sub("", before), maxsplit=1)
            name = _WHICH_AT_END.sub("", name.strip())
            quoted = _QUOTED_NAME.match(line, found.end())
            if quoted and statement.is_body(name):
                yield quoted["name"], 3
            elif name and statement.is_body(name.strip(), shouted=line.isupper()) and " v. " not in line:
                whole = len(before) > 0.8 * len(line) or line.isupper() or len(before) < len(found[0])
                yield name.strip(), 2 if whole or rest or DOCUMENT.match(line, found.end() + 1) else 1
        if DOCUMENT.search(line):
            for found in _SAID_BY.finditer(line):
                name = _HEAD_OF.sub("", found["name"])
                if statement.is_body(name):
                    yield name, 2


def entitled(statement: Statement, headings: Sequence[str]) -> set[str]:
    """Name the bodies whose paper the headings say it is, without article and capitals.

    A line of its own beside one that begins "Preliminary statement", or both in one line.
    """
    found: list[str] = []
    if any(_PAPER.match(line) for line in headings):
        found += [
            name[0]
            for line in headings
            if (name := ANY_NAME.match(line.removeprefix("The ")))
            and re.fullmatch(SHORT, line.removeprefix("The ")[name.end() :])
        ]
    for line in headings:
        paper = _PAPER.match(line)
        of = _PAPER_OF.match(line, paper.end()) if paper else None
        found += [of["name"]] if of else []
        for name in ANY_NAME.finditer(line):
            plain = DOCUMENT.split(name[0], maxsplit=1)[0].strip()
            if _BEFORE_PAPER.match(line, name.start() + len(_WHICH_AT_END.sub("", plain))):
                found.append(_WHICH_AT_END.sub("", plain))
    return {
        bare(statement.full(name)) for name in found if statement.is_body(name) and not _PAPER.match(name)
    }
