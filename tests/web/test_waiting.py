"""While one page is made, every other one is answered: what takes long is done in threads."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from plebiscope import study
from plebiscope.web import crate, desk
from plebiscope.web.jobs import Job, Jobs

CASE = "/cases/V"


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "V"
    folder.mkdir()
    lines = ["Region,Polling station,Registered voters,Ballots in the box,Invalid,Valid,For,Against"]
    lines += [f"R{i % 4},No. {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(80)]
    (folder / "votes.csv").write_text("\n".join(lines), "utf-8")
    study.write(study.examine([folder / "votes.csv"], methods=["protocol"]), folder / "dossier")
    return folder


def in_the_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize(
    "page",
    ["", "/understand", "/plan", "/dossier", "/dossier/page", "/explore", "/station/3", "/stations.csv", "/keep",
     "/keep/dossier.json", "/keep/stations.parquet", "/keep/case.zip", "/reports", "/run"],
)  # fmt: skip
def test_no_page_is_made_and_no_file_read_where_requests_are_taken(
    visitor: TestClient, examined: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    shutil.copytree(examined, tmp_path / "cases" / "V")
    seen: list[str] = []

    def watched(what: str, done: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*given: Any, **more: Any) -> Any:
            if in_the_loop() and not str(given[0]).endswith(".py"):  # what Python imports when it is needed
                seen.append(f"{what} {given[:1]}")
            return done(*given, **more)

        return watch

    monkeypatch.setattr(desk, "speaker", watched("page", desk.speaker))
    monkeypatch.setattr(crate, "_file", watched("digest", crate._file))
    for name in ("read_text", "read_bytes"):
        monkeypatch.setattr(Path, name, watched(name, getattr(Path, name)))
    assert visitor.get(f"{CASE}{page}").status_code == 200
    assert seen == []


def test_a_page_tells_one_moment_of_the_work_that_goes_on(
    visitor: TestClient, examined: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(examined, tmp_path / "cases" / "V")

    def done(*given: Any) -> Any:
        for job in jobs:
            job.state, job.done = "done", {}
        return speaker(*given)

    jobs: list[Job] = []
    start, speaker = Jobs.start, desk.speaker

    def started(*given: Any) -> Job:
        jobs.append(start(*given))
        return jobs[-1]

    monkeypatch.setattr(Jobs, "start", started)
    monkeypatch.setattr(desk, "speaker", done)
    for page in ("understand", "reports"):
        text = visitor.get(f"{CASE}/{page}").text
        assert "hx-trigger" in text
        assert "broke down" not in text
