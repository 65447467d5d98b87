"""The reference votes: equal to the published calibration table, and what is computed from them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from scipy.stats import binomtest

from plebiscope.calibrate.reference import at_least, at_most, clean_range, false_alarm, large, small, votes
from plebiscope.model.finding import FalseAlarm


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
    assert not large(alarm)  # 2 of 14 is also what a rate of 5 % gives now and then


def test_counted_votes_do_not_look_computed_from_percentages() -> None:
    alarm = false_alarm("totals", 0.001)
    assert alarm is not None
    assert (alarm.rate, alarm.n) == (0.0, 12)
    assert small(alarm)
    # p is at most uniform: of 12 counted votes at most a few are below 5 %.
    assert not large(false_alarm("totals", 0.05))


def test_methods_that_were_never_run_on_reference_votes_have_no_rate() -> None:
    assert false_alarm("near-unanimity", 0.001) is None
    assert clean_range("near-unanimity") is None
    assert not small(None)


def test_clean_votes_alone_make_anomalous_votes_between_these() -> None:
    span = clean_range("anomalous-votes")
    assert span is not None
    assert (span.low, span.high) == (-8.3, 19.1)
    assert span.n == 16


def test_a_rate_seen_on_too_few_votes_is_not_known() -> None:
    assert not small(FalseAlarm(rate=0, n=9, on="nine votes"))
    assert small(FalseAlarm(rate=0, n=10, on="ten votes"))
    assert not small(FalseAlarm(rate=0.06, n=100, on="hundred votes"))
    assert not large(FalseAlarm(rate=0.06, n=100, on="hundred votes"))
    assert large(FalseAlarm(rate=0.15, n=100, on="hundred votes"))


@pytest.mark.parametrize(("count", "n"), [(0, 14), (1, 14), (3, 40), (5, 5)])
def test_bounds_are_clopper_and_pearsons(count: int, n: int) -> None:
    alarm = FalseAlarm(rate=count / n, n=n, on="x")
    expected = binomtest(count, n).proportion_ci(0.90, "exact")
    assert at_most(alarm) == pytest.approx(expected.high)
    assert at_least(alarm) == pytest.approx(expected.low)


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
