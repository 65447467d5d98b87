"""An archive holds the whole case, whatever its size, and can be made a case again."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from plebiscope import study
from plebiscope.web.crate import archive
from plebiscope.web.folders import CaseFolder

from .conftest import Upload

METADATA = "ro-crate-metadata.json"
VOTES = "\n".join(
    ["Polling station,Registered voters,Ballots in the box,Invalid,Valid,for,against"]
    + [f"Gostel {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(30)]
)


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> CaseFolder:
    folder = tmp_path_factory.mktemp("cases") / "A vote"
    (folder / "texts" / "more").mkdir(parents=True)
    (folder / "votes.csv").write_text(VOTES, "utf-8")
    (folder / "texts" / "more" / "report.txt").write_text(
        "Soldiers stood in the polling station. " * 5, "utf-8"
    )
    (folder / "texts" / ".DS_Store").write_bytes(b"x")
    (folder / "dossier-of-mine.txt").write_text("Soldiers stood in the other polling station. " * 5, "utf-8")
    (folder / "texts" / "link.txt").symlink_to("/etc/hostname")
    (folder / "removed").mkdir()
    (folder / "removed" / "old.csv").write_text("x")
    (folder / METADATA).write_text('{"@graph": []}')
    (folder / "case.toml").write_text(
        'reports = ["texts/more/report.txt", "dossier-of-mine.txt"]\n[[contest]]\nid = "a"\nresults = ["votes.csv"]\n'
    )
    study.write(study.examine(folder, methods=["protocol"]), folder / "dossier")
    return CaseFolder(folder)


def opened(case: CaseFolder) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    crate = zipfile.ZipFile(io.BytesIO(b"".join(archive(case))))
    return crate, {one["@id"]: one for one in json.loads(crate.read(METADATA))["@graph"]}


def test_what_lies_in_folders_is_in_it_and_what_was_removed_is_not(examined: CaseFolder) -> None:
    crate, graph = opened(examined)
    assert crate.testzip() is None
    assert sorted(name for name in crate.namelist() if not name.startswith("dossier/")) == [
        "case.toml", "dossier-of-mine.txt", METADATA, "texts/more/report.txt", "votes.csv",
    ]  # fmt: skip
    assert "@graph" in json.loads(crate.read(METADATA))
    assert len(graph) > 5


def test_only_the_dossier_is_the_result(examined: CaseFolder) -> None:
    _, graph = opened(examined)
    results = {one["@id"] for one in graph["#examination"]["result"]}
    objects = {one["@id"] for one in graph["#examination"]["object"]}
    assert "dossier/dossier.json" in results
    assert "dossier-of-mine.txt" in objects
    assert not results & objects


def test_it_is_never_held_as_a_whole(examined: CaseFolder) -> None:
    big = examined.path / "big.bin"
    big.write_bytes(bytes(range(256)) * (20 << 12))
    try:
        pieces = [len(piece) for piece in archive(examined)]
    finally:
        big.unlink()
    assert len(pieces) > 20
    assert max(pieces) < 3 << 20


def test_an_archive_that_is_put_in_again_describes_itself_anew(
    examined: CaseFolder, visitor: TestClient, upload: Upload, tmp_path: Path
) -> None:
    crate, _ = opened(examined)
    page = upload({f"A vote/{name}": crate.read(name) for name in crate.namelist()}, "Again")
    assert METADATA not in page.text
    again = tmp_path / "cases" / "Again"
    assert not (again / METADATA).exists()
    (again / METADATA).write_text("{}")
    (again / "case.toml").unlink()
    assert METADATA not in visitor.get("/cases/Again").text
    study.write(study.examine(again, methods=["protocol"]), again / "dossier")
    crate, graph = opened(CaseFolder(again))
    assert crate.namelist().count(METADATA) == 1
    assert METADATA not in {part["@id"] for part in graph["./"]["hasPart"]}
