"""What designs need beside a fair vote: groups, times of report and samples that hide nothing."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope import study
from plebiscope.catalogue import load
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject, lacking
from plebiscope.worlds.designs import GROUPED, HOURS, SAMPLED, with_designs
from plebiscope.worlds.fair import fit
from plebiscope.worlds.ground import World, ground
from plebiscope.worlds.tamper import MECHANISMS


@pytest.fixture(scope="module")
def world() -> World:
    here = ground(study.read(study.example() / "stations.csv").returns, "Yes")
    return World(here, fit(here).draw(np.random.default_rng(3)))


def designed(world: World, seed: int = 4, **said) -> Subject:
    subject = world.subject(Contest(id="vote", name="A vote"))
    return with_designs(subject, world, np.random.default_rng(seed), **said)


def in_group(subject: Subject) -> np.ndarray:
    return subject.results.table["group"].is_not_null().to_numpy()


def minutes(subject: Subject) -> np.ndarray:
    when = subject.results.table["reported"]
    return ((when - when.min()).dt.total_seconds() / 60).to_numpy()


def test_nothing_that_a_design_needs_is_lacking_and_no_figure_is_changed(world):
    subject = designed(world, earlier=world)
    for name in ("contrast", "late-count", "quick-count"):
        assert lacking(load(name), subject) == ()
    assert subject.results.sums == world.returns().sums


def test_every_district_has_its_part_of_the_group_and_of_the_sample(world):
    subject, district = designed(world), world.ground.district
    size = np.bincount(district)
    for chosen, part in (
        (in_group(subject), GROUPED),
        (np.isin(world.ground.rows, sample(subject)), SAMPLED),
    ):
        there = np.bincount(district, chosen[world.ground.rows] if len(chosen) != len(district) else chosen)
        assert (np.abs(there - part * size) <= 2).all()
    assert subject.contest.comparison.by_lot
    assert subject.copies[-1].strata == subject.contest.comparison.within


def sample(subject: Subject) -> np.ndarray:
    return subject.copies[-1].match.rows


def test_a_lot_has_no_regard_to_size_and_the_other_way_has_nothing_but(world):
    voters, district = world.ground.counts.registered, world.ground.district
    typical = np.array([np.median(voters[district == place]) for place in district])
    by_lot = [in_group(designed(world, seed, order="lot"))[world.ground.rows] for seed in range(20)]
    above = np.mean([(voters > typical)[chosen].mean() for chosen in by_lot])
    assert above == pytest.approx((voters > typical).mean(), abs=4 * 0.5 / np.sqrt(20 * by_lot[0].sum()))
    largest = in_group(designed(world, group="size"))[world.ground.rows]
    assert (voters > typical)[largest].mean() > 0.95
    assert not designed(world, group="size").contest.comparison.designed


def test_small_stations_report_first_as_a_rule_and_not_where_chance_decides(world):
    voters = np.log(world.ground.counts.registered)
    late = minutes(designed(world))[world.ground.rows]
    assert 0 <= late.min() < late.max() <= HOURS * 60
    assert np.corrcoef(late, voters)[0, 1] > 0.5
    chance = minutes(designed(world, order="lot"))[world.ground.rows]
    assert abs(np.corrcoef(chance, voters)[0, 1]) < 4 / np.sqrt(len(voters))


def test_a_sample_says_what_was_signed_and_not_what_was_published(world):
    changed = MECHANISMS["rewritten"].apply(world, 0.5, np.random.SeedSequence(5))
    subject = designed(changed)
    tallies, rows = subject.copies[-1].returns.table["Yes"].to_numpy(), sample(subject)
    published = subject.results.table["Yes"].to_numpy()[rows]
    signed = world.returns().table["Yes"].to_numpy()[rows]
    assert (tallies == signed).all()
    assert (tallies != published).any()


def test_the_same_seed_gives_the_same_design(world):
    one, other = (designed(world, 9) for _ in range(2))
    assert one.results.table.equals(other.results.table)
    assert (sample(one) == sample(other)).all()
