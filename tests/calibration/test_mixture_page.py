"""The page on calibration shows what the mixture says of every reference vote that it was asked of."""

from __future__ import annotations

from pathlib import Path

from plebiscope.calibrate import table
from plebiscope.calibrate.reference import votes
from plebiscope.methods.mixture import Params
from plebiscope.model.wording import per_cent, written

PAGE = (Path(__file__).parents[2] / "docs" / "calibration.md").read_text("utf-8")
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
