"""Who is mentioned in a report, and under which other names: surnames, short forms, offices, groups.

"Marrant" is Ilse Marrant, "the CW" the Citizens' Watch, and "the minister" the minister named last. What was
named nowhere keeps the report's own words: "two local observers".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from plebiscope.conduct.clauses.subject import Subject
from plebiscope.conduct.language import words
from plebiscope.conduct.names import CAPITAL, bare, genders_of, persons, surnames_of, untitled
from plebiscope.conduct.subjects import is_text, speaks
from plebiscope.conduct.tokens import Token

_LONG_NAME = rf"{CAPITAL}(?:\s(?:(?:of|for|on|and)\s(?:the\s)?)?{CAPITAL}){{1,8}}"
_SHORT = re.compile(
    rf"(?P<full>{CAPITAL}(?:[\s-](?:(?:of|for|on|and|in|the|de|da|del|la|to)\s){{0,3}}{CAPITAL}){{1,9}})"
    r"\s?\((?:the\s|or\s|'|\"){0,2}(?P<short>[A-Z][\w/.-]{1,14})(?:'|\"){0,1}[);,]"
)
_OR_SHORT = re.compile(rf"(?P<full>{_LONG_NAME}), or (?:the )?(?P<short>[A-Z]{{2,9}})\b")
_BODY = re.compile(_LONG_NAME)
_TITLE = re.compile(r"^title:\s*(?P<said>.+)$", re.MULTILINE | re.IGNORECASE)
_PLACED = re.compile(r"\b(?:[Ii]n|[Aa]t|near|outside|[Ff]rom|around|to the|of)\s$")
_INSIDE = re.compile(rf"(?<=[a-z,;] ){CAPITAL}")
_PARTICLES = frozenset(
    ["de", "van", "von", "bin", "al", "da", "el", "la", "der", "dos", "del", "di", "ibn", "ben", "abu", "ul"]
)
_LED = frozenset(["led", "headed", "chaired", "sent", "run", "backed"])
_ROLE_BEHIND = re.compile(r",\s(?:\d\d,\s)?([^,.;:\"()]{3,70})")
_ROLE_BEFORE = re.compile(r"([\w'-]+(?:\s(?:of|for|in|at)\s[^,.;:\"]{2,60})?),\s$")
_WORD_BEFORE = re.compile(r"([a-z][\w-]+)\s$")
_NOT_PERSONS = words("people", "not-persons")
_PEOPLE = words("people", "titles")
_VOICES = words("people", "voices")
_KINDS = words("people", "kinds")


class Mentions:
    """Persons and bodies of one report, found once.

    Parameters
    ----------
    text
        The cleaned text.
    ranges
        Half-open ranges of its distinct sentences, in order.
    head
        The metadata block before the text; names in its title count too.
    """

    def __init__(self, text: str, ranges: Sequence[tuple[int, int]], head: str = "") -> None:
        title = _TITLE.search(head[:5000])
        self.surnames = surnames_of(text, ranges)
        if title:
            self.surnames = surnames_of(title["said"], [(0, len(title["said"]))]) | self.surnames
        self.genders = genders_of(text, ranges, self.surnames)
        self.short: dict[str, str] = {}
        bodies: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._roles: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self.persons: list[list[str]] = []
        self.people: set[str] = set()
        self.names: set[str] = set()
        """Words that bear a capital where none is due: inside a sentence."""
        for start, end in ranges:
            if text.find("(", start, end) >= 0:
                for match in _SHORT.finditer(text, start, end):
                    full = _fitting(match["full"], match["short"])
                    self.short.setdefault(match["short"], full)
            if text.find(", or ", start, end) >= 0:
                for match in _OR_SHORT.finditer(text, start, end):
                    self.short.setdefault(match["short"], match["full"])
            for match in _BODY.finditer(text, start, end):
                last = match[0].split()[-1].lower()
                named = {word.lower() for word in match[0].split()} & _NOT_PERSONS
                for kind in named | ({last} & _VOICES):
                    bodies[kind].setdefault(match[0], match.end())
            self.persons.append(persons(text, start, end, self.surnames))
            self.people.update(
                name for name in self.persons[-1] if not self._is_place(text, name, start, end)
            )
            self.names.update(found[0] for found in _INSIDE.finditer(text, start + 1, end))
            self._read_roles(text, start, end)
        self._bodies = bodies

    def _read_roles(self, text: str, start: int, end: int) -> None:
        """Note what each person of a sentence is said to be: before the name, or between commas."""
        for name in self.persons[-1]:
            last = name.split()[-1]
            at = text.find(last, start, end)
            if at < 0 or " " not in name:
                continue
            stop = at + len(last)
            first = text.rfind(name.split()[0], start, at)
            first = first if first >= 0 else at
            said = text[max(start, first - 100) : first]
            roles: set[str] = set()
            behind = _ROLE_BEHIND.match(text, stop, end)
            if behind:
                roles |= {
                    word
                    for word in _plain(behind[1].split(" of ")[0].split(" who ")[0])[:6]
                    if word in _PEOPLE
                }
            before = _ROLE_BEFORE.search(said)
            if before:
                roles |= {word for word in _plain(before[1])[:1] if word in _PEOPLE}
            close = _WORD_BEFORE.search(said)
            if close:
                roles.add(close[1])
            titles = [word for word in said.split()[-4:] if word.lower() in _PEOPLE]
            roles |= {word.lower() for word in titles}
            for role in roles:
                self._roles[role].append((stop, name))

    def _is_place(self, text: str, name: str, start: int, end: int) -> bool:
        """Tell "in Sha Tin" from a person; who is known as a person stays one."""
        at = text.find(name, start, end)
        return name not in self.people and at > start and bool(_PLACED.search(text[max(start, at - 9) : at]))

    def named(self, found: Sequence[Token], subject: Subject, text: str) -> str:
        """Put a name to the words of a subject; what has no name keeps its words."""
        inside = self._authors(_without_leaders(found[subject.first : subject.last]))
        while inside and inside[-1].kind in ("poss", "adv", "comma", "prep"):
            inside.pop()
        if not inside:
            return ""
        run = len(inside)
        while run > 0 and (
            inside[run - 1].kind == "cap" or (inside[run - 1].low in _PARTICLES and run < len(inside))
        ):
            run -= 1
        name = text[inside[run].start : inside[-1].end] if run < len(inside) else ""
        person = bool(name) and self._person(name)
        first = next((at for at, one in enumerate(inside) if one.kind == "prep" and at), len(inside))
        head = text[inside[0].start : inside[first - 1].end]
        office = first < run and inside[first - 1].low in _PEOPLE and inside[first].low == "of"
        if (
            office
            and len(inside) - run >= 3
            and run == first + 1
            and self._person(" ".join(name.split()[-2:]))
        ):
            # "Secretary of State Ana Torvik"
            return self.full(" ".join(name.split()[-2:]))
        if (
            2 <= first < len(inside)
            and not office
            and all(one.kind == "cap" for one in inside[:first])
            and self._person(head)
        ):
            return self.full(head)
        if (
            0 < run < len(inside)
            and inside[run - 1].kind in ("word", "poss")
            and person
            and not _body_word(inside, run)
        ):
            return self.full(name)
        if (
            first < len(inside)
            and inside[0].kind == "cap"
            and not speaks(inside[first - 1].low)
            and inside[first - 1].low not in words("speech", "counted")
            and inside[first].low in ("in", "at", "from", "on", "with")
        ):
            inside = inside[:first]
        whole = text[inside[0].start : _tail(inside)]
        return self.full(whole)

    def _authors(self, inside: Sequence[Token]) -> list[Token]:
        """Of "the mission's report" and "a survey by the mission" keep the mission: it speaks in them."""
        stop = next((at for at, one in enumerate(inside) if at and one.kind == "prep"), len(inside))
        if not is_text(inside[stop - 1].low) or inside[stop - 1].low in _KINDS:
            return list(inside)
        owner = next((at for at, one in enumerate(inside[:stop]) if one.kind == "poss"), 0)
        if owner:
            return list(inside[:owner])
        if stop + 1 < len(inside) and inside[stop].low in ("by", "from"):
            return list(inside[stop + 1 :])
        names = [at for at, one in enumerate(inside[:stop]) if one.kind == "cap"]
        if names and inside[0].kind == "det" and inside[stop - 1].kind == "word":
            return list(inside[names[0] : names[-1] + 1])
        return list(inside)

    def _person(self, name: str) -> bool:
        parts = name.split()
        known, titles = untitled(name)
        if known and titles:
            return True
        return (
            2 <= len(parts) <= 4
            and parts[-1].lower() not in _NOT_PERSONS
            and not parts[-1].isupper()
            and parts[-1].lower() not in _VOICES
        ) or name in self.surnames

    def full(self, name: str) -> str:
        """Give a name in full where the report does so anywhere: of a surname, of a short form."""
        parts = name.split()
        plain = name[4:] if parts[0].lower() == "the" and len(parts) > 1 else name
        if plain.removesuffix("'s") in self.short:
            return self.short[plain.removesuffix("'s")]
        known = untitled(name)[0]
        if known:
            return self.surnames.get(known[-1], known[0]) if len(known) == 1 else " ".join(known)
        if len(parts) == 1 and not name.isupper():
            return self.surnames.get(name, name)
        return name.title() if name.isupper() and name.title() in self.people else name

    def spelled(self, letters: str) -> str:
        """Give the body whose name begins with certain letters, "EU EOM": it, where only one does."""
        plain = letters.replace(" ", "")
        known = {
            bare(name): name.removeprefix("The ")
            for names in self._bodies.values()
            for name in names
            if "".join(word[0] for word in name.removeprefix("The ").split() if word[0].isupper()) == plain
        }
        return next(iter(known.values())) if len(known) == 1 else letters

    def described(self, found: Sequence[Token], subject: Subject) -> str | None:
        """Find whom "the minister" or "the commission" means: the one named last as such, before it."""
        inside = [one for one in found[subject.first : subject.last] if one.kind != "adv"]
        if (
            len(inside) < 2
            or inside[0].low not in ("the", "that", "this")
            or inside[-1].kind not in ("word", "cap")
        ):
            return None
        if len(inside) > 3 or any(one.kind == "cap" for one in inside[1:-1]):
            return None
        word = inside[-1].low
        if word in _PEOPLE and word not in _KINDS:
            known = self._roles.get(word, [])
            at = bisect_left(known, (inside[0].start, "")) - 1
            if at >= 0:
                return known[at][1]
            bearers = {name for _, name in known}
            return bearers.pop() if len(bearers) == 1 else None
        bodies = set(self._bodies.get(word, {}))
        plain = {bare(name) for name in bodies}
        return next(iter(bodies)) if len(plain) == 1 else None


def _plain(said: str) -> list[str]:
    return [word.strip("'s").lower() if word.endswith("'s") else word.lower() for word in said.split()]


def _without_leaders(inside: Sequence[Token]) -> Sequence[Token]:
    """Cut "a team | led by Jon Bresker": the team speaks."""
    led = next(
        (at for at in range(1, len(inside) - 1) if inside[at].low in _LED and inside[at + 1].low == "by"),
        None,
    )
    return inside[:led]


def _body_word(inside: Sequence[Token], run: int) -> bool:
    return inside[-1].low in _NOT_PERSONS and inside[run - 1].kind != "poss"


def _fitting(full: str, short: str) -> str:
    """Cut what stands before a name by the letters of its short form: "Monday Citizens Watch (CW)"."""
    parts = full.split()
    capitals = [at for at, word in enumerate(parts) if word[0].isupper()]
    letters = [letter for letter in short if letter.isupper()]
    if len(letters) >= 2 and len(capitals) > len(letters):
        for skipped in range(len(capitals) - len(letters), -1, -1):
            if parts[capitals[skipped]][0] == letters[0]:
                return " ".join(parts[capitals[skipped] :])
    return full


def _tail(inside: Sequence[Token]) -> int:
    """End the words of an unnamed speaker behind the first thing they carry: "a nurse at the clinic"."""
    preps = [at for at, one in enumerate(inside) if one.kind == "prep" and one.low != "of"]
    if any(one.kind == "cap" for one in inside[: preps[0] if preps else len(inside)]):
        return inside[-1].end
    if len(preps) > 1:
        return inside[preps[1] - 1].end
    return inside[-1].end
