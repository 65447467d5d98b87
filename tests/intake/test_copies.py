"""Copies are read by what the official results name, however little there is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from plebiscope.intake.copies import read_copies
from plebiscope.intake.mapping import from_dict
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

Make = Callable[..., Returns]


@pytest.fixture
def read_one(tmp_path: Path, make_returns: Make) -> Callable[..., Returns]:
    """``read_one(text, options, **columns)``: read copies of a vote between these options."""

    def run(text: str, of: list[str], **columns: object) -> Returns:
        path = tmp_path / "copies.csv"
        path.write_text(text, encoding="utf-8")
        vote = make_returns({option: [1, 2] for option in of}, of)
        mapping = from_dict({"columns": columns}, "test") if columns else None
        return read_copies([path], "vote", vote, mapping)[1]

    return run


def test_one_option_alone_is_read(read_one) -> None:
    found = read_one("Region,Station,Yes\nR1,1,100\nR1,2,120\nR2,3,80\n", ["Yes", "No"])
    assert (found.options, found.areas) == (("Yes",), ("Region",))
    assert found.table["Yes"].to_list() == [100, 120, 80]
    assert found.table["station"].to_list() == ["1", "2", "3"]


def test_one_station_alone_is_read(read_one) -> None:
    found = read_one("Station,Yes,No\n7,100,50\n", ["Yes", "No"])
    assert found.table.select("station", "Yes", "No").rows() == [("7", 100, 50)]


def test_candidates_are_found_inside_longer_headers(read_one) -> None:
    text = "Station No,Observer,Photographed ballots: Svetlana Tikhanovskaya,Share Ivanov %\n1,Ann,30,4.5\n2,Bob,21,5.0\n"
    found = read_one(text, ["Ivanov", "Svetlana Tikhanovskaya"])
    assert found.options == ("Svetlana Tikhanovskaya",)
    assert found.table["Svetlana Tikhanovskaya"].to_list() == [30, 21]


def test_no_option_is_dropped_where_only_some_headers_are_known(read_one) -> None:
    text = "Station,Photographed ballots for Yes,Photographed ballots for No\n" + "".join(
        f"{i},{10 + i},{2 + i}\n" for i in range(9)
    )
    found = read_one(text, ["Yes", "No"])
    assert found.options == ("Yes", "No")
    assert found.table["No"].to_list() == list(range(2, 11))


def test_answers_are_read_in_another_language(read_one) -> None:
    found = read_one("УИК,За,Против\n1,100,50\n2,90,40\n", ["Yes", "No"])
    assert found.options == ("Yes", "No")
    assert found.table["No"].to_list() == [50, 40]


def test_what_the_user_says_wins(read_one) -> None:
    found = read_one("Station,A,B\n1,100,50\n2,90,40\n", ["Yes", "No"], options={"Yes": "B"})
    assert found.options == ("Yes",)
    assert found.table["Yes"].to_list() == [50, 40]


def test_a_table_without_votes_is_refused(read_one) -> None:
    with pytest.raises(InputError, match="votes for an option"):
        read_one("Station,Remark\n1,fine\n2,late\n", ["Yes", "No"])
