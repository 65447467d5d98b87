"""Whose voice a text has where nobody is quoted: a body's own statement, a transcript, a compilation.

A newspaper's report speaks for itself. A statement speaks for the body that issued it, known by its heading,
by "we", and by acts that are done in saying so ("the mission regrets ..."); what stands behind
"Mr Bresker:" is Mr Bresker's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from plebiscope.conduct.language import either, words
from plebiscope.conduct.mentions import Mentions
from plebiscope.conduct.names import CAPITAL, bare
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.placenames import known
from plebiscope.conduct.quotation import Quotation

_CALLED = r"called (?:on|for)|condemned|urged|welcomed|denounced|deplored|expressed|commended|demanded"
_NAME = rf"{CAPITAL}(?:\s(?:(?:of|for|on|and|de|del|to)\s(?:the\s)?)?{CAPITAL}){{0,9}}"
_PERFORMED = re.compile(
    rf"(?P<name>{_NAME}|[Tt]he (?:{either('people', 'issuers')})\b)"
    r"(?:\s\([\w/ -]{2,20}\))?(?:,\swhich\s[^,.;]{3,90},)?"
    r"(?:\s(?:also|strongly|further|therefore|again|\w+ly|and its \w+)){0,2}\s"
    rf"(?:{either('speech', 'performed')})\b"
)
_PERFORMING = re.compile(rf"\s(?:{either('speech', 'performed')})\b")
_IN_TITLE = re.compile(_PERFORMING.pattern, re.IGNORECASE)
_SAID_TODAY = re.compile(
    rf",[\"']?\s(?:(?:[a-z]+\s){{0,2}}(?:observers|monitors)\s(?:from|of)\s)?(?:the\s)?(?P<name>{_NAME})"
    r"(?:\s\([\w/ -]{2,20}\))?\s(?:said|says)\s"
    r"(?:today|in a (?:[a-z]+\s)?(?:statement|report)(?: released)? today)\b"
)
# Several bodies in one voice: ", the international observers concluded in a statement released today".
_SAID_TOGETHER = re.compile(
    r",\s(?:the\s)?(?P<name>(?:[a-z]+\s)?(?:observers|monitors))"
    r"(?:\s(?:from|of)\s[^,.;:]{3,120}?\sand the\s[^,.;:]{3,120}?)?\s(?:said|concluded|found|noted)\s"
    r"(?:today|in (?:a|their) (?:[a-z]+\s){0,2}(?:statement|report)(?: released)? today)\b"
)
_TODAY = re.compile(
    rf"(?P<name>{_NAME})(?:\s\([\w/ -]{{2,20}}\))?"
    rf"(?:\stoday\s(?:{_CALLED})|\s(?:{_CALLED})[^.;]{{3,300}}\btoday\b)"
)
_OBSERVERS = re.compile(r"\b([\w-]{1,40})(?:'s?)?\s(?:[a-z-]{1,20}\s)?(?:observers|monitors)\b")
_LABEL = re.compile(rf"(?P<name>{_NAME})(?:\s\([\w/ -]{{2,20}}\))?:\s")
# "(Gostel) - Since March ...": how rights organisations date what they release.
_RELEASED = re.compile(r"\([A-Z][\w .,'-]{1,40}\)\s?[–—-]")
_SAID = re.compile(rf"(?P<name>{_NAME})(?:\s\([\w/ -]{{2,20}}\))?\s(?:said|says|found|learned)\b")
# "The Watch placed 900 observers in Gostel", "the Watch followed voting": whoever begins so reports.
_WATCHED = re.compile(
    rf"(?:The\s)?(?:\"(?P<quoted>[A-Z][^\"]{{2,40}})\"\s(?:{either('people', 'issuers')})|(?P<name>{_NAME}))"
    r"(?:\s\([\w/ -]{2,20}\))?\s(?:has\s|have\s)?"
    r"(?:(?:placed|posted|deployed|sent|had|fielded|stationed|trained|mobili[sz]ed|accredited)\s[^.;]{0,30}?"
    r"\b(?:observers|monitors|volunteers|lawyers|members|people|teams|watchers)\b"
    r"|(?:followed|observed|monitored|watched)\s(?:the\s)?(?:[a-z]+\s)?"
    r"(?:voting|vote|poll|polling|elections?|referendum|count)\b"
    r"|spoken\sto\s\d|came\sto\s[A-Z]\w+\sat\sthe\sinvitation)"
)
# "..., the Watch says." at the head of a text that goes on in the first person.
_SAYS = re.compile(rf",\s(?:the\s)?(?P<name>{_NAME})\s(?:says|said|finds|found)\.$")
_AT_HEAD = re.compile(rf"(?:The\s)?(?P<name>{_NAME})(?:\s\([\w/ -]{{2,20}}\))?\s[a-z]")
_CONTEST = re.compile(r"'?s?\s(?:[Ee]lections?|[Vv]otes?|[Pp]olls?)\b")
_SELF = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|[Uu]s)\b")
_DOCUMENT = re.compile(rf"\b(?:{either('speech', 'documents')})\b", re.IGNORECASE)
_BODY_WORD = re.compile(rf"\b(?:{either('people', 'issuers')})\b", re.IGNORECASE)
_SAID_BY = re.compile(rf"\b(?:of|by|from)\s(?:the\s)?(?P<name>{_NAME})")
_WHICH = (
    r"(?:preliminary|interim|final|first|second|third|joint|press|media|public|post-election|pre-election|"
    r"election[ -]day|annual|special|short|official)"
)
_WHICH_AT_END = re.compile(rf"(?:\s{_WHICH})+$", re.IGNORECASE)
_STATED = (
    r"(?:statement|communiqu[eé]|declaration|(?:press|news) release|findings|bulletin|"
    r"(?<=preliminary )report|(?<=interim )report|(?<=final )report)"
)
# "Preliminary statement", "Statement of the Lowland Watch": the heading of a document, not of news.
_PAPER = re.compile(rf"(?:{_WHICH}\s){{0,3}}{_STATED}\b", re.IGNORECASE)
_PAPER_OF = re.compile(rf"(?:\s(?:of|by|from)|\s[^.;:]{{3,90}}\s(?:by|from))\s(?:the\s)?(?P<name>{_NAME})$")
# "Lowland Watch preliminary statement on the vote", "Lowland Watch - press release".
_BEFORE_PAPER = re.compile(
    rf"(?:\s\([\w/ -]{{2,20}}\))?(?:'s?)?(?:,?\s[–—-])?\s(?:{_WHICH}\s){{0,3}}{_STATED}"
    r"(?=$|[,(]|\s(?:on|for|of|[(–—-]))",
    re.IGNORECASE,
)
_OBSERVATION = re.compile(
    r"\bobserv(?:er|ers|ation)\s(?:mission|group|team|delegation|coalition|network)\b", re.IGNORECASE
)
_HEAD_OF = re.compile(
    r"^(?:\w+\s)?(?:[Hh]ead|[Cc]hair\w*|[Dd]irector|[Ll]eader|[Pp]resident|Secretary-General) of\s(?:the\s)?"
)
_QUOTED_NAME = re.compile(r"\s?\"(?P<name>[A-Z][^\"]{2,40})\"")
_ANY_NAME = re.compile(_NAME)
_FACT = re.compile(r"^(?P<key>[\w -]{2,20}):\s*(?P<value>.+)$", re.MULTILINE)
_TURN = re.compile(
    r"(?P<label>(?:The\s)?[A-Z][\w.'’-]*(?:\s(?:of\s|for\s|the\s)*[A-Z][\w.'’-]*){0,5})(?:\s\((?P<more>[^()]{2,50})\))?"
    r"(?P<role>,\s(?:host|anchor|presenter|byline|reporter|correspondent))?:(?:\s|$)"
)
_SECTION = re.compile(rf"(?P<name>{_NAME}(?:,\s{_NAME})?)\.$")
_PUBLISHERS = frozenset(
    ["publisher", "organisation", "organization", "issuer", "issued by", "body", "author"]
)
# A line of a heading ends without a stop, unless it names an hour: "as of 9:00 p.m.".
_SENTENCE = re.compile(r"(?<![ap]\.m)[.?!]$")
_LEAD = 2000
"""Letters at the head of a text in which whoever speaks today is sought."""
_FOOT = 3
"""Sentences at the end of a text among which the name of whoever signs is sought."""
_OPENING = 5
"""Sentences at the head of a text among which its heading is sought."""


class Defaults:
    """Say for each sentence of a report whose voice it has where nobody is said to speak.

    Parameters
    ----------
    text, passages
        The cleaned text and its distinct sentences.
    quotes
        What is quoted in each sentence.
    mentions
        Who is mentioned in the text.
    head
        The metadata block that stood before the text, where there was one.
    """

    def __init__(
        self,
        text: str,
        passages: Sequence[Passage],
        quotes: Sequence[Sequence[Quotation]],
        mentions: Mentions,
        head: str = "",
    ) -> None:
        self._text = text
        self._passages = passages
        self._quotes = quotes
        self._mentions = mentions
        facts = {
            found["key"].strip().lower(): found["value"].strip(" \"'")
            for found in _FACT.finditer(head[:5000])
        }
        self.aliases: set[str] = set()
        """Other names of the body whose statement the text is, without article and capitals."""
        self._headed = False
        self.body = self._issuer(facts)
        self.observes = self._sends_observers()
        """True where the body had observers of its own, whose findings are its words."""
        self._turns = self._spoken() or self._sections()

    def of(self, index: int) -> tuple[str, tuple[int, int]] | None:
        """Give whoever speaks in a sentence by default, with the place of the label; null for the report."""
        return self._turns.get(index)

    # ---------------------------------------------------------------------------------------------- a body

    def _acts(self, line: str, place: int | None) -> list[str]:
        """Name the bodies that do something in saying so, in a sentence or in the title."""
        if not _PERFORMING.search(line[:400]):
            return []
        start = self._passages[place].start if place is not None else 0
        return [
            found["name"]
            for found in _PERFORMED.finditer(line[:400])
            if self._is_body(found["name"])
            and not (
                place is not None
                and any(
                    quote.holds(start + found.start(), start + found.end()) for quote in self._quotes[place]
                )
            )
        ]

    def _issuer(self, facts: dict[str, str]) -> str | None:
        """Find the body whose statement a text is."""
        title = facts.get("title", "")
        opening = [self._text[one.start : one.end] for one in self._passages[:_OPENING]]
        lines = [line for block in opening for line in block.split("\n")]
        headings = [
            title,
            *(line for line in lines if len(line) < 130 and not _SENTENCE.search(line)),
        ]
        self._headed = any(_OBSERVATION.search(line) for line in headings)
        score: Counter[str] = Counter()
        form: dict[str, str] = {}

        def count(name: str, points: int) -> None:
            plain = self._full(name)
            if plain:
                form.setdefault(bare(plain), plain)
                score[bare(plain)] += points

        for key, value in facts.items():
            if key in _PUBLISHERS and self._is_body(value):
                count(value, 4)
        label = _LABEL.match(title)
        by_label = label is not None and (
            self._is_body(label["name"])
            or (bool(_DOCUMENT.search(title, label.end())) and not self._is_where(label["name"]))
        )
        issued = label["name"] if label and by_label else ""
        if issued:
            count(issued, 4 if label and _DOCUMENT.search(title, label.end()) else 1)
        entitled = self._entitled([line for line in headings if line])
        for line in filter(None, headings):
            for found in _ANY_NAME.finditer(line):
                if _CONTEST.match(line, found.end()):
                    continue
                # "Lowland Watch Calls for a Recount": in a title the deed has its capital too.
                named = _IN_TITLE.split(found[0], maxsplit=1)[0]
                name, *rest = _DOCUMENT.split(_HEAD_OF.sub("", named), maxsplit=1)
                name = _WHICH_AT_END.sub("", name.strip())
                quoted = _QUOTED_NAME.match(line, found.end())
                if quoted and self._is_body(name):
                    count(quoted["name"], 3)
                elif name and self._is_body(name.strip(), shouted=line.isupper()) and " v. " not in line:
                    whole = len(named) > 0.8 * len(line) or line.isupper() or len(named) < len(found[0])
                    count(name.strip(), 2 if whole or rest or _DOCUMENT.match(line, found.end() + 1) else 1)
            if _DOCUMENT.search(line):
                for found in _SAID_BY.finditer(line):
                    name = _HEAD_OF.sub("", found["name"])
                    if self._is_body(name):
                        count(name, 2)
        acts: list[tuple[str, int]] = [
            (name, 2) for name in self._acts(title.replace(" Its ", " its "), None)
        ]
        first = _SAID_TODAY.search(
            self._text, 0, self._passages[min(2, len(self._passages)) - 1].end if self._passages else 0
        )
        if first and self._is_body(first["name"]):
            acts.append((first["name"], 3 if self._text.count(first["name"]) < 3 else 4))
        acts += self._today()
        acts += self._first_named(headings)
        said = [self._text[one.start : one.end] for one in self._passages]
        lead = next((place for place, line in enumerate(said) if _SENTENCE.search(line)), 0)
        for place, line in enumerate(said):
            acts += [(name, 3 if place < lead + 2 else 1) for name in self._acts(line, place)]
        meant: list[tuple[str, str]] = []
        for name, points in acts:
            # "The Mission" and "the EU EOM" are the mission of the heading.
            plain = self._full(name)
            short = plain.replace(" ", "")
            known = [
                other
                for other in score
                if plain.lower() in form[other].lower().split()
                or _initials(form[other]) == short
                or self._alias(other, plain)
            ]
            if not known and issued and name.startswith("the ") and bare(plain) not in score:
                known = [bare(self._full(issued))]
            plain = form[known[0]] if known and bare(plain) not in score else name
            meant.append((name, self._full(plain)))
            count(plain, points)
        for name in sorted(score, key=len):
            long = next((other for other in score if len(other) > len(name) and name in other), None)
            if long:
                # "Electoral Observation Mission" in the title is that of the Organization of American States.
                score[long] += score.pop(name)
                meant = [(said, form[long] if bare(plain) == name else plain) for said, plain in meant]
        if not score:
            return None
        own = self._own_voice()
        best = max(score, key=lambda name: (score[name], len(name)))
        points = score[best] + min(own, 2) + any(_DOCUMENT.search(line) for line in headings)
        self.aliases = {bare(name) for name, plain in meant if bare(plain) == best} | {
            best,
            _initials(form[best]).lower(),
        }
        titled = bool(issued) and bare(self._full(issued)) == best and bool(_DOCUMENT.search(title))
        if best in entitled:
            titled, points = True, points + 1
        return form[best] if points >= 4 and (own or acts or titled) else None

    def _entitled(self, headings: Sequence[str]) -> set[str]:
        """Name the bodies whose paper the headings say it is, without article and capitals.

        A line of its own beside one that begins "Preliminary statement", or both in one line.
        """
        found: list[str] = []
        if any(_PAPER.match(line) for line in headings):
            found += [
                name[0]
                for line in headings
                if (name := _ANY_NAME.match(line.removeprefix("The ")))
                and re.fullmatch(r"(?:\s\([\w/ -]{2,20}\))?", line.removeprefix("The ")[name.end() :])
            ]
        for line in headings:
            paper = _PAPER.match(line)
            named = _PAPER_OF.match(line, paper.end()) if paper else None
            found += [named["name"]] if named else []
            for name in _ANY_NAME.finditer(line):
                plain = _DOCUMENT.split(name[0], maxsplit=1)[0].strip()
                if _BEFORE_PAPER.match(line, name.start() + len(_WHICH_AT_END.sub("", plain))):
                    found.append(_WHICH_AT_END.sub("", plain))
        return {bare(self._full(name)) for name in found if self._is_body(name) and not _PAPER.match(name)}

    def _first_named(self, headings: Sequence[str]) -> list[tuple[str, int]]:
        """Name the body that a statement in the first person begins with, or that a release quotes most."""
        found: list[tuple[str, int]] = []
        body = [self._text[one.start : one.end] for one in self._passages[:_OPENING] if not one.caption]
        if body and self._own_voice() and any(_DOCUMENT.search(line) for line in headings):
            first = _AT_HEAD.match(body[0])
            if first and self._is_body(first["name"]):
                found.append((first["name"], 3))
            found += [(name, 3) for name in self._signed()]
        if body and self._own_voice():
            watched, says = _WATCHED.match(body[0]), _SAYS.search(body[0])
            name = (watched["quoted"] or watched["name"]) if watched else ""
            if watched and (watched["quoted"] or " " in name or self._is_body(name)):
                found.append((name, 4))
            if says and self._is_body(says["name"]):
                found.append((says["name"], 4))
        if body and any(_RELEASED.match(line) for line in body[:2]):
            said = Counter(one["name"] for one in _SAID.finditer(self._text) if self._is_body(one["name"]))
            found += [(name, 4) for name, _ in said.most_common(1)]
        return found

    def _signed(self) -> list[str]:
        """Name the body that signs below a statement: the council of the movement "Keldale"."""
        foot = [self._text[one.start : one.end] for one in self._passages[-_FOOT:]]
        for line in (line for block in foot for line in block.split("\n")):
            if len(line) < 130 and not _SENTENCE.search(line) and _BODY_WORD.search(line):
                name = re.fullmatch(r"(?:The\s)?[^\"]{3,90}\"(?P<quoted>[A-Z][^\"]{2,40})\"", line)
                whole = re.fullmatch(rf"(?:The\s)?(?P<name>{_NAME})(?:\s\([\w/ -]{{2,20}}\))?", line)
                if name or (whole and " " in whole["name"] and self._is_body(whole["name"])):
                    return [name["quoted"] if name else whole["name"] if whole else ""]
        return []

    def _today(self) -> list[tuple[str, int]]:
        """Name who speaks at the head as of today: several bodies together, or one that is told things."""
        if not self._passages:
            return []
        lead = (0, min(self._passages[min(2, len(self._passages)) - 1].end, _LEAD))
        together = _SAID_TOGETHER.search(self._text, *lead)
        if together:
            return [(together["name"], 7)]
        one = _TODAY.search(self._text, *lead)
        if one is None or not self._is_body(one["name"]):
            return []
        short = _initials(one["name"].removeprefix("The "))
        told = len(short) > 2 and re.search(rf"\btold {re.escape(short)}\b", self._text)
        return [(one["name"], 4 if told else 1)]

    def _sends_observers(self) -> bool:
        """Tell a body that observed itself: "our observers", "the Centre's observers"."""
        if self.body is None:
            return False
        names = {self.body, *self.body.split(), *self.aliases}
        return self._headed or any(
            found[1].lower() in ("our", "its") or any(found[1].lower() == name.lower() for name in names)
            for found in _OBSERVERS.finditer(self._text)
        )

    def _alias(self, heading: str, plain: str) -> bool:
        """Tell whether "the Foundation" stands in the heading beside the quoted name of the body."""
        return f'{plain.lower()} "{heading}' in self._text[:400].lower()

    def _is_body(self, name: str, *, shouted: bool = False) -> bool:
        plain = name.removeprefix("The ").removeprefix("the ")
        return (
            bool(_BODY_WORD.search(plain))
            or plain in self._mentions.short
            or (plain.isupper() and plain.replace(" ", "").isalnum() and 2 < len(plain) < 9 and not shouted)
        )

    def _is_where(self, name: str) -> bool:
        """Tell a place, "Gostel: first findings", from whoever found something."""
        inside = re.search(rf"\b(?:in|across|throughout) {re.escape(name)}\b", self._text)
        return bool(inside or known(name, heard=False))

    def _full(self, name: str) -> str:
        name = re.sub(r"(?i)^(?:in|at|by|on|the|a|an|of)\s(?:the\s)?", "", name.strip(" ,.-"))
        if name.isupper() and max(map(len, name.split()), default=0) > 5:
            name = " ".join(
                part if part in ("of", "the", "and", "for") else part.capitalize() for part in name.split()
            )
            name = re.sub(r"\b(?:Of|The|And|For|On|In)\b", lambda found: found[0].lower(), name)
        full = self._mentions.full(name) if name else ""
        return self._mentions.spelled(full) if full.replace(" ", "").isupper() else full

    def _own_voice(self) -> int:
        """Count the sentences in which the text says "we" of itself."""
        count = 0
        for place, one in enumerate(self._passages):
            count += any(
                not any(quote.holds(*found.span()) for quote in self._quotes[place])
                for found in _SELF.finditer(self._text, one.start, one.end)
                if found[0] != "US"
            )
        return count

    # ------------------------------------------------------------------------------------------------ turns

    def _spoken(self) -> dict[int, tuple[str, tuple[int, int]]]:
        """Read a transcript: whoever is named before a colon speaks until the next one is."""
        found: dict[int, tuple[str, tuple[int, int]]] = {}
        labels: defaultdict[str, float] = defaultdict(float)
        known = {name.split()[-1].lower() for name in self._mentions.people}
        reporters: set[str] = set()
        for index, one in enumerate(self._passages):
            if index and self._passages[index - 1].paragraph == one.paragraph:
                continue
            turn = _TURN.match(self._text, one.start, one.end)
            if turn is None:
                continue
            label = turn["label"]
            more = turn["more"] or ""
            titled = label.split()[0].lower() in words("people", "honorifics") or more[:3] in (
                "Mr.",
                "Mrs",
                "Ms.",
                "Dr.",
            )
            if not (titled or label.isupper() or label in self._mentions.people):
                continue
            name = self._speaker(more if more[:3] in ("Mr.", "Mrs", "Ms.", "Dr.") else label)
            reporters |= {name} if turn["role"] or self._reports(label) else set()
            labels[name] += 1 if titled or label.split()[-1].lower() in known else 0.4
            found[index] = (name, turn.span("label"))
        # In a newspaper "BRESK:" stands before a place or a subject, once each.
        found = {index: turn for index, turn in found.items() if labels[turn[0]] >= 1}
        if len(found) < 3 or len({name for name, _ in found.values()}) < 2:
            return {}
        turns = self._carried(found, whole=True)
        # Whoever presents a broadcast, and whoever reports in it, is the voice of the report.
        return {index: turn for index, turn in turns.items() if turn[0] not in reporters}

    def _reports(self, label: str) -> bool:
        """Tell a reporter: "the BBC's Ada Bresker", "our correspondent", or a name alone at the head."""
        name = label.title() if label.isupper() else label
        head = [self._text[one.start : one.end] for one in self._passages[:_OPENING]]
        if any(line == name or (line.endswith(f" {name}") and not _SENTENCE.search(line)) for line in head):
            return True
        staff = r"(?:\b[A-Z]{2,6}'s|\b(?:[Oo]ur|the) (?:reporter|correspondent))"
        return bool(re.search(rf"{staff} (?:\w+ ){{0,2}}{re.escape(name)}\b", self._text))

    def _speaker(self, label: str) -> str:
        plain = label.title() if label.isupper() else label
        return self._mentions.full(plain)

    def _sections(self) -> dict[int, tuple[str, tuple[int, int]]]:
        """Read a compilation: paragraphs that begin with the name of the body whose text they are."""
        found: dict[int, tuple[str, tuple[int, int]]] = {}
        for index, one in enumerate(self._passages):
            if index and self._passages[index - 1].paragraph == one.paragraph:
                continue
            section = _SECTION.fullmatch(self._text, one.start, one.end)
            if (
                section
                and " " in section["name"]
                and len(section["name"]) < 80
                and _BODY_WORD.search(section["name"])
            ):
                found[index] = (section["name"], section.span("name"))
        # "Foreign Office, Berlin": the place is part of the name where several bodies bear it.
        offices = Counter(name.split(",")[0] for name, _ in found.values())
        found = {
            index: (name.split(",")[0] if offices[name.split(",")[0]] == 1 else name, place)
            for index, (name, place) in found.items()
        }
        return self._carried(found, whole=False) if len(found) >= 3 else {}

    def _carried(
        self, found: dict[int, tuple[str, tuple[int, int]]], *, whole: bool
    ) -> dict[int, tuple[str, tuple[int, int]]]:
        """Let each turn reach to the next, or to the end of its paragraph."""
        turns: dict[int, tuple[str, tuple[int, int]]] = {}
        last: tuple[str, tuple[int, int]] | None = None
        for index, one in enumerate(self._passages):
            if index in found:
                last = found[index]
            elif not whole and index and self._passages[index - 1].paragraph != one.paragraph:
                last = None
            if last:
                turns[index] = last
        return turns


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())
