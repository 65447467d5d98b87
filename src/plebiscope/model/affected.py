"""Votes that an answer says were affected: told alike by every method, so that they can stand together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """An estimate in its parts: what each of the smallest areas contributes to it.

    Attributes
    ----------
    rows
        A row of the returns' table for each of these areas; it tells the larger ones around it. Shape (m,).
    votes
        What the stations of the area contribute, in votes, under each choice that the method leaves open;
        shape (k, m). The first choice is that of the estimate; its parts add up to it.
    """

    rows: NDArray[np.int64]
    votes: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Affected:
    """An estimate of votes affected.

    Attributes
    ----------
    name
        Name of the effect, in votes or ballots, of the answer that holds it. Above nought the option has more
        votes than it would have had. Where an effect of the same name in per cent of its votes stands beside
        it, reference votes are compared by that.
    where
        Its parts; or why it cannot be divided among areas, as a clause.
    lead
        Whether it counts votes of the lead: one added makes one, one moved from a rival makes two.
    """

    name: str
    where: Located | str = field(compare=False)
    lead: bool = False
