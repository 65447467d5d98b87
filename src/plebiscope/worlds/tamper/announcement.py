"""Announced totals that are not the sum of what the stations counted; the stations' forms stay true."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from plebiscope.model.case import Totals
from plebiscope.worlds.ground import Deed, Flags, World
from plebiscope.worlds.tamper.mechanism import Mechanism

Params = Mapping[str, Any]


def _announce(world: World, mechanism: str, where: Flags, totals: Totals) -> World:
    """Return the world with other totals, its counts as they were."""
    if not where.any():
        return world
    totals = totals.model_copy(update={"source": "announced (simulated)"})
    deed = Deed(mechanism, where, world.counts, world.counts)
    return dataclasses.replace(world, deeds=(*world.deeds, deed), totals=(totals,))


def _from_percentages(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Percentages first: the counts are what a pocket calculator makes of them."""
    true, decimals = world.announced(), int(params["decimals"])
    registered, base = true.registered, true.cast if true.cast is not None else sum(true.votes.values())
    turnout, cast = None, base
    if registered and true.cast is not None:
        turnout = _percent(true.cast, registered, decimals)
        cast = round(registered * turnout / 100)
    shares = {option: _percent(count, base, decimals) for option, count in true.votes.items()}
    changed = true.model_copy(
        update={
            "cast": None if true.cast is None else cast,
            "votes": {option: round(cast * share / 100) for option, share in shares.items()},
            "shares": shares,
            "turnout": turnout,
            "valid": None,
            "invalid": None,
        }
    )
    return _announce(world, FROM_PERCENTAGES.id, where, changed)


def _percent(part: int, whole: int, decimals: int) -> Decimal:
    """Return a percentage with so many decimals."""
    return round(Decimal(100 * part) / Decimal(max(whole, 1)), decimals)


def _changed(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """On the way from the stations to the total, a share of the others' votes goes to the favoured option."""
    true, first = world.announced(), world.ground.options[0]
    votes = {
        option: count - round(count * params["share"]) * (option != first)
        for option, count in true.votes.items()
    }
    votes[first] += sum(true.votes.values()) - sum(votes.values())
    return _announce(world, CHANGED.id, where, true.model_copy(update={"votes": votes}))


FROM_PERCENTAGES = Mechanism(
    id="totals-from-percentages",
    code="F9",
    title="announced counts computed from percentages",
    does="The percentages are set, and the announced counts are computed from them.",
    kind="announcement",
    place="vote",
    defaults={"decimals": 1},
    act=_from_percentages,
)
CHANGED = Mechanism(
    id="totals-changed",
    code="F8",
    title="totals changed on the way up",
    does="Stations count and publish truly; in the total a share of the others' votes is the favoured's.",
    kind="announcement",
    place="vote",
    defaults={"share": 0.05},
    act=_changed,
)
