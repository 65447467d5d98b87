"""Section 3.3 of the methods specification: what the published model takes from the data, and its distance S.

The notebook that printed these figures counts ballots handed out for turnout. Its fits are minima of a simulated
distance; here the same distance is computed, and is no larger at our minimum. The station data of 2003 are not at
hand.

The estimates beforehand come out as printed, to the last digit. The parts are searched for as in the article: every
triple of a grid is simulated and the nearest kept, and this is repeated. Without an exponent at extreme additions 2012
comes out whole, within two standard deviations of the searches, and so does the extreme part of the other years; with
it, as the formula is quoted, no year does. The incremental part of 2007 and 2011 comes out in neither way.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from plebiscope.methods import klimek, shape
from plebiscope.methods.klimek import METHOD, Params, legacy
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns

pytestmark = pytest.mark.shared

PRINTED = {
    # year: tau, nu, s_tau, s_nu, theta; f_i, f_e, alpha
    2007: ((0.561, 0.610, 0.0699, 0.0989, 0.426), (0.636, 0.038, 2.2)),
    2011: ((0.529, 0.324, 0.0814, 0.0697, 0.559), (0.64, 0.033, 2.3)),
    2012: ((0.605, 0.600, 0.0694, 0.0920, 0.419), (0.39, 0.021, 1.5)),
}


Parts = tuple[NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture
def shares(russia: Callable[[int], Returns]) -> Callable[[int], Parts]:
    """Return turnout and share of a year's stations, as the notebook takes them."""

    def of(year: int) -> Parts:
        picked = russia(year).select("registered", "issued", "cast", russia(year).leader)
        picked = picked.keep((picked["cast"] > 0) & (picked["cast"] <= picked["registered"]), "impossible")
        turnout = np.clip(picked["issued"] / picked["registered"], 0, 1)
        return turnout, picked[russia(year).leader] / picked["cast"]

    return of


def searched(turnout: NDArray[np.float64], share: NDArray[np.float64], *, exponent_at_extreme: bool) -> Parts:
    """Return mean and standard deviation of f_i, f_e and alpha over repeated searches by simulation.

    Simulated are the triples that can be nearest: what S is in the mean, and how it varies, is known of each.
    """
    rng, repeats, histogram = np.random.default_rng(0), 25, legacy.histogram(share)
    stations = legacy._Stations.of(legacy.estimate_clean(turnout, share))
    none, extreme = stations.without_exponent()
    grid = np.meshgrid(np.arange(0.1, 1.0, 0.02), np.arange(0.01, 0.1, 0.002))
    some, most = (parts.ravel() for parts in grid)
    sizes = histogram.sum() * np.column_stack([1.0 - some - most, some, most]).clip(0.0)
    models, triples = [], []
    for alpha in np.arange(0.8, 4.05, 0.1):
        if exponent_at_extreme:
            extreme = stations._law(stations.most, stations.most**alpha)
        models.append(sizes @ np.stack((none, stations.incremental(alpha), extreme)))
        triples.append(np.column_stack([some, most, np.full(len(some), alpha)]))
    model, triple, weight = np.concatenate(models), np.concatenate(triples), (histogram + 1.0) ** -2.0
    off = model - histogram
    mean = (model + off**2) @ weight
    deviation = np.sqrt((2.0 * model**2 + model * (1.0 + 4.0 * off + 4.0 * off**2)) @ weight**2)
    near = mean - 4.0 * deviation < (mean + 2.0 * deviation).min()
    drawn = rng.poisson(model[near], size=(repeats, int(near.sum()), len(histogram)))
    best = triple[near][(((drawn - histogram) ** 2) @ weight).argmin(axis=1)]
    return best.mean(axis=0), best.std(axis=0, ddof=1)


@pytest.mark.parametrize("year", PRINTED)
def test_methods_3_3_estimates_beforehand(shares: Callable[[int], Parts], year: int) -> None:
    before, _ = PRINTED[year]
    clean = legacy.estimate_clean(*shares(year))
    assert clean is not None
    found = (clean.turnout, clean.share, clean.turnout_spread, clean.share_spread, clean.addition)
    assert (
        tuple(round(value, len(str(shown)) - 2) for value, shown in zip(found, before, strict=True)) == before
    )


@pytest.mark.parametrize("year", PRINTED)
def test_methods_3_3_parts_by_the_search_of_the_article(shares: Callable[[int], Parts], year: int) -> None:
    _, printed = PRINTED[year]
    row = [str(year)]
    for exponent in (False, True):
        mean, deviation = searched(*shares(year), exponent_at_extreme=exponent)
        near = np.abs(mean - printed) < 2.0 * deviation
        assert near.all() == (year == 2012 and not exponent)
        assert near[0] == near.all()
        assert near[1] or exponent
        row += [
            f"{at:.{digits}f} ({spread:.{digits}f})"
            for at, spread, digits in zip(mean, deviation, (2, 3, 1), strict=True)
        ]
    assert " ".join(row) in " ".join(str(klimek.__doc__).split())


@pytest.mark.parametrize("year", PRINTED)
def test_methods_3_3_parts_by_least_squares(shares: Callable[[int], Parts], year: int) -> None:
    """The page says what is computed, and that the printed parts are further from the votes by S, yet far nearer than none."""
    _, printed = PRINTED[year]
    turnout, share = shares(year)
    seen, clean = legacy.histogram(share), legacy.estimate_clean(turnout, share)
    lower, ours, higher = (
        legacy.fit(seen, legacy.estimate_clean(turnout, share, beside), Params().alphas)
        for beside in (-0.01, 0.0, 0.01)
    )
    theirs, without = (legacy.distance(seen, clean, *parts) for parts in (printed, (0.0, 0.0, 1.0)))
    assert ours.distance <= theirs < without / 2
    row = (
        f"{year} {printed[0]:g} {printed[1]:g} {printed[2]:.1f} "
        f"{ours.incremental:.3f} {ours.extreme:.3f} {ours.alpha:.1f} "
        f"{lower.incremental:.2f}, {higher.incremental:.2f} {ours.distance:.1f} {theirs:.1f} {without:.1f}"
    )
    assert row in " ".join(str(klimek.__doc__).split())


@pytest.mark.parametrize("year", PRINTED)
def test_the_distance_hardly_depends_on_the_peak_on_which_the_part_depends(
    shares: Callable[[int], Parts], year: int
) -> None:
    turnout, share = shares(year)
    seen = legacy.histogram(share)
    fits = [
        legacy.fit(seen, legacy.estimate_clean(turnout, share, points / 100.0), Params().alphas)
        for points in range(-6, 2)
    ]
    distances, parts = [fit.distance for fit in fits], [fit.incremental for fit in fits]
    assert max(distances) < 1.1 * min(distances)
    assert max(parts) > 1.2 * min(parts)
    row = f"{year} {min(distances):.1f} to {max(distances):.1f} {min(parts):.2f} to {max(parts):.2f}"
    assert row in " ".join(str(klimek.__doc__).split())


def test_our_own_fit_reports_no_part_where_neither_model_describes_the_vote(
    russia: Callable[[int], Returns],
) -> None:
    returns = russia(2011)
    subject = Subject(Contest(id="vote", name="vote"), returns, ())
    found = METHOD.measure(subject, Params(), np.random.default_rng(0)).measurements[1]
    assert found.effect is None
    assert "neither clean stations alone nor additions" in found.statement


RATES = {2004: (-2.1, 8.8), 2007: (-2.2, 9.2), 2011: (-1.8, 7.1), 2012: (-2.5, 12.0), 2020: (-1.1, 5.1)}


@pytest.mark.parametrize("year", RATES)
def test_methods_3_2_logarithmic_vote_rate(russia: Callable[[int], Returns], year: int) -> None:
    subject = Subject(Contest(id="vote", name="vote"), russia(year), ())
    evidence = shape.measure(subject, shape.Params(jitters=0), np.random.default_rng(0))
    (found,) = [m for m in evidence.measurements if m.quantity == "logarithmic vote rate"]
    assert (found.effects[0].value, found.effect.value) == pytest.approx(RATES[year], abs=0.06)
