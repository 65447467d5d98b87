"""The script of docs/estimates.md holds every estimate against the truth that a dossier sets side by side."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from plebiscope import catalogue
from plebiscope.worlds.ground import World
from plebiscope.worlds.invented import Country, invent
from plebiscope.worlds.tamper import MECHANISMS

ROOT = Path(__file__).parents[2]
MODELS = [name for name in catalogue.modules() if catalogue.load(name).tier in {"B", "C"}]


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """Return the script that makes the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        import make_estimates

        yield make_estimates
        for name in [name for name in sys.modules if name.startswith(("make_estimates", "estimates_"))]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def fair() -> World:
    country = invent(Country(stations=1200, districts=24), np.random.default_rng(1))
    return World(country.ground, country.draw(np.random.default_rng(2)))


@pytest.fixture(scope="module")
def stuffed(fair) -> World:
    return MECHANISMS["stuffing"].apply(fair, 0.2, np.random.SeedSequence(3))


def shown(script: ModuleType, name: str, world: World) -> set[tuple[str, str, str]]:
    """Return what one method would set beside the other estimates, under "How many votes"."""
    method, (_, subject) = catalogue.load(name), script._subject(name, world, 0)
    return {
        (name, answer.quantity, affected.name)
        for answer in method.measure(subject, method.params(), np.random.default_rng(4)).measurements
        for affected in answer.affected
        if answer.status == "tested"
    }


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if catalogue.load(name).slow else name for name in MODELS],
)
def test_every_estimate_of_a_dossier_is_held_against_the_truth(script, stuffed, name):
    told = shown(script, name, stuffed)
    assert told or catalogue.load(name).no_votes
    assert told <= {one.key[:3] for one in script.ESTIMATES}


def test_observers_keep_their_stations_as_they_were(script, stuffed):
    spared, subject = script._subject("contrast", stuffed, 0)
    there = subject.results.table["group"].is_not_null().to_numpy()[stuffed.ground.rows]
    assert there.mean() == pytest.approx(0.1, abs=0.03)
    assert not spared.added[there].any()
    assert (spared.added[~there] == stuffed.added[~there]).all()
    assert subject.results.sums["Yes"] == spared.returns().sums["Yes"] < stuffed.returns().sums["Yes"]


def test_stations_where_something_was_done_report_last(script, stuffed):
    _, subject = script._subject("late-count", stuffed, 0)
    when = subject.results.table["reported"].to_numpy()[stuffed.ground.rows]
    assert when[stuffed.touched].min() >= when[~stuffed.touched].max()


def test_the_truth_of_each_design_is_that_of_the_vote_its_method_sees(script, fair, stuffed):
    truths = {one.method: one.truth for one in script.ESTIMATES}
    spared, _ = script._subject("contrast", stuffed, 0)
    assert truths["contrast"](spared) == spared.added.sum() < stuffed.added.sum()
    assert truths["late-count"](stuffed) == stuffed.added.sum()  # ballots added to the favoured option alone
    assert truths["quick-count"](stuffed) == 0
    rewritten = MECHANISMS["rewritten"].apply(fair, 0.2, np.random.SeedSequence(3))
    assert truths["quick-count"](rewritten) == 2 * rewritten.added.sum() > 0


def test_an_estimate_without_ends_is_not_said_to_hold_anything(script, fair):
    shown = [one for one in script.ESTIMATES if one.method not in script.SLOW]
    cell = script.cell(shown, "stuffing", 0.1, 1, 0, 600)
    page = script.page(shown, [cell], 1, 0, 600)
    (part,) = [one for one in page.split("## ") if one.startswith("Ballots added (by neighbours)")]
    assert "| – |" in part
    assert "It has no interval" in part


def test_one_section_of_the_page_is_made_again_and_all_else_stays(script):
    page = (ROOT / "docs" / "estimates.md").read_text("utf-8")
    one = next(one for one in script.ESTIMATES if one.method == "klimek")
    section = script.section(
        one, [script.Cell("nothing", 0.0, {one.what: [2.0]}, {one.what: [(3.0, 1.0, 4.0)]})]
    )
    assert "| nothing | 0% | 2 | 3 | +1 | 100 |" in section
    once = script.replaced(page, one, section)
    assert section in once
    assert script.replaced(once, one, section) == once
    old = page[page.index(f"## {script._title(one)}") :].partition("\n## ")[0] + "\n"
    assert once.replace(section, old) == page


def test_sections_are_made_again_with_the_numbers_of_the_page_alone(script, tmp_path, capsys):
    place, size = tmp_path / "estimates.md", ["--worlds", "1", "--stations", "600", "--out", str(tmp_path)]
    shown = [one for one in script.ESTIMATES if one.method in {"integer-percentages", "neighbours"}]
    empty = script.page(shown, [], 1, 0, 600) + "## Told\n"
    place.write_text(empty, "utf-8")
    for wrong, why in (
        (["--methods", "klimek", *size], "need --slow"),
        (["--methods", "integer-percentages", *size, "--worlds", "2"], "other numbers of votes"),
        (["--methods", "integer-percentages", "--only-told", *size], "not allowed with"),
    ):
        with pytest.raises(SystemExit):
            script.main(wrong)
        assert why in capsys.readouterr().err
    assert place.read_text("utf-8") == empty
    assert script.main(["--methods", "integer-percentages", *size]) == 0
    after = place.read_text("utf-8")
    for one in shown:
        section = after[after.index(f"## {script._title(one)}\n") :].partition("\n## ")[0]
        assert ("| stuffing | 30% |" in section) == (one.method == "integer-percentages")


def test_a_page_is_made_again_in_part_wherever_its_lines_break_and_with_its_own_numbers_only(script):
    text = (ROOT / "docs" / "estimates.md").read_text("utf-8")
    assert script.begins(text, script.page((), (), 20, 10, 3000))
    assert script.begins(" ".join(text.split()), script.page((), (), 20, 10, 3000))
    assert not script.begins(text, script.page((), (), 20, 20, 3000))
    assert not script.begins(text, script.page((), (), 40, 10, 3000))


def test_every_estimate_has_its_section_and_the_mixture_promises_no_level(script):
    text = (ROOT / "docs" / "estimates.md").read_text("utf-8")
    for one in script.ESTIMATES:
        assert f"## {script._title(one)}\n\nMethod `{one.method}`: “{one.effect}”.\n" in text
    titles = [script._title(one) for one in script.ESTIMATES if one.method == "mixture"]
    assert len(titles) == 4
    assert all(title.endswith("(range)") for title in titles)
