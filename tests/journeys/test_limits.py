"""Whatever found nothing says how much it could have missed, in votes and in stations, or why that is not known."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import polars as pl
import pytest

from plebiscope import study
from plebiscope.dossier.dossier import Dossier
from plebiscope.dossier.stored import from_json, to_json

WITHOUT_LIMIT = re.compile(
    r"is not known, because|Even the largest departure|There is no smallest size that is noticed"
)
WITHOUT_STATIONS = re.compile(r"in whatever stations|concerns the vote as a whole|percentage points or")
EXAMPLES = Path(__file__).parents[2] / "examples"


def judged(folder: Path, *paths: Path) -> Dossier:
    """Examine, with nothing kept from earlier runs, and read back what would be written."""
    examined = study.examine(paths, cache=folder / "nothing")
    return from_json(to_json(examined.dossier))


def check(dossier: Dossier) -> None:
    none = [finding for finding in dossier.findings if finding.grade == "none"]
    assert none
    stations = {one.contest: one.stations for one in dossier.returns}
    for finding in dossier.findings:
        limit = finding.limit
        if limit is None:
            continue
        # What is worked out is given for the chance that is promised.
        assert limit.how != "analytic" or limit.power >= 0.8, finding.id
        if limit.share is not None and finding.scope.level == "contest":
            # Of all stations, however few the answer itself rests on.
            rows = limit.stations or limit.dose
            assert limit.share == pytest.approx(rows / stations[finding.contest]), finding.id
    for finding in none:
        limit = finding.limit
        if limit is None:
            assert WITHOUT_LIMIT.search(finding.sentence), finding.sentence
            continue
        if limit.votes is None and limit.stations is None:
            because = f"counted in {limit.unit}." if limit.unit else "a number without a unit."
            assert "is not known, because it is " in finding.sentence
            assert finding.sentence.endswith(because), finding.sentence
            continue
        assert limit.votes is not None, finding.id
        assert limit.votes > 0, finding.id
        if limit.share is None:
            assert WITHOUT_STATIONS.search(finding.sentence), finding.sentence
        unseen = re.compile(r"unseen|lies within that range")
        assert unseen.search(finding.sentence), finding.sentence


def test_designs_and_copies(tmp_path):
    """Votes are those of stations of the table; points are turned into votes; what matters is the least."""
    dossier = judged(tmp_path, EXAMPLES / "designs" / "case.toml")
    check(dossier)
    limits = {f"{one.method}/{one.quantity}": one.limit for one in dossier.findings if one.limit is not None}
    copies, returns = limits["copies/direction of differences"], dossier.returns[0]
    assert copies.votes == pytest.approx(copies.stations * returns.sums["cast"] / returns.stations)
    unseen = [one for one in dossier.against[0].weights if one.kind == "unseen"]
    assert {one.title for one in unseen} >= {"Copies against the official count", "Designed comparison"}
    assert all(one.compared[0] == "smaller" for one in unseen if one.title.startswith("Copies"))
    assert all(limits[f"contrast/{one}"].votes > 0 for one in ("turnout", "share", "invalid"))
    invalid = next(one for one in dossier.findings if one.quantity == "invalid")
    assert invalid.limit.dose >= invalid.limit.floor == 0.5 > abs(invalid.effect.value)
    assert f" of about {invalid.limit.dose:.2f} percentage points or " in invalid.sentence
    assert "an estimate below 0.5 percentage points is held too small" in invalid.sentence


def test_where_everybody_is_said_to_have_come(tmp_path):
    """What could not be noticed in any number of stations has no limit, and undoes nothing."""
    table = pl.read_csv(study.example() / "stations.csv").head(800)
    came = [name for name in table.columns if name.lower().startswith(("registered", "voters"))]
    cast = next(name for name in table.columns if "cast" in name.lower() or "ballots" in name.lower())
    table.with_columns(pl.col(cast).alias(came[0])).write_csv(tmp_path / "stations.csv")
    dossier = judged(tmp_path, tmp_path / "stations.csv")
    check(dossier)
    turnout = next(
        one for one in dossier.findings if one.method == "near-unanimity" and one.quantity == "turnout"
    )
    assert turnout.limit is None
    assert "Even the largest departure" in turnout.sentence
    stations = dossier.returns[0].stations
    assert all((one.limit.stations or 0) <= stations for one in dossier.findings if one.limit is not None)
    assert all(one.high <= dossier.returns[0].sums["cast"] for one in dossier.against[0].weights)


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
