"""Whatever is being made for a case can be cancelled where it is asked for, and leaves no names behind."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from plebiscope import study
from plebiscope.web.folders import Cases
from plebiscope.web.jobs import Job, Jobs

from .conftest import open_workbench
from .test_accessible import Heard

CASE = "/cases/V"
PIECES = {
    "mask": ("mask", "masked", "masked"),
    "print": ("print/start", "print", "printed"),
    "verify": ("verify", "keep", "verified"),
}
"""Where each is begun, where it is asked how far it is, and the element that shows it."""
ASKED = {"hx-request": "true"}


@pytest.fixture
def folder(visitor: TestClient, tmp_path: Path) -> Path:
    """A case that was examined."""
    place = tmp_path / CASE.strip("/")
    place.mkdir(parents=True)
    lines = ["Polling station,Registered voters,Ballots in the box,Invalid,Valid,For,Against"]
    lines += [f"No. {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(40)]
    (place / "votes.csv").write_text("\n".join(lines), "utf-8")
    study.write(study.examine([place / "votes.csv"], methods=["protocol"]), place / "dossier")
    return place


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Work that says one thing and goes on until it is cancelled."""
    jobs: list[Job] = []

    async def attend(self: Jobs, job: Job) -> None:
        job.steps = ["one step"]
        jobs.append(job)
        await asyncio.Event().wait()

    monkeypatch.setattr(Jobs, "_attend", attend)
    return jobs


def begin(visitor: TestClient, task: str, held: list[Job]) -> str:
    page = visitor.post(f"{CASE}/{PIECES[task][0]}", data={"stations": "on"})
    assert page.status_code == 200
    while not held:
        time.sleep(0.01)
    return visitor.get(f"{CASE}/keep").text


@pytest.mark.parametrize("task", PIECES)
def test_what_is_made_is_cancelled_where_it_was_asked_for(
    visitor: TestClient, folder: Path, held: list[Job], task: str
) -> None:
    page = begin(visitor, task, held)
    assert page.count(f'action="{CASE}/keep/cancel"') == 1
    assert visitor.post(f"{CASE}/run/start").status_code == 422
    answer = visitor.post(f"{CASE}/keep/cancel")
    assert answer.url.path == f"{CASE}/keep"
    assert "Cancelled." in answer.text
    assert held[0].state == "cancelled"
    assert visitor.post(f"{CASE}/run/start").status_code == 200
    assert visitor.post(f"{CASE}/run/cancel").url.path == f"{CASE}/run"
    assert [job.state for job in held if not job.over] == []


@pytest.mark.parametrize("task", PIECES)
def test_only_the_part_that_changes_is_put_in_anew_and_it_is_not_announced(
    visitor: TestClient, folder: Path, held: list[Job], task: str
) -> None:
    page = begin(visitor, task, held)
    _, address, place = PIECES[task]
    assert [text for text, _, role in Heard(page).texts if role == "status" and text == "one step"] == []
    assert "one step" in page
    piece = visitor.get(f"{CASE}/{address}?state=running", headers=ASKED)
    assert f'id="{place}-now"' in piece.text
    assert "hx-retarget" not in piece.headers
    for other in ('id="cancel"', "role=", "aria-live"):
        assert other not in piece.text
    whole = visitor.get(f"{CASE}/{address}?state=waiting", headers=ASKED)
    assert whole.headers["hx-retarget"] == f"#{place}"
    assert 'id="cancel"' in whole.text
    assert "aria-live" not in whole.text
    visitor.post(f"{CASE}/keep/cancel")
    over = visitor.get(f"{CASE}/{address}?state=running", headers=ASKED)
    assert over.headers["hx-retarget"] == f"#{place}"
    assert over.text.count("data-over") == 1
    assert "hx-trigger" not in over.text


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_a_print_that_is_cancelled_leaves_no_page_and_no_profile(
    visitor: TestClient, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "bin" / "chromium"
    stand_in.parent.mkdir()
    makes = (
        'for a in "$@"; do case $a in --user-data-dir=*) mkdir "${a#*=}"; ln -s x "${a#*=}/Lock";; esac; done'
    )
    stand_in.write_text(f"#!/bin/sh\n{makes}\nsleep 60\n", "utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}")
    visitor.post(f"{CASE}/print/start")
    printing = folder / ".workbench" / "printing"
    for _ in range(600):
        if (printing / "profile" / "Lock").is_symlink():
            break
        time.sleep(0.1)
    assert {path.name for path in printing.iterdir()} == {"dossier.html", "profile", "said"}
    # A link that the browser makes in its profile is no reason to refuse the case.
    assert visitor.get(f"{CASE}/keep").status_code == 200
    assert "Cancelled." in visitor.post(f"{CASE}/keep/cancel").text
    assert not printing.exists()


def left(folder: Path) -> Path:
    """Leave what a print leaves whose workbench was killed."""
    profile = folder / ".workbench" / "printing" / "profile"
    profile.mkdir(parents=True)
    (profile.parent / "dossier.html").write_text("all names", "utf-8")
    (profile / "cache").write_text("all names", "utf-8")
    return profile.parent


def test_what_a_killed_workbench_left_goes_when_the_next_one_starts(tmp_path: Path) -> None:
    root, outside = tmp_path / "cases", tmp_path / "outside"
    printing = left(root / "V")
    (root / "V" / ".workbench" / "plan.json").write_text("{}", "utf-8")
    elsewhere = left(outside)
    (root / "W").mkdir()
    (root / "W" / ".workbench").symlink_to(elsewhere.parent)
    with open_workbench(root):
        assert not printing.exists()
    assert (root / "V" / ".workbench" / "plan.json").is_file()
    assert (elsewhere / "dossier.html").is_file(), "no link is followed"


def test_what_a_killed_print_left_goes_when_the_next_print_starts(tmp_path: Path) -> None:
    left(tmp_path / "cases" / "V")
    case = Cases(tmp_path / "cases").find("V")
    assert case is not None
    assert list(case.printing().iterdir()) == []
