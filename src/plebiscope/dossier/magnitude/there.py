"""The part of an estimate of votes in some areas: how large, how exact, and what geography gives there.

Two things are added to what a method itself leaves open. How far the part rests on a few places: these are
left out in turn, and the part is taken anew from the rest. And what the same estimate came to, without
anything having been done, in parts of reference votes that were no random sample either
(:mod:`plebiscope.calibrate.parts`). A method that does not say how its estimate would change without some of
the places has no range here: the range of a whole, in proportion, would be too narrow for a part of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plebiscope.calibrate.parts import Allowance
from plebiscope.dossier.magnitude.records import There
from plebiscope.kernels.resampling import left_out
from plebiscope.model.affected import LeftOut, Located
from plebiscope.model.returns import Returns

Bools = NDArray[np.bool_]

LEVEL = 0.95
"""Coverage of the range of a part, by leaving out groups of places."""
FEWEST_GROUPS = 10
"""Groups of places that the failing areas must hold for that, at least."""


def made_of_whole_areas(returns: Returns, inside: Bools) -> bool:
    """Tell whether rows are all those of some areas by which places are compared.

    Parameters
    ----------
    returns
        The vote.
    inside
        The rows, shape (rows of the table,).
    """
    if returns.main_area is None:
        return False
    code = returns.places(returns.main_area)[0]
    named = code >= 0
    if (inside & ~named).any():
        return False
    held = np.bincount(code[named], inside[named])
    return bool(((held == 0) | (held == np.bincount(code[named]))).all())


def part_there(
    where: Located,
    inside: Bools,
    usual: Allowance | None,
    cast: tuple[float, float] | None,
) -> There:
    """Add up the part of an estimate that lies in some areas.

    Parameters
    ----------
    where
        The estimate in its parts.
    inside
        Rows of the table that lie in these areas, shape (rows of the table,).
    usual
        What geography alone gives in such a part; null where that is not known.
    cast
        Votes that the estimate is compared with, there and in all, where the estimate does not hold them.
    """
    whole = float(where.votes[0].sum())
    lies = inside[where.rows]
    choices = where.votes[:, lies].sum(axis=1)
    value = float(choices[0])
    low = high = None
    off = None if where.left_out is None else exact(where.left_out, lies, value)
    if where.left_out is not None:
        cast = float(where.left_out.cast[lies].sum()), float(where.left_out.cast.sum())
    if off is not None:
        low, high = float(choices.min()) - off, float(choices.max()) + off
    wide: tuple[float | None, float | None] = (None, None)
    if usual is not None and cast is not None and low is not None and high is not None:
        wide = low - max(0.0, usual.high) / 100.0 * cast[0], high - min(0.0, usual.low) / 100.0 * cast[0]
    rounded = [None if end is None else round(end, 2) for end in (low, high, *wide)]
    return There(
        value=round(value, 2),
        low=rounded[0],
        high=rounded[1],
        clean_low=None if usual is None else usual.low,
        clean_high=None if usual is None else usual.high,
        clean_on="" if usual is None else usual.on,
        widened_low=rounded[2],
        widened_high=rounded[3],
        part=round(value / whole, 4) if whole > 0.0 else None,
        of=round(cast[0] / cast[1], 4) if cast is not None and cast[1] > 0.0 else None,
    )


def exact(found: LeftOut, lies: Bools, value: float) -> float | None:
    """Return how far a part may be off, by leaving out groups of its places in turn; null where they are few.

    What is left is scaled to the votes of the whole part, so that large places and small ones count as the
    votes they hold.

    Parameters
    ----------
    found
        The estimate without one group of places after another.
    lies
        Which of the smallest areas belong to the part, shape (m,).
    value
        The part as it is.
    """
    held = float(found.cast[lies].sum())
    without = []
    for group in np.unique(found.group[lies]):
        stay = lies & (found.group != group)
        cast = float(found.cast[stay].sum())
        if cast > 0.0:
            without.append(held * float(found.votes[group, stay].sum()) / cast)
    if len(without) < FEWEST_GROUPS:
        return None
    return left_out(np.array(without), value, LEVEL)[1] - value
