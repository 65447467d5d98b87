"""Rozenas's rule for one bin of the share: turnout drawn again first, then the share of those who came."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from plebiscope.kernels.beta_mixture import PARTS, Mixture

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_REACH = 6.0
"""Standard deviations of the second turnout that are computed."""
_CELLS = 1 << 20


def chances(registered: Ints, cast: Ints, votes: Ints, at: int, turnout: Mixture, share: Mixture) -> Floats:
    """Return the chance of each station to report a share in one bin, were turnout and share drawn again.

    The mean of what the original draws a thousand times, by adding up both laws over all counts. The bin
    reaches from half a part below its centre, which belongs to the bin below, to half a part above.

    Parameters
    ----------
    registered, cast, votes
        Counts, shape (n,), each at most the one before, ``cast`` at least 1.
    at
        Bin, 0 to 1000.
    turnout, share
        Mixtures that turnout and share follow.
    """
    found = np.zeros(len(cast))
    # Two draws of the share blur it by the root of two; turnout moves only what it is a share of.
    share_now = (votes + 0.5) / (cast + 1.0)
    blur = np.sqrt(2.0 * share_now * (1.0 - share_now) / cast)
    within = np.flatnonzero(np.abs(share_now - at / PARTS) <= _REACH * blur + 10.0 / cast)
    registered, cast, votes = registered[within], cast[within], votes[within]
    rate = cast / registered
    spread = np.sqrt(2.0 * cast * np.maximum(1.0 - rate, 0.01)) + 3.0
    low = np.maximum(1, (cast - _REACH * spread).astype(np.int64))
    high = np.minimum(registered, (cast + _REACH * spread).astype(np.int64))
    ends = np.cumsum(high - low + 1)
    begin = 0
    while begin < len(cast):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + _CELLS)))
        part = slice(begin, end)
        begin = end
        width = (high - low + 1)[part]
        station = np.repeat(np.arange(len(width)), width)
        came = np.arange(len(station)) - np.repeat(np.cumsum(width) - width, width) + low[part][station]
        first = (2 * at - 1) * came // (2 * PARTS) + 1
        last = (2 * at + 1) * came // (2 * PARTS)
        reached = last >= first
        station, came, first, last = station[reached], came[reached], first[reached], last[reached]
        there = _law(came, registered[part], cast[part], turnout, station)
        mass = np.zeros(len(station))
        for step in range(int((last - first).max(initial=-1)) + 1):
            open_ = first + step <= last
            mass[open_] += _law(
                (first + step)[open_], came[open_], votes[part], share, station[open_], cast[part]
            )
        found[within[part]] = np.bincount(station, there * mass, len(width))
    return found


def _law(
    count: Ints, trials: Ints, seen: Ints, mixture: Mixture, station: Ints, seen_of: Ints | None = None
) -> Floats:
    """Return the chance of a count, shape (m,), given what was seen at its station."""
    of = trials if seen_of is None else seen_of
    n = (trials[station] if seen_of is None else trials).astype(np.float64)
    weights = mixture.posterior(seen, of)
    choose = -np.log1p(n) - special.betaln(n - count + 1.0, count + 1.0)
    law = np.zeros(len(count))
    for one in range(len(mixture)):
        left, right = seen + mixture.first[one], of - seen + mixture.second[one]
        # What belongs to a station is computed once for it and not for each of its counts.
        factor = (np.log(np.maximum(weights[:, one], 1e-300)) - special.betaln(left, right))[station]
        law += np.exp(choose + factor + special.betaln(count + left[station], n - count + right[station]))
    return law
