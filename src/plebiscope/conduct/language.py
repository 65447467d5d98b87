"""The words of a language that are not part of the codebook, read from their data file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

_SPOKEN = re.compile(r"[^\W\d_]+")
_CAPTION = 12
_SHARE = 0.08


@cache
def words(section: str, name: str) -> frozenset[str]:
    """Give a list of words of ``english.toml`` as a set."""
    return frozenset(_listed(section, name))


@cache
def either(section: str, name: str) -> str:
    """Give a list of words of ``english.toml`` as the alternatives of a regular expression, longest first."""
    return "|".join(
        re.escape(word) for word in sorted(_listed(section, name), key=lambda word: (-len(word), word))
    )


@cache
def table(section: str) -> dict[str, list[str]]:
    """Give a section of ``english.toml`` that holds lists under names of their own."""
    return {name: _listed(section, name) for name in _data()[section]}


@cache
def phrases(section: str, name: str) -> tuple[str, ...]:
    """Give a list of phrases of ``english.toml``, the longest first."""
    return tuple(sorted(_listed(section, name), key=lambda phrase: (-len(phrase), phrase)))


@cache
def verbs(section: str, name: str) -> dict[str, str]:
    """Give every form of the verbs of a list of ``english.toml`` with the verb it is a form of.

    A verb is listed by its base; past forms that follow no rule stand behind a colon ("write:wrote,written").
    """
    forms: dict[str, str] = {}
    for entry in _listed(section, name):
        base, _, irregular = entry.partition(":")
        stem = base.removesuffix("e")
        if base[-1] == "y" and base[-2] not in "aeiou":
            third, past = f"{base[:-1]}ies", f"{base[:-1]}ied"
        elif base.endswith(("s", "sh", "ch", "x", "o")):
            third, past = f"{base}es", f"{base}ed"
        else:
            third, past = f"{base}s", f"{stem}ed"
        if base in words(section, "doubling"):
            past, stem = f"{base}{base[-1]}ed", f"{base}{base[-1]}"
        for form in (base, third, f"{stem}ing", *(irregular.split(",") if irregular else [past])):
            forms[form] = base
    return forms


@cache
def inflected(section: str, name: str) -> str:
    """Give every form of the verbs of a list as the alternatives of a regular expression, longest first."""
    return "|".join(sorted(verbs(section, name), key=lambda form: (-len(form), form)))


def abbreviated(word: str, following: str) -> bool:
    """Tell whether the stop behind a word is that of an abbreviation, in the middle of a sentence.

    Parameters
    ----------
    word
        Without the stop.
    following
        The word behind it.
    """
    low = word.lower()
    if low in words("sentences", "before-numbers"):
        return following[:1].isdigit()
    if low in words("sentences", "before-ends"):
        return following[:1].islower() or following.lower() not in words("sentences", "starters")
    return low in words("sentences", "titles") or low in words("sentences", "abbreviations")


def is_english(text: str) -> bool:
    """Tell whether a cleaned text is English, by the share of its words that only English has so often.

    Of a hundred words of English news, 20 to 39 are among them (in 98 of 100 articles of 2016; a list of
    figures has 13), of French, Spanish, Portuguese, German, Dutch or Danish fewer than 6. The limit lies
    between, so that a text that is half in another language is still read. A caption is too short to be
    judged by them: it is read if it is written in Latin letters.
    """
    spoken = _SPOKEN.findall(text.casefold())
    latin = sum("a" <= word[0] <= "z" for word in spoken)
    if 2 * latin < len(spoken):
        return False
    known = words("recognised", "frequent")
    return len(spoken) < _CAPTION or sum(word in known for word in spoken) >= _SHARE * len(spoken)


@cache
def _data() -> dict[str, dict[str, str | list[str]]]:
    return tomllib.loads((resources.files("plebiscope.conduct") / "english.toml").read_text("utf-8"))


def _listed(section: str, name: str) -> list[str]:
    found = _data()[section][name]
    return found.split() if isinstance(found, str) else found
