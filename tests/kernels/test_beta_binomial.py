"""The beta-binomial law and its leave-one-out fit: against scipy, plain loops and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from plebiscope.kernels import beta_binomial as law


def parameters(mean, correlation):
    strength = (1 - correlation) / correlation
    return mean * strength, (1 - mean) * strength


@pytest.mark.parametrize(("mean", "correlation"), [(0.6, 0.03), (0.95, 0.2), (0.999, 0.6), (0.3, 1e-4)])
@pytest.mark.parametrize("n", [1, 7, 400])
def test_law_equals_that_of_scipy(n, mean, correlation):
    x = np.arange(n + 1)
    known = stats.betabinom.logpmf(x, n, *parameters(mean, correlation))
    assert law.log_pmf(x, n, np.array(mean), np.array(correlation)) == pytest.approx(
        known, rel=1e-7, abs=1e-9
    )


@pytest.mark.parametrize(("mean", "correlation"), [(0.6, 0.03), (0.95, 0.2), (0.999, 0.6), (0.4, 0.0)])
def test_upper_tail_is_the_sum_of_the_law(mean, correlation):
    n = 300
    count = np.arange(n + 1)
    tail = law.log_upper_tail(count, np.full(n + 1, n), np.full(n + 1, mean), np.full(n + 1, correlation))
    mass = np.exp(law.log_pmf(count, n, np.array(mean), np.array(correlation)))
    assert np.exp(tail) == pytest.approx(np.cumsum(mass[::-1])[::-1], rel=1e-9)
    assert tail[0] == pytest.approx(0.0, abs=1e-9)


def test_without_correlation_the_law_is_binomial_however_far_the_tail():
    n, count = np.array([5000, 5000]), np.array([4900, 5000])
    tail = law.log_upper_tail(count, n, np.full(2, 0.4), np.zeros(2))
    assert tail[1] == pytest.approx(5000 * np.log(0.4))
    known = np.logaddexp.reduce(stats.binom.logpmf(np.arange(4900, 5001), 5000, 0.4))
    assert tail[0] == pytest.approx(known, rel=1e-9)


def test_a_count_above_the_trials_is_impossible():
    assert law.log_upper_tail(np.array([11]), np.array([10]), np.array([0.9]), np.array([0.1]))[0] == -np.inf


def test_fit_leaves_the_station_itself_out():
    # The analysis-of-variance estimator written out for the other stations, one station at a time.
    rng = np.random.default_rng(2)
    n = rng.integers(50, 900, 40)
    k = rng.binomial(n, rng.beta(5, 3, 40))
    group = np.repeat([0, 1, 2, 3], 10)
    mean, correlation = law.fit_rest(k, n, group)
    for i in range(40):
        others = [j for j in range(40) if group[j] == group[i] and j != i]
        size, tried, done = len(others), n[others].sum(), k[others].sum()
        rate = done / tried
        between = sum(n[j] * (k[j] / n[j] - rate) ** 2 for j in others) / (size - 1)
        within = sum(k[j] * (1 - k[j] / n[j]) for j in others) / (tried - size)
        typical = (tried - sum(n[j] ** 2 for j in others) / tried) / (size - 1)
        known = (between - within) / (between + (typical - 1) * within)
        assert correlation[i] == pytest.approx(max(0.0, known), abs=1e-10)
        assert mean[i] == pytest.approx((done + 0.5) / (tried + 1))


def test_fit_finds_the_parameters_of_a_simulated_vote():
    # 200 areas of 20 stations with mean .8 and correlation 1 / 11.
    rng = np.random.default_rng(5)
    n = rng.integers(300, 2000, 4000)
    k = rng.binomial(n, rng.beta(8, 2, 4000))
    mean, correlation = law.fit_rest(k, n, np.arange(4000) // 20)
    assert mean.mean() == pytest.approx(0.8, abs=0.01)
    assert correlation.mean() == pytest.approx(1 / 11, rel=0.05)


def test_fit_of_uniform_and_of_tiny_areas():
    n = np.full(6, 100)
    mean, correlation = law.fit_rest(np.array([100, 100, 100, 100, 0, 0]), n, np.array([0, 0, 0, 0, 1, 1]))
    assert np.all(correlation[:4] == 0.0)
    assert np.all((mean[:4] < 1.0) & (mean[:4] > 0.99))
    assert np.all(np.isnan(mean[4:]))


@pytest.mark.parametrize("correlation", [0.02, 0.2])
def test_very_many_trials_have_the_law_of_the_rate(correlation):
    # With a million trials the rate is as good as beta: its tail is the incomplete beta function.
    n, count = np.array([1_000_000]), np.array([980_000])
    tail = law.log_upper_tail(count, n, np.array([0.9]), np.array([correlation]))[0]
    known = stats.beta.logsf(0.98, *parameters(0.9, correlation))
    assert tail == pytest.approx(known, abs=0.05)
