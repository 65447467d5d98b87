"""Bins, peaks and the centre of the densest half."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.kernels.density import (
    PERCENT_BINS,
    binned_sums,
    minimum_covariance_centre,
    peaks,
    percent_bins,
    smooth,
)

HOW = {"first": 5, "last": 98, "height": 0.1, "prominence": 0.1, "noise": 2.0}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 5000)), min_size=1, max_size=30))
def test_a_station_lies_in_the_bin_its_percentage_starts_with(pairs: list[tuple[int, int]]) -> None:
    part = np.array([min(a, b) for a, b in pairs])
    whole = np.array([b for _, b in pairs])
    bins = percent_bins(part, whole)
    assert np.all(bins * whole <= 100 * part)
    assert np.all(100 * part < (bins + 1) * whole)


def test_impossible_parts_are_refused() -> None:
    for part, whole in (([3], [2]), ([-1], [2]), ([0], [0])):
        with pytest.raises(ValueError, match="between 0 and its whole"):
            percent_bins(np.array(part), np.array(whole))


def test_sums_by_group_and_bin_lose_nothing() -> None:
    rng = np.random.default_rng(1)
    bins, groups = rng.integers(0, 101, 500), rng.integers(0, 7, 500)
    values = rng.integers(0, 900, 500)
    sums = binned_sums(bins, groups, values, 7)
    assert sums.shape == (7, PERCENT_BINS)
    assert sums.sum() == values.sum()
    assert sums[3, 40] == values[(groups == 3) & (bins == 40)].sum()


def test_smoothing_keeps_the_sum_and_bridges_a_surplus_at_round_percentages() -> None:
    curve = np.zeros(PERCENT_BINS)
    curve[30:70] = 100.0
    curve[50] = 140.0
    assert smooth(curve).sum() == pytest.approx(curve.sum())
    assert smooth(curve)[50] == pytest.approx(100.0 + 40.0 * 3 / 9)


def bump(centre: float, width: float, size: float) -> np.ndarray:
    return size * np.exp(-(((np.arange(PERCENT_BINS) - centre) / width) ** 2) / 2)


def test_two_bulks_are_two_peaks_and_one_is_one() -> None:
    many = np.full(PERCENT_BINS, 1000.0)
    assert peaks(bump(42, 6, 70) + bump(80, 6, 100), many, **HOW) == [42, 80]
    assert peaks(bump(60, 8, 100), many, **HOW) == [60]


def test_a_shallow_dip_does_not_part_two_peaks() -> None:
    curve = bump(50, 4, 95) + bump(60, 4, 100)  # the dip is about 6 per cent of the lower peak deep
    many = np.full(PERCENT_BINS, 10_000.0)
    assert len(peaks(curve, many, **HOW)) == 1
    assert len(peaks(curve, many, **{**HOW, "prominence": 0.02})) == 2


def test_a_dip_that_chance_can_dig_does_not_part_two_peaks() -> None:
    curve = bump(42, 6, 70) + bump(60, 6, 100)
    assert peaks(curve, np.full(PERCENT_BINS, 1000.0), **HOW) == [42, 60]
    assert peaks(curve, np.full(PERCENT_BINS, 15.0), **HOW) == [60]


def test_an_empty_curve_has_no_peak() -> None:
    assert peaks(np.zeros(PERCENT_BINS), np.zeros(PERCENT_BINS), **HOW) == []


def test_peaks_of_a_plateau_and_at_the_edges() -> None:
    many = np.full(PERCENT_BINS, 1000.0)
    assert len(peaks(np.ones(PERCENT_BINS), many, **HOW)) <= 1
    edge = bump(3, 4, 100)
    assert peaks(edge, many, **HOW) == []


def smallest_determinant(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Try every subset that holds at least half of the weight and loses it with any point taken away."""
    best, centre = np.inf, (0.0, 0.0)
    for size in range(2, len(x) + 1):
        for chosen in itertools.combinations(range(len(x)), size):
            rows = list(chosen)
            total = weights[rows].sum()
            if total < weights.sum() / 2 or total - weights[rows].min() >= weights.sum() / 2:
                continue
            determinant = np.linalg.det(np.cov(x[rows], y[rows], aweights=weights[rows], ddof=0))
            if determinant < best:
                best = determinant
                centre = (
                    np.average(x[rows], weights=weights[rows]),
                    np.average(y[rows], weights=weights[rows]),
                )
    return float(centre[0]), float(centre[1])


@pytest.mark.parametrize("seed", range(5))
def test_centre_agrees_with_trying_every_half(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.normal(30, 2, 7), rng.uniform(60, 99, 4)])
    y = np.concatenate([rng.normal(40, 2, 7), rng.uniform(60, 99, 4)])
    weights = np.ones(11)
    assert minimum_covariance_centre(x, y, weights) == pytest.approx(smallest_determinant(x, y, weights))


def test_centre_follows_the_weight_not_the_number() -> None:
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.normal(30, 2, 300), rng.normal(80, 2, 300)])
    y = np.concatenate([rng.normal(30, 2, 300), rng.normal(80, 2, 300)])
    heavy = np.concatenate([np.full(300, 1.0), np.full(300, 5.0)])
    at_x, at_y = minimum_covariance_centre(x, y, heavy)
    # Standard error of a mean over 300 points of sd 2 is .12; the concentration only shrinks it to half.
    assert (at_x, at_y) == (pytest.approx(80, abs=1), pytest.approx(80, abs=1))


def test_centre_of_points_that_do_not_spread() -> None:
    same = np.full(20, 50.0)
    assert minimum_covariance_centre(same, same, np.ones(20)) == (50.0, 50.0)
