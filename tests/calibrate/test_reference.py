"""The reference votes: equal to the published calibration table, and what is computed from them."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from plebiscope.calibrate.reference import at_most, clean_range, false_alarm, own, small, votes
from plebiscope.intake.read import read
from plebiscope.methods.anomalous_votes import METHOD
from plebiscope.model.case import Contest
from plebiscope.model.finding import FalseAlarm
from plebiscope.model.method import Subject


def test_no_reference_vote_reached_the_level_of_a_strong_finding() -> None:
    alarm = false_alarm("integer-percentages", 0.001)
    assert alarm is not None
    # 14 votes carry z-values and were not annulled: four Taiwanese, Canada and nine others, one each.
    assert (alarm.rate, alarm.n) == (0.0, 14)
    assert small(alarm)


def test_the_largest_clean_departure_is_named_at_five_per_cent() -> None:
    # Venezuela's collected tallies, share, z = 2.47: one-sided p .0068, doubled for two quantities .0135.
    # It is the only one: the next, Canada's 2.22, is .0132 and tripled .040 - which also counts.
    alarm = false_alarm("integer-percentages", 0.05)
    assert alarm is not None
    assert round(alarm.rate * alarm.n) == 2
    assert not small(alarm)


def test_a_vote_is_no_yardstick_for_itself() -> None:
    itself = Contest(id="v", name="Presidente", country="Venezuela", date=dt.date(2024, 7, 28))
    (name,) = own(itself)
    assert name.startswith("Venezuela 2024")
    alarm = false_alarm("integer-percentages", 0.05, own(itself))
    assert alarm is not None
    assert (round(alarm.rate * alarm.n), alarm.n) == (1, 13)
    assert "this vote left out" in alarm.on
    assert (
        clean_range("anomalous-votes", own(itself))[0].low == -10.5
    )  # Poland's, and no longer its own -13.0
    assert own(itself.model_copy(update={"date": dt.date(2018, 5, 20)})) == ()
    assert own(itself.model_copy(update={"country": None})) == ()


def test_counted_votes_do_not_look_computed_from_percentages() -> None:
    alarm = false_alarm("totals", 0.001)
    assert alarm is not None
    assert (alarm.rate, alarm.n) == (0.0, 12)
    assert small(alarm)
    # p is at most uniform, so of 12 counted votes one below 5 % is likely and three are not.
    at_five = false_alarm("totals", 0.05)
    assert at_five is not None
    assert round(at_five.rate * at_five.n) <= 2


def test_methods_that_were_never_run_on_reference_votes_have_no_rate() -> None:
    assert false_alarm("near-unanimity", 0.001) is None
    assert clean_range("near-unanimity") == ()
    assert not small(None)


def test_clean_votes_alone_make_anomalous_votes_between_these() -> None:
    cores, automatic, slope = clean_range("anomalous-votes")
    assert (automatic.low, automatic.high, automatic.n) == (-8.3, 19.1, 16)
    assert (cores.low, cores.high, cores.n) == (-13.0, 23.5, 10)
    assert (slope.low, slope.high) == (-0.327, 0.472)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "vote"),
    [
        ("taiwan-2018-referendum-q16/rfprof.csv", "Taiwan 2018, referendum question 16"),
        ("serbia/izbori.csv", "Serbia 2020, parliament"),
        ("uganda-2011/2011_Pres_Pstn.csv", "Uganda 2011, president"),
        ("bolivia-2019/final_computo.zip", "Bolivia 2019, president"),
        ("venezuela-2024/RESULTADOS_2024_CSV_V1.csv", "Venezuela 2024"),
    ],
)
def test_the_listed_range_of_cores_is_what_the_method_gives(shared: Path, file: str, vote: str) -> None:
    returns = read([shared / "data" / file], "vote").returns
    subject = Subject(Contest(id="vote", name=vote), returns, ())
    evidence = METHOD.measure(subject, METHOD.params(), np.random.default_rng(0))
    effects = (evidence.measurements[0].effect, *evidence.measurements[0].effects)
    (found,) = [
        e for e in effects if e is not None and e.name == "anomalous votes" and e.unit.startswith("per cent")
    ]
    (listed,) = [one["options"][0]["cores"] for one in votes() if one["name"].startswith(vote)]
    assert [found.low, found.high] == pytest.approx(listed, abs=0.0501)


def test_a_rate_seen_on_too_few_votes_is_not_known() -> None:
    assert not small(FalseAlarm(rate=0, n=9, on="nine votes"))
    assert small(FalseAlarm(rate=0, n=10, on="ten votes"))
    assert not small(FalseAlarm(rate=0.06, n=100, on="hundred votes"))


@pytest.mark.parametrize(("count", "n"), [(0, 14), (1, 14), (3, 40), (5, 5)])
def test_bounds_are_clopper_and_pearsons(count: int, n: int) -> None:
    alarm = FalseAlarm(rate=count / n, n=n, on="x")
    expected = binomtest(count, n).proportion_ci(0.90, "exact")
    assert at_most(alarm) == pytest.approx(expected.high)


@pytest.mark.shared
def test_listed_figures_are_those_of_the_calibration_table_12_2(shared: Path) -> None:
    values = json.loads((shared / "methods_check_values.json").read_text("utf-8"))
    table = values["multi_country_calibration"]
    expected = sorted(
        (row[0], row[1], row[5]) for name, row in table.items() if name not in {"fields", "note"}
    )
    floor = values["shpilkin_1d_auto"]["clean_noise_floor"]
    listed = [option for vote in votes() for option in vote["options"]]
    canada = next(vote for vote in votes() if vote["country"] == "Canada")["options"][0]
    control = values["integer_test_clean_controls"]["Canada2011_CPC"]
    assert [canada["integer_z"][name] for name in ("turnout", "share", "either")] == [
        control[name][-1] for name in ("turnout", "result", "union")
    ]
    found = sorted(
        (option["integer_z"]["turnout"], option["integer_z"]["share"], option["anomalous"])
        for option in listed
        if "integer_z" in option and option is not canada
    )
    assert found == expected
    others = [option["anomalous"] for option in listed if option is canada or "integer_z" not in option]
    assert sorted(others) == sorted(row[-1] for row in floor.values())


@pytest.mark.shared
def test_listed_counts_are_those_announced(shared: Path) -> None:
    with (shared / "totals" / "totals.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    listed = {vote["name"]: vote["counts"] for vote in votes() if "counts" in vote}
    for case, name in [
        ("brexit-2016", "United Kingdom 2016, referendum on the European Union"),
        ("switzerland-2014-02-09", "Switzerland 2014, initiative against mass immigration"),
        ("switzerland-2021-06-13-covid", "Switzerland 2021, Covid-19 act"),
    ]:
        announced = [int(row["votes"]) for row in rows if row["case_id"] == case]
        assert sorted(listed[name]["votes"]) == sorted(announced)
