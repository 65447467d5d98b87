"""A name is found in all the ways in which it is written, and nothing else is taken for it."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.mask.finding import SOMEBODY, Edit, Finder, Form, changed, moved
from plebiscope.mask.people import teach
from plebiscope.mask.stations import Stations


@pytest.fixture(scope="module")
def finder() -> Finder:
    found = Finder()
    teach(found, ["Ilse Marrant", "the German foreign minister"], "Speaker 1")
    teach(found, ["Jan van der Hollin"], "Speaker 2")
    teach(found, ["Rosa O'Dally-Brume"], "Speaker 3")
    teach(found, ["Элла Памфилова"], "Speaker 4")
    teach(found, ["The Citizens' Watch (CWX)"], "Speaker 5")
    teach(found, ["Ana Torvik"], "Speaker 6")
    teach(found, ["Bo Torvik"], "Speaker 7")
    teach(found, ["Bald Hill School"], "Name 1", listed=True)
    places = {
        ("North", "Linden School No. 7"): 1,
        ("North", 'School "Rainbow" No. 12'): 2,
        ("South", "554"): 3,
    }
    Stations({place: f"Station 000{number}" for place, number in places.items()}, ("District",)).teach(found)
    return found


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ilse Marrant said", "Speaker 1 said"),
        ("MARRANT’S CALL", "Speaker 1’S CALL"),
        ("Marrant's plan, said Ms. Marrant.", "Speaker 1's plan, said Speaker 1."),
        ("German Foreign Minister Ilse Marrant came", "Speaker 1 came"),
        ("when the German foreign minister spoke", "when the Speaker 1 spoke"),
        ("I. Marrant and I.Marrant", "Speaker 1 and Speaker 1"),
        ("Ilse\n  Marrant", "Speaker 1"),
        ("Marrant, Ilse", "Speaker 1"),
        (
            "“We saw it,” Ilse told us. Ilse Brandt did not.",
            "“We saw it,” Speaker 1 told us. Ilse Brandt did not.",
        ),
        ("https://news.example/ilse-marrant_2", "https://news.example/Speaker 1_2"),
        ("interview_marrant.txt", "interview_Speaker 1.txt"),
        ("mARRANTly, Marranted, Demarrant", "mARRANTly, Marranted, Demarrant"),
        ("Jan van der Hollin; Mr van der Hollin; Hollin", "Speaker 2; Speaker 2; Speaker 2"),
        ("Rosa O’Dally-Brume; O'Dally Brume", "Speaker 3; Speaker 3"),
        ("Ílse Márrant", "Speaker 1"),
        ("по словам Эллы Памфиловой, Памфилову", "по словам Speaker 4"),
        ("the Citizens’ Watch and CWX; the watch", "the Speaker 5 and Speaker 5; the watch"),
        ("Bo Torvik, but Torvik", f"Speaker 7, but {SOMEBODY}"),
        ("near Bald Hill School; a school", "near Name 1; a school"),
        ("Linden School No. 07; LINDEN SCHOOL №7", "Station 0001; Station 0001"),
        ("School “Rainbow”, No. 12", "Station 0002"),
        ("polling station 554 and УИК №554", "polling station Station 0003 and УИК №Station 0003"),
        ("“District 9, 554” differs", "“District 9, Station 0003” differs"),
        ("554 of 7 voters; share of “No” 7 %", "554 of 7 voters; share of “No” 7 %"),
    ],
)
def test_a_name_is_masked_however_it_is_written(finder: Finder, text: str, masked: str) -> None:
    assert changed(text, finder.edits(text)) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ilsebet Marran-\ntova said", "Speaker 1 said"),
        ("Marran\u00adtova; Marran\u200btova; Ilsebet\u200bMarrantova", "Speaker 1; Speaker 1; Speaker 1"),
        (unicodedata.normalize("NFD", "José Márquez; MÁRQUEZ"), "Speaker 2; Speaker 2"),
        ("Lech Walesa and Wałęsa", "Speaker 3 and Speaker 3"),
        ("O`Brien; O\u02bcBrien; Anne\u2011Marie O\u2019Brien", "Speaker 4; Speaker 4; Speaker 4"),
        ("Anne-\nMarie O'Brien", "Speaker 4"),
        ("Шевче\u0301нко", "Speaker 5"),
        ("Suu Kyi and San Suu Kyi", "Speaker 6 and Speaker 6"),
        ("marrantova2024.pdf", "Speaker 1-2024.pdf"),
        ("Marrantova1 said", "Speaker 1-1 said"),
        ("#IlsebetMarrantova wrote", "#Speaker 1 wrote"),
        ("@imarrantova wrote", "@Speaker 1 wrote"),
        ("see https://a.example/Ilsebet%20Marrantova there", "see https://a.example/Speaker 1 there"),
        ("https://a.example/Jos%C3%A9-M%C3%A1rquez.html", "https://a.example/Speaker 2.html"),
        ("https://a.example/100%25?of=%D0%90", "https://a.example/100%25?of=%D0%90"),
        ("a well-\nknown place, 50% of it", "a well-\nknown place, 50% of it"),
    ],
)
def test_a_name_is_masked_where_it_is_broken_tied_or_written_in_signs(text: str, masked: str) -> None:
    finder = Finder()
    teach(finder, ["Ilsebet Marrantova"], "Speaker 1")
    teach(finder, ["José Márquez"], "Speaker 2")
    teach(finder, ["Lech Wałęsa"], "Speaker 3")
    teach(finder, ["Anne-Marie O'Brien"], "Speaker 4")
    teach(finder, ["Іван Шевченко"], "Speaker 5")
    teach(finder, ["Aung San Suu Kyi"], "Speaker 6")
    edits = finder.edits(text)
    assert changed(text, edits) == masked
    assert all(one.end <= other.start for one, other in itertools.pairwise(edits))
    assert not finder.edits(masked)


@given(
    st.lists(
        st.sampled_from(
            [
                "Marrant",
                "Ilse",
                "Ilse Marrant",
                "Ms",
                "said",
                "the",
                "station",
                "554",
                "No. 7",
                "Torvik",
                "Watch",
                "—",
                "\n",
                "’s",
                "a",
            ]
        )
    )
)
def test_no_text_holds_a_name_twice_over(words: list[str]) -> None:
    finder = Finder()
    teach(finder, ["Ilse Marrant"], "Speaker 1")
    finder.add("No. 7", Form("Station 0001"))
    text = " ".join(words)
    edits = finder.edits(text)
    assert all(one.end <= other.start for one, other in itertools.pairwise(edits))
    masked = changed(text, edits)
    assert "Marrant" not in masked
    assert "No. 7" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "a" * 400_000,
        "а " * 100_000,
        "-" * 400_000,
        "Ilse " * 50_000,
        "№" * 200_000,
        "a-\n" * 100_000,
        "%4" * 100_000 + "%41",
        "Ilse\u200b" * 50_000,
    ],
)
def test_no_text_takes_for_ever(text: str) -> None:
    finder = Finder()
    teach(finder, ["Ilse Marrant", "Анна Ивановна Кузнецова Петрова"], "Speaker 1")
    places = {("D", "а " * n): n for n in range(1, 200)}
    Stations({place: f"Station {number:04d}" for place, number in places.items()}, ("District",)).teach(
        finder
    )
    finder.edits(text)


@given(st.text(max_size=30), st.data())
def test_places_move_with_the_text(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    edits = [Edit(a, b, "Speaker 1") for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    masked = changed(text, edits)
    for at, letter in enumerate(text):
        if not any(edit.start <= at < edit.end for edit in edits):
            assert masked[moved(at, edits)] == letter
    for edit in edits:
        assert masked[moved(edit.start, edits) : moved(edit.end, edits, end=True)] == "Speaker 1"
