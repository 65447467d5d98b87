"""What methods gave on fair worlds is counted as the module says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import binom

from plebiscope import catalogue
from plebiscope.calibrate import fair
from plebiscope.calibrate.fair import lookup
from plebiscope.model.finding import Assumption, Effect, Measurement, Scope

METHODS = {name: catalogue.load(name) for name in ("straddle", "digits", "protocol", "fingerprint")}

EXCESS = Effect(name="excess", value=0.0, low=-1.0, high=1.0, unit="stations", level=0.95)


def answer(method: str = "straddle", p: float | None = 0.5, **filled) -> Measurement:
    given = {
        "quantity": "share",
        "contest": "fair",
        "id": f"{method}/{filled.get('quantity', 'share')}",
        **filled,
    }
    return Measurement(method=method, p=p, **given)


def smallest(answers) -> set[str]:
    """Name what a dossier might: answers with a tiny p whose assumptions hold, of methods that count."""
    return {
        one.id
        for one in answers
        if one.p is not None
        and one.p < 1e-3
        and METHODS[one.method].tier != "D"
        and all(assumption.state != "fails" for assumption in one.assumptions)
    }


def tallied(worlds, seen_by_all=None, methods=METHODS) -> dict[tuple[str, str, str, str], fair.Row]:
    tally = fair.Tally("here", "tight", "Yes", methods, smallest)
    for number, answers in enumerate(worlds):
        tally.add(answers, whole=seen_by_all is None or number < seen_by_all)
    return {(row.method, row.quantity, row.option, row.kind): row for row in tally.rows()}


def test_a_rejection_is_a_p_of_a_twentieth_or_less():
    rows = tallied([[answer(p=p)] for p in (0.05, 0.049, 0.051, 0.9)])
    row = rows["straddle", "share", "", "test"]
    assert (row.worlds, row.answers, row.rate) == (4, 4, 0.5)
    assert row.error == pytest.approx(0.25)


def test_what_the_dossier_would_name_is_counted_and_nothing_else():
    failed = Assumption(name="whatever", state="fails", how="")
    worlds = [[answer(p=1e-6)], [answer(p=1e-6, assumptions=(failed,))], [answer(p=0.04)], [answer(p=0.5)]]
    rows = tallied(worlds)
    assert rows["straddle", "share", "", "test"].rate == 0.75
    assert rows["straddle", "share", "", "test"].named == 0.25
    battery = rows[fair.ALL, "anything named", "", "test"]
    assert (battery.named, battery.worlds) == (0.25, 4)
    assert set(battery.effect.split()) == set(METHODS)


def test_anything_named_rests_on_the_worlds_that_every_method_saw():
    worlds = [[answer(p=0.5)], [answer(p=1e-6)], [answer(p=1e-6)], [answer(p=1e-6)]]
    row = tallied(worlds, seen_by_all=2)[fair.ALL, "anything named", "", "test"]
    assert (row.worlds, row.named) == (2, 0.5)
    assert fair.ALL not in {key[0] for key in tallied(worlds, seen_by_all=0)}


def test_a_question_asked_with_the_other_design_is_in_no_dossier():
    methods = {**METHODS, "late-count": catalogue.load("late-count")}
    other = answer("late-count", p=1e-6, quantity="contrast, order by chance")
    rows = tallied([[answer("late-count", p=0.5, quantity="contrast"), other]], methods=methods)
    row = rows["late-count", "contrast, order by chance", "", "test"]
    assert (row.rate, row.named) == (1.0, None)
    assert rows[fair.ALL, "anything named", "", "test"].named == 0.0


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
        row("there", 0.04, option="rival", verdict="too few to tell"),
        row("elsewhere", 0.04, worlds=20, verdict="too few to tell"),
        row("there", 0.5, kind="areas"),
        row("there", None, quantity="turnout"),
        row("there", 0.9, kind="interval"),
        row("here", 0.05, method="contrast"),
        row("here", 1.0, method="contrast", quantity="share, not by lot"),
    )
    monkeypatch.setattr(lookup, "shipped", lambda: rows)
    fair.rejected.cache_clear()
    found = fair.rejected("straddle", "share")
    assert (found.low, found.high, found.n) == (0.02, 0.2, 220)
    assert (found.doubtful, found.few) == (("there, tight",), ("elsewhere, tight",))
    assert fair.rejected("straddle", "share", "area").high == 0.5
    assert fair.rejected("contrast", "share").high == 0.05
    assert fair.rejected("contrast", "share", by_lot=False).low == 1.0
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
    ("missed", "of", "said"),
    [
        (50, 1000, "passed"),
        (65, 1000, "passed"),
        (66, 1000, "doubtful"),
        (35, 1000, "passed"),
        (34, 1000, "conservative"),
        (0, 300, "conservative"),
        (8, 300, "passed"),  # as few as that are had by chance
        (6, 200, "passed"),
        (15, 200, "passed"),  # of 200 worlds that is not yet too many
        (0, 25, "too few to tell"),  # by chance in 28 of 100 such counts
        (1, 25, "too few to tell"),
        (7, 25, "doubtful"),
        (0, 0, "too few to tell"),
    ],
)
def test_a_count_of_rejections_is_judged(missed, of, said):
    assert fair.verdict(missed, of) == said


def test_with_a_thousand_votes_the_band_alone_decides():
    for missed in range(1001):
        said = "passed" if 35 <= missed <= 65 else "doubtful" if missed > 65 else "conservative"
        assert fair.verdict(missed, 1000) == said


def test_enough_votes_tell_five_of_a_hundred_from_fifteen_in_eighty_of_a_hundred():
    def chance(of: int) -> float:
        doubtful = [missed for missed in range(of + 1) if fair.verdict(missed, of) == "doubtful"]
        return float(binom.pmf(doubtful, of, 0.15).sum())

    assert chance(fair.enough() - 1) < 0.8
    assert min(chance(of) for of in range(fair.enough(), 200)) >= 0.8


def test_a_line_is_judged_by_its_own_figures():
    rows = tallied([[answer(p=0.5, effect=EXCESS)] for _ in range(200)])
    test, interval = rows["straddle", "share", "", "test"], rows["straddle", "share", "", "interval"]
    for row in (test, interval):
        assert row.verdict == "conservative"
        assert fair.judged(dataclasses.replace(row, verdict="doubtful")) == row
        few = dataclasses.replace(row, worlds=20, answers=20)
        assert fair.judged(few).verdict == "too few to tell"
    assert fair.judged(dataclasses.replace(interval, rate=0.8)).verdict == "doubtful"
    assert fair.judged(dataclasses.replace(interval, level=None)).verdict == "shown"
    # Five options of each world count for no more worlds than there are.
    many = dataclasses.replace(interval, worlds=20, answers=100)
    assert fair.judged(many).verdict == "too few to tell"
    # Of a test the error tells for how many they count: here for all of them.
    alike = dataclasses.replace(test, rate=0.02, error=float(np.sqrt(0.02 * 0.98 / 500)), answers=500)
    assert fair.judged(alike).verdict == "conservative"
    assert fair.judged(dataclasses.replace(alike, error=0.02)).verdict == "too few to tell"


def test_a_table_written_and_read_is_the_same_table():
    rows = list(tallied([[answer(p=0.25), answer("fingerprint", p=None)]]).values())
    again = fair.parse(fair.write(rows))
    assert [dataclasses.asdict(row) for row in again] == [dataclasses.asdict(row) for row in rows]


def test_what_an_interval_held_is_told_from_the_lines_of_its_own_estimate() -> None:
    """Of the same answer, name, unit and level, options and kinds of vote taken together."""
    rows = [
        row
        for row in fair.shipped()
        if (row.method, row.quantity, row.effect, row.unit)
        == ("integer-percentages", "turnout", "excess of votes for “…” there", "votes")
        and row.rate is not None
    ]
    assert rows
    effect = Effect(
        name="excess of votes for “Anybody” there", value=3, unit="votes", low=-4, high=9, level=0.95
    )
    found = fair.covered("integer-percentages", "turnout", effect)
    assert found is not None
    assert (found.low, found.high) == (min(row.rate for row in rows), max(row.rate for row in rows))
    assert (found.truth, found.effect) == ("nought", effect.name)
    assert found.doubtful == found.few == ()
    votes = {(row.ground, row.version): row.worlds for row in rows}
    assert found.n == sum(votes.values())
    assert fair.covered("integer-percentages", "turnout", effect.model_copy(update={"level": 0.5})) is None
    assert fair.covered("integer-percentages", "elsewhere", effect) is None
