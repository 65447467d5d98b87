"""A scraped text made readable, without losing where each letter stood.

Scraped reports carry stray ``>`` lines, soft hyphens, invisible marks, non-breaking and doubled spaces,
quotation marks of every kind and UTF-8 that was once read as a Windows code page. The coder reads a
cleaned copy; every letter of that copy knows which letters of the original it stands for, so that a
finding is always quoted from the original.
"""

from __future__ import annotations

import html
import re
from array import array
from dataclasses import dataclass

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"

# What UTF-8 punctuation becomes when its bytes are read as Windows-1252.
_MOJIBAKE = {
    "\u00e2\u20ac\u0153": '"',
    "\u00e2\u20ac\u009d": '"',
    "\u00e2\u20ac\u2122": "'",
    "\u00e2\u20ac\u02dc": "'",
    "\u00e2\u20ac\u201c": "–",
    "\u00e2\u20ac\u201d": "—",
    "\u00e2\u20ac\u00a6": "...",
    "\u00c2\u00a0": " ",
}
_PLAIN = {
    **dict.fromkeys("“”„‟«»″＂", '"'),
    **dict.fromkeys("‘’‚‛`´′ʼ‹›", "'"),
    **dict.fromkeys("‐‑⁃−", "-"),
    **dict.fromkeys("‒―", "—"),
    "…": "...",
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
}

# Runs are matched possessively: a megabyte of blanks is passed over once, not once for every blank. A blank
# between two words is nothing unusual.
_UNUSUAL = re.compile(
    rf"(?P<space>(?! [^\s{_INVISIBLE}])\s[\s{_INVISIBLE}]*+)"
    rf"|(?P<invisible>[{_INVISIBLE}]++)"
    r"|(?P<entity>&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8});)"
    r"|(?P<mojibake>" + "|".join(map(re.escape, _MOJIBAKE)) + r")"
    r"|(?P<double>''|``)"
    r"|(?P<plain>[" + "".join(map(re.escape, _PLAIN)) + r"])"
)
# Marks that stand at the head of a line and belong to the page, not to the sentence.
_LINE_HEAD = re.compile(r"(?:[>|\s]|[*_=~#-]+(?=\s*(?:\n|\Z)))*+(?P<item>(?:#{1,6}|[*•·▪‣◦●–-])[ \t]+)?")
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    r"""A readable copy of a text, letter by letter tied to the original.

    Attributes
    ----------
    text
        Quotation marks are ``"`` and ``'``, hyphens ``-``, blanks single, line ends ``\n``; an empty line
        between paragraphs is ``\n\n``.
    starts, ends
        For each letter of ``text``, the half-open range of the original it stands for, in code points.
    """

    text: str
    starts: array[int]
    ends: array[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Carry a non-empty half-open range of the cleaned text over to the original."""
        return self.starts[start], self.ends[end - 1]

    @property
    def lowered(self) -> str:
        """The cleaned text in lower case, letter for letter as long as :attr:`text`."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        # A few letters (Turkish İ) grow when lowered; they are left as they are.
        return "".join(low if len(low := letter.lower()) == 1 else letter for letter in self.text)


def clean(original: str, start: int = 0) -> Cleaned:
    """Make a readable copy of a text.

    Parameters
    ----------
    original
        The untouched text.
    start
        Where the body begins, in code points; what stands before it is not read.

    Returns
    -------
    Cleaned
        Its offsets point into ``original``.
    """
    letters: list[str] = []
    starts = array("L")
    ends = array("L")

    def keep(first: int, last: int) -> None:
        letters.append(original[first:last])
        starts.extend(range(first, last))
        ends.extend(range(first + 1, last + 1))

    def put(written: str, first: int, last: int) -> None:
        letters.append(written)
        starts.extend([first] * len(written))
        ends.extend([last] * len(written))

    head = _LINE_HEAD.match(original, start)
    at = head.end() if head else start
    while found := _UNUSUAL.search(original, at):
        keep(at, found.start())
        at = found.end()
        if found["space"]:
            breaks = len(_BREAKS.findall(found["space"]))
            if breaks:
                head = _LINE_HEAD.match(original, at)
                if head and head.end() > at:
                    breaks += 1 if head["item"] else 0
                    breaks += len(_BREAKS.findall(head[0]))
                    at = head.end()
            put("\n\n" if breaks > 1 else "\n" if breaks else " ", found.start(), at)
        elif not found["invisible"]:
            put(_written(found), found.start(), at)
    keep(at, len(original))
    return Cleaned("".join(letters), starts, ends)


def _written(found: re.Match[str]) -> str:
    whole = found[0]
    if found["double"]:
        return '"'
    if found["mojibake"]:
        return _MOJIBAKE[whole]
    if found["plain"]:
        return _PLAIN[whole]
    letter = html.unescape(whole)
    return " " if letter.isspace() else _PLAIN.get(letter, letter)
