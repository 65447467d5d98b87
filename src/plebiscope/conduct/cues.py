"""Words of saying in a sentence: which there are, who is their subject, and what they cover.

Verbs are weighed by what stands around them. "Said" is a word of saying wherever it has a subject; "found"
only before "that", beside a quotation or behind what was found; "condemned" covers its object too. Forms
that are nouns, participles or passives are passed over: "the reported cases", "was told", "a claim".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from plebiscope.conduct.cited import Cited, citing, phrase_at, phrases_of
from plebiscope.conduct.clauses.before import subject_before
from plebiscope.conduct.clauses.behind import phrase_behind
from plebiscope.conduct.clauses.subject import Subject
from plebiscope.conduct.clauses.verb_groups import BE, HAVE, verb_group
from plebiscope.conduct.language import verbs, words
from plebiscope.conduct.reach import OUT_OF_SPEECH, Cue, Reach
from plebiscope.conduct.subjects import head, is_text, may_say, speaks
from plebiscope.conduct.tokens import Token

_TRANSITIVE = frozenset(["told", "tells", "tell", "informed", "assured", "reminded"])
_AT_ONCE = frozenset(["that", "quote", "colon", "end"])
_AFTER_NAME = frozenset(["mark", "comma", "quote", "prep", "time", "adv", "join"])
_VERDICTS = dict.fromkeys(["called", "call", "calls"], frozenset(["det", "quote"])) | {
    "described": frozenset(["as"]),
    "denounced": frozenset(["as"]),
    "condemned": frozenset(["as"]),
    "dismissed": frozenset(["as"]),
    "declared": frozenset(["word", "quote", "adv"]),
    "deemed": frozenset(["word", "quote", "adv"]),
    "ruled": frozenset(["word", "quote"]),
    "branded": frozenset(["det", "quote", "word"]),
    "labelled": frozenset(["det", "quote", "word"]),
}
"""Verbs of a verdict in a relative clause, with what stands behind each: kinds of words, or words."""
_COUNTING = frozenset(["count", "record", "document"])
_ABOUT = frozenset(["at", "least", "some", "about", "around", "nearly", "almost", "over", "more", "than"])
_NUMBERS = frozenset(["dozens", "hundreds", "thousands", "several", "many", "numerous"])
_WATCHERS = frozenset([
    "observer", "monitor", "mission", "inspector", "auditor", "watchdog", "delegation", "investigator",
    "group", "organisation", "organization", "coalition", "network", "association", "journalist", "reporter",
])  # fmt: skip
"""What these find and see is their report."""
_NOUN_AFTER = frozenset(["det", "prep", "poss", "num"])


@cache
def _verbs() -> dict[str, tuple[str, str]]:
    """Every form of every verb of saying, with its base and its class."""
    known: dict[str, tuple[str, str]] = {}
    for name in ("say-that", "judge", "say"):
        for form, base in verbs("speech", name).items():
            known[form] = (base, name)
    return known


@cache
def _openings() -> frozenset[str]:
    """Every word with which that may begin which tells of saying."""
    return frozenset((*_verbs(), *phrases_of("phrases"))) | citing()


class Finder:
    """Finds the words of saying of one sentence.

    Parameters
    ----------
    found
        The words of the sentence.
    quoted
        Half-open ranges of what is quoted in it as speech: words of saying in there are the speaker's.
    """

    def __init__(self, found: Sequence[Token], quoted: Sequence[tuple[int, int]]) -> None:
        self._found = found
        self._reach = Reach(found, quoted)
        self._cited = Cited(found, self._reach)
        self._end = found[-1].end if found else 0
        self._start = found[0].start if found else 0

    def cues(self) -> list[Cue]:
        """Give the words of saying in their order, with what each covers in this sentence."""
        cues: list[Cue] = []
        found = self._found
        openings = _openings()
        for at, token in enumerate(found):
            if token.low not in openings or self._reach.inside(token):
                continue
            made = self._cited.source(at, cues) or self._cited.agent(at) or self._verb(at, cues)
            if made:
                cues.append(made)
        return self._reach.bounded(cues)

    # ----------------------------------------------------------------------------------------------- verbs

    def _verb(self, at: int, earlier: Sequence[Cue]) -> Cue | None:
        found = self._found
        low = found[at].low
        parts = phrase_at(found, at, "phrases")
        if parts:
            base, kind, last = parts[0], "judge", at + len(parts) - 1
        elif low in _verbs() and (found[at].kind in ("word", "adv", "prep") or self._heads(at)):
            base, kind = _verbs()[low]
            last = at
        else:
            return None
        if earlier and at <= earlier[-1].at:
            return None
        if at and found[at - 1].end == found[at].start and found[at - 1].low in ("-", "/"):
            return None
        first = verb_group(found, at)
        group = [one.low for one in found[first:at]]
        if first and found[first - 1].low == "to":
            went_on = first > 1 and found[first - 2].low == "on" and self._reach.shape(last, base) == "that"
            if kind == "judge" or not (went_on or self._reach.shape(last, base) in ("quote", "colon")):
                return None
            scope = (found[last].end, self._reach.clause_end(last + 1))
            return Cue(found[at].start, found[last].end, base, None, False, (scope,), at)
        if base == "count" and not self._number(last + 1):
            return None
        if base in ("attack", "offer") and not self._in_words(base, first, last):
            return None
        if (
            base == "call"
            and last + 1 < len(found)
            and found[last + 1].low in ("at", "in", "to", "round", "from")
        ):
            return None
        if (
            low == "told"
            and not group
            and last + 1 < len(found)
            and found[last + 1].low in ("they", "he", "she")
        ):
            # "Voters told they were not on the roll": they were told.
            return None
        if base == "see" and any(one in HAVE or one == "seen" for one in group) and low != "seen":
            return None
        ing = low.endswith("ing") and base != low
        if any(one in BE for one in group) and not ing:
            return self._said_by(at)
        if ing and not any(one in BE for one in group):
            return self._participle(at, base, kind, last, earlier)
        shape = self._reach.shape(last, base)
        past = bool(parts) or (low not in (base, f"{base}s", f"{base}es", f"{base[:-1]}ies") and not ing)
        asked = shape == "other" and base in ("ask", "tell", "urge", "warn") and self._asked_to(last)
        if asked:
            kind = "judge"
        if last + 1 < len(found) and found[last + 1].low in ("himself", "herself", "itself", "themselves"):
            return None
        if base == "call":
            kind = "judge" if shape == "other" else "say-that"
        if not past and not ing and not group and not self._is_verb(at, low, base, shape):
            return None
        if past and not any(one in HAVE for one in group) and at + 1 < len(found):
            after = found[last + 1].low if last + 1 < len(found) else ""
            if (
                after == "by"
                or (base == "report" and after == "for")
                or (kind == "judge" and len(parts or "x") == 1 and after in ("as", "of", "for", "in"))
            ):
                return None
            if at and found[at - 1].kind in ("det", "poss"):
                return None
        supposed = any(one in words("speech", "supposing") for one in group)
        if supposed and (kind == "judge" or shape == "other"):
            return None
        inverted = self._inverted(first, last)
        subject = inverted or subject_before(found, first)
        if subject is None:
            return None
        if not inverted and not subject.shared:
            loose = past and last + 1 < len(found) and found[last + 1].kind == "prep" and shape != "that"
            if not may_say(found, subject, base, judge=kind == "judge", shape=shape, past=past, loose=loose):
                return None
            if self._relative_deed(subject):
                return None
        named = not inverted and not subject.shared and self._names(subject, first, last)
        if shape == "other" and not named and base in words("speech", "deeds") and self._has_object(last):
            return None
        if base in _COUNTING and self._number(last + 1):
            kind = "judge"
        if inverted:
            shape = "end"
        if kind != "judge" and "not" in _plain(group) and base not in ("believe", "think", "rule"):
            return None
        if not inverted and not subject.shared and not named and self._in_relative(subject, shape, last):
            return None
        if kind == "say-that" and shape not in _AT_ONCE and not self._finding(base, last, subject):
            return None
        if base in ("refuse", "decline") and self._deed(last):
            return None
        scopes = self._reach.scopes(first, last, subject, base, kind, bool(inverted))
        subject = self._through(last + 1) or subject
        start = found[at].start if not group else found[first].start
        told = None if subject.shared else subject
        embedded = not inverted and not subject.shared and self._embedded(subject, base, last, named=named)
        deed = asked and not (earlier and self._shares(first))
        return Cue(start, found[last].end, base, told, kind == "judge", scopes, at, embedded, deed)

    def _said_by(self, at: int) -> Cue | None:
        """Read "it is said by many residents that"."""
        found = self._found
        if at + 2 >= len(found) or found[at + 1].low != "by" or found[0].low != "it":
            return None
        subject = phrase_behind(found, at + 2)
        if subject is None or subject.last >= len(found) or found[subject.last].low != "that":
            return None
        scope = (found[subject.last].end, self._reach.clause_end(subject.last))
        return Cue(found[at].start, found[subject.last].end, "say", subject, False, (scope,), at)

    def _in_words(self, base: str, first: int, last: int) -> bool:
        """Tell "attacked Torvik" from "attacked a hall", "Torvik offered" from "whoever offered a ticket"."""
        ahead = self._found[last + 1] if last + 1 < len(self._found) else None
        if base == "attack":
            return ahead is not None and ahead.kind == "cap"
        return not first or self._found[first - 1].low not in ("who", "that")

    def _number(self, at: int) -> bool:
        """Tell "recorded 81 incidents" and "counted at least eleven cases"."""
        ahead = self._found[at : at + 3]
        stop = next(
            (place for place, one in enumerate(ahead) if one.kind == "num" or one.low in _NUMBERS), None
        )
        return stop is not None and all(one.low in _ABOUT for one in ahead[:stop])

    def _names(self, subject: Subject, first: int, last: int) -> bool:
        """Tell "a vote which Gostel called a farce" from "said that the chief had called him in"."""
        found = self._found
        before, after = found[subject.outer - 1], found[last + 1] if last + 1 < len(found) else None
        told = subject.outer > 1 and found[subject.outer - 2].low in _verbs()
        if subject.last != first or before.low not in ("that", "which", "what") or told or after is None:
            return False
        verdict = _VERDICTS.get(found[last].low)
        return verdict is not None and (after.kind in verdict or after.low in verdict)

    def _embedded(self, subject: Subject, base: str, last: int, *, named: bool) -> bool:
        """Tell "a vote that the police said was calm", "in which the police said ten people were hurt"."""
        found = self._found
        at = subject.outer - 1
        if at < 1 or found[at].low not in ("that", "which"):
            return False
        if found[at - 1].kind == "prep" or named:
            return True
        after = found[last + 1] if last + 1 < len(found) else None
        noun = found[at - 1].kind in ("word", "cap") and found[at - 1].low not in _verbs()
        return noun and after is not None and after.kind == "aux" and base not in ("believe", "think")

    def _heads(self, at: int) -> bool:
        """Tell "Said Torvik: ..." at the head of a sentence."""
        found = self._found
        behind = phrase_behind(found, 1) if at == 0 and len(found) > 2 and found[1].kind == "cap" else None
        return behind is not None and behind.last < len(found) and found[behind.last].low in (":", ",")

    def _participle(self, at: int, base: str, kind: str, last: int, earlier: Sequence[Cue]) -> Cue | None:
        """Read "..., saying that": said by whoever the clause before is about."""
        found = self._found
        before = found[at - 1] if at else None
        if before is None or (
            before.kind != "comma" and before.low not in ("by", "in", "while", "after", "before", "and", "as")
        ):
            return None
        shape = self._reach.shape(last, base)
        if kind == "say-that" and shape not in _AT_ONCE:
            return None
        if base in words("speech", "also-things") and base not in ("note", "warn", "mention", "conclude"):
            return None
        start = found[at].start if kind == "judge" else found[last].end
        return Cue(found[at].start, found[last].end, base, None, kind == "judge", ((start, self._end),), at)

    def _through(self, at: int) -> Subject | None:
        """Read "said through its chief, Jon Bresker, that": the one who speaks for others."""
        found = self._found
        if at + 1 >= len(found) or found[at].low != "through":
            return None
        subject = phrase_behind(found, at + 1)
        if subject is None or subject.last + 1 >= len(found) or found[subject.last].kind != "comma":
            return subject
        named = phrase_behind(found, subject.last + 1)
        closed = named is not None and named.last < len(found) and found[named.last].kind == "comma"
        return named if closed else subject

    def _finding(self, base: str, last: int, subject: Subject) -> bool:
        """Tell "found no evidence" and "the survey shows a gap" from what is found by the road."""
        if not subject.shared and is_text(head(self._found, subject).low):
            return base in words("speech", "also-things")
        after = self._found[last + 1].low if last + 1 < len(self._found) else ""
        if base == "demand":
            # "The opposition demands it be annulled."
            return last + 2 < len(self._found) and self._found[last + 2].low == "be"
        watched = not subject.shared and head(self._found, subject).low.removesuffix("s") in _WATCHERS
        return base in ("find", "see", "hear") and (watched or after in words("speech", "found-what"))

    def _has_object(self, last: int) -> bool:
        """Tell "explained the machines" (a deed) from "explained the machines were late" (said)."""
        found = self._found
        behind = phrase_behind(found, last + 1)
        if behind is None or found[behind.first].kind == "pron":
            return False
        if any(one.low in words("speech", "accounts-of") for one in found[behind.first : behind.last]):
            return False
        at = behind.last
        while at < len(found) and found[at].kind == "adv":
            at += 1
        after = found[at] if at < len(found) else None
        return after is None or after.kind not in ("aux", "word")

    def _is_verb(self, at: int, low: str, base: str, shape: str) -> bool:
        """Tell a verb of the present from the noun that is written like it."""
        found = self._found
        before = found[at - 1] if at else None
        if before is None:
            return False
        if before.kind == "pron" or before.low in ("who", "which"):
            return True
        if low in ("say", "says") and before.kind in ("comma", "quote") and self._inverted(at, at):
            return True
        if before.kind == "det" and before.low in words("speech", "counted"):
            return shape != "other" or low in ("say", "believe", "fear", "think", "argue")
        if before.kind in _NOUN_AFTER or before.low in ("no", "such", "that"):
            return False
        if before.kind == "join":
            return shape in _AT_ONCE
        if low in words("speech", "always-verbs"):
            return True
        if base not in words("speech", "also-nouns"):
            return True
        after = found[at + 1] if at + 1 < len(found) else None
        if after is not None and after.kind == "prep":
            return False
        follows = after is not None and (after.kind in ("det", "cap", "pron", "num") or after.low == "there")
        if low == base:
            plural = before.low.endswith("s") or speaks(before.low)
            return plural and (follows or shape in ("that", "quote", "colon"))
        bears = before.kind == "cap" or speaks(before.low) or is_text(before.low)
        return bears and (follows or shape in _AT_ONCE)

    def _inverted(self, first: int, last: int) -> Subject | None:
        """Find a subject behind its verb: "..., said the head of the board, Jon Bresker"."""
        found = self._found
        if first and found[first - 1].kind not in ("comma", "quote"):
            return None
        if found[last].low in _TRANSITIVE:
            return None
        subject = phrase_behind(found, last + 1)
        if subject is None or (first == 0 and not self._heads(last)):
            return None
        if found[subject.first].low in ("yes", "no", "nothing"):
            return None
        stop = found[subject.last] if subject.last < len(found) else None
        ahead = found[last + 1]
        quoted_before = found[first - 1].kind == "quote"
        # "..., say critics, ...": the present of a verb without a subject of its own.
        plain = found[last].low == "say" and (stop is None or stop.kind in ("mark", "comma"))
        if (
            not quoted_before
            and not plain
            and subject_before(found, first) is not None
            and first >= 2
            and found[subject.first].kind != "cap"
        ):
            return None
        if stop is not None and stop.low == "who":
            return subject
        goes_on = stop is not None and stop.kind not in _AFTER_NAME
        if goes_on and not (
            stop is not None and stop.low in OUT_OF_SPEECH and (quoted_before or ahead.kind == "cap")
        ):
            return None
        if found[subject.first].kind == "pron" and not (
            stop is None or stop.kind in ("mark", "comma", "prep")
        ):
            return None
        # "said the head of the board, Jon Bresker": the name stands behind the comma.
        if (
            stop is not None
            and stop.kind == "comma"
            and not any(one.kind == "cap" for one in found[subject.first : subject.first + 1])
        ):
            named = phrase_behind(found, subject.last + 1)
            if (
                named
                and named.last - named.first in (2, 3, 4)
                and all(one.kind == "cap" for one in found[named.first : named.last])
            ):
                closing = found[named.last] if named.last < len(found) else None
                if closing is None or closing.kind in ("mark", "comma", "quote"):
                    return Subject(named.first, named.last, outer=subject.first)
        return subject

    def _shares(self, first: int) -> bool:
        """Tell "called it a farce and asked the board to annul it", with the subject of the verb before."""
        return first > 0 and self._found[first - 1].kind == "join"

    def _asked_to(self, last: int) -> bool:
        """Tell "asked her compatriots to stay at home": a deed, which the report tells."""
        behind = phrase_behind(self._found, last + 1)
        return behind is not None and behind.last < len(self._found) and self._found[behind.last].low == "to"

    def _in_relative(self, subject: Subject, shape: str, last: int) -> bool:
        """Tell "an overhaul that the board announced": nobody's words follow."""
        found = self._found
        at = subject.outer - 1
        behind = found[last + 1] if last + 1 < len(found) else None
        if at > 0 and found[at].low in ("that", "which", "whom") and found[at - 1].kind in ("word", "cap"):
            spoken = found[at - 1].low in _verbs()
            return (
                not spoken
                and shape in ("end", "other")
                and not (behind is not None and behind.kind == "aux")
                and (found[last].low not in ("said", "says", "told", "tells", "say", "believe", "believes"))
            )
        return False

    def _relative_deed(self, subject: Subject) -> bool:
        """Tell "the speech, in which he declares": an act that is told of, not somebody who is quoted."""
        at = subject.outer - 1
        found = self._found
        if found[subject.first].kind != "pron":
            return False
        return at > 0 and found[at].low == "which" and found[at - 1].kind == "prep"

    def _deed(self, last: int) -> bool:
        """Tell "refused to open" (a deed) from "refused to recognise" (said)."""
        found = self._found
        if last + 1 < len(found) and found[last + 1].low in (
            "calls",
            "demands",
            "requests",
            "permission",
            "entry",
        ):
            return True
        if last + 2 >= len(found) or found[last + 1].low != "to":
            return False
        return not found[last + 2].low.startswith(tuple(words("speech", "refused-words")))


def _plain(group: Sequence[str]) -> set[str]:
    """Give the words before a verb with "n't" as "not"."""
    return {"not" if word.endswith("n't") or word in ("cannot", "never") else word for word in group}
