"""A quick count goes from a case file into the dossier, and mistakes in how it was drawn are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

YES = [200 + 37 * i % 91 for i in range(120)]
NO = [150 + 53 * i % 47 for i in range(120)]
RESULTS = ["Region,Station,Registered voters,Valid votes,Yes,No"] + [
    f"R{i % 4},{i // 4 + 1},{900 + i},{yes + no},{yes},{no}"
    for i, (yes, no) in enumerate(zip(YES, NO, strict=True))
]
SAMPLE = ["Region,Station,Yes,No"] + [
    f"R{i % 4},{i // 4 + 1},{yes},{no}"
    for i, (yes, no) in enumerate(zip(YES, NO, strict=True))
    if i % 12 < 4 and i != 3
]
DRAWN = ["# all that were drawn"] + [f"R{i % 4} / {i // 4 + 1}" for i in range(120) if i % 12 < 4]
CASE = """
name = "Testland 2031"
[[contest]]
id = "vote"
name = "The vote"
results = ["results.csv"]
[[contest.copies]]
file = "sample.csv"
source = "Observers"
kind = "sample"
strata = "Region"
drawn = "drawn.txt"
[plan]
methods = ["quick-count", "copies"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "case"
    made.mkdir()
    for name, lines in (("results", RESULTS), ("sample", SAMPLE)):
        (made / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (made / "drawn.txt").write_text("\n".join(DRAWN) + "\n", encoding="utf-8")
    (made / "case.toml").write_text(CASE, encoding="utf-8")
    return made


def test_a_quick_count_is_held_against_the_results(call, folder: Path, tmp_path: Path) -> None:
    ended = call("examine", folder, "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    data = json.loads(ended.out)
    answers = {(one["method"], one["quantity"], one["option"]): one for one in data["findings"]}
    lead = answers["quick-count", "lead", None]
    assert lead["n"] == 39
    assert lead["params"]["strata"] == ["Region"]
    assert "drawn within 4 strata, Region" in lead["sentence"]
    assert "Of 40 sampled stations, 1 has no tally." in lead["sentence"]
    assert answers["copies", "differences", None]["observed"] == 0
    verified = call("verify", tmp_path / "out" / "dossier.json", "--sources", folder)
    assert verified.code == 0, verified.out + verified.err


def test_tallies_of_stations_that_were_not_drawn_are_no_part_of_the_sample(
    call, folder: Path, tmp_path: Path
) -> None:
    (folder / "drawn.txt").write_text("\n".join(DRAWN[:26]) + "\n", encoding="utf-8")
    ended = call("examine", folder, "--out", tmp_path / "out", "--json")
    assert ended.code == 0, ended.err
    answers = {(one["method"], one["quantity"]): one for one in json.loads(ended.out)["findings"]}
    lead = answers["quick-count", "lead"]
    assert lead["n"] == 24
    assert "Of 25 sampled stations, 1 has no tally." in lead["sentence"]
    assert "Tallies of stations that were not drawn, left out: 15." in lead["sentence"]
    # Whether two records of a station agree has nothing to do with the lot.
    assert answers["copies", "differences"]["n"] == 39


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('strata = "Region"', 'strata = "Town"', "'Town', and no area column of the results is called so"),
        ('kind = "sample"', 'kind = "tally"', "strata and stations drawn are those of a sample"),
        ('"drawn.txt"', '["R9 / 1"]', "no station is called 'R9 / 1', which is said to be drawn"),
        ('"drawn.txt"', '"lots.txt"', "'lots.txt'"),
        ('"drawn.txt"', "7", "drawn"),
        ('strata = "Region"', "strata = 3", "strata"),
        ('kind = "sample"', 'kind = "poll"', "kind"),
    ],
)
def test_what_cannot_be_followed_is_refused(call, folder: Path, old: str, new: str, words: str) -> None:
    text = (folder / "case.toml").read_text("utf-8")
    (folder / "case.toml").write_text(text.replace(old, new), encoding="utf-8")
    ended = call("examine", folder, "--out", folder.parent / "out")
    assert ended.code == 2, ended.out
    assert words in ended.err
    assert "Traceback" not in ended.err
