"""Our own fit: clean stations differ from the middle of their own district, and additions lift some.

Turnout and share of a clean station are logit-normal around the middle of its district, with a correlation;
what a station reports is a binomial count. Additions are those of the model of 2012. The law of the residuals
in every kind of station is worked out by one simulated copy of the table, drawn from the same random numbers
whatever is fitted; the parts of stations of each kind then follow from least squares, because the law of all
stations is linear in them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from plebiscope.methods.klimek.legacy import EXTREME

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_EDGES = special.ndtri([0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99])
_SIDE = len(_EDGES) + 1
CELLS = _SIDE * _SIDE
_ROUNDS = 3
"""How often centre and spread of the clean stations are freed from the parts that were added."""
_REPEATS = 12
"""Clean votes drawn to learn how far districts lie from a model that holds."""
_COPIES = 4
"""Simulated copies of the held-out districts from which what is expected there is known."""
_SEED = 2012


@dataclass(frozen=True)
class Table:
    """Counts of n stations by district, in an order that depends on figures only; arrays of shape (n,)."""

    registered: Ints
    cast: Ints
    votes: Ints
    place: Ints

    @classmethod
    def of(cls, registered: Ints, cast: Ints, votes: Ints, place: Ints) -> Table:
        """Order stations and districts by their figures."""
        sums = [np.bincount(place, part) for part in (np.ones_like(votes), registered, cast, votes)]
        rank = np.empty(len(sums[0]), dtype=np.int64)
        rank[np.lexsort(sums[::-1])] = np.arange(len(rank))
        order = np.lexsort((votes, cast, registered, rank[place]))
        return cls(registered[order], cast[order], votes[order], rank[place][order])

    @property
    def sizes(self) -> Ints:
        """Stations of each district, shape (d,)."""
        return np.bincount(self.place)

    def half(self, odd: int) -> Table:
        """Return every second district."""
        return self.of_districts(np.arange(len(self.sizes)) % 2 == odd)

    def of_districts(self, chosen: NDArray[np.bool_]) -> Table:
        """Return the stations of some districts, which are numbered anew; ``chosen`` has shape (d,)."""
        here, number = chosen[self.place], np.cumsum(chosen) - 1
        columns = (self.registered, self.cast, self.votes, number[self.place])
        return Table(*(column[here] for column in columns))

    def __len__(self) -> int:
        return len(self.place)


@dataclass(frozen=True)
class Clean:
    """How clean stations spread around the middle of their district, in logits."""

    spreads: tuple[float, float]
    correlation: float
    added: float
    """Part of stations with additions that the middle was freed from."""


@dataclass(frozen=True)
class Fit:
    """The clean stations, the parts of stations with additions, and the additions."""

    clean: Clean
    incremental: float
    extreme: float
    size: float
    """theta: how large incremental additions are."""
    alpha: float


def _logits(part: Ints, whole: Ints) -> tuple[Floats, Floats]:
    """Return logits with half a person added to either side, and their variance from drawing voters."""
    inside, outside = part + 0.5, whole - part + 0.5
    return np.log(inside / outside), 1.0 / inside + 1.0 / outside


def _middles(values: Floats, place: Ints) -> Floats:
    """Return the median of each station's district, shape (n,)."""
    ranked = values[np.lexsort((values, place))]
    count = np.bincount(place)
    begin = np.concatenate([[0], np.cumsum(count)[:-1]])
    middle = (ranked[begin + (count - 1) // 2] + ranked[begin + count // 2]) / 2.0
    return np.asarray(middle[place], dtype=np.float64)


class Residuals:
    """Logits of turnout and share around the clean middle of their district.

    Parameters
    ----------
    table
        Stations by district.
    added
        Part of stations that was moved up: the clean middle then lies below the middle of all.
    clean
        Spread of clean stations, where it is known; else it is read off the lower half of the residuals.
    """

    def __init__(self, table: Table, added: float, clean: Clean | None = None) -> None:
        self.table = table
        low, middle = special.ndtri(np.minimum(np.array([0.25, 0.5]) / (1.0 - added), 0.98))
        pairs = [_logits(table.cast, table.registered), _logits(table.votes, table.cast)]
        self.middles, away, totals, spreads = [], [], [], []
        for at, (values, noise) in enumerate(pairs):
            residual = values - _middles(values, table.place)
            if clean is None:
                width = -float(np.quantile(residual, 0.25)) / max(middle - low, 1e-3)
                spreads.append(float(np.sqrt(max(width**2 - float(np.median(noise)), 1e-4))))
            else:
                spreads.append(clean.spreads[at])
            total = np.sqrt(spreads[at] ** 2 + noise)
            self.middles.append(values - residual - middle * total)
            away.append((residual + middle * total) / total)
            totals.append(total)
        self.away = away
        between = 0.0 if clean is None else clean.correlation
        if clean is None and np.any(below := away[0] < 0.0):
            # Of stations below the middle in turnout, which additions hardly reach, how many are so in share
            # too: for a normal law that tells the correlation, which drawing voters has weakened.
            both = np.sin(np.pi * (float(np.mean(away[1][below] < 0.0)) - 0.5))
            between = float(both * np.median(totals[0]) * np.median(totals[1]) / (spreads[0] * spreads[1]))
        self.clean = Clean((spreads[0], spreads[1]), float(np.clip(between, -0.9, 0.9)), added)

    def cells(self) -> Ints:
        """Return the cell of each station, shape (n,)."""
        return self._cells(*self.away)

    def redrawn(self, rng: np.random.Generator, size: float, alpha: float, extreme: bool = False) -> Table:
        """Draw the table again with additions at every station.

        Parameters
        ----------
        rng
            Begins at the same seed for whatever is compared.
        size
            theta; 0 for clean stations.
        alpha
            Exponent of what is moved from others.
        extreme
            Additions that leave hardly anybody out.
        """
        table, (first, second) = self.table, self.clean.spreads
        one, other, third = rng.standard_normal((3, len(table)))
        other = self.clean.correlation * one + np.sqrt(1.0 - self.clean.correlation**2) * other
        came, voted = (
            special.expit(self.middles[0] + first * one),
            special.expit(self.middles[1] + second * other),
        )
        turnout, votes = came, came * voted
        if extreme or size:
            added = np.clip(1.0 - EXTREME * np.abs(third) if extreme else size * np.abs(third), 0.0, 1.0)
            moved = np.where(added > 0.0, added**alpha, 0.0)
            votes = votes + added * (1.0 - came) + moved * (1.0 - voted) * came
            turnout = came + added * (1.0 - came)
        cast = rng.binomial(table.registered, np.clip(turnout, 0.0, 1.0))
        count = rng.binomial(cast, np.clip(votes / np.maximum(turnout, 1e-12), 0.0, 1.0))
        return Table(table.registered, cast, count, table.place)

    def simulated(self, rng: np.random.Generator, size: float, alpha: float, extreme: bool = False) -> Ints:
        """Draw the table again around the same middles, and return the cells, shape (n,)."""
        table, away = self.redrawn(rng, size, alpha, extreme), []
        pairs = (_logits(table.cast, table.registered), _logits(table.votes, table.cast))
        for (values, noise), middle, spread in zip(pairs, self.middles, self.clean.spreads, strict=True):
            away.append((values - middle) / np.sqrt(spread**2 + noise))
        return self._cells(*away)

    def _cells(self, turnout: Floats, share: Floats) -> Ints:
        return np.searchsorted(_EDGES, turnout) * _SIDE + np.searchsorted(_EDGES, share)

    def law(self, seed: int, size: float, alpha: float, extreme: bool = False) -> Floats:
        """Return the expected number of stations in each cell if all were of one kind, shape (144,)."""
        found = self.simulated(np.random.default_rng(seed), size, alpha, extreme)
        return np.bincount(found, minlength=CELLS).astype(np.float64)


def _parts(seen: Floats, laws: Floats) -> tuple[Floats, float]:
    """Return the parts of the kinds of station that come nearest to what is seen, and how near that is."""
    weight = 1.0 / np.sqrt(laws[:, 0] + 5.0)
    heavy = 1e3 * float(np.abs(laws * weight[:, None]).max())
    rows = np.vstack([laws * weight[:, None], np.full((1, laws.shape[1]), heavy)])
    parts, _ = optimize.nnls(rows, np.append(seen * weight, heavy))
    parts = parts / max(float(parts.sum()), 1e-300)
    return parts, float(np.sum(((laws @ parts - seen) * weight) ** 2))


def fit(table: Table, sizes: tuple[float, ...], alphas: tuple[float, ...]) -> Fit:
    """Fit the model to stations by minimum distance on the histogram of their residuals.

    Parameters
    ----------
    table
        Stations by district.
    sizes, alphas
        Sizes of incremental additions and exponents that are tried.
    """
    found = Fit(Residuals(table, 0.0).clean, 0.0, 0.0, sizes[0], alphas[0])
    for _ in range(_ROUNDS):
        residuals = Residuals(table, min(found.incremental + found.extreme, 0.4))
        seen = np.bincount(residuals.cells(), minlength=CELLS).astype(np.float64)
        none, most = residuals.law(_SEED, 0.0, 1.0), residuals.law(_SEED, 0.0, 1.0, extreme=True)
        least = np.inf
        for size in sizes:
            for alpha in alphas:
                laws = np.stack([none, residuals.law(_SEED, size, alpha), most], axis=1)
                parts, distance = _parts(seen, laws)
                if distance < least:
                    least = distance
                    found = Fit(residuals.clean, float(parts[1]), float(parts[2]), size, alpha)
    return found


def fitted_halves(
    table: Table, sizes: tuple[float, ...], alphas: tuple[float, ...], pairs: int, rng: np.random.Generator
) -> Floats:
    """Fit the model again to halves of the districts: two for each time that chance parts them.

    How far these parts lie from that of all districts is how far that one lies from what districts of the
    kind would give: half the districts err by twice the variance, but half of it is what they have in common
    with all. Everything is fitted anew, the spreads of clean stations and the kind of addition too.

    Parameters
    ----------
    table
        Stations by district; two districts or more.
    sizes, alphas
        See :func:`fit`.
    pairs
        How often the districts are parted.
    rng
        Parts them.

    Returns
    -------
    ndarray of float64, shape (2 * pairs,)
        Part of stations with additions.
    """
    districts, found = len(table.sizes), []
    for _ in range(pairs):
        first = rng.permutation(districts) < districts // 2
        for chosen in (first, ~first):
            model = fit(table.of_districts(chosen), sizes, alphas)
            found.append(model.incremental + model.extreme)
    return np.array(found)


def clean_alone(table: Table) -> Fit:
    """Fit the model without additions."""
    return Fit(Residuals(table, 0.0).clean, 0.0, 0.0, 0.0, 1.0)


def predictive(fitted: Table, others: Table, models: Sequence[Fit]) -> list[float]:
    """Return how likely it is that other districts lie so far from what each model expects, as log10 p.

    Clean votes are drawn from the first model for all districts, fitted and predicted anew. That tells how
    far districts lie from what is expected where the model holds, the error of the fit included. The law of
    the distance is taken for a multiple of a chi-square law with that mean and variance.

    Parameters
    ----------
    fitted, others
        Stations of districts that the models were fitted to, and of those that are predicted; only the
        middles of the latter are read off them.
    models
        The one without additions first.
    """
    # Not above: it takes longer to import than all methods together.
    from scipy import stats

    clean = [Residuals(table, 0.0, models[0].clean) for table in (fitted, others)]
    redrawn = []
    for copy in range(_REPEATS):
        rng = np.random.default_rng(_SEED + 1000 + copy)
        first, second = (residuals.redrawn(rng, 0.0, 1.0) for residuals in clean)
        redrawn.append(_distance(second, clean_alone(first)))
    mean, variance = float(np.mean(redrawn)), float(np.var(redrawn, ddof=1))
    scale = max(variance / (2.0 * mean), 1.0) if mean > 0.0 else 1.0
    tails = [stats.chi2.logsf(_distance(others, model) / scale, mean / scale) for model in models]
    return [max(float(tail) / math.log(10.0), -300.0) for tail in tails]


def _distance(table: Table, model: Fit) -> float:
    """Return Pearson's X2 of the cells of districts against what a model expects there."""
    residuals = Residuals(table, model.clean.added, model.clean)
    rest = 1.0 - model.incremental - model.extreme
    kinds = [
        (rest, 0.0, 1.0, False),
        (model.incremental, model.size, model.alpha, False),
        (model.extreme, 0.0, 1.0, True),
    ]
    expected = np.zeros(CELLS)
    for copy in range(_COPIES):
        for part, size, alpha, extreme in kinds:
            if part > 0.0:
                expected += part * residuals.law(_SEED + 1 + copy, size, alpha, extreme) / _COPIES
    seen = np.bincount(residuals.cells(), minlength=CELLS).astype(np.float64)
    # Cells of which little is expected are one; half a station is added, so that none is empty.
    full = expected >= 5.0
    seen = np.append(seen[full], seen[~full].sum())
    expected = np.append(expected[full], expected[~full].sum() + 0.5)
    return float(np.sum((seen - expected) ** 2 / expected))
