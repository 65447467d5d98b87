"""How stations came into the group: what the case says, what the table shows, and partners like them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from plebiscope.methods.contrast.asking import APART, POINTS, Floats
from plebiscope.methods.contrast.difference import Difference, difference
from plebiscope.methods.contrast.matching import e_value, gamma, partners
from plebiscope.methods.contrast.stations import Groups, Rows
from plebiscope.methods.contrast.tested import ends
from plebiscope.model.finding import Assumption, Effect, State
from plebiscope.model.method import effect
from plebiscope.model.wording import listed, written

_FIRM = 2.0
"""Gamma below which an unseen difference between the stations could well explain one between the groups."""


class Earlier(Protocol):
    """Another vote at the same stations: figures of each, and how far the groups were apart in it."""

    figures: dict[str, Floats]

    @property
    def controls(self) -> dict[str, float]:
        """How far the groups were apart, in standard errors."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Stations of the group with the partners that are most like them."""

    pairs: int
    value: float
    gamma: float | None

    def effects(self) -> Iterator[Effect]:
        """Return the difference between partners, and what would explain it."""
        yield effect("group less like stations", self.value, POINTS)
        if self.gamma is not None:
            yield effect("odds that would explain it (Gamma)", self.gamma, "times as likely")

    @property
    def weak(self) -> bool:
        """Whether a small unseen difference between the stations could explain all."""
        return self.gamma is None or self.gamma < _FIRM

    @property
    def words(self) -> str:
        """Say how large an unseen bias would explain the difference."""
        words = f" Compared with {self.pairs:,} stations most like them it is {written(self.value, '+.1f')} "
        words += "points"
        if self.gamma is None:
            return words + ", which chance explains even among like stations."
        most = "more than 1,000" if self.gamma > 1000 else f"{self.gamma:.1f}"
        return (
            f"{words}; to explain that, of two like stations the one would have to be {most} times likelier "
            "to be in the group than the other."
        )


def unseen(groups: Groups, found: Difference) -> Iterator[Effect]:
    """Tell by E-values how strong an unseen cause would have to be, of the difference and of its interval."""
    if groups.comparison.by_lot:
        return
    low, high = ends(found, groups)
    near = 0.0 if low <= 0.0 <= high else min((low, high), key=abs)
    unit = "times as likely, with it and in the group"
    for what, apart in (("the difference", found.value), ("the end of its interval nearer to 0", near)):
        value = e_value(found.mean, found.mean - apart)
        if value is not None:
            yield effect(f"E-value of {what}", value, unit)


def matched(groups: Groups, rows: Rows, before: Sequence[Earlier]) -> Matched | None:
    """Match stations by size and, where it is known, by the earlier vote; null where chance chose them."""
    if groups.comparison.by_lot:
        return None
    traits = []
    if "registered" in groups.returns.quantities:
        size = groups.returns.table["registered"].gather(rows.rows).fill_null(0).to_numpy()
        traits.append(np.log1p(np.maximum(size, 0)))
    known = np.ones(len(rows.rows), dtype=bool)
    for one in before:
        for figures in one.figures.values():
            earlier = figures[rows.rows]
            known &= ~np.isnan(earlier)
            traits.append(np.nan_to_num(earlier))
    if not traits or not (rows.drawn & known).any():
        return None
    own, other = partners(np.stack(traits, axis=1)[known], rows.drawn[known], rows.strata[known])
    figures = rows.figures[known]
    apart = figures[own] - figures[other]
    if len(apart) < groups.params.least:
        return None
    return Matched(len(apart), float(apart.mean()), gamma(apart, groups.params.level))


def checked(
    groups: Groups, rows: Rows, before: Sequence[Earlier], match: Matched | None
) -> Iterator[Assumption]:
    """Say how the group was chosen, and check whether it differs in what it should not differ in."""
    yield groups.design()
    apart: dict[str, float] = {}
    if "registered" in groups.returns.quantities:
        size = groups.returns.table["registered"].gather(rows.rows).cast(float).fill_null(0.0).to_numpy()
        found = difference(size, rows.drawn, rows.strata)
        if found is not None:
            apart["registered voters"] = found.z
    for one in before:
        apart |= one.controls
    unlike, designed = max(map(abs, apart.values()), default=0.0) > APART, groups.comparison.designed
    state: State = "holds" if apart else "unknown"
    if not designed:
        state = "fails" if match is None or match.weak else "doubtful"
    elif unlike:
        state = "fails"
    z = listed([f"{name} {written(value, '+.1f')}" for name, value in apart.items()])
    how = f"group less others in standard errors: {z}" if z else "nothing is known to compare"
    if not designed and (match is None or match.weak):
        how += "; a small unseen difference between the stations could explain all"
    yield Assumption(
        name="which stations are in the group has nothing to do with how people vote there",
        state=state,
        how=how,
    )
    yield Assumption(
        name="the group did not change the other stations, nor how people vote",
        state="unknown",
        how="the table gives counts, not what was done to prevent or to move them",
    )
