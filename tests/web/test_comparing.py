"""Votes are chosen, put side by side, and taken away; what is asked wrongly is said."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from plebiscope import study

from .conftest import ORIGIN, TOKEN, open_workbench

NASTY = "<b>=1+1</b>"
OF = [("of", "One/votes"), ("of", "Two/votes")]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases with hostile names that were examined, one that was not, and one that is damaged."""
    folder = tmp_path_factory.mktemp("cases")
    for case, more in (("One", 0), ("Two", 7)):
        (folder / case).mkdir()
        lines = ["Region,Polling station,Registered voters,Ballots in the box,Valid,For,Against"]
        for at in range(60):
            registered = 200 + 37 * at
            cast = registered // 2 + more
            votes = cast // 3 + at % 3
            lines.append(f'R{at % 3},"{NASTY} {at}",{registered},{cast},{cast},{votes},{cast - votes}')
        (folder / case / "votes.csv").write_text("\n".join(lines), "utf-8")
        made = study.examine([folder / case / "votes.csv"], favoured="For", methods=["protocol"], name=NASTY)
        study.write(made, folder / case / "dossier")
    (folder / "Not examined").mkdir()
    shutil.copytree(folder / "One", folder / "Damaged")
    (folder / "Damaged" / "dossier" / "dossier.json").write_text("{", "utf-8")
    return folder


@pytest.fixture
def reader(root: Path) -> Generator[TestClient]:
    with open_workbench(root) as client:
        client.get("/", params={"token": TOKEN})
        client.headers.update(ORIGIN)
        yield client


def test_only_what_was_examined_can_be_chosen(reader: TestClient) -> None:
    page = reader.get("/compare").text
    assert page.count('name="of"') == 2
    assert "checked" not in page
    assert "Choose one more" in reader.get("/compare", params=OF[:1]).text


def test_votes_stand_side_by_side_and_names_are_text(reader: TestClient) -> None:
    page = reader.get("/compare", params=OF).text
    assert "no evidence by itself" in page
    assert "60 of 60 pairs" in page
    assert "<b>" not in page
    assert page.count("<svg") == 2 * 3 + 1


def test_votes_without_a_day_stand_as_they_were_chosen_and_can_be_turned_round(reader: TestClient) -> None:
    for order in (OF, OF[::-1]):
        page = reader.get("/compare", params=order).text
        assert "which was held first is not said" in page
        # Both bear the same name, so they are told apart by their numbers, and the menu keeps their order.
        assert [page.index(f'value="{value}"') for _, value in order] == sorted(
            page.index(f'value="{value}"') for _, value in order
        )
        turned = "&amp;".join(f"of={value.replace('/', '%2F')}" for _, value in order[::-1])
        assert f'href="/compare?{turned}"' in page


def test_areas_are_listed_and_tables_taken_away(reader: TestClient) -> None:
    page = reader.get("/compare", params=[*OF, ("by", "Region"), ("option", "Against")]).text
    assert "R1" in page
    assert "the share of “Against”" in page
    for name in ("joined-1-2.csv", "left-over-1-2.csv", "comparison.json"):
        answer = reader.get(f"/compare/{name}", params=OF)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
    assert reader.get("/compare/joined-1-2.csv", params=OF).text.count("\n") == 61
    assert reader.get("/compare/joined-1-2.exe", params=OF).status_code == 404
    assert reader.get("/compare/..%2fvotes.csv", params=OF).status_code == 404


@pytest.mark.parametrize(
    "asked", [[("of", "../One/votes"), *OF[:1]], [("by", "x"), *OF], [("option", "<b>"), *OF], [("of", "\0")]]
)
def test_what_is_asked_wrongly_is_left_out(reader: TestClient, asked: list[tuple[str, str]]) -> None:
    assert reader.get("/compare", params=asked).status_code == 200


def test_a_table_of_nothing_chosen_is_refused(reader: TestClient) -> None:
    assert reader.get("/compare/comparison.json").status_code == 422


def test_more_votes_than_can_be_read_are_refused(root: Path, reader: TestClient) -> None:
    for number in range(3):
        shutil.copytree(root / "One", root / f"Again {number}")
    asked = [*OF, *(("of", f"Again {number}/votes") for number in range(3))]
    assert reader.get("/compare", params=asked).status_code == 422
    for number in range(3):
        shutil.rmtree(root / f"Again {number}")
