"""Counts against their neighbours: the law by hand, against sums term by term, and in simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plebiscope.kernels import beta_binomial, neighbours


def drawn(seed, groups=300, size=6, correlation=0.02, trials=(200, 900)):
    """Draw counts of the model itself: a mean for each group, a beta law inside, voters one by one."""
    rng = np.random.default_rng(seed)
    group = np.arange(groups * size) // size
    mean = rng.uniform(0.3, 0.7, groups)[group]
    strength = 1.0 / correlation - 1.0
    n = rng.integers(*trials, len(group))
    return rng.binomial(n, rng.beta(strength * mean, strength * (1 - mean))), n, group


def test_the_others_of_a_group_tell_the_mean():
    k, n = np.array([30, 60, 10, 45]), np.array([100, 200, 50, 90])
    # Without correlation the weights are the trials: the rate of the others, half a success and failure added.
    mean, correlation = neighbours.predict(k, n, np.array([0, 0, 0, 1]), 0.0)
    assert mean[0] == pytest.approx((60 + 10 + 0.5) / (200 + 50 + 1))
    assert correlation[0] == pytest.approx(1 / (200 + 50 + 1))
    assert mean[3] == pytest.approx(0.5)
    # With it a station can tell no more than its own rate, however many voted there.
    weight = 1 / (0.1 + 0.9 / np.array([200, 50]))
    mean, _ = neighbours.predict(k, n, np.array([0, 0, 0, 1]), 0.1)
    assert mean[0] == pytest.approx((weight @ [0.3, 0.2] + 0.5) / (weight.sum() + 1))


@pytest.mark.parametrize(
    ("n", "m", "r"), [(60, 0.3, 0.02), (400, 0.62, 0.004), (900, 0.9, 0.03), (300, 0.5, 0)]
)
def test_chances_are_those_of_the_law_summed_term_by_term(n, m, r):
    counts = np.arange(n + 1)
    size = len(counts)
    log_p, z = neighbours.chance(counts, np.full(size, n), np.full(size, m), np.full(size, r))
    mass = np.exp(beta_binomial.log_pmf(counts.astype(float), np.full(size, float(n)), m, r))
    assert mass.sum() == pytest.approx(1.0, abs=1e-9)
    below, above = np.cumsum(mass), np.cumsum(mass[::-1])[::-1]
    exact = np.minimum(2 * np.minimum(below, above), 1.0)
    small = (exact < 0.15) & (exact > 1e-10)
    assert np.exp(log_p[small]) == pytest.approx(exact[small], rel=1e-5)
    assert np.abs(np.exp(log_p) - exact).max() < 0.05
    middle = below - mass / 2
    there = (middle > 1e-9) & (middle < 1 - 1e-9)
    assert (np.sign(z[there]) == np.sign(middle[there] - 0.5))[np.abs(middle[there] - 0.5) > 0.03].all()
    assert np.all(np.diff(z) > -1e-9)


def test_a_chance_is_the_same_seen_from_the_other_option():
    k, n, group = drawn(1)
    mean, spread = neighbours.predict(k, n, group, 0.02)
    log_p, z = neighbours.chance(k, n, mean, spread)
    other, back = neighbours.chance(n - k, n, 1 - mean, spread)
    assert other == pytest.approx(log_p, rel=1e-6, abs=1e-9)
    assert back == pytest.approx(-z, abs=1e-6)


def test_predictions_keep_their_promise_where_the_model_holds():
    # 12,000 stations; the share below a level may miss it by four standard errors of independent ones.
    p = []
    for seed in range(4):
        k, n, group = drawn(seed, groups=500)
        p += np.exp(neighbours.chance(k, n, *neighbours.predict(k, n, group, 0.02))[0]).tolist()
    for level in (0.5, 0.05, 0.01):
        error = math.sqrt(level * (1 - level) / len(p))
        assert abs(np.mean(np.array(p) < level) - level) < 4 * error + 0.05 * level


def test_the_correlation_is_found_again():
    # The middle half tells it with an error of about two per cent of 1,800 stations' z, four of r.
    found = [neighbours.correlation(*drawn(seed), 0.5) for seed in range(20)]
    assert np.mean(found) == pytest.approx(0.02, rel=0.06)


def test_a_tenth_of_stations_far_out_hardly_moves_it():
    k, n, group = drawn(3)
    clean = neighbours.correlation(k, n, group, 0.5)
    raised = np.random.default_rng(0).random(len(k)) < 0.1
    moved = neighbours.correlation(np.where(raised, n, k), n, group, 0.5)
    # The others are held against raised neighbours too, which is what moves it.
    assert clean < moved < 3 * clean
    everything = neighbours.correlation(np.where(raised, n, k), n, group, 0.99)
    assert everything > 3 * moved


def test_counting_alone_has_no_correlation():
    rng = np.random.default_rng(5)
    n = np.full(3000, 400)
    found = neighbours.correlation(rng.binomial(n, 0.4), n, np.arange(3000) // 10, 0.5)
    assert found < 2e-4
    same = neighbours.correlation(np.full(300, 40), np.full(300, 100), np.arange(300) // 10, 0.5)
    assert same == 0.0
