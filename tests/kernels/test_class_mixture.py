"""The mixture of classes: its densities add up, its derivatives hold, and it gives back what was put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from plebiscope.kernels import class_law, class_mixture
from plebiscope.kernels.class_draw import draw
from plebiscope.kernels.class_fit import (
    at,
    blocks,
    climb,
    divide,
    evidence,
    fit_both,
    fit_natural,
    log_prior,
    start,
)
from plebiscope.kernels.class_law import Grid, Parameters
from plebiscope.kernels.class_mixture import expected, look, look_around
from plebiscope.kernels.class_stations import Stations, behind
from plebiscope.kernels.class_totals import Totals, some_districts, spread_out, totals

GRID = Grid(0.1, 0.7)
NATURAL = (np.log(0.3), 0.2, np.log(0.3))
SECOND = (-0.5, 0.1, -0.7, 0.3, -0.2, -1.0)
FURTHER = (-1.5, -3.0, 0.0, -0.5)


def law(districts=40, *, further=FURTHER, second=(), seed=0):
    rng = np.random.default_rng(seed)
    middle, spread = np.array([0.2, 0.1]), np.array([0.3, 0.4])
    centres = middle + spread * rng.standard_normal((districts, 2))
    return Parameters.known(np.array([*NATURAL, *second, *further]), centres, middle, spread)


def vote(parameters, stations=1500, seed=1):
    rng = np.random.default_rng(seed)
    district = np.sort(np.arange(stations) % len(parameters.centres))
    return draw(rng, rng.integers(150, 2500, stations), district, parameters, GRID)


def fitted(stations, most=3):
    (natural, before), (fit, after) = fit_both(stations, GRID, most=most, rounds=60, close=0.05)
    return natural, fit, after - before


def test_laws_of_rates_add_up_to_one():
    for rate in (GRID.added, GRID.moved):
        for mean in (-9.0, -1.0, 0.0, 3.0, 9.0):
            assert rate.law(mean).sum() == pytest.approx(1.0)
    assert GRID.most.sum() == pytest.approx(1.0)
    assert len(GRID.pairs[0]) == 1 + GRID.some + len(GRID.most)


def test_classes_lie_on_their_side_of_the_bound():
    u, w = (rate.cells[0][index] for rate, index in zip((GRID.added, GRID.moved), GRID.pairs, strict=True))
    some, most = slice(1, 1 + GRID.some), slice(1 + GRID.some, None)
    assert (u[some] < 0.9).all()
    assert (u[some] > 0.3).all()
    assert (u[most] < 0.3).all()
    assert (w[most] < 0.3).all()
    assert u[0] == w[0] == 1.0


def test_no_class_is_larger_than_the_natural_one():
    for further in ((9.0, 9.0, 0.0, 0.0), (-9.0, 3.0, 0.0, 0.0)):
        natural, some, most = law(further=further).classes
        assert natural >= max(some, most)
        assert natural + some + most == pytest.approx(1.0)


@pytest.mark.parametrize("further", [(), FURTHER])
def test_densities_add_up_to_one(further):
    # On a fine grid over the logarithms of abstainers and other ballots of one large station.
    parameters = law(1, further=further, second=SECOND)
    registered = 1e5
    away, others = np.meshgrid(np.exp(np.linspace(-6.0, -0.02, 400)), np.exp(np.linspace(-6.0, -0.02, 400)))
    step = (5.98 / 399) ** 2
    inside = away + others < 0.999
    away, others = registered * away[inside], registered * others[inside]
    stations = Stations(away, others, registered - away - others, np.zeros(len(away), dtype=np.int64))
    # The error of counts is taken at the medians of the district, which here must not follow the grid.
    stations.__dict__["medians"] = parameters.centres
    mass = np.exp(look(stations, parameters, GRID).loglik).sum() * step
    # What lies beyond the grid (turnout above 99.8 %, where a third of the class *most* is) is missing.
    assert 0.97 < mass < 1.005


@pytest.mark.parametrize("further", [(), FURTHER])
def test_densities_are_those_of_the_definition(further):
    parameters = law(5, further=further, second=SECOND)
    stations, _ = vote(parameters, 60)
    x, y, nxx, nxy, nyy, base = (one[:, : None if further else 1] for one in behind(stations, GRID))
    centre = parameters.centres[stations.district]
    chance = parameters.classes[:1]
    if further:
        laws = [rate.law(mean) for rate, mean in ((GRID.added, further[2]), (GRID.moved, further[3]))]
        _, some, most = parameters.classes
        chance = np.concatenate([chance, some * np.outer(*laws).ravel(), most * GRID.most])
    sizes = np.exp(parameters.parts[:, 5]) / np.exp(parameters.parts[:, 5]).sum()
    whole = np.zeros(60)
    for (width, slope, noise, dx, dy, _), size in zip(parameters.parts, sizes, strict=True):
        wide, rest = np.exp(2.0 * width), np.exp(2.0 * noise)
        for i, j in np.ndindex(x.shape):
            covariance = [
                [nxx[i, j] + wide, nxy[i, j] + slope * wide],
                [nxy[i, j] + slope * wide, nyy[i, j] + slope**2 * wide + rest],
            ]
            off = [x[i, j] - centre[i, 0] - dx, y[i, j] - centre[i, 1] - dy]
            whole[i] += size * chance[j] * np.exp(base[i, j]) * multivariate_normal.pdf(off, cov=covariance)
    assert look(stations, parameters, GRID).loglik == pytest.approx(np.log(whole), abs=1e-9)


def test_large_tables_are_passed_over_block_by_block_with_the_same_result(monkeypatch):
    parameters = law(40, second=SECOND)
    stations, _ = vote(parameters, 2000)
    once = look(stations, parameters, GRID)
    monkeypatch.setattr(class_mixture, "_KEPT", 100)
    fresh = Stations(stations.away, stations.others, stations.votes, stations.district)
    again = look(fresh, parameters, GRID)
    assert not fresh.kept
    for name in ("loglik", "scores", "by_centre", "precision", "expected", "variance"):
        assert (getattr(once, name) == getattr(again, name)).all()


UNSURE = (0.02, 0.005, 0.03)


@pytest.mark.parametrize("unsure", [False, True])
def test_a_pass_that_is_asked_for_less_gives_the_same_of_it(unsure):
    parameters = law(40, second=SECOND)
    stations, _ = vote(parameters, 2000)
    held = np.tile(UNSURE, (stations.districts, 1)) if unsure else parameters.unsure
    parameters = replace(parameters, unsure=held)
    whole = look(stations, parameters, GRID)
    less = look(stations, parameters, GRID, scores=False)
    assert less.scores.shape == (len(stations), 0)
    for field in ("loglik", "by_centre", "precision", "expected", "variance"):
        np.testing.assert_array_equal(getattr(less, field), getattr(whole, field))
    np.testing.assert_array_equal(expected(stations, parameters, GRID), whole.expected)


@pytest.mark.parametrize("cells", ["natural", "all"])
def test_what_belongs_to_a_rate_of_adding_is_combined_with_each_of_its_cells(cells):
    rng = np.random.default_rng(3)
    rates = GRID.pairs[0][:1] if cells == "natural" else GRID.pairs[0]
    each, added = rng.normal(size=(len(rates), 5)), rng.normal(size=(rates[-1] + 1, 5))
    out = np.empty_like(each)
    GRID.with_added(np.subtract, each, added, out=out)
    np.testing.assert_array_equal(out, each - added[rates])


@pytest.mark.parametrize("unsure", [(0.0, 0.0, 0.0), UNSURE])
@pytest.mark.parametrize("further", [(), FURTHER])
def test_scores_are_the_slopes_of_the_log_likelihood(further, unsure):
    parameters = replace(law(5, further=further, second=SECOND), unsure=np.tile(unsure, (5, 1)))
    stations, _ = vote(parameters, 60)
    passed = look(stations, parameters, GRID)
    for column in range(len(parameters.values)):
        step = np.zeros(len(parameters.values))
        step[column] = 1e-5
        up, down = (
            look(stations, replace(parameters, values=parameters.values + way * step), GRID).loglik
            for way in (1, -1)
        )
        assert passed.scores[:, column] == pytest.approx((up - down) / 2e-5, abs=1e-5)
    for axis in (0, 1):
        step = np.zeros((5, 2))
        step[:, axis] = 1e-5
        up, down = (
            look(stations, replace(parameters, centres=parameters.centres + way * step), GRID).loglik
            for way in (1, -1)
        )
        assert passed.by_centre[:, axis] == pytest.approx((up - down) / 2e-5, abs=1e-5)


def places(unsure, number=12):
    """Return offsets and weights of a fine rule over a normal law of two dimensions (Gauss and Hermite)."""
    at, weight = np.polynomial.hermite_e.hermegauss(number)
    one, two = np.meshgrid(at, at)
    root = np.linalg.cholesky(np.array([[unsure[0], unsure[1]], [unsure[1], unsure[2]]]))
    return np.column_stack([one.ravel(), two.ravel()]) @ root.T, np.outer(
        weight, weight
    ).ravel() / weight.sum() ** 2


@pytest.mark.parametrize("further", [(), FURTHER])
def test_a_pass_around_the_centres_is_the_mean_over_where_they_may_lie(further):
    known = law(5, further=further, second=SECOND)
    stations, _ = vote(known, 200)
    # As unsure as a district of some forty stations is.
    unsure = np.array(UNSURE) / 10.0
    parameters = replace(known, unsure=np.tile(unsure, (5, 1)))
    found = look_around(stations, parameters, GRID)
    offs, weights = places(unsure)
    passed = [look(stations, replace(known, centres=known.centres + off), GRID) for off in offs]
    for name in ("loglik", "expected", "by_centre", "scores"):
        want = np.einsum("k,k...->...", weights, [getattr(one, name) for one in passed])
        scale = np.abs(want).mean(axis=0)
        assert (np.abs(getattr(found, name) - want).mean(axis=0) < 0.01 * scale + 1e-9).all()
    # How the mean score falls: the mean of its slopes, on both axes.
    inverse = np.linalg.inv(np.array([[unsure[0], unsure[1]], [unsure[1], unsure[2]]]))
    falls = -np.einsum("k,kni,kj->nij", weights, [one.by_centre for one in passed], offs) @ inverse
    want = np.column_stack([falls[:, 0, 0], (falls[:, 0, 1] + falls[:, 1, 0]) / 2.0, falls[:, 1, 1]])
    assert (np.abs(found.precision - want).mean(axis=0) < 0.02 * np.abs(want[:, [0, 2]]).mean()).all()


def test_where_nothing_overlaps_both_passes_are_the_same():
    parameters = replace(law(5, further=()), unsure=np.tile(UNSURE, (5, 1)))
    stations, _ = vote(parameters, 60)
    once, around = look(stations, parameters, GRID), look_around(stations, parameters, GRID)
    for name in ("loglik", "scores", "by_centre", "precision"):
        assert getattr(once, name) == pytest.approx(getattr(around, name), abs=1e-9)


@pytest.mark.parametrize("seed", range(2))
def test_bounds_lie_below_the_probability_of_the_counts_and_the_closer_one_next_to_it(seed):
    # Two districts, so that the integral over the centre of each can be computed; many stations and low
    # rates, so that classes overlap.
    parameters = law(2, further=(-0.7, -2.0, -1.0, -1.5), seed=seed)
    stations, _ = vote(parameters, 60, seed)
    begin = replace(parameters, unsure=np.tile((0.005, 0.0, 0.005), (2, 1)))
    bounds = []
    for around in (False, True):
        fit = climb(stations, begin, GRID, rounds=200, close=1e-7, hold=True, around=around)
        bounds.append(fit.objective - log_prior(parameters.values)[0])
    side = np.linspace(-5.0, 5.0, 41)
    logs = []
    for one in side:
        for two in side:
            off = np.sqrt(fit.parameters.unsure[:, [0, 2]]) * np.array([one, two])
            there = replace(fit.parameters, centres=fit.parameters.centres + off)
            z = (there.centres - there.middle) / there.spread
            prior = -0.5 * (z**2).sum(axis=1) - np.log(2.0 * np.pi * there.spread.prod())
            known = replace(there, unsure=np.zeros((2, 3)))
            logs.append(stations.by_district(look(stations, known, GRID).loglik) + prior)
    cell = np.sqrt(fit.parameters.unsure[:, 0] * fit.parameters.unsure[:, 2]) * (side[1] - side[0]) ** 2
    true = (np.logaddexp.reduce(logs, axis=0) + np.log(cell)).sum()
    quick, closer = bounds
    assert quick < closer < true + 0.01
    assert true - closer < 0.1
    assert true - closer < 0.5 * (true - quick)


def test_a_step_that_is_too_long_is_shortened_and_the_climb_goes_on():
    # Tails that one normal part does not have: squared scores say little of the curvature there.
    parameters = law(30, further=(), second=(0.8, 0.0, 0.6, 0.5, -0.5, -0.5))
    stations, _ = vote(parameters, 1200)
    top = climb(stations, start(stations), GRID, rounds=100, close=1e-6)
    found = at(stations, top.parameters, GRID)
    for column in range(3):
        step = np.zeros(3)
        step[column] = 1e-3
        for way in (1, -1):
            there = replace(top.parameters, values=top.parameters.values + way * step)
            assert at(stations, there, GRID).objective < found.objective + 1e-4


def test_what_a_rate_took_away_is_the_mean_over_its_cell():
    for rate in (GRID.added, GRID.moved):
        mean, inside = rate.gone
        assert (mean[0], inside[0]) == (0.0, 0.0)
        for cell, (low, high) in enumerate(zip(rate.edges[:-2], rate.edges[1:-1], strict=True), start=1):
            u = low + (high - low) * (np.arange(20_000) + 0.5) / 20_000
            assert mean[cell] == pytest.approx((u / (1.0 - u)).mean(), rel=1e-6)
            assert inside[cell] == pytest.approx((u / (1.0 - u)).var(), rel=1e-4)


def test_amounts_of_a_known_law_are_off_by_what_is_said():
    off = []
    for seed in range(60):
        parameters = law(seed=seed)
        stations, truth = vote(parameters, 600, seed)
        found = look(stations, parameters, GRID)
        gap = found.expected[:, 2:].sum(axis=0) - truth[:, 2:].sum(axis=0)
        off.append(gap / np.sqrt(found.variance[:, 2:].sum(axis=0)))
    # Of a spread from 60 votes the standard error is 9 %; three of them, and what wide cells round.
    assert np.std(off, axis=0) == pytest.approx(np.ones(2), abs=0.3)
    assert np.abs(np.mean(off, axis=0)).max() < 1.2


def test_prior_has_the_slope_it_says():
    values = law(second=SECOND).values
    _, slope, _ = log_prior(values)
    for column in range(len(values)):
        step = np.zeros(len(values))
        step[column] = 1e-6
        found = (log_prior(values + step)[0] - log_prior(values - step)[0]) / 2e-6
        assert slope[column] == pytest.approx(found, abs=1e-6)


def test_climbing_never_goes_down_and_stops_at_the_top():
    parameters = law()
    stations, _ = vote(parameters)
    begin = at(stations, replace(start(stations), values=np.array([*start(stations).values, *FURTHER])), GRID)
    top = climb(stations, begin.parameters, GRID, rounds=80, close=1e-4)
    assert top.objective > begin.objective
    again = climb(stations, top.parameters, GRID, rounds=10, close=1e-4)
    assert again.objective == pytest.approx(top.objective, abs=0.05)


def test_dividing_a_part_keeps_the_others():
    parameters = law(second=SECOND)
    larger = divide(parameters, 1, 0)
    assert larger.count == parameters.count + 1
    assert larger.values[:3] == pytest.approx(parameters.values[:3])
    assert larger.values[-4:] == pytest.approx(parameters.values[-4:])


def test_truth_is_recovered():
    parameters = law()
    stations, truth = vote(parameters, 2000)
    _, fit, factor = fitted(stations)
    assert factor > 20.0
    found = totals(stations, fit, stations, fit, GRID)
    sums = truth.sum(axis=0)
    want = np.array([*(2000 * parameters.classes[1:]), 0.0, sums[2], sums[3], 0.0])
    for place in (0, 1, 3, 4):  # three standard errors, and 5 % for what the grid rounds
        assert abs(found.value[place] - want[place]) < 3.0 * found.error[place] + 0.05 * want[place]


def test_labels_cannot_change_places():
    parameters = law()
    stations, truth = vote(parameters, 1500)
    simple = start(stations)
    ends = [
        climb(
            stations, replace(simple, values=np.array([*simple.values, *begin])), GRID, rounds=80, close=1e-3
        )
        for begin in (FURTHER, (-4.0, 2.0, 2.0, -2.0), (2.0, -6.0, -2.0, 2.0))
    ]
    for end in ends:
        assert end.objective == pytest.approx(ends[0].objective, abs=0.5)
        most = truth[:, 1] > 0
        assert end.passed.expected[most, 1].mean() > 0.8
        assert end.passed.expected[~most, 1].mean() < 0.02


def test_natural_votes_are_called_natural():
    for second in ((), SECOND):
        stations, _ = vote(law(further=(), second=second), 1000)
        assert fitted(stations)[2] < 0.0


@pytest.mark.parametrize("districts", [600, 40])
def test_the_account_with_added_ballots_does_not_get_stuck_where_there_are_none(districts):
    # With classes of next to no stations it is the other account, and costs two logarithms of their number.
    for seed in range(3):
        stations, _ = vote(law(districts, further=(), seed=seed), 1200, 500 + seed)
        assert -2.0 * np.log(1200) - 5.0 < fitted(stations, most=1)[2] < 0.0


def test_both_climbs_end_where_nothing_rises_any_more():
    stations, _ = vote(law(200, further=(-0.7, -2.0, -1.0, -1.5)), 1200)
    begin = replace(start(stations), values=np.array([*start(stations).values, *FURTHER]))
    for around in (False, True):
        top = climb(stations, begin, GRID, rounds=200, close=1e-5, around=around)
        found = blocks(stations, top)
        # Newton's step from there would bring next to nothing.
        assert found.by_values @ np.linalg.solve(found.own, found.by_values) < 0.05
        begin = top.parameters


def test_a_large_station_with_a_single_ballot_has_a_density():
    stations, _ = vote(law(10), 300)
    away, others, votes = (one.copy() for one in (stations.away, stations.others, stations.votes))
    away[7], others[7], votes[7] = 20_000.0, 0.0, 1.0
    odd = Stations(away, others, votes, stations.district)
    assert np.isfinite(look(odd, law(10), GRID).loglik).all()


def test_neither_account_gains_by_going_on_from_the_other():
    # Two kinds of place far apart: many ways of dividing parts end near one another.
    second = (0.4, -0.3, 0.2, 0.6, -0.8, -0.5)
    stations, _ = vote(law(further=FURTHER, second=second), 900)
    natural, classes = fit_both(stations, GRID, most=4, rounds=60, close=0.05)
    there = classes[0].parameters
    bare = replace(there, values=there.values[: there.natural])
    back = climb(stations, bare, GRID, rounds=60, close=0.005, around=True)
    assert evidence(stations, back) <= natural[1] + 0.5


def test_evidence_prefers_the_number_of_parts_that_was_drawn():
    one, _ = vote(law(further=()), 1000)
    two, _ = vote(law(further=(), second=(0.0, 0.0, 0.0, 0.5, -1.0, 0.0)), 1000)
    assert fit_natural(one, GRID, most=3, rounds=60, close=0.05)[-1][0].parameters.count == 1
    assert fit_natural(two, GRID, most=3, rounds=60, close=0.05)[-1][0].parameters.count == 2
    fit = climb(one, start(one), GRID, rounds=60, close=0.05)
    assert np.isfinite(evidence(one, fit))


def test_a_part_of_the_districts_stands_for_all():
    parameters = law(60)
    stations, _ = vote(parameters, 3000)
    chosen, kept = some_districts(stations, 1000)
    assert 800 < len(chosen) < 1300
    assert chosen.districts == len(kept)
    simple = start(chosen)
    fit = climb(
        chosen, replace(simple, values=np.array([*simple.values, *FURTHER])), GRID, rounds=60, close=0.05
    )
    whole, arrived = (spread_out(stations, fit, kept, GRID, rounds=rounds) for rounds in (2, 20))
    assert (whole.parameters.values == fit.parameters.values).all()
    others = np.setdiff1d(np.arange(stations.districts), kept)
    found, unsure = whole.parameters.centres[others], np.sqrt(whole.parameters.unsure[others][:, [0, 2]])
    # After two rounds half a standard error is left at most; and centres lie as far from the truth as is said, about 40 districts each way.
    assert found == pytest.approx(arrived.parameters.centres[others], abs=0.5 * unsure.min())
    far = np.sqrt((((found - parameters.centres[others]) / unsure) ** 2).mean(axis=0))
    assert (far > 0.7).all()
    assert (far < 1.4).all()


def test_the_interval_of_what_is_hardly_known_neither_begins_at_nothing_nor_ends_at_everything():
    # A class without a station: the scores tell nothing of its size, and the error is many times the estimate.
    value = np.array([0.96, 600.0, 1700.0, 1e-7, 4000.0, 4000.0])
    error = np.array([25.0, 30.0, 900.0, 1.0, 200.0, 300.0])
    found = Totals(value, error, np.repeat([3000.0, 5e5], 3))
    low, high = found.interval(0.95)
    assert (low > 0.0).all()
    assert (low < value).all()
    assert (value < high).all()
    # As if one station were expected and nothing else were known: an exponential law, nearly.
    assert (low[0], high[0]) == pytest.approx((-0.96 * np.log(0.975), -0.96 * np.log(0.025)), rel=0.01)
    # Where the error is small, two standard errors to either side.
    assert (low[1], high[1]) == pytest.approx((600.0 - 58.8, 600.0 + 58.8), rel=0.01)
    assert high[2] < 3000.0
    assert (np.diff([found.interval(level)[1] for level in (0.5, 0.8, 0.95, 0.999)], axis=0) > 0.0).all()


def test_a_grid_with_cells_half_as_wide_gives_much_the_same(monkeypatch):
    # Low rates, many stations of both classes: where *most* had three cells, the likelihood of such votes fell
    # short by twenty to thirty in logarithms, and a sixth of the class *some* was missing.
    votes = [vote(law(further=(-0.7, -2.0, -1.0, -1.5), seed=seed), 1200, seed)[0] for seed in range(4)]
    ends, found = ("_SOME_ADDED", "_SOME_MOVED", "_MOST_ADDED", "_MOST_MOVED"), []
    for _ in range(2):
        grid, fits = Grid(0.1, 0.7), []
        for one in votes:
            fresh = Stations(one.away, one.others, one.votes, one.district)
            begin = replace(start(fresh), values=np.array([*start(fresh).values, -1.0, -2.0, -0.5, -1.0]))
            fit = climb(fresh, begin, grid, rounds=80, close=0.01)
            fits.append([fit.objective, *totals(fresh, fit, fresh, fit, grid).value])
        found.append(np.array(fits))
        for name in ends:
            old = getattr(class_law, name)
            monkeypatch.setattr(class_law, name, np.sort([*old, *((old[1:] + old[:-1]) / 2.0)]))
    assert np.mean(found[1][:, 0] - found[0][:, 0]) < 12.0
    assert np.mean(found[0][:, 1:], axis=0) == pytest.approx(np.mean(found[1][:, 1:], axis=0), rel=0.05)


@pytest.mark.slow
def test_intervals_hold_the_truth_and_natural_votes_are_not_called_otherwise():
    held, called = [], 0
    for seed in range(40):
        parameters = law(seed=seed)
        stations, truth = vote(parameters, 1500, seed)
        fit = fitted(stations, 4)[1]
        low, high = totals(stations, fit, stations, fit, GRID).interval(0.95)
        sums = truth.sum(axis=0)
        true = np.array([*(1500 * parameters.classes[1:]), 0.0, sums[2], sums[3], 0.0])
        held.append(((low <= true) & (true <= high))[[0, 1, 3, 4]])
        called += fitted(vote(law(further=(), seed=seed), 1500, seed)[0], 4)[2] > np.log(100.0)
    # 95 of 100 with a standard error of 3.4 points; three of them.
    assert np.mean(held, axis=0).min() > 0.84
    assert called == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("further", "stations"), [((-0.7, -2.0, -1.0, -1.5), 1200), ((-2.5, -4.5, 0.0, -0.5), 800)]
)
def test_intervals_hold_the_truth_at_several_points_of_the_law(further, stations):
    # Many stations and low rates; few stations. The number of natural parts is known here, to save time.
    off, held = [], []
    for seed in range(40):
        parameters = law(further=further, seed=seed)
        drawn, truth = vote(parameters, stations, 90_000 + seed)
        fit = fitted(drawn, most=1)[1]
        found = totals(drawn, fit, drawn, fit, GRID)
        low, high = found.interval(0.95)
        classes, sums = stations * parameters.classes[1:], truth.sum(axis=0)
        true = np.array([*classes, classes.sum(), *sums[2:], sums[2:].sum()])
        held.append((low <= true) & (true <= high))
        off.append([found.value, true])
    # 95 of 100 with a standard error of 3.4 points; three of them.
    assert np.mean(held, axis=0).min() > 0.84
    value, true = np.mean(off, axis=0)
    assert np.abs(value / true - 1.0)[2:].max() < 0.15
