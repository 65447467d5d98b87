"""Where names stand in a text: by their words one after another, whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from plebiscope.conduct.language import words
from plebiscope.mask.tokens import BROKEN, RUN, Token, keys, tokens

_GAP = re.compile(r"[\s'’‘`´\u02b9-\u02bf.\-\u2010-\u2015_/#№°]{0,4}")
"""What may stand between the words of one name."""
_WIDE = re.compile(r"[^\w]{0,6}")
"""The same of a name that holds other signs itself."""
_BEFORE_NUMBER = re.compile(r"[\s.#№]{0,4}")
"""What may stand between a word for a station and its number."""
_CLOSE = re.compile(r"[^\S\n]*\n?[^\S\n]*|\.\s+")
"""What may stand between a title and a name."""
_BETWEEN = re.compile(r"[\s,]{0,3}")
"""What may stand between two ways to name the same."""
_TITLES = words("people", "titles") | words("people", "honorifics")
_NO_TITLES = frozenset(word.casefold() for word in words("people", "not-names"))
_STATION = frozenset(
    (
        *("station", "stations", "precinct", "precincts", "booth", "booths", "mesa", "pec", "ps"),
        *("no", "nos", "nr", "number", "numero"),
        *("уик", "участок", "участке", "участка", "дільниця", "дільниці"),
    )
)
"""Words behind which a bare number is that of a station."""
PSEUDONYM = re.compile(r"(?:Station M?\d+|Speaker \d+|Person \d+|Name \d+)")
"""What a masked name looks like."""
NUMBER = "#"
"""In a form, any number."""
SOMEBODY = "[masked]"
"""What takes the place of a name that several have."""
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
"""How an address writes a letter that it may not hold."""
_TELLING = 5
"""Letters of a name that is one also where a number is written to it: "marrantova2024"."""
_LONGEST = 60
"""Words of a name that are compared."""
_DECLINED = 4
"""Words of a name that is looked for in every case."""
_ADJECTIVES = 2
_SUFFIX = 3
_STEM = 3
_CYRILLIC = re.compile(r"[а-яёіїєґ]+")
_ENDING = re.compile(r"[аеёиоуыэюяйьії]$")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a text, and what takes its place."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a name is written."""

    new: str
    """The pseudonym."""
    capital: bool = False
    """Whether it is only a name where it begins with a capital."""
    person: bool = False
    """Whether titles before it belong to it."""
    alone: bool = False
    """Whether it is only a name where no other word with a capital follows: a first name."""
    wide: bool = False
    """Whether it holds signs that else end a name."""


@dataclass
class Finder:
    """Names, and what takes their places.

    Attributes
    ----------
    forms
        By the words of the name.
    numbers
        Numbers that are stations behind a word for one, with what takes their places.
    """

    forms: dict[tuple[str, ...], Form] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    _lengths: dict[str, list[int]] = field(default_factory=dict)
    _stems: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, name: str | Sequence[str], form: Form) -> None:
        """Learn a way to write a name; one that is several people's is nobody's in particular."""
        parts = (keys(name) if isinstance(name, str) else tuple(name))[:_LONGEST]
        if not parts:
            return
        if parts in self.forms:
            if self.forms[parts].new != form.new:
                self.forms[parts] = replace(self.forms[parts], new=SOMEBODY)
            return
        if isinstance(name, str) and not _plain(name):
            form = replace(form, wide=True)
        self.forms[parts] = form
        for first in self._stemmed(parts):
            lengths = self._lengths.setdefault(first, [])
            if len(parts) not in lengths:
                lengths.append(len(parts))
                lengths.sort(reverse=True)

    def _stemmed(self, parts: tuple[str, ...]) -> list[str]:
        """Return how the first word may begin; Cyrillic names of a few words are declined."""
        if len(parts) > _DECLINED:
            return [parts[0]]
        stem = tuple(_stem(part) for part in parts)
        if stem != parts or any(_CYRILLIC.fullmatch(part) for part in parts):
            self._stems["\x1f".join(stem)] = parts
        return list(dict.fromkeys([parts[0], stem[0]]))

    def edits(self, text: str, *, loose: bool = False) -> list[Edit]:
        """Find every name in a text, in order and without overlap."""
        found = self._among(text, tokens(text, loose=loose))
        if BROKEN.search(text):
            found = _together(found, self._among(text, tokens(text, loose=loose, whole=True)))
        return _together(found, self._encoded(text)) if _ENCODED.search(text) else found

    def _encoded(self, text: str) -> list[Edit]:
        """Find addresses that hold a name in signs: "Jos%C3%A9"; they are written in letters, then."""
        found = []
        for run in RUN.finditer(text):
            if _ENCODED.search(run[0]):
                plain = unquote(run[0])
                edits = self._among(plain, tokens(plain, loose=True))
                if edits:
                    found.append(Edit(*run.span(), changed(plain, edits)))
        return found

    def _among(self, text: str, found: Sequence[Token]) -> list[Edit]:
        """Find every name among the words of a text."""
        edits: list[Edit] = []
        at = 0
        while at < len(found):
            end, form = self._at(text, found, at)
            if form is not None:
                first = self._with_titles(text, found, at) if form.person else at
                start = max(found[first].start, edits[-1].end if edits else 0)
                # "Speaker 1" and "2024" must not become "Speaker 12024".
                apart = "-" if _touches(found, end) else ""
                _add(edits, Edit(start, found[end - 1].end, form.new + apart), text)
                at = end
                continue
            if found[at].number and found[at].key in self.numbers and _behind_station(text, found, at):
                edits.append(Edit(found[at].start, found[at].end, self.numbers[found[at].key]))
            at += 1
        return edits

    def _at(self, text: str, found: Sequence[Token], at: int) -> tuple[int, Form | None]:
        """Return the end of the longest name that begins at a word, and the name."""
        token = found[at]
        touched = _touches(found, at)
        for length in self._lengths_at(token.key):
            end = at + length
            if end > len(found):
                continue
            parts = tuple(one.key for one in found[at:end])
            if (touched or _touches(found, end)) and not _telling(parts):
                continue
            form = self._form(parts)
            if form is None or (form.capital and not token.capital):
                continue
            if not _joined(text, found, at, end, _WIDE if form.wide else _GAP):
                continue
            if form.alone and end < len(found) and found[end].capital and _near(text, found, end):
                continue
            return end, form
        return at, None

    def _lengths_at(self, first: str) -> list[int]:
        lengths = self._lengths.get(first)
        if lengths is None and self._stems and _CYRILLIC.fullmatch(first):
            for cut in range(len(first) - 1, max(_STEM, len(first) - _SUFFIX - 1) - 1, -1):
                lengths = self._lengths.get(first[:cut])
                if lengths is not None:
                    break
        return lengths or []

    def _form(self, parts: tuple[str, ...]) -> Form | None:
        form = self.forms.get(parts)
        if form is None and any(part.isdigit() for part in parts):
            return self.forms.get(tuple(NUMBER if part.isdigit() else part for part in parts))
        if form is not None or not self._stems or not _CYRILLIC.fullmatch(parts[-1]):
            return form
        if len(parts) > _DECLINED:
            return None
        return self._declined(parts, 0, ())

    def _declined(self, parts: tuple[str, ...], at: int, before: tuple[str, ...]) -> Form | None:
        """Look a name up whose words have other endings."""
        if at == len(parts):
            known = self._stems.get("\x1f".join(before))
            return self.forms.get(known) if known is not None else None
        word = parts[at]
        cuts = range(len(word), max(_STEM, len(word) - _SUFFIX) - 1, -1) if _CYRILLIC.fullmatch(word) else []
        for stem in dict.fromkeys([word, *(word[:cut] for cut in cuts)]):
            form = self._declined(parts, at + 1, (*before, stem))
            if form is not None:
                return form
        return None

    def _with_titles(self, text: str, found: Sequence[Token], at: int) -> int:
        """Return where the titles before a name begin: "German Foreign Minister Ilse Marrant"."""
        first, adjectives, titled = at, 0, False
        while first:
            before = found[first - 1]
            if not _CLOSE.fullmatch(text, before.end, found[first].start):
                break
            if before.key in _TITLES:
                titled, adjectives = True, 0
            elif titled and before.capital and before.key not in _NO_TITLES and adjectives < _ADJECTIVES:
                adjectives += 1
            else:
                break
            first -= 1
        return first


def _touches(found: Sequence[Token], at: int) -> bool:
    """Tell whether nothing stands between a word and the one before."""
    return 0 < at < len(found) and found[at - 1].end == found[at].start


def _telling(parts: Sequence[str]) -> bool:
    """Tell a name that is one whatever number is written to it."""
    return not any(part.isdigit() for part in parts) and sum(map(len, parts)) >= _TELLING


def _together(some: Sequence[Edit], others: Sequence[Edit]) -> list[Edit]:
    """Put names together that were found in two ways; of two that overlap the longer one is told."""
    edits: list[Edit] = []
    for edit in sorted((*some, *others), key=lambda one: (one.start, -one.end)):
        before = edits[-1] if edits else None
        if before is None or before.end <= edit.start:
            edits.append(edit)
        elif edit.end > before.end:
            longer = max(before, edit, key=lambda one: one.end - one.start)
            edits[-1] = Edit(before.start, edit.end, longer.new)
    return edits


def _add(edits: list[Edit], edit: Edit, text: str) -> None:
    """Add a name to those found; twice the same one after another is once: "Marrant, Ilse"."""
    if edits and edits[-1].new == edit.new and _BETWEEN.fullmatch(text, edits[-1].end, edit.start):
        edit = Edit(edits.pop().start, edit.end, edit.new)
    edits.append(edit)


def _stem(word: str) -> str:
    """Return what stays of a Cyrillic name in every case; any other word as it is."""
    if len(word) <= _STEM or not _CYRILLIC.fullmatch(word):
        return word
    return _ENDING.sub("", word)


def _plain(name: str) -> bool:
    """Tell whether only usual signs stand between the words of a name."""
    found = tokens(name)
    return _joined(name, found, 0, len(found), _GAP)


def _joined(text: str, found: Sequence[Token], at: int, end: int, gap: re.Pattern[str]) -> bool:
    return all(
        gap.fullmatch(text, one.end, other.start)
        for one, other in zip(found[at : end - 1], found[at + 1 : end], strict=True)
    )


def _near(text: str, found: Sequence[Token], at: int) -> bool:
    return text[found[at - 1].end : found[at].start].strip() == ""


def _behind_station(text: str, found: Sequence[Token], at: int) -> bool:
    """Tell whether a number stands behind a word for a station, or closes a quoted list of areas."""
    start = found[at].start
    if text.startswith("”", found[at].end) and text.endswith(("“", ", "), 0, start):
        return True
    if text[max(0, start - 3) : start].rstrip().endswith(("№", "#")):
        return True
    if not at or found[at - 1].key not in _STATION:
        return False
    return _BEFORE_NUMBER.fullmatch(text, found[at - 1].end, start) is not None


def changed(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with its names replaced."""
    parts, end = [], 0
    for edit in edits:
        parts += [text[end : edit.start], edit.new]
        end = edit.end
    return "".join([*parts, text[end:]])


def moved(offset: int, edits: Iterable[Edit], *, end: bool = False) -> int:
    """Return where a place of a text lies after its names were replaced.

    A place inside a name becomes the begin of the pseudonym, or its end.
    """
    shift = 0
    for edit in edits:
        if edit.end <= offset:
            shift += len(edit.new) - (edit.end - edit.start)
        elif edit.start < offset:
            return edit.start + shift + (len(edit.new) if end else 0)
        else:
            break
    return offset + shift
