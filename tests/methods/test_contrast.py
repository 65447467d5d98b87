"""Groups drawn by lot are told from groups that were not; two votes at the same stations are laid side by side."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, t

from plebiscope.evidence.noticed import least_apart
from plebiscope.methods.contrast import METHOD, measure
from plebiscope.methods.contrast.asking import Params
from plebiscope.methods.contrast.difference import difference
from plebiscope.methods.contrast.extrapolation import extrapolation
from plebiscope.methods.contrast.lost import bounds
from plebiscope.methods.contrast.matching import e_value, gamma, partners
from plebiscope.methods.contrast.pairs import Changes
from plebiscope.methods.contrast.stations import Groups
from plebiscope.methods.contrast.unknown import unknown
from plebiscope.model.beside import Beside, Match
from plebiscope.model.case import Comparison, Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Evidence, Subject, lacking
from plebiscope.model.returns import FileColumn, Returns

Make = Callable[..., Returns]
OPTIONS = ["YES", "NO"]
FEW = Params(permutations=99)


def votes(stations: int, rng: np.random.Generator, areas: int = 20) -> dict[str, np.ndarray]:
    """Draw stations whose areas differ, and which differ inside them."""
    area = np.arange(stations) % areas
    registered = rng.integers(300, 2500, stations)
    turnout = np.clip(rng.beta(12, 8, areas)[area] + rng.normal(0, 0.06, stations), 0.1, 0.95)
    share = np.clip(rng.beta(8, 6, areas)[area] + rng.normal(0, 0.06, stations), 0.05, 0.95)
    cast = rng.binomial(registered, turnout)
    invalid = rng.binomial(cast, 0.02)
    yes = rng.binomial(cast - invalid, share)
    return {"area": area, "registered": registered, "cast": cast, "invalid": invalid, "YES": yes}


def stuffed(drawn: dict[str, np.ndarray], where: np.ndarray, rng: np.random.Generator, part: float = 0.3):
    """Add ballots for YES to a part of those who stayed at home."""
    more = np.where(where, rng.binomial(drawn["registered"] - drawn["cast"], part), 0)
    return drawn | {"cast": drawn["cast"] + more, "YES": drawn["YES"] + more}, int(more.sum())


def returns_of(make: Make, drawn: dict[str, np.ndarray], group: np.ndarray | None = None) -> Returns:
    """Make returns; ``group`` tells the observed ones, or names the group of each."""
    columns = {name: drawn[name] for name in ("registered", "cast", "invalid", "YES")}
    columns |= {"area": [f"area {at}" for at in drawn["area"]], "valid": drawn["cast"] - drawn["invalid"]}
    columns["NO"] = columns["valid"] - drawn["YES"]
    returns = make(columns, OPTIONS, ["area"])
    if group is None:
        return returns
    labels = group if group.dtype == object else np.where(group, "observed", None)
    labels = pl.Series("group", labels.tolist(), dtype=pl.String)
    return replace(returns, table=returns.table.with_columns(labels), extras=("group",))


def lot(drawn: dict[str, np.ndarray], share: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a share of the stations of each area."""
    keys = rng.random(len(drawn["area"]))
    rank = np.empty(len(keys), dtype=np.int64)
    for area in np.unique(drawn["area"]):
        members = np.flatnonzero(drawn["area"] == area)
        rank[members] = keys[members].argsort().argsort() < round(share * len(members))
    return rank.astype(bool)


def ask(returns: Returns, *pairs: Beside, params: Params = FEW, seed: int = 1, **comparison: Any) -> Evidence:
    contest = Contest(id="vote", name="Vote", favoured="YES")
    if comparison:
        contest = contest.model_copy(update={"comparison": Comparison(**comparison)})
    subject = Subject(contest, returns, (), pairs=pairs)
    assert lacking(METHOD, subject) == ()
    return measure(subject, params, np.random.default_rng(seed))


def before(returns: Returns, name: str = "First round") -> Beside:
    rows = np.arange(len(returns), dtype=np.int64)
    return Beside(Contest(id="first", name=name), returns, Match(rows, {}, "station"))


def by_quantity(evidence: Evidence) -> dict[str, Measurement]:
    return {m.quantity: m for m in evidence.measurements}


def named(measurement: Measurement, part: str) -> float:
    (found,) = [one.value for one in (measurement.effect, *measurement.effects) if one and part in one.name]
    return found


def test_a_difference_by_hand() -> None:
    figures = np.array([1.0, 5, 6, 2, 3, 10, 7])
    chosen = np.array([True, False, False, True, True, False, False])
    strata = np.array([0, 0, 0, 1, 1, 1, 1])
    found = difference(figures, chosen, strata)
    # One of three members of the group lies in the first area, two in the second.
    assert found.value == pytest.approx((1 - 5.5) / 3 + 2 * (2.5 - 8.5) / 3)
    draws = []
    for one in range(3):
        for two in itertools.combinations(range(3, 7), 2):
            group = np.isin(np.arange(7), [one, *two])
            first, second = (
                figures[group & (strata == at)].mean() - figures[~group & (strata == at)].mean()
                for at in (0, 1)
            )
            draws.append(first / 3 + 2 * second / 3)
    as_low = np.mean(np.array(draws) <= found.value + 1e-9)
    assert found.exact
    assert found.p == pytest.approx(2 * as_low)
    assert found.least_p == pytest.approx(2 / len(draws))
    assert difference(figures, np.ones(7, dtype=bool), strata) is None


@pytest.mark.parametrize(("pairs", "noticed"), [(5, False), (6, False), (7, True)])
def test_where_the_group_can_be_drawn_in_few_ways_no_difference_would_be_noticed(
    make_returns: Make, pairs: int, noticed: bool
) -> None:
    """Of one station of each of five pairs there are 32 groups, and the most extreme has a p of 2 in 32."""
    rng = np.random.default_rng(4)
    drawn = votes(2 * pairs, rng, areas=pairs)
    group = np.arange(2 * pairs) < pairs
    more, _ = stuffed(drawn, group, rng, part=0.9)
    found = by_quantity(
        ask(returns_of(make_returns, more, group), group="observed", by_lot=True, within="area")
    )
    turnout = found["turnout"].with_limit()
    assert turnout.p == pytest.approx(2 / 2**pairs)
    assert (turnout.limit is not None) == noticed
    assert ("in so few ways" in turnout.no_limit) == (not noticed)


@pytest.mark.parametrize(
    ("strata", "drawn"),
    [(np.repeat(np.arange(7), 2), 1), (np.repeat(np.arange(12), 2), 1), (np.zeros(10, dtype=np.int64), 5)],
    ids=["7 pairs", "12 pairs", "5 of 10"],
)
def test_of_few_stations_the_limit_is_noticed_and_the_interval_covers(strata: np.ndarray, drawn: int) -> None:
    """Of 800 votes each; the standard error is 1.4 of 100, and four of them are allowed."""
    rng, noticed, covers, votes = np.random.default_rng(5), 0, 0, 800

    def vote(more: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        group = np.zeros(len(strata), dtype=bool)
        for at in np.unique(strata):
            group[rng.choice(np.flatnonzero(strata == at), drawn, replace=False)] = True
        places = rng.normal(50, 10, strata.max() + 1)[strata]
        return places + rng.normal(0, 5, len(strata)) + more * group, group, strata

    for _ in range(votes):
        told = difference(*vote(0.0))
        covers += abs(told.value) <= told.expected_error * t.ppf(0.975, told.free)
        made = difference(*vote(least_apart(told.expected_error, free=told.free)))
        noticed += made.p <= 0.05
    assert noticed / votes == pytest.approx(0.8, abs=0.056)
    assert covers / votes == pytest.approx(0.95, abs=0.031)


def test_observers_sent_by_lot_tell_what_they_prevented(make_returns: Make) -> None:
    rng = np.random.default_rng(2)
    drawn = votes(800, rng)
    observed = lot(drawn, 0.25, rng)
    drawn, added = stuffed(drawn, ~observed, rng)
    found = by_quantity(
        ask(returns_of(make_returns, drawn, observed), group="observed", by_lot=True, within="area")
    )
    for quantity in ("turnout", "share"):
        assert found[quantity].effect.high < -3
        assert found[quantity].log10_p < -10
        assert {a.state for a in found[quantity].assumptions} == {"holds", "unknown"}
    assert "Chance decided which stations are in it" in found["share"].statement
    beyond = found["extrapolation"].effect
    assert beyond.low < added < beyond.high


def test_bounds_by_hand() -> None:
    """Half of the two drawn stayed, so that half of the four others would have."""
    figures = np.array([10.0, 20, 1, 2, 3, 6])
    drawn, seen = np.arange(6) < 2, np.arange(6) != 1
    nowhere = np.zeros(6, dtype=np.int64)
    found = bounds(figures, drawn, seen, nowhere)
    # Four others scatter around their mean of 3; the mean takes a quarter of their variance away.
    given_back = np.sqrt(4 / 3)
    assert (found.low, found.high) == pytest.approx((7 - 1.5 * given_back, 7 + 1.5 * given_back))
    assert (found.stayed, found.gone) == (1, 1)
    assert bounds(figures, np.ones(6, dtype=bool), seen, nowhere) is None
    assert bounds(figures, drawn, ~drawn, nowhere) is None
    # Three of four others have no figure, and one of two that were drawn: nobody can say who would have stayed.
    assert bounds(figures, drawn, np.isin(np.arange(6), [0, 2]), nowhere) is None


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_where_none_left_the_bounds_meet_at_the_difference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    figures, strata, drawn = rng.normal(size=60), rng.integers(0, 5, 60), rng.random(60) < 0.4
    found = bounds(figures, drawn, np.ones(60, dtype=bool), strata)
    expected = difference(figures, drawn, strata).value
    assert (found.low, found.high) == pytest.approx((expected, expected))


@pytest.mark.parametrize(("sizes", "share"), [([40] * 15, 0.25), ([6] * 40, 0.5), ([300], 0.3)])
def test_the_interval_of_the_bounds_covers_the_worst_case(sizes: list[int], share: float) -> None:
    """Those with the highest figures leave, so that the difference is the upper bound itself."""
    rng = np.random.default_rng(15)
    strata, tried, covered, missed_below = np.repeat(np.arange(len(sizes)), sizes), 300, 0, 0
    level = rng.normal(50, 10, len(sizes))
    for _ in range(tried):
        apart = rng.normal(0, 6, len(strata))
        group = lot({"area": strata}, share, rng)
        stay = apart < 6 * norm.ppf(0.8)
        found = bounds(level[strata] + apart - 3.0 * group, group, stay | ~group, strata)
        low, high = found.ends(0.95)
        covered += low <= -3.0 <= high
        missed_below += low > -3.0
    # One bound can be missed, and the interval is that of one side; where areas are small it is rather too
    # wide. Four standard errors of 300 tries.
    assert covered / tried >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / tried)
    assert missed_below == 0


def test_whoever_is_sent_away_all_that_were_drawn_are_compared(make_returns: Make) -> None:
    """Observers change nothing, and are sent away where turnout is highest: those who stayed see less."""
    rng = np.random.default_rng(12)
    drawn = votes(2000, rng)
    observed = lot(drawn, 0.25, rng)
    turnout = drawn["cast"] / drawn["registered"]
    away = observed & (turnout > np.quantile(turnout, 0.7))
    labels = np.where(away, "sent away", np.where(observed, "observed", None)).astype(object)
    asked = {"group": "observed", "by_lot": True, "within": ("area",)}
    returns = returns_of(make_returns, drawn, labels)
    answers = by_quantity(ask(returns, **asked, lost="sent away"))
    found = answers["turnout"]
    # All that were drawn are a fair sample: the answer is that of the lot, as if nobody had been sent away.
    everybody = by_quantity(ask(returns_of(make_returns, drawn, observed), **asked))
    assert found.n == everybody["turnout"].n
    assert found.p == pytest.approx(everybody["turnout"].p)
    assert found.effect.name.endswith("all that were drawn less others")
    assert answers["extrapolation"].effect.value == everybody["extrapolation"].effect.value
    open_, moved = (one for one in found.effects if one.name.startswith("bounds for those that stayed"))
    assert moved.low < open_.low < 0 < open_.high < moved.high
    assert (open_.level, moved.level) == (None, 0.95)
    assert f"{away.sum():,} stations left it and are counted with it because" in found.statement
    # Not named as lost, they count among the others, and those that stayed seem to have done something.
    silent = by_quantity(ask(returns, **asked))["turnout"]
    assert silent.n == found.n
    assert silent.effect.high < 0


def test_a_lot_that_keeps_results_from_being_published_is_told(make_returns: Make) -> None:
    """Nothing is done to turnout; where observers are and turnout is low, most results never come."""
    rng = np.random.default_rng(16)
    drawn = votes(1200, rng)
    observed = lot(drawn, 0.3, rng)
    turnout = drawn["cast"] / drawn["registered"]
    gone = observed & (turnout < np.quantile(turnout, 0.5)) & (rng.random(1200) < 0.9)
    returns = returns_of(make_returns, drawn, observed)
    blank = pl.Series(gone.tolist())
    table = returns.table.with_columns(
        pl.when(blank).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("cast", "valid", "invalid", *OPTIONS)
    )
    asked = {"group": "observed", "by_lot": True, "within": ("area",)}
    found = by_quantity(ask(replace(returns, table=table), **asked))
    published = found["with results"]
    assert published.log10_p < -10
    assert published.null == "exact"
    assert published.effect.value == pytest.approx(-100 * gone.sum() / observed.sum(), abs=1e-9)
    assert f"{gone.sum():,} have no results" in published.statement
    turnout_ = found["turnout"]
    # What is left seems to be a difference, and what is lacking can explain it.
    assert turnout_.effect.low > 0
    assert {one.name: one.state for one in turnout_.assumptions}[
        "stations without results are like the others of their group"
    ] == "fails"
    assert named(turnout_, "p were these such that the groups differ least") == 1.0
    (open_,) = [one for one in turnout_.effects if one.name.startswith("bounds whatever") and one.level]
    assert open_.low < 0 < open_.high
    assert "with results" not in by_quantity(ask(returns, **asked))


def test_bounds_of_unknown_figures_by_hand() -> None:
    figures, drawn = np.array([60.0, np.nan, 40, 50, np.nan, 30]), np.arange(6) < 2
    found = unknown(figures, drawn, np.zeros(6, dtype=np.int64), 0.95)
    assert (found.low, found.high) == pytest.approx((30 - 220 / 4, 80 - 120 / 4))
    assert found.p == 1.0
    assert (found.drawn, found.others, found.n) == (1, 1, 6)
    assert unknown(np.ones(6), drawn, np.zeros(6, dtype=np.int64), 0.95) is None


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_whatever_unknown_figures_are_the_difference_lies_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    figures, strata = rng.uniform(0, 100, 80), np.arange(80) % 4
    drawn, lacking = lot({"area": strata}, 0.4, rng), rng.random(80) < 0.1
    found = unknown(np.where(lacking, np.nan, figures), drawn, strata, 0.95)
    if found is not None:
        truth = difference(figures, drawn, strata)
        assert found.low - 1e-9 <= truth.value <= found.high + 1e-9
        assert found.ends[0] < found.low < found.high < found.ends[1]


def test_only_a_design_lets_a_difference_be_judged(make_returns: Make) -> None:
    """However large Gamma is: stations that nobody drew can differ in what the table does not hold."""
    rng = np.random.default_rng(17)
    drawn = votes(800, rng)
    observed = lot(drawn, 0.25, rng)
    drawn, _ = stuffed(drawn, ~observed, rng, 0.6)
    returns = returns_of(make_returns, drawn, observed)
    ways = {
        "fails": {},
        "doubtful": {"as_by_lot": "every fourth station of the list"},
        "holds": {"by_lot": True},
    }
    for state, way in ways.items():
        found = by_quantity(ask(returns, group="observed", within=("area",), **way))
        for quantity in ("turnout", "share", "extrapolation"):
            assert found[quantity].assumptions[0].state == state
            assert "fails" not in {one.state for one in found[quantity].assumptions[1:]}
        if state == "doubtful":
            assert "“every fourth station of the list”" in found["share"].assumptions[0].how
            assert "“every fourth station of the list”" in found["share"].statement
        if state != "holds":
            assert named(found["turnout"], "(Gamma)") > 2


def test_a_group_that_was_put_into_towns_is_not_judged(make_returns: Make) -> None:
    rng = np.random.default_rng(3)
    drawn = votes(600, rng)
    towns = drawn["registered"] > 1600
    drawn["YES"] = np.where(towns, (drawn["YES"] * 0.8).astype(int), drawn["YES"])
    machine = towns & (rng.random(600) < 0.6) | (rng.random(600) < 0.05)
    found = by_quantity(ask(returns_of(make_returns, drawn, machine)))["share"]
    assert found.effect.high < 0
    assert found.log10_p < -5
    assert found.assumptions[0].state == "fails"
    # Beside partners of the same size nothing is left but chance: 200 pairs of shares that scatter by 7 points.
    assert abs(named(found, "like stations")) < 0.6 * abs(found.effect.value)
    assert "does not say that chance decided" in found.statement


def test_another_vote_tells_groups_that_differed_before(make_returns: Make) -> None:
    rng = np.random.default_rng(4)
    drawn = votes(600, rng)
    returns = returns_of(make_returns, drawn)
    share = drawn["YES"] / drawn["cast"]
    chosen = share < np.quantile(share, 0.3)
    again_ = {**drawn, "YES": rng.binomial(drawn["cast"] - drawn["invalid"], np.clip(share, 0, 1))}
    found = by_quantity(
        ask(
            returns_of(make_returns, again_, chosen),
            before(returns),
            group="observed",
            by_lot=True,
            within="area",
        )
    )
    assert found["share"].log10_p < -10
    assert found["share"].assumptions[1].state == "fails"
    assert "share in First round −" in found["share"].assumptions[1].how
    # Beside that vote nothing differs that chance did not make.
    assert found["share beside another vote"].p > 0.001


def test_by_lot_p_is_uniform_and_the_interval_covers(make_returns: Make) -> None:
    rng = np.random.default_rng(5)
    tried, p, covered = 100, [], 0
    for _ in range(tried):
        drawn = votes(120, rng, areas=10)
        observed = lot(drawn, 0.25, rng)
        share = 100.0 * drawn["YES"] / np.maximum(1, drawn["cast"] - drawn["invalid"]) - 5.0 * observed
        found = difference(share, observed, drawn["area"])
        covered += abs(found.value + 5.0) < 1.96 * found.error
        p.append(difference(share + 5.0 * observed, observed, drawn["area"]).p)
    for level in (0.05, 0.2, 0.5, 0.8):
        error = 4 * np.sqrt(level * (1 - level) / tried)
        assert np.mean(np.array(p) <= level) == pytest.approx(level, abs=error)
    assert covered / tried == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / tried))


def test_extrapolation_is_the_published_formula(make_returns: Make) -> None:
    rng = np.random.default_rng(6)
    drawn = votes(200, rng)
    machine = lot(drawn, 0.3, rng)
    answer = by_quantity(ask(returns_of(make_returns, drawn, machine)))["extrapolation"]
    value = 0.0
    for area in range(20):
        here = drawn["area"] == area
        own = here & machine
        voters, votes_ = drawn["registered"], drawn["YES"]
        value += votes_[here].sum() - voters[here].sum() * votes_[own].sum() / voters[own].sum()
    assert answer.effect.value == pytest.approx(value)
    assert answer.effect.low <= value <= answer.effect.high


@pytest.mark.parametrize(("slope", "state"), [(0.0, "holds"), (-0.25, "doubtful")])
def test_votes_carried_over_by_few_stations_are_off_where_size_goes_with_the_vote(
    make_returns: Make, slope: float, state: str
) -> None:
    """By about as much on average as the assumption says, over draws of the group; nothing was done."""
    rng = np.random.default_rng(8)
    drawn = votes(600, rng, areas=60)
    share = 0.5 + slope * (np.log(drawn["registered"]) - 7.0)
    drawn["YES"] = rng.binomial(drawn["cast"] - drawn["invalid"], share)
    values, told = [], set()
    design = Comparison(group="observed", by_lot=True, within=("area",))
    contest = Contest(id="vote", name="Vote", favoured="YES", comparison=design)
    for _ in range(100):
        subject = Subject(contest, returns_of(make_returns, drawn, lot(drawn, 0.2, rng)), ())
        answer = extrapolation(METHOD, Groups(subject, FEW, design), [], [])
        values.append(answer.effect.value)
        found = next(one for one in answer.assumptions if "enough to tell" in one.name)
        told.add(found.state)
        off = re.search(r"off by about ([+−][\d,]+) votes", found.how)
        assert off is not None
    assert told == {state}
    error = np.std(values) / np.sqrt(len(values))
    said = float(off.group(1).replace("−", "-").replace(",", ""))
    assert np.mean(values) == pytest.approx(said, rel=0.3, abs=4 * error)
    assert (abs(np.mean(values)) > 4 * error) == (state == "doubtful")


def test_votes_carried_over_rest_on_how_the_group_was_chosen_without_a_share_too(make_returns: Make) -> None:
    rng = np.random.default_rng(6)
    drawn = votes(200, rng)
    returns = returns_of(make_returns, drawn, lot(drawn, 0.3, rng))
    unknown = {"cast", "valid", "invalid"}
    known = {name: origin for name, origin in returns.columns.items() if name not in unknown}
    bare = replace(returns, table=returns.table.drop(*unknown), columns=known)
    found = {
        by_lot: by_quantity(ask(bare, group="observed", by_lot=by_lot, within=("area",)))
        for by_lot in (True, False)
    }
    assert found[True]["share"].status == "not testable"
    for by_lot, state in ((True, "holds"), (False, "fails")):
        answer = found[by_lot]["extrapolation"]
        assert answer.status == "tested"
        assert answer.assumptions[0].state == state


def test_partners_are_the_closest_of_their_area() -> None:
    traits = np.array([[1.0], [5.0], [1.2], [4.0], [9.0], [9.1]])
    chosen = np.array([True, True, False, False, False, True])
    own, other = partners(traits, chosen, np.array([0, 0, 0, 0, 1, 1]))
    assert dict(zip(own.tolist(), other.tolist(), strict=True)) == {0: 2, 1: 3, 5: 4}


def test_gamma_is_where_signed_ranks_stop_being_unusual() -> None:
    rng = np.random.default_rng(7)
    differences = rng.normal(0.5, 1.0, 120)
    odds = gamma(differences, 0.05)
    ranks = np.abs(differences).argsort().argsort() + 1.0
    signs = rng.random((50_000, 120)) < odds / (1 + odds)
    tail = np.mean(signs @ ranks >= ranks[differences > 0].sum())
    # The normal law is good to a few thousandths here; the draws have an error of .0007.
    assert tail == pytest.approx(0.025, abs=0.004)
    assert gamma(rng.normal(0, 1, 60), 0.05) is None
    assert gamma(np.zeros(5), 0.05) is None


def test_an_e_value_does_not_hang_on_which_side_of_a_rate_is_told() -> None:
    assert e_value(62.0, 60.0) == pytest.approx(e_value(38.0, 40.0))
    assert e_value(95.0, 93.0) == pytest.approx(e_value(7.0, 5.0), rel=0.3)
    assert e_value(95.0, 93.0) < e_value(70.0, 50.0)
    assert e_value(100.0, 90.0) is None


def test_an_unseen_cause_as_strong_as_the_e_value_explains_the_difference(make_returns: Make) -> None:
    rng = np.random.default_rng(8)
    drawn = votes(400, rng)
    more, _ = stuffed(drawn, observed := lot(drawn, 0.25, rng), rng)
    found = by_quantity(ask(returns_of(make_returns, more, observed), group="observed"))["turnout"]
    whole, near = (named(found, f"E-value of {what}") for what in ("the difference", "the end"))
    share = more["cast"] / more["registered"]
    group = 100 * share[observed].mean()
    ratio = group / (group - found.effect.value)
    # Something that goes with both by so much moves the ratio by the bound of Ding and VanderWeele.
    assert whole * whole / (2 * whole - 1) == pytest.approx(ratio)
    assert 1.0 < near < whole
    by_lot = by_quantity(ask(returns_of(make_returns, more, observed), group="observed", by_lot=True))
    assert not [one for one in by_lot["turnout"].effects if one.name.startswith("E-value")]


def test_votes_added_in_one_of_two_votes_are_named_with_their_stations(make_returns: Make) -> None:
    rng = np.random.default_rng(8)
    fair = votes(600, rng)
    share = fair["YES"] / np.maximum(1, fair["cast"] - fair["invalid"])
    again_ = {
        **fair,
        "cast": rng.binomial(fair["registered"], np.clip(fair["cast"] / fair["registered"] - 0.03, 0, 1)),
    }
    again_["invalid"] = rng.binomial(again_["cast"], 0.02)
    again_["YES"] = rng.binomial(again_["cast"] - again_["invalid"], share)
    where = rng.random(600) < 0.2
    first, _ = stuffed(fair, where, rng, 0.5)
    evidence = ask(returns_of(make_returns, first), before(returns_of(make_returns, again_), "The re-run"))
    found = by_quantity(evidence)["gradient"]
    assert found.assumptions[0].state == "fails"
    assert found.p == pytest.approx(0.01)
    assert found.effect.low > 0
    # Each further voter is a vote for YES, and none for the others, but for what chance moves.
    assert named(found, "votes for “YES”") > 0.9
    assert abs(named(found, "all others")) < 0.1
    top = [score.row for score in evidence.stations[:60]]
    assert np.mean(where[top]) > 0.95
    assert "against “The re-run”: turnout +" in evidence.stations[0].reason


def test_between_two_fair_votes_p_is_uniform(make_returns: Make) -> None:
    rng = np.random.default_rng(9)
    tried, p = 60, []
    for seed in range(tried):
        drawn = votes(100, rng, areas=10)
        share = drawn["YES"] / np.maximum(1, drawn["cast"] - drawn["invalid"])
        other = {**drawn, "cast": rng.binomial(drawn["registered"], rng.uniform(0.3, 0.8, 100))}
        other["invalid"] = rng.binomial(other["cast"], 0.02)
        other["YES"] = rng.binomial(other["cast"] - other["invalid"], share)
        pair = before(returns_of(make_returns, other))
        params = Params(permutations=99)
        p.append(
            by_quantity(ask(returns_of(make_returns, drawn), pair, params=params, seed=seed))["gradient"].p
        )
    for level in (0.1, 0.3, 0.5, 0.8):
        error = 4 * np.sqrt(level * (1 - level) / tried)
        assert np.mean(np.array(p) <= level) == pytest.approx(level, abs=error)


@pytest.mark.parametrize("areas", [1, 4, 12])
def test_the_interval_of_a_slope_covers_it_with_few_areas_too(areas: int) -> None:
    rng = np.random.default_rng(18)
    area = np.arange(60) % areas
    tried, covered = 400, 0
    for _ in range(tried):
        turnout = rng.normal(0, 4, areas)[area] + rng.normal(0, 3, 60)
        share = rng.normal(0, 4, areas)[area] + 0.3 * turnout + rng.normal(0, 2, 60)
        nothing = np.zeros(60)
        changes = Changes(
            np.arange(60),
            rng.integers(300, 2500, 60) * 1.0,
            nothing + 1,
            turnout,
            share,
            nothing,
            nothing,
            area,
        )
        slope = changes.slope(changes.share, 0.95)
        covered += slope.low <= 0.3 <= slope.high
    assert covered / tried == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / tried))


@pytest.mark.parametrize("areas", [2, 5])
def test_the_interval_of_a_slope_covers_that_of_areas_with_slopes_of_their_own(areas: int) -> None:
    """With stations left out in place of areas it held in 28 to 74 of 100."""
    rng = np.random.default_rng(19)
    area = np.arange(60) % areas
    tried, covered = 400, 0
    for _ in range(tried):
        turnout = rng.normal(0, 3, 60)
        share = rng.normal(0.3, 0.3, areas)[area] * turnout + rng.normal(0, 1, 60)
        voters, nothing = np.full(60, 900.0), np.zeros(60)
        changes = Changes(np.arange(60), voters, np.ones(60), turnout, share, nothing, nothing, area)
        slope = changes.slope(changes.share, 0.95)
        covered += slope.low <= 0.3 <= slope.high
    assert covered / tried == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / tried))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["a", "b", "c", None], "there are 3 groups, and the case does not say which is compared"),
        (["a"], "all stations are in one group"),
        ([None], "no station is in a group"),
        (["a", *[None] * 99], "5 stations of each group are needed"),
    ],
)
def test_what_cannot_be_compared_is_said(make_returns: Make, labels: list[str | None], words: str) -> None:
    returns = returns_of(make_returns, votes(200, np.random.default_rng(1)), np.zeros(200, dtype=bool))
    cells = [labels[at % len(labels)] for at in range(200)]
    returns = replace(returns, table=returns.table.with_columns(pl.Series("group", cells, dtype=pl.String)))
    answers = ask(returns).measurements
    assert {answer.status for answer in answers} == {"not testable"}
    assert any(words in answer.reason for answer in answers)


def two_modes(make: Make) -> Returns:
    """Make three electronic stations beside thirty others in each area."""
    rng = np.random.default_rng(3)
    drawn = votes(660, rng)
    mode = np.where(np.arange(660) < 60, "electronic", "paper").astype(object)
    returns = returns_of(make, drawn, mode)
    marks = pl.Series("mark", ["electronic"] * 60 + [None] * 600, dtype=pl.String)
    return replace(returns, table=returns.table.with_columns(marks))


def test_of_a_group_that_the_case_names_every_row_is_meant(make_returns: Make) -> None:
    """Electronic voting is no ordinary station, which is why it is compared with paper."""
    returns = two_modes(make_returns)
    plain = replace(returns, table=returns.table.with_columns(mark=pl.lit(None, dtype=pl.String)))
    for comparison in (
        {"group": "electronic", "against": "paper"},
        {"group": "electronic"},
        {"group": "paper", "against": "electronic"},
    ):
        found, same = (by_quantity(ask(one, within="area", **comparison)) for one in (returns, plain))
        assert found["turnout"].n == 660
        assert found["turnout"].effect == same["turnout"].effect
        told = " Of all that are compared, these are of a special kind: electronic 60."
        assert told in found["turnout"].statement
        assert found["extrapolation"].status == "tested"


def test_rows_of_a_special_kind_are_no_others_of_a_group(make_returns: Make) -> None:
    returns = two_modes(make_returns)
    half = pl.Series("group", ["observed" if at // 20 % 2 else None for at in range(660)], dtype=pl.String)
    returns = replace(returns, table=returns.table.with_columns(half))
    turnout = by_quantity(ask(returns, group="observed", within="area"))["turnout"]
    # Of 60 electronic stations the 20 that the case names are meant, and the others are not.
    assert turnout.n == 620
    every = pl.lit("observed", dtype=pl.String).alias("group")
    alone = replace(returns, table=returns.table.with_columns(every))
    turnout = by_quantity(ask(alone, group="observed", within="area"))["turnout"]
    assert turnout.reason == "all stations are of the group “observed”"


def test_why_there_is_nothing_to_compare_is_true(make_returns: Make) -> None:
    returns = two_modes(make_returns)
    by_default = by_quantity(ask(returns))
    assert "all stations of the group “electronic” are of a special kind" in by_default["turnout"].reason
    assert "all stations of the group “electronic” are of a" in by_default["extrapolation"].reason
    blank = pl.when(pl.col("group") == "electronic").then(None).otherwise(pl.col("cast")).alias("cast")
    lacking_ = replace(returns, table=returns.table.with_columns(blank))
    found = by_quantity(ask(lacking_, group="electronic", within="area"))["turnout"]
    assert (
        found.reason == "no station of the group “electronic” has such figures, or all have impossible ones"
    )
    apart = pl.when(pl.col("group") == "electronic").then(pl.lit("ether")).otherwise(pl.col("area"))
    elsewhere = replace(returns, table=returns.table.with_columns(apart.alias("area")))
    found = by_quantity(ask(elsewhere, group="electronic", within="area"))["turnout"]
    assert found.reason == (
        "no area (area) has stations of the group “electronic” and others with such figures"
    )


def test_figures_that_are_missing_or_were_not_read_are_said(make_returns: Make) -> None:
    rng = np.random.default_rng(3)
    drawn = votes(300, rng)
    returns = returns_of(make_returns, drawn, lot(drawn, 0.3, rng))
    left = {name: origin for name, origin in returns.columns.items() if name not in ("invalid", "valid")}
    bare = replace(returns, columns=left)
    found = by_quantity(ask(bare, group="observed"))
    assert found["invalid"].status == "not testable"
    assert found["invalid"].reason == "invalid ballots are not part of this case"
    assert "(of ballots cast)" in found["share"].statement
    unread = FileColumn(4, "Spoilt", (), "it does not fit", '[columns], invalid = "Spoilt"', can_be="invalid")
    there = replace(bare, accounting=replace(bare.accounting, columns=(unread,)))
    assert by_quantity(ask(there, group="observed"))["invalid"].reason == (
        "invalid ballots are not part of this case as it was read (“Spoilt” was not read, because it does "
        "not fit)"
    )


def test_too_few_areas_are_said_with_their_number(make_returns: Make) -> None:
    rng = np.random.default_rng(1)
    drawn = votes(100, rng, areas=3)
    answer = by_quantity(ask(returns_of(make_returns, drawn, lot(drawn, 0.3, rng))))["extrapolation"]
    assert answer.reason == "8 areas with stations of the group and others are needed, and there are 3"


def test_an_option_that_the_other_vote_had_not(make_returns: Make) -> None:
    returns = returns_of(make_returns, votes(100, np.random.default_rng(1)))
    table = returns.table.rename({"YES": "Smith"})
    other = replace(returns, table=table, options=("Smith", "NO"))
    found = by_quantity(ask(returns, before(other)))
    assert "“YES” was no option in First round" in found["change of turnout"].reason
    assert "From the shares of all options there and turnout" in found["share beside its past"].statement


@pytest.mark.parametrize(("part", "state"), [(1.0, "unknown"), (1.3, "doubtful")])
def test_a_change_of_turnout_says_whether_the_stations_are_the_same(
    make_returns: Make, part: float, state: str
) -> None:
    """Of every tenth station the register is larger by the part; so it is another's, maybe."""
    one = votes(200, np.random.default_rng(1))
    larger = np.where(np.arange(200) % 10 == 0, np.ceil(part * one["registered"]), one["registered"])
    other = one | {"registered": larger.astype(int)}
    found = by_quantity(ask(returns_of(make_returns, other), before(returns_of(make_returns, one))))
    (same,) = found["change of turnout"].assumptions
    assert (same.name.split(",")[0], same.state) == ("stations of one name are the same in both votes", state)
    assert same.how.startswith("at 20 of 200 stations" if part > 1.0 else "at none of 200 stations")


def test_z_and_error_belong_together() -> None:
    figures = np.random.default_rng(1).normal(0, 1, 400)
    found = difference(figures, np.arange(400) % 4 == 0, np.zeros(400, dtype=np.int64))
    assert found.p == pytest.approx(2 * norm.sf(abs(found.z)), rel=0.05)


def test_turnout_by_the_hour_is_a_vote_beside_that_holds_no_options(make_returns: Make) -> None:
    """What was cast by ten o'clock is a control: ballots added later left it as it was."""
    rng = np.random.default_rng(14)
    drawn = votes(800, rng)
    observed = lot(drawn, 0.25, rng)
    early = {
        "registered": drawn["registered"],
        "cast": rng.binomial(drawn["cast"], 0.2),
        "area": [f"area {at}" for at in drawn["area"]],
    }
    by_ten = before(make_returns(early, [], ["area"]), "Turnout by ten")
    drawn, _ = stuffed(drawn, ~observed, rng)
    returns = returns_of(make_returns, drawn, observed)
    found = by_quantity(ask(returns, by_ten, group="observed", by_lot=True, within=("area",)))
    assert found["turnout"].effect.high < -3
    assert found["turnout"].assumptions[1].state == "holds"
    assert "turnout in Turnout by ten" in found["turnout"].assumptions[1].how
    assert found["turnout beside another vote"].effect.high < -3
