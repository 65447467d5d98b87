"""The shipped table covers every method, keeps its own rules, and says what page and methods say."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import numpy as np
import pytest

from plebiscope import catalogue
from plebiscope.calibrate import fair
from plebiscope.model.finding import Assumption, Effect, Measurement
from plebiscope.worlds.designs import with_designs
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


def test_every_method_was_asked_of_a_thousand_fair_votes_over_all_kinds():
    for method in catalogue.modules():
        seen: dict[tuple[str, str], int] = {}
        for row in (row for row in ROWS if row.method == method):
            place = row.ground, row.version
            seen[place] = max(row.worlds, seen.get(place, 0))
        assert sum(seen.values()) >= 1000, (method, seen)


def test_every_quick_method_that_rests_on_no_design_saw_a_thousand_of_each_version(script):
    designed = {
        name for name in catalogue.modules() if script.DESIGNS & set(script._needs(catalogue.load(name)))
    }
    for method in set(catalogue.modules()) - script.SLOW - designed:
        for version in VERSIONS:
            seen = [row.worlds for row in ROWS if (row.method, row.version) == (method, version)]
            assert max(seen) >= 1000, (method, version)


def test_a_method_made_alone_joins_the_lines_of_the_others(script):
    """As with ``--methods``; the line for all methods together stays."""
    alone = [row for row in ROWS if row.method == "straddle"]
    without = [row for row in ROWS if row.method != "straddle"]
    assert script.joined(without, alone, ["straddle"]) == list(ROWS)
    assert script.joined(ROWS, alone, ["straddle"]) == list(ROWS)


def test_the_line_on_anything_named_joins_alone(script):
    """As with ``--named-only``."""
    alone = [row for row in ROWS if row.method == fair.ALL]
    others = [row for row in ROWS if row.method != fair.ALL]
    assert script.joined(others, alone, [fair.ALL]) == list(ROWS)


def test_a_page_with_lines_of_different_batteries_is_refused(script):
    rows = [row for row in ROWS if row.method == fair.ALL]
    odd = dataclasses.replace(rows[0], effect="protocol straddle")
    with pytest.raises(ValueError, match="different methods"):
        script.named([odd, *rows[1:]])


def test_a_fair_vote_counts_as_named_where_the_dossier_would_name_it(script):
    """A tiny p, an effect that matters and an assumption that holds; and of a model, what is outside."""

    def one(method: str, quantity: str, **filled) -> Measurement:
        given = {"contest": "fair", "n": 1000, "innocent": (), "id": f"fair/{method}/{quantity}", **filled}
        return Measurement(method=method, quantity=quantity, **given)

    much, little = (Effect(name="excess", value=value, unit="stations") for value in (200.0, 1.0))
    failed = Assumption(name="whatever", state="fails", how="")
    sure = one("integer-percentages", "turnout", log10_p=-30.0, effect=much)
    assert script.named_by_dossier([sure]) == {sure.id}
    for but in ({"effect": little}, {"log10_p": -1.0}, {"assumptions": (failed,)}):
        assert script.named_by_dossier([sure.model_copy(update=but)]) == set()
    model = one("near-unanimity", "turnout", log10_p=-30.0, effect=much)
    inside = model.model_copy(
        update={"effect": Effect(name="excess", value=0.0, low=-5, high=5, unit="stations")}
    )
    assert script.named_by_dossier([inside]) == set()


def test_a_method_that_fair_votes_cannot_answer_has_a_line_that_says_so():
    tally = fair.Tally("somewhere", "tight", "Yes", {"copies": catalogue.load("copies")}, lambda _: ())
    tally.add([])
    silent = [row for row in tally.rows() if row.method == "copies"]
    assert [(row.kind, row.worlds, row.verdict) for row in silent] == [("unasked", 0, "shown")]


def test_every_line_says_what_its_figures_say(script):
    assert {row.verdict for row in ROWS} == set(get_args(fair.Verdict))
    for row in ROWS:
        assert row == fair.judged(row)
        if row.kind == "test" and row.verdict == "passed" and row.worlds >= 1000 and row.rate is not None:
            assert fair.LOWEST - 0.0005 <= row.rate <= fair.HIGHEST + 0.0005, row


def test_the_table_is_judged_anew_by_its_own_counts(script, tmp_path):
    """As with ``--judge``, where lines have come from elsewhere."""
    table = tmp_path / "fair.csv"
    table.write_text(fair.write([dataclasses.replace(row, verdict="shown") for row in ROWS]), "utf-8")
    assert script.main(["--judge", "--out", str(table)]) == 0
    assert fair.parse(table.read_text("utf-8")) == ROWS


def test_the_page_says_where_too_few_were_asked_and_how_many_of_each_kind(script):
    one = next(row for row in ROWS if row.kind == "test" and row.method == "straddle")
    many = dataclasses.replace(one, ground="here", rate=0.05, worlds=1000, verdict="passed")
    few = dataclasses.replace(one, ground="there", rate=0.0, worlds=25, verdict="too few to tell")
    assert "| 1,025 | 25 to 1,000 |" in script.tests([many, few])
    assert "| passed; too few to tell in 1 of 2 kinds |" in script.tests([many, few])
    assert "| 25 | 25 | 0.0 % | at most 0.0 % | too few to tell |" in script.tests(
        [dataclasses.replace(few, named=0.0)]
    )
    assert f"fewer than {fair.enough()}, a test that rejects 15 of 100 instead of 5" in script.tests([few])
    bad = dataclasses.replace(few, option="rival", rate=0.4, verdict="doubtful")
    assert "| doubtful: there, " in script.tests([many, few, bad])
    assert "kinds |" not in script.tests([many, few, bad])


def test_no_fair_vote_is_named_more_often_than_promised():
    battery = [row for row in ROWS if row.method == fair.ALL]
    assert len(battery) == len({(row.ground, row.version) for row in ROWS})
    for row in battery:
        assert row.named <= fair.LEVEL + 2 * row.named_error, row


def test_the_page_says_of_which_methods_the_line_on_anything_named_is_not(script):
    rows = [row for row in ROWS if row.method == fair.ALL]
    every = " ".join(catalogue.modules())
    whole = [dataclasses.replace(row, effect=every) for row in rows]
    assert "Not asked then" not in script.named(whole)
    less = [dataclasses.replace(row, effect=every.replace("straddle ", "")) for row in rows]
    assert "**Not asked then, so that this table is out of date**: `straddle`." in script.named(less)


def test_no_figures_of_a_fair_vote_contradict_each_other():
    assert [row for row in ROWS if row.kind == "arithmetic" and row.rate != 0.0] == []


def test_the_tables_of_the_page_are_those_of_the_csv(script):
    assert script.filled(PAGE, ROWS) == PAGE


@dataclasses.dataclass(frozen=True)
class Said:
    """A sentence on a method's page, and what its figures are the smallest and the largest of."""

    method: str
    quantities: set[str]
    words: str
    """Pattern that finds them, with a group for each."""
    kind: str = "test"
    effect: str = ""
    """Last words of the estimate, of an interval."""
    where: Callable[[fair.Row], bool] = lambda row: True
    places: int = 1
    """The page alone, or the findings as well."""

    def about(self, row: fair.Row) -> bool:
        asked = (row.method, row.kind) == (self.method, self.kind) and row.quantity in self.quantities
        return asked and row.rate is not None and row.effect.endswith(self.effect) and self.where(row)

    @property
    def figures(self) -> tuple[int, ...]:
        rates = [percent(row.rate) for row in ROWS if self.about(row)]
        return tuple(dict.fromkeys((min(rates), max(rates))))


LOPSIDED = ("98 %", "85 %")
SMALL = ("serbia-2020, small stations", "loose")
OFF = ("serbia-2020, small stations", "uganda-2011, leader above 85 %")
"""Grounds on which few stations do not tell how the voters of their area vote."""
BY_LOT = {"turnout, not by lot", "share, not by lot"}
SAID = [
    Said(
        "near-unanimity",
        {"turnout"},
        r"in (\d+) of 100 (?:simulated fair votes )?\(elsewhere in 0 to \d+\)",
        where=lambda row: (row.ground, row.version) == SMALL,
        places=2,
    ),
    Said(
        "near-unanimity",
        {"turnout"},
        r"\(elsewhere in (\d+) to (\d+)\)",
        where=lambda row: (row.ground, row.version) != SMALL,
        places=2,
    ),
    Said("near-unanimity", {"turnout"}, r"its excess held zero in (\d+) to (\d+)", "interval", "excess"),
    Said(
        "near-unanimity",
        {"share"},
        r"held zero in (\d+) to (\d+) of 100",
        "interval",
        where=lambda row: row.ground.endswith(LOPSIDED),
        places=2,
    ),
    Said(
        "straddle",
        {"share, marks 1 % apart"},
        r"in (\d+) to (\d+) of 100",
        where=lambda row: row.ground.endswith("98 %"),
        places=2,
    ),
    Said(
        "integer-percentages",
        {"share"},
        r"held zero in (\d+) to (\d+) of 100",
        "interval",
        "without regard to the filters",
        where=lambda row: row.ground.endswith("98 %"),
    ),
    Said("neighbours", {"turnout", "share"}, r"held zero in (\d+) to (\d+) of 100", "interval", "excess"),
    Said(
        "anomalous-votes",
        {"votes"},
        r"held zero in (\d+) to (\d+) of 100",
        "interval",
        "every admissible core with areas drawn again",
        places=2,
    ),
    Said("anomalous-votes", {"votes"}, r"core in (\d+) to (\d+)\.", "interval", "automatic core"),
    Said(
        "anomalous-votes",
        {"votes"},
        r"reached zero in (\d+) to (\d+) of 100",
        "interval",
        "any core and slope",
        places=2,
    ),
    Said("contrast", BY_LOT, r"(?:differs|difference, as) in (\d+) to (\d+) of 100", places=2),
    Said(
        "contrast",
        BY_LOT,
        r"of the difference held zero in (\d+) to (\d+) of 100",
        "interval",
        "group less others",
    ),
    Said(
        "contrast",
        {"extrapolation, not by lot"},
        r"those of the extrapolation in (\d+) to (\d+)",
        "interval",
        "votes beyond those extrapolated",
    ),
    Said("contrast", {"gradient"}, r"(?:as few were|fair ones) in (\d+) to (\d+) of 100", places=2),
    Said(
        "contrast",
        {"extrapolation"},
        r"interval held zero in (\d+) to (\d+) of 100",
        "interval",
        "votes beyond those extrapolated",
        where=lambda row: row.ground in OFF,
        places=2,
    ),
    Said(
        "contrast",
        {"extrapolation"},
        r"\(elsewhere in (\d+) to (\d+)\)",
        "interval",
        "votes beyond those extrapolated",
        where=lambda row: row.ground not in OFF,
        places=2,
    ),
    Said(
        "late-count", {"contrast"}, r"(?:the early one|late ones differed) in (\d+) to (\d+) of 100", places=2
    ),
    Said("late-count", {"change"}, r"the lead drifted in (\d+) to (\d+)"),
    Said("late-count", {"same hour"}, r"these differed in (\d+) to (\d+) of 100"),
    Said(
        "late-count",
        {"same hour"},
        r"interval held zero in (\d+) to (\d+)\.",
        "interval",
        "same place and hour",
    ),
    *(
        Said("late-count", {quantity}, r"held zero in (\d+) to (\d+) of 100", "interval", effect)
        for quantity, effect in [
            ("prediction", "final lead beyond what place explains"),
            ("prediction", "the same in votes of lead"),
            ("contrast", "late lead less early lead inside places"),
        ]
    ),
]
BY_CHANCE = {
    (
        "straddle",
        "turnout, marks 1 % apart",
    ): "of two thousand further fair votes of that kind, drawn from other",
    ("contrast", "turnout"): "of two thousand further fair votes of that kind, drawn from other",
    ("contrast", "share beside another vote"): "of a thousand further ones of that kind",
}
"""The page on calibration says by further votes that what is doubtful in the table is chance."""


@pytest.mark.parametrize("said", SAID, ids=lambda said: f"{said.method}: {said.words}")
def test_the_figures_of_a_page_and_of_findings_are_those_of_the_csv(said):
    assert stated(said.method, said.words) == [said.figures] * said.places


def test_whatever_is_doubtful_on_any_kind_of_vote_is_said_on_the_page_of_its_method():
    unsaid = {
        (row.method, row.quantity, row.kind, row.effect, row.ground, row.version)
        for row in ROWS
        if row.verdict == "doubtful"
        and (row.method, row.quantity) not in BY_CHANCE
        and not any(said.about(row) for said in SAID)
    }
    assert unsaid == set()


BESIDE_THE_ANSWER = {("integer-percentages", "share")}
"""A figure beside the answer is doubtful, not the answer: the excess without regard to the filters."""


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
    world = World(model.ground, model.draw(np.random.default_rng(5)))
    subject = with_designs(world.subject(script.CONTEST), world, np.random.default_rng(7))
    for name in {method for method, _ in doubtful}:
        answers = fair.ask(catalogue.load(name), subject, np.random.default_rng(6))
        asked = [one for one in answers if (name, one.quantity) in doubtful.difference(BY_CHANCE)]
        for answer in (one for one in asked if one.scope.level == "contest"):
            assert {"doubtful", "fails"} & {one.state for one in answer.assumptions}, answer.id


def test_what_is_put_down_to_chance_is_explained_on_the_page():
    """And is doubtful on one kind of vote only, as chance is."""
    for question, words in BY_CHANCE.items():
        found = {
            (row.ground, row.version)
            for row in ROWS
            if row.verdict == "doubtful" and (row.method, row.quantity) == question
        }
        assert len(found) == 1, question
        assert words in " ".join(PAGE.split())


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
