"""Every mechanism: what it may change, that more of it holds less of it, and what is peculiar to each."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.worlds.ground import World
from plebiscope.worlds.tamper import MECHANISMS, mechanism
from plebiscope.worlds.tamper.mechanism import chosen
from plebiscope.worlds.tamper.paper import reached, shared_out

SEED = np.random.SeedSequence(3)
MISHAPS = {"lines-swapped"}
"""It moves figures between neighbours, so that what one gets depends on who else is touched."""


def with_ends(world: World, name: str, prevalence: float = 0.1, **params) -> World:
    return mechanism(name).apply(world, prevalence, SEED, **params)


@pytest.mark.parametrize("name", MECHANISMS)
def test_nothing_changes_where_nothing_is_done(world, name):
    after = with_ends(world, name)
    for field in ("registered", "issued", "cast", "votes"):
        same = getattr(after.counts, field) == getattr(world.fair, field)
        assert same[~after.touched].all()
    assert after.fair is world.fair


@pytest.mark.parametrize("name", sorted(set(MECHANISMS) - {"lines-swapped"}))
def test_what_is_left_can_be_a_protocol(world, name):
    assert with_ends(world, name, 0.3).counts.possible.all()


@pytest.mark.parametrize("name", sorted(set(MECHANISMS) - MISHAPS))
def test_a_smaller_share_of_stations_is_part_of_a_larger_one(world, name):
    less, more = with_ends(world, name, 0.05), with_ends(world, name, 0.2)
    assert (more.touched | ~less.touched).all()
    assert (less.counts.votes == more.counts.votes)[less.touched].all()


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_same_seed_does_the_same(world, name):
    one, two = with_ends(world, name), with_ends(world, name)
    assert (one.counts.votes == two.counts.votes).all()
    assert one.totals == two.totals


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_without_stations_does_nothing(world, name):
    after = with_ends(world, name, 0.0)
    assert not after.touched.any()
    assert after.announced() == world.announced()


def test_stuffing_adds_ballots_for_one_side_only(world):
    after = with_ends(world, "stuffing", share=0.5)
    more = after.counts.cast - world.fair.cast
    assert (after.added == more).all()
    assert (after.counts.votes[:, 1:] == world.fair.votes[:, 1:]).all()
    assert (after.counts.issued - world.fair.issued == more).all()
    absent = (world.fair.registered - world.fair.cast)[after.touched].sum()
    # Binomial: the share errs by its root; four standard errors.
    assert more.sum() / absent == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / absent))


def test_stuffing_stops_at_its_cap_and_may_leave_the_list_unmarked(world):
    after = with_ends(world, "stuffing", share=1.0, cap=0.8, marks=False)
    stuffed = after.added > 0
    assert (after.counts.cast[stuffed] <= 0.8 * after.counts.registered[stuffed]).all()
    assert (after.counts.issued == world.fair.issued).all()


def test_stuffing_a_share_of_the_ballots(world):
    after = with_ends(world, "stuffing", share=0.05, of="cast")
    before = world.fair.cast[after.touched].sum()
    assert after.added.sum() / before == pytest.approx(0.05, abs=4 * np.sqrt(0.05 / before))


def test_switching_moves_and_annulment_spoils(world):
    moved, spoilt = with_ends(world, "switching"), with_ends(world, "annulment")
    assert (moved.counts.valid == world.fair.valid).all()
    assert moved.added.sum() == (world.fair.votes[:, 1] - moved.counts.votes[:, 1]).sum() > 0
    assert spoilt.added.sum() == 0
    assert (spoilt.counts.invalid - world.fair.invalid).sum() > 0


def test_targets_are_met_to_the_nearest_voter(world):
    after = with_ends(world, "targets", step=5.0)
    counts = after.counts
    for part, whole in ((counts.cast, counts.registered), (counts.favoured, counts.cast)):
        percent = 100 * part[after.touched] / whole[after.touched]
        mark = 5 * np.round(percent / 5)
        assert (np.abs(part[after.touched] - whole[after.touched] * mark / 100) <= 0.5 + 1e-9).all()


def test_an_upward_target_is_never_missed(world):
    after = with_ends(world, "targets", of="turnout", figure=70.0, upward=True)
    counts = after.counts
    assert (100 * counts.cast[after.touched] >= 70 * counts.registered[after.touched]).all()
    assert (100 * (counts.cast[after.touched] - 1) < 70 * counts.registered[after.touched]).all()


def test_at_least_lifts_only_who_falls_short(world):
    after = with_ends(world, "at-least", 0.5, figure=60.0)
    short = world.fair.cast < 0.6 * world.fair.registered
    assert after.touched.any()
    assert (short | ~after.touched).all()
    assert (after.counts.cast[after.touched] >= 0.6 * after.counts.registered[after.touched]).all()


def test_a_dictated_percentage_is_one_for_a_whole_district(world):
    after = with_ends(world, "dictated", 0.03)
    district = world.ground.district
    full = [d for d in np.unique(district) if after.touched[district == d].all()]
    assert full
    for one in full:
        counts = after.counts
        large = (district == one) & (counts.cast > 1000)
        aims = set(np.round(1000 * counts.favoured[large] / counts.cast[large]).tolist())
        assert len(aims) <= 1


def test_coercion_presses_small_stations_and_every_ballot_is_a_voter(world):
    after = with_ends(world, "coercion", 1 / 3)
    assert after.added.sum() > 0
    assert (after.counts.registered == world.fair.registered).all()
    assert np.median(world.fair.registered[after.touched]) < 0.8 * np.median(world.fair.registered)


def test_suppression_takes_voters_away_in_the_weakest_districts(world):
    after = with_ends(world, "suppression", 0.3)
    taken = world.fair.cast - after.counts.cast
    assert (taken >= 0).all()
    share = world.fair.favoured / world.fair.valid
    assert share[after.touched].mean() < share[~after.touched].mean()
    assert (after.counts.votes <= world.fair.votes).all()


def test_ghosts_and_carousels_lengthen_the_list(world):
    ghosts = with_ends(world, "ghost-voters")
    more = ghosts.counts.registered - world.fair.registered
    assert (ghosts.added == more).all()
    assert more.sum() > 0
    guests = with_ends(world, "carousel")
    assert (guests.counts.registered - world.fair.registered == guests.counts.cast - world.fair.cast).all()


def test_announced_counts_from_percentages_are_off_the_true_ones(world):
    after = with_ends(world, "totals-from-percentages", 1.0, decimals=1)
    (said,), true = after.totals, world.announced()
    assert said.votes != true.votes
    for option, count in said.votes.items():
        percent = round(100 * true.votes[option] / true.cast, 1)
        assert count == round(said.cast * percent / 100)
        assert said.shares[option] == Decimal(str(percent))
    assert (after.counts.votes == world.fair.votes).all()


def test_changed_totals_keep_their_sum(world):
    (said,) = with_ends(world, "totals-changed", 1.0).totals
    assert sum(said.votes.values()) == sum(world.announced().votes.values())
    assert said.votes["Yes"] > world.announced().votes["Yes"]


@pytest.mark.parametrize("how", ["moved", "digit", "exchanged"])
def test_rewritten_rows_keep_their_ballots_and_leave_the_forms_as_they_were(world, how):
    after = with_ends(world, "rewritten", 0.5, how=how)
    assert after.touched.any()
    assert (after.added[after.touched] > 0).all()
    assert (after.counts.valid == world.fair.valid).all()
    assert (after.counts.cast == world.fair.cast).all()
    assert (after.forms.votes == world.fair.votes).all()
    if how == "digit":
        pairs = zip(after.counts.favoured.tolist(), world.fair.favoured.tolist(), strict=True)
        for held, true in pairs:
            assert held == true or held - true == 10 ** (len(str(true)) - 1)
    if how == "exchanged":
        there = after.touched
        assert (after.counts.votes[there][:, 0] == world.fair.votes[there].max(axis=1)).all()


def test_forms_hold_what_was_done_before_they_were_signed_and_nothing_after(world):
    stuffed = with_ends(world, "stuffing")
    assert stuffed.forms is stuffed.counts
    changed = mechanism("rewritten").apply(stuffed, 0.1, SEED)
    again = mechanism("switching").apply(changed, 0.2, np.random.SeedSequence(4))
    assert (again.forms.votes == stuffed.counts.votes).all()
    assert (again.forms.votes != world.fair.votes).any()
    assert (again.counts.votes != changed.counts.votes).any()


def test_where_one_option_stands_alone_nothing_can_be_rewritten(world):
    votes = world.fair.votes[:, :1]
    alone = dataclasses.replace(
        world, fair=world.fair.but(votes=votes), ground=dataclasses.replace(world.ground, options=("Yes",))
    )
    assert not with_ends(alone, "rewritten").touched.any()


def test_controls_take_no_votes_on_the_whole(world):
    for name in ("typos", "lines-swapped", "clerk-rounds", "alphabetical-lists", "stations-merged"):
        after = with_ends(world, name, 0.2)
        assert abs(after.added.sum()) < 0.01 * world.fair.favoured.sum()


@pytest.mark.parametrize("place", ["stations", "small", "areas", "weak", "Region=Gostel"])
def test_places_hold_as_many_stations_as_asked(world, place):
    found = chosen(world, place, 0.25, np.random.default_rng(1))
    open_to = 420 if "=" in place else len(world.ground)
    assert np.count_nonzero(found) == np.ceil(0.25 * open_to)


@pytest.mark.parametrize("place", ["nowhere", "Region=Atlantis", "Planet=Mars"])
def test_a_place_that_there_is_not_is_refused(world, place):
    with pytest.raises(LookupError):
        chosen(world, place, 0.25, np.random.default_rng(1))


def test_wrong_calls_are_refused(world):
    with pytest.raises(LookupError, match="no mechanism"):
        mechanism("magic")
    with pytest.raises(LookupError, match="no parameter"):
        with_ends(world, "stuffing", zeal=1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        with_ends(world, "stuffing", 1.5)
    with pytest.raises(LookupError, match="one of turnout, share, both"):
        with_ends(world, "targets", of="everything")


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=9
    ),
    st.integers(0, 10_000),
)
def test_what_is_shared_out_is_all_of_it(votes, left):
    rows = np.array(votes, dtype=np.int64)
    given_out = shared_out(rows, np.full(len(rows), left))
    assert (given_out.sum(axis=1) == left).all()
    assert (given_out >= 0).all()
    weights = rows.sum(axis=1, keepdims=True)
    known = weights[:, 0] > 0
    assert (np.abs(given_out - left * rows / np.maximum(weights, 1))[known] <= 1 + 1e-6).all()


@given(st.integers(1, 5000), st.integers(0, 1000))
def test_an_upward_target_is_the_smallest_count_that_reaches_it(whole, tenths):
    found = reached(np.array([whole]), np.array([tenths / 10]), upward=True)[0]
    assert 1000 * found >= tenths * whole
    assert 1000 * (found - 1) < tenths * whole


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(set(MECHANISMS) - {"lines-swapped"})), min_size=2, max_size=4),
    st.floats(0.0, 1.0),
    st.integers(0, 99),
)
def test_whatever_is_done_after_what_else_the_figures_stay_possible(world, names, prevalence, seed):
    after = world
    for place, name in enumerate(names):
        after = mechanism(name).apply(after, prevalence, np.random.SeedSequence(seed, spawn_key=(place,)))
    assert after.counts.possible.all()
    assert (after.counts.issued >= after.counts.cast).all()
    assert after.returns().sums["valid"] == after.counts.valid.sum()
