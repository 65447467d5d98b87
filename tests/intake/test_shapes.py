"""Shapes of table that authorities use, each in a language the headers of which say too little to rely on.

The truth is simulated; what is read must equal it, or the user must be asked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from official import Vote, happen

from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

Read = Callable[..., Returns]
Cells = Iterable[Sequence[object]]
OPTIONS = ["Aline Dubost", "Bertil Ohm", "Cato Vries"]


def table(*rows: Cells) -> str:
    text = io.StringIO()
    for block in rows:
        csv.writer(text).writerows(block)
    return text.getvalue()


def vote(seed: int = 1, n: int = 160, options: Sequence[str] = tuple(OPTIONS)) -> Vote:
    return happen(np.random.default_rng(seed), "en", n, list(options))


def place(v: Vote, i: int) -> list[str]:
    return [v.places[v.region[i]], v.places[10 + v.town[i] % 40]]


def total(v: Vote, name: str) -> int:
    return int(v.counts[name].sum())


def check(found: Returns, v: Vote, *quantities: str, options: Sequence[str] = tuple(OPTIONS)) -> None:
    wanted = {name: total(v, name) for name in (*quantities, *options)}
    assert {name: found.sums.get(name) for name in wanted} == wanted
    assert set(found.options) == set(options)
    assert len(found) == len(v.region)


def test_stations_numbered_in_a_column_nobody_knows_are_not_added_together(returns_of: Read) -> None:
    v = vote()
    number: dict[int, int] = {}
    rows = []
    for i in range(160):
        number[v.town[i]] = number.get(v.town[i], 0) + 1
        counts = [v.counts[name][i] for name in ("registered", "cast", "invalid")]
        rows += [
            [*place(v, i), number[v.town[i]], *counts, option, v.counts[option][i]] for option in OPTIONS
        ]
    head = [
        "Region",
        "Town",
        "Xqz",
        "Registered voters",
        "Ballots cast",
        "Invalid votes",
        "Candidate",
        "Votes",
    ]
    check(returns_of(table([head], rows)), v, "registered", "cast", "invalid")


@pytest.mark.parametrize("header", ["Xqz", "Question", "Round"])
def test_votes_below_one_another_are_asked_about_whatever_their_column_is_called(
    returns_of: Read, header: str
) -> None:
    first, second = vote(1, options=["Yes", "No"]), vote(2, options=["Yes", "No"])
    rows = [
        [*place(first, i), i + 1, which, first.counts["registered"][i], v.counts["Yes"][i], v.counts["No"][i]]
        for which, v in (("A", first), ("B", second))
        for i in range(160)
    ]
    head = ["Region", "Town", "Station", header, "Registered voters", "Yes", "No"]
    with pytest.raises(InputError, match=header) as asked:
        returns_of(table([head], rows))
    assert "[contest]" in str(asked.value)
    found = returns_of(table([head], rows), contest={"column": header, "value": "A"})
    check(found, first, "registered", options=["Yes", "No"])


def test_two_rounds_are_asked_about_even_where_each_row_has_a_number_of_its_own(returns_of: Read) -> None:
    v = vote(3)
    rows = [
        [160 * (turn - 1) + i + 1, v.town[i], i % 7, turn, v.counts["registered"][i] + (turn - 1) * (i % 3)]
        + [v.counts[name][i] for name in ("cast", "valid", *OPTIONS)]
        for turn in (1, 2)
        for i in range(160)
    ]
    head = [
        "ID",
        "District code",
        "Station",
        "Round",
        "Registered voters",
        "Ballots cast",
        "Valid votes",
        *OPTIONS,
    ]
    with pytest.raises(InputError, match="Round"):
        returns_of(table([head], rows))


@pytest.mark.parametrize("quantities", [False, True])
def test_long_tables_that_list_votes_again_by_way_of_voting(returns_of: Read, quantities: bool) -> None:
    v = vote(4)
    rng = np.random.default_rng(4)
    rows = []
    for i in range(160):
        if quantities:
            rows.append([*place(v, i), i + 1, "Registered Voters", "", v.counts["registered"][i], "", "", ""])
        for option in OPTIONS:
            votes = int(v.counts[option][i])
            early = int(rng.binomial(votes, 0.3))
            rows.append([*place(v, i), i + 1, "Mayor", option, votes, votes - early, early, 0])
    head = [
        "Region",
        "Town",
        "Precinct",
        "Office",
        "Candidate",
        "Votes",
        "Election day",
        "Early",
        "Provisional",
    ]
    check(returns_of(table([head], rows)), v, *(["registered"] if quantities else []))


def test_a_long_table_is_known_by_what_goes_round_where_no_header_speaks_of_options(returns_of: Read) -> None:
    v = vote(5)
    rows = [
        [*place(v, i), i + 1, f"{k:02d}", option, v.counts[option][i]]
        for i in range(160)
        for k, option in enumerate(OPTIONS)
    ]
    check(returns_of(table([["Region", "Town", "Station", "Xcod", "Xnam", "Votes"]], rows)), v)


def test_options_left_out_where_nobody_voted_for_them_do_not_take_the_total_along(returns_of: Read) -> None:
    v = vote(6)
    v.counts[OPTIONS[2]][::3] = 0
    rows = [
        [*place(v, i), i + 1, option, v.counts[option][i]]
        for i in range(160)
        for option in (*OPTIONS, "invalid")
        if v.counts[option][i]
    ]
    rows = [[*row[:3], "Invalid votes" if row[3] == "invalid" else row[3], row[4]] for row in rows]
    found = returns_of(table([["Region", "Town", "Station", "Candidate", "Votes"]], rows))
    options = sum(total(v, option) for option in OPTIONS)
    assert found.sums["valid"] == options
    assert found.sums["cast"] == options + total(v, "invalid")


def test_stations_side_by_side_with_lists_and_their_candidates(returns_of: Read) -> None:
    v = vote(7, n=60)
    rng = np.random.default_rng(7)
    rows: list[list[object]] = [
        ["List", "Name", "No", "Candidate", "Total", *(f"Station {i + 1}" for i in range(60))]
    ]
    for k, option in enumerate(OPTIONS):
        votes = v.counts[option]
        rows.append([k + 1, option, "", "", votes.sum(), *votes])
        split = np.array([rng.multinomial(n, (0.6, 0.3, 0.1)) for n in votes])
        rows += [[k + 1, "", j + 1, f"Person {k}{j}", split[:, j].sum(), *split[:, j]] for j in range(3)]
    for name, said in (("registered", "Registered voters"), ("cast", "Ballots cast"), ("valid", "Valid votes"),
                       ("invalid", "Invalid votes")):  # fmt: skip
        rows.append(["", "", "", said, total(v, name), *v.counts[name]])
    check(returns_of(table(rows)), v, "registered", "cast", "valid", "invalid")


def test_votes_for_each_answer_by_way_of_voting_under_group_headings(returns_of: Read) -> None:
    v = vote(8, options=["Yes", "No"])
    rng = np.random.default_rng(8)
    rows: list[list[object]] = [
        ["", "", "", "Yes", "", "", "No", "", "", ""],
        [
            "Town",
            "Precinct",
            "Registered voters",
            *["Election day votes", "Postal votes", "Total votes"] * 2,
            "Total",
        ],
    ]
    for i in range(160):
        row: list[object] = [place(v, i)[1], i + 1, v.counts["registered"][i]]
        for option in ("Yes", "No"):
            votes = int(v.counts[option][i])
            postal = int(rng.binomial(votes, 0.2))
            row += [votes - postal, postal, votes]
        rows.append([*row, v.counts["valid"][i]])
    check(returns_of(table(rows)), v, "registered", "valid", options=["Yes", "No"])


@pytest.mark.parametrize("complete", [True, False])
def test_of_these_early_and_at_home_are_no_options(returns_of: Read, complete: bool) -> None:
    v = vote(9)
    early = np.random.default_rng(9).binomial(v.counts["cast"], 0.3)
    listed = OPTIONS if complete else OPTIONS[:2]
    head = ["Область", "Район", "Участок", "Всего избирателей", "Приняли участие, всего", "в том числе досрочно",
            "в том числе в помещении", "Недействительных бюллетеней", *listed]  # fmt: skip
    rows = [
        [
            *place(v, i),
            i + 1,
            v.counts["registered"][i],
            v.counts["cast"][i],
            early[i],
            v.counts["cast"][i] - early[i],
            v.counts["invalid"][i],
            *(v.counts[o][i] for o in listed),
        ]
        for i in range(160)
    ]
    check(returns_of(table([head], rows)), v, "registered", "cast", "invalid", options=listed)


def test_an_exact_sum_wins_over_a_sloppy_one_and_all_who_voted_over_some_of_them(returns_of: Read) -> None:
    v = vote(10, options=["Evet", "Hayır"])
    rng = np.random.default_rng(10)
    contested = rng.binomial(2, 0.2, 160)
    others = np.minimum(rng.binomial(2, 0.3, 160), v.counts["cast"])
    head = ["İl Adı", "İlçe Adı", "Sandık No", "Kayıtlı Seçmen Sayısı", "Oy Kullanan Kayıtlı Seçmen Sayısı",
            "Kanunen Oy Kullanan Seçmen Sayısı", "Toplam Oy Kullanan Seçmen Sayısı", "İtirazsız Geçerli Oy Sayısı",
            "İtirazlı Geçerli Oy Sayısı", "Toplam Geçerli Oy", "Toplam Geçersiz Oy", "Evet", "Hayır"]  # fmt: skip
    c = v.counts
    rows = [
        [
            *place(v, i),
            i + 1,
            c["registered"][i],
            c["cast"][i] - others[i],
            others[i],
            c["cast"][i],
            c["valid"][i] - contested[i],
            contested[i],
            c["valid"][i],
            c["invalid"][i],
            c["Evet"][i],
            c["Hayır"][i],
        ]
        for i in range(160)
    ]
    found = returns_of(table([head], rows))
    check(found, v, "registered", "cast", "valid", "invalid", options=["Evet", "Hayır"])


def test_an_option_with_nearly_all_votes_is_no_total_of_the_others(returns_of: Read) -> None:
    v = vote(11, options=["Xa", "Xb", "Xc", "Xd", "Xe"])
    for name in ("Xb", "Xc", "Xd", "Xe"):
        v.counts[name] = v.counts[name] // 50
    rows = [
        [*place(v, i), i + 1, v.counts["registered"][i], *(v.counts[o][i] for o in v.options)]
        for i in range(160)
    ]
    found = returns_of(table([["Region", "Town", "Station", "Registered voters", *v.options]], rows))
    check(found, v, "registered", options=v.options)


@pytest.mark.parametrize("missing", [False, True])
def test_the_valid_ballots_are_no_option_though_nobody_can_read_their_header(
    returns_of: Read, missing: bool
) -> None:
    v = vote(12, options=["Xa", "Xb", "Xc", "Xd", "Xe"])
    listed = v.options[:-1] if missing else v.options
    rows = [
        [
            *place(v, i),
            i + 1,
            v.counts["registered"][i],
            v.counts["cast"][i],
            v.counts["valid"][i],
            v.counts["invalid"][i],
            *(v.counts[o][i] for o in listed),
        ]
        for i in range(160)
    ]
    head = [
        "Region",
        "Town",
        "Station",
        "Registered voters",
        "Ballots cast",
        "Qwrz",
        "Invalid votes",
        *listed,
    ]
    check(returns_of(table([head], rows)), v, "registered", "cast", "valid", "invalid", options=listed)


def test_a_sparse_first_record_is_no_second_line_of_the_header(returns_of: Read) -> None:
    v = vote(13, n=40)
    rows: list[list[object]] = []
    for i in range(40):
        rows.append(
            [place(v, i)[1], f"Precinct {i + 1}", "Registered Voters", "", "", "", v.counts["registered"][i]]
        )
        rows += [[place(v, i)[1], f"Precinct {i + 1}", "Mayor", "", "", o, v.counts[o][i]] for o in OPTIONS]
    head = ["county", "precinct", "office", "district", "party", "candidate", "votes"]
    check(returns_of(table([head], rows)), v, "registered")


def test_stations_bear_the_name_of_the_area_whose_sum_stands_above_them(returns_of: Read) -> None:
    v = vote(14)
    names = ("registered", "cast", "valid", "invalid", *OPTIONS)
    rows: list[list[object]] = [["Total", "", *(total(v, name) for name in names)]]
    for town in dict.fromkeys(v.town.tolist()):
        inside = np.flatnonzero(v.town == town)
        label = f"Ward {v.places[town % 40]}"
        rows.append([label, "", *(v.counts[name][inside].sum() for name in names)])
        rows += [["", k + 1, *(v.counts[name][i] for name in names)] for k, i in enumerate(inside)]
    head = ["Ward", "Station", "Registered voters", "Ballots cast", "Valid votes", "Invalid votes", *OPTIONS]
    found = returns_of(table([head], rows))
    check(found, v, "registered", "cast", "valid", "invalid")
    assert found.areas
    assert found.table[found.areas[0]].null_count() == 0
    assert found.accounting.aggregates == 1 + len(set(v.town.tolist()))


@pytest.mark.parametrize("between", [" / ", "\n", " "])
def test_headers_in_two_languages_are_read_by_either(returns_of: Read, between: str) -> None:
    v = vote(15)
    pairs = [("الولاية", "Région"), ("المقاطعة", "Commune"), ("مكتب", "Bureau de vote"), ("قصشف", "Inscrits"),
             ("قصش", "Votants"), ("شسي", "Suffrages exprimés"), ("فغق", "Bulletins nuls")]  # fmt: skip
    head = [f"{a}{between}{b}" for a, b in pairs]
    rows = [
        [*place(v, i), i + 1, *(v.counts[n][i] for n in ("registered", "cast", "valid", "invalid", *OPTIONS))]
        for i in range(160)
    ]
    found = returns_of(table([[*head, *OPTIONS]], rows))
    check(found, v, "registered", "cast", "valid", "invalid")
    assert not any("No header could be read" in note for note in found.notes)


def test_a_footnote_below_the_table_is_no_record_cut_short(returns_of: Read) -> None:
    v = vote(16)
    names = ("registered", "cast", "valid", "invalid", *OPTIONS)
    rows = [[*place(v, i), i + 1, *(v.counts[name][i] for name in names)] for i in range(160)]
    head = [
        "Region",
        "Town",
        "Station",
        "Registered voters",
        "Ballots cast",
        "Valid votes",
        "Invalid votes",
        *OPTIONS,
    ]
    text = table([head], rows) + "* Results as declared by the commission on the day after the vote.\n"
    found = returns_of(text)
    check(found, v, *names[:4])
    assert not found.accounting.quarantine
    cut = returns_of(table([head], rows) + f"{rows[0][0]},{rows[0][1]},161,40")
    assert [q.reason for q in cut.accounting.quarantine] == ["the record ends early (4 of 10 cells)"]


@pytest.mark.parametrize("kinds", ["with a total", "with a total of another name", "ways alone"])
def test_records_of_a_station_by_way_of_voting_become_one_station(returns_of: Read, kinds: str) -> None:
    v = vote(17, options=["Xa", "Xb"])
    rows = []
    for i in range(160):
        votes = np.array([v.counts[name][i] for name in ("cast", "Xa", "Xb")])
        postal = votes // 3
        parts = {"Polling place": votes - postal, "Vote by mail": postal}
        if kinds != "ways alone":
            parts["Total" if kinds == "with a total" else "Qwrz"] = votes
        for kind, part in parts.items():
            rows.append([*place(v, i), f"P{i + 1:04d}A", kind, v.counts["registered"][i], *part])
    head = ["Region", "Town", "Precinct", "Type", "Registered voters", "Ballots cast", "Xa", "Xb"]
    found = returns_of(table([head], rows))
    check(found, v, "registered", "cast", options=["Xa", "Xb"])
    assert found.accounting.used == len(rows)
    assert any("'Type'" in note for note in found.notes)


def by_way(v: Vote) -> list[list[object]]:
    """Rows by way of voting and in all, voters on the list in each."""
    rows: list[list[object]] = []
    for i in range(len(v.region)):
        votes = np.array([v.counts[name][i] for name in ("cast", "Xa", "Xb")])
        for kind, part in (
            ("Vote by mail", votes // 3),
            ("Polling place", votes - votes // 3),
            ("Total", votes),
        ):
            rows.append([*place(v, i), f"P{i + 1:04d}A", kind, v.counts["registered"][i], *part])
    return rows


BY_WAY = ["Region", "Town", "Precinct", "Type", "Registered voters", "Ballots cast", "Xa", "Xb"]


@pytest.mark.parametrize("lost", ["left out", "blank"])
def test_where_the_row_in_all_is_missing_the_parts_are_added(returns_of: Read, lost: str) -> None:
    v = vote(22, options=["Xa", "Xb"])
    rows = by_way(v)
    for at in (3 * 150 + 2, 3 * 40 + 2, 3 * 7 + 2):
        if lost == "left out":
            del rows[at]
        else:
            rows[at][5:] = ["", "", ""]
    np.random.default_rng(22).shuffle(rows)
    found = returns_of(table([BY_WAY], rows))
    check(found, v, "registered", "cast", options=["Xa", "Xb"])
    assert found.accounting.used == len(rows)
    assert any("added: 3" in note for note in found.notes)


def test_a_wrong_count_in_a_part_is_quarantined_with_its_station_and_not_taken_for_nought(
    returns_of: Read,
) -> None:
    v = vote(23, options=["Xa", "Xb"])
    rows = [row for row in by_way(v) if row[3] != "Total"]
    rows[10][6] = "abc"
    found = returns_of(table([BY_WAY], rows))
    assert len(found) == 159
    assert len(found.accounting.quarantine) == 2
    assert found.sums["Xa"] == total(v, "Xa") - v.counts["Xa"][5]


def test_places_with_a_sum_are_no_ways_of_voting(returns_of: Read) -> None:
    v = vote(24, options=["Xa", "Xb"])
    names = ("registered", "cast", "Xa", "Xb")
    rows: list[list[object]] = []
    for k in range(80):
        booths = [[v.counts[name][2 * k + j] for name in names] for j in (0, 1)]
        rows += [
            [f"Village {k}", booth, *counts]
            for booth, counts in zip(("Booth A", "Booth B"), booths, strict=True)
        ]
        rows.append([f"Village {k}", "Total", *(sum(pair) for pair in zip(*booths, strict=True))])
    head = ["Village", "Booth", "Registered voters", "Ballots cast", "Xa", "Xb"]
    found = returns_of(table([head], rows))
    check(found, v, "registered", "cast", options=["Xa", "Xb"])
    assert found.accounting.aggregates == 80


def test_a_leader_with_just_more_than_half_is_no_total(returns_of: Read) -> None:
    v = vote(25, n=8, options=["Xa", "Xb", "Xc", "Xd"])
    others = v.counts["Xb"] + v.counts["Xc"] + v.counts["Xd"]
    v.counts["Xa"] = others + others // 12
    rows = [[v.places[i], v.counts["registered"][i], *(v.counts[o][i] for o in v.options)] for i in range(8)]
    found = returns_of(table([["Region", "Registered voters", *v.options]], rows))
    check(found, v, "registered", options=v.options)


def test_an_answer_under_the_heading_of_valid_votes_stays_an_answer(returns_of: Read) -> None:
    v = vote(18, options=["Yes", "No"])
    rows: list[list[object]] = [
        ["Council", "Electorate", "Valid votes", "", "", "Rejected"],
        ["", "", "Yes", "No", "Total", ""],
    ]
    names = ("registered", "Yes", "No", "valid", "invalid")
    rows += [[f"Council {i}", *(v.counts[name][i] for name in names)] for i in range(160)]
    check(returns_of(table(rows)), v, "registered", "valid", "invalid", options=["Yes", "No"])


def test_counts_written_with_a_point_and_headers_that_look_like_signs_for_nothing(returns_of: Read) -> None:
    v = vote(19, options=["ND", "Xb", "Xc"])
    v.counts["Xc"] = v.counts["Xc"] // 40
    v.counts["valid"] = sum(v.counts[o] for o in v.options)
    v.counts["cast"] = v.counts["valid"] + v.counts["invalid"]
    names = ("registered", "cast", "valid", "invalid", *v.options)
    rows = [[*place(v, i), i + 1, *(f"{v.counts[name][i]}.0" for name in names)] for i in range(160)]
    head = [
        "Region",
        "Town",
        "Station",
        "Registered voters",
        "Ballots cast",
        "Valid votes",
        "Null",
        *v.options,
    ]
    check(returns_of(table([head], rows)), v, *names[:4], options=v.options)


def test_reasons_of_rejection_are_added_up(returns_of: Read) -> None:
    v = vote(20)
    rng = np.random.default_rng(20)
    split = np.array([rng.multinomial(n, (0.4, 0.35, 0.25)) for n in v.counts["invalid"]])
    rows = [[*place(v, i), i + 1, v.counts["registered"][i], v.counts["cast"][i], *split[i], *(v.counts[o][i] for o in OPTIONS)]
            for i in range(160)]  # fmt: skip
    head = ["Region", "Town", "Station", "Registered voters", "Ballots cast", "Rejected: no mark",
            "Rejected: two marks", "Rejected: name written", *OPTIONS]  # fmt: skip
    check(returns_of(table([head], rows)), v, "registered", "cast", "invalid")


def test_kinds_of_records_that_do_not_add_up_are_asked_about(returns_of: Read) -> None:
    v = vote(21, options=["Xa", "Xb"])
    rng = np.random.default_rng(21)
    rows = []
    for i in range(160):
        for kind in ("Draft", "Second count", "Third count"):
            votes = [v.counts[name][i] + rng.integers(0, 9) for name in ("Xa", "Xb")]
            rows.append([*place(v, i), f"P{i + 1:04d}A", kind, v.counts["registered"][i], sum(votes), *votes])
    head = ["Region", "Town", "Precinct", "Type", "Registered voters", "Ballots cast", "Xa", "Xb"]
    with pytest.raises(InputError, match="Type"):
        returns_of(table([head], rows))


WAYS = ("advance", "on the day")


def in_ways(v: Vote, i: int) -> list[int]:
    votes = [int(v.counts[name][i]) for name in OPTIONS]
    return [part for n in votes for part in (n // 3, n - n // 3)]


@pytest.mark.parametrize("name", ["{option} - {way}", "{way}: {option}", "{option} ({way})"])
@pytest.mark.parametrize("with_total", [True, False])
def test_the_columns_of_an_option_by_way_of_voting_are_added(
    returns_of: Read, name: str, with_total: bool
) -> None:
    v = vote()
    headers = [name.format(option=option, way=way) for option in OPTIONS for way in WAYS]
    more = ["invalid", *(["cast"] if with_total else [])]
    rows = [
        [
            *place(v, i),
            f"School {i}",
            v.counts["registered"][i],
            *in_ways(v, i),
            *(v.counts[q][i] for q in more),
        ]
        for i in range(160)
    ]
    head = ["Region", "Town", "Polling station", "Registered voters", *headers, "Invalid votes"]
    found = returns_of(table([[*head, *(["Ballots cast"] if with_total else [])]], rows))
    check(found, v, "registered", *more)


def test_the_number_of_a_municipality_is_no_list_of_voters(returns_of: Read) -> None:
    """The French sign for the statistical number is the abbreviation of voters on the list."""
    v = vote()
    rows = [
        [
            *place(v, i),
            52000 + 3 * i,
            f"Ecole {i}",
            *(v.counts[q][i] for q in ("registered", "cast", "invalid")),
        ]
        + [v.counts[option][i] for option in OPTIONS]
        for i in range(160)
    ]
    head = [
        "Region",
        "Commune",
        "N\u00b0 INS",
        "Bureau de vote",
        "\u00c9lecteurs inscrits",
        "Votants",
        "Nuls",
    ]
    check(returns_of(table([[*head, *OPTIONS]], rows)), v, "registered", "cast", "invalid")


def test_a_sheet_with_its_columns_in_another_order_explains_no_codes(
    returns_of: Read, tmp_path: Path
) -> None:
    """Small counts that stand in both sheets are no codes, so that a name in capitals keeps its name."""
    v = vote(options=("ABC", "DEF", "GHK"))
    book = openpyxl.Workbook()
    for part, order in enumerate((("ABC", "DEF", "GHK"), ("GHK", "ABC", "DEF"))):
        sheet = book.create_sheet(f"Part {part}")
        sheet.append(["Polling station", "Voters on the list", *order, "Rejected", "Total"])
        for i in range(part, 160, 2):
            counts = [v.counts[q][i] for q in ("registered", *order, "invalid", "cast")]
            sheet.append([f"School {i}", *map(int, counts)])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "parts.xlsx")
    check(
        returns_of(tmp_path / "parts.xlsx"), v, "registered", "invalid", "cast", options=("ABC", "DEF", "GHK")
    )


@pytest.mark.parametrize("said", ["{}, thousands", "{} ('000)", "{} (\u0442\u044b\u0441.)"])
def test_figures_in_thousands_are_no_counts(returns_of: Read, said: str) -> None:
    v = vote()
    head = [said.format(name) for name in ("Registered voters", "Ballots cast", *OPTIONS)]
    rows = [[f"Area {i}", *(v.counts[q][i] for q in ("registered", "cast", *OPTIONS))] for i in range(160)]
    with pytest.raises(InputError, match="in thousands or hundreds"):
        returns_of(table([["Region", *head]], rows))


def test_voters_printed_once_for_a_centre_are_not_those_of_its_first_station(returns_of: Read) -> None:
    """Merged cells: the names of the areas and the voters stand in the first of three rows only."""
    v = vote(n=120)
    rows = []
    for i in range(120):
        first = i % 3 == 0
        names = [f"County {i // 30}", f"Centre {i // 3}"] if first else ["", ""]
        voters = int(v.counts["registered"][i : i + 3].sum()) if first else ""
        counts = [v.counts[q][i] for q in ("cast", "invalid", *OPTIONS)]
        rows.append([*names, f"Station {i % 3 + 1}", voters, *counts])
    head = ["County", "Voting centre", "Station", "Registered voters", "Ballots cast", "Invalid", *OPTIONS]
    found = returns_of(table([head], rows))
    check(found, v, "cast", "invalid")
    assert "registered" not in found.quantities
    assert any("'Registered voters': printed once for all the rows" in note for note in found.notes)
    assert found.table["County"].null_count() == 0


def test_stations_numbered_in_other_digits_are_told_apart(returns_of: Read) -> None:
    v = vote()
    number: dict[int, int] = {}
    rows = []
    for i in range(160):
        number[v.town[i]] = number.get(v.town[i], 0) + 1
        digits = str(number[v.town[i]]).translate(
            str.maketrans("0123456789", "\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9")
        )
        rows.append(
            [*place(v, i), digits, *(v.counts[q][i] for q in ("registered", "cast", "invalid", *OPTIONS))]
        )
    head = ["Region", "Town", "Ref", "Registered voters", "Ballots cast", "Invalid votes", *OPTIONS]
    found = returns_of(table([head], rows))
    check(found, v, "registered", "cast", "invalid")
    assert found.accounting.duplicates == 0
    assert found.level == "station"
