"""JSON in the forms in which portals and interfaces give it: records in lists, in other records, or as rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from plebiscope.intake import records
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

Read = Callable[..., Returns]
N = 48


def station(i: int) -> dict[str, Any]:
    yes, no, invalid = 90 + 7 * i % 41, 60 + 11 * i % 37, i % 5
    return {
        "id": 1000 + i,
        "name": f"School {i}",
        "registered": 400 + 13 * i % 97,
        "votes_cast": yes + no + invalid,
        "invalid": invalid,
        "yes": yes,
        "no": no,
    }


def check(found: Returns) -> None:
    assert len(found) == N
    wanted = {
        "registered": "registered",
        "cast": "votes_cast",
        "invalid": "invalid",
        "yes": "yes",
        "no": "no",
    }
    for name, field in wanted.items():
        real = next(s for s in found.sums if s.casefold() == name)
        assert found.sums[real] == sum(station(i)[field] for i in range(N))
    assert len(found.options) == 2


def within(i: int) -> dict[str, Any]:
    one = station(i)
    answers = [{"option": name, "votes": one.pop(name.lower())} for name in ("Yes", "No")]
    return one | {"results": answers}


def districts(entry: Callable[[int], dict[str, Any]]) -> list[dict[str, Any]]:
    groups = [range(i, N, 4) for i in range(4)]
    return [{"name": f"District {k}", "stations": [entry(i) for i in g]} for k, g in enumerate(groups)]


@pytest.mark.parametrize("entry", [station, within])
def test_stations_listed_in_their_districts_are_the_records(
    returns_of: Read, entry: Callable[[int], dict[str, Any]]
) -> None:
    for data in (districts(entry), {"vote": "2024", "districts": districts(entry)}):
        found = returns_of(json.dumps(data), name="results.json")
        check(found)
        assert found.table[found.areas[0]].n_unique() == 4


def test_stations_and_districts_kept_under_their_names(returns_of: Read) -> None:
    flat = {f"Hall {i:02}": {k: v for k, v in station(i).items() if k != "name"} for i in range(N)}
    check(returns_of(json.dumps(flat), name="a.json"))
    nested = {f"District {d}": {k: v for k, v in flat.items() if int(k[-2:]) % 4 == d} for d in range(4)}
    found = returns_of(json.dumps({"districts": nested}), name="b.json")
    check(found)
    assert set(found.table[found.areas[0]]) == {*nested}


@pytest.mark.parametrize("names", [("Yes", "No"), ("Smith", "Jones")])
def test_contests_that_list_their_precincts_are_asked_about(returns_of: Read, names: tuple[str, str]) -> None:
    """Whether or not the ballots name the same options."""

    def contest(title: str, options: tuple[str, str], seed: int) -> dict[str, Any]:
        precincts = [
            {
                "precinct": f"P{i}",
                "ballots": 200 + i,
                "choices": [
                    {"name": o, "votes": 40 + (seed + 7 * i + k) % 31} for k, o in enumerate(options)
                ],
            }
            for i in range(40)
        ]
        return {"title": title, "precincts": precincts}

    data = {"contests": [contest("Measure A", ("Yes", "No"), 1), contest("Measure B", names, 5)]}
    with pytest.raises(InputError, match=r"2 votes, told apart by its column 'contests\.title'"):
        returns_of(json.dumps(data), name="results.json")


def test_rows_under_names_that_stand_apart(returns_of: Read) -> None:
    names = list(station(0))
    rows = [[station(i)[name] for name in names] for i in range(N)]
    told = [{"name": name, "dataTypeName": "number"} for name in names]
    check(returns_of(json.dumps({"meta": {"view": {"columns": told}}, "data": rows}), name="a.json"))
    check(returns_of(json.dumps({"columns": names, "data": rows}), name="b.json"))
    check(returns_of(json.dumps({"result": [names, *rows]}), name="c.json"))


def test_a_list_of_options_in_every_record_stays_one_record(returns_of: Read) -> None:
    check(returns_of(json.dumps([within(i) for i in range(N)]), name="results.json"))


def test_a_small_file_that_unfolds_to_very_much_is_refused(
    returns_of: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_FIELDS", 10_000)
    wide = {f"field {i}": i for i in range(200)}
    data = [wide | {"stations": [{"name": f"{k} {i}", "votes": i} for i in range(50)]} for k in range(4)]
    with pytest.raises(InputError, match="more than 10,000 fields"):
        returns_of(json.dumps(data), name="results.json")
