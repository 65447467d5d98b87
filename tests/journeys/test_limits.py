"""Whatever found nothing says how much it could have missed, in votes and in stations, or why that is not known."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import polars as pl
import pytest

from plebiscope import study
from plebiscope.dossier import dossier as paper
from plebiscope.dossier.dossier import Dossier

WITHOUT_LIMIT = re.compile(r"is not known, because|There is no smallest size that is noticed")
WITHOUT_STATIONS = re.compile(r"in whatever stations|concerns the vote as a whole|more than there are")


def judged(folder: Path, *paths: Path) -> Dossier:
    """Examine, with nothing kept from earlier runs, and read back what would be written."""
    examined = study.examine(paths, cache=folder / "nothing")
    return paper.from_json(paper.to_json(examined.dossier))


def check(dossier: Dossier) -> None:
    none = [finding for finding in dossier.findings if finding.grade == "none"]
    assert none
    for finding in none:
        limit = finding.limit
        if limit is None:
            assert WITHOUT_LIMIT.search(finding.sentence), finding.sentence
            continue
        if limit.votes is None and limit.stations is None:
            assert f"is not known, because it is counted in {limit.unit}" in finding.sentence, (
                finding.sentence
            )
            continue
        assert limit.votes is not None, finding.id
        assert limit.votes > 0, finding.id
        if limit.share is None:
            assert WITHOUT_STATIONS.search(finding.sentence), finding.sentence
        else:
            assert limit.share == pytest.approx((limit.stations or limit.dose) / finding.n)
        unseen = re.compile(r"unseen|lies within that range")
        assert unseen.search(finding.sentence), finding.sentence


def test_the_bundled_example(tmp_path):
    dossier = judged(tmp_path, study.example())
    assert dossier.power is not None
    assert dossier.power.how == "table"
    check(dossier)


def test_totals_alone(tmp_path):
    once = "[[totals]]\ncontest = 'vote'\nregistered = 1000\ncast = 700\nvotes = { Yes = 412, No = 271 }\n"
    shares = "shares = { Yes = '60.32', No = '39.68' }\nturnout = '70.00'\n"
    text = f"{once}source = 'board'\n{shares}{once}source = 'evening'\n"
    (tmp_path / "totals.toml").write_text(text, encoding="utf-8")
    check(judged(tmp_path, tmp_path / "totals.toml"))


def by_area(level: str, folder: Path) -> Path:
    table = pl.read_csv(study.example() / "stations.csv")
    kept = ["Region"] if level == "Region" else ["Region", level]
    path = folder / "areas.csv"
    table.group_by(kept, maintain_order=True).agg(pl.col(pl.Int64).sum()).write_csv(path)
    return path


@pytest.mark.parametrize("level", ["Region", "District"])
def test_a_table_by_area(tmp_path, level):
    dossier = judged(tmp_path, by_area(level, tmp_path))
    assert dossier.power is None
    check(dossier)


@pytest.mark.shared
def test_a_small_table_of_a_real_vote(tmp_path, shared):
    """The first 300 stations of Albania's parties, 2013: too few for the shipped curves."""
    with (shared / "data" / "albania-2013" / "Albania2013.csv").open(encoding="utf-8") as lines:
        (tmp_path / "stations.csv").write_text("".join(itertools.islice(lines, 301)), encoding="utf-8")
    dossier = judged(tmp_path, tmp_path / "stations.csv")
    assert dossier.release[0].level == "station"
    assert dossier.power is None
    check(dossier)


@pytest.mark.shared
def test_municipalities_of_a_real_vote(tmp_path, shared):
    check(
        judged(tmp_path, shared / "data" / "colombia-2016-plebiscite" / "plebicito_municipios_20161010.csv")
    )
