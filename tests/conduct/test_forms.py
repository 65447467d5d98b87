"""The forms of words: which base each may come from."""

from __future__ import annotations

import pytest

from plebiscope.conduct.forms import bases


@pytest.mark.parametrize(
    ("base", "forms"),
    [
        ("refuse", ["refuse", "refuses", "refused", "refusing"]),
        ("deny", ["denies", "denied", "denying"]),
        ("bar", ["bars", "barred", "barring"]),
        ("take", ["took", "taken", "taking"]),
        ("woman", ["women"]),
        ("die", ["dying", "died"]),
        ("organise", ["organized", "organizing", "organises"]),
        ("labour", ["labor", "labours"]),
        ("centre", ["center", "centres"]),
    ],
)
def test_a_base_is_met_by_its_forms(base: str, forms: list[str]) -> None:
    for form in forms:
        assert bases(form) & bases(base), form


@pytest.mark.parametrize(
    ("written", "base"), [("noted", "not"), ("used", "us"), ("heed", "he"), ("shed", "she")]
)
def test_what_only_looks_like_a_form_of_a_small_word_is_none(written: str, base: str) -> None:
    assert base not in bases(written)


def test_a_small_word_is_itself() -> None:
    assert "not" in bases("not")
