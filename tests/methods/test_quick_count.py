"""A sample of stations is held against the announced result, with the error that stations have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from plebiscope.methods.quick_count import METHOD, Params, measure
from plebiscope.model.beside import Copies, Match
from plebiscope.model.case import Contest, Totals
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Subject, lacking
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]
OPTIONS = ["YES", "NO", "OTHER"]


def votes(stations: int, rng: np.random.Generator, areas: int = 20) -> dict[str, np.ndarray]:
    area = np.arange(stations) % areas
    valid = rng.integers(100, 700, stations)
    share = np.clip(rng.uniform(0.3, 0.7, areas)[area] + rng.normal(0, 0.06, stations), 0.05, 0.9)
    yes = rng.binomial(valid, share)
    other = rng.binomial(valid - yes, 0.1)
    return {"area": area, "YES": yes, "NO": valid - yes - other, "OTHER": other}


def returns_of(make: Make, drawn: dict[str, np.ndarray]) -> Returns:
    columns = {name: drawn[name] for name in OPTIONS}
    return make({"area": [f"area {at}" for at in drawn["area"]], **columns}, OPTIONS, ["area"])


def sample(
    returns: Returns, rows: np.ndarray, strata: tuple[str, ...] = ("area",), silent: int = 0
) -> Copies:
    """Take some stations as they are; the first ones were drawn and did not report."""
    told = rows[silent:].astype(np.int64)
    small = replace(returns, table=returns.table[told.tolist()])
    without = tuple(rows[:silent].tolist())
    return Copies("observers", "sample", small, Match(told, {}, "station"), strata, without)


def pick(drawn: dict[str, np.ndarray], each: int, rng: np.random.Generator) -> np.ndarray:
    areas = np.unique(drawn["area"])
    return np.concatenate(
        [rng.choice(np.flatnonzero(drawn["area"] == at), each, replace=False) for at in areas]
    )


def ask(returns: Returns | None, *copies: Copies, totals: tuple[Totals, ...] = ()) -> Evidence:
    subject = Subject(Contest(id="vote", name="Vote", favoured="YES"), returns, totals, copies)
    assert lacking(METHOD, subject) == ()
    return measure(subject, Params(), np.random.default_rng(1))


def by_quantity(evidence: Evidence) -> dict[str, Measurement]:
    return {f"{m.quantity}/{m.option}" if m.option else m.quantity: m for m in evidence.measurements}


def named(measurement: Measurement, part: str) -> float:
    (found,) = [one.value for one in (measurement.effect, *measurement.effects) if one and part in one.name]
    return found


def moved(drawn: dict[str, np.ndarray], part: float, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Give YES a part of the votes for NO, as they are added up."""
    taken = rng.binomial(drawn["NO"], part)
    return drawn | {"YES": drawn["YES"] + taken, "NO": drawn["NO"] - taken}


def test_a_sample_of_what_was_announced_lies_around_it(make_returns: Make) -> None:
    rng = np.random.default_rng(2)
    tried, p = 150, []
    drawn = votes(800, rng)
    returns = returns_of(make_returns, drawn)
    for _ in range(tried):
        found = by_quantity(ask(returns, sample(returns, pick(drawn, 5, rng))))
        p.append(found["lead"].p)
    for level in (0.05, 0.2, 0.5, 0.8):
        error = 4 * np.sqrt(level * (1 - level) / tried)
        assert np.mean(np.array(p) <= level) == pytest.approx(level, abs=error)


def test_votes_moved_behind_the_stations_are_told_with_their_size(make_returns: Make) -> None:
    rng = np.random.default_rng(3)
    true = votes(800, rng)
    announced = moved(true, 0.15, rng)
    shift = 200 * (announced["YES"] - true["YES"]).sum() / sum(true[name].sum() for name in OPTIONS)
    rows = pick(true, 8, rng)
    found = by_quantity(
        ask(returns_of(make_returns, announced), sample(returns_of(make_returns, true), rows))
    )
    lead = found["lead"]
    assert lead.effect.low < -shift < lead.effect.high < 0
    assert lead.log10_p < -6
    assert [one.state for one in lead.assumptions] == ["holds", "holds", "holds", "unknown", "holds"]
    assert set(found) == {"lead", "share/YES", "share/NO", "share/OTHER"}
    assert found["share/NO"].effect.value == pytest.approx(shift / 2, abs=4 * 100 * 0.005)
    assert "drawn within 20 strata, area" in lead.statement
    assert f"“YES” {'leads' if lead.observed >= 0 else 'trails'} “NO” by" in lead.statement


@pytest.mark.parametrize(("part", "word"), [(0.0, "leads"), (0.3, "trails")])
def test_whoever_trails_in_the_sample_is_not_said_to_lead(make_returns: Make, part: float, word: str) -> None:
    rng = np.random.default_rng(11)
    announced = moved(votes(800, rng), 0.3, rng)
    # Announced with votes taken from NO; where these are given back, YES trails.
    true = announced
    if part:
        back = rng.binomial(announced["YES"], part)
        true = announced | {"YES": announced["YES"] - back, "NO": announced["NO"] + back}
    rows = pick(true, 8, rng)
    lead = by_quantity(
        ask(returns_of(make_returns, announced), sample(returns_of(make_returns, true), rows))
    )["lead"]
    (told,) = [one for one in lead.effects if one.name == "lead in the sample"]
    assert (told.value < 0) == (word == "trails")
    low, high = sorted(abs(end) for end in (told.low, told.high))
    assert f"“YES” {word} “NO” by {abs(told.value):.2f} points ({low:.2f} to {high:.2f})" in lead.statement
    assert f"{'the' if word == 'leads' else 'its'} announced lead is" in lead.statement


def test_stations_that_were_not_drawn_by_chance_are_noticed(make_returns: Make) -> None:
    rng = np.random.default_rng(4)
    drawn = votes(800, rng)
    returns = returns_of(make_returns, drawn)
    rows = np.argsort(-drawn["YES"] / (drawn["YES"] + drawn["NO"]), kind="stable")[:160]
    lead = by_quantity(ask(returns, sample(returns, rows, strata=())))["lead"]
    assert lead.log10_p < -6
    assert lead.assumptions[0].state == "fails"


def test_missing_tallies_give_bounds(make_returns: Make) -> None:
    rng = np.random.default_rng(5)
    drawn = votes(400, rng)
    returns = returns_of(make_returns, drawn)
    rows = rng.permutation(400)[:100]
    found = by_quantity(ask(returns, sample(returns, rows, strata=(), silent=20)))
    share = found["share/YES"]
    none, every = (named(share, f"if {word} of the votes") for word in ("none", "all"))
    valid = sum(drawn[name][rows] for name in OPTIONS)
    told = drawn["YES"][rows][20:].sum()
    assert none == pytest.approx(100 * told / valid.sum())
    assert every == pytest.approx(100 * (told + valid[:20].sum()) / valid.sum())
    assert none < share.observed < every
    assert "Of 100 sampled stations, 20 have no tally." in found["lead"].statement
    assert share.assumptions[1].state == "doubtful"
    open_, moved_ = [one for one in found["lead"].effects if one.name.startswith("lead whatever")]
    first, second = sorted(("YES", "NO"), key=lambda name: -drawn[name].sum())
    ahead = (drawn[first] - drawn[second])[rows][20:].sum()
    lost = valid[:20].sum()
    assert (open_.low, open_.high) == pytest.approx(
        (100 * (ahead - lost) / valid.sum(), 100 * (ahead + lost) / valid.sum())
    )
    assert moved_.low < open_.low < open_.high < moved_.high


def test_tallies_that_were_not_drawn_are_left_out_and_counted(make_returns: Make) -> None:
    """Half of the tallies come from stations that somebody chose, where YES is strongest."""
    rng = np.random.default_rng(17)
    drawn = votes(800, rng)
    returns = returns_of(make_returns, drawn)
    share = drawn["YES"] / (drawn["YES"] + drawn["NO"])
    rows = pick(drawn, 2, rng)
    chosen = np.setdiff1d(np.argsort(-share)[:60], rows)[:40]
    both = replace(sample(returns, np.append(rows, chosen)), undrawn=tuple(chosen.tolist()))
    found, alone = (by_quantity(ask(returns, one))["lead"] for one in (both, sample(returns, rows)))
    assert (found.n, found.p, found.effect) == (alone.n, alone.p, alone.effect)
    assert found.statement == f"{alone.statement} Tallies of stations that were not drawn, left out: 40."
    assert "40 tallies of stations that were not drawn are left out" in found.assumptions[0].how


def test_missing_tallies_that_could_not_hold_the_difference_do_not_matter(make_returns: Make) -> None:
    rng = np.random.default_rng(9)
    true = votes(800, rng)
    rows = rng.permutation(800)[:200]
    told = sample(returns_of(make_returns, true), rows, strata=(), silent=16)
    lead = by_quantity(ask(returns_of(make_returns, moved(true, 0.5, rng)), told))["lead"]
    # Half of the votes for NO are more than a twelfth of all ballots can hide.
    assert lead.assumptions[1].state == "holds"
    assert "whatever they hold, the announced lead lies outside the interval" in lead.assumptions[1].how


def test_a_sample_of_large_stations_is_no_sample_with_equal_chances(make_returns: Make) -> None:
    rng = np.random.default_rng(10)
    drawn = votes(800, rng)
    size = sum(drawn[name] for name in OPTIONS)
    returns = returns_of(make_returns, drawn)
    by_size = rng.choice(800, 150, replace=False, p=size**2 / (size**2).sum())
    lead = by_quantity(ask(returns, sample(returns, by_size, strata=())))["lead"]
    # Size says nothing of votes here, so that the lead is right; what is doubtful is how they were drawn.
    assert lead.assumptions[0].state == "doubtful"
    assert "larger stations are drawn more often" in lead.assumptions[0].how


def test_tallies_that_are_all_the_same_are_no_proof(make_returns: Make) -> None:
    """Twenty stations where all voted YES do not tell how others scatter."""
    valid = np.random.default_rng(11).integers(100, 700, 300)
    rest = np.where(np.arange(300) < 40, 0, 3)
    drawn = {"area": np.zeros(300, dtype=int), "YES": valid - rest, "NO": rest, "OTHER": rest * 0}
    returns = returns_of(make_returns, drawn)
    (answer,) = ask(returns, sample(returns, np.arange(30), strata=())).measurements
    assert answer.status == "not testable"
    assert "do not tell how far other stations scatter" in answer.reason
    # All stations are no sample: what they give has no error.
    lead = by_quantity(ask(returns, sample(returns, np.arange(300), strata=())))["lead"]
    assert lead.p == pytest.approx(1.0)


def test_few_tallies_make_the_interval_doubtful(make_returns: Make) -> None:
    rng = np.random.default_rng(12)
    drawn = votes(400, rng)
    returns = returns_of(make_returns, drawn)
    states = {
        n: by_quantity(ask(returns, sample(returns, rng.permutation(400)[:n], strata=())))["lead"]
        .assumptions[2]
        .state
        for n in (22, 120)
    }
    assert states == {22: "doubtful", 120: "holds"}


def test_strata_without_a_tally_are_left_out_on_both_sides(make_returns: Make) -> None:
    rng = np.random.default_rng(6)
    drawn = votes(800, rng)
    returns = returns_of(make_returns, drawn)
    rows = pick(drawn, 5, rng)
    rows = rows[drawn["area"][rows] < 15]
    lead = by_quantity(ask(returns, sample(returns, rows)))["lead"]
    here = drawn["area"] < 15
    truth = (drawn["YES"] - drawn["NO"])[here].sum() / sum(drawn[name][here].sum() for name in OPTIONS)
    assert abs(lead.expected) == pytest.approx(abs(100 * truth))
    assert "Strata without a tally, left out on both sides: 5, with" in lead.statement


def test_the_result_of_a_part_is_never_called_the_announced_one(make_returns: Make) -> None:
    rng = np.random.default_rng(6)
    drawn = votes(800, rng)
    returns = returns_of(make_returns, drawn)
    rows = pick(drawn, 5, rng)
    evidence = ask(returns, sample(returns, rows[drawn["area"][rows] < 15]))
    (lead, *shares) = evidence.measurements
    every = sum(drawn[name].sum() for name in OPTIONS)
    whole = 100 * abs((drawn["YES"] - drawn["NO"]).sum()) / every
    here = sum(drawn[name][drawn["area"] < 15].sum() for name in OPTIONS)
    assert "the official lead of the same strata is" in lead.statement
    assert "of the whole vote, the sample says nothing" in lead.statement
    assert f"In all official results together that lead is {whole:.2f} points" in lead.statement.replace(
        "\N{MINUS SIGN}", ""
    )
    told = " ".join(
        [one.statement for one in evidence.measurements]
        + [effect.name for one in evidence.measurements for effect in (one.effect, *one.effects)]
        + [one.affected[0].name for one in evidence.measurements]
        + [one.caption + one.title for one in evidence.figures]
    )
    assert shares
    assert "announced" not in told
    assert lead.affected[0].withheld == "the sample says nothing of the strata without a tally"
    rest = lead.assumptions[-1]
    assert (rest.name, rest.state) == (
        "the rest of the vote is like the stations from which the sample was drawn",
        "doubtful",
    )
    assert f"5 strata without a tally hold {100 * (1 - here / every):.1f}" in rest.how


def test_announced_totals_that_the_results_do_not_make_up_are_not_those_of_the_stations(
    make_returns: Make,
) -> None:
    rng = np.random.default_rng(6)
    drawn = votes(400, rng)
    returns = returns_of(make_returns, drawn)
    copies = sample(returns, pick(drawn, 5, rng))
    same = {name: int(drawn[name].sum()) for name in OPTIONS}
    for more, called in ((0, "the announced lead is"), (500, "the official lead of all stations is")):
        total = Totals(contest="vote", source="Commission", votes=same | {"YES": same["YES"] + more})
        lead = by_quantity(ask(returns, copies, totals=(total,)))["lead"]
        assert called in lead.statement


@pytest.mark.parametrize("size", [1, 30])
def test_strata_that_were_counted_completely_are_no_sample_of_the_others(
    make_returns: Make, size: int
) -> None:
    """A census of a tenth of the strata has no error there, and tells nothing of the rest."""
    drawn = votes(600, np.random.default_rng(13), areas=600 // size)
    returns = returns_of(make_returns, drawn)
    rows = np.flatnonzero(drawn["area"] % 10 == 0)
    (answer,) = ask(returns, sample(returns, rows)).measurements
    assert answer.status == "not testable"
    others = 600 // size - 600 // size // 10
    assert f"was drawn inside them, and in {others} strata none was" in answer.reason


def test_one_station_of_a_stratum_does_not_make_its_result_certain(make_returns: Make) -> None:
    rng = np.random.default_rng(14)
    drawn = votes(800, rng, areas=40)
    returns = returns_of(make_returns, drawn)
    lead = by_quantity(ask(returns, sample(returns, pick(drawn, 1, rng))))["lead"]
    assert lead.effect.high - lead.effect.low > 5.0
    assert 0.0 < lead.p < 1.0


def test_stations_needed_are_two_of_each_stratum_at_least(make_returns: Make) -> None:
    """Whatever scatters little enough, less than that cannot be drawn."""
    rng = np.random.default_rng(15)
    valid = rng.integers(300, 700, 800)
    yes = np.round(0.55 * valid).astype(int)
    drawn = {"area": np.arange(800) % 40, "YES": yes, "NO": valid - yes, "OTHER": valid * 0}
    returns = returns_of(make_returns, drawn)
    lead = by_quantity(ask(returns, sample(returns, pick(drawn, 3, rng))))["lead"]
    assert named(lead, "stations needed") == 80


def test_where_every_station_was_counted_no_chance_of_a_lead_is_told(make_returns: Make) -> None:
    drawn = votes(200, np.random.default_rng(16))
    returns = returns_of(make_returns, drawn)
    lead = by_quantity(ask(returns, sample(returns, np.arange(200))))["lead"]
    assert not [one.name for one in lead.effects if one.name.startswith("chance")]


def test_announced_totals_alone_are_enough(make_returns: Make) -> None:
    rng = np.random.default_rng(7)
    true = votes(800, rng)
    told = moved(true, 0.3, rng)
    totals = Totals(
        contest="vote", source="Commission", votes={name: int(told[name].sum()) for name in OPTIONS}
    )
    some = sample(returns_of(make_returns, true), rng.permutation(800)[:100], strata=())
    nowhere = replace(some, match=Match(np.full(100, -1), {"no official results": np.arange(100)}, ""))
    lead = by_quantity(ask(None, nowhere, totals=(totals,)))["lead"]
    assert lead.n == 100
    assert lead.p < 1e-4
    assert lead.assumptions[0].state == "unknown"


def test_what_cannot_be_compared_is_said(make_returns: Make) -> None:
    returns = returns_of(make_returns, votes(200, np.random.default_rng(1)))
    few = sample(returns, np.arange(12))
    (answer,) = ask(returns, few).measurements
    assert (
        answer.reason
        == "20 tallies are needed, and the sample of “observers” has 12 at stations of the results"
    )
    part = replace(few, returns=replace(few.returns, options=("YES", "NO")))
    (answer,) = ask(returns, part).measurements
    assert answer.reason == "the sample of “observers” has no votes for “OTHER”"
    subject = Subject(Contest(id="vote", name="Vote"), returns, (), (replace(few, kind="tally", strata=()),))
    assert lacking(METHOD, subject) == ("sample",)
