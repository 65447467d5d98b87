"""Whole percentages in Russian votes: every figure of the exact table of the methods specification (1.3).

The figures are those of Kobak, Shpilkin and Pshenichnikov (2016, 2018; https://doi.org/10.1214/16-AOAS904),
computed exactly instead of simulated. They are compared to the last digit printed.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest

from plebiscope.intake.mapping import from_dict
from plebiscope.intake.read import read
from plebiscope.kernels import integer_ratios, poisson_binomial
from plebiscope.methods import integer_percentages as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

pytestmark = pytest.mark.shared

# Year, n; observed, mean, sd of either; excess, z, log10 p, fraction in per cent; observed and mean of the
# share, then of turnout; areas with an excess at 5 per cent (Benjamini and Hochberg) and areas tested.
TABLE = """
2004 85457 17393 16458.64 113.656  934.4  8.22  -15.8 1.35  9283 8696.45  9214 8647.17 11 85
2007 85908 17273 16550.74 113.989  722.3  6.34   -9.8 1.04  9172 8755.69  9149 8683.10 12 82
2008 86309 18394 16676.46 114.363 1717.5 15.02  -49.3 2.47 10019 8806.55  9631 8766.80 18 82
2011 86718 17803 16800.43 114.716 1002.6  8.74  -17.7 1.43  9708 8941.45  9216 8767.16  7 81
2012 87623 18025 16864.04 115.181 1161.0 10.08  -23.1 1.64  9662 8924.54  9476 8842.07 10 81
2016 90357 19068 17570.16 117.076 1497.8 12.79  -36.3 2.06 10195 9360.89 10314 9163.52  9 83
2018 91152 19271 17562.40 117.379 1708.6 14.56  -46.5 2.32 10116 9258.87 10543 9245.47 13 83
2020 90579 21128 17446.38 116.969 3681.6 31.48 -206.6 5.03 12055 9220.55 10914 9161.61 30 83
2021 90821 18880 17567.60 117.244 1312.4 11.19  -28.1 1.79 10173 9348.18  9950 9165.34 11 83
"""
BOXES_2020 = "90633 21062 17457.14 117.004 3604.9 30.81 -198.2 4.93 12062 9226.07 10817 9167.31 30 83"
ROWS = {int(row.split()[0]): row[5:] for row in TABLE.strip().splitlines()}

# The spelling of the quantities in the file of check values.
NAMES = {"either": "union", "share": "result", "turnout": "turnout"}
# The table takes no account of the filters, as the literature; the product's headline does.
PLAIN = method.Params(given_filters=False)
YEARS = [year if year in (2020, 2021) else pytest.param(year, marks=pytest.mark.slow) for year in ROWS]


def subject(returns):
    return Subject(Contest(id=returns.contest, name=returns.contest), returns, ())


def unmarked(returns):
    """Keep the electronic rows, as the published figures do."""
    return replace(returns, table=returns.table.with_columns(mark=pl.lit(None, pl.String)))


@pytest.fixture(scope="module")
def evidence(russia):
    """Evidence on a year, computed once; the electronic rows of 2021 stay in, as in the table."""

    @cache
    def of(year, params=PLAIN):
        return method.measure(subject(unmarked(russia(year))), params, np.random.default_rng(0))

    return of


@pytest.fixture(scope="module")
def check_values(shared):
    return json.loads((shared / "methods_check_values.json").read_text("utf-8"))


def contest_level(found):
    """Measurements on the whole contest by quantity; the share is that of the favoured option."""
    return {m.quantity: m for m in reversed(found.measurements) if m.scope.level == "contest"}


def by_area(found):
    return [m for m in found.measurements if m.scope.level == "area"]


def named_at_five_per_cent(measurements):
    p = np.sort([m.p for m in measurements])
    passing = np.flatnonzero(p <= 0.05 * np.arange(1, len(p) + 1) / len(p))
    return 0 if len(passing) == 0 else int(passing[-1]) + 1


def effects(measurement):
    return {one.name: one for one in measurement.effects}


def fraction(measurement):
    return measurement.effects[0]


def printed(value, decimals):
    """Match a figure that was printed with so many decimals."""
    return pytest.approx(value, abs=0.5 * 10.0**-decimals + 1e-9)


def deviation(found):
    """Return the standard deviation that is told: the excess by how many of them it is."""
    return found.effect.value / effects(found)["standard deviations"].value


def assert_row(found, row):
    n, seen, mean, sd, excess, z, log10_p, written, *rest = map(float, row.split())
    share_seen, share_mean, turnout_seen, turnout_mean, areas_named, areas = rest
    contest = contest_level(found)
    either, share, turnout = (contest[name] for name in ("either", "share", "turnout"))
    assert found.measurements[0] is either
    assert (either.n, either.observed) == (n, seen)
    assert either.expected == printed(mean, 2)
    assert deviation(either) == printed(sd, 3)
    assert either.effect.value == printed(excess, 1)
    assert effects(either)["standard deviations"].value == printed(z, 2)
    assert either.log10_p == printed(log10_p, 1)
    assert fraction(either).value == printed(written, 2)
    assert (share.observed, turnout.observed) == (share_seen, turnout_seen)
    assert share.expected == printed(share_mean, 2)
    assert turnout.expected == printed(turnout_mean, 2)
    assert len(by_area(found)) == areas
    assert named_at_five_per_cent(by_area(found)) == areas_named


@pytest.mark.parametrize("year", YEARS)
def test_russia_exact_table_1_3_of_the_specification(evidence, year):
    assert_row(evidence(year), ROWS[year])


def test_russia_2020_with_ballots_in_boxes_table_1_3_of_the_specification(evidence):
    assert_row(evidence(2020, method.Params(turnout=("cast",), given_filters=False)), BOXES_2020)


def test_russia_2021_without_electronic_rows_clarification_c1(russia):
    found = method.measure(subject(russia(2021)), PLAIN, np.random.default_rng(0))
    either = found.measurements[0]
    assert (either.n, either.observed) == (90_788, 18_876)
    assert either.expected == printed(17_562.42, 2)
    assert deviation(either) == printed(117.228, 3)
    assert either.params["left_out"]["marked electronic"] == 33


@pytest.mark.parametrize("year", YEARS)
def test_russia_log10_p_and_weighted_excess_in_the_check_values(evidence, check_values, year):
    contest = contest_level(evidence(year))
    for quantity, spelled in NAMES.items():
        known, found = check_values["integer_test_exact"][str(year)][spelled], contest[quantity]
        assert found.log10_p == printed(known["log10p"], 1)
        assert fraction(found).value == printed(100 * known["excess_fraction"], 3)
        votes = next(name for name in effects(found) if name.startswith("excess of votes"))
        for name, key in (
            ("excess of registered voters there", "w_voters"),
            ("excess of ballots there", "w_given"),
            (votes, "w_leader"),
        ):
            weighed = effects(found)[name]
            assert weighed.value == printed(known[key]["anomaly"], 0)
            sd = (weighed.high - weighed.low) / 2 / 1.959963984540054
            assert sd == printed(known[key]["sd"], 0)


@pytest.mark.parametrize("year", YEARS)
def test_russia_top_regions_in_the_check_values(evidence, check_values, year):
    areas = {m.scope.area: m for m in by_area(evidence(year))}
    known = check_values["integer_test_exact"][str(year)]["top_regions"]
    assert len(known) == 5
    for name, n, seen, expected in known:
        assert (areas[name].n, areas[name].observed) == (n, seen)
        assert areas[name].expected == printed(expected, 1)


def test_russia_2020_weighed_by_ballots_in_boxes_in_the_check_values(evidence, check_values):
    contest = contest_level(evidence(2020, method.Params(turnout=("cast",), given_filters=False)))
    for quantity, spelled in NAMES.items():
        known, found = check_values["integer_test_exact"]["2020_received"][spelled], contest[quantity]
        assert found.log10_p == printed(known["log10p"], 1)
        voters = effects(found)["excess of registered voters there"]
        assert voters.value == printed(known["w_voters"]["anomaly"], 0)


@pytest.mark.parametrize(
    ("year", "excess", "deviations"),
    [
        pytest.param(2012, (1199.2, 665.3, 750.5), (10.42, 7.56, 8.53), marks=pytest.mark.slow),
        pytest.param(2018, (1758.2, 1339.1, 873.5), (15.00, 14.91, 9.76), marks=pytest.mark.slow),
        (2020, (3759.2, 1799.1, 2878.0), (32.20, 20.14, 32.27)),
    ],
)
def test_russia_headline_is_given_the_filters_clarification_c2(russia, year, excess, deviations):
    found = method.measure(subject(russia(year)), method.Params(), np.random.default_rng(0))
    contest = contest_level(found)
    for quantity, known, z in zip(("either", "turnout", "share"), excess, deviations, strict=True):
        one = contest[quantity]
        assert one.effect.value == printed(known, 1)
        assert effects(one)["standard deviations"].value == printed(z, 2)
        assert one.observed - one.expected == pytest.approx(one.effect.value)
        n, _, mean, _, plain, z_plain, *_ = ROWS[year].split()
        if quantity == "either":
            assert one.n == int(n)
            assert effects(one)["expected without regard to the filters"].value == printed(float(mean), 2)
            assert effects(one)["excess without regard to the filters"].value == printed(float(plain), 1)
            beside = effects(one)["standard deviations without regard to the filters"]
            assert beside.value == printed(float(z_plain), 2)


@pytest.mark.parametrize(
    ("year", "deviations"),
    [
        pytest.param(2018, (14.3, 5.4, 1.3, -3.1, -2.4, -3.0, -4.8, -3.3, -5.0, 0.5), marks=pytest.mark.slow),
        (2020, (19.3, 6.3, 2.1, -0.1, -1.6, -3.4, -7.0, -6.1, -6.7, -2.9)),
    ],
)
def test_russia_turnout_at_placebo_offsets_1_5_of_the_specification(russia, year, deviations):
    # Printed with the window of 1.4, in which all counts weigh the same.
    returns = russia(year)
    leader = returns.leader
    table = returns.table.filter(
        (pl.col("cast") > 0)
        & (pl.col("registered") >= 100)
        & (100 * pl.col("issued") <= 99 * pl.col("registered"))
        & (100 * pl.col(leader) <= 99 * pl.col("cast"))
    )
    N, G = (table[name].to_numpy().astype(np.int64) for name in ("registered", "issued"))
    _, by_tenth = integer_ratios.local_chances(G, N, tapered=False)
    assert integer_ratios.placebo_scores(G, N, by_tenth) == printed(np.array(deviations), 1)


@pytest.mark.parametrize("year", YEARS)
def test_russia_exact_excess_lies_within_simulation_error_of_the_simulated_one(evidence, check_values, year):
    # Kobak and colleagues: the mean of 1,000 replicates has an error of sd / sqrt(1000), about 3.6 stations;
    # four of them are allowed.
    simulated = check_values["integer_test_published_MC"]
    place = simulated["years"].index(year)
    known = simulated["union_2020_issued_ballots"] if year == 2020 else simulated["union"][place]
    either = evidence(year).measurements[0]
    assert either.effect.value == pytest.approx(known, abs=4 * simulated["sd_union"][place] / math.sqrt(1000))


# Excess of voters registered at stations at a whole percentage of turnout or result, in the literature (1.2).
VOTERS = {
    2004: 1.50e6, 2007: 1.11e6, 2008: 2.69e6, 2011: 1.59e6, 2012: 1.74e6, 2016: 2.52e6, 2018: 2.46e6, 2020: 5.64e6,
    2021: 2.03e6,
}  # fmt: skip


@pytest.mark.parametrize("year", YEARS)
def test_russia_excess_of_voters_lies_within_simulation_error_of_the_simulated_one_1_2(evidence, year):
    # The mean of 1,000 replicates with a standard deviation of 0.17 million errs by 5,400; four of that, and half
    # a unit of the last digit printed. The figure of 2020 counts ballots in boxes.
    params = method.Params(turnout=("cast",), given_filters=False) if year == 2020 else PLAIN
    weighed = effects(evidence(year, params).measurements[0])["excess of registered voters there"]
    assert weighed.value == pytest.approx(VOTERS[year], abs=4 * 0.17e6 / math.sqrt(1000) + 5e3)


def test_russia_2020_excess_of_voters_ballots_and_votes_in_the_published_notebook(evidence):
    # Kobak's notebook of the 2020 vote (ballots issued): 5,788,133.7, 4,863,552.7 and 4,172,255.7 by simulation.
    either = evidence(2020).measurements[0]
    votes = next(name for name in effects(either) if name.startswith("excess of votes"))
    for name, known in (
        ("excess of registered voters there", 5_788_133.7),
        ("excess of ballots there", 4_863_552.7),
        (votes, 4_172_255.7),
    ):
        weighed = effects(either)[name]
        sd = (weighed.high - weighed.low) / 2 / 1.959963984540054
        assert weighed.value == pytest.approx(known, abs=4 * sd / math.sqrt(1000))


def test_russia_2020_single_percentages_1_7_of_the_specification(evidence):
    # Multiples of five stand out most: the three tallest peaks of turnout and the four of the share.
    contest = contest_level(evidence(2020))
    for quantity, most in (("turnout", 3), ("share", 4)):
        found = contest[f"{quantity}, single percentages"]
        tallest = sorted((one for one in found.effects), key=lambda one: -one.value)[:most]
        assert {one.name for one in tallest} <= {f"excess at {m} %" for m in range(50, 100, 5)}
        assert found.effect.value == tallest[0].value
        assert found.log10_p < -30


def test_taiwan_2018_question_16_is_no_excess_multi_country_calibration(shared, check_values):
    table = pl.read_csv(shared / "data" / "taiwan-2018-referendum-q16" / "rfprof.csv", infer_schema=False)
    table = table.filter(pl.col("tbox_no") != "0000")
    N, B, V, L = (
        table[name].cast(pl.Int64).to_numpy()
        for name in ("votable_population", "vote_ticket", "valid_ticket", "agree_ticket")
    )
    used = (V >= 50) & (N >= 100) & (100 * B <= 99 * N) & (100 * L <= 99 * B) & (L > 0)
    known = check_values["multi_country_calibration"]["Taiwan2018_q16"][:2]
    for (k, n), z in zip(((B[used], N[used]), (L[used], B[used])), known, strict=True):
        mean, variance = poisson_binomial.moments(integer_ratios.chance_at_integer(k, n).plain)
        seen = integer_ratios.at_integer(k, n).sum()
        # The filter of that run is known in words only, so a few stations may differ.
        assert (seen - mean) / math.sqrt(variance) == pytest.approx(z, abs=0.05)


def test_canada_2011_is_no_excess_clean_controls(shared, check_values):
    # Polls with less than 100 voters, or nearly all for one, are left out as in the Russian table.
    mapping = from_dict({"columns": {"registered": "N", "cast": "t", "options": {"leader": "v"}}}, "test")
    returns = read([shared / "data" / "canada-2011" / "output.rda"], "vote", mapping).returns
    contest = contest_level(method.measure(subject(returns), PLAIN, np.random.default_rng(0)))
    known = check_values["integer_test_clean_controls"]["Canada2011_CPC"]
    for quantity, spelled in NAMES.items():
        found, (seen, mean, sd, z) = contest[quantity], known[spelled]
        assert (found.n, found.observed) == (known["n"], seen)
        assert found.expected == printed(mean, 1)
        assert deviation(found) == printed(sd, 1)
        assert effects(found)["standard deviations"].value == printed(z, 2)
