"""Votes that an answer says were affected: told alike by every method, so that they can stand together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """The parts of an estimate made anew without one group of the smallest areas after another.

    What the estimate takes from all places at once changes with each group that is left out, and so does the
    part of any places: from that follows how exact the part is, whichever places are asked for.

    Attributes
    ----------
    group
        Number of the group of each of the smallest areas, shape (m,).
    votes
        Under the first choice, what each area contributes without a group, shape (groups, m); what areas
        contribute without themselves means nothing.
    cast
        Votes of the option (or ballots) of each area, shape (m,): what parts are measured by.
    """

    group: NDArray[np.int64]
    votes: NDArray[np.float64]
    cast: NDArray[np.float64]


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
    left_out
        What tells how exact a part is; null where the method cannot say.
    """

    rows: NDArray[np.int64]
    votes: NDArray[np.float64]
    left_out: LeftOut | None = None


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
    than
        Of a design: what the number is held against, as a clause that goes on after "more votes than".
    rests_on
        Of a design: quantities that the same method compares for the contest, of which one at least must be
        named before the number is told; none where its own answer must be.
    withheld
        Why it is never told as a number, whatever is named; empty where that depends.
    """

    name: str
    where: Located | str = field(compare=False)
    lead: bool = False
    than: str = ""
    rests_on: tuple[str, ...] = ()
    withheld: str = ""
