"""Spreads between places: against simulated places of which the spread is known, and against a minority."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.worlds.fair import stretch
from plebiscope.worlds.spread import OUTER, centres, core, logits, pairs, slope, spread, together


def drawn(deviation: float, seed: int, areas: int = 200, each: int = 15):
    """Stations in areas: logits that depart by ``deviation``, then a ballot of each voter."""
    rng = np.random.default_rng(seed)
    area = np.repeat(np.arange(areas), each)
    size = rng.integers(200, 1500, len(area))
    true = rng.normal(0.3, 0.5, areas)[area] + rng.normal(0.0, deviation, len(area))
    return area, size, rng.binomial(size, 1 / (1 + np.exp(-true)))


@pytest.mark.parametrize("deviation", [0.05, 0.2, 0.6])
@pytest.mark.parametrize("quantile", [0.5, OUTER])
def test_the_spread_of_simulated_stations_is_found(deviation, quantile):
    # 3,000 stations: a quantile estimate of a deviation errs by some 2 %; five of those are allowed.
    area, size, cast = drawn(deviation, seed=1)
    found = spread(*logits(cast, size), pairs(area, size), quantile)
    assert found == pytest.approx(deviation, rel=0.1, abs=0.01)


def test_stations_that_differ_by_drawing_alone_have_no_spread():
    area, size, cast = drawn(0.0, seed=2)
    assert spread(*logits(cast, size), pairs(area, size)) < 0.03


def test_a_tenth_of_invented_figures_hardly_moves_the_spread():
    area, size, cast = drawn(0.25, seed=3)
    invented = np.random.default_rng(4).random(len(size)) < 0.1
    cast[invented] = np.ceil(0.95 * size[invented]).astype(np.int64)
    measured, chosen = logits(cast, size), pairs(area, size)
    first = spread(*measured, chosen)
    assert first == pytest.approx(0.25, rel=0.4)
    assert spread(*measured, chosen.within(core(*measured, area, first))) == pytest.approx(0.25, rel=0.1)
    assert np.std(logits(cast, size)[0]) > 0.6


@pytest.mark.parametrize("true", [-0.6, 0.0, 0.5])
def test_a_correlation_is_found_behind_the_noise_of_drawing(true):
    rng = np.random.default_rng(5)
    area = np.repeat(np.arange(400), 10)
    effects = rng.multivariate_normal([0, 0], 0.04 * np.array([[1, true], [true, 1]]), len(area))
    size = np.full(len(area), 300)
    counts = [rng.binomial(size, 1 / (1 + np.exp(-effects[:, k]))) for k in (0, 1)]
    measured = [logits(count, size) for count in counts]
    chosen = pairs(area, np.arange(len(area)))
    spreads = tuple(spread(*one, chosen) for one in measured)
    assert together(measured[0], measured[1], chosen, spreads) == pytest.approx(true, abs=0.1)


def test_a_slope_is_the_median_of_pairs():
    rng = np.random.default_rng(6)
    along = rng.normal(size=2000)
    values = 0.7 * along + rng.normal(0, 0.2, 2000)
    values[:200] += 10 * rng.random(200)
    area = np.zeros(2000, dtype=np.int64)
    assert slope(values, along, pairs(area, rng.permutation(2000))) == pytest.approx(0.7, abs=0.05)


def test_centres_are_medians():
    rng = np.random.default_rng(7)
    area = rng.integers(0, 9, 100)
    values = rng.normal(size=100)
    middle, size = centres(values, area, 10)
    for one in range(9):
        assert middle[one] == pytest.approx(np.median(values[area == one]))
    assert size[9] == 0


def test_the_stretch_is_that_of_simulated_differences():
    rng = np.random.default_rng(8)
    n = 400_000
    student = np.quantile(np.abs(rng.standard_t(5, n) - rng.standard_t(5, n)), OUTER)
    normal = np.quantile(np.abs(rng.normal(size=n) - rng.normal(size=n)), OUTER)
    # Each quantile errs by some 0.3 %.
    assert stretch(OUTER, 5) == pytest.approx(student / normal, rel=0.015)
