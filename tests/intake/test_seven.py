"""7z archives are read in memory, within limits, and locked ones are refused."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import official
import py7zr
import pytest
from test_bad_input import GOOD, pdf
from test_mutations import damaged

from plebiscope.intake import seven, sniff
from plebiscope.intake.read import Reading, read
from plebiscope.model.errors import InputError


def packed(members: dict[str, bytes], password: str | None = None, hide: bool = False) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password, header_encryption=hide) as archive:
        for name, data in members.items():
            archive.writestr(data, name)
    return out.getvalue()


def reading(path: Path, data: bytes) -> Reading:
    path.write_bytes(data)
    return read([path], "vote")


def test_the_table_is_found_beside_other_members(tmp_path: Path) -> None:
    data = packed(
        {"read me.pdf": pdf(), "empty.csv": b"", "__MACOSX/._r.csv": b"x", "in/results.csv": GOOD.encode()}
    )
    for name in ("results.7z", "results.csv"):
        found = reading(tmp_path / name, data)
        assert len(found.returns) == 40
        assert found.sheet == f"{name}:results.csv"
        assert found.files[0].format.endswith("in 7z")
    assert len(reading(tmp_path / "r.zip", official.zipped({"inner.7z": data})).returns) == 40


def renamed(name: str) -> bytes:
    """An archive of one member with a name that no honest program writes, and check sums that hold."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.set_encoded_header_mode(False)
        archive.writestr(GOOD.encode(), "x" * len(name))
    data = out.getvalue()
    assert ("x" * len(name)).encode("utf-16-le") in data
    data = data.replace(("x" * len(name)).encode("utf-16-le"), name.encode("utf-16-le"))
    offset, size = struct.unpack("<QQ", data[12:28])
    ahead = data[12:28] + struct.pack("<I", zlib.crc32(data[32 + offset : 32 + offset + size]))
    return data[:8] + struct.pack("<I", zlib.crc32(ahead)) + ahead + data[32:]


@pytest.mark.parametrize(
    "name", ["../escaped.csv", "a/../../../escaped.csv", "C:\\escaped.csv", "/escaped.csv"]
)
def test_no_path_leaves_memory(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    try:
        assert len(reading(folder / "results.7z", renamed(name)).returns) == 40
    except InputError as refused:
        assert "the archive cannot be read" in refused.met
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["results.7z"]
    assert not Path("/escaped.csv").exists()


@pytest.mark.parametrize("hide", [False, True])
def test_a_locked_archive_is_refused(hide: bool, tmp_path: Path) -> None:
    data = packed({"results.csv": GOOD.encode()}, password="secret", hide=hide)
    with pytest.raises(InputError, match="locked with a password") as refused:
        reading(tmp_path / "results.7z", data)
    assert refused.value.todo == "unpack it and pass the table"


def test_a_bomb_is_stopped_while_it_unpacks() -> None:
    data = packed({"results.csv": b"0," * (16 << 20)})
    assert len(data) < 1 << 20
    with pytest.raises(ValueError, match="unpacks to more than 8,388,608 bytes"):
        seven.members(data, 8 << 20, 10)


def test_limits_reach_the_program_that_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniff, "MAX_BYTES", 1 << 20)
    with pytest.raises(InputError, match="unpacks to more than 1,048,576 bytes"):
        reading(tmp_path / "results.7z", packed({"results.csv": b"0," * (1 << 20)}))
    monkeypatch.setattr(sniff, "MAX_MEMBERS", 3)
    with pytest.raises(InputError, match="holds 4 files"):
        reading(tmp_path / "results.7z", packed({f"{i}.csv": GOOD.encode() for i in range(4)}))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (packed({"results.csv": GOOD.encode()})[:-30], "the archive cannot be read"),
        (packed({"results.csv": GOOD.encode()})[:20], "the archive cannot be read"),
        (b"7z\xbc\xaf\x27\x1c", "the archive cannot be read"),
        (packed({}), ""),
        (packed({"map.pdf": pdf()}), "PDF"),
        (packed({"a.pdf": pdf(), "b.pdf": pdf()}), "no table"),
        (packed({"a.7z": packed({"b.7z": packed({"c.csv": GOOD.encode()})})}), "nested too deeply"),
    ],
    ids=["cut", "cut to its head", "cut in its head", "empty", "a document", "two documents", "nested"],
)
def test_what_holds_no_table_is_refused(data: bytes, word: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        reading(tmp_path / "results.7z", data)
    assert word in refused.value.met
    assert refused.value.where


def test_damaged_archives_are_read_or_refused(tmp_path: Path) -> None:
    chance = random.Random(5)
    whole = packed({"results.csv": GOOD.encode(), "more.csv": b"a,b\n1,2\n"})
    for _ in range(12):
        try:
            reading(tmp_path / "results.7z", damaged(whole, chance))
        except InputError as refused:
            assert refused.met
            assert refused.where
