"""The words of a verb: its main word with what belongs to it, and the forms by which it is known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plebiscope.conduct.language import words
from plebiscope.conduct.tokens import Token

BE = frozenset(["is", "are", "was", "were", "be", "been", "being", "am", "'re"])
HAVE = frozenset(["has", "have", "had", "having", "'ve"])
PAST_ENDING = re.compile(r"(?:ed|ew|ook|ame|ent|ote|ave|old|elt|ound|ought|ried)$")
_BEFORE_TIME = frozenset(["on", "in", "for", "last", "late", "early", "earlier", "this"])


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
