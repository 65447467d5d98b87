"""Peaks of turnout and share: the level that is promised, what is found, and what is left alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plebiscope.kernels import poisson_binomial
from plebiscope.kernels.beta_mixture import bin_of, fit
from plebiscope.methods.spikes import METHOD, Params, bins, drawn_again
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject


@pytest.fixture
def run(make_returns):
    def measured(columns, areas=("region",), **params):
        returns = make_returns(columns, ["YES", "NO"], areas)
        subject = Subject(Contest(id="vote", name="vote", favoured="YES"), returns, ())
        return METHOD.measure(subject, Params(**params), np.random.default_rng(0))

    return measured


def vote(seed, stations=1500):
    """Draw a vote without any peak: turnout of two kinds of place, shares of one."""
    rng = np.random.default_rng(seed)
    registered = rng.integers(60, 2500, stations)
    town = rng.random(stations) < 0.4
    turnout = np.clip(
        np.where(town, rng.normal(0.45, 0.05, stations), rng.normal(0.7, 0.08, stations)), 0.05, 0.99
    )
    cast = np.maximum(rng.binomial(registered, turnout), 1)
    yes = rng.binomial(cast, rng.beta(14, 9, stations))
    return {
        "region": [f"region {i % 5}" for i in range(stations)],
        "registered": registered,
        "cast": cast,
        "valid": cast,
        "YES": yes,
        "NO": cast - yes,
    }


def named(evidence, quantity, option=None):
    (found,) = [
        m
        for m in evidence.measurements
        if (m.quantity, m.option) == (quantity, option) and m.scope.area is None
    ]
    return found


def test_of_twenty_fair_votes_hardly_any_has_a_peak(run):
    peaks, fractions = [], []
    for seed in range(20):
        evidence = run(vote(seed, 600), areas=())
        peaks += [named(evidence, "turnout peaks").p, named(evidence, "share peaks", "YES").p]
        fractions.append(named(evidence, "share at simple fractions", "YES").p)
    # At 5 %, 7 or more of 40 have a chance of 1 in 300, and 5 or more of 20 one of 1 in 400.
    assert sum(p < 0.05 for p in peaks) <= 6
    assert sum(p < 0.05 for p in fractions) <= 4


def test_one_share_written_at_many_places_is_found_and_its_stations_are_named(run):
    columns = vote(3)
    written = np.arange(0, 1500, 25)
    columns["YES"] = columns["YES"].copy()
    columns["YES"][written] = np.rint(0.622 * columns["cast"][written]).astype(int)
    columns["NO"] = columns["cast"] - columns["YES"]
    evidence = run(columns)
    found = named(evidence, "share peaks", "YES")
    assert found.p < 1e-6
    assert "62.2" in found.statement
    assert named(evidence, "turnout peaks").p > 0.05
    rows = {score.row for score in evidence.stations}
    # With few ballots the nearest share lies in another bin: named are those that could be written so.
    possible = written[np.abs(columns["YES"] / columns["cast"] - 0.622)[written] < 0.0005]
    assert len(possible) >= 30
    shares = columns["YES"] / columns["cast"]
    there = int(np.count_nonzero(np.abs(shares - 0.622) < 0.0005))
    assert found.observed == 1
    assert found.effect.low <= len(possible) <= found.effect.high <= there
    assert f"Of the {there} stations there" in found.statement
    assert "in all 999 bins at once" in found.statement
    assert rows >= set(possible.tolist())


def test_peak_of_one_region_is_found_there(run):
    columns = vote(4, 3000)
    there = np.flatnonzero(np.array(columns["region"]) == "region 2")[:60]
    cast = columns["cast"].copy()
    cast[there] = np.rint(0.513 * columns["registered"][there]).astype(int)
    share = columns["YES"] / columns["cast"]
    columns |= {"cast": cast, "valid": cast, "YES": np.floor(share * cast).astype(int)}
    columns["NO"] = cast - columns["YES"]
    evidence = run(columns)
    areas = {(m.quantity, m.scope.area): m for m in evidence.measurements if m.scope.area is not None}
    assert areas["turnout peaks", "region 2"].p < 1e-4
    assert all(area == "region 2" for (quantity, area) in areas if quantity == "turnout peaks")


def test_bound_of_a_bin_is_never_below_the_exact_law():
    rng = np.random.default_rng(5)
    n = rng.integers(20, 400, 600)
    k = rng.binomial(n, rng.beta(20, 20, 600))
    law = fit(k, n)
    sums = bins.add_up(k, n, np.zeros(600, dtype=np.int64), 1, law, 10)
    bound = bins.log_bound(sums.seen, sums.size, sums.mean)[0]
    for at in np.argsort(bound)[:20].tolist():
        chances = np.zeros(600)
        for part in bins.again(k, n, law):
            place = at - part.low
            inside = (place >= 0) & (place < part.chances.shape[1])
            chances[part.stations[inside]] = part.chances[inside, place[inside]]
        exact = poisson_binomial.log_upper_tail(chances, sums.seen[0, at])
        assert chances.sum() == pytest.approx(sums.mean[0, at])
        assert exact <= bound[at] + 1e-9
        assert bound[at] - exact < 0.1 * abs(exact)


def test_bound_does_not_underflow():
    (found,) = bins.log_bound(np.array([90_000.0]), np.array([100_000.0]), np.array([200.0]))
    relative_entropy = 0.9 * math.log(0.9 / 0.002) + 0.1 * math.log(0.1 / 0.998)
    assert found == pytest.approx(-100_000 * relative_entropy, rel=1e-4)
    assert np.isfinite(found)


def test_band_is_what_the_p_says():
    columns = vote(6)
    k, n = columns["YES"], columns["cast"]
    sums = bins.add_up(k, n, np.zeros(len(k), dtype=np.int64), 1, fit(k, n), 10)
    sums.seen[0, 500:520] += np.arange(20) * 3
    above = sums.beyond(0.05, sums.log_p())
    inner = slice(bins.FIRST, bins.LAST + 1)
    assert np.array_equal(above[:, inner], (sums.seen > sums.band(0.05))[:, inner])
    assert above.any()


def test_turnout_drawn_again_is_the_mean_of_draws():
    rng = np.random.default_rng(7)
    registered = rng.integers(50, 300, 40)
    cast = rng.binomial(registered, 0.6) + 1
    votes = rng.binomial(cast, 0.3)
    turnout, share = fit(cast, registered), fit(votes, cast)
    exact = drawn_again.chances(registered, cast, votes, 300, turnout, share)
    draws, seen = 20_000, np.zeros(40)
    for i in range(40):
        came = _draw(rng, cast[i], registered[i], turnout, draws)
        for_it = _draw(rng, votes[i], cast[i], share, draws, came)
        seen[i] = np.mean((came > 0) & (bin_of(for_it, np.maximum(came, 1)) == 300))
    errors = (seen - exact) / np.sqrt(np.maximum(exact * (1 - exact), 1e-4) / draws)
    assert np.abs(errors).max() < 4.5


def _draw(rng, k, n, mixture, draws, trials=None):
    weights = mixture.posterior(np.array([k]), np.array([n]))[0]
    part = rng.choice(len(mixture), draws, p=weights / weights.sum())
    rates = rng.beta(k + mixture.first[part], n - k + mixture.second[part])
    return rng.binomial(n if trials is None else trials, rates)


@pytest.mark.parametrize("quantity", ["share peaks", "share at simple fractions"])
def test_as_many_as_the_limit_says_are_noticed_although_small_stations_miss_the_bin(run, quantity):
    noticed, power = 0, []
    for seed in range(8):
        columns = vote(100 + seed, 800)
        limit = named(run(columns, areas=()), quantity, "YES").with_limit().limit
        power.append(limit.power)
        some = np.random.default_rng(seed).choice(800, int(limit.dose), replace=False)
        cast = columns["cast"][some]
        columns["YES"][some] = np.rint(cast * (3 / 5 if quantity == "share peaks" else 5 / 7))
        columns["NO"] = columns["cast"] - columns["YES"]
        noticed += named(run(columns, areas=()), quantity, "YES").p <= 0.05
    assert min(power) >= 0.8
    assert noticed / 8 >= 0.8 - 3 * np.sqrt(0.16 / 8)
