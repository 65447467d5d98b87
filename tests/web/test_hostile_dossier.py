"""A dossier that somebody else has changed on disk is shown or refused in words, and never breaks the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest
from starlette.testclient import TestClient

from plebiscope import study

from .conftest import ORIGIN, TOKEN, open_workbench

TABLES = ("explore?t0=10&t1=80&by=Region&score=1", "stations.csv", "station/3")
PAGES = (
    "explore?t0=10&t1=80&s0=5&score=1", "explore?by=Region&named=a", "explore?area%3ARegion=R1", "explore/fingerprint.svg",
    "explore/fingerprint.png", "explore/share.png", "explore/map.svg", "stations.csv", "stations.parquet", "station/3",
    "figures/0.svg", "figures/0.png", "keep", "dossier",
)  # fmt: skip
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[TestClient, Path, str, pl.DataFrame]]:
    root = tmp_path_factory.mktemp("cases")
    (root / "V").mkdir()
    lines = ["Region,Polling station,Registered voters,Ballots in the box,Invalid,Valid,For,Against"]
    lines += [f"R{i % 4},No. {i},{500 + i},{300 + i},10,{290 + i},{150 + i},140" for i in range(80)]
    (root / "V" / "votes.csv").write_text("\n".join(lines), "utf-8")
    folder = root / "V" / "dossier"
    study.write(study.examine([root / "V" / "votes.csv"], favoured="For", methods=["fingerprint"]), folder)
    with open_workbench(root) as client:
        client.get("/", params={"token": TOKEN})
        client.headers.update(ORIGIN)
        yield (
            client,
            folder,
            (folder / "dossier.json").read_text("utf-8"),
            pl.read_parquet(folder / "stations.parquet"),
        )


def answers(client: TestClient, pages: Sequence[str] = PAGES) -> dict[str, int]:
    """Ask for every page; none may break."""
    found = {}
    for page in pages:
        answer = client.get(f"/cases/V/{page}")
        assert answer.status_code in (200, 404, 422), page
        assert answer.status_code != 422 or "What to do:" in answer.text
        found[page] = answer.status_code
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["case"].update(contests=[]),
        lambda told: told["case"]["contests"][0].update(id="another"),
        lambda told: told["returns"][0].update(contest="another"),
        lambda told: told["case"]["contests"][0].update(options=["station", "score", "a\x00\x1b"]),
        lambda told: told["case"]["contests"][0].update(options=[], name="a\x00\x01b", favoured="nobody"),
        lambda told: told["figures"][0].update(title="w " * 100_000, caption="x" * 200_000),
        lambda told: told["figures"][0].update(title="a\x00b\x01\x1b\ufffe"),
        lambda told: told["figures"][0]["vega_lite"].update(width=10**7),
        lambda told: told["figures"][0]["vega_lite"].update(data={"sequence": {"start": 0, "stop": 10**9}}),
    ],
)
def test_data_that_was_changed(made: tuple[TestClient, Path, str, pl.DataFrame], change: Change) -> None:
    client, folder, data, table = made
    told = json.loads(data)
    change(told)
    (folder / "dossier.json").write_text(json.dumps(told), "utf-8")
    table.write_parquet(folder / "stations.parquet")
    answers(client)


def lit(name: str, value: Any, kind: Any = None) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda table: table.with_columns(pl.lit(value, kind).alias(name))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (lambda table: table.drop("contest"), True),
        (lambda table: table.drop("score"), True),
        (lambda table: table.drop("reasons", "station", "line"), False),
        (lambda table: table.select(x=1), True),
        (lit("contest", 5), True),
        (lit("score", "a"), True),
        (lit("score", None, pl.Float64), False),
        (lit("reasons", 5), True),
        (lit("reasons", [1, 2]), True),
        (lit("registered", "x"), True),
        (lit("registered", 0), False),
        (lit("registered", None, pl.Int64), False),
        (lit("cast", 2**62), True),
        (
            lambda table: table.with_columns(pl.col("For").cast(pl.Int16), pl.col("valid").cast(pl.UInt16)),
            False,
        ),
        (lambda table: table.with_columns(pl.struct("Region").alias("Region")), True),
        (
            lambda table: table.with_columns(longitude=pl.lit(1e308) * (pl.col("cast") % 2), latitude=5.0),
            False,
        ),
        (lit("row of the table", "x"), False),
        (lambda table: table.rename({"Region": "stations"}), False),
        (lambda table: table.rename({"Region": "turnout %"}), False),
        (lit("Region", "a\x00\x01\x1b"), False),
        (lit("Region", "x" * 20_000), False),
    ],
)
def test_a_table_that_was_changed(
    made: tuple[TestClient, Path, str, pl.DataFrame],
    change: Callable[[pl.DataFrame], pl.DataFrame],
    refused: bool,
) -> None:
    client, folder, data, table = made
    (folder / "dossier.json").write_text(data, "utf-8")
    change(table).write_parquet(folder / "stations.parquet")
    asked = [*TABLES, "explore/map.svg"] if "longitude" in change(table).columns else TABLES
    assert set(answers(client, asked).values()) == ({422} if refused else {200})


@pytest.mark.parametrize("data", [b"", b"PAR1" + b"\0" * 100 + b"PAR1", b"no table"])
def test_a_table_that_is_none(made: tuple[TestClient, Path, str, pl.DataFrame], data: bytes) -> None:
    client, folder, dossier, _ = made
    (folder / "dossier.json").write_text(dossier, "utf-8")
    (folder / "stations.parquet").write_bytes(data)
    assert set(answers(client, TABLES).values()) == {422}


def test_an_area_may_be_called_like_a_sum(made: tuple[TestClient, Path, str, pl.DataFrame]) -> None:
    client, folder, data, table = made
    (folder / "dossier.json").write_text(data, "utf-8")
    table.rename({"Region": "chosen"}).write_parquet(folder / "stations.parquet")
    page = client.get("/cases/V/explore?area:chosen=R1").text
    assert "<strong>20 of 80 stations.</strong>" in page
    assert "20 / 20" in page


def test_a_picture_with_an_endless_name_is_as_wide_as_any(
    made: tuple[TestClient, Path, str, pl.DataFrame],
) -> None:
    client, folder, data, table = made
    told = json.loads(data)
    told["case"]["contests"][0]["name"] = "Vote" * 50_000
    (folder / "dossier.json").write_text(json.dumps(told), "utf-8")
    table.write_parquet(folder / "stations.parquet")
    svg = ElementTree.fromstring(client.get("/cases/V/explore/fingerprint.svg?named=" + "n" * 3000).text)
    assert float(svg.attrib["width"]) < 1200
    assert float(svg.attrib["height"]) < 1500
