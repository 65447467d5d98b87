"""Quorum, thresholds and the order of announcements, as a case says them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from plebiscope import study
from plebiscope.intake import cases, totals
from plebiscope.intake.case_file import TEMPLATE, Found
from plebiscope.model.case import Contest, Quorum, Threshold
from plebiscope.model.errors import InputError

CASE = """name = "V"
[[contest]]
id = "vote"
name = "V"
{}
[[contest.totals]]
source = "S"
date = 2030-01-02
bulletin = 2
registered = 1000
cast = 600
votes = {{ Yes = 400, No = 190 }}
"""


@pytest.fixture
def case(tmp_path: Path) -> Callable[[str], Found]:
    def made(rules: str) -> Found:
        path = tmp_path / "case.toml"
        path.write_text(CASE.format(rules), "utf-8")
        return cases.gather([path])

    return made


def contest_of(found: Found) -> Contest:
    (contest,) = found.case.contests
    return contest


def test_quorum_and_thresholds_are_read(case: Callable[[str], Found]) -> None:
    found = contest_of(case('quorum = { of = "registered", per_cent = 33.3, counts = "valid" }'))
    assert found.quorum == Quorum(per_cent=Decimal("33.3"), counts="valid")
    one = contest_of(
        case('threshold = { option = "yes", of = "registered", per_cent = 25, more_than = false }')
    )
    several = contest_of(case('threshold = [{ per_cent = 50 }, { per_cent = 25, of = "registered" }]'))
    assert one.threshold == (Threshold(option="yes", of="registered", per_cent=25, more_than=False),)
    assert [rule.of for rule in several.threshold] == ["valid", "registered"]
    assert contest_of(case("")).threshold == ()


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ("quorum = 50", "quorum"),
        ("quorum = { per_cent = 0 }", "quorum.per_cent"),
        ("quorum = { per_cent = 101 }", "quorum.per_cent"),
        ('quorum = { per_cent = 50, of = "valid" }', "quorum.of"),
        ('quorum = { per_cent = 50, counts = "votes" }', "quorum.counts"),
        ("quorum = { percent = 50 }", "quorum.per"),
        ("threshold = 60", "threshold"),
        ("threshold = { per_cent = nan }", "threshold.0.per_cent"),
        ("threshold = { per_cent = -5 }", "threshold.0.per_cent"),
        ('threshold = { per_cent = 50, of = "everybody" }', "threshold.0.of"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(case: Callable[[str], Found], rules: str, place: str) -> None:
    with pytest.raises(InputError) as refused:
        case(rules)
    assert place in str(refused.value)


def test_the_option_of_a_threshold_must_be_among_those_counted(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(CASE.format('threshold = { option = "Perhaps", per_cent = 50 }'), "utf-8")
    with pytest.raises(InputError, match="'Perhaps'"):
        study.examine([path], methods=["margin"])
    path.write_text(CASE.format('threshold = { option = "YES", per_cent = 50, of = "cast" }'), "utf-8")
    dossier = study.examine([path], methods=["margin"]).dossier
    assert dossier.case.contests[0].threshold[0].option == "Yes"
    assert any("of 600 ballots cast; a threshold of more than 50" in f.sentence for f in dossier.findings)
    assert (dossier.totals[0].date, dossier.totals[0].bulletin) == (dt.date(2030, 1, 2), 2)


def test_the_template_with_its_rules_uncommented_is_read(case: Callable[[str], Found]) -> None:
    lines = [line for line in TEMPLATE.splitlines() if line.startswith(("# quorum", "# threshold"))]
    assert len(lines) == 2
    found = contest_of(case("\n".join(line.removeprefix("# ") for line in lines)))
    assert found.quorum is not None
    assert found.threshold[0].option == "Yes"


HEADER = "case_id,date,bulletin,option,votes,source\n"


def test_the_order_of_announcements_is_read_from_a_table() -> None:
    rows = "v,2030-01-01,1,Yes,10,S\nv,2030-01-01,1,No,5,S\nv,2030-01-02,2,Yes,20,S\n"
    found = totals.from_csv(HEADER + rows, "t.csv")
    assert [(one.date, one.bulletin, dict(one.votes)) for one in found] == [
        (dt.date(2030, 1, 1), 1, {"Yes": 10, "No": 5}),
        (dt.date(2030, 1, 2), 2, {"Yes": 20}),
    ]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("v,2 January,1,Yes,10,S", "date is"),
        ("v,2030-01-01,last,Yes,10,S", "bulletin is"),
        ("v,2030-01-01,0,Yes,10,S", "bulletin: "),
    ],
)
def test_a_wrong_date_or_number_of_a_bulletin_is_refused(row: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        totals.from_csv(f"{HEADER}{row}\n", "t.csv")


def test_bulletin_naught_is_refused() -> None:
    with pytest.raises(InputError, match="bulletin"):
        totals.from_dict({"bulletin": 0}, "t.toml")


@pytest.mark.parametrize(
    ("figures", "place"),
    [
        ({"votes": {"Yes": -5}}, "votes.Yes"),
        ({"votes": {"Yes": 10**13}}, "votes.Yes"),
        ({"votes": {"Yes": 10.5}}, "votes.Yes"),
        ({"votes": 600}, "votes"),
        ({"registered": -1}, "registered"),
        ({"cast": "many"}, "cast"),
        ({"shares": {"Yes": Decimal(-1)}}, "shares.Yes"),
        ({"shares": {"Yes": Decimal("NaN")}}, "shares.Yes"),
        ({"shares": {"Yes": Decimal("Infinity")}}, "shares.Yes"),
        ({"shares": {"Yes": Decimal("1E+999999")}}, "shares.Yes"),
        ({"shares": {"Yes": Decimal("0." + "1" * 5000)}}, "shares.Yes"),
        ({"turnout": Decimal("5000")}, "turnout"),
        ({"date": "yesterday"}, "date"),
        ({"ballots": 5}, "ballots"),
    ],
)
def test_a_figure_that_cannot_be_one_is_refused_with_its_place(
    figures: dict[str, object], place: str
) -> None:
    with pytest.raises(InputError) as refused:
        totals.from_dict(figures, "t.toml")
    assert str(refused.value).count(place) >= 1
    assert len(str(refused.value)) < 600
