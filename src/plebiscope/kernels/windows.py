"""Counts in a narrow window of percentages: how likely that is at most, whatever rate a station has.

A station of n voters who decide each by themselves has a count K ~ Bin(n, p), with a rate p of its own about
which nothing is assumed. The functions take the largest probability over all p. It bounds the chance of
stations that differ in any way, of groups that vote together (a mixture of binomials) and of neighbours that
are alike, and it knows which percentages a count out of n can reach at all.

Percentages are whole numbers of :data:`UNITS`, 10,000 to the whole; windows include their ends, and who
lies in them is decided in whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.kernels import poisson_binomial

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNITS = 10_000
"""Units of a percentage: one is a hundredth of a point."""

_POINTS = 128
"""Most counts that are added up one by one; beyond, the binomial law's distribution function is used."""


def inside(successes: Ints, trials: Ints, centre: int, reach: int) -> Bools:
    """Tell which stations lie within ``reach`` of a centre, both in units; shape (n,)."""
    found: Bools = np.abs(UNITS * successes - centre * trials) <= reach * trials
    return found


def counts_inside(trials: Ints, centre: int, reach: int) -> tuple[Ints, Ints]:
    """Return the smallest and largest count in a window; the smallest exceeds the largest where none is."""
    low = -((reach - centre) * trials // UNITS)
    high = (centre + reach) * trials // UNITS
    return np.maximum(low, 0), np.minimum(high, trials)


def rounded(successes: Ints, trials: Ints, steps: int) -> Ints:
    """Round shares, halves up, to the nearest of ``steps`` equal parts of the whole (1000: to 0.1 %)."""
    return (2 * steps * successes + trials) // (2 * trials)


def counts_rounding_to(cell: Ints, trials: Ints, steps: int) -> tuple[Ints, Ints]:
    """Return the smallest and largest count whose share is rounded to a cell; see :func:`rounded`."""
    low = -((1 - 2 * cell) * trials // (2 * steps))
    high = -(-(2 * cell + 1) * trials // (2 * steps)) - 1
    return np.maximum(low, 0), np.minimum(high, trials)


def scan(successes: Ints, trials: Ints, reach: int) -> Ints:
    """Count the stations in the window about every centre.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), ``0 <= successes <= trials``, trials at least 1.
    reach
        Half width of the windows, in units.

    Returns
    -------
    ndarray of int64, shape (UNITS + 1,)
    """
    first = -((reach * trials - UNITS * successes) // trials)
    last = (UNITS * successes + reach * trials) // trials
    begun = np.bincount(np.clip(first, 0, UNITS), minlength=UNITS + 2)
    ended = np.bincount(np.minimum(last, UNITS) + 1, minlength=UNITS + 2)
    return np.cumsum(begun - ended)[: UNITS + 1]


def chance_at_most(trials: Ints, low: Ints, high: Ints) -> Floats:
    """Return the largest P(low <= K <= high) over all rates, for K binomial.

    The best rate is the mean of the window under itself, found by repeating that (the algorithm of
    expectation and maximisation for censored counts).

    Parameters
    ----------
    trials, low, high
        Whole numbers, shape (n,).

    Returns
    -------
    ndarray of float64, shape (n,)
        0 where the window holds no count.
    """
    chance = np.zeros(len(trials))
    held = np.flatnonzero(low <= high)
    n, a, b = trials[held], low[held], high[held]
    open_ended = (a == 0) | (b == n)  # a rate of 0 or 1 is always inside
    chance[held[open_ended]] = 1.0
    held, n, a, b = held[~open_ended], n[~open_ended], a[~open_ended], b[~open_ended]
    rate = (a + b) / (2.0 * n)
    short = b - a < _POINTS
    counts, weights = _weights(n[short], a[short], b[short])
    offset = counts - a[short][:, None]
    for _ in range(3):
        # Only skewness moves the best rate off the middle of the window, and the maximum is flat.
        rate[short] = _mean(counts, weights, offset, rate[short]) / n[short]
    chance[held] = _between(n, a, b, rate)
    return np.minimum(chance, 1.0)


def _between(n: Ints, low: Ints, high: Ints, rate: Floats) -> Floats:
    """Return P(low <= K <= high) for K ~ Bin(n, rate), by the incomplete beta function."""
    reached = np.where(low <= 0, 1.0, special.betainc(np.maximum(low, 1), n - np.maximum(low, 1) + 1.0, rate))
    last = np.minimum(high, n - 1)
    passed = np.where(high >= n, 0.0, special.betainc(last + 1.0, n - last, rate))
    return np.asarray(reached - passed, dtype=np.float64)


def _mean(counts: Floats, weights: Floats, offset: Floats, rate: Floats) -> Floats:
    """Return E[K | low <= K <= high], of counts with the logarithms of their binomial coefficients."""
    weights = weights + special.logit(rate)[:, None] * offset
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    return np.asarray((weights * counts).sum(axis=1) / weights.sum(axis=1))


def _weights(n: Ints, low: Ints, high: Ints) -> tuple[Floats, Floats]:
    """Return the counts of intervals, and the logarithms of their binomial coefficients, one row each.

    Rows are filled up to the longest with minus infinity.
    """
    counts = low[:, None] + np.arange(int(np.max(high - low, initial=0)) + 1)
    within = counts <= high[:, None]
    counts = np.where(within, counts, low[:, None])
    many = n[:, None].astype(np.float64)
    log: Floats = -special.gammaln(counts + 1.0) - special.gammaln(many - counts + 1.0)
    log[~within] = -np.inf
    return np.asarray(counts, dtype=np.float64), log


def conditional_chance_at_most(trials: Ints, window: tuple[Ints, Ints], around: tuple[Ints, Ints]) -> Floats:
    """Return the largest P(K in the window | K in its neighbourhood) over all rates, for K binomial.

    The logarithm of that ratio is concave in the log-odds of the rate, because a log-concave law varies less
    on a part of an interval than on the whole; its maximum is where both means agree, found by Newton.

    Parameters
    ----------
    trials
        Shape (n,).
    window, around
        Smallest and largest count of each, every array of shape (n,); the window lies in its neighbourhood.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 where the window holds no count, 1 where it reaches an end of its neighbourhood.
    """
    (a, b), (low, high) = window, around
    chance = np.zeros(len(trials))
    held = a <= b
    certain = held & ((a <= low) | (b >= high))
    chance[certain] = 1.0
    held &= ~certain
    short = np.flatnonzero(held & (high - low < _POINTS))
    long = np.flatnonzero(held & (high - low >= _POINTS))
    for rows, best in ((short, _best_by_sums), (long, _best_by_tails)):
        if len(rows):
            chance[rows] = best(trials[rows], a[rows], b[rows], low[rows], high[rows])
    return chance


def _best_by_sums(n: Ints, a: Ints, b: Ints, low: Ints, high: Ints) -> Floats:
    """Maximise over the log-odds by adding up counts one by one."""
    counts, log = _weights(n, low, high)
    offset = counts - (a + b)[:, None] / 2.0
    within = (counts >= a[:, None]) & (counts <= b[:, None]) & np.isfinite(log)
    # Begin at the rate in the middle of the window.
    odds = special.logit((a + b) / (2.0 * n))
    for last in (False, False, False, True):
        weight = log + odds[:, None] * offset
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        part = np.where(within, weight, 0.0)
        all_of_it, of_part = weight.sum(axis=1), part.sum(axis=1)
        if last:
            break
        mean, mean_part = (weight * offset).sum(axis=1) / all_of_it, (part * offset).sum(axis=1) / of_part
        spread = (weight * offset**2).sum(axis=1) / all_of_it - mean**2
        spread_part = (part * offset**2).sum(axis=1) / of_part - mean_part**2
        odds += (mean_part - mean) / (spread - spread_part)
    return np.asarray(of_part / all_of_it)


def _best_by_tails(n: Ints, a: Ints, b: Ints, low: Ints, high: Ints) -> Floats:
    """Maximise over the rate by golden section, with the distribution function of the binomial law."""
    golden = (5.0**0.5 - 1.0) / 2.0

    def ratio(rate: Floats) -> Floats:
        part, whole = _between(n, a, b, rate), _between(n, low, high, rate)
        return np.divide(part, whole, out=np.zeros(len(n)), where=whole > 0.0)

    left, right = low / n, high / n
    for _ in range(16):  # to a thousandth of the neighbourhood; the maximum is flat
        one, other = right - golden * (right - left), left + golden * (right - left)
        better = ratio(one) >= ratio(other)
        left, right = np.where(better, left, one), np.where(better, other, right)
    return ratio((left + right) / 2.0)


@dataclass(frozen=True, slots=True)
class Window:
    """A window that holds more stations than the parts of its neighbourhood beside it.

    Attributes
    ----------
    centre, reach
        In units.
    seen
        Number of stations inside.
    around
        Places of the m stations in the neighbourhood, shape (m,).
    chances
        Largest chance of each of them to be inside, shape (m,).
    log_p
        ln P(as many or more inside), given who is in the neighbourhood.
    """

    centre: int
    reach: int
    seen: int
    around: Ints
    chances: Floats
    log_p: float

    @property
    def added(self) -> float:
        """Stations inside beyond those that the stations beside the window make likely.

        Where x of the m stations of the neighbourhood are written into the window, ``x + q (m - x)`` are
        inside, with q the mean chance.
        """
        return self.per_shift * (self.seen - float(self.chances.sum()))

    @property
    def per_shift(self) -> float:
        """Stations written into the window for one more than expected: some would have been there anyway."""
        return 1.0 / (1.0 - float(self.chances.mean()))


def windows_looked_at(reaches: Sequence[int]) -> int:
    """Return how many windows there are: one about every unit for each width."""
    return len(reaches) * (UNITS + 1)


def strongest(
    successes: Ints, trials: Ints, reaches: Sequence[int], around: int, tries: int
) -> tuple[Window | None, int]:
    """Find the window with the smallest probability of holding as many stations as it does.

    The windows are ranked by what their neighbourhoods hold per unit, and for the first ``tries`` of each
    width the exact probability is computed. Looking at no others can only miss something: the probability
    found is to be multiplied by the number of all windows (:func:`windows_looked_at`).

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), ``0 <= successes <= trials``, trials at least 1.
    reaches
        Half widths of the windows, in units.
    around
        Half width of their neighbourhoods, in units.
    tries
        Windows of each width computed exactly.

    Returns
    -------
    window : Window or None
        None where no window holds markedly more than its neighbourhood makes likely.
    busiest : int
        Most stations in any neighbourhood.
    """
    beside = scan(successes, trials, around)
    # Below that, what is left after multiplying by the number of windows says nothing.
    enough = math.log(10.0 * windows_looked_at(reaches))
    found = []
    for reach in reaches:
        seen = scan(successes, trials, reach)
        expected = beside * (reach / around)
        centres = np.flatnonzero(seen > expected)
        many, few = seen[centres], expected[centres]
        surprise = many * np.log(many / few) - many + few  # Chernoff's bound for a Poisson law
        ranked = np.argsort(-surprise, kind="stable")[:tries]
        worth = centres[ranked[surprise[ranked] > enough]].tolist()
        found += [_examine(successes, trials, centre, reach, around) for centre in worth]
    more = [one for one in found if one.seen > float(one.chances.sum())]
    best = min(more, key=lambda one: (one.log_p, -one.seen, one.reach, one.centre), default=None)
    return best, int(beside.max(initial=0))


def _examine(successes: Ints, trials: Ints, centre: int, reach: int, around: int) -> Window:
    """Compute the probability of one window."""
    members = np.flatnonzero(inside(successes, trials, centre, around))
    n = trials[members]
    chances = conditional_chance_at_most(n, counts_inside(n, centre, reach), counts_inside(n, centre, around))
    seen = int(np.count_nonzero(inside(successes[members], n, centre, reach)))
    log_p = poisson_binomial.log_upper_tail(chances, seen)
    return Window(centre, reach, seen, members, chances, log_p)
