"""A share of fair votes and its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def share(count: int, of: int) -> tuple[float, float]:
    """Return a share and its standard error."""
    rate = count / max(of, 1)
    return rate, math.sqrt(rate * (1 - rate) / max(of, 1))


def clustered(rejected: Sequence[tuple[int, bool]]) -> tuple[float, float]:
    """Return the share of rejections; its error takes the answers on one world together."""
    _, world = np.unique([world for world, _ in rejected], return_inverse=True)
    said = np.array([flag for _, flag in rejected], dtype=float)
    rate = float(said.mean())
    off = np.bincount(world, said - rate)
    return rate, float(np.sqrt((off**2).sum()) / len(said))
