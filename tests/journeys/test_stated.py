"""Figures that reports state: from the text to the totals and beside the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plebiscope import study
from plebiscope.dossier.aside import compared
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.stored import to_json

TABLE = """Region,Place,Registered,Cast,Valid,Invalid,Yes,No
Gostel,Gostel,1000,620,610,10,500,110
Gostel,Keldale,1000,606,600,6,480,120
Marrant,Marrant town,1000,970,965,5,900,65
Marrant,Keldale,1000,941,940,1,850,90
"""


def examined(folder: Path, text: str, table: str | None = TABLE) -> Dossier:
    (folder / "r.txt").write_text("---\ndate: 2031-09-16\n---\n" + text, encoding="utf-8")
    paths = [folder / "r.txt"]
    if table is not None:
        (folder / "results.csv").write_text(table, encoding="utf-8")
        paths.append(folder / "results.csv")
    return study.examine(paths, methods=["totals", "sources"]).dossier


def only(folder: Path, text: str, table: str | None = TABLE) -> dict[str, Any]:
    (record,) = json.loads(to_json(examined(folder, text, table)))["stated"]
    found: dict[str, Any] = record
    return found


def test_a_turnout_that_the_table_does_not_give(tmp_path: Path) -> None:
    found = only(
        tmp_path, "The commission said that turnout in the Marrant region was 97 per cent in the vote."
    )
    assert (found["agrees"], found["rows"]) == (False, 2)
    assert found["table"] == pytest.approx(100 * 1911 / 2000)
    assert "97\N{NO-BREAK SPACE}%" in found["sentence"]
    assert "95.6" in found["sentence"]


@pytest.mark.parametrize(
    ("said", "agrees"),
    [("95.6", True), ("95.5", True), ("95.4", False), ("96", True), ("95", True), ("94", False)],
)
def test_rounding_and_cutting_off_are_no_difference(tmp_path: Path, said: str, agrees: bool) -> None:
    """The table gives 95.55."""
    text = f"The commission said that turnout in the Marrant region was {said} per cent in the vote."
    assert only(tmp_path, text)["agrees"] is agrees


def test_a_share_is_held_against_the_base_that_comes_closest(tmp_path: Path) -> None:
    text = "The commission said that 87.6 per cent had voted in favour, and that it was glad."
    found = only(tmp_path, text)
    assert found["of"] == "valid"
    assert found["agrees"] is True
    assert found["table"] == pytest.approx(100 * 2730 / 3115)


def test_two_places_of_one_name_are_not_chosen_between(tmp_path: Path) -> None:
    table = TABLE.replace("Region,Place", "Region,District").replace("Registered", "Station,Registered")
    rows = [line.split(",") for line in table.splitlines()]
    table = "\n".join(
        ",".join([*row[:2], *([] if number == 0 else [str(number)]), *row[2:]])
        for number, row in enumerate(rows)
    )
    found = only(tmp_path, "The commission said that turnout in Keldale was 97 per cent in the vote.", table)
    assert found["agrees"] is None
    assert "2 places of that name" in found["sentence"]


def test_a_place_that_the_table_spells_otherwise(tmp_path: Path) -> None:
    table = TABLE.replace("\nGostel,", "\nZaporizhzhia,")
    found = only(
        tmp_path, "The commission said that turnout in the Zaporizhia region was 62 per cent.", table
    )
    assert (found["rows"], found["place"]) == (2, "Region Zaporizhzhia")


def test_a_place_that_is_not_in_the_table(tmp_path: Path) -> None:
    found = only(tmp_path, "The commission said that turnout in Bresk was 97 per cent in the vote.")
    assert (found["agrees"], found["table"]) == (None, None)


def test_without_a_table_it_is_an_announcement_alone(tmp_path: Path) -> None:
    made = examined(
        tmp_path,
        "The commission said that turnout was 97 per cent. It said that 1.2m of 1.5m voters had come to the vote.",
        None,
    )
    (totals,) = made.totals
    assert (totals.announced.turnout, totals.report) == ("97", "r.txt")
    assert {name: one.unit for name, one in totals.rounded.items()} == {
        "cast": 100_000,
        "registered": 100_000,
    }
    turnout = next(one for one in made.findings if one.method == "totals" and one.quantity == "turnout")
    assert turnout.contradiction is True  # 1.25m of 1.45m are 86 per cent, with digits cut off 1.3m are 90
    assert "stated in r.txt" in totals.source


def test_round_counts_that_fit_a_turnout(tmp_path: Path) -> None:
    made = examined(
        tmp_path,
        "The commission said that turnout was 80 per cent. It said that 1.2m of 1.5m voters had come to the vote.",
        None,
    )
    turnout = next(one for one in made.findings if one.method == "totals" and one.quantity == "turnout")
    assert turnout.contradiction is False


def test_polls_and_forecasts_are_no_totals(tmp_path: Path) -> None:
    made = examined(
        tmp_path,
        "An exit poll gave the union 61 per cent of the vote. The commission expects a turnout of 70 per cent.",
        None,
    )
    assert (made.totals, made.stated) == ((), ())
    assert made.conduct is not None
    assert [one.basis for one in made.conduct.figures] == ["poll", "forecast"]


def test_a_hedged_figure_is_compared_and_not_tested(tmp_path: Path) -> None:
    made = examined(tmp_path, "The commission said that nearly 79 per cent of voters took part in the vote.")
    assert made.totals == ()
    assert [one.agrees for one in made.stated] == [True]


def test_a_report_that_could_mean_two_contests(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("The commission said that turnout was 97 per cent in the vote.", "utf-8")
    (tmp_path / "a.csv").write_text(TABLE, "utf-8")
    (tmp_path / "b.csv").write_text(TABLE.replace("Yes,No", "Hollin,Torvik"), "utf-8")
    case = """name = "Two votes"
reports = ["r.txt"]
[[contest]]
id = "a"
name = "Referendum in Gostel"
results = ["a.csv"]
[[contest]]
id = "b"
name = "Election in Bresk"
results = ["b.csv"]
"""
    (tmp_path / "case.toml").write_text(case, "utf-8")

    def stated() -> Any:
        return study.examine(tmp_path, methods=["totals"]).dossier.stated

    (found,) = stated()
    assert found.contest is None
    (tmp_path / "r.txt").write_text(
        "The commission said that turnout in Bresk was 97 per cent in the vote.", "utf-8"
    )
    (found,) = stated()
    assert found.contest == "b"
    (tmp_path / "r.txt").write_text("The board said that Ana Torvik won 97 per cent of the vote.", "utf-8")
    (found,) = stated()
    assert found.contest == "b"


def test_the_name_of_a_report_may_hold_a_semicolon(tmp_path: Path) -> None:
    (tmp_path / "one; the other.txt").write_text(
        "The commission said that turnout in the Marrant region was 97 per cent in the vote.",
        encoding="utf-8",
    )
    (tmp_path / "results.csv").write_text(TABLE, encoding="utf-8")
    paths = [tmp_path / "one; the other.txt", tmp_path / "results.csv"]
    dossier = study.examine(paths, methods=["totals", "sources"]).dossier
    assert dossier.conduct is not None
    told = compared(dossier.stated, dossier.conduct.figures)
    assert told[0].startswith("the table gives 95.6")
