"""The teaching page says what is true of the votes on it."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from plebiscope.worlds.invented import Country
from plebiscope.worlds.recipe import shipped
from plebiscope.worlds.tamper import MECHANISMS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_teaching", ROOT / "benchmarks" / "make_teaching.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    page = (ROOT / "docs" / "worlds.md").read_text("utf-8")
    parts = re.split(r"^## ", page, flags=re.M)[1:]
    return {part.partition("\n")[0]: part for part in parts}


@pytest.mark.parametrize("name", sorted(set(shipped()) - {"fair"}))
def test_every_recipe_stands_on_the_page_with_its_truth(script, sections, name):
    recipe = shipped()[name]
    here = sections[recipe.title]
    country = dataclasses.replace(recipe.country, stations=10_000, districts=200)
    assert script.truth(dataclasses.replace(recipe, country=country).simulate()) in here
    assert " ".join(recipe.shows.split()) in here
    assert " ".join(recipe.hides.split()) in here
    assert (ROOT / "docs" / "worlds" / f"{name}.svg").is_file()


def test_what_the_dossier_names_is_what_it_names(script, sections):
    """Tried on the smallest deed that is found, so that it takes seconds."""
    recipe = shipped()["totals-from-percentages"]
    country = dataclasses.replace(recipe.country, stations=10_000, districts=200)
    found = script.named(script.examined(dataclasses.replace(recipe, country=country).simulate()))
    assert found
    assert all(one in sections[recipe.title] for one in found)


def test_four_recipes_are_summed_up_with_their_truth(script, sections):
    (table,) = (part for title, part in sections.items() if title.startswith("In short"))
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    assert lines[0] == [shipped()[name].title for name in script.FOUR]
    rows = {line[0]: line[1:] for line in lines}
    for name, said in zip(script.FOUR, rows["true"], strict=True):
        recipe = shipped()[name]
        country = dataclasses.replace(recipe.country, stations=10_000, districts=200)
        world = dataclasses.replace(recipe, country=country).simulate()
        assert said == f"{world.touched.sum():,} of 10,000 stations, {world.added.sum():+,} votes"


SENTENCE = "The vote: of the 12 methods that were tried on such votes, none notices: ballots stuffed."


@pytest.mark.parametrize(
    ("mechanism", "anything", "places", "sentence", "said"),
    [
        ("targets", True, True, "", "yes: "),
        ("targets", True, False, "", "in part: "),
        ("targets", False, True, "", "no: "),
        ("stuffing", True, True, SENTENCE, "no: "),
        ("stuffing", False, True, SENTENCE, "yes, and blind: "),
        ("stuffing", False, True, SENTENCE.replace("stuffed", "burnt"), "does not say so"),
        ("stuffing", False, True, "The vote: ballots stuffed is a title.", "does not say so"),
    ],
)
def test_a_dossier_is_right_only_if_it_names_what_was_written_and_owns_what_it_cannot_see(
    script, world, mechanism, anything, places, sentence, said
):
    done = MECHANISMS[mechanism].apply(world, 0.1, np.random.SeedSequence(1))
    dossier = SimpleNamespace(reading=SimpleNamespace(sentences=(sentence,)))
    assert said in script._right(done, dossier, anything, places)


def test_an_estimate_that_misses_the_truth_is_not_right(script, world):
    done = MECHANISMS["stuffing"].apply(world, 0.1, np.random.SeedSequence(1))
    dossier = SimpleNamespace(reading=SimpleNamespace(sentences=(SENTENCE,)))
    assert script._right(done, dossier, False, True, []).startswith("yes")
    missed = script._right(done, dossier, False, True, ["votes added"])
    assert missed.startswith("in part")
    assert missed.endswith("outside of what is told of: votes added")


def test_the_summary_counts_every_estimate_that_misses(sections):
    (table,) = (part for title, part in sections.items() if title.startswith("In short"))
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    for cells in list(zip(*lines[2:], strict=True))[1:]:
        misses = any("does not hold the truth" in cell for cell in cells)
        assert misses == ("outside of what is told" in cells[-1])


def test_an_invented_country_of_that_size_can_be_asked_for():
    assert Country(stations=10_000, districts=200).stations == 10_000
