"""Votes side by side, and the same stations before and after."""

from __future__ import annotations

import html
import json
import random
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from plebiscope import cli
from plebiscope.compare import Chosen, Compared, compare
from plebiscope.compare.keys import RATIO, same
from plebiscope.compare.write import as_csv, tables, to_json
from plebiscope.model.errors import InputError

from .conftest import Examine, grid


def both(one: Path, other: Path, **how: object) -> Compared:
    return compare([Chosen(one), Chosen(other)], **how)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, examine_rows: Examine) -> Path:
    return examine_rows(tmp_path_factory.mktemp("before") / "case", grid(), name="First round")


def test_stations_are_joined_by_area_and_number_and_their_changes_are_theirs(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    rows = grid(turnout=55, share=50)
    # Nine fewer, one number given twice, one elsewhere that is new.
    kept = [*rows[:30], (*rows[0][:2], 320, 160, 80), ("District 9", "1", 700, 400, 200)]
    joined = both(before, examine_rows(tmp_path / "later", kept, name="Second round")).record.joined[0]
    assert joined.by == (("District", "District"), ("station", "station"))
    assert (joined.stations, joined.joined) == ((40, 32), 29)
    # The one that stands twice is left over on both sides, for that reason.
    assert joined.left == (11, 3)
    why = {(one.side, one.areas["District"], one.station): one.why for one in joined.left_over}
    assert why["before", "District 0", "1"] == why["after", "District 0", "1"] == "not unique"
    assert why["after", "District 9", "1"] == why["before", "District 3", "10"] == "no partner"
    first, second = grid()[1:30], rows[1:30]
    for name, part, whole in (("turnout", 3, 2), ("share", 4, 3)):
        told = getattr(joined, name)
        for side, table in zip(told, (first, second), strict=True):
            expected = 100 * sum(row[part] for row in table) / sum(row[whole] for row in table)
            assert side == pytest.approx(expected)
    assert sum(n for *_, n in joined.changes.cells) + joined.changes.beyond == 29


def test_a_picture_of_changes_counts_each_station_where_its_change_lies(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    rows = grid(turnout=70, share=60)
    compared = both(before, examine_rows(tmp_path / "later", rows))
    found, pairs = compared.record.joined[0].changes, compared.joins[0].pairs
    counted = {(x, y): n for x, y, n in found.cells}
    again: dict[tuple[int, int], int] = {}
    for turnout, share in pairs.select("change of turnout", "change of share").iter_rows():
        at = tuple(int((value + found.reach) // found.step) for value in (turnout, share))
        again[at] = again.get(at, 0) + 1
    assert counted == again
    # All of them were made to come by twenty points more often.
    assert all(x * found.step - found.reach > 15 for x, _ in counted)


def test_names_that_differ_in_noughts_blanks_capitals_and_a_word_before_are_the_same(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    rows = [(area.upper(), f"No.  {int(station):04d}", *rest) for area, station, *rest in grid()]
    joined = both(before, examine_rows(tmp_path / "later", rows)).record.joined[0]
    assert joined.joined == 40
    written = ["  School 7", "007 Школа", "Straße"]
    names = pl.Series("name", written).to_frame().select(same(pl.col("name")))["name"].to_list()
    assert names == ["school 7", "7 школа", "straße"]


def test_a_level_that_was_renamed_is_left_out_where_numbers_run_on(
    tmp_path: Path, examine_rows: Examine
) -> None:
    rows = [(area, f"{at}", *rest) for at, (area, _, *rest) in enumerate(grid())]
    renamed = [(f"Commission {at % 3}", *row[1:]) for at, row in enumerate(rows)]
    joined = both(
        examine_rows(tmp_path / "one", rows), examine_rows(tmp_path / "two", renamed)
    ).record.joined[0]
    assert (joined.by, joined.joined) == ((("station", "station"),), 40)


def test_numbers_given_anew_are_found_out_by_the_size_of_the_lists(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    rows = grid()
    numbers = [(area, station) for area, station, *_ in rows]
    random.Random(3).shuffle(numbers)
    anew = [(*named, *row[2:]) for named, row in zip(numbers, rows, strict=True)]
    compared = both(before, examine_rows(tmp_path / "later", anew))
    joined = compared.record.joined[0]
    assert joined.joined == 40
    sizes = [row[2] for row in rows]
    chance = np.mean([[max(a, b) <= RATIO * min(a, b) for a in sizes] for b in sizes])
    assert joined.by_chance == pytest.approx(chance)
    assert not joined.trusted
    assert (joined.most, joined.by_area, joined.changes) == ((), (), None)
    assert any("mostly does not name the same place" in said for said in joined.sentences)
    # What was joined can still be taken away and looked at.
    assert tables(compared)["joined-1-2"].height == 40


def test_a_place_that_grew_is_joined_and_not_compared(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    rows = grid()
    rows[20] = (*rows[20][:2], 5 * rows[20][2], *rows[20][3:])
    joined = both(before, examine_rows(tmp_path / "later", rows)).record.joined[0]
    assert (joined.joined, joined.checked, joined.alike, joined.used) == (40, 40, 39, 39)


def test_without_lists_of_voters_nothing_is_checked_and_that_is_said(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    later = examine_rows(tmp_path / "later", grid())
    table = pl.read_parquet(later / "stations.parquet")
    table.drop("registered").write_parquet(later / "stations.parquet")
    joined = both(before, later).record.joined[0]
    assert (joined.joined, joined.checked, joined.used) == (40, 0, 40)
    assert any("cannot be checked" in said for said in joined.sentences)
    assert joined.turnout[1] is None


def test_the_station_that_changed_most_comes_first_and_small_ones_are_only_counted(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    rows = [*grid(), ("District 0", "99", 60, 30, 15)]
    first = examine_rows(tmp_path / "first", rows)
    rows[17] = (*rows[17][:3], rows[17][3], rows[17][3] // 10)
    rows[-1] = (*rows[-1][:3], 60, 60)
    joined = both(first, examine_rows(tmp_path / "later", rows)).record.joined[0]
    assert (joined.most[0].after, joined.most[0].areas) == (rows[17][1], {"District": rows[17][0]})
    assert joined.small == 1
    assert all(one.registered[0] >= 100 for one in joined.most)
    areas = {one.name: one.joined for one in joined.by_area}
    assert areas == {"District 0": 11, "District 1": 10, "District 2": 10, "District 3": 10}


def test_areas_beyond_what_is_listed_are_counted(
    tmp_path: Path, before: Path, examine_rows: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plebiscope.compare.joining.AREAS", 3)
    joined = both(before, examine_rows(tmp_path / "later", grid())).record.joined[0]
    assert (len(joined.by_area), joined.more_areas) == (3, 1)


def test_what_stands_between_two_votes_is_said(tmp_path: Path, before: Path, examine_rows: Examine) -> None:
    other = examine_rows(
        tmp_path / "later", grid(10), options=("Red", "Blue"), methods=("protocol", "fingerprint")
    )
    found = {one.kind: one.sentence for one in both(before, other).record.cautions}
    assert "no evidence by itself" in next(iter(found.values()))
    assert "“For”" in found["option"]
    assert "“Red”" in found["option"]
    assert "40 stations" in found["stations"]
    assert "A vote" in found["asked"]
    alike = {one.kind for one in both(before, before).record.cautions}
    assert alike == {"difference", "same", "order"}


def test_votes_of_the_same_name_are_told_apart(before: Path) -> None:
    assert [one.name for one in both(before, before).record.votes] == ["First round, 1", "First round, 2"]


def test_answers_stand_beside_those_to_the_same_question(
    tmp_path: Path, before: Path, examine_rows: Examine
) -> None:
    other = examine_rows(
        tmp_path / "later", grid(), options=("Red", "Blue"), methods=("protocol", "fingerprint")
    )
    questions = both(before, other).record.questions
    assert all(len(one.answers) == 2 for one in questions)
    asked = {one.method: [answer is not None for answer in one.answers] for one in questions}
    assert asked["protocol"] == [True, True]
    assert asked["fingerprint"] == [False, True]


def test_the_same_dossiers_give_the_same_data(before: Path) -> None:
    first, second = (to_json(both(before, before)) for _ in range(2))
    assert first == second
    assert json.loads(first)["comparison"] == 1


def test_cells_that_look_like_formulas_are_none(tmp_path: Path, examine_rows: Examine) -> None:
    rows = [(area, f"=1+{station}", *rest) for area, station, *rest in grid()]
    made = examine_rows(tmp_path / "hostile", rows)
    text = as_csv(tables(both(made, made))["joined-1-2"]).decode()
    assert "'=1+1" in text
    assert not re.search(r"(^|,)=", text, re.MULTILINE)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_and_too_many_are_refused(before: Path, count: int) -> None:
    with pytest.raises(InputError, match="given to compare"):
        compare([Chosen(before)] * count)


def test_the_command_writes_a_page_the_data_and_the_tables(tmp_path: Path, before: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(
        cli.app, ["compare", str(before), str(before / "dossier.json"), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "no evidence by itself" in done.output
    names = {path.name for path in out.iterdir()}
    assert names == {"comparison.html", "comparison.json", "joined-1-2.csv", "left-over-1-2.csv"}
    page = html.unescape((out / "comparison.html").read_text("utf-8"))
    assert "default-src 'none'" in page
    assert all(link.startswith(("joined", "left")) for link in re.findall(r'href="([^"#]+)"', page))


@pytest.mark.parametrize(
    ("options", "met"),
    [
        (["--contest", "nobody", "--contest", ""], "no contest"),
        (["--option", "Nobody"], "no option"),
        (["--contest", "votes"], "given 1 times"),
    ],
)
def test_what_is_asked_wrongly_is_refused(tmp_path: Path, before: Path, options: list[str], met: str) -> None:
    asked = ["compare", str(before), str(before), "--out", str(tmp_path / "out"), *options]
    done = CliRunner().invoke(cli.app, asked)
    assert isinstance(done.exception, InputError)
    assert met in str(done.exception)
    assert not (tmp_path / "out").exists()
