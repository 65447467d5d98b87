"""The model of added votes: what clean stations alone explain, what is found, and what is not reported."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from plebiscope.methods import klimek as method
from plebiscope.methods.klimek import legacy, own
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

SIZES, ALPHAS = (0.2, 0.4, 0.6), (1.0, 2.0, 4.0)


def drawn(seed, incremental=0.0, extreme=0.0, stations=6000, tails=None):
    """Draw a vote from the model: 100 districts, additions of size 0.3 with exponent 1.5."""
    rng = np.random.default_rng(seed)
    place = np.arange(stations) % 100
    registered = rng.integers(200, 2500, stations)
    first, second = rng.standard_normal((2, stations))
    if tails is not None:
        first, second = rng.standard_t(tails, (2, stations))
    second = 0.3 * first + np.sqrt(1 - 0.3**2) * second
    came = expit(rng.normal(0.2, 0.4, 100)[place] + 0.25 * first)
    voted = expit(rng.normal(0.0, 0.5, 100)[place] + 0.3 * second)
    kind = rng.random(stations)
    some = np.minimum(np.abs(rng.normal(0, 0.3, stations)), 1)
    most = 1 - np.minimum(np.abs(rng.normal(0, 0.075, stations)), 1)
    x = np.where(kind < incremental, some, np.where(kind < incremental + extreme, most, 0.0))
    turnout = came + x * (1 - came)
    votes = came * voted + x * (1 - came) + np.where(x > 0, x**1.5, 0.0) * (1 - voted) * came
    cast = rng.binomial(registered, turnout)
    yes = rng.binomial(cast, np.clip(votes / turnout, 0, 1))
    return {
        "region": [f"region {i % 10}" for i in place],
        "district": [f"district {i}" for i in place],
        "registered": registered,
        "cast": cast,
        "valid": cast,
        "YES": yes,
        "NO": cast - yes,
    }


@pytest.fixture
def run(make_returns):
    def measured(columns, **params):
        returns = make_returns(columns, ["YES", "NO"], ["region", "district"])
        subject = Subject(Contest(id="vote", name="vote", favoured="YES"), returns, ())
        evidence = method.measure(subject, method.Params(pairs=2, **params), np.random.default_rng(0))
        return {m.quantity: m for m in evidence.measurements}

    return measured


def test_of_clean_votes_nothing_is_reported(run):
    alone = []
    for seed in range(12):
        found = run(drawn(seed))["by district"]
        assert found.effect is None
        assert "no part of stations is reported" in found.statement
        alone.append(found.effects[0].value)
    # At 5 %, 4 or more of 12 have a chance of 1 in 450.
    assert sum(log10_p < np.log10(0.05) for log10_p in alone) <= 3


def test_additions_are_reported_with_about_their_part(run):
    sizes = []
    for seed in range(6):
        found = run(drawn(seed, 0.15, 0.02))["by district"]
        assert found.effects[0].value < -3.0
        if found.effect is not None:
            sizes.append(found.effect)
            assert found.effect.low <= found.effect.value <= found.effect.high
    # In one vote of four the other districts do not bear the fit out, and nothing is reported.
    assert len(sizes) >= 3
    # Small additions cannot be told from the spread of clean stations, so that the part comes out too large.
    assert all(10.0 < size.value < 36.0 for size in sizes)


def test_long_tails_that_no_additions_made_are_not_reported(run):
    found = run(drawn(3, tails=2))["by district"]
    assert found.effect is None
    assert "neither" in found.statement


def test_with_few_districts_no_part_is_told(run):
    columns = drawn(1, 0.15, 0.02)
    assert run(columns)["by district"].effect is not None
    told = run(columns, told_areas=101)["by district"]
    assert told.effect is None
    assert "at how many cannot be told from fewer than 101 areas (district)" in told.statement


def test_halves_of_the_districts_tell_how_far_the_part_is_from_that_of_other_votes():
    # With spreads and kind of addition held as they were fitted, the interval held the mean in 50 of 100.
    found = []
    for seed in range(12):
        columns, place = drawn(seed, 0.15, 0.02, stations=2000), np.arange(2000) % 100
        table = own.Table.of(columns["registered"], columns["cast"], columns["YES"], place).half(0)
        model = own.fit(table, SIZES, ALPHAS)
        part = model.incremental + model.extreme
        halves = own.fitted_halves(table, SIZES, ALPHAS, 4, np.random.default_rng(0))
        found.append((part, np.sqrt(np.mean((halves - part) ** 2))))
    parts, errors = np.array(found).T
    # Student's law with 7 degrees of freedom. Of intervals that hold in 95 of 100, 9 or fewer of 12 do in 1 of 500
    # cases; of such as hold in 50, 10 or more in 1 of 50.
    assert np.count_nonzero(np.abs(parts - parts.mean()) <= 2.36 * errors) >= 10


def test_spread_and_correlation_of_clean_stations_come_out():
    columns = drawn(9, stations=20_000)
    table = own.Table.of(columns["registered"], columns["cast"], columns["YES"], np.arange(20_000) % 100)
    clean = own.Residuals(table, 0.0).clean
    assert clean.spreads == pytest.approx((0.25, 0.30), abs=0.012)
    assert clean.correlation == pytest.approx(0.3, abs=0.05)


def test_published_model_finds_the_parts_that_were_drawn():
    clean = legacy.Clean(0.5, 0.35, 0.06, 0.05, 0.4)
    none, some, most = legacy.shares(clean, 2.0)
    seen = 50_000 * (0.66 * none + 0.3 * some + 0.04 * most)
    found = legacy.fit(seen, clean, (1.0, 2.0, 3.0))
    assert (found.incremental, found.extreme, found.alpha) == pytest.approx((0.3, 0.04, 2.0), abs=1e-3)
    assert found.distance < 1e-3
    assert found.distance <= legacy.distance(seen, clean, 0.3, 0.05, 2.0)


def test_published_law_of_clean_shares_is_the_cut_normal_one():
    from scipy.stats import truncnorm

    clean = legacy.Clean(0.5, 0.9, 0.1, 0.08, 0.4)
    none, some, most = legacy.shares(clean, 2.0)
    ends = ((0 - 0.9) / 0.08, (1 - 0.9) / 0.08)
    edges = np.concatenate([[0.0], (np.arange(100) + 0.5) / 100, [1.0]])
    exact = np.diff(truncnorm.cdf(edges, *ends, 0.9, 0.08))
    assert none == pytest.approx(exact, abs=2e-3)
    for law in (none, some, most):
        assert law.sum() == pytest.approx(1.0)
    percent = np.arange(101)
    assert percent @ none < percent @ some < percent @ most


@pytest.mark.parametrize("peak", [0.994, 0.006])
def test_clean_stations_are_not_put_where_no_share_is(run, peak):
    """With the first peak within a point of 0 or of 100 per cent, only the side that exists is told."""
    rng = np.random.default_rng(3)
    cast = rng.integers(500, 2000, 4000)
    yes = rng.binomial(cast, np.clip(rng.normal(peak, 0.001, 4000), 0.0, 1.0))
    place = [f"district {at % 40}" for at in range(4000)]
    found = run(
        {
            "region": place,
            "district": place,
            "registered": cast * 2 + rng.integers(0, 300, 4000),
            "cast": cast,
            "valid": cast,
            "YES": yes,
            "NO": cast - yes,
        }
    )["published"]
    beside = [
        one.name for one in found.effects if "first peak of share " in one.name and "points" in one.name
    ]
    assert beside == [f"additions, first peak of share {'-' if peak > 0.5 else '+'}1 points"]
    assert found.statement.count("it would be") == 1
