"""A newsroom reviews what was found in its reports: the file is written, edited, applied and kept."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

TEXT = (
    "On Sunday armed soldiers stood beside the ballot boxes in Gostel during the referendum.\n\n"
    "Jon Bresker called the vote a sham.\n\n"
    "Clerks read the names of those who stayed at home aloud in Gostel.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "report.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def decide(
    path: Path, decisions: dict[str, dict[str, str]], delimiter: str = ",", encoding: str = "utf-8"
) -> None:
    """Fill in the file as a spreadsheet would save it."""
    lines = rows(path)
    for line in lines:
        line.update(decisions.get(line["code"], {}))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)


def test_the_file_is_written_applied_and_extended(call, folder: Path) -> None:
    path = folder / "review.csv"
    ended = call("conduct", folder / "report.txt", "--review", path)
    assert ended.code == 0
    assert f"review.csv: {len(rows(path))} lines added" in ended.err
    decide(
        path,
        {
            "C01": {"decision": "accept", "reviewer": "M. Keld"},
            "C23": {"decision": "reject", "reviewer": "R. Torvik", "note": "a quotation from a novel"},
        },
        delimiter=";",
        encoding="cp1252",
    )
    before = path.read_bytes()
    ended = call("conduct", folder / "report.txt", "--review", path, "--json")
    assert (ended.code, ended.err) == (0, "")
    record = json.loads(ended.out)
    assert {one["code"]: one["review"] for one in record["statements"]} == {
        "C01": "accepted",
        "C23": "rejected",
    }
    assert path.read_bytes() == before
    (folder / "second.txt").write_text("The vote was a farce, “Ilse Märrant” wrote.", encoding="utf-8")
    ended = call("conduct", folder / "report.txt", folder / "second.txt", "--review", path)
    assert ended.code == 0
    assert "2 of 3 statements were read by a person: 1 accepted and 1 rejected" in " ".join(ended.out.split())
    assert path.read_bytes().startswith(before)
    assert path.read_bytes().count(b"\n") == before.count(b"\n") + 1


def test_a_decision_that_fits_nothing_is_named(call, folder: Path) -> None:
    path = folder / "review.csv"
    call("conduct", folder / "report.txt", "--review", path)
    decide(path, {"C23": {"decision": "reject"}})
    (folder / "report.txt").write_text("An editor's note. " + TEXT, encoding="utf-8")
    ended = call("conduct", folder / "report.txt", "--review", path)
    assert ended.code == 0
    assert "line 3: this decision fits no statement: the text of the report is not the one" in ended.err
    assert len(rows(path)) == 4


def test_a_wrong_line_stops_the_run_and_leaves_the_file(call, folder: Path) -> None:
    path = folder / "review.csv"
    call("conduct", folder / "report.txt", "--review", path)
    decide(path, {"C23": {"decision": "maybe"}})
    before = path.read_bytes()
    ended = call("conduct", folder / "report.txt", "--review", path)
    assert ended.code == 2
    assert "review.csv, line 3: 'maybe' is no decision" in ended.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"PK\x03\x04 a workbook", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_is_not_taken_for_a_table(call, folder: Path, content: bytes) -> None:
    (folder / "review.xlsx").write_bytes(content)
    ended = call("conduct", folder / "report.txt", "--review", folder / "review.xlsx")
    assert ended.code == 2
    assert "save it as CSV" in ended.err
    assert (folder / "review.xlsx").read_bytes() == content


def test_a_file_that_cannot_be_written(call, folder: Path) -> None:
    (folder / "file").write_text("x", encoding="utf-8")
    ended = call("conduct", folder / "report.txt", "--review", folder / "file" / "review.csv")
    assert ended.code == 2
    assert "cannot be written" in ended.err


@pytest.mark.parametrize("name", ["review.csv", "review.toml"])
def test_a_dossier_says_who_reviewed_and_can_be_made_again(call, folder: Path, name: str) -> None:
    path, out = folder / name, folder / "out"
    assert call("examine", folder / "report.txt", "--review", path, "--out", out).code == 0
    assert "lines added" not in call("examine", folder / "report.txt", "--review", path, "--out", out).err
    if name.endswith(".csv"):
        decide(path, {"C01": {"decision": "reject", "reviewer": "M. Keld"}})
    else:
        text = path.read_text("utf-8").replace('decision = ""', 'decision = "reject"\n# seen')
        path.write_text(text.replace('reviewer = ""', 'reviewer = "M. Keld"'), encoding="utf-8")
    assert call("examine", folder / "report.txt", path, "--out", out).code == 0
    data = json.loads((out / "dossier.json").read_text("utf-8"))
    assert data["reading"]["conduct"] == "no breach reported"
    assert "M. Keld" in " ".join(data["reading"]["sentences"])
    (kept,) = [one for one in data["inputs"] if one["role"] == "review"]
    assert kept["sha256"] == data["conduct"]["review"]["sha256"]
    assert "Rejected on review" in (out / "dossier.html").read_text("utf-8")
    assert call("verify", out / "dossier.json").code == 0
    path.write_bytes(path.read_bytes() + b"\n")
    ended = call("verify", out / "dossier.json")
    assert ended.code == 2
    assert "not the file that the dossier was made from" in ended.err


def test_a_file_in_the_folder_of_a_case_is_found_and_left_alone(call, folder: Path) -> None:
    case = folder / "case"
    case.mkdir()
    shutil.copy(folder / "report.txt", case)
    (case / "case.toml").write_text(
        'reports = ["report.txt"]\n[[contest]]\nid = "vote"\nname = "The vote"\n', encoding="utf-8"
    )
    digests = []
    for _ in range(2):
        assert call("examine", case, "--out", folder / "out", "-q").code == 0
        data = json.loads((folder / "out" / "dossier.json").read_text("utf-8"))
        digests.append(data["case"]["digest"])
        call("conduct", case / "report.txt", "--review", case / "review.csv")
        decide(case / "review.csv", {"C01": {"decision": "accept", "reviewer": "M. Keld"}})
    assert digests[0] == digests[1]
    assert data["conduct"]["review"]["decisions"] == 1
    (case / "review.toml").write_text("", encoding="utf-8")
    ended = call("examine", case, "--out", folder / "out")
    assert ended.code == 2
    assert "two review files" in ended.err


def test_a_review_without_a_report(call, folder: Path, marenna: Path) -> None:
    ended = call(
        "examine", marenna / "stations.csv", "--review", folder / "review.csv", "--out", folder / "out"
    )
    assert ended.code == 2
    assert "no report in this case to review" in ended.err
    assert not (folder / "review.csv").exists()


def test_what_is_added_stays_with_the_text_that_was_read(call, folder: Path) -> None:
    report, path, out = folder / "report.txt", folder / "review.csv", folder / "out"
    path.write_text(
        "report,words,code,decision,statement\nreport.txt,names of those who stayed at home,C04,add,\n"
    )
    assert call("examine", report, "--review", path, "--out", out, "-q").code == 0
    data = json.loads((out / "dossier.json").read_text("utf-8"))
    assert [one["code"] for one in data["conduct"]["statements"] if one["review"] == "added"] == ["C04"]
    assert call("verify", out / "dossier.json", "--sources", folder).code == 0
    report.write_text("An editor's note. " + TEXT, encoding="utf-8")
    for _ in range(2):
        ended = call("conduct", report, "--review", path, "--json")
        assert "added" not in {one["review"] for one in json.loads(ended.out)["statements"]}
        assert "review.csv, line 2: this decision fits no statement: the" in ended.err


def test_a_file_that_begins_with_a_blank_line_does_not_grow(call, folder: Path) -> None:
    path = folder / "review.csv"
    call("conduct", folder / "report.txt", "--review", path)
    path.write_bytes(b"\r\n" + path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    lines = path.read_bytes()
    assert call("conduct", folder / "report.txt", "--review", path).err == ""
    (folder / "b.txt").write_text("The vote was a sham.", encoding="utf-8")
    call("conduct", folder / "report.txt", folder / "b.txt", "--review", path)
    after = path.read_bytes()
    assert after.startswith(lines)
    assert b"sham" in after[len(lines) :]
    call("conduct", folder / "report.txt", folder / "b.txt", "--review", path)
    assert path.read_bytes() == after
    assert call("examine", folder / "report.txt", path, "--out", folder / "out", "-q").code == 0


@pytest.mark.parametrize("name", ["review.csv", "review.toml"])
def test_a_link_out_of_the_folder_of_a_case_is_not_followed(call, folder: Path, name: str) -> None:
    case = folder / "case"
    case.mkdir()
    shutil.copy(folder / "report.txt", case)
    (case / "case.toml").write_text(
        'reports = ["report.txt"]\n[[contest]]\nid = "vote"\nname = "The vote"\n', encoding="utf-8"
    )
    (folder / "secret").write_text("")
    (case / name).symlink_to(folder / "secret")
    for command in (["examine", case, "--out", folder / "out"], ["conduct", case]):
        ended = call(*command)
        assert ended.code == 2
        assert f"leads outside its folder: '{name}'" in ended.err


def test_a_case_says_to_conduct_what_it_says_to_examine(call, folder: Path) -> None:
    case = folder / "case"
    case.mkdir()
    (case / "report.txt").write_text(
        "Armed soldiers stood beside the ballot boxes in Gostel on election day.\n\n"
        "Jon Bresker called the vote a sham.\n",
        encoding="utf-8",
    )
    (case / "case.toml").write_text(
        'reports = ["report.txt"]\n[[contest]]\nid = "vote"\nname = "The vote"\ndate = 2031-09-14\n',
        encoding="utf-8",
    )
    call("conduct", case, "--review", case / "review.csv")
    decide(case / "review.csv", {"C23": {"decision": "reject", "reviewer": "M. Keld"}})
    before = (case / "review.csv").read_bytes()
    alone = json.loads(call("conduct", case, "--json").out)
    assert call("examine", case, "--out", folder / "out", "-q").code == 0
    examined = json.loads((folder / "out" / "dossier.json").read_text("utf-8"))["conduct"]
    told = {one["code"]: (one["when"], one["review"]) for one in alone["statements"]}
    assert told == {"C01": ("2031-09-14", None), "C23": (None, "rejected")}
    assert alone["statements"] == examined["statements"]
    assert alone["review"] == examined["review"]
    assert (case / "review.csv").read_bytes() == before
    ended = call("conduct", case, "--review", folder / "other.csv")
    assert (ended.code, "two review files" in ended.err) == (2, True)
