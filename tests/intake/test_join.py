"""Files of one vote that complete one another become one table; every record of each stays accounted for."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import official
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plebiscope.intake import mapping as mappings
from plebiscope.intake.mapping import Mapping, from_dict
from plebiscope.intake.read import Reading, read
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

Read = Callable[..., Returns]
Table = list[list[str]]

KEYS = ["Region", "District", "Polling station"]
TURNOUT = ["Registered voters", "Ballots cast"]
VOTES = ["Invalid votes", "Valid votes", "Yes", "No"]
# Reading takes tens of milliseconds: a failing example is shown as found, not made smaller for minutes.
quickly = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def vote(n: int = 60, seed: int = 1) -> Table:
    """A vote by station: the three keys, two counts of turnout, four of votes; numbers start anew by district."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        registered = int(rng.integers(300, 1500))
        yes, no, invalid = (int(rng.integers(low, high)) for low, high in ((40, 140), (30, 100), (0, 9)))
        place = [f"Region {i % 2 + 1}", f"District {i % 6 + 1}", str(i // 6 + 1)]
        rows.append([*place, *map(str, (registered, yes + no + invalid, invalid, yes + no, yes, no))])
    return rows


def text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(",".join(row) for row in (header, *rows)) + "\n"


def whole(rows: Table) -> str:
    return text([*KEYS, *TURNOUT, *VOTES], rows)


def turnout(rows: Table, keys: Sequence[str] = tuple(KEYS)) -> str:
    return text([*keys, *TURNOUT], [row[:5] for row in rows])


def votes(rows: Table, keys: Sequence[str] = tuple(KEYS)) -> str:
    return text([*keys, *VOTES], [[*row[:3], *row[5:]] for row in rows])


def reading(folder: Path, *contents: str, said: Mapping | None = None) -> Reading:
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"{number}.csv")
        paths[-1].write_text(content, "utf-8")
    return read(paths, "vote", said)


def accounted(found: Returns) -> None:
    """Every record is in one place: the sum is checked where the accounting is made; nothing else is lost."""
    accounting = found.accounting
    assert accounting.used + accounting.aggregates + accounting.furniture + len(accounting.quarantine) == (
        accounting.records
    )


@settings(quickly, max_examples=25)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(24, 60),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.booleans(),
)
def test_a_table_split_by_columns_is_the_same_table(
    seed: int, n: int, side: list[bool], swapped: bool
) -> None:
    """Whichever counts stand in which file, in whatever order of rows and files; votes stay together."""
    rows = vote(n, seed)
    names = [*TURNOUT, *VOTES]
    side[4:] = [side[3]] * 2
    if all(side) or not any(side):
        side[0] = not side[0]
    halves = []
    for which in (True, False):
        places = [i for i, chosen in enumerate(side) if chosen is which]
        shuffled = list(rows)
        random.Random(seed + which).shuffle(shuffled)
        cells = [[*row[:3], *(row[3 + i] for i in places)] for row in shuffled]
        halves.append(text([*KEYS, *(names[i] for i in places)], cells))
    with tempfile.TemporaryDirectory() as folder:
        known = reading(Path(folder), whole(rows)).returns
        found = reading(Path(folder), *(halves[::-1] if swapped else halves)).returns
    assert found.digest == known.digest
    assert found.accounting.records == 2 * (n + 1)
    assert found.accounting.used == 2 * n
    assert found.accounting.furniture == 2


def test_the_key_is_the_smallest_that_tells_stations_apart(tmp_path: Path) -> None:
    rows = vote()
    found = reading(tmp_path, turnout(rows), votes(rows))
    assert found.join == (("District",), ("Polling station",))
    assert len(found.files) == 2
    assert any("60 of 60 rows found their record" in note for note in found.returns.notes)


@pytest.mark.parametrize(
    ("spell", "header"),
    [
        (lambda row: [row[0].upper(), f"  {row[1]} ", row[2].zfill(4)], KEYS),
        (lambda row: [row[0], row[1].replace("D", "\uff24"), f"{row[2]}.0"], KEYS),
        (lambda row: [row[0].replace("e", "\u00e9"), row[1].replace("s", "\u0161"), row[2]], KEYS),
        (lambda row: [*row[:2], f"P.D. No. {row[2]}"], [*KEYS[:2], "PD"]),
        (lambda row: row[:3], ["REGION", "district", "Polling  station"]),
        (lambda row: row[:3], ["Reg", "Dis", "Precinct"]),
    ],
    ids=[
        "capitals, spaces, zeros in front",
        "wide letters, points",
        "accents",
        "words around the number",
        "headers in capitals",
        "other headers",
    ],
)
def test_names_are_compared_as_a_person_would(
    returns_of: Read, spell: Callable[[list[str]], list[str]], header: list[str]
) -> None:
    rows = vote()
    known = returns_of(whole(rows))
    other = [[*spell(row), *row[3:]] for row in rows]
    found = returns_of(turnout(rows), votes(other, header))
    assert found.digest == known.digest


def test_records_without_a_counterpart_are_named_on_both_sides(returns_of: Read) -> None:
    rows = vote()
    lost = ["Region 1", "District 1", "99", *rows[0][3:]]
    found = returns_of(turnout(rows), votes([*rows[:57], lost]))
    accounted(found)
    assert len(found) == 60
    assert found.table["Yes"].null_count() == 3
    assert found.sums["Yes"] == sum(int(row[7]) for row in rows[:57])
    [entry] = found.accounting.quarantine
    assert entry.reason == "no row in results.csv has this key"
    assert entry.line == 59
    assert entry.text.startswith("1-results.csv: Region 1 | District 1 | 99")
    [note] = [note for note in found.notes if "was joined to" in note]
    assert "57 of 60 rows found their record, 1 of its 58 records no row" in note


def test_the_same_whichever_file_is_given_first_where_records_are_lost(returns_of: Read) -> None:
    rows = vote()
    halves = turnout(rows[2:]), votes(rows[:57])
    found, turned = returns_of(*halves), returns_of(*halves[::-1])
    assert found.digest == turned.digest
    assert len(found) == 58
    assert sorted(entry.line for entry in found.accounting.quarantine) == [2, 3]


def test_what_both_files_state_is_compared(returns_of: Read) -> None:
    rows = vote()
    again = text(
        [*KEYS, "Registered voters", *VOTES],
        [[*row[:3], str(int(row[3]) + 7 * (i < 3)), *row[5:]] for i, row in enumerate(rows)],
    )
    found = returns_of(turnout(rows), again)
    [note] = [note for note in found.notes if "both state" in note]
    assert "they differ in 3 of 60 rows, by 21 taken together" in note
    alike = returns_of(
        turnout(rows), text([*KEYS, "Registered voters", *VOTES], [[*r[:4], *r[5:]] for r in rows])
    )
    assert any("both state registered" in note and "the same in all 60 rows" in note for note in alike.notes)
    assert alike.digest == returns_of(whole(rows)).digest


def test_counts_that_are_nearly_always_equal_are_still_two(returns_of: Read) -> None:
    """Where hardly a ballot is invalid, the valid ones are not the ballots stated once more."""
    rows = [[*r[:4], str(int(r[6]) + int(i < 3)), str(int(i < 3)), *r[6:]] for i, r in enumerate(vote())]
    found = returns_of(
        turnout(rows), text([*KEYS, "Valid votes", "Yes", "No"], [[*r[:3], *r[6:]] for r in rows])
    )
    assert found.sums["cast"] - found.sums["valid"] == 3
    assert not any("both state" in note for note in found.notes)


def test_sums_in_the_second_file_are_sums(returns_of: Read) -> None:
    rows = vote()
    total = ["Total", "", "", *(str(sum(int(row[i]) for row in rows)) for i in range(3, 9))]
    found = returns_of(turnout(rows), votes([*rows, total]))
    assert found.accounting.aggregates == 1
    assert not found.accounting.quarantine
    assert found.digest == returns_of(whole(rows)).digest


def test_a_count_that_is_none_takes_both_records_with_it(returns_of: Read) -> None:
    rows = vote()
    rows[4] = [*rows[4][:7], "many", rows[4][8]]
    found = returns_of(turnout(rows), votes(rows))
    accounted(found)
    assert len(found) == 59
    reasons = [entry.reason for entry in found.accounting.quarantine]
    assert reasons == ["text where a count belongs (Yes)"] * 2


def test_a_record_that_comes_twice_is_set_aside(returns_of: Read) -> None:
    rows = vote(400)
    found = returns_of(turnout(rows), votes([*rows, rows[7]]))
    assert [entry.reason for entry in found.accounting.quarantine] == ["repeats line 9 word for word"]
    assert found.digest == returns_of(whole(rows)).digest


def test_of_two_records_with_one_key_neither_is_believed(returns_of: Read) -> None:
    rows = vote(400)
    other = [*rows[7][:6], *rows[8][6:]]
    found = returns_of(turnout(rows), votes([*rows, other]))
    accounted(found)
    assert [entry.reason for entry in found.accounting.quarantine] == [
        "has the same key as line 402, and other figures",
        "has the same key as line 9, and other figures",
    ]
    assert found.table["Yes"].null_count() == 1
    twice = [*rows[7][:3], "900", "300", *rows[7][5:]]
    found = returns_of(turnout([*rows, twice]), votes(rows))
    accounted(found)
    assert [entry.reason for entry in found.accounting.quarantine] == [
        "several rows of results.csv have this key"
    ]
    assert found.table["Yes"].null_count() == 2


def test_three_files_are_joined_one_after_another(tmp_path: Path) -> None:
    rows = vote()
    codes = sorted({row[1] for row in rows})
    coded = [[row[0], f"{codes.index(row[1]) + 11}", *row[2:]] for row in rows]
    names = text(
        ["District", "District name"], [[f"{i + 11}", f"{name} town"] for i, name in enumerate(codes)]
    )
    files = [turnout(coded), votes(coded), names]
    found = [reading(tmp_path, *order).returns for order in (files, files[::-1])]
    assert found[0].digest == found[1].digest
    assert found[0].areas == ("Region", "District name")
    assert found[0].sums == reading(tmp_path, whole(rows)).returns.sums
    assert found[0].accounting.used == 60 + 60 + len(codes)


def test_parts_of_both_halves_are_laid_below_one_another_first(returns_of: Read) -> None:
    rows = vote()
    found = returns_of(turnout(rows[:30]), votes(rows[30:]), votes(rows[:30]), turnout(rows[30:]))
    assert found.digest == returns_of(whole(rows)).digest
    assert found.accounting.records == 124


def test_a_long_file_is_joined_to_a_wide_one(returns_of: Read) -> None:
    rows = vote()
    long = [[*row[:3], name, row[place]] for row in rows for name, place in (("Yes", 7), ("No", 8))]
    found = returns_of(turnout(rows), text([*KEYS, "Candidate", "Votes"], long))
    accounted(found)
    assert found.accounting.used == 60 + 120
    assert (found.sums["Yes"], found.sums["No"]) == tuple(sum(int(r[i]) for r in rows) for i in (7, 8))
    assert found.sums["registered"] == sum(int(row[3]) for row in rows)


def test_codes_that_lie_within_one_another_are_named_level_by_level(tmp_path: Path) -> None:
    rows = vote()
    coded = [[row[0][-1].zfill(2), row[1][-1].zfill(3), row[2].zfill(4), *row[3:]] for row in rows]
    header = ["prov_code", "dist_code", "Polling station", *TURNOUT, *VOTES]
    names = [[f"{i:02}", "000", f"North {i}"] for i in (1, 2)]
    names += sorted([*place, f"Town {place[1]}"] for place in {(row[0], row[1]) for row in coded})
    found = reading(tmp_path, text(header, coded), text(["prov_code", "dist_code", "area_name"], names))
    assert found.returns.areas == ("area_name (prov_code)", "area_name (dist_code)")
    assert set(found.returns.table["area_name (prov_code)"]) == {"North 1", "North 2"}
    assert found.returns.sums == reading(tmp_path, text(header, coded)).returns.sums
    assert found.returns.accounting.used == 60 + len(names)


def test_two_sheets_of_one_workbook_are_joined(tmp_path: Path) -> None:
    rows = vote()
    path = tmp_path / "results.xlsx"
    sheets = {
        "Turnout": [[*KEYS, *TURNOUT], *(row[:5] for row in rows)],
        "Votes": [[*KEYS, *VOTES], *([*row[:3], *row[5:]] for row in rows)],
    }
    path.write_bytes(official.workbook(official.Desk(0), sheets))
    found = read([path], "vote")
    assert found.returns.digest == reading(tmp_path, whole(rows)).returns.digest
    assert not found.unused


def test_a_mapping_written_out_joins_again(tmp_path: Path) -> None:
    rows = vote()
    files = turnout(rows), votes(rows, ["Reg", "Dis", "Precinct"])
    found = reading(tmp_path, *files)
    written = mappings.write(found.returns, None, found.join)
    assert 'join = [["District", "Dis"], ["Polling station", "Precinct"]]' in written
    again = reading(tmp_path, *files, said=from_dict(mappings.load(written, "test"), "test"))
    assert again.returns.digest == found.returns.digest
    first, second = (one.returns.accounting for one in (found, again))
    assert replace(first, columns=()) == replace(second, columns=())
    assert [one.read_as for one in first.columns] == [one.read_as for one in second.columns]


def test_the_user_can_name_the_key(returns_of: Read) -> None:
    rows = vote()
    found = returns_of(turnout(rows), votes(rows), join=["Region", "District", "Polling station"])
    assert found.digest == returns_of(whole(rows)).digest
    other = votes(rows, ["Reg", "Dis", "No."])
    named = returns_of(turnout(rows), other, join=[["District", "Dis"], ["Polling station", "No."]])
    assert named.digest == found.digest


def test_votes_in_both_files_are_joined_only_when_said(returns_of: Read) -> None:
    rows = vote()
    first = text([*KEYS, *TURNOUT, "Yes"], [[*row[:5], row[7]] for row in rows])
    second = text([*KEYS, "Valid votes", "No"], [[*row[:3], row[6], row[8]] for row in rows])
    with pytest.raises(InputError, match="different votes") as refused:
        returns_of(first, second)
    assert "join =" in str(refused.value.todo)
    found = returns_of(first, second, join=["District", "Polling station"])
    assert {name: found.sums[name] for name in ("Yes", "No")} == {
        "Yes": sum(int(row[7]) for row in rows),
        "No": sum(int(row[8]) for row in rows),
    }


def _elsewhere(rows: Table) -> Table:
    return [[f"Land {i % 3}", f"Town {i % 7}", str(5000 + i), *row[3:]] for i, row in enumerate(rows)]


def test_files_without_a_common_key_are_refused(returns_of: Read) -> None:
    rows = vote()
    with pytest.raises(InputError, match="belong together") as refused:
        returns_of(turnout(rows), votes(_elsewhere(rows)))
    assert refused.value.where == "results.csv and 1-results.csv"
    assert "join =" in str(refused.value.todo)


def test_keys_that_come_twice_on_both_sides_are_refused(returns_of: Read) -> None:
    rows = [[row[0], row[1], "1", *row[3:]] for row in vote()]
    with pytest.raises(InputError, match="several rows bear the same names"):
        returns_of(turnout(rows), votes(rows))


def test_counts_of_areas_are_not_given_to_each_station(returns_of: Read) -> None:
    rows = vote()
    districts = sorted({(row[0], row[1]) for row in rows})
    coarse = [[*place, str(9000 + i), str(4000 + i)] for i, place in enumerate(districts)]
    with pytest.raises(
        InputError, match=r"a row of results\.csv would be used for several rows of 1-results\.csv"
    ):
        returns_of(text([*KEYS[:2], *TURNOUT], coarse), votes(rows))


def test_two_keys_that_disagree_are_put_to_the_user(returns_of: Read) -> None:
    rng = random.Random(3)
    numbers, codes = [rng.sample(range(100, 160), 60) for _ in range(2)]
    rows = vote()
    first = text(
        ["Code", "Number", *TURNOUT],
        [[str(codes[i]), str(numbers[i]), *row[3:5]] for i, row in enumerate(rows)],
    )
    second = text(
        ["Ident", "Mark", *VOTES], [[str(codes[i]), str(numbers[i]), *row[5:]] for i, row in enumerate(rows)]
    )
    with pytest.raises(InputError, match="with different results") as refused:
        returns_of(first, second)
    assert "join = [" in str(refused.value.todo)
    found = returns_of(first, second, join=[["Code", "Ident"]])
    assert found.sums["registered"] == sum(int(row[3]) for row in rows)


@pytest.mark.parametrize("head", ["Nr", "ID", "#", "No.", "Serial number", ""])
def test_running_numbers_are_no_key(returns_of: Read, head: str) -> None:
    """Each file numbers its own rows: who joins by that gives stations the votes of others."""
    rows = vote()
    turned = random.Random(4).sample(rows, len(rows))
    first = text([head, *KEYS, *TURNOUT], [[str(i + 1), *row[:5]] for i, row in enumerate(rows)])
    second = text([head, *KEYS, *VOTES], [[str(i + 1), *r[:3], *r[5:]] for i, r in enumerate(turned)])
    found = returns_of(first, second)
    assert found.digest == returns_of(whole(rows)).digest
    elsewhere = [[str(i + 1), f"{row[1]}-{row[2]}", *row[5:]] for i, row in enumerate(turned)]
    with pytest.raises(InputError, match="belong together"):
        returns_of(first, text([head, "Town", *VOTES], elsewhere))


def test_rows_that_cannot_be_of_one_station_are_not_put_together(returns_of: Read) -> None:
    """A number that means something else in each file is met everywhere, and gives more votes than ballots."""
    rows = vote()
    numbers = [str(100 + 7 * i % 60) for i in range(60)]
    turned = random.Random(4).sample(rows, len(rows))
    first = text(["Code", *TURNOUT], [[n, *row[3:5]] for n, row in zip(numbers, rows, strict=True)])
    second = text(["Code", *VOTES], [[n, *row[5:]] for n, row in zip(numbers, turned, strict=True)])
    with pytest.raises(InputError, match="put together by 'Code', valid exceeds cast in"):
        returns_of(first, second)


def test_what_is_known_of_a_part_is_not_joined_unasked(returns_of: Read) -> None:
    rows = vote()
    with pytest.raises(InputError, match=r"33 % of the rows of .* are met in .*, and 100 %"):
        returns_of(turnout(rows), votes(rows[:20]))
    found = returns_of(turnout(rows), votes(rows[:20]), join=KEYS)
    assert (len(found), found.table["Yes"].null_count()) == (60, 40)


def test_places_of_stations_come_from_a_second_file(returns_of: Read) -> None:
    rows = vote()
    places = [[*row[:3], f"{40 + i / 100:.2f}", f"{10 + i / 50:.2f}"] for i, row in enumerate(rows)]
    found = returns_of(whole(rows), text([*KEYS, "Latitude", "Longitude"], places))
    assert set(found.extras) == {"latitude", "longitude"}
    assert found.table["latitude"][1] == 40.01
    assert found.digest == returns_of(whole(rows)).digest


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["Region", "Ward"], "'Ward', and no column is called so"),
        (["Region"], "do not tell rows apart"),
    ],
)
def test_a_wrong_key_is_refused(returns_of: Read, said: list[str], words: str) -> None:
    rows = vote()
    with pytest.raises(InputError, match=words):
        returns_of(turnout(rows), votes(rows), join=said)


def test_names_that_only_accents_tell_apart_stay_apart(returns_of: Read) -> None:
    rows = vote()
    for row in rows:
        row[1] = "Han" if row[1] == "District 1" else "H\u00e0n" if row[1] == "District 2" else row[1]
    assert returns_of(turnout(rows), votes(rows)).digest == returns_of(whole(rows)).digest


def test_numbers_in_other_words_are_no_key(returns_of: Read) -> None:
    first = vote(24)
    for i, row in enumerate(first):
        row[:3] = [f"School {chr(65 + i)}", "x", f"Ward {i + 1}"]
    second = [[f"Hall {chr(65 + i)}", "y", f"Route {24 - i}", *row[3:]] for i, row in enumerate(first)]
    with pytest.raises(InputError, match="nothing tells which rows"):
        returns_of(turnout(first, ["Building", "a", "Ward"]), votes(second, ["Place", "b", "Bus"]))


def test_a_key_for_one_table_is_refused(returns_of: Read) -> None:
    with pytest.raises(InputError, match="only one table"):
        returns_of(whole(vote()), join=["District"])


@pytest.mark.parametrize("said", [3, [[]], [3], {"a": "b"}, [["Region", 2]]])
def test_a_key_that_is_no_list_of_headers_is_refused(said: object) -> None:
    with pytest.raises(InputError, match="not a list of headers"):
        from_dict({"join": said}, "test")


@pytest.mark.timeout(60)
def test_a_hundred_thousand_rows_are_joined_in_linear_time(tmp_path: Path) -> None:
    """Where it is linear, a second or two; where rows are compared with one another, hours."""
    n = 100_000
    rng = np.random.default_rng(5)
    yes, no, invalid = rng.integers(40, 140, n), rng.integers(30, 100, n), rng.integers(0, 9, n)
    place = pl.DataFrame({
        "Region": [f"Region {i // 1250}" for i in range(n)],
        "District": [f"District {i // 50}" for i in range(n)],
        "Polling station": np.arange(n) % 50 + 1,
    })  # fmt: skip
    first = place.with_columns(
        pl.Series("Registered voters", yes + no + invalid + 300),
        pl.Series("Ballots cast", yes + no + invalid),
    )
    counts = {"Invalid votes": invalid, "Valid votes": yes + no, "Yes": yes, "No": no}
    second = place.with_columns(pl.Series(name, values) for name, values in counts.items())
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    first.write_csv(paths[0])
    second.sample(fraction=1, shuffle=True, seed=3).write_csv(paths[1])
    assert len(read(paths, "vote").returns) == n
