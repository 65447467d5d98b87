"""Small against large among stations of one kind, where the case tells kinds apart: town and country."""

from __future__ import annotations

import numpy as np

from plebiscope.methods.small_stations.asking import UNIT, Used
from plebiscope.methods.small_stations.sizes import Floats, Ints, smallness, standardised, with_interval
from plebiscope.model.finding import Effect
from plebiscope.model.method import effect

_LEAST = 10
"""Fewest stations of one group in a neighbourhood."""


def inside_groups(used: Used, values: Floats, areas: Ints) -> Effect | None:
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
    Effect or None
        None where the case tells no groups, or no neighbourhood has enough stations of one.
    """
    returns = used.subject.results
    if "group" not in returns.extras:
        return None
    labels = returns.table["group"].fill_null("").gather(used.stations.rows).to_numpy()
    group = np.unique(labels, return_inverse=True)[1]
    if group.max(initial=0) == 0:
        return None
    cell = np.unique(used.place * (group.max() + 1) + group, return_inverse=True)[1]
    keep = np.bincount(cell)[cell] >= _LEAST
    if not keep.any():
        return None
    cell = np.unique(cell[keep], return_inverse=True)[1]
    weight = smallness(used.stations["registered"][keep], cell, used.params.part)
    z = standardised(values[keep], cell)
    if not np.isfinite(z).any():
        return None
    found = with_interval(z, weight, areas[keep], used.params.coverage)
    return effect("the same among stations of one group", found[0], UNIT, *found[1:])
