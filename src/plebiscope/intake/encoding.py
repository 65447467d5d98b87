"""Which encoding a text is in: marks first, then UTF-8, then what reads like words.

A wrong code page turns every letter into another one and no byte is in error, so the choice among
code pages is made by the words that come out: the candidate under which most words are known to the
header vocabulary wins; where no word is known, ``charset-normalizer`` decides.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from plebiscope.intake.sniff import utf16_without_mark

_PAGES = (
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1254",
    "cp1253",
    "cp1257",
    "iso8859_2",
    "iso8859_5",
    "iso8859_9",
    "iso8859_15",
    "koi8_r",
    "koi8_u",
    "cp866",
    "cp852",
    "cp850",
    "mac_cyrillic",
    "mac_roman",
    "big5hkscs",
    "gb18030",
    "shift_jis",
    "euc_kr",
    "cp1256",
    "cp1255",
    "cp874",
)
_MADE_FOR = (
    ("cp1252 iso8859_15 cp850 mac_roman", "ca da de en es fi fr gl ht id is it nl no pt sv sw"),
    ("cp1250 iso8859_2 cp852", "cs hr hu pl ro sk sl sq sr"),
    ("cp1251 koi8_r koi8_u cp866 iso8859_5 mac_cyrillic", "be bg kk ky mk ru uk"),
    ("cp1253", "el"),
    ("cp1254 iso8859_9", "az tr"),
    ("cp1257", "et lt lv"),
)
"""Pages, and the languages they were made for: the words of a header tell the page of the names below."""
_LANGUAGES = {page: frozenset(codes.split()) for pages, codes in _MADE_FOR for page in pages.split()}
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAID = re.compile(rb"""<meta\b[^>]{0,200}?charset\s{0,3}=\s{0,3}["']?\s{0,3}([\w-]{2,20})""", re.I)
"""What a web page says of its encoding."""
_NO_PAGES = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape"))
"""Codecs made for other things than pages, of which some take hours over a long text."""
_ASTRAY = re.compile(
    r"(?<=\d)(?:(?![\x00-\x7f])[^\W\d_])(?=\d)"  # a letter between digits, where a separator was meant
    r"|(?![\x00-\x7f\u00a0«»°§´·’‘‚“”„–—…€£№\u3000-\u303f\uff00-\uffef])[\W_]"
)
"""What stands in no text: signs beyond those of ordinary printing."""


def decode(data: bytes) -> tuple[str, str]:
    """Turn bytes into text.

    Returns
    -------
    text, encoding
        The encoding's Python name; ``utf-8 (damaged)`` where some bytes were no UTF-8 and stand as U+FFFD.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, errors="replace").lstrip("\ufeff"), name
    wide = utf16_without_mark(data[:65536])
    if wide:
        return data.decode(wide, errors="replace"), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        first_error = error
    if _mostly_utf8(data):
        return data.decode("utf-8", errors="replace"), "utf-8 (damaged)"
    page = _page(_sample(data, first_error.start))
    return data.decode(page, errors="replace"), page


def decode_page(data: bytes) -> tuple[str, str]:
    """Turn the bytes of a web page into text: where its bytes do not tell the encoding, what it says does.

    Returns
    -------
    text, encoding
        As by :func:`decode`.
    """
    text, encoding = decode(data)
    named = None if encoding.startswith("utf") else said_by_page(data)
    return (data.decode(named, errors="replace"), named) if named else (text, encoding)


def said_by_page(data: bytes) -> str | None:
    """Return the Python name of the encoding that the head of a web page states; None if it states none."""
    said = _SAID.search(data[:4096])
    try:
        name = codecs.lookup(said[1].decode("ascii")).name if said else None
        # An encoding of two bytes a letter would not have let its own name be read.
        return name if name and b"09azAZ".decode(name) == "09azAZ" and name not in _NO_PAGES else None
    except (LookupError, UnicodeError):
        return None


def _mostly_utf8(data: bytes) -> bool:
    """Tell a UTF-8 text with a few damaged bytes from one in a code page."""
    text = data.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for letter in text[: 1 << 20] if letter > "\x7f" and letter != "\ufffd")
    return right > 8 * wrong


def _sample(data: bytes, first: int) -> bytes:
    """Take the head of the file and the lines around its first byte above 127."""
    start = data.rfind(b"\n", 0, first) + 1
    return _lines(data, 0, 16384) + b"\n" + _lines(data, start, 65536)


def _lines(data: bytes, start: int, length: int) -> bytes:
    """Cut whole lines, lest a letter of two bytes be cut through and rule its own page out."""
    piece = data[start : start + length]
    return piece if start + length >= len(data) else piece[: piece.rfind(b"\n") + 1] or piece


def _page(sample: bytes) -> str:
    language = _language(sample)
    scores: dict[str, tuple[float, bool, float]] = {}
    for page in _PAGES:
        try:
            text = sample.decode(page)
        except UnicodeDecodeError:
            # A sample may end inside a letter of two bytes; anything else rules the page out.
            try:
                text = sample[:-1].decode(page)
            except UnicodeDecodeError:
                continue
        scores[page] = (_known(text), language in _LANGUAGES.get(page, ()), _plain(text))
    if not scores:
        return "latin-1"
    best = max(scores, key=lambda page: scores[page])
    if any(scores[best][:2]):
        return best
    from charset_normalizer import from_bytes

    guess = from_bytes(sample, cp_isolation=list(scores)).best()
    return guess.encoding if guess is not None else best


def _language(sample: bytes) -> str | None:
    """Say in which language the words in plain letters are, at the head of the file."""
    from plebiscope.intake.vocabulary import read, tongues

    cells = re.split(r"[,;|\t\r\n\"]+", sample[:4096].decode("ascii", errors="replace"))
    words = [cell for cell in dict.fromkeys(cells) if "\ufffd" not in cell and _WORD.search(cell)][:60]
    best = tongues(words)[0]
    return best if any(read(word, best).known for word in words) else None


def _known(text: str) -> float:
    """Count distinct words beyond ASCII that the header vocabulary knows."""
    from plebiscope.intake.vocabulary import knows

    words = {word.casefold() for word in _WORD.findall(text) if not word.isascii()}
    return float(sum(1 for word in words if knows(word)))


@lru_cache(maxsize=64)
def _plain(text: str) -> float:
    """Share of letters beyond ASCII that sit in words of one alphabet and one natural case."""
    good = 0
    bad = len(_ASTRAY.findall(text))
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        natural = word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())
        good, bad = (good + 1, bad) if natural else (good, bad + 1)
    return (good - bad) / max(1, good + bad)
