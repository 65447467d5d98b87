"""Another vote at the same stations, drawn so that places are as like themselves in it as in the case.

The other vote of the case cannot stand beside a simulated one as it is: the places of a simulated vote are
drawn anew, so that a station's own past would tell nothing of it, as no two votes are. Nor can the changes of
the case be kept: whatever was done to it is in them. So it is simulated too, always fair. Its spreads are
fitted to its own table. At every level the effects of its places are correlated with those of the vote that
it stands beside, turnout and share of the one with turnout and share of the other, as closely as the places
of the case are: by the signs of pair differences, which what is done at a minority of stations hardly moves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plebiscope.model.beside import Beside, Match
from plebiscope.model.returns import Returns
from plebiscope.worlds.fair import Fair, Version, fit, level_of
from plebiscope.worlds.ground import ground
from plebiscope.worlds.layers import peeled
from plebiscope.worlds.reading import Floats, Integers, Reading, counted

CLOSEST = 0.98
"""No effect of the one vote is told by those of the other better than this part of its variance."""


@dataclass(frozen=True, slots=True)
class Link:
    """How the effects of one layer follow from those of the same places in the vote that it stands beside.

    Attributes
    ----------
    places
        Number of each place in the other vote; minus one where it was not held there; shape (places,).
    told
        What turnout and share there tell, shape (2, 2).
    rest
        Square root of what they do not, shape (2, 2).
    """

    places: Integers
    told: Floats
    rest: Floats


@dataclass(frozen=True)
class Earlier:
    """Another vote at the same stations: draw it with :meth:`draw`.

    Attributes
    ----------
    beside
        As it stands in the case.
    match
        The row of this vote of each row of its table here, which has no others.
    fair
        What fair looks like in it.
    links
        By layer.
    """

    beside: Beside
    match: Match
    fair: Fair
    links: tuple[Link, ...]

    def draw(self, effects: Sequence[Floats], names: Sequence[str], rng: np.random.Generator) -> Beside:
        """Hold the vote.

        Parameters
        ----------
        effects, names
            What sets places apart in the vote that it stands beside, by layer, and what layers are called.
        rng
            The only source of randomness.
        """
        there = dict(zip(names, effects, strict=True))
        drawn = []
        for layer, link in zip(self.fair.layers, self.links, strict=True):
            own = link.rest @ self.fair.scatter(len(link.places), rng)
            alone = _root(_alike(layer.correlation)) @ self.fair.scatter(len(link.places), rng)
            met = link.places >= 0
            if met.any():
                alone[:, met] = own[:, met] + link.told @ there[layer.name][:, link.places[met]]
            drawn.append(alone)
        returns = self.fair.ground.table(self.fair.held(drawn, rng))
        return dataclasses.replace(self.beside, returns=returns, match=self.match)


def others(now: Fair, votes: Sequence[Beside]) -> tuple[Earlier, ...]:
    """Fit the other votes of a case at the same stations, without those that cannot be imitated."""
    found = (beside(now, other, now.version) for other in votes)
    return tuple(one for one in found if one is not None)


def beside(now: Fair, other: Beside, version: Version) -> Earlier | None:
    """Fit another vote at the same stations; null where its table cannot be imitated.

    Parameters
    ----------
    now
        What fair looks like in the vote that it stands beside.
    other
        As it stands in the case.
    version
        Of what fair looks like.
    """
    favoured = now.ground.options[0]
    if favoured not in other.returns.options:
        favoured = other.contest.favoured or other.returns.leader or ""
    returns, rows = _placed(other, now.ground.returns)
    try:
        here = ground(returns, favoured)
    except LookupError:
        return None
    fair = fit(here, version)
    at = np.full(len(now.ground.returns), -1, dtype=np.int64)
    at[now.ground.rows] = np.arange(len(now.ground))
    return Earlier(other, Match(rows, {}, other.match.by), fair, _links(now, fair, at[rows[here.rows]]))


def _placed(other: Beside, returns: Returns) -> tuple[Returns, Integers]:
    """Lay the table of another vote out by the stations and areas of this one, and name the row of each."""
    own, rows = other.match.pairs
    table = other.returns.table[own.tolist()].drop(other.returns.areas)
    areas = tuple(name for name in returns.areas if name not in table.columns)
    table = table.with_columns(returns.table[rows.tolist()].select(areas).get_columns())
    return dataclasses.replace(other.returns, table=table, areas=areas), rows


def _links(now: Fair, then: Fair, station: Integers) -> tuple[Link, ...]:
    """Fit how places of one vote are like themselves in another.

    Parameters
    ----------
    now, then
        What fair looks like in both.
    station
        Number of each station of ``then`` in ``now``; minus one where it is not there; shape (n,).
    """
    met = np.flatnonzero(station >= 0)
    both = *_residuals(now, station[met]), *_residuals(then, met)
    known = now.ground.has_registered, True, then.ground.has_registered, True
    areas = {
        name: np.unique(codes[station[met]], return_inverse=True)[1]
        for name, codes in now.ground.areas.items()
        if name in then.ground.areas
    }
    size = now.ground.counts.registered[station[met]]
    across = {
        level.name: np.array([[level.correlation(one, other) for other in (2, 3)] for one in (0, 1)])
        for level in peeled(areas, size, both, level_of(now.version), known)
    }
    before = {layer.name: (layer, place) for layer, place in zip(now.layers, now.places, strict=True)}
    found = []
    for layer, own in zip(then.layers, then.places, strict=True):
        places = np.full(int(own.max(initial=-1)) + 1, -1, dtype=np.int64)
        link = Link(places, np.zeros((2, 2)), _root(_alike(layer.correlation)))
        if layer.name in across:
            there, place = before[layer.name]
            places[own[met]] = place[station[met]]
            link = _linked(places, across[layer.name], there.correlation, layer.correlation)
        found.append(link)
    return tuple(found)


def _linked(places: Integers, across: Floats, there: float, own: float) -> Link:
    """Turn correlations of turnout and share there with turnout and share here into a link."""
    alike = _alike(own)
    told = across.T @ np.linalg.inv(_alike(there))
    inverse = np.linalg.inv(_root(alike))
    most = float(np.linalg.eigvalsh(inverse @ told @ across @ inverse.T).max())
    # Correlations that were read one by one need not be possible together.
    if most > CLOSEST:
        across = across * np.sqrt(CLOSEST / most)
        told = across.T @ np.linalg.inv(_alike(there))
    return Link(places, told, _root(alike - told @ across))


def _residuals(fair: Fair, at: Integers) -> tuple[Reading, Reading]:
    """Read turnout and share of some stations, without what goes with their size."""
    counts = fair.ground.counts
    size = np.log(counts.registered)
    size = (size - size.mean())[at]
    return (
        counted(counts.cast[at], counts.registered[at]).less(fair.size[0] * size),
        counted(counts.favoured[at], counts.valid[at]).less(fair.size[1] * size),
    )


def _alike(correlation: float) -> Floats:
    return np.array([[1.0, correlation], [correlation, 1.0]])


def _root(square: Floats) -> Floats:
    return np.asarray(np.linalg.cholesky((square + square.T) / 2.0), dtype=np.float64)
