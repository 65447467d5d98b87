"""What must not matter: the order of columns, delimiter, encoding, format, areas, language, how rows are split."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import official
import polars as pl
import pytest

from plebiscope.intake import vocabulary
from plebiscope.intake.read import read
from plebiscope.model.returns import Returns

Grid = list[list[str]]
Read = Callable[..., Returns]

SHARED = ["serbia/izbori.csv", "italy-2020-referendum/scrutiniComuni.csv", "uganda-2011/2011_Pres_Pstn.csv",
          "switzerland-2014-immigration/REAL_election_municipality_20140209.csv"]  # fmt: skip
"""Reference files: stations and municipalities, parts of quantities, titles and blank lines, records without values."""


def _grid(path: Path) -> Grid:
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    return [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]


def _text(grid: Grid, delimiter: str = ",", end: str = "\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(grid)
    return out.getvalue()


def _square(grid: Grid) -> Grid:
    width = max(map(len, grid))
    return [[*row, *[""] * (width - len(row))] for row in grid]


@pytest.fixture(params=SHARED)
def table(request: pytest.FixtureRequest, shared: Path) -> tuple[Grid, Returns]:
    return _known(shared / "data" / request.param)


@cache
def _known(path: Path) -> tuple[Grid, Returns]:
    return _square(_grid(path)), read([path], "vote").returns


@pytest.mark.shared
def test_delimiter_line_end_and_encoding_leave_the_digest(
    table: tuple[Grid, Returns], returns_of: Read
) -> None:
    grid, known = table
    for delimiter, end, page in (("\t", "\r\n", "utf-16"), (";", "\n", "utf-8-sig")):
        again = returns_of(_text(grid, delimiter, end).encode(page))
        assert again.digest == known.digest, (delimiter, end, page)
        assert len(again.accounting.quarantine) == len(known.accounting.quarantine)


@pytest.mark.shared
def test_shuffled_columns_leave_the_sums(table: tuple[Grid, Returns], returns_of: Read) -> None:
    grid, known = table
    order = list(range(len(grid[0])))
    random.Random(7).shuffle(order)
    again = returns_of(_text([[row[i] for i in order] for row in grid]))
    assert again.sums == known.sums
    assert len(again) == len(known)
    assert set(again.areas) == set(known.areas)


@pytest.mark.shared
def test_rows_split_into_two_files_leave_the_digest(table: tuple[Grid, Returns], returns_of: Read) -> None:
    grid, known = table
    header = next(i for i, row in enumerate(grid) if row.count("") < len(row) / 2)
    half = header + len(grid) // 2
    again = returns_of(_text(grid[:half]), _text([*grid[: header + 1], *grid[half:]]))
    assert again.digest == known.digest


@pytest.mark.shared
def test_dropped_areas_leave_the_sums(table: tuple[Grid, Returns], returns_of: Read) -> None:
    grid, known = table
    areas = {known.columns[name].headers[0] for name in known.areas}
    header = next(row for row in grid if areas <= set(row))
    kept = [i for i, name in enumerate(header) if name not in areas]
    again = returns_of(_text([[row[i] for i in kept] for row in grid]))
    assert again.sums == known.sums


@pytest.mark.shared
@pytest.mark.parametrize("language", ["es", "fr", "ru", "zh"])
def test_translated_headers_leave_the_sums(
    table: tuple[Grid, Returns], returns_of: Read, language: str
) -> None:
    grid, known = table
    spoken = next(item for item in vocabulary.languages() if item.code == language)
    words = official.LANGUAGES[language]
    new: dict[str, str] = {}
    for quantity in known.published:
        headers = known.columns[quantity].headers
        if len(headers) == 1 and spoken.variants.get(quantity):
            new[headers[0]] = spoken.variants[quantity][0]
    for area, name in zip(known.areas[-2:], words.keys, strict=False):
        new[known.columns[area].headers[0]] = name
    if "station" in known.columns:
        new[known.columns["station"].headers[0]] = words.keys[2]
    translated = [[new.get(cell, cell) for cell in row] if i < 6 else row for i, row in enumerate(grid)]
    again = returns_of(_text(translated))
    assert {name: again.sums[name] for name in known.options} == {
        name: known.sums[name] for name in known.options
    }
    for quantity in known.published:
        if known.columns[quantity].headers[0] in new:
            assert again.sums[quantity] == known.sums[quantity]


@pytest.mark.shared
def test_a_workbook_leaves_the_digest(shared: Path, returns_of: Read) -> None:
    path = shared / "data/switzerland-2014-immigration/REAL_election_municipality_20140209.csv"
    book = official.workbook(official.Desk(0), {"Results": _square(_grid(path))})
    assert returns_of(book, name="results.xlsx").digest == read([path], "vote").returns.digest


@pytest.mark.parametrize("seed", range(6))
def test_csv_workbook_parquet_and_json_lines_have_one_digest(
    seed: int, returns_of: Read, tmp_path: Path
) -> None:
    desk = official.Desk(seed)
    vote = official.happen(desk.rng, "en", 80, ["Yes", "No"])
    head = ["Region", "District", "Polling station", "Registered voters", "Ballots cast", "Valid votes", "Invalid votes",
            "Yes", "No"]  # fmt: skip
    names = ["registered", "cast", "valid", "invalid", "Yes", "No"]
    rows = [[vote.places[vote.region[i]], vote.places[10 + vote.town[i] % 50], str(i + 1), *(str(int(vote.counts[n][i])) for n in names)]
            for i in range(80)]  # fmt: skip
    plain = returns_of(_text([head, *rows]))
    book = returns_of(official.workbook(desk, {"Results": [head, *rows]}), name="r.xlsx")
    lines = returns_of(official._json_lines(head, rows), name="r.jsonl")
    frame = pl.DataFrame(rows, schema=head, orient="row").with_columns(pl.col(head[2:]).cast(pl.Int64))
    frame.write_parquet(tmp_path / "r.parquet")
    assert plain.digest == book.digest == lines.digest == returns_of(tmp_path / "r.parquet").digest
    assert plain.sums == {name: int(vote.counts[name].sum()) for name in names}


def test_order_of_rows_leaves_the_digest(returns_of: Read) -> None:
    head = "Region,Station,Registered voters,Valid votes,Yes,No"
    votes = [(20 + 37 * i % 91, 10 + 53 * i % 47) for i in range(40)]
    rows = [f"R{i // 10},{i},{500 + 29 * i % 83},{yes + no},{yes},{no}" for i, (yes, no) in enumerate(votes)]
    shuffled = list(rows)
    random.Random(3).shuffle(shuffled)
    assert returns_of("\n".join([head, *rows])).digest == returns_of("\n".join([head, *shuffled])).digest
