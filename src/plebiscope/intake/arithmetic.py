"""What adds up to what: the judge between candidates when headers leave a choice.

Two questions are answered by exact integer arithmetic. Which of these columns make up that total? And which
rows are sums of rows around them? Both answers state on how many rows the identity holds, because real
files have errors in a few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


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
    they are set aside and the system is solved again; the rate is always counted on all rows.

    Parameters
    ----------
    total
        Shape (n,).
    columns
        Shape (n, k); columns that are zero throughout count as members.

    Returns
    -------
    Identity
        With rate 0 where no sum of columns comes near the total.
    """
    busy = (total != 0) | (columns != 0).any(axis=1)
    total, columns = total[busy], columns[busy]
    n, k = columns.shape
    if not n or not k:
        return Identity((), 0.0, n)
    everything = _rated(total, columns, tuple(range(k)))
    if everything.rate > 0.97:
        return everything
    empty = ~columns.any(axis=0)
    live = np.flatnonzero(~empty)
    best = everything
    if 0 < len(live) <= n:
        matrix = columns[:, live].astype(np.float64)
        target = total.astype(np.float64)
        use = np.ones(n, dtype=bool)
        for _ in range(4):
            weights, *_ = np.linalg.lstsq(matrix[use], target[use], rcond=None)
            chosen = live[weights > 0.5]
            found = _identity(total, columns, chosen, empty)
            if found.rate > best.rate:
                best = found
            off = np.abs(matrix @ weights - target)
            keep = off <= max(0.5, float(np.quantile(off[use], 0.9)))
            if found.rate > 0.97 or keep.sum() < len(live) + 2 or (keep == use).all():
                break
            use = keep
    if best.rate < 0.9 and k <= 400:
        best = max(best, _without_few(total, columns), key=lambda item: item.rate)
    return best


def _rated(total: Ints, columns: Ints, members: tuple[int, ...]) -> Identity:
    if not members:
        return Identity((), 0.0, len(total))
    off = np.abs(columns[:, list(members)].sum(axis=1) - total)
    return Identity(
        members, float(np.mean(off == 0)), len(total), float(np.mean(off <= np.maximum(2, total // 100)))
    )


def _identity(total: Ints, columns: Ints, chosen: NDArray[np.intp], empty: NDArray[np.bool_]) -> Identity:
    members = sorted({int(i) for i in chosen} | {int(i) for i in np.flatnonzero(empty)})
    return _rated(total, columns, tuple(members) if len(chosen) else ())


def _without_few(total: Ints, columns: Ints) -> Identity:
    """Try the sum of all but one or two columns, and of every run of neighbours."""
    n, k = columns.shape
    excess = columns.sum(axis=1) - total
    best = Identity((), 0.0, n)
    for i in range(k):
        rate = float(np.mean(excess == columns[:, i]))
        if rate > best.rate:
            best = Identity(tuple(j for j in range(k) if j != i), rate, n)
    if best.rate < 0.9 and 2 < k <= 60:
        for i in range(k):
            for j in range(i + 1, k):
                rate = float(np.mean(excess == columns[:, i] + columns[:, j]))
                if rate > best.rate:
                    best = Identity(tuple(m for m in range(k) if m not in (i, j)), rate, n)
    if best.rate < 0.9:
        running = np.concatenate([np.zeros((n, 1), np.int64), np.cumsum(columns, axis=1)], axis=1)
        for i in range(k):
            rates = (running[:, i + 2 :] - running[:, i : i + 1] == total[:, None]).mean(axis=0)
            if len(rates) and rates.max() > best.rate:
                j = i + 2 + int(np.argmax(rates))
                best = Identity(tuple(range(i, j)), float(rates.max()), n)
    return _rated(total, columns, best.members)


def block_sums(counts: Ints) -> list[tuple[int, int, int]]:
    """Find rows that are the sum, in every column, of a block of rows just above or just below.

    Each row is hashed by random odd weights modulo 2**64, so that sums of rows are sums of hashes; a row is
    the sum of a block if its hash is a difference of two running sums. Nested levels are found from the
    inside out: sums found are taken out and the search goes on.

    Parameters
    ----------
    counts
        Shape (n, k), missing counts as zero, in the order of the file.

    Returns
    -------
    list of (row, first, last)
        The row and the block of rows it sums, first and last included (rows that are sums themselves lie
        inside a block without being counted in it).
    """
    n = len(counts)
    if n < 3 or not counts.size:
        return []
    weights = np.random.default_rng(1).integers(1, 2**63, size=counts.shape[1], dtype=np.uint64) | np.uint64(
        1
    )
    with np.errstate(over="ignore"):
        hashes = (counts.astype(np.uint64) * weights).sum(axis=1, dtype=np.uint64)
    size = counts.sum(axis=1)
    alive = np.flatnonzero(size > 0)
    found: list[tuple[int, int, int]] = []
    for _ in range(8):
        level = _one_level(hashes[alive], size[alive])
        if not level:
            break
        found.extend((int(alive[row]), int(alive[first]), int(alive[last])) for row, first, last in level)
        gone = np.zeros(len(alive), dtype=bool)
        gone[[row for row, _, _ in level]] = True
        alive = alive[~gone]
    return found


def _one_level(hashes: NDArray[np.uint64], size: Ints) -> list[tuple[int, int, int]]:
    n = len(hashes)
    with np.errstate(over="ignore"):
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashes, dtype=np.uint64)])
        below = running[:-1] - hashes  # block above row i: running[i] - running[j] == hashes[i]
        above = running[1:] + hashes  # block below row i: running[j] - running[i+1] == hashes[i]
    found: list[tuple[int, int, int]] = []
    taken = np.zeros(n, dtype=bool)
    places: dict[int, int] = {int(value): j for j, value in enumerate(running)}
    candidates = np.flatnonzero(np.isin(below, running) | np.isin(above, running))
    for i in candidates:
        j = places.get(int(below[i]))
        if j is not None and j <= i - 2 and not taken[j:i].any():
            found.append((int(i), j, int(i) - 1))
            taken[i] = True
            continue
        j = places.get(int(above[i]))
        if j is not None and j >= i + 3 and not taken[i + 1 : j].any():
            found.append((int(i), int(i) + 1, j - 1))
            taken[i] = True
    return found
