"""The text of a web page that was written to be read, and what the page says of itself.

A tag is found without regard to what stands before it, so the time is linear in the length: Python's own
parser takes hours for a megabyte of unclosed comments. Nothing is run and nothing is fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plebiscope.intake.encoding import decode_page
from plebiscope.intake.web_seen import BLOCKS, TAG, attributes, lowered, plain, seen

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
_LINKED = "application/ld+json"
_MOST_LINKED = 2_000_000
_ARTICLES = ("article", "report", "posting", "pressrelease", "newsarticle")
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
_AROUND_BREAK = re.compile(r" ?(\n++)[ \n]*+")


@dataclass(frozen=True, slots=True)
class WebText:
    """What a web page holds for readers."""

    text: str
    """Paragraphs, separated by an empty line."""
    published: str | None = None
    """Date in the page's metadata, as it is written there."""
    author: str | None = None
    left_out: int = 0
    """Words that are hidden or stand in footers, menus, comments, cookie banners and the like."""


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
    source, unseen = seen(source)
    text, left_out, closed = _walk(source, furnished=True)
    if not closed or len(text) < min(_LEAST, left_out):
        text, left_out, _ = _walk(source, furnished=False)
    left_out += unseen
    body = _text(linked.get("articleBody"))
    if body and len(body) > 2 * len(text):
        text, left_out = _paragraphs(_plain_lines(body)), 0
    return WebText(text, published, author, left_out // 6)


def holds_counts(data: bytes) -> bool:
    """Tell a web page whose tables hold most of its text, and in them counts: results, and no report."""
    source, _ = seen(decode_page(data[:_MOST_JUDGED])[0])
    cells: list[list[str]] = []
    inside = outside = depth = at = 0
    for tag in TAG.finditer(source):
        text = plain(source[at : tag.start()]).strip()
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
    outside += len(plain(source[at:]).strip())
    told = list(filter(None, map("".join, cells)))
    numbers = sum(bool(_COUNT.fullmatch(cell)) for cell in told)
    return inside > outside and numbers >= _FEWEST_COUNTS and 3 * numbers >= len(told)


# ---------------------------------------------------------------------------------------------- metadata


def _metadata(head: str) -> Iterator[dict[str, str]]:
    for tag in _META.finditer(head):
        yield attributes(tag[0])


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
    low = lowered(source)
    at, left = 0, _MOST_LINKED
    while (found := low.find(_LINKED, at)) >= 0:
        start = low.find(">", found) + 1
        at = end = low.find("</script", start)
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
    for tag in TAG.finditer(source):
        name = (tag["name"] or "").lower()
        if inside:
            left_out += len(plain(source[at : tag.start()]).strip())
            if name == inside:
                depth += -1 if tag[0].startswith("</") else 1
                inside = inside if depth else ""
        else:
            pieces.append(plain(source[at : tag.start()]))
            pieces.append("\n" if name == "br" else "\n\n" if name in BLOCKS else "")
            if furnished and name in _CONTAINERS and _is_furniture(tag[0]):
                inside, depth = name, 1
        at = tag.end()
    rest = plain(source[at:])
    if not inside:
        pieces.append(rest)
    return _paragraphs("".join(pieces)), left_out, not inside


def _is_furniture(tag: str) -> bool:
    if tag.startswith("</") or tag.endswith("/>"):
        return False
    told = attributes(tag[:2000])
    for called in f"{told.get('class', '')} {told.get('id', '')} {told.get('role', '')}".split():
        parts = {part.lower() for part in _NAME_PARTS.findall(called)}
        if parts & _FURNITURE and not parts & _NOT_FURNITURE:
            return True
    return False


def _plain_lines(body: str) -> str:
    """Read a text in JSON-LD, which may hold entities and ends its paragraphs with line ends."""
    return "\n\n".join(plain(line) for line in body.splitlines())


def _paragraphs(text: str) -> str:
    return _AROUND_BREAK.sub(_break, text).strip()


def _break(found: re.Match[str]) -> str:
    return "\n\n" if found[0].count("\n") > 1 else "\n"
