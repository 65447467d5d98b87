"""The noun phrase that begins at a word: "said | the head of the board", "by | the rebels"."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.clauses.subject import LONGEST, Subject
from plebiscope.conduct.language import words
from plebiscope.conduct.tokens import Token

_GROUPS = frozenset(f"{one}s" for one in words("people", "titles") | words("people", "voices"))


def phrase_behind(found: Sequence[Token], at: int) -> Subject | None:
    """Find the noun phrase that begins at index ``at``: "said | the head of the board", "by | the rebels"."""
    while at < len(found) and found[at].kind == "adv":
        at += 1
    start = at
    if at >= len(found):
        return None
    if found[at].kind == "pron":
        return Subject(at, at + 1, outer=at) if found[at].low != "who" else None
    if found[at].kind not in ("det", "cap", "num", "word"):
        return None
    if found[at].kind == "word" and found[at].low.endswith("ing"):
        return None
    while at < len(found) and at - start < LONGEST:
        here = found[at]
        if here.kind in ("cap", "num", "poss"):
            at += 1
        elif here.kind == "det":
            if at > start and found[at - 1].kind not in ("prep", "join", "det"):
                break
            at += 1
        elif here.kind == "adv":
            if at + 1 >= len(found) or found[at + 1].kind not in ("word", "cap"):
                break
            if at > start and found[at - 1].kind == "cap" and found[at + 1].low in words("speech", "pasts"):
                # "claimed Torvik only | won"
                break
            at += 1
        elif here.kind == "word":
            if at > start and (
                (here.low.endswith("ing") and found[at - 1].kind != "det")
                or _is_past(found, at)
                or _after_name(found, start, at)
            ):
                break
            at += 1
        elif here.low in ("and", "&", "or"):
            if at + 1 >= len(found) or found[at + 1].kind not in ("cap", "word", "det", "num"):
                break
            at += 1
        elif here.kind == "prep":
            if not _carried(found, at):
                break
            at += 1
        else:
            break
    while at > start and found[at - 1].kind in ("prep", "join", "adv"):
        at -= 1
    return Subject(start, at, outer=start) if at > start else None


def _is_past(found: Sequence[Token], at: int) -> bool:
    """Tell a verb behind a noun: "the headmaster gave", "the army stopped"."""
    low = found[at].low
    return found[at - 1].kind in ("word", "cap") and (low.endswith("ed") or low in words("speech", "pasts"))


def _after_name(found: Sequence[Token], start: int, at: int) -> bool:
    """Tell that a word in small letters right behind a name begins something else ("Torvik last week")."""
    if found[at - 1].kind == "poss" or any(one.kind not in ("cap", "poss") for one in found[start:at]):
        return False
    for one in found[at : at + 2]:
        # "Gostel health officials" are one group.
        if one.kind == "word" and one.low in _GROUPS:
            return False
    return not any(one.kind == "cap" for one in found[at + 1 : at + 3])


def _carried(found: Sequence[Token], at: int) -> bool:
    """Tell a preposition that belongs to a name or a group from one of time, place or occasion."""
    here, behind = found[at].low, found[at + 1] if at + 1 < len(found) else None
    if behind is None or behind.kind in ("time", "pron"):
        return False
    if here in ("of", "for", "from"):
        return True
    if here in ("in", "at", "with", "on"):
        return behind.kind == "cap" or (here in ("at", "with") and behind.low in ("the", "a"))
    return False
