"""A case file of any kind is told on the page, and never broken by what is clicked there."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from .conftest import Upload

VOTES = "\n".join(
    ["Polling station,Registered voters,Ballots in the box,Invalid,Valid,for,against"]
    + [f"Gostel {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(30)]
).encode()
CONTEST = '[[contest]]\nid = "a"\nresults = ["votes.csv"]\n'


@pytest.mark.parametrize(
    "text",
    [
        "totals = 5\n" + CONTEST,
        "reports = 5\n" + CONTEST,
        CONTEST + 'join = "Code"\nmapping = 5\n',
        CONTEST + "[contest.mapping.columns]\nregistered = [[1]]\n",
        '[[contest]]\nid = "a"\nresults = ["a\\u0000"]\n',
        f'[[contest]]\nid = "a"\nresults = ["{"a" * 5000}"]\n',
        CONTEST + "mapping" + ".a" * 3000 + " = 1\n",
        'contest = [{ id = "a", results = ["votes.csv"] }]\n',
        "plan = 5\n" + CONTEST,
        'name = "A\\u0000vote"\n' + CONTEST,
    ],
)
def test_every_page_and_button_answers(
    visitor: TestClient, upload: Upload, tmp_path: Path, text: str
) -> None:
    upload({"votes.csv": VOTES, "case.toml": text.encode()}, "Odd")
    path = tmp_path / "cases" / "Odd" / "case.toml"
    assert visitor.get("/cases/Odd").status_code == 200
    for page in ("plan", "understand", "reports", "run", "keep", "explore", "dossier"):
        answer = visitor.get(f"/cases/Odd/{page}")
        assert answer.status_code in (200, 422), page
        assert "</html>" in answer.text
    plan = {"seed": "7", "method": "straddle", "favoured:a": "for"}
    said = {"contest": "a", "header:a": ["Valid"], "role:a": ["valid"], "do": "save"}
    for button, data in (("plan/keep", plan), ("understand/try", said), ("remove", {"file": "votes.csv"})):
        before = path.read_bytes()
        answer = visitor.post(f"/cases/Odd/{button}", data=data)
        assert answer.status_code in (200, 422), button
        assert answer.status_code == 200 or path.read_bytes() == before
    assert visitor.post("/cases/Odd/files", files=[("files", ("b.csv", VOTES))]).status_code in (200, 422)


def test_a_case_file_in_another_encoding_is_changed(
    visitor: TestClient, upload: Upload, tmp_path: Path
) -> None:
    upload({"votes.csv": VOTES, "case.toml": f'name = "Elección"\n{CONTEST}'.encode("utf-16")}, "Odd")
    assert visitor.post("/cases/Odd/plan/keep", data={"seed": "7", "method": "straddle"}).status_code == 200
    assert 'name = "Elección"' in (tmp_path / "cases" / "Odd" / "case.toml").read_text("utf-8")
