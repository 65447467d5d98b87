"""A dossier becomes a PDF by the browser of this machine, whatever it and its case are called."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject
from starlette.testclient import TestClient

from plebiscope import study
from plebiscope.dossier.stored import load
from plebiscope.model.errors import InputError
from plebiscope.web.tasks import printing

TABLE = "Polling station,Town,Registered voters,Ballots in the box,Invalid,Valid,For,Against\n" + "".join(
    f"<script>alert({i})</script>,\u202eNorth & שלום,{500 + i},{300 + i},10,{290 + i},{150 + i},140\n"
    for i in range(60)
)
CASE = """name = 'The vote "><img src=x onerror=alert(1)> of Gostel \u202e %s'
[[contest]]
id = "c"
name = "Shall {{7*7}} \u2014 </title> be?"
results = ["votes.csv"]
"""


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with hostile names in a folder of such a name."""
    folder = tmp_path_factory.mktemp("cases") / "50% #1? ä\"'<b>"
    folder.mkdir()
    (folder / "votes.csv").write_text(TABLE, "utf-8")
    (folder / "case.toml").write_text(CASE, "utf-8")
    study.write(study.examine(folder, methods=["protocol", "fingerprint"]), folder / "dossier")
    return folder


@pytest.fixture
def case(examined: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(examined, tmp_path / "cases" / examined.name))


@pytest.mark.browser
def test_a_pdf_has_the_words_and_the_pictures_of_the_page(visitor: TestClient, case: Path) -> None:
    if printing.browser() is None:
        pytest.skip("no browser on this machine that prints")
    address = "/cases/50%25%20%231%3F%20%C3%A4%22'%3Cb%3E"
    assert visitor.get(f"{address}/print/dossier.pdf").status_code == 404
    page = visitor.post(f"{address}/print/start")
    for _ in range(2400):
        if "hx-trigger" not in page.text:
            break
        time.sleep(0.1)
        page = visitor.get(f"{address}/print", headers={"hx-request": "true"})
    assert f"{address}/print/dossier.pdf" in page.text.replace("%27", "'"), page.text
    answer = visitor.get(f"{address}/print/dossier.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    kept = case / ".workbench"
    assert {path.name for path in kept.iterdir()} == {"dossier.pdf"}
    assert (kept / "dossier.pdf").read_bytes() == answer.content

    read = PdfReader(kept / "dossier.pdf")
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    dossier = load(case / "dossier" / "dossier.json")
    headline = dossier.reading.sentences[0].partition("be?: ")[2]
    assert " ".join(headline.split()[:8]) in text
    assert len(headline) > 30
    assert "onerror=alert(1)" in text  # as words of the name, not as a deed
    # Parts that are folded on the screen are not lost on paper.
    assert "the method stopped with an error" in text
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    pictures = [one for one in tagged(read) if one.get("/S") == "/Figure"]
    alts = {str(one.get("/Alt")) for one in pictures}
    assert any(figure.alt and figure.alt[:40] in alt for figure in dossier.figures for alt in alts), alts
    assert read.outline

    # A newer dossier is not the one that was printed.
    later = time.time_ns() + 10**9
    os.utime(case / "dossier" / "dossier.json", ns=(later, later))
    assert visitor.get(f"{address}/print/dossier.pdf").status_code == 404


def tagged(read: PdfReader) -> list[DictionaryObject]:
    """Return every element of the structure of a PDF."""
    found = []
    for number in range(1, read.trailer["/Size"]):
        one = read.get_object(number)
        if isinstance(one, DictionaryObject) and one.get("/Type") == "/StructElem":
            found.append(one)
    return found


def test_without_a_browser_it_is_said_how_to_print(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.setattr(printing, "_PLACES", {})
    with pytest.raises(InputError, match=r"no browser of this machine") as raised:
        printing.print_dossier(case, {}, lambda **_: None)
    assert "print it from your browser" in str(raised.value.todo)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("echo no usable sandbox >&2; exit 1", "no usable sandbox"),
        (
            'for a in "$@"; do case $a in --print-to-pdf=*) echo hello > "${a#*=}";; esac; done',
            "said nothing",
        ),
        ("sleep 20; true", "not done after 1 seconds"),
    ],
)
def test_a_browser_that_prints_nothing_is_told_of(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, says: str
) -> None:
    stand_in = tmp_path / "bin" / "chromium"
    stand_in.parent.mkdir()
    stand_in.write_text(f"#!/bin/sh\n{does}\n", "utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(printing, "SECONDS", 1 if "sleep" in does else 60)
    with pytest.raises(InputError, match=says):
        printing.print_dossier(case, {}, lambda **_: None)
    assert list((case / ".workbench").iterdir()) == []
