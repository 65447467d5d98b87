"""Marks just reached and just missed: fair votes, lifted votes, and what the method says where it cannot tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from plebiscope.methods import straddle as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

RNG = np.random.default_rng(0)


def vote(seed, stations=1500, sizes=(300, 2500), shape=(12, 6)):
    """Draw a fair vote, its turnouts from a beta law."""
    rng = np.random.default_rng(seed)
    registered = rng.integers(*sizes, stations)
    cast = rng.binomial(registered, rng.beta(*shape, stations))
    yes = rng.binomial(cast, rng.beta(12, 8, stations))
    return {
        "region": [f"region {i % 6}" for i in range(stations)],
        "registered": registered,
        "cast": cast,
        "valid": cast,
        "YES": yes,
        "NO": cast - yes,
    }


def lifted(columns, members):
    """Lift the turnout of some stations to the next multiple of 5 per cent."""
    n, k = np.asarray(columns["registered"]), np.asarray(columns["cast"])
    up = -(-(100 * k // (5 * n) + 1) * 5 * n // 100)
    cast = np.where(members & (up <= 95 * n // 100), up, k)
    yes = np.minimum(np.asarray(columns["YES"]) + cast - k, cast)
    return columns | {"cast": cast, "valid": cast, "YES": yes, "NO": cast - yes}


@pytest.fixture
def run(make_returns):
    def measured(columns, options=("YES", "NO"), areas=("region",), params=None, favoured="YES", **more):
        returns = make_returns(columns, options, areas, **more)
        subject = Subject(Contest(id="vote", name="vote", favoured=favoured), returns, ())
        return method.measure(subject, params or method.Params(), RNG)

    return measured


def named(evidence):
    return {m.id.removeprefix("vote/straddle/"): m for m in evidence.measurements}


def effects(measurement):
    return {one.name: one for one in measurement.effects}


def states(measurement):
    return {one.name: one.state for one in measurement.assumptions}


@pytest.mark.parametrize(
    "more",
    [{}, {"sizes": (150, 350)}, {"sizes": (340, 341)}],
    ids=["stations of 300 to 2,500", "boxes capped near 350", "boxes all of 340 voters"],
)
def test_size_on_fair_votes(run, more):
    # 200 votes and two questions: the rate of p <= 0.05 is at most 0.05 and three standard errors; no two-sided
    # interval misses 1 more often than one in twenty and three standard errors.
    small, missed, z = 0, 0, []
    for seed in range(100):
        found = named(run(vote(seed, 800, **more), areas=()))
        for name in ("turnout", "share/YES"):
            one = found[name]
            small += one.p <= 0.05
            missed += not one.effect.low <= 1.0 <= one.effect.high
            z.append(effects(one)["standard deviations"].value)
    allowed = 200 * 0.05 + 3 * math.sqrt(200 * 0.05 * 0.95)
    assert small <= allowed
    assert missed <= allowed
    assert abs(np.mean(z)) <= 4 / math.sqrt(200)
    assert np.std(z) == pytest.approx(1.0, abs=4 / math.sqrt(400))


def test_a_vote_that_is_lifted_is_found_where_it_is(run):
    columns = vote(1, 3000)
    there = np.array([region == "region 3" for region in columns["region"]])
    evidence = run(lifted(columns, there & (np.arange(3000) % 4 == 3)))
    found = named(evidence)
    assert found["turnout"].p < 1e-6
    areas = [m for m in evidence.measurements if m.scope.level == "area" and m.quantity == "turnout"]
    assert len(areas) == 6
    assert min(areas, key=lambda m: m.p).scope.area == "region 3"
    assert {columns["region"][score.row] for score in evidence.stations} == {"region 3"}
    assert all("turnout just reaches" in score.reason for score in evidence.stations)


@pytest.mark.parametrize("stations", [600, 1500])
def test_a_dose_at_the_limit_is_noticed_as_often_as_the_power_says(run, stations):
    # Stations next to no mark are lifted to the next one, which adds one each to those that just reach.
    limits, noticed = [], 0
    for seed in range(80):
        columns = vote(500 + seed, stations)
        limits.append(named(run(columns, areas=()))["turnout"].with_limit().limit)
        n, k = np.asarray(columns["registered"]), np.asarray(columns["cast"])
        up = -(-(100 * k // (5 * n) + 1) * 5 * n // 100)
        free = ~np.any(method.straddle.sides(k, n, 5), axis=0) & (100 * up < 99 * n)
        rng = np.random.default_rng(seed)
        some = rng.choice(np.flatnonzero(free), int(limits[-1].dose), replace=False)
        cast = k.copy()
        cast[some] = up[some]
        columns |= {"cast": cast, "valid": cast, "NO": cast - np.asarray(columns["YES"])}
        noticed += named(run(columns, areas=()))["turnout"].p <= 0.05
    power = np.mean([limit.power for limit in limits])
    assert noticed / 80 == pytest.approx(power, abs=3 * math.sqrt(power * (1 - power) / 80))


def test_effects_say_the_same_in_other_units(run):
    head = named(run(vote(2)))["turnout"]
    a, b = head.observed, head.n - head.observed
    assert head.effect.value == pytest.approx(a / b)
    assert effects(head)["just reached less just missed"].value == a - b
    assert effects(head)["standard deviations"].value == pytest.approx((a - b) / math.sqrt(a + b))
    low, high = head.effect.low, head.effect.high
    stations = effects(head)["just reached less just missed"]
    assert stations.low == pytest.approx((low - 1) / (low + 1) * head.n)
    assert stations.high == pytest.approx((high - 1) / (high + 1) * head.n)


def test_the_other_of_two_options_is_the_mirror_and_no_further_test(run):
    found = named(run(vote(3)))
    assert [name for name in found if "region" not in name] == [
        "turnout",
        "turnout-by-1",
        "share/YES",
        "share-by-1/YES",
    ]
    favoured, other = found["share/YES"], named(run(vote(3), favoured="NO"))["share/NO"]
    mirrored = effects(favoured)["ratio for the share of “NO”, the mirror"].value
    # The same counts but for filters at the far end, which are mirrored too: no share below 1 per cent here.
    assert mirrored == pytest.approx(other.effect.value)
    # Without invalid ballots only exact hits keep it from being one over the other.
    assert mirrored == pytest.approx(1 / favoured.effect.value, rel=0.15)


def test_a_filter_on_ballots_does_not_favour_one_side(run):
    # Counts of exactly 100 ballots are kept and counts of 99 are not: half of the stations have 2,000 voters and
    # reach 5 per cent with 100.
    rng = np.random.default_rng(4)
    registered = np.full(4000, 2000)
    cast = 95 + rng.integers(0, 11, 4000)
    columns = {
        "registered": registered,
        "cast": cast,
        "valid": cast,
        "YES": cast // 2,
        "NO": cast - cast // 2,
    }
    found = named(run(columns, areas=()))["turnout"]
    assert "10 stations next to a multiple of 5 % are needed, and there are none" in found.reason
    blind = named(run(columns, areas=(), params=method.Params(given_filters=False)))["turnout"]
    assert blind.observed == np.count_nonzero(cast == 100)
    assert blind.n == blind.observed


def test_a_steep_law_is_no_excess(run):
    # All boxes have 340 voters and turnouts near 84 per cent, so that 85 lies on the way up: the slope explains it.
    rng = np.random.default_rng(5)
    cast = np.clip(np.rint(rng.normal(294, 5, 30_000)).astype(int), 101, 336)
    columns = {"registered": np.full(30_000, 340), "cast": cast, "valid": cast, "YES": cast // 2}
    head = named(run(columns | {"NO": cast - cast // 2}, areas=()))["turnout"]
    assert head.effect.low > 1.0
    assert states(head)["the law is level across a mark"] == "fails"
    corrected = effects(head)["ratio with the slope divided out"]
    assert corrected.low <= 1.0


def upright(rng, stations, mean):
    """Draw boxes of 150 to 400 voters whose turnouts lie close to one mean."""
    registered = rng.integers(150, 400, stations)
    cast = rng.binomial(registered, mean)
    yes = rng.binomial(cast, 0.96)
    return {"registered": registered, "cast": cast, "valid": cast, "YES": yes, "NO": cast - yes}


def test_size_where_nearly_all_vote_and_vote_alike(run):
    # Shares near 96 per cent: 95 lies where the law is steep. Before the slope was part of the null, a quarter of
    # such votes had a p below 0.05.
    small = 0
    for seed in range(200):
        head = named(run(upright(np.random.default_rng(seed), 1500, 0.7), areas=()))["share/YES"]
        small += head.p <= 0.05 and states(head)["the law is level across a mark"] != "fails"
    assert small <= 200 * 0.05 + 3 * math.sqrt(200 * 0.05 * 0.95)


def test_an_area_has_a_slope_of_its_own(run):
    # One region of six has turnouts near 96.5 per cent; the slope of all the others does not show it.
    rng = np.random.default_rng(3)
    there = np.repeat(np.arange(6) == 3, 400)
    parts = [upright(rng, 400, 0.965 if place == 3 else 0.55 + 0.05 * place) for place in range(6)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    columns["region"] = [f"region {place}" for place in np.repeat(np.arange(6), 400)]
    found = named(run(columns))
    steep, level = found["turnout/region 3"], found["turnout/region 1"]
    assert "Beside moved marks" in steep.statement
    assert steep.expected > steep.n / 2.0
    assert states(steep)["the law is level across a mark"] != "holds"
    alone = {name: np.asarray(values)[there] for name, values in columns.items()}
    assert named(run(alone, areas=()))["turnout"].p == pytest.approx(steep.p)
    assert level.p == pytest.approx(
        named(run({name: np.asarray(v)[400:800] for name, v in columns.items()}, areas=()))["turnout"].p
    )


def test_copies_of_one_result_fail(run):
    columns = {name: [values[0]] * 80 for name, values in vote(6).items()}
    columns |= {name: [850] * 80 for name in ("cast", "valid")}
    columns |= {"registered": [1000] * 80, "YES": [425] * 80, "NO": [425] * 80, "region": ["a"] * 80}
    head = named(run(columns))["turnout"]
    assert head.effect.value is None
    assert states(head)["results are not copies of one another"] == "fails"


def test_one_area_and_no_area_give_the_same_answer(run):
    columns = vote(7)
    one = run(columns | {"region": ["all"] * 1500})
    none = run(columns, areas=())
    assert named(one)["turnout"] == named(none)["turnout"]


def test_one_option_alone_is_tested(run):
    columns = {name: values for name, values in vote(8).items() if name != "NO"}
    found = named(run(columns, options=("YES",)))
    assert found["share/YES"].status == "tested"
    assert not any("mirror" in name for name in effects(found["share/YES"]))


def test_two_hundred_options(run):
    columns = vote(9)
    parts = np.asarray(columns["NO"])[:, None] * np.ones(199) // 199
    columns |= {f"list {i}": parts[:, i].astype(int) for i in range(199)}
    options = ("YES", *(f"list {i}" for i in range(199)))
    found = named(run(columns, options=options))
    assert [name for name in found if name.startswith("share") and "region" not in name] == [
        "share/YES",
        "share-by-1/YES",
    ]


@pytest.mark.parametrize(
    ("dropped", "reason", "tested"),
    [
        (("registered",), "turnout cannot be formed", "share/YES"),
        (("YES", "NO"), "no share can be formed", "turnout"),
    ],
)
def test_what_is_not_there_is_said(run, dropped, reason, tested):
    columns = {name: values for name, values in vote(10).items() if name not in dropped}
    options = () if "YES" in dropped else ("YES", "NO")
    found = named(run(columns, options=options, favoured=None))
    assert found[tested].status == "tested"
    assert any(m.status == "not testable" and reason in m.reason for m in found.values())


def test_ten_stations_are_too_few(run):
    (only,) = run(vote(11, stations=10)).measurements
    assert "50 stations are needed, and 10 are left" in only.reason


def test_few_next_to_a_mark_are_too_few(run):
    rng = np.random.default_rng(12)
    cast = rng.integers(520, 540, 200)
    columns = {"registered": np.full(200, 1000), "cast": cast, "valid": cast, "YES": cast // 3}
    found = named(run(columns | {"NO": cast - cast // 3}, areas=()))["turnout"]
    assert "10 stations next to a multiple of 5 % are needed, and there are none" in found.reason


def test_a_fair_vote_names_no_station_unless_it_has_an_excess(run):
    for seed in range(20, 30):
        evidence = run(vote(seed))
        heads = [m for name, m in named(evidence).items() if name in ("turnout", "share/YES")]
        areas = [m for m in evidence.measurements if m.scope.level == "area"]
        behind = any(m.p < 0.05 for m in heads) or any(m.p * 6 < 0.05 for m in areas)
        assert bool(evidence.stations) == behind


def test_stations_named_just_reach_what_is_said(run):
    columns = lifted(vote(13), np.arange(1500) % 3 == 0)
    for score in run(columns).stations[:200]:
        k, n = int(columns["cast"][score.row]), int(columns["registered"][score.row])
        assert any(100 * k >= m * n > 100 * (k - 1) for m in range(5, 100, 5))
        assert f"({k:,} of {n:,})" in score.reason
