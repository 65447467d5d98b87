"""The late count of Bolivia 2019: section 10.3 of the methods specification, with clarification C12.

The files are read here without the intake, so that a fault there cannot hide a fault in the method.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from plebiscope.intake.circumstances import with_states
from plebiscope.methods.late_count import Params, measure
from plebiscope.methods.late_count.places import Places
from plebiscope.model.beside import Match, State
from plebiscope.model.case import Contest
from plebiscope.model.method import Subject

pytestmark = pytest.mark.shared

OPTIONS = ["CC", "FPV", "MTS", "UCS", "MAS - IPSP", "21F", "PDC", "MNR", "PAN-BOL"]
AREAS = ["País", "Departamento", "Provincia", "Municipio", "Recinto"]
FILES = {
    "first": "trep - acta.2019.10.20.19.40.57.zip",
    "second": "trep - acta.2019.10.21.18.29.53.zip",
    "final": "final_computo.zip",
}


@pytest.fixture(scope="module")
def counts(shared, make_returns):
    found = {}
    for name, file in FILES.items():
        archive = zipfile.ZipFile(shared / "data" / "bolivia-2019" / file)
        raw = pl.read_csv(io.BytesIO(archive.read(archive.namelist()[0])), infer_schema=False)
        columns = {"station": raw["Número Mesa"], "registered": raw["Inscritos"].cast(pl.Int64)}
        columns |= {area: raw[area] for area in AREAS}
        columns |= {option: raw[option].cast(pl.Int64) for option in OPTIONS}
        found[name] = make_returns(columns, OPTIONS, AREAS, contest="bolivia")
    return found


@pytest.fixture(scope="module")
def ask(counts):
    final = counts["final"]
    row = {number: at for at, number in enumerate(final.table["station"])}
    times = {"first": dt.datetime(2019, 10, 20, 19, 40, 57), "second": dt.datetime(2019, 10, 21, 18, 29, 53)}
    states = tuple(
        State(
            time,
            counts[name],
            Match(np.array([row[one] for one in counts[name].table["station"]]), {}, "station"),
        )
        for name, time in times.items()
    )
    subject = Subject(
        Contest(id="bolivia", name="Bolivia 2019"), with_states(final, states), (), states=states
    )

    def asked(*levels, **more):
        params = Params(levels=levels, permutations=99, **more)
        return {m.quantity: m for m in measure(subject, params, np.random.default_rng(0)).measurements}

    return asked


def margin(returns):
    sums = returns.sums
    return 100 * (sums["MAS - IPSP"] - sums["CC"]) / sum(sums[option] for option in OPTIONS)


def named(measurement, name):
    (found,) = [one.value for one in (measurement.effect, *measurement.effects) if one.name == name]
    return found


def test_the_three_states_of_the_count(counts):
    printed = {"first": (28_975, 7.872), "second": (32_806, 10.150), "final": (34_555, 10.565)}
    for name, (stations, points) in printed.items():
        assert len(counts[name]) == stations
        assert round(margin(counts[name]), 3) == points


def test_the_final_margin_as_predicted_by_each_level(ask):
    by_department = ask("Departamento", replicates=2)["prediction"]
    by_place = ask("Municipio", "Recinto", replicates=2)["prediction"]
    assert round(by_department.expected, 2) == 8.39
    assert round(named(by_place, "final lead as predicted by Municipio"), 2) == 9.35
    assert round(by_place.expected, 2) == 10.10
    assert round(named(by_place, "lead of late stations"), 2) == 24.65
    assert round(named(by_place, "lead of late stations as predicted"), 1) == 21.7
    assert round(by_place.effect.value, 2) == 0.47
    assert "the 5,580 late stations" in by_place.statement
    assert "place explains 83\N{NO-BREAK SPACE}% of the shift" in by_place.statement


def test_late_less_early_inside_places(ask):
    contrast = ask("Municipio", "Recinto", replicates=2000)["contrast"]
    assert round(contrast.effect.value, 3) == 0.533
    assert named(contrast, "places with early and late stations") == 1499
    assert named(contrast, "votes of late stations there") == 829_798
    # The interval is one draw of a bootstrap, whose ends have an error of about .01.
    assert contrast.effect.low == pytest.approx(0.14, abs=0.03)
    assert contrast.effect.high == pytest.approx(0.93, abs=0.03)


def test_late_less_early_by_the_figures_and_places_of_the_quick_count(counts):
    first, final = counts["first"], counts["final"]
    told = set(first.table["station"])
    late = replace(final, table=final.table.filter(~pl.col("station").is_in(told)))
    whole = pl.concat([first.table, late.table])
    lead = (whole["MAS - IPSP"] - whole["CC"]).cast(pl.Float64).to_numpy()
    votes = whole.select(pl.sum_horizontal(OPTIONS))["CC"].cast(pl.Float64).to_numpy()
    both = replace(final, table=whole)
    early = np.arange(len(whole)) < len(first)
    places = Places(lead, votes, early, (both.places("Recinto")[0],))
    assert round(float(places.contrast(np.ones((1, places.n)))[0]), 3) == 0.528
