"""Damaged files end in a result, a quarantine or a refusal; never in anything else."""

from __future__ import annotations

import gzip
import io
import random
from collections import Counter
from pathlib import Path

import official
import polars as pl
import pytest

from plebiscope.intake.read import read
from plebiscope.model.errors import InputError

FAST = 1_000
ALL = 10_000


def originals() -> dict[str, bytes]:
    """One small valid file of each format."""
    desk = official.Desk(3)
    vote = official.happen(desk.rng, "en", 24, ["Yes", "No"])
    head = [
        "Region",
        "District",
        "Polling station",
        "Registered voters",
        "Ballots cast",
        "Valid votes",
        "Invalid votes",
        "Yes",
        "No",
    ]
    names = ["registered", "cast", "valid", "invalid", "Yes", "No"]
    rows = [[vote.places[vote.region[i]], vote.places[10 + vote.town[i] % 50], str(i + 1), *(str(int(vote.counts[n][i])) for n in names)]
            for i in range(24)]  # fmt: skip
    text = "\n".join(",".join(row) for row in [head, *rows]) + "\n"
    quoted = "\r\n".join(";".join(f'"{cell}"' for cell in row) for row in [["Results"], head, *rows])
    long = "\n".join(
        [
            "County,Precinct,Candidate,Votes",
            *(f"{r[0]},{r[2]},{who},{r[k]}" for r in rows for k, who in ((7, "Adams"), (8, "Baker"))),
        ]
    )
    parquet = io.BytesIO()
    pl.DataFrame(rows, schema=head, orient="row").with_columns(pl.col(head[3:]).cast(pl.Int64)).write_parquet(
        parquet
    )
    cyrillic = (
        text.replace("Region", "Регион")
        .replace("Polling station", "УИК")
        .replace("Yes", "Да")
        .replace("No", "Нет")
    )
    return {
        "plain.csv": text.encode(),
        "quoted.csv": quoted.encode("cp1252"),
        "wide.tsv": text.replace(",", "\t").encode("utf-16"),
        "page.csv": cyrillic.encode("cp1251"),
        "long.csv": long.encode(),
        "book.xlsx": official.workbook(desk, {"Results": [head, *rows], "Notes": [["none"]]}),
        "packed.zip": official.zipped({"results.csv": text.encode(), "readme.txt": b"About."}),
        "packed.csv.gz": gzip.compress(text.encode(), mtime=0),
        "table.parquet": parquet.getvalue(),
        "lines.jsonl": official._json_lines(head, rows),
        "whole.json": b'{"results": [' + b",".join(official._json_lines(head, rows).splitlines()) + b"]}",
    }


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Flip bits, cut, splice, insert or swap."""
    kind = chance.choice(
        ["bits", "bits", "cut", "cut", "splice", "insert", "swap", "repeat", "zeros", "bytes"]
    )
    body = bytearray(data)
    at = chance.randrange(len(body))
    if kind == "bits":
        for _ in range(chance.choice([1, 1, 3, 20, 200])):
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    elif kind == "cut":
        return bytes(body[:at] if chance.random() < 0.7 else body[at:])
    elif kind == "splice":
        other = chance.randrange(len(body))
        return bytes(body[:at] + body[other:])
    elif kind == "insert":
        body[at:at] = chance.randbytes(chance.choice([1, 2, 8, 300]))
    elif kind == "swap":
        old, new = chance.sample(
            [b",", b";", b"\t", b'"', b"\n", b"\r", b"'", b"|", b" ", b"0", b"-", b"."], 2
        )
        return bytes(body).replace(old, new, chance.choice([1, 5, 10**6]))
    elif kind == "repeat":
        end = min(len(body), at + chance.choice([10, 100, 1000]))
        body[at:at] = body[at:end] * chance.choice([1, 2, 30])
    elif kind == "zeros":
        body[at : at + 16] = bytes(16)
    else:
        body[at : at + 4] = chance.choice(
            [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x80", b"\xef\xbb\xbf\x00"]
        )
    return bytes(body)


def run(number: int, seed: int, folder: Path, heavy: int) -> Counter[str]:
    """Read so many damaged files; count how they ended."""
    files = originals()
    for name, data in files.items():
        (folder / name).write_bytes(data)
        assert len(read([folder / name], "vote").returns) == 24, name
    chance = random.Random(seed)
    ended: Counter[str] = Counter()
    # Workbooks and Parquet start a program each time: fewer of them where time is short.
    weights = [heavy if Path(name).suffix in (".xlsx", ".parquet") else 6 for name in files]
    for i in range(number):
        name = chance.choices(list(files), weights)[0]
        data = damaged(files[name], chance)
        if chance.random() < 0.2:
            data = damaged(data, chance) if data else data
        path = folder / name
        path.write_bytes(data)
        try:
            found = read([path], "vote").returns
            ended["quarantine" if found.accounting.quarantine else "result"] += 1
        except InputError as refused:
            assert refused.met
            assert refused.where
            ended["refused"] += 1
        except BaseException as error:
            (folder / f"broken-{i}-{name}").write_bytes(data)
            raise AssertionError(
                f"number {i} of seed {seed}, {name}: {type(error).__name__}: {error}"
            ) from error
    return ended


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    ended = run(FAST, 20240303, tmp_path, heavy=1)
    assert min(ended["result"], ended["quarantine"], ended["refused"]) > FAST / 50


@pytest.mark.slow
def test_ten_thousand_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    ended = run(ALL, 7, tmp_path, heavy=6)
    assert sum(ended.values()) == ALL
