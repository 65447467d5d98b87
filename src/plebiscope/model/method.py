"""A method: one question put to a vote, and the evidence it brings back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plebiscope.model.case import Contest, Totals
from plebiscope.model.figure import Figure
from plebiscope.model.finding import Measurement, Null, Tier
from plebiscope.model.returns import Returns


@dataclass(frozen=True)
class Subject:
    """What a method may look at: one contest with everything that was published on it."""

    contest: Contest
    """With options and favoured option filled in where returns exist."""
    returns: Returns | None
    totals: tuple[Totals, ...]

    @property
    def favoured(self) -> str | None:
        """The option examined first: the one the organisers wanted, else the leader."""
        if self.contest.favoured is not None:
            return self.contest.favoured
        return self.returns.leader if self.returns is not None else None

    @property
    def examined(self) -> tuple[str, ...]:
        """The options whose share is tested: the favoured one first, and in a two-option vote both."""
        if self.returns is None or self.favoured is None:
            return ()
        others = [option for option in self.returns.options if option != self.favoured]
        return (self.favoured, *others) if len(others) == 1 else (self.favoured,)


@dataclass(frozen=True, slots=True)
class StationScore:
    """How much one station stands out in one method, and why in a few words."""

    row: int
    """Row number in the returns' table."""
    bits: float
    """Surprise of this station under the method's fair vote; a guide to where to look, not a test."""
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a method brings back."""

    measurements: tuple[Measurement, ...]
    """The contest-level answer first, then further quantities, options and areas."""
    figures: tuple[Figure, ...] = ()
    stations: tuple[StationScore, ...] = ()


@dataclass(frozen=True)
class Method:
    """One question put to the returns or totals.

    Attributes
    ----------
    needs
        What must have been published: each entry is a quantity, ``options``, ``totals``, ``returns``,
        ``areas`` or ``station`` (rows are stations, not areas), or a tuple of which one suffices.
    measure
        ``measure(subject, params, rng)``: the method itself. ``rng`` is the only source of randomness.
    """

    id: str
    title: str
    question: str
    tier: Tier
    null: Null
    needs: tuple[str | tuple[str, ...], ...]
    tail: str
    """``upper``, ``lower``, ``two-sided`` or ``none``: which departures count, declared beforehand."""
    params: type
    measure: Callable[[Subject, Any, np.random.Generator], Evidence]
    references: tuple[str, ...]
    """Keys of the bibliography."""
    innocent: tuple[str, ...]
    blind: tuple[str, ...]
    """What it cannot see."""
    extra: Mapping[str, Any] = field(default_factory=dict)


def lacking(method: Method, subject: Subject) -> tuple[str, ...]:
    """Name what a method needs and this vote does not offer; empty if it can be asked."""
    offered: set[str] = set()
    if subject.returns is not None:
        offered |= {"returns", *subject.returns.quantities}
        if subject.returns.options:
            offered.add("options")
        if subject.returns.main_area is not None:
            offered.add("areas")
        if subject.returns.level == "station":
            offered.add("station")
    if subject.totals:
        offered.add("totals")
    lacks = []
    for need in method.needs:
        either = (need,) if isinstance(need, str) else need
        if not offered.intersection(either):
            lacks.append(" or ".join(either))
    return tuple(lacks)


def surprise(log10_p: float) -> float:
    """Turn a base-ten logarithm of p into bits of surprise."""
    return float(max(0.0, -log10_p / np.log10(2.0)))


def order_by(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return indices from the largest value to the smallest, ties in their original order."""
    return np.argsort(-values, kind="stable").astype(np.int64)
