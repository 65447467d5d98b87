"""Reports of every kind, alone, in a folder and in a case: what can be read is read, the rest is named."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter

SAID = "Armed soldiers took the ballot boxes from door to door in Gostel, observers said."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a report of each kind, and some that cannot be read."""
    here = tmp_path / "reports"
    here.mkdir()
    (here / "a.txt").write_text(f"By Ilse Bresker\n\n{SAID}\n", encoding="utf-8")
    page = f"<html><head><title>T</title></head><p>In Bresk it was the same. {SAID}</p><div id=comments>Rigged!</div>"
    (here / "b.html").write_text(page, encoding="utf-8")
    document = docx.Document()
    document.add_paragraph("The observers published this on Thursday.")
    document.add_paragraph(SAID)
    document.save(str(here / "c.docx"))
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(here / "scan.pdf")
    (here / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (here / "empty.md").write_bytes(b"")
    (here / "~$c.docx").write_bytes(b"litter of a word processor")
    return here


def checked(record: dict, texts: Path, originals: Path) -> None:
    """Check every quotation against the text it is taken from, as anybody could."""
    for report in record["reports"]:
        if not report["read"]:
            assert report["why_unread"]
            continue
        kept = texts / f"{report['path']}.txt"
        data = (originals / report["path"] if report["format"] == "text" else kept).read_bytes()
        assert hashlib.sha256(data).hexdigest() == report["text_sha256"]
        text = data.decode()
        for sentence in report["sentences"]:
            assert text[sentence["start"] : sentence["end"]] == sentence["text"]
        for one in record["statements"]:
            if one["report"] == report["path"]:
                assert text[one["start"] : one["end"]] == one["verbatim"]


def test_a_folder_is_coded_and_what_cannot_be_read_is_named(call, folder: Path, tmp_path: Path) -> None:
    ended = call("conduct", folder, "--texts", tmp_path / "texts", "--json")
    assert ended.code == 0
    record = json.loads(ended.out)
    assert {report["path"]: report["format"] for report in record["reports"]} == {
        "a.txt": "text", "b.html": "page", "c.docx": "docx", "empty.md": None, "old.doc": None, "scan.pdf": None,
    }  # fmt: skip
    for name in ("empty.md", "old.doc", "scan.pdf"):
        assert f"{name} is not read" in ended.err
    assert {one["report"] for one in record["statements"]} == {"a.txt", "b.html", "c.docx"}
    assert "Rigged" not in ended.out
    checked(record, tmp_path / "texts", folder)


def test_a_case_with_reports_of_all_kinds_is_examined_and_verified(
    call, folder: Path, tmp_path: Path
) -> None:
    (folder / "case.toml").write_text(
        'name = "The vote in Gostel"\nreports = ["a.txt", "b.html", "c.docx", "old.doc", "scan.pdf"]\n'
        '[plan]\npublished = 2031-09-25\n[[contest]]\nid = "vote"\nname = "The vote in Gostel"\n',
        encoding="utf-8",
    )
    out = tmp_path / "out"
    ended = call("examine", folder, "--out", out)
    assert ended.code == 0, ended.err
    assert "scan.pdf is not read" in ended.err
    dossier = json.loads((out / "dossier.json").read_text(encoding="utf-8"))
    checked(dossier["conduct"], out / "report-texts", folder)
    page = (out / "dossier.html").read_text(encoding="utf-8")
    assert "Not read: old.doc (" in page
    assert call("verify", out / "dossier.json", "--sources", folder).code == 0
    again = call("conduct", folder, "--json")
    assert [one["path"] for one in json.loads(again.out)["reports"]] == [
        "a.txt",
        "b.html",
        "c.docx",
        "old.doc",
        "scan.pdf",
    ]


@pytest.mark.parametrize(
    ("name", "said"), [("scan.pdf", "hold no text"), ("old.doc", "old Office"), ("empty.md", "empty")]
)
@pytest.mark.parametrize("command", ["conduct", "examine"])
def test_where_nothing_can_be_read_one_message_says_why(
    call, folder: Path, tmp_path: Path, command: str, name: str, said: str
) -> None:
    more = ("--out", tmp_path / "out") if command == "examine" else ()
    ended = call(command, folder / name, *more)
    assert ended.code == 2
    assert said in ended.err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_reports_is_told_so(call, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    ended = call("conduct", tmp_path)
    assert ended.code == 2
    assert "no report" in ended.err


def test_the_readers_of_documents_are_loaded_by_the_child_alone(folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO((folder / "c.docx").read_bytes())) as archive:
        assert "word/document.xml" in archive.namelist()
    code = (
        "import sys; from pathlib import Path; from plebiscope.intake.reports import read_report\n"
        f"read_report(Path({str(folder / 'c.docx')!r}))\n"
        "heavy = {'docx', 'lxml', 'pypdf'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
