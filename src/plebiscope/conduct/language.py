"""The words of a language that are not part of the codebook, read from their data file."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources


@cache
def words(section: str, name: str) -> frozenset[str]:
    """Give a list of words of ``english.toml`` as a set."""
    return frozenset(_listed(section, name))


@cache
def either(section: str, name: str) -> str:
    """Give a list of words of ``english.toml`` as the alternatives of a regular expression, longest first."""
    return "|".join(
        re.escape(word) for word in sorted(_listed(section, name), key=lambda word: (-len(word), word))
    )


@cache
def _data() -> dict[str, dict[str, str | list[str]]]:
    return tomllib.loads((resources.files("plebiscope.conduct") / "english.toml").read_text("utf-8"))


def _listed(section: str, name: str) -> list[str]:
    found = _data()[section][name]
    return found.split() if isinstance(found, str) else found
