"""Just reached and just missed: against exact fractions, the binomial, and simulation."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from plebiscope.kernels import straddle


@st.composite
def counts(draw, most=600):
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


def arrays(*pairs):
    return tuple(np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))


def by_definition(k, n, step, tenths):
    reached = missed = False
    for mark in range(step, 100, step):
        needed = Fraction(10 * mark + tenths, 1000) * n
        reached |= k >= needed > k - 1
        missed |= k < needed <= k + 1
    return reached and not missed, missed and not reached


@given(counts(), st.sampled_from([1, 5, 10, 25]), st.integers(-9, 9))
@settings(max_examples=300)
def test_sides_are_those_of_exact_fractions(pair, step, tenths):
    reached, missed = straddle.sides(*arrays(pair), step, tenths=tenths)
    assert (reached[0], missed[0]) == by_definition(*pair, step, tenths)


@given(counts(10**9))
def test_one_ballot_more_than_just_missing_just_reaches(pair):
    k, n = pair
    missed = straddle.sides(*arrays(pair), 5)[1][0]
    if missed and n >= 100:
        assert straddle.sides(*arrays((k + 1, n)), 5)[0][0]


@given(counts(), st.sampled_from([1, 5]))
@settings(max_examples=200)
def test_the_other_side_of_two_is_the_mirror_but_for_exact_hits(pair, step):
    k, n = pair
    reached, missed = (side[0] for side in straddle.sides(*arrays(pair), step))
    mirrored_reached, mirrored_missed = (side[0] for side in straddle.sides(*arrays((n - k, n)), step))
    # Whoever meets a mark exactly lets the other meet one exactly; then both just reach.
    if n > 200 and 100 * k % (step * n) and (100 * (k + 1)) % (step * n) and 100 * (k - 1) % (step * n):
        assert (reached, missed) == (mirrored_missed, mirrored_reached)
    if n > 200 and 100 * k % (step * n) == 0 and 0 < k < n:
        assert reached
        assert mirrored_reached


def test_counts_whose_counterpart_a_filter_drops_belong_to_neither_side():
    k, n = arrays((100, 2000), (99, 2000), (150, 3000), (149, 3000))
    reached, missed = straddle.sides(k, n, 5)
    assert reached.tolist() == [True, False, True, False]
    assert missed.tolist() == [False, True, False, True]
    reached, missed = straddle.sides(k, n, 5, least=100, most=np.array([2000, 2000, 3000, 149]))
    assert reached.tolist() == [False, False, True, False]
    assert missed.tolist() == [False, True, False, False]


@given(st.integers(0, 400), st.integers(0, 400))
def test_tail_is_that_of_the_fair_coin(reached, missed):
    known = stats.binom.logsf(reached - 1, reached + missed, 0.5)
    assert straddle.log_upper_tail(reached, missed) == pytest.approx(known, rel=1e-9, abs=1e-12)


def test_tail_does_not_underflow():
    assert straddle.log_upper_tail(20_000, 0) == pytest.approx(-20_000 * math.log(2.0))


@pytest.mark.parametrize(("reached", "missed"), [(0, 7), (7, 0), (5, 3), (4152, 3007)])
def test_interval_is_that_of_clopper_and_pearson(reached, missed):
    known = stats.binomtest(reached, reached + missed).proportion_ci(0.95, method="exact")
    assert straddle.chance_interval(reached, missed, 0.95) == pytest.approx((known.low, known.high), abs=1e-9)


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.5, 0.9))
def test_tail_is_that_of_an_unfair_coin(reached, missed, chance):
    known = stats.binom.logsf(reached - 1, reached + missed, chance)
    assert straddle.log_upper_tail(reached, missed, chance) == pytest.approx(known, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("n", "more", "chance"), [(10, 9, 0.5), (57, 20, 0.5), (57, 20, 0.6), (3500, 178, 0.51), (10, 0, 0.5)]
)
def test_power_is_the_chance_that_counts_put_there_make_a_small_tail(n, more, chance):
    others = np.arange(n + 1)
    small = stats.binom.sf(others + more - 1, n + more, chance) <= 0.05
    known = float(stats.binom.pmf(others, n, chance)[small].sum())
    assert straddle.power(n, more, 0.05, chance) == pytest.approx(known, abs=1e-9)


def test_power_of_so_many_that_nothing_else_matters_is_one():
    assert straddle.power(0, 100, 0.05) == 1.0


def test_slope_of_a_known_law_is_found_with_its_error():
    # Turnouts of 300,000 stations of 400 voters from a straight density: from one count to the next it grows by
    # 1 / (k + 1/2), so that the ratio at a mark m is about 1 + 1 / (4 m), averaged over the marks by their mass.
    rng = np.random.default_rng(1)
    n = np.full(300_000, 400)
    k = np.minimum((400 * np.sqrt(rng.random(300_000))).astype(np.int64), 399)
    found = straddle.slope(*straddle.beside_moved(k, n, 5, (*range(-8, -1), *range(2, 9))))
    law = (2 * np.arange(400) + 1) / 400**2
    above = below = 0.0
    for tenths in (*range(-8, -1), *range(2, 9)):
        a, b = straddle.sides(np.arange(400), np.full(400, 400), 5, tenths=tenths)
        above, below = above + law[a].sum(), below + law[b].sum()
    assert found.ratio > 1.0
    assert abs(math.log(found.ratio) - math.log(above / below)) <= 4 * found.error


def test_slope_of_nothing_is_unknown():
    none = np.empty(0, dtype=np.int64)
    assert straddle.slope(*straddle.beside_moved(none, none, 5, (2,))) == straddle.Slope(0, 0, None, None)


def test_a_mark_that_a_filter_cuts_off_is_no_comparison_when_moved():
    """98.5 per cent lies half a point above 98 and half a point below 99."""
    k, n = np.array([985]), np.array([1000])
    moves, most = (-5, 5), np.array([990])
    both, _ = straddle.beside_moved(k, n, 1, moves, most=most)
    below_the_cut, _ = straddle.beside_moved(k, n, 1, moves, most=most, highest=98)
    assert (both.tolist(), below_the_cut.tolist()) == ([2], [1])


def test_near_the_edge_moved_marks_are_as_steep_as_the_marks():
    """Shares about 98 per cent, of which those above 99 are left out: the slope is found within a quarter.

    With the mark at 99, beside which the filter leaves nothing, a third and more of it is missed. The errors
    of both logarithms are below 0.01, a twelfth of the slope.
    """
    rng = np.random.default_rng(5)
    n = rng.integers(300, 900, 400_000)
    k = rng.binomial(n, 1 / (1 + np.exp(-rng.normal(np.log(49), 0.5, len(n)))))
    k, n = k[100 * k <= 99 * n], n[100 * k <= 99 * n]
    reached, missed = straddle.sides(k, n, 1, most=99 * n // 100)
    moves = (*range(-8, -1), *range(2, 9))
    there = math.log(reached.sum() / missed.sum())

    def slope(highest: int) -> float:
        found = straddle.beside_moved(k, n, 1, moves, most=99 * n // 100, highest=highest)
        return math.log(straddle.slope(*found).ratio)

    assert slope(98) == pytest.approx(there, rel=0.25)
    assert slope(99) < 0.7 * there


@pytest.mark.parametrize("error", [1e-9, 0.05, 0.2])
def test_p_beside_a_slope_is_the_mean_over_its_error(error):
    slope = straddle.Slope(600, 500, 1.2, error)
    ratios = 1.2 * np.exp(error * np.random.default_rng(1).standard_normal(200_000))
    tails = stats.binom.sf(69, 120, ratios / (1 + ratios))
    found = math.exp(straddle.log_tail_beside(70, 50, slope))
    assert found == pytest.approx(tails.mean(), abs=5 * tails.std() / math.sqrt(len(tails)) + 1e-9)


@pytest.mark.parametrize("ratio", [0.7, 1.0, None])
def test_a_slope_that_makes_no_ratio_above_one_is_taken_for_none(ratio):
    slope = straddle.Slope(500, 600, ratio, None if ratio is None else 0.1)
    assert straddle.log_tail_beside(70, 50, slope) == straddle.log_upper_tail(70, 50)


def test_p_beside_a_slope_does_not_underflow():
    found = straddle.log_tail_beside(6000, 1000, straddle.Slope(1100, 1000, 1.1, 0.03))
    assert -5000 < found < -800
