"""Who may be the subject of a word of saying, and what a sentence is about.

Only persons, groups and bodies speak; texts do for those who wrote them. "Said" makes a speaker of whatever
its subject is, "showed" does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from plebiscope.conduct.clauses.behind import phrase_behind
from plebiscope.conduct.clauses.subject import Subject
from plebiscope.conduct.language import words
from plebiscope.conduct.tokens import Token

_QUANTITIES = frozenset([
    "group", "dozens", "hundreds", "thousands", "number", "handful", "couple", "some", "many", "most", "one",
    "two", "three", "several", "few", "tens", "majority", "pair", "half", "all", "none", "each", "any",
])  # fmt: skip
_LEADING = frozenset(["opposition", "public", "political", "senior", "leading", "prominent", "exiled"])
"""With these, figures are people."""
_NOBODY = frozenset(["that", "this", "there", "which", "what", "nothing", "everything", "i"])


@lru_cache(maxsize=1 << 14)
def speaks(word: str) -> bool:
    """Tell a word for what may speak: a person, a group or a body."""
    low = word.lower()
    known = (words("people", "titles"), words("people", "voices"), words("people", "issuers"))
    return any(low in one or (low.endswith("s") and low[:-1] in one) for one in known)


def is_text(word: str) -> bool:
    """Tell a word for what holds somebody's words: a statement, a survey, an affidavit."""
    known = words("speech", "texts")
    return word in known or (word.endswith("s") and word[:-1] in known)


def head(found: Sequence[Token], subject: Subject) -> Token:
    """Give the word that a subject is about: "observers" of "two observers of the mission"."""
    inside = found[subject.first : subject.last]
    stop = next((at for at, one in enumerate(inside) if at and one.kind == "prep"), len(inside))
    main = inside[max(0, stop - 1)]
    if stop + 1 < len(inside) and inside[stop].low == "of" and main.low in _QUANTITIES:
        rest = [one for one in inside[stop + 1 :] if one.kind != "det"]
        later = next((at for at, one in enumerate(rest) if one.kind == "prep"), len(rest))
        return rest[later - 1] if later else main
    return inside[stop - 2] if main.kind in ("poss", "adv", "num") and stop >= 2 else main


def is_speaker(found: Sequence[Token], subject: Subject) -> bool:
    """Tell whether a subject may speak: a pronoun, a name, a person, a group, a body."""
    inside = found[subject.first : subject.last]
    main = head(found, subject)
    if main.kind in ("pron", "cap") or speaks(main.low):
        return True
    if main.low == "figures" and any(one.low in _LEADING for one in inside):
        return True
    return inside[-1].kind == "cap" and not any(one.kind == "prep" for one in inside)


def may_say(
    found: Sequence[Token], subject: Subject, verb: str, *, judge: bool, shape: str, past: bool, loose: bool
) -> bool:
    """Tell whether a subject may be that of a verb of saying.

    Parameters
    ----------
    verb
        Its base.
    judge
        It is a verb of judging, whose object is the speaker's too.
    shape
        What follows it: ``that``, ``quote``, ``colon``, ``end`` or ``other``.
    past
        It stands in the past.
    loose
        A preposition follows: it may be a participle, "the figure announced at noon".
    """
    main = head(found, subject)
    if main.kind == "time" or main.low in words("speech", "units"):
        return False
    if main.low in words("people", "evidence") and not is_speaker(found, subject):
        # "An Associated Press analysis found": it is theirs.
        return is_text(main.low) and any(one.kind == "cap" for one in found[subject.first : subject.last])
    if main.low in _NOBODY:
        return False
    if main.low in ("these", "those"):
        return verb in ("say", "tell", "complain", "report")
    things = verb in words("speech", "also-things")
    if main.low == "it" and things and shape not in ("quote", "colon", "end"):
        return past and (
            shape == "that" or verb in ("say", "announce", "warn", "add", "find", "note", "conclude", "rule")
        )
    if is_text(main.low) or is_speaker(found, subject):
        return True
    return verb in words("speech", "people-only") and not (judge and things) and not loose


def topic(found: Sequence[Token]) -> Subject | None:
    """Find what a sentence is about: the noun phrase at its head, behind a phrase of time or place."""
    at = 0
    while at < len(found) and (
        found[at].kind in ("join", "adv", "quote", "mark") or found[at].low in ("-", "–")
    ):
        at += 1
    if at < len(found) and (found[at].kind in ("prep", "time", "sub") or found[at].low.endswith("ing")):
        at = _behind_adverbial(found, at)
        if at >= len(found):
            return None
    subject = phrase_behind(found, at)
    if subject is None:
        return None
    if subject.last + 1 < len(found) and found[subject.last].kind == "comma":
        named = phrase_behind(found, subject.last + 1)
        if (
            named
            and named.last < len(found)
            and found[named.last].kind == "comma"
            and (found[subject.first].kind != "cap" or found[subject.last - 1].kind == "word")
        ):
            inside = found[named.first : named.last]
            if 2 <= len(inside) <= 4 and all(one.kind == "cap" for one in inside):
                return Subject(named.first, named.last, outer=subject.first)
    return subject


def _behind_adverbial(found: Sequence[Token], at: int) -> int:
    """Step over "On Sunday", "At the mill", "After he had left,"."""
    stop = at
    if found[at].kind == "prep":
        stop += 1
        behind = phrase_behind(found, stop)
        stop = behind.last if behind else stop
    while stop < len(found) and (
        found[stop].kind in ("time", "num") or found[stop].low in words("speech", "units")
    ):
        stop += 1
    if at < stop < len(found):
        if found[stop].kind == "comma":
            return stop + 1
        if found[stop].kind in ("det", "cap", "pron"):
            return stop
    comma = next(
        (place for place in range(at, min(len(found), at + 14)) if found[place].kind == "comma"), len(found)
    )
    return comma + 1
