"""The reference votes as they are listed: which are counted, and how they are called together."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

FEWEST = 10
"""A rate seen on fewer reference votes than this is not called known, nor a range a yardstick."""

_COUNTED = {"clean", "disputed"}
"""Standings of the votes that are in rates and places."""
_HELD = {"clean": "held to be clean", "disputed": "disputed"}


@dataclass(frozen=True, slots=True)
class Vote:
    """A reference vote."""

    id: str
    name: str
    country: str
    date: dt.date
    standing: str
    listed: tuple[Mapping[str, Any], ...]
    """Figures computed elsewhere, by option."""


@cache
def votes() -> tuple[Vote, ...]:
    """Return the reference votes as listed, the doubted and annulled ones too."""
    text = resources.files("plebiscope.calibrate").joinpath("reference.toml").read_text("utf-8")
    names = ("id", "name", "country", "date", "standing")
    return tuple(
        Vote(**{name: vote[name] for name in names}, listed=tuple(vote.get("listed", ())))
        for vote in tomllib.loads(text)["vote"]
    )


def counted(besides: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Name the reference votes that are in rates: held to be clean or disputed, but for some."""
    return tuple(counted_by_id(besides))


def counted_by_id(besides: tuple[str, ...]) -> dict[str, Vote]:
    """Return the reference votes that are in rates, by id."""
    return {vote.id: vote for vote in votes() if vote.standing in _COUNTED and vote.id not in besides}


def described(used: Iterable[str], besides: tuple[str, ...] = ()) -> str:
    """Say how many votes, in how many countries, some reference votes are, by their ids."""
    kept = counted_by_id(besides)
    return in_words([kept[vote] for vote in used], besides)


def in_words(used: Iterable[Vote], besides: tuple[str, ...], rule: str = "") -> str:
    """Say how many votes, in how many countries, some reference votes are, and how many of each standing.

    Parameters
    ----------
    used
        The votes.
    besides
        Ids of votes that were left out.
    rule
        What else is to be said of them.
    """
    used = list(used)
    countries = len({vote.country for vote in used})
    kinds = Counter(vote.standing for vote in used)
    held = " and ".join(f"{kinds[one]} {_HELD[one]}" for one in _HELD if kinds[one])
    left_out = ", this vote left out" if besides else ""
    return f"{len(used)} reference votes in {countries} countries ({held}{left_out}{rule})"
