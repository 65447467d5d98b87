"""Counts in narrow windows: membership in whole numbers, and the largest chance over all rates."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from plebiscope.kernels import windows

RATES = np.linspace(1e-4, 1.0 - 1e-4, 4001)
COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def array(*values):
    return np.array(values, dtype=np.int64)


def probability(n, low, high, rate):
    return stats.binom.cdf(high, n, rate) - stats.binom.cdf(low - 1, n, rate)


@given(COUNTS, st.integers(0, windows.UNITS), st.integers(1, 200))
def test_inside_is_decided_exactly_and_includes_the_ends(count, centre, reach):
    k, n = count
    near = abs(Fraction(k, n) - Fraction(centre, windows.UNITS)) <= Fraction(reach, windows.UNITS)
    assert windows.inside(array(k), array(n), centre, reach)[0] == near
    low, high = windows.counts_inside(array(n), centre, reach)
    assert (low[0] <= k <= high[0]) == near


@given(COUNTS, st.sampled_from([100, 1000]))
def test_rounding_goes_to_the_nearest_step_and_halves_up(count, steps):
    k, n = count
    cell = windows.rounded(array(k), array(n), steps)
    assert cell[0] == (Fraction(steps * k, n) + Fraction(1, 2)).__floor__()
    low, high = windows.counts_rounding_to(cell, array(n), steps)
    same = [x for x in range(n + 1) if windows.rounded(array(x), array(n), steps)[0] == cell[0]]
    assert (low[0], high[0]) == (same[0], same[-1])


@given(st.lists(COUNTS, min_size=1, max_size=12), st.sampled_from([1, 5, 25, 100]))
def test_scan_counts_what_is_inside_every_window(counts, reach):
    k, n = (array(*values) for values in zip(*counts, strict=True))
    found = windows.scan(k, n, reach)
    assert found.shape == (windows.UNITS + 1,)
    for centre in (0, 1, 2500, 3333, 5000, 6220, 9950, windows.UNITS):
        assert found[centre] == np.count_nonzero(windows.inside(k, n, centre, reach))
    shares = windows.UNITS * k // n
    for centre in np.unique(np.clip(shares[:, None] + np.arange(-1, 2) * reach, 0, windows.UNITS)):
        assert found[centre] == np.count_nonzero(windows.inside(k, n, int(centre), reach))


@pytest.mark.parametrize(
    ("n", "low", "high"), [(60, 20, 22), (1000, 622, 622), (5000, 3, 6), (40_000, 19_900, 20_100)]
)
def test_chance_at_most_is_the_maximum_over_rates(n, low, high):
    found = windows.chance_at_most(array(n), array(low), array(high))[0]
    near = np.linspace(max(low - 3, 0.01), high + 3, 4001) / n
    best = max(probability(n, low, high, RATES).max(), probability(n, low, high, near).max())
    assert found == pytest.approx(best, rel=1e-5)
    assert found >= best * (1.0 - 1e-6)


def test_windows_at_the_ends_are_certain_for_some_rate_and_empty_ones_impossible():
    n, low, high = array(50, 50, 50, 50), array(0, 49, 50, 7), array(1, 50, 50, 6)
    assert windows.chance_at_most(n, low, high).tolist() == [1.0, 1.0, 1.0, 0.0]
    around = (array(0, 45, 45, 5), array(5, 50, 50, 9))
    assert windows.conditional_chance_at_most(n, (low, high), around).tolist() == [1.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("n", "centre", "reach"),
    [(320, 6250, 5), (700, 6220, 5), (700, 6220, 25), (1200, 9700, 25), (6000, 5000, 5), (90_000, 700, 25)],
)
def test_conditional_chance_is_the_maximum_over_rates(n, centre, reach):
    window = windows.counts_inside(array(n), centre, reach)
    around = windows.counts_inside(array(n), centre, 100)
    found = windows.conditional_chance_at_most(array(n), window, around)[0]
    rates = np.linspace(max(centre - 150, 1), min(centre + 150, windows.UNITS - 1), 6001) / windows.UNITS
    whole = probability(n, around[0][0], around[1][0], rates)
    ratio = probability(n, window[0][0], window[1][0], rates)[whole > 1e-6] / whole[whole > 1e-6]
    assert found == pytest.approx(ratio.max(), rel=1e-4)
    assert found >= ratio.max() * (1.0 - 1e-6)


@given(
    st.integers(20, 900),
    st.integers(200, 9800),
    st.sampled_from([1, 5, 25]),
    st.floats(0.05, 50.0),
    st.floats(0.05, 50.0),
)
def test_no_mixture_of_rates_beats_the_bound(n, centre, reach, a, b):
    window, around = (windows.counts_inside(array(n), centre, r) for r in (reach, 100))
    bound = windows.conditional_chance_at_most(array(n), window, around)[0]
    law = stats.betabinom(n, a, b)
    part, whole = (law.pmf(np.arange(w[0][0], w[1][0] + 1)).sum() for w in (window, around))
    assert part <= bound * whole * (1.0 + 1e-6) + 1e-12


def test_a_lattice_of_small_or_equal_boxes_is_no_surprise():
    def bound(n, centre, reach=5):
        window, around = (windows.counts_inside(array(n), centre, r) for r in (reach, 100))
        return windows.conditional_chance_at_most(array(n), window, around)[0]

    assert bound(8, 6250) == 1.0  # five of eight is all there is within a point
    assert bound(320, 6250) >= 1 / 7  # 200 of 320, and three counts to either side
    assert bound(700, 6220) == 0.0  # no count of 700 is within 0.05 points of 62.2 %


@pytest.mark.parametrize(
    "rates",
    [
        pytest.param(lambda rng: np.full(400, 0.97), id="everywhere alike"),
        pytest.param(lambda rng: np.full(400, 0.625), id="at a simple fraction"),
        pytest.param(lambda rng: rng.beta(600, 400, 400), id="narrow"),
        pytest.param(lambda rng: rng.choice([0.5, 1.0], 400), id="two kinds"),
    ],
)
@pytest.mark.parametrize("boxes", ["of one size", "of all sizes"])
def test_votes_that_were_counted_are_rarely_called_unlikely(rates, boxes):
    """At most 5 % of 60 worlds below p = 0.05; more than 8 of them has a probability of 0.2 %."""
    rng = np.random.default_rng(20)
    named = 0
    for _ in range(60):
        n = np.full(400, 320) if boxes == "of one size" else rng.integers(5, 2500, 400)
        best, _ = windows.strongest(rng.binomial(n, rates(rng)), n, (1, 5, 25), 100, 3)
        p = 0.0 if best is None else best.log_p + np.log(windows.windows_looked_at((1, 5, 25)))
        named += best is not None and p < np.log(0.05)
    assert named <= 8


def test_a_planted_cluster_is_found_with_its_size():
    rng = np.random.default_rng(3)
    n = rng.integers(400, 2000, 1000)
    k = rng.binomial(n, rng.beta(30, 20, 1000))
    written = rng.choice(1000, 60, replace=False)
    k[written] = np.rint(0.622 * n[written])
    best, busiest = windows.strongest(k, n, (1, 5, 25), 100, 3)
    assert abs(best.centre - 6220) <= 5
    assert best.seen >= 0.8 * len(written)
    assert best.added == pytest.approx(best.seen - best.chances.mean() * (len(best.around) - best.added))
    assert best.log_p < np.log(1e-20)
    assert busiest >= len(best.around)
