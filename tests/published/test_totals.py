"""Section 8 of the methods specification and its clarification C7, on every case of the totals file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from plebiscope.kernels.rounding import lattice
from plebiscope.methods.totals import Params, measure
from plebiscope.model.case import Contest, Totals
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Subject

T = TypeVar("T")


def test_methods_8_venezuela_2024_first_bulletin_distances_and_chance() -> None:
    found = lattice([5_150_092, 4_445_978, 462_704], 10_058_774, 1)
    assert found is not None
    assert [round(float(d), 3) for d in found.residuals] == [-0.288, -0.108, 0.396]
    assert round(float(found.step), 1) == 10_058.8
    assert f"{10**found.log10_p:.2e}" == "9.88e-09"


def test_methods_8_venezuela_2024_second_bulletin_distances() -> None:
    found = lattice([6_408_844, 5_326_104, 600_936], 12_335_884, 2)
    assert found is not None
    assert [round(abs(float(d))) for d in found.residuals] == [352, 531, 178]
    assert round(float(found.step), 1) == 1_233.6


def test_methods_C7_luhansk_2022_before_multiplicity() -> None:
    found = lattice([1_636_302, 16_555], 1_636_302 + 16_555, 0)
    assert found is not None
    assert round(10**found.log10_p, 4) == 0.0032


def test_methods_8_syria_2014_four_of_four() -> None:
    """Assad, Nouri, Hajjar and invalid ballots of 11,634,412 cast lie at one-decimal percentages."""
    found = lattice([10_319_723, 500_279, 372_301, 442_108], 11_634_412, 1)
    assert found is not None
    assert all(abs(d) < 1 for d in found.residuals)


def first(rows: list[dict[str, str]], column: str, kind: Callable[[str], T]) -> T | None:
    return next((kind(row[column]) for row in rows if row[column]), None)


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, dict[str, Measurement]]:
    """Every case of the file, its rows joined into one announcement, with the answers by quantity."""
    rows: dict[str, list[dict[str, str]]] = {}
    with (shared / "totals" / "totals.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["case_id"], []).append(row)
    answers = {}
    for case, parts in rows.items():
        totals = Totals(
            contest=case,
            source=" + ".join(dict.fromkeys(row["source"] for row in parts)),
            registered=first(parts, "registered", int),
            cast=first(parts, "ballots_cast", int),
            valid=first(parts, "valid", int),
            invalid=first(parts, "invalid", int),
            votes={row["option"]: int(row["votes"]) for row in parts if row["votes"]},
            shares={row["option"]: Decimal(row["pct_announced"]) for row in parts if row["pct_announced"]},
            turnout=first(parts, "turnout_announced", Decimal),
        )
        subject = Subject(Contest(id=case, name=case), None, (totals,))
        evidence = measure(subject, Params(), np.random.default_rng(1))
        answers[case] = {m.quantity: m for m in evidence.measurements}
    return answers


CONTRADICTIONS = {("dpr-2022-a", "percentages")}
UNEXPLAINED = {("zaporizhzhia-2022", "percentages")}


@pytest.mark.shared
def test_totals_csv_only_donetsk_2022_contradicts_itself_and_zaporizhzhia_needs_an_explanation(
    cases: dict[str, dict[str, Measurement]],
) -> None:
    every = [(case, name, m) for case, answers in cases.items() for name, m in answers.items()]
    assert {(case, name) for case, name, m in every if m.contradiction} == CONTRADICTIONS
    assert {(case, name) for case, name, m in every if m.unexplained} == UNEXPLAINED


@pytest.mark.shared
def test_totals_csv_only_venezuela_bulletin_1_looks_computed(
    cases: dict[str, dict[str, Measurement]],
) -> None:
    p = {
        case: m.p
        for case, answers in cases.items()
        if (m := answers.get("counts-from-percentages")) and m.p is not None
    }
    found = cases["venezuela-2024-bulletin1"]["counts-from-percentages"]
    before = {e.name: e.value for e in found.effects}["chance before counting what was tried"]
    assert before is not None
    assert f"{before:.2e}" == "9.88e-09"
    assert f"{p.pop('venezuela-2024-bulletin1'):.1e}" == "1.2e-07"
    assert round(p.pop("lpr-2022"), 3) == 0.038
    assert min(p.values()) > 0.2
    assert p["venezuela-2024-bulletin2"] > 0.2
    assert len(p) == 8


@pytest.mark.shared
def test_totals_csv_donetsk_2022_arithmetic(cases: dict[str, dict[str, Measurement]]) -> None:
    answers = cases["dpr-2022-a"]
    assert "99.277\N{NO-BREAK SPACE}% of the 2,131,207 ballots cast" in answers["percentages"].statement
    assert "it would take 2,132,111 to 2,132,325 ballots" in answers["percentages"].statement
    assert "left over: 10,469 (0.49\N{NO-BREAK SPACE}%)" in answers["sum"].statement


@pytest.mark.shared
def test_totals_csv_zaporizhzhia_2022_arithmetic(cases: dict[str, dict[str, Measurement]]) -> None:
    text = cases["zaporizhzhia-2022"]["percentages"].statement
    assert "79.518\N{NO-BREAK SPACE}% of the 541,093 ballots cast" in text
    assert (
        "only if 78,961 to 79,010 of the 541,093 ballots cast (14.6\N{NO-BREAK SPACE}%) were invalid" in text
    )


@pytest.mark.shared
@pytest.mark.parametrize("case", ["lpr-2022", "kherson-2022", "crimea-2014"])
def test_totals_csv_percentages_of_ballots_cast(cases: dict[str, dict[str, Measurement]], case: str) -> None:
    assert "as shares of ballots cast." in cases[case]["percentages"].statement


@pytest.mark.shared
@pytest.mark.parametrize(
    "case",
    [
        "venezuela-2024-bulletin1",
        "venezuela-2024-bulletin2",
        "switzerland-2014-02-09",
        "switzerland-2021-06-13-covid",
        "brexit-2016",
    ],
)
def test_totals_csv_percentages_of_valid_ballots(cases: dict[str, dict[str, Measurement]], case: str) -> None:
    assert "valid ballots." in cases[case]["percentages"].statement
    assert not any(m.contradiction for m in cases[case].values())


@pytest.mark.shared
@pytest.mark.parametrize("case", ["donetsk-2014", "donetsk-2014-misprint", "luhansk-2014"])
def test_totals_csv_percentages_alone_are_not_testable(
    cases: dict[str, dict[str, Measurement]], case: str
) -> None:
    assert {m.status for m in cases[case].values()} == {"not testable"}
    assert all(m.reason for m in cases[case].values())
