"""Where rules of the codebook fire: sentence by sentence, with what the sentences beside it lend.

A fact is often told over two sentences, so a rule may ask for words in the sentences beside its own
(``near``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from plebiscope.conduct import codebook
from plebiscope.conduct.bounds import NO_BOUNDS, Bounds
from plebiscope.conduct.codebook import Code, Rule
from plebiscope.conduct.elsewhere import private_vote
from plebiscope.conduct.lexicon import WALL, Token
from plebiscope.conduct.reading import Reading
from plebiscope.conduct.standing import clause, standing, supposed

_OPENING = re.compile(r"""(?<!\w)["'](?=\w)""")
_CLOSING = re.compile(r"""(?<=[\w.,!?])["'](?!\w)""")
_MARKS = ('"', "'")
_NEGATIONS = frozenset(("not", "never", "nobody", "neither", "nor", "no", "nothing"))
_NEAREST = 12
"""Mentions of one notion in a sentence that are tried at most; what has more is a list, or hostile."""
_NAMED_NO = (["the"], ["a"], ["vote"], ["voted"], ["voting"])
"""Before "No", these tell that it is an option of the ballot."""
_ABOUT = 0.3
"""Share of the sentences that name voting from which a report is about a vote, in its other sentences too."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fired: which, in which sentence, and where in the cleaned text (half-open)."""

    code: Code
    rule: Rule
    sentence: int
    start: int
    end: int
    negated: bool = False
    """True where a negation that the rule does not ask for stands among the words that it met."""
    core: tuple[int, int] | None = None
    """Where the words stand that tell it (half-open), if what is quoted is more: its whole clause."""


def matches(read: Sequence[Reading]) -> Iterator[Match]:
    """Find every place where a rule of the codebook fires, sentence by sentence.

    Parameters
    ----------
    read
        All sentences of one report.
    """
    book = codebook.load()
    votes = [one.holds("vote") for one in read]
    anywhere = any(votes)
    throughout = sum(votes) >= max(2, _ABOUT * len(votes))
    for index, one in enumerate(read):
        if private_vote(one):
            continue
        near = throughout or any(votes[max(0, index - 1) : index + 2])
        for code, rule in book.starting(list(one.hits)):
            if (rule.context == "near" and not near) or (rule.context == "report" and not anywhere):
                continue
            if not all(one.hits.get(name) for name in rule.slots):
                continue
            if rule.near and not any(
                other.holds(f"{rule.id}.near") for other in read[max(0, index - 1) : index + 2]
            ):
                continue
            for words in _found(rule, one):
                start, end = one.range_of(*words)
                negated = _negated(rule, one, *words)
                if _fits(code, rule, one, start, end) and not (negated and code.kind == "positive"):
                    first, last = trimmed(one.lowered, start, end)
                    at = one.passage.start
                    yield Match(code, rule, index, at + first, at + last, negated)


def _found(rule: Rule, one: Reading) -> Iterator[tuple[int, int]]:
    """Give the half-open ranges of words in which a rule's words stand."""
    if rule.phrases:
        for at, ends in one.hits.get(f"{rule.id}.0", {}).items():
            yield at, max(ends)
        return
    slots: list[Mapping[int, tuple[int, ...]]] = [one.hits.get(name, {}) for name in rule.slots]
    if all(slots):
        yield from together(
            one.words,
            slots,
            within=rule.within,
            ordered=rule.ordered,
            walls=() if rule.wide else one.walls,
            bounds=one.scanned.bounds,
        )


def together(
    sentence: Sequence[Token],
    slots: Sequence[Mapping[int, tuple[int, ...]]],
    *,
    within: int,
    ordered: bool,
    walls: Iterable[int],
    bounds: Bounds = NO_BOUNDS,
) -> Iterator[tuple[int, int]]:
    """Find where mentions of several notions stand together.

    Parameters
    ----------
    sentence
        Its words.
    slots
        For each notion its mentions, begin to ends.
    within
        Most words between two mentions that follow each other.
    ordered
        Whether they must follow each other in the order of the slots.
    walls
        Words (by index) before which something begins that is told apart: none of a set lies on both sides.
    bounds
        Where what is told of one subject ends: no set reaches over it.

    Yields
    ------
    tuple of int
        Half-open ranges of words, the narrowest for each mention of the first notion.
    """
    parted = sorted({*walls, *bounds.says})
    if bounds.says:
        asked = {place for slot in slots for at, ends in slot.items() for place in range(at, max(ends))}
        parted = [wall for wall in parted if wall not in asked]
    chosen = [[(at, max(ends)) for at, ends in list(slot.items())[:_NEAREST]] for slot in slots]

    def grow(placed: list[tuple[int, int]], rest: list[list[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
        if not rest:
            yield placed[0][0] if ordered else min(a for a, _ in placed), max(b for _, b in placed)
            return
        for start, end in rest[0]:
            if any(start < b and a < end for a, b in placed):
                continue
            if ordered:
                last = placed[-1][1]
                if start < last or start - last > within:
                    continue
            elif min(max(start - b, a - end) for a, b in placed) > within:
                continue
            yield from grow([*placed, (start, end)], rest[1:])

    for first in chosen[0]:
        fitting = [
            (start, end)
            for start, end in grow([first], chosen[1:])
            if not any(start < wall < end for wall in parted)
            and not any(opening <= start < closing < end for closing, opening in bounds.closes.items())
            and not any(sentence[at].break_before >= WALL for at in range(start + 1, end))
        ]
        if fitting:
            yield min(fitting, key=lambda span: span[1] - span[0])


def _negated(rule: Rule, one: Reading, first: int, last: int) -> bool:
    """Tell whether something is negated between the words that a rule met: "soldiers did not force anyone".

    What a phrase of the rule negates itself ("not allowed to vote") is the fact, and no denial of it.
    """
    if rule.negating:
        return False
    own: set[int] = set()
    for name in rule.slots:
        for at, ends in one.hits.get(name, {}).items():
            own.update(range(at, max(ends)))
    return negated_within(one, own, first, last)


def negated_within(one: Reading, own: Collection[int], first: int, last: int) -> bool:
    """Tell whether something is negated in a half-open range of words, some of which are not asked."""
    for at in range(first, last):
        word = one.words[at].word
        if at not in own and (word in _NEGATIONS or word.endswith("n't")):
            following = one.words[at + 1].word if at + 1 < len(one.words) else ""
            # "Those who did not come", "the No campaign": nothing is denied.
            before = [other.word for other in one.words[max(0, at - 2) : at]]
            named = word == "no" and (following.startswith("campaign") or before[-1:] in _NAMED_NO)
            if (
                following not in ("only", "just", "least")
                and before[:1] not in (["who"], ["whoever"])
                and not named
            ):
                return True
    return False


def _fits(code: Code, rule: Rule, one: Reading, start: int, end: int) -> bool:
    """Check the conditions of a rule around a match in one sentence."""
    sentence = one.lowered
    if rule.needs and not one.holds(f"{rule.id}.needs"):
        return False
    if rule.excused and one.holds(f"{rule.id}.excused"):
        return False
    if rule.unless and one.holds(f"{rule.id}.unless", *clause(sentence, start, end)):
        return False
    if rule.performed:
        return True
    if supposed(sentence, start, end):
        return False
    # A praise that is negated is no denial of a fact; whatever it is, it is no praise.
    return not (code.kind == "positive" and standing(sentence, start, end) in ("denied", "norm"))


def trimmed(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Leave out blanks and marks at both ends, except the mark that closes a quotation opened inside."""
    while start < end and sentence[start] in " \n\"',(":
        start += 1
    while end > start and sentence[end - 1] in " \n\"',(":
        end -= 1
    opened = len(_OPENING.findall(sentence, start, end)) - len(_CLOSING.findall(sentence, start, end))
    if opened > 0 and sentence[end : end + 1] in _MARKS:
        end += 1
    return start, end
