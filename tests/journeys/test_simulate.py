"""A vote that did not happen, from the recipe to the dossier."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_shipped_recipe_becomes_a_table_and_the_truth(call, tmp_path: Path) -> None:
    out = tmp_path / "votes.csv"
    ended = call("simulate", "stuffing", "--out", out)
    assert ended.code == 0
    assert "simulated" in ended.out
    votes, truth = rows(out), rows(tmp_path / "votes.truth.csv")
    assert len(votes) == len(truth) == 3000
    added = [int(held["Yes"]) - int(true["true Yes"]) for held, true in zip(votes, truth, strict=True)]
    stuffed = [true["done: stuffing"] == "true" for true in truth]
    assert sum(stuffed) == 300
    assert sum(added) > 0
    assert not any(more for more, done in zip(added, stuffed, strict=True) if not done)


def test_on_a_real_table_its_stations_are_kept(call, tmp_path: Path, marenna: Path) -> None:
    out = tmp_path / "votes.parquet"
    assert (
        call(
            "simulate", "fair", "--on", marenna / "stations.csv", "--favoured", "No", "--out", out, "-q"
        ).code
        == 0
    )
    assert call("read", out, "--write", tmp_path / "again.csv").code == 0
    again, true = rows(tmp_path / "again.csv"), rows(marenna / "stations.csv")
    assert [row["registered"] for row in again] == [row["Registered voters"] for row in true]
    assert [row["cast"] for row in again] != [row["Ballots in the box"] for row in true]


def test_rows_that_cannot_be_true_are_left_empty_and_counted(call, tmp_path: Path, marenna: Path) -> None:
    table = tmp_path / "stations.csv"
    lines = (marenna / "stations.csv").read_text("utf-8").splitlines()
    place = lines[0].split(",").index("Ballots in the box")
    wrong = lines[5].split(",")
    wrong[place] = "9999"
    lines[5] = ",".join(wrong)
    table.write_text("\n".join(lines) + "\n", "utf-8")
    out = tmp_path / "votes.csv"
    ended = call("simulate", "fair", "--on", table, "--out", out)
    assert ended.code == 0
    assert "1 row stands in it without figures" in ended.out
    assert [row["cast"] for row in rows(out)].count("") == 1


def test_the_same_seed_writes_the_same_bytes(call, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert call("simulate", "targets", "--seed", 7, "--out", tmp_path / f"{name}.csv", "-q").code == 0
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert (tmp_path / "one.truth.csv").read_bytes() == (tmp_path / "two.truth.csv").read_bytes()


def test_the_vote_under_guns_goes_all_the_way_to_a_dossier(call, tmp_path: Path) -> None:
    """What figures can show is found, and that nobody was free is said to be beyond them."""
    out = tmp_path / "votes.csv"
    assert call("simulate", "at-gunpoint", "--out", out, "-q").code == 0
    assert call("examine", out, tmp_path / "votes.totals.csv", "--out", tmp_path / "d", "-q").code == 0
    dossier = json.loads((tmp_path / "d" / "dossier.json").read_text("utf-8"))
    grades = {(f["method"], f["scope"]["level"]): f["grade"] for f in dossier["findings"] if f["grade"]}
    assert "strong" in {grade for (method, _), grade in grades.items() if method == "integer-percentages"}
    assert any(
        "no test of figures can tell whether voters were free" in s for s in dossier["reading"]["sentences"]
    )


def test_what_was_rewritten_after_the_forms_comes_with_copies_that_show_it(call, tmp_path: Path) -> None:
    out = tmp_path / "votes.csv"
    ended = call("simulate", "rewritten", "--out", out)
    assert "--copies" in ended.out
    copies, truth = (rows(tmp_path / f"votes.{name}.csv") for name in ("copies", "truth"))
    signed = {row["station"]: row["signed Yes"] for row in truth}
    assert all(row["signed Yes"] == row["true Yes"] for row in truth)
    same = sum(row["Yes"] == signed[row["station"]] for row in copies)
    assert 0.85 * len(copies) < same < len(copies) == 600
    given = out, tmp_path / "votes.totals.csv", "--copies", tmp_path / "votes.copies.csv"
    asked = "--methods", "copies,sources", "--out", tmp_path / "d", "-q"
    assert call("examine", *given, *asked).code == 0
    dossier = json.loads((tmp_path / "d" / "dossier.json").read_text("utf-8"))
    above = {"notable", "strong", "contradiction"}
    named = {f["quantity"] for f in dossier["findings"] if f["grade"] in above}
    assert named == {"direction of differences", "sum of differences", "published"}


def test_recipes_are_listed_and_a_wrong_name_says_what_there_is(call, tmp_path: Path) -> None:
    listed = call("simulate", "--list")
    assert "stuffing" in listed.out
    assert "coercion" in listed.out
    wrong = call("simulate", "stufing", "--out", tmp_path / "votes.csv")
    assert wrong.code == 2
    assert "simulate --list" in wrong.err


@pytest.mark.parametrize("name", ["votes.xlsx", "votes", "no/such/folder/votes.csv"])
def test_a_place_that_cannot_be_written_to_is_a_message(call, tmp_path: Path, name: str) -> None:
    ended = call("simulate", "fair", "--out", tmp_path / name)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_a_table_without_votes_is_a_message(call, tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    table.write_text("place,people\nGostel,3\nMarrant,4\n", "utf-8")
    ended = call("simulate", "fair", "--on", table, "--out", tmp_path / "votes.csv")
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_what_lies_beside_a_simulated_vote_is_not_written_over_it_either(
    call, tmp_path: Path, marenna: Path
) -> None:
    table = tmp_path / "votes.truth.csv"
    table.write_bytes((marenna / "stations.csv").read_bytes())
    ended = call("simulate", "fair", "--on", table, "--out", tmp_path / "votes.csv")
    assert ended.code == 2
    assert table.read_bytes() == (marenna / "stations.csv").read_bytes()


def test_the_table_that_a_vote_is_held_on_is_not_written_over(call, tmp_path: Path, marenna: Path) -> None:
    table = tmp_path / "stations.csv"
    table.write_bytes((marenna / "stations.csv").read_bytes())
    ended = call("simulate", "fair", "--on", table, "--out", tmp_path / "." / "stations.csv")
    assert ended.code == 2
    assert "written over" in ended.err
    assert table.read_bytes() == (marenna / "stations.csv").read_bytes()
