"""Voters pressed, fetched or kept away. Every ballot is counted, and the result is not what they wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plebiscope.worlds.ground import Flags, World
from plebiscope.worlds.tamper.mechanism import Mechanism, done

Params = Mapping[str, Any]


def _coercion(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Make voters who depend on whoever wants the result come, and vote as they must."""
    counts = world.counts
    dependent = rng.binomial(counts.registered, params["dependent"])
    came = rng.hypergeometric(counts.cast, counts.registered - counts.cast, dependent)
    free = _without(np.column_stack([counts.votes, counts.invalid]), came, rng)
    now = rng.binomial(dependent, params["turnout"])
    faithful = rng.binomial(now, params["faithful"])
    votes = free[:, :-1].copy()
    votes[:, 0] += faithful
    if votes.shape[1] > 1:
        votes[:, 1] += now - faithful
    cast = free.sum(axis=1) + (now if votes.shape[1] > 1 else faithful)
    issued = np.maximum(counts.issued + cast - counts.cast, cast)
    after = counts.but(cast=cast, issued=np.minimum(issued, counts.registered), votes=votes)
    return done(world, COERCION.id, where, after)


def _without(kinds: np.ndarray[Any, np.dtype[np.int64]], taken: Any, rng: np.random.Generator) -> Any:
    """Take ballots out at random, shape (n, k): what is left of each kind."""
    left, rest, total = kinds.copy(), np.asarray(taken).copy(), kinds.sum(axis=1)
    for place in range(kinds.shape[1]):
        total = total - kinds[:, place]
        out = rng.hypergeometric(kinds[:, place], total, rest)
        left[:, place] -= out
        rest = rest - out
    return left


def _suppression(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    counts = world.counts
    away = rng.binomial(counts.cast, params["share"])
    left = _without(np.column_stack([counts.votes, counts.invalid]), away, rng)
    cast = left.sum(axis=1)
    after = counts.but(cast=cast, issued=counts.issued - away, votes=left[:, :-1])
    return done(world, SUPPRESSION.id, where, after)


COERCION = Mechanism(
    id="coercion",
    code="F10",
    title="dependent voters fetched and watched",
    does="A share of the voters is dependent: nearly all of them are made to come and to vote as expected.",
    kind="voters",
    place="small",
    defaults={"dependent": 0.3, "turnout": 0.95, "faithful": 0.9},
    act=_coercion,
)
SUPPRESSION = Mechanism(
    id="suppression",
    code="F13",
    title="voters kept away where the favoured option is weak",
    does="A share of those who would have voted cannot.",
    kind="voters",
    place="weak",
    defaults={"share": 0.2},
    act=_suppression,
)
