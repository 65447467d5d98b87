"""Table 2.3 of the methods specification: Russia 2004-2021, B/N and L/B, all stations with B <= N.

The 2021 figures of the table include the 33 electronic rows (clarification C1); without them, as the product
has it by default, C1 gives 14.09 million and 52.4 per cent.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rdata

from plebiscope import study
from plebiscope.calibrate import reference
from plebiscope.dossier.words.grading import judge
from plebiscope.dossier.words.weighing import Weighing
from plebiscope.kernels.density import percent_bins
from plebiscope.kernels.turnout_core import Curves, estimate
from plebiscope.methods.anomalous_votes import METHOD, Params, measure
from plebiscope.methods.anomalous_votes.cores import automatic_core
from plebiscope.model.case import Contest
from plebiscope.model.finding import Measurement
from plebiscope.model.method import Subject
from plebiscope.model.returns import Returns

Russia = Callable[[int], Returns]

pytestmark = pytest.mark.shared

TABLE = {
    # year: mode, share in the core, A in millions, per cent of the leader's votes, MCD50 centre
    2004: (55, 0.675, 8.47, 17.1, (56.7, 67.8)),
    2007: (55, 0.564, 12.78, 28.6, (55.9, 55.8)),
    2008: (60, 0.636, 14.04, 26.7, (60.4, 63.2)),
    2011: (51, 0.345, 14.95, 46.2, (51.0, 31.7)),
    2012: (60, 0.568, 11.21, 24.6, (59.9, 55.4)),
    2016: (36, 0.399, 12.67, 44.4, (36.2, 37.9)),
    2018: (61, 0.729, 10.53, 18.7, (61.5, 73.5)),
    2020: (80, 0.813, 7.75, 13.6, (81.8, 84.3)),
    2021: (37, 0.326, 14.62, 52.1, (37.9, 30.6)),
}


def ask(returns: Returns, **params: object) -> Measurement:
    subject = Subject(Contest(id=returns.contest, name=returns.contest), returns, ())
    return measure(subject, Params(replicates=20, **params), np.random.default_rng(1)).measurements[0]


def named(measurement: Measurement, name: str, unit: str) -> float:
    (found,) = [e.value for e in measurement.effects if e.name == name and e.unit == unit]
    return found


def ends(measurement: Measurement, name: str) -> tuple[float, float]:
    (found,) = [(e.low, e.high) for e in measurement.effects if e.name == name and e.unit == "votes"]
    return found


def curves(returns: Returns, *, marked: bool) -> tuple[np.ndarray, np.ndarray]:
    picked = returns.select("registered", "cast", returns.leader, marked=marked)
    picked = picked.keep((picked["cast"] > 0) & (picked["cast"] <= picked["registered"]), "")
    bins = 100 * picked["cast"] // picked["registered"]
    leader = np.bincount(bins, picked[returns.leader], 101)
    return leader, np.bincount(bins, picked["cast"], 101) - leader


@pytest.mark.parametrize("year", TABLE)
def test_methods_2_3_automatic_core_and_mcd50(russia: Russia, year: int) -> None:
    mode, share, votes, percent, centre = TABLE[year]
    answer = ask(russia(year), marked=True)
    states = {a.name: a.how for a in answer.assumptions}
    core = states["the automatic core lies on the undisturbed bulk"]
    assert f"highest bin of the other ballots {mode}\N{NO-BREAK SPACE}%" in core
    assert round(named(answer, "anomalous votes, automatic core", "votes") / 1e6, 2) == votes
    unit = "per cent of the leader's votes"
    assert round(named(answer, "anomalous votes, automatic core", unit), 1) == percent
    for axis, value in zip(("turnout", "share"), centre, strict=True):
        # Clarification C5 grants .1: the starts, and with them the local optima, are free.
        centre_here = named(answer, f"centre of the densest half: {axis}", "per cent")
        assert centre_here == pytest.approx(value, abs=0.1)
    leader, others = curves(russia(year), marked=True)
    ratio, _ = estimate(leader, others, mode - 2, mode + 3, mode + 1)
    assert round(ratio / (1 + ratio), 3) == share


def test_methods_C1_2021_without_electronic_rows(russia: Russia) -> None:
    answer = ask(russia(2021))
    assert round(named(answer, "anomalous votes, automatic core", "votes") / 1e6, 2) == 14.09
    assert (
        round(named(answer, "anomalous votes, automatic core", "per cent of the leader's votes"), 1) == 52.4
    )
    assert answer.params["dropped"]["marked electronic"] == 33


@pytest.mark.parametrize(
    ("year", "low", "high", "share", "votes"),
    [
        (2020, 42, 44, 0.650, 27.6),
        (2020, 40, 44, 0.645, 28.1),
        (2020, 44, 48, 0.653, 27.3),
        (2021, 36, 40, 0.328, 14.5),
        (2018, 60, 64, 0.730, 10.4),
        (2011, 48, 52, 0.339, 15.3),
    ],
)
def test_methods_2_3_manual_cores(
    russia: Russia, year: int, low: int, high: int, share: float, votes: float
) -> None:
    leader, others = curves(russia(year), marked=True)
    ratio, anomalous = estimate(leader, others, low, high)
    assert round(ratio / (1 + ratio), 3) == share
    assert round(anomalous / 1e6, 1) == votes


def test_methods_2_3_breakdown_in_2020_is_detected_and_said(russia: Russia) -> None:
    """The automatic rule gives 7.75 million; the admissible cores hold the 27.6 million of [42, 44)."""
    answer = ask(russia(2020))
    low, high = ends(answer, "anomalous votes")
    assert low < 27.6e6 < high
    assert re.search(r"42 to 44.% gives 27,6\d\d,\d\d\d", answer.statement)
    assert high - low < 2e6
    assert "7,752,639 votes. That rule breaks down if" in answer.statement
    states = {a.name: a.state for a in answer.assumptions}
    assert states["the stations have one bulk"] == "doubtful"
    assert states["the automatic core lies on the undisturbed bulk"] == "doubtful"


@pytest.mark.parametrize("year", [2004, 2007, 2008, 2011, 2012, 2016, 2018, 2021])
def test_methods_2_3_other_years_do_not_break_down(russia: Russia, year: int) -> None:
    answer = ask(russia(year))
    assert "breaks down" not in answer.statement
    low, high = ends(answer, "anomalous votes")
    assert low <= named(answer, "anomalous votes, automatic core", "votes") <= high


@pytest.mark.parametrize("year", [2004, 2011, 2020])
def test_methods_2_5_the_headline_is_an_interval_over_cores_and_clean_slopes(
    russia: Russia, year: int
) -> None:
    """It holds the range over cores alone, and reaches zero where the explain-away slope is a clean one."""
    answer = ask(russia(year))
    assert answer.effect is not None
    assert answer.effect.name == "anomalous votes, any core and slope"
    low, high = ends(answer, "anomalous votes")
    assert answer.effect.low < low <= high < answer.effect.high
    (slope,) = [e for e in answer.effects if e.name == "explain-away slope"]
    assert (answer.effect.low > 0) == (slope.low > 0.34)


@pytest.mark.parametrize(("year", "state"), [(2018, "holds"), (2020, "fails")])
def test_methods_2_5_the_check_by_invalid_ballots_is_told(russia: Russia, year: int, state: str) -> None:
    """Where the invalid ballots agree, ballots added explain both; in 2020 they tell of a third as many."""
    answer = ask(russia(year))
    states = {a.name: a.state for a in answer.assumptions}
    assert states["the invalid ballots tell of as many added ballots"] == state
    assert f"which {'agrees' if state == 'holds' else 'does not agree'} with the votes" in answer.statement


def automatic(registered: np.ndarray, cast: np.ndarray, votes: np.ndarray) -> tuple[int, float, float, float]:
    """Return mode of the other ballots, share in the core, votes in millions and in per cent of the option's."""
    used = (cast > 0) & (cast <= registered)
    registered, cast, votes = registered[used], cast[used], votes[used]
    bins = percent_bins(cast, registered)
    sums = [
        np.bincount(bins, counts, 101) for counts in (votes, cast - votes, registered, np.ones(len(cast)))
    ]
    core = automatic_core(Curves(*sums), Params())
    share = core.ratio / (1 + core.ratio)
    return (core.low + core.high - 1) // 2, share, core.votes / 1e6, 100 * core.votes / votes.sum()


@pytest.mark.parametrize("vote", ["Canada2011", "Mexico2012", "Mexico2006"])
def test_methods_2_4_noise_floor_of_votes_held_to_be_clean_or_contested(shared: Path, vote: str) -> None:
    """Computed from the booths; Canada's results are of one party, Mexico's of three."""
    values = json.loads((shared / "methods_check_values.json").read_text("utf-8"))
    printed = values["shpilkin_1d_auto"]["clean_noise_floor"]
    year = vote[-4:]
    file = "canada-2011/output.rda" if vote == "Canada2011" else f"mexico-{year}/nal_{year}.rda"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (held,) = rdata.read_rda(shared / "data" / file).values()
    table, columns = (
        (held["data"], {"registered": "N", "cast": "t", "CPC": "v"})
        if vote == "Canada2011"
        else (held, {"registered": "ln", "cast": "total", "PRI": "pri_pvem", "PAN": "pan"})
    )
    if year in {"2006", "2012"}:
        columns["PRD"] = "prd_pt_mc" if year == "2012" else "prd_pt_conv"
    counts = {name: table[column].fillna(0).to_numpy().astype(np.int64) for name, column in columns.items()}
    registered, cast = counts.pop("registered"), counts.pop("cast")
    assert {f"{vote}_{party}" for party in counts} == {name for name in printed if name.startswith(vote)}
    listed = registered >= 50  # with this filter, which is not printed, every digit comes out
    for party, votes in counts.items():
        found = automatic(registered[listed], cast[listed], votes[listed])
        rounded = [round(value, digits) for value, digits in zip(found, (0, 3, 2, 1), strict=True)]
        assert rounded == printed[f"{vote}_{party}"]


def test_methods_2_4_bolivia_is_printed_with_the_valid_ballots_for_turnout(shared: Path) -> None:
    """8.9 per cent is what the valid ballots give; the ballots in the box, which the product counts, give 12.7."""
    returns = study.read(shared / "data" / "bolivia-2019" / "final_computo.zip", contest="bolivia").returns
    picked = returns.select("registered", "cast", "valid", returns.leader, marked=True)
    registered, cast, valid = (picked[name] for name in ("registered", "cast", "valid"))
    votes = picked[returns.leader]
    assert round(automatic(registered, valid, votes)[3], 1) == 8.9
    assert round(automatic(registered, cast, votes)[3], 1) == 12.7


def test_no_number_is_told_in_2020_that_could_not_be(russia: Russia) -> None:
    """The share of the losing option falls so steeply that slopes would have 98.5 million votes lacking."""
    returns = russia(2020)
    subject = Subject(Contest(id="v", name="V", favoured="ДА"), returns, ())
    yes, no = measure(subject, Params(replicates=20), np.random.default_rng(1)).measurements
    picked = returns.select("registered", "cast", marked=False)
    picked = picked.keep((picked["cast"] > 0) & (picked["cast"] <= picked["registered"]), "")
    away = int((picked["registered"] - picked["cast"]).sum())
    assert no.effect is not None
    assert no.effect.low == -away
    assert f"cut off at the {away:,} registered voters who cast no ballot" in no.statement
    for answer in (yes, no):
        for one in answer.effects:
            if one.name == "turnout without them":
                assert max(one.value or 0.0, one.high or 0.0) <= 100.0
    # Ballots were not added for the option that fell short of them.
    named_ = "anomalous votes, by the invalid ballots"
    assert [named_ in {one.name for one in answer.effects} for answer in (yes, no)] == [True, False]
    # 48 to 50 per cent by one way and at most 35 and 30 by the others are not the same.
    states = {one.name: one.state for one in yes.assumptions}
    assert states["turnout and the participation of the others give the same"] == "fails"
    assert states["the invalid ballots tell of as many added ballots"] == "fails"
    assert states["one ratio for all areas and one for each give the same"] == "holds"


def test_what_lies_outside_all_reference_votes_is_not_called_nothing_in_2020(russia: Russia) -> None:
    """49 per cent where reference votes reach 23: not graded, because the ways of asking do not agree."""
    found = ask(russia(2020))
    contest = Contest(id=found.contest, name="V")
    besides = tuple(vote.id for vote in reference.votes() if vote.id.startswith("russia"))
    judgement = judge(Weighing(found, METHOD, contest, besides=besides))
    assert judgement.grade == "display"
    assert judgement.beside is not None
    assert judgement.beside.where == "outside"
    assert "outside that range" in judgement.words
