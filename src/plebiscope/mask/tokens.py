"""Texts cut into words and numbers, so that a name is found in whatever way it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LETTERS = r"(?:[^\W\d_\u02b9-\u02bf][\u0300-\u036f]*)+"
"""A word; accents may stand behind their letters, apostrophes that count as letters end it."""
_BREAK = r"(?:[\u00ad\u200b-\u200d\u2060\ufeff]|[-\u2010\u00ad][^\S\n]*\n[^\S\n]*)"
"""What stands within a word and is no part of it: the end of a line, or a sign that nobody sees."""
_TOKEN = re.compile(rf"{_LETTERS}|\d+")
_WHOLE = re.compile(rf"{_LETTERS}(?:{_BREAK}{_LETTERS})*|\d+")
BROKEN = re.compile(_BREAK)
_MARKS = re.compile(r"[\u0300-\u036f]")
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
"""Letters with a stroke or of two letters, which are no letter with an accent."""
RUN = re.compile(r"\S+")
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


def tokens(text: str, *, loose: bool = False, whole: bool = False) -> list[Token]:
    """Cut a text into words and numbers.

    Parameters
    ----------
    text
        Any text.
    loose
        Whether all of it is the name of a file or an address.
    whole
        Whether words broken over two lines, or by signs that nobody sees, are put together.
    """
    runs = [(0, len(text))]
    if not loose:
        runs = [run.span() for run in RUN.finditer(text) if _ADDRESS.search(text, *run.span())]
    found = []
    at = 0
    for match in (_WHOLE if whole else _TOKEN).finditer(text):
        start, end = match.span()
        while at < len(runs) and runs[at][1] <= start:
            at += 1
        inside = at < len(runs) and runs[at][0] <= start
        found.append(
            Token(
                key(BROKEN.sub("", match[0]) if whole else match[0]),
                start,
                end,
                inside or text[start].isupper(),
            )
        )
    return found


@lru_cache(maxsize=1 << 16)
def key(word: str) -> str:
    """Write a word or number so that all its spellings are one."""
    if word.isdigit():
        return word.lstrip("0") or "0"
    return _MARKS.sub("", unicodedata.normalize("NFKD", word)).casefold().translate(_PLAIN)


def keys(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a name."""
    return tuple(token.key for token in tokens(text))
