"""Slips of the pen and of the keyboard: what two numbers that should be one differ by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXCHANGED = "two neighbouring digits exchanged"
ONE_DIGIT = "one digit different"
LENGTH = "one digit more or less"
OTHER = "different in another way"
SWAPPED = "two figures of the record exchanged"
SHIFTED = "figures of the record shifted by a line"
KINDS = (SWAPPED, SHIFTED, EXCHANGED, ONE_DIGIT, LENGTH, OTHER)
"""Every kind of difference, the whole record first."""

_LARGE = 10
"""Figures below this agree by chance too often to show that a record was shifted."""


def slip(one: int, other: int) -> str:
    """Say by what two different numbers differ.

    >>> slip(154, 145), slip(154, 1540), slip(154, 12)
    ('two neighbouring digits exchanged', 'one digit more or less', 'different in another way')
    """
    a, b = str(one), str(other)
    if min(one, other) < 0:
        return OTHER
    if len(a) == len(b):
        places = [place for place in range(len(a)) if a[place] != b[place]]
        if len(places) == 1:
            return ONE_DIGIT
        first, last = places[0], places[-1]
        if len(places) == 2 and last == first + 1 and a[first] == b[last] and a[last] == b[first]:
            return EXCHANGED
        return OTHER
    short, long = sorted((a, b), key=len)
    if len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
        return LENGTH
    return OTHER


def record_slip(one: Sequence[int | None], other: Sequence[int | None]) -> str | None:
    """Say whether two records of the same figures differ as a whole: exchanged or shifted; else null.

    Parameters
    ----------
    one, other
        The figures of each record in the order of the form; null where one is not known.
    """
    places = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b and None not in (a, b)]
    if len(places) < 2:
        return None
    first, last = places[0], places[-1]
    if len(places) == 2 and one[first] == other[last] and one[last] == other[first]:
        return SWAPPED if max(one[first] or 0, one[last] or 0) >= _LARGE else None
    if len(places) < 3 or last - first + 1 != len(places):
        return None
    for mine, theirs in ((one, other), (other, one)):
        moved = [mine[at] for at in places[:-1]]
        if moved == [theirs[at] for at in places[1:]] and sum((a or 0) >= _LARGE for a in moved) >= 2:
            return SHIFTED
    return None


def only_slip(parts: Sequence[int], whole: int) -> int | None:
    """Find the one figure in which a slip explains that parts do not add up to their whole.

    Only slips that go wrong either way alike are looked for: two neighbouring digits exchanged, one misread.

    Returns
    -------
    int or None
        Its place among the parts, the whole being the last; null where several or none explain it.

    Examples
    --------
    154 and 90 do not make 235; 145 would, and nothing else is so near.

    >>> only_slip([154, 90], 235)
    0
    """
    surplus = sum(parts) - whole
    if not surplus:
        return None
    mended = [(part, part - surplus) for part in parts] + [(whole, whole + surplus)]
    # A digit left out is a commoner slip than one too many, and makes the larger figure smaller.
    fits = [place for place, (figure, to) in enumerate(mended) if slip(figure, to) in (EXCHANGED, ONE_DIGIT)]
    return fits[0] if len(fits) == 1 else None


def gains(parts: NDArray[np.int64], whole: NDArray[np.int64], signs: Sequence[int]) -> NDArray[np.int64]:
    """Return what the only slip that explains each record adds to a lead.

    Parameters
    ----------
    parts
        Figures that should add up, shape (k, n).
    whole
        What they should add up to, shape (n,).
    signs
        What a vote more in each part does to the lead: 1, -1 or 0, k of them.

    Returns
    -------
    ndarray of int64, shape (n,)
        0 where no slip or more than one explains a record, or where the slip leaves the lead as it is.
    """
    found = []
    for figures, to in zip(parts.T.tolist(), whole.tolist(), strict=True):
        place = only_slip(figures, to)
        found.append(0 if place is None or place == len(figures) else signs[place] * (sum(figures) - to))
    return np.array(found, dtype=np.int64)
