"""Every record is used exactly once: by a station, an aggregate, the furniture or the quarantine."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plebiscope.intake.read import read
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

Read = Callable[..., Returns]
# Reading a file takes tens of milliseconds: a failing example is shown as found, not made smaller for minutes.
quickly = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
HEAD = "Region,District,Polling station,Registered voters,Ballots cast,Valid votes,Invalid votes,Yes,No"
NAMES = ("registered", "cast", "valid", "invalid", "Yes", "No")

station = st.tuples(st.integers(100, 2000), st.integers(10, 60), st.integers(10, 30), st.integers(1, 9))
other = st.sampled_from(["blank", "header", "text", "negative", "fraction", "again", "cut", "vast", "long"])


def records(votes: tuple[int, int, int, int], number: int) -> list[str]:
    """One station's record."""
    voters, yes, no, invalid = votes
    counts = (voters + yes + no + invalid, yes + no + invalid, yes + no, invalid, yes, no)
    return [f"R{number % 3}", f"D{number % 5}", str(number), *map(str, counts)]


SPOILT = {
    "text": (4, "twelve", "text where a count belongs (Ballots cast)"),
    "negative": (7, "-4", "a negative count (Yes)"),
    "fraction": (8, "12.5", "a fractional count (No)"),
    "vast": (3, "99999999999", "a count beyond one thousand million (Registered voters)"),
}


@settings(quickly, max_examples=60)
@given(
    st.lists(station, min_size=25, max_size=40), st.lists(st.tuples(st.integers(0, 24), other), max_size=6)
)
def test_each_record_is_used_once(
    votes: list[tuple[int, int, int, int]], spoils: list[tuple[int, str]]
) -> None:
    rows = [records(v, i) for i, v in enumerate(votes)]
    spoils = [(at, kind) for at, kind in dict(spoils).items()][: len(rows) // 10]
    lines: list[str] = []
    used: list[list[str]] = []
    furniture, reasons = 1, []
    for i, row in enumerate(rows):
        kind = dict(spoils).get(i)
        if kind in SPOILT:
            place, cell, reason = SPOILT[kind]
            lines.append(",".join([*row[:place], cell, *row[place + 1 :]]))
            reasons.append(reason)
            continue
        if kind == "cut":
            lines.append(",".join(row[:6]))
            reasons.append("the record ends early (6 of 9 cells)")
            continue
        if kind == "long":
            lines.append(",".join([*row, "7"]))
            reasons.append("the record has 10 cells where others have 9")
            continue
        used.append(row)
        lines.append(",".join(row))
        if kind == "again":
            lines.append(",".join(row))
            reasons.append(f"repeats line {len(lines)} word for word")
        elif kind is not None:
            lines.append("" if kind == "blank" else HEAD)
            furniture += 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.csv"
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        found = read([path], "vote").returns
    accounting = found.accounting
    assert accounting.records == len(lines) + 1
    assert accounting.used == len(used) == len(found)
    assert accounting.furniture == furniture
    assert accounting.aggregates == 0
    assert sorted(entry.reason for entry in accounting.quarantine) == sorted(reasons)
    assert found.sums == {name: sum(int(row[3 + k]) for row in used) for k, name in enumerate(NAMES)}
    assert sorted(found.table["line"].to_list()) == sorted(set(found.table["line"].to_list()))


cells = st.one_of(
    st.integers(0, 3000).map(str),
    st.sampled_from(
        [
            "",
            "Total",
            "Yes",
            "No",
            "Region",
            "Votes",
            "Registered voters",
            "Valid",
            "-",
            "12%",
            "R1",
            "\x07",
            "ü",
        ]
    ),
)


@settings(quickly, max_examples=150)
@given(
    st.integers(1, 6).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=14)
    )
)
def test_any_small_table_is_read_with_every_record_or_refused(grid: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.csv"
        path.write_text("\n".join(";".join(row) for row in grid) + "\n", encoding="utf-8")
        try:
            found = read([path], "vote").returns
        except InputError as refused:
            assert str(refused)
            return
    accounting = found.accounting
    # A table on its side has its records side by side.
    assert accounting.records in (len(grid), len(grid[0]))
    for name in (*found.quantities, *found.options):
        values = found.table[name].drop_nulls()
        assert values.is_empty() or values.min() >= 0  # type: ignore[operator]


@settings(quickly, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(8, 40), st.integers(2, 6))
def test_long_tables_account_for_records_not_for_stations(seed: int, n: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    options = [f"Candidate {chr(65 + i)}" for i in range(k)]
    votes = rng.integers(0, 400, (n, k))
    lines = ["County,Precinct,Candidate,Votes"]
    lines += [f"C{i % 3},{i},{option},{votes[i, j]}" for i in range(n) for j, option in enumerate(options)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        found = read([path], "vote").returns
    assert found.accounting.records == n * k + 1
    assert found.accounting.used == n * k
    assert len(found) == n
    assert found.sums == {
        "valid": int(votes.sum()),
        **dict(zip(options, map(int, votes.sum(axis=0)), strict=True)),
    }


def test_the_same_key_with_other_figures_is_counted_and_kept(returns_of: Read) -> None:
    rows = [records((500 + i, 30 + i % 7, 20 + i % 5, 3), i) for i in range(30)]
    rows.append([*records((900, 50, 25, 4), 4)])
    found = returns_of("\n".join([HEAD, *map(",".join, rows)]))
    assert len(found) == 31
    assert found.accounting.duplicates == 1
    assert not found.accounting.quarantine


def test_records_word_for_word_are_set_aside_in_long_tables_too(returns_of: Read) -> None:
    lines = [f"C{i % 3},{i},{who},{10 + i}" for i in range(20) for who in ("Adams", "Baker", "Clark")]
    found = returns_of("\n".join(["County,Precinct,Candidate,Votes", *lines, lines[7]]))
    assert found.sums["Baker"] == sum(10 + i for i in range(20))
    assert [entry.reason for entry in found.accounting.quarantine] == ["repeats line 9 word for word"]


def test_lines_of_quarantine_are_those_of_the_file(returns_of: Read) -> None:
    rows = [",".join(records((500 + 3 * i % 41, 30 + i % 7, 20 + i % 5, 3), i)) for i in range(30)]
    rows[10] = rows[10].replace(",3,", ",many,", 1)
    text = "\n".join(["Results of the vote", "", HEAD, *rows])
    found = returns_of(text)
    [entry] = found.accounting.quarantine
    assert text.splitlines()[entry.line - 1] == rows[10]
    assert entry.text == rows[10].replace(",", " | ")


@pytest.mark.parametrize("split", [10, 20])
def test_parts_are_told_apart_in_the_quarantine(returns_of: Read, split: int) -> None:
    rows = [",".join(records((500 + 3 * i % 41, 30 + i % 7, 20 + i % 5, 3), i)) for i in range(30)]
    rows[25] = rows[25].replace(",3,", ",many,", 1)
    found = returns_of("\n".join([HEAD, *rows[:split]]), "\n".join([HEAD, *rows[split:]]))
    [entry] = found.accounting.quarantine
    assert entry.line == 25 - split + 2
    assert entry.text.startswith("1-results.csv: ")
