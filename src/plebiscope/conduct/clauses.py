"""A shallow reading of one sentence: who stands before or behind a verb.

The kinds of its words are enough to walk from a verb of saying to its subject, over what may stand between
them ("the mayor, who left early, has since said"), and to find where the subject begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from plebiscope.conduct.language import verbs, words
from plebiscope.conduct.tokens import Token

_RELATIVE_REACH = 8
"""Words from a noun back to the relative pronoun of its clause."""
_OPENED, _CLOSED = "([", ")]"
BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "am", "'re"])
HAVE = frozenset(["has", "have", "had", "having", "'ve"])
_ENDING = re.compile(r"(?:ed|ew|ook|ame|ent|ote|ave|old|elt|ound|ought|ried)$")
_BEFORE_TIME = frozenset(["on", "in", "for", "last", "late", "early", "earlier", "this"])
_LONGEST = 40
"""Words of a subject, beyond which none is sought."""
_GROUPS = frozenset(f"{one}s" for one in words("people", "titles") | words("people", "voices"))
_RELATIVE = frozenset(["who", "whose", "which", "whom", "where"])
_MEMBERS = frozenset([
    "of", "for", "in", "at", "from", "on", "with", "near", "by", "to", "against", "inside", "under", "among",
    "behind", "outside", "between", "across", "over", "within", "into",
])  # fmt: skip


def verb_group(found: Sequence[Token], at: int) -> int:
    """Give the index of the first word of the verb whose main word is at ``at``: "has also said"."""
    first = at
    while first > 0:
        kind = found[first - 1].kind
        period = (
            first > 1
            and found[first - 1].low in words("speech", "units")
            and found[first - 2].low in _BEFORE_TIME
        )
        if kind == "time" or period or found[first - 1].low in ("last", "this"):
            # "Torvik on Monday said": a date may stand inside.
            onset = first - 1
            while onset > 0 and found[onset - 1].low in _BEFORE_TIME:
                onset -= 1
            if onset == 0 or found[onset - 1].kind not in ("cap", "word", "pron", "aux", "comma"):
                break
            first = onset
        elif kind in ("aux", "adv"):
            first -= 1
        else:
            break
    return first


@dataclass(frozen=True, slots=True)
class Subject:
    """Who does what a verb says: indices of the first word and behind the last."""

    first: int
    last: int
    shared: bool = False
    """True for the second of two verbs with one subject ("left early and said")."""
    outer: int = 0
    """Index of the first word of the whole, with what stands before a name or between commas."""


def subject_before(found: Sequence[Token], verb: int) -> Subject | None:
    """Find the subject that stands before a verb, at whose first word ``verb`` points."""
    subject = _subject_before(found, verb)
    if subject is None or subject.shared or subject.outer < 2 or found[subject.outer - 1].kind != "comma":
        return subject
    role = found[subject.first]
    if role.kind == "word" or role.low in ("a", "an", "the", "one"):
        # "Ana Torvik, head of the board, a baker, said": what stands behind a name says who that is.
        named = noun_phrase(found, subject.outer - 1, max(0, subject.outer - _LONGEST))
        within = named is not None and any(
            found[named.first - step].kind == "prep" for step in (1, 2) if _led(found, named.first, step)
        )
        if named and not within and named.last - named.first >= 2 and _named(found, named.first, named.last):
            return named
    return subject


def _subject_before(found: Sequence[Token], verb: int) -> Subject | None:
    at = verb - 1
    floor = max(0, verb - _LONGEST)
    if at < floor:
        return None
    token = found[at]
    if token.low in _CLOSED:
        at = _opening(found, at, floor) - 1
        if at < floor:
            return None
        token = found[at]
    if token.kind == "comma" or token.low in ("-", "–", "—"):
        return _over_commas(found, at, floor)
    if token.kind == "join":
        return Subject(at, at, shared=True, outer=at)
    if token.low in ("who", "which", "that"):
        if at > floor and found[at - 1].kind == "join":
            return Subject(at, at, shared=True, outer=at)
        behind = at - 1 if at > floor and found[at - 1].kind == "comma" else at
        return noun_phrase(found, behind, floor)
    return noun_phrase(found, at + 1, floor)


def _over_commas(found: Sequence[Token], comma: int, floor: int) -> Subject | None:
    """Step over what stands between commas: "Ana Torvik, a baker who voted early, said"."""
    for at in range(comma - 1, floor, -1):
        if found[at].low in (";", ":") or found[at].kind == "quote":
            break
        if found[at - 1].kind == "comma" and (
            found[at].low == "including" or (found[at].low == "among" and found[at + 1].low == "them")
        ):
            # "Several countries, among them Gostel, Marenna and Bresk, said"
            return noun_phrase(found, at - 1, floor)
    right = comma
    for _ in range(4):
        left = right - 1
        depth = 0
        while (
            left >= floor
            and (found[left].kind not in ("comma", "quote") or depth)
            and found[left].low not in (";", ":", "—", "–")
        ):
            depth += (found[left].low in _CLOSED) - (found[left].low in _OPENED)
            left -= 1
        if left < floor or found[left].kind != "comma":
            if left >= floor and found[left].low in ("—", "–") and found[comma].low in ("—", "–"):
                return noun_phrase(found, left, floor)
            return None
        between = found[left + 1 : right]
        if not between:
            return None
        whole = noun_phrase(found, left, floor)
        if (
            whole is not None
            and _named(found, left + 1, right)
            and not _named(found, whole.first, whole.last)
            and found[whole.last - 1].low not in words("people", "places")
        ):
            # "its chairwoman, Ilse Marrant, told": the name stands between the commas.
            return Subject(left + 1, right, outer=whole.outer)
        if whole is not None and not _named(found, whole.first, whole.last):
            name = _behind_role(found, left + 1, right)
            if name is not None:
                return Subject(name, right, outer=whole.outer)
        place = (
            whole is not None and left >= 2 and whole.last - whole.first == 1 and _of_place(found, left - 1)
        )
        told_of = whole is not None and whole.last - whole.first > 1 and found[whole.first + 1].low == "by"
        if whole is not None and not place and not told_of and not _adverbial(found, whole, left):
            return whole
        right = left
    return None


def _behind_role(found: Sequence[Token], first: int, last: int) -> int | None:
    """Find where a person's name begins behind a role: "his rival, former baker | Ana Torvik, has"."""
    name = last
    while name > first and found[name - 1].kind == "cap":
        name -= 1
    role = found[first:name]
    plain = all(
        one.kind in ("word", "cap") and (one.kind == "cap" or not _ENDING.search(one.low)) for one in role
    )
    if not 2 <= last - name <= 3 or not role or not plain or role[-1].low not in words("people", "titles"):
        return None
    return name


def _of_place(found: Sequence[Token], at: int) -> bool:
    """Tell "a resident of the capital, Gostel, who": the place is named, not the speaker."""
    return (
        at >= 2
        and found[at].kind == "cap"
        and found[at - 1].kind == "comma"
        and found[at - 2].low in words("people", "places")
    )


def _named(found: Sequence[Token], first: int, last: int) -> bool:
    """Tell a bare name: two to five words with capitals."""
    inside = found[first:last]
    return 1 <= len(inside) <= 5 and all(
        one.kind == "cap" or one.low in ("de", "van", "von", "bin", "al", "da", "el", "la", "der", "dos")
        for one in inside
    )


def _adverbial(found: Sequence[Token], whole: Subject, end: int) -> bool:
    """Tell a phrase of time or place before a comma ("On Sunday,") from a subject."""
    inside = found[whole.first : end]
    return (
        not inside
        or inside[0].kind in ("time", "num", "adv")
        or inside[-1].kind in ("time",)
        or (inside[-1].low in words("speech", "units"))
    )


def _opening(found: Sequence[Token], at: int, floor: int) -> int:
    while at > floor and found[at].low not in _OPENED:
        at -= 1
    return at


def noun_phrase(found: Sequence[Token], end: int, floor: int = 0) -> Subject | None:
    """Find the noun phrase that ends before index ``end``, with what its head carries ("of the board")."""
    at = end - 1
    while at >= floor and found[at].kind == "adv" and found[at].low not in ("both",):
        at -= 1
    if at > floor and found[at].low == "there" and found[at - 1].kind in ("word", "cap"):
        at -= 1
    end = at + 1
    if at < floor:
        return None
    if found[at].kind == "pron":
        return Subject(at, end, outer=at)
    if found[at].low in _CLOSED:
        at = _opening(found, at, floor) - 1
        if at < floor:
            return None
    if found[at].kind not in ("word", "cap", "num", "det", "poss", "time"):
        return None
    first = at
    while first > floor and _goes_on(found, first):
        first -= 1
        if found[first].low in _CLOSED:
            first = _opening(found, first, floor)
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
        and (_ENDING.search(found[first].low) or before.low in ("who", "which"))
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
    first = _onset(found, first, end)
    if any(one.low == "and" for one in found[first:end]):
        # "Gostel, Marenna and Keldale have said": a list with commas.
        while first - 2 >= floor and found[first].kind in ("cap", "det") and found[first - 1].kind == "comma":
            ahead = noun_phrase(found, first - 1, floor)
            if (
                ahead is None
                or (found[ahead.last - 1].kind != "cap" and found[ahead.last - 1].low not in _CLOSED)
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


def _led(found: Sequence[Token], first: int, step: int) -> bool:
    """Tell a place before a name: right before it, or before its article, "in the Marenna Republic"."""
    return step <= first and (step == 1 or found[first - 1].kind == "det")


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
        and not _ENDING.search(found[at].low)
    )


def _goes_on(found: Sequence[Token], first: int) -> bool:
    """Tell whether a noun phrase reaches one word further to the left."""
    left, here = found[first - 1], found[first]
    if left.low in ("said", "says") and here.kind == "word":
        # "Voters said members of the guard told them"
        return False
    if left.kind in ("word", "cap", "num", "det", "poss", "time") or left.low in _CLOSED:
        return True
    if left.kind == "adv":
        return here.kind in ("word", "adv", "num") and left.low.endswith("ly")
    if left.low in ("and", "or", "&"):
        return here.kind != "pron"
    return left.kind == "prep" and left.low in _MEMBERS


def _onset(found: Sequence[Token], first: int, end: int) -> int:
    """Leave out what stands before the subject: "At station 12 | the chairwoman"."""
    breaks = []
    for at in range(first, end):
        here, left = found[at], found[at - 1] if at > first else None
        if left is None:
            if here.kind in ("join",):
                breaks.append(at + 1)
            continue
        begins = here.kind == "det" and here.low not in ("all", "both", "two", "three", "four", "five", "six")
        if (
            begins
            and left.kind in ("word", "cap", "num", "time")
            and left.low not in ("all", "both", "half", "such")
        ) or (
            left.kind == "time"
            and here.kind in ("cap", "word", "det", "num")
            and not (here.kind == "num" or here.low in words("speech", "units"))
        ):
            breaks.append(at)
    start = breaks[-1] if breaks else first
    if breaks and start < end:
        joined = [at for at in range(start, end) if found[at].low in ("and", "or")]
        if joined and _ENDING.search(found[start - 1].low) and found[start - 1].kind == "word":
            # "took the box and observers said": what stands before "and" is the object of another verb.
            start = joined[-1] + 1
    else:
        joined = [at for at in range(start, end) if found[at].low in ("and", "or")]
        if joined and any(
            _ENDING.search(one.low) and one.kind == "word" for one in found[joined[0] - 1 : joined[0]]
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


def phrase_behind(found: Sequence[Token], at: int) -> Subject | None:
    """Find the noun phrase that begins at index ``at``: "said | the head of the board", "by | the rebels"."""
    start = at
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
    while at < len(found) and at - start < _LONGEST:
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
    if here in ("of", "for"):
        return True
    if here == "from":
        return True
    if here in ("in", "at", "with", "on"):
        return behind.kind == "cap" or (here in ("at", "with") and behind.low in ("the", "a"))
    return False
