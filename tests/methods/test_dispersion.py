"""Results more alike than counting allows: fair votes, written commissions, and what is neither."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from plebiscope.methods import dispersion as method
from plebiscope.methods.dispersion.areas import named_at
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject, lacking

RNG = np.random.default_rng(0)


def subject(returns):
    return Subject(Contest(id="vote", name="vote", favoured="YES"), returns, ())


def vote(seed, areas=30, per_area=20, spread=0.0, invalid=0.01):
    """Draw a vote; with no spread, stations of an area differ by counting alone, the hardest case."""
    rng = np.random.default_rng(seed)
    n = areas * per_area
    area = np.arange(n) // per_area
    registered = rng.integers(200, 1800, n)
    turnout = np.clip(rng.uniform(0.4, 0.8, areas)[area] + rng.normal(0, spread, n), 0.05, 0.99)
    cast = rng.binomial(registered, turnout)
    lost = rng.binomial(cast, invalid)
    share = np.clip(rng.uniform(0.3, 0.9, areas)[area] + rng.normal(0, spread, n), 0.02, 0.98)
    yes = rng.binomial(cast - lost, share)
    return {
        "station": [f"No. {i + 1}" for i in range(n)],
        "region": [f"region {i % 4}" for i in area],
        "commission": [f"commission {i}" for i in area],
        "registered": registered,
        "cast": cast,
        "valid": cast - lost,
        "invalid": lost,
        "YES": yes,
        "NO": cast - lost - yes,
    }


def write(columns, places, share):
    """Write the shares of some stations from one percentage; invalid ballots are none there."""
    cast = columns["cast"]
    columns["YES"][places] = np.rint(share * cast[places]).astype(np.int64)
    columns["NO"][places] = cast[places] - columns["YES"][places]
    columns["invalid"][places] = 0
    columns["valid"][places] = cast[places]
    return columns


@pytest.fixture
def run(make_returns):
    def measured(columns, areas=("region", "commission"), params=None, options=("YES", "NO"), **more):
        returns = make_returns(columns, list(options), areas, **more)
        return method.measure(subject(returns), params or method.Params(), RNG)

    return measured


def named(evidence):
    return {m.id.removeprefix("vote/dispersion/"): m for m in evidence.measurements}


def test_fair_votes_are_named_no_oftener_than_the_level_says(run):
    # 80 votes in which nothing but counting makes stations differ, three questions each. Questions on the
    # two options of a vote go together, so that they count as one: 160 p-values, three standard deviations.
    found = [named(run(vote(seed))) for seed in range(80)]
    small = sum(m["share/YES"].p <= 0.05 for m in found) + sum(m["turnout"].p <= 0.05 for m in found)
    assert small <= 160 * 0.05 + 3 * math.sqrt(160 * 0.05 * 0.95)
    below = sum(m["turnout"].observed for m in found)
    expected = sum(m["turnout"].expected for m in found)
    assert expected == pytest.approx(80 * 30 * 0.001)
    assert below <= expected + 4 * math.sqrt(expected)


def test_stations_that_differ_make_it_silent(run):
    for seed in range(10):
        evidence = run(vote(seed, spread=0.05))
        assert not evidence.stations
        assert all(m.p > 0.5 for m in evidence.measurements)
        assert "In none of 30 areas (commission) does the " in evidence.measurements[0].statement
        assert "none of 30 areas differs less" in evidence.figures[0].title


def test_a_written_commission_is_found_with_its_stations(run):
    places = np.arange(20) + 5 * 20
    columns = write(vote(1, spread=0.05), places, 0.873)
    shares = 100 * columns["YES"][places] / columns["cast"][places]
    evidence = run(columns)
    found = named(evidence)
    whole, area = found["share/YES"], found["share/YES/commission 5"]
    assert whole.observed == 1
    assert whole.log10_p == pytest.approx(area.log10_p + math.log10(30), abs=1e-6)
    assert whole.effect.value == 1
    assert "“commission 5”" in whole.statement
    assert (area.scope.area, area.n, area.among, area.null) == ("commission 5", 20, 30, "exact")
    assert area.log10_p < -20
    assert area.effect.low < area.effect.value < area.effect.high < 0.1
    ends = f"{shares.min():.2f}\N{NO-BREAK SPACE}% and {shares.max():.2f}\N{NO-BREAK SPACE}%"
    assert f"lies between {ends}." in area.statement
    assert area.effects[2].value == pytest.approx(shares.max() - shares.min())
    # Nothing invalid there, so that the other side is written as well.
    assert found["share/NO/commission 5"].log10_p == pytest.approx(area.log10_p, abs=1e-6)
    assert {score.row for score in evidence.stations} == set(places.tolist())
    assert {score.area for score in evidence.stations} == {"commission 5"}
    assert all(score.bits > 1 for score in evidence.stations)


def test_written_turnout_is_found(run):
    columns = vote(2, spread=0.05)
    places = np.arange(20) + 40
    columns["cast"][places] = np.rint(0.914 * columns["registered"][places]).astype(np.int64)
    columns["valid"] = columns["cast"] - columns["invalid"]
    columns["YES"] = np.minimum(columns["YES"], columns["valid"])
    columns["NO"] = columns["valid"] - columns["YES"]
    assert named(run(columns))["turnout/commission 2"].log10_p < -20


def test_consecutive_stations_that_lie_closer_still_are_told(run):
    columns = vote(3, areas=20, per_area=40, invalid=0.0)
    rate = columns["YES"][80:120].sum() / columns["cast"][80:120].sum()
    columns = write(columns, np.arange(80, 110), rate)
    columns["station"] = [f"station {i + 1}" for i in range(800)]
    # Numbers are numbers: 99 comes before 100, wherever it stands in the file.
    order = np.random.default_rng(4).permutation(800)
    shuffled = {name: np.asarray(values)[order] for name, values in columns.items()}
    statement = named(run(shuffled))["share/YES/commission 2"].statement
    assert "Closer still lie 30 that follow each other, “station 81” to “station 110”" in statement


def test_both_options_are_asked_about_only_where_that_is_two_questions(run):
    assert {"share/YES", "share/NO"} <= set(named(run(vote(5))))
    assert "share/NO" not in named(run(vote(5, invalid=0.0)))
    columns = {
        name: values for name, values in vote(5).items() if name not in ("cast", "invalid", "registered")
    }
    assert "share/NO" not in named(run(columns))


def test_results_apportioned_to_equal_stations_are_not_taken_for_written_ones(run):
    columns = vote(6, spread=0.05)
    places = np.arange(20)
    for name, value in (("registered", 1000), ("cast", 700), ("valid", 700), ("invalid", 0)):
        columns[name][places] = value
    columns["YES"][places], columns["NO"][places] = 432, 268
    found = named(run(columns))
    for question in ("share/YES", "turnout"):
        state = {a.name: a.state for a in found[f"{question}/commission 0"].assumptions}
        assert state == {"stations report figures of their own, not an apportioned one": "fails"}
        assert found[question].assumptions[-1].state == "fails"


def test_stations_of_one_size_with_results_of_their_own_are_doubtful_at_most(run):
    columns = vote(7, spread=0.05)
    places = np.arange(20)
    columns["registered"][places] = 1000
    columns["cast"][places] = columns["valid"][places] = np.arange(690, 710)
    columns["invalid"][places] = 0
    columns["YES"][places] = columns["NO"][places] = 345
    columns["NO"][places] = columns["cast"][places] - 345
    found = named(run(columns))["turnout/commission 0"]
    assert [a.state for a in found.assumptions] == ["doubtful"]


def test_areas_of_one_name_are_told_apart_by_the_larger_one(run):
    columns = write(vote(8, areas=20, spread=0.05), np.arange(20), 0.81)
    columns["region"] = [f"region {i // 100}" for i in range(400)]
    columns["commission"] = [f"commission {i % 100 // 20}" for i in range(400)]
    found = named(run(columns))
    assert found["share/YES"].params["areas"] == 20
    assert found["share/YES/region 0 / commission 0"].n == 20


def test_limit_is_met_by_simulation(run):
    # Areas in which only counting makes stations differ, and as many stations written as the limit says.
    head = named(run(vote(9)))["share/YES"].with_limit()
    dose, size = int(head.limit.stations), 20
    assert 2 <= dose < size
    assert 0.8 <= head.limit.power < 1
    assert head.limit.votes == pytest.approx(dose * np.median(vote(9)["cast"]), rel=0.1)
    seen = 0
    for seed in range(40):
        columns = vote(100 + seed, invalid=0.0)
        rate = columns["YES"][:size].sum() / columns["cast"][:size].sum()
        seen += "share/YES/commission 0" in named(run(write(columns, np.arange(dose), rate)))
    # 40 areas of which the limit says with which chance they are seen: three standard deviations.
    power = head.limit.power
    assert seen >= 40 * power - 3 * math.sqrt(40 * power * (1 - power))


def test_stations_are_those_of_the_params(run):
    columns = vote(10)
    columns["registered"][0], columns["registered"][1], columns["registered"][2] = 49, 6000, 60
    for place, cast in ((0, 40), (1, 900), (2, 100)):
        columns["cast"][place] = columns["valid"][place] = cast
        columns["YES"][place], columns["NO"][place], columns["invalid"][place] = (
            cast // 2,
            cast - cast // 2,
            0,
        )
    head = named(run(columns))["share/YES"]
    assert head.params["left_out"] == {
        "with fewer than 50 registered voters": 1,
        "with more than 5,999 registered voters": 1,
        "with more valid ballots than registered voters": 1,
    }
    assert head.n == 597


def test_stations_without_an_area_form_no_area(run):
    columns = vote(11)
    columns["commission"] = [None] * 40 + columns["commission"][40:]
    frame = pl.DataFrame(columns)
    head = named(run({name: frame[name] for name in frame.columns}))["turnout"]
    assert head.params["areas"] == 28
    assert head.n == 560


def test_votes_without_registered_voters_are_asked_about_shares(run):
    columns = {
        name: values for name, values in vote(12).items() if name not in ("registered", "cast", "invalid")
    }
    found = named(run(columns))
    assert found["share/YES"].status == "tested"
    assert found["turnout"].status == "not testable"
    assert found["share/YES"].statement.count("(of valid ballots)") == 1


def test_one_option_alone_is_asked_about(run):
    columns = {name: values for name, values in vote(13).items() if name != "NO"}
    assert {"turnout", "share/YES"} == set(named(run(columns, options=("YES",))))


def test_ten_stations_are_too_few_areas_to_compare(run):
    found = run(vote(14, areas=2, per_area=5)).measurements
    assert [m.status for m in found] == ["not testable"]
    assert found[0].reason.startswith("no column of areas puts half of the stations together with 7 others")


def test_one_area_is_no_column_to_compare_by(run):
    columns = vote(15, areas=1)
    assert [m.status for m in run(columns).measurements] == ["not testable"]


def test_without_areas_it_cannot_be_asked(make_returns):
    returns = make_returns(vote(16), ["YES", "NO"], [])
    assert lacking(method.METHOD, subject(returns)) == ("areas",)


def test_two_hundred_options_are_asked_about_where_they_have_votes(run):
    rng = np.random.default_rng(17)
    columns = vote(17, areas=12)
    weights = np.r_[30.0, 20.0, 10.0, np.full(197, 0.01)]
    votes = rng.multinomial(columns["valid"], weights / weights.sum())
    options = ["YES", *(f"list {i}" for i in range(1, 200))]
    table = {name: columns[name] for name in columns if name not in ("YES", "NO")}
    table |= {option: votes[:, place] for place, option in enumerate(options)}
    found = run(table, options=options).measurements
    assert [m.option for m in found if m.quantity == "share"] == ["YES", "list 1", "list 2"]
    assert {m.status for m in found} == {"tested"}


def test_unanimous_areas_are_no_areas_to_compare(run):
    columns = vote(18)
    columns["YES"], columns["NO"] = columns["valid"].copy(), columns["valid"] * 0
    columns["cast"], columns["invalid"] = columns["valid"].copy(), columns["valid"] * 0
    found = named(run(columns))["share/YES"]
    assert found.status == "not testable"
    assert "5 votes for “YES” expected and as many that are not" in found.reason


def test_rule_of_benjamini_and_hochberg():
    log_p = np.log([0.001, 0.012, 0.014, 0.19, 0.35])
    assert named_at(log_p, 0.05).tolist() == [True, True, True, False, False]
    assert not named_at(np.log([0.2, 0.03]), 0.05).any()
    assert not named_at(np.array([]), 0.05).any()


def test_pictures_show_every_area_or_say_how_many(run):
    figures = run(write(vote(19, spread=0.05), np.arange(20), 0.81)).figures
    kinds = [figure.id.rpartition("/")[2] for figure in figures]
    assert kinds == ["areas", "areas", "stations"]
    points = figures[1].vega_lite["layer"][0]["data"]["values"]
    outliers = figures[1].vega_lite["layer"][3]["data"]["values"]
    assert len(points) + len(outliers) == 30
    strips = [layer["data"]["values"] for layer in figures[2].vega_lite["layer"]]
    assert [len(rows) for rows in strips] == [20, 20]
    spread = [np.ptp([row["rate"] for row in rows]) for rows in strips]
    assert spread[1] < spread[0] / 10
