"""The report the project was founded on: every date and place that was coded by hand in its sentences."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from plebiscope.conduct.clean import Cleaned, clean
from plebiscope.conduct.passage import Passage
from plebiscope.conduct.placenames import same_place
from plebiscope.conduct.segment import fold, sentences
from plebiscope.conduct.when import When
from plebiscope.conduct.where import Where

pytestmark = pytest.mark.shared

CARRIED = {"s03", "s11"}
"""Sentences whose places stand in another sentence: they are not carried over."""


@pytest.fixture(scope="module")
def gold(shared: Path) -> list[dict[str, Any]]:
    return json.loads((shared / "seed" / "gold.json").read_text("utf-8"))["sentences"]


@pytest.fixture(scope="module")
def seed(shared: Path) -> tuple[Cleaned, list[Passage]]:
    (path,) = (shared / "seed").glob("*.txt")
    cleaned = clean(path.read_text("utf-8"))
    return cleaned, fold(cleaned, sentences(cleaned))


def test_every_date_comes_out_and_no_other(
    gold: list[dict[str, Any]], seed: tuple[Cleaned, list[Passage]]
) -> None:
    cleaned, passages = seed
    when = When(cleaned.lowered, passages, dt.date(2022, 9, 29))
    for index, sentence in enumerate(gold):
        wanted = [date["resolved"] for date in sentence["dates"]]
        assert [date.when for date in when.dates(index)] == wanted, sentence["id"]


def test_every_place_that_a_sentence_names_comes_out(
    gold: list[dict[str, Any]], seed: tuple[Cleaned, list[Passage]]
) -> None:
    cleaned, passages = seed
    where = Where(cleaned, passages)
    for index, sentence in enumerate(gold):
        if sentence["id"] in CARRIED:
            continue
        found = [cleaned.text[one.start : one.end] for one in where.places.of(index)]
        for place in sentence["places"]:
            name = place.split(" (")[0].split(", ")[0]
            assert any(same_place(name, one) for one in found), (sentence["id"], name, found)


def test_no_fact_is_put_where_it_was_only_told(seed: tuple[Cleaned, list[Passage]]) -> None:
    cleaned, passages = seed
    where = Where(cleaned, passages)
    index = next(
        i for i, one in enumerate(passages) if "she said in Berlin" in cleaned.text[one.start : one.end]
    )
    at = cleaned.text.index("she said in Berlin")
    start = passages[index].start
    assert where.of_fact(index, start + 1, start + 40, [(at, at + 8)]) == ()
