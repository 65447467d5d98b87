"""What a case file says of its stations goes all the way into the dossier, and back."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import polars as pl
import pytest

from plebiscope.dossier.schema import published_schema

YES = [200 + 37 * i % 91 for i in range(60)]
NO = [90 + 53 * i % 47 for i in range(60)]
PLACES = [f"R{i % 3},{i // 3 + 1}" for i in range(60)]
TURNOUT = ["Region,Station,Registered voters,Ballots cast,Machine"] + [
    f"{place},{900 + i},{yes + no + 7},{'yes' if i % 4 else 'no'}"
    for i, (place, yes, no) in enumerate(zip(PLACES, YES, NO, strict=True))
]
VOTES = ["Reg,Precinct,Valid votes,Invalid votes,Yes,No"] + [
    f"{place},{yes + no},7,{yes},{no}" for place, yes, no in zip(PLACES, YES, NO, strict=True)
]
ROUND = ["Region,Station,Registered voters,Ballots cast,Valid votes,Invalid votes,Yes,No"] + [
    f"{place},{900 + i},{no + yes + 4},{no + yes},4,{no},{yes}"
    for i, (place, yes, no) in enumerate(zip(PLACES[:55], YES, NO, strict=False))
]
CASE = """
name = "Testland 2031"
[[contest]]
id = "first"
name = "The first vote"
results = ["first.csv"]
groups = { observed = ["R0 / 1", "R1 / 1"] }
comparison = { group = "observed", by_lot = true }
[[contest]]
id = "second"
name = "The second vote"
results = ["turnout.csv", "votes.csv"]
join = [["Region", "Reg"], ["Station", "Precinct"]]
groups = "Machine"
comparison = { group = "yes", against = "no", within = "Region" }
pairs = "first"
[[contest.states]]
file = "early.csv"
time = 2031-05-01T22:00:00
[plan]
methods = ["protocol"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    made.mkdir()
    files = {"turnout": TURNOUT, "votes": VOTES, "first": ROUND, "early": VOTES[:31]}
    for name, lines in files.items():
        (made / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (made / "case.toml").write_text(CASE, encoding="utf-8")
    return made


def test_a_case_says_what_the_results_do_not(call, folder: Path, tmp_path: Path) -> None:
    ended = call("examine", folder, "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    data = json.loads(ended.out)
    jsonschema.validate(data, published_schema())
    first, second = data["returns"]
    assert data["case"]["contests"][1]["pairs"] == ["first"]
    assert first["extras"] == ["group"]
    assert second["extras"] == ["group", "reported"]
    assert second["records"] == second["used"] + second["furniture"] == 122
    notes = "\n".join(second["notes"])
    assert "votes.csv was joined to turnout.csv by 'Region' = 'Reg' and 'Station' = 'Precinct'" in notes
    assert "The count as it stood at 2031-05-01 22:00:00: 30 of 60 stations; of these none has other" in notes
    assert "by the column 'Machine': yes: 45 stations; no: 15 stations." in notes
    assert "Held at the same stations as The first vote: 55 of the 55 there are among the 60 here" in notes
    assert any("observed: 2 stations; no group is said for 53" in note for note in first["notes"])
    roles = [(entry["path"], entry["role"]) for entry in data["inputs"]]
    assert roles == [
        ("first.csv", "results"),
        ("turnout.csv", "results"),
        ("votes.csv", "results"),
        ("early.csv", "state"),
    ]
    page = (tmp_path / "out" / "dossier.html").read_text("utf-8")
    assert "Held at the same stations" in page
    table = pl.read_parquet(tmp_path / "out" / "stations.parquet")
    assert table.filter(pl.col("contest") == "second")["reported"].null_count() == 30
    verified = call("verify", tmp_path / "out" / "dossier.json", "--sources", folder)
    assert verified.code == 0, verified.out + verified.err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('pairs = "first"', 'pairs = "zeroth"', "'zeroth', which is no contest of the case"),
        ('pairs = "first"', 'pairs = ["second"]', "which is itself"),
        ('pairs = "first"', "pairs = 1", "pairs"),
        ('pairs = "first"', 'pairs = "first"\nreported = "Machine"', "said twice"),
        ("time = 2031-05-01T22:00:00", 'time = "10 p.m."', "'10 p.m.'"),
        ("time = 2031-05-01T22:00:00", "time = 2031-05-01", "a day and a time"),
        ('file = "early.csv"', "", "each with file and time"),
        ('file = "early.csv"', 'file = "../early.csv"', "outside its folder"),
        ('groups = "Machine"', 'groups = "Machines"', "'Machines' that is not in the table"),
        ('groups = "Machine"', "groups = 7", "groups"),
        ('groups = "Machine"', "", "does not say which stations are in it"),
        ('groups = "Machine"', 'groups = "marks"', "no station is electronic, postal, abroad or special"),
        ('{ observed = ["R0 / 1", "R1 / 1"] }', '{ observed = "list.txt" }', "'list.txt'"),
        ('{ observed = ["R0 / 1", "R1 / 1"] }', '{ observed = "../early.csv" }', "outside its folder"),
        ('{ group = "observed", by_lot', '{ group = "seen", by_lot', "'seen', which `groups` does not name"),
        ('against = "no"', 'against = "yes"', "'yes' is compared with itself"),
        ('against = "no"', 'against = "no", lost = "no"', "'no' is compared and said to be lost"),
        ('against = "no"', 'against = "no", lost = "away"', "does not say that chance drew them"),
        ("by_lot = true", 'by_lot = true, lost = "away"', "'away', which `groups` does not name"),
        ('against = "no"', 'against = "never"', "'never', and no station is in it"),
        ('within = "Region"', 'within = "Town"', "'Town', and no area column is called so"),
        ('against = "no"', 'with = "no"', "comparison"),
        ('"R1 / 1"]', '"R7 / 1"]', "no station is called 'R7 / 1'"),
        ('["Station", "Precinct"]', '["Station", "Prec"]', "'Prec', and no column is called so"),
        ('join = [["Region", "Reg"], ["Station", "Precinct"]]', "join = 3", "not a list of headers"),
        ('results = ["first.csv"]\n', "", "names no results"),
    ],
)
def test_what_cannot_be_followed_is_refused(call, folder: Path, old: str, new: str, words: str) -> None:
    text = (folder / "case.toml").read_text("utf-8")
    assert old in text
    (folder / "case.toml").write_text(text.replace(old, new), encoding="utf-8")
    ended = call("examine", folder, "--out", folder.parent / "out")
    assert ended.code == 2, ended.out
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_a_list_of_stations_may_be_a_file_of_its_own(call, folder: Path, tmp_path: Path) -> None:
    text = (folder / "case.toml").read_text("utf-8")
    (folder / "seen.txt").write_text("# who was there\nR0 / 1\n\nR1 / 1\n", encoding="utf-8")
    text = text.replace('["R0 / 1", "R1 / 1"]', '"seen.txt"').replace('["protocol"]', '["contrast"]')
    (folder / "case.toml").write_text(text, encoding="utf-8")
    ended = call("examine", folder, "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    data = json.loads(ended.out)
    assert data["case"]["written"]["contests"][0]["groups"] == {"observed": ["R0 / 1", "R1 / 1"]}
    verified = call("verify", tmp_path / "out" / "dossier.json", "--sources", folder)
    assert verified.code == 0, verified.out + verified.err
    answers = {(one["contest"], one["quantity"]): one for one in data["findings"]}
    assert answers["second", "share"]["n"] == 60
    assert "of the same areas (Region)" in answers["second", "share"]["sentence"]
    assert "5 stations of each group are needed" in answers["first", "share"]["reason"]
    (folder / "seen.txt").write_text("# nobody\n", encoding="utf-8")
    ended = call("examine", folder, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "the list of stations 'seen.txt' is empty" in ended.err


def test_two_files_are_joined_from_the_command_line_and_kept(call, folder: Path, tmp_path: Path) -> None:
    files = [folder / "turnout.csv", folder / "votes.csv"]
    out = tmp_path / "table.csv"
    ended = call("read", *files, "--write", out, "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert found["sums"]["Yes"] == sum(YES)
    said = tmp_path / "table.mapping.toml"
    assert 'join = [["Region", "Reg"], ["Station", "Precinct"]]' in said.read_text("utf-8")
    again = call("read", *files[::-1], "--mapping", said, "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["digest"] == found["digest"]
