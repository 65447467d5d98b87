"""Texts cut into words and numbers, so that a name is found in whatever way it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_MARKS = re.compile(r"[\u0300-\u036f]")
_RUN = re.compile(r"\S+")
_ADDRESS = re.compile(r"[/@\\_-]|\.[A-Za-z]\w{1,4}(?!\w)")
"""Told by this: addresses, names of files and the like, in which names stand without capitals."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number of a text, and where it stands."""

    key: str
    """Without capitals, accents and leading noughts."""
    start: int
    end: int
    capital: bool
    """Whether it begins with a capital, or stands where names are written without."""

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return self.key.isdigit()


def tokens(text: str, *, loose: bool = False) -> list[Token]:
    """Cut a text into words and numbers.

    Parameters
    ----------
    text
        Any text.
    loose
        Whether all of it is the name of a file or an address.
    """
    runs = [(0, len(text))]
    if not loose:
        runs = [run.span() for run in _RUN.finditer(text) if _ADDRESS.search(text, *run.span())]
    found = []
    at = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while at < len(runs) and runs[at][1] <= start:
            at += 1
        inside = at < len(runs) and runs[at][0] <= start
        found.append(Token(key(match[0]), start, end, inside or text[start].isupper()))
    return found


@lru_cache(maxsize=1 << 16)
def key(word: str) -> str:
    """Write a word or number so that all its spellings are one."""
    if word.isdigit():
        return word.lstrip("0") or "0"
    return _MARKS.sub("", unicodedata.normalize("NFKD", word)).casefold()


def keys(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a name."""
    return tuple(token.key for token in tokens(text))
