"""The shipped table covers every method, keeps its own rules, and says what page and methods say."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from plebiscope import catalogue
from plebiscope.calibrate import fair
from plebiscope.worlds.fair import VERSIONS
from plebiscope.worlds.ground import World

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "calibration.md").read_text("utf-8")
ROWS = fair.shipped()


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """Return the script that makes the table."""
    path = ROOT / "benchmarks" / "calibration.py"
    spec = importlib.util.spec_from_file_location("calibration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setitem(sys.modules, "calibration", module)  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    yield module
    monkeypatch.undo()


def test_every_method_of_the_catalogue_was_asked_on_every_ground_in_both_versions():
    grounds = {row.ground for row in ROWS}
    assert len(grounds) >= 2
    asked = {(row.ground, row.version, row.method) for row in ROWS}
    wanted = {(g, v, m) for g in grounds for v in VERSIONS for m in catalogue.modules()}
    assert wanted <= asked


def test_every_method_but_the_slow_one_saw_a_thousand_fair_votes_of_each_version(script):
    unasked = {row.method for row in ROWS if row.kind == "unasked"}
    for method in set(catalogue.modules()) - script.SLOW - unasked:
        for version in VERSIONS:
            seen = [row.worlds for row in ROWS if (row.method, row.version) == (method, version)]
            assert max(seen) >= 1000, (method, version)


def test_a_method_made_alone_joins_the_lines_of_the_others(script):
    """As with ``--methods``; the line for all methods together stays."""
    alone = [row for row in ROWS if row.method in {fair.ALL, "straddle"}]
    without = [row for row in ROWS if row.method != "straddle"]
    assert script.joined(without, alone, ["straddle"]) == list(ROWS)
    assert script.joined(ROWS, alone, ["straddle"]) == list(ROWS)


def test_a_method_that_fair_votes_cannot_answer_has_a_line_that_says_so():
    tally = fair.Tally("somewhere", "tight", "Yes", {"copies": catalogue.load("copies")})
    tally.add([])
    silent = [row for row in tally.rows() if row.method == "copies"]
    assert [(row.kind, row.worlds, row.verdict) for row in silent] == [("unasked", 0, "shown")]


def test_every_line_says_what_its_figures_say():
    assert {row.verdict for row in ROWS} <= {"passed", "conservative", "doubtful", "shown"}
    for row in ROWS:
        tested = row.kind in {"test", "areas"} and row.method != fair.ALL and row.rate is not None
        if tested:
            # Rounding of the csv can move a share that lies on a limit.
            near = any(abs(row.rate - limit) < 0.0005 for limit in (fair.LOWEST, fair.HIGHEST))
            assert near or row.verdict == fair.verdict(row.rate, row.level, row.error, rejects=True), row
        if row.kind == "test" and row.verdict == "passed" and row.worlds >= 1000 and row.rate is not None:
            assert fair.LOWEST - 0.0005 <= row.rate <= fair.HIGHEST + 0.0005, row


def test_no_fair_vote_is_named_more_often_than_promised():
    battery = [row for row in ROWS if row.method == fair.ALL]
    assert len(battery) == len({(row.ground, row.version) for row in ROWS})
    for row in battery:
        assert row.named <= fair.LEVEL, row


def test_no_figures_of_a_fair_vote_contradict_each_other():
    assert [row for row in ROWS if row.kind == "arithmetic" and row.rate != 0.0] == []


def test_the_tables_of_the_page_are_those_of_the_csv(script):
    assert script.filled(PAGE, ROWS) == PAGE


def test_every_method_with_a_doubtful_test_says_so_on_its_page_and_in_its_findings():
    doubtful = {row.method for row in ROWS if row.verdict == "doubtful" and row.kind == "test"}
    for method in doubtful:
        assert len(stated(method, r"in (\d+) (?:to \d+ )?of 100")) >= 2, method


BESIDE_THE_ANSWER = {("integer-percentages", "share")}
"""A figure beside the answer is doubtful, not the answer: the excess without regard to the filters."""
BY_CHANCE = {("straddle", "turnout, marks 1 % apart")}
"""The page says why the share of rejections in the table is chance."""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("ground", ["marenna", "marenna, leader at 98 %"])
def test_what_is_doubtful_on_a_kind_of_vote_is_an_assumption_in_doubt_on_such_a_vote(script, ground, version):
    doubtful = {
        (row.method, row.quantity)
        for row in ROWS
        if (row.ground, row.version, row.verdict) == (ground, version, "doubtful")
    } - BESIDE_THE_ANSWER
    assert doubtful
    model = script._fitted(ground, version, None)
    subject = World(model.ground, model.draw(np.random.default_rng(5))).subject(script.CONTEST)
    for name in {method for method, _ in doubtful}:
        answers = fair.ask(catalogue.load(name), subject, np.random.default_rng(6))
        asked = [one for one in answers if (name, one.quantity) in doubtful - BY_CHANCE]
        for answer in (one for one in asked if one.scope.level == "contest"):
            assert "doubtful" in {one.state for one in answer.assumptions}, answer.id


def test_what_is_put_down_to_chance_is_explained_on_the_page():
    found = [row for row in ROWS if row.kind == "test" and (row.method, row.quantity) in BY_CHANCE]
    assert max(row.rate for row in found) < 0.07
    assert "of two thousand further fair votes" in " ".join(PAGE.split())


def stated(method: str, pattern: str) -> list[tuple[int, ...]]:
    """Find figures in a method's page, and in what its findings say."""
    page = " ".join(catalogue.page(method).split())
    place = ROOT / "src" / catalogue.modules()[method].replace(".", "/")
    files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    source = "".join(file.read_text("utf-8").split('"""', 2)[2] for file in files)
    said = " ".join(re.sub(r'"\s*\n\s*"', "", source).split())
    return [tuple(map(int, found.groups())) for text in (page, said) for found in re.finditer(pattern, text)]


def percent(share: float) -> int:
    return int(100 * share + 0.5)


def test_the_figures_of_near_unanimity_are_those_of_the_csv():
    tests = sorted(
        percent(row.rate)
        for row in ROWS
        if (row.method, row.quantity, row.kind) == ("near-unanimity", "turnout", "test")
    )
    assert (
        stated("near-unanimity", r"in (\d+) of 100 (?:simulated fair votes )?\(elsewhere in 0 to (\d+)\)")
        == [(tests[-1], tests[-2])] * 2
    )
    held = [
        percent(row.rate)
        for row in ROWS
        if (row.method, row.quantity, row.kind) == ("near-unanimity", "share", "interval")
        and row.ground.endswith(("98 %", "85 %"))
    ]
    assert stated("near-unanimity", r"held zero in (\d+) to (\d+) of 100") == [(min(held), max(held))] * 2


def test_the_figures_of_straddle_are_those_of_the_csv():
    """With a leader at 98 per cent, marks one per cent apart."""
    tests = [
        percent(row.rate)
        for row in ROWS
        if (row.method, row.quantity, row.kind) == ("straddle", "share, marks 1 % apart", "test")
        and row.ground.endswith("98 %")
    ]
    assert stated("straddle", r"in (\d+) to (\d+) of 100") == [(min(tests), max(tests))] * 2


def test_the_figures_of_anomalous_votes_are_those_of_the_csv():
    held = [
        percent(row.rate)
        for row in ROWS
        if row.method == "anomalous-votes"
        and row.effect.endswith("every admissible core with areas drawn again")
    ]
    assert stated("anomalous-votes", r"held zero in (\d+) to (\d+) of 100") == [(min(held), max(held))] * 2
    reached = [
        percent(row.rate)
        for row in ROWS
        if row.method == "anomalous-votes" and row.effect.endswith("any core and slope")
    ]
    assert (
        stated("anomalous-votes", r"reached zero in (\d+) to (\d+) of 100")
        == [(min(reached), max(reached))] * 2
    )
