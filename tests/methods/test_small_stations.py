"""Small stations against large ones: the standardised fingerprint, ties, what is left alone and what is found."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from plebiscope.kernels.resampling import left_out
from plebiscope.methods import small_stations as method
from plebiscope.model.beside import Beside, Match
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject


@pytest.fixture
def run(make_returns):
    def measured(columns, areas=("region", "commission"), earlier=None, group=None):
        returns = make_returns(columns, ["YES", "NO"], areas)
        if group is not None:
            labels = pl.Series("group", group, dtype=pl.String)
            returns = replace(returns, table=returns.table.with_columns(labels), extras=("group",))
        pairs = ()
        if earlier is not None:
            other = make_returns(earlier, [name for name in ("YES", "NO") if name in earlier], areas)
            rows = np.arange(len(other), dtype=np.int64)
            pairs = (Beside(Contest(id="first", name="First"), other, Match(rows, {}, "station")),)
        subject = Subject(Contest(id="vote", name="vote", favoured="YES"), returns, (), pairs=pairs)
        evidence = method.measure(subject, method.Params(), np.random.default_rng(0))
        return {m.quantity: m for m in evidence.measurements}

    return measured


def vote(seed, stations=2400):
    """Draw a vote in 60 commissions of 20 regions, in which size says nothing."""
    rng = np.random.default_rng(seed)
    commission = np.arange(stations) % 60
    registered = rng.integers(100, 3000, stations)
    turnout = np.clip(rng.normal(0.6, 0.1, 60)[commission] + rng.normal(0, 0.06, stations), 0.1, 0.95)
    cast = rng.binomial(registered, turnout)
    share = np.clip(rng.normal(0.5, 0.1, 60)[commission] + rng.normal(0, 0.08, stations), 0.05, 0.95)
    invalid = rng.binomial(cast, 0.02)
    yes = rng.binomial(cast - invalid, share)
    return {
        "region": [f"region {i % 20}" for i in commission],
        "commission": [f"commission {i}" for i in commission],
        "registered": registered,
        "cast": cast,
        "valid": cast - invalid,
        "invalid": invalid,
        "YES": yes,
        "NO": cast - invalid - yes,
    }


def test_standardised_leaves_the_station_itself_out():
    rng = np.random.default_rng(1)
    values, place = rng.normal(size=60), np.arange(60) % 4
    found = method.standardised(values, place)
    for i in range(60):
        others = np.delete(values[place == place[i]], np.flatnonzero(np.flatnonzero(place == place[i]) == i))
        assert found[i] == pytest.approx((values[i] - others.mean()) / others.std(ddof=1))


def test_standardised_is_nothing_where_the_others_are_all_the_same():
    found = method.standardised(np.array([0.5, 0.5, 0.5, 0.7]), np.zeros(4, dtype=np.int64))
    assert np.isnan(found[3])
    assert np.isfinite(found[:3]).all()


def test_stations_of_one_size_share_what_falls_to_them():
    sizes = np.array([500, 300, 300, 300, 900, 100])
    weight = method.smallness(sizes, np.zeros(6, dtype=np.int64), 34)
    assert weight.tolist() == pytest.approx([0.0, 2 / 3, 2 / 3, 2 / 3, 0.0, 1.0])


def test_dealing_out_anew_has_the_moments_of_all_permutations():
    rng = np.random.default_rng(2)
    z = rng.normal(size=10)
    place = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    weight = np.array([1.0, 0.5, 0.5, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    found = [
        method.difference(np.concatenate([z[list(one)], z[list(other)]]), weight)
        for one in itertools.permutations(range(5))
        for other in itertools.permutations(range(5, 10))
    ]
    away = (method.difference(z, weight) - np.mean(found)) / np.std(found)
    assert method.dealt_out(z, weight, place) == pytest.approx(away)


def test_where_size_says_nothing_the_figures_are_those_of_chance(run):
    away = []
    for seed in range(12):
        found = run(vote(seed))
        away += [found[name].effects[0].value for name in ("turnout", "share")]
        assert abs(found["turnout"].effect.value) < 0.2
        assert found["turnout"].p is None
    # 24 values that are normal with variance 1: chi-square between 9.3 and 47 but for one time in 500.
    assert 9.3 < float(np.sum(np.square(away))) < 47.0


def test_leaving_out_is_the_difference_without_each_area():
    rng = np.random.default_rng(4)
    z, weight, areas = rng.normal(size=90), rng.choice([0.0, 0.3, 1.0], 90), np.arange(90) % 5
    z[7] = np.nan
    found = method.leaving_out(z, weight, areas)
    for area, value in enumerate(found):
        rest = areas != area
        assert value == pytest.approx(method.difference(z[rest], weight[rest]))


def test_where_an_area_cannot_be_left_out_there_is_no_interval():
    z, weight = np.arange(40.0), np.repeat([1.0, 0.0], 20)
    assert not len(method.leaving_out(z, weight, np.zeros(40, dtype=np.int64)))
    # One area holds all the small stations: without it there is no difference.
    assert not len(method.leaving_out(z, weight, np.repeat([0, 1], 20)))


def test_the_interval_holds_where_areas_are_few_and_differ():
    """Eight regions in which small stations differ by another amount each; drawn again it held in 88 of 100."""
    rng = np.random.default_rng(5)
    held, rounds = 0, 2000
    areas, weight = np.arange(320) % 8, np.repeat([1.0, 0.0], [96, 224])
    for _ in range(rounds):
        z = rng.normal(size=320) + weight * (0.3 + rng.normal(0, 0.15, 8)[areas])
        low, high = left_out(method.leaving_out(z, weight, areas), method.difference(z, weight), 0.95)
        held += low <= 0.3 <= high
    # Binomial: four standard errors.
    assert held / rounds == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / rounds))


def test_ballots_added_in_small_stations_are_seen_and_not_added_for_the_other_option(run):
    columns = vote(30)
    small = columns["registered"] < 900
    added = np.where(small, (columns["registered"] - columns["cast"]) // 4, 0)
    for name in ("cast", "valid", "YES"):
        columns[name] = columns[name] + added
    found = run(columns)
    assert found["turnout"].effect.low > 0.3
    assert found["share"].effect.low > 0.2
    beside = {one.name: one.value for one in found["share"].effects}
    assert beside["the same for votes for “NO”"] < 0.0
    assert beside["the same for invalid ballots"] < 0.0


def test_stations_of_one_size_cannot_be_parted(run):
    columns = vote(31) | {"registered": np.full(2400, 3000)}
    assert run(columns)["turnout"].status == "not testable"


def test_what_is_constant_does_not_silence_what_varies(run):
    """Where everybody came, the share can still be asked; and the other way round."""
    columns = vote(31)
    full = columns | {"cast": columns["registered"], "valid": columns["registered"]}
    full |= {"invalid": np.zeros(2400, dtype=int), "NO": columns["registered"] - columns["YES"]}
    found = run(full)
    assert found["turnout"].status == found["together"].status == "not testable"
    assert "the turnout is the same at all stations of each area" in found["turnout"].reason
    assert found["share"].status == "tested"
    assert found["share"].effect.value is not None
    even = columns | dict.fromkeys(("cast", "valid"), 2 * (columns["cast"] // 2))
    even |= {"invalid": np.zeros(2400, dtype=int), "YES": columns["cast"] // 2, "NO": columns["cast"] // 2}
    found = run(even)
    assert found["share"].status == found["together"].status == "not testable"
    assert "share of “YES” (of ballots cast) is the same" in found["share"].reason
    assert found["turnout"].status == "tested"
    both = full | {"YES": columns["registered"], "NO": np.zeros(2400, dtype=int)}
    assert {one.status for one in run(both).values()} == {"not testable"}


def test_only_what_can_be_answered_is_drawn(make_returns):
    columns = vote(31)
    full = columns | {"cast": columns["registered"], "valid": columns["registered"]}
    full |= {"invalid": np.zeros(2400, dtype=int), "NO": columns["registered"] - columns["YES"]}
    returns = make_returns(full, ["YES", "NO"], ("region", "commission"))
    subject = Subject(Contest(id="vote", name="vote", favoured="YES"), returns, ())
    evidence = method.measure(subject, method.Params(), np.random.default_rng(0))
    (figure,) = evidence.figures
    assert figure.finding == "vote/small-stations/share/YES"
    assert "One line. Share by part" in figure.alt


def more_where(columns, small, seed, part=0.3):
    """Add ballots for YES to a part of those who stayed at home, at some stations."""
    rng = np.random.default_rng(seed)
    more = np.where(small, rng.binomial(columns["registered"] - columns["cast"], part), 0)
    return columns | {name: columns[name] + more for name in ("cast", "valid", "YES")}


def within(measurement, part):
    (found,) = [one for one in (measurement.effect, *measurement.effects) if part in one.name]
    return found


def test_what_villages_do_is_out_of_it_where_the_case_tells_them_from_towns(run):
    """Villages are small and turn out more, towns are large; inside either, size says nothing."""
    drawn = vote(5)
    rng = np.random.default_rng(6)
    village = rng.random(2400) < 0.4
    columns = drawn | {"registered": np.where(village, drawn["registered"] // 3 + 100, drawn["registered"])}
    turnout = drawn["cast"] / drawn["registered"]
    cast = np.round(columns["registered"] * np.clip(turnout + 0.15 * village, 0, 0.99)).astype(int)
    yes = np.round(cast * drawn["YES"] / drawn["cast"]).astype(int)
    columns |= {"cast": cast, "valid": cast, "invalid": cast * 0, "YES": yes, "NO": cast - yes}
    plain = run(columns)["turnout"]
    told = run(columns, group=np.where(village, "village", "town").tolist())["turnout"]
    assert plain.effect.low > 0.3
    assert not any("one group" in one.name for one in plain.effects)
    like = within(told, "among stations of one group")
    # Within four standard errors of nothing, of which the interval has 3.92 from end to end.
    assert abs(like.value) < 4 * (like.high - like.low) / 3.92
    assert abs(like.value) < plain.effect.value / 3
    assert "Among stations of one group" in told.statement
    assert told.effect == plain.effect


def test_one_group_for_all_tells_nothing_apart(run):
    found = run(vote(5), group=["town"] * 2400)["turnout"]
    assert not any("one group" in one.name for one in found.effects)


def test_stations_of_an_unknown_group_are_no_group_of_their_own(run):
    """Where the case names towns and villages, those of which it says neither are left out, and counted."""
    rng = np.random.default_rng(8)
    village = rng.random(2400) < 0.5
    labels = np.where(village, "village", "town").astype(object)
    unknown = rng.random(2400) < 0.3
    drawn = vote(5)
    labels[unknown] = None
    # What is done to small stations of an unknown kind does not touch the comparison inside known ones.
    changed = more_where(drawn, unknown & (drawn["registered"] < 900), 9)
    found, plain = (run(one, group=labels.tolist())["turnout"] for one in (changed, drawn))
    like, before = (within(one, "among stations of one group") for one in (found, plain))
    assert like == before
    assert found.effect.value > plain.effect.value
    left = int(found.statement.split(" of no known group")[0].split("(")[-1].replace(",", ""))
    assert left >= unknown.sum()
    # One group alone has the rest beside it, which is of the other kind.
    one = run(drawn, group=np.where(village, "village", None).tolist())["turnout"]
    both = run(drawn, group=np.where(village, "village", "town").tolist())["turnout"]
    assert within(one, "of one group") == within(both, "of one group")


def test_what_small_stations_always_do_is_no_change(run):
    small = vote(1)["registered"] < 900
    then, now = more_where(vote(1), small, 2), more_where(vote(1), small, 3)
    found = run(now, earlier=then)
    assert found["turnout"].effect.low > 0.3
    change = found["turnout beside another vote"]
    # Ballots drawn anew, nothing else: far less than what both votes have.
    assert abs(change.effect.value) < 0.1 * found["turnout"].effect.value
    assert within(change, "large here").value == pytest.approx(found["turnout"].effect.value)


def test_what_is_new_in_small_stations_is_a_change_and_more_for_the_option(run):
    columns = vote(1)
    found = run(more_where(columns, columns["registered"] < 900, 2), earlier=columns)
    for quantity in ("turnout", "share"):
        change = found[f"{quantity} beside another vote"]
        assert change.effect.low > 0.3
        assert change.effect.value == pytest.approx(
            within(change, "large here").value - within(change, "large in the other vote").value
        )
    share = found["share beside another vote"]
    triple = within(share, "less that of the largest other option")
    # What YES gains, NO loses; z of the two are mirrored but for invalid ballots.
    assert triple.low > share.effect.value
    assert "less that of votes for “NO”" in share.statement


def test_stations_that_the_other_vote_lacks_are_left_out(run):
    columns = vote(1)
    there = np.arange(2400) < 1200
    earlier = {name: np.asarray(values)[there].tolist() for name, values in columns.items()}
    found = run(columns, earlier=earlier)["turnout beside another vote"]
    assert found.n == 1200
    assert found.effect.value == pytest.approx(0.0)


def test_another_vote_without_enough_stations_or_without_the_option(run):
    columns = vote(1)
    few = {name: np.asarray(values)[:100].tolist() for name, values in columns.items()}
    found = run(columns, earlier=few)["turnout beside another vote"]
    assert found.status == "not testable"
    assert "has 20 stations of which both votes are known and possible; in all there are 100" in found.reason
    lists = {name: values for name, values in columns.items() if name != "cast"}
    found = run(columns, earlier=lists)["turnout beside another vote"]
    assert found.reason.endswith("has no ballots cast")
    without = {name: values for name, values in columns.items() if name != "YES"}
    found = run(columns, earlier=without)
    assert "share beside another vote" not in found
    assert found["turnout beside another vote"].status == "tested"
