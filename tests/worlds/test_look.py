"""Fair worlds look like a fair vote, and do not look like one that was tampered with in a way that shows."""

from __future__ import annotations

import dataclasses
import gc
import weakref

import numpy as np
import pytest

from plebiscope.worlds.fair import Fair, fit
from plebiscope.worlds.ground import Counts, Ground, World, ground
from plebiscope.worlds.look import TRAITS, look
from plebiscope.worlds.tamper import mechanism


def of(here: Ground, counts) -> Ground:
    return Ground(here.returns, here.rows, here.options, counts)


def test_a_fair_vote_looks_like_fair_worlds(here):
    """Of 10 fair votes with 14 figures each, bands of 95 % should miss some 7; their fit errs, so twice that."""
    model = fit(here)
    missed = 0
    for seed in range(10):
        vote = of(here, model.draw(np.random.default_rng(seed)))
        missed += sum("tight" in one.outside for one in look(vote, seed=1, worlds=40))
    assert missed <= 14


@pytest.mark.parametrize(
    ("name", "params", "trait"),
    [
        ("invented", {}, "turnout-all"),
        ("stuffing", {"share": 0.8}, "turnout-far"),
        ("loyal-places", {"place": "stations"}, "share-far"),
    ],
)
def test_what_was_done_shows_where_it_must(here, world, name, params, trait):
    held = mechanism(name).apply(world, 0.1, np.random.SeedSequence(1), **params)
    found = {one.trait.id: one for one in look(of(here, held.counts), seed=1, worlds=40)}
    assert found[trait].observed > found[trait].bands["tight"].high


def test_the_same_seed_gives_the_same_bands(here):
    assert look(here, seed=3, worlds=5) == look(here, seed=3, worlds=5)
    assert look(here, seed=3, worlds=5) != look(here, seed=4, worlds=5)


def test_figures_are_those_of_a_plain_count(here):
    counts, found = here.counts, {one.trait.id: one.observed for one in look(here, seed=1, worlds=2)}
    assert found["turnout"] == pytest.approx(100 * counts.cast.sum() / counts.registered.sum())
    assert found["share"] == pytest.approx(100 * counts.favoured.sum() / counts.valid.sum())
    assert found["turnout-all"] == np.count_nonzero(counts.cast >= 0.95 * counts.registered)
    assert set(found) == {trait.id for trait in TRAITS}


def test_without_registered_voters_turnout_is_not_spoken_of(here):
    returns = here.returns
    columns = {name: origin for name, origin in returns.columns.items() if name != "registered"}
    without = dataclasses.replace(returns, table=returns.table.drop("registered"), columns=columns)
    found = look(ground(without, "Yes"), seed=1, worlds=3)
    assert found
    assert not any(one.trait.turnout for one in found)
    assert isinstance(World(ground(without), ground(without).counts).returns().sums["Yes"], int)


def test_no_more_than_one_world_is_held_at_a_time(here, monkeypatch):
    """Each world is gone when the next one is drawn, so that memory does not grow with their number."""
    alive: list[weakref.ref[Counts]] = []
    draw = Fair.draw

    def watched(self: Fair, rng: np.random.Generator) -> Counts:
        gc.collect()
        assert sum(one() is not None for one in alive) <= 1
        counts = draw(self, rng)
        alive.append(weakref.ref(counts))
        return counts

    monkeypatch.setattr(Fair, "draw", watched)
    look(here, seed=1, worlds=6)
    assert len(alive) == 12
