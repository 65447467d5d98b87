"""Speakers who stand apart from what they say: in a headline, behind a dash, in the sentence before.

"Observers: vote was rigged", "Vote was a farce - OSCE", "The group listed several problems. Boxes had arrived
open." A paragraph is carried on with only where its first sentence says that something will be told: in
news, of the sentences behind an indirect speech in the same paragraph fewer than half are somebody's.
"""

from __future__ import annotations

from collections.abc import Sequence

from plebiscope.conduct.clauses.before import subject_before
from plebiscope.conduct.clauses.behind import phrase_behind
from plebiscope.conduct.clauses.subject import Subject
from plebiscope.conduct.clauses.verb_groups import verb_group
from plebiscope.conduct.language import verbs, words
from plebiscope.conduct.reach import Cue
from plebiscope.conduct.subjects import head, is_speaker, speaks
from plebiscope.conduct.tokens import Token

_LONGEST_LABEL = 5
"""Words of a source that stands alone before a colon or behind a dash."""


def labelled(found: Sequence[Token], names: frozenset[str]) -> Cue | None:
    """Read a headline that names its source before a colon or behind a dash.

    Parameters
    ----------
    found
        Its words.
    names
        Names, in small letters and without article, that are known to speak in the text; others count only
        if they are words for those who speak.
    """
    for at, token in enumerate(found[: _LONGEST_LABEL + 1]):
        if token.low == ":" and at and at + 2 < len(found):
            return _source(found, phrase_behind(found, 0), at, ((token.end, found[-1].end),), names)
    last = max(0, len(found) - _LONGEST_LABEL - 1)
    for at in range(len(found) - 2, last, -1):
        if found[at].low in ("-", "–", "—", "--") and at > 2:
            scope = ((found[0].start, found[at].start),)
            return _source(found, phrase_behind(found, at + 1), len(found), scope, names)
    return None


def _source(
    found: Sequence[Token],
    subject: Subject | None,
    end: int,
    scopes: tuple[tuple[int, int], ...],
    names: frozenset[str],
) -> Cue | None:
    if subject is None or subject.last != end:
        return None
    main = head(found, subject)
    last = found[subject.last - 1]
    plain = " ".join(one.low for one in found[subject.first : subject.last]).removeprefix("the ")
    if not (plain in names or speaks(main.low)):
        return None
    return Cue(found[subject.first].start, last.end, "headline", subject, False, scopes, subject.first)


def announces(found: Sequence[Token]) -> Subject | None:
    """Find who tells that something will be told: "The group listed several problems."."""
    spoken = verbs("speech", "announce")
    tail = [place for place, one in enumerate(found) if one.low in words("speech", "announced")]
    for at, token in enumerate(found):
        if token.low not in spoken or not any(at < place <= at + 6 for place in tail):
            continue
        behind = phrase_behind(found, at + 1)
        closed = behind is not None and (
            behind.last >= len(found)
            or found[behind.last].kind == "mark"
            or found[behind.last].kind == "prep"
        )
        first = verb_group(found, at)
        subject = subject_before(found, first) if closed else None
        if subject and not subject.shared and is_speaker(found, subject):
            return subject
    return None
