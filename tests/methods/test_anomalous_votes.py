"""The estimate gives back what was added, nothing where nothing was, and says when it cannot be trusted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plebiscope.calibrate import reference
from plebiscope.kernels.density import PERCENT_BINS, percent_bins
from plebiscope.kernels.turnout_core import Core, Curves, estimate, explain_away, with_slope
from plebiscope.methods.anomalous_votes import METHOD, Params, measure
from plebiscope.methods.anomalous_votes.answer import Answer
from plebiscope.methods.anomalous_votes.companions import Diluted, Over, over_others
from plebiscope.methods.anomalous_votes.cores import admissible_cores, automatic_core, bulks
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
    spoilt: float | None = None,
    seed: int = 1,
) -> tuple[Returns, int]:
    """Draw a vote; ``added`` is the fraction of stations where most abstainers are given to YES.

    Of the ballots for NO, ``spoilt`` are invalid; where it is null, how many were is not told.
    """
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
    if spoilt is not None:
        invalid = rng.binomial(columns["NO"], spoilt)
        columns |= {"NO": columns["NO"] - invalid, "invalid": invalid}
        columns["valid"] = columns["cast"] - invalid
    return make(columns, ["YES", "NO"], ["area"]), int(extra.sum())


def ask(returns: Returns, **params: object) -> list[Measurement]:
    subject = Subject(Contest(id="vote", name="Vote", favoured="YES"), returns, ())
    assert lacking(METHOD, subject) == ()
    return list(measure(subject, Params(**params), np.random.default_rng(5)).measurements)


def named(measurement: Measurement, name: str, unit: str | None = None) -> tuple[float, float, float]:
    every = [e for e in (measurement.effect, *measurement.effects) if e is not None]
    (found,) = [e for e in every if e.name == name and unit in (None, e.unit)]
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
    for ends in (
        named(answer, "anomalous votes, every admissible core with areas drawn again"),
        named(answer, "anomalous votes, any core and slope", "votes"),
    ):
        assert ends[1] <= added <= ends[2]
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
    assert named(answer, "anomalous votes", "votes")[1] > 0
    # A slope that clean votes have as well: by the headline there may be nothing.
    assert answer.effect.name == "anomalous votes, any core and slope"
    assert answer.effect.low < 0 < answer.effect.high
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


def test_the_slopes_allowed_are_those_of_votes_held_to_be_clean() -> None:
    """The flattest is that of the tallies of Venezuela 2024, disputed on other grounds."""
    slopes = [(vote, one["slope"]) for vote in reference.votes() for one in vote.listed if "slope" in one]
    clean = [slope for vote, slope in slopes if vote.standing == "clean"]
    (venezuela,) = [slope for vote, slope in slopes if vote.id == "venezuela-2024"]
    assert Params().slopes == (round(min(*clean, venezuela), 2), round(max(clean), 2))


def test_a_share_steeper_than_in_clean_votes_is_not_explained_away(make_returns: Make) -> None:
    answer = ask(world(make_returns, slope=0.6, stations=20_000)[0])[0]
    assert answer.effect is not None
    assert answer.effect.low > 0


def test_the_range_over_cores_and_slopes_is_that_of_its_corners(make_returns: Make) -> None:
    returns, _ = world(make_returns, added=0.3)
    low, high = named(ask(returns)[0], "anomalous votes, any core and slope", "votes")[1:]
    cast, registered = returns.table["cast"].to_numpy(), returns.table["registered"].to_numpy()
    bins = percent_bins(cast, registered)
    sums = [returns.table["YES"].to_numpy(), cast - returns.table["YES"].to_numpy(), registered, bins * 0 + 1]
    curves = Curves(*(np.bincount(bins, one, PERCENT_BINS) for one in sums))
    every = [
        with_slope(curves, core, slope)
        for core in admissible_cores(curves, Params())
        for slope in np.linspace(*Params().slopes, 9)
    ]
    assert (low, high) == pytest.approx((min(every), max(every)))


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_added_ballots_leave_the_participation_of_the_others(make_returns: Make, fraction: float) -> None:
    returns, added = world(make_returns, added=fraction)
    answer = ask(returns)[0]
    value, low, high = named(answer, "anomalous votes, over the participation of the others", "votes")
    # With three stations of ten above, the middle of all is the 71st percentile of the others, .56 standard
    # deviations of one station's ratio (6 to 10 %) above their own middle.
    assert low <= value <= high
    assert value == pytest.approx(added, rel=0.05, abs=0.056 * 0.6 * returns.sums["YES"])
    states = {a.name: a.state for a in answer.assumptions}
    assert states["turnout and the participation of the others give the same"] == "holds"


def test_where_more_than_half_was_added_to_the_two_abscissas_part(make_returns: Make) -> None:
    answer = ask(world(make_returns, added=0.7)[0])[0]
    states = {a.name: a.state for a in answer.assumptions}
    assert states["turnout and the participation of the others give the same"] == "fails"


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 5]))
def test_over_others_is_moved_by_no_order_and_by_no_added_ballot_outside_its_bulk(
    seed: int, times: int
) -> None:
    rng = np.random.default_rng(seed)
    registered = rng.integers(100, 2000, 400)
    others = rng.binomial(registered, np.clip(rng.normal(0.3, 0.05, 400), 0.01, 0.9))
    votes = rng.binomial(registered - others, 0.4)
    found = over_others(votes, others, registered, Params())
    order = rng.permutation(400)
    again = over_others(votes[order], others[order], registered[order], Params())
    assert (found.cores, found.ratios) == (again.cores, again.ratios)
    core = found.cores[0]
    bins = percent_bins(others, registered)
    outside = (bins < core[0]) | (bins >= core[1])
    extra = np.where(outside, np.minimum(times * 10, registered - others - votes), 0)
    more = over_others(votes + extra, others, registered, Params())
    assert more.cores == found.cores
    assert more.ratios[0] == found.ratios[0]
    assert more.votes[0] == pytest.approx(found.votes[0] + extra.sum())


def test_no_station_with_other_ballots_leaves_no_core() -> None:
    registered = np.full(300, 1000)
    found = over_others(np.full(300, 500), np.zeros(300, dtype=np.int64), registered, Params())
    assert found.cores == found.votes == []


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_invalid_ballots_tell_of_as_many_added_ballots(make_returns: Make, fraction: float) -> None:
    returns, added = world(make_returns, added=fraction, spoilt=0.1)
    answer = ask(returns)[0]
    value, low, high = named(answer, "anomalous votes, by the invalid ballots", "ballots")
    assert low <= added <= high
    assert low <= value <= high
    states = {a.name: a.state for a in answer.assumptions}
    assert states["the invalid ballots tell of as many added ballots"] == "holds"
    assert "which agrees with the votes" in answer.statement


def test_votes_that_were_moved_leave_the_invalid_ballots_alone(make_returns: Make) -> None:
    """At higher turnout half of the ballots for NO become YES: votes without a counterpart, none added."""
    returns, _ = world(make_returns, spoilt=0.1, stations=20_000)
    columns = {name: returns.table[name].to_list() for name in returns.table.columns}
    for row, (cast, registered) in enumerate(zip(columns["cast"], columns["registered"], strict=True)):
        if cast > 0.52 * registered:
            moved = columns["NO"][row] // 2
            columns["YES"][row] += moved
            columns["NO"][row] -= moved
    answer = ask(make_returns(columns, returns.options, returns.areas))[0]
    low, high = named(answer, "anomalous votes, by the invalid ballots", "ballots")[1:]
    assert low <= 0 <= high
    assert named(answer, "anomalous votes", "votes")[1] > high
    states = {a.name: a.how for a in answer.assumptions}
    assert "by the invalid ballots" in states["the invalid ballots tell of as many added ballots"]


@pytest.mark.parametrize(
    ("spoilt", "why"), [(None, "is not part of this case"), (0.00005, "fewer than 100 invalid ballots")]
)
def test_without_invalid_ballots_the_check_says_so(
    make_returns: Make, spoilt: float | None, why: str
) -> None:
    answer = ask(world(make_returns, added=0.3, spoilt=spoilt, stations=2000)[0])[0]
    (check,) = [
        a for a in answer.assumptions if a.name == "the invalid ballots tell of as many added ballots"
    ]
    assert check.state == "unknown"
    assert why in check.how
    assert "invalid" not in answer.statement


AGREE = "turnout and the participation of the others give the same"
POSSIBLE = "what would be without the anomalous votes is possible"


def answer_of(
    votes: list[float], over: list[float], added: list[float] | None = None, **more: object
) -> Answer:
    """Return an answer on 1,000 votes for an option, of 4,000 voters of whom 2,000 cast another ballot."""
    leader, others, voters = (np.zeros(PERCENT_BINS) for _ in range(3))
    leader[[50, 80]], others[[50, 80]], voters[[50, 80]] = (400.0, 600.0), (1400.0, 600.0), (3000.0, 1000.0)
    curves = Curves(leader, others, voters, np.full(PERCENT_BINS, 1000.0))
    cores = [Core(48, 52, 0.5, 1000.0, one) for one in votes]
    over_ = Over(leader, others, [(20, 22)] * len(over), [(1000.0 - one) / 2000.0 for one in over])
    given = {
        "option": "YES",
        "favoured": True,
        "whose": "the option's votes",
        "automatic": cores[0],
        "found": [50],
        "centre": None,
        "by_area": [],
        "redrawn": None,
        "diluted": None if added is None else Diluted(added, None),
        "no_invalid": "" if added else "none",
        "areas": "40 areas",
        "enough_areas": True,
        "params": Params(),
    }
    return Answer(**{**given, "curves": curves, "cores": cores, "over": over_, **more})


def state(answer: Answer, name: str) -> str:
    (found,) = [one.state for one in answer.assumptions() if one.name == name]
    return found


@pytest.mark.parametrize(
    ("votes", "over", "expected"),
    [
        ([100.0, 73.0, 109.0], [85.0, 70.0, 105.0], "holds"),
        # one lies below the other, and the middle of it below nought (10 % against -5 %)
        ([100.0, 73.0, 109.0], [-54.0, -152.0, 30.0], "fails"),
        # they touch at their ends, and neither holds the estimate of the other
        ([100.0, 73.0, 109.0], [40.0, 30.0, 74.0], "doubtful"),
        ([100.0, 73.0, 109.0], [40.0, 30.0, 95.0], "holds"),
        # the wider a range, the less it can disagree: it must not agree for that
        ([100.0, 73.0, 109.0], [-54.0, -152.0, 90.0], "unknown"),
        ([740.0, 731.0, 743.0], [-600.0, -719.0, 765.0], "unknown"),
        ([740.0, 731.0, 743.0], [700.0, 420.0, 765.0], "holds"),
        # nothing by both
        ([3.0, 1.0, 4.0], [-8.0, -30.0, 15.0], "holds"),
        ([3.0, 1.0, 4.0], [10.0, 12.0, 15.0], "fails"),
        # an estimate by the others that could not be
        ([740.0, 731.0, 743.0], [-6175.0, 700.0], "unknown"),
    ],
)
def test_agreement_is_something_that_can_fail(votes: list[float], over: list[float], expected: str) -> None:
    assert state(answer_of(votes, over), AGREE) == expected


@settings(deadline=None)
@given(st.floats(-900, 900), st.floats(-900, 900), st.floats(1, 2000))
def test_no_check_agrees_that_is_wider_than_what_it_checks(votes: float, over: float, width: float) -> None:
    wide = max(50.0, abs(votes)) + width
    ends = [over - wide / 2, over + wide / 2]
    if ends[0] >= -1000.0 and ends[1] <= 1000.0:
        assert state(answer_of([votes], [over, *ends]), AGREE) in {"unknown", "doubtful", "fails"}


def test_an_area_of_its_own_ratio_is_held_against_the_one_of_all() -> None:
    name = "one ratio for all areas and one for each give the same"
    for local, expected in (
        ([105.0, 95.0], "holds"),
        ([30.0, 20.0], "fails"),
        ([105.0, -90.0], "unknown"),
    ):
        assert state(answer_of([100.0, 90.0], [], by_area=local), name) == expected
    assert all(one.name != name for one in answer_of([100.0], []).assumptions())
    # More votes than voters stayed away would be lacking by a ratio for each area: that is no estimate.
    impossible = answer_of([100.0, 90.0], [], by_area=[-20_000.0, 40.0])
    assert all(one.name != name for one in impossible.assumptions())
    assert not [one for one in impossible.effects() if one.value is not None and one.value <= -20_000.0]
    assert all("each area" not in way for way, *_ in impossible.ways)


def test_a_range_that_leaves_what_is_possible_is_cut_and_says_so() -> None:
    """1,000 of 4,000 registered voters cast no ballot: no more votes can be lacking."""
    cores = [Core(48, 52, 2.0, 1000.0, one) for one in (-900.0, -1400.0)]
    answer = answer_of([-900.0], [-500.0, -3000.0], cores=cores)
    assert answer.fits
    assert answer.any[0] == -1000.0
    every = {(one.name, one.unit): one for one in answer.effects()}
    assert every["anomalous votes", "votes"].low == -1000.0
    assert every["anomalous votes", "per cent of the option's votes"].low == -100.0
    assert every["anomalous votes, over the participation of the others", "votes"].low == -1000.0
    assert every["turnout without them", "per cent"].high == 100.0
    assert state(answer, POSSIBLE) == "doubtful"
    assert "cut off at the 1,000 registered voters who cast no ballot" in answer.statement()
    assert "cut off" not in answer_of([100.0], []).statement()
    assert state(answer_of([100.0], []), POSSIBLE) == "holds"


def test_of_an_option_that_the_model_does_not_fit_no_number_is_told() -> None:
    answer = answer_of([-1184.0, -900.0], [100.0], [300.0])
    assert answer.effects() == answer.affected("x") == ()
    (failed,) = answer.assumptions()
    assert (failed.name, failed.state) == (POSSIBLE, "fails")
    assert "1,184 votes would be lacking" in failed.how
    assert "No number is told" in answer.statement()


@pytest.mark.parametrize(
    ("votes", "added", "favoured", "told"),
    [
        ([100.0], [90.0, 110.0], True, True),
        ([-100.0], [90.0, 110.0], True, True),
        ([100.0], [90.0, 110.0], False, True),
        # they were not added for an option that fell short
        ([-100.0], [90.0, 110.0], False, False),
        # nor can more have been added for an option than it has
        ([100.0], [3520.0], True, False),
    ],
)
def test_ballots_that_were_not_added_for_an_option_are_not_told_beside_it(
    votes: list[float], added: list[float], favoured: bool, told: bool
) -> None:
    answer = answer_of(votes, [], added, favoured=favoured)
    names = {one.name for one in answer.effects()}
    assert ("anomalous votes, by the invalid ballots" in names) == told
    assert ("anomalous votes, by the invalid ballots" in {one.name for one in answer.affected("x")}) == told
    assert ("by the invalid ballots" in {way for way, *_ in answer.ways}) == told
    name = "the invalid ballots tell of as many added ballots"
    assert state(answer, name) == ("holds" if told and votes[0] > 0.0 else "unknown")


def test_more_ballots_than_an_option_has_are_cut_at_its_votes() -> None:
    answer = answer_of([900.0], [], [800.0, 1264.0])
    (told,) = [one for one in answer.effects() if one.unit == "ballots"]
    assert (told.low, told.high) == (800.0, 1000.0)


def test_an_impossible_estimate_reaches_no_finding(make_returns: Make) -> None:
    """Five of nine stations report that every voter came, nearly all for YES: no room for more of NO."""
    returns, _ = world(make_returns, spoilt=0.1, stations=3000)
    columns = {name: returns.table[name].to_list() for name in returns.table.columns}
    for row in (row for row in range(3000) if row % 9 > 3):
        columns["cast"][row] = columns["valid"][row] = voters = columns["registered"][row]
        columns["invalid"][row] = 0
        columns["NO"][row] = voters // 30
        columns["YES"][row] = voters - voters // 30
    yes, no = ask(make_returns(columns, returns.options, returns.areas))
    assert (no.status, no.effect, no.effects, no.affected) == ("tested", None, (), ())
    assert [one.state for one in no.assumptions] == ["fails"]
    assert yes.effect is not None
    for answer in (yes, no):
        for one in (answer.effect, *answer.effects):
            if one is not None and one.unit.startswith("per cent"):
                assert all(
                    -100.0 <= end <= 100.0 for end in (one.value, one.low, one.high) if end is not None
                )
