"""The estimate with a ratio for each area: areas that differ are no votes, added votes still are."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.kernels.turnout_core import Curves, each_area, take_core


def vote(seed, spread):
    """Draw ballots by area and bin: areas of higher turnout favour the option by so many logits a point."""
    rng = np.random.default_rng(seed)
    centre = rng.normal(55, 8, 40)
    bins = np.arange(101)
    weight = np.exp(-(((bins - centre[:, None]) / 6) ** 2) / 2)
    ballots = rng.poisson(20_000 * weight)
    share = 1 / (1 + np.exp(-spread * (centre[:, None] - 55)))
    leader = rng.binomial(ballots, share * np.ones_like(weight)).astype(float)
    return leader, ballots - leader


def core_of(leader, others):
    sums = [part.sum(axis=0) for part in (leader, others)]
    return take_core(Curves(*sums, sum(sums), sum(sums)), 52, 58)


@pytest.mark.parametrize("seed", range(4))
def test_areas_that_differ_are_not_taken_for_votes(seed):
    leader, others = vote(seed, 0.05)
    core = core_of(leader, others)
    assert core.votes > 0.05 * leader.sum()
    # What is left comes from areas with next to no ballots in the core, which are drawn towards all.
    assert abs(each_area(leader, others, core).sum()) < 0.3 * core.votes


def test_votes_added_above_the_core_are_counted():
    leader, others = vote(9, 0.0)
    added = np.zeros_like(leader)
    added[:20, 85] = 10_000.0
    core = core_of(leader + added, others)
    assert each_area(leader + added, others, core).sum() == pytest.approx(200_000, rel=0.05)
    assert core.votes == pytest.approx(200_000, rel=0.05)


def test_an_area_without_ballots_in_the_core_has_the_ratio_of_all():
    leader, others = np.zeros((3, 101)), np.zeros((3, 101))
    leader[:2, 50:56], others[:2, 50:56] = 2000.0, 1000.0
    leader[2, 90], others[2, 90] = 5000.0, 1000.0
    assert each_area(leader, others, core_of(leader, others)).sum() == pytest.approx(3000.0, rel=0.01)
