"""Whole percentages: fair votes, written votes, and what the method says where it cannot tell."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from plebiscope.kernels import integer_ratios
from plebiscope.methods import integer_percentages as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

RNG = np.random.default_rng(0)


def subject(returns, favoured="YES"):
    return Subject(Contest(id="vote", name="vote", favoured=favoured), returns, ())


def vote(seed, stations=800, written=0.0, sizes=(1000, 2500)):
    """Draw a fair vote; a fraction of its stations is written from whole percentages of turnout.

    With 1,000 voters and more the count nearest to a whole percentage is always next to it.
    """
    rng = np.random.default_rng(seed)
    registered = rng.integers(*sizes, stations)
    issued = rng.binomial(registered, rng.beta(12, 6, stations))
    chosen = rng.random(stations) < written
    per_cent = np.clip(np.rint(100 * issued / registered), 20, 95).astype(int)
    issued = np.where(chosen, np.rint(registered * per_cent / 100).astype(int), issued)
    yes = rng.binomial(issued, rng.beta(12, 8, stations))
    return {
        "region": [f"region {i % 8}" for i in range(stations)],
        "registered": registered,
        "issued": issued,
        "cast": issued,
        "valid": issued,
        "YES": yes,
        "NO": issued - yes,
    }


@pytest.fixture
def run(make_returns):
    def measured(columns, options=("YES", "NO"), areas=("region",), params=None, favoured="YES", **more):
        returns = make_returns(columns, options, areas, **more)
        return method.measure(subject(returns, favoured), params or method.Params(), RNG)

    return measured


@pytest.fixture(scope="module")
def fair_evidence(make_returns):
    """The evidence on 40 fair votes."""
    return [
        method.measure(subject(make_returns(vote(seed), ["YES", "NO"])), method.Params(), RNG)
        for seed in range(40)
    ]


@pytest.fixture(scope="module")
def fair(fair_evidence):
    """The headlines of 40 fair votes."""
    return [found.measurements[0] for found in fair_evidence]


def effects(measurement):
    return {one.name: one for one in measurement.effects}


def sd_of(measurement):
    return measurement.effect.value / effects(measurement)["standard deviations"].value


def named(evidence):
    return {m.id.removeprefix("vote/integer-percentages/"): m for m in evidence.measurements}


def test_fair_votes_show_no_excess(fair):
    # The mean of 40 excesses has a standard error of sd / sqrt(40); four are allowed.
    sd = sd_of(fair[0])
    assert abs(np.mean([m.effect.value for m in fair])) <= 4 * sd / math.sqrt(40)


def test_fair_votes_are_named_as_often_as_the_level_says(fair):
    # At 5 per cent of 40 votes: the plug-in law is a little conservative, so at most 2 + 3 standard errors.
    named_votes = sum(m.p <= 0.05 for m in fair)
    assert named_votes <= 2 + 3 * math.sqrt(40 * 0.05 * 0.95)


def test_fair_votes_agree_between_the_exact_and_the_locally_smooth_null(fair):
    # Each vote gives one difference between the two expectations; their mean must be zero within four errors.
    apart = [effects(m)["excess if counts are locally smooth"].value - m.effect.value for m in fair]
    assert abs(np.mean(apart)) <= 4 * np.std(apart) / math.sqrt(len(apart))


def test_exact_null_agrees_with_simulated_votes_of_the_same_rates(make_returns):
    columns = vote(5)
    expected = method.measure(
        subject(make_returns(columns, ["YES", "NO"])), method.Params(), RNG
    ).measurements[0]
    rng = np.random.default_rng(17)
    N, G, L = (np.asarray(columns[name]) for name in ("registered", "issued", "YES"))
    seen = [
        np.count_nonzero(
            integer_ratios.at_integer(rng.binomial(N, G / N), N)
            | integer_ratios.at_integer(rng.binomial(G, L / G), G)
        )
        for _ in range(400)
    ]
    sd = sd_of(expected)
    assert np.mean(seen) == pytest.approx(expected.expected, abs=4 * sd / 20)
    assert np.std(seen) == pytest.approx(sd, abs=4 * sd / math.sqrt(800))


def test_interval_of_the_written_fraction_covers_the_truth(make_returns):
    # 60 votes in which 8 per cent of stations are written: 95 per cent of intervals cover, less three errors.
    covered = 0
    for seed in range(60):
        columns = vote(1000 + seed, stations=600, written=0.08)
        params = method.Params(turnout=("issued",))
        found = named(method.measure(subject(make_returns(columns, ["YES", "NO"])), params, RNG))["turnout"]
        fraction = found.effects[0]
        assert fraction.name.startswith("stations written from whole percentages")
        covered += fraction.low <= 8.0 <= fraction.high
    assert covered >= 60 * 0.95 - 3 * math.sqrt(60 * 0.95 * 0.05)


def test_a_dose_at_the_limit_is_noticed_as_often_as_the_power_says(make_returns):
    # The limit of fair votes of this size, then 50 votes with that many stations written on average.
    fair_vote = make_returns(vote(0, stations=1500), ["YES", "NO"])
    limit = named(method.measure(subject(fair_vote), method.Params(), RNG))["turnout"].with_limit().limit
    written = limit.stations / 1500
    noticed = 0
    for seed in range(50):
        returns = make_returns(vote(2000 + seed, 1500, written), ["YES", "NO"])
        noticed += named(method.measure(subject(returns), method.Params(), RNG))["turnout"].p <= 0.05
    assert noticed / 50 == pytest.approx(limit.power, abs=4 * math.sqrt(limit.power * (1 - limit.power) / 50))


def test_written_results_are_found_where_they_are(run):
    columns = vote(3, stations=1600)
    target = np.array([name == "region 3" for name in columns["region"]])
    N = np.asarray(columns["registered"])
    columns["issued"] = np.where(target, np.rint(N * 0.85).astype(int), columns["issued"])
    columns["cast"] = columns["valid"] = columns["issued"]
    columns["YES"] = np.minimum(columns["YES"], columns["issued"])
    columns["NO"] = columns["issued"] - columns["YES"]
    evidence = run(columns)
    areas = [m for m in evidence.measurements if m.scope.level == "area"]
    assert min(areas, key=lambda m: m.p).scope.area == "region 3"
    assert len(areas) == 8
    head = evidence.measurements[0]
    assert head.quantity == "either"
    assert head.effect.low < 200 * (1 - head.expected / head.n) < head.effect.high
    first = evidence.stations[: int(target.sum())]
    assert {columns["region"][score.row] for score in first} == {"region 3"}
    assert all("turnout" in score.reason and "85.0\N{NO-BREAK SPACE}%" in score.reason for score in first)


def test_station_scores_say_what_the_table_says(run):
    columns = vote(4, stations=900, written=0.3)
    evidence = run(columns, params=method.Params(listed=50))
    assert 0 < len(evidence.stations) <= 50
    for score in evidence.stations:
        assert score.bits > 0
        for part in score.reason.split("; "):
            per_cent, k, n = re.search(r"([\d.]+)\s% \(([\d,]+) of ([\d,]+)\)", part).groups()
            k, n = int(k.replace(",", "")), int(n.replace(",", ""))
            assert abs(100 * k / n - float(per_cent)) <= 0.05
            assert ("exactly" in part) == (100 * k == float(per_cent) * n)
            assert (k, n) == (columns["issued"][score.row], columns["registered"][score.row]) or (
                (k, n) == (columns["YES"][score.row], columns["cast"][score.row])
            )


def test_a_fair_vote_names_no_station_unless_it_has_an_excess(make_returns):
    for seed in range(10):
        evidence = method.measure(subject(make_returns(vote(seed), ["YES", "NO"])), method.Params(), RNG)
        assert bool(evidence.stations) == (evidence.measurements[0].p < 0.05)


def test_turnout_is_of_issued_ballots_where_given_and_else_of_cast(run):
    columns = vote(6)
    columns["issued"] = np.asarray(columns["issued"]) + 1
    with_issued = named(run(columns))["turnout"]
    assert with_issued.params["ratio"] == "turnout (ballots issued of registered voters)"
    assert with_issued.observed == np.count_nonzero(
        integer_ratios.at_integer(columns["issued"], columns["registered"])
    )
    del columns["issued"]
    without = named(run(columns))["turnout"]
    assert without.params["ratio"] == "turnout (ballots cast of registered voters)"
    del columns["cast"]
    assert "share of “YES” (of valid ballots)" in named(run(columns))["share/YES"].statement


def test_both_options_are_examined_in_a_vote_of_two(run):
    columns = vote(7)
    found = named(run(columns))
    assert [name for name in found if "region" not in name] == [
        *("either", "turnout", "share/YES", "share/NO"),
        *("turnout-single", "share-single/YES"),
    ]
    # NO is examined where it has at least one per cent, so that counts of nearly nothing do not decide.
    columns["NO"] = np.where(np.arange(800) % 4 == 0, 0, columns["NO"])
    assert named(run(columns))["share/NO"].n == 600


def test_only_the_favoured_option_is_examined_in_a_vote_of_three(run):
    columns = vote(8)
    columns["MAYBE"] = np.asarray(columns["NO"]) // 2
    columns["NO"] = np.asarray(columns["NO"]) - columns["MAYBE"]
    found = named(run(columns, options=("YES", "NO", "MAYBE"), favoured="NO"))
    assert [name for name in found if "region" not in name and "single" not in name] == [
        *("either", "turnout", "share/NO"),
    ]


def test_filters_are_counted_and_marked_rows_left_out(run):
    columns = vote(9, stations=400)
    columns["mark"] = ["electronic"] * 3 + [None] * 397
    N, G, L = (np.array(columns[name]) for name in ("registered", "issued", "YES"))
    N[3:5] = G[3:5] = L[3:5] = 99  # too small
    G[5:9] = N[5:9]  # full turnout
    L[9:14] = G[9:14]  # unanimous
    G[14] = L[14] = 0
    columns |= {"registered": N, "issued": G, "cast": G, "valid": G, "YES": L, "NO": G - L}
    head = run(columns).measurements[0]
    assert head.params["left_out"] == {
        "marked electronic": 3,
        "with no ballots cast": 1,
        "with fewer than 100 registered voters": 2,
        "with a turnout above 99 %": 4,
        "with a share above 99 %": 5,
    }
    assert head.n == 400 - 15


@pytest.mark.parametrize(
    ("dropped", "reason"),
    [
        (("registered",), "turnout cannot be formed"),
        (("issued", "cast", "valid"), "no share can be formed"),
    ],
)
def test_what_was_not_published_is_a_finding(run, dropped, reason):
    columns = {name: values for name, values in vote(10).items() if name not in dropped}
    untestable = [m for m in run(columns).measurements if m.status == "not testable"]
    assert untestable
    assert reason in untestable[0].reason


def test_one_ratio_alone_is_tested_by_itself(run):
    columns = {name: values for name, values in vote(10).items() if name != "registered"}
    evidence = run(columns)
    assert evidence.measurements[0].quantity == "share"
    assert {m.quantity for m in evidence.measurements if m.scope.level == "area"} == {"share"}
    weighed = [name for name in effects(evidence.measurements[0]) if name.endswith(" there")]
    assert weighed == ["excess of ballots there", "excess of votes for “YES” there"]


def test_too_few_stations_are_not_tested(run):
    evidence = run(vote(11, stations=49))
    assert [m.status for m in evidence.measurements] == ["not testable"]
    assert "50 stations are needed, and 49 are left" in evidence.measurements[0].reason


def test_areas_below_the_smallest_number_of_stations_are_not_tested(run):
    columns = vote(12, stations=300)
    columns["region"] = ["large"] * 251 + ["small"] * 49
    areas = [m.scope.area for m in run(columns).measurements if m.scope.level == "area"]
    assert areas == ["large"]


def test_small_electorates_are_no_excess(make_returns):
    # Rozenas (2017): with a few hundred voters coarse percentages are common by arithmetic alone.
    z = []
    for seed in range(30):
        columns = vote(300 + seed, stations=1000, sizes=(100, 300))
        head = method.measure(
            subject(make_returns(columns, ["YES", "NO"])), method.Params(), RNG
        ).measurements[0]
        z.append(effects(head)["standard deviations"].value)
    assert abs(np.mean(z)) <= 4 / math.sqrt(30)


def test_electorates_too_large_for_the_null_say_so(run):
    columns = vote(13, stations=100, sizes=(200_000, 400_000))
    checks = {check.name: check for check in run(columns).measurements[0].assumptions}
    assert checks["counts are spread over more than a point"].state == "fails"


def test_areas_as_rows_are_doubtful(run):
    head = run(vote(14), level="area").measurements[0]
    assert {check.name: check.state for check in head.assumptions}["rows are stations"] == "doubtful"


def test_comb_shows_every_station_in_its_bin(run):
    columns = vote(15)
    comb = next(figure for figure in run(columns).figures if figure.id.endswith("/comb"))
    rows = [row for row in comb.vega_lite["data"]["values"] if row["ratio"].startswith("turnout")]
    assert len(rows) == 421  # forty points, and one more on either side
    per_cent = 100 * np.asarray(columns["issued"]) / np.asarray(columns["registered"])
    for row in rows[::37]:
        near = np.abs(per_cent - row["per_cent"]) < 0.05
        assert row["stations"] == np.count_nonzero(near)
        assert row["low"] <= row["expected"] <= row["high"]


def test_evidence_does_not_depend_on_order_or_on_random_draws(make_returns):
    returns = make_returns(vote(16, written=0.1), ["YES", "NO"], ["region"])
    shuffled = replace(returns, table=returns.table.sample(fraction=1.0, shuffle=True, seed=1))
    one = method.measure(subject(returns), method.Params(), np.random.default_rng(1))
    other = method.measure(subject(shuffled), method.Params(), np.random.default_rng(2))
    assert one.measurements[0].log10_p == pytest.approx(other.measurements[0].log10_p, rel=1e-9)
    assert one.stations
    assert {returns.table["line"][score.row] for score in one.stations} == {
        shuffled.table["line"][score.row] for score in other.stations
    }


def test_unknown_counts_are_left_out_and_not_taken_for_zero(run):
    columns = {name: pl.Series(values).to_list() for name, values in vote(17).items()}
    columns["issued"][:7] = [None] * 7
    head = run(columns).measurements[0]
    assert head.n == 793
    assert head.params["left_out"] == {"issued missing": 7}


def test_negative_counts_are_left_out_and_said(run):
    columns = {name: pl.Series(values).to_list() for name, values in vote(18).items()}
    columns["issued"][:3] = [-3, -1, -2_000]
    columns["YES"][3] = -7
    head = run(columns).measurements[0]
    assert head.n == 796
    assert head.params["left_out"] == {"with a negative count": 4}


def test_the_null_is_given_the_filters_and_the_other_one_stands_beside(run, make_returns):
    # Half of the stations have a turnout next to the filter, so that the two nulls differ.
    columns = vote(21)
    N = np.asarray(columns["registered"])
    columns["issued"] = np.where(np.arange(800) % 2, np.rint(0.985 * N).astype(int), columns["issued"])
    columns["cast"] = columns["valid"] = np.maximum(columns["issued"], columns["YES"])
    given = named(run(columns))["turnout"]
    without = named(run(columns, params=method.Params(given_filters=False)))["turnout"]
    assert given.expected < without.expected
    for one, other, name in (
        (given, without, "without regard to the filters"),
        (without, given, "given the filters"),
    ):
        assert effects(one)[f"expected {name}"].value == pytest.approx(other.expected)
        beside = effects(one)[f"excess {name}"]
        assert (beside.value, beside.low) == pytest.approx((other.effect.value, other.effect.low))
        assert effects(one)[f"standard deviations {name}"].value == pytest.approx(
            effects(other)["standard deviations"].value
        )
        assert f"{one.expected:,.1f}" in one.statement
        assert f"{other.expected:,.1f}" in one.statement
    N, G = np.asarray(columns["registered"]), np.asarray(columns["issued"])
    whole = integer_ratios.chance_at_integer(G, N, most=99 * N // 100)
    assert given.expected == pytest.approx(whole.kept.sum())


def test_filters_make_no_excess_of_their_own(make_returns):
    # Fair votes near the filter, small stations of which many have everybody: the excess given the filters has mean zero, within four errors; the one without
    # regard to them has not.
    given, without = [], []
    for seed in range(40):
        rng = np.random.default_rng(900 + seed)
        N = rng.integers(100, 300, 2000)
        G = rng.binomial(N, rng.uniform(0.98, 1.0, 2000))
        columns = {"registered": N, "cast": G, "valid": G, "YES": G // 2, "NO": G - G // 2}
        found = method.measure(subject(make_returns(columns, ["YES", "NO"])), method.Params(), RNG)
        turnout = named(found)["turnout"]
        given.append(effects(turnout)["standard deviations"].value)
        without.append(effects(turnout)["standard deviations without regard to the filters"].value)
    assert abs(np.mean(given)) <= 4 / math.sqrt(40)
    assert np.mean(without) < -4 / math.sqrt(40)


def test_weighed_excess_is_that_of_a_simulation(run):
    columns = vote(22)
    turnout = named(run(columns))["turnout"]
    N, G = np.asarray(columns["registered"]), np.asarray(columns["issued"])
    rng = np.random.default_rng(23)
    draws = np.array([G @ integer_ratios.at_integer(rng.binomial(N, G / N), N) for _ in range(4000)])
    seen = G @ integer_ratios.at_integer(G, N)
    weighed = effects(turnout)["excess of ballots there"]
    assert weighed.value == pytest.approx(seen - draws.mean(), abs=4 * draws.std() / math.sqrt(4000))
    p = np.mean(draws >= seen)
    found = 10 ** effects(turnout)["log10 p of the excess of ballots"].value
    assert found == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / 4000))
    assert effects(turnout)["log10 p of the excess of ballots at most (Chernoff)"].value >= math.log10(found)
    assert effects(turnout)["log10 p at most (Chernoff)"].value >= turnout.log10_p


def test_a_single_percentage_is_found(run):
    columns = vote(24, stations=3000)
    N = np.asarray(columns["registered"])
    columns["issued"] = np.where(np.arange(3000) % 20 == 0, np.rint(0.8 * N).astype(int), columns["issued"])
    columns["cast"] = columns["valid"] = columns["issued"]
    columns["YES"] = np.minimum(columns["YES"], columns["issued"])
    columns["NO"] = columns["issued"] - columns["YES"]
    evidence = run(columns)
    found = named(evidence)["turnout-single"]
    assert found.effect.name == "excess at 80 %"
    # 150 stations were written, of which a tenth or so would have been there anyway.
    assert found.effect.low < 150 < found.effect.high
    assert found.log10_p < -6
    assert {f"excess at {m} %" for m in (70, 75, 80, 85, 90, 95)} <= set(effects(found))
    comb = next(figure for figure in evidence.figures if figure.id.endswith("/comb"))
    named_there = {row["peak"] for row in comb.vega_lite["data"]["values"] if "peak" in row}
    assert "80 %" in named_there


def test_single_percentages_of_fair_votes_keep_their_level(fair_evidence):
    # Corrected for fifty, one p of two hundred is at most 0.05 as often as that, and three errors.
    p = [m.p for found in fair_evidence for name, m in named(found).items() if "single" in name]
    assert len(p) == 80
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 80)


def test_few_stations_above_half_are_said(run):
    columns = vote(25)
    columns["YES"] = np.asarray(columns["valid"]) // 5
    columns["NO"] = columns["valid"] - columns["YES"]
    found = named(run(columns))["share-single/YES"]
    assert "50 stations with a share from 50 to 99 % are needed, and 0 are left" in found.reason


def test_copies_of_one_result_fail(run):
    columns = {name: [1000 if name == "registered" else 800] * 80 for name in vote(26)}
    columns |= {"YES": [400] * 80, "NO": [400] * 80, "region": ["a"] * 80}
    head = run(columns).measurements[0]
    assert {check.name: check.state for check in head.assumptions}[
        "results are not copies of one another"
    ] == "fails"


def test_boxes_of_one_size_are_no_excess(make_returns):
    # Capped boxes: with 350 voters each a whole percentage is common by arithmetic, and expected.
    z = []
    for seed in range(30):
        columns = vote(700 + seed, stations=1000, sizes=(350, 351))
        found = method.measure(subject(make_returns(columns, ["YES", "NO"])), method.Params(), RNG)
        z.append(effects(found.measurements[0])["standard deviations"].value)
    assert abs(np.mean(z)) <= 4 / math.sqrt(30)


def test_two_hundred_options_and_one(run):
    columns = vote(27)
    columns |= {f"list {i}": np.asarray(columns["NO"]) // 199 for i in range(199)}
    many = named(run(columns, options=("YES", *(f"list {i}" for i in range(199)))))
    assert [name for name in many if "region" not in name] == [
        *("either", "turnout", "share/YES"),
        *("turnout-single", "share-single/YES"),
    ]
    one = named(run(columns, options=("YES",)))
    assert one["share/YES"].expected == pytest.approx(many["share/YES"].expected)
