"""Counts that are missing at some stations: no zeros, and no reason to leave the others' columns unread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from plebiscope.model.returns import Returns

Read = Callable[..., Returns]
STATIONS, LOST = 300, 20
HEAD = ("District", "Station", "Registered voters", "Ballots cast", "Invalid ballots", "Yes", "No")


def cells() -> list[list[str]]:
    """Draw stations of which all figures add up."""
    rng = np.random.default_rng(1)
    registered = rng.integers(150, 1800, STATIONS)
    cast = rng.binomial(registered, rng.uniform(0.4, 0.7, STATIONS))
    invalid = rng.binomial(cast, 0.02)
    yes = rng.binomial(cast - invalid, rng.uniform(0.3, 0.7, STATIONS))
    counts = np.column_stack([registered, cast, invalid, yes, cast - invalid - yes])
    return [[f"District {i // 15 + 1}", str(i + 1), *map(str, row)] for i, row in enumerate(counts.tolist())]


def without(names: Sequence[str], marks: Sequence[str], *, together: bool) -> list[list[str]]:
    """Leave figures out at some stations: at the same for all columns, or at others for each."""
    table, rng = cells(), np.random.default_rng(2)
    same = rng.choice(STATIONS, LOST, replace=False)
    for name in names:
        for at in same if together else rng.choice(STATIONS, LOST, replace=False):
            table[at][HEAD.index(name)] = marks[int(rng.integers(len(marks)))]
    return table


def text(table: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in (HEAD, *table)) + "\n"


def is_same(found: Returns, table: list[list[str]]) -> None:
    """See that every figure that is there is read, and none that is not."""
    names = ("registered", "cast", "invalid", "Yes", "No")
    for place, name in enumerate(names, start=2):
        wanted = [int(row[place]) if row[place].isdigit() else None for row in table]
        assert found.table[name].to_list() == wanted, name
    # The votes for one option alone are not all valid ballots.
    valid = [int(row[5]) + int(row[6]) if row[5].isdigit() and row[6].isdigit() else None for row in table]
    assert found.table["valid"].to_list() == valid


@pytest.mark.parametrize("names", [HEAD[2:], ("Yes", "No"), ("Yes",), ("Ballots cast", "Invalid ballots")])
def test_columns_are_read_though_some_stations_lack_a_figure(
    returns_of: Read, names: tuple[str, ...]
) -> None:
    table = without(names, ["", "n/a", "-", "x"], together=False)
    found = returns_of(text(table))
    is_same(found, table)
    (note,) = [one for one in found.notes if one.startswith("Stations at which a count is missing")]
    assert ("'Yes' 20" in note) == ("Yes" in names)
    assert not [one for one in found.notes if "not every option is in this table" in one]


def test_invalid_ballots_are_read_where_only_the_rest_is_missing(returns_of: Read) -> None:
    """Else a comparison of invalid ballots, and the valid ones that follow from them, are lost."""
    table = without(("Ballots cast", "Yes", "No"), [""], together=True)
    found = returns_of(text(table))
    is_same(found, table)
    assert found.columns["invalid"].headers == ("Invalid ballots",)


def test_empty_cells_that_stand_for_zero_stay_zeros(returns_of: Read) -> None:
    """Where the figures add up with zeros in them, nobody voted for the option."""
    table = cells()
    for at in range(0, STATIONS, 6):
        table[at][6], table[at][5] = "", str(int(table[at][5]) + int(table[at][6]))
    found = returns_of(text(table))
    assert found.table["No"].null_count() == 0
    assert found.table["valid"].null_count() == 0
    assert found.sums["valid"] == found.sums["cast"] - found.sums["invalid"]


def test_columns_that_may_be_options_are_named_where_they_are_not_taken(returns_of: Read) -> None:
    """More votes for either than ballots: the columns are there, and that is said."""
    table = cells()
    for row in table:
        row[5], row[6] = str(int(row[2]) + 7 * int(row[1])), str(int(row[2]) + 5 * int(row[1]))
    (note,) = [one for one in returns_of(text(table)).notes if one.startswith("The table gives turnout only")]
    assert "'Yes', 'No' may be options, but the figures beside them do not bear that out" in note
