"""What methods gave on fair worlds is counted as the module says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from plebiscope import catalogue
from plebiscope.calibrate import fair
from plebiscope.model.finding import Assumption, Effect, Measurement, Scope

METHODS = {name: catalogue.load(name) for name in ("straddle", "digits", "protocol", "fingerprint")}


def answer(method: str = "straddle", p: float | None = 0.5, **filled) -> Measurement:
    given = {
        "quantity": "share",
        "contest": "fair",
        "id": f"{method}/{filled.get('quantity', 'share')}",
        **filled,
    }
    return Measurement(method=method, p=p, **given)


def tallied(worlds) -> dict[tuple[str, str, str, str], fair.Row]:
    tally = fair.Tally("here", "tight", "Yes", METHODS)
    for answers in worlds:
        tally.add(answers)
    return {(row.method, row.quantity, row.option, row.kind): row for row in tally.rows()}


def test_a_rejection_is_a_p_of_a_twentieth_or_less():
    rows = tallied([[answer(p=p)] for p in (0.05, 0.049, 0.051, 0.9)])
    row = rows["straddle", "share", "", "test"]
    assert (row.worlds, row.answers, row.rate) == (4, 4, 0.5)
    assert row.error == pytest.approx(0.25)


def test_named_asks_for_q_for_a_size_that_matters_and_for_assumptions_that_hold():
    large, little = (
        Effect(name="excess", value=50, unit="stations"),
        Effect(name="excess", value=1, unit="stations"),
    )
    failed = Assumption(name="whatever", state="fails", how="")
    worlds = [
        [answer(p=1e-6, n=100, effect=large)],
        [answer(p=1e-6, n=100, effect=little)],
        [answer(p=1e-6, n=100, effect=large, assumptions=(failed,))],
        [answer(p=0.04, n=100, effect=large), answer(p=0.5, quantity="turnout")],
    ]
    rows = tallied(worlds)
    assert rows["straddle", "share", "", "test"].rate == 1.0
    assert rows["straddle", "share", "", "test"].named == 0.25
    assert rows[fair.ALL, "anything named", "", "test"].named == 0.25


def test_how_often_a_question_rejected_fair_votes_is_looked_up(monkeypatch):
    def row(ground: str, rate: float | None, **changed) -> fair.Row:
        given = {
            "ground": ground, "version": "tight", "method": "straddle", "quantity": "share", "option": "",
            "kind": "test", "effect": "", "unit": "", "worlds": 100, "answers": 100, "error": 0.0, "named": None,
            "named_error": None, "level": 0.05, "truth": None, "verdict": "passed",
        }  # fmt: skip
        return fair.Row(**{**given, "rate": rate, **changed})

    rows = (
        row("here", 0.04, option="favoured"),
        row("here", 0.02, option="rival", worlds=90),
        row("there", 0.2, verdict="doubtful"),
        row("there", 0.5, kind="areas"),
        row("there", None, quantity="turnout"),
        row("there", 0.9, kind="interval"),
    )
    monkeypatch.setattr(fair, "shipped", lambda: rows)
    fair.rejected.cache_clear()
    found = fair.rejected("straddle", "share")
    assert (found.low, found.high, found.n, found.doubtful) == (0.02, 0.2, 200, ("there, tight",))
    assert fair.rejected("straddle", "share", "area").high == 0.5
    assert fair.rejected("straddle", "turnout") is fair.rejected("shape", "share") is None
    fair.rejected.cache_clear()


def test_what_is_shown_and_never_counted_is_never_named():
    rows = tallied([[answer("digits", p=1e-9)]])
    assert rows["digits", "share", "", "test"].rate == 1.0
    assert rows["digits", "share", "", "test"].named == 0.0


def test_areas_of_one_world_are_not_taken_for_independent():
    areas = [
        answer(p=0.01, id=f"straddle/share/{place}", scope=Scope(level="area", area=str(place)))
        for place in range(10)
    ]
    still = [one.model_copy(update={"p": 0.5}) for one in areas]
    row = tallied([areas, still])["straddle", "share", "", "areas"]
    assert (row.answers, row.rate) == (20, 0.5)
    assert row.error == pytest.approx(np.sqrt(0.5) / 2)


def test_of_areas_reported_for_their_small_p_only_the_named_ones_are_told():
    area = answer(p=1e-9, id="straddle/share/a", scope=Scope(level="area", area="a"), among=50)
    row = tallied([*[[answer(), area]] * 3, [answer()]])["straddle", "share", "", "areas"]
    assert row.rate is None
    assert (row.worlds, row.named) == (4, 0.75)
    assert row.verdict == "doubtful"


@pytest.mark.parametrize(
    ("name", "unit", "truth", "rate"),
    [
        ("excess", "stations", 0.0, 2 / 3),
        ("slope", "logit", 2.0, 1.0),
    ],
)
def test_an_interval_is_held_against_zero_or_against_the_mean_over_worlds(name, unit, truth, rate):
    ends = [(1.0, -1.0, 3.0), (2.0, -0.5, 4.0), (3.0, 0.5, 5.0)]
    worlds = [
        [answer(p=0.5, effect=Effect(name=name, value=v, low=low, high=high, unit=unit, level=0.95))]
        for v, low, high in ends
    ]
    row = tallied(worlds)["straddle", "share", "", "interval"]
    assert (row.truth, row.level) == (truth, 0.95)
    assert row.rate == pytest.approx(rate)
    assert (row.verdict == "shown") == (truth != 0.0)


def test_options_have_roles_and_no_names():
    effect = Effect(name="votes for “Yes” at 40 %", value=1.0, low=0.0, high=2.0, unit="votes", level=0.95)
    rows = tallied([[answer(option="Yes", effect=effect), answer(option="No", id="other")]])
    assert rows["straddle", "share", "favoured", "interval"].effect == "votes for “…” at … %"
    assert ("straddle", "share", "rival", "test") in rows


def test_arithmetic_that_finds_a_contradiction_in_a_fair_vote_is_doubtful():
    rows = tallied([[answer("protocol", p=None, contradiction=bad)] for bad in (False, True)])
    row = rows["protocol", "share", "", "arithmetic"]
    assert (row.rate, row.verdict) == (0.5, "doubtful")


def test_what_promises_nothing_is_shown():
    row = tallied([[answer("fingerprint", p=None)]])["fingerprint", "share", "", "description"]
    assert (row.rate, row.verdict) == (None, "shown")


@pytest.mark.parametrize(
    ("rate", "error", "said"),
    [
        (0.05, 0.007, "passed"),
        (0.036, 0.006, "passed"),
        (0.034, 0.006, "conservative"),
        (0.0, 0.0, "conservative"),
        (0.066, 0.007, "doubtful"),
        (0.075, 0.018, "passed"),  # of 200 worlds that is not yet too many
    ],
)
def test_a_share_of_rejections_is_judged(rate, error, said):
    assert fair.verdict(rate, 0.05, error, rejects=True) == said
    assert fair.verdict(1 - rate, 0.95, error, rejects=False) == said


def test_a_table_written_and_read_is_the_same_table():
    rows = list(tallied([[answer(p=0.25), answer("fingerprint", p=None)]]).values())
    again = fair.parse(fair.write(rows))
    assert [dataclasses.asdict(row) for row in again] == [dataclasses.asdict(row) for row in rows]
