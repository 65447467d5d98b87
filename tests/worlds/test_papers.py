"""What a fair vote leaves on paper: true announcements, and copies whose slips help nobody."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope import study
from plebiscope.model.beside import pair
from plebiscope.model.case import Contest
from plebiscope.worlds.fair import fit
from plebiscope.worlds.ground import World, ground
from plebiscope.worlds.papers import COPIED, SLIPS, with_papers


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
