"""The chance that counts lie so close together: enumeration, simulation, two ways that must agree."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from plebiscope.kernels import dispersion


def x2_of(counts, trials, total):
    """Pearson's statistic with the rate of the whole, of one or several rows of counts."""
    rate = total / trials.sum()
    return np.sum((counts - trials * rate) ** 2 / (trials * rate * (1 - rate)), axis=-1)


def enumerated(successes, trials):
    """Add up the chances of all counts with this total that lie at least as close together."""
    total = int(successes.sum())
    limit = x2_of(successes, trials, total) * (1 + 1e-9) + 1e-12
    ways = 0
    for counts in itertools.product(*(range(n + 1) for n in trials[:-1].tolist())):
        last = total - sum(counts)
        if 0 <= last <= trials[-1] and x2_of(np.array([*counts, last]), trials, total) <= limit:
            ways += math.prod(map(math.comb, trials.tolist(), (*counts, last)))
    return ways / math.comb(int(trials.sum()), total)


@st.composite
def small_groups(draw):
    trials = draw(st.lists(st.integers(2, 12), min_size=2, max_size=4))
    successes = [draw(st.integers(0, n)) for n in trials]
    if sum(successes) == 0:
        successes[0] = 1
    if sum(successes) == sum(trials):
        successes[0] -= 1
    return np.array(successes), np.array(trials)


@given(small_groups())
def test_bounds_of_a_table_hold_the_enumerated_chance(group):
    tail = dispersion.by_table(*group)
    exact = math.log(enumerated(*group))
    assert tail.log_low - 1e-6 <= exact <= tail.log_high + 1e-6
    assert tail.log_low <= tail.log_p <= tail.log_high


@given(small_groups())
def test_lower_tail_does_not_understate_the_enumerated_chance(group):
    tail, exact = dispersion.lower_tail(*group), enumerated(*group)
    if dispersion.by_transform(*group) is None:
        assert math.exp(tail.log_p) >= exact * (1 - 1e-6)
    if tail.log_high - tail.log_low < 0.01:
        assert math.exp(tail.log_p) == pytest.approx(exact, rel=0.01)


@given(st.integers(2, 5), st.integers(2, 9), st.data())
def test_equal_numbers_of_trials_are_exact(size, trials, data):
    successes = np.array([data.draw(st.integers(0, trials)) for _ in range(size)])
    if 0 < successes.sum() < size * trials:
        tail = dispersion.by_table(successes, np.full(size, trials))
        assert math.exp(tail.log_p) == pytest.approx(enumerated(successes, np.full(size, trials)), rel=1e-6)
        assert tail.log_low == tail.log_high


def drawn(trials, rate, quantile, seed):
    """Draw votes on the ballots of a group as if shuffled, and return those at a quantile of X2."""
    total = int(trials.sum() * rate)
    draws = np.random.default_rng(seed).multivariate_hypergeometric(trials, total, 40_000)
    x2 = x2_of(draws, trials, total)
    at = np.argsort(x2, kind="stable")[int(quantile * len(x2))]
    return draws[at], float(np.mean(x2 <= x2[at] * (1 + 1e-9)))


@pytest.mark.parametrize(
    ("trials", "rate"),
    [
        (np.full(9, 60), 0.3),
        (np.arange(30, 80, 3), 0.2),
        (np.array([12, 20, 45, 90, 130, 33, 45, 20]), 0.4),
        (np.random.default_rng(5).integers(300, 2000, 30), 0.95),
    ],
)
@pytest.mark.parametrize("quantile", [0.01, 0.1])
def test_chance_agrees_with_shuffled_votes(trials, rate, quantile):
    # 40,000 draws: the simulated chance errs by sqrt(p / 40,000); four of those are allowed, and two per
    # cent where X2 has few values.
    successes, simulated = drawn(trials, rate, quantile, seed=1)
    error = 4 * math.sqrt(simulated / 40_000) + 0.02 * simulated
    assert math.exp(dispersion.lower_tail(successes, trials).log_p) == pytest.approx(simulated, abs=error)


@pytest.mark.parametrize("closeness", [0.1, 0.3, 0.5])
@pytest.mark.parametrize(("size", "rate"), [(12, 0.6), (25, 0.9), (40, 0.5)])
def test_table_and_transform_agree(closeness, size, rate):
    rng = np.random.default_rng(size)
    trials = rng.integers(150, 900, size)
    noise = closeness * rng.normal(0, np.sqrt(trials * rate * (1 - rate)))
    successes = np.rint(trials * rate + noise).astype(np.int64)
    table = dispersion.by_table(successes, trials, 300_000_000)
    transform = dispersion.by_transform(successes, trials)
    assert transform.log_p == pytest.approx(table.log_p, abs=0.02)
    assert transform.log_low <= table.log_p <= transform.log_high


def test_transform_is_given_up_where_x2_has_few_values():
    trials = np.random.default_rng(3).integers(400, 2000, 30)
    successes = np.rint(0.86371 * trials).astype(np.int64)
    assert dispersion.by_transform(successes, trials) is None
    tail = dispersion.lower_tail(successes, trials)
    assert tail.log_high - tail.log_low < 0.01


def test_closest_counts_of_all_have_the_chance_of_their_ties():
    # Every count is the rounded share of unequal trials: one vector is the closest of all.
    trials = np.array([411, 523, 634, 745, 816, 927, 1038, 1149])
    successes = np.rint(0.97 * trials).astype(np.int64)
    rate = successes.sum() / trials.sum()
    nearest = np.rint(trials * rate).astype(np.int64)
    assert (successes == nearest).all()
    own = sum(math.log(math.comb(n, k)) for n, k in zip(trials.tolist(), successes.tolist(), strict=True))
    own -= math.log(math.comb(int(trials.sum()), int(successes.sum())))
    assert dispersion.lower_tail(successes, trials).log_p == pytest.approx(own, abs=1e-6)


def test_exact_ties_between_different_stations_belong():
    # At 90 per cent three of these stations have half a vote to round, and two round up. Which two makes no
    # difference to X2: what rounding up adds is the same for any number of trials.
    trials = np.random.default_rng(3).integers(400, 2000, 30)
    successes = np.rint(0.9 * trials).astype(np.int64)
    rate = successes.sum() / trials.sum()
    halves = np.flatnonzero(np.abs(np.abs(trials * rate % 1) - 0.5) < 0.02)
    up = successes[halves] > trials[halves] * rate
    assert (len(halves), up.sum()) == (3, 2)

    def log_chance(counts):
        ways = [math.log(math.comb(n, k)) for n, k in zip(trials.tolist(), counts.tolist(), strict=True)]
        return sum(ways) - math.log(math.comb(int(trials.sum()), int(counts.sum())))

    chances = []
    for stays in range(3):
        counts = successes - np.isin(np.arange(30), halves[up])
        counts[np.delete(halves, stays)] += 1
        assert x2_of(counts, trials, successes.sum()) == pytest.approx(
            x2_of(successes, trials, successes.sum()), rel=1e-12
        )
        chances.append(math.exp(log_chance(counts)))
    assert math.exp(dispersion.lower_tail(successes, trials).log_p) == pytest.approx(sum(chances), rel=1e-6)


def test_many_equal_counts_do_not_overflow():
    tail = dispersion.lower_tail(np.full(600, 785), np.full(600, 1000))
    one = math.log(math.comb(1000, 785))
    assert tail.log_p == pytest.approx(600 * one - math.log(math.comb(600_000, 600 * 785)), rel=1e-9)


@given(st.permutations(range(9)))
def test_order_does_not_matter(order):
    trials, successes = np.arange(90, 180, 10), np.array([31, 33, 37, 39, 43, 46, 50, 54, 56])
    shuffled = np.array(order)
    assert dispersion.lower_tail(successes[shuffled], trials[shuffled]) == dispersion.lower_tail(
        successes, trials
    )


@given(small_groups())
def test_failures_lie_as_close_together_as_successes(group):
    successes, trials = group
    one, other = dispersion.by_table(successes, trials), dispersion.by_table(trials - successes, trials)
    assert max(one.log_low, other.log_low) <= min(one.log_high, other.log_high) + 1e-6


@pytest.mark.parametrize("df", [1.0, 7.0, 60.0, 400.0])
def test_chi_square_law_agrees_with_scipy_and_goes_on_where_that_ends(df):
    x2 = np.array([1e-3, 0.1, 0.5, 1.0, 2.0, 40.0]) * df
    known = stats.chi2.logcdf(x2, df)
    found = dispersion.log_chi_square(x2, np.full(6, df))
    seen = np.isfinite(known) & (known > -600)
    assert found[seen] == pytest.approx(known[seen], rel=1e-9, abs=1e-12)
    assert np.isfinite(found).all()
    # Near zero the law is x^(df/2) but for a constant.
    far = dispersion.log_chi_square(np.array([1e-20, 1e-16]) * df, np.full(2, df))
    assert far[1] - far[0] == pytest.approx(df / 2 * math.log(1e4), rel=1e-9)


def test_pearson_is_that_of_a_contingency_table():
    rng = np.random.default_rng(0)
    trials, codes = rng.integers(20, 90, 60), np.repeat(np.arange(4), 15)
    successes = rng.binomial(trials, 0.4)
    x2, k, n = dispersion.pearson(successes, trials, codes, 6)
    for group in range(4):
        inside = codes == group
        table = np.stack([successes[inside], trials[inside] - successes[inside]])
        assert x2[group] == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)
        assert (k[group], n[group]) == (successes[inside].sum(), trials[inside].sum())
    assert (x2[4:] == 0).all()
