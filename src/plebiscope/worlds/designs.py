"""What designs need beside a vote: groups of stations, the order of reporting, a sample, an earlier vote.

Of a fair vote nothing is hidden in them: a group changed nothing, stations report what they counted, and a
sample says what stands on the forms. There are two ways in which stations can come into a group, and into
the order of reporting:

* ``lot``: chance, inside each area;
* ``size``: the largest stations of each area are in the group, and the smallest report first, as a rule.

The second is what the world is like: observers go where most people vote, and small stations count faster.
Wherever size goes with how people vote, such a group differs from the others, and the late count from the
early one, though nothing was done.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from plebiscope.model.beside import Beside, Copies, Match
from plebiscope.model.case import Comparison
from plebiscope.model.method import Subject
from plebiscope.worlds.ground import Ground, World
from plebiscope.worlds.papers import signed

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Chosen = Literal["lot", "size"]

GROUPED = 0.1
"""Share of the stations of each area that are in the group."""
SAMPLED = 0.1
"""Share of the stations of each area that are in the sample; two at least."""
HOURS = 10
"""Hours from the first report to the last."""
JITTER = 0.25
"""Where small stations report first: spread of the logarithm of the time it takes, beside that of size."""
_BEGIN = dt.datetime(2020, 7, 1, 20)


def with_designs(
    subject: Subject,
    world: World,
    rng: np.random.Generator,
    *,
    group: Chosen = "lot",
    order: Chosen = "size",
    earlier: World | None = None,
) -> Subject:
    """Add to a vote a group of stations, when each was reported, a sample and, if given, an earlier vote.

    Parameters
    ----------
    subject, world
        The vote, and the world it was made from.
    rng
        Chooses stations and times.
    group, order
        How stations came into the group, and into the order of reporting.
    earlier
        Another vote on the same ground.
    """
    here, returns = world.ground, subject.results
    area, codes = _area(here)
    names = np.full(len(returns), None, dtype=object)
    names[here.rows[grouped(here, codes, group, rng)]] = "observed"
    minutes = reported(here, codes, order, rng)
    times: list[dt.datetime | None] = [None] * len(returns)
    for row, minute in zip(here.rows.tolist(), minutes.tolist(), strict=True):
        times[row] = _BEGIN + dt.timedelta(minutes=minute)
    table = returns.table.with_columns(
        pl.Series("group", names.tolist(), dtype=pl.String),
        pl.Series("reported", times, dtype=pl.Datetime("us")),
    )
    extras = tuple(dict.fromkeys((*returns.extras, "group", "reported")))
    comparison = Comparison(
        group="observed", by_lot=group == "lot", within=(area,) if area and group == "lot" else ()
    )
    pairs = subject.pairs
    if earlier is not None:
        contest = subject.contest.model_copy(update={"id": "earlier", "name": "An earlier vote"})
        rows = np.arange(len(returns), dtype=np.int64)
        pairs = (*pairs, Beside(contest, earlier.returns(), Match(rows, {}, "the same rows")))
    return dataclasses.replace(
        subject,
        contest=subject.contest.model_copy(update={"comparison": comparison}),
        returns=dataclasses.replace(returns, table=table, extras=extras),
        copies=(*subject.copies, sampled(world, area, codes, rng)),
        pairs=pairs,
    )


def grouped(here: Ground, codes: Integers, chosen: Chosen, rng: np.random.Generator) -> Integers:
    """Choose a tenth of the stations of each area, one at least and never all: places in the ground."""
    key = rng.random(len(here)) if chosen == "lot" else -here.counts.registered + rng.random(len(here))
    return _first(codes, key, GROUPED, 1)


def reported(here: Ground, codes: Integers, chosen: Chosen, rng: np.random.Generator) -> Integers:
    """Tell when each station was reported, in minutes from the first, shape (stations,).

    By ``size``, every area has reported the same part of its stations at any time.
    """
    key = rng.random(len(here))
    if chosen == "size":
        key = np.log(here.counts.registered) + JITTER * rng.standard_normal(len(here))
    place = _rank(codes, key) / np.bincount(codes)[codes]
    if chosen == "lot":
        place = rng.random(len(here))
    return np.asarray(place * HOURS * 60, dtype=np.int64)


def sampled(world: World, area: str | None, codes: Integers, rng: np.random.Generator) -> Copies:
    """Draw a sample of stations inside areas, and copy what stands on their forms."""
    rows = np.sort(world.ground.rows[_first(codes, rng.random(len(codes)), SAMPLED, 2)])
    forms = signed(world)
    returns = dataclasses.replace(forms, table=forms.table[rows.tolist()])
    match = Match(rows, {}, "the rows that were drawn")
    return Copies("a quick count", "sample", returns, match, strata=(area,) if area else ())


def _area(here: Ground) -> tuple[str | None, Integers]:
    """Return the column of the districts, and the district of each station; else none, and zeros."""
    fine = [name for name, codes in here.areas.items() if len(codes) >= 5 * (codes.max() + 1)]
    return (fine[-1], here.areas[fine[-1]]) if fine else (None, here.district)


def _rank(codes: Integers, key: Floats) -> Integers:
    """Rank the stations of each area by a key, from 0, shape (stations,)."""
    order = np.lexsort((key, codes))
    starts = np.searchsorted(codes[order], np.arange(codes.max(initial=-1) + 1))
    rank = np.empty(len(codes), dtype=np.int64)
    rank[order] = np.arange(len(codes)) - starts[codes[order]]
    return rank


def _first(codes: Integers, key: Floats, part: float, least: int) -> Integers:
    """Take the stations of each area with the smallest keys, a part of them; of areas with one, that one."""
    size = np.bincount(codes)
    wanted = np.minimum(np.maximum(np.round(part * size), least), np.maximum(size - 1, 1))
    return np.flatnonzero(_rank(codes, key) < wanted[codes])
