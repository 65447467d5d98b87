"""What is to be computed, and the settings that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from plebiscope.calibrate import kept
from plebiscope.calibrate.curve import POWER
from plebiscope.calibrate.power.sources import code
from plebiscope.model.case import Contest
from plebiscope.model.method import Method
from plebiscope.model.power import Settings
from plebiscope.model.returns import Returns
from plebiscope.version import __version__
from plebiscope.worlds.beside import Designs
from plebiscope.worlds.ground import Ground
from plebiscope.worlds.tamper.mechanism import Mechanism

WORLDS = 40
"""Worlds at each prevalence."""
FAIR = 5
"""Fair worlds for each of these: a threshold that one in twenty exceeds needs more of them."""
STEPS = 13
"""Prevalences tried at most: four for each power of ten."""
LEAST = 0.001
"""Smallest prevalence, where that is one station or more."""

Tell = Callable[[str], None]
"""Called with a few words as the work goes on."""


@dataclass(frozen=True)
class Wanted:
    """What is to be computed.

    Attributes
    ----------
    contest, returns
        The vote, with its table; the favoured option is that of the contest, else the leader.
    methods, mechanisms
        In the order in which they are shown.
    params
        Parameters by method; by default its own.
    worlds
        Worlds at each prevalence; five times as many fair ones.
    seed
        Of everything.
    slow
        Whether slow methods are asked too.
    copied
        Share of the stations of whose signed forms there are copies in the case; 0 for none.
    designs
        What the case has beside its table, by which stations are compared.
    """

    contest: Contest
    returns: Returns
    methods: Sequence[Method]
    mechanisms: Sequence[Mechanism]
    params: Mapping[str, Any]
    worlds: int = WORLDS
    seed: int = 0
    slow: bool = False
    copied: float = 0.0
    designs: Designs = field(default_factory=Designs)

    @property
    def beside(self) -> str:
        """Digest of what the case has beside the counts of its table."""
        return self.designs.digest(self.returns, self.contest.comparison)

    @property
    def prefix(self) -> str:
        """What the names of kept files on this table begin with, whatever else is wanted."""
        favoured = self.contest.favoured or self.returns.leader
        other = {
            one.id: repr(self.params[one.id])
            for one in self.methods
            if self.params.get(one.id, one.params()) != one.params()
        }
        digest = kept.digest(
            self.returns.digest, favoured, __version__, code(self.methods), other, self.copied, self.beside
        )
        return f"power-{digest}"


def settings(wanted: Wanted, here: Ground) -> Settings:
    """Return the settings of what is wanted, with the state of the code.

    Parameters
    ----------
    wanted
        What is to be computed.
    here
        The ground that fair votes are drawn on.
    """
    return Settings(
        table=wanted.returns.digest,
        favoured=here.options[0],
        stations=len(here),
        seed=wanted.seed,
        worlds=wanted.worlds,
        fair_worlds=FAIR * wanted.worlds,
        prevalences=prevalences(len(here)),
        copied=wanted.copied,
        designs=wanted.beside,
        power=POWER,
        plebiscope=__version__,
        code=code(wanted.methods),
    )


def prevalences(stations: int) -> tuple[float, ...]:
    """Return the prevalences tried, evenly spaced on a logarithmic scale up to all stations."""
    grid = np.geomspace(min(1.0, max(LEAST, 1.0 / stations)), 1.0, STEPS)
    # Cut to three digits, not rounded: one station of many must not become two.
    scale = 10.0 ** (2.0 - np.floor(np.log10(grid)))
    return tuple(dict.fromkeys((np.floor(grid * scale + 1e-6) / scale).tolist()))
