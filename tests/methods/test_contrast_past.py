"""A vote beside its past: stations that jumped are found, and said to gather only where they do."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from plebiscope.methods.contrast import METHOD, past
from plebiscope.methods.contrast.asking import Asked, Params
from plebiscope.methods.contrast.jumps import double_mad, gather, predict
from plebiscope.model.beside import Beside, Match
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]
FEW = Params(permutations=99)
STATIONS, AREAS = 400, 40


def two_votes(rng: np.random.Generator) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draw stations in areas of ten and regions of a hundred; regions move, stations a little besides."""
    registered = rng.integers(600, 2500, STATIONS)
    turnout, share = rng.normal(0.3, 0.4, STATIONS), rng.normal(0.0, 0.6, STATIONS)
    region = np.arange(STATIONS) // 100
    votes = []
    for moved in (0.0, 0.5):
        swing = moved * rng.normal(0, 1, 4)[region]
        cast = rng.binomial(registered, expit(turnout + swing + rng.normal(0, 0.08, STATIONS)))
        yes = rng.binomial(cast, expit(share - swing + rng.normal(0, 0.08, STATIONS)))
        votes.append({"registered": registered, "cast": cast, "YES": yes})
    return votes[0], votes[1]


def jumped(vote: dict[str, np.ndarray], where: np.ndarray) -> dict[str, np.ndarray]:
    """Let half of those who stayed at home vote YES at some stations."""
    more = np.where(where, (vote["registered"] - vote["cast"]) // 2, 0)
    return {**vote, "cast": vote["cast"] + more, "YES": vote["YES"] + more}


def returns_of(make: Make, vote: dict[str, np.ndarray], options: tuple[str, str] = ("YES", "NO")) -> Returns:
    size = len(vote["cast"])
    columns = {
        "region": [f"region {at // 100}" for at in range(size)],
        "area": [f"area {at // 10}" for at in range(size)],
        "registered": vote["registered"],
        "cast": vote["cast"],
        options[0]: vote["YES"],
        options[1]: vote["cast"] - vote["YES"],
    }
    return make(columns, list(options), ["region", "area"])


def ask(now: Returns, then: Returns, params: Params = FEW, seed: int = 1) -> Asked:
    rows = np.arange(len(now), dtype=np.int64)
    before = Beside(Contest(id="first", name="First round"), then, Match(rows, {}, "station"))
    subject = Subject(Contest(id="vote", name="Vote", favoured="YES"), now, (), pairs=(before,))
    return past.ask(METHOD, subject, params, before, np.random.default_rng(seed))


def by_quantity(asked: Asked) -> dict[str, Measurement]:
    return {answer.quantity.split()[0]: answer for answer in asked.answers}


def test_deviations_of_either_side_by_hand() -> None:
    # Median 5; the eight figures up to it are off by 4, 1, 1, 1, 0, 0, 0, 0: middle one half; the ten from it
    # on by 0, 0, 0, 0, 2, 2, 3, 5, 11, 25: middle 2.
    figures = np.array([1.0, 4, 4, 4, 5, 5, 5, 5, 7, 7, 8, 10, 16, 30])
    far = [-8.0, -2, -2, -2, 0, 0, 0, 0, 1, 1, 1.5, 2.5, 5.5, 12.5]
    assert double_mad(figures).tolist() == far


def test_what_is_not_known_stays_so_and_a_side_without_width_is_infinitely_far() -> None:
    found = double_mad(np.array([np.nan, 1.0, 3, np.nan, 2, 8, 0]))
    # Median 2; up to it 2, 1 and 0, from it on 0, 1 and 6.
    assert found.tolist() == pytest.approx([np.nan, -1, 1, np.nan, 0, 6, -2], nan_ok=True)
    assert np.isnan(double_mad(np.full(3, np.nan))).all()
    assert double_mad(np.array([0.0, 5, 5, 5, 9])).tolist() == [-np.inf, 0, 0, 0, np.inf]


@given(st.lists(st.one_of(st.integers(-50, 50).map(float), st.just(np.nan)), max_size=30), st.randoms())
def test_deviations_do_not_depend_on_the_order(figures: list[float], random) -> None:
    order = list(range(len(figures)))
    random.shuffle(order)
    found = double_mad(np.array(figures, dtype=np.float64))
    shuffled = double_mad(np.array([figures[at] for at in order], dtype=np.float64))
    assert found.shape == (len(figures),)
    np.testing.assert_array_equal(shuffled, found[order])


def test_a_station_does_not_predict_itself() -> None:
    """By least squares, leaving a station out and its pull on the line taken out are one and the same."""
    rng = np.random.default_rng(2)
    x = rng.normal(0, 1, 20)
    y, little = 0.5 * x + rng.uniform(-0.01, 0.01, 20), np.full(20, 1e-9)
    # One that is far off pulls so little that the line through the others hardly moves.
    y[3] += 3.0
    found = predict(y, little, x[:, None], little[:, None], np.zeros(20, dtype=np.int64), 0.0)
    others = np.arange(20) != 3
    slope, level = np.polyfit(x[others], y[others], 1)
    assert found.figures[3] == pytest.approx(slope * x[3] + level, abs=0.01)
    assert np.argmax(np.abs(found.off)) == 3


def test_pairs_in_areas_are_counted_and_expected_as_over_every_way_to_deal_them_out() -> None:
    areas, strata = np.array([0, 0, 1, 1, 0, 1, 0]), np.array([0, 0, 0, 0, 1, 1, 1])
    ways = np.array([1, 1, 0, -1, 1, 0, 0])

    def pairs(dealt: tuple[int, ...]) -> int:
        return sum(
            dealt[one] == dealt[two] != 0 and areas[one] == areas[two]
            for one, two in itertools.combinations(range(7), 2)
        )

    every = [
        pairs(first + second)
        for first in itertools.permutations((1, 1, 0, -1))
        for second in itertools.permutations((1, 0, 0))
    ]
    draws = 4000
    found = gather(ways, areas, strata, draws, np.random.default_rng(3))
    assert found.pairs == pairs(tuple(ways.tolist())) == 3
    assert found.expected == pytest.approx(np.mean(every))
    chance = np.mean(np.array(every) >= 3)
    assert found.p == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / draws))


def test_where_all_that_jumped_have_one_area_there_is_nothing_to_deal_out() -> None:
    zeros = np.zeros(4, dtype=np.int64)
    rng = np.random.default_rng(1)
    assert gather(np.array([1, 0, 1, 0]), zeros, zeros, 9, rng) is None
    nobody = gather(zeros, np.arange(4), zeros, 9, rng)
    assert nobody is not None
    assert (nobody.pairs, nobody.expected, nobody.p) == (0, 0.0, 1.0)


def test_ten_stations_that_jumped_in_one_area_are_found(make_returns: Make) -> None:
    first, second = two_votes(np.random.default_rng(4))
    where = np.arange(STATIONS) // 10 == 7
    asked = ask(returns_of(make_returns, jumped(second, where)), returns_of(make_returns, first))
    for answer in asked.answers:
        assert answer.p == pytest.approx(0.01)
        assert answer.observed > 4 * answer.expected
        assert answer.assumptions[0].state == "fails"
    # Ten stations of one area are 45 pairs.
    assert by_quantity(asked)["turnout"].observed >= 45
    far = {one.row for one in asked.stations}
    assert set(np.flatnonzero(where).tolist()) <= far
    assert where[asked.stations[0].row]
    assert asked.stations[0].reason.startswith("turnout ")
    assert len(asked.figures) == 2


def test_stations_that_jumped_here_and_there_are_marked_and_do_not_gather(make_returns: Make) -> None:
    first, second = two_votes(np.random.default_rng(5))
    where = np.arange(STATIONS) % 40 == 3
    asked = ask(returns_of(make_returns, jumped(second, where)), returns_of(make_returns, first))
    assert all(answer.p > 0.05 for answer in asked.answers)
    assert asked.stations == []
    marked = asked.figures[0].vega_lite["layer"][2]["data"]["values"]
    turnout = 100 * jumped(second, where)["cast"][where] / second["registered"][where]
    assert {round(float(one), 1) for one in turnout} <= {one["observed"] for one in marked}


def test_between_two_fair_votes_areas_are_named_no_more_often_than_p_says(make_returns: Make) -> None:
    rng = np.random.default_rng(6)
    p, far = [], []
    for seed in range(60):
        first, second = two_votes(rng)
        asked = ask(returns_of(make_returns, second), returns_of(make_returns, first), seed=seed)
        p += [answer.p for answer in asked.answers]
        far += [answer.effect.value for answer in asked.answers]
    for level in (0.05, 0.1, 0.2, 0.5):
        # Pairs are few, so that p comes in steps and is rather too large.
        assert np.mean(np.array(p) <= level) <= level + 4 * np.sqrt(level * (1 - level) / len(p))
    # Drawn by normal laws, 1.8 per cent lie so far out; medians of 200 a side move that by a third or so.
    assert np.mean(far) == pytest.approx(1.82, abs=0.6)


def test_where_the_option_is_new_all_past_shares_predict(make_returns: Make) -> None:
    first, second = two_votes(np.random.default_rng(7))
    same = ask(returns_of(make_returns, second), returns_of(make_returns, first))
    new = ask(returns_of(make_returns, second), returns_of(make_returns, first, ("Smith", "Jones")))
    one, other = by_quantity(same)["share"], by_quantity(new)["share"]
    assert "From the shares of all options there and turnout" in other.statement
    # The same figures under other names predict as well.
    assert other.effects[0].value == pytest.approx(one.effects[0].value, rel=0.1)


def test_stations_without_a_figure_are_left_out_and_counted(make_returns: Make) -> None:
    first, second = two_votes(np.random.default_rng(8))
    then = returns_of(make_returns, first)
    hole = pl.int_range(STATIONS) % 100 == 0
    then = replace(then, table=then.table.with_columns(pl.when(~hole).then("cast").alias("cast")))
    answer = by_quantity(ask(returns_of(make_returns, second), then))["turnout"]
    assert answer.n == STATIONS - 4
    assert "4 stations without these figures left out" in answer.statement


def test_too_few_stations_are_said_with_their_number(make_returns: Make) -> None:
    first, second = (
        {name: values[:20] for name, values in vote.items()} for vote in two_votes(np.random.default_rng(9))
    )
    for answer in ask(returns_of(make_returns, second), returns_of(make_returns, first)).answers:
        assert answer.status == "not testable"
        assert answer.reason.startswith("30 stations with the figures of both votes are needed")
        assert answer.reason.endswith("and there are 20")


def test_of_the_same_figures_twice_none_is_far_off(make_returns: Make) -> None:
    vote = {"registered": np.full(60, 1000), "cast": np.full(60, 600), "YES": np.full(60, 300)}
    same = returns_of(make_returns, vote)
    for answer in ask(same, same).answers:
        assert answer.p == 1.0
        assert answer.effect.value == 0.0


def test_of_a_vote_that_is_its_own_past_none_is_far_off(make_returns: Make) -> None:
    """What is left are hundredths of a vote, which the prediction makes and no station."""
    for seed in range(5):
        one, _ = two_votes(np.random.default_rng(seed))
        same = returns_of(make_returns, one)
        asked = ask(same, same)
        for answer in asked.answers:
            assert (answer.status, answer.p, answer.effect.value) == ("tested", 1.0, 0.0)
        assert asked.stations == []


def test_where_most_are_what_their_past_says_nothing_measures_how_far_the_others_lie(
    make_returns: Make,
) -> None:
    one, _ = two_votes(np.random.default_rng(11))
    few = jumped(one, np.arange(STATIONS) % 80 == 0)
    for answer in ask(returns_of(make_returns, few), returns_of(make_returns, one)).answers:
        assert answer.status == "not testable"
        assert answer.reason.endswith("is what its past predicts, to the vote")


def test_without_areas_stations_are_told_and_no_p(make_returns: Make) -> None:
    first, second = two_votes(np.random.default_rng(10))
    bare = [replace(returns_of(make_returns, vote), areas=()) for vote in (second, first)]
    for answer in ask(*bare).answers:
        assert answer.status == "tested"
        assert answer.p is None
        assert answer.statement.endswith("Whether they gather in areas cannot be told.")
        (alike,) = answer.assumptions
        assert alike.state == "unknown"
        assert "most are as their past predicts" in alike.name
