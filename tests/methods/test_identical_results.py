"""Identical results: planted clusters, runs, copies and votes for all, and honest votes that look like them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from plebiscope.methods import identical_results as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

RNG = np.random.default_rng(0)
AREAS = ("region", "commission")
PARTIES = ("YES", *(f"party {i}" for i in range(9)))


def vote(seed=0, stations=1200, sizes=(150, 2500), options=("YES", "NO"), spread=40, commissions=40):
    """Draw an honest vote: eight regions, forty commissions, stations that differ in size and in mind."""
    rng = np.random.default_rng(seed)
    commission = np.arange(stations) * commissions // stations
    registered = rng.integers(*sizes, stations)
    cast = rng.binomial(registered, rng.beta(20, 14, commissions)[commission])
    invalid = rng.binomial(cast, 0.01)
    mean = rng.dirichlet(np.full(len(options), 6.0), commissions)[commission]
    rates = rng.gamma(spread * mean)
    counts = rng.multinomial(cast - invalid, rates / rates.sum(axis=1, keepdims=True))
    return {
        "region": [f"region {8 * c // commissions}" for c in commission],
        "commission": [f"commission {c}" for c in commission],
        "station": [f"No. {i + 1}" for i in range(stations)],
        "registered": registered,
        "cast": cast,
        "valid": cast - invalid,
        "invalid": invalid,
    } | dict(zip(options, counts.T, strict=True))


def write(columns, rows, share):
    """Write the votes of some stations from a share of the ballots cast."""
    columns["YES"][rows] = np.rint(share * columns["cast"][rows])
    columns["NO"][rows] = columns["valid"][rows] - columns["YES"][rows]
    return columns


@pytest.fixture
def run(make_returns):
    def measured(columns, options=("YES", "NO"), areas=AREAS, params=None, returns=None, **more):
        made = make_returns(columns, options, areas, **more)
        contest = Contest(id="vote", name="vote", favoured="YES" if "YES" in options else None)
        vote = Subject(contest, replace(made, **(returns or {})), ())
        return method.measure(vote, params or method.Params(), RNG)

    return measured


def named(evidence):
    return {m.id.removeprefix("vote/identical-results/"): m for m in evidence.measurements}


def heads(evidence):
    return [m for m in evidence.measurements if m.scope.area is None]


def smallest(evidence):
    return min((m.log10_p for m in heads(evidence) if m.log10_p is not None), default=0.0)


HONEST = {
    "of all sizes": {},
    "capped boxes": {"sizes": (290, 321)},
    "boxes of one size": {"sizes": (320, 321)},
    "small boxes": {"sizes": (5, 60)},
    "large ones": {"sizes": (5_000, 300_000)},
    "stations alike": {"spread": 3000},
    "ten parties": {"options": PARTIES},
}


@pytest.mark.parametrize("kind", HONEST)
def test_honest_votes_are_seldom_named(run, kind):
    """Each of 6 votes asks up to 8 questions; p below 0.01 / 8 in any has a probability of 1 % a vote."""
    options = HONEST[kind].get("options", ("YES", "NO"))
    low = [
        smallest(run(vote(seed, 800, **HONEST[kind]), options)) < math.log10(0.01 / 8) for seed in range(12)
    ]
    assert sum(low) <= 1


def test_a_cluster_is_found_in_its_area_and_named_by_commission(run):
    columns = vote(1)
    rows = np.arange(450, 600)[::3]  # commissions 15 to 19, region 3
    evidence = run(write(columns, rows, 0.622))
    found = named(evidence)
    head, area = found["share-cluster/YES"], found["share-cluster/YES/region 3"]
    assert head.log10_p < -15
    assert area.log10_p == pytest.approx(head.log10_p - math.log10(8))
    assert (head.scope.area, area.scope.area, area.among) == (None, "region 3", 8)
    low, high = (effect.value for effect in area.effects[1:])
    assert low <= 62.2 <= high
    share = columns["YES"] / columns["cast"]
    inside = (100 * share[450:600] >= low) & (100 * share[450:600] <= high)
    assert area.observed == inside.sum()
    assert area.n == 150
    assert area.effect.value == pytest.approx(area.observed - area.expected)
    assert area.effect.low <= area.effect.value <= area.effect.high
    assert area.effect.value == pytest.approx(np.isin(np.flatnonzero(inside) + 450, rows).sum(), abs=4)
    assert "“commission 15”" in area.statement
    assert area.effects[0].value == columns["cast"][450:600][inside].sum()
    listed = {score.row for score in evidence.stations if score.area is None}
    assert listed <= set((np.flatnonzero(inside) + 450).tolist())
    assert len(listed) == inside.sum()


def test_a_picture_in_tenths_says_so_where_the_window_is_narrower(run):
    """The bar that stands out holds more stations than a window of two hundredths does."""
    evidence = run(write(vote(1, sizes=(30_000, 60_000)), np.arange(450, 600)[::3], 0.622))
    low, high = (effect.value for effect in named(evidence)["share-cluster/YES/region 3"].effects[1:])
    assert high - low < 0.1
    (picture,) = (one for one in evidence.figures if one.finding.endswith("share-cluster/YES"))
    assert "the tenth that holds the window stands out" in picture.caption


def test_the_other_of_two_options_is_searched_too(run):
    found = named(run(write(vote(2), np.arange(300)[::4], 0.55)))
    assert found["share-cluster/YES"].log10_p < -10
    assert found["share-cluster/NO"].status == "tested"


def test_a_cluster_of_turnout(run):
    columns = vote(3)
    rows = np.arange(0, 150, 3)
    columns["cast"][rows] = np.rint(0.683 * columns["registered"][rows])
    columns["YES"][rows] = columns["cast"][rows] // 3
    columns["valid"] = columns["cast"] - columns["invalid"]
    columns["NO"] = columns["valid"] - columns["YES"]
    assert named(run(columns))["turnout-cluster/region 0"].log10_p < -10


def test_a_run_of_equal_percentages_is_found_where_numbers_follow_one_another(run):
    columns = vote(4, sizes=(1000, 2500))
    rows = np.arange(302, 312)
    write(columns, rows, 0.784)
    evidence = run(columns)
    found = named(evidence)
    area = found["share-runs/YES/commission 10"]
    assert area.observed >= 8
    assert area.log10_p < -6
    assert area.among == 40
    assert "numbers 30" in area.statement
    assert found["share-runs/YES"].log10_p == pytest.approx(area.log10_p + math.log10(1200 / 30))
    scores = {score.row: score for score in evidence.stations if score.area == "commission 10"}
    assert set(scores) <= set(rows.tolist())
    assert min(score.bits for score in scores.values()) > 3


def test_the_order_of_rows_is_not_that_of_the_stations(run):
    columns = write(vote(4, sizes=(1000, 2500)), np.arange(302, 312), 0.784)
    order = np.random.default_rng(1).permutation(1200)
    shuffled = {name: np.asarray(values, dtype=object)[order].tolist() for name, values in columns.items()}
    one, other = named(run(columns)), named(run(shuffled))
    assert one["share-runs/YES/commission 10"].statement == other["share-runs/YES/commission 10"].statement


def test_ships_and_hospitals_in_a_row_at_100_per_cent_are_no_run(run):
    columns = vote(5)
    rows = np.arange(300, 330)
    columns["registered"][rows] = columns["cast"][rows]
    columns["YES"][rows], columns["NO"][rows] = columns["valid"][rows], 0
    found = named(run(columns))
    assert found["turnout-runs"].log10_p == 0.0
    # What is left is that no ballot was invalid or for another, at few ballots.
    assert found["share-runs/YES"].log10_p > -2


def test_station_names_have_no_order(run):
    columns = vote(6, 400)
    rng = np.random.default_rng(0)
    columns["station"] = ["".join(rng.choice(list("abcdefgh"), 9)) + f" {i % 7}" for i in range(400)]
    found = named(run(columns))
    assert found["share-runs/YES"].reason.startswith("stations are named")


def test_copies_are_counted_within_their_commission(run):
    columns = vote(7, options=PARTIES, sizes=(900, 2500))
    for name, values in columns.items():
        if name not in ("region", "commission", "station"):
            values[[61, 62, 63]] = values[60]  # commission 2
            values[900] = values[60]
    evidence = run(columns, PARTIES)
    found = named(evidence)
    assert found["duplicates/commission 2"].observed == 3
    assert found["duplicates"].observed == 3
    assert found["duplicates"].log10_p < -5
    assert found["duplicates-anywhere"].observed == 4
    copies = {score.row for score in evidence.stations if score.reason.startswith("every count equal")}
    assert copies == {60, 61, 62, 63}


def test_a_station_listed_twice_is_no_copy(run, make_returns):
    columns = {name: list(values) for name, values in vote(8, options=("YES", "A", "B", "C")).items()}
    for values in columns.values():
        values.extend([values[5], values[6], values[7]])
    accounting = make_returns(columns, ["YES"], AREAS).accounting
    twice = {"accounting": replace(accounting, duplicates=3)}
    found = named(run(columns, ("YES", "A", "B", "C"), returns=twice))
    assert found["duplicates"].observed == 0
    assert found["duplicates"].assumptions[0].state == "doubtful"


def small_party(seed, rule):
    """Add a small option to a commission of 60 stations; ``rule`` gives its votes there."""
    columns = vote(seed, options=("YES", "NO", "SMALL"), commissions=20)
    rng = np.random.default_rng(seed + 100)
    columns["NO"] = columns["NO"] + columns["SMALL"]
    columns["SMALL"] = rng.poisson(columns["valid"] * rng.gamma(2.0, 0.0006, 1200))
    columns["SMALL"][:60] = rule(rng, 60)
    columns["valid"] = columns["YES"] + columns["NO"] + columns["SMALL"]
    columns["cast"] = columns["valid"] + columns["invalid"]
    columns["registered"] = np.maximum(columns["registered"], columns["cast"])
    return columns


def test_a_small_option_with_a_vote_everywhere_is_found_and_a_loyal_voter_each_is_considered(run):
    found = named(run(small_party(0, lambda rng, n: 1 + rng.poisson(0.4, n)), ("YES", "NO", "SMALL")))
    head, area = found["zeros"], found["zeros/SMALL/commission 0"]
    assert head.log10_p < -3
    assert (area.observed, area.n) == (0, 60)
    votes = small_party(0, lambda rng, n: 1 + rng.poisson(0.4, n))["SMALL"][:60].sum()
    assert area.expected == pytest.approx(60 * (1 - 1 / 60) ** votes)
    assert area.effect.low <= area.effect.value <= area.effect.high
    # One vote everywhere and more by chance: a member at each station is explanation enough.
    assert area.assumptions[0].state == "fails"


def test_two_votes_everywhere_are_more_than_a_loyal_voter_each(run):
    found = named(run(small_party(0, lambda rng, n: 2 + (np.arange(n) % 6 == 0)), ("YES", "NO", "SMALL")))
    area = found["zeros/SMALL/commission 0"]
    assert area.observed == 0
    assert area.assumptions[0].state == "holds"


def test_differences_in_size_and_support_only_make_more_zeros(run):
    low = [
        named(
            run(small_party(seed, lambda rng, n: rng.poisson(rng.gamma(1.0, 1.4, n))), ("YES", "NO", "SMALL"))
        )
        for seed in range(6)
    ]
    assert all(found["zeros"].log10_p > -2 for found in low)


def altered(**changes):
    return vote(9, 200) | changes


WRONG = {
    "one option only": (altered(), {"options": ("YES",)}),
    "one area only": (altered(region=["all"] * 200), {"areas": ("region",)}),
    "no areas": (altered(), {"areas": ()}),
    "ten stations": ({name: values[:10] for name, values in vote(9).items()}, {}),
    "no registered voters": ({n: v for n, v in altered().items() if n != "registered"}, {}),
    "no invalid ballots": ({n: v for n, v in altered().items() if n not in ("invalid", "valid")}, {}),
    "rows are areas": (altered(), {"level": "area"}),
    "200 options": (
        vote(9, 200, options=tuple(f"option {i}" for i in range(200))),
        {"options": tuple(f"option {i}" for i in range(200))},
    ),
    "all stations equal": ({n: [v[0]] * 200 if n not in AREAS else v for n, v in altered().items()}, {}),
}


@pytest.mark.parametrize("kind", WRONG)
def test_wrong_inputs_are_answered_or_refused_with_a_reason(run, kind):
    columns, more = WRONG[kind]
    evidence = run(columns, **more)
    assert all(m.statement if m.status == "tested" else m.reason for m in heads(evidence))
    quantities = {m.quantity for m in heads(evidence)}
    parts = {"turnout-cluster", "share-cluster", "turnout-runs", "share-runs", "duplicates", "zeros"}
    assert parts <= quantities
    if kind not in ("all stations equal",):
        assert smallest(evidence) > -3


def test_what_cannot_be_asked_says_why(run):
    reasons = {m.quantity: m.reason for m in heads(run(*WRONG["no registered voters"][:1]))}
    assert "its counts are not part of this case" in reasons["turnout-cluster"]
    few = {m.quantity: m.reason for m in heads(run(*WRONG["ten stations"][:1]))}
    assert "50 stations are needed, and 10 are left" in few["share-cluster"]
    areas = {m.quantity: m.reason for m in heads(run(altered(), level="area"))}
    assert "no station numbers" in areas["share-runs"]
    assert few["share-runs"] is None


def test_a_limit_counts_what_the_rows_are(run):
    """Rows that are areas are no stations, and one area is not told apart from the others."""
    columns = vote(1)
    columns["region"] = ["one region"] * 1200
    for level, rows_are in (("area", "counting areas"), ("station", "stations")):
        found = named(run(columns, returns={"level": level}))["share-cluster/YES"].with_limit().limit
        assert found.unit == rows_are
        assert found.mechanism.startswith(f"{rows_are} written to one share")
        assert (found.stations is None) == (level == "area")


def test_a_run_of_a_whole_area_does_not_speak_of_other_orders(run):
    columns = write(vote(4, sizes=(6000, 9500)), np.arange(300, 330), 0.784)
    area = named(run(columns))["share-runs/YES/commission 10"]
    assert area.observed == 30
    assert "These are all stations there, so that their order adds nothing." in area.statement
    assert "probability" not in area.statement


def test_limits_are_what_would_have_been_noticed(run):
    """Plant as many as the limit says, where most stations are: nearly always noticed."""
    columns = vote(11, 2400)
    head = named(run(columns))["share-cluster/YES"].with_limit()
    dose = int(head.limit.dose)
    noticed = 0
    for seed in range(12):
        planted = vote(11, 2400)
        rng = np.random.default_rng(seed)
        middle = np.median(planted["YES"][:300] / planted["cast"][:300])
        rows = np.sort(rng.choice(300, dose, replace=False))
        write(planted, rows, round(middle, 3) + 0.0002)
        noticed += named(run(planted))["share-cluster/YES"].p < 0.05
    # Four standard errors, and the limit is for the median area.
    assert noticed / 12 >= 0.8 - 4 * math.sqrt(0.16 / 12)


def test_a_run_as_long_as_the_limit_is_noticed_at_as_many_places_as_is_said(run):
    noticed, head = 0, named(run(vote(11)))["share-runs/YES"].with_limit()
    dose, least = int(head.limit.dose), math.log10(0.05)
    assert head.limit.power >= 0.8
    for at in range(0, 1200, 60):  # at the beginning of every other commission
        planted = vote(11)
        planted = write(planted, np.arange(at, at + dose), planted["YES"][at] / planted["cast"][at])
        noticed += named(run(planted))["share-runs/YES"].log10_p <= least
    assert noticed / 20 == pytest.approx(head.limit.power, abs=4 * math.sqrt(0.16 / 20))
