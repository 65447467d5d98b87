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
from plebiscope.methods.late_count.count import Count
from plebiscope.methods.late_count.hours import by_chance, by_hour, interval
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


def timed(make: Make, drawn: dict[str, np.ndarray], minutes: np.ndarray) -> Returns:
    """Give each room the minute of its report, counted from 18:00 of the day of the vote."""
    returns = returns_of(make, drawn)
    when = [dt.datetime(2030, 1, 1, 18) + dt.timedelta(minutes=int(one)) for one in minutes]
    table = returns.table.with_columns(pl.Series("reported", when, dtype=pl.Datetime("us")))
    return replace(returns, table=table, extras=("reported",))


def moved(drawn: dict[str, np.ndarray], by: np.ndarray) -> dict[str, np.ndarray]:
    """Let some votes for NO be votes for YES."""
    yes = np.clip(drawn["YES"] + by, 0, drawn["valid"])
    return drawn | {"YES": yes, "NO": drawn["valid"] - yes}


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


@pytest.mark.parametrize("number", [6, 12, 25])
def test_the_intervals_cover_the_truth(number: int) -> None:
    """Where places are few too, of which drawing them again would make the interval too narrow."""
    rng = np.random.default_rng(6)
    covered, tried = np.zeros(2), 300
    for _ in range(tried):
        drawn = votes(number, 6, rng)
        early = rng.random(len(drawn["place"])) < 0.6
        lead = (drawn["YES"] - drawn["NO"]).astype(float)
        codes = (drawn["place"] // 10, drawn["place"])
        places = Places(lead, drawn["valid"].astype(float), early, codes)
        beyond = float(places.beyond(np.ones((1, places.n)))[0])
        for at, (low, high) in enumerate(
            (places.contrast_interval(0.95), places.interval(beyond, 10, 0.95, rng))
        ):
            covered[at] += low <= 0 <= high
    assert covered.min() / tried >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / tried)


def test_no_number_of_votes_is_told_of_an_order_that_nobody_drew(make_returns: Make) -> None:
    rng = np.random.default_rng(16)
    drawn = votes(40, 5, rng)
    returns = returns_of(make_returns, drawn)
    early = state(returns, by_place(rng, drawn))
    found = by_quantity(ask(returns, early))
    assert found["prediction"].assumptions[0].state == "fails"
    assert found["contrast"].assumptions[0].state == "doubtful"
    subject = Subject(
        Contest(id="vote", name="Vote", favoured="YES", late_as_by_lot="rooms are dealt out by lot"),
        with_states(returns, (early,)),
        (),
        states=(early,),
    )
    stated = by_quantity(measure(subject, FEW, np.random.default_rng(1)))
    for quantity in ("prediction", "contrast"):
        assert stated[quantity].assumptions[0].state == "doubtful"
        assert "“rooms are dealt out by lot”" in stated[quantity].assumptions[0].how
    # Its number of votes may be told only where the contrast is named, and says what it is held against.
    (affected,) = stated["prediction"].affected
    assert affected.rests_on == (stated["contrast"].quantity,)
    assert affected.than.startswith("if late stations had voted like the early ones")


def test_a_single_unknown_number_of_voters_does_not_end_the_check(make_returns: Make) -> None:
    rng = np.random.default_rng(17)
    drawn = votes(100, 6, rng)
    early = rng.random(600) < 0.6
    returns = returns_of(make_returns, drawn)
    registered = np.where(early, 300, 600).tolist()
    registered[5] = None
    table = returns.table.with_columns(pl.Series("registered", registered, dtype=pl.Int64))
    returns = replace(returns, table=table, columns={**returns.columns, "registered": Origin(("R",), "said")})
    check = by_quantity(ask(returns, state(returns, np.flatnonzero(early))))["contrast"].assumptions
    (alike,) = [one for one in check if one.name.startswith("late stations of a place")]
    assert alike.state == "fails"
    assert "registered voters +" in alike.how


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
    assert f"Left out for want of a time: {len(known) - n:,} stations." in found["prediction"].statement
    states = {one.name: one.state for one in found["contrast"].assumptions}
    assert states["stations without a time of report are like the others"] == "doubtful"
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


def test_an_effect_of_the_hour_alone_is_no_difference_in_the_same_hour(make_returns: Make) -> None:
    rng = np.random.default_rng(11)
    p, covered, by_place_alone, tried = [], 0, [], 300
    for _ in range(tried):
        drawn = votes(30, 10, rng)
        # Four fifths are reported by about 21:28, in the middle of an hour.
        minutes = rng.integers(0, 260, len(drawn["place"]))
        # Every hour YES gains 8 points in what is then reported, so that late rooms do lie higher.
        returns = timed(make_returns, moved(drawn, 16 * (minutes // 60) - 24), minutes)
        count = Count(Subject(Contest(id="vote", name="Vote", favoured="YES"), returns, ()), Params())
        places = count.places(count.cut)
        by_place_alone.append(places.contrast(np.ones((1, places.n)))[0])
        cells, place = by_hour(count, places)
        p.append(by_chance(cells, "place and hour")["p"])
        low, high = interval(cells, place, 0.95)
        covered += low <= 0 <= high
    assert min(by_place_alone) > 10
    for level in (0.05, 0.1, 0.3, 0.5, 0.8):
        error = 4 * np.sqrt(level * (1 - level) / tried)
        assert np.mean(np.array(p) <= level) == pytest.approx(level, abs=error)
    assert covered / tried == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / tried))


def test_a_jump_inside_an_hour_is_found_with_its_size(make_returns: Make) -> None:
    rng = np.random.default_rng(12)
    drawn = votes(150, 10, rng)
    minutes = rng.integers(0, 240, len(drawn["place"]))
    cut = np.sort(minutes)[round(0.8 * len(minutes)) - 1]
    jump = 16 * (minutes // 60) - 24 + 16 * (minutes > cut)
    found = by_quantity(ask(timed(make_returns, moved(drawn, jump), minutes)))["same hour"]
    # 16 of 200 votes moved change the lead by 16 points. In the hour of the cut 300 late rooms with a scatter of
    # 9 points each stand against 75 early ones, place by place: an error of about 1.4 points.
    assert found.effect.value == pytest.approx(16, abs=4 * 1.4)
    assert found.effect.low < 16 < found.effect.high
    assert found.log10_p < -8
    # What takes part, counted here: rooms of one place and hour of which some are early and some late.
    place_of_hour = drawn["place"] * 24 + minutes // 60
    parting = np.intersect1d(place_of_hour[minutes <= cut], place_of_hour[minutes > cut])
    assert named(found, "hours of places with early and late stations") == len(parting)
    assert named(found, "places with such hours") == len(np.unique(parting // 24))
    assert found.n == named(found, "stations that take part") == np.isin(place_of_hour, parting).sum()


def test_the_same_hour_of_another_day_is_the_same_hour(make_returns: Make) -> None:
    rng = np.random.default_rng(13)
    drawn = votes(60, 6, rng)
    # Four rooms of each place report on the first evening, two on the second, at the same two hours.
    room = np.tile(np.arange(6), 60)
    minutes = 60 * (room % 2) + rng.integers(0, 60, len(room)) + 24 * 60 * (room >= 4)
    returns = timed(make_returns, drawn, minutes)
    found = by_quantity(ask(returns, params=replace(FEW, early_share=2 / 3)))["same hour"]
    assert named(found, "hours of places with early and late stations") == 2 * 60
    assert found.n == len(returns)


def test_few_choices_of_the_same_hour_are_counted_one_by_one() -> None:
    # Five places with two rooms each in one hour: one choice of 2**5 has all the higher rooms late.
    hours = Places(
        np.array([1.0, 20, 2, 30, 3, 40, 4, 50, 5, 60]),
        np.full(10, 100.0),
        np.tile([True, False], 5),
        (np.repeat(np.arange(5), 2),),
    )
    found = by_chance(hours, "place and hour")
    assert found["null"] == "exact"
    assert found["p"] == pytest.approx(2 / 2**5)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (None, "there are no times of reporting: the order of reporting is known, not the hours"),
        (24 * 60, "there are no times of reporting: all moments name the same time of day"),
        (60, "5 places with early and late stations of the same hour are needed, and there are none"),
    ],
)
def test_without_hours_the_same_hour_is_not_testable(
    make_returns: Make, minutes: int | None, words: str
) -> None:
    drawn = votes(40, 5, np.random.default_rng(14))
    room = np.tile(np.arange(5), 40)
    returns = timed(make_returns, drawn, room * (minutes or 1))
    if minutes is None:
        returns = replace(returns, table=returns.table.with_columns(pl.Series("reported", room)))
    answer = by_quantity(ask(returns))["same hour"]
    assert answer.status == "not testable"
    assert words in answer.reason


def test_states_of_the_count_tell_no_hours(make_returns: Make) -> None:
    rng = np.random.default_rng(15)
    drawn = votes(40, 5, rng)
    returns = returns_of(make_returns, drawn)
    answer = by_quantity(ask(returns, state(returns, by_place(rng, drawn))))["same hour"]
    assert answer.status == "not testable"
    assert "no times of reporting" in answer.reason


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


@pytest.mark.parametrize(("hour", "said"), [(0, "2030-01-02"), (21, "2030-01-02 21:00:00")])
def test_a_day_without_an_hour_is_named_as_a_day(make_returns: Make, hour: int, said: str) -> None:
    returns = returns_of(make_returns, votes(20, 4, np.random.default_rng(3)))
    states = (state(returns, np.arange(0, 80, 2), hour),)
    subject = Subject(
        Contest(id="vote", name="Vote", favoured="YES"), with_states(returns, states), (), states=states
    )
    assert Count(subject, Params()).moment(0) == said
