"""The codebook: which words touch which obligation, as data that anyone can read and correct.

Every code is one file in ``codes/``; ``codes/book.toml`` holds the version, the instruments and the
vocabulary; ``words/`` holds the notions, lists of phrases that many rules share (see
:mod:`plebiscope.conduct.phrases` for how a phrase is written). A rule looks for

- ``phrases``: any of them;
- or ``all``: several notions or lists of phrases that stand near each other, in any order unless it says so.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

from plebiscope.conduct.notions import Phrases

Kind = Literal["conduct", "indicator", "verdict", "reception", "positive"]
Strength = Literal["firm", "suggested"]
Context = Literal["none", "near", "report"]

_CONDITIONS = (".needs", ".near", ".unless", ".excused")
_NOTION = re.compile(r"<[a-z0-9-]+>")
_NEGATION = re.compile(r"\b(?:not|never|nobody|no|none|neither|nor|without|cannot)\b|n't\b")
_KEYS = frozenset(
    (
        "name", "phrases", "all", "within", "ordered", "wide", "strength", "needs", "near",
        "unless", "excused", "context", "loaded", "performed", "fires", "silent",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One pattern of a code.

    Attributes
    ----------
    id
        ``C01.armed-at-vote``: the name printed with every statement it finds.
    phrases, slots
        What it looks for: phrases, or names of notions that stand together.
    within, ordered, wide
        Of notions that stand together: the most words between two of them, whether in their order, and
        whether they may stand on both sides of a "but" or a "while".
    needs
        What must occur in the same sentence.
    near
        What must occur in the sentence or one beside it.
    unless
        Where this occurs in the same clause, the rule stays silent.
    excused
        Where this occurs anywhere in the sentence, what it tells is lawful and the rule stays silent.
    context
        Where a word of voting must stand: nowhere, in the sentence or one beside it, or in the report.
    loaded
        True for an epithet (a *puppet* government): inside a paraphrase it is the report's own word.
    performed
        True where saying it is doing it (they *will never recognise*): it is asserted even in the future
        tense or with a negation.
    fires, silent
        Example sentences of our own, run by the tests: the first must fire the rule, the second must leave
        the whole code silent.
    """

    id: str
    strength: Strength
    phrases: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    within: int = 8
    ordered: bool = False
    wide: bool = False
    needs: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    context: Context = "none"
    loaded: bool = False
    performed: bool = False
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @cached_property
    def negating(self) -> bool:
        """Whether a phrase of the rule holds a negation of its own."""
        return any(_NEGATION.search(phrase) for phrase in self.phrases)


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
    threatens: bool
    """A threat is the fact: what it threatens with need not come true, and who utters it reports nothing."""
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Codebook:
    """All codes, in their order."""

    version: str
    codes: Mapping[str, Code]
    phrases: Phrases = field(repr=False)
    persons: tuple[str, ...] = ()
    """Notions of persons, for whom a pronoun may stand."""

    @cached_property
    def _by_notion(self) -> Mapping[str, Sequence[tuple[Code, Rule]]]:
        """The rules, by the first notion that each needs."""
        found: defaultdict[str, list[tuple[Code, Rule]]] = defaultdict(list)
        for code, rule in self.rules:
            found[f"{rule.id}.0" if rule.phrases else rule.slots[0]].append((code, rule))
        return found

    def starting(self, notions: Iterable[str]) -> Iterator[tuple[Code, Rule]]:
        """Give the rules that may fire where some notions are named."""
        for name in notions:
            yield from self._by_notion.get(name, ())

    @cached_property
    def rules(self) -> tuple[tuple[Code, Rule], ...]:
        """Every rule with its code."""
        return tuple((code, rule) for code in self.codes.values() for rule in code.rules)


@cache
def load() -> Codebook:
    """Read the codebook that comes with the package.

    Raises
    ------
    ValueError
        If two files give the same name to different notions, or a phrase cannot be read.
    KeyError
        If a rule names a notion that does not exist.
    """
    here = resources.files("plebiscope.conduct")
    book = _book()
    listed = [*_files(here / "codes", r"[CP]\d\d\.toml"), *_files(here / "words", r".+\.toml")]
    told = [tomllib.loads(file.read_text("utf-8")) for file in listed]
    codes = [_code(data, book["instruments"]) for data in told if "rules" in data]
    notions: dict[str, Sequence[str]] = {}
    persons: list[str] = []
    for data in told:
        for table in ("words", "persons"):
            for name, phrases in data.get(table, {}).items():
                if name in notions:
                    raise ValueError(f"the notion {name!r} is given twice")
                notions[name] = phrases
        persons += data.get("persons", {})
        for rule in data.get("rules", ()):
            notions |= _lists(f"{data['id']}.{rule['name']}", rule)
    return Codebook(
        version=book["version"],
        codes={code.id: code for code in codes},
        phrases=Phrases(notions, frozenset(name for name in notions if name.endswith(_CONDITIONS))),
        persons=tuple(persons),
    )


def _files(folder: Traversable, named: str) -> list[Traversable]:
    return sorted(
        (entry for entry in folder.iterdir() if re.fullmatch(named, entry.name)), key=lambda entry: entry.name
    )


def _lists(rule_id: str, rule: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """Name the lists of phrases that belong to one rule."""
    found: dict[str, Sequence[str]] = {
        f"{rule_id}.{name}": rule[name] for name in ("needs", "near", "unless", "excused") if name in rule
    }
    if "phrases" in rule:
        found[f"{rule_id}.0"] = rule["phrases"]
    for place, slot in enumerate(rule.get("all", ())):
        if not isinstance(slot, str) or not _NOTION.fullmatch(slot):
            found[f"{rule_id}.{place}"] = [slot] if isinstance(slot, str) else slot
    return found


@cache
def _book() -> dict[str, Any]:
    folder = resources.files("plebiscope.conduct") / "codes"
    return tomllib.loads((folder / "book.toml").read_text("utf-8"))


def _code(data: dict[str, Any], instruments: Mapping[str, str]) -> Code:
    rules = []
    for rule in data["rules"]:
        rule_id = f"{data['id']}.{rule['name']}"
        if ("phrases" in rule) == ("all" in rule):
            raise ValueError(f"{rule_id} must have either phrases or all")
        unknown = rule.keys() - _KEYS
        if unknown:
            raise ValueError(f"{rule_id} has {', '.join(sorted(unknown))}, which no rule has")
        rules.append(
            Rule(
                id=rule_id,
                phrases=tuple(rule.get("phrases", ())),
                slots=tuple(
                    slot[1:-1] if isinstance(slot, str) and _NOTION.fullmatch(slot) else f"{rule_id}.{place}"
                    for place, slot in enumerate(rule.get("all", ()))
                ),
                within=rule.get("within", 8),
                ordered=rule.get("ordered", False),
                wide=rule.get("wide", False),
                strength=rule.get("strength", data.get("strength", "firm")),
                needs=_listed(rule, "needs"),
                near=_listed(rule, "near"),
                unless=_listed(rule, "unless"),
                excused=_listed(rule, "excused"),
                context=rule.get("context", "none"),
                loaded=rule.get("loaded", False),
                performed=rule.get("performed", data.get("performed", False)),
                fires=tuple(rule["fires"]),
                silent=tuple(rule["silent"]),
            )
        )
    return Code(
        id=data["id"],
        name=data["name"],
        kind=data["kind"],
        severity=data["severity"],
        definition=data["definition"],
        obligation="; ".join(_cited(source, instruments) for source in data["obligations"]),
        near_misses=tuple(data["near_misses"]),
        threatens=data.get("threatens", False),
        rules=tuple(rules),
    )


def _listed(rule: Mapping[str, Any], name: str) -> tuple[str, ...]:
    written = rule.get(name, ())
    return (written,) if isinstance(written, str) else tuple(written)


def _cited(source: Mapping[str, Any], instruments: Mapping[str, str]) -> str:
    """Write one obligation; a paragraph that nobody has checked against the text is not printed."""
    instrument = instruments[source["instrument"]]
    where = f", {source['paragraph']}" if source.get("checked") and "paragraph" in source else ""
    return f"{instrument}{where} ({source['about']})"
