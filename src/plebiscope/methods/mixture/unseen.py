"""What the method said of simulated votes to which ballots were added: how often the truth was larger.

The table is made by ``benchmarks/mixture_unseen.py``.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources

from plebiscope.model.wording import counted

_NUMBERS = ("stations", "votes", "true", "untold", "larger", "held")


@dataclass(frozen=True)
class Row:
    """One recipe in countries of one size.

    Attributes
    ----------
    recipe
        Its id.
    stations
        Stations of the country.
    votes
        Votes simulated.
    true
        Stations to which ballots were added, in the mean.
    untold
        Votes of which no number was told.
    larger
        Of these, votes with more such stations than the upper end of what was told.
    held
        Of the others, votes in which the interval holds their true number.
    """

    recipe: str
    stations: int
    votes: int
    true: int
    untold: int
    larger: int
    held: int


@cache
def rows() -> tuple[Row, ...]:
    """Return the table that is shipped."""
    text = resources.files("plebiscope.methods.mixture").joinpath("unseen.csv").read_text("utf-8")
    return tuple(
        Row(recipe=line["recipe"], **{name: int(line[name]) for name in _NUMBERS})
        for line in csv.DictReader(io.StringIO(text))
    )


def larger() -> str:
    """Say how often the true number of stations was larger than the most that was told."""
    untold, more = (sum(getattr(row, name) for row in rows()) for name in ("untold", "larger"))
    return (
        f"in {counted(untold, 'simulated votes')} with ballots added of which no number was told either, the "
        f"true number was larger than that in {more:,}"
    )


def held() -> str:
    """Say how often the truth was inside of what was told, whether that was a number or not."""
    votes, untold, more, inside = (
        sum(getattr(row, name) for row in rows()) for name in ("votes", "untold", "larger", "held")
    )
    told = votes - untold
    also = f", and the interval of a number that was told held it in {inside:,} of {told:,}" if told else ""
    return (
        f"the upper end held the true number of stations in {untold - more:,} of {untold:,} simulated votes "
        f"with ballots added of which no number was told{also}"
    )
