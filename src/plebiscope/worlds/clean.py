"""How stations differed in votes that are held to be clean, so that fair can also mean: as fair as those.

The figures are in ``clean.toml``, made by ``benchmarks/make_clean.py`` from published results. None of these
votes is proved to be clean.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from plebiscope.worlds.fair import Fair, Layer


@cache
def votes() -> Mapping[str, Mapping[str, Any]]:
    """Return what is known of each clean vote, by its id."""
    text = resources.files("plebiscope.worlds").joinpath("clean.toml").read_text("utf-8")
    return {vote["id"]: vote for vote in tomllib.loads(text)["vote"]}


def vote(name: str) -> Mapping[str, Any]:
    """Return what is known of one clean vote.

    Raises
    ------
    LookupError
        If there is none of that name.
    """
    if name not in votes():
        raise LookupError(f"there is no clean vote {name!r}; there are {', '.join(votes())}")
    return votes()[name]


def like(model: Fair, name: str) -> Fair:
    """Let stations differ as they did in a clean vote; where the vote stands stays as fitted.

    Layers answer one another from the stations upward. Where the ground has fewer, what is left of the clean
    vote's is added to the largest areas; where it has more, the largest do not differ.

    Parameters
    ----------
    model
        Fitted to the table under examination.
    name
        Id of the clean vote.

    Raises
    ------
    LookupError
        If there is none of that name.
    """
    known, invalid = vote(name), model.invalid
    if invalid is not None and "invalid" in known:
        invalid = invalid[0], known["invalid"][1]
    return dataclasses.replace(
        model,
        size=tuple(known["size"]),
        layers=_matched([layer.name for layer in model.layers], known["layer"]),
        invalid=invalid,
    )


def _matched(names: Sequence[str], known: Sequence[Mapping[str, float]]) -> tuple[Layer, ...]:
    fine = list(reversed(known))
    kept, rest = fine[: len(names)], fine[len(names) :]
    found = []
    for place, name in enumerate(reversed(names)):
        parts = [kept[place]] if place < len(kept) else []
        if place == len(names) - 1:
            parts += rest
        turnout, share = (
            float(np.sqrt(sum(part[key] ** 2 for part in parts))) for key in ("turnout", "share")
        )
        common = sum(part["correlation"] * part["turnout"] * part["share"] for part in parts)
        found.append(Layer(name, turnout, share, common / (turnout * share) if turnout * share > 0 else 0.0))
    return tuple(reversed(found))
