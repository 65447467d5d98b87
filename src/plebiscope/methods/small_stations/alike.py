"""Small against large among stations of one kind, where the case tells kinds apart: town and country."""

from __future__ import annotations

import numpy as np

from plebiscope.methods.small_stations.asking import UNIT, Used
from plebiscope.methods.small_stations.sizes import Floats, Ints, smallness, standardised, with_interval
from plebiscope.model.finding import Effect
from plebiscope.model.method import effect

_LEAST = 10
"""Fewest stations of one group in a neighbourhood."""


def inside_groups(used: Used, values: Floats, areas: Ints) -> tuple[Effect, int] | None:
    """Set small stations against the larger ones of their own group and neighbourhood.

    Parameters
    ----------
    used
        The stations.
    values
        Turnout or share of each, shape (n,).
    areas
        Area of each that is left out in turn, shape (n,).

    Returns
    -------
    (Effect, int) or None
        The difference, and how many stations are left out of it: those of no known group, and those of which
        a neighbourhood has too few. None where the case tells no groups, or no neighbourhood has enough
        stations of one.

    Notes
    -----
    Where the case names one group, all that are not in it are the other. Where it names several, stations
    that are in none are of a kind that is not known: they are like no others and are left out.
    """
    returns = used.subject.results
    if "group" not in returns.extras:
        return None
    labels = returns.table["group"].gather(used.stations.rows)
    named = labels.drop_nulls().n_unique()
    group = np.unique(labels.fill_null("").to_numpy(), return_inverse=True)[1]
    if group.max(initial=0) == 0:
        return None
    cell = np.unique(used.place * (group.max() + 1) + group, return_inverse=True)[1]
    keep = np.bincount(cell)[cell] >= _LEAST
    if named > 1:
        keep &= labels.is_not_null().to_numpy()
    if not keep.any():
        return None
    cell = np.unique(cell[keep], return_inverse=True)[1]
    weight = smallness(used.stations["registered"][keep], cell, used.params.part)
    z = standardised(values[keep], cell)
    if not np.isfinite(z).any():
        return None
    found = with_interval(z, weight, areas[keep], used.params.coverage)
    told = effect("the same among stations of one group", found[0], UNIT, *found[1:])
    return told, int((~keep).sum())
