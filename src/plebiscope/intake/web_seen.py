"""What readers of a web page see of it: neither scripts and comments in the source nor what is hidden.

Hidden is what the page hides by itself, whatever the element: ``hidden``, ``display: none``, ``visibility:
hidden``, a dialog that is not open. Where an element ends whose end is not written, a cell, a list item, a
paragraph, is told as browsers tell it. Rules of a style sheet are not followed. ``aria-hidden`` hides
from those who listen, not from those who read.

All of it is linear in the length of the page: Python's own parser takes hours for a megabyte of unclosed
comments.
"""

from __future__ import annotations

import html
import re

BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
        "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
        "h4", "h5", "h6", "header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre",
        "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
"""Elements that stand apart from what is before and behind them, and do not end with a word around them."""
TAG = re.compile(
    r"<(?:/?(?P<name>[A-Za-z][\w:-]{0,30}+)(?:[^<>=]++|=\s*+(?:\"[^\"<]*+\"|'[^'<]*+')?+)*+>"
    r"|[!?][^<>]{0,20000}+>)"
)
"""A tag. A value between quotation marks may hold ``>``; a ``<`` ends whatever is no tag, which keeps the
time in proportion."""
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:.-]*+)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?""")
_BLANKS = re.compile(r"\s++")
_LONG_NUMBER = re.compile(r"&#\d{8,}+;?")
"""Python refuses to turn a number of thousands of digits into a letter."""

_CODE = ("script", "style")
_UNSEEN = ("head", "noscript", "template", "svg", "iframe", "object", "select", "button")
_FURNITURE = ("nav", "footer", "aside")
_VOID = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
        "track", "wbr",
    )
)  # fmt: skip
"""Elements that hold nothing."""
_WHOLE = frozenset(("html", "body"))
"""A page that hides all of itself is one that a script uncovers when it is loaded."""
_MAY_HIDE = re.compile(r"hidden|style|<dialog", re.IGNORECASE)
_TABLE = frozenset(("table", "caption", "td", "th"))
_SECTIONS = ("thead", "tbody", "tfoot")
_ENDED_BY = {
    **dict.fromkeys(BLOCKS, ("p",)),
    "li": ("li",),
    **dict.fromkeys(("dt", "dd"), ("dt", "dd")),
    **dict.fromkeys(("td", "th"), ("td", "th")),
    "tr": ("td", "th", "tr"),
    **dict.fromkeys(_SECTIONS, ("td", "th", "tr", *_SECTIONS)),
}
"""Elements that end where another begins, though their end is not written."""
_NOT_OUT_OF = {
    "li": _TABLE | {"ul", "ol"},
    "dt": _TABLE | {"dl"},
    "dd": _TABLE | {"dl"},
    **dict.fromkeys(("tr", "td", "th", "caption", *_SECTIONS), frozenset(("table",))),
    "table": frozenset[str](),
}
"""Elements that hold what ends inside them: a list item ends none of the list around its own."""


def seen(source: str) -> tuple[str, int]:
    """Leave out what those who open a web page do not see, and what they did not come for.

    Cut are comments in the source, scripts, styles, the head, what is hidden, and
    what is furniture by its tag (``nav``, ``footer``, ``aside``).

    Returns
    -------
    source, left_out
        The rest of the page; and how many letters of text were hidden or furniture.
    """
    # What looks like a comment inside a script is none.
    for name in _CODE:
        source, _ = _without(source, f"<{name}", f"</{name}")
    source, _ = _without(source, "<!--", "-->")
    for name in _UNSEEN:
        source, _ = _without(source, f"<{name}", f"</{name}")
    left_out = 0
    for name in _FURNITURE:
        source, cut = _without(source, f"<{name}", f"</{name}")
        left_out += sum(len(plain(TAG.sub(" ", one)).strip()) for one in cut)
    source, hidden = _shown(source)
    return source, left_out + hidden


def attributes(tag: str) -> dict[str, str]:
    """Read the attributes of a tag; their names in lower case."""
    inside = _BLANKS.sub(" ", tag).lstrip("<").partition(" ")[2]
    told: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(inside):
        value = html.unescape(_LONG_NUMBER.sub("", found[2] or found[3] or found[4] or ""))
        told.setdefault(found[1].lower(), value)
    return told


def plain(piece: str) -> str:
    """Give what stands between two tags as readers see it."""
    return _BLANKS.sub(" ", html.unescape(_LONG_NUMBER.sub("\ufffd", piece)))


def lowered(source: str) -> str:
    """Lower the letters of tags and leave every letter in its place."""
    low = source.lower()
    if len(low) != len(source):
        # A few letters grow when lowered (Turkish İ); tags are plain ASCII.
        low = "".join(letter.lower() if letter.isascii() else letter for letter in source)
    return low


def _without(source: str, opening: str, closing: str) -> tuple[str, list[str]]:
    """Cut out each stretch from ``opening`` to the end of the tag ``closing``.

    What is never closed is cut to the end where it is a comment or a script; else only its tag is, as for
    one that closes itself: the text of a page is not lost for a forgotten tag.

    Returns
    -------
    source, cut
        The rest, and the stretches.
    """
    low = lowered(source)
    kept: list[str] = []
    cut: list[str] = []
    at = 0
    to_the_end = opening == "<!--" or opening[1:] in _CODE
    closed = True
    while (start := low.find(opening, at)) >= 0:
        behind = low[start + len(opening) : start + len(opening) + 1]
        if opening != "<!--" and (behind.isalnum() or behind in "-_:"):
            kept.append(source[at : start + len(opening)])
            at = start + len(opening)
            continue
        kept.append(source[at:start])
        end = low.find(closing, start + len(opening)) if closed else -1
        closed = end >= 0
        tag = low.find(">", start) if not to_the_end else -1
        if tag >= 0 and (not closed or low[tag - 1] == "/"):
            at = tag + 1
            continue
        if end >= 0 and opening != "<!--":
            end = low.find(">", end)
        if end < 0:
            return "".join(kept), [*cut, source[start:]]
        at = end + (len(closing) if opening == "<!--" else 1)
        cut.append(source[start:at])
    kept.append(source[at:])
    return "".join(kept), cut


# ------------------------------------------------------------------------------------------------- hidden


class _Open:
    """The elements that are open at a place of a page, with whether what stands in them is seen."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._displayed = [True]
        self._visible = [True]
        self._holding = [-1]
        """Place of the innermost element of those that hold others, at each depth."""
        self._places: dict[str, list[int]] = {}
        """Places of the open elements by their name: looked up, and never searched for."""

    @property
    def displayed(self) -> bool:
        """Whether there is any trace of what stands here."""
        return self._displayed[-1]

    @property
    def shown(self) -> bool:
        """Whether the text here is seen."""
        return self._displayed[-1] and self._visible[-1]

    def begin(self, name: str, tag: str) -> None:
        """Open an element, which ends others."""
        for other in _ENDED_BY.get(name, ()):
            self.end(other)
        if name in _VOID:
            return
        displayed, visible = self._displayed[-1], self._visible[-1]
        if name not in _WHOLE and _MAY_HIDE.search(tag):
            told = attributes(tag)
            style = _style(told.get("style", ""))
            display = style.get("display")
            unopened = name == "dialog" and "open" not in told
            displayed &= display != "none" and (display is not None or not ("hidden" in told or unopened))
            if "visibility" in style:
                visible = style["visibility"] not in ("hidden", "collapse")
        place = len(self._names)
        self._places.setdefault(name, []).append(place)
        self._names.append(name)
        self._holding.append(place if name in BLOCKS else self._holding[-1])
        self._displayed.append(displayed)
        self._visible.append(visible)

    def end(self, name: str) -> bool:
        """Close the innermost element of a name, and with it what is open in it.

        Returns
        -------
        bool
            Whether it, or where no such element is open what is around, was displayed.
        """
        place = self._last(name)
        if name in BLOCKS:
            wall = max(map(self._last, _NOT_OUT_OF.get(name, _TABLE)), default=-1)
        else:
            wall = self._holding[-1]
        if place < wall or place < 0:
            return self.displayed
        displayed = self._displayed[place + 1]
        while len(self._names) > place:
            self._places[self._names.pop()].pop()
            self._displayed.pop()
            self._visible.pop()
            self._holding.pop()
        return displayed

    def _last(self, name: str) -> int:
        places = self._places.get(name)
        return places[-1] if places else -1


def _shown(source: str) -> tuple[str, int]:
    """Leave out what the page hides, and say how many letters these are."""
    if not _MAY_HIDE.search(source):
        return source, 0
    # Only in XHTML does a tag close itself.
    strict = source[:200].lstrip("\ufeff \t\r\n").startswith("<?xml")
    inside = _Open()
    kept: list[str] = []
    hidden = at = 0
    for tag in TAG.finditer(source):
        piece = source[at : tag.start()]
        at = tag.end()
        if inside.shown:
            kept.append(piece)
        else:
            hidden += len(plain(piece).strip())
        name = (tag["name"] or "").lower()
        displayed = inside.displayed
        if tag[0].startswith("</"):
            displayed = inside.end(name)
        elif name:
            inside.begin(name, tag[0])
            displayed = inside.displayed
            if strict and tag[0].endswith("/>") and name not in _VOID:
                inside.end(name)
        if displayed:
            kept.append(tag[0])
    if inside.shown:
        kept.append(source[at:])
    else:
        hidden += len(plain(source[at:]).strip())
    return "".join(kept), hidden


def _style(written: str) -> dict[str, str]:
    """Read the declarations of a style: the last of one name holds."""
    first, *others = written.split("/*")
    written = first + "".join(one.partition("*/")[2] for one in others)
    declared: dict[str, str] = {}
    for one in written.lower().split(";"):
        name, _, value = one.partition(":")
        declared[name.strip()] = value.replace("!important", "").strip()
    return declared
