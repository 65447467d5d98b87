"""Thresholds, power curves and where they are crossed, on curves made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.calibrate.curve import between, clear, crossing, error, threshold, wanted


def worlds(*counts: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([seen for seen, _ in counts], float), np.array([drawn for _, drawn in counts], float)


def test_one_in_twenty_lies_above_the_threshold():
    alarms = np.random.default_rng(0).permutation(np.arange(200.0))
    assert np.mean(alarms > threshold(alarms)) == 0.05


def test_ties_lie_on_the_threshold_and_not_above_it():
    assert threshold(np.array([0.0] * 10 + [3.0] * 10)) == 3.0


def test_a_threshold_is_never_below_the_least():
    assert threshold(np.zeros(40), 1.3) == 1.3
    assert threshold(np.full(40, 2.0), 1.3) == 2.0


def test_the_power_is_reached_half_way_where_the_curve_says_so_in_the_logarithm_of_prevalence():
    found = crossing([0.01, 0.1, 1.0], *worlds((0, 10), (6, 10), (10, 10)))
    assert found.dose == pytest.approx(10**-0.5)
    assert not found.at_most
    assert found.lost is None


def test_a_dip_in_the_curve_is_pooled_with_its_neighbour():
    """0.7 and 0.5 become 0.6 twice, so that 0.8 is reached half way to 1.0."""
    dipped = crossing([0.001, 0.01, 0.1, 1.0], *worlds((0, 10), (7, 10), (5, 10), (10, 10)))
    assert dipped.dose == pytest.approx(10**-0.5)


def test_a_pool_weighs_by_worlds():
    """9 of 10 and 20 of 30 become 29 of 40, below 0.8; unweighted they would be 0.783 ... and never 0.8."""
    found = crossing([0.01, 0.1, 1.0], *worlds((9, 10), (20, 30), (40, 40)))
    part = (0.8 - 29 / 40) / (1.0 - 29 / 40)
    assert found.dose == pytest.approx(10 ** (-1 + part))


def test_what_is_never_seen_has_no_dose():
    assert crossing([0.1, 1.0], *worlds((0, 10), (7, 10))).dose is None


def test_what_is_seen_at_once_is_a_bound_only():
    found = crossing([0.1, 1.0], *worlds((9, 10), (10, 10)))
    assert (found.dose, found.at_most) == (0.1, True)


def test_sight_that_is_lost_again_is_told():
    found = crossing([0.01, 0.1, 1.0], *worlds((0, 10), (10, 10), (2, 10)))
    assert 0.01 < found.dose < 0.1
    assert found.lost == pytest.approx(10**-0.75)  # 1.0 at a tenth, 0.2 at all: a quarter of the way


def test_what_only_touches_the_power_at_one_prevalence_is_not_reached():
    assert crossing([0.01, 0.1, 1.0], *worlds((0, 10), (8, 10), (2, 10))).dose is None


def test_a_dip_after_the_peak_is_no_loss_of_sight():
    """0.7 and 1.0 become 0.85 twice."""
    assert crossing([0.01, 0.1, 1.0], *worlds((10, 10), (7, 10), (10, 10))).lost is None


def test_sight_that_is_lost_from_the_smallest_prevalence_on_is_told():
    found = crossing([0.01, 0.1, 1.0], *worlds((10, 10), (5, 10), (0, 10)))
    assert (found.dose, found.at_most) == (0.01, True)
    assert found.lost == pytest.approx(10**-1.6)


def test_the_error_covers_the_truth_of_a_known_curve():
    """Power rises from 0 to 1 over one power of ten and passes 0.8 at 10^-1.2; ninety of a hundred times."""
    prevalence = [10**-2.0, 10**-1.75, 10**-1.5, 10**-1.25, 10**-1.0]
    power = [0.0, 0.25, 0.5, 0.75, 1.0]
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(60):
        level = rng.random(40)  # one world is as sensitive at every prevalence
        found = [level < one for one in power]
        low, high = error(prevalence, found, rng)
        inside += (low or 0.0) <= 10**-1.2 <= (high or 1.0)
    assert inside >= 48


def test_where_all_worlds_change_sides_at_once_the_whole_gap_is_possible():
    found = [np.zeros(10, bool), np.ones(30, bool)]
    assert error([0.1, 0.2], found, np.random.default_rng(0)) == (0.1, 0.2)


def test_an_error_that_reaches_beyond_what_was_tried_is_open():
    some = np.arange(20) < 16
    assert error([0.1, 1.0], [np.zeros(20, bool), some], np.random.default_rng(0))[1] is None


def test_a_size_is_read_off_on_logarithmic_scales():
    assert between(0.1, [0.01, 1.0], [9.0, 999.0]) == pytest.approx(99.0)


def test_a_few_worlds_tell_what_is_clear():
    assert clear(0, 5)
    assert clear(40, 40)
    assert not clear(8, 10)
    assert not clear(0, 0)


@pytest.mark.parametrize("first_seen", range(14))
def test_the_search_places_a_sharp_edge_wherever_it_lies(first_seen):
    """Of thirteen prevalences, from none seen to all seen; it ends, and knows both sides of the edge."""
    seen: dict[int, tuple[int, int]] = {}
    for _ in range(200):
        steps = wanted(seen, 13, 40)
        if not steps:
            break
        for step in steps:
            drawn = seen.get(step, (0, 0))[1] + 10
            seen[step] = (drawn if step >= first_seen else 0, drawn)
    assert wanted(seen, 13, 40) == ()
    assert {step for step in (first_seen - 1, first_seen) if 0 <= step < 13} <= set(seen)
    assert len(seen) <= 7


def test_the_search_looks_beyond_an_end_that_is_not_clear():
    seen = {6: (32, 40), 12: (40, 40), 5: (0, 10)}
    assert wanted(seen, 13, 40) == (7,)


def test_what_is_seen_in_a_part_and_not_everywhere_is_found():
    seen = {6: (0, 10), 12: (0, 10)}
    assert wanted(seen, 13, 40) == (9,)


@pytest.mark.parametrize(("first_seen", "first_lost"), [(6, 7), (5, 8), (3, 12), (0, 11), (2, 7)])
def test_the_search_places_both_ends_of_what_is_seen(first_seen, first_lost):
    seen: dict[int, tuple[int, int]] = {}
    for _ in range(200):
        steps = wanted(seen, 13, 40)
        if not steps:
            break
        for step in steps:
            drawn = seen.get(step, (0, 0))[1] + 10
            seen[step] = (drawn if first_seen <= step < first_lost else 0, drawn)
    ends = {first_seen - 1, first_seen, first_lost - 1, first_lost}
    assert {step for step in ends if 0 <= step < 13} <= set(seen)


def test_what_concerns_the_vote_as_a_whole_is_tried_once():
    assert wanted({}, 1, 40) == (0,)
    assert wanted({0: (0, 10)}, 1, 40) == ()
    assert wanted({0: (30, 30)}, 1, 40) == ()
