"""From the words of a header to what its column can be, by rules that are the same in every language.

The rules speak of concepts (see :mod:`plebiscope.intake.vocabulary`), the more telling first: a header that
speaks of invalid ballots in the box is about invalid ballots, not about the box. They propose; which proposal
holds is decided by what the columns add up to (:mod:`plebiscope.intake.columns`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from plebiscope.intake import vocabulary

PARTS = frozenset(
    [
        "mobile",
        "fixed",
        "early",
        "premises",
        "outside",
        "postal",
        "electronic",
        "abroad",
        "proxy",
        "male",
        "female",
        "objection",
        "added",
        "certificate",
    ]
)
"""Concepts that make a column a part of a quantity rather than the whole of it."""

PLACES = ("country", "region", "constituency", "district", "municipality", "settlement", "ward", "place")
COUNT_ROLES = frozenset(
    [
        "registered",
        "received",
        "issued",
        "unused",
        "cast",
        "voted",
        "valid",
        "invalid",
        "blank",
        "contested",
        "spoilt",
        "total",
        "abstention",
        "other",
    ]
)
_NOUNS = frozenset(["ballot", "vote", "box", "voter", "elector", "number", "total", "list"])
"""What official headers count; a header without one of them may be a name."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header may mean.

    Attributes
    ----------
    role
        A count (:data:`COUNT_ROLES`), ``votes``, ``option``, ``label``, ``percent``, ``turnout``,
        ``station``, ``area``, ``code``, ``name`` or another key.
    parts
        Which part of the quantity it is, if it says so.
    strength
        0 to 1: how much of the header was understood, and how clear the rule is.
    language
        Language in which it was read.
    concepts
        What it was read as.
    """

    role: str
    parts: frozenset[str]
    strength: float
    language: str
    concepts: tuple[str, ...]


@lru_cache(maxsize=50_000)
def meanings(header: str, tongues: tuple[str, ...]) -> tuple[Meaning, ...]:
    """Return what a header may mean in the given languages, the strongest first, one per role."""
    found: dict[str, Meaning] = {}
    for rank, code in enumerate(tongues):
        reading = vocabulary.read(header, code)
        if not reading.concepts:
            continue
        for role, parts, clarity in _rules(frozenset(reading.concepts), reading.coverage):
            if role in COUNT_ROLES and reading.coverage <= 0.5 and not _NOUNS & set(reading.concepts):
                clarity *= 0.5  # more likely a name with a telling word in it: Mario Bianchi, Freie Wähler
            strength = clarity * (0.35 + 0.65 * reading.coverage) * (1.0 - 0.04 * rank)
            if role not in found or found[role].strength < strength:
                found[role] = Meaning(role, parts, strength, code, reading.concepts)
    return tuple(sorted(found.values(), key=lambda item: -item.strength))


def _rules(c: frozenset[str], coverage: float) -> list[tuple[str, frozenset[str], float]]:
    """Apply the rules to a set of concepts: (role, parts, clarity), usually one, several where it is open."""
    parts = c & PARTS
    counted = bool(c & {"ballot", "vote", "voter", "elector", "number", "total", "voted", "box", "list"})
    if "percent" in c:
        return [("percent", parts, 1.0)]
    for key in ("latitude", "longitude", "url", "sequence", "address"):
        if key in c and not counted:
            return [(key, parts, 0.9)]
    if c & {"difference", "rank", "average", "seats", "quota", "stations"}:
        return [("other", parts, 0.9)]
    if "hour" in c and c & {"registered", "elector"} and not c & {"voted", "turnout", "ballot", "vote"}:
        return [("registered", parts, 0.9)]  # on the list when the polls opened
    if c & {"date", "hour"}:
        return [("other" if counted or c & {"turnout"} else "date", parts, 0.8)]
    if "certificate" in c or "lost" in c:
        return [("other", parts, 1.0)]
    if "winner" in c:
        return [("winner", parts, 0.8)]
    if "population" in c and not c & {"elector", "voter", "registered"}:
        return [("other", parts, 0.9)]
    structural = c & {"code", "name"}
    ballots = bool(c & {"ballot", "vote", "box", "voter", "number", "total"})
    if (
        (structural and c & {"candidate", "party", "option"})
        or c == {"code", "vote"}
        or c == {"name", "vote"}
    ):
        return [("label", parts, 0.9)]
    if "invalid" in c:
        return [("invalid", parts, 1.0)]
    if "blank" in c:
        return [("blank", parts, 1.0)]
    if "contested" in c:
        return [("contested", parts, 0.9)]
    if "spoilt" in c:
        return [("spoilt", parts, 0.9)]
    if "valid" in c:
        return [("valid", parts, 1.0)]
    if "unused" in c:
        return [("unused", parts, 0.9)]
    if "abstention" in c:
        return [("abstention", parts, 1.0)]
    if "issued" in c and ballots:
        return [("issued", parts, 1.0), ("cast", parts, 0.3)]
    if {"received", "ballot"} <= c and c & {"voter", "elector"}:
        return [("issued", parts, 0.9), ("received", parts, 0.6)]  # by voters, not by the polling station
    if {"received", "vote"} <= c and not c & {"ballot", "box", "voter", "elector"}:
        return [
            ("votes", parts, 0.7),
            ("total", parts, 0.5),
            ("received", parts, 0.4),
        ]  # by a candidate, or in all
    if "received" in c and ballots:
        return [("received", parts, 1.0)]
    if "cast" in c and c & {"ballot", "vote", "box"}:
        return [("cast", parts, 1.0), ("total", parts, 0.5)]
    people = "voted" in c and "ballot" not in c  # who used the mobile box, not what was in it
    if "box" in c and c & {"ballot", "vote", "number"} and not (structural or people or "station" in c):
        return [("cast", parts, 0.9)]
    if "voted" in c:
        return [("voted", parts, 1.0), ("cast", parts, 0.7)]
    if "signed" in c:
        return [("voted", parts, 0.8)]
    if "turnout" in c:
        return [("turnout", parts, 0.9)]
    if "added" in c and c & {"voter", "elector", "registered"}:
        return [("other", parts, 0.9)]
    if "elector" in c or ("registered" in c and not c & {"ballot", "vote"}) or ("list" in c and "voter" in c):
        return [("registered", parts, 1.0 if "elector" in c or c & {"voter", "list"} else 0.9)]
    if "issued" in c:
        return [("issued", parts, 0.7)]
    if "received" in c and coverage > 0.7:
        return [("received", parts, 0.7)]
    if "cast" in c:
        return [("cast", parts, 0.7)]
    places = [place for place in PLACES if place in c]
    if c & {"yes", "no", "against"} and not places and "station" not in c and coverage > 0.7:
        if "no" in c and "code" in c and not c & {"vote", "option", "ballot", "number"}:
            return [("option", parts, 0.6), ("code", parts, 0.5)]
        return [("option", parts, 0.9)]
    if c & {"candidate", "party", "option"}:
        if c & {"vote", "total"}:
            return [("votes", parts, 0.7), ("option", parts, 0.4)]
        return [("label", parts, 0.8), ("option", parts, 0.5)]
    if "station" in c:
        if "total" in c or (c & {"number"} and coverage == 1.0 and not structural):
            return [("station", parts, 0.6), ("other", parts, 0.6)]
        return [("station", parts, 0.95)]
    if places and not c & {"vote", "ballot", "voter"}:
        return [("code" if "code" in c and "name" not in c else "area", parts, 0.8)]
    if "vote" in c or "ballot" in c:
        if "total" in c:
            return [("total", parts, 0.9), ("cast", parts, 0.6)]
        if "other" in c:
            return [("option", parts, 0.7)]
        if "ballot" in c:
            return [("cast", parts, 0.6), ("votes", parts, 0.4)]
        return [("votes", parts, 0.7), ("total", parts, 0.4)]
    if "voter" in c:
        return [("registered", parts, 0.5), ("voted", parts, 0.3)]
    if "total" in c:
        return [("total", parts, 0.7)]
    for key in ("other", "mark", "contest", "level", "status", "question", "round"):
        if key in c:
            return [("option" if key == "other" else key, parts, 0.7)]
    if structural:
        return [("name" if "name" in c else "code", parts, 0.6)]
    if "no" in c:
        return [("option", parts, 0.8)]
    if parts:
        return [("part", parts, 0.7)]  # "of these early": of what stands before it
    return []
