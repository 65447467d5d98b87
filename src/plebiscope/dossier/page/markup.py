"""Words that are set apart in a line, and addresses that can be clicked."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from plebiscope.dossier.text import LONG, plain

_SET_APART = re.compile(
    "(?P<exponent>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[\\s\\d'\"-]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)
_EXPONENT, _DIRECTION = Markup('<span class="exponent">{}</span>'), Markup("<bdi>{}</bdi>")
_SHOWN_ADDRESS = 60
_LINK = re.compile(r"https?://[^\s<>\"'）)]+")


def isolated(text: object, limit: int = LONG) -> str | Markup:
    """Return text fit to be shown: right-to-left words cannot reorder their neighbours, exponents are even.

    An exponent stays in superscript letters, so that it is still one when the sentence is copied; set apart,
    it is taken from one font, where it would else be pieced together from several.
    """
    line = plain(text, limit)
    parts: list[Markup] = []
    end = 0
    for match in _SET_APART.finditer(line):
        frame = _EXPONENT if match["exponent"] else _DIRECTION
        parts += [escape(line[end : match.start()]), frame.format(match.group())]
        end = match.end()
    if not parts:
        return line
    return Markup("").join([*parts, escape(line[end:])])


def linked(text: str) -> Markup:
    """Make the web addresses in a text clickable; no other address becomes a link."""
    parts: list[Markup] = []
    end = 0
    for match in _LINK.finditer(text):
        address = match.group().rstrip(".,;")
        parts.append(escape(text[end : match.start()]))
        bare = plain(re.sub(r"^https?://(www\.)?", "", address), _SHOWN_ADDRESS)
        parts.append(Markup('<a href="{}">{}</a>').format(address, bare))
        end = match.start() + len(address)
    parts.append(escape(text[end:]))
    return Markup("").join(parts)
