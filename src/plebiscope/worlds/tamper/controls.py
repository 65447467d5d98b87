"""Honest mishaps and honest oddities that look like tampering: a test that names them cries wolf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import expit, logit

from plebiscope.worlds.ground import Flags, World
from plebiscope.worlds.tamper.mechanism import Mechanism, done

Params = Mapping[str, Any]


def _typos(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Two digits of one count change places, wherever the figures stay possible."""
    counts = world.counts
    votes = counts.votes.copy()
    rows, column = np.arange(len(counts)), rng.integers(0, votes.shape[1], len(counts))
    old = votes[rows, column]
    tens, ones = old // 10 % 10, old % 10
    votes[rows, column] = old - 10 * tens - ones + 10 * ones + tens
    fits = (votes.sum(axis=1) <= counts.cast) & (votes != counts.votes).any(axis=1)
    return done(world, TYPOS.id, where & fits, counts.but(votes=votes))


def _swapped(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Neighbours in the table exchange their lines: the figures of one stand beside the name of the other."""
    counts = world.counts
    rows = np.flatnonzero(where)
    partner = np.where(rows + 1 < len(counts), rows + 1, rows - 1)
    order = np.arange(len(counts))
    for row, other in zip(rows.tolist(), partner.tolist(), strict=True):
        order[[row, other]] = order[[other, row]]
    moved = order != np.arange(len(counts))
    return done(
        world,
        SWAPPED.id,
        moved,
        counts.but(cast=counts.cast[order], issued=counts.issued[order], votes=counts.votes[order]),
    )


def _rounded(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Write the votes of every option in round figures, as a clerk in a hurry does."""
    counts, unit = world.counts, int(params["unit"])
    votes = (counts.votes + unit // 2) // unit * unit
    over = np.maximum(votes.sum(axis=1) - counts.cast, 0)
    votes[:, 0] -= (over + unit - 1) // unit * unit
    fits = (votes >= 0).all(axis=1)
    return done(world, ROUNDED.id, where & fits, counts.but(votes=votes))


def _alphabetical(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Voters of a district are put on its stations' lists by the alphabet, so that the stations are alike."""
    counts, district = world.counts, world.ground.district
    number = int(district.max(initial=0)) + 1

    def rate(part: Any, whole: Any) -> Any:
        sums = [np.bincount(district, count, minlength=number) for count in (part, whole)]
        return (sums[0] / np.maximum(sums[1], 1))[district]

    cast = rng.binomial(counts.registered, rate(counts.cast, counts.registered))
    kinds = np.column_stack([counts.votes, counts.invalid])
    parts = np.column_stack([rate(kind, counts.cast) for kind in kinds.T])
    parts /= np.maximum(parts.sum(axis=1, keepdims=True), 1e-300)
    drawn = rng.multinomial(cast, parts)
    after = counts.but(cast=cast, issued=cast, votes=drawn[:, :-1])
    return done(world, ALPHABETICAL.id, where & (counts.cast > 0), after)


def _loyal(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Make places truly of one mind, and keen to vote."""
    counts, lift = world.counts, params["lift"]
    turnout = expit(logit(np.clip(counts.cast / np.maximum(counts.registered, 1), 0.01, 0.99)) + lift)
    share = expit(logit(np.clip(counts.favoured / np.maximum(counts.valid, 1), 0.01, 0.99)) + lift)
    cast = rng.binomial(counts.registered, turnout)
    invalid = rng.binomial(cast, counts.invalid / np.maximum(counts.cast, 1))
    first = rng.binomial(cast - invalid, share)
    others = counts.votes[:, 1:] + (counts.votes[:, 1:].sum(axis=1, keepdims=True) == 0)
    rest = rng.multinomial(cast - invalid - first, others / np.maximum(others.sum(axis=1, keepdims=True), 1))
    votes = np.column_stack([first, rest])
    return done(
        world, LOYAL.id, where, counts.but(cast=votes.sum(axis=1) + invalid, issued=cast, votes=votes)
    )


def _pooled(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Let one station stand for all who asked to vote by machine or post: far larger, and keener."""
    counts, times = world.counts, int(params["times"])
    registered = counts.registered * times
    cast = rng.binomial(registered, params["turnout"])
    kinds = np.column_stack([counts.votes, counts.invalid]) + 0.5
    drawn = rng.multinomial(cast, kinds / kinds.sum(axis=1, keepdims=True))
    after = counts.but(registered=registered, cast=cast, issued=cast, votes=drawn[:, :-1])
    return done(world, POOLED.id, where, after)


def _merged(world: World, where: Flags, params: Params, rng: np.random.Generator) -> World:
    """Count a station together with the next one: both lists and both boxes are added."""
    counts, district = world.counts, world.ground.district
    # Who may be merged with whom is settled beforehand, so that more of it holds less of it.
    first = np.arange(len(counts)) % 2 == 0
    first[-1] = False
    first[:-1] &= district[:-1] == district[1:]
    start = where & first
    following = np.roll(np.arange(len(counts)), -1)
    summed = {
        name: getattr(counts, name) + getattr(counts, name)[following]
        for name in ("registered", "issued", "cast", "votes")
    }
    emptied = np.roll(start, 1)
    for name, values in summed.items():
        values[emptied] = 0
        untouched = ~(start | emptied)
        values[untouched] = getattr(counts, name)[untouched]
    return done(world, MERGED.id, start | emptied, counts.but(**summed))


TYPOS = Mechanism(
    id="typos",
    code="F14",
    title="slips of the pen",
    does="Two digits of one count change places.",
    kind="control",
    place="stations",
    defaults={},
    act=_typos,
)
SWAPPED = Mechanism(
    id="lines-swapped",
    code="F14",
    title="lines of the table swapped",
    does="The counts of a station stand in the line of its neighbour, and the other way round.",
    kind="control",
    place="stations",
    defaults={},
    act=_swapped,
)
ROUNDED = Mechanism(
    id="clerk-rounds",
    code="F14",
    title="a clerk who rounds",
    does="Votes are written down in tens.",
    kind="control",
    place="stations",
    defaults={"unit": 10},
    act=_rounded,
)
ALPHABETICAL = Mechanism(
    id="alphabetical-lists",
    code="F14",
    title="voters divided by the alphabet",
    does="The stations of a district draw from the same voters, so that they differ by chance alone.",
    kind="control",
    place="areas",
    defaults={},
    act=_alphabetical,
)
LOYAL = Mechanism(
    id="loyal-places",
    code="F14",
    title="places that are truly of one mind",
    does="Voters of whole districts are keener and more for the favoured option than others.",
    kind="control",
    place="areas",
    defaults={"lift": 1.5},
    act=_loyal,
)
POOLED = Mechanism(
    id="pooled-stations",
    code="F14",
    title="pooled stations without a mark",
    does="A station holds twenty times the voters, who had to ask to vote there and nearly all do.",
    kind="control",
    place="stations",
    defaults={"times": 20, "turnout": 0.93},
    act=_pooled,
)
MERGED = Mechanism(
    id="stations-merged",
    code="F14",
    title="stations counted together",
    does="Two neighbouring stations are reported as one, and the other has no figures.",
    kind="control",
    place="stations",
    defaults={},
    act=_merged,
)
