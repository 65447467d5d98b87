"""The logistic line: against the likelihood itself, and its interval against simulated differences."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.kernels import slopes


def made(seed, slope=0.25, areas=40, per_area=25, spread=0.4, within=0.0):
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(areas), per_area)
    level = rng.normal(0.0, spread, areas)[place] + rng.normal(0.0, within, areas * per_area)
    x = rng.normal(6.0, 1.0, areas * per_area)
    trials = rng.integers(100, 900, areas * per_area)
    chance = 1.0 / (1.0 + np.exp(-(level + slope * (x - 6.0))))
    return x, rng.binomial(trials, chance), trials, place


def test_the_likelihood_has_its_maximum_there():
    x, votes, trials, place = made(1, areas=3)
    found = slopes.logit_slope(x, votes, trials, place, place)

    def likelihood(slope):
        from scipy.optimize import minimize_scalar

        best = 0.0
        for area in range(3):
            here = place == area

            def loss(level, here=here):
                linear = level + slope * x[here]
                return -np.sum(votes[here] * linear - trials[here] * np.logaddexp(0.0, linear))

            best += minimize_scalar(loss, bounds=(-10, 10), method="bounded", options={"xatol": 1e-10}).fun
        return best

    at = likelihood(found.value)
    assert at < likelihood(found.value + 1e-3)
    assert at < likelihood(found.value - 1e-3)


def test_intervals_from_areas_hold_where_stations_vary_more_than_counting_allows():
    # 300 votes whose stations differ by 0.3 logits beyond counting, where a binomial interval covers far less.
    # Of 95 per cent intervals between 92 and 98 must cover: standard error sqrt(.95 x .05 / 300) = 1.3 points.
    covered = 0
    for seed in range(300):
        x, votes, trials, place = made(seed, within=0.3)
        found = slopes.logit_slope(x, votes, trials, place, place)
        low, high = found.interval(0.95)
        covered += low <= 0.25 <= high
    # The marginal slope is a little flatter than the one inside a station (by 1 to 2 per cent at this spread).
    assert 0.92 <= covered / 300 <= 0.98


def test_the_error_is_that_of_fitting_without_each_area():
    x, votes, trials, place = made(5, areas=6, within=0.3)
    none = np.zeros_like(place)
    for levels in (place, none):
        found = slopes.logit_slope(x, votes, trials, levels, place)
        without = []
        for area in range(6):
            rest = place != area
            again = slopes.logit_slope(x[rest], votes[rest], trials[rest], levels[rest], place[rest])
            without.append(again.value - found.value)
        # One step of the iteration in place of all of them: within 3 per cent.
        assert found.error == pytest.approx(np.sqrt(5 / 6 * np.sum(np.square(without))), rel=0.03)


def test_intervals_hold_where_areas_are_few_and_unlike():
    """With 4 areas, and with one of 60 per cent of the stations; the sandwich with 1.96 errors held in 65 to 85."""
    for per_area in (np.full(4, 25), np.array([90, 12, 12, 12, 12, 12])):
        rng, held, rounds = np.random.default_rng(len(per_area)), 0, 400
        place = np.repeat(np.arange(len(per_area)), per_area)
        trials = np.full(len(place), 400)
        for _ in range(rounds):
            x = rng.normal(6.0, 1.0, len(place))
            rise = rng.normal(0.25, 0.1, len(per_area))[place]
            chance = 1.0 / (1.0 + np.exp(-rise * (x - 6.0) - rng.normal(0.0, 0.2, len(place))))
            found = slopes.logit_slope(x, rng.binomial(trials, chance), trials, place, place)
            low, high = found.interval(0.95)
            held += low <= 0.25 <= high
        # Four standard errors; where one area is most of it, the interval is wider than need be.
        assert held / rounds > 0.95 - 4 * np.sqrt(0.95 * 0.05 / rounds)


def test_one_area_has_no_interval():
    x, votes, trials, place = made(2, areas=1)
    found = slopes.logit_slope(x, votes, trials, place, place)
    assert found.error is None
    assert found.interval(0.95) is None


def test_places_that_differ_make_a_slope_that_vanishes_inside_them():
    rng = np.random.default_rng(3)
    place = np.repeat(np.arange(50), 20)
    mean = rng.normal(6.0, 1.0, 50)
    x = mean[place] + rng.normal(0.0, 0.5, 1000)
    trials = np.full(1000, 400)
    votes = rng.binomial(trials, 1.0 / (1.0 + np.exp(-0.5 * (mean[place] - 6.0))))
    inside = slopes.logit_slope(x, votes, trials, place, place)
    over_all = slopes.logit_slope(x, votes, trials, np.zeros(1000, dtype=np.int64), place)
    assert abs(inside.value) < 4 * inside.error
    assert over_all.value > 10 * over_all.error


@pytest.mark.parametrize(
    ("x", "votes"),
    [([5.0, 5.0, 5.0], [10, 20, 30]), ([4.0, 5.0, 6.0], [0, 0, 0]), ([4.0, 5.0, 6.0], [100, 100, 100])],
)
def test_no_slope_where_nothing_varies(x, votes):
    none = np.zeros(3, dtype=np.int64)
    assert slopes.logit_slope(np.array(x), np.array(votes), np.full(3, 100), none, none) is None


def test_no_slope_where_the_likelihood_has_no_maximum():
    none = np.zeros(2, dtype=np.int64)
    assert slopes.logit_slope(np.array([4.0, 6.0]), np.array([0, 50]), np.array([50, 50]), none, none) is None
