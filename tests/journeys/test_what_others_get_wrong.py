"""Faults met in existing tools, each turned into something that must not happen here."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import plebiscope

HEADER = "Region,Station,Registered voters,Ballots cast,Valid votes,Invalid votes,Yes,No\n"
ROWS = [
    (f"R{i % 2}", f"S{i}", 700 + 29 * i % 83, 400 + 31 * i % 71, 250 + 37 * i % 61, 90 + 17 * i % 23)
    for i in range(80)
]


def table(path: Path, rows: list[str] | None = None, header: str = HEADER) -> Path:
    lines = [
        f"{region},{station},{registered},{yes + no + 6},{yes + no},6,{yes},{no}\n"
        for region, station, registered, _, yes, no in ROWS
    ]
    path.write_text(header + "".join(lines) + "".join(rows or []), encoding="utf-8")
    return path


def test_a_missing_count_is_no_crash(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["R0,S80,650,NA,NA,NA,NA,NA\n", "R1,S81,,300,290,10,200,90\n"])
    examined = plebiscope.examine(path)
    assert examined.stations.height == 82
    assert not [f for f in examined.dossier.findings if f.status == "failed"]


def test_turnout_of_200_per_cent_is_not_accepted_silently(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["R0,S80,300,606,600,6,400,200\n"])
    dossier = plebiscope.examine(path).dossier
    over = [f for f in dossier.findings if f.method == "protocol" and f.id.endswith("cast-registered")]
    assert [(f.observed, f.grade) for f in over] == [(1, "display")]
    assert "need an explanation" in over[0].sentence
    named = {s.station: s.reasons for s in dossier.stations_to_inspect}
    assert "606" in " ".join(named["S80"])


def test_votes_above_ballots_are_a_contradiction(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["R0,S80,900,306,300,6,400,90\n"])
    dossier = plebiscope.examine(path).dossier
    assert "contradiction" in {f.grade for f in dossier.findings if f.method == "protocol"}
    assert dossier.reading.figures == "contradictory"


def test_negative_votes_are_quarantined(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["R0,S80,900,306,300,6,-10,310\n"])
    record = plebiscope.examine(path).dossier.returns[0]
    assert record.stations == 80
    assert record.quarantined == 1
    assert "negative" in record.quarantine_rows[0].reason


def test_doubled_rows_do_not_double_the_evidence(tmp_path: Path) -> None:
    once = plebiscope.examine(table(tmp_path / "once.csv")).dossier
    text = (tmp_path / "once.csv").read_text("utf-8")
    (tmp_path / "twice.csv").write_text(text + text.split("\n", 1)[1], encoding="utf-8")
    twice = plebiscope.examine(tmp_path / "twice.csv").dossier
    assert twice.returns[0].sums == once.returns[0].sums
    assert twice.returns[0].quarantined == 80
    assert "word for word" in twice.returns[0].quarantine_rows[0].reason


def test_a_count_of_100000_stays_that_number(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", ["R0,S80,250000,200006,200000,6,100000,100000\n"])
    said = plebiscope.read(path)
    assert said.returns.table.filter(pl.col("station") == "S80")["Yes"].to_list() == [100_000]
    assert said.returns.table.schema["Yes"] == pl.Int64
    # Written in the way in which statistics programs print it, it is the same count.
    text = path.read_text("utf-8").replace(",100000,100000\n", ",1e+05,1e+05\n")
    (tmp_path / "e.csv").write_text(text, encoding="utf-8")
    assert plebiscope.read(tmp_path / "e.csv").returns.digest == said.returns.digest


def test_a_misspelt_name_is_an_error_not_another_analysis(call, tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv")
    mapping = tmp_path / "m.toml"
    for text in (
        '[columns]\nareas = ["Regoin"]\n',
        '[columns]\nregisterd = "Registered voters"\n',
        'shet = "x"\n',
    ):
        mapping.write_text(text, encoding="utf-8")
        ended = call("examine", path, "--mapping", mapping, "--out", tmp_path / "out")
        assert ended.code == 2
    assert call("examine", path, "--favoured", "Yess", "--out", tmp_path / "out").code == 2
    assert call("examine", path, "--methods", "protocl", "--out", tmp_path / "out").code == 2


def test_what_fails_does_not_exit_with_0(call, tmp_path: Path) -> None:
    no_votes = tmp_path / "people.csv"
    no_votes.write_text("name,town\n" + "Ana,Boruna\nIlse,Keldale\n" * 20, encoding="utf-8")
    assert call("examine", no_votes, "--out", tmp_path / "out").code == 2
    assert not (tmp_path / "out").exists()


def test_a_handful_of_stations_gets_no_number(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        HEADER + "R0,A,500,306,300,6,200,100\nR0,B,480,256,250,6,150,100\nR1,C,470,246,240,6,140,100\n",
        "utf-8",
    )
    findings = plebiscope.examine(path).dossier.findings
    tested = {f.method for f in findings if f.status == "tested"}
    assert "protocol" in tested
    assert "integer-percentages" not in tested
    assert "anomalous-votes" not in tested


@pytest.mark.parametrize("missing", ["-", "", "n/a", "NA"])
def test_registers_that_were_not_published_are_missing_not_zero(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        HEADER + "".join(f"{r},{s},{missing},{y + n + 6},{y + n},6,{y},{n}\n" for r, s, _, _, y, n in ROWS),
        "utf-8",
    )
    examined = plebiscope.examine(path)
    record = examined.dossier.returns[0]
    assert "registered" not in record.sums or record.sums["registered"] == 0
    turnout = [
        f for f in examined.dossier.findings if f.method == "integer-percentages" and f.quantity == "turnout"
    ]
    assert all(f.status == "not testable" for f in turnout)
    json.loads(examined.dossier.model_dump_json())
