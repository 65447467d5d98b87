"""Files that hold several votes: the reader asks, is answered by [where], and counts what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from plebiscope.intake import mapping
from plebiscope.intake.mapping import from_dict
from plebiscope.intake.read import read
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

PARTIES = ["Labour", "National", "Green", "Alliance"]


def votes(year: int, place: int, k: int) -> int:
    return 20 + (year % 7) * 11 + 13 * place % 71 + 29 * k % 47


def several_years(years: tuple[int, ...] = (2014, 2017), header: str = "Election year") -> list[str]:
    lines = [f"{header},Electorate,Voting place,Party,Votes"]
    for year in years:
        for place in range(30):
            lines += [
                f"{year},District {place % 5},School {place},{party},{votes(year, place, k)}"
                for k, party in enumerate(PARTIES)
            ]
    return lines


def total(year: int, k: int) -> int:
    return sum(votes(year, place, k) for place in range(30))


def test_elections_of_several_years_are_asked_for_and_chosen(returns_of: Callable[..., Returns]) -> None:
    text = "\n".join(several_years())
    with pytest.raises(InputError, match="2 votes, told apart by 'Election year'") as refused:
        returns_of(text)
    assert "'2017' (120 records)" in (refused.value.expected or "")
    assert 'where = { "Election year" = "2017" }' in (refused.value.todo or "")
    for said in (2017, "2017", ["2017"]):
        found = returns_of(text, where={"Election year": said})
        assert len(found) == 30
        assert [found.sums[party] for party in PARTIES] == [total(2017, k) for k in range(4)]
        accounting = found.accounting
        assert (accounting.records, accounting.used, accounting.others) == (241, 120, 120)
        assert not accounting.quarantine


def test_the_line_that_the_reader_proposes_is_one_that_it_understands(
    returns_of: Callable[..., Returns],
) -> None:
    import tomllib

    text = "\n".join(several_years())
    with pytest.raises(InputError) as refused:
        returns_of(text)
    line = (refused.value.todo or "").split("`")[1]
    assert len(returns_of(text, **tomllib.loads(line))) == 30


def test_one_year_is_no_question_and_years_of_building_neither(returns_of: Callable[..., Returns]) -> None:
    assert len(returns_of("\n".join(several_years((2017,))))) == 30
    built = ["Region,Polling station,Year built,Registered voters,Yes,No"]
    built += [
        f"R{i % 4},{i},{1990 + i % 6},{300 + i},{90 + 7 * i % 40},{60 + 11 * i % 50}" for i in range(120)
    ]
    assert len(returns_of("\n".join(built))) == 120


def test_ballots_for_parties_and_for_candidates_are_two_votes(returns_of: Callable[..., Returns]) -> None:
    lines = ["Electorate,Voting place,Ballot,Party,Candidate,Votes"]
    for place in range(40):
        for k, party in enumerate(PARTIES):
            district = f"District {place % 4}"
            lines.append(f"{district},School {place},List,{party},,{votes(2, place, k)}")
            lines.append(
                f"{district},School {place},Person,{party},{party} of {district},{votes(3, place, k)}"
            )
    with pytest.raises(InputError, match="2 votes, told apart by 'Ballot'"):
        returns_of("\n".join(lines))
    for said, year in (("List", 2), ("Person", 3)):
        found = returns_of("\n".join(lines), where={"Ballot": said})
        assert len(found) == 40
        assert found.sums["valid"] == sum(total_of(year, k) for k in range(4))
        assert found.accounting.others == 160


def total_of(year: int, k: int) -> int:
    return sum(votes(year, place, k) for place in range(40))


def test_blank_ballots_and_voters_are_no_ballots_of_their_own(returns_of: Callable[..., Returns]) -> None:
    lines = ["District,Polling station,Kind,Party,Votes"]
    for place in range(30):
        lines += [
            f"D{place % 5},{place},Valid,{party},{votes(2, place, k)}" for k, party in enumerate(PARTIES)
        ]
        lines.append(f"D{place % 5},{place},Blank ballots,,{place % 7}")
    found = returns_of("\n".join(lines))
    assert len(found) == 30
    assert found.sums["invalid"] == sum(place % 7 for place in range(30))


def test_where_works_on_wide_tables_by_place_and_on_several_columns(
    returns_of: Callable[..., Returns],
) -> None:
    lines = ["Round,Day,Polling station,Registered voters,Yes,No"]
    lines += [f"{tour},{day},{i},{500 + i},{100 + i + 10 * tour},{50 + day}"
              for tour in (1, 2) for day in (1, 2) for i in range(25)]  # fmt: skip
    found = returns_of("\n".join(lines), where={"#1": 2, "day": "1"})
    assert len(found) == 25
    assert found.sums["Yes"] == sum(120 + i for i in range(25))
    assert found.accounting.others == 75


def test_another_contest_is_counted_with_the_others(returns_of: Callable[..., Returns]) -> None:
    lines = ["Office,Polling station,Yes,No"]
    lines += [
        f"{office},{i},{100 + 7 * i},{50 + 3 * i}" for office in ("Mayor", "President") for i in range(20)
    ]
    found = returns_of("\n".join(lines), contest={"column": "Office", "value": "Mayor"})
    assert found.accounting.others == 20
    assert not found.accounting.quarantine


@pytest.mark.parametrize(
    ("where", "word"),
    [
        ({"Election year": 2018}, "no record has '2018' in 'Election year'"),
        ({"Year": 2017}, "not in the table"),
        ({"Election year": 2017, "Party": "Nobody"}, "no record has 'Nobody'"),
    ],
)
def test_a_filter_that_leaves_nothing_names_what_there_is(
    where: dict[str, object], word: str, returns_of: Callable[..., Returns]
) -> None:
    with pytest.raises(InputError, match=word) as refused:
        returns_of("\n".join(several_years()), where=where)
    assert refused.value.expected


def test_what_is_written_down_chooses_the_same_vote_again(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    lines = ["Year,Polling station,Registered voters,Yes,No"]
    lines += [
        f"{year},{i},{500 + i},{100 + i + year % 9},{50 + year % 7}"
        for year in (2016, 2020)
        for i in range(30)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    first = read([path], "vote", from_dict({"where": {"Year": 2020}}, "test"))
    written = mapping.load(mapping.write(first.returns, None, said=first.said), "test")
    again = read([path], "vote", from_dict(written, "test"))
    assert again.returns.digest == first.returns.digest
    assert again.returns.accounting.others == 30


def test_where_must_be_a_table() -> None:
    with pytest.raises(InputError, match="is not a table"):
        from_dict({"where": "2017"}, "test")


def test_a_second_count_of_a_place_is_added_and_a_copied_record_is_not(
    returns_of: Callable[..., Returns],
) -> None:
    """A place counted twice has the same few votes for small parties both times; a copied record stands alone."""
    lines = several_years((2017,))
    early = [("Labour", 31), ("National", 40), ("Green", votes(2017, 4, 2)), ("Alliance", votes(2017, 4, 3))]
    twice = [f"2017,District 4,School 4,{party},{count}" for party, count in early]
    copied = lines[-1]
    found = returns_of("\n".join([*lines, *twice, copied]))
    assert len(found) == 30
    assert [found.sums[party] for party in PARTIES] == [total(2017, k) + early[k][1] for k in range(4)]
    assert [entry.reason for entry in found.accounting.quarantine] == ["repeats line 121 word for word"]
    assert "Places with several records for one option, which were added: 1." in found.notes


def wide(seed: int, extra: list[str] | None = None) -> list[str]:
    rows = []
    for i in range(40):
        yes, no = 40 + (seed * 7 + 13 * i) % 53, 30 + (seed * 11 + 17 * i) % 47
        rows.append(
            ",".join(
                [f"District {i % 5}", f"School {i}", *(extra or []), str(300 + i % 9), str(yes), str(no)]
            )
        )
    return rows


def test_files_called_alike_but_for_the_year_are_asked_about(tmp_path: Path) -> None:
    """Whether or not the places are the same: wards are drawn anew between elections."""
    paths = [tmp_path / f"results {year}.csv" for year in (2015, 2019)]
    for seed, path in enumerate(paths):
        rows = [row.replace("School", f"Hall {seed}") for row in wide(seed)]
        path.write_text("\n".join(["District,Polling station,Registered voters,Whig,Tory", *rows]))
    with pytest.raises(InputError, match=r"several years \(2015, 2019\)"):
        read(paths, "vote")
    one_year = [path.rename(tmp_path / f"region {i} of 2019.csv") for i, path in enumerate(paths)]
    assert len(read(one_year, "vote").returns) == 80


def test_a_column_that_names_kinds_of_votes_is_asked_about_though_the_lists_differ(
    returns_of: Callable[..., Returns],
) -> None:
    """Voters abroad, or without a second vote, make the lists of two votes of one day differ."""
    rows = []
    for seed, kind in enumerate(("constituency", "regional list")):
        more = [row.split(",") for row in wide(seed, [kind])]
        rows += [",".join([*row[:3], str(int(row[3]) + 90 * seed), *row[4:]]) for row in more]
    text = "\n".join(["District,Polling station,Contest,Registered voters,Whig,Tory", *rows])
    with pytest.raises(InputError, match="2 votes, told apart by its column 'Contest'"):
        returns_of(text)
    chosen = returns_of(text, where={"Contest": "constituency"})
    assert len(chosen) == 40


def test_two_rounds_side_by_side_without_totals_are_asked_about(returns_of: Callable[..., Returns]) -> None:
    rows = [",".join([one, *other.split(",")[3:]]) for one, other in zip(wide(1), wide(2), strict=True)]
    header = "District,Polling station,Registered voters,1st round Whig,1st round Tory,2nd round Whig,2nd round Tory"
    with pytest.raises(InputError, match="two votes side by side"):
        returns_of("\n".join([header, *rows]))


def test_options_that_stand_again_with_another_year_are_asked_about(
    returns_of: Callable[..., Returns],
) -> None:
    rows = [",".join([one, *other.split(",")[3:]]) for one, other in zip(wide(1), wide(2), strict=True)]
    header = "District,Polling station,Registered voters,Whig,Tory,Whig 2016,Tory 2016"
    with pytest.raises(InputError, match="two votes side by side"):
        returns_of("\n".join([header, *rows]))


def test_contests_with_their_own_candidates_and_the_same_ballots_are_asked_about(
    returns_of: Callable[..., Returns],
) -> None:
    rows = ["Contest,Precinct,Ballots cast,Smith,Jones,Yes,No"]
    for contest in ("Mayor", "Measure A"):
        for i in range(40):
            votes = f"{50 + i * 7 % 13},{40 + i * 5 % 11}"
            cells = f"{votes},," if contest == "Mayor" else f",,{votes}"
            rows.append(f"{contest},P{i + 1},{120 + i * 3 % 17},{cells}")
    with pytest.raises(InputError, match="2 votes, told apart by its column 'Contest'"):
        returns_of("\n".join(rows))


def test_sheets_with_the_same_voters_and_other_options_are_asked_about(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for seed, (office, options) in enumerate(
        {"Governor": ("Ruiz", "Paz"), "Assembly": ("Reds", "Blues")}.items()
    ):
        sheet = book.create_sheet(office)
        sheet.append(["District", "Polling station", "Registered voters", *options])
        for row in wide(seed):
            cells = row.split(",")
            sheet.append([*cells[:2], *map(int, cells[2:])])
    book.save(tmp_path / "offices.xlsx")
    with pytest.raises(InputError, match="different votes of the same voters"):
        read([tmp_path / "offices.xlsx"], "vote")
    chosen = read([tmp_path / "offices.xlsx"], "vote", from_dict({"sheet": "Assembly"}, "test")).returns
    assert set(chosen.options) == {"Reds", "Blues"}
