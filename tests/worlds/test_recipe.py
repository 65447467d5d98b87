"""Recipes: each mechanism has one that is shipped, all can be cooked, and a wrong one is told what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.model.errors import InputError
from plebiscope.worlds import clean
from plebiscope.worlds.fair import fit
from plebiscope.worlds.invented import Country, invent
from plebiscope.worlds.recipe import read, shipped
from plebiscope.worlds.tamper import MECHANISMS


def test_every_mechanism_has_a_shipped_recipe():
    used = {step.mechanism for recipe in shipped().values() for step in recipe.steps}
    assert used == set(MECHANISMS)
    assert {name for name, one in MECHANISMS.items() if one.kind != "control"} <= set(shipped())


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_recipe_can_be_cooked_in_an_invented_country_and_on_a_table(here, name):
    recipe = shipped()[name]
    assert recipe.about
    for world in (recipe.simulate(), recipe.simulate(here)):
        assert world.counts.possible.mean() > 0.99
        assert len(world.deeds) == len(recipe.steps)
        assert world.touched.any() == bool(recipe.steps)


def test_the_same_seed_gives_the_same_vote_and_another_another():
    recipe = shipped()["stuffing"]
    one, two, other = recipe.simulate(), recipe.simulate(seed=1), recipe.simulate(seed=2)
    assert one.returns().digest == two.returns().digest != other.returns().digest


def test_the_vote_of_the_founding_report_is_not_what_the_voters_wanted():
    world = shipped()["at-gunpoint"].simulate()
    fair, held = world.fair, world.counts
    assert fair.cast.sum() / fair.registered.sum() < 0.45
    assert held.cast.sum() / held.registered.sum() > 0.6
    assert fair.favoured.sum() / fair.valid.sum() < 0.5 < held.favoured.sum() / held.valid.sum()
    assert world.totals


def test_an_invented_country_is_as_asked():
    model = invent(
        Country(stations=2000, regions=4, districts=50, turnout=0.7, share=0.3), np.random.default_rng(1)
    )
    drawn = model.draw(np.random.default_rng(2))
    assert len(drawn) == 2000
    assert [codes.max() + 1 for codes in model.ground.areas.values()] == [4, 50]
    # 50 districts whose logits spread by 0.2 and 0.4: means err by some 0.01 and 0.02.
    assert drawn.cast.sum() / drawn.registered.sum() == pytest.approx(0.7, abs=0.03)
    assert drawn.favoured.sum() / drawn.valid.sum() == pytest.approx(0.3, abs=0.06)
    assert np.median(drawn.registered) == pytest.approx(900, rel=0.05)


def test_more_options_are_voted_for_in_their_order():
    model = invent(Country(options=("A", "B", "C", "D")), np.random.default_rng(1))
    drawn = model.draw(np.random.default_rng(2))
    sums = drawn.votes.sum(axis=0)
    assert list(sums[1:]) == sorted(sums[1:], reverse=True)
    assert (drawn.votes.sum(axis=1) == drawn.valid).all()


@pytest.mark.parametrize("name", clean.votes())
def test_stations_can_differ_as_in_a_clean_vote(here, name):
    model = clean.like(fit(here), name)
    known = clean.vote(name)["layer"]
    assert model.layers[-1].turnout == known[-1]["turnout"]
    # Nothing of the clean vote's spread is lost.
    for key in ("turnout", "share"):
        there = sum(layer[key] ** 2 for layer in known)
        assert sum(getattr(layer, key) ** 2 for layer in model.layers) == pytest.approx(there)
    assert model.draw(np.random.default_rng(1)).possible.all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed = ", "no valid TOML"),
        ("sead = 1", "has no sead"),
        ("seed = -1", "whole number"),
        ("seed = true", "whole number"),
        ("fair = 'wide'", "tight or loose"),
        ("like = 'atlantis'", "no clean vote"),
        ("[country]\nplanets = 9", "no planets"),
        ("[country]\nstations = 'many'", "stations"),
        ("[country]\nstations = 10", "at least as many"),
        ("[country]\nstations = 99000000", "at most"),
        ("[country]\nturnout = 60", "parts of one"),
        ("[country]\noptions = ['Yes']", "two options"),
        ("country = 3", "is a table"),
        ("[[deed]]\nprevalence = 0.1", "names no mechanism"),
        ("[[deed]]\nmechanism = 'magic'\nprevalence = 0.1", "no mechanism 'magic'"),
        ("[[deed]]\nmechanism = 'stuffing'", "prevalence None"),
        ("[[deed]]\nmechanism = 'stuffing'\nprevalence = 10", "0 to 1"),
        ("[[deed]]\nmechanism = 'stuffing'\nprevalence = 0.1\nzeal = 3", "no parameter zeal"),
        ("[[deed]]\nmechanism = 'stuffing'\nprevalence = 0.1\nshare = 'all'", "cannot be"),
        ("[[deed]]\nmechanism = 'stuffing'\nprevalence = 0.1\nshare = 5", "from 0 to 1"),
        ("[[deed]]\nmechanism = 'stuffing'\nprevalence = 0.1\nshare = nan", "from 0 to 1"),
        ("[[deed]]\nmechanism = 'stuffing'\nprevalence = nan", "0 to 1"),
        ("[[deed]]\nmechanism = 'targets'\nprevalence = 0.1\nstep = 0", "from 0.01"),
        ("[[deed]]\nmechanism = 'targets'\nprevalence = 0.1\nstep = inf", "from 0.01"),
        ("[[deed]]\nmechanism = 'pooled-stations'\nprevalence = 0.1\ntimes = 1000000000000000000", "to 1000"),
        ("[country]\nregistered = [nan, 1]", "registered"),
        ("[country]\nregistered = [900, inf]", "registered"),
        ("[country]\noptions = ['Yes', 'cast']", "cannot be called cast"),
        ("[country]\noptions = ['Yes', ' ']", "each named once"),
        ("[country]\nturnout = nan", "parts of one"),
        ("deed = 3", "one after the other"),
        ("[[deed]]\nmechanism = 'stuffing'\nprevalence = 0.1\nof = 'absnet'", "one of absent, cast"),
        ("a = " + "[" * 5000, "no valid TOML"),
    ],
)
def test_a_wrong_recipe_is_told_what_is_wrong(text, words):
    with pytest.raises(InputError, match=words):
        read(text)


def test_too_many_options_are_refused():
    options = ", ".join(f"'{number}'" for number in range(41))
    with pytest.raises(InputError, match="40 at most"):
        read(f"[country]\noptions = [{options}]")


def test_no_decimals_and_no_push_are_fine():
    recipe = read(
        "[[deed]]\nmechanism = 'targets'\nprevalence = 0.1\npush = 0\n"
        "[[deed]]\nmechanism = 'totals-from-percentages'\ndecimals = 0"
    )
    world = recipe.simulate()
    assert {share % 1 for share in world.totals[0].shares.values()} == {0}


def test_a_place_that_there_is_not_is_told_when_it_is_cooked():
    recipe = read("[[deed]]\nmechanism = 'stuffing'\nprevalence = 0.1\nplace = 'Region=Atlantis'")
    with pytest.raises(InputError, match="Atlantis"):
        recipe.simulate()
