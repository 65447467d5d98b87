"""The reference that ``examine`` is timed against: a plain simulation of the integer test.

It reads the results with polars, draws every station anew 1,000 times from the binomial law with its own
turnout and share, and counts how many land within 0.05 percentage points of an integer. No trick is used and
none is left out: this is what the test costs when it is simulated, for one question on one table.

Usage: python benchmarks/integer_simulation.py RESULTS [DRAWS]
"""

from __future__ import annotations

import sys

import numpy as np

from plebiscope import read


def near_integer(count: np.ndarray, trials: np.ndarray) -> np.ndarray:
    """Tell which ratios lie within 0.05 percentage points of an integer percentage, in whole numbers."""
    hundredfold = 100 * count
    rest = hundredfold % trials
    return 20 * np.minimum(rest, trials - rest) <= trials


def main(path: str, draws: int) -> None:
    returns = read(path).returns
    chosen = returns.select("registered", "issued", "cast", returns.leader, marked=True)
    registered, issued, cast = chosen["registered"], chosen["issued"], chosen["cast"]
    leader = chosen[returns.leader]
    keep = (cast > 0) & (registered >= 100) & (100 * issued <= 99 * registered) & (100 * leader <= 99 * cast)
    registered, issued, cast, leader = registered[keep], issued[keep], cast[keep], leader[keep]
    observed = int((near_integer(issued, registered) | near_integer(leader, cast)).sum())
    rng = np.random.default_rng(1)
    counts = np.empty(draws)
    for i in range(draws):
        turnout = near_integer(rng.binomial(registered, issued / registered), registered)
        share = near_integer(rng.binomial(cast, leader / cast), cast)
        counts[i] = (turnout | share).sum()
    print(
        f"{len(cast):,} stations, {observed:,} at an integer, {counts.mean():,.1f} expected, "
        f"excess {observed - counts.mean():,.1f} (standard deviation {counts.std():.1f}, {draws:,} draws)"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
