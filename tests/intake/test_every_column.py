"""Every column that went in is listed on the way out: what it was read as, or why it was not read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from plebiscope.intake import mapping as mappings
from plebiscope.model.returns import FileColumn, Returns

Read = Callable[..., Returns]
Table = dict[str, list[object]]


def wide(regions: int = 3, districts: int = 4, stations: int = 5) -> Table:
    """A vote by station of which some columns cannot be used, each for a reason of its own."""
    random = np.random.default_rng(7)
    region, district, station = (
        axis.ravel() for axis in np.meshgrid(*map(np.arange, (regions, districts, stations)), indexing="ij")
    )
    n = len(region)
    voters, first, second, void = (
        random.integers(*span, n) for span in ((300, 900), (50, 120), (50, 99), (0, 9))
    )
    return {
        "Country": ["Marenna"] * n,
        "Region": [f"R{r}" for r in region],
        "District": [f"D{r}{d}" for r, d in zip(region, district, strict=True)],
        "Polling station": [int(s) + 1 for s in station],
        "Weather": [("sun", "rain", "snow", "wind", "fog", "hail")[i] for i in random.integers(0, 6, n)],
        "Turnout %": [f"{share:.1f}" for share in 100 * (first + second + void) / voters],
        "Registered voters": voters.tolist(),
        "Ballots cast": (first + second + void).tolist(),
        "Valid votes": (first + second).tolist(),
        "Invalid votes": void.tolist(),
        "Adaro": first.tolist(),
        "Belin": second.tolist(),
        "Koruna": random.integers(3, 77, n).tolist(),
        "Zeros": [0] * n,
        "": [""] * n,
    }  # fmt: skip


def long() -> Table:
    """The same kind of vote, a row for each station and option, with a column that says the same in all."""
    random = np.random.default_rng(8)
    rows = [(r, s, option) for r in range(3) for s in range(20) for option in ("Adaro", "Belin", "Cora")]
    voters = random.integers(300, 900, 60)
    return {
        "Country": ["Marenna"] * len(rows),
        "Province of origin": [("north", "south")[i] for i in random.integers(0, 2, len(rows))],
        "Region": [f"R{r}" for r, _, _ in rows],
        "Precinct": [s + 1 for _, s, _ in rows],
        "Candidate": [option for *_, option in rows],
        "Party no": ["ABC".index(option[0]) + 1 for *_, option in rows],
        "Votes": random.integers(10, 100, len(rows)).tolist(),
        "Registered voters": [int(voters[20 * r + s]) for r, s, _ in rows],
    }


def text(table: Table, columns: Sequence[str] | None = None) -> str:
    kept = {name: cells for name, cells in table.items() if columns is None or name in columns}
    rows = zip(*(map(str, cells) for cells in kept.values()), strict=True)
    return "\n".join(",".join(row) for row in [tuple(kept), *rows])


def became(returns: Returns) -> dict[str, FileColumn]:
    return {column.name: column for column in returns.accounting.columns}


def test_every_column_is_listed_once_and_in_order(returns_of: Read) -> None:
    table = wide()
    listed = returns_of(text(table)).accounting.columns
    assert [one.place for one in listed] == list(range(1, len(table) + 1))
    assert [one.name for one in listed][:-1] == list(table)[:-1]
    assert all(one.why for one in listed)


def test_what_is_read_says_as_what(returns_of: Read) -> None:
    found = became(returns_of(text(wide())))
    assert {name: one.read_as for name, one in found.items() if one.read_as} == {
        "Region": ("Region",),
        "District": ("District",),
        "Polling station": ("station",),
        "Registered voters": ("registered",),
        "Ballots cast": ("cast",),
        "Valid votes": ("valid",),
        "Invalid votes": ("invalid",),
        "Adaro": ("Adaro",),
        "Belin": ("Belin",),
    }


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Country", "the same in every row"),
        ("Zeros", "the same in every row"),
        ("Weather", "not recognised"),
        ("Koruna", "not recognised"),
        ("Turnout %", "percentages"),
        ("column 15", "empty"),
    ],
)
def test_what_is_not_read_says_why(returns_of: Read, name: str, why: str) -> None:
    column = became(returns_of(text(wide())))[name]
    assert not column.read_as
    assert why in column.why


def told(returns: Returns, todo: str) -> dict[str, Any]:
    """The mapping as it was written, with one line put in as a column's account says."""
    said = tomllib.loads(mappings.write(returns, None))
    section, _, line = todo.rpartition("], ")
    into = said
    for part in filter(None, section.strip("[").split(".")):
        into = into[part]
    into.update(tomllib.loads(line))
    return said


@pytest.mark.parametrize("make", [wide, long])
def test_the_line_that_is_given_has_the_column_read_and_leaves_the_rest(
    returns_of: Read, make: Callable[[], Table]
) -> None:
    content = text(make())
    before = returns_of(content)
    mapped = [one for one in before.accounting.columns if one.todo]
    assert mapped
    for column in mapped:
        assert not column.read_as
        after = returns_of(content, **told(before, column.todo))
        assert became(after)[column.name].read_as, column
        assert after.sums.items() >= before.sums.items()
        assert len(after) == len(before)


def test_a_written_mapping_reads_a_long_table_again(returns_of: Read) -> None:
    content = text(long())
    before = returns_of(content)
    after = returns_of(content, **tomllib.loads(mappings.write(before, None)))
    assert after.digest == before.digest
    assert [one.read_as for one in after.accounting.columns] == [
        one.read_as for one in before.accounting.columns
    ]


def test_the_columns_of_a_long_table_are_accounted_for(returns_of: Read) -> None:
    table = long()
    found = became(returns_of(text(table)))
    assert list(found) == list(table)
    assert found["Candidate"].read_as == ("names of the options",)
    assert found["Votes"].read_as == ("votes for the options",)
    assert found["Registered voters"].read_as == ("registered",)
    assert not found["Party no"].read_as
    assert "'Candidate'" in found["Party no"].why


def test_stations_named_by_two_columns_are_written_so_that_they_read_again(returns_of: Read) -> None:
    table = wide()
    random = np.random.default_rng(3)
    table["Hall"] = [f"hall {i}" for i in random.permutation(len(table["Region"]))]
    content = text({name: cells for name, cells in table.items() if name not in ("District", "")})
    returns = returns_of(content, columns={"station": ["Hall", "Polling station"]})
    found = became(returns)
    assert found["Hall"].read_as == found["Polling station"].read_as == ("station",)
    assert tomllib.loads(mappings.write(returns, None))["columns"]["station"] == ["Hall", "Polling station"]


def test_blocks_of_columns_along_the_row_are_accounted_for(returns_of: Read) -> None:
    random = np.random.default_rng(4)
    header = "Region,Polling station,Registered voters,Name 1,Votes 1,Rank 1,Name 2,Votes 2,Rank 2"
    rows = [
        f"R{i % 3},{i},{random.integers(400, 900)},Adaro,{random.integers(50, 90)},x,"
        f"Belin,{random.integers(50, 90)},y"
        for i in range(40)
    ]
    listed = returns_of("\n".join([header, *rows])).accounting.columns
    assert [one.name for one in listed] == header.split(",")
    kinds = [one.read_as for one in listed[3:]]
    assert kinds == 2 * [("names of the options",), ("votes for the options",), ()]


def test_the_columns_of_files_that_are_joined_are_accounted_for(returns_of: Read) -> None:
    table = wide()
    keys = ["Region", "District", "Polling station"]
    lists = [*keys, "Country", "Registered voters", "Ballots cast"]
    votes = [*keys, "Weather", "Ballots cast", "Valid votes", "Invalid votes", "Adaro", "Belin"]
    listed = returns_of(text(table, lists), text(table, votes)).accounting.columns
    by_file: dict[str, dict[str, FileColumn]] = {}
    for one in listed:
        by_file.setdefault(one.file, {})[one.name] = one
    first, second = by_file.values()
    assert (set(first), set(second)) == (set(lists), set(votes))
    assert first["Registered voters"].read_as == ("registered",)
    assert second["Adaro"].read_as == ("Adaro",)
    assert not second["Ballots cast"].read_as
    assert re.search("'Ballots cast' of .* states the same", second["Ballots cast"].why)
    assert any(second[key].read_as == ("key of the join",) for key in keys)


def test_columns_by_which_the_user_chose_a_vote_and_those_to_be_ignored_say_so(returns_of: Read) -> None:
    table = wide()
    n = len(table["Region"])
    rows = {name: [*cells, *cells] for name, cells in table.items()} | {"Office": ["A"] * n + ["B"] * n}
    found = became(returns_of(text(rows), where={"Office": "A"}, columns={"ignore": ["Koruna"]}))
    assert found["Office"].read_as == ("which vote",)
    assert "ignored" in found["Koruna"].why
    assert not found["Koruna"].todo


def test_a_column_of_a_long_table_can_be_ignored(returns_of: Read) -> None:
    found = became(returns_of(text(long()), columns={"ignore": ["Party no"]}))
    assert not found["Party no"].read_as


def test_a_table_that_lies_on_its_side_is_accounted_for_as_it_is_turned(returns_of: Read) -> None:
    table = wide()
    names = [name for name in table if name]
    rows = [[name, *map(str, table[name])] for name in names]
    listed = returns_of("\n".join(",".join(row) for row in rows)).accounting.columns
    assert {one.name for one in listed} >= set(names)
