"""A person sees how a file was understood, changes it, and keeps it."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

from starlette.testclient import TestClient

from .conftest import Upload

LINES = ["Polling station,Registered voters,Ballots in the box,Invalid,Valid,for,against"]
LINES += [f"Gostel {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(30)]
LINES += ["Gostel 99,500,300,10,290,150,139"]
VOTES = "\n".join(LINES).encode()
ROLES = ["station", "registered", "cast", "invalid", "valid", "option", "option"]
HEADERS = LINES[0].split(",")


def understood(visitor: TestClient, case: str) -> str:
    """Wait until the files are read, and return the page."""
    for _ in range(3000):
        text = visitor.get(f"/cases/{case}/understand").text
        if 'hx-trigger="load' not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the files were never read")


def said(roles: list[str], **more: str) -> dict[str, object]:
    return {"contest": "votes", "header:votes": HEADERS, "role:votes": roles, **more}


def test_each_column_stands_beside_what_it_is_taken_for(visitor: TestClient, upload: Upload) -> None:
    upload({"votes.csv": VOTES})
    text = understood(visitor, "A vote")
    chosen = re.findall(r'<option value="(\w+)" selected>', text)
    assert {"registered", "cast", "valid", "invalid", "option"} <= set(chosen)
    assert "Gostel 0" in text
    assert "Records in the file" in text


def test_a_sum_that_fails_is_counted_and_changes_with_the_menus(visitor: TestClient, upload: Upload) -> None:
    upload({"votes.csv": VOTES})
    understood(visitor, "A vote")
    visitor.post("/cases/A vote/understand/try", data=said(ROLES, do="try"))
    text = understood(visitor, "A vote")
    assert "This is a trial" in text
    row = re.search(r'class="fails">.*?</tr>', text, re.DOTALL)
    assert row
    assert "the sum of the options" in row[0]
    assert ">1</td>" in row[0]
    swapped = ["station", "cast", "registered", "invalid", "valid", "option", "option"]
    visitor.post("/cases/A vote/understand/try", data=said(swapped, do="try"))
    text = understood(visitor, "A vote")
    failing = [re.sub(r"<[^>]+>", " ", one) for one in re.findall(r'class="fails">.*?</tr>', text, re.DOTALL)]
    assert any("ballots in the box ≤ registered voters" in " ".join(one.split()) for one in failing)


def test_what_is_saved_stands_in_the_case_file_and_can_be_taken_back(
    visitor: TestClient, upload: Upload, tmp_path: Path
) -> None:
    upload({"votes.csv": VOTES})
    understood(visitor, "A vote")
    visitor.post("/cases/A vote/understand/try", data=said(ROLES, do="save"))
    path = tmp_path / "cases" / "A vote" / "case.toml"
    (contest,) = tomllib.loads(path.read_text("utf-8"))["contest"]
    assert contest["mapping"]["columns"]["registered"] == ["Registered voters"]
    assert contest["mapping"]["columns"]["options"] == {"for": "for", "against": "against"}
    assert "This is a trial" not in understood(visitor, "A vote")
    visitor.post("/cases/A vote/understand/try", data=said(ROLES, do="forget"))
    (contest,) = tomllib.loads(path.read_text("utf-8"))["contest"]
    assert "mapping" not in contest


def test_what_cannot_be_told_apart_is_settled_by_the_menus(visitor: TestClient, upload: Upload) -> None:
    lines = [re.sub(r"^[^,]+", lambda m: m[0], line) for line in LINES]
    lines[0] = "a,b,c,d,e,f,g"
    upload({"votes.csv": "\n".join(lines).encode()})
    text = understood(visitor, "A vote")
    assert text.count("<select") > 7
    data = said(ROLES, do="try") | {"header:votes": list("abcdefg")}
    visitor.post("/cases/A vote/understand/try", data=data)
    assert "Gostel 7" in understood(visitor, "A vote")


def test_a_column_said_to_be_what_it_is_not_is_refused_in_words(visitor: TestClient, upload: Upload) -> None:
    upload({"votes.csv": VOTES})
    understood(visitor, "A vote")
    visitor.post("/cases/A vote/understand/try", data=said(["registered", *ROLES[1:]], do="try"))
    assert 'class="complaint"' in understood(visitor, "A vote")


def test_the_mapping_is_handed_out(visitor: TestClient, upload: Upload) -> None:
    upload({"votes.csv": VOTES})
    understood(visitor, "A vote")
    answer = visitor.get("/cases/A vote/understand/mapping", params={"contest": "votes"})
    assert tomllib.loads(answer.text)["columns"]["registered"] == "Registered voters"
    assert "attachment" in answer.headers["content-disposition"]
    assert visitor.get("/cases/A vote/understand/mapping", params={"contest": "../x"}).status_code == 404


def test_files_that_come_later_are_named_in_the_case_file_and_leave_it_again(
    visitor: TestClient, upload: Upload, tmp_path: Path
) -> None:
    upload({"votes.csv": VOTES})
    understood(visitor, "A vote")
    visitor.post("/cases/A vote/understand/try", data=said(ROLES, do="save"))
    report = b"On Sunday people in Gostel voted. Observers said that they were present.\n" * 4
    visitor.post("/cases/A vote/files", files=[("files", ("report.txt", report))])
    path = tmp_path / "cases" / "A vote" / "case.toml"
    assert tomllib.loads(path.read_text("utf-8"))["reports"] == ["report.txt"]
    visitor.post("/cases/A vote/remove", data={"file": "report.txt"})
    assert "reports" not in tomllib.loads(path.read_text("utf-8"))
    assert (path.parent / "removed" / "report.txt").read_bytes() == report


def test_what_menus_do_not_say_stays_and_areas_keep_their_order(
    visitor: TestClient, upload: Upload, tmp_path: Path
) -> None:
    lines = ["District,Region,Polling station,Registered voters,Ballots in the box,Invalid,Valid,for,against"]
    lines += [
        f"D{i // 10},R{i // 30},No. {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(60)
    ]
    upload({"votes.csv": "\n".join(lines).encode()})
    text = understood(visitor, "A vote")
    roles = re.findall(r'<option value="(\w+)" selected>', text)
    headers = lines[0].split(",")
    assert roles.count("areas") == 2
    path = tmp_path / "cases" / "A vote" / "case.toml"
    data = {"contest": "votes", "header:votes": headers, "role:votes": roles, "do": "save"}
    visitor.post("/cases/A vote/understand/try", data=data)
    (contest,) = tomllib.loads(path.read_text("utf-8"))["contest"]
    assert contest["mapping"]["columns"]["areas"] == ["Region", "District"]
    path.write_text(path.read_text("utf-8") + '\n[contest.mapping.codes]\n9 = "registered voters"\n', "utf-8")
    visitor.post("/cases/A vote/understand/try", data=data)
    (contest,) = tomllib.loads(path.read_text("utf-8"))["contest"]
    assert contest["mapping"]["codes"] == {"9": "registered voters"}


def test_columns_that_were_not_read_are_listed_with_the_reason(visitor: TestClient, upload: Upload) -> None:
    lines = [f"{'Land' if i == 0 else 'Marenna'},{line}" for i, line in enumerate(LINES)]
    upload({"votes.csv": "\n".join(lines).encode()})
    text = understood(visitor, "A vote")
    section = text[text.index("Columns that were not read") :]
    assert "1 of 8 columns" in section
    assert "it says one and the same in every row" in section
    assert "[columns], areas = [" in section
    menus = text[: text.index("Columns that were not read")]
    assert "it says one and the same in every row" in menus
