"""Which speakers are one: "Ilse Marrant", "Marrant", "the German foreign minister".

A person is one under every form of the name that the reports themselves tie together: by a last name that
only one person in them has, by an apposition ("the foreign minister, Ilse Marrant"), by letters in brackets
behind a body's name. Nothing is looked up, so an office is nobody's until a report says whose. Where it
cannot be told whether two are one, they are one: the count of voices is never too large for a guess. Somebody
without a name ("a voter") is another one in each report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from plebiscope.conduct.language import either, words
from plebiscope.conduct.names import CAPITAL, untitled
from plebiscope.conduct.pronouns import UNNAMED
from plebiscope.conduct.wire import told_by
from plebiscope.model.report import Report

_NAME = rf"{CAPITAL}(?:\s(?:al\s|bin\s|de\s|van\s|von\s)?{CAPITAL}){{1,3}}"
_ROLE = rf"(?:[\w'’-]+\s){{0,5}}(?:{either('people', 'roles')})(?:\sof(?:\sthe)?\s{CAPITAL}(?:\s{CAPITAL})?)?"
# "German Foreign Minister Ilse Marrant", "the foreign minister, Ilse Marrant,".
_OFFICE_FIRST = re.compile(rf"\b((?i:{_ROLE}))(?:,\s|\s)({_NAME})")
# "Ilse Marrant, the German foreign minister,".
_NAME_FIRST = re.compile(rf"\b({_NAME}),\s(?:who is )?(?:the\s|a\s|an\s)?((?i:{_ROLE}))(?=[\s,.;])")
_IN_BRACKETS = re.compile(
    rf"\b((?:{CAPITAL}\s(?:(?:of|for|and|the|on|in)\s){{0,2}}){{2,9}})\(([A-Z][\w-]{{1,11}})\)"
)
_BLANKS = re.compile(r"\s+")
_LETTERS = re.compile(r"[\w-]+")
_WORDS = re.compile(r"\w+")
_ARTICLE = re.compile(r"^(?:the|its|his|her|their|our|this|that)\s")
_SAME_WORD = {"electoral": "election", "elections": "election", "organisation": "organization"}
_NOBODY = words("people", "anybody")
_ROLES = words("people", "roles")
_TITLES = words("people", "titles")
_REMEMBERED = 1 << 12
"""Names that are remembered with what they come to: the same few speak in many reports."""


@dataclass
class Speakers:
    """Who is who in several reports.

    Parameters
    ----------
    reports
        With their sentences.
    spoken
        Each report's path with a speaker named in it, as often as there are statements.
    """

    reports: Sequence[Report]
    spoken: Iterable[tuple[str, str]]
    _full: dict[str, Counter[str]] = field(init=False, default_factory=dict)
    """Full names by their last word."""
    _in: dict[str, set[str]] = field(init=False, default_factory=dict)
    """Full names by the report in which they stand."""
    _holders: dict[str, Counter[str]] = field(init=False, default_factory=dict)
    """Who holds an office, by the office in full."""
    _offices: dict[tuple[str, str], set[str]] = field(init=False, default_factory=dict)
    """Offices by the report and each of their words."""
    _held_in: dict[tuple[str, str], set[str]] = field(init=False, default_factory=dict)
    """Holders by the report and the office in full."""
    _short: dict[str, str] = field(init=False, default_factory=dict)
    """Full names of bodies by their letters."""
    _longer: dict[tuple[str, str], set[str]] = field(init=False, default_factory=dict)
    """Speakers without a person's name, by the report and each shorter end of what they are called."""

    def __post_init__(self) -> None:
        for report in self.reports:
            for sentence in report.sentences:
                self._learn(report.path, _BLANKS.sub(" ", sentence.text.replace("’", "'"))[:2000])
        for path, speaker in self.spoken:
            name = _person(speaker)
            if len(name) > 1:
                self._know(path, " ".join(name))
            elif not name:
                self._shorten(path, _plain(speaker).split())

    def _learn(self, path: str, text: str) -> None:
        # Few sentences name an office, and to see that these do not is quicker than to read them.
        if not _ROLES.isdisjoint(_WORDS.findall(text.casefold())):
            for found in _OFFICE_FIRST.finditer(text):
                self._hold(path, found[1], found[2])
            for found in _NAME_FIRST.finditer(text):
                self._hold(path, found[2], found[1])
        if "(" in text:
            for found in _IN_BRACKETS.finditer(text):
                self._short.setdefault(found[2].casefold(), _plain(found[1]))

    def _hold(self, path: str, office: str, name: str) -> None:
        person = _person(name)
        if len(person) < 2:
            return
        self._know(path, " ".join(person))
        holder, plain = " ".join(person), _plain(office)
        self._holders.setdefault(plain, Counter())[holder] += 1
        self._held_in.setdefault((path, plain), set()).add(holder)
        for word in plain.split():
            self._offices.setdefault((path, word), set()).add(plain)

    def _shorten(self, path: str, body: Sequence[str]) -> None:
        if body and body[0] not in _NOBODY:
            for at in range(1, len(body)):
                self._longer.setdefault((path, " ".join(body[at:])), set()).add(" ".join(body))

    def _know(self, path: str, name: str) -> None:
        self._full.setdefault(name.split()[-1], Counter())[name] += 1
        self._in.setdefault(path, set()).add(name)

    def who(self, path: str, speaker: str) -> str:
        """Give a speaker of a report the name by which all its forms are known."""
        agency = told_by(f"{speaker} reported")
        if agency:
            return f"agency {agency}"
        plain = _plain(speaker)
        if plain in ("", UNNAMED):
            return UNNAMED
        name = _person(speaker)
        if name:
            return self._person(path, name)
        if plain in self._short:
            return self._body(path, self._short[plain])
        if speaker.split()[0].casefold() in _NOBODY:
            return f"{plain} in {path}"
        return self._office(path, plain) or self._body(path, plain)

    def _person(self, path: str, name: Sequence[str]) -> str:
        if len(name) == 1 and name[0] in self._short:
            return self._body(path, self._short[name[0]])
        last = name[-1]
        known = self._full.get(last, Counter[str]())
        fitting = [full for full in known if _one_person(name, full.split())]
        here = [full for full in fitting if full in self._in.get(path, ())]
        return max(here or fitting, key=lambda full: (known[full], full), default=" ".join(name))

    def _office(self, path: str, office: str) -> str | None:
        """Name the holder of an office: in the same report, or in any that calls the office the same."""
        if office.split()[-1] not in _ROLES and " of " not in office:
            return None
        asked = office.split()
        offices = set[str]().union(self._offices.get((path, asked[0]), ()))
        offices = offices.intersection(*(self._offices.get((path, word), set()) for word in asked))
        holders = set[str]().union(*(self._held_in[path, held] for held in offices))
        if not holders and len(asked) > 1:
            holders = set(self._holders.get(office, ()))
        return self._person(path, next(iter(holders)).split()) if len(holders) == 1 else None

    def _body(self, path: str, body: str) -> str:
        """Name a body in full: "the commission" is the one whose longer name ends so."""
        longer = self._longer.get((path, body), set())
        return next(iter(longer)) if len(longer) == 1 else body


@lru_cache(maxsize=_REMEMBERED)
def _person(speaker: str) -> tuple[str, ...]:
    """Give the words of a person's name without titles, in lower case; none where it is no such name."""
    speaker = speaker.strip(" ,.").removesuffix("'s")
    name, _ = untitled(speaker)
    if not name:
        parts = speaker.split()
        named = 1 <= len(parts) <= 4 and all(re.fullmatch(CAPITAL, part) for part in parts)
        if not named or any(part.lower() in _TITLES | _NOBODY | {"the"} for part in parts):
            return ()
        if len(parts) == 1 and parts[0].isupper() and len(parts[0]) > 1:
            return ()
        name = tuple(parts)
    return tuple(word.casefold().strip(".,") for word in name)


def _one_person(name: Sequence[str], full: Sequence[str]) -> bool:
    """Tell whether a name can be that of a person who is named in full: "I. Marrant", "Marrant"."""
    if len(name) == 1:
        return name[0] == full[-1]
    first, other = name[0], full[0]
    return name[-1] == full[-1] and (
        first == other or (1 in (len(first), len(other)) and first[0] == other[0])
    )


@lru_cache(maxsize=_REMEMBERED)
def _plain(name: str) -> str:
    """Write a name without capitals and article, and with one spelling of a word that has two."""
    spoken = " ".join(
        _LETTERS.findall(_ARTICLE.sub("", _BLANKS.sub(" ", name.replace("’", "'")).strip().casefold()))
    )
    return " ".join(_SAME_WORD.get(word, word) for word in spoken.split())


def groups(spoken: Sequence[tuple[str, str]], reports: Sequence[Report]) -> Mapping[tuple[str, str], str]:
    """Give each speaker of each report one name for all its forms.

    Parameters
    ----------
    spoken
        Paths and speakers, as statements give them.
    reports
        With their sentences.
    """
    known = Speakers(reports, spoken)
    return {pair: known.who(*pair) for pair in dict.fromkeys(spoken)}
