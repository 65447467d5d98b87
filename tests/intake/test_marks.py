"""Rows that are marked: abroad by their area, postal by what they are called, and places by neither."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from test_keys import name, places, table

from plebiscope.model.returns import Returns

Read = Callable[..., Returns]


def regions(*abroad: str) -> dict[str, list[object]]:
    """Six regions of which the last ones bear the given names."""
    made = places(6, 2, 3, 4)
    others = list(dict.fromkeys(made["Region"]))
    renamed = dict(zip(others[len(others) - len(abroad) :], abroad, strict=True))
    return {**made, "Region": [renamed.get(str(r), r) for r in made["Region"]]}


@pytest.mark.parametrize(
    "label",
    ["INOZEMSTVO", "Ārvalstis", "Peste hotare", "STRĂINĂTATE", "Français établis hors de France", "YURT DIŞI",
     "GÜMRÜK", "CONSULADOS", "99 Территория за пределами РФ", "Zahraničí", "Ulkomailla", "Utlandet", "Ausland",
     "Зарубежье", "Exterior", "خارج از کشور", "海外"],
)  # fmt: skip
def test_ordinary_stations_of_an_area_abroad_are_marked(label: str, returns_of: Read) -> None:
    found = returns_of(table(regions(label)))
    assert found.marked == {"abroad": 24}
    assert set(found.table.filter(found.table["mark"] == "abroad")["Region"]) == {label}


def test_continents_are_abroad_beside_regions_but_one_may_be_a_district(returns_of: Read) -> None:
    assert returns_of(table(regions("EUROPA", "AMERICA"))).marked == {"abroad": 48}
    assert returns_of(table(regions("ASIA"))).marked == {}


def test_a_table_of_votes_abroad_alone_marks_nothing_by_its_continents(returns_of: Read) -> None:
    found = returns_of(table(regions("AFRICA", "AMERICA", "ASIA", "EUROPA", "OCEANIA", "AUSTRALIA")))
    assert found.marked == {}


def test_countries_beside_the_one_that_votes_are_abroad(returns_of: Read) -> None:
    made = places(3, 4, 5, 6)
    elsewhere = {i: name(9000 + i % 18) for i in range(36)}
    made["Country"] = [elsewhere.get(i, "Homeland") for i in range(360)]
    assert returns_of(table(made)).marked == {"abroad": 36}


def test_the_few_countries_of_a_union_are_at_home(returns_of: Read) -> None:
    made = places(3, 4, 5, 6)
    elsewhere = {i: name(9000 + i % 3) for i in range(36)}
    made["Country"] = [elsewhere.get(i, "Homeland") for i in range(360)]
    assert returns_of(table(made)).marked == {}


def test_an_embassy_as_polling_place_is_no_area_abroad(returns_of: Read) -> None:
    made = places()
    made["Place"] = ["Embassy" if i % 40 == 0 else name(5000 + i // 2) for i in range(360)]
    assert returns_of(table(made)).marked == {}


def test_polling_places_in_post_offices_are_no_postal_votes(returns_of: Read) -> None:
    made = places(stations=8)
    made["Polling station name"] = ["Pošta" if i % 8 < 3 else name(5000 + i) for i in range(480)]
    assert returns_of(table(made)).marked == {}


def test_postal_votes_named_beside_a_number_of_their_own_are_marked(returns_of: Read) -> None:
    made = places()
    made["Polling station name"] = ["Postal votes" if i % 30 == 29 else name(5000 + i) for i in range(360)]
    assert returns_of(table(made)).marked == {"postal": 12}


def test_postal_votes_from_abroad_are_votes_from_abroad(returns_of: Read) -> None:
    made = places()
    made["Polling station name"] = [
        {29: "Glasovanje po pošti", 28: "Glasovanje po pošti iz tujine"}.get(i % 30, name(5000 + i))
        for i in range(360)
    ]
    assert returns_of(table(made)).marked == {"postal": 12, "abroad": 12}


def test_a_kind_of_voting_marks_its_rows(returns_of: Read) -> None:
    made = places()
    made["Tip glasanja"] = ["PUTEM POŠTE" if i % 6 == 5 else "REDOVNO" for i in range(360)]
    assert returns_of(table(made)).marked == {"postal": 60}
