"""Spreads between places: against simulated places of which the spread is known, and against a minority."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.worlds.fair import stretch
from plebiscope.worlds.reading import counted, logits, measured
from plebiscope.worlds.spread import (
    OUTER,
    centres,
    core,
    pairs,
    slope,
    spread,
    together,
)


def drawn(deviation: float, seed: int, areas: int = 200, each: int = 15, middle=0.3, sizes=(200, 1500)):
    """Stations in areas: logits that depart by ``deviation``, then a ballot of each voter."""
    rng = np.random.default_rng(seed)
    area = np.repeat(np.arange(areas), each)
    size = rng.integers(*sizes, len(area))
    true = rng.normal(middle, 0.5, areas)[area] + rng.normal(0.0, deviation, len(area))
    return area, size, rng.binomial(size, 1 / (1 + np.exp(-true)))


@pytest.mark.parametrize("deviation", [0.05, 0.2, 0.6])
@pytest.mark.parametrize("quantile", [0.5, OUTER])
def test_the_spread_of_simulated_stations_is_found(deviation, quantile):
    # 3,000 stations: a quantile estimate of a deviation errs by some 2 %; five of those are allowed.
    area, size, cast = drawn(deviation, seed=1)
    found = spread(counted(cast, size), pairs(area, size), quantile)
    assert found == pytest.approx(deviation, rel=0.1, abs=0.01)


def test_stations_that_differ_by_drawing_alone_have_no_spread():
    area, size, cast = drawn(0.0, seed=2)
    assert spread(counted(cast, size), pairs(area, size)) < 0.03


def test_a_tenth_of_invented_figures_hardly_moves_the_spread():
    area, size, cast = drawn(0.25, seed=3)
    invented = np.random.default_rng(4).random(len(size)) < 0.1
    cast[invented] = np.ceil(0.95 * size[invented]).astype(np.int64)
    reading, chosen = counted(cast, size), pairs(area, size)
    first = spread(reading, chosen)
    assert first == pytest.approx(0.25, rel=0.4)
    assert spread(reading, chosen.within(core(reading, area, first))) == pytest.approx(0.25, rel=0.1)
    assert np.std(logits(cast, size)[0]) > 0.6


@pytest.mark.parametrize("share", [0.03, 0.5, 0.97])
@pytest.mark.parametrize("deviation", [0.0, 0.4, 0.8])
def test_the_spread_of_stations_of_some_dozen_voters_is_found(deviation, share):
    # 12,000 stations; at three in a hundred, the drawing of forty voters alone moves a logit by 0.9, so that
    # a spread below half of that is hard to tell from none.
    middle = np.log(share / (1 - share))
    area, size, cast = drawn(deviation, seed=10, areas=800, middle=middle, sizes=(20, 61))
    found = spread(counted(cast, size), pairs(area, size))
    assert found == pytest.approx(deviation, abs=0.05 if share == 0.5 else 0.15)


@pytest.mark.parametrize("share", [0.01, 0.03, 0.5, 0.97])
@pytest.mark.parametrize("sizes", [(10, 31), (20, 61), (60, 151), (400, 1501)])
def test_the_middle_of_stations_of_any_size_is_found(sizes, share):
    # 12,000 stations in 800 areas that differ by 0.5: a median errs by some 0.025; four of those.
    middle = np.log(share / (1 - share))
    area, size, cast = drawn(0.4, seed=11, areas=800, middle=middle, sizes=sizes)
    whole, apart = np.zeros(len(area), dtype=np.int64), float(np.hypot(0.4, 0.5))
    assert centres(counted(cast, size), whole, 1, apart)[0][0] == pytest.approx(middle, abs=0.1)


def test_of_large_counts_the_middle_is_the_plain_median():
    area, size, cast = drawn(0.4, seed=12)
    found = centres(counted(cast, size), area, 200, 0.4)[0]
    values = logits(cast, size)[0]
    assert found == pytest.approx([np.median(values[area == one]) for one in range(200)], abs=1e-3)


def test_a_tenth_of_invented_figures_hardly_moves_the_middle_of_small_stations():
    # A tenth moved beyond reach moves a median to the quantile 0.5 / 0.9: by 0.14 deviations.
    area, size, cast = drawn(0.4, seed=13, areas=800, sizes=(20, 61))
    apart, whole = float(np.hypot(0.4, 0.5)), np.zeros(len(area), dtype=np.int64)
    noise = float(np.median(logits(cast, size)[1]))
    before = centres(counted(cast, size), whole, 1, apart)[0][0]
    cast = np.where(np.random.default_rng(14).random(len(size)) < 0.1, size, cast)
    after = centres(counted(cast, size), whole, 1, apart)[0][0]
    assert after - before == pytest.approx(0.14 * np.hypot(apart, np.sqrt(noise)), abs=0.05)


def test_small_counts_do_not_make_a_slope_with_size():
    # Without care, one voter of twenty and one of sixty are a slope: a logit gains half a person's weight.
    area, size, cast = drawn(0.3, seed=15, areas=800, middle=np.log(0.03 / 0.97), sizes=(20, 61))
    mixed = pairs(area, np.random.default_rng(0).permutation(len(area)))
    # 12,000 stations whose logits scatter by about one, over sizes that scatter by a third: some 0.05.
    assert slope(counted(cast, size), np.log(size), mixed) == pytest.approx(0.0, abs=0.15)


@pytest.mark.parametrize("true", [-0.6, 0.0, 0.5])
def test_a_correlation_is_found_behind_the_noise_of_drawing(true):
    rng = np.random.default_rng(5)
    area = np.repeat(np.arange(400), 10)
    effects = rng.multivariate_normal([0, 0], 0.04 * np.array([[1, true], [true, 1]]), len(area))
    size = np.full(len(area), 300)
    counts = [rng.binomial(size, 1 / (1 + np.exp(-effects[:, k]))) for k in (0, 1)]
    first, second = (counted(count, size) for count in counts)
    chosen = pairs(area, np.arange(len(area)))
    spreads = spread(first, chosen), spread(second, chosen)
    assert together(first, second, chosen, spreads) == pytest.approx(true, abs=0.1)


def test_a_slope_is_the_median_of_pairs():
    rng = np.random.default_rng(6)
    along = rng.normal(size=2000)
    values = 0.7 * along + rng.normal(0, 0.2, 2000)
    values[:200] += 10 * rng.random(200)
    area = np.zeros(2000, dtype=np.int64)
    reading = measured(values, np.zeros(2000))
    assert slope(reading, along, pairs(area, rng.permutation(2000))) == pytest.approx(0.7, abs=0.05)


def test_centres_are_medians():
    rng = np.random.default_rng(7)
    area = rng.integers(0, 9, 100)
    values = rng.normal(size=100)
    middle, size = centres(measured(values, np.ones(100)), area, 10)
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
