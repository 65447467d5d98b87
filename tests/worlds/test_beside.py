"""What a case has beside its table, made anew for simulated votes: samples, states, groups, other votes."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import polars as pl
import pytest
from scipy.special import logit

from plebiscope.model.beside import Beside, Copies, Match, State
from plebiscope.model.case import MARKED, Comparison, Contest
from plebiscope.model.returns import Returns
from plebiscope.worlds.beside import Designs
from plebiscope.worlds.earlier import Earlier, others
from plebiscope.worlds.fair import VERSIONS, Fair, fit
from plebiscope.worlds.ground import Ground, World, ground
from plebiscope.worlds.tamper import MECHANISMS

VOTE = Contest(id="vote", name="A vote", favoured="Yes")
PAST = Contest(id="past", name="An earlier vote", favoured="Yes")


def every(part: int, of: int) -> np.ndarray:
    return np.arange(0, of, part)


def sample(returns: Returns, rows: np.ndarray, **said) -> Copies:
    tallied = dataclasses.replace(returns, table=returns.table[rows.tolist()])
    return Copies("a league", "sample", tallied, Match(rows, {}, "station"), **said)


def with_column(returns: Returns, name: str, values: pl.Series) -> Returns:
    table = returns.table.with_columns(values.alias(name))
    return dataclasses.replace(returns, table=table, extras=(*returns.extras, name))


# ------------------------------------------------------------------------------------------------ stations


@pytest.mark.parametrize("place", ["stations", "small", "areas", "weak"])
def test_a_station_that_is_spared_is_never_touched_and_the_share_is_one_of_the_others(world, place):
    spared = np.arange(len(world.ground)) % 3 == 0
    touched = [
        MECHANISMS["switching"]
        .apply(world, part, np.random.SeedSequence(2), spared=spared, place=place)
        .touched
        for part in (0.1, 0.4, 1.0)
    ]
    assert not any((one & spared).any() for one in touched)
    assert [one.sum() for one in touched[:2]] == [np.ceil(part * (~spared).sum()) for part in (0.1, 0.4)]
    assert (touched[2] == ~spared).all()
    assert (touched[0] <= touched[1]).all()


@pytest.mark.parametrize("name", [name for name, one in MECHANISMS.items() if one.spares])
def test_what_is_published_of_a_spared_station_is_what_its_voters_cast(world, name):
    spared = np.arange(len(world.ground)) % 2 == 0
    done = MECHANISMS[name].apply(world, 1.0, np.random.SeedSequence(3), spared=spared)
    assert done.touched.any()
    for before, after in ((world.fair, done.counts), (world.fair, done.forms)):
        for field in dataclasses.fields(before):
            one, other = getattr(before, field.name), getattr(after, field.name)
            assert (one[spared] == other[spared]).all()


def test_an_honest_mishap_spares_nobody_and_nor_does_an_announcement(world):
    nobody = np.ones(len(world.ground), dtype=bool)
    for name in ("typos", "lines-swapped", "totals-changed"):
        one, other = (
            MECHANISMS[name].apply(world, 0.5, np.random.SeedSequence(4), spared=spared)
            for spared in (None, nobody)
        )
        assert (one.touched == other.touched).all()
        assert one.touched.any()


# ------------------------------------------------------------------------------------- samples and states


@pytest.fixture(scope="module")
def rewritten(world) -> World:
    return MECHANISMS["rewritten"].apply(world, 0.5, np.random.SeedSequence(5))


def test_a_sample_is_of_the_same_stations_and_tells_what_they_signed(here, rewritten):
    rows = every(7, len(here.returns))
    given = Designs(samples=(sample(here.returns, rows, strata=(here.returns.areas[-1],), silent=(1, 2)),))
    (found,) = given.put(rewritten.subject(VOTE), rewritten).copies
    assert (found.match.rows == rows).all()
    assert (found.strata, found.silent) == ((here.returns.areas[-1],), (1, 2))
    told, signed = found.returns.table["Yes"].to_numpy(), rewritten.ground.table(rewritten.forms)
    assert (told == signed.table["Yes"].to_numpy()[rows]).all()
    assert (told != rewritten.returns().table["Yes"].to_numpy()[rows]).any()


def test_a_station_without_a_tally_has_none_in_simulated_votes_either(here, world):
    rows = every(7, len(here.returns))
    given = sample(here.returns, rows)
    lost = given.returns.table.with_columns(
        Yes=pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise(pl.col("Yes"))
    )
    given = dataclasses.replace(given, returns=dataclasses.replace(given.returns, table=lost))
    (found,) = Designs(samples=(given,)).put(world.subject(VOTE), world).copies
    assert found.silent == (rows[3],)
    assert rows[3] not in found.match.rows
    assert len(found.returns) == len(rows) - 1


def test_an_earlier_state_holds_the_same_stations_with_what_they_signed(here, rewritten):
    rows = every(2, len(here.returns))
    early = dataclasses.replace(here.returns, table=here.returns.table[rows.tolist()])
    state = State(dt.datetime(2020, 7, 1, 22), early, Match(rows, {}, "station"))
    (found,) = Designs(states=(state,)).put(rewritten.subject(VOTE), rewritten).states
    assert found.reported == state.reported
    assert (found.match.rows == rows).all()
    signed = rewritten.ground.table(rewritten.forms).table[rows.tolist()]
    assert found.returns.table["Yes"].equals(signed["Yes"])


def test_groups_told_by_marks_are_taken_away_because_marked_stations_are_not_imitated(here, world):
    marked = with_column(here.returns, "group", pl.Series(["ordinary"] * len(here.returns)))
    other = World(dataclasses.replace(here, returns=marked), world.fair)
    for groups, kept in ((MARKED, False), ("Observed", True)):
        subject = other.subject(VOTE.model_copy(update={"groups": groups}))
        assert ("group" in Designs().put(subject, other).results.extras) is kept


def test_a_digest_tells_designs_apart_and_is_empty_without_any(here):
    group = pl.Series(["seen" if row % 5 == 0 else None for row in range(len(here.returns))])
    grouped, rows = with_column(here.returns, "group", group), every(7, len(here.returns))
    beside = Beside(PAST, here.returns, Match(np.arange(len(here.returns)), {}, "station"))
    found = {
        Designs().digest(here.returns, None),
        Designs().digest(grouped, None),
        Designs().digest(grouped, Comparison(group="seen", by_lot=True)),
        Designs().digest(with_column(here.returns, "group", group.shift(1)), None),
        Designs().digest(with_column(here.returns, "reported", pl.Series(range(len(here.returns)))), None),
        Designs(samples=(sample(here.returns, rows),)).digest(here.returns, None),
        Designs(samples=(sample(here.returns, rows, silent=(1,)),)).digest(here.returns, None),
        Designs(samples=(sample(here.returns, rows, undrawn=(7,)),)).digest(here.returns, None),
        Designs(pairs=(beside,)).digest(here.returns, None),
    }
    assert "" in found
    assert len(found) == 9
    assert Designs().digest(here.returns, Comparison(group="seen")) == ""


# --------------------------------------------------------------------------------------------- other votes


def past(fair: Fair, alike: bool) -> Beside:
    """Hold a vote that is the same at every place, or has nothing to do with this one, in another order."""
    here = fair.ground
    effects = fair.effects(np.random.default_rng(1 if alike else 2))
    held = here.table(fair.held(effects, np.random.default_rng(3)))
    rows = np.random.default_rng(4).permutation(len(held))[: len(held) - 20]
    table = dataclasses.replace(held, table=held.table[rows.tolist()])
    return Beside(PAST, table, Match(rows, {}, "station"))


def now(fair: Fair) -> Returns:
    """Hold the vote whose places :func:`past` is like."""
    drawn = fair.held(fair.effects(np.random.default_rng(1)), np.random.default_rng(5))
    return fair.ground.table(drawn)


def inside(figures: np.ndarray, district: np.ndarray) -> np.ndarray:
    return figures - (np.bincount(district, figures) / np.bincount(district))[district]


def together(here: Ground, one: Returns, other: Beside, column: str, of: str) -> float:
    """Return the correlation of a ratio between two votes, inside districts, on the scale of logits."""
    own, rows = other.match.pairs
    at = np.full(len(one), -1)
    at[here.rows] = np.arange(len(here))
    figures = []
    for table in (one.table[rows.tolist()], other.returns.table[own.tolist()]):
        rate = (table[column].to_numpy() + 0.5) / (table[of].to_numpy() + 1.0)
        figures.append(inside(logit(np.clip(rate, 1e-4, 1 - 1e-4)), here.district[at[rows]]))
    return float(np.corrcoef(*figures)[0, 1])


@pytest.fixture(scope="module", params=VERSIONS)
def fair(request, here) -> Fair:
    return fit(here, request.param)


def fitted(fair: Fair, alike: bool) -> tuple[Fair, Earlier, Beside]:
    """Fit both votes to tables, as of a case."""
    beside, table = past(fair, alike), now(fair)
    case = fit(ground(table, "Yes"), fair.version)
    (vote,) = others(case, (beside,))
    return case, vote, beside


def drawn(case: Fair, vote: Earlier, number: int) -> tuple[Returns, Beside]:
    effects = case.effects(np.random.default_rng(number))
    this = case.ground.table(case.draw(np.random.default_rng(number)))
    names = [layer.name for layer in case.layers]
    return this, vote.draw(effects, names, np.random.default_rng([number, 1]))


@pytest.mark.parametrize(("column", "of"), [("cast", "registered"), ("Yes", "valid")])
def test_places_are_as_like_themselves_in_another_vote_as_in_the_case(here, column, of):
    """The tight version: its effects are normal, so that a correlation is known well."""
    fair = fit(here, "tight")
    case, vote, beside = fitted(fair, alike=True)
    there = together(here, now(fair), beside, column, of)
    again = np.mean([together(here, *drawn(case, vote, number), column, of) for number in range(5)])
    assert there > 0.6
    assert again == pytest.approx(there, abs=0.12)


def test_votes_that_have_nothing_to_do_with_each_other_have_nothing_to_do_with_each_other(here, fair):
    case, vote, _ = fitted(fair, alike=False)
    found = [together(here, *drawn(case, vote, number), "cast", "registered") for number in range(5)]
    assert abs(np.mean(found)) < 0.12


def test_another_vote_keeps_its_own_turnout_and_spread(here, fair):
    case, vote, beside = fitted(fair, alike=True)
    _, again = drawn(case, vote, 7)
    for one in ("cast", "Yes"):
        assert again.returns.sums[one] == pytest.approx(beside.returns.sums[one], rel=0.1)
    assert len(again.returns) == len(beside.returns)
    assert (again.match.rows == beside.match.rows).all()


def test_what_a_vote_draws_first_is_what_sets_its_places_apart(fair):
    rng, again = (np.random.default_rng(8) for _ in range(2))
    whole = fair.draw(rng)
    held = fair.held(fair.effects(again), again)
    assert (whole.votes == held.votes).all()
    assert (whole.cast == held.cast).all()


def test_a_vote_that_cannot_be_imitated_is_left_out(fair):
    beside = past(fair, alike=True)
    bare = beside.returns.table.with_columns(pl.col("Yes", "No", "cast", "registered") * 0)
    empty = dataclasses.replace(beside, returns=dataclasses.replace(beside.returns, table=bare))
    assert others(fair, (empty,)) == ()
