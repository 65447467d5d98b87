"""A dossier is taken away whole, cited by its digest, and comes out the same again."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from pathlib import Path

from starlette.testclient import TestClient

from plebiscope import study
from plebiscope.dossier.stored import load

CASE = "/cases/Marenna (simulated)"


def test_everything_is_kept_cited_and_verified(visitor: TestClient, tmp_path: Path) -> None:
    visitor.post("/example")
    assert "not examined yet" in visitor.get(f"{CASE}/keep").text
    assert visitor.get(f"{CASE}/keep/case.zip").status_code == 422
    folder = tmp_path / CASE.strip("/")
    study.write(study.examine(folder, methods=["protocol"]), folder / "dossier")
    digest = load(folder / "dossier" / "dossier.json").case.digest
    page = visitor.get(f"{CASE}/keep").text
    assert f"sha256 {digest}" in page
    for name in ("dossier.html", "dossier.json", "stations.parquet"):
        answer = visitor.get(f"{CASE}/keep/{name}")
        assert answer.content == (folder / "dossier" / name).read_bytes()
        assert "attachment" in answer.headers["content-disposition"]
    for name in ("case.toml", "..%2fcase.toml", "dossier.json%00"):
        assert visitor.get(f"{CASE}/keep/{name}").status_code == 404
    packed = visitor.get(f"{CASE}/keep/case.zip").content
    assert packed == visitor.get(f"{CASE}/keep/case.zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as crate:
        graph = {one["@id"]: one for one in json.loads(crate.read("ro-crate-metadata.json"))["@graph"]}
        assert graph["./"]["identifier"] == f"sha256:{digest}"
        parts = {part["@id"] for part in graph["./"]["hasPart"]}
        assert parts == set(crate.namelist()) - {"ro-crate-metadata.json"}
        assert {"stations.csv", "case.toml", "dossier/dossier.json"} <= parts
        for name in parts:
            assert hashlib.sha256(crate.read(name)).hexdigest() == graph[name]["sha256"]
    visitor.post(f"{CASE}/verify")
    for _ in range(2400):
        text = visitor.get(f"{CASE}/keep").text
        if "hx-trigger" not in text:
            break
        time.sleep(0.1)
    # The plan that was run asked one method only, and so does the dossier that is made again.
    assert "comes out the same" in text
