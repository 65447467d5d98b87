"""The header vocabulary: what the words in the headers of results files mean, one file a language.

A language file lists, for each *concept*, the words that stand for it. A header is read word by word into
concepts ("Number of ballots issued to voters at the polling station" is number, ballot, issued, voter,
premises), and what a column is follows from its concepts by rules that are the same for every language
(:mod:`plebiscope.intake.meaning`). So a wording nobody has met is still understood if its words are.

In a language file:

``[concepts]``
    concept = list of entries. An entry is one or more words; a word that ends in ``*`` matches every word
    that begins so. Entries of several words win over shorter ones.
``ignore``
    Little words that carry nothing.
``[rows]``
    Words that mark rows: ``total``, ``abroad``, ``electronic``, ``postal``, ``special``. One that begins with
    ``=`` must be the whole label, because it is also the beginning or the end of names (``=somma``).
``continents``
    Names of the continents, as headings over the stations abroad.
``[variants]``
    Official headers, at least five for each main quantity: the tests read them and expect that quantity.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any

CONCEPTS = frozenset(
    # people
    "voter elector voted population "  # noqa: SIM905  # words are read more easily than a list
    # things
    "ballot vote box list certificate "
    # what happened to them
    "registered added issued received unused lost cast signed valid invalid blank contested spoilt "
    # which of them
    "mobile fixed early premises outside postal electronic abroad proxy male female objection "
    # measures
    "number total percent turnout abstention difference rank average seats quota "
    # places; "stations" is the count of them, which is never the key of one
    "station stations region district municipality constituency ward settlement place country level "
    # keys and extras
    "code name sequence url date hour address latitude longitude mark contest round question status "
    # options
    "yes no against candidate party option other winner".split()
)
"""Every concept that a language file may use."""

LONGEST = 600
"""Letters of a text that are read; no header is longer, and a cell may be."""
ROW_MARKS = ("total", "abroad", "electronic", "postal", "special")

# Thai vowel signs are marks, not letters, to \w: without their range every Thai word would fall apart.
_SPLIT = re.compile(r"[^\w%№#\u0e00-\u0e7f]+|_+")
_CAMEL = re.compile(
    r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z])(?=[A-Z][a-z]{2})"
    r"|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)
_BROKEN = re.compile(r"(\w)-\s*\n\s*(\w)")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ћ": "ћ"})


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """Fold case, accents and letter variants, so that spellings of one word compare equal."""
    if text.isascii():  # nothing but its case can be folded
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", text).translate(_LETTERS)


@lru_cache(maxsize=20_000)
def words(text: str) -> tuple[str, ...]:
    """Split a header into folded words: at spaces, marks, underscores, and where case or digits change."""
    text = unicodedata.normalize("NFKC", text[:LONGEST].replace("№", " № ").replace("#", " # "))
    if "\n" in text:
        text = _BROKEN.sub(r"\1\2", text)  # a word broken over two lines
    text = _CAMEL.sub(" ", text)
    text = text.replace("%", " % ")
    return tuple(plain(word) for word in _SPLIT.split(text) if word)


@dataclass(frozen=True)
class Language:
    """One language file, ready for look-up."""

    code: str
    name: str
    exact: dict[tuple[str, ...], tuple[str, ...]]
    """Entries without ``*``: folded words -> concepts."""
    stems: dict[str, tuple[str, ...]]
    """Single words with ``*``: folded beginning -> concepts."""
    phrases: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """Entries of several words of which one ends in ``*``."""
    ignore: frozenset[str]
    rows: dict[str, tuple[tuple[str, ...], ...]]
    variants: dict[str, tuple[str, ...]]
    continents: frozenset[str]
    longest: int = field(default=1)


def _load(code: str, raw: dict[str, Any]) -> Language:
    exact: dict[tuple[str, ...], list[str]] = {}
    stems: dict[str, list[str]] = {}
    phrases: dict[tuple[str, ...], list[str]] = {}
    concepts: dict[str, list[str]] = raw.get("concepts", {})
    for concept, entries in concepts.items():
        if concept not in CONCEPTS:
            raise ValueError(f"vocabulary {code}: no such concept: {concept}")
        for entry in entries:
            pieces = tuple(
                piece + "*" if starred else piece
                for token in entry.split()
                for starred in (token.endswith("*"),)
                for piece in (words(token.rstrip("*")) or (plain(token.rstrip("*")),))
            )
            if not any(piece.endswith("*") for piece in pieces):
                exact.setdefault(pieces, []).append(concept)
            elif len(pieces) == 1:
                stems.setdefault(pieces[0][:-1], []).append(concept)
            else:
                phrases.setdefault(pieces, []).append(concept)
    rows: dict[str, list[str]] = raw.get("rows", {})
    lengths = [len(key) for key in exact] + [len(key) for key in phrases] + [1]
    return Language(
        code=code,
        name=str(raw.get("language", code)),
        exact={key: tuple(value) for key, value in exact.items()},
        stems={key: tuple(value) for key, value in stems.items()},
        phrases=tuple(
            sorted(((key, tuple(value)) for key, value in phrases.items()), key=lambda item: -len(item[0]))
        ),
        ignore=frozenset(plain(word) for word in raw.get("ignore", [])),
        rows={mark: tuple(_row_entry(entry) for entry in rows.get(mark, [])) for mark in ROW_MARKS},
        variants={key: tuple(value) for key, value in raw.get("variants", {}).items()},
        continents=frozenset(" ".join(words(name)) for name in raw.get("continents", [])),
        longest=max(lengths),
    )


def _row_entry(entry: str) -> tuple[str, ...]:
    """Split an entry of ``[rows]``; the sign ``=`` of one that must stand alone is kept as its first word."""
    return ("=", *words(entry)) if entry.startswith("=") else words(entry)


@cache
def languages() -> tuple[Language, ...]:
    """Load every language file, in the order of its code."""
    files = sorted(resources.files(__package__).iterdir(), key=lambda item: item.name)
    return tuple(
        _load(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")))
        for file in files
        if file.name.endswith(".toml")
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A header read in one language.

    ``concepts`` in the order of the words; ``known`` of ``total`` words were understood (little words and
    bare numbers count as neither).
    """

    language: str
    concepts: tuple[str, ...]
    known: int
    total: int

    @property
    def coverage(self) -> float:
        """Share of the words that were understood."""
        return self.known / self.total if self.total else 0.0


@lru_cache(maxsize=50_000)
def read(header: str, code: str) -> Reading:
    """Read a header in one language."""
    language = next(item for item in languages() if item.code == code)
    tokens = _tokens(header, language)
    concepts: list[str] = []
    known = total = 0
    at = 0
    while at < len(tokens):
        length, found = _match(tokens, at, language)
        if found is not None:
            concepts.extend(found)
            known += length
            total += length
            at += length
            continue
        token = tokens[at]
        at += 1
        if token in language.ignore or token.isdigit() or (len(token) == 1 and token.isascii()):
            continue
        total += 1
    return Reading(code, tuple(dict.fromkeys(concepts)), known, total)


def split(header: str, tongues: tuple[str, ...]) -> tuple[str, ...]:
    """Split a header into folded words, those run together by the first language that knows the parts."""
    known = {language.code: language for language in languages()}
    found: list[str] = []
    for word in words(header):
        cuts = (_tokens(word, known[code]) for code in tongues)
        found.extend(next((cut for cut in cuts if len(cut) > 1), (word,)))
    return tuple(found)


def _tokens(header: str, language: Language) -> tuple[str, ...]:
    tokens: list[str] = []
    for word in words(header):
        if _CJK.search(word):
            tokens.extend(_cut(word, language))
        elif _single(word, language) is None and word not in language.ignore and len(word) >= 6:
            tokens.extend(_segment(word, language) or (word,))
        else:
            tokens.append(word)
    return tuple(tokens)


def _single(word: str, language: Language) -> tuple[str, ...] | None:
    found = language.exact.get((word,))
    if found is not None:
        return found
    for end in range(len(word), 1, -1):
        stem = language.stems.get(word[:end])
        if stem is not None:
            return stem
    return None


def _match(tokens: tuple[str, ...], at: int, language: Language) -> tuple[int, tuple[str, ...] | None]:
    """Find the longest entry that begins at this word."""
    for length in range(min(language.longest, len(tokens) - at), 1, -1):
        found = language.exact.get(tokens[at : at + length])
        if found is not None:
            return length, found
        for pattern, concepts in language.phrases:
            if len(pattern) == length and all(
                token.startswith(piece[:-1]) if piece.endswith("*") else token == piece
                for piece, token in zip(pattern, tokens[at : at + length], strict=True)
            ):
                return length, concepts
    return 1, _single(tokens[at], language)


def _cut(word: str, language: Language) -> list[str]:
    """Cut a run of letters written without spaces into the longest known words."""
    pieces: list[str] = []
    at = 0
    while at < len(word):
        for end in range(min(len(word), at + 14), at, -1):
            piece = word[at:end]
            if (
                (piece,) in language.exact
                or piece in language.ignore
                or (end - at > 1 and piece in language.stems)
            ):
                pieces.append(piece)
                at = end
                break
        else:
            if pieces and pieces[-1].startswith("\0"):
                pieces[-1] += word[at]
            else:
                pieces.append("\0" + word[at])
            at += 1
    return [piece.lstrip("\0") for piece in pieces]


@lru_cache(maxsize=20_000)
def _segment_cached(word: str, code: str) -> tuple[str, ...] | None:
    language = next(item for item in languages() if item.code == code)
    best: list[tuple[str, ...] | None] = [None] * (len(word) + 1)
    best[0] = ()
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 16), end):
            head = best[start]
            if head is None:
                continue
            piece = word[start:end]
            length = end - start
            fits = (
                (length >= 3 and _single(piece, language) is not None)
                or (length == 2 and (piece,) in language.exact)
                or (length >= 2 and piece in language.ignore)
            )
            if fits and (best[end] is None or len(best[end] or ()) > len(head) + 1):
                best[end] = (*head, piece)
    found = best[len(word)]
    return found if found and len(found) <= 6 else None


def _segment(word: str, language: Language) -> tuple[str, ...] | None:
    """Split words run together (``NUMVOTISI``) if the whole can be told apart into known ones."""
    return _segment_cached(word, language.code)


def tongues(headers: Iterable[str]) -> tuple[str, ...]:
    """Say in which languages the headers are, best first.

    The language whose words cover most of the headers comes first; English, the second language of results
    files, is always tried last; others only if they cover at least half as much as the best.
    """
    texts = [header for header in headers if header]
    scores = {
        language.code: sum(
            min(reading.known, 6) * reading.coverage
            for reading in (read(text, language.code) for text in texts)
        )
        for language in languages()
    }
    order = sorted(scores, key=lambda code: (-scores[code], code))
    best = scores[order[0]] if order else 0.0
    chosen = [code for code in order if scores[code] > 0 and scores[code] >= 0.5 * best][:4]
    return tuple(dict.fromkeys([*chosen, "en"]))


@lru_cache(maxsize=50_000)
def knows(word: str) -> bool:
    """Tell whether any language knows a word; used to tell the right code page.

    Two or three letters prove nothing: in a wrong code page half of all short words are a word somewhere.
    """
    folded = plain(word)
    known, stems = _all_words()
    if _CJK.search(folded):
        # In a wrong page such letters stand alone among Latin ones; in a right one they stand together.
        runs = (run for run in re.split(r"[\x00-\u02ff]+", folded) if len(run) > 1)
        pieces = (run[i : i + n] for run in runs for i in range(len(run)) for n in range(2, 7))
        return any(piece in known for piece in pieces)
    beginnings = (folded[:n] for n in range(4, len(folded) + 1))
    return len(folded) >= 4 and (folded in known or any(beginning in stems for beginning in beginnings))


@cache
def _all_words() -> tuple[frozenset[str], frozenset[str]]:
    """Gather the words of all languages, and the beginnings of words."""
    known = {
        word
        for language in languages()
        for entry in (*language.exact, *(entry for entries in language.rows.values() for entry in entries))
        for word in entry
    }
    return frozenset(known), frozenset(stem for language in languages() for stem in language.stems)


@cache
def continent_names() -> frozenset[str]:
    """Gather the names of the continents in all languages, folded."""
    return frozenset(name for language in languages() for name in language.continents)


@cache
def _row_words() -> tuple[dict[str, list[tuple[str, tuple[str, ...], bool]]], list[tuple[str, str, bool]]]:
    """Index the words that mark rows, each with whether it must stand alone: by first word, or as runs."""
    by_word: dict[str, list[tuple[str, tuple[str, ...], bool]]] = {}
    runs: list[tuple[str, str, bool]] = []
    for mark in ("electronic", "postal", "abroad", "special", "total"):
        for language in languages():
            for entry in language.rows[mark]:
                alone = mark == "special" or entry[:1] == ("=",)
                entry = entry[1:] if entry[:1] == ("=",) else entry
                if entry and _CJK.search(entry[0]):
                    runs.append((mark, "".join(entry), alone))
                elif entry:
                    by_word.setdefault(entry[0], []).append((mark, entry, alone))
    return by_word, runs


@lru_cache(maxsize=200_000)
def row_mark(text: str, whole: bool = False) -> str | None:
    """Say whether a label marks a row: ``total``, ``abroad``, ``electronic``, ``postal`` or ``special``.

    A ``total`` must begin or end the label (``Total``, ``Total Kampala``, ``Kampala total``) and ``special``
    must be the whole of it; the others may stand anywhere in it. With ``whole`` every mark must be the
    whole of it.
    """
    by_word, runs = _row_words()
    tokens = words(text)
    if not tokens or len(tokens) > 14:
        return None
    if _CJK.search(text):
        joined = "".join(tokens)
        for mark, run, alone in runs:
            within = joined.endswith(run) if mark == "total" else run in joined
            if joined == run or (within and not whole and not alone):
                return mark
    for at, token in enumerate(tokens):
        for mark, entry, alone in by_word.get(token, ()):
            if tokens[at : at + len(entry)] != entry:
                continue
            if (whole or alone) and len(entry) != len(tokens):
                continue
            if mark == "total" and at != 0 and at + len(entry) != len(tokens):
                continue
            if mark == "postal" and not whole and _says(tokens, "abroad"):
                return "abroad"
            return mark
    return None


def _says(tokens: tuple[str, ...], wanted: str) -> bool:
    """Tell whether words that may stand anywhere in a label mark it so."""
    by_word, _ = _row_words()
    return any(
        mark == wanted and not alone and tokens[at : at + len(entry)] == entry
        for at, token in enumerate(tokens)
        for mark, entry, alone in by_word.get(token, ())
    )
