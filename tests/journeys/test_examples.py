"""The bundled examples say what is true of them, and no more."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

import plebiscope
from plebiscope.study import Examined

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def examined(marenna: Path) -> Examined:
    return plebiscope.examine(marenna)


def by_method(examined: Examined, method: str, level: str = "contest") -> list:
    return [f for f in examined.dossier.findings if f.method == method and f.scope.level == level]


def test_the_script_makes_the_files_that_are_shipped(tmp_path: Path, marenna: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_marenna", ROOT / "examples" / "make_marenna.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    for name in ("stations.csv", "case.toml"):
        assert (tmp_path / name).read_bytes() == (marenna / name).read_bytes()
    rows, truth = script.stations()
    said = (marenna / "README.md").read_text("utf-8")
    assert f"{len(rows):,} polling stations" in said
    assert f"{truth['written']} protocols" in said
    assert f"{truth['stuffed']} stations had ballots" in said
    assert f"{truth['votes']:,} votes for Yes" in said


def test_it_says_that_it_is_simulated(examined: Examined) -> None:
    assert examined.dossier.case.simulated


def test_whatever_rests_on_chance_or_on_a_model_says_what_it_assumes(
    examined: Examined, designs: Examined
) -> None:
    """Arithmetic assumes nothing; an answer for an area has the assumptions of that for its contest."""
    silent = {
        (finding.method, finding.quantity)
        for finding in (*examined.dossier.findings, *designs.dossier.findings)
        if finding.status == "tested"
        and finding.scope.level == "contest"
        and (finding.tier in {"B", "C"} or (finding.tier == "A" and finding.p is not None))
        and not finding.assumptions
    }
    assert silent == set()


def test_of_eight_regions_only_the_manipulated_one_is_named(examined: Examined) -> None:
    areas = by_method(examined, "integer-percentages", "area")
    assert len(areas) == 8
    assert {f.scope.area for f in areas if f.grade in ("strong", "notable")} == {"Gostel"}
    assert all(s.areas["Region"] == "Gostel" for s in examined.dossier.stations_to_inspect[:50])


def test_the_excess_is_of_the_size_of_what_was_written(examined: Examined) -> None:
    head = by_method(examined, "integer-percentages")[0]
    assert head.quantity == "either"
    assert head.grade == "strong"
    # 159 protocols were written; some would lie at a whole percentage anyway, and rounding to whole votes
    # carries small stations out of reach, so the excess is a lower bound.
    assert 40 < head.effect.value < 159


def test_no_number_of_votes_is_told_where_geography_can_give_as_much(
    examined: Examined, marenna: Path
) -> None:
    (votes,) = re.findall(r"([\d,]+) votes for Yes", (marenna / "README.md").read_text("utf-8"))
    (made,) = examined.dossier.how_many
    assert "Gostel" in {one.area for one in made.failing}
    assert {one.told for one in made.estimates} == {None}
    (there,) = (one.there for one in made.estimates if one.option == "Yes" and one.there and one.there.low)
    # The model's own range is too high, for geography and votes that were moved; with what parts of reference votes
    # gave it holds the truth, and nought as well.
    assert there.low > int(votes.replace(",", ""))
    assert there.widened_low < 0 < int(votes.replace(",", "")) < there.widened_high


def test_the_bulletin_was_not_counted_and_the_final_totals_were(examined: Examined) -> None:
    found = {f.id: f for f in by_method(examined, "totals") if f.quantity == "counts-from-percentages"}
    assert sorted(f.grade for f in found.values()) == ["none", "strong"]
    assert not any(f.grade == "contradiction" for f in examined.dossier.findings)


def test_records_add_up_and_agree_with_the_announcement(examined: Examined) -> None:
    assert {f.grade for f in by_method(examined, "protocol")} == {"none"}


def test_the_report_is_coded(examined: Examined) -> None:
    conduct = examined.dossier.conduct
    assert conduct is not None
    assert {"C01", "C07", "C23", "C25"} <= {s.code for s in conduct.statements}
    assert conduct.reports[0].copies_folded == 2
    assert any(s.status == "denied" for s in conduct.statements)


def test_the_four_occupied_regions(occupied: Path, tmp_path: Path) -> None:
    dossier = plebiscope.examine(occupied).dossier
    assert [r.level for r in dossier.release] == ["totals"] * 4
    contradicted = {f.contest for f in dossier.findings if f.grade == "contradiction"}
    assert "donetsk" in contradicted
    assert not contradicted & {
        "luhansk",
        "kherson",
    }  # sources that disagree are no contradiction in any of them
    untested = {f.method for f in dossier.findings if f.status == "not testable" and f.contest == "kherson"}
    assert {"integer-percentages", "protocol", "near-unanimity"} <= untested
    assert dossier.reading.figures == "contradictory"
    assert any("nobody outside can check" in sentence for sentence in dossier.reading.sentences)
    assert any("were never published" in sentence for sentence in dossier.reading.sentences)
    silent = tmp_path / "case.toml"
    silent.write_text(
        (occupied / "case.toml").read_text("utf-8").replace('unpublished = ["returns"]', ""), "utf-8"
    )
    plain = plebiscope.examine(silent).dossier
    assert not any("nobody outside" in sentence for sentence in plain.reading.sentences)
    assert not any("never published" in sentence for sentence in plain.reading.sentences)


@pytest.mark.shared
def test_with_the_report_it_was_founded_on(shared: Path, occupied: Path, tmp_path: Path, call) -> None:
    texts = sorted((shared / "seed").glob("*.txt"))
    ended = call("examine", occupied, *texts, "--published", "2022-09-29", "--out", tmp_path / "out", "-q")
    assert (ended.code, ended.err) == (0, "")
    data = json.loads((tmp_path / "out" / "dossier.json").read_text("utf-8"))
    assert len(data["conduct"]["reports"][0]["sentences"]) == 33
    codes = {s["code"] for s in data["conduct"]["statements"]}
    assert {"C01", "C02", "C03", "C07", "C08", "C11", "C23", "C34"} <= codes
    text = texts[0].read_text("utf-8")
    assert all(text[s["start"] : s["end"]] == s["verbatim"] for s in data["conduct"]["statements"])


@pytest.fixture(scope="module")
def designs() -> Examined:
    return plebiscope.examine(ROOT / "examples" / "designs")


def test_the_script_makes_the_designs_that_are_shipped(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_designs", ROOT / "examples" / "make_designs.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    truth = script.main(tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (ROOT / "examples" / "designs" / made.name).read_bytes(), made.name
    said = (ROOT / "examples" / "designs" / "README.md").read_text("utf-8")
    assert f"{truth['added']:,} ballots for Yes were added" in said
    assert f"{truth['moved']:,} votes for No became Yes" in said


def test_what_each_design_tells_in_votes_holds_the_truth(designs: Examined) -> None:
    said = (ROOT / "examples" / "designs" / "README.md").read_text("utf-8")
    added, moved = (
        int(re.search(words, said)[1].replace(",", ""))
        for words in (r"([\d,]+) ballots for Yes were added", r"([\d,]+) votes for No became Yes")
    )
    made = next(one for one in designs.dossier.how_many if one.contest == "referendum")
    told = {one.method: one for one in made.estimates if one.told == "whole"}
    # Of the lead, a vote that was moved makes two; the sample was counted after the ballots had been added.
    truth = {"contrast": added, "late-count": 2 * moved, "quick-count": 2 * moved}
    for one in made.estimates:
        assert one.low < truth[one.method] < one.high
    # Nobody drew by lot which stations report late, and the sample found nothing unusual: in the table only.
    assert set(told) == {"contrast"}
    reading = " ".join(said for said in designs.dossier.reading.sentences if said.startswith("Referendum"))
    low, high = (f"{round(end):,}" for end in (told["contrast"].low, told["contrast"].high))
    assert f"{low} to {high} more votes than if all" in reading
    untold = [end for one in made.estimates if one.told is None for end in (one.value, one.low, one.high)]
    assert not [end for end in untold if f" {round(end):,} " in reading]


def test_each_design_sees_what_it_can_see(designs: Examined) -> None:
    answers = {(f.method, f.quantity): f for f in designs.dossier.findings if f.contest == "referendum"}
    observers = answers["contrast", "extrapolation"].effect
    assert observers.low < 32_044 < observers.high
    assert answers["contrast", "turnout"].grade == "notable"
    # 1,503 votes moved among 224,017 are 1.34 points of the lead.
    late = answers["late-count", "prediction"].effect
    assert late.low < 100 * 2 * 1_503 / 224_017 < late.high
    assert answers["late-count", "contrast"].grade == "notable"
    quick = answers["quick-count", "lead"]
    assert quick.effect.low < -100 * 2 * 1_503 / 224_017 < quick.effect.high
    assert quick.assumptions[0].state == "holds"
    assert designs.dossier.case.simulated
