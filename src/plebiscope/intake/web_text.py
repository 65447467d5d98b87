"""The text of a web page that was written to be read, and what the page says of itself.

A tag is found without regard to what stands before it, so the time is linear in the length: Python's own
parser takes hours for a megabyte of unclosed comments. Nothing is run and nothing is fetched.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plebiscope.intake.encoding import decode_page

_HEAD_LENGTH = 200_000
"""Letters at the head of a page in which its metadata are sought."""
_DATE_KEYS = (
    "article:published_time", "og:published_time", "datepublished", "dc.date.issued", "dcterms.issued",
    "citation_publication_date", "parsely-pub-date", "sailthru.date", "publication_date", "publish-date",
    "publishdate", "pubdate", "dc.date", "dcterms.date", "dcterms.created", "date",
)  # fmt: skip
_AUTHOR_KEYS = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "citation_author",
    "sailthru.author",
)
_META = re.compile(r"<(?:meta|time)\b[^<>]{0,2000}+>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w:.-]*+)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++)))?""")
_LINKED = "application/ld+json"
_MOST_LINKED = 2_000_000
_ARTICLES = ("article", "report", "posting", "pressrelease", "newsarticle")
_CODE = ("script", "style")
_UNSEEN = (
    "head", "noscript", "template", "svg", "iframe", "object", "select", "button", "nav",
    "footer", "aside",
)  # fmt: skip
_BLOCKS = frozenset(
    (
        "address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt",
        "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li",
        "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "ul",
    )
)  # fmt: skip
_CONTAINERS = frozenset(
    ("div", "section", "ul", "ol", "form", "dialog", "p", "span", "table", "dl", "header")
)
"""Elements that may be furniture by what they are called; a whole article never is."""
_FURNITURE = frozenset((
    "ads", "advert", "advertisement", "advertising", "breadcrumb", "breadcrumbs", "commentlist", "comments",
    "consent", "cookie", "cookies", "disqus", "gdpr", "menu", "modal", "mostread", "navbar", "navigation",
    "newsletter", "newsletters", "popup", "promo", "recommendation", "recommendations", "recommended",
    "related",
    "respond", "share", "sharebar", "sharing", "sidebar", "signup", "skip", "social", "subscribe",
    "subscription", "trending",
))  # fmt: skip
_NOT_FURNITURE = frozenset(("has", "no", "with", "without", "not", "wrapper", "layout", "page"))
_NAME_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LEAST = 400
"""Letters that must be left where more than half of the page was taken for furniture."""
_MOST_JUDGED = 5_000_000
"""Bytes of a page by which it is judged to hold results."""
_CELLS = frozenset(("table", "tr", "td", "th", "caption"))
_COUNT = re.compile(r"\d[\d\s.,'’]{0,20}+")
_FEWEST_COUNTS = 12
"""Fewest numbers of a table of results: four stations, each with its voters and the votes for and against."""
_TAG = re.compile(r"<(?:/?(?P<name>[A-Za-z][\w:-]{0,30}+)[^<>]{0,20000}+|[!?][^<>]{0,20000}+)>")
_BLANKS = re.compile(r"\s++")
_AROUND_BREAK = re.compile(r" ?(\n++)[ \n]*+")
_LONG_NUMBER = re.compile(r"&#\d{8,}+;?")
"""Python refuses to turn a number of thousands of digits into a letter."""


@dataclass(frozen=True, slots=True)
class WebText:
    """What a web page holds for readers."""

    text: str
    """Paragraphs, separated by an empty line."""
    published: str | None = None
    """Date in the page's metadata, as it is written there."""
    author: str | None = None
    left_out: int = 0
    """Words of parts that are called comments, cookies, related articles and the like."""


def text_of_page(source: str) -> WebText:
    """Keep the text of a web page that was written to be read.

    Scripts, styles, page furniture that says so by its tag (``nav``, ``footer``, ``aside``) or by its name
    (cookie banners, share buttons, lists of other articles, readers' comments), comments in the source, what
    is hidden and the head are left out. Where scripts would have fetched the text and the metadata hold it,
    it is taken from there.
    """
    linked = next(_articles(source), {})
    written = list(_metadata(source[:_HEAD_LENGTH]))
    published = (
        _first(written, _DATE_KEYS)
        or _text(linked.get("datePublished"))
        or next((fact["datetime"] for fact in written if fact.get("datetime")), None)
    )
    author = _first(written, _AUTHOR_KEYS) or _author(linked.get("author"))
    source = _visible(source)
    text, left_out, closed = _walk(source, furnished=True)
    if not closed or len(text) < min(_LEAST, left_out):
        text, left_out, _ = _walk(source, furnished=False)
    body = _text(linked.get("articleBody"))
    if body and len(body) > 2 * len(text):
        text, left_out = _paragraphs(_plain_lines(body)), 0
    return WebText(text, published, author, left_out // 6)


def holds_counts(data: bytes) -> bool:
    """Tell a web page whose tables hold most of its text, and in them counts: results, and no report."""
    source = _visible(decode_page(data[:_MOST_JUDGED])[0])
    cells: list[list[str]] = []
    inside = outside = depth = at = 0
    for tag in _TAG.finditer(source):
        text = _plain(source[at : tag.start()]).strip()
        at = tag.end()
        if depth:
            inside += len(text)
            cells[-1].append(text)
        else:
            outside += len(text)
        name = (tag["name"] or "").lower()
        if name == "table":
            depth = max(0, depth + (-1 if tag[0].startswith("</") else 1))
        if name in _CELLS:
            cells.append([])
    outside += len(_plain(source[at:]).strip())
    told = list(filter(None, map("".join, cells)))
    numbers = sum(bool(_COUNT.fullmatch(cell)) for cell in told)
    return inside > outside and numbers >= _FEWEST_COUNTS and 3 * numbers >= len(told)


# ---------------------------------------------------------------------------------------------- metadata


def _metadata(head: str) -> Iterator[dict[str, str]]:
    for tag in _META.finditer(head):
        yield _attributes(tag[0])


def _attributes(tag: str) -> dict[str, str]:
    """Read the attributes of a tag; their names in lower case."""
    inside = _BLANKS.sub(" ", tag).lstrip("<").partition(" ")[2]
    return {
        found[1].lower(): html.unescape(_LONG_NUMBER.sub("", found[2] or found[3] or found[4] or ""))
        for found in _ATTRIBUTE.finditer(inside)
    }


def _first(written: list[dict[str, str]], keys: tuple[str, ...]) -> str | None:
    """Find what the metadata say under the first of these names."""
    named: dict[str, str] = {}
    for fact in written:
        for key in ("property", "name", "itemprop"):
            said = (fact.get("content") or fact.get("datetime") or "").strip()
            # An author is often a link to a page about them.
            if fact.get(key) and said and "://" not in said:
                named.setdefault(fact[key].lower(), said[:200])
    return next((named[key] for key in keys if key in named), None)


def _articles(source: str) -> Iterator[dict[str, Any]]:
    """Find the articles that a page describes as JSON-LD."""
    lowered = _lowered(source)
    at, left = 0, _MOST_LINKED
    while (found := lowered.find(_LINKED, at)) >= 0:
        start = lowered.find(">", found) + 1
        at = end = lowered.find("</script", start)
        if not start or end < 0 or (left := left - (end - start)) < 0:
            return
        try:
            waiting = [json.loads(source[start:end], strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            one = waiting.pop()
            if isinstance(one, list):
                waiting += reversed(one)
            elif isinstance(one, dict):
                kinds = one.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(kind, str) and kind.lower().endswith(_ARTICLES) for kind in kinds):
                    yield one
                waiting += [one[key] for key in ("mainEntity", "@graph") if key in one]


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _author(value: Any) -> str | None:
    several = value if isinstance(value, list) else [value]
    names = [_text(one.get("name") if isinstance(one, dict) else one) for one in several[:10]]
    return ", ".join(name for name in names if name)[:200] or None


# --------------------------------------------------------------------------------------------------- text


def _walk(source: str, *, furnished: bool) -> tuple[str, int, bool]:
    """Read the text between the tags.

    Returns
    -------
    text, left_out, closed
        The text; letters in elements that are furniture by their name, which are passed over where
        ``furnished``; and whether all of these were closed.
    """
    pieces: list[str] = []
    at = left_out = depth = 0
    inside = ""
    for tag in _TAG.finditer(source):
        name = (tag["name"] or "").lower()
        if inside:
            left_out += len(_plain(source[at : tag.start()]).strip())
            if name == inside:
                depth += -1 if tag[0].startswith("</") else 1
                inside = inside if depth else ""
        else:
            pieces.append(_plain(source[at : tag.start()]))
            pieces.append("\n" if name == "br" else "\n\n" if name in _BLOCKS else "")
            if furnished and name in _CONTAINERS and _is_furniture(tag[0]):
                inside, depth = name, 1
        at = tag.end()
    rest = _plain(source[at:])
    if not inside:
        pieces.append(rest)
    return _paragraphs("".join(pieces)), left_out, not inside


def _is_furniture(tag: str) -> bool:
    if tag.startswith("</") or tag.endswith("/>"):
        return False
    told = _attributes(tag[:2000])
    if "hidden" in told or "display:none" in told.get("style", "").replace(" ", "").lower():
        return True
    for called in f"{told.get('class', '')} {told.get('id', '')} {told.get('role', '')}".split():
        parts = {part.lower() for part in _NAME_PARTS.findall(called)}
        if parts & _FURNITURE and not parts & _NOT_FURNITURE:
            return True
    return False


def _visible(source: str) -> str:
    """Leave out the comments of a web page and what those who open it do not see or did not come for."""
    # What looks like a comment inside a script is none.
    for name in _CODE:
        source = _without(source, f"<{name}", f"</{name}")
    source = _without(source, "<!--", "-->")
    for name in _UNSEEN:
        source = _without(source, f"<{name}", f"</{name}")
    return source


def _without(source: str, opening: str, closing: str) -> str:
    """Cut out each stretch from ``opening`` to the end of the tag ``closing``.

    What is never closed is cut to the end where it is a comment or a script; else only its tag is, as for
    one that closes itself: the text of a page is not lost for a forgotten tag.
    """
    lowered = _lowered(source)
    kept: list[str] = []
    at = 0
    to_the_end = opening == "<!--" or opening[1:] in _CODE
    closed = True
    while (start := lowered.find(opening, at)) >= 0:
        behind = lowered[start + len(opening) : start + len(opening) + 1]
        if opening != "<!--" and (behind.isalnum() or behind in "-_:"):
            kept.append(source[at : start + len(opening)])
            at = start + len(opening)
            continue
        kept.append(source[at:start])
        end = lowered.find(closing, start + len(opening)) if closed else -1
        closed = end >= 0
        tag = lowered.find(">", start) if not to_the_end else -1
        if tag >= 0 and (not closed or lowered[tag - 1] == "/"):
            at = tag + 1
            continue
        if end >= 0 and opening != "<!--":
            end = lowered.find(">", end)
        if end < 0:
            return "".join(kept)
        at = end + (len(closing) if opening == "<!--" else 1)
    kept.append(source[at:])
    return "".join(kept)


def _lowered(source: str) -> str:
    lowered = source.lower()
    if len(lowered) != len(source):
        # A few letters grow when lowered (Turkish İ); tags are plain ASCII.
        lowered = "".join(letter.lower() if letter.isascii() else letter for letter in source)
    return lowered


def _plain(piece: str) -> str:
    return _BLANKS.sub(" ", html.unescape(_LONG_NUMBER.sub("\ufffd", piece)))


def _plain_lines(body: str) -> str:
    """Read a text in JSON-LD, which may hold entities and ends its paragraphs with line ends."""
    return "\n\n".join(_plain(line) for line in body.splitlines())


def _paragraphs(text: str) -> str:
    return _AROUND_BREAK.sub(_break, text).strip()


def _break(found: re.Match[str]) -> str:
    return "\n\n" if found[0].count("\n") > 1 else "\n"
