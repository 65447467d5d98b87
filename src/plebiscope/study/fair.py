"""What fair votes on the stations of a contest look like beside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plebiscope.dossier.likeness import FairWorlds, likeness
from plebiscope.model.method import Subject
from plebiscope.study.telling import Progress
from plebiscope.worlds.ground import ground
from plebiscope.worlds.look import WORLDS as MOST_WORLDS
from plebiscope.worlds.look import look

_DRAWS = 2_000_000
"""Stations drawn for the fair worlds of one version, as near as whole worlds allow."""
_FEWEST = 50
"""On fewer stations no spread can be read."""


def fair_worlds(subject: Subject, seed: int, tell: Progress) -> Iterator[FairWorlds]:
    """Look at fair votes on the stations of a contest, where it was published by station."""
    returns = subject.returns
    if returns is None or returns.level != "station":
        return
    try:
        here = ground(returns, subject.favoured)
    except LookupError:
        return
    if len(here) < _FEWEST:
        return
    tell(f"{subject.contest.name}: fair votes on the same stations")
    worlds = min(MOST_WORLDS, max(20, _DRAWS // len(here)))
    left_out = int(np.count_nonzero(returns.ordinary)) - len(here)
    try:
        looks = look(here, seed, worlds)
    except Exception as error:
        # What is looked at beside the findings must not cost the dossier.
        tell(f"fair votes cannot be simulated here: {type(error).__name__}: {error}")
        return
    yield likeness(subject.contest.id, here.options[0], worlds, looks, left_out)
