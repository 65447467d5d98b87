"""Every language says everything."""

from __future__ import annotations

import re

import pytest

from plebiscope.web.words import LANGUAGES, catalogue, speaker

FILLED = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_key_and_fills_in_the_same(language: str) -> None:
    english, other = catalogue("en"), catalogue(language)
    assert set(other) == set(english)
    for key, text in english.items():
        assert set(FILLED.findall(other[key])) == set(FILLED.findall(text)), key
        assert other[key].strip()


def test_what_is_filled_in_is_escaped() -> None:
    assert "<b>" not in speaker("en")("home.where", folder="<b>")


def test_numbers_pick_their_form() -> None:
    say = speaker("en")
    assert say("home.files", n=1) == "1 file"
    assert say("home.files", n=1200) == "1,200 files"
