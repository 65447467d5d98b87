"""Groups drawn again inside strata: the counted law, the approximated one and simulation agree."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import hypergeom

from plebiscope.kernels import reassignment


def drawn(sizes: list[int], share: float, seed: int, law: str = "normal"):
    """Make strata, with about a share of each in the group, and values of a law."""
    rng = np.random.default_rng(seed)
    strata = np.repeat(np.arange(len(sizes)), sizes)
    values = {"normal": rng.normal, "skew": rng.exponential}[law](size=len(strata)) + strata % 3
    chosen = np.zeros(len(strata), dtype=bool)
    for code, size in enumerate(sizes):
        members = np.flatnonzero(strata == code)
        chosen[rng.permutation(members)[: max(1, round(share * size))]] = True
    return values, chosen, strata


def simulated(values, chosen, strata, draws: int, seed: int) -> np.ndarray:
    """Draw the groups again, as plainly as possible."""
    rng = np.random.default_rng(seed)
    sums = np.zeros(draws)
    for code in np.unique(strata):
        own = values[strata == code]
        keys = rng.random((draws, len(own))).argsort(axis=1)
        sums += own[keys[:, : int(chosen[strata == code].sum())]].sum(axis=1)
    return sums


def by_hand(values, chosen, strata) -> float:
    """Go through every choice of two strata."""
    lists = []
    for code in np.unique(strata):
        own, k = values[strata == code], int(chosen[strata == code].sum())
        lists.append([sum(one) for one in itertools.combinations(own.tolist(), k)])
    sums = np.array([sum(one) for one in itertools.product(*lists)])
    seen = values[chosen].sum()
    upper, lower = np.mean(sums >= seen - 1e-9), np.mean(sums <= seen + 1e-9)
    return min(1.0, 2.0 * min(upper, lower))


@pytest.mark.parametrize("seed", range(6))
def test_counting_every_choice_is_counting_every_choice(seed: int) -> None:
    values, chosen, strata = drawn([5, 7], 0.4 if seed % 2 else 0.7, seed)
    found = reassignment.tail(values, chosen, strata)
    assert found is not None
    assert found.exact
    assert math.exp(found.log_p) == pytest.approx(by_hand(values, chosen, strata), rel=1e-9)


@pytest.mark.parametrize("law", ["normal", "skew"])
@pytest.mark.parametrize("sizes", [[9, 9], [16], [3] * 9, [2] * 16])
def test_the_approximation_agrees_with_the_count(sizes: list[int], law: str, monkeypatch) -> None:
    for seed in range(5):
        values, chosen, strata = drawn(sizes, 0.4, seed, law)
        counted = reassignment.tail(values, chosen, strata)
        with monkeypatch.context() as patch:
            patch.setattr(reassignment, "COUNTED", 1)
            approximated = reassignment.tail(values, chosen, strata)
        assert counted.exact
        assert not approximated.exact
        # A count moves in steps of one choice; the approximation runs through their middles.
        assert approximated.log_p == pytest.approx(counted.log_p, abs=0.1 if counted.log_p > -6 else 0.7)


@pytest.mark.parametrize("sizes", [[40] * 3, [300, 90], [2] * 200, [4] * 60 + [150]])
def test_the_approximation_agrees_with_simulation(sizes: list[int]) -> None:
    draws = 40_000
    values, chosen, strata = drawn(sizes, 0.3, 1, "skew")
    sums = simulated(values, chosen, strata, draws, 2)
    mean, variance = reassignment.moments(values, chosen, strata)
    assert sums.mean() == pytest.approx(mean, abs=4 * math.sqrt(variance / draws))
    assert sums.var() == pytest.approx(variance, rel=4 * math.sqrt(3 / draws))
    rng = np.random.default_rng(3)
    for push in (-0.5, -0.25, 0.2, 0.4, 0.6):
        # The groups are drawn with a leaning, so that sums far out are tried as well.
        order = np.lexsort([push * values + rng.normal(0, 1.5, len(values)), strata])
        leaning = np.zeros(len(values), dtype=bool)
        for code in np.unique(strata):
            members = order[strata[order] == code]
            leaning[members[len(members) - int(chosen[strata == code].sum()) :]] = True
        seen = values[leaning].sum()
        found = reassignment.tail(values, leaning, strata)
        tail = min(np.mean(sums >= seen), np.mean(sums <= seen))
        if tail * draws >= 20:
            assert math.exp(found.log_p) / 2 == pytest.approx(tail, rel=4 / math.sqrt(tail * draws) + 0.03)
        else:
            assert found.log_p < math.log(2 * 60 / draws)


def test_far_out_it_stays_a_probability() -> None:
    values = np.concatenate([np.zeros(500), np.ones(500) * 7.0]) + np.arange(1000) % 7 * 1e-3
    chosen = np.arange(1000) >= 500
    found = reassignment.tail(values, chosen, np.zeros(1000, dtype=np.int64))
    least = -math.lgamma(1001) + 2 * math.lgamma(501)
    assert found.log_p == pytest.approx(least, rel=0.05)


@pytest.mark.parametrize(("marked", "seen"), [(10, 10), (40, 40), (60, 60), (80, 60)])
def test_the_largest_sum_there_is_has_the_chance_of_its_choices(marked: int, seen: int) -> None:
    """All that are marked were drawn, or only marked ones were: the chance is hypergeometric."""
    size, drawn_ = 200, 60
    values, chosen = np.zeros(2 * size), np.tile(np.arange(size) < drawn_, 2)
    for begin in (0, size):
        values[begin : begin + seen] = 1.0
        values[begin + drawn_ : begin + drawn_ + marked - seen] = 1.0
    found = reassignment.tail(values, chosen, np.repeat([0, 1], size))
    expected = 2 * hypergeom.logsf(seen - 1, size, marked, drawn_) + math.log(2)
    assert found.exact
    assert found.log_p == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("short", [1, 2, 5])
def test_next_to_the_largest_sum_p_is_small_as_well(short: int) -> None:
    """The approximation is made for many values; of marks it is off by a factor of a few, and never of all."""
    values, chosen = np.zeros(200), np.arange(200) < 60
    values[: 40 - short] = values[60 : 60 + short] = 1.0
    found = reassignment.tail(values, chosen, np.zeros(200, dtype=int))
    expected = hypergeom.logsf(39 - short, 200, 40, 60) + math.log(2)
    assert found.log_p == pytest.approx(expected, abs=math.log(8))


@pytest.mark.parametrize("seed", range(4))
def test_marks_are_counted_like_every_choice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    marks, strata = rng.random(13) < 0.4, np.repeat([0, 1], [7, 6])
    chosen = np.concatenate([rng.permutation(7) < 3, rng.permutation(6) < 2])
    found, every = (of(marks, chosen, strata) for of in (reassignment.marked, counted))
    assert found.exact
    assert found.log_p == pytest.approx(every, abs=1e-9)


def counted(marks, chosen, strata) -> float:
    """Go through every choice of two strata; the side is that on which the number seen lies."""
    sums = [
        [int(marks[list(one)].sum()) for one in itertools.combinations(np.flatnonzero(strata == code), k)]
        for code, k in enumerate(np.bincount(strata, chosen).astype(int))
    ]
    every = np.add.outer(*map(np.array, sums)).ravel()
    seen = int((marks & chosen).sum())
    far = np.mean(every >= seen) if seen > every.mean() else np.mean(every <= seen)
    return math.log(min(1.0, 2 * far))


def test_nothing_can_be_drawn_otherwise() -> None:
    alike = np.ones(10), np.arange(10) < 4, np.zeros(10, dtype=np.int64)
    assert reassignment.tail(*alike) is None
    alone = np.arange(10.0), np.arange(10) < 4, np.arange(10)
    assert reassignment.tail(*alone) is None
    assert reassignment.tail(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)) is None


def test_under_the_null_p_is_uniform() -> None:
    rng = np.random.default_rng(5)
    values, chosen, strata = drawn([6] * 12 + [70], 0.3, 3, "skew")
    found = []
    for _ in range(150):
        order = np.lexsort([rng.random(len(strata)), strata])
        found.append(math.exp(reassignment.tail(values[order], chosen, strata).log_p))
    for level in (0.05, 0.2, 0.5, 0.8):
        error = 4 * math.sqrt(level * (1 - level) / len(found))
        assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=error)
