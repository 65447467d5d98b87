"""Early and late stations of the same place that were reported in the same hour of the day."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from plebiscope.evidence.noticed import POWER, least_apart
from plebiscope.kernels import reassignment
from plebiscope.kernels.resampling import ratio_left_out
from plebiscope.methods.late_count.count import Count
from plebiscope.methods.late_count.places import Ints, Places
from plebiscope.model import size
from plebiscope.model.finding import Assumption, Limit, Noticing
from plebiscope.model.method import surprise

POINTS = "percentage points"
STEADY = Assumption(
    name="inside an hour of a place it is chance which stations report first",
    state="unknown",
    how="not checked: a lead that rises or falls inside the hour counts as a difference too",
)
_HOURS = 24


def untimed(count: Count) -> str | None:
    """Say why the hour at which each station was reported is not known, or null."""
    if count.subject.states:
        return "there are no times of reporting: earlier states of the count tell the hour of no station"
    if not isinstance(count.moments.dtype, pl.Datetime):
        return "there are no times of reporting: the order of reporting is known, not the hours"
    if count.moments.dt.time().n_unique() < 2:
        return "there are no times of reporting: all moments name the same time of day"
    return None


def by_hour(count: Count, places: Places) -> tuple[Places, Ints]:
    """Part the stations of each place by the hour of the day at which they were reported.

    Returns
    -------
    cells : Places
        Each place at each hour taken for a place.
    place : ndarray of int64, shape (cells,)
        The place of each of them.
    """
    hours = count.moments.dt.hour().cast(pl.Int64).to_numpy()[count.order]
    cells = Places(places.lead, places.votes, places.early, (places.code * _HOURS + hours,))
    place = np.zeros(cells.n, dtype=np.int64)
    place[cells.code] = places.code
    return cells, place


def interval(cells: Places, place: Ints, coverage: float) -> tuple[float, float]:
    """Return the interval of the contrast inside places and hours, leaving out each place in turn.

    All hours of a place are left out together, since what is peculiar to a place is so at every hour. Two
    places or more must have hours with early and late stations.
    """
    beyond, votes = (values[cells.both] for values in cells.apart)
    own = np.unique(place[cells.both], return_inverse=True)[1]
    top, bottom = (np.asarray(np.bincount(own, one), dtype=np.float64) for one in (beyond, votes))
    return ratio_left_out(100.0 * top, bottom, coverage)


def by_chance(places: Places, of: str) -> dict[str, Any] | None:
    """Hold late stations against a chance draw inside each place.

    Parameters
    ----------
    places
        Early and late votes by places, or by places and hours.
    of
        What they are of, in the words of the limit.

    Returns
    -------
    dict or None
        What an answer says of it; null where no station of a place differs from the others.
    """
    which, beyond = places.within()
    late, values = ~places.early[which], (beyond * places.enlarged)[which]
    strata = np.unique(places.code[which], return_inverse=True)[1]
    tail = reassignment.tail(values, late, strata)
    if tail is None:
        return None
    votes = float(places.late_votes[places.both].sum())
    error = 100.0 * math.sqrt(reassignment.moments(values, late, strata)[1]) / votes
    log10_p = tail.log_p / math.log(10.0)
    return {
        "n": int(which.sum()),
        "expected": 0.0,
        "null": "exact" if tail.exact else "conditional",
        "p": 10.0**log10_p,
        "log10_p": log10_p,
        "bits": surprise(log10_p),
        "noticing": Noticing(partial(_limit, error, votes, of)),
    }


def _limit(error: float, votes: float, of: str, level: float) -> Limit:
    """Say which lead of late stations would be noticed."""
    least = size.least(POINTS, None)
    dose = least_apart(error, least, level=level)
    return Limit(
        mechanism=f"a lead of late stations beyond that of early ones of the same {of}",
        dose=dose,
        unit=POINTS,
        votes=dose * votes / 100.0,
        floor=least if dose > least_apart(error, level=level) else None,
        power=POWER,
        how="analytic",
    )
