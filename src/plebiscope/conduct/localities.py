"""Names of places in a report, sentence by sentence, told from other names by what stands around them.

Behind "in" or "at", after "the village of", before "district" a name with a capital is a place even if no
gazetteer has it, and so is "polling station No. 12"; elsewhere only a known name is. Persons, bodies, months,
languages and peoples are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from plebiscope.conduct.language import inflected, words
from plebiscope.conduct.language import table as english
from plebiscope.conduct.names import surnames_of
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.placenames import KIND, NUMBERED, alternatives, demonym, known, plain, table

_WORDS = {name: alternatives(said) for name, said in table("words").items()}
_SETS = {name: frozenset(said) for name, said in table("words").items()}
CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĽŁŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽА-ЯЀ-Џ]"
_NAME = (
    rf"(?:(?:St|Mt|Ft)\.|(?:[A-Z]\.){{2,}}|{CAPITAL}\w{{0,39}}+(?:-\w{{1,39}}+)*+(?:'(?!s\b)\w{{1,20}}+)?)"
)
RUN = re.compile(
    rf"(?<![\w.$-])(?<!\w'){_NAME}(?:\s(?:(?:de|del|da|do|la|las|los|el|al|upon)\s){{0,2}}{_NAME}){{0,6}}"
)
_BETWEEN = rf"(?:(?:{_WORDS['between']})\s){{0,3}}"
_INSIDE = re.compile(rf"\b(?:{_WORDS['inside']})\s(?P<the>(?:the|an?)\s)?(?P<what>{_BETWEEN})$")
_TOWARD = re.compile(rf"\b(?:{_WORDS['toward']})\s(?:the\s)?{_BETWEEN}$")
_OF_PLACE = re.compile(rf"\b(?:{_WORDS['of-place']})\sof\s(?:the\s)?{_BETWEEN}$")
_BESIDE = re.compile(rf"\b(?:{_WORDS['between']})\s$")
_ANY_PREPOSITION = re.compile(rf"\b(?:{_WORDS['inside']}|{_WORDS['toward']}|of|on|by|for)\s(?:the\s)?$")
# Who comes from an unknown name, and who is taken there, tell that it is a place.
_FROM_TO = re.compile(
    r"\b(?:(?:voters|people|residents|villagers|students|workers|soldiers|observers|buses|women|men|families)"
    r" from"
    r"|(?:bussed|bused|driven|taken|moved|transported|brought|carried|trucked|sent|flown) (?:\w+ )?to)\s$"
)
_ADJUNCT = re.compile(rf"(?:'s?\s(?:[a-z]+\s)?|\s)(?:{_WORDS['adjunct']})\b")
_OWNED = re.compile(rf"\s(?:{_WORDS['owned']})\b")
_HELD = re.compile(rf"\s(?:has\s|had\s)?(?:{_WORDS['held']}|went to the polls)\b")
_KIND_BEHIND = re.compile(
    rf"\s(?P<kind>{KIND})\b(?!\s(?:commission|council|court|board|administration|head|chief))"
)
_KIND_BEFORE = re.compile(rf"\b(?P<kind>{KIND}),?\sof\s(?:the\s)?$")
_LISTED = re.compile(rf"(?:'s)?(?:,|\sand|\sor|,\sand|,\sor)\s(?:(?:in|at)\s)?(?:the\s)?{_BETWEEN}")
_NESTED = re.compile(rf"(?:,|,?\s(?:in|of|near|outside|at))\s(?:the\s)?{_BETWEEN}")
_LIST_GOES_ON = re.compile(r",|\.|;|:|$|\"|\s(?:and|or|in|on|where|were|was|have|had|when|as)\b")
_NUMBERED = re.compile(
    rf"\b{NUMBERED}(?!\w|[.,:]\d|\s?%|\s(?:hours?|minutes|people|voters|times|percent|per)\b)"
)
_NUMBER = re.compile(r"\s\d|\$")
DIRECTION = re.compile(
    r"(?:(?:north|south|east|west|northeast|northwest|southeast|southwest)(?:ern)?|central|upper|lower)\s",
    re.I,
)
_MONTHS = frozenset(name for names in english("months").values() for name in names)
_NOT_NAMES = words("people", "not-names")
_SAYS = re.compile(rf"\s(?:{inflected('speech', 'say')})\b")
_TITLED = re.compile(rf"\b(?:{_WORDS['titles']})\.?\s$", re.I)
_ACRONYM = 7
"""Letters below which a name in capitals is an abbreviation, unless it is that of a country."""
_WITH_TITLE = re.compile(rf"\b(?:Mr|Mrs|Ms|Dr|Sir|President|Judge|General|Governor)\.?\s({_NAME})")
_LEAD = 80
"""Letters before a name that are looked at."""
_SHARE_TITLE = 0.6
"""Share of the words with a capital from which a line is a headline in which capitals mean nothing."""


@dataclass(frozen=True, slots=True)
class Named:
    """A place that a sentence names.

    Attributes
    ----------
    start, end
        Half-open range of the cleaned text.
    group
        Places named together ("in Gostel and Marrant", "in a school in Gostel") share a number.
    inside
        It stands behind "in", "at" or the like; else behind "from", "to", "of", as a part of a name, or bare.
    bare
        A known name and nothing more: somebody acts or is spoken of, which is no place of a fact.
    kind
        The word that says what it is, if one does.
    within
        Country or state named right behind it: "Amman, Jordan".
    """

    start: int
    end: int
    group: int
    inside: bool = False
    bare: bool = False
    kind: str | None = None
    within: str | None = None


@dataclass
class Localities:
    """The places that a report names.

    Parameters
    ----------
    text, lowered
        The cleaned text, and the same in lower case.
    passages
        Its distinct sentences, in order.
    """

    text: str
    lowered: str
    passages: Sequence[Passage]
    _known: dict[int, list[Named]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._surnames = surnames_of(self.text, [(one.start, one.end) for one in self.passages])
        self._persons = frozenset(self._surnames.values())
        self._titled = {match[1] for match in _WITH_TITLE.finditer(self.text)}

    def of(self, index: int) -> list[Named]:
        """Find the places that a sentence names, in their order."""
        if index not in self._known:
            self._known[index] = _contained(self.text, list(self._find(self.passages[index])))
        return self._known[index]

    def names(self) -> set[str]:
        """Give every name with a capital in the report, place or not."""
        return {match[0] for match in RUN.finditer(self.text)}

    def _find(self, passage: Passage) -> Iterator[Named]:
        text, lowered = self.text, self.lowered
        runs = [
            *((match.span(), None) for match in RUN.finditer(text, passage.start, passage.end)),
            *((m.span(), m["kind"]) for m in _NUMBERED.finditer(lowered, passage.start, passage.end)),
        ]
        headline = passage.caption and _in_capitals(text[passage.start : passage.end])
        before: Named | None = None
        group = 0
        for (start, end), kind in sorted(runs):
            if before and start < before.end:
                continue
            if kind is None:
                start, end = _without_leading(text, start, end)
                if start >= end:
                    continue
            between = lowered[before.end : start] if before else ""
            together = before is not None and bool(_LISTED.fullmatch(between) or _NESTED.fullmatch(between))
            one = (
                Named(start, end, group, inside=True, kind=kind)
                if kind
                else self._named(passage, start, end, before if together else None, headline)
            )
            if one is None:
                continue
            group += not (together and before is not None and before.bare == one.bare)
            before = replace(one, group=group)
            yield before

    def _named(
        self, passage: Passage, start: int, end: int, listed: Named | None, headline: bool
    ) -> Named | None:
        """Take a name for a place, or leave it."""
        text, lowered = self.text, self.lowered
        name = text[start:end]
        parts = name.casefold().split()
        lead = lowered[max(passage.start, start - _LEAD) : start]
        behind = lowered[end : min(passage.end, end + _LEAD)]
        known_as = known(name) or (known(DIRECTION.sub("", name, count=1)) if len(parts) > 1 else ())
        kind = parts[-1] if len(parts) > 1 and re.fullmatch(KIND, parts[-1]) else None
        follows = _KIND_BEHIND.match(behind)
        if follows and kind is None:
            end, kind, behind = end + follows.end(), follows["kind"], behind[follows.end() :]
        before = _KIND_BEFORE.search(lead)
        if lead.endswith("the ") and not kind:
            # "The Hague" is called so; "the Highlands" are not the town of Highland.
            known_as = tuple(one for one in known_as if one.kind != "town" or plain(one.name) == plain(name))
        sure = bool(known_as or kind or (before and before["kind"] not in ("republic", "state")))
        landmark = parts[-1] in _SETS["heads"] and len(parts) > 1
        if self._is_none(name, parts, lead, text[end : end + 5], sure, landmark):
            return None
        kind = kind or (before["kind"] if before else None)
        inside = _INSIDE.search(lead)
        unheard = not (headline or name.isupper() or _NUMBER.match(behind))
        one_of_many = (
            inside is not None
            and inside["the"] in ("a ", "an ")
            and not lead[inside.start() :].startswith("at ")
        )
        placed = (
            inside is not None
            and not one_of_many
            and (sure or landmark or bool(inside["what"]) or (unheard and not inside["the"]))
        )
        if placed:
            return Named(start, end, 0, inside=True, kind=kind)
        if listed and not listed.bare and (sure or self._goes_on(listed, start, behind, unheard)):
            return Named(start, end, 0, inside=listed.inside, kind=kind)
        if (landmark and _ANY_PREPOSITION.search(lead)) or (unheard and _FROM_TO.search(lead)):
            return Named(start, end, 0, kind=kind)
        owner = behind.startswith(("'s ", "' ")) or bool(_OWNED.match(behind))
        if sure and (
            (_TOWARD.search(lead) and not owner)
            or (_OF_PLACE.search(lead) and not owner)
            or _BESIDE.search(lead)
            or before
            or _ADJUNCT.match(behind)
            or (_HELD.match(behind) and not _SAYS.match(behind))
            or (kind and not known_as)
        ):
            return Named(start, end, 0, kind=kind)
        return Named(start, end, 0, bare=True, kind=kind) if known_as else None

    def _goes_on(self, listed: Named, start: int, behind: str, unheard: bool) -> bool:
        """Tell whether a list of places goes on with a name nobody heard: "in Gostel and Marrant"."""
        text = self.text
        joined = text[listed.end : start].strip() in ("and", "or") or not known(
            text[listed.start : listed.end]
        )
        return unheard and joined and bool(_LIST_GOES_ON.match(behind))

    def _is_none(
        self, name: str, parts: Sequence[str], lead: str, behind: str, sure: bool, landmark: bool
    ) -> bool:
        """Tell names that are no place: persons, bodies, months, languages, peoples, abbreviations."""
        first, last = parts[0], parts[-1]
        if _TITLED.search(lead) or first in _SETS["titles"] or demonym(name) or name.startswith("I'"):
            return True
        if name.casefold() in _SETS["not-places"] or re.fullmatch(KIND, name.casefold()):
            return True
        if name.isupper() and len(name) < _ACRONYM and not is_large(name):
            return True
        if (
            first in _MONTHS
            or first.endswith("day")
            or (len(parts) > 1 and name in self._persons and not sure)
        ):
            return not landmark
        if (name in self._surnames or name in self._titled) and not _INSIDE.search(lead):
            return True
        if re.match(r"\sof\s[A-Z]", behind) and not (_INSIDE.search(lead) and known(name)):
            return True  # "the Commonwealth of ...", "the Andean state of ..."
        body = any(part.strip(".,") in _SETS["institutions"] for part in parts)
        return body and not landmark and not known(name) and not re.fullmatch(KIND, last)


def _without_leading(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out words at the head of a name that have a capital because they open the sentence."""
    while start < end:
        word = text[start:end].split(" ", 1)[0]
        if word not in _NOT_NAMES and word.casefold() not in _SETS["inside"]:
            break
        start = min(end, start + len(word) + 1)
    return start, end


def _in_capitals(sentence: str) -> bool:
    spoken = [word for word in sentence.split() if len(word) > 3 and word[0].isalpha()]
    return sum(word[0].isupper() for word in spoken) > _SHARE_TITLE * len(spoken) and len(spoken) > 3


def _contained(text: str, found: Sequence[Named]) -> list[Named]:
    """Leave out a country or a state right behind a place in it, and note it there: "Amman, Jordan"."""
    kept: list[Named] = []
    for one in found:
        before = kept[-1] if kept else None
        name = text[one.start : one.end]
        around = is_large(name)
        if before and around and before.group == one.group and not is_large(text[before.start : before.end]):
            between = text[before.end : one.start]
            if between == ", " or re.fullmatch(r",?\s(?:in|of)\s(?:the\s)?(?:\w+\s)?", between):
                kept[-1] = replace(before, within=name)
                continue
        kept.append(one)
    return kept


def is_large(name: str) -> bool:
    """Tell a country or a state from a town."""
    return any(place.kind in ("country", "state") for place in known(name))
