"""R data: every data frame becomes a sheet, whatever it lies in; hostile files end in one message."""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import official
import pytest
import rfiles as r
from test_bad_input import GOOD, rows
from test_mutations import damaged

from plebiscope.intake import outside, rdata_frames, sniff
from plebiscope.intake.mapping import from_dict
from plebiscope.intake.read import Reading, read
from plebiscope.model.errors import InputError

HEAD = GOOD.split("\n")[0].split(",")
CELLS = [line.split(",") for line in rows()]


def results(**more: r.R) -> r.R:
    """The good table of the other tests, as a data frame."""
    columns = {
        name: r.texts(*[line[i] for line in CELLS]) if i == 0 else r.ints(*[int(line[i]) for line in CELLS])
        for i, name in enumerate(HEAD)
    }
    return r.frame(**columns, **more)


def reading(path: Path, data: bytes, **mapping: object) -> Reading:
    path.write_bytes(data)
    return read([path], "vote", from_dict(mapping, "test"))


EXPECTED = {
    name: sum(int(line[i]) for line in CELLS) for i, name in ((6, "Yes"), (7, "No"), (2, "registered"))
}


@pytest.mark.parametrize("form", ["X", "A", "B"])
@pytest.mark.parametrize("version", [2, 3])
def test_every_form_in_which_r_saves(form: str, version: int) -> None:
    for data in (r.rda(form, version, results=results()), r.rds(results(), form, version)):
        [(_, found)] = rdata_frames.frames(data, 10)
        assert found.columns == HEAD
        assert found.rows() == [(line[0], *map(int, line[1:])) for line in CELLS]


@pytest.mark.parametrize(
    ("form", "packed"), [("X", gzip.compress), ("A", bz2.compress), ("B", lzma.compress), ("A", bytes)]
)
def test_every_way_in_which_r_packs(form: str, packed: Callable[[bytes], bytes], tmp_path: Path) -> None:
    found = reading(tmp_path / "results.rds", packed(r.rds(results(), form))).returns
    assert len(found) == 40
    assert {name: found.sums[name] for name in EXPECTED} == EXPECTED


def test_the_name_of_the_file_says_nothing(tmp_path: Path) -> None:
    for name in ("results.csv", "results.rds"):
        assert len(reading(tmp_path / name, gzip.compress(r.rda(results=results()))).returns) == 40
    inside = official.zipped(
        {"a/results.rda": gzip.compress(r.rda(results=results())), "readme.txt": b"About."}
    )
    assert len(reading(tmp_path / "r.zip", inside).returns) == 40


def test_frames_are_found_in_lists_and_named_by_their_place(tmp_path: Path) -> None:
    other = r.frame(place=r.texts("a", "b", "c"), area=r.reals(1.5, 2.5, 3.5))
    model = r.listed(fit=r.reals(1, 2), data=results(), inner=r.listed(places=other))
    found = reading(tmp_path / "model.rda", r.rda(note=r.texts("x"), output=model))
    assert found.sheet == "model.rda, sheet output$data"
    assert found.unused == ("model.rda, sheet output$inner$places",)
    assert len(found.returns) == 40
    chosen = reading(tmp_path / "model.rda", r.rda(output=model), sheet="output$data")
    assert chosen.returns.digest == found.returns.digest
    with pytest.raises(InputError, match="no sheet 'output'") as refused:
        reading(tmp_path / "model.rda", r.rda(output=model), sheet="output")
    assert "'output$inner$places'" in (refused.value.expected or "")


def test_parts_of_one_vote_are_laid_together_and_two_votes_are_not(tmp_path: Path) -> None:
    def part(first: int, last: int) -> r.R:
        return r.frame(**{
            name: r.texts(*[c[i] for c in CELLS[first:last]]) if i == 0 else r.ints(*[int(c[i]) for c in CELLS[first:last]])
            for i, name in enumerate(HEAD)
        })  # fmt: skip

    found = reading(tmp_path / "parts.rda", r.rda(north=part(0, 20), south=part(20, 40))).returns
    assert len(found) == 40
    assert found.sums["Yes"] == EXPECTED["Yes"]
    with pytest.raises(InputError, match="several votes"):
        reading(tmp_path / "votes.rda", r.rda(first=results(), second=results()))


def test_what_a_column_can_hold() -> None:
    days = r.reals(18_444.0, None, 18_445.0, **{"class": r.texts("Date")})
    seconds = r.reals(1_593_561_600.0, 0.0, None, **{"class": r.texts("POSIXct", "POSIXt")})
    big = r.R(r.REAL, [5e-324, 1.5e-323, 2.5e-323], {"class": r.texts("integer64")})
    table = r.frame(
        rows=["Paris", "Lyon", "Nice"], kinds=["tbl_df", "tbl", "data.frame"],
        option=r.factor([2, None, 1], "Non", "Oui"), votes=r.ints(12, None, 7), share=r.reals(0.5, None, 1.0),
        whole=r.reals(5.0, 6.0, None), counted=r.truths(True, None, False), day=days, time=seconds, big=big,
        name=r.texts("Café", None, "ok"), geometry=r.R(r.LIST, [r.reals(1, 2), r.reals(3, 4), r.reals(5, 6)]),
    )  # fmt: skip
    [(path, found)] = rdata_frames.frames(r.rda(table=table), 10)
    assert path == "table"
    assert found["row names"].to_list() == ["Paris", "Lyon", "Nice"]
    assert found["option"].to_list() == ["Oui", None, "Non"]
    assert found["votes"].to_list() == [12, None, 7]
    assert found["share"].to_list() == [0.5, None, 1.0]
    assert found["counted"].to_list() == [True, None, False]
    assert found["day"].to_list() == ["2020-07-01", None, "2020-07-02"]
    assert found["time"].to_list() == ["2020-07-01 00:00:00", "1970-01-01 00:00:00", None]
    assert found["big"].to_list() == [1, 3, 5]
    assert found["name"].to_list() == ["Café", None, "ok"]
    assert found["geometry"].to_list() == [None, None, None]


def test_letters_of_other_code_pages() -> None:
    spanish = r.texts("España".encode("cp1252"), flags=r.LATIN1)
    russian = r.texts("Избирательный участок".encode("cp1251"), flags=0)
    [(_, found)] = rdata_frames.frames(r.rda(version=2, t=r.frame(a=spanish, b=russian)), 10)
    assert found.row(0) == ("España", "Избирательный участок")


def test_columns_of_which_the_file_holds_the_recipe_only() -> None:
    run = r.R(r.SHORTHAND, ["compact_intseq", r.reals(3, 7, -2)])
    text = r.R(r.SHORTHAND, ["wrap_string", r.R(r.LIST, [r.texts("a", "b", "c"), r.ints(0, 0)])])
    table = r.R(r.LIST, [run, text], {"names": r.texts("n", "t"), "class": r.texts("data.frame")})
    [(_, found)] = rdata_frames.frames(r.rda(t=table), 10)
    assert found["n"].to_list() == [7, 5, 3]
    assert found["t"].to_list() == ["a", "b", "c"]


def test_names_of_objects_steer_no_terminal() -> None:
    [(path, _)] = rdata_frames.frames(r.rda(**{"a\x1b[31m\nb": r.frame(x=r.ints(1, 2))}), 10)
    assert path == "a [31m b"


def test_a_workspace_of_many_objects(tmp_path: Path) -> None:
    crowd = {f"x{i}": r.reals(i) for i in range(5_000)}
    assert (
        len(reading(tmp_path / "all.RData", gzip.compress(r.rda(**crowd, results=results()))).returns) == 40
    )


def deep(levels: int) -> r.R:
    inner = results()
    for _ in range(levels):
        inner = r.R(r.LIST, [inner])
    return inner


def lying(length: int) -> bytes:
    """A file that states a length which it does not have."""
    data = r.rda(x=r.frame(votes=r.ints(7, 7, 7)))
    return data.replace(b"\0\0\0\x0d\0\0\0\3", b"\0\0\0\x0d" + length.to_bytes(4, "big", signed=True))


SEQUENCE = r.R(r.LIST, [r.R(r.SHORTHAND, ["compact_intseq", r.reals(1e15, 1, 1)])],
               {"names": r.texts("n"), "class": r.texts("data.frame")})  # fmt: skip
ONE = b"\0\0\0\x13\0\0\0\1"
"""How a list of one object begins."""
NESTED = r.rds(r.R(r.LIST, [r.ints(7)])).replace(ONE, ONE * 200_000)
LEVEL = r.frame(place=r.factor([1] * 60_000, "x" * 60_000))
REFUSED: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "cut short": (r.rda(x=results())[:-900], ("ends early",)),
    "cut in its head": (r.rda(x=results())[:12], ("ends early",)),
    "packed and cut short": (gzip.compress(r.rda(x=results()))[:-50], ("damaged",)),
    "nothing behind the magic": (b"RDX3\nX\n", ("ends early",)),
    "another version": (r.rda(x=results()).replace(b"\0\0\0\3", b"\0\0\0\x63", 1), ("not read", "version 99")),
    "no data frame": (r.rda(a=r.reals(1, 2), b=r.texts("x")), ("no data frame", "its objects are a, b")),
    "a frame without columns": (r.rda(x=r.frame()), ("no data frame with columns",)),
    "a frame without rows": (r.rda(x=r.frame(Region=r.texts(), Votes=r.ints())), ("no row of results",)),
    "columns of different lengths": (r.rda(x=r.frame(a=r.ints(1, 2), b=r.ints(1), c=r.ints(1, 2))), ("differ in length", "'b'")),
    "lists too deep": (NESTED, ("nested too deeply",)),
    "lists deeper than looked": (r.rda(x=deep(40)), ("no data frame",)),
    "a length beyond its bytes": (lying(2**31 - 1), ("length in it is wrong",)),
    "a negative length": (lying(-1), ("length in it is wrong",)),
    "a sequence without end": (r.rda(x=SEQUENCE), ("length in it is wrong",)),
    "a short text in every row": (r.rda(x=LEVEL), ("unpacks to more",)),
    "raw bytes": (r.rda(x=r.R(r.RAW, [1, 2, 3])), ("not read", "RAW")),
    "no table of results": (r.rda(x=r.frame(Region=r.texts("a", "b", "c"), Area=r.reals(1.5, 2.5, 3.5))), ("counts",)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_and_empty_files_are_refused_in_one_message(case: str, tmp_path: Path) -> None:
    data, words = REFUSED[case]
    with pytest.raises(InputError) as refused:
        reading(tmp_path / "results.rda", data)
    assert refused.value.where
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniff, "MAX_BYTES", 8 << 20)
    bomb = r.rda(x=r.frame(votes=r.ints(*[0] * (4 << 20))))
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        with pytest.raises(InputError, match="unpacks to more than"):
            reading(tmp_path / "results.rda", pack(bomb))


def test_a_reader_that_never_ends_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_PATIENCE", 0.01)
    with pytest.raises(InputError, match=r"not done after 0\.01 seconds"):
        reading(tmp_path / "results.rda", r.rda(x=results()))


def test_damaged_r_data_are_read_or_refused(tmp_path: Path) -> None:
    """The frames are looked for in this process here, where an unforeseen error is seen."""
    chance = random.Random(20240611)
    files = [r.rda(form, x=r.listed(data=results(), f=r.factor([1, 2], "a", "b"))) for form in "XAB"]
    ended: Counter[str] = Counter()
    for i in range(300):
        data = damaged(chance.choice(files), chance)
        try:
            ended["read"] += bool(rdata_frames.frames(data, 50))
        except ValueError as error:
            assert str(error), i
            ended["refused"] += 1
    assert min(ended["read"], ended["refused"]) > 30
    for i in range(4):
        try:
            reading(tmp_path / "results.rda", damaged(files[i % 3], chance))
        except InputError as refused:
            assert refused.met
            assert refused.where


def test_reading_csv_and_asking_for_help_pay_nothing_for_r_and_7z(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(GOOD, encoding="utf-8")
    script = (
        "import sys\nfrom plebiscope import study\nimport plebiscope.cli\n"
        f"study.read({str(path)!r})\n"
        "print([m for m in ('pandas', 'xarray', 'rdata', 'py7zr') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
