"""Text from files, made fit to be shown: it cannot act, nor reverse its neighbours, nor run on for ever."""

from __future__ import annotations

import re

NAME = 120
"""Longest name (of a station, an area, an option, a column) that is shown whole."""
LONG = 2500
"""Longest text that is shown whole."""
WORD = 200
"""Longest run without a blank that is shown whole."""

# Control characters, lone surrogates, and the marks that embed, override or isolate a writing direction.
# Right-to-left letters themselves stay, and are isolated by <bdi> on the page.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069\ufeff]"
)
_RUN = re.compile(rf"\S{{{WORD + 1},}}")
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")  # blanks that forbid a line break stay


def fit(text: str) -> str:
    """Return text without control and direction marks and with endless words cut, otherwise as it stands."""
    return _RUN.sub(lambda match: match.group()[: WORD - 1] + "…", _UNFIT.sub("", text))


def plain(text: object, limit: int = LONG) -> str:
    """Return text on one line, without control and direction marks, cut to a length.

    Parameters
    ----------
    text
        Anything; null becomes the empty text.
    limit
        Most code points to keep; a cut is marked by an ellipsis.
    """
    if text is None:
        return ""
    # Cut coarsely first, so that a text of megabytes costs nothing.
    line = _SPACE.sub(" ", fit(str(text)[: 4 * limit + 10_000])).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def name(text: object) -> str:
    """Return a name from a file as it may be shown."""
    return plain(text, NAME)


def without_name(sentence: str, vote: str | None) -> str:
    """Return a sentence as it stands where everything is about one vote: without that vote's name before it.

    >>> [without_name(f"The vote{rest}", "The vote") for rest in (": nothing was found.", ", Nord: 3.")]
    ['Nothing was found.', 'Nord: 3.']
    """
    if vote is None:
        return sentence
    rest = next(
        (sentence.removeprefix(vote + mark) for mark in (": ", ", ") if sentence.startswith(vote + mark)), ""
    )
    return rest[:1].upper() + rest[1:] or sentence


def ended(sentence: str) -> str:
    """Return a sentence with a full stop, where it has no end of its own."""
    sentence = sentence.strip()
    return (
        sentence
        if not sentence or sentence[-1] in ".!?…" or sentence.endswith((".”", ".)"))
        else sentence + "."
    )


def lowered(text: str) -> str:
    """Return a sentence or title as it stands after a colon or inside a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
