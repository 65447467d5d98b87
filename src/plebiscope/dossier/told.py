"""What the page shows of reports: statements by kind of telling, each marked in its sentence."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plebiscope.dossier.reading.statements import POSITIVE, VERDICT, is_conduct, is_told
from plebiscope.model.report import Conduct, Statement
from plebiscope.model.wording import listed


class Segment(NamedTuple):
    """A stretch of a sentence: whether a statement lies over it, and the codes of those that end with it."""

    text: str
    inside: bool
    codes: str


@dataclass
class Entry:
    """A sentence of a report with the statements found in it."""

    segments: list[Segment]
    statements: list[Statement]
    report: str
    start: int
    end: int
    copies: int


@dataclass
class Kind:
    """Statements of one kind."""

    slug: str
    heading: str
    gloss: str
    entries: list[Entry]


def kinds(conduct: Conduct | None) -> list[Kind]:
    """Order the statements: by what kind of telling they are, then by severity."""
    if conduct is None:
        return []
    told = [s for s in conduct.statements if s.review != "rejected"]
    wanted: list[tuple[str, str, str, Callable[[Statement], bool]]] = [
        (
            "told",
            "Told as fact or alleged",
            "Gravest first. What one report repeats is one report.",
            is_told,
        ),
        (
            "denied",
            "Denied",
            "Somebody says that it did not happen.",
            lambda s: is_conduct(s) and s.status == "denied",
        ),
        (
            "ahead",
            "Announced, feared or required",
            "Not told as something that happened.",
            lambda s: is_conduct(s) and s.status in {"prospective", "norm"},
        ),
        (
            "good",
            "Told as well done",
            "Strengths count as evidence too.",
            lambda s: s.code == POSITIVE,
        ),
        (
            "verdicts",
            "Verdicts",
            "Words that judge the whole vote. They are somebody’s verdict, not a fact established here.",
            lambda s: s.code == VERDICT,
        ),
        (
            "reactions",
            "Reactions",
            "How the vote was received. This says nothing about how it was held.",
            lambda s: s.severity == 0 and s.code != POSITIVE,
        ),
    ]
    listed_as = [
        (slug, heading, gloss, [s for s in told if belongs(s)]) for slug, heading, gloss, belongs in wanted
    ]
    listed_as.append(
        (
            "rejected",
            "Rejected on review",
            "Found by the coder, and rejected by a person who read it. They are kept and count for nothing.",
            [s for s in conduct.statements if s.review == "rejected"],
        )
    )
    return [
        Kind(slug, heading, gloss, entries)
        for slug, heading, gloss, statements in listed_as
        if (entries := _entries(conduct, statements))
    ]


def _entries(conduct: Conduct, statements: Sequence[Statement]) -> list[Entry]:
    reports = {report.path: report for report in conduct.reports}
    by_sentence: dict[tuple[str, int], list[Statement]] = {}
    for statement in sorted(statements, key=lambda s: (-s.severity, s.code, s.start)):
        by_sentence.setdefault((statement.report, statement.sentence), []).append(statement)
    entries = []
    for (path, place), found in by_sentence.items():
        report = reports.get(path)
        if report is not None and 0 <= place < len(report.sentences):
            sentence = report.sentences[place]
            segments = marked(sentence.text, sentence.start, found)
            start, end, copies = sentence.start, sentence.end, sentence.copies
        else:
            segments = [Segment(found[0].verbatim, True, listed([s.code for s in found]))]
            start, end, copies = found[0].start, found[0].end, found[0].copies
        entries.append(Entry(segments, found, path, start, end, copies))
    return entries


def marked(text: str, offset: int, statements: Sequence[Statement]) -> list[Segment]:
    """Cut a sentence at the borders of its statements.

    Parameters
    ----------
    text
        The sentence.
    offset
        Where it begins in the report, in code points.
    statements
        Statements in it; they may overlap.

    Returns
    -------
    list of Segment
        Joined, the texts are the sentence.
    """
    spans = [(max(0, s.start - offset), min(len(text), s.end - offset), s.code) for s in statements]
    spans = [span for span in spans if span[0] < span[1]]
    borders = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    segments = []
    for start, end in itertools.pairwise(borders):
        inside = any(low <= start and end <= high for low, high, _ in spans)
        codes = dict.fromkeys(code for _, high, code in spans if high == end)
        segments.append(Segment(text[start:end], inside, ", ".join(codes)))
    return segments
