"""A quick count of Mexico 2012: section 10.2 of the methods specification, with clarification C11."""

from __future__ import annotations

import bz2

import numpy as np
import polars as pl
import pytest

from plebiscope.intake.rdata_frames import frames
from plebiscope.kernels.sampling import allocated, design_error, estimate, stations_needed

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def mexico(shared):
    """Return votes for PRI and PVEM, all votes, and the stratum of each station."""
    packed = (shared / "data" / "mexico-2012" / "nal_2012.rda").read_bytes()
    ((_, frame),) = frames(bz2.decompress(packed), 1 << 30)
    key = frame.select(pl.concat_str("edo_id", "distrito_fed_12", separator="-")).to_series()
    strata = np.unique(key.to_numpy(), return_inverse=True)[1]
    part, whole = (frame[name].cast(pl.Float64).to_numpy() for name in ("pri_pvem", "total"))
    return part, whole, strata


def test_the_country(mexico):
    part, whole, strata = mexico
    assert len(part) == 143_132
    assert strata.max() + 1 == 300
    assert round(100 * part.sum() / whole.sum(), 2) == 38.23


@pytest.mark.parametrize(
    ("nominal", "stations", "stratified", "plain"),
    [
        (500, 605, 0.365, 0.527),
        (1000, 995, 0.284, 0.372),
        (2000, 1999, 0.199, 0.262),
        (7500, 7496, 0.101, 0.133),
    ],
)
def test_the_standard_error_of_the_design(mexico, nominal, stations, stratified, plain):
    part, whole, strata = mexico
    numbers = allocated(np.bincount(strata), nominal)
    assert numbers.sum() == stations
    assert round(100 * design_error(part, whole, strata, numbers), 3) == stratified
    everywhere = np.zeros(len(part), dtype=np.int64)
    assert round(100 * design_error(part, whole, everywhere, np.array([nominal])), 3) == plain
    assert stations_needed(part, whole, strata, (stratified + 0.0005) / 100) <= nominal


def test_the_error_of_ballots_drawn_one_by_one_is_far_too_small(mexico):
    part, whole, strata = mexico
    share = part.sum() / whole.sum()
    naive = 100 * np.sqrt(share * (1 - share) / (7500 * whole.mean()))
    assert round(naive, 3) == 0.030
    stratified = 100 * design_error(part, whole, strata, allocated(np.bincount(strata), 7500))
    assert round(stratified / naive, 1) == 3.4


def coverage(mexico, replications):
    part, whole, strata = mexico
    sizes, order = np.bincount(strata), np.argsort(strata, kind="stable")
    numbers, bounds = allocated(sizes, 1000), np.cumsum(sizes)[:-1]
    members = np.split(order, bounds)
    truth, rng = part.sum() / whole.sum(), np.random.default_rng(1)
    covered = 0
    for _ in range(replications):
        rows = np.concatenate(
            [own[rng.choice(len(own), n, replace=False)] for own, n in zip(members, numbers, strict=True)]
        )
        low, high = estimate(part[rows], whole[rows], strata[rows], sizes.astype(float)).interval(0.95)
        covered += low <= truth <= high
    return covered / replications


def test_the_interval_covers_the_truth(mexico):
    assert coverage(mexico, 100) == pytest.approx(0.949, abs=4 * np.sqrt(0.949 * 0.051 / 100))


@pytest.mark.slow
def test_the_interval_covers_the_truth_in_1500_replications(mexico):
    # The printed figure has an error of its own, as has this one.
    assert coverage(mexico, 1500) == pytest.approx(0.949, abs=3 * np.sqrt(2 * 0.949 * 0.051 / 1500))
