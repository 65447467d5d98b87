"""A plan is written down before anything is computed, and its digest stands in the dossier."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from starlette.testclient import TestClient

from plebiscope import catalogue
from plebiscope.dossier.stored import load

from .test_road import finished

CASE = "/cases/Marenna (simulated)"


def digest(text: str) -> str:
    found = re.search(r"<code>([0-9a-f]{64})</code>", text)
    assert found
    return found[1]


def test_the_digest_of_the_plan_stands_in_the_dossier(visitor: TestClient, tmp_path: Path) -> None:
    visitor.post("/example")
    first = digest(visitor.get(f"{CASE}/plan").text)
    data = {"name": "A vote", "seed": "7", "favoured:marenna": "No", "method": ["protocol", "digits"]}
    page = visitor.post(f"{CASE}/plan/keep", data=data | {"do": "keep"}).text
    planned = digest(page)
    assert planned != first
    assert page.count(" checked>") == 2
    visitor.post(f"{CASE}/plan/keep", data=data | {"do": "run"})
    assert "Done in" in finished(visitor, "Marenna (simulated)")
    dossier = load(tmp_path / CASE.strip("/") / "dossier" / "dossier.json")
    assert dossier.case.digest == planned
    assert {finding.method for finding in dossier.findings} == {"protocol", "digits"}
    assert dossier.case.contests[0].favoured == "No"


def test_a_setting_is_kept_where_it_differs_and_only_there(visitor: TestClient, tmp_path: Path) -> None:
    visitor.post("/example")
    path = tmp_path / CASE.strip("/") / "case.toml"
    everything = {"seed": "7", "method": list(catalogue.modules())}
    page = visitor.get(f"{CASE}/plan").text
    given = dict(re.findall(r'name="(set:[^"]+)" value="([^"]*)"', page))
    assert len(given) > 50
    visitor.post(f"{CASE}/plan/keep", data=everything | given)
    assert "params" not in tomllib.loads(path.read_text("utf-8"))["plan"]
    given |= {"set:straddle:steps": "10, 5", "set:straddle:most": "98", "set:straddle:given_filters": "false"}
    visitor.post(f"{CASE}/plan/keep", data=everything | given)
    plan = tomllib.loads(path.read_text("utf-8"))["plan"]
    assert plan["params"] == {"straddle": {"steps": [10, 5], "most": 98, "given_filters": False}}
    assert "methods" not in plan


def test_what_cannot_be_followed_is_refused_and_changes_nothing(visitor: TestClient, tmp_path: Path) -> None:
    visitor.post("/example")
    path = tmp_path / CASE.strip("/") / "case.toml"
    before = path.read_bytes()
    for wrong in (
        {"seed": "7", "method": "straddle", "set:straddle:most": "many"},
        {"seed": "-1", "method": "straddle"},
        {"seed": "7"},
        {"seed": "7", "method": "../../etc"},
    ):
        assert visitor.post(f"{CASE}/plan/keep", data=wrong).status_code == 422
        assert path.read_bytes() == before
