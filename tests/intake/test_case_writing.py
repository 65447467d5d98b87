"""A case file that was written gives the case back, and what people wrote in it stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from plebiscope.intake import cases
from plebiscope.intake.case_file import TEMPLATE, from_file
from plebiscope.intake.case_writing import case_text, changed
from plebiscope.intake.preview import preview
from plebiscope.model.errors import InputError

VOTES = "station,registered,cast,valid,invalid,Yes,No\n" + "".join(
    f"S{i},{500 + i},{300 + i},{290 + i},10,{150 + i},140\n" for i in range(12)
)


def test_an_inferred_case_comes_back_from_its_file(tmp_path: Path) -> None:
    (tmp_path / 'the "votes".csv').write_text(VOTES, "utf-8")
    (tmp_path / "report.txt").write_text("On Sunday people voted in Gostel.\n" * 3, "utf-8")
    found = cases.gather([tmp_path], plan={"seed": 7}, favoured="Yes")
    (tmp_path / "case.toml").write_text(case_text(found), "utf-8")
    again = from_file(tmp_path / "case.toml")
    assert again.case == found.case
    assert set(again.files) == set(found.files)


@pytest.mark.shared
def test_announcements_for_several_contests_come_back(tmp_path: Path, shared: Path) -> None:
    source = shared / "totals" / "totals.csv"
    (tmp_path / "totals.csv").write_bytes(source.read_bytes())
    found = cases.gather([tmp_path])
    (tmp_path / "case.toml").write_text(case_text(found), "utf-8")
    assert from_file(tmp_path / "case.toml").case == found.case
    assert len(found.case.contests) > 1


def test_what_people_wrote_stays() -> None:
    text = changed(
        TEMPLATE,
        plan={"seed": 5, "params": {"straddle": {"most": 98}}},
        contests={"referendum": {"favoured": "Yes", "country": None}},
    )
    kept = [line for line in TEMPLATE.splitlines() if line not in text.splitlines()]
    assert kept == []
    assert 'favoured = "Yes"' in text
    assert "seed = 5" in text
    assert (
        changed(changed(text, plan={"seed": None}), plan={"seed": 6}).count("seed = ")
        == TEMPLATE.count("seed = ") + 1
    )


def test_a_contest_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no contest 'north'"):
        changed(TEMPLATE, contests={"north": {"favoured": "Yes"}})
    with pytest.raises(InputError, match="no valid TOML"):
        changed("name = [", plan={})


def test_the_head_of_a_table_is_shown_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_text("Final results of Gostel,,\nstation,registered,Yes\nA,1 200,300\nB,900,\n", "utf-8")
    (found,) = preview([path])
    assert found.headers == ("station", "registered", "Yes")
    assert found.rows[0] == ("A", "1 200", "300")
    assert found.lines[0] == 3
