"""The forms of English words: which base forms a written word may have.

Phrases of the codebook are written in base forms ("refuse entry"), and a written word is met if the base
is among those it may have. Nothing is guessed beyond that: a word has every base its ending allows
("barred" may come from "bar", "barr" or "barre"), because a base that is no word is in no phrase.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources

_BEFORE = ("re", "over", "out", "under", "mis", "un", "with", "for")
"""What an irregular verb keeps its forms behind: "rewritten", "overthrown"."""
_FORMLESS = frozenset(("not", "us", "he", "she", "we"))
"""Words that have no forms, though others look like one: "noted" is not from "not", nor "used" from "us"."""
_BRITISH = (
    (re.compile(r"is(?=(?:e|es|ed|er|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})our(?=(?:s|ed|ing|able|er|ers)?$)"), "or"),
    (re.compile(r"(?<=[a-z]{3})re(?=s?$)(?<=[bt]re)"), "er"),
    (re.compile(r"(?<=[a-z]{3})ence(?=s?$)"), "ense"),
    (re.compile(r"ogue(?=s?$)"), "og"),
)

_PERCENT = frozenset(("%", "per cent", "per-cent"))
_NEGATED = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
"""What stands before "n't", where it is no word."""
_SHORT = {"re": "are", "ve": "have", "ll": "will", "m": "am"}


@lru_cache(maxsize=1 << 16)
def apart(written: str) -> tuple[str, ...]:
    """Write a word as phrases are written, its letters as large as they are: "Didn't" is "Did" and "not".

    Parameters
    ----------
    written
        A word with the apostrophes inside it, an abbreviation with its stops, or a mark.

    Returns
    -------
    tuple of str
        Nearly always one. A possessive loses its ending.
    """
    if "'" in written:
        stem, _, ending = written.rpartition("'")
        ending = ending.lower()
        if ending == "t" and stem[-1:].lower() == "n":
            return _NEGATED.get(stem[:-1].lower(), stem[:-1]), "not"
        if ending in ("s", "d"):
            # "They'd" may be "had" or "would", and no phrase rests on either.
            return (stem,)
        return (stem, _SHORT[ending]) if ending in _SHORT else (written,)
    if written.lower() == "cannot":
        return written[:3], "not"
    if written.lower() in _PERCENT:
        return ("percent",)
    return (written.replace(".", "") if written.endswith(".") else written,)


@lru_cache(maxsize=1 << 16)
def bases(word: str) -> frozenset[str]:
    """Give the base forms a word may have, itself included, in one spelling.

    Parameters
    ----------
    word
        In lower case.

    Returns
    -------
    frozenset of str
        Bases are only good for comparing: British and American spellings fall together, here and in the
        phrases alike.
    """
    found = {word}
    found.update(_irregular().get(word, ()))
    for before in _BEFORE:
        if word.startswith(before):
            found.update(before + base for base in _irregular().get(word[len(before) :], ()))
    if len(word) > 4 and word.endswith("men"):
        found.add(word[:-2] + "an")
    if len(word) > 3:
        if word.endswith("s") and not word.endswith("ss"):
            found.add(word[:-1])
            if word.endswith("es"):
                found.add(word[:-2])
            if word.endswith("ies"):
                found.add(word[:-3] + "y")
        for ending in ("ed", "ing"):
            if word.endswith(ending) and len(word) > len(ending) + 1:
                stem = word[: -len(ending)]
                found.update((stem, stem + "e"))
                if len(stem) > 2 and stem[-1] == stem[-2]:
                    found.add(stem[:-1])
                if ending == "ed" and stem.endswith("i"):
                    found.add(stem[:-1] + "y")
                if ending == "ing" and stem.endswith("y"):
                    found.add(stem[:-1] + "ie")
    return frozenset({spelling(one) for one in found if one == word or one not in _FORMLESS})


@lru_cache(maxsize=1 << 16)
def spelling(word: str) -> str:
    """Write a word so that British and American spellings are the same."""
    if len(word) > 4:
        for pattern, other in _BRITISH:
            word = pattern.sub(other, word)
    return word


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    """Map each irregular form to its bases: "shot" to "shoot"."""
    told = tomllib.loads((resources.files("plebiscope.conduct") / "forms.toml").read_text("utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for line in told["irregular"].strip().splitlines():
        base, *forms = line.split()
        for form in forms:
            found[form] = (*found.get(form, ()), base)
    return found
