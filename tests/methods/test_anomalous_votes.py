"""The estimate gives back what was added, nothing where nothing was, and says when it cannot be trusted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.kernels.density import PERCENT_BINS
from plebiscope.methods.anomalous_votes import (
    METHOD,
    Core,
    Curves,
    Params,
    admissible_cores,
    automatic_core,
    bulks,
    estimate,
    explain_away,
    measure,
    with_slope,
)
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Subject, lacking
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]


def world(
    make: Make,
    *,
    stations: int = 6000,
    added: float = 0.0,
    slope: float = 0.0,
    share: float = 0.6,
    turnout: float = 0.45,
    seed: int = 1,
) -> tuple[Returns, int]:
    """Draw a vote; ``added`` is the fraction of stations where most abstainers are given to YES."""
    rng = np.random.default_rng(seed)
    registered = rng.integers(300, 2500, stations)
    level = np.clip(rng.normal(turnout, 0.06, stations), 0.02, 0.98)
    cast = rng.binomial(registered, level)
    odds = share / (1 - share) * np.exp(slope * (level - turnout) * 10)
    yes = rng.binomial(cast, odds / (1 + odds))
    extra = np.where(
        rng.random(stations) < added, rng.binomial(registered - cast, rng.uniform(0.5, 0.9, stations)), 0
    )
    columns = {
        "area": [f"area {i % 40:02d}" for i in range(stations)],
        "registered": registered,
        "cast": cast + extra,
        "YES": yes + extra,
        "NO": cast - yes,
    }
    return make(columns, ["YES", "NO"], ["area"]), int(extra.sum())


def ask(returns: Returns, **params: object) -> list[Measurement]:
    subject = Subject(Contest(id="vote", name="Vote", favoured="YES"), returns, ())
    assert lacking(METHOD, subject) == ()
    return list(measure(subject, Params(**params), np.random.default_rng(5)).measurements)


def named(measurement: Measurement, name: str, unit: str | None = None) -> tuple[float, float, float]:
    (found,) = [e for e in measurement.effects if e.name == name and unit in (None, e.unit)]
    return found.value, found.low, found.high


def test_nothing_added_gives_nothing(make_returns: Make) -> None:
    answer = ask(world(make_returns)[0])[0]
    # The ratio in a core of some 900 stations has a relative error below .5 per cent, and what is summed
    # above it is a third of the vote: .2 per cent, so 1 is five standard errors.
    assert abs(named(answer, "anomalous votes", "per cent of the leader's votes")[0]) < 1.0
    assert answer.p is None
    assert answer.contradiction is False
    doubtful = [a.name for a in answer.assumptions if a.state not in {"holds", "unknown"}]
    assert doubtful == ["where nothing was done, the estimate is zero but for chance"]


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_ballots_added_are_found(make_returns: Make, fraction: float) -> None:
    returns, added = world(make_returns, added=fraction)
    answer = ask(returns)[0]
    assert answer.effect is not None
    assert answer.effect.value == pytest.approx(added, rel=0.05)
    assert answer.effect.low <= answer.effect.value <= answer.effect.high
    assert answer.effect.level is None
    low, high = named(answer, "anomalous votes, every admissible core with areas drawn again")[1:]
    assert low <= added <= high
    assert named(answer, "turnout without them")[0] == pytest.approx(45, abs=1)
    assert named(answer, "share of ballots without them")[0] == pytest.approx(60, abs=1)


def test_the_lower_bulk_is_the_yardstick_when_most_stations_are_disturbed(make_returns: Make) -> None:
    returns, added = world(make_returns, added=0.7)
    answer = ask(returns)[0]
    assert answer.effect is not None
    automatic = named(answer, "anomalous votes, automatic core", "votes")[0]
    assert automatic < 0.6 * added
    assert answer.effect.value == pytest.approx(added, rel=0.05)
    states = {a.name: a.state for a in answer.assumptions}
    assert states["the automatic core lies on the undisturbed bulk"] == "doubtful"
    assert "breaks down" in answer.statement


def test_a_share_that_rises_with_turnout_is_explained_away_by_its_own_slope(make_returns: Make) -> None:
    returns, _ = world(make_returns, slope=0.25, stations=20_000)
    answer = ask(returns)[0]
    assert answer.effect is not None
    assert answer.effect.low > 0
    # Bins of one point and cores of up to six shift the slope by a few hundredths at most.
    assert named(answer, "explain-away slope")[0] == pytest.approx(0.25, abs=0.04)


def test_the_other_option_is_measured_without_a_picture(make_returns: Make) -> None:
    subject = Subject(Contest(id="vote", name="Vote", favoured="NO"), world(make_returns, added=0.3)[0], ())
    evidence = measure(subject, Params(replicates=20), np.random.default_rng(5))
    assert [m.option for m in evidence.measurements] == ["NO", "YES"]
    assert {f.finding for f in evidence.figures} == {evidence.measurements[0].id}
    assert evidence.stations == ()


def test_the_same_seed_and_any_order_of_rows_give_the_same_answer(make_returns: Make) -> None:
    returns, _ = world(make_returns, added=0.3, stations=2000)
    table = returns.table.sample(fraction=1.0, shuffle=True, seed=3)
    columns = {name: table[name].to_list() for name in table.columns}
    shuffled = make_returns(columns, returns.options, returns.areas)
    assert ask(returns) == ask(shuffled)


def test_few_stations_are_not_testable(make_returns: Make) -> None:
    (answer, _) = ask(world(make_returns, stations=150)[0])
    assert answer.status == "not testable"
    assert answer.reason is not None
    assert "150" in answer.reason


def test_stations_with_impossible_figures_are_counted_out(make_returns: Make) -> None:
    returns, _ = world(make_returns, stations=300)
    columns = {name: returns.table[name].to_list() for name in returns.table.columns}
    columns["cast"][0] = columns["registered"][0] + 1
    columns["YES"][1] = -1
    columns["registered"][2] = 0
    answer = ask(make_returns(columns, returns.options, returns.areas))[0]
    assert answer.n == 297
    assert answer.params["dropped"] == {"nobody registered or nobody voted": 1, "figures impossible": 2}


def test_no_ballots_for_others_is_not_testable(make_returns: Make) -> None:
    columns = {"registered": [1000] * 300, "cast": [500] * 300, "YES": [500] * 300, "NO": [0] * 300}
    (yes, no) = ask(make_returns(columns, ["YES", "NO"]))
    assert yes.status == "not testable"
    assert no.status == "tested"
    assert no.effect is not None
    assert no.effect.value == 0


def curves_from(leader: list[float], others: list[float]) -> Curves:
    a, b = np.array(leader), np.array(others)
    return Curves(a, b, a + b, np.full(PERCENT_BINS, 1000.0))


counts = st.lists(st.integers(0, 10_000), min_size=PERCENT_BINS, max_size=PERCENT_BINS)


@settings(deadline=None)
@given(counts, counts, st.sampled_from([0.5, 2.0, 8.0]))
def test_admissible_cores_hold_a_peak_and_scale_with_the_votes(
    leader: list[int], others: list[int], factor: float
) -> None:
    curves = curves_from([float(v) for v in leader], [float(v) for v in others])
    cores = admissible_cores(curves, Params())
    found = bulks(curves, Params())
    assert bool(cores) == bool(found)
    for core in cores:
        assert 2 <= core.high - core.low <= 6
        assert any(core.low <= peak < core.high for peak in found)
    # Powers of two scale without rounding, so that no tie between bins or cores can fall otherwise.
    scaled = curves_from([v * factor for v in curves.leader], [v * factor for v in curves.others])
    for core, other in zip(cores, admissible_cores(scaled, Params()), strict=True):
        assert other.votes == pytest.approx(core.votes * factor, rel=1e-9, abs=1e-3)


@settings(deadline=None)
@given(counts, counts)
def test_estimate_falls_as_the_slope_rises(leader: list[int], others: list[int]) -> None:
    curves = curves_from([float(v) for v in leader], [float(v) + 1 for v in others])
    ratio, votes = estimate(curves.leader, curves.others, 40, 44)
    core = Core(40, 44, ratio, 1.0, votes)
    assert with_slope(curves, core, 0.0) == pytest.approx(votes, abs=1e-3)
    assert with_slope(curves, core, 0.1) <= with_slope(curves, core, 0.0) + 1e-6
    slope = explain_away(curves, core)
    if slope is not None:
        assert abs(with_slope(curves, core, slope)) <= 1e-4 * curves.others.sum() * max(ratio, 1.0)


def test_the_automatic_core_is_the_mode_and_two_bins_on_either_side() -> None:
    others = [0.0] * PERCENT_BINS
    others[48:53] = [10.0, 20.0, 30.0, 20.0, 10.0]
    leader = [v * 2 for v in others]
    leader[51] += 5.0
    core = automatic_core(curves_from(leader, others), Params())
    assert (core.low, core.high) == (48, 53)
    ratio = (180 + 5) / 90
    assert core.ratio == pytest.approx(ratio)
    assert core.votes == pytest.approx((40 + 5 + 20) - ratio * 30)


def test_a_core_without_other_ballots_is_refused() -> None:
    with pytest.raises(ValueError, match="holds no ballots"):
        estimate(np.ones(PERCENT_BINS), np.zeros(PERCENT_BINS), 10, 12)
