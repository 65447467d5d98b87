"""Votes drawn from the mixture of classes of stations, with the truth of each station."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from plebiscope.kernels.class_law import CONCENTRATION, Grid, Parameters
from plebiscope.kernels.class_stations import Stations

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def draw(
    rng: np.random.Generator, registered: Ints, district: Ints, parameters: Parameters, grid: Grid
) -> tuple[Stations, Floats]:
    """Draw a vote.

    Parameters
    ----------
    rng
        The only source of randomness.
    registered, district
        Of each station, shape (n,); districts in rising order.
    parameters, grid
        The law; its rates are drawn evenly inside their classes, not from the cells of the grid.

    Returns
    -------
    stations : Stations
    truth : ndarray of float64, shape (n, 4)
        Whether it is of the class *some*, of the class *most*; votes added, votes moved.
    """
    n, parts = len(registered), parameters.parts
    sizes = np.exp(parts[:, 5]) / np.exp(parts[:, 5]).sum()
    width, slope, noise, dx, dy, _ = parts[rng.choice(len(parts), n, p=sizes)].T
    one, two = rng.standard_normal((2, n))
    off = np.exp(width) * one
    centre = parameters.centres[district]
    cast = rng.binomial(registered, expit(centre[:, 0] + dx + off))
    votes = rng.binomial(cast, expit(centre[:, 1] + dy + slope * off + np.exp(noise) * two))
    away, others = registered - cast, cast - votes
    kind = rng.choice(3, n, p=parameters.classes)
    rates = []
    for rate, column in ((grid.added, -2), (grid.moved, -1)):
        mean = expit(0.0 if parameters.plain else parameters.values[column])
        some = rng.beta(CONCENTRATION * mean, CONCENTRATION * (1.0 - mean), n)
        some = rate.low + (rate.bound - rate.low) * some
        most = rate.bound + (1.0 - rate.bound) * rng.random(n)
        rates.append(np.choose(kind, [np.zeros(n), some, most]))
    added, moved = rng.binomial(away, rates[0]), rng.binomial(others, rates[1])
    stations = Stations.counted(away - added, others - moved, votes + added + moved, district)
    return stations, np.column_stack([kind == 1, kind == 2, added, moved]).astype(np.float64)
