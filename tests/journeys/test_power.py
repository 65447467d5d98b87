"""From a table to what it could have shown, and into the dossier."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from plebiscope import powering, study
from plebiscope.cli import app
from plebiscope.dossier.page.rendering import render
from plebiscope.dossier.stored import from_json, to_json
from plebiscope.model.errors import InputError
from plebiscope.worlds.beside import Designs

DESIGNS = Path(__file__).parents[2] / "examples" / "designs"
ASKED = {"methods": ["protocol", "shape"], "mechanisms": ["stuffing"], "worlds": 20, "workers": 1}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The first 200 stations of the bundled example, and beside it the folder in which worlds are kept."""
    folder = tmp_path_factory.mktemp("power")
    lines = (study.example() / "stations.csv").read_text("utf-8").splitlines(keepends=True)[:201]
    path = folder / "votes.csv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def cache(table):
    powering.power(table, cache=table.parent / "cache", **ASKED)
    return table.parent / "cache"


def test_the_command_tells_it_and_writes_it(table, cache, tmp_path):
    options = ["--methods", "protocol,shape", "--mechanisms", "stuffing", "--worlds", "20", "--workers", "1"]
    result = CliRunner().invoke(
        app, ["power", str(table), *options, "--cache", str(cache), "--out", str(tmp_path), "--json"]
    )
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert made["mechanisms"] == ["stuffing"]
    assert made == json.loads((tmp_path / "power.json").read_text("utf-8"))
    assert "ballots stuffed" in (tmp_path / "power.html").read_text("utf-8").lower()
    result = CliRunner().invoke(app, ["power", str(table), *options, "--cache", str(cache)])
    assert "ballots stuffed" in result.output


def test_examine_picks_up_what_was_computed_and_the_dossier_is_verified(table, cache, tmp_path):
    examined = study.examine(table, methods=["protocol", "shape"], cache=cache)
    power = examined.dossier.power
    assert power is not None
    assert power.how == "simulated"
    assert power.methods == ("protocol", "shape")
    page = render(examined.dossier)
    assert 'id="power"' in page
    assert "ballots stuffed" in page.lower()
    study.write(examined, tmp_path)
    again = study.verify(tmp_path / "dossier.json", [table.parent])
    assert again.differences == ()
    assert any("taken from the dossier" in remark for remark in again.remarks)


def test_the_designs_of_a_case_are_in_its_simulated_votes_and_examine_finds_what_they_show(tmp_path):
    case, asked = DESIGNS, {"methods": ["quick-count"]}
    made = powering.power(case, mechanisms=["rewritten"], worlds=20, workers=1, cache=tmp_path, **asked)
    assert made.settings.designs
    assert made.left_out == {}
    assert made.cell("quick-count", "rewritten", "tight").dose is not None
    examined = study.examine(case, cache=tmp_path, **asked)
    assert examined.dossier.power == made


def test_everything_that_lies_beside_a_table_is_imitated():
    subject, *_ = study.imitable(DESIGNS)
    designs = Designs.of(subject)
    assert (len(designs.samples), len(designs.states), len(designs.pairs)) == (1, 1, 1)
    assert {"group", "reported"} <= set(subject.results.extras)
    (sample,) = designs.samples
    assert (len(sample.match.rows), len(sample.silent)) == (96, 4)


def test_a_matrix_that_does_not_fit_is_not_shown_and_that_is_told(table, cache, tmp_path):
    (file,) = cache.glob("*.json")
    record = json.loads(file.read_text("utf-8"))
    next(cell for cell in record["cells"] if cell["dose"])["dose"] = 1e-6
    (tmp_path / file.name).write_text(json.dumps(record), encoding="utf-8")
    examined = study.examine(table, methods=["protocol", "shape"], cache=tmp_path)
    assert examined.dossier.power is None
    assert any("is not used" in remark for remark in examined.remarks)


def test_a_fault_in_looking_up_power_does_not_cost_the_dossier_and_is_told(table, tmp_path, monkeypatch):
    def broken(*given):
        raise RuntimeError("out of order")

    monkeypatch.setattr("plebiscope.calibrate.power.found", broken)
    told: list[str] = []
    examined = study.examine(table, methods=["protocol"], cache=tmp_path, progress=told.append)
    assert examined.dossier.power is None
    assert examined.dossier.findings
    for words in (examined.remarks, told):
        assert any("RuntimeError: out of order" in one for one in words)


def test_another_favoured_option_is_another_table(table, cache):
    examined = study.examine(table, methods=["protocol"], favoured="No", cache=cache)
    power = examined.dossier.power
    assert power is None or power.how == "table"


def test_a_table_that_is_too_small_for_the_curves_has_none(table, tmp_path):
    small = tmp_path / "votes.csv"
    shutil.copyfile(table, small)
    examined = study.examine(small, cache=tmp_path)
    assert examined.dossier.power is None
    assert from_json(to_json(examined.dossier)).power is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mechanisms": ["magic"]}, "magic"),
        ({"mechanisms": []}, "no mechanism"),
        ({"methods": ["magic"]}, "magic"),
        ({"worlds": 19}, "too few"),
        ({"workers": 0}, "too few"),
    ],
)
def test_what_cannot_be_used_is_said(table, tmp_path, wrong, said):
    with pytest.raises(InputError, match=said):
        powering.power(table, cache=tmp_path, **{**ASKED, **wrong})


def test_totals_alone_cannot_be_simulated(tmp_path):
    text = 'contest = "vote"\nsource = "board"\ncast = 100\nvotes = { Yes = 60, No = 40 }\n'
    (tmp_path / "totals.toml").write_text(f"[[totals]]\n{text}", encoding="utf-8")
    with pytest.raises(InputError):
        powering.power(tmp_path / "totals.toml", cache=tmp_path, **ASKED)
