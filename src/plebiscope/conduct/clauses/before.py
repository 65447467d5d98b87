"""The subject that stands before a verb, over what stands between commas or in brackets."""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.clauses.brackets import CLOSED, OPENED, opening
from plebiscope.conduct.clauses.noun_phrases import noun_phrase
from plebiscope.conduct.clauses.subject import LONGEST, Subject
from plebiscope.conduct.clauses.verb_groups import PAST_ENDING
from plebiscope.conduct.language import words
from plebiscope.conduct.tokens import Token


def subject_before(found: Sequence[Token], verb: int) -> Subject | None:
    """Find the subject that stands before a verb, at whose first word ``verb`` points."""
    subject = _subject_before(found, verb)
    if subject is None or subject.shared or subject.outer < 2 or found[subject.outer - 1].kind != "comma":
        return subject
    role = found[subject.first]
    if role.kind == "word" or role.low in ("a", "an", "the", "one"):
        # "Ana Torvik, head of the board, a baker, said": what stands behind a name says who that is.
        named = noun_phrase(found, subject.outer - 1, max(0, subject.outer - LONGEST))
        within = named is not None and any(
            found[named.first - step].kind == "prep" for step in (1, 2) if _led(found, named.first, step)
        )
        if named and not within and named.last - named.first >= 2 and _named(found, named.first, named.last):
            return named
    return subject


def _led(found: Sequence[Token], first: int, step: int) -> bool:
    """Tell a place before a name: right before it, or before its article, "in the Marenna Republic"."""
    return step <= first and (step == 1 or found[first - 1].kind == "det")


def _subject_before(found: Sequence[Token], verb: int) -> Subject | None:
    at = verb - 1
    floor = max(0, verb - LONGEST)
    if at < floor:
        return None
    token = found[at]
    if token.low in CLOSED:
        at = opening(found, at, floor) - 1
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
            depth += (found[left].low in CLOSED) - (found[left].low in OPENED)
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
        one.kind in ("word", "cap") and (one.kind == "cap" or not PAST_ENDING.search(one.low)) for one in role
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
        or inside[-1].kind == "time"
        or (inside[-1].low in words("speech", "units"))
    )
