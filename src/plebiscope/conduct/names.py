"""Names of persons and groups in a report: found by their capitals, titles and kinds, not by grammar."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from plebiscope.conduct.language import words

CAPITAL = r"(?:al-|el-)?[A-ZÀ-ÖØ-ÞĀ-ŽА-Я][\w'.&-]*"
"""A word that begins with a capital."""
_PARTICLE = r"(?:of|for|on|and|in|de|da|del|la|al|bin|van|von|der)\s+(?:the\s+)?"
NAME_AT_END = re.compile(rf"(?:[Tt]he\s+)?{CAPITAL}(?:\s+(?:{_PARTICLE})?{CAPITAL}){{0,8}}$")
"""A name at the end of a stretch, "the Board of Elections" included."""
PERSON = re.compile(rf"{CAPITAL}(?:\s+(?:al\s+|bin\s+|de\s+|van\s+|von\s+)?{CAPITAL}){{0,5}}")
"""Words with capitals in a row."""

_TITLES = words("people", "titles")
_MALE, _FEMALE = words("people", "male"), words("people", "female")
_NOT_NAMES = words("people", "not-names")
_ISSUERS = words("people", "issuers")
_NO_PERSONS = words("people", "not-persons") | _ISSUERS
_ENDING = re.compile(r"'s$|'$|[.,]$")
_REMEMBERED = 1 << 13
"""Names that are remembered with their parts: a report repeats its names, and is read for them thrice."""


def persons(text: str, start: int, end: int, surnames: dict[str, str]) -> list[str]:
    """Name the persons in a half-open range of a cleaned text, in their order.

    Parameters
    ----------
    surnames
        Last names with the full name that the report gives for each (see :func:`surnames_of`); a person
        named by the last name alone is named in full.
    """
    found = []
    for match in PERSON.finditer(text, start, end):
        name, person = _without_titles(match[0])
        if len(name) == 1 and name[0] in surnames and not name[0].isupper():
            found.append(surnames[name[0]])
        elif person:
            found.append(" ".join(name))
    return list(dict.fromkeys(found))


@lru_cache(maxsize=_REMEMBERED)
def _without_titles(chunk: str) -> tuple[tuple[str, ...], bool]:
    """Give what stands behind the titles of words with capitals, and whether by itself it names a person."""
    parts = [word for word in chunk.split() if word not in _NOT_NAMES]
    titles = [place for place, word in enumerate(parts) if word.lower() in _TITLES]
    name = parts[titles[-1] + 1 :] if titles else parts
    if len(name) == 2 and all(len(word) > 3 and word.isupper() for word in name):
        name = [word.title() for word in name]
    name = [word if len(word) == 2 else _ENDING.sub("", word) for word in name]
    named = 2 <= len(name) <= 4 or (bool(titles) and bool(name))
    return tuple(name), named and name[-1].lower() not in _NO_PERSONS


def surnames_of(text: str, sentences: Iterable[tuple[int, int]]) -> dict[str, str]:
    """Map each last name to the one full name that the report gives for it, where there is only one."""
    full: dict[str, set[str]] = {}
    for start, end in sentences:
        for name in persons(text, start, end, {}):
            parts = name.split()
            if len(parts) >= 2:
                full.setdefault(parts[-1], set()).add(name)
    return {last: next(iter(found)) for last, found in full.items() if len(found) == 1}


@lru_cache(maxsize=_REMEMBERED)
def untitled(chunk: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Split "German Foreign Minister Ilse Marrant" into the name's words and the titles before it.

    Returns
    -------
    name, titles
        No name where no title stands before one, or where what follows it is no name.
    """
    parts = tuple(chunk.split())
    places = [place for place, word in enumerate(parts) if word.lower() in _TITLES]
    if not places or places[-1] + 1 == len(parts):
        return (), frozenset()
    name = parts[places[-1] + 1 :]
    body = name[-1].lower() in _NO_PERSONS
    if body or len(name) > 4 or not all(re.match(CAPITAL, word) for word in name):
        return (), frozenset()
    return name, frozenset(word.lower() for word in parts[: places[-1] + 1])


def genders_of(text: str, sentences: Iterable[tuple[int, int]], surnames: dict[str, str]) -> dict[str, str]:
    """Tell ``male`` and ``female`` persons by the titles that the report gives them."""
    found: dict[str, str] = {}
    for start, end in sentences:
        for match in PERSON.finditer(text, start, end):
            name, titles = untitled(match[0])
            if name and titles & (_MALE | _FEMALE):
                last = _ENDING.sub("", name[-1])
                full = surnames.get(last, last) if len(name) == 1 else " ".join([*name[:-1], last])
                found.setdefault(full, "male" if titles & _MALE else "female")
    return found


def titled(name: str) -> bool:
    """Tell whether a name holds a word for what a person is: "a foreman", "the governor of Gostel"."""
    # "The official figures" are nobody: the title is what the name is about, not what it is like.
    head = re.split(r"\s(?:of|for|at|in|from|with|to|on|called|who)\s|,", name.lower(), maxsplit=1)[0].split()
    return any(word in _TITLES for word in head) and bool(head) and head[-1] not in ("figures", "results")


def common_forms(speakers: Iterable[str]) -> dict[str, str]:
    """Map each form of a name to the most frequent one: a headline's "Board" is the text's "the Board"."""
    forms: dict[str, Counter[str]] = {}
    for speaker in speakers:
        forms.setdefault(bare(speaker), Counter())[speaker] += 1
    return {
        speaker: max(found, key=lambda name: (found[name], len(name), name))
        for found in forms.values()
        for speaker in found
    }


def bare(speaker: str) -> str:
    """Give a speaker's name without article and capitals, to tell whether two are the same."""
    return speaker.casefold().removeprefix("the ")
