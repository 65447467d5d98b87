"""The model of 2012 as it was published: one clean peak for the whole country, and additions.

Turnout ``a`` and share ``v`` of a clean station are normal, cut to 0 to 1. With chance ``f_i`` a part ``x =
|N(0, theta)|`` of those who stayed away is added as votes for the option, and ``x ** alpha`` of the votes for
others moved to it; with chance ``f_e`` the same part ``x = 1 - |N(0, 0.075)|`` is taken of both, without the
exponent. Why without, the page of the method says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, optimize, special

Floats = NDArray[np.float64]

BINS = 101
"""Bins of the histogram of shares, centred on whole per cents."""
EXTREME = 0.075
_STEP = 0.001
_DRAWS = 14
"""Binary logarithm of the number of points at which the model is worked out."""
_NOT_A_PEAK = 1.0 / 3.0
"""A peak of shares is at least so high, compared with the highest: empty stations form none."""
_NO_TURNOUT_BELOW = 0.3


@dataclass(frozen=True, slots=True)
class Clean:
    """Centre and spread of turnout and share, and the size of additions, as estimated beforehand."""

    turnout: float
    share: float
    turnout_spread: float
    share_spread: float
    addition: float
    """theta."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Parts of stations with additions, and how far the model then is from what is seen."""

    incremental: float
    extreme: float
    alpha: float
    distance: float
    """S: the sum over bins of ((model - seen) / (seen + 1)) squared, in stations."""


def estimate_clean(turnout: Floats, share: Floats, beside: float = 0.0) -> Clean | None:
    """Return what the original takes from the data before it fits, as Kobak's notebook computes it.

    Parameters
    ----------
    turnout, share
        Of each station, 0 to 1, shape (n,).
    beside
        How far from the first peak of shares clean stations are taken to lie, as a part; all else follows.

    Returns
    -------
    Clean or None
        None where a curve has no peak, or where no station lies on either side of where it is put.
    """
    tau = _first_peak(turnout, _NO_TURNOUT_BELOW, 0.0)
    peak = _first_peak(share, 0.0, _NOT_A_PEAK)
    if tau is None or peak is None:
        return None
    nu = round(peak + beside, 3)
    low, below, above = (turnout < tau) & (share < nu), share < nu, share > nu
    if not (low.any() and below.any() and above.any()):
        return None
    found = Clean(
        turnout=tau,
        share=nu,
        turnout_spread=float(np.sqrt(np.mean((turnout[low] - tau) ** 2))),
        share_spread=float(np.sqrt(np.mean((share[below] - nu) ** 2))),
        addition=float(np.mean((share[above] - nu) ** 2) ** 0.25),
    )
    return found if min(found.turnout_spread, found.share_spread, found.addition) > 1e-6 else None


def _first_peak(rates: Floats, least: float, height: float) -> float | None:
    """Return the first peak of a density (normal kernel, Scott's width) above a rate, as a part."""
    width = float(np.std(rates, ddof=1)) * len(rates) ** -0.2 if len(rates) > 1 else 0.0
    if width <= 0.0:
        return None
    edges = np.arange(-_STEP / 2.0, 1.0 + _STEP, _STEP)
    counts = np.histogram(rates, edges)[0].astype(np.float64)
    level = ndimage.gaussian_filter1d(counts, width / _STEP, mode="constant")
    centre = edges[:-1] + _STEP / 2.0
    inner = (level[1:-1] > level[:-2]) & (level[1:-1] >= level[2:])
    inner &= (centre[1:-1] > least) & (level[1:-1] >= height * level.max())
    places = np.flatnonzero(inner)
    return round(float(centre[1:-1][places[0]]), 3) if len(places) else None


def histogram(share: Floats) -> Floats:
    """Count shares by whole per cent, shape (101,)."""
    bins = np.clip(np.rint(100.0 * share), 0, 100).astype(np.int64)
    return np.bincount(bins, minlength=BINS).astype(np.float64)


@cache
def _points() -> Floats:
    """Return evenly spread points in the unit cube, shape (3, m); the same always."""
    # Not above: it takes longer to import than all methods together.
    from scipy.stats import qmc

    sequence = qmc.Sobol(3, scramble=False)
    return np.asarray((sequence.random_base2(_DRAWS).T + 0.5 / 2**_DRAWS), dtype=np.float64)


def _cut(points: Floats, centre: float, spread: float) -> Floats:
    """Return normal values that are cut to 0 to 1."""
    low, high = special.ndtr((np.array([0.0, 1.0]) - centre) / spread)
    found: Floats = np.clip(centre + spread * special.ndtri(low + points * (high - low)), 0.0, 1.0)
    return found


def shares(clean: Clean, alpha: float) -> tuple[Floats, Floats, Floats]:
    """Return the law of the share at clean stations, and with incremental and extreme additions.

    Each is the part of stations in every bin of :func:`histogram`, shape (101,).
    """
    stations = _Stations.of(clean)
    none, most = stations.without_exponent()
    return none, stations.incremental(alpha), most


@dataclass(frozen=True, slots=True)
class _Stations:
    """Turnout and share of clean stations at the points, and what is added there; each of shape (m,)."""

    came: Floats
    voted: Floats
    some: Floats
    most: Floats

    @classmethod
    def of(cls, clean: Clean) -> _Stations:
        first, second, third = _points()
        cut_off = special.ndtr(1.0 / clean.addition) - 0.5
        return cls(
            came=_cut(first, clean.turnout, clean.turnout_spread),
            voted=_cut(second, clean.share, clean.share_spread),
            some=clean.addition * special.ndtri(0.5 + third * cut_off),
            most=np.clip(1.0 - EXTREME * special.ndtri(0.5 + third * 0.5), 0.0, 1.0),
        )

    def without_exponent(self) -> tuple[Floats, Floats]:
        """Return the laws of clean stations and of extreme additions."""
        none = np.zeros_like(self.most)
        return self._law(none, none), self._law(self.most, self.most)

    def incremental(self, alpha: float) -> Floats:
        """Return the law of incremental additions."""
        return self._law(self.some, self.some**alpha)

    def _law(self, added: Floats, moved: Floats) -> Floats:
        votes = self.came * self.voted + added * (1.0 - self.came) + moved * (1.0 - self.voted) * self.came
        cast = self.came + added * (1.0 - self.came)
        return histogram(np.clip(votes / np.maximum(cast, 1e-12), 0.0, 1.0)) / len(added)


def distance(seen: Floats, clean: Clean, incremental: float, extreme: float, alpha: float) -> float:
    """Return S for given parts of stations; ``seen`` is a histogram of stations, shape (101,)."""
    none, some, most = shares(clean, alpha)
    model = seen.sum() * ((1.0 - incremental - extreme) * none + incremental * some + extreme * most)
    return float(np.sum(((model - seen) / (seen + 1.0)) ** 2))


def fit(seen: Floats, clean: Clean, alphas: tuple[float, ...]) -> Fit:
    """Return the parts of stations that make S smallest.

    The model's histogram is linear in the two parts, so that for each exponent the best parts follow from
    least squares; nothing is searched and nothing drawn.

    Parameters
    ----------
    seen
        Histogram of stations by share, shape (101,).
    clean
        As estimated beforehand.
    alphas
        Exponents tried.
    """
    best: Fit | None = None
    stations = _Stations.of(clean)
    none, most = stations.without_exponent()
    weight = 1.0 / (seen + 1.0)
    for alpha in alphas:
        laws = np.stack((none, stations.incremental(alpha), most), axis=1) * seen.sum()
        # The parts of all three kinds add up to one: a row so heavy that nothing else weighs against it.
        heavy = 1e4 * float(np.abs(laws * weight[:, None]).max())
        rows = np.vstack([laws * weight[:, None], np.full((1, 3), heavy)])
        parts, _ = optimize.nnls(rows, np.append(seen * weight, heavy))
        parts /= max(float(parts.sum()), 1e-300)
        found = float(np.sum(((laws @ parts - seen) * weight) ** 2))
        if best is None or found < best.distance:
            best = Fit(float(parts[1]), float(parts[2]), alpha, found)
    if best is None:
        raise ValueError("at least one exponent is needed")
    return best
