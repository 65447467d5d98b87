"""A matrix of power put together from its cells, and one that was kept held against the case at hand.

Everything that follows from the cells (who sees a mechanism first, what nobody sees) is worked out here,
whether the cells were simulated, kept from an earlier run or read off the shipped curves, and so is what
follows from the detections alone: the dose, and its size in stations and votes. So a kept matrix need not be
believed: it is put together again, and passed over where that does not give what it says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plebiscope.calibrate import curve
from plebiscope.model.method import Method
from plebiscope.model.power import Cell, Matrix, Settings, Step
from plebiscope.worlds.fair import VERSIONS
from plebiscope.worlds.tamper.mechanism import Mechanism

_SAME = (
    *("table", "favoured", "stations", "prevalences"),
    *("copied", "designs", "power", "plebiscope", "code"),
)
"""Settings in which a kept matrix must be that of the case."""
_CLOSE = 1e-6
"""Relative difference between two machines that counts for nothing."""


def summarised(
    cells: Iterable[Cell],
    methods: Mapping[str, Method],
    mechanisms: Mapping[str, Mechanism],
    **further: Any,
) -> Matrix:
    """Put a matrix together.

    Parameters
    ----------
    cells
        What each method sees of each mechanism; cells of methods and mechanisms not named below are left out.
    methods, mechanisms
        By id, in the order in which they are shown; those without a cell are left out.
    further
        The other fields of the matrix.
    """
    used = tuple(cell for cell in cells if cell.method in methods and cell.mechanism in mechanisms)
    asked, tried = {cell.method for cell in used}, {cell.mechanism for cell in used}
    columns = tuple(name for name in methods if name in asked)
    rows = tuple(name for name in mechanisms if name in tried)
    sight = {name: [cell for cell in used if cell.mechanism == name and cell.dose] for name in rows}
    real = [name for name in rows if mechanisms[name].kind != "control"]
    return Matrix(
        methods=columns,
        mechanisms=rows,
        cells=used,
        first={name: _first(sight[name]) for name in rows if sight[name]},
        blind=tuple(name for name in real if not sight[name]),
        shown_only=tuple(
            name
            for name in real
            if sight[name] and all(methods[cell.method].tier == "D" for cell in sight[name])
        ),
        titles={name: methods[name].title for name in columns}
        | {name: mechanisms[name].title for name in rows},
        tiers={name: methods[name].tier for name in columns},
        kinds={name: mechanisms[name].kind for name in rows},
        **further,
    )


def _first(found: Sequence[Cell]) -> dict[str, str]:
    """Name the method that sees a mechanism at the smallest prevalence, by version."""
    named: dict[str, str] = {}
    for version in VERSIONS:
        known = [
            (cell.dose * cell.open_part, cell.method)
            for cell in found
            if cell.version == version and cell.dose
        ]
        if known:
            named[version] = min(known, key=lambda one: one[0])[1]
    return named


def placed(steps: Sequence[Step]) -> dict[str, Any]:
    """Return the fields of a cell that follow from its curve: the dose, its size, and where sight is lost."""
    grid = [step.prevalence for step in steps]
    counts = np.array([(step.detected, step.worlds) for step in steps], dtype=float)
    place = curve.crossing(grid, counts[:, 0], counts[:, 1])
    if place.dose is None:
        return {}
    return {
        "dose": place.dose,
        "at_most": place.at_most,
        "lost": place.lost,
        "stations": curve.between(place.dose, grid, [step.stations for step in steps]),
        "votes": curve.between(place.dose, grid, [step.votes for step in steps]),
    }


@dataclass(frozen=True)
class Expected:
    """What a kept matrix must be of, so that it may be used.

    Attributes
    ----------
    settings
        Those of the case; all but seed and numbers of worlds are compared.
    voters
        Voters registered at its stations: no more votes than these can be published otherwise than cast,
        slips of the pen apart.
    methods, mechanisms
        By id; what else is in the matrix is left out.
    """

    contest: str
    settings: Settings
    voters: int
    methods: Mapping[str, Method]
    mechanisms: Mapping[str, Mechanism]


def checked(matrix: Matrix, wanted: Expected) -> Matrix | str:
    """Put a kept matrix together again for the case at hand, or say why it cannot be used.

    Parameters
    ----------
    matrix
        As it was read.
    wanted
        What it must be of.
    """
    settings = matrix.settings
    if settings is None or matrix.how != "simulated":
        return "it was not simulated"
    for name in _SAME:
        if getattr(settings, name) != getattr(wanted.settings, name):
            return f"it was made with other settings ({name})"
    if settings.worlds < curve.FEWEST:
        return f"only {settings.worlds} votes were simulated for each share of stations"
    seen: set[tuple[str, str, str]] = set()
    for cell in matrix.cells:
        place = cell.method, cell.mechanism, cell.version
        if place in seen or cell.version not in VERSIONS or not _sound(cell, wanted):
            return f"its figures for {' and '.join(place[:2])} do not agree"
        seen.add(place)
    further = ("thresholds", "left_out", "faults", "how", "stations", "settings", "seconds")
    again = summarised(
        matrix.cells,
        wanted.methods,
        wanted.mechanisms,
        contest=wanted.contest,
        **{name: getattr(matrix, name) for name in further},
    )
    return again if again.cells else "it holds none of the methods that are asked"


def _sound(cell: Cell, wanted: Expected) -> bool:
    """Whether the figures of a cell agree with one another and can be."""
    steps, settings = cell.curve, wanted.settings
    mechanism = wanted.mechanisms.get(cell.mechanism)
    most = math.inf if mechanism is None or mechanism.kind == "control" else wanted.voters
    grid = [step.prevalence for step in steps]
    whole = bool(steps) and grid == sorted(set(grid)) and set(grid) <= set(settings.prevalences)
    stations = settings.stations * cell.open_part * (1.0 + _CLOSE)
    if not whole or not all(
        step.detected <= step.worlds and 0 <= step.stations <= stations and 0 <= step.votes <= most
        for step in steps
    ):
        return False
    again = {"dose": None, "at_most": False, "lost": None, "stations": None, "votes": None, **placed(steps)}
    if not all(_same(getattr(cell, name), value) for name, value in again.items()):
        return False
    ends = [end for end in (cell.low, cell.dose, cell.high) if end is not None]
    return ends == sorted(ends) and all(0 < end <= 1 for end in ends)


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=_CLOSE)
