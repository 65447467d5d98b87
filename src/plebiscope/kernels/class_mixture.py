"""One pass over stations with the mixture of classes: densities, their derivatives, what to expect of each.

The law is described in :mod:`plebiscope.kernels.class_law`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.special import expit

from plebiscope.kernels.class_law import CLASSES, PER_PART, Floats, Grid, Ints, Parameters

_BLOCK = 30_000
"""Stations times cells computed at a time, so that the work stays in the processor's cache."""


@dataclass(frozen=True)
class Stations:
    """Counts of stations, sorted by district.

    Attributes
    ----------
    away, others, votes
        Registered voters who cast no ballot, ballots that are not for the option, votes for it; shape (n,).
    district
        Numbered from 0, in rising order, none empty; shape (n,).
    """

    away: Floats
    others: Floats
    votes: Floats
    district: Ints

    @classmethod
    def counted(cls, away: Ints, others: Ints, votes: Ints, district: Ints) -> Stations:
        """Take whole numbers."""
        return cls(away.astype(np.float64), others.astype(np.float64), votes.astype(np.float64), district)

    def __len__(self) -> int:
        return len(self.district)

    @cached_property
    def first(self) -> Ints:
        """Place of the first station of each district."""
        return np.flatnonzero(np.diff(self.district, prepend=-1))

    @property
    def districts(self) -> int:
        """Number of districts."""
        return len(self.first)

    @cached_property
    def rates(self) -> tuple[Floats, Floats, Floats]:
        """Registered voters, and the shares of abstainers and other ballots, none of them quite 0 or 1."""
        registered = self.away + self.others + self.votes + 1.5
        return registered, (self.away + 0.5) / registered, (self.others + 0.5) / registered

    @cached_property
    def natural(self) -> tuple[Floats, Floats]:
        """Logits of turnout and of the option's share, as counted."""
        _, away, others = self.rates
        return np.log(1.0 / away - 1.0), np.log((1.0 - away) / others - 1.0)

    @cached_property
    def medians(self) -> Floats:
        """Medians of both in each district, shape (districts, 2)."""
        size = np.diff(np.append(self.first, len(self)))
        orders = [np.lexsort((values, self.district)) for values in self.natural]
        places = self.first + (size - 1) // 2
        return np.column_stack([v[o][places] for v, o in zip(self.natural, orders, strict=True)])

    @cached_property
    def around(self) -> tuple[Floats, Floats]:
        """Abstainers and other ballots where the medians of the district lie, as shares of those registered.

        The error of a count is that of a count there: were it taken from the count itself, densities would
        not add up to one.
        """
        turnout, share = expit(self.medians[self.district]).T
        return 1.0 - turnout, turnout * (1.0 - share)

    def by_district(self, values: Floats) -> Floats:
        """Sum over each district; shape (n, ...) becomes (districts, ...)."""
        return np.asarray(np.add.reduceat(values, self.first, axis=0))


@dataclass(frozen=True)
class Passed:
    """What one pass over the stations gives, for each of them.

    Attributes
    ----------
    loglik
        Logarithm of the density, shape (n,).
    scores, by_centre
        Its derivatives by the values and by the centre of the district; shapes (n, parameters), (n, 2).
    precision
        Inverse covariance around the centre, averaged over cells and parts: xx, xy, yy; shape (n, 3).
    expected, variance
        Chance of the classes *some* and *most*, votes added and moved: mean and variance given the counts;
        shape (n, 4).
    """

    loglik: Floats
    scores: Floats
    by_centre: Floats
    precision: Floats
    expected: Floats
    variance: Floats


@dataclass(frozen=True)
class _Block:
    """Some stations: rates as counted and around the medians, columns of length n; centres, shape (n, 2)."""

    registered: Floats
    away: Floats
    others: Floats
    around_away: Floats
    around_others: Floats
    centre: Floats
    counts: tuple[Floats, Floats]


def look(stations: Stations, parameters: Parameters, grid: Grid) -> Passed:
    """Go over all stations once, block by block."""
    size = _BLOCK // (1 if parameters.plain else len(grid.pairs[0]))
    bounds = [*range(0, len(stations), size), len(stations)]
    columns = [*stations.rates, *stations.around]
    centre, parts = parameters.centres[stations.district], []
    for ends in pairwise(bounds):
        part = slice(*ends)
        counts = stations.away[part], stations.others[part]
        of = [one[part, None] for one in columns]
        block = _Block(of[0], of[1], of[2], of[3], of[4], centre[part], counts)
        parts.append(_pass(block, parameters, grid))
    return Passed(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def behind(stations: Stations, grid: Grid) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return what stands behind the counts at each cell of the grid, all of shape (n, cells).

    Natural logits of turnout and share; the variances and covariance of the counts on that scale (turnout,
    both, share); minus the logarithm of the natural votes, minus infinity where a cell cannot be.
    """
    rates = [one[:, None] for one in (*stations.rates, *stations.around)]
    nothing = np.zeros((len(stations), 2))
    counts = stations.away, stations.others
    block = _Block(rates[0], rates[1], rates[2], rates[3], rates[4], nothing, counts)
    return _behind(block, grid, *grid.pairs)


def _pass(block: _Block, parameters: Parameters, grid: Grid) -> tuple[Floats, ...]:
    """Return the fields of :class:`Passed` for some stations."""
    cells = 1 if parameters.plain else None
    u, w = (index[:cells] for index in grid.pairs)
    x, y, nxx, nxy, nyy, base = _behind(block, grid, u, w)
    base += _log_cells(parameters, grid)
    parts = parameters.parts
    sizes = np.exp(parts[:, 5]) / np.exp(parts[:, 5]).sum()

    logs, forms = [], []
    for (width, slope, noise, dx, dy, _), size in zip(parts, sizes, strict=True):
        wide = np.exp(2.0 * width)
        sxx, sxy, syy = nxx + wide, nxy + slope * wide, nyy + (slope * slope * wide + np.exp(2.0 * noise))
        det = sxx * syy - sxy * sxy
        h, z = x - dx, y - dy
        pxx, pxy, pyy = syy / det, sxy / -det, sxx / det
        v1, v2 = pxx * h + pxy * z, pxy * h + pyy * z
        logs.append(base + (np.log(size) - 0.5 * (h * v1 + z * v2 + np.log(det))))
        forms.append((v1, v2, pxx, pxy, pyy))
    top = np.max([one.max(axis=1) for one in logs], axis=0)[:, None]
    weights = [np.exp(one - top) for one in logs]
    total = np.sum([one.sum(axis=1) for one in weights], axis=0)
    loglik = top[:, 0] + np.log(total) - np.log(2.0 * np.pi)

    n = len(block.centre)
    scores, by_centre, precision = np.zeros((n, len(parameters.values))), np.zeros((n, 2)), np.zeros((n, 3))
    for k, (r, (v1, v2, pxx, pxy, pyy)) in enumerate(zip(weights, forms, strict=True)):
        r /= total[:, None]
        rv1, rv2 = r * v1, r * v2
        inverse = np.column_stack([np.einsum("ij,ij->i", r, one) for one in (pxx, pxy, pyy)])
        squares = (np.einsum("ij,ij->i", *two) for two in ((rv1, v1), (rv1, v2), (rv2, v2)))
        gxx, gxy, gyy = (np.column_stack(list(squares)) - inverse).T * np.array([[0.5], [1.0], [0.5]])
        width, slope, noise = parts[k, :3]
        wide, at = np.exp(2.0 * width), max(PER_PART * k - 3, 0)
        scores[:, at] = 2.0 * wide * (gxx + slope * gxy + slope * slope * gyy)
        scores[:, at + 1] = wide * (gxy + 2.0 * slope * gyy)
        scores[:, at + 2] = 2.0 * np.exp(2.0 * noise) * gyy
        mean = np.column_stack([rv1.sum(axis=1), rv2.sum(axis=1)])
        if k:
            scores[:, at + 3 : at + 5] = mean
            scores[:, at + 5] = r.sum(axis=1) - sizes[k]
        by_centre += mean
        precision += inverse
    of_cells = np.sum(weights, axis=0)
    expected, variance = np.zeros((n, 4)), np.zeros((n, 4))
    if not parameters.plain:
        scores[:, parameters.natural :] = _class_scores(of_cells, parameters, grid)
        expected, variance = _amounts(block.counts, of_cells, grid)
    return loglik, scores, by_centre, precision, expected, variance


def _behind(
    block: _Block, grid: Grid, u: Ints, w: Ints
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Do the same for some stations and cells, the logits from the centre of the district."""
    registered = block.registered
    kept_u, inside_u = grid.added.cells
    kept_w, inside_w = grid.moved.cells
    away0 = block.away / kept_u
    fits = away0 < 0.9999
    away0 = np.where(fits, away0, 0.5)
    logit = np.log(1.0 / away0 - 1.0) - block.centre[:, :1]
    others0 = block.others / kept_w
    share = np.log(others0) + block.centre[:, 1:]
    votes0 = (1.0 - away0)[:, u] - others0[:, w]
    possible = fits[:, u] & (votes0 > 1e-6)
    log_votes0 = np.log(np.where(possible, votes0, 0.25))
    base = np.where(possible, -log_votes0, -np.inf)

    # Variance of the logarithms of both counts; then of the two logits, by their derivatives.
    turnout0 = 1.0 - block.around_away
    ahead = 1.0 / (turnout0 - block.around_others)
    va = ((1.0 / (block.around_away * kept_u) - 1.0) / registered + inside_u)[:, u]
    vo = ((1.0 / (block.around_others * kept_w) - 1.0) / registered + inside_w)[:, w]
    one, two, three, both = (
        1.0 / turnout0,
        block.around_away * ahead,
        turnout0 * ahead,
        -1.0 / registered,
    )
    nxx = va * (one * one)
    nxy = va * (two * one) + both * ahead
    nyy = vo * (three * three) + va * (two * two) + 2.0 * both * two * three
    return logit[:, u], log_votes0 - share[:, w], nxx, nxy, nyy, base


def _log_cells(parameters: Parameters, grid: Grid) -> Floats:
    """Return the logarithm of the chance of each cell."""
    classes = parameters.classes
    if parameters.plain:
        return np.zeros(1)
    laws = (grid.added.law(parameters.values[-2]), grid.moved.law(parameters.values[-1]))
    some, most = classes[1] * np.outer(*laws).ravel(), classes[2] * grid.most
    return np.asarray(np.log(np.concatenate([classes[:1], some, most])))


def _class_scores(of_cells: Floats, parameters: Parameters, grid: Grid) -> Floats:
    """Differentiate by the sizes of the classes and the mean rates; shape (n, 4)."""
    n, values = len(of_cells), parameters.values
    scores = np.empty((n, CLASSES))
    some = of_cells[:, 1 : 1 + grid.some]
    found = np.column_stack([some.sum(axis=1), of_cells[:, 1 + grid.some :].sum(axis=1)])
    scores[:, :2] = expit(-values[-4:-2]) * (found - parameters.classes[1:])
    square, step = some.reshape(n, grid.added.some, grid.moved.some), 1e-4
    for column, (rates, axis) in enumerate(((grid.added, 2), (grid.moved, 1)), start=-2):
        up, down = (np.log(rates.law(values[column] + way)) for way in (step, -step))
        scores[:, column] = square.sum(axis=axis) @ ((up - down) / (2.0 * step))
    return scores


def _amounts(counts: tuple[Floats, Floats], of_cells: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """Return mean and variance of both classes and of the votes added and moved; shape (n, 4)."""
    u, w = grid.pairs
    some, most = of_cells[:, 1 : 1 + grid.some].sum(axis=1), of_cells[:, 1 + grid.some :].sum(axis=1)
    mean, variance = [some, most], [some * (1.0 - some), most * (1.0 - most)]
    for count, each in zip(counts, (grid.added.gone[u], grid.moved.gone[w]), strict=True):
        first, second = of_cells @ each, of_cells @ (each * each)
        mean.append((count + 0.5) * first)
        # Between the cells, and by chance: of a count that is known, the number that is gone.
        by_chance = (count + 0.5) * (first + second)
        variance.append((count + 0.5) ** 2 * np.maximum(second - first * first, 0.0) + by_chance)
    return np.column_stack(mean), np.column_stack(variance)
