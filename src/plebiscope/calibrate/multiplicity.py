"""How many questions were asked, and what a small p is worth after that.

Every question that is shown counts. The scheme has two storeys:

1. The contest-level answers of all methods and contests in the dossier, and for every question that is also
   put to areas (or stations) the Simes test that none of them departs, form one family. Their p-values are
   adjusted by Holm, which holds for any dependence between them. One fifth of the level belongs to questions
   whose answer depends on a model (tier C), four fifths to all others, divided equally within each: however
   many models are added, what can hardly come about without invented figures loses no more than that fifth.
   Holm's rule allows such weights as long as they are set beforehand, as these are.
2. The areas of one method, quantity and option form a family of their own, adjusted by Benjamini and
   Hochberg. Where a method reports only the areas with the smallest p, those that it looked at and left out
   count all the same, as if their p were 1. Such a family is opened only by its gate, which is the better
   of two parents, both adjusted on the first storey: the contest-level answer to the same question, or the
   Simes test of the family itself. The second is needed, because what is done in three areas of eighty can
   be invisible in the contest as a whole.

The adjusted value ``q`` of an area is the larger of its gate and its Benjamini-Hochberg value, so that it is
the smallest level at which the whole procedure would name the area.

**What this keeps.** Because both parents stand in one Holm family, the chance that anything is named, in
the contest or in any area, in a dossier on which every null holds, is at most the level: to name an area
some gate must have passed. (Adjusting the two kinds of parents apart would allow twice that.) Holm also
bounds the chance that any gate whose null holds is passed while others rightly are. Inside an opened family
the expected part of areas wrongly named is at most the level, since the Benjamini-Hochberg rule is applied
to all of its areas and the gate can only remove some. Areas of one question rest on different stations, so
that the conditions of Simes and of Benjamini and Hochberg are met; a discrete p, being too large, errs on
the safe side. A simulation in the tests holds the code to the first and the last of these.

Everything is computed on base-ten logarithms and so cannot underflow.

References
----------
Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Simes (1986), Biometrika 73, 751-754,
doi:10.1093/biomet/73.3.751. Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57,
289-300, doi:10.1111/j.2517-6161.1995.tb02031.x. Yekutieli (2008), Journal of the American Statistical
Association 103, 309-316, doi:10.1198/016214507000001373 (hierarchies).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plebiscope.kernels.multiplicity import benjamini_hochberg, holm, needed
from plebiscope.model.finding import Measurement

LEVEL = 0.05
"""The level at which a family of areas counts as opened."""
MODELS = 0.2
"""Part of the level that belongs to questions whose answer depends on a model, where both kinds are asked."""

Rule = Literal["Holm", "Benjamini-Hochberg"]


@dataclass(frozen=True, slots=True)
class Family:
    """Questions that were corrected together."""

    name: str
    """``contests`` for the contest-level family, else the id of the question whose areas these are."""
    rule: Rule
    size: int
    """Number of p-values in the family; of ``contests`` the Simes tests are part."""
    opened: bool
    """False where neither the contest-level answer nor the family as a whole gave reason to look inside."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The adjusted values, and the families in which they were adjusted."""

    log10_q: Mapping[str, float]
    """Base-ten logarithm of q, by id of the measurement; only for measurements with a p."""
    families: tuple[Family, ...]
    level: Mapping[str, float]
    """How small p must be for q to be below the level, given all other p; of an area, if it alone departs."""

    @property
    def questions(self) -> int:
        """How many questions with a p-value were asked, over all families; a Simes test asks none anew."""
        gates = max(0, len(self.families) - 1)
        return sum(family.size for family in self.families) - gates

    def q(self, identifier: str) -> float | None:
        """Return q as a plain number, never zero: below the smallest float it is that float."""
        log10_q = self.log10_q.get(identifier)
        return None if log10_q is None else probability(log10_q)


def probability(log10_p: float) -> float:
    """Turn a base-ten logarithm into a probability that is at least the smallest normal float."""
    if log10_p <= math.log10(sys.float_info.min):
        return sys.float_info.min
    return min(1.0, float(10.0**log10_p))


def log10_of(measurement: Measurement) -> float | None:
    """Return the base-ten logarithm of a measurement's p, whichever of the two it gave."""
    if measurement.log10_p is not None:
        return measurement.log10_p
    if measurement.p is None:
        return None
    return math.log10(max(measurement.p, sys.float_info.min))


def simes(log10_p: ArrayLike, among: int | None = None) -> float:
    """Return the base-ten logarithm of Simes' p that all hypotheses of a family hold."""
    return float(np.min(benjamini_hochberg(log10_p, among)))


def correct(
    measurements: Iterable[Measurement], *, uncounted: Iterable[str] = (), models: Iterable[str] = ()
) -> Correction:
    """Correct every p in a dossier for the number of questions asked.

    Parameters
    ----------
    measurements
        All measurements of all methods and contests.
    uncounted
        Ids of methods that are shown and never counted (tier D).
    models
        Ids of methods whose answer depends on a model (tier C).

    Returns
    -------
    Correction
        Measurements without a p, not tested or uncounted have no entry in it.
    """
    left_out = set(uncounted)
    top: list[tuple[Measurement, float]] = []
    below: dict[tuple[str, str, str, str | None], list[tuple[Measurement, float]]] = {}
    for measurement in measurements:
        log10_p = log10_of(measurement)
        if measurement.status != "tested" or log10_p is None or measurement.method in left_out:
            continue
        if measurement.scope.level == "contest":
            top.append((measurement, log10_p))
        else:
            below.setdefault(_question(measurement), []).append((measurement, log10_p))

    log10_q: dict[str, float] = {}
    level: dict[str, float] = {}
    families: list[Family] = []
    gates: dict[tuple[str, str, str, str | None], float] = {}
    whole = [simes(_values(members), _among(members)) for members in below.values()]
    asked = [*(measurement.method for measurement, _ in top), *(question[1] for question in below)]
    values, weights = [*(value for _, value in top), *whole], _weights(asked, set(models))
    first_storey, largest = holm(values, weights), needed(values, weights, level=LEVEL)
    if first_storey.size:
        families.append(Family("contests", "Holm", first_storey.size, opened=True))
    for (measurement, _), value, most in zip(top, first_storey, largest, strict=False):
        log10_q[measurement.id] = float(value)
        level[measurement.id] = float(most)
        gates[_question(measurement)] = float(value)
    own_gates = zip(first_storey[len(top) :], largest[len(top) :], strict=True)
    for (question, members), (own, most) in zip(below.items(), own_gates, strict=True):
        gate = min(float(own), gates.get(question, 0.0))
        alone = LEVEL if gates.get(question, 0.0) < math.log10(LEVEL) else float(most)
        level |= {measurement.id: alone / _among(members) for measurement, _ in members}
        adjusted = np.maximum(benjamini_hochberg(_values(members), _among(members)), gate)
        for (measurement, _), value in zip(members, adjusted, strict=True):
            log10_q[measurement.id] = float(value)
        opened = gate < math.log10(LEVEL)
        families.append(Family(family_name(question), "Benjamini-Hochberg", _among(members), opened))
    return Correction(log10_q, tuple(families), level)


def _weights(asked: Sequence[str], models: set[str]) -> NDArray[np.float64]:
    """Divide the level between questions that depend on a model and the others, and equally within each."""
    modelled = np.array([method in models for method in asked], dtype=bool)
    both = 0 < modelled.sum() < modelled.size
    if not both:
        return np.ones(modelled.size)
    weights: NDArray[np.float64] = np.where(
        modelled, MODELS / modelled.sum(), (1.0 - MODELS) / (~modelled).sum()
    )
    return weights


def family_name(question: tuple[str, str, str, str | None]) -> str:
    """Name the family of the areas that a question was put to: contest, method, quantity and option."""
    return "/".join(part for part in question if part is not None)


def _question(measurement: Measurement) -> tuple[str, str, str, str | None]:
    return measurement.contest, measurement.method, measurement.quantity, measurement.option


def _values(members: Sequence[tuple[Measurement, float]]) -> list[float]:
    return [value for _, value in members]


def _among(members: Sequence[tuple[Measurement, float]]) -> int:
    """Return how many areas were looked at, those included that the method did not report."""
    return max(len(members), *(measurement.among or 0 for measurement, _ in members))
