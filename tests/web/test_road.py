"""From files to the dossier, as a browser without JavaScript goes it."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from plebiscope import study

from .conftest import Upload


def finished(visitor: TestClient, case: str) -> str:
    """Wait until the examination of a case is over, and return the page that says so."""
    for _ in range(2400):
        text = visitor.get(f"/cases/{case}/run").text
        if "hx-trigger" not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the examination never ended")


def test_the_example_is_examined_and_read(visitor: TestClient) -> None:
    page = visitor.post("/example")
    assert page.url.path == "/cases/Marenna (simulated)"
    assert "stations.csv" in page.text
    run = visitor.post("/cases/Marenna%20(simulated)/run/start")
    assert run.url.path.endswith("/run")
    assert "Done in" in finished(visitor, "Marenna%20(simulated)")
    framed = visitor.get("/cases/Marenna%20(simulated)/dossier").text
    assert "<iframe" in framed
    inner = visitor.get("/cases/Marenna%20(simulated)/dossier/page")
    assert "Referendum on the Marennan constitution" in inner.text
    assert inner.headers["content-security-policy"].startswith("sandbox ")
    assert "examined" in visitor.get("/").text


def test_what_cannot_be_used_is_said_in_its_four_parts(visitor: TestClient, upload: Upload) -> None:
    upload({"votes.csv": b"\x00\x01\x02\x03" * 50}, "Broken")
    visitor.post("/cases/Broken/run/start")
    text = finished(visitor, "Broken")
    assert 'class="complaint"' in text
    assert "What to do:" in text or "Expected:" in text


def test_a_run_is_cancelled(visitor: TestClient) -> None:
    visitor.post("/example")
    visitor.post("/cases/Marenna%20(simulated)/run/start")
    page = visitor.post("/cases/Marenna%20(simulated)/run/cancel")
    assert "Cancelled" in page.text
    assert "This case was not examined yet" in visitor.get("/cases/Marenna%20(simulated)/dossier").text


def test_scripts_in_names_are_shown_as_text(visitor: TestClient, upload: Upload) -> None:
    page = upload({"<script>alert(1)<.csv": b"a,b\n1,2\n"}, "<img src=x onerror=alert(1)>")
    assert "<script>alert" not in page.text
    assert "<img" not in page.text


def test_a_folder_made_by_hand_is_a_case_whatever_it_is_called(visitor: TestClient, tmp_path: Path) -> None:
    folder = tmp_path / "cases" / "50% #1? ä\"'<b>"
    folder.mkdir(parents=True)
    (folder / "votes & more.csv").write_bytes(b"x")
    link = re.search(r'href="(/cases/50[^"]+)"', visitor.get("/").text)
    assert link
    page = visitor.get(link[1])
    assert page.status_code == 200
    assert "votes &amp; more.csv" in page.text


def test_a_file_that_was_taken_out_is_kept_aside(visitor: TestClient, upload: Upload) -> None:
    upload({"a.csv": b"x", "b.csv": b"y"}, "Two")
    page = visitor.post("/cases/Two/remove", data={"file": "a.csv"})
    assert "b.csv" in page.text
    assert "a.csv" not in page.text
    assert visitor.post("/cases/Two/remove", data={"file": "../a.csv"}).status_code == 404


def test_the_language_is_picked_or_taken_from_the_browser(visitor: TestClient) -> None:
    assert '<html lang="es">' in visitor.get("/", headers={"accept-language": "es-AR,en;q=0.5"}).text
    assert '<html lang="en">' in visitor.get("/", headers={"accept-language": "fi"}).text
    assert '<html lang="es">' in visitor.post("/language", data={"language": "es"}).text
    assert '<html lang="es">' in visitor.get("/").text
    assert '<html lang="es">' in visitor.post("/language", data={"language": "../en"}).text


@pytest.mark.parametrize("name", ["dossier", ".workbench", "removed", "review.csv", "dossier/dossier.html"])
def test_a_link_where_the_workbench_writes_is_refused(
    visitor: TestClient, upload: Upload, tmp_path: Path, name: str
) -> None:
    upload({"a.csv": b"x"}, "Linked")
    place = tmp_path / "cases" / "Linked" / name
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(tmp_path / "elsewhere")
    for page in ("", "/reports", "/understand", "/keep"):
        assert visitor.get(f"/cases/Linked{page}").status_code == 422
    assert visitor.post("/cases/Linked/run/start").status_code == 422
    assert not (tmp_path / "elsewhere").exists()


def test_a_dossier_that_is_a_link_is_not_compared(visitor: TestClient, tmp_path: Path) -> None:
    made = tmp_path / "made"
    study.write(study.examine(study.example(), methods=["protocol"]), made)
    for name in ("First", "Second", "Linked"):
        (tmp_path / "cases" / name).mkdir(parents=True)
    for name in ("First", "Second"):
        shutil.copytree(made, tmp_path / "cases" / name / "dossier")
    (tmp_path / "cases" / "Linked" / "dossier").symlink_to(made)
    page = visitor.get("/compare").text
    assert 'value="First/' in page
    assert 'value="Linked/' not in page


def test_a_damaged_case_file_is_told_and_nothing_breaks(visitor: TestClient, upload: Upload) -> None:
    upload({"case.toml": b"name = [", "a.csv": b"x,y\n1,2\n"}, "Damaged")
    for page in ("/plan", "/understand", "/reports"):
        assert visitor.get(f"/cases/Damaged{page}").status_code in (200, 422)
    answer = visitor.post("/cases/Damaged/files", files=[("files", ("b.csv", b"x"))])
    assert answer.status_code == 422
    assert "TOML" in answer.text


def test_what_systems_leave_in_folders_is_not_taken_in(visitor: TestClient, upload: Upload) -> None:
    names = ("votes/.DS_Store", "votes/~$a.xlsx", "votes/dossier/dossier.json", "votes/a.csv")
    page = upload(dict.fromkeys(names, b"y"), "Folder")
    assert page.text.count('name="file"') == 1
    assert "a.csv" in page.text
