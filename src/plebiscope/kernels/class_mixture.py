"""One pass over stations with the mixture of classes: densities, their derivatives, what to expect of each.

The law is described in :mod:`plebiscope.kernels.class_law`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from plebiscope.kernels.class_law import CLASSES, PER_PART, Floats, Grid, Parameters
from plebiscope.kernels.class_stations import Behind, Room, Stations, behind_some

_BLOCK = 60_000
"""Stations times cells computed at a time, so that the work stays in the processor's cache."""
_NOTHING = -600.0
"""Logarithm of what counts as no chance: numbers that hardly fit a float take twenty times as long."""
_KEPT = 10_000
"""Stations up to which that part of the work is kept which does not hang on parameters: a few megabytes."""


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
        What a station tells of its centre: xx, xy, yy; shape (n, 3). By :func:`look` the inverse covariance
        around it, averaged over cells and parts.
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


def look(stations: Stations, parameters: Parameters, grid: Grid, *, scores: bool = True) -> Passed:
    """Go over all stations once, block by block.

    Logarithms of densities are averaged over where centres may lie, cell by cell and part by part. Without
    scores by the values that field has no columns, and the pass is the faster.
    """
    parts = [_pass(*one, parameters, grid, scores=scores) for one in _by_block(stations, parameters, grid)]
    return Passed(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def expected(stations: Stations, parameters: Parameters, grid: Grid) -> Floats:
    """Return what is expected of each station, as :func:`look` does, and nothing else; shape (n, 4)."""
    return np.concatenate(
        [
            _amounts(one[0].counts, _weigh(*one, parameters, grid).of_cells(), grid)[0]
            for one in _by_block(stations, parameters, grid)
        ]
    )


def _by_block(
    stations: Stations, parameters: Parameters, grid: Grid
) -> Iterator[tuple[Behind, Floats, Floats | None, Room]]:
    """Go through some stations at a time: what stands behind them, centres, how unsure these are, room."""
    plain = parameters.plain
    size = _BLOCK // (1 if plain else len(grid.pairs[0]))
    cut = [slice(*ends) for ends in pairwise([*range(0, len(stations), size), len(stations)])]
    if len(stations) <= _KEPT:
        if (grid, plain) not in stations.kept:
            stations.kept[grid, plain] = [behind_some(stations, part, grid, plain=plain) for part in cut]
        blocks: Iterable[Behind] = stations.kept[grid, plain]
    else:
        blocks = (behind_some(stations, part, grid, plain=plain) for part in cut)
    centre = parameters.centres[stations.district].T
    unsure = parameters.unsure[stations.district].T if parameters.unsure.any() else None
    for block, at in zip(blocks, cut, strict=True):
        off = None if unsure is None else np.ascontiguousarray(unsure[:, at])
        yield block, np.ascontiguousarray(centre[:, at]), off, stations.room


def look_around(stations: Stations, parameters: Parameters, grid: Grid) -> Passed:
    """Go over all stations with the centre of each district at four places around where it is put.

    Mean and covariance of the places are those that the centre has, so that means over them are means over
    what is not known of it, but for terms of fourth order. ``precision`` is how much the mean score falls
    with the centre: where classes or parts overlap, a station tells less of it than in :func:`look`, which
    takes both to be known as they are expected.
    """
    xx, xy, yy = parameters.unsure.T
    root = np.sqrt(xx)
    along = np.sqrt(2.0) * np.column_stack([root, xy / root])
    across = np.sqrt(2.0) * np.column_stack([np.zeros_like(root), np.sqrt(yy - xy * xy / xx)])
    known = replace(parameters, unsure=np.zeros_like(parameters.unsure))
    passed, falls = [], np.zeros((len(stations), 2, 2))
    for off in (along, -along, across, -across):
        there = look(stations, replace(known, centres=parameters.centres + off), grid)
        passed.append(there)
        falls -= there.by_centre[:, :, None] * off[stations.district][:, None, :] / 4.0
    falls @= np.linalg.inv(parameters.unsure[:, [[0, 1], [1, 2]]])[stations.district]
    both = (falls[:, 0, 1] + falls[:, 1, 0]) / 2.0
    fields = ("loglik", "scores", "by_centre", "expected", "variance")
    means = {name: np.mean([getattr(one, name) for one in passed], axis=0) for name in fields}
    return Passed(precision=np.column_stack([falls[:, 0, 0], both, falls[:, 1, 1]]), **means)


class _Form(NamedTuple):
    """The exponent of one part: what its derivatives are made of.

    Attributes
    ----------
    by_turnout, slopes, of_turnout
        Its slope in the turnout alone, that of the share on turnout, and the inverse variance of turnout;
        shape (a, n).
    crossed, across
        How unsure the centre is: its covariance with what is across these slopes, and the variance there;
        shape (a, n), null where centres are known.
    by_share, inverse
        Its slope in the share given turnout, and the inverse variance of that; shape (cells, n).
    """

    by_turnout: Floats
    slopes: Floats
    of_turnout: Floats
    crossed: Floats | None
    across: Floats | None
    by_share: Floats
    inverse: Floats


@dataclass(frozen=True)
class _Weights:
    """How likely each cell and part of the natural law is for each of some stations, and what leads there.

    Attributes
    ----------
    loglik
        Logarithm of the density, shape (n,).
    cells
        For each part, up to a factor for each station: the chance of each cell, shape (cells, n).
    total
        Their sum over cells and parts, shape (n,).
    forms
        For each part what derivatives are made of.
    """

    loglik: Floats
    cells: list[Floats]
    total: Floats
    forms: list[_Form]
    room: Room
    """Where all of this is."""

    def of_cells(self) -> Floats:
        """Return the chance of each cell, over all parts; shape (cells, n)."""
        chances = self.room.take("chances", self.cells[0])
        np.copyto(chances, self.cells[0])
        for one in self.cells[1:]:
            chances += one
        chances /= self.total
        return chances


def _weigh(
    block: Behind, centre: Floats, unsure: Floats | None, room: Room, parameters: Parameters, grid: Grid
) -> _Weights:
    """Weigh the cells of some stations.

    ``centre`` has shape (2, n); ``unsure``, its variances and covariance, shape (3, n), or null where it is
    known.
    """
    base = np.add(block.base, _log_cells(parameters, grid)[:, None], out=room.take("base", block.base))
    parts = parameters.parts
    sizes = np.exp(parts[:, 5]) / np.exp(parts[:, 5]).sum()

    # The normal law of turnout, and that of the share given turnout. Roots are kept out of the exponents,
    # because they cost less than logarithms.
    logs, forms = [], []
    for k, ((width, slope, noise, dx, dy, _), size) in enumerate(zip(parts, sizes, strict=True)):
        wide = np.exp(2.0 * width)
        inverse, z, q = (room.take(f"{name} {k}", block.share) for name in ("inverse", "z", "q"))
        sxx, sxy = block.variance + wide, block.covariance + slope * wide
        h, slopes, of_turnout = block.turnout - (centre[0] + dx), sxy / sxx, 1.0 / sxx
        v = h * of_turnout
        square, crossed, across = h * h, None, None
        if unsure is not None:
            square += unsure[0]
            crossed = unsure[1] - slopes * unsure[0]
            across = unsure[2] - slopes * (unsure[1] + crossed)
        inner = np.log(size) - 0.5 * square * of_turnout
        own = slope * slope * wide + np.exp(2.0 * noise) - slopes * sxy
        grid.with_added(np.add, block.variance_of_share, own, out=inverse)
        np.reciprocal(inverse, out=inverse)
        grid.with_added(np.subtract, block.share, centre[1] + dy + slopes * h, out=z)
        np.multiply(z, inverse, out=q)
        z *= z
        if across is not None:
            grid.with_added(np.add, z, across, out=z)
        z *= inverse
        z *= -0.5
        grid.with_added(np.add, z, inner, out=z)
        z += base
        logs.append(z)
        forms.append(_Form(v, slopes, of_turnout, crossed, across, q, inverse))
    top = np.max([one.max(axis=0) for one in logs], axis=0)
    for one, form in zip(logs, forms, strict=True):
        one -= top
        np.maximum(one, _NOTHING, out=one)
        np.exp(one, out=one)
        one *= np.sqrt(form.inverse, out=room.take("root", form.inverse))
        grid.with_added(np.multiply, one, np.sqrt(form.of_turnout), out=one)
    total = np.sum([one.sum(axis=0) for one in logs], axis=0)
    return _Weights(top + np.log(total) - np.log(2.0 * np.pi), logs, total, forms, room)


def _pass(
    block: Behind,
    centre: Floats,
    unsure: Floats | None,
    room: Room,
    parameters: Parameters,
    grid: Grid,
    *,
    scores: bool,
) -> tuple[Floats, ...]:
    """Return the fields of :class:`Passed` for some stations."""
    found = _weigh(block, centre, unsure, room, parameters, grid)
    n, total, parts = len(found.total), found.total, parameters.parts
    sizes = np.exp(parts[:, 5]) / np.exp(parts[:, 5]).sum()
    by_values = np.zeros((n, len(parameters.values) if scores else 0))
    by_centre, precision = np.zeros((n, 2)), np.zeros((n, 3))
    for k, (weight, form) in enumerate(zip(found.cells, found.forms, strict=True)):
        v, slopes, of_turnout, crossed, across, q, inverse = form
        # Sums over the cells of each rate of adding; what hangs on that rate alone comes after.
        held = np.multiply(weight, inverse, out=room.take("held", weight))
        by = np.multiply(weight, q, out=room.take("by", weight))
        r, rq, ri = (grid.by_added(one) / total for one in (weight, by, held))
        inner = slopes * rq
        mean = ((v * r - inner).sum(axis=0), rq.sum(axis=0))
        around = (of_turnout * r + slopes * slopes * ri, -slopes * ri, ri)
        told = [one.sum(axis=0) for one in around]
        by_centre += np.column_stack(mean)
        precision += np.column_stack(told)
        if not scores:
            continue
        by *= q
        of_square, both = v * v, v * rq
        if unsure is not None and crossed is not None and across is not None:
            held *= inverse
            grid.with_added(np.multiply, held, across, out=held)
            by += held
            of_square += of_turnout * of_turnout * unsure[0]
            both += of_turnout * crossed * ri
        rqq = grid.by_added(by) / total
        square = (
            of_square * r - 2.0 * slopes * both + slopes * slopes * rqq,
            both - slopes * rqq,
            rqq,
        )
        squares = [one.sum(axis=0) for one in square]
        gxx, gxy, gyy = (half * (a - b) for half, a, b in zip((0.5, 1.0, 0.5), squares, told, strict=True))
        width, slope, noise = parts[k, :3]
        wide, at = np.exp(2.0 * width), max(PER_PART * k - 3, 0)
        by_values[:, at] = 2.0 * wide * (gxx + slope * gxy + slope * slope * gyy)
        by_values[:, at + 1] = wide * (gxy + 2.0 * slope * gyy)
        by_values[:, at + 2] = 2.0 * np.exp(2.0 * noise) * gyy
        if k:
            by_values[:, at + 3], by_values[:, at + 4] = mean
            by_values[:, at + 5] = r.sum(axis=0) - sizes[k]
    expected, variance = np.zeros((n, 4)), np.zeros((n, 4))
    if not parameters.plain:
        of_cells = found.of_cells()
        if scores:
            by_values[:, parameters.natural :] = _class_scores(of_cells, parameters, grid)
        expected, variance = _amounts(block.counts, of_cells, grid)
    return found.loglik, by_values, by_centre, precision, expected, variance


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
    n, values = of_cells.shape[1], parameters.values
    scores = np.empty((n, CLASSES))
    some = of_cells[1 : 1 + grid.some]
    found = np.column_stack([some.sum(axis=0), of_cells[1 + grid.some :].sum(axis=0)])
    scores[:, :2] = expit(-values[-4:-2]) * (found - parameters.classes[1:])
    square, step = some.reshape(grid.added.some, grid.moved.some, n), 1e-4
    for column, (rates, axis) in enumerate(((grid.added, 1), (grid.moved, 0)), start=-2):
        up, down = (np.log(rates.law(values[column] + way)) for way in (step, -step))
        scores[:, column] = ((up - down) / (2.0 * step)) @ square.sum(axis=axis)
    return scores


def _amounts(counts: tuple[Floats, Floats], of_cells: Floats, grid: Grid) -> tuple[Floats, Floats]:
    """Return mean and variance of both classes and of the votes added and moved; shape (n, 4)."""
    u, w = grid.pairs
    some, most = of_cells[1 : 1 + grid.some].sum(axis=0), of_cells[1 + grid.some :].sum(axis=0)
    mean, variance = [some, most], [some * (1.0 - some), most * (1.0 - most)]
    for count, rate, of in zip(counts, (grid.added, grid.moved), (u, w), strict=True):
        each, inside = (one[of] for one in rate.gone)
        first, second = each @ of_cells, (each * each) @ of_cells
        mean.append((count + 0.5) * first)
        # Between the cells, less what comes from putting all of a cell at its mean (Sheppard's correction);
        # and by chance: of a count that is known, the number that is gone.
        between = np.maximum(second - first * first - inside @ of_cells, 0.0)
        variance.append((count + 0.5) ** 2 * between + (count + 0.5) * (first + second))
    return np.column_stack(mean), np.column_stack(variance)
