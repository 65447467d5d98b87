"""The ground of a world: what it takes from a table, and that a table comes back as it went in."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from plebiscope import study
from plebiscope.model.case import Contest
from plebiscope.model.returns import Returns
from plebiscope.worlds.ground import Deed, World, ground


@pytest.fixture(scope="module")
def returns() -> Returns:
    return study.read(study.example() / "stations.csv").returns


def test_the_counts_of_a_table_written_into_it_give_the_table_again(returns):
    here = ground(returns, "Yes")
    issued = returns.table["issued"].to_numpy()
    same = here.table(here.counts.but(issued=issued))
    assert same.digest == returns.digest


def test_other_counts_leave_the_table_that_they_came_from_alone(returns):
    before = returns.table.clone()
    here = ground(returns, "No")
    other = here.counts.but(votes=np.zeros_like(here.counts.votes))
    changed = here.table(other)
    assert changed.sums["Yes"] == changed.sums["No"] == changed.sums["valid"] == 0
    assert changed.sums["invalid"] == changed.sums["cast"]
    assert returns.table.equals(before)


def test_the_favoured_option_comes_first(returns):
    assert ground(returns, "No").options == ("No", "Yes")
    assert ground(returns).options[0] == returns.leader


def test_areas_are_numbered_within_larger_ones(returns):
    here = ground(returns)
    regions, districts = here.areas.values()
    assert regions.max() == 7
    assert districts.max() == 63
    for district in range(64):
        assert len(np.unique(regions[districts == district])) == 1
    assert (here.district == districts).all()


def test_stations_with_impossible_figures_stay_as_they_are(returns):
    table = returns.table.clone()
    cast = table["cast"].to_numpy().copy()
    cast[7] = table["registered"][7] + 1
    table = table.with_columns(cast=cast)
    here = ground(dataclasses.replace(returns, table=table), "Yes")
    assert 7 not in here.rows
    assert len(here) == len(returns) - 1
    emptied = here.counts.but(cast=here.counts.valid)
    assert here.table(emptied).table["cast"][7] == table["registered"][7] + 1


def test_what_was_done_is_the_difference(returns):
    here = ground(returns, "Yes")
    fair = here.counts
    votes = fair.votes.copy()
    votes[:10, 0] += 3
    where = np.arange(len(here)) < 10
    world = World(
        here, fair, (Deed("stuffing", where, fair, fair.but(votes=votes, cast=fair.cast + 3 * where)),)
    )
    assert world.added.sum() == 30
    assert world.touched.sum() == 10
    assert world.returns().sums["Yes"] == returns.sums["Yes"] + 30
    assert world.subject(Contest(id="m", name="m")).favoured == "Yes"


def test_a_table_without_options_is_no_ground(returns):
    with pytest.raises(LookupError, match="options"):
        ground(dataclasses.replace(returns, options=()))
