"""Runs of equal shares and equal records: exact where small, never too bold where simulated."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from plebiscope.kernels import coincidence


def longest(values):
    return max(len(list(group)) for _, group in itertools.groupby(values))


def test_a_run_is_weighed_by_the_stations_after_the_first():
    k = np.array([620, 621, 500, 500, 500, 700, 700])
    n = np.full(7, 1000)
    sequence = np.array([0, 0, 0, 0, 0, 0, 1])
    follows = np.array([False, True, True, True, True, True, False])
    best, log_chance = coincidence.runs(k, n, sequence, follows, 1000)
    # 500 of 1,000 exactly, at the rate of one half.
    one = stats.binom.logpmf(500, 1000, 0.5)
    assert log_chance == pytest.approx([0, 0, 0, one, one, 0, 0])
    assert (best[0].first, best[0].length, best[0].cell) == (2, 3, 500)
    assert best[0].log_chance == pytest.approx(2 * one)
    assert (best[1].first, best[1].length, best[1].log_chance) == (6, 1, 0.0)
    assert k[best[0].places].tolist() == [500, 500, 500]


def test_where_all_agree_a_run_is_no_surprise():
    n = np.array([90, 200, 41, 1500])
    best, _ = coincidence.runs(n, n, np.zeros(4, int), np.array([False, True, True, True]), 1000)
    assert best[0].length == 4
    assert best[0].log_chance == 0.0


def test_runs_among_equal_stations_keep_to_their_level():
    """The worst case: all stations have one rate. Below 0.2 at most a fifth: 400 worlds, 3 standard errors."""
    rng = np.random.default_rng(5)
    named = 0
    for _ in range(400):
        n = rng.integers(50, 400, 60)
        k = rng.binomial(n, 0.62)
        best, _ = coincidence.runs(k, n, np.zeros(60, int), np.arange(60) > 0, 100)
        named += math.log(60) + best[0].log_chance < math.log(0.2)
    assert named / 400 <= 0.2 + 3 * math.sqrt(0.2 * 0.8 / 400)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=7), st.integers(1, 7))
def test_expected_runs_in_any_order_bound_the_chance_of_one(values, length):
    orders = list(itertools.permutations(values))
    runs = [sum(len(list(group)) >= length for _, group in itertools.groupby(order)) for order in orders]
    expected = coincidence.run_in_any_order(np.array(values), length)
    assert expected == pytest.approx(np.mean(runs), abs=1e-9)
    assert expected >= np.mean([longest(order) >= length for order in orders]) - 1e-9


@given(st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_best_chance_is_that_of_the_observed_rates(parts):
    whole = sum(parts)
    found = coincidence.log_best_chance(np.array([whole]), [np.array([part]) for part in parts])[0]
    rates = np.array(parts) / whole if whole else np.full(len(parts), 1 / len(parts))
    assert found == pytest.approx(stats.multinomial.logpmf(parts, whole, rates), abs=1e-9)


def test_repetitions_are_not_more_than_their_chances_even_among_equal_stations():
    """Fair records of one rate: the mean of repetitions over 2,000 worlds, within three standard errors."""
    rng = np.random.default_rng(8)
    seen, bound = [], []
    for _ in range(2000):
        n = np.repeat([20, 25], 5)
        k = rng.binomial(n, 0.4)
        chance = np.exp(coincidence.log_best_chance(n, [k, n - k]))
        bound.append(coincidence.repeat_chances(n, chance).sum())
        sets = coincidence.equal_records(n, [k])
        seen.append(np.count_nonzero(sets >= 0) - len(np.unique(sets[sets >= 0])))
    error = np.std(np.array(seen) - np.array(bound)) / math.sqrt(2000)
    assert np.mean(seen) <= np.mean(bound) + 3 * error


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=12))
def test_equal_records_are_those_equal_in_every_column(rows):
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    sets = coincidence.equal_records(columns[:, 0], [columns[:, 1], columns[:, 2]])
    for i, j in itertools.combinations(range(len(rows)), 2):
        assert (sets[i] == sets[j] >= 0) == (rows[i] == rows[j])
    alone = [rows.count(row) == 1 for row in rows]
    assert (sets < 0).tolist() == alone
