"""Simulated official files with known truth: read right, or refused with the reason; never wrong without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import official
import pytest

from plebiscope.intake.read import read
from plebiscope.model.errors import InputError

FAST = 6
"""Files per arrangement in the fast suite; each arrangement draws its own language and traps."""
SLOW = 6000


def verdict(made: official.Official, folder: Path) -> tuple[str, str]:
    """Compare what was read with what happened: ``right``, ``noted``, ``refused`` or ``wrong``, and the difference."""
    path = folder / made.name
    path.write_bytes(made.data)
    try:
        found = read([path], "vote").returns
    except InputError as error:
        named = made.asks is not None and made.asks in str(error)
        return ("right" if named else "refused"), str(error)
    if made.asks is not None:
        return "wrong", "nobody was asked which vote is meant"
    off = {
        name: (value, found.sums.get(name))
        for name, value in made.sums.items()
        if found.sums.get(name) != value
    }
    other = {
        "options": (set(made.options), set(found.options)),
        "stations": (made.stations, len(found)),
        "level": (made.level, found.level),
        "quarantined": (made.quarantined, len(found.accounting.quarantine)),
        "marked": (made.marked, found.marked),
        "claimed": (set(), set(found.published) - set(made.published)),
    }
    off |= {name: pair for name, pair in other.items() if pair[0] != pair[1]}
    if not off:
        return "right", ""
    return ("noted" if found.notes else "wrong"), f"{off}; {found.notes}"


@pytest.mark.parametrize("arrangement", official.ARRANGEMENTS)
def test_official_files_are_read_right(arrangement: str, tmp_path: Path) -> None:
    for seed in range(FAST * (3 if arrangement == "plain" else 1)):
        made = official.draw(seed, arrangement)
        judged, why = verdict(made, tmp_path)
        assert judged == "right", f"seed {seed}, {made.language}, {made.traps}: {why}"


TRAPS = (
    "thousands", "numbers restart", "codes beside names", "named stations", "sequence number", "parts", "sexes",
    "percentages", "whole percentages", "links", "coordinates", "times", "subtotals", "subtotals without words",
    "grand total", "grand total on top", "titles", "footnotes", "column numbers", "repeated header", "group headings",
    "blanks for zero", "dashes for zero", "footnote marks", "shuffled columns", "merged down", "repeated records",
    "postal row", "abroad row", "electronic row", "zero padding", "votes for", "notes sheet", "station codes",
)  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_each_trap_alone_and_among_others(trap: str, tmp_path: Path) -> None:
    for seed in range(2):
        made = official.draw(seed, "plain", trap)
        judged, why = verdict(made, tmp_path)
        assert judged == "right", f"seed {seed}, {made.language}, {made.traps}: {why}"


@pytest.mark.parametrize("language", official.LANGUAGES)
def test_each_language(language: str, tmp_path: Path) -> None:
    for seed in range(2):
        made = official.draw(seed, "plain", language=language)
        judged, why = verdict(made, tmp_path)
        assert judged == "right", f"seed {seed}, {made.traps}: {why}"


@pytest.mark.slow
def test_thousands_of_official_files_are_read_right(tmp_path: Path) -> None:
    """At least 99.7 % right, and no more than one in a thousand wrong without a note."""
    seen = ((seed, official.draw(seed)) for seed in range(10_000, 10_000 + SLOW))
    judged = {seed: (made, *verdict(made, tmp_path)) for seed, made in seen}
    tally = Counter(result for _, result, _ in judged.values())
    failures = _listed((seed, result, why) for seed, (_, result, why) in judged.items() if result != "right")
    assert tally["right"] >= 0.997 * SLOW, f"{tally}\n{failures}"
    assert tally["wrong"] <= 0.001 * SLOW, f"{tally}\n{failures}"


def _listed(entries: Iterable[tuple[int, str, str]]) -> str:
    return "\n".join(f"{seed} {result}: {why[:300]}" for seed, result, why in entries)
