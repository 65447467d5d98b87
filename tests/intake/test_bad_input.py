"""Bad input ends in one clear message and exit code 2, or in a named quarantine and a result; never in a traceback."""

from __future__ import annotations

import gzip
import io
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import official
import pytest

from plebiscope import cli

HEAD = "Region,Polling station,Registered voters,Ballots cast,Valid votes,Invalid votes,Yes,No"


def rows(n: int = 40) -> list[str]:
    votes = [(30 + 37 * i % 91, 20 + 53 * i % 47, 1 + i % 6) for i in range(n)]
    return [
        f"R{i % 4},{i + 1},{400 + 29 * i % 83 + y + o},{y + o + v},{y + o},{v},{y},{o}"
        for i, (y, o, v) in enumerate(votes)
    ]


GOOD = "\n".join([HEAD, *rows()]) + "\n"


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["plebiscope", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        code = ended.value.code
        return Ended(0 if code is None else code if isinstance(code, int) else 1, said.out, said.err)

    return run


def refused(ended: Ended, *words: str) -> None:
    """Expect exit code 2 and one message that names what was met, without a traceback or a steered terminal."""
    assert ended.code == 2, ended.out + ended.err
    assert "Traceback" not in ended.err
    assert ended.err.count("plebiscope: ") == 1
    for word in words:
        assert word in ended.err
    assert all(letter.isprintable() or letter == "\n" for letter in ended.err)


def without_header(text: str) -> str:
    return text.split("\n", 1)[1]


def pdf() -> bytes:
    return b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def zipped(**files: bytes) -> bytes:
    return official.zipped(files)


def bomb(size: int) -> bytes:
    """A zip that unpacks to zeros."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("results.csv", "w", force_zip64=True) as member,
    ):
        block = b"0," * (1 << 19)
        for _ in range(size >> 20):
            member.write(block)
    return out.getvalue()


REFUSED: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "empty": ("results.csv", b"", ("empty",)),
    "blank": ("results.csv", b"\n\n \n", ("empty",)),
    "a PDF called csv": ("results.csv", pdf(), ("PDF",)),
    "an image called csv": ("results.csv", png(), ("PNG image",)),
    "a web page": ("results.csv", b"<!DOCTYPE html><html><body><table></table></body></html>", ("web page",)),
    "noise": ("results.csv", bytes(range(256)) * 40, ("binary",)),
    "a zip with no table": ("results.zip", zipped(**{"readme.pdf": pdf(), "map.png": png()}), ("no table",)),
    "an empty zip": ("results.zip", zipped(), ("no table",)),
    "a zip cut short": ("results.zip", zipped(**{"results.csv": GOOD.encode()})[:-60], ("archive",)),
    "a gz cut short": ("results.csv.gz", gzip.compress(GOOD.encode())[:-40], ("damaged",)),
    "nested archives": ("r.zip", zipped(a=zipped(b=zipped(c=GOOD.encode()))), ("nested too deeply",)),
    "an empty workbook": (
        "results.xlsx",
        official.workbook(official.Desk(0), {"A": []}),
        ("no sheet with cells",),
    ),
    "a workbook cut short": (
        "r.xlsx",
        official.workbook(official.Desk(0), {"A": [["Yes", "No"]]})[:400],
        ("damaged",),
    ),
    "no votes": (
        "places.csv",
        b"Region,Population,Area\nNorth,1200,33\nSouth,900,21\nEast,1500,44\n",
        ("vote",),
    ),
    "text for counts": (
        "r.csv",
        b"Region,Station,Yes,No\nA,1,many,few\nB,2,some,none\nC,3,all,half\n",
        ("no column holds counts",),
    ),
    "only percentages": (
        "r.csv",
        b"Region,Station,Yes,No\nA,1,51.2%,48.8%\nB,2,60.1%,39.9%\nC,3,1.5%,98.5%\n",
        ("percentages",),
    ),
    "a header without rows": ("results.csv", (HEAD + "\n").encode(), ("header", "no row")),
    "rows without a header": ("results.csv", without_header(GOOD).encode(), ("no header",)),
    "one word": ("results.csv", b"hello", ("no header",)),
    "prose": ("results.csv", b"The vote was held on Sunday.\nNobody came, and nobody counted.\n", ()),
    "JSON without records": ("results.json", b'{"a": [1, 2, 3], "b": "c"}', ()),
    "deep JSON": ("results.json", b"[" * 200_000, ()),
    "a totals file": ("t.csv", b"case_id,option,votes,source\nv,yes,5,me\nv,no,4,me\n", ()),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_of_results_is_refused_by_read(
    case: str, call: Callable[..., Ended], tmp_path: Path
) -> None:
    name, data, words = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(data)
    refused(call("read", path), *words)


@pytest.mark.parametrize(
    "case", ["empty", "a PDF called csv", "no votes", "a zip with no table", "a header without rows"]
)
def test_examine_refuses_the_same(case: str, call: Callable[..., Ended], tmp_path: Path) -> None:
    name, data, words = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(data)
    refused(call("examine", path, "--out", tmp_path / "out"), *words)
    assert not (tmp_path / "out").exists()


def test_a_missing_file_a_folder_and_an_empty_folder(call: Callable[..., Ended], tmp_path: Path) -> None:
    refused(call("read", tmp_path / "nothing.csv"), "no such file")
    refused(call("read", tmp_path), "folder")
    refused(call("examine", tmp_path / "nothing.csv"), "no such file")
    (tmp_path / "empty").mkdir()
    refused(call("examine", tmp_path / "empty"), "nothing in this folder")


def test_an_unwritable_output(call: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(GOOD, encoding="utf-8")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    refused(call("read", path, "--write", tmp_path / "file" / "out.parquet"), "cannot be written")
    refused(call("read", path, "--write", tmp_path / "out.doc"), "no format that can be written")
    refused(call("examine", path, "--out", tmp_path / "file"))


def test_two_files_of_different_votes(call: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.csv").write_text(GOOD.replace("Yes,No", "Smith,Jones"), encoding="utf-8")
    refused(call("read", tmp_path / "a.csv", tmp_path / "b.csv"), "different votes", "'Smith'", "'Yes'")


def test_the_same_places_with_other_votes_are_two_votes(call: Callable[..., Ended], tmp_path: Path) -> None:
    other = [line.split(",") for line in rows()]
    swapped = [",".join([*cells[:6], cells[7], cells[6]]) for cells in other]
    (tmp_path / "a.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.csv").write_text("\n".join([HEAD, *swapped]), encoding="utf-8")
    refused(call("read", tmp_path / "a.csv", tmp_path / "b.csv"), "several votes")


def said(call: Callable[..., Ended], path: Path, *more: object) -> dict[str, object]:
    ended = call("read", path, "--json", *more)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.mark.parametrize(
    ("place", "cell", "reason"),
    [
        (6, "-12", "a negative count (Yes)"),
        (6, "12.5", "a fractional count (Yes)"),
        (2, "3000000000", "a count beyond one thousand million (Registered voters)"),
        (3, "unknown", "text where a count belongs (Ballots cast)"),
        (7, "45 %", "a percentage where a count belongs (No)"),
    ],
)
def test_wrong_counts_go_to_the_quarantine(
    place: int, cell: str, reason: str, call: Callable[..., Ended], tmp_path: Path
) -> None:
    lines = [line.split(",") for line in rows()]
    lines[7][place] = cell
    path = tmp_path / "results.csv"
    path.write_text("\n".join([HEAD, *map(",".join, lines)]), encoding="utf-8")
    found = said(call, path)
    assert found["quarantine"] == {reason: 1}
    assert found["quarantine_rows"][0]["line"] == 9  # type: ignore[index]
    assert found["stations"] == 39


def test_turnout_of_more_than_100_percent_is_kept_for_the_methods_to_see(
    call: Callable[..., Ended], tmp_path: Path
) -> None:
    lines = [line.split(",") for line in rows()]
    lines[3][2] = "10"
    path = tmp_path / "results.csv"
    path.write_text("\n".join([HEAD, *map(",".join, lines)]), encoding="utf-8")
    assert said(call, path)["stations"] == 40


def test_a_file_that_ends_mid_row(call: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(GOOD[:-12], encoding="utf-8")
    found = said(call, path)
    assert found["stations"] == 39
    assert "ends early" in next(iter(found["quarantine"]))  # type: ignore[call-overload]


def test_two_hundred_options(call: Callable[..., Ended], tmp_path: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(5)
    votes = rng.integers(0, 40, (60, 200))
    head = [
        "Region",
        "Station",
        "Registered voters",
        "Valid votes",
        *(f"Party of the {i}" for i in range(200)),
    ]
    lines = [
        [f"R{i % 3}", str(i), str(9000 + int(rng.integers(0, 99))), str(votes[i].sum()), *map(str, votes[i])]
        for i in range(60)
    ]
    path = tmp_path / "results.csv"
    path.write_text("\n".join(map(",".join, [head, *lines])), encoding="utf-8")
    found = said(call, path)
    assert len(found["options"]) == 200  # type: ignore[arg-type]
    assert found["sums"]["valid"] == votes.sum()  # type: ignore[index]
    assert found["sums"]["Party of the 77"] == votes[:, 77].sum()  # type: ignore[index]


def test_options_called_like_canonical_columns(call: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    head = HEAD.replace("Yes,No", "station,mark")
    path.write_text(GOOD.replace(HEAD, head), encoding="utf-8")
    found = said(call, path)
    assert found["options"] == ["station (option)", "mark (option)"]
    assert found["sums"]["valid"] == found["sums"]["station (option)"] + found["sums"]["mark (option)"]  # type: ignore[index]


HOSTILE = ["<script>alert(1)</script>", "=cmd()|'/C calc'!A0", "\x1b[31mred\x1b[0m", "a\x07b\x08c", "\u202egnirts", "../../etc/passwd",
           "{{7*7}}", "'; DROP TABLE stations;--", "%s%n", "\U0001f4a9"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_text_and_steer_nothing(
    text: str, call: Callable[..., Ended], tmp_path: Path
) -> None:
    path = tmp_path / "results.csv"
    quoted = '"' + text.replace('"', '""') + '"'
    path.write_text(GOOD.replace("R1,", quoted + ",").replace("Yes", quoted), encoding="utf-8")
    ended = call("read", path)
    assert ended.code == 0, ended.err
    assert "\x1b" not in ended.out
    assert "\x07" not in ended.out
    found = said(call, path)
    assert found["stations"] == 40
    assert found["options"][0].strip() == text.strip()  # type: ignore[index]


def test_control_characters_in_headers(call: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(GOOD.encode().replace(b"Region", b"Reg\x00ion").replace(b"Yes", b"Y\x01es"))
    assert said(call, path)["stations"] == 40


@pytest.mark.timeout(120)
def test_a_million_quotation_marks(call: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(GOOD + '"' * 1_000_000 + "\n", encoding="utf-8")
    found = said(call, path)
    assert found["stations"] == 40
    path.write_text(GOOD + '"\n' * 1_000_000, encoding="utf-8")
    assert said(call, path)["stations"] == 40


def test_a_line_of_five_megabytes(call: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text(GOOD + "x" * 5_000_000 + "\n", encoding="utf-8")
    assert said(call, path)["stations"] == 40
    path.write_text(GOOD + "," * 5_000_000 + "\n", encoding="utf-8")
    refused(call("read", path), "cells")


def test_a_zip_bomb(call: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from plebiscope.intake import sniff

    monkeypatch.setattr(sniff, "MAX_BYTES", 8 << 20)
    flat = bomb(64 << 20)
    assert len(flat) < 1 << 20
    for name, data in (
        ("flat.zip", flat),
        ("nested.zip", zipped(inner=flat)),
        ("flat.csv.gz", gzip.compress(b"0," * (32 << 20))),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        refused(call("read", path), "unpacks to more than")


def test_names_in_archives_lead_nowhere(call: Callable[..., Ended], tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.zip"
    path.parent.mkdir()
    path.write_bytes(zipped(**{"../../../escaped.csv": GOOD.encode(), "/tmp/absolute.csv": b"\n"}))
    before = set(tmp_path.rglob("*"))
    assert said(call, path)["stations"] == 40
    assert set(tmp_path.rglob("*")) == before


def test_a_locked_archive(call: Callable[..., Ended], tmp_path: Path) -> None:
    data = bytearray(zipped(**{"results.csv": GOOD.encode()}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1  # the flag that says: encrypted
    path = tmp_path / "results.zip"
    path.write_bytes(bytes(data))
    refused(call("read", path), "locked")


def test_a_case_file_names_no_path_outside_its_folder(call: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(GOOD, encoding="utf-8")
    folder = tmp_path / "case"
    folder.mkdir()
    for name in (
        "../secret.csv",
        str(tmp_path / "secret.csv"),
        "..\\\\secret.csv",
        "a/../../secret.csv",
        "C:/secret.csv",
    ):
        (folder / "case.toml").write_text(
            f'name = "x"\n[[contest]]\nid = "v"\nresults = ["{name}"]\n', encoding="utf-8"
        )
        refused(call("examine", folder, "--out", tmp_path / "out"), "outside its folder")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "case.toml").write_text(
        'name = "x"\n[[contest]]\nid = "v"\nresults = ["link.csv"]\n', encoding="utf-8"
    )
    refused(call("examine", folder, "--out", tmp_path / "out"), "outside its folder")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("not toml at all", "no valid TOML"),
        ("[columns]\nvoters = 'x'\n", "unknown names"),
        ("[columns]\nregistered = 'No such header'\n", "not in the table"),
        ("[columns]\nregistered = 'Region'\n", "holds text"),
        ("[columns]\nregistered = 5\n", "not a header"),
        ("[contest]\ncolumn = 'x'\n", "needs column and value"),
        ("sheet = 'Other'\n", "no sheet"),
        ("header = 0\n", "not a line number"),
        ("surprise = 1\n", "unknown entries"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(
    text: str, word: str, call: Callable[..., Ended], tmp_path: Path
) -> None:
    path, mapping = tmp_path / "results.csv", tmp_path / "mapping.toml"
    path.write_text(GOOD, encoding="utf-8")
    mapping.write_text(text, encoding="utf-8")
    refused(call("read", path, "--mapping", mapping), word)
