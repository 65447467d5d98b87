"""The teaching page says what is true of the votes on it."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from pathlib import Path

import pytest

from plebiscope.worlds.invented import Country
from plebiscope.worlds.recipe import shipped

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
    found = script.named(dataclasses.replace(recipe, country=country).simulate())
    assert found
    assert all(one in sections[recipe.title] for one in found)


def test_an_invented_country_of_that_size_can_be_asked_for():
    assert Country(stations=10_000, districts=200).stations == 10_000
