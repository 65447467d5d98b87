"""Section 3.4 of the methods specification: small less large stations in the standardised fingerprint.

With stations of 100 voters or more the figures of Mexico, inside the 300 federal districts, come out to the digits
printed. For Russia the specification does not say which commissions it left out (those of fewer than 20 stations
come nearest); its figures are met within 0.03.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest
import rdata

from plebiscope.methods.small_stations import METHOD, Params, difference, smallness, standardised
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns

pytestmark = pytest.mark.shared

RUSSIA = {
    2004: (0.78, 0.29),
    2011: (0.62, 0.47),
    2012: (0.59, 0.47),
    2018: (0.53, 0.38),
    2020: (0.49, 0.30),
    2021: (0.60, 0.40),
}


def ask(returns: Returns, option: str | None = None) -> dict[str, float]:
    contest = Contest(id="vote", name="vote", options=returns.options, favoured=option)
    evidence = METHOD.measure(Subject(contest, returns, ()), Params(), np.random.default_rng(0))
    return {m.quantity: float(m.observed or 0.0) for m in evidence.measurements}


@pytest.mark.parametrize("year", RUSSIA)
def test_methods_3_4_russia_by_territorial_commission(russia: Callable[[int], Returns], year: int) -> None:
    found = ask(russia(year))
    assert (found["turnout"], found["share"]) == pytest.approx(RUSSIA[year], abs=0.03)
    assert 0.18 < found["together"] < 0.51


@pytest.mark.parametrize(
    ("year", "option", "turnout", "share", "together"),
    [
        (2012, "pri_pvem", 0.38, 0.17, -0.07),
        (2012, "pan", 0.38, 0.05, None),
        (2006, "pan", 0.18, -0.03, 0.28),
    ],
)
def test_methods_3_4_mexico_by_federal_district(shared, year, option, turnout, share, together) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (booths,) = rdata.read_rda(shared / "data" / f"mexico-{year}" / f"nal_{year}.rda").values()
    district = "distrito_fed_12" if year == 2012 else "distrito_fed"
    numbers = booths[["edo_id", district, "ln", "total", option]].fillna(0).to_numpy().astype(np.int64)
    numbers = numbers[(numbers[:, 2] >= 100) & (numbers[:, 3] > 0) & (numbers[:, 3] <= numbers[:, 2])]
    place = np.unique(1000 * numbers[:, 0] + numbers[:, 1], return_inverse=True)[1]
    assert place.max() == 299
    weight = smallness(numbers[:, 2], place, 30)
    first, second = (
        standardised(numbers[:, 3] / numbers[:, 2], place),
        standardised(numbers[:, 4] / numbers[:, 3], place),
    )
    # Ties in size, which the specification breaks as they come, move the third digit.
    assert difference(first, weight) == pytest.approx(turnout, abs=0.006)
    assert difference(second, weight) == pytest.approx(share, abs=0.006)
    if together is not None:
        known = np.isfinite(first) & np.isfinite(second)
        assert round(float(np.corrcoef(first[known], second[known])[0, 1]), 2) == together
