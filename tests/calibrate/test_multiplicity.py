"""Corrections for the number of questions: known answers, properties, and the promise by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_ndtr

from plebiscope.calibrate.multiplicity import LEVEL, benjamini_hochberg, correct, holm, probability, simes
from plebiscope.kernels.multiplicity import needed
from plebiscope.model.finding import Measurement, Scope

LN10 = math.log(10.0)
logs = st.lists(st.floats(-5000, 0), min_size=1, max_size=40)


def measured(name: str, log10_p: float | None, *, area: str | None = None, **given: object) -> Measurement:
    scope = Scope(level="area", area=area) if area else Scope()
    parts = {"method": "m", "contest": "c", "quantity": "share", "scope": scope, "log10_p": log10_p, **given}
    return Measurement(id=name, **parts)


def test_weights_divide_the_level_and_equal_ones_change_nothing() -> None:
    values = np.log10([0.01, 0.04, 0.03])
    assert holm(values, [2.0, 2.0, 2.0]) == pytest.approx(holm(values))
    # By hand: p/w is .0125, .4, .3 with weights .8, .1, .1; then .01 x 1/.8, .03 x .2/.1, .04 x .1/.1 raised.
    assert 10 ** holm(values, [0.8, 0.1, 0.1]) == pytest.approx([0.0125, 0.06, 0.06])


def test_weighted_rule_names_something_in_five_fair_dossiers_of_a_hundred_at_most() -> None:
    rng = np.random.default_rng(5)
    weights = [0.2] * 4 + [0.02] * 10
    named = [
        bool((holm(np.log10(rng.uniform(size=14)), weights) <= math.log10(0.05)).any()) for _ in range(4000)
    ]
    # Four standard errors above the level.
    assert np.mean(named) <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 4000)
    assert np.mean(named) >= 0.03


def test_benjamini_hochberg_1995_their_worked_example_rejects_four_of_fifteen() -> None:
    # Benjamini and Hochberg (1995), section 4, doi:10.1111/j.2517-6161.1995.tb02031.x: at 5 % their rule
    # rejects the four smallest of these fifteen, Bonferroni's (and Holm's) three.
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    assert int((benjamini_hochberg(np.log10(p)) <= math.log10(0.05)).sum()) == 4
    assert int((holm(np.log10(p)) <= math.log10(0.05)).sum()) == 3


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (holm, [0.03, 0.06, 0.06, 0.02]),  # .005 x 4; .01 x 3; .03 x 2; .04 raised to the one before
        (benjamini_hochberg, [0.02, 0.04, 0.04, 0.02]),  # .005 x 4/1; .01 x 4/2; .03 x 4/3; .04 x 4/4
    ],
)
def test_adjusted_values_worked_by_hand(rule, expected) -> None:
    np.testing.assert_allclose(10 ** rule(np.log10([0.01, 0.03, 0.04, 0.005])), expected)


@given(logs)
def test_properties(values: list[float]) -> None:
    strict, loose = holm(values), benjamini_hochberg(values)
    assert (loose >= np.asarray(values) - 1e-9).all()
    assert (strict >= loose - 1e-9).all()
    assert (strict <= 0).all()
    order = np.argsort(values, kind="stable")
    assert (np.diff(strict[order]) >= 0).all()
    assert (np.diff(loose[order]) >= 0).all()
    assert simes(values) == pytest.approx(loose.min())


@given(st.lists(st.tuples(st.floats(-8, 0), st.sampled_from([0.05, 0.2, 1.0])), min_size=1, max_size=12))
def test_the_level_needed_parts_what_is_rejected_from_what_is_not(asked: list[tuple[float, float]]) -> None:
    values, weights = (np.array(parts) for parts in zip(*asked, strict=True))
    for place, most in enumerate(needed(values, weights, level=LEVEL)):
        for times, rejected in ((0.999, True), (1.001, False)):
            there = values.copy()
            there[place] = min(0.0, math.log10(most * times))
            assert (holm(there, weights)[place] < math.log10(LEVEL)) == rejected


def test_the_level_of_each_question_is_where_its_q_passes_the_level() -> None:
    areas = [measured(f"b{i}", -0.3, area=f"B{i}", quantity="turnout") for i in range(79)]
    others = [measured("x", -9.0, quantity="x"), measured("y", -1.0, method="model"), *areas]
    for kind in (
        {"quantity": "z"},
        {"method": "model", "quantity": "z"},
        {"quantity": "turnout", "area": "A"},
    ):
        asked = correct([measured("z", -0.2, **kind), *others], models=["model"]).level["z"]
        below, above = (
            correct([measured("z", math.log10(asked * times), **kind), *others], models=["model"]).q("z")
            for times in (0.999, 1.001)
        )
        assert below < LEVEL < above
    # Behind a contest-level answer that is named, areas are corrected for their own number alone.
    opened = correct([measured("top", -9.0, quantity="turnout"), *areas])
    assert opened.level["b0"] == pytest.approx(LEVEL / 79)


def test_nothing_underflows() -> None:
    correction = correct([measured("a", -4000.0), measured("b", -2.0, quantity="turnout")])
    assert correction.log10_q["a"] == pytest.approx(-4000 + math.log10(2))
    assert correction.q("a") == probability(-4000) > 0


def test_p_is_used_where_its_logarithm_is_not_given() -> None:
    assert correct([measured("a", None, p=0.003)]).q("a") == pytest.approx(0.003)
    assert correct([measured("a", None)]).q("a") is None


def test_contest_level_answers_are_one_family_over_methods_and_contests() -> None:
    correction = correct(
        [
            measured("a", -3.0),
            measured("b", -2.0, method="n"),
            measured("c", -1.0, contest="d"),
            measured("shown", -9.0, method="display"),
            measured("lacking", None, status="not testable"),
        ],
        uncounted=["display"],
    )
    assert [family.size for family in correction.families] == [3]
    assert correction.questions == 3
    assert correction.q("a") == pytest.approx(0.003)
    assert correction.q("shown") is None


def test_areas_stay_closed_without_reason_to_look() -> None:
    areas = [measured("a0", math.log10(0.02), area="A0")]
    areas += [measured(f"b{i}", math.log10(0.5), area=f"B{i}") for i in range(30)]
    shut = correct([measured("top", math.log10(0.4)), *areas])
    assert not shut.families[1].opened
    # BH gives .5 (31 x .02 is more than its neighbours' 31 x .5 / 31), the gate .4 x 2.
    assert shut.q("a0") == pytest.approx(0.8)
    opened = correct([measured("top", -8.0), *areas])
    assert opened.families[1].opened


def test_one_area_can_open_its_family_against_a_quiet_contest() -> None:
    areas = [measured("a", -12.0, area="A"), *(measured(f"b{i}", -0.3, area=f"B{i}") for i in range(80))]
    correction = correct([measured("top", math.log10(0.3)), *areas])
    assert correction.families[1].opened
    assert correction.q("a") < 1e-9
    assert correction.q("b0") > 0.5


def test_the_gate_bounds_what_an_area_can_reach() -> None:
    # Two tests on the first storey: the contest's .04 and the Simes test of three areas with .03 each, .03.
    # Holm: the smaller doubled is .06, and the larger is no smaller. BH gives .03, so the gate decides.
    areas = [measured(f"a{i}", math.log10(0.03), area=f"A{i}") for i in range(3)]
    correction = correct([measured("top", math.log10(0.04)), *areas])
    assert correction.q("a0") == pytest.approx(0.06)
    assert correction.q("top") == pytest.approx(0.06)
    # A strong answer for the contest opens wide: then the areas' own correction decides.
    assert correct([measured("top", -8.0), *areas]).q("a0") == pytest.approx(0.03)


def test_the_parents_of_areas_are_corrected_together_with_the_contests() -> None:
    areas = [measured(f"a{i}", -4.0, area=f"A{i}") for i in range(2)]
    other = [measured(f"z{i}", -0.1, area=f"A{i}", quantity="turnout") for i in range(3)]
    correction = correct([measured("top", -0.3), *areas, *other])
    # Three tests on the first storey: one contest, two families. Of the first family Simes gives 1e-4.
    assert [family.size for family in correction.families] == [3, 2, 3]
    assert correction.q("a0") == pytest.approx(3e-4)
    assert correction.questions == 6


def simulated(rng: np.random.Generator, shift: float, shared: float) -> dict[str, list[float]]:
    """Draw z of 3 contest-level questions and 2 x 20 areas, and return q.

    Areas make up the contest: the z of a contest-level question correlates with those of its areas. The
    first two areas of the first question depart by so many standard deviations.
    """
    areas = rng.standard_normal((3, 20))
    areas[0, :2] += shift
    tops = np.sqrt(shared) * areas.sum(axis=1) / np.sqrt(20)
    tops += np.sqrt(1.0 - shared) * rng.standard_normal(3)
    answers = [measured(f"t{i}", float(log_ndtr(-z)) / LN10, quantity=f"q{i}") for i, z in enumerate(tops)]
    answers += [
        measured(f"a{i}-{j}", float(log_ndtr(-areas[i, j])) / LN10, area=f"A{j}", quantity=f"q{i}")
        for i in range(2)
        for j in range(20)
    ]
    log10_q = correct(answers).log10_q
    return {
        "contest": [log10_q[f"t{i}"] for i in range(3)],
        "departing": [log10_q[f"a0-{j}"] for j in range(2)],
        "fair": [log10_q[f"a{i}-{j}"] for i in range(2) for j in range(20) if i or j > 1],
    }


@pytest.mark.parametrize("shared", [0.0, 0.5, 1.0])
def test_in_a_fair_vote_anything_at_all_is_named_in_one_of_twenty(shared: float) -> None:
    """Contest and areas together, however closely they depend on each other; standard error below .005."""
    rng, votes = np.random.default_rng(20200701), 2500
    named = sum(
        any(min(q) < math.log10(0.05) for q in simulated(rng, 0.0, shared).values()) for _ in range(votes)
    )
    error = math.sqrt(0.05 * 0.95 / votes)
    assert named / votes < 0.05 + 3 * error
    assert named / votes > 0.05 - 5 * error  # and the correction is not needlessly timid


def test_of_areas_that_are_named_few_are_fair() -> None:
    """The expected part of areas wrongly named, where two of forty depart; and those are found."""
    rng, votes = np.random.default_rng(7), 600
    wrong, found = [], 0
    for _ in range(votes):
        q = simulated(rng, 5.0, 0.5)
        right, false = (sum(v < math.log10(0.05) for v in q[key]) for key in ("departing", "fair"))
        wrong.append(false / max(1, right + false))
        found += right
    assert np.mean(wrong) < 0.05 + 3 * np.std(wrong) / math.sqrt(votes)
    assert found / (2 * votes) > 0.8


@given(logs, st.integers(0, 30))
def test_areas_that_were_not_reported_count_as_if_their_p_were_one(values: list[float], more: int) -> None:
    whole = benjamini_hochberg([*values, *[0.0] * more])[: len(values)]
    assert benjamini_hochberg(values, len(values) + more) == pytest.approx(whole)


def test_a_family_is_as_large_as_the_areas_that_were_looked_at() -> None:
    reported = [measured(f"a{i}", -4.0, area=f"a{i}", among=200) for i in range(2)]
    found = correct(reported)
    assert [family.size for family in found.families] == [1, 200]
    assert found.log10_q["a0"] == pytest.approx(-2.0)  # p x 200 / 2
