"""Where what is told of one subject ends inside a sentence, though no mark stronger than a comma says so.

"The mission, which had observers at the ballot boxes, said polling had gone well": the boxes are not the
subject of what follows their clause, and what is said has a subject of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from plebiscope.conduct.lexicon import WALL, Token

_SAYS = frozenset(("said", "say", "says"))
_DAYS = frozenset(
    (
        "yesterday", "today", "later", "earlier", "also", "again", "monday", "tuesday", "wednesday",
        "thursday", "friday", "saturday", "sunday", "on", "there",
    )
)  # fmt: skip
_GO_ON = frozenset(
    (
        "they", "he", "she", "it", "we", "i", "their", "his", "her", "its", "to", "by", "being", "having",
        "yes", "no", "nobody", "none", "of", "how", "what", "who", "why", "plainly",
        "clearly", "openly", "so", "nothing", "this",
    )
)  # fmt: skip
"""Behind a verb of saying: the same subject, or nothing that has one."""
_HELPERS = frozenset(("was", "were", "is", "are", "be", "been", "being", "to", "can", "could", "not"))
"""Before a verb of saying: "was said", "who can say"."""
_RELATIVES = frozenset(("who", "which", "whose", "whom", "where", "when"))
_AUXILIARIES = frozenset(
    (
        "was", "were", "is", "are", "has", "have", "had", "did", "does", "do", "will", "would", "could",
        "can", "should", "may", "might", "must",
    )
)  # fmt: skip
_FINITE = _SAYS | _AUXILIARIES
_JOINED = _FINITE | frozenset(
    ("went", "came", "took", "left", "gave", "made", "got", "began", "told", "drove")
)
_SHORT = 3
"""Words behind "whose" that hold no clause yet."""
_ASIDE = 8
"""Words of ", said the head of the board," at most."""


class Bounds(NamedTuple):
    """Words of a sentence over which nothing reaches.

    Attributes
    ----------
    says
        Verbs of saying, by their place, behind which another subject begins.
    closes
        Where the verb of a sentence follows on a clause between commas, with where that clause begins.
    joins
        Where ", and" goes on with the subject of the sentence: not with what stands right before it.
    """

    says: frozenset[int]
    closes: dict[int, int]
    joins: frozenset[int]


NO_BOUNDS = Bounds(frozenset(), {}, frozenset())


def bounds(sentence: Sequence[Token]) -> Bounds:
    """Find the bounds of a sentence."""
    says, joins = set(), set()
    closes: dict[int, int] = {}
    opening: int | None = None
    for at, token in enumerate(sentence):
        if token.word in _SAYS and _goes_over(sentence, at):
            says.add(at)
        if not token.break_before:
            continue
        if token.break_before == WALL:
            opening = None
        if token.word in _RELATIVES:
            opening = at
        elif opening is not None and sentence[opening].word == "whose" and at - opening <= _SHORT:
            opening = None
        elif opening is not None and token.word in _FINITE:
            closes[at] = opening
            opening = None
        elif token.word == "and" and at + 1 < len(sentence) and sentence[at + 1].word in _JOINED:
            joins.add(at)
    return Bounds(frozenset(says), closes, frozenset(joins))


def _goes_over(sentence: Sequence[Token], at: int) -> bool:
    """Tell whether behind a verb of saying another subject begins."""
    if not at or sentence[at - 1].word in _HELPERS:
        return False
    following = at + 1
    while following < len(sentence) and sentence[following].word in _DAYS:
        following += 2 if sentence[following].word == "on" else 1
    if following < len(sentence) and sentence[following].word == "that":
        following += 1
    rest = sentence[following : following + _ASIDE]
    if not rest or rest[0].break_before or rest[0].word in _GO_ON or rest[0].word in _AUXILIARIES:
        return False
    # ", said the head of the board," stands beside what it says.
    return not (sentence[at].break_before and any(other.break_before for other in rest))
