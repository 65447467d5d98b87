"""Every decision stands in the review file at once, and counts at the next examination."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from plebiscope import reviewing, study
from plebiscope.web.pages.judging import _pieces

from .conftest import ORIGIN, TOKEN, open_workbench

CASE = "/cases/Gostel"
REPORT = """Gostel votes

GOSTEL, 14 September 2031 - Armed men carried the ballot box from door to door in Gostel on Sunday, Anna Merk said.
"Soldiers with rifles stood beside the table where people voted," said Anna Merk, a teacher.
Observers were turned away from three polling stations in the town of Marrant <b>on Sunday</b>.
"""


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[TestClient, Path]]:
    root = tmp_path_factory.mktemp("cases")
    (root / "Gostel").mkdir()
    (root / "Gostel" / "report.txt").write_text(REPORT, "utf-8")
    with open_workbench(root) as client:
        client.get("/", params={"token": TOKEN})
        client.headers.update(ORIGIN)
        yield client, root / "Gostel" / "review.csv"


def judged(client: TestClient) -> str:
    for _ in range(3000):
        text = client.get(f"{CASE}/reports").text
        if 'hx-trigger="load' not in text:
            return text
        time.sleep(0.1)
    raise AssertionError("the reports were never read")


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_statements_are_marked_in_the_text_and_names_stay_text(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    text = judged(client)
    keys = set(re.findall(r'id="s-([^"]+)"', text))
    assert keys == {row["statement"] for row in rows(path) if row["words"]}
    assert len(keys) >= 3
    marked = {key for some in re.findall(r'data-keys="([^"]+)"', text) for key in some.split()}
    assert marked == keys
    assert "<b>on Sunday" not in text


def test_a_decision_is_written_corrected_and_taken_back(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    judged(client)
    client.post(f"{CASE}/reports/reviewer", data={"reviewer": "=B. Reader"})
    first, second = [row for row in rows(path) if row["words"]][:2]
    others = [row for row in rows(path) if row["statement"] != first["statement"]]
    answer = client.post(f"{CASE}/reports/decide", data={"statement": first["statement"], "do": "accept"})
    assert "Accepted" in answer.text
    mine = next(row for row in rows(path) if row["statement"] == first["statement"])
    assert (mine["decision"], mine["reviewer"]) == ("accept", "'=B. Reader")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", mine["date"])
    assert [row for row in rows(path) if row["statement"] != first["statement"]] == others
    said = {
        "statement": first["statement"],
        "do": "correct",
        "new_code": first["code"],
        "new_speaker": "Karl Ost",
        "new_standing": "alleged",
        "note": "He said it\nto us.",
    }
    piece = client.post(f"{CASE}/reports/decide", data=said, headers={"hx-request": "true"}).text
    assert "<html" not in piece
    assert "Karl Ost" in piece
    mine = next(row for row in rows(path) if row["statement"] == first["statement"])
    assert (mine["decision"], mine["new_code"], mine["new_speaker"]) == ("correct", "", "Karl Ost")
    assert mine["note"] == "He said it\nto us."
    client.post(f"{CASE}/reports/decide", data={"statement": first["statement"], "do": "undo", "note": ""})
    mine = next(row for row in rows(path) if row["statement"] == first["statement"])
    assert not any(mine[name] for name in ("decision", "new_speaker", "reviewer", "note"))
    client.post(f"{CASE}/reports/decide", data={"statement": second["statement"], "do": "reject"})
    assert "1 of" in client.get(f"{CASE}/reports").text or "Rejected" in client.get(f"{CASE}/reports").text


def test_what_cannot_be_meant_changes_nothing(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    judged(client)
    before = path.read_bytes()
    key = rows(path)[0]["statement"]
    for said in (
        {"statement": key, "do": "correct", "new_code": "C99"},
        {"statement": key, "do": "correct", "new_when": "someday"},
        {"statement": key, "do": "delete"},
    ):
        assert client.post(f"{CASE}/reports/decide", data=said).status_code == 422
    for page, said in (
        ("decide", {"statement": "s0-0", "do": "accept"}),
        ("add", {"report": "x", "words": "a"}),
        ("decide", {"statement": key, "do": "accept", "note": "n" * 20_000}),
    ):
        answer = client.post(f"{CASE}/reports/{page}", data=said)
        assert answer.status_code == 422
        assert "nothing was saved" in answer.text
        assert "What to do:" in answer.text
    missing = {"report": "report.txt", "words": "They flew away", "code": "C01"}
    assert client.post(f"{CASE}/reports/add", data=missing).status_code == 422
    assert path.read_bytes() == before


def test_what_is_cleared_is_said_to_be_nothing(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    judged(client)
    one = next(row for row in rows(path) if row["speaker"] not in ("", "the report itself"))
    said = {"statement": one["statement"], "do": "correct", "new_speaker": ""}
    client.post(f"{CASE}/reports/decide", data=said)
    mine = next(row for row in rows(path) if row["statement"] == one["statement"])
    assert (mine["decision"], mine["new_speaker"]) == ("correct", "the report itself")
    client.post(f"{CASE}/reports/decide", data={"statement": one["statement"], "do": "undo"})


def test_decisions_at_the_same_time_are_all_kept(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    judged(client)
    keys = [row["statement"] for row in rows(path) if row["words"]][:3]
    with ThreadPoolExecutor(3) as pool:
        said = [{"statement": key, "do": "accept"} for key in keys]
        list(pool.map(lambda one: client.post(f"{CASE}/reports/decide", data=one), said))
    assert {row["decision"] for row in rows(path) if row["statement"] in keys} == {"accept"}
    for key in keys:
        client.post(f"{CASE}/reports/decide", data={"statement": key, "do": "undo"})


def test_decisions_count_when_the_case_is_examined(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    judged(client)
    key = next(row["statement"] for row in rows(path) if row["code"] == "C25" and row["words"])
    client.post(f"{CASE}/reports/decide", data={"statement": key, "do": "reject", "note": "another day"})
    added = {"report": "report.txt", "words": "in the town of Marrant", "code": "C24", "standing": "asserted"}
    assert client.post(f"{CASE}/reports/add", data=added).status_code == 200
    assert client.post(f"{CASE}/reports/add", data=added).status_code == 422
    conduct = study.examine(path.parent, methods=["protocol"]).dossier.conduct
    assert conduct is not None
    outcomes = {(one.code, one.review) for one in conduct.statements}
    assert ("C25", "rejected") in outcomes
    assert ("C24", "added") in outcomes


def test_long_notes_are_kept_and_the_report_stays_in_view(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    judged(client)
    key = rows(path)[0]["statement"]
    said = {"statement": key, "do": "accept", "note": "n" * 5000}
    answer = client.post(f"{CASE}/reports/decide", data=said, follow_redirects=False)
    assert answer.headers["location"] == f"{CASE}/reports?report=report.txt#s-{key}"
    assert next(row for row in rows(path) if row["statement"] == key)["note"] == "n" * 5000
    client.post(f"{CASE}/reports/decide", data={"statement": key, "do": "undo", "note": ""})
    added = {"report": "report.txt", "words": "Soldiers with rifles", "code": "C24", "standing": "asserted"}
    answer = client.post(f"{CASE}/reports/add", data=added, headers={"hx-request": "true"})
    assert answer.headers["hx-redirect"] == f"{CASE}/reports?report=report.txt"


def test_words_that_stand_twice_are_those_that_were_marked(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    judged(client)
    twice = [match.start() for match in re.finditer("Gostel", REPORT)]
    assert len(twice) > 1
    said = {"report": "report.txt", "words": "Gostel", "code": "C05", "standing": "asserted"}
    answer = client.post(f"{CASE}/reports/add", data=said)
    assert answer.status_code == 422
    assert f"{len(twice)} times" in answer.text
    client.post(f"{CASE}/reports/add", data=said | {"start": str(twice[1] + 1)})
    line = next(row for row in rows(path) if row["words"] == "Gostel")
    assert line["start"] == str(twice[1])
    conduct = study.examine(path.parent, methods=["protocol"]).dossier.conduct
    assert conduct is not None
    assert twice[1] in [
        one.start for one in conduct.statements if one.review == "added" and one.code == "C05"
    ]


def test_a_review_of_ones_own_gains_the_columns_that_a_decision_needs(
    workbench: tuple[TestClient, Path], tmp_path: Path
) -> None:
    _, path = workbench
    one = next(row for row in rows(path) if row["words"])
    own = tmp_path / "review.csv"
    lines = f"decision;statement;desk\r\n;{one['statement']};foreign\r\n;s0-9;home\r\n"
    own.write_text(lines, "utf-8", newline="")
    reviewing.decide(
        own, one["statement"], {"decision": "correct", "new_speaker": "Karl; Ost", "note": "so", "date": ""}
    )
    text = own.read_bytes().decode()
    assert text.splitlines()[0] == "decision;statement;desk;new_speaker;note"
    assert text.endswith(";s0-9;home\r\n")
    first = next(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert (first["new_speaker"], first["note"], first["desk"]) == ("Karl; Ost", "so", "foreign")
    reviewing.add(
        own, {"report": "r.txt", "words": "sham", "new_code": "C24", "reviewer": "B. Reader", "start": "7"}
    )
    added = list(csv.DictReader(io.StringIO(own.read_text("utf-8"), newline=""), delimiter=";"))[-1]
    assert {name: added[name] for name in ("decision", "words", "new_code", "reviewer", "start")} == {
        "decision": "add", "words": "sham", "new_code": "C24", "reviewer": "B. Reader", "start": "7"
    }  # fmt: skip


def test_while_something_else_is_done_the_page_asks_again(workbench: tuple[TestClient, Path]) -> None:
    client, path = workbench
    client.post(f"{CASE}/run/start")
    (path.parent / "more.txt").write_text("People voted in Gostel on Sunday. " * 5, "utf-8")
    for page in ("reports", "understand"):
        text = client.get(f"{CASE}/{page}").text
        assert "Something else is being done" in text
        assert 'hx-trigger="load' in text
    client.post(f"{CASE}/run/cancel")
    (path.parent / "more.txt").unlink()


def test_overlapping_statements_are_cut_into_pieces_that_make_the_text() -> None:
    told = [
        {"key": "a", "start": 2, "end": 8},
        {"key": "b", "start": 5, "end": 12},
        {"key": "c", "start": 5, "end": 8},
    ]
    pieces = _pieces("0123456789abcdef", told)
    assert "".join(piece.text for piece in pieces) == "0123456789abcdef"
    assert [(piece.text, piece.keys) for piece in pieces if piece.keys] == [
        ("234", ("a",)),
        ("567", ("a", "b", "c")),
        ("89ab", ("b",)),
    ]
