"""Whether a sentence tells of this vote at all: not of another year's, another country's, a film's, a club's.

A fact about another vote counts only if the report brings it as evidence on this one, and a rule cannot see
that. So what is told of another time or place is only suggested, and what is told of a vote among members of
a club, of shareholders or of an audience is left out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from plebiscope.conduct.reading import Reading

_YEAR = re.compile(r"(?<![\d.,:/-])(?:1[89]|20)\d\d(?![\d%:/-]|,\d|\.\d)")
# "since 2014" reaches to the present, "as in 2014" compares this vote with that one.
_NOT_WHEN = re.compile(
    r"(?:\b(?:since|from|until|till|like|unlike|as in|than in|compared (?:with|to)|resolution|law|"
    r"born in|died in)(?: the| that of| those of)?|\d [-–]|[-–])\s?$"
)
_GOES_ON = re.compile(r"""["'(]{0,2}(?:its?|they|their|there|then|he|she|his|her|those|these|that)\b""")


def another_vote(read: Sequence[Reading], published: dt.date | None) -> list[bool]:
    """Tell of each sentence whether it is about another vote, or none that was ever held.

    Parameters
    ----------
    read
        All sentences of the report.
    published
        Day on which the report came out; without it, the latest year that the text names stands for it.
    """
    years = [int(found[0]) for found in _YEAR.finditer("\n".join(one.lowered for one in read))]
    current = published.year if published else max(years, default=0)
    found: list[bool] = []
    for index, one in enumerate(read):
        other = one.holds("another-vote") or _long_ago(one.lowered, current)
        before = read[index - 1] if index else None
        if before and not other and found[-1] and one.passage.paragraph - before.passage.paragraph <= 1:
            other = bool(_GOES_ON.match(one.lowered))
        found.append(other)
    return found


def private_vote(sentence: Reading) -> bool:
    """Tell a vote in a club, a company, a contest or a show: no word of public votes stands beside it."""
    return sentence.holds("private-vote") and not sentence.holds("public-vote")


def _long_ago(sentence: str, current: int) -> bool:
    """Tell whether a sentence is set two years or more before the current one, and names no later year."""
    named = [
        int(found[0])
        for found in _YEAR.finditer(sentence)
        if not _NOT_WHEN.search(sentence[max(0, found.start() - 24) : found.start()])
    ]
    return bool(named) and max(named) < current - 1
