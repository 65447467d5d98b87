"""Done when the stations have counted and signed, so that their forms stay true.

Rows of the published table that are not what their forms say, and announced totals that are not the sum of
the table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from plebiscope.model.case import Totals
from plebiscope.worlds.ground import Deed, Flags, Integers, World
from plebiscope.worlds.tamper.mechanism import Mechanism, done

Params = Mapping[str, Any]


def _rewritten(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Votes of others become the favoured option's in the row; ballots and turnout stay as they were."""
    before = world.counts.votes
    votes, rows = before.copy(), np.arange(len(before))
    if votes.shape[1] == 1:
        return done(world, REWRITTEN.id, np.zeros_like(where), world.counts)
    rival = 1 + np.argmax(before[:, 1:], axis=1)
    if params["how"] == "moved":
        votes[:, 1:] -= np.rint(before[:, 1:] * params["share"]).astype(np.int64)
        votes[:, 0] += (before - votes)[:, 1:].sum(axis=1)
    else:
        gained = (
            _first_digit(before[:, 0])
            if params["how"] == "digit"
            else np.maximum(before[rows, rival] - before[:, 0], 0)
        )
        votes[:, 0] += gained
        votes[rows, rival] -= gained
    changed = (votes != before).any(axis=1) & (votes >= 0).all(axis=1)
    return done(world, REWRITTEN.id, where & changed, world.counts.but(votes=votes), after_forms=True)


def _first_digit(count: Integers) -> Integers:
    """Return what one more in the first digit of a count adds: 100 to 347."""
    return np.asarray(10 ** np.floor(np.log10(np.maximum(count, 1)) + 1e-9), dtype=np.int64)


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
REWRITTEN = Mechanism(
    id="rewritten",
    code="F8",
    title="rows rewritten after the forms were signed",
    does="Stations count and sign truly; in the published table votes for others are the favoured's. They "
    "are moved by a share, by one more in the first digit, or by exchanging two options' figures.",
    kind="table",
    place="stations",
    defaults={"how": "moved", "share": 0.2},
    act=_rewritten,
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
