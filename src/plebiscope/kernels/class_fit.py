"""Fitting the mixture of classes of stations, and how much better it does than the natural class alone.

Districts have centres of their own, shrunk towards their mean by the spread of all centres (empirical Bayes).
Where a centre lies is not known, and were it put where it fits best, stations would look more alike than they
are. So what is climbed is a bound on the probability of the counts in which each centre has a normal law of
its own, whose variances are found together with everything else (variational Bayes). The quick bound also
takes class and part of a station to be independent of its centre, so that one pass over the stations gives
it; where classes overlap, it is too low. The closer one does not; it takes means over four places around the
centre for those over its law, and is a bound but for terms of fourth order. Both accounts end with it. Values
are moved by a quasi-Newton step that begins with sums of squared scores, centres and their variances to where
they would be best if the rest stayed as it is.

The natural law gets as many parts as the table asks for: a part is added by dividing another one, as long as
the probability of the counts, all parameters integrated out by Laplace's method, rises. The same is done with
and without the further classes, each going on from where the other has got; the difference of the two
logarithms is the logarithm of the Bayes factor.

References
----------
The bound: Ormerod and Wand (2010), https://doi.org/10.1198/tast.2010.09058. Sums of squared scores: Berndt,
Hall, Hall and Hausman (1974), Annals of Economic and Social Measurement 3, 653-665. The step: Nocedal and
Wright (2006), https://doi.org/10.1007/978-0-387-40065-5, procedure 18.2. Laplace's method: Tierney and Kadane
(1986), https://doi.org/10.1080/01621459.1986.10478240.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from plebiscope.kernels.class_law import PER_PART, Grid, Parameters
from plebiscope.kernels.class_mixture import Passed, look, look_around
from plebiscope.kernels.class_stations import Stations

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MIDDLE = np.array([-1.0, 0.0, -1.0, 0.0, 0.0, -1.0])
_WIDTH = np.array([1.5, 1.0, 1.5, 1.0, 1.0, 2.0])
"""Normal prior of the parameters of each part of the natural law; wide on the scale of logits."""
_STARTS = (np.array([-3.0, -5.0, -0.5, -1.0]), np.array([1.0, -2.0, 0.0, 0.0]))
"""Where the climb begins for the further classes: few stations, and many."""
_EMPTY = np.array([-6.0, -6.0, -0.5, -1.0])
"""Where it begins once more if it got stuck: next to no stations."""
_TRIED = 4
"""Rounds after which ways of dividing a part are compared."""
_LOOKED = 15
"""Rounds after which the climbs for the further classes are compared."""
_NEAR = 100.0
"""How far one may lie below the best, in logarithms, to go on."""
_ABOUT = 0.3
"""Gain of the quick bound at which to stop, and what one account must be better by to be gone on from."""
_FLAT = 2_000
"""Stations up to which the top is so flat that the last climb may take as many rounds as others; beyond, a
quarter of them, each of which takes four passes."""
_EXCHANGES = 3
"""Times that the two accounts go on from one another, at most."""
_ENOUGH, _SHORTEST, _STILL = 1e-4, 1e-5, 1e-12
"""Of the rise hoped for, the part that a step must bring; its shortest; a move too small to learn from."""
_FURTHER = 1.5
"""Times that centres go as far where nothing else moves: classes overlap, so that they would fall short."""
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
        Bound on the logarithm of likelihood times priors, the centres of districts integrated out.
    curve
        Its curvature in the values, where a climb learned it on the way.
    """

    parameters: Parameters
    passed: Passed
    objective: float
    curve: Floats | None = None


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
        by_values=s.sum(axis=0) + slope[: s.shape[1]],
        by_centre=stations.by_district(t) - pulled,
        own=s.T @ s + curve[: s.shape[1], : s.shape[1]],
        cross=np.stack([stations.by_district(s * t[:, j : j + 1]) for j in (0, 1)], axis=1),
        inner=stations.by_district(t[:, :, None] * t[:, None, :]) + np.diag(between),
    )


def at(
    stations: Stations, parameters: Parameters, grid: Grid, *, around: bool = False, scores: bool = True
) -> Fit:
    """Return the mixture at given parameters, by the quick bound or by the closer one.

    Without scores, that is if the values are to stay as they are, the quick bound takes less time.
    """
    if around:
        passed = look_around(stations, parameters, grid)
    else:
        passed = look(stations, parameters, grid, scores=scores)
    spread, (xx, xy, yy) = parameters.spread, parameters.unsure.T
    square = (parameters.centres - parameters.middle) ** 2 + np.column_stack([xx, yy])
    centred = 1.0 - np.log(spread).sum() - 0.5 * (square / spread**2).sum(axis=1)
    centred += 0.5 * np.log(xx * yy - xy * xy)
    objective = passed.loglik.sum() + centred.sum() + log_prior(parameters.values)[0]
    return Fit(parameters, passed, float(objective))


def climb(
    stations: Stations,
    start: Parameters,
    grid: Grid,
    *,
    rounds: int,
    close: float,
    hold: bool = False,
    around: bool = False,
    curve: Floats | None = None,
) -> Fit:
    """Climb from a start to the nearest maximum of the objective.

    Parameters
    ----------
    rounds
        Passes over the stations at most; each tries a step that moves everything at once.
    close
        Gain of the objective at which to stop.
    hold
        Move the centres only.
    around
        Take the closer bound.
    curve
        Curvature to begin with; by default that of squared scores.
    """
    best, left = at(stations, start, grid, around=around, scores=not hold), rounds
    values, slope, first = start.values, np.zeros(0), True
    while left:
        found, unsure = blocks(stations, best), _unsure(stations, best, halfway=around and not first)
        if curve is None:
            curve = found.own
        elif not (first or hold):
            curve = _curved(curve, best.parameters.values - values, slope - found.by_values)
        values, slope, first = best.parameters.values, found.by_values, False
        step, rise = np.zeros(len(values)), 0.0
        if not hold:
            step = np.asarray(np.linalg.solve(curve, slope), dtype=np.float64)
            step = step / max(1.0, float(np.abs(step).max()))
            rise = float(slope @ step)
        (xx, xy, yy), (one, two) = unsure.T, found.by_centre.T
        move = (_FURTHER if hold else 1.0) * np.column_stack([xx * one + xy * two, xy * one + yy * two])
        rise, far = rise + float((found.by_centre * move).sum()), 1.0
        while left and far > _SHORTEST:
            on_the_way = _between(best.parameters.unsure, unsure, far)
            law = _moved(best.parameters, far * step, far * move, on_the_way, hold=hold)
            there, left = at(stations, law, grid, around=around, scores=not hold), left - 1
            gain, hoped = there.objective - best.objective, far * rise
            if gain > _ENOUGH * hoped:
                break
            # On to where the parabola through what is known has its top.
            far *= float(np.clip(hoped / (2.0 * (hoped - gain)), 0.1, 0.5))
        else:
            break
        best = there
        if gain < close:
            break
    return replace(best, curve=curve)


def _curved(curve: Floats, moved: Floats, fell: Floats) -> Floats:
    """Correct the curvature by how far the slope fell on the way; it stays positive, as Powell has it."""
    by = curve @ moved
    square, known = float(moved @ by), float(moved @ fell)
    if square < _STILL:
        return curve
    if known < 0.2 * square:
        part = 0.8 * square / (square - known)
        fell = part * fell + (1.0 - part) * by
    return np.asarray(curve + np.outer(fell, fell) / (moved @ fell) - np.outer(by, by) / square)


def _unsure(stations: Stations, fit: Fit, *, halfway: bool) -> Floats:
    """Return variances and covariance of each centre, given the classes and parts as they are expected.

    By the closer bound what a district tells hangs on these very variances, and they would swing to and fro:
    after the first step half of the way is gone.
    """
    parameters = fit.parameters
    between = np.array([1.0, 0.0, 1.0]) / parameters.spread[[0, 0, 1]] ** 2
    precision = stations.by_district(fit.passed.precision) + between
    if halfway:
        precision = (precision + _inverse(parameters.unsure)) / 2.0
    # Between two places that suit a district alike its score rises; it stays as unsure as it was.
    falls = (precision[:, 0] > 0.0) & (precision[:, 0] * precision[:, 2] > precision[:, 1] ** 2)
    return np.where(falls[:, None], _inverse(precision), parameters.unsure)


def _between(old: Floats, new: Floats, far: float) -> Floats:
    """Go a part of the way between variances, on the scale of what is known."""
    return new if far == 1.0 else _inverse((1.0 - far) * _inverse(old) + far * _inverse(new))


def _inverse(matrices: Floats) -> Floats:
    """Invert symmetric matrices, each written as xx, xy, yy; shape (n, 3)."""
    xx, xy, yy = matrices.T
    return np.asarray(np.column_stack([yy, -xy, xx]) / (xx * yy - xy * xy)[:, None])


def _moved(law: Parameters, step: Floats, move: Floats, unsure: Floats, *, hold: bool) -> Parameters:
    """Move values and centres, and take the law of centres from where these then are."""
    centres, middle, spread = law.centres + np.clip(move, -1.0, 1.0), law.middle, law.spread
    if len(centres) > 1 and not hold:
        middle = centres.mean(axis=0)
        square = ((centres - middle) ** 2 + unsure[:, [0, 2]]).mean(axis=0)
        spread = np.maximum(np.sqrt(square), _NARROWEST)
    return Parameters(np.clip(law.values + step, -12.0, 12.0), centres, middle, spread, unsure)


def rough(stations: Stations, parts: Floats, spread: Floats) -> Floats:
    """Return how unsure centres are to begin with: as if all stations were of the first part, and counted."""
    size = np.diff(np.append(stations.first, len(stations)))[:, None]
    found = 1.0 / (size / np.exp(2.0 * parts[0, [0, 2]]) + 1.0 / spread**2)
    return np.column_stack([found[:, 0], np.zeros(len(size)), found[:, 1]])


def start(stations: Stations) -> Parameters:
    """Return a natural law of one part: centres at the medians of districts, spreads by the middle half."""
    centres, widths = stations.medians, []
    for values, centre in zip(stations.natural, centres.T, strict=True):
        off = np.abs(values - centre[stations.district])
        widths.append(float(np.log(np.maximum(np.median(off) / 0.674, _NARROWEST))))
    spread = np.maximum(centres.std(axis=0), 0.1) if stations.districts > 1 else np.full(2, 2.0)
    law = Parameters.known(np.array([widths[0], 0.0, widths[1]]), centres, centres.mean(axis=0), spread)
    return replace(law, unsure=rough(stations, law.parts, spread))


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


def fit_natural(
    stations: Stations, grid: Grid, *, most: int, rounds: int, close: float
) -> list[tuple[Fit, float]]:
    """Fit the natural class alone, with as many parts as raise the evidence.

    Parameters
    ----------
    most
        Parts at most.

    Returns
    -------
    list of tuple of Fit and float
        For each number of parts from one on, each with the logarithm of the probability of the counts. The
        last is the best.
    """
    fit = climb(stations, start(stations), grid, rounds=rounds, close=close)
    found = [(fit, evidence(stations, fit))]
    while len(found) < most:
        best, before = found[-1]
        tries = [
            climb(stations, divide(best.parameters, part, way), grid, rounds=_TRIED, close=1.0)
            for part in range(best.parameters.count)
            for way in range(3)
        ]
        chosen = max(tries, key=lambda one: one.objective)
        larger = climb(stations, chosen.parameters, grid, rounds=rounds, close=close)
        new = evidence(stations, larger)
        if new <= before:
            break
        found.append((larger, new))
    return found


def fit_classes(
    stations: Stations, natural: list[tuple[Fit, float]], grid: Grid, *, rounds: int, close: float
) -> tuple[Fit, float]:
    """Fit all three classes, beginning with one natural part and with those of the natural class alone.

    Where a part stands in for the further classes, fewer do with them; so that of the fits of the natural
    class all are tried that come near the best.

    Returns
    -------
    fit : Fit
    evidence : float
        Logarithm of the probability of the counts.
    """
    simple = start(stations)
    begins = [(simple, further) for further in _STARTS]
    near = [fit for fit, found in natural[1:] if found > natural[-1][1] - _NEAR]
    begins += [(fit.parameters, _STARTS[0]) for fit in near]
    looked = [
        climb(stations, _with(law, further), grid, rounds=_LOOKED, close=close) for law, further in begins
    ]
    top = max(one.objective for one in looked)
    found = []
    for one in looked:
        if one.objective > top - _NEAR:
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
    alone = fit_natural(stations, grid, most=most, rounds=rounds, close=_ABOUT)
    classes = fit_classes(stations, alone, grid, rounds=rounds, close=_ABOUT)
    natural = alone[-1]
    for _ in range(_EXCHANGES):
        law = classes[0].parameters
        bare = replace(law, values=law.values[: law.natural])
        back = climb(stations, bare, grid, rounds=rounds, close=_ABOUT)
        found = evidence(stations, back)
        if found <= natural[1] + _ABOUT:
            break
        natural = back, found
        again = climb(stations, _with(back.parameters, _STARTS[0]), grid, rounds=rounds, close=_ABOUT)
        found = evidence(stations, again)
        if found <= classes[1] + _ABOUT:
            break
        classes = again, found
    if len(stations) > _FLAT:
        rounds //= 4

    def ended(law: Parameters, curve: Floats | None = None) -> tuple[Fit, float]:
        fit = climb(stations, law, grid, rounds=rounds, close=close, around=True, curve=curve)
        return fit, evidence(stations, fit)

    natural = ended(natural[0].parameters, natural[0].curve)
    classes = ended(classes[0].parameters, classes[0].curve)
    law = classes[0].parameters
    alike = ended(replace(law, values=law.values[: law.natural]))
    natural = alike if alike[1] > natural[1] else natural
    if classes[1] < natural[1] - 2.0 * np.log(len(stations)):
        # Worse than with classes of next to no stations, which cost about as much: it got stuck on the way.
        empty = ended(_with(natural[0].parameters, _EMPTY))
        classes = empty if empty[1] > classes[1] else classes
    return natural, classes


def _with(law: Parameters, further: Floats) -> Parameters:
    """Add the further classes to a natural law."""
    return replace(law, values=np.concatenate([law.values, further]))
