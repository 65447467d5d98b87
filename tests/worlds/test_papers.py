"""What a vote leaves on paper: what was signed and announced, and copies whose slips help nobody."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope import study
from plebiscope.catalogue import load
from plebiscope.model.beside import pair
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Subject
from plebiscope.worlds.fair import fit
from plebiscope.worlds.ground import World, ground
from plebiscope.worlds.papers import COPIED, SLIPS, with_papers
from plebiscope.worlds.tamper import mechanism


@pytest.fixture(scope="module")
def subjects():
    here = ground(study.read(study.example() / "stations.csv").returns, "Yes")
    rng = np.random.default_rng(3)
    worlds = [World(here, fit(here).draw(rng)) for _ in range(20)]
    return [with_papers(world.subject(Contest(id="vote", name="A vote")), world, rng) for world in worlds]


def test_announcements_are_the_sums_of_the_rows(subjects):
    for subject in subjects:
        for totals in subject.totals:
            assert totals.votes == {option: subject.results.sums[option] for option in ("Yes", "No")}
            assert float(totals.shares["Yes"]) == pytest.approx(
                100 * totals.votes["Yes"] / totals.valid, abs=0.005
            )
            assert totals.cast == subject.results.sums["cast"]


def test_copies_say_what_the_table_says_but_for_slips(subjects):
    pairs = [pair(subject.results, subject.copies[0]) for subject in subjects]
    stations = len(subjects[0].results)
    assert all(one.compared == round(COPIED * stations) for one in pairs)
    differing = sum(len(one.differing) for one in pairs)
    expected = SLIPS * sum(one.compared for one in pairs)
    assert differing == pytest.approx(expected, abs=4 * np.sqrt(expected))
    for one in pairs:
        assert not one.difference("cast").any()


def test_slips_raise_a_figure_as_often_as_they_lower_it(subjects):
    slips = np.concatenate(
        [pair(one.results, one.copies[0]).difference(option) for one in subjects for option in ("Yes", "No")]
    )
    slips = slips[slips != 0]
    assert abs(np.sign(slips).sum()) < 4 * np.sqrt(len(slips))


# -------------------------------------------------------------------------- what was done after the forms


@pytest.fixture(scope="module")
def changed(subjects):
    """A vote in which rows were rewritten after the forms were signed, and one in which boxes were."""
    here = ground(study.read(study.example() / "stations.csv").returns, "Yes")
    world = World(here, fit(here).draw(np.random.default_rng(5)))
    seed = np.random.SeedSequence(5)
    return {name: mechanism(name).apply(world, 0.1, seed) for name in ("rewritten", "switching")}


def papers(world) -> Subject:
    subject = world.subject(Contest(id="vote", name="A vote"))
    return with_papers(subject, world, np.random.default_rng(6))


def answers(name: str, subject: Subject) -> tuple[Measurement, ...]:
    method = load(name)
    return method.measure(subject, method.params(), np.random.default_rng(0)).measurements


def test_copies_say_what_was_signed_and_not_what_was_published(changed):
    world = changed["rewritten"]
    pairs = pair(world.returns(), papers(world).copies[0])
    place = {row: at for at, row in enumerate(world.ground.rows.tolist())}
    there = world.touched[[place[row] for row in pairs.there.tolist()]]
    differs = np.isin(np.arange(len(pairs.there)), pairs.differing)
    assert differs[there].all()
    # Elsewhere there are slips alone.
    assert differs[~there].mean() == pytest.approx(SLIPS, abs=4 * np.sqrt(SLIPS / (~there).sum()))


def test_the_sum_of_the_forms_was_announced_on_the_evening(changed):
    world = changed["rewritten"]
    final, evening = papers(world).totals
    assert final.votes["Yes"] == world.counts.favoured.sum() > world.fair.favoured.sum()
    assert evening.votes["Yes"] == world.fair.favoured.sum()


def test_copies_and_sources_see_what_was_done_after_the_forms_and_not_what_was_done_before(changed):
    after, before = (papers(changed[name]) for name in ("rewritten", "switching"))
    surprise = [
        {one.quantity: one.log10_p for one in answers("copies", subject)} for subject in (after, before)
    ]
    for quantity in ("direction of differences", "sum of differences"):
        assert surprise[0][quantity] < -6.0 < surprise[1][quantity]
    assert any(one.contradiction for one in answers("sources", after))
    assert not any(one.contradiction or one.unexplained for one in answers("sources", before))


def test_an_announcement_that_was_changed_stays_so_beside_the_forms(changed):
    world = mechanism("totals-changed").apply(changed["switching"], 1.0, np.random.SeedSequence(7))
    final, evening = papers(world).totals
    assert final == world.totals[0]
    assert evening.votes["Yes"] == world.counts.favoured.sum() < final.votes["Yes"]
