"""Moran's I: the nearest places against all distances, what a gradient gives, and exchanges within areas."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope.kernels import moran

RNG = np.random.default_rng(4)


def test_the_nearest_are_those_of_all_distances():
    points = moran.on_sphere(RNG.uniform(-180, 180, 60), RNG.uniform(-80, 80, 60))
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(apart, np.inf)
    assert [set(row) for row in moran.nearest(points, 4)] == [set(row) for row in np.argsort(apart)[:, :4]]


def test_places_at_one_point_are_near_each_other_and_never_themselves():
    points = moran.on_sphere(np.repeat([10.0, 50.0], 6), np.repeat([20.0, 20.0], 6))
    near = moran.nearest(points, 3)
    assert not (near == np.arange(12)[:, None]).any()
    assert all((row < 6).all() == (at < 6) for at, row in enumerate(near))


def test_the_meridian_where_days_end_is_no_distance():
    near = moran.nearest(moran.on_sphere(np.array([179.9, -179.9, 170.0]), np.zeros(3)), 1)
    assert near[:2, 0].tolist() == [1, 0]


def test_a_gradient_is_alike_and_exchanges_are_not():
    x, y = RNG.uniform(0, 1, 200), RNG.uniform(0, 1, 200)
    near = moran.nearest(moran.on_sphere(x, y), 8)
    found = moran.moran(x, near, np.zeros(200, dtype=int), 199, RNG)
    assert found.value > 0.8
    assert abs(found.expected) < 0.05
    assert found.p == pytest.approx(2 / 200)
    assert np.mean(found.local_p <= 0.05) > 0.2


def test_what_areas_have_in_common_shows_nothing():
    x = RNG.uniform(0, 1, 240)
    area = (x > 0.5).astype(int)
    near = moran.nearest(moran.on_sphere(x, RNG.uniform(0, 1, 240)), 8)
    found = moran.moran(5.0 * area + RNG.standard_normal(240), near, area, 199, RNG)
    assert found.value > 0.5
    assert found.p > 0.02


def test_noise_is_named_as_often_as_promised():
    # Of 100 tables at 10 %: four standard errors are twelve.
    near = moran.nearest(moran.on_sphere(RNG.uniform(0, 1, 90), RNG.uniform(0, 1, 90)), 6)
    area = np.arange(90) % 2
    p = [moran.moran(RNG.standard_normal(90), near, area, 99, RNG).p for _ in range(100)]
    assert np.sum(np.array(p) <= 0.1) <= 22
    assert np.mean(p) == pytest.approx(0.5, abs=4 * 0.29 / 10)
