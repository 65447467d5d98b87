"""Sections 6 and 7 of the methods specification: what the tool kits print, to the digit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from plebiscope.kernels import digits, slopes
from plebiscope.methods.digits import statistics
from plebiscope.methods.shape import dip, moments
from plebiscope.model.returns import Returns

pytestmark = pytest.mark.shared

# Section 6, as printed by EFToolkit for ballots cast: stations, 2BL, P05s, C05s, skewness, kurtosis.
ALBANIA = {
    "BERAT": (300, 4.244, 0.197, 0.217, None, None),
    "DIBER": (258, 4.167, 0.221, 0.225, 1.685, 4.954),
    "DURRES": (444, 4.572, 0.173, 0.194, 1.354, 3.211),
    "ELBASAN": (516, 4.345, 0.217, 0.196, 1.500, 4.086),
    "FIER": (558, 4.373, 0.208, 0.181, 1.582, 4.572),
}
# Comparison of tools, section 2: party, 2BL, last digit, P05s, C05s, skewness, kurtosis, p of the dip, correlation.
PARTIES = {
    ("BERAT", "C035"): (4.054, 4.657, 0.191, 0.213, -0.205, 3.143, 0.3, -0.108),
    ("BERAT", "C050"): (3.88, 4.277, 0.197, 0.183, 1.067, 4.528, 0.995, 0.02),
    ("TIRANE", "C035"): (4.054, 4.6, 0.186, 0.195, -0.406, 3.758, 0.987, -0.063),
    ("TIRANE", "C050"): (3.502, 4.426, 0.203, 0.208, 0.575, 3.987, 0.994, 0.023),
}


@pytest.fixture(scope="module")
def albania(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "data" / "albania-2013" / "Albania2013.csv", infer_schema_length=None)


@pytest.mark.parametrize("prefecture", ALBANIA)
def test_methods_6_digits_of_ballots_cast_in_albania_2013(albania: pl.DataFrame, prefecture: str) -> None:
    n, second, fives, ends, skewness, kurtosis = ALBANIA[prefecture]
    cast, registered = columns(albania, prefecture, "Ballots", "Registered")
    found = statistics(cast, registered)
    assert found.n == n
    assert round(found.second_digit, 3) == second
    assert round(found.per_cent_0_or_5, 3) == fives
    assert round(found.ends_in_0_or_5, 3) == ends
    if skewness is not None:
        some = registered > 0
        shape = moments(np.minimum(cast[some] / registered[some], 1.0))
        assert [round(value, 3) for value in shape] == [skewness, kurtosis]


@pytest.mark.parametrize(("prefecture", "party"), PARTIES)
def test_tool_kit_figures_of_parties_in_albania_2013(
    albania: pl.DataFrame, prefecture: str, party: str
) -> None:
    second, last, fives, ends, skewness, kurtosis, one_peak, together = PARTIES[prefecture, party]
    votes, cast, registered = columns(albania, prefecture, party, "Ballots", "Registered")
    found = statistics(votes, cast)
    assert round(found.second_digit, 3) == second
    assert round(found.last_digit, 3) == last
    # The tool kit leaves the one station without ballots out of its percentages of parties.
    assert round(found.per_cent_0_or_5 * found.n / np.count_nonzero(cast), 3) == fives
    assert round(found.ends_in_0_or_5, 3) == ends
    some = cast > 0
    rates = np.minimum(votes[some] / cast[some], 1.0)
    assert [round(value, 3) for value in moments(rates)] == [skewness, kurtosis]
    assert round(dip(rates)[1], 3) == one_peak
    turnout = np.minimum(cast[some] / registered[some], 1.0)
    assert round(float(np.corrcoef(turnout, rates)[0, 1]), 3) == together


def columns(table: pl.DataFrame, prefecture: str, *names: str) -> list[np.ndarray]:
    rows = table.filter(pl.col("Prefectures") == prefecture)
    return [rows[name].to_numpy().astype(np.int64) for name in names]


def test_methods_6_second_digits_of_russia_2018_are_18_5_standard_errors_from_benford(
    russia: Callable[[int], Returns],
) -> None:
    votes = russia(2018).table["Путин Владимир Владимирович"].to_numpy()
    assert standard_errors(votes) == -18.5


def test_methods_6_second_digits_of_russia_2012_and_2021_pass(russia: Callable[[int], Returns]) -> None:
    for year, expected in ((2012, 2.0), (2021, 0.6)):
        returns = russia(year)
        assert standard_errors(returns.table[returns.leader].to_numpy()) == expected


def standard_errors(counts: np.ndarray) -> float:
    place = np.arange(10)
    mean = digits.BENFORD_SECOND @ place
    spread = np.sqrt(digits.BENFORD_SECOND @ place**2 - mean**2)
    long = counts[counts >= 10]
    return round(float((digits.second_digit(long).mean() - mean) / spread * np.sqrt(len(long))), 1)


# Table 2.5 (iii) and section 7: logits per ten points over all and inside commissions; slope and share of
# votes per registered voter.
SLOPES = {
    2004: (0.216, 0.092, 1.00, 0.71),
    2011: (0.426, 0.217, 1.17, 0.49),  # printed 1.18, which is the slope with valid ballots for turnout
    2012: (0.318, 0.144, 1.15, 0.64),
    2018: (0.228, 0.125, 1.05, 0.77),
    2020: (0.262, 0.142, 1.06, 0.78),
}


@pytest.mark.parametrize("year", SLOPES)
def test_methods_2_5_and_7_slopes_of_russia(russia: Callable[[int], Returns], year: int) -> None:
    returns = russia(year)
    found = returns.select("registered", "cast", returns.leader)
    registered, cast, votes = found["registered"], found["cast"], found[returns.leader]
    sound = (cast > 0) & (cast <= registered) & (votes <= cast)
    part = sound & (registered >= 100) & (registered < 6000)
    places = (pl.col("region") + "|" + pl.col("tik")) if "tik" in returns.table.columns else pl.col("region")
    codes = returns.table.select(places.cast(pl.Categorical).to_physical()).to_series().to_numpy()[found.rows]
    codes = codes.astype(np.int64)
    turnout = 10.0 * cast[part] / registered[part]
    none = np.zeros(np.count_nonzero(part), dtype=np.int64)
    over_all = slopes.logit_slope(turnout, votes[part], cast[part], none, none)
    inside = slopes.logit_slope(turnout, votes[part], cast[part], codes[part], codes[part])
    large = sound & (registered >= 100)
    steep = slopes.line(cast[large] / registered[large], votes[large] / registered[large])
    share = votes[sound].sum() / cast[sound].sum()
    measured = (round(over_all.value, 3), round(inside.value, 3), round(steep, 2), round(share, 2))
    assert measured == SLOPES[year]
