"""The ground of a world: what it takes from a table, and that a table comes back as it went in."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from plebiscope import catalogue, study
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


def with_rows(returns: Returns, **changed: dict[int, int | None]) -> Returns:
    """Return the table with single figures changed."""
    columns = {}
    for name, figures in changed.items():
        values = returns.table[name].to_list()
        for row, figure in figures.items():
            values[row] = figure
        columns[name] = pl.Series(name, values, dtype=returns.table[name].dtype)
    return dataclasses.replace(returns, table=returns.table.with_columns(**columns))


def test_stations_with_impossible_figures_stand_without_figures(returns):
    most = int(returns.table["registered"][7])
    wrong = with_rows(returns, cast={7: most + 1}, Yes={9: most + 500}, No={11: -1})
    here = ground(wrong, "Yes")
    assert here.impossible.tolist() == [7, 9, 11]
    assert len(here) == len(returns) - 3
    drawn = here.table(here.counts.but(issued=here.counts.cast)).table
    names = ["registered", "issued", "cast", "valid", "invalid", "Yes", "No"]
    assert drawn[[7, 9, 11]].select(names).null_count().row(0) == (3,) * len(names)
    assert drawn.select(names).null_count().row(0) == (3,) * len(names)
    assert drawn["station"].equals(wrong.table["station"])
    assert drawn.schema == wrong.table.schema


def test_a_method_that_counts_impossible_figures_finds_none_in_a_fair_world(returns):
    most = int(returns.table["registered"][7])
    here = ground(with_rows(returns, cast={7: most + 1}, Yes={9: most + 500}, No={11: -1}), "Yes")
    world = World(here, here.counts.but(issued=here.counts.cast))
    method = catalogue.load("protocol")
    contest = Contest(id="m", name="m")
    before = dataclasses.replace(world.subject(contest), returns=here.returns)
    found = [method.measure(one, method.params(), np.random.default_rng(0)).measurements
             for one in (before, world.subject(contest))]  # fmt: skip
    assert any(one.contradiction for one in found[0])
    assert not any(one.contradiction or one.unexplained for one in found[1])


def test_rows_that_only_lack_a_figure_or_have_no_list_stand_as_they_are(returns):
    mark = returns.table["mark"].to_list()
    mark[9] = "electronic"
    odd = with_rows(returns, registered={5: None, 9: 0})
    odd = dataclasses.replace(odd, table=odd.table.with_columns(mark=pl.Series(mark, dtype=pl.String)))
    here = ground(odd, "Yes")
    assert not {5, 9} & set(here.rows.tolist())
    assert not len(here.impossible)
    assert here.table(here.counts).table[[5, 9]].equals(odd.table[[5, 9]])


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
