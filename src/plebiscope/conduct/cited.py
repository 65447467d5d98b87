"""Sources that are cited beside what they say: "according to Torvik", "labelled a farce by the rebels".

That somebody speaks is told by no verb of theirs, but by a phrase in front of a name or by a passive with its
agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from plebiscope.conduct.clauses.before import subject_before
from plebiscope.conduct.clauses.behind import phrase_behind
from plebiscope.conduct.clauses.subject import Subject
from plebiscope.conduct.clauses.verb_groups import BE, HAVE, verb_group
from plebiscope.conduct.language import phrases, words
from plebiscope.conduct.reach import Cue, Reach
from plebiscope.conduct.subjects import head, is_speaker, is_text, speaks
from plebiscope.conduct.tokens import Token

_AT_ONCE = frozenset(["accused", "disputed", "questioned"])
"""With these the agent follows at once: "questioned the board which was chosen by the king"."""
_BEFORE_ACCOUNTS = frozenset(["by", "on", "in", "to"])


@cache
def phrases_of(name: str) -> dict[str, list[tuple[str, ...]]]:
    """Give the phrases of a list of ``[speech]`` as words, by their first word."""
    known: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases("speech", name):
        parts = tuple(phrase.split())
        known.setdefault(parts[0], []).append(parts)
    return known


@cache
def citing() -> frozenset[str]:
    """Give every word with which a citation may begin."""
    listed = (words("speech", "accounts-of"), words("speech", "judged-by"), _BEFORE_ACCOUNTS)
    return frozenset(phrases_of("according")).union(*listed)


def phrase_at(found: Sequence[Token], at: int, name: str) -> tuple[str, ...] | None:
    """Find a phrase of a list of ``[speech]`` at a word, as words; null where none stands there."""
    return next(
        (
            parts
            for parts in phrases_of(name).get(found[at].low, ())
            if tuple(one.low for one in found[at : at + len(parts)]) == parts
        ),
        None,
    )


class Cited:
    """Finds the sources that are cited in one sentence.

    Parameters
    ----------
    found
        The words of the sentence.
    reach
        How far what is said reaches in it.
    """

    def __init__(self, found: Sequence[Token], reach: Reach) -> None:
        self._found = found
        self._reach = reach

    def source(self, at: int, earlier: Sequence[Cue]) -> Cue | None:
        """Read "according to Ana Torvik" and "by the ministry's count"."""
        found = self._found
        parts = phrase_at(found, at, "according")
        if parts:
            subject = phrase_behind(found, at + len(parts))
            if subject is None or not self._may_be_named(subject):
                return None
            if (
                found[at].low == "in"
                and earlier
                and earlier[-1].subject is not None
                and not earlier[-1].judge
            ):
                # "Torvik said it had no credit in the eyes of the world": the words stay Torvik's.
                return None
            return self._beside(
                at, subject, found[at].start, found[subject.last - 1].end, earlier, "according to"
            )
        if (
            found[at].low in words("speech", "accounts-of")
            and at + 2 < len(found)
            and found[at + 1].low in ("from", "by")
        ):
            subject = phrase_behind(found, at + 2)
            if subject is None or not speaks(head(found, subject).low):
                return None
            stop = self._reach.over_adverbials(subject.last)
            if stop >= len(found) or found[stop].low not in ("that", "of", "about"):
                return None
            scope = (found[stop].end, self._reach.clause_end(stop))
            return Cue(found[at].start, found[stop].end, "account", subject, False, (scope,), at)
        if found[at].low in _BEFORE_ACCOUNTS:
            subject = phrase_behind(found, at + 1)
            if subject is None:
                return None
            inside = found[subject.first : subject.last]
            owner = next((step for step, one in enumerate(inside) if one.kind == "poss"), None)
            told = [step for step, one in enumerate(inside) if one.low in words("speech", "account")]
            if owner and told and owner < told[0] <= owner + 3:
                inside = inside[: told[0] + 1]
                if owner:
                    named = Subject(subject.first, subject.first + owner, outer=at)
                    return self._beside(at, named, found[at].start, inside[-1].end, earlier, "according to")
        return None

    def _may_be_named(self, subject: Subject) -> bool:
        """Tell "according to the board" from "according to law" and "according to their own word"."""
        first = self._found[subject.first : subject.first + 2]
        if any(one.low == "own" for one in first):
            return False
        return (
            first[0].kind in ("det", "num")
            or is_speaker(self._found, subject)
            or is_text(head(self._found, subject).low)
        )

    def _beside(
        self, at: int, subject: Subject, start: int, end: int, earlier: Sequence[Cue], lemma: str
    ) -> Cue:
        scopes: tuple[tuple[int, int], ...]
        if at == 0 or (at <= 2 and self._found[0].kind == "join"):
            scopes = ((end, self._found[-1].end),)
        else:
            since = [cue.end for cue in earlier if cue.lemma == lemma]
            scopes = ((max([self._found[0].start, *since]), start),)
            after = self._found[subject.last] if subject.last < len(self._found) else None
            if after is not None and after.kind == "comma" and self._found[at - 1].kind == "comma":
                scopes = (*scopes, (end, self._found[-1].end))
        return Cue(start, end, lemma, subject, False, scopes, at)

    def agent(self, at: int) -> Cue | None:
        """Read a passive with its agent: "labelled a farce by the rebels"."""
        found = self._found
        if found[at].low not in words("speech", "judged-by") or self._is_active(at):
            return None
        stop = min(len(found), at + 14)
        for place in range(at + 1, stop):
            token = found[place]
            if token.kind in ("mark", "quote") and token.low not in ('"', "'"):
                break
            if token.low in words("speech", "judged-by") or token.low in ("cast", "held", "run"):
                break
            if token.low == "by":
                subject = phrase_behind(found, place + 1)
                if subject is None or not is_speaker(found, subject):
                    return None
                end = found[place - 1].end
                if found[at].low in _AT_ONCE and place > at + 1:
                    return None
                if found[at].low == "accused":
                    # "accused by voters of slipping papers in": what of is theirs too.
                    scope = (found[at].start, self._reach.clause_end(subject.last))
                    return Cue(found[at].start, end, "accuse", subject, True, (scope,), at)
                lead = next((step for step in (1, 2) if at >= step and found[at - step].low == "as"), 0)
                if lead and place == at + 1:
                    # "as first reported by the Herald": what it stands beside is theirs.
                    onset, last = at - lead, found[subject.last - 1].end
                    return self._beside(onset, subject, found[onset].start, last, (), "according to")
                return Cue(found[at].start, end, "by", subject, True, ((found[at].start, end),), at)
        return None

    def _is_active(self, at: int) -> bool:
        """Tell "Torvik described" from "was described" and "a vote described": only the first is active."""
        first = verb_group(self._found, at)
        group = [one.low for one in self._found[first:at]]
        if any(one in BE for one in group):
            return False
        if any(one in HAVE for one in group):
            return True
        subject = subject_before(self._found, first)
        return (
            subject is not None
            and not subject.shared
            and is_speaker(self._found, subject)
            and (
                self._found[at + 1].kind in ("det", "cap", "pron", "sub", "quote")
                or any(one.kind == "poss" for one in self._found[at + 2 : at + 3])
                if at + 1 < len(self._found)
                else True
            )
        )
