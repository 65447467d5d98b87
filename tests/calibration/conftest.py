"""Fair worlds on the ground of the bundled example, and what every method answers on them."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pytest

from plebiscope import catalogue, study
from plebiscope.calibrate import fair as calibration
from plebiscope.calibrate.multiplicity import log10_of
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Method
from plebiscope.worlds.fair import fit
from plebiscope.worlds.ground import Ground, World, ground
from plebiscope.worlds.papers import with_papers

STATIONS = 800
Question = tuple[str, str, str | None]


@pytest.fixture(scope="session")
def small_ground() -> Ground:
    """The first districts of the example, 800 stations and what makes the last of them whole."""
    returns = study.read(study.example() / "stations.csv", contest="fair").returns
    whole = ground(returns, "Yes")
    last = whole.district[STATIONS]
    rows = (
        whole.rows[whole.district <= last] if (np.diff(whole.district) >= 0).all() else whole.rows[:STATIONS]
    )
    return ground(dataclasses.replace(returns, table=returns.table[rows.tolist()]), "Yes")


Asked = Callable[[Iterable[Method], int], list[list[Measurement]]]


@pytest.fixture(scope="session")
def asked(small_ground) -> Asked:
    """Ask methods about so many worlds of each version; the same worlds each time."""

    def ask(methods: Iterable[Method], worlds: int) -> list[list[Measurement]]:
        methods, found = list(methods), []
        for place, version in enumerate(("tight", "loose")):
            model = fit(small_ground, version)
            for number in range(worlds):
                rng = np.random.default_rng(np.random.SeedSequence(11, spawn_key=(place, number)))
                world = World(small_ground, model.draw(rng))
                subject = with_papers(world.subject(Contest(id="fair", name="A fair vote")), world, rng)
                found.append([one for method in methods for one in calibration.ask(method, subject, rng)])
        return found

    return ask


@pytest.fixture(scope="session")
def alarms() -> Callable[[Sequence[Sequence[Measurement]]], dict[Question, tuple[int, int]]]:
    """Count, by question put to the whole contest, the rejections at a twentieth and the worlds."""

    def count(worlds: Sequence[Sequence[Measurement]]) -> dict[Question, tuple[int, int]]:
        found: dict[Question, list[bool]] = defaultdict(list)
        for answers in worlds:
            for one in answers:
                log10_p = log10_of(one)
                if one.status == "tested" and one.scope.level == "contest" and log10_p is not None:
                    found[one.method, one.quantity, one.option].append(log10_p <= np.log10(0.05))
        return {question: (sum(said), len(said)) for question, said in found.items()}

    return count


@pytest.fixture(scope="session")
def quick() -> list[Method]:
    """All methods but the one that takes as long as all others together and has no p."""
    return [catalogue.load(name) for name in catalogue.modules() if name != "anomalous-votes"]
