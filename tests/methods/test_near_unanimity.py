"""Turnout and shares near 100 %: fair votes, raised stations, institutions, and areas that agree throughout."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plebiscope.methods import near_unanimity as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject, lacking

RNG = np.random.default_rng(0)


def subject(returns):
    return Subject(Contest(id="vote", name="vote", favoured="YES"), returns, ())


def vote(seed, areas=40, per_area=20, turnout=(16.0, 2.0)):
    """Draw a vote in which every area has its own mean, and stations differ within it by a beta law."""
    rng = np.random.default_rng(seed)
    n = areas * per_area
    area = np.arange(n) // per_area
    registered = rng.integers(200, 1500, n)
    mean = rng.beta(*turnout, areas)[area]
    cast = np.maximum(1, rng.binomial(registered, rng.beta(30 * mean, 30 * (1 - mean))))
    yes = rng.binomial(cast, rng.beta(18, 12, n))
    return {
        "region": [f"region {i % 4}" for i in area],
        "commission": [f"commission {i}" for i in area],
        "registered": registered,
        "cast": cast,
        "valid": cast,
        "YES": yes,
        "NO": cast - yes,
    }


@pytest.fixture
def run(make_returns):
    def measured(columns, areas=("region", "commission"), params=None, **more):
        returns = make_returns(columns, ["YES", "NO"], areas, **more)
        return method.measure(subject(returns), params or method.Params(), RNG)

    return measured


def named(evidence):
    return {m.id.removeprefix("vote/near-unanimity/"): m for m in evidence.measurements}


def test_fair_votes_have_as_many_stations_near_100_per_cent_as_expected(run):
    # 60 votes of one beta law per area. The mean excess must be zero within four standard errors and two
    # per cent of the expected number for the correlation, which is estimated from 19 stations.
    heads = [named(run(vote(seed)))["turnout"] for seed in range(60)]
    excess = np.array([m.effect.value for m in heads])
    expected = np.mean([m.expected for m in heads])
    assert expected > 50
    assert abs(excess.mean()) <= 0.02 * expected + 4 * excess.std() / math.sqrt(60)
    assert sum(m.p <= 0.05 for m in heads) <= 60 * 0.05 + 3 * math.sqrt(60 * 0.05 * 0.95)


def test_raised_stations_are_counted_and_named(run):
    columns = vote(1, turnout=(30.0, 20.0))
    raised = np.arange(800) % 40 == 7
    columns["cast"] = np.where(raised, columns["registered"], columns["cast"])
    columns["valid"] = columns["cast"]
    columns["NO"] = columns["cast"] - columns["YES"]
    evidence = run(columns)
    head = named(evidence)["turnout"]
    assert (head.observed, head.n) == (20, 800)
    assert head.effect.low > 0
    assert head.log10_p < -10
    assert {score.row for score in evidence.stations[:20]} == set(np.flatnonzero(raised))
    assert all(
        score.reason.startswith("turnout 100.0\N{NO-BREAK SPACE}%") and score.bits > 10
        for score in evidence.stations[:20]
    )
    ballots = head.effects[0]
    assert (ballots.value, ballots.unit) == (int(columns["cast"][raised].sum()), "ballots")


def test_a_commission_that_agrees_throughout_is_not_named(run):
    columns = vote(2, turnout=(30.0, 20.0))
    whole = np.asarray([name == "commission 5" for name in columns["commission"]])
    columns["cast"] = np.where(whole, columns["registered"] - 1, columns["cast"])
    columns["valid"] = columns["cast"]
    columns["NO"] = columns["cast"] - columns["YES"]
    evidence = run(columns)
    head = named(evidence)["turnout"]
    assert head.observed == 20
    assert head.effect.low < 0 < head.effect.high
    assert not set(np.flatnonzero(whole)) & {score.row for score in evidence.stations}


def test_small_stations_are_counted_apart(run):
    columns = vote(3)
    for name in ("registered", "cast", "valid", "YES"):
        columns[name][:25] = 40
    columns["NO"][:25] = 0
    head = named(run(columns))["turnout"]
    small = next(effect for effect in head.effects if effect.name == "smaller stations at the level")
    assert small.value == 25
    assert head.params["left_out"]["with fewer than 100 registered voters"] == 25
    assert head.n == 775


def test_the_level_is_decided_in_whole_numbers(run):
    columns = vote(4, turnout=(30.0, 20.0))
    columns["registered"][:3] = 1000
    columns["cast"][:3] = columns["valid"][:3] = [979, 980, 981]
    columns["YES"][:3], columns["NO"][:3] = 500, np.array([479, 480, 481])
    assert named(run(columns))["turnout"].observed == 2


def test_full_turnout_and_full_support_together_are_counted_without_a_test(run):
    columns = vote(5)
    columns["cast"][:4] = columns["valid"][:4] = columns["YES"][:4] = columns["registered"][:4]
    columns["NO"][:4] = 0
    both = named(run(columns))["both"]
    assert both.observed == 4
    assert both.p is None
    assert both.null == "none"


def test_the_finest_area_that_is_large_enough_gives_the_law(run):
    assert named(run(vote(6)))["turnout"].params["area"] == "commission"
    assert named(run(vote(6, areas=200, per_area=4)))["turnout"].params["area"] == "region"


def test_areas_are_those_by_which_places_are_compared(run):
    regions = [m for m in run(vote(7), areas=("region",)).measurements if m.scope.level == "area"]
    assert {m.scope.area for m in regions} == {f"region {i}" for i in range(4)}
    assert {m.quantity for m in regions} == {"turnout", "share"}
    assert sum(m.n for m in regions if m.quantity == "turnout") == 800


def test_without_areas_it_cannot_be_asked(make_returns):
    returns = make_returns(vote(8), ["YES", "NO"], [])
    assert lacking(method.METHOD, subject(returns)) == ("areas",)
    untestable = method.measure(subject(returns), method.Params(), RNG).measurements
    assert [m.status for m in untestable] == ["not testable"]


def test_bands_add_up_to_the_stations_above_95_per_cent(run):
    columns = vote(9)
    figure = next(f for f in run(columns).figures if f.finding.endswith("turnout"))
    rows = figure.vega_lite["data"]["values"]
    assert [row["band"] for row in rows][-1] == "100\N{NO-BREAK SPACE}%"
    assert sum(row["stations"] for row in rows) == np.count_nonzero(
        100 * np.asarray(columns["cast"]) >= 95 * np.asarray(columns["registered"])
    )


def test_negative_counts_are_left_out_and_said(run):
    columns = vote(10)
    columns["cast"][3] = -7
    columns["YES"][4] = -1
    head = named(run(columns))["turnout"]
    assert head.n == 798
    assert head.params["left_out"]["with a negative count"] == 2


def test_there_is_no_limit_where_every_turnout_is_full(run):
    columns = vote(3)
    columns["registered"] = columns["cast"]
    turnout = named(run(columns))["turnout"].with_limit()
    assert turnout.limit is None
    assert "would be so anyway" in turnout.no_limit
