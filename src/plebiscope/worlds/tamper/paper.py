"""Figures written, not counted: a percentage comes first, and the numbers of the protocol follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.worlds.ground import Counts, Flags, Integers, World
from plebiscope.worlds.tamper.mechanism import Mechanism, done

Params = Mapping[str, Any]
Floats = NDArray[np.float64]


def reached(whole: Integers, percent: Floats, upward: bool) -> Integers:
    """Return the whole number nearest to a percentage, or the smallest that reaches it.

    Parameters
    ----------
    whole
        Shape (n,).
    percent
        0 to 100, shape (n,).
    upward
        Whether the percentage must be reached.
    """
    exact = whole * percent / 100.0
    return np.asarray(np.ceil(exact - 1e-9) if upward else np.floor(exact + 0.5), dtype=np.int64)


def shared_out(votes: Integers, left: Integers) -> Integers:
    """Divide what is left as the votes stood, in whole numbers by largest remainders.

    Parameters
    ----------
    votes
        As they stood, shape (n, k).
    left
        What is to be divided, shape (n,).

    Returns
    -------
    ndarray of int64, shape (n, k)
        Rows sum to ``left``; where nobody had a vote, the first gets it.
    """
    if votes.shape[1] == 0:
        return votes
    weights = votes + np.where(votes.sum(axis=1, keepdims=True) == 0, np.eye(1, votes.shape[1]), 0.0)
    exact = left[:, None] * weights / weights.sum(axis=1, keepdims=True)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    rank = np.argsort(np.argsort(-(exact - whole), axis=1, kind="stable"), axis=1)
    return np.asarray(whole + (rank < (left - whole.sum(axis=1))[:, None]), dtype=np.int64)


def written(counts: Counts, turnout: Floats | None, share: Floats | None, upward: bool) -> Counts:
    """Write a protocol from percentages, in the order in which protocols are filled in.

    Parameters
    ----------
    turnout
        Per cent of registered voters, shape (n,); null leaves the turnout as counted.
    share
        Per cent of ballots cast, for the favoured option, shape (n,); null leaves the votes as they divide.
    upward
        Whether a percentage must be reached, or only come nearest.
    """
    cast = (
        counts.cast
        if turnout is None
        else np.minimum(reached(counts.registered, turnout, upward), counts.registered)
    )
    spoilt = np.minimum(counts.invalid, cast)
    if share is None:
        votes = shared_out(counts.votes, cast - spoilt)
    else:
        first = np.minimum(reached(cast, share, upward), cast)
        spoilt = np.minimum(spoilt, cast - first)
        votes = np.column_stack([first, shared_out(counts.votes[:, 1:], cast - spoilt - first)])
        if counts.votes.shape[1] == 1:
            votes = first[:, None]
    return counts.but(cast=cast, issued=cast, votes=votes)


def _rates(counts: Counts) -> tuple[Floats, Floats]:
    """Return turnout and share of the favoured option in per cent, shape (n,) each."""
    return (
        100.0 * counts.cast / np.maximum(counts.registered, 1),
        100.0 * counts.favoured / np.maximum(counts.cast, 1),
    )


def _aimed(rate: Floats, push: float, step: float) -> Floats:
    """Return the next mark above what a station has and is pushed to; at most a hundred."""
    return np.minimum(np.ceil((rate + push) / step - 1e-9) * step, 100.0)


def _of(params: Params, turnout: Floats, share: Floats) -> tuple[Floats | None, Floats | None]:
    """Keep of two targets those that are asked for: turnout, share or both."""
    wanted = params["of"]
    if wanted not in {"turnout", "share", "both"}:
        raise LookupError(f"a target is set for turnout, share or both, not {wanted!r}")
    return (None if wanted == "share" else turnout), (None if wanted == "turnout" else share)


def _targets(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    counts = world.counts
    turnout, share = _rates(counts)
    push = params["push"] * rng.random(len(counts))
    aims = _aimed(turnout, push, params["step"]), _aimed(share, push, params["step"])
    if params["figure"] is not None:
        aims = np.full_like(turnout, params["figure"]), np.full_like(share, params["figure"])
    return done(world, TARGETS.id, where, written(counts, *_of(params, *aims), upward=params["upward"]))


def _at_least(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    counts = world.counts
    turnout, share = _rates(counts)
    over = rng.geometric(params["overshoot"], len(counts)) - 1
    aimed = turnout if params["of"] == "share" else np.maximum(turnout, params["figure"])
    won = share if params["of"] == "turnout" else np.maximum(share, params["figure"])
    lifted = written(counts, *_of(params, aimed, won), upward=True)
    missed = {"turnout": turnout < params["figure"], "share": share < params["figure"]}
    short = missed["turnout"] | missed["share"] if params["of"] == "both" else missed[params["of"]]
    room = np.minimum(over, lifted.registered - lifted.cast)
    votes = lifted.votes.copy()
    votes[:, 0] += room
    more = lifted.but(cast=lifted.cast + room, issued=lifted.issued + room, votes=votes)
    return done(world, AT_LEAST.id, where & short, more)


def _dictated(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """One commission, one percentage: all stations of a district that are touched get the same target."""
    counts, district = world.counts, world.ground.district
    turnout, share = _rates(counts)
    number = int(district.max(initial=0)) + 1
    aims = []
    for rate in (turnout, share):
        mean = np.bincount(district, rate, minlength=number) / np.maximum(
            np.bincount(district, minlength=number), 1
        )
        aims.append(_aimed(mean, params["push"] * rng.random(number), params["step"])[district])
    return done(world, DICTATED.id, where, written(counts, *_of(params, *aims), upward=params["upward"]))


def _invented(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    counts = world.counts
    rates = [100.0 * (1.0 - np.abs(rng.normal(0.0, params["below"], len(counts)))) for _ in range(2)]
    turnout, share = (np.clip(rate, 0.0, 100.0) for rate in rates)
    return done(world, INVENTED.id, where, written(counts, turnout, share, upward=False))


TARGETS = Mechanism(
    id="targets",
    code="F4",
    title="protocols written from round percentages",
    does="Turnout, share or both are lifted to the next round percentage, and the counts computed from it.",
    kind="paper",
    place="stations",
    defaults={"of": "both", "step": 5.0, "push": 15.0, "figure": None, "upward": False},
    act=_targets,
)
AT_LEAST = Mechanism(
    id="at-least",
    code="F5",
    title="figures lifted to a required mark",
    does="Where a required percentage is missed, counts are written that meet it or pass it by a little; "
    "votes of all options rise as they divide, and only that little is the favoured's.",
    kind="paper",
    place="stations",
    defaults={"of": "turnout", "figure": 70.0, "overshoot": 0.3},
    act=_at_least,
)
DICTATED = Mechanism(
    id="dictated",
    code="F6",
    title="one percentage dictated to a commission",
    does="All stations of a district write down the same percentage.",
    kind="paper",
    place="areas",
    defaults={"of": "share", "step": 0.1, "push": 10.0, "upward": False},
    act=_dictated,
)
INVENTED = Mechanism(
    id="invented",
    code="F7",
    title="figures invented near a hundred per cent",
    does="Turnout and share are made up, both a little below a hundred per cent.",
    kind="paper",
    place="stations",
    defaults={"below": 0.075},
    act=_invented,
)
