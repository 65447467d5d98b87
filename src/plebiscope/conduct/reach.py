"""What a word of saying covers: which stretches of its sentence are somebody's words.

What stands behind "said" is, up to a "but" or to where somebody else begins to speak; so is what stands
before ", they said". Verbs of judging cover themselves: who condemns a farce says both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from plebiscope.conduct.clauses.behind import phrase_behind
from plebiscope.conduct.clauses.subject import Subject
from plebiscope.conduct.language import words
from plebiscope.conduct.subjects import is_text
from plebiscope.conduct.tokens import Token

_ADDRESSED = frozenset(["tell", "inform", "remind", "assure", "warn", "advise", "promise"])
_CONTRAST = frozenset(["but", "while", "whereas", "although", "though"])
OUT_OF_SPEECH = frozenset(["as", "when", "while", "after", "before", "because", "who", "whose", "where"])
"""Behind "he said" these lead back to what the report tells."""
_ISSUED = frozenset(
    ["released", "issued", "published", "posted", "dated", "filed", "unsealed", "broadcast", "obtained"]
)
"""Behind a text these say when it came out: "said in a statement issued today"."""
_OCCASIONS = frozenset([
    "on", "in", "at", "to", "during", "after", "before", "from", "by", "via", "through", "with", "over",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cue:
    """A word of saying with its subject; ranges are of the cleaned text, indices of the sentence's words."""

    start: int
    end: int
    lemma: str
    subject: Subject | None
    """None where the verb has that of the verb before it."""
    judge: bool
    scopes: tuple[tuple[int, int], ...]
    at: int = 0
    """Index of the verb's first word."""
    embedded: bool = False
    """True in a relative clause whose rest it covers: "a vote that the police said was calm"."""
    deed: bool = False
    """True of a request, "asked the board to annul it": that it was made is told by the report."""


class Reach:
    """Reads what stands around the verbs of one sentence.

    Parameters
    ----------
    found
        The words of the sentence.
    quoted
        Half-open ranges of what is quoted in it as speech.
    """

    def __init__(self, found: Sequence[Token], quoted: Sequence[tuple[int, int]]) -> None:
        self._found = found
        self._quoted = quoted
        self._end = found[-1].end if found else 0
        self._start = found[0].start if found else 0

    def inside(self, token: Token) -> bool:
        """Tell whether a word is quoted."""
        return any(start <= token.start and token.end <= end for start, end in self._quoted)

    def shape(self, last: int, base: str) -> str:
        """Say what follows a verb: "that", a quotation, a colon, the end, or something else."""
        found = self._found
        at = last + 1
        if base in _ADDRESSED:
            behind = phrase_behind(found, at)
            at = behind.last if behind else at
        at = self.over_adverbials(at)
        if at >= len(found):
            return "end"
        token = found[at]
        if token.low == "that":
            return "that"
        if token.low == ":":
            return "colon"
        if token.kind == "quote":
            return "quote"
        if token.kind == "comma":
            return "quote" if at + 1 < len(found) and found[at + 1].kind == "quote" else "end"
        return "end" if token.kind == "mark" else "other"

    def over_adverbials(self, at: int) -> int:
        """Step over when, where and to whom something was said."""
        found = self._found
        steps = 0
        while at < len(found) and steps < 4:
            token = found[at]
            if (
                token.kind in ("time", "adv")
                or token.low in words("speech", "units")
                or token.low in ("last", "this")
            ):
                if token.low in ("this", "last") and (
                    at + 1 >= len(found) or found[at + 1].low not in words("speech", "units")
                ):
                    break
                at += 1
            elif (
                token.kind == "prep"
                and (token.low != "to" or self._is_object(at + 1))
                and token.low in _OCCASIONS
            ):
                if at + 1 < len(found) and found[at + 1].kind in ("time", "num"):
                    at += 2
                else:
                    behind = phrase_behind(found, at + 1)
                    if behind is None:
                        break
                    at = behind.last
                    if at < len(found) and found[at].low in _ISSUED:
                        at += 1
                steps += 1
            else:
                break
        return at

    def _is_object(self, at: int) -> bool:
        """Tell "to the court" and "to reporters" from "to keep"."""
        if at >= len(self._found):
            return False
        token = self._found[at]
        return token.kind in ("det", "cap", "time", "num") or token.low.endswith("s")

    def scopes(
        self, first: int, last: int, subject: Subject, base: str, kind: str, inverted: bool
    ) -> tuple[tuple[int, int], ...]:
        """Say which stretches of the sentence a verb of saying covers."""
        found = self._found
        if kind == "judge" and not (subject.outer > 0 and found[subject.outer - 1].low == "as"):
            if self._ends_before_occasion(last + 1):
                return ((found[first].start, found[last].end),)
            end = self.clause_end(last + 1)
            joints = [one.start for one in self._joints(len(found)) if one.start > found[last].end]
            return ((found[first].start, min([end, *joints])),)
        onset = first if inverted or subject.shared else min(subject.outer, subject.first)
        if onset > 2 and found[onset - 1].low in ("by", "from") and is_text(found[onset - 2].low):
            # ", a review by the Herald found"
            onset -= 3 if found[onset - 3].kind == "det" else 2
        behind = subject.last if inverted else last + 1
        after = (found[last].end, self.clause_end(last + 1))
        led = onset > 0 and found[onset - 1].kind in ("comma", "quote")
        if onset > 1 and found[onset - 1].low == "as" and found[onset - 2].kind == "comma":
            led, onset = True, onset - 1
        before = (self._clause_start(onset), found[onset].start)
        if inverted and led and subject.last < len(found) - 1 and found[subject.last].kind == "comma":
            # "The hall, say residents, was locked": between commas it covers both sides.
            aside = found[onset - 1].kind == "comma" and found[subject.last - 1].kind == "word"
            if aside and found[subject.last + 1].kind not in ("det", "cap"):
                start = next(
                    (one.start for one in reversed(self._joints(onset)) if one.start > before[0]), before[0]
                )
                return ((start, before[1]), (found[subject.last].end, self.clause_end(subject.last)))
        if inverted:
            return (before,)
        stop = self.over_adverbials(self._over_addressee(behind, base))
        token = found[stop] if stop < len(found) else None
        ended = token is None or (token.kind == "mark" and token.low != ":")
        if led and token is not None and token.kind == "comma":
            start = next(
                (one.start for one in reversed(self._joints(onset)) if one.start > before[0]), before[0]
            )
            return ((start, before[1]), after)
        if led and (ended or (token is not None and token.low in OUT_OF_SPEECH)):
            return (before,)
        if ended and onset > 3 and not led:
            return () if found[onset - 1].kind in ("sub", "prep", "join") else (before, after)
        return (after,)

    def _ends_before_occasion(self, at: int) -> bool:
        """Tell "apologised on Monday after boxes were lost": what happened before is told, not said."""
        found = self._found
        while at < len(found) and (found[at].kind in ("time", "adv") or found[at].low == "on"):
            at += 1
        return at < len(found) and found[at].low in ("after", "when", "before", "while")

    def _over_addressee(self, at: int, base: str) -> int:
        if base not in _ADDRESSED:
            return at
        behind = phrase_behind(self._found, at)
        return behind.last if behind else at

    def clause_end(self, at: int) -> int:
        """Find where what is said from a word on ends: at a semicolon or before a "but"."""
        found = self._found
        for place in range(at, len(found)):
            token = found[place]
            if self.inside(token):
                continue
            if token.low == ";":
                return token.start
            behind = found[place + 1] if place + 1 < len(found) else None
            if token.kind == "comma" and behind is not None and behind.low in _CONTRAST:
                goes_on = place + 2 < len(found) and (
                    found[place + 2].low == "that" or found[place + 2].kind == "aux"
                )
                if not goes_on:
                    return token.start
        return self._end

    def _joints(self, stop: int) -> list[Token]:
        """Give the commas before "and" up to an index."""
        found = self._found
        return [
            found[place]
            for place in range(min(stop, len(found)) - 1)
            if found[place].kind == "comma"
            and found[place + 1].low == "and"
            and not self.inside(found[place])
        ]

    def _clause_start(self, at: int) -> int:
        found = self._found
        for place in range(at - 1, -1, -1):
            if found[place].low == ";" and not self.inside(found[place]):
                return found[place].end
        return self._start

    def bounded(self, cues: list[Cue]) -> list[Cue]:
        """Let what one says end where, behind "and" or a comma, somebody else begins to say something."""
        found = self._found
        kept: list[Cue] = []
        for place, cue in enumerate(cues):
            scopes = []
            for start, end in cue.scopes:
                for other in cues[place + 1 :]:
                    if other.subject is None or other.subject.outer <= 0:
                        continue
                    onset = other.subject.outer
                    before = found[onset - 1]
                    if cue.lemma == other.lemma == "according to" and start >= cue.end:
                        end = start
                    aside = before.low in OUT_OF_SPEECH and onset > 1 and found[onset - 2].kind == "comma"
                    begins = before.kind == "join" or before.low in (*_CONTRAST, "as") or aside
                    if begins and start < before.start < end and other.at > other.subject.first:
                        end = before.start
                for other in cues[:place]:
                    if other.subject is None or cue.subject is None or start > other.start:
                        continue
                    cut = self._contrast(other.at, cue.start)
                    if cut is not None and start < cut < end:
                        start = cut
                if start < end:
                    scopes.append((start, end))
            kept.append(replace(cue, scopes=tuple(scopes)))
        return kept

    def _contrast(self, at: int, stop: int) -> int | None:
        """Find the comma with "but" or its like between a verb and a later place."""
        found = self._found
        for place in range(at, len(found) - 1):
            if found[place].start >= stop:
                break
            if found[place].kind == "comma" and found[place + 1].low in (*_CONTRAST, "and"):
                return found[place].start
        return None
