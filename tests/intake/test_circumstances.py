"""What a case says of stations and the results do not: groups, the order of reporting, states of a count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from plebiscope.intake import circumstances
from plebiscope.intake import mapping as mappings
from plebiscope.intake.circumstances import same_stations, with_groups, with_states
from plebiscope.intake.mapping import from_dict
from plebiscope.intake.read import read
from plebiscope.model.beside import State
from plebiscope.model.errors import InputError
from plebiscope.model.returns import Returns

Read = Callable[..., Returns]

YES = [200 + 37 * i % 91 for i in range(40)]
NO = [90 + 53 * i % 47 for i in range(40)]
HEAD = [
    "Region",
    "Polling station",
    "Registered voters",
    "Ballots cast",
    "Valid votes",
    "Invalid votes",
    "Yes",
    "No",
]


def table(**more: list[str]) -> str:
    """Forty stations in four regions, numbered anew in each, with further columns."""
    lines = [",".join([*HEAD, *more])]
    for i, (yes, no) in enumerate(zip(YES, NO, strict=True)):
        counts = (500 + yes + no, yes + no + 7, yes + no, 7, yes, no)
        lines.append(
            ",".join([f"R{i % 4}", str(i // 4 + 1), *map(str, counts), *(c[i] for c in more.values())])
        )
    return "\n".join(lines) + "\n"


MACHINE = ["machine" if i % 3 else "hand" for i in range(40)]
CLOCK = [f"{i % 60:02}" for i in range(40)]


def test_a_column_tells_groups(returns_of: Read) -> None:
    found = returns_of(table(Counted=MACHINE), group="Counted")
    assert found.extras == ("group",)
    assert found.table["group"].to_list() == MACHINE
    assert found.columns["group"].headers == ("Counted",)
    assert found.digest == returns_of(table()).digest
    noted = circumstances.in_words(found, (), ()).notes
    assert noted == ("Groups of stations, by the column 'Counted': machine: 26 stations; hand: 14 stations.",)


def test_a_column_of_numbers_that_tells_groups_is_no_option(returns_of: Read) -> None:
    found = returns_of(table(Observers=[str(i % 3) for i in range(40)]), group="Observers")
    assert found.options == ("Yes", "No")
    assert set(found.table["group"]) == {"0", "1", "2"}


def test_an_area_may_be_a_group(returns_of: Read) -> None:
    found = returns_of(table(), group="Region")
    assert found.areas == ("Region",)
    assert found.table["group"].to_list() == found.table["Region"].to_list()


def test_groups_are_kept_in_long_tables(returns_of: Read) -> None:
    lines = ["County,Precinct,Machine,Candidate,Votes"]
    lines += [
        f"C{i % 3},{i},{MACHINE[i]},{who},{10 + i}" for i in range(20) for who in ("Adams", "Baker", "Clark")
    ]
    found = returns_of("\n".join(lines), group="Machine")
    assert len(found) == 20
    assert found.table["group"].to_list() == MACHINE[:20]


def test_lists_of_stations_make_groups(returns_of: Read) -> None:
    found = with_groups(returns_of(table()), {"observed": ["R0 / 1", "r1 / 02"], "closed early": ["R3/9"]})
    named = found.table.filter(pl.col("group") == "observed").select("Region", "station").rows()
    assert named == [("R0", "1"), ("R1", "2")]
    assert found.table["group"].null_count() == 37
    [note] = circumstances.in_words(found, (), ()).notes
    assert note == (
        "Groups of stations, by lists in the case: observed: 2 stations; closed early: 1 station; no group is "
        "said for 37."
    )


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ({"observed": ["R9 / 1"]}, "no station is called 'R9 / 1'"),
        ({"observed": ["1"]}, "4 stations are called '1'"),
        ({"observed": ["R0 / 1"], "other": ["R0 / 1"]}, "is in two groups, 'observed' and 'other'"),
    ],
)
def test_lists_that_cannot_be_followed_are_refused(
    returns_of: Read, groups: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        with_groups(returns_of(table()), groups)


def test_a_column_of_groups_must_group(returns_of: Read) -> None:
    names = [f"officer {i}" for i in range(40)]
    found = returns_of(table(Officer=names), group="Officer")
    with pytest.raises(InputError, match="40 different values in 40 rows"):
        circumstances.in_words(found, (), ())


@pytest.mark.parametrize(
    "written",
    [
        "2030-01-02 21:{}:05",
        "2030-01-02T21:{}:05",
        "02/01/2030 21:{}:05",
        "02.01.2030 21:{}:05",
        "20300102 21:{}:05".replace(" ", "").replace(":", ""),
        "2030-01-02T23:{}:05+02:00",
        "1/2/2030 9:{}:05 PM",
    ],
)
def test_moments_are_read_as_authorities_write_them(returns_of: Read, written: str) -> None:
    """Days from 1 to 2 January: where both could come first, reports of one night lie closer together."""
    cells = [written.format(minute) for minute in CLOCK]
    found = returns_of(table(Received=cells), reported="Received")
    wanted = [dt.datetime(2030, 1, 2, 21, int(minute), 5) for minute in CLOCK]
    assert found.table["reported"].dtype == pl.Datetime("us")
    assert found.table["reported"].to_list() == wanted
    assert found.digest == returns_of(table()).digest


def test_the_day_comes_first_where_the_night_is_then_shorter(returns_of: Read) -> None:
    """The night from 9 to 10 April; read as 4 September and 4 October it would last a month."""
    cells = [f"{9 + i // 20:02}/04/2030 {(22 + i // 10) % 24:02}:{minute}" for i, minute in enumerate(CLOCK)]
    found = returns_of(table(Received=cells), reported="Received")
    assert {moment.month for moment in found.table["reported"]} == {4}


def test_numbers_give_the_order_of_reporting(returns_of: Read) -> None:
    order = [str(1 + 17 * i % 40) for i in range(40)]
    found = returns_of(table(Order=order), reported="Order")
    assert found.table["reported"].to_list() == list(map(int, order))
    assert found.options == ("Yes", "No")


def test_seconds_since_1970_are_moments(returns_of: Read) -> None:
    begin = int(dt.datetime(2030, 1, 2, tzinfo=dt.UTC).timestamp())
    found = returns_of(table(Stamp=[str(begin + 60 * i) for i in range(40)]), reported="Stamp")
    assert found.table["reported"][1] == dt.datetime(2030, 1, 2, 0, 1)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["late"] * 40, "holds 'late'"),
        ([f"21:{minute}" for minute in CLOCK], "times without a day"),
        ([""] * 40, "holds nothing"),
    ],
)
def test_what_is_no_moment_is_refused(returns_of: Read, cells: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        returns_of(table(Received=cells), reported="Received")


@pytest.mark.parametrize("said", [{"group": "Machine"}, {"reported": "Machine"}])
def test_a_column_that_is_not_there_is_named(returns_of: Read, said: dict[str, str]) -> None:
    with pytest.raises(InputError, match="'Machine' that is not in the table"):
        returns_of(table(), **said)


@pytest.mark.parametrize("name", ["group", "reported"])
def test_a_header_must_be_one(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} is not a header"):
        from_dict({name: ["A", "B"]}, "test")


def test_a_mapping_written_out_keeps_both(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(table(Counted=MACHINE, Order=[str(i) for i in range(40)]), "utf-8")
    said = from_dict({"group": "Counted", "reported": "Order"}, "test")
    found = read([path], "vote", said).returns
    written = mappings.load(mappings.write(found, None), "test")
    again = read([path], "vote", from_dict(written, "test")).returns
    assert again.table.equals(found.table)


def _until(lines: int, change: Callable[[str], str] = str) -> str:
    head, *rows = table().splitlines()
    return "\n".join([head, *map(change, rows[:lines])]) + "\n"


def test_states_of_a_count_tell_when_each_station_was_reported(tmp_path: Path) -> None:
    """A station counts as reported from the first state in which it has votes."""
    contents = {
        "final": table(),
        "first": _until(10),
        "second": _until(25, lambda row: row.replace("R1,1,", "R1,99,")),
    }
    found = {}
    for name, content in contents.items():
        (tmp_path / f"{name}.csv").write_text(content, "utf-8")
        found[name] = read([tmp_path / f"{name}.csv"], "vote").returns
    times = {"first": dt.datetime(2030, 1, 2, 21), "second": dt.datetime(2030, 1, 3, 6)}
    states = [
        State(when, found[name], same_stations(found[name], found["final"])) for name, when in times.items()
    ]
    final = with_states(found["final"], states)
    assert final.table["reported"].to_list() == [times["first"]] * 10 + [times["second"]] * 15 + [None] * 15
    assert final.notes[-2].startswith(
        "The count as it stood at 2030-01-02 21:00:00: 10 of 40 stations; of these none"
    )
    assert "24 of 40 stations" in final.notes[-1]
    assert final.notes[-1].endswith("1 of its rows are no station of the results.")
    assert final.digest == found["final"].digest


@pytest.mark.shared
def test_bolivia_2019_in_three_states(shared: Path) -> None:
    """Stations and margins of the methods specification, section 10.3: 28,975, 32,806 and 34,555 tally sheets.

    The margin of the two first options was 7.88 points among the early sheets by their final figures (7.87 by
    those of the quick count), 24.65 among the late ones and 10.565 in all.
    """
    folder = shared / "data/bolivia-2019"
    names = {
        dt.datetime(2019, 10, 20, 19, 40, 57): "trep - acta.2019.10.20.19.40.57.zip",
        dt.datetime(2019, 10, 21, 18, 29, 53): "trep - acta.2019.10.21.18.29.53.zip",
    }
    final = read([folder / "final_computo.zip"], "vote").returns
    states = []
    for when, name in names.items():
        state = read([folder / name], "vote").returns
        states.append(State(when, state, same_stations(state, final)))
    found = with_states(final, states)
    first = found.table["reported"] == min(names)
    assert [len(state.match.pairs[0]) for state in states] == [28_975, 32_806]
    assert int(first.sum()) == 28_975
    late = found.table.filter(~first.fill_null(value=False))
    assert late.height == 5_580

    def margin(table: pl.DataFrame) -> float:
        votes = table.select(pl.col(final.options).sum()).row(0, named=True)
        return float(100 * (votes["MAS - IPSP"] - votes["CC"]) / sum(votes.values()))

    assert round(margin(states[0].returns.table), 3) == 7.872
    assert round(margin(states[1].returns.table), 2) == 10.15
    assert round(margin(found.table), 3) == 10.565
    assert round(margin(late), 2) == 24.65
    assert "of these 540 have other figures" in found.notes[-2]
