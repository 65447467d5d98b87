"""The noun phrase that ends before a word, with what its head carries: "the head of the board | said"."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.clauses.brackets import CLOSED, opening
from plebiscope.conduct.clauses.onset import onset
from plebiscope.conduct.clauses.subject import Subject
from plebiscope.conduct.clauses.verb_groups import PAST_ENDING
from plebiscope.conduct.language import verbs
from plebiscope.conduct.tokens import Token

_RELATIVE_REACH = 8
"""Words from a noun back to the relative pronoun of its clause."""
_RELATIVE = frozenset(["who", "whose", "which", "whom", "where"])
_MEMBERS = frozenset([
    "of", "for", "in", "at", "from", "on", "with", "near", "by", "to", "against", "inside", "under", "among",
    "behind", "outside", "between", "across", "over", "within", "into",
])  # fmt: skip


def noun_phrase(found: Sequence[Token], end: int, floor: int = 0) -> Subject | None:
    """Find the noun phrase that ends before index ``end``, with what its head carries ("of the board")."""
    at = end - 1
    while at >= floor and found[at].kind == "adv" and found[at].low != "both":
        at -= 1
    if at > floor and found[at].low == "there" and found[at - 1].kind in ("word", "cap"):
        at -= 1
    end = at + 1
    if at < floor:
        return None
    if found[at].kind == "pron":
        return Subject(at, end, outer=at)
    if found[at].low in CLOSED:
        at = opening(found, at, floor) - 1
        if at < floor:
            return None
    if found[at].kind not in ("word", "cap", "num", "det", "poss", "time"):
        return None
    first = at
    while first > floor and _goes_on(found, first):
        first -= 1
        if found[first].low in CLOSED:
            first = opening(found, first, floor)
    before = found[first - 1] if first > floor else None
    inside = before is not None and before.low == "which" and _occasion(found, first - 2)
    relative = (
        before is not None
        and not inside
        and (before.low in _RELATIVE or (before.low == "that" and _noun(found, first - 2)))
    )
    if (
        before is not None
        and relative
        and found[first].kind in ("word", "aux")
        and (PAST_ENDING.search(found[first].low) or before.low in ("who", "which"))
    ):
        # "voters who came to Bresk said": the subject stands before the relative clause.
        left = first - 1
        if left > floor and found[left - 1].low in _MEMBERS and before.low in ("which", "whom"):
            left -= 1
        if left > floor and found[left - 1].kind == "comma":
            left -= 1
        return noun_phrase(found, left, floor) if left > floor else None
    pronoun = _denied_of(found, first, floor)
    if pronoun is not None:
        return noun_phrase(found, pronoun, floor)
    outer = first
    first = onset(found, first, end)
    if any(one.low == "and" for one in found[first:end]):
        # "Gostel, Marenna and Keldale have said": a list with commas.
        while first - 2 >= floor and found[first].kind in ("cap", "det") and found[first - 1].kind == "comma":
            ahead = noun_phrase(found, first - 1, floor)
            if (
                ahead is None
                or (found[ahead.last - 1].kind != "cap" and found[ahead.last - 1].low not in CLOSED)
                or found[ahead.first].kind not in ("cap", "det")
            ):
                break
            first = ahead.first
            outer = min(outer, ahead.outer)
    return (
        Subject(
            first,
            end,
            outer=first if found[outer].kind == "prep" or found[first - 1].kind == "join" else outer,
        )
        if first < end
        else None
    )


def _denied_of(found: Sequence[Token], first: int, floor: int) -> int | None:
    """Find the pronoun of a relative clause before a verb: "parties which did not pass the bar said"."""
    at = first - 1
    while at > max(floor, first - _RELATIVE_REACH) and found[at].kind in ("aux", "adv", "word", "det", "num"):
        at -= 1
    begins = at > floor and found[at].low in ("who", "which") and found[at + 1].kind == "aux"
    return at if begins and at + 1 < first and found[at - 1].kind in ("word", "cap") else None


def _occasion(found: Sequence[Token], at: int) -> bool:
    """Tell "a vote in which the police said" from "boxes, some of which"."""
    return at >= 0 and found[at].kind == "prep" and found[at].low != "of"


def _noun(found: Sequence[Token], at: int) -> bool:
    spoken = verbs("speech", "say") | verbs("speech", "say-that")
    return (
        at >= 0
        and found[at].kind == "word"
        and found[at].low not in spoken
        and not PAST_ENDING.search(found[at].low)
    )


def _goes_on(found: Sequence[Token], first: int) -> bool:
    """Tell whether a noun phrase reaches one word further to the left."""
    left, here = found[first - 1], found[first]
    if left.low in ("said", "says") and here.kind == "word":
        # "Voters said members of the guard told them"
        return False
    if left.kind in ("word", "cap", "num", "det", "poss", "time") or left.low in CLOSED:
        return True
    if left.kind == "adv":
        return here.kind in ("word", "adv", "num") and left.low.endswith("ly")
    if left.low in ("and", "or", "&"):
        return here.kind != "pron"
    return left.kind == "prep" and left.low in _MEMBERS
