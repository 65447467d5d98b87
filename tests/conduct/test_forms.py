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
