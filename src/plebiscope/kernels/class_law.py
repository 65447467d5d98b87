"""Stations as a mixture of classes: as voters differ, with some votes added, with nearly all of them.

Of a station with N registered, three counts add up to N: abstainers A, other ballots O, votes for the
option L. Behind them stand a natural turnout and a natural share. On the scale of logits both are spread
around the centre of the station's district, the share with a slope on turnout; several normal parts with
widths, slopes and offsets of their own make up what is called natural. If a fraction u of the abstainers was
turned into votes for the option and a fraction w of the other ballots was moved to it,

    A / N = natural abstention (1 - u)        O / N = natural other ballots (1 - w)

so that on the scale of logarithms votes added or moved are shifts, and the density of a station under given
rates is that of the natural turnout and share behind it, divided by the natural votes for the option. The
rates are integrated over a fixed grid. In the class *some* u lies between a least rate and a bound and w
below the bound; in the class *most* both lie above it. The bounds say which class is which, and neither can
be larger than the natural one, so that classes cannot change places.

Counts vary around the rates: their variance (multinomial, by the delta method) is added to that of the
natural law, and so is the width of a cell of the grid.

References
----------
The family is that of Ferrari, McAlister, Mebane and Wu (eforensics); Klimek, Yegorov, Hanel and Thurner
(2012), https://doi.org/10.1073/pnas.1210722109.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, expit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PER_PART = 6
"""Parameters of a part of the natural law: logarithm of the spread of turnout, slope of the share on turnout,
logarithm of the spread of the share around it, offsets of turnout and share from the centre, size (logarithm,
against the first part). The first part has the first three only."""
CLASSES = 4
"""Further parameters: the classes *some* and *most* as parts of the natural one, and the mean rates of adding
and moving in the class *some*, between their bounds; all as logits."""
CONCENTRATION = 5.0
"""Of the beta law of the rates of the class *some*, between their bounds; those of *most* are uniform."""

_SOME_ADDED = np.array([0.0, 0.13, 0.29, 0.48, 0.71, 1.0])
_SOME_MOVED = np.array([0.0, 0.1, 0.31, 0.61, 1.0])
_MOST_ADDED = np.array([0.0, 0.35, 0.6, 0.8, 0.93, 1.0])
_MOST_MOVED = np.array([0.0, 0.4, 0.7, 0.9, 1.0])
"""Ends of the cells of each rate, from the lower bound (0) to the upper one (1) of its class.

Of what is left at a rate near 1 the logarithm changes fast, so that the cells of *most* are the narrower the
nearer they lie to it. Wide ones describe such stations so badly that the natural law widens to take them in,
and stations of the class *some* with them."""


@dataclass(frozen=True)
class Rates:
    """The grid of one rate: first 0, then the cells of *some*, then those of *most*.

    Attributes
    ----------
    low, bound
        Between them lie the rates of the class *some*, above the bound those of *most*.
    ends, top
        Ends of the cells of *some*, and of those of *most*, from 0 to 1.
    """

    low: float
    bound: float
    ends: Floats
    top: Floats

    @property
    def some(self) -> int:
        """Number of cells of the class *some*."""
        return len(self.ends) - 1

    @cached_property
    def edges(self) -> Floats:
        """Ends of all cells but the first."""
        some = self.low + (self.bound - self.low) * self.ends
        return np.concatenate([some, self.bound + (1.0 - self.bound) * self.top[1:]])

    @cached_property
    def cells(self) -> tuple[Floats, Floats]:
        """What is left by each rate (one less the rate), and its variance in the cell as a logarithm."""
        kept = 1.0 - (self.edges[1:] + self.edges[:-1]) / 2.0
        inside = (np.diff(self.edges) / kept) ** 2 / 12.0
        return np.concatenate([[1.0], kept]), np.concatenate([[0.0], inside])

    @cached_property
    def gone(self) -> tuple[Floats, Floats]:
        """What each rate took away against what it left: mean and variance over the cell.

        Of the last, at its middle, since what is left there can be next to nothing.
        """
        left, right = 1.0 - self.edges[:-2], 1.0 - self.edges[1:-1]
        against = np.log(left / right) / (left - right)
        inside = 1.0 / (left * right) - against**2
        last = 1.0 / self.cells[0][-1:]
        return np.concatenate([[1.0], against, last]) - 1.0, np.concatenate([[0.0], inside, [0.0]])

    def law(self, mean: float) -> Floats:
        """Chance of each cell of the class *some*; ``mean`` is the logit of the mean between its bounds."""
        at = CONCENTRATION * np.clip(expit(np.array([mean, -mean])), 1e-4, 1.0)
        law = np.maximum(np.diff(betainc(at[0], at[1], self.ends)), 1e-30)
        return np.asarray(law / law.sum())


@dataclass(frozen=True)
class Grid:
    """Pairs of rates: none, the cells of the class *some*, those of *most*.

    Attributes
    ----------
    least
        Rate of adding below which a station counts as natural.
    bound
        Rate at which *most* begins.
    """

    least: float
    bound: float

    @cached_property
    def added(self) -> Rates:
        """Rates of adding."""
        return Rates(self.least, self.bound, _SOME_ADDED, _MOST_ADDED)

    @cached_property
    def moved(self) -> Rates:
        """Rates of moving."""
        return Rates(0.0, self.bound, _SOME_MOVED, _MOST_MOVED)

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Index of both rates in each cell."""
        spans = [(0, 1), (1, 1 + self.added.some), (1 + self.added.some, len(self.added.cells[0]))]
        others = [(0, 1), (1, 1 + self.moved.some), (1 + self.moved.some, len(self.moved.cells[0]))]
        each = [
            np.meshgrid(np.arange(*one), np.arange(*two), indexing="ij")
            for one, two in zip(spans, others, strict=True)
        ]
        u, w = (np.concatenate([pair[axis].ravel() for pair in each]) for axis in (0, 1))
        return u, w

    @property
    def some(self) -> int:
        """Number of cells of the class *some*."""
        return self.added.some * self.moved.some

    def with_added(self, work: np.ufunc, cells: Floats, added: Floats, out: Floats) -> None:
        """Combine what belongs to each cell with what belongs to its rate of adding.

        Parameters
        ----------
        work
            Of two arguments: a value of the cell, and that of its rate.
        cells
            Shape (cells, n), or (1, n) where there is only the natural cell.
        added
            Shape (a, n).
        out
            Where to write ``work(cells, added[u])``; it is done without the copy that this would take.
        """
        if len(cells) == 1:
            work(cells, added, out=out)
            return
        begun, rate = 0, 0
        for rates, others in ((1, 1), (self.added.some, self.moved.some), self._most):
            cell, of = slice(begun, begun + rates * others), slice(rate, rate + rates)
            shape = rates, others, cells.shape[1]
            work(cells[cell].reshape(shape), added[of, None], out=out[cell].reshape(shape))
            begun, rate = cell.stop, of.stop

    @property
    def _most(self) -> tuple[int, int]:
        """Number of rates of adding and of moving in the class *most*."""
        return len(self.added.top) - 1, len(self.moved.top) - 1

    @cached_property
    def _same_added(self) -> Floats:
        """One where a rate of adding is that of a cell, else nought; shape (a, cells)."""
        u = self.pairs[0]
        return np.asarray(np.arange(u[-1] + 1)[:, None] == u, dtype=np.float64)

    def by_added(self, cells: Floats) -> Floats:
        """Sum over the cells of each rate of adding: shape (cells, n) becomes (a, n).

        Where there is only the natural cell, it is that itself.
        """
        if len(cells) == 1:
            return cells
        sums: Floats = self._same_added @ cells
        return sums

    @cached_property
    def most(self) -> Floats:
        """Chance of each cell of the class *most*."""
        return np.outer(np.diff(_MOST_ADDED), np.diff(_MOST_MOVED)).ravel()


@dataclass(frozen=True)
class Parameters:
    """Parameters of a mixture.

    Attributes
    ----------
    values
        Those of the natural law, part by part; then, unless there is only the natural class, those of the
        others (:data:`PER_PART`, :data:`CLASSES`).
    centres
        Logits of turnout and share in the middle of each district, shape (districts, 2).
    middle, spread
        Mean and standard deviation of the centres, shape (2,).
    unsure
        How far the centre of each district may lie from where it is put: variance of turnout, covariance,
        variance of the share, shape (districts, 3).
    """

    values: Floats
    centres: Floats
    middle: Floats
    spread: Floats
    unsure: Floats

    @classmethod
    def known(cls, values: Floats, centres: Floats, middle: Floats, spread: Floats) -> Parameters:
        """Return parameters of a law whose centres are known."""
        return cls(values, centres, middle, spread, np.zeros((len(centres), 3)))

    @property
    def count(self) -> int:
        """Number of parts of the natural law."""
        return (len(self.values) + 3) // PER_PART

    @property
    def natural(self) -> int:
        """Number of parameters of the natural law; they come first."""
        return PER_PART * self.count - 3

    @property
    def plain(self) -> bool:
        """Whether there is only the natural class."""
        return len(self.values) == self.natural

    @property
    def parts(self) -> Floats:
        """Parts of the natural law with all their parameters, shape (parts, 6)."""
        first = np.concatenate([self.values[:3], np.zeros(3)])
        return np.vstack([first, self.values[3 : self.natural].reshape(-1, PER_PART)])

    @property
    def classes(self) -> Floats:
        """Shares of stations: natural, some, most."""
        odds = np.array([1.0, *(expit(self.values[self.natural : self.natural + 2]))])
        odds = np.array([1.0, 0.0, 0.0]) if self.plain else odds
        return np.asarray(odds / odds.sum())
