"""Percentages and counts, against trying every whole number."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.kernels.rounding import Percent, common_bases, lattice, together


@settings(deadline=None)
@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 2))
def test_a_percentage_computed_from_a_count_fits_it(count: int, base: int, decimals: int) -> None:
    percent = Percent(Fraction(round(Fraction(100 * count, base) * 10**decimals), 10**decimals), decimals)
    assert percent.fits(count, base)
    low, high = percent.counts(base)
    assert low <= count <= high
    found = percent.bases(count)
    assert found is not None
    assert found[0] <= base
    assert found[1] is None or base <= found[1]


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 1000), st.integers(0, 1))
def test_bases_and_counts_are_those_that_fit(count: int, thousandths: int, decimals: int) -> None:
    percent = Percent(Fraction(round(Fraction(thousandths, 10) * 10**decimals), 10**decimals), decimals)
    found = percent.bases(count)
    right = [base for base in range(1, 2000) if percent.fits(count, base)]
    if found is None:
        assert right == []
    else:
        low, high = found
        assert right == list(range(low, min(1999, high if high is not None else 1999) + 1))
    least, most = percent.counts(100)
    assert [c for c in range(101) if percent.fits(c, 100)] == list(range(least, min(most, 100) + 1))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 100)), min_size=1, max_size=3),
    st.integers(1, 100),
    st.one_of(st.none(), st.integers(1, 150)),
)
def test_common_bases_are_those_that_fit_all(
    counts: list[tuple[int, int]], low: int, high: int | None
) -> None:
    pairs = [(count, Percent(Fraction(whole), 0)) for count, whole in counts]
    tried = range(low, min(high or 400, 400) + 1)
    right = [base for base in tried if all(percent.fits(count, base) for count, percent in pairs)]
    found = common_bases(pairs, low, high)
    if found is None:
        assert right == []
    else:
        end = 400 if found[1] is None else min(found[1], 400)
        assert right == list(range(found[0], end + 1))


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1), st.integers(1, 120))
def test_counts_rounded_or_cut_off(thousandths: int, decimals: int, base: int) -> None:
    percent = Percent(Fraction(round(Fraction(thousandths, 10) * 10**decimals), 10**decimals), decimals)
    right = [c for c in range(2 * base) if percent.fits(c, base) or percent.fits_cut_off(c, base)]
    low, high = percent.counts_cut_off(base)
    assert [c for c in range(2 * base) if low <= c <= high] == right


@settings(deadline=None)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=3), st.integers(1, 40))
def test_votes_together_are_the_fewest_and_most_that_fit(wholes: list[int], base: int) -> None:
    percents = [Percent(Fraction(whole), 0) for whole in wholes]
    fitting = [[c for c in range(base + 1) if one.fits(c, base)] for one in percents]
    found = together(percents, base)
    if not all(fitting):
        assert found is None
    else:
        assert found == (sum(map(min, fitting)), sum(map(max, fitting)))


def test_a_tie_may_be_rounded_either_way() -> None:
    assert Percent(Fraction(0), 0).fits(1, 200)
    assert Percent(Fraction(1), 0).fits(1, 200)
    assert not Percent(Fraction(3), 0).fits(3, 200)


def test_cut_off_decimals() -> None:
    assert Percent.read(Decimal("66.6")).fits_cut_off(2, 3)
    assert not Percent.read(Decimal("66.7")).fits_cut_off(2, 3)


@pytest.mark.parametrize(("printed", "decimals"), [("51.20", 2), ("51.2", 1), ("51", 0), ("1E+1", 0)])
def test_decimals_are_those_printed(printed: str, decimals: int) -> None:
    assert Percent.read(Decimal(printed)) == Percent(Fraction(printed), decimals)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), st.integers(0, 10**6), st.integers(0, 3))
def test_residuals_lie_in_half_a_step_and_p_is_a_chance(values: list[int], rest: int, decimals: int) -> None:
    found = lattice(values, sum(values) + rest, decimals)
    if found is None:
        return
    assert all(abs(d) <= found.step / 2 for d in found.residuals)
    assert found.log10_least <= found.log10_p + 1e-12 <= 1e-12
    points = [value - d for value, d in zip(values, found.residuals, strict=True)]
    bound = [point for point, free in zip(points, found.free, strict=True) if point and not free]
    assert not any(free and not point for point, free in zip(points, found.free, strict=True))
    assert len(bound) == (2 * rest <= found.step)


def test_small_options_with_about_as_many_votes_each_are_one_coincidence() -> None:
    """Two, or six, options of about 2,000 votes near one multiple of 1,000: the p is the same."""
    large, small = 850_440, [2_013, 1_991, 2_008, 1_987, 2_021, 1_995]
    two, six = (lattice([large, *small[:n]], 1_000_000, 1) for n in (2, 6))
    assert two is not None
    assert six is not None
    assert two.distance == six.distance == 440
    assert six.log10_p == pytest.approx(two.log10_p)
    assert six.log10_least == pytest.approx(two.log10_least)
    # Counts of many steps are as many coincidences: 881 whole numbers of the thousand in a cell each.
    many = lattice([large, 50_100, 20_100], 1_000_000, 1)
    assert many is not None
    assert 10**many.log10_p == pytest.approx(0.881**3)


@pytest.mark.parametrize("base", [250_000, 1_234_567])
def test_p_counts_the_whole_numbers_within_the_distance(base: int) -> None:
    """One free count: p is the share of the counts in its cell that lie at least as close."""
    step = Fraction(base, 1000)
    count = math.floor(700 * step) + 3
    point = 700 * step
    distance = abs(count - point)
    cell = [k for k in range(count - int(step), count + int(step)) if abs(k - point) <= step / 2]
    close = [k for k in cell if abs(k - point) <= distance]
    found = lattice([count], base, 1)
    assert found is not None
    assert 10**found.log10_p == pytest.approx(len(close) / float(step))
    assert len(cell) == pytest.approx(float(step), abs=1)


def test_p_is_even_on_counted_votes() -> None:
    """2,000 votes drawn and counted: P(p <= a) stays at a, within three standard errors."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(2000):
        base = int(rng.integers(200_000, 5_000_000))
        first = int(rng.binomial(base, rng.uniform(0.2, 0.6)))
        second = int(rng.binomial(base - first, rng.uniform(0.2, 0.8)))
        answer = lattice([first, second, base - first - second], base, 1)
        assert answer is not None
        found.append(10**answer.log10_p)
    for level in (0.01, 0.05, 0.25, 0.5):
        # Two free counts share the larger distance, so p = (2T + 1)^2 / w^2 is even, apart from rounding.
        error = 3 * math.sqrt(level * (1 - level) / 2000)
        assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=error + 0.002)


@pytest.mark.parametrize("small", [0.0002, 0.001, 0.004])
@pytest.mark.parametrize("decimals", [0, 1])
def test_small_parties_do_not_make_counts_close(small: float, decimals: int) -> None:
    """With eight parties that get next to nothing P(p <= a) stays at a: their counts are close to 0 anyway."""
    rng = np.random.default_rng(8)
    found = []
    for _ in range(1000):
        base = int(rng.integers(200_000, 5_000_000))
        few = rng.uniform(0.3, 2.0, 8) * small
        first = rng.uniform(0.35, 0.5)
        answer = lattice(
            [int(n) for n in rng.multinomial(base, [first, 1 - first - few.sum(), *few])], base, decimals
        )
        assert answer is not None
        found.append(10**answer.log10_p)
    for level in (0.01, 0.05):
        error = 3 * math.sqrt(level * (1 - level) / 1000)
        assert np.mean(np.array(found) <= level) <= level + error + 0.002


def test_counts_computed_from_percentages_have_the_least_p() -> None:
    base = 1_000_003
    shares = [512, 442, 46]
    values = [round(Fraction(base * share, 1000)) for share in shares]
    found = lattice(values, base, 1)
    assert found is not None
    assert sum(values) == base
    assert found.log10_p == pytest.approx(found.log10_least)
    assert found.free == (True, True, False)


def test_nothing_free_or_too_small_is_none() -> None:
    assert lattice([500], 500, 0) is None
    assert lattice([], 500, 0) is None
    assert lattice([600], 500, 0) is None
    assert lattice([30, 60], 100, 0) is None
