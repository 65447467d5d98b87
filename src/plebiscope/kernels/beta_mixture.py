"""Rates that follow a mixture of beta laws: its fit to counts, and what a station would report again.

A station's rate is drawn from one of a few beta laws, its count is binomial. Given the count that was seen,
the rate is a mixture of beta laws again, and a second count drawn with it is a mixture of beta-binomial laws:
the law from which Rozenas (2017, https://doi.org/10.1017/pan.2016.9) draws a thousand times, here computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PARTS = 1000
"""Ratios are put into bins as wide as one of so many parts of the whole, centred on these parts."""
BINS = PARTS + 1
MOST = 20_000
"""Trials beyond which twenty counts or more share a bin, so that looking at bins is pointless."""

_REACH = 6.0
"""Standard deviations of the second count that are computed; what lies beyond is less than 1e-5 of it."""
_CELLS = 1 << 16
"""Counts computed at a time: as many as a processor keeps close at hand."""
_STEPS = 60
"""Steps of the fit at most, for each number of components."""
_BOUNDS = (-3.0, 9.0)
"""Natural logarithms between which the parameters of a component lie."""


@dataclass(frozen=True)
class Mixture:
    """A mixture of m beta laws: parameters and weights, each of shape (m,)."""

    first: Floats
    second: Floats
    weights: Floats

    def __len__(self) -> int:
        return len(self.weights)

    def log_joint(self, successes: Ints | Floats, trials: Ints | Floats) -> Floats:
        """Return ln of weight times chance of the counts, but for the binomial coefficient, shape (n, m)."""
        k, n = successes[:, None].astype(np.float64), trials[:, None].astype(np.float64)
        whole = special.betaln(k + self.first, n - k + self.second) - special.betaln(self.first, self.second)
        return np.asarray(np.log(self.weights) + whole, dtype=np.float64)

    def posterior(self, successes: Ints, trials: Ints) -> Floats:
        """Return the chance of each component given the counts, shape (n, m)."""
        joint = self.log_joint(successes, trials)
        chance: Floats = np.exp(joint - special.logsumexp(joint, axis=1, keepdims=True))
        return chance


def bin_of(successes: Ints, trials: Ints) -> Ints:
    """Return the bin of each ratio, 0 to 1000, in whole numbers; a ratio between two belongs to the lower.

    Parameters
    ----------
    successes, trials
        Counts that broadcast, trials at least 1.
    """
    return np.asarray(-((trials - 2 * PARTS * successes) // (2 * trials)), dtype=np.int64)


def fit(successes: Ints, trials: Ints, most: int = 4, sample: int = 3000) -> Mixture:
    """Fit a mixture by maximum likelihood; the number of components by Schwarz's criterion.

    No randomness: fitted are stations spread evenly over the sorted ratios, and a fit starts from equal parts
    of these.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials at least 1.
    most
        Components at most.
    sample
        Stations used at most.
    """
    order = np.lexsort((trials, successes / trials))
    chosen = order[np.linspace(0, len(order) - 1, min(sample, len(order))).round().astype(np.int64)]
    k, n = successes[chosen].astype(np.float64), trials[chosen].astype(np.float64)
    best, least = None, np.inf
    for components in range(1, most + 1):
        if len(k) < 10 * components:
            break
        found, deviance = _maximum(k, n, components)
        criterion = deviance + (3 * components - 1) * np.log(len(k))
        if criterion < least:
            best, least = found, criterion
        else:
            break
    flat = Mixture(np.ones(1), np.ones(1), np.ones(1))
    return flat if best is None else best


def _maximum(k: Floats, n: Floats, components: int) -> tuple[Mixture, float]:
    """Return the mixture of so many components that fits best, and minus twice its log-likelihood."""
    from scipy.optimize import minimize

    def read(at: Floats) -> Mixture:
        first, second, free = np.split(at, [components, 2 * components])
        return Mixture(np.exp(first), np.exp(second), special.softmax(np.append(free, 0.0)))

    def loss(at: Floats) -> tuple[float, Floats]:
        mixture = read(at)
        a, b = mixture.first, mixture.second
        joint = mixture.log_joint(k, n)
        whole = special.logsumexp(joint, axis=1)
        chance = np.exp(joint - whole[:, None])
        left, right, both = k[:, None] + a, (n - k)[:, None] + b, n[:, None] + a + b
        together = special.digamma(a + b) - special.digamma(both)
        by_first = chance * (special.digamma(left) - special.digamma(a) + together)
        by_second = chance * (special.digamma(right) - special.digamma(b) + together)
        by_weight = (chance - mixture.weights).sum(axis=0)[:-1]
        slope = np.concatenate([a * by_first.sum(axis=0), b * by_second.sum(axis=0), by_weight])
        return -float(whole.sum()), -slope

    start = []
    for part in np.array_split((k + 0.5) / (n + 1.0), components):
        middle = float(np.clip(part.mean(), 0.01, 0.99))
        strength = float(np.clip(middle * (1.0 - middle) / max(float(part.var()), 1e-6), 3.0, 300.0))
        start.append((np.log(middle * strength), np.log((1.0 - middle) * strength)))
    begin = np.concatenate([*np.array(start).T, np.zeros(components - 1)])
    limits = [_BOUNDS] * (2 * components) + [(-6.0, 6.0)] * (components - 1)
    done = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=limits, options={"maxiter": _STEPS})
    return read(done.x), 2.0 * float(done.fun)


@dataclass(frozen=True, slots=True)
class Rows:
    """Chances of some stations to report a ratio in each of some bins again.

    Attributes
    ----------
    stations
        Places of the r stations in the arrays that were given, shape (r,).
    low
        First bin of each, shape (r,).
    chances
        Chance of the bins ``low``, ``low + 1``, ..., shape (r, w); nothing beyond bin 1000.
    """

    stations: Ints
    low: Ints
    chances: Floats


def again(successes: Ints, trials: Ints, mixture: Mixture) -> Iterator[Rows]:
    """Compute in which bin a second count of each station would fall, its trials being the same.

    Parameters
    ----------
    successes, trials
        Counts, shape (n,), trials from 1 to 20,000.
    mixture
        Of the rates.

    Yields
    ------
    Rows
        Stations of about the same number of trials together; every station once.
    """
    weights = mixture.posterior(successes, trials)
    k, n = successes[:, None].astype(np.float64), trials[:, None].astype(np.float64)
    left, right = k + mixture.first, n - k + mixture.second
    both = left + right
    means, rate = n * left / both, left / both
    spreads = n * rate * (1.0 - rate) * (1.0 + (n - 1.0) / (both + 1.0))
    mean = (weights * means).sum(axis=1)
    spread = np.sqrt((weights * (spreads + (means - mean[:, None]) ** 2)).sum(axis=1))
    centre = np.clip(np.rint(mean), 0, trials).astype(np.int64)
    half = np.ceil(_REACH * spread).astype(np.int64) + 3
    order = np.argsort(half, kind="stable")
    begin = 0
    while begin < len(order):
        # Grows as long as the widest of the part keeps it within the cells.
        width = 2 * int(half[order[begin]]) + 1
        end = min(len(order), begin + max(1, _CELLS // width))
        width = 2 * int(half[order[end - 1]]) + 1
        end = min(end, begin + max(1, 2 * _CELLS // width))
        part = order[begin:end]
        begin = end
        reach = int(half[part].max())
        chance = np.zeros((len(part), 2 * reach + 1))
        for component in range(len(mixture)):
            law = _outward(centre[part], trials[part], left[part, component], right[part, component], reach)
            law *= (weights[part, component] / law.sum(axis=1))[:, None]
            chance += law
        yield _gathered(part, centre[part], trials[part], chance, reach)


def _outward(centre: Ints, trials: Ints, left: Floats, right: Floats, reach: int) -> Floats:
    """Return the beta-binomial law around a count, up to a factor: each term from one nearer the count."""
    steps = np.arange(reach, dtype=np.float64)
    n, a, b = trials[:, None].astype(np.float64), left[:, None], right[:, None]
    law = np.ones((len(centre), 2 * reach + 1))
    up, down = centre[:, None] + steps, centre[:, None] - steps
    np.cumprod(_ratio(up, n - up, a, b), axis=1, out=law[:, reach + 1 :])
    np.cumprod(_ratio(n - down, down, b, a), axis=1, out=law[:, :reach][:, ::-1])
    return law


def _ratio(some: Floats, rest: Floats, a: Floats, b: Floats) -> Floats:
    """Return the chance of one more than ``some`` over that of ``some``, with ``rest`` others.

    It is max(rest, 0) (some + a) / ((some + 1) (max(rest - 1, 0) + b)), worked out in place, so that both are
    spent: fresh arrays of this size take most of the time.
    """
    ratio = np.maximum(rest, 0.0)
    ratio *= some + a
    rest -= 1.0
    np.maximum(rest, 0.0, out=rest)
    rest += b
    some += 1.0
    some *= rest
    ratio /= some
    return ratio


def _gathered(stations: Ints, centre: Ints, trials: Ints, chance: Floats, reach: int) -> Rows:
    """Add up the chances of counts that fall into one bin."""
    counts = centre[:, None] + np.arange(-reach, reach + 1)
    bins = bin_of(np.clip(counts, 0, trials[:, None]), trials[:, None])
    low = bins[:, 0].copy()
    bins -= low[:, None]
    width = int(bins[:, -1].max()) + 1
    bins += np.arange(len(stations))[:, None] * width
    summed = np.bincount(bins.ravel(), chance.ravel(), len(stations) * width)
    return Rows(stations, low, np.asarray(summed.reshape(len(stations), width), dtype=np.float64))
