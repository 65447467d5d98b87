"""The table of stations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import polars as pl
import pytest

from plebiscope.dossier.stations import (
    LEAST_BITS,
    SHOWN,
    contradicted,
    found,
    inspect,
    stations_table,
    strongest,
)
from plebiscope.dossier.weigh import Answer
from plebiscope.model.case import Contest
from plebiscope.model.finding import Finding, Grade, Scope
from plebiscope.model.method import Evidence, StationScore, Subject


@pytest.fixture(scope="module")
def parts(make_dossier: Callable[..., Any]) -> dict[str, Any]:
    return cast(Any, make_dossier).__globals__


def test_every_station_is_there_with_its_score_and_reasons(parts: dict[str, Any]) -> None:
    returns = parts["build_returns"](50)
    scores = (StationScore(3, 5.0, "first"), StationScore(3, 7.0, "stronger"), StationScore(9, 1.0, "a"))
    answers = [
        Answer(parts["INTEGER"], "vote", Evidence((), (), scores)),
        Answer(parts["NEAR"], "vote", Evidence((), (), (StationScore(3, 2.5, "near"),))),
    ]
    table = stations_table([Subject(Contest(id="vote", name="v"), returns, ())], answers)
    assert table.height == 50
    assert table.columns == ["contest", *returns.table.columns, "score", "reasons"]
    row = table.row(3, named=True)
    assert row["score"] == 9.5  # the stronger of the two, and one reason for each method
    assert row["reasons"] == ["stronger", "near"]
    assert table["score"].sum() == 10.5
    assert table["reasons"].list.len().sum() == 3


def test_contests_with_other_options_stand_in_one_table(parts: dict[str, Any]) -> None:
    one, two = parts["build_returns"](5), parts["build_returns"](4, contest="other")
    renamed = type(two)(
        **{**two.__dict__, "table": two.table.rename({"Yes": "For"}), "options": ("For", "No")}
    )
    subjects = [
        Subject(Contest(id="vote", name="v"), one, ()),
        Subject(Contest(id="other", name="o"), renamed, ()),
        Subject(Contest(id="none", name="n"), None, ()),
    ]
    table = stations_table(subjects, [])
    assert table["contest"].to_list() == ["vote"] * 5 + ["other"] * 4
    assert table["Yes"].null_count() == 4
    assert table["For"].dtype == pl.Int64


def test_no_station_is_an_empty_table() -> None:
    assert stations_table([Subject(Contest(id="vote", name="v"), None, ())], []).height == 0


def test_stations_named_by_a_contradiction_come_first(parts: dict[str, Any]) -> None:
    answers = [
        Answer(parts["PROTOCOL"], "vote", parts["protocol_evidence"]("vote")),
        Answer(parts["NEAR"], "vote", Evidence((), (), tuple(StationScore(i, 90.0, "n") for i in range(5)))),
    ]
    assert contradicted(answers) == {"vote": {3, 11}}
    assert [row for _, row, _, _ in inspect(answers, contradicted(answers), 4)] == [3, 11, 0, 1]
    assert len(strongest(answers)["vote"][3]) == 2


def graded(grade: Grade | None, area: str | None = None) -> Finding:
    return Finding(
        id=f"vote/{grade}/{area}",
        method="integer-percentages",
        contest="vote",
        scope=Scope() if area is None else Scope(level="area", area=area),
        quantity="share",
        tier="A",
        grade=grade,
        sentence="x",
    )


def test_only_stations_of_questions_that_found_something_are_listed(parts: dict[str, Any]) -> None:
    returns = parts["build_returns"](50)
    subject = Subject(Contest(id="vote", name="v"), returns, ())
    scores = tuple(StationScore(row, 5.0, "whole") for row in range(47))
    answers = [Answer(parts["INTEGER"], "vote", Evidence((), (), scores))]

    def listed(*findings: Finding) -> list[tuple[int, str]]:
        kept = found(answers, findings, [subject])
        return [(row, reasons[0]) for _, row, _, reasons in inspect(kept, {}, 100)]

    assert listed(graded("none")) == []
    assert listed(graded(None)) == []
    assert len(listed(graded("strong"))) == 47
    assert {reason for _, reason in listed(graded("display"))} == {"shown, not judged: whole"}
    area = returns.table["region"][0]
    inside = {row for row in range(47) if returns.table["region"][row] == area}
    assert {row for row, _ in listed(graded("none"), graded("notable", area))} == inside


def test_what_is_only_shown_comes_after_what_was_graded(parts: dict[str, Any]) -> None:
    scores = (StationScore(0, 400.0, SHOWN + "r"), StationScore(1, 5.0, "r"), StationScore(2, 6.0, "r"))
    answers = [Answer(parts["INTEGER"], "vote", Evidence((), (), scores))]
    assert [row for _, row, _, _ in inspect(answers, {}, 9)] == [2, 1, 0]


def test_what_chance_brings_in_one_station_of_ten_is_not_listed(parts: dict[str, Any]) -> None:
    scores = tuple(StationScore(row, bits, "r") for row, bits in enumerate((0.0, 3.0, LEAST_BITS + 0.01)))
    answers = [Answer(parts["INTEGER"], "vote", Evidence((), (), scores))]
    assert [row for _, row, _, _ in inspect(answers, {}, 9)] == [2]
    assert [row for _, row, _, _ in inspect(answers, {"vote": {0}}, 9)] == [0, 2]
