"""A ground that the tests of worlds share: the bundled example."""

from __future__ import annotations

import numpy as np
import pytest

from plebiscope import study
from plebiscope.worlds.fair import fit
from plebiscope.worlds.ground import Ground, World, ground


@pytest.fixture(scope="session")
def here() -> Ground:
    return ground(study.read(study.example() / "stations.csv").returns, "Yes")


@pytest.fixture(scope="session")
def world(here: Ground) -> World:
    return World(here, fit(here).draw(np.random.default_rng(1)))
