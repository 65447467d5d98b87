"""A copy without names is made on the page, says so, and holds no name in any file or in its archive."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
from starlette.testclient import TestClient

from plebiscope import study

CASE = "/cases/Marenna (simulated)"
NAMES = ("marrant", "torvik", "bresker", "hollin")


@pytest.fixture
def folder(visitor: TestClient, tmp_path: Path) -> Path:
    visitor.post("/example")
    place = tmp_path / CASE.strip("/")
    study.write(study.examine(place, methods=["protocol"]), place / "dossier")
    return place


def masked(visitor: TestClient, **given: str) -> str:
    answer = visitor.post(f"{CASE}/mask", data=given)
    assert answer.status_code == 200
    for _ in range(1200):
        text = visitor.get(f"{CASE}/keep").text
        if "hx-trigger" not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the copy was never made")


def test_a_copy_is_made_shown_and_taken_away(visitor: TestClient, folder: Path) -> None:
    assert "The masked copy" not in visitor.get(f"{CASE}/keep").text
    page = masked(visitor, stations="on", speakers="on", names="Keldale; the flats\n")
    assert "The masked copy" in page
    assert "2,996 stations, 6 speakers and 1 listed name" in page
    assert "unique figures can be found again" in page
    assert "not written down" in page
    assert not (folder / "masked-key").exists()
    for name in ("masked.zip", "dossier.json"):
        saved = visitor.get(f"{CASE}/masked/{name}").headers["content-disposition"]
        assert "Marenna" not in saved, "a case may be called after somebody"
    packed = visitor.get(f"{CASE}/masked/masked.zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as crate:
        assert set(crate.namelist()) == {
            "ro-crate-metadata.json", "dossier.html", "dossier.json", "stations.parquet",
        }  # fmt: skip
        graph = {one["@id"]: one for one in json.loads(crate.read("ro-crate-metadata.json"))["@graph"]}
        assert "given pseudonyms" in graph["./"]["description"]
        for name in crate.namelist():
            content = crate.read(name)
            if name.endswith("parquet"):
                content = json.dumps(pl.read_parquet(io.BytesIO(content)).to_dicts()).encode()
            text = content.decode().casefold()
            assert [one for one in (*NAMES, "keldale", "no. 2328") if one in text] == [], name
    assert "Names were masked" in visitor.get(f"{CASE}/masked/dossier.html").text
    # The dossier itself, and what is packed of it, stay as they are.
    assert "Marrant" in (folder / "dossier" / "dossier.json").read_text("utf-8")
    with zipfile.ZipFile(io.BytesIO(visitor.get(f"{CASE}/keep/case.zip").content)) as crate:
        assert not [name for name in crate.namelist() if name.startswith("masked")]


def test_the_key_lies_apart_and_an_old_one_goes(visitor: TestClient, folder: Path) -> None:
    page = masked(visitor, speakers="on", key="on")
    assert "masked-key/key.csv" in page
    assert "Marrant" in (folder / "masked-key" / "key.csv").read_text("utf-8")
    assert visitor.get(f"{CASE}/masked/key.csv").status_code == 404
    masked(visitor, speakers="on")
    assert not (folder / "masked-key" / "key.csv").exists()


@pytest.mark.parametrize("given", [{}, {"key": "on"}, {"names": "x"}, {"names": "# nobody"}])
def test_what_is_asked_wrongly_is_refused(visitor: TestClient, folder: Path, given: dict[str, str]) -> None:
    assert visitor.post(f"{CASE}/mask", data=given).status_code == 422
    assert not (folder / "masked").exists()


def test_no_file_outside_the_copy_is_handed_out(visitor: TestClient, folder: Path) -> None:
    for name in ("masked.zip", "dossier.html"):
        assert visitor.get(f"{CASE}/masked/{name}").status_code in (404, 422)
    for name in ("..%2fcase.toml", "case.toml", "%2e%2e"):
        assert visitor.get(f"{CASE}/masked/{name}").status_code == 404
    # A dossier that somebody puts there by hand is not packed as if it were masked.
    (folder / "dossier").rename(folder / "masked")
    assert visitor.get(f"{CASE}/masked/masked.zip").status_code == 422


def test_a_copy_of_an_earlier_dossier_says_so(visitor: TestClient, folder: Path) -> None:
    masked(visitor, speakers="on")
    study.write(study.examine(folder, methods=["protocol"]), folder / "dossier")
    assert "Make it again." in visitor.get(f"{CASE}/keep").text
