"""What adds up to what: the judge between candidates when headers leave a choice.

Two questions are answered by exact integer arithmetic. Which of these columns make up that total? And which
rows are sums of rows around them? Both answers state on how many rows the identity holds, because real
files have errors in a few.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_PAIRS = 60
"""Most columns of which every two are left out in turn."""
_BEYOND_CHANCE = 13.0
"""Bits by which the counts of a row must exceed those that tell the rows apart, to be no chance sum."""


@dataclass(frozen=True, slots=True)
class Identity:
    """``total = sum of members`` and the share of rows in which it holds exactly."""

    members: tuple[int, ...]
    """Positions of the columns that make up the total."""
    rate: float
    rows: int
    """Number of rows with something to add."""
    near: float = 0.0
    """Share of rows in which it fails by no more than two or one in a hundred, as slips of the pen do."""

    @property
    def holds(self) -> bool:
        """True where the columns belong together: exactly in nine rows of ten, or in half but for slips."""
        return self.rate >= 0.9 or (self.rate >= 0.5 and self.near >= 0.9)


def members_of(total: Ints, columns: Ints) -> Identity:
    """Find the columns whose sum is the total.

    The indicator of membership is the solution of a linear system with as many equations as there are rows:
    where the identity is true, least squares returns ones and zeros. A few wrong rows blur the solution, so
    they are set aside and the system is solved again; the rate is always counted on all rows. Where there
    are fewer rows than columns, all but one or two of them and every run of neighbours are tried.

    Parameters
    ----------
    total
        Shape (n,).
    columns
        Shape (n, k); columns that are zero throughout say nothing and are never members.

    Returns
    -------
    Identity
        With rate 0 where no sum of columns comes near the total.
    """
    live = np.flatnonzero(columns.any(axis=0))
    if not len(live) or not total.any():
        return Identity((), 0.0, int(np.count_nonzero(total)))
    solved, split = _by_least_squares(total, columns, live)
    best = max([_rated(total, columns, live), *solved], key=lambda item: item.rate)
    if best.rate < 0.9 and len(total) < 3 * len(live):
        best = max([best, *_without_few(total, columns, live)], key=lambda item: item.rate)
    if best.rate < 0.9 and split:
        best = max([best, *_runs(total, columns, live)], key=lambda item: item.rate)
    return best


def _rated(total: Ints, columns: Ints, members: NDArray[np.intp]) -> Identity:
    """Count the rows, of those where there is something to add, in which the members make up the total."""
    chosen = columns[:, members]
    busy = (total != 0) | (chosen != 0).any(axis=1)
    off = np.abs(chosen.sum(axis=1) - total)[busy]
    if not len(members) or not len(off):
        return Identity((), 0.0, len(off))
    slip = np.maximum(2, total[busy] // 100)
    return Identity(
        tuple(int(i) for i in members), float((off == 0).mean()), len(off), float((off <= slip).mean())
    )


def _by_least_squares(total: Ints, columns: Ints, live: NDArray[np.intp]) -> tuple[list[Identity], bool]:
    """Return what the linear system says, and whether two sums share the weight between them."""
    split = False
    matrix, target = columns[:, live].astype(np.float64), total.astype(np.float64)
    use = np.ones(len(total), dtype=bool)
    found: list[Identity] = []
    for _ in range(4):
        part = matrix[use]
        weights = np.linalg.lstsq(part.T @ part, part.T @ target[use], rcond=None)[0]
        found.append(_rated(total, columns, live[weights > 0.5]))
        split |= int(((weights > 0.2) & (weights < 0.8)).sum()) > 2
        off = np.abs(matrix @ weights - target)
        if np.median(off) > 0.05 * np.median(target):
            break  # wrong rows blur a true sum; these columns are none
        keep = off <= max(0.5, float(np.quantile(off[use], 0.9)))
        if found[-1].rate > 0.97 or keep.sum() < len(live) + 2 or bool((keep == use).all()):
            break
        use = keep
    return found, split


def _without_few(total: Ints, columns: Ints, live: NDArray[np.intp]) -> list[Identity]:
    """Try all but one or two columns, and every run of at least two neighbours."""
    chosen = columns[:, live]
    excess = chosen.sum(axis=1) - total
    found: list[Identity] = []
    if len(live) <= _PAIRS:
        outs = [out for size in (1, 2) for out in combinations(range(len(live)), size)]
        rates = [float((excess == chosen[:, list(out)].sum(axis=1)).mean()) for out in outs]
        found.append(_rated(total, columns, np.delete(live, outs[int(np.argmax(rates))])))
    return [*found, *_runs(total, columns, live)]


def _runs(total: Ints, columns: Ints, live: NDArray[np.intp]) -> list[Identity]:
    """Try every run of at least two neighbours."""
    chosen = columns[:, live]
    found: list[Identity] = []
    running = np.concatenate([np.zeros((len(total), 1), np.int64), np.cumsum(chosen, axis=1)], axis=1)
    for first in range(len(live) - 1):
        rates = (running[:, first + 2 :] - running[:, first : first + 1] == total[:, None]).mean(axis=0)
        if rates.max() > 0.5:
            found.append(_rated(total, columns, live[first : first + 2 + int(np.argmax(rates))]))
    return found


def block_sums(counts: Ints) -> list[tuple[int, int, int]]:
    """Find rows that are the sum, in every column, of a block of rows just above or just below.

    Each row is hashed by random odd weights modulo 2**64, so that sums of rows are sums of hashes; a row is
    the sum of a block if its hash is a difference of two running sums. Nested levels are found from the
    inside out: sums found are taken out and the search goes on. Rows with small counts equal sums of others
    by chance: a row is believed only if its counts hold many more bits than are needed to tell the rows
    apart.

    Parameters
    ----------
    counts
        Shape (n, k), missing counts as zero, in the order of the file; columns that follow from others add
        no evidence and should be left out.

    Returns
    -------
    list of (row, first, last)
        The row and the block of two rows or more that it sums, first and last included (rows that are sums
        themselves lie inside a block without being counted in it).
    """
    n = len(counts)
    if n < 3 or not counts.size:
        return []
    generator = np.random.default_rng(1)
    weights = generator.integers(1, 2**63, size=counts.shape[1], dtype=np.uint64) | np.uint64(1)
    with np.errstate(over="ignore"):
        hashes = (counts.astype(np.uint64) * weights).sum(axis=1, dtype=np.uint64)
    # A count is spread over about half of its own size, hence one bit less in each.
    bits = np.log2(np.maximum(1.0, (1.0 + counts) / 2)).sum(axis=1) - np.log2(n)
    alive = np.flatnonzero(counts.sum(axis=1) > 0)
    found: list[tuple[int, int, int]] = []
    for _ in range(8):
        level = _one_level(hashes[alive], bits[alive] > _BEYOND_CHANCE)
        if not level:
            break
        found.extend((int(alive[row]), int(alive[first]), int(alive[last])) for row, first, last in level)
        gone = np.zeros(len(alive), dtype=bool)
        gone[[row for row, _, _ in level]] = True
        alive = alive[~gone]
    return found


def _one_level(hashes: NDArray[np.uint64], telling: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    with np.errstate(over="ignore"):
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashes, dtype=np.uint64)])
        below = running[:-1] - hashes  # block above row i: running[i] - running[j] == hashes[i]
        above = running[1:] + hashes  # block below row i: running[j] - running[i+1] == hashes[i]
    found: list[tuple[int, int, int]] = []
    taken = np.zeros(len(hashes), dtype=bool)
    places: dict[int, int] = {int(value): j for j, value in enumerate(running)}
    candidates = np.flatnonzero(telling & (np.isin(below, running) | np.isin(above, running)))
    for i in map(int, candidates):
        j = places.get(int(below[i]))
        if j is not None and j <= i - 2 and not taken[j:i].any():
            found.append((i, j, i - 1))
            taken[i] = True
            continue
        j = places.get(int(above[i]))
        if j is not None and j >= i + 3 and not taken[i + 1 : j].any():
            found.append((i, i + 1, j - 1))
            taken[i] = True
    return found
