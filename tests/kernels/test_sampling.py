"""A share estimated from a sample of stations: by hand, by simulation, and as large as it has to be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student

from plebiscope.kernels.sampling import allocated, design_error, estimate, stations_needed


def country(seed: int, sizes: list[int]):
    """Make stations of strata that differ much, and differ inside them."""
    rng = np.random.default_rng(seed)
    strata = np.repeat(np.arange(len(sizes)), sizes)
    whole = rng.integers(100, 700, len(strata)).astype(float)
    share = np.clip(rng.uniform(0.2, 0.8, len(sizes))[strata] + rng.normal(0, 0.06, len(strata)), 0, 1)
    return rng.binomial(whole.astype(int), share).astype(float), whole, strata


def drawn(strata: np.ndarray, numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.concatenate(
        [rng.choice(np.flatnonzero(strata == at), n, replace=False) for at, n in enumerate(numbers)]
    )


def test_by_hand() -> None:
    part, whole = np.array([10.0, 30, 5, 9]), np.array([40.0, 50, 20, 10])
    found = estimate(part, whole, np.array([0, 0, 1, 1]), np.array([6.0, 4.0]))
    ratio = (3 * 40 + 2 * 14) / (3 * 90 + 2 * 30)
    rest = part - ratio * whole
    parts = [6**2 * (1 - 2 / 6) * rest[:2].var(ddof=1) / 2, 4**2 * (1 - 2 / 4) * rest[2:].var(ddof=1) / 2]
    assert found.value == pytest.approx(ratio)
    assert found.error == pytest.approx(math.sqrt(sum(parts)) / (3 * 90 + 2 * 30))
    assert found.free == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 + parts[1] ** 2))
    reach = student.ppf(0.975, found.free) * found.error
    assert found.interval(0.95) == pytest.approx((ratio - reach, ratio + reach))
    assert found.p(found.interval(0.95)[1]) == pytest.approx(0.05)


def test_what_is_covered_and_how_far_estimates_scatter() -> None:
    sizes = np.array([40, 60, 100, 30, 70])
    part, whole, strata = country(1, sizes.tolist())
    truth = part.sum() / whole.sum()
    numbers = allocated(sizes, 60)
    rng = np.random.default_rng(2)
    found = []
    for _ in range(1000):
        rows = drawn(strata, numbers, rng)
        found.append(estimate(part[rows], whole[rows], strata[rows], sizes.astype(float)))
    values = np.array([one.value for one in found])
    error = design_error(part, whole, strata, numbers)
    assert values.std() == pytest.approx(error, rel=4 / math.sqrt(2 * len(found)) + 0.01)
    assert values.mean() == pytest.approx(truth, abs=4 * error / math.sqrt(len(found)) + 0.1 * error)
    covered = np.mean([low <= truth <= high for low, high in (one.interval(0.95) for one in found)])
    assert covered == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / len(found)))
    p = np.array([one.p(truth) for one in found])
    for level in (0.1, 0.3, 0.5, 0.8):
        assert np.mean(p <= level) == pytest.approx(
            level, abs=4 * math.sqrt(level * (1 - level) / len(found))
        )


def test_one_station_in_each_stratum_gives_no_too_small_error() -> None:
    sizes = np.full(60, 20)
    part, whole, strata = country(3, sizes.tolist())
    rng = np.random.default_rng(4)
    found = []
    for _ in range(300):
        rows = drawn(strata, np.ones(60, dtype=np.int64), rng)
        found.append(estimate(part[rows], whole[rows], strata[rows], sizes.astype(float)))
    scatter = np.std([one.value for one in found])
    assert np.mean([one.error for one in found]) > scatter


@pytest.mark.parametrize("numbers", [[1, 12, 12], [1, *[2] * 19]])
def test_a_single_station_alone_in_its_stratum_is_not_held_to_be_exact(numbers: list[int]) -> None:
    part, whole, strata = country(4, [600, *[100] * (len(numbers) - 1)])
    sizes, truth = np.bincount(strata).astype(float), part.sum() / whole.sum()
    rng = np.random.default_rng(5)
    tried, covered = 400, 0
    for _ in range(tried):
        rows = drawn(strata, np.array(numbers), rng)
        low, high = estimate(part[rows], whole[rows], strata[rows], sizes).interval(0.95)
        covered += low <= truth <= high
    # Strata that are put together differ, which makes the interval rather too wide.
    assert covered / tried >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / tried)


def test_the_whole_country_has_no_error() -> None:
    part, whole, strata = country(5, [5, 6])
    found = estimate(part, whole, strata, np.array([5.0, 6.0]))
    assert found.value == pytest.approx(part.sum() / whole.sum())
    assert found.error == 0.0
    assert found.interval(0.95) == (found.value, found.value)
    assert (found.p(found.value), found.p(0.99)) == (1.0, 0.0)


def test_what_the_machine_rounds_is_no_scatter() -> None:
    """Every station gives two sevenths; their remainders are not exactly nought."""
    part = np.array([1308.0, 528, 724, 1260, 200, 484])
    found = estimate(part, 3.5 * part, np.zeros(6, dtype=np.int64), np.array([50.0]))
    assert found.error == 0.0


def test_a_stratum_of_one_station_is_not_put_together_with_others() -> None:
    """It is there completely: how far it lies off says nothing of how the others scatter."""
    part, whole = np.array([10.0, 30, 25, 90]), np.array([40.0, 50, 60, 100])
    strata, sizes = np.array([0, 0, 0, 1]), np.array([6.0, 1.0])
    found = estimate(part, whole, strata, sizes)
    rest = part - found.value * whole
    error = math.sqrt(6**2 * (1 - 3 / 6) * rest[:3].var(ddof=1) / 3) / (2 * 150 + 100)
    assert found.error == pytest.approx(error)


def test_one_drawn_of_many_and_nothing_beside_it_tells_no_error_in_whatever_order() -> None:
    sizes = np.array([50.0, *[1.0] * 9])
    part, whole = np.linspace(100, 190, 10), np.full(10, 300.0)
    for order in (np.arange(10), np.arange(10)[::-1]):
        assert estimate(part, whole, order, sizes[np.argsort(order)]) is None


def test_a_country_of_unknown_size() -> None:
    part, whole, _ = country(6, [50])
    one = np.zeros(50, dtype=np.int64)
    unknown, large = (estimate(part, whole, one, np.array([size])) for size in (math.inf, 1e9))
    assert unknown.error == pytest.approx(large.error, rel=1e-6)


def test_too_little() -> None:
    one = np.zeros(1, dtype=np.int64)
    assert estimate(np.ones(1), np.ones(1), one, np.array([9.0])) is None
    assert estimate(np.zeros(3), np.zeros(3), np.zeros(3, dtype=np.int64), np.array([9.0])) is None


def test_the_stations_needed_are_enough_and_no_more() -> None:
    sizes = np.array([400, 600])
    part, whole, strata = country(7, sizes.tolist())
    goal = design_error(part, whole, strata, allocated(sizes, 200))
    n = stations_needed(part, whole, strata, goal)
    assert design_error(part, whole, strata, allocated(sizes, n)) <= goal
    assert design_error(part, whole, strata, allocated(sizes, n - 1)) > goal
    # Drawn ballot by ballot one would believe in far fewer.
    share = part.sum() / whole.sum()
    assert n > 2 * share * (1 - share) / goal**2 / whole.mean()
