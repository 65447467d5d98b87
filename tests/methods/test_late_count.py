"""Late stations are compared with early ones of their own place; what place explains is no difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from plebiscope.intake.circumstances import with_states
from plebiscope.methods.late_count import METHOD, Params, measure
from plebiscope.methods.late_count.places import Places
from plebiscope.model.beside import Match, State
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Subject, lacking
from plebiscope.model.returns import Origin, Returns

Make = Callable[..., Returns]
OPTIONS = ["YES", "NO"]
FEW = Params(replicates=200, permutations=99)


def votes(places: int, rooms: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw rooms of places that differ much, in districts of ten places, and rooms that differ little."""
    place = np.repeat(np.arange(places), rooms)
    valid = rng.integers(150, 250, len(place))
    share = np.clip(rng.beta(4, 4, places)[place] + rng.normal(0, 0.03, len(place)), 0.02, 0.98)
    yes = rng.binomial(valid, share)
    return {"place": place, "valid": valid, "YES": yes, "NO": valid - yes}


def returns_of(make: Make, drawn: dict[str, np.ndarray]) -> Returns:
    columns = {
        "district": [f"district {at // 10}" for at in drawn["place"]],
        "place": [f"place {at}" for at in drawn["place"]],
        "valid": drawn["valid"],
        "YES": drawn["YES"],
        "NO": drawn["NO"],
    }
    return make(columns, OPTIONS, ["district", "place"])


def state(returns: Returns, rows: np.ndarray, hour: int = 0) -> State:
    early = replace(returns, table=returns.table[rows.tolist()])
    return State(dt.datetime(2030, 1, 2, hour), early, Match(rows.astype(np.int64), {}, "station"))


def ask(returns: Returns, *states: State, params: Params = FEW, seed: int = 1) -> Evidence:
    if states:
        returns = with_states(returns, states)
    subject = Subject(Contest(id="vote", name="Vote", favoured="YES"), returns, (), states=states)
    assert lacking(METHOD, subject) == ()
    return measure(subject, params, np.random.default_rng(seed))


def by_quantity(evidence: Evidence) -> dict[str, Measurement]:
    return {m.quantity: m for m in evidence.measurements}


def named(measurement: Measurement, name: str) -> float:
    (found,) = [one.value for one in (measurement.effect, *measurement.effects) if one and one.name == name]
    return found


def by_place(rng: np.random.Generator, drawn: dict[str, np.ndarray]) -> np.ndarray:
    """Let places where YES is strong report late, but hardly ever all of their rooms."""
    share = np.bincount(drawn["place"], drawn["YES"]) / np.bincount(drawn["place"], drawn["valid"])
    return np.flatnonzero(rng.random(len(drawn["place"])) > 0.6 * share[drawn["place"]])


def test_what_place_explains_is_no_difference(make_returns: Make) -> None:
    rng = np.random.default_rng(3)
    drawn = votes(300, 8, rng)
    found = by_quantity(
        ask(returns_of(make_returns, drawn), state(returns_of(make_returns, drawn), by_place(rng, drawn)))
    )
    prediction = found["prediction"]
    shift = named(prediction, "final lead") - named(prediction, "lead of the early count")
    assert shift > 3
    # Rooms scatter by 3 points of share and 3.5 of chance: 700 late ones leave an error of about .15 points of
    # the final lead, and the few places without an early room lie a little above their district.
    assert abs(prediction.effect.value) < 4 * 0.15 + 0.2
    assert found["contrast"].p > 0.001
    assert prediction.effect.low <= prediction.effect.value <= prediction.effect.high


@pytest.mark.parametrize("moved", [12, -12])
def test_votes_moved_in_late_rooms_are_found_with_their_size(make_returns: Make, moved: int) -> None:
    rng = np.random.default_rng(4)
    drawn = votes(300, 8, rng)
    early = by_place(rng, drawn)
    late = np.setdiff1d(np.arange(len(drawn["place"])), early)
    yes = drawn["YES"].copy()
    yes[late] = np.clip(yes[late] + moved, 0, drawn["valid"][late])
    truth = 200 * (yes - drawn["YES"])[late].sum() / drawn["valid"].sum()
    drawn |= {"YES": yes, "NO": drawn["valid"] - yes}
    returns = returns_of(make_returns, drawn)
    evidence = ask(returns, state(returns, early))
    found = by_quantity(evidence)
    assert found["prediction"].effect.value == pytest.approx(truth, abs=4 * 0.15 + 0.2)
    assert found["prediction"].effect.low < truth < found["prediction"].effect.high
    assert found["contrast"].log10_p < -10
    assert evidence.stations
    assert {score.row for score in evidence.stations} <= set(late.tolist())


def test_without_a_difference_p_is_uniform(make_returns: Make) -> None:
    rng = np.random.default_rng(5)
    found: dict[str, list[float]] = {"contrast": [], "change": []}
    tried = 80
    for seed in range(tried):
        drawn = votes(40, 5, rng)
        returns = returns_of(make_returns, drawn)
        # Three parts, and whole places as well as rooms are late: only inside a place is the order chance.
        lateness = rng.random(40)[drawn["place"]] + rng.random(len(drawn["place"]))
        first, second = np.flatnonzero(lateness < 0.8), np.flatnonzero(lateness < 1.3)
        params = Params(replicates=10, permutations=99)
        answers = by_quantity(
            ask(returns, state(returns, first), state(returns, second, 1), params=params, seed=seed)
        )
        for quantity, values in found.items():
            values.append(answers[quantity].p)
    for values in found.values():
        for level in (0.1, 0.3, 0.5, 0.8):
            error = 4 * np.sqrt(level * (1 - level) / tried)
            assert np.mean(np.array(values) <= level) == pytest.approx(level, abs=error)


def test_the_interval_covers_the_truth(make_returns: Make) -> None:
    rng = np.random.default_rng(6)
    covered, tried = 0, 60
    for seed in range(tried):
        drawn = votes(60, 6, rng)
        returns = returns_of(make_returns, drawn)
        effect = by_quantity(ask(returns, state(returns, by_place(rng, drawn)), seed=seed))["contrast"].effect
        covered += effect.low <= 0 <= effect.high
    # A percentile interval of 60 places covers a little less than 95 of 100.
    assert covered / tried == pytest.approx(0.94, abs=4 * np.sqrt(0.95 * 0.05 / tried))


def test_times_of_report_part_early_from_late(make_returns: Make) -> None:
    rng = np.random.default_rng(7)
    drawn = votes(100, 6, rng)
    returns = returns_of(make_returns, drawn)
    number = rng.permutation(len(returns))
    known = np.where(rng.random(len(returns)) < 0.1, None, number)
    table = returns.table.with_columns(pl.Series("reported", known.tolist(), dtype=pl.Int64))
    timed = replace(
        returns,
        table=table,
        extras=("reported",),
        columns={**returns.columns, "reported": Origin(("No.",), "said")},
    )
    found = by_quantity(ask(timed))
    n = int(sum(value is not None for value in known))
    assert found["prediction"].n == n
    assert f"the count held {round(0.8 * n):,} of {n:,} stations" in found["prediction"].statement
    assert found["change"].status == "tested"
    assert found["change"].p > 0.01


def test_a_jump_in_the_order_is_found_where_it_is(make_returns: Make) -> None:
    rng = np.random.default_rng(8)
    drawn = votes(150, 6, rng)
    number = rng.permutation(len(drawn["place"]))
    yes = np.clip(drawn["YES"] + 20 * (number >= 500), 0, drawn["valid"])
    returns = returns_of(make_returns, drawn | {"YES": yes, "NO": drawn["valid"] - yes})
    table = returns.table.with_columns(pl.Series("reported", number))
    found = by_quantity(ask(replace(returns, table=table, extras=("reported",))))["change"]
    assert found.p == pytest.approx(0.01)
    place = int(found.statement.split("farthest from 0 at ")[1].split(":")[0])
    assert place == pytest.approx(499, abs=30)
    assert found.effect.value > 0


@pytest.mark.parametrize(
    ("early", "words"),
    [
        (range(1200), "no moment of the count parts early stations from late ones"),
        (range(0), "no moment of the count parts early stations from late ones"),
        (range(600), "5 places with early and late stations are needed, and there are none"),
    ],
)
def test_what_cannot_be_compared_is_said(make_returns: Make, early: range, words: str) -> None:
    returns = returns_of(make_returns, votes(200, 6, np.random.default_rng(1)))
    (answer,) = ask(returns, state(returns, np.array(early, dtype=np.int64))).measurements
    assert answer.status == "not testable"
    assert words in answer.reason


def test_unknown_levels_and_places_of_one_room(make_returns: Make) -> None:
    returns = returns_of(make_returns, votes(20, 4, np.random.default_rng(1)))
    (answer,) = ask(returns, state(returns, np.arange(30)), params=Params(levels=("village",))).measurements
    assert "no area column is called 'village'; there are district and place" in answer.reason
    bare = make_returns({"YES": [3, 4], "NO": [5, 6]}, OPTIONS)
    (answer,) = ask(bare, state(bare, np.array([0]))).measurements
    assert "name no areas" in answer.reason


def test_a_late_place_takes_the_lead_of_the_area_around_it() -> None:
    # Three places of one district, the last without an early room; and a place elsewhere, late and alone.
    lead = np.array([10.0, -20, 40, 90, 7])
    early = np.array([True, True, False, False, True])
    places = Places(lead, np.full(5, 100.0), early, (np.array([0, 0, 0, 1, 2]), np.array([0, 1, 2, 3, 4])))
    whole = np.ones((1, 5))
    late = places.expected(whole)[0]
    assert late[2] == pytest.approx((10 - 20) / 2)
    assert late[3] == pytest.approx((10 - 20 + 7) / 3)
    assert places.beyond(whole)[0] == pytest.approx((40 + 5 + 90 + 1) / 5)


def test_a_room_that_is_said_to_be_nowhere_is_a_place_of_its_own() -> None:
    codes = np.array([0, 0, -1, -1])
    places = Places(
        np.array([1.0, 2, 3, 4]), np.full(4, 10.0), np.array([True, False, True, False]), (codes,)
    )
    assert places.n == 3
    assert places.both.sum() == 1
