"""The page on calibration says of the mixture what the table of reference votes, its code and its script say."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from plebiscope.calibrate import table
from plebiscope.calibrate.reference import votes
from plebiscope.kernels import class_totals
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.methods import mixture
from plebiscope.methods.mixture import Params
from plebiscope.model.wording import per_cent, written

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "calibration.md").read_text("utf-8")
WORDS = " ".join(PAGE.split())
MARKS = "<!-- mixture on reference votes -->\n", "<!-- end of mixture on reference votes -->"


def lines() -> list[str]:
    """Return the lines of the table, by vote in the order of their list, from ``reference.csv``."""
    rows = [row for row in table.shipped() if row.method == "mixture"]
    factors = {(row.vote, row.option): row.value for row in rows if row.effect == "log Bayes factor"}
    heads = [row for row in rows if row.effect == "stations in which ballots look added"]
    made = ["| vote | held to be | option | stations | log Bayes factor | of these look added |"]
    made.append("| --- | --- | --- | ---: | ---: | --- |")
    for vote in votes():
        for row in (row for row in heads if row.vote == vote.id):
            factor = factors[row.vote, row.option]
            assert factor is not None
            assert row.n is not None
            assert row.value is not None
            told = "no number is told"
            if row.value:
                told = f"**{row.value:,.0f}** ({per_cent(100.0 * row.value / row.n)}; {row.low:,.0f} to {row.high:,.0f})"
            assert bool(row.value) == (factor > Params().limit)
            cells = (vote.id, vote.standing, row.option, f"{row.n:,}", written(factor, ".1f"), told)
            made.append(f"| {' | '.join(cells)} |")
    return made


def test_the_table_on_real_votes_is_that_of_the_reference_table():
    shown = PAGE.partition(MARKS[0])[2].partition(MARKS[1])[0].rstrip().splitlines()
    assert shown == lines()


def test_the_page_counts_the_clean_votes_of_which_a_number_is_told():
    rows = [row for row in table.shipped() if row.method == "mixture" and row.effect == "log Bayes factor"]
    standing = {vote.id: vote.standing for vote in votes()}
    asked, told = {}, {}
    for row in rows:
        asked.setdefault(standing[row.vote], set()).add(row.vote)
        if row.value > Params().limit:
            told.setdefault(standing[row.vote], set()).add(row.vote)
    for kind in ("clean", "disputed"):
        assert f"{len(told.get(kind, ()))} of {len(asked[kind])} {kind} votes" in PAGE


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """Return the script that asks how often intervals hold the truth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        import mixture_coverage

        yield mixture_coverage
        del sys.modules["mixture_coverage"]


def test_the_page_names_the_grid_and_what_is_added_for_it():
    grid, part = Grid(Params().least, Params().most), class_totals._GRID
    assert f"a grid of {len(grid.pairs[0])} cells" in WORDS
    moved = float(re.search(r"Halving each cell moves totals by (\d\.\d) %", WORDS)[1])
    assert moved <= 100 * part < moved + 1.0
    assert f"so {100 * part:g} % of each total are added to its error" in WORDS


def test_the_script_takes_the_command_lines_of_the_page(script):
    lines = re.findall(r"`(?:python )?benchmarks/mixture_coverage\.py([^`]*)`", WORDS)
    lines += re.findall(r"`(--only [^`]*--tables [^`]*)`", WORDS)
    given = [script.parser().parse_args(shlex.split(line)) for line in lines]
    assert ["none"] in [one.only for one in given]
    (whole,) = (one for one in given if "none" in one.only and len(one.only) > 1)
    (halved,) = (one for one in given if one.halved)
    assert set(halved.only) < set(whole.only)
    assert "eight votes at each" in WORDS
    assert halved.tables == 8
    (districts,) = {script.POINTS[point][1] for point in whole.only}
    assert f"{whole.tables} tables each in {districts} districts" in WORDS
    assert f"seeds {whole.first} to {whole.first + whole.tables - 1}" in WORDS
    for point in whole.only[:-1]:
        assert f"| {point}: bias | held |" in WORDS
    assert whole.only[-1] == "none"


def test_page_and_method_say_how_many_stations_are_of_the_classes(script):
    told = " ".join((mixture.__doc__ or "").split())
    for point, form in {
        "moderate": "{some:.0f} % and {most:.0f} % of {stations:,} stations",
        "many, low rates": "{some:.0f} % and {most:.0f} % of",
        "few": "{some:.0f} % and {most:.0f} % of {stations:,}",
        "two kinds of place": "{some:.0f} % and {most:.0f} % of {stations:,}",
    }.items():
        stations, _, further = script.POINTS[point]
        law = Parameters.known(
            np.array([*script.NATURAL, *further]), np.zeros((1, 2)), np.zeros(2), np.ones(2)
        )
        _, some, most = 100.0 * law.classes
        words = form.format(some=some, most=most, stations=stations)
        assert words in told or point == "two kinds of place"
        assert f"*{point}*, {words}" in WORDS


def test_the_shares_that_held_are_said_plainly_where_they_lie_outside():
    shown = PAGE.partition("<!-- mixture coverage -->")[2]
    rows = [line.split(" | ") for line in shown.splitlines() if line.startswith(("| stations,", "| votes"))]
    held = np.array([[float(row[at].strip(" |%")) for at in (2, 4, 6, 8)] for row in rows])
    assert held.shape == (6, 4)
    one, two = held[:, :3], held[:, 3]
    assert ((one >= 92.0) & (one <= 98.0)).all()
    assert f"all eighteen shares lie there, from {one.min()} to {one.max()}" in WORDS
    outside = sorted(share for share in two if not 92.0 <= share <= 98.0)
    assert f"**{', '.join(map(str, outside))}**" in WORDS
