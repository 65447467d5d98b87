"""The mixture tells a number only where added ballots explain more than places that differ."""

from __future__ import annotations

import csv
import importlib.util
import re
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.methods.mixture import METHOD, Params, measure, prior_share, probability_of_nothing, unseen
from plebiscope.methods.mixture.answer import ALONE
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject, lacking


def table(make, further=(), second=(), stations=700, seed=3):
    rng = np.random.default_rng(seed)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    centres = middle + spread * rng.standard_normal((40, 2))
    values = np.array([np.log(0.3), 0.2, np.log(0.3), *second, *further])
    law = Parameters.known(values, centres, middle, spread)
    district = np.sort(np.arange(stations) % 40)
    drawn, truth = draw(rng, rng.integers(150, 2500, stations), district, law, Grid(0.1, 0.7))
    cast = (drawn.others + drawn.votes).astype(int)
    columns = {
        "area": [f"area {at:02d}" for at in district],
        "registered": (drawn.away + cast).astype(int),
        "cast": cast,
        "YES": drawn.votes.astype(int),
        "NO": drawn.others.astype(int),
    }
    return make(columns, ["YES", "NO"], ["area"]), truth.sum(axis=0)


def ask(returns, **params):
    subject = Subject(Contest(id="vote", name="Vote", favoured="YES"), returns, ())
    assert lacking(METHOD, subject) == ()
    return measure(subject, Params(**params), np.random.default_rng(5))


def full(make, kept, stations=700):
    """Return a table in which of every second station all but so many abstainers voted, and for the option."""
    plain, _ = table(make, stations=stations)
    columns = {name: plain.table[name].to_numpy().copy() for name in ("registered", "cast", "YES", "NO")}
    chosen = np.arange(stations) % 2 == 0
    left = np.asarray(kept)[np.arange(stations) % len(kept)]
    columns["cast"][chosen] = (columns["registered"] - left)[chosen]
    columns["NO"][chosen] = columns["cast"][chosen] // 30
    columns["YES"] = columns["cast"] - columns["NO"]
    area = plain.table["area"].to_list()
    return make({"area": area, **{name: list(map(int, one)) for name, one in columns.items()}},
                ["YES", "NO"], ["area"])  # fmt: skip


def named(measurement):
    return {found.name: found for found in measurement.effects}


def test_added_ballots_are_told_with_an_interval(make_returns):
    returns, truth = table(make_returns, further=(-1.5, -3.0, 0.0, -0.5))
    evidence = ask(returns)
    answer = evidence.measurements[0]
    assert evidence.figures[1].title == "An account of places alone does not suffice"
    effects = named(answer)
    assert effects["log Bayes factor"].value > Params().limit
    assert effects[ALONE].value < 0.01
    for name, true in (("votes that look added", truth[2]), ("votes that look moved", truth[3])):
        found = effects[name]
        assert found.low < found.value < found.high
        assert found.value == pytest.approx(true, rel=0.25)
    assert answer.effect.value == pytest.approx(truth[0] + truth[1], rel=0.25)
    assert answer.p is None
    sure = ask(returns, nothing=1.0 - 1e-15, odds=1e15).measurements[0]
    assert sure.effect.value == 0.0
    assert sure.effect.high > 0.0


def test_two_kinds_of_place_in_one_district_are_natural(make_returns):
    returns, _ = table(make_returns, second=(0.0, 0.2, -1.0, 0.3, 1.5, 0.0))
    evidence = ask(returns)
    answer = evidence.measurements[0]
    assert named(answer)["log Bayes factor"].value < 0.0
    assert answer.effect.value == answer.effect.low == 0.0
    assert answer.effect.high > 0.0
    # Two accounts are compared; that the simpler one suffices does not say that no ballot was added.
    assert evidence.figures[1].title == "Nothing told: an account of places alone suffices"
    texts = [
        answer.statement,
        *(text for one in evidence.figures for text in (one.title, one.caption, one.alt)),
    ]
    assert "does not say that there are none" in answer.statement
    assert not [text for text in texts if "None at all" in text or "probability that there are none" in text]
    assert not [text for text in texts if "1.000" in text or "most of them at" in text]


def test_places_inside_districts_are_taken_where_districts_are_large(make_returns):
    returns, _ = table(make_returns, stations=450)
    columns = {name: returns.table[name].to_list() for name in ("registered", "cast", "YES", "NO")}
    small = make_returns(
        {
            "district": ["one"] * 225 + ["two"] * 225,
            "quarter": [f"{at // 9:02d}" for at in range(450)],
            **columns,
        },
        ["YES", "NO"],
        ["district", "quarter"],
    )
    told = {
        largest: ask(small, largest=largest, parts=1).measurements[0].assumptions[0] for largest in (100, 300)
    }
    assert "50 districts (quarter)" in told[100].how
    assert "2 districts (district)" in told[300].how


def test_where_many_stations_have_no_abstainer_the_vote_is_not_called_natural(make_returns):
    # Half of the country is invented. A second kind of place, at 100 per cent, would explain all of it.
    answer = ask(full(make_returns, [0])).measurements[0]
    assert answer.status == "not testable"
    assert answer.effect is None
    assert "nobody abstained in 350 of 700 stations" in answer.reason
    assert "ballots may have been added in all of these" in answer.reason
    assert answer.params["dropped"]["nobody abstained"] == 350


def test_a_few_stations_without_abstainers_are_left_out_counted_and_said(make_returns):
    plain, _ = table(make_returns)
    columns = {name: plain.table[name].to_list() for name in ("area", "registered", "cast", "YES", "NO")}
    for at in range(0, 700, 35):  # 20 stations
        columns["YES"][at] += columns["registered"][at] - columns["cast"][at]
        columns["cast"][at] = columns["registered"][at]
    answer = ask(make_returns(columns, ["YES", "NO"], ["area"]), parts=1).measurements[0]
    assert answer.status == "tested"
    assert answer.n == 680
    assert "Left out were 20 stations where nobody abstained" in answer.statement
    (few,) = (one for one in answer.assumptions if "without abstainers" in one.name)
    assert few.state == "doubtful"
    assert "20 of 700" in few.how
    none = ask(plain, parts=1).measurements[0]
    assert "nobody abstained" not in none.statement
    (few,) = (one for one in none.assumptions if "without abstainers" in one.name)
    assert few.state == "holds"


def test_what_the_account_of_places_took_in_at_high_turnout_and_share_is_told(make_returns):
    # One to three abstainers are left at every second station: nothing tells that from a second kind of place.
    answer = ask(full(make_returns, [1, 2, 3])).measurements[0]
    assert answer.effect.value == 0.0
    (taken_in,) = (one for one in answer.assumptions if "take in added ballots" in one.name)
    for text in (answer.statement, taken_in.how):
        found = re.search(
            r"calls natural (\d+).% of stations that lie at higher turnout and a higher share", text
        )
        assert found is not None
        assert 45 <= int(found[1]) <= 55
    assert "calls natural" not in ask(table(make_returns)[0]).measurements[0].statement


def test_where_no_number_is_told_there_is_no_interval_that_claims_to_hold_the_truth(make_returns):
    untold = ask(table(make_returns)[0], parts=1).measurements[0]
    returns, _ = table(make_returns, further=(-1.5, -3.0, 0.0, -0.5))
    told = ask(returns, parts=1).measurements[0]
    for answer, level in ((untold, None), (told, Params().level)):
        sizes = [one for one in (answer.effect, *answer.effects) if one.high is not None]
        assert len(sizes) == 7
        assert {one.level for one in sizes} == {level}
    assert untold.effect.low == untold.effect.value == 0.0


def test_prior_share_is_that_of_the_original_family():
    # E[1 / (1 + a + b)] for a, b even between 0 and 1 is 3 ln 3 - 4 ln 2.
    a, b = np.random.default_rng(0).random((2, 400_000))
    assert prior_share() == pytest.approx(1.0 - np.mean(1.0 / (1.0 + a + b)), abs=0.001)
    assert round(prior_share(), 3) == 0.477
    below = np.mean((a + b) / (1.0 + a + b) < 0.05)
    assert below == pytest.approx(0.0014, abs=0.0002)


def test_probability_of_nothing_follows_from_prior_and_factor():
    assert probability_of_nothing(np.log(99.0), 0.5) == pytest.approx(0.01)
    assert probability_of_nothing(0.0, 0.9) == pytest.approx(0.9)


def test_small_or_even_tables_cannot_be_asked(make_returns):
    returns, _ = table(make_returns, stations=200)
    answer = ask(returns).measurements[0]
    assert answer.status == "not testable"
    assert "300" in answer.reason


@pytest.fixture(scope="module")
def script():
    path = Path(__file__).parents[2] / "benchmarks" / "mixture_unseen.py"
    spec = importlib.util.spec_from_file_location("mixture_unseen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_where_no_number_is_told_what_simulated_votes_gave_stands_beside_the_upper_end(make_returns):
    text = resources.files("plebiscope.methods.mixture").joinpath("unseen.csv").read_text("utf-8")
    lines = list(csv.DictReader(text.splitlines()))
    untold, more = (sum(int(line[name]) for line in lines) for name in ("untold", "larger"))
    answer = ask(table(make_returns)[0]).measurements[0]
    high = f"at most {answer.effect.high:,.0f} stations"
    assert f"by the account that has them they would be {high}" in answer.statement
    assert f"in {untold} simulated votes" in answer.statement
    assert f"larger than that in {more}" in answer.statement
    (taken_in,) = (one for one in answer.assumptions if "take in added ballots" in one.name)
    assert taken_in.state == "doubtful"
    assert f"in {untold - more} of {untold} simulated votes" in taken_in.how


def test_the_truth_of_simulated_votes_can_lie_above_the_upper_end(script):
    votes = [script.vote(seed, "stuffing", 1_000) for seed in range(4)]
    assert [true for true, *_ in votes] == [100.0] * 4
    assert any(not told and true > high for true, told, _, high in votes)
    row = next(row for row in unseen.rows() if (row.recipe, row.stations) == ("stuffing", 1_000))
    assert row.true == 100
    assert 0 < row.larger <= row.untold <= row.votes
