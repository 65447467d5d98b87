"""Every text of the workbench by key, in each language that it speaks.

A catalogue is a TOML file called after its language. Keys stand in tables by page; a text may hold names in
braces, which are filled in. A text that depends on a number is a table with the plural forms of the language
(``one``, ``few``, ``many``, ``other``), of which ``{n}`` picks one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup, escape

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""Each language, in its own words."""


def _form(language: str, number: float) -> str:
    """Pick the plural form of a number; English and Spanish have the same two for whole numbers."""
    return "one" if number == 1 else "other"


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every text of a language; the plural forms have keys of their own (``cases.found.one``)."""
    text = resources.files("plebiscope.web.words").joinpath(f"{language}.toml").read_text("utf-8")
    found: dict[str, str] = {}

    def gather(entries: dict[str, Any], before: str) -> None:
        for name, value in entries.items():
            if isinstance(value, dict):
                gather(value, f"{before}{name}.")
            else:
                found[before + name] = value

    gather(tomllib.loads(text), "")
    return found


def speaker(language: str) -> Callable[..., Markup]:
    """Return the function by which pages say something: ``t("home.title", n=3)``.

    What is filled in is escaped; the texts themselves are ours and may hold HTML.
    """
    texts = catalogue(language)

    def say(key: str, **filled: Any) -> Markup:
        if key not in texts and "n" in filled:
            key = f"{key}.{_form(language, filled['n'])}"
        shown = {
            name: escape(f"{value:,}" if isinstance(value, int) else value) for name, value in filled.items()
        }
        return Markup(texts[key].format_map(shown) if shown else texts[key])  # noqa: S704 - our own texts

    return say


def chosen(cookie: str | None, accepted: str) -> str:
    """Choose a language: the one somebody has picked, else the first that their browser asks for."""
    if cookie is not None and cookie in LANGUAGES:
        return cookie
    for part in accepted.lower().split(","):
        wanted = part.split(";")[0].strip().split("-")[0]
        if wanted in LANGUAGES:
            return wanted
    return "en"
