"""The law of a sum of independent events: against enumeration, the binomial and simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from plebiscope.kernels import poisson_binomial as law

chances = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9).map(np.array)
open_chances = st.lists(st.floats(0.01, 0.99), min_size=2, max_size=60).map(np.array)


def enumerate_law(q):
    total = np.zeros(len(q) + 1)
    for outcome in itertools.product((0, 1), repeat=len(q)):
        total[sum(outcome)] += math.prod(c if hit else 1 - c for hit, c in zip(outcome, q, strict=True))
    return total


@given(chances)
@settings(max_examples=60, deadline=None)
def test_pmf_equals_enumeration(q):
    assert law.pmf(q) == pytest.approx(enumerate_law(q), abs=1e-14)


@pytest.mark.parametrize("n", [1, 2, 33, 34, 65, 1000])
def test_pmf_of_equal_chances_is_binomial(n):
    assert law.pmf(np.full(n, 0.3)) == pytest.approx(stats.binom.pmf(np.arange(n + 1), n, 0.3), abs=1e-13)


@given(open_chances)
@settings(max_examples=60, deadline=None)
def test_tails_on_both_sides_add_up_to_one(q):
    for count in range(len(q) + 1):
        above = math.exp(law.log_upper_tail(q, count))
        below = math.exp(law.log_lower_tail(q, count - 1)) if count else 0.0
        assert above + below == pytest.approx(1.0, abs=1e-12)


@given(open_chances)
@settings(max_examples=60, deadline=None)
def test_tail_falls_with_the_count(q):
    tails = [law.log_upper_tail(q, count) for count in range(len(q) + 2)]
    assert tails[0] == 0.0
    assert tails[-1] == -math.inf
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(tails))


@pytest.mark.parametrize("count", [61, 80, 120, 180, 199, 200])
def test_far_tail_of_equal_chances_is_that_of_the_binomial(count):
    exact = stats.binom.logsf(count - 1, 200, 0.3)
    assert law.log_upper_tail(np.full(200, 0.3), count) == pytest.approx(exact, rel=1e-11)


def test_certain_and_impossible_events_only_shift_the_count():
    q = np.array([0.2, 0.5, 0.7])
    mixed = np.array([1.0, 0.2, 0.0, 0.5, 1.0, 0.7])
    for count in range(-1, 7):
        assert law.log_upper_tail(mixed, count) == pytest.approx(law.log_upper_tail(q, count - 2), abs=1e-13)


def test_rare_events_do_not_underflow():
    q = np.full(50, 1e-200)
    assert law.log_upper_tail(q, 1) == pytest.approx(math.log(50) - 200 * math.log(10), rel=1e-9)
    assert law.log_upper_tail(q, 2) == pytest.approx(math.log(50 * 49 / 2) - 400 * math.log(10), rel=1e-9)


@pytest.mark.parametrize("deviations", [-3, -0.5, 0, 0.001, 1, 4, 10, 30])
@pytest.mark.parametrize("n", [3000, 60_000])
def test_saddlepoint_agrees_with_the_exact_tail_to_a_ten_thousandth(n, deviations):
    q = np.random.default_rng(n).beta(4, 16, n)
    mean, variance = law.moments(q)
    count = round(mean + deviations * math.sqrt(variance))
    exact = law.log_upper_tail(q, count, exact_up_to=10**9)
    assert law.log_upper_tail(q, count, exact_up_to=0) == pytest.approx(exact, abs=1e-4)


def test_moments_are_those_of_the_law():
    q = np.array([0.1, 0.4, 0.8, 0.25])
    law_of_sum, count = enumerate_law(q), np.arange(5)
    mean = float(law_of_sum @ count)
    assert law.moments(q) == pytest.approx((mean, float(law_of_sum @ (count - mean) ** 2)))


@given(open_chances, st.floats(-0.9, 0.9))
@settings(max_examples=60, deadline=None)
def test_shifting_moves_the_mean_by_the_shift(q, part):
    room = q.sum() if part < 0 else len(q) - q.sum()
    moved = law.shifted(q, part * room)
    assert moved.sum() - q.sum() == pytest.approx(part * room, abs=1e-9)
    assert np.all((moved >= 0) & (moved <= 1))


@pytest.mark.parametrize("count", [0, 1, 9, 10, 50, 89, 90])
def test_interval_for_equal_chances_is_that_of_clopper_and_pearson(count):
    low, high = law.shift_interval(np.full(90, 0.1), count, 0.95, exact_up_to=1000)
    known = stats.binomtest(count, 90, 0.1).proportion_ci(method="exact")
    assert (low + 9.0, high + 9.0) == pytest.approx((90 * known.low, 90 * known.high), abs=1e-3)


def test_interval_covers_as_often_as_it_says():
    # 400 draws: an exact interval covers at least 95 %; three standard errors of that are 3.3 %.
    rng = np.random.default_rng(3)
    q = rng.beta(3, 12, 300)
    true_shift = 12.0
    seen = (rng.random((400, 300)) < law.shifted(q, true_shift)).sum(axis=1)
    ends = {count: law.shift_interval(q, int(count), 0.95) for count in np.unique(seen)}
    covered = np.mean([ends[count][0] <= true_shift <= ends[count][1] for count in seen])
    assert covered >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / 400)


@pytest.mark.parametrize("n", [60, 500, 5000])
def test_the_fewest_that_are_noticed_are_noticed_as_often_as_is_said(n):
    rng = np.random.default_rng(n)
    q = rng.beta(3, 12, n)
    count = law.critical(q, 0.05)
    assert law.log_upper_tail(q, count) <= math.log(0.05) < law.log_upper_tail(q, count - 1)
    added, power = law.least_added(q, count, 0.8)
    draws = 4000

    def reached(some):
        seen = 0
        for _ in range(draws):
            happens = rng.random(n) < q
            happens[rng.choice(n, some, replace=False)] = True
            seen += happens.sum() >= count
        return seen / draws

    error = 4 * math.sqrt(0.25 / draws)
    assert power >= 0.8
    assert reached(added) == pytest.approx(power, abs=error)
    assert reached(added - 1) < 0.8 + error


def test_where_hardly_anything_is_expected_so_many_as_are_needed_are_enough():
    assert law.least_added(np.full(300, 1e-9), 4, 0.8) == (4, 1.0)


def test_where_only_half_of_what_is_written_counts_it_takes_about_twice_as_many():
    rng = np.random.default_rng(5)
    n, hit, draws = 2000, 0.5, 3000
    q = rng.beta(1, 30, n)
    count = law.critical(q, 0.05)
    (one, _), (added, power) = law.least_added(q, count, 0.8), law.least_added(q, count, 0.8, hit)
    assert 2 * one < added < 2.5 * one
    seen = 0
    for _ in range(draws):
        happens = rng.random(n) < q
        some = rng.choice(n, added, replace=False)
        happens[some] = rng.random(added) < hit
        seen += happens.sum() >= count
    # How many are written is known; that it is left to chance asks for a little more.
    assert power - 4 * math.sqrt(0.16 / draws) <= seen / draws <= power + 0.05
    assert law.least_added(q, count, 0.8, 0.001) is None


def test_no_number_is_enough_where_nearly_everything_happens_anyway():
    q = np.full(80, 1.0 - 1e-12)
    count = law.critical(q, 0.05)
    assert count == 81
    assert law.least_added(q, count, 0.8) is None


@pytest.mark.parametrize("n", [60, 800])
def test_weighted_tail_agrees_with_simulation(n):
    # 100,000 draws: four standard errors, and three per cent of the tail for the saddlepoint itself.
    rng = np.random.default_rng(n)
    q, w = rng.beta(2, 8, n), rng.lognormal(6.5, 0.5, n)
    drawn = np.array([w @ (rng.random((n, 5000)) < q[:, None]) for _ in range(20)]).ravel()
    for tail in (0.9, 0.5, 0.1, 0.01):
        total = float(np.quantile(drawn, 1 - tail))
        log_p, bound = law.log_weighted_tail(q, total, w)
        assert math.exp(log_p) == pytest.approx(
            tail, abs=4 * math.sqrt(tail * (1 - tail) / 1e5) + 0.03 * tail
        )
        assert bound >= log_p


def test_weighted_tail_follows_the_exact_one_where_weights_are_equal():
    # A continuous formula on a lattice of one: half a step off, no more.
    q = np.random.default_rng(2).beta(3, 12, 2000)
    for count in (410, 450, 520, 700):
        log_p, _ = law.log_weighted_tail(q, 3.0 * count, np.full(2000, 3.0))
        assert law.log_upper_tail(q, count + 1) <= log_p <= law.log_upper_tail(q, count - 1)


@given(open_chances, st.data())
@settings(max_examples=100, deadline=None)
def test_weighted_tail_stays_between_its_bounds(q, data):
    w = np.array(data.draw(st.lists(st.integers(1, 3000), min_size=len(q), max_size=len(q)))).astype(float)
    total = data.draw(st.floats(0.0, float(w.sum())))
    log_p, bound = law.log_weighted_tail(q, total, w)
    assert float(np.sum(np.log(q))) - 1e-9 <= log_p <= 0.0
    assert log_p <= bound + 1e-9 or bound == 0.0


@given(open_chances)
@settings(max_examples=60, deadline=None)
def test_chernoff_bounds_the_exact_tail(q):
    for count in range(len(q) + 1):
        assert law.log_weighted_tail(q, count)[1] >= law.log_upper_tail(q, count) - 1e-9


def test_certain_and_impossible_events_only_shift_the_weight():
    q, w = np.array([0.2, 0.5, 0.7]), np.array([3.0, 1.0, 2.0])
    mixed, weights = np.array([1.0, 0.2, 0.0, 0.5, 0.7]), np.array([5.0, 3.0, 9.0, 1.0, 2.0])
    for total in (-1.0, 0.0, 2.5, 2.6, 4.0, 6.0):
        known = law.log_weighted_tail(q, total, w)
        assert law.log_weighted_tail(mixed, total + 5.0, weights) == pytest.approx(known)
    assert law.log_weighted_tail(np.array([1.0, 0.0]), 1.0, np.array([1.0, 4.0])) == (0.0, 0.0)
