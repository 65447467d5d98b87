"""The language in which the codebook writes what it looks for: phrases of words, not patterns of letters.

A phrase is words in their order, as one would say it: ``refuse entry`` is met by "was refused entry" and by
"refusing entry". Between blanks stand:

- ``word``: the word in any form that comes from it; a form is only itself ("barred", not "bars");
- ``=word``: exactly so; ``word*``: any word that begins so; ``^Word``: so, with its capital; ``^*``: any word
  with a capital, as names have;
- ``a/b/c``: any of them; ``(a/b c)``: any of them, or nothing (but not nothing behind a gap at the end);
- ``#``: a number, in figures or in words up to twelve;
- ``..``: up to three words, ``..7``: up to seven;
- ``<name>``: a notion, that is a named list of phrases.

A hyphen in a word is a blank: ``one-sided/biased`` is "one sided" or "biased". What is written short is read
in full: "didn't" is "did not", "cannot" is "can not"; and "per cent" and "%" are "percent".

Words that follow each other may have quotation marks, hyphens or brackets between them, but no comma, and
what ``..`` passes over may hold commas, but no semicolon, colon, dash or stop, and it does not reach what is
told of another subject (see :mod:`plebiscope.conduct.bounds`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from plebiscope.conduct.forms import apart, spelling

_HYPHEN = re.compile(r"(?<=[\w#])-(?=[\w#])(?![^<]*>)")
_PART = re.compile(r"\((?P<group>[^()]+)\)|(?P<words>[^\s]+)")
_OPEN_ENDS = re.compile(r"^(?:\.\.\d*\s*)+|(?:\s*\.\.\d*)+$")
_WRITTEN = re.compile(r"[^\W_]*'[^\W_]+|\bcannot\b|\bper[ -]cent\b|%", re.IGNORECASE)
# A text is read with its words apart (see "forms.apart"), and figures apart from letters; so are phrases.
# "(..3)" is a gap.
_AS_READ = (
    (re.compile(r"(?<=s)'(?=[\s/)]|$)"), ""),
    (re.compile(r"(?<=\d)(?=[A-Za-z])|(?<=#)(?=%)"), "-"),
    (re.compile(r"\(\.\.(\d*)\)"), r"..\1"),
)
_STEP = r"(?:[=^a-zA-Z*#/]+|\.\.\d*|<[a-z0-9.-]+>)"
_PLAIN = re.compile(rf"{_STEP}(?: {_STEP})*")
"""A phrase that has one variant: itself."""
_IDLE_END = re.compile(r"(\.\.\d*)\s*\(([^()<>]*)\)\s*$")
_GAP = re.compile(r"\.\.(\d*)")
_NOTION = re.compile(r"<([a-z0-9.-]+)>")
_VARIANTS = 512
_PASSED = 3
"""Words that ``..`` passes over at most."""


class Word(NamedTuple):
    """One place of a phrase that a single word fills: what that word may be."""

    bases: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    cased: frozenset[str] = frozenset()
    number: bool = False
    capital: bool = False

    @property
    def listed(self) -> frozenset[str]:
        """All that is written in its place."""
        return self.bases | self.exact | self.prefixes | self.cased

    def __or__(self, other: Word) -> Word:
        """Give the place that is filled by whatever fills this one or another."""
        return Word(
            self.bases | other.bases,
            self.exact | other.exact,
            self.prefixes | other.prefixes,
            self.cased | other.cased,
            self.number or other.number,
            self.capital or other.capital,
        )


class Step(NamedTuple):
    """One place of a phrase, and how far it may stand behind the place before it."""

    place: Word | str
    """What fills it: a word, or the notion of that name."""
    passes: int | None
    """Words that may be passed over, and commas with them; without a number it stands right behind."""


def variants(phrase: str) -> list[str]:
    """Write a phrase out wherever something may be missing, or an alternative has several words.

    Raises
    ------
    ValueError
        If it has more than 512 of them, or a bracket has no other.
    """
    if _PLAIN.fullmatch(phrase) and not _WRITTEN.search(phrase):
        return [phrase]
    for pattern, plain in _AS_READ:
        phrase = pattern.sub(plain, phrase)
    phrase = _WRITTEN.sub(lambda word: "-".join(part for part in apart(word[0]) if part), phrase)
    # Behind a gap at the end, what "may be missing" would leave nothing to look for: there it is wanted.
    phrase = _IDLE_END.sub(lambda end: f"{end[1]} {end[2].replace(' ', '-')}", phrase)
    found = [""]
    at = 0
    for part in _PART.finditer(phrase):
        if phrase[at : part.start()].strip() or (part["words"] and set(part["words"]) & set("()")):
            raise ValueError(f"the phrase {phrase!r} cannot be read")
        at = part.end()
        listed = (part["group"] or part["words"]).split("/")
        simple = [word for word in listed if not (_HYPHEN.search(word) or " " in word or word[:1] == "<")]
        written = [_HYPHEN.sub(" ", word) for word in listed if word not in simple]
        written += ["/".join(simple)] if simple else []
        written += [""] if part["group"] else []
        found = [f"{before} {one}".strip() for before in found for one in written]
        if len(found) > _VARIANTS:
            raise ValueError(f"the phrase {phrase!r} has too many alternatives of several words")
    if phrase[at:].strip() or not any(found):
        raise ValueError(f"the phrase {phrase!r} cannot be read")
    if len(found) > 1:
        # Where an end may be missing, what was passed over on the way to it is missing too.
        found = [_OPEN_ENDS.sub("", one) for one in found]
    return [one for one in dict.fromkeys(found) if one]


def parsed(variant: str) -> tuple[Step, ...]:
    """Read a phrase that is written out (see :func:`variants`).

    Raises
    ------
    ValueError
        If it is empty, holds a mark that the language does not know, or begins or ends with a gap.
    """
    found: list[Step] = []
    passes: int | None = None
    for written in variant.split():
        gap = _GAP.fullmatch(written) if written[0] == "." else None
        if gap:
            passes = (passes or 0) + int(gap[1] or _PASSED)
        else:
            notion = _NOTION.fullmatch(written) if written[0] == "<" else None
            found.append(Step(notion[1] if notion else _word(written), passes))
            passes = None
    if not found or found[0].passes is not None or passes is not None:
        raise ValueError(f"the phrase {variant!r} begins or ends with what may be missing, or is empty")
    return tuple(found)


@cache
def _word(written: str) -> Word:
    if set(written) & set("()<>"):
        raise ValueError(f"in a phrase, {written!r} cannot be read")
    bases: set[str] = set()
    exact: set[str] = set()
    prefixes: set[str] = set()
    cased: set[str] = set()
    listed = written.split("/")
    for word in listed:
        if word in ("#", "^*"):
            continue
        if not word.strip("=^*"):
            raise ValueError(f"{written!r} names no word of a phrase")
        if word.startswith("^"):
            cased.add(word[1:])
        elif word.startswith("="):
            exact.add(word[1:])
        elif word.endswith("*"):
            prefixes.add(word[:-1])
        else:
            bases.add(spelling(word.lower()))
    return Word(
        frozenset(bases),
        frozenset(exact),
        frozenset(prefixes),
        frozenset(cased),
        number="#" in listed,
        capital="^*" in listed,
    )
