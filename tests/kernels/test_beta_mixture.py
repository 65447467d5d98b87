"""The mixture of beta laws: its fit, and the law of a second count, held against libraries' own laws."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from plebiscope.kernels.beta_mixture import BINS, Mixture, again, bin_of, fit


def expected(k, n, mixture):
    """Chances by bin of one station, from scipy's beta-binomial law count by count."""
    weights = np.array(
        [
            w * stats.betabinom.pmf(k, n, a, b)
            for a, b, w in zip(mixture.first, mixture.second, mixture.weights, strict=True)
        ]
    )
    weights /= weights.sum()
    found = np.zeros(BINS)
    for count in range(n + 1):
        exact = Fraction(1000 * count, n)
        at = int(exact) + (exact - int(exact) > Fraction(1, 2))
        for a, b, w in zip(mixture.first, mixture.second, weights, strict=True):
            found[at] += w * stats.betabinom.pmf(count, n, k + a, n - k + b)
    return found


@pytest.mark.parametrize(
    ("k", "n"), [(0, 1), (1, 1), (0, 37), (37, 37), (13, 37), (120, 400), (1990, 2000), (3, 5000)]
)
def test_second_count_follows_the_mixture_of_beta_binomial_laws(k, n):
    mixture = Mixture(np.array([8.5, 4.1, 500.0]), np.array([8.7, 32.1, 300.0]), np.array([0.5, 0.3, 0.2]))
    (rows,) = again(np.array([k]), np.array([n]), mixture)
    found = np.zeros(BINS + rows.chances.shape[1])
    found[rows.low[0] : rows.low[0] + rows.chances.shape[1]] = rows.chances[0]
    assert not found[BINS:].any()
    # What lies beyond six standard deviations is left out.
    assert found[:BINS] == pytest.approx(expected(k, n, mixture), abs=1e-5)


def test_every_station_comes_once_in_whatever_order():
    rng = np.random.default_rng(0)
    n = rng.integers(1, 3000, 4000)
    k = rng.binomial(n, rng.beta(3, 2, 4000))
    mixture = fit(k, n)
    rows = list(again(k, n, mixture))
    places = np.concatenate([part.stations for part in rows])
    assert np.array_equal(np.sort(places), np.arange(4000))
    sums = np.concatenate([part.chances.sum(axis=1) for part in rows])
    assert sums == pytest.approx(np.ones(4000), abs=1e-12)


def test_fit_finds_the_law_that_was_drawn_from():
    rng = np.random.default_rng(1)
    n = rng.integers(100, 2000, 6000)
    first = rng.random(6000) < 0.7
    rates = np.where(first, rng.beta(60, 40, 6000), rng.beta(20, 60, 6000))
    mixture = fit(rng.binomial(n, rates), n, sample=6000)
    order = np.argsort(mixture.first / (mixture.first + mixture.second))
    means = (mixture.first / (mixture.first + mixture.second))[order]
    assert len(mixture) == 2
    # Standard errors over such votes: 0.006 for weights, 0.001 for means.
    assert mixture.weights[order] == pytest.approx([0.3, 0.7], abs=0.025)
    assert means == pytest.approx([0.25, 0.6], abs=0.006)


def test_bins_are_closed_above_and_whole_numbers_decide():
    assert bin_of(np.array([0, 1, 1, 2000, 1999]), np.array([2000] * 5)).tolist() == [0, 0, 0, 1000, 999]
    assert bin_of(np.array([3]), np.array([2000])).tolist() == [1]
    assert bin_of(np.array([7]), np.array([25])).tolist() == [280]
