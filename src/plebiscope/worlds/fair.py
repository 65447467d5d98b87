"""Fair votes that look like a given one.

Each area has its own turnout and its own share of the favoured option, each station departs from its area,
each voter is drawn. On the scale of logits, for station i in areas of every level,

    turnout_i = mean + sum of area effects + slope x log size + station effect
    share_i   = the same with effects of its own, correlated with those of turnout at every level

    cast ~ Binomial(registered, turnout)    invalid ~ Binomial(cast, rate)    votes ~ Binomial(valid, share)

and the other options divide the rest by a Dirichlet law around the mix of their district. The effect of a
station takes in all over-dispersion: with one count a station, a beta-binomial and a station effect cannot
be told apart. Buildings with several stations are a level like any other. Correlated effects are the turnout
slope: within a level, the share rises by correlation x (spread of share / spread of turnout) for each unit
of turnout.

Everything hangs on what fair looks like, so there are always two versions. The *tight* one takes its spreads
from the middle half of the differences between neighbours, without stations four spreads from the middle of
their area, and normal effects. The *loose* one takes them from four fifths of all differences, with the long
tails of Student's t with five degrees of freedom: more of what is odd in the table is then called fair. If
the table is normal, both are alike. Estimates are those of :mod:`plebiscope.worlds.spread`, which figures
written by a minority hardly move; a majority they follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from plebiscope.worlds.ground import Counts, Ground
from plebiscope.worlds.layers import STATION, Level, peeled, upward
from plebiscope.worlds.reading import Reading, counted, logits, measured
from plebiscope.worlds.spread import (
    MIDDLE,
    OUTER,
    centres,
    core,
    pairs,
    slope,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Version = Literal["tight", "loose"]
VERSIONS: tuple[Version, ...] = ("tight", "loose")

TAILS = 5
"""Degrees of freedom of the loose version."""


@dataclass(frozen=True, slots=True)
class Layer:
    """How far areas of one level lie apart within the next larger one, on the scale of logits."""

    name: str
    """Area column, or ``station``."""
    turnout: float
    share: float
    correlation: float

    @property
    def slope(self) -> float:
        """Rise of the share, in logits, for each logit of turnout."""
        return self.correlation * self.share / self.turnout if self.turnout > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Mix:
    """How the options that are not favoured divide what is left.

    Attributes
    ----------
    area
        Row of ``parts`` for each station, shape (n,).
    parts
        Share of each other option among them all, shape (areas, k - 1).
    concentration
        Of the Dirichlet law around them; larger is closer.
    """

    area: Integers
    parts: Floats
    concentration: float


@dataclass(frozen=True)
class Fair:
    """What fair looks like on one ground: draw from it with :meth:`draw`.

    Attributes
    ----------
    turnout, share
        Middle of the logits.
    size
        Rise of turnout and of share, in logits, for each unit of the natural logarithm of registered voters.
    layers
        From the largest areas to ``station``.
    invalid
        Middle, of each station or of all, and spread of the logits of the rate of invalid ballots; null where
        none was published.
    kept
        Ballots handed out that never reach the box, as a share of those cast.
    """

    ground: Ground
    version: Version
    turnout: float
    share: float
    size: tuple[float, float]
    layers: tuple[Layer, ...]
    invalid: tuple[Floats | float, float] | None
    kept: float
    mix: Mix

    def draw(self, rng: np.random.Generator) -> Counts:
        """Draw the counts of one fair vote.

        Parameters
        ----------
        rng
            The only source of randomness.
        """
        return self.held(self.effects(rng), rng)

    def effects(self, rng: np.random.Generator) -> tuple[Floats, ...]:
        """Draw what sets places apart: it comes first of all that :meth:`draw` draws.

        Returns
        -------
        tuple of ndarray, shape (2, places) each
            By layer, of turnout and of share, as many of their spreads.
        """
        found = []
        for layer, area in zip(self.layers, self.places, strict=True):
            one, other = self.scatter(int(area.max(initial=-1)) + 1, rng)
            found.append(np.stack([one, layer.correlation * one + np.sqrt(1 - layer.correlation**2) * other]))
        return tuple(found)

    def scatter(self, count: int, rng: np.random.Generator) -> Floats:
        """Draw two numbers for each of some places, by the law of the version, shape (2, count)."""
        found = rng.standard_normal((2, count))
        if self.version == "loose":
            found = found * np.sqrt(TAILS / rng.chisquare(TAILS, count))
        return found

    @property
    def places(self) -> tuple[Integers, ...]:
        """Number of the place of each station, by layer, shape (n,) each."""
        levels = {**self.ground.areas, STATION: np.arange(len(self.ground))}
        return tuple(levels[layer.name] for layer in self.layers)

    def held(self, effects: Sequence[Floats], rng: np.random.Generator) -> Counts:
        """Let voters vote where places are set apart as :meth:`effects` gives it."""
        ground = self.ground
        registered = ground.counts.registered
        size = np.log(registered)
        size = size - size.mean()
        turnout, share = self.turnout + self.size[0] * size, self.share + self.size[1] * size
        for layer, area, (one, both) in zip(self.layers, self.places, effects, strict=True):
            turnout = turnout + layer.turnout * one[area]
            share = share + layer.share * both[area]
        cast = rng.binomial(registered, expit(turnout)) if ground.has_registered else ground.counts.cast
        invalid = np.zeros_like(cast)
        if self.invalid is not None:
            middle, width = self.invalid
            invalid = rng.binomial(cast, expit(middle + width * rng.standard_normal(len(cast))))
        valid = cast - invalid
        first = rng.binomial(valid, expit(share))
        votes = np.column_stack([first, self._others(valid - first, rng)])
        issued = np.minimum(registered, cast + rng.binomial(cast, self.kept))
        return Counts(registered, issued, cast, votes)

    def _others(self, left: Integers, rng: np.random.Generator) -> Integers:
        """Divide what the favoured option did not get among the others, shape (n, k - 1)."""
        parts = self.mix.parts
        if parts.shape[1] <= 1:
            return left[:, None][:, : parts.shape[1]]
        weights = rng.standard_gamma(self.mix.concentration * parts[self.mix.area])
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        return np.asarray(rng.multinomial(left, weights), dtype=np.int64)


def fit(ground: Ground, version: Version = "tight") -> Fair:
    """Fit what fair looks like to a table.

    Parameters
    ----------
    ground
        Of the table.
    version
        ``tight`` or ``loose``, see the head of this file.
    """
    counts, level = ground.counts, level_of(version)
    both = counted(counts.cast, counts.registered), counted(counts.favoured, counts.valid)
    size = np.log(counts.registered)
    slopes = (0.0, 0.0)
    if ground.has_registered:
        mixed = pairs(ground.district, np.random.default_rng(0).permutation(len(ground)))
        slopes = slope(both[0], size, mixed), slope(both[1], size, mixed)
    centred = size - size.mean()
    both = both[0].less(slopes[0] * centred), both[1].less(slopes[1] * centred)
    layers = _layers(ground, both, level)
    whole = np.zeros(len(ground), dtype=np.int64)
    apart = (
        level.stretch * float(np.hypot.reduce([layer.turnout for layer in layers])),
        level.stretch * float(np.hypot.reduce([layer.share for layer in layers])),
    )
    return Fair(
        ground=ground,
        version=version,
        turnout=float(centres(both[0], whole, 1, apart[0])[0][0]),
        share=float(centres(both[1], whole, 1, apart[1])[0][0]),
        size=slopes,
        layers=layers,
        invalid=_invalid(ground, level),
        kept=_kept(ground),
        mix=_mix(ground, level),
    )


@cache
def level_of(version: Version) -> Level:
    """Say how a version reads spreads."""
    return Level(MIDDLE, 1.0) if version == "tight" else Level(OUTER, stretch(OUTER, TAILS))


@cache
def stretch(quantile: float, tails: float) -> float:
    """Say how much wider differences of two t-distributed effects are than of two normal ones.

    Parameters
    ----------
    quantile
        Of the absolute differences, between 0 and 1.
    tails
        Degrees of freedom.
    """
    # Not above: whoever only reads a dossier would wait for it.
    from scipy.integrate import quad
    from scipy.optimize import brentq
    from scipy.special import poch, stdtr

    highest = np.log(poch(0.5 * tails, 0.5)) - 0.5 * (np.log(tails) + np.log(np.pi))

    def density(x: float) -> float:
        """Return that of Student's law; one number at a time takes scipy.stats a hundred times as long."""
        return float(np.exp(highest - (tails + 1) / 2 * np.log1p(x * x / tails)))

    def inside(width: float) -> float:
        found = quad(lambda x: density(x) * (stdtr(tails, x + width) - stdtr(tails, x - width)), 0, np.inf)
        return 2 * float(found[0]) - quantile

    return float(brentq(inside, 1e-6, 100.0) / (np.sqrt(2.0) * ndtri(0.5 + quantile / 2)))


def _layers(ground: Ground, both: tuple[Reading, Reading], level: Level) -> tuple[Layer, ...]:
    """Fit how far areas of each level lie apart, and how turnout and share go together there."""
    known = ground.has_registered, True
    found = [
        Layer(one.name, one.scales[0], one.scales[1], one.correlation(0, 1))
        for one in peeled(ground.areas, ground.counts.registered, both, level, known)
    ]
    return tuple(reversed(found))


def _invalid(ground: Ground, level: Level) -> tuple[Floats, float] | None:
    """Fit the rate of invalid ballots: the middle of each station's district, and the spread of stations.

    Rates are those of the stations near the middle of their district; what districts of few stations say is
    drawn towards the rate of all of them.
    """
    counts, district = ground.counts, ground.district
    if not counts.invalid.any():
        return None
    reading = counted(counts.invalid, counts.cast)
    width = level.read(reading, district, pairs(district, counts.registered))
    near = core(reading, district, width * level.stretch)
    parts = [np.bincount(district, some * near).astype(np.int64) for some in (counts.invalid, counts.cast)]
    own = measured(logits(*parts)[0], upward(reading, district, width * level.stretch).variance)
    whole = np.zeros(len(own.values), dtype=np.int64)
    apart = level.read(own, whole, pairs(whole, np.arange(len(whole)))) * level.stretch
    weight = apart**2 / np.maximum(apart**2 + own.variance, 1e-9)
    middle = logits(*(part.sum(keepdims=True) for part in parts))[0]
    middle = middle + weight * (own.values - middle)
    # A spread of logits lifts the mean of a small rate; the middle is set so that the mean comes out.
    return np.asarray(middle - width**2 / 2 * (1 - 2 * expit(middle)))[district], width


def _kept(ground: Ground) -> float:
    """Share of ballots handed out that did not reach the box; a hundredth at most."""
    if "issued" not in ground.returns.quantities:
        return 0.0
    issued = ground.returns.table["issued"].gather(ground.rows)
    kept = np.maximum(issued.fill_null(0).to_numpy() - ground.counts.cast, 0).sum()
    return float(min(kept / max(ground.counts.cast.sum(), 1), 0.01))


def _mix(ground: Ground, level: Level) -> Mix:
    """Fit how the other options divide what is left: the mix of each district, and how stations vary."""
    others = ground.counts.votes[:, 1:]
    district = ground.district
    sums = np.zeros((int(district.max(initial=0)) + 1, others.shape[1]))
    np.add.at(sums, district, others)
    whole = others.sum(axis=0)
    whole = (whole + 0.5) / (whole + 0.5).sum() if others.shape[1] else whole.astype(float)
    parts = sums + 5 * whole
    parts /= np.maximum(parts.sum(axis=1, keepdims=True), 1e-300)
    if others.shape[1] < 2:
        return Mix(district, parts, np.inf)
    largest = int(np.argmax(whole))
    between = level.read(
        counted(others[:, largest], others.sum(axis=1)),
        district,
        pairs(district, ground.counts.registered),
    )
    binary = whole[largest] * (1 - whole[largest])
    return Mix(district, parts, float(np.clip(1 / max(between**2 * binary, 1e-9) - 1, 1.0, 1e6)))
