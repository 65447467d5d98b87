"""The codebook: which words touch which obligation, as data that anyone can read and correct.

Every code is one file in ``codes/``; ``codes/book.toml`` holds the version, the instruments and the
vocabulary. Patterns are regular expressions over the cleaned text in lower case, with a few shorthands
that keep them readable and bounded:

- a blank stands for what separates two words: blanks, quotation marks, brackets; ``~`` for that or a hyphen;
- ``{name}`` stands for an entry of the vocabulary, a list of patterns there for any of them;
- ``{gap:n}`` stands for up to n words, ``{adjectives:n}`` for up to n words none of which is a preposition,
  a conjunction or an article. Neither crosses a semicolon or a colon.

A rule lists its patterns; any of them fires it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal

Kind = Literal["conduct", "indicator", "verdict", "reception", "positive"]
Strength = Literal["firm", "suggested"]
Context = Literal["none", "near", "report"]

_SHORTHAND = re.compile(r"\{([a-z]+)(?::(\d+))?\}")
# Possessive, and a word never begins with what may separate words: so there is one way only to read a gap,
# and no text, however hostile, makes a pattern try many.
_BETWEEN = r"""(?:[\s"'()]{1,3}+)"""
_WORD = r"""[\w$€£][\w'%./&-]{0,29}+"""
_SMALL_WORDS = (
    "of|in|on|at|by|for|to|from|with|and|or|but|during|before|after|ahead|against|around|over|about|the|a|an|as|if|"
    "when|while|where|because|that|which|who|than|is|are|was|were|has|have|had|said|says"
)


@dataclass(frozen=True)
class Rule:
    """One pattern of a code.

    Attributes
    ----------
    id
        ``C01.armed-at-vote``: the name printed with every statement it finds.
    pattern, needs, unless
        As written in the data, the patterns of the rule joined by ``|``. ``needs`` must occur in the same
        sentence; where ``unless`` occurs in the same clause, the rule stays silent.
    excused
        Where this occurs anywhere in the sentence, what it tells is lawful and the rule stays silent.
    context
        Where a word of voting must stand: nowhere, in the sentence or one beside it, or in the report.
    loaded
        True for an epithet (a *puppet* government): inside a paraphrase it is the report's own word.
    performed
        True where saying it is doing it (they *will never recognise*): it is asserted even in the future
        tense or with a negation.
    cased
        True if the pattern is tried on the text with its capitals.
    fires, silent
        Example sentences of our own, run by the tests: the first must fire the rule, the second must leave
        the whole code silent.
    """

    id: str
    pattern: str
    strength: Strength
    needs: str | None = None
    unless: str | None = None
    excused: str | None = None
    context: Context = "none"
    loaded: bool = False
    performed: bool = False
    cased: bool = False
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @cached_property
    def search(self) -> re.Pattern[str]:
        """The compiled pattern, bounded by word ends."""
        return compiled(self.pattern)


@dataclass(frozen=True)
class Code:
    """What a statement may be about, and the obligation it touches."""

    id: str
    name: str
    kind: Kind
    severity: int
    definition: str
    obligation: str
    near_misses: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Codebook:
    """All codes, in their order."""

    version: str
    codes: Mapping[str, Code]

    @cached_property
    def rules(self) -> tuple[tuple[Code, Rule], ...]:
        """Every rule with its code."""
        return tuple((code, rule) for code in self.codes.values() for rule in code.rules)


@cache
def load() -> Codebook:
    """Read the codebook that comes with the package."""
    folder = resources.files("plebiscope.conduct") / "codes"
    book = _book()
    names = sorted(entry.name for entry in folder.iterdir() if re.fullmatch(r"[CP]\d\d\.toml", entry.name))
    codes = [_code(tomllib.loads((folder / name).read_text("utf-8")), book["instruments"]) for name in names]
    return Codebook(version=book["version"], codes={code.id: code for code in codes})


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern written in the shorthand of the codebook.

    Raises
    ------
    KeyError
        If it names a vocabulary entry that does not exist.
    """
    return re.compile(rf"(?<!\w)(?:{_expanded(pattern)})(?!\w)")


@cache
def _book() -> dict[str, Any]:
    folder = resources.files("plebiscope.conduct") / "codes"
    return tomllib.loads((folder / "book.toml").read_text("utf-8"))


def _expanded(pattern: str) -> str:
    vocabulary: dict[str, str | list[str]] = _book()["vocabulary"]

    def replace(found: re.Match[str]) -> str:
        name, number = found[1], found[2]
        if name == "gap":
            return rf"""(?:[\s"'(),]{{1,3}}+{_WORD}){{0,{number}}}?,?+"""
        if name == "adjectives":
            return rf"""(?:(?!(?:{_SMALL_WORDS})\b){_WORD}[\s"'()]{{1,3}}+){{0,{number}}}?"""
        entry = vocabulary[name]
        return f"(?:{_expanded(entry if isinstance(entry, str) else '|'.join(entry))})"

    return _SHORTHAND.sub(replace, pattern.replace(" ", _BETWEEN).replace("~", rf"(?:-|{_BETWEEN})"))


def _code(data: dict[str, Any], instruments: Mapping[str, str]) -> Code:
    rules = [
        Rule(
            id=f"{data['id']}.{rule['name']}",
            pattern="|".join(rule["pattern"]),
            strength=rule.get("strength", data.get("strength", "firm")),
            needs=rule.get("needs"),
            unless=rule.get("unless"),
            excused=rule.get("excused"),
            context=rule.get("context", "none"),
            loaded=rule.get("loaded", False),
            performed=rule.get("performed", data.get("performed", False)),
            cased=rule.get("cased", False),
            fires=tuple(rule["fires"]),
            silent=tuple(rule["silent"]),
        )
        for rule in data["rules"]
    ]
    return Code(
        id=data["id"],
        name=data["name"],
        kind=data["kind"],
        severity=data["severity"],
        definition=data["definition"],
        obligation="; ".join(_cited(source, instruments) for source in data["obligations"]),
        near_misses=tuple(data["near_misses"]),
        rules=tuple(rules),
    )


def _cited(source: Mapping[str, Any], instruments: Mapping[str, str]) -> str:
    """Write one obligation; a paragraph that nobody has checked against the text is not printed."""
    instrument = instruments[source["instrument"]]
    where = f", {source['paragraph']}" if source.get("checked") and "paragraph" in source else ""
    return f"{instrument}{where} ({source['about']})"
