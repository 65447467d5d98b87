"""A row is matched where exactly one official station can be meant, however it is spelled, and never else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope.intake import match as matching
from plebiscope.intake.match import alike, fold, match
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]


def official(make_returns: Make, stations: int = 12) -> Returns:
    """Make results in which the numbers of stations begin again in each of three regions."""
    rows = [(f"Region {name}", str(number)) for name in "ABC" for number in range(1, stations + 1)]
    return make_returns(
        {
            "region": [region for region, _ in rows],
            "station": [station for _, station in rows],
            "YES": list(range(len(rows))),
            "NO": [7] * len(rows),
        },
        ["YES", "NO"],
        ["region"],
    )


def table(make_returns: Make, **columns: list[object]) -> Returns:
    areas = [name for name in columns if name not in ("station", "YES", "NO")]
    size = len(next(iter(columns.values())))
    return make_returns({"YES": [1] * size, "NO": [2] * size, **columns}, ["YES", "NO"], areas)


def reasons(found: matching.Match) -> dict[str, list[int]]:
    return {reason: rows.tolist() for reason, rows in found.without.items()}


@pytest.mark.parametrize(
    "text",
    ["12", "012", " 12 ", "No. 12", "№ 12", "№0012", "Polling station 12", "POLLING STATION No. 12", "УИК №12", "Участок 12",
     "Bureau de vote 12", "Mesa 12", "Nr. 12", "station-12", "١٢", "0" * 500 + "12"],
)  # fmt: skip
def test_spellings_of_a_number_are_one(text: str) -> None:
    assert fold(text) == "12"


@pytest.mark.parametrize("text", ["12A", "12/1", "School 12", "12 Lenin street", "Minsk 12", "Twelve"])
def test_what_says_more_than_a_number_is_not_that_number(text: str) -> None:
    assert fold(text) not in ("12", None)


@pytest.mark.parametrize("text", ["", "  ", "-", "..."])
def test_nothing_names_no_station(text: str) -> None:
    assert fold(text) is None


def test_rows_are_found_by_area_and_station(make_returns: Make) -> None:
    vote = official(make_returns)
    copy = table(
        make_returns,
        oblast=["region b", "REGION  A", "Region C", "Region C", "Region Z"],
        station=["Station No. 03", "12", "99", None, "3"],
    )
    found = match(copy, vote)
    assert found.rows.tolist() == [14, 11, -1, -1, -1]
    assert found.by == "region and station"
    assert reasons(found) == {
        matching.UNKNOWN: [2],
        matching.UNNAMED: [3],
        matching.ELSEWHERE: [4],
    }


def test_a_number_alone_is_found_only_where_it_is_the_only_one(make_returns: Make) -> None:
    vote = official(make_returns)
    shared = table(make_returns, station=["3", "4"])
    assert match(shared, vote).rows.tolist() == [-1, -1]
    assert reasons(match(shared, vote)) == {matching.SEVERAL: [0, 1]}
    alone = make_returns({"station": ["3", "4", "5"], "YES": [1, 2, 3], "NO": [1, 2, 3]}, ["YES", "NO"])
    assert match(shared, alone).rows.tolist() == [0, 1]


def test_an_unknown_area_is_not_overlooked_because_a_number_happens_to_be_unique(make_returns: Make) -> None:
    region = ["Region A"] * 12 + ["Region B"] * 20
    station = [*map(str, range(1, 13)), *map(str, range(1, 21))]
    vote = table(make_returns, region=region, station=station)
    copy = table(make_returns, region=["Gebiet A", "Gebiet A"], station=["15", "3"])
    assert match(copy, vote).rows.tolist() == [-1, -1]
    assert reasons(match(copy, vote)) == {matching.STRANGE_AREA: [0], matching.SEVERAL: [1]}


def test_a_missing_area_leaves_the_others_to_tell(make_returns: Make) -> None:
    vote = official(make_returns)
    copy = table(make_returns, region=["Region A", None], station=["5", "5"])
    assert match(copy, vote).rows.tolist() == [4, -1]


def test_names_that_the_reader_put_under_their_larger_area_are_found(make_returns: Make) -> None:
    vote = table(
        make_returns,
        region=["North", "North", "South"],
        district=["North / Centre", "Lakes", "South / Centre"],
        station=["1", "2", "1"],
    )
    copy = table(make_returns, region=["South"], district=["Centre"], station=["1"])
    assert match(copy, vote).rows.tolist() == [2]


def test_one_record_speaks_of_a_station(make_returns: Make) -> None:
    vote = official(make_returns)
    copy = table(
        make_returns,
        region=["Region A"] * 4,
        station=["1", "01", "2", "No. 2"],
        YES=[5, 5, 5, 6],
    )
    found = match(copy, vote)
    assert found.rows.tolist() == [0, -1, -1, -1]
    assert reasons(found) == {matching.REPEATED: [1], matching.TWICE: [2, 3]}


def test_official_stations_of_one_name_are_not_told_apart(make_returns: Make) -> None:
    vote = table(make_returns, region=["A", "A", "A"], station=["1", "1", "2"])
    copy = table(make_returns, region=["A", "A"], station=["1", "2"])
    assert match(copy, vote).rows.tolist() == [-1, 2]


def test_counting_areas_are_found_by_name(make_returns: Make) -> None:
    vote = make_returns(
        {"town": ["Ely", "Bath"], "YES": [1, 2], "NO": [1, 2]}, ["YES", "NO"], ["town"], level="area"
    )
    copy = make_returns({"place": ["BATH"], "YES": [1], "NO": [2]}, ["YES", "NO"], ["place"], level="area")
    assert match(copy, vote).rows.tolist() == [1]


def test_options_are_named_as_in_the_official_results(make_returns: Make) -> None:
    vote = make_returns({"ДА": [1], "НЕТ": [2]}, ["ДА", "НЕТ"])
    copy = make_returns({"yes": [5], "no": [6], "cast": [11]}, ["yes", "no"])
    found = alike(copy, vote)
    assert found.options == ("ДА", "НЕТ")
    assert found.table["ДА"].to_list() == [5]
    assert set(found.columns) == {"cast", "ДА", "НЕТ"}
    assert alike(vote, vote) is vote


@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(1, 15)), max_size=40))
def test_every_row_is_matched_once_or_counted_under_one_reason(
    make_returns: Make, rows: list[tuple[str, int]]
) -> None:
    vote = official(make_returns)
    copy = table(make_returns, region=[f"Region {a}" for a, _ in rows], station=[str(n) for _, n in rows])
    found = match(copy, vote)
    left = [row for rows in found.without.values() for row in rows.tolist()]
    own, there = found.pairs
    assert sorted([*left, *own.tolist()]) == list(range(len(rows)))
    assert len(set(there.tolist())) == len(there)
    for row, at in zip(own.tolist(), there.tolist(), strict=True):
        assert vote.table.row(at, named=True)["region"] == f"Region {rows[row][0]}"
        assert vote.table["station"][at] == str(rows[row][1])
    assert np.all(found.rows[left] == -1)
