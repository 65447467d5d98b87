"""Marks just reached and just missed: every figure of the methods specification (1.6) that the data allow.

Figures are compared to the last digit printed. They take no account of the filters, so the parameter that leaves
out a count whose counterpart a filter drops is turned off; what it changes is tested at the end.
"""

from __future__ import annotations

import io
import json
import math
import zipfile

import numpy as np
import polars as pl
import pytest

from plebiscope.intake.mapping import from_dict
from plebiscope.intake.read import read
from plebiscope.methods import straddle as method
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

pytestmark = pytest.mark.shared

YEARS = (2004, 2007, 2008, 2011, 2012, 2016, 2018, 2020, 2021)
FAST = (2020, 2021)
PLAIN = method.Params(given_filters=False)


@pytest.fixture(scope="module")
def check_values(shared):
    return json.loads((shared / "methods_check_values.json").read_text("utf-8"))


def answers(returns, params):
    evidence = method.measure(
        Subject(Contest(id="vote", name="vote"), returns, ()), params, np.random.default_rng(0)
    )
    return {m.quantity: m for m in evidence.measurements if m.scope.level == "contest"}


def assert_printed(reached, missed, ratio, z):
    assert reached / missed == pytest.approx(ratio, abs=0.0005 + 1e-9)
    assert (reached - missed) / math.sqrt(reached + missed) == pytest.approx(z, abs=0.05 + 1e-9)


@pytest.mark.parametrize("year", [y if y in FAST else pytest.param(y, marks=pytest.mark.slow) for y in YEARS])
def test_russia_ratio_and_deviations_per_five_1_6_of_the_specification(russia, check_values, year):
    found = answers(russia(year), PLAIN)
    known = check_values["straddle_sign_test_per5"]
    for quantity, spelled in (("turnout", "turnout"), ("share", "result")):
        one = found[quantity]
        assert_printed(one.observed, one.n - one.observed, *known[spelled][f"Russia{year}"])
        assert one.effect.value == pytest.approx(known[spelled][f"Russia{year}"][0], abs=0.0005 + 1e-9)


def counts(table, *names):
    return tuple(
        table[name]
        .str.strip_chars()
        .str.replace_all(",", "")
        .cast(pl.Int64, strict=False)
        .fill_null(0)
        .to_numpy()
        for name in names
    )


def unzipped(path, encoding):
    archive = zipfile.ZipFile(path)
    return io.BytesIO(archive.read(archive.namelist()[0]).decode(encoding).encode())


def taiwan(data):
    table = pl.read_csv(data / "taiwan-2018-referendum-q16" / "rfprof.csv", infer_schema=False)
    boxes = table.filter(pl.col("tbox_no") != "0000")
    return counts(boxes, "votable_population", "vote_ticket", "agree_ticket")


def turkey(data):
    text = unzipped(data / "turkey-2014-local" / "yerel2014.csv.zip", "utf-16")
    table = pl.read_csv(text, separator="\t", infer_schema=False, quote_char=None)
    return counts(table, *(table.columns[place] for place in (7, 8)), "AK PARTİ")


def bolivia(data):
    text = unzipped(data / "bolivia-2019" / "final_computo.zip", "utf-8-sig")
    table = pl.read_csv(text, infer_schema=False)
    first, last = table.columns.index("CC"), table.columns.index("PAN-BOL")
    valid = sum(counts(table, *table.columns[first : last + 1]))
    return counts(table, "Inscritos")[0], valid, counts(table, "MAS - IPSP")[0]


def serbia(data):
    table = pl.read_csv(data / "serbia" / "izbori.csv", infer_schema=False)
    return counts(table, "Upisani biraci", "U glasackoj kutiji", "Aleksandar Vucic")


def venezuela(data):
    table = pl.read_csv(data / "venezuela-2024" / "RESULTADOS_2024_CSV_V1.csv", infer_schema=False)
    registered, valid, null, votes = counts(table, "RE", "VOTOS_VALIDOS", "VOTOS_NULOS", "EG")
    return registered, valid + null, votes


def uganda(data):
    table = pl.read_csv(data / "uganda-2011" / "2011_Pres_Pstn.csv", infer_schema=False, skip_rows=2)
    names = "REGISTERED VOTERS", "VALID", "INVALID", "YOWERI MUSEVENI KAGUTA"
    registered, valid, invalid, votes = counts(table, *names)
    return registered, valid + invalid, votes


def poland(party):
    def of(data):
        folder = data / "poland-2007-sejm"
        places, results = (
            pl.read_csv(folder / name, infer_schema=False, separator=";")
            for name in ("ws2007_komisje.csv", "ws2007_komisje_wyniki.csv")
        )
        table = places.join(results, left_on=["teryt", "nro"], right_on=["terytP", "nrk"])
        return counts(table, "lwu", "lkwzu", party)

    return of


@pytest.mark.parametrize(
    ("read", "key", "share_too"),
    [
        (taiwan, "Taiwan2018_q16", True),
        (turkey, "Turkey2014_AKP", True),
        (serbia, "Serbia2020_SNS", True),
        (venezuela, "Venezuela2024_actas_EG", True),
        (poland("PO"), "Poland2007_PO", True),
        (poland("PiS"), "Poland2007_PiS", True),
        # The figure for the share (1.025) was made from a harmonised copy; from this file it is 1.026.
        (uganda, "Uganda2011_Museveni", False),
    ],
    ids=["Taiwan", "Turkey", "Serbia", "Venezuela", "Poland PO", "Poland PiS", "Uganda"],
)
def test_votes_elsewhere_ratio_per_five_multi_country_calibration(
    shared, check_values, make_returns, read, key, share_too
):
    registered, cast, votes = read(shared / "data")
    columns = {"registered": registered, "cast": cast, "option": votes}
    params = method.Params(given_filters=False, least_ballots=50)
    found = answers(make_returns(columns, ["option"]), params)
    _, _, turnout, share, *_ = check_values["multi_country_calibration"][key]
    assert_printed(found["turnout"].observed, found["turnout"].n - found["turnout"].observed, *turnout)
    if share_too:
        assert_printed(found["share"].observed, found["share"].n - found["share"].observed, *share)


def test_bolivia_2019_of_valid_ballots_multi_country_calibration(shared, check_values, make_returns):
    # That run counts valid ballots only, in turnout and in the share.
    registered, valid, votes = bolivia(shared / "data")
    columns = {"registered": registered, "valid": valid, "option": votes}
    params = method.Params(turnout=("valid",), given_filters=False, least_ballots=50)
    found = answers(make_returns(columns, ["option"]), params)
    _, _, turnout, share, *_ = check_values["multi_country_calibration"]["Bolivia2019_MAS"]
    for one, known in ((found["turnout"], turnout), (found["share"], share)):
        assert_printed(one.observed, one.n - one.observed, *known)


CANADA = {"columns": {"registered": "N", "cast": "t", "options": {"leader": "v"}}}


@pytest.mark.parametrize(
    ("file", "mapping", "turnout", "shares"),
    [
        ("canada-2011/output.rda", CANADA, ("Canada2011", "leader"), {"leader": "Canada2011"}),
        pytest.param(
            "mexico-2012/nal_2012.rda",
            {},
            ("Mexico2012", "pri_pvem"),
            {"pri_pvem": "Mexico2012_PRI", "prd_pt_mc": "Mexico2012_PRD", "pan": "Mexico2012_PAN"},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "mexico-2006/nal_2006.rda",
            {},
            ("Mexico2006", "pri_pvem"),
            {"pan": "Mexico2006_PAN", "prd_pt_conv": "Mexico2006_PRD", "pri_pvem": "Mexico2006_PRI"},
            marks=pytest.mark.slow,
        ),
    ],
    ids=["Canada 2011", "Mexico 2012", "Mexico 2006"],
)
def test_clean_votes_ratio_and_deviations_per_five_1_6_of_the_specification(
    shared, check_values, file, mapping, turnout, shares
):
    # R data, read by the product itself. The filters look at one option, so turnout depends on it a little.
    returns = read([shared / "data" / file], "vote", from_dict(mapping, "test")).returns
    params = method.Params(turnout=("cast", "valid"), given_filters=False)
    known = check_values["straddle_sign_test_per5"]
    for option, key in shares.items():
        contest = Contest(id="vote", name="vote", favoured=option)
        evidence = method.measure(Subject(contest, returns, ()), params, np.random.default_rng(0))
        found = {m.quantity: m for m in evidence.measurements if m.scope.level == "contest"}
        share = found["share"]
        assert_printed(share.observed, share.n - share.observed, *known["result"][key])
        if option == turnout[1]:
            one = found["turnout"]
            assert_printed(one.observed, one.n - one.observed, *known["turnout"][turnout[0]])


def test_detection_limit_1_6_of_the_specification(russia):
    # "A + B about 3,500 ... 3 sigma = 178, r = 1.11" is three standard deviations of a fair coin.
    found = answers(russia(2020), PLAIN)["turnout"].with_limit()
    apart = 3 * math.sqrt(3500)
    assert apart == pytest.approx(178, abs=0.6)
    assert (3500 + apart) / (3500 - apart) == pytest.approx(1.11, abs=0.005)
    # What is told is what a test at 5 % notices 80 times in 100: 2.49 of them, by the normal law.
    assert found.limit.power >= 0.8
    assert found.limit.stations == pytest.approx(2.49 * math.sqrt(found.n), rel=0.05)


def test_russia_2020_filters_that_look_at_the_count_make_little_difference_r2(russia):
    # Counted here by brute force: who just reaches a mark with the smallest count that the filter keeps (100
    # ballots) has a counterpart that was dropped.
    returns = russia(2020)
    leader = returns.leader
    table = returns.table.filter(
        (pl.col("registered") >= 100)
        & (pl.col("cast") >= 100)
        & (100 * pl.col("cast") <= 99 * pl.col("registered"))
        & (100 * pl.col(leader) <= 99 * pl.col("cast"))
        & (pl.col(leader) >= 1)
    )
    k, n = (table[name].to_numpy() for name in ("cast", "registered"))
    marks = np.arange(5, 100, 5)[:, None]
    reached = ((100 * k >= marks * n) & (100 * (k - 1) < marks * n)).any(axis=0)
    missed = ((100 * k < marks * n) & (100 * (k + 1) >= marks * n)).any(axis=0)
    both = reached & missed
    given, plain = answers(returns, method.Params())["turnout"], answers(returns, PLAIN)["turnout"]
    assert plain.observed == np.count_nonzero(reached & ~both)
    assert given.observed == np.count_nonzero(reached & ~both & (k > 100))
    assert given.n - given.observed == np.count_nonzero(missed & ~both & (100 * (k + 1) <= 99 * n))
    beside = {one.name: one.value for one in given.effects}
    assert beside["ratio without regard to the filters"] == pytest.approx(plain.effect.value)


def test_russia_2020_slope_is_below_one_per_cent_per_one_1_6_of_the_specification(russia):
    # "It is < 1 % in practice": true of the share; turnout has a slope of its own making in 2020.
    returns = russia(2020)
    found = answers(returns, method.Params())["share, marks 1 % apart"]
    corrected = next(one for one in found.effects if one.name == "ratio with the slope divided out")
    assert abs(found.effect.value / corrected.value - 1) < 0.01
