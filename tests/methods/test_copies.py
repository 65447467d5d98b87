"""Two records of a station are compared figure by figure; what differs is listed, and who errs is left open."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from plebiscope.evidence.slips import EXCHANGED, ONE_DIGIT, OTHER, SWAPPED
from plebiscope.methods.copies import METHOD, Params, measure
from plebiscope.model.beside import Copies, Match
from plebiscope.model.case import Contest, CopyKind
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Subject, lacking
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]
OPTIONS = ["YES", "NO"]


def votes(stations: int, seed: int = 1) -> dict[str, list[object]]:
    rng = np.random.default_rng(seed)
    registered = rng.integers(400, 2500, stations)
    valid = rng.binomial(registered, 0.6)
    yes = rng.binomial(valid, 0.55)
    return {
        "region": [f"region {i % 12}" for i in range(stations)],
        "registered": registered.tolist(),
        "YES": yes.tolist(),
        "NO": (valid - yes).tolist(),
    }


def copies_of(
    returns: Returns, rows: list[int], kind: CopyKind = "protocols", **changed: list[int]
) -> Copies:
    """Copy some rows; ``changed`` gives what is added to the figures in the copies, by column."""
    table = returns.table[rows].with_columns(pl.col(name) + pl.Series(by) for name, by in changed.items())
    small = Returns(
        returns.contest,
        returns.level,
        table,
        returns.areas,
        returns.options,
        returns.columns,
        returns.accounting,
    )
    return Copies("observers", kind, small, Match(np.array(rows, dtype=np.int64), {}, "station"))


def ask(returns: Returns, *copies: Copies, favoured: str | None = "YES") -> Evidence:
    contest = Contest(id="vote", name="Vote", favoured=favoured)
    return measure(Subject(contest, returns, (), copies), Params(), np.random.default_rng(1))


def by_id(evidence: Evidence, number: int = 1) -> dict[str, Measurement]:
    start = f"vote/copies/{number}/"
    return {m.id.removeprefix(start): m for m in evidence.measurements if m.id.startswith(start)}


def named(measurement: Measurement, name: str) -> float | None:
    (found,) = [one.value for one in (measurement.effect, *measurement.effects) if one and one.name == name]
    return found


def test_copies_that_say_the_same_differ_in_nothing(make_returns: Make) -> None:
    returns = make_returns(votes(50), OPTIONS, ["region"])
    evidence = ask(returns, copies_of(returns, list(range(0, 50, 2))))
    found = by_id(evidence)
    assert (found["matched"].observed, found["matched"].n) == (25, 25)
    assert (found["differences"].observed, found["differences"].unexplained) == (0, False)
    assert "differs from “observers” in none of 25 stations" in found["differences"].statement
    assert found["direction"].status == "not testable"
    assert "kinds" not in found
    assert evidence.stations == ()
    assert not any(m.contradiction for m in evidence.measurements)


def test_every_difference_is_listed_with_both_numbers_and_added_up(make_returns: Make) -> None:
    returns = make_returns(votes(50), OPTIONS, ["region"])
    rows = list(range(10, 20))
    by = [0, -40, 0, 0, 25, 0, 0, 0, -1, 0]
    evidence = ask(returns, copies_of(returns, rows, YES=by, registered=[0] * 9 + [300]))
    found = by_id(evidence)["differences"]
    assert (found.n, found.observed, found.unexplained, found.contradiction) == (10, 4, True, False)
    assert named(found, "votes for “YES”, official less copy") == 16
    assert named(found, "registered voters, official less copy") == -300
    assert named(found, "lead of “YES” over “NO”, official less copy") == 16
    assert "not which of them is right" in found.statement
    reasons = {score.row: score.reason for score in evidence.stations}
    assert set(reasons) == {11, 14, 18, 19}
    for row, added in ((11, -40), (14, 25), (18, -1)):
        official = returns.table["YES"][row]
        assert f"{official:,} officially, {official + added:,} in the copy" in reasons[row]
    assert all(score.bits > np.log2(10) for score in evidence.stations)  # or it would not be listed


def test_the_lead_is_that_over_the_nearest_rival(make_returns: Make) -> None:
    columns = votes(40) | {"THIRD": [5] * 40}
    returns = make_returns(columns, ["THIRD", *OPTIONS], ["region"])
    copy = copies_of(returns, [0, 1, 2], NO=[7, 0, 0], THIRD=[0, 9, 0])
    assert named(by_id(ask(returns, copy))["differences"], "lead of “YES” over “NO”, official less copy") == 7


@pytest.mark.parametrize("sign", [1, -1])
def test_differences_that_point_one_way_are_no_chance(make_returns: Make, sign: int) -> None:
    returns = make_returns(votes(300), OPTIONS, ["region"])
    sizes = np.random.default_rng(4).integers(5, 60, 80)
    wrong = np.arange(80) % 16 == 0  # five of eighty point the other way
    by = (-sign * np.where(wrong, -sizes, sizes)).tolist()
    found = by_id(ask(returns, copies_of(returns, list(range(80)), YES=by)))
    direction = found["direction"]
    assert (direction.n, direction.observed) == (80, 75 if sign > 0 else 5)
    assert direction.p == pytest.approx(2 * binom.sf(74, 80, 0.5))
    assert direction.effect.value == sign * 35
    assert direction.effect.low < direction.effect.value < direction.effect.high
    assert direction.assumptions[0].state == "holds"  # twelve regions, all of one sign
    assert found["sum"].observed == sign * int(sizes[~wrong].sum() - sizes[wrong].sum())
    assert found["sum"].p < 1e-8


def test_one_clerk_is_not_twenty(make_returns: Make) -> None:
    returns = make_returns(votes(240), OPTIONS, ["region"])
    rng = np.random.default_rng(3)
    rows = list(range(240))
    by = np.where(np.arange(240) % 12 == 0, -30, 0) + (np.arange(240) % 40 == 5) * rng.choice([-9, 9], 240)
    found = by_id(ask(returns, copies_of(returns, rows, YES=by.tolist())))
    assert found["direction"].p < 0.05
    assert found["direction"].assumptions[0].state != "holds"


def test_errors_of_copying_are_named_no_oftener_than_the_tests_say(make_returns: Make) -> None:
    returns = make_returns(votes(60), OPTIONS, ["region"])
    rng = np.random.default_rng(20)
    draws, named_by = 600, {"direction": 0, "sum": 0}
    for _ in range(draws):
        by = rng.integers(1, 90, 40) * rng.choice([-1, 1], 40) * (rng.random(40) < 0.5)
        found = by_id(ask(returns, copies_of(returns, list(range(40)), YES=by.tolist())))
        for test in named_by:
            named_by[test] += (found[test].p or 1.0) <= 0.05
    # Three standard errors of 5 % of 600 draws are 16.
    assert all(count <= 46 for count in named_by.values())
    assert named_by["sum"] >= 14


def test_differences_are_put_into_kinds(make_returns: Make) -> None:
    columns = {"YES": [154, 300, 512, 700, 800], "NO": [90, 120, 33, 45, 66]}
    returns = make_returns(columns, OPTIONS)
    copy = copies_of(returns, [0, 1, 2, 3, 4], YES=[-9, 100, -479, -123, 0], NO=[0, 0, 479, 0, 0])
    found = by_id(ask(returns, copy))["kinds"]
    lead = ": official lead of “YES” over “NO”"
    assert (named(found, EXCHANGED + lead), named(found, ONE_DIGIT + lead)) == (9, -100)
    assert (named(found, SWAPPED + lead), named(found, OTHER + lead)) == (958, 123)


def test_what_was_done_in_belarus_in_2020_is_a_contradiction(make_returns: Make) -> None:
    """Methods 9.1: in 425 of 1,336 protocols more ballots were photographed than counted; the votes are invented."""
    rng = np.random.default_rng(2)
    official = rng.integers(40, 200, 1336)
    photographed = rng.binomial(official, 0.3)
    beyond = rng.choice(1336, 425, replace=False)
    photographed[beyond] = official[beyond] + rng.integers(1, 90, 425)
    returns = make_returns({"YES": rng.integers(600, 900, 1336).tolist(), "NO": official.tolist()}, OPTIONS)
    copy = copies_of(
        returns,
        list(range(1336)),
        "ballots",
        YES=(-returns.table["YES"]).to_list(),
        NO=(photographed - official).tolist(),
    )
    evidence = ask(returns, copy)
    found = by_id(evidence)["beyond"]
    assert (found.observed, found.n, found.contradiction) == (425, 1336, True)
    assert named(found, "votes for “NO” photographed beyond the official count") == int(
        (photographed - official)[beyond].sum()
    )
    part = 100 * (photographed - official)[beyond].sum() / official.sum()
    assert named(found, "ballots too many") == pytest.approx(
        part
    )  # what tells a slip from the vote as a whole
    assert {score.row for score in evidence.stations} == set(beyond.tolist())
    assert "425 of 1,336 stations" in found.statement


def test_fewer_photographs_than_votes_are_ordinary(make_returns: Make) -> None:
    returns = make_returns(votes(30), OPTIONS)
    found = by_id(ask(returns, copies_of(returns, [1, 2], "ballots", YES=[-100, 0], NO=[-5, -60])))
    assert (found["beyond"].observed, found["beyond"].contradiction) == (0, False)
    assert not {"differences", "direction", "kinds"} & set(found)


def test_stations_with_copies_are_compared_with_the_others(make_returns: Make) -> None:
    columns = {"YES": [60, 60, 50, 50], "NO": [40, 40, 50, 50]}
    returns = make_returns(columns, OPTIONS)
    found = by_id(ask(returns, copies_of(returns, [0, 1], "tally", YES=[-20, 0])))["selection"]
    assert found.effect.value == pytest.approx(10.0)
    assert named(found, "share of “YES”, official less copies") == pytest.approx(60.0 - 100 / 1.8)
    assert "no random sample" in found.statement
    assert found.describes
    drawn = by_id(ask(returns, copies_of(returns, [0, 1], "sample", YES=[-20, 0])))
    assert "drawn by chance" in drawn["selection"].statement
    assert "no random sample" not in drawn["selection"].statement
    assert drawn["matched"].describes
    every = by_id(ask(returns, copies_of(returns, [0, 1, 2, 3])))["selection"]
    assert (every.status, every.reason) == ("not testable", "every official row has a copy")


def test_figures_that_one_side_lacks_or_derives_are_not_compared(make_returns: Make) -> None:
    returns = make_returns(votes(6) | {"valid": [1] * 6}, OPTIONS, derived=["valid"])
    copy = copies_of(returns, [0, 1, 2], valid=[99, 99, 99])
    assert by_id(ask(returns, copy))["differences"].observed == 0
    missing = make_returns({"YES": [None, 5, 6], "NO": [1, None, None]}, OPTIONS)
    shifted = copies_of(missing, [0, 1, 2], YES=[1, 2, 0], NO=[0, 0, 0])
    found = by_id(ask(missing, shifted))["differences"]
    assert (found.n, found.observed) == (3, 1)


def test_copies_of_which_none_has_an_official_row_say_why(make_returns: Make) -> None:
    returns = make_returns(votes(6), OPTIONS)
    table = make_returns(votes(3), OPTIONS)
    lost = Match(np.full(3, -1), {"several official stations can be meant": np.arange(3)}, "station")
    evidence = ask(returns, Copies("observers", "protocols", table, lost))
    found = by_id(evidence)
    assert set(found) == {"matched", "differences"}
    assert "several official stations can be meant: 3 (“1”, “2” and “3”)" in found["matched"].statement
    assert found["differences"].status == "not testable"
    assert (evidence.figures, evidence.stations) == ((), ())


def test_sources_are_told_apart(make_returns: Make) -> None:
    returns = make_returns(votes(20), OPTIONS, ["region"])
    evidence = ask(
        returns, copies_of(returns, [3], YES=[5]), copies_of(returns, [3, 4], "ballots", YES=[1, -9])
    )
    assert by_id(evidence, 1)["differences"].observed == 1
    assert by_id(evidence, 2)["beyond"].observed == 1
    (score,) = evidence.stations
    assert score.reason.count("officially") == 2


def test_a_vote_with_one_option_or_no_leader_is_answered(make_returns: Make) -> None:
    one = make_returns({"YES": [10, 20], "cast": [15, 30]}, ["YES"])
    found = by_id(ask(one, copies_of(one, [0], YES=[3]), favoured=None))
    assert found["differences"].observed == 1
    assert "lead" not in found["differences"].statement
    assert "official number of votes for “YES” 3 votes smaller" in found["differences"].statement
    none = make_returns({"cast": [15, 30]}, [])
    found = by_id(ask(none, copies_of(none, [0], cast=[3]), favoured=None))
    assert "None" not in "".join(one.statement for one in found.values())
    assert found["differences"].observed == 1
    assert found["selection"].status == "not testable"


def test_without_copies_it_cannot_be_asked(make_returns: Make) -> None:
    returns = make_returns(votes(6), OPTIONS)
    assert lacking(METHOD, Subject(Contest(id="vote", name="Vote"), returns, ())) == ("copies",)
