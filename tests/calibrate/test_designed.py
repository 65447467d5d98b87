"""What designs could have shown: groups, late counts and samples in simulated votes, and who is spared."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from plebiscope import catalogue, powering
from plebiscope.calibrate.jobs import Job
from plebiscope.calibrate.power import Wanted, compute, found
from plebiscope.calibrate.power.computing import setting_of
from plebiscope.calibrate.signals import Signal, alarm
from plebiscope.dossier.sight.lines import lines
from plebiscope.dossier.sight.notes import notes
from plebiscope.model.beside import Beside, Copies, Match
from plebiscope.model.case import Comparison, Contest
from plebiscope.model.power import Matrix
from plebiscope.model.returns import Returns
from plebiscope.worlds.beside import Designs
from plebiscope.worlds.tamper import MECHANISMS

STATIONS, DISTRICTS, WORLDS = 180, 6, 20
COMPARISON = Comparison(group="observed", by_lot=True, lost="sent away", within=("area",))
CONTEST = Contest(id="vote", name="Vote", favoured="Yes", comparison=COMPARISON)
DESIGNED = ("contrast", "late-count", "quick-count")


@pytest.fixture(scope="module")
def bare(make_returns) -> Returns:
    """A fair vote of 180 stations of about one size in six areas."""
    rng = np.random.default_rng(3)
    registered = rng.integers(500, 900, STATIONS)
    cast = rng.binomial(registered, np.clip(rng.normal(0.6, 0.05, STATIONS), 0.3, 0.9))
    yes = rng.binomial(cast, np.clip(rng.normal(0.5, 0.05, STATIONS), 0.2, 0.8))
    return make_returns(
        {
            "area": [f"Area {row % DISTRICTS:02}" for row in range(STATIONS)],
            "registered": registered,
            "cast": cast,
            "valid": cast,
            "Yes": yes,
            "No": cast - yes,
        },
        ("Yes", "No"),
        ("area",),
    )


@pytest.fixture(scope="module")
def returns(bare) -> Returns:
    """The same with groups drawn inside areas, one of them sent away in each, and an order of reporting."""
    rng = np.random.default_rng(4)
    group = np.full(STATIONS, None, dtype=object)
    for area in range(DISTRICTS):
        rows = rng.permutation(np.arange(area, STATIONS, DISTRICTS))
        group[rows[:10]], group[rows[10]] = "observed", "sent away"
    table = bare.table.with_columns(
        pl.Series("group", group.tolist(), dtype=pl.String), pl.Series("reported", rng.permutation(STATIONS))
    )
    return dataclasses.replace(bare, table=table, extras=("group", "reported"))


@pytest.fixture(scope="module")
def designs(returns) -> Designs:
    rows = np.sort(np.random.default_rng(5).permutation(STATIONS)[:45])
    tallied = dataclasses.replace(returns, table=returns.table[rows.tolist()])
    return Designs(samples=(Copies("a league", "sample", tallied, Match(rows, {}, "station")),))


def wanted(returns, designs, methods=DESIGNED, mechanisms=("switching", "rewritten"), **changed) -> Wanted:
    """Ask for a matrix; of a late count fewer orders are drawn, for the time it takes."""
    asked = Wanted(
        CONTEST,
        returns,
        [catalogue.load(name) for name in methods],
        [MECHANISMS[name] for name in mechanisms],
        {"late-count": catalogue.load("late-count").params(permutations=199)},
        worlds=WORLDS,
        seed=7,
        designs=designs,
    )
    return dataclasses.replace(asked, **changed)


@pytest.fixture(scope="module")
def matrix(returns, designs) -> Matrix:
    return compute(wanted(returns, designs))


def cells(matrix: Matrix, method: str, mechanism: str) -> list:
    return [matrix.cell(method, mechanism, version) for version in ("tight", "loose")]


# ------------------------------------------------------------------------------------------- who is spared


def test_a_group_that_is_watched_is_spared_and_those_who_were_sent_away_are_not(returns, designs):
    setting = setting_of(wanted(returns, designs))
    group = returns.table["group"]
    assert (setting.spared["contrast"] == (group == "observed").fill_null(value=False).to_numpy()).all()


def test_stations_that_had_reported_are_spared_by_what_is_done_late(returns, designs):
    setting = setting_of(wanted(returns, designs))
    assert (setting.spared["late-count"] == (returns.table["reported"] < 0.8 * STATIONS).to_numpy()).all()
    half = catalogue.load("late-count").params(early_share=0.5)
    setting = setting_of(wanted(returns, designs, params={"late-count": half}))
    assert (setting.spared["late-count"] == (returns.table["reported"] < 0.5 * STATIONS).to_numpy()).all()


def test_a_sample_spares_nobody(returns, designs):
    assert set(setting_of(wanted(returns, designs)).spared) == {"contrast", "late-count"}


def test_in_a_world_in_which_stations_are_spared_they_stand_as_voters_cast(returns, designs):
    setting = setting_of(wanted(returns, designs))
    for name, spared in setting.spared.items():
        job = Job("tight", "switching", 1.0, 3, (), name)
        world = setting.world(job)
        assert (world.touched == ~spared).all()
        assert (world.counts.votes[spared] == world.fair.votes[spared]).all()
        assert (world.counts.votes[~spared] != world.fair.votes[~spared]).any()


def test_another_vote_is_the_same_and_fair_whatever_is_done_to_this_one(bare, returns):
    past = Beside(CONTEST.model_copy(update={"id": "past"}), bare, Match(np.arange(STATIONS), {}, "station"))
    setting = setting_of(wanted(returns, Designs(pairs=(past,))))
    jobs = [Job("loose", None, 0.0, 2, ()), Job("loose", "switching", 1.0, 2, ())]
    fair, done = (setting.subject(job, setting.world(job)) for job in jobs)
    assert fair.pairs[0].returns.table.equals(done.pairs[0].returns.table)
    assert not fair.results.table.equals(done.results.table)
    assert fair.pairs[0].contest.id == "past"
    assert not fair.pairs[0].returns.table["Yes"].equals(bare.table["Yes"])


# ------------------------------------------------------------------------------------------------ the matrix


def test_all_three_are_asked_and_no_more_than_one_fair_vote_in_twenty_alarms_them(matrix):
    assert matrix.left_out == {}
    assert matrix.faults == {}
    assert matrix.methods == DESIGNED
    assert {one.kind for one in matrix.thresholds} == {"p"}
    assert all(one.rate <= 0.05 for one in matrix.thresholds)


def test_a_threshold_holds_on_fair_votes_that_did_not_set_it(returns, designs, matrix):
    """Of 100 further fair votes of each version no more alarm a method than chance allows."""
    setting = setting_of(wanted(returns, designs, seed=8))
    for limit in matrix.thresholds:
        jobs = [Job(limit.version, None, 0.0, number, (limit.method,)) for number in range(100)]
        alarms = [alarm(setting.do(job).heard[limit.method], limit.kind) for job in jobs]
        assert np.mean(np.array(alarms) > limit.value) <= 0.12  # of 100 at 5 %, 13 or more come once in 500


def test_what_is_done_where_nobody_watches_is_seen_at_a_plausible_share(matrix):
    """A fifth of the votes of others moved, ten points of the share: half a point is the error of a group."""
    for cell in cells(matrix, "contrast", "switching"):
        assert 0.02 < cell.dose < 0.5
        assert cell.open_part == pytest.approx(2 / 3)
        assert cell.curve[-1].stations == pytest.approx(2 / 3 * STATIONS, abs=2)


def test_what_is_done_late_is_seen_at_a_plausible_share(matrix):
    for cell in cells(matrix, "late-count", "switching"):
        assert 0.05 < cell.dose < 0.8
        assert cell.open_part == pytest.approx(0.2)


def test_a_sample_sees_what_was_done_after_the_forms_and_nothing_before(matrix):
    for blind in cells(matrix, "quick-count", "switching"):
        assert blind.dose is None
        assert all(step.detected <= 0.3 * step.worlds for step in blind.curve)
    for seen in cells(matrix, "quick-count", "rewritten"):
        assert 0.05 < seen.dose < 0.8
        assert seen.open_part == 1.0


def test_more_is_seen_no_less_often(matrix):
    """Within what chance does to twenty votes: rates that truly rise fall by a third once in hundreds."""
    for cell in matrix.cells:
        rates = [step.detected / step.worlds for step in cell.curve]
        if cell.dose is not None:
            assert rates[-1] >= 0.9
            assert all(later >= before - 0.3 for before, later in pairwise(rates))


def test_a_group_that_no_lot_made_is_left_out_because_it_is_not_judged(returns, designs):
    chosen = CONTEST.model_copy(update={"comparison": COMPARISON.model_copy(update={"by_lot": False})})
    matrix = compute(wanted(returns, designs, contest=chosen, methods=["contrast"], worlds=2))
    assert matrix.methods == ()
    assert "shown and not judged" in matrix.left_out["contrast"]
    assert "decided which stations are in the group" in matrix.left_out["contrast"]


def test_a_table_without_designs_says_what_its_simulated_votes_lack(bare):
    matrix = compute(wanted(bare, Designs(), worlds=2))
    assert set(matrix.left_out) == set(DESIGNED)
    assert all(why.startswith("simulated votes have no") for why in matrix.left_out.values())


def test_designs_change_nothing_for_methods_that_do_not_look_at_them(bare, returns, designs):
    chosen = {"methods": ["shape", "protocol"], "slow": True, "worlds": 4}
    with_them = compute(wanted(returns, designs, **chosen))
    without = compute(wanted(bare, Designs(), **chosen))
    assert with_them.cells == without.cells
    assert with_them.thresholds == without.thresholds
    assert with_them.settings.designs
    assert without.settings.designs == ""


def test_three_processes_give_what_one_gives(returns, designs):
    asked = wanted(returns, designs, worlds=3)
    with powering.executor(3) as three:
        again = compute(asked, executor=three)
    alone = compute(asked)
    assert again.model_copy(update={"seconds": alone.seconds}) == alone


def test_what_was_computed_is_found_again_only_for_the_same_designs(returns, designs, tmp_path):
    asked = wanted(returns, designs, methods=["quick-count"])
    made = compute(asked, cache=tmp_path)
    assert found(asked, tmp_path) == made
    other = dataclasses.replace(designs.samples[0], silent=(1,))
    assert found(dataclasses.replace(asked, designs=Designs(samples=(other,))), tmp_path) is None
    later = returns.table.with_columns(reported=pl.col("reported").reverse())
    assert (
        found(dataclasses.replace(asked, returns=dataclasses.replace(returns, table=later)), tmp_path) is None
    )
    drawn = CONTEST.model_copy(update={"comparison": COMPARISON.model_copy(update={"lost": None})})
    assert found(dataclasses.replace(asked, contest=drawn), tmp_path) is None


# ------------------------------------------------------------------------------------------------ in words


def test_shares_are_told_of_all_stations_and_it_is_said_who_is_spared(matrix):
    line = next(line for line in lines(matrix) if line.mechanism == "switching")
    for version, cell in line.cells.items():
        own = matrix.cell(next(m for m in DESIGNED if matrix.titles[m] == line.method), "switching", version)
        assert cell.dose == pytest.approx(own.dose * own.open_part)
    told = " ".join(notes(matrix))
    assert "watched or had reported: it is done in 120 stations at most" in told
    assert "Groups, times of report and samples are those of the case" in told


def test_an_answer_of_which_an_assumption_fails_alarms_nobody(returns, designs):
    """The number of votes that a late count extrapolates is never judged, and is not what it is read by."""
    setting = setting_of(wanted(returns, designs))
    heard = setting.do(Job("tight", None, 0.0, 0, ("late-count",))).heard["late-count"]
    assert isinstance(heard, Signal)
    assert heard.log10_q is not None
    assert heard.estimate is not None
