"""The verdict on a promise, by exact binomial tests of how often it was not kept on fair votes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from scipy.special import bdtr, bdtrc

from plebiscope.calibrate.fair.row import Row, Verdict
from plebiscope.calibrate.fair.truth import is_nought

LEVEL = 0.05
"""Level of the tests."""
LOWEST, HIGHEST = 0.035, 0.065
"""Between these, a share of false rejections at that level passes."""
SURE = 0.05
"""A share outside is held to be so where the exact binomial p of the count is smaller."""
TOO_OFTEN, SEEN = 3.0, 0.8
"""So many times what was promised must come out as doubtful with such a chance; else votes are too few."""


def judged(row: Row) -> Row:
    """Return a line with the verdict that its own figures give, so that a table can be judged anew.

    A contradiction in a fair vote is always one too many. Areas that are reported only where they stand out,
    and the line on anything named, are judged by what was named.
    """
    said: Verdict = "shown"
    if row.kind == "arithmetic":
        said = "doubtful" if row.rate else "passed"
    elif row.level is not None and (row.kind != "interval" or is_nought(row.effect)):
        if row.kind == "interval":
            # How far the answers on one world go together is not known of intervals: worlds count.
            of, missed, promised = (
                min(row.answers, row.worlds),
                1.0 - (row.rate or 0.0),
                round(1.0 - row.level, 9),
            )
        elif row.rate is None:
            of, missed, promised = row.worlds, row.named or 0.0, row.level
        else:
            of, missed, promised = _alone(row), row.rate, row.level
        said = verdict(round(missed * of), of, promised)
    return replace(row, verdict=said)


def _alone(row: Row) -> int:
    """Return for how many answers on different worlds those of a line count, by the error of their share."""
    if row.answers == row.worlds or not row.error or row.rate is None:
        return row.worlds
    return min(row.answers, round(row.rate * (1.0 - row.rate) / row.error**2))


def verdict(missed: int, of: int, promised: float = LEVEL) -> Verdict:
    """Judge how often a promise was not kept.

    A twentieth that is promised may be 3.5 to 6.5 per cent; other promises in proportion. A share outside
    must also be more than chance makes of the promise itself, by the exact two-sided binomial test, which
    only matters below 1,000 votes.

    Parameters
    ----------
    missed, of
        Rejections, or intervals that do not hold the truth, and of how many.
    promised
        Share of them that was promised.

    Examples
    --------
    Of 25 fair votes none was rejected, or one, or seven; and none of 100:

    >>> [verdict(count, of) for count, of in [(0, 25), (1, 25), (7, 25), (0, 100)]]
    ['too few to tell', 'too few to tell', 'doubtful', 'conservative']
    """
    low, high = (round(promised * limit / LEVEL, 9) for limit in (LOWEST, HIGHEST))
    share = missed / max(of, 1)
    sure = _p(missed, of, promised) < SURE
    if share > high and sure:
        return "doubtful"
    if of < enough(promised):
        return "too few to tell"
    return "conservative" if share < low and sure else "passed"


def _p(missed: int, of: int, promised: float) -> float:
    """Return the two-sided binomial p: twice the smaller tail, so that either side has half of it."""
    return 2.0 * float(min(bdtr(missed, of, promised), bdtrc(missed - 1, of, promised)))


@cache
def enough(promised: float = LEVEL) -> int:
    """Return the fewest fair votes that tell a promise from one that is broken three times as often.

    With as many, or more, a share of three times ``promised`` comes out as doubtful with a chance of 80 per
    cent. That chance rises in steps and falls a little between them, hence the last number that is too few.
    """
    last, of, chance = 0, 0, 0.0
    while chance < 1.0 - SURE:
        of += 1
        counts = np.arange(of + 1)
        doubtful = (counts > of * promised * HIGHEST / LEVEL) & (2 * bdtrc(counts - 1, of, promised) < SURE)
        chance = float(bdtrc(counts[doubtful][0] - 1, of, TOO_OFTEN * promised)) if doubtful.any() else 0.0
        last = of if chance < SEEN else last
    return last + 1
