"""The script of calibrate/reference.csv asks a vote once, and again only what its cache does not hold."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from plebiscope.calibrate import table

ROOT = Path(__file__).parents[2]
VOTE = {
    "id": "marenna",
    "name": "Marenna",
    "country": "Marenna",
    "date": "2031-09-14",
    "standing": "clean",
    "files": ["stations.csv"],
}


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location(
        "reference_votes", ROOT / "benchmarks" / "reference_votes.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_vote_is_asked_once_and_the_cache_answers_then(script, tmp_path: Path) -> None:
    def ask(*methods: str) -> tuple[list[table.Row], str]:
        return script.examine(VOTE, ROOT / "examples" / "marenna", tmp_path, methods)

    first, word = ask("margin", "straddle")
    assert {row.method for row in first} == {"margin", "straddle"}
    assert word == f"{len(first)} rows, asked 2 methods"
    again, word = ask("margin", "straddle")
    assert word == f"{len(first)} rows, from the cache"
    assert table.write(again) == table.write(first)
    assert ask("margin", "straddle", "protocol")[1].endswith("asked 1 methods")


def test_a_vote_whose_files_are_absent_is_left_out_by_name(script, tmp_path: Path) -> None:
    assert script.examine(VOTE, tmp_path) == ([], "left out, stations.csv is not there")
