"""Whole percentages: against exact fractions, full sums, and simulation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from plebiscope.kernels import integer_ratios as ratios


@st.composite
def counts(draw, most=700):
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


def arrays(*pairs):
    return tuple(np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))


def is_whole(k, n):
    per_cent = Fraction(100 * k, n)
    return min(per_cent % 1, 1 - per_cent % 1) <= Fraction(1, 20)


@given(counts(10**7))
def test_at_integer_equals_exact_fractions(pair):
    k, n = pair
    assert ratios.at_integer(*arrays(pair))[0] == is_whole(k, n)


@pytest.mark.parametrize(
    ("k", "n", "whole"),
    [
        (1701, 2000, True),
        (1699, 2000, True),
        (1702, 2000, False),
        (2, 3, False),
        (333, 1000, False),
        (0, 7, True),
    ],
)
def test_at_integer_takes_in_both_ends(k, n, whole):
    # 1,701 of 2,000 is 85.05 %: a tie that floats decide by accident.
    assert ratios.at_integer(*arrays((k, n)))[0] == whole


@given(counts())
@settings(max_examples=80, deadline=None)
def test_chance_equals_the_full_sum(pair):
    k, n = pair
    x = np.arange(n + 1)
    mass = stats.binom.pmf(x, n, k / n)
    whole = np.array([is_whole(int(c), n) for c in x])
    least, most = min(k, n // 10), max(k, 9 * n // 10)
    kept = (x >= least) & (x <= most)
    found = ratios.chance_at_integer(*arrays(pair), least=np.array([least]), most=np.array([most]))
    assert found.plain[0] == pytest.approx(mass[whole].sum(), abs=1e-10)
    assert found.passed[0] == pytest.approx(mass[kept].sum(), abs=1e-10)
    assert found.kept[0] == pytest.approx(mass[whole & kept].sum() / mass[kept].sum(), abs=1e-8)
    for per_cent in range(101):
        there = whole & kept & (np.abs(100 * x - per_cent * n) * 20 <= n)
        known = mass[there].sum() / mass[kept].sum()
        assert found.masses[found.percents == per_cent].sum() == pytest.approx(known, abs=1e-8)


@pytest.mark.parametrize("pair", [(13_000, 20_000), (13_000, 20_001), (30_011, 40_000), (39_990, 40_000)])
def test_chance_of_large_stations_equals_the_full_sum(pair):
    k, n = pair
    x = np.arange(n + 1)
    mass = stats.binom.pmf(x, n, k / n)
    whole = ratios.at_integer(x, np.full(n + 1, n))
    kept = x <= max(k, 99 * n // 100)
    found = ratios.chance_at_integer(*arrays(pair), most=np.array([x[kept][-1]]))
    assert found.plain[0] == pytest.approx(mass[whole].sum(), abs=1e-9)
    assert found.kept[0] == pytest.approx(mass[whole & kept].sum() / mass[kept].sum(), abs=1e-9)
    mean, _ = ratios.chance_by_tenth(*arrays(pair))
    bins = ratios.tenth_of_point(x, np.full(n + 1, n))
    assert mean == pytest.approx(np.bincount(bins, mass, 1001), abs=1e-4)


@given(counts(3000))
@settings(max_examples=80, deadline=None)
def test_turning_the_ratio_around_changes_nothing(pair):
    k, n = pair
    assert ratios.chance_at_integer(*arrays(pair)).plain == pytest.approx(
        ratios.chance_at_integer(*arrays((n - k, n))).plain, abs=1e-10
    )
    assert ratios.at_integer(*arrays(pair))[0] == ratios.at_integer(*arrays((n - k, n)))[0]


def test_expected_number_agrees_with_simulation():
    # The mean of 400 simulated counts has a standard error of sd / 20; four are allowed, and for the
    # standard deviation four times its own error, sd / sqrt(800).
    rng = np.random.default_rng(11)
    n = rng.integers(100, 2500, 1500)
    k = rng.binomial(n, rng.beta(6, 3, 1500))
    chance = ratios.chance_at_integer(k, n).plain
    draws = rng.binomial(n, k / n, size=(400, 1500))
    seen = np.array([ratios.at_integer(row, n).sum() for row in draws])
    sd = math.sqrt(float(np.sum(chance * (1 - chance))))
    assert seen.mean() == pytest.approx(chance.sum(), abs=4 * sd / 20)
    assert seen.std() == pytest.approx(sd, abs=4 * sd / math.sqrt(800))


def test_comb_is_the_law_of_the_bins():
    rng = np.random.default_rng(12)
    n = rng.integers(100, 2500, 400)
    k = rng.binomial(n, rng.beta(6, 3, 400))
    mean, variance = ratios.chance_by_tenth(k, n)
    assert mean.sum() == pytest.approx(400, abs=0.1)
    by_bin = np.zeros((400, 1001))
    for station, (successes, trials) in enumerate(zip(k, n, strict=True)):
        x = np.arange(trials + 1)
        np.add.at(
            by_bin[station],
            ratios.tenth_of_point(x, np.full(len(x), trials)),
            stats.binom.pmf(x, trials, successes / trials),
        )
    # Four standard deviations and five counts leave out at most 6.3e-5 of a station.
    assert mean == pytest.approx(by_bin.sum(axis=0), abs=400 * 6.3e-5)
    assert variance == pytest.approx((by_bin * (1 - by_bin)).sum(axis=0), abs=400 * 6.3e-5)
    left, right = ratios.chance_by_tenth(k, n, 40, 60, reach=9.0)
    assert left == pytest.approx(by_bin.sum(axis=0)[400:601], abs=1e-9)
    assert right == pytest.approx((by_bin * (1 - by_bin)).sum(axis=0)[400:601], abs=1e-9)


@given(counts(10**6))
def test_bins_take_in_their_lower_end(pair):
    k, n = pair
    b = int(ratios.tenth_of_point(*arrays(pair))[0])
    assert Fraction(2 * b - 1, 2) <= Fraction(1000 * k, n) < Fraction(2 * b + 1, 2)


@given(counts(), st.booleans())
@settings(max_examples=80, deadline=None)
def test_local_chances_equal_their_definition(pair, tapered):
    k, n = pair
    half = max(1, round(n / 100))
    window = [x for x in range(k - half, k + half + 1) if 0 <= x <= n]
    mass = [max(Fraction(0), 1 - Fraction(100 * abs(x - k), n)) if tapered else Fraction(1) for x in window]
    whole, by_tenth = ratios.local_chances(*arrays(pair), tapered=tapered)
    expected = sum(m for x, m in zip(window, mass, strict=True) if is_whole(x, n)) / sum(mass)
    assert whole[0] == pytest.approx(float(expected), abs=1e-12)
    assert by_tenth.sum() == pytest.approx(1.0)


def test_local_chances_expect_what_is_seen_in_a_smooth_vote():
    # In a fair vote the number at a whole percentage minus its local expectation has mean zero; over 30
    # votes of 2,000 stations its standard error is at most sd / sqrt(30), of which four are allowed.
    rng = np.random.default_rng(13)
    apart, sds = [], []
    for _ in range(30):
        n = rng.integers(300, 2500, 2000)
        k = rng.binomial(n, rng.beta(6, 3, 2000))
        local, _ = ratios.local_chances(k, n)
        apart.append(float(ratios.at_integer(k, n).sum() - local.sum()))
        sds.append(math.sqrt(float(np.sum(local * (1 - local)))))
    assert abs(np.mean(apart)) <= 4 * np.mean(sds) / math.sqrt(30)


def test_numbers_as_large_as_an_electorate_and_as_small_as_one():
    k, n = arrays((85_990, 171_979), (0, 1), (1, 1), (34_000_000, 109_000_000))
    found = ratios.chance_at_integer(k, n)
    plain = found.plain
    assert np.all((plain >= 0) & (plain <= 1))
    assert found.kept == pytest.approx(plain)
    assert plain[1] == plain[2] == 1.0
    # A million voters and more: a binomial is narrower than .05 points, so the answer is all or nothing.
    assert plain[3] == pytest.approx(0.0, abs=1e-12)
    local, by_tenth = ratios.local_chances(k, n)
    assert local[0] == pytest.approx(0.1, abs=1e-4)
    assert by_tenth[3] == pytest.approx(0.1, abs=1e-4)


def test_nothing_in_nothing_out():
    none = np.empty(0, dtype=np.int64)
    assert ratios.chance_at_integer(none, none).plain.shape == (0,)
    assert ratios.local_chances(none, none)[1].shape == (0, 10)
    assert ratios.chance_by_tenth(none, none)[0].sum() == 0.0


def comb(k, n):
    return ratios.comb(k, n, ratios.chance_at_integer(k, n), 0, 99)


def test_the_comb_shows_where_most_stations_too_many_lie():
    rng = np.random.default_rng(3)
    n = rng.integers(1000, 3000, 4000)
    k = rng.binomial(n, rng.beta(6, 6, 4000))
    k[:300] = np.rint(0.8 * n[:300]).astype(np.int64)
    found = comb(k, n)
    assert found.left <= 79
    assert found.right >= 81
    assert found.right - found.left <= 42
    bins = ratios.tenth_of_point(k, n)
    assert found.seen.sum() == np.count_nonzero((bins >= 10 * found.left) & (bins <= 10 * found.right))
    peak = 800 - 10 * found.left
    assert found.seen[peak] > found.mean[peak] + found.reach[peak]


def test_the_comb_shows_the_bulk_where_hardly_any_are_too_many():
    # A single station at 20 % is ten times what is expected there, and no reason to look there.
    rng = np.random.default_rng(5)
    n = np.full(4000, 1000)
    k = rng.binomial(n, rng.normal(0.7, 0.03, 4000))
    found = comb(np.append(k, 200), np.append(n, 1000))
    assert found.left < 60
    assert found.right > 80


def singles(k, n):
    return ratios.peaks(k, n, np.arange(50, 100), least=np.zeros_like(n), most=99 * n // 100)


@given(counts())
@settings(max_examples=150, deadline=None)
def test_chance_of_a_single_percentage_is_its_part_of_a_point(pair):
    k, n = pair
    k = min(k, 99 * n // 100)
    point = [x for x in range(99 * n // 100 + 1) if (200 * x + n) // (2 * n) == (200 * k + n) // (2 * n)]
    mark = (200 * k + n) // (2 * n)
    there = [x for x in point if abs(100 * x - mark * n) * 20 <= n]
    found = ratios.peaks(*arrays((k, n)), np.arange(100), least=np.array([0]), most=np.array([99 * n // 100]))
    assert found.near[mark] == found.near.sum() == 1
    assert found.mean[mark] == pytest.approx(len(there) / len(point))
    assert found.seen[mark] == (k in there)


def test_a_single_percentage_is_found():
    rng = np.random.default_rng(6)
    n = rng.integers(500, 2000, 3000)
    k = rng.binomial(n, rng.beta(12, 6, 3000))
    k[:60] = np.rint(0.75 * n[:60]).astype(np.int64)
    found = singles(k, n)
    assert found.seen.sum() == np.count_nonzero(ratios.at_integer(k, n) & (100 * k >= 49.95 * n))
    assert found.marks[found.named(0.05)[0]] == 75


@pytest.mark.parametrize("sizes", [(500, 2000), (300, 330)], ids=["stations", "capped boxes of one kind"])
def test_single_percentages_of_simulated_votes_keep_their_level(sizes):
    # 150 votes: that any of fifty is named happens in at most 5 per cent of them and three errors. The boxes all
    # have turnouts near 90 per cent, as in Turkey in 2014; a binomial law with each box's own rate would smooth
    # the top of that law away and name 90 per cent.
    rng = np.random.default_rng(7)
    named = 0
    for _ in range(150):
        n = rng.integers(*sizes, 4000)
        rates = rng.beta(12, 6, 4000) if sizes[0] == 500 else rng.normal(0.9, 0.02, 4000).clip(0.5, 0.97)
        k = np.minimum(rng.binomial(n, rates), 99 * n // 100)
        named += bool(singles(k, n).named(0.05))
    assert named <= 150 * 0.05 + 3 * math.sqrt(150 * 0.05 * 0.95)


@given(counts(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_local_chances_end_at_the_filter(pair, tapered):
    k, n = pair
    least, most = min(k, n // 50), max(k, 99 * n // 100)
    half = max(1, round(n / 100))
    window = range(max(k - half, least), min(k + half, most) + 1)
    mass = [max(Fraction(0), 1 - Fraction(100 * abs(x - k), n)) if tapered else Fraction(1) for x in window]
    whole, _ = ratios.local_chances(
        *arrays(pair), tapered=tapered, least=np.array([least]), most=np.array([most])
    )
    known = sum(m for x, m in zip(window, mass, strict=True) if is_whole(x, n)) / sum(mass)
    assert whole[0] == pytest.approx(float(known), abs=1e-12)
