"""Section 3.3 of the methods specification: what the published model takes from the data, and its distance S.

The notebook that printed these figures counts ballots handed out for turnout. Its fits are minima of a simulated
distance; here the same distance is computed, and is no larger at our minimum. The station data of 2003 are not at
hand.

The estimates beforehand come out as printed, to the last digit, and the parts as the article searched for them: every
triple of a grid is simulated and the nearest kept, and this is repeated. For 2012 all three come out, within two
standard deviations of the searches. The incremental part hangs on where the first peak of shares is put, and in 2007 and
2011 the curve is flat there (over five points and more, bins of one per cent differ no more than by drawing): there all
three come out with a peak 1.3 points beside the one that the notebook prints, and with that one the extreme part does.

With the exponent at extreme additions too, no year comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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


PEAK = {2007: 0.597, 2011: 0.337, 2012: 0.600}
"""Where the first peak of shares must be for the printed parts; in 2012 it is where the notebook has it."""


@pytest.fixture
def seen(russia: Callable[[int], Returns]) -> Callable[[int], tuple[legacy.Clean, NDArray[np.float64]]]:
    """What the model takes from a year beforehand, and the histogram that it is fitted to."""

    def of(year: int) -> tuple[legacy.Clean, NDArray[np.float64]]:
        picked = russia(year).select("registered", "issued", "cast", russia(year).leader)
        picked = picked.keep((picked["cast"] > 0) & (picked["cast"] <= picked["registered"]), "impossible")
        share = picked[russia(year).leader] / picked["cast"]
        clean = legacy.estimate_clean(np.clip(picked["issued"] / picked["registered"], 0, 1), share)
        assert clean is not None
        return clean, legacy.histogram(share)

    return of


def searched(
    clean: legacy.Clean, histogram: NDArray[np.float64], repeats: int = 25
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard deviation of f_i, f_e and alpha over repeated searches by simulation."""
    rng, total = np.random.default_rng(0), histogram.sum()
    some, most = (
        parts.ravel() for parts in np.meshgrid(np.arange(0.1, 1.0, 0.02), np.arange(0.01, 0.06, 0.002))
    )
    nearest, best = np.full(repeats, np.inf), np.zeros((repeats, 3))
    for alpha in np.arange(0.8, 4.05, 0.1):
        laws = np.stack(legacy.shares(clean, float(alpha)))
        model = total * np.column_stack([1.0 - some - most, some, most]).clip(0.0) @ laws
        for repeat in range(repeats):
            distance = (((rng.poisson(model) - histogram) / (histogram + 1.0)) ** 2).sum(axis=1)
            at = int(distance.argmin())
            if distance[at] < nearest[repeat]:
                nearest[repeat], best[repeat] = distance[at], (some[at], most[at], alpha)
    return best.mean(axis=0), best.std(axis=0, ddof=1)


@pytest.mark.parametrize("year", PRINTED)
def test_methods_3_3_estimates_beforehand(seen: Callable, year: int) -> None:
    before, _ = PRINTED[year]
    clean, _ = seen(year)
    found = (clean.turnout, clean.share, clean.turnout_spread, clean.share_spread, clean.addition)
    assert (
        tuple(round(value, len(str(shown)) - 2) for value, shown in zip(found, before, strict=True)) == before
    )


@pytest.mark.parametrize("year", PRINTED)
def test_methods_3_3_parts_as_printed(seen: Callable, year: int) -> None:
    _, printed = PRINTED[year]
    clean, histogram = seen(year)
    mean, deviation = searched(clean, histogram)
    near = np.abs(mean - printed) < 2.0 * deviation
    assert near[1]
    assert near.all() == (year == 2012)
    assert abs(PEAK[year] - clean.share) < 0.0135
    mean, deviation = searched(replace(clean, share=PEAK[year]), histogram)
    assert (np.abs(mean - printed) < 2.0 * deviation).all()


@pytest.mark.parametrize("year", PRINTED)
def test_methods_3_3_what_the_page_says_of_them(seen: Callable, year: int) -> None:
    _, printed = PRINTED[year]
    clean, histogram = seen(year)
    lower, ours, higher = (
        legacy.fit(histogram, replace(clean, share=clean.share + moved), Params().alphas)
        for moved in (-0.01, 0.0, 0.01)
    )
    theirs, without = (legacy.distance(histogram, clean, *parts) for parts in (printed, (0.0, 0.0, 1.0)))
    assert ours.distance <= theirs < without / 2
    row = (
        f"{year} {printed[0]:g} {printed[1]:g} {printed[2]:.1f} "
        f"{ours.incremental:.3f} {ours.extreme:.3f} {ours.alpha:.1f} "
        f"{lower.incremental:.2f} to {higher.incremental:.2f} {ours.distance:.1f} {theirs:.1f} {without:.1f}"
    )
    assert row in " ".join(str(klimek.__doc__).split()), row


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
