"""No text of a request becomes a path."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plebiscope import reviewing
from plebiscope.model.report import Conduct
from plebiscope.web.casefile import save
from plebiscope.web.folders import Cases, safe_name


@given(st.text())
def test_a_name_is_one_name_on_every_system(text: str) -> None:
    name = safe_name(text, "file")
    assert name
    assert len(name.encode()) <= 102
    assert not set(name) & set('/\\:*?"<>|\0\n\t')
    assert not name.startswith((".", "-", "~"))
    assert name not in (".", "..")
    assert name == name.strip()
    assert not name.endswith(".")


@pytest.mark.parametrize("name", ["con", "NUL.txt", "com1.csv", "aux"])
def test_names_that_windows_keeps_for_itself_are_changed(name: str) -> None:
    assert safe_name(name, "file") == f"_{name}"


def test_a_path_is_cut_to_its_name() -> None:
    assert safe_name("../../etc/passwd", "file") == "passwd"
    assert safe_name("C:\\votes\\list.csv", "file") == "list.csv"
    assert safe_name("..", "file") == "file"


def test_files_of_the_same_name_stand_beside_each_other(tmp_path: Path) -> None:
    case = Cases(tmp_path).new("A vote")
    for content in (b"one", b"two"):
        case.add("List.csv", io.BytesIO(content))
    assert [path.name for path in case.files] == ["List 2.csv", "List.csv"]
    assert {path.read_bytes() for path in case.files} == {b"one", b"two"}


def test_a_case_is_looked_for_among_those_that_there_are(tmp_path: Path) -> None:
    cases = Cases(tmp_path / "cases")
    made = cases.new("A vote")
    (tmp_path / "secret").mkdir()
    assert cases.find(made.name) == made
    for name in ("../secret", "..", ".", "", "A vote/", f"{tmp_path}/secret"):
        assert cases.find(name) is None


def test_a_link_is_no_case_and_no_file(tmp_path: Path) -> None:
    cases = Cases(tmp_path / "cases")
    made = cases.new("A vote")
    (tmp_path / "secret").write_text("x")
    (made.path / "link.txt").symlink_to(tmp_path / "secret")
    (cases.root / "linked").symlink_to(tmp_path)
    assert made.files == []
    assert [case.name for case in cases.all()] == ["A vote"]


def test_what_is_remembered_comes_back_and_damage_is_nothing(tmp_path: Path) -> None:
    case = Cases(tmp_path).new("A vote")
    assert case.remembered("plan") is None
    case.remember("plan", {"seed": 1})
    assert case.remembered("plan") == {"seed": 1}
    assert case.files == []
    (case.path / ".workbench" / "plan.json").write_text("[" * 100_000)
    assert case.remembered("plan") is None


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_nobody_else_on_the_machine_reads_a_case(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        case = Cases(tmp_path / "cases").new("A vote")
        case.add("List.csv", io.BytesIO(b"x"))
        case.remember("plan", {"seed": 1})
        case.aside().add("Old.csv", io.BytesIO(b"x"))
        save(case, plan={"seed": 1})
        reviewing.with_lines(case.path / "review.csv", Conduct(reports=(), statements=()))
    finally:
        os.umask(before)
    inside = [tmp_path / "cases", *(tmp_path / "cases").rglob("*")]
    assert {p.name for p in inside} >= {
        "List.csv",
        "plan.json",
        "removed",
        "Old.csv",
        "case.toml",
        "review.csv",
    }
    for path in inside:
        assert path.stat().st_mode & 0o077 == 0, path
