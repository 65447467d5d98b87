"""Two votes of a case held on one day at the same stations are held against one another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

HEAD = "Region,Station,Registered voters,Ballots issued,Ballots in the box,Valid,Invalid"


def table(options: str, names: str, extra: int) -> str:
    """Write the results of forty stations; in station 7 there are so many ballots more than were issued."""
    rows = [f"{HEAD},{options}"]
    for i in range(40):
        issued = 300 + 29 * i % 83
        cast = issued + (extra if i == 7 else 0)
        yes = 150 + 37 * i % 91
        rows.append(
            f"R{i % 3},{names.format(i)},{500 + i},{issued},{cast},{cast - 7},7,{yes},{cast - 7 - yes}"
        )
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(("day", "beside"), [("2030-01-01", True), ("2030-03-01", False), (None, False)])
def test_votes_of_one_day_are_compared(call, tmp_path: Path, day: str | None, beside: bool) -> None:
    (tmp_path / "one.csv").write_text(table("Yes,No", "{}", 5), encoding="utf-8")
    (tmp_path / "two.csv").write_text(table("Smith,Jones", "No. {:03d}", -2), encoding="utf-8")
    (tmp_path / "case.toml").write_text(
        'name = "Testland"\n[[contest]]\nid = "one"\nname = "Referendum"\nresults = ["one.csv"]\n'
        "date = 2030-01-01\n"
        '[[contest]]\nid = "two"\nname = "President"\nresults = ["two.csv"]\n'
        + (f"date = {day}\n" if day else "")
        + '[plan]\nmethods = ["protocol"]\n',
        encoding="utf-8",
    )
    ended = call("examine", tmp_path, "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    found = {entry["id"]: entry for entry in json.loads(ended.out)["findings"]}
    boxes = found.get("one/protocol/with/two/boxes")
    assert (boxes is not None) is beside
    assert "two/protocol/with/one/boxes" not in found  # a pair is told once
    if boxes is not None:
        assert (boxes["observed"], boxes["n"], boxes["grade"]) == (1, 40, "contradiction")
        assert "“President”" in boxes["statement"]
        assert found["one/protocol/with/two/registered"]["observed"] == 0
