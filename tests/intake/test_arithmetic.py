"""Which columns make up a total, and which rows are sums of rows: checked against brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.intake.arithmetic import block_sums, members_of

seeds = st.integers(0, 2**32 - 1)


def table(seed: int, n: int, k: int) -> np.ndarray:
    """Columns of very different size, some of them rarely used."""
    rng = np.random.default_rng(seed)
    scale = rng.choice([2, 20, 200, 1500], k)
    columns = rng.integers(0, scale + 1, (n, k))
    columns[:, rng.random(k) < 0.15] *= rng.random(n)[:, None] < 0.1
    return columns.astype(np.int64)


def brute_members(total: np.ndarray, columns: np.ndarray) -> set[tuple[int, ...]]:
    """Every set of columns, none of them empty, whose sum is the total in every row."""
    live = [int(i) for i in np.flatnonzero(columns.any(axis=0))]
    subsets = (s for size in range(1, len(live) + 1) for s in combinations(live, size))
    return {s for s in subsets if (columns[:, list(s)].sum(axis=1) == total).all()}


@settings(deadline=None, max_examples=120)
@given(seeds, st.integers(3, 60), st.integers(2, 9), st.data())
def test_members_are_those_of_brute_force(seed: int, n: int, k: int, data: st.DataObject) -> None:
    columns = table(seed, n, k)
    chosen = data.draw(st.sets(st.integers(0, k - 1), min_size=1))
    total = columns[:, sorted(chosen)].sum(axis=1)
    possible = brute_members(total, columns)
    found = members_of(total, columns)
    if found.rate == 1.0 and found.rows:
        assert found.members in possible
    independent = np.linalg.matrix_rank(columns) == np.count_nonzero(columns.any(axis=0))
    if n >= 3 * k and len(possible) == 1 and independent:
        assert found.members in possible


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(2, 12))
def test_a_few_wrong_rows_do_not_hide_the_members(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    columns = rng.integers(1, 900, (200, k + 3))
    members = tuple(sorted(rng.choice(k + 3, k, replace=False).tolist()))
    total = columns[:, list(members)].sum(axis=1)
    wrong = rng.choice(200, 12, replace=False)
    total[wrong] += rng.integers(1, 3000, 12)
    found = members_of(total, columns)
    assert found.members == members
    assert found.rate == pytest.approx(188 / 200)
    assert found.holds


@settings(deadline=None, max_examples=40)
@given(seeds)
def test_what_is_no_sum_is_not_held_to_be_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = rng.integers(0, 500, (80, 6))
    total = columns.sum(axis=1) + rng.integers(5, 400, 80)
    assert not members_of(total, columns).holds


def test_more_columns_than_rows() -> None:
    rng = np.random.default_rng(4)
    columns = rng.integers(0, 300, (20, 45))
    assert members_of(columns.sum(axis=1), columns).members == tuple(range(45))
    assert members_of(columns[:, 10:30].sum(axis=1), columns).members == tuple(range(10, 30))
    without = [i for i in range(45) if i not in (3, 17)]
    assert members_of(columns[:, without].sum(axis=1), columns).members == tuple(without)


def test_nothing_adds_up_to_nothing() -> None:
    zeros = np.zeros((5, 2), np.int64)
    assert members_of(np.zeros(5, np.int64), zeros).rate == 0.0
    assert not members_of(np.ones(5, np.int64), zeros).holds


def brute_blocks(counts: np.ndarray) -> set[int]:
    """Every row that equals the sum of two rows or more just above or just below it."""
    n = len(counts)
    found = set()
    for row in range(n):
        above = (counts[first:row].sum(axis=0) for first in range(row - 1))
        below = (counts[row + 1 : last + 1].sum(axis=0) for last in range(row + 2, n))
        if any((total == counts[row]).all() for total in (*above, *below)):
            found.add(row)
    return found


@settings(deadline=None, max_examples=60)
@given(seeds, st.lists(st.integers(2, 9), min_size=1, max_size=6), st.booleans())
def test_sums_of_blocks_are_those_of_brute_force(seed: int, blocks: list[int], on_top: bool) -> None:
    rng = np.random.default_rng(seed)
    rows: list[np.ndarray] = []
    sums: set[int] = set()
    for size in blocks:
        block = list(rng.integers(20, 900, (size, 5)))
        total = np.sum(block, axis=0)
        sums.add(len(rows) if on_top else len(rows) + size)
        rows += [total, *block] if on_top else [*block, total]
    counts = np.array(rows, np.int64)
    assert brute_blocks(counts) >= sums
    assert {row for row, _, _ in block_sums(counts)} == sums
    for row, first, last in block_sums(counts):
        assert first <= last
        assert not first <= row <= last


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(2, 4), st.integers(2, 5))
def test_sums_of_sums_are_found_from_the_inside_out(seed: int, regions: int, towns: int) -> None:
    rng = np.random.default_rng(seed)
    rows: list[np.ndarray] = []
    sums: set[int] = set()
    everything = np.zeros(4, np.int64)
    for _ in range(regions):
        region = np.zeros(4, np.int64)
        for _ in range(towns):
            block = list(rng.integers(30, 900, (int(rng.integers(2, 6)), 4)))
            rows += block
            sums.add(len(rows))
            rows.append(np.sum(block, axis=0))
            region = region + rows[-1]
        sums.add(len(rows))
        rows.append(region)
        everything = everything + region
    sums.add(len(rows))
    rows.append(everything)
    assert {row for row, _, _ in block_sums(np.array(rows, np.int64))} == sums


@settings(deadline=None, max_examples=25)
@given(seeds)
def test_small_counts_are_not_sums_by_chance(seed: int) -> None:
    """In 20,000 stations with a handful of votes some equal the two before them; none is a subtotal."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(4, (20_000, 3)).astype(np.int64)
    assert block_sums(counts) == []
