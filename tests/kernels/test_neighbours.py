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


def test_the_median_of_the_others_is_that_of_the_group_without_the_one_asked_about():
    rng = np.random.default_rng(6)
    group = rng.integers(0, 60, 200)
    values = rng.normal(size=200).round(1)  # with equals
    for at, found in enumerate(neighbours.others_median(values, group)):
        others = values[(group == group[at]) & (np.arange(200) != at)]
        assert found == pytest.approx(np.median(others) if len(others) else values[at])


@pytest.mark.parametrize("others", [1, 2, 3, 4, 7, 20])
def test_the_median_of_few_varies_as_the_formula_says(others):
    # Of an odd number within 3 %; of an even number it varies less, two by the part of a mean of two.
    drawn = np.random.default_rng(7).normal(size=(200_000, others))
    variance, formula = np.median(drawn, axis=1).var(), np.pi / (2 * others + np.pi - 2)
    error = 4 * variance * math.sqrt(2 / 200_000)
    assert variance <= formula * 1.03 + error
    if others % 2:
        assert variance >= formula * 0.97 - error
    else:
        assert variance >= formula * 0.75


def logits(seed, middle, groups=200, size=12, spread=0.3, trials=(300, 900)):
    """Draw counts with normal logits around a middle for each group."""
    rng = np.random.default_rng(seed)
    group = np.arange(groups * size) // size
    logit = rng.normal(middle, 0.4, groups)[group] + rng.normal(0, spread, len(group))
    n = rng.integers(*trials, len(group))
    return rng.binomial(n, 1 / (1 + np.exp(-logit))), n, group


@pytest.mark.parametrize("middle", [0.0, 1.5, 3.5])
def test_distances_on_logits_are_normal_at_any_rate(middle):
    far, *_ = neighbours.outlying(*logits(8, middle))
    assert np.median(np.abs(far)) == pytest.approx(0.6745, abs=0.02)  # as it is chosen
    # 2,400 stations: the standard error is 0.4 points. Of few votes, logits are a little lopsided.
    assert np.mean(np.abs(far) > 1.96) == pytest.approx(0.05, abs=0.015)


def test_distances_change_their_sign_with_the_option():
    k, n, group = logits(9, 2.0, groups=40)
    far, rate, information = neighbours.outlying(k, n, group)
    other, rest, same = neighbours.outlying(n - k, n, group)
    assert far == pytest.approx(-other, abs=1e-9)
    assert rate == pytest.approx(1 - rest)
    assert information == pytest.approx(same)


def test_one_station_far_out_leaves_its_neighbours_where_they_were():
    k, n, group = logits(10, 3.0, groups=60)
    changed = k.copy()
    changed[0] = n[0] // 5
    before, after = (np.abs(neighbours.outlying(x, n, group)[0])[1:12] for x in (k, changed))
    assert np.abs(after - before).max() < 0.5
    laws = (neighbours.predict(x, n, group, 0.005) for x in (k, changed))
    means = [np.abs(neighbours.distance(k, n, *law))[1:12].mean() for law in laws]
    assert means[1] > means[0] + 0.5  # a mean moves, and all of them seem to lie far from it


@pytest.mark.parametrize("share", [0.5, 0.02, 0.0, 1.0])
def test_stations_with_nobody_or_everybody_have_distances(share):
    n = np.full(100, 1_000_000)
    k = np.where(np.arange(100) < 100 * share, n, 0)[np.random.default_rng(0).permutation(100)]
    for found in neighbours.outlying(k, n, np.arange(100) // 10):
        assert np.isfinite(found).all()
