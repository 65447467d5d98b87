"""A case with copies of protocols, from the case file to the dossier and back."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from plebiscope.dossier.schema import published_schema

YES = [200 + 37 * i % 91 for i in range(60)]
NO = [90 + 53 * i % 47 for i in range(60)]
TABLE = "Region,Station,Registered voters,Ballots cast,Valid votes,Invalid votes,Yes,No\n" + "".join(
    f"R{i % 3},{i},{500 + i},{yes + no + 7},{yes + no},7,{yes},{no}\n"
    for i, (yes, no) in enumerate(zip(YES, NO, strict=True))
)
PROTOCOLS = "Region,Polling station,Yes,No\n" + "".join(
    f"r{i % 3},No. {i:03d},{YES[i] - 40 * (i % 6 == 0)},{NO[i]}\n" for i in range(30)
) + "R9,77,1,2\n"  # fmt: skip
CASE = """
name = "Testland 2031"
[[contest]]
id = "vote"
name = "Referendum"
results = ["results.csv"]
[[contest.copies]]
file = "observers.csv"
source = "League of voters"
[[contest.copies]]
files = ["photographs.csv"]
source = "Voters' photographs"
kind = "ballots"
mapping = { columns = { station = "Where", options = { Yes = "How many" } } }
[plan]
methods = ["copies"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    made.mkdir()
    (made / "results.csv").write_text(TABLE, encoding="utf-8")
    (made / "observers.csv").write_text(PROTOCOLS, encoding="utf-8")
    photographs = "Where,How many\n" + "".join(f"{i},{YES[i] + 3 - i}\n" for i in range(1, 9))
    (made / "photographs.csv").write_text(photographs, encoding="utf-8")
    (made / "case.toml").write_text(CASE, encoding="utf-8")
    return made


def test_copies_are_sources_like_any_other(call, folder: Path, tmp_path: Path) -> None:
    ended = call("examine", folder, "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    data = json.loads(ended.out)
    jsonschema.validate(data, published_schema())
    assert [(entry["path"], entry["role"], entry["contest"]) for entry in data["inputs"]] == [
        ("results.csv", "results", "vote"),
        ("observers.csv", "copies", "vote"),
        ("photographs.csv", "copies", "vote"),
    ]
    assert len(data["returns"]) == 1
    found = {entry["id"].removeprefix("vote/copies/"): entry for entry in data["findings"]}
    assert "“R9, 77”" in found["1/matched"]["statement"]
    assert (found["1/differences"]["observed"], found["1/differences"]["n"]) == (5, 30)
    assert found["1/differences"]["grade"] == "display"
    assert (found["2/beyond"]["observed"], found["2/beyond"]["n"]) == (2, 8)
    assert found["2/beyond"]["grade"] == "contradiction"
    listed = {entry["station"]: entry["reasons"] for entry in data["stations_to_inspect"]}
    assert {"0", "6", "12", "18", "24", "1", "2"} <= set(listed)
    assert any("200 officially, 160 in the copy" in reason for reason in listed["0"])
    page = (tmp_path / "out" / "dossier.html").read_text("utf-8")
    assert "Voters&#39; photographs" in page
    assert "League of voters" in page
    ended = call("verify", tmp_path / "out" / "dossier.json", "--sources", folder)
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('file = "observers.csv"', 'file = "elsewhere.csv"', "not there"),
        ('file = "observers.csv"', 'file = "../observers.csv"', "outside its folder"),
        ('file = "observers.csv"', "", "with a file each"),
        ('file = "observers.csv"', 'file = "observers.csv"\nfiles = ["observers.csv"]', "with a file each"),
        ('file = "observers.csv"', "files = []", "no list of files"),
        ('source = "League of voters"', "", "source: field required"),
        ('source = "League of voters"', 'source = ""', "source: string should have"),
        ('source = "League of voters"', 'source = "Voters\' photographs"', "two copies have the source"),
        ('kind = "ballots"', 'kind = "rumours"', "kind: input should be"),
        ('kind = "ballots"', 'sort = "ballots"', "with a file each"),
        ('station = "Where"', 'station = "Whence"', "Whence"),
    ],
)
def test_copies_that_cannot_be_used_are_refused(
    call, folder: Path, was: str, becomes: str, said: str
) -> None:
    case = folder / "case.toml"
    case.write_text(CASE.replace(was, becomes), encoding="utf-8")
    ended = call("examine", folder, "--out", folder / "out")
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_copies_are_named_on_the_command_line(call, folder: Path, tmp_path: Path) -> None:
    (folder / "case.toml").unlink()
    files = folder / "results.csv", "--copies", folder / "observers.csv", "--methods", "copies"
    ended = call("examine", *files, "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["case"]["written"]["sources"][1] == {
        "path": "observers.csv",
        "role": "copies",
        "contest": "results",
        "copies": {"source": "observers.csv", "kind": "protocols", "strata": [], "drawn": []},
        "reported": None,
    }
    assert call("verify", tmp_path / "out" / "dossier.json", "--sources", folder, "-q").code == 0
    for more, said in (
        (["--copies", folder / "observers.csv"], "is there twice"),
        (["--copies", folder / "nowhere.csv"], "no such file"),
    ):
        ended = call("examine", *files, *more, "--out", tmp_path / "other")
        assert ended.code == 2
        assert said in ended.err
