"""What the intervals of an estimate are held against: nought, or the mean over fair votes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from plebiscope.model.finding import Effect


def general(name: str) -> str:
    """Leave out of a name what belongs to one vote alone: names of options, and numbers."""
    return re.sub(r"\d[\d.,]*", "…", re.sub("“[^”]*”", "“…”", name))


def is_nought(name: str) -> bool:
    """Whether an effect is zero where nothing was done."""
    begins = (
        *("excess", "anomalous votes", "stations written from"),
        *("final lead beyond", "the same in votes of lead", "late lead less early lead"),
        *("votes beyond those extrapolated", "announced ", "lead, sample less", "share, sample less"),
    )
    classes = ("look added", "look moved", "of the abstainers", "group less others")
    return name.startswith(begins) or name.endswith(classes) or "look added or moved" in name


def held_against(
    name: str, unit: str, effects: Sequence[Effect]
) -> tuple[float, list[bool], list[float | None]]:
    """Return the truth, whether each interval holds it, and what each promises."""
    values = np.array([effect.value for effect in effects], dtype=float)
    if is_nought(name):
        truth = 0.0
    elif unit == "times as many" and (values > 0).all():
        truth = float(np.exp(np.log(values).mean()))
    else:
        truth = float(values.mean())
    slack = 1e-9 * max(1.0, abs(truth))
    held = [(e.low or 0.0) - slack <= truth <= (e.high or 0.0) + slack for e in effects]
    return truth, held, [effect.level for effect in effects]
