"""Borders: a jump is found, a slope is not, and only borders inside a larger area count."""

from __future__ import annotations

import numpy as np

from plebiscope.kernels import borders, moran


def ground(seed=0, n=400):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 1, n), rng.uniform(0, 1, n)
    points = moran.on_sphere(x, y)
    return x, y, points, moran.nearest(points, 8), (x > 0.5).astype(np.int64), rng


def test_the_places_next_to_a_border_are_near_it():
    x, _, _, near, area, _ = ground()
    ((one, other),) = borders.borders(near, area, np.zeros(400, dtype=int), 5)
    assert set(area[one]) == {0}
    assert set(area[other]) == {1}
    assert np.abs(x[np.concatenate([one, other])] - 0.5).max() < 0.2


def test_borders_between_larger_areas_do_not_count():
    *_, near, area, _ = ground()
    assert borders.borders(near, area, area, 5) == []
    assert borders.borders(near, area, np.zeros(400, dtype=int), 300) == []


def test_a_jump_exceeds_lines_at_random_and_a_slope_does_not():
    _, y, points, near, area, rng = ground()
    both = borders.borders(near, area, np.zeros(400, dtype=int), 5)
    noise = rng.standard_normal(400)
    jump, drawn = borders.contrasts(noise + 3 * area, points, both, 199, rng)
    assert jump[0] > np.quantile(drawn[:, 0], 0.99)
    slope, drawn = borders.contrasts(noise + 3 * y, points, both, 199, rng)
    assert slope[0] < np.quantile(drawn[:, 0], 0.95)
