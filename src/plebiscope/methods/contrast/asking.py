"""What both halves share: parameters, the shape of an answer, the figures that are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plebiscope.evidence.ratio import Columns, not_read, ratio_columns
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement
from plebiscope.model.method import StationScore, Subject
from plebiscope.model.wording import QUANTITIES, listed

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

POINTS = "percentage points"
APART = 3.0
"""Standard deviations from which groups are held to differ in what they should not differ in."""


@dataclass(frozen=True)
class Params:
    """What is compared, and how much is drawn."""

    turnout: tuple[str, ...] = ("cast", "issued")
    """Numerators of turnout, of which the first that is known is taken."""
    share: tuple[str, ...] = ("valid", "cast")
    """Denominators of the share, likewise."""
    least: int = 5
    """Fewest stations of a group, in stations."""
    coverage: float = 0.95
    """Coverage of intervals, as a probability."""
    permutations: int = 999
    """Times that changes, or stations that jumped, are shuffled, in draws."""
    past_least: int = 30
    """Fewest stations by which a figure is predicted from the past, in stations."""
    jump: float = 3.5
    """How far off its past a station jumped, in median absolute deviations of its side."""
    sizes: int = 4
    """Classes of size inside which stations that jumped are dealt out again, in classes."""
    ridge: float = 1.0
    """Pull of all slopes of a prediction towards 0, in stations."""
    level: float = 0.05
    """Level of p below which stations and differences are noticed and Gamma is told, as a probability."""
    listed: int = 200
    """Most stations named, in stations."""
    drawn: int = 1000
    """Most stations drawn in a picture, in stations."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one comparison gave."""

    answers: Sequence[Measurement]
    figures: Sequence[Figure] = ()
    stations: Sequence[StationScore] = ()


def compared(subject: Subject, params: Params) -> list[Columns]:
    """Choose the ratios that are compared: turnout, the share of the favoured option, invalid ballots."""
    columns, _ = ratio_columns(subject, params.turnout, params.share, subject.favoured)
    known = subject.results.quantities
    if "invalid" in known and "cast" in known:
        columns.append(Columns("invalid", None, "invalid", "cast"))
    return columns


def not_compared(subject: Subject, params: Params) -> dict[str, str]:
    """Say of each ratio that cannot be formed why it is not compared."""
    _, missing = ratio_columns(subject, params.turnout, params.share, subject.favoured)
    lacks = [name for name in ("invalid", "cast") if name not in subject.results.quantities]
    if lacks:
        words = listed([QUANTITIES[name] for name in lacks])
        missing = {
            **missing,
            "invalid": f"{words} are not part of this case{not_read(subject.results, *lacks)}",
        }
    return dict(missing)


def called(columns: Columns) -> str:
    """Say what is compared."""
    if columns.quantity == "invalid":
        return "the share of invalid ballots (of ballots cast)"
    return columns.label if columns.option is None else f"the {columns.label}"
