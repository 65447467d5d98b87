"""Who says so: narration, direct, indirect or mixed speech, and the speaker.

For every sentence the words of saying are found with their subjects (:mod:`plebiscope.conduct.cues`); a
subject is put into a name (:mod:`plebiscope.conduct.mentions`), a pronoun into whom it stands for
(:mod:`plebiscope.conduct.pronouns`). A quotation belongs to the word of saying beside it, else to whoever
speaks in its paragraph. What nobody is found to say is the report's own voice, or that of the body whose
statement the text is (:mod:`plebiscope.conduct.issuer`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from plebiscope.conduct.announced import announces, labelled
from plebiscope.conduct.clauses.behind import phrase_behind
from plebiscope.conduct.cues import Finder
from plebiscope.conduct.issuer.defaults import Defaults
from plebiscope.conduct.language import words
from plebiscope.conduct.lexicon import FIGURES
from plebiscope.conduct.mentions import Mentions
from plebiscope.conduct.names import bare, common_forms
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.pronouns import LOOK_BACK, UNNAMED, Pronouns, Said
from plebiscope.conduct.quotation import Quotation, by_sentence
from plebiscope.conduct.reach import Cue
from plebiscope.conduct.subjects import head, is_speaker, speaks, topic
from plebiscope.conduct.tokens import Token, tokens
from plebiscope.model.report import Mode

# "GOSTEL, May 3 (Lowland Wire) - ...": the agency whose report it is.
_AGENCY = re.compile(r"\(([A-Z][A-Za-z ]{1,24})\)\s?[-–—]")
_STAFF = frozenset(
    ("reporter", "reporters", "correspondent", "correspondents", "journalist", "journalists", "photographer")
)
_COLON = re.compile(r":\s*[\"']?$")
_SHOUTED = re.compile(r"([^.;:\"]{2,90}?)\s\w{3,}(?:ed|s)\b[,:]?\s*[\"']?$")
_OWN_DEED = re.compile(r"\s(?:\w+\s){0,3}?(?:that\s)?(?:they|he|she|it)\s(?:would|will|could|might)\b")
_COUNTED = frozenset(["hundreds", "thousands", "dozens", "many"])
_OBSERVERS = ("observers", "monitors")
_ABOUT_PLACES = frozenset(["at", "in", "across"])
_FAR = 40
"""Sentences before its own in which it is sought whom "the mission" stands for."""
_HEAD = 400
"""Letters at the head of a text in which an agency gives its name."""
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
    place: tuple[int, int] | None = None
    """Where the speaker is named, by a pronoun or in words: half-open range of the cleaned text."""


@dataclass
class Voices:
    """The voices of one report, found once and asked for each statement.

    Parameters
    ----------
    text
        The cleaned text.
    passages
        Its distinct sentences, in order.
    head
        The metadata block before the text, where there was one: its title helps to tell a body's statement.
    """

    text: str
    passages: Sequence[Passage]
    head: str = ""
    quotes: list[list[Quotation]] = field(init=False)
    said: list[list[Said]] = field(init=False)

    def __post_init__(self) -> None:
        ranges = [(one.start, one.end) for one in self.passages]
        self._mentions = Mentions(self.text, ranges, self.head)
        self.quotes = by_sentence(self.text, self.passages)
        self._defaults = Defaults(self.text, self.passages, self.quotes, self._mentions, self.head)
        self._tokens: list[list[Token]] = []
        self._topics: list[tuple[str, tuple[int, int]] | None] = []
        self.said = []
        self._pronouns = Pronouns(self.text, self.passages, self._mentions, self._topics, self.said)
        for index, passage in enumerate(self.passages):
            found = tokens(self.text, passage.start, passage.end)
            self._tokens.append(found)
            self._topics.append(self._topic(index))
            self.said.append(self._find(index))
        self._headlines()
        self._carry_on()
        self._lasting = self._last_speakers()
        self._forms = common_forms(said.speaker for here in self.said for said in here)

    def ask(
        self, index: int, start: int, end: int, *, loaded: bool = False, threatens: bool = False
    ) -> Voice:
        """Say who speaks in a half-open range of a sentence.

        Parameters
        ----------
        index
            Which sentence.
        start, end
            Range of the cleaned text, inside that sentence.
        loaded
            The range is an epithet: outside quotation marks it is the report's own word.
        threatens
            It may be a threat: that somebody threatens is told by the report, and not by whoever does.
        """
        quotes = self.quotes[index]
        inside = next((quote for quote in quotes if quote.holds(start, end)), None)
        if inside is not None and self._is_speech(index, inside):
            said = self._nearest(index, inside)
            return self._voice(said, "direct") if said else self._unclaimed(index, inside)
        covering = self._covering(index, (start + end) // 2) or self._amid(index, start, end)
        if covering and (
            (covering.cue.deed and start <= covering.cue.end)
            or (threatens and self._threatened(index, covering))
        ):
            covering = None
        if covering is None or (loaded and not (inside or covering.cue.judge)):
            return self._own(index)
        touched = any(quote.start < end and start < quote.end for quote in quotes)
        return self._voice(covering, "mixed" if touched else "indirect")

    def _threatened(self, index: int, said: Said) -> bool:
        """Tell "guards warned that they would be back" from "the mission warned that voters were beaten"."""
        end = said.cue.end
        return (
            said.cue.deed
            or said.cue.lemma in words("speech", "threats")
            or (said.cue.lemma == "warn" and bool(_OWN_DEED.match(self.text, end, self.passages[index].end)))
        )

    def _amid(self, index: int, start: int, end: int) -> Said | None:
        """Find who says the rest of a range in the middle of it: "the police said it was calm"."""
        return next(
            (
                said
                for said in self.said[index]
                if said.cue.lemma != "by"
                and (start < said.cue.start or (start == said.cue.start and said.cue.lemma == "according to"))
                and said.cue.end < end
                and any(first < end and start < last for first, last in said.cue.scopes)
            ),
            None,
        )

    def _own(self, index: int) -> Voice:
        """Give the voice of the text itself: of a newspaper its own, else of whoever speaks or issued it."""
        turn = self._defaults.of(index)
        if turn:
            return Voice(turn[0], "direct", place=turn[1])
        return Voice(self._defaults.body, "narration")

    def utterances(self, index: int) -> list[tuple[int, int]]:
        """Ranges of the words of saying in a sentence; a date beside one is the date of speaking."""
        return [(said.cue.start, said.cue.end) for said in self.said[index] if said.cue.start < said.cue.end]

    # ------------------------------------------------------------------------------------------- quotations

    def _is_speech(self, index: int, quote: Quotation) -> bool:
        """Tell speech from a word in scare quotes: four words or more, or the whole sentence."""
        return self.text.count(" ", quote.start, quote.end) >= 3 or quote.holds(
            self.passages[index].start + 1, self.passages[index].end - 1
        )

    def _nearest(self, index: int, quote: Quotation) -> Said | None:
        outside = [said for said in self.said[index] if not quote.holds(said.cue.start, said.cue.end)]
        behind = [said for said in outside if 0 <= said.cue.start - quote.end <= _LEAD]
        before = [said for said in outside if said.cue.end <= quote.start]
        if behind and self.text[quote.end - 1] in ",?!":
            return behind[0]
        if before:
            return before[-1]
        return behind[0] if behind else None

    def _unclaimed(self, index: int, quote: Quotation) -> Voice:
        """Find the speaker of a quotation with no word of saying in its own sentence."""
        passage = self.passages[index]
        lead = self.text[max(passage.start, quote.start - _LEAD) : quote.start]
        about = self._topics[index]
        if about and about[1][1] <= quote.start and (_SHOUTED.search(lead) or _COLON.search(lead)):
            return Voice(about[0], "direct", place=about[1])
        behind = self._behind(index, quote)
        if behind:
            return behind
        if _COLON.search(lead):
            named = [name for name in self._mentions.persons[index] if name.split()[-1] in lead]
            if named:
                return Voice(named[-1], "direct")
        near = self._in_paragraph(index)
        told = self._told_of(index, near)
        if told:
            return Voice(told[0], "direct", inferred=True, place=told[1])
        if near is None and index:
            before = self.passages[index - 1]
            if passage.paragraph - before.paragraph <= 1 or self.text[before.end - 1] == ":":
                near = self._lasting[index - 1]
        if near is None:
            return Voice(UNNAMED, "direct")
        return replace(self._voice(near, "direct"), inferred=near not in self.said[index])

    def _last_speakers(self) -> list[Said | None]:
        """Say for each sentence who speaks at its end: a quotation may go on over paragraphs."""
        lasting: list[Said | None] = []
        for index, passage in enumerate(self.passages):
            here = [said for said in self.said[index] if said.speaker != UNNAMED]
            whole = any(quote.holds(passage.start + 1, passage.end - 1) for quote in self.quotes[index])
            before = (
                lasting[-1] if index and passage.paragraph - self.passages[index - 1].paragraph <= 1 else None
            )
            lasting.append(here[-1] if here else before if whole else None)
        return lasting

    def _behind(self, index: int, quote: Quotation) -> Voice | None:
        """Find who does whatever stands right behind a quotation: "...," Torvik sighed."""
        found = self._tokens[index]
        at = next((place for place, one in enumerate(found) if one.start > quote.end), len(found))
        subject = phrase_behind(found, at) if self.text[quote.end - 1] in ",?!" else None
        if subject is None or subject.last >= len(found) or not is_speaker(found, subject):
            return None
        inside = found[subject.first : subject.last]
        if inside[0].kind == "pron" or not found[subject.last].low.endswith("ed"):
            return None
        speaker = self._mentions.named(found, subject, self.text)
        return Voice(speaker, "direct", place=(inside[0].start, inside[-1].end)) if speaker else None

    def _told_of(self, index: int, near: Said | None) -> tuple[str, tuple[int, int]] | None:
        """Find the person whom the sentence before is about, where nobody spoke since: "Torvik shrugged."."""
        if not index or self.passages[index - 1].paragraph != self.passages[index].paragraph:
            return None
        about = self._topics[index - 1]
        spoke = near is not None and about is not None and near.place[0] > about[1][0]
        return (
            about
            if about and not spoke and not self.said[index - 1] and self._pronouns.fits(about[0], "he")
            else None
        )

    def _in_paragraph(self, index: int) -> Said | None:
        """Find the nearest word of saying in the same paragraph, the sentences before first."""
        for step in (-1, 1):
            other = index + step
            while 0 <= other < len(self.passages) and abs(other - index) <= LOOK_BACK:
                if self.passages[other].paragraph != self.passages[index].paragraph:
                    break
                if self.said[other]:
                    return self.said[other][-1 if step < 0 else 0]
                other += step
        return None

    # ---------------------------------------------------------------------------------------- words of saying

    def _voice(self, said: Said, mode: Mode) -> Voice:
        hedged = said.cue.lemma in words("speech", "hedge")
        return Voice(self._forms[said.speaker], mode, hedged, said.inferred, said.place)

    def _covering(self, index: int, at: int) -> Said | None:
        """Of what covers a place take whoever tells of the others' words, or else the widest.

        Who stands in a relative clause of another's words, "a vote that the police said was calm", says the
        rest of it.
        """
        found = [
            (last - first, said)
            for said in self.said[index]
            for first, last in said.cue.scopes
            if first <= at < last
        ]
        inner = [said for _, said in found if said.cue.embedded]
        if inner:
            return inner[-1]
        behind = [
            said
            for _, said in found
            if said.cue.lemma != "according to" and all(last <= said.cue.start for _, last in said.cue.scopes)
        ]
        if behind and all(said.cue.start <= behind[-1].cue.start for _, said in found):
            return behind[-1]
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def _find(self, index: int) -> list[Said]:
        speech = [
            (quote.start - 1, quote.end + 1) for quote in self.quotes[index] if self._is_speech(index, quote)
        ]
        found: list[Said] = []
        for cue in Finder(self._tokens[index], speech).cues():
            said = self._put(index, cue, found)
            if said:
                found.append(said)
        return sorted(found, key=lambda said: said.cue.start)

    def _headlines(self) -> None:
        """Read the sources that headlines name apart, now that it is known who speaks in the text."""
        names = frozenset(bare(said.speaker) for here in self.said for said in here)
        short = frozenset(name.lower() for name in self._mentions.short)
        for index, passage in enumerate(self.passages):
            if (passage.caption or index == 0) and not self.said[index]:
                cue = labelled(self._tokens[index], names | short)
                said = self._put(index, cue, ()) if cue else None
                self.said[index] += [said] if said else []

    def _carry_on(self) -> None:
        """Give the rest of a paragraph to whoever its first sentence says has something to tell."""
        teller: Said | None = None
        for index, passage in enumerate(self.passages):
            if teller and passage.paragraph != self.passages[index - 1].paragraph:
                teller = None
            if self.said[index]:
                teller = None
            elif teller:
                scope = ((passage.start, passage.end),)
                carried = Cue(passage.start, passage.start, "carried", None, False, scope)
                self.said[index].append(Said(carried, teller.speaker, True, teller.place))
                continue
            subject = announces(self._tokens[index])
            if subject:
                found = self._tokens[index]
                cue = Cue(
                    found[subject.first].start, found[subject.last - 1].end, "announce", subject, False, ()
                )
                teller = self._put(index, cue, ())

    def _put(self, index: int, cue: Cue, earlier: Sequence[Said]) -> Said | None:
        """Put a name to the subject of a word of saying."""
        if cue.subject is None:
            if earlier and earlier[-1].cue.lemma != "according to":
                return Said(cue, earlier[-1].speaker, earlier[-1].inferred, earlier[-1].place)
            about = self._topics[index]
            return Said(cue, about[0], False, about[1]) if about and about[1][1] <= cue.start else None
        found = self._tokens[index]
        inside = found[cue.subject.first : cue.subject.last]
        place = (inside[0].start, inside[-1].end)
        head = inside[0].low
        if len(inside) == 1 and head in ("he", "she", "it", "they", "who"):
            speaker = self._pronouns.antecedent(index, head, place[0])
            if speaker == UNNAMED and self._defaults.of(index):
                return None
            return Said(cue, speaker, speaker != UNNAMED, place) if speaker else None
        if len(inside) == 1 and inside[0].kind == "pron":
            return None
        if self._own_staff(inside):
            return None
        own = self._own_name(index, inside)
        if own:
            return Said(cue, own, False, place)
        body = self._defaults.body
        if (
            body
            and head in ("the", "this", "our")
            and len(inside) <= 3
            and inside[-1].low in body.lower().split()
        ):
            return Said(cue, body, True, place)
        known = self._mentions.described(found, cue.subject) or self._mission(index, inside)
        if known:
            return Said(cue, known, True, place)
        speaker = self._mentions.named(found, cue.subject, self.text)
        return Said(cue, speaker, False, place) if speaker else None

    def _own_staff(self, inside: Sequence[Token]) -> bool:
        """Tell the people of the agency that reports: "a Lowland Wire reporter" below "(Lowland Wire) -"."""
        if not any(one.low in _STAFF for one in inside[1:6]):
            return False
        named = self.text[inside[0].start : inside[-1].end]
        return any(found[1] in named for found in _AGENCY.finditer(self.text, 0, _HEAD))

    def _mission(self, index: int, inside: Sequence[Token]) -> str | None:
        """Find whom "the mission" and "the monitors" mean: those from somewhere who spoke last."""
        named = len(inside) == 2 and inside[0].low == "the" and inside[1].low in (*_OBSERVERS, "mission")
        if not named or self._defaults.body:
            return None
        for here in reversed(self.said[max(0, index - _FAR) : index]):
            for said in reversed(here):
                parts = said.speaker.lower().split()
                watch = {"mission", *_OBSERVERS}.intersection(parts)
                if watch and len(parts) > 2 and said.speaker.split()[-1][0].isupper():
                    return said.speaker
        return None

    def _own_name(self, index: int, inside: Sequence[Token]) -> str | None:
        """Tell how those call themselves whose words the text is: "the mission", "our team"."""
        body, turn = self._defaults.body, self._defaults.of(index)
        stop = next((at for at, one in enumerate(inside) if at and one.low in _ABOUT_PLACES), len(inside))
        if stop < len(inside) and inside[stop - 1].low in _OBSERVERS:
            # "Observers at three of them": where they stood does not say whose they are.
            inside = inside[:stop]
        last = inside[-1].low
        if turn:
            return turn[0] if inside[0].low in ("my", "our") and last in words("people", "issuers") else None
        if body is None:
            return None
        named = self.text[inside[0].start : inside[-1].end].lower().removeprefix("the ")
        if self._defaults.observes and last in _OBSERVERS and self._sent(named):
            return body
        same = inside[0].low in ("the", "this") and len(inside) <= 3 and last in body.lower().split()
        return body if same or named in self._defaults.aliases or inside[0].low == "our" else None

    def _sent(self, observers: str) -> bool:
        """Tell the observers of the body whose statement it is: "eleven observers", "the EU observers"."""
        body = self._defaults.body or ""
        initials = "".join(word[0] for word in body.split() if word[0].isupper()).lower()
        of = [word for word in observers.split()[:-1] if word not in FIGURES and not word.isdecimal()]
        return not of or of == ["its"] or (len(of) == 1 and len(of[0]) > 1 and initials.startswith(of[0]))

    def _topic(self, index: int) -> tuple[str, tuple[int, int]] | None:
        """Name what a sentence is about where it is a person, a group or a body."""
        found = self._tokens[index]
        subject = topic(found)
        if subject is None:
            return None
        inside = found[subject.first : subject.last]
        place = (inside[0].start, inside[-1].end)
        if inside[0].kind == "pron":
            speaker = (
                self._pronouns.antecedent(index, inside[0].low, place[0])
                if inside[0].low in ("he", "she", "they")
                else None
            )
            return (speaker, place) if speaker else None
        main = head(found, subject)
        if main.kind != "cap" and not speaks(main.low) and main.low not in _COUNTED:
            return None
        if inside[0].kind == "time" or inside[-1].kind == "time":
            return None
        written = self.text[inside[0].start : inside[0].end]
        known_word = speaks(written) or main.low in _COUNTED
        if len(inside) == 1 and written not in self._mentions.names and not known_word:
            return None
        known = self._own_name(index, inside) or self._mentions.described(found, subject)
        name = known or self._mentions.named(found, subject, self.text)
        return (name, place) if name else None
