"""Names of places made comparable: across spellings, transliterations and the words that say what they are.

A gazetteer of some 34,000 towns, the countries and the states of the USA (GeoNames, CC BY 4.0, see
``gazetteer.tsv``) says under which names a place is known and in which country it lies. It knows no villages
and no districts, so a name it does not have may still be one.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ŉ": "n"})
_PUNCTUATION = re.compile(r"[^\w]+")
_MARKS = re.compile(r"['ʹʼʻ`´’‘.]")
_VOWELS = re.compile(r"[aeiouy]+|(?<=.)j")
_DOUBLED = re.compile(r"(\w)\1+")
_SOUNDS = (
    (re.compile(r"shch|szcz|sch|sh|sz"), "s"),
    (re.compile(r"tch|tsch|ch|cz"), "c"),
    (re.compile(r"zh"), "z"),
    (re.compile(r"kh|gh|g|x"), "h"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"w"), "v"),
    (re.compile(r"q|ck"), "k"),
)
_ALIKE = 72.0
"""Score of ``rapidfuzz.fuzz.ratio`` below which names that sound alike are two: Zaporozhye and Zaporizhzhia
have 73, Kandara and Kendari 71."""
_TELLING = 4
"""Consonants from which names that differ in their vowels only are taken for one: not Lima and Lome."""
_MOST_COMPARED = 16
"""Names that are kept of those which may be one place: more can only be made to take time."""
_COUNTRY, _STATE, _DEMONYM = "country", "state", "demonym"


@cache
def table(section: str) -> dict[str, list[str]]:
    """Give the lists of a section of ``places.toml`` by their names."""
    text = (resources.files("plebiscope.conduct") / "places.toml").read_text("utf-8")
    return {
        name: said.split() if isinstance(said, str) else said
        for name, said in tomllib.loads(text)[section].items()
    }


def alternatives(words: Iterable[str]) -> str:
    """Give words or patterns as the alternatives of a regular expression, longest first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_KINDS = {
    word: kind for section in ("kinds", "numbered") for kind, said in table(section).items() for word in said
}
KIND = alternatives(word for said in table("kinds").values() for word in said)
"""Words that say what a place is: ``region``, ``district``, ``village``."""
NUMBERED = (
    rf"(?P<kind>(?:{alternatives(word for said in table('numbered').values() for word in said)}|{KIND})s?)"
    r"\s(?:(?:no|nos|number|nr|n)\b\.?\s?|[#№]\s?)?(?P<number>\d[\d/-]*)"
)
"""A place with a number: ``polling station No. 12``, ``ward 5``."""
_OF_KIND = re.compile(rf"(?:{KIND})\sof\s(?:the\s)?(?P<of>.+)|(?P<before>.+?)\s(?P<kind>{KIND})")
_NUMBERED = re.compile(NUMBERED)


class Known(NamedTuple):
    """A place of the gazetteer."""

    name: str
    country: str
    """ISO 3166-1, two letters."""
    kind: str
    """``country``, ``state`` (of the USA, or another well-known region), ``town`` or ``demonym``."""
    thousands: int
    """Inhabitants, in thousands."""


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Give a name without accents, marks, capitals and article: "the St. Gall" is "st gall"."""
    text = unicodedata.normalize("NFKD", _MARKS.sub("", name.casefold().translate(_LETTERS)))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _PUNCTUATION.sub(" ", text).strip().removeprefix("the ").removeprefix("saint ")


@lru_cache(maxsize=4096)
def sound(name: str) -> str:
    """Give what stays of a name in any transliteration: Zaporizhzhia, Zaporozhye and Zaporizhia are one.

    Returns
    -------
    str
        Empty where too little stays to tell names apart.
    """
    text = plain(name).replace(" ", "")
    for pattern, written in _SOUNDS:
        text = pattern.sub(written, text)
    text = _DOUBLED.sub(r"\1", _VOWELS.sub("a", text))
    return text if sum(letter != "a" for letter in text) >= _TELLING else ""


@lru_cache(maxsize=4096)
def known(name: str, *, heard: bool = True) -> tuple[Known, ...]:
    """Look a name up: every place that is called so or whose name sounds so, a country before all towns.

    Parameters
    ----------
    name
        As written.
    heard
        Whether large towns count whose name only sounds so.
    """
    towns, sounds = _gazetteer()
    found = [one for one in towns.get(plain(name), ()) if one.kind != _DEMONYM]
    if any(one.kind == _COUNTRY for one in found):
        return tuple(one for one in found if one.kind in (_COUNTRY, _STATE))
    just_so = any(plain(one.name) == plain(name) for one in found)
    alike = sounds.get(sound(name), ()) if heard and sound(name) and not just_so else ()
    return (*found, *(one for one in alike if one not in found and _spelt_alike(one.name, name)))


def demonym(word: str) -> str | None:
    """Say to which country a word like "Ukrainian" points: its ISO code, or null for any other word."""
    towns, _ = _gazetteer()
    for form in (plain(word), plain(word).removesuffix("s")):
        found = next((one for one in towns.get(form, ()) if one.kind == _DEMONYM), None)
        if found:
            return found.country
    return None


def same_place(one: str, other: str) -> bool:
    """Tell whether two names may mean one place.

    Transliterations are one (Kyiv and Kiev, Luhansk and Lugansk), articles and capitals do not count, and a
    bare name agrees with any kind of place (Gostel, Gostel district); two kinds that are both named must
    agree (Gostel city is not Gostel region), and so must numbers (polling station 12, PS No. 12).

    Parameters
    ----------
    one, other
        As a report, an area of a results table or the gazetteer has them.
    """
    kind, name = _split(one)
    other_kind, other_name = _split(other)
    if kind and other_kind and kind != other_kind:
        return False
    if name == other_name:
        return bool(name)
    if any(letter.isdigit() for letter in name + other_name):
        return False
    here, there = set(known(name, heard=False)), set(known(other_name, heard=False))
    if not (here and there):
        here, there = set(known(name)), set(known(other_name))
    if here and there:
        return bool(here & there)
    return bool(sound(name)) and sound(name) == sound(other_name) and _spelt_alike(name, other_name)


class Alike:
    """Names of places, among which others for the same place are looked up."""

    def __init__(self) -> None:
        self._names: dict[object, list[str]] = {}

    def add(self, name: str) -> None:
        """Keep a name."""
        for key in _keys(name):
            kept = self._names.setdefault(key, [])
            if name not in kept and len(kept) < _MOST_COMPARED:
                kept.append(name)

    def same(self, name: str, *, loosely: bool = False) -> list[str]:
        """Find the names that mean the same place.

        Parameters
        ----------
        name
            As a report has it.
        loosely
            Whether a bare name agrees with any kind of place, as in :func:`same_place`; else "Gostel" and
            "Gostel region" are two.
        """
        near = dict.fromkeys(other for key in _keys(name) for other in self._names.get(key, ()))
        return [
            other
            for other in near
            if same_place(name, other) and (loosely or _split(name)[0] == _split(other)[0])
        ]


def _keys(name: str) -> list[object]:
    """Give what two names for one place share one of: the name, its sound, or a place of the gazetteer."""
    bare = _split(name)[1]
    return [
        key
        for key in dict.fromkeys((bare, f"sound {sound(bare)}", *known(bare)))
        if key not in ("", "sound ")
    ]


def _spelt_alike(one: str, other: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.ratio(plain(one), plain(other)) >= _ALIKE


def _split(name: str) -> tuple[str | None, str]:
    """Part a place's name from the word that says what it is; of a numbered one, the number is the name."""
    text = _PUNCTUATION.sub(" ", plain(name.replace("#", " no ").replace("№", " no "))).strip()
    numbered = _NUMBERED.fullmatch(text)
    if numbered:
        said = numbered["kind"]
        return _KINDS.get(said, _KINDS.get(said.removesuffix("s"), said)), numbered["number"].lstrip("0")
    found = _OF_KIND.fullmatch(text)
    if found is None:
        return None, text.lstrip("0") or text
    kind = found["kind"] or text.removeprefix("the ").split(" of ")[0]
    return _KINDS.get(kind, kind), found["of"] or found["before"]


@cache
def _gazetteer() -> tuple[dict[str, list[Known]], dict[str, list[Known]]]:
    """Read the gazetteer: places by plain name, and large ones by sound."""
    by_name: dict[str, list[Known]] = {}
    by_sound: dict[str, list[Known]] = {}
    text = (resources.files("plebiscope.conduct") / "gazetteer.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, country, kind, thousands, heard, written = line.split("\t")
        place = Known(name, country, kind, int(thousands))
        for form in written.split("|"):
            by_name.setdefault(form, []).append(place)
        if heard:
            by_sound.setdefault(heard, []).append(place)
    return by_name, by_sound
