"""What is chosen in one picture is marked in all, and can be taken away with what may be said about it."""

from __future__ import annotations

import io
import re
from collections.abc import Generator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from plebiscope import study
from plebiscope.dossier.explored import CELL, GRID, TOOTH, Choice, Vote, vote
from plebiscope.dossier.stored import load
from plebiscope.web import draw

from .conftest import ORIGIN, TOKEN, open_workbench

CASE = "/cases/A vote"
NASTY = "<b>=1+1</b>"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one case that was examined; names of its stations are hostile."""
    folder = tmp_path_factory.mktemp("cases")
    case = folder / "A vote"
    case.mkdir()
    rng = np.random.default_rng(1)
    lines = ["Region,District,Polling station,Registered voters,Ballots in the box,Invalid,Valid,For,Against"]
    for number in range(240):
        registered = int(rng.integers(300, 900))
        cast = int(registered * rng.uniform(0.4, 0.7)) if number % 8 else registered * 9 // 10
        valid = cast - 5
        votes = int(valid * rng.uniform(0.3, 0.6))
        name = f'"{NASTY} {number}"' if number < 3 else f"No. {number}"
        region = "North" if number < 120 else "South"
        lines.append(f"{region},D{number // 40},{name},{registered},{cast},5,{valid},{votes},{valid - votes}")
    (case / "votes.csv").write_text("\n".join(lines), "utf-8")
    study.write(
        study.examine([case / "votes.csv"], favoured="For", methods=["protocol", "fingerprint"]),
        case / "dossier",
    )
    return folder


@pytest.fixture
def reader(root: Path) -> Generator[TestClient]:
    with open_workbench(root) as client:
        client.get("/", params={"token": TOKEN})
        client.headers.update(ORIGIN)
        yield client


def test_all_stations_are_counted_in_every_picture(root: Path) -> None:
    dossier = load(root / "A vote" / "dossier" / "dossier.json")
    contest = dossier.case.contests[0]
    found = vote(root / "A vote" / "dossier" / "dossier.json", contest.id, list(contest.options), "For")
    wanted = found.chosen(Choice(turnout=(85.0, 95.0)))
    assert 25 <= wanted.sum() <= 35
    cells = found.cells(wanted)
    assert sum(n for *_, n, _ in cells) == 240
    assert sum(mine for *_, mine in cells) == wanted.sum()
    for x, y, _, mine in cells:
        assert mine == 0 or 84 <= x * CELL <= 94
        assert 0 <= y < 100 // CELL
    everything, mine = found.comb("turnout", wanted)
    assert (sum(everything), sum(mine)) == (240, wanted.sum())
    assert sum(mine[85 * TOOTH : 95 * TOOTH + 1]) == wanted.sum()
    areas = found.by_area("Region", wanted)
    assert [area["area"] for area in areas] == ["North", "South"]
    assert sum(area["chosen"] for area in areas) == wanted.sum()


def test_sums_are_those_of_the_table(root: Path) -> None:
    found = vote(root / "A vote" / "dossier" / "dossier.json", "votes", ["For", "Against"], "Against")
    wanted = found.chosen(Choice(areas={"Region": "South"}))
    rows = found.table.filter(pl.col("Region") == "South")
    sums = found.sums(wanted)
    assert sums["stations"] == 120
    assert sums["turnout"] == pytest.approx(100 * rows["cast"].sum() / rows["registered"].sum())
    assert sums["share"] == pytest.approx(100 * rows["Against"].sum() / rows["valid"].sum())


def test_a_choice_is_shown_in_all_pictures_and_in_the_address(reader: TestClient) -> None:
    page = reader.get(f"{CASE}/explore", params={"t0": "85", "t1": "95"}).text
    assert re.search(r"<strong>\d+ of 240 stations\.</strong>", page)
    assert page.count('class="box"') == 1
    assert page.count("t0=85") > 5
    piece = reader.get(f"{CASE}/explore", params={"named": "No. 77"}, headers={"hx-request": "true"})
    assert "<html" not in piece.text
    assert "<strong>1 of 240 stations.</strong>" in piece.text
    assert piece.headers["hx-push-url"].startswith("/cases/A%20vote/explore?")


@pytest.mark.parametrize(
    "asked",
    [
        "t0=nan",
        "t0=inf&t1=-inf",
        "s0=1e999",
        "contest=../x",
        "option=<b>",
        "by=;",
        "score=-1",
        "area:x=y",
        "named=([",
    ],
)
def test_what_is_asked_wrongly_is_left_out(reader: TestClient, asked: str) -> None:
    page = reader.get(f"{CASE}/explore?{asked}")
    assert page.status_code == 200
    assert "of 240 stations" in page.text


def test_names_from_files_are_text_everywhere(reader: TestClient) -> None:
    for address in (f"{CASE}/explore?named=1%2B1", f"{CASE}/station/0", f"{CASE}/explore?named={NASTY}"):
        text = reader.get(address).text
        assert "<b>" not in text
        assert "&lt;b&gt;" in text
    svg = reader.get(f"{CASE}/explore/fingerprint.svg", params={"named": NASTY}).text
    assert "<b>" not in svg
    ElementTree.fromstring(svg)


def test_a_station_has_its_protocol_and_its_neighbours(reader: TestClient) -> None:
    text = reader.get(f"{CASE}/station/130").text
    assert "No. 130" in text
    assert "No. 131" in text
    assert "No. 1<" not in text
    assert reader.get(f"{CASE}/station/240").status_code == 404
    assert reader.get(f"{CASE}/station/-1").status_code == 404


def test_tables_are_taken_away_without_formulas(reader: TestClient) -> None:
    everything = reader.get(f"{CASE}/stations.csv").content
    table = pl.read_csv(io.BytesIO(everything))
    assert table.height == 240
    assert {"turnout %", "share %", "registered", "For"} <= set(table.columns)
    chosen = reader.get(f"{CASE}/stations.parquet", params={"area:Region": "South"})
    assert pl.read_parquet(io.BytesIO(chosen.content)).height == 120
    assert "attachment" in chosen.headers["content-disposition"]
    assert reader.get(f"{CASE}/stations.exe").status_code == 404


def test_pictures_are_taken_away_with_the_sentence(reader: TestClient) -> None:
    answer = reader.get(f"{CASE}/explore/fingerprint.svg", params={"t0": "85", "t1": "95"})
    root = ElementTree.fromstring(answer.text)
    text = " ".join("".join(node.itertext()) for node in root.iter() if node.tag.endswith("text"))
    assert "turnout from 85 to 95 %" in text
    assert "plebiscope" in text
    assert "sandbox" in answer.headers["content-security-policy"]
    assert reader.get(f"{CASE}/explore/turnout.png").content.startswith(b"\x89PNG")
    assert reader.get(f"{CASE}/figures/0.svg").text.startswith("<svg")
    assert reader.get(f"{CASE}/figures/999.svg").status_code == 404
    assert reader.get(f"{CASE}/explore/map.svg").status_code == 404


@given(st.lists(st.integers(0, 50), min_size=501, max_size=501), st.integers(0, 500))
def test_a_comb_is_drawn_whatever_it_holds(counts: list[int], cut: int) -> None:
    mine = [*counts[:cut], *[0] * (501 - cut)]
    ElementTree.fromstring(str(draw.comb((counts, mine), "a & b")))


@given(st.integers(1, 400), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-9, 0.3, 20.0]))
def test_every_station_with_a_place_is_in_one_cell_of_the_map(n: int, seed: int, wide: float) -> None:
    rng = np.random.default_rng(seed)
    place = {"longitude": 30 + wide * rng.random(n), "latitude": 50 + wide / 2 * rng.random(n)}
    table = pl.DataFrame(place | {"station": [None] * n})
    nothing, wanted = np.full(n, np.nan), rng.random(n) < 0.4
    cells = Vote(table, nothing, nothing, "", (), (), ("", "")).places(wanted)
    step = max(max(np.ptp(values) for values in place.values()), 1e-6) / GRID
    assert sum(n for *_, n, _ in cells) == n
    assert sum(k for *_, k in cells) == wanted.sum()
    for x, y, count, chosen in cells:
        inside = np.ones(n, dtype=bool)
        for values, low in ((place["longitude"], x), (place["latitude"], y)):
            inside &= (values >= low - step / 50) & (values < low + step * 1.02)
        assert count <= inside.sum()
        assert chosen <= (inside & wanted).sum()


def test_a_map_is_drawn_of_places() -> None:
    svg = str(draw.places([(30.0, 50.0, 3, 1), (30.0, 50.0, 1, 0)]))
    assert svg.count('class="ring"') == 1
    ElementTree.fromstring(svg)


def test_a_case_that_was_not_examined_says_so(reader: TestClient, root: Path) -> None:
    (root / "Empty").mkdir(exist_ok=True)
    assert "not examined yet" in reader.get("/cases/Empty/explore").text
    assert reader.get("/cases/Empty/stations.csv").status_code == 422
