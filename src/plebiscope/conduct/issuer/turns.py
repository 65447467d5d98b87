"""Texts of several voices: a transcript, where whoever stands before a colon speaks, and a compilation."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from plebiscope.conduct.issuer.patterns import BODY_WORD, NAME, SENTENCE
from plebiscope.conduct.issuer.statement import Statement
from plebiscope.conduct.language import words
from plebiscope.conduct.passage import Passage

Turn = tuple[str, tuple[int, int]]
"""Who speaks, and where the label stands that says so."""

_TURN = re.compile(
    r"(?P<label>(?:The\s)?[A-Z][\w.'’-]*(?:\s(?:of\s|for\s|the\s)*[A-Z][\w.'’-]*){0,5})(?:\s\((?P<more>[^()]{2,50})\))?"
    r"(?P<role>,\s(?:host|anchor|presenter|byline|reporter|correspondent))?:(?:\s|$)"
)
_SECTION = re.compile(rf"(?P<name>{NAME}(?:,\s{NAME})?)\.$")
_HONORIFICS = ("Mr.", "Mrs", "Ms.", "Dr.")


def turns_of(statement: Statement) -> dict[int, Turn]:
    """Give whoever speaks by a label in each sentence of a transcript or a compilation; else nobody."""
    return _spoken(statement) or _sections(statement)


def _spoken(statement: Statement) -> dict[int, Turn]:
    """Read a transcript: whoever is named before a colon speaks until the next one is."""
    found: dict[int, Turn] = {}
    labels: defaultdict[str, float] = defaultdict(float)
    known = {name.split()[-1].lower() for name in statement.mentions.people}
    reporters: set[str] = set()
    for index, one in _paragraphs(statement):
        turn = _TURN.match(statement.text, one.start, one.end)
        if turn is None:
            continue
        label, more = turn["label"], turn["more"] or ""
        with_title = more.startswith(_HONORIFICS)
        titled = label.split()[0].lower() in words("people", "honorifics") or with_title
        if not (titled or label.isupper() or label in statement.mentions.people):
            continue
        name = statement.mentions.full(_in_small(more if with_title else label))
        reporters |= {name} if turn["role"] or _reports(statement, label) else set()
        labels[name] += 1 if titled or label.split()[-1].lower() in known else 0.4
        found[index] = (name, turn.span("label"))
    # In a newspaper "BRESK:" stands before a place or a subject, once each.
    found = {index: turn for index, turn in found.items() if labels[turn[0]] >= 1}
    if len(found) < 3 or len({name for name, _ in found.values()}) < 2:
        return {}
    turns = _carried(statement, found, whole=True)
    # Whoever presents a broadcast, and whoever reports in it, is the voice of the report.
    return {index: turn for index, turn in turns.items() if turn[0] not in reporters}


def _reports(statement: Statement, label: str) -> bool:
    """Tell a reporter: "the BBC's Ada Bresker", "our correspondent", or a name alone at the head."""
    name = _in_small(label)
    head = statement.said(statement.opening)
    if any(line == name or (line.endswith(f" {name}") and not SENTENCE.search(line)) for line in head):
        return True
    staff = r"(?:\b[A-Z]{2,6}'s|\b(?:[Oo]ur|the) (?:reporter|correspondent))"
    return bool(re.search(rf"{staff} (?:\w+ ){{0,2}}{re.escape(name)}\b", statement.text))


def _in_small(label: str) -> str:
    """Write a name in capitals as names are written."""
    return label.title() if label.isupper() else label


def _sections(statement: Statement) -> dict[int, Turn]:
    """Read a compilation: paragraphs that begin with the name of the body whose text they are."""
    found: dict[int, Turn] = {}
    for index, one in _paragraphs(statement):
        section = _SECTION.fullmatch(statement.text, one.start, one.end)
        if (
            section
            and " " in section["name"]
            and len(section["name"]) < 80
            and BODY_WORD.search(section["name"])
        ):
            found[index] = (section["name"], section.span("name"))
    # "Foreign Office, Berlin": the place is part of the name where several bodies bear it.
    offices = Counter(name.split(",")[0] for name, _ in found.values())
    found = {
        index: (name.split(",")[0] if offices[name.split(",")[0]] == 1 else name, place)
        for index, (name, place) in found.items()
    }
    return _carried(statement, found, whole=False) if len(found) >= 3 else {}


def _begins(statement: Statement, index: int) -> bool:
    """Whether a sentence is the first of its paragraph."""
    passages = statement.passages
    return not index or passages[index - 1].paragraph != passages[index].paragraph


def _paragraphs(statement: Statement) -> list[tuple[int, Passage]]:
    """Give the first sentence of each paragraph, with its place."""
    return [(index, one) for index, one in enumerate(statement.passages) if _begins(statement, index)]


def _carried(statement: Statement, found: dict[int, Turn], *, whole: bool) -> dict[int, Turn]:
    """Let each turn reach to the next, or to the end of its paragraph."""
    turns: dict[int, Turn] = {}
    last: Turn | None = None
    for index in range(len(statement.passages)):
        if index in found:
            last = found[index]
        elif not whole and _begins(statement, index):
            last = None
        if last:
            turns[index] = last
    return turns
