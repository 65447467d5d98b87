"""The summary on the terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from plebiscope.canonical import as_json
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.terminal import show, show_reading
from plebiscope.dossier.text import without_name
from plebiscope.intake.read import read


def shown(dossier: Dossier, *, colour: bool = False, width: int = 100) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=colour, color_system="truecolor" if colour else None
    )
    show(dossier, [Path("out") / "dossier.html"], console)
    return out.getvalue()


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_case_reading_findings_and_files(dossier: Dossier) -> None:
    text = squeezed(shown(dossier))
    for part in (
        "Testland 2031 (simulated)",
        "this vote did not happen",
        "figures contradictory",
        "conduct grave breaches reported",
        without_name(dossier.reading.sentences[0], dossier.case.contests[0].name),
        "strong Integer percentages: either, Yes, 412 stations",
        "10 of 18 areas are named",
        "not testable, because ballots issued",
        "dossier.html",
    ):
        assert part in text


def test_without_colour_nothing_is_lost(dossier: Dossier) -> None:
    assert "\x1b" not in shown(dossier)
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown(dossier, colour=True)) == shown(dossier)


def test_hostile_text_is_text(nasty_dossier: Dossier) -> None:
    text = shown(nasty_dossier, colour=True)
    assert "[red]x" in squeezed(text)
    controls = set(re.findall(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]", text))
    assert not controls
    assert set(re.findall(r"\x1b[^\[]", text)) == set()
    assert "\u202e" not in text


def test_it_fits_narrow_terminals(dossier: Dossier) -> None:
    assert max(len(line) for line in shown(dossier, width=60).splitlines()) <= 60


def test_every_column_of_a_file_is_told_of(tmp_path: Path) -> None:
    votes = [(200 + 7 * i % 50, 100 + 3 * i % 40) for i in range(30)]
    rows = [f"Marenna,{i},{500 + i},{a + b},{a},{b},{i % 7}.5" for i, (a, b) in enumerate(votes)]
    head = "Country,Polling station,Registered voters,Valid votes,Adaro,Belin,Turnout %"
    path = tmp_path / "results.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    out = io.StringIO()
    show_reading(as_json(read([path], "vote")), Console(file=out, width=300))
    text = squeezed(out.getvalue())
    assert "7 columns: 5 read, 2 not read." in text
    assert "not read: 'Country', because it says one and the same in every row" in text
    assert 'to have it read: [columns], areas = ["Country"]' in text
    assert "not read: 'Turnout %', because it holds percentages" in text
