"""Ballots added, moved, spoilt; voters added to the list. What is in the box is no longer what was cast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from plebiscope.worlds.ground import Counts, Flags, Integers, World
from plebiscope.worlds.tamper.mechanism import Mechanism, done

Params = Mapping[str, Any]


def added(counts: Counts, ballots: Integers, marks: bool, faithful: Integers | None = None) -> Counts:
    """Put ballots into the box.

    Parameters
    ----------
    ballots
        How many, shape (n,).
    marks
        Whether somebody signed for them on the list of voters.
    faithful
        How many of them are for the favoured option, shape (n,); by default all. The others are for the next.
    """
    votes = counts.votes.copy()
    for_favoured = ballots if faithful is None else faithful
    votes[:, 0] += for_favoured
    if votes.shape[1] > 1:
        votes[:, 1] += ballots - for_favoured
    cast = counts.cast + (ballots if votes.shape[1] > 1 else for_favoured)
    issued = counts.issued + ballots * marks
    return counts.but(cast=cast, issued=issued, votes=votes)


def _stuffing(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    counts = world.counts
    absent = np.maximum(counts.registered - counts.cast, 0)
    if params["of"] == "absent":
        ballots = rng.binomial(absent, params["share"])
    else:
        ballots = np.minimum(rng.poisson(counts.cast * params["share"]), absent)
    room = np.maximum(np.floor(params["cap"] * counts.registered).astype(np.int64) - counts.cast, 0)
    return done(world, STUFFING.id, where, added(counts, np.minimum(ballots, room), params["marks"]))


def _mobile(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Those who stayed at home are visited; the box comes back with more than they put in."""
    counts = world.counts
    absent = np.maximum(counts.registered - counts.cast, 0)
    visited = rng.binomial(absent, params["visited"])
    faithful = rng.binomial(visited, params["faithful"])
    return done(world, MOBILE.id, where, added(counts, visited, marks=True, faithful=faithful))


def _switching(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    votes = world.counts.votes.copy()
    moved = rng.binomial(votes[:, 1:], params["share"])
    votes[:, 1:] -= moved
    votes[:, 0] += moved.sum(axis=1)
    return done(world, SWITCHING.id, where, world.counts.but(votes=votes))


def _annulment(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    votes = world.counts.votes.copy()
    votes[:, 1:] -= rng.binomial(votes[:, 1:], params["share"])
    return done(world, ANNULMENT.id, where, world.counts.but(votes=votes))


def _ghosts(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    counts = world.counts
    ghosts = rng.binomial(counts.registered, params["share"])
    with_ghosts = counts.but(registered=counts.registered + ghosts)
    return done(world, GHOSTS.id, where, added(with_ghosts, ghosts, marks=True))


def _carousel(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    counts = world.counts
    guests = rng.poisson(counts.registered * params["share"])
    faithful = rng.binomial(guests, params["faithful"])
    listed = counts.but(registered=counts.registered + guests) if params["listed"] else counts
    if not params["listed"]:
        guests = np.minimum(guests, np.maximum(counts.registered - counts.cast, 0))
        faithful = np.minimum(faithful, guests)
    return done(world, CAROUSEL.id, where, added(listed, guests, marks=True, faithful=faithful))


STUFFING = Mechanism(
    id="stuffing",
    code="F1",
    title="ballots stuffed",
    does="For a share of the voters who stayed away, a ballot for the favoured option is put into the box.",
    kind="ballots",
    place="stations",
    defaults={"share": 0.3, "of": "absent", "cap": 1.0, "marks": True},
    act=_stuffing,
)
MOBILE = Mechanism(
    id="mobile-boxes",
    code="F1",
    title="boxes carried from door to door",
    does="Voters who stayed away are visited with a box, under watch; nearly all then vote as expected.",
    kind="voters",
    place="stations",
    defaults={"visited": 0.3, "faithful": 0.95},
    act=_mobile,
)
SWITCHING = Mechanism(
    id="switching",
    code="F2",
    title="votes moved to the favoured option",
    does="A share of the votes for every other option is counted for the favoured one.",
    kind="ballots",
    place="stations",
    defaults={"share": 0.2},
    act=_switching,
)
ANNULMENT = Mechanism(
    id="annulment",
    code="F3",
    title="votes for others declared invalid",
    does="A share of the votes for every other option is declared invalid.",
    kind="ballots",
    place="stations",
    defaults={"share": 0.2},
    act=_annulment,
)
GHOSTS = Mechanism(
    id="ghost-voters",
    code="F11",
    title="voters who do not exist",
    does="The list is lengthened by a share, and all who were added vote for the favoured option.",
    kind="list",
    place="stations",
    defaults={"share": 0.1},
    act=_ghosts,
)
CAROUSEL = Mechanism(
    id="carousel",
    code="F12",
    title="people who vote several times",
    does="Groups come who have voted elsewhere, are put on the additional list and vote as they are paid to.",
    kind="list",
    place="stations",
    defaults={"share": 0.05, "faithful": 0.95, "listed": True},
    act=_carousel,
)
