"""Where words are quoted, although the marks cannot be trusted.

Within a paragraph a quotation opens at a mark that stands before a word and closes at the next mark that
stands behind one, whichever kind either is; an apostrophe inside a word or behind a plural is neither.
What is still open at the end of the paragraph closes there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plebiscope.conduct.passage import Passage

_MARK = re.compile(r"""["']""")
_SENTENCE_END = re.compile(r"[.!?]")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Quoted words: a half-open range of the cleaned text, marks left out."""

    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        """Tell whether a range lies inside, give or take the marks."""
        return self.start - 1 <= start and end <= self.end + 1


def quotations(text: str, start: int, end: int) -> list[Quotation]:
    """Find what is quoted in one paragraph of a cleaned text.

    Parameters
    ----------
    text
        The cleaned text, with ``"`` and ``'`` as its only quotation marks.
    start, end
        Half-open range of the paragraph.
    """
    found: list[Quotation] = []
    opened: int | None = None
    kind = ""
    nested = False
    last = text.rfind('"', start, end)
    for mark in _MARK.finditer(text, start, end):
        at = mark.start()
        before = text[at - 1] if at > start else " "
        after = text[at + 1] if at + 1 < end else " "
        double = mark[0] == '"'
        if not double and before.isalnum() and after.isalnum():
            continue
        opens = not before.isalnum() and before not in ".,!?%" and (after.isalpha() or after in "([$£€\"'.")
        if double and after.isdigit() and not before.isalnum():
            opens = True
        closes = not before.isspace() or opened is not None
        if opened is None:
            if opens:
                opened, kind, nested = at + 1, mark[0], False
            elif double and before in ",.!?" and not found:
                # The opening mark was lost: what stands before is taken as quoted.
                found.append(Quotation(start, at))
        elif opens and mark[0] == kind:
            stop = _SENTENCE_END.search(text, opened, at)
            found.append(Quotation(opened, stop.end() if stop else at))
            opened = at + 1
        elif opens:
            nested = True
        elif nested and mark[0] != kind:
            nested = False
        elif closes and not (_possessive(text, at, end, mark[0], kind) and not _misclosed(text, at, last)):
            found.append(Quotation(opened, at))
            opened = None
    if opened is not None and (kind == '"' or opened == start + 1):
        found.append(Quotation(opened, end))
    return found


def by_sentence(text: str, passages: Sequence[Passage]) -> list[list[Quotation]]:
    """Find the quotations of each paragraph and hand each of its sentences those that touch it."""
    bounds: dict[int, tuple[int, int]] = {}
    for passage in passages:
        first, last = bounds.get(passage.paragraph, (passage.start, passage.end))
        bounds[passage.paragraph] = (min(first, passage.start), max(last, passage.end))
    found = {paragraph: quotations(text, *bound) for paragraph, bound in bounds.items()}
    passed = dict.fromkeys(found, 0)
    touching = []
    for one in passages:
        quotes = found[one.paragraph]
        at = passed[one.paragraph]
        while at < len(quotes) and quotes[at].end <= one.start:
            at += 1
        passed[one.paragraph] = last = at
        while last < len(quotes) and quotes[last].start < one.end:
            last += 1
        touching.append(quotes[at:last])
    return touching


def _possessive(text: str, at: int, end: int, mark: str, kind: str) -> bool:
    """Tell the apostrophe of a plural ("the voters' names") from a closing mark."""
    if mark == '"':
        return False
    if text[at - 1] in ".,!?":
        return False
    if kind == '"':
        return True
    plural = text[at - 1] in "sS" and re.match(r"' [a-z]", text[at : at + 3])
    return bool(plural and re.search(r"""[\w.,!?]["'](?!\w)""", text[at + 1 : end]))


def _misclosed(text: str, at: int, last: int) -> bool:
    """Tell a single mark that closes what a double one opened: no double one follows."""
    return (
        last < at
        and text[at - 1].isalpha()
        and text[at - 1] not in "snSN"
        and text[at + 1 : at + 2] in (",", ".", " ")
    )
