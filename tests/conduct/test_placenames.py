"""Names of places across spellings: one place under several names, and several places under one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.conduct.placenames import Alike, demonym, known, same_place, sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kyiv", "Kiev"),
        ("Kharkiv", "Kharkov"),
        ("Luhansk", "Lugansk"),
        ("Zaporizhia", "Zaporozhye"),
        ("Zaporizhzhia", "Zaporizhia"),
        ("Mykolaiv", "Nikolaev"),
        ("Bakhmut", "Artemivsk"),
        ("Mumbai", "Bombay"),
        ("Côte d'Ivoire", "Ivory Coast"),
        ("U.S.", "the United States"),
        ("Łódź", "Lodz"),
        ("GOSTEL", "Gostel"),
        ("Gostel district", "Gostel"),
        ("Gostel Oblast", "the Gostel region"),
        ("village of Marrant", "Marrant"),
        ("Polling Station No. 12", "PS 012"),
        ("polling station #7", "Precinct 7"),
        ("Ward 5", "ward no. 5"),
    ],
)
def test_one_place_under_two_names(one: str, other: str) -> None:
    assert same_place(one, other)
    assert same_place(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kyiv city", "Kyiv region"),
        ("Donetsk", "Luhansk"),
        ("Granada", "Grenada"),
        ("Lima", "Lomé"),
        ("Niger", "Nigeria"),
        ("Austria", "Australia"),
        ("polling station 12", "polling station 13"),
        ("polling station 12", "ward 12"),
        ("Gostel 1", "Gostel 2"),
        ("", ""),
    ],
)
def test_two_places(one: str, other: str) -> None:
    assert not same_place(one, other)
    assert not same_place(other, one)


def test_names_for_one_place_are_found_among_many() -> None:
    names = Alike()
    for name in ("Gostel", "Gostel region", "Luhansk region", "Kyiv", "polling station No. 12"):
        names.add(name)
    assert names.same("the Gostel Oblast") == ["Gostel region"]
    assert set(names.same("the Gostel Oblast", loosely=True)) == {"Gostel", "Gostel region"}
    assert names.same("Lugansk Oblast") == ["Luhansk region"]
    assert names.same("Kiev") == ["Kyiv"]
    assert names.same("Bresk") == []


@given(
    st.lists(st.text("aeghiknoryzv .19", max_size=12), max_size=12), st.text("aeghiknoryzv .19", max_size=12)
)
def test_no_name_for_a_place_is_overlooked(names: list[str], sought: str) -> None:
    kept = Alike()
    for name in names:
        kept.add(name)
    assert set(kept.same(sought, loosely=True)) == {name for name in names if same_place(name, sought)}


@given(st.text(max_size=40))
def test_any_name_is_the_place_it_names_and_has_one_sound(name: str) -> None:
    assert same_place(name, name) or not any(letter.isalnum() for letter in name)
    assert sound(name) == sound(name)


def test_a_country_goes_before_the_towns_of_its_name() -> None:
    assert {one.country for one in known("Mexico")} == {"MX"}


def test_georgia_is_a_country_and_a_state() -> None:
    assert {(one.kind, one.country) for one in known("Georgia")} == {("country", "GE"), ("state", "US")}


def test_an_invented_place_is_in_no_gazetteer() -> None:
    assert known("Gostel") == known("Marrant") == ()


@pytest.mark.parametrize(("word", "country"), [("Ukrainian", "UA"), ("Georgians", "GE"), ("voters", None)])
def test_who_comes_from_a_country_points_to_it(word: str, country: str | None) -> None:
    assert demonym(word) == country
