"""Patterns that are data: regular expressions of ``figures.toml`` and ``events.toml``, compiled."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

from plebiscope.conduct.names import CAPITAL

_PART = re.compile(r"\{([a-z][a-z-]+)\}")


@cache
def pattern(file: str, section: str, name: str) -> re.Pattern[str]:
    """Compile a pattern of a data file; the parts that it names in braces are put in."""
    return re.compile(_whole(file, section, name))


@cache
def _data(file: str) -> dict[str, dict[str, str | list[str]]]:
    return tomllib.loads((resources.files("plebiscope.conduct") / f"{file}.toml").read_text("utf-8"))


@cache
def _whole(file: str, section: str, name: str) -> str:
    written = _data(file)[section][name]
    joined = written if isinstance(written, str) else "|".join(written)
    return _PART.sub(lambda part: CAPITAL if part[1] == "capital" else _whole(file, "parts", part[1]), joined)
