"""Who says so: narration, direct, indirect or mixed speech, and the speaker.

A first, plain attributor. It finds the words of saying in a sentence, the one who says, and the stretch
of the sentence that is said; a pronoun is resolved to the last speaker or the nearest person named before
it. What nobody is found to say is the report's own voice. It reads no grammar, so a subject that stands
in an earlier sentence without a pronoun is missed; what it names, it names in the report's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from plebiscope.conduct.language import either, words
from plebiscope.conduct.names import (
    CAPITAL,
    NAME_AT_END,
    PERSON,
    VOICE_AT_END,
    common_forms,
    genders_of,
    persons,
    surnames_of,
    titled,
    untitled,
)
from plebiscope.conduct.quotation import Quotation, quotations
from plebiscope.conduct.segment import Passage
from plebiscope.model.report import Mode

UNNAMED = "unnamed speaker"
"""Speaker of words that are plainly somebody's but whose name was not found."""

_CUE = re.compile(
    rf"\b(?:(?:{either('speech', 'before-verb')})\s+){{0,4}}"
    rf"(?:(?P<say>{either('speech', 'say')})|(?P<noun>{either('speech', 'say-or-noun')})"
    rf"|(?P<judge>{either('speech', 'judge')}))\b(?!-)"
)
_ACCORDING = re.compile(r"\b[Aa]ccording to\s+|\b[Ii]n the words of\s+")
# "labelled a farce by rebels"; in "noted gaps in data reported by the board" only the second is passive.
_JUDGED = either("speech", "judged-by")
_AGENT = re.compile(
    rf"\b(?:{_JUDGED})\b(?P<what>(?! that\b)(?:(?!\b(?:{_JUDGED}|cast|held|run)\b)[^.;:\"]){{0,60}}?)"
    r"\bby\s+(?=(?P<agent>[^.;:,\"]{2,90}))"
)
_SAYING = re.compile(
    rf"(?:,|\bin|\bby)\s+(?P<verb>{either('speech', 'saying')}|telling (?:\w+ ){{0,3}}?that)\b"
)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|is|are|be|to|not|n't|by|of|the|a|an|in|his|her|its|their)(?:\s+\w+ly)?\s+$"
)
_AS_VERB = re.compile(r"\s+that\b|\s*[:,]?\s*[\"']|\s*[.,]?$")
# "the speech, in which he declares ...": an act that is told of, not somebody who is quoted.
_RELATIVE = re.compile(r"\b(?:in|at|by|during) which\s*$")
_SPLIT = re.compile(
    r"[\",;:()—–]|\s-\s|\b(?:that|which|who|whom|while|whereas|as|after|before|because|when|where|but|although|"
    r"though|since|if|so|despite|during)\b"
)
_CLAUSE_END = re.compile(r";|,?\sbut\s|,\s(?:while|whereas|although|though)\s|,\sand\s(?=[A-Z]|the\s)")
_LEADING = re.compile(
    r"^(?:and|or|And|But|Yet|Then|However|Meanwhile|Moreover|Still|Also|Instead|Later|Earlier|Today|Yesterday|"
    r"Additionally|Furthermore|Indeed|"
    r"(?:[Oo]n|[Ll]ast|[Ii]n|[Bb]y)\s+(?:[A-Z]\w+(?:\s\d+)?|\d{4}|\w+ (?:day|week|month|year)))"
    r"(?:,?\s+|$)"
    r"|^(?:At|In|Near|Outside|Inside|Behind)\s(?:(?:the|a|an)\s)?(?:[\w'-]+\s){1,5}?"
    r"(?=(?:the|an?|its|his|her|one|two|three)\s\w)"
)
# Not to let somebody in is a deed, not to recognise something is said.
_DEED = re.compile(
    r"\s+to\s+(?!recogni|accept|comment|concede|say|believe|acknowledge|endorse|confirm|answer|condemn)"
)
_DASH = re.compile(r"\s[–—-]\s")
_APPOSITION = re.compile(rf",\s(?P<name>{CAPITAL}(?:\s{CAPITAL}){{1,3}}?)(?=[.,;\"]*(?:\s|$))")
_TWO_CLAUSES = re.compile(r"^.*\b[a-z]+ed\b.*\band\s")
_AFTERWARDS = re.compile(
    r"\s(?:on|in|at|during|after|before|as|who|which|when|while|to|from|about|against|over|following|last|"
    r"earlier|today|yesterday|this|that)\s.*$|\s(?:today|yesterday|earlier)$"
)
_IN_BRACKETS = re.compile(r"\s\([\w./ -]{1,30}\)$")
_AND_AT_END = re.compile(r"(?:^|\s)(?:and|or)$")
_BEFORE_GROUP = re.compile(r"^.*\b(?:and|or|nothing|but|as|than)\s+(?=[a-z])")
_PLACED = re.compile(r"\s(?:at|in|from|near|on|of|with|against|for|to)\s")
_INVERTED = re.compile(r"\s+([^.,;:\"()]{2,90})")
_TO_THE_END = re.compile(r"(?:\s+\w+day|\s+today|\s+in \w+)?\W*$")
_NAMED = re.compile(r"[^.,;:\"()]{2,120}")
_COLON = re.compile(r":\s*[\"']?$")
_SHOUTED = re.compile(r"([^.;:\"]{2,90}?)\s\w{3,}(?:ed|s)\b[,:]?\s*[\"']?$")
_AT_HEAD = re.compile(r"(?:He|She|They)\b")

_EVIDENCE = re.compile(rf"\b(?:{either('people', 'evidence')})$")
_DETERMINERS = words("people", "determiners")
_HEDGES = words("speech", "hedge")
_NOT_NAMES = words("people", "not-names")
_PRONOUNS = {"he": "male", "she": "female", "they": None, "it": None, "who": None}
_NOBODY = frozenset(["i", "we", "you", "one", "this", "these", "there", "those", "an", "a", "the"])
_LOOK_BACK = 8
"""Sentences before its own in which the person is sought whom a pronoun stands for."""
_LEAD = 120
"""Letters before a quotation in which its speaker is sought."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says what stands in a span, and in which way."""

    speaker: str | None
    mode: Mode
    hedged: bool = False
    """True where the report keeps its distance from the speaker: they *claim*, *allege*, *accuse*."""
    inferred: bool = False
    """True where the speaker stands in another sentence: behind a pronoun, or carried on from it."""


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    speaker: str
    judge: bool
    verb: str
    scopes: tuple[tuple[int, int], ...]
    inferred: bool = False


@dataclass
class Voices:
    """The voices of one report, found once and asked for each statement.

    Parameters
    ----------
    text
        The cleaned text.
    passages
        Its distinct sentences, in order.
    """

    text: str
    passages: Sequence[Passage]
    quotes: list[list[Quotation]] = field(init=False)
    cues: list[list[_Cue]] = field(init=False)

    def __post_init__(self) -> None:
        ranges = [(one.start, one.end) for one in self.passages]
        self._surnames = surnames_of(self.text, ranges)
        self._gender = genders_of(self.text, ranges, self._surnames)
        self.quotes = self._quoted()
        self.cues = []
        for index in range(len(self.passages)):
            self.cues.append(self._find(index))
        self._forms = common_forms(cue.speaker for cues in self.cues for cue in cues)

    def ask(self, index: int, start: int, end: int, *, loaded: bool = False) -> Voice:
        """Say who speaks in a half-open range of a sentence.

        Parameters
        ----------
        index
            Which sentence.
        start, end
            Range of the cleaned text, inside that sentence.
        loaded
            The range is an epithet: outside quotation marks it is the report's own word.
        """
        quotes = self.quotes[index]
        inside = next((quote for quote in quotes if quote.holds(start, end)), None)
        if inside is not None and self._is_speech(index, inside):
            cue = self._nearest(index, inside)
            return self._voice(cue, "direct") if cue else self._unclaimed(index, inside)
        covering = self._covering(index, (start + end) // 2)
        if covering is None or (loaded and not (inside or covering.judge)):
            return Voice(None, "narration")
        touched = any(quote.start < end and start < quote.end for quote in quotes)
        return self._voice(covering, "mixed" if touched else "indirect")

    def utterances(self, index: int) -> list[tuple[int, int]]:
        """Ranges of the words of saying in a sentence; a date beside one is the date of speaking."""
        return [(cue.start, cue.end) for cue in self.cues[index]]

    # ------------------------------------------------------------------------------------------- quotations

    def _quoted(self) -> list[list[Quotation]]:
        """Find the quotations of each paragraph and hand each sentence those that touch it."""
        bounds: dict[int, tuple[int, int]] = {}
        for passage in self.passages:
            first, last = bounds.get(passage.paragraph, (passage.start, passage.end))
            bounds[passage.paragraph] = (min(first, passage.start), max(last, passage.end))
        found = {paragraph: quotations(self.text, *bound) for paragraph, bound in bounds.items()}
        passed = dict.fromkeys(found, 0)
        touching = []
        for one in self.passages:
            quotes = found[one.paragraph]
            at = passed[one.paragraph]
            while at < len(quotes) and quotes[at].end <= one.start:
                at += 1
            passed[one.paragraph] = last = at
            while last < len(quotes) and quotes[last].start < one.end:
                last += 1
            touching.append(quotes[at:last])
        return touching

    def _is_speech(self, index: int, quote: Quotation) -> bool:
        """Tell speech from a word in scare quotes: four words or more, or the whole sentence."""
        return self.text.count(" ", quote.start, quote.end) >= 3 or quote.holds(
            self.passages[index].start + 1, self.passages[index].end - 1
        )

    def _nearest(self, index: int, quote: Quotation) -> _Cue | None:
        outside = [cue for cue in self.cues[index] if not quote.holds(cue.start, cue.end)]
        behind = [cue for cue in outside if 0 <= cue.start - quote.end <= _LEAD]
        before = [cue for cue in outside if cue.end <= quote.start]
        if behind and self.text[quote.end - 1] in ",?!":
            return behind[0]
        if before:
            return before[-1]
        return behind[0] if behind else None

    def _unclaimed(self, index: int, quote: Quotation) -> Voice:
        """Find the speaker of a quotation with no word of saying in its own sentence."""
        passage = self.passages[index]
        lead = self.text[max(passage.start, quote.start - _LEAD) : quote.start]
        shouted = _SHOUTED.search(lead)
        speaker = self._name(index, _SPLIT.split(shouted[1])[-1]) if shouted else None
        if speaker is None and _COLON.search(lead):
            named = persons(self.text, passage.start, quote.start, self._surnames)
            speaker = named[-1] if named else None
        if speaker:
            return Voice(speaker, "direct")
        near = self._in_paragraph(index)
        if near is None and index:
            before = self.passages[index - 1]
            introduced = self.text[before.end - 1] == ":"
            goes_on = passage.paragraph - before.paragraph <= 1 and bool(self.quotes[index - 1])
            if self.cues[index - 1] and (introduced or goes_on):
                near = self.cues[index - 1][-1]
        if near is None:
            return Voice(UNNAMED, "direct")
        return replace(self._voice(near, "direct"), inferred=near not in self.cues[index])

    def _in_paragraph(self, index: int) -> _Cue | None:
        """Find the nearest word of saying in the same paragraph, the sentences before first."""
        for step in (-1, 1):
            other = index + step
            while 0 <= other < len(self.passages) and abs(other - index) <= _LOOK_BACK:
                if self.passages[other].paragraph != self.passages[index].paragraph:
                    break
                if self.cues[other]:
                    return self.cues[other][-1 if step < 0 else 0]
                other += step
        return None

    # ---------------------------------------------------------------------------------------- words of saying

    def _voice(self, cue: _Cue, mode: Mode) -> Voice:
        return Voice(self._forms[cue.speaker], mode, cue.verb in _HEDGES, cue.inferred)

    def _covering(self, index: int, at: int) -> _Cue | None:
        found = [cue for cue in self.cues[index] for first, last in cue.scopes if first <= at < last]
        return min(found, key=lambda cue: (abs(cue.start - at), cue.start)) if found else None

    def _find(self, index: int) -> list[_Cue]:
        passage = self.passages[index]
        text, start, end = self.text, passage.start, passage.end
        found: list[_Cue] = []
        for cue in _CUE.finditer(text, start, end):
            made = self._cue(index, cue, found)
            if made:
                found.append(made)
        for cue in _SAYING.finditer(text, start, end):
            ahead = [other for other in found if other.end <= cue.start()]
            speaker = ahead[-1].speaker if ahead else self._topic(index, cue.start())
            if speaker:
                scope = (cue.start("verb"), _clause_end(text, cue.end(), end))
                found.append(_Cue(cue.start("verb"), cue.end(), speaker, False, cue["verb"], (scope,)))
        for cue in _ACCORDING.finditer(text, start, end):
            found += self._according(index, cue, found)
        for cue in _AGENT.finditer(text, start, end):
            speaker = self._name(index, _cut_tail(cue["agent"]))
            if speaker:
                scope = (cue.start(), cue.end("what"))
                found.append(_Cue(cue.start(), cue.end("what"), speaker, True, "by", (scope,)))
        return sorted(found, key=lambda cue: cue.start)

    def _topic(self, index: int, end: int) -> str | None:
        """Name the subject of a sentence where it is a name or a pronoun at its head."""
        start = self.passages[index].start
        head = self.text[start : min(end, start + _LEAD)].lstrip(" \"'")
        named = _AT_HEAD.match(head) or PERSON.match(head)
        if named is None or (named[0] in _NOT_NAMES and not _AT_HEAD.match(named[0])):
            return None
        return self._name(index, named[0])

    def _cue(self, index: int, cue: re.Match[str], earlier: Sequence[_Cue]) -> _Cue | None:
        passage = self.passages[index]
        text = self.text
        verb = cue["say"] or cue["noun"] or cue["judge"]
        rest = text[cue.end() : passage.end]
        before = text[passage.start : cue.start()]
        deed = verb in ("refused", "declined") and _DEED.match(rest)
        if deed or _PASSIVE.search(before[-40:]) or (cue["noun"] and not _AS_VERB.match(rest)):
            return None
        ended = [quote.end for quote in self.quotes[index] if passage.start < quote.end < cue.start()]
        floor = max([passage.start, *[end + 1 for end in ended if end + 1 <= cue.start()]])
        follows_quote = bool(ended) and not text[floor : cue.start()].strip(" ,\"'")
        start, chunk = _subject(text, floor, cue.start())
        if _RELATIVE.search(text, passage.start, start):
            return None
        inverted = not chunk and (follows_quote or before.rstrip().endswith((",", '"', "'")))
        if inverted:
            behind = _INVERTED.match(rest)
            named = _APPOSITION.match(rest, behind.end()) if behind else None
            chunk = named["name"].rstrip(".") if named else _cut_tail(behind[1]) if behind else ""
            speaker = self._name(index, chunk)
            start = cue.start()
        elif not chunk or _AND_AT_END.search(chunk):
            speaker = earlier[-1].speaker if earlier else None
        else:
            speaker = self._name(index, chunk)
        if speaker is None:
            return None
        inferred = chunk.strip(" ,'\"-").lower() in _PRONOUNS and speaker != UNNAMED
        scopes = self._scopes(passage, start, cue, inverted or bool(ended and floor > passage.start), rest)
        return _Cue(start, cue.end(), speaker, bool(cue["judge"]), verb, scopes, inferred)

    def _scopes(
        self, passage: Passage, subject: int, cue: re.Match[str], behind_quote: bool, rest: str
    ) -> tuple[tuple[int, int], ...]:
        """Say which stretches of its sentence a word of saying covers."""
        if cue["judge"]:
            return ((cue.start(), _clause_end(self.text, cue.end(), passage.end)),)
        before = (_clause_start(self.text, passage.start, subject), subject)
        after = (cue.end(), _clause_end(self.text, cue.end(), passage.end))
        led_in = self.text[passage.start : subject].rstrip().endswith(",")
        if led_in and rest.startswith(","):
            return (before, after)
        if behind_quote or (led_in and _TO_THE_END.match(rest)):
            return (before,)
        return (after,)

    def _according(self, index: int, cue: re.Match[str], earlier: Sequence[_Cue]) -> list[_Cue]:
        passage = self.passages[index]
        named = _NAMED.match(self.text, cue.end(), passage.end)
        speaker = self._name(index, _cut_tail(named[0])) if named else None
        if named is None or speaker is None:
            return []
        if cue.start() == passage.start:
            scope = (named.end(), passage.end)
        else:
            since = [other.end for other in earlier if other.verb == "according to"]
            scope = (max([passage.start, *since]), cue.start())
        return [_Cue(cue.start(), named.end(), speaker, False, "according to", (scope,))]

    # --------------------------------------------------------------------------------------------- speakers

    def _name(self, index: int, chunk: str) -> str | None:
        """Turn the words before a verb into a speaker: a name, a group, or whom a pronoun stands for."""
        chunk = chunk.strip(" ,'\"-")
        parts = chunk.split()
        if not parts or parts[-1].endswith("'s") or not any(letter.isalpha() for letter in chunk):
            return None
        if len(parts) == 1 and parts[0].lower() in _PRONOUNS:
            return self._antecedent(index, parts[0].lower())
        if parts[-1].lower() in _NOBODY or _EVIDENCE.search(chunk):
            return None
        if len(parts) > 5 and _TWO_CLAUSES.match(chunk):
            return self._name(index, _TWO_CLAUSES.sub("", chunk))
        if len(parts) > 8:
            chunk = _PLACED.split(chunk)[0]
            parts = chunk.split()
        plain = parts[0][:1].isupper() or parts[0][:1].isdigit() or parts[0].lower() in _DETERMINERS
        if not plain or len(parts) > 8:
            tail = NAME_AT_END.search(chunk) or VOICE_AT_END.search(chunk)
            if tail is None:
                return None
            chunk = _BEFORE_GROUP.sub("", tail[0].strip())
        return self._full(chunk)

    def _full(self, chunk: str) -> str:
        name = untitled(chunk)[0]
        if name:
            return self._surnames.get(name[-1], name[0]) if len(name) == 1 else " ".join(name)
        if " " not in chunk and not chunk.isupper():
            return self._surnames.get(chunk, chunk)
        return chunk

    def _antecedent(self, index: int, pronoun: str) -> str:
        """Find whom a pronoun stands for: sentence by sentence back, a speaker before a person named."""
        gender = _PRONOUNS[pronoun]
        for other in range(index - 1, max(-1, index - 1 - _LOOK_BACK), -1):
            passage = self.passages[other]
            if passage.caption:
                continue
            named = [cue.speaker for cue in reversed(self.cues[other])]
            if gender:
                named += persons(self.text, passage.start, passage.end, self._surnames)
            for name in named:
                unnamed = name.lower().startswith(("the ", "a ", "an ", "one "))
                person = titled(name) if unnamed else name[:1].isupper()
                if name == UNNAMED or (gender and (not person or self._gender.get(name, gender) != gender)):
                    continue
                if gender:
                    self._gender[name] = gender
                return name
        return UNNAMED


def _subject(text: str, floor: int, at: int) -> tuple[int, str]:
    """Find the words before a verb that may be its subject, and where they start."""
    left = text[floor:at].rstrip()
    short = _IN_BRACKETS.search(left)
    if short:
        left = left[: short.start()]
    if left.endswith(","):
        comma = left[:-1].rfind(",")
        if comma < 0 or len(left) - comma > 90:
            return at, ""
        between = left[comma + 1 : -1].strip()
        left = left[:comma].rstrip()
        name = NAME_AT_END.search(left)
        if name:
            return floor + name.start(), name[0]
        # "its chairwoman, Ilse Marrant, told": the name stands between the commas.
        return (floor + comma + 1, between) if NAME_AT_END.fullmatch(between) else (at, "")
    splits = [split.end() for split in _SPLIT.finditer(left)]
    start = splits[-1] if splits else 0
    chunk = left[start:]
    while True:
        plain = chunk.lstrip()
        lead = _LEADING.match(plain)
        cut = len(chunk) - len(plain) + (lead.end() if lead else 0)
        if not cut:
            break
        start, chunk = start + cut, chunk[cut:]
    return floor + start, chunk


def _cut_tail(chunk: str) -> str:
    """Leave out what follows a name: when, where and to whom it was said."""
    parts = _AFTERWARDS.sub("", f" {_DASH.split(chunk)[0]}").split()
    for place, word in enumerate(parts):
        if place and word.endswith("ing") and word.islower():
            return " ".join(parts[:place])
    return " ".join(parts)


def _clause_end(text: str, start: int, end: int) -> int:
    found = _CLAUSE_END.search(text, start, end)
    return found.start() if found else end


def _clause_start(text: str, start: int, end: int) -> int:
    found = text.rfind(";", start, end)
    return found + 1 if found >= 0 else start
