"""Where a noun phrase begins, behind what only stands before it: "At station 12 | the chairwoman"."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.clauses.verb_groups import PAST_ENDING
from plebiscope.conduct.language import words
from plebiscope.conduct.tokens import Token


def onset(found: Sequence[Token], first: int, end: int) -> int:
    """Leave out what stands before the subject: "At station 12 | the chairwoman"."""
    breaks = []
    for at in range(first, end):
        here, left = found[at], found[at - 1] if at > first else None
        if left is None:
            if here.kind == "join":
                breaks.append(at + 1)
            continue
        begins = here.kind == "det" and here.low not in ("all", "both", "two", "three", "four", "five", "six")
        if (
            begins
            and left.kind in ("word", "cap", "num", "time")
            and left.low not in ("all", "both", "half", "such")
        ) or (
            left.kind == "time"
            and here.kind in ("cap", "word", "det")
            and here.low not in words("speech", "units")
        ):
            breaks.append(at)
    start = breaks[-1] if breaks else first
    joined = [at for at in range(start, end) if found[at].low in ("and", "or")]
    if breaks and start < end:
        if joined and PAST_ENDING.search(found[start - 1].low) and found[start - 1].kind == "word":
            # "took the box and observers said": what stands before "and" is the object of another verb.
            start = joined[-1] + 1
    elif joined and any(
        PAST_ENDING.search(one.low) and one.kind == "word" for one in found[joined[0] - 1 : joined[0]]
    ):
        start = joined[0] + 1
    if start < end and found[start].kind == "prep":
        start = _behind_place(found, start, end)
    while start < end and found[start].kind in ("adv", "join", "comma"):
        start += 1
    return start


def _behind_place(found: Sequence[Token], start: int, end: int) -> int:
    """Find where the subject begins behind a place without a comma: "In Bresk observers said"."""
    for at in range(start + 2, end):
        here, left = found[at], found[at - 1]
        if (
            left.kind == "cap"
            and here.kind == "word"
            and all(one.kind in ("word", "adv") for one in found[at:end])
        ):
            return at
    for at in range(end - 1, start + 1, -1):
        if found[at].kind != "cap":
            return at + 1 if at + 1 < end else end
    caps = end - start - 1
    return end - 2 if caps >= 3 else end - 1 if caps == 2 else end
