"""Who says so: narration, direct, indirect or mixed speech, and the speaker.

A first, plain attributor. It finds the words of saying in a sentence, the one who says, and the stretch
of the sentence that is said; a pronoun is resolved to the last speaker or the nearest person named before
it. What nobody is found to say is the report's own voice. It reads no grammar, so a subject that stands
in an earlier sentence without a pronoun is missed; what it names, it names in the report's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from plebiscope.conduct.quotation import Quotation, quotations
from plebiscope.conduct.segment import Passage
from plebiscope.model.report import Mode

UNNAMED = "unnamed speaker"
"""Speaker of words that are plainly somebody's but whose name was not found."""

# Verbs of saying: what is said follows them, or stands before "..., they said". The list was checked
# against the cues that annotators marked in PolNeAR (news of 2016): it covers the frequent ones.
_SAY = (
    "said|says|say|told|tells|tell|wrote|writes|added|adds|noted|announced|announces|suggested|suggests|argued|"
    "argues|argue|tweeted|continued|acknowledged|acknowledges|declared|declares|explained|explains|claimed|"
    "believes|believe|recalled|recalls|concluded|concludes|stated|warned|warns|warn|insisted|insists|insist|"
    "replied|responded|revealed|indicated|predicted|admitted|admits|stressed|reported|confirmed|confirms|"
    "confirm|alleged|alleges|allege|asserted|asserts|reiterated|emphasi[sz]ed|complained|complains|complain|"
    "testified|estimated|estimates|conceded|maintained|maintains|recounted|commented|remarked|posted|"
    "documented|recorded|observed|ruled|found|showed|charged|quipped|lamented|raised|highlighted|expressed|"
    "expresses|pointed out|points out"
)
# Forms that are nouns as often as verbs: taken as verbs only before "that", a quotation or at the end.
_SAY_OR_NOUN = "reports|report|claims|claim|notes|states|finds|shows|charges|calls|estimates"
# Verbs of judging and promising: what follows them is the speaker's, the verb included.
_JUDGE = (
    "condemned|condemns|condemn|denounced|denounces|denounce|described|describes|describe|called|dismissed|"
    "dismisses|dismiss|criticised|criticized|criticises|criticizes|criticise|criticize|rejected|rejects|reject|"
    "labelled|labeled|labels|branded|brands|dubbed|slammed|slams|blasted|decried|decries|deplored|deplores|"
    "accused|accuses|accuse|vowed|vows|vow|pledged|pledges|pledge|promised|refused|refuses|declined|urged|"
    "urges|urge|denied|denies|deny|joined|joins|praised|praises|welcomed|welcomes|commended|hailed|hails|"
    "questioned|disputed|disputes|protested|refuted|demanded|demands|considers|consider|considered|cited"
)
_AUXILIARY = (
    r"(?:(?:has|have|had|also|then|later|now|once|today|yesterday|strongly|repeatedly|publicly|further|recently|"
    r"already|previously|immediately|earlier|again|never|regularly|openly|formally|officially|itself|"
    r"themselves|himself|herself)\s+){0,4}"
)
_CUE = re.compile(
    rf"\b(?P<auxiliary>{_AUXILIARY})(?:(?P<say>{_SAY})|(?P<noun>{_SAY_OR_NOUN})|(?P<judge>{_JUDGE}))\b(?!-)"
)
_ACCORDING = re.compile(r"\b[Aa]ccording to\s+|\b[Ii]n the words of\s+")
_AGENT = re.compile(
    r"\b(?:condemned|denounced|described|called|dismissed|criticised|criticized|rejected|labelled|labeled|"
    r"branded|dubbed|slammed|decried|deplored|praised|welcomed|hailed|seen|regarded|reported|documented|noted|"
    r"recorded|observed|confirmed|alleged|claimed)\b(?P<what>[^.;:\"]{0,60}?)\bby\s+(?=(?P<agent>[^.;:,\"]{2,90}))"
)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|is|are|be|to|not|n't|by|of|the|a|an|in|his|her|its|their)\s+$"
)
_SPLIT = re.compile(
    r"[\",;:()—–]|\s-\s|\b(?:that|which|who|whom|while|whereas|as|after|before|because|when|where|but|although|"
    r"though|since|if|so|despite|during)\b"
)
_CLAUSE_END = re.compile(r";|,?\sbut\s|,\s(?:while|whereas|although|though)\s|,\sand\s(?=[A-Z]|the\s)")
_LEADING = re.compile(
    r"^(?:and|or|And|But|Yet|Then|However|Meanwhile|Moreover|Still|Also|Instead|Later|Earlier|Today|Yesterday|"
    r"Additionally|Furthermore|Indeed|(?:[Oo]n|[Ll]ast|[Ii]n|[Bb]y)\s+(?:[A-Z]\w+(?:\s\d+)?|\d{4}|\w+ (?:day|week|month|year)))"
    r"(?:,?\s+|$)"
)
_AND_AT_END = re.compile(r"(?:^|\s)(?:and|or)$")
_PRONOUNS = {"he": "male", "she": "female", "they": None, "it": None, "who": None}
_HEDGES = frozenset(
    "claimed claims claim alleged alleges allege accused accuses accuse charged charges".split()
)
_TITLES = frozenset(
    "mr mr. mrs mrs. ms ms. miss sir dr dr. prof prof. professor president prime minister ministers secretary "
    "state chancellor premier governor mayor senator sen. rep. congressman congresswoman representative "
    "ambassador judge justice general gen. colonel col. major captain commander chief director chair chairman "
    "chairwoman chairperson head leader spokesman spokeswoman spokesperson commissioner deputy candidate "
    "lawyer activist journalist analyst professor bishop father pope king queen prince princess envoy "
    "rapporteur coordinator observer voter man woman teacher worker doctor student resident pensioner "
    "correspondent reporter expert author writer lawmaker mp politician official founder member".split()
)
_MALE = frozenset("mr mr. sir king prince father pope spokesman chairman congressman man bishop".split())
_FEMALE = frozenset("mrs mrs. ms ms. miss queen princess spokeswoman chairwoman congresswoman woman".split())
_PARTICLE = r"(?:of|for|on|and|in|de|da|del|la|al|bin|van|von|der)\s+(?:the\s+)?"
_CAPITAL = r"(?:al-|el-)?[A-ZÀ-ÖØ-ÞĀ-ŽА-Я][\w'.&-]*"
_NAME_AT_END = re.compile(rf"(?:[Tt]he\s+)?{_CAPITAL}(?:\s+(?:{_PARTICLE})?{_CAPITAL}){{0,8}}$")
_PERSON = re.compile(rf"{_CAPITAL}(?:\s+(?:al\s+|bin\s+|de\s+|van\s+|von\s+)?{_CAPITAL}){{0,5}}")
_NOT_NAMES = frozenset(
    "The A An In On At It He She They We I But And As If When While After Before This That These Those There "
    "For From By With To Of Or So Not No Some Many Most All One Two His Her Its Their Our My Your What Who How "
    "Why Where Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June "
    "July August September October November December However Although Though Despite During Since Several "
    "Meanwhile Indeed Also Even Voters Observers Officials Critics Election Elections People Residents "
    "According Around Sadly Finally Armed Before Under Election-day".split()
)
_VOICES = re.compile(
    r"(?:[\w'-]+\s+){0,2}(?:observers|monitors|officials|critics|activists|voters|residents|witnesses|"
    r"journalists|analysts|experts|lawyers|leaders|groups|organi[sz]ations?|opponents|diplomats|spokes\w+|"
    r"authorities|commission|court|mission|report|statement|police|government|ministry|opposition|party|"
    r"network|coalition|observer|witness|voter|resident|judge|prosecutors?|rebels|countries|states)$"
)
_AFTERWARDS = re.compile(
    r"\s(?:on|in|at|during|after|before|as|who|which|when|while|to|from|about|against|over|following|last|"
    r"earlier|today|yesterday|this|that)\s.*$|\s(?:today|yesterday|earlier)$"
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says what stands in a span, and in which way."""

    speaker: str | None
    mode: Mode
    hedged: bool = False
    """True where the report keeps its distance from the speaker: they *claim*, *allege*, *accuse*."""


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    speaker: str
    judge: bool
    verb: str
    scopes: tuple[tuple[int, int], ...]


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
        self._surnames = _surnames(self.text, self.passages)
        self._gender: dict[str, str] = {}
        self.quotes = self._quoted()
        self.cues = []
        for index in range(len(self.passages)):
            self.cues.append(self._find(index))

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
        covering = self._covering(index, start)
        if inside is not None and self._is_speech(index, inside):
            cue = self._nearest(index, inside)
            return (
                Voice(cue.speaker, "direct", cue.verb in _HEDGES) if cue else self._unclaimed(index, inside)
            )
        if covering is None or (loaded and not (inside or covering.judge)):
            return Voice(None, "narration")
        touched = any(quote.start < end and start < quote.end for quote in quotes)
        return Voice(covering.speaker, "mixed" if touched else "indirect", covering.verb in _HEDGES)

    def utterances(self, index: int) -> list[tuple[int, int]]:
        """Ranges of the words of saying in a sentence; a date beside one is the date of speaking."""
        return [(cue.start, cue.end) for cue in self.cues[index]]

    def _quoted(self) -> list[list[Quotation]]:
        bounds: dict[int, tuple[int, int]] = {}
        for passage in self.passages:
            first, last = bounds.get(passage.paragraph, (passage.start, passage.end))
            bounds[passage.paragraph] = (min(first, passage.start), max(last, passage.end))
        found = {paragraph: quotations(self.text, *bound) for paragraph, bound in bounds.items()}
        return [
            [quote for quote in found[one.paragraph] if quote.start < one.end and one.start < quote.end]
            for one in self.passages
        ]

    def _is_speech(self, index: int, quote: Quotation) -> bool:
        """Tell speech from a word in scare quotes: four words or more, or the whole sentence."""
        return self.text.count(" ", quote.start, quote.end) >= 3 or quote.holds(
            self.passages[index].start + 1, self.passages[index].end - 1
        )

    def _covering(self, index: int, start: int) -> _Cue | None:
        found = [cue for cue in self.cues[index] for first, last in cue.scopes if first <= start < last]
        return min(found, key=lambda cue: (abs(cue.start - start), cue.start)) if found else None

    def _nearest(self, index: int, quote: Quotation) -> _Cue | None:
        outside = [cue for cue in self.cues[index] if not quote.holds(cue.start, cue.end)]
        behind = [cue for cue in outside if 0 <= cue.start - quote.end <= 120]
        before = [cue for cue in outside if cue.end <= quote.start]
        if behind and self.text[quote.end - 1] in ",?!":
            return behind[0]
        if before:
            return before[-1]
        return behind[0] if behind else None

    def _unclaimed(self, index: int, quote: Quotation) -> Voice:
        """Find the speaker of a quotation with no word of saying in its own sentence."""
        passage = self.passages[index]
        for other in [*range(index - 1, -1, -1), *range(index + 1, len(self.passages))]:
            if self.passages[other].paragraph == passage.paragraph and self.cues[other]:
                near = self.cues[other][-1 if other < index else 0]
                return Voice(near.speaker, "direct", near.verb in _HEDGES)
        if index:
            before = self.passages[index - 1]
            introduced = self.text[before.end - 1] == ":"
            goes_on = passage.paragraph - before.paragraph <= 1 and bool(self.quotes[index - 1])
            if self.cues[index - 1] and (introduced or goes_on):
                return Voice(self.cues[index - 1][-1].speaker, "direct")
        return Voice(UNNAMED, "direct")

    def _find(self, index: int) -> list[_Cue]:
        passage = self.passages[index]
        found: list[_Cue] = []
        for cue in _CUE.finditer(self.text, passage.start, passage.end):
            made = self._cue(index, cue, found)
            if made:
                found.append(made)
        for cue in _ACCORDING.finditer(self.text, passage.start, passage.end):
            found += self._according(index, cue, found)
        for cue in _AGENT.finditer(self.text, passage.start, passage.end):
            speaker = self._name(index, _cut_tail(cue["agent"]))
            if speaker:
                scope = (cue.start(), cue.end("what"))
                found.append(_Cue(cue.start(), cue.end("what"), speaker, True, "by", (scope,)))
        return sorted(found, key=lambda cue: cue.start)

    def _cue(self, index: int, cue: re.Match[str], earlier: Sequence[_Cue]) -> _Cue | None:
        passage = self.passages[index]
        text = self.text
        verb = cue["say"] or cue["noun"] or cue["judge"]
        rest = text[cue.end() : passage.end]
        before = text[passage.start : cue.start()]
        if _PASSIVE.search(before):
            return None
        if cue["noun"] and not re.match(r"\s+that\b|\s*[:,]?\s*[\"']|\s*[.,]?$", rest):
            return None
        ended = [quote.end for quote in self.quotes[index] if passage.start < quote.end < cue.start()]
        floor = max([passage.start, *[end + 1 for end in ended if end + 1 <= cue.start()]])
        follows_quote = bool(ended) and not text[floor : cue.start()].strip(" ,\"'")
        start, chunk = _subject(text, floor, cue.start())
        inverted = not chunk and (follows_quote or before.rstrip().endswith((",", '"', "'")))
        if inverted:
            behind = re.match(r"\s+([^.,;:\"()]{2,90})", rest)
            speaker = self._name(index, _cut_tail(behind[1])) if behind else None
            start = cue.start()
        elif not chunk or _AND_AT_END.search(chunk):
            speaker = earlier[-1].speaker if earlier else None
        else:
            speaker = self._name(index, chunk)
        if speaker is None:
            return None
        scopes = self._scopes(passage, start, cue, inverted or bool(ended and floor > passage.start), rest)
        return _Cue(start, cue.end(), speaker, bool(cue["judge"]), verb, scopes)

    def _scopes(
        self, passage: Passage, subject: int, cue: re.Match[str], behind_quote: bool, rest: str
    ) -> tuple[tuple[int, int], ...]:
        if cue["judge"]:
            return ((cue.start(), _clause_end(self.text, cue.end(), passage.end)),)
        before = (_clause_start(self.text, passage.start, subject), subject)
        after = (cue.end(), _clause_end(self.text, cue.end(), passage.end))
        led_in = self.text[passage.start : subject].rstrip().endswith(",")
        if led_in and rest.startswith(","):
            return (before, after)
        if behind_quote or (led_in and re.match(r"(?:\s+\w+day|\s+today|\s+in \w+)?\W*$", rest)):
            return (before,)
        return (after,)

    def _according(self, index: int, cue: re.Match[str], earlier: Sequence[_Cue]) -> list[_Cue]:
        passage = self.passages[index]
        named = re.match(r"[^.,;:\"()]{2,120}", self.text[cue.end() : passage.end])
        speaker = self._name(index, _cut_tail(named[0])) if named else None
        if named is None or speaker is None:
            return []
        end = cue.end() + len(named[0])
        if cue.start() == passage.start:
            scope = (end, passage.end)
        else:
            since = [other.end for other in earlier if other.verb == "according to"]
            scope = (max([passage.start, *since]), cue.start())
        return [_Cue(cue.start(), end, speaker, False, "according to", (scope,))]

    def _name(self, index: int, chunk: str) -> str | None:
        """Turn the words before a verb into a speaker: a name, a group, or whom a pronoun stands for."""
        chunk = chunk.strip(" ,'\"-")
        words = chunk.split()
        if not words:
            return None
        if len(words) == 1 and words[0].lower() in _PRONOUNS:
            return self._antecedent(index, words[0].lower())
        if words[-1].lower() in {"i", "we", "you", "one", "this", "these", "there", "those"}:
            return None
        if len(words) > 8:
            tail = _NAME_AT_END.search(chunk) or _VOICES.search(chunk)
            if tail is None:
                return None
            chunk = tail[0].strip()
        if not any(letter.isalpha() for letter in chunk):
            return None
        return self._full(chunk)

    def _full(self, chunk: str) -> str:
        words = chunk.split()
        titles = [place for place, word in enumerate(words) if word.lower() in _TITLES]
        if titles and titles[-1] + 1 < len(words):
            name = words[titles[-1] + 1 :]
            if all(re.match(_CAPITAL, word) for word in name) and len(name) <= 4:
                full = self._surnames.get(name[-1], " ".join(name)) if len(name) == 1 else " ".join(name)
                used = {word.lower() for word in words[: titles[-1] + 1]}
                if used & _MALE:
                    self._gender[full] = "male"
                elif used & _FEMALE:
                    self._gender[full] = "female"
                return full
        if len(words) == 1:
            return self._surnames.get(chunk, chunk)
        return chunk

    def _antecedent(self, index: int, pronoun: str) -> str:
        """Find whom a pronoun stands for: sentence by sentence back, a speaker before a person named."""
        gender = _PRONOUNS[pronoun]
        for other in range(index - 1, max(-1, index - 9), -1):
            if self.passages[other].caption:
                continue
            named = [cue.speaker for cue in reversed(self.cues[other])]
            if gender:
                named += _persons(self.text, self.passages[other], self._surnames)
            for name in named:
                person = name[:1].isupper() and not name.startswith(("The ", "A "))
                if name == UNNAMED or (gender and (not person or self._gender.get(name, gender) != gender)):
                    continue
                if gender:
                    self._gender[name] = gender
                return name
        return UNNAMED


def _subject(text: str, floor: int, at: int) -> tuple[int, str]:
    """Find the words before a verb that may be its subject, and where they start."""
    left = text[floor:at].rstrip()
    if left.endswith(","):
        comma = left[:-1].rfind(",")
        if comma < 0 or len(left) - comma > 90:
            return at, ""
        left = left[:comma].rstrip()
        name = _NAME_AT_END.search(left)
        return (floor + name.start(), name[0]) if name else (at, "")
    splits = [split.end() for split in _SPLIT.finditer(left)]
    start = splits[-1] if splits else 0
    chunk = left[start:]
    while True:
        bare = chunk.lstrip()
        lead = _LEADING.match(bare)
        cut = len(chunk) - len(bare) + (lead.end() if lead else 0)
        if not cut:
            break
        start, chunk = start + cut, chunk[cut:]
    return floor + start, chunk


def _cut_tail(chunk: str) -> str:
    """Leave out what follows a name: when, where and to whom it was said."""
    short = _AFTERWARDS.sub("", f" {chunk}").strip()
    words = short.split()
    for place, word in enumerate(words):
        if place and word.endswith("ing") and word.islower():
            return " ".join(words[:place])
    return short


def _clause_end(text: str, start: int, end: int) -> int:
    found = _CLAUSE_END.search(text, start, end)
    return found.start() if found else end


def _clause_start(text: str, start: int, end: int) -> int:
    found = text.rfind(";", start, end)
    return found + 1 if found >= 0 else start


def _persons(text: str, passage: Passage, surnames: dict[str, str]) -> list[str]:
    """Name the persons of a sentence in their order, in full where the report gives the full name."""
    found = []
    for match in _PERSON.finditer(text, passage.start, passage.end):
        words = [word for word in match[0].split() if word not in _NOT_NAMES]
        titled = [place for place, word in enumerate(words) if word.lower() in _TITLES]
        name = words[titled[-1] + 1 :] if titled else words
        name = [re.sub(r"'s$|'$|[.,]$", "", word) for word in name]
        if len(name) == 1 and name[0] in surnames:
            found.append(surnames[name[0]])
        elif 2 <= len(name) <= 4 or (titled and name):
            found.append(" ".join(name))
    return list(dict.fromkeys(found))


def _surnames(text: str, passages: Sequence[Passage]) -> dict[str, str]:
    """Map each last name to the one full name that the report gives for it."""
    full: dict[str, set[str]] = {}
    for passage in passages:
        for name in _persons(text, passage, {}):
            words = name.split()
            if len(words) >= 2:
                full.setdefault(words[-1], set()).add(name)
    return {last: next(iter(names)) for last, names in full.items() if len(names) == 1}
