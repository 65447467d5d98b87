"""Fitting the mixture of classes of stations, and how much better it does than the natural class alone.

Districts are eliminated in every step; districts have centres of their own, shrunk towards their mean by the
spread of all centres (empirical Bayes). The natural law gets as many parts as the table asks for: a part is
added by dividing another one, as long as the probability of the counts, all parameters integrated out by
Laplace's method, rises. The same is done with and without the further classes, each going on from where the
other has got; the difference of the two logarithms is the logarithm of the Bayes factor.

References
----------
Steps by sums of squared scores: Berndt, Hall, Hall and Hausman (1974), Annals of Economic and Social
Measurement 3, 653-665. Laplace's method: Tierney and Kadane (1986),
https://doi.org/10.1080/01621459.1986.10478240.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from plebiscope.kernels.class_law import PER_PART, Grid, Parameters
from plebiscope.kernels.class_mixture import Passed, Stations, look

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MIDDLE = np.array([-1.0, 0.0, -1.0, 0.0, 0.0, -1.0])
_WIDTH = np.array([1.5, 1.0, 1.5, 1.0, 1.0, 2.0])
"""Normal prior of the parameters of each part of the natural law; wide on the scale of logits."""
_STARTS = (np.array([-3.0, -5.0, -0.5, -1.0]), np.array([1.0, -2.0, 0.0, 0.0]))
"""Where the climb begins for the further classes: few stations, and many."""
_TRIED = 4
"""Rounds after which ways of dividing a part are compared."""
_LOOKED = 15
"""Rounds after which the climbs for the further classes are compared."""
_HOPELESS = 200.0
"""How far one may then lie below the best, in logarithms, to go on."""
_EXCHANGES = 3
"""Times that the two accounts go on from one another, at most."""
_NARROWEST = 0.02
"""Spread of centres is not taken for smaller, in logits: that would be districts more alike than counting."""


@dataclass(frozen=True)
class Fit:
    """A fitted mixture.

    Attributes
    ----------
    passed
        What the last pass over the stations gave.
    objective
        Logarithm of likelihood times priors, the centres of districts integrated out by Laplace's method.
    """

    parameters: Parameters
    passed: Passed
    objective: float


@dataclass(frozen=True)
class Blocks:
    """Gradient and information of the values and of the centre of each district."""

    by_values: Floats
    by_centre: Floats
    own: Floats
    cross: Floats
    """Shape (districts, 2, parameters)."""
    inner: Floats
    """Shape (districts, 2, 2)."""

    def reduced(self) -> Floats:
        """Return the information of the values with the centres eliminated."""
        solved = np.linalg.solve(self.inner, self.cross)
        return np.asarray(self.own - np.einsum("mip,miq->pq", self.cross, solved))


def log_prior(values: Floats) -> tuple[float, Floats, Floats]:
    """Return the logarithm of the prior density, its slope, and minus its curvature.

    Sizes of the classes against the natural one and mean rates are uniform between 0 and 1, told as logits.
    """
    count = (len(values) + 3) // PER_PART
    natural = PER_PART * count - 3
    middle, width = (np.delete(np.tile(one, count), [3, 4, 5]) for one in (_MIDDLE, _WIDTH))
    z, rest = (values[:natural] - middle) / width, values[natural:]
    half = expit(rest)
    total = -0.5 * z @ z - np.log(width).sum() - 0.5 * natural * np.log(2.0 * np.pi)
    total += (log_expit(rest) + log_expit(-rest)).sum()
    slope = np.concatenate([-z / width, 1.0 - 2.0 * half])
    curve = np.concatenate([1.0 / width**2, 2.0 * half * (1.0 - half)])
    return float(total), slope, np.diag(curve)


def blocks(stations: Stations, fit: Fit) -> Blocks:
    """Add up scores and their squares."""
    passed, parameters = fit.passed, fit.parameters
    _, slope, curve = log_prior(parameters.values)
    s, t = passed.scores, passed.by_centre
    between = 1.0 / parameters.spread**2
    pulled = (parameters.centres - parameters.middle) * between
    return Blocks(
        by_values=s.sum(axis=0) + slope,
        by_centre=stations.by_district(t) - pulled,
        own=s.T @ s + curve,
        cross=np.stack([stations.by_district(s * t[:, j : j + 1]) for j in (0, 1)], axis=1),
        inner=stations.by_district(t[:, :, None] * t[:, None, :]) + np.diag(between),
    )


def at(stations: Stations, parameters: Parameters, grid: Grid) -> Fit:
    """Return the mixture at given parameters."""
    passed = look(stations, parameters, grid)
    between = 1.0 / parameters.spread**2
    sums = stations.by_district(passed.precision)
    det = (sums[:, 0] + between[0]) * (sums[:, 2] + between[1]) - sums[:, 1] ** 2
    off = (parameters.centres - parameters.middle) / parameters.spread
    centred = -0.5 * (off**2).sum() - stations.districts * np.log(parameters.spread).sum()
    centred -= 0.5 * np.log(det).sum()
    return Fit(parameters, passed, float(passed.loglik.sum() + centred + log_prior(parameters.values)[0]))


def climb(
    stations: Stations, start: Parameters, grid: Grid, *, rounds: int, close: float, hold: bool = False
) -> Fit:
    """Climb from a start to the nearest maximum of the likelihood times the priors.

    Parameters
    ----------
    rounds
        Steps at most; each passes once over the stations and moves everything at once.
    close
        Gain of the objective at which to stop.
    hold
        Move the centres only.
    """
    best, damping = at(stations, start, grid), 1e-3
    for _ in range(rounds):
        there = at(stations, _step(stations, best, damping, hold=hold), grid)
        gain = there.objective - best.objective
        if gain > -1e-9:
            best, damping = there, max(damping / 10.0, 1e-6)
            if gain < close:
                break
        else:
            damping *= 30.0
            if damping > 1e6:
                break
    return best


def _step(stations: Stations, fit: Fit, damping: float, *, hold: bool) -> Parameters:
    """Move values and centres, and take the law of centres from where these then are."""
    parameters, found = fit.parameters, blocks(stations, fit)
    own = found.own + damping * np.diag(np.diag(found.own)) + 1e-9 * np.eye(len(found.own))
    found = replace(found, own=own, inner=found.inner * (1.0 + damping * np.eye(2)))
    alone = np.linalg.solve(found.inner, found.by_centre[:, :, None])[:, :, 0]
    step = np.zeros(len(own))
    if not hold:
        pull = found.by_values - np.einsum("mip,mi->p", found.cross, alone)
        step = np.clip(np.linalg.solve(found.reduced(), pull), -1.0, 1.0)
    move = alone - np.linalg.solve(found.inner, found.cross) @ step
    centres = parameters.centres + np.clip(move, -1.0, 1.0)
    middle, spread = parameters.middle, parameters.spread
    if stations.districts > 1 and not hold:
        sums = stations.by_district(fit.passed.precision[:, [0, 2]]) + 1.0 / spread**2
        middle = centres.mean(axis=0)
        spread = np.maximum(np.sqrt(((centres - middle) ** 2 + 1.0 / sums).mean(axis=0)), _NARROWEST)
    return Parameters(np.clip(parameters.values + step, -12.0, 12.0), centres, middle, spread)


def start(stations: Stations) -> Parameters:
    """Return a natural law of one part: centres at the medians of districts, spreads by the middle half."""
    centres, widths = stations.medians, []
    for values, centre in zip(stations.natural, centres.T, strict=True):
        off = np.abs(values - centre[stations.district])
        widths.append(float(np.log(np.maximum(np.median(off) / 0.674, _NARROWEST))))
    spread = np.maximum(centres.std(axis=0), 0.1) if stations.districts > 1 else np.full(2, 2.0)
    return Parameters(np.array([widths[0], 0.0, widths[1]]), centres, centres.mean(axis=0), spread)


def divide(parameters: Parameters, part: int, way: int) -> Parameters:
    """Divide one part of the natural law in two: along turnout (0), along the share (1), or by width (2)."""
    parts = parameters.parts.copy()
    one, two = parts[part].copy(), parts[part].copy()
    if way == 2:
        one[[0, 2]] -= 0.4
        two[[0, 2]] += 0.5
    else:
        far = 0.8 * np.exp(one[2 * way])
        shift = np.array([far, one[1] * far]) if way == 0 else np.array([0.0, far])
        one[2 * way] -= 0.4
        two[2 * way] -= 0.4
        two[3:5] += shift if part else 1.5 * shift
        one[3:5] -= shift if part else 0.0
    if part:
        one[5] -= 0.7
        two[5] -= 0.7
    parts[part] = one
    values = np.concatenate([parts[0, :3], parts[1:].ravel(), two, parameters.values[parameters.natural :]])
    return replace(parameters, values=values)


def evidence(stations: Stations, fit: Fit) -> float:
    """Return the logarithm of the probability of the counts, all parameters integrated out."""
    reduced = blocks(stations, fit).reduced()
    volume = len(reduced) * np.log(2.0 * np.pi) - np.linalg.slogdet(reduced)[1]
    return float(fit.objective + 0.5 * volume)


def fit_natural(stations: Stations, grid: Grid, *, most: int, rounds: int, close: float) -> tuple[Fit, float]:
    """Fit the natural class alone, with as many parts as raise the evidence.

    Parameters
    ----------
    most
        Parts at most.

    Returns
    -------
    fit : Fit
    evidence : float
        Logarithm of the probability of the counts.
    """
    best = climb(stations, start(stations), grid, rounds=rounds, close=close)
    found = evidence(stations, best)
    while best.parameters.count < most:
        tries = [
            climb(stations, divide(best.parameters, part, way), grid, rounds=_TRIED, close=1.0)
            for part in range(best.parameters.count)
            for way in range(3)
        ]
        chosen = max(tries, key=lambda one: one.objective)
        larger = climb(stations, chosen.parameters, grid, rounds=rounds, close=close)
        new = evidence(stations, larger)
        if new <= found:
            break
        best, found = larger, new
    return best, found


def fit_classes(
    stations: Stations, natural: Fit, grid: Grid, *, rounds: int, close: float
) -> tuple[Fit, float]:
    """Fit all three classes, with one natural part and with those of the natural class alone.

    Returns
    -------
    fit : Fit
    evidence : float
        Logarithm of the probability of the counts.
    """
    simple = start(stations)
    begins = [(simple, further) for further in _STARTS]
    if natural.parameters.count > 1:
        begins.append((natural.parameters, _STARTS[0]))
    looked = [
        climb(stations, _with(law, further), grid, rounds=_LOOKED, close=close) for law, further in begins
    ]
    top = max(one.objective for one in looked)
    found = []
    for one in looked:
        if one.objective > top - _HOPELESS:
            far = climb(stations, one.parameters, grid, rounds=rounds, close=close)
            found.append((far, evidence(stations, far)))
    return max(found, key=lambda one: one[1])


def fit_both(
    stations: Stations, grid: Grid, *, most: int, rounds: int, close: float
) -> tuple[tuple[Fit, float], tuple[Fit, float]]:
    """Fit the natural class alone and all three, and let each go on from where the other has got.

    There are many maxima, some of them far apart for both and near one another between the two. What one
    climb misses would otherwise count as evidence for the other account, so that the last digit of a sum
    could decide which is told.

    Returns
    -------
    natural, classes : tuple of Fit and float
        Each with the logarithm of the probability of the counts.
    """
    natural = fit_natural(stations, grid, most=most, rounds=rounds, close=close)
    classes = fit_classes(stations, natural[0], grid, rounds=rounds, close=close)
    for _ in range(_EXCHANGES):
        law = classes[0].parameters
        bare = replace(law, values=law.values[: law.natural])
        back = climb(stations, bare, grid, rounds=rounds, close=close)
        found = evidence(stations, back)
        if found <= natural[1] + close:
            break
        natural = back, found
        again = climb(stations, _with(back.parameters, _STARTS[0]), grid, rounds=rounds, close=close)
        found = evidence(stations, again)
        if found <= classes[1] + close:
            break
        classes = again, found
    return natural, classes


def _with(law: Parameters, further: Floats) -> Parameters:
    """Add the further classes to a natural law."""
    return replace(law, values=np.concatenate([law.values, further]))
