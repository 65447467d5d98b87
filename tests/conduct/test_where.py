"""The place of a fact: found by what stands around a name, never where it was only said."""

from __future__ import annotations

import pytest

from plebiscope.conduct.clean import clean
from plebiscope.conduct.segment import sentences
from plebiscope.conduct.where import Where


def read(text: str, country: str | None = None) -> Where:
    cleaned = clean(text)
    return Where(cleaned, sentences(cleaned), country)


def of(text: str, fact: str, said: str = "", country: str | None = None) -> list[tuple[str, str | None]]:
    """Places of a fact: canonical names with their countries."""
    where = read(text, country)
    at = where.cleaned.text.index(fact)
    index = next(i for i, one in enumerate(where.passages) if one.start <= at < one.end)
    cues = [(where.cleaned.text.index(said), where.cleaned.text.index(said) + len(said))] if said else []
    return [(one.name, one.country) for one in where.of_fact(index, at, at + len(fact), cues)]


@pytest.mark.parametrize(
    ("text", "fact", "places"),
    [
        ("Boxes were stuffed in Gostel.", "stuffed", ["Gostel"]),
        ("Boxes were stuffed in the village of Marrant.", "stuffed", ["Marrant"]),
        ("Boxes were stuffed in Gostel, Marrant and Osk.", "stuffed", ["Gostel", "Marrant", "Osk"]),
        ("Boxes were stuffed at a school in Gostel district.", "stuffed", ["Gostel district"]),
        ("Boxes were stuffed at polling station No. 12.", "stuffed", ["polling station No. 12"]),
        ("Boxes were stuffed at polling station 12 in Gostel.", "stuffed", ["polling station 12", "Gostel"]),
        ("Boxes were stuffed in Ward 7.", "stuffed", ["Ward 7"]),
        ("Screens were put up on Linden Square.", "put up", ["Linden Square"]),
        ("Voters from Gostel were beaten.", "beaten", ["Gostel"]),
        ("Villagers were bussed to Gostel.", "were bussed to Gostel", ["Gostel"]),
        ("In Gostel boxes were stuffed, and observers were thrown out.", "thrown out", ["Gostel"]),
        ("In Gostel, residents told us, boxes were stuffed.", "stuffed", ["Gostel"]),
        ("Soldiers came to Kharkiv's polling stations.", "Soldiers came", ["Kharkiv"]),
        ("Boxes were stuffed across occupied Kherson.", "stuffed", ["Kherson"]),
    ],
)
def test_where_it_happened(text: str, fact: str, places: list[str]) -> None:
    said = "residents told us" if "told us" in text else ""
    assert [name for name, _ in of(text, fact, said)] == places


@pytest.mark.parametrize(
    ("text", "fact", "said"),
    [
        ("Boxes were stuffed, she said in Berlin.", "stuffed", "she said"),
        ("She told reporters at the UN in New York that boxes were stuffed.", "stuffed", "She told"),
        ("She said at a news conference in Gostel on Monday that boxes were stuffed.", "stuffed", "She said"),
        ("In Gostel, the mayor said boxes were stuffed.", "stuffed", "the mayor said"),
        ("GOSTEL, Marrant (AP) - Boxes were stuffed.", "stuffed", ""),
        ("DONETSK, Ukraine — Boxes were stuffed.", "stuffed", ""),
        ("Washington said that boxes were stuffed.", "stuffed", "Washington said"),
        ("Ukraine denounced the vote as rigged.", "rigged", "Ukraine denounced"),
        ("The Kremlin had boxes stuffed.", "stuffed", ""),
        ("Paris Hilton saw boxes stuffed.", "stuffed", ""),
        ("Georgia Meloni spoke of boxes that were stuffed.", "stuffed", ""),
        ("Boxes were stuffed by men of the Dnipro battalion.", "stuffed", ""),
        ("Boxes were stuffed, said a lawyer whose son lives in Gostel.", "stuffed", ""),
        ("Boxes were stuffed in May.", "stuffed", ""),
        ("Orders were given in Russian and boxes stuffed.", "stuffed", ""),
        ("Boxes were stuffed, as it says in Article 19.", "stuffed", ""),
        ("They were beaten before they went to Gostel.", "beaten", ""),
    ],
)
def test_where_it_was_said_or_somebody_comes_from_is_not_where_it_happened(
    text: str, fact: str, said: str
) -> None:
    assert of(text, fact, said) == []


def test_a_neighbouring_sentence_lends_no_place() -> None:
    assert of("Polls opened in Gostel. Boxes were stuffed.", "stuffed") == []


def test_where_the_fact_is_that_it_was_said_the_place_of_speaking_is_its_place() -> None:
    where = read("Ministers said in Berlin that they condemn the vote.")
    (place,) = where.of_fact(0, 35, 51, [(0, 14)], is_speech=True)
    assert (place.name, place.country) == ("Berlin", "DE")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Boxes were stuffed in Zaporizhia, Ukraine.", ("Zaporizhzhya", "UA")),
        ("Boxes were stuffed in Kiev.", ("Kyiv", "UA")),
        ("Boxes were stuffed in the Luhansk region.", ("Luhansk region", "UA")),
        ("Boxes were stuffed in Amman, Jordan.", ("Amman", "JO")),
        ("Boxes were stuffed in Gostel, Ukraine.", ("Gostel", "UA")),
        ("Boxes were stuffed in Georgia.", ("Georgia", None)),
        ("Boxes were stuffed in the Republic of Georgia.", ("Georgia", "GE")),
        ("Boxes were stuffed in Georgia. Polls in Tbilisi closed at eight.", ("Georgia", "GE")),
        ("Boxes were stuffed in Georgia. Polls in Ohio and Florida closed.", ("Georgia", "US")),
        ("Boxes were stuffed in Springfield.", ("Springfield", "US")),
        ("Boxes were stuffed in Valencia.", ("Valencia", None)),
        ("Boxes were stuffed in Valencia. Spanish voters queued.", ("Valencia", "ES")),
        ("Boxes were stuffed in Valencia. Venezuelan voters queued.", ("Valencia", "VE")),
    ],
)
def test_the_country_is_said_where_it_is_not_in_doubt(text: str, place: tuple[str, str | None]) -> None:
    assert of(text, "stuffed") == [place]


def test_the_country_of_the_case_decides() -> None:
    assert of("Boxes were stuffed in Valencia.", "stuffed", country="Venezuela") == [("Valencia", "VE")]


def test_a_place_stands_where_the_original_has_it() -> None:
    original = "> Boxes were  stuffed in\u00a0Gostel\u200b and burnt."
    cleaned = clean(original)
    where = Where(cleaned, sentences(cleaned))
    at = cleaned.text.index("stuffed")
    (place,) = where.of_fact(0, at, at + 7, [])
    assert original[place.start : place.end] == place.written == "Gostel"


@pytest.mark.parametrize(
    "text",
    [
        "In Gostel, " * 20_000,
        "A" * 200_000,
        "in " + "Aa-" * 50_000,
        "polling station " * 20_000,
        "Of De La " * 20_000,
        "GOSTEL, " * 20_000 + "—",
        "in the city of the " * 10_000 + "Gostel",
    ],
)
def test_hostile_texts_come_to_an_end(text: str) -> None:
    where = read(text)
    for index in range(len(where.passages)):
        where.places.of(index)
