"""Votes drawn from the model of eforensics as its package codes it (qbl), and the prior that it has.

The classes are recovered with one kind of natural spread, as many as the published model has. The method takes up
to five, so that two kinds of place in one district are not called added ballots; the price is that it tells
nothing of such votes, and the last test holds it to saying so.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from plebiscope.kernels.class_fit import fit_both
from plebiscope.kernels.class_law import Grid
from plebiscope.kernels.class_stations import Stations
from plebiscope.methods import mixture
from plebiscope.methods.mixture import Params

BOUND = 0.7  # k of the package
GRID = Grid(0.1, BOUND)


def drawn(pi, n=1000, seed=1, spread=0.35):
    """Draw from the definition: logits with station effects, rates as binomial parts of the electorate.

    The package's own prior mean of the variance of station effects is 0.2; here it is about 0.12.
    """
    rng = np.random.default_rng(seed)
    registered = rng.integers(500, 1001, n)
    kind = rng.choice(3, n, p=pi)

    def rate(intercept):
        return expit(intercept + spread * rng.standard_normal(n))

    def part(mean):
        return rng.binomial(registered, mean) / registered

    turnout, share = rate(0.3), rate(0.1)
    some = [part(BOUND * rate(0.0)) for _ in range(2)]
    most = [part(BOUND + (1.0 - BOUND) * rate(0.0)) for _ in range(2)]
    made, stolen = (np.choose(kind, [np.zeros(n), one, two]) for one, two in zip(some, most, strict=True))
    away = rng.binomial(registered, (1.0 - turnout) * (1.0 - made))
    quiet = away / registered
    votes = rng.binomial(
        registered,
        np.clip(
            share * (1.0 - stolen) * (1.0 - made - quiet) / (1.0 - made)
            + quiet * (made - stolen) / (1.0 - made)
            + stolen,
            0.0,
            1.0,
        ),
    )
    votes = np.minimum(votes, registered - away)
    stations = Stations.counted(away, registered - away - votes, votes, np.zeros(n, dtype=np.int64))
    return stations, np.bincount(kind, minlength=3) / n


def asked(stations, parts):
    (_, before), (fit, after) = fit_both(stations, GRID, most=parts, rounds=60, close=0.05)
    return fit.parameters.classes, after - before


def test_shares_of_the_classes_are_recovered_from_the_published_model():
    stations, truth = drawn((0.8, 0.15, 0.05))
    classes, factor = asked(stations, parts=1)  # as many as the published model has
    assert factor > Params().limit
    # Four standard errors of a share among 1,000 stations, and what the other law of the rates makes.
    for found, true in zip(classes, truth, strict=True):
        assert found == pytest.approx(true, abs=4.0 * np.sqrt(true * (1.0 - true) / 1000.0) + 0.01)


def test_with_as_many_kinds_of_spread_as_the_method_takes_nothing_is_told_of_the_published_model():
    stations, truth = drawn((0.8, 0.15, 0.05))
    classes, factor = asked(stations, parts=Params().parts)
    assert truth[1:].sum() > 0.2
    assert factor < 0.0
    assert classes[1:].sum() < 0.1
    assert "Votes drawn from the published model of eforensics are among them" in (mixture.__doc__ or "")


def test_where_the_published_model_has_nothing_nothing_is_told():
    stations, _ = drawn((1.0, 0.0, 0.0))
    assert asked(stations, parts=3)[1] < 0.0
