"""What methods gave on the reference votes: computed here, or listed where others computed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np

from plebiscope.calibrate import table
from plebiscope.calibrate.reference.vote import Vote, counted_by_id, votes
from plebiscope.calibrate.table import Row
from plebiscope.model.case import Contest
from plebiscope.model.finding import Effect, Measurement

_PERCENT = "per cent of the option's votes"


@cache
def rows() -> Mapping[str, tuple[Row, ...]]:
    """Return all rows by method: those computed, and those listed for votes on which none was."""
    computed = table.shipped()
    known = {(row.vote, row.method) for row in computed}
    listed = [row for vote in votes() for row in _listed(vote) if (row.vote, row.method) not in known]
    by_method: dict[str, list[Row]] = {}
    for row in (*computed, *listed):
        by_method.setdefault(row.method, []).append(row)
    return {method: tuple(made) for method, made in by_method.items()}


def _listed(vote: Vote) -> Iterable[Row]:
    """Turn figures computed elsewhere into rows."""
    from scipy.special import log_ndtr

    for figures in vote.listed:
        for method, by_quantity in figures.get("z", {}).items():
            for quantity, z in by_quantity.items():
                log10_p = float(log_ndtr(-z) / np.log(10.0))
                yield table.listed(vote.id, method, quantity, figures["option"], log10_p=log10_p)
        for name, key in (("anomalous votes", "cores"), ("anomalous votes, automatic core", "anomalous")):
            if key in figures:
                ends = np.atleast_1d(figures[key]).tolist()
                size = Effect(name=name, value=ends[-1], low=ends[0], high=ends[-1], unit=_PERCENT)
                yield table.listed(vote.id, "anomalous-votes", "votes", figures["option"], effect=size)


def same(measurement: Measurement, besides: tuple[str, ...]) -> Iterable[Row]:
    """Return the rows of the same question on reference votes, but for some."""
    kept = counted_by_id(besides)
    return (
        row
        for row in rows().get(measurement.method, ())
        if row.vote in kept and row.quantity == measurement.quantity
    )


def own(contest: Contest, digest: str | None = None) -> tuple[str, ...]:
    """Name the reference votes that are this contest or were held with it.

    Parameters
    ----------
    contest
        Its country and year tell, where the case says them.
    digest
        Digest of the table of returns, which tells where it is the same as that of a reference vote.
    """
    these = {
        row.vote
        for of_method in rows().values()
        for row in of_method
        if digest is not None and row.table and digest.startswith(row.table)
    }
    known = {(vote.country.casefold(), vote.date.year) for vote in votes() if vote.id in these}
    if contest.country is not None and contest.date is not None:
        known.add((contest.country.casefold(), contest.date.year))
    return tuple(vote.id for vote in votes() if (vote.country.casefold(), vote.date.year) in known)
